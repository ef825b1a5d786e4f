#include "weft/sql/decode.hpp"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "support.hpp"

namespace {

using namespace weft::sql;
using namespace weft::schema;
using weft_test::sample;

rows result_of(outreach_processing_jobs const& row) {
    rows out;
    for (auto const& c : columns_of<outreach_processing_jobs>()) out.columns.emplace_back(c.name);
    out.values.push_back(row_params(weft_test::with_defaults(row)));
    return out;
}

std::string why(rows const& result, decode_options const& options = {}) {
    try {
        (void)decode<outreach_processing_jobs>(result, options);
    } catch (weft::invalid_argument const& e) {
        return e.what();
    }
    return {};
}

std::size_t place_of(rows const& result, std::string const& column) {
    return static_cast<std::size_t>(
        std::find(result.columns.begin(), result.columns.end(), column) - result.columns.begin());
}

TEST(decode, goes_by_name_not_by_place) {
    auto const row = weft_test::with_defaults(sample<outreach_processing_jobs>());
    auto result = result_of(row);
    std::reverse(result.columns.begin(), result.columns.end());
    std::reverse(result.values[0].begin(), result.values[0].end());
    auto const back = decode<outreach_processing_jobs>(result);
    ASSERT_EQ(back.size(), 1U);
    EXPECT_EQ(back[0], row);
}

TEST(decode, reads_text_forms_too) {
    auto row = weft_test::with_defaults(sample<outreach_processing_jobs>());
    row.completed_at = weft::instant_infinity;
    auto result = result_of(row);
    for (auto& v : result.values[0]) {
        if (!is_null(v)) v = *parameter_text(v, dialect::sqlite);
    }
    EXPECT_EQ(decode<outreach_processing_jobs>(result)[0], row);
    result.values[0][place_of(result, "created_at")] = std::string("2026-03-01 13:00:00+01");
    EXPECT_EQ(decode<outreach_processing_jobs>(result)[0], row);
    result.values[0][place_of(result, "items_processed")] = std::int64_t{0};
    EXPECT_EQ(decode<outreach_processing_jobs>(result)[0], row);
}

TEST(decode, names_column_row_and_value) {
    auto const with = [](std::string const& column, value v) {
        auto result = result_of(sample<outreach_processing_jobs>());
        result.values.push_back(result.values[0]);
        result.values[1][place_of(result, column)] = std::move(v);
        return why(result);
    };
    EXPECT_EQ(with("status", std::string("Pending")),
              "outreach_processing_jobs.status in row 1: got \"Pending\", expected one of pending, "
              "processing, completed, failed, cancelled");
    EXPECT_EQ(with("status", null{}),
              "outreach_processing_jobs.status in row 1: got NULL, expected a value");
    EXPECT_EQ(with("items_failed", std::numeric_limits<std::int64_t>::max()),
              "outreach_processing_jobs.items_failed in row 1: got 9223372036854775807, expected a "
              "value of type integer");
    EXPECT_EQ(
        with("items_failed", std::string("1x")),
        "outreach_processing_jobs.items_failed in row 1: got \"1x\", expected a value of type "
        "integer");
    EXPECT_NE(with("items_failed", 1.0), "");
    EXPECT_NE(with("created_at", std::string("2026-03-01 13:00:00")), "");
    EXPECT_NE(with("created_at", 5), "");
    EXPECT_NE(with("id", std::string("{11111111-1111-1111-1111-111111111111}")), "");
    EXPECT_NE(with("metadata", 1), "");
    EXPECT_NE(with("error_message", weft::instant_infinity - std::chrono::microseconds(1)), "");
    EXPECT_EQ(with("error_message", std::string("fine")), "");
}

TEST(decode, reports_missing_unknown_and_doubled_columns) {
    auto result = result_of(sample<outreach_processing_jobs>());
    result.columns.back() = "updatedat";
    EXPECT_EQ(why(result), "outreach_processing_jobs: got the column \"updatedat\", expected only "
                           "columns of outreach_processing_jobs");
    EXPECT_EQ(why(result, {.allow_unknown = true}),
              "outreach_processing_jobs.updated_at: got no such column in the result, expected it");
    EXPECT_EQ(why(result, {.allow_missing = true, .allow_unknown = true}), "");
    result.columns.back() = "id";
    EXPECT_NE(why(result).find("twice"), std::string::npos);
    rows const none;
    EXPECT_NE(why(none, {.allow_missing = true}).find("job_type"), std::string::npos);
    result = result_of(sample<outreach_processing_jobs>());
    result.values[0].pop_back();
    EXPECT_NE(why(result).find("16 values"), std::string::npos);
}

} // namespace
