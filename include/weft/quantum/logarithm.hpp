#pragma once

#include <cstdint>

#include "weft/core/lanes.hpp"

/// The natural logarithm of several numbers at a time, for pair scoring, where std::log would take
/// a quarter of the time. Standard library only.
namespace weft::inline v0::quantum::detail {

/// ln x for normal x > 0, to a relative error of 2^-52; any other x gives some number without
/// meaning. With x = 2^k m, sqrt(1/2) <= m < sqrt(2), s = (m - 1) / (m + 1): ln x = k ln 2 +
/// 2 artanh s, where 2 artanh s = 2 s + s z P(z), z = s^2 < .0295. P, of degree 6, is the one that
/// is nearest by Remez's algorithm: the relative error is 2^-59 before rounding.
template <class Lanes>
WEFT_INLINE void logarithm(typename Lanes::real const& x, typename Lanes::real& result) noexcept {
    using real = typename Lanes::real;
    using bits = typename Lanes::bits;
    constexpr std::uint64_t root_half = 0x3fe6'a09e'667f'3bcd;
    constexpr std::uint64_t one = 0x3ff0'0000'0000'0000;
    constexpr std::uint64_t exponent = 0xfff0'0000'0000'0000;
    // An integer below 2^52 put below this exponent is a double larger by 2^52.
    constexpr std::uint64_t shift = 0x4330'0000'0000'0000;
    constexpr double shifted = 0x1p52 + 1023.0;
    constexpr double ln2_high = 0x1.62e42feep-1; // ends in zeros: k ln2_high is exact
    constexpr double ln2_low = 0x1.a39ef35793c76p-33;

    bits const pattern = __builtin_bit_cast(bits, x);
    bits const biased = pattern - root_half + one;
    real const k = __builtin_bit_cast(real, (biased >> 52U) | shift) - shifted;
    real const f = __builtin_bit_cast(real, pattern - (biased & exponent) + one) - 1.0;
    real const s = f / (f + 2.0);
    real const z = s * s;
    real const z2 = z * z;
    real const a = z * 0x1.999999997fdb7p-2 + 0x1.5555555555592p-1;
    real const b = z * 0x1.c71c52095b46bp-3 + 0x1.24924941f1281p-2;
    real const c = z * 0x1.39a1bab0e00a7p-3 + 0x1.74663ee8b88d3p-3;
    real const series = (z2 * b + a) + (z2 * z2) * (z2 * 0x1.2f0563c2feb9fp-3 + c);
    // 2 s = f - s f
    result = k * ln2_high + (f - (s * (f - z * series) - k * ln2_low));
}

} // namespace weft::inline v0::quantum::detail
