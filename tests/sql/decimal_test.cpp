#include <bit>
#include <charconv>
#include <cstdint>
#include <random>
#include <string>

#include <gtest/gtest.h>

#include "weft/sql/decimal.hpp"

namespace {

std::string quick_decimal(double x) {
    char buffer[32];
    return {buffer, weft::sql::detail::put_finite_double(buffer, x)};
}

std::string standard_decimal(double x) {
    char buffer[32];
    return {buffer, std::to_chars(buffer, buffer + sizeof buffer, x).ptr};
}

void expect_standard(double x) {
    if (auto const quick = quick_decimal(x), standard = standard_decimal(x); quick != standard) {
        ADD_FAILURE() << quick << " instead of " << standard;
    }
}

TEST(decimal, is_what_the_standard_library_writes) {
    std::mt19937_64 random(20260301);
    constexpr std::uint64_t from = std::uint64_t{1012} << 52U;
    constexpr std::uint64_t until = std::uint64_t{1024} << 52U;
    for (int i = 0; i < 300'000; ++i) {
        expect_standard(std::bit_cast<double>(from + random() % (until - from)));
    }
}

TEST(decimal, short_ones_stay_short) {
    for (int power = 10; power <= 10'000; power *= 10) {
        for (int n = 0; n <= power; ++n) expect_standard(static_cast<double>(n) / power);
    }
    EXPECT_EQ(quick_decimal(0.93), "0.93");
    EXPECT_EQ(quick_decimal(0.001), "0.001");
    EXPECT_EQ(quick_decimal(0.30000000000000004), "0.30000000000000004");
}

TEST(decimal, ties_go_to_the_even_one) {
    // Of two decimals of 16 digits none is closer to 1/2 + 2^-17.
    EXPECT_EQ(quick_decimal(0.50000762939453125), "0.5000076293945312");
    std::mt19937_64 random(20260302);
    for (int i = 0; i < 100'000; ++i) {
        auto const places = 16 + random() % 9;
        auto const n = random() % (std::uint64_t{1} << places);
        expect_standard(static_cast<double>(n) / static_cast<double>(std::uint64_t{1} << places));
    }
}

TEST(decimal, powers_of_two_and_their_neighbours) {
    for (std::uint64_t exponent = 1010; exponent < 1026; ++exponent) {
        for (int away = -200; away <= 200; ++away) {
            auto const bits = static_cast<std::int64_t>(exponent << 52U) + away;
            expect_standard(std::bit_cast<double>(bits));
        }
    }
}

TEST(decimal, all_other_doubles) {
    std::mt19937_64 random(20260303);
    for (int i = 0; i < 50'000; ++i) {
        auto const bits = random();
        if ((bits >> 52U & 0x7ffU) != 0x7ffU) expect_standard(std::bit_cast<double>(bits));
    }
    for (double const x : {0.0, -0.0, 5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, 1e22,
                           9007199254740993.0, -0.5, -0.93}) {
        expect_standard(x);
    }
}

} // namespace
