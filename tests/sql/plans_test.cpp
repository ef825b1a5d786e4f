// The planner takes the index that each of the five operations is made for. 2,000 people; the same
// with 100,000 is bench/outreach_tables_bench.cpp.

#include <chrono>
#include <string>
#include <variant>

#include <gtest/gtest.h>

#include "support.hpp"
#include "support/outreach_fill.hpp"
#include "weft/sql/queries.hpp"

namespace {

using namespace weft::schema;
using weft::sql::dialect;

TEST(plans, each_operation_goes_along_its_index) {
    weft_test::postgres_database db;
    auto& c = db.connection;
    c.run_script(weft_test::outreach_fill(2000));
    auto const now = std::get<weft::instant>(weft_test::one(c, "select now()"));
    auto const d = dialect::postgres;
    auto const plan = [&](weft::sql::statement const& s) {
        std::string out;
        for (auto const& row : c.query({"explain (costs off) " + s.text, s.params}).values) {
            out += std::get<std::string>(row[0]) + "\n";
        }
        return out;
    };
    auto const goes = [&](weft::sql::statement const& s, std::string const& index,
                          std::string const& or_this = "no other") {
        auto const text = plan(s);
        EXPECT_TRUE(text.find(index) != std::string::npos ||
                    text.find(or_this) != std::string::npos)
            << text;
        EXPECT_EQ(text.find("Seq Scan"), std::string::npos) << text;
    };
    auto const text = weft_test::filled_user(77);
    auto const user = weft::parse_uuid(text);
    goes(weft::sql::pending_outreach(user, now, d), "idx_outreach_queue_target_user");
    goes(weft::sql::compatibility_of(text, cache_entity_type::user, now, d),
         "idx_compatibility_cache_source");
    goes(weft::sql::signals_of(text, signal_entity_type::user, signal_type::fabric_stability, now,
                               d),
         "idx_predictive_signals_entity", "unique_predictive_signal");
    goes(weft::sql::recent_outreach(user, "source-1", outreach_type::event_call,
                                    now - weft::days(30), d),
         "idx_outreach_history_recent", "unique_outreach_per_day");
    goes(weft::sql::high_compatibility(0.8, now, d, {.limit = 20}),
         "idx_compatibility_cache_score");
    goes(weft::sql::signals_containing(jsonb{"{\"no\": \"such\"}"}, d),
         "idx_predictive_signals_data");
    goes(weft::sql::due_outreach(now + std::chrono::minutes(1), d, {.limit = 20}),
         "idx_outreach_queue_optimal_timing");
    // What a user asks goes the same way, row level security included.
    c.execute({"select set_config('request.jwt.claims', $1::text, false)",
               {R"({"sub":")" + text + R"("})"}});
    c.execute({"set role authenticated", {}});
    goes(weft::sql::pending_outreach(user, now, d, {.as = weft::sql::reader::user}),
         "idx_outreach_queue_target_user");
    EXPECT_EQ(c.query(weft::sql::outreach_sent_to(user, d)).values.size(), 10U);
}

} // namespace
