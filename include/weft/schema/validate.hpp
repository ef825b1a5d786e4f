#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

#include "weft/core/error.hpp"
#include "weft/core/number.hpp"
#include "weft/core/time.hpp"
#include "weft/schema/column.hpp"
#include "weft/schema/jsonb.hpp"
#include "weft/schema/utf8.hpp"

namespace weft::inline v0::schema {

namespace detail {

template <class Row>
[[noreturn]] void refuse(column_info const& c, std::string value, std::string expected) {
    WEFT_THROW(invalid_argument(std::string(table<Row>::name) + "." + std::string(c.name),
                                std::move(value), std::move(expected)));
}

[[nodiscard]] inline std::string bounds_text(column_info const& c) {
    if (c.lower && c.upper) {
        return "in [" + weft::to_text(*c.lower) + ", " + weft::to_text(*c.upper) + "]";
    }
    if (c.lower) return ">= " + weft::to_text(*c.lower);
    return "<= " + weft::to_text(*c.upper);
}

[[nodiscard]] inline bool storable(instant t) noexcept {
    using std::chrono::sys_days;
    using std::chrono::year;
    if (!is_finite(t)) return true;
    return t >= sys_days{year{1} / 1 / 1} && t < sys_days{year{10'000} / 1 / 1};
}

template <class Row, class T>
void validate_value(column_info const& c, T const& value) {
    if constexpr (Enumeration<T>) {
        if (!is_enumerator(value)) {
            refuse<Row>(c, "enumerator " + weft::to_text(static_cast<std::uint32_t>(value)),
                        "an enumerator of " + std::string(enum_names<T>::name));
        }
    } else if constexpr (std::is_same_v<T, double> || std::is_same_v<T, std::int32_t>) {
        auto const x = static_cast<double>(value);
        if (!weft::is_finite(x)) refuse<Row>(c, weft::to_text(x), "a finite number");
        if ((c.lower && x < *c.lower) || (c.upper && x > *c.upper)) {
            refuse<Row>(c, weft::to_text(value), "a number " + bounds_text(c));
        }
    } else if constexpr (std::is_same_v<T, std::string>) {
        if (auto const at = find_text_fault(value)) {
            bool const zero = value[*at] == '\0';
            refuse<Row>(c,
                        std::string(zero ? "U+0000" : "ill-formed UTF-8") + " at byte " +
                            weft::to_text(*at),
                        "UTF-8 text without U+0000");
        }
    } else if constexpr (std::is_same_v<T, jsonb>) {
        if (auto const fault = find_fault(value)) {
            refuse<Row>(c, "JSON that is faulty at byte " + weft::to_text(fault->offset),
                        std::string(fault->expected));
        }
        if (c.object && !is_object(value)) {
            refuse<Row>(c, "JSON that is no object", "a JSON object");
        }
    } else if constexpr (std::is_same_v<T, instant>) {
        if (!storable(value)) {
            refuse<Row>(c, "an instant outside them", "the years 0001 to 9999, or an infinity");
        }
    }
}

/// Whether this is a UUID that PostgreSQL would write in another way.
[[nodiscard]] inline bool is_capital_uuid(std::string_view text) noexcept {
    if (text.size() != 36) return false;
    // Hardly any text has a capital, and eight bytes are asked at once.
    std::uint64_t capitals = 0;
    for (std::size_t const i : {0U, 8U, 16U, 24U, 28U}) {
        auto const word = eight_bytes(text, i);
        auto const low = word & 0x7f7f'7f7f'7f7f'7f7fU;
        auto const from_a = low + 0x3f3f'3f3f'3f3f'3f3fU;
        auto const past_z = low + 0x2525'2525'2525'2525U;
        capitals |= (from_a ^ past_z) & ~word & 0x8080'8080'8080'8080U;
    }
    if (capitals == 0) return false;
    bool capital = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        char const c = text[i];
        bool const line = i == 8 || i == 13 || i == 18 || i == 23;
        bool const digit = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
        bool const upper = c >= 'A' && c <= 'F';
        if (line ? c != '-' : !digit && !upper) return false;
        capital = capital || (!line && upper);
    }
    return capital;
}

/// The ids of users stand as text beside those of clubs and events. Written in capitals, a user
/// would not see the row, and it would stay when the user is deleted.
template <class Row>
void validate_user_ids(Row const& row) {
    auto const check = [](auto type, std::string_view id, std::string_view column) {
        if (type != decltype(type)::user || !is_capital_uuid(id)) return;
        WEFT_THROW(invalid_argument(std::string(table<Row>::name) + "." + std::string(column),
                                    "\"" + std::string(id) + "\"",
                                    "a user's UUID in small letters"));
    };
    if constexpr (requires { decltype(row.target_type)::user; }) {
        check(row.source_type, row.source_id, "source_id");
        check(row.target_type, row.target_id, "target_id");
    } else if constexpr (requires { decltype(row.entity_type)::user; }) {
        check(row.entity_type, row.entity_id, "entity_id");
    }
}

} // namespace detail

/// Throws invalid_argument naming table and column where the database would refuse this row by
/// itself: an enumerator that is none, a number outside its range (NaN and infinities too), text
/// with U+0000 or ill-formed UTF-8, faulty JSON or JSON that should be an object, an instant that
/// ISO 8601 cannot write, a broken rule between columns; and a cache row's id of a user in capital
/// letters, under which nobody would find it. Keys, and rules that hang on a default of
/// the server's, are left to the server. Linear in the bytes of the row.
template <TableRow Row>
void validate(Row const& row) {
    for_each_column<Row>([&](auto const& c) {
        if (auto const* value = value_of(c, row)) detail::validate_value<Row>(c.info, *value);
    });
    for (auto const& rule : table<Row>::rules) {
        if (!rule.holds(row)) {
            WEFT_THROW(
                invalid_argument(std::string(table<Row>::name) + "." + std::string(rule.column),
                                 "a value that breaks the rule " + std::string(rule.name),
                                 std::string(rule.expected)));
        }
    }
    detail::validate_user_ids(row);
}

/// `validate` of each row; the error names the row's number, too. Linear.
template <TableRow Row>
void validate_all(std::span<Row const> rows) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
        try {
            validate(rows[i]);
        } catch (invalid_argument const& e) {
            WEFT_THROW(invalid_argument("rows[" + weft::to_text(i) + "]." + e.argument(), e.value(),
                                        e.expected()));
        }
    }
}

} // namespace weft::inline v0::schema
