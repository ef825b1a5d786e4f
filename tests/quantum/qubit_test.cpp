#include "weft/quantum/qubit.hpp"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "quantum/support.hpp"
#include "support/numbers.hpp"

namespace {

using namespace weft::quantum;

constexpr double pi = 3.14159265358979323846;
using weft_test::nan;

TEST(qubit, known_pairs) {
    qubit const up{0.0, 0.0, 1.0}, down{pi, 0.0, 1.0}, plus{pi / 2, 0.0, 1.0};
    EXPECT_EQ(fidelity(up, up), 1.0);
    EXPECT_EQ(infidelity(up, up), 0.0);
    EXPECT_NEAR(fidelity(up, down), 0.0, 1e-30);
    EXPECT_EQ(infidelity(up, down), 1.0);
    EXPECT_NEAR(fidelity(up, plus), 0.5, 1e-15);
    qubit const unknown{1.0, 2.0, 0.0};
    EXPECT_NEAR(fidelity(up, unknown), 0.5, 1e-15);
    EXPECT_EQ(fidelity(unknown, qubit{0.0, 0.0, 0.0}), 1.0);
}

TEST(qubit, infidelity_of_close_states_keeps_its_digits) {
    // Two pure states an angle of 2e-9 apart: 1 - F = sin^2(1e-9).
    EXPECT_NEAR(infidelity(qubit{1.0, 0.5, 1.0}, qubit{1.0 + 2e-9, 0.5, 1.0}) / 1e-18, 1.0, 1e-6);
    // The same azimuth apart, on the equator.
    EXPECT_NEAR(infidelity(qubit{pi / 2, 0.5, 1.0}, qubit{pi / 2, 0.5 + 2e-9, 1.0}) / 1e-18, 1.0,
                1e-6);
    // Almost orthogonal: F = sin^2(1e-9).
    EXPECT_NEAR(fidelity(qubit{0.0, 0.0, 1.0}, qubit{pi - 2e-9, 0.0, 1.0}) / 1e-18, 1.0, 1e-6);
}

RC_GTEST_PROP(qubit, agrees_with_bloch_vectors_for_any_angles, ()) {
    auto a = weft_test::qubit(), b = weft_test::qubit();
    a.theta = weft_test::real(-9, 9);
    b.theta = weft_test::real(-9, 9);
    auto const u = bloch(a), v = bloch(b);
    double const dot = u.x * v.x + u.y * v.y + u.z * v.z;
    double const f = qubit_fidelity(dot, mixedness(a.bloch_length) * mixedness(b.bloch_length));
    auto const c = compare(a, b);
    RC_ASSERT(std::abs(c.fidelity - f) < 1e-15);
    RC_ASSERT(std::abs(c.fidelity + c.infidelity - 1.0) < 1e-15);
    RC_ASSERT(std::abs(c.overlap - 0.5 * (1.0 + dot)) < 1e-15);
    double const apart = std::sqrt((u.x - v.x) * (u.x - v.x) + (u.y - v.y) * (u.y - v.y) +
                                   (u.z - v.z) * (u.z - v.z));
    RC_ASSERT(std::abs(c.trace_distance - 0.5 * apart) < 1e-15);
    auto const back = compare(b, a);
    RC_ASSERT(c.fidelity == back.fidelity && c.infidelity == back.infidelity &&
              c.trace_distance == back.trace_distance && c.overlap == back.overlap);
    RC_ASSERT(1.0 - std::sqrt(c.fidelity) <= c.trace_distance + 1e-15);
    RC_ASSERT(c.trace_distance <= std::sqrt(c.infidelity) + 1e-15);
}

TEST(qubit, faulty_qubits_are_refused_by_name) {
    using weft_test::inf;
    auto const refused = [](qubit const& q) {
        try {
            require_qubit("a[3]", q);
        } catch (weft::invalid_argument const& e) {
            return e.argument();
        }
        return std::string("accepted");
    };
    EXPECT_EQ(refused({nan, 0, 1}), "a[3].theta");
    EXPECT_EQ(refused({0, inf, 1}), "a[3].phi");
    EXPECT_EQ(refused({0, 0, 1.0000001}), "a[3].bloch_length");
    EXPECT_EQ(refused({0, 0, -1e-300}), "a[3].bloch_length");
    EXPECT_EQ(refused({0, 0, nan}), "a[3].bloch_length");
    EXPECT_EQ(refused({1e308, -1e308, 5e-324}), "accepted");
}

TEST(qubit, extreme_angles_give_numbers) {
    auto const c = compare(qubit{1e308, -1e308, 1.0}, qubit{-1e308, 1e308, 1.0});
    EXPECT_TRUE(weft::in_unit(c.fidelity));
    EXPECT_TRUE(weft::in_unit(c.infidelity));
    auto const d = compare(qubit{5e-324, 0, 5e-324}, qubit{0, 0, 0});
    EXPECT_EQ(d.fidelity, 1.0);
}

// A profile: dimension i at angle pi x with its confidence.
TEST(profile, one_dimension_follows_the_closed_form) {
    for (double const xa : {0.0, 0.3, 1.0}) {
        for (double const xb : {0.0, 0.55, 1.0}) {
            for (double const ca : {0.0, 0.4, 0.95}) {
                for (double const cb : {0.2, 0.9}) {
                    auto const a = encode_dimension(xa, ca), b = encode_dimension(xb, cb);
                    double const f = 0.5 * (1.0 + ca * cb * std::cos(pi * (xa - xb)) +
                                            std::sqrt((1 - ca * ca) * (1 - cb * cb)));
                    EXPECT_NEAR(fidelity(a, b), f, 1e-15);
                }
            }
        }
    }
}

TEST(profile, certainty_is_capped) {
    auto const a = encode_dimension(0.0, 1.0), b = encode_dimension(1.0, 1.0);
    EXPECT_NEAR(fidelity(a, b), 0.0975, 1e-15);
    auto const c = encode_dimension(0.0, 1.0, 1.0), d = encode_dimension(1.0, 1.0, 1.0);
    EXPECT_EQ(fidelity(c, d), 0.0);
    std::vector<profile_qubit> const p{c, c}, q{c, d};
    EXPECT_EQ(*profile_fidelity(p, q), 0.0);
    EXPECT_EQ(*profile_fidelity(p, p), 1.0);
}

TEST(profile, certainty_weighs_and_ignorance_does_not) {
    // Known in one dimension, unknown in the other: only the known one speaks.
    std::vector<profile_qubit> const a{encode_dimension(0.1, 0.8), encode_dimension(0.5, 0.0)};
    std::vector<profile_qubit> const b{encode_dimension(0.9, 0.8), encode_dimension(0.2, 0.7)};
    EXPECT_NEAR(*profile_fidelity(a, b), fidelity(a[0], b[0]), 1e-15);
    // Weights sqrt(c_a c_b).
    std::vector<profile_qubit> const c{encode_dimension(0.1, 0.9), encode_dimension(0.5, 0.4)};
    std::vector<profile_qubit> const d{encode_dimension(0.6, 0.4), encode_dimension(0.3, 0.4)};
    double const w0 = std::sqrt(0.9 * 0.4), w1 = 0.4;
    double const expected = std::exp(
        (w0 * std::log(fidelity(c[0], d[0])) + w1 * std::log(fidelity(c[1], d[1]))) / (w0 + w1));
    EXPECT_NEAR(*profile_fidelity(c, d), expected, 1e-15);
}

TEST(profile, nothing_known_gives_nothing) {
    std::vector<profile_qubit> const unknown(3), some(3, encode_dimension(0.5, 0.5));
    EXPECT_FALSE(profile_fidelity(unknown, some).has_value());
    EXPECT_FALSE(
        profile_fidelity(std::span<profile_qubit const>(), std::span<profile_qubit const>())
            .has_value());
    EXPECT_THROW((void)profile_fidelity(unknown, std::vector<profile_qubit>(2)),
                 weft::invalid_argument);
    EXPECT_THROW((void)encode_dimension(1.1, 0.5), weft::invalid_argument);
    EXPECT_THROW((void)encode_dimension(nan, 0.5), weft::invalid_argument);
    EXPECT_THROW((void)encode_dimension(0.5, -0.1), weft::invalid_argument);
    EXPECT_THROW((void)encode_dimension(0.5, 0.5, 2.0), weft::invalid_argument);
}

RC_GTEST_PROP(profile, laws, ()) {
    auto const n = static_cast<std::size_t>(weft_test::whole(1, 12));
    std::vector<profile_qubit> a, b;
    for (std::size_t i = 0; i < n; ++i) {
        a.push_back(encode_dimension(weft_test::real(0, 1), weft_test::real(0.01, 1)));
        b.push_back(encode_dimension(weft_test::real(0, 1), weft_test::real(0.01, 1)));
    }
    auto const ab = profile_fidelity(a, b), ba = profile_fidelity(b, a);
    RC_ASSERT(ab.has_value() && ab == ba && weft::in_unit(*ab));
    RC_ASSERT(std::abs(*profile_fidelity(a, a) - 1.0) < 1e-15);
    profile_register<12> p, q;
    for (std::size_t i = 0; i < n; ++i) {
        p.set(i, a[i]);
        q.set(i, b[i]);
    }
    RC_ASSERT(profile_fidelity(p, q, n) == ab);
    RC_ASSERT(std::abs(*profile_fidelity(p, q, 12) - *ab) < 1e-15);
}

} // namespace
