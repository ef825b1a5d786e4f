#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "weft/compatibility/score.hpp"
#include "weft/core/error.hpp"
#include "weft/core/number.hpp"
#include "weft/core/time.hpp"
#include "weft/outreach/gates.hpp"
#include "weft/outreach/privacy.hpp"
#include "weft/outreach/signals.hpp"
#include "weft/schema/jsonb.hpp"

namespace weft::inline v0::outreach {

/// Where in a document a key stands that must never leave ("a.b[2].Email"), or nothing. Linear;
/// any depth.
template <class Json>
[[nodiscard]] std::optional<std::string> find_forbidden_key(Json const& document) {
    std::vector<std::pair<Json const*, std::string>> open{{&document, ""}};
    while (!open.empty()) {
        auto const [node, path] = std::move(open.back());
        open.pop_back();
        if (node->is_object()) {
            for (auto const& [key, value] : node->items()) {
                auto const here = path.empty() ? key : path + "." + key;
                if (is_forbidden_key(key)) return here;
                if (value.is_structured()) open.emplace_back(&value, here);
            }
        } else if (node->is_array()) {
            for (std::size_t i = 0; i < node->size(); ++i) {
                auto const& value = (*node)[i];
                if (value.is_structured()) {
                    open.emplace_back(&value, path + "[" + weft::to_text(i) + "]");
                }
            }
        }
    }
    return std::nullopt;
}

/// What a payload must not have, and where.
struct privacy_fault {
    std::string path; ///< "a.b[2].Email"
    std::string what; ///< without the value itself
};

/// The first thing in a document that must never leave, or nothing: a forbidden key at any depth
/// and in any case, a text that looks like an e-mail address or a telephone number, an
/// encryption_type that is none. Linear; any depth.
template <class Json>
[[nodiscard]] std::optional<privacy_fault> find_privacy_fault(Json const& document) {
    if (auto path = find_forbidden_key(document)) {
        return privacy_fault{std::move(*path), "a key that must never leave"};
    }
    std::vector<std::pair<Json const*, std::string>> open{{&document, ""}};
    while (!open.empty()) {
        auto const [node, path] = std::move(open.back());
        open.pop_back();
        if (node->is_object()) {
            for (auto const& [key, value] : node->items()) {
                auto here = path.empty() ? key : path + "." + key;
                bool const is_type = key == "encryption_type";
                if (is_type && (!value.is_string() ||
                                !parse_encryption_type(value.template get<std::string>()))) {
                    return privacy_fault{std::move(here), "neither signalProtocol nor aes256gcm"};
                }
                if (looks_like_email(key) || looks_like_phone(key)) {
                    return privacy_fault{path, "a key that looks like a person's address"};
                }
                open.emplace_back(&value, std::move(here));
            }
        } else if (node->is_array()) {
            for (std::size_t i = 0; i < node->size(); ++i) {
                open.emplace_back(&(*node)[i], path + "[" + weft::to_text(i) + "]");
            }
        } else if (node->is_string()) {
            auto const text = node->template get<std::string>();
            if (looks_like_email(text)) return privacy_fault{path, "an e-mail address"};
            if (looks_like_phone(text)) return privacy_fault{path, "a telephone number"};
        }
    }
    return std::nullopt;
}

/// The document as a column's text. Throws invalid_argument for what must never leave
/// (find_privacy_fault), and
/// parse_error for what PostgreSQL's jsonb does not take (broken UTF-8, U+0000, a depth above 256).
/// Numbers that are not finite are refused too: they would become null.
template <class Json>
[[nodiscard]] schema::jsonb payload(Json const& document) {
    if (auto const fault = find_privacy_fault(document)) {
        WEFT_THROW(invalid_argument("payload", fault->what + " at \"" + fault->path + "\"",
                                    "nothing that tells who somebody is"));
    }
    std::vector<Json const*> open{&document};
    while (!open.empty()) {
        auto const& node = *open.back();
        open.pop_back();
        if (node.is_number_float() && !is_finite(node.template get<double>())) {
            WEFT_THROW(invalid_argument("payload", weft::to_text(node.template get<double>()),
                                        "finite numbers"));
        }
        if (node.is_structured()) {
            for (auto const& child : node) open.push_back(&child);
        }
    }
    std::string text;
    try {
        text = document.dump();
    } catch (typename Json::type_error const&) {
        WEFT_THROW(parse_error("payload", 0, "well-formed UTF-8"));
    }
    return schema::parse_jsonb(std::move(text));
}

namespace detail {

template <class Json>
[[nodiscard]] Json number_or_null(std::optional<double> const& x) {
    return x ? Json(*x) : Json(nullptr);
}

template <class Json>
[[nodiscard]] Json group_state_json(group_state const& s) {
    Json out = Json::object();
    out["t"] = to_iso(s.at);
    out["members"] = s.members;
    if (s.left_out > 0) out["left_out"] = s.left_out;
    out["stability"] = number_or_null<Json>(s.stability);
    out["density"] = number_or_null<Json>(s.density);
    out["connectivity"] = number_or_null<Json>(s.connectivity);
    out["cohesion"] = number_or_null<Json>(s.cohesion);
    out["evenness"] = number_or_null<Json>(s.evenness);
    out["clusters"] = s.clusters;
    if (!s.why.empty()) out["why"] = s.why;
    return out;
}

} // namespace detail

/// {"score", "percentile", "gate", "inputs": {"quantum": {"percentile", "weight",
/// "contribution"}}, "absent": ["match"]}: what a gate saw. Inputs without a weight are left out.
template <class Json = nlohmann::ordered_json>
[[nodiscard]] Json to_json(inputs const& in, decision const& d, gate const& g) {
    Json out = Json::object();
    out["score"] = d.score ? Json(d.score->score) : Json(nullptr);
    out["percentile"] = detail::number_or_null<Json>(d.percentile);
    out["gate"] = d.threshold;
    Json parts = Json::object();
    Json absent = Json::array();
    for (std::size_t i = 0; i < input_count; ++i) {
        if (!(g.weights[i] > 0.0)) continue;
        auto const key = std::string(to_text(static_cast<input>(i)));
        if (!in[i] || !d.score) {
            absent.push_back(key);
            continue;
        }
        parts[key] = {{"percentile", *in[i]},
                      {"weight", d.score->weight[i]},
                      {"contribution", d.score->contribution[i]}};
    }
    out["inputs"] = std::move(parts);
    out["absent"] = std::move(absent);
    return out;
}

/// {"v": 1, "from", "to", "snapshots", "points": [{"t", "dimensions": [{"dimension", "value",
/// "lower", "upper", "confidence"}]}], "absent": [{"dimension", "why"}]}.
template <class Json = nlohmann::ordered_json>
[[nodiscard]] Json to_json(profile_forecast const& f) {
    Json dimensions = Json::array();
    for (auto const& d : f.dimensions) {
        dimensions.push_back({{"dimension", d.dimension},
                              {"value", d.value},
                              {"lower", d.lower},
                              {"upper", d.upper},
                              {"confidence", d.confidence}});
    }
    Json out = Json::object();
    out["v"] = 1;
    out["from"] = to_iso(f.from);
    out["to"] = to_iso(f.to);
    out["snapshots"] = f.snapshots;
    out["points"] = Json::array({{{"t", to_iso(f.to)}, {"dimensions", std::move(dimensions)}}});
    // Dimensions are values here, not keys: a host may call one "name".
    Json absent = Json::array();
    for (auto const& [dimension, why] : f.absent) {
        absent.push_back({{"dimension", dimension}, {"why", why}});
    }
    if (!absent.empty()) out["absent"] = std::move(absent);
    return out;
}

/// {"v": 1, "now": STATE, "predicted": STATE or null, "change": ..}, STATE = {"t", "members",
/// "left_out", "stability", "density", "connectivity", "cohesion", "evenness", "clusters", "why"}.
template <class Json = nlohmann::ordered_json>
[[nodiscard]] Json to_json(group_forecast const& f) {
    Json out = Json::object();
    out["v"] = 1;
    out["now"] = detail::group_state_json<Json>(f.now);
    out["predicted"] = f.predicted ? detail::group_state_json<Json>(*f.predicted) : Json(nullptr);
    if (f.predicted && f.predicted->stability && f.now.stability) {
        out["change"] = *f.predicted->stability - *f.now.stability;
    } else {
        out["change"] = nullptr;
    }
    if (!f.predicted) out["why"] = {{"predicted", f.why_not_predicted}};
    return out;
}

} // namespace weft::inline v0::outreach
