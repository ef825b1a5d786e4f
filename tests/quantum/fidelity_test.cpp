#include "weft/quantum/fidelity.hpp"

#include <cmath>
#include <complex>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "quantum/seeded.hpp"
#include "weft/quantum/distance.hpp"

namespace {

using namespace weft::quantum;
using complex = std::complex<double>;

TEST(fidelity, a_phase_is_no_difference) {
    std::mt19937_64 random(31);
    for (int n = 0; n < 20; ++n) {
        auto const a = weft_test::seeded_ket(random, 1 + n % 6);
        complex const phase = std::polar(1.0, static_cast<double>(n));
        EXPECT_LT(infidelity(a, normalized(phase * a.amplitudes())), 1e-28);
    }
}

TEST(fidelity, of_histograms_bounds_their_total_variation) {
    std::mt19937_64 random(32);
    for (int n = 0; n < 20; ++n) {
        std::vector<double> p, q;
        for (int i = 0; i < 2 + n; ++i) {
            p.push_back(weft_test::seeded(random));
            q.push_back(weft_test::seeded(random));
        }
        auto const a = histogram_of_counts(p), b = histogram_of_counts(q);
        double variation = 0.0;
        for (std::size_t i = 0; i < a.size(); ++i) {
            variation += 0.5 * std::abs(a.roots()[i] * a.roots()[i] - b.roots()[i] * b.roots()[i]);
        }
        EXPECT_LE(variation, trace_distance(a, b) + 1e-14);
    }
}

TEST(fidelity, bounds_of_one_qubit_are_the_fidelity) {
    std::mt19937_64 random(33);
    for (int n = 0; n < 20; ++n) {
        qubit_product const a({{weft_test::seeded(random), 0.3, weft_test::seeded(random)}}),
            b({{weft_test::seeded(random), 0.9, weft_test::seeded(random)}});
        EXPECT_NEAR(sub_fidelity(a, b), fidelity(a, b), 1e-14);
        EXPECT_NEAR(super_fidelity(a, b), fidelity(a, b), 1e-14);
    }
}

TEST(fidelity, nearly_identical_states_keep_their_digits) {
    double const x = 1e-9;
    ket const a(Eigen::Vector2cd(1.0, 0.0));
    ket const b = normalized(Eigen::Vector2cd(complex(0.0, std::cos(x)), std::sin(x)));
    EXPECT_NEAR(infidelity(a, b) / (x * x), 1.0, 1e-6);
    EXPECT_NEAR(bures_angle(a, b) / x, 1.0, 1e-6);
    EXPECT_NEAR(trace_distance(a, b) / x, 1.0, 1e-6);
    histogram const p({0.5, 0.5}), q({0.5 + 1e-8, 0.5 - 1e-8});
    EXPECT_NEAR(infidelity(p, q) / 1e-16, 1.0, 1e-6);
    qubit_product const r(std::vector<qubit>{{1.0, 0.0, 0.5}, {1.0, 0.0, 1.0}});
    qubit_product const s(std::vector<qubit>{{1.0, 0.0, 0.5}, {1.0 + 2e-9, 0.0, 1.0}});
    EXPECT_NEAR(infidelity(r, s) / 1e-18, 1.0, 1e-6);
    EXPECT_NEAR(*closed_trace_distance(r, s) / 1e-9, 1.0, 1e-6);
    EXPECT_EQ(*closed_trace_distance(r, r), 0.0);
}

TEST(fidelity, many_qubits_need_no_tensor) {
    qubit_product const a(std::vector<qubit>(1000, {0.5, 0.0, 1.0}));
    qubit_product const b(std::vector<qubit>(1000, {0.51, 0.0, 1.0}));
    EXPECT_NEAR(fidelity(a, b), std::pow(std::cos(0.005), 2000.0), 1e-12);
    EXPECT_NEAR(sub_fidelity(a, b), fidelity(a, b), 1e-12);
    EXPECT_NEAR(super_fidelity(a, b), fidelity(a, b), 1e-12);
    EXPECT_NEAR(*closed_trace_distance(a, b), std::sqrt(infidelity(a, b)), 1e-15);
    qubit_product const c(std::vector<qubit>(1000, {0.5, 0.0, 0.5}));
    EXPECT_FALSE(closed_trace_distance(a, c).has_value());
}

TEST(fidelity, sizes_that_differ_are_refused) {
    ket const two(Eigen::Vector2cd(1.0, 0.0)), three(Eigen::Vector3cd(1.0, 0.0, 0.0));
    auto const mixed = density::from_factor(Eigen::Vector3cd(1.0, 0.0, 0.0));
    EXPECT_THROW((void)fidelity(two, three), weft::invalid_argument);
    EXPECT_THROW((void)infidelity(two, three), weft::invalid_argument);
    EXPECT_THROW((void)fidelity(two, mixed), weft::invalid_argument);
    EXPECT_THROW((void)infidelity(mixed, two), weft::invalid_argument);
    EXPECT_THROW((void)fidelity(histogram({1.0}), histogram({0.5, 0.5})), weft::invalid_argument);
    EXPECT_THROW((void)closed_trace_distance(qubit_product(std::vector<qubit>(1)),
                                             qubit_product(std::vector<qubit>(2))),
                 weft::invalid_argument);
}

TEST(fidelity, one_dimension_has_one_state) {
    ket const a(Eigen::VectorXcd::Ones(1)), b(Eigen::VectorXcd::Constant(1, complex(0.0, 1.0)));
    EXPECT_EQ(fidelity(a, b), 1.0);
    EXPECT_EQ(infidelity(a, b), 0.0);
    EXPECT_EQ(fidelity(histogram({1.0}), histogram({1.0})), 1.0);
}

} // namespace
