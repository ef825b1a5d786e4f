#pragma once

#include <cmath>
#include <complex>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <Eigen/Core>

#include "weft/core/error.hpp"
#include "weft/core/number.hpp"
#include "weft/quantum/qubit.hpp"

/// States, validated once when they are made. A mixed state is kept as a factor A with
/// rho = A A^H; a pure one is a single column.
namespace weft::inline v0::quantum {

/// How far input may be from a state. Within these limits it is taken to be one and scaled to unit
/// norm or trace; beyond, it is refused.
struct tolerances {
    /// |norm^2 - 1|, |trace - 1| or |sum - 1|.
    double unit = 1e-9;
    /// |rho_ij - conj(rho_ji)|.
    double hermitian = 1e-9;
    /// How negative a pivot of the factorisation of rho may be, and how large what the
    /// factorisation leaves over.
    double positive = 1e-9;
    /// Pivots of at most this size are dropped (they would be square-rooted noise). By default
    /// 4 d eps max(rho_ii). Raise it for matrices that are themselves known to fewer digits.
    std::optional<double> pivot;
};

namespace detail {

inline std::string at(std::string_view name, Eigen::Index i) {
    return std::string(name) + "[" + to_text(i) + "]";
}

inline std::string at(std::string_view name, Eigen::Index i, Eigen::Index j) {
    return at(at(name, i), j);
}

inline std::string shown(std::complex<double> z) {
    return std::string("[") + to_text(z.real()) + ", " + to_text(z.imag()) + "]";
}

inline bool finite(std::complex<double> z) {
    return is_finite(z.real()) && is_finite(z.imag());
}

inline void require_entries(std::string_view name, Eigen::Ref<Eigen::MatrixXcd const> const& m) {
    if (m.rows() == 0 || m.cols() == 0) {
        WEFT_THROW(invalid_argument(std::string(name),
                                    to_text(m.rows()) + " x " + to_text(m.cols()) + " entries",
                                    "at least one entry"));
    }
    for (Eigen::Index i = 0; i < m.rows(); ++i) {
        for (Eigen::Index j = 0; j < m.cols(); ++j) {
            if (!finite(m(i, j))) {
                WEFT_THROW(
                    invalid_argument(at(name, i, j), shown(m(i, j)), "a finite complex number"));
            }
        }
    }
}

/// What to divide by so that a squared norm that is 1 within the tolerance becomes 1; throws
/// beyond. A deviation that rounding explains is left alone, so that exact input stays exact.
inline double unit_scale(std::string_view name, std::string_view what, double squared,
                         Eigen::Index terms, double tolerance) {
    double const off = std::abs(squared - 1.0);
    if (!is_finite(squared) || !(off <= tolerance)) {
        WEFT_THROW(invalid_argument(std::string(name), std::string(what) + " " + to_text(squared),
                                    "1 within " + to_text(tolerance)));
    }
    double const rounding =
        std::numeric_limits<double>::epsilon() * static_cast<double>(terms < 4 ? 4 : terms);
    return off <= rounding ? 1.0 : std::sqrt(squared);
}

} // namespace detail

/// A pure state: d >= 1 complex amplitudes of unit norm.
class ket {
public:
    /// Throws invalid_argument (naming `argument`) for an empty or non-finite vector, or where the
    /// squared norm is not 1 within `tolerance.unit`; use `normalized` for any other vector.
    explicit ket(Eigen::VectorXcd amplitudes, tolerances const& tolerance = {},
                 std::string_view argument = "ket")
        : amplitudes_(std::move(amplitudes)) {
        if (amplitudes_.size() == 0) {
            WEFT_THROW(invalid_argument(std::string(argument), "no amplitudes", "at least one"));
        }
        for (Eigen::Index i = 0; i < amplitudes_.size(); ++i) {
            if (!detail::finite(amplitudes_(i))) {
                WEFT_THROW(invalid_argument(detail::at(argument, i), detail::shown(amplitudes_(i)),
                                            "a finite complex number"));
            }
        }
        double const scale =
            detail::unit_scale(argument, "a squared norm of", amplitudes_.squaredNorm(),
                               amplitudes_.size(), tolerance.unit);
        if (scale != 1.0) amplitudes_ /= scale;
    }

    [[nodiscard]] Eigen::VectorXcd const& amplitudes() const noexcept { return amplitudes_; }
    [[nodiscard]] Eigen::Index dimension() const noexcept { return amplitudes_.size(); }

private:
    Eigen::VectorXcd amplitudes_;
};

/// The ket in the direction of any finite vector but 0, also where squares would over- or
/// underflow.
[[nodiscard]] inline ket normalized(Eigen::VectorXcd v, std::string_view argument = "ket") {
    double largest = 0.0;
    for (Eigen::Index i = 0; i < v.size(); ++i) {
        if (!detail::finite(v(i))) {
            WEFT_THROW(invalid_argument(detail::at(argument, i), detail::shown(v(i)),
                                        "a finite complex number"));
        }
        largest = std::max({largest, std::abs(v(i).real()), std::abs(v(i).imag())});
    }
    if (!(largest > 0.0)) {
        WEFT_THROW(invalid_argument(std::string(argument), "the zero vector",
                                    "a vector with a direction"));
    }
    int exponent = 0;
    std::frexp(largest, &exponent);
    for (Eigen::Index i = 0; i < v.size(); ++i) {
        v(i) = {std::ldexp(v(i).real(), -exponent), std::ldexp(v(i).imag(), -exponent)};
    }
    v /= v.norm();
    return ket(std::move(v), {}, argument);
}

/// A mixed state as a factor: d x r complex numbers A with rho = A A^H of unit trace.
class density {
public:
    /// From A itself: any r >= 1. Throws invalid_argument for an empty or non-finite factor, or
    /// where the trace (the sum of the squared moduli) is not 1 within `tolerance.unit`.
    [[nodiscard]] static density from_factor(Eigen::MatrixXcd factor,
                                             tolerances const& tolerance = {},
                                             std::string_view argument = "factor") {
        detail::require_entries(argument, factor);
        double const scale = detail::unit_scale(argument, "a trace of", factor.squaredNorm(),
                                                factor.size(), tolerance.unit);
        if (scale != 1.0) factor /= scale;
        return density(std::move(factor));
    }

    /// From the matrix rho, by Cholesky with diagonal pivoting: r is the numerical rank. O(d^2 r).
    /// Throws invalid_argument where rho is not square, finite, Hermitian, of unit trace or
    /// positive semidefinite, saying which, by how much and at which index.
    [[nodiscard]] static density from_matrix(Eigen::Ref<Eigen::MatrixXcd const> const& rho,
                                             tolerances const& tolerance = {},
                                             std::string_view argument = "density");

    [[nodiscard]] Eigen::MatrixXcd const& factor() const noexcept { return factor_; }
    [[nodiscard]] Eigen::Index dimension() const noexcept { return factor_.rows(); }
    /// The number of columns of the factor, at least the rank of rho.
    [[nodiscard]] Eigen::Index rank() const noexcept { return factor_.cols(); }
    [[nodiscard]] Eigen::MatrixXcd matrix() const { return factor_ * factor_.adjoint(); }

private:
    explicit density(Eigen::MatrixXcd factor)
        : factor_(std::move(factor)) {}

    Eigen::MatrixXcd factor_;
};

inline density density::from_matrix(Eigen::Ref<Eigen::MatrixXcd const> const& rho,
                                    tolerances const& tolerance, std::string_view argument) {
    if (rho.rows() != rho.cols()) {
        WEFT_THROW(invalid_argument(std::string(argument),
                                    to_text(rho.rows()) + " x " + to_text(rho.cols()) + " entries",
                                    "a square matrix"));
    }
    detail::require_entries(argument, rho);
    Eigen::Index const d = rho.rows();
    for (Eigen::Index i = 0; i < d; ++i) {
        for (Eigen::Index j = 0; j <= i; ++j) {
            std::complex<double> const gap = rho(i, j) - std::conj(rho(j, i));
            double const off = std::max(std::abs(gap.real()), std::abs(gap.imag()));
            if (!(off <= tolerance.hermitian)) {
                WEFT_THROW(invalid_argument(detail::at(argument, i, j), detail::shown(rho(i, j)),
                                            std::string("the conjugate of ") +
                                                detail::at(argument, j, i) + " within " +
                                                to_text(tolerance.hermitian) +
                                                " (Hermitian; off by " + to_text(off) + ")"));
            }
        }
    }
    Eigen::MatrixXcd const hermitian = 0.5 * (rho + rho.adjoint());
    Eigen::VectorXd left = hermitian.diagonal().real();
    double const scale = detail::unit_scale(argument, "a trace of", left.sum(), d, tolerance.unit);
    constexpr double eps = std::numeric_limits<double>::epsilon();
    double const drop =
        tolerance.pivot.value_or(4.0 * static_cast<double>(d) * eps * left.maxCoeff());

    Eigen::MatrixXcd factor(d, d);
    std::vector<Eigen::Index> pivots;
    Eigen::Index r = 0;
    for (; r < d; ++r) {
        Eigen::Index p = 0;
        double const pivot = left.maxCoeff(&p);
        if (!(pivot > drop) || !(pivot > 0.0)) break;
        Eigen::VectorXcd column = hermitian.col(p);
        if (r > 0) column.noalias() -= factor.leftCols(r) * factor.row(p).head(r).adjoint();
        double const root = std::sqrt(pivot);
        column /= root;
        for (auto const done : pivots) column(done) = 0.0;
        column(p) = root;
        factor.col(r) = column;
        left -= column.cwiseAbs2();
        left(p) = 0.0;
        pivots.push_back(p);
    }
    Eigen::MatrixXcd rest = hermitian;
    rest.noalias() -= factor.leftCols(r) * factor.leftCols(r).adjoint();
    Eigen::Index worst = 0;
    double const lowest = rest.diagonal().real().minCoeff(&worst);
    if (!(lowest >= -tolerance.positive)) {
        WEFT_THROW(invalid_argument(
            std::string(argument), "a pivot of " + to_text(lowest) + " at index " + to_text(worst),
            "a positive semidefinite matrix (pivots >= -" + to_text(tolerance.positive) + ")"));
    }
    Eigen::Index row = 0, col = 0;
    double const residue = rest.cwiseAbs().maxCoeff(&row, &col);
    if (!(residue <= std::max(tolerance.positive, drop))) {
        WEFT_THROW(invalid_argument(
            std::string(argument),
            "an eigenvalue of about -" + to_text(residue) + " in the plane of indices " +
                to_text(col) + " and " + to_text(row),
            "a positive semidefinite matrix (within " + to_text(tolerance.positive) + ")"));
    }
    Eigen::MatrixXcd kept = factor.leftCols(r);
    double const trace = kept.squaredNorm();
    if (scale != 1.0 || std::abs(trace - 1.0) > static_cast<double>(d) * 4.0 * eps) {
        kept /= std::sqrt(trace);
    }
    return density(std::move(kept));
}

/// A product state of n >= 1 qubits. Never expanded to 2^n numbers where a closed form will do.
class qubit_product {
public:
    /// Throws invalid_argument, naming `argument` and the index, for an empty list or a qubit with
    /// a non-finite angle or a Bloch length outside [0,1].
    explicit qubit_product(std::vector<qubit> qubits, std::string_view argument = "qubits")
        : qubits_(std::move(qubits)) {
        if (qubits_.empty()) {
            WEFT_THROW(invalid_argument(std::string(argument), "no qubits", "at least one"));
        }
        for (std::size_t i = 0; i < qubits_.size(); ++i) {
            require_qubit(detail::at(argument, static_cast<Eigen::Index>(i)), qubits_[i]);
        }
        spinors_.reserve(qubits_.size());
        for (auto const& q : qubits_) spinors_.push_back(to_spinor(q));
    }

    [[nodiscard]] std::vector<qubit> const& qubits() const noexcept { return qubits_; }
    /// The same, prepared for pair scoring.
    [[nodiscard]] std::vector<spinor> const& spinors() const noexcept { return spinors_; }

private:
    std::vector<qubit> qubits_;
    std::vector<spinor> spinors_;
};

/// A probability vector p as the pure state with amplitudes sqrt(p_i).
class histogram {
public:
    /// Throws invalid_argument for an empty vector, an entry that is negative or not finite, or
    /// where the sum is not 1 within `tolerance.unit`; use `histogram_of_counts` for counts.
    explicit histogram(std::vector<double> probabilities, tolerances const& tolerance = {},
                       std::string_view argument = "histogram")
        : roots_(std::move(probabilities)) {
        double const sum = take_roots(argument);
        double const scale = detail::unit_scale(
            argument, "a sum of", sum, static_cast<Eigen::Index>(roots_.size()), tolerance.unit);
        for (auto& root : roots_) root /= scale;
    }

    /// sqrt(p_i): what the pair kernels take.
    [[nodiscard]] std::vector<double> const& roots() const noexcept { return roots_; }
    [[nodiscard]] std::size_t size() const noexcept { return roots_.size(); }

private:
    double take_roots(std::string_view argument) {
        if (roots_.empty()) {
            WEFT_THROW(invalid_argument(std::string(argument), "no entries", "at least one"));
        }
        double sum = 0.0;
        for (std::size_t i = 0; i < roots_.size(); ++i) {
            if (!is_finite(roots_[i]) || roots_[i] < 0.0) {
                WEFT_THROW(invalid_argument(detail::at(argument, static_cast<Eigen::Index>(i)),
                                            to_text(roots_[i]), "a finite number >= 0"));
            }
            sum += roots_[i];
            roots_[i] = std::sqrt(roots_[i]);
        }
        return sum;
    }

    std::vector<double> roots_;
};

/// Counts (or any weights >= 0, one of them positive) divided by their sum.
[[nodiscard]] inline histogram histogram_of_counts(std::span<double const> counts,
                                                   std::string_view argument = "counts") {
    double largest = 0.0;
    for (std::size_t i = 0; i < counts.size(); ++i) {
        if (!is_finite(counts[i]) || counts[i] < 0.0) {
            WEFT_THROW(invalid_argument(detail::at(argument, static_cast<Eigen::Index>(i)),
                                        to_text(counts[i]), "a finite number >= 0"));
        }
        largest = std::max(largest, counts[i]);
    }
    if (!(largest > 0.0)) {
        WEFT_THROW(invalid_argument(std::string(argument), "a sum of 0", "a positive count"));
    }
    std::vector<double> p(counts.begin(), counts.end());
    double sum = 0.0;
    for (auto& x : p) {
        x /= largest;
        sum += x;
    }
    for (auto& x : p) x /= sum;
    return histogram(std::move(p), {}, argument);
}

namespace detail {

/// Real and imaginary parts in turn.
inline double const* reals(ket const& a) noexcept {
    return reinterpret_cast<double const*>(a.amplitudes().data());
}

inline void require_same_dimension(Eigen::Index a, Eigen::Index b) {
    if (a != b) {
        WEFT_THROW(invalid_argument("b", "a state of dimension " + to_text(b),
                                    "the dimension of a, " + to_text(a)));
    }
}

inline void require_same_size(qubit_product const& a, qubit_product const& b) {
    if (a.qubits().size() != b.qubits().size()) {
        WEFT_THROW(invalid_argument("b", to_text(b.qubits().size()) + " qubits",
                                    "as many as in a: " + to_text(a.qubits().size())));
    }
}

inline void require_same_size(histogram const& a, histogram const& b) {
    if (a.size() != b.size()) {
        WEFT_THROW(invalid_argument("b", to_text(b.size()) + " entries",
                                    "as many as in a: " + to_text(a.size())));
    }
}

/// Whether the entries of `a` come after those of `b` in a fixed order. Symmetric functions swap
/// their arguments by it, so that f(a, b) and f(b, a) are the same bits.
inline bool comes_after(Eigen::Ref<Eigen::MatrixXcd const> const& a,
                        Eigen::Ref<Eigen::MatrixXcd const> const& b) {
    if (a.cols() != b.cols()) return a.cols() > b.cols();
    for (Eigen::Index j = 0; j < a.cols(); ++j) {
        for (Eigen::Index i = 0; i < a.rows(); ++i) {
            auto const x = a(i, j), y = b(i, j);
            if (x.real() != y.real()) return x.real() > y.real();
            if (x.imag() != y.imag()) return x.imag() > y.imag();
        }
    }
    return false;
}

} // namespace detail

} // namespace weft::inline v0::quantum
