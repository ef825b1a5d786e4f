#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>

#include "weft/schema/column.hpp"

namespace weft::inline v0::schema {

/// Outreach that is to be sent, or was. Fields are the columns. An unset optional is the column's
/// default where it has one (see table<outreach_queue>), NULL otherwise. Scores lie in [0,1].
struct outreach_queue {
    std::optional<uuid> id; ///< random where unset
    outreach_type type{};
    uuid target_user_id;
    std::string source_id;
    outreach_source_type source_type{};
    double compatibility_score = 0.0;
    std::optional<double> string_prediction_score;
    std::optional<double> quantum_trajectory_score;
    std::optional<double> fabric_stability_score;
    std::optional<double> current_weave_fit;
    std::optional<schema::evolution_trend> evolution_trend;
    std::string from_agent_id;
    std::string to_agent_id;
    std::optional<std::string> ai_decision_reasoning;
    std::optional<double> ai_decision_confidence;
    std::optional<std::string> reasoning;
    std::optional<std::string> title;
    std::optional<std::string> body;
    std::optional<jsonb> metadata; ///< an object; `{}` where unset
    std::optional<instant> optimal_timing;
    std::optional<instant> created_at; ///< now where unset
    std::optional<instant> scheduled_for;
    std::optional<queue_status> status; ///< pending where unset
    std::optional<instant> delivered_at;
    std::optional<instant> seen_at;
    std::optional<instant> responded_at;
    std::optional<schema::response_action> response_action; ///< where set, the text of `status`
    std::optional<instant> expires_at;                      ///< where set, after created_at
    std::optional<std::string> created_by;                  ///< `system` where unset
    std::optional<std::int32_t> priority;                   ///< 1 to 10; 5 where unset
    std::optional<std::int32_t> retry_count;                ///< >= 0; 0 where unset
    std::optional<instant> last_retry_at;
    std::optional<instant> updated_at; ///< now where unset

    [[nodiscard]] friend bool operator==(outreach_queue const&, outreach_queue const&) = default;
};

template <>
struct table<outreach_queue> {
    using row = outreach_queue;
    static constexpr std::string_view name = "outreach_queue";
    static constexpr std::string_view comment = "Outreach that waits to be sent, or for an answer.";
    static constexpr std::string_view distribution = "target_user_id";

    static constexpr auto columns = std::tuple{
        column{"id", &row::id}.random(),
        column{"type", &row::type},
        column{"target_user_id", &row::target_user_id}.user(),
        column{"source_id", &row::source_id}.about("Whatever kind source_type says."),
        column{"source_type", &row::source_type},
        column{"compatibility_score", &row::compatibility_score}.unit(),
        column{"string_prediction_score", &row::string_prediction_score}.unit(),
        column{"quantum_trajectory_score", &row::quantum_trajectory_score}.unit(),
        column{"fabric_stability_score", &row::fabric_stability_score}.unit(),
        column{"current_weave_fit", &row::current_weave_fit}.unit(),
        column{"evolution_trend", &row::evolution_trend},
        column{"from_agent_id", &row::from_agent_id}.about("An agent's id, never a person's."),
        column{"to_agent_id", &row::to_agent_id}.about("An agent's id, never a person's."),
        column{"ai_decision_reasoning", &row::ai_decision_reasoning},
        column{"ai_decision_confidence", &row::ai_decision_confidence}.unit(),
        column{"reasoning", &row::reasoning},
        column{"title", &row::title},
        column{"body", &row::body},
        column{"metadata", &row::metadata}.or_else_empty_object().object().about(
            "A JSON object without personal data; encryption_type is signalProtocol or aes256gcm."),
        column{"optimal_timing", &row::optimal_timing}.about(
            "The best moment found for the recipient."),
        column{"created_at", &row::created_at}.now(),
        column{"scheduled_for", &row::scheduled_for}.about("When it shall be sent."),
        column{"status", &row::status}
            .not_null()
            .or_else(queue_status::pending)
            .user_updates()
            .about("pending, scheduled, delivered, seen, then an answer; or expired."),
        column{"delivered_at", &row::delivered_at}.user_updates(),
        column{"seen_at", &row::seen_at}.user_updates(),
        column{"responded_at", &row::responded_at}.user_updates(),
        column{"response_action", &row::response_action}.user_updates().about(
            "Where set, the same as status."),
        column{"expires_at", &row::expires_at},
        column{"created_by", &row::created_by}.or_else("system"),
        column{"priority", &row::priority}.or_else(5).between(1, 10).about(
            "1 (first) to 10 (last)."),
        column{"retry_count", &row::retry_count}.or_else(0).at_least(0),
        column{"last_retry_at", &row::last_retry_at},
        column{"updated_at", &row::updated_at}.now().about("The clock's unless an update says it."),
    };

    static constexpr std::array rules{
        row_rule<row>{"outreach_queue_expires_after_creation", "expires_at > created_at",
                      "expires_at", "an instant after created_at",
                      [](row const& r) {
                          return !r.expires_at || !r.created_at || *r.expires_at > *r.created_at;
                      }},
        row_rule<row>{"outreach_queue_response_is_status", "response_action = status",
                      "response_action", "the same as status",
                      [](row const& r) {
                          return !r.response_action ||
                                 to_text(*r.response_action) ==
                                     to_text(r.status.value_or(queue_status::pending));
                      }},
    };

    static constexpr std::array<unique_key, 0> keys{};

    static constexpr std::array indexes{
        index{"idx_outreach_queue_target_user", "target_user_id, status, created_at desc", ""},
        index{"idx_outreach_queue_optimal_timing", "optimal_timing",
              "optimal_timing is not null and status in ('pending', 'scheduled')"},
        index{"idx_outreach_queue_source", "source_id, source_type, type", ""},
        index{"idx_outreach_queue_compatibility", "compatibility_score desc", "status = 'pending'"},
        // For cleanup: what is open and can expire.
        index{"idx_outreach_queue_expires", "expires_at",
              "expires_at is not null and status in ('pending', 'scheduled')", index_method::btree,
              2},
    };

    static constexpr user_access access{
        "target_user_id = {uid}",
        "status in ('pending', 'scheduled', 'delivered', 'seen')",
        "status in ('delivered', 'seen', 'accepted', 'rejected', 'ignored')",
    };
};

static_assert(columns_match_fields<outreach_queue>);

} // namespace weft::inline v0::schema
