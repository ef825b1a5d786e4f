#pragma once

#include <array>
#include <bit>
#include <concepts>
#include <cstddef>

#include "weft/core/lanes.hpp"

/// The inner loops of batch and single scoring. Both call these and nothing else, so a score does
/// not depend on how it was asked for. Standard library only.
namespace weft::inline v0::quantum {

namespace detail {

/// sum term(i) over n terms, always in the same order: term i goes to accumulator i mod 8 (as many
/// as keep a core's adders busy), which are then added in pairs.
template <class Term>
[[nodiscard]] inline auto ordered_sum(std::size_t n, Term const& term) noexcept {
    using real = decltype(term(n));
    real s0 = 0.0, s1 = 0.0, s2 = 0.0, s3 = 0.0, s4 = 0.0, s5 = 0.0, s6 = 0.0, s7 = 0.0;
    std::size_t i = 0;
    for (; i + 8 <= n; i += 8) {
        s0 += term(i);
        s1 += term(i + 1);
        s2 += term(i + 2);
        s3 += term(i + 3);
        s4 += term(i + 4);
        s5 += term(i + 5);
        s6 += term(i + 6);
        s7 += term(i + 7);
    }
    if (i < n) s0 += term(i);
    if (i + 1 < n) s1 += term(i + 1);
    if (i + 2 < n) s2 += term(i + 2);
    if (i + 3 < n) s3 += term(i + 3);
    if (i + 4 < n) s4 += term(i + 4);
    if (i + 5 < n) s5 += term(i + 5);
    if (i + 6 < n) s6 += term(i + 6);
    return ((s0 + s1) + (s2 + s3)) + ((s4 + s5) + (s6 + s7));
}

/// Keeps a product from being fused with the sum it goes into, where the target could: what must
/// be symmetric in two products has to round both.
template <class Real>
WEFT_INLINE void keep_rounded([[maybe_unused]] Real& product) noexcept {
    // No target fuses products of long doubles.
    if constexpr (!std::same_as<Real, long double>) {
#if defined(__x86_64__) || defined(__i386__)
#if defined(__FMA__) || defined(__FMA4__)
        __asm__("" : "+x"(product));
#endif
#elif defined(__aarch64__)
        __asm__("" : "+w"(product));
#else
        __asm__("" : "+m"(product));
#endif
    }
}

/// Eight accumulators, added in pairs.
[[nodiscard]] WEFT_INLINE double added_in_pairs(std::array<double, 8> const& s) noexcept {
    return ((s[0] + s[1]) + (s[2] + s[3])) + ((s[4] + s[5]) + (s[6] + s[7]));
}

/// The overlaps of `a` with each of Rows others, by registers of one width, in the order of
/// ordered_sum: the same bits for any width and any number of rows.
template <class Lanes, std::size_t Rows>
[[nodiscard]] WEFT_INLINE std::array<double, Rows>
overlaps(double const* a, std::array<double const*, Rows> const& b, std::size_t n) noexcept {
    constexpr std::size_t groups = 8 / Lanes::count;
    std::array<std::array<typename Lanes::real, groups>, Rows> sum{};
    std::size_t i = 0;
    for (; i + 8 <= n; i += 8) {
        for (std::size_t g = 0; g < groups; ++g) {
            typename Lanes::real x, y;
            weft::detail::load(x, a + i + g * Lanes::count);
            for (std::size_t r = 0; r < Rows; ++r) {
                weft::detail::load(y, b[r] + i + g * Lanes::count);
                sum[r][g] += x * y;
            }
        }
    }
    std::array<double, Rows> out;
    for (std::size_t r = 0; r < Rows; ++r) {
        auto s = std::bit_cast<std::array<double, 8>>(sum[r]);
        for (std::size_t k = 0; i + k < n; ++k) s[k] += a[i + k] * b[r][i + k];
        out[r] = added_in_pairs(s);
    }
    return out;
}

/// The same for one other.
template <class Lanes>
[[nodiscard]] WEFT_INLINE double overlap(double const* a, double const* b, std::size_t n) noexcept {
    return overlaps<Lanes, 1>(a, {b}, n)[0];
}

/// The real and the imaginary part of <a|b>, of vectors of n / 2 complex numbers each. Both are
/// overlaps, the second one with (-a_1, a_0, -a_3, a_2, ...), in the order of ordered_sum: each
/// product goes into its sum in the statement that forms it, here as in the batch, so that a
/// compiler that fuses one of them fuses the other.
template <class Lanes>
[[nodiscard]] WEFT_INLINE std::array<double, 2> scalar_product(double const* a, double const* b,
                                                               std::size_t n) noexcept {
    constexpr std::size_t groups = 8 / Lanes::count;
    std::array<typename Lanes::real, groups> same{}, crossed{};
    std::size_t i = 0;
    for (; i + 8 <= n; i += 8) {
        for (std::size_t g = 0; g < groups; ++g) {
            typename Lanes::real x, y, turned;
            weft::detail::load(x, a + i + g * Lanes::count);
            weft::detail::load(y, b + i + g * Lanes::count);
            if constexpr (Lanes::count == 2) {
                turned = __builtin_shufflevector(x, x, 1, 0);
            } else {
                turned = __builtin_shufflevector(x, x, 1, 0, 3, 2);
            }
            same[g] += x * y;
            crossed[g] += turned * y;
        }
    }
    auto s = std::bit_cast<std::array<double, 8>>(same);
    auto t = std::bit_cast<std::array<double, 8>>(crossed);
    for (std::size_t k = 0; i + k < n; ++k) {
        s[k] += a[i + k] * b[i + k];
        t[k] += a[i + (k ^ 1U)] * b[i + k];
    }
    for (std::size_t k = 0; k < 8; k += 2) t[k] = -t[k];
    return {added_in_pairs(s), added_in_pairs(t)};
}

/// The fidelity of two histograms from the overlap of their roots.
[[nodiscard]] WEFT_INLINE double fidelity_of_overlap(double coefficient) noexcept {
    double const f = coefficient * coefficient;
    return f > 1.0 ? 1.0 : f;
}

} // namespace detail

/// sum a_i b_i over n terms, in one fixed order. Symmetric in a and b bit for bit. O(n).
/// For the roots of two histograms this is the Bhattacharyya coefficient.
[[nodiscard]] inline double overlap(double const* a, double const* b, std::size_t n) noexcept {
    return detail::overlap<weft::detail::target_lanes>(a, b, n);
}

/// sum (a_i - b_i)^2 over n terms, in the order of `overlap`. Symmetric in a and b bit for bit.
[[nodiscard]] inline double squared_distance(double const* a, double const* b,
                                             std::size_t n) noexcept {
    return detail::ordered_sum(n, [a, b](std::size_t i) { return (a[i] - b[i]) * (a[i] - b[i]); });
}

/// |<a|b>|^2, at most 1, of two vectors of d complex numbers each, real and imaginary parts in turn
/// (as std::complex lays them out). Symmetric in a and b bit for bit. O(d).
[[nodiscard]] inline double ket_fidelity(double const* a, double const* b, std::size_t d) noexcept {
    auto [re, im] = detail::scalar_product<weft::detail::target_lanes>(a, b, 2 * d);
    re *= re;
    im *= im;
    detail::keep_rounded(re);
    detail::keep_rounded(im);
    double const f = re + im;
    return f > 1.0 ? 1.0 : f;
}

/// Fidelity of two histograms given by their roots (sqrt p_i): the squared Bhattacharyya
/// coefficient, clamped to [0,1].
[[nodiscard]] inline double histogram_fidelity(double const* root_p, double const* root_q,
                                               std::size_t n) noexcept {
    return detail::fidelity_of_overlap(overlap(root_p, root_q, n));
}

/// The same for long doubles.
[[nodiscard]] inline long double overlap(long double const* a, long double const* b,
                                         std::size_t n) noexcept {
    return detail::ordered_sum(n, [a, b](std::size_t i) { return a[i] * b[i]; });
}

[[nodiscard]] inline long double squared_distance(long double const* a, long double const* b,
                                                  std::size_t n) noexcept {
    return detail::ordered_sum(n, [a, b](std::size_t i) { return (a[i] - b[i]) * (a[i] - b[i]); });
}

[[nodiscard]] inline long double ket_fidelity(long double const* a, long double const* b,
                                              std::size_t d) noexcept {
    long double const re = overlap(a, b, 2 * d);
    long double const im = detail::ordered_sum(2 * d, [a, b](std::size_t i) {
        return (i & 1U) != 0 ? a[i - 1] * b[i] : -(a[i + 1] * b[i]);
    });
    long double const f = re * re + im * im;
    return f > 1.0L ? 1.0L : f;
}

[[nodiscard]] inline long double
histogram_fidelity(long double const* root_p, long double const* root_q, std::size_t n) noexcept {
    long double const coefficient = overlap(root_p, root_q, n);
    long double const f = coefficient * coefficient;
    return f > 1.0L ? 1.0L : f;
}

} // namespace weft::inline v0::quantum
