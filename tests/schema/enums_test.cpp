#include "weft/schema/enums.hpp"

#include <string>
#include <string_view>
#include <type_traits>

#include <gtest/gtest.h>

namespace {

using namespace weft::schema;

template <class Enum>
std::string joined() {
    std::string out;
    for (auto const text : enum_names<Enum>::texts) {
        if (!out.empty()) out += ", ";
        out += text;
    }
    return out;
}

TEST(enums, are_spelt_as_the_database_spells_them) {
    EXPECT_EQ(joined<outreach_type>(),
              "community_invitation, group_formation, event_call, spot_recommendation, "
              "friend_suggestion, business_event_invitation, business_expert_partnership, "
              "business_business_partnership, club_membership_invitation, club_event_invitation, "
              "expert_learning_opportunity, expert_business_partnership, list_suggestion, "
              "expert_curated_list");
    EXPECT_EQ(joined<outreach_source_type>(),
              "community, group, event, spot, user, business, club, expert, list, system");
    EXPECT_EQ(joined<queue_status>(),
              "pending, scheduled, delivered, seen, accepted, rejected, ignored, expired");
    EXPECT_EQ(joined<history_status>(), "sent, accepted, rejected, ignored");
    EXPECT_EQ(joined<response_action>(), "accepted, rejected, ignored");
    EXPECT_EQ(joined<evolution_trend>(), "improving, stable, declining, unknown");
    EXPECT_EQ(joined<cache_entity_type>(),
              "user, agent, community, group, event, spot, business, club, expert, list");
    EXPECT_EQ(joined<signal_entity_type>(),
              "user, agent, community, group, event, spot, business, club, expert");
    EXPECT_EQ(joined<signal_type>(),
              "knot_evolution_string, quantum_trajectory, fabric_stability, evolution_patterns, "
              "compatibility_trajectory, optimal_timing");
    EXPECT_EQ(joined<job_type>(),
              "high_priority, medium_priority, low_priority, incremental, event_driven");
    EXPECT_EQ(joined<job_status>(), "pending, processing, completed, failed, cancelled");
}

template <class Enum>
void expect_both_ways() {
    auto const& texts = enum_names<Enum>::texts;
    for (std::size_t i = 0; i < texts.size(); ++i) {
        auto const e = static_cast<Enum>(i);
        EXPECT_TRUE(is_enumerator(e));
        EXPECT_EQ(to_text(e), texts[i]);
        EXPECT_EQ(from_text<Enum>(texts[i]), e);
    }
    auto const beyond = static_cast<Enum>(texts.size());
    EXPECT_FALSE(is_enumerator(beyond));
    EXPECT_THROW((void)to_text(beyond), weft::invalid_argument);
    for (std::string_view const text : {"", "Pending", " pending", "pending ", "SYSTEM", "\xff"}) {
        EXPECT_EQ(from_text<Enum>(text), std::nullopt) << text;
    }
}

TEST(enums, are_read_as_they_are_written) {
    expect_both_ways<outreach_type>();
    expect_both_ways<outreach_source_type>();
    expect_both_ways<queue_status>();
    expect_both_ways<history_status>();
    expect_both_ways<response_action>();
    expect_both_ways<evolution_trend>();
    expect_both_ways<cache_entity_type>();
    expect_both_ways<signal_entity_type>();
    expect_both_ways<signal_type>();
    expect_both_ways<job_type>();
    expect_both_ways<job_status>();
}

// The last enumerator is the last text: none is missing, none too many.
static_assert(to_text(outreach_type::expert_curated_list) == "expert_curated_list");
static_assert(to_text(outreach_source_type::system) == "system");
static_assert(to_text(queue_status::expired) == "expired");
static_assert(to_text(history_status::ignored) == "ignored");
static_assert(to_text(response_action::ignored) == "ignored");
static_assert(to_text(evolution_trend::unknown) == "unknown");
static_assert(to_text(cache_entity_type::list) == "list");
static_assert(to_text(signal_entity_type::expert) == "expert");
static_assert(to_text(signal_type::optimal_timing) == "optimal_timing");
static_assert(to_text(job_type::event_driven) == "event_driven");
static_assert(to_text(job_status::cancelled) == "cancelled");
static_assert(from_text<job_status>("failed") == job_status::failed);

} // namespace
