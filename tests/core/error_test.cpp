#include "weft/core/error.hpp"
#include "weft/core/unit.hpp"

#include <gtest/gtest.h>
#include <limits>
#include <string>

namespace {

TEST(error, names_argument_value_and_expectation) {
    try {
        weft::require_unit("compatibility[2]", 1.5);
        FAIL();
    } catch (weft::invalid_argument const& e) {
        EXPECT_EQ(e.argument(), "compatibility[2]");
        EXPECT_EQ(e.value(), "1.5");
        EXPECT_EQ(e.expected(), "a number in [0, 1]");
        EXPECT_STREQ(e.what(), "compatibility[2]: got 1.5, expected a number in [0, 1]");
    }
}

TEST(error, everything_is_a_weft_error) {
    EXPECT_THROW(throw weft::sql_error("no", "23514", "INSERT"), weft::error);
    EXPECT_THROW(throw weft::parse_error("number", 3, "a digit"), std::exception);
    weft::sql_error const e("value refused", "23514", "INSERT INTO t");
    EXPECT_STREQ(e.what(), "value refused [SQLSTATE 23514] in: INSERT INTO t");
}

TEST(unit, refuses_nan_and_keeps_the_ends) {
    EXPECT_THROW(weft::unit{std::numeric_limits<double>::quiet_NaN()}, weft::invalid_argument);
    EXPECT_THROW(weft::unit(-1e-300), weft::invalid_argument);
    EXPECT_EQ(weft::unit(1.0).value(), 1.0);
    EXPECT_LT(weft::unit(0.0), weft::unit(0.5));
}

} // namespace
