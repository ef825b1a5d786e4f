#pragma once

#include <string>
#include <string_view>
#include <type_traits>

#include "weft/core/error.hpp"
#include "weft/core/number.hpp"
#include "weft/schema/tables.hpp"
#include "weft/sql/dialect.hpp"
#include "weft/sql/statement.hpp"

/// The migration that makes the five tables, derived from the descriptors in weft/schema.
namespace weft::inline v0::sql {

struct ddl_options {
    /// PostgreSQL that is not Supabase: create what is missing of the roles anon, authenticated and
    /// service_role, of auth.users (id uuid primary key) and of auth.uid(). SQLite has neither
    /// roles nor users; there it changes nothing.
    bool with_auth = false;
    /// The schema that holds the tables; made where it is missing. SQLite has only `public` and
    /// `main`, which are the same there.
    std::string schema = "public";
};

namespace detail {

/// `body` between dollar quotes that do not occur in it.
[[nodiscard]] inline std::string dollar_quote(std::string const& body) {
    std::string tag = "$weft$";
    while (body.find(tag) != std::string::npos) {
        tag.back() = '_';
        tag += '$';
    }
    return tag + body + tag;
}

[[nodiscard]] inline std::string replaced(std::string_view text, std::string_view what,
                                          std::string_view with) {
    std::string out;
    for (auto at = text.find(what); at != std::string_view::npos; at = text.find(what)) {
        out += text.substr(0, at);
        out += with;
        text.remove_prefix(at + what.size());
    }
    return out += text;
}

/// The CHECK of one column by itself; empty where its type says all.
[[nodiscard]] inline std::string check_text(schema::column_info const& c, dialect d) {
    using enum schema::sql_type;
    std::string const name(c.name);
    bool const postgres = d == dialect::postgres;
    if (!c.allowed.empty()) {
        std::string out = name + " in (";
        for (std::size_t i = 0; i < c.allowed.size(); ++i) {
            if (i > 0) out += ", ";
            out += quote_literal(c.allowed[i], d);
        }
        return out + ")";
    }
    switch (c.type) {
    case float8:
        // PostgreSQL holds NaN to be greater than every number, so an upper bound refuses it.
        if (c.lower && c.upper) {
            return name + " >= " + weft::to_text(*c.lower) + " and " + name +
                   " <= " + weft::to_text(*c.upper);
        }
        return postgres ? name + " > '-Infinity' and " + name + " < 'Infinity'"
                        : "abs(" + name + ") <= 1.7976931348623157e308";
    case int4: {
        auto const lower = c.lower ? weft::to_text(*c.lower) : std::string("-2147483648");
        auto const upper = c.upper ? weft::to_text(*c.upper) : std::string("2147483647");
        if (!postgres) return name + " between " + lower + " and " + upper;
        std::string out;
        if (c.lower) out = name + " >= " + lower;
        if (c.upper) out += (out.empty() ? "" : " and ") + name + " <= " + upper;
        return out;
    }
    case jsonb: {
        if (postgres) return c.object ? "jsonb_typeof(" + name + ") = 'object'" : "";
        // In some releases (3.40) json_valid(NULL) is 0.
        auto const nullable = c.not_null ? std::string() : name + " is null or ";
        return nullable + (c.object ? "case when json_valid(" + name + ") then json_type(" + name +
                                          ") = 'object' else 0 end"
                                    : "json_valid(" + name + ")");
    }
    case uuid: {
        if (postgres) return {};
        std::string pattern;
        for (int i = 0; i < 32; ++i) {
            if (i == 8 || i == 12 || i == 16 || i == 20) pattern += '-';
            pattern += "[0-9a-f]";
        }
        return name + " glob '" + pattern + "'";
    }
    case timestamptz: {
        if (postgres) return {};
        std::string pattern;
        for (char const c_ : std::string_view("0000-00-00T00:00:00.000000Z")) {
            if (c_ == '0') {
                pattern += "[0-9]";
            } else {
                pattern += c_;
            }
        }
        // Moved by nothing, a date or a time of day that does not exist becomes another, or none.
        return name + " in ('infinity', '-infinity') or (" + name + " glob '" + pattern + "' and " +
               name + " >= '0001' and strftime('%Y-%m-%dT%H:%M:%S', substr(" + name +
               ", 1, 19), '+0 days') is substr(" + name + ", 1, 19))";
    }
    case text:
        break;
    }
    return {};
}

[[nodiscard]] inline std::string method_text(schema::index_method method, dialect d) {
    if (d == dialect::sqlite || method == schema::index_method::btree) return {};
    return method == schema::index_method::gin ? " using gin" : " using brin";
}

template <class Row>
[[nodiscard]] std::string table_ddl(dialect d, std::string const& qualified) {
    using traits = schema::table<Row>;
    bool const postgres = d == dialect::postgres;
    std::string const name(traits::name);
    std::string out = "create table if not exists " + qualified + name + " (\n";
    for (auto const& c : schema::columns_of<Row>()) {
        out += "    " + std::string(c.name) + " " + std::string(type_text(c.type, d));
        if (c.not_null) out += " not null";
        if (c.has_default()) {
            bool const call = c.default_kind == schema::column_default::random_uuid ||
                              c.default_kind == schema::column_default::now;
            auto const text = default_text(c, d);
            out += !postgres && call ? " default (" + text + ")" : " default " + text;
        }
        if (c.name == "id") out += " primary key";
        if (postgres && c.references_user) out += " references auth.users (id) on delete cascade";
        if (auto const check = check_text(c, d); !check.empty()) {
            out += "\n        constraint " + name + "_" + std::string(c.name) + "_check check (" +
                   check + ")";
        }
        out += ",\n";
    }
    for (auto const& rule : traits::rules) {
        out += "    constraint " + std::string(rule.name) + " check (" + std::string(rule.sql) +
               "),\n";
    }
    for (auto const& key : traits::keys) {
        if (!postgres || !key.constraint) continue;
        out += "    constraint " + std::string(key.name) + " unique " +
               (key.nulls_not_distinct ? "nulls not distinct " : "") + "(" +
               std::string(key.postgres) + "),\n";
    }
    out.erase(out.size() - 2, 1);
    out += postgres ? ");\n" : ") strict;\n";
    for (auto const& key : traits::keys) {
        if (postgres && key.constraint) continue;
        out += "create unique index if not exists " + std::string(key.name) + " on " +
               (postgres ? qualified : std::string()) + name + " (" +
               std::string(postgres ? key.postgres : key.sqlite) + ");\n";
    }
    for (auto const& each : traits::indexes) {
        if (each.method == schema::index_method::gin && !postgres) continue;
        out += "create index if not exists " + std::string(each.name) + " on " +
               (postgres ? qualified : std::string()) + name + method_text(each.method, d) + " (" +
               std::string(each.keys) + ")";
        if (!each.where.empty()) out += " where " + std::string(each.where);
        out += ";\n";
    }
    return out + "\n";
}

[[nodiscard]] inline std::string auth_ddl() {
    std::string out;
    for (auto const role : {"anon", "authenticated", "service_role"}) {
        // Roles belong to the whole cluster: another database's migration may be making the same.
        out += std::string("do $weft$ begin\n"
                           "    if to_regrole('") +
               role + "') is null then create role " + role +
               " nologin; end if;\n"
               "exception when duplicate_object or unique_violation then null;\n"
               "end $weft$;\n";
    }
    return out + "create schema if not exists auth;\n"
                 "create table if not exists auth.users (id uuid primary key);\n"
                 "do $weft$ begin\n"
                 "    if to_regprocedure('auth.uid()') is null then\n"
                 "        create function auth.uid() returns uuid\n"
                 "        language sql stable set search_path = '' as $uid$\n"
                 "            select nullif(coalesce(\n"
                 "                nullif(current_setting('request.jwt.claim.sub', true), ''),\n"
                 "                nullif(current_setting('request.jwt.claims', true), '')::jsonb "
                 "->> 'sub'), '')::uuid\n"
                 "        $uid$;\n"
                 "    end if;\n"
                 "end $weft$;\n"
                 "grant usage on schema auth to anon, authenticated, service_role;\n"
                 "grant execute on function auth.uid() to anon, authenticated, service_role;\n"
                 "grant select, insert, delete on auth.users to service_role;\n\n";
}

/// Row level security, grants and policies of one table.
template <class Row>
[[nodiscard]] std::string access_ddl(std::string const& qualified) {
    using traits = schema::table<Row>;
    constexpr std::string_view uid = "(select auth.uid())";
    auto const& access = traits::access;
    std::string const name(traits::name);
    auto const table = qualified + name;
    auto const policy = [&](std::string const& which, std::string const& what) {
        auto const id = name + "_" + which;
        return "drop policy if exists " + id + " on " + table + ";\ncreate policy " + id + " on " +
               table + " " + what + ";\n";
    };
    // Supabase grants everything, TRUNCATE included, to these roles by default.
    std::string out = "alter table " + table + " enable row level security;\nrevoke all on table " +
                      table + " from public, anon, authenticated;\ngrant all on table " + table +
                      " to service_role;\n";
    out += policy("service", "for all to service_role using (true) with check (true)");
    if (!access.visible.empty()) {
        std::string shown;
        std::string changed;
        bool hides = false;
        for (auto const& c : schema::columns_of<Row>()) {
            hides = hides || c.hidden_from_users;
            auto& list = shown;
            if (!c.hidden_from_users) list += (list.empty() ? "" : ", ") + std::string(c.name);
            if (c.updated_by_users) {
                changed += (changed.empty() ? "" : ", ") + std::string(c.name);
            }
        }
        out += "grant select " + (hides ? "(" + shown + ") " : std::string()) + "on table " +
               table + " to authenticated;\n";
        auto const visible = replaced(access.visible, "{uid}", uid);
        out += policy("own_rows", "for select to authenticated using (" + visible + ")");
        if (!access.update_from.empty()) {
            out += "grant update (" + changed + ") on table " + table + " to authenticated;\n";
            out += policy("own_answer", "for update to authenticated\n    using (" + visible +
                                            " and " + std::string(access.update_from) +
                                            ")\n    with check (" + visible + " and " +
                                            std::string(access.update_to) + ")");
        }
    }
    return out + "\n";
}

/// A function with its execute rights: `callers` empty for a trigger function. Supabase grants
/// execution to its roles by default, so each that shall not have it is named.
[[nodiscard]] inline std::string function_ddl(std::string const& qualified,
                                              std::string const& signature,
                                              std::string const& types, std::string const& head,
                                              std::string const& body, std::string const& callers) {
    auto const name = qualified + signature.substr(0, signature.find('(')) + "(" + types + ")";
    std::string others = "public, anon";
    if (callers.find("authenticated") == std::string::npos) others += ", authenticated";
    auto out = "create or replace function " + qualified + signature + " " + head +
               " set search_path = '' as " + dollar_quote("\n" + body) +
               ";\nrevoke all on function " + name + " from " + others + ";\n";
    if (!callers.empty()) {
        out += "grant execute on function " + name + " to " + callers + ";\n";
    }
    return out + "\n";
}

[[nodiscard]] inline std::string functions_ddl(std::string const& q) {
    std::string out;
    out += function_ddl(
        q, "cleanup_expired_outreach_cache()", "",
        "returns integer language plpgsql security invoker",
        "declare\n"
        "    pairs integer;\n"
        "    signals integer;\n"
        "begin\n"
        "    delete from " +
            q +
            "compatibility_cache where expires_at <= now();\n"
            "    get diagnostics pairs = row_count;\n"
            "    delete from " +
            q +
            "predictive_signals_cache where expires_at <= now();\n"
            "    get diagnostics signals = row_count;\n"
            "    update " +
            q +
            "outreach_queue set status = 'expired'\n"
            "        where status in ('pending', 'scheduled') and expires_at <= now();\n"
            "    return pairs + signals;\n"
            "end\n",
        "service_role");
    // Row level security is what keeps a user from counting another's rows.
    out += function_ddl(q, "get_pending_outreach_count(p_user_id uuid)", "uuid",
                        "returns integer language sql stable security invoker",
                        "    select count(*)::integer from " + q +
                            "outreach_queue\n"
                            "        where target_user_id = p_user_id\n"
                            "            and status in ('pending', 'scheduled', 'delivered')\n"
                            "            and (expires_at is null or expires_at > now())\n",
                        "authenticated, service_role");
    // Days of 24 hours, so that the answer does not hang on the session's time zone; beyond the
    // first year that an instant can have, every row counts.
    out += function_ddl(
        q,
        "has_recent_outreach(p_target_user_id uuid, p_source_id text, p_type text, "
        "p_lookback_days integer default 30)",
        "uuid, text, text, integer", "returns boolean language plpgsql stable security invoker",
        "begin\n"
        "    if p_lookback_days is null or p_lookback_days < 0 then\n"
        "        raise exception 'p_lookback_days: got %, expected a number of days >= 0',\n"
        "            coalesce(p_lookback_days::text, 'NULL') using errcode = '22023';\n"
        "    end if;\n"
        "    return exists (select from " +
            q +
            "outreach_history\n"
            "        where target_user_id = p_target_user_id and source_id = p_source_id\n"
            "            and type = p_type\n"
            "            and sent_at >= case when p_lookback_days > 1000000 then '-infinity'\n"
            "                else now() - make_interval(hours => 24 * p_lookback_days) end);\n"
            "end\n",
        "authenticated, service_role");
    return out;
}

/// updated_at: the clock's where an update leaves it out, the statement's where it says it, even
/// if that is the instant the row already has. Two triggers, because one alone cannot tell these
/// apart; they run in the order of their names.
[[nodiscard]] inline std::string updated_at_ddl(std::string const& q) {
    std::string out =
        function_ddl(q, "outreach_updated_at_said()", "", "returns trigger language plpgsql",
                     "begin\n"
                     "    new.updated_at := '-infinity';\n"
                     "    return new;\n"
                     "end\n",
                     "") +
        function_ddl(q, "outreach_updated_at_kept()", "", "returns trigger language plpgsql",
                     "begin\n"
                     "    if new.updated_at = '-infinity' then\n"
                     "        new.updated_at := old.updated_at;\n"
                     "    elsif new.updated_at = old.updated_at then\n"
                     "        new.updated_at := now();\n"
                     "    end if;\n"
                     "    return new;\n"
                     "end\n",
                     "");
    schema::for_each_table([&]<class Row>(std::type_identity<Row>) {
        bool has = false;
        for (auto const& c : schema::columns_of<Row>()) has = has || c.name == "updated_at";
        if (!has) return;
        auto const table = q + std::string(schema::table<Row>::name);
        out += "create or replace trigger updated_at_1_said before update of updated_at on " +
               table +
               "\n    for each row when (new.updated_at = old.updated_at) execute function " + q +
               "outreach_updated_at_said();\n"
               "create or replace trigger updated_at_2_kept before update on " +
               table + "\n    for each row execute function " + q + "outreach_updated_at_kept();\n";
    });
    return out + "\n";
}

/// Deleting a user takes the user's cache rows along; the foreign keys do it for the other tables.
[[nodiscard]] inline std::string forget_user_ddl(std::string const& q, std::string const& schema) {
    // One trigger a schema on the shared auth.users; PostgreSQL keeps 63 bytes of a name.
    auto const name = quote_identifier(("forget_outreach_" + schema).substr(0, 63));
    return function_ddl(q, "outreach_forget_user()", "",
                        "returns trigger language plpgsql security definer",
                        "begin\n"
                        "    delete from " +
                            q +
                            "compatibility_cache\n"
                            "        where (source_type = 'user' and source_id = old.id::text)\n"
                            "            or (target_type = 'user' and target_id = old.id::text);\n"
                            "    delete from " +
                            q +
                            "predictive_signals_cache\n"
                            "        where entity_type = 'user' and entity_id = old.id::text;\n"
                            "    return null;\n"
                            "end\n",
                        "") +
           "create or replace trigger " + name +
           " after delete on auth.users\n    for each row execute function " + q +
           "outreach_forget_user();\n";
}

} // namespace detail

/// The migration: tables, checks, keys and indexes; for PostgreSQL also row level security, grants,
/// policies, functions and triggers. One transaction; a second run changes nothing.
///
/// PostgreSQL needs version 15, no extension, and Supabase's roles, auth.users and auth.uid() (or
/// `with_auth`). SQLite needs 3.37 and its JSON functions: STRICT tables, the same checks and keys;
/// no foreign key to users, no roles, no functions, no trigger (updated_at is what the statements
/// say). Throws invalid_argument for a schema that is no identifier, and in SQLite for one it
/// cannot have.
[[nodiscard]] inline std::string ddl(dialect d, ddl_options const& options = {}) {
    std::string out = "begin;\n\n";
    if (d == dialect::sqlite) {
        if (options.schema != "public" && options.schema != "main") {
            WEFT_THROW(invalid_argument("schema", "\"" + options.schema.substr(0, 64) + "\"",
                                        "\"public\" or \"main\": SQLite has no schemas"));
        }
        schema::for_each_table(
            [&]<class Row>(std::type_identity<Row>) { out += detail::table_ddl<Row>(d, ""); });
        return out + "commit;\n";
    }
    bool const in_public = options.schema == "public";
    auto const name = in_public ? std::string("public") : quote_identifier(options.schema);
    auto const qualified = name + ".";
    if (options.with_auth) out += detail::auth_ddl();
    if (!in_public) out += "create schema if not exists " + name + ";\n";
    out += "grant usage on schema " + name + " to anon, authenticated, service_role;\n\n";
    schema::for_each_table(
        [&]<class Row>(std::type_identity<Row>) { out += detail::table_ddl<Row>(d, qualified); });
    schema::for_each_table(
        [&]<class Row>(std::type_identity<Row>) { out += detail::access_ddl<Row>(qualified); });
    out += detail::functions_ddl(qualified);
    out += detail::updated_at_ddl(qualified);
    out += detail::forget_user_ddl(qualified, options.schema);
    return out + "\ncommit;\n";
}

} // namespace weft::inline v0::sql
