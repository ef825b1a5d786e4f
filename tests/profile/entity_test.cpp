#include "weft/profile/entity.hpp"
#include "weft/profile/json.hpp"

#include <gtest/gtest.h>
#include <limits>
#include <string>

namespace {

using nlohmann::json;
using weft::profile::entity;
using weft::profile::entity_kind;
using weft::profile::read_entity;

TEST(entity, reads_every_field_of_the_contract) {
    auto const e = read_entity(json::parse(R"({
        "id": "ann", "kind": "expert", "agent_id": "agent-1",
        "profile": {"novelty_seeking": 0.7, "crowd_tolerance": {"value": 0.2, "confidence": 0.5}},
        "vibe": {"calm": 1},
        "places": [{"id": "cafe", "lat": 36.1, "lon": -86.7, "visits": 3}, {"id": "park"}],
        "visits": ["2026-11-23T00:30:00Z", "2026-11-22T23:59:59Z"],
        "snapshots": [{"t": "2026-01-01", "profile": {"novelty_seeking": 0.1}},
                      {"t": "2026-01-02T00:00:00Z", "profile": {}}],
        "groups": ["choir"],
        "preferences": {"frequency": "low", "muted": ["event_call"]}})"));
    EXPECT_EQ(e.id, "ann");
    EXPECT_EQ(e.kind, entity_kind::expert);
    EXPECT_EQ(e.agent_id, "agent-1");
    ASSERT_EQ(e.profile.size(), 2U);
    EXPECT_EQ(e.profile[0].name, "crowd_tolerance");
    EXPECT_EQ(e.profile[0].confidence, 0.5);
    EXPECT_EQ(e.profile[1].confidence, 1.0);
    EXPECT_EQ(e.vibe.at(0).value, 1.0);
    ASSERT_EQ(e.places.size(), 2U);
    EXPECT_EQ(e.places[0].at->longitude, -86.7);
    EXPECT_FALSE(e.places[1].at);
    EXPECT_EQ(e.places[1].visits, 1.0);
    EXPECT_EQ((*e.rhythm)[0], 1.0);
    EXPECT_EQ((*e.rhythm)[167], 1.0);
    EXPECT_EQ(e.snapshots.size(), 2U);
    EXPECT_EQ(e.groups, std::vector<std::string>{"choir"});
    EXPECT_EQ(e.preferences.frequency, weft::profile::contact_frequency::low);
    ASSERT_EQ(e.preferences.muted.size(), 1U);
    EXPECT_EQ(e.preferences.muted[0], weft::schema::outreach_type::event_call);
}

TEST(entity, everything_but_the_id_is_optional) {
    auto const e = read_entity(json::parse(R"({"id": "x", "profile": null, "places": null})"));
    EXPECT_EQ(e.kind, entity_kind::user);
    EXPECT_TRUE(e.profile.empty());
    EXPECT_FALSE(e.rhythm);
}

struct fault {
    char const* text;
    char const* names;
};

class entity_faults : public testing::TestWithParam<fault> {};

TEST_P(entity_faults, are_refused_by_name) {
    try {
        (void)read_entity(json::parse(GetParam().text));
        FAIL() << GetParam().text;
    } catch (weft::invalid_argument const& e) {
        EXPECT_NE(std::string(e.what()).find(GetParam().names), std::string::npos) << e.what();
    }
}

INSTANTIATE_TEST_SUITE_P(
    all, entity_faults,
    testing::Values(
        fault{"[]", "an object"}, fault{"{}", "\"id\""}, fault{R"({"id": ""})", "id"},
        fault{R"({"id": 7})", "id"}, fault{R"({"id": "x", "knd": "user"})", "knd"},
        fault{R"({"id": "x", "kind": "robot"})", "kind"},
        fault{R"({"id": "x", "profile": {"a": 1.5}})", "profile.a"},
        fault{R"({"id": "x", "profile": {"a": "high"}})", "profile.a"},
        fault{R"({"id": "x", "profile": {"a": {"value": 0.5, "confidence": -1}}})", "confidence"},
        fault{R"({"id": "x", "profile": {"a": {"confidence": 1}}})", "value"},
        fault{R"({"id": "x", "profile": {"": 0.5}})", "name"},
        fault{R"({"id": "x", "profile": [0.5]})", "profile"},
        fault{R"({"id": "x", "places": [{"id": "p"}, {"id": "p"}]})", "places[1].id"},
        fault{R"({"id": "x", "places": [{"id": "p", "lat": 91, "lon": 0}]})", "places[0].lat"},
        fault{R"({"id": "x", "places": [{"id": "p", "lat": 1}]})", "places[0]"},
        fault{R"({"id": "x", "places": [{"id": "p", "visits": -1}]})", "visits"},
        fault{R"({"id": "x", "places": [{"visits": 1}]})", "places[0]"},
        fault{R"({"id": "x", "rhythm": [1, 2]})", "rhythm"},
        fault{R"({"id": "x", "visits": ["soon"]})", "visits[0]"},
        fault{R"({"id": "x", "visits": [5]})", "visits[0]"},
        fault{R"({"id": "x", "snapshots": [{"t": "2026-01-02", "profile": {}},
                                          {"t": "2026-01-01", "profile": {}}]})",
              "snapshots[1].t"},
        fault{R"({"id": "x", "snapshots": [{"t": "2026-01-02"}]})", "snapshots[0]"},
        fault{R"({"id": "x", "groups": ["a", "a"]})", "groups"},
        fault{R"({"id": "x", "groups": "a"})", "groups"},
        fault{R"({"id": "x", "preferences": {"frequency": "hourly"}})", "frequency"},
        fault{R"({"id": "x", "preferences": {"muted": ["spam"]}})", "muted"},
        fault{R"({"id": "x", "preferences": {"colour": "red"}})", "colour"}));

TEST(entity, refuses_nan_and_infinity) {
    entity e;
    e.id = "x";
    e.profile = {{"a", std::numeric_limits<double>::quiet_NaN(), 1.0}};
    EXPECT_THROW(validate(e), weft::invalid_argument);
    e.profile.clear();
    e.rhythm = weft::profile::week{};
    (*e.rhythm)[9] = std::numeric_limits<double>::infinity();
    EXPECT_THROW(validate(e), weft::invalid_argument);
    e.rhythm.reset();
    e.places = {{"p", weft::profile::geo_point{std::numeric_limits<double>::quiet_NaN(), 0.0}, 1}};
    EXPECT_THROW(validate(e), weft::invalid_argument);
}

} // namespace
