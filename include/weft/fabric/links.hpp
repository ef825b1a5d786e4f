#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <Eigen/Core>

#include "weft/core/number.hpp"
#include "weft/core/unit.hpp"
#include "weft/fabric/clusters.hpp"
#include "weft/fabric/fabric.hpp"
#include "weft/fabric/spectrum.hpp"
#include "weft/fabric/stability.hpp"

/// What single pairs are to a group.
namespace weft::inline v0::fabric {

namespace detail {

/// The rows and columns `members` of a symmetric matrix.
inline Eigen::MatrixXd part(Eigen::MatrixXd const& c, std::vector<std::size_t> const& members) {
    auto const n = static_cast<Eigen::Index>(members.size());
    Eigen::MatrixXd out(n, n);
    for (Eigen::Index b = 0; b < n; ++b) {
        auto const j = static_cast<Eigen::Index>(members[static_cast<std::size_t>(b)]);
        for (Eigen::Index a = 0; a < n; ++a) {
            out(a, b) = c(static_cast<Eigen::Index>(members[static_cast<std::size_t>(a)]), j);
        }
    }
    return out;
}

/// Effective resistances within one connected group whose factor `eliminate` left in `a`. Members
/// come back in the reverse order: eliminating k, with conductance d to those who are left and p_v
/// the part of it that goes to v, keeps their resistances, and R_kj = 1/d + sum_v p_v R_vj - sum_uv
/// p_u p_v R_uv / 2. As p_v R_kv <= 1/d <= R_kj, no term is more than n times the result, and
/// nothing is lost, however thin the thread by which a part hangs.
inline Eigen::MatrixXd resistances_of_factor(Eigen::MatrixXd const& a) {
    Eigen::Index const n = a.rows();
    Eigen::MatrixXd r = Eigen::MatrixXd::Zero(n, n);
    Eigen::VectorXd parts(n), means(n);
    for (Eigen::Index k = n - 1; k-- > 0;) {
        Eigen::Index const rest = n - 1 - k;
        double const root = a(k, k);
        auto p = parts.head(rest);
        auto mean = means.head(rest);
        p = a.col(k).tail(rest) / -root;
        mean.noalias() = r.bottomRightCorner(rest, rest) * p;
        mean.array() += 1.0 / root / root - 0.5 * p.dot(mean);
        r.col(k).tail(rest) = mean;
        r.row(k).tail(rest) = mean.transpose();
    }
    return r;
}

/// What weights are multiplied by so that their reciprocals stay in range, and their squares too
/// where all are tiny: 1 unless some are. A power of two, so that nothing else changes.
inline double lift_of(Eigen::MatrixXd const& tidy) {
    double least = 1.0, most = 0.0;
    for (Eigen::Index k = 0; k < tidy.size(); ++k) {
        if (tidy(k) > 0.0) least = std::min(least, tidy(k));
        most = std::max(most, tidy(k));
    }
    if (!(least < 0x1p-500)) return 1.0;
    return most < 0x1p-500 ? 0x1p1000 : 0x1p512;
}

inline Eigen::MatrixXd resistances(Eigen::MatrixXd const& tidy) {
    Eigen::Index const n = tidy.rows();
    Eigen::MatrixXd out = Eigen::MatrixXd::Constant(n, n, std::numeric_limits<double>::infinity());
    out.diagonal().setZero();
    for (auto const& group : lists(components(tidy, 0.0))) {
        if (group.size() < 2) continue;
        Eigen::MatrixXd work = part(tidy, group);
        (void)eliminate(work);
        Eigen::MatrixXd const r = resistances_of_factor(work);
        for (std::size_t b = 0; b < group.size(); ++b) {
            for (std::size_t a = 0; a < group.size(); ++a) {
                out(static_cast<Eigen::Index>(group[a]), static_cast<Eigen::Index>(group[b])) =
                    r(static_cast<Eigen::Index>(a), static_cast<Eigen::Index>(b));
            }
        }
    }
    return out;
}

/// The eigenvectors of l_2, orthonormal columns: more than one where eigenvalues lie within 1e-9 of
/// it, relatively; and l_3 (the next one after l_2, equal to it where it is multiple).
struct slowest_modes {
    double l2 = 0.0;
    double l3 = 0.0;
    Eigen::MatrixXd vectors;
};

inline slowest_modes dense_modes(Eigen::MatrixXd const& tidy) {
    Eigen::MatrixXd l = -tidy;
    l.diagonal() = tidy.rowwise().sum();
    Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> const solver(l);
    if (solver.info() != Eigen::Success) {
        WEFT_THROW(not_converged("eigenvectors of a group's Laplacian"));
    }
    Eigen::VectorXd const& values = solver.eigenvalues();
    Eigen::Index const n = tidy.rows();
    slowest_modes out;
    out.l2 = std::max(0.0, values(1));
    out.l3 = n > 2 ? std::max(0.0, values(2)) : std::numeric_limits<double>::infinity();
    Eigen::Index last = 1;
    double const near = out.l2 + 1e-9 * std::max(out.l2, 1e-3 * values(n - 1));
    while (last + 1 < n && values(last + 1) <= near) ++last;
    out.vectors = solver.eigenvectors().middleCols(1, last);
    return out;
}

/// As above for a connected group with its factor: by iteration where l_2 is simple.
inline slowest_modes modes_of(Eigen::MatrixXd const& tidy, Eigen::MatrixXd const& factor,
                              lanczos& iteration) {
    slowest_modes out;
    inverse_laplacian const apply(factor);
    Eigen::VectorXd first, second;
    auto const top = iteration.largest(tidy.rows(), apply, nullptr, first);
    if (!top) return dense_modes(tidy);
    out.l2 = apply.scale / *top;
    out.l3 = std::numeric_limits<double>::infinity();
    if (tidy.rows() > 2) {
        auto const next = iteration.largest(tidy.rows(), apply, &first, second);
        if (!next || *next > *top * (1.0 - 1e-9)) return dense_modes(tidy);
        out.l3 = std::max(out.l2, apply.scale / *next);
    }
    out.vectors = first;
    return out;
}

/// The mean over the modes of (x_i - x_j)^2.
inline double mode_distance(Eigen::MatrixXd const& vectors, Eigen::Index i, Eigen::Index j) {
    return (vectors.row(i) - vectors.row(j)).squaredNorm() / static_cast<double>(vectors.cols());
}

} // namespace detail

/// R_ij = (e_i - e_j)^T L^+ (e_i - e_j), the resistance between i and j in the network of
/// conductances c_ij: symmetric, zero diagonal, infinite where no path joins the two (or beyond
/// 1.8e308: ties of 1e-309 only). c_ij R_ij is
/// the probability that pair ij is in a random spanning tree (Kirchhoff), and these sum to n - 1
/// over the pairs of a connected group (Foster). One inverse for all, O(n^3).
/// Throws invalid_argument as require_compatibility does.
[[nodiscard]] inline Eigen::MatrixXd
effective_resistances(Eigen::Ref<Eigen::MatrixXd const> const& c) {
    require_compatibility("compatibility", c);
    Eigen::MatrixXd const tidy = detail::tidy(c);
    double const lift = detail::lift_of(tidy);
    return detail::resistances(tidy * lift) * lift;
}

/// How fast each number rises as one pair strengthens: derivatives by c_ij (and c_ji with it), to
/// the right. Matrices are symmetric with a zero diagonal. Absent ones have their reason in `why`.
struct pair_rates {
    /// The same for every pair: 2 / (n (n-1)).
    std::optional<double> density;
    /// (x_i - x_j)^2 / n, with x the unit eigenvector of l_2; 0 where l_2 is multiple, since one
    /// pair alone cannot raise all of its modes.
    std::optional<Eigen::MatrixXd> connectivity;
    /// cohesion R_ij / (n-1), with R the effective resistance. Absent for a group in two parts (it
    /// rises from 0 with an infinite slope), 0 for one in more.
    std::optional<Eigen::MatrixXd> cohesion;
    /// The weighted mean of these.
    std::optional<Eigen::MatrixXd> stability;
    /// How many eigenvalues lie at l_2 (within 1e-9).
    std::size_t multiplicity = 0;
    std::map<std::string, std::string> why;
};

/// The gradients of the three factors and of stability with respect to each pair. O(n^3).
/// Throws as stability does.
[[nodiscard]] inline pair_rates rates(Eigen::Ref<Eigen::MatrixXd const> const& c,
                                      stability_weights const& weights = {}) {
    require_compatibility("compatibility", c);
    require_weights(weights);
    pair_rates out;
    Eigen::Index const n = c.rows();
    if (n < 2) {
        for (auto const* field : {"density", "connectivity", "cohesion", "stability"}) {
            out.why[field] = "a group of fewer than two members has no pair to judge";
        }
        return out;
    }
    Eigen::MatrixXd const tidy = detail::tidy(c);
    auto const size = static_cast<double>(n);
    out.density = 2.0 / (size * (size - 1.0));
    auto const labels = detail::components(tidy, 0.0);
    detail::lanczos iteration;
    detail::slowest_modes modes;
    Eigen::MatrixXd resistance;
    double cohesion = 0.0;
    if (labels.count == 1) {
        // Rates are the same for all multiples of a group.
        Eigen::MatrixXd const lifted = tidy * detail::lift_of(tidy);
        Eigen::MatrixXd work = lifted;
        double const log_sum = detail::eliminate(work);
        cohesion = std::exp((log_sum + std::log(size)) / (size - 1.0));
        resistance = detail::resistances_of_factor(work);
        modes = detail::modes_of(lifted, work, iteration);
    } else if (labels.count == 2) {
        // The mode of l_2 = 0 that is not constant: one value on each part.
        auto const second =
            static_cast<double>(std::count(labels.of.begin(), labels.of.end(), std::size_t{1}));
        modes.vectors.resize(n, 1);
        for (Eigen::Index i = 0; i < n; ++i) {
            modes.vectors(i, 0) = labels.of[static_cast<std::size_t>(i)] == 0
                                      ? -std::sqrt(second / (size * (size - second)))
                                      : std::sqrt((size - second) / (size * second));
        }
    }
    out.multiplicity =
        labels.count > 2 ? labels.count - 1 : static_cast<std::size_t>(modes.vectors.cols());
    out.connectivity.emplace(Eigen::MatrixXd::Zero(n, n));
    if (out.multiplicity == 1) {
        for (Eigen::Index j = 0; j < n; ++j) {
            for (Eigen::Index i = 0; i < n; ++i) {
                (*out.connectivity)(i, j) = detail::mode_distance(modes.vectors, i, j) / size;
            }
        }
    }
    bool const infinite = labels.count == 2 && n > 2;
    if (infinite) {
        auto const reason = "the group is in two parts: the first tie between them lifts cohesion "
                            "from 0 with an infinite slope";
        out.why["cohesion"] = reason;
        if (weights.cohesion > 0.0) out.why["stability"] = reason;
    } else if (labels.count == 1) {
        out.cohesion.emplace(resistance * (cohesion / (size - 1.0)));
    } else {
        out.cohesion.emplace(Eigen::MatrixXd::Zero(n, n));
        // Two members without a tie: cohesion is their compatibility.
        if (n == 2) (*out.cohesion)(0, 1) = (*out.cohesion)(1, 0) = 1.0;
    }
    if (!infinite || !(weights.cohesion > 0.0)) {
        double const sum = weights.density + weights.connectivity + weights.cohesion;
        Eigen::MatrixXd total = Eigen::MatrixXd::Constant(n, n, weights.density * *out.density);
        total.diagonal().setZero();
        total += weights.connectivity * *out.connectivity;
        if (out.cohesion) total += weights.cohesion * *out.cohesion;
        out.stability.emplace(total / sum);
    }
    return out;
}

/// A pair, strengthened.
struct link_gain {
    std::size_t i = 0; ///< i < j
    std::size_t j = 0;
    double from = 0.0;      ///< c_ij as it is
    double to = 0.0;        ///< and as it would be
    double stability = 0.0; ///< of the group then
    double change = 0.0;    ///< that minus the group's stability now
};

struct best_links_result {
    /// Best first; equal changes (within 1e-12) in the order of i, then j.
    std::vector<link_gain> links;
    /// Whether no other pair can do better; false where `most_tries` ended the search.
    bool exact = true;
};

/// The `count` pairs whose strengthening by `step` (to 1 at most) would raise stability most: which
/// ties to foster. Pairs at 1 are left out. Density and cohesion of each are exact at once (a pair
/// is a change of rank one: tau (1 + d R_ij)); l_2 is concave, so its tangent, and l_3, bound it;
/// pairs are tried in the order of that bound until no other can be better.
/// Fewer than two members: empty. O(n^3) and n^3/3 a try. Throws as stability does, and for a step
/// outside [0,1].
[[nodiscard]] inline best_links_result best_links(Eigen::Ref<Eigen::MatrixXd const> const& c,
                                                  std::size_t count, double step = 1.0,
                                                  stability_weights const& weights = {},
                                                  std::size_t most_tries = 2000) {
    require_compatibility("compatibility", c);
    require_weights(weights);
    require_unit("step", step);
    best_links_result out;
    Eigen::Index const n = c.rows();
    if (n < 2 || count == 0) return out;
    Eigen::MatrixXd tidy = detail::tidy(c);
    auto const size = static_cast<double>(n);
    detail::spectra space;
    auto const now = detail::factors_of(tidy, space);
    double const before = detail::combine(now, weights);
    bool const connected = now.cohesion > 0.0 && now.l2 > 0.0;
    Eigen::MatrixXd resistance;
    detail::slowest_modes modes;
    if (connected) {
        Eigen::MatrixXd work = tidy;
        (void)detail::eliminate(work);
        modes = detail::modes_of(tidy, work, space.iteration);
        double const lift = detail::lift_of(tidy);
        if (lift != 1.0) {
            work = tidy * lift;
            (void)detail::eliminate(work);
        }
        resistance = detail::resistances_of_factor(work) * lift;
    }
    struct candidate {
        Eigen::Index i, j;
        double bound;
    };
    std::vector<candidate> open;
    for (Eigen::Index j = 0; j < n; ++j) {
        for (Eigen::Index i = 0; i < j; ++i) {
            double const delta = std::min(step, 1.0 - tidy(i, j));
            if (!(delta > 0.0)) continue;
            detail::factors f;
            f.density = now.density + 2.0 * delta / (size * (size - 1.0));
            f.cohesion = f.connectivity = f.density;
            if (connected) {
                f.cohesion =
                    std::min(1.0, now.cohesion * std::exp(std::log1p(delta * resistance(i, j)) /
                                                          (size - 1.0)));
                auto const x = modes.vectors.col(0);
                double const rise = delta * (x(i) - x(j)) * (x(i) - x(j));
                f.connectivity = std::min(f.cohesion, std::min(modes.l2 + rise, modes.l3) / size);
            }
            open.push_back({i, j, detail::combine(f, weights) + 1e-12});
        }
    }
    std::sort(open.begin(), open.end(), [](candidate const& a, candidate const& b) {
        if (a.bound != b.bound) return a.bound > b.bound;
        return a.i != b.i ? a.i < b.i : a.j < b.j;
    });
    // Rounding must not decide the order of pairs that are alike.
    auto const rank = [](double change) { return std::llround(change * 1e12); };
    auto const better = [&](link_gain const& a, link_gain const& b) {
        if (rank(a.change) != rank(b.change)) return rank(a.change) > rank(b.change);
        return a.i != b.i ? a.i < b.i : a.j < b.j;
    };
    std::size_t tries = 0;
    for (auto const& pair : open) {
        if (out.links.size() == count && pair.bound < out.links.back().stability) break;
        if (tries++ == most_tries) {
            out.exact = false;
            break;
        }
        double const from = tidy(pair.i, pair.j);
        link_gain gain{static_cast<std::size_t>(pair.i),
                       static_cast<std::size_t>(pair.j),
                       from,
                       std::min(1.0, from + step),
                       0.0,
                       0.0};
        tidy(pair.i, pair.j) = tidy(pair.j, pair.i) = gain.to;
        gain.stability = detail::combine(detail::factors_of(tidy, space), weights);
        tidy(pair.i, pair.j) = tidy(pair.j, pair.i) = from;
        gain.change = gain.stability - before;
        out.links.insert(std::upper_bound(out.links.begin(), out.links.end(), gain, better), gain);
        if (out.links.size() > count) out.links.pop_back();
    }
    return out;
}

} // namespace weft::inline v0::fabric
