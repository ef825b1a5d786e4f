#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <Eigen/Core>

#include "weft/core/number.hpp"
#include "weft/core/unit.hpp"
#include "weft/fabric/sparse_group.hpp"
#include "weft/fabric/spectrum.hpp"
#include "weft/fabric/stability.hpp"

namespace weft::inline v0::fabric {

/// How much a sparse group may cost before a number is left out, with its reason.
struct sparse_budget {
    /// Pairs that the elimination may hold at once; 16 bytes each, and as many again while it
    /// works.
    std::size_t most_entries = 6'000'000;
    /// Members that may be left for the dense elimination; 8 bytes for each pair of them.
    std::size_t most_core = 3000;
    /// Steps of the iteration for the eigenvalues at both ends where the elimination is left out.
    std::size_t most_steps = 1500;
};

namespace detail {

/// Eliminates the members of a connected sparse group, those with the fewest ties first, as
/// `eliminate` does: pivots are sums. What has become dense is handed over to it.
class sparse_elimination {
public:
    /// Of the group with all weights times `scale`. False where the budget does not suffice.
    bool compute(sparse_group const& g, double scale, sparse_budget const& budget) {
        auto const n = g.members();
        size_ = n;
        std::vector<row> rows(n);
        std::size_t entries = 2 * g.pairs();
        if (entries > budget.most_entries) return false;
        for (std::size_t i = 0; i < n; ++i) {
            auto const near = g.neighbours(i);
            auto const c = g.compatibilities(i);
            for (std::size_t k = 0; k < near.size(); ++k)
                rows[i].push_back({near[k], c[k] * scale});
        }
        std::vector<std::vector<std::uint32_t>> queues;
        auto const enqueue = [&](std::uint32_t v) {
            auto const degree = rows[v].size();
            if (queues.size() <= degree) queues.resize(degree + 1);
            queues[degree].push_back(v);
        };
        for (std::size_t v = n; v-- > 0;) enqueue(static_cast<std::uint32_t>(v));
        std::vector<char> gone(n, 0);
        std::size_t left = n, least = 0;
        row merged;
        while (left > 1) {
            while (least < queues.size() && queues[least].empty()) ++least;
            auto const v = queues[least].back();
            queues[least].pop_back();
            if (gone[v] != 0 || rows[v].size() != least) continue;
            // Dense enough, or small enough, for the dense elimination.
            if (left <= budget.most_core && (3 * least >= left || left <= 48)) break;
            double pivot = 0.0;
            for (auto const& e : rows[v]) pivot += e.weight;
            logs_ += std::log(pivot / static_cast<double>(n));
            thinnest_ = std::min(thinnest_, pivot);
            for (auto const& e : rows[v]) {
                auto& other = rows[e.to];
                double const share = e.weight / pivot;
                merged.clear();
                auto a = other.begin();
                auto b = rows[v].begin();
                while (a != other.end() || b != rows[v].end()) {
                    if (b == rows[v].end() || (a != other.end() && a->to < b->to)) {
                        if (a->to != v) merged.push_back(*a);
                        ++a;
                    } else if (a == other.end() || b->to < a->to) {
                        if (b->to != e.to) merged.push_back({b->to, share * b->weight});
                        ++b;
                    } else {
                        merged.push_back({a->to, a->weight + share * b->weight});
                        ++a;
                        ++b;
                    }
                }
                entries += merged.size();
                entries -= other.size();
                other.assign(merged.begin(), merged.end());
            }
            if (entries > budget.most_entries) return false;
            for (auto const& e : rows[v]) {
                enqueue(e.to);
                least = std::min(least, rows[e.to].size());
            }
            gone[v] = 1;
            --left;
            order_.push_back(v);
            pivots_.push_back(pivot);
            for (auto& e : rows[v]) e.weight /= pivot;
            columns_.push_back(std::move(rows[v]));
            rows[v] = {};
        }
        std::vector<std::uint32_t> place(n, 0);
        for (std::size_t v = 0; v < n; ++v) {
            if (gone[v] != 0) continue;
            place[v] = static_cast<std::uint32_t>(core_.size());
            core_.push_back(static_cast<std::uint32_t>(v));
        }
        auto const m = static_cast<Eigen::Index>(core_.size());
        dense_ = Eigen::MatrixXd::Zero(m, m);
        for (auto const v : core_) {
            for (auto const& e : rows[v]) {
                dense_(static_cast<Eigen::Index>(place[v]),
                       static_cast<Eigen::Index>(place[e.to])) = e.weight;
            }
        }
        if (m > 1) {
            auto const size = static_cast<double>(m);
            logs_ += eliminate(dense_) + (size - 1.0) * std::log(size / static_cast<double>(n));
            double const root = dense_.topLeftCorner(m - 1, m - 1).diagonal().minCoeff();
            thinnest_ = std::min(thinnest_, root * root);
        }
        return true;
    }

    /// The sum of ln(pivot / n) over the n - 1 pivots.
    [[nodiscard]] double logs() const { return logs_; }

    /// l_2; nothing where the iteration gives up.
    std::optional<double> second_smallest(lanczos& iteration) const {
        auto const inverse = iteration.largest(static_cast<Eigen::Index>(size_),
                                               [&](Eigen::VectorXd& x) { apply_inverse(x); });
        if (!inverse) return std::nullopt;
        return thinnest_ / *inverse;
    }

private:
    struct entry {
        std::uint32_t to;
        double weight;
    };
    using row = std::vector<entry>;

    /// x becomes its image under the inverse Laplacian, times the thinnest pivot.
    void apply_inverse(Eigen::VectorXd& x) const {
        auto const at = [](std::uint32_t v) { return static_cast<Eigen::Index>(v); };
        for (std::size_t k = 0; k < order_.size(); ++k) {
            double const b = x(at(order_[k]));
            for (auto const& e : columns_[k]) x(at(e.to)) += e.weight * b;
        }
        auto const m = static_cast<Eigen::Index>(core_.size());
        Eigen::VectorXd inner(m);
        for (std::size_t i = 0; i < core_.size(); ++i) {
            inner(static_cast<Eigen::Index>(i)) = x(at(core_[i]));
        }
        if (m > 1) {
            auto const factor = dense_.topLeftCorner(m - 1, m - 1);
            auto head = inner.head(m - 1);
            factor.triangularView<Eigen::Lower>().solveInPlace(head);
            head *= thinnest_;
            factor.transpose().triangularView<Eigen::Upper>().solveInPlace(head);
        }
        inner(m - 1) = 0.0;
        for (std::size_t i = 0; i < core_.size(); ++i) {
            x(at(core_[i])) = inner(static_cast<Eigen::Index>(i));
        }
        for (auto k = order_.size(); k-- > 0;) {
            double sum = x(at(order_[k])) * (thinnest_ / pivots_[k]);
            for (auto const& e : columns_[k]) sum += e.weight * x(at(e.to));
            x(at(order_[k])) = sum;
        }
    }

    std::size_t size_ = 0;
    std::vector<std::uint32_t> order_, core_;
    std::vector<double> pivots_;
    std::vector<row> columns_;
    Eigen::MatrixXd dense_;
    double logs_ = 0.0;
    double thinnest_ = std::numeric_limits<double>::infinity();
};

/// `out` becomes the Laplacian, times `scale`, times x.
inline void multiply(sparse_group const& g, double scale, Eigen::VectorXd const& x,
                     Eigen::VectorXd& out) {
    for (std::size_t i = 0; i < g.members(); ++i) {
        auto const near = g.neighbours(i);
        auto const c = g.compatibilities(i);
        double const own = x(static_cast<Eigen::Index>(i));
        double sum = 0.0;
        for (std::size_t k = 0; k < near.size(); ++k) {
            sum += scale * c[k] * (own - x(static_cast<Eigen::Index>(near[k])));
        }
        out(static_cast<Eigen::Index>(i)) = sum;
    }
}

/// Eigenvalues at the ends of the spectrum (without the 0 of the constant vector), as far as they
/// were found.
struct spectrum_ends {
    std::optional<double> second;
    std::optional<double> last;
    /// The second one is lost to rounding, whose errors go by the last one.
    bool too_thin = false;
    std::size_t steps = 0;
};

/// Lanczos without reorthogonalisation: eigenvalues that were found may come again, which does not
/// matter at the ends (Paige; Parlett, 13). Stops where the residuals, which bound the errors but
/// for rounding, are below 1e-10 of the values. Rounding is taken to be below 100 units in the last
/// place of the largest eigenvalue (25 were seen).
inline spectrum_ends both_ends(sparse_group const& g, double scale, bool want_second,
                               std::size_t most_steps) {
    spectrum_ends out;
    auto const n = static_cast<Eigen::Index>(g.members());
    Eigen::VectorXd now(n), before = Eigen::VectorXd::Zero(n), next(n);
    for (Eigen::Index i = 0; i < n; ++i) now(i) = start_entry(i);
    now.array() -= now.mean();
    now.normalize();
    tridiagonal t;
    double beside = 0.0, largest = 0.0;
    std::vector<double> entries;
    auto const residual = [&](double value, double sign, double norm) {
        return norm * last_entry(t, sign * value, entries);
    };
    for (out.steps = 1; out.steps <= most_steps; ++out.steps) {
        multiply(g, scale, now, next);
        double const here = now.dot(next);
        next -= here * now + beside * before;
        next.array() -= next.mean();
        double const norm = next.norm();
        t.diagonal.push_back(here);
        largest = std::max(largest, std::abs(here));
        bool const exhausted = !(norm > 1e-14 * largest);
        if (exhausted || out.steps % 20 == 0 || out.steps == most_steps) {
            if (!out.last) {
                double const value = -smallest_eigenvalue(t, -1.0);
                if (exhausted || residual(value, 1.0, norm) <= 1e-10 * value) out.last = value;
            }
            if (want_second && !out.second && out.last) {
                double const value = smallest_eigenvalue(t, 1.0);
                constexpr double eps = std::numeric_limits<double>::epsilon();
                // Ritz values only fall: what is too small now stays so.
                out.too_thin = !(1e-10 * value > 100.0 * eps * *out.last);
                if (!out.too_thin && (exhausted || residual(value, 1.0, norm) <= 1e-10 * value)) {
                    out.second = value;
                }
            }
            if (out.last && (out.second || out.too_thin || !want_second)) break;
        }
        if (exhausted) break;
        t.beside.push_back(norm * norm);
        beside = norm;
        before.swap(now);
        now = next / norm;
    }
    return out;
}

} // namespace detail

/// Stability of a group whose pairs are few. Density always. Cohesion by a sparse elimination with
/// the fewest ties first, exact as the dense one; absent where the pairs that it fills in exceed
/// the budget, which they do in large groups without structure. Connectivity from the same factor,
/// or, where that is absent, from an iteration on the Laplacian itself (error below 1e-10 of it,
/// found eigenvalues being those that a fixed start can see); absent where its steps do not
/// suffice, and where l_2 is below 2e-4 l_n, as rounding would exceed that. Stability is absent
/// where a factor is that counts. Disconnected groups are found by search. Throws invalid_argument
/// for faulty weights.
[[nodiscard]] inline stability_result stability(sparse_group const& g,
                                                stability_weights const& weights = {},
                                                sparse_budget const& budget = {}) {
    require_weights(weights);
    stability_result out;
    auto const n = g.members();
    if (n < 2) {
        for (auto const* field : {"stability", "density", "connectivity", "cohesion", "evenness"}) {
            out.why[field] = "a group of fewer than two members has no pair to judge";
        }
        return out;
    }
    auto const size = static_cast<double>(n);
    double sum = 0.0, strongest = 0.0;
    for (std::size_t i = 0; i < n; ++i) {
        double own = 0.0;
        for (double const c : g.compatibilities(i)) {
            own += c;
            strongest = std::max(strongest, c);
        }
        sum += own;
    }
    out.density = clamp_unit(sum / (size * (size - 1.0)));
    std::optional<double> l2;
    if (detail::components(g).count > 1) {
        out.connectivity = 0.0;
        out.cohesion = 0.0;
        if (strongest > 0.0) {
            out.evenness = 0.0;
        } else {
            out.why["evenness"] = "every compatibility is 0";
        }
    } else {
        // A power of two, so that nothing else changes: squares of tiny numbers would underflow.
        double const scale =
            strongest < 0x1p-400 ? std::ldexp(1.0, std::min(1000, -std::ilogb(strongest))) : 1.0;
        detail::sparse_elimination elimination;
        if (elimination.compute(g, scale, budget)) {
            out.cohesion =
                std::min(*out.density,
                         std::exp((elimination.logs() + std::log(size)) / (size - 1.0)) / scale);
            detail::lanczos iteration;
            l2 = elimination.second_smallest(iteration);
        } else {
            out.why["cohesion"] = "eliminating the members fills in more than " +
                                  to_text(budget.most_entries / 2) + " pairs";
        }
        auto const ends = detail::both_ends(g, scale, !l2, budget.most_steps);
        if (!l2) l2 = ends.second;
        if (l2) {
            out.connectivity = std::min(out.cohesion.value_or(*out.density), *l2 / size / scale);
        } else {
            out.why["connectivity"] =
                ends.too_thin
                    ? "without an elimination l_2 is lost to rounding: it is below 2e-4 l_n"
                    : "no eigenvalue was certain after " + to_text(budget.most_steps) + " steps";
        }
        if (l2 && ends.last) {
            out.evenness = clamp_unit(*l2 / *ends.last);
        } else {
            out.why["evenness"] =
                l2 ? "no eigenvalue was certain after " + to_text(budget.most_steps) + " steps"
                   : out.why["connectivity"];
        }
    }
    auto const missing = [&](double weight, std::optional<double> const& x) {
        return weight > 0.0 && !x;
    };
    if (missing(weights.connectivity, out.connectivity) ||
        missing(weights.cohesion, out.cohesion)) {
        out.why["stability"] = "a factor that counts is absent";
    } else {
        out.stability = detail::combine({*out.density, out.connectivity.value_or(0.0),
                                         out.cohesion.value_or(0.0), 0.0, std::nullopt},
                                        weights);
    }
    return out;
}

} // namespace weft::inline v0::fabric
