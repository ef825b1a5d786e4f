#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "weft/core/error.hpp"
#include "weft/core/time.hpp"
#include "weft/core/uuid.hpp"
#include "weft/schema/tables.hpp"
#include "weft/schema/validate.hpp"
#include "weft/sql/dialect.hpp"
#include "weft/sql/value.hpp"

/// Statements with bound parameters. A statement's text depends on the table, the dialect and the
/// options alone, never on a row's values.
namespace weft::inline v0::sql {

/// What an insert does about a row that is already there.
enum class on_conflict : std::uint8_t {
    fail,           ///< SQLSTATE 23505
    ignore_same_id, ///< nothing where the id exists: a rerun adds nothing; other keys still fail
    ignore_any,     ///< nothing where any unique key exists
};

struct write_options {
    std::string schema{};                                  ///< empty: the connection's search path
    sql::on_conflict on_conflict = sql::on_conflict::fail; ///< for insert
    /// Nullable columns with a default that are NULL, not the default, where the optional is unset.
    std::vector<std::string_view> null_where_unset{};
    /// For the tables of ddl_options::citus, where a row is known by its distribution column and
    /// id: that is what ON CONFLICT names instead of the id.
    bool citus = false;
};

namespace detail {

template <class Row>
[[nodiscard]] std::string table_text(std::string const& schema) {
    std::string out;
    if (!schema.empty()) out = quote_identifier(schema) + ".";
    return out += schema::table<Row>::name;
}

[[nodiscard]] inline std::string_view type_text(schema::sql_type type, dialect d) noexcept {
    if (d == dialect::postgres) return schema::type_name(type);
    return type == schema::sql_type::float8 ? "real"
           : type == schema::sql_type::int4 ? "integer"
                                            : "text";
}

/// The expression of the column's default.
[[nodiscard]] inline std::string default_text(schema::column_info const& c, dialect d) {
    using enum schema::column_default;
    switch (c.default_kind) {
    case random_uuid:
        if (d == dialect::postgres) return "gen_random_uuid()";
        return "lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || "
               "substr(hex(randomblob(2)), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || "
               "substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))";
    case now:
        if (d == dialect::postgres) return "now()";
        return "strftime('%Y-%m-%dT%H:%M:%f000Z', 'now')";
    case integer:
        return weft::to_text(c.default_integer);
    case text:
        return quote_literal(c.default_text, d);
    case json:
        return quote_literal(c.default_text, d) + (d == dialect::postgres ? "::jsonb" : "");
    case none:
        break;
    }
    return "null";
}

template <class Row>
void check_options(write_options const& options) {
    for (auto const name : options.null_where_unset) {
        bool found = false;
        for (auto const& c : schema::columns_of<Row>()) {
            found = found || (c.name == name && !c.not_null && c.has_default());
        }
        if (!found) {
            WEFT_THROW(invalid_argument("null_where_unset", "\"" + std::string(name) + "\"",
                                        "a nullable column with a default, of " +
                                            std::string(schema::table<Row>::name)));
        }
    }
}

[[nodiscard]] inline bool null_where_unset(write_options const& options, std::string_view name) {
    for (auto const each : options.null_where_unset) {
        if (each == name) return true;
    }
    return false;
}

template <class Row>
[[nodiscard]] std::string column_list() {
    std::string out;
    for (auto const& c : schema::columns_of<Row>()) {
        if (!out.empty()) out += ", ";
        out += c.name;
    }
    return out;
}

[[nodiscard]] inline std::string typed_placeholder(std::size_t n, schema::sql_type type,
                                                   dialect d) {
    auto out = placeholder(n, d);
    if (d == dialect::postgres) {
        out += "::";
        out += type == schema::sql_type::timestamptz ? std::string_view("timestamptz")
                                                     : type_text(type, d);
    }
    return out;
}

/// A parameter as a column's value: the default where it is null.
[[nodiscard]] inline std::string insert_value(schema::column_info const& c,
                                              std::string const& place, dialect d,
                                              write_options const& options) {
    if (!c.has_default() || null_where_unset(options, c.name)) return place;
    return "coalesce(" + place + ", " + default_text(c, d) + ")";
}

template <class Row>
[[nodiscard]] std::string insert_head(dialect d, write_options const& options) {
    check_options<Row>(options);
    std::string out =
        "insert into " + table_text<Row>(options.schema) + " (" + column_list<Row>() + ") values (";
    std::size_t n = 0;
    for (auto const& c : schema::columns_of<Row>()) {
        if (++n > 1) out += ", ";
        out += insert_value(c, typed_placeholder(n, c.type, d), d, options);
    }
    return out += ")";
}

template <class T>
[[nodiscard]] value to_value(T const& field) {
    if constexpr (schema::Enumeration<T>) {
        return std::string(to_text(field));
    } else {
        return field;
    }
}

/// The parts of a key that are plain columns.
[[nodiscard]] inline bool is_key_part(std::string_view key, std::string_view name) noexcept {
    while (!key.empty()) {
        auto const comma = key.find(", ");
        if (key.substr(0, comma) == name) return true;
        if (comma == std::string_view::npos) return false;
        key.remove_prefix(comma + 2);
    }
    return false;
}

/// The primary key.
template <class Row>
[[nodiscard]] std::string id_text(write_options const& options) {
    auto const by = schema::table<Row>::distribution;
    return options.citus && !by.empty() ? std::string(by) + ", id" : "id";
}

/// The key that an upsert and a selection by key go by: the natural key, or the primary one.
template <class Row>
[[nodiscard]] std::string key_text(dialect d, write_options const& options) {
    if constexpr (schema::table<Row>::keys.size() == 0) {
        return id_text<Row>(options);
    } else {
        auto const& key = schema::table<Row>::keys[0];
        return std::string(d == dialect::postgres ? key.postgres : key.sqlite);
    }
}

template <class Row>
[[nodiscard]] std::string conflict_text(write_options const& options) {
    if (options.on_conflict == on_conflict::ignore_any) return " on conflict do nothing";
    if (options.on_conflict == on_conflict::fail) return {};
    return " on conflict (" + id_text<Row>(options) + ") do nothing";
}

/// `on conflict (key) do update set` every column but id and key.
template <class Row>
[[nodiscard]] std::string replace_text(dialect d, write_options const& options) {
    auto const key = key_text<Row>(dialect::postgres, options);
    std::string out = " on conflict (" + key_text<Row>(d, options) + ") do update set ";
    bool first = true;
    for (auto const& c : schema::columns_of<Row>()) {
        if (c.name == "id" || is_key_part(key, c.name)) continue;
        if (!first) out += ", ";
        first = false;
        out += c.name;
        out += " = excluded.";
        out += c.name;
    }
    return out;
}

} // namespace detail

/// The row's values, one for each column in the table's order; null where unset. Throws
/// invalid_argument where the row is faulty (as schema::validate).
template <schema::TableRow Row>
[[nodiscard]] std::vector<value> row_params(Row const& row) {
    schema::validate(row);
    std::vector<value> params;
    params.reserve(schema::column_count<Row>);
    schema::for_each_column<Row>([&](auto const& c) {
        auto const* field = schema::value_of(c, row);
        params.push_back(field != nullptr ? detail::to_value(*field) : value{});
    });
    return params;
}

/// The text of `insert`, for row_params. An unset optional becomes the column's default.
template <schema::TableRow Row>
[[nodiscard]] std::string insert_text(dialect d, write_options const& options = {}) {
    return detail::insert_head<Row>(d, options) + detail::conflict_text<Row>(options);
}

/// The text of `upsert`, for row_params: inserts, or replaces the row with the same natural key
/// (for outreach_queue and outreach_processing_jobs: with the same id). Every column but the id and
/// the key is replaced, by its default where unset, so that nothing of the old value stays behind;
/// the row that was there keeps its id. `on_conflict` plays no part.
template <schema::TableRow Row>
[[nodiscard]] std::string upsert_text(dialect d, write_options const& options = {}) {
    return detail::insert_head<Row>(d, options) + detail::replace_text<Row>(d, options);
}

/// Inserts the row. Throws invalid_argument where it is faulty.
template <schema::TableRow Row>
[[nodiscard]] statement insert(Row const& row, dialect d, write_options const& options = {}) {
    return {insert_text<Row>(d, options), row_params(row)};
}

/// Inserts the row or replaces the one with its key; see upsert_text.
template <schema::TableRow Row>
[[nodiscard]] statement upsert(Row const& row, dialect d, write_options const& options = {}) {
    return {upsert_text<Row>(d, options), row_params(row)};
}

/// All columns by name, in the table's order; `order` by id, so that the result is the same twice.
template <schema::TableRow Row>
[[nodiscard]] statement select_all(dialect, std::string const& schema = {}) {
    return {"select " + detail::column_list<Row>() + " from " + detail::table_text<Row>(schema) +
                " order by id",
            {}};
}

/// The row of this id.
template <schema::TableRow Row>
[[nodiscard]] statement select_by_id(uuid const& id, dialect d, std::string const& schema = {}) {
    return {"select " + detail::column_list<Row>() + " from " + detail::table_text<Row>(schema) +
                " where id = " + detail::typed_placeholder(1, schema::sql_type::uuid, d),
            {id}};
}

/// The row with the natural key of `row` (its other fields are not looked at), whether it has
/// expired or not. For the three tables that have such a key; outreach_history needs sent_at set.
template <schema::TableRow Row>
    requires(schema::table<Row>::keys.size() > 0)
[[nodiscard]] statement select_by_key(Row const& row, dialect d, std::string const& schema = {}) {
    statement out{"select " + detail::column_list<Row>() + " from " +
                      detail::table_text<Row>(schema) + " where ",
                  {}};
    auto const& key = schema::table<Row>::keys[0];
    schema::for_each_column<Row>([&](auto const& c) {
        bool const in_key = detail::is_key_part(key.postgres, c.info.name);
        bool const is_day = !key.constraint && c.info.name == "sent_at";
        if (!in_key && !is_day) return;
        auto const* field = schema::value_of(c, row);
        if (field != nullptr) schema::detail::validate_value<Row>(c.info, *field);
        if (is_day && field == nullptr) {
            schema::detail::refuse<Row>(c.info, "nothing", "the instant whose day is asked for");
        }
        out.params.push_back(field != nullptr ? detail::to_value(*field) : value{});
        if (out.params.size() > 1) out.text += " and ";
        auto const place = detail::typed_placeholder(out.params.size(), c.info.type, d);
        auto const name = std::string(c.info.name);
        if (is_day) {
            out.text += d == dialect::postgres
                            ? "(sent_at at time zone 'UTC')::date = (" + place +
                                  " at time zone 'UTC')::date"
                            : "substr(sent_at, 1, 10) = substr(" + place + ", 1, 10)";
        } else if (key.nulls_not_distinct && !c.info.not_null) {
            // Written so that both the NULL-safe key's index and a plain comparison serve it.
            out.text += d == dialect::postgres
                            ? "(" + name + " = " + place + " or (" + name + " is null and " +
                                  place + " is null))"
                            : "coalesce(" + name + ", '') = coalesce(" + place + ", '')";
        } else {
            out.text += name + " = " + place;
        }
    });
    return out;
}

/// Whether outreach may pass from one status to another: forward along pending, scheduled,
/// delivered, seen, skipping is allowed; from each of these to accepted, rejected or ignored; from
/// pending and scheduled to expired. Answered and expired outreach stays as it is.
[[nodiscard]] constexpr bool may_follow(schema::queue_status from,
                                        schema::queue_status to) noexcept {
    using enum schema::queue_status;
    if (!schema::is_enumerator(from) || !schema::is_enumerator(to) || from > seen) return false;
    if (to == expired) return from == pending || from == scheduled;
    return to > from;
}

/// Moves a queue row to `to` where may_follow allows it from the status it has; no row is affected
/// otherwise. Sets what belongs to the status: scheduled_for (scheduled: `at` lies ahead),
/// delivered_at (delivered, and where still unset: seen), seen_at, responded_at with
/// response_action; and updated_at to `now`. Throws invalid_argument for pending, which nothing
/// precedes.
[[nodiscard]] inline statement update_status(uuid const& id, schema::queue_status to, instant at,
                                             instant now, dialect d,
                                             std::string const& schema = {}) {
    using enum schema::queue_status;
    std::string from;
    for (std::size_t i = 0; i < schema::enum_names<schema::queue_status>::texts.size(); ++i) {
        auto const each = static_cast<schema::queue_status>(i);
        if (!may_follow(each, to)) continue;
        if (!from.empty()) from += ", ";
        from += quote_literal(to_text(each), d);
    }
    if (from.empty()) {
        WEFT_THROW(invalid_argument("to",
                                    schema::is_enumerator(to) ? std::string(to_text(to))
                                                              : "no enumerator of queue_status",
                                    "a status that another may pass to"));
    }
    for (auto const each : {at, now}) {
        if (!schema::detail::storable(each)) {
            WEFT_THROW(invalid_argument("at, now", "an instant outside them",
                                        "the years 0001 to 9999, or an infinity"));
        }
    }
    auto const place = [&](std::size_t n, schema::sql_type type) {
        return detail::typed_placeholder(n, type, d);
    };
    using type = schema::sql_type;
    auto const when = place(3, type::timestamptz);
    statement out{"update " + detail::table_text<schema::outreach_queue>(schema) +
                      " set status = " + place(2, type::text),
                  {id, std::string(to_text(to)), at, now}};
    switch (to) {
    case scheduled:
        out.text += ", scheduled_for = " + when;
        break;
    case delivered:
        out.text += ", delivered_at = " + when;
        break;
    case seen:
        out.text += ", delivered_at = coalesce(delivered_at, " + when + "), seen_at = " + when;
        break;
    case accepted:
    case rejected:
    case ignored:
        out.text += ", response_action = " + place(2, type::text) + ", responded_at = " + when;
        break;
    default:
        // Expiry has no column of its own; the parameter keeps its number.
        out.params = {id, std::string(to_text(to)), now};
        out.text += ", updated_at = " + when;
        break;
    }
    if (to != expired) out.text += ", updated_at = " + place(4, type::timestamptz);
    out.text += " where id = " + place(1, type::uuid) + " and status in (" + from + ")";
    return out;
}

/// update_status for a user's own connection to PostgreSQL (role `authenticated`), which may not
/// say updated_at: the migration's trigger takes the clock's. Throws invalid_argument for a status
/// that a user may not set.
[[nodiscard]] inline statement update_status_as_user(uuid const& id, schema::queue_status to,
                                                     instant at, std::string const& schema = {}) {
    using enum schema::queue_status;
    if (to == scheduled || to == expired) {
        WEFT_THROW(invalid_argument("to", std::string(to_text(to)),
                                    "delivered, seen, accepted, rejected or ignored"));
    }
    auto out = update_status(id, to, at, at, dialect::postgres, schema);
    auto const said = ", updated_at = " + detail::typed_placeholder(
                                              4, schema::sql_type::timestamptz, dialect::postgres);
    out.text.erase(out.text.find(said), said.size());
    out.params.pop_back();
    return out;
}

/// The statements that remove all that is kept about a user: queue and history rows that address
/// the user, cache rows of which the user (type `user`) is a part, whose ids are the user's UUID in
/// small letters, as schema::validate asks for. In PostgreSQL deleting the user from auth.users
/// does the same.
[[nodiscard]] inline std::vector<statement> forget_user(uuid const& user, dialect d,
                                                        std::string const& schema = {}) {
    auto const id = detail::typed_placeholder(1, schema::sql_type::uuid, d);
    auto const text = detail::typed_placeholder(1, schema::sql_type::text, d);
    auto const from = [&]<class Row>(std::type_identity<Row>, std::string const& where, value v) {
        return statement{"delete from " + detail::table_text<Row>(schema) + " where " + where,
                         {std::move(v)}};
    };
    auto const user_text = weft::to_text(user);
    return {
        from(std::type_identity<schema::outreach_queue>{}, "target_user_id = " + id, user),
        from(std::type_identity<schema::outreach_history>{}, "target_user_id = " + id, user),
        from(std::type_identity<schema::compatibility_cache>{},
             "(source_type = 'user' and source_id = " + text +
                 ") or (target_type = 'user' and target_id = " + text + ")",
             user_text),
        from(std::type_identity<schema::predictive_signals_cache>{},
             "entity_type = 'user' and entity_id = " + text, user_text),
    };
}

} // namespace weft::inline v0::sql
