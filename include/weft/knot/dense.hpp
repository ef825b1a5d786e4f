#pragma once

#include <array>
#include <cstddef>
#include <cstring>

#include "weft/core/lanes.hpp"

/// Inner loops of eliminations in double precision. Everything here is internal.
namespace weft::inline v0::knot::detail {

/// The sum of x_k y_k, in some order; the same in every place where it counts, as what follows from
/// it is proven whatever its rounding.
template <class Lanes>
[[nodiscard]] WEFT_INLINE double dot(double const* x, double const* y, std::size_t n) noexcept {
    using real = typename Lanes::real;
    std::array<real, 4> sum{};
    std::size_t k = 0;
    for (; k + 4 * Lanes::count <= n; k += 4 * Lanes::count) {
        for (std::size_t g = 0; g < 4; ++g) {
            real a, b;
            weft::detail::load(a, x + k + g * Lanes::count);
            weft::detail::load(b, y + k + g * Lanes::count);
            sum[g] += a * b;
        }
    }
    real const s = (sum[0] + sum[2]) + (sum[1] + sum[3]);
    double total = 0.0;
    for (std::size_t g = 0; g < Lanes::count; ++g) total += s[g];
    for (; k < n; ++k) total += x[k] * y[k];
    return total;
}

/// x -= f y.
template <class Lanes>
WEFT_INLINE void subtract_multiple(double* x, double f, double const* y, std::size_t n) noexcept {
    using real = typename Lanes::real;
    std::size_t k = 0;
    for (; k + Lanes::count <= n; k += Lanes::count) {
        real a, b;
        weft::detail::load(a, x + k);
        weft::detail::load(b, y + k);
        a -= f * b;
        std::memcpy(x + k, &a, sizeof a);
    }
    for (; k < n; ++k) x[k] -= f * y[k];
}

#if WEFT_HAS_WIDE_KERNELS
[[nodiscard]] WEFT_WIDE_KERNEL inline double dot_wide(double const* x, double const* y,
                                                      std::size_t n) noexcept {
    return dot<weft::detail::lanes<4>>(x, y, n);
}
WEFT_WIDE_KERNEL inline void subtract_multiple_wide(double* x, double f, double const* y,
                                                    std::size_t n) noexcept {
    subtract_multiple<weft::detail::lanes<4>>(x, f, y, n);
}
#endif

[[nodiscard]] inline double dot(double const* x, double const* y, std::size_t n) noexcept {
#if WEFT_HAS_WIDE_KERNELS
    if (n >= 32 && weft::detail::has_wide_lanes()) return dot_wide(x, y, n);
#endif
    return dot<weft::detail::target_lanes>(x, y, n);
}

inline void subtract_multiple(double* x, double f, double const* y, std::size_t n) noexcept {
#if WEFT_HAS_WIDE_KERNELS
    if (n >= 32 && weft::detail::has_wide_lanes()) return subtract_multiple_wide(x, f, y, n);
#endif
    subtract_multiple<weft::detail::target_lanes>(x, f, y, n);
}

} // namespace weft::inline v0::knot::detail
