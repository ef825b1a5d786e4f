#include "weft/adapters/libpq.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <thread>
#include <variant>
#include <vector>

#include <gtest/gtest.h>

#include "adapters/support.hpp"
#include "support/postgres.hpp"
#include "weft/schema/outreach_history.hpp"
#include "weft/schema/outreach_processing_jobs.hpp"

namespace {

using weft::adapters::in_transaction;
using weft::adapters::isolation;
using weft::adapters::postgres_connection;
using weft::adapters::transaction;
using weft_test::first;
using weft_test::state_of;
namespace sql = weft::sql;

TEST(postgres, values_come_back_by_their_type) {
    postgres_connection c(weft_test::postgres_url());
    auto const id = weft::parse_uuid("01234567-89ab-cdef-0123-456789abcdef");
    auto const t = weft::parse_instant("2026-02-03T04:05:06.000007Z");
    EXPECT_EQ(first(c, "SELECT $1::uuid", {id}), sql::value(id));
    EXPECT_EQ(first(c, "SELECT $1::timestamptz", {t}), sql::value(t));
    EXPECT_EQ(first(c, "SELECT $1::jsonb", {weft::schema::jsonb{"{\"a\": [1, null]}"}}),
              sql::value(weft::schema::jsonb{"{\"a\": [1, null]}"}));
    EXPECT_EQ(first(c, "SELECT $1::boolean", {true}), sql::value(true));
    EXPECT_EQ(first(c, "SELECT false"), sql::value(false));
    EXPECT_EQ(first(c, "SELECT 7::smallint"), sql::value(std::int32_t{7}));
    EXPECT_EQ(first(c, "SELECT 0.1::real::double precision - 0.1::real"), sql::value(0.0));
    EXPECT_EQ(first(c, "SELECT 1.50::numeric"), sql::value(std::string("1.50")));
    EXPECT_EQ(first(c, "SELECT NULL::uuid"), sql::value(sql::null{}));
    EXPECT_TRUE(weft::is_nan(std::get<double>(first(c, "SELECT 'NaN'::float8"))));
    EXPECT_TRUE(weft::is_nan(std::get<double>(
        first(c, "SELECT $1::float8", {std::numeric_limits<double>::quiet_NaN()}))));
}

TEST(postgres, instants_do_not_depend_on_the_servers_time_zone) {
    postgres_connection c(weft_test::postgres_url());
    for (auto const* text : {"0001-01-01T00:00:00Z", "1969-12-31T23:59:59.999999Z",
                             "2024-02-29T12:00:00Z", "9999-12-31T23:59:59.999999Z"}) {
        auto const t = weft::parse_instant(text);
        EXPECT_EQ(first(c, "SELECT $1::timestamptz", {t}), sql::value(t)) << text;
    }
    EXPECT_EQ(first(c, "SELECT $1::timestamptz", {weft::instant_infinity}),
              sql::value(weft::instant_infinity));
    EXPECT_EQ(first(c, "SELECT '-infinity'::timestamptz"),
              sql::value(weft::instant_minus_infinity));
    EXPECT_EQ(first(c, "SELECT '2026-01-01 00:00'::timestamptz"),
              sql::value(weft::parse_instant("2026-01-01T00:00:00Z")));
    for (auto const* far :
         {"SELECT '12026-01-01'::timestamptz", "SELECT '44-03-15 BC'::timestamptz"}) {
        EXPECT_EQ(state_of([&] { static_cast<void>(first(c, far)); }), "22000");
    }
}

TEST(postgres, a_server_that_is_not_there_is_an_error_without_the_password) {
    try {
        postgres_connection c("postgresql://someone:secret@/nowhere?host=/nonexistent");
        FAIL() << "connected to nothing";
    } catch (weft::sql_error const& e) {
        EXPECT_EQ(e.sqlstate(), "08001");
        EXPECT_EQ(std::string(e.what()).find("secret"), std::string::npos) << e.what();
        EXPECT_NE(std::string(e.what()).find("/nonexistent"), std::string::npos) << e.what();
    }
    EXPECT_EQ(state_of([] { postgres_connection c("postgresql://[broken"); }), "08001");
    EXPECT_EQ(state_of([] { postgres_connection c("no such = thing"); }), "08001");
    EXPECT_THROW(postgres_connection(std::string("a\0b", 3)), weft::invalid_argument);
    EXPECT_EQ(state_of([] {
                  auto url = weft_test::postgres_url();
                  url.replace(url.find("/postgres?"), 10, "/no_such_database?");
                  postgres_connection c(url);
              }),
              "08001");
}

TEST(postgres, a_connection_that_the_server_ends_is_an_error_and_not_a_crash) {
    postgres_connection victim(weft_test::postgres_url());
    postgres_connection killer(weft_test::postgres_url());
    auto const pid = first(victim, "SELECT pg_backend_pid()");
    transaction tx(victim);
    EXPECT_EQ(first(killer, "SELECT pg_terminate_backend($1, 5000)", {pid}), sql::value(true));
    // Whether the server's farewell still arrives is a matter of luck.
    auto const farewell = state_of([&] { static_cast<void>(first(victim, "SELECT 1")); });
    EXPECT_TRUE(farewell == "57P01" || farewell == "08006") << farewell;
    EXPECT_EQ(state_of([&] { static_cast<void>(first(victim, "SELECT 1")); }), "08006");
    EXPECT_EQ(state_of([&] { victim.run_script("SELECT 1"); }), "08006");
    EXPECT_EQ(state_of([&] { static_cast<void>(victim.copy_in("COPY t FROM STDIN", "x")); }),
              "08006");
    EXPECT_EQ(state_of([&] { tx.commit(); }), "08006");
    victim = postgres_connection(weft_test::postgres_url());
    EXPECT_EQ(first(victim, "SELECT 1"), sql::value(std::int32_t{1}));
}

TEST(postgres, commit_after_a_failed_statement_throws_although_the_server_says_yes) {
    postgres_connection c(weft_test::postgres_url());
    c.run_script("CREATE TEMP TABLE t (v integer)");
    transaction tx(c);
    c.execute({"INSERT INTO t VALUES (1)", {}});
    EXPECT_EQ(state_of([&] { c.execute({"SELECT 1 / 0", {}}); }), "22012");
    EXPECT_EQ(state_of([&] { c.execute({"SELECT 1", {}}); }), "25P02");
    EXPECT_EQ(state_of([&] { tx.commit(); }), "25P02");
    EXPECT_FALSE(c.in_transaction());
}

TEST(postgres, notices_are_kept_and_not_printed) {
    postgres_connection c(weft_test::postgres_url());
    testing::internal::CaptureStderr();
    c.run_script("DO $$ BEGIN RAISE NOTICE 'one'; RAISE WARNING 'two'; END $$");
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
    auto const notices = c.take_notices();
    ASSERT_EQ(notices.size(), 2U);
    EXPECT_EQ(notices[0].severity, "NOTICE");
    EXPECT_EQ(notices[0].message, "one");
    EXPECT_EQ(notices[1].severity, "WARNING");
    EXPECT_TRUE(c.take_notices().empty());
    auto moved = std::move(c);
    moved.run_script("DO $$ BEGIN FOR i IN 1..1500 LOOP RAISE NOTICE '%', i; END LOOP; END $$");
    auto const many = moved.take_notices();
    ASSERT_EQ(many.size(), 1000U);
    EXPECT_EQ(many.back().message, "1500");
}

TEST(postgres, a_statement_that_was_deallocated_is_prepared_again) {
    postgres_connection c(weft_test::postgres_url());
    EXPECT_EQ(first(c, "SELECT 1"), sql::value(std::int32_t{1}));
    c.execute({"DISCARD ALL", {}});
    EXPECT_EQ(first(c, "SELECT 1"), sql::value(std::int32_t{1}));
    c.execute({"DEALLOCATE ALL", {}});
    {
        transaction tx(c);
        EXPECT_EQ(state_of([&] { static_cast<void>(first(c, "SELECT 1")); }), "26000");
    }
    EXPECT_EQ(first(c, "SELECT 1"), sql::value(std::int32_t{1}));
}

TEST(postgres, copy_stores_all_rows_or_none) {
    postgres_connection c(weft_test::postgres_url());
    c.run_script("CREATE TEMP TABLE t (a integer, b text)");
    std::string rows;
    for (int i = 0; i < 200'000; ++i)
        rows += weft::to_text(i) + "\tb\\\\" + weft::to_text(i) + "\n";
    EXPECT_EQ(c.copy_in("COPY t FROM STDIN", rows), 200'000);
    EXPECT_EQ(first(c, "SELECT b FROM t WHERE a = 7"), sql::value(std::string("b\\7")));
    EXPECT_EQ(state_of([&] { c.copy_in("COPY t FROM STDIN", "1\tx\ny\tz\n"); }), "22P02");
    EXPECT_EQ(state_of([&] { c.copy_in("COPY missing FROM STDIN", "1\n"); }), "42P01");
    EXPECT_THROW(c.copy_in("SELECT 1", ""), weft::invalid_argument);
    EXPECT_THROW(c.copy_in("COPY t TO STDOUT", ""), weft::sql_error);
    EXPECT_EQ(c.copy_in("COPY t FROM STDIN", ""), 0);
    EXPECT_EQ(first(c, "SELECT count(*) FROM t"), sql::value(std::int64_t{200'000}));
    // COPY elsewhere is refused and leaves the connection usable.
    EXPECT_EQ(state_of([&] { c.run_script("COPY t FROM STDIN"); }), "57014");
    EXPECT_EQ(state_of([&] { c.execute({"COPY t FROM STDIN", {}}); }), "0A000");
    EXPECT_EQ(first(c, "SELECT 1"), sql::value(std::int32_t{1}));
}

TEST(postgres, too_many_parameters_are_refused) {
    postgres_connection c(weft_test::postgres_url());
    EXPECT_THROW(c.execute({"SELECT 1", std::vector<sql::value>(65'536)}), weft::invalid_argument);
}

TEST(postgres, a_script_is_one_transaction) {
    postgres_connection c(weft_test::postgres_url());
    EXPECT_EQ(state_of([&] { c.run_script("CREATE TABLE half (v integer); SELECT 1 / 0;"); }),
              "22012");
    EXPECT_EQ(first(c, "SELECT to_regclass('half') IS NULL"), sql::value(true));
}

TEST(postgres, parameters_and_results_travel_in_binary_where_they_can) {
    using weft::sql::wire_format;
    postgres_connection c(weft_test::postgres_url(),
                          {.parameters = wire_format::binary, .results = wire_format::binary});
    auto const t = weft::parse_instant("2026-02-03T04:05:06.000007Z");
    EXPECT_EQ(first(c, "SELECT $1::timestamptz + interval '1 microsecond'", {t}),
              sql::value(t + std::chrono::microseconds(1)));
    // Of another type than its place: as text, which the server reads.
    EXPECT_EQ(first(c, "SELECT $1::bigint + 1", {std::int32_t{7}}), sql::value(std::int64_t{8}));
    EXPECT_EQ(first(c, "SELECT $1::text || $2::text", {std::string("a"), sql::null{}}),
              sql::value(sql::null{}));
    EXPECT_EQ(first(c, "SELECT $1::text", {std::string("\\000")}),
              sql::value(std::string("\\000")));
    EXPECT_EQ(state_of([&] { (void)first(c, "SELECT $1::text", {std::string("a\0b", 3)}); }),
              "22021");
    sql::array const ids{weft::schema::sql_type::int4, {1, 2, sql::null{}}};
    EXPECT_EQ(first(c, "SELECT sum(i)::integer FROM unnest($1::integer[]) i", {ids}),
              sql::value(std::int32_t{3}));
}

TEST(postgres, a_pipeline_is_all_or_nothing) {
    postgres_connection c(weft_test::postgres_url());
    c.run_script("CREATE TEMP TABLE t (v integer PRIMARY KEY)");
    std::vector<sql::statement> inserts;
    for (std::int32_t i = 0; i < 1000; ++i) inserts.push_back({"INSERT INTO t VALUES ($1)", {i}});
    inserts.push_back({"UPDATE t SET v = v + $1 WHERE v >= 500", {std::int32_t{1000}}});
    auto counts = c.execute_all(inserts);
    ASSERT_EQ(counts.size(), 1001U);
    EXPECT_EQ(counts.front(), 1);
    EXPECT_EQ(counts.back(), 500);
    auto const count = [&] { return std::get<std::int64_t>(first(c, "SELECT count(*) FROM t")); };

    // The 301st fails: nothing of the pipeline stays, and the connection goes on.
    std::vector<sql::statement> more;
    for (std::int32_t i = 0; i < 600; ++i) {
        more.push_back({"INSERT INTO t VALUES ($1)", {i == 300 ? std::int32_t{7} : i + 5000}});
    }
    EXPECT_EQ(state_of([&] { c.execute_all(more); }), "23505");
    EXPECT_EQ(count(), 1000);
    EXPECT_FALSE(c.in_transaction());
    // What cannot be written is found before anything is sent.
    more[300].params = {weft::instant_infinity - std::chrono::microseconds(1)};
    EXPECT_THROW(c.execute_all(more), weft::invalid_argument);
    more[300].params = {std::string("1\0", 2)};
    EXPECT_EQ(state_of([&] { c.execute_all(more); }), "22021");
    EXPECT_EQ(count(), 1000);
    more.erase(more.begin() + 300);
    {
        transaction tx(c);
        EXPECT_EQ(c.execute_all(more).size(), 599U);
        EXPECT_EQ(count(), 1599);
    }
    EXPECT_EQ(count(), 1000);
    EXPECT_TRUE(c.execute_all({}).empty());
    EXPECT_EQ(
        state_of([&] {
            c.execute_all(std::vector<sql::statement>{{"INSERT INTO missing VALUES (1)", {}}});
        }),
        "42P01");
    // Prepared statements that somebody deallocated are prepared again.
    c.execute({"DEALLOCATE ALL", {}});
    EXPECT_EQ(c.execute_all(more).size(), 599U);

    // Large values in both directions do not block each other.
    std::vector<sql::statement> large;
    for (int i = 0; i < 300; ++i) large.push_back({"SELECT $1::text", {std::string(100'000, 'x')}});
    EXPECT_EQ(c.execute_all(large).size(), 300U);
}

TEST(postgres, a_pipeline_outlives_no_connection) {
    postgres_connection c(weft_test::postgres_url());
    auto const farewell = state_of([&] {
        c.execute_all(std::vector<sql::statement>{
            {"SELECT pg_terminate_backend(pg_backend_pid())", {}}, {"SELECT 1", {}}});
    });
    EXPECT_TRUE(farewell == "57P01" || farewell == "08006") << farewell;
    EXPECT_EQ(state_of([&] { (void)first(c, "SELECT 1"); }), "08006");
}

TEST(postgres, copies_stream_in_both_directions) {
    postgres_connection c(weft_test::postgres_url());
    c.run_script("CREATE TEMP TABLE t (a integer, b text)");
    struct stop {};
    // A sender that gives up stores nothing.
    EXPECT_THROW(c.copy_in("COPY t FROM STDIN",
                           [](auto const& sink) {
                               sink("1\tx\n");
                               throw stop();
                           }),
                 stop);
    EXPECT_EQ(first(c, "SELECT count(*) FROM t"), sql::value(std::int64_t{0}));
    EXPECT_EQ(c.copy_in("COPY t FROM STDIN",
                        [](auto const& sink) {
                            for (int i = 0; i < 100'000; ++i) sink("1\txxxxxxxxxxxxxxxxxx\n");
                        }),
              100'000);
    std::size_t bytes = 0;
    EXPECT_EQ(
        c.copy_out("COPY t TO STDOUT", [&](std::string_view piece) { bytes += piece.size(); }),
        100'000);
    EXPECT_EQ(bytes, 2'100'000U);
    // A receiver that gives up stops the server.
    std::size_t pieces = 0;
    EXPECT_THROW(c.copy_out("COPY t TO STDOUT",
                            [&](std::string_view) {
                                if (++pieces == 3) throw stop();
                            }),
                 stop);
    EXPECT_EQ(first(c, "SELECT count(*) FROM t"), sql::value(std::int64_t{100'000}));
    EXPECT_EQ(state_of([&] { c.copy_out("COPY missing TO STDOUT", [](std::string_view) {}); }),
              "42P01");
    EXPECT_EQ(state_of([&] {
                  c.copy_out("COPY (SELECT 1 / (a - 1) FROM t) TO STDOUT", [](std::string_view) {});
              }),
              "22012");
    EXPECT_THROW(c.copy_out("SELECT 1", [](std::string_view) {}), weft::invalid_argument);
    EXPECT_THROW(c.copy_out("COPY t FROM STDIN", [](std::string_view) {}), weft::error);
    EXPECT_EQ(first(c, "SELECT 1"), sql::value(std::int32_t{1}));
}

TEST(postgres, a_long_result_comes_row_by_row) {
    using row = weft::schema::outreach_history;
    postgres_connection c(weft_test::postgres_url());
    auto const rows = [](std::string const& source, std::int32_t n) {
        return sql::statement{"SELECT $1::uuid AS target_user_id, (" + source +
                                  ")::text AS source_id, 'user' AS source_type, 'event_call' AS "
                                  "type FROM generate_series(1, $2::integer) n",
                              {weft::uuid{}, n}};
    };
    sql::decode_options const some{.allow_missing = true};
    std::size_t at = 0;
    EXPECT_EQ(c.stream<row>(
                  rows("n", 20'000),
                  [&](row const& each) {
                      EXPECT_EQ(each.source_id, weft::to_text(++at));
                      // What else is asked meanwhile is refused and spoils nothing.
                      if (at % 5'000 != 7) return;
                      EXPECT_EQ(state_of([&] { (void)first(c, "SELECT 1"); }), "55006");
                      EXPECT_EQ(state_of([&] { transaction nested(c); }), "55006");
                  },
                  some),
              20'000U);
    EXPECT_EQ(c.stream<row>(
                  rows("n", 0), [](row const&) { FAIL(); }, some),
              0U);
    EXPECT_THROW(c.stream<row>(rows("n", 0), [](row const&) {}), weft::invalid_argument);
    // A reader that gives up, and a server that does.
    struct stop {};
    at = 0;
    EXPECT_THROW(c.stream<row>(
                     rows("n", 1'000'000),
                     [&](row const&) {
                         if (++at == 3) throw stop();
                     },
                     some),
                 stop);
    EXPECT_EQ(first(c, "SELECT 1"), sql::value(std::int32_t{1}));
    EXPECT_EQ(state_of([&] {
                  c.stream<row>(
                      rows("1000 / (3000 - n)", 4'000), [&](row const&) { ++at; }, some);
              }),
              "22012");
    EXPECT_EQ(state_of([&] {
                  c.stream<row>({"SELECT", {std::int32_t{1}}}, [](row const&) {});
              }),
              "08P01");
    std::size_t pieces = 0;
    EXPECT_EQ(c.copy_out("COPY (SELECT generate_series(1, 10)) TO STDOUT",
                         [&](std::string_view) {
                             ++pieces;
                             EXPECT_EQ(state_of([&] { (void)first(c, "SELECT 1"); }), "55006");
                         }),
              10);
    EXPECT_EQ(pieces, 10U);
    EXPECT_EQ(first(c, "SELECT 1"), sql::value(std::int32_t{1}));
}

TEST(postgres, a_transaction_that_others_disturb_is_run_again) {
    weft_test::database db;
    postgres_connection a(db.url());
    postgres_connection b(db.url());
    a.run_script("CREATE TABLE t (k integer PRIMARY KEY, v integer); "
                 "INSERT INTO t VALUES (1, 0), (2, 0)");
    int runs = 0;
    std::vector<int> pauses;
    auto const disturbed = [&](int times) {
        return [&, times] {
            ++runs;
            auto const v = std::get<std::int32_t>(first(a, "SELECT v FROM t WHERE k = 1"));
            if (runs <= times) b.execute({"UPDATE t SET v = v + 10 WHERE k = 1", {}});
            a.execute({"UPDATE t SET v = $1 WHERE k = 1", {v + 1}});
            return v + 1;
        };
    };
    auto const pause = [&](int n) {
        EXPECT_FALSE(a.in_transaction());
        pauses.push_back(n);
    };
    // The second committer of two updates of one row: 40001.
    EXPECT_EQ(
        in_transaction(a, disturbed(2), {.attempts = 3, .level = isolation::serializable}, pause),
        21);
    EXPECT_EQ(runs, 3);
    EXPECT_EQ(pauses, (std::vector<int>{1, 2}));
    runs = 0;
    EXPECT_EQ(state_of([&] {
                  (void)in_transaction(a, disturbed(9),
                                       {.attempts = 2, .level = isolation::repeatable_read});
              }),
              "40001");
    EXPECT_EQ(runs, 2);
    EXPECT_EQ(first(b, "SELECT v FROM t WHERE k = 1"), sql::value(std::int32_t{41}));

    // Nothing else is run again, and nothing inside another transaction.
    runs = 0;
    EXPECT_EQ(state_of([&] {
                  in_transaction(a, [&] {
                      ++runs;
                      a.execute({"SELECT 1 / 0", {}});
                  });
              }),
              "22012");
    {
        transaction outer(a, isolation::repeatable_read);
        EXPECT_EQ(state_of([&] { (void)in_transaction(a, disturbed(9)); }), "40001");
        EXPECT_THROW(transaction(a, isolation::serializable), weft::invalid_argument);
    }
    EXPECT_EQ(runs, 2);
    EXPECT_THROW(in_transaction(a, [] {}, {.attempts = 0}), weft::invalid_argument);
}

TEST(postgres, a_deadlock_is_resolved_by_running_one_of_the_two_again) {
    weft_test::database db;
    postgres_connection setup(db.url());
    setup.run_script("CREATE TABLE t (k integer PRIMARY KEY, v integer); "
                     "INSERT INTO t VALUES (1, 0), (2, 0)");
    std::atomic<int> holding = 0;
    std::atomic<int> runs = 0;
    auto const worker = [&](std::int32_t mine, std::int32_t other) {
        postgres_connection c(db.url());
        c.execute({"SET deadlock_timeout TO '50ms'", {}});
        bool first_run = true;
        in_transaction(c, [&] {
            ++runs;
            c.execute({"UPDATE t SET v = v + 1 WHERE k = $1", {mine}});
            if (first_run) {
                ++holding;
                while (holding < 2) std::this_thread::yield();
            }
            first_run = false;
            c.execute({"UPDATE t SET v = v + 1 WHERE k = $1", {other}});
        });
    };
    std::thread one([&] { worker(1, 2); });
    std::thread two([&] { worker(2, 1); });
    one.join();
    two.join();
    // The one that runs again may meet the other once more.
    EXPECT_GE(runs, 3);
    EXPECT_EQ(first(setup, "SELECT sum(v)::integer FROM t"), sql::value(std::int32_t{4}));
}

TEST(postgres, copy_as_a_query_is_refused_and_leaves_nothing_open) {
    using weft::schema::outreach_processing_jobs;
    weft_test::database const db;
    postgres_connection c(db.url());
    c.run_script("create table numbers (n integer)");
    auto const usable = [&] { return first(c, "select 1") == sql::value(std::int32_t{1}); };
    for (std::string const text : {"copy numbers from stdin", "copy numbers to stdout"}) {
        EXPECT_EQ(state_of([&] { c.execute({text, {}}); }), "0A000");
        EXPECT_TRUE(usable());
        EXPECT_EQ(
            state_of([&] {
                c.stream<outreach_processing_jobs>({text, {}}, [](outreach_processing_jobs&) {});
            }),
            "0A000");
        EXPECT_TRUE(usable());
        std::vector<sql::statement> const some{{"insert into numbers values (1)", {}},
                                               {" " + text, {}}};
        EXPECT_EQ(state_of([&] { c.execute_all(some); }), "0A000");
        EXPECT_TRUE(usable());
    }
    EXPECT_EQ(first(c, "select count(*) from numbers"), sql::value(std::int64_t{0}));
    std::vector<sql::statement> const hidden{{"/**/ copy numbers from stdin", {}}};
    EXPECT_EQ(state_of([&] { c.execute_all(hidden); }), "0A000");
    EXPECT_EQ(state_of([&] { usable(); }), "08006") << "in a pipeline it costs the connection";
    postgres_connection other(db.url());
    EXPECT_EQ(state_of([&] { other.copy_in(std::string("copy numbers from stdin\0 x", 26), ""); }),
              "22021");
}

TEST(postgres, a_transaction_does_not_take_over_one_that_a_script_began) {
    weft_test::database const db;
    postgres_connection c(db.url());
    c.run_script("create table numbers (n integer)");
    for (auto const level : {isolation::usual, isolation::serializable}) {
        c.run_script("begin");
        c.execute({"insert into numbers values (1)", {}});
        EXPECT_EQ(state_of([&] { transaction tx(c, level); }), "25001");
        EXPECT_EQ(state_of([&] { in_transaction(c, [] {}); }), "25001");
        EXPECT_TRUE(c.in_transaction());
        c.run_script("rollback");
        EXPECT_EQ(first(c, "select count(*) from numbers"), sql::value(std::int64_t{0}));
    }
    EXPECT_TRUE(c.take_notices().empty());
    transaction tx(c);
    tx.commit();
}

TEST(postgres, bytes_of_another_type_are_not_taken_for_a_columns) {
    using weft::schema::outreach_processing_jobs;
    weft_test::database const db;
    postgres_connection c(db.url(), {.results = sql::wire_format::binary});
    sql::decode_options const options{.allow_missing = true};
    auto const read = [&](std::string const& column) {
        return c
            .select<outreach_processing_jobs>(
                {"select 'incremental' as job_type, now() as created_at, " + column, {}}, options)
            .at(0);
    };
    EXPECT_EQ(read("2 as items_processed").items_processed, 2);
    EXPECT_EQ(read("'x'::varchar as error_message").error_message, "x");
    for (char const* column : {"1.5::float4 as items_processed", "1::bigint as started_at",
                               "1::bigint as items_processed", "'{}'::json as parameters"}) {
        EXPECT_THROW((void)read(column), weft::invalid_argument) << column;
    }
}

} // namespace
