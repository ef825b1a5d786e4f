#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include <Eigen/Core>

#include "weft/core/error.hpp"
#include "weft/core/number.hpp"
#include "weft/fabric/fabric.hpp"
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

} // namespace weft::inline v0::fabric
