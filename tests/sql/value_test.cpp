#include "weft/sql/value.hpp"

#include <limits>
#include <optional>
#include <string>

#include <gtest/gtest.h>

namespace {

using namespace weft::sql;
using weft::parse_instant;

TEST(value, has_a_text_in_each_dialect) {
    auto const postgres = [](value const& v) { return parameter_text(v, dialect::postgres); };
    auto const sqlite = [](value const& v) { return parameter_text(v, dialect::sqlite); };
    EXPECT_EQ(postgres(null{}), std::nullopt);
    EXPECT_EQ(postgres(true), "true");
    EXPECT_EQ(sqlite(true), "1");
    EXPECT_EQ(postgres(std::numeric_limits<std::int32_t>::min()), "-2147483648");
    EXPECT_EQ(postgres(std::numeric_limits<std::int64_t>::min()), "-9223372036854775808");
    EXPECT_EQ(postgres(0.1), "0.1");
    EXPECT_EQ(postgres(-0.0), "-0");
    EXPECT_EQ(postgres(5e-324), "5e-324");
    EXPECT_EQ(postgres(-std::numeric_limits<double>::quiet_NaN()), "NaN");
    EXPECT_EQ(postgres(-std::numeric_limits<double>::infinity()), "-Infinity");
    EXPECT_EQ(postgres(std::string("\\N")), "\\N");
    EXPECT_EQ(postgres(weft::uuid{}), "00000000-0000-0000-0000-000000000000");
    EXPECT_EQ(postgres(parse_instant("2026-03-01T12:00:00.5Z")), "2026-03-01T12:00:00.5Z");
    EXPECT_EQ(sqlite(parse_instant("2026-03-01T12:00:00.5Z")), "2026-03-01T12:00:00.500000Z");
    EXPECT_EQ(postgres(weft::instant_infinity), "infinity");
    EXPECT_EQ(sqlite(weft::instant_minus_infinity), "-infinity");
    EXPECT_EQ(postgres(weft::schema::jsonb{"{}"}), "{}");
    EXPECT_TRUE(is_null(value{}));
    EXPECT_FALSE(is_null(value{false}));
}

TEST(value, arrays_have_a_text_in_postgresql) {
    using weft::schema::sql_type;
    array a{sql_type::text, {}};
    EXPECT_EQ(parameter_text(a, dialect::postgres), "{}");
    a.items = {std::string("a\"b\\c"), null{}, std::string("NULL"), std::string(),
               std::string("{,}")};
    EXPECT_EQ(parameter_text(a, dialect::postgres), R"({"a\"b\\c",NULL,"NULL","","{,}"})");
    a = {sql_type::timestamptz, {weft::instant_infinity, parse_instant("2026-03-01T12:00:00Z")}};
    EXPECT_EQ(parameter_text(a, dialect::postgres), R"({"infinity","2026-03-01T12:00:00Z"})");
    EXPECT_THROW((void)parameter_text(a, dialect::sqlite), weft::invalid_argument);
}

TEST(value, keeps_the_order_of_instants_in_sqlite) {
    weft::instant const sorted[] = {weft::instant_minus_infinity,
                                    parse_instant("0001-01-01"),
                                    parse_instant("1969-12-31T23:59:59.999999Z"),
                                    parse_instant("1970-01-01"),
                                    parse_instant("2026-03-01T12:00:00Z"),
                                    parse_instant("2026-03-01T12:00:00.000001Z"),
                                    parse_instant("9999-12-31T23:59:59.999999Z"),
                                    weft::instant_infinity};
    for (std::size_t i = 1; i < std::size(sorted); ++i) {
        EXPECT_LT(instant_text(sorted[i - 1], dialect::sqlite),
                  instant_text(sorted[i], dialect::sqlite));
    }
}

} // namespace
