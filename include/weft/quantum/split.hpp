#pragma once

#include <cstddef>

#include "weft/core/lanes.hpp"
#include "weft/quantum/packs.hpp"

/// Complex matrices with real and imaginary parts apart, and what decompositions do with their
/// columns: the same bits for any width of registers. Standard library only.
namespace weft::inline v0::quantum::detail {

/// A complex matrix by columns, real and imaginary parts of each apart, each padded with zeros to a
/// multiple of eight numbers.
template <class Real>
class split_matrix {
public:
    split_matrix(std::size_t rows, std::size_t cols)
        : rows_(rows)
        , cols_(cols)
        , stride_((rows + 7) / 8 * 8) {
        // Columns a multiple of many cache lines apart would share a few places of the cache.
        if (stride_ % 32 == 0) stride_ += 8;
        parts_.assign(2 * stride_ * cols, Real{0});
    }

    [[nodiscard]] std::size_t rows() const noexcept { return rows_; }
    [[nodiscard]] std::size_t cols() const noexcept { return cols_; }
    [[nodiscard]] Real* re(std::size_t j) noexcept { return parts_.data() + 2 * j * stride_; }
    [[nodiscard]] Real* im(std::size_t j) noexcept { return re(j) + stride_; }
    [[nodiscard]] Real const* re(std::size_t j) const noexcept {
        return parts_.data() + 2 * j * stride_;
    }
    [[nodiscard]] Real const* im(std::size_t j) const noexcept { return re(j) + stride_; }
    [[nodiscard]] line_vector<Real>& parts() noexcept { return parts_; }

private:
    std::size_t rows_;
    std::size_t cols_;
    std::size_t stride_;
    line_vector<Real> parts_;
};

template <class Real>
struct complex_number {
    Real re = 0;
    Real im = 0;
};

/// A vector by its parts.
template <class Real>
struct split_vector {
    Real const* re;
    Real const* im;
};

/// a -= y c over [from, to); bounds are multiples of four.
template <class Lanes, class Real>
WEFT_INLINE void subtract_scaled(Real* a_re, Real* a_im, split_vector<Real> y,
                                 complex_number<Real> c, std::size_t from,
                                 std::size_t to) noexcept {
    using pack_real = typename Lanes::real;
    for (std::size_t i = from; i < to; i += Lanes::count) {
        pack_real ar, ai, yr, yi;
        load_pack(ar, a_re + i);
        load_pack(ai, a_im + i);
        load_pack(yr, y.re + i);
        load_pack(yi, y.im + i);
        ar -= yr * c.re;
        ar += yi * c.im;
        ai -= yr * c.im;
        ai -= yi * c.re;
        store_pack(a_re + i, ar);
        store_pack(a_im + i, ai);
    }
}

/// v^H a over [from, to), after a -= y c where `y` is given. Summed by four lanes.
template <class Lanes, bool Update, class Real>
WEFT_INLINE complex_number<Real> product_after(Real* a_re, Real* a_im, split_vector<Real> v,
                                               split_vector<Real> y, complex_number<Real> c,
                                               std::size_t from, std::size_t to) noexcept {
    using pack_real = typename Lanes::real;
    Real rr[4], ii[4], ri[4], ir[4];
    for (std::size_t g = 0; g < 4; g += Lanes::count) {
        pack_real s_rr{}, s_ii{}, s_ri{}, s_ir{};
        for (std::size_t i = from + g; i < to; i += 4) {
            pack_real ar, ai, vr, vi;
            load_pack(ar, a_re + i);
            load_pack(ai, a_im + i);
            if constexpr (Update) {
                pack_real yr, yi;
                load_pack(yr, y.re + i);
                load_pack(yi, y.im + i);
                ar -= yr * c.re;
                ar += yi * c.im;
                ai -= yr * c.im;
                ai -= yi * c.re;
                store_pack(a_re + i, ar);
                store_pack(a_im + i, ai);
            }
            load_pack(vr, v.re + i);
            load_pack(vi, v.im + i);
            s_rr += vr * ar;
            s_ii += vi * ai;
            s_ri += vr * ai;
            s_ir += vi * ar;
        }
        store_pack(rr + g, s_rr);
        store_pack(ii + g, s_ii);
        store_pack(ri + g, s_ri);
        store_pack(ir + g, s_ir);
    }
    return {((rr[0] + rr[1]) + (rr[2] + rr[3])) + ((ii[0] + ii[1]) + (ii[2] + ii[3])),
            ((ri[0] + ri[1]) + (ri[2] + ri[3])) - ((ir[0] + ir[1]) + (ir[2] + ir[3]))};
}

/// y += a u for one register of rows.
template <class Pack, class Real>
WEFT_INLINE void add_scaled(Pack& y_re, Pack& y_im, Real const* a_re, Real const* a_im, Real u_re,
                            Real u_im) noexcept {
    Pack ar, ai;
    load_pack(ar, a_re);
    load_pack(ai, a_im);
    y_re += ar * u_re;
    y_re -= ai * u_im;
    y_im += ar * u_im;
    y_im += ai * u_re;
}

/// y += a_j u_j over the columns [first, last) and the rows [from, to), four columns at a time.
template <class Lanes, class Real>
WEFT_INLINE void add_columns(split_matrix<Real> const& a, split_vector<Real> u, std::size_t first,
                             std::size_t last, Real* y_re, Real* y_im, std::size_t from,
                             std::size_t to) noexcept {
    std::size_t j = first;
    for (; j + 4 <= last; j += 4) {
        for (std::size_t i = from; i < to; i += Lanes::count) {
            typename Lanes::real yr, yi;
            load_pack(yr, y_re + i);
            load_pack(yi, y_im + i);
            add_scaled(yr, yi, a.re(j) + i, a.im(j) + i, u.re[j], u.im[j]);
            add_scaled(yr, yi, a.re(j + 1) + i, a.im(j + 1) + i, u.re[j + 1], u.im[j + 1]);
            add_scaled(yr, yi, a.re(j + 2) + i, a.im(j + 2) + i, u.re[j + 2], u.im[j + 2]);
            add_scaled(yr, yi, a.re(j + 3) + i, a.im(j + 3) + i, u.re[j + 3], u.im[j + 3]);
            store_pack(y_re + i, yr);
            store_pack(y_im + i, yi);
        }
    }
    for (; j < last; ++j) {
        subtract_scaled<Lanes>(y_re, y_im, split_vector<Real>{a.re(j), a.im(j)},
                               complex_number<Real>{-u.re[j], -u.im[j]}, from, to);
    }
}

} // namespace weft::inline v0::quantum::detail
