#pragma once

#include <array>
#include <cmath>
#include <complex>
#include <concepts>
#include <cstddef>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <Eigen/Core>

#include "weft/core/error.hpp"
#include "weft/core/number.hpp"
#include "weft/quantum/pivoted.hpp"
#include "weft/quantum/qubit.hpp"
#include "weft/quantum/real.hpp"

/// States, validated once when they are made. A mixed state is kept as a factor A with
/// rho = A A^H; a pure one is a single column. Each kind is a template of its real type (float,
/// double, long double) and of its size, fixed or `dynamic`; `ket`, `density`, `qubit_product` and
/// `histogram` are those of doubles and of any size. States of a fixed size hold no pointer, and
/// need no more than the alignment of their numbers.
namespace weft::inline v0::quantum {

/// How far input may be from a state. Within these limits it is taken to be one and scaled to unit
/// norm or trace; beyond, it is refused. By default 1e-9, for floats 1e-4.
template <real_number Real = double>
struct basic_tolerances {
    static constexpr Real standard = static_cast<Real>(std::same_as<Real, float> ? 1e-4L : 1e-9L);

    /// |norm^2 - 1|, |trace - 1| or |sum - 1|.
    Real unit = standard;
    /// |rho_ij - conj(rho_ji)|.
    Real hermitian = standard;
    /// How negative a pivot of the factorisation of rho may be, and how large what the
    /// factorisation leaves over.
    Real positive = standard;
    /// Pivots of at most this size are dropped (they would be square-rooted noise). By default
    /// 4 d eps max(rho_ii). Raise it for matrices that are themselves known to fewer digits.
    std::optional<Real> pivot = std::nullopt;
};

using tolerances = basic_tolerances<>;

namespace detail {

template <class Real>
using vector = Eigen::Matrix<std::complex<Real>, Eigen::Dynamic, 1>;
template <class Real>
using matrix = Eigen::Matrix<std::complex<Real>, Eigen::Dynamic, Eigen::Dynamic>;
template <class Real>
using real_vector = Eigen::Matrix<Real, Eigen::Dynamic, 1>;

/// D numbers.
template <class Real, int D>
using amplitudes = Eigen::Matrix<std::complex<Real>, D, 1, D == dynamic ? 0 : Eigen::DontAlign>;

/// D x r numbers; with D fixed, r is at most D.
template <class Real, int D>
using factor = Eigen::Matrix<std::complex<Real>, D, Eigen::Dynamic,
                             D == dynamic ? 0
                             : D == 1     ? Eigen::RowMajor | Eigen::DontAlign
                                          : Eigen::DontAlign,
                             D, D>;

/// n values: an array where n is fixed.
template <class Value, int N>
struct storage_of {
    using type = std::array<Value, static_cast<std::size_t>(N)>;
};
template <class Value>
struct storage_of<Value, dynamic> {
    using type = std::vector<Value>;
};
template <class Value, int N>
using storage = typename storage_of<Value, N>::type;

inline std::string at(std::string_view name, Eigen::Index i) {
    return std::string(name) + "[" + to_text(i) + "]";
}

inline std::string at(std::string_view name, Eigen::Index i, Eigen::Index j) {
    return at(at(name, i), j);
}

template <class Real>
std::string shown(std::complex<Real> z) {
    return std::string("[") + text(z.real()) + ", " + text(z.imag()) + "]";
}

template <class Real>
bool finite(std::complex<Real> z) {
    return finite(z.real()) && finite(z.imag());
}

template <class Derived>
void require_entries(std::string_view name, Eigen::MatrixBase<Derived> const& m) {
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

/// As above for a vector.
template <class Derived>
void require_numbers(std::string_view name, Eigen::MatrixBase<Derived> const& v) {
    for (Eigen::Index i = 0; i < v.size(); ++i) {
        if (!finite(v(i))) {
            WEFT_THROW(invalid_argument(at(name, i), shown(v(i)), "a finite complex number"));
        }
    }
}

inline void require_fixed(std::string_view name, char const* what, int fixed, Eigen::Index size) {
    if (fixed != dynamic && size != fixed) {
        WEFT_THROW(invalid_argument(std::string(name), to_text(size) + what,
                                    to_text(fixed) + ", the size of its type"));
    }
}

/// What to divide by so that a squared norm that is 1 within the tolerance becomes 1; throws
/// beyond. A deviation that rounding explains is left alone, so that exact input stays exact.
/// `squared` is that of numbers of type Real, taken in the type that one computes with.
template <class Real>
working<Real> unit_scale(std::string_view name, std::string_view what, working<Real> squared,
                         Eigen::Index terms, Real tolerance) {
    working<Real> const off = std::abs(squared - 1);
    if (!finite(squared) || !(off <= tolerance)) {
        WEFT_THROW(invalid_argument(std::string(name), std::string(what) + " " + text(squared),
                                    "1 within " + text(tolerance)));
    }
    auto const rounding = static_cast<working<Real>>(std::numeric_limits<Real>::epsilon()) *
                          static_cast<working<Real>>(terms < 4    ? 4
                                                     : terms > 16 ? 16
                                                                  : terms);
    return off <= rounding ? working<Real>{1} : std::sqrt(squared);
}

/// ||m||^2 in what one computes with.
template <class Derived>
auto squared_norm(Eigen::MatrixBase<Derived> const& m) {
    using wide = working<typename Derived::RealScalar>;
    if constexpr (std::same_as<wide, typename Derived::RealScalar>) {
        return m.squaredNorm();
    } else {
        return m.template cast<std::complex<wide>>().squaredNorm();
    }
}

/// The same state as L of d x d with F F^H = L L^H, where F is wider than d: Householder
/// reflections from the right.
template <class Real>
void narrow(matrix<Real>& f) {
    Eigen::Index const d = f.rows(), n = f.cols();
    if (n <= d) return;
    for (Eigen::Index i = 0; i < d; ++i) {
        auto row = f.row(i).tail(n - i);
        Real const norm = row.norm();
        if (!(norm > 0)) continue;
        std::complex<Real> const first = row(0);
        Real const modulus = std::abs(first);
        std::complex<Real> const phase = modulus > 0 ? first / modulus : std::complex<Real>(1);
        vector<Real> v = row.adjoint();
        v(0) += std::conj(phase) * norm;
        Real const v2 = v.squaredNorm();
        // Of what is smaller, the reciprocal would overflow; it counts as 0.
        if (!(v2 > std::numeric_limits<Real>::min() / std::numeric_limits<Real>::epsilon())) {
            row.tail(n - i - 1).setZero();
            continue;
        }
        vector<Real> const image = f.rightCols(n - i) * v;
        f.rightCols(n - i).noalias() -= image * (v.adjoint() * (2 / v2));
        row.tail(n - i - 1).setZero();
    }
    f.conservativeResize(d, d);
}

/// A factor of the matrix rho by Cholesky with diagonal pivoting; `eps` is that of the numbers as
/// they were given. See basic_density::from_matrix.
template <class Real>
matrix<Real> cholesky(split_matrix<Real> const& rho, basic_tolerances<Real> const& tolerance,
                      Real eps, Real off_trace, std::string_view argument);

} // namespace detail

/// A pure state: d >= 1 complex amplitudes of unit norm.
template <real_number Real = double, int Dimension = dynamic>
class basic_ket {
public:
    using real = Real;
    static constexpr int fixed_size = Dimension;

    /// Throws invalid_argument (naming `argument`) for an empty or non-finite vector, or where the
    /// squared norm is not 1 within `tolerance.unit`; use `normalized` for any other vector.
    explicit basic_ket(detail::amplitudes<Real, Dimension> amplitudes,
                       basic_tolerances<Real> const& tolerance = {},
                       std::string_view argument = "ket")
        : amplitudes_(std::move(amplitudes)) {
        if (amplitudes_.size() == 0) {
            WEFT_THROW(invalid_argument(std::string(argument), "no amplitudes", "at least one"));
        }
        detail::require_numbers(argument, amplitudes_);
        auto const scale = detail::unit_scale<Real>(argument, "a squared norm of",
                                                    detail::squared_norm(amplitudes_),
                                                    amplitudes_.size(), tolerance.unit);
        if (scale != 1) amplitudes_ /= static_cast<Real>(scale);
    }

    [[nodiscard]] detail::amplitudes<Real, Dimension> const& amplitudes() const noexcept {
        return amplitudes_;
    }
    [[nodiscard]] Eigen::Index dimension() const noexcept { return amplitudes_.size(); }

private:
    detail::amplitudes<Real, Dimension> amplitudes_;
};

using ket = basic_ket<>;

/// The ket in the direction of any finite vector but 0, also where squares would over- or
/// underflow. `normalized<3>(v)` is a ket of fixed dimension.
template <int Dimension = dynamic, class Derived>
[[nodiscard]] basic_ket<typename Derived::RealScalar, Dimension>
normalized(Eigen::MatrixBase<Derived> const& direction, std::string_view argument = "ket") {
    using real = typename Derived::RealScalar;
    detail::vector<real> v = direction;
    detail::require_fixed(argument, " amplitudes", Dimension, v.size());
    detail::require_numbers(argument, v);
    real largest = 0;
    for (Eigen::Index i = 0; i < v.size(); ++i) {
        largest =
            detail::larger(largest, detail::larger(std::abs(v(i).real()), std::abs(v(i).imag())));
    }
    if (!(largest > 0)) {
        WEFT_THROW(invalid_argument(std::string(argument), "the zero vector",
                                    "a vector with a direction"));
    }
    int exponent = 0;
    std::frexp(largest, &exponent);
    for (Eigen::Index i = 0; i < v.size(); ++i) {
        v(i) = {std::ldexp(v(i).real(), -exponent), std::ldexp(v(i).imag(), -exponent)};
    }
    v /= static_cast<real>(std::sqrt(detail::squared_norm(v)));
    return basic_ket<real, Dimension>(v, {}, argument);
}

/// A mixed state as a factor: d x r complex numbers A with rho = A A^H of unit trace.
template <real_number Real = double, int Dimension = dynamic>
class basic_density {
public:
    using real = Real;
    static constexpr int fixed_size = Dimension;

    /// From A itself: any r >= 1; one wider than d is brought to d columns, O(d^2 r). Throws
    /// invalid_argument for an empty or non-finite factor, or where the trace (the sum of the
    /// squared moduli) is not 1 within `tolerance.unit`.
    [[nodiscard]] static basic_density from_factor(detail::matrix<Real> factor,
                                                   basic_tolerances<Real> const& tolerance = {},
                                                   std::string_view argument = "factor") {
        detail::require_entries(argument, factor);
        detail::require_fixed(argument, " rows", Dimension, factor.rows());
        auto const scale = detail::unit_scale<Real>(
            argument, "a trace of", detail::squared_norm(factor), factor.size(), tolerance.unit);
        if (scale != 1) factor /= static_cast<Real>(scale);
        detail::narrow(factor);
        return basic_density(std::move(factor));
    }

    /// From the matrix rho, by Cholesky with diagonal pivoting: r is the numerical rank. O(d^2 r).
    /// Throws invalid_argument where rho is not square, finite, Hermitian, of unit trace or
    /// positive semidefinite, saying which, by how much and at which index.
    [[nodiscard]] static basic_density
    from_matrix(Eigen::Ref<detail::matrix<Real> const> const& rho,
                basic_tolerances<Real> const& tolerance = {},
                std::string_view argument = "density");

    [[nodiscard]] detail::factor<Real, Dimension> const& factor() const noexcept { return factor_; }
    [[nodiscard]] Eigen::Index dimension() const noexcept { return factor_.rows(); }
    /// The number of columns of the factor, at least the rank of rho.
    [[nodiscard]] Eigen::Index rank() const noexcept { return factor_.cols(); }
    [[nodiscard]] detail::matrix<Real> matrix() const { return factor_ * factor_.adjoint(); }

private:
    explicit basic_density(detail::matrix<Real> factor)
        : factor_(std::move(factor)) {}

    detail::factor<Real, Dimension> factor_;
};

using density = basic_density<>;

template <real_number Real, int Dimension>
basic_density<Real, Dimension>
basic_density<Real, Dimension>::from_matrix(Eigen::Ref<detail::matrix<Real> const> const& rho,
                                            basic_tolerances<Real> const& tolerance,
                                            std::string_view argument) {
    if (rho.rows() != rho.cols()) {
        WEFT_THROW(invalid_argument(std::string(argument),
                                    to_text(rho.rows()) + " x " + to_text(rho.cols()) + " entries",
                                    "a square matrix"));
    }
    detail::require_entries(argument, rho);
    Eigen::Index const d = rho.rows();
    detail::require_fixed(argument, " rows", Dimension, d);
    for (Eigen::Index i = 0; i < d; ++i) {
        for (Eigen::Index j = 0; j <= i; ++j) {
            std::complex<Real> const gap = rho(i, j) - std::conj(rho(j, i));
            Real const off = detail::larger(std::abs(gap.real()), std::abs(gap.imag()));
            if (!(off <= tolerance.hermitian)) {
                WEFT_THROW(invalid_argument(detail::at(argument, i, j), detail::shown(rho(i, j)),
                                            std::string("the conjugate of ") +
                                                detail::at(argument, j, i) + " within " +
                                                detail::text(tolerance.hermitian) +
                                                " (Hermitian; off by " + detail::text(off) + ")"));
            }
        }
    }
    using wide = detail::working<Real>;
    auto const size = static_cast<std::size_t>(d);
    detail::split_matrix<wide> hermitian(size, size);
    wide trace = 0;
    for (Eigen::Index j = 0; j < d; ++j) {
        auto const n = static_cast<std::size_t>(j);
        for (Eigen::Index i = 0; i < d; ++i) {
            hermitian.re(n)[i] = (wide{rho(i, j).real()} + wide{rho(j, i).real()}) / 2;
            hermitian.im(n)[i] = (wide{rho(i, j).imag()} - wide{rho(j, i).imag()}) / 2;
        }
        trace += hermitian.re(n)[n];
    }
    auto const scale = detail::unit_scale<Real>(argument, "a trace of", trace, d, tolerance.unit);
    basic_tolerances<wide> limits{tolerance.unit, tolerance.hermitian, tolerance.positive};
    if (tolerance.pivot) limits.pivot = *tolerance.pivot;
    detail::matrix<wide> const factor = detail::cholesky<wide>(
        hermitian, limits, std::numeric_limits<Real>::epsilon(), scale, argument);
    return basic_density(factor.template cast<std::complex<Real>>());
}

namespace detail {

template <class Real>
matrix<Real> cholesky(split_matrix<Real> const& hermitian, basic_tolerances<Real> const& tolerance,
                      Real eps, Real scale, std::string_view argument) {
    std::size_t const size = hermitian.rows();
    auto const d = static_cast<Eigen::Index>(size);
    Real largest = 0;
    for (std::size_t i = 0; i < size; ++i) largest = larger(largest, hermitian.re(i)[i]);
    Real const drop = tolerance.pivot.value_or(4 * static_cast<Real>(d) * eps * largest);

    auto found = pivoted_cholesky(hermitian, drop);
    // With every index a pivot nothing is left over; the columns of pivots never leave anything.
    Real lowest = 0, residue2 = 0;
    std::size_t worst = 0, row = 0, col = 0;
    for (std::size_t j = 0; j < size; ++j) {
        if (found.used[j] != 0) continue;
        left_over(hermitian, j, found);
        Real const* const re = found.left_re();
        Real const* const im = found.left_im();
        if (re[j] < lowest) {
            lowest = re[j];
            worst = j;
        }
        for (std::size_t i = 0; i < size; ++i) {
            Real const square = re[i] * re[i] + im[i] * im[i];
            if (square > residue2) {
                residue2 = square;
                row = i;
                col = j;
            }
        }
    }
    if (!(lowest >= -tolerance.positive)) {
        WEFT_THROW(invalid_argument(
            std::string(argument), "a pivot of " + text(lowest) + " at index " + to_text(worst),
            "a positive semidefinite matrix (pivots >= -" + text(tolerance.positive) + ")"));
    }
    Real const residue = std::sqrt(residue2);
    if (!(residue <= larger(tolerance.positive, drop))) {
        WEFT_THROW(invalid_argument(
            std::string(argument),
            "an eigenvalue of about -" + text(residue) + " in the plane of indices " +
                to_text(col) + " and " + to_text(row),
            "a positive semidefinite matrix (within " + text(tolerance.positive) + ")"));
    }
    matrix<Real> kept(d, static_cast<Eigen::Index>(found.rank));
    for (std::size_t j = 0; j < found.rank; ++j) {
        std::complex<Real>* column = kept.data() + j * size;
        for (std::size_t i = 0; i < size; ++i) {
            column[i] = {found.columns.re(j)[i], found.columns.im(j)[i]};
        }
    }
    Real const trace = kept.squaredNorm();
    if (!finite(trace)) {
        WEFT_THROW(invalid_argument(std::string(argument), "entries whose squares overflow",
                                    "a positive semidefinite matrix"));
    }
    if (scale != 1 || std::abs(trace - 1) > static_cast<Real>(d < 4 ? d : 4) * 4 * eps) {
        kept /= std::sqrt(trace);
    }
    return kept;
}

} // namespace detail

/// A product state of n >= 1 qubits. Never expanded to 2^n numbers where a closed form will do.
template <real_number Real = double, int Count = dynamic>
class basic_qubit_product {
public:
    using real = Real;
    static constexpr int fixed_size = Count;
    using qubit_list = detail::storage<basic_qubit<Real>, Count>;
    using spinor_list = detail::storage<basic_spinor<detail::working<Real>>, Count>;

    /// Throws invalid_argument, naming `argument` and the index, for an empty list or a qubit with
    /// a non-finite angle or a Bloch length outside [0,1].
    explicit basic_qubit_product(qubit_list qubits, std::string_view argument = "qubits")
        : qubits_(std::move(qubits)) {
        if (qubits_.empty()) {
            WEFT_THROW(invalid_argument(std::string(argument), "no qubits", "at least one"));
        }
        for (std::size_t i = 0; i < qubits_.size(); ++i) {
            require_qubit(detail::at(argument, static_cast<Eigen::Index>(i)), qubits_[i]);
        }
        if constexpr (Count == dynamic) spinors_.resize(qubits_.size());
        for (std::size_t i = 0; i < qubits_.size(); ++i) spinors_[i] = to_spinor(qubits_[i]);
    }

    [[nodiscard]] qubit_list const& qubits() const noexcept { return qubits_; }
    /// The same, prepared for pair scoring.
    [[nodiscard]] spinor_list const& spinors() const noexcept { return spinors_; }

private:
    qubit_list qubits_;
    spinor_list spinors_;
};

using qubit_product = basic_qubit_product<>;

/// A probability vector p as the pure state with amplitudes sqrt(p_i).
template <real_number Real = double, int Size = dynamic>
class basic_histogram {
public:
    using real = Real;
    static constexpr int fixed_size = Size;
    using number_list = detail::storage<Real, Size>;

    /// Throws invalid_argument for an empty vector, an entry that is negative or not finite, or
    /// where the sum is not 1 within `tolerance.unit`; use `histogram_of_counts` for counts.
    explicit basic_histogram(number_list probabilities,
                             basic_tolerances<Real> const& tolerance = {},
                             std::string_view argument = "histogram")
        : roots_(std::move(probabilities)) {
        auto const sum = take_roots(argument);
        auto const scale = detail::unit_scale<Real>(
            argument, "a sum of", sum, static_cast<Eigen::Index>(roots_.size()), tolerance.unit);
        for (auto& root : roots_) root = static_cast<Real>(root / scale);
    }

    /// sqrt(p_i): what the pair kernels take.
    [[nodiscard]] number_list const& roots() const noexcept { return roots_; }
    [[nodiscard]] std::size_t size() const noexcept { return roots_.size(); }

private:
    detail::working<Real> take_roots(std::string_view argument) {
        if (roots_.empty()) {
            WEFT_THROW(invalid_argument(std::string(argument), "no entries", "at least one"));
        }
        detail::working<Real> sum = 0;
        for (std::size_t i = 0; i < roots_.size(); ++i) {
            if (!detail::finite(roots_[i]) || roots_[i] < 0) {
                WEFT_THROW(invalid_argument(detail::at(argument, static_cast<Eigen::Index>(i)),
                                            detail::text(roots_[i]), "a finite number >= 0"));
            }
            sum += roots_[i];
            roots_[i] = std::sqrt(roots_[i]);
        }
        return sum;
    }

    number_list roots_;
};

using histogram = basic_histogram<>;

namespace detail {

/// Numbers >= 0 divided by their sum.
template <class Real>
void make_probabilities(std::span<Real> p, std::string_view argument) {
    Real largest = 0;
    for (std::size_t i = 0; i < p.size(); ++i) {
        if (!finite(p[i]) || p[i] < 0) {
            WEFT_THROW(invalid_argument(at(argument, static_cast<Eigen::Index>(i)), text(p[i]),
                                        "a finite number >= 0"));
        }
        largest = larger(largest, p[i]);
    }
    if (!(largest > 0)) {
        WEFT_THROW(invalid_argument(std::string(argument), "a sum of 0", "a positive count"));
    }
    working<Real> sum = 0;
    for (auto& x : p) {
        x /= largest;
        sum += x;
    }
    for (auto& x : p) x = static_cast<Real>(x / sum);
}

} // namespace detail

/// Counts (or any weights >= 0, one of them positive) divided by their sum: of anything contiguous,
/// in the counts' own real type. `histogram_of_counts<24>(counts)` is one of fixed size.
template <int Size = dynamic, class Counts>
[[nodiscard]] auto histogram_of_counts(Counts const& counts, std::string_view argument = "counts") {
    using real = std::remove_cvref_t<decltype(*std::data(counts))>;
    detail::require_fixed(argument, " counts", Size, static_cast<Eigen::Index>(std::size(counts)));
    detail::storage<real, Size> p{};
    if constexpr (Size == dynamic) p.resize(std::size(counts));
    for (std::size_t i = 0; i < p.size(); ++i) p[i] = std::data(counts)[i];
    detail::make_probabilities(std::span<real>(p), argument);
    return basic_histogram<real, Size>(std::move(p), {}, argument);
}

namespace detail {

template <class State>
inline constexpr bool is_product = false;
template <class Real, int N>
inline constexpr bool is_product<basic_qubit_product<Real, N>> = true;
template <class State>
inline constexpr bool is_ket = false;
template <class Real, int D>
inline constexpr bool is_ket<basic_ket<Real, D>> = true;
template <class State>
inline constexpr bool is_density = false;
template <class Real, int D>
inline constexpr bool is_density<basic_density<Real, D>> = true;
template <class State>
inline constexpr bool is_histogram = false;
template <class Real, int N>
inline constexpr bool is_histogram<basic_histogram<Real, N>> = true;

/// The numbers that one computes with: those of the state itself, or where these are floats, the
/// same in double and of unit norm to the digits of a double.
template <class Real, int D>
decltype(auto) wide(basic_ket<Real, D> const& a) {
    if constexpr (std::same_as<Real, working<Real>>) {
        return (a.amplitudes());
    } else {
        amplitudes<working<Real>, D> v =
            a.amplitudes().template cast<std::complex<working<Real>>>();
        v /= v.norm();
        return v;
    }
}

template <class Real, int D>
decltype(auto) wide(basic_density<Real, D> const& a) {
    if constexpr (std::same_as<Real, working<Real>> && D == dynamic) {
        return (a.factor());
    } else {
        matrix<working<Real>> f = a.factor().template cast<std::complex<working<Real>>>();
        if constexpr (!std::same_as<Real, working<Real>>) f /= f.norm();
        return f;
    }
}

template <class Real, int N>
decltype(auto) wide_roots(basic_histogram<Real, N> const& a) {
    if constexpr (std::same_as<Real, working<Real>>) {
        return (a.roots());
    } else {
        storage<working<Real>, N> roots{};
        if constexpr (N == dynamic) roots.resize(a.size());
        working<Real> sum = 0;
        for (std::size_t i = 0; i < roots.size(); ++i) {
            roots[i] = a.roots()[i];
            sum += roots[i] * roots[i];
        }
        for (auto& root : roots) root /= std::sqrt(sum);
        return roots;
    }
}

/// Real and imaginary parts in turn.
template <class Real, int D, int Options>
Real const* reals(Eigen::Matrix<std::complex<Real>, D, 1, Options> const& v) noexcept {
    return reinterpret_cast<Real const*>(v.data());
}

inline double const* reals(ket const& a) noexcept {
    return reals(a.amplitudes());
}

inline void require_same_dimension(Eigen::Index a, Eigen::Index b) {
    if (a != b) {
        WEFT_THROW(invalid_argument("b", "a state of dimension " + to_text(b),
                                    "the dimension of a, " + to_text(a)));
    }
}

template <class Real, int N, int M>
void require_same_size(basic_qubit_product<Real, N> const& a,
                       basic_qubit_product<Real, M> const& b) {
    if (a.qubits().size() != b.qubits().size()) {
        WEFT_THROW(invalid_argument("b", to_text(b.qubits().size()) + " qubits",
                                    "as many as in a: " + to_text(a.qubits().size())));
    }
}

template <class Real, int N, int M>
void require_same_size(basic_histogram<Real, N> const& a, basic_histogram<Real, M> const& b) {
    if (a.size() != b.size()) {
        WEFT_THROW(invalid_argument("b", to_text(b.size()) + " entries",
                                    "as many as in a: " + to_text(a.size())));
    }
}

/// Whether the entries of `a` come after those of `b` in a fixed order. Symmetric functions swap
/// their arguments by it, so that f(a, b) and f(b, a) are the same bits.
template <class A, class B>
bool comes_after(Eigen::MatrixBase<A> const& a, Eigen::MatrixBase<B> const& b) {
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
