#include "weft/schema/json.hpp"

#include <limits>
#include <string>
#include <type_traits>

#include <gtest/gtest.h>

#include "weft/schema/tables.hpp"

namespace {

using namespace weft::schema;
using json = nlohmann::ordered_json;

outreach_queue full_row() {
    outreach_queue row;
    row.id = weft::parse_uuid("00000000-0000-5000-8000-0000000000ff");
    row.type = outreach_type::spot_recommendation;
    row.target_user_id = weft::parse_uuid("ffffffff-ffff-ffff-ffff-ffffffffffff");
    row.source_id = "a\"b\\c\n\xf0\x9f\xa6\x91";
    row.source_type = outreach_source_type::spot;
    row.compatibility_score = 0.1;
    row.evolution_trend = evolution_trend::declining;
    row.metadata = jsonb{R"({"deep":{"list":[1,2.5,null,"x"]}})"};
    row.created_at = weft::parse_instant("2026-03-01T12:00:00.000001Z");
    row.expires_at = weft::instant_infinity;
    row.status = queue_status::rejected;
    row.response_action = response_action::rejected;
    row.priority = 1;
    return row;
}

std::string why(json const& object) {
    try {
        (void)row_from_json<outreach_queue>(object);
    } catch (weft::invalid_argument const& e) {
        return e.what();
    }
    return {};
}

json small_row() {
    return {{"type", "event_call"},     {"target_user_id", "11111111-1111-1111-1111-111111111111"},
            {"source_id", "s"},         {"source_type", "event"},
            {"compatibility_score", 1}, {"from_agent_id", "a"},
            {"to_agent_id", "b"}};
}

TEST(schema_json, writes_what_the_columns_mean) {
    auto const j = row_to_json(full_row());
    EXPECT_EQ(j["id"], "00000000-0000-5000-8000-0000000000ff");
    EXPECT_EQ(j["type"], "spot_recommendation");
    EXPECT_EQ(j["compatibility_score"], 0.1);
    EXPECT_EQ(j["metadata"]["deep"]["list"][1], 2.5);
    EXPECT_EQ(j["created_at"], "2026-03-01T12:00:00.000001Z");
    EXPECT_EQ(j["expires_at"], "infinity");
    EXPECT_TRUE(j["title"].is_null()) << "a column without a default is null";
    EXPECT_FALSE(j.contains("created_by")) << "an unset column with a default is left out";
    EXPECT_EQ(j.begin().key(), "id");
}

TEST(schema_json, reads_what_it_writes) {
    auto const row = full_row();
    EXPECT_EQ(row_from_json<outreach_queue>(row_to_json(row)), row);
    EXPECT_EQ(row_from_json<outreach_queue>(json::parse(row_to_json(row).dump())), row);
    auto const plain = row_to_json<nlohmann::json>(row);
    EXPECT_EQ(row_from_json<outreach_queue>(plain), row);
}

TEST(schema_json, leaves_unset_what_is_missing) {
    auto const row = row_from_json<outreach_queue>(small_row());
    EXPECT_FALSE(row.id || row.status || row.metadata || row.title || row.priority);
    auto j = small_row();
    j["title"] = nullptr;
    j["metadata"] = nullptr;
    EXPECT_EQ(row_from_json<outreach_queue>(j), row);
}

TEST(schema_json, names_the_column_and_the_value) {
    struct bad {
        char const* column;
        json value;
        char const* said;
    };
    for (auto const& [column, value, said] : {
             bad{"type", "event",
                 "outreach_queue.type: got \"event\", expected one of community_invitation"},
             bad{"type", nullptr, "outreach_queue.type: got null, expected a value"},
             bad{"status", nullptr, "outreach_queue.status: got null, expected a value"},
             bad{"target_user_id", "1",
                 "outreach_queue.target_user_id: got \"1\", expected a UUID"},
             bad{"source_id", 7, "outreach_queue.source_id: got 7, expected a string"},
             bad{"compatibility_score", "1", "got \"1\", expected a number"},
             bad{"compatibility_score", 1.5, "got 1.5, expected a number in [0, 1]"},
             bad{"priority", 11, "outreach_queue.priority: got 11"},
             bad{"priority", 5.0, "got 5.0, expected an integer of 32 bits"},
             bad{"priority", 4294967297, "got 4294967297, expected an integer of 32 bits"},
             bad{"retry_count", 18446744073709551615ULL, "expected an integer of 32 bits"},
             bad{"retry_count", -1, "outreach_queue.retry_count: got -1"},
             bad{"created_at", "2026-01-01T00:00:00", "'Z' or an offset"},
             bad{"created_at", 5, "expected a string"},
             bad{"metadata", json::array(), "outreach_queue.metadata"},
             bad{"metadata", {{"x", std::numeric_limits<double>::quiet_NaN()}}, "finite"},
             bad{"title", std::string("a\0b", 3), "U+0000 at byte 1"},
             bad{"title", "\xff", "ill-formed UTF-8 at byte 0"},
             bad{"metadata", {{"x", "\xff"}}, "UTF-8"},
             bad{"metadata", {{"x", std::string(1, '\0')}}, "u0000"},
             bad{"typo", 1, "the key \"typo\", expected only columns"},
         }) {
        auto j = small_row();
        j[column] = value;
        EXPECT_NE(why(j).find(said), std::string::npos) << column << ": " << why(j);
    }
    auto j = small_row();
    j.erase("source_id");
    EXPECT_EQ(why(j), "outreach_queue.source_id: got nothing, expected a value");
    EXPECT_NE(why(json::array()).find("expected an object"), std::string::npos);
    EXPECT_NE(why(json(nullptr)).find("expected an object"), std::string::npos);
}

TEST(schema_json, survives_documents_nested_beyond_the_stack) {
    // Parsed in place: a copy would recurse.
    auto const deep = [] {
        return json::parse(std::string(200'000, '[') + std::string(200'000, ']'));
    };
    for (auto const* column : {"metadata", "title", "priority", "type"}) {
        auto j = small_row();
        j[column] = deep();
        EXPECT_NE(why(j).find("outreach_queue."), std::string::npos) << column;
    }
    EXPECT_NE(why(deep()), "");
    EXPECT_THROW((void)to_jsonb(deep()), weft::invalid_argument);
}

TEST(schema_json, makes_documents) {
    EXPECT_EQ(to_jsonb(json{{"a", 0.1}}).text, R"({"a":0.1})");
    EXPECT_THROW((void)to_jsonb(json(std::numeric_limits<double>::infinity())),
                 weft::invalid_argument);
    EXPECT_THROW((void)to_jsonb(json("\xc3")), weft::invalid_argument);
    EXPECT_THROW((void)to_jsonb(json(std::string(1, '\0'))), weft::invalid_argument);
}

} // namespace
