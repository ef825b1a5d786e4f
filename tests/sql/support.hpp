#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include <gtest/gtest.h>

#include "support/postgres.hpp"
#include "weft/adapters/sqlite3.hpp"
#include "weft/schema/tables.hpp"
#include "weft/sql/ddl.hpp"
#include "weft/sql/decode.hpp"
#include "weft/sql/statement.hpp"

namespace weft_test {

using weft::instant;
using weft::uuid;
using weft::adapters::postgres_connection;
using weft::adapters::sqlite_connection;
using weft::sql::dialect;

inline uuid id_of(std::uint8_t n) {
    uuid id;
    id.bytes.fill(0x11);
    id.bytes[15] = n;
    return id;
}

inline uuid const user_a = id_of(0xa);
inline uuid const user_b = id_of(0xb);

template <class Row, class Connection>
std::vector<Row> all_rows(Connection& c) {
    return weft::sql::decode<Row>(c.query(weft::sql::select_all<Row>(c.dialect())));
}

inline instant at(std::string_view text) {
    return weft::parse_instant(text);
}

/// What Supabase has before a migration runs: the roles, auth.users, auth.uid(), and default
/// privileges that grant everything.
inline std::string supabase() {
    return R"(
do $$ begin create role anon nologin; exception when duplicate_object or unique_violation then null; end $$;
do $$ begin create role authenticated nologin; exception when duplicate_object or unique_violation then null; end $$;
do $$ begin create role service_role nologin bypassrls; exception when duplicate_object or unique_violation then null; end $$;
create schema auth;
create table auth.users (id uuid primary key, email text);
create function auth.uid() returns uuid language sql stable as $$
    select coalesce(
        nullif(current_setting('request.jwt.claim.sub', true), ''),
        (nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub'))::uuid
$$;
grant usage on schema auth to anon, authenticated, service_role;
grant usage on schema public to anon, authenticated, service_role;
alter default privileges in schema public grant all on tables to anon, authenticated, service_role;
alter default privileges in schema public grant all on functions to anon, authenticated, service_role;
alter default privileges in schema public grant all on sequences to anon, authenticated, service_role;
)";
}

/// A PostgreSQL database with the migration applied and users A and B.
struct postgres_database {
    database db;
    postgres_connection connection{db.url()};

    explicit postgres_database(bool on_supabase = true) {
        if (on_supabase) connection.run_script(supabase());
        connection.run_script(weft::sql::ddl(dialect::postgres, {.with_auth = !on_supabase}));
        connection.execute(
            {"insert into auth.users (id) values ($1::uuid), ($2::uuid)", {user_a, user_b}});
    }
};

struct sqlite_database {
    sqlite_connection connection{":memory:"};

    sqlite_database() { connection.run_script(weft::sql::ddl(dialect::sqlite)); }
};

/// The SQLSTATE with which the statement is refused; `00000` where it is not.
template <class Connection>
std::string state_of(Connection& connection, weft::sql::statement const& s) {
    try {
        connection.execute(s);
        return "00000";
    } catch (weft::sql_error const& e) {
        return e.sqlstate();
    }
}

/// The same for text of one's own, without the descriptors' help.
template <class Connection>
std::string state_of(Connection& connection, std::string const& text,
                     std::vector<weft::sql::value> params = {}) {
    return state_of(connection, weft::sql::statement{text, std::move(params)});
}

/// The one value of a query.
template <class Connection>
weft::sql::value one(Connection& connection, std::string const& text,
                     std::vector<weft::sql::value> params = {}) {
    auto const result = connection.query({text, std::move(params)});
    if (result.values.size() != 1 || result.values[0].size() != 1) {
        throw std::runtime_error("not one value: " + text);
    }
    return result.values[0][0];
}

template <class Connection>
std::int64_t count(Connection& connection, std::string const& table) {
    auto const v = one(connection, "select count(*) from " + table);
    return std::get<std::int64_t>(v);
}

/// A small legal row, every required field set, `id` and instants fixed.
template <class Row>
Row sample(std::uint8_t n = 1) {
    Row row{};
    row.id = id_of(n);
    auto const t = at("2026-03-01T12:00:00Z");
    if constexpr (requires { row.target_user_id; }) row.target_user_id = user_a;
    if constexpr (requires { row.source_id; }) row.source_id = "source-" + std::to_string(n);
    if constexpr (requires { row.target_id; }) row.target_id = "target";
    if constexpr (requires { row.entity_id; }) row.entity_id = "entity-" + std::to_string(n);
    if constexpr (requires { row.created_at; }) row.created_at = t;
    if constexpr (requires { row.updated_at; }) row.updated_at = t;
    if constexpr (requires { row.sent_at; }) row.sent_at = t;
    if constexpr (requires { row.calculated_at; }) row.calculated_at = t;
    if constexpr (requires { row.expires_at; }) row.expires_at = t + weft::days{7};
    if constexpr (requires { row.prediction_data; }) row.prediction_data.text = R"({"a": 1})";
    if constexpr (requires { row.prediction_time; }) row.prediction_time = t;
    return row;
}

/// `row` with unset defaulted constants filled in: what a database gives back for it.
template <class Row>
Row with_defaults(Row row) {
    weft::schema::for_each_column<Row>([&]<class Field>(weft::schema::column<Row, Field> const& c) {
        using type = typename weft::schema::column<Row, Field>::value_type;
        if constexpr (weft::schema::column<Row, Field>::optional) {
            auto& field = row.*c.field;
            if (field) return;
            using enum weft::schema::column_default;
            if constexpr (weft::schema::Enumeration<type>) {
                if (c.info.default_kind == text) {
                    field = weft::schema::from_text<type>(c.info.default_text);
                }
            } else if constexpr (std::is_same_v<type, std::int32_t>) {
                if (c.info.default_kind == integer) field = c.info.default_integer;
            } else if constexpr (std::is_same_v<type, std::string>) {
                if (c.info.default_kind == text) field = std::string(c.info.default_text);
            } else if constexpr (std::is_same_v<type, weft::schema::jsonb>) {
                if (c.info.default_kind == json) {
                    field = weft::schema::jsonb{std::string(c.info.default_text)};
                }
            }
        }
    });
    return row;
}

/// The texts that databases and formats are known to stumble over.
inline std::vector<std::string> hostile_texts() {
    std::vector<std::string> out{
        "",
        "'",
        "''",
        "\"",
        "\\",
        "\\\\",
        "\\N",
        "\\.",
        "\t",
        "\n",
        "\r\n",
        "a\tb\nc\\d",
        "\b\f\v\a",
        "$1",
        "?1",
        ":name",
        "%s%n",
        "$$",
        "$weft$",
        "NULL",
        "null",
        "{}",
        "--",
        "/*",
        "'; drop table outreach_queue; --",
        "\" or \"\"=\"",
        "\xc3\xa9\xc3\x9f",
        "\xe2\x82\xac\xe2\x80\xae",
        "\xf0\x9f\xa6\x91\xf0\x9f\x8e\x89",
        "\xef\xbb\xbf",
        "\xef\xbf\xbf",
        " leading and trailing ",
        "E'\\x41'",
        "U&'\\0041'",
    };
    for (char c = 1; c < 32; ++c) out.push_back(std::string("<") + c + ">");
    out.emplace_back("\x7f");
    out.emplace_back(std::size_t{1} << 20, 'x');
    return out;
}

} // namespace weft_test
