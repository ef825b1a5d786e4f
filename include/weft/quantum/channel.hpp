#pragma once

#include <cmath>
#include <complex>
#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <Eigen/Core>
#include <Eigen/QR>

#include "weft/core/error.hpp"
#include "weft/core/number.hpp"
#include "weft/core/unit.hpp"
#include "weft/quantum/state.hpp"

/// Channels: what noise does to states. They take factors to factors and never form rho. The result
/// has at most d columns: a wider factor is brought to d by a QR decomposition.
namespace weft::inline v0::quantum {

namespace detail {

/// The same state with at most d columns: F^H = Q R, so F F^H = R^H R.
inline density narrowed(Eigen::MatrixXcd factor) {
    Eigen::Index const d = factor.rows();
    if (factor.cols() > d) {
        Eigen::HouseholderQR<Eigen::MatrixXcd> const qr(factor.adjoint());
        Eigen::MatrixXcd const upper =
            qr.matrixQR().topRows(d).template triangularView<Eigen::Upper>();
        factor = upper.adjoint();
    }
    return density::from_factor(std::move(factor));
}

} // namespace detail

/// A channel by Kraus operators K_k of one size d' x d with sum K_k^H K_k = 1.
class channel {
public:
    /// Throws invalid_argument, naming the index, for an empty list, operators of different sizes,
    /// entries that are not finite, and where an entry of sum K^H K is off from that of 1 by more
    /// than `tolerance`.
    explicit channel(std::vector<Eigen::MatrixXcd> kraus, double tolerance = 1e-12,
                     std::string_view argument = "kraus")
        : kraus_(std::move(kraus)) {
        if (kraus_.empty()) {
            WEFT_THROW(invalid_argument(std::string(argument), "no operators", "at least one"));
        }
        Eigen::Index const d = kraus_[0].cols();
        Eigen::MatrixXcd sum = -Eigen::MatrixXcd::Identity(d, d);
        for (std::size_t k = 0; k < kraus_.size(); ++k) {
            auto const name = detail::at(argument, static_cast<Eigen::Index>(k));
            detail::require_entries(name, kraus_[k]);
            if (kraus_[k].cols() != d || kraus_[k].rows() != kraus_[0].rows()) {
                WEFT_THROW(invalid_argument(
                    name, to_text(kraus_[k].rows()) + " x " + to_text(kraus_[k].cols()),
                    "the size of the first, " + to_text(kraus_[0].rows()) + " x " + to_text(d)));
            }
            sum.noalias() += kraus_[k].adjoint() * kraus_[k];
        }
        for (Eigen::Index i = 0; i < d; ++i) {
            for (Eigen::Index j = 0; j < d; ++j) {
                if (!(std::abs(sum(i, j)) <= tolerance)) {
                    WEFT_THROW(invalid_argument(
                        std::string(argument),
                        "a sum of K^H K off by " + to_text(std::abs(sum(i, j))) + " at [" +
                            to_text(i) + "][" + to_text(j) + "]",
                        "the identity within " + to_text(tolerance) + " (trace preserving)"));
                }
            }
        }
    }

    [[nodiscard]] std::vector<Eigen::MatrixXcd> const& kraus() const noexcept { return kraus_; }

    /// sum K rho K^H: the factor [K_1 A, K_2 A, ...]. Throws invalid_argument for a state of
    /// another dimension. O(n d' d r), and O(n r d'^2) where it is narrowed.
    [[nodiscard]] density operator()(density const& a) const {
        auto const& f = a.factor();
        if (f.rows() != kraus_[0].cols()) {
            WEFT_THROW(invalid_argument("a", "a state of dimension " + to_text(f.rows()),
                                        "the channel's dimension " + to_text(kraus_[0].cols())));
        }
        Eigen::MatrixXcd out(kraus_[0].rows(), f.cols() * static_cast<Eigen::Index>(kraus_.size()));
        for (std::size_t k = 0; k < kraus_.size(); ++k) {
            out.middleCols(static_cast<Eigen::Index>(k) * f.cols(), f.cols()).noalias() =
                kraus_[k] * f;
        }
        return detail::narrowed(std::move(out));
    }

private:
    std::vector<Eigen::MatrixXcd> kraus_;
};

/// (1 - p) rho + p 1/d, for p in [0,1]: the factor [sqrt(1 - p) A, sqrt(p / d) 1]. O(d^2 (d + r)).
[[nodiscard]] inline density depolarized(density const& a, double p) {
    require_unit("p", p);
    if (p == 0.0) return a;
    Eigen::Index const d = a.dimension(), r = a.rank();
    Eigen::MatrixXcd out = Eigen::MatrixXcd::Zero(d, r + d);
    out.leftCols(r) = std::sqrt(1.0 - p) * a.factor();
    out.rightCols(d).diagonal().setConstant(std::sqrt(p / static_cast<double>(d)));
    return detail::narrowed(std::move(out));
}

/// Every entry of rho off the diagonal times 1 - p, for p in [0,1]: the factor
/// [sqrt(1 - p) A, sqrt(p diag rho)]. O(d^2 (d + r)).
[[nodiscard]] inline density dephased(density const& a, double p) {
    require_unit("p", p);
    if (p == 0.0) return a;
    Eigen::Index const d = a.dimension(), r = a.rank();
    Eigen::MatrixXcd out = Eigen::MatrixXcd::Zero(d, r + d);
    out.leftCols(r) = std::sqrt(1.0 - p) * a.factor();
    for (Eigen::Index i = 0; i < d; ++i) out(i, r + i) = std::sqrt(p) * a.factor().row(i).norm();
    return detail::narrowed(std::move(out));
}

/// Amplitude damping of one qubit: 1 falls to 0 with probability gamma in [0,1].
[[nodiscard]] inline channel amplitude_damping(double gamma) {
    require_unit("gamma", gamma);
    Eigen::MatrixXcd stay = Eigen::MatrixXcd::Zero(2, 2), fall = Eigen::MatrixXcd::Zero(2, 2);
    stay(0, 0) = 1.0;
    stay(1, 1) = std::sqrt(1.0 - gamma);
    fall(0, 1) = std::sqrt(gamma);
    return channel({stay, fall});
}

/// A product of qubits stays one: each depolarised by itself, its Bloch length times 1 - p.
[[nodiscard]] inline qubit_product depolarized(qubit_product const& a, double p) {
    require_unit("p", p);
    auto qubits = a.qubits();
    for (auto& q : qubits) q.bloch_length *= 1.0 - p;
    return qubit_product(std::move(qubits));
}

} // namespace weft::inline v0::quantum
