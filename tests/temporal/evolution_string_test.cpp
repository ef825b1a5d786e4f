#include "weft/profile/evolution_string.hpp"

#include <cmath>
#include <random>

#include <gtest/gtest.h>

#include "weft/profile/patterns.hpp"

namespace {

namespace strings {

using weft::profile::encoder;
using weft::profile::evolve;
using weft::profile::profile_curves;
using weft::temporal::series;

weft::instant const start = weft::parse_instant("2026-01-01");

weft::profile::space twelve() {
    weft::profile::space s;
    for (auto const name : weft::profile::default_dimensions) s.profile.emplace_back(name);
    return s;
}

std::vector<series> random_curves(std::mt19937_64& random, std::size_t dimensions,
                                  std::size_t points, double span) {
    std::vector<series> out;
    for (std::size_t d = 0; d < dimensions; ++d) {
        std::vector<double> days{0.0, span};
        while (days.size() < points) {
            days.push_back(std::uniform_real_distribution<>(0.01, span)(random));
        }
        std::sort(days.begin(), days.end());
        series s;
        for (auto const x : days) {
            auto const t = start + std::chrono::microseconds(std::llround(x * 86'400e6));
            if (s.empty() || t > s.times().back()) {
                s.append(t, std::uniform_real_distribution<>()(random));
            }
        }
        out.push_back(std::move(s));
    }
    return out;
}

encoder relative(weft::profile::space s) {
    weft::profile::population p;
    p.space = s;
    p.entities = 100;
    for (std::size_t i = 0; i < s.profile.size(); ++i) {
        p.profile.push_back({.3 + .03 * static_cast<double>(i), .2, 100});
    }
    return encoder(p);
}

/// The crossings that the encoder itself draws from the values at t.
std::vector<weft::knot::band> drawn(encoder const& e, profile_curves const& c, weft::instant t) {
    std::vector<weft::profile::dimension> profile;
    for (std::size_t i = 0; i < c.size(); ++i) {
        if (auto const x = c(i, t)) profile.push_back({e.space().profile[i], *x, 1.0});
    }
    return e.bands(profile);
}

bool equal(std::vector<weft::knot::band> const& a, std::vector<weft::knot::band> const& b) {
    return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](auto x, auto y) {
               return x.i == y.i && x.j == y.j && x.sign == y.sign;
           });
}

} // namespace strings

TEST(evolution_string, a_dense_grid_finds_no_change_that_the_roots_missed) {
    using namespace strings;
    std::mt19937_64 random(301);
    std::size_t changes = 0;
    std::size_t touches = 0;
    for (int round = 0; round < 12; ++round) {
        auto const e = round % 2 == 0 ? encoder(twelve()) : relative(twelve());
        auto const data = random_curves(random, 12, 4 + static_cast<std::size_t>(round) * 2, 90.0);
        profile_curves const curves(data);
        auto const to = start + weft::days(90);
        auto const s = evolve(e, curves, start, to, {.invariants = false});
        changes += s.changes.size();
        // Between two changes of the string the grid sees one braid, and it is the string's.
        constexpr int steps = 4000;
        for (int k = 0; k <= steps; ++k) {
            auto const t = start + std::chrono::duration_cast<weft::instant::duration>(
                                       (to - start) * k / steps);
            EXPECT_TRUE(equal(s.at(t).bands, drawn(e, curves, t))) << weft::to_iso(t);
        }
        // Around each change the braid is as the string says, to the microsecond (the change is
        // read from rounded values: three microseconds aside they leave no doubt but for touches).
        for (std::size_t k = 0; k + 1 < s.history.size(); ++k) {
            auto const t = s.history[k + 1].from;
            EXPECT_EQ(s.history[k].to, t);
            EXPECT_LT(s.history[k].from, t);
            bool const exact = equal(drawn(e, curves, t), s.links[s.history[k + 1].link].bands) &&
                               equal(drawn(e, curves, t - weft::instant::duration(1)),
                                     s.at(t - weft::instant::duration(1)).bands);
            touches += !exact;
        }
        EXPECT_EQ(s.history.front().from, start);
        EXPECT_EQ(s.history.back().to, to);
    }
    EXPECT_GT(changes, 1000u);
    EXPECT_EQ(touches, 0u);
}

TEST(evolution_string, changes_are_roots_of_the_correlation) {
    using namespace strings;
    weft::profile::space const two{{"a", "b"}, {}};
    encoder const e(two);
    // Both rise from .5 to 1 along a line: 4 (x - 1/2)^2 = .3 at x = 1/2 + sqrt(.075).
    series const line({start, start + weft::days(100)}, {.5, 1.0});
    std::vector<series> const data{line, line};
    auto const s = evolve(e, profile_curves(data), start, start + weft::days(100));
    ASSERT_EQ(s.changes.size(), 1u);
    EXPECT_EQ(s.changes[0].before, 0);
    EXPECT_EQ(s.changes[0].after, 1);
    EXPECT_NEAR(weft::days_between(start, s.changes[0].at), 200.0 * std::sqrt(.075), 1e-10);
    EXPECT_EQ(s.changes[0].link_changed, true);
    ASSERT_EQ(s.links.size(), 2u);
    EXPECT_FALSE(s.links[0].invariants);
    ASSERT_TRUE(s.links[1].invariants);
    EXPECT_EQ(s.at(start).bands.size(), 0u);
    EXPECT_EQ(s.at(start + weft::days(100)).bands.size(), 1u);
    EXPECT_THROW((void)s.at(start - weft::days(1)), weft::invalid_argument);
    // From one sign to the other: through nothing.
    series const level({start}, {1.0});
    series const whole({start, start + weft::days(100)}, {0.0, 1.0});
    std::vector<series> const mixed{level, whole};
    auto const m = evolve(e, profile_curves(mixed), start, start + weft::days(100));
    ASSERT_EQ(m.changes.size(), 2u);
    EXPECT_EQ(m.changes[0].before, -1);
    EXPECT_EQ(m.changes[0].after, 0);
    EXPECT_EQ(m.changes[1].after, 1);
    EXPECT_NEAR(weft::days_between(start, m.changes[0].at), 35.0, 1e-10);
    EXPECT_NEAR(weft::days_between(start, m.changes[1].at), 65.0, 1e-10);
}

TEST(evolution_string, two_changes_close_together_are_both_found) {
    using namespace strings;
    weft::profile::space const two{{"a", "b"}, {}};
    encoder const e(two);
    // One falls while the other rises: the product bulges in the middle, just above .3.
    auto const high = .5 + std::sqrt(.3) / 2.0;
    for (double const above : {1e-3, 1e-6, 1e-9}) {
        auto const d = std::sqrt(above);
        series const down({start, start + weft::days(10)}, {high + above + d, high + above - d});
        series const up({start, start + weft::days(10)}, {high + above - d, high + above + d});
        std::vector<series> const data{down, up};
        auto const s = evolve(e, profile_curves(data), start, start + weft::days(10));
        ASSERT_EQ(s.changes.size(), 2u) << above;
        EXPECT_LT(s.changes[0].at, start + weft::days(5));
        EXPECT_GT(s.changes[1].at, start + weft::days(5));
    }
}

TEST(evolution_string, resting_on_the_threshold_is_no_change) {
    using namespace strings;
    weft::profile::space const two{{"a", "b"}, {}};
    encoder const e(two);
    // .8 and .75 cross with exactly .3 up to rounding, and both curves are level there.
    for (int const gap : {1, 30, 3000}) {
        std::vector<weft::instant> times;
        for (int k = 0; k < 4; ++k) times.push_back(start + weft::days(gap * k));
        std::vector<series> const data{series(times, {.86, .80, .86, .80}),
                                       series(times, {.70, .75, .70, .75})};
        auto const s = evolve(e, profile_curves(data), times[0], times[3], {.invariants = false});
        EXPECT_LT(s.changes.size(), 10u) << gap;
    }
    // A population without spread has no slopes at all.
    weft::profile::population p;
    p.space = two;
    p.entities = 100;
    p.profile = {{.3, 0.0, 100}, {.3, 0.0, 100}};
    weft::profile::encoder_options options;
    options.crossing_threshold = 1.0;
    std::vector<series> const data{series({start, start + weft::days(9)}, {.4, .5}),
                                   series({start, start + weft::days(9)}, {.4, .6})};
    auto const s = evolve(encoder(p, options), profile_curves(data), start, start + weft::days(9));
    EXPECT_TRUE(s.changes.empty());
}

TEST(evolution_string, unknown_dimensions_cross_nothing_until_they_are_known) {
    using namespace strings;
    weft::profile::space const three{{"a", "b", "c"}, {}};
    encoder const e(three);
    std::vector<series> const data{series({start}, {1.0}), series({start + weft::days(3)}, {1.0}),
                                   series()};
    profile_curves const curves(data);
    auto const s = evolve(e, curves, start, start + weft::days(5));
    ASSERT_EQ(s.changes.size(), 1u);
    EXPECT_EQ(s.changes[0].at, start + weft::days(3));
    EXPECT_FALSE(curves(2, start));
    EXPECT_FALSE(curves(1, start));
    EXPECT_EQ(curves(1, start + weft::days(4)), 1.0);
    EXPECT_THROW((void)evolve(e, curves, start, start - weft::days(1)), weft::invalid_argument);
    EXPECT_THROW((void)evolve(encoder(twelve()), curves, start, start), weft::invalid_argument);
    auto const point = evolve(e, curves, start, start);
    EXPECT_EQ(point.history.size(), 1u);
}

TEST(evolution_string, a_person_goes_from_measurements_into_forecasts) {
    using namespace strings;
    auto const now = start + weft::days(30);
    std::mt19937_64 random(302);
    std::vector<weft::profile::entity> people(60);
    weft::profile::space const two{{"a", "b"}, {}};
    for (std::size_t i = 0; i < people.size(); ++i) {
        people[i].id = std::to_string(i);
        for (int k = 0; k < 3; ++k) {
            people[i].snapshots.push_back(
                {start + weft::days(10 * k),
                 {{"a", std::uniform_real_distribution<>()(random), 1.0},
                  {"b", std::uniform_real_distribution<>()(random), 1.0}}});
        }
        people[i].profile = people[i].snapshots.back().profile;
    }
    auto const model = weft::profile::fit_evolution(people, two, now);
    std::vector<weft::instant> const later{now + weft::days(30), now + weft::days(60)};
    auto const data = weft::profile::profile_series(people[0], now, two, &model, later);
    ASSERT_EQ(data[0].size(), 5u);
    EXPECT_EQ(data[0].times()[4], later[1]);
    encoder const e(two);
    auto const s = evolve(e, profile_curves(data), start, later[1]);
    auto const p = weft::profile::find_patterns(people[0], now, two, s);
    EXPECT_EQ(p.dimensions.size(), 2u);
    EXPECT_EQ(p.from, start);
    // Three snapshots are compared with the population's slopes, where those are given.
    weft::profile::pattern_options patterns;
    patterns.slopes = weft::profile::fit_slopes(people, two, now);
    ASSERT_EQ(patterns.slopes[0].entries.size(), 1u);
    auto steep = people[0];
    for (std::size_t k = 0; k < 3; ++k) {
        steep.snapshots[k].profile[0].value = .001 + .499 * static_cast<double>(k);
    }
    patterns.slopes[0].entries[0].quantile = .04;
    auto const known = weft::profile::find_patterns(steep, now, two, s, patterns);
    EXPECT_EQ(known.dimensions[0].trend.direction, weft::temporal::trend::improving);
    EXPECT_EQ(weft::profile::find_patterns(steep, now, two, s).dimensions[0].trend.direction,
              weft::temporal::trend::unknown);
    patterns.slopes.pop_back();
    EXPECT_THROW((void)weft::profile::find_patterns(steep, now, two, s, patterns),
                 weft::invalid_argument);
    for (auto const& m : p.milestones) EXPECT_LE(m.at, now);
    EXPECT_THROW((void)weft::profile::profile_series(people[0], now, two, &model,
                                                     std::vector<weft::instant>{now}),
                 weft::invalid_argument);
    // What was measured keeps its voice, less and less.
    auto const f = weft::profile::forecast_profile(people[0], now, later[1], two, model);
    EXPECT_LT(f[0].kept, f[0].measured);
    auto const g = weft::profile::forecast_profile(people[0], now, later[0], two, model);
    EXPECT_LT(f[0].kept, g[0].kept);
    EXPECT_NEAR(weft::profile::decayed(1.0, .5, 100.0), .5 + .5 * std::exp(-.5), 1e-15);
    EXPECT_EQ(weft::profile::decayed(.7, .2, 0.0), .7);
    EXPECT_THROW((void)weft::profile::decayed(.7, .2, -1.0), weft::invalid_argument);
}

} // namespace
