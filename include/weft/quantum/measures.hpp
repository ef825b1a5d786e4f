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
#include "weft/quantum/distance.hpp"
#include "weft/quantum/fidelity.hpp"
#include "weft/quantum/state.hpp"

/// Measures of states and of groups of them that need no decomposition of a matrix. Those that do:
/// weft/quantum/spectrum.hpp.
namespace weft::inline v0::quantum {

/// Tr rho^2, in [1/d, 1]. O(d r^2) for a mixed state.
template <class Real, int D>
[[nodiscard]] Real purity(basic_ket<Real, D> const&) noexcept {
    return 1;
}
template <class Real, int N>
[[nodiscard]] Real purity(basic_histogram<Real, N> const&) noexcept {
    return 1;
}
template <class Real>
[[nodiscard]] Real purity(basic_qubit<Real> const& q) noexcept {
    return (1 + q.bloch_length * q.bloch_length) / 2;
}
template <class Real, int N>
[[nodiscard]] Real purity(basic_qubit_product<Real, N> const& a) {
    detail::working<Real> product = 1;
    for (auto const& q : a.qubits()) product *= purity(detail::wide(q));
    return static_cast<Real>(product);
}
template <class Real, int D>
[[nodiscard]] Real purity(basic_density<Real, D> const& a) {
    auto const& f = detail::wide(a);
    detail::matrix<detail::working<Real>> const gram = f.adjoint() * f;
    return static_cast<Real>(detail::within_unit(gram.squaredNorm()));
}

/// sqrt(2 - 2 sqrt F), in [0, sqrt 2], without cancellation: for whatever pair of states `fidelity`
/// and `infidelity` take. A metric.
template <class A, class B>
[[nodiscard]] auto bures_distance(A const& a, B const& b) {
    return std::sqrt(2 * infidelity(a, b) / (1 + root_fidelity(a, b)));
}

namespace detail {

template <class Real>
[[nodiscard]] Real at_most_root_two(Real distance) noexcept {
    Real const most = std::sqrt(Real{2});
    return distance < most ? distance : most;
}

} // namespace detail

/// ||rho - sigma||, the root of the sum of the squared moduli of the entries (not halved), in
/// [0, sqrt 2]. O(1) after the infidelity.
template <class Real, int D, int E>
[[nodiscard]] Real hilbert_schmidt_distance(basic_ket<Real, D> const& a,
                                            basic_ket<Real, E> const& b) {
    return std::sqrt(2 * infidelity(a, b));
}
/// Of the pure states sqrt(p).
template <class Real, int N, int M>
[[nodiscard]] Real hilbert_schmidt_distance(basic_histogram<Real, N> const& a,
                                            basic_histogram<Real, M> const& b) {
    return std::sqrt(2 * infidelity(a, b));
}
template <class Real>
[[nodiscard]] Real hilbert_schmidt_distance(basic_qubit<Real> const& a,
                                            basic_qubit<Real> const& b) noexcept {
    return static_cast<Real>(std::sqrt(detail::working<Real>{2}) *
                             compare(detail::wide(a), detail::wide(b)).trace_distance);
}
/// O(n): Tr rho^2 - Tr rho sigma and Tr sigma^2 - Tr rho sigma of the products follow from those of
/// the qubits, which are not differences of large numbers.
template <class Real, int N, int M>
    requires same_size<N, M>
[[nodiscard]] Real hilbert_schmidt_distance(basic_qubit_product<Real, N> const& a,
                                            basic_qubit_product<Real, M> const& b) {
    detail::require_same_size(a, b);
    using wide = detail::working<Real>;
    wide overlap = 1, over_a = 0, over_b = 0;
    for (std::size_t i = 0; i < a.qubits().size(); ++i) {
        auto const p = detail::wide(a.qubits()[i]), q = detail::wide(b.qubits()[i]);
        // r . (r - s) = r (r - s) + 2 r s sin^2 of half the angle, in lengths.
        wide const turned =
            2 * p.bloch_length * q.bloch_length * detail::half_angle<wide>(p, q).sin2;
        wide const step = p.bloch_length - q.bloch_length;
        wide const own = compare(p, q).overlap;
        over_a = purity(p) * over_a + overlap * (p.bloch_length * step + turned) / 2;
        over_b = purity(q) * over_b + overlap * (turned - q.bloch_length * step) / 2;
        overlap *= own;
    }
    return static_cast<Real>(std::sqrt(detail::larger(wide{0}, over_a + over_b)));
}
/// O(d^2 (r + s)).
template <class Real, int D, int E>
    requires same_size<D, E>
[[nodiscard]] Real hilbert_schmidt_distance(basic_density<Real, D> const& a,
                                            basic_density<Real, E> const& b) {
    detail::require_same_dimension(a.dimension(), b.dimension());
    if (detail::comes_after(a.factor(), b.factor())) return hilbert_schmidt_distance(b, a);
    auto const& x = detail::wide(a);
    auto const& y = detail::wide(b);
    detail::matrix<detail::working<Real>> difference = x * x.adjoint();
    difference.noalias() -= y * y.adjoint();
    using wide = detail::working<Real>;
    return static_cast<Real>(detail::at_most_root_two<wide>(difference.norm()));
}

/// Tr(sqrt rho sqrt sigma), in [0,1]. For pure states it is the fidelity.
template <class Real, int D, int E>
[[nodiscard]] Real affinity(basic_ket<Real, D> const& a, basic_ket<Real, E> const& b) {
    return fidelity(a, b);
}

/// sum sqrt(p_i q_i), the Bhattacharyya coefficient of the probabilities: the affinity of
/// diag(p) and diag(q), and the root fidelity.
template <class Real, int N, int M>
[[nodiscard]] Real affinity(basic_histogram<Real, N> const& a, basic_histogram<Real, M> const& b) {
    return root_fidelity(a, b);
}

/// sqrt(2 - 2 affinity), in [0, sqrt 2]; the classical Hellinger distance of the probabilities
/// times sqrt 2.
template <class Real, int N, int M>
[[nodiscard]] Real hellinger_distance(basic_histogram<Real, N> const& a,
                                      basic_histogram<Real, M> const& b) {
    return bures_distance(a, b);
}
template <class Real, int D, int E>
[[nodiscard]] Real hellinger_distance(basic_ket<Real, D> const& a, basic_ket<Real, E> const& b) {
    return std::sqrt(2 * infidelity(a, b));
}

namespace detail {

/// Affinity of two qubits, and what it lacks to 1, as sums of terms that are not negative. The root
/// of a qubit is m + v n.sigma with 2 m, 2 v the sum and the difference of the roots of its
/// eigenvalues.
template <class Wide>
struct qubit_affinity {
    Wide value = 0;
    Wide complement = 0;

    qubit_affinity(basic_qubit<Wide> const& a, basic_qubit<Wide> const& b) noexcept {
        half_angle<Wide> const half(a, b);
        auto const mean = [](Wide r) {
            return (std::sqrt((1 + r) / 2) + std::sqrt((1 - r) / 2)) / 2;
        };
        Wide const ma = mean(a.bloch_length), mb = mean(b.bloch_length);
        Wide const va = a.bloch_length / (4 * ma), vb = b.bloch_length / (4 * mb);
        value = within_unit(2 * (ma * mb - va * vb) + 4 * va * vb * half.cos2);
        complement =
            within_unit((ma - mb) * (ma - mb) + (va - vb) * (va - vb) + 4 * va * vb * half.sin2);
    }
};

} // namespace detail

template <class Real>
[[nodiscard]] Real affinity(basic_qubit<Real> const& a, basic_qubit<Real> const& b) noexcept {
    return static_cast<Real>(detail::qubit_affinity(detail::wide(a), detail::wide(b)).value);
}
/// The product over the qubits. O(n).
template <class Real, int N, int M>
    requires same_size<N, M>
[[nodiscard]] Real affinity(basic_qubit_product<Real, N> const& a,
                            basic_qubit_product<Real, M> const& b) {
    detail::require_same_size(a, b);
    detail::working<Real> product = 1;
    for (std::size_t i = 0; i < a.qubits().size(); ++i) {
        product *= affinity(detail::wide(a.qubits()[i]), detail::wide(b.qubits()[i]));
    }
    return static_cast<Real>(product);
}

template <class Real>
[[nodiscard]] Real hellinger_distance(basic_qubit<Real> const& a,
                                      basic_qubit<Real> const& b) noexcept {
    return static_cast<Real>(
        std::sqrt(2 * detail::qubit_affinity(detail::wide(a), detail::wide(b)).complement));
}
template <class Real, int N, int M>
    requires same_size<N, M>
[[nodiscard]] Real hellinger_distance(basic_qubit_product<Real, N> const& a,
                                      basic_qubit_product<Real, M> const& b) {
    detail::require_same_size(a, b);
    detail::working<Real> log_affinity = 0;
    for (std::size_t i = 0; i < a.qubits().size(); ++i) {
        log_affinity += std::log1p(
            -detail::qubit_affinity(detail::wide(a.qubits()[i]), detail::wide(b.qubits()[i]))
                 .complement);
    }
    return static_cast<Real>(std::sqrt(0 - 2 * std::expm1(log_affinity)));
}

namespace detail {

/// The mean of of(i, j) over all pairs of a group.
template <class State, class Of>
auto pair_mean(std::span<State const> group, Of const& of) {
    if (group.size() < 2) {
        WEFT_THROW(
            invalid_argument("group", to_text(group.size()) + " states", "at least two states"));
    }
    using real = decltype(of(group[0], group[0]));
    working<real> sum = 0;
    for (std::size_t i = 0; i < group.size(); ++i) {
        working<real> row = 0;
        for (std::size_t j = i + 1; j < group.size(); ++j) row += of(group[i], group[j]);
        sum += row;
    }
    auto const n = static_cast<working<real>>(group.size());
    return static_cast<real>(within_unit(2 * sum / (n * (n - 1))));
}

} // namespace detail

/// Mean of the (squared) fidelities of all pairs of a group of at least two states of one kind: how
/// alike its members are. O(n^2) fidelities. Throws invalid_argument for fewer.
template <class State>
[[nodiscard]] auto average_fidelity(std::span<State const> group) {
    return detail::pair_mean(group, [](State const& a, State const& b) { return fidelity(a, b); });
}

/// Mean of the root fidelities of all pairs: the average pairwise fidelity, with z = 1/2, of
/// Nuradha, Mishra, Leditzky and Wilde, "Multivariate fidelities", J. Phys. A 58 (2025) 165304
/// (arXiv:2404.16101), who take the root for the fidelity. Jointly concave, and no channel makes it
/// smaller.
template <class State>
[[nodiscard]] auto average_root_fidelity(std::span<State const> group) {
    return detail::pair_mean(group,
                             [](State const& a, State const& b) { return root_fidelity(a, b); });
}

/// Matusita's multivariate fidelity of n >= 1 histograms, sum_i (p_1i ... p_ni)^(1/n), in [0,1]: 1
/// where all are equal, 0 where no entry is shared by all; for two the Bhattacharyya coefficient
/// (a root fidelity). O(n size). Source: Matusita, Ann. Inst. Stat. Math. 19 (1967) 181; among the
/// multivariate fidelities of arXiv:2404.16101, and the classical case of `log_euclidean_fidelity`.
template <class Real, int N>
[[nodiscard]] Real matusita_affinity(std::span<basic_histogram<Real, N> const> group) {
    if (group.empty()) {
        WEFT_THROW(invalid_argument("group", "no histograms", "at least one histogram"));
    }
    for (auto const& h : group) detail::require_same_size(group[0], h);
    using wide = detail::working<Real>;
    wide sum = 0;
    for (std::size_t i = 0; i < group[0].size(); ++i) {
        wide log_root = 0;
        bool shared = true;
        for (auto const& h : group) {
            shared = shared && h.roots()[i] > 0;
            if (shared) log_root += std::log(static_cast<wide>(h.roots()[i]));
        }
        if (shared) sum += std::exp(2 * log_root / static_cast<wide>(group.size()));
    }
    return static_cast<Real>(detail::within_unit(sum));
}
[[nodiscard]] inline double matusita_affinity(std::span<histogram const> group) {
    return matusita_affinity<double, dynamic>(group);
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

/// The state of the parties `keep` (any subset, whose order of significance is that in the whole,
/// whatever the order of `keep`) of a state of parties with the given dimensions, the first the
/// most significant in the index. As a factor: the dropped index becomes a column, nothing is
/// multiplied out; a factor that gets wider than the kept dimension is brought to that. O(d r).
/// Throws invalid_argument for dimensions whose product is not that of the state and for a party
/// that is not there or named twice.
template <class Real, int D>
[[nodiscard]] basic_density<Real> partial_trace(basic_density<Real, D> const& a,
                                                std::span<Eigen::Index const> dimensions,
                                                std::span<std::size_t const> keep) {
    using wide = detail::working<Real>;
    auto const at = detail::split(a.dimension(), dimensions, keep);
    Eigen::Index const r = a.rank();
    auto const& f = detail::wide(a);
    detail::matrix<wide> factor = detail::matrix<wide>::Zero(at.kept, at.dropped * r);
    for (Eigen::Index i = 0; i < a.dimension(); ++i) {
        auto const n = static_cast<std::size_t>(i);
        factor.row(at.kept_of[n]).segment(at.dropped_of[n] * r, r) = f.row(i);
    }
    detail::narrow(factor);
    return basic_density<Real>::from_factor(factor.template cast<std::complex<Real>>());
}

template <class Real, int D>
[[nodiscard]] basic_density<Real> partial_trace(basic_ket<Real, D> const& a,
                                                std::span<Eigen::Index const> dimensions,
                                                std::span<std::size_t const> keep) {
    return partial_trace(basic_density<Real>::from_factor(a.amplitudes()), dimensions, keep);
}

/// Wootters' concurrence of a pure state of two qubits, 2 |ad - bc|, in [0,1]. Throws
/// invalid_argument for any other dimension than 4.
template <class Real, int D>
    requires same_size<D, 4>
[[nodiscard]] Real concurrence(basic_ket<Real, D> const& a) {
    auto const& v = detail::wide(a);
    if (v.size() != 4) {
        WEFT_THROW(invalid_argument("a", "a state of dimension " + to_text(v.size()),
                                    "two qubits (dimension 4)"));
    }
    return static_cast<Real>(detail::within_unit(2 * std::abs(v(0) * v(3) - v(1) * v(2))));
}

} // namespace weft::inline v0::quantum
