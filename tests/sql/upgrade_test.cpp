// Versions of the migration: from nothing, from a database of version 1, back again, and what
// find_drift says about each.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <type_traits>
#include <variant>
#include <vector>

#include <gtest/gtest.h>

#include "support.hpp"
#include "support/golden.hpp"
#include "support/temporary.hpp"
#include "weft/sql/bulk.hpp"
#include "weft/sql/drift.hpp"

namespace {

using namespace weft::schema;
using weft::sql::ddl;
using weft::sql::dialect;
using weft::sql::drift;
using weft::sql::find_drift;
using weft::sql::migration_steps;
using weft_test::one;
using weft_test::sample;

std::string told(std::vector<drift> const& all) {
    std::string out;
    for (auto const& d : all) {
        out += d.kind + " " + d.name + ": " +
               (d.found.empty()      ? "missing"
                : d.expected.empty() ? "unexpected"
                                     : "changed") +
               "\n";
    }
    return out;
}

template <class Connection>
std::int64_t version_of(Connection& c) {
    auto const q = weft::sql::installed_version(c.dialect());
    auto const v = one(c, q.text, q.params);
    if (auto const* n = std::get_if<std::int32_t>(&v)) return *n;
    return std::get<std::int64_t>(v);
}

std::string kept(std::string const& path) {
    std::ifstream in(std::string(WEFT_PROJECT_DIR) + "/" + path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

TEST(upgrade, a_released_step_never_changes) {
    for (auto const d : {dialect::postgres, dialect::sqlite}) {
        auto const text = migration_steps(d).at(0).up;
        EXPECT_EQ(text, kept("tests/sql/data/" + std::string(to_text(d)) + "_1.sql"));
    }
}

TEST(upgrade, steps_are_the_whole) {
    for (auto const d : {dialect::postgres, dialect::sqlite}) {
        std::string bodies;
        std::int32_t version = 0;
        for (auto const& step : migration_steps(d)) {
            EXPECT_EQ(step.version, ++version);
            bodies += step.up.substr(8, step.up.size() - 8 - 8);
        }
        EXPECT_EQ(version, weft::sql::schema_version);
        EXPECT_TRUE(ddl(d).ends_with(";\n\n" + bodies + "commit;\n"));
        EXPECT_TRUE(ddl(d).starts_with(d == dialect::sqlite ? "begin immediate;\n\n"
                                                            : "begin;\ndo $weft$ begin\n    "
                                                              "perform pg_advisory_xact_lock("));
        EXPECT_EQ(weft::sql::upgrade(0, d), ddl(d));
        auto const last = migration_steps(d).at(2).up.substr(8);
        EXPECT_TRUE(weft::sql::upgrade(1, d).ends_with(last));
        EXPECT_TRUE(weft::sql::upgrade(2, d).ends_with(";\n\n" + last));
        EXPECT_THROW((void)weft::sql::upgrade(-1, d), weft::invalid_argument);
        EXPECT_THROW((void)weft::sql::upgrade(version + 1, d), weft::invalid_argument);
    }
}

TEST(upgrade, the_files_for_supabase_are_current) {
    for (auto const& step : migration_steps(dialect::postgres)) {
        auto const name =
            "2026030100000" + weft::to_text(step.version) + "_" + std::string(step.name) + ".sql";
        weft_test::expect_golden("examples/supabase/migrations/" + name, step.up);
        weft_test::expect_golden("examples/supabase/undo/" + name, step.down);
    }
}

TEST(upgrade, a_database_of_version_1_keeps_its_rows_and_comes_back) {
    weft_test::database db;
    weft_test::postgres_connection c(db.url());
    c.run_script(weft_test::supabase());
    // Function rights: a REVOKE makes the default explicit.
    auto const names = [&] {
        std::string out;
        for (auto const& row :
             c.query({"select relname::text from pg_class where relnamespace = "
                      "'public'::regnamespace union all select proname::text from pg_proc where "
                      "pronamespace = 'public'::regnamespace union all select tgname::text from "
                      "pg_trigger where not tgisinternal order by 1",
                      {}})
                 .values) {
            out += std::get<std::string>(row[0]) + " ";
        }
        return out;
    };
    auto const nothing = names();
    EXPECT_EQ(version_of(c), 0);
    c.run_script(kept("tests/sql/data/postgres_1.sql"));
    EXPECT_EQ(version_of(c), 1);
    auto const first = names();
    c.execute({"insert into auth.users (id) values ($1::uuid)", {weft_test::user_a}});
    for_each_table([&]<class Row>(std::type_identity<Row>) {
        c.execute(weft::sql::insert(sample<Row>(), dialect::postgres));
    });
    EXPECT_NE(told(find_drift(c)), "");
    c.run_script(weft::sql::upgrade(1, dialect::postgres));
    EXPECT_EQ(version_of(c), 3);
    EXPECT_EQ(told(find_drift(c)), "");
    auto const rows_are_there = [&] {
        for_each_table([&]<class Row>(std::type_identity<Row>) {
            auto const rows = weft_test::all_rows<Row>(c);
            ASSERT_EQ(rows.size(), 1U);
            EXPECT_EQ(rows[0], weft_test::with_defaults(sample<Row>()));
        });
    };
    rows_are_there();

    auto const steps = migration_steps(dialect::postgres);
    auto const queueing = [&] {
        return one(c, "select prosrc from pg_proc where proname = 'outreach_may_be_queued'");
    };
    auto const present = queueing();
    c.run_script(steps[2].down);
    EXPECT_EQ(version_of(c), 2);
    EXPECT_NE(queueing(), present);
    EXPECT_EQ(told(find_drift(c)),
              "function outreach_may_be_queued(p_target_user_id uuid, p_source_id text, p_type "
              "text, p_lookback_days integer, p_now timestamp with time zone): changed\n"
              "function outreach_schema_version(): changed\n");
    c.run_script(weft::sql::upgrade(2, dialect::postgres));
    EXPECT_EQ(told(find_drift(c)), "");
    c.run_script(steps[2].down);
    c.run_script(steps[1].down);
    EXPECT_EQ(version_of(c), 1);
    EXPECT_EQ(names(), first);
    rows_are_there();
    c.run_script(steps[1].down);
    c.run_script(ddl(dialect::postgres));
    EXPECT_EQ(told(find_drift(c)), "") << "the whole brings version 1 up, too";
    c.run_script(steps[1].down);
    c.run_script(steps[0].down);
    EXPECT_EQ(version_of(c), 0);
    EXPECT_EQ(names(), nothing);
    EXPECT_EQ(told(find_drift(c)).substr(0, 14), "function clean");
    c.execute({"delete from auth.users", {}});
}

TEST(upgrade, sqlite_goes_the_same_way) {
    weft_test::sqlite_connection c(":memory:");
    EXPECT_EQ(version_of(c), 0);
    c.run_script(kept("tests/sql/data/sqlite_1.sql"));
    EXPECT_EQ(version_of(c), 1);
    c.execute(weft::sql::insert(sample<outreach_queue>(), dialect::sqlite));
    EXPECT_EQ(told(find_drift(c)), "index idx_outreach_history_sent: missing\n"
                                   "index idx_outreach_queue_expires: missing\n"
                                   "view outreach_schema_version: missing\n");
    c.run_script(weft::sql::upgrade(1, dialect::sqlite));
    EXPECT_EQ(version_of(c), 3);
    EXPECT_EQ(told(find_drift(c)), "");
    c.run_script("drop index idx_outreach_queue_source; create index other on outreach_queue (id); "
                 "drop table outreach_history; create table outreach_history (id text) strict;");
    EXPECT_EQ(told(find_drift(c)), "index idx_outreach_history_recent: missing\n"
                                   "index idx_outreach_history_sent: missing\n"
                                   "index idx_outreach_history_source: missing\n"
                                   "index idx_outreach_history_target: missing\n"
                                   "index idx_outreach_queue_source: missing\n"
                                   "index unique_outreach_per_day: missing\n"
                                   "table outreach_history: changed\n"
                                   "index other: unexpected\n");
    auto const steps = migration_steps(dialect::sqlite);
    c.run_script(steps[2].down);
    EXPECT_EQ(version_of(c), 2);
    c.run_script(steps[1].down);
    c.run_script(steps[0].down);
    EXPECT_EQ(one(c, "select count(*) from sqlite_schema"), weft::sql::value(std::int64_t{0}));
}

TEST(upgrade, drift_is_found_wherever_it_is) {
    weft_test::postgres_database db;
    auto& c = db.connection;
    EXPECT_EQ(told(find_drift(c)), "");
    struct {
        char const* change;
        char const* expected;
    } const cases[]{
        {"alter table outreach_queue add column extra integer",
         "column outreach_queue.extra: unexpected\n"},
        {"alter table compatibility_cache drop column evolution_rate",
         "column compatibility_cache.evolution_rate: missing\n"
         "comment compatibility_cache.evolution_rate: missing\n"
         "constraint compatibility_cache.compatibility_cache_evolution_rate_check: missing\n"
         "grant compatibility_cache.evolution_rate to authenticated: missing\n"},
        {"alter table outreach_queue alter column priority type bigint",
         "column outreach_queue.priority: changed\n"},
        {"alter table outreach_queue alter column priority set default 6",
         "column outreach_queue.priority: changed\n"},
        {"alter table outreach_queue alter column title set not null",
         "column outreach_queue.title: changed\n"},
        {"alter table outreach_queue drop constraint outreach_queue_type_check",
         "constraint outreach_queue.outreach_queue_type_check: missing\n"},
        {"alter table outreach_queue drop constraint outreach_queue_target_user_id_fkey",
         "constraint outreach_queue.outreach_queue_target_user_id_fkey: missing\n"},
        {"drop index idx_outreach_queue_source",
         "index outreach_queue.idx_outreach_queue_source: missing\n"},
        {"create index mine on outreach_queue (title)", "index outreach_queue.mine: unexpected\n"},
        {"create policy open on outreach_history for select to anon using (true)",
         "policy outreach_history.open: unexpected\n"},
        {"alter policy outreach_history_own_rows on outreach_history using (true)",
         "policy outreach_history.outreach_history_own_rows: changed\n"},
        {"alter table outreach_history disable row level security",
         "table outreach_history: changed\n"},
        {"grant truncate on outreach_queue to anon", "grant outreach_queue to anon: unexpected\n"},
        {"grant select (source_snapshot) on compatibility_cache to authenticated",
         "grant compatibility_cache.source_snapshot to authenticated: unexpected\n"},
        {"grant execute on function cleanup_expired_outreach_cache() to public",
         "grant cleanup_expired_outreach_cache() to public: unexpected\n"},
        {"alter function has_recent_outreach(uuid, text, text, integer) security definer",
         "function has_recent_outreach(p_target_user_id uuid, p_source_id text, p_type text, "
         "p_lookback_days integer): changed\n"},
        {"alter function outreach_forget_user() reset search_path",
         "function outreach_forget_user(): changed\n"},
        {"drop trigger forget_outreach_public on auth.users",
         "trigger auth.users.forget_outreach_public: missing\n"},
        {"alter table outreach_queue disable trigger updated_at_1_said",
         "trigger outreach_queue.updated_at_1_said: changed\n"},
        {"comment on column outreach_queue.priority is 'another'",
         "comment outreach_queue.priority: changed\n"},
        {"alter table outreach_queue alter column title type text collate \"C\"; "
         "create rule quiet as on delete to outreach_history do instead nothing; "
         "grant select on outreach_history to authenticated with grant option; "
         "alter function get_pending_outreach_count(uuid) strict; "
         "alter table compatibility_cache set unlogged; "
         "create table child () inherits (outreach_processing_jobs)",
         "column outreach_queue.title: changed\n"
         "function get_pending_outreach_count(p_user_id uuid): changed\n"
         "grant outreach_history to authenticated: changed\n"
         "table compatibility_cache: changed\n"
         "table outreach_processing_jobs: changed\n"
         "rule outreach_history.quiet: unexpected\n"},
    };
    for (auto const& each : cases) {
        // What was changed is made anew; a transaction around it is not allowed.
        c.run_script(std::string(each.change) + ";");
        EXPECT_EQ(told(find_drift(c)), each.expected) << each.change;
        c.run_script("drop table if exists child;");
        c.run_script(migration_steps(dialect::postgres)[0].down);
        c.run_script(ddl(dialect::postgres));
    }
    weft::adapters::transaction open(c);
    EXPECT_THROW((void)find_drift(c), weft::sql_error);
}

TEST(upgrade, drift_is_looked_for_in_the_schema_of_the_tables) {
    weft_test::database db;
    weft_test::postgres_connection c(db.url());
    weft::sql::ddl_options const odd{.with_auth = true, .schema = "od.d \"sch\xc3\xa9ma\""};
    c.run_script(ddl(dialect::postgres, odd));
    EXPECT_EQ(told(find_drift(c, odd)), "");
    EXPECT_EQ(told(find_drift(c)).find("table outreach_queue: missing") == std::string::npos,
              false);
    EXPECT_EQ(version_of(c), 0);
    for (std::size_t i = 3; i-- > 0;) {
        c.run_script(migration_steps(dialect::postgres, odd)[i].down);
    }
    EXPECT_EQ(one(c, "select count(*) from pg_class where relname like 'outreach%'"),
              weft::sql::value(std::int64_t{0}));
}

TEST(upgrade, each_schema_has_its_own_trigger_on_the_users_however_long_its_name_is) {
    weft_test::database db;
    weft_test::postgres_connection c(db.url());
    // PostgreSQL keeps 63 bytes; the third one would be cut within a character.
    std::string umlauts;
    for (int i = 0; i < 30; ++i) umlauts += "\xc3\xa9";
    for (auto const& name :
         {std::string(50, 'a') + "_one", std::string(50, 'a') + "_two", umlauts, "x" + umlauts}) {
        weft::sql::ddl_options const options{.with_auth = true, .schema = name};
        c.run_script(ddl(dialect::postgres, options));
        if (name == umlauts) {
            EXPECT_EQ(told(find_drift(c, options)), "");
        }
    }
    EXPECT_EQ(one(c, "select count(*) from pg_trigger where tgname like 'forget_outreach_%'"),
              weft::sql::value(std::int64_t{4}));
}

TEST(upgrade, a_migration_of_sqlite_waits_for_a_writer) {
    weft_test::temporary_folder const folder;
    weft_test::sqlite_connection writer(folder.file("a.db"));
    writer.run_script(ddl(dialect::sqlite));
    weft_test::sqlite_connection other(folder.file("a.db"));
    std::thread migration;
    {
        weft::adapters::transaction tx(writer);
        writer.execute(weft::sql::insert(sample<outreach_queue>(), dialect::sqlite));
        migration = std::thread([&] { EXPECT_NO_THROW(other.run_script(ddl(dialect::sqlite))); });
        std::this_thread::sleep_for(std::chrono::milliseconds(60));
        tx.commit();
    }
    migration.join();
}

TEST(upgrade, a_later_version_adds_columns_to_tables_that_have_rows) {
    // What `since` makes of a column, on a table that version 1 made.
    column_info c = columns_of<outreach_queue>()[10];
    ASSERT_EQ(c.name, "evolution_trend");
    c.name = "second_trend";
    c.since = 2;
    weft::sql::detail::ddl_form const form;
    weft_test::postgres_database db;
    db.connection.execute(weft::sql::insert(sample<outreach_queue>(), dialect::postgres));
    auto const text =
        weft::sql::detail::column_ddl("outreach_queue", c, false, dialect::postgres, form);
    db.connection.run_script("alter table public.outreach_queue add column if not exists " + text +
                             ";");
    EXPECT_EQ(
        weft_test::state_of(db.connection, "update outreach_queue set second_trend = 'sideways'"),
        "23514");
    EXPECT_EQ(weft_test::state_of(db.connection, "update outreach_queue set second_trend = "
                                                 "'stable'"),
              "00000");
}

TEST(upgrade, the_form_for_a_cluster_has_what_a_cluster_takes) {
    auto const text = ddl(dialect::postgres, {.citus = true});
    weft_test::expect_golden("tests/sql/data/citus.sql", text);
    for (auto const* absent : {"create or replace trigger", "create trigger", "references",
                               "(select auth.uid())", "for update skip locked"}) {
        EXPECT_EQ(text.find(absent), std::string::npos) << absent;
    }
    for (auto const* there :
         {"primary key (target_user_id, id)", "primary key (source_id, id)",
          "primary key (entity_id, id)",
          "create_distributed_table('public.compatibility_cache', 'source_id')",
          "create_reference_table('public.outreach_processing_jobs')", "updated_at = now()"}) {
        EXPECT_NE(text.find(there), std::string::npos) << there;
    }
    EXPECT_THROW((void)ddl(dialect::sqlite, {.citus = true}), weft::invalid_argument);
}

TEST(upgrade, statements_for_a_cluster_fit_its_tables) {
    // What a plain server can say about them: all of the migration but the distribution itself.
    auto text = ddl(dialect::postgres, {.with_auth = true, .citus = true});
    std::string const head = "do $weft$ begin\n    if not exists (select from "
                             "pg_catalog.pg_dist_partition";
    std::string const tail = "end $weft$;\n";
    for (auto at = text.find(head); at != std::string::npos; at = text.find(head)) {
        text.erase(at, text.find(tail, at) + tail.size() - at);
    }
    weft_test::database db;
    weft_test::postgres_connection c(db.url());
    c.run_script(text);
    c.run_script(text);
    weft::sql::write_options const cluster{.citus = true};
    auto ignoring = cluster;
    ignoring.on_conflict = weft::sql::on_conflict::ignore_same_id;
    for_each_table([&]<class Row>(std::type_identity<Row>) {
        std::string const t(table<Row>::name);
        std::vector<Row> rows{sample<Row>(1), sample<Row>(2)};
        auto const many = weft::sql::upsert_many<Row>(rows, dialect::postgres, cluster);
        for (int run = 0; run < 2; ++run) {
            EXPECT_EQ(c.execute(weft::sql::upsert(rows[0], dialect::postgres, cluster)), 1) << t;
            EXPECT_EQ(c.execute(many.at(0)), 2) << t;
            EXPECT_EQ(c.execute(weft::sql::insert(rows[1], dialect::postgres, ignoring)), 0) << t;
        }
        EXPECT_EQ(weft_test::count(c, t), 2) << t;
    });
    for (auto const* change :
         {"update outreach_queue set expires_at = null",
          "update compatibility_cache set calculated_at = '2020-01-01', expires_at = '2020-01-02'",
          "update predictive_signals_cache set calculated_at = '2020-01-01', expires_at = "
          "'2020-01-02'"}) {
        EXPECT_EQ(c.execute({change, {}}), 2);
    }
    EXPECT_EQ(one(c, "select get_pending_outreach_count($1::uuid)", {weft_test::user_a}),
              weft::sql::value(2));
    EXPECT_EQ(one(c,
                  "select has_recent_outreach($1::uuid, 'source-1', 'community_invitation', "
                  "100000)",
                  {weft_test::user_a}),
              weft::sql::value(true));
    EXPECT_EQ(one(c, "select cleanup_expired_outreach_cache()"), weft::sql::value(4));
}

} // namespace
