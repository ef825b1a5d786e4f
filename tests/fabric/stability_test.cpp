#include "weft/fabric/stability.hpp"

#include <limits>
#include <random>
#include <string>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "fabric/support.hpp"

namespace {

using namespace weft::fabric;

RC_GTEST_PROP(stability, agrees_with_spanning_trees_and_dense_eigenvalues, ()) {
    int const n = weft_test::whole(2, 7);
    Eigen::MatrixXd const c = weft_test::group(n, n < 7 ? weft_test::whole(0, 8) : 6);
    auto const s = stability(c);
    Eigen::VectorXd const l = weft_test::spectrum(c);
    double const size = n;
    RC_ASSERT(std::abs(*s.density - c.sum() / (size * (size - 1))) < 1e-15);
    RC_ASSERT(std::abs(*s.connectivity - l(1) / size) < 1e-14);
    double const tau = weft_test::spanning_trees(c);
    double const cohesion = std::pow(tau / std::pow(size, size - 2), 1.0 / (size - 1));
    RC_ASSERT(std::abs(*s.cohesion - cohesion) < 1e-14);
    RC_ASSERT((tau == 0.0) == (*s.cohesion == 0.0));
    RC_ASSERT((tau == 0.0) == (*s.connectivity == 0.0));
    RC_ASSERT(std::abs(*s.stability -
                       (0.4 * *s.density + 0.3 * *s.connectivity + 0.3 * *s.cohesion)) < 1e-15);
    if (c.maxCoeff() > 0.0) {
        RC_ASSERT(std::abs(*s.evenness - l(1) / l(n - 1)) < 1e-13);
    } else {
        RC_ASSERT(!s.evenness.has_value());
        RC_ASSERT(s.why.count("evenness") == 1);
    }
}

RC_GTEST_PROP(stability, agrees_with_dense_eigenvalues_at_larger_sizes, ()) {
    int const n = weft_test::whole(8, 45);
    Eigen::MatrixXd const c = weft_test::group(n, weft_test::whole(0, 9));
    auto const s = stability(c);
    Eigen::VectorXd const l = weft_test::spectrum(c);
    if (*s.connectivity == 0.0) {
        RC_ASSERT(l(1) < 1e-12);
        RC_ASSERT(*s.cohesion == 0.0);
    } else {
        RC_ASSERT(std::abs(*s.connectivity - l(1) / n) < 1e-14);
        double logs = 0.0;
        for (int i = 1; i < n; ++i) logs += std::log(l(i) / n);
        RC_ASSERT(std::abs(*s.cohesion - std::exp(logs / (n - 1))) < 1e-13);
        RC_ASSERT(std::abs(*s.evenness - l(1) / l(n - 1)) < 1e-13);
    }
}

RC_GTEST_PROP(stability, factors_are_ordered_and_in_range, ()) {
    int const n = weft_test::whole(2, 30);
    auto const s = stability(weft_test::group(n, weft_test::whole(0, 10)));
    RC_ASSERT(0.0 <= *s.connectivity);
    RC_ASSERT(*s.connectivity <= *s.cohesion);
    RC_ASSERT(*s.cohesion <= *s.density);
    RC_ASSERT(*s.density <= 1.0);
    RC_ASSERT(weft::in_unit(*s.stability));
}

RC_GTEST_PROP(stability, never_falls_when_a_pair_strengthens, ()) {
    int const n = weft_test::whole(2, 12);
    Eigen::MatrixXd c = weft_test::group(n, weft_test::whole(0, 9));
    auto const before = stability(c);
    int const i = weft_test::whole(1, n - 1), j = weft_test::whole(0, i - 1);
    c(i, j) = c(j, i) = c(i, j) + weft_test::real(0, 1) * (1.0 - c(i, j));
    auto const after = stability(c);
    double const rounding = 1e-14;
    RC_ASSERT(*after.density >= *before.density - rounding);
    RC_ASSERT(*after.connectivity >= *before.connectivity - rounding);
    RC_ASSERT(*after.cohesion >= *before.cohesion - rounding);
    RC_ASSERT(*after.stability >= *before.stability - rounding);
}

RC_GTEST_PROP(stability, renaming_members_changes_nothing, ()) {
    int const n = weft_test::whole(2, 15);
    Eigen::MatrixXd const c = weft_test::group(n, weft_test::whole(0, 9));
    Eigen::PermutationMatrix<Eigen::Dynamic> p(n);
    p.setIdentity();
    for (int i = n - 1; i > 0; --i) p.applyTranspositionOnTheRight(i, weft_test::whole(0, i));
    Eigen::MatrixXd const renamed = p * c * p.transpose();
    auto const a = stability(c), b = stability(renamed);
    RC_ASSERT(std::abs(*a.stability - *b.stability) < 1e-14);
    RC_ASSERT(std::abs(*a.connectivity - *b.connectivity) < 1e-14);
    RC_ASSERT(std::abs(*a.cohesion - *b.cohesion) < 1e-14);
}

TEST(stability, a_uniform_group_has_the_stability_of_its_pairs) {
    for (int const n : {2, 3, 4, 7, 20, 64, 130}) {
        for (double const x : {1.0, 0.75, 0.3, 1e-3, 1e-12, 1e-300}) {
            auto const s = stability(weft_test::uniform(n, x));
            EXPECT_NEAR(*s.stability / x, 1.0, 1e-13) << n << " " << x;
            EXPECT_NEAR(*s.density / x, 1.0, 1e-13) << n << " " << x;
            EXPECT_NEAR(*s.connectivity / x, 1.0, 1e-13) << n << " " << x;
            EXPECT_NEAR(*s.cohesion / x, 1.0, 1e-13) << n << " " << x;
            EXPECT_NEAR(*s.evenness, 1.0, 1e-13) << n << " " << x;
        }
        EXPECT_LE(*stability(weft_test::uniform(n, 1.0)).stability, 1.0);
        // Doubles as small as this have ten digits left.
        EXPECT_NEAR(*stability(weft_test::uniform(n, 1e-313)).stability / 1e-313, 1.0, 1e-6) << n;
        auto const none = stability(weft_test::uniform(n, 0.0));
        EXPECT_EQ(*none.stability, 0.0);
        EXPECT_EQ(*none.density, 0.0);
        EXPECT_FALSE(none.evenness.has_value());
    }
}

TEST(stability, one_imperfect_pair_is_less_than_one) {
    Eigen::MatrixXd c = weft_test::uniform(6, 1.0);
    c(2, 4) = c(4, 2) = 0.999;
    auto const s = stability(c);
    EXPECT_LT(*s.stability, 1.0 - 1e-5);
    EXPECT_LT(*s.connectivity, 1.0);
    EXPECT_LT(*s.cohesion, 1.0);
}

TEST(stability, fewer_than_two_members_have_none) {
    for (int const n : {0, 1}) {
        auto const s = stability(Eigen::MatrixXd::Constant(n, n, std::nan("")));
        EXPECT_FALSE(s.stability || s.density || s.connectivity || s.cohesion || s.evenness);
        EXPECT_EQ(s.why.size(), 5U);
    }
}

TEST(stability, disconnected_groups_are_told_by_search_not_by_rounding) {
    for (int const n : {4, 50, 400}) {
        Eigen::MatrixXd c = weft_test::uniform(n, 1.0);
        c.topRightCorner(n / 2, n - n / 2).setZero();
        c.bottomLeftCorner(n - n / 2, n / 2).setZero();
        auto const s = stability(c);
        EXPECT_EQ(*s.connectivity, 0.0);
        EXPECT_EQ(*s.cohesion, 0.0);
        EXPECT_EQ(*s.evenness, 0.0);
        EXPECT_NEAR(*s.stability, 0.4 * *s.density, 1e-15);
    }
}

TEST(stability, two_cliques_on_a_thread_keep_every_digit) {
    // tau = (n/2)^(n/2 - 2) squared, times the thread.
    for (int const half : {2, 10, 45, 100}) {
        for (double const thread : {1e-3, 1e-9, 1e-15, 1e-100, 1e-200}) {
            int const n = 2 * half;
            Eigen::MatrixXd c = weft_test::uniform(n, 1.0);
            c.topRightCorner(half, half).setZero();
            c.bottomLeftCorner(half, half).setZero();
            c(half - 1, half) = c(half, half - 1) = thread;
            auto const s = stability(c);
            double const log_tau = 2 * (half - 2) * std::log(half) + std::log(thread);
            double const expected = std::exp((log_tau - (n - 2) * std::log(n)) / (n - 1));
            EXPECT_NEAR(*s.cohesion / expected, 1.0, 1e-13) << half << " " << thread;
            // For a thin thread l_2 tends to 2 thread / half.
            if (thread < 1e-8) {
                EXPECT_NEAR(*s.connectivity / (2.0 * thread / half / n), 1.0, 1e-7)
                    << half << " " << thread;
            }
        }
    }
}

TEST(stability, a_chain_has_its_known_spectrum) {
    // Eigenvalues 2 - 2 cos(pi k / n), one spanning tree.
    for (int const n : {3, 10, 90, 200}) {
        Eigen::MatrixXd c = Eigen::MatrixXd::Zero(n, n);
        for (int i = 0; i + 1 < n; ++i) c(i, i + 1) = c(i + 1, i) = 1.0;
        auto const s = stability(c);
        double const pi = std::acos(-1.0);
        double const l2 = 4.0 * std::pow(std::sin(pi / (2 * n)), 2);
        double const ln = 4.0 * std::pow(std::cos(pi / (2 * n)), 2);
        EXPECT_NEAR(*s.connectivity / (l2 / n), 1.0, 1e-11) << n;
        EXPECT_NEAR(*s.evenness / (l2 / ln), 1.0, 1e-11) << n;
        EXPECT_NEAR(*s.cohesion / std::exp(-(n - 2) * std::log(n) / (n - 1)), 1.0, 1e-13) << n;
    }
}

TEST(stability, hundreds_of_members_keep_the_order_of_the_factors) {
    int const n = 400;
    Eigen::MatrixXd c(n, n);
    for (int i = 0; i < n; ++i) {
        for (int j = 0; j < n; ++j) c(i, j) = 0.5 + 0.4 * std::sin(1.0 + i * j + (i + j) % 7);
    }
    c = (0.5 * (c + c.transpose())).eval();
    auto const s = stability(c);
    EXPECT_LE(*s.connectivity, *s.cohesion);
    EXPECT_LE(*s.cohesion, *s.density);
    EXPECT_GT(*s.connectivity, 0.2);
}

TEST(stability, of_a_thousand_is_that_of_all_eigenvalues) {
    std::mt19937_64 random(19);
    int const n = weft_test::sanitized ? 110 : 1000;
    Eigen::MatrixXd const c = weft_test::group(random, n, 4);
    auto const s = stability(c);
    Eigen::ArrayXd const l = weft_test::spectrum(c).tail(n - 1).array() / n;
    EXPECT_NEAR(*s.density / l.mean(), 1.0, 1e-12);
    EXPECT_NEAR(*s.cohesion / std::exp(l.log().mean()), 1.0, 1e-12);
    EXPECT_NEAR(*s.connectivity / l(0), 1.0, 1e-11);
    EXPECT_NEAR(*s.evenness / (l(0) / l(n - 2)), 1.0, 1e-11);
}

TEST(stability, weights_are_renormalised_and_checked) {
    Eigen::MatrixXd const c = weft_test::uniform(5, 0.5);
    EXPECT_NEAR(*stability(c, {8.0, 6.0, 6.0}).stability, 0.5, 1e-15);
    Eigen::MatrixXd d = c;
    d(0, 1) = d(1, 0) = 0.0;
    auto const s = stability(d, {0.0, 1.0, 0.0});
    EXPECT_EQ(*s.stability, *s.connectivity);
    double const inf = std::numeric_limits<double>::infinity();
    EXPECT_THROW((void)stability(c, {0.0, 0.0, 0.0}), weft::invalid_argument);
    EXPECT_THROW((void)stability(c, {-0.1, 1.0, 1.0}), weft::invalid_argument);
    EXPECT_THROW((void)stability(c, {1.0, inf, 1.0}), weft::invalid_argument);
    EXPECT_THROW((void)stability(c, {1.0, 1.0, std::nan("")}), weft::invalid_argument);
}

} // namespace
