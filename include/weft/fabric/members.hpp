#pragma once

#include <optional>
#include <vector>

#include <Eigen/Core>

#include "weft/fabric/links.hpp"
#include "weft/fabric/stability.hpp"

namespace weft::inline v0::fabric {

/// What one member is to the group.
struct member {
    /// Its compatibilities with the others, summed (its weighted degree): in [0, n-1].
    double strength = 0.0;
    /// stability(all) - stability(all without this member), in [-1,1]. Absent where the group or
    /// what remains of it has fewer than two members; so are the next three, the same of the
    /// factors.
    std::optional<double> contribution;
    std::optional<double> density_contribution;
    std::optional<double> connectivity_contribution;
    std::optional<double> cohesion_contribution;
    /// Its strength in the cohesion: sum over j of c_ij R_ij, R the effective resistance; how many
    /// of a random spanning tree's links are expected to end at it. From 1 (0 for one without a
    /// tie) to n-1; 2 (n-1) over all members of a connected group.
    double tree_links = 0.0;
    /// How near it is to everybody by all ways at once: 2 (n-1) / (n sum of R_ij), in [0,1]; the
    /// current-flow closeness (Brandes and Fleischer 2005), scaled so that it is x in a uniform
    /// group with all c_ij = x. Never falls when a pair strengthens; 0 in a disconnected group.
    /// Absent for one member alone.
    std::optional<double> prominence;
};

/// One entry a member, in order. The contributions are exact: each is a factorisation of the group
/// without that member, n^4/3 operations in all; the rest takes one inverse. Throws as stability
/// does.
[[nodiscard]] inline std::vector<member> members(Eigen::Ref<Eigen::MatrixXd const> const& c,
                                                 stability_weights const& weights = {}) {
    require_compatibility("compatibility", c);
    require_weights(weights);
    Eigen::Index const n = c.rows();
    auto const size = static_cast<double>(n);
    Eigen::MatrixXd const tidy = detail::tidy(c);
    Eigen::VectorXd const strengths = tidy.rowwise().sum();
    std::vector<member> out(static_cast<std::size_t>(n));
    if (n > 1) {
        double const lift = detail::lift_of(tidy);
        Eigen::MatrixXd const lifted = tidy * lift;
        Eigen::MatrixXd const r = detail::resistances(lifted);
        for (Eigen::Index i = 0; i < n; ++i) {
            auto& m = out[static_cast<std::size_t>(i)];
            m.strength = strengths(i);
            double far = 0.0;
            for (Eigen::Index j = 0; j < n; ++j) {
                if (tidy(i, j) > 0.0) m.tree_links += lifted(i, j) * r(i, j);
                far += r(i, j);
            }
            m.prominence = clamp_unit(2.0 * (size - 1.0) / (size * far) / lift);
        }
    }
    if (n < 3) return out;

    detail::spectra space;
    auto const whole = detail::factors_of(tidy, space);
    double const stable = detail::combine(whole, weights);
    Eigen::MatrixXd rest(n - 1, n - 1);
    for (Eigen::Index i = 0; i < n; ++i) {
        Eigen::Index const after = n - 1 - i;
        rest.topLeftCorner(i, i) = tidy.topLeftCorner(i, i);
        rest.bottomLeftCorner(after, i) = tidy.bottomLeftCorner(after, i);
        rest.topRightCorner(i, after) = tidy.topRightCorner(i, after);
        rest.bottomRightCorner(after, after) = tidy.bottomRightCorner(after, after);
        auto const without = detail::factors_of(rest, space);
        auto& m = out[static_cast<std::size_t>(i)];
        m.contribution = stable - detail::combine(without, weights);
        m.density_contribution = whole.density - without.density;
        m.connectivity_contribution = whole.connectivity - without.connectivity;
        m.cohesion_contribution = whole.cohesion - without.cohesion;
    }
    return out;
}

} // namespace weft::inline v0::fabric
