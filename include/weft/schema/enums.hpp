#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

#include "weft/core/error.hpp"
#include "weft/core/number.hpp"

/// The closed vocabularies of the outreach schema. Each is `text` with a CHECK in the database;
/// the spelling of an enumerator is the spelling in the database.
namespace weft::inline v0::schema {

enum class outreach_type : std::uint8_t {
    community_invitation,
    group_formation,
    event_call,
    spot_recommendation,
    friend_suggestion,
    business_event_invitation,
    business_expert_partnership,
    business_business_partnership,
    club_membership_invitation,
    club_event_invitation,
    expert_learning_opportunity,
    expert_business_partnership,
    list_suggestion,
    expert_curated_list,
};

enum class outreach_source_type : std::uint8_t {
    community,
    group,
    event,
    spot,
    user,
    business,
    club,
    expert,
    list,
    system,
};

enum class queue_status : std::uint8_t {
    pending,
    scheduled,
    delivered,
    seen,
    accepted,
    rejected,
    ignored,
    expired,
};

enum class history_status : std::uint8_t { sent, accepted, rejected, ignored };

enum class response_action : std::uint8_t { accepted, rejected, ignored };

enum class evolution_trend : std::uint8_t { improving, stable, declining, unknown };

enum class cache_entity_type : std::uint8_t {
    user,
    agent,
    community,
    group,
    event,
    spot,
    business,
    club,
    expert,
    list,
};

enum class signal_entity_type : std::uint8_t {
    user,
    agent,
    community,
    group,
    event,
    spot,
    business,
    club,
    expert,
};

enum class signal_type : std::uint8_t {
    knot_evolution_string,
    quantum_trajectory,
    fabric_stability,
    evolution_patterns,
    compatibility_trajectory,
    optimal_timing,
};

enum class job_type : std::uint8_t {
    high_priority,
    medium_priority,
    low_priority,
    incremental,
    event_driven,
};

enum class job_status : std::uint8_t { pending, processing, completed, failed, cancelled };

/// The texts of an enumeration, in the order of its enumerators. Defined for each of the above.
template <class Enum>
struct enum_names {};

template <>
struct enum_names<outreach_type> {
    static constexpr std::string_view name = "outreach_type";
    static constexpr std::array<std::string_view, 14> texts{
        "community_invitation",
        "group_formation",
        "event_call",
        "spot_recommendation",
        "friend_suggestion",
        "business_event_invitation",
        "business_expert_partnership",
        "business_business_partnership",
        "club_membership_invitation",
        "club_event_invitation",
        "expert_learning_opportunity",
        "expert_business_partnership",
        "list_suggestion",
        "expert_curated_list",
    };
};

template <>
struct enum_names<outreach_source_type> {
    static constexpr std::string_view name = "outreach_source_type";
    static constexpr std::array<std::string_view, 10> texts{
        "community", "group", "event",  "spot", "user",
        "business",  "club",  "expert", "list", "system",
    };
};

template <>
struct enum_names<queue_status> {
    static constexpr std::string_view name = "queue_status";
    static constexpr std::array<std::string_view, 8> texts{
        "pending", "scheduled", "delivered", "seen", "accepted", "rejected", "ignored", "expired",
    };
};

template <>
struct enum_names<history_status> {
    static constexpr std::string_view name = "history_status";
    static constexpr std::array<std::string_view, 4> texts{"sent", "accepted", "rejected",
                                                           "ignored"};
};

template <>
struct enum_names<response_action> {
    static constexpr std::string_view name = "response_action";
    static constexpr std::array<std::string_view, 3> texts{"accepted", "rejected", "ignored"};
};

template <>
struct enum_names<evolution_trend> {
    static constexpr std::string_view name = "evolution_trend";
    static constexpr std::array<std::string_view, 4> texts{"improving", "stable", "declining",
                                                           "unknown"};
};

template <>
struct enum_names<cache_entity_type> {
    static constexpr std::string_view name = "cache_entity_type";
    static constexpr std::array<std::string_view, 10> texts{
        "user", "agent",    "community", "group",  "event",
        "spot", "business", "club",      "expert", "list",
    };
};

template <>
struct enum_names<signal_entity_type> {
    static constexpr std::string_view name = "signal_entity_type";
    static constexpr std::array<std::string_view, 9> texts{
        "user", "agent", "community", "group", "event", "spot", "business", "club", "expert",
    };
};

template <>
struct enum_names<signal_type> {
    static constexpr std::string_view name = "signal_type";
    static constexpr std::array<std::string_view, 6> texts{
        "knot_evolution_string", "quantum_trajectory",       "fabric_stability",
        "evolution_patterns",    "compatibility_trajectory", "optimal_timing",
    };
};

template <>
struct enum_names<job_type> {
    static constexpr std::string_view name = "job_type";
    static constexpr std::array<std::string_view, 5> texts{
        "high_priority", "medium_priority", "low_priority", "incremental", "event_driven",
    };
};

template <>
struct enum_names<job_status> {
    static constexpr std::string_view name = "job_status";
    static constexpr std::array<std::string_view, 5> texts{"pending", "processing", "completed",
                                                           "failed", "cancelled"};
};

template <class Enum>
concept Enumeration = std::is_enum_v<Enum> && requires {
    enum_names<Enum>::texts;
};

/// Whether `e` is one of its enumerators (a cast can make others).
template <Enumeration Enum>
[[nodiscard]] constexpr bool is_enumerator(Enum e) noexcept {
    return static_cast<std::size_t>(e) < enum_names<Enum>::texts.size();
}

/// The text of `e` in the database; throws invalid_argument where it is not an enumerator.
template <Enumeration Enum>
[[nodiscard]] constexpr std::string_view to_text(Enum e) {
    if (!is_enumerator(e)) {
        WEFT_THROW(invalid_argument(std::string(enum_names<Enum>::name),
                                    weft::to_text(static_cast<std::uint32_t>(e)),
                                    "one of its enumerators"));
    }
    return enum_names<Enum>::texts[static_cast<std::size_t>(e)];
}

/// The enumerator that `text` spells exactly, or nothing.
template <Enumeration Enum>
[[nodiscard]] constexpr std::optional<Enum> from_text(std::string_view text) noexcept {
    auto const& texts = enum_names<Enum>::texts;
    for (std::size_t i = 0; i < texts.size(); ++i) {
        if (texts[i] == text) return static_cast<Enum>(i);
    }
    return std::nullopt;
}

} // namespace weft::inline v0::schema
