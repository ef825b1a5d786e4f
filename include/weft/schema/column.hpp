#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

#include "weft/core/time.hpp"
#include "weft/core/uuid.hpp"
#include "weft/schema/enums.hpp"
#include "weft/schema/jsonb.hpp"

/// Descriptors: what is known about a column, a key, an index, a rule and a table, said once. DDL,
/// statements, COPY, decoding, JSON and validation are all derived from them.
namespace weft::inline v0::schema {

/// The six SQL types of the schema. An enumeration is `text` with a CHECK.
enum class sql_type : std::uint8_t { uuid, text, float8, int4, jsonb, timestamptz };

/// As PostgreSQL's information_schema spells it.
[[nodiscard]] constexpr std::string_view type_name(sql_type type) noexcept {
    switch (type) {
    case sql_type::uuid:
        return "uuid";
    case sql_type::float8:
        return "double precision";
    case sql_type::int4:
        return "integer";
    case sql_type::jsonb:
        return "jsonb";
    case sql_type::timestamptz:
        return "timestamp with time zone";
    case sql_type::text:
        break;
    }
    return "text";
}

namespace detail {

template <class T>
struct without_optional {
    using type = T;
    static constexpr bool optional = false;
};
template <class T>
struct without_optional<std::optional<T>> {
    using type = T;
    static constexpr bool optional = true;
};

template <class T>
[[nodiscard]] consteval sql_type sql_type_of() {
    if constexpr (std::is_same_v<T, uuid>) {
        return sql_type::uuid;
    } else if constexpr (std::is_same_v<T, std::string> || Enumeration<T>) {
        return sql_type::text;
    } else if constexpr (std::is_same_v<T, double>) {
        return sql_type::float8;
    } else if constexpr (std::is_same_v<T, std::int32_t>) {
        return sql_type::int4;
    } else if constexpr (std::is_same_v<T, jsonb>) {
        return sql_type::jsonb;
    } else {
        static_assert(std::is_same_v<T, instant>, "a column has one of the schema's types");
        return sql_type::timestamptz;
    }
}

} // namespace detail

/// What a column has where the writer gives nothing.
enum class column_default : std::uint8_t { none, random_uuid, now, integer, text, json };

/// All of a column but its place in the struct.
struct column_info {
    std::string_view name;
    sql_type type = sql_type::text;
    bool not_null = false;
    column_default default_kind = column_default::none;
    std::int32_t default_integer = 0;
    std::string_view default_text;             ///< for column_default::text and json
    std::span<std::string_view const> allowed; ///< the values of an enumeration
    std::optional<double> lower, upper;        ///< inclusive bounds of a number
    bool object = false;                       ///< a jsonb that must be an object
    bool references_user = false;              ///< foreign key to auth.users, on delete cascade
    bool hidden_from_users = false;            ///< no SELECT for `authenticated`
    bool updated_by_users = false;             ///< UPDATE for `authenticated`
    std::string_view comment;                  ///< in the database; empty: none
    std::int32_t since = 1;                    ///< the version of the migration that brought it
    std::int32_t shown_since = 1;              ///< the version that showed it to users

    [[nodiscard]] constexpr bool has_default() const noexcept {
        return default_kind != column_default::none;
    }
};

/// One column of Row: its info and the field that carries it. A field of type T is NOT NULL and
/// has no default; std::optional<T> is nullable, has a default, or both.
template <class Row, class Field>
struct column {
    using row_type = Row;
    using field_type = Field;
    using value_type = typename detail::without_optional<Field>::type;
    static constexpr bool optional = detail::without_optional<Field>::optional;

    Field Row::*field;
    column_info info;

    consteval column(std::string_view name, Field Row::*member)
        : field(member) {
        info.name = name;
        info.type = detail::sql_type_of<value_type>();
        info.not_null = !optional;
        if constexpr (Enumeration<value_type>) info.allowed = enum_names<value_type>::texts;
    }

    [[nodiscard]] consteval column not_null() const {
        auto c = *this;
        c.info.not_null = true;
        return c;
    }
    [[nodiscard]] consteval column random() const requires std::is_same_v<value_type, uuid> {
        auto c = not_null();
        c.info.default_kind = column_default::random_uuid;
        return c;
    }
    [[nodiscard]] consteval column now() const requires std::is_same_v<value_type, instant> {
        auto c = not_null();
        c.info.default_kind = column_default::now;
        return c;
    }
    [[nodiscard]] consteval column
    or_else(std::int32_t n) const requires std::is_same_v<value_type, std::int32_t> {
        auto c = *this;
        c.info.default_kind = column_default::integer;
        c.info.default_integer = n;
        return c;
    }
    [[nodiscard]] consteval column
    or_else(std::string_view text) const requires std::is_same_v<value_type, std::string> {
        auto c = *this;
        c.info.default_kind = column_default::text;
        c.info.default_text = text;
        return c;
    }
    [[nodiscard]] consteval column or_else(value_type e) const requires Enumeration<value_type> {
        auto c = *this;
        c.info.default_kind = column_default::text;
        c.info.default_text = to_text(e);
        return c;
    }
    [[nodiscard]] consteval column
    or_else_empty_object() const requires std::is_same_v<value_type, jsonb> {
        auto c = *this;
        c.info.default_kind = column_default::json;
        c.info.default_text = "{}";
        return c;
    }
    [[nodiscard]] consteval column object() const requires std::is_same_v<value_type, jsonb> {
        auto c = *this;
        c.info.object = true;
        return c;
    }
    [[nodiscard]] consteval column between(double low, double high) const requires
        std::is_same_v<value_type, double> || std::is_same_v<value_type, std::int32_t> {
        auto c = *this;
        c.info.lower = low;
        c.info.upper = high;
        return c;
    }
    [[nodiscard]] consteval column unit() const requires std::is_same_v<value_type, double> {
        return between(0.0, 1.0);
    }
    [[nodiscard]] consteval column
    at_least(std::int32_t low) const requires std::is_same_v<value_type, std::int32_t> {
        auto c = *this;
        c.info.lower = low;
        return c;
    }
    [[nodiscard]] consteval column user() const requires std::is_same_v<value_type, uuid> {
        auto c = *this;
        c.info.references_user = true;
        return c;
    }
    [[nodiscard]] consteval column hidden() const {
        auto c = *this;
        c.info.hidden_from_users = true;
        return c;
    }
    /// For a column that earlier versions of the migration hid from users.
    [[nodiscard]] consteval column shown_since(std::int32_t version) const {
        auto c = *this;
        c.info.shown_since = version;
        return c;
    }
    [[nodiscard]] consteval column user_updates() const {
        auto c = *this;
        c.info.updated_by_users = true;
        return c;
    }
    [[nodiscard]] consteval column about(std::string_view comment) const {
        auto c = *this;
        c.info.comment = comment;
        return c;
    }
    /// For a column that a later version of the migration adds to tables that have rows: it must be
    /// nullable or have a default.
    [[nodiscard]] consteval column since(std::int32_t version) const {
        if (version > 1 && info.not_null && !info.has_default()) throw "rows have no value for it";
        auto c = *this;
        c.info.since = version;
        return c;
    }
};

/// A rule over several columns of one row: a CHECK in both dialects, and the same in C++.
template <class Row>
struct row_rule {
    std::string_view name;     ///< of the constraint
    std::string_view sql;      ///< the CHECK; true or NULL where it holds
    std::string_view column;   ///< the column that an error names
    std::string_view expected; ///< in words
    bool (*holds)(Row const&); ///< true where it holds or cannot be known before the write
};

/// A natural key. Texts are the key's parts, comma separated, as the dialect writes them in an
/// index and in ON CONFLICT.
struct unique_key {
    std::string_view name;
    std::string_view postgres;
    std::string_view sqlite;
    /// A table constraint of plain columns in PostgreSQL; otherwise a unique index.
    bool constraint = true;
    bool nulls_not_distinct = false;
};

/// How PostgreSQL keeps an index. SQLite has B-trees only: there `brin` is one, `gin` is left out.
enum class index_method : std::uint8_t { btree, gin, brin };

struct index {
    std::string_view name;
    std::string_view keys;
    std::string_view where; ///< empty: not partial
    index_method method = index_method::btree;
    std::int32_t since = 1; ///< the version of the migration that brought it
};

/// What the role `authenticated` may do. `{uid}` in the texts stands for the caller's id, as uuid.
struct user_access {
    std::string_view visible;     ///< rows that may be selected; empty: none
    std::string_view update_from; ///< further condition on a row as it is; empty: no updates
    std::string_view update_to;   ///< further condition on a row as it shall be
};

/// The description of the table whose rows are `Row`; specialised beside each row.
template <class Row>
struct table {};

template <class Row>
concept TableRow = requires {
    table<Row>::name;
    table<Row>::columns;
};

template <TableRow Row>
inline constexpr std::size_t column_count = std::tuple_size_v<decltype(table<Row>::columns)>;

namespace detail {

template <class Row>
inline constexpr auto column_infos = std::apply(
    [](auto const&... columns) {
        return std::array<column_info, sizeof...(columns)>{columns.info...};
    },
    table<Row>::columns);

template <class Row, class... Columns>
[[nodiscard]] consteval bool covers(std::type_identity<std::tuple<Columns...>>) {
    // An aggregate takes `{}` for one more field, whatever its type, and for no field too many.
    constexpr bool enough = requires {
        Row{std::declval<typename Columns::field_type>()...};
    };
    constexpr bool too_few = requires {
        Row{std::declval<typename Columns::field_type>()..., {}};
    };
    return enough && !too_few;
}

/// Whether no two columns have one name or one field.
template <class Row>
[[nodiscard]] consteval bool distinct_columns() {
    auto const same_field = []<class A, class B>(A const& a, B const& b) {
        if constexpr (std::is_same_v<A, B>) return a.field == b.field;
        return false;
    };
    auto const times = [&](auto const& one) {
        return std::apply(
            [&](auto const&... each) {
                return ((one.info.name == each.info.name || same_field(one, each) ? 1 : 0) + ...);
            },
            table<Row>::columns);
    };
    return std::apply([&](auto const&... each) { return ((times(each) == 1) && ...); },
                      table<Row>::columns);
}

} // namespace detail

/// Whether the table's columns are the struct's fields: as many, of these types, in this order,
/// each once and under its own name. What is derived from a table does not compile otherwise.
template <TableRow Row>
inline constexpr bool columns_match_fields =
    detail::covers<Row>(std::type_identity<std::remove_const_t<decltype(table<Row>::columns)>>{}) &&
    detail::distinct_columns<Row>();

/// Calls `f(column)` for each column, in the table's order.
template <TableRow Row, class F>
constexpr void for_each_column(F&& f) {
    static_assert(columns_match_fields<Row>, "the columns of a table are the fields of its row");
    std::apply([&](auto const&... columns) { (f(columns), ...); }, table<Row>::columns);
}

/// The columns without their fields, in the table's order.
template <TableRow Row>
[[nodiscard]] constexpr std::span<column_info const> columns_of() noexcept {
    static_assert(columns_match_fields<Row>, "the columns of a table are the fields of its row");
    return detail::column_infos<Row>;
}

/// The column's value in `row`; null where the optional is unset.
template <class Row, class Field>
[[nodiscard]] constexpr auto const* value_of(column<Row, Field> const& c, Row const& row) noexcept {
    if constexpr (column<Row, Field>::optional) {
        auto const& field = row.*c.field;
        return field ? &*field : nullptr;
    } else {
        return &(row.*c.field);
    }
}

} // namespace weft::inline v0::schema
