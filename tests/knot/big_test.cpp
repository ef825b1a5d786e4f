#include "weft/knot/big.hpp"

#include <cstdint>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "knot/support.hpp"

namespace {

namespace knot = weft::knot;
using big = knot::big_integer;

TEST(big, has_the_coefficients_that_64_bits_have_not) {
    std::vector<int> word;
    big previous = 2;
    big lucas = 1;
    for (int k = 0; k < 100; ++k) {
        word.push_back(1);
        word.push_back(-2);
    }
    for (int k = 1; k < 200; ++k) {
        big const next = previous + lucas;
        previous = lucas;
        lucas = next;
    }
    auto const v = knot::compute_invariants<big>(knot::braid(3, word));
    // The closure of (s1 s2^-1)^k has determinant L(2k) - 2 (Lucas numbers) and is alternating.
    EXPECT_EQ(v.determinant, lucas - 2);
    big at_minus_one = 0;
    int sign = 1;
    for (auto const& c : v.alexander->coefficients()) {
        at_minus_one += sign * c;
        sign = -sign;
    }
    EXPECT_EQ(abs(at_minus_one), lucas - 2);
    EXPECT_EQ(v.crossing_number_lower, 200);
    EXPECT_EQ(v.crossing_number_upper, 200);
    big jones_at_minus_one = 0;
    sign = 1;
    for (auto const& c : v.jones->coefficients()) {
        jones_at_minus_one += sign * c;
        sign = -sign;
    }
    EXPECT_EQ(abs(jones_at_minus_one), lucas - 2);
    EXPECT_EQ(v.jones, knot::inverted(*v.jones));
    EXPECT_EQ(v.signature, 0);
    EXPECT_FALSE(v.why.contains("alexander"));
}

TEST(big, agrees_with_64_bits_where_those_suffice) {
    weft_test::dice roll(3);
    for (int k = 0; k < 300; ++k) {
        auto const b = weft_test::random_bands(roll, 1 + roll(6), roll(16));
        auto const small = knot::compute_invariants(b);
        auto const large = knot::compute_invariants<big>(b);
        EXPECT_EQ(large.determinant, big(small.determinant.value()));
        EXPECT_EQ(large.signature, small.signature);
        auto const equal = [](auto const& p, auto const& q) {
            if (p->twice_min_exponent() != q->twice_min_exponent()) return false;
            if (p->coefficients().size() != q->coefficients().size()) return false;
            for (std::size_t e = 0; e < p->coefficients().size(); ++e) {
                if (q->coefficients()[e] != p->coefficients()[e]) return false;
            }
            return true;
        };
        EXPECT_TRUE(equal(small.alexander, large.alexander));
        EXPECT_TRUE(equal(small.conway, large.conway));
        EXPECT_TRUE(equal(small.jones, large.jones));
    }
}

TEST(big, the_unlink_of_a_hundred_components_has_binomial_coefficients) {
    auto const b = knot::braid(101, std::vector<int>{});
    auto const v = knot::compute_invariants<big>(b);
    big binomial = 1;
    for (int k = 0; k <= 100; ++k) {
        EXPECT_EQ(v.jones->coefficients().at(static_cast<std::size_t>(k)), binomial);
        binomial = binomial * (100 - k) / (k + 1);
    }
    EXPECT_THROW((void)knot::jones(b), weft::overflow_error);
    EXPECT_TRUE(knot::compute_invariants(b).why.at("jones").find("does not fit") !=
                std::string::npos);
}

} // namespace
