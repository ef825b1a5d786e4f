#include "weft/temporal/changes.hpp"

#include <cmath>
#include <random>

#include <boost/math/distributions/students_t.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <gtest/gtest.h>

namespace {

namespace changes {

weft::temporal::series on_days(std::vector<double> const& y) {
    std::vector<weft::instant> t;
    for (std::size_t i = 0; i < y.size(); ++i) {
        t.push_back(weft::parse_instant("2026-01-01") + weft::days(i));
    }
    return {t, y};
}

} // namespace changes

TEST(jumps, chances_are_those_of_boost) {
    for (double const freedom : {1.0, 2.0, 3.0, 7.0, 30.0, 500.0}) {
        boost::math::students_t const law(freedom);
        for (double const t : {0.0, .01, .5, 1.0, 2.5, 8.0, 40.0}) {
            auto const p = 2.0 * boost::math::cdf(boost::math::complement(law, t));
            EXPECT_NEAR(weft::temporal::detail::student_p(t * t, freedom), p, 1e-13 + 1e-12 * p);
        }
    }
    for (double x = .5; x < 300; x *= 1.7) {
        EXPECT_NEAR(weft::temporal::detail::log_gamma(x), boost::math::lgamma(x),
                    1e-14 * (10 + std::abs(boost::math::lgamma(x))));
    }
}

TEST(jumps, steps_are_found_where_they_are) {
    std::mt19937_64 random(211);
    std::vector<double> y;
    for (int i = 0; i < 60; ++i) {
        y.push_back((i < 20 ? .2 : i < 45 ? .8 : .5) + std::normal_distribution<>(0, .05)(random));
    }
    auto const own = changes::on_days(y);
    auto const r = weft::temporal::find_jumps(own);
    ASSERT_EQ(r.jumps.size(), 2u);
    EXPECT_EQ(r.jumps[0].at, own.times()[20]);
    EXPECT_EQ(r.jumps[0].last_before, own.times()[19]);
    EXPECT_NEAR(r.jumps[0].before, .2, .05);
    EXPECT_NEAR(r.jumps[0].after, .8, .05);
    EXPECT_EQ(r.jumps[1].at, own.times()[45]);
    EXPECT_NEAR(r.jumps[1].after, .5, .05);
    EXPECT_LT(r.jumps[0].p_value, 1e-6);
    EXPECT_TRUE(r.reason.empty());
    auto const exact = weft::temporal::find_jumps(changes::on_days({0, 0, 0, 0, 1, 1, 1, 1}));
    ASSERT_EQ(exact.jumps.size(), 1u);
    EXPECT_EQ(exact.jumps[0].before, 0.0);
    EXPECT_EQ(exact.jumps[0].after, 1.0);
}

TEST(jumps, noise_raises_at_most_the_level_of_false_alarms) {
    std::mt19937_64 random(212);
    constexpr int rounds = 10'000;
    for (bool const uniform : {false, true}) {
        int alarms = 0;
        for (int i = 0; i < rounds; ++i) {
            std::vector<double> y;
            for (int k = 0; k < 6 + i % 20; ++k) {
                y.push_back(uniform ? std::uniform_real_distribution<>()(random)
                                    : std::normal_distribution<>()(random));
            }
            alarms += !weft::temporal::find_jumps(changes::on_days(y)).jumps.empty();
        }
        RecordProperty(uniform ? "uniform" : "normal", alarms);
        EXPECT_LE(alarms, .05 * rounds + 3 * std::sqrt(.05 * .95 * rounds));
        EXPECT_GT(alarms, 0);
    }
}

TEST(jumps, absent_jumps_have_a_reason) {
    using weft::temporal::find_jumps;
    EXPECT_EQ(find_jumps(changes::on_days({0, 1, 0, 1, 0})).reason,
              "too few snapshots for a jump: 5, at least 6");
    EXPECT_TRUE(find_jumps(changes::on_days(std::vector<double>(20, .1))).jumps.empty());
    EXPECT_TRUE(find_jumps(changes::on_days({0, 1, 0, 1, 0, 1})).reason.starts_with("no split"));
    EXPECT_TRUE(find_jumps({}).jumps.empty());
    EXPECT_THROW((void)find_jumps({}, {.level = 1}), weft::invalid_argument);
    EXPECT_THROW((void)find_jumps({}, {.least_points = 1}), weft::invalid_argument);
}

} // namespace
