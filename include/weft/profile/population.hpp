#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>
#include <numbers>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "weft/core/error.hpp"
#include "weft/core/number.hpp"
#include "weft/profile/entity.hpp"

namespace weft::inline v0::profile {

/// How many profile dimensions, and how many vibe dimensions, a fingerprint has room for.
inline constexpr std::size_t max_dimensions = 16;

/// The named dimensions that fingerprints of one comparison share, in a fixed order.
struct space {
    std::vector<std::string> profile;
    std::vector<std::string> vibe;

    [[nodiscard]] friend bool operator==(space const&, space const&) = default;
};

/// Throws invalid_argument for more than max_dimensions names, an empty name, or one twice.
inline void validate(space const& s) {
    for (auto const& [what, names] :
         {std::pair<std::string_view, std::vector<std::string> const&>("space.profile", s.profile),
          {"space.vibe", s.vibe}}) {
        if (names.size() > max_dimensions) {
            WEFT_THROW(invalid_argument(std::string(what), to_text(names.size()) + " dimensions",
                                        "at most " + to_text(max_dimensions)));
        }
        auto sorted = names;
        std::sort(sorted.begin(), sorted.end());
        if (std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end() ||
            (!sorted.empty() && sorted.front().empty())) {
            WEFT_THROW(invalid_argument(std::string(what), "an empty or repeated name",
                                        "distinct, non-empty names"));
        }
    }
}

/// The space of the dimensions that occur in `entities`: the reference's twelve first, in their
/// order, then the others by name.
[[nodiscard]] inline space space_of(std::span<entity const> entities) {
    std::map<std::string, bool> profile;
    std::map<std::string, bool> vibe;
    for (auto const& e : entities) {
        for (auto const& d : e.profile) profile.emplace(d.name, true);
        for (auto const& s : e.snapshots) {
            for (auto const& d : s.profile) profile.emplace(d.name, true);
        }
        for (auto const& d : e.vibe) vibe.emplace(d.name, true);
    }
    space s;
    for (auto const name : default_dimensions) {
        if (profile.erase(std::string(name)) != 0) s.profile.emplace_back(name);
    }
    for (auto const& [name, used] : profile) s.profile.push_back(name);
    for (auto const& [name, used] : vibe) s.vibe.push_back(name);
    validate(s);
    return s;
}

/// Mean and standard deviation (divisor n - 1; 0 for one value) of a dimension over the entities
/// that have it with a confidence above 0.
struct spread {
    double mean = 0.5;
    double deviation = 0.0;
    std::size_t count = 0;
};

/// What is known of the people among whom scores are compared.
struct population {
    profile::space space;
    /// One per dimension of space.profile.
    std::vector<spread> profile;
    std::size_t entities = 0;
    /// How many entities visited a place, by the place's id.
    std::map<std::string, std::size_t, std::less<>> place_counts;
};

/// O(total size of the entities). Throws invalid_argument for entities that validate() refuses.
[[nodiscard]] inline population fit_population(std::span<entity const> entities) {
    for (auto const& e : entities) validate(e);
    population p;
    p.space = space_of(entities);
    p.entities = entities.size();
    p.profile.resize(p.space.profile.size());
    for (std::size_t i = 0; i < p.profile.size(); ++i) {
        double mean = 0.0;
        double squares = 0.0;
        std::size_t n = 0;
        for (auto const& e : entities) {
            for (auto const& d : e.profile) {
                if (d.name != p.space.profile[i] || d.confidence <= 0.0) continue;
                ++n;
                auto const delta = d.value - mean;
                mean += delta / static_cast<double>(n);
                squares += delta * (d.value - mean);
            }
        }
        if (n > 0) {
            p.profile[i] = {mean, n > 1 ? std::sqrt(squares / static_cast<double>(n - 1)) : 0.0, n};
        }
    }
    for (auto const& e : entities) {
        for (auto const& place : e.places) {
            if (place.visits > 0.0) ++p.place_counts[place.id];
        }
    }
    return p;
}

/// A value relative to the population: the share of a normal population of that mean and
/// deviation that lies below it, Phi((x - mean) / deviation), in [0,1]; 1/2 at the mean.
[[nodiscard]] inline double relative_value(double x, spread const& s) noexcept {
    auto const distance = x - s.mean;
    if (s.deviation < 1e-9) return distance == 0.0 ? 0.5 : (distance < 0.0 ? 0.0 : 1.0);
    return 0.5 * std::erfc(-distance / (s.deviation * std::numbers::sqrt2));
}

} // namespace weft::inline v0::profile
