#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "weft/core/error.hpp"
#include "weft/core/number.hpp"

namespace weft::inline v0::sql {

/// PostgreSQL 15 or newer (Supabase included), or SQLite 3.37 or newer (STRICT tables).
enum class dialect : std::uint8_t { postgres, sqlite };

[[nodiscard]] constexpr std::string_view to_text(dialect d) noexcept {
    return d == dialect::postgres ? "postgres" : "sqlite";
}

[[nodiscard]] constexpr std::optional<dialect> parse_dialect(std::string_view text) noexcept {
    if (text == "postgres") return dialect::postgres;
    if (text == "sqlite") return dialect::sqlite;
    return std::nullopt;
}

/// `name` as a quoted identifier of both dialects: inside double quotes, quotes doubled. Throws
/// invalid_argument for an empty name, one with U+0000, or one longer than the 63 bytes that
/// PostgreSQL keeps.
[[nodiscard]] inline std::string quote_identifier(std::string_view name) {
    if (name.empty() || name.size() > 63 || name.find('\0') != std::string_view::npos) {
        WEFT_THROW(invalid_argument("identifier",
                                    "\"" + std::string(name.substr(0, 64)) + "\" of " +
                                        weft::to_text(name.size()) + " bytes",
                                    "1 to 63 bytes without U+0000"));
    }
    std::string out = "\"";
    for (char const c : name) {
        if (c == '"') out += '"';
        out += c;
    }
    out += '"';
    return out;
}

/// `text` as a string literal of both dialects, whatever standard_conforming_strings says: quotes
/// doubled; with a backslash in it, PostgreSQL's E'' form. For DDL only: values travel as
/// parameters. Throws invalid_argument for U+0000.
[[nodiscard]] inline std::string quote_literal(std::string_view text, dialect d) {
    if (text.find('\0') != std::string_view::npos) {
        WEFT_THROW(invalid_argument("literal", "text with U+0000", "text without U+0000"));
    }
    bool const escape = d == dialect::postgres && text.find('\\') != std::string_view::npos;
    std::string out = escape ? " E'" : "'";
    for (char const c : text) {
        if (c == '\'' || (escape && c == '\\')) out += c;
        out += c;
    }
    out += '\'';
    return out;
}

/// The place of parameter `n` (1-based): `$n` or `?n`.
[[nodiscard]] inline std::string placeholder(std::size_t n, dialect d) {
    std::string out(1, d == dialect::postgres ? '$' : '?');
    out += weft::to_text(n);
    return out;
}

} // namespace weft::inline v0::sql
