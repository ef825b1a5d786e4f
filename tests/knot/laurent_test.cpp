#include "weft/knot/laurent.hpp"

#include <cstdint>
#include <gtest/gtest.h>
#include <limits>

namespace {

using weft::knot::inverted;
using weft::knot::laurent;

TEST(laurent, drops_zeros_at_both_ends) {
    laurent const p(-3, {0, 0, 5, 0, -1, 0});
    EXPECT_EQ(p, laurent(1, {5, 0, -1}));
    EXPECT_EQ(p.twice_min_exponent(), 1);
    EXPECT_EQ(p.twice_max_exponent(), 5);
    EXPECT_EQ(p.span(), 2);
    EXPECT_EQ(p.coefficient(1), 5);
    EXPECT_EQ(p.coefficient(2), 0);
    EXPECT_EQ(p.coefficient(7), 0);
    EXPECT_EQ(p.coefficient(-9), 0);
}

TEST(laurent, zero_has_one_form) {
    EXPECT_EQ(laurent(7, {0, 0}), laurent());
    EXPECT_TRUE(laurent(7, {}).zero());
    EXPECT_EQ(laurent(7, {}).twice_min_exponent(), 0);
    EXPECT_EQ(laurent(7, {}).span(), 0);
    EXPECT_EQ(laurent(0, {1, 1}) * laurent(), laurent());
    EXPECT_EQ(inverted(laurent()), laurent());
}

TEST(laurent, products_add_exponents) {
    EXPECT_EQ(laurent(-1, {-1, -1}) * laurent(-1, {-1, -1}), laurent(-2, {1, 2, 1}));
    EXPECT_EQ(inverted(laurent(1, {2, 0, 3})), laurent(-5, {3, 0, 2}));
}

TEST(laurent, overflow_is_an_error) {
    constexpr auto most = std::numeric_limits<std::int64_t>::max();
    laurent const p(0, {most, 1});
    EXPECT_THROW((void)(p * p), weft::overflow_error);
    EXPECT_THROW((void)(p * laurent(0, {1, 1})), weft::overflow_error);
    EXPECT_EQ(p * laurent(0, {-1}), laurent(0, {-most, -1}));
}

} // namespace
