#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "support.hpp"

namespace {

using namespace weft::schema;
using weft::sql::ddl;
using weft::sql::dialect;
using weft_test::one;
using weft_test::state_of;

/// Everything the catalogue says about what is not PostgreSQL's own.
std::string catalogue(weft_test::postgres_connection& c) {
    std::string out;
    for (
        auto const* text : {
            "select n.nspname, n.nspacl::text from pg_namespace n where n.nspname !~ '^pg_' and "
            "n.nspname <> 'information_schema' order by 1",
            "select c.oid::regclass::text, c.relkind::text, c.relrowsecurity, c.relacl::text, "
            "a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attacl::text, "
            "pg_get_expr(d.adbin, d.adrelid) from pg_class c join pg_attribute a on a.attrelid = "
            "c.oid and a.attnum > 0 left join pg_attrdef d on d.adrelid = c.oid and d.adnum = "
            "a.attnum where c.relnamespace::regnamespace::text !~ '^(pg_|information_schema)' "
            "order by 1, a.attnum",
            "select conrelid::regclass::text, conname::text, pg_get_constraintdef(oid), oid::text "
            "from pg_constraint where connamespace::regnamespace::text !~ "
            "'^(pg_|information_schema)' order by 1, 2",
            "select indexrelid::regclass::text, pg_get_indexdef(indexrelid), indexrelid::text from "
            "pg_index i join pg_class c on c.oid = i.indexrelid where "
            "c.relnamespace::regnamespace::text !~ '^(pg_|information_schema)' order by 1",
            "select schemaname::text, tablename::text, policyname::text, permissive, roles::text, "
            "cmd, qual, with_check from pg_policies order by 1, 2, 3",
            "select oid::regprocedure::text, proacl::text, proconfig::text, prosecdef, provolatile "
            "::text, prosrc, oid::text from pg_proc where pronamespace::regnamespace::text !~ "
            "'^(pg_|information_schema)' order by 1",
            "select tgrelid::regclass::text, tgname::text, pg_get_triggerdef(oid) from pg_trigger "
            "where not tgisinternal order by 1, 2",
            "select extname::text from pg_extension order by 1",
        }) {
        for (auto const& row : c.query({text, {}}).values) {
            for (auto const& v : row) {
                out += weft::sql::parameter_text(v, dialect::postgres).value_or("NULL") + " | ";
            }
            out += "\n";
        }
    }
    return out;
}

TEST(migration, a_second_run_changes_nothing) {
    for (bool const on_supabase : {true, false}) {
        weft_test::postgres_database db(on_supabase);
        auto const before = catalogue(db.connection);
        db.connection.execute(
            weft::sql::insert(weft_test::sample<outreach_queue>(), dialect::postgres));
        db.connection.run_script(ddl(dialect::postgres, {.with_auth = !on_supabase}));
        EXPECT_EQ(catalogue(db.connection), before);
        EXPECT_EQ(weft_test::count(db.connection, "outreach_queue"), 1);
    }
}

TEST(migration, with_auth_leaves_a_supabase_as_it_is) {
    weft_test::postgres_database db;
    auto const source = [&] {
        return one(db.connection, "select prosrc from pg_proc where oid = 'auth.uid'::regproc");
    };
    auto const before = source();
    db.connection.run_script(ddl(dialect::postgres, {.with_auth = true}));
    EXPECT_EQ(source(), before);
    EXPECT_EQ(one(db.connection, "select count(*) from pg_attribute where attrelid = "
                                 "'auth.users'::regclass and attname = 'email'"),
              weft::sql::value(std::int64_t{1}));
}

TEST(migration, is_all_or_nothing) {
    weft_test::database db;
    weft_test::postgres_connection c(db.url());
    // No auth.users: the first table's foreign key fails after the schema was touched.
    EXPECT_THROW(c.run_script(ddl(dialect::postgres)), weft::sql_error);
    EXPECT_FALSE(c.in_transaction());
    EXPECT_EQ(one(c, "select count(*) from pg_class where relname like '%outreach%' or relname "
                     "like '%cache'"),
              weft::sql::value(std::int64_t{0}));
}

TEST(migration, goes_into_any_schema) {
    weft_test::database db;
    weft_test::postgres_connection c(db.url());
    std::string const odd = "My \"odd\" $weft$ sch\xc3\xa9ma; drop schema public; --";
    for (auto const& name : {odd, std::string("public"), odd}) {
        c.run_script(ddl(dialect::postgres, {.with_auth = true, .schema = name}));
    }
    c.execute({"insert into auth.users values ($1::uuid)", {weft_test::user_a}});
    weft::sql::write_options options;
    options.schema = odd;
    auto pending = weft_test::sample<outreach_queue>();
    pending.expires_at.reset();
    c.execute(weft::sql::insert(pending, dialect::postgres, options));
    auto pair = weft_test::sample<compatibility_cache>();
    pair.source_id = weft::to_text(weft_test::user_a);
    c.execute(weft::sql::upsert(pair, dialect::postgres, options));
    EXPECT_EQ(c.query(weft::sql::select_all<outreach_queue>(dialect::postgres, odd)).values.size(),
              1U);
    EXPECT_EQ(weft_test::count(c, "public.outreach_queue"), 0);
    EXPECT_EQ(
        one(c,
            "select " + weft::sql::quote_identifier(odd) + ".get_pending_outreach_count($1::uuid)",
            {weft_test::user_a}),
        weft::sql::value(1));
    c.execute({"delete from auth.users", {}});
    EXPECT_EQ(
        c.query(weft::sql::select_all<compatibility_cache>(dialect::postgres, odd)).values.size(),
        0U);
    EXPECT_THROW((void)ddl(dialect::postgres, {.schema = ""}), weft::invalid_argument);
    EXPECT_THROW((void)ddl(dialect::postgres, {.schema = std::string(64, 'x')}),
                 weft::invalid_argument);
    EXPECT_THROW((void)ddl(dialect::sqlite, {.schema = "other"}), weft::invalid_argument);
}

TEST(migration, columns_are_what_the_descriptors_say) {
    weft_test::postgres_database db;
    for_each_table([&]<class Row>(std::type_identity<Row>) {
        auto const live = db.connection.query(
            {"select column_name::text, data_type::text, is_nullable::text, column_default::text "
             "from information_schema.columns where table_schema = 'public' and table_name = "
             "$1::text order by ordinal_position",
             {std::string(table<Row>::name)}});
        auto const columns = columns_of<Row>();
        ASSERT_EQ(live.values.size(), columns.size());
        for (std::size_t i = 0; i < columns.size(); ++i) {
            auto const& row = live.values[i];
            EXPECT_EQ(row[0], weft::sql::value(std::string(columns[i].name)));
            EXPECT_EQ(row[1], weft::sql::value(std::string(type_name(columns[i].type))));
            EXPECT_EQ(row[2], weft::sql::value(std::string(columns[i].not_null ? "NO" : "YES")));
            EXPECT_EQ(weft::sql::is_null(row[3]), !columns[i].has_default());
        }
    });
    EXPECT_EQ(one(db.connection, "select count(*) from pg_extension where extname <> 'plpgsql'"),
              weft::sql::value(std::int64_t{0}));
}

TEST(migration, every_index_is_there) {
    std::map<std::string, std::string> const expected{
        {"idx_outreach_queue_target_user",
         "ON public.outreach_queue USING btree (target_user_id, status, created_at DESC)"},
        {"idx_outreach_queue_optimal_timing",
         "ON public.outreach_queue USING btree (optimal_timing) WHERE ((optimal_timing IS NOT "
         "NULL) "
         "AND (status = ANY (ARRAY['pending'::text, 'scheduled'::text])))"},
        {"idx_outreach_queue_source",
         "ON public.outreach_queue USING btree (source_id, source_type, type)"},
        {"idx_outreach_queue_compatibility",
         "ON public.outreach_queue USING btree (compatibility_score DESC) WHERE (status = "
         "'pending'::text)"},
        {"idx_outreach_queue_expires",
         "ON public.outreach_queue USING btree (expires_at) WHERE ((expires_at IS NOT NULL) AND "
         "(status = ANY (ARRAY['pending'::text, 'scheduled'::text])))"},
        {"idx_outreach_history_sent", "ON public.outreach_history USING brin (sent_at)"},
        {"idx_outreach_history_target",
         "ON public.outreach_history USING btree (target_user_id, sent_at DESC)"},
        {"idx_outreach_history_source",
         "ON public.outreach_history USING btree (source_id, source_type, sent_at DESC)"},
        {"idx_outreach_history_recent",
         "ON public.outreach_history USING btree (target_user_id, source_id, type, sent_at DESC)"},
        {"idx_compatibility_cache_source",
         "ON public.compatibility_cache USING btree (source_id, source_type, expires_at)"},
        {"idx_compatibility_cache_target",
         "ON public.compatibility_cache USING btree (target_id, target_type, expires_at)"},
        {"idx_compatibility_cache_score",
         "ON public.compatibility_cache USING btree (compatibility_score DESC, expires_at)"},
        {"idx_compatibility_cache_future",
         "ON public.compatibility_cache USING btree (future_compatibility DESC, "
         "future_compatibility_time) WHERE (future_compatibility IS NOT NULL)"},
        {"idx_compatibility_cache_expires",
         "ON public.compatibility_cache USING btree (expires_at)"},
        {"idx_predictive_signals_entity",
         "ON public.predictive_signals_cache USING btree (entity_id, entity_type, signal_type, "
         "expires_at)"},
        {"idx_predictive_signals_target_time",
         "ON public.predictive_signals_cache USING btree (target_time, signal_type)"},
        {"idx_predictive_signals_expires",
         "ON public.predictive_signals_cache USING btree (expires_at)"},
        {"idx_predictive_signals_data",
         "ON public.predictive_signals_cache USING gin (prediction_data jsonb_path_ops)"},
        {"idx_outreach_jobs_type_status",
         "ON public.outreach_processing_jobs USING btree (job_type, status, created_at DESC)"},
        {"idx_outreach_jobs_failed",
         "ON public.outreach_processing_jobs USING btree (status, retry_count) WHERE ((status = "
         "'failed'::text) AND (retry_count < 3))"},
        {"unique_outreach_per_day",
         "ON public.outreach_history USING btree (target_user_id, source_id, type, (((sent_at AT "
         "TIME ZONE 'UTC'::text))::date))"},
        {"unique_compatibility_cache",
         "ON public.compatibility_cache USING btree (source_id, target_id, source_type, "
         "target_type)"},
        {"unique_predictive_signal",
         "ON public.predictive_signals_cache USING btree (entity_id, entity_type, signal_type, "
         "target_time) NULLS NOT DISTINCT"},
    };
    weft_test::postgres_database db;
    auto const live = db.connection.query(
        {"select indexname::text, indexdef from pg_indexes where schemaname = 'public' and "
         "indexname not like '%_pkey'",
         {}});
    EXPECT_EQ(live.values.size(), expected.size());
    for (auto const& row : live.values) {
        auto const& name = std::get<std::string>(row[0]);
        auto const& text = std::get<std::string>(row[1]);
        auto const found = expected.find(name);
        ASSERT_NE(found, expected.end()) << name;
        EXPECT_EQ(text.substr(text.find("ON public.")), found->second);
    }
    EXPECT_EQ(state_of(db.connection, "select 1 from predictive_signals_cache where "
                                      "prediction_data @> '{\"a\":1}'"),
              "00000");
    // The twin has the same names, but for the index of documents.
    weft_test::sqlite_database twin;
    auto const names = twin.connection.query(
        {"select name from sqlite_master where type = 'index' and sql is not null order by name",
         {}});
    EXPECT_EQ(names.values.size(), expected.size() - 1);
    for (auto const& row : names.values) {
        EXPECT_EQ(expected.count(std::get<std::string>(row[0])), 1U);
    }
}

TEST(migration, functions_pin_their_search_path_and_policies_name_their_role) {
    weft_test::postgres_database db;
    auto& c = db.connection;
    EXPECT_EQ(one(c, "select count(*) from pg_proc where pronamespace = 'public'::regnamespace"),
              weft::sql::value(std::int64_t{10}));
    EXPECT_EQ(one(c, "select bool_and(proconfig::text = '{\"search_path=\\\"\\\"\"}') from pg_proc "
                     "where pronamespace = 'public'::regnamespace"),
              weft::sql::value(true));
    EXPECT_EQ(one(c, "select string_agg(proname, ',') from pg_proc where pronamespace = "
                     "'public'::regnamespace and prosecdef"),
              weft::sql::value(std::string("outreach_forget_user")));
    EXPECT_EQ(one(c, "select count(*) from pg_policies where roles = '{public}'"),
              weft::sql::value(std::int64_t{0}));
    EXPECT_EQ(one(c,
                  "select count(*) from pg_class where relnamespace = 'public'::regnamespace and "
                  "relkind = 'r' and relrowsecurity"),
              weft::sql::value(std::int64_t{5}));
    // auth.uid() is asked once a statement, not once a row.
    EXPECT_EQ(one(c, "select count(*) from pg_policies where qual ~ 'auth.uid' and qual !~ "
                     "'SELECT auth.uid'"),
              weft::sql::value(std::int64_t{0}));
}

TEST(migration, sqlite_is_strict_and_runs_twice) {
    weft_test::sqlite_database db;
    auto const everything = [&] {
        std::string out;
        for (auto const& row :
             db.connection.query({"select name, sql from sqlite_master order by name", {}})
                 .values) {
            out += std::get<std::string>(row[0]);
            if (!weft::sql::is_null(row[1])) out += std::get<std::string>(row[1]);
        }
        return out;
    };
    auto const before = everything();
    db.connection.run_script(ddl(dialect::sqlite));
    db.connection.run_script(ddl(dialect::sqlite, {.with_auth = true, .schema = "main"}));
    EXPECT_EQ(everything(), before);
    EXPECT_EQ(one(db.connection, "select sum(strict) from pragma_table_list where name like "
                                 "'%outreach%' or name like '%cache'"),
              weft::sql::value(std::int64_t{5}));
}

} // namespace
