#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

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

} // namespace detail

/// The first byte that PostgreSQL's text would refuse: U+0000 or ill-formed UTF-8.
[[nodiscard]] constexpr std::optional<std::size_t> find_text_fault(std::string_view text) noexcept {
    for (std::size_t at = 0; at < text.size();) {
        if (text[at] == '\0') return at;
        auto const width = detail::utf8_width(text, at);
        if (width == 0) return at;
        at += width;
    }
    return std::nullopt;
}

} // namespace weft::inline v0::schema
