#include "weft/profile/evolution.hpp"

#include <cstdint>
#include <gtest/gtest.h>
#include <random>
#include <string>
#include <vector>

namespace {

using weft::profile::entity;
using weft::profile::space;

weft::instant const now = weft::parse_instant("2026-01-01");

std::vector<entity> people_in_time(std::size_t n) {
    std::mt19937_64 generator(12);
    auto const uniform = [&] { return static_cast<double>(generator() >> 11U) * 0x1.0p-53; };
    std::vector<entity> people(n);
    for (std::size_t i = 0; i < n; ++i) {
        people[i].id = std::to_string(i);
        auto const own = 0.2 + 0.6 * uniform();
        for (int s = 0; s < 3; ++s) {
            people[i].snapshots.push_back(
                {now - weft::days(3 - s), {{"a", own + 0.1 * (uniform() - 0.5), 0.8}}});
        }
        people[i].profile = people[i].snapshots.back().profile;
    }
    return people;
}

TEST(evolution, forecasts_what_was_measured_and_nothing_else) {
    auto const people = people_in_time(200);
    space const s{{"a", "b"}, {}};
    auto const model = weft::profile::fit_evolution(people, s, now);
    ASSERT_EQ(model.dimensions.size(), 2U);
    EXPECT_EQ(model.dimensions[0].people, 200U);
    auto const f = weft::profile::forecast_profile(people[5], now, now + weft::days(30), s, model);
    ASSERT_EQ(f.size(), 1U);
    EXPECT_EQ(f[0].name, "a");
    EXPECT_EQ(f[0].measured, 0.8);
    EXPECT_EQ(f[0].snapshots, 3U);
    EXPECT_LT(f[0].forecast.lower, f[0].forecast.value);
    EXPECT_GT(f[0].forecast.upper, f[0].forecast.value);
    auto const profile = weft::profile::profile_of(f);
    ASSERT_EQ(profile.size(), 1U);
    EXPECT_EQ(profile[0].value, f[0].forecast.value);
    EXPECT_EQ(profile[0].confidence, 0.8);
}

TEST(evolution, a_confidence_is_that_of_the_latest_measurement) {
    space const s{{"a"}, {}};
    auto const model = weft::profile::fit_evolution(people_in_time(30), s, now);
    entity e;
    e.snapshots = {{now - weft::days(9), {{"a", .9, .8}}},
                   {now - weft::days(5), {{"a", .9, .1}}},
                   {now + weft::days(1), {{"a", .9, .6}}}};
    EXPECT_EQ(weft::profile::forecast_profile(e, now, now, s, model)[0].measured, .1);
    e.profile = {{"a", .9, .3}};
    EXPECT_EQ(weft::profile::forecast_profile(e, now, now, s, model)[0].measured, .3);
}

TEST(evolution, a_person_with_a_history_is_known_better_than_one_without) {
    auto people = people_in_time(300);
    space const s{{"a"}, {}};
    auto const model = weft::profile::fit_evolution(people, s, now);
    auto fresh = people[3];
    fresh.snapshots.erase(fresh.snapshots.begin(), fresh.snapshots.end() - 1);
    auto const at = now + weft::days(7);
    auto const known = weft::profile::forecast_profile(people[3], now, at, s, model);
    auto const guessed = weft::profile::forecast_profile(fresh, now, at, s, model);
    ASSERT_EQ(guessed.size(), 1U);
    EXPECT_EQ(guessed[0].snapshots, 1U);
    EXPECT_GT(known[0].forecast.confidence, guessed[0].forecast.confidence);
    entity undated;
    undated.id = "undated";
    undated.profile = {{"a", 0.5, 1.0}};
    EXPECT_TRUE(weft::profile::forecast_profile(undated, now, at, s, model).empty());
}

TEST(evolution, does_not_look_past_now) {
    auto people = people_in_time(50);
    space const s{{"a"}, {}};
    auto const early = now - weft::days(2);
    auto const model = weft::profile::fit_evolution(people, s, early);
    EXPECT_EQ(model.dimensions[0].observations, 100U);
    auto const before = weft::profile::forecast_profile(people[0], early, now, s, model);
    people[0].snapshots.back().profile[0].value = 0.0;
    auto const after = weft::profile::forecast_profile(people[0], early, now, s, model);
    EXPECT_EQ(before.at(0).forecast, after.at(0).forecast);
    EXPECT_EQ(before.at(0).snapshots, 2U);
}

TEST(evolution, refuses_the_past_and_a_model_of_another_space) {
    auto const people = people_in_time(20);
    space const s{{"a"}, {}};
    auto const model = weft::profile::fit_evolution(people, s, now);
    EXPECT_THROW(
        (void)weft::profile::forecast_profile(people[0], now, now - weft::days(1), s, model),
        weft::invalid_argument);
    EXPECT_THROW(
        (void)weft::profile::forecast_profile(people[0], now, now, space{{"a", "b"}, {}}, model),
        weft::invalid_argument);
}

} // namespace
