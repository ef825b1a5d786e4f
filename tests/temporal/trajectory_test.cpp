#include "weft/compatibility/trajectory.hpp"

#include <algorithm>
#include <cmath>
#include <random>
#include <utility>

#include <gtest/gtest.h>

#include "msqr_people.hpp"
#include "weft/profile/json.hpp"

namespace {

namespace outlooks {

using weft::compatibility::component;
using weft::compatibility::improving_matches;
using weft::compatibility::look_ahead;
using weft::compatibility::outlook;
using weft::compatibility::trajectory_maker;

weft::instant const now = weft::parse_instant("2026-03-01");

std::vector<weft::profile::entity> people(std::size_t n) {
    std::mt19937_64 random(501);
    std::uniform_real_distribution<> unit;
    std::vector<weft::profile::entity> out(n);
    for (std::size_t i = 0; i < n; ++i) {
        auto& e = out[i];
        e.id = "p" + std::to_string(i);
        std::array<double, 4> own{};
        for (auto& x : own) x = unit(random);
        for (int k = 0; k < 4; ++k) {
            weft::profile::snapshot s;
            s.at = now - weft::days(10 * (3 - k));
            for (std::size_t d = 0; d < own.size(); ++d) {
                auto const x = own[d] + .2 * (unit(random) - .5);
                s.profile.push_back(
                    {std::string(1, static_cast<char>('a' + d)), std::clamp(x, 0.0, 1.0), .9});
            }
            e.snapshots.push_back(s);
        }
        e.profile = e.snapshots.back().profile;
        if (i % 2 == 0) {
            e.places = {{"spot" + std::to_string(i % 3), weft::profile::geo_point{36, -86}, 1}};
            e.rhythm.emplace();
            (*e.rhythm)[i % 168] = 1.0;
        }
    }
    return out;
}

} // namespace outlooks

TEST(trajectory, combines_expected_components_by_the_temporal_weights) {
    using namespace outlooks;
    auto const all = people(30);
    weft::profile::encoder const encoder(weft::profile::fit_population(all));
    auto const model = weft::profile::fit_evolution(all, encoder.space(), now);
    std::vector<weft::instant> at{now};
    for (int k = 1; k < 10; ++k) at.push_back(now + weft::days(10 * k));
    std::vector<outlook> looks;
    for (auto const& e : all) looks.push_back(look_ahead(encoder, e, now, at, model));
    trajectory_maker const make;
    for (std::size_t i = 0; i + 1 < looks.size(); ++i) {
        auto const t = make(looks[i], looks[i + 1]);
        auto const back = make(looks[i + 1], looks[i]);
        ASSERT_EQ(t.points.size(), at.size());
        // Today's score is that of the present fingerprints, without doubt.
        auto const raw = weft::compatibility::compare(looks[i].present, looks[i + 1].present);
        auto const weighing = weft::compatibility::combiner(weft::compatibility::temporal_weights);
        EXPECT_NEAR(*t.points[0].score, weighing.mean(raw.value, raw.present), 1e-15);
        EXPECT_EQ(t.points[0].lower, *t.points[0].score);
        EXPECT_EQ(t.points[0].confidence, 1.0);
        double highest = 0.0;
        for (std::size_t k = 0; k < at.size(); ++k) {
            auto const& p = t.points[k];
            EXPECT_EQ(p.at, at[k]);
            EXPECT_LE(p.lower, *p.score);
            EXPECT_GE(p.upper, *p.score);
            EXPECT_EQ(*p.score, *back.points[k].score);
            EXPECT_EQ(p.lower, back.points[k].lower);
            EXPECT_EQ(p.upper, back.points[k].upper);
            if (k > 0) {
                EXPECT_LT(p.lower, p.upper);
            }
            EXPECT_FALSE(p.components[static_cast<std::size_t>(component::vibe)]);
            EXPECT_TRUE(p.components[static_cast<std::size_t>(component::quantum)]);
            highest = std::max(highest, *p.score);
        }
        ASSERT_TRUE(t.peak);
        EXPECT_EQ(*t.points[*t.peak].score, highest);
        EXPECT_GT(*t.mean, 0.0);
        EXPECT_LE(*t.mean, highest);
        if (!weft::compatibility::same_components(t.points[0], t.points[9])) {
            EXPECT_FALSE(t.trend.rate_per_day);
            continue;
        }
        EXPECT_NEAR(*t.trend.rate_per_day, (*t.points[9].score - *t.points[0].score) / 90, 1e-15);
    }
    // The same input gives the same bits.
    auto const again = look_ahead(encoder, all[0], now, at, model);
    EXPECT_EQ(*make(again, looks[1]).points[9].score, *make(looks[0], looks[1]).points[9].score);
    // Against a calibration, components are percentiles.
    std::vector<weft::profile::fingerprint> prints;
    for (auto const& l : looks) prints.push_back(l.present);
    trajectory_maker const fair(weft::compatibility::fit_calibration(prints), {});
    auto const p = fair(looks[0], looks[2]);
    EXPECT_TRUE(p.from_percentiles);
    EXPECT_TRUE(p.points[5].score);
    // Without anything in common there is no score, and a reason.
    weft::profile::entity nobody;
    nobody.id = "nobody";
    auto const none = make(looks[0], look_ahead(encoder, nobody, now, at, model));
    EXPECT_TRUE(none.empty());
    EXPECT_FALSE(none.trend.reason.empty());
}

TEST(trajectory, improving_matches_are_those_whose_lower_bound_improves) {
    using namespace outlooks;
    auto const all = people(80);
    weft::profile::encoder const encoder(weft::profile::fit_population(all));
    auto const model = weft::profile::fit_evolution(all, encoder.space(), now);
    std::vector<weft::instant> const at{now, now + weft::days(90)};
    std::vector<outlook> looks;
    for (auto const& e : all) looks.push_back(look_ahead(encoder, e, now, at, model));
    trajectory_maker const make;
    auto const found = improving_matches(make, looks[0], looks, {.threshold = -.4, .limit = 0});
    ASSERT_FALSE(found.empty());
    std::size_t expected = 0;
    for (std::size_t i = 1; i < looks.size(); ++i) {
        auto const t = make(looks[0], looks[i]);
        expected += t.points[1].lower - *t.points[0].score > -.4 &&
                    weft::compatibility::same_components(t.points[0], t.points[1]);
    }
    EXPECT_EQ(found.size(), expected);
    for (std::size_t k = 0; k < found.size(); ++k) {
        EXPECT_NE(found[k].other, 0u);
        EXPECT_GT(found[k].gain, -.4);
        EXPECT_DOUBLE_EQ(found[k].gain, found[k].lower - found[k].now);
        EXPECT_NE(found[k].reason.find("expected to go from"), std::string::npos);
        if (k > 0) {
            EXPECT_LE(found[k].gain, found[k - 1].gain);
        }
    }
    auto const best = improving_matches(make, looks[0], looks, {.threshold = -.4, .limit = 1});
    ASSERT_EQ(best.size(), 1u);
    EXPECT_EQ(best[0].other, found[0].other);
    EXPECT_TRUE(improving_matches(make, looks[0], looks, {.threshold = 1.0, .limit = 0}).empty());
    EXPECT_THROW((void)improving_matches(make, looks[0], looks, {.threshold = NAN, .limit = 0}),
                 weft::invalid_argument);
}

TEST(trajectory, without_dated_snapshots_there_is_no_later_score) {
    using namespace outlooks;
    auto all = people(30);
    all[0].snapshots.clear();
    weft::profile::encoder const encoder(weft::profile::fit_population(all));
    auto const model = weft::profile::fit_evolution(all, encoder.space(), now);
    std::vector<weft::instant> const at{now, now + weft::days(90)};
    std::vector<outlook> looks;
    for (auto const& e : all) looks.push_back(look_ahead(encoder, e, now, at, model));
    trajectory_maker const make;
    // Both have places and rhythms, which stay as they are: still no forecast.
    auto const t = make(looks[0], looks[2]);
    EXPECT_TRUE(t.points[0].score);
    EXPECT_FALSE(t.points[1].score);
    EXPECT_EQ(t.trend.direction, weft::temporal::trend::unknown);
    weft::compatibility::improving_options const any{.threshold = -2.0, .limit = 0};
    EXPECT_TRUE(improving_matches(make, looks[0], looks, any).empty());
    for (auto const& m : improving_matches(make, looks[2], looks, any)) EXPECT_NE(m.other, 0u);
}

TEST(trajectory, dimensions_without_a_history_stay_and_later_knots_are_made_as_the_first) {
    using namespace outlooks;
    weft::compatibility::trajectory_options options;
    options.weights = {.5, 0, 0, 0, .5};
    trajectory_maker const make(options);
    std::vector<weft::instant> const at{now, now + std::chrono::seconds(1)};
    for (std::size_t const snapshots : {4u, 9u}) {
        std::mt19937_64 random(502);
        auto all = people(40);
        for (auto& e : all) {
            auto const last = e.profile;
            e.snapshots.clear();
            for (std::size_t k = 0; k < snapshots; ++k) {
                auto p = last;
                // Little noise, but correlations of their own; with few, `a` alone is dated.
                for (auto& d : p)
                    d.value = std::clamp(d.value + 1e-4 * (double(random() % 3) - 1), 0., 1.);
                if (snapshots < 8) p.resize(1);
                e.snapshots.push_back({now - weft::days(static_cast<int>(snapshots - k)), p});
            }
            // What the profile lacks was measured all the same.
            e.profile.erase(e.profile.begin());
        }
        weft::profile::encoder const encoder(weft::profile::fit_population(people(40)));
        auto const model = weft::profile::fit_evolution(all, encoder.space(), now);
        std::vector<outlook> looks;
        for (auto const& e : all) looks.push_back(look_ahead(encoder, e, now, at, model));
        double change = 0.0;
        double known = 0.0;
        for (std::size_t i = 0; i + 1 < looks.size(); ++i) {
            auto const t = make(looks[i], looks[i + 1]);
            auto const c = static_cast<std::size_t>(component::knot);
            change += std::abs(*t.points[1].components[0] - *t.points[0].components[0]);
            if (!t.points[0].components[c] || !t.points[1].components[c]) continue;
            known += 1.0;
            change += std::abs(*t.points[1].components[c] - *t.points[0].components[c]);
        }
        EXPECT_GT(known, 20.0);
        EXPECT_LT(change / known, .05) << snapshots;
    }
}

TEST(trajectory, a_pair_that_surely_improves_is_found_and_one_just_below_the_threshold_is_not) {
    using namespace outlooks;
    auto const all = people(30);
    weft::profile::encoder const encoder(weft::profile::fit_population(all));
    std::vector<weft::instant> const at{now, now + weft::days(90)};
    // An outlook by hand: a profile today, and what it moves to, up to a little.
    auto const moving = [&](std::string id, double today, double later, int way) {
        weft::profile::entity e;
        e.id = std::move(id);
        auto const profile = [&](double x) {
            return std::vector<weft::profile::dimension>{
                {"a", x, 1.0}, {"b", x, 1.0}, {"c", x, 1.0}, {"d", x, 1.0}};
        };
        e.profile = profile(today);
        outlook o;
        o.id = e.id;
        o.at = at;
        o.present = encoder.encode(e);
        o.draws.push_back(o.present.dense);
        o.stretches = {{0, 1, 1.0}, {1, 8, .5}};
        for (int k = 0; k < 8; ++k) {
            o.draws.push_back(
                encoder.with_profile(o.present, profile(later + .004 * way * (k - 4))).dense);
        }
        return o;
    };
    auto const who = moving("who", .5, .5, 1);
    std::vector<outlook> others;
    for (int i = 0; i < 12; ++i) {
        auto const far = .5 + .04 * (i - 6);
        others.push_back(moving("other " + std::to_string(i), far, i % 3 == 0 ? far : .5, -1));
    }
    trajectory_maker const make;
    auto const found = improving_matches(make, who, others);
    // The twin: everybody, one after the other.
    std::vector<std::pair<double, std::size_t>> expected;
    for (std::size_t i = 0; i < others.size(); ++i) {
        auto const t = make(who, others[i]);
        auto const gain = t.points[1].lower - *t.points[0].score;
        bool const same = weft::compatibility::same_components(t.points[0], t.points[1]);
        if (same && gain > 0.0) expected.emplace_back(-gain, i);
    }
    std::sort(expected.begin(), expected.end());
    ASSERT_GE(found.size(), 5u);
    ASSERT_LT(found.size(), others.size());
    ASSERT_EQ(found.size(), expected.size());
    for (std::size_t k = 0; k < found.size(); ++k) {
        EXPECT_EQ(found[k].other, expected[k].second);
        EXPECT_EQ(found[k].gain, -expected[k].first);
        EXPECT_NE(found[k].other % 3, 0u) << "who stays where they are";
        EXPECT_GT(found[k].lower, found[k].now);
        EXPECT_GT(found[k].later, found[k].lower);
        EXPECT_NE(found[k].reason.find("mostly by"), std::string::npos) << found[k].reason;
    }
    EXPECT_GT(found[0].gain, .1);
    // At its gain a pair is left out, a rounding below it is in.
    auto const third = found[2].gain;
    EXPECT_EQ(improving_matches(make, who, others, {.threshold = third, .limit = 0}).size(), 2u);
    auto const below = std::nextafter(third, 0.0);
    auto const in = improving_matches(make, who, others, {.threshold = below, .limit = 0});
    ASSERT_EQ(in.size(), 3u);
    EXPECT_EQ(in[2].other, found[2].other);
}

namespace outlooks {

/// Pairs of people of msqR with three and more snapshots: the last one from those before.
struct real_pairs {
    std::vector<outlook> looks;
    std::vector<weft::profile::fingerprint> real;

    /// How far the true score of i and j lies from the expected one, in half widths of an interval
    /// that is not widened; and the squared errors of the expected and of today's score.
    struct miss {
        double widths, ours, persistence;
    };
    [[nodiscard]] miss of(std::size_t i, std::size_t j) const {
        static trajectory_maker const plain = [] {
            weft::compatibility::trajectory_options options;
            options.widening = 1.0;
            return trajectory_maker(options);
        }();
        auto const t = plain(looks[i], looks[j]);
        auto const score = weft::compatibility::compare(real[i], real[j])
                               .value[static_cast<std::size_t>(component::quantum)];
        auto const& p = t.points[1];
        auto const half = std::max(p.upper - *p.score, *p.score - p.lower);
        auto const square = [&](double guess) { return (guess - score) * (guess - score); };
        return {std::abs(score - *p.score) / half, square(*p.score), square(*t.points[0].score)};
    }
};

real_pairs msqr_pairs() {
    real_pairs out;
    std::vector<weft::profile::entity> before;
    std::vector<weft::profile::entity> after;
    for (auto const& p : weft_test::msqr_people()) {
        if (p.snapshots.size() < 3) continue;
        auto e = weft::profile::read_entity(weft_msqr::to_entity(p));
        e.places.clear();
        e.rhythm.reset();
        auto late = e;
        late.profile = e.snapshots.back().profile;
        e.snapshots.pop_back();
        e.profile = e.snapshots.back().profile;
        if (late.profile.size() < 12 || e.profile.size() < 12) continue;
        before.push_back(std::move(e));
        after.push_back(std::move(late));
    }
    auto const then = before[0].snapshots.back().at;
    // Knots apart: they need an encoding for every draw, and the test would take minutes.
    weft::profile::encoder_options fast;
    fast.crossing_threshold = 1.0;
    weft::profile::encoder const encoder(weft::profile::fit_population(before), fast);
    auto const model = weft::profile::fit_evolution(before, encoder.space(), then);
    for (std::size_t i = 0; i < before.size(); ++i) {
        auto const own = before[i].snapshots.back().at;
        // Each on an own calendar of the same spacing: one step ahead.
        std::vector<weft::instant> const at{own, own + weft::days(1)};
        out.looks.push_back(look_ahead(encoder, before[i], own, at, model));
        out.looks.back().at = {then, then + weft::days(1)};
        out.real.push_back(encoder.encode(after[i]));
    }
    return out;
}

} // namespace outlooks

TEST(trajectory, intervals_hold_the_scores_of_real_pairs) {
    using namespace outlooks;
    auto const pairs = msqr_pairs();
    auto const people = pairs.looks.size();
    RecordProperty("people", std::to_string(people));
    ASSERT_GT(people, 400u);
    // The widening that one half of the people asks for, by many pairs of theirs, has to hold the
    // pairs of the other half, everybody in one of them; and so has the default.
    auto const by_default = weft::compatibility::trajectory_options().widening;
    double ours = 0.0;
    double persistence = 0.0;
    double within = 0.0;
    double all = 0.0;
    for (std::size_t half = 0; half < 2; ++half) {
        std::vector<std::size_t> fitted;
        std::vector<std::size_t> held_out;
        for (std::size_t i = 0; i < people; ++i) (i % 2 == half ? fitted : held_out).push_back(i);
        std::vector<double> widths;
        for (std::size_t step = 1; step <= 20; ++step) {
            for (std::size_t i = 0; i + step < fitted.size(); ++i) {
                widths.push_back(pairs.of(fitted[i], fitted[i + step]).widths);
            }
        }
        auto const at = widths.begin() + static_cast<std::ptrdiff_t>(widths.size() * 4 / 5);
        std::nth_element(widths.begin(), at, widths.end());
        auto const widening = *at;
        double held = 0.0;
        double n = 0.0;
        for (std::size_t k = 0; k + 1 < held_out.size(); k += 2) {
            auto const m = pairs.of(held_out[k], held_out[k + 1]);
            n += 1.0;
            held += m.widths <= widening;
            within += m.widths <= by_default;
            ours += m.ours;
            persistence += m.persistence;
        }
        all += n;
        auto const name = "half_" + std::to_string(half);
        RecordProperty(name + "_widening", weft::to_text(widening));
        RecordProperty(name + "_coverage_of_the_other", weft::to_text(held / n));
        EXPECT_NEAR(held / n, .8, 1.96 * std::sqrt(.16 / n));
        EXPECT_NEAR(widening, by_default, .1);
    }
    RecordProperty("coverage", weft::to_text(within / all));
    RecordProperty("rmse", weft::to_text(std::sqrt(ours / all)));
    RecordProperty("rmse_persistence", weft::to_text(std::sqrt(persistence / all)));
    EXPECT_NEAR(within / all, .8, 1.96 * std::sqrt(.16 / all));
    EXPECT_LT(ours, persistence);
}

TEST(trajectory, faulty_input_is_refused_by_name) {
    using namespace outlooks;
    auto const all = people(4);
    weft::profile::encoder const encoder(weft::profile::fit_population(all));
    auto const model = weft::profile::fit_evolution(all, encoder.space(), now);
    std::vector<weft::instant> const at{now, now + weft::days(9)};
    std::vector<weft::instant> const past{now - weft::days(1)};
    std::vector<weft::instant> const twice{now, now};
    EXPECT_THROW((void)look_ahead(encoder, all[0], now, past, model), weft::invalid_argument);
    EXPECT_THROW((void)look_ahead(encoder, all[0], now, twice, model), weft::invalid_argument);
    EXPECT_THROW((void)look_ahead(encoder, all[0], now, at, model, {.draws = 3}),
                 weft::invalid_argument);
    auto const a = look_ahead(encoder, all[0], now, at, model);
    auto const b = look_ahead(encoder, all[1], now, std::vector{now}, model);
    auto const c = look_ahead(encoder, all[1], now, at, model, {.draws = 4});
    trajectory_maker const make;
    EXPECT_THROW((void)make(a, b), weft::invalid_argument);
    EXPECT_THROW((void)make(a, c), weft::invalid_argument);
    weft::compatibility::trajectory_options bad;
    bad.coverage = 1.0;
    EXPECT_THROW(trajectory_maker{bad}, weft::invalid_argument);
    bad = {};
    bad.threshold = -1;
    EXPECT_THROW(trajectory_maker{bad}, weft::invalid_argument);
}

} // namespace
