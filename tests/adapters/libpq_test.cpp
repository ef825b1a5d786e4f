#include "weft/adapters/libpq.hpp"

#include <string>

#include <gtest/gtest.h>

#include "adapters/support.hpp"
#include "support/postgres.hpp"

namespace {

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

} // namespace
