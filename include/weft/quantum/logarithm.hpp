#pragma once

#include <cstdint>

#include "weft/core/lanes.hpp"

/// The natural logarithm of several numbers at a time, for pair scoring, where std::log would take
/// a quarter of the time. Standard library only.
namespace weft::inline v0::quantum::detail {

/// ln x for normal x > 0, to a relative error of 2^-52 (0.7 of it measured over 6e7 arguments,
/// those next to 1 included); any other x gives some number without meaning. With x = 2^k m,
/// sqrt(1/2) <= m < sqrt(2), s = (m - 1) / (m + 1): ln x = k ln 2 + 2 artanh s, the series summed
/// to s^21 (|s| < .172; the rest is below 2^-58).
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
    real const z4 = z2 * z2;
    real const a = z * (2.0 / 5) + 2.0 / 3;
    real const b = z * (2.0 / 9) + 2.0 / 7;
    real const c = z * (2.0 / 13) + 2.0 / 11;
    real const d = z * (2.0 / 17) + 2.0 / 15;
    real const e = z * (2.0 / 21) + 2.0 / 19;
    real const series = (z2 * b + a) + z4 * ((z2 * d + c) + z4 * e);
    // 2 s = f - s f
    result = k * ln2_high + (f - (s * (f - z * series) - k * ln2_low));
}

} // namespace weft::inline v0::quantum::detail
