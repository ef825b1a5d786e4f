#include "weft/quantum/uhlmann.hpp"

#include <cmath>
#include <complex>
#include <random>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "quantum/seeded.hpp"

namespace {

using weft::quantum::density;
namespace wq = weft::quantum;

double const half_pi = std::acos(0.0);

TEST(uhlmann, a_comparison_is_symmetric_bit_for_bit_and_agrees_with_single_measures) {
    std::mt19937_64 random(21);
    for (int n = 0; n < 40; ++n) {
        auto const d = 1 + n % 5;
        auto const a = weft_test::seeded_density(random, d, 1 + n % 4),
                   b = weft_test::seeded_density(random, d, 1 + n / 4 % 4);
        auto const ab = wq::compare(a, b), ba = wq::compare(b, a);
        EXPECT_EQ(ab.fidelity, ba.fidelity);
        EXPECT_EQ(ab.infidelity, ba.infidelity);
        EXPECT_EQ(*ab.trace_distance, *ba.trace_distance);
        EXPECT_EQ(ab.bures_angle, ba.bures_angle);
        EXPECT_EQ(ab.sub_fidelity, ba.sub_fidelity);
        EXPECT_EQ(ab.super_fidelity, ba.super_fidelity);
        EXPECT_NEAR(wq::fidelity(a, b), ab.fidelity, 1e-14);
        auto const c = weft_test::seeded_density(random, d, 2);
        EXPECT_LE(wq::trace_distance(a, c),
                  wq::trace_distance(a, b) + wq::trace_distance(b, c) + 1e-13);
        if (d == 2) {
            EXPECT_NEAR(ab.sub_fidelity, ab.fidelity, 1e-13);
            EXPECT_NEAR(ab.super_fidelity, ab.fidelity, 1e-13);
        }
    }
}

TEST(uhlmann, the_same_state_in_another_factor_is_the_same) {
    std::mt19937_64 random(22);
    for (int n = 0; n < 20; ++n) {
        auto const a = weft_test::seeded_density(random, 2 + n % 4, 2);
        double const c = std::cos(n), s = std::sin(n);
        Eigen::MatrixXcd turn(2, 2);
        turn << c, -s, std::complex<double>(0, s), std::complex<double>(0, c);
        auto const same = wq::compare(a, density::from_factor(a.factor() * turn));
        EXPECT_LT(same.infidelity, 1e-28);
        EXPECT_EQ(same.fidelity, 1.0);
        EXPECT_LT(*same.trace_distance, 1e-14);
    }
}

std::vector<wq::qubit> seeded_qubits(std::mt19937_64& random, int n) {
    std::vector<wq::qubit> qubits;
    for (int i = 0; i < n; ++i) {
        qubits.push_back({3 * weft_test::seeded(random), 7 * weft_test::seeded(random),
                          i % 3 == 0 ? 1.0 : weft_test::seeded(random)});
    }
    return qubits;
}

TEST(uhlmann, products_written_out_agree_with_the_closed_forms) {
    std::mt19937_64 random(23);
    for (int n = 0; n < 20; ++n) {
        wq::qubit_product const a(seeded_qubits(random, 1 + n % 4)),
            b(seeded_qubits(random, 1 + n % 4));
        auto const closed = wq::compare(a, b);
        auto const full = wq::compare(wq::to_density(a), wq::to_density(b));
        EXPECT_NEAR(closed.fidelity, full.fidelity, 1e-13);
        EXPECT_NEAR(closed.infidelity, full.infidelity, 1e-13);
        EXPECT_NEAR(*closed.trace_distance, *full.trace_distance, 1e-13);
        EXPECT_NEAR(closed.sub_fidelity, full.sub_fidelity, 1e-13);
        EXPECT_NEAR(closed.super_fidelity, full.super_fidelity, 1e-13);
        EXPECT_NEAR(closed.fidelity, wq::compare(a, wq::to_density(b)).fidelity, 1e-13);
    }
}

TEST(uhlmann, kinds_agree_with_each_other) {
    std::mt19937_64 random(24);
    for (int n = 0; n < 20; ++n) {
        auto const d = 1 + n % 5;
        auto const a = weft_test::seeded_ket(random, d), b = weft_test::seeded_ket(random, d);
        auto const c = weft_test::seeded_density(random, d, 1 + n % 3);
        auto const as_kets = wq::compare(a, b);
        auto const as_factors = wq::compare(wq::to_density(a), wq::to_density(b));
        auto const mixed = wq::compare(a, c), general = wq::compare(wq::to_density(a), c);
        EXPECT_EQ(wq::compare(c, a).fidelity, mixed.fidelity);
        EXPECT_EQ(*wq::compare(c, a).trace_distance, *mixed.trace_distance);
        EXPECT_EQ(wq::compare(wq::state(c), wq::state(a)).fidelity, mixed.fidelity);
        for (auto const& [x, y] : {std::pair{as_kets, as_factors}, std::pair{mixed, general}}) {
            EXPECT_NEAR(x.fidelity, y.fidelity, 1e-14);
            EXPECT_NEAR(x.infidelity, y.infidelity, 1e-14);
            EXPECT_NEAR(*x.trace_distance, *y.trace_distance, 1e-14);
            EXPECT_NEAR(x.sub_fidelity, y.sub_fidelity, 1e-14);
            EXPECT_NEAR(x.super_fidelity, y.super_fidelity, 1e-14);
        }
    }
}

TEST(uhlmann, orthogonal_supports_are_exactly_apart) {
    Eigen::MatrixXcd a = Eigen::MatrixXcd::Zero(4, 2), b = Eigen::MatrixXcd::Zero(4, 2);
    a(0, 0) = 0.6;
    a(1, 1) = 0.8;
    b(2, 0) = 0.8;
    b(3, 1) = 0.6;
    auto const r = wq::compare(density::from_factor(a), density::from_factor(b));
    EXPECT_EQ(r.fidelity, 0.0);
    EXPECT_NEAR(r.infidelity, 1.0, 1e-15);
    EXPECT_NEAR(*r.trace_distance, 1.0, 1e-15);
    EXPECT_NEAR(r.bures_angle, half_pi, 1e-15);
    EXPECT_EQ(r.sub_fidelity, 0.0);
}

TEST(uhlmann, dimensions_that_differ_are_refused) {
    auto const two = wq::state(wq::ket(Eigen::Vector2cd(1.0, 0.0)));
    auto const three = wq::state(density::from_factor(Eigen::Vector3cd(0.0, 1.0, 0.0)));
    auto const four = wq::state(wq::qubit_product(std::vector<wq::qubit>(2)));
    for (auto const& [a, b] : {std::pair{two, three}, std::pair{three, two}, std::pair{two, four},
                               std::pair{four, three}}) {
        EXPECT_THROW((void)wq::compare(a, b), weft::invalid_argument);
    }
    EXPECT_THROW((void)wq::compare(four, wq::state(wq::qubit_product(std::vector<wq::qubit>(1)))),
                 weft::invalid_argument);
}

TEST(uhlmann, products_too_large_to_write_out_say_so) {
    wq::qubit_product const a(std::vector<wq::qubit>(30, {0.3, 0.1, 0.9}));
    wq::qubit_product const b(std::vector<wq::qubit>(30, {0.4, 0.1, 0.8}));
    auto const r = wq::compare(a, b);
    EXPECT_FALSE(r.trace_distance.has_value());
    EXPECT_EQ(r.why.count("trace_distance"), 1U);
    EXPECT_GT(r.fidelity, 0.0);
    EXPECT_THROW((void)wq::to_density(a), weft::domain_error);
    // What the two have in common does not count.
    auto c = a.qubits();
    c[7] = {1.0, 0.0, 0.2};
    EXPECT_TRUE(wq::compare(a, wq::qubit_product(c)).trace_distance.has_value());
}

} // namespace
