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
#include "weft/sql/wire.hpp"

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

inline constexpr std::size_t no_place = static_cast<std::size_t>(-1);

/// For each column of the table its place in a result, or no_place. Throws as row_decoder.
template <class Row>
[[nodiscard]] std::vector<std::size_t> find_places(std::span<std::string const> columns,
                                                   decode_options const& options) {
    std::vector<std::size_t> places(schema::column_count<Row>, no_place);
    std::string const table(schema::table<Row>::name);
    auto const infos = schema::columns_of<Row>();
    for (std::size_t i = 0; i < columns.size(); ++i) {
        std::size_t found = no_place;
        for (std::size_t k = 0; k < infos.size(); ++k) {
            if (infos[k].name == columns[i]) found = k;
        }
        if (found == no_place) {
            if (options.allow_unknown) continue;
            WEFT_THROW(invalid_argument(table, "the column \"" + columns[i] + "\"",
                                        "only columns of " + table));
        }
        if (places[found] != no_place) {
            WEFT_THROW(invalid_argument(table + "." + columns[i], "the column twice", "once"));
        }
        places[found] = i;
    }
    for (std::size_t k = 0; k < infos.size(); ++k) {
        bool const required = infos[k].not_null && !infos[k].has_default();
        if (places[k] == no_place && (required || !options.allow_missing)) {
            WEFT_THROW(invalid_argument(table + "." + std::string(infos[k].name),
                                        "no such column in the result", "it"));
        }
    }
    return places;
}

template <class Row>
[[nodiscard]] std::vector<std::string> column_names() {
    std::vector<std::string> out;
    out.reserve(schema::column_count<Row>);
    for (auto const& c : schema::columns_of<Row>()) out.emplace_back(c.name);
    return out;
}

template <class Row>
[[noreturn]] void refuse_field(schema::column_info const& c, std::string value, std::size_t number,
                               std::string expected) {
    WEFT_THROW(invalid_argument(std::string(schema::table<Row>::name) + "." + std::string(c.name) +
                                    " in row " + weft::to_text(number),
                                std::move(value), std::move(expected)));
}

template <class Row>
void require_width(std::size_t got, std::size_t width, std::size_t number) {
    if (got == width) return;
    WEFT_THROW(
        invalid_argument(std::string(schema::table<Row>::name) + " row " + weft::to_text(number),
                         weft::to_text(got) + " values", weft::to_text(width)));
}

} // namespace detail

/// Turns the rows of one result into structs: finds the columns once, then decodes row by row.
template <schema::TableRow Row>
class row_decoder {
public:
    /// Throws invalid_argument naming the column for one that is missing, unknown or there twice.
    explicit row_decoder(std::span<std::string const> columns, decode_options const& options = {})
        : places_(detail::find_places<Row>(columns, options))
        , width_(columns.size()) {}

    /// Throws invalid_argument naming column, row number and value where that does not fit.
    [[nodiscard]] Row operator()(std::span<value const> values, std::size_t number = 0) const {
        detail::require_width<Row>(values.size(), width_, number);
        Row row{};
        std::size_t k = 0;
        schema::for_each_column<Row>([&]<class Field>(schema::column<Row, Field> const& c) {
            auto const place = places_[k++];
            if (place == detail::no_place) return;
            auto const& v = values[place];
            if (is_null(v)) {
                if (c.info.not_null) {
                    detail::refuse_field<Row>(c.info, "NULL", number, "a value");
                }
                return;
            }
            using type = typename schema::column<Row, Field>::value_type;
            std::optional<type> decoded;
            try {
                decoded = detail::from_value<type>(v);
            } catch (parse_error const&) {
                decoded.reset();
            }
            if (!decoded) {
                detail::refuse_field<Row>(c.info, detail::shown_value(v), number,
                                          detail::expected_text(c.info));
            }
            row.*c.field = std::move(*decoded);
        });
        return row;
    }

private:
    std::vector<std::size_t> places_;
    std::size_t width_ = 0;
};

/// The same for fields as they travel (libpq's results, COPY), without a detour through values.
/// Text must be well-formed UTF-8 without U+0000; JSON is taken as the server gives it.
template <schema::TableRow Row>
class wire_decoder {
public:
    /// Of a result with these columns. Throws as row_decoder.
    wire_decoder(std::span<std::string const> columns, wire_format format,
                 decode_options const& options = {})
        : places_(detail::find_places<Row>(columns, options))
        , width_(columns.size())
        , format_(format) {}

    /// How many fields a row has.
    [[nodiscard]] std::size_t width() const noexcept { return width_; }

    /// Reads one row into `row`, whose memory is used again. Throws invalid_argument naming column,
    /// row number and value where that does not fit; `row` is then partly read.
    void operator()(std::span<wire_field const> fields, Row& row, std::size_t number = 0) const {
        detail::require_width<Row>(fields.size(), width_, number);
        std::size_t k = 0;
        schema::for_each_column<Row>([&]<class Field>(schema::column<Row, Field> const& c) {
            auto const place = places_[k++];
            auto& field = row.*c.field;
            if (place == detail::no_place || fields[place].is_null()) {
                if (place != detail::no_place && c.info.not_null) {
                    detail::refuse_field<Row>(c.info, "NULL", number, "a value");
                }
                if constexpr (schema::column<Row, Field>::optional) {
                    field.reset();
                } else {
                    field = Field{};
                }
                return;
            }
            auto const bytes = fields[place].bytes();
            bool good = false;
            if constexpr (schema::column<Row, Field>::optional) {
                if (!field) field.emplace();
                good = read(bytes, *field);
            } else {
                good = read(bytes, field);
            }
            if (!good) {
                detail::refuse_field<Row>(c.info, detail::shown_bytes(bytes, format_), number,
                                          expected(c.info));
            }
        });
    }

private:
    template <class T>
    [[nodiscard]] bool read(std::string_view bytes, T& out) const {
        return format_ == wire_format::binary ? detail::read_binary(bytes, out)
                                              : detail::read_text(bytes, out);
    }

    [[nodiscard]] static std::string expected(schema::column_info const& c) {
        auto out = detail::expected_text(c);
        if (c.type == schema::sql_type::timestamptz) out += " in the years 0001 to 9999";
        if (c.type == schema::sql_type::text && c.allowed.empty()) {
            out += ", UTF-8 without U+0000";
        }
        return out;
    }

    std::vector<std::size_t> places_;
    std::size_t width_ = 0;
    wire_format format_ = wire_format::text;
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
