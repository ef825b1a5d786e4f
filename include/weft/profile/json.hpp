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

#include "weft/core/error.hpp"
#include "weft/core/number.hpp"
#include "weft/core/time.hpp"
#include "weft/knot/json.hpp"
#include "weft/profile/entity.hpp"
#include "weft/profile/evolution_string.hpp"
#include "weft/profile/patterns.hpp"
#include "weft/profile/population.hpp"
#include "weft/schema/enums.hpp"
#include "weft/temporal/json.hpp"

namespace weft::inline v0::profile {

namespace detail {

template <class Json>
[[nodiscard]] std::string shown(Json const& value) {
    auto text = value.dump(-1, ' ', true, Json::error_handler_t::replace);
    if (text.size() > 80) text = text.substr(0, 77) + "...";
    return text;
}

template <class Json>
[[noreturn]] void refuse(std::string where, Json const& value, std::string expected) {
    WEFT_THROW(invalid_argument(std::move(where), shown(value), std::move(expected)));
}

template <class Json>
[[nodiscard]] double read_number(Json const& value, std::string const& where) {
    if (!value.is_number()) refuse(where, value, "a number");
    return value.template get<double>();
}

template <class Json>
[[nodiscard]] std::string read_string(Json const& value, std::string const& where) {
    if (!value.is_string()) refuse(where, value, "a string");
    return value.template get<std::string>();
}

template <class Json>
[[nodiscard]] instant read_instant(Json const& value, std::string const& where) {
    if (!value.is_string()) refuse(where, value, "an ISO 8601 instant as a string");
    auto const text = value.template get<std::string>();
    try {
        return parse_instant(text);
    } catch (parse_error const& e) {
        refuse(where, value, e.what());
    }
}

template <class Json>
[[nodiscard]] std::vector<dimension> read_dimensions(Json const& object, std::string const& where) {
    if (!object.is_object()) refuse(where, object, "an object of named dimensions");
    std::vector<dimension> out;
    for (auto const& [name, value] : object.items()) {
        auto const field = where + "." + name;
        dimension d{name, 0.0, 1.0};
        if (value.is_null()) continue;
        if (value.is_object()) {
            if (!value.contains("value")) refuse(field, value, "an object with \"value\"");
            d.value = read_number(value.at("value"), field + ".value");
            if (value.contains("confidence")) {
                d.confidence = read_number(value.at("confidence"), field + ".confidence");
            }
        } else {
            d.value = read_number(value, field);
        }
        out.push_back(std::move(d));
    }
    return out;
}

} // namespace detail

using weft::to_text; // the overload for frequencies must not hide those for numbers

[[nodiscard]] constexpr std::string_view to_text(contact_frequency f) noexcept {
    switch (f) {
    case contact_frequency::off:
        return "off";
    case contact_frequency::low:
        return "low";
    case contact_frequency::medium:
        return "medium";
    case contact_frequency::high:
        return "high";
    }
    return "medium";
}

/// Reads an ENTITY object (docs/command.md). Unknown fields are refused, so that a misspelt one is
/// not lost; a null field is an absent one. The result has passed validate(). Throws
/// invalid_argument naming the field.
template <class Json>
[[nodiscard]] entity read_entity(Json const& json) {
    using detail::refuse;
    if (!json.is_object()) refuse("entity", json, "an object");
    if (!json.contains("id")) refuse("entity", json, "an object with \"id\"");
    entity e;
    e.id = detail::read_string(json.at("id"), "id");
    auto const who = "entity \"" + e.id.substr(0, 64) + "\".";
    auto const array = [&](Json const& value, std::string const& where) -> Json const& {
        if (!value.is_array()) refuse(where, value, "an array");
        return value;
    };
    bool visits_given = false;
    for (auto const& [key, value] : json.items()) {
        auto const where = who + key;
        if (key == "id" || value.is_null()) continue;
        if (key == "kind") {
            auto const kind = schema::from_text<entity_kind>(detail::read_string(value, where));
            if (!kind) refuse(where, value, "a kind of entity, such as \"user\" or \"event\"");
            e.kind = *kind;
        } else if (key == "agent_id") {
            e.agent_id = detail::read_string(value, where);
        } else if (key == "profile") {
            e.profile = detail::read_dimensions(value, where);
        } else if (key == "vibe") {
            e.vibe = detail::read_dimensions(value, where);
        } else if (key == "places") {
            std::size_t i = 0;
            for (auto const& item : array(value, where)) {
                auto const at = where + "[" + weft::to_text(i++) + "]";
                if (!item.is_object() || !item.contains("id")) {
                    refuse(at, item, "an object with \"id\"");
                }
                place p;
                p.id = detail::read_string(item.at("id"), at + ".id");
                if (item.contains("visits")) {
                    p.visits = detail::read_number(item.at("visits"), at + ".visits");
                }
                if (item.contains("lat") != item.contains("lon")) {
                    refuse(at, item, "both \"lat\" and \"lon\" or neither");
                }
                if (item.contains("lat") && !item.at("lat").is_null()) {
                    p.at = geo_point{detail::read_number(item.at("lat"), at + ".lat"),
                                     detail::read_number(item.at("lon"), at + ".lon")};
                }
                e.places.push_back(std::move(p));
            }
        } else if (key == "rhythm") {
            if (array(value, where).size() != 168) {
                refuse(where, value, "168 visit counts, Monday 00:00 first");
            }
            week w{};
            for (std::size_t h = 0; h < w.size(); ++h) {
                w[h] = detail::read_number(value[h], where + "[" + weft::to_text(h) + "]");
            }
            if (visits_given) refuse(where, value, "either \"rhythm\" or \"visits\"");
            e.rhythm = w;
        } else if (key == "visits") {
            if (e.rhythm) refuse(where, value, "either \"rhythm\" or \"visits\"");
            visits_given = true;
            week w{};
            std::size_t i = 0;
            for (auto const& item : array(value, where)) {
                auto const t = detail::read_instant(item, where + "[" + weft::to_text(i++) + "]");
                w[static_cast<std::size_t>(hour_of_week(t))] += 1.0;
            }
            if (i > 0) e.rhythm = w;
        } else if (key == "snapshots") {
            std::size_t i = 0;
            for (auto const& item : array(value, where)) {
                auto const at = where + "[" + weft::to_text(i++) + "]";
                if (!item.is_object() || !item.contains("t") || !item.contains("profile")) {
                    refuse(at, item, "an object with \"t\" and \"profile\"");
                }
                e.snapshots.push_back(
                    {detail::read_instant(item.at("t"), at + ".t"),
                     detail::read_dimensions(item.at("profile"), at + ".profile")});
            }
        } else if (key == "groups") {
            std::size_t i = 0;
            for (auto const& item : array(value, where)) {
                e.groups.push_back(
                    detail::read_string(item, where + "[" + weft::to_text(i++) + "]"));
            }
        } else if (key == "preferences") {
            if (!value.is_object()) refuse(where, value, "an object");
            for (auto const& [name, choice] : value.items()) {
                if (name == "frequency") {
                    auto const text = detail::read_string(choice, where + ".frequency");
                    bool known = false;
                    for (auto const f : {contact_frequency::off, contact_frequency::low,
                                         contact_frequency::medium, contact_frequency::high}) {
                        if (text == to_text(f)) {
                            e.preferences.frequency = f;
                            known = true;
                        }
                    }
                    if (!known) refuse(where + ".frequency", choice, "off, low, medium or high");
                } else if (name == "muted") {
                    for (auto const& item : array(choice, where + ".muted")) {
                        auto const type = schema::from_text<schema::outreach_type>(
                            detail::read_string(item, where + ".muted"));
                        if (!type) refuse(where + ".muted", item, "an outreach type");
                        e.preferences.muted.push_back(*type);
                    }
                } else {
                    refuse(where + "." + name, choice, "\"frequency\" or \"muted\"");
                }
            }
        } else {
            refuse(where, value,
                   "no such field (known: id, kind, agent_id, profile, vibe, places, "
                   "rhythm, visits, snapshots, groups, preferences)");
        }
    }
    validate(e);
    return e;
}

/// The population as JSON: the space, means and spreads, place counts.
template <class Json = nlohmann::ordered_json>
[[nodiscard]] Json to_json(population const& p) {
    Json out = Json::object();
    out["entities"] = p.entities;
    Json dimensions = Json::array();
    for (std::size_t i = 0; i < p.profile.size(); ++i) {
        dimensions.push_back({{"name", p.space.profile[i]},
                              {"mean", p.profile[i].mean},
                              {"spread", p.profile[i].deviation},
                              {"count", p.profile[i].count}});
    }
    out["profile"] = std::move(dimensions);
    out["vibe"] = p.space.vibe;
    Json places = Json::object();
    for (auto const& [id, count] : p.place_counts) places[id] = count;
    out["places"] = std::move(places);
    return out;
}

/// Reads what to_json wrote. Throws invalid_argument naming the field.
template <class Json>
[[nodiscard]] population read_population(Json const& json) {
    using detail::refuse;
    auto const member = [&](Json const& object, char const* name) -> Json const& {
        if (!object.is_object() || !object.contains(name)) {
            refuse("population", object, "an object with \"" + std::string(name) + "\"");
        }
        return object.at(name);
    };
    auto const count = [&](Json const& value, std::string const& where) {
        if (!value.is_number_unsigned()) refuse(where, value, "a count");
        return value.template get<std::size_t>();
    };
    population p;
    p.entities = count(member(json, "entities"), "population.entities");
    auto const& dimensions = member(json, "profile");
    if (!dimensions.is_array()) refuse("population.profile", dimensions, "an array");
    for (auto const& d : dimensions) {
        p.space.profile.push_back(
            detail::read_string(member(d, "name"), "population.profile.name"));
        spread s;
        s.mean = require_unit("population.profile.mean",
                              detail::read_number(member(d, "mean"), "population.profile.mean"));
        s.deviation = detail::read_number(member(d, "spread"), "population.profile.spread");
        if (!is_finite(s.deviation) || s.deviation < 0.0) {
            refuse("population.profile.spread", d.at("spread"), "a number >= 0");
        }
        s.count = count(member(d, "count"), "population.profile.count");
        p.profile.push_back(s);
    }
    auto const& vibe = member(json, "vibe");
    if (!vibe.is_array()) refuse("population.vibe", vibe, "an array of names");
    for (auto const& name : vibe) {
        p.space.vibe.push_back(detail::read_string(name, "population.vibe"));
    }
    auto const& places = member(json, "places");
    if (!places.is_object()) refuse("population.places", places, "an object of counts");
    for (auto const& [id, visitors] : places.items()) {
        auto const n = count(visitors, "population.places." + id);
        if (n == 0) refuse("population.places." + id, visitors, "at least 1");
        p.place_counts.emplace(id, n);
    }
    validate(p.space);
    return p;
}

/// The signal knot_evolution_string: {"v": 1, "from", "to", "dimensions": [..], "links":
/// [{"bands": [[i, j, sign], ..], "invariants": {..} or null}], "intervals": [{"from", "to",
/// "link"}], "milestones": [{"t", "dimensions": [a, b], "before", "after", "link_changed"}]}.
/// Strands are the dimensions, counted from 1; `link` is an index into links.
template <class Json = nlohmann::ordered_json>
[[nodiscard]] Json to_json(evolution_string const& s, profile::space const& space) {
    Json out = Json::object();
    out["v"] = 1;
    out["from"] = to_iso(s.from);
    out["to"] = to_iso(s.to);
    out["dimensions"] = space.profile;
    Json links = Json::array();
    for (auto const& l : s.links) {
        Json link = Json::object();
        link["bands"] = Json::array();
        for (auto const& b : l.bands) link["bands"].push_back({b.i, b.j, b.sign});
        link["invariants"] = l.invariants ? Json(knot::to_json(*l.invariants)) : Json(nullptr);
        links.push_back(std::move(link));
    }
    out["links"] = std::move(links);
    Json intervals = Json::array();
    for (auto const& h : s.history) {
        Json interval = Json::object();
        interval["from"] = to_iso(h.from);
        interval["to"] = to_iso(h.to);
        interval["link"] = h.link;
        intervals.push_back(std::move(interval));
    }
    out["intervals"] = std::move(intervals);
    Json milestones = Json::array();
    for (auto const& c : s.changes) {
        Json m = Json::object();
        m["t"] = to_iso(c.at);
        m["dimensions"] = {space.profile.at(c.i), space.profile.at(c.j)};
        m["before"] = c.before;
        m["after"] = c.after;
        m["link_changed"] = c.link_changed ? Json(*c.link_changed) : Json(nullptr);
        milestones.push_back(std::move(m));
    }
    out["milestones"] = std::move(milestones);
    return out;
}

/// The signal evolution_patterns: {"v": 1, "from", "to", "dimensions": [{"dimension", "snapshots",
/// "trend": {..}, "cycle": {..} or null, "jumps": [..], "why": {"cycle", "jumps"}}], "milestones":
/// [{"t", "dimensions": [a, b], "before", "after"}]}.
template <class Json = nlohmann::ordered_json>
[[nodiscard]] Json to_json(evolution_patterns const& p, profile::space const& space) {
    Json out = Json::object();
    out["v"] = 1;
    out["from"] = to_iso(p.from);
    out["to"] = to_iso(p.to);
    Json dimensions = Json::array();
    for (auto const& d : p.dimensions) {
        Json one = Json::object();
        one["dimension"] = d.name;
        one["snapshots"] = d.snapshots;
        one["trend"] = Json(temporal::to_json(d.trend));
        one["cycle"] = d.cycle.cycle ? Json(temporal::to_json(*d.cycle.cycle)) : Json(nullptr);
        Json jumps = Json::array();
        for (auto const& j : d.jumps.jumps) jumps.push_back(Json(temporal::to_json(j)));
        one["jumps"] = std::move(jumps);
        Json why = Json::object();
        if (!d.cycle.cycle) why["cycle"] = d.cycle.reason;
        if (d.jumps.jumps.empty()) why["jumps"] = d.jumps.reason;
        if (!why.empty()) one["why"] = std::move(why);
        dimensions.push_back(std::move(one));
    }
    out["dimensions"] = std::move(dimensions);
    Json milestones = Json::array();
    for (auto const& c : p.milestones) {
        Json m = Json::object();
        m["t"] = to_iso(c.at);
        m["dimensions"] = {space.profile.at(c.i), space.profile.at(c.j)};
        m["before"] = c.before;
        m["after"] = c.after;
        milestones.push_back(std::move(m));
    }
    out["milestones"] = std::move(milestones);
    return out;
}

} // namespace weft::inline v0::profile
