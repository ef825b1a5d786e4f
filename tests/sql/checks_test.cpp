// What the tables themselves refuse, from writers that do not go through schema::validate. The
// cases are made from the descriptors.

#include <cmath>
#include <limits>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "support.hpp"

namespace {

using namespace weft::schema;
using weft::sql::dialect;
using weft::sql::value;

template <class Row>
std::size_t place_of(std::string_view name) {
    std::size_t k = 0;
    for (auto const& c : columns_of<Row>()) {
        if (c.name == name) return k;
        ++k;
    }
    throw std::runtime_error("no column " + std::string(name));
}

/// The SQLSTATE of inserting the sample row with some values put in past all checks of weft's.
template <class Row, class Connection>
std::string state_with(Connection& c,
                       std::vector<std::pair<std::string_view, value>> const& changes) {
    weft::sql::statement s = weft::sql::insert(weft_test::sample<Row>(), c.dialect());
    for (auto const& [name, v] : changes) s.params[place_of<Row>(name)] = v;
    return weft_test::state_of(c, s);
}

std::vector<value> refused_values(column_info const& c, dialect d) {
    using limits = std::numeric_limits<double>;
    std::vector<value> out;
    if (!c.allowed.empty()) {
        for (auto const* text : {"", "PENDING", "pending ", "no_such_value", "'"}) {
            out.emplace_back(std::string(text));
        }
        auto doubled = std::string(c.allowed[0]);
        doubled += doubled;
        out.emplace_back(doubled);
    }
    if (c.type == sql_type::float8) {
        out.insert(out.end(), {limits::quiet_NaN(), limits::infinity(), -limits::infinity()});
        if (c.lower) out.emplace_back(std::nextafter(*c.lower, -9.0));
        if (c.upper) out.emplace_back(std::nextafter(*c.upper, 9.0));
    }
    if (c.type == sql_type::int4) {
        if (c.lower) out.emplace_back(static_cast<std::int32_t>(*c.lower) - 1);
        if (c.lower) out.emplace_back(std::numeric_limits<std::int32_t>::min());
        if (c.upper) out.emplace_back(static_cast<std::int32_t>(*c.upper) + 1);
        if (d == dialect::sqlite) out.emplace_back(std::int64_t{1} << 40);
    }
    if (c.object) {
        for (auto const* text : {"[]", "null", "1", "\"{}\"", "true"}) {
            out.emplace_back(jsonb{text});
        }
    }
    if (d == dialect::sqlite && c.type == sql_type::jsonb) {
        for (auto const* text : {"", "{", "{'a':1}", "x"}) out.emplace_back(std::string(text));
    }
    if (d == dialect::sqlite && c.type == sql_type::uuid) {
        for (auto const* text :
             {"", "1", "11111111-1111-1111-1111-11111111111G", "11111111111111111111111111111111",
              "11111111-1111-1111-1111-1111111111111", "ABCDEFAB-1111-1111-1111-111111111111"}) {
            out.emplace_back(std::string(text));
        }
    }
    if (d == dialect::sqlite && c.type == sql_type::timestamptz) {
        for (auto const* text :
             {"", "now", "2026-03-01", "2026-03-01T12:00:00Z", "2026-03-01 12:00:00.000000Z",
              "2026-03-01T12:00:00.000000+00", "2026-02-29T12:00:00.000000Z",
              "2026-13-01T12:00:00.000000Z", "2026-03-01T24:00:00.000000Z",
              "2026-03-01T12:60:00.000000Z", "2026-03-01T12:00:60.000000Z",
              "0000-03-01T12:00:00.000000Z", "12026-03-01T12:00:00.000000Z", "Infinity"}) {
            out.emplace_back(std::string(text));
        }
    }
    return out;
}

template <class Connection>
void expect_column_checks(Connection& c) {
    int cases = 0;
    for_each_table([&]<class Row>(std::type_identity<Row>) {
        EXPECT_EQ((state_with<Row>(c, {})), "00000") << table<Row>::name;
        c.execute({"delete from " + std::string(table<Row>::name), {}});
        for (auto const& column : columns_of<Row>()) {
            for (auto const& bad : refused_values(column, c.dialect())) {
                ++cases;
                EXPECT_EQ((state_with<Row>(c, {{column.name, bad}})), "23514")
                    << table<Row>::name << "." << column.name << " = "
                    << weft::sql::parameter_text(bad, c.dialect()).value_or("NULL");
            }
            if (column.not_null && !column.has_default()) {
                ++cases;
                EXPECT_EQ((state_with<Row>(c, {{column.name, weft::sql::null{}}})), "23502")
                    << table<Row>::name << "." << column.name;
            }
        }
        EXPECT_EQ(weft_test::count(c, std::string(table<Row>::name)), 0);
    });
    EXPECT_GT(cases, 150);
}

TEST(checks, each_column_refuses_what_it_must_in_postgresql) {
    weft_test::postgres_database db;
    expect_column_checks(db.connection);
}

TEST(checks, each_column_refuses_what_it_must_in_sqlite) {
    weft_test::sqlite_database db;
    expect_column_checks(db.connection);
}

template <class Connection>
void expect_row_rules(Connection& c) {
    auto const t = weft_test::at("2026-03-01T12:00:00Z");
    auto const microsecond = std::chrono::microseconds(1);
    std::size_t rules = 0;
    for_each_table([&]<class Row>(std::type_identity<Row>) { rules += table<Row>::rules.size(); });
    ASSERT_EQ(rules, 6U) << "a new rule needs a case below";

    EXPECT_EQ((state_with<outreach_queue>(c, {{"expires_at", t}})), "23514");
    EXPECT_EQ((state_with<outreach_queue>(c, {{"expires_at", t - microsecond}})), "23514");
    EXPECT_EQ((state_with<outreach_queue>(c, {{"response_action", std::string("accepted")}})),
              "23514");
    EXPECT_EQ((state_with<outreach_queue>(c, {{"status", std::string("rejected")},
                                              {"response_action", std::string("accepted")}})),
              "23514");
    EXPECT_EQ((state_with<compatibility_cache>(c, {{"expires_at", t}})), "23514");
    EXPECT_EQ((state_with<predictive_signals_cache>(c, {{"expires_at", t - microsecond}})),
              "23514");
    using job = outreach_processing_jobs;
    EXPECT_EQ((state_with<job>(c, {{"started_at", t}, {"completed_at", t - microsecond}})),
              "23514");
    EXPECT_EQ((state_with<job>(c, {{"items_processed", 1}, {"items_succeeded", 2}})), "23514");
    EXPECT_EQ((state_with<job>(c, {{"items_succeeded", std::numeric_limits<std::int32_t>::max()},
                                   {"items_failed", std::numeric_limits<std::int32_t>::max()}})),
              "23514");

    EXPECT_EQ((state_with<outreach_queue>(c, {{"expires_at", t + microsecond},
                                              {"status", std::string("accepted")},
                                              {"response_action", std::string("accepted")}})),
              "00000");
    EXPECT_EQ((state_with<job>(c, {{"started_at", t}, {"completed_at", t}})), "00000");
}

TEST(checks, rules_between_columns_hold_in_postgresql) {
    weft_test::postgres_database db;
    expect_row_rules(db.connection);
}

TEST(checks, rules_between_columns_hold_in_sqlite) {
    weft_test::sqlite_database db;
    expect_row_rules(db.connection);
}

TEST(checks, text_that_cannot_be_stored_is_refused) {
    weft_test::postgres_database db;
    weft_test::sqlite_database sqlite;
    auto const zero = std::string("a\0b", 3);
    EXPECT_EQ((state_with<outreach_queue>(db.connection, {{"title", zero}})), "22021");
    EXPECT_EQ((state_with<outreach_queue>(sqlite.connection, {{"title", zero}})), "22021");
    EXPECT_EQ(
        (state_with<outreach_queue>(db.connection, {{"metadata", jsonb{"{\"a\":\"\\u0000\"}"}}})),
        "22P05");
    // Long ids cannot be indexed.
    std::string long_id;
    for (int i = 0; i < 2000; ++i) long_id += std::to_string(i * 7919 % 10007);
    EXPECT_EQ((state_with<compatibility_cache>(db.connection, {{"source_id", long_id}})), "54000");
}

TEST(checks, numbers_in_json_are_those_that_the_server_takes) {
    weft_test::database db;
    weft_test::postgres_connection c(db.url());
    for (std::string const& text :
         {std::string("1e-16383"), std::string("1e-16384"), std::string("1.5e-16382"),
          std::string("1.5e-16383"), std::string("1e-20000"), std::string("0e-99999"),
          std::string("0e999999999"), std::string("0e9999999999"), std::string("1e308"),
          "0." + std::string(16'382, '0') + "1", "0." + std::string(16'383, '0') + "1",
          "0." + std::string(20'000, '0') + "1e19999"}) {
        bool taken = true;
        try {
            c.execute({"select $1::jsonb", {jsonb{text}}});
        } catch (weft::sql_error const&) {
            taken = false;
        }
        EXPECT_EQ(!find_fault(jsonb{text}), taken) << text.substr(0, 40);
    }
}

} // namespace
