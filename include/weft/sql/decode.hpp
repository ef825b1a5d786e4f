#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "weft/core/error.hpp"
#include "weft/core/number.hpp"
#include "weft/core/time.hpp"
#include "weft/core/uuid.hpp"
#include "weft/schema/column.hpp"
#include "weft/schema/validate.hpp"
#include "weft/sql/value.hpp"

/// Results of queries -> rows of the schema, by column name.
namespace weft::inline v0::sql {

struct decode_options {
    bool allow_missing = false; ///< a missing nullable or defaulted column leaves its field unset
    bool allow_unknown = false; ///< a column that the table does not have is passed over
};

namespace detail {

[[nodiscard]] inline std::string shown_value(value const& v) {
    if (is_null(v)) return "NULL";
    if (auto const* t = std::get_if<instant>(&v); t != nullptr && !schema::detail::storable(*t)) {
        return "an instant outside the years 0001 to 9999";
    }
    auto text = parameter_text(v, dialect::postgres).value_or("NULL");
    bool const quoted = std::holds_alternative<std::string>(v);
    if (text.size() > 64) text = text.substr(0, 61) + "...";
    return quoted ? "\"" + text + "\"" : text;
}

template <class T>
[[nodiscard]] std::optional<T> from_value(value const& v) {
    auto const* text = std::get_if<std::string>(&v);
    if constexpr (std::is_same_v<T, std::string>) {
        if (text != nullptr) return *text;
    } else if constexpr (schema::Enumeration<T>) {
        if (text != nullptr) return schema::from_text<T>(*text);
    } else if constexpr (std::is_same_v<T, uuid>) {
        if (auto const* id = std::get_if<uuid>(&v)) return *id;
        if (text != nullptr) return try_parse_uuid(*text);
    } else if constexpr (std::is_same_v<T, schema::jsonb>) {
        if (auto const* document = std::get_if<schema::jsonb>(&v)) return *document;
        if (text != nullptr) return schema::jsonb{*text};
    } else if constexpr (std::is_same_v<T, instant>) {
        if (auto const* t = std::get_if<instant>(&v)) return *t;
        if (text != nullptr) {
            if (*text == "infinity") return instant_infinity;
            if (*text == "-infinity") return instant_minus_infinity;
            return parse_instant(*text);
        }
    } else if constexpr (std::is_same_v<T, double>) {
        if (auto const* x = std::get_if<double>(&v)) return *x;
        if (auto const* n = std::get_if<std::int32_t>(&v)) return *n;
        if (auto const* n = std::get_if<std::int64_t>(&v)) {
            constexpr std::int64_t exact = std::int64_t{1} << 53;
            if (*n >= -exact && *n <= exact) return static_cast<double>(*n);
        }
        if (text != nullptr) return parse_double(*text);
    } else {
        static_assert(std::is_same_v<T, std::int32_t>);
        if (auto const* n = std::get_if<std::int32_t>(&v)) return *n;
        if (auto const* n = std::get_if<std::int64_t>(&v)) {
            if (*n >= std::numeric_limits<T>::min() && *n <= std::numeric_limits<T>::max()) {
                return static_cast<T>(*n);
            }
        }
        if (text != nullptr) return parse_integer<T>(*text);
    }
    return std::nullopt;
}

[[nodiscard]] inline std::string expected_text(schema::column_info const& c) {
    if (c.allowed.empty()) return "a value of type " + std::string(type_name(c.type));
    std::string out = "one of";
    for (auto const each : c.allowed) {
        out += out.size() == 6 ? " " : ", ";
        out += each;
    }
    return out;
}

} // namespace detail

/// Turns the rows of one result into structs: finds the columns once, then decodes row by row.
template <schema::TableRow Row>
class row_decoder {
public:
    /// Throws invalid_argument naming the column for one that is missing, unknown or there twice.
    explicit row_decoder(std::span<std::string const> columns, decode_options const& options = {}) {
        places_.assign(schema::column_count<Row>, none);
        std::string const table(schema::table<Row>::name);
        auto const infos = schema::columns_of<Row>();
        for (std::size_t i = 0; i < columns.size(); ++i) {
            std::size_t found = none;
            for (std::size_t k = 0; k < infos.size(); ++k) {
                if (infos[k].name == columns[i]) found = k;
            }
            if (found == none) {
                if (options.allow_unknown) continue;
                WEFT_THROW(invalid_argument(table, "the column \"" + columns[i] + "\"",
                                            "only columns of " + table));
            }
            if (places_[found] != none) {
                WEFT_THROW(invalid_argument(table + "." + columns[i], "the column twice", "once"));
            }
            places_[found] = i;
        }
        width_ = columns.size();
        for (std::size_t k = 0; k < infos.size(); ++k) {
            bool const required = infos[k].not_null && !infos[k].has_default();
            if (places_[k] == none && (required || !options.allow_missing)) {
                WEFT_THROW(invalid_argument(table + "." + std::string(infos[k].name),
                                            "no such column in the result", "it"));
            }
        }
    }

    /// Throws invalid_argument naming column, row number and value where that does not fit.
    [[nodiscard]] Row operator()(std::span<value const> values, std::size_t number = 0) const {
        if (values.size() != width_) {
            WEFT_THROW(invalid_argument(
                std::string(schema::table<Row>::name) + " row " + weft::to_text(number),
                weft::to_text(values.size()) + " values", weft::to_text(width_)));
        }
        Row row{};
        std::size_t k = 0;
        schema::for_each_column<Row>([&]<class Field>(schema::column<Row, Field> const& c) {
            auto const place = places_[k++];
            if (place == none) return;
            auto const& v = values[place];
            if (is_null(v)) {
                if (c.info.not_null) refuse(c.info, v, number, "a value");
                return;
            }
            using type = typename schema::column<Row, Field>::value_type;
            std::optional<type> decoded;
            try {
                decoded = detail::from_value<type>(v);
            } catch (parse_error const&) {
                decoded.reset();
            }
            if (!decoded) refuse(c.info, v, number, detail::expected_text(c.info));
            row.*c.field = std::move(*decoded);
        });
        return row;
    }

private:
    static constexpr std::size_t none = static_cast<std::size_t>(-1);

    [[noreturn]] static void refuse(schema::column_info const& c, value const& v,
                                    std::size_t number, std::string expected) {
        WEFT_THROW(invalid_argument(std::string(schema::table<Row>::name) + "." +
                                        std::string(c.name) + " in row " + weft::to_text(number),
                                    detail::shown_value(v), std::move(expected)));
    }

    std::vector<std::size_t> places_;
    std::size_t width_ = 0;
};

/// All rows of a result; see row_decoder.
template <schema::TableRow Row>
[[nodiscard]] std::vector<Row> decode(rows const& result, decode_options const& options = {}) {
    row_decoder<Row> const decoder(result.columns, options);
    std::vector<Row> out;
    out.reserve(result.values.size());
    for (std::size_t i = 0; i < result.values.size(); ++i) {
        out.push_back(decoder(result.values[i], i));
    }
    return out;
}

} // namespace weft::inline v0::sql
