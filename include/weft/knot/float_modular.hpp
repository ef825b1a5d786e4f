#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "weft/knot/modular.hpp"
#include "weft/knot/simplify.hpp"

#if defined(__x86_64__) && (defined(__GNUC__) || defined(__clang__))
#define WEFT_FUSED_KERNEL [[gnu::target("avx2,fma")]]
#else
#define WEFT_FUSED_KERNEL
#endif

/// Residues modulo primes below 2^43 kept in doubles: products are exact as sums of two doubles by
/// fused multiply-add, so that several residues fit a wide register. Everything here is internal,
/// and exact; only its speed depends on the processor.
namespace weft::inline v0::knot::detail {

/// Whether fused multiply-add is an instruction here.
[[nodiscard]] inline bool has_fused_arithmetic() noexcept {
#if defined(__x86_64__) && (defined(__GNUC__) || defined(__clang__))
    return __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("fma") != 0;
#elif defined(__aarch64__)
    return true;
#else
    return false;
#endif
}

/// Primes a little below 2^43, in falling order.
class float_primes {
public:
    [[nodiscard]] std::uint64_t next() noexcept {
        if (given_ < below.size()) {
            last_ = top - below[given_++];
        } else {
            do last_ -= 2;
            while (!is_prime(last_));
        }
        return last_;
    }

private:
    static constexpr std::uint64_t top = std::uint64_t{1} << 43U;
    static constexpr std::array<std::uint16_t, 48> below{
        57,   67,   117,  175,  255,  267,  291,  309,  319,  369,  405,  417,
        439,  445,  465,  537,  601,  621,  675,  685,  691,  715,  741,  747,
        759,  799,  801,  837,  861,  871,  927,  939,  1027, 1035, 1081, 1089,
        1099, 1105, 1117, 1159, 1167, 1189, 1195, 1267, 1329, 1345, 1411, 1429};
    std::size_t given_ = 0;
    std::uint64_t last_ = 0;
};

/// How many of those determine an integer of size at most 2^bits with its sign.
[[nodiscard]] inline std::int64_t float_primes_for(double bits) noexcept {
    return 1 + static_cast<std::int64_t>((bits + 2.0) / 42.99);
}

/// Room for rows of residues, to be used again and again.
struct float_workspace {
    std::vector<double> t, t_inverse, rows, matrix, phi, numerator, denominator, product, head,
        factor;
    std::vector<std::uint32_t> weight, low, high;
    std::vector<char> bad;
};

/// The nearest integer, for |x| < 2^51 (ties to even).
[[nodiscard]] constexpr double nearest(double x) noexcept {
    constexpr double magic = 0x1.8p52;
    return (x + magic) - magic;
}

/// The most strands for which sums over all rows stay exact.
inline constexpr int most_fused_strands = 100;

/// The Burau matrix in doubles, for primes below 2^43 and at most 100 strands, in coordinates
/// e_1..e_n: band (i, j) acts as x_i -= phi, x_j += phi with phi = (x_i + between) - t (x_j +
/// between), where `between` is the sum of x_k for i < k < j; its inverse with phi / t. It is
/// applied to e_c - e_{c+1}; entry (r, c) at point q is rows[(r m + c) points + q] with r = 0..n-1.
/// A row of weight w holds integers of size at most w p; weights are kept so low that the sums here
/// are at most 120 p < 2^50.
WEFT_FUSED_KERNEL inline void float_burau(double prime, double inverse, piece const& p,
                                          std::size_t points, float_workspace& w) {
    auto const n = static_cast<std::size_t>(p.strands);
    auto const m = n - 1;
    auto const width = m * points;
    w.rows.assign(n * width, 0.0);
    w.phi.resize(width);
    w.weight.assign(n, 1);
    w.low.resize(n);
    w.high.resize(n);
    for (std::size_t r = 0; r < n; ++r) {
        auto const first = r == 0 ? 0 : r - 1;
        auto const last = r == m ? m : r + 1;
        for (std::size_t q = 0; q < points; ++q) {
            if (r > 0) w.rows[r * width + (r - 1) * points + q] = -1.0;
            if (r < m) w.rows[r * width + r * points + q] = 1.0;
        }
        w.low[r] = static_cast<std::uint32_t>(first * points);
        w.high[r] = static_cast<std::uint32_t>(last * points);
    }
    auto* const rows = w.rows.data();
    double* __restrict const phi = w.phi.data();
    for (std::size_t k = p.letters.size(); k-- > 0;) {
        auto const& l = p.letters[k];
        auto const i = static_cast<std::size_t>(l.i - 1);
        auto const j = static_cast<std::size_t>(l.j - 1);
        std::size_t from = width;
        std::size_t to = 0;
        std::uint32_t sum = 0;
        for (auto r = i; r <= j; ++r) {
            if (w.low[r] < from) from = w.low[r];
            if (w.high[r] > to) to = w.high[r];
            sum += w.weight[r];
        }
        if (sum > 115) {
            for (auto r = i; r <= j; ++r) {
                if (w.weight[r] == 1) continue;
                double* __restrict const x = rows + r * width;
                for (std::size_t c = w.low[r]; c < w.high[r]; ++c) {
                    x[c] = __builtin_fma(-nearest(x[c] * inverse), prime, x[c]);
                }
                w.weight[r] = 1;
            }
        }
        double* __restrict const x = rows + i * width;
        double* __restrict const y = rows + j * width;
        // phi holds the sum of the rows between, four at a time.
        auto r = i + 1;
        auto const left = (j - r) % 4;
        double const* const a = rows + r * width;
        double const* const b = a + width;
        double const* const d = b + width;
        if (left == 0) {
            for (std::size_t c = from; c < to; ++c) phi[c] = 0.0;
        } else if (left == 1) {
            for (std::size_t c = from; c < to; ++c) phi[c] = a[c];
        } else if (left == 2) {
            for (std::size_t c = from; c < to; ++c) phi[c] = a[c] + b[c];
        } else {
            for (std::size_t c = from; c < to; ++c) phi[c] = a[c] + b[c] + d[c];
        }
        for (r += left; r < j; r += 4) {
            double const* const z0 = rows + r * width;
            double const* const z1 = z0 + width;
            double const* const z2 = z1 + width;
            double const* const z3 = z2 + width;
            for (std::size_t c = from; c < to; ++c) {
                phi[c] += (z0[c] + z1[c]) + (z2[c] + z3[c]);
            }
        }
        if (l.sign > 0) {
            double const* const t = w.t.data();
            for (std::size_t c = from; c < to; ++c) {
                auto const u = x[c] + phi[c];
                auto const v = y[c] + phi[c];
                auto const high = v * t[c];
                auto const rest = __builtin_fma(v, t[c], -high);
                auto const quotient = nearest((high - u) * inverse);
                auto const step = __builtin_fma(-quotient, prime, high) + (rest - u);
                x[c] += step;
                y[c] -= step;
            }
        } else {
            double const* const t = w.t_inverse.data();
            for (std::size_t c = from; c < to; ++c) {
                auto const u = x[c] + phi[c];
                auto const v = y[c] + phi[c];
                auto const high = u * t[c];
                auto const rest = __builtin_fma(u, t[c], -high);
                auto const quotient = nearest((high - v) * inverse);
                auto const step = __builtin_fma(-quotient, prime, high) + (rest - v);
                x[c] -= step;
                y[c] += step;
            }
        }
        for (auto const end : {i, j}) {
            w.weight[end] += 2;
            w.low[end] = static_cast<std::uint32_t>(from);
            w.high[end] = static_cast<std::uint32_t>(to);
        }
    }
    // In coordinates P_r = x_1 + ... + x_r, which are those of e_c - e_{c+1}.
    for (std::size_t r = 0; r < m; ++r) {
        double* __restrict const x = rows + r * width;
        double const* const before = r == 0 ? x : x - width;
        auto const whole = r == 0 ? 0.0 : 1.0;
        for (std::size_t c = 0; c < width; ++c) {
            auto const s = x[c] + whole * before[c];
            x[c] = __builtin_fma(-nearest(s * inverse), prime, s);
        }
    }
}

/// det(I - Burau) at each point of w.rows as w.numerator / w.denominator; w.bad marks points that
/// met a zero pivot, which have to be done otherwise. w.matrix holds I - Burau no more.
WEFT_FUSED_KERNEL inline void float_determinants(double prime, double inverse, std::size_t m,
                                                 std::size_t points, float_workspace& w) {
    auto const width = m * points;
    w.matrix.resize(m * width);
    w.numerator.assign(points, 1.0);
    w.denominator.assign(points, 1.0);
    w.product.assign(points, 1.0);
    w.factor.resize(points);
    w.bad.assign(points, 0);
    auto const times = [prime, inverse](double a, double b) {
        auto const high = a * b;
        auto const rest = __builtin_fma(a, b, -high);
        return __builtin_fma(-nearest(high * inverse), prime, high) + rest;
    };
    for (std::size_t r = 0; r < m; ++r) {
        double const* const x = w.rows.data() + r * width;
        double* __restrict const y = w.matrix.data() + r * width;
        for (std::size_t c = 0; c < width; ++c) y[c] = -x[c];
        for (std::size_t q = 0; q < points; ++q) y[r * points + q] += 1.0;
    }
    for (std::size_t k = 0; k < m; ++k) {
        double* const top = w.matrix.data() + k * width;
        double* const head = top + k * points;
        for (std::size_t q = 0; q < points; ++q) {
            head[q] = __builtin_fma(-nearest(head[q] * inverse), prime, head[q]);
            if (head[q] == 0.0) w.bad[q] = 1;
            w.numerator[q] = times(w.numerator[q], head[q]);
            w.product[q] = times(w.product[q], head[q]);
            if (k + 1 < m) w.denominator[q] = times(w.denominator[q], w.product[q]);
        }
        for (std::size_t r = k + 1; r < m; ++r) {
            double* const row = w.matrix.data() + r * width;
            double* __restrict const factor = w.factor.data();
            for (std::size_t q = 0; q < points; ++q) factor[q] = row[k * points + q];
            for (std::size_t c = k + 1; c < m; ++c) {
                double* __restrict const x = row + c * points;
                double const* const y = top + c * points;
                for (std::size_t q = 0; q < points; ++q) {
                    auto const a = x[q] * head[q];
                    auto const a_rest = __builtin_fma(x[q], head[q], -a);
                    auto const b = factor[q] * y[q];
                    auto const b_rest = __builtin_fma(factor[q], y[q], -b);
                    auto const low = __builtin_fma(-nearest(a * inverse), prime, a) + a_rest;
                    auto const less = __builtin_fma(-nearest(b * inverse), prime, b) + b_rest;
                    x[q] = low - less;
                }
            }
        }
    }
}

} // namespace weft::inline v0::knot::detail

#undef WEFT_FUSED_KERNEL
