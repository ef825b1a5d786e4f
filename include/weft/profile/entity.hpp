#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "weft/core/error.hpp"
#include "weft/core/number.hpp"
#include "weft/core/time.hpp"
#include "weft/core/unit.hpp"
#include "weft/schema/enums.hpp"

namespace weft::inline v0::profile {

using entity_kind = schema::cache_entity_type;

/// One named quantity of a profile: a value in [0,1] and how far it can be trusted, in [0,1]
/// (0: not known at all, 1: certain).
struct dimension {
    std::string name;
    double value = 0.0;
    double confidence = 1.0;
};

/// Degrees: latitude in [-90, 90], longitude in [-180, 180].
struct geo_point {
    double latitude = 0.0;
    double longitude = 0.0;
};

struct place {
    std::string id;
    std::optional<geo_point> at;
    double visits = 1.0;
};

/// Visits counted by hour of the week, Monday 00:00 first.
using week = std::array<double, 168>;

struct snapshot {
    instant at;
    std::vector<dimension> profile;
};

enum class contact_frequency { off, low, medium, high };

/// What a person allows: how often to be contacted, and which outreach types never.
struct preferences {
    contact_frequency frequency = contact_frequency::medium;
    std::vector<schema::outreach_type> muted;
};

/// Whoever or whatever is scored. Everything but the id is optional.
struct entity {
    std::string id;
    entity_kind kind = entity_kind::user;
    std::string agent_id;
    std::vector<dimension> profile;
    std::vector<dimension> vibe;
    std::vector<place> places;
    std::optional<week> rhythm;
    std::vector<snapshot> snapshots;
    std::vector<std::string> groups;
    profile::preferences preferences;
};

/// The twelve profile dimensions of the public reference, in its order. A host may use others.
inline constexpr std::array<std::string_view, 12> default_dimensions{
    "exploration_eagerness",  "community_orientation",  "authenticity_preference",
    "social_discovery_style", "temporal_flexibility",   "location_adventurousness",
    "curation_tendency",      "trust_network_reliance", "energy_preference",
    "novelty_seeking",        "value_orientation",      "crowd_tolerance"};

namespace detail {

inline void validate_dimensions(std::string const& where, std::span<dimension const> dimensions) {
    std::set<std::string_view> seen;
    for (auto const& d : dimensions) {
        auto const name = where + "." + d.name;
        if (d.name.empty()) {
            WEFT_THROW(invalid_argument(where, "a dimension without a name", "a name"));
        }
        if (!seen.insert(d.name).second) {
            WEFT_THROW(invalid_argument(name, "a second value", "each dimension once"));
        }
        require_unit(name, d.value);
        require_unit(name + ".confidence", d.confidence);
    }
}

} // namespace detail

/// Throws invalid_argument naming the field that is out of range: an empty id, a value or
/// confidence outside [0,1], a dimension, place or group given twice, a place outside the globe,
/// a negative visit count, snapshots that are not strictly ordered in time.
inline void validate(entity const& e) {
    auto const who = "entity \"" + e.id.substr(0, 64) + "\"";
    if (e.id.empty()) WEFT_THROW(invalid_argument("id", "\"\"", "a non-empty id"));
    detail::validate_dimensions(who + ".profile", e.profile);
    detail::validate_dimensions(who + ".vibe", e.vibe);
    std::set<std::string_view> seen;
    for (std::size_t i = 0; i < e.places.size(); ++i) {
        auto const& p = e.places[i];
        auto const where = who + ".places[" + to_text(i) + "]";
        if (p.id.empty() || !seen.insert(p.id).second) {
            WEFT_THROW(invalid_argument(where + ".id", "\"" + p.id + "\"",
                                        "a non-empty id that occurs once"));
        }
        if (!is_finite(p.visits) || p.visits < 0.0) {
            WEFT_THROW(invalid_argument(where + ".visits", to_text(p.visits), "a number >= 0"));
        }
        if (p.at) {
            auto const [latitude, longitude] = *p.at;
            if (!is_finite(latitude) || latitude < -90.0 || latitude > 90.0) {
                WEFT_THROW(
                    invalid_argument(where + ".lat", to_text(latitude), "degrees in [-90, 90]"));
            }
            if (!is_finite(longitude) || longitude < -180.0 || longitude > 180.0) {
                WEFT_THROW(
                    invalid_argument(where + ".lon", to_text(longitude), "degrees in [-180, 180]"));
            }
        }
    }
    if (e.rhythm) {
        for (std::size_t h = 0; h < e.rhythm->size(); ++h) {
            if (!is_finite((*e.rhythm)[h]) || (*e.rhythm)[h] < 0.0) {
                WEFT_THROW(invalid_argument(who + ".rhythm[" + to_text(h) + "]",
                                            to_text((*e.rhythm)[h]), "a count >= 0"));
            }
        }
    }
    for (std::size_t i = 0; i < e.snapshots.size(); ++i) {
        auto const where = who + ".snapshots[" + to_text(i) + "]";
        detail::validate_dimensions(where + ".profile", e.snapshots[i].profile);
        if (i > 0 && e.snapshots[i].at <= e.snapshots[i - 1].at) {
            WEFT_THROW(invalid_argument(where + ".t", "an instant not after the one before",
                                        "strictly increasing instants"));
        }
    }
    seen.clear();
    for (auto const& g : e.groups) {
        if (g.empty() || !seen.insert(g).second) {
            WEFT_THROW(invalid_argument(who + ".groups", "\"" + g + "\"",
                                        "non-empty ids that occur once"));
        }
    }
}

} // namespace weft::inline v0::profile
