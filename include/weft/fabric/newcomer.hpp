#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include <Eigen/Core>

#include "weft/core/number.hpp"
#include "weft/core/unit.hpp"
#include "weft/fabric/stability.hpp"

namespace weft::inline v0::fabric {

/// What a candidate would change.
struct newcomer {
    /// Stability of the group with the candidate in it; absent for an empty group.
    std::optional<double> stability;
    /// That minus the stability of the group as it is, in [-1,1]; absent where that is absent.
    std::optional<double> change;
    /// max(0, change).
    std::optional<double> improvement;
};

/// One entry a candidate: row k of `candidates` (m x n) holds the compatibilities of candidate k
/// with the n members of `c`, in their order. Each candidate is judged alone, and its result does
/// not depend on the others in the call. A candidate fully compatible with everyone never lowers
/// stability (up to rounding). Exact: one factorisation of n^3/3 operations a candidate and about a
/// dozen solves for l_2; workspaces are reused.
/// Throws invalid_argument as stability does, and for a candidate's entry outside [0,1].
[[nodiscard]] inline std::vector<newcomer>
newcomers(Eigen::Ref<Eigen::MatrixXd const> const& c,
          Eigen::Ref<Eigen::MatrixXd const> const& candidates,
          stability_weights const& weights = {}) {
    require_compatibility("compatibility", c);
    require_weights(weights);
    Eigen::Index const n = c.rows();
    Eigen::Index const m = candidates.rows();
    if (m > 0 && candidates.cols() != n) {
        WEFT_THROW(invalid_argument("candidates", to_text(candidates.cols()) + " columns",
                                    std::string("one column a member: ") + to_text(n)));
    }
    for (Eigen::Index k = 0; k < m; ++k) {
        for (Eigen::Index i = 0; i < n; ++i) {
            if (!in_unit(candidates(k, i))) {
                require_unit(std::string("candidates[") + to_text(k) + "][" + to_text(i) + "]",
                             candidates(k, i));
            }
        }
    }
    std::vector<newcomer> out(static_cast<std::size_t>(m));
    if (n == 0 || m == 0) return out;

    Eigen::MatrixXd const tidy = detail::tidy(c);
    detail::spectra space;
    std::optional<double> now;
    if (n > 1) now = detail::combine(detail::factors_of(tidy, space), weights);
    auto const labels = detail::components(tidy, 0.0);
    double const base_sum = detail::pair_sum(tidy);

    Eigen::MatrixXd work(n + 1, n + 1);
    std::vector<char> reached(labels.count);
    auto const fill = [&](Eigen::MatrixXd& with, Eigen::Index k) {
        with.topLeftCorner(n, n) = tidy;
        with.row(n).head(n) = candidates.row(k);
        with.col(n).head(n) = candidates.row(k).transpose();
        with(n, n) = 0.0;
    };
    for (Eigen::Index k = 0; k < m; ++k) {
        std::fill(reached.begin(), reached.end(), char{0});
        for (Eigen::Index i = 0; i < n; ++i) {
            if (candidates(k, i) > 0.0) reached[labels.of[static_cast<std::size_t>(i)]] = 1;
        }
        bool const connected =
            std::all_of(reached.begin(), reached.end(), [](char r) { return r != 0; });
        fill(work, k);
        auto const f =
            detail::factors_of(work, base_sum + candidates.row(k).sum(), connected, space, [&] {
                Eigen::MatrixXd whole(n + 1, n + 1);
                fill(whole, k);
                return whole;
            });
        auto& entry = out[static_cast<std::size_t>(k)];
        entry.stability = detail::combine(f, weights);
        if (now) {
            entry.change = *entry.stability - *now;
            entry.improvement = std::max(0.0, *entry.change);
        }
    }
    return out;
}

} // namespace weft::inline v0::fabric
