#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "weft/core/error.hpp"
#include "weft/core/number.hpp"
#include "weft/core/time.hpp"
#include "weft/core/unit.hpp"
#include "weft/profile/entity.hpp"
#include "weft/profile/population.hpp"
#include "weft/temporal/forecast.hpp"
#include "weft/temporal/series.hpp"

namespace weft::inline v0::profile {

/// One dimension's values over an entity's snapshots, those with a confidence above 0. Snapshots
/// after `now` are not known at `now` and left out. Empty where nothing is left: a profile without
/// a date is no history.
[[nodiscard]] inline temporal::series dimension_series(entity const& e, std::string const& name,
                                                       instant now) {
    std::vector<instant> times;
    std::vector<double> values;
    for (auto const& s : e.snapshots) {
        if (s.at > now) continue;
        for (auto const& d : s.profile) {
            if (d.name == name && d.confidence > 0.0) {
                times.push_back(s.at);
                values.push_back(d.value);
            }
        }
    }
    return {std::move(times), std::move(values)};
}

/// A dimension as it was measured last: in the profile, else in the latest snapshot up to `now`
/// that dimension_series takes. Nothing where it is in neither.
[[nodiscard]] inline std::optional<dimension>
latest_measurement(entity const& e, std::string const& name, instant now) {
    for (auto const& d : e.profile) {
        if (d.name == name) return d;
    }
    std::optional<dimension> out;
    std::optional<instant> at;
    for (auto const& s : e.snapshots) {
        if (s.at > now || (at && s.at < *at)) continue;
        for (auto const& d : s.profile) {
            if (d.name == name && d.confidence > 0.0) out = d, at = s.at;
        }
    }
    return out;
}

/// A forecast model for each dimension of a space.
struct evolution_model {
    std::vector<temporal::forecast_model> dimensions;
};

/// The forecast model of one dimension, fitted to the series of all entities; the documented prior
/// where nobody has the dimension. Dimensions are independent of each other: a host may fit them on
/// several threads.
[[nodiscard]] inline temporal::forecast_model fit_dimension(std::span<entity const> entities,
                                                            std::string const& name, instant now) {
    std::vector<temporal::series> all;
    for (auto const& e : entities) {
        auto one = dimension_series(e, name, now);
        if (!one.empty()) all.push_back(std::move(one));
    }
    return all.empty() ? temporal::forecast_model{} : temporal::fit_forecast(all);
}

/// fit_dimension for every dimension of a space.
[[nodiscard]] inline evolution_model fit_evolution(std::span<entity const> entities, space const& s,
                                                   instant now) {
    validate(s);
    evolution_model out;
    for (auto const& name : s.profile) {
        out.dimensions.push_back(fit_dimension(entities, name, now));
    }
    return out;
}

/// A dimension as it is expected at an instant.
struct dimension_forecast {
    std::string name;
    /// Its `confidence` says how much narrower the interval is than without the person's data.
    temporal::forecast forecast;
    /// The confidence of the entity's latest_measurement.
    double measured = 1.0;
    std::size_t snapshots = 0;
    /// What is left of `measured` at the instant: decayed over the days since the last snapshot,
    /// towards confidence_at_rest where that is less.
    double kept = 1.0;
    /// Predictive standard deviation, as the interval would have it without the range.
    double deviation = 0.0;
};

/// Of a qubit whose evidence has aged: e^(-rate days) of what was measured and the rest of what is
/// known without it. All in [0,1], days >= 0; the rate is per day.
[[nodiscard]] inline double decayed(double measured, double at_rest, double days,
                                    double rate = .005) {
    require_unit("measured", measured);
    require_unit("at_rest", at_rest);
    if (!is_finite(days) || days < 0.0) {
        WEFT_THROW(invalid_argument("days", to_text(days), "a finite number >= 0"));
    }
    if (!is_finite(rate) || rate < 0.0) {
        WEFT_THROW(invalid_argument("rate", to_text(rate), "a finite number >= 0"));
    }
    auto const kept = std::exp(-rate * days);
    return clamp_unit(kept * measured + (1.0 - kept) * at_rest);
}

/// What the population alone says of a dimension, as the Bloch length of its mean qubit: of qubits
/// at angles pi x with x normal of variance v it is exp(-pi^2 v / 2). 0 without a population.
[[nodiscard]] inline double confidence_at_rest(temporal::forecast_model const& m) noexcept {
    if (!m.mean) return 0.0;
    constexpr double half_square = std::numbers::pi * std::numbers::pi / 2.0;
    return std::exp(-half_square * (m.level_variance + m.drift_variance));
}

/// The forecast of every dimension that the entity has a history of, in the space's order, from
/// what is known at `now`. Throws invalid_argument for `at` before `now` or a model of another
/// space. O(dimensions x snapshots).
[[nodiscard]] inline std::vector<dimension_forecast>
forecast_profile(entity const& e, instant now, instant at, space const& s,
                 evolution_model const& model) {
    if (model.dimensions.size() != s.profile.size()) {
        WEFT_THROW(invalid_argument("model", to_text(model.dimensions.size()) + " dimensions",
                                    "as many as in the space: " + to_text(s.profile.size())));
    }
    if (at < now) {
        WEFT_THROW(invalid_argument("at", "an instant before now", "now or a later instant"));
    }
    std::vector<dimension_forecast> out;
    for (std::size_t i = 0; i < s.profile.size(); ++i) {
        auto const own = dimension_series(e, s.profile[i], now);
        auto const& of = model.dimensions[i];
        auto const f = temporal::forecast_at(own, at, of);
        if (!f) continue;
        dimension_forecast d{s.profile[i], *f, 1.0, own.size()};
        if (auto const present = latest_measurement(e, d.name, now)) {
            d.measured = present->confidence;
        }
        d.deviation = temporal::deviation_of(*f, of);
        d.kept = decayed(d.measured, std::min(d.measured, confidence_at_rest(model.dimensions[i])),
                         days_between(own.times().back(), at));
        out.push_back(std::move(d));
    }
    return out;
}

/// The forecast values as a profile to encode, each with what is left of its measurement's
/// confidence: old evidence loses its voice. (The forecast's own confidence would not do: uncertain
/// qubits are alike, so those of whom least is known would match best.)
///
/// Forecasts are shrunk towards the population, so forecast people are more alike than present
/// ones: a pair's future score is a percentile among random pairs of *forecast* fingerprints
/// (fit_calibration on all of them), not of present ones.
[[nodiscard]] inline std::vector<dimension>
profile_of(std::span<dimension_forecast const> forecasts) {
    std::vector<dimension> out;
    out.reserve(forecasts.size());
    for (auto const& f : forecasts) out.push_back({f.name, f.forecast.value, f.kept});
    return out;
}

} // namespace weft::inline v0::profile
