#pragma once

#include <algorithm>
#include <cmath>
#include <complex>
#include <cstddef>
#include <limits>
#include <utility>

#include <Eigen/Core>

#include "weft/quantum/pairs.hpp"
#include "weft/quantum/qubit.hpp"
#include "weft/quantum/state.hpp"

/// Fidelities that have a closed form; nothing here decomposes a matrix (two mixed states:
/// weft/quantum/uhlmann.hpp). Fidelity is the squared one, F = (Tr sqrt(sqrt(rho) sigma
/// sqrt(rho)))^2, |<a|b>|^2 for kets. All functions are symmetric bit for bit, and in [0,1].
/// `infidelity` is 1 - F without cancellation: relative accuracy however close the states are.
namespace weft::inline v0::quantum {

/// |<a|b>|^2. O(d). Throws invalid_argument where the dimensions differ.
template <class Real, int D, int E>
    requires same_size<D, E>
[[nodiscard]] Real fidelity(basic_ket<Real, D> const& a, basic_ket<Real, E> const& b) {
    detail::require_same_dimension(a.dimension(), b.dimension());
    auto const& x = detail::wide(a);
    auto const& y = detail::wide(b);
    return static_cast<Real>(
        ket_fidelity(detail::reals(x), detail::reals(y), static_cast<std::size_t>(a.dimension())));
}

namespace detail {

/// 1 - F of two vectors of unit norm, with d the distance to y times the best phase:
/// d^2 (1 - d^2 / 4).
template <class X, class Y>
auto residual_infidelity(X const& x, Y const& y) -> typename X::RealScalar {
    using real = typename X::RealScalar;
    std::complex<real> const product = y.dot(x);
    real const modulus = std::abs(product);
    // A denormal product has no phase.
    if (!(modulus > std::numeric_limits<real>::min())) return real{1};
    real const d2 = (x - (product / modulus) * y).squaredNorm();
    return within_unit(d2 * (1 - d2 / 4));
}

} // namespace detail

/// From the distance to b times the best phase: no cancellation. O(d).
template <class Real, int D, int E>
    requires same_size<D, E>
[[nodiscard]] Real infidelity(basic_ket<Real, D> const& a, basic_ket<Real, E> const& b) {
    detail::require_same_dimension(a.dimension(), b.dimension());
    if (detail::comes_after(a.amplitudes(), b.amplitudes())) return infidelity(b, a);
    return static_cast<Real>(detail::residual_infidelity(detail::wide(a), detail::wide(b)));
}

/// <a|rho|a> = ||A^H a||^2. O(d r).
template <class Real, int D, int E>
    requires same_size<D, E>
[[nodiscard]] Real fidelity(basic_ket<Real, D> const& a, basic_density<Real, E> const& b) {
    detail::require_same_dimension(a.dimension(), b.dimension());
    auto const& x = detail::wide(a);
    auto const& y = detail::wide(b);
    detail::vector<detail::working<Real>> const image = y.adjoint() * x;
    return static_cast<Real>(detail::within_unit(image.squaredNorm()));
}

/// ||(1 - |a><a|) A||^2.
template <class Real, int D, int E>
    requires same_size<D, E>
[[nodiscard]] Real infidelity(basic_ket<Real, D> const& a, basic_density<Real, E> const& b) {
    detail::require_same_dimension(a.dimension(), b.dimension());
    using wide = detail::working<Real>;
    auto const& x = detail::wide(a);
    auto const& y = detail::wide(b);
    detail::vector<wide> const along = y.adjoint() * x;
    detail::matrix<wide> const across = y - x * along.adjoint();
    return static_cast<Real>(detail::within_unit(across.squaredNorm()));
}

template <class Real, int D, int E>
    requires same_size<D, E>
[[nodiscard]] Real fidelity(basic_density<Real, D> const& a, basic_ket<Real, E> const& b) {
    return fidelity(b, a);
}
template <class Real, int D, int E>
    requires same_size<D, E>
[[nodiscard]] Real infidelity(basic_density<Real, D> const& a, basic_ket<Real, E> const& b) {
    return infidelity(b, a);
}

/// The product of the qubits' fidelities. O(n). Throws invalid_argument where the numbers of qubits
/// differ.
template <class Real, int N, int M>
    requires same_size<N, M>
[[nodiscard]] Real fidelity(basic_qubit_product<Real, N> const& a,
                            basic_qubit_product<Real, M> const& b) {
    detail::require_same_size(a, b);
    detail::working<Real> product = 1;
    for (std::size_t i = 0; i < a.spinors().size(); ++i) {
        product *= fidelity(a.spinors()[i], b.spinors()[i]);
    }
    return static_cast<Real>(product);
}

template <class Real, int N, int M>
    requires same_size<N, M>
[[nodiscard]] Real infidelity(basic_qubit_product<Real, N> const& a,
                              basic_qubit_product<Real, M> const& b) {
    detail::require_same_size(a, b);
    detail::working<Real> log_fidelity = 0;
    for (std::size_t i = 0; i < a.qubits().size(); ++i) {
        log_fidelity +=
            std::log1p(-infidelity(detail::wide(a.qubits()[i]), detail::wide(b.qubits()[i])));
    }
    return static_cast<Real>(detail::within_unit(-std::expm1(log_fidelity)));
}

/// (sum sqrt(p_i q_i))^2, the squared Bhattacharyya coefficient. O(n).
template <class Real, int N, int M>
    requires same_size<N, M>
[[nodiscard]] Real fidelity(basic_histogram<Real, N> const& a, basic_histogram<Real, M> const& b) {
    detail::require_same_size(a, b);
    auto const& p = detail::wide_roots(a);
    auto const& q = detail::wide_roots(b);
    return static_cast<Real>(histogram_fidelity(p.data(), q.data(), a.size()));
}

template <class Real, int N, int M>
    requires same_size<N, M>
[[nodiscard]] Real infidelity(basic_histogram<Real, N> const& a,
                              basic_histogram<Real, M> const& b) {
    detail::require_same_size(a, b);
    auto const& p = detail::wide_roots(a);
    auto const& q = detail::wide_roots(b);
    auto const half = squared_distance(p.data(), q.data(), a.size()) / 2;
    return static_cast<Real>(detail::within_unit(half * (2 - half)));
}

/// sqrt(F), for whatever pair of states `fidelity` takes.
template <class A, class B>
[[nodiscard]] auto root_fidelity(A const& a, B const& b) {
    return std::sqrt(fidelity(a, b));
}

namespace detail {

/// Products over the qubits of what sub- and super-fidelity need.
template <class Wide>
struct product_traces {
    Wide overlap = 1;      // Tr(rho sigma)
    Wide gap_sum = 0;      // (Tr rho sigma)^2 - Tr(rho sigma rho sigma)
    Wide log_purity_a = 0; // ln Tr rho^2
    Wide log_purity_b = 0; // ln Tr sigma^2
};

template <class Real, int N, int M>
product_traces<working<Real>> traces(basic_qubit_product<Real, N> const& a,
                                     basic_qubit_product<Real, M> const& b) {
    require_same_size(a, b);
    using number = working<Real>;
    product_traces<number> out;
    number fourth = 1;
    for (std::size_t i = 0; i < a.qubits().size(); ++i) {
        auto const p = wide(a.qubits()[i]), q = wide(b.qubits()[i]);
        number const mixed_a = (1 - p.bloch_length) * (1 + p.bloch_length);
        number const mixed_b = (1 - q.bloch_length) * (1 + q.bloch_length);
        number const t = compare(p, q).overlap;
        // A qubit's own gap is 2 det(rho) det(sigma); the product's follows by telescoping.
        number const gap = std::min(mixed_a * mixed_b / 8, t * t / 2);
        out.gap_sum = out.gap_sum * (t * t) + fourth * gap;
        fourth *= t * t - gap;
        out.overlap *= t;
        out.log_purity_a += std::log1p(-mixed_a / 2);
        out.log_purity_b += std::log1p(-mixed_b / 2);
    }
    return out;
}

} // namespace detail

/// Sub-fidelity E <= F: Tr(rho sigma) + sqrt(2 [(Tr rho sigma)^2 - Tr(rho sigma rho sigma)]), from
/// traces that multiply over the qubits, without the cancellation of the formula as it stands.
/// Source: Miszczak et al., Quantum Inf. Comput. 9 (2009) 103.
template <class Real, int N, int M>
    requires same_size<N, M>
[[nodiscard]] Real sub_fidelity(basic_qubit_product<Real, N> const& a,
                                basic_qubit_product<Real, M> const& b) {
    auto const t = detail::traces(a, b);
    auto const bound = detail::within_unit(t.overlap + std::sqrt(2 * t.gap_sum));
    return std::min(fidelity(a, b), static_cast<Real>(bound));
}

/// Super-fidelity G >= F: Tr(rho sigma) + sqrt((1 - Tr rho^2)(1 - Tr sigma^2)). Source as above.
template <class Real, int N, int M>
    requires same_size<N, M>
[[nodiscard]] Real super_fidelity(basic_qubit_product<Real, N> const& a,
                                  basic_qubit_product<Real, M> const& b) {
    using wide = detail::working<Real>;
    auto const t = detail::traces(a, b);
    wide const mixed = std::expm1(t.log_purity_a) * std::expm1(t.log_purity_b);
    auto const bound = detail::within_unit(t.overlap + std::sqrt(detail::larger(wide{0}, mixed)));
    return std::max(fidelity(a, b), static_cast<Real>(bound));
}

/// Where one state is pure, both bounds are the fidelity itself.
template <class Real, int D, int E>
[[nodiscard]] Real sub_fidelity(basic_ket<Real, D> const& a, basic_ket<Real, E> const& b) {
    return fidelity(a, b);
}
template <class Real, int D, int E>
[[nodiscard]] Real sub_fidelity(basic_ket<Real, D> const& a, basic_density<Real, E> const& b) {
    return fidelity(a, b);
}
template <class Real, int D, int E>
[[nodiscard]] Real sub_fidelity(basic_density<Real, D> const& a, basic_ket<Real, E> const& b) {
    return fidelity(b, a);
}
template <class Real, int N, int M>
[[nodiscard]] Real sub_fidelity(basic_histogram<Real, N> const& a,
                                basic_histogram<Real, M> const& b) {
    return fidelity(a, b);
}
template <class Real, int D, int E>
[[nodiscard]] Real super_fidelity(basic_ket<Real, D> const& a, basic_ket<Real, E> const& b) {
    return fidelity(a, b);
}
template <class Real, int D, int E>
[[nodiscard]] Real super_fidelity(basic_ket<Real, D> const& a, basic_density<Real, E> const& b) {
    return fidelity(a, b);
}
template <class Real, int D, int E>
[[nodiscard]] Real super_fidelity(basic_density<Real, D> const& a, basic_ket<Real, E> const& b) {
    return fidelity(b, a);
}
template <class Real, int N, int M>
[[nodiscard]] Real super_fidelity(basic_histogram<Real, N> const& a,
                                  basic_histogram<Real, M> const& b) {
    return fidelity(a, b);
}

} // namespace weft::inline v0::quantum
