#pragma once

#include <algorithm>
#include <cmath>
#include <complex>
#include <cstddef>
#include <string_view>
#include <type_traits>
#include <vector>

#include <Eigen/Core>

#include "weft/core/lanes.hpp"
#include "weft/quantum/packs.hpp"
#include "weft/quantum/singular.hpp"
#include "weft/quantum/state.hpp"

/// Measures of two mixed states given as factors A and B, rho = A A^H and sigma = B B^H: the heavy
/// kernels behind weft/quantum/uhlmann.hpp. In a program that is compiled with WEFT_EXTERN_KERNELS
/// they are not compiled where they are used, but once, in the one source file that defines
/// WEFT_DEFINE_KERNELS before it includes this header.
namespace weft::inline v0::quantum::detail {

/// B^H A for 2 Count columns of B, laid out by rows in panels of eight (their real parts, then
/// their imaginary ones), and the columns a0 and a1 of A; sums in the order of the rows.
template <class Lanes, class Real>
WEFT_INLINE void multiply_tile(Real const* panel, std::complex<Real> const* a0,
                               std::complex<Real> const* a1, std::size_t d, Real* re0, Real* im0,
                               Real* re1, Real* im1) noexcept {
    using pack_real = typename Lanes::real;
    pack_real re00{}, re01{}, im00{}, im01{}, re10{}, re11{}, im10{}, im11{};
    for (std::size_t k = 0; k < d; ++k, panel += 16) {
        pack_real br0, br1, bi0, bi1;
        load_pack(br0, panel);
        load_pack(br1, panel + Lanes::count);
        load_pack(bi0, panel + 8);
        load_pack(bi1, panel + 8 + Lanes::count);
        Real const x0 = a0[k].real(), y0 = a0[k].imag();
        re00 += br0 * x0;
        re00 += bi0 * y0;
        re01 += br1 * x0;
        re01 += bi1 * y0;
        im00 += br0 * y0;
        im00 -= bi0 * x0;
        im01 += br1 * y0;
        im01 -= bi1 * x0;
        Real const x1 = a1[k].real(), y1 = a1[k].imag();
        re10 += br0 * x1;
        re10 += bi0 * y1;
        re11 += br1 * x1;
        re11 += bi1 * y1;
        im10 += br0 * y1;
        im10 -= bi0 * x1;
        im11 += br1 * y1;
        im11 -= bi1 * x1;
    }
    store_pack(re0, re00);
    store_pack(re0 + Lanes::count, re01);
    store_pack(im0, im00);
    store_pack(im0 + Lanes::count, im01);
    store_pack(re1, re10);
    store_pack(re1 + Lanes::count, re11);
    store_pack(im1, im10);
    store_pack(im1 + Lanes::count, im11);
}

template <class Lanes, class Real>
WEFT_INLINE void multiply_panel(Real const* panel, std::complex<Real> const* a, std::size_t d,
                                std::size_t row, split_matrix<Real>& out) noexcept {
    for (std::size_t j = 0; j < out.cols(); j += 2) {
        // An odd last column is done twice.
        std::size_t const next = j + 1 < out.cols() ? j + 1 : j;
        for (std::size_t h = 0; h < 8; h += 2 * Lanes::count) {
            multiply_tile<Lanes>(panel + h, a + j * d, a + next * d, d, out.re(j) + row + h,
                                 out.im(j) + row + h, out.re(next) + row + h,
                                 out.im(next) + row + h);
        }
    }
}

#if WEFT_HAS_WIDE_KERNELS
template <class Real>
WEFT_WIDE_KERNEL void multiply_panel_wide(Real const* panel, std::complex<Real> const* a,
                                          std::size_t d, std::size_t row,
                                          split_matrix<Real>& out) noexcept {
    multiply_panel<pack<Real, 32>>(panel, a, d, row, out);
}
#endif

/// B^H A.
template <class Real>
[[nodiscard]] split_matrix<Real> adjoint_product(matrix<Real> const& b, matrix<Real> const& a) {
    auto const d = static_cast<std::size_t>(a.rows());
    auto const rows = static_cast<std::size_t>(b.cols());
    split_matrix<Real> out(rows, static_cast<std::size_t>(a.cols()));
    line_vector<Real> panel(16 * d);
    for (std::size_t row = 0; row < rows; row += 8) {
        std::size_t const count = std::min<std::size_t>(8, rows - row);
        if (count < 8) std::fill(panel.begin(), panel.end(), Real{0});
        for (std::size_t i = 0; i < count; ++i) {
            std::complex<Real> const* column = b.data() + (row + i) * d;
            for (std::size_t k = 0; k < d; ++k) {
                panel[16 * k + i] = column[k].real();
                panel[16 * k + 8 + i] = column[k].imag();
            }
        }
#if WEFT_HAS_WIDE_KERNELS
        if (weft::detail::has_wide_lanes()) {
            multiply_panel_wide(panel.data(), a.data(), d, row, out);
            continue;
        }
#endif
        multiply_panel<pack<Real, pack_bytes>>(panel.data(), a.data(), d, row, out);
    }
    return out;
}

template <class Real>
[[nodiscard]] matrix<Real> joined(split_matrix<Real> const& x) {
    matrix<Real> out(static_cast<Eigen::Index>(x.rows()), static_cast<Eigen::Index>(x.cols()));
    for (Eigen::Index j = 0; j < out.cols(); ++j) {
        auto const* re = x.re(static_cast<std::size_t>(j));
        auto const* im = x.im(static_cast<std::size_t>(j));
        for (Eigen::Index i = 0; i < out.rows(); ++i) out(i, j) = {re[i], im[i]};
    }
    return out;
}

/// x y.
template <class Real>
[[nodiscard]] matrix<Real> product_of(matrix<Real> const& x, matrix<Real> const& y) {
    matrix<Real> const turned = x.adjoint();
    return joined(adjoint_product(turned, y));
}

/// Both factors in their fixed order, the narrower one first, and C = B^H A.
template <class Real>
struct factor_pair {
    matrix<Real> const& a;
    matrix<Real> const& b;

    static factor_pair of(matrix<Real> const& x, matrix<Real> const& y) {
        require_same_dimension(x.rows(), y.rows());
        bool const swap = comes_after(x, y);
        return {swap ? y : x, swap ? x : y};
    }
    [[nodiscard]] split_matrix<Real> product() const { return adjoint_product(b, a); }
};

template <class Real>
[[nodiscard]] Real squared_norm(split_matrix<Real> const& c) noexcept {
    Real sum = 0;
    for (std::size_t j = 0; j < c.cols(); ++j) {
        Real column = 0;
        for (std::size_t i = 0; i < c.rows(); ++i) {
            column += c.re(j)[i] * c.re(j)[i] + c.im(j)[i] * c.im(j)[i];
        }
        sum += column;
    }
    return sum;
}

/// |ad - bc|^2.
template <class Real>
[[nodiscard]] Real squared_minor(std::complex<Real> a, std::complex<Real> b, std::complex<Real> c,
                                 std::complex<Real> d) noexcept {
    Real const re =
        (a.real() * d.real() - a.imag() * d.imag()) - (b.real() * c.real() - b.imag() * c.imag());
    Real const im =
        (a.real() * d.imag() + a.imag() * d.real()) - (b.real() * c.imag() + b.imag() * c.real());
    return re * re + im * im;
}

/// The sum of the singular values of C. With one of them it is the norm; with two the square of
/// their sum is ||C||^2 + 2 sqrt(det C^H C), and the determinant is a sum of squared minors (Cauchy
/// and Binet), which does not cancel. Overwrites C.
template <class Real>
[[nodiscard]] Real root_fidelity_of(split_matrix<Real>& c) {
    if (c.cols() == 1) return std::sqrt(squared_norm(c));
    if (c.cols() == 2 && c.rows() <= 8) {
        Real minors = 0;
        auto const at = [&](std::size_t i, std::size_t j) {
            return std::complex<Real>(c.re(j)[i], c.im(j)[i]);
        };
        for (std::size_t i = 0; i < c.rows(); ++i) {
            for (std::size_t j = 0; j < i; ++j) {
                minors += squared_minor(at(i, 0), at(i, 1), at(j, 0), at(j, 1));
            }
        }
        return std::sqrt(squared_norm(c) + 2 * std::sqrt(minors));
    }
    Real sum = 0;
    for (auto const x : singular_values(c)) sum += x;
    return sum;
}

/// a^H b and their order of summation for short factors: no memory is asked for. As four numbers
/// at a time, which are two complex ones.
template <class Lanes>
WEFT_INLINE std::complex<double> dot_by(double const* a, double const* b, std::size_t n) noexcept {
    using pack_real = typename Lanes::real;
    double same[4], crossed[4];
    std::size_t const whole = n / 4 * 4;
    for (std::size_t g = 0; g < 4; g += Lanes::count) {
        pack_real s{}, t{};
        for (std::size_t i = g; i < whole; i += 4) {
            pack_real x, y;
            load_pack(x, a + i);
            load_pack(y, b + i);
            s += x * y;
            if constexpr (Lanes::count == 2) {
                t += x * __builtin_shufflevector(y, y, 1, 0);
            } else {
                t += x * __builtin_shufflevector(y, y, 1, 0, 3, 2);
            }
        }
        store_pack(same + g, s);
        store_pack(crossed + g, t);
    }
    if (whole < n) {
        same[0] += a[whole] * b[whole];
        same[1] += a[whole + 1] * b[whole + 1];
        crossed[0] += a[whole] * b[whole + 1];
        crossed[1] += a[whole + 1] * b[whole];
    }
    return {(same[0] + same[1]) + (same[2] + same[3]),
            (crossed[0] - crossed[1]) + (crossed[2] - crossed[3])};
}

/// The root fidelity of factors of at most two columns each.
template <class Lanes>
WEFT_INLINE double short_root_fidelity_by(double const* a, std::size_t r, double const* b,
                                          std::size_t s, std::size_t n) noexcept {
    std::complex<double> const first = dot_by<Lanes>(b, a, n);
    double squares = std::norm(first);
    if (s == 1) return std::sqrt(squares);
    std::complex<double> const second = dot_by<Lanes>(b + n, a, n);
    squares += std::norm(second);
    if (r == 1) return std::sqrt(squares);
    std::complex<double> const third = dot_by<Lanes>(b, a + n, n);
    std::complex<double> const fourth = dot_by<Lanes>(b + n, a + n, n);
    squares += std::norm(third) + std::norm(fourth);
    return std::sqrt(squares + 2 * std::sqrt(squared_minor(first, third, second, fourth)));
}

#if WEFT_HAS_WIDE_KERNELS
WEFT_WIDE_KERNEL inline double short_root_fidelity_wide(double const* a, std::size_t r,
                                                        double const* b, std::size_t s,
                                                        std::size_t n) noexcept {
    return short_root_fidelity_by<pack<double, 32>>(a, r, b, s, n);
}
#endif

template <class Real>
[[nodiscard]] Real root_fidelity_of(factor_pair<Real> const& pair) {
    if constexpr (std::is_same_v<Real, double>) {
        if (pair.b.cols() <= 2) {
            auto const* a = reinterpret_cast<double const*>(pair.a.data());
            auto const* b = reinterpret_cast<double const*>(pair.b.data());
            auto const r = static_cast<std::size_t>(pair.a.cols());
            auto const s = static_cast<std::size_t>(pair.b.cols());
            auto const n = 2 * static_cast<std::size_t>(pair.a.rows());
#if WEFT_HAS_WIDE_KERNELS
            if (weft::detail::has_wide_lanes()) return short_root_fidelity_wide(a, r, b, s, n);
#endif
            return short_root_fidelity_by<pack<double, pack_bytes>>(a, r, b, s, n);
        }
    }
    auto c = pair.product();
    return root_fidelity_of(c);
}

/// 1 - Tr rho^2 = 2 sum_{i<j} |a_i ^ a_j|^2 over the columns of the factor: 0 for one column, and
/// nothing cancels.
template <class Real>
Real linear_entropy(matrix<Real> const& a) {
    Real sum = 0;
    for (Eigen::Index i = 1; i < a.cols(); ++i) {
        for (Eigen::Index j = 0; j < i; ++j) {
            Real const length2 = a.col(j).squaredNorm();
            if (!(length2 > 0)) continue;
            std::complex<Real> const along = a.col(j).dot(a.col(i)) / length2;
            sum += length2 * (a.col(i) - along * a.col(j)).squaredNorm();
        }
    }
    return 2 * sum;
}

/// ||A - B U||^2 at the unitary U that makes it least, factors padded with zero columns to the same
/// width: the squared Bures distance. Of B, what the first columns of U do not reach is left over.
template <class Real>
Real procrustes(factor_pair<Real> const& pair) {
    auto c = pair.product();
    matrix<Real> const turn = joined(polar_factor(c).isometry);
    matrix<Real> const turned = product_of(pair.b, turn);
    Real const apart = (pair.a - turned).squaredNorm();
    if (pair.a.cols() == pair.b.cols()) return apart;
    matrix<Real> const back = turn.adjoint();
    return apart + (pair.b - product_of(turned, back)).squaredNorm();
}

/// Half the sum of the moduli of the eigenvalues of A A^H - B B^H.
template <class Real>
Real half_trace_norm(matrix<Real> const& a, matrix<Real> const& b) {
    matrix<Real> left(a.cols() + b.cols(), a.rows()), right(a.cols() + b.cols(), a.rows());
    left.topRows(a.cols()) = a.adjoint();
    left.bottomRows(b.cols()) = b.adjoint();
    right.topRows(a.cols()) = left.topRows(a.cols());
    right.bottomRows(b.cols()) = -left.bottomRows(b.cols());
    auto difference = adjoint_product(left, right);
    Real sum = 0;
    for (auto const x : singular_values(difference)) sum += x;
    return within_unit<Real>(sum / 2);
}

template <class Real>
Real factor_fidelity(matrix<Real> const& a, matrix<Real> const& b) {
    Real const root = root_fidelity_of(factor_pair<Real>::of(a, b));
    return within_unit(root * root);
}

/// 1 - F, where it is small from the solution of the Procrustes problem.
template <class Real>
Real factor_infidelity(matrix<Real> const& a, matrix<Real> const& b) {
    auto const pair = factor_pair<Real>::of(a, b);
    Real const root = root_fidelity_of(pair);
    if (root * root < Real{0.75}) return (1 - root) * (1 + root);
    Real const d2 = std::min(Real{2}, procrustes(pair));
    return within_unit(d2 * (1 - d2 / 4));
}

template <class Real>
Real factor_sub_fidelity(matrix<Real> const& a, matrix<Real> const& b) {
    auto const pair = factor_pair<Real>::of(a, b);
    auto c = pair.product();
    Real sum = 0, second = 0;
    for (auto const s : singular_values(c)) {
        Real const square = s * s;
        second += sum * square;
        sum += square;
    }
    Real const bound = sum + 2 * std::sqrt(second);
    Real const root = root_fidelity_of(pair);
    return within_unit(std::min(bound, root * root));
}

template <class Real>
Real factor_super_fidelity(matrix<Real> const& a, matrix<Real> const& b) {
    auto const pair = factor_pair<Real>::of(a, b);
    Real const root = root_fidelity_of(pair);
    Real const bound =
        squared_norm(pair.product()) + std::sqrt(linear_entropy(pair.a) * linear_entropy(pair.b));
    return within_unit(std::max(bound, root * root));
}

template <class Real>
Real factor_trace_distance(matrix<Real> const& x, matrix<Real> const& y) {
    auto const pair = factor_pair<Real>::of(x, y);
    Eigen::Index const d = pair.a.rows(), r = pair.a.cols(), s = pair.b.cols();
    if (r + s >= d) return half_trace_norm(pair.a, pair.b);
    // What both span is turned into the first r + s dimensions.
    split_matrix<Real> both(static_cast<std::size_t>(d), static_cast<std::size_t>(r + s));
    for (Eigen::Index j = 0; j < r + s; ++j) {
        for (Eigen::Index i = 0; i < d; ++i) {
            auto const z = j < r ? pair.a(i, j) : pair.b(i, j - r);
            both.re(static_cast<std::size_t>(j))[i] = z.real();
            both.im(static_cast<std::size_t>(j))[i] = z.imag();
        }
    }
    triangularize(both);
    matrix<Real> upper = matrix<Real>::Zero(r + s, r + s);
    for (Eigen::Index j = 0; j < r + s; ++j) {
        for (Eigen::Index i = 0; i <= j; ++i) {
            upper(i, j) = {both.re(static_cast<std::size_t>(j))[i],
                           both.im(static_cast<std::size_t>(j))[i]};
        }
    }
    matrix<Real> const left = upper.leftCols(r), right = upper.rightCols(s);
    return half_trace_norm(left, right);
}

#define WEFT_FACTOR_KERNELS(prefix, Real)                                                          \
    prefix template Real factor_fidelity<Real>(matrix<Real> const&, matrix<Real> const&);          \
    prefix template Real factor_infidelity<Real>(matrix<Real> const&, matrix<Real> const&);        \
    prefix template Real factor_sub_fidelity<Real>(matrix<Real> const&, matrix<Real> const&);      \
    prefix template Real factor_super_fidelity<Real>(matrix<Real> const&, matrix<Real> const&);    \
    prefix template Real factor_trace_distance<Real>(matrix<Real> const&, matrix<Real> const&);    \
    prefix template polar<Real> polar_factor<Real>(split_matrix<Real>&);                           \
    prefix template void triangularize<Real>(split_matrix<Real>&);                                 \
    prefix template matrix<Real> cholesky<Real>(                                                   \
        split_matrix<Real> const&, basic_tolerances<Real> const&, Real, Real, std::string_view)

#if defined(WEFT_DEFINE_KERNELS)
WEFT_FACTOR_KERNELS(, double);
WEFT_FACTOR_KERNELS(, long double);
#elif defined(WEFT_EXTERN_KERNELS)
WEFT_FACTOR_KERNELS(extern, double);
WEFT_FACTOR_KERNELS(extern, long double);
#endif
#undef WEFT_FACTOR_KERNELS

} // namespace weft::inline v0::quantum::detail
