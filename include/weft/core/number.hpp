#pragma once

#include <bit>
#include <charconv>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

#include "weft/core/error.hpp"

namespace weft::inline v0 {

/// Whether `x` is a NaN, read from its bits: holds under -ffast-math too.
[[nodiscard]] constexpr bool is_nan(double x) noexcept {
    return (std::bit_cast<std::uint64_t>(x) & 0x7fff'ffff'ffff'ffffULL) > 0x7ff0'0000'0000'0000ULL;
}

/// Whether `x` is neither a NaN nor an infinity, read from its bits.
[[nodiscard]] constexpr bool is_finite(double x) noexcept {
    return (std::bit_cast<std::uint64_t>(x) & 0x7ff0'0000'0000'0000ULL) != 0x7ff0'0000'0000'0000ULL;
}

[[nodiscard]] constexpr bool is_nan(float x) noexcept {
    return (std::bit_cast<std::uint32_t>(x) & 0x7fff'ffffU) > 0x7f80'0000U;
}

[[nodiscard]] constexpr bool is_finite(float x) noexcept {
    return (std::bit_cast<std::uint32_t>(x) & 0x7f80'0000U) != 0x7f80'0000U;
}

/// Shortest decimal text that reads back to the same bits; `nan`, `inf`, `-inf` otherwise.
/// Independent of any locale.
[[nodiscard]] inline std::string to_text(double x) {
    if (is_nan(x)) return "nan";
    char buffer[32];
    auto const end = std::to_chars(buffer, buffer + sizeof buffer, x).ptr;
    return {buffer, end};
}

template <std::integral Integer>
    requires(!std::same_as<Integer, bool> && !std::same_as<Integer, char>)
[[nodiscard]] std::string to_text(Integer n) {
    char buffer[24];
    auto const end = std::to_chars(buffer, buffer + sizeof buffer, n).ptr;
    return {buffer, end};
}

/// The whole of `text` as a double (decimal or scientific; also nan and inf), or nothing.
[[nodiscard]] inline std::optional<double> parse_double(std::string_view text) noexcept {
    double x{};
    auto const [end, code] = std::from_chars(text.data(), text.data() + text.size(), x);
    if (code != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return x;
}

/// The whole of `text` as a decimal integer, or nothing (also where it does not fit).
template <std::integral Integer>
[[nodiscard]] std::optional<Integer> parse_integer(std::string_view text) noexcept {
    Integer n{};
    auto const [end, code] = std::from_chars(text.data(), text.data() + text.size(), n);
    if (code != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return n;
}

/// `x` itself; throws invalid_argument where it is a NaN or an infinity.
inline double require_finite(std::string_view argument, double x) {
    if (!is_finite(x)) {
        WEFT_THROW(invalid_argument(std::string(argument), to_text(x), "a finite number"));
    }
    return x;
}

} // namespace weft::inline v0
