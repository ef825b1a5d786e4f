#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "weft/compatibility/calibration.hpp"
#include "weft/compatibility/components.hpp"
#include "weft/compatibility/score.hpp"
#include "weft/compatibility/timing.hpp"
#include "weft/compatibility/trajectory.hpp"
#include "weft/core/error.hpp"
#include "weft/core/number.hpp"
#include "weft/core/time.hpp"
#include "weft/profile/json.hpp"
#include "weft/schema/compatibility_cache.hpp"
#include "weft/schema/enums.hpp"
#include "weft/schema/jsonb.hpp"

namespace weft::inline v0::compatibility {

/// {"score", "percentile", "basis", "components": {name: {"raw", "percentile", "weight",
/// "contribution"}}, "absent": {name: reason}}; `basis` is "percentiles" or "raw values".
/// A missing score is null with "why". "clamped" appears where it is not 0.
template <class Json = nlohmann::ordered_json>
[[nodiscard]] Json to_json(pair_score const& s) {
    auto const number = [](std::optional<double> const& x) { return x ? Json(*x) : Json(nullptr); };
    Json out = Json::object();
    out["score"] = number(s.score);
    out["percentile"] = number(s.percentile);
    out["basis"] = s.from_percentiles ? "percentiles" : "raw values";
    Json components = Json::object();
    Json absent = Json::object();
    for (std::size_t c = 0; c < component_count; ++c) {
        auto const name = std::string(to_text(static_cast<component>(c)));
        auto const& part = s.components[c];
        if (!part.why_absent.empty()) {
            absent[name] = part.why_absent;
        } else {
            components[name] = {{"raw", number(part.raw)},
                                {"percentile", number(part.percentile)},
                                {"weight", part.weight},
                                {"contribution", part.contribution}};
        }
    }
    out["components"] = std::move(components);
    out["absent"] = std::move(absent);
    if (s.clamped != 0.0) out["clamped"] = s.clamped;
    Json why = Json::object();
    if (!s.score) why["score"] = "no component is present";
    if (!s.percentile) {
        why["percentile"] = s.from_percentiles ? "the population has no pair with these components"
                                               : "no population was given";
    }
    if (!why.empty()) out["why"] = std::move(why);
    return out;
}

namespace detail {

template <class Json>
[[nodiscard]] Json table_to_json(quantile_table const& table) {
    Json points = Json::array();
    for (auto const& p : table.points()) {
        points.push_back(Json::array({p.value, p.below, p.not_above}));
    }
    return Json{{"count", table.count()}, {"points", std::move(points)}};
}

template <class Json>
[[nodiscard]] std::uint64_t read_count(Json const& value, std::string const& where) {
    if (!value.is_number_unsigned()) profile::detail::refuse(where, value, "a count");
    return value.template get<std::uint64_t>();
}

template <class Json>
[[nodiscard]] Json const& member(Json const& object, char const* name, std::string const& where) {
    if (!object.is_object() || !object.contains(name)) {
        profile::detail::refuse(where, object, "an object with \"" + std::string(name) + "\"");
    }
    return object.at(name);
}

template <class Json>
[[nodiscard]] quantile_table read_table(Json const& json, std::string const& where) {
    auto const& list = member(json, "points", where);
    if (!list.is_array()) profile::detail::refuse(where + ".points", list, "an array");
    std::vector<quantile_table::point> points;
    for (auto const& item : list) {
        if (!item.is_array() || item.size() != 3) {
            profile::detail::refuse(where + ".points", item, "[value, below, not_above]");
        }
        points.push_back({profile::detail::read_number(item[0], where + ".points"),
                          read_count(item[1], where + ".points"),
                          read_count(item[2], where + ".points")});
    }
    return {std::move(points), read_count(member(json, "count", where), where + ".count")};
}

/// The names of a set, joined by '+', in the order of `component`.
[[nodiscard]] inline std::string set_name(unsigned set) {
    std::string name;
    for (std::size_t c = 0; c < component_count; ++c) {
        if (((set >> c) & 1U) == 0U) continue;
        if (!name.empty()) name += '+';
        name += to_text(static_cast<component>(c));
    }
    return name;
}

} // namespace detail

/// {"seed", "pairs", "weights", "link_share", "distributions": [{"kinds": [a, b], "pairs",
/// "components": {name: TABLE}, "combined": {"quantum+timing": TABLE}}]}, TABLE = {"count",
/// "points": [[value, how many below, how many not above], ...]}.
template <class Json = nlohmann::ordered_json>
[[nodiscard]] Json to_json(calibration const& c) {
    Json out = Json::object();
    out["seed"] = c.options.seed;
    out["pairs"] = c.options.pairs;
    out["min_exact_pairs"] = c.options.min_exact_pairs;
    out["weights"] = Json::object();
    for (std::size_t i = 0; i < component_count; ++i) {
        out["weights"][std::string(to_text(static_cast<component>(i)))] = c.options.weights[i];
    }
    out["link_share"] = c.options.compare.link_share;
    Json list = Json::array();
    for (auto const& [kinds, d] : c.distributions) {
        Json entry = Json::object();
        entry["kinds"] = {schema::to_text(kinds.first), schema::to_text(kinds.second)};
        entry["pairs"] = d.pairs;
        entry["components"] = Json::object();
        for (std::size_t i = 0; i < component_count; ++i) {
            if (d.component[i]) {
                entry["components"][std::string(to_text(static_cast<component>(i)))] =
                    detail::table_to_json<Json>(*d.component[i]);
            }
        }
        entry["combined"] = Json::object();
        for (unsigned set = 1; set < d.combined.size(); ++set) {
            if (d.combined[set]) {
                entry["combined"][detail::set_name(set)] =
                    detail::table_to_json<Json>(*d.combined[set]);
            }
        }
        list.push_back(std::move(entry));
    }
    out["distributions"] = std::move(list);
    return out;
}

/// Reads what to_json wrote. Throws invalid_argument naming the field.
template <class Json>
[[nodiscard]] calibration read_calibration(Json const& json) {
    using profile::detail::refuse;
    calibration c;
    auto const where = std::string("calibration");
    c.options.seed = detail::read_count(detail::member(json, "seed", where), where + ".seed");
    c.options.pairs = static_cast<std::size_t>(
        detail::read_count(detail::member(json, "pairs", where), where + ".pairs"));
    c.options.min_exact_pairs = static_cast<std::size_t>(detail::read_count(
        detail::member(json, "min_exact_pairs", where), where + ".min_exact_pairs"));
    auto const& weights = detail::member(json, "weights", where);
    for (std::size_t i = 0; i < component_count; ++i) {
        auto const name = std::string(to_text(static_cast<component>(i)));
        c.options.weights[i] = profile::detail::read_number(
            detail::member(weights, name.c_str(), where + ".weights"), where + ".weights." + name);
    }
    require_weights(where + ".weights", c.options.weights);
    c.options.compare.link_share =
        require_unit(where + ".link_share",
                     profile::detail::read_number(detail::member(json, "link_share", where),
                                                  where + ".link_share"));
    auto const& list = detail::member(json, "distributions", where);
    if (!list.is_array()) refuse(where + ".distributions", list, "an array");
    for (auto const& entry : list) {
        auto const at = where + ".distributions";
        auto const& pair = detail::member(entry, "kinds", at);
        if (!pair.is_array() || pair.size() != 2) refuse(at + ".kinds", pair, "two kinds");
        std::array<profile::entity_kind, 2> kind{};
        for (std::size_t i = 0; i < 2; ++i) {
            auto const read = schema::from_text<profile::entity_kind>(
                profile::detail::read_string(pair[i], at + ".kinds"));
            if (!read) refuse(at + ".kinds", pair[i], "a kind of entity");
            kind[i] = *read;
        }
        pair_distribution d;
        d.pairs = detail::read_count(detail::member(entry, "pairs", at), at + ".pairs");
        auto const& components = detail::member(entry, "components", at);
        for (std::size_t i = 0; i < component_count; ++i) {
            auto const name = std::string(to_text(static_cast<component>(i)));
            if (components.is_object() && components.contains(name)) {
                d.component[i] =
                    detail::read_table(components.at(name), at + ".components." + name);
            }
        }
        auto const& combined = detail::member(entry, "combined", at);
        for (unsigned set = 1; set < d.combined.size(); ++set) {
            auto const name = detail::set_name(set);
            if (combined.is_object() && combined.contains(name)) {
                d.combined[set] = detail::read_table(combined.at(name), at + ".combined." + name);
            }
        }
        c.distributions.emplace(kinds(kind[0], kind[1]), std::move(d));
    }
    return c;
}

/// What `weft fit` writes: a population and how pairs of it score.
struct fitted_population {
    profile::population population;
    calibration distributions;
};

/// Encodes everybody relative to the population and fits both. O(entities + pairs).
[[nodiscard]] inline fitted_population fit(std::span<profile::entity const> entities,
                                           calibration_options const& options = {},
                                           profile::encoder_options const& encoding = {}) {
    fitted_population out;
    out.population = profile::fit_population(entities);
    profile::encoder const encoder(out.population, encoding);
    std::vector<profile::fingerprint> people;
    people.reserve(entities.size());
    for (auto const& e : entities) people.push_back(encoder.encode(e));
    out.distributions = fit_calibration(people, options);
    return out;
}

/// {"v": 1, "population": ..., "calibration": ...}.
template <class Json = nlohmann::ordered_json>
[[nodiscard]] Json to_json(fitted_population const& f) {
    Json out = Json::object();
    out["v"] = 1;
    out["population"] = profile::to_json<Json>(f.population);
    out["calibration"] = to_json<Json>(f.distributions);
    return out;
}

/// Reads what to_json wrote; throws invalid_argument naming the field.
template <class Json>
[[nodiscard]] fitted_population read_fitted_population(Json const& json) {
    auto const& version = detail::member(json, "v", "population document");
    if (version != 1) {
        profile::detail::refuse("population document.v", version, "1, the version known here");
    }
    return {profile::read_population(detail::member(json, "population", "population document")),
            read_calibration(detail::member(json, "calibration", "population document"))};
}

/// compatibility_trajectory: {"v": 1, "from", "to", "basis", "points": [{"t", "score", "lower",
/// "upper", "confidence", "components": {name: value}}], "peak": {"t", "score"} or null, "mean",
/// "trend", "reason", "rate_per_day"}; what is absent is null. Throws invalid_argument for a
/// trajectory without points.
template <class Json = nlohmann::ordered_json>
[[nodiscard]] Json to_json(pair_trajectory const& t) {
    auto const number = [](std::optional<double> const& x) { return x ? Json(*x) : Json(nullptr); };
    if (t.points.empty()) {
        WEFT_THROW(invalid_argument("trajectory", "no points", "at least one"));
    }
    Json out = Json::object();
    out["v"] = 1;
    out["from"] = to_iso(t.points.front().at);
    out["to"] = to_iso(t.points.back().at);
    out["basis"] = t.from_percentiles ? "percentiles" : "raw values";
    Json points = Json::array();
    for (auto const& p : t.points) {
        Json one = Json::object();
        one["t"] = to_iso(p.at);
        one["score"] = number(p.score);
        one["lower"] = p.score ? Json(p.lower) : Json(nullptr);
        one["upper"] = p.score ? Json(p.upper) : Json(nullptr);
        one["confidence"] = p.confidence;
        Json components = Json::object();
        for (std::size_t c = 0; c < component_count; ++c) {
            if (p.components[c]) {
                components[std::string(to_text(static_cast<component>(c)))] = *p.components[c];
            }
        }
        one["components"] = std::move(components);
        points.push_back(std::move(one));
    }
    out["points"] = std::move(points);
    out["peak"] = nullptr;
    if (t.peak) {
        auto const& p = t.points[*t.peak];
        out["peak"] = Json::object();
        out["peak"]["t"] = to_iso(p.at);
        out["peak"]["score"] = *p.score;
    }
    out["mean"] = number(t.mean);
    out["trend"] = temporal::to_text(t.trend.direction);
    out["reason"] = t.trend.reason;
    out["rate_per_day"] = number(t.trend.rate_per_day);
    return out;
}

/// Puts a trajectory into a row: compatibility_trajectory, future_compatibility (the expected score
/// at the last instant) with its instant, evolution_trend and evolution_rate. What the trajectory
/// does not know is unset. Throws as to_json.
inline void set_trajectory(schema::compatibility_cache& row, pair_trajectory const& t) {
    auto const document = to_json(t);
    row.compatibility_trajectory = schema::parse_jsonb(document.dump());
    row.future_compatibility = t.points.back().score;
    row.future_compatibility_time.reset();
    if (row.future_compatibility) row.future_compatibility_time = t.points.back().at;
    row.evolution_trend =
        schema::from_text<schema::evolution_trend>(temporal::to_text(t.trend.direction));
    row.evolution_rate = t.trend.rate_per_day;
}

/// The signal optimal_timing: {"v": 1, "from", "to", "best": {"t", "until", "predicted", "rhythm",
/// "value"} or null, "reason", "flat", "considered", "nights", "windows": [..]}: the best of the
/// windows first, at most `windows` of them; `considered` counts all.
template <class Json = nlohmann::ordered_json>
[[nodiscard]] Json to_json(best_moment_result const& r, instant now, instant horizon,
                           std::size_t windows = 5) {
    auto const one = [](moment const& m) {
        Json out = Json::object();
        out["t"] = to_iso(m.from);
        out["until"] = to_iso(m.to);
        out["predicted"] = m.predicted;
        out["rhythm"] = m.rhythm;
        out["value"] = m.value;
        return out;
    };
    Json out = Json::object();
    out["v"] = 1;
    out["from"] = to_iso(now);
    out["to"] = to_iso(horizon);
    out["best"] = r.best ? one(*r.best) : Json(nullptr);
    out["reason"] = r.reason;
    out["flat"] = r.flat;
    out["considered"] = r.considered.size();
    out["nights"] = r.nights;
    auto ranked = r.considered;
    std::stable_sort(ranked.begin(), ranked.end(),
                     [](moment const& a, moment const& b) { return a.value > b.value; });
    if (ranked.size() > windows) ranked.resize(windows);
    out["windows"] = Json::array();
    for (auto const& m : ranked) out["windows"].push_back(one(m));
    return out;
}

} // namespace weft::inline v0::compatibility
