#include "weft/compatibility/timing.hpp"

#include <cmath>
#include <cstdlib>
#include <ctime>
#include <random>

#include <gtest/gtest.h>

namespace {

namespace moments {

using weft::parse_instant;
using weft::compatibility::best_moment;
using weft::compatibility::pair_trajectory;
using weft::temporal::zone;

weft::instant const now = parse_instant("2026-03-27T21:17:05Z");

pair_trajectory of(std::vector<double> const& scores, weft::instant from = now, int days = 9) {
    pair_trajectory t;
    for (std::size_t k = 0; k < scores.size(); ++k) {
        weft::compatibility::trajectory_point p;
        p.at = from + weft::days(days * static_cast<int>(k));
        p.score = scores[k];
        p.lower = scores[k] / 2.0;
        p.upper = 1.0;
        t.points.push_back(p);
    }
    return t;
}

} // namespace moments

TEST(zone, agrees_with_the_c_library_through_the_years) {
    using namespace moments;
    std::mt19937_64 random(401);
    auto const* const before = std::getenv("TZ");
    std::string const kept = before != nullptr ? before : "";
    for (auto const* rule : {"CET-1CEST,M3.5.0,M10.5.0/3", "EST5EDT,M3.2.0,M11.1.0",
                             "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", "<+0545>-5:45",
                             "NZST-12NZDT,M9.5.0,M4.1.0/3", "<-03>3<-02>,M3.5.0/-2,M10.5.0/-1",
                             "AAA3BBB,J60/3,J300", "AAA-3BBB,59/0,299/26:30", "UTC0"}) {
        auto const z = zone::parse(rule);
        setenv("TZ", rule, 1);
        tzset();
        auto const check = [&](weft::instant t) {
            auto const seconds = std::chrono::floor<std::chrono::seconds>(t).time_since_epoch();
            std::time_t const c = seconds.count();
            std::tm local{};
            localtime_r(&c, &local);
            EXPECT_EQ(z.offset(t).count(), local.tm_gmtoff) << rule << ' ' << weft::to_iso(t);
        };
        for (int k = 0; k < 1500; ++k) {
            check(parse_instant("2020-01-01") + std::chrono::minutes(random() % 15'000'000));
        }
        // Every hour of two years, one of them a leap year, finds every transition.
        for (int h = 0; h < 2 * 8766; ++h)
            check(parse_instant("2027-06-01") + std::chrono::hours(h));
    }
    if (before != nullptr) {
        setenv("TZ", kept.c_str(), 1);
    } else {
        unsetenv("TZ");
    }
    tzset();
    for (auto const* bad :
         {"", "X", "CE-1", "CET", "CET-1CEST", "CET-25", "CET-1CEST,M13.1.0,M1.1.0",
          "CET-1CEST,M3.5.0", "CET-1CEST,M3.6.0,M10.5.0", "CET-1x", "<+1>-1",
          "CET-1CEST,M3.5.0,M10.5.0/3 ", "CET-1CEST,J0,J1", "CET-1:60"}) {
        EXPECT_THROW((void)zone::parse(bad), weft::parse_error) << bad;
    }
    EXPECT_EQ(zone().offset(now).count(), 0);
}

TEST(best_moment, a_brute_force_grid_agrees) {
    using namespace moments;
    std::mt19937_64 random(402);
    std::uniform_real_distribution<> unit;
    for (int round = 0; round < 60; ++round) {
        // Over the change to and from summer time, and a leap day.
        auto const from = round % 3 == 0   ? parse_instant("2028-02-20T10:30:00Z")
                          : round % 3 == 1 ? now
                                           : parse_instant("2026-10-20T05:59:59.5Z");
        auto const horizon = from + weft::days(30);
        std::vector<double> scores;
        for (int k = 0; k < 4; ++k) scores.push_back(unit(random));
        auto const t = of(scores, from, 10);
        std::optional<weft::profile::week> rhythm;
        if (round % 2 == 0) {
            rhythm.emplace();
            for (auto& h : *rhythm) h = unit(random) < .2 ? unit(random) : 0.0;
        }
        weft::compatibility::timing_options o;
        if (round % 5 != 0) o.zone = zone::parse("CET-1CEST,M3.5.0,M10.5.0/3");
        o.cautious = round % 4 == 1;
        auto const r = best_moment(t, from, horizon, rhythm, o);
        ASSERT_TRUE(r.best);
        EXPECT_GE(r.best->from, from);
        EXPECT_LE(r.best->from, horizon);
        EXPECT_FALSE(r.reason.empty());
        // Every minute of the horizon, with its own reading of the clock.
        std::vector<weft::instant> ts;
        std::vector<double> ys;
        for (auto const& p : t.points) {
            ts.push_back(p.at);
            ys.push_back(o.cautious ? p.lower : *p.score);
        }
        weft::temporal::instant_curve const curve({ts, ys});
        auto const shares = rhythm ? weft::profile::smooth_rhythm(*rhythm, 1.0) : std::nullopt;
        double largest = 0.0;
        for (std::size_t h = 0; shares && h < 168; ++h) largest = std::max(largest, (*shares)[h]);
        double best = -1.0;
        auto const value = [&](weft::instant at) {
            auto const clock = o.zone ? o.zone->local(at) : at;
            auto const h = static_cast<std::size_t>(weft::hour_of_week(clock));
            if (o.zone && (h % 24 < 8 || h % 24 >= 22)) return -1.0;
            return curve(at) * (shares ? (*shares)[h] / largest : 1.0);
        };
        std::size_t windows = 0;
        for (auto at = from; at <= horizon; at += std::chrono::seconds(900)) {
            auto const clock = o.zone ? o.zone->local(at) : at;
            auto const into = clock - std::chrono::floor<std::chrono::hours>(clock);
            // Quarters of an hour meet each full hour's quarter once: go back to its beginning.
            auto const start = std::max(from, at - into);
            windows += into < std::chrono::seconds(900) || at == from;
            best = std::max(best, value(start));
        }
        EXPECT_DOUBLE_EQ(r.best->value, best);
        EXPECT_DOUBLE_EQ(value(r.best->from), best);
        EXPECT_NEAR(static_cast<double>(r.considered.size() + r.nights),
                    static_cast<double>(windows), 1.0);
        for (auto const& m : r.considered) {
            EXPECT_GE(m.from, from);
            EXPECT_LE(m.from, horizon);
            EXPECT_GT(m.to, m.from);
            EXPECT_LE(m.value, r.best->value);
        }
    }
}

TEST(best_moment, flat_curves_mean_now) {
    using namespace moments;
    auto const horizon = now + weft::days(18);
    auto const r = best_moment(of({.6, .6, .6}), now, horizon, std::nullopt);
    ASSERT_TRUE(r.best);
    EXPECT_EQ(r.best->from, now);
    EXPECT_TRUE(r.flat);
    EXPECT_TRUE(r.reason.starts_with("now: ")) << r.reason;
    EXPECT_NE(r.reason.find("flat"), std::string::npos);
    auto const one = best_moment(of({.6}), now, horizon, std::nullopt);
    EXPECT_EQ(one.best->from, now);
    // At night it is the morning; a rhythm decides where it is known.
    weft::compatibility::timing_options o;
    o.zone = zone::parse("CET-1CEST,M3.5.0,M10.5.0/3");
    auto const night = best_moment(of({.6, .6}), now, horizon, std::nullopt, o);
    EXPECT_EQ(night.best->from, parse_instant("2026-03-28T07:00:00Z"));
    EXPECT_GT(night.nights, 0u);
    weft::profile::week rhythm{};
    rhythm[6 * 24 + 10] = 5.0; // Sunday, ten o'clock: summer time has begun on that day
    auto const sunday = best_moment(of({.6, .6}), now, horizon, rhythm, o);
    EXPECT_EQ(sunday.best->from, parse_instant("2026-03-29T08:00:00Z"));
    EXPECT_NE(sunday.reason.find("rhythm"), std::string::npos);
    auto const rising = best_moment(of({.2, .4, .9}), now, horizon, std::nullopt);
    EXPECT_GT(rising.best->from, horizon - std::chrono::hours(2));
    EXPECT_FALSE(rising.flat);
}

TEST(best_moment, absent_answers_have_a_reason_and_faults_are_named) {
    using namespace moments;
    auto const none = best_moment({}, now, now + weft::days(3), std::nullopt);
    EXPECT_FALSE(none.best);
    EXPECT_EQ(none.reason, "nothing is predicted for the pair");
    weft::compatibility::timing_options o;
    o.zone = zone();
    o.day_from = 3;
    o.day_to = 4;
    auto const night = best_moment(of({.6}), now, now + std::chrono::hours(2), std::nullopt, o);
    EXPECT_FALSE(night.best);
    EXPECT_FALSE(night.reason.empty());
    EXPECT_THROW((void)best_moment(of({.6}), now, now - weft::days(1), std::nullopt),
                 weft::invalid_argument);
    EXPECT_THROW((void)best_moment(of({.6}), now, now + weft::days(9999), std::nullopt),
                 weft::invalid_argument);
    o.day_to = 3;
    EXPECT_THROW((void)best_moment(of({.6}), now, now, std::nullopt, o), weft::invalid_argument);
    weft::profile::week bad{};
    bad[3] = -1.0;
    EXPECT_THROW((void)best_moment(of({.6}), now, now, bad), weft::invalid_argument);
    // No visits at all are no rhythm.
    EXPECT_EQ(best_moment(of({.6}), now, now, weft::profile::week{}).best->rhythm, 1.0);
}

} // namespace
