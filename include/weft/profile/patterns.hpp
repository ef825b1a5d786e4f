#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "weft/core/error.hpp"
#include "weft/core/number.hpp"
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
    /// What histories of three and four snapshots are compared with, one for each dimension of the
    /// space (fit_slopes); empty: their trends are unknown.
    std::vector<temporal::slope_population> slopes;
};

/// How steep the histories of a population are in each dimension of a space, from what is known at
/// `now`. Throws as temporal::fit_slopes. O(dimensions x snapshots).
[[nodiscard]] inline std::vector<temporal::slope_population>
fit_slopes(std::span<entity const> entities, space const& s, instant now, double level = .05) {
    std::vector<temporal::slope_population> out;
    for (auto const& name : s.profile) {
        std::vector<temporal::series> people;
        for (auto const& e : entities) people.push_back(dimension_series(e, name, now));
        out.push_back(temporal::fit_slopes(people, level));
    }
    return out;
}

/// Trends, cycles and jumps of every dimension that the entity has a history of at `now`, and the
/// milestones of its evolution string. Throws as trend_of, find_cycle and find_jumps, and
/// invalid_argument for slopes of another space.
[[nodiscard]] inline evolution_patterns find_patterns(entity const& e, instant now, space const& s,
                                                      evolution_string const& string,
                                                      pattern_options const& options = {}) {
    if (!options.slopes.empty() && options.slopes.size() != s.profile.size()) {
        WEFT_THROW(
            invalid_argument("slopes", to_text(options.slopes.size()) + " dimensions",
                             "none, or as many as in the space: " + to_text(s.profile.size())));
    }
    evolution_patterns out;
    out.from = out.to = now;
    for (std::size_t i = 0; i < s.profile.size(); ++i) {
        auto const& name = s.profile[i];
        auto const own = dimension_series(e, name, now);
        if (own.empty()) continue;
        if (own.times().front() < out.from) out.from = own.times().front();
        dimension_pattern d;
        d.name = name;
        d.snapshots = own.size();
        d.trend = temporal::trend_of(own, options.trend,
                                     options.slopes.empty() ? nullptr : &options.slopes[i]);
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
