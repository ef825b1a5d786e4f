#include "weft/temporal/series.hpp"

#include <gtest/gtest.h>

#include "support/numbers.hpp"

namespace {

using weft::instant;
using weft::parse_instant;
using weft::temporal::number_series;
using weft::temporal::series;
using weft_test::inf;
using weft_test::nan;

template <class Make>
std::string refused_argument(Make const& make) {
    try {
        make();
    } catch (weft::invalid_argument const& e) {
        EXPECT_FALSE(e.expected().empty());
        return e.argument();
    }
    return "(accepted)";
}

TEST(series, keeps_what_it_was_given) {
    number_series const s({-1.0, 0.0, 2.5}, {3.0, -4.0, 5.0});
    EXPECT_EQ(s.size(), 3u);
    EXPECT_EQ(s.times()[2], 2.5);
    EXPECT_EQ(s.values()[1], -4.0);
    EXPECT_TRUE(series().empty());
    EXPECT_TRUE(series({}, {}).empty());
    auto const copy = s;
    EXPECT_EQ(copy, s);
}

TEST(series, names_the_index_of_the_first_fault) {
    auto const numbers = [](std::vector<double> t, std::vector<double> y) {
        return refused_argument([&] { number_series(t, y); });
    };
    EXPECT_EQ(numbers({0, 1}, {0}), "y");
    EXPECT_EQ(numbers({0}, {0, 1}), "y");
    EXPECT_EQ(numbers({0, 1, 1}, {0, 0, 0}), "t[2]");
    EXPECT_EQ(numbers({0, 2, 1}, {0, 0, 0}), "t[2]");
    EXPECT_EQ(numbers({0, nan, 2}, {0, 0, 0}), "t[1]");
    EXPECT_EQ(numbers({0, 1, inf}, {0, 0, 0}), "t[2]");
    EXPECT_EQ(numbers({-inf, 1}, {0, 0}), "t[0]");
    EXPECT_EQ(numbers({0, 1, 2}, {0, nan, 0}), "y[1]");
    EXPECT_EQ(numbers({0, 1, 2}, {inf, 0, 0}), "y[0]");
    EXPECT_EQ(numbers({0, 0}, {nan, nan}), "y[0]");
    EXPECT_EQ(numbers({0.0, -0.0}, {0, 0}), "t[1]");
}

TEST(series, refuses_instants_whose_differences_could_overflow) {
    auto const one = [](instant t) { return refused_argument([&] { series({t}, {0.0}); }); };
    EXPECT_EQ(one(weft::instant_infinity), "t[0]");
    EXPECT_EQ(one(weft::instant_minus_infinity), "t[0]");
    EXPECT_EQ(one(parse_instant("9999-12-31T23:59:59.999999Z") + std::chrono::microseconds(1)),
              "t[0]");
    EXPECT_EQ(one(parse_instant("0001-01-01") - std::chrono::microseconds(1)), "t[0]");
    series const widest({parse_instant("0001-01-01"), parse_instant("9999-12-31T23:59:59.999999Z")},
                        {0.0, 1.0});
    EXPECT_GT(weft::days_between(widest.times()[0], widest.times()[1]), 3.65e6);
}

TEST(series, messages_show_instants_as_text) {
    auto const t = parse_instant("2026-03-01T12:00:00Z");
    try {
        series({t, t}, {0.0, 0.0});
        FAIL();
    } catch (weft::invalid_argument const& e) {
        EXPECT_STREQ(e.what(), "t[1]: got 2026-03-01T12:00:00Z, expected more than t[0] = "
                               "2026-03-01T12:00:00Z");
    }
}

} // namespace
