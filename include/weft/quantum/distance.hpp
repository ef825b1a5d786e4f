#pragma once

#include <cmath>
#include <cstddef>
#include <optional>
#include <vector>

#include "weft/core/unit.hpp"
#include "weft/quantum/fidelity.hpp"
#include "weft/quantum/qubit.hpp"
#include "weft/quantum/state.hpp"

/// Trace distance (half the trace norm of rho - sigma) and Bures angle (acos sqrt F), where they
/// have a closed form. Two mixed states: weft/quantum/uhlmann.hpp.
namespace weft::inline v0::quantum {

namespace detail {

/// acos(sqrt(f)), from both f and 1 - f: full accuracy at either end, never a NaN.
inline double angle(double fidelity, double infidelity) noexcept {
    return std::atan2(std::sqrt(infidelity), std::sqrt(fidelity));
}

} // namespace detail

/// In [0, pi/2], without the loss of half the digits of acos. Symmetric bit for bit; a metric. For
/// whatever pair of states `fidelity` and `infidelity` take.
template <class A, class B>
[[nodiscard]] double bures_angle(A const& a, B const& b) {
    return detail::angle(fidelity(a, b), infidelity(a, b));
}

/// sqrt(1 - F) for pure states.
[[nodiscard]] inline double trace_distance(ket const& a, ket const& b) {
    return std::sqrt(infidelity(a, b));
}

/// sqrt(1 - F) of the pure states sqrt(p): the quantum distance, not the total variation of the
/// probabilities, which it bounds from above.
[[nodiscard]] inline double trace_distance(histogram const& a, histogram const& b) {
    return std::sqrt(infidelity(a, b));
}

/// Half the distance of the Bloch vectors.
[[nodiscard]] inline double trace_distance(qubit const& a, qubit const& b) noexcept {
    return compare(a, b).trace_distance;
}

namespace detail {

inline bool same(qubit const& a, qubit const& b) noexcept {
    return a.theta == b.theta && a.phi == b.phi && a.bloch_length == b.bloch_length;
}

/// The places where two products differ: a common factor does not change the trace distance.
inline std::vector<std::size_t> differing(qubit_product const& a, qubit_product const& b) {
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
[[nodiscard]] inline std::optional<double> closed_trace_distance(qubit_product const& a,
                                                                 qubit_product const& b) {
    auto const where = detail::differing(a, b);
    if (where.empty()) return 0.0;
    if (where.size() == 1) return trace_distance(a.qubits()[where[0]], b.qubits()[where[0]]);
    for (auto const i : where) {
        if (a.qubits()[i].bloch_length != 1.0 || b.qubits()[i].bloch_length != 1.0) {
            return std::nullopt;
        }
    }
    return std::sqrt(infidelity(a, b));
}

} // namespace weft::inline v0::quantum
