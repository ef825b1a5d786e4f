#include "weft/adapters/bulk.hpp"

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include <gtest/gtest.h>

#include "adapters/support.hpp"
#include "support/postgres.hpp"
#include "weft/adapters/libpq.hpp"
#include "weft/adapters/sqlite3.hpp"
#include "weft/schema/compatibility_cache.hpp"
#include "weft/schema/predictive_signals_cache.hpp"
#include "weft/sql/ddl.hpp"

namespace {

using namespace weft::adapters;
using weft::schema::compatibility_cache;
using weft_test::first;
using weft_test::state_of;
namespace sql = weft::sql;

std::vector<compatibility_cache> cache_rows(std::size_t count, double score) {
    std::vector<compatibility_cache> rows(count);
    for (std::size_t i = 0; i < count; ++i) {
        rows[i].source_id = "source " + weft::to_text(i);
        rows[i].target_id = "target";
        rows[i].compatibility_score = score;
        rows[i].expires_at = weft::parse_instant("9999-01-01");
    }
    return rows;
}

template <class C>
void expect_upserts(C& c) {
    auto const sum = [&] {
        return first(c, "SELECT sum(compatibility_score) FROM compatibility_cache");
    };
    EXPECT_EQ(bulk_upsert(c, cache_rows(100, 0.5)), 100);
    EXPECT_EQ(sum(), sql::value(50.0));
    // Half of them are there already; ids and instants come from the database.
    auto const ids = "SELECT count(DISTINCT id) FROM compatibility_cache "
                     "WHERE calculated_at IS NOT NULL AND metadata IS NOT NULL";
    EXPECT_EQ(bulk_upsert(c, cache_rows(200, 0.25)), 200);
    EXPECT_EQ(sum(), sql::value(50.0));
    EXPECT_EQ(first(c, ids), sql::value(std::int64_t{200}));
    EXPECT_EQ(bulk_upsert(c, std::vector<compatibility_cache>{}), 0);

    // Several times in one transaction, and all of it undone.
    {
        transaction tx(c);
        EXPECT_EQ(bulk_upsert(c, cache_rows(10, 1.0)), 10);
        EXPECT_EQ(bulk_upsert(c, cache_rows(20, 1.0)), 20);
    }
    EXPECT_EQ(sum(), sql::value(50.0));
    auto faulty = cache_rows(10, 1.0);
    faulty[9].compatibility_score = 2;
    EXPECT_THROW(bulk_upsert(c, faulty), weft::invalid_argument);
    EXPECT_EQ(sum(), sql::value(50.0));
    EXPECT_FALSE(c.in_transaction());
}

TEST(bulk, upserts_many_rows_or_none_in_postgresql) {
    weft_test::database db;
    postgres_connection c(db.url());
    c.run_script(sql::ddl(sql::dialect::postgres, {.with_auth = true}));
    expect_upserts(c);
    auto twice = cache_rows(1, 0.5);
    twice.push_back(twice[0]);
    EXPECT_EQ(state_of([&] { bulk_upsert(c, twice); }), "21000");
}

TEST(bulk, upserts_many_rows_or_none_in_sqlite) {
    sqlite_connection c(":memory:");
    c.run_script(sql::ddl(sql::dialect::sqlite));
    expect_upserts(c);
}

TEST(bulk, has_a_recipe_that_depends_on_the_table_alone) {
    auto const recipe = staged_upsert<weft::schema::predictive_signals_cache>(
        {.schema = "s", .on_conflict = {}, .null_where_unset = {"metadata"}});
    EXPECT_EQ(recipe.create,
              "create temporary table weft_staging_predictive_signals_cache (id uuid, "
              "entity_id text, entity_type text, signal_type text, prediction_data jsonb, "
              "prediction_time timestamp with time zone, target_time timestamp with time zone, "
              "confidence double precision, calculated_at timestamp with time zone, "
              "expires_at timestamp with time zone, source_snapshot jsonb, metadata jsonb) "
              "on commit delete rows");
    EXPECT_EQ(recipe.clear, "truncate pg_temp.weft_staging_predictive_signals_cache");
    EXPECT_TRUE(recipe.copy.ends_with(" from stdin (format binary)"));
    EXPECT_TRUE(recipe.upsert.starts_with("insert into \"s\".predictive_signals_cache (id, "))
        << recipe.upsert;
    EXPECT_NE(recipe.upsert.find(") select coalesce(s.id, gen_random_uuid()), s.entity_id, "),
              std::string::npos)
        << recipe.upsert;
    EXPECT_NE(recipe.upsert.find(", s.metadata from pg_temp.weft_staging_predictive_signals_cache "
                                 "s order by entity_id, entity_type, signal_type, target_time "
                                 "on conflict (entity_id, entity_type, signal_type, "
                                 "target_time) do update set "),
              std::string::npos)
        << recipe.upsert;
}

} // namespace
