#pragma once

#include <cmath>
#include <complex>
#include <cstddef>
#include <utility>

#include <Eigen/Core>

#include "weft/core/unit.hpp"
#include "weft/quantum/pairs.hpp"
#include "weft/quantum/qubit.hpp"
#include "weft/quantum/state.hpp"

/// Fidelities that have a closed form; nothing here decomposes a matrix (two mixed states:
/// weft/quantum/uhlmann.hpp). Fidelity is the squared one, F = (Tr sqrt(sqrt(rho) sigma
/// sqrt(rho)))^2, |<a|b>|^2 for kets. All functions are symmetric bit for bit, and in [0,1].
/// `infidelity` is 1 - F without cancellation: relative accuracy however close the states are.
namespace weft::inline v0::quantum {

/// |<a|b>|^2. O(d). Throws invalid_argument where the dimensions differ.
[[nodiscard]] inline double fidelity(ket const& a, ket const& b) {
    detail::require_same_dimension(a.dimension(), b.dimension());
    return ket_fidelity(detail::reals(a), detail::reals(b),
                        static_cast<std::size_t>(a.dimension()));
}

/// With d the distance to b times the best phase: d^2 (1 - d^2 / 4).
[[nodiscard]] inline double infidelity(ket const& a, ket const& b) {
    detail::require_same_dimension(a.dimension(), b.dimension());
    bool const swap = detail::comes_after(a.amplitudes(), b.amplitudes());
    auto const& x = (swap ? b : a).amplitudes();
    auto const& y = (swap ? a : b).amplitudes();
    std::complex<double> const product = y.dot(x);
    double const modulus = std::abs(product);
    if (!(modulus > 0.0)) return 1.0;
    double const d2 = (x - (product / modulus) * y).squaredNorm();
    return clamp_unit(d2 * (1.0 - 0.25 * d2));
}

/// <a|rho|a> = ||A^H a||^2. O(d r).
[[nodiscard]] inline double fidelity(ket const& a, density const& b) {
    detail::require_same_dimension(a.dimension(), b.dimension());
    Eigen::VectorXcd const image = b.factor().adjoint() * a.amplitudes();
    return clamp_unit(image.squaredNorm());
}

/// ||(1 - |a><a|) A||^2.
[[nodiscard]] inline double infidelity(ket const& a, density const& b) {
    detail::require_same_dimension(a.dimension(), b.dimension());
    Eigen::RowVectorXcd const along = a.amplitudes().adjoint() * b.factor();
    Eigen::MatrixXcd const across = b.factor() - a.amplitudes() * along;
    return clamp_unit(across.squaredNorm());
}

[[nodiscard]] inline double fidelity(density const& a, ket const& b) {
    return fidelity(b, a);
}
[[nodiscard]] inline double infidelity(density const& a, ket const& b) {
    return infidelity(b, a);
}

/// The product of the qubits' fidelities. O(n). Throws invalid_argument where the numbers of qubits
/// differ.
[[nodiscard]] inline double fidelity(qubit_product const& a, qubit_product const& b) {
    detail::require_same_size(a, b);
    double product = 1.0;
    for (std::size_t i = 0; i < a.spinors().size(); ++i) {
        product *= fidelity(a.spinors()[i], b.spinors()[i]);
    }
    return product;
}

[[nodiscard]] inline double infidelity(qubit_product const& a, qubit_product const& b) {
    detail::require_same_size(a, b);
    double log_fidelity = 0.0;
    for (std::size_t i = 0; i < a.qubits().size(); ++i) {
        log_fidelity += std::log1p(-compare(a.qubits()[i], b.qubits()[i]).infidelity);
    }
    return clamp_unit(-std::expm1(log_fidelity));
}

/// (sum sqrt(p_i q_i))^2, the squared Bhattacharyya coefficient. O(n).
[[nodiscard]] inline double fidelity(histogram const& a, histogram const& b) {
    detail::require_same_size(a, b);
    return histogram_fidelity(a.roots().data(), b.roots().data(), a.size());
}

[[nodiscard]] inline double infidelity(histogram const& a, histogram const& b) {
    detail::require_same_size(a, b);
    double const half = 0.5 * squared_distance(a.roots().data(), b.roots().data(), a.size());
    return clamp_unit(half * (2.0 - half));
}

/// sqrt(F), for whatever pair of states `fidelity` takes.
template <class A, class B>
[[nodiscard]] double root_fidelity(A const& a, B const& b) {
    return std::sqrt(fidelity(a, b));
}

namespace detail {

/// Products over the qubits of what sub- and super-fidelity need.
struct product_traces {
    double overlap = 1.0;      // Tr(rho sigma)
    double gap_sum = 0.0;      // (Tr rho sigma)^2 - Tr(rho sigma rho sigma)
    double log_purity_a = 0.0; // ln Tr rho^2
    double log_purity_b = 0.0; // ln Tr sigma^2
};

inline product_traces traces(qubit_product const& a, qubit_product const& b) {
    require_same_size(a, b);
    product_traces out;
    double fourth = 1.0;
    for (std::size_t i = 0; i < a.qubits().size(); ++i) {
        auto const& p = a.qubits()[i];
        auto const& q = b.qubits()[i];
        double const mixed_a = (1.0 - p.bloch_length) * (1.0 + p.bloch_length);
        double const mixed_b = (1.0 - q.bloch_length) * (1.0 + q.bloch_length);
        double const t = compare(p, q).overlap;
        // A qubit's own gap is 2 det(rho) det(sigma); the product's follows by telescoping.
        double const gap = std::min(0.125 * mixed_a * mixed_b, 0.5 * t * t);
        out.gap_sum = out.gap_sum * (t * t) + fourth * gap;
        fourth *= t * t - gap;
        out.overlap *= t;
        out.log_purity_a += std::log1p(-0.5 * mixed_a);
        out.log_purity_b += std::log1p(-0.5 * mixed_b);
    }
    return out;
}

} // namespace detail

/// Sub-fidelity E <= F: Tr(rho sigma) + sqrt(2 [(Tr rho sigma)^2 - Tr(rho sigma rho sigma)]), from
/// traces that multiply over the qubits, without the cancellation of the formula as it stands.
/// Source: Miszczak et al., Quantum Inf. Comput. 9 (2009) 103.
[[nodiscard]] inline double sub_fidelity(qubit_product const& a, qubit_product const& b) {
    auto const t = detail::traces(a, b);
    return std::min(fidelity(a, b), clamp_unit(t.overlap + std::sqrt(2.0 * t.gap_sum)));
}

/// Super-fidelity G >= F: Tr(rho sigma) + sqrt((1 - Tr rho^2)(1 - Tr sigma^2)). Source as above.
[[nodiscard]] inline double super_fidelity(qubit_product const& a, qubit_product const& b) {
    auto const t = detail::traces(a, b);
    double const mixed = std::expm1(t.log_purity_a) * std::expm1(t.log_purity_b);
    return std::max(fidelity(a, b), clamp_unit(t.overlap + std::sqrt(std::max(0.0, mixed))));
}

/// Where one state is pure, both bounds are the fidelity itself.
[[nodiscard]] inline double sub_fidelity(ket const& a, ket const& b) {
    return fidelity(a, b);
}
[[nodiscard]] inline double sub_fidelity(ket const& a, density const& b) {
    return fidelity(a, b);
}
[[nodiscard]] inline double sub_fidelity(density const& a, ket const& b) {
    return fidelity(b, a);
}
[[nodiscard]] inline double sub_fidelity(histogram const& a, histogram const& b) {
    return fidelity(a, b);
}
[[nodiscard]] inline double super_fidelity(ket const& a, ket const& b) {
    return fidelity(a, b);
}
[[nodiscard]] inline double super_fidelity(ket const& a, density const& b) {
    return fidelity(a, b);
}
[[nodiscard]] inline double super_fidelity(density const& a, ket const& b) {
    return fidelity(b, a);
}
[[nodiscard]] inline double super_fidelity(histogram const& a, histogram const& b) {
    return fidelity(a, b);
}

} // namespace weft::inline v0::quantum
