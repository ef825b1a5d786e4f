#pragma once

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
#include "weft/core/error.hpp"
#include "weft/core/number.hpp"
#include "weft/profile/json.hpp"
#include "weft/schema/enums.hpp"

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

} // namespace weft::inline v0::compatibility
