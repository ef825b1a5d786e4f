#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

#include "weft/core/number.hpp"
#include "weft/schema/tables.hpp"
#include "weft/sql/dialect.hpp"
#include "weft/sql/statement.hpp"

/// The pieces that migrations are put together from, derived from the descriptors in weft/schema.
namespace weft::inline v0::sql {

namespace detail {

/// Where the tables go, and what they may have there.
struct ddl_form {
    std::string schema = "public";  ///< the name as it is
    std::string prefix = "public."; ///< quoted, with the point; empty in SQLite
    /// What a cluster of Citus takes: no triggers, no foreign keys, no sub-selects in policies, and
    /// the distribution column in each primary key.
    bool citus = false;
    /// As temporary tables that a database is compared with: no foreign keys.
    bool reference = false;

    [[nodiscard]] bool foreign_keys() const { return !citus && !reference; }
};

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

/// A column as create table and alter table write it.
[[nodiscard]] inline std::string column_ddl(std::string const& table, schema::column_info const& c,
                                            bool is_key, dialect d, ddl_form const& form) {
    bool const postgres = d == dialect::postgres;
    auto out = std::string(c.name) + " " + std::string(type_text(c.type, d));
    if (c.not_null) out += " not null";
    if (c.has_default()) {
        bool const call = c.default_kind == schema::column_default::random_uuid ||
                          c.default_kind == schema::column_default::now;
        auto const text = default_text(c, d);
        out += !postgres && call ? " default (" + text + ")" : " default " + text;
    }
    if (is_key) out += " primary key";
    if (postgres && c.references_user && form.foreign_keys()) {
        out += " references auth.users (id) on delete cascade";
    }
    if (auto const check = check_text(c, d); !check.empty()) {
        out += "\n        constraint " + table + "_" + std::string(c.name) + "_check check (" +
               check + ")";
    }
    return out;
}

[[nodiscard]] inline std::string index_ddl(std::string const& table, schema::index const& each,
                                           dialect d, ddl_form const& form) {
    if (each.method == schema::index_method::gin && d == dialect::sqlite) return {};
    auto out = "create index if not exists " + std::string(each.name) + " on " + form.prefix +
               table + method_text(each.method, d) + " (" + std::string(each.keys) + ")";
    if (!each.where.empty()) out += " where " + std::string(each.where);
    return out + ";\n";
}

/// A table with its keys and indexes, as version 1 of the migration had them.
template <class Row>
[[nodiscard]] std::string table_ddl(dialect d, ddl_form const& form) {
    using traits = schema::table<Row>;
    bool const postgres = d == dialect::postgres;
    bool const distributed = form.citus && !traits::distribution.empty();
    std::string const name(traits::name);
    std::string out = "create table if not exists " + form.prefix + name + " (\n";
    for (auto const& c : schema::columns_of<Row>()) {
        if (c.since > 1) continue;
        out += "    " + column_ddl(name, c, c.name == "id" && !distributed, d, form) + ",\n";
    }
    if (distributed) out += "    primary key (" + std::string(traits::distribution) + ", id),\n";
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
        out += "create unique index if not exists " + std::string(key.name) + " on " + form.prefix +
               name + " (" + std::string(postgres ? key.postgres : key.sqlite) + ");\n";
    }
    for (auto const& each : traits::indexes) {
        if (each.since == 1) out += index_ddl(name, each, d, form);
    }
    return out + "\n";
}

/// Whether `version` of the migration lets users see a column that was there before.
[[nodiscard]] inline bool shows_users(schema::column_info const& c, std::int32_t version) {
    return !c.hidden_from_users && c.since < version && c.shown_since == version;
}

/// The columns and indexes that `version` of the migration brought to a table that is there.
template <class Row>
[[nodiscard]] std::string added_ddl(std::int32_t version, dialect d, ddl_form const& form) {
    using traits = schema::table<Row>;
    std::string const name(traits::name);
    std::string out;
    for (auto const& c : schema::columns_of<Row>()) {
        if (d == dialect::postgres && shows_users(c, version)) {
            out += "grant select (" + std::string(c.name) + ") on table " + form.prefix + name +
                   " to authenticated;\n";
        }
        if (c.since != version) continue;
        // SQLite has no `if not exists` here; the migration's own version keeps it to one run.
        out += "alter table " + form.prefix + name + " add column " +
               (d == dialect::postgres ? "if not exists " : "") +
               column_ddl(name, c, false, d, form) + ";\n";
        if (d == dialect::postgres && !traits::access.visible.empty()) {
            if (!c.hidden_from_users) {
                out += "grant select (" + std::string(c.name) + ") on table " + form.prefix + name +
                       " to authenticated;\n";
            }
            if (c.updated_by_users) {
                out += "grant update (" + std::string(c.name) + ") on table " + form.prefix + name +
                       " to authenticated;\n";
            }
        }
    }
    for (auto const& each : traits::indexes) {
        if (each.since == version) out += index_ddl(name, each, d, form);
    }
    return out;
}

/// Takes back what added_ddl made.
template <class Row>
[[nodiscard]] std::string removed_ddl(std::int32_t version, dialect d, ddl_form const& form) {
    using traits = schema::table<Row>;
    std::string out;
    for (auto const& each : traits::indexes) {
        if (each.since != version) continue;
        if (each.method == schema::index_method::gin && d == dialect::sqlite) continue;
        out += "drop index if exists " + form.prefix + std::string(each.name) + ";\n";
    }
    for (auto const& c : schema::columns_of<Row>()) {
        if (d == dialect::postgres && shows_users(c, version)) {
            out += "revoke select (" + std::string(c.name) + ") on table " + form.prefix +
                   std::string(traits::name) + " from authenticated;\n";
        }
        if (c.since != version) continue;
        out += "alter table " + form.prefix + std::string(traits::name) + " drop column " +
               (d == dialect::postgres ? "if exists " : "") + std::string(c.name) + ";\n";
    }
    return out;
}

/// What the catalogue tells about a table and its columns.
template <class Row>
[[nodiscard]] std::string comments_ddl(ddl_form const& form, bool removed) {
    using traits = schema::table<Row>;
    auto const table = form.prefix + std::string(traits::name);
    auto const text = [&](std::string_view comment) {
        return removed ? std::string("null") : quote_literal(comment, dialect::postgres);
    };
    auto out = "comment on table " + table + " is " + text(traits::comment) + ";\n";
    for (auto const& c : schema::columns_of<Row>()) {
        if (c.comment.empty() || (removed && c.since > 1)) continue;
        out += "comment on column " + table + "." + std::string(c.name) + " is " + text(c.comment) +
               ";\n";
    }
    return out;
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
[[nodiscard]] std::string access_ddl(ddl_form const& form) {
    using traits = schema::table<Row>;
    // In a sub-select it is asked once a statement, not once a row; Citus takes none.
    std::string_view const uid = form.citus ? "auth.uid()" : "(select auth.uid())";
    auto const& access = traits::access;
    std::string const name(traits::name);
    auto const table = form.prefix + name;
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
            if (c.since > 1) continue;
            bool const hidden = c.hidden_from_users || c.shown_since > 1;
            hides = hides || hidden;
            if (!hidden) shown += (shown.empty() ? "" : ", ") + std::string(c.name);
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

/// The three functions of the schema.
[[nodiscard]] inline std::string functions_ddl(ddl_form const& form) {
    auto const& q = form.prefix;
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
            q + "outreach_queue set status = 'expired'" +
            (form.citus ? ", updated_at = now()" : "") +
            "\n"
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

/// One trigger a schema on the shared auth.users; PostgreSQL keeps 63 bytes of a name. Of a longer
/// one the beginning stays, as whole characters, and a hash (FNV-1a) tells it from others.
[[nodiscard]] inline std::string forget_user_name(std::string const& schema) {
    auto name = "forget_outreach_" + schema;
    if (name.size() <= 63) return name;
    std::uint64_t hash = 0xcbf29ce484222325U;
    for (char const c : schema) {
        hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
    }
    std::size_t keep = 63 - 17;
    while ((static_cast<unsigned char>(name[keep]) & 0xc0U) == 0x80U) --keep;
    name.resize(keep);
    name += '_';
    for (unsigned shift = 64; shift > 0; shift -= 4) {
        name += "0123456789abcdef"[(hash >> (shift - 4)) & 15U];
    }
    return name;
}

[[nodiscard]] inline std::string forget_user_trigger(ddl_form const& form) {
    return quote_identifier(forget_user_name(form.schema));
}

/// Deleting a user takes the user's cache rows along; the foreign keys do it for the other tables.
[[nodiscard]] inline std::string forget_user_ddl(ddl_form const& form) {
    auto const& q = form.prefix;
    auto const function = function_ddl(
        q, "outreach_forget_user()", "", "returns trigger language plpgsql security definer",
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
        "");
    if (form.reference) return function;
    return function + "create or replace trigger " + forget_user_trigger(form) +
           " after delete on auth.users\n    for each row execute function " + q +
           "outreach_forget_user();\n";
}

/// Whether outreach may be queued, under a lock. Version 2 refused REPEATABLE READ alone; but
/// beside a session under READ COMMITTED, which conflict detection leaves out, SERIALIZABLE looks
/// at the past as well.
[[nodiscard]] inline std::string may_be_queued_ddl(std::int32_t version, ddl_form const& form) {
    auto const& q = form.prefix;
    std::string const refused =
        version < 3
            ? "    if current_setting('transaction_isolation') = 'repeatable read' then\n"
              "        raise exception 'under REPEATABLE READ what others queued meanwhile cannot "
              "be seen'\n"
            : "    if current_setting('transaction_isolation') in ('repeatable read', "
              "'serializable') then\n"
              "        raise exception 'what others queued meanwhile can be seen under READ "
              "COMMITTED only'\n";
    // A lock first, then a look: under READ COMMITTED each statement of a volatile function sees
    // what was committed before it.
    return function_ddl(
        q,
        "outreach_may_be_queued(p_target_user_id uuid, p_source_id text, p_type text, "
        "p_lookback_days integer default 30, p_now timestamp with time zone default now())",
        "uuid, text, text, integer, timestamp with time zone",
        "returns boolean language plpgsql volatile security invoker",
        "begin\n"
        "    if p_lookback_days is null or p_lookback_days < 0 then\n"
        "        raise exception 'p_lookback_days: got %, expected a number of days >= 0',\n"
        "            coalesce(p_lookback_days::text, 'NULL') using errcode = '22023';\n"
        "    end if;\n" +
            refused +
            "            using errcode = '25001';\n"
            "    end if;\n"
            "    perform pg_advisory_xact_lock(hashtextextended(\n"
            "        p_target_user_id::text || ' ' || p_type || ' ' || p_source_id, 7765));\n"
            "    return not exists (select from " +
            q +
            "outreach_queue\n"
            "            where target_user_id = p_target_user_id and source_id = p_source_id\n"
            "                and type = p_type\n"
            "                and status in ('pending', 'scheduled', 'delivered', 'seen')\n"
            "                and (expires_at is null or expires_at > p_now))\n"
            "        and not exists (select from " +
            q +
            "outreach_history\n"
            "            where target_user_id = p_target_user_id and source_id = p_source_id\n"
            "                and type = p_type\n"
            "                and sent_at >= case when p_lookback_days > 1000000 then '-infinity'\n"
            "                    else p_now - make_interval(hours => 24 * p_lookback_days) end);\n"
            "end\n",
        "service_role");
}

/// The functions of version 2: queueing once, upkeep in bounded steps, and the version itself.
[[nodiscard]] inline std::string upkeep_ddl(ddl_form const& form) {
    auto const& q = form.prefix;
    auto out = may_be_queued_ddl(2, form);
    auto const limit_check = std::string("    if p_limit is null or p_limit < 1 then\n"
                                         "        raise exception 'p_limit: got %, expected at "
                                         "least 1',\n"
                                         "            coalesce(p_limit::text, 'NULL') using "
                                         "errcode = '22023';\n"
                                         "    end if;\n");
    // Rows that somebody else holds are left for the next time.
    auto const batch = [&](std::string const& table, std::string const& where) {
        return "array(select id from " + q + table + "\n            where " + where +
               "\n            limit p_limit for update skip locked)";
    };
    auto const counted = std::string("    get diagnostics step = row_count;\n"
                                     "    total := total + step;\n");
    auto const removed = [&](std::string const& table, std::string const& where) {
        return "    delete from " + q + table + " where id = any (" + batch(table, where) + ");\n" +
               counted;
    };
    out += function_ddl(
        q, "cleanup_outreach_batch(p_limit integer default 1000)", "integer",
        "returns integer language plpgsql volatile security invoker",
        "declare\n"
        "    step integer;\n"
        "    total integer := 0;\n"
        "begin\n" +
            limit_check + removed("compatibility_cache", "expires_at <= now()") +
            removed("predictive_signals_cache", "expires_at <= now()") + "    update " + q +
            "outreach_queue set status = 'expired' where id = any (" +
            batch("outreach_queue", "status in ('pending', 'scheduled') and expires_at <= now()") +
            ");\n" + counted +
            "    return total;\n"
            "end\n",
        "service_role");
    out += function_ddl(
        q,
        "retain_outreach(p_history_days integer default 365, p_queue_days integer default 90, "
        "p_job_days integer default 30, p_limit integer default 1000)",
        "integer, integer, integer, integer",
        "returns integer language plpgsql volatile security invoker",
        "declare\n"
        "    step integer;\n"
        "    total integer := 0;\n"
        "begin\n" +
            limit_check +
            "    if coalesce(p_history_days, -1) < 30 or coalesce(p_queue_days, -1) < 1\n"
            "            or coalesce(p_job_days, -1) < 1\n"
            "            or greatest(p_history_days, p_queue_days, p_job_days) > 1000000 then\n"
            "        raise exception 'days to keep: expected history >= 30 (cooldowns look that "
            "far back), queue and jobs >= 1, at most 1000000'\n"
            "            using errcode = '22023';\n"
            "    end if;\n" +
            removed("outreach_history",
                    "sent_at < now() - make_interval(hours => 24 * p_history_days)") +
            removed("outreach_queue",
                    "status in ('accepted', 'rejected', 'ignored', 'expired')\n"
                    "                and updated_at < now() - make_interval(hours => 24 * "
                    "p_queue_days)") +
            removed("outreach_processing_jobs",
                    "status in ('completed', 'failed', 'cancelled')\n"
                    "                and updated_at < now() - make_interval(hours => 24 * "
                    "p_job_days)") +
            "    return total;\n"
            "end\n",
        "service_role");
    return out;
}

/// `outreach_schema_version()`: which version of the migration a database has.
[[nodiscard]] inline std::string version_ddl(std::int32_t version, dialect d,
                                             ddl_form const& form) {
    auto const number = weft::to_text(version);
    if (d == dialect::sqlite) {
        return "drop view if exists outreach_schema_version;\n"
               "create view outreach_schema_version as select " +
               number + " as version;\n";
    }
    return function_ddl(form.prefix, "outreach_schema_version()", "",
                        "returns integer language sql immutable security invoker",
                        "    select " + number + "\n", "service_role");
}

} // namespace detail

} // namespace weft::inline v0::sql
