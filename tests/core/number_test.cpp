#include "weft/core/number.hpp"

#include <cmath>
#include <cstdint>
#include <gtest/gtest.h>
#include <limits>
#include <rapidcheck/gtest.h>

namespace {

TEST(number, tells_nan_and_infinity_by_bits) {
    auto const nan = std::numeric_limits<double>::quiet_NaN();
    auto const infinity = std::numeric_limits<double>::infinity();
    EXPECT_TRUE(weft::is_nan(nan));
    EXPECT_TRUE(weft::is_nan(-nan));
    EXPECT_FALSE(weft::is_nan(infinity));
    EXPECT_FALSE(weft::is_finite(nan));
    EXPECT_FALSE(weft::is_finite(-infinity));
    EXPECT_TRUE(weft::is_finite(std::numeric_limits<double>::max()));
    EXPECT_TRUE(weft::is_finite(std::numeric_limits<double>::denorm_min()));
    EXPECT_TRUE(weft::is_nan(std::numeric_limits<float>::signaling_NaN()));
    EXPECT_FALSE(weft::is_finite(std::numeric_limits<float>::infinity()));
}

RC_GTEST_PROP(number, text_reads_back_to_the_same_bits, (std::uint64_t bits)) {
    auto const x = std::bit_cast<double>(bits);
    RC_PRE(!weft::is_nan(x));
    auto const back = weft::parse_double(weft::to_text(x));
    RC_ASSERT(back.has_value());
    RC_ASSERT(std::bit_cast<std::uint64_t>(*back) == bits);
}

TEST(number, text_is_shortest) {
    EXPECT_EQ(weft::to_text(0.1), "0.1");
    EXPECT_EQ(weft::to_text(-0.0), "-0");
    EXPECT_EQ(weft::to_text(1e300), "1e+300");
    EXPECT_EQ(weft::to_text(std::int64_t{-9'223'372'036'854'775'807 - 1}), "-9223372036854775808");
}

TEST(number, refuses_half_read_text) {
    EXPECT_FALSE(weft::parse_double("1.5 "));
    EXPECT_FALSE(weft::parse_double(""));
    EXPECT_FALSE(weft::parse_double("1,5"));
    EXPECT_FALSE(weft::parse_integer<int>("2147483648"));
    EXPECT_FALSE(weft::parse_integer<unsigned>("-1"));
    EXPECT_EQ(weft::parse_integer<int>("-2147483648"), std::numeric_limits<int>::min());
}

} // namespace
