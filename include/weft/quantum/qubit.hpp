#pragma once

#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "weft/core/error.hpp"
#include "weft/core/lanes.hpp"
#include "weft/core/number.hpp"
#include "weft/core/unit.hpp"
#include "weft/quantum/exponential.hpp"
#include "weft/quantum/logarithm.hpp"
#include "weft/quantum/pairs.hpp"
#include "weft/quantum/real.hpp"

/// One qubit in closed form, and a profile as a product of them. Standard library only.
namespace weft::inline v0::quantum {

/// The state (1 + r . sigma) / 2 with Bloch vector r of length `bloch_length` in the direction of
/// the polar angle `theta` and the azimuth `phi` (radians, any finite number; theta is usually in
/// [0, pi]). Length 1 is a pure state, length 0 the maximally mixed one.
template <real_number Real = double>
struct basic_qubit {
    using real = Real;

    Real theta = 0;
    Real phi = 0;
    Real bloch_length = 1;
};

using qubit = basic_qubit<>;

template <real_number Real = double>
struct basic_bloch_vector {
    Real x = 0;
    Real y = 0;
    Real z = 0;
};

using bloch_vector = basic_bloch_vector<>;

namespace detail {

template <real_number Real>
[[nodiscard]] constexpr auto wide(basic_qubit<Real> const& q) noexcept {
    using wide = working<Real>;
    return basic_qubit<wide>{static_cast<wide>(q.theta), static_cast<wide>(q.phi),
                             static_cast<wide>(q.bloch_length)};
}

} // namespace detail

/// Throws invalid_argument unless the angles are finite and the Bloch length is in [0,1].
template <real_number Real>
void require_qubit(std::string_view argument, basic_qubit<Real> const& q) {
    auto const refuse = [&](char const* member, Real value, char const* expected) {
        WEFT_THROW(invalid_argument(std::string(argument) + member, detail::text(value), expected));
    };
    if (!detail::finite(q.theta)) refuse(".theta", q.theta, "a finite number");
    if (!detail::finite(q.phi)) refuse(".phi", q.phi, "a finite number");
    if (!detail::in_unit(q.bloch_length)) {
        refuse(".bloch_length", q.bloch_length, "a number in [0, 1]");
    }
}

template <real_number Real>
[[nodiscard]] basic_bloch_vector<Real> bloch(basic_qubit<Real> const& q) noexcept {
    auto const w = detail::wide(q);
    auto const in_plane = w.bloch_length * std::sin(w.theta);
    return {static_cast<Real>(in_plane * std::cos(w.phi)),
            static_cast<Real>(in_plane * std::sin(w.phi)),
            static_cast<Real>(w.bloch_length * std::cos(w.theta))};
}

/// How mixed a qubit with Bloch length r in [0,1] is: sqrt(1 - r^2), without cancellation near 1.
template <real_number Real>
[[nodiscard]] Real mixedness(Real bloch_length) noexcept {
    return std::sqrt((Real{1} - bloch_length) * (Real{1} + bloch_length));
}

/// Fidelity of two qubits from the scalar product of their Bloch vectors and the product of their
/// `mixedness`: (1 + dot + mixed) / 2, clamped to [0,1].
/// Source: Jozsa, J. Mod. Opt. 41 (1994) 2315; F = Tr(rho sigma) + 2 sqrt(det rho det sigma).
[[nodiscard]] constexpr double qubit_fidelity(double bloch_dot, double mixed_product) noexcept {
    return clamp_unit(0.5 * (1.0 + bloch_dot + mixed_product));
}

/// How close two qubits are, in closed form: every value is a sum of terms that are not negative,
/// so each keeps full relative accuracy, however close to 0 it is.
template <real_number Real = double>
struct basic_qubit_closeness {
    Real fidelity = 0;
    Real infidelity = 0;
    Real trace_distance = 0;
    /// Tr(rho sigma).
    Real overlap = 0;
};

using qubit_closeness = basic_qubit_closeness<>;

namespace detail {

/// The angle without whole turns, where differences of angles would lose digits to them.
template <class Wide>
[[nodiscard]] Wide without_turns(Wide angle) noexcept {
    return std::abs(angle) > 8 ? std::atan2(std::sin(angle), std::cos(angle)) : angle;
}

/// sin^2 and cos^2 of half the angle between two Bloch vectors.
template <class Wide>
struct half_angle {
    Wide sin2 = 0;
    Wide cos2 = 0;

    half_angle(basic_qubit<Wide> const& a, basic_qubit<Wide> const& b) noexcept {
        auto const square = [](Wide x) { return x * x; };
        Wide const a_theta = without_turns(a.theta), b_theta = without_turns(b.theta);
        Wide const s = std::sin(a_theta) * std::sin(b_theta);
        Wide const half_turn = 0.5 * without_turns(a.phi) - 0.5 * without_turns(b.phi);
        // Where exactly one theta is outside [0, pi], its qubit is the one at -theta with phi + pi.
        bool const folded = s < 0.0;
        Wide const sum_half = 0.5 * a_theta + 0.5 * b_theta;
        Wide const difference_half = 0.5 * a_theta - 0.5 * b_theta;
        Wide const near = folded ? sum_half : difference_half;
        Wide const far = folded ? difference_half : sum_half;
        Wide const sin_turn = square(folded ? std::cos(half_turn) : std::sin(half_turn));
        Wide const cos_turn = square(folded ? std::sin(half_turn) : std::cos(half_turn));
        sin2 = square(std::sin(near)) + std::abs(s) * sin_turn;
        cos2 = square(std::cos(far)) + std::abs(s) * cos_turn;
    }
};

} // namespace detail

/// Symmetric bit for bit. That the angles are finite and the lengths in [0,1] is the caller's duty
/// (require_qubit).
template <real_number Real>
[[nodiscard]] basic_qubit_closeness<Real> compare(basic_qubit<Real> const& first,
                                                  basic_qubit<Real> const& second) noexcept {
    auto const a = detail::wide(first), b = detail::wide(second);
    using wide = detail::working<Real>;
    auto const square = [](wide x) { return x * x; };
    detail::half_angle<wide> const half(a, b);
    wide const ra = a.bloch_length, rb = b.bloch_length;
    wide const ma = mixedness(ra), mb = mixedness(rb);
    wide const length_difference = square(ra - rb);
    wide const distance2 = length_difference + 4.0 * (ra * rb) * half.sin2;
    wide const mixed_sum = ma + mb;
    wide const mixed_difference = mixed_sum > 0.0 ? (ra - rb) * (ra + rb) / mixed_sum : 0.0;
    wide const aligned = (ra * rb) * half.cos2;
    auto const rounded = [](wide x) { return static_cast<Real>(detail::within_unit(x)); };
    return {rounded(0.25 * (length_difference + 4.0 * aligned + square(mixed_sum))),
            rounded(0.25 * (distance2 + square(mixed_difference))),
            rounded(0.5 * std::sqrt(distance2)), rounded(0.5 * (1.0 - ra * rb) + aligned)};
}

template <real_number Real>
[[nodiscard]] Real fidelity(basic_qubit<Real> const& a, basic_qubit<Real> const& b) noexcept {
    return compare(a, b).fidelity;
}

template <real_number Real>
[[nodiscard]] Real infidelity(basic_qubit<Real> const& a, basic_qubit<Real> const& b) noexcept {
    return compare(a, b).infidelity;
}

/// A qubit prepared for pair scoring: sqrt(r) (cos theta/2, e^{i phi} sin theta/2), and the halves
/// of the Bloch length r and of its mixedness.
template <real_number Real = double>
struct basic_spinor {
    Real upper = 0;
    Real lower_re = 0;
    Real lower_im = 0;
    Real half_length = 0;
    Real half_mixed = 0.5;
};

using spinor = basic_spinor<>;

/// In what one computes with: for a qubit of floats a spinor of doubles.
template <real_number Real>
[[nodiscard]] basic_spinor<detail::working<Real>> to_spinor(basic_qubit<Real> const& one) noexcept {
    auto const q = detail::wide(one);
    auto const scale = std::sqrt(q.bloch_length);
    auto const lower = scale * std::sin(0.5 * q.theta);
    return {scale * std::cos(0.5 * q.theta), lower * std::cos(q.phi), lower * std::sin(q.phi),
            0.5 * q.bloch_length, 0.5 * mixedness(q.bloch_length)};
}

namespace detail {

/// The one kernel of prepared qubits, for numbers and for registers of them: the fidelity, at most
/// 1. |<a|b>|^2 + ((r_a - r_b) / 2)^2 + ((m_a + m_b) / 2)^2, where no term is negative.
template <class Real>
WEFT_INLINE void spinor_fidelity(Real const (&a)[5], Real const (&b)[5], Real const& one,
                                 Real& out) noexcept {
    // No product is fused with a sum, as compilers that may do so do it in one of both forms only.
    Real first = a[0] * b[0], second = a[1] * b[1], third = a[2] * b[2];
    Real left = a[1] * b[2], right = a[2] * b[1];
    keep_rounded(first);
    keep_rounded(second);
    keep_rounded(third);
    keep_rounded(left);
    keep_rounded(right);
    Real re = (first + second) + third;
    Real im = left - right;
    Real length = a[3] - b[3];
    Real mixed = a[4] + b[4];
    re *= re;
    im *= im;
    length *= length;
    mixed *= mixed;
    keep_rounded(re);
    keep_rounded(im);
    keep_rounded(length);
    keep_rounded(mixed);
    Real const f = (re + im) + (length + mixed);
    out = f < one ? f : one;
}

} // namespace detail

/// Fidelity of two prepared qubits. Symmetric bit for bit.
template <real_number Real>
[[nodiscard]] Real fidelity(basic_spinor<Real> const& a, basic_spinor<Real> const& b) noexcept {
    Real const x[5] = {a.upper, a.lower_re, a.lower_im, a.half_length, a.half_mixed};
    Real const y[5] = {b.upper, b.lower_re, b.lower_im, b.half_length, b.half_mixed};
    Real f = 0;
    detail::spinor_fidelity(x, y, Real{1}, f);
    return f;
}

/// Largest Bloch length that a profile's dimension gets by default, so that no single dimension
/// can veto: two opposite certain values still have fidelity .0975.
inline constexpr double default_certainty_cap = 0.95;

/// One profile dimension, prepared for pair scoring: a value x in [0,1] at the Bloch angle pi x,
/// with the (capped) confidence c as Bloch length.
struct profile_qubit {
    double z = 0.0;           ///< c cos(pi x)
    double x = 0.0;           ///< c sin(pi x)
    double mixed = 1.0;       ///< sqrt(1 - c^2)
    double root_weight = 0.0; ///< sqrt(c)
};

/// `value` and `confidence` in [0,1] (confidence 0: nothing is known, the default profile_qubit);
/// `certainty_cap` in [0,1]. Throws invalid_argument.
[[nodiscard]] inline profile_qubit encode_dimension(double value, double confidence,
                                                    double certainty_cap = default_certainty_cap) {
    require_unit("value", value);
    require_unit("confidence", confidence);
    require_unit("certainty_cap", certainty_cap);
    constexpr double pi = 3.14159265358979323846;
    double const c = confidence < certainty_cap ? confidence : certainty_cap;
    return {c * std::cos(pi * value), c * std::sin(pi * value), mixedness(c), std::sqrt(c)};
}

/// Fidelity of one dimension: (1 + c_a c_b cos(pi (x_a - x_b)) + sqrt((1 - c_a^2)(1 - c_b^2))) / 2.
[[nodiscard]] constexpr double fidelity(profile_qubit const& a, profile_qubit const& b) noexcept {
    return qubit_fidelity(a.z * b.z + a.x * b.x, a.mixed * b.mixed);
}

/// A profile's dimensions side by side, for at most N of them: what pair scoring keeps. Those that
/// were never set are unknown.
template <std::size_t N>
struct profile_register {
    std::array<double, N> z{};
    std::array<double, N> x{};
    std::array<double, N> mixed = ones();
    std::array<double, N> root_weight{};

    constexpr void set(std::size_t i, profile_qubit const& q) noexcept {
        z[i] = q.z;
        x[i] = q.x;
        mixed[i] = q.mixed;
        root_weight[i] = q.root_weight;
    }

    [[nodiscard]] constexpr profile_qubit operator[](std::size_t i) const noexcept {
        return {z[i], x[i], mixed[i], root_weight[i]};
    }

private:
    static constexpr std::array<double, N> ones() noexcept {
        std::array<double, N> a{};
        for (auto& value : a) value = 1.0;
        return a;
    }
};

namespace detail {

/// The one kernel of profile_fidelity: sums over dimensions, four at a time in a fixed order.
template <class Lanes>
class weighted_geometric_mean {
public:
    /// Adds the first n dimensions; what follows them up to a multiple of 4 must be unknown, so
    /// that its weight is 0. Where a weight is 0, one side is fully mixed and F >= 1/2: an exact 0.
    template <std::size_t N>
    WEFT_INLINE void add(profile_register<N> const& a, profile_register<N> const& b,
                         std::size_t n) noexcept {
        static_assert(N % 4 == 0, "a register holds whole groups of four dimensions");
        for (std::size_t i = 0; i < n; i += 4) {
            for (std::size_t g = 0; g < groups; ++g) {
                auto const at = i + g * Lanes::count;
                real z, x, mixed, w;
                product(z, a.z, b.z, at);
                product(x, a.x, b.x, at);
                product(mixed, a.mixed, b.mixed, at);
                product(w, a.root_weight, b.root_weight, at);
                real const f = 0.5 * (1.0 + (z + x) + mixed);
                real log_f;
                logarithm<Lanes>(f, log_f);
                least_[g] = f < least_[g] ? f : least_[g];
                weight_[g] += w;
                sum_[g] += w * log_f;
            }
        }
    }

    /// The mean's logarithm, below `logarithm_of_zero` for a mean of 0. False where no dimension
    /// has a weight.
    [[nodiscard]] WEFT_INLINE bool logarithm_of_mean(double& out) const noexcept {
        auto const total = across(weight_);
        if (!(total > 0.0)) return false;
        auto const f = std::bit_cast<std::array<double, 4>>(least_);
        auto const least = smaller(smaller(f[0], f[2]), smaller(f[1], f[3]));
        out = least >= 0x1p-1022 ? across(sum_) / total : 2.0 * logarithm_of_zero;
        return true;
    }

    [[nodiscard]] WEFT_INLINE std::optional<double> value() const noexcept {
        std::array<double, 4> mean{};
        if (!logarithm_of_mean(mean[0])) return std::nullopt;
        auto const logarithm = mean[0];
        exponentials<Lanes>(mean);
        return from_logarithm(logarithm, mean[0]);
    }

    /// A mean from its logarithm and the exponential of that.
    [[nodiscard]] WEFT_INLINE static double from_logarithm(double logarithm,
                                                           double exponential) noexcept {
        return logarithm < logarithm_of_zero ? 0.0 : smaller(exponential, 1.0);
    }

private:
    static constexpr std::size_t groups = 4 / Lanes::count;
    using real = typename Lanes::real;
    using four = std::array<real, groups>;
    static constexpr double logarithm_of_zero = -1000.0;

    [[nodiscard]] WEFT_INLINE static double smaller(double x, double y) noexcept {
        return x < y ? x : y;
    }
    [[nodiscard]] WEFT_INLINE static double across(four const& x) noexcept {
        auto const v = std::bit_cast<std::array<double, 4>>(x);
        return (v[0] + v[2]) + (v[1] + v[3]);
    }
    template <std::size_t N>
    WEFT_INLINE static void product(real& out, std::array<double, N> const& a,
                                    std::array<double, N> const& b, std::size_t at) noexcept {
        real x, y;
        weft::detail::load(x, a.data() + at);
        weft::detail::load(y, b.data() + at);
        out = x * y;
    }

    four weight_{};
    four sum_{};
    four least_ = std::bit_cast<four>(std::array<double, 4>{1.0, 1.0, 1.0, 1.0});
};

/// profile_fidelity of `a` with b(p) for each p < m <= Count, by registers of one width: the same
/// bits for any. Calls use(p, fidelity) where it is present.
template <class Lanes, std::size_t Count, std::size_t N, class Other, class Use>
WEFT_INLINE void profile_fidelities(profile_register<N> const& a, Other const& b, std::size_t m,
                                    std::size_t n, Use const& use) noexcept {
    WEFT_ASSERT(n <= N && m <= Count);
    using mean_of = weighted_geometric_mean<Lanes>;
    std::array<double, Count> logarithm{};
    std::array<bool, Count> known{};
    for (std::size_t p = 0; p < m; ++p) {
        mean_of mean;
        mean.add(a, b(p), n);
        known[p] = mean.logarithm_of_mean(logarithm[p]);
    }
    auto exponential = logarithm;
    exponentials<Lanes>(exponential);
    for (std::size_t p = 0; p < m; ++p) {
        if (known[p]) use(p, mean_of::from_logarithm(logarithm[p], exponential[p]));
    }
}

} // namespace detail

/// A profile's fidelity: the weighted geometric mean exp(sum w_i ln F_i / sum w_i) over the first
/// n <= N dimensions with w_i = sqrt(c_a c_b). Two uncertain dimensions look alike without saying
/// anything, which is why certainty weighs. Absent where every w_i is 0. Symmetric bit for bit;
/// in [0,1]. O(n), one logarithm a dimension.
template <std::size_t N>
[[nodiscard]] std::optional<double> profile_fidelity(profile_register<N> const& a,
                                                     profile_register<N> const& b,
                                                     std::size_t n) noexcept {
    WEFT_ASSERT(n <= N);
    detail::weighted_geometric_mean<weft::detail::target_lanes> mean;
    mean.add(a, b, n);
    return mean.value();
}

/// The same over any number of dimensions; dimension i of `a` is compared with dimension i of `b`.
/// Throws invalid_argument where the lengths differ.
[[nodiscard]] inline std::optional<double> profile_fidelity(std::span<profile_qubit const> a,
                                                            std::span<profile_qubit const> b) {
    if (a.size() != b.size()) {
        WEFT_THROW(invalid_argument("b", to_text(b.size()) + " dimensions",
                                    "as many as in a: " + to_text(a.size())));
    }
    constexpr std::size_t chunk = 16;
    detail::weighted_geometric_mean<weft::detail::target_lanes> mean;
    for (std::size_t from = 0; from < a.size(); from += chunk) {
        auto const n = a.size() - from < chunk ? a.size() - from : chunk;
        profile_register<chunk> p;
        profile_register<chunk> q;
        for (std::size_t i = 0; i < n; ++i) {
            p.set(i, a[from + i]);
            q.set(i, b[from + i]);
        }
        mean.add(p, q, n);
    }
    return mean.value();
}

} // namespace weft::inline v0::quantum
