#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "command.hpp"
#include "fields.hpp"
#include "weft/temporal/curve.hpp"
#include "weft/temporal/forecast.hpp"
#include "weft/temporal/trend.hpp"

namespace weft_command {

namespace {

namespace temporal = weft::temporal;

std::vector<weft::instant> instants(json const& value, std::string const& where) {
    if (!value.is_array()) refuse(where, value, "an array of ISO 8601 instants");
    std::vector<weft::instant> out;
    out.reserve(value.size());
    for (std::size_t i = 0; i < value.size(); ++i) {
        out.push_back(instant(value[i], where + "[" + weft::to_text(i) + "]"));
    }
    return out;
}

template <class Choice, std::size_t N>
Choice choice(json const& line, char const* name, Choice otherwise,
              std::array<std::pair<std::string_view, Choice>, N> const& choices) {
    auto const found = line.find(name);
    if (found == line.end()) return otherwise;
    std::string expected = "one of";
    for (auto const& [text, value] : choices) {
        if (*found == text) return value;
        expected += " \"" + std::string(text) + "\"";
    }
    refuse(name, *found, expected);
}

/// Refuses places outside the data by name where the curve is to refuse them.
template <class Time>
void require_inside(temporal::curve_options const& options, std::vector<Time> const& at,
                    std::vector<Time> const& t) {
    if (options.outside != temporal::outside::raise) return;
    for (std::size_t k = 0; k < at.size(); ++k) {
        temporal::detail::require_usable("at[" + weft::to_text(k) + "]", at[k]);
        if (at[k] < t.front() || at[k] > t.back()) {
            WEFT_THROW(weft::invalid_argument(
                "at[" + weft::to_text(k) + "]", temporal::detail::shown(at[k]),
                "a place within the data, " + temporal::detail::shown(t.front()) + " to " +
                    temporal::detail::shown(t.back()) +
                    R"(, or "outside": "clamp", "linear" or "nan")"));
        }
    }
}

template <class Curve, class Time>
json evaluate(Curve const& curve, std::vector<Time> const& at) {
    auto y = json::array();
    auto dy = json::array();
    std::size_t absent = 0;
    for (auto const x : at) {
        auto const [value, slope] = curve.at(x);
        if (weft::is_nan(value)) {
            ++absent;
            y.push_back(nullptr);
            dy.push_back(nullptr);
        } else {
            y.push_back(value);
            dy.push_back(slope);
        }
    }
    json out{{"y", std::move(y)}, {"dy", std::move(dy)}};
    if (absent > 0) {
        auto const reason = weft::to_text(absent) + " of `at` lie outside the data";
        out["why"] = {{"y", reason}, {"dy", reason}};
    }
    return out;
}

/// The methods with given slopes: per unit of t, per day for instants.
json with_slopes(json const& line, json const& t, std::vector<double> const& y, json const& at,
                 temporal::curve_options const& options, bool hermite) {
    auto const slopes = numbers(field(line, "slopes", "an array of numbers"), "slopes");
    auto const curve = [&](std::vector<double> const& x) {
        if (hermite) return temporal::curve::hermite(x, y, slopes, options);
        auto const second = numbers(field(line, "second", "an array of numbers"), "second");
        return temporal::curve::quintic_hermite(x, y, slopes, second, options);
    };
    if (!t.front().is_string()) {
        auto const x = numbers(t, "t");
        temporal::number_series const checked(x, y);
        auto const places = numbers(at, "at");
        require_inside(options, places, x);
        return evaluate(curve(x), places);
    }
    temporal::series const points(instants(t, "t"), y);
    std::vector<weft::instant> const times(points.times().begin(), points.times().end());
    auto const places = instants(at, "at");
    require_inside(options, places, times);
    std::vector<double> x;
    std::vector<double> days;
    for (auto const i : times) x.push_back(weft::days_between(times.front(), i));
    for (auto const i : places) days.push_back(weft::days_between(times.front(), i));
    return evaluate(curve(x), days);
}

} // namespace

json interpolate(json const& line) {
    auto const& t = field(line, "t", "an array of numbers or of ISO 8601 instants");
    auto y = numbers(field(line, "y", "an array of numbers"), "y");
    auto const& at = field(line, "at", "an array like t");
    temporal::curve_options options;
    using temporal::interpolation;
    options.method = choice(line, "method", interpolation::pchip,
                            std::array<std::pair<std::string_view, interpolation>, 11>{
                                {{"pchip", interpolation::pchip},
                                 {"linear", interpolation::linear},
                                 {"nearest", interpolation::nearest},
                                 {"previous", interpolation::previous},
                                 {"makima", interpolation::makima},
                                 {"natural", interpolation::natural_spline},
                                 {"clamped", interpolation::clamped_spline},
                                 {"not-a-knot", interpolation::not_a_knot_spline},
                                 {"hermite", interpolation::hermite},
                                 {"quintic", interpolation::quintic_hermite},
                                 {"rational", interpolation::rational}}});
    if (options.method == interpolation::clamped_spline) {
        options.start_slope = number(field(line, "start_slope", "a number"), "start_slope");
        options.end_slope = number(field(line, "end_slope", "a number"), "end_slope");
    }
    options.outside = choice(line, "outside", temporal::outside::raise,
                             std::array<std::pair<std::string_view, temporal::outside>, 4>{
                                 {{"throw", temporal::outside::raise},
                                  {"clamp", temporal::outside::clamp},
                                  {"linear", temporal::outside::linear},
                                  {"nan", temporal::outside::nan}}});
    if (auto const unit = line.find("unit"); unit != line.end()) {
        if (!unit->is_boolean()) refuse("unit", *unit, "true or false");
        options.unit = unit->get<bool>();
    }
    if (!t.is_array() || t.size() < 2) {
        refuse("t", t, "an array of at least 2 numbers or ISO 8601 instants");
    }
    bool const hermite = options.method == interpolation::hermite;
    if (hermite || options.method == interpolation::quintic_hermite) {
        return with_slopes(line, t, y, at, options, hermite);
    }
    if (t.front().is_string()) {
        temporal::series const points(instants(t, "t"), std::move(y));
        temporal::instant_curve const curve(points, options);
        auto const places = instants(at, "at");
        require_inside(options, places, {points.times().begin(), points.times().end()});
        return evaluate(curve, places);
    }
    temporal::number_series const points(numbers(t, "t"), std::move(y));
    temporal::curve const curve(points, options);
    auto const places = numbers(at, "at");
    require_inside(options, places, {points.times().begin(), points.times().end()});
    return evaluate(curve, places);
}

json forecast(json const& line) {
    auto times = instants(field(line, "t", "an array of ISO 8601 instants"), "t");
    auto values = numbers(field(line, "y", "an array of numbers"), "y");
    auto const at = instants(field(line, "at", "an array of ISO 8601 instants"), "at");
    temporal::forecast_model model;
    temporal::trend_options trend_options;
    if (auto const range = line.find("range"); range != line.end()) {
        auto const ends = numbers(*range, "range");
        if (ends.size() != 2) refuse("range", *range, "[lowest, highest]");
        model = temporal::prior_model(ends[0], ends[1]);
        trend_options.threshold *= ends[1] - ends[0];
    }
    if (auto const window = line.find("window_days"); window != line.end()) {
        trend_options.window_days = number(*window, "window_days");
    }
    temporal::series const own(std::move(times), std::move(values));
    auto const forecasts = temporal::forecast_at(own, at, model);
    auto const trend = temporal::trend_of(own, trend_options);

    json out;
    auto why = json::object();
    for (auto const& [name, part] : {std::pair{"y", &temporal::forecast::value},
                                     std::pair{"lower", &temporal::forecast::lower},
                                     std::pair{"upper", &temporal::forecast::upper}}) {
        if (!forecasts) {
            out[name] = nullptr;
            why[name] = "no snapshots";
            continue;
        }
        auto& list = out[name] = json::array();
        for (auto const& f : *forecasts) list.push_back(f.*part);
    }
    out["trend"] = temporal::to_text(trend.direction);
    if (trend.direction == temporal::trend::unknown) why["trend"] = trend.reason;
    out["rate_per_day"] = nullptr;
    if (trend.rate_per_day) {
        out["rate_per_day"] = *trend.rate_per_day;
    } else {
        why["rate_per_day"] = trend.reason;
    }
    if (forecasts) {
        auto& list = out["confidence"] = json::array();
        for (auto const& f : *forecasts) list.push_back(f.confidence);
    } else {
        out["confidence"] = nullptr;
        why["confidence"] = "no snapshots";
    }
    if (!why.empty()) out["why"] = std::move(why);
    return out;
}

} // namespace weft_command
