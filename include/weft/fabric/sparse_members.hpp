#pragma once

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <Eigen/Core>

#include "weft/core/error.hpp"
#include "weft/core/number.hpp"
#include "weft/core/unit.hpp"
#include "weft/fabric/communities.hpp"
#include "weft/fabric/links.hpp"
#include "weft/fabric/members.hpp"
#include "weft/fabric/newcomer.hpp"
#include "weft/fabric/sparse_group.hpp"
#include "weft/fabric/sparse_stability.hpp"

/// Members, bridges and newcomers of sparse groups: what grows with the pairs is always there, what
/// does not is absent beyond a budget, with its reason.
namespace weft::inline v0::fabric {

/// What one member is to a sparse group; the fields are those of member.
struct sparse_member {
    double strength = 0.0;
    std::optional<double> density_contribution;
    std::optional<double> contribution;
    std::optional<double> connectivity_contribution;
    std::optional<double> cohesion_contribution;
    std::optional<double> tree_links;
    std::optional<double> prominence;
};

struct sparse_members_result {
    std::vector<sparse_member> members;
    /// Why a field is absent, the same for all members.
    std::map<std::string, std::string> why;
};

namespace detail {

inline Eigen::MatrixXd dense(sparse_group const& g) {
    auto const n = static_cast<Eigen::Index>(g.members());
    Eigen::MatrixXd c = Eigen::MatrixXd::Zero(n, n);
    for (std::size_t i = 0; i < g.members(); ++i) {
        auto const near = g.neighbours(i);
        auto const own = g.compatibilities(i);
        for (std::size_t k = 0; k < near.size(); ++k) {
            c(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(near[k])) = own[k];
        }
    }
    return c;
}

inline std::string too_many(std::size_t members, std::size_t most) {
    return "each member would take an elimination of its own: " + weft::to_text(members) +
           " members are more than the " + weft::to_text(most) + " that are allowed";
}

/// Why a stability is absent: the factor's reason, where it is a factor's that counts.
inline std::string reason_of(stability_result const& s, stability_weights const& weights) {
    for (auto const& [factor, weight] : {std::pair{"cohesion", weights.cohesion},
                                         std::pair{"connectivity", weights.connectivity}}) {
        if (!(weight > 0.0)) continue;
        if (auto const why = s.why.find(factor); why != s.why.end()) return why->second;
    }
    return s.why.at("stability");
}

} // namespace detail

/// One entry a member, in order. Strengths and contributions to the density always, O(n + pairs);
/// the others up to `most_left_out` members, where they are those of members(): n^4/3 operations.
/// Throws invalid_argument for faulty weights.
[[nodiscard]] inline sparse_members_result members(sparse_group const& g,
                                                   stability_weights const& weights = {},
                                                   std::size_t most_left_out = 300) {
    require_weights(weights);
    auto const n = g.members();
    sparse_members_result out;
    out.members.resize(n);
    if (n <= most_left_out) {
        auto const all = members(detail::dense(g), weights);
        for (std::size_t i = 0; i < n; ++i) {
            out.members[i] = {all[i].strength,
                              all[i].density_contribution,
                              all[i].contribution,
                              all[i].connectivity_contribution,
                              all[i].cohesion_contribution,
                              all[i].tree_links,
                              all[i].prominence};
        }
        if (n == 1) out.why["prominence"] = "there is nobody else";
    } else {
        double total = 0.0;
        for (std::size_t i = 0; i < n; ++i) {
            for (double const c : g.compatibilities(i)) out.members[i].strength += c;
            total += 0.5 * out.members[i].strength;
        }
        auto const size = static_cast<double>(n);
        for (auto& m : out.members) {
            if (n < 3) break;
            m.density_contribution =
                clamp_unit(total / (0.5 * size * (size - 1.0))) -
                clamp_unit((total - m.strength) / (0.5 * (size - 1.0) * (size - 2.0)));
        }
        for (auto const* field : {"contribution", "connectivity_contribution",
                                  "cohesion_contribution", "tree_links", "prominence"}) {
            out.why[field] = detail::too_many(n, most_left_out);
        }
    }
    if (n > 0 && n < 3) {
        for (auto const* field : {"contribution", "density_contribution",
                                  "connectivity_contribution", "cohesion_contribution"}) {
            out.why[field] = "without the member fewer than two are left, and there is no pair";
        }
    }
    return out;
}

/// The gradients of the factors with respect to each pair, as rates() of a matrix gives them, up to
/// `most_members` members. Beyond, the density's, which is the same for all pairs; the others are
/// absent with the reason: they are of all pairs, those above 0 or not. Throws invalid_argument for
/// faulty weights.
[[nodiscard]] inline pair_rates rates(sparse_group const& g, stability_weights const& weights = {},
                                      std::size_t most_members = 300) {
    require_weights(weights);
    auto const n = g.members();
    if (n < 2 || n <= most_members) return rates(detail::dense(g), weights);
    pair_rates out;
    auto const size = static_cast<double>(n);
    out.density = 2.0 / (size * (size - 1.0));
    for (auto const* field : {"connectivity", "cohesion", "stability"}) {
        out.why[field] = "each pair, tied or not, has a rate of its own: " + weft::to_text(n) +
                         " members are more than the " + weft::to_text(most_members) +
                         " that are allowed";
    }
    return out;
}

struct sparse_bridges_result {
    /// As bridges() finds them; absent with the reason in `why` where members' contributions to the
    /// cohesion are.
    std::optional<std::vector<bridge>> bridges;
    std::string why;
    /// Always: how evenly each member's compatibility spreads over the clusters.
    std::vector<double> participation;
};

/// The bridges between the clusters `of` of a sparse group. O(n + pairs) for the participations;
/// the bridges up to `most_left_out` members. Throws invalid_argument as participation does.
[[nodiscard]] inline sparse_bridges_result
bridges(sparse_group const& g, std::span<std::size_t const> of, std::size_t most_left_out = 300) {
    sparse_bridges_result out;
    out.participation = participation(g, of);
    if (std::all_of(of.begin(), of.end(), [&](auto l) { return l == of[0]; })) {
        out.bridges.emplace();
    } else if (g.members() > most_left_out) {
        out.why = detail::too_many(g.members(), most_left_out);
    } else {
        out.bridges = bridges(detail::dense(g), of);
    }
    return out;
}

/// A candidate's compatibility with one member.
struct tie {
    std::size_t member = 0;
    double compatibility = 0.0;
};

/// What a candidate would change in a sparse group (see newcomer), and why a number is absent.
struct sparse_newcomer {
    std::optional<double> stability;
    std::optional<double> change;
    std::optional<double> improvement;
    std::map<std::string, std::string> why;
};

/// One entry a candidate, each judged alone: the members it is compatible with, each once, in any
/// order. Exact where it is there, at the cost of one stability of the sparse group a candidate.
/// Throws invalid_argument naming `candidates[k][l]` for a member who is not there or is listed
/// again, or a compatibility outside [0,1], and for faulty weights.
[[nodiscard]] inline std::vector<sparse_newcomer>
newcomers(sparse_group const& g, std::span<std::vector<tie> const> candidates,
          stability_weights const& weights = {}, sparse_budget const& budget = {}) {
    require_weights(weights);
    auto const n = g.members();
    for (std::size_t k = 0; k < candidates.size(); ++k) {
        std::vector<std::size_t> known;
        for (std::size_t l = 0; l < candidates[k].size(); ++l) {
            auto const& t = candidates[k][l];
            auto const name = [&] {
                return "candidates[" + weft::to_text(k) + "][" + weft::to_text(l) + "]";
            };
            if (t.member >= n) {
                WEFT_THROW(invalid_argument(name(), weft::to_text(t.member),
                                            "members below " + weft::to_text(n)));
            }
            if (!in_unit(t.compatibility)) require_unit(name(), t.compatibility);
            known.push_back(t.member);
        }
        std::sort(known.begin(), known.end());
        if (auto const twice = std::adjacent_find(known.begin(), known.end());
            twice != known.end()) {
            std::size_t last = candidates[k].size();
            while (candidates[k][--last].member != *twice) {
            }
            WEFT_THROW(invalid_argument(
                "candidates[" + weft::to_text(k) + "][" + weft::to_text(last) + "]",
                "member " + weft::to_text(*twice), "a member who is not listed yet"));
        }
    }
    std::vector<sparse_newcomer> out(candidates.size());
    if (candidates.empty()) return out;
    auto const now = stability(g, weights, budget);
    auto const before = detail::links_of(g);
    for (std::size_t k = 0; k < candidates.size(); ++k) {
        auto& entry = out[k];
        auto pairs = before;
        for (auto const& t : candidates[k]) pairs.push_back({t.member, n, t.compatibility});
        auto const with = stability(sparse_group(n + 1, pairs), weights, budget);
        entry.stability = with.stability;
        if (!with.stability) entry.why["stability"] = detail::reason_of(with, weights);
        if (with.stability && now.stability) {
            entry.change = *with.stability - *now.stability;
            entry.improvement = std::max(0.0, *entry.change);
        } else {
            for (auto const* field : {"change", "improvement"}) {
                entry.why[field] = now.stability ? detail::reason_of(with, weights)
                                                 : "the group as it is has no stability: " +
                                                       detail::reason_of(now, weights);
            }
        }
    }
    return out;
}

} // namespace weft::inline v0::fabric
