#include "weft/outreach/plan.hpp"

#include <cmath>
#include <limits>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "outreach/support.hpp"
#include "weft/outreach/deliver.hpp"
#include "weft/outreach/json.hpp"
#include "weft/schema/validate.hpp"

namespace {

namespace outreach = weft::outreach;
namespace schema = weft::schema;
using outreach::input;
using outreach::outreach_type;
using weft::days;
using weft::profile::contact_frequency;

using weft_test::ann;
using weft_test::now;

outreach::gate_reference const& reference(outreach_type type) {
    static auto const make = [](outreach_type t) {
        std::vector<outreach::inputs> random;
        for (int i = 0; i < 200; ++i) {
            outreach::inputs in;
            for (std::size_t k = 0; k < in.size(); ++k) {
                in[k] = static_cast<double>((i * 37 + static_cast<int>(k) * 61) % 200) / 199.0;
            }
            random.push_back(in);
        }
        return outreach::gate_reference(outreach::default_gate(t), random);
    };
    static auto const friends = make(outreach_type::friend_suggestion);
    static auto const groups = make(outreach_type::group_formation);
    return type == outreach_type::friend_suggestion ? friends : groups;
}

outreach::suggestion suggestion(std::string source, double level,
                                outreach_type type = outreach_type::friend_suggestion) {
    outreach::suggestion s;
    s.type = type;
    s.target = ann;
    s.source_id = std::move(source);
    s.source_type = type == outreach_type::friend_suggestion ? schema::outreach_source_type::user
                                                             : schema::outreach_source_type::group;
    s.from_agent_id = "agent:source";
    s.to_agent_id = "agent:ann";
    for (auto const i : {input::string, input::quantum, input::current}) {
        s.in[static_cast<std::size_t>(i)] = level;
    }
    s.judged = outreach::decide(s.in, reference(type));
    s.reasoning = "because";
    return s;
}

TEST(plan, a_queue_row_names_agents_and_nobody_else) {
    auto const argument = [](auto const& change) {
        auto s = suggestion("ben", 0.9);
        change(s);
        try {
            (void)outreach::queue_row(s, now, {"{}"});
        } catch (weft::invalid_argument const& e) {
            return e.argument();
        }
        return std::string();
    };
    EXPECT_EQ(argument([](auto& s) { s.from_agent_id = "Ben"; }), "suggestion.from_agent_id")
        << "the other person's own id";
    EXPECT_EQ(argument([](auto& s) { s.from_agent_id = "ben@example.org"; }),
              "suggestion.from_agent_id");
    EXPECT_EQ(argument([](auto& s) { s.to_agent_id = weft::to_text(ann); }),
              "suggestion.to_agent_id");
    EXPECT_EQ(argument([](auto& s) { s.to_agent_id.clear(); }), "suggestion.to_agent_id");
    EXPECT_EQ(argument([](auto&) {}), "");
}

TEST(plan, a_queue_row_is_one_that_both_databases_take) {
    auto s = suggestion("ben", 0.9);
    s.optimal_timing = weft::parse_instant("2026-03-03T09:00:00Z");
    s.confidence = 0.25;
    auto const row =
        outreach::queue_row(s, now,
                            outreach::payload(outreach::to_json<nlohmann::ordered_json>(
                                s.in, s.judged, reference(s.type).rule())));
    schema::validate(row);
    EXPECT_EQ(row.status, schema::queue_status::scheduled);
    EXPECT_EQ(row.scheduled_for, s.optimal_timing);
    EXPECT_EQ(row.optimal_timing, s.optimal_timing);
    EXPECT_EQ(row.expires_at, *s.optimal_timing + days(7));
    EXPECT_EQ(row.created_at, now);
    EXPECT_DOUBLE_EQ(row.compatibility_score, 0.9);
    EXPECT_EQ(row.string_prediction_score, 0.9);
    EXPECT_FALSE(row.fabric_stability_score);
    EXPECT_EQ(row.ai_decision_confidence, 0.25);
    EXPECT_NE(row.ai_decision_reasoning->find("0.32 from how alike"), std::string::npos)
        << *row.ai_decision_reasoning;

    s.optimal_timing = now - days(1);
    auto const overdue = outreach::queue_row(s, now, {"{}"});
    EXPECT_EQ(overdue.status, schema::queue_status::pending);
    EXPECT_EQ(overdue.optimal_timing, now);
    EXPECT_FALSE(overdue.scheduled_for);
    EXPECT_EQ(overdue.id, row.id) << "the same suggestion on the same day is the same row";
    EXPECT_NE(outreach::queue_row(s, now + days(1), {"{}"}).id, row.id);
}

TEST(plan, a_refused_suggestion_has_no_row) {
    auto const s = suggestion("ben", 0.1);
    EXPECT_FALSE(s.judged.passes);
    EXPECT_THROW((void)outreach::queue_row(s, now, {"{}"}), weft::invalid_argument);
}

TEST(plan, priorities_use_their_range) {
    EXPECT_EQ(outreach::priority(0.75, 0.75), 1);
    EXPECT_EQ(outreach::priority(0.0, 0.75), 1);
    EXPECT_EQ(outreach::priority(1.0, 0.75), 10);
    EXPECT_EQ(outreach::priority(0.875, 0.75), 6);
    EXPECT_EQ(outreach::priority(1.0, 1.0), 1);
    EXPECT_THROW((void)outreach::priority(std::nan(""), 0.75), weft::invalid_argument);
    for (int i = 0; i < 100; ++i) {
        EXPECT_LE(outreach::priority(i / 100.0, 0.7), outreach::priority((i + 1) / 100.0, 0.7));
    }
}

TEST(plan, the_best_hour_is_the_next_one_with_most_visits) {
    weft::profile::week rhythm{};
    EXPECT_FALSE(outreach::next_best_hour(rhythm, now)) << "no visits, no best hour";
    rhythm.fill(2.0);
    EXPECT_FALSE(outreach::next_best_hour(rhythm, now)) << "all hours alike";
    rhythm[9] = 5.0; // Monday 09:00, three and a half hours ago
    EXPECT_EQ(outreach::next_best_hour(rhythm, now), weft::parse_instant("2026-03-09T09:00:00Z"));
    rhythm[24 + 7] = 5.0; // Tuesday 07:00
    EXPECT_EQ(outreach::next_best_hour(rhythm, now), weft::parse_instant("2026-03-03T07:00:00Z"));
    rhythm[12] = 5.0; // the hour that has begun
    EXPECT_EQ(outreach::next_best_hour(rhythm, now), now);
    rhythm[0] = -1.0;
    EXPECT_THROW((void)outreach::next_best_hour(rhythm, now), weft::invalid_argument);
    rhythm[0] = std::numeric_limits<double>::quiet_NaN();
    EXPECT_THROW((void)outreach::next_best_hour(rhythm, now), weft::invalid_argument);
}

TEST(plan, types_take_turns_within_the_day_s_limit) {
    std::vector<outreach::suggestion> all{
        suggestion("a", 0.90), suggestion("b", 0.99), suggestion("c", 0.95),
        suggestion("g", 0.80, outreach_type::group_formation), suggestion("low", 0.2)};
    weft::profile::preferences wishes;
    auto const plan = outreach::choose(all, {}, wishes, now);
    EXPECT_EQ(plan.chosen, (std::vector<std::size_t>{3, 1}));
    EXPECT_EQ(plan.refused.at("below the gate"), 1U);
    EXPECT_EQ(plan.refused.at("the day's limit is reached"), 2U);
    wishes.frequency = contact_frequency::high;
    EXPECT_EQ(outreach::choose(all, {}, wishes, now).chosen, (std::vector<std::size_t>{3, 1, 2}));
    wishes.muted = {outreach_type::group_formation};
    EXPECT_EQ(outreach::choose(all, {}, wishes, now).chosen, (std::vector<std::size_t>{1, 2, 0}));
    wishes.frequency = contact_frequency::off;
    EXPECT_TRUE(outreach::choose(all, {}, wishes, now).chosen.empty());
    EXPECT_TRUE(outreach::choose({}, {}, {}, now).chosen.empty());
}

TEST(plan, what_was_made_before_counts) {
    std::vector<outreach::suggestion> all{suggestion("a", 0.90), suggestion("b", 0.99)};
    outreach::contact_log log;
    log.add({ann, "b", outreach_type::friend_suggestion, now - days(20), false});
    EXPECT_EQ(outreach::choose(all, log, {}, now).chosen, (std::vector<std::size_t>{0}));
    log.add({ann, "x", outreach_type::event_call, now - std::chrono::hours(1), false});
    log.add({ann, "y", outreach_type::event_call, now - std::chrono::hours(2), false});
    EXPECT_TRUE(outreach::choose(all, log, {}, now).chosen.empty()) << "two today already";
}

TEST(plan, numbers_in_texts) {
    EXPECT_EQ(outreach::two_decimals(0.0), "0.00");
    EXPECT_EQ(outreach::two_decimals(-0.001), "0.00");
    EXPECT_EQ(outreach::two_decimals(0.125), "0.13");
    EXPECT_EQ(outreach::two_decimals(-1.5), "-1.50");
    EXPECT_EQ(outreach::two_decimals(12.999), "13.00");
    EXPECT_EQ(outreach::with_decimals(0.68245, 4), "0.6825");
    EXPECT_EQ(outreach::with_decimals(-0.0005, 3), "-0.001");
    EXPECT_EQ(outreach::with_decimals(0.5, 0), "1");
    EXPECT_THROW((void)outreach::with_decimals(0.5, 10), weft::invalid_argument);
    EXPECT_EQ(outreach::percent(1.0), "99%");
    EXPECT_EQ(outreach::percent(0.756), "75%");
}

TEST(plan, a_cached_pair_holds_raw_values_and_absences) {
    using weft::compatibility::component;
    weft::compatibility::pair_score s;
    s.score = 0.8;
    s.components[static_cast<std::size_t>(component::quantum)].raw = 0.7;
    auto const row = outreach::cache_row({"a", schema::cache_entity_type::user},
                                         {"b", schema::cache_entity_type::user}, s, 0.5,
                                         now + days(30), now, {"{}"});
    schema::validate(row);
    EXPECT_EQ(row.quantum_fidelity, 0.7);
    EXPECT_FALSE(row.knot_compatibility);
    EXPECT_EQ(row.future_compatibility_time, now + days(30));
    EXPECT_DOUBLE_EQ(*row.evolution_rate, -0.01);
    EXPECT_EQ(row.expires_at, now + days(7));
    auto const reversed =
        outreach::cache_row({"b", schema::cache_entity_type::user},
                            {"a", schema::cache_entity_type::user}, s, {}, now, now, {"{}"});
    EXPECT_NE(reversed.id, row.id);
    EXPECT_FALSE(reversed.future_compatibility);
    EXPECT_FALSE(reversed.future_compatibility_time);
    s.score.reset();
    EXPECT_THROW((void)outreach::cache_row({"a", {}}, {"b", {}}, s, {}, now, now, {"{}"}),
                 weft::invalid_argument);
    auto const group = outreach::group_cache_row({"a", schema::cache_entity_type::user},
                                                 {"g", schema::cache_entity_type::group}, 0.6, 0.5,
                                                 0.45, now, {"{}"});
    schema::validate(group);
    EXPECT_DOUBLE_EQ(*group.fabric_stability_improvement, -0.05);
    EXPECT_THROW((void)outreach::group_cache_row({"a", {}}, {"g", {}}, 1.5, 0.5, 0.5, now, {"{}"}),
                 weft::invalid_argument);
}

TEST(plan, a_job_s_record_follows_its_stages) {
    using status = schema::job_status;
    auto const type = schema::job_type::event_driven;
    for (auto const s : {status::pending, status::processing, status::completed, status::failed}) {
        auto const row = outreach::job_row(type, s, now, {7, 5, 2, 9}, 12, {"{}"}, {"{}"}, "two");
        schema::validate(row);
        EXPECT_EQ(row.id, outreach::job_id(type, now));
        EXPECT_EQ(row.started_at.has_value(), s != status::pending);
        EXPECT_EQ(row.completed_at.has_value(), s == status::completed || s == status::failed);
        EXPECT_EQ(row.items_failed, 2);
    }
    EXPECT_NE(outreach::job_id(type, now),
              outreach::job_id(type, now + std::chrono::microseconds(1)));
    EXPECT_THROW((void)outreach::job_row(type, status::completed, now,
                                         {std::size_t{1} << 40U, 0, 0, 0}, {}, {"{}"}, {"{}"}),
                 weft::overflow_error);
}

TEST(signals, rows_and_documents) {
    outreach::profile_forecast f;
    f.from = now - days(1);
    f.to = now + days(30);
    f.snapshots = 2;
    EXPECT_FALSE(f.confidence());
    f.dimensions = {{"name", 0.5, 0.25, 0.75, 0.5}, {"b", 1, 0, 1, 0}};
    f.absent = {{"email", "never measured"}};
    EXPECT_EQ(f.confidence(), 0.25);
    // A dimension may be called what a key must not be.
    auto const document = outreach::payload(outreach::to_json<nlohmann::ordered_json>(f));
    auto const parsed = nlohmann::json::parse(document.text);
    EXPECT_EQ(parsed.at("v"), 1);
    EXPECT_EQ(parsed.at("points").at(0).at("dimensions").at(0).at("dimension"), "name");
    EXPECT_EQ(parsed.at("absent").at(0).at("dimension"), "email");
    auto const row = outreach::signal_row("p", schema::signal_entity_type::user,
                                          schema::signal_type::quantum_trajectory, document, now,
                                          f.to, f.confidence(), {"{}"});
    schema::validate(row);
    EXPECT_EQ(row.expires_at, now + days(3));
    auto const untimed = outreach::signal_row("p", schema::signal_entity_type::user,
                                              schema::signal_type::quantum_trajectory, document,
                                              now, std::nullopt, std::nullopt, {"{}"});
    EXPECT_NE(untimed.id, row.id);
    EXPECT_THROW((void)outreach::signal_row("", schema::signal_entity_type::user,
                                            schema::signal_type::quantum_trajectory, document, now,
                                            {}, {}, {"{}"}),
                 weft::invalid_argument);

    outreach::group_forecast g;
    g.now.at = now;
    g.now.members = 3;
    g.now.stability = 0.5;
    g.why_not_predicted = "no forecasts";
    auto const alone = outreach::to_json<nlohmann::ordered_json>(g);
    EXPECT_TRUE(alone.at("predicted").is_null());
    EXPECT_TRUE(alone.at("change").is_null());
    EXPECT_EQ(alone.at("why").at("predicted"), "no forecasts");
    g.predicted = g.now;
    g.predicted->stability = 0.75;
    EXPECT_EQ(outreach::to_json<nlohmann::ordered_json>(g).at("change"), 0.25);
}

TEST(deliver, one_row_is_marked_and_one_recorded) {
    auto const row = outreach::queue_row(suggestion("ben", 0.9), now, {"{}"});
    for (auto const d : {weft::sql::dialect::postgres, weft::sql::dialect::sqlite}) {
        auto const decision = outreach::deliver(row, {}, {}, now + std::chrono::hours(1), d);
        ASSERT_TRUE(decision.made) << decision.refusal;
        auto const& history = decision.made->history;
        schema::validate(history);
        EXPECT_EQ(history.target_user_id, row.target_user_id);
        EXPECT_EQ(history.sent_at, now + std::chrono::hours(1));
        EXPECT_NE(decision.made->mark.text.find("outreach_queue"), std::string::npos);
        EXPECT_NE(decision.made->record.text.find("outreach_history"), std::string::npos);
    }
}

TEST(deliver, refuses_on_any_doubt) {
    auto const good = outreach::queue_row(suggestion("ben", 0.9), now, {"{}"});
    auto const refusal = [&](auto change, outreach::contact_log const& log = {},
                             weft::profile::preferences const& wishes = {},
                             weft::instant at = now) {
        auto row = good;
        change(row);
        auto const d = outreach::deliver(row, log, wishes, at, weft::sql::dialect::sqlite);
        EXPECT_EQ(d.made.has_value(), d.refusal.empty());
        return d.refusal;
    };
    auto const nothing = [](auto&) {};
    EXPECT_EQ(refusal(nothing), "");
    EXPECT_NE(refusal([](auto& r) { r.id.reset(); }), "");
    EXPECT_NE(refusal([](auto& r) { r.created_at.reset(); }), "");
    EXPECT_NE(refusal([](auto& r) { r.created_at = now + days(1); }), "");
    EXPECT_NE(refusal([](auto& r) { r.expires_at = now; }), "");
    EXPECT_NE(refusal([](auto& r) { r.scheduled_for = now + std::chrono::microseconds(1); }), "");
    for (auto const s : {schema::queue_status::delivered, schema::queue_status::seen,
                         schema::queue_status::accepted, schema::queue_status::expired}) {
        EXPECT_NE(refusal([&](auto& r) { r.status = s; }), "");
    }
    outreach::contact_log log;
    log.add({ann, "ben", outreach_type::friend_suggestion, now - days(3), false});
    EXPECT_NE(refusal(nothing, log), "");
    EXPECT_NE(refusal(nothing, {}, {contact_frequency::off, {}}), "");
    EXPECT_NE(refusal(nothing, {}, {contact_frequency::high, {outreach_type::friend_suggestion}}),
              "");
    EXPECT_NE(refusal(nothing, {}, {}, now - days(1)), "");
    EXPECT_NE(refusal(nothing, {}, {}, now + days(8)), "") << "expired by then";
}

} // namespace
