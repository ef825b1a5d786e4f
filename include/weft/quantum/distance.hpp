#pragma once

#include <cmath>
#include <cstddef>
#include <optional>
#include <vector>

#include "weft/quantum/fidelity.hpp"
#include "weft/quantum/qubit.hpp"
#include "weft/quantum/state.hpp"

/// Trace distance (half the trace norm of rho - sigma) and Bures angle (acos sqrt F), where they
/// have a closed form. Two mixed states: weft/quantum/uhlmann.hpp.
namespace weft::inline v0::quantum {

namespace detail {

/// acos(sqrt(f)), from both f and 1 - f: full accuracy at either end, never a NaN.
template <class Real>
Real angle(Real fidelity, Real infidelity) noexcept {
    return std::atan2(std::sqrt(infidelity), std::sqrt(fidelity));
}

} // namespace detail

/// In [0, pi/2], without the loss of half the digits of acos. Symmetric bit for bit; a metric. For
/// whatever pair of states `fidelity` and `infidelity` take.
template <class A, class B>
[[nodiscard]] auto bures_angle(A const& a, B const& b) {
    return detail::angle(fidelity(a, b), infidelity(a, b));
}

/// sqrt(1 - F) for pure states.
template <class Real, int D, int E>
[[nodiscard]] Real trace_distance(basic_ket<Real, D> const& a, basic_ket<Real, E> const& b) {
    return std::sqrt(infidelity(a, b));
}

/// sqrt(1 - F) of the pure states sqrt(p): the quantum distance, not the total variation of the
/// probabilities, which it bounds from above.
template <class Real, int N, int M>
[[nodiscard]] Real trace_distance(basic_histogram<Real, N> const& a,
                                  basic_histogram<Real, M> const& b) {
    return std::sqrt(infidelity(a, b));
}

/// Half the distance of the Bloch vectors.
template <class Real>
[[nodiscard]] Real trace_distance(basic_qubit<Real> const& a, basic_qubit<Real> const& b) noexcept {
    return compare(a, b).trace_distance;
}

namespace detail {

template <class Real>
bool same(basic_qubit<Real> const& a, basic_qubit<Real> const& b) noexcept {
    return a.theta == b.theta && a.phi == b.phi && a.bloch_length == b.bloch_length;
}

/// The places where two products differ: a common factor does not change the trace distance.
template <class Real, int N, int M>
std::vector<std::size_t> differing(basic_qubit_product<Real, N> const& a,
                                   basic_qubit_product<Real, M> const& b) {
    require_same_size(a, b);
    std::vector<std::size_t> out;
    for (std::size_t i = 0; i < a.qubits().size(); ++i) {
        if (!same(a.qubits()[i], b.qubits()[i])) out.push_back(i);
    }
    return out;
}

} // namespace detail

/// Trace distance of two products where a closed form is known: they differ in at most one qubit,
/// or are pure wherever they differ. Nothing otherwise (weft/quantum/uhlmann.hpp can go further).
template <class Real, int N, int M>
    requires same_size<N, M>
[[nodiscard]] std::optional<Real> closed_trace_distance(basic_qubit_product<Real, N> const& a,
                                                        basic_qubit_product<Real, M> const& b) {
    auto const where = detail::differing(a, b);
    if (where.empty()) return Real{0};
    if (where.size() == 1) return trace_distance(a.qubits()[where[0]], b.qubits()[where[0]]);
    for (auto const i : where) {
        if (a.qubits()[i].bloch_length != 1 || b.qubits()[i].bloch_length != 1) {
            return std::nullopt;
        }
    }
    return std::sqrt(infidelity(a, b));
}

} // namespace weft::inline v0::quantum
