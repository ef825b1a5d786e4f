#pragma once

#include <cmath>
#include <complex>
#include <concepts>
#include <cstddef>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <Eigen/Core>

#include "weft/core/error.hpp"
#include "weft/core/number.hpp"
#include "weft/quantum/decompositions.hpp"
#include "weft/quantum/measures.hpp"
#include "weft/quantum/state.hpp"

/// Measures that rest on eigenvalues: entropies, entanglement, affinity, the Chernoff bound.
/// Entropies are in nats. The decompositions themselves are in weft/quantum/decompositions.hpp and
/// take a compiler some ten seconds, which it need spend only once.
namespace weft::inline v0::quantum {

/// A mixed state by its eigenvalues > 0, largest first, and their eigenvectors (columns).
template <real_number Real = double>
struct basic_spectrum {
    detail::real_vector<Real> values;
    detail::matrix<Real> vectors;
};

using spectrum = basic_spectrum<>;

namespace detail {

/// Eigenvalues of at most this are rounding of 0.
template <class Real>
Real negligible(Eigen::Index d, Real largest) noexcept {
    return 4 * static_cast<Real>(d) * std::numeric_limits<Real>::epsilon() * largest;
}

template <class Real>
Real plogp(Real p) noexcept {
    return p > 0 ? p * std::log(p) : Real{0};
}

/// Binary entropy of a qubit with Bloch length r.
template <class Real>
Real qubit_entropy(Real r) noexcept {
    return Real{0} - plogp((1 + r) / 2) - plogp((1 - r) / 2);
}

/// sum p^alpha.
template <class Real>
Real power_sum(real_vector<Real> const& values, Real alpha) {
    Real sum = 0;
    for (Eigen::Index i = 0; i < values.size(); ++i) sum += std::pow(values(i), alpha);
    return sum;
}

template <class Real>
Real overlap2(basic_spectrum<Real> const& a, basic_spectrum<Real> const& b, Eigen::Index i,
              Eigen::Index j) {
    return std::norm(a.vectors.col(i).dot(b.vectors.col(j)));
}

template <class Real>
void require_order(std::string_view argument, Real order) {
    if (is_nan(static_cast<double>(order)) || order < 0) {
        WEFT_THROW(invalid_argument(std::string(argument), text(order), "a number >= 0"));
    }
}

/// In what one computes with; eigenvalues of at most 4 d eps times the largest, with the eps of the
/// state's own numbers, are left out.
template <class Real, int D>
basic_spectrum<working<Real>> decompose_wide(basic_density<Real, D> const& a) {
    using wide_real = working<Real>;
    matrix<wide_real> const& f = wide(a);
    auto const form = singular_form_of<wide_real>(f);
    basic_spectrum<wide_real> out;
    out.values = form.values.cwiseAbs2();
    Real const least = negligible(a.dimension(), static_cast<Real>(out.values(0)));
    Eigen::Index r = 0;
    while (r < out.values.size() && out.values(r) > least) ++r;
    out.values.conservativeResize(r);
    out.vectors = form.left.leftCols(r);
    return out;
}

template <class Real>
Real entropy_of(real_vector<Real> const& values) {
    Real sum = 0;
    for (Eigen::Index i = 0; i < values.size(); ++i) sum -= plogp(values(i));
    return larger(Real{0}, sum);
}

/// Renyi's entropy of eigenvalues > 0, largest first.
template <class Real>
Real renyi_of(real_vector<Real> const& values, Real alpha) {
    require_order("alpha", alpha);
    if (alpha == 1) return entropy_of(values);
    Real entropy = 0;
    if (alpha == 0) {
        entropy = std::log(static_cast<Real>(values.size()));
    } else if (!finite(alpha)) {
        entropy = -std::log(values(0));
    } else if (std::abs(alpha - 1) < Real{0.1}) {
        // Sum p^alpha - 1, which would cancel, by terms.
        Real excess = 0;
        for (Eigen::Index i = 0; i < values.size(); ++i) {
            excess += values(i) * std::expm1((alpha - 1) * std::log(values(i)));
        }
        entropy = std::log1p(excess) / (1 - alpha);
    } else {
        // With the largest eigenvalue taken out, no power underflows as a whole.
        Real const largest = values(0);
        entropy = alpha / (1 - alpha) * std::log(largest) +
                  std::log(power_sum<Real>(values / largest, alpha)) / (1 - alpha);
    }
    return larger(Real{0}, entropy);
}

/// The eigenvalues > 0 of a qubit.
template <class Real>
real_vector<Real> qubit_values(Real r) {
    real_vector<Real> values(r < 1 ? 2 : 1);
    values(0) = (1 + r) / 2;
    if (r < 1) values(1) = (1 - r) / 2;
    return values;
}

} // namespace detail

/// From the singular values of the factor, so that small eigenvalues keep their digits; those of at
/// most 4 d eps times the largest are left out. An SVD of d x r.
template <class Real, int D>
[[nodiscard]] basic_spectrum<Real> decompose(basic_density<Real, D> const& a) {
    auto out = detail::decompose_wide(a);
    if constexpr (std::same_as<Real, detail::working<Real>>) {
        return out;
    } else {
        return {out.values.template cast<Real>(), out.vectors.template cast<std::complex<Real>>()};
    }
}

/// The eigenvalues alone.
template <class Real, int D>
[[nodiscard]] detail::real_vector<Real> eigenvalues(basic_density<Real, D> const& a) {
    return decompose(a).values;
}

/// -Tr rho ln rho, in [0, ln d].
template <class Real, int D>
[[nodiscard]] Real von_neumann_entropy(basic_density<Real, D> const& a) {
    return static_cast<Real>(detail::entropy_of(detail::decompose_wide(a).values));
}
template <class Real, int D>
[[nodiscard]] Real von_neumann_entropy(basic_ket<Real, D> const&) noexcept {
    return 0;
}
/// Of the pure state sqrt(p): 0. (The entropy of the probabilities is that of diag(p).)
template <class Real, int N>
[[nodiscard]] Real von_neumann_entropy(basic_histogram<Real, N> const&) noexcept {
    return 0;
}
template <class Real>
[[nodiscard]] Real von_neumann_entropy(basic_qubit<Real> const& q) noexcept {
    return static_cast<Real>(detail::qubit_entropy(detail::wide(q).bloch_length));
}
/// The sum over the qubits.
template <class Real, int N>
[[nodiscard]] Real von_neumann_entropy(basic_qubit_product<Real, N> const& a) {
    detail::working<Real> sum = 0;
    for (auto const& q : a.qubits()) sum += detail::qubit_entropy(detail::wide(q).bloch_length);
    return static_cast<Real>(sum);
}

/// ln(Tr rho^alpha) / (1 - alpha), for alpha in [0, infinity]: the logarithm of the rank at 0, the
/// von Neumann entropy at 1, -ln of the largest eigenvalue at infinity. Throws invalid_argument for
/// a negative or NaN order.
template <class Real, int D>
[[nodiscard]] Real renyi_entropy(basic_density<Real, D> const& a,
                                 std::type_identity_t<detail::working<Real>> alpha) {
    detail::require_order("alpha", alpha);
    return static_cast<Real>(detail::renyi_of(detail::decompose_wide(a).values, alpha));
}
template <class Real, int D>
[[nodiscard]] Real renyi_entropy(basic_ket<Real, D> const&,
                                 std::type_identity_t<detail::working<Real>> alpha) {
    detail::require_order("alpha", alpha);
    return 0;
}
template <class Real, int N>
[[nodiscard]] Real renyi_entropy(basic_histogram<Real, N> const&,
                                 std::type_identity_t<detail::working<Real>> alpha) {
    detail::require_order("alpha", alpha);
    return 0;
}
template <class Real>
[[nodiscard]] Real renyi_entropy(basic_qubit<Real> const& q,
                                 std::type_identity_t<detail::working<Real>> alpha) {
    detail::require_order("alpha", alpha);
    return static_cast<Real>(
        detail::renyi_of(detail::qubit_values(detail::wide(q).bloch_length), alpha));
}
/// The sum over the qubits.
template <class Real, int N>
[[nodiscard]] Real renyi_entropy(basic_qubit_product<Real, N> const& a,
                                 std::type_identity_t<detail::working<Real>> alpha) {
    detail::require_order("alpha", alpha);
    detail::working<Real> sum = 0;
    for (auto const& q : a.qubits()) {
        sum += detail::renyi_of(detail::qubit_values(detail::wide(q).bloch_length), alpha);
    }
    return static_cast<Real>(sum);
}

/// (1 - Tr rho^q) / (q - 1), for finite q >= 0; the von Neumann entropy at 1, the linear entropy
/// 1 - Tr rho^2 at 2. Throws invalid_argument otherwise. For any state with a Renyi entropy R:
/// Tr rho^q = exp((1 - q) R), so that the entropies of products add up.
template <class State>
[[nodiscard]] auto tsallis_entropy(State const& a,
                                   std::type_identity_t<detail::working<typename State::real>> q)
    -> decltype(renyi_entropy(a, q)) {
    using real = typename State::real;
    using wide = detail::working<real>;
    detail::require_order("q", q);
    if (!detail::finite(q)) {
        WEFT_THROW(invalid_argument("q", detail::text(q), "a finite number"));
    }
    wide const renyi = renyi_entropy(a, q);
    if (q == 1) return static_cast<real>(renyi);
    return static_cast<real>(-std::expm1((1 - q) * renyi) / (q - 1));
}

/// Tr rho (ln rho - ln sigma) >= 0; infinity where rho has more than `outside` of its trace outside
/// the support of sigma. Not symmetric. Throws invalid_argument where dimensions differ.
template <class Real, int D, int E>
    requires same_size<D, E>
[[nodiscard]] Real relative_entropy(basic_density<Real, D> const& rho,
                                    basic_density<Real, E> const& sigma,
                                    Real outside = basic_tolerances<Real>::standard / 1000) {
    detail::require_same_dimension(rho.dimension(), sigma.dimension());
    using wide = detail::working<Real>;
    auto const a = detail::decompose_wide(rho), b = detail::decompose_wide(sigma);
    auto const& f = detail::wide(rho);
    detail::matrix<wide> const rest = f - b.vectors * (b.vectors.adjoint() * f);
    if (rest.squaredNorm() > outside) return std::numeric_limits<Real>::infinity();
    wide sum = 0;
    for (Eigen::Index i = 0; i < a.values.size(); ++i) {
        sum += detail::plogp(a.values(i));
        for (Eigen::Index j = 0; j < b.values.size(); ++j) {
            sum -= a.values(i) * detail::overlap2(a, b, i, j) * std::log(b.values(j));
        }
    }
    return static_cast<Real>(detail::larger(wide{0}, sum));
}

/// S(A) + S(B) - S(AB) >= 0 between the parties `first` and the others; arguments as for
/// partial_trace.
template <class Real, int D>
[[nodiscard]] Real mutual_information(basic_density<Real, D> const& a,
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
    return detail::larger(Real{0}, von_neumann_entropy(left) + von_neumann_entropy(right) -
                                       von_neumann_entropy(a));
}

/// |psi> = sum_k s_k |left_k> |right_k>: coefficients > 0, largest first, and orthonormal columns.
template <real_number Real = double>
struct basic_schmidt_form {
    detail::real_vector<Real> coefficients;
    detail::matrix<Real> left;
    detail::matrix<Real> right;
};

using schmidt_form = basic_schmidt_form<>;

/// Between the parties `first` (left) and the others; arguments as for partial_trace.
template <class Real, int D>
[[nodiscard]] basic_schmidt_form<Real> schmidt(basic_ket<Real, D> const& a,
                                               std::span<Eigen::Index const> dimensions,
                                               std::span<std::size_t const> first) {
    using wide = detail::working<Real>;
    auto const at = detail::split(a.dimension(), dimensions, first);
    auto const& v = detail::wide(a);
    detail::matrix<wide> m(at.kept, at.dropped);
    for (Eigen::Index i = 0; i < a.dimension(); ++i) {
        auto const n = static_cast<std::size_t>(i);
        m(at.kept_of[n], at.dropped_of[n]) = v(i);
    }
    auto const form = detail::singular_form_of<wide>(m);
    auto const& s = form.values;
    Eigen::Index r = 0;
    wide const least = s(0) * static_cast<wide>(a.dimension()) *
                       static_cast<wide>(std::numeric_limits<Real>::epsilon());
    while (r < s.size() && s(r) > least) ++r;
    using complex = std::complex<Real>;
    return {s.head(r).template cast<Real>(), form.left.leftCols(r).template cast<complex>(),
            form.right.leftCols(r).conjugate().template cast<complex>()};
}

/// Wootters' concurrence of two qubits, in [0,1]: from the singular values of A^T (Y x Y) A, with Y
/// Pauli's matrix. Source: Wootters, Phys. Rev. Lett. 80 (1998) 2245. Throws invalid_argument for
/// any other dimension than 4.
template <class Real, int D>
    requires same_size<D, 4>
[[nodiscard]] Real concurrence(basic_density<Real, D> const& a) {
    if (a.dimension() != 4) {
        WEFT_THROW(invalid_argument("a", "a state of dimension " + to_text(a.dimension()),
                                    "two qubits (dimension 4)"));
    }
    using wide = detail::working<Real>;
    detail::matrix<wide> const& f = detail::wide(a);
    detail::matrix<wide> flipped(4, f.cols());
    flipped.row(0) = -f.row(3);
    flipped.row(1) = f.row(2);
    flipped.row(2) = f.row(1);
    flipped.row(3) = -f.row(0);
    detail::matrix<wide> const tau = f.transpose() * flipped;
    auto const s = detail::singular_form_of<wide>(tau).values;
    wide c = s(0);
    for (Eigen::Index i = 1; i < s.size(); ++i) c -= s(i);
    return static_cast<Real>(detail::within_unit(c));
}

/// The sum of the moduli of the negative eigenvalues of the transpose on the parties `first`;
/// arguments as for partial_trace. 1/2 for a Bell pair. O(d^3).
template <class Real, int D>
[[nodiscard]] Real negativity(basic_density<Real, D> const& a,
                              std::span<Eigen::Index const> dimensions,
                              std::span<std::size_t const> first) {
    using wide = detail::working<Real>;
    auto const at = detail::split(a.dimension(), dimensions, first);
    Eigen::Index const d = a.dimension();
    auto const& f = detail::wide(a);
    detail::matrix<wide> const rho = f * f.adjoint();
    detail::matrix<wide> turned(d, d);
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
    auto const values =
        detail::hermitian_form_of<wide>(turned, "eigenvalues of a partial transpose").values;
    wide sum = 0;
    for (Eigen::Index i = 0; i < d; ++i) sum += detail::larger(wide{0}, -values(i));
    return static_cast<Real>(sum);
}

/// Tr(sqrt rho sqrt sigma), in [0, sqrt F]. Two SVDs.
template <class Real, int D, int E>
    requires same_size<D, E>
[[nodiscard]] Real affinity(basic_density<Real, D> const& rho,
                            basic_density<Real, E> const& sigma) {
    detail::require_same_dimension(rho.dimension(), sigma.dimension());
    if (detail::comes_after(rho.factor(), sigma.factor())) return affinity(sigma, rho);
    auto const a = detail::decompose_wide(rho), b = detail::decompose_wide(sigma);
    detail::working<Real> sum = 0;
    for (Eigen::Index i = 0; i < a.values.size(); ++i) {
        for (Eigen::Index j = 0; j < b.values.size(); ++j) {
            sum += std::sqrt(a.values(i) * b.values(j)) * detail::overlap2(a, b, i, j);
        }
    }
    return static_cast<Real>(detail::within_unit(sum));
}

/// ||sqrt rho - sqrt sigma|| = sqrt(2 - 2 affinity), in [0, sqrt 2], without cancellation.
template <class Real, int D, int E>
    requires same_size<D, E>
[[nodiscard]] Real hellinger_distance(basic_density<Real, D> const& rho,
                                      basic_density<Real, E> const& sigma) {
    detail::require_same_dimension(rho.dimension(), sigma.dimension());
    if (detail::comes_after(rho.factor(), sigma.factor())) return hellinger_distance(sigma, rho);
    auto const a = detail::decompose_wide(rho), b = detail::decompose_wide(sigma);
    detail::matrix<detail::working<Real>> difference =
        a.vectors * a.values.cwiseSqrt().asDiagonal() * a.vectors.adjoint();
    difference -= b.vectors * b.values.cwiseSqrt().asDiagonal() * b.vectors.adjoint();
    return static_cast<Real>(detail::at_most_root_two<detail::working<Real>>(difference.norm()));
}

/// How fast many copies of two states can be told apart.
template <real_number Real = double>
struct basic_chernoff {
    Real coefficient = 1; ///< min over s in [0,1] of Tr rho^s sigma^(1-s), in [0,1]
    Real exponent = 0;    ///< -ln coefficient: the error of n copies falls as exp(-n exponent)
    Real at = 0.5;        ///< the s of the least value
};

using chernoff = basic_chernoff<>;

/// The quantum Chernoff bound: the function of s is convex, its slope is bisected to the last bit.
/// Powers with exponent 0 are projections on the support. The exponent of orthogonal states is
/// infinity; eigenvectors count as orthogonal where their product is at most 4 d eps. Source:
/// Audenaert et al., Phys. Rev. Lett. 98 (2007) 160501.
template <class Real, int D, int E>
    requires same_size<D, E>
[[nodiscard]] basic_chernoff<Real> quantum_chernoff(basic_density<Real, D> const& rho,
                                                    basic_density<Real, E> const& sigma) {
    detail::require_same_dimension(rho.dimension(), sigma.dimension());
    using wide = detail::working<Real>;
    auto const a = detail::decompose_wide(rho), b = detail::decompose_wide(sigma);
    // What rounding leaves of the product of two orthogonal vectors.
    wide const noise =
        4 * static_cast<wide>(rho.dimension()) * wide{std::numeric_limits<Real>::epsilon()};
    auto const sum = [&](wide s, bool slope) {
        wide total = 0;
        for (Eigen::Index i = 0; i < a.values.size(); ++i) {
            for (Eigen::Index j = 0; j < b.values.size(); ++j) {
                wide const x = std::log(a.values(i)), y = std::log(b.values(j));
                wide const overlap = detail::overlap2(a, b, i, j);
                if (!(overlap > noise * noise)) continue;
                total += overlap * std::exp(s * x + (1 - s) * y) * (slope ? x - y : wide{1});
            }
        }
        return total;
    };
    wide low = 0, high = 1;
    if (sum(0, true) >= 0) high = 0;
    if (sum(1, true) <= 0) low = 1;
    if (low == 1 && high == 0) low = high = 0.5;
    if (low == 1) high = 1;
    while (high - low > std::numeric_limits<wide>::epsilon()) {
        wide const middle = (low + high) / 2;
        (sum(middle, true) < 0 ? low : high) = middle;
    }
    wide const s = (low + high) / 2;
    wide const coefficient = detail::within_unit(sum(s, false));
    return {static_cast<Real>(coefficient), static_cast<Real>(wide{0} - std::log(coefficient)),
            static_cast<Real>(s)};
}

/// The multivariate log-Euclidean fidelity Tr exp((ln rho_1 + ... + ln rho_n) / n) of n >= 1 states
/// of full rank, in [0,1]: 1 where all are equal, for diagonal states `matusita_affinity` (a root
/// fidelity). Throws domain_error, naming
/// the index, for a state with an eigenvalue of 0, where the logarithm is not defined. O(n d^3).
/// Source: Nuradha, Mishra, Leditzky and Wilde, J. Phys. A 58 (2025) 165304 (arXiv:2404.16101).
template <class Real, int D>
[[nodiscard]] Real log_euclidean_fidelity(std::span<basic_density<Real, D> const> group) {
    if (group.empty()) WEFT_THROW(invalid_argument("group", "no states", "at least one state"));
    using wide = detail::working<Real>;
    Eigen::Index const d = group[0].dimension();
    detail::matrix<wide> mean = detail::matrix<wide>::Zero(d, d);
    for (std::size_t k = 0; k < group.size(); ++k) {
        detail::require_same_dimension(d, group[k].dimension());
        auto const one = detail::decompose_wide(group[k]);
        if (one.values.size() < d) {
            WEFT_THROW(domain_error("the logarithm of group[" + to_text(k) + "], a state of rank " +
                                    to_text(one.values.size()) + " in dimension " + to_text(d)));
        }
        detail::real_vector<wide> const logs =
            one.values.array().log().matrix() / static_cast<wide>(group.size());
        mean += one.vectors * logs.asDiagonal() * one.vectors.adjoint();
    }
    auto const values =
        detail::hermitian_form_of<wide>(mean, "eigenvalues of a mean of logarithms").values;
    wide sum = 0;
    for (Eigen::Index i = 0; i < d; ++i) sum += std::exp(values(i));
    return static_cast<Real>(detail::within_unit(sum));
}

} // namespace weft::inline v0::quantum
