#pragma once

#include <optional>
#include <vector>

#include <Eigen/Core>

#include "weft/fabric/stability.hpp"

namespace weft::inline v0::fabric {

/// What one member is to the group.
struct member {
    /// Its compatibilities with the others, summed (its weighted degree): in [0, n-1].
    double strength = 0.0;
    /// stability(all) - stability(all without this member), in [-1,1]. Absent where the group or
    /// what remains of it has fewer than two members.
    std::optional<double> contribution;
};

/// One entry a member, in order. The contributions are exact: each is a factorisation of the group
/// without that member, n^4/3 operations in all. Throws as stability does.
[[nodiscard]] inline std::vector<member> members(Eigen::Ref<Eigen::MatrixXd const> const& c,
                                                 stability_weights const& weights = {}) {
    require_compatibility("compatibility", c);
    require_weights(weights);
    Eigen::Index const n = c.rows();
    Eigen::MatrixXd const tidy = detail::tidy(c);
    Eigen::VectorXd const strengths = tidy.rowwise().sum();
    std::vector<member> out(static_cast<std::size_t>(n));
    for (Eigen::Index i = 0; i < n; ++i) out[static_cast<std::size_t>(i)].strength = strengths(i);
    if (n < 3) return out;

    detail::spectra space;
    double const whole = detail::combine(detail::factors_of(tidy, space), weights);
    Eigen::MatrixXd rest(n - 1, n - 1);
    for (Eigen::Index i = 0; i < n; ++i) {
        Eigen::Index const after = n - 1 - i;
        rest.topLeftCorner(i, i) = tidy.topLeftCorner(i, i);
        rest.bottomLeftCorner(after, i) = tidy.bottomLeftCorner(after, i);
        rest.topRightCorner(i, after) = tidy.topRightCorner(i, after);
        rest.bottomRightCorner(after, after) = tidy.bottomRightCorner(after, after);
        double const without = detail::combine(detail::factors_of(rest, space), weights);
        out[static_cast<std::size_t>(i)].contribution = whole - without;
    }
    return out;
}

} // namespace weft::inline v0::fabric
