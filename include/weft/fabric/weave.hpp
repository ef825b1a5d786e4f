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
#include "weft/fabric/fabric.hpp"
#include "weft/fabric/sparse_group.hpp"
#include "weft/knot/braid.hpp"

/// The group as a link: where the three factors of stability get their meaning from.
namespace weft::inline v0::fabric {

/// Whole twists k_ij = round(resolution c_ij) (halves away from 0), symmetric with a zero diagonal.
/// `resolution` in [0, 2^24]. Throws invalid_argument as require_compatibility does.
[[nodiscard]] inline Eigen::MatrixXi whole_twists(Eigen::Ref<Eigen::MatrixXd const> const& c,
                                                  int resolution) {
    require_compatibility("compatibility", c);
    if (resolution < 0 || resolution > (1 << 24)) {
        WEFT_THROW(invalid_argument("resolution", to_text(resolution), "0 to 2^24"));
    }
    Eigen::MatrixXd const tidy = detail::tidy(c);
    Eigen::MatrixXi twists(c.rows(), c.cols());
    for (Eigen::Index j = 0; j < c.cols(); ++j) {
        for (Eigen::Index i = 0; i < c.rows(); ++i) {
            twists(i, j) = static_cast<int>(std::lround(resolution * tidy(i, j)));
        }
    }
    return twists;
}

/// The pure braid with k_ij full twists between strands i and j (negative: the other way round):
/// the product, over i < j in lexicographic order, of the k_ij-th powers of the band twists A_ij,
/// each written as two bands. Its closure has one component a member, and linking numbers k_ij. The
/// lowest coefficient of its Conway polynomial, that of z^(n-1), is the cofactor of the Laplacian
/// of the k_ij, the weighted number of spanning trees (Hosokawa 1958; Hartley 1983; Hoste, Proc.
/// AMS 95 (1985) 299), which makes cohesion an invariant of the woven link. `twists` is symmetric
/// with one row a strand, at least one; its diagonal is ignored. Throws invalid_argument for
/// another matrix, or where more than `max_bands` bands would be needed.
[[nodiscard]] inline knot::braid weave(Eigen::Ref<Eigen::MatrixXi const> const& twists,
                                       std::int64_t max_bands = std::int64_t{1} << 20U) {
    if (twists.rows() != twists.cols() || twists.rows() == 0 ||
        twists.rows() > std::numeric_limits<int>::max()) {
        WEFT_THROW(invalid_argument(
            "twists", to_text(twists.rows()) + " x " + to_text(twists.cols()) + " entries",
            "a square matrix of at least one row"));
    }
    auto const n = static_cast<int>(twists.rows());
    std::int64_t bands = 0;
    for (int i = 0; i < n; ++i) {
        for (int j = i + 1; j < n; ++j) {
            if (twists(i, j) != twists(j, i)) {
                WEFT_THROW(invalid_argument(
                    std::string("twists[") + to_text(j) + "][" + to_text(i) + "]",
                    to_text(twists(j, i)), to_text(twists(i, j)) + " (a symmetric matrix)"));
            }
            bands += 2 * std::abs(std::int64_t{twists(i, j)});
            if (bands > max_bands) {
                WEFT_THROW(invalid_argument(
                    "twists", std::string("more than ") + to_text(max_bands) + " bands",
                    "at most that many"));
            }
        }
    }
    std::vector<knot::band> word;
    word.reserve(static_cast<std::size_t>(bands));
    for (int i = 0; i < n; ++i) {
        for (int j = i + 1; j < n; ++j) {
            auto const k = std::int64_t{twists(i, j)};
            word.insert(word.end(), static_cast<std::size_t>(2 * std::abs(k)),
                        knot::band{i + 1, j + 1, k < 0 ? -1 : 1});
        }
    }
    return knot::braid::from_bands(n, std::move(word));
}

/// The whole twists of one pair of strands: an entry of a linking matrix.
struct twist {
    std::size_t i = 0; ///< from 0
    std::size_t j = 0;
    int turns = 0;

    [[nodiscard]] friend bool operator==(twist const&, twist const&) = default;
};

/// The whole twists of a sparse group, as for a matrix: those that are not 0, i < j, by i, then j.
/// The linking matrix of the woven link, its zeros left out. O(members + pairs).
/// Throws invalid_argument for a resolution outside [0, 2^24].
[[nodiscard]] inline std::vector<twist> whole_twists(sparse_group const& g, int resolution) {
    if (resolution < 0 || resolution > (1 << 24)) {
        WEFT_THROW(invalid_argument("resolution", to_text(resolution), "0 to 2^24"));
    }
    std::vector<twist> out;
    for (std::size_t i = 0; i < g.members(); ++i) {
        auto const near = g.neighbours(i);
        auto const c = g.compatibilities(i);
        for (std::size_t k = 0; k < near.size(); ++k) {
            if (near[k] < i) continue;
            auto const turns = static_cast<int>(std::lround(resolution * c[k]));
            if (turns != 0) out.push_back({i, near[k], turns});
        }
    }
    return out;
}

/// The pure braid on `strands` strands whose linking matrix has these entries (each pair once, in
/// any order and either direction; the others are 0): the same word as of the matrix. Without a
/// matrix: O(strands + pairs + bands), with log(pairs) more if they are not in order. Throws
/// invalid_argument naming `twists[k]` for a strand that is not there, one with itself, or a pair
/// that was listed before, for no strand, and for more than `max_bands` bands.
[[nodiscard]] inline knot::braid weave(std::size_t strands, std::span<twist const> twists,
                                       std::int64_t max_bands = std::int64_t{1} << 20U) {
    if (strands == 0 || strands > static_cast<std::size_t>(std::numeric_limits<int>::max())) {
        WEFT_THROW(invalid_argument("strands", to_text(strands), "1 to 2^31 - 1"));
    }
    struct place {
        std::size_t i, j, k;
    };
    std::vector<place> order;
    order.reserve(twists.size());
    std::int64_t bands = 0;
    for (std::size_t k = 0; k < twists.size(); ++k) {
        auto const& t = twists[k];
        auto const name = [&] { return "twists[" + to_text(k) + "]"; };
        if (t.i >= strands || t.j >= strands) {
            WEFT_THROW(invalid_argument(name(), to_text(std::max(t.i, t.j)),
                                        "strands below " + to_text(strands)));
        }
        if (t.i == t.j) {
            WEFT_THROW(invalid_argument(name(), "strand " + to_text(t.i) + " twice",
                                        "two different strands"));
        }
        order.push_back({std::min(t.i, t.j), std::max(t.i, t.j), k});
        bands += 2 * std::abs(std::int64_t{t.turns});
        if (bands > max_bands) {
            WEFT_THROW(invalid_argument("twists",
                                        std::string("more than ") + to_text(max_bands) + " bands",
                                        "at most that many"));
        }
    }
    auto const before = [](place const& a, place const& b) {
        if (a.i != b.i) return a.i < b.i;
        return a.j != b.j ? a.j < b.j : a.k < b.k;
    };
    if (!std::is_sorted(order.begin(), order.end(), before)) {
        std::sort(order.begin(), order.end(), before);
    }
    std::vector<knot::band> word;
    word.reserve(static_cast<std::size_t>(bands));
    for (std::size_t at = 0; at < order.size(); ++at) {
        auto const& [i, j, k] = order[at];
        if (at > 0 && order[at - 1].i == i && order[at - 1].j == j) {
            WEFT_THROW(invalid_argument(
                "twists[" + to_text(k) + "]", "strands " + to_text(i) + " and " + to_text(j),
                "a pair that is not listed yet, as twists[" + to_text(order[at - 1].k) + "]"));
        }
        auto const turns = std::int64_t{twists[k].turns};
        word.insert(
            word.end(), static_cast<std::size_t>(2 * std::abs(turns)),
            knot::band{static_cast<int>(i) + 1, static_cast<int>(j) + 1, turns < 0 ? -1 : 1});
    }
    return knot::braid::from_bands(static_cast<int>(strands), std::move(word));
}

/// The braid of a sparse group, as weave(g.members(), whole_twists(g, resolution)): the word that
/// the matrix of the same pairs gives. Throws as these do.
[[nodiscard]] inline knot::braid weave(sparse_group const& g, int resolution,
                                       std::int64_t max_bands = std::int64_t{1} << 20U) {
    return weave(g.members(), whole_twists(g, resolution), max_bands);
}

} // namespace weft::inline v0::fabric
