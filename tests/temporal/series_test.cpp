#include "weft/temporal/curve.hpp"
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

TEST(series, grows_at_its_end) {
    series s;
    s.append(parse_instant("2026-01-01"), .5);
    s.append(parse_instant("2026-01-02"), .6);
    EXPECT_THROW(s.append(parse_instant("2026-01-02"), .6), weft::invalid_argument);
    EXPECT_THROW(s.append(parse_instant("2026-01-03"), weft_test::nan), weft::invalid_argument);
    EXPECT_EQ(s.size(), 2u);
    EXPECT_EQ(s, series({parse_instant("2026-01-01"), parse_instant("2026-01-02")}, {.5, .6}));
}

TEST(tidy, sorts_and_merges_as_told) {
    using weft::temporal::duplicates;
    using weft::temporal::tidy;
    std::vector<double> const t{3, 1, 3, 2, 1};
    std::vector<double> const y{30, 10, 32, 20, 14};
    EXPECT_EQ(tidy(t, y, duplicates::last), number_series({1, 2, 3}, {14, 20, 32}));
    EXPECT_EQ(tidy(t, y, duplicates::mean), number_series({1, 2, 3}, {12, 20, 31}));
    auto const fault = [](auto const&... in) -> std::string {
        try {
            (void)tidy(in...);
        } catch (weft::invalid_argument const& e) {
            return e.argument();
        }
        return "(accepted)";
    };
    EXPECT_EQ(fault(t, y), "t[4]");
    EXPECT_EQ(fault(t, std::vector<double>{1}), "y");
    EXPECT_EQ(fault(std::vector<double>{1, weft_test::nan}, std::vector<double>{1, 2}), "t[1]");
    EXPECT_EQ(fault(std::vector<double>{1, 2}, std::vector<double>{weft_test::inf, 2}), "y[0]");
    EXPECT_TRUE(tidy(std::vector<double>{}, std::vector<double>{}).empty());
    // Huge values do not overflow on the way to their mean.
    EXPECT_EQ(tidy<double>({1, 1}, {1.7e308, 1.7e308}, duplicates::mean).values()[0], 1.7e308);
}

TEST(resample, takes_the_curve_at_the_instants_of_a_grid) {
    auto const day = [](int n) { return parse_instant("2026-01-01") + weft::days(n); };
    series const s({day(0), day(3), day(4)}, {0.0, .6, .2});
    auto const g = weft::temporal::grid(day(0), day(4), weft::days(2));
    ASSERT_EQ(g.size(), 3u);
    EXPECT_EQ(g[2], day(4));
    auto const r =
        weft::temporal::resample(s, g, {.method = weft::temporal::interpolation::linear});
    EXPECT_NEAR(r.values()[1], .4, 1e-15);
    EXPECT_EQ(r.values()[2], .2);
    EXPECT_THROW((void)weft::temporal::resample(s, std::vector{day(5)}), weft::domain_error);
    series const one({day(0)}, {.5});
    EXPECT_EQ(
        weft::temporal::resample(one, g, {.outside = weft::temporal::outside::clamp}).values()[2],
        .5);
    EXPECT_THROW((void)weft::temporal::grid(day(1), day(0), weft::days(1)), weft::invalid_argument);
    EXPECT_THROW((void)weft::temporal::grid(day(0), day(1), weft::days(0)), weft::invalid_argument);
    EXPECT_THROW((void)weft::temporal::grid(day(0), day(1), std::chrono::microseconds(1)),
                 weft::invalid_argument);
}

TEST(window_means, thin_a_series_out) {
    auto const hour = [](int n) { return parse_instant("2026-01-01") + std::chrono::hours(n); };
    series const s({hour(0), hour(2), hour(30), hour(100)}, {.2, .4, .9, .5});
    auto const m = weft::temporal::window_means(s, weft::days(1));
    ASSERT_EQ(m.size(), 3u);
    EXPECT_EQ(m.times()[0], hour(1));
    EXPECT_DOUBLE_EQ(m.values()[0], .3);
    EXPECT_EQ(m.times()[1], hour(30));
    EXPECT_EQ(m.values()[2], .5);
    EXPECT_THROW((void)weft::temporal::window_means(s, weft::days(0)), weft::invalid_argument);
    EXPECT_TRUE(weft::temporal::window_means({}, weft::days(1)).empty());
}

} // namespace
