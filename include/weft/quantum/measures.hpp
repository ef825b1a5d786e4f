#pragma once

#include <cmath>
#include <complex>
#include <cstddef>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include <Eigen/Core>

#include "weft/core/error.hpp"
#include "weft/core/number.hpp"
#include "weft/core/unit.hpp"
#include "weft/quantum/distance.hpp"
#include "weft/quantum/fidelity.hpp"
#include "weft/quantum/state.hpp"

/// Measures of states and of groups of them that need no decomposition of a matrix. Those that do:
/// weft/quantum/spectrum.hpp.
namespace weft::inline v0::quantum {

/// Tr rho^2, in [1/d, 1]. O(d r^2) for a mixed state.
[[nodiscard]] inline double purity(ket const&) noexcept {
    return 1.0;
}
[[nodiscard]] inline double purity(histogram const&) noexcept {
    return 1.0;
}
[[nodiscard]] inline double purity(qubit const& q) noexcept {
    return 0.5 * (1.0 + q.bloch_length * q.bloch_length);
}
[[nodiscard]] inline double purity(qubit_product const& a) {
    double product = 1.0;
    for (auto const& q : a.qubits()) product *= purity(q);
    return product;
}
[[nodiscard]] inline double purity(density const& a) {
    Eigen::MatrixXcd const gram = a.factor().adjoint() * a.factor();
    return clamp_unit(gram.squaredNorm());
}

/// sqrt(2 - 2 sqrt F), in [0, sqrt 2], without cancellation: for whatever pair of states `fidelity`
/// and `infidelity` take. A metric.
template <class A, class B>
[[nodiscard]] double bures_distance(A const& a, B const& b) {
    return std::sqrt(2.0 * infidelity(a, b) / (1.0 + root_fidelity(a, b)));
}

/// ||rho - sigma||, the root of the sum of the squared moduli of the entries (not halved), in
/// [0, sqrt 2]. O(1) after the infidelity.
[[nodiscard]] inline double hilbert_schmidt_distance(ket const& a, ket const& b) {
    return std::sqrt(2.0 * infidelity(a, b));
}
[[nodiscard]] inline double hilbert_schmidt_distance(qubit const& a, qubit const& b) noexcept {
    return std::sqrt(2.0) * compare(a, b).trace_distance;
}
/// O(d^2 (r + s)).
[[nodiscard]] inline double hilbert_schmidt_distance(density const& a, density const& b) {
    detail::require_same_dimension(a.dimension(), b.dimension());
    bool const swap = detail::comes_after(a.factor(), b.factor());
    auto const& x = (swap ? b : a).factor();
    auto const& y = (swap ? a : b).factor();
    Eigen::MatrixXcd difference = x * x.adjoint();
    difference.noalias() -= y * y.adjoint();
    return difference.norm();
}

/// Tr(sqrt rho sqrt sigma), in [0,1]. For pure states it is the fidelity.
[[nodiscard]] inline double affinity(ket const& a, ket const& b) {
    return fidelity(a, b);
}

/// sum sqrt(p_i q_i), the Bhattacharyya coefficient of the probabilities: the affinity of
/// diag(p) and diag(q), and the root fidelity.
[[nodiscard]] inline double affinity(histogram const& a, histogram const& b) {
    return root_fidelity(a, b);
}

/// sqrt(2 - 2 affinity), in [0, sqrt 2]; the classical Hellinger distance of the probabilities
/// times sqrt 2.
[[nodiscard]] inline double hellinger_distance(histogram const& a, histogram const& b) {
    return bures_distance(a, b);
}
[[nodiscard]] inline double hellinger_distance(ket const& a, ket const& b) {
    return std::sqrt(2.0 * infidelity(a, b));
}

/// Mean of the fidelities of all pairs of a group of at least two states of one kind: how alike its
/// members are. O(n^2) fidelities. Throws invalid_argument for fewer.
template <class State>
[[nodiscard]] double average_fidelity(std::span<State const> group) {
    if (group.size() < 2) {
        WEFT_THROW(
            invalid_argument("group", to_text(group.size()) + " states", "at least two states"));
    }
    double sum = 0.0;
    for (std::size_t i = 0; i < group.size(); ++i) {
        double row = 0.0;
        for (std::size_t j = i + 1; j < group.size(); ++j) row += fidelity(group[i], group[j]);
        sum += row;
    }
    auto const n = static_cast<double>(group.size());
    return clamp_unit(sum / (0.5 * n * (n - 1.0)));
}

/// Matusita's affinity of n >= 1 histograms, sum_i (p_1i ... p_ni)^(1/n), in [0,1]: 1 where all are
/// equal, 0 where no entry is shared by all; for two the Bhattacharyya coefficient. The classical
/// case of the multivariate fidelities of arXiv:2404.16101. O(n size).
[[nodiscard]] inline double matusita_affinity(std::span<histogram const> group) {
    if (group.empty()) {
        WEFT_THROW(invalid_argument("group", "no histograms", "at least one histogram"));
    }
    for (auto const& h : group) detail::require_same_size(group[0], h);
    double sum = 0.0;
    for (std::size_t i = 0; i < group[0].size(); ++i) {
        double log_root = 0.0;
        for (auto const& h : group) log_root += std::log(h.roots()[i]);
        sum += std::exp(2.0 * log_root / static_cast<double>(group.size()));
    }
    return clamp_unit(sum);
}

namespace detail {

/// How the index of a composite state splits into a kept and a dropped one.
struct split_index {
    Eigen::Index kept = 1;
    Eigen::Index dropped = 1;
    std::vector<Eigen::Index> kept_of;
    std::vector<Eigen::Index> dropped_of;
};

inline split_index split(Eigen::Index dimension, std::span<Eigen::Index const> dimensions,
                         std::span<std::size_t const> keep) {
    Eigen::Index product = 1;
    for (std::size_t k = 0; k < dimensions.size(); ++k) {
        if (dimensions[k] < 1) {
            WEFT_THROW(invalid_argument("dimensions[" + to_text(k) + "]", to_text(dimensions[k]),
                                        "at least 1"));
        }
        if (dimensions[k] > dimension / product) {
            product = 0;
            break;
        }
        product *= dimensions[k];
    }
    if (product != dimension) {
        WEFT_THROW(invalid_argument("dimensions", to_text(dimensions.size()) + " dimensions",
                                    "dimensions with the product " + to_text(dimension)));
    }
    std::vector<char> kept(dimensions.size(), 0);
    for (std::size_t k = 0; k < keep.size(); ++k) {
        if (keep[k] >= dimensions.size() || kept[keep[k]] != 0) {
            WEFT_THROW(invalid_argument("keep[" + to_text(k) + "]", to_text(keep[k]),
                                        "a party below " + to_text(dimensions.size()) +
                                            " that was not named before"));
        }
        kept[keep[k]] = 1;
    }
    split_index out;
    for (Eigen::Index i = 0; i < dimension; ++i) {
        Eigen::Index rest = i, in = 0, off = 0, in_scale = 1, off_scale = 1;
        for (std::size_t k = dimensions.size(); k-- > 0;) {
            auto& index = kept[k] != 0 ? in : off;
            auto& scale = kept[k] != 0 ? in_scale : off_scale;
            index += scale * (rest % dimensions[k]);
            scale *= dimensions[k];
            rest /= dimensions[k];
        }
        out.kept = in_scale;
        out.dropped = off_scale;
        out.kept_of.push_back(in);
        out.dropped_of.push_back(off);
    }
    return out;
}

} // namespace detail

/// The state of the parties `keep` (any subset, in their given order of significance) of a state of
/// parties with the given dimensions, the first the most significant in the index. As a factor: the
/// dropped index becomes a column, nothing is multiplied out. O(d r). Throws invalid_argument for
/// dimensions whose product is not that of the state and for a party that is not there or named
/// twice.
[[nodiscard]] inline density partial_trace(density const& a,
                                           std::span<Eigen::Index const> dimensions,
                                           std::span<std::size_t const> keep) {
    auto const at = detail::split(a.dimension(), dimensions, keep);
    Eigen::Index const r = a.rank();
    Eigen::MatrixXcd factor = Eigen::MatrixXcd::Zero(at.kept, at.dropped * r);
    for (Eigen::Index i = 0; i < a.dimension(); ++i) {
        auto const n = static_cast<std::size_t>(i);
        factor.row(at.kept_of[n]).segment(at.dropped_of[n] * r, r) = a.factor().row(i);
    }
    return density::from_factor(std::move(factor));
}

[[nodiscard]] inline density partial_trace(ket const& a, std::span<Eigen::Index const> dimensions,
                                           std::span<std::size_t const> keep) {
    return partial_trace(density::from_factor(a.amplitudes()), dimensions, keep);
}

/// Wootters' concurrence of a pure state of two qubits, 2 |ad - bc|, in [0,1]. Throws
/// invalid_argument for any other dimension than 4.
[[nodiscard]] inline double concurrence(ket const& a) {
    auto const& v = a.amplitudes();
    if (v.size() != 4) {
        WEFT_THROW(invalid_argument("a", "a state of dimension " + to_text(v.size()),
                                    "two qubits (dimension 4)"));
    }
    return clamp_unit(2.0 * std::abs(v(0) * v(3) - v(1) * v(2)));
}

} // namespace weft::inline v0::quantum
