#include "weft/temporal/cycles.hpp"

#include <cmath>
#include <random>

#include <gtest/gtest.h>

#include "scipy.hpp"
#include "support/numbers.hpp"

namespace {

namespace cycles {

weft::temporal::series irregular(std::mt19937_64& random, std::size_t n, double gap,
                                 auto const& value) {
    std::vector<weft::instant> t;
    std::vector<double> y;
    double x = 0.0;
    for (std::size_t i = 0; i < n; ++i) {
        t.push_back(weft::parse_instant("2026-01-01") +
                    std::chrono::microseconds(std::llround(x * 86'400e6)));
        y.push_back(value(x));
        x += gap * std::exponential_distribution<>()(random) + .01;
    }
    return {t, y};
}

} // namespace cycles

TEST(cycles, powers_are_those_of_scipy_and_of_least_squares) {
    std::mt19937_64 random(201);
    auto cases = nlohmann::json::array();
    std::vector<weft::temporal::series> kept;
    for (int i = 0; i < 500; ++i) {
        auto const n = 5 + random() % 40;
        kept.push_back(cycles::irregular(random, n, 1.0, [&](double x) {
            return std::sin(x) + std::normal_distribution<>(3, 1)(random);
        }));
        std::vector<double> x;
        for (auto const t : kept.back().times()) {
            x.push_back(weft::days_between(kept.back().times().front(), t));
        }
        std::vector<double> f;
        for (int k = 0; k < 8; ++k) f.push_back(std::uniform_real_distribution<>(.05, 2)(random));
        cases.push_back(
            {{"what", "periodogram"},
             {"x", x},
             {"y", std::vector<double>(kept.back().values().begin(), kept.back().values().end())},
             {"frequencies", f}});
    }
    auto const answers = weft_test::ask_scipy(cases);
    if (!answers) return;
    double worst = 0.0;
    for (std::size_t i = 0; i < kept.size(); ++i) {
        auto const f = cases[i]["frequencies"].get<std::vector<double>>();
        auto const floating = weft::temporal::periodogram(kept[i], f);
        auto const classical = weft::temporal::periodogram(kept[i], f, false);
        for (std::size_t k = 0; k < f.size(); ++k) {
            auto const& a = (*answers)[i];
            worst = std::max(worst, std::abs(floating[k] - a["floating"][k].get<double>()));
            worst = std::max(worst, std::abs(classical[k] - a["classical"][k].get<double>()));
        }
    }
    RecordProperty("worst", weft::to_text(worst));
    EXPECT_LE(worst, 1e-10);
}

TEST(cycles, noise_raises_at_most_the_level_of_false_alarms) {
    std::mt19937_64 random(202);
    constexpr int rounds = 2000;
    for (double const level : {.05, .01}) {
        int alarms = 0;
        for (int i = 0; i < rounds; ++i) {
            auto const own =
                cycles::irregular(random, 12 + static_cast<std::size_t>(i % 20), 1.0,
                                  [&](double) { return std::normal_distribution<>()(random); });
            alarms += weft::temporal::find_cycle(
                          own, {.shortest_days = {}, .level = level, .oversampling = 4})
                          .cycle.has_value();
        }
        RecordProperty("alarms_at_" + std::to_string(level), alarms);
        EXPECT_LE(alarms, level * rounds + 3 * std::sqrt(level * (1 - level) * rounds));
        EXPECT_GT(alarms, 0);
    }
}

TEST(cycles, a_week_is_found_with_its_peak) {
    std::mt19937_64 random(203);
    auto const own = cycles::irregular(random, 80, 1.0, [&](double x) {
        return .5 + .3 * std::cos(2 * std::numbers::pi * (x - 2.0) / 7.0) +
               std::normal_distribution<>(0, .1)(random);
    });
    auto const r = weft::temporal::find_cycle(own);
    ASSERT_TRUE(r.cycle);
    EXPECT_NEAR(r.cycle->period_days, 7.0, .1);
    EXPECT_NEAR(r.cycle->amplitude, .3, .06);
    EXPECT_NEAR(weft::days_between(own.times().front(), r.cycle->peak), 2.0, .4);
    EXPECT_LT(r.cycle->false_alarm_probability, 1e-6);
    EXPECT_GT(r.cycle->power, .7);
    EXPECT_GT(r.frequencies, 300u);
}

TEST(cycles, absent_cycles_have_a_reason) {
    using weft::temporal::find_cycle;
    std::mt19937_64 random(204);
    auto const few = cycles::irregular(random, 11, 1.0, [](double x) { return std::sin(x); });
    EXPECT_EQ(find_cycle(few).reason, "too few snapshots for a cycle: 11, at least 12");
    auto const flat = cycles::irregular(random, 30, 1.0, [](double) { return .3; });
    EXPECT_EQ(find_cycle(flat).reason, "the series is constant");
    auto const wave = cycles::irregular(random, 30, 1.0, [](double x) { return std::sin(x); });
    EXPECT_EQ(find_cycle(wave, {.shortest_days = 1000.0}).reason,
              "fewer than two periods are spanned");
    EXPECT_TRUE(find_cycle({}).reason.starts_with("too few"));
    EXPECT_THROW((void)find_cycle(wave, {.shortest_days = {}, .level = 0}), weft::invalid_argument);
    EXPECT_THROW((void)find_cycle(wave, {.shortest_days = weft_test::nan}), weft::invalid_argument);
    EXPECT_THROW((void)weft::temporal::periodogram(wave, std::vector<double>{1, 0}),
                 weft::invalid_argument);
    EXPECT_THROW((void)weft::temporal::false_alarm_probability(wave, 1.5, 1),
                 weft::invalid_argument);
    EXPECT_EQ(weft::temporal::false_alarm_probability(wave, 1.0, 1), 0.0);
}

} // namespace
