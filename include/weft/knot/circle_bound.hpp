#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "weft/knot/banded.hpp"
#include "weft/knot/dense.hpp"
#include "weft/knot/seifert.hpp"

/// Proven bounds on |det(V - t V^T)| over the unit circle, hence on every coefficient of
/// Alexander's polynomial (Cauchy) and on the determinant. Everything here is internal.
///
/// At t = e^(i theta) the matrix is, up to a unit, H = s A + i c B with A = V + V^T, B = V - V^T,
/// s = sin(theta / 2), c = cos(theta / 2), and H is Hermitian. Where (s, c) lies within phi of a
/// direction e, H H^* <= (1 + k) H(e)^2 + (1 + 1/k) sin^2(phi) H(e')^2 for every k > 0, e' being
/// across e; and everywhere H H^* <= A^2 + B B^T = 2 (V V^T + V^T V). So |det H|^2 is at most the
/// determinant of the right-hand side, of which a Cholesky factorisation gives an upper bound: a
/// multiple of the unit matrix that exceeds all roundings is added before.
namespace weft::inline v0::knot::detail {

/// The sum of logarithms to base 2 of many numbers, never too small.
class log_sum {
public:
    void add(double x) noexcept {
        product_ *= x;
        if (product_ > 0x1p400 || product_ < 0x1p-400) close();
    }
    [[nodiscard]] double upper() noexcept {
        close();
        return sum_ + 1e-9 * (1.0 + size_);
    }

private:
    void close() noexcept {
        auto const bits = std::log2(product_);
        sum_ += bits;
        size_ += __builtin_fabs(bits);
        product_ = 1.0;
    }
    double product_ = 1.0, sum_ = 0.0, size_ = 0.0;
};

/// Half of log2 det 2 (V V^T + V^T V), rounded up, so that |det(V - t V^T)| <= 2^bits on the unit
/// circle; infinite where rounding spoils it. O(N^3).
[[nodiscard]] inline double gram_bits(integer_matrix const& v) {
    auto const n = v.size;
    std::vector<double> g(n * n, 0.0);
    std::vector<double> line(n);
    std::vector<std::size_t> places;
    for (bool const transposed : {false, true}) {
        for (std::size_t k = 0; k < n; ++k) {
            places.clear();
            for (std::size_t x = 0; x < n; ++x) {
                line[x] = transposed ? v(x, k) : v(k, x);
                if (line[x] != 0.0) places.push_back(x);
            }
            // Whole numbers below 2^53: exact.
            for (auto const x : places) {
                subtract_multiple(g.data() + x * n, -2.0 * line[x], line.data(), x + 1);
            }
        }
    }
    double trace = 0.0;
    for (std::size_t x = 0; x < n; ++x) trace += g[x * n + x];
    // |R^T R - G| <= gamma |d| |d|^T entry by entry, d_x^2 = G_xx (Demmel).
    auto const gamma = 1.02 * static_cast<double>(n + 8) * 0x1p-53;
    auto const lift = 0x1p-20;
    if (!(trace < 0x1p50) || !(1.02 * gamma * (trace + lift * static_cast<double>(n)) < lift)) {
        return std::numeric_limits<double>::infinity();
    }
    log_sum bits;
    for (std::size_t x = 0; x < n; ++x) {
        auto* const row = g.data() + x * n;
        for (std::size_t y = 0; y < x; ++y) {
            auto const* const other = g.data() + y * n;
            row[y] = (row[y] - dot(row, other, y)) / other[y];
        }
        auto const square = row[x] + lift - dot(row, row, x);
        if (!(square > 0.0)) return std::numeric_limits<double>::infinity();
        row[x] = std::sqrt(square);
        bits.add(row[x]);
    }
    return bits.upper();
}

/// A^2, B B^T and A B + B A of a banded matrix: lower halves, each row from its first column on.
struct banded_squares {
    std::vector<std::size_t> low, begin;
    std::vector<double> a, b, mixed;
    double norm = 0.0;     ///< of any of the three, in the maximum norm of rows
    double diagonal = 0.0; ///< the largest of A^2 + B B^T
    std::size_t reach = 0;
};

[[nodiscard]] inline banded_squares squares_of(banded_form const& form) {
    auto const n = form.size;
    banded_squares out;
    out.begin.assign(1, 0);
    std::vector<double> norms(n, 0.0);
    for (std::size_t x = 0; x < n; ++x) {
        auto low = x;
        for (auto e = form.begin[x]; e < form.begin[x + 1]; ++e) {
            auto const first = form.low(form.entries[e].column);
            if (first < low) low = first;
        }
        out.low.push_back(low);
        out.begin.push_back(out.begin.back() + (x - low + 1));
        if (x - low > out.reach) out.reach = x - low;
    }
    out.a.assign(out.begin.back(), 0.0);
    out.b.assign(out.begin.back(), 0.0);
    out.mixed.assign(out.begin.back(), 0.0);
    for (std::size_t x = 0; x < n; ++x) {
        for (auto e = form.begin[x]; e < form.begin[x + 1]; ++e) {
            auto const& f = form.entries[e];
            auto const k = f.column;
            // Row k has the entries (k, y); A is symmetric, B is not.
            for (auto d = form.begin[k]; d < form.begin[k + 1]; ++d) {
                auto const y = form.entries[d].column;
                if (y > x) break;
                auto const& g = form.entries[d];
                auto const ax = static_cast<double>(f.a + f.b);
                auto const bx = static_cast<double>(f.a - f.b);
                auto const ay = static_cast<double>(g.a + g.b);
                auto const by = static_cast<double>(g.a - g.b);
                auto const at = out.begin[x] + (y - out.low[x]);
                out.a[at] += ax * ay;
                out.b[at] -= bx * by;
                out.mixed[at] += ax * by + bx * ay;
                auto const size = __builtin_fabs(ax * ay) + __builtin_fabs(bx * by) +
                                  __builtin_fabs(ax * by) + __builtin_fabs(bx * ay);
                norms[x] += size;
                if (x != y) norms[y] += size;
            }
        }
        auto const last = out.begin[x + 1] - 1;
        if (out.a[last] + out.b[last] > out.diagonal) out.diagonal = out.a[last] + out.b[last];
    }
    for (auto const x : norms) {
        if (x > out.norm) out.norm = x;
    }
    return out;
}

/// What circle_bits takes for each arc, in operations.
[[nodiscard]] inline double circle_effort(banded_form const& form) noexcept {
    double sum = 0.0;
    for (std::size_t x = 0; x < form.size; ++x) {
        auto low = x;
        for (auto e = form.begin[x]; e < form.begin[x + 1]; ++e) {
            auto const first = form.low(form.entries[e].column);
            if (first < low) low = first;
        }
        auto const reach = static_cast<double>(x - low + 1);
        sum += reach * reach;
    }
    return sum;
}

/// Half of log2 of the largest determinant over `arcs` arcs of the circle, rounded up; infinite
/// where rounding spoils it. O(arcs N reach^2).
[[nodiscard]] inline double circle_bits(banded_form const& form, int arcs) {
    auto const n = form.size;
    auto const squares = squares_of(form);
    constexpr auto failed = std::numeric_limits<double>::infinity();
    auto const most = 4.0 * (squares.diagonal + 1.0);
    // Complex sums of `reach` products, and the roundings of the entries themselves.
    auto const unit = 0x1p-53;
    auto const rounding = 1.1 * unit *
                          (4.0 * static_cast<double>(squares.reach + 8) *
                               static_cast<double>(2 * squares.reach + 1) * most +
                           64.0 * 4.0 * squares.norm);
    double lift = 0x1p-24;
    while (lift < rounding) lift *= 2.0;
    if (!(lift < 0x1p-6)) return failed;
    auto const half = 0.78539816339744831 / static_cast<double>(arcs) * (1.0 + 1e-12);
    std::vector<double> real(squares.a.size());
    std::vector<double> imaginary(squares.a.size());
    double worst = 0.0;
    for (int arc = 0; arc < arcs; ++arc) {
        auto const middle = half * static_cast<double>(2 * arc + 1);
        auto const s = std::sin(middle);
        auto const c = std::cos(middle);
        auto const width = std::sin(half);
        auto const more = 1.0 + width;
        auto const across = (1.0 + 1.0 / width) * width * width;
        auto const alpha = more * s * s + across * c * c;
        auto const beta = more * c * c + across * s * s;
        auto const kappa = (more - across) * s * c;
        log_sum bits;
        for (std::size_t x = 0; x < n; ++x) {
            auto const low = squares.low[x];
            auto const begin = squares.begin[x];
            auto* const re = real.data() + begin;
            auto* const im = imaginary.data() + begin;
            for (auto y = low; y <= x; ++y) {
                auto const k = y - low;
                double u = alpha * squares.a[begin + k] + beta * squares.b[begin + k];
                double v = kappa * squares.mixed[begin + k];
                auto const other = squares.begin[y];
                auto const from = squares.low[y] > low ? squares.low[y] : low;
                auto const* const re2 = real.data() + other + (from - squares.low[y]);
                auto const* const im2 = imaginary.data() + other + (from - squares.low[y]);
                auto const* const re1 = re + (from - low);
                auto const* const im1 = im + (from - low);
                // Row x times the conjugate of row y.
                for (std::size_t e = 0; e < y - from; ++e) {
                    u -= re1[e] * re2[e] + im1[e] * im2[e];
                    v -= im1[e] * re2[e] - re1[e] * im2[e];
                }
                if (y < x) {
                    auto const pivot = real[squares.begin[y + 1] - 1];
                    re[k] = u / pivot;
                    im[k] = v / pivot;
                } else {
                    u += lift;
                    if (!(u > 0.0)) return failed;
                    re[k] = std::sqrt(u);
                    im[k] = 0.0;
                    bits.add(re[k]);
                }
            }
        }
        auto const found = bits.upper();
        if (found > worst) worst = found;
    }
    return worst;
}

} // namespace weft::inline v0::knot::detail
