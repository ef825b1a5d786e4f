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
    }
}

TEST(members, small_groups_have_no_contributions) {
    EXPECT_TRUE(members(Eigen::MatrixXd(0, 0)).empty());
    auto const one = members(Eigen::MatrixXd::Constant(1, 1, 0.7));
    ASSERT_EQ(one.size(), 1U);
    EXPECT_EQ(one[0].strength, 0.0);
    EXPECT_FALSE(one[0].contribution.has_value());
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

} // namespace
