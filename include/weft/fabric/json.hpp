#pragma once

#include <cstddef>
#include <string>

#include <Eigen/Core>
#include <nlohmann/json.hpp>

#include "weft/core/error.hpp"
#include "weft/core/number.hpp"
#include "weft/fabric/clusters.hpp"
#include "weft/fabric/members.hpp"
#include "weft/fabric/newcomer.hpp"
#include "weft/fabric/stability.hpp"

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

/// What the library says about a group: the stability and its factors, clusters, members, and one
/// entry a candidate (none where `candidates` has no rows). What is absent is null, with its reason
/// in `why`.
template <class Json>
[[nodiscard]] Json group_to_json(Eigen::Ref<Eigen::MatrixXd const> const& c,
                                 Eigen::Ref<Eigen::MatrixXd const> const& candidates,
                                 stability_weights const& weights = {}) {
    auto const optional = [](std::optional<double> const& x) {
        return x ? Json(*x) : Json(nullptr);
    };
    auto const s = stability(c, weights);
    Json why = Json::object();
    for (auto const& [name, reason] : s.why) why[name] = reason;

    Json out;
    out["stability"] = optional(s.stability);
    out["density"] = optional(s.density);
    out["connectivity"] = optional(s.connectivity);
    out["cohesion"] = optional(s.cohesion);
    out["evenness"] = optional(s.evenness);
    out["clusters"] = clusters(c);
    out["bridges"] = nullptr;
    why["bridges"] = "clusters finer than connected components are needed to tell who bridges them";
    out["members"] = Json::array();
    for (auto const& m : members(c, weights)) {
        out["members"].push_back(
            {{"strength", m.strength}, {"contribution", optional(m.contribution)}});
    }
    if (c.rows() > 0 && c.rows() < 3) {
        why["contribution"] = "without the member fewer than two are left, and there is no pair";
    }
    out["candidates"] = Json::array();
    for (auto const& candidate : newcomers(c, candidates, weights)) {
        out["candidates"].push_back(
            {{"stability", optional(candidate.stability)}, {"change", optional(candidate.change)}});
    }
    if (candidates.rows() > 0 && c.rows() < 2) {
        why["change"] = "a group of fewer than two members has no stability to change";
    }
    if (!why.empty()) out["why"] = why;
    return out;
}

} // namespace weft::inline v0::fabric
