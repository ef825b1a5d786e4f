#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "weft/core/lanes.hpp"

/// The exponential of several numbers at a time, for pair scoring. Standard library only.
namespace weft::inline v0::quantum::detail {

/// e^x for ln 2^-1022 <= x <= 1, to a relative error of 2^-52; x below that as if it were there,
/// any other x gives some number without meaning. With x = k ln 2 + r, |r| <= ln(2) / 2:
/// e^r = 1 + r + r^2 P(r), where P, of degree 9, is the one that is nearest by Remez's algorithm:
/// the relative error is 2^-57 before rounding.
template <class Lanes>
WEFT_INLINE void exponential(typename Lanes::real const& x, typename Lanes::real& result) noexcept {
    using real = typename Lanes::real;
    using bits = typename Lanes::bits;
    constexpr double least = -0x1.6232bdd7abcd2p9; // ln 2^-1022
    constexpr double log2_e = 0x1.71547652b82fep0;
    constexpr double ln2_high = 0x1.62e42feep-1; // ends in zeros: k ln2_high is exact
    constexpr double ln2_low = 0x1.a39ef35793c76p-33;
    constexpr std::uint64_t fraction = 0x000f'ffff'ffff'ffff;
    // An integer below 2^52 put below this exponent is a double larger by 2^52.
    constexpr std::uint64_t shift = 0x4330'0000'0000'0000;

    real const lowest = real{} + least;
    real const y = x > lowest ? x : lowest;
    // k + 1024, which is not negative, in the lowest bits.
    real const rounded = (y * log2_e + 1024.0) + 0x1p52;
    bits const whole = __builtin_bit_cast(bits, rounded) & fraction;
    real const k = __builtin_bit_cast(real, whole | shift) - (0x1p52 + 1024.0);
    real const r = (y - k * ln2_high) - k * ln2_low;
    real const r2 = r * r;
    real const a = r * 0x1.55555555554fap-3 + 0x1.000000000000ap-1;
    real const b = r * 0x1.1111111127be9p-7 + 0x1.555555555087dp-5;
    real const c = r * 0x1.a01a012a56626p-13 + 0x1.6c16c1842a0e3p-10;
    real const d = r * 0x1.71df255582257p-19 + 0x1.a0199a0c707d0p-16;
    real const e = r * 0x1.ad7f6966a5c07p-26 + 0x1.28ad72c45c1e9p-22;
    real const series = (r2 * b + a) + (r2 * r2) * ((r2 * d + c) + (r2 * r2) * e);
    real const power = __builtin_bit_cast(real, (whole - 1U) << 52U);
    result = (1.0 + (r + r2 * series)) * power;
}

/// Replaces Count numbers, a multiple of 4, by their exponentials.
template <class Lanes, std::size_t Count>
WEFT_INLINE void exponentials(std::array<double, Count>& x) noexcept {
    static_assert(Count % 4 == 0);
    for (std::size_t i = 0; i < Count; i += Lanes::count) {
        typename Lanes::real value, result;
        weft::detail::load(value, x.data() + i);
        exponential<Lanes>(value, result);
        std::memcpy(x.data() + i, &result, sizeof result);
    }
}

} // namespace weft::inline v0::quantum::detail
