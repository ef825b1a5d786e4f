#pragma once

#include <bit>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>

/// Shortest decimal texts of doubles, written quickly where most scores lie.
namespace weft::inline v0::sql::detail {

/// Two digits for each byte: of a number below 100, and of a byte in hexadecimal.
struct digit_pairs {
    char decimal[200];
    char hexadecimal[512];
};
inline constexpr digit_pairs pairs = [] {
    digit_pairs out{};
    for (std::size_t i = 0; i < 100; ++i) {
        out.decimal[2 * i] = static_cast<char>('0' + i / 10);
        out.decimal[2 * i + 1] = static_cast<char>('0' + i % 10);
    }
    constexpr char digits[] = "0123456789abcdef";
    for (std::size_t i = 0; i < 256; ++i) {
        out.hexadecimal[2 * i] = digits[i / 16];
        out.hexadecimal[2 * i + 1] = digits[i % 16];
    }
    return out;
}();

inline char* put_two_digits(char* at, std::uint32_t n) noexcept {
    std::memcpy(at, pairs.decimal + 2 * n, 2);
    return at + 2;
}

/// All eight digits of a number below 10^8, the first one in the lowest byte, as numbers.
[[nodiscard]] constexpr std::uint64_t eight_digits(std::uint32_t n) noexcept {
    // Two halves of four digits, four of two, eight of one: all at the same time.
    auto const fours = n / 10'000 | std::uint64_t{n % 10'000} << 32U;
    auto const hundreds = ((fours * 10'486) >> 20U) & 0x0000'007f'0000'007fU;
    auto const twos = hundreds | (fours - 100 * hundreds) << 16U;
    auto const tens = ((twos * 103) >> 10U) & 0x000f'000f'000f'000fU;
    return tens | (twos - 10 * tens) << 8U;
}

inline char* put_eight_digits(char* at, std::uint64_t digits) noexcept {
    auto const text = digits | 0x3030'3030'3030'3030U;
    if constexpr (std::endian::native == std::endian::little) {
        std::memcpy(at, &text, 8);
    } else {
        for (unsigned i = 0; i < 8; ++i) at[i] = static_cast<char>(text >> (8 * i) & 0xffU);
    }
    return at + 8;
}

#if defined(__SIZEOF_INT128__)

/// The shortest decimal that lies closer to a double than to its neighbours, times 10^19: for a
/// double of [2^-10, 1) that is no power of two. Of several of one length the closest, of two as
/// close the even one.
///
/// The double is m 2^e, its interval one unit 2^e wide. Let 10^-k be the power of ten below that
/// unit. At most one multiple of 10^(1-k) lies in the interval; where one does, it is the shortest,
/// and has no rival. Otherwise the shortest are multiples of 10^-k, and the closest is in the
/// interval. With 16 <= k <= 19 all of this is exact in 128 bits (the idea is R. Giulietti's, "The
/// Schubfach way to render doubles", 2020, there for all doubles with rounded powers). No decimal
/// lies on an end of the interval: the ends have more factors of 2 in the denominator than 10^k.
[[nodiscard]] inline std::uint64_t shortest_unit_decimal(std::uint64_t bits) noexcept {
    __extension__ using wide = unsigned __int128;
    constexpr std::uint64_t powers[] = {10'000'000'000'000'000, 100'000'000'000'000'000,
                                        1'000'000'000'000'000'000, 10'000'000'000'000'000'000U};
    // k - 16 for the exponents of 2^-10 and up to that of 1/2.
    constexpr std::uint8_t units[] = {3, 3, 3, 2, 2, 2, 1, 1, 1, 0};
    constexpr std::uint64_t to_nineteen[] = {1000, 100, 10, 1};
    auto const biased = static_cast<unsigned>(bits >> 52U);
    auto const mantissa = (bits & 0x000f'ffff'ffff'ffffU) | 0x0010'0000'0000'0000U;
    auto const unit = units[biased - 1013];
    auto const shift = 1076 - biased; // 54 to 63
    auto const half_width = powers[unit];
    auto const mask = (std::uint64_t{1} << shift) - 1;
    auto const scaled = wide{2 * mantissa} * half_width; // the double times 10^k 2^shift
    auto const low = static_cast<std::uint64_t>(scaled);
    auto const whole = static_cast<std::uint64_t>(scaled >> 64U) << (64 - shift) | low >> shift;
    auto const rest = low & mask;
    auto const tens = whole / 10;
    auto const last = whole - 10 * tens;
    // The half width in the same two parts, whole (0 to 4) and rest.
    auto const reach = half_width >> shift;
    auto const reach_rest = half_width & mask;
    bool const down = last + static_cast<std::uint64_t>(rest >= reach_rest) <= reach;
    bool const up = last + reach + ((rest + reach_rest) >> shift) >= 10;
    auto const half = std::uint64_t{1} << (shift - 1);
    // Which of the three it is nobody can foresee: selections, no branches.
    auto digits = whole + static_cast<std::uint64_t>(rest > half - 1 + (~whole & 1U));
    digits = up ? 10 * tens + 10 : digits;
    digits = down ? 10 * tens : digits;
    return digits * to_nineteen[unit];
}

#endif

/// The text of a finite double that std::to_chars writes: the shortest that reads back as `x`; at
/// most 24 bytes, but up to 32 are written.
inline char* put_finite_double(char* at, double x) noexcept {
#if defined(__SIZEOF_INT128__)
    auto const bits = std::bit_cast<std::uint64_t>(x);
    constexpr std::uint64_t least = std::uint64_t{1013} << 52U; // 2^-10
    constexpr std::uint64_t one = std::uint64_t{1023} << 52U;
    if (bits - least < one - least && (bits & 0x000f'ffff'ffff'ffffU) != 0) {
        auto const number = shortest_unit_decimal(bits);
        auto const high = number / 100'000'000;
        auto const first = static_cast<std::uint32_t>(high / 100'000'000); // of 19 digits three
        auto const middle = eight_digits(static_cast<std::uint32_t>(high % 100'000'000));
        auto const last = eight_digits(static_cast<std::uint32_t>(number % 100'000'000));
        std::memcpy(at, "0.", 2);
        at[2] = static_cast<char>('0' + first / 100);
        at = put_two_digits(at + 3, first % 100);
        if ((middle | last) == 0) {
            while (at[-1] == '0') --at;
            return at;
        }
        at = put_eight_digits(at, middle);
        if (last == 0) return at - std::countl_zero(middle) / 8;
        return put_eight_digits(at, last) - std::countl_zero(last) / 8;
    }
#endif
    return std::to_chars(at, at + 32, x).ptr;
}

} // namespace weft::inline v0::sql::detail
