#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "weft/core/error.hpp"
#include "weft/schema/tables.hpp"
#include "weft/sql/ddl.hpp"
#include "weft/sql/dialect.hpp"
#include "weft/sql/pieces.hpp"
#include "weft/sql/statement.hpp"
#include "weft/sql/value.hpp"

/// Where a live database is not what these headers say.
namespace weft::inline v0::sql {

/// One difference.
struct drift {
    std::string kind; ///< table, column, constraint, index, policy, grant, function, trigger, ...
    std::string name; ///< `table.column` and the like
    std::string expected; ///< empty: should not be there
    std::string found;    ///< empty: is not there

    [[nodiscard]] friend bool operator==(drift const&, drift const&) = default;
};

namespace detail {

using catalogue = std::map<std::pair<std::string, std::string>, std::string>;

[[nodiscard]] inline std::vector<drift> differences(catalogue const& expected,
                                                    catalogue const& found) {
    std::vector<drift> out;
    // What belongs to a table that is not there need not be told one by one.
    auto const is_lost = [&](std::string const& name) {
        auto const table = name.substr(0, name.find_first_of(". "));
        return expected.contains({"table", table}) && !found.contains({"table", table});
    };
    for (auto const& [key, text] : expected) {
        auto const live = found.find(key);
        if (live == found.end()) {
            if (key.first == "table" || !is_lost(key.second)) {
                out.push_back({key.first, key.second, text, {}});
            }
        } else if (live->second != text) {
            out.push_back({key.first, key.second, text, live->second});
        }
    }
    for (auto const& [key, text] : found) {
        if (!expected.contains(key)) out.push_back({key.first, key.second, {}, text});
    }
    return out;
}

/// The names of the schema's functions, as text literals.
[[nodiscard]] inline std::string function_names() {
    return "'cleanup_expired_outreach_cache', 'get_pending_outreach_count', "
           "'has_recent_outreach', 'outreach_updated_at_said', 'outreach_updated_at_kept', "
           "'outreach_forget_user', 'outreach_may_be_queued', 'cleanup_outreach_batch', "
           "'retain_outreach', 'outreach_schema_version'";
}

/// Everything that the catalogue says about the tables and functions, twice: in the live schema
/// ($1) and among the session's temporary tables. Roles of others are not looked at.
[[nodiscard]] inline std::string catalogue_text() {
    std::string tables;
    for (auto const name : schema::table_names) {
        if (!tables.empty()) tables += ", ";
        tables += quote_literal(name, dialect::postgres);
    }
    auto const granted = [](std::string const& rights, std::string const& name) {
        return "select reference, 'grant', " + name +
               " || ' to ' || coalesce(roles.rolname::text, 'public'), string_agg(lower("
               "acl.privilege_type) || case when acl.is_grantable then ' with grant option' else "
               "'' "
               "end, ', ' order by acl.privilege_type) from " +
               rights +
               " left join pg_catalog.pg_roles as roles on roles.oid = acl.grantee where "
               "acl.grantee <> owner and (acl.grantee = 0 or roles.rolname in ('anon', "
               "'authenticated', 'service_role'))";
    };
    return "with spaces as (select to_regnamespace($1::text)::oid as oid, false as reference union "
           "all select pg_my_temp_schema(), true), tables as (select spaces.reference, live.oid, "
           "live.relname::text as name, live.relowner as owner, live.relacl, live.relrowsecurity, "
           "live.relforcerowsecurity, live.relpersistence from pg_catalog.pg_class as live join "
           "spaces on spaces.oid = "
           "live.relnamespace where live.relkind in ('r', 'p') and live.relname in (" +
           tables +
           ")), columns as (select tables.reference, tables.name || '.' || c.attname as name, "
           "tables.owner, c.attrelid, c.attnum, c.atttypid, c.atttypmod, c.attnotnull, c.attacl, "
           "c.attcollation "
           "from tables join pg_catalog.pg_attribute as c on c.attrelid = tables.oid and c.attnum "
           "> 0 and not c.attisdropped), functions as (select spaces.reference, f.oid, f.proname "
           "|| '(' || pg_get_function_identity_arguments(f.oid) || ')' as name, f.proowner as "
           "owner, f.proacl, f.prorettype, f.prolang, f.prosecdef, f.proisstrict, f.provolatile, "
           "f.proconfig, "
           "f.prosrc, pg_get_function_arguments(f.oid) as arguments from pg_catalog.pg_proc as f "
           "join spaces on spaces.oid = f.pronamespace where f.proname in (" +
           function_names() +
           ")) select reference, 'table' as kind, name, case when relrowsecurity then 'row level "
           "security' else 'no row level security' end || case when relforcerowsecurity then ', "
           "forced' else '' end || case relpersistence when 'u' then ', unlogged' else '' end || "
           "case "
           "when exists (select from pg_catalog.pg_inherits as h where tables.oid in (h.inhparent, "
           "h.inhrelid)) then ', inheriting' else '' end as definition from tables union all "
           "select "
           "reference, 'rule', name || '.' || r.rulename, pg_get_ruledef(r.oid) from tables join "
           "pg_catalog.pg_rewrite as r on r.ev_class = tables.oid union all select reference, "
           "'column', "
           "name, format_type(atttypid, atttypmod) || coalesce((select ' collate ' || "
           "quote_ident(l.collname) from pg_catalog.pg_collation as l where l.oid = attcollation "
           "and "
           "l.collname <> 'default'), '') || case when attnotnull then ' not null' else "
           "'' end || coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '') from columns "
           "left join pg_catalog.pg_attrdef as d on d.adrelid = attrelid and d.adnum = attnum "
           "union all select reference, 'comment', name, obj_description(oid, 'pg_class') from "
           "tables where obj_description(oid, 'pg_class') is not null union all select reference, "
           "'comment', name, col_description(attrelid, attnum) from columns where "
           "col_description(attrelid, attnum) is not null union all select reference, "
           "'constraint', name || '.' || c.conname, pg_get_constraintdef(c.oid) || case when "
           "c.convalidated then '' else ' not validated' end from tables join "
           "pg_catalog.pg_constraint as c on c.conrelid = tables.oid and c.contype in ('c', 'p', "
           "'u', 'f', 'x') union all select reference, 'index', name || '.' || "
           "i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) || case when i.indisvalid "
           "then '' else ' invalid' end from tables join pg_catalog.pg_index as i on i.indrelid = "
           "tables.oid union all select reference, 'policy', name || '.' || p.polname, case when "
           "p.polpermissive then 'permissive' else 'restrictive' end || ' ' || p.polcmd::text || "
           "' to ' || (select string_agg(coalesce(r.rolname::text, 'public'), ', ' order by "
           "r.rolname) from unnest(p.polroles) as role_id left join pg_catalog.pg_roles as r on "
           "r.oid = role_id) || coalesce(' using ' || pg_get_expr(p.polqual, p.polrelid), '') || "
           "coalesce(' with check ' || pg_get_expr(p.polwithcheck, p.polrelid), '') from tables "
           "join pg_catalog.pg_policy as p on p.polrelid = tables.oid union all select reference, "
           "'trigger', name || '.' || t.tgname, pg_get_triggerdef(t.oid) || case t.tgenabled when "
           "'O' then '' else ' disabled' end from tables join pg_catalog.pg_trigger as t on "
           "t.tgrelid = tables.oid and not t.tgisinternal union all select false, 'trigger', "
           "'auth.users.' || t.tgname, pg_get_triggerdef(t.oid) || case t.tgenabled when 'O' then "
           "'' else ' disabled' end from pg_catalog.pg_trigger as t where t.tgrelid = "
           "to_regclass('auth.users') and t.tgname = $2::text union all select reference, "
           "'function', name, arguments || ' returns ' || prorettype::regtype::text || ' ' || "
           "l.lanname || ' ' || provolatile::text || case when prosecdef then ' security definer' "
           "else '' end || case when proisstrict then ' strict' else '' end || coalesce(' ' || "
           "proconfig::text, '') || ' as ' || prosrc from functions "
           "join pg_catalog.pg_language as l on l.oid = prolang union all " +
           granted("tables cross join lateral aclexplode(coalesce(relacl, acldefault('r', owner))) "
                   "as acl",
                   "name") +
           " group by reference, name, roles.rolname union all " +
           granted("columns cross join lateral aclexplode(attacl) as acl", "name") +
           " group by reference, name, roles.rolname union all " +
           granted("functions cross join lateral aclexplode(coalesce(proacl, acldefault('f', "
                   "owner))) as acl",
                   "name") +
           // Supabase's default privileges give the service what it needs no right for.
           " and not (prorettype = 'trigger'::regtype and roles.rolname = 'service_role') group by "
           "reference, name, roles.rolname";
}

/// The texts without the names of the schemas in which the two sides lie.
[[nodiscard]] inline std::string without_schema(std::string text, std::string const& schema,
                                                bool reference) {
    if (!reference) {
        text = replaced(text, quote_identifier(schema) + ".", "");
        return replaced(text, schema + ".", "");
    }
    // Temporary schemas are numbered.
    std::string out;
    constexpr std::string_view name = "pg_temp";
    for (std::size_t at = 0; at < text.size();) {
        if (text.compare(at, name.size(), name) == 0) {
            auto end = at + name.size();
            while (end < text.size() &&
                   (text[end] == '_' || (text[end] >= '0' && text[end] <= '9'))) {
                ++end;
            }
            if (end < text.size() && text[end] == '.') {
                at = end + 1;
                continue;
            }
        }
        out += text[at++];
    }
    return out;
}

template <class Connection>
[[nodiscard]] std::vector<drift> find_postgres_drift(Connection& connection,
                                                     ddl_options const& options) {
    if constexpr (requires { connection.in_transaction(); }) {
        if (connection.in_transaction()) {
            WEFT_THROW(sql_error("find_drift needs a transaction of its own", "25001", ""));
        }
    }
    auto live = form_of(dialect::postgres, options);
    auto form = live;
    form.reference = true;
    form.prefix = "pg_temp.";
    auto plain = options;
    plain.with_auth = false;
    catalogue expected;
    catalogue found;
    connection.run_script("begin");
    try {
        connection.run_script("set local client_min_messages to warning;\n" +
                              first_ddl(dialect::postgres, plain, form) +
                              second_ddl(dialect::postgres, form) +
                              third_ddl(dialect::postgres, form));
        auto const rows = connection.query(
            {catalogue_text(),
             {quote_identifier(options.schema), forget_user_name(options.schema)}});
        for (auto const& row : rows.values) {
            bool const reference = std::get<bool>(row[0]);
            auto const text = [&](std::size_t i) {
                return without_schema(std::get<std::string>(row[i]), options.schema, reference);
            };
            (reference ? expected : found)[{text(1), text(2)}] = text(3);
        }
    } catch (...) {
        connection.run_script("rollback");
        throw;
    }
    connection.run_script("rollback");
    if (live.foreign_keys()) {
        schema::for_each_table([&]<class Row>(std::type_identity<Row>) {
            for (auto const& c : schema::columns_of<Row>()) {
                if (!c.references_user) continue;
                auto const table = std::string(schema::table<Row>::name);
                auto const name = std::string(c.name);
                expected[{"constraint", table + "." + table + "_" + name + "_fkey"}] =
                    "FOREIGN KEY (" + name + ") REFERENCES auth.users(id) ON DELETE CASCADE";
            }
        });
    }
    if (!live.citus) {
        auto const trigger = forget_user_name(options.schema);
        auto const key = std::pair<std::string, std::string>{"trigger", "auth.users." + trigger};
        auto const at = found.find(key);
        std::string const tail = " AFTER DELETE ON auth.users FOR EACH ROW EXECUTE FUNCTION "
                                 "outreach_forget_user()";
        // How the server quotes the name is its own affair.
        bool const same = at != found.end() && at->second.ends_with(tail);
        expected[key] = same ? at->second : "CREATE TRIGGER " + trigger + tail;
    }
    return differences(expected, found);
}

/// The text from the object's name on: SQLite writes the words before it anew.
[[nodiscard]] inline std::string from_name(std::string const& sql, std::string const& name) {
    auto const at = sql.find(name);
    return at == std::string::npos ? sql : sql.substr(at);
}

template <class Connection>
[[nodiscard]] std::vector<drift> find_sqlite_drift(Connection& connection,
                                                   ddl_options const& options) {
    catalogue expected;
    catalogue found;
    std::string names;
    for (auto const name : schema::table_names) {
        names += (names.empty() ? "'" : ", '") + std::string(name) + "'";
    }
    auto const script = ddl(dialect::sqlite, options);
    for (std::size_t at = 0; at < script.size();) {
        auto const end = script.find(";\n", at);
        auto sql = script.substr(at, end - at);
        at = end + 2;
        while (!sql.empty() && sql.front() == '\n') sql.erase(0, 1);
        for (std::string_view const kind : {"table", "index", "view"}) {
            for (std::string const& head :
                 {"create " + std::string(kind) + " if not exists ",
                  "create unique " + std::string(kind) + " if not exists ",
                  "create " + std::string(kind) + " "}) {
                if (!sql.starts_with(head)) continue;
                auto const rest = sql.substr(head.size());
                expected[{std::string(kind), rest.substr(0, rest.find(' '))}] = rest;
                break;
            }
        }
    }
    auto const rows = connection.query(
        {"select type, name, sql from sqlite_schema where sql is not null and (tbl_name in (" +
             names + ") or name = 'outreach_schema_version')",
         {}});
    for (auto const& row : rows.values) {
        auto const name = std::get<std::string>(row[1]);
        found[{std::get<std::string>(row[0]), name}] =
            from_name(std::get<std::string>(row[2]), name);
    }
    return differences(expected, found);
}

} // namespace detail

/// Where a live database differs from what `ddl` with these options makes: missing, changed and
/// unexpected columns, constraints, indexes, rules, policies, rights of anon, authenticated,
/// service_role and public on tables and functions, functions, triggers, comments. Empty where it
/// does not. Sorted by kind and name. Owners and rights on the schema are not looked at.
///
/// `connection` is one of weft's adapters or has their members. PostgreSQL: the server itself
/// brings both sides into one form, the headers' side as temporary tables in a transaction that is
/// rolled back; nothing of the live database is locked or changed. Needs the right to make
/// temporary tables, and a connection that is not in a transaction (25001). SQLite: reads the
/// schema's text.
template <class Connection>
[[nodiscard]] std::vector<drift> find_drift(Connection& connection,
                                            ddl_options const& options = {}) {
    if (Connection::dialect() == dialect::sqlite) {
        return detail::find_sqlite_drift(connection, options);
    }
    return detail::find_postgres_drift(connection, options);
}

} // namespace weft::inline v0::sql
