#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <Eigen/Core>

#include "weft/core/error.hpp"
#include "weft/core/number.hpp"
#include "weft/core/unit.hpp"
#include "weft/fabric/clusters.hpp"
#include "weft/fabric/fabric.hpp"

namespace weft::inline v0::fabric {

/// The compatibility of two members, numbered from 0.
struct pair {
    std::size_t i = 0;
    std::size_t j = 0;
    double compatibility = 0.0;
};

/// A group most of whose pairs have nothing to do with each other: those that are not listed have
/// compatibility 0. 24 bytes a pair and 8 a member.
class sparse_group {
public:
    sparse_group() = default;

    /// Pairs in any order, each once and in either direction; those of compatibility 0 say nothing.
    /// At most 2^32 - 1 members. Throws invalid_argument naming `pairs[k]` for a member who is not
    /// there, a pair of one with itself, a compatibility outside [0,1], or a pair that was listed
    /// before. O(n + p log p).
    sparse_group(std::size_t members, std::span<pair const> pairs)
        : first_(members + 1, 0) {
        if (members > std::numeric_limits<std::uint32_t>::max()) {
            WEFT_THROW(invalid_argument("members", to_text(members), "at most 2^32 - 1"));
        }
        for (std::size_t k = 0; k < pairs.size(); ++k) {
            auto const& p = pairs[k];
            auto const name = [&] { return "pairs[" + to_text(k) + "]"; };
            if (p.i >= members || p.j >= members) {
                WEFT_THROW(invalid_argument(name(), to_text(std::max(p.i, p.j)),
                                            "members below " + to_text(members)));
            }
            if (p.i == p.j) {
                WEFT_THROW(invalid_argument(name(), "member " + to_text(p.i) + " twice",
                                            "two different members"));
            }
            if (!in_unit(p.compatibility)) require_unit(name(), p.compatibility);
            ++first_[p.i + 1];
            ++first_[p.j + 1];
        }
        for (std::size_t i = 0; i < members; ++i) first_[i + 1] += first_[i];
        std::vector<entry> entries(first_.back());
        auto at = first_;
        for (std::size_t k = 0; k < pairs.size(); ++k) {
            auto const& p = pairs[k];
            entries[at[p.i]++] = {static_cast<std::uint32_t>(p.j), p.compatibility, k};
            entries[at[p.j]++] = {static_cast<std::uint32_t>(p.i), p.compatibility, k};
        }
        std::size_t kept = 0;
        neighbours_.reserve(entries.size());
        weights_.reserve(entries.size());
        for (std::size_t i = 0; i < members; ++i) {
            auto const begin = entries.begin() + static_cast<std::ptrdiff_t>(first_[i]);
            auto const end = entries.begin() + static_cast<std::ptrdiff_t>(first_[i + 1]);
            std::sort(begin, end, [](entry const& a, entry const& b) {
                return a.neighbour != b.neighbour ? a.neighbour < b.neighbour : a.pair < b.pair;
            });
            first_[i] = kept;
            for (auto e = begin; e != end; ++e) {
                if (e != begin && (e - 1)->neighbour == e->neighbour) {
                    WEFT_THROW(invalid_argument(
                        "pairs[" + to_text(e->pair) + "]",
                        "members " + to_text(i) + " and " + to_text(e->neighbour),
                        "a pair that is not listed yet, as pairs[" + to_text((e - 1)->pair) + "]"));
                }
                if (!(e->weight > 0.0)) continue;
                neighbours_.push_back(e->neighbour);
                weights_.push_back(e->weight);
                ++kept;
            }
        }
        first_[members] = kept;
    }

    [[nodiscard]] std::size_t members() const noexcept { return first_.size() - 1; }
    /// Pairs with a compatibility above 0.
    [[nodiscard]] std::size_t pairs() const noexcept { return neighbours_.size() / 2; }
    /// Those with whom member i has a compatibility above 0, increasing, and the compatibilities.
    [[nodiscard]] std::span<std::uint32_t const> neighbours(std::size_t i) const noexcept {
        return {neighbours_.data() + first_[i], first_[i + 1] - first_[i]};
    }
    [[nodiscard]] std::span<double const> compatibilities(std::size_t i) const noexcept {
        return {weights_.data() + first_[i], first_[i + 1] - first_[i]};
    }

private:
    struct entry {
        std::uint32_t neighbour;
        double weight;
        std::size_t pair;
    };
    std::vector<std::size_t> first_{0};
    std::vector<std::uint32_t> neighbours_;
    std::vector<double> weights_;
};

/// The same group, its pairs of compatibility 0 left out. O(n^2).
/// Throws invalid_argument as require_compatibility does.
[[nodiscard]] inline sparse_group sparse(Eigen::Ref<Eigen::MatrixXd const> const& c) {
    require_compatibility("compatibility", c);
    Eigen::MatrixXd const tidy = detail::tidy(c);
    std::vector<pair> pairs;
    for (Eigen::Index j = 0; j < tidy.cols(); ++j) {
        for (Eigen::Index i = 0; i < j; ++i) {
            if (tidy(i, j) > 0.0) {
                pairs.push_back(
                    {static_cast<std::size_t>(i), static_cast<std::size_t>(j), tidy(i, j)});
            }
        }
    }
    return sparse_group(static_cast<std::size_t>(c.rows()), pairs);
}

/// The pairs of a symmetric sparse matrix, for example an Eigen::SparseMatrix<double>: every
/// off-diagonal entry stands there twice, equal within `symmetry_tolerance` (their mean counts);
/// the diagonal is ignored. Throws invalid_argument for another matrix.
template <class SparseMatrix>
[[nodiscard]] sparse_group sparse_from(SparseMatrix const& m) {
    if (m.rows() != m.cols()) {
        WEFT_THROW(invalid_argument("m", to_text(m.rows()) + " x " + to_text(m.cols()) + " entries",
                                    "a square matrix"));
    }
    struct entry {
        std::size_t i, j;
        bool upper;
        double value;
    };
    std::vector<entry> entries;
    for (auto outer = m.outerSize() * 0; outer < m.outerSize(); ++outer) {
        for (typename SparseMatrix::InnerIterator at(m, outer); at; ++at) {
            auto const i = static_cast<std::size_t>(at.row());
            auto const j = static_cast<std::size_t>(at.col());
            if (i == j) continue;
            if (!in_unit(at.value())) {
                require_unit("m[" + to_text(i) + "][" + to_text(j) + "]", at.value());
            }
            if (at.value() > 0.0) {
                entries.push_back({std::min(i, j), std::max(i, j), i < j, at.value()});
            }
        }
    }
    std::sort(entries.begin(), entries.end(), [](entry const& a, entry const& b) {
        if (a.i != b.i) return a.i < b.i;
        return a.j != b.j ? a.j < b.j : a.upper > b.upper;
    });
    std::vector<pair> pairs;
    for (std::size_t k = 0; k < entries.size();) {
        auto const& a = entries[k];
        bool const both = k + 1 < entries.size() && entries[k + 1].i == a.i &&
                          entries[k + 1].j == a.j && entries[k + 1].upper != a.upper;
        double const other = both ? entries[k + 1].value : 0.0;
        if (std::abs(a.value - other) > symmetry_tolerance) {
            auto const row = a.upper ? a.i : a.j, column = a.upper ? a.j : a.i;
            WEFT_THROW(invalid_argument("m[" + to_text(row) + "][" + to_text(column) + "]",
                                        to_text(a.value),
                                        "the value across the diagonal, " + to_text(other)));
        }
        pairs.push_back({a.i, a.j, both ? 0.5 * (a.value + other) : a.value});
        k += both ? 2 : 1;
    }
    return sparse_group(static_cast<std::size_t>(m.rows()), pairs);
}

namespace detail {

inline component_labels components(sparse_group const& g) {
    auto const n = g.members();
    constexpr auto unseen = static_cast<std::size_t>(-1);
    component_labels labels{std::vector<std::size_t>(n, unseen), 0};
    std::vector<std::size_t> open;
    for (std::size_t start = 0; start < n; ++start) {
        if (labels.of[start] != unseen) continue;
        auto const label = labels.count++;
        labels.of[start] = label;
        open.assign(1, start);
        while (!open.empty()) {
            auto const i = open.back();
            open.pop_back();
            for (auto const j : g.neighbours(i)) {
                if (labels.of[j] != unseen) continue;
                labels.of[j] = label;
                open.push_back(j);
            }
        }
    }
    return labels;
}

} // namespace detail

} // namespace weft::inline v0::fabric
