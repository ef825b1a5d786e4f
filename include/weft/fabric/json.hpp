#pragma once

#include <cstddef>
#include <string>

#include <Eigen/Core>
#include <nlohmann/json.hpp>

#include "weft/core/error.hpp"
#include "weft/core/number.hpp"
#include "weft/core/time.hpp"
#include "weft/fabric/communities.hpp"
#include "weft/fabric/explain.hpp"
#include "weft/fabric/members.hpp"
#include "weft/fabric/newcomer.hpp"
#include "weft/fabric/stability.hpp"
#include "weft/fabric/worldsheet.hpp"

namespace weft::inline v0::fabric {

/// Reads a list of rows of `columns` numbers each. Throws invalid_argument that names the place.
template <class Json>
[[nodiscard]] Eigen::MatrixXd matrix_from_json(Json const& value, std::string const& where,
                                               std::size_t columns) {
    auto const refuse = [](std::string const& at, Json const& found, std::string const& expected) {
        auto text = found.dump(-1, ' ', true, Json::error_handler_t::replace);
        if (text.size() > 80) text = text.substr(0, 77) + "...";
        WEFT_THROW(invalid_argument(at, text, expected));
    };
    if (!value.is_array()) refuse(where, value, "a list of rows of numbers");
    Eigen::MatrixXd m(static_cast<Eigen::Index>(value.size()), static_cast<Eigen::Index>(columns));
    for (std::size_t i = 0; i < value.size(); ++i) {
        auto const row = where + "[" + to_text(i) + "]";
        if (!value[i].is_array() || value[i].size() != columns) {
            refuse(row, value[i], "a row of " + to_text(columns) + " numbers");
        }
        for (std::size_t j = 0; j < columns; ++j) {
            if (!value[i][j].is_number()) {
                refuse(row + "[" + to_text(j) + "]", value[i][j], "a number in [0, 1]");
            }
            m(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(j)) =
                value[i][j].template get<double>();
        }
    }
    return m;
}

namespace detail {

template <class Json>
Json number_or_null(std::optional<double> const& x) {
    return x ? Json(*x) : Json(nullptr);
}

/// The five numbers of a stability, and what is absent in `why`.
template <class Json>
void write_stability(Json& out, Json& why, stability_result const& s) {
    out["stability"] = number_or_null<Json>(s.stability);
    out["density"] = number_or_null<Json>(s.density);
    out["connectivity"] = number_or_null<Json>(s.connectivity);
    out["cohesion"] = number_or_null<Json>(s.cohesion);
    out["evenness"] = number_or_null<Json>(s.evenness);
    for (auto const& [name, reason] : s.why) why[name] = reason;
}

} // namespace detail

/// What the library says about a group: the stability and its factors, its clusters (those that
/// beat random groups, otherwise the connected components) with their evidence, bridges, members,
/// and one entry a candidate (none where `candidates` has no rows). What is absent is null, with
/// its reason in `why`.
template <class Json>
[[nodiscard]] Json group_to_json(Eigen::Ref<Eigen::MatrixXd const> const& c,
                                 Eigen::Ref<Eigen::MatrixXd const> const& candidates,
                                 stability_weights const& weights = {},
                                 community_options const& options = {}) {
    auto const judged = newcomers(c, candidates, weights);
    auto const found = communities(c, options);
    auto const all = members(c, weights);
    auto const spread = participation(c, found.of);
    Json out;
    Json why = Json::object();
    detail::write_stability(out, why, stability(c, weights));
    out["clusters"] = found.clusters;
    out["modularity"] = detail::number_or_null<Json>(found.modularity);
    if (!found.modularity) why["modularity"] = found.evidence;
    out["clusters_p"] = detail::number_or_null<Json>(found.p_value);
    if (!found.p_value) why["clusters_p"] = found.evidence;
    out["bridges"] = Json::array();
    for (auto const& b : bridges(c, found.of, all)) out["bridges"].push_back(b.member);
    out["members"] = Json::array();
    for (std::size_t i = 0; i < all.size(); ++i) {
        auto const& m = all[i];
        out["members"].push_back({{"strength", m.strength},
                                  {"contribution", detail::number_or_null<Json>(m.contribution)},
                                  {"tree_links", m.tree_links},
                                  {"prominence", detail::number_or_null<Json>(m.prominence)},
                                  {"participation", spread[i]}});
    }
    if (c.rows() > 0 && c.rows() < 3) {
        why["contribution"] = "without the member fewer than two are left, and there is no pair";
    }
    if (c.rows() == 1) why["prominence"] = "there is nobody else";
    out["candidates"] = Json::array();
    for (auto const& candidate : judged) {
        out["candidates"].push_back(
            {{"stability", detail::number_or_null<Json>(candidate.stability)},
             {"change", detail::number_or_null<Json>(candidate.change)}});
    }
    if (candidates.rows() > 0 && c.rows() < 2) {
        why["change"] = "a group of fewer than two members has no stability to change";
    }
    out["explanation"] = explain(c, quantity::stability, weights).sentence;
    if (!why.empty()) out["why"] = why;
    return out;
}

/// The future_fabric document: the points with their intervals, both trends, the events.
template <class Json>
[[nodiscard]] Json future_to_json(future_fabric const& f) {
    Json out;
    out["points"] = Json::array();
    for (auto const& p : f.points) {
        Json point, why = Json::object();
        point["at"] = to_iso(p.at);
        detail::write_stability(point, why, p.now);
        point["lower"] = detail::number_or_null<Json>(p.lower);
        point["upper"] = detail::number_or_null<Json>(p.upper);
        point["lowest"] = detail::number_or_null<Json>(p.lowest);
        point["highest"] = detail::number_or_null<Json>(p.highest);
        if (!why.empty()) point["why"] = std::move(why);
        out["points"].push_back(std::move(point));
    }
    auto const trend = [](temporal::trend_result const& t) {
        return Json{{"trend", temporal::to_text(t.direction)},
                    {"rate_per_day", detail::number_or_null<Json>(t.rate_per_day)},
                    {"change", detail::number_or_null<Json>(t.change)},
                    {"reason", t.reason}};
    };
    out["past"] = trend(f.past);
    out["future"] = trend(f.trend);
    out["events"] = Json::array();
    for (auto const& e : f.events) {
        char const* const kind = e.kind == cluster_change::merge   ? "merge"
                                 : e.kind == cluster_change::split ? "split"
                                                                   : "regroup";
        out["events"].push_back(
            {{"at", to_iso(e.at)}, {"kind", kind}, {"before", e.before}, {"after", e.after}});
    }
    return out;
}

/// An explanation: the value, the shares of pairs and members, the sentence. A sentence holds the
/// names as they were given; with names that are no UTF-8 only `dump` with an error handler other
/// than `strict` writes it.
template <class Json>
[[nodiscard]] Json explanation_to_json(explanation const& e) {
    Json out;
    out["name"] = e.name;
    out["value"] = detail::number_or_null<Json>(e.value);
    out["sentence"] = e.sentence;
    out["pairs"] = Json::array();
    for (auto const& p : e.pairs) {
        out["pairs"].push_back(
            {{"i", p.i}, {"j", p.j}, {"compatibility", p.compatibility}, {"share", p.share}});
    }
    out["members"] = Json::array();
    for (auto const& m : e.members) {
        out["members"].push_back({{"member", m.member}, {"share", m.share}});
    }
    return out;
}

} // namespace weft::inline v0::fabric
