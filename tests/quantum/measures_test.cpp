#include "weft/quantum/measures.hpp"

#include <array>
#include <cmath>
#include <limits>
#include <random>
#include <span>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "quantum/seeded.hpp"
#include "weft/quantum/spectrum.hpp"
#include "weft/quantum/uhlmann.hpp"

namespace {

using namespace weft::quantum;

density diagonal(std::vector<double> const& p) {
    Eigen::MatrixXcd m = Eigen::MatrixXcd::Zero(static_cast<Eigen::Index>(p.size()),
                                                static_cast<Eigen::Index>(p.size()));
    for (std::size_t i = 0; i < p.size(); ++i) {
        m(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(i)) = std::sqrt(p[i]);
    }
    return density::from_factor(m);
}

ket bell() {
    Eigen::Vector4cd v(1.0, 0.0, 0.0, 1.0);
    return normalized(v);
}

/// p |Bell><Bell| + (1 - p) 1/4.
density werner(double p) {
    Eigen::MatrixXcd m = (1.0 - p) / 4.0 * Eigen::MatrixXcd::Identity(4, 4);
    m += p * bell().amplitudes() * bell().amplitudes().adjoint();
    return density::from_matrix(m);
}

std::array<Eigen::Index, 2> const two_qubits{2, 2};
std::array<std::size_t, 1> const first_party{0}, second_party{1};

TEST(measures, purity_and_distances_have_their_closed_values) {
    EXPECT_NEAR(purity(diagonal({0.5, 0.25, 0.25})), 0.375, 1e-15);
    EXPECT_EQ(purity(bell()), 1.0);
    EXPECT_NEAR(purity(qubit_product({{0.3, 0.1, 0.5}, {1.0, 2.0, 0.0}})), 0.625 * 0.5, 1e-15);
    EXPECT_NEAR(hilbert_schmidt_distance(diagonal({1.0, 0.0}), diagonal({0.5, 0.5})),
                std::sqrt(0.5), 1e-15);
    EXPECT_NEAR(hilbert_schmidt_distance(qubit{0.0, 0.0, 1.0}, qubit{0.0, 0.0, 0.0}),
                std::sqrt(0.5), 1e-15);
    histogram const p({1.0, 0.0}), q({0.5, 0.5});
    EXPECT_NEAR(affinity(p, q), std::sqrt(0.5), 1e-15);
    EXPECT_NEAR(hellinger_distance(p, q), std::sqrt(2.0 - std::sqrt(2.0)), 1e-15);
    EXPECT_NEAR(bures_distance(p, q), std::sqrt(2.0 - std::sqrt(2.0)), 1e-15);
    std::mt19937_64 random(5);
    for (int n = 0; n < 20; ++n) {
        auto const a = weft_test::seeded_ket(random, 3), b = weft_test::seeded_ket(random, 3);
        auto const x = density::from_factor(a.amplitudes()),
                   y = density::from_factor(b.amplitudes());
        EXPECT_NEAR(hilbert_schmidt_distance(a, b), hilbert_schmidt_distance(x, y), 1e-14);
        EXPECT_NEAR(affinity(a, b), affinity(x, y), 1e-14);
        EXPECT_NEAR(hellinger_distance(a, b), hellinger_distance(x, y), 1e-14);
    }
}

TEST(measures, groups_are_averaged_and_shared) {
    std::vector<histogram> const group{histogram({0.5, 0.5}), histogram({1.0, 0.0}),
                                       histogram({0.5, 0.5})};
    EXPECT_NEAR(average_fidelity(std::span<histogram const>(group)), (0.5 + 1.0 + 0.5) / 3.0,
                1e-15);
    EXPECT_NEAR(matusita_affinity(group), std::cbrt(0.25), 1e-15);
    EXPECT_NEAR(matusita_affinity(std::span(group).first(2)), affinity(group[0], group[1]), 1e-15);
    EXPECT_NEAR(matusita_affinity(std::span(group).first(1)), 1.0, 1e-15);
    std::vector<histogram> const apart{histogram({1.0, 0.0}), histogram({0.0, 1.0})};
    EXPECT_EQ(matusita_affinity(apart), 0.0);
    EXPECT_THROW((void)average_fidelity(std::span<histogram const>(group).first(1)),
                 weft::invalid_argument);
    EXPECT_THROW((void)matusita_affinity({}), weft::invalid_argument);
}

TEST(measures, multivariate_fidelities_meet_where_states_commute) {
    histogram const p({0.5, 0.3, 0.2}), q({0.2, 0.2, 0.6}), r({0.1, 0.8, 0.1});
    std::vector<histogram> const classical{p, q, r};
    std::vector<density> const quantum{diagonal({0.5, 0.3, 0.2}), diagonal({0.2, 0.2, 0.6}),
                                       diagonal({0.1, 0.8, 0.1})};
    std::span<density const> const group(quantum);
    EXPECT_NEAR(log_euclidean_fidelity(group), matusita_affinity(classical), 1e-14);
    EXPECT_NEAR(average_root_fidelity(std::span<histogram const>(classical)),
                (affinity(p, q) + affinity(p, r) + affinity(q, r)) / 3.0, 1e-15);
    EXPECT_NEAR(log_euclidean_fidelity(group.first(1)), 1.0, 1e-14);
    std::mt19937_64 random(12);
    std::vector<density> any{weft_test::seeded_density(random, 3, 4),
                             weft_test::seeded_density(random, 3, 3),
                             weft_test::seeded_density(random, 3, 5)};
    double const f = log_euclidean_fidelity(std::span<density const>(any));
    std::swap(any[0], any[2]);
    EXPECT_NEAR(log_euclidean_fidelity(std::span<density const>(any)), f, 1e-14);
    EXPECT_GT(f, 0.0);
    EXPECT_LT(f, 1.0);
    any.push_back(diagonal({1.0, 0.0, 0.0}));
    EXPECT_THROW((void)log_euclidean_fidelity(std::span<density const>(any)), weft::domain_error);
    EXPECT_THROW((void)log_euclidean_fidelity(std::span<density const>()), weft::invalid_argument);
}

TEST(measures, of_products_of_qubits_are_those_of_the_whole) {
    qubit_product const a({{0.3, 0.1, 0.5}, {1.0, 2.0, 1.0}, {2.0, 0.0, 0.0}}),
        b({{0.9, 0.4, 0.7}, {1.1, 2.0, 1.0}, {0.1, 1.0, 0.3}});
    auto const x = to_density(a), y = to_density(b);
    EXPECT_NEAR(hilbert_schmidt_distance(a, b), hilbert_schmidt_distance(x, y), 1e-15);
    EXPECT_NEAR(affinity(a, b), affinity(x, y), 1e-15);
    EXPECT_NEAR(hellinger_distance(a, b), hellinger_distance(x, y), 1e-15);
    EXPECT_NEAR(renyi_entropy(a, 0.5), renyi_entropy(x, 0.5), 1e-14);
    EXPECT_NEAR(tsallis_entropy(a, 0.5), tsallis_entropy(x, 0.5), 1e-14);
    EXPECT_EQ(hilbert_schmidt_distance(a, a), 0.0);
    EXPECT_EQ(hellinger_distance(a, a), 0.0);
    qubit_product const near({{0.3 + 1e-9, 0.1, 0.5}, {1.0, 2.0, 1.0}, {2.0, 0.0, 0.0}});
    EXPECT_NEAR(hilbert_schmidt_distance(a, near) / (0.5 * 1e-9 * std::sqrt(0.25)), 1.0, 1e-6);
}

TEST(measures, partial_traces_of_products_are_the_parts) {
    std::mt19937_64 random(6);
    auto const a = weft_test::seeded_density(random, 2, 2),
               b = weft_test::seeded_density(random, 3, 1),
               c = weft_test::seeded_density(random, 2, 2);
    Eigen::MatrixXcd all(12, 4);
    for (Eigen::Index i = 0; i < 12; ++i) {
        for (Eigen::Index j = 0; j < 4; ++j) {
            all(i, j) =
                a.factor()(i / 6, j / 2) * b.factor()(i / 2 % 3, 0) * c.factor()(i % 2, j % 2);
        }
    }
    auto const whole = density::from_factor(all);
    std::array<Eigen::Index, 3> const dims{2, 3, 2};
    std::array<std::size_t, 1> const middle{1};
    std::array<std::size_t, 2> const ends{2, 0};
    EXPECT_LT((partial_trace(whole, dims, first_party).matrix() - a.matrix()).norm(), 1e-14);
    EXPECT_LT((partial_trace(whole, dims, middle).matrix() - b.matrix()).norm(), 1e-14);
    auto const outer = partial_trace(whole, dims, ends).matrix();
    ASSERT_EQ(outer.rows(), 4);
    EXPECT_LT(std::abs(outer(1, 2) - a.matrix()(0, 1) * c.matrix()(1, 0)), 1e-14);
    EXPECT_NEAR(partial_trace(whole, dims, {}).matrix()(0, 0).real(), 1.0, 1e-14);
    EXPECT_NEAR(mutual_information(whole, dims, middle), 0.0, 1e-13);
    EXPECT_NEAR(von_neumann_entropy(whole), von_neumann_entropy(a) + von_neumann_entropy(c), 1e-13);
    EXPECT_NEAR(negativity(whole, dims, ends), 0.0, 1e-14);

    std::array<Eigen::Index, 2> const wrong{2, 3}, zero{0, 12};
    std::array<std::size_t, 2> const twice{1, 1};
    std::array<std::size_t, 1> const beyond{3};
    EXPECT_THROW((void)partial_trace(whole, wrong, first_party), weft::invalid_argument);
    EXPECT_THROW((void)partial_trace(whole, zero, first_party), weft::invalid_argument);
    EXPECT_THROW((void)partial_trace(whole, dims, twice), weft::invalid_argument);
    EXPECT_THROW((void)partial_trace(whole, dims, beyond), weft::invalid_argument);
}

TEST(measures, entropies_have_their_closed_values_and_order) {
    double const infinity = std::numeric_limits<double>::infinity();
    auto const even = diagonal({0.25, 0.25, 0.25, 0.25});
    for (double const order : {0.0, 0.5, 1.0, 2.0, 700.0, infinity}) {
        EXPECT_NEAR(renyi_entropy(even, order), std::log(4.0), 1e-14) << order;
    }
    auto const skew = diagonal({0.5, 0.25, 0.25, 0.0});
    EXPECT_NEAR(von_neumann_entropy(skew), 1.5 * std::log(2.0), 1e-14);
    EXPECT_NEAR(renyi_entropy(skew, 0.0), std::log(3.0), 1e-15);
    EXPECT_NEAR(renyi_entropy(skew, 2.0), -std::log(0.375), 1e-14);
    EXPECT_NEAR(renyi_entropy(skew, infinity), std::log(2.0), 1e-14);
    EXPECT_NEAR(tsallis_entropy(skew, 2.0), 1.0 - purity(skew), 1e-14);
    EXPECT_NEAR(tsallis_entropy(skew, 0.0), 2.0, 1e-14);
    EXPECT_NEAR(tsallis_entropy(skew, 1.0), von_neumann_entropy(skew), 1e-15);
    EXPECT_NEAR(renyi_entropy(skew, 1.0 + 1e-6), von_neumann_entropy(skew), 1e-6);
    EXPECT_NEAR(von_neumann_entropy(qubit_product({{0.1, 0.2, 0.0}, {0.4, 0.0, 1.0}})),
                std::log(2.0), 1e-15);
    EXPECT_EQ(von_neumann_entropy(density::from_factor(bell().amplitudes())), 0.0);
    std::mt19937_64 random(7);
    for (int n = 0; n < 20; ++n) {
        auto const a = weft_test::seeded_density(random, 4, 3);
        double last = infinity;
        for (double const order : {0.0, 0.3, 1.0, 1.7, 5.0, infinity}) {
            double const s = renyi_entropy(a, order);
            EXPECT_LE(s, last + 1e-13);
            last = s;
        }
    }
    EXPECT_THROW((void)renyi_entropy(even, -1.0), weft::invalid_argument);
    EXPECT_THROW((void)renyi_entropy(even, std::nan("")), weft::invalid_argument);
    EXPECT_THROW((void)tsallis_entropy(even, infinity), weft::invalid_argument);
}

TEST(measures, relative_entropy_is_never_negative_and_bounds_the_trace_distance) {
    EXPECT_NEAR(relative_entropy(diagonal({0.5, 0.5}), diagonal({0.25, 0.75})),
                0.5 * std::log(2.0) + 0.5 * std::log(2.0 / 3.0), 1e-14);
    EXPECT_EQ(relative_entropy(diagonal({0.5, 0.5}), diagonal({1.0, 0.0})),
              std::numeric_limits<double>::infinity());
    EXPECT_NEAR(relative_entropy(diagonal({1.0, 0.0}), diagonal({0.5, 0.5})), std::log(2.0), 1e-14);
    std::mt19937_64 random(8);
    for (int n = 0; n < 20; ++n) {
        auto const a = weft_test::seeded_density(random, 3, 2),
                   b = weft_test::seeded_density(random, 3, 3);
        EXPECT_NEAR(relative_entropy(a, a), 0.0, 1e-12);
        Eigen::SelfAdjointEigenSolver<Eigen::MatrixXcd> const solver(a.matrix() - b.matrix());
        double const t = 0.5 * solver.eigenvalues().cwiseAbs().sum();
        EXPECT_GE(relative_entropy(a, b), 2.0 * t * t - 1e-13); // Pinsker
    }
}

TEST(measures, entanglement_has_its_closed_values) {
    EXPECT_NEAR(concurrence(bell()), 1.0, 1e-15);
    auto const pair = density::from_factor(bell().amplitudes());
    EXPECT_NEAR(negativity(pair, two_qubits, first_party), 0.5, 1e-15);
    EXPECT_NEAR(mutual_information(pair, two_qubits, first_party), 2.0 * std::log(2.0), 1e-14);
    for (double const p : {0.0, 0.2, 1.0 / 3.0, 0.5, 0.9, 1.0}) {
        EXPECT_NEAR(concurrence(werner(p)), std::max(0.0, 1.5 * p - 0.5), 1e-13) << p;
        EXPECT_NEAR(negativity(werner(p), two_qubits, second_party), std::max(0.0, 0.75 * p - 0.25),
                    1e-14)
            << p;
    }
    std::mt19937_64 random(9);
    for (int n = 0; n < 20; ++n) {
        auto const a = weft_test::seeded_ket(random, 4);
        EXPECT_NEAR(concurrence(a), concurrence(density::from_factor(a.amplitudes())), 1e-14);
        auto const form = schmidt(a, two_qubits, first_party);
        EXPECT_NEAR(2.0 * form.coefficients(0) * form.coefficients(1), concurrence(a), 1e-14);
        Eigen::VectorXcd again = Eigen::VectorXcd::Zero(4);
        for (Eigen::Index k = 0; k < form.coefficients.size(); ++k) {
            for (Eigen::Index i = 0; i < 4; ++i) {
                again(i) += form.coefficients(k) * form.left(i / 2, k) * form.right(i % 2, k);
            }
        }
        EXPECT_LT((again - a.amplitudes()).norm(), 1e-14);
        auto const left = partial_trace(a, two_qubits, first_party);
        auto const right = partial_trace(a, two_qubits, second_party);
        EXPECT_NEAR(von_neumann_entropy(left), von_neumann_entropy(right), 1e-13);
    }
    EXPECT_EQ(
        schmidt(ket(Eigen::VectorXcd::Unit(4, 2)), two_qubits, first_party).coefficients.size(), 1);
    EXPECT_THROW((void)concurrence(weft_test::seeded_ket(random, 3)), weft::invalid_argument);
    EXPECT_THROW((void)concurrence(weft_test::seeded_density(random, 3, 2)),
                 weft::invalid_argument);
}

TEST(measures, affinity_and_chernoff_lie_where_they_must) {
    auto const p = diagonal({0.5, 0.5}), q = diagonal({0.1, 0.9});
    EXPECT_NEAR(affinity(p, q), std::sqrt(0.05) + std::sqrt(0.45), 1e-15);
    EXPECT_NEAR(hellinger_distance(p, q), std::sqrt(2.0 - 2.0 * affinity(p, q)), 1e-14);
    auto const itself = quantum_chernoff(p, p);
    EXPECT_NEAR(itself.coefficient, 1.0, 1e-15);
    EXPECT_NEAR(itself.exponent, 0.0, 1e-15);
    auto const apart = quantum_chernoff(diagonal({1.0, 0.0}), diagonal({0.0, 1.0}));
    EXPECT_EQ(apart.coefficient, 0.0);
    EXPECT_EQ(apart.exponent, std::numeric_limits<double>::infinity());
    // By symmetry the least value of these two is in the middle.
    auto const mirrored = quantum_chernoff(diagonal({0.9, 0.1}), q);
    EXPECT_NEAR(mirrored.at, 0.5, 1e-7);
    EXPECT_NEAR(mirrored.coefficient, 0.6, 1e-14);
    std::mt19937_64 random(10);
    for (int n = 0; n < 30; ++n) {
        auto const a = weft_test::seeded_density(random, 3, 1 + n % 3),
                   b = weft_test::seeded_density(random, 3, 1 + n / 3 % 3);
        auto const c = quantum_chernoff(a, b);
        Eigen::SelfAdjointEigenSolver<Eigen::MatrixXcd> const solver(a.matrix() - b.matrix());
        double const t = 0.5 * solver.eigenvalues().cwiseAbs().sum();
        EXPECT_LE(1.0 - t, c.coefficient + 1e-13);
        EXPECT_LE(c.coefficient, affinity(a, b) + 1e-13);
        EXPECT_LE(c.coefficient, std::sqrt(1.0 - t * t) + 1e-7);
        EXPECT_EQ(affinity(a, b), affinity(b, a));
        EXPECT_EQ(hellinger_distance(a, b), hellinger_distance(b, a));
        EXPECT_NEAR(quantum_chernoff(b, a).coefficient, c.coefficient, 1e-13);
    }
}

} // namespace
