#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <nlohmann/json.hpp>

#include "weft/core/error.hpp"
#include "weft/core/number.hpp"
#include "weft/core/time.hpp"
#include "weft/core/uuid.hpp"
#include "weft/schema/column.hpp"
#include "weft/schema/jsonb.hpp"
#include "weft/schema/validate.hpp"

/// Rows as JSON objects, keyed by column. Instants are ISO 8601 with `Z` (or `infinity`,
/// `-infinity`), UUIDs and enumerations are strings, a jsonb column is the nested document.
namespace weft::inline v0::schema {

namespace detail {

/// What keeps `value` from being written as a jsonb, or null. Goes down no further than a jsonb
/// may be nested: deeper documents, which would exhaust the stack of a recursive writer, end here.
template <class Json>
[[nodiscard]] char const* unwritable(Json const& value, int depth = 0) {
    // nlohmann would write null in its place.
    if (value.is_number_float() && !weft::is_finite(value.template get<double>())) {
        return "JSON whose numbers are finite";
    }
    if (value.is_structured()) {
        if (depth >= jsonb_max_depth) return "JSON of at most 256 levels";
        for (auto const& each : value) {
            if (auto const* reason = unwritable(each, depth + 1)) return reason;
        }
    }
    return nullptr;
}

template <class Json>
[[nodiscard]] std::string shown_json(Json const& value) {
    if (value.is_structured() && unwritable(value) != nullptr) {
        return value.is_array() ? "such an array" : "such an object";
    }
    auto text = value.dump(-1, ' ', true, Json::error_handler_t::replace);
    if (text.size() > 80) text = text.substr(0, 77) + "...";
    return text;
}

template <class Row, class T, class Json>
[[nodiscard]] T field_from_json(column_info const& c, Json const& j) {
    auto const refuse = [&](std::string expected) {
        detail::refuse<Row>(c, shown_json(j), std::move(expected));
    };
    if constexpr (std::is_same_v<T, double>) {
        if (!j.is_number()) refuse("a number");
        return j.template get<double>();
    } else if constexpr (std::is_same_v<T, std::int32_t>) {
        using limits = std::numeric_limits<std::int32_t>;
        bool fits = false;
        if (j.is_number_unsigned()) {
            fits = j.template get<std::uint64_t>() <= std::uint64_t{limits::max()};
        } else if (j.is_number_integer()) {
            auto const n = j.template get<std::int64_t>();
            fits = n >= limits::min() && n <= limits::max();
        }
        if (!fits) refuse("an integer of 32 bits");
        return static_cast<std::int32_t>(j.template get<std::int64_t>());
    } else if constexpr (std::is_same_v<T, jsonb>) {
        if (auto const* expected = unwritable(j)) refuse(expected);
        try {
            return jsonb{j.dump()};
        } catch (typename Json::exception const&) {
            refuse("JSON whose strings are well-formed UTF-8");
        }
        return {};
    } else {
        if (!j.is_string()) refuse("a string");
        std::string const text = j.template get<std::string>();
        if constexpr (std::is_same_v<T, std::string>) {
            return text;
        } else if constexpr (std::is_same_v<T, uuid>) {
            auto const id = try_parse_uuid(text);
            if (!id) refuse("a UUID of the form xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx");
            return *id;
        } else if constexpr (std::is_same_v<T, instant>) {
            if (text == "infinity") return instant_infinity;
            if (text == "-infinity") return instant_minus_infinity;
            try {
                return parse_instant(text);
            } catch (parse_error const& e) {
                refuse(std::string("an ISO 8601 instant with Z or an offset (") + e.what() + ")");
            }
            return {};
        } else {
            auto const e = from_text<T>(text);
            if (!e) {
                std::string expected = "one of";
                for (auto const each : enum_names<T>::texts) {
                    expected += expected.size() == 6 ? " " : ", ";
                    expected += each;
                }
                refuse(std::move(expected));
            }
            return *e;
        }
    }
}

template <class Json, class T>
[[nodiscard]] Json field_to_json(T const& value) {
    if constexpr (std::is_same_v<T, uuid>) {
        return weft::to_text(value);
    } else if constexpr (Enumeration<T>) {
        return std::string(to_text(value));
    } else if constexpr (std::is_same_v<T, jsonb>) {
        return Json::parse(value.text);
    } else if constexpr (std::is_same_v<T, instant>) {
        if (value == instant_infinity) return "infinity";
        if (value == instant_minus_infinity) return "-infinity";
        return to_iso(value);
    } else {
        return value;
    }
}

} // namespace detail

/// `j` as the text of a jsonb column. Throws invalid_argument naming `argument` for non-finite
/// numbers, ill-formed UTF-8 and U+0000.
template <class Json>
[[nodiscard]] jsonb to_jsonb(Json const& j, std::string_view argument = "json") {
    auto const refuse = [&](char const* expected) {
        WEFT_THROW(invalid_argument(std::string(argument), detail::shown_json(j), expected));
    };
    if (auto const* expected = detail::unwritable(j)) refuse(expected);
    jsonb document;
    try {
        document.text = j.dump();
    } catch (typename Json::exception const&) {
        refuse("JSON whose strings are well-formed UTF-8");
    }
    if (auto const fault = find_fault(document)) {
        WEFT_THROW(invalid_argument(std::string(argument), detail::shown_json(j),
                                    std::string(fault->expected)));
    }
    return document;
}

/// The row as an object keyed by column, in the table's order. An unset optional is null, or left
/// out where its column has a default: in JSON a missing key is the default, null is NULL.
/// Throws invalid_argument where the row is faulty (as validate).
template <class Json = nlohmann::ordered_json, TableRow Row>
[[nodiscard]] Json row_to_json(Row const& row) {
    validate(row);
    auto object = Json::object();
    for_each_column<Row>([&](auto const& c) {
        auto const* value = value_of(c, row);
        if (value == nullptr && c.info.has_default()) return;
        object[std::string(c.info.name)] =
            value != nullptr ? detail::field_to_json<Json>(*value) : Json(nullptr);
    });
    return object;
}

/// The row of an object. A key may be missing where its column has a default or is nullable, and
/// null where it is nullable; both leave the optional unset. (Of a nullable column with a default
/// the row cannot tell these apart: see sql::write_options::null_where_unset.) Throws
/// invalid_argument naming table, column and value for a missing column, an unknown key, a value of
/// the wrong kind, and whatever validate refuses. Integers beyond 64 bits inside a jsonb are read
/// as doubles, as nlohmann::json does; parse_jsonb keeps the text as it is.
template <TableRow Row, class Json>
[[nodiscard]] Row row_from_json(Json const& object) {
    std::string const name(table<Row>::name);
    if (!object.is_object()) {
        WEFT_THROW(invalid_argument(name, detail::shown_json(object), "an object"));
    }
    for (auto const& item : object.items()) {
        bool known = false;
        for (auto const& c : columns_of<Row>()) known = known || c.name == item.key();
        if (!known) {
            auto const key = detail::shown_json(Json(item.key()));
            WEFT_THROW(invalid_argument(name, "the key " + key, "only columns of " + name));
        }
    }
    Row row{};
    for_each_column<Row>([&]<class Field>(column<Row, Field> const& c) {
        using value_type = typename column<Row, Field>::value_type;
        auto const found = object.find(std::string(c.info.name));
        bool const absent = found == object.end();
        if (absent && (!c.info.not_null || c.info.has_default())) return;
        // A required jsonb column may hold JSON's null; anything else that is null is NULL.
        bool const json_null = std::is_same_v<value_type, jsonb> && c.info.not_null;
        if (absent || (found->is_null() && !json_null)) {
            if (absent || c.info.not_null) {
                detail::refuse<Row>(c.info, absent ? "nothing" : "null", "a value");
            }
            return;
        }
        row.*c.field = detail::field_from_json<Row, value_type>(c.info, *found);
    });
    validate(row);
    return row;
}

} // namespace weft::inline v0::schema
