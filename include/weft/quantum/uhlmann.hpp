#pragma once

#include <algorithm>
#include <cmath>
#include <complex>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <type_traits>
#include <variant>
#include <vector>

#include <Eigen/Eigenvalues>
#include <Eigen/QR>
#include <Eigen/SVD>

#include "weft/core/error.hpp"
#include "weft/core/number.hpp"
#include "weft/core/unit.hpp"
#include "weft/quantum/distance.hpp"
#include "weft/quantum/fidelity.hpp"
#include "weft/quantum/state.hpp"

/// Two mixed states, and any two states whatever their kinds. This header instantiates Eigen's
/// complex SVD and eigensolver, which takes a compiler a while: include it where it is needed.
namespace weft::inline v0::quantum {

namespace detail {

/// Both factors in their fixed order, and C = A^H B.
struct factor_pair {
    Eigen::MatrixXcd const& a;
    Eigen::MatrixXcd const& b;
    Eigen::MatrixXcd product;

    static factor_pair of(density const& x, density const& y) {
        require_same_dimension(x.dimension(), y.dimension());
        bool const swap = comes_after(x.factor(), y.factor());
        auto const& a = swap ? y.factor() : x.factor();
        auto const& b = swap ? x.factor() : y.factor();
        return {a, b, a.adjoint() * b};
    }
};

inline Eigen::VectorXd singular_values(Eigen::MatrixXcd const& c) {
    return Eigen::JacobiSVD<Eigen::MatrixXcd>(c).singularValues();
}

/// The root fidelity, the sum of the singular values of C. With one of them it is the norm; with
/// two the square of their sum is ||C||^2 + 2 sqrt(det C C^H), and the determinant is a sum of
/// squared minors (Cauchy and Binet), which does not cancel.
inline double root_fidelity_of(Eigen::MatrixXcd const& c) {
    Eigen::Index const small = std::min(c.rows(), c.cols());
    if (small == 1) return c.norm();
    if (small == 2) {
        Eigen::MatrixXcd const wide = c.rows() == 2 ? c : Eigen::MatrixXcd(c.transpose());
        double minors = 0.0;
        for (Eigen::Index i = 0; i < wide.cols(); ++i) {
            for (Eigen::Index j = 0; j < i; ++j) {
                minors += std::norm(wide(0, i) * wide(1, j) - wide(0, j) * wide(1, i));
            }
        }
        return std::sqrt(c.squaredNorm() + 2.0 * std::sqrt(minors));
    }
    return singular_values(c).sum();
}

/// 1 - Tr rho^2 = 2 sum_{i<j} |a_i ^ a_j|^2 over the columns of the factor: 0 for one column, and
/// nothing cancels.
inline double linear_entropy(Eigen::MatrixXcd const& a) {
    double sum = 0.0;
    for (Eigen::Index i = 1; i < a.cols(); ++i) {
        for (Eigen::Index j = 0; j < i; ++j) {
            double const length2 = a.col(j).squaredNorm();
            if (!(length2 > 0.0)) continue;
            std::complex<double> const along = a.col(j).dot(a.col(i)) / length2;
            sum += length2 * (a.col(i) - along * a.col(j)).squaredNorm();
        }
    }
    return 2.0 * sum;
}

/// ||A - B U||^2 at the unitary U that makes it least, factors padded with zero columns to the same
/// width: the squared Bures distance.
inline double procrustes(factor_pair const& pair) {
    Eigen::Index const d = pair.a.rows();
    Eigen::Index const width = std::max(pair.a.cols(), pair.b.cols());
    Eigen::MatrixXcd a = Eigen::MatrixXcd::Zero(d, width);
    Eigen::MatrixXcd b = Eigen::MatrixXcd::Zero(d, width);
    Eigen::MatrixXcd c = Eigen::MatrixXcd::Zero(width, width);
    a.leftCols(pair.a.cols()) = pair.a;
    b.leftCols(pair.b.cols()) = pair.b;
    c.topLeftCorner(pair.a.cols(), pair.b.cols()) = pair.product;
    Eigen::JacobiSVD<Eigen::MatrixXcd> const svd(c, Eigen::ComputeFullU | Eigen::ComputeFullV);
    Eigen::MatrixXcd const turn = svd.matrixV() * svd.matrixU().adjoint();
    a.noalias() -= b * turn;
    return a.squaredNorm();
}

inline double half_trace_norm(Eigen::MatrixXcd const& hermitian) {
    Eigen::SelfAdjointEigenSolver<Eigen::MatrixXcd> const solver(hermitian, Eigen::EigenvaluesOnly);
    if (solver.info() != Eigen::Success) {
        WEFT_THROW(not_converged("eigenvalues of the difference of two states"));
    }
    return clamp_unit(0.5 * solver.eigenvalues().cwiseAbs().sum());
}

} // namespace detail

/// Uhlmann's fidelity: the squared sum of the singular values of A^H B. O(d r s) and an SVD of
/// r x s. Throws invalid_argument where the dimensions differ.
/// For matrices that are themselves only known to eps, sqrt F is 1/2-Hoelder: about sqrt(eps) can
/// be genuine there.
[[nodiscard]] inline double fidelity(density const& a, density const& b) {
    double const root = detail::root_fidelity_of(detail::factor_pair::of(a, b).product);
    return clamp_unit(root * root);
}

/// 1 - F = D^2 (1 - D^2 / 4), with D the Bures distance as the solution of a Procrustes problem: no
/// cancellation. O(d r^2) and an SVD with vectors.
[[nodiscard]] inline double infidelity(density const& a, density const& b) {
    double const d2 = std::min(2.0, detail::procrustes(detail::factor_pair::of(a, b)));
    return clamp_unit(d2 * (1.0 - 0.25 * d2));
}

/// sum s_i^2 + 2 sqrt(e_2(s_i^2)) over the singular values of A^H B. Source: see fidelity.hpp.
[[nodiscard]] inline double sub_fidelity(density const& a, density const& b) {
    auto const pair = detail::factor_pair::of(a, b);
    Eigen::VectorXd const s = detail::singular_values(pair.product);
    double sum = 0.0, second = 0.0;
    for (Eigen::Index i = 0; i < s.size(); ++i) {
        double const square = s(i) * s(i);
        second += sum * square;
        sum += square;
    }
    double const bound = sum + 2.0 * std::sqrt(second);
    double const root = detail::root_fidelity_of(pair.product);
    return clamp_unit(std::min(bound, root * root));
}

/// Tr(rho sigma) + sqrt((1 - Tr rho^2)(1 - Tr sigma^2)).
[[nodiscard]] inline double super_fidelity(density const& a, density const& b) {
    auto const pair = detail::factor_pair::of(a, b);
    double const root = detail::root_fidelity_of(pair.product);
    double const bound = pair.product.squaredNorm() +
                         std::sqrt(detail::linear_entropy(pair.a) * detail::linear_entropy(pair.b));
    return clamp_unit(std::max(bound, root * root));
}

/// Half the sum of the moduli of the eigenvalues of rho - sigma, on the span of both factors.
/// O(d (r+s)^2) and an eigendecomposition of size min(d, r+s).
[[nodiscard]] inline double trace_distance(density const& a, density const& b) {
    auto const pair = detail::factor_pair::of(a, b);
    Eigen::Index const d = pair.a.rows(), r = pair.a.cols(), s = pair.b.cols();
    if (r + s >= d) {
        Eigen::MatrixXcd difference = pair.a * pair.a.adjoint();
        difference.noalias() -= pair.b * pair.b.adjoint();
        return detail::half_trace_norm(difference);
    }
    Eigen::MatrixXcd both(d, r + s);
    both << pair.a, pair.b;
    Eigen::HouseholderQR<Eigen::MatrixXcd> const qr(both);
    Eigen::MatrixXcd const upper = qr.matrixQR().topRows(r + s).triangularView<Eigen::Upper>();
    Eigen::MatrixXcd difference = upper.leftCols(r) * upper.leftCols(r).adjoint();
    difference.noalias() -= upper.rightCols(s) * upper.rightCols(s).adjoint();
    return detail::half_trace_norm(difference);
}

/// The state of a ket as a factor of one column.
[[nodiscard]] inline density to_density(ket const& a) {
    return density::from_factor(a.amplitudes());
}

/// The largest factor, in complex numbers (16 bytes each), that to_density(qubit_product) makes.
inline constexpr std::size_t largest_factor = std::size_t{1} << 22U;

/// A product of n qubits, k of them mixed, as a factor of 2^n x 2^k numbers. Qubit 0 is the most
/// significant digit of the index. Throws domain_error beyond `largest_factor`.
[[nodiscard]] inline density to_density(qubit_product const& a) {
    auto const& qubits = a.qubits();
    std::size_t mixed = 0;
    for (auto const& q : qubits) mixed += q.bloch_length < 1.0 ? 1U : 0U;
    if (qubits.size() + mixed > 22) {
        WEFT_THROW(domain_error("a product of " + to_text(qubits.size()) + " qubits, " +
                                to_text(mixed) + " of them mixed, is too large to be written out"));
    }
    Eigen::MatrixXcd factor = Eigen::MatrixXcd::Ones(1, 1);
    for (auto const& q : qubits) {
        // Eigenvectors along and against the Bloch vector, with the eigenvalues (1 +- r) / 2.
        std::complex<double> const turn{std::cos(q.phi), std::sin(q.phi)};
        double const c = std::cos(0.5 * q.theta), s = std::sin(0.5 * q.theta);
        double const along = std::sqrt(0.5 * (1.0 + q.bloch_length));
        double const against = std::sqrt(0.5 * (1.0 - q.bloch_length));
        Eigen::MatrixXcd one(2, q.bloch_length < 1.0 ? 2 : 1);
        one(0, 0) = along * c;
        one(1, 0) = along * s * turn;
        if (one.cols() == 2) {
            one(0, 1) = -against * s * std::conj(turn);
            one(1, 1) = against * c;
        }
        Eigen::MatrixXcd next(factor.rows() * 2, factor.cols() * one.cols());
        for (Eigen::Index i = 0; i < factor.rows(); ++i) {
            for (Eigen::Index j = 0; j < factor.cols(); ++j) {
                next.block(2 * i, one.cols() * j, 2, one.cols()) = factor(i, j) * one;
            }
        }
        factor = std::move(next);
    }
    return density::from_factor(std::move(factor));
}

/// Trace distance of two products: the closed form where there is one, otherwise exact by writing
/// out the qubits in which they differ, at most `max_qubits` of them (the cost is that of the
/// eigenvalues of a matrix of dimension up to 2^max_qubits); nothing beyond.
[[nodiscard]] inline std::optional<double>
trace_distance(qubit_product const& a, qubit_product const& b, std::size_t max_qubits = 10) {
    if (auto const closed = closed_trace_distance(a, b)) return closed;
    auto const where = detail::differing(a, b);
    if (where.size() > max_qubits || 2 * where.size() > 22) return std::nullopt;
    std::vector<qubit> p, q;
    for (auto const i : where) {
        p.push_back(a.qubits()[i]);
        q.push_back(b.qubits()[i]);
    }
    return trace_distance(to_density(qubit_product(p)), to_density(qubit_product(q)));
}

/// Any state.
using state = std::variant<ket, density, qubit_product>;

/// Everything about a pair of states. What is absent has its reason in `why`.
struct comparison {
    double fidelity = 0.0;
    double infidelity = 0.0;
    std::optional<double> trace_distance;
    double bures_angle = 0.0;
    double sub_fidelity = 0.0;
    double super_fidelity = 0.0;
    std::map<std::string, std::string> why;
};

namespace detail {

inline double trace_distance_of(ket const& a, density const& b) {
    return trace_distance(to_density(a), b);
}

template <class A, class B>
comparison compare_states(A const& a, B const& b) {
    constexpr bool products = std::is_same_v<A, qubit_product> && std::is_same_v<B, qubit_product>;
    if constexpr (!products && std::is_same_v<A, qubit_product>) {
        return compare_states(to_density(a), b);
    } else if constexpr (!products && std::is_same_v<B, qubit_product>) {
        return compare_states(a, to_density(b));
    } else {
        comparison out;
        out.infidelity = infidelity(a, b);
        // Nearly identical states: the complement is the more accurate one.
        out.fidelity = out.infidelity < 0.25 ? 1.0 - out.infidelity : fidelity(a, b);
        out.bures_angle = angle(out.fidelity, out.infidelity);
        out.sub_fidelity = std::min(out.fidelity, sub_fidelity(a, b));
        out.super_fidelity = std::max(out.fidelity, super_fidelity(a, b));
        if constexpr (std::is_same_v<A, ket> && std::is_same_v<B, density>) {
            out.trace_distance = trace_distance_of(a, b);
        } else if constexpr (std::is_same_v<A, density> && std::is_same_v<B, ket>) {
            out.trace_distance = trace_distance_of(b, a);
        } else {
            out.trace_distance = trace_distance(a, b);
        }
        if (!out.trace_distance) {
            out.why["trace_distance"] =
                "no closed form for products that differ in more than ten qubits, mixed ones among "
                "them";
        }
        return out;
    }
}

} // namespace detail

/// Compares any two states of the same dimension. Two products of qubits are compared by closed
/// forms; a product against another kind is written out. Symmetric bit for bit. Throws
/// invalid_argument where dimensions differ, domain_error where a product is too large to write
/// out.
[[nodiscard]] inline comparison compare(state const& a, state const& b) {
    return std::visit([](auto const& x, auto const& y) { return detail::compare_states(x, y); }, a,
                      b);
}

} // namespace weft::inline v0::quantum
