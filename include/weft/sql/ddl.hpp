#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "weft/core/error.hpp"
#include "weft/core/number.hpp"
#include "weft/schema/tables.hpp"
#include "weft/sql/dialect.hpp"
#include "weft/sql/pieces.hpp"
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
    /// For a cluster of Citus 12 (the extension has to be there): tables distributed by user,
    /// source or entity, jobs on every node; no triggers and no foreign keys to users, because it
    /// takes neither. See docs/sql.md.
    bool citus = false;
};

/// The version of the migration that these headers make.
inline constexpr std::int32_t schema_version = 3;

/// One step of the migration: `up` takes a database from the version before to this one, `down`
/// takes it back. Each is one transaction. A step that was released does not change any more.
struct migration_step {
    std::int32_t version;
    std::string_view name;
    std::string up;
    std::string down; ///< version 1: the tables and all that is in them go
};

namespace detail {

[[nodiscard]] inline ddl_form form_of(dialect d, ddl_options const& options) {
    ddl_form form;
    form.schema = options.schema;
    form.citus = options.citus;
    if (d == dialect::sqlite) {
        if (options.schema != "public" && options.schema != "main") {
            WEFT_THROW(invalid_argument("schema", "\"" + options.schema.substr(0, 64) + "\"",
                                        "\"public\" or \"main\": SQLite has no schemas"));
        }
        if (options.citus) {
            WEFT_THROW(
                invalid_argument("citus", "true", "false: it is an extension of PostgreSQL"));
        }
        form.prefix.clear();
        return form;
    }
    form.prefix =
        (options.schema == "public" ? std::string("public") : quote_identifier(options.schema)) +
        ".";
    return form;
}

/// The tables' distribution over the nodes of a cluster, once.
[[nodiscard]] inline std::string distribution_ddl(ddl_form const& form) {
    std::string out;
    schema::for_each_table([&]<class Row>(std::type_identity<Row>) {
        using traits = schema::table<Row>;
        auto const table =
            quote_literal(form.prefix + std::string(traits::name), dialect::postgres);
        out += "do $weft$ begin\n"
               "    if not exists (select from pg_catalog.pg_dist_partition\n"
               "            where logicalrelid = " +
               table + "::regclass) then\n        perform ";
        out += traits::distribution.empty()
                   ? "create_reference_table(" + table + ")"
                   : "create_distributed_table(" + table + ", " +
                         quote_literal(traits::distribution, dialect::postgres) + ")";
        out += ";\n    end if;\nend $weft$;\n";
    });
    return out + "\n";
}

/// Version 1, without the transaction around it.
[[nodiscard]] inline std::string first_ddl(dialect d, ddl_options const& options,
                                           ddl_form const& form) {
    std::string out;
    auto const tables = [&] {
        schema::for_each_table(
            [&]<class Row>(std::type_identity<Row>) { out += table_ddl<Row>(d, form); });
    };
    if (d == dialect::sqlite) {
        tables();
        return out;
    }
    if (options.with_auth) out += auth_ddl();
    if (!form.reference) {
        auto const name = form.prefix.substr(0, form.prefix.size() - 1);
        if (form.schema != "public") out += "create schema if not exists " + name + ";\n";
        out += "grant usage on schema " + name + " to anon, authenticated, service_role;\n\n";
    }
    tables();
    schema::for_each_table(
        [&]<class Row>(std::type_identity<Row>) { out += access_ddl<Row>(form); });
    out += functions_ddl(form);
    if (form.citus) return out + distribution_ddl(form);
    out += updated_at_ddl(form.prefix);
    out += forget_user_ddl(form);
    return out + "\n";
}

[[nodiscard]] inline std::string drop_function(ddl_form const& form, std::string_view signature) {
    return "drop function if exists " + form.prefix + std::string(signature) + ";\n";
}

[[nodiscard]] inline std::string first_undone(dialect d, ddl_form const& form) {
    std::string out;
    bool const postgres = d == dialect::postgres;
    if (postgres && !form.citus) {
        out += "drop trigger if exists " + forget_user_trigger(form) + " on auth.users;\n";
    }
    schema::for_each_table([&]<class Row>(std::type_identity<Row>) {
        out +=
            "drop table if exists " + form.prefix + std::string(schema::table<Row>::name) + ";\n";
    });
    if (!postgres) return out;
    for (std::string_view const signature :
         {"cleanup_expired_outreach_cache()", "get_pending_outreach_count(uuid)",
          "has_recent_outreach(uuid, text, text, integer)", "outreach_updated_at_said()",
          "outreach_updated_at_kept()", "outreach_forget_user()"}) {
        out += drop_function(form, signature);
    }
    return out;
}

[[nodiscard]] inline std::string second_ddl(dialect d, ddl_form const& form) {
    std::string out;
    schema::for_each_table(
        [&]<class Row>(std::type_identity<Row>) { out += added_ddl<Row>(2, d, form); });
    out += "\n";
    if (d == dialect::postgres) {
        // Citus cannot lock rows of a sub-select that is spread over nodes.
        if (!form.citus) out += upkeep_ddl(form);
        schema::for_each_table(
            [&]<class Row>(std::type_identity<Row>) { out += comments_ddl<Row>(form, false); });
        out += "\n";
    }
    return out + version_ddl(2, d, form) + "\n";
}

[[nodiscard]] inline std::string second_undone(dialect d, ddl_form const& form) {
    std::string out;
    schema::for_each_table(
        [&]<class Row>(std::type_identity<Row>) { out += removed_ddl<Row>(2, d, form); });
    if (d == dialect::sqlite) return out + "drop view if exists outreach_schema_version;\n";
    for (std::string_view const signature :
         {"outreach_may_be_queued(uuid, text, text, integer, timestamp with time zone)",
          "cleanup_outreach_batch(integer)", "retain_outreach(integer, integer, integer, integer)",
          "outreach_schema_version()"}) {
        out += drop_function(form, signature);
    }
    schema::for_each_table(
        [&]<class Row>(std::type_identity<Row>) { out += comments_ddl<Row>(form, true); });
    return out;
}

/// Queueing once is for READ COMMITTED alone.
[[nodiscard]] inline std::string third_ddl(dialect d, ddl_form const& form) {
    bool const queues = d == dialect::postgres && !form.citus;
    return (queues ? may_be_queued_ddl(3, form) : std::string()) + version_ddl(3, d, form) + "\n";
}

[[nodiscard]] inline std::string third_undone(dialect d, ddl_form const& form) {
    bool const queues = d == dialect::postgres && !form.citus;
    return (queues ? may_be_queued_ddl(2, form) : std::string()) + version_ddl(2, d, form);
}

/// One step, whose text was released so.
[[nodiscard]] inline std::string in_transaction(std::string const& script) {
    return "begin;\n\n" + script + "commit;\n";
}

/// Several steps. Two runs at once wait for each other: PostgreSQL would refuse one of them
/// ("tuple concurrently updated"), SQLite would not wait for a writer that came between.
[[nodiscard]] inline std::string whole(dialect d, std::string const& script) {
    return std::string(d == dialect::sqlite
                           ? "begin immediate;\n\n"
                           : "begin;\ndo $weft$ begin\n    perform pg_advisory_xact_lock("
                             "hashtextextended('weft migration', 7765));\nend $weft$;\n\n") +
           script + "commit;\n";
}

} // namespace detail

/// All steps of the migration, the first one first. Errors as ddl.
[[nodiscard]] inline std::vector<migration_step> migration_steps(dialect d,
                                                                 ddl_options const& options = {}) {
    auto const form = detail::form_of(d, options);
    return {{1, "outreach", detail::in_transaction(detail::first_ddl(d, options, form)),
             detail::in_transaction(detail::first_undone(d, form))},
            {2, "upkeep", detail::in_transaction(detail::second_ddl(d, form)),
             detail::in_transaction(detail::second_undone(d, form))},
            {3, "queue_once", detail::in_transaction(detail::third_ddl(d, form)),
             detail::in_transaction(detail::third_undone(d, form))}};
}

/// The whole migration: tables, checks, keys, indexes and the version; for PostgreSQL also row
/// level security, grants, policies, functions, triggers and comments. One transaction; a second
/// run changes nothing, and a run on a database of an older version brings it up to this one.
///
/// PostgreSQL needs version 15, no extension, and Supabase's roles, auth.users and auth.uid() (or
/// `with_auth`). SQLite needs 3.37 and its JSON functions: STRICT tables, the same checks and keys;
/// no foreign key to users, no roles, no functions, no trigger (updated_at is what the statements
/// say). Throws invalid_argument for a schema that is no identifier, and in SQLite for one it
/// cannot have.
[[nodiscard]] inline std::string ddl(dialect d, ddl_options const& options = {}) {
    auto const form = detail::form_of(d, options);
    return detail::whole(d, detail::first_ddl(d, options, form) + detail::second_ddl(d, form) +
                                detail::third_ddl(d, form));
}

/// The steps that lead from `version` (0: nothing is there) to the present one, in one transaction.
/// Throws invalid_argument for a version that these headers do not know.
[[nodiscard]] inline std::string upgrade(std::int32_t version, dialect d,
                                         ddl_options const& options = {}) {
    if (version < 0 || version > schema_version) {
        WEFT_THROW(invalid_argument("version", weft::to_text(version),
                                    "0 to " + weft::to_text(schema_version)));
    }
    auto const form = detail::form_of(d, options);
    std::string out;
    if (version < 1) out += detail::first_ddl(d, options, form);
    if (version < 2) out += detail::second_ddl(d, form);
    if (version < 3) out += detail::third_ddl(d, form);
    return detail::whole(d, out);
}

/// A query for the version that a database has, one row with one integer: 0 where the tables are
/// not there.
[[nodiscard]] inline statement installed_version(dialect d, ddl_options const& options = {}) {
    auto const form = detail::form_of(d, options);
    if (d == dialect::sqlite) {
        return {"select case when not exists (select 1 from sqlite_schema where name = "
                "'outreach_queue') then 0 else coalesce((select cast(substr(sql, instr(sql, "
                "'select ') + 7) as integer) from sqlite_schema where name = "
                "'outreach_schema_version'), 1) end as version",
                {}};
    }
    return {"select case when to_regclass($1::text || 'outreach_queue') is null then 0 else "
            "coalesce((select (regexp_match(prosrc, '[0-9]+'))[1]::integer from pg_catalog.pg_proc "
            "where oid = to_regprocedure($1::text || 'outreach_schema_version()')), 1) end as "
            "version",
            {form.prefix}};
}

} // namespace weft::inline v0::sql
