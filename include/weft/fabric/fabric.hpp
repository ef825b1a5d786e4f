#pragma once

#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>

#include <Eigen/Core>

#include "weft/core/error.hpp"
#include "weft/core/number.hpp"
#include "weft/core/unit.hpp"

/// A fabric is a group woven from its members: strand i a member, pair (i, j) with compatibility
/// c_ij in [0,1] contributes c_ij of a full twist between i and j. It is handed over as the
/// symmetric matrix of these numbers; its diagonal is ignored (and may hold anything).
namespace weft::inline v0::fabric {

/// How far c_ij and c_ji may be apart before a matrix counts as asymmetric. Both are then replaced
/// by their mean.
inline constexpr double symmetry_tolerance = 1e-12;

/// Throws invalid_argument, naming the first faulty entry, unless `c` is square, every entry off
/// the diagonal is in [0,1], and c_ij = c_ji within `symmetry_tolerance`. O(n^2).
inline void require_compatibility(std::string_view argument,
                                  Eigen::Ref<Eigen::MatrixXd const> const& c) {
    std::string const name(argument);
    auto const entry = [&](Eigen::Index i, Eigen::Index j) {
        return name + "[" + to_text(i) + "][" + to_text(j) + "]";
    };
    if (c.rows() != c.cols()) {
        WEFT_THROW(invalid_argument(
            name, to_text(c.rows()) + " x " + to_text(c.cols()) + " entries", "a square matrix"));
    }
    for (Eigen::Index i = 0; i < c.rows(); ++i) {
        for (Eigen::Index j = 0; j < i; ++j) {
            if (!in_unit(c(j, i))) require_unit(entry(j, i), c(j, i));
            if (!in_unit(c(i, j))) require_unit(entry(i, j), c(i, j));
            if (std::abs(c(i, j) - c(j, i)) > symmetry_tolerance) {
                WEFT_THROW(invalid_argument(entry(i, j), to_text(c(i, j)),
                                            std::string("the value at [") + to_text(j) + "][" +
                                                to_text(i) + "], " + to_text(c(j, i)) +
                                                " (a symmetric matrix)"));
            }
        }
    }
}

namespace detail {

/// The exactly symmetric matrix with a zero diagonal that the wing computes with.
inline Eigen::MatrixXd tidy(Eigen::Ref<Eigen::MatrixXd const> const& c) {
    Eigen::MatrixXd out(c.rows(), c.cols());
    for (Eigen::Index i = 0; i < c.rows(); ++i) {
        out(i, i) = 0.0;
        for (Eigen::Index j = 0; j < i; ++j) {
            double const mean = c(i, j) == c(j, i) ? c(i, j) : 0.5 * (c(i, j) + c(j, i));
            out(i, j) = mean;
            out(j, i) = mean;
        }
    }
    return out;
}

} // namespace detail

/// The Laplacian L = D - C, with D the diagonal matrix of row sums. `c` as require_compatibility
/// wants it.
[[nodiscard]] inline Eigen::MatrixXd laplacian(Eigen::Ref<Eigen::MatrixXd const> const& c) {
    require_compatibility("compatibility", c);
    Eigen::MatrixXd l = detail::tidy(c);
    Eigen::VectorXd const sums = l.rowwise().sum();
    l = -l;
    l.diagonal() = sums;
    return l;
}

} // namespace weft::inline v0::fabric
