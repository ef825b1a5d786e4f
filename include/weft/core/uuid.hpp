#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "weft/core/error.hpp"

namespace weft::inline v0 {

/// A universally unique identifier (RFC 9562): sixteen bytes, most significant first.
struct uuid {
    std::array<std::uint8_t, 16> bytes{};

    [[nodiscard]] friend constexpr auto operator<=>(uuid const&, uuid const&) noexcept = default;
};

/// The canonical form: 8-4-4-4-12 lower-case hexadecimal digits.
[[nodiscard]] inline std::string to_text(uuid const& id) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out;
    out.reserve(36);
    for (std::size_t i = 0; i < 16; ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10) out += '-';
        out += digits[id.bytes[i] >> 4U];
        out += digits[id.bytes[i] & 15U];
    }
    return out;
}

/// Reads exactly the canonical form, in either case; nothing else (no braces, no `urn:`).
[[nodiscard]] constexpr std::optional<uuid> try_parse_uuid(std::string_view text) noexcept {
    if (text.size() != 36) return std::nullopt;
    uuid id;
    std::size_t nibble = 0;
    for (std::size_t i = 0; i < 36; ++i) {
        char const c = text[i];
        if (i == 8 || i == 13 || i == 18 || i == 23) {
            if (c != '-') return std::nullopt;
            continue;
        }
        int const digit = c >= '0' && c <= '9'   ? c - '0'
                          : c >= 'a' && c <= 'f' ? c - 'a' + 10
                          : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                                 : -1;
        if (digit < 0) return std::nullopt;
        auto& byte = id.bytes[nibble / 2];
        byte = static_cast<std::uint8_t>((byte << 4U) | digit);
        ++nibble;
    }
    return id;
}

/// As try_parse_uuid; throws invalid_argument naming `argument`.
[[nodiscard]] inline uuid parse_uuid(std::string_view text, std::string_view argument = "uuid") {
    auto const id = try_parse_uuid(text);
    if (!id) {
        WEFT_THROW(invalid_argument(std::string(argument),
                                    "\"" + std::string(text.substr(0, 64)) + "\"",
                                    "a UUID of the form xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx"));
    }
    return *id;
}

} // namespace weft::inline v0
