#include "weft/compatibility/batch.hpp"
#include "weft/compatibility/json.hpp"
#include "weft/compatibility/score.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <stdexcept>
#include <vector>

#include "support/people.hpp"

namespace {

using weft::compatibility::component;
using weft::compatibility::scorer;
using weft::profile::fingerprint;

struct town {
    explicit town(std::size_t n, std::uint64_t seed) {
        auto const entities = weft_test::made_up_people(n, seed);
        weft::profile::encoder const enc(weft::profile::fit_population(entities));
        for (auto const& e : entities) people.push_back(enc.encode(e));
    }
    std::vector<fingerprint> people;
};

town const& some_town() {
    static town const t(300, 6);
    return t;
}

TEST(score, contributions_add_up_to_it) {
    auto const& people = some_town().people;
    scorer const raw;
    scorer const fitted(weft::compatibility::fit_calibration(people));
    for (auto const* s : {&raw, &fitted}) {
        for (std::size_t i = 0; i < 60; ++i) {
            auto const p = s->score(people[i], people[i + 1]);
            ASSERT_TRUE(p.score);
            EXPECT_EQ(p.from_percentiles, s == &fitted);
            double sum = 0.0;
            double weight = 0.0;
            for (auto const& part : p.components) {
                sum += part.contribution;
                weight += part.weight;
                EXPECT_EQ(part.why_absent.empty(), part.raw.has_value());
                if (part.raw) {
                    auto const used = s == &fitted ? *part.percentile : *part.raw;
                    EXPECT_DOUBLE_EQ(part.contribution, part.weight * used);
                } else {
                    EXPECT_EQ(part.weight, 0.0);
                }
            }
            EXPECT_NEAR(sum, *p.score, 1e-15);
            EXPECT_NEAR(weight, 1.0, 1e-15);
        }
    }
}

TEST(score, absent_components_give_their_weight_to_the_others) {
    weft::profile::entity a;
    a.id = "a";
    a.vibe = {{"v", 0.25, 1.0}};
    auto b = a;
    b.vibe[0].value = 0.75;
    weft::profile::encoder const enc(weft::profile::space{{}, {"v"}});
    auto const p = scorer().score(enc.encode(a), enc.encode(b));
    EXPECT_EQ(p[component::vibe].weight, 1.0);
    EXPECT_EQ(p.score, 0.5);
    EXPECT_FALSE(p.percentile);
    a.vibe.clear();
    auto const nothing = scorer().score(enc.encode(a), enc.encode(b));
    EXPECT_FALSE(nothing.score);
    auto const json = weft::compatibility::to_json(nothing);
    EXPECT_TRUE(json.at("score").is_null());
    EXPECT_EQ(json.at("absent").size(), 5U);
    EXPECT_TRUE(json.at("why").contains("score"));
}

TEST(score, relation_scales_contributions_and_says_what_the_clamp_cut) {
    auto const& people = some_town().people;
    weft::compatibility::score_options romantic;
    romantic.relation = weft::compatibility::relation::romantic;
    auto const plain = scorer().score(people[0], people[0]);
    auto const scaled = scorer(romantic).score(people[0], people[0]);
    EXPECT_EQ(scaled.score, 1.0);
    double sum = scaled.clamped;
    for (std::size_t c = 0; c < scaled.components.size(); ++c) {
        sum += scaled.components[c].contribution;
        EXPECT_DOUBLE_EQ(scaled.components[c].contribution, 1.1 * plain.components[c].contribution);
    }
    EXPECT_NEAR(sum, 1.0, 1e-15);
    EXPECT_NEAR(scaled.clamped, -0.1, 1e-12);
    romantic.relation = weft::compatibility::relation::mentorship;
    auto const mentor = scorer(romantic).score(people[0], people[1]);
    EXPECT_DOUBLE_EQ(*mentor.score, 0.9 * *scorer().score(people[0], people[1]).score);
    EXPECT_EQ(mentor.clamped, 0.0);
}

TEST(score, refuses_what_does_not_belong_together) {
    auto const& people = some_town().people;
    auto const other = weft::profile::encoder(weft::profile::space{{"a"}, {}});
    weft::profile::entity e;
    e.id = "e";
    EXPECT_THROW((void)scorer().score(people[0], other.encode(e)), weft::invalid_argument);
    auto const calibration = weft::compatibility::fit_calibration(people);
    weft::compatibility::score_options options;
    options.weights = {1, 1, 1, 1, 1};
    EXPECT_THROW(scorer(calibration, options), weft::invalid_argument);
    options.weights = {0, 0, 0, 0, 0};
    EXPECT_THROW(scorer{options}, weft::invalid_argument);
}

RC_GTEST_PROP(score, is_symmetric_to_the_bit_and_brief_agrees, (std::uint16_t i, std::uint16_t j)) {
    auto const& people = some_town().people;
    static scorer const s(weft::compatibility::fit_calibration(people));
    auto const& a = people[i % people.size()];
    auto const& b = people[j % people.size()];
    auto const ab = s.score(a, b);
    auto const ba = s.score(b, a);
    RC_ASSERT(ab.score == ba.score);
    RC_ASSERT(ab.percentile == ba.percentile);
    auto const brief = s.brief(a, b);
    RC_ASSERT(brief.present == ab.score.has_value());
    if (brief.present) {
        RC_ASSERT(std::bit_cast<std::uint64_t>(brief.score) ==
                  std::bit_cast<std::uint64_t>(*ab.score));
        RC_ASSERT(std::bit_cast<std::uint64_t>(brief.percentile) ==
                  std::bit_cast<std::uint64_t>(*ab.percentile));
    }
}

TEST(batch, equals_single_scoring_bit_for_bit_on_any_executor) {
    auto const& people = some_town().people;
    scorer const s(weft::compatibility::fit_calibration(people));
    auto const serial = weft::compatibility::top_candidates(s, people, 20);
    for (unsigned const threads : {1U, 2U, 5U}) {
        auto const parallel = weft::compatibility::top_candidates(
            s, people, 20, weft::compatibility::thread_executor(threads));
        EXPECT_EQ(parallel.best, serial.best);
        EXPECT_EQ(parallel.scores, serial.scores);
        EXPECT_EQ(parallel.scored, serial.scored);
    }
    std::uint64_t scored = 0;
    for (std::size_t i = 0; i < people.size(); ++i) {
        std::vector<weft::compatibility::candidate> all;
        for (std::size_t j = 0; j < people.size(); ++j) {
            auto const p = s.score(people[i], people[j]);
            if (i == j || !p.score) continue;
            all.push_back({static_cast<std::uint32_t>(j), *p.score, *p.percentile});
        }
        scored += all.size();
        std::sort(all.begin(), all.end());
        all.resize(std::min<std::size_t>(all.size(), 20));
        ASSERT_EQ(serial.best[i], all) << i;
    }
    EXPECT_EQ(serial.scored, scored);
}

TEST(batch, one_to_many_equals_single_scoring) {
    auto const& people = some_town().people;
    scorer const s(weft::compatibility::fit_calibration(people));
    auto const many = weft::compatibility::one_to_many(s, people[7], people,
                                                       weft::compatibility::thread_executor(3));
    ASSERT_EQ(many.size(), people.size());
    for (std::size_t j = 0; j < people.size(); ++j) {
        auto const p = s.score(people[7], people[j]);
        ASSERT_EQ(many[j].present, p.score.has_value());
        if (p.score) {
            EXPECT_EQ(many[j].score, *p.score);
        }
    }
}

TEST(batch, asks_who_is_eligible_and_takes_odd_sizes) {
    auto const& people = some_town().people;
    scorer const s;
    auto const even =
        weft::compatibility::top_candidates(s, people, 3, weft::compatibility::serial_executor{},
                                            [](std::size_t, std::size_t j) { return j % 2 == 0; });
    for (auto const& best : even.best) {
        ASSERT_EQ(best.size(), 3U);
        for (auto const& c : best) EXPECT_EQ(c.index % 2, 0U);
    }
    EXPECT_TRUE(weft::compatibility::top_candidates(s, {}, 3).best.empty());
    EXPECT_TRUE(weft::compatibility::top_candidates(s, {people.data(), 1}, 3).best.at(0).empty());
    auto const none = weft::compatibility::top_candidates(s, {people.data(), 5}, 0);
    EXPECT_TRUE(none.best.at(4).empty());
    EXPECT_EQ(none.scored + none.without_score, 20U);
    auto const all = weft::compatibility::top_candidates(s, {people.data(), 5}, 100);
    EXPECT_LE(all.best.at(0).size(), 4U);
}

TEST(batch, passes_on_a_tasks_exception) {
    EXPECT_THROW(weft::compatibility::thread_executor(0), weft::invalid_argument);
    EXPECT_THROW(weft::compatibility::thread_executor(3)(100,
                                                         [](std::size_t i) {
                                                             if (i == 42) {
                                                                 throw std::runtime_error("42");
                                                             }
                                                         }),
                 std::runtime_error);
}

} // namespace
