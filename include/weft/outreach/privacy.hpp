#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "weft/core/error.hpp"

namespace weft::inline v0::outreach {

/// Keys that a payload must not carry, at any depth and in any case: what they name never leaves.
inline constexpr std::array<std::string_view, 7> forbidden_keys{
    "user_id", "email", "phone", "name", "address", "personal_data", "user_profile"};

/// How a payload was encrypted: `metadata.encryption_type`.
enum class encryption_type : std::uint8_t { signal_protocol, aes256gcm };

[[nodiscard]] constexpr std::string_view to_text(encryption_type type) noexcept {
    return type == encryption_type::signal_protocol ? "signalProtocol" : "aes256gcm";
}

/// The enumerator that `text` spells exactly, or nothing.
[[nodiscard]] constexpr std::optional<encryption_type>
parse_encryption_type(std::string_view text) noexcept {
    if (text == "signalProtocol") return encryption_type::signal_protocol;
    if (text == "aes256gcm") return encryption_type::aes256gcm;
    return std::nullopt;
}

namespace detail {

[[nodiscard]] constexpr char ascii_lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

[[nodiscard]] constexpr bool ascii_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}

} // namespace detail

/// Whether a payload must not have this key. Letters of ASCII compare without regard to case;
/// underscores, hyphens and blanks play no part ("userId", "User-ID" and "user_id" are one key).
[[nodiscard]] constexpr bool is_forbidden_key(std::string_view key) noexcept {
    auto const skipped = [](char c) { return c == '_' || c == '-' || c == ' '; };
    for (auto const forbidden : forbidden_keys) {
        std::size_t i = 0;
        std::size_t k = 0;
        for (;;) {
            while (i < key.size() && skipped(key[i])) ++i;
            while (k < forbidden.size() && skipped(forbidden[k])) ++k;
            if (i == key.size() || k == forbidden.size()) break;
            if (detail::ascii_lower(key[i]) != forbidden[k]) break;
            ++i;
            ++k;
        }
        if (i == key.size() && k == forbidden.size()) return true;
    }
    return false;
}

/// Whether a text looks like an e-mail address: something, `@`, and a domain with a point in it,
/// without blanks; `mailto:` and angle brackets may stand around it.
[[nodiscard]] constexpr bool looks_like_email(std::string_view text) noexcept {
    for (std::size_t at = 1; at < text.size(); ++at) {
        if (text[at] != '@') continue;
        auto const part = [](char c) {
            return c > ' ' && c != '@' && c != '<' && c != '>' && c != ',' && c != ';' &&
                   c != '\x7f';
        };
        if (!part(text[at - 1]) && static_cast<unsigned char>(text[at - 1]) < 0x80) continue;
        std::size_t end = at + 1;
        bool point = false;
        while (end < text.size() &&
               (part(text[end]) || static_cast<unsigned char>(text[end]) >= 0x80)) {
            point = point || (text[end] == '.' && end > at + 1 && end + 1 < text.size());
            ++end;
        }
        if (point) return true;
    }
    return false;
}

/// Whether a text as a whole looks like a telephone number: `+` or `00`, then 7 to 15 digits
/// (E.164), or 9 to 15 digits that blanks, points, hyphens, slashes or brackets group. Plain digits
/// are a number, and dates and instants are none.
[[nodiscard]] constexpr bool looks_like_phone(std::string_view text) noexcept {
    if (text.starts_with("tel:")) return true;
    bool const plus = text.starts_with("+");
    bool const zeros = text.starts_with("00");
    std::size_t digits = 0;
    std::size_t separators = 0;
    for (std::size_t i = plus ? 1 : 0; i < text.size(); ++i) {
        char const c = text[i];
        if (detail::ascii_digit(c)) {
            ++digits;
        } else if (c == ' ' || c == '.' || c == '-' || c == '/' || c == '(' || c == ')') {
            ++separators;
        } else {
            return false;
        }
    }
    if (digits > 15) return false;
    // 2026-03-01 and 01.03.2026 have eight digits.
    if (plus) return digits >= 7;
    return digits >= 9 && (separators > 0 || zeros);
}

/// Whether `id` may name an agent: not empty, and nothing by which a person could be found. Whose
/// agent it is must not be told by it either; a person's own id as an agent's is for the caller to
/// rule out (see require_agent_id).
[[nodiscard]] constexpr bool is_agent_id(std::string_view id) noexcept {
    return !id.empty() && !looks_like_email(id) && !looks_like_phone(id);
}

/// Throws invalid_argument naming `argument` where `id` is no agent's: empty, an e-mail address, a
/// telephone number, or `person`'s own id. The error does not repeat the id.
inline void require_agent_id(std::string_view argument, std::string_view id,
                             std::string_view person = {}) {
    auto const refuse = [&](char const* what) {
        WEFT_THROW(invalid_argument(std::string(argument), what, "an agent's id"));
    };
    if (id.empty()) refuse("nothing");
    if (looks_like_email(id)) refuse("what looks like an e-mail address");
    if (looks_like_phone(id)) refuse("what looks like a telephone number");
    if (!person.empty() && person.size() == id.size()) {
        bool same = true;
        for (std::size_t i = 0; i < id.size(); ++i) {
            same = same && detail::ascii_lower(id[i]) == detail::ascii_lower(person[i]);
        }
        if (same) refuse("a person's own id");
    }
}

} // namespace weft::inline v0::outreach
