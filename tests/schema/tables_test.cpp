#include "weft/schema/tables.hpp"

#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>

#include <gtest/gtest.h>

#include "weft/core/number.hpp"

namespace {

using namespace weft::schema;

std::string described(column_info const& c) {
    std::string out(c.name);
    out += " " + std::string(type_name(c.type));
    if (c.not_null) out += " nn";
    if (!c.allowed.empty()) out += " enum" + weft::to_text(c.allowed.size());
    if (c.lower) out += " >=" + weft::to_text(*c.lower);
    if (c.upper) out += " <=" + weft::to_text(*c.upper);
    if (c.object) out += " object";
    if (c.references_user) out += " user";
    if (c.hidden_from_users) out += " hidden";
    if (c.shown_since > 1) out += " shown>=" + weft::to_text(c.shown_since);
    if (c.updated_by_users) out += " answer";
    switch (c.default_kind) {
    case column_default::none:
        break;
    case column_default::random_uuid:
        out += " =random";
        break;
    case column_default::now:
        out += " =now";
        break;
    case column_default::integer:
        out += " =" + weft::to_text(c.default_integer);
        break;
    case column_default::text:
    case column_default::json:
        out += " =" + std::string(c.default_text);
        break;
    }
    return out;
}

template <class Row>
std::string described() {
    std::string out;
    for (auto const& c : columns_of<Row>()) out += described(c) + "\n";
    return out;
}

TEST(tables, outreach_queue_has_its_columns) {
    EXPECT_EQ(described<outreach_queue>(), R"(id uuid nn =random
type text nn enum14
target_user_id uuid nn user
source_id text nn
source_type text nn enum10
compatibility_score double precision nn >=0 <=1
string_prediction_score double precision >=0 <=1
quantum_trajectory_score double precision >=0 <=1
fabric_stability_score double precision >=0 <=1
current_weave_fit double precision >=0 <=1
evolution_trend text enum4
from_agent_id text nn
to_agent_id text nn
ai_decision_reasoning text
ai_decision_confidence double precision >=0 <=1
reasoning text
title text
body text
metadata jsonb object ={}
optimal_timing timestamp with time zone
created_at timestamp with time zone nn =now
scheduled_for timestamp with time zone
status text nn enum8 answer =pending
delivered_at timestamp with time zone answer
seen_at timestamp with time zone answer
responded_at timestamp with time zone answer
response_action text enum3 answer
expires_at timestamp with time zone
created_by text =system
priority integer >=1 <=10 =5
retry_count integer >=0 =0
last_retry_at timestamp with time zone
updated_at timestamp with time zone nn =now
)");
}

TEST(tables, outreach_history_has_its_columns) {
    EXPECT_EQ(described<outreach_history>(), R"(id uuid nn =random
target_user_id uuid nn user
source_id text nn
source_type text nn enum10
type text nn enum14
sent_at timestamp with time zone nn =now
compatibility_score double precision >=0 <=1
status text nn enum4 =sent
responded_at timestamp with time zone
response_action text enum3
from_agent_id text
to_agent_id text
metadata jsonb object ={}
updated_at timestamp with time zone nn =now
)");
}

TEST(tables, compatibility_cache_has_its_columns) {
    EXPECT_EQ(described<compatibility_cache>(), R"(id uuid nn =random
source_id text nn
source_type text nn enum10
target_id text nn
target_type text nn enum10
compatibility_score double precision nn >=0 <=1
knot_compatibility double precision >=0 <=1
quantum_fidelity double precision >=0 <=1
location_compatibility double precision >=0 <=1
timing_compatibility double precision >=0 <=1
vibe_alignment double precision >=0 <=1
future_compatibility double precision >=0 <=1
current_fabric_stability double precision >=0 <=1
predicted_fabric_stability double precision >=0 <=1
future_compatibility_time timestamp with time zone
compatibility_trajectory jsonb
fabric_stability_improvement double precision >=-1 <=1
evolution_trend text enum4
evolution_rate double precision
calculation_method text
calculation_version integer =1
calculated_at timestamp with time zone nn =now
expires_at timestamp with time zone nn
source_snapshot jsonb hidden
target_snapshot jsonb hidden
metadata jsonb object ={}
)");
}

TEST(tables, predictive_signals_cache_has_its_columns) {
    EXPECT_EQ(described<predictive_signals_cache>(), R"(id uuid nn =random
entity_id text nn
entity_type text nn enum9
signal_type text nn enum6
prediction_data jsonb nn
prediction_time timestamp with time zone nn
target_time timestamp with time zone
confidence double precision >=0 <=1
calculated_at timestamp with time zone nn =now
expires_at timestamp with time zone nn
source_snapshot jsonb shown>=2
metadata jsonb object ={}
)");
}

TEST(tables, outreach_processing_jobs_has_its_columns) {
    EXPECT_EQ(described<outreach_processing_jobs>(), R"(id uuid nn =random
job_type text nn enum5
status text nn enum5 =pending
started_at timestamp with time zone
completed_at timestamp with time zone
processing_time_ms integer >=0
items_processed integer nn >=0 =0
items_succeeded integer nn >=0 =0
items_failed integer nn >=0 =0
outreach_created integer nn >=0 =0
error_message text
error_stack text
retry_count integer >=0 =0
parameters jsonb ={}
created_at timestamp with time zone nn =now
metadata jsonb object ={}
updated_at timestamp with time zone nn =now
)");
}

TEST(tables, are_found_by_name) {
    for (auto const name : table_names) {
        EXPECT_EQ(
            visit_table(name, []<class Row>(std::type_identity<Row>) { return table<Row>::name; }),
            name);
    }
    for (auto const name : {"", "Outreach_queue", "outreach", "outreach_queue; drop table x"}) {
        EXPECT_THROW(visit_table(name, [](auto) {}), weft::invalid_argument) << name;
    }
}

struct one_more {
    std::optional<weft::uuid> id;
    std::string text;
    std::optional<double> forgotten;
};
struct fewer {
    std::optional<weft::uuid> id;
};
struct swapped {
    std::string text;
    std::optional<weft::uuid> id;
};
struct fits {
    std::optional<weft::uuid> id;
    std::string text;
};

} // namespace

template <>
struct weft::schema::table<one_more> {
    static constexpr std::string_view name = "one_more";
    static constexpr auto columns =
        std::tuple{column{"id", &one_more::id}.random(), column{"text", &one_more::text}};
};
template <>
struct weft::schema::table<fits> {
    static constexpr std::string_view name = "fits";
    static constexpr auto columns =
        std::tuple{column{"id", &fits::id}.random(), column{"text", &fits::text}};
};
template <>
struct weft::schema::table<swapped> {
    static constexpr std::string_view name = "swapped";
    static constexpr auto columns =
        std::tuple{column{"id", &swapped::id}.random(), column{"text", &swapped::text}};
};
template <>
struct weft::schema::table<fewer> {
    static constexpr std::string_view name = "fewer";
    static constexpr auto columns =
        std::tuple{column{"id", &fewer::id}.random(), column{"again", &fewer::id}};
};

static_assert(columns_match_fields<fits>);
static_assert(!columns_match_fields<one_more>, "a field without a column is noticed");
static_assert(!columns_match_fields<swapped>, "another order is noticed");
static_assert(!columns_match_fields<fewer>, "a column without a field of its own is noticed");

namespace {

struct two_fields {
    std::optional<double> one;
    std::optional<double> two;
};

} // namespace

template <>
struct weft::schema::table<two_fields> {
    static constexpr std::string_view name = "two_fields";
    static constexpr auto columns =
        std::tuple{column{"one", &two_fields::one}, column{"two", &two_fields::one}};
};

static_assert(!columns_match_fields<two_fields>, "a field with two columns is noticed");

namespace {

// The language cannot compare a field's name with a text; the header's own text can be read.
TEST(tables, columns_are_named_as_their_fields) {
    for (auto const name : table_names) {
        std::ifstream file(std::string(WEFT_PROJECT_DIR) + "/include/weft/schema/" +
                           std::string(name) + ".hpp");
        std::string const text(std::istreambuf_iterator<char>(file), {});
        std::size_t found = 0;
        for (auto at = text.find("column{\""); at != std::string::npos;
             at = text.find("column{\"", at)) {
            at += std::string_view("column{\"").size();
            auto const column = text.substr(at, text.find('"', at) - at);
            EXPECT_EQ(text.substr(at, 2 * column.size() + 10), column + "\", &row::" + column + "}")
                << name;
            ++found;
        }
        visit_table(name, [&]<class Row>(std::type_identity<Row>) {
            EXPECT_EQ(found, column_count<Row>) << name;
            EXPECT_FALSE(table<Row>::comment.empty());
            std::string_view const by = table<Row>::distribution;
            bool known = by.empty();
            for (auto const& c : columns_of<Row>()) known = known || c.name == by;
            EXPECT_TRUE(known) << by;
        });
    }
}

} // namespace
