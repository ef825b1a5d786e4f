#include "weft/compatibility/calibration.hpp"
#include "weft/compatibility/json.hpp"
#include "weft/compatibility/score.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <gtest/gtest.h>
#include <limits>
#include <random>
#include <rapidcheck/gtest.h>
#include <set>
#include <vector>

#include "support/people.hpp"

namespace {

using weft::compatibility::calibration_options;
using weft::compatibility::component;
using weft::compatibility::quantile_table;

double mid_rank(std::vector<double> const& values, double x) {
    double lower = 0.0;
    double equal = 0.0;
    for (auto const v : values) {
        lower += v < x ? 1.0 : 0.0;
        equal += v == x ? 1.0 : 0.0;
    }
    return (lower + equal / 2.0 + 0.5) / (static_cast<double>(values.size()) + 1.0);
}

TEST(quantile_table, is_the_mid_rank_where_everything_is_kept) {
    std::vector<double> const values{0.25, 0.5, 0.5, 0.5, 0.0, 1.0};
    auto const table = quantile_table::of(values);
    for (auto const x : {0.0, 0.25, 0.5, 1.0}) {
        EXPECT_DOUBLE_EQ(table.percentile(x), mid_rank(values, x)) << x;
    }
    EXPECT_GT(table.percentile(0.49), table.percentile(0.25));
    EXPECT_LT(table.percentile(0.49), table.percentile(0.5));
}

TEST(quantile_table, of_many_values_is_within_a_thousandth_of_the_mid_rank) {
    std::mt19937_64 generator(8);
    std::vector<double> values;
    for (int i = 0; i < 40'000; ++i) {
        auto const u = static_cast<double>(generator() >> 11U) * 0x1.0p-53;
        // A third sits on one atom, a third on a grid, a third anywhere.
        values.push_back(i % 3 == 0 ? 0.9 : i % 3 == 1 ? std::floor(u * 8.0) / 8.0 : u * u);
    }
    auto const table = quantile_table::of(values);
    EXPECT_LE(table.points().size(), quantile_table::max_points);
    for (double x = 0.0; x <= 1.0; x += 1.0 / 256) {
        EXPECT_NEAR(table.percentile(x), mid_rank(values, x), 0.0021) << x;
    }
    EXPECT_DOUBLE_EQ(table.percentile(0.9), mid_rank(values, 0.9));
}

TEST(quantile_table, mean_percentile_of_its_own_values_is_a_half) {
    for (auto const distinct : {1U, 2U, 13U, 5000U}) {
        std::mt19937_64 generator(distinct);
        std::vector<double> values;
        for (int i = 0; i < 5000; ++i) {
            values.push_back(static_cast<double>(generator() % distinct) / 5000.0);
        }
        auto const table = quantile_table::of(values);
        double sum = 0.0;
        for (auto const v : values) sum += table.percentile(v);
        EXPECT_NEAR(sum / 5000.0, 0.5, 1e-4) << distinct;
    }
}

RC_GTEST_PROP(quantile_table, never_falls_and_stays_inside, (std::vector<std::uint16_t> raw)) {
    RC_PRE(!raw.empty());
    std::vector<double> values;
    for (auto const r : raw) values.push_back(static_cast<double>(r % 1000U) / 999.0);
    auto const table = quantile_table::of(values);
    double last = 0.0;
    for (int i = 0; i <= 1998; ++i) {
        auto const p = table.percentile(std::min(1.0, i / 1998.0));
        RC_ASSERT(p >= last);
        RC_ASSERT(p > 0.0 && p < 1.0);
        last = p;
    }
}

TEST(quantile_table, finds_values_in_crowds_and_over_many_magnitudes) {
    std::vector<quantile_table::point> points;
    for (int k = 1074; k > 0; k -= 7) points.push_back({std::ldexp(1.0, -k), 0, 0});
    for (int k = 1; k < 200; ++k) points.push_back({0.5 + 0x1p-50 * k, 0, 0});
    points.push_back({1.0, 0, 0});
    std::uint64_t count = 0;
    for (auto& p : points) {
        p.below = count;
        p.not_above = ++count;
    }
    quantile_table const table(points, count);
    auto const shares = static_cast<double>(count) + 1.0;
    for (auto const& p : points) {
        EXPECT_EQ(table.percentile(p.value), (static_cast<double>(p.below) + 1.0) / shares);
        auto const above = std::nextafter(p.value, 2.0);
        if (above > 1.0) continue;
        EXPECT_GE(table.percentile(above), table.percentile(p.value));
        EXPECT_LE(table.percentile(above), (static_cast<double>(p.not_above) + 2.0) / shares);
    }
    EXPECT_EQ(table.percentile(0.0), table.percentile(-0.0));
    EXPECT_LT(table.percentile(0.0), table.percentile(points.front().value));
    std::array<double, 8> many{0.0, 1e-300, 1e-9, 0.3, 0.5, 0.5 + 0x1p-45, 0.9, 1.0};
    auto const each = many;
    table.percentiles<8>([&](std::size_t i) -> double& { return many[i]; });
    for (std::size_t i = 0; i < 8; ++i) EXPECT_EQ(many[i], table.percentile(each[i]));
    quantile_table const one({{0.0, 0, 3}}, 3);
    EXPECT_EQ(one.percentile(0.0), 0.5);
    EXPECT_GT(one.percentile(1.0), 0.5);
}

TEST(quantile_table, refuses_what_is_not_a_distribution) {
    EXPECT_THROW((void)quantile_table::of({}), weft::invalid_argument);
    EXPECT_THROW((void)quantile_table::of({0.5, 1.5}), weft::invalid_argument);
    EXPECT_THROW((void)quantile_table::of({std::numeric_limits<double>::quiet_NaN()}),
                 weft::invalid_argument);
    using points = std::vector<quantile_table::point>;
    EXPECT_THROW(quantile_table(points{}, 0), weft::invalid_argument);
    EXPECT_THROW(quantile_table(points{{0.5, 0, 2}}, 3), weft::invalid_argument);
    EXPECT_THROW(quantile_table(points{{0.5, 1, 2}}, 2), weft::invalid_argument);
    EXPECT_THROW(quantile_table(points{{0.5, 0, 1}, {0.4, 1, 2}}, 2), weft::invalid_argument);
    EXPECT_THROW(quantile_table(points{{0.5, 0, 2}, {0.6, 1, 3}}, 3), weft::invalid_argument);
}

TEST(calibration, samples_distinct_pairs) {
    for (std::uint64_t const wanted : {1ULL, 10ULL, 4000ULL, 4950ULL, 9000ULL}) {
        auto const drawn = weft::compatibility::sample(4950, wanted, 5);
        EXPECT_EQ(drawn.size(), std::min<std::uint64_t>(wanted, 4950));
        std::set<std::pair<std::size_t, std::size_t>> pairs;
        for (auto const k : drawn) {
            auto const [i, j] = weft::compatibility::unranked_pair(k);
            EXPECT_LT(i, j);
            EXPECT_LT(j, 100U);
            pairs.emplace(i, j);
        }
        EXPECT_EQ(pairs.size(), drawn.size());
    }
    auto const far = weft::compatibility::unranked_pair(4'611'686'014'132'420'608ULL);
    EXPECT_EQ(far.second, 3'037'000'500ULL - 1 + 0 * far.first);
}

TEST(calibration, percentiles_of_other_random_pairs_are_uniform) {
    auto const people = weft_test::made_up_people(1200, 21);
    weft::profile::encoder const enc(weft::profile::fit_population(people));
    std::vector<weft::profile::fingerprint> f;
    for (auto const& e : people) f.push_back(enc.encode(e));
    // Fitted on the first thousand, judged on pairs that the sample did not draw from.
    weft::compatibility::scorer const s(weft::compatibility::fit_calibration({f.data(), 1000}));
    std::array<double, 4> combined{};
    std::array<double, weft::compatibility::component_count> mean{};
    std::array<double, weft::compatibility::component_count> count{};
    double n = 0.0;
    for (std::size_t i = 1000; i < 1200; ++i) {
        for (std::size_t j = i + 1; j < 1200; ++j) {
            auto const score = s.score(f[i], f[j]);
            ASSERT_TRUE(score.percentile);
            combined[std::min<std::size_t>(3, static_cast<std::size_t>(*score.percentile * 4))] +=
                1;
            n += 1.0;
            for (std::size_t c = 0; c < mean.size(); ++c) {
                if (score.components[c].percentile) {
                    mean[c] += *score.components[c].percentile;
                    count[c] += 1.0;
                }
            }
        }
    }
    // A quarter of random pairs in each quarter: the gate at .75 lets a quarter of them pass.
    for (auto const share : combined) EXPECT_NEAR(share / n, 0.25, 0.03);
    for (std::size_t c = 0; c < mean.size(); ++c) EXPECT_NEAR(mean[c] / count[c], 0.5, 0.03);
}

TEST(calibration, keeps_kinds_apart) {
    auto people = weft_test::made_up_people(60, 2);
    for (std::size_t i = 0; i < 20; ++i) people[i].kind = weft::profile::entity_kind::event;
    people[59].kind = weft::profile::entity_kind::spot;
    weft::profile::encoder const enc(weft::profile::fit_population(people));
    std::vector<weft::profile::fingerprint> f;
    for (auto const& e : people) f.push_back(enc.encode(e));
    auto const c = weft::compatibility::fit_calibration(f);
    using kind = weft::profile::entity_kind;
    ASSERT_NE(c.find(kind::user, kind::event), nullptr);
    EXPECT_EQ(c.find(kind::user, kind::event), c.find(kind::event, kind::user));
    EXPECT_EQ(c.find(kind::user, kind::event)->pairs, 20U * 39U);
    EXPECT_EQ(c.find(kind::user, kind::user)->pairs, 39U * 38U / 2);
    EXPECT_EQ(c.find(kind::spot, kind::spot), nullptr);
    // One spot alone has no pair of its kind: the score says so instead of inventing one.
    auto const s = weft::compatibility::scorer(c).score(f[59], f[59]);
    EXPECT_FALSE(s.score);
    EXPECT_FALSE(s[component::quantum].why_absent.empty());
    EXPECT_TRUE(s[component::quantum].raw);
}

TEST(calibration, same_seed_same_bits_and_json_keeps_them) {
    auto const people = weft_test::made_up_people(600, 9);
    weft::profile::encoder const enc(weft::profile::fit_population(people));
    std::vector<weft::profile::fingerprint> f;
    for (auto const& e : people) f.push_back(enc.encode(e));
    calibration_options options;
    options.pairs = 20'000;
    options.seed = 77;
    auto const a = weft::compatibility::to_json(weft::compatibility::fit_calibration(f, options));
    auto const b = weft::compatibility::to_json(weft::compatibility::fit_calibration(f, options));
    EXPECT_EQ(a.dump(), b.dump());
    auto const back =
        weft::compatibility::read_calibration(nlohmann::ordered_json::parse(a.dump()));
    EXPECT_EQ(weft::compatibility::to_json(back).dump(), a.dump());
    options.seed = 78;
    EXPECT_NE(weft::compatibility::to_json(weft::compatibility::fit_calibration(f, options)).dump(),
              a.dump());
}

TEST(calibration, refuses_bad_options_and_documents) {
    calibration_options options;
    options.pairs = 0;
    EXPECT_THROW((void)weft::compatibility::fit_calibration({}, options), weft::invalid_argument);
    options = {};
    options.weights[0] = -1.0;
    EXPECT_THROW((void)weft::compatibility::fit_calibration({}, options), weft::invalid_argument);
    auto const good = weft::compatibility::to_json(weft::compatibility::fit_calibration({}));
    for (
        auto const* change :
        {R"({"seed": -1})", R"({"weights": {}})", R"({"link_share": 2})",
         R"({"distributions": [{"kinds": ["user", "robot"], "pairs": 1, "components": {}, "combined": {}}]})",
         R"({"distributions": [{"kinds": ["user", "user"], "pairs": 1, "combined": {},
              "components": {"quantum": {"count": 2, "points": [[0.5, 0, 1]]}}}]})"}) {
        auto bad = good;
        bad.update(nlohmann::ordered_json::parse(change));
        EXPECT_THROW((void)weft::compatibility::read_calibration(bad), weft::invalid_argument)
            << change;
    }
}

} // namespace
