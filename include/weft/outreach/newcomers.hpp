#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <string>
#include <vector>

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <Eigen/Eigenvalues>

#include "weft/core/error.hpp"
#include "weft/core/number.hpp"
#include "weft/fabric/fabric.hpp"
#include "weft/fabric/newcomer.hpp"
#include "weft/fabric/stability.hpp"

namespace weft::inline v0::outreach {

/// A candidate for a group, by its row, and what it would change.
struct ranked_newcomer {
    std::size_t candidate = 0;
    fabric::newcomer effect;
};

/// For each candidate (row) a number that its stability in the group cannot exceed. The density is
/// exact; ln tau and l_2 are concave in the candidate's compatibilities (a log-determinant, and a
/// minimum of linear forms), so a tangent at one common point lies above them everywhere. Groups of
/// at least two; arguments as fabric::newcomers takes them. O(n^3 + m n).
[[nodiscard]] inline std::vector<double>
newcomer_bounds(Eigen::Ref<Eigen::MatrixXd const> const& c,
                Eigen::Ref<Eigen::MatrixXd const> const& candidates,
                fabric::stability_weights const& weights = {}) {
    auto const n = c.rows();
    auto const m = candidates.rows();
    auto const size = static_cast<double>(n);
    std::vector<double> bounds(static_cast<std::size_t>(m), 1.0);
    if (m == 0 || n < 2) return bounds;
    fabric::require_weights(weights);

    // The point of contact: a candidate equally near to all, as near as the better half is.
    std::vector<double> means(static_cast<std::size_t>(m));
    for (Eigen::Index k = 0; k < m; ++k) {
        means[static_cast<std::size_t>(k)] = candidates.row(k).mean();
    }
    auto sorted = means;
    auto const quarter = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 4);
    std::nth_element(sorted.begin(), quarter, sorted.end(),
                     [](double a, double b) { return a > b; });
    auto const contact = std::max(*quarter, 1e-6);

    Eigen::MatrixXd const laplacian = fabric::laplacian(c);
    // tau of the group with the candidate is det(L + diag(w)): its minor without the candidate.
    Eigen::MatrixXd grounded = laplacian;
    grounded.diagonal().array() += contact;
    Eigen::LLT<Eigen::MatrixXd> const factor(grounded);
    bool const usable = factor.info() == Eigen::Success;
    double log_tau = 0.0;
    Eigen::VectorXd slope = Eigen::VectorXd::Zero(n);
    if (usable) {
        Eigen::MatrixXd const l = factor.matrixL();
        log_tau = 2.0 * l.diagonal().array().log().sum();
        Eigen::MatrixXd const inverse = factor.solve(Eigen::MatrixXd::Identity(n, n));
        slope = inverse.diagonal();
    }
    // l_2 is at most x^T L(w) x for every unit vector x that sums to 0: here for the vector that is
    // the minimum at the point of contact, and for the one that sets the candidate apart.
    Eigen::MatrixXd whole = Eigen::MatrixXd::Zero(n + 1, n + 1);
    whole.topLeftCorner(n, n) = laplacian;
    whole.topLeftCorner(n, n).diagonal().array() += contact;
    whole.row(n).head(n).setConstant(-contact);
    whole.col(n).head(n).setConstant(-contact);
    whole(n, n) = contact * size;
    Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> const spectrum(whole);
    Eigen::VectorXd x = spectrum.eigenvectors().col(1);
    x.array() -= x.mean();
    x.normalize();
    Eigen::VectorXd const inside = x.head(n);
    double const fixed = inside.dot(laplacian * inside);
    Eigen::VectorXd const reach = (inside.array() - x(n)).square().matrix();

    double const total = weights.density + weights.connectivity + weights.cohesion;
    double const pairs = 0.5 * (size + 1.0) * size;
    double const inner = 0.5 * laplacian.trace();
    for (Eigen::Index k = 0; k < m; ++k) {
        auto const i = static_cast<std::size_t>(k);
        double const sum = means[i] * size;
        double const density = std::min(1.0, (inner + sum) / pairs);
        double cohesion = density;
        if (usable) {
            double tangent = log_tau;
            for (Eigen::Index j = 0; j < n; ++j) tangent += slope(j) * (candidates(k, j) - contact);
            cohesion =
                std::min(density, std::exp((tangent - (size - 1.0) * std::log(size + 1.0)) / size));
        }
        double const l2 =
            std::min(fixed + reach.dot(candidates.row(k).transpose()), sum * (size + 1.0) / size);
        double const connectivity = std::min(cohesion, l2 / (size + 1.0));
        // Room for rounding, so that the bound is one.
        bounds[i] = (weights.density * density + weights.connectivity * connectivity +
                     weights.cohesion * cohesion) /
                        total +
                    1e-9;
    }
    return bounds;
}

/// The `k` candidates with whom the group would be most stable, best first (equal ones: the lower
/// row first), exactly as if all had been tried with fabric::newcomers. Candidates are tried in the
/// order of newcomer_bounds until no other can be among the best; usually few are. For groups of
/// fewer than two members all are tried. Throws invalid_argument as fabric::newcomers does.
[[nodiscard]] inline std::vector<ranked_newcomer>
best_newcomers(Eigen::Ref<Eigen::MatrixXd const> const& c,
               Eigen::Ref<Eigen::MatrixXd const> const& candidates, std::size_t k,
               fabric::stability_weights const& weights = {}) {
    auto const m = static_cast<std::size_t>(candidates.rows());
    std::vector<ranked_newcomer> best;
    // Judging none of the candidates still checks the group and the weights.
    (void)fabric::newcomers(c, candidates.topRows(0), weights);
    if (m == 0 || k == 0 || c.rows() == 0) return best;
    if (candidates.cols() != c.rows()) {
        WEFT_THROW(invalid_argument(
            "candidates", weft::to_text(static_cast<std::int64_t>(candidates.cols())) + " columns",
            "one column a member: " + weft::to_text(static_cast<std::int64_t>(c.rows()))));
    }
    for (Eigen::Index r = 0; r < candidates.rows(); ++r) {
        for (Eigen::Index j = 0; j < candidates.cols(); ++j) {
            if (!in_unit(candidates(r, j))) {
                require_unit("candidates[" + weft::to_text(static_cast<std::int64_t>(r)) + "][" +
                                 weft::to_text(static_cast<std::int64_t>(j)) + "]",
                             candidates(r, j));
            }
        }
    }
    auto const bounds = newcomer_bounds(c, candidates, weights);
    std::vector<std::size_t> order(m);
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return bounds[a] != bounds[b] ? bounds[a] > bounds[b] : a < b;
    });
    auto const better = [](ranked_newcomer const& a, ranked_newcomer const& b) {
        if (*a.effect.stability != *b.effect.stability) {
            return *a.effect.stability > *b.effect.stability;
        }
        return a.candidate < b.candidate;
    };
    for (std::size_t tried = 0; tried < m;) {
        if (best.size() == k && bounds[order[tried]] < *best.back().effect.stability) break;
        auto const end = std::min(m, tried + std::max<std::size_t>(k, 16));
        Eigen::MatrixXd block(static_cast<Eigen::Index>(end - tried), c.rows());
        for (auto i = tried; i < end; ++i) {
            block.row(static_cast<Eigen::Index>(i - tried)) =
                candidates.row(static_cast<Eigen::Index>(order[i]));
        }
        auto const effects = fabric::newcomers(c, block, weights);
        for (auto i = tried; i < end; ++i) best.push_back({order[i], effects[i - tried]});
        std::sort(best.begin(), best.end(), better);
        if (best.size() > k) best.resize(k);
        tried = end;
    }
    return best;
}

} // namespace weft::inline v0::outreach
