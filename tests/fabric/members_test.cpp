#include "weft/fabric/members.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "fabric/support.hpp"

namespace {

using namespace weft::fabric;

RC_GTEST_PROP(members, contribution_is_the_difference_without_the_member, ()) {
    int const n = weft_test::whole(3, 9);
    Eigen::MatrixXd const c = weft_test::group(n, weft_test::whole(0, 8));
    auto const all = members(c);
    RC_ASSERT(all.size() == static_cast<std::size_t>(n));
    double const whole = *stability(c).stability;
    for (int i = 0; i < n; ++i) {
        Eigen::MatrixXd rest(n - 1, n - 1);
        for (int a = 0; a < n - 1; ++a) {
            for (int b = 0; b < n - 1; ++b) rest(a, b) = c(a < i ? a : a + 1, b < i ? b : b + 1);
        }
        auto const& m = all[static_cast<std::size_t>(i)];
        RC_ASSERT(*m.contribution == whole - *stability(rest).stability);
        RC_ASSERT(std::abs(m.strength - c.row(i).sum()) < 1e-14);
        auto const without = stability(rest);
        auto const with = stability(c);
        RC_ASSERT(*m.density_contribution == *with.density - *without.density);
        RC_ASSERT(*m.cohesion_contribution == *with.cohesion - *without.cohesion);
        RC_ASSERT(*m.connectivity_contribution == *with.connectivity - *without.connectivity);
    }
}

RC_GTEST_PROP(members, tree_links_and_prominence, ()) {
    int const n = weft_test::whole(2, 12);
    Eigen::MatrixXd c = weft_test::group(n, weft_test::whole(0, 8));
    auto const before = members(c);
    double links = 0.0;
    bool const connected = *stability(c).cohesion > 0.0;
    for (auto const& m : before) {
        links += m.tree_links;
        RC_ASSERT(m.tree_links >= (m.strength > 0.0 ? 1.0 - 1e-12 : 0.0));
        RC_ASSERT(weft::in_unit(*m.prominence));
        RC_ASSERT((*m.prominence > 0.0) == connected);
    }
    if (connected) RC_ASSERT(std::abs(links - 2.0 * (n - 1)) < 1e-10);
    int const i = weft_test::whole(1, n - 1), j = weft_test::whole(0, i - 1);
    c(i, j) = c(j, i) = 1.0;
    auto const after = members(c);
    for (std::size_t k = 0; k < after.size(); ++k) {
        RC_ASSERT(*after[k].prominence >= *before[k].prominence - 1e-13);
    }
}

TEST(members, in_a_uniform_group_all_are_as_prominent_as_its_pairs) {
    for (auto const& m : members(weft_test::uniform(8, 0.3))) {
        EXPECT_NEAR(*m.prominence, 0.3, 1e-14);
        EXPECT_NEAR(m.tree_links, 2.0 * 7 / 8, 1e-13);
    }
}

TEST(members, twins_contribute_alike) {
    Eigen::MatrixXd c(4, 4);
    c << 0, 1, 0.6, 0.2, 1, 0, 0.6, 0.2, 0.6, 0.6, 0, 0.4, 0.2, 0.2, 0.4, 0;
    auto const all = members(c);
    EXPECT_NEAR(*all[0].contribution, *all[1].contribution, 1e-15);
    EXPECT_NEAR(*all[0].prominence, *all[1].prominence, 1e-15);
}

TEST(members, small_groups_have_no_contributions) {
    EXPECT_TRUE(members(Eigen::MatrixXd(0, 0)).empty());
    auto const one = members(Eigen::MatrixXd::Constant(1, 1, 0.7));
    ASSERT_EQ(one.size(), 1U);
    EXPECT_EQ(one[0].strength, 0.0);
    EXPECT_FALSE(one[0].contribution.has_value() || one[0].prominence.has_value());
    auto const two = members(weft_test::uniform(2, 0.7));
    ASSERT_EQ(two.size(), 2U);
    EXPECT_EQ(two[1].strength, 0.7);
    EXPECT_FALSE(two[1].contribution.has_value());
}

TEST(members, the_one_who_holds_the_group_together_contributes_most) {
    // Two cliques that know each other through member 3 alone.
    Eigen::MatrixXd c = Eigen::MatrixXd::Zero(7, 7);
    for (int i = 0; i < 7; ++i) {
        for (int j = 0; j < 7; ++j) {
            if (i != j && ((i <= 3 && j <= 3) || (i >= 3 && j >= 3))) c(i, j) = 0.8;
        }
    }
    auto const all = members(c);
    for (std::size_t i = 0; i < 7; ++i) {
        if (i != 3) {
            EXPECT_GT(*all[3].contribution, *all[i].contribution) << i;
        }
    }
    EXPECT_THROW((void)members(Eigen::MatrixXd::Zero(2, 3)), weft::invalid_argument);
}

TEST(members, of_tiny_ties_are_those_of_large_ones) {
    for (double const x : {1e-310, 4e-324, 1e-200, 0.5}) {
        auto const all = members(weft_test::uniform(5, x));
        for (auto const& m : all) {
            EXPECT_NEAR(m.tree_links, 8.0 / 5.0, 1e-12) << x;
            EXPECT_NEAR(*m.prominence / x, 1.0, 1e-9) << x;
        }
        auto const r = rates(weft_test::uniform(4, x));
        EXPECT_NEAR((*r.cohesion)(0, 1), 1.0 / 6.0, 1e-9) << x;
    }
    // One hangs by a thread whose reciprocal is no double.
    Eigen::MatrixXd c = weft_test::uniform(4, 0.5);
    c.row(3).setZero();
    c.col(3).setZero();
    c(0, 3) = c(3, 0) = 1e-320;
    auto const all = members(c);
    EXPECT_NEAR(all[3].tree_links, 1.0, 1e-12);
    EXPECT_NEAR(all[1].tree_links, 4.0 / 3.0, 1e-12);
    EXPECT_GT(*all[1].prominence, 0.0);
    EXPECT_EQ(effective_resistances(c)(0, 3), std::numeric_limits<double>::infinity());
    EXPECT_NEAR(effective_resistances(c)(0, 1), 4.0 / 3.0, 1e-12);
    // Two triangles and any thread, whoever comes first: each pair keeps its digits.
    for (double const thread : {1e-3, 1e-12, 1e-40, 1e-250}) {
        Eigen::MatrixXd two = Eigen::MatrixXd::Zero(6, 6);
        for (int i = 0; i < 6; ++i) {
            for (int j = 0; j < 6; ++j) two(i, j) = i != j && i % 2 == j % 2 ? 0.5 : 0.0;
        }
        two(1, 4) = two(4, 1) = thread;
        Eigen::MatrixXd const r = effective_resistances(two);
        EXPECT_NEAR(r(0, 2), 4.0 / 3.0, 1e-13) << thread;
        EXPECT_NEAR(r(3, 5), 4.0 / 3.0, 1e-13) << thread;
        EXPECT_NEAR(r(1, 4) * thread, 1.0, 1e-13) << thread;
        EXPECT_NEAR(r(0, 3) / (1.0 / thread + 8.0 / 3.0), 1.0, 1e-13) << thread;
        EXPECT_NEAR(members(two)[1].tree_links, 1.0 + 4.0 / 3.0, 1e-13) << thread;
    }
}

} // namespace
