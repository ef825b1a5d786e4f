#pragma once

#include <cmath>
#include <complex>
#include <cstddef>
#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <Eigen/Core>
#include <Eigen/Eigenvalues>
#include <Eigen/SVD>

#include "weft/core/error.hpp"
#include "weft/core/number.hpp"
#include "weft/core/unit.hpp"
#include "weft/quantum/measures.hpp"
#include "weft/quantum/state.hpp"

/// Measures that rest on eigenvalues: entropies, entanglement, affinity, the Chernoff bound.
/// Entropies are in nats. Takes a compiler some ten seconds: include it where it is needed.
namespace weft::inline v0::quantum {

/// A mixed state by its eigenvalues > 0, largest first, and their eigenvectors (columns).
struct spectrum {
    Eigen::VectorXd values;
    Eigen::MatrixXcd vectors;
};

namespace detail {

/// Eigenvalues of at most this are rounding of 0.
inline double negligible(Eigen::Index d, double largest) noexcept {
    return 4.0 * static_cast<double>(d) * std::numeric_limits<double>::epsilon() * largest;
}

inline Eigen::Index numerical_rank(Eigen::VectorXd const& values, Eigen::Index d) {
    Eigen::Index r = 0;
    while (r < values.size() && values(r) > negligible(d, values(0))) ++r;
    return r;
}

inline double plogp(double p) noexcept {
    return p > 0.0 ? p * std::log(p) : 0.0;
}

/// Binary entropy of a qubit with Bloch length r.
inline double qubit_entropy(double r) noexcept {
    return 0.0 - plogp(0.5 * (1.0 + r)) - plogp(0.5 * (1.0 - r));
}

/// sum p^alpha.
inline double power_sum(Eigen::VectorXd const& values, double alpha) {
    double sum = 0.0;
    for (Eigen::Index i = 0; i < values.size(); ++i) sum += std::pow(values(i), alpha);
    return sum;
}

inline double overlap2(spectrum const& a, spectrum const& b, Eigen::Index i, Eigen::Index j) {
    return std::norm(a.vectors.col(i).dot(b.vectors.col(j)));
}

inline void require_order(std::string_view argument, double order) {
    if (is_nan(order) || order < 0.0) {
        WEFT_THROW(invalid_argument(std::string(argument), to_text(order), "a number >= 0"));
    }
}

} // namespace detail

/// From the singular values of the factor, so that small eigenvalues keep their digits; those of at
/// most 4 d eps times the largest are left out. An SVD of d x r.
[[nodiscard]] inline spectrum decompose(density const& a) {
    Eigen::JacobiSVD<Eigen::MatrixXcd> const svd(a.factor(), Eigen::ComputeThinU);
    spectrum out;
    out.values = svd.singularValues().cwiseAbs2();
    auto const r = detail::numerical_rank(out.values, a.dimension());
    out.values.conservativeResize(r);
    out.vectors = svd.matrixU().leftCols(r);
    return out;
}

/// The eigenvalues alone.
[[nodiscard]] inline Eigen::VectorXd eigenvalues(density const& a) {
    return decompose(a).values;
}

/// -Tr rho ln rho, in [0, ln d].
[[nodiscard]] inline double von_neumann_entropy(density const& a) {
    auto const values = eigenvalues(a);
    double sum = 0.0;
    for (Eigen::Index i = 0; i < values.size(); ++i) sum -= detail::plogp(values(i));
    return sum > 0.0 ? sum : 0.0;
}
[[nodiscard]] inline double von_neumann_entropy(ket const&) noexcept {
    return 0.0;
}
/// The sum over the qubits.
[[nodiscard]] inline double von_neumann_entropy(qubit_product const& a) {
    double sum = 0.0;
    for (auto const& q : a.qubits()) sum += detail::qubit_entropy(q.bloch_length);
    return sum;
}

/// ln(Tr rho^alpha) / (1 - alpha), for alpha in [0, infinity]: the logarithm of the rank at 0, the
/// von Neumann entropy at 1, -ln of the largest eigenvalue at infinity. Throws invalid_argument for
/// a negative or NaN order.
[[nodiscard]] inline double renyi_entropy(density const& a, double alpha) {
    detail::require_order("alpha", alpha);
    if (alpha == 1.0) return von_neumann_entropy(a);
    auto const values = eigenvalues(a);
    double entropy = 0.0;
    if (alpha == 0.0) {
        entropy = std::log(static_cast<double>(values.size()));
    } else if (alpha > std::numeric_limits<double>::max()) {
        entropy = -std::log(values(0));
    } else {
        // With the largest eigenvalue taken out, no power underflows as a whole.
        double const largest = values(0);
        entropy = (alpha * std::log(largest) +
                   std::log(detail::power_sum(Eigen::VectorXd(values / largest), alpha))) /
                  (1.0 - alpha);
    }
    return entropy > 0.0 ? entropy : 0.0;
}

/// (1 - Tr rho^q) / (q - 1), for finite q >= 0; the von Neumann entropy at 1, the linear entropy
/// 1 - Tr rho^2 at 2. Throws invalid_argument otherwise.
[[nodiscard]] inline double tsallis_entropy(density const& a, double q) {
    detail::require_order("q", q);
    require_finite("q", q);
    if (q == 1.0) return von_neumann_entropy(a);
    double const entropy = (1.0 - detail::power_sum(eigenvalues(a), q)) / (q - 1.0);
    return entropy > 0.0 ? entropy : 0.0;
}

/// Tr rho (ln rho - ln sigma) >= 0; infinity where rho has more than `outside` of its trace outside
/// the support of sigma. Not symmetric. Throws invalid_argument where dimensions differ.
[[nodiscard]] inline double relative_entropy(density const& rho, density const& sigma,
                                             double outside = 1e-12) {
    detail::require_same_dimension(rho.dimension(), sigma.dimension());
    auto const a = decompose(rho), b = decompose(sigma);
    Eigen::MatrixXcd const rest = rho.factor() - b.vectors * (b.vectors.adjoint() * rho.factor());
    if (rest.squaredNorm() > outside) return std::numeric_limits<double>::infinity();
    double sum = 0.0;
    for (Eigen::Index i = 0; i < a.values.size(); ++i) {
        sum += detail::plogp(a.values(i));
        for (Eigen::Index j = 0; j < b.values.size(); ++j) {
            sum -= a.values(i) * detail::overlap2(a, b, i, j) * std::log(b.values(j));
        }
    }
    return sum > 0.0 ? sum : 0.0;
}

/// S(A) + S(B) - S(AB) >= 0 between the parties `first` and the others; arguments as for
/// partial_trace.
[[nodiscard]] inline double mutual_information(density const& a,
                                               std::span<Eigen::Index const> dimensions,
                                               std::span<std::size_t const> first) {
    auto const left = partial_trace(a, dimensions, first);
    std::vector<std::size_t> others;
    for (std::size_t k = 0; k < dimensions.size(); ++k) {
        bool named = false;
        for (auto const f : first) named = named || f == k;
        if (!named) others.push_back(k);
    }
    auto const right = partial_trace(a, dimensions, others);
    double const information =
        von_neumann_entropy(left) + von_neumann_entropy(right) - von_neumann_entropy(a);
    return information > 0.0 ? information : 0.0;
}

/// |psi> = sum_k s_k |left_k> |right_k>: coefficients > 0, largest first, and orthonormal columns.
struct schmidt_form {
    Eigen::VectorXd coefficients;
    Eigen::MatrixXcd left;
    Eigen::MatrixXcd right;
};

/// Between the parties `first` (left) and the others; arguments as for partial_trace.
[[nodiscard]] inline schmidt_form schmidt(ket const& a, std::span<Eigen::Index const> dimensions,
                                          std::span<std::size_t const> first) {
    auto const at = detail::split(a.dimension(), dimensions, first);
    Eigen::MatrixXcd m(at.kept, at.dropped);
    for (Eigen::Index i = 0; i < a.dimension(); ++i) {
        auto const n = static_cast<std::size_t>(i);
        m(at.kept_of[n], at.dropped_of[n]) = a.amplitudes()(i);
    }
    Eigen::JacobiSVD<Eigen::MatrixXcd> const svd(m, Eigen::ComputeThinU | Eigen::ComputeThinV);
    Eigen::VectorXd const s = svd.singularValues();
    Eigen::Index r = 0;
    double const least =
        s(0) * static_cast<double>(a.dimension()) * std::numeric_limits<double>::epsilon();
    while (r < s.size() && s(r) > least) ++r;
    return {s.head(r), svd.matrixU().leftCols(r), svd.matrixV().leftCols(r).conjugate()};
}

/// Wootters' concurrence of two qubits, in [0,1]: from the singular values of A^T (Y x Y) A, with Y
/// Pauli's matrix. Source: Wootters, Phys. Rev. Lett. 80 (1998) 2245. Throws invalid_argument for
/// any other dimension than 4.
[[nodiscard]] inline double concurrence(density const& a) {
    if (a.dimension() != 4) {
        WEFT_THROW(invalid_argument("a", "a state of dimension " + to_text(a.dimension()),
                                    "two qubits (dimension 4)"));
    }
    Eigen::MatrixXcd flipped(4, a.rank());
    flipped.row(0) = -a.factor().row(3);
    flipped.row(1) = a.factor().row(2);
    flipped.row(2) = a.factor().row(1);
    flipped.row(3) = -a.factor().row(0);
    Eigen::MatrixXcd const tau = a.factor().transpose() * flipped;
    Eigen::VectorXd const s = Eigen::JacobiSVD<Eigen::MatrixXcd>(tau).singularValues();
    double c = s(0);
    for (Eigen::Index i = 1; i < s.size(); ++i) c -= s(i);
    return clamp_unit(c);
}

/// The sum of the moduli of the negative eigenvalues of the transpose on the parties `first`;
/// arguments as for partial_trace. 1/2 for a Bell pair. O(d^3).
[[nodiscard]] inline double negativity(density const& a, std::span<Eigen::Index const> dimensions,
                                       std::span<std::size_t const> first) {
    auto const at = detail::split(a.dimension(), dimensions, first);
    Eigen::Index const d = a.dimension();
    Eigen::MatrixXcd const rho = a.matrix();
    Eigen::MatrixXcd turned(d, d);
    auto const index = [&](Eigen::Index kept, Eigen::Index dropped) {
        return kept * at.dropped + dropped;
    };
    for (Eigen::Index i = 0; i < d; ++i) {
        for (Eigen::Index j = 0; j < d; ++j) {
            auto const m = static_cast<std::size_t>(i), n = static_cast<std::size_t>(j);
            turned(index(at.kept_of[n], at.dropped_of[m]), index(at.kept_of[m], at.dropped_of[n])) =
                rho(i, j);
        }
    }
    Eigen::SelfAdjointEigenSolver<Eigen::MatrixXcd> const solver(turned, Eigen::EigenvaluesOnly);
    if (solver.info() != Eigen::Success) {
        WEFT_THROW(not_converged("eigenvalues of a partial transpose"));
    }
    double sum = 0.0;
    for (Eigen::Index i = 0; i < d; ++i) sum += std::max(0.0, -solver.eigenvalues()(i));
    return sum;
}

/// Tr(sqrt rho sqrt sigma), in [0, sqrt F]. Two SVDs.
[[nodiscard]] inline double affinity(density const& rho, density const& sigma) {
    detail::require_same_dimension(rho.dimension(), sigma.dimension());
    bool const swap = detail::comes_after(rho.factor(), sigma.factor());
    auto const a = decompose(swap ? sigma : rho), b = decompose(swap ? rho : sigma);
    double sum = 0.0;
    for (Eigen::Index i = 0; i < a.values.size(); ++i) {
        for (Eigen::Index j = 0; j < b.values.size(); ++j) {
            sum += std::sqrt(a.values(i) * b.values(j)) * detail::overlap2(a, b, i, j);
        }
    }
    return clamp_unit(sum);
}

/// ||sqrt rho - sqrt sigma|| = sqrt(2 - 2 affinity), in [0, sqrt 2], without cancellation.
[[nodiscard]] inline double hellinger_distance(density const& rho, density const& sigma) {
    detail::require_same_dimension(rho.dimension(), sigma.dimension());
    bool const swap = detail::comes_after(rho.factor(), sigma.factor());
    auto const a = decompose(swap ? sigma : rho), b = decompose(swap ? rho : sigma);
    Eigen::MatrixXcd difference =
        a.vectors * a.values.cwiseSqrt().asDiagonal() * a.vectors.adjoint();
    difference -= b.vectors * b.values.cwiseSqrt().asDiagonal() * b.vectors.adjoint();
    return difference.norm();
}

/// How fast many copies of two states can be told apart.
struct chernoff {
    double coefficient = 1.0; ///< min over s in [0,1] of Tr rho^s sigma^(1-s), in [0,1]
    double exponent = 0.0;    ///< -ln coefficient: the error of n copies falls as exp(-n exponent)
    double at = 0.5;          ///< the s of the least value
};

/// The quantum Chernoff bound: the function of s is convex, its slope is bisected to the last bit.
/// Powers with exponent 0 are projections on the support. The exponent of orthogonal states is
/// infinity. Source: Audenaert et al., Phys. Rev. Lett. 98 (2007) 160501.
[[nodiscard]] inline chernoff quantum_chernoff(density const& rho, density const& sigma) {
    detail::require_same_dimension(rho.dimension(), sigma.dimension());
    auto const a = decompose(rho), b = decompose(sigma);
    Eigen::MatrixXd weight = (a.vectors.adjoint() * b.vectors).cwiseAbs2();
    auto const sum = [&](double s, bool slope) {
        double total = 0.0;
        for (Eigen::Index i = 0; i < a.values.size(); ++i) {
            for (Eigen::Index j = 0; j < b.values.size(); ++j) {
                double const x = std::log(a.values(i)), y = std::log(b.values(j));
                total += weight(i, j) * std::exp(s * x + (1.0 - s) * y) * (slope ? x - y : 1.0);
            }
        }
        return total;
    };
    double low = 0.0, high = 1.0;
    if (sum(0.0, true) >= 0.0) high = 0.0;
    if (sum(1.0, true) <= 0.0) low = 1.0;
    if (low == 1.0 && high == 0.0) low = high = 0.5;
    if (low == 1.0) high = 1.0;
    while (high - low > 0x1p-52) {
        double const middle = 0.5 * (low + high);
        (sum(middle, true) < 0.0 ? low : high) = middle;
    }
    double const s = 0.5 * (low + high);
    double const coefficient = clamp_unit(sum(s, false));
    return {coefficient, 0.0 - std::log(coefficient), s};
}

} // namespace weft::inline v0::quantum
