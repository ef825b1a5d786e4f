#pragma once

#include <cmath>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>

#include <nlohmann/json.hpp>

#include "weft/core/error.hpp"
#include "weft/core/number.hpp"
#include "weft/core/time.hpp"
#include "weft/temporal/changes.hpp"
#include "weft/temporal/cycles.hpp"
#include "weft/temporal/forecast.hpp"
#include "weft/temporal/trend.hpp"

/// Fitted parameters as JSON, so that a population is fitted once and used later. What is unknown
/// is null. Reading throws invalid_argument naming the field, and accepts only what writing makes.
namespace weft::inline v0::temporal {

using json = nlohmann::ordered_json;

namespace detail {

[[noreturn]] inline void refuse(std::string const& where, json const& value,
                                std::string const& expected) {
    auto text = value.dump(-1, ' ', true, json::error_handler_t::replace);
    if (text.size() > 80) text = text.substr(0, 77) + "...";
    WEFT_THROW(invalid_argument(where, std::move(text), expected));
}

inline json const& member(json const& object, std::string const& where, char const* name) {
    if (!object.is_object()) refuse(where, object, "an object");
    auto const found = object.find(name);
    if (found == object.end()) {
        WEFT_THROW(invalid_argument(where + "." + name, "nothing", "a value or null"));
    }
    return *found;
}

inline double number(json const& object, std::string const& where, char const* name) {
    auto const& value = member(object, where, name);
    if (!value.is_number()) refuse(where + "." + name, value, "a number");
    return value.get<double>();
}

inline std::size_t count(json const& object, std::string const& where, char const* name) {
    auto const x = number(object, where, name);
    if (!(x >= 0.0 && x <= 9007199254740992.0) || x != std::floor(x)) {
        refuse(where + "." + name, object[name], "a whole number from 0 to 2^53");
    }
    return static_cast<std::size_t>(x);
}

} // namespace detail

[[nodiscard]] inline json to_json(forecast_model const& m) {
    json out;
    out["mean"] = m.mean ? json(*m.mean) : json(nullptr);
    out["level_variance"] = m.level_variance;
    out["drift_variance"] = m.drift_variance;
    out["noise_variance"] = m.noise_variance;
    out["memory_days"] = m.memory_days;
    out["own_variance_after"] = m.own_variance_after;
    out["coverage"] = m.coverage;
    out["half_width"] = m.half_width;
    out["range"] = m.range ? json{m.range->lowest, m.range->highest} : json(nullptr);
    out["people"] = m.people;
    out["observations"] = m.observations;
    return out;
}

/// `where` is the name that errors give to `value`.
[[nodiscard]] inline forecast_model forecast_model_from_json(json const& value,
                                                             std::string const& where = "model") {
    forecast_model m;
    if (!detail::member(value, where, "mean").is_null()) {
        m.mean = detail::number(value, where, "mean");
    }
    m.level_variance = detail::number(value, where, "level_variance");
    m.drift_variance = detail::number(value, where, "drift_variance");
    m.noise_variance = detail::number(value, where, "noise_variance");
    m.memory_days = detail::number(value, where, "memory_days");
    m.own_variance_after = detail::number(value, where, "own_variance_after");
    m.coverage = detail::number(value, where, "coverage");
    m.half_width = detail::number(value, where, "half_width");
    auto const& range = detail::member(value, where, "range");
    if (range.is_null()) {
        m.range.reset();
    } else {
        if (!range.is_array() || range.size() != 2 || !range[0].is_number() ||
            !range[1].is_number()) {
            detail::refuse(where + ".range", range, "[lowest, highest] or null");
        }
        m.range = value_range{range[0].get<double>(), range[1].get<double>()};
    }
    m.people = detail::count(value, where, "people");
    m.observations = detail::count(value, where, "observations");
    detail::require_model(m);
    return m;
}

[[nodiscard]] inline json to_json(slope_population const& p) {
    json out;
    out["level"] = p.level;
    auto& entries = out["entries"] = json::array();
    for (auto const& e : p.entries) {
        entries.push_back({{"points", e.points},
                           {"octave", e.octave},
                           {"people", e.people},
                           {"quantile", e.quantile}});
    }
    return out;
}

[[nodiscard]] inline slope_population
slope_population_from_json(json const& value, std::string const& where = "slopes") {
    slope_population p;
    p.level = detail::number(value, where, "level");
    if (!is_finite(p.level) || !(p.level > 0.0 && p.level < 1.0)) {
        detail::refuse(where + ".level", value["level"], "a number in (0, 1)");
    }
    auto const& entries = detail::member(value, where, "entries");
    if (!entries.is_array()) detail::refuse(where + ".entries", entries, "an array");
    for (std::size_t i = 0; i < entries.size(); ++i) {
        auto const here = where + ".entries[" + to_text(i) + "]";
        slope_population::entry e;
        e.points = detail::count(entries[i], here, "points");
        auto const octave = detail::number(entries[i], here, "octave");
        if (!(std::abs(octave) <= 64.0) || octave != std::floor(octave)) {
            detail::refuse(here + ".octave", entries[i]["octave"], "a whole number within +-64");
        }
        e.octave = static_cast<int>(octave);
        e.people = detail::count(entries[i], here, "people");
        e.quantile = detail::number(entries[i], here, "quantile");
        if (!is_finite(e.quantile) || e.quantile < 0.0) {
            detail::refuse(here + ".quantile", entries[i]["quantile"], "a finite number >= 0");
        }
        p.entries.push_back(e);
    }
    return p;
}

/// {"trend", "reason", "rate_per_day", "rate_lower", "rate_upper", "change", "p_value"}; what is
/// absent is null.
[[nodiscard]] inline json to_json(trend_result const& t) {
    auto const number = [](std::optional<double> const& x) { return x ? json(*x) : json(nullptr); };
    json out;
    out["trend"] = to_text(t.direction);
    out["reason"] = t.reason;
    out["rate_per_day"] = number(t.rate_per_day);
    out["rate_lower"] = number(t.rate_lower);
    out["rate_upper"] = number(t.rate_upper);
    out["change"] = number(t.change);
    out["p_value"] = number(t.p_value);
    return out;
}

/// {"period_days", "amplitude", "peak", "power", "false_alarm_probability"}.
[[nodiscard]] inline json to_json(cycle const& c) {
    json out;
    out["period_days"] = c.period_days;
    out["amplitude"] = c.amplitude;
    out["peak"] = to_iso(c.peak);
    out["power"] = c.power;
    out["false_alarm_probability"] = c.false_alarm_probability;
    return out;
}

/// {"t", "last_before", "before", "after", "p_value"}.
[[nodiscard]] inline json to_json(jump const& j) {
    json out;
    out["t"] = to_iso(j.at);
    out["last_before"] = to_iso(j.last_before);
    out["before"] = j.before;
    out["after"] = j.after;
    out["p_value"] = j.p_value;
    return out;
}

} // namespace weft::inline v0::temporal
