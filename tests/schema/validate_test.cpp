#include "weft/schema/validate.hpp"

#include <chrono>
#include <cmath>
#include <limits>
#include <string>
#include <type_traits>

#include <gtest/gtest.h>

#include "weft/schema/tables.hpp"

namespace {

using namespace weft::schema;
using weft::instant;

outreach_queue queue_row() {
    outreach_queue row;
    row.created_at = weft::parse_instant("2026-01-01");
    return row;
}

template <class Row>
Row legal() {
    Row row{};
    if constexpr (requires { row.prediction_data; }) row.prediction_data.text = "[]";
    return row;
}

template <class Row>
std::string refused(Row const& row) {
    try {
        validate(row);
    } catch (weft::invalid_argument const& e) {
        return e.argument();
    }
    return {};
}

TEST(validate, takes_rows_at_the_edge) {
    auto row = queue_row();
    EXPECT_EQ(refused(row), "");
    row.compatibility_score = 1.0;
    row.string_prediction_score = -0.0;
    row.current_weave_fit = std::numeric_limits<double>::denorm_min();
    row.priority = 10;
    row.expires_at = *row.created_at + std::chrono::microseconds(1);
    row.status = queue_status::accepted;
    row.response_action = response_action::accepted;
    row.optimal_timing = weft::instant_infinity;
    row.scheduled_for = weft::instant_minus_infinity;
    row.last_retry_at = weft::parse_instant("9999-12-31T23:59:59.999999Z");
    row.seen_at = weft::parse_instant("0001-01-01");
    EXPECT_EQ(refused(row), "");
}

TEST(validate, names_each_number_that_is_out_of_range) {
    using limits = std::numeric_limits<double>;
    for_each_table([]<class Row>(std::type_identity<Row>) {
        for_each_column<Row>([]<class Field>(column<Row, Field> const& c) {
            if constexpr (std::is_same_v<typename column<Row, Field>::value_type, double>) {
                for (double const bad :
                     {limits::quiet_NaN(), -limits::quiet_NaN(), limits::infinity(),
                      -limits::infinity(), std::nextafter(1.0, 2.0), -1.5, 1e300}) {
                    auto row = legal<Row>();
                    row.*c.field = bad;
                    if (!c.info.lower && weft::is_finite(bad)) continue;
                    EXPECT_EQ(refused(row),
                              std::string(table<Row>::name) + "." + std::string(c.info.name));
                }
            } else if constexpr (std::is_same_v<typename column<Row, Field>::value_type,
                                                std::int32_t>) {
                auto row = legal<Row>();
                row.*c.field = std::numeric_limits<std::int32_t>::min();
                EXPECT_EQ(refused(row).empty(), !c.info.lower.has_value()) << c.info.name;
                row.*c.field = std::numeric_limits<std::int32_t>::max();
                if (c.info.upper) {
                    EXPECT_NE(refused(row), "") << c.info.name;
                }
            }
        });
    });
}

TEST(validate, names_each_text_that_cannot_be_stored) {
    for_each_table([]<class Row>(std::type_identity<Row>) {
        for_each_column<Row>([]<class Field>(column<Row, Field> const& c) {
            using type = typename column<Row, Field>::value_type;
            if constexpr (std::is_same_v<type, std::string>) {
                for (std::string const& bad :
                     {std::string("a\0b", 3), std::string("\xff"), std::string("\xed\xa0\x80")}) {
                    auto row = legal<Row>();
                    row.*c.field = bad;
                    EXPECT_EQ(refused(row),
                              std::string(table<Row>::name) + "." + std::string(c.info.name));
                }
            } else if constexpr (std::is_same_v<type, jsonb>) {
                for (char const* bad : {"", "{", "{\"a\":\"\\u0000\"}", "{\"a\":1e999}"}) {
                    auto row = legal<Row>();
                    row.*c.field = jsonb{bad};
                    EXPECT_NE(refused(row), "") << c.info.name << bad;
                }
                auto row = legal<Row>();
                row.*c.field = jsonb{"[]"};
                if (c.info.object) {
                    EXPECT_EQ(refused(row),
                              std::string(table<Row>::name) + "." + std::string(c.info.name));
                }
            } else if constexpr (std::is_same_v<type, instant>) {
                for (auto const bad :
                     {instant(std::chrono::sys_days(std::chrono::year{10000} / 1 / 1)),
                      instant(std::chrono::sys_days(std::chrono::year{0} / 12 / 31)),
                      weft::instant_infinity - std::chrono::microseconds(1)}) {
                    auto row = legal<Row>();
                    row.*c.field = bad;
                    EXPECT_EQ(refused(row),
                              std::string(table<Row>::name) + "." + std::string(c.info.name));
                }
            } else if constexpr (Enumeration<type>) {
                auto row = legal<Row>();
                row.*c.field = static_cast<type>(200);
                EXPECT_EQ(refused(row),
                          std::string(table<Row>::name) + "." + std::string(c.info.name));
            }
        });
    });
}

TEST(validate, holds_the_rules_between_columns) {
    auto row = queue_row();
    row.expires_at = row.created_at;
    EXPECT_EQ(refused(row), "outreach_queue.expires_at");
    row = queue_row();
    row.response_action = response_action::accepted;
    EXPECT_EQ(refused(row), "outreach_queue.response_action");
    row.status = queue_status::ignored;
    EXPECT_EQ(refused(row), "outreach_queue.response_action");

    compatibility_cache pair;
    pair.calculated_at = weft::parse_instant("2026-01-01");
    pair.expires_at = *pair.calculated_at;
    EXPECT_EQ(refused(pair), "compatibility_cache.expires_at");
    pair.expires_at += std::chrono::microseconds(1);
    EXPECT_EQ(refused(pair), "");

    predictive_signals_cache signal;
    signal.prediction_data.text = "{}";
    signal.calculated_at = weft::parse_instant("2026-01-01");
    EXPECT_EQ(refused(signal), "predictive_signals_cache.expires_at");

    outreach_processing_jobs job;
    job.items_processed = 3;
    job.items_succeeded = 2;
    job.items_failed = 1;
    EXPECT_EQ(refused(job), "");
    job.items_failed = 2;
    EXPECT_EQ(refused(job), "outreach_processing_jobs.items_processed");
    job.items_failed = std::numeric_limits<std::int32_t>::max();
    EXPECT_EQ(refused(job), "outreach_processing_jobs.items_processed");
    job.items_failed = 0;
    job.started_at = weft::parse_instant("2026-01-02");
    job.completed_at = weft::parse_instant("2026-01-01");
    EXPECT_EQ(refused(job), "outreach_processing_jobs.completed_at");
    job.completed_at = job.started_at;
    EXPECT_EQ(refused(job), "");
}

TEST(validate, refuses_ids_of_users_in_capitals) {
    std::string const capital = "AAAAAAAA-0000-0000-0000-000000000001";
    std::string const small = "aaaaaaaa-0000-0000-0000-000000000001";
    compatibility_cache pair;
    pair.source_id = small;
    pair.target_id = capital;
    pair.expires_at = weft::parse_instant("2030-01-01T00:00:00Z");
    for (auto const type : {cache_entity_type::user, cache_entity_type::club}) {
        pair.target_type = type;
        bool refused = false;
        try {
            validate(pair);
        } catch (weft::invalid_argument const& e) {
            refused = e.argument() == "compatibility_cache.target_id";
        }
        EXPECT_EQ(refused, type == cache_entity_type::user);
    }
    predictive_signals_cache signal;
    signal.prediction_data.text = "[]";
    signal.entity_id = capital;
    signal.expires_at = pair.expires_at;
    signal.entity_type = signal_entity_type::user;
    EXPECT_THROW(validate(signal), weft::invalid_argument);
    signal.entity_id = small;
    EXPECT_NO_THROW(validate(signal));
}

} // namespace
