#pragma once

#include <cmath>
#include <cstddef>
#include <vector>

#include "weft/core/lanes.hpp"
#include "weft/quantum/packs.hpp"
#include "weft/quantum/split.hpp"

/// Cholesky's factorisation of a Hermitian matrix with diagonal pivoting. Standard library only.
namespace weft::inline v0::quantum::detail {

/// L with L L^H = H up to what is left over.
template <class Real>
struct pivoted_factor {
    split_matrix<Real> columns; ///< the first `rank` of them, and room for two more at the end
    std::size_t rank = 0;       ///< how many pivots were above the limit
    std::vector<char> used;     ///< whether an index was a pivot

    explicit pivoted_factor(std::size_t d)
        : columns(d, d + 2)
        , used(d, 0) {}
    /// Where left_over puts its column.
    [[nodiscard]] Real* left_re() noexcept { return columns.re(columns.cols() - 2); }
    [[nodiscard]] Real* left_im() noexcept { return columns.im(columns.cols() - 2); }
};

/// Column j of H - L L^H.
template <class Lanes, class Real>
WEFT_INLINE void left_over_by(split_matrix<Real> const& h, std::size_t j,
                              pivoted_factor<Real>& out) noexcept {
    std::size_t const end = (h.rows() + 3) / 4 * 4;
    Real* const re = out.left_re();
    Real* const im = out.left_im();
    Real* const u_re = out.columns.re(h.rows() + 1);
    Real* const u_im = out.columns.im(h.rows() + 1);
    for (std::size_t i = 0; i < h.rows(); ++i) {
        re[i] = h.re(j)[i];
        im[i] = h.im(j)[i];
    }
    for (std::size_t k = 0; k < out.rank; ++k) {
        u_re[k] = -out.columns.re(k)[j];
        u_im[k] = out.columns.im(k)[j];
    }
    add_columns<Lanes>(out.columns, split_vector<Real>{u_re, u_im}, 0, out.rank, re, im, 0, end);
}

#if WEFT_HAS_WIDE_KERNELS
template <class Real>
WEFT_WIDE_KERNEL void left_over_wide(split_matrix<Real> const& h, std::size_t j,
                                     pivoted_factor<Real>& out) noexcept {
    left_over_by<pack<Real, 32>>(h, j, out);
}
#endif

template <class Real>
void left_over(split_matrix<Real> const& h, std::size_t j, pivoted_factor<Real>& out) noexcept {
#if WEFT_HAS_WIDE_KERNELS
    if (weft::detail::has_wide_lanes()) {
        left_over_wide(h, j, out);
        return;
    }
#endif
    left_over_by<pack<Real, pack_bytes>>(h, j, out);
}

/// Until no pivot is above `drop`. O(d^2 r).
template <class Real>
[[nodiscard]] pivoted_factor<Real> pivoted_cholesky(split_matrix<Real> const& h, Real drop) {
    std::size_t const d = h.rows();
    pivoted_factor<Real> out(d);
    std::vector<Real> left(d);
    for (std::size_t i = 0; i < d; ++i) left[i] = h.re(i)[i];
    while (out.rank < d) {
        std::size_t p = 0;
        for (std::size_t i = 1; i < d; ++i) {
            if (left[i] > left[p]) p = i;
        }
        Real const pivot = left[p];
        if (!(pivot > drop) || !(pivot > 0)) break;
        left_over(h, p, out);
        Real const root = std::sqrt(pivot), scale = 1 / root;
        Real* const re = out.columns.re(out.rank);
        Real* const im = out.columns.im(out.rank);
        for (std::size_t i = 0; i < d; ++i) {
            re[i] = out.used[i] != 0 ? Real{0} : out.left_re()[i] * scale;
            im[i] = out.used[i] != 0 ? Real{0} : out.left_im()[i] * scale;
            left[i] -= re[i] * re[i] + im[i] * im[i];
        }
        re[p] = root;
        im[p] = 0;
        left[p] = 0;
        out.used[p] = 1;
        ++out.rank;
    }
    return out;
}

} // namespace weft::inline v0::quantum::detail
