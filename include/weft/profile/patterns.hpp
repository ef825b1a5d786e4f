#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "weft/core/time.hpp"
#include "weft/profile/entity.hpp"
#include "weft/profile/evolution.hpp"
#include "weft/profile/evolution_string.hpp"
#include "weft/profile/population.hpp"
#include "weft/temporal/changes.hpp"
#include "weft/temporal/cycles.hpp"
#include "weft/temporal/trend.hpp"

namespace weft::inline v0::profile {

/// What a dimension's history shows.
struct dimension_pattern {
    std::string name;
    std::size_t snapshots = 0;
    temporal::trend_result trend;
    temporal::cycle_result cycle;
    temporal::jumps_result jumps;
};

/// What a profile's history shows (signal evolution_patterns).
struct evolution_patterns {
    instant from{};
    instant to{};
    std::vector<dimension_pattern> dimensions; ///< those with a history, in the space's order
    /// Changes of crossings for which the link's type surely changed.
    std::vector<crossing_change> milestones;
};

struct pattern_options {
    temporal::trend_options trend;
    temporal::cycle_options cycle;
    temporal::jump_options jumps;
};

/// Trends, cycles and jumps of every dimension that the entity has a history of at `now`, and the
/// milestones of its evolution string. Throws as trend_of, find_cycle and find_jumps.
[[nodiscard]] inline evolution_patterns find_patterns(entity const& e, instant now, space const& s,
                                                      evolution_string const& string,
                                                      pattern_options const& options = {}) {
    evolution_patterns out;
    out.from = out.to = now;
    for (auto const& name : s.profile) {
        auto const own = dimension_series(e, name, now);
        if (own.empty()) continue;
        if (own.times().front() < out.from) out.from = own.times().front();
        dimension_pattern d;
        d.name = name;
        d.snapshots = own.size();
        d.trend = temporal::trend_of(own, options.trend);
        d.cycle = temporal::find_cycle(own, options.cycle);
        d.jumps = temporal::find_jumps(own, options.jumps);
        out.dimensions.push_back(std::move(d));
    }
    for (auto const& c : string.changes) {
        if (c.link_changed.value_or(false) && c.at <= now) out.milestones.push_back(c);
    }
    return out;
}

} // namespace weft::inline v0::profile
