#pragma once

#include <cmath>
#include <complex>
#include <concepts>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <Eigen/Core>

#include "weft/core/error.hpp"
#include "weft/core/number.hpp"
#include "weft/core/unit.hpp"
#include "weft/quantum/state.hpp"

/// Channels: what noise does to states. They take factors to factors and never form rho. The result
/// has at most d columns: a wider factor is brought to d by Householder reflections.
namespace weft::inline v0::quantum {

namespace detail {

/// The same state with at most d columns.
template <class Density>
Density narrowed(matrix<working<typename Density::real>> factor) {
    narrow(factor);
    factor /= factor.norm();
    return Density::from_factor(factor.template cast<std::complex<typename Density::real>>());
}

} // namespace detail

/// A channel by Kraus operators K_k of one size d' x d with sum K_k^H K_k = 1.
template <real_number Real = double>
class basic_channel {
public:
    using real = Real;
    static constexpr Real standard_tolerance =
        static_cast<Real>(std::same_as<Real, float> ? 1e-5L : 1e-12L);

    /// Throws invalid_argument, naming the index, for an empty list, operators of different sizes,
    /// entries that are not finite, and where an entry of sum K^H K is off from that of 1 by more
    /// than `tolerance`.
    explicit basic_channel(std::vector<detail::matrix<Real>> kraus,
                           Real tolerance = standard_tolerance, std::string_view argument = "kraus")
        : kraus_(std::move(kraus)) {
        if (kraus_.empty()) {
            WEFT_THROW(invalid_argument(std::string(argument), "no operators", "at least one"));
        }
        using wide = detail::matrix<detail::working<Real>>;
        Eigen::Index const d = kraus_[0].cols();
        wide sum = -wide::Identity(d, d);
        for (std::size_t k = 0; k < kraus_.size(); ++k) {
            auto const name = detail::at(argument, static_cast<Eigen::Index>(k));
            detail::require_entries(name, kraus_[k]);
            if (kraus_[k].cols() != d || kraus_[k].rows() != kraus_[0].rows()) {
                WEFT_THROW(invalid_argument(
                    name, to_text(kraus_[k].rows()) + " x " + to_text(kraus_[k].cols()),
                    "the size of the first, " + to_text(kraus_[0].rows()) + " x " + to_text(d)));
            }
            wide const one = kraus_[k].template cast<typename wide::Scalar>();
            sum.noalias() += one.adjoint() * one;
        }
        for (Eigen::Index i = 0; i < d; ++i) {
            for (Eigen::Index j = 0; j < d; ++j) {
                auto const off = std::abs(sum(i, j));
                if (!detail::finite(off) || !(off <= tolerance)) {
                    WEFT_THROW(invalid_argument(std::string(argument),
                                                "a sum of K^H K off by " + detail::text(off) +
                                                    " at [" + to_text(i) + "][" + to_text(j) + "]",
                                                "the identity within " + detail::text(tolerance) +
                                                    " (trace preserving)"));
                }
            }
        }
    }

    [[nodiscard]] std::vector<detail::matrix<Real>> const& kraus() const noexcept { return kraus_; }

    /// sum K rho K^H: the factor [K_1 A, K_2 A, ...]. Throws invalid_argument for a state of
    /// another dimension. O(n d' d r), and O(n r d'^2) where it is narrowed.
    template <int D>
    [[nodiscard]] basic_density<Real> operator()(basic_density<Real, D> const& a) const {
        auto const& f = detail::wide(a);
        if (f.rows() != kraus_[0].cols()) {
            WEFT_THROW(invalid_argument("a", "a state of dimension " + to_text(f.rows()),
                                        "the channel's dimension " + to_text(kraus_[0].cols())));
        }
        using wide = detail::matrix<detail::working<Real>>;
        wide out(kraus_[0].rows(), f.cols() * static_cast<Eigen::Index>(kraus_.size()));
        for (std::size_t k = 0; k < kraus_.size(); ++k) {
            out.middleCols(static_cast<Eigen::Index>(k) * f.cols(), f.cols()).noalias() =
                kraus_[k].template cast<typename wide::Scalar>() * f;
        }
        return detail::narrowed<basic_density<Real>>(std::move(out));
    }
    template <int D>
    [[nodiscard]] basic_density<Real> operator()(basic_ket<Real, D> const& a) const {
        return (*this)(basic_density<Real, D>::from_factor(a.amplitudes()));
    }

private:
    std::vector<detail::matrix<Real>> kraus_;
};

using channel = basic_channel<>;

/// (1 - p) rho + p 1/d, for p in [0,1]: the factor [sqrt(1 - p) A, sqrt(p / d) 1]. O(d^2 (d + r)).
template <class Real, int D>
[[nodiscard]] basic_density<Real, D> depolarized(basic_density<Real, D> const& a, double p) {
    require_unit("p", p);
    if (p == 0.0) return a;
    using wide = detail::working<Real>;
    wide const share = p;
    Eigen::Index const d = a.dimension(), r = a.rank();
    detail::matrix<wide> out = detail::matrix<wide>::Zero(d, r + d);
    out.leftCols(r) = std::sqrt(1 - share) * detail::wide(a);
    out.rightCols(d).diagonal().setConstant(std::sqrt(share / static_cast<wide>(d)));
    return detail::narrowed<basic_density<Real, D>>(std::move(out));
}

/// Every entry of rho off the diagonal times 1 - p, for p in [0,1]: the factor
/// [sqrt(1 - p) A, sqrt(p diag rho)]. O(d^2 (d + r)).
template <class Real, int D>
[[nodiscard]] basic_density<Real, D> dephased(basic_density<Real, D> const& a, double p) {
    require_unit("p", p);
    if (p == 0.0) return a;
    using wide = detail::working<Real>;
    wide const share = p;
    auto const& f = detail::wide(a);
    Eigen::Index const d = a.dimension(), r = a.rank();
    detail::matrix<wide> out = detail::matrix<wide>::Zero(d, r + d);
    out.leftCols(r) = std::sqrt(1 - share) * f;
    for (Eigen::Index i = 0; i < d; ++i) out(i, r + i) = std::sqrt(share) * f.row(i).norm();
    return detail::narrowed<basic_density<Real, D>>(std::move(out));
}

/// Amplitude damping of one qubit: 1 falls to 0 with probability gamma in [0,1].
template <real_number Real = double>
[[nodiscard]] basic_channel<Real> amplitude_damping(double gamma) {
    require_unit("gamma", gamma);
    Real const fallen = static_cast<Real>(gamma);
    detail::matrix<Real> stay = detail::matrix<Real>::Zero(2, 2), fall = stay;
    stay(0, 0) = 1;
    stay(1, 1) = std::sqrt(1 - fallen);
    fall(0, 1) = std::sqrt(fallen);
    return basic_channel<Real>({stay, fall});
}

namespace detail {

/// The qubits of a product, each by its own map.
template <class Real, int N, class Map>
basic_qubit_product<Real, N> each_qubit(basic_qubit_product<Real, N> const& a, Map const& map) {
    auto qubits = a.qubits();
    for (auto& q : qubits) {
        auto const w = map(wide(q));
        q = {static_cast<Real>(w.theta), static_cast<Real>(w.phi),
             static_cast<Real>(within_unit(w.bloch_length))};
    }
    return basic_qubit_product<Real, N>(std::move(qubits));
}

/// The qubit with the Bloch vector of length `in_plane` at the azimuth of q, and height z.
template <class Wide>
basic_qubit<Wide> lifted(basic_qubit<Wide> const& q, Wide in_plane, Wide z) {
    return {std::atan2(in_plane, z), q.phi, std::hypot(in_plane, z)};
}

} // namespace detail

/// A product of qubits stays one: each depolarised by itself, its Bloch length times 1 - p. O(n).
template <class Real, int N>
[[nodiscard]] basic_qubit_product<Real, N> depolarized(basic_qubit_product<Real, N> const& a,
                                                       double p) {
    require_unit("p", p);
    detail::working<Real> const share = p;
    return detail::each_qubit(a, [share](auto q) {
        q.bloch_length *= 1 - share;
        return q;
    });
}

/// Each qubit dephased by itself: what its Bloch vector has in the plane times 1 - p. O(n).
template <class Real, int N>
[[nodiscard]] basic_qubit_product<Real, N> dephased(basic_qubit_product<Real, N> const& a,
                                                    double p) {
    require_unit("p", p);
    if (p == 0.0) return a;
    detail::working<Real> const share = p;
    return detail::each_qubit(a, [share](auto const& q) {
        auto const plane = q.bloch_length * std::sin(q.theta) * (1 - share);
        return detail::lifted(q, plane, q.bloch_length * std::cos(q.theta));
    });
}

/// Each qubit damped by itself, as by `amplitude_damping`: the plane times sqrt(1 - gamma), the
/// height z to gamma + (1 - gamma) z. O(n).
template <class Real, int N>
[[nodiscard]] basic_qubit_product<Real, N> damped(basic_qubit_product<Real, N> const& a,
                                                  double gamma) {
    require_unit("gamma", gamma);
    if (gamma == 0.0) return a;
    detail::working<Real> const share = gamma;
    return detail::each_qubit(a, [share](auto const& q) {
        auto const plane = q.bloch_length * std::sin(q.theta) * std::sqrt(1 - share);
        return detail::lifted(q, plane, share + (1 - share) * (q.bloch_length * std::cos(q.theta)));
    });
}

} // namespace weft::inline v0::quantum
