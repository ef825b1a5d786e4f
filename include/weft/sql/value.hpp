#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "weft/core/number.hpp"
#include "weft/core/time.hpp"
#include "weft/core/uuid.hpp"
#include "weft/schema/column.hpp"
#include "weft/schema/jsonb.hpp"
#include "weft/sql/dialect.hpp"

namespace weft::inline v0::sql {

/// SQL's NULL.
using null = std::monostate;

/// The values that one column has in several rows: a parameter of `unnest($1::uuid[], ...)`.
/// PostgreSQL only.
struct array {
    /// Of the column: `uuid` for one that is null or a uuid, and so on.
    using item =
        std::variant<null, std::int32_t, double, std::string, uuid, instant, schema::jsonb>;

    schema::sql_type type = schema::sql_type::text;
    std::vector<item> items;

    [[nodiscard]] friend bool operator==(array const&, array const&) = default;
};

/// A parameter or a field of a result. The schema's columns need null, int32, double, text, uuid,
/// instant and jsonb; bool and int64 appear in results (functions, counts), arrays in parameters.
using value = std::variant<null, bool, std::int32_t, std::int64_t, double, std::string, uuid,
                           instant, schema::jsonb, array>;

[[nodiscard]] inline bool is_null(value const& v) noexcept {
    return std::holds_alternative<null>(v);
}

/// A statement and the values of its parameters, `$1`... (PostgreSQL) or `?1`... (SQLite). The
/// text never holds a value, so that it can serve as the key of a prepared statement.
struct statement {
    std::string text;
    std::vector<value> params;

    [[nodiscard]] friend bool operator==(statement const&, statement const&) = default;
};

/// What a query gave back: the columns' names, and one vector of values a row.
struct rows {
    std::vector<std::string> columns;
    std::vector<std::vector<value>> values;
};

/// `t` as PostgreSQL reads and writes it: ISO 8601 with `Z`, `infinity` or `-infinity`; in SQLite
/// with always six fractional digits, so that text order is time order (infinities included).
/// Throws invalid_argument outside the years 0001 to 9999.
[[nodiscard]] inline std::string instant_text(instant t, dialect d) {
    if (t == instant_infinity) return "infinity";
    if (t == instant_minus_infinity) return "-infinity";
    return d == dialect::postgres ? to_iso(t) : to_iso_fixed(t);
}

/// The text that stands for `v` as a parameter in text format; nothing for NULL. Throws
/// invalid_argument for an array in SQLite, which has none.
[[nodiscard]] inline std::optional<std::string> parameter_text(value const& v, dialect d) {
    struct writer {
        dialect d;
        std::optional<std::string> operator()(null) const { return std::nullopt; }
        std::optional<std::string> operator()(bool b) const {
            if (d == dialect::sqlite) return b ? "1" : "0";
            return b ? "true" : "false";
        }
        std::optional<std::string> operator()(std::int32_t n) const { return weft::to_text(n); }
        std::optional<std::string> operator()(std::int64_t n) const { return weft::to_text(n); }
        std::optional<std::string> operator()(double x) const {
            if (is_nan(x)) return "NaN";
            if (!is_finite(x)) return x > 0 ? "Infinity" : "-Infinity";
            return weft::to_text(x);
        }
        std::optional<std::string> operator()(std::string const& s) const { return s; }
        std::optional<std::string> operator()(uuid const& id) const { return weft::to_text(id); }
        std::optional<std::string> operator()(instant t) const { return instant_text(t, d); }
        std::optional<std::string> operator()(schema::jsonb const& j) const { return j.text; }
        std::optional<std::string> operator()(array const& a) const {
            if (d == dialect::sqlite) {
                WEFT_THROW(invalid_argument("array", "a parameter", "a database with arrays"));
            }
            std::string out = "{";
            for (auto const& item : a.items) {
                if (out.size() > 1) out += ',';
                auto const text = std::visit(*this, item);
                if (!text) {
                    out += "NULL";
                    continue;
                }
                // Quotes keep commas, braces, blanks, the empty text and the text NULL apart.
                out += '"';
                for (char const c : *text) {
                    if (c == '"' || c == '\\') out += '\\';
                    out += c;
                }
                out += '"';
            }
            return out += '}';
        }
    };
    return std::visit(writer{d}, v);
}

} // namespace weft::inline v0::sql
