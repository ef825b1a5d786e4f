#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>

#include "weft/schema/column.hpp"

namespace weft::inline v0::schema {

/// Outreach that was sent: what cooldowns and the one-per-day rule look at. Fields are the
/// columns; an unset optional is the column's default where it has one, NULL otherwise.
struct outreach_history {
    std::optional<uuid> id; ///< random where unset
    uuid target_user_id;
    std::string source_id;
    outreach_source_type source_type{};
    outreach_type type{};
    std::optional<instant> sent_at; ///< now where unset
    std::optional<double> compatibility_score;
    std::optional<history_status> status; ///< sent where unset
    std::optional<instant> responded_at;
    std::optional<schema::response_action> response_action;
    std::optional<std::string> from_agent_id;
    std::optional<std::string> to_agent_id;
    std::optional<jsonb> metadata;     ///< an object; `{}` where unset
    std::optional<instant> updated_at; ///< now where unset

    [[nodiscard]] friend bool operator==(outreach_history const&,
                                         outreach_history const&) = default;
};

template <>
struct table<outreach_history> {
    using row = outreach_history;
    static constexpr std::string_view name = "outreach_history";
    static constexpr std::string_view comment =
        "Outreach that was sent; cooldowns and the one-a-day rule look here.";
    static constexpr std::string_view distribution = "target_user_id";

    static constexpr auto columns = std::tuple{
        column{"id", &row::id}.random(),
        column{"target_user_id", &row::target_user_id}.user(),
        column{"source_id", &row::source_id},
        column{"source_type", &row::source_type},
        column{"type", &row::type},
        column{"sent_at", &row::sent_at}.now().about("Its UTC day counts for the one-a-day rule."),
        column{"compatibility_score", &row::compatibility_score}.unit(),
        column{"status", &row::status}.not_null().or_else(history_status::sent),
        column{"responded_at", &row::responded_at},
        column{"response_action", &row::response_action},
        column{"from_agent_id", &row::from_agent_id}.about("An agent's id, never a person's."),
        column{"to_agent_id", &row::to_agent_id}.about("An agent's id, never a person's."),
        column{"metadata", &row::metadata}.or_else_empty_object().object().about(
            "A JSON object without personal data; encryption_type is signalProtocol or aes256gcm."),
        column{"updated_at", &row::updated_at}.now().about("The clock's unless an update says it."),
    };

    static constexpr std::array<row_rule<row>, 0> rules{};

    // The day is the UTC day, whatever the session's time zone: both conversions are immutable.
    static constexpr std::array keys{
        unique_key{"unique_outreach_per_day",
                   "target_user_id, source_id, type, ((sent_at at time zone 'UTC')::date)",
                   "target_user_id, source_id, type, substr(sent_at, 1, 10)", false},
    };

    static constexpr std::array indexes{
        index{"idx_outreach_history_target", "target_user_id, sent_at desc", ""},
        index{"idx_outreach_history_source", "source_id, source_type, sent_at desc", ""},
        index{"idx_outreach_history_recent", "target_user_id, source_id, type, sent_at desc", ""},
        // For retention: rows come in the order of time, so that a few bytes a block suffice.
        index{"idx_outreach_history_sent", "sent_at", "", index_method::brin, 2},
    };

    static constexpr user_access access{"target_user_id = {uid}", "", ""};
};

static_assert(columns_match_fields<outreach_history>);

} // namespace weft::inline v0::schema
