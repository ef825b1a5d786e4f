#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>

#include "weft/schema/column.hpp"

namespace weft::inline v0::schema {

/// The compatibility of a source with a target, kept until it expires. Directional: the reversed
/// pair is another row. Fields are the columns; an unset optional is the column's default where it
/// has one, NULL otherwise. Scores lie in [0,1].
struct compatibility_cache {
    std::optional<uuid> id; ///< random where unset
    std::string source_id;
    cache_entity_type source_type{};
    std::string target_id;
    cache_entity_type target_type{};
    double compatibility_score = 0.0;
    std::optional<double> knot_compatibility;
    std::optional<double> quantum_fidelity;
    std::optional<double> location_compatibility;
    std::optional<double> timing_compatibility;
    std::optional<double> vibe_alignment;
    std::optional<double> future_compatibility;
    std::optional<double> current_fabric_stability;
    std::optional<double> predicted_fabric_stability;
    std::optional<instant> future_compatibility_time;
    std::optional<jsonb> compatibility_trajectory;
    std::optional<double> fabric_stability_improvement; ///< in [-1,1]
    std::optional<schema::evolution_trend> evolution_trend;
    std::optional<double> evolution_rate; ///< per day; finite, of any sign
    std::optional<std::string> calculation_method;
    std::optional<std::int32_t> calculation_version; ///< 1 where unset
    std::optional<instant> calculated_at;            ///< now where unset
    instant expires_at{};                            ///< after calculated_at
    std::optional<jsonb> source_snapshot;
    std::optional<jsonb> target_snapshot;
    std::optional<jsonb> metadata; ///< an object; `{}` where unset

    [[nodiscard]] friend bool operator==(compatibility_cache const&,
                                         compatibility_cache const&) = default;
};

template <>
struct table<compatibility_cache> {
    using row = compatibility_cache;
    static constexpr std::string_view name = "compatibility_cache";
    static constexpr std::string_view comment =
        "The compatibility of a source with a target, kept until it expires; directional.";
    static constexpr std::string_view distribution = "source_id";

    static constexpr auto columns = std::tuple{
        column{"id", &row::id}.random(),
        column{"source_id", &row::source_id},
        column{"source_type", &row::source_type},
        column{"target_id", &row::target_id},
        column{"target_type", &row::target_type},
        column{"compatibility_score", &row::compatibility_score}.unit(),
        column{"knot_compatibility", &row::knot_compatibility}.unit(),
        column{"quantum_fidelity", &row::quantum_fidelity}.unit(),
        column{"location_compatibility", &row::location_compatibility}.unit(),
        column{"timing_compatibility", &row::timing_compatibility}.unit(),
        column{"vibe_alignment", &row::vibe_alignment}.unit(),
        column{"future_compatibility", &row::future_compatibility}.unit().about(
            "The best score within the horizon."),
        column{"current_fabric_stability", &row::current_fabric_stability}.unit(),
        column{"predicted_fabric_stability", &row::predicted_fabric_stability}.unit(),
        column{"future_compatibility_time", &row::future_compatibility_time}.about(
            "When it is reached."),
        column{"compatibility_trajectory", &row::compatibility_trajectory},
        column{"fabric_stability_improvement", &row::fabric_stability_improvement}
            .between(-1, 1)
            .about("Predicted less current stability, -1 to 1."),
        column{"evolution_trend", &row::evolution_trend},
        column{"evolution_rate", &row::evolution_rate}.about("Change per day."),
        column{"calculation_method", &row::calculation_method},
        column{"calculation_version", &row::calculation_version}.or_else(1),
        column{"calculated_at", &row::calculated_at}.now(),
        column{"expires_at", &row::expires_at},
        column{"source_snapshot", &row::source_snapshot}.hidden().about(
            "The source as it was scored; not shown to users."),
        column{"target_snapshot", &row::target_snapshot}.hidden().about(
            "The target as it was scored; not shown to users."),
        column{"metadata", &row::metadata}.or_else_empty_object().object().about(
            "A JSON object without personal data; encryption_type is signalProtocol or aes256gcm."),
    };

    static constexpr std::array rules{
        row_rule<row>{
            "compatibility_cache_expires_after_calculation", "expires_at > calculated_at",
            "expires_at", "an instant after calculated_at",
            [](row const& r) { return !r.calculated_at || r.expires_at > *r.calculated_at; }},
    };

    static constexpr std::array keys{
        unique_key{"unique_compatibility_cache", "source_id, target_id, source_type, target_type",
                   "source_id, target_id, source_type, target_type"},
    };

    static constexpr std::array indexes{
        index{"idx_compatibility_cache_source", "source_id, source_type, expires_at", ""},
        index{"idx_compatibility_cache_target", "target_id, target_type, expires_at", ""},
        index{"idx_compatibility_cache_score", "compatibility_score desc, expires_at", ""},
        index{"idx_compatibility_cache_future",
              "future_compatibility desc, future_compatibility_time",
              "future_compatibility is not null"},
        index{"idx_compatibility_cache_expires", "expires_at", ""},
    };

    static constexpr user_access access{"(source_type = 'user' and source_id = {uid}::text) or "
                                        "(target_type = 'user' and target_id = {uid}::text)",
                                        "", ""};
};

static_assert(columns_match_fields<compatibility_cache>);

} // namespace weft::inline v0::schema
