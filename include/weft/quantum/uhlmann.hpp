#pragma once

#include <algorithm>
#include <cmath>
#include <complex>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <Eigen/Core>

#include "weft/core/error.hpp"
#include "weft/core/number.hpp"
#include "weft/quantum/distance.hpp"
#include "weft/quantum/factors.hpp"
#include "weft/quantum/fidelity.hpp"
#include "weft/quantum/state.hpp"

/// Two mixed states, and any two states whatever their kinds. The linear algebra is in
/// weft/quantum/factors.hpp, which can be compiled apart.
namespace weft::inline v0::quantum {

/// Uhlmann's fidelity: the squared sum of the singular values of A^H B. O(d r s) and an SVD of
/// r x s. Throws invalid_argument where the dimensions differ.
/// For matrices that are themselves only known to eps, sqrt F is 1/2-Hoelder: about sqrt(eps) can
/// be genuine there.
template <class Real, int D, int E>
    requires same_size<D, E>
[[nodiscard]] Real fidelity(basic_density<Real, D> const& a, basic_density<Real, E> const& b) {
    return static_cast<Real>(
        detail::factor_fidelity<detail::working<Real>>(detail::wide(a), detail::wide(b)));
}

/// 1 - F = D^2 (1 - D^2 / 4), with D the Bures distance as the solution of a Procrustes problem: no
/// cancellation. O(d r^2) and an SVD with vectors.
template <class Real, int D, int E>
    requires same_size<D, E>
[[nodiscard]] Real infidelity(basic_density<Real, D> const& a, basic_density<Real, E> const& b) {
    return static_cast<Real>(
        detail::factor_infidelity<detail::working<Real>>(detail::wide(a), detail::wide(b)));
}

/// sum s_i^2 + 2 sqrt(e_2(s_i^2)) over the singular values of A^H B. Source: see fidelity.hpp.
template <class Real, int D, int E>
    requires same_size<D, E>
[[nodiscard]] Real sub_fidelity(basic_density<Real, D> const& a, basic_density<Real, E> const& b) {
    return static_cast<Real>(
        detail::factor_sub_fidelity<detail::working<Real>>(detail::wide(a), detail::wide(b)));
}

/// Tr(rho sigma) + sqrt((1 - Tr rho^2)(1 - Tr sigma^2)).
template <class Real, int D, int E>
    requires same_size<D, E>
[[nodiscard]] Real super_fidelity(basic_density<Real, D> const& a,
                                  basic_density<Real, E> const& b) {
    return static_cast<Real>(
        detail::factor_super_fidelity<detail::working<Real>>(detail::wide(a), detail::wide(b)));
}

/// Half the sum of the moduli of the eigenvalues of rho - sigma, on the span of both factors.
/// O(d (r+s)^2) and an eigendecomposition of size min(d, r+s).
template <class Real, int D, int E>
    requires same_size<D, E>
[[nodiscard]] Real trace_distance(basic_density<Real, D> const& a,
                                  basic_density<Real, E> const& b) {
    return static_cast<Real>(
        detail::factor_trace_distance<detail::working<Real>>(detail::wide(a), detail::wide(b)));
}

/// The state of a ket as a factor of one column.
template <class Real, int D>
[[nodiscard]] basic_density<Real, D> to_density(basic_ket<Real, D> const& a) {
    return basic_density<Real, D>::from_factor(a.amplitudes());
}

/// The pure state sqrt(p).
template <class Real, int N>
[[nodiscard]] basic_ket<Real, N> to_ket(basic_histogram<Real, N> const& a) {
    detail::vector<Real> v(static_cast<Eigen::Index>(a.size()));
    for (std::size_t i = 0; i < a.size(); ++i) v(static_cast<Eigen::Index>(i)) = a.roots()[i];
    return basic_ket<Real, N>(v);
}

/// The largest factor, in complex numbers (16 bytes each), that to_density(qubit_product) makes.
inline constexpr std::size_t largest_factor = std::size_t{1} << 22U;

namespace detail {

/// Eigenvectors along and against the Bloch vector, times the roots of (1 +- r) / 2.
template <class Real>
matrix<Real> qubit_factor(basic_qubit<Real> const& q) {
    std::complex<Real> const turn{std::cos(q.phi), std::sin(q.phi)};
    Real const c = std::cos(q.theta / 2), s = std::sin(q.theta / 2);
    Real const along = std::sqrt((1 + q.bloch_length) / 2);
    Real const against = std::sqrt((1 - q.bloch_length) / 2);
    matrix<Real> one(2, q.bloch_length < 1 ? 2 : 1);
    one(0, 0) = along * c;
    one(1, 0) = along * s * turn;
    if (one.cols() == 2) {
        one(0, 1) = -against * s * std::conj(turn);
        one(1, 1) = against * c;
    }
    return one;
}

/// The Kronecker product.
template <class Real>
matrix<Real> tensor(matrix<Real> const& a, matrix<Real> const& b) {
    matrix<Real> out(a.rows() * b.rows(), a.cols() * b.cols());
    for (Eigen::Index i = 0; i < a.rows(); ++i) {
        for (Eigen::Index j = 0; j < a.cols(); ++j) {
            out.block(b.rows() * i, b.cols() * j, b.rows(), b.cols()) = a(i, j) * b;
        }
    }
    return out;
}

} // namespace detail

/// The state of a qubit as a factor of one or two columns.
template <class Real>
[[nodiscard]] basic_density<Real> to_density(basic_qubit<Real> const& q) {
    require_qubit("qubit", q);
    return basic_density<Real>::from_factor(
        detail::qubit_factor(detail::wide(q)).template cast<std::complex<Real>>());
}

/// The pure state sqrt(p) as a factor of one column.
template <class Real, int N>
[[nodiscard]] basic_density<Real, N> to_density(basic_histogram<Real, N> const& a) {
    return to_density(to_ket(a));
}

/// A product of n qubits, k of them mixed, as a factor of 2^n x 2^k numbers. Qubit 0 is the most
/// significant digit of the index. Throws domain_error beyond `largest_factor`.
template <class Real, int N>
[[nodiscard]] basic_density<Real> to_density(basic_qubit_product<Real, N> const& a) {
    auto const& qubits = a.qubits();
    std::size_t mixed = 0;
    for (auto const& q : qubits) mixed += q.bloch_length < 1 ? 1U : 0U;
    if (qubits.size() + mixed > 22) {
        WEFT_THROW(domain_error("a product of " + to_text(qubits.size()) + " qubits, " +
                                to_text(mixed) + " of them mixed, is too large to be written out"));
    }
    using number = detail::working<Real>;
    detail::matrix<number> factor = detail::matrix<number>::Ones(1, 1);
    for (auto const& one : qubits) {
        factor = detail::tensor(factor, detail::qubit_factor(detail::wide(one)));
    }
    return basic_density<Real>::from_factor(factor.template cast<std::complex<Real>>());
}

/// Trace distance of two products: the closed form where there is one, otherwise exact by writing
/// out the qubits in which they differ, at most `max_qubits` of them (the cost is that of the
/// eigenvalues of a matrix of dimension up to 2^max_qubits); nothing beyond.
template <class Real, int N, int M>
    requires same_size<N, M>
[[nodiscard]] std::optional<Real> trace_distance(basic_qubit_product<Real, N> const& a,
                                                 basic_qubit_product<Real, M> const& b,
                                                 std::size_t max_qubits = 10) {
    if (auto const closed = closed_trace_distance(a, b)) return closed;
    auto const where = detail::differing(a, b);
    if (where.size() > max_qubits || 2 * where.size() > 22) return std::nullopt;
    std::vector<basic_qubit<Real>> p, q;
    for (auto const i : where) {
        p.push_back(a.qubits()[i]);
        q.push_back(b.qubits()[i]);
    }
    return trace_distance(to_density(basic_qubit_product<Real>(p)),
                          to_density(basic_qubit_product<Real>(q)));
}

/// Any state.
template <real_number Real = double>
using basic_state = std::variant<basic_ket<Real>, basic_density<Real>, basic_qubit_product<Real>>;

using state = basic_state<>;

/// Everything about a pair of states. What is absent has its reason in `why`.
template <real_number Real = double>
struct basic_comparison {
    Real fidelity = 0;
    Real infidelity = 0;
    std::optional<Real> trace_distance;
    Real bures_angle = 0;
    Real sub_fidelity = 0;
    Real super_fidelity = 0;
    std::map<std::string, std::string> why;
};

using comparison = basic_comparison<>;

namespace detail {

template <class A, class B>
auto compare_states(A const& a, B const& b) {
    constexpr bool products = is_product<A> && is_product<B>;
    if constexpr (!products && is_product<A>) {
        return compare_states(to_density(a), b);
    } else if constexpr (!products && is_product<B>) {
        return compare_states(a, to_density(b));
    } else {
        using real = typename A::real;
        basic_comparison<real> out;
        out.infidelity = infidelity(a, b);
        // Nearly identical states: the complement is the more accurate one.
        out.fidelity = out.infidelity < 0.25 ? 1 - out.infidelity : fidelity(a, b);
        out.bures_angle = angle(out.fidelity, out.infidelity);
        out.sub_fidelity = std::min(out.fidelity, sub_fidelity(a, b));
        out.super_fidelity = std::max(out.fidelity, super_fidelity(a, b));
        if constexpr (is_ket<A> && is_density<B>) {
            out.trace_distance = trace_distance(to_density(a), b);
        } else if constexpr (is_density<A> && is_ket<B>) {
            out.trace_distance = trace_distance(to_density(b), a);
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

template <class State>
inline constexpr bool comparable = is_product<State> || is_ket<State> || is_density<State>;

} // namespace detail

/// Compares any two states of the same dimension. Two products of qubits are compared by closed
/// forms; a product against another kind is written out. Symmetric bit for bit. Throws
/// invalid_argument where dimensions differ, domain_error where a product is too large to write
/// out.
template <real_number Real>
[[nodiscard]] basic_comparison<Real> compare(basic_state<Real> const& a,
                                             basic_state<Real> const& b) {
    return std::visit([](auto const& x, auto const& y) { return detail::compare_states(x, y); }, a,
                      b);
}
[[nodiscard]] inline comparison compare(state const& a, state const& b) {
    return compare<double>(a, b);
}
template <class A, class B>
    requires(detail::comparable<A>&& detail::comparable<B>)
[[nodiscard]] auto compare(A const& a, B const& b) {
    return detail::compare_states(a, b);
}

} // namespace weft::inline v0::quantum
