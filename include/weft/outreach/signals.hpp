#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "weft/core/error.hpp"
#include "weft/core/time.hpp"
#include "weft/outreach/cache_policy.hpp"
#include "weft/outreach/ids.hpp"
#include "weft/schema/predictive_signals_cache.hpp"

namespace weft::inline v0::outreach {

/// What one dimension of a profile is expected to be: a value in [0,1], an interval around it, and
/// how much that is worth, in [0,1].
struct dimension_forecast {
    std::string dimension;
    double value = 0.0;
    double lower = 0.0;
    double upper = 0.0;
    double confidence = 0.0;
};

/// The forecast of a whole profile (signal quantum_trajectory): what the qubits of a person are
/// expected to be at `to`.
struct profile_forecast {
    instant from; ///< the last snapshot it rests on
    instant to;
    std::size_t snapshots = 0;
    std::vector<dimension_forecast> dimensions;
    std::map<std::string, std::string> absent; ///< dimensions that have none, with the reason

    /// The mean confidence of the dimensions; nothing where there is none.
    [[nodiscard]] std::optional<double> confidence() const noexcept {
        if (dimensions.empty()) return std::nullopt;
        double sum = 0.0;
        for (auto const& d : dimensions) sum += d.confidence;
        return sum / static_cast<double>(dimensions.size());
    }
};

/// A group's fabric at one instant. Absent numbers have their reason in `why`, under their name.
struct group_state {
    instant at;
    std::size_t members = 0;
    /// Members that cannot be compared with some other member, and are not in the numbers.
    std::size_t left_out = 0;
    std::optional<double> stability;
    std::optional<double> density;
    std::optional<double> connectivity;
    std::optional<double> cohesion;
    std::optional<double> evenness;
    std::size_t clusters = 0;
    std::map<std::string, std::string> why;
};

/// A group's fabric now, and as it is expected to be (signal fabric_stability).
struct group_forecast {
    group_state now;
    std::optional<group_state> predicted;
    std::string why_not_predicted; ///< where `predicted` is absent
};

/// A row of predictive_signals_cache. The id follows from the natural key: entity, signal and
/// target time. `confidence` in [0,1]. Throws invalid_argument for an empty entity id.
[[nodiscard]] inline schema::predictive_signals_cache
signal_row(std::string entity_id, schema::signal_entity_type entity_type, schema::signal_type type,
           schema::jsonb prediction, instant now, std::optional<instant> target_time,
           std::optional<double> confidence, schema::jsonb metadata,
           cache_policy const& policy = {}) {
    if (entity_id.empty()) WEFT_THROW(invalid_argument("entity_id", "\"\"", "a non-empty id"));
    schema::predictive_signals_cache row;
    row.id = row_id("predictive_signals_cache",
                    {entity_id, schema::to_text(entity_type), schema::to_text(type),
                     target_time ? to_iso(*target_time) : std::string()});
    row.entity_id = std::move(entity_id);
    row.entity_type = entity_type;
    row.signal_type = type;
    row.prediction_data = std::move(prediction);
    row.prediction_time = now;
    row.target_time = target_time;
    row.confidence = confidence;
    row.calculated_at = now;
    row.expires_at = now + policy.signal_ttl;
    row.metadata = std::move(metadata);
    return row;
}

} // namespace weft::inline v0::outreach
