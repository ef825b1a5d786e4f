#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>
#include <type_traits>

namespace weft::inline v0::schema {

namespace detail {

/// The number of bytes (1 to 4) of the code point that starts at `at`, or 0 where the bytes there
/// are not well-formed UTF-8 (Unicode 15, table 3-7: no overlong form, no surrogate, at most
/// U+10FFFF).
[[nodiscard]] constexpr std::size_t utf8_width(std::string_view text, std::size_t at) noexcept {
    auto const byte = [&](std::size_t i) {
        return i < text.size() ? static_cast<unsigned char>(text[i])
                               : static_cast<unsigned char>(0);
    };
    auto const within = [](unsigned char c, unsigned low, unsigned high) {
        return c >= low && c <= high;
    };
    auto const first = byte(at);
    if (first < 0x80) return 1;
    if (within(first, 0xc2, 0xdf)) return within(byte(at + 1), 0x80, 0xbf) ? 2 : 0;
    if (within(first, 0xe0, 0xef)) {
        unsigned const low = first == 0xe0 ? 0xa0 : 0x80;
        unsigned const high = first == 0xed ? 0x9f : 0xbf;
        return within(byte(at + 1), low, high) && within(byte(at + 2), 0x80, 0xbf) ? 3 : 0;
    }
    if (within(first, 0xf0, 0xf4)) {
        unsigned const low = first == 0xf0 ? 0x90 : 0x80;
        unsigned const high = first == 0xf4 ? 0x8f : 0xbf;
        return within(byte(at + 1), low, high) && within(byte(at + 2), 0x80, 0xbf) &&
                       within(byte(at + 3), 0x80, 0xbf)
                   ? 4
                   : 0;
    }
    return 0;
}

/// Eight bytes of `text` from `at` on, the first one lowest.
[[nodiscard]] inline std::uint64_t eight_bytes(std::string_view text, std::size_t at) noexcept {
    std::uint64_t word = 0;
    if constexpr (std::endian::native == std::endian::little) {
        std::memcpy(&word, text.data() + at, sizeof word);
    } else {
        for (std::size_t i = 0; i < 8; ++i) {
            word |= std::uint64_t{static_cast<unsigned char>(text[at + i])} << (8 * i);
        }
    }
    return word;
}

/// The high bit of each byte of `word` below 0x20 or above 0x7f. Exact up to the first such byte;
/// above it a byte may be marked that is none (a borrow).
[[nodiscard]] constexpr std::uint64_t odd_bytes(std::uint64_t word) noexcept {
    return ((word - 0x2020'2020'2020'2020ULL) | word) & 0x8080'8080'8080'8080ULL;
}

/// The high bit of each byte of `word` that is `c`; exact up to the first one.
[[nodiscard]] constexpr std::uint64_t bytes_equal(std::uint64_t word, char c) noexcept {
    constexpr std::uint64_t ones = 0x0101'0101'0101'0101ULL;
    auto const x = word ^ (ones * static_cast<unsigned char>(c));
    return (x - ones) & ~x & (ones << 7U);
}

} // namespace detail

/// The first byte that PostgreSQL's text would refuse: U+0000 or ill-formed UTF-8.
[[nodiscard]] constexpr std::optional<std::size_t> find_text_fault(std::string_view text) noexcept {
    for (std::size_t at = 0; at < text.size();) {
        if (!std::is_constant_evaluated() && text.size() - at >= 8 &&
            detail::odd_bytes(detail::eight_bytes(text, at)) == 0) {
            at += 8;
            continue;
        }
        if (text[at] == '\0') return at;
        auto const width = detail::utf8_width(text, at);
        if (width == 0) return at;
        at += width;
    }
    return std::nullopt;
}

} // namespace weft::inline v0::schema
