#include "weft/outreach/gates.hpp"

#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "weft/schema/enums.hpp"

namespace {

namespace outreach = weft::outreach;
namespace schema = weft::schema;
using outreach::input;
using outreach::inputs;

std::vector<schema::outreach_type> all_types() {
    std::vector<schema::outreach_type> out;
    for (std::size_t i = 0; i < schema::enum_names<schema::outreach_type>::texts.size(); ++i) {
        out.push_back(static_cast<schema::outreach_type>(i));
    }
    return out;
}

/// Inputs of random pairs: percentiles are uniform; each is missing now and then.
std::vector<inputs> random_pairs(std::size_t n, double missing = 0.2) {
    std::mt19937_64 generator(7);
    std::uniform_real_distribution<double> uniform;
    std::vector<inputs> out(n);
    for (auto& in : out) {
        for (auto& x : in) {
            auto const value = uniform(generator);
            if (uniform(generator) >= missing) x = value;
        }
    }
    return out;
}

TEST(gates, the_weights_are_the_reference_s) {
    auto const weights = [](schema::outreach_type t) { return outreach::default_gate(t).weights; };
    using array = std::array<double, 5>;
    EXPECT_EQ(weights(schema::outreach_type::community_invitation), (array{.25, .30, .25, .20, 0}));
    EXPECT_EQ(weights(schema::outreach_type::group_formation), (array{.25, .30, .30, .15, 0}));
    EXPECT_EQ(weights(schema::outreach_type::event_call), (array{.25, .30, 0, .15, .30}));
    EXPECT_EQ(weights(schema::outreach_type::club_event_invitation), (array{.30, .35, .35, 0, 0}));
    EXPECT_EQ(weights(schema::outreach_type::friend_suggestion), (array{.30, .35, 0, .35, 0}));
    for (auto const type : all_types()) {
        auto const g = outreach::default_gate(type);
        double sum = 0.0;
        for (auto const w : g.weights) sum += w;
        EXPECT_NEAR(sum, 1.0, 1e-15) << schema::to_text(type);
        bool const list = type == schema::outreach_type::list_suggestion ||
                          type == schema::outreach_type::expert_curated_list;
        EXPECT_EQ(g.threshold, list ? 0.70 : 0.75) << schema::to_text(type);
    }
}

TEST(gates, every_gate_can_be_reached_with_any_inputs) {
    auto const random = random_pairs(5000);
    for (auto const type : all_types()) {
        outreach::gate_reference const reference(outreach::default_gate(type), random);
        for (unsigned set = 1; set < 32; ++set) {
            inputs in;
            bool weighs = false;
            for (std::size_t i = 0; i < 5; ++i) {
                if (((set >> i) & 1U) == 0) continue;
                in[i] = 0.9975; // the best mid-rank among 200
                weighs = weighs || reference.rule().weights[i] > 0.0;
            }
            auto const d = outreach::decide(in, reference);
            EXPECT_EQ(d.passes, weighs) << schema::to_text(type) << " " << set << " " << d.refusal;
            EXPECT_EQ(d.refusal.empty(), d.passes);
        }
    }
}

TEST(gates, a_quarter_of_random_pairs_passes_whatever_is_known_of_them) {
    auto const random = random_pairs(40'000);
    for (auto const type :
         {schema::outreach_type::friend_suggestion, schema::outreach_type::group_formation,
          schema::outreach_type::event_call}) {
        outreach::gate_reference const reference(outreach::default_gate(type), random);
        std::array<double, 32> passed{};
        std::array<double, 32> all{};
        for (auto const& in : random) {
            auto const d = outreach::decide(in, reference);
            if (!d.score) continue;
            all[d.score->present] += 1.0;
            passed[d.score->present] += d.passes ? 1.0 : 0.0;
        }
        for (std::size_t set = 0; set < 32; ++set) {
            if (all[set] < 400) continue;
            EXPECT_NEAR(passed[set] / all[set], 0.25, 0.02) << schema::to_text(type) << " " << set;
        }
    }
}

TEST(gates, absent_inputs_give_their_weight_away) {
    inputs in;
    in[static_cast<std::size_t>(input::quantum)] = 0.8;
    auto const g = outreach::default_gate(schema::outreach_type::friend_suggestion);
    auto const s = outreach::combine(in, g);
    ASSERT_TRUE(s);
    EXPECT_DOUBLE_EQ(s->score, 0.8);
    EXPECT_DOUBLE_EQ(s->weight[1], 1.0);
    EXPECT_TRUE(outreach::contains(s->present, input::quantum));
    EXPECT_FALSE(outreach::contains(s->present, input::current));
    // An input without a weight does not count as present.
    in[static_cast<std::size_t>(input::match)] = 0.1;
    EXPECT_EQ(outreach::combine(in, g)->present, s->present);
}

TEST(gates, what_cannot_be_judged_is_refused) {
    auto const g = outreach::default_gate(schema::outreach_type::friend_suggestion);
    outreach::gate_reference const empty(g, {});
    auto const nothing = outreach::decide({}, empty);
    EXPECT_FALSE(nothing.passes);
    EXPECT_FALSE(nothing.score);
    EXPECT_NE(nothing.refusal.find("none of the inputs"), std::string::npos);
    inputs perfect;
    perfect[0] = perfect[1] = perfect[3] = 1.0;
    auto const alone = outreach::decide(perfect, empty);
    EXPECT_FALSE(alone.passes);
    EXPECT_FALSE(alone.percentile);
    EXPECT_NE(alone.refusal.find("no random pairs"), std::string::npos);
}

TEST(gates, faulty_input_is_named) {
    auto const g = outreach::default_gate(schema::outreach_type::friend_suggestion);
    for (double const bad : {std::nan(""), -0.01, 1.01, std::numeric_limits<double>::infinity()}) {
        inputs in;
        in[1] = bad;
        try {
            (void)outreach::combine(in, g);
            ADD_FAILURE() << bad;
        } catch (weft::invalid_argument const& e) {
            EXPECT_EQ(e.argument(), "inputs.quantum");
        }
    }
    EXPECT_THROW((void)outreach::combine({}, {{-1, 1, 1, 1, 1}, .5}), weft::invalid_argument);
    EXPECT_THROW((void)outreach::combine({}, {{0, 0, 0, 0, 0}, .5}), weft::invalid_argument);
    EXPECT_THROW((void)outreach::combine({}, {{1, 1, 1, 1, 1}, 1.5}), weft::invalid_argument);
}

RC_GTEST_PROP(gates, a_score_never_falls_as_an_input_grows, ()) {
    static auto const random = random_pairs(3000);
    static std::vector<outreach::gate_reference> const references = [] {
        std::vector<outreach::gate_reference> out;
        for (auto const type : all_types()) out.emplace_back(outreach::default_gate(type), random);
        return out;
    }();
    auto const unit = rc::gen::map(rc::gen::inRange(0, 1'000'001), [](int k) { return k / 1e6; });
    auto const& reference = references[*rc::gen::inRange<std::size_t>(
        0, schema::enum_names<schema::outreach_type>::texts.size())];
    inputs in;
    for (auto& x : in) {
        if (*rc::gen::arbitrary<bool>()) x = *unit;
    }
    auto const i = *rc::gen::inRange<std::size_t>(0, 5);
    in[i] = *unit;
    auto more = in;
    more[i] = *in[i] + (1.0 - *in[i]) * *unit;
    auto const low = outreach::decide(in, reference);
    auto const high = outreach::decide(more, reference);
    RC_ASSERT(low.score.has_value() == high.score.has_value());
    if (!low.score) return;
    RC_ASSERT(low.score->score <= high.score->score);
    RC_ASSERT(*low.percentile <= *high.percentile);
    RC_ASSERT(!low.passes || high.passes);
    double sum = 0.0;
    for (auto const c : low.score->contribution) sum += c;
    RC_ASSERT(std::abs(sum - low.score->score) <= 1e-15);
}

} // namespace
