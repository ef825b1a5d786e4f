#include "weft/fabric/sparse_stability.hpp"

#include <algorithm>
#include <cmath>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <Eigen/SparseCholesky>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "fabric/support.hpp"
#include "weft/fabric/communities.hpp"

namespace {

using namespace weft::fabric;

bool near(std::optional<double> const& a, std::optional<double> const& b, double within) {
    return a.has_value() == b.has_value() && (!a || std::abs(*a - *b) <= within);
}

RC_GTEST_PROP(sparse_stability, is_that_of_the_matrix, ()) {
    int const n = weft_test::whole(0, 14);
    Eigen::MatrixXd const c = weft_test::group(n, weft_test::whole(0, 9));
    auto const dense = stability(c);
    sparse_budget small;
    small.most_core = static_cast<std::size_t>(weft_test::whole(1, 10));
    for (auto const& s : {stability(sparse(c)), stability(sparse(c), {}, small)}) {
        RC_ASSERT(near(s.density, dense.density, 1e-15));
        RC_ASSERT(near(s.cohesion, dense.cohesion, 1e-13));
        RC_ASSERT(near(s.connectivity, dense.connectivity, 1e-13));
        RC_ASSERT(near(s.stability, dense.stability, 1e-13));
        RC_ASSERT(near(s.evenness, dense.evenness, 1e-9));
        RC_ASSERT(s.why == dense.why);
    }
    // Without elimination the iteration finds both ends.
    sparse_budget none;
    none.most_entries = 0;
    auto const s = stability(sparse(c), {}, none);
    if (n > 1 && *dense.cohesion > 0.0) {
        RC_ASSERT(!s.cohesion && !s.stability && s.why.count("cohesion") == 1);
        bool const thin = *dense.evenness < 1e-4;
        if (thin) RC_ASSERT(!s.connectivity && s.why.count("connectivity") == 1);
        if (!s.connectivity) {
            RC_ASSERT(*dense.evenness < 1e-3);
        } else {
            RC_ASSERT(std::abs(*s.connectivity / *dense.connectivity - 1.0) <= 1e-9);
            RC_ASSERT(near(stability(sparse(c), {1.0, 1.0, 0.0}, none).stability,
                           stability(c, {1.0, 1.0, 0.0}).stability, 1e-9));
        }
    }
}

TEST(sparse_stability, long_chains_and_grids_have_their_known_spectra) {
    std::size_t const n = weft_test::sanitized ? 1000 : 5000;
    std::vector<pair> chain;
    for (std::size_t i = 0; i + 1 < n; ++i) chain.push_back({i + 1, i, 1.0});
    auto const s = stability(sparse_group(n, chain));
    double const pi = std::acos(-1.0), size = static_cast<double>(n);
    EXPECT_NEAR(*s.connectivity / (4.0 * std::pow(std::sin(pi / (2 * size)), 2) / size), 1.0, 1e-9);
    EXPECT_NEAR(*s.cohesion / std::exp(-(size - 2) * std::log(size) / (size - 1)), 1.0, 1e-12);

    std::size_t const side = 20;
    std::vector<pair> grid;
    for (std::size_t x = 0; x < side; ++x) {
        for (std::size_t y = 0; y < side; ++y) {
            if (x + 1 < side) grid.push_back({x * side + y, (x + 1) * side + y, 0.5});
            if (y + 1 < side) grid.push_back({x * side + y, x * side + y + 1, 0.5});
        }
    }
    double logs = 0.0;
    double const all = side * side;
    auto const l = [&](std::size_t k) {
        return 2.0 * std::pow(std::sin(pi * static_cast<double>(k) / (2.0 * side)), 2);
    };
    for (std::size_t x = 0; x < side; ++x) {
        for (std::size_t y = x == 0 ? 1 : 0; y < side; ++y) logs += std::log((l(x) + l(y)) / all);
    }
    auto const g = stability(sparse_group(side * side, grid));
    EXPECT_NEAR(*g.cohesion / std::exp(logs / (all - 1)), 1.0, 1e-12);
    EXPECT_NEAR(*g.connectivity / (l(1) / all), 1.0, 1e-11);
}

/// Both ends of what stability needs, by Eigen's sparse Cholesky factorisation of the Laplacian
/// without its last row and column: ln(tau), and l_2 by inverse iteration.
std::pair<double, double> by_eigen(std::size_t n, std::vector<pair> const& links) {
    auto const last = static_cast<int>(n) - 1;
    std::vector<Eigen::Triplet<double>> entries;
    for (auto const& l : links) {
        int const i = static_cast<int>(l.i), j = static_cast<int>(l.j);
        if (i < last) entries.emplace_back(i, i, l.compatibility);
        if (j < last) entries.emplace_back(j, j, l.compatibility);
        if (i < last && j < last) {
            entries.emplace_back(i, j, -l.compatibility);
            entries.emplace_back(j, i, -l.compatibility);
        }
    }
    Eigen::SparseMatrix<double> m(last, last);
    m.setFromTriplets(entries.begin(), entries.end());
    Eigen::SimplicialLDLT<Eigen::SparseMatrix<double>> const factor(m);
    EXPECT_EQ(factor.info(), Eigen::Success);
    Eigen::VectorXd x(last + 1), y(last + 1);
    for (int i = 0; i <= last; ++i) x(i) = i;
    double value = 0.0;
    for (int step = 0; step < 40; ++step) {
        x.array() -= x.mean();
        x.normalize();
        y.head(last) = factor.solve(Eigen::VectorXd(x.head(last)));
        y(last) = 0.0;
        y.array() -= y.mean();
        value = 1.0 / x.dot(y);
        x = y;
    }
    return {factor.vectorD().array().log().sum(), value};
}

TEST(sparse_stability, of_large_groups_is_that_of_eigen) {
    std::mt19937_64 random(17);
    auto const some = [&] { return 0.05 + 0.95 * weft_test::unit(random); };
    // A long band, and a grid whose sides differ so that l_2 and l_3 do.
    std::size_t const n = weft_test::sanitized ? 3000 : 100'000;
    std::vector<pair> band;
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = i + 1; j < std::min(n, i + 4); ++j) band.push_back({i, j, some()});
    }
    std::size_t const wide = weft_test::sanitized ? 50 : 225,
                      high = weft_test::sanitized ? 20 : 100;
    std::vector<pair> grid;
    for (std::size_t x = 0; x < wide; ++x) {
        for (std::size_t y = 0; y < high; ++y) {
            if (x + 1 < wide) grid.push_back({x * high + y, (x + 1) * high + y, some()});
            if (y + 1 < high) grid.push_back({x * high + y, x * high + y + 1, some()});
        }
    }
    for (auto const& [size, links] : {std::pair{n, band}, std::pair{wide * high, grid}}) {
        auto const s = stability(sparse_group(size, links));
        auto const [log_trees, l2] = by_eigen(size, links);
        auto const members = static_cast<double>(size);
        double const cohesion =
            std::exp((log_trees - (members - 2.0) * std::log(members)) / (members - 1.0));
        EXPECT_NEAR(*s.cohesion / cohesion, 1.0, 1e-9);
        // Eigen's pivots are differences: it has lost as many digits as l_2 is small.
        EXPECT_NEAR(*s.connectivity * members / l2, 1.0, 1e-5);
        double sum = 0.0;
        for (auto const& l : links) sum += l.compatibility;
        EXPECT_NEAR(*s.density / (2.0 * sum / (members * (members - 1.0))), 1.0, 1e-12);
    }
}

TEST(sparse_stability, the_iteration_keeps_its_digits_or_is_absent) {
    std::mt19937_64 random(3);
    sparse_budget none;
    none.most_entries = 0;
    for (double const thread : {1.0, 1e-1, 1e-2, 1e-4, 1e-6, 1e-8}) {
        std::size_t const half = 30;
        Eigen::MatrixXd c = Eigen::MatrixXd::Zero(60, 60);
        std::vector<pair> links{{0, half, thread}};
        c(0, 30) = c(30, 0) = thread;
        for (std::size_t j = 0; j < 2 * half; ++j) {
            for (std::size_t i = j < half ? 0 : half; i < j; ++i) {
                double const x = weft_test::unit(random);
                links.push_back({i, j, x});
                c(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(j)) = x;
                c(static_cast<Eigen::Index>(j), static_cast<Eigen::Index>(i)) = x;
            }
        }
        auto const s = stability(sparse_group(2 * half, links), {}, none);
        auto const dense = stability(c);
        EXPECT_EQ(s.connectivity.has_value(), *dense.evenness > 2.3e-4) << thread;
        EXPECT_EQ(s.evenness.has_value(), s.connectivity.has_value());
        if (!s.connectivity) {
            EXPECT_NE(s.why.at("connectivity").find("rounding"), std::string::npos);
            continue;
        }
        EXPECT_NEAR(*s.connectivity / *dense.connectivity, 1.0, 1e-10) << thread;
        EXPECT_NEAR(*s.evenness / *dense.evenness, 1.0, 2e-10) << thread;
    }
}

TEST(sparse_stability, tiny_groups_have_the_factors_of_their_multiples) {
    sparse_budget none;
    none.most_entries = 0;
    for (double const x : {1e-155, 1e-300, 4e-320}) {
        Eigen::MatrixXd c = weft_test::uniform(4, x);
        c(0, 1) = c(1, 0) = 9.0 * x;
        auto const whole = stability(sparse(c)), iterated = stability(sparse(c), {}, none);
        // Denormal numbers themselves have few digits.
        double const within = x < 1e-310 ? 1e-3 : 1e-9;
        EXPECT_NEAR(*whole.connectivity / x, 1.0, within);
        EXPECT_NEAR(*iterated.connectivity / x, 1.0, within);
        EXPECT_NEAR(*whole.evenness, 0.2, within);
        EXPECT_NEAR(*iterated.evenness, 0.2, within);
        // The tree count of K4 with one link of 9: 8 + 9 * 8.
        EXPECT_NEAR(*whole.cohesion / x, std::cbrt(80.0 / 16.0), 10 * within);
    }
}

TEST(sparse_stability, a_thread_keeps_its_digits) {
    for (double const thread : {1e-6, 1e-15, 1e-150}) {
        std::vector<pair> links{{0, 3, thread}};
        for (std::size_t i = 0; i < 3; ++i) {
            for (std::size_t j = 0; j < i; ++j) {
                links.push_back({i, j, 1.0});
                links.push_back({i + 3, j + 3, 1.0});
            }
        }
        auto const s = stability(sparse_group(6, links));
        EXPECT_NEAR(*s.connectivity / (2.0 * thread / 3.0 / 6.0), 1.0, 1e-5) << thread;
        EXPECT_NEAR(*s.cohesion / std::exp((std::log(9.0 * thread) - 4 * std::log(6.0)) / 5), 1.0,
                    1e-13);
    }
}

TEST(sparse_stability, what_does_not_fit_is_absent_with_its_reason) {
    std::vector<pair> links;
    detail::splitmix random(3);
    std::size_t const n = 400;
    std::vector<char> seen(n * n, 0);
    for (int k = 0; k < 4000; ++k) {
        auto const i = random.below(n), j = random.below(n);
        if (i >= j || seen[i * n + j]++ != 0) continue;
        links.push_back({i, j, 1.0});
    }
    sparse_budget tight;
    tight.most_entries = 5000;
    tight.most_core = 10;
    tight.most_steps = 5;
    sparse_group const g(n, links);
    auto const s = stability(g, {}, tight);
    EXPECT_TRUE(s.density.has_value());
    EXPECT_FALSE(s.cohesion || s.connectivity || s.evenness || s.stability);
    EXPECT_EQ(s.why.size(), 4U);
    auto const full = stability(g);
    EXPECT_TRUE(full.stability.has_value());
    EXPECT_LE(*full.connectivity, *full.cohesion);
}

TEST(sparse_group, faulty_pairs_are_named) {
    auto const refused = [](std::vector<pair> const& pairs) -> std::string {
        try {
            sparse_group const g(4, pairs);
        } catch (weft::invalid_argument const& e) {
            return e.argument();
        }
        return "accepted";
    };
    EXPECT_EQ(refused({{0, 1, 0.5}, {2, 3, 0.0}}), "accepted");
    EXPECT_EQ(refused({{0, 1, 0.5}, {2, 4, 0.5}}), "pairs[1]");
    EXPECT_EQ(refused({{2, 2, 0.5}}), "pairs[0]");
    EXPECT_EQ(refused({{0, 1, 0.5}, {0, 2, 1.5}}), "pairs[1]");
    EXPECT_EQ(refused({{0, 1, -0.5}}), "pairs[0]");
    EXPECT_EQ(refused({{0, 1, std::nan("")}}), "pairs[0]");
    EXPECT_EQ(refused({{0, 1, 0.5}, {2, 3, 0.5}, {1, 0, 0.5}}), "pairs[2]");
    EXPECT_EQ(refused({{0, 1, 0.0}, {0, 1, 0.5}}), "pairs[1]");
    EXPECT_EQ(sparse_group(3, std::vector<pair>{{0, 1, 0.0}}).pairs(), 0U);
    EXPECT_EQ(sparse_group().members(), 0U);
    EXPECT_EQ(stability(sparse_group(1, {})).why.size(), 5U);
    EXPECT_EQ(*stability(sparse_group(3, {})).stability, 0.0);
}

TEST(sparse_group, can_come_from_a_sparse_matrix) {
    Eigen::SparseMatrix<double> m(3, 3);
    m.insert(0, 1) = 0.5;
    m.insert(1, 0) = 0.5;
    m.insert(2, 2) = 7.0;
    auto const g = sparse_from(m);
    EXPECT_EQ(g.pairs(), 1U);
    EXPECT_EQ(g.neighbours(1)[0], 0U);
    EXPECT_EQ(g.compatibilities(0)[0], 0.5);
    m.insert(0, 2) = 0.25;
    try {
        (void)sparse_from(m);
        FAIL();
    } catch (weft::invalid_argument const& e) {
        EXPECT_EQ(e.argument(), "m[0][2]");
    }
    m.insert(2, 0) = 0.25 + 1e-14;
    EXPECT_EQ(sparse_from(m).pairs(), 2U);
    m.coeffRef(0, 1) = 1.5;
    EXPECT_THROW((void)sparse_from(m), weft::invalid_argument);
    EXPECT_THROW((void)sparse_from(Eigen::SparseMatrix<double>(2, 3)), weft::invalid_argument);
}

} // namespace
