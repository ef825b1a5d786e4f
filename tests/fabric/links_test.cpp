#include "weft/fabric/links.hpp"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "fabric/support.hpp"
#include "weft/fabric/members.hpp"

namespace {

using namespace weft::fabric;

RC_GTEST_PROP(links, resistances_are_those_of_the_pseudoinverse, ()) {
    int const n = weft_test::whole(1, 12);
    Eigen::MatrixXd const c = weft_test::group(n, weft_test::whole(0, 8));
    Eigen::MatrixXd const r = effective_resistances(c);
    Eigen::MatrixXd const l = laplacian(c);
    Eigen::MatrixXd const inverse = l.completeOrthogonalDecomposition().pseudoInverse();
    auto const parts = detail::components(c, 0.0);
    double foster = 0.0;
    for (int i = 0; i < n; ++i) {
        for (int j = 0; j < n; ++j) {
            if (parts.of[static_cast<std::size_t>(i)] != parts.of[static_cast<std::size_t>(j)]) {
                RC_ASSERT(r(i, j) == std::numeric_limits<double>::infinity());
                continue;
            }
            double const expected = inverse(i, i) + inverse(j, j) - 2.0 * inverse(i, j);
            RC_ASSERT(std::abs(r(i, j) - expected) <= 1e-8 * (1.0 + expected));
            if (i < j) foster += c(i, j) * r(i, j);
        }
    }
    RC_ASSERT(std::abs(foster - (n - static_cast<int>(parts.count))) < 1e-10);
}

TEST(links, resistances_within_a_clique_do_not_feel_the_thread_it_hangs_by) {
    int const half = 5;
    for (double const thread : {1e-3, 1e-8, 1e-14}) {
        Eigen::MatrixXd c = weft_test::uniform(2 * half, 1.0);
        c.topRightCorner(half, half).setZero();
        c.bottomLeftCorner(half, half).setZero();
        c(0, half) = c(half, 0) = thread;
        Eigen::MatrixXd const r = effective_resistances(c);
        EXPECT_NEAR(r(1, 2), 0.4, 1e-13) << thread;
        EXPECT_NEAR(r(half + 1, half + 2), 0.4, 1e-13) << thread;
        EXPECT_NEAR(r(0, half) * thread, 1.0, 1e-13) << thread;
    }
}

RC_GTEST_PROP(links, rates_are_what_a_small_step_changes, ()) {
    int const n = weft_test::whole(2, 9);
    Eigen::MatrixXd c = weft_test::group(n);
    for (int i = 0; i < n; ++i) {
        for (int j = 0; j < i; ++j) c(i, j) = c(j, i) = 0.1 + 0.8 * c(i, j);
    }
    auto const r = rates(c);
    RC_ASSERT(r.stability.has_value());
    auto const l = weft_test::spectrum(c);
    int const i = weft_test::whole(1, n - 1), j = weft_test::whole(0, i - 1);
    double const h = 1e-5;
    Eigen::MatrixXd more = c, less = c;
    more(i, j) = more(j, i) = c(i, j) + h;
    less(i, j) = less(j, i) = c(i, j) - h;
    auto const a = stability(more), b = stability(less);
    RC_ASSERT(std::abs(*r.density - (*a.density - *b.density) / (2 * h)) < 1e-9);
    RC_ASSERT(std::abs((*r.cohesion)(i, j) - (*a.cohesion - *b.cohesion) / (2 * h)) < 1e-6);
    if (n == 2 || l(2) - l(1) > 0.05) {
        RC_ASSERT(r.multiplicity == 1);
        RC_ASSERT(std::abs((*r.connectivity)(i, j) -
                           (*a.connectivity - *b.connectivity) / (2 * h)) < 1e-6);
    }
    RC_ASSERT((*r.stability)(i, j) == (*r.stability)(j, i));
}

/// Density, l_2 and tau^(1/(n-1)) are homogeneous of degree 1.
RC_GTEST_PROP(links, rates_times_compatibilities_add_up_to_the_number, ()) {
    int const n = weft_test::whole(2, 12);
    Eigen::MatrixXd const c = weft_test::group(n, weft_test::whole(0, 5));
    auto const s = stability(c);
    auto const r = rates(c);
    if (*s.cohesion == 0.0 || r.multiplicity != 1) return;
    RC_ASSERT(std::abs(0.5 * c.cwiseProduct(*r.stability).sum() - *s.stability) < 1e-10);
    RC_ASSERT(std::abs(0.5 * c.cwiseProduct(*r.cohesion).sum() - *s.cohesion) < 1e-10);
    RC_ASSERT(std::abs(0.5 * c.cwiseProduct(*r.connectivity).sum() - *s.connectivity) < 1e-10);
}

TEST(links, rates_where_eigenvalues_coincide_or_parts_are_apart) {
    auto const uniform = rates(weft_test::uniform(5, 0.5));
    EXPECT_EQ(uniform.multiplicity, 4U);
    EXPECT_EQ(uniform.connectivity->maxCoeff(), 0.0);
    EXPECT_NEAR((*uniform.cohesion)(0, 1), 0.1, 1e-14);

    Eigen::MatrixXd two = Eigen::MatrixXd::Zero(4, 4);
    two(0, 1) = two(1, 0) = two(2, 3) = two(3, 2) = 1.0;
    auto const apart = rates(two);
    EXPECT_FALSE(apart.cohesion || apart.stability);
    EXPECT_EQ(apart.why.count("cohesion"), 1U);
    EXPECT_NEAR((*apart.connectivity)(0, 2), 0.25, 1e-15);
    EXPECT_EQ((*apart.connectivity)(0, 1), 0.0);
    EXPECT_TRUE(rates(two, {1.0, 1.0, 0.0}).stability.has_value());
    EXPECT_EQ(rates(Eigen::MatrixXd::Zero(5, 5)).cohesion->maxCoeff(), 0.0);
    EXPECT_EQ(rates(Eigen::MatrixXd::Zero(5, 5)).connectivity->maxCoeff(), 0.0);
    auto const pair = rates(Eigen::MatrixXd::Zero(2, 2));
    EXPECT_NEAR((*pair.stability)(0, 1), 1.0, 1e-15);
    EXPECT_FALSE(rates(Eigen::MatrixXd(1, 1)).density);
    EXPECT_EQ(rates(Eigen::MatrixXd(0, 0)).why.size(), 4U);
}

RC_GTEST_PROP(links, the_best_links_are_the_best_of_all, ()) {
    int const n = weft_test::whole(2, 9);
    Eigen::MatrixXd const c = weft_test::group(n, weft_test::whole(0, 9));
    double const step = weft_test::whole(0, 1) == 1 ? 1.0 : 0.2;
    auto const best = best_links(c, 3, step);
    RC_ASSERT(best.exact);
    double const now = *stability(c).stability;
    std::vector<double> changes;
    for (int j = 0; j < n; ++j) {
        for (int i = 0; i < j; ++i) {
            Eigen::MatrixXd more = c;
            more(i, j) = more(j, i) = std::min(1.0, c(i, j) + step);
            changes.push_back(*stability(more).stability - now);
        }
    }
    std::sort(changes.rbegin(), changes.rend());
    RC_ASSERT(best.links.size() == std::min<std::size_t>(3, changes.size()));
    for (std::size_t k = 0; k < best.links.size(); ++k) {
        RC_ASSERT(std::abs(best.links[k].change - changes[k]) < 3e-12);
    }
}

TEST(links, ties_go_by_index_and_full_pairs_are_left_out) {
    auto const best = best_links(weft_test::uniform(6, 0.5), 2);
    ASSERT_EQ(best.links.size(), 2U);
    EXPECT_EQ(best.links[0].i, 0U);
    EXPECT_EQ(best.links[0].j, 1U);
    EXPECT_EQ(best.links[1].i, 0U);
    EXPECT_EQ(best.links[1].j, 2U);
    EXPECT_EQ(best.links[0].to, 1.0);
    EXPECT_TRUE(best_links(weft_test::uniform(6, 1.0), 2).links.empty());
    EXPECT_TRUE(best_links(Eigen::MatrixXd(1, 1), 2).links.empty());
    EXPECT_FALSE(best_links(weft_test::uniform(6, 0.5), 1, 1.0, {}, 3).exact);
    EXPECT_THROW((void)best_links(weft_test::uniform(6, 0.5), 1, 1.5), weft::invalid_argument);
    EXPECT_THROW((void)rates(Eigen::MatrixXd::Zero(2, 3)), weft::invalid_argument);
    EXPECT_THROW((void)effective_resistances(weft_test::uniform(2, 1.5)), weft::invalid_argument);
}

} // namespace
