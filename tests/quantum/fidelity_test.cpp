#include "weft/quantum/fidelity.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "quantum/support.hpp"
#include "weft/quantum/distance.hpp"

namespace {

using namespace weft::quantum;
using complex = std::complex<double>;

/// The laws that hold for any pair and any third state, whatever the encoding.
template <class State>
void laws(State const& a, State const& b, State const& c) {
    double const f = fidelity(a, b), e = infidelity(a, b), angle = bures_angle(a, b);
    RC_ASSERT(f == fidelity(b, a));
    RC_ASSERT(e == infidelity(b, a));
    RC_ASSERT(angle == bures_angle(b, a));
    RC_ASSERT(weft::in_unit(f) && weft::in_unit(e));
    RC_ASSERT(std::abs(f + e - 1.0) < 1e-14);
    RC_ASSERT(angle >= 0.0 && angle <= std::acos(0.0) + 1e-15);
    RC_ASSERT(std::abs(std::cos(angle) - root_fidelity(a, b)) < 1e-14);
    RC_ASSERT(std::abs(fidelity(a, a) - 1.0) < 1e-14);
    RC_ASSERT(infidelity(a, a) < 1e-28);
    RC_ASSERT(bures_angle(a, a) < 1e-14);
    RC_ASSERT(bures_angle(a, c) <= angle + bures_angle(b, c) + 1e-13);
    RC_ASSERT(sub_fidelity(a, b) == sub_fidelity(b, a));
    RC_ASSERT(super_fidelity(a, b) == super_fidelity(b, a));
    RC_ASSERT(0.0 <= sub_fidelity(a, b) && sub_fidelity(a, b) <= f);
    RC_ASSERT(f <= super_fidelity(a, b) && super_fidelity(a, b) <= 1.0);
}

template <class Distance>
void distance_laws(Distance ab, Distance ba, double f, double e) {
    RC_ASSERT(ab == ba);
    RC_ASSERT(weft::in_unit(ab));
    RC_ASSERT(1.0 - std::sqrt(f) <= ab + 1e-14);
    RC_ASSERT(ab <= std::sqrt(e) + 1e-14);
}

RC_GTEST_PROP(fidelity_of_kets, laws, ()) {
    auto const d = weft_test::whole(1, 6);
    auto const a = weft_test::ket(d), b = weft_test::ket(d), c = weft_test::ket(d);
    laws(a, b, c);
    distance_laws(trace_distance(a, b), trace_distance(b, a), fidelity(a, b), infidelity(a, b));
    Eigen::MatrixXcd const u = weft_test::unitary(d);
    RC_ASSERT(std::abs(fidelity(normalized(u * a.amplitudes()), normalized(u * b.amplitudes())) -
                       fidelity(a, b)) < 1e-13);
    // A phase is no difference.
    complex const phase = std::polar(1.0, weft_test::real(-3, 3));
    RC_ASSERT(infidelity(a, normalized(phase * a.amplitudes())) < 1e-28);
    auto const e = weft_test::whole(1, 4);
    auto const p = weft_test::ket(e), q = weft_test::ket(e);
    auto const ap = normalized(weft_test::kronecker(a.amplitudes(), p.amplitudes()).col(0));
    auto const bq = normalized(weft_test::kronecker(b.amplitudes(), q.amplitudes()).col(0));
    RC_ASSERT(std::abs(fidelity(ap, bq) - fidelity(a, b) * fidelity(p, q)) < 1e-13);
}

RC_GTEST_PROP(fidelity_of_histograms, laws, ()) {
    auto const n = weft_test::whole(1, 20);
    auto const a = weft_test::histogram(n), b = weft_test::histogram(n),
               c = weft_test::histogram(n);
    laws(a, b, c);
    distance_laws(trace_distance(a, b), trace_distance(b, a), fidelity(a, b), infidelity(a, b));
    // It bounds the total variation of the probabilities.
    double variation = 0.0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        variation += 0.5 * std::abs(a.roots()[i] * a.roots()[i] - b.roots()[i] * b.roots()[i]);
    }
    RC_ASSERT(variation <= trace_distance(a, b) + 1e-14);
}

RC_GTEST_PROP(fidelity_of_qubit_products, laws, ()) {
    auto const n = weft_test::whole(1, 6);
    auto const a = weft_test::product(n), b = weft_test::product(n), c = weft_test::product(n);
    laws(a, b, c);
    if (auto const t = closed_trace_distance(a, b)) {
        distance_laws(*t, *closed_trace_distance(b, a), fidelity(a, b), infidelity(a, b));
    }
    if (n == 1) {
        RC_ASSERT(std::abs(sub_fidelity(a, b) - fidelity(a, b)) < 1e-14);
        RC_ASSERT(std::abs(super_fidelity(a, b) - fidelity(a, b)) < 1e-14);
    }
    // Multiplies where qubits are put side by side; one qubit less brings states closer.
    auto const p = weft_test::product(2), q = weft_test::product(2);
    auto longer_a = a.qubits(), longer_b = b.qubits();
    longer_a.insert(longer_a.end(), p.qubits().begin(), p.qubits().end());
    longer_b.insert(longer_b.end(), q.qubits().begin(), q.qubits().end());
    qubit_product const ap(longer_a), bq(longer_b);
    RC_ASSERT(std::abs(fidelity(ap, bq) - fidelity(a, b) * fidelity(p, q)) < 1e-14);
    RC_ASSERT(fidelity(ap, bq) <= fidelity(a, b));
    // Turning every qubit about the z axis is a unitary.
    double const turn = weft_test::real(-3, 3);
    auto turned_a = a.qubits(), turned_b = b.qubits();
    for (auto& x : turned_a) x.phi += turn;
    for (auto& x : turned_b) x.phi += turn;
    RC_ASSERT(std::abs(fidelity(qubit_product(turned_a), qubit_product(turned_b)) -
                       fidelity(a, b)) < 1e-14);
}

RC_GTEST_PROP(fidelity_of_a_ket_and_a_mixed_state, range_and_symmetry, ()) {
    auto const d = weft_test::whole(1, 6);
    auto const a = weft_test::ket(d);
    auto const b = weft_test::density(d, weft_test::whole(1, 6));
    RC_ASSERT(fidelity(a, b) == fidelity(b, a));
    RC_ASSERT(infidelity(a, b) == infidelity(b, a));
    RC_ASSERT(weft::in_unit(fidelity(a, b)) && weft::in_unit(infidelity(a, b)));
    RC_ASSERT(std::abs(fidelity(a, b) + infidelity(a, b) - 1.0) < 1e-14);
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
