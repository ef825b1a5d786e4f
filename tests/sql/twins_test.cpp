// The three functions in C++ and in SQLite against PostgreSQL's own answers, at every boundary.

#include "weft/sql/functions.hpp"

#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <tuple>
#include <type_traits>
#include <variant>
#include <vector>

#include <gtest/gtest.h>

#include "support.hpp"

namespace {

using namespace weft::schema;
using weft::sql::dialect;
using weft::sql::value;
using weft_test::at;
using weft_test::one;
using weft_test::sample;
using weft_test::user_a;
using weft_test::user_b;

std::int64_t number(value const& v) {
    if (auto const* n = std::get_if<std::int32_t>(&v)) return *n;
    if (auto const* b = std::get_if<bool>(&v)) return *b ? 1 : 0;
    return std::get<std::int64_t>(v);
}

template <class Connection>
std::int64_t ask(Connection& c, weft::sql::statement const& s) {
    return number(one(c, s.text, s.params));
}

TEST(twins, recent_is_what_the_function_says) {
    weft_test::postgres_database db;
    weft_test::sqlite_database lite;
    auto& c = db.connection;
    auto const microsecond = std::chrono::microseconds(1);
    int cases = 0;
    // The transaction's clock is now; both sides get rows around it. Daylight saving plays no part:
    // a day is 24 hours in every zone.
    for (auto const* zone : {"UTC", "America/New_York", "Australia/Lord_Howe"}) {
        weft::adapters::transaction all(c);
        c.execute({std::string("set local timezone = '") + zone + "'", {}});
        auto const now = std::get<weft::instant>(one(c, "select now()"));
        for (std::int32_t const lookback : {0, 1, 30, 180, 3650, 700'000, 1'000'000, 1'000'001,
                                            std::numeric_limits<std::int32_t>::max()}) {
            std::vector<std::vector<outreach_history>> tables{{}};
            auto const edge = lookback <= 3650 ? now - weft::days(lookback) : at("0001-01-01");
            for (auto const offset : {-microsecond, 0 * microsecond, microsecond}) {
                if (lookback > 3650 && offset.count() < 0) continue;
                auto row = sample<outreach_history>();
                row.sent_at = edge + offset;
                tables.push_back({row});
            }
            for (auto const extreme : {weft::instant_infinity, weft::instant_minus_infinity}) {
                auto row = sample<outreach_history>();
                row.sent_at = extreme;
                tables.push_back({row});
            }
            for (auto const& history : tables) {
                c.execute({"delete from outreach_history", {}});
                lite.connection.execute({"delete from outreach_history", {}});
                for (auto const& row : history) {
                    c.execute(weft::sql::insert(row, dialect::postgres));
                    lite.connection.execute(weft::sql::insert(row, dialect::sqlite));
                }
                for (auto const& [user, source, type] :
                     {std::tuple{user_a, "source-1", "community_invitation"},
                      {user_b, "source-1", "community_invitation"},
                      {user_a, "source-2", "community_invitation"},
                      {user_a, "source-1", "event_call"},
                      {user_a, "source-1", "no such type"}}) {
                    auto const answer =
                        number(one(c,
                                   "select has_recent_outreach($1::uuid, $2::text, $3::text, "
                                   "$4::integer)",
                                   {user, std::string(source), std::string(type), lookback}));
                    auto const where = [&] {
                        return std::string(zone) + " " + weft::to_text(lookback) + " " + type;
                    };
                    EXPECT_EQ(
                        weft::sql::has_recent_outreach(history, user, source, type, now, lookback),
                        answer == 1)
                        << where();
                    for (auto const d : {dialect::postgres, dialect::sqlite}) {
                        auto const q = weft::sql::has_recent_outreach_query(user, source, type, now,
                                                                            d, lookback);
                        EXPECT_EQ(d == dialect::postgres ? ask(c, q) : ask(lite.connection, q),
                                  answer)
                            << where();
                    }
                    ++cases;
                }
            }
        }
    }
    EXPECT_GT(cases, 500);
    for (auto const& lookback : {std::optional<std::int32_t>(), std::optional(-1),
                                 std::optional(std::numeric_limits<std::int32_t>::min())}) {
        EXPECT_THROW((void)weft::sql::has_recent_outreach({}, user_a, "s", "event_call",
                                                          at("2026-03-01"), lookback),
                     weft::invalid_argument);
        EXPECT_EQ(weft_test::state_of(c,
                                      "select has_recent_outreach($1::uuid, 's', 'event_call', "
                                      "$2::integer)",
                                      {user_a, lookback ? value(*lookback) : value{}}),
                  "22023");
    }
    std::vector<outreach_history> unsent{sample<outreach_history>()};
    unsent[0].sent_at.reset();
    EXPECT_THROW(
        (void)weft::sql::has_recent_outreach(unsent, user_a, "s", "event_call", at("2026-03-01")),
        weft::invalid_argument);
}

TEST(twins, cleanup_and_the_pending_count_are_what_the_functions_say) {
    weft_test::postgres_database db;
    weft_test::sqlite_database lite;
    auto& c = db.connection;
    weft::adapters::transaction all(c);
    auto const now = std::get<weft::instant>(one(c, "select now()"));
    std::vector<outreach_queue> queue;
    std::vector<compatibility_cache> pairs;
    std::vector<predictive_signals_cache> signals;
    std::uint8_t n = 0;
    std::vector<std::optional<weft::instant>> expiries{std::nullopt, weft::instant_infinity,
                                                       now - weft::days{1}, now + weft::days{1}};
    for (int const offset : {-1, 0, 1}) expiries.push_back(now + std::chrono::microseconds(offset));
    for (auto const& expiry : expiries) {
        for (auto const status : enum_names<queue_status>::texts) {
            auto row = sample<outreach_queue>(++n);
            row.target_user_id = n % 3 == 0 ? user_b : user_a;
            row.status = from_text<queue_status>(status);
            row.created_at = now - weft::days{9};
            row.expires_at = expiry;
            queue.push_back(row);
        }
        if (!expiry) continue;
        auto pair = sample<compatibility_cache>(++n);
        pair.calculated_at = now - weft::days{9};
        pair.expires_at = *expiry;
        pairs.push_back(pair);
        auto signal = sample<predictive_signals_cache>(n);
        signal.calculated_at = now - weft::days{9};
        signal.expires_at = *expiry;
        signals.push_back(signal);
    }
    auto const fill = [&](auto& connection) {
        auto const d = connection.dialect();
        for (auto const& row : queue) connection.execute(weft::sql::insert(row, d));
        for (auto const& row : pairs) connection.execute(weft::sql::insert(row, d));
        for (auto const& row : signals) connection.execute(weft::sql::insert(row, d));
    };
    fill(c);
    fill(lite.connection);
    auto const expect_counts = [&] {
        for (auto const& user : {user_a, user_b, weft_test::id_of(0xee)}) {
            auto const answer =
                number(one(c, "select get_pending_outreach_count($1::uuid)", {user}));
            EXPECT_EQ(weft::sql::pending_outreach_count(queue, user, now), answer);
            EXPECT_EQ(ask(c, weft::sql::pending_outreach_count_query(user, now, dialect::postgres)),
                      answer);
            EXPECT_EQ(ask(lite.connection,
                          weft::sql::pending_outreach_count_query(user, now, dialect::sqlite)),
                      answer);
        }
    };
    expect_counts();
    auto const deleted = number(one(c, "select cleanup_expired_outreach_cache()"));
    auto const counts = weft::sql::cleanup_expired(pairs, signals, queue, now);
    EXPECT_EQ(counts.deleted, deleted);
    std::int64_t lite_deleted = 0;
    auto const statements = weft::sql::cleanup_expired_statements(now, dialect::sqlite);
    for (std::size_t i = 0; i < 3; ++i) {
        auto const changed = lite.connection.execute(statements[i]);
        if (i < 2) lite_deleted += changed;
        if (i == 2) {
            EXPECT_EQ(changed, counts.expired);
        }
    }
    EXPECT_EQ(lite_deleted, deleted);
    expect_counts();
    auto const expect_same = [&](auto& connection) {
        auto const rows = weft_test::all_rows<outreach_queue>(connection);
        ASSERT_EQ(rows.size(), queue.size());
        for (std::size_t i = 0; i < rows.size(); ++i) {
            EXPECT_EQ(rows[i], weft_test::with_defaults(queue[i])) << i;
        }
        EXPECT_EQ(weft_test::all_rows<compatibility_cache>(connection).size(), pairs.size());
        EXPECT_EQ(weft_test::all_rows<predictive_signals_cache>(connection).size(), signals.size());
    };
    expect_same(c);
    expect_same(lite.connection);
    EXPECT_EQ(weft::sql::cleanup_expired(pairs, signals, queue, now).deleted, 0);
}

TEST(twins, cleanup_in_steps_ends_where_the_whole_does) {
    weft_test::postgres_database db;
    weft_test::sqlite_database lite;
    auto const now = at("2026-04-01");
    auto const in_steps = [&](auto& c) {
        for (std::uint8_t n = 1; n <= 25; ++n) {
            c.execute(weft::sql::insert(sample<compatibility_cache>(n), c.dialect()));
            c.execute(weft::sql::insert(sample<outreach_queue>(n), c.dialect()));
        }
        int steps = 0;
        for (std::int64_t changed = 1; changed > 0; ++steps) {
            changed = 0;
            for (auto const& s : weft::sql::cleanup_expired_statements(now, c.dialect(), 10)) {
                auto const step = c.execute(s);
                EXPECT_LE(step, 10);
                changed += step;
            }
        }
        EXPECT_EQ(steps, 4);
        EXPECT_EQ(weft_test::count(c, "compatibility_cache"), 0);
        EXPECT_EQ(one(c, "select count(*) from outreach_queue where status = 'expired'"),
                  value(std::int64_t{25}));
    };
    in_steps(db.connection);
    in_steps(lite.connection);
    EXPECT_THROW((void)weft::sql::cleanup_expired_statements(now, dialect::sqlite, 0),
                 weft::invalid_argument);
}

TEST(twins, upkeep_functions_work_in_bounded_steps) {
    weft_test::postgres_database db;
    auto& c = db.connection;
    auto const now = std::get<weft::instant>(one(c, "select now()"));
    for (std::uint8_t n = 1; n <= 25; ++n) {
        auto const age = weft::days{n * 20};
        auto pair = sample<compatibility_cache>(n);
        pair.calculated_at = now - weft::days{600};
        pair.expires_at = n <= 20 ? now - age : weft::instant_infinity;
        c.execute(weft::sql::insert(pair, dialect::postgres));
        auto sent = sample<outreach_history>(n);
        sent.sent_at = now - age;
        c.execute(weft::sql::insert(sent, dialect::postgres));
        auto waiting = sample<outreach_queue>(n);
        waiting.status = n % 2 == 0 ? queue_status::rejected : queue_status::delivered;
        waiting.created_at = waiting.updated_at = now - age;
        waiting.expires_at.reset();
        c.execute(weft::sql::insert(waiting, dialect::postgres));
        auto job = sample<outreach_processing_jobs>(n);
        job.status = n % 2 == 0 ? job_status::completed : job_status::pending;
        job.created_at = job.updated_at = now - age;
        c.execute(weft::sql::insert(job, dialect::postgres));
    }
    auto const call = [&](std::string const& f) { return number(one(c, "select " + f)); };
    EXPECT_EQ(call("cleanup_outreach_batch(12)"), 12);
    EXPECT_EQ(call("cleanup_outreach_batch(12)"), 8);
    EXPECT_EQ(call("cleanup_outreach_batch(12)"), 0);
    EXPECT_EQ(weft_test::count(c, "compatibility_cache"), 5);
    // A year of history, a quarter of the answered queue, a month of jobs that ended.
    EXPECT_EQ(call("retain_outreach()"), 7 + 10 + 12);
    EXPECT_EQ(weft_test::count(c, "outreach_history"), 18);
    EXPECT_EQ(weft_test::count(c, "outreach_queue"), 15);
    EXPECT_EQ(weft_test::count(c, "outreach_processing_jobs"), 13);
    EXPECT_EQ(call("retain_outreach(30, 1, 1, 5)"), 5 + 2 + 0);
    EXPECT_EQ(call("retain_outreach(p_limit => 100, p_history_days => 30)"), 12);
    for (auto const* refused :
         {"retain_outreach(29)", "retain_outreach(30, 0)", "retain_outreach(30, 1, 0)",
          "retain_outreach(30, 1, 1, 0)", "retain_outreach(null)", "retain_outreach(1000001)",
          "cleanup_outreach_batch(0)", "cleanup_outreach_batch(null)",
          "cleanup_outreach_batch(-1)"}) {
        EXPECT_EQ(weft_test::state_of(c, "select " + std::string(refused)), "22023") << refused;
    }
    EXPECT_EQ(call("outreach_schema_version()"), weft::sql::schema_version);
}

} // namespace
