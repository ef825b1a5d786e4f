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
    std::vector<double> t, t_inverse, rows, matrix, phi, numerator, product, head, factor;
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
    // phi is the sum of the rows held_i < r < held_j, of size at most held_weight p.
    std::size_t held_i = 0;
    std::size_t held_j = 0;
    std::uint32_t held_weight = 0;
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
        double* __restrict const x = rows + i * width;
        double* __restrict const y = rows + j * width;
        // Profiles' bands come in order: the sum between the last one's ends is soon that of these.
        auto between_weight = held_weight;
        auto const moved =
            (i < held_i ? held_i - i : i - held_i) + (j < held_j ? held_j - j : j - held_j);
        bool const near = i < held_j && held_i < j && moved + 1 < j - i;
        if (near) {
            for (auto r = i + 1; r <= held_i; ++r) between_weight += w.weight[r];
            for (auto r = held_i + 1; r <= i; ++r) between_weight += w.weight[r];
            for (auto r = held_j; r < j; ++r) between_weight += w.weight[r];
            for (auto r = j; r < held_j; ++r) between_weight += w.weight[r];
        }
        if (near && between_weight + w.weight[i] + w.weight[j] <= 115) {
            auto const take = [&](std::size_t r, double sign) {
                double const* const z = rows + r * width;
                for (std::size_t c = w.low[r]; c < w.high[r]; ++c) phi[c] += sign * z[c];
            };
            for (auto r = i + 1; r <= held_i; ++r) take(r, 1.0);
            for (auto r = held_i + 1; r <= i; ++r) take(r, -1.0);
            for (auto r = held_j; r < j; ++r) take(r, 1.0);
            for (auto r = j; r < held_j; ++r) take(r, -1.0);
        } else {
            if (sum > 115) {
                for (auto r = i; r <= j; ++r) {
                    if (w.weight[r] == 1) continue;
                    double* __restrict const z = rows + r * width;
                    for (std::size_t c = w.low[r]; c < w.high[r]; ++c) {
                        z[c] = __builtin_fma(-nearest(z[c] * inverse), prime, z[c]);
                    }
                    w.weight[r] = 1;
                }
            }
            // phi holds the sum of the rows between, four at a time.
            auto r = i + 1;
            auto const left = (j - r) % 4;
            double const* const a = rows + r * width;
            double const* const b = a + width;
            double const* const d = b + width;
            for (std::size_t c = 0; c < from; ++c) phi[c] = 0.0;
            for (std::size_t c = to; c < width; ++c) phi[c] = 0.0;
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
            between_weight = 0;
            for (auto k2 = i + 1; k2 < j; ++k2) between_weight += w.weight[k2];
        }
        held_i = i;
        held_j = j;
        held_weight = between_weight;
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

/// 1 / a modulo the prime, a in 1..prime-1 (Euclid).
[[nodiscard]] inline std::int64_t inverse_modulo(std::int64_t a, std::int64_t prime) noexcept {
    std::int64_t r0 = prime;
    std::int64_t r1 = a;
    std::int64_t s0 = 0;
    std::int64_t s1 = 1;
    while (r1 != 0) {
        auto const q = r0 / r1;
        auto const r = r0 - q * r1;
        r0 = r1;
        r1 = r;
        auto const s = s0 - q * s1;
        s0 = s1;
        s1 = s;
    }
    return s0;
}

/// det(I - Burau) at each point of w.rows as w.numerator; w.bad marks points that met a zero pivot,
/// which have to be done otherwise. The pivots of all points are inverted together.
WEFT_FUSED_KERNEL inline void float_determinants(double prime, double inverse, std::size_t m,
                                                 std::size_t points, float_workspace& w) {
    auto const width = m * points;
    w.matrix.resize(m * width);
    w.numerator.assign(points, 1.0);
    w.product.resize(points);
    w.head.resize(points);
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
    double* __restrict const head = w.head.data();
    double* __restrict const factor = w.factor.data();
    for (std::size_t k = 0; k < m; ++k) {
        double* __restrict const top = w.matrix.data() + k * width;
        for (auto c = k * points; c < width; ++c) {
            top[c] = __builtin_fma(-nearest(top[c] * inverse), prime, top[c]);
        }
        auto product = 1.0;
        for (std::size_t q = 0; q < points; ++q) {
            head[q] = top[k * points + q];
            if (head[q] == 0.0) {
                w.bad[q] = 1;
                head[q] = 1.0;
            }
            w.numerator[q] = times(w.numerator[q], head[q]);
            w.product[q] = product;
            product = times(product, head[q]);
        }
        if (k + 1 == m) break;
        auto const whole = static_cast<std::int64_t>(prime);
        auto residue = static_cast<std::int64_t>(product) % whole;
        if (residue < 0) residue += whole;
        auto back = static_cast<double>(inverse_modulo(residue, whole));
        for (std::size_t q = points; q-- > 0;) {
            auto const own = times(back, w.product[q]);
            back = times(back, head[q]);
            head[q] = own;
        }
        // Rows are sums of fewer than m / 2 residues and need not be reduced before their turn.
        for (std::size_t r = k + 1; r < m; ++r) {
            double* __restrict const row = w.matrix.data() + r * width;
            for (std::size_t q = 0; q < points; ++q) {
                auto const x = row[k * points + q];
                factor[q] = times(__builtin_fma(-nearest(x * inverse), prime, x), head[q]);
            }
            for (std::size_t c = k + 1; c < m; ++c) {
                double* __restrict const x = row + c * points;
                double const* const y = top + c * points;
                for (std::size_t q = 0; q < points; ++q) {
                    auto const high = factor[q] * y[q];
                    auto const rest = __builtin_fma(factor[q], y[q], -high);
                    x[q] -= __builtin_fma(-nearest(high * inverse), prime, high) + rest;
                }
            }
        }
    }
}

} // namespace weft::inline v0::knot::detail
