#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>
#include <vector>

#include "weft/core/error.hpp"
#include "weft/core/lanes.hpp"
#include "weft/quantum/packs.hpp"
#include "weft/quantum/split.hpp"

/// Singular values of a complex matrix, and the unitary factor of its polar decomposition: all that
/// the fidelities of mixed states need of linear algebra. Householder bidiagonalisation with real
/// and imaginary parts apart, then implicit QR steps (Golub and Van Loan, Matrix Computations,
/// 8.6). Every singular value is within a few eps of the largest one of the exact value. Standard
/// library only; the same bits for any width of registers.
namespace weft::inline v0::quantum::detail {

/// Turns x into the v of the reflection H = 1 - tau v v^H with H^H x = beta e_k, beta real; entries
/// [k, end) of x count, v_k = 1.
template <class Real>
struct reflection {
    complex_number<Real> tau;
    Real beta = 0;

    WEFT_INLINE static reflection make(Real* re, Real* im, std::size_t k,
                                       std::size_t end) noexcept {
        Real rest = 0;
        for (std::size_t i = k + 1; i < end; ++i) rest += re[i] * re[i] + im[i] * im[i];
        Real const a = re[k], b = im[k];
        re[k] = 1;
        im[k] = 0;
        if (!(rest > 0) && b == 0) return {{}, a};
        Real const norm = std::sqrt(a * a + b * b + rest);
        // Of what is smaller, the reciprocal below would overflow.
        constexpr Real eps = std::numeric_limits<Real>::epsilon();
        if (!(norm * norm > std::numeric_limits<Real>::min() / (eps * eps))) return {};
        Real const beta = a > 0 ? -norm : norm;
        Real const p = a - beta, scale = 1 / (p * p + b * b);
        Real const s = p * scale, t = -b * scale;
        for (std::size_t i = k + 1; i < end; ++i) {
            Real const x = re[i], y = im[i];
            re[i] = x * s - y * t;
            im[i] = x * t + y * s;
        }
        return {{(beta - a) / beta, -b / beta}, beta};
    }
};

/// A = L B R^H with B real, upper bidiagonal, and L, R products of reflections.
template <class Real>
struct bidiagonal {
    std::vector<Real> diagonal;
    std::vector<Real> above; ///< and a 0
    /// The v of the reflections of L are in the columns of the matrix itself, those of R here.
    split_matrix<Real> right{0, 0};
    std::vector<complex_number<Real>> left_tau, right_tau;
};

/// For at least as many rows as columns, entries of at most about 1. Overwrites the matrix.
template <class Lanes, class Real>
WEFT_INLINE void bidiagonalize_by(split_matrix<Real>& a, bidiagonal<Real>& out) noexcept {
    std::size_t const m = a.rows(), n = a.cols();
    std::size_t const m_end = (m + 3) / 4 * 4;
    split_matrix<Real>& y = out.right; // its last column
    Real* const y_re = y.re(n);
    Real* const y_im = y.im(n);
    for (std::size_t k = 0; k < n; ++k) {
        std::size_t const from = k / 4 * 4;
        split_vector<Real> const done{y_re, y_im};
        // What is left to do of the reflection from the right: a_j -= y conj(u_j).
        auto const weight = [&](std::size_t j) {
            return complex_number<Real>{out.right.re(k - 1)[j], -out.right.im(k - 1)[j]};
        };
        if (k > 0) subtract_scaled<Lanes>(a.re(k), a.im(k), done, weight(k), from, m_end);
        for (std::size_t i = from; i < k; ++i) a.re(k)[i] = a.im(k)[i] = 0;
        auto const left = reflection<Real>::make(a.re(k), a.im(k), k, m);
        out.diagonal[k] = left.beta;
        out.left_tau[k] = left.tau;
        split_vector<Real> const v{a.re(k), a.im(k)};
        for (std::size_t j = k + 1; j < n; ++j) {
            auto const w =
                k > 0
                    ? product_after<Lanes, true>(a.re(j), a.im(j), v, done, weight(j), from, m_end)
                    : product_after<Lanes, false>(a.re(j), a.im(j), v, done, {}, from, m_end);
            subtract_scaled<Lanes>(a.re(j), a.im(j), v,
                                   complex_number<Real>{left.tau.re * w.re + left.tau.im * w.im,
                                                        left.tau.re * w.im - left.tau.im * w.re},
                                   from, m_end);
        }
        if (k + 1 == n) break;
        Real* const u_re = out.right.re(k);
        Real* const u_im = out.right.im(k);
        for (std::size_t j = k + 1; j < n; ++j) {
            u_re[j] = a.re(j)[k];
            u_im[j] = -a.im(j)[k];
        }
        auto const right = reflection<Real>::make(u_re, u_im, k + 1, n);
        out.above[k] = right.beta;
        out.right_tau[k] = right.tau;
        for (std::size_t i = from; i < m_end; ++i) y_re[i] = y_im[i] = 0;
        add_columns<Lanes>(a, split_vector<Real>{u_re, u_im}, k + 1, n, y_re, y_im, from, m_end);
        for (std::size_t i = from; i < m_end; ++i) {
            Real const x = y_re[i], z = y_im[i];
            y_re[i] = x * right.tau.re - z * right.tau.im;
            y_im[i] = x * right.tau.im + z * right.tau.re;
        }
    }
}

#if WEFT_HAS_WIDE_KERNELS
template <class Real>
WEFT_WIDE_KERNEL void bidiagonalize_wide(split_matrix<Real>& a, bidiagonal<Real>& out) noexcept {
    bidiagonalize_by<pack<Real, 32>>(a, out);
}
#endif

template <class Real>
[[nodiscard]] bidiagonal<Real> bidiagonalize(split_matrix<Real>& a) {
    std::size_t const n = a.cols();
    bidiagonal<Real> out;
    out.diagonal.assign(n, Real{0});
    out.above.assign(n, Real{0});
    out.left_tau.resize(n);
    out.right_tau.resize(n);
    out.right = split_matrix<Real>(a.rows(), n + 1);
#if WEFT_HAS_WIDE_KERNELS
    if (weft::detail::has_wide_lanes()) {
        bidiagonalize_wide(a, out);
        return out;
    }
#endif
    bidiagonalize_by<pack<Real, pack_bytes>>(a, out);
    return out;
}

template <class Lanes, class Real>
WEFT_INLINE void triangularize_by(split_matrix<Real>& a, split_matrix<Real>& mirror) noexcept {
    std::size_t const m = a.rows(), n = a.cols(), m_end = (m + 3) / 4 * 4;
    Real* const re = mirror.re(0);
    Real* const im = mirror.im(0);
    for (std::size_t k = 0; k < n; ++k) {
        std::size_t const from = k / 4 * 4;
        for (std::size_t i = from; i < m; ++i) {
            re[i] = i < k ? Real{0} : a.re(k)[i];
            im[i] = i < k ? Real{0} : a.im(k)[i];
        }
        auto const left = reflection<Real>::make(re, im, k, m);
        split_vector<Real> const v{re, im};
        for (std::size_t j = k; j < n; ++j) {
            auto const w = product_after<Lanes, false>(a.re(j), a.im(j), v, v, {}, from, m_end);
            subtract_scaled<Lanes>(a.re(j), a.im(j), v,
                                   complex_number<Real>{left.tau.re * w.re + left.tau.im * w.im,
                                                        left.tau.re * w.im - left.tau.im * w.re},
                                   from, m_end);
        }
    }
}

#if WEFT_HAS_WIDE_KERNELS
template <class Real>
WEFT_WIDE_KERNEL void triangularize_wide(split_matrix<Real>& a,
                                         split_matrix<Real>& mirror) noexcept {
    triangularize_by<pack<Real, 32>>(a, mirror);
}
#endif

/// The upper triangle becomes the R of A = Q R; for at least as many rows as columns. What is left
/// below it is rounding.
template <class Real>
void triangularize(split_matrix<Real>& a) {
    split_matrix<Real> mirror(a.rows(), 1);
#if WEFT_HAS_WIDE_KERNELS
    if (weft::detail::has_wide_lanes()) {
        triangularize_wide(a, mirror);
        return;
    }
#endif
    triangularize_by<pack<Real, pack_bytes>>(a, mirror);
}

/// A plane rotation that takes (f, g) to (length, 0).
template <class Real>
struct rotation {
    Real c = 1;
    Real s = 0;
    Real length = 0;

    WEFT_INLINE static rotation of(Real f, Real g) noexcept {
        Real const r = std::sqrt(f * f + g * g);
        if (!(r > 0)) return {};
        Real const inverse = 1 / r;
        return {f * inverse, g * inverse, r};
    }
};

/// One implicit QR step with the shift of the last two rows and columns, on [lo, hi].
template <class Real, class Turns>
void qr_step(std::vector<Real>& d, std::vector<Real>& e, std::size_t lo, std::size_t hi,
             Turns& turns) {
    // The eigenvalue of the last 2 x 2 of B^T B that is closer to its last entry, less that entry.
    Real const gap = ((d[hi - 1] + d[hi]) * (d[hi - 1] - d[hi]) +
                      (hi - 1 > lo ? e[hi - 2] * e[hi - 2] : Real{0}) - e[hi - 1] * e[hi - 1]) /
                     2;
    Real const across = d[hi - 1] * e[hi - 1];
    Real const root = std::sqrt(gap * gap + across * across);
    Real const divisor = gap < 0 ? gap - root : gap + root;
    Real const shift = divisor != 0 ? across / divisor * across : Real{0};
    Real f = (d[lo] + d[hi]) * (d[lo] - d[hi]) - e[hi - 1] * e[hi - 1] + shift;
    Real g = d[lo] * e[lo];
    for (std::size_t i = lo; i < hi; ++i) {
        auto const right = rotation<Real>::of(f, g);
        if (i > lo) e[i - 1] = right.length;
        f = right.c * d[i] + right.s * e[i];
        e[i] = right.c * e[i] - right.s * d[i];
        g = right.s * d[i + 1];
        d[i + 1] *= right.c;
        turns.right(i, i + 1, right);
        auto const left = rotation<Real>::of(f, g);
        d[i] = left.length;
        f = left.c * e[i] + left.s * d[i + 1];
        d[i + 1] = left.c * d[i + 1] - left.s * e[i];
        if (i + 1 < hi) {
            g = left.s * e[i + 1];
            e[i + 1] *= left.c;
        }
        turns.left(i, i + 1, left);
    }
    e[hi - 1] = f;
}

/// B = P D Q^T by rotations, which `turns` is told of: left(i, j, r) turns columns i and j of P,
/// right those of Q. Leaves D in d, with any signs. Throws not_converged where it does not (which
/// is not known to happen).
template <class Real, class Turns>
void diagonalize(std::vector<Real>& d, std::vector<Real>& e, Turns& turns) {
    constexpr Real eps = std::numeric_limits<Real>::epsilon() / 2;
    Real largest = 0;
    for (auto const x : d) largest = std::max(largest, std::abs(x));
    for (auto const x : e) largest = std::max(largest, std::abs(x));
    Real const tiny = eps * eps * largest;
    std::size_t budget = 60 * d.size();
    for (std::size_t hi = d.size() - 1; hi > 0;) {
        std::size_t lo = hi;
        for (; lo > 0; --lo) {
            if (std::abs(e[lo - 1]) <= tiny + eps * (std::abs(d[lo - 1]) + std::abs(d[lo]))) {
                e[lo - 1] = 0;
                break;
            }
        }
        if (lo == hi) {
            --hi;
            continue;
        }
        if (budget-- == 0) WEFT_THROW(not_converged("singular values of a product of two factors"));
        // A 0 on the diagonal: its row, or the last column, is turned away.
        std::size_t k = hi + 1;
        while (k > lo && !(std::abs(d[k - 1]) <=
                           tiny + eps * ((k - 1 > lo ? std::abs(e[k - 2]) : Real{0}) +
                                         (k - 1 < hi ? std::abs(e[k - 1]) : Real{0})))) {
            --k;
        }
        if (k == lo) {
            qr_step(d, e, lo, hi, turns);
        } else if (k == hi + 1) {
            d[hi] = 0;
            Real f = e[hi - 1];
            e[hi - 1] = 0;
            for (std::size_t i = hi; i-- > lo;) {
                auto const r = rotation<Real>::of(d[i], f);
                d[i] = r.length;
                if (i > lo) {
                    f = -r.s * e[i - 1];
                    e[i - 1] *= r.c;
                }
                turns.right(i, hi, r);
            }
        } else {
            d[k - 1] = 0;
            Real f = e[k - 1];
            e[k - 1] = 0;
            for (std::size_t i = k; i <= hi; ++i) {
                auto const r = rotation<Real>::of(d[i], f);
                d[i] = r.length;
                if (i < hi) {
                    f = -r.s * e[i];
                    e[i] *= r.c;
                }
                turns.left(i, k - 1, r);
            }
        }
    }
}

template <class Real>
struct no_turns {
    void left(std::size_t, std::size_t, rotation<Real> const&) const noexcept {}
    void right(std::size_t, std::size_t, rotation<Real> const&) const noexcept {}
};

/// Where the entries are far from 1, divides by a power of two so that none is above 1, and returns
/// it; 0 for a zero matrix.
template <class Real>
Real scale_to_one(split_matrix<Real>& a) noexcept {
    Real largest = 0;
    for (auto const x : a.parts()) largest = std::max(largest, std::abs(x));
    if (largest > Real{0x1p-100} && largest < 2) return 1;
    if (!(largest > 0)) return 0;
    int exponent = 0;
    std::frexp(largest, &exponent);
    for (auto& x : a.parts()) x = std::ldexp(x, -exponent);
    return std::ldexp(Real{1}, exponent);
}

/// The singular values of a matrix with at least as many rows as columns, in no order. Overwrites
/// the matrix. O(m n^2).
template <class Real>
[[nodiscard]] std::vector<Real> singular_values(split_matrix<Real>& a) {
    Real const scale = scale_to_one(a);
    if (!(scale > 0)) return std::vector<Real>(a.cols(), Real{0});
    auto b = bidiagonalize(a);
    if (std::abs(b.diagonal.front()) < std::abs(b.diagonal.back())) {
        // QR steps find small values at the end. The transpose of B, back to front, is bidiagonal.
        std::reverse(b.diagonal.begin(), b.diagonal.end());
        std::reverse(b.above.begin(), b.above.end() - 1);
    }
    no_turns<Real> turns;
    diagonalize(b.diagonal, b.above, turns);
    for (auto& x : b.diagonal) x = std::abs(x) * scale;
    return std::move(b.diagonal);
}

/// The transposes of P and Q, as rows.
template <class Real>
struct kept_turns {
    std::size_t n;
    std::vector<Real> p, q;

    explicit kept_turns(std::size_t size)
        : n(size)
        , p(size * size, Real{0})
        , q(size * size, Real{0}) {
        for (std::size_t i = 0; i < n; ++i) p[i * n + i] = q[i * n + i] = 1;
    }
    void left(std::size_t i, std::size_t j, rotation<Real> const& r) noexcept { turn(p, i, j, r); }
    void right(std::size_t i, std::size_t j, rotation<Real> const& r) noexcept { turn(q, i, j, r); }

private:
    void turn(std::vector<Real>& rows, std::size_t i, std::size_t j,
              rotation<Real> const& r) noexcept {
        Real* const x = rows.data() + i * n;
        Real* const y = rows.data() + j * n;
        for (std::size_t k = 0; k < n; ++k) {
            Real const was = x[k];
            x[k] = r.c * was + r.s * y[k];
            y[k] = r.c * y[k] - r.s * was;
        }
    }
};

/// (1 - tau v v^H) or, with the conjugate of tau, its adjoint, on the columns of `a`.
template <class Real>
void reflect_columns(split_matrix<Real>& a, split_vector<Real> v, complex_number<Real> tau,
                     std::size_t k) noexcept {
    using lanes = pack<Real, pack_bytes>;
    std::size_t const from = k / 4 * 4, to = (a.rows() + 3) / 4 * 4;
    for (std::size_t j = 0; j < a.cols(); ++j) {
        auto const w = product_after<lanes, false>(a.re(j), a.im(j), v, v, {}, from, to);
        subtract_scaled<lanes>(
            a.re(j), a.im(j), v,
            complex_number<Real>{tau.re * w.re - tau.im * w.im, tau.re * w.im + tau.im * w.re},
            from, to);
    }
}

template <class Real>
struct polar {
    /// m x n with orthonormal columns: T such that Re tr(T^H A) is largest.
    split_matrix<Real> isometry;
    /// Of A, in no order.
    std::vector<Real> values;
};

/// The isometry T = U V^H of A = U D V^H, for at least as many rows as columns. Where A has not
/// full rank T is one of many, the same one each time. Overwrites the matrix. O(m n^2).
template <class Real>
[[nodiscard]] polar<Real> polar_factor(split_matrix<Real>& a) {
    std::size_t const m = a.rows(), n = a.cols();
    Real const scale = scale_to_one(a);
    auto b = bidiagonalize(a);
    kept_turns<Real> turns(n);
    diagonalize(b.diagonal, b.above, turns);
    // P sign(D) Q^T, transposed, as the reflections from the right come first.
    std::vector<Real> flat(n * n, Real{0});
    for (std::size_t k = 0; k < n; ++k) {
        Real const sign = b.diagonal[k] < 0 ? Real{-1} : Real{1};
        for (std::size_t i = 0; i < n; ++i) {
            Real const x = sign * turns.p[k * n + i];
            Real* const row = flat.data() + i * n;
            for (std::size_t j = 0; j < n; ++j) row[j] += x * turns.q[k * n + j];
        }
    }
    // R W^T has as columns the conjugates of the rows of W R^H.
    split_matrix<Real> turned(n, n);
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = 0; j < n; ++j) turned.re(i)[j] = flat[i * n + j];
    }
    for (std::size_t k = n - 1; k-- > 0;) {
        reflect_columns(turned, split_vector<Real>{b.right.re(k), b.right.im(k)}, b.right_tau[k],
                        k + 1);
    }
    split_matrix<Real> isometry(m, n);
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = 0; j < n; ++j) {
            isometry.re(j)[i] = turned.re(i)[j];
            isometry.im(j)[i] = -turned.im(i)[j];
        }
    }
    for (std::size_t k = n; k-- > 0;) {
        reflect_columns(isometry, split_vector<Real>{a.re(k), a.im(k)}, b.left_tau[k], k);
    }
    for (auto& x : b.diagonal) x = std::abs(x) * scale;
    return {std::move(isometry), std::move(b.diagonal)};
}

} // namespace weft::inline v0::quantum::detail
