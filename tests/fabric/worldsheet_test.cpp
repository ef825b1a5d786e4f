#include "weft/fabric/worldsheet.hpp"

#include <chrono>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "fabric/support.hpp"

namespace {

using namespace weft::fabric;
using std::chrono::days;
using weft::instant;

instant day(int d) {
    return weft::parse_instant("2026-01-01T00:00:00Z") + days{d};
}

pair_history straight(std::size_t i, std::size_t j, std::vector<std::pair<int, double>> points) {
    std::vector<instant> t;
    std::vector<double> y;
    for (auto const& [d, value] : points) {
        t.push_back(day(d));
        y.push_back(value);
    }
    return {i, j, weft::temporal::series(std::move(t), std::move(y))};
}

/// Two pairs that come to know each other through members 1 and 2, and part again.
worldsheet meeting() {
    return {4,
            {straight(0, 1, {{0, 0.9}, {100, 0.9}}), straight(2, 3, {{0, 0.8}, {100, 0.8}}),
             straight(2, 1, {{0, 0.1}, {40, 0.9}, {100, 0.1}})}};
}

TEST(worldsheet, slices_are_curves_and_forecasts) {
    auto const sheet = meeting();
    auto const then = sheet.at(day(40));
    EXPECT_EQ(then.value(1, 2), 0.9);
    EXPECT_EQ(then.value(2, 1), 0.9);
    EXPECT_EQ(then.value(0, 3), 0.0);
    EXPECT_EQ(then.lower(1, 2), 0.9);
    EXPECT_EQ(sheet.at(day(-50)).value(0, 1), 0.9);
    auto const later = sheet.at(day(200));
    EXPECT_LT(later.lower(1, 2), later.value(1, 2));
    EXPECT_GT(later.upper(1, 2), later.value(1, 2));
    auto const f =
        weft::temporal::forecast_at(straight(0, 1, {{0, 0.9}, {100, 0.9}}).seen, day(200));
    EXPECT_EQ(later.value(0, 1), f->value);
    EXPECT_EQ(sheet.times().size(), 3U);
}

TEST(worldsheet, stability_has_an_interval_where_pairs_do) {
    auto const sheet = meeting();
    std::vector<instant> const at{day(10), day(40), day(150)};
    auto const points = stability_at(sheet, at);
    for (std::size_t k = 0; k < at.size(); ++k) {
        auto const expected = stability(sheet.at(at[k]).value);
        EXPECT_EQ(*points[k].now.stability, *expected.stability);
        EXPECT_LE(*points[k].lowest, *points[k].lower);
        EXPECT_LE(*points[k].lower, *points[k].now.stability);
        EXPECT_GE(*points[k].upper, *points[k].now.stability);
        EXPECT_GE(*points[k].highest, *points[k].upper);
    }
    EXPECT_EQ(*points[1].lower, *points[1].upper);
    EXPECT_LT(*points[2].lower, *points[2].upper);
    EXPECT_LT(*points[2].lowest, *points[2].lower);
    EXPECT_GT(*points[1].now.stability, *points[0].now.stability);
    auto const s = stability_series(points);
    EXPECT_EQ(s.size(), 3U);
    EXPECT_EQ(weft::temporal::trend_of(s).direction, weft::temporal::trend::unknown);
}

TEST(worldsheet, merge_and_split_times_are_those_of_the_crossings) {
    auto const sheet = meeting();
    auto const events = cluster_events(sheet, 0.5, day(0), day(100));
    ASSERT_EQ(events.size(), 2U);
    EXPECT_EQ(events[0].kind, cluster_change::merge);
    EXPECT_EQ(events[0].before, (std::vector<std::vector<std::size_t>>{{0, 1}, {2, 3}}));
    EXPECT_EQ(events[0].after, (std::vector<std::vector<std::size_t>>{{0, 1, 2, 3}}));
    EXPECT_EQ(events[1].kind, cluster_change::split);
    for (auto const& e : events) {
        double const before = sheet.pair_at(2, e.at - std::chrono::seconds{2}).value;
        double const after = sheet.pair_at(2, e.at).value;
        EXPECT_NE(before > 0.5, after > 0.5);
        EXPECT_NEAR(after, 0.5, 1e-5);
    }
    // By symmetry of the data the half-way values lie near the middles of the pieces.
    EXPECT_LT(events[0].at, day(40));
    EXPECT_GT(events[1].at, day(40));
    EXPECT_TRUE(cluster_events(sheet, 0.95, day(0), day(100)).empty());
    EXPECT_TRUE(cluster_events(sheet, 0.5, day(5), day(5)).empty());
}

TEST(worldsheet, the_future_is_told_with_trend_and_events) {
    auto const rising = [](std::size_t i, std::size_t j) {
        std::vector<std::pair<int, double>> points;
        for (int k = 0; k <= 8; ++k) points.emplace_back(10 * k, 0.1 + 0.09 * k);
        return straight(i, j, points);
    };
    worldsheet const sheet(3, {rising(0, 1), rising(0, 2), rising(1, 2)});
    auto const future = predict(sheet, day(80), day(110));
    ASSERT_EQ(future.points.size(), 5U);
    EXPECT_EQ(future.points.front().at, day(80));
    EXPECT_EQ(future.points.back().at, day(110));
    EXPECT_EQ(future.past.direction, weft::temporal::trend::improving) << future.past.reason;
    EXPECT_FALSE(future.trend.reason.empty());
    EXPECT_NEAR(*future.trend.change,
                *future.points.back().now.stability - *future.points.front().now.stability, 1e-12);
    EXPECT_THROW((void)predict(sheet, day(80), day(80)), weft::invalid_argument);
    EXPECT_THROW((void)predict(sheet, day(80), day(90), {.points = 1}), weft::invalid_argument);
    EXPECT_FALSE(predict(worldsheet(1, {}), day(0), day(1)).points[0].now.stability);
}

TEST(worldsheet, faulty_histories_are_named) {
    auto const refused = [](std::vector<pair_history> pairs) -> std::string {
        try {
            worldsheet const w(3, std::move(pairs));
        } catch (weft::invalid_argument const& e) {
            return e.argument();
        }
        return "accepted";
    };
    auto const good = straight(0, 1, {{0, 0.5}});
    EXPECT_EQ(refused({good}), "accepted");
    EXPECT_EQ(refused({good, straight(1, 3, {{0, 0.5}})}), "pairs[1]");
    EXPECT_EQ(refused({good, straight(1, 1, {{0, 0.5}})}), "pairs[1]");
    EXPECT_EQ(refused({good, straight(1, 0, {{0, 0.5}})}), "pairs[1]");
    EXPECT_EQ(refused({straight(0, 1, {})}), "pairs[0].seen");
    EXPECT_EQ(refused({straight(0, 1, {{0, 0.5}, {1, 1.5}})}), "pairs[0].seen");
    auto const sheet = meeting();
    EXPECT_THROW((void)cluster_events(sheet, 1.5, day(0), day(1)), weft::invalid_argument);
    EXPECT_THROW((void)cluster_events(sheet, 0.5, day(1), day(0)), weft::invalid_argument);
    EXPECT_THROW((void)cluster_events(sheet, 0.5, day(0), day(1), std::chrono::seconds{0}),
                 weft::invalid_argument);
    EXPECT_THROW((void)sheet.pair_at(3, day(0)), weft::invalid_argument);
}

} // namespace
