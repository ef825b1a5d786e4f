#include "weft/temporal/trend.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

#include <gtest/gtest.h>

#include "msqr_people.hpp"
#include "scipy.hpp"
#include "support/numbers.hpp"

namespace {

using weft::instant;
using weft::parse_instant;
using weft::temporal::fit_slopes;
using weft::temporal::series;
using weft::temporal::slope_population;
using weft::temporal::trend;
using weft::temporal::trend_of;
using weft::temporal::trend_of_prediction;
using weft::temporal::trend_options;
using weft_test::nan;

series daily(std::vector<double> const& y, double gap = 1.0) {
    std::vector<instant> t;
    for (std::size_t i = 0; i < y.size(); ++i) {
        t.push_back(parse_instant("2026-01-01") + std::chrono::microseconds(std::llround(
                                                      static_cast<double>(i) * gap * 86'400e6)));
    }
    return {t, y};
}

std::int64_t kendall_s(std::vector<double> const& y) {
    std::int64_t s = 0;
    for (std::size_t i = 0; i < y.size(); ++i) {
        for (std::size_t j = i + 1; j < y.size(); ++j) s += (y[j] > y[i]) - (y[j] < y[i]);
    }
    return s;
}

TEST(trend, p_value_equals_the_count_over_all_permutations_with_ties) {
    std::mt19937_64 random(31);
    for (int round = 0; round < 60; ++round) {
        auto const n = 2 + static_cast<std::size_t>(round) % 6;
        std::vector<double> y;
        for (std::size_t i = 0; i < n; ++i) {
            y.push_back(static_cast<double>(random() % (round % 2 == 0 ? 3 : 100)) / 100);
        }
        auto const s = std::abs(kendall_s(y));
        std::vector<std::size_t> order(n);
        std::iota(order.begin(), order.end(), 0);
        double all = 0;
        double extreme = 0;
        do {
            std::vector<double> shuffled;
            for (auto const i : order) shuffled.push_back(y[i]);
            all += 1;
            extreme += std::abs(kendall_s(shuffled)) >= s ? 1 : 0;
        } while (std::next_permutation(order.begin(), order.end()));
        auto const r = trend_of(daily(y));
        ASSERT_TRUE(r.p_value.has_value());
        EXPECT_NEAR(*r.p_value, extreme / all, 1e-12);
        EXPECT_TRUE(r.exact);
    }
}

TEST(trend, smallest_p_values_are_those_of_the_exact_distribution) {
    EXPECT_NEAR(*trend_of(daily({.1, .2, .3})).p_value, 1.0 / 3, 1e-15);
    EXPECT_NEAR(*trend_of(daily({.1, .2, .3, .4})).p_value, 1.0 / 12, 1e-15);
    EXPECT_NEAR(*trend_of(daily({.1, .2, .3, .4, .5})).p_value, 1.0 / 60, 1e-15);
}

TEST(trend, p_value_and_rate_agree_with_scipy) {
    std::mt19937_64 random(32);
    auto cases = nlohmann::json::array();
    for (int round = 0; round < 80; ++round) {
        auto const n = 5 + static_cast<std::size_t>(round) % 56;
        std::vector<double> x;
        std::vector<double> y;
        double hours = 0.0;
        for (std::size_t i = 0; i < n; ++i) {
            x.push_back(hours / 24);
            hours += 1.0 + static_cast<double>(random() % 100);
            y.push_back(std::uniform_real_distribution<>()(random) + hours * .0002);
        }
        cases.push_back({{"what", "trend"}, {"x", x}, {"y", y}});
    }
    auto const answers = weft_test::ask_scipy(cases);
    if (!answers) return;
    for (std::size_t i = 0; i < cases.size(); ++i) {
        std::vector<instant> t;
        for (auto const& x : cases[i]["x"]) {
            t.push_back(parse_instant("2026-01-01") +
                        std::chrono::hours(std::llround(x.get<double>() * 24)));
        }
        auto const r = trend_of({t, cases[i]["y"].get<std::vector<double>>()});
        EXPECT_NEAR(*r.p_value, (*answers)[i]["p"].get<double>(), 1e-10);
        EXPECT_NEAR(*r.rate_per_day, (*answers)[i]["rate"].get<double>(), 1e-10);
    }
}

TEST(trend, many_points_use_the_normal_approximation_and_say_so) {
    std::mt19937_64 random(33);
    std::vector<double> y;
    for (int i = 0; i < 100; ++i) y.push_back(static_cast<double>(random() % 1000) + i * 1.5);
    auto const exact = trend_of(daily(y), {.window_days = {}, .threshold = 1, .level = .05});
    EXPECT_TRUE(exact.exact);
    y.push_back(600.0);
    auto const normal = trend_of(daily(y), {.window_days = {}, .threshold = 1, .level = .05});
    EXPECT_FALSE(normal.exact);
    EXPECT_NEAR(*normal.p_value, *exact.p_value, .02 + .2 * *exact.p_value);
    EXPECT_NEAR(*normal.rate_lower, *exact.rate_lower, .2 * std::abs(*exact.rate_upper));
    EXPECT_EQ(trend_of(daily(std::vector<double>(200, 1.0))).p_value, 1.0);
    EXPECT_EQ(trend_of(daily(std::vector<double>(200, 1.0))).direction, trend::stable);
}

TEST(trend, interval_is_unbounded_below_five_points_and_all_slopes_at_five) {
    EXPECT_FALSE(trend_of(daily({.1, .2, .3, .4})).rate_lower.has_value());
    std::vector<double> const y{.1, .5, .3, .9, .7};
    auto const r = trend_of(daily(y));
    double low = 9;
    double high = -9;
    for (std::size_t i = 0; i < 5; ++i) {
        for (std::size_t j = i + 1; j < 5; ++j) {
            auto const slope = (y[j] - y[i]) / static_cast<double>(j - i);
            low = std::min(low, slope);
            high = std::max(high, slope);
        }
    }
    EXPECT_EQ(*r.rate_lower, low);
    EXPECT_EQ(*r.rate_upper, high);
}

TEST(trend, interval_holds_the_true_rate_at_least_as_often_as_it_says) {
    std::mt19937_64 random(34);
    for (std::size_t const n : {5U, 8U, 15U}) {
        int held = 0;
        constexpr int rounds = 2000;
        for (int round = 0; round < rounds; ++round) {
            std::vector<double> y;
            for (std::size_t i = 0; i < n; ++i) {
                y.push_back(.03 * static_cast<double>(i) + std::normal_distribution<>()(random));
            }
            auto const r = trend_of(daily(y));
            held += *r.rate_lower <= .03 && .03 <= *r.rate_upper;
        }
        EXPECT_GE(held, .95 * rounds - 3 * std::sqrt(.05 * .95 * rounds)) << n;
    }
}

TEST(trend, ten_thousand_series_of_noise_raise_at_most_the_level_of_false_alarms) {
    std::mt19937_64 random(35);
    for (double const level : {.05, .2}) {
        int alarms = 0;
        constexpr int rounds = 10'000;
        for (int round = 0; round < rounds; ++round) {
            constexpr std::size_t lengths[] = {5, 6, 9, 14};
            bool const ties = round % 2 == 0;
            std::vector<double> y;
            for (std::size_t i = 0; i < lengths[round / 2 % 4]; ++i) {
                auto const v = std::uniform_real_distribution<>()(random);
                y.push_back(ties ? std::floor(v * 4) / 3 : v);
            }
            auto const r = trend_of(daily(y), {.window_days = {}, .threshold = .1, .level = level});
            alarms += r.direction == trend::improving || r.direction == trend::declining;
        }
        RecordProperty(level < .1 ? "alarms_at_5_percent" : "alarms_at_20_percent", alarms);
        EXPECT_LE(alarms, level * rounds + 3 * std::sqrt(level * (1 - level) * rounds));
        EXPECT_GT(alarms, 0);
    }
}

TEST(trend, power_grows_with_the_points_and_with_the_change) {
    std::mt19937_64 random(38);
    for (std::size_t const n : {5U, 8U, 12U, 20U}) {
        double before = -1.0;
        // The change over the whole span, in deviations of the noise.
        for (double const change : {0.0, 1.0, 2.0, 4.0}) {
            int found = 0;
            constexpr int rounds = 250;
            for (int round = 0; round < rounds; ++round) {
                std::vector<double> y;
                for (std::size_t i = 0; i < n; ++i) {
                    y.push_back(change * static_cast<double>(i) / static_cast<double>(n - 1) +
                                std::normal_distribution<>()(random));
                }
                found += trend_of(daily(y)).direction == trend::improving;
            }
            auto const power = static_cast<double>(found) / rounds;
            RecordProperty("power_" + std::to_string(n) + "_points_change_" +
                               std::to_string(static_cast<int>(change)),
                           weft::to_text(power));
            EXPECT_GE(power, before - .05);
            if (change == 0.0) {
                EXPECT_LE(power, .05);
            }
            if (change == 4.0 && n >= 12) {
                EXPECT_GE(power, .8);
            }
            before = power;
        }
    }
}

TEST(trend, three_and_four_points_are_judged_by_a_population) {
    std::mt19937_64 random(36);
    auto const noise = [&](std::size_t n) {
        std::vector<double> y;
        for (std::size_t i = 0; i < n; ++i) {
            y.push_back(std::uniform_real_distribution<>()(random));
        }
        return daily(y);
    };
    std::vector<series> people;
    for (int i = 0; i < 400; ++i) {
        people.push_back(noise(3));
        people.push_back(noise(4));
    }
    auto const population = fit_slopes(people);
    ASSERT_EQ(population.entries.size(), 2u);
    EXPECT_EQ(population.entries[0].people, 400u);
    for (std::size_t const n : {3U, 4U}) {
        int alarms = 0;
        constexpr int rounds = 4000;
        for (int round = 0; round < rounds; ++round) {
            auto const r = trend_of(noise(n), {}, &population);
            alarms += r.direction != trend::unknown;
            EXPECT_NE(r.direction, trend::stable);
            EXPECT_FALSE(r.reason.empty());
        }
        // The population's own quantile is known from 400 people: error of the level as well.
        auto const error = std::sqrt(.05 * .95 * (1.0 / rounds + 1.0 / 400));
        EXPECT_LE(alarms, rounds * (.05 + 3 * error));
        EXPECT_GT(alarms, 0);
    }
    EXPECT_EQ(trend_of(daily({0, .5, 1}), {}, &population).direction, trend::improving);
    EXPECT_EQ(trend_of(daily({1, .5, 0}), {}, &population).direction, trend::declining);
    // The same points, but no population has been seen at this spacing.
    auto const slow = trend_of(daily({0, .5, 1}, 7.0), {}, &population);
    EXPECT_EQ(slow.direction, trend::unknown);
    EXPECT_NE(slow.reason.find("spacing"), std::string::npos);
    // Half an octave of spacing is the same class.
    EXPECT_EQ(trend_of(daily({0, .7, 1.4}, 1.3), {}, &population).direction, trend::improving);
}

TEST(trend, real_people_who_were_not_fitted_raise_no_more_alarms_than_the_level) {
    double alarms = 0;
    double all = 0;
    for (std::size_t dimension = 0; dimension < weft_msqr::scales.size(); ++dimension) {
        auto const people = weft_test::msqr_series(dimension);
        std::vector<series> even;
        for (std::size_t i = 0; i < people.size(); i += 2) even.push_back(people[i]);
        auto const population = fit_slopes(even);
        for (std::size_t i = 1; i < people.size(); i += 2) {
            if (people[i].size() < 3) continue;
            auto const r = trend_of(people[i], {}, &population);
            alarms += r.direction != trend::unknown;
            all += 1;
        }
    }
    RecordProperty("alarms", weft::to_text(alarms / all));
    EXPECT_GT(all, 2000);
    EXPECT_LE(alarms / all, .05 + .015);
    EXPECT_GT(alarms, 0);
}

TEST(trend, populations_too_small_for_the_quantile_have_no_entry) {
    std::vector<series> people(18, daily({.1, .2, .3}));
    EXPECT_TRUE(fit_slopes(people).entries.empty());
    people.push_back(daily({.1, .2, .3}));
    EXPECT_EQ(fit_slopes(people).entries.size(), 1u);
    EXPECT_TRUE(fit_slopes({}).entries.empty());
    EXPECT_THROW((void)fit_slopes(people, 0.0), weft::invalid_argument);
    EXPECT_THROW((void)fit_slopes(people, nan), weft::invalid_argument);
}

TEST(trend, clear_series_are_told_apart) {
    EXPECT_EQ(trend_of(daily({.1, .2, .35, .4, .5, .62})).direction, trend::improving);
    EXPECT_EQ(trend_of(daily({.6, .5, .4, .3, .2})).direction, trend::declining);
    EXPECT_EQ(trend_of(daily({.5, .5, .5, .5, .5})).direction, trend::stable);
    EXPECT_EQ(trend_of(daily({.5, .51, .5, .49, .5, .51})).direction, trend::stable);
    EXPECT_EQ(trend_of(daily({.1, .9, .1, .9, .1, .9})).direction, trend::unknown);
    // Significant but too small to count.
    auto const slight = trend_of(daily({.5, .51, .52, .53, .54, .55}));
    EXPECT_EQ(slight.direction, trend::stable);
    // The same over a longer window is a change of .3 and more.
    EXPECT_EQ(trend_of(daily({.5, .51, .52, .53, .54, .55}),
                       {.window_days = 30.0, .threshold = .1, .level = .05})
                  .direction,
              trend::improving);
}

TEST(trend, few_points_are_unknown_with_the_reason) {
    auto const none = trend_of(series());
    EXPECT_EQ(none.direction, trend::unknown);
    EXPECT_EQ(none.reason, "no snapshots");
    EXPECT_FALSE(none.rate_per_day || none.p_value || none.change);
    auto const one = trend_of(daily({.5}));
    EXPECT_EQ(one.reason, "too few snapshots: 1");
    EXPECT_FALSE(one.rate_per_day.has_value());
    auto const two = trend_of(daily({.5, .7}));
    EXPECT_EQ(two.direction, trend::unknown);
    EXPECT_NEAR(*two.rate_per_day, .2, 1e-15);
    EXPECT_EQ(two.reason, "too few snapshots: 2");
    for (std::size_t const n : {3U, 4U}) {
        auto const r = trend_of(daily(std::vector<double>(n, .5)));
        EXPECT_EQ(r.direction, trend::unknown);
        EXPECT_NE(r.reason.find("no population"), std::string::npos);
    }
}

TEST(trend, faulty_options_and_extreme_values) {
    auto const y = daily({.1, .2, .3, .4, .5});
    EXPECT_THROW((void)trend_of(y, {.window_days = 0.0, .threshold = .1, .level = .05}),
                 weft::invalid_argument);
    EXPECT_THROW((void)trend_of(y, {.window_days = nan, .threshold = .1, .level = .05}),
                 weft::invalid_argument);
    EXPECT_THROW((void)trend_of(y, {.window_days = {}, .threshold = -1, .level = .05}),
                 weft::invalid_argument);
    EXPECT_THROW((void)trend_of(y, {.window_days = {}, .threshold = .1, .level = 1}),
                 weft::invalid_argument);
    slope_population other;
    other.level = .1;
    EXPECT_THROW((void)trend_of(y, {}, &other), weft::invalid_argument);
    auto const huge = trend_of(daily({-1.7e308, 1.7e308, 0, 0, 0}));
    EXPECT_EQ(huge.direction, trend::unknown);
    EXPECT_FALSE(huge.rate_per_day.has_value());
    EXPECT_FALSE(huge.reason.empty());
    auto const many = trend_of(daily(std::vector<double>(4001, .5)));
    EXPECT_EQ(many.direction, trend::unknown);
    EXPECT_NE(many.reason.find("4000"), std::string::npos);
}

TEST(trend_of_prediction, is_decided_by_the_interval) {
    auto const from = parse_instant("2026-01-01");
    auto const later = [&](double value, double lower, double upper) {
        return trend_of_prediction(
            from, .5, weft::temporal::forecast{from + weft::days(10), value, lower, upper, .5});
    };
    EXPECT_EQ(later(.7, .55, .85).direction, trend::improving);
    EXPECT_EQ(later(.7, .45, .95).direction, trend::unknown);
    EXPECT_EQ(later(.3, .2, .4).direction, trend::declining);
    EXPECT_EQ(later(.52, .45, .59).direction, trend::stable);
    EXPECT_EQ(later(.59, .55, .63).direction, trend::unknown);
    EXPECT_NEAR(*later(.7, .55, .85).rate_per_day, .02, 1e-15);
    EXPECT_FALSE(later(.7, .45, .95).reason.empty());
    EXPECT_THROW(
        (void)trend_of_prediction(from, .5, weft::temporal::forecast{from, .5, .4, .6, .5}),
        weft::invalid_argument);
    EXPECT_THROW((void)trend_of_prediction(
                     from, nan, weft::temporal::forecast{from + weft::days(1), .5, .4, .6, .5}),
                 weft::invalid_argument);
}

TEST(trend, has_a_name_for_each_direction) {
    EXPECT_EQ(weft::temporal::to_text(trend::improving), "improving");
    EXPECT_EQ(weft::temporal::to_text(trend::stable), "stable");
    EXPECT_EQ(weft::temporal::to_text(trend::declining), "declining");
    EXPECT_EQ(weft::temporal::to_text(trend::unknown), "unknown");
}

} // namespace
