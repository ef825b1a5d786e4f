#include "weft/outreach/newcomers.hpp"

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace {

namespace fabric = weft::fabric;
namespace outreach = weft::outreach;

struct village {
    Eigen::MatrixXd group;
    Eigen::MatrixXd candidates;
};

/// People with hidden tastes: alike where these are near; every `zero`-th pair has nothing in
/// common.
village make(Eigen::Index n, Eigen::Index m, unsigned seed, unsigned zero = 0) {
    std::mt19937_64 generator(seed);
    auto const uniform = [&] { return static_cast<double>(generator() >> 11U) * 0x1p-53; };
    std::vector<std::array<double, 3>> taste(static_cast<std::size_t>(n + m));
    for (auto& t : taste) {
        for (auto& x : t) x = uniform();
    }
    unsigned count = 0;
    auto const alike = [&](Eigen::Index i, Eigen::Index j) {
        if (zero != 0 && ++count % zero == 0) return 0.0;
        double d = 0.0;
        for (std::size_t k = 0; k < 3; ++k) {
            d += std::abs(taste[static_cast<std::size_t>(i)][k] -
                          taste[static_cast<std::size_t>(j)][k]);
        }
        return std::exp(-d);
    };
    village v{Eigen::MatrixXd::Zero(n, n), Eigen::MatrixXd(m, n)};
    for (Eigen::Index i = 0; i < n; ++i) {
        for (Eigen::Index j = 0; j < i; ++j) v.group(i, j) = v.group(j, i) = alike(i, j);
    }
    for (Eigen::Index k = 0; k < m; ++k) {
        for (Eigen::Index i = 0; i < n; ++i) v.candidates(k, i) = alike(n + k, i);
    }
    return v;
}

TEST(newcomers, no_candidate_exceeds_its_bound) {
    for (Eigen::Index const n : {2, 3, 7, 40}) {
        for (unsigned seed = 0; seed < 12; ++seed) {
            auto const v = make(n, 60, seed, seed % 4);
            auto const bounds = outreach::newcomer_bounds(v.group, v.candidates);
            auto const all = fabric::newcomers(v.group, v.candidates);
            for (std::size_t k = 0; k < all.size(); ++k) {
                EXPECT_LE(*all[k].stability, bounds[k]) << n << " " << seed << " " << k;
            }
        }
    }
}

TEST(newcomers, the_best_are_the_best_of_all) {
    for (Eigen::Index const n : {1, 2, 3, 9, 60}) {
        for (unsigned seed = 0; seed < 6; ++seed) {
            auto const v = make(n, 300, 100 + seed, seed % 3);
            auto const all = fabric::newcomers(v.group, v.candidates);
            std::vector<std::size_t> order(all.size());
            for (std::size_t k = 0; k < order.size(); ++k) order[k] = k;
            std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
                return *all[a].stability > *all[b].stability;
            });
            auto const best = outreach::best_newcomers(v.group, v.candidates, 10);
            ASSERT_EQ(best.size(), 10U);
            for (std::size_t k = 0; k < 10; ++k) {
                EXPECT_EQ(*best[k].effect.stability, *all[order[k]].stability) << n << " " << seed;
                EXPECT_EQ(*best[k].effect.stability, *all[best[k].candidate].stability);
            }
        }
    }
}

TEST(newcomers, edges) {
    auto const v = make(5, 4, 1);
    EXPECT_TRUE(outreach::best_newcomers(v.group, v.candidates, 0).empty());
    EXPECT_EQ(outreach::best_newcomers(v.group, v.candidates, 100).size(), 4U);
    EXPECT_TRUE(outreach::best_newcomers(v.group, Eigen::MatrixXd(0, 5), 3).empty());
    EXPECT_THROW((void)outreach::best_newcomers(v.group, Eigen::MatrixXd::Zero(2, 4), 3),
                 weft::invalid_argument);
    Eigen::MatrixXd bad = v.candidates;
    bad(3, 2) = std::nan("");
    EXPECT_THROW((void)outreach::best_newcomers(v.group, bad, 3), weft::invalid_argument);
    Eigen::MatrixXd const empty = Eigen::MatrixXd::Zero(5, 5);
    auto const of_nothing = outreach::best_newcomers(empty, Eigen::MatrixXd::Zero(6, 5), 2);
    ASSERT_EQ(of_nothing.size(), 2U);
    EXPECT_EQ(of_nothing[0].candidate, 0U);
    EXPECT_EQ(*of_nothing[0].effect.stability, 0.0);
    Eigen::MatrixXd const ones = Eigen::MatrixXd::Ones(5, 5);
    EXPECT_NEAR(*outreach::best_newcomers(ones, Eigen::MatrixXd::Ones(3, 5), 1)[0].effect.stability,
                1.0, 1e-12);
}

} // namespace
