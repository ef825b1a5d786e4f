#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>

#include "weft/core/error.hpp"

/// The two numbers of a Laplacian's spectrum that stability rests on besides its trace.
namespace weft::inline v0::fabric::detail {

/// Eliminates the vertices 0 to n-2 of a weighted graph one after the other, the last one staying
/// as the ground. In: the weights in the strict lower triangle of `a`. Out: columns 0 to n-2 hold
/// the Cholesky factor of the Laplacian without its last row and column. Returns the sum of
/// ln(d_k / n) over its n-1 pivots d_k, so that ln tau = result + (n - 1) ln n; -infinity where the
/// graph is disconnected (or connected by less than doubles can hold).
///
/// A pivot is the sum of what is left of its column, never a difference: with weights >= 0 nothing
/// cancels, and each pivot keeps full relative accuracy whatever the condition number (Grassmann,
/// Taksar and Heyman, Oper. Res. 33 (1985) 1107). n^3/3 operations, in blocks.
inline double eliminate(Eigen::Ref<Eigen::MatrixXd> a) {
    constexpr Eigen::Index width = 32;
    Eigen::Index const n = a.rows();
    double const size = static_cast<double>(n);
    double sum = 0.0;
    for (Eigen::Index first = 0; first < n - 1; first += width) {
        Eigen::Index const last = std::min(first + width, n - 1);
        for (Eigen::Index k = first; k < last; ++k) {
            Eigen::Index const below = n - k - 1;
            auto column = a.col(k).tail(below);
            if (k > first) {
                column.noalias() += a.block(k + 1, first, below, k - first) *
                                    a.row(k).segment(first, k - first).transpose();
            }
            double const pivot = column.sum();
            sum += std::log(pivot / size);
            double const root = std::sqrt(pivot);
            a(k, k) = root;
            if (pivot > 0.0) {
                column /= -root;
            } else {
                column.setZero();
            }
        }
        Eigen::Index const rest = n - last;
        a.bottomRightCorner(rest, rest)
            .selfadjointView<Eigen::Lower>()
            .rankUpdate(a.block(last, first, rest, last - first));
    }
    return sum;
}

/// Entry i of a fixed sequence without structure, in (-1, 1): where iterations start.
inline double start_entry(Eigen::Index i) noexcept {
    auto z = static_cast<std::uint64_t>(i + 1) * 0x9e37'79b9'7f4a'7c15ULL;
    z = (z ^ (z >> 30U)) * 0xbf58'476d'1ce4'e5b9ULL;
    z = (z ^ (z >> 27U)) * 0x94d0'49bb'1331'11ebULL;
    z ^= z >> 31U;
    return static_cast<double>(z >> 11U) * 0x1p-52 - 1.0;
}

/// Workspace of the Lanczos iteration; may be used again for other sizes.
class lanczos {
public:
    /// The largest eigenvalue of a symmetric positive semidefinite operator on the vectors of
    /// length n that sum to 0, to a few units in the last place; nothing where the iteration needs
    /// more than `max_steps` steps. `apply(x)` replaces x by its image (up to a constant vector).
    /// Lanczos with full reorthogonalisation; stops when the residual's square over the gap, which
    /// bounds the error (Parlett, The Symmetric Eigenvalue Problem, 11.7), is below rounding.
    template <class Apply>
    std::optional<double> largest(Eigen::Index n, Apply&& apply) {
        constexpr double eps = std::numeric_limits<double>::epsilon();
        Eigen::Index const steps = std::min<Eigen::Index>(n - 1, max_steps);
        if (basis_.rows() != n || basis_.cols() < steps) basis_.resize(n, steps);
        diagonal_.resize(steps);
        beside_.resize(steps);
        next_.resize(n);
        for (Eigen::Index i = 0; i < n; ++i) next_(i) = start_entry(i);
        center(next_);
        double norm = next_.norm();
        for (Eigen::Index k = 0; k < steps; ++k) {
            basis_.col(k) = next_ / norm;
            next_ = basis_.col(k);
            apply(next_);
            center(next_);
            diagonal_(k) = basis_.col(k).dot(next_);
            for (int pass = 0; pass < 2; ++pass) {
                overlaps_.noalias() = basis_.leftCols(k + 1).transpose() * next_;
                next_.noalias() -= basis_.leftCols(k + 1) * overlaps_;
            }
            center(next_);
            norm = next_.norm();
            beside_(k) = norm;
            bool const exhausted = k + 1 == n - 1 || !(norm > eps * std::abs(diagonal_(k)));
            if (!exhausted && (k + 1) % 4 != 0) continue;
            if (k == 0) return diagonal_(0);
            small_.computeFromTridiagonal(diagonal_.head(k + 1), beside_.head(k));
            double const value = small_.eigenvalues()(k);
            if (exhausted) return value;
            double const residual = norm * std::abs(small_.eigenvectors()(k, k));
            double const gap = value - small_.eigenvalues()(k - 1);
            if (residual <= 0.5 * eps * value ||
                (residual <= 1e-4 * gap && residual * residual <= 0.25 * eps * value * gap)) {
                return value;
            }
        }
        return std::nullopt;
    }

private:
    static constexpr Eigen::Index max_steps = 64;

    static void center(Eigen::VectorXd& x) { x.array() -= x.mean(); }

    Eigen::MatrixXd basis_;
    Eigen::VectorXd diagonal_, beside_, next_, overlaps_;
    Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> small_;
};

/// Eigenvalue number `index` (from 0, increasing) of the Laplacian of the weights `c`.
inline double dense_eigenvalue(Eigen::MatrixXd const& c, Eigen::Index index) {
    Eigen::MatrixXd l = -c;
    l.diagonal() = c.rowwise().sum();
    Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> const solver(l, Eigen::EigenvaluesOnly);
    if (solver.info() != Eigen::Success) {
        WEFT_THROW(not_converged("eigenvalues of a group's Laplacian"));
    }
    return std::max(0.0, solver.eigenvalues()(index));
}

/// l_2 of the connected graph whose factor `eliminate` left in `a`; nothing where the iteration
/// gives up.
inline std::optional<double> second_smallest(Eigen::Ref<Eigen::MatrixXd const> const& a,
                                             lanczos& iteration) {
    Eigen::Index const n = a.rows();
    auto const factor = a.topLeftCorner(n - 1, n - 1);
    // Bounds the inverse, whose squares would overflow where a group hangs by a thread.
    double const thinnest = factor.diagonal().minCoeff();
    double const scale = thinnest * thinnest;
    auto const inverse = iteration.largest(n, [&](Eigen::VectorXd& x) {
        auto head = x.head(n - 1);
        factor.triangularView<Eigen::Lower>().solveInPlace(head);
        head *= scale;
        factor.transpose().triangularView<Eigen::Upper>().solveInPlace(head);
        x(n - 1) = 0.0;
    });
    if (!inverse) return std::nullopt;
    return scale / *inverse;
}

/// The sum of c_ij over the pairs i > j, compensated (Neumaier), so that the mean of many equal
/// numbers is that number.
inline double pair_sum(Eigen::MatrixXd const& c) {
    double sum = 0.0, lost = 0.0;
    for (Eigen::Index j = 0; j < c.cols(); ++j) {
        for (Eigen::Index i = j + 1; i < c.rows(); ++i) {
            double const x = c(i, j), next = sum + x;
            lost += sum >= x ? (sum - next) + x : (x - next) + sum;
            sum = next;
        }
    }
    return sum + lost;
}

/// l_n of the Laplacian of the symmetric weights `c`.
inline double largest_eigenvalue(Eigen::MatrixXd const& c, lanczos& iteration) {
    Eigen::VectorXd const degrees = c.rowwise().sum();
    Eigen::VectorXd image(c.rows());
    auto const value = iteration.largest(c.rows(), [&](Eigen::VectorXd& x) {
        image.noalias() = c * x;
        x = degrees.cwiseProduct(x) - image;
    });
    return value ? *value : dense_eigenvalue(c, c.rows() - 1);
}

} // namespace weft::inline v0::fabric::detail
