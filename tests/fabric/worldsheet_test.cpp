#include "weft/fabric/worldsheet.hpp"

#include <algorithm>
#include <chrono>
#include <random>
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

TEST(worldsheet, deviations_are_those_of_forecasts_before_they_are_cut) {
    std::vector<std::pair<int, double>> seen;
    for (int k = 0; k < 40; ++k) seen.emplace_back(k, k % 2);
    auto const pair = straight(0, 1, seen);
    auto const slice = worldsheet(2, {pair}).at(day(400));
    weft::temporal::forecast_model free;
    free.range.reset();
    auto const f = *weft::temporal::forecast_at(pair.seen, day(400), free);
    EXPECT_LT(f.lower, 0.0);
    EXPECT_GT(f.upper, 1.0);
    EXPECT_NEAR(slice.deviation(0, 1), 0.5 * (f.upper - f.lower) / 1.2815515655446004, 1e-12);
}

TEST(worldsheet, events_of_any_span_and_step_are_found_or_refused) {
    auto const sheet = meeting();
    auto const found = cluster_events(sheet, 0.5, day(0), day(100));
    for (auto const step : {std::chrono::seconds{9'223'372'036'854}, std::chrono::seconds::max()}) {
        auto const again = cluster_events(sheet, 0.5, day(0), day(100), step);
        EXPECT_EQ(again.size(), found.size());
    }
    EXPECT_THROW((void)cluster_events(sheet, 0.5, weft::instant::min(), weft::instant::max()),
                 weft::invalid_argument);
    EXPECT_THROW((void)cluster_events(sheet, 0.5, day(0), day(1), std::chrono::seconds::min()),
                 weft::invalid_argument);
}

/// The sheet of a group each of whose pairs was seen twice, near its value.
worldsheet seen_twice(Eigen::MatrixXd const& c) {
    std::vector<pair_history> pairs;
    for (Eigen::Index j = 0; j < c.cols(); ++j) {
        for (Eigen::Index i = 0; i < j; ++i) {
            if (!(c(i, j) > 0.0)) continue;
            pairs.push_back(straight(static_cast<std::size_t>(i), static_cast<std::size_t>(j),
                                     {{0, c(i, j)}, {9, c(i, j)}}));
        }
    }
    return {static_cast<std::size_t>(c.rows()), std::move(pairs)};
}

/// How often groups whose pairs err as their forecasts say lie within the interval of stability.
double covered(worldsheet const& sheet, stability_weights const& weights, unsigned seed) {
    std::vector<instant> const at{day(40)};
    auto const point = stability_at(sheet, at, weights).front();
    EXPECT_LE(*point.lower, *point.now.stability);
    EXPECT_GE(*point.upper, *point.now.stability);
    std::mt19937_64 random(seed);
    std::normal_distribution<double> normal;
    auto const n = static_cast<Eigen::Index>(sheet.members());
    weft::temporal::forecast_model model;
    double const quantile = weft::temporal::detail::two_sided_normal(model.coverage);
    model.range.reset();
    std::vector<std::pair<double, double>> normals;
    for (std::size_t p = 0; p < sheet.pairs(); ++p) {
        auto const [i, j] = sheet.who(p);
        double const y = sheet.pair_at(p, day(0)).value;
        auto const seen = straight(i, j, {{0, y}, {9, y}}).seen;
        auto const f = *weft::temporal::forecast_at(seen, day(40), model);
        normals.emplace_back(f.value, (f.upper - f.value) / quantile);
    }
    int const groups = weft_test::sanitized ? 150 : 500;
    int inside = 0;
    for (int k = 0; k < groups; ++k) {
        Eigen::MatrixXd c = Eigen::MatrixXd::Zero(n, n);
        for (std::size_t p = 0; p < sheet.pairs(); ++p) {
            auto const [i, j] = sheet.who(p);
            auto const x =
                std::clamp(normals[p].first + normals[p].second * normal(random), 0.0, 1.0);
            c(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(j)) = x;
            c(static_cast<Eigen::Index>(j), static_cast<Eigen::Index>(i)) = x;
        }
        auto const s = *stability(c, weights).stability;
        inside += *point.lower <= s && s <= *point.upper ? 1 : 0;
    }
    return static_cast<double>(inside) / groups;
}

TEST(worldsheet, the_interval_holds_what_comes_with_its_coverage) {
    std::mt19937_64 random(8);
    Eigen::MatrixXd cliques = weft_test::uniform(8, 0.1);
    cliques.topLeftCorner(4, 4) = weft_test::uniform(4, 0.8);
    cliques.bottomRightCorner(4, 4) = weft_test::uniform(4, 0.8);
    Eigen::MatrixXd star = Eigen::MatrixXd::Zero(6, 6);
    star.row(0).tail(5).setConstant(0.6);
    star.col(0).tail(5).setConstant(0.6);
    // In all of these but the last ones l_2 is multiple, or nearly 0, or pairs are cut at 1: what
    // first order would miss.
    std::vector<Eigen::MatrixXd> groups{weft_test::uniform(3, 0.5), weft_test::uniform(7, 0.5),
                                        weft_test::uniform(6, 0.95), cliques, star};
    for (int k = 0; k < 3; ++k) groups.push_back(weft_test::group(random, 6, k));
    double sum = 0.0;
    int count = 0;
    for (auto const& c : groups) {
        auto const sheet = seen_twice(c);
        for (auto const& weights : {stability_weights{}, stability_weights{0.0, 1.0, 0.0}}) {
            // Of 199 draws a further one lies within with .8; the interval of one seed has .8 with
            // a standard deviation of .028, counting 500 adds .018.
            double const share = covered(sheet, weights, static_cast<unsigned>(++count));
            EXPECT_GE(share, 0.68) << c;
            EXPECT_LE(share, 0.97) << c;
            sum += share;
        }
    }
    EXPECT_GE(sum / count, 0.77);
    EXPECT_LE(sum / count, 0.89);
}

TEST(worldsheet, intervals_are_deterministic_and_exact_for_one_pair) {
    auto const sheet = seen_twice(weft_test::uniform(5, 0.4));
    std::vector<instant> const at{day(20), day(60)};
    auto const a = stability_at(sheet, at), b = stability_at(sheet, at);
    for (std::size_t k = 0; k < 2; ++k) {
        EXPECT_EQ(*a[k].lower, *b[k].lower);
        EXPECT_EQ(*a[k].upper, *b[k].upper);
    }
    EXPECT_NE(*a[0].lower, *stability_at(sheet, at, {}, {.seed = 2})[0].lower);
    EXPECT_FALSE(stability_at(sheet, at, {}, {.draws = 0})[0].lower);
    EXPECT_TRUE(stability_at(sheet, at, {}, {.draws = 9})[0].lower.has_value());
    EXPECT_THROW((void)stability_at(sheet, at, {}, {.draws = 8}), weft::invalid_argument);
    worldsheet const two(2, {straight(0, 1, {{0, 0.5}})});
    auto const f = two.pair_at(0, day(60));
    auto const point = stability_at(two, at)[1];
    EXPECT_EQ(*point.lower, f.lower);
    EXPECT_EQ(*point.upper, f.upper);
    EXPECT_EQ(*point.lowest, f.lower);
    weft::temporal::forecast_model model;
    model.coverage = 1.5;
    EXPECT_THROW((void)worldsheet(2, {straight(0, 1, {{0, 0.5}})}, model), weft::invalid_argument);
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
    EXPECT_THROW((void)predict(sheet, day(80), day(90), {.interval = {.draws = 0}}),
                 weft::invalid_argument);
    // Five points need four microseconds.
    using std::chrono::microseconds;
    EXPECT_THROW((void)predict(sheet, day(80), day(80) + microseconds{3}), weft::invalid_argument);
    auto const near = predict(sheet, day(80), day(80) + microseconds{4});
    for (std::size_t k = 1; k < 5; ++k) EXPECT_LT(near.points[k - 1].at, near.points[k].at);
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
