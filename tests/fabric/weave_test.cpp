#include "weft/fabric/weave.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "fabric/support.hpp"
#include "weft/fabric/communities.hpp"
#include "weft/fabric/stability.hpp"
#include "weft/knot/alexander.hpp"
#include "weft/knot/closure.hpp"

namespace {

using namespace weft::fabric;
namespace knot = weft::knot;

Eigen::MatrixXi twists(int n, int low, int high) {
    Eigen::MatrixXi k = Eigen::MatrixXi::Zero(n, n);
    for (int i = 0; i < n; ++i) {
        for (int j = 0; j < i; ++j) k(i, j) = k(j, i) = weft_test::whole(low, high);
    }
    return k;
}

void lowest_coefficient_counts_trees(Eigen::MatrixXi const& k) {
    int const n = static_cast<int>(k.rows());
    auto const braid = weave(k);
    auto const lk = knot::linking_matrix(braid);
    ASSERT_EQ(lk.size(), static_cast<std::size_t>(n));
    for (int i = 0; i < n; ++i) {
        for (int j = 0; j < n; ++j) {
            EXPECT_EQ(lk[static_cast<std::size_t>(i)][static_cast<std::size_t>(j)],
                      i == j ? 0 : k(i, j));
        }
    }
    auto const nabla = knot::conway(braid);
    if (!nabla.zero()) {
        EXPECT_GE(nabla.twice_min_exponent(), 2 * (n - 1));
    }
    // Products of small integers: exact in doubles.
    EXPECT_EQ(static_cast<double>(nabla.coefficient(2 * (n - 1))),
              weft_test::spanning_trees(k.cast<double>()))
        << k;
}

TEST(weave, the_specified_links) {
    Eigen::MatrixXi k(3, 3);
    k << 0, 2, 1, 2, 0, 3, 1, 3, 0;
    EXPECT_EQ(knot::conway(weave(k)).coefficient(4), 11);
    k << 0, 2, 2, 2, 0, 2, 2, 2, 0;
    EXPECT_EQ(knot::conway(weave(k)).coefficient(4), 12);
}

TEST(weave, every_small_weave_of_three_strands_counts_its_trees) {
    for (int a = -2; a <= 2; ++a) {
        for (int b = -2; b <= 2; ++b) {
            for (int c = -2; c <= 2; ++c) {
                Eigen::MatrixXi k(3, 3);
                k << 0, a, b, a, 0, c, b, c, 0;
                lowest_coefficient_counts_trees(k);
            }
        }
    }
}

RC_GTEST_PROP(weave, to_five_strands_counts_its_trees, ()) {
    int const n = weft_test::whole(1, 5);
    lowest_coefficient_counts_trees(twists(n, n < 5 ? -3 : -2, n < 5 ? 3 : 2));
    RC_ASSERT(!::testing::Test::HasFailure());
}

RC_GTEST_PROP(weave, cohesion_is_read_off_the_link, ()) {
    int const n = weft_test::whole(2, 5), resolution = 4;
    Eigen::MatrixXi const k = twists(n, 0, n < 5 ? resolution : 2);
    Eigen::MatrixXd const c = k.cast<double>() / resolution;
    RC_ASSERT(whole_twists(c, resolution) == k);
    double const trees = static_cast<double>(knot::conway(weave(k)).coefficient(2 * (n - 1)));
    double const tau = trees / std::pow(resolution, n - 1);
    double const expected = std::pow(tau / std::pow(n, n - 2), 1.0 / (n - 1));
    RC_ASSERT(std::abs(*stability(c).cohesion - expected) < 1e-14);
}

/// The pairs of a matrix of twists, from the last to the first and the wrong way round.
std::vector<twist> listed(Eigen::MatrixXi const& k) {
    std::vector<twist> out;
    for (auto i = k.rows(); i-- > 0;) {
        for (auto j = k.rows(); j-- > i + 1;) {
            if (k(i, j) == 0) continue;
            out.push_back({static_cast<std::size_t>(j), static_cast<std::size_t>(i), k(i, j)});
        }
    }
    return out;
}

TEST(weave, of_listed_pairs_is_that_of_the_matrix) {
    weft::fabric::detail::splitmix random(7);
    for (int const n : {1, 2, 5, 12}) {
        Eigen::MatrixXd c = Eigen::MatrixXd::Zero(n, n);
        for (int i = 0; i < n; ++i) {
            for (int j = 0; j < i; ++j) {
                if (random.below(3) == 0) continue;
                c(i, j) = c(j, i) = static_cast<double>(random.below(1000)) / 999.0;
            }
        }
        auto const g = sparse(c);
        for (int const resolution : {0, 1, 7}) {
            Eigen::MatrixXi const k = whole_twists(c, resolution);
            auto const few = whole_twists(g, resolution);
            Eigen::MatrixXi again = Eigen::MatrixXi::Zero(n, n);
            for (auto const& t : few) {
                EXPECT_LT(t.i, t.j);
                EXPECT_NE(t.turns, 0);
                again(static_cast<int>(t.i), static_cast<int>(t.j)) = t.turns;
                again(static_cast<int>(t.j), static_cast<int>(t.i)) = t.turns;
            }
            EXPECT_EQ(again, k);
            auto const dense = weave(k);
            EXPECT_TRUE(weave(g, resolution) == dense);
            EXPECT_TRUE(weave(static_cast<std::size_t>(n), listed(k)) == dense);
        }
        Eigen::MatrixXi const k = -whole_twists(c, 3);
        EXPECT_TRUE(weave(static_cast<std::size_t>(n), listed(k)) == weave(k));
    }
}

TEST(weave, of_listed_pairs_needs_no_matrix) {
    // A matrix of these would take 80 GB.
    std::size_t const n = 100'000;
    std::vector<pair> ring;
    for (std::size_t i = 0; i < n; ++i) ring.push_back({i, (i + 1) % n, 0.5});
    sparse_group const g(n, ring);
    EXPECT_EQ(whole_twists(g, 4).size(), n);
    auto const braid = weave(g, 4);
    EXPECT_EQ(braid.size(), 4 * n);
    EXPECT_EQ(braid.strands(), 100'000);
}

TEST(weave, faulty_lists_are_refused) {
    auto const refused = [](std::size_t strands, std::vector<twist> const& twists) -> std::string {
        try {
            (void)weave(strands, twists, 100);
        } catch (weft::invalid_argument const& e) {
            return e.argument();
        }
        return "accepted";
    };
    EXPECT_EQ(refused(3, {{0, 1, 2}, {2, 1, -3}}), "accepted");
    EXPECT_EQ(refused(1, {}), "accepted");
    EXPECT_EQ(refused(0, {}), "strands");
    EXPECT_EQ(refused(std::size_t{1} << 40U, {}), "strands");
    EXPECT_EQ(refused(3, {{0, 1, 2}, {0, 3, 1}}), "twists[1]");
    EXPECT_EQ(refused(3, {{1, 1, 1}}), "twists[0]");
    EXPECT_EQ(refused(3, {{0, 1, 2}, {0, 2, 1}, {1, 0, 0}}), "twists[2]");
    EXPECT_EQ(refused(3, {{0, 1, 51}}), "twists");
    EXPECT_EQ(refused(3, {{0, 1, std::numeric_limits<int>::min()}}), "twists");
    EXPECT_THROW((void)whole_twists(sparse_group(2, {}), -1), weft::invalid_argument);
    EXPECT_THROW((void)whole_twists(sparse_group(2, {}), 1 << 25), weft::invalid_argument);
    EXPECT_THROW((void)weave(sparse_group(), 1), weft::invalid_argument);
}

TEST(weave, rounds_and_refuses) {
    Eigen::MatrixXd c = weft_test::uniform(2, 0.5);
    EXPECT_EQ(whole_twists(c, 3)(0, 1), 2);
    EXPECT_EQ(whole_twists(c, 0)(0, 1), 0);
    EXPECT_EQ(whole_twists(c, 3)(0, 0), 0);
    EXPECT_THROW((void)whole_twists(c, -1), weft::invalid_argument);
    EXPECT_THROW((void)whole_twists(c, 1 << 25), weft::invalid_argument);
    Eigen::MatrixXi k(2, 2);
    k << 0, 1, 2, 0;
    EXPECT_THROW((void)weave(k), weft::invalid_argument);
    EXPECT_THROW((void)weave(Eigen::MatrixXi(0, 0)), weft::invalid_argument);
    k << 0, std::numeric_limits<int>::min(), std::numeric_limits<int>::min(), 0;
    EXPECT_THROW((void)weave(k), weft::invalid_argument);
    EXPECT_EQ(weave(Eigen::MatrixXi::Zero(1, 1)).strands(), 1);
    EXPECT_EQ(weave(Eigen::MatrixXi::Zero(4, 4)).size(), 0U);
}

} // namespace
