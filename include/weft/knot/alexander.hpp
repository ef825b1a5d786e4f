#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "weft/core/error.hpp"
#include "weft/core/number.hpp"
#include "weft/knot/banded.hpp"
#include "weft/knot/braid.hpp"
#include "weft/knot/circle_bound.hpp"
#include "weft/knot/float_modular.hpp"
#include "weft/knot/laurent.hpp"
#include "weft/knot/limits.hpp"
#include "weft/knot/long_words.hpp"
#include "weft/knot/modular.hpp"
#include "weft/knot/outcome.hpp"
#include "weft/knot/seifert.hpp"
#include "weft/knot/simplify.hpp"

namespace weft::inline v0::knot {

namespace detail {

/// Alexander's polynomial of one piece modulo each of a list of primes: the coefficients of the
/// exponents epsilon/2, epsilon/2 + 1, ... (the others follow by symmetry), then Delta(-1) over
/// i^epsilon. Also the corank of V - t V^T over Q(t) for a connected surface.
struct alexander_residues {
    std::vector<std::uint64_t> moduli;
    std::vector<std::uint64_t> values; ///< moduli.size() rows of `width`
    std::size_t width = 0;
    int epsilon = 0;
    std::int64_t corank = 0;
};

/// log2 of Hadamard's bound on |det(V - t V^T)| over the unit circle, hence on every coefficient
/// (Cauchy) and on Delta(-1); rows shorter than 1 count as 1, so that it holds for every minor too.
[[nodiscard]] inline double alexander_bits(integer_matrix const& v) noexcept {
    double bits = 0.0;
    double product = 1.0;
    for (std::size_t x = 0; x < v.size; ++x) {
        double norm = 0.0;
        for (std::size_t y = 0; y < v.size; ++y) {
            auto const a = v(x, y);
            auto const b = v(y, x);
            if ((a | b) == 0) continue;
            auto const size = __builtin_fabs(double(a)) + __builtin_fabs(double(b));
            norm += size * size;
        }
        if (norm > 1.0) product *= norm;
        if (product > 1e150 || x + 1 == v.size) {
            bits += 0.5 * std::log2(product) * (1.0 + 1e-12);
            product = 1.0;
        }
    }
    return bits + 1e-9;
}

[[nodiscard]] inline double alexander_bits(banded_form const& form) noexcept {
    hadamard_bits h;
    for (std::size_t x = 0; x < form.size; ++x) {
        double norm = 0.0;
        for (auto e = form.begin[x]; e < form.begin[x + 1]; ++e) {
            auto const size = __builtin_fabs(double(form.entries[e].a)) +
                              __builtin_fabs(double(form.entries[e].b));
            norm += size * size;
        }
        h.row(norm);
    }
    return h.bits() + 1e-9;
}

/// How many components the closure of a piece has.
[[nodiscard]] inline std::int64_t piece_components(piece const& p, std::vector<std::uint32_t>& at) {
    auto const n = static_cast<std::size_t>(p.strands);
    at.resize(n);
    for (std::size_t s = 0; s < n; ++s) at[s] = static_cast<std::uint32_t>(s);
    for (auto const& l : p.letters) {
        std::swap(at[static_cast<std::size_t>(l.i - 1)], at[static_cast<std::size_t>(l.j - 1)]);
    }
    std::int64_t count = 0;
    constexpr std::uint32_t seen = 0xffff'ffffU;
    for (std::size_t s = 0; s < n; ++s) {
        if (at[s] == seen) continue;
        ++count;
        for (std::size_t x = s; at[x] != seen;) {
            auto const next = at[x];
            at[x] = seen;
            x = next;
        }
    }
    return count;
}

/// Primes a little below 2^57, in falling order: small enough for sums of many residues in 64 bits.
class narrow_primes {
public:
    [[nodiscard]] constexpr std::uint64_t next() noexcept {
        if (given_ < below.size()) {
            last_ = top - below[given_++];
        } else {
            do last_ -= 2;
            while (!is_prime(last_));
        }
        return last_;
    }

    static constexpr std::uint64_t top = std::uint64_t{1} << 57U;
    static constexpr std::array<std::uint16_t, 32> below{
        13,  25,  49,  61,  69,  111, 195, 273, 363, 423, 433,  451,  459,  465,  585,  661,
        705, 739, 789, 795, 829, 849, 853, 859, 913, 943, 1003, 1029, 1069, 1101, 1105, 1183};

private:
    std::size_t given_ = 0;
    std::uint64_t last_ = 0;
};

/// How many of those determine an integer of size at most 2^bits with its sign.
[[nodiscard]] inline std::int64_t narrow_primes_for(double bits) noexcept {
    return 1 + static_cast<std::int64_t>((bits + 2.0) / 56.99);
}

/// Where Delta is evaluated modulo the first prime: s = 2, 3, ..., w = (s - 1/s)^2, and the inverse
/// differences of the w, for the degrees that are common.
struct node_table {
    static constexpr std::size_t size = 12;
    std::array<std::uint64_t, size> s{}, s_inverse{}, node{};
    std::array<std::uint64_t, size * size> inverse_difference{}; ///< 1 / (w_q - w_r) at q size + r

    constexpr explicit node_table(field const& f) {
        for (std::size_t q = 0; q < size; ++q) {
            s[q] = f.from(static_cast<std::int64_t>(q) + 2);
            s_inverse[q] = f.inverse(s[q]);
            auto const z = f.sub(s[q], s_inverse[q]);
            node[q] = f.mul(z, z);
            for (std::size_t r = 0; r < q; ++r) {
                inverse_difference[q * size + r] = f.inverse(f.sub(node[q], node[r]));
            }
        }
    }
};
inline constexpr node_table first_nodes{field(narrow_primes::top - narrow_primes::below[0])};

/// Room for evaluating Alexander's polynomial, to be used again and again.
struct alexander_workspace {
    std::vector<std::uint64_t> s, s_inverse, node, t, t_inverse, rows, matrix, numerator,
        denominator, scratch, values, coefficients, differences, single;
    std::vector<std::uint32_t> weight, low, high;
    float_workspace fused;
    std::vector<double> float_t;
    banded_workspace<double> banded_floats;
    banded_workspace<std::uint64_t> banded_integers;
};

/// The Burau matrix at `points` points at once, modulo p < 2^57. On the vectors with sum 0, in
/// coordinates P_r = x_1 + ... + x_r, band (i, j) acts as P_r -= phi for i <= r < j with
/// phi = (P_{j-1} - P_{i-1}) - t (P_j - P_i), its inverse with phi / t. Letters are applied from
/// the last to the first to the identity; entry (r, c) at point q is rows[(r m + c) points + q]
/// with r = 1..m. Rows are sums of at most 28 residues, and zero outside the columns from low to
/// high.
inline void burau(field const& f, piece const& p, std::size_t points, alexander_workspace& w) {
    auto const n = static_cast<std::size_t>(p.strands);
    auto const m = n - 1;
    auto const width = m * points;
    auto const prime = f.prime();
    auto const one = f.one();
    // Where rows are short, keeping track of what is still 0 in them takes longer than it saves.
    bool const small = n <= 6;
    w.rows.assign((n + 1) * width, 0);
    w.weight.assign(n + 1, 1);
    w.low.assign(n + 1, 1);
    w.high.assign(n + 1, 0);
    for (std::size_t r = 1; r <= m; ++r) {
        for (std::size_t q = 0; q < points; ++q) w.rows[r * width + (r - 1) * points + q] = one;
        w.low[r] = small ? 0 : static_cast<std::uint32_t>((r - 1) * points);
        w.high[r] = static_cast<std::uint32_t>(small ? width : r * points);
    }
    auto const row = [&](std::size_t r) { return w.rows.data() + r * width; };
    auto const lighten = [&](std::size_t r) {
        if (w.weight[r] < 26) return;
        auto* const x = row(r);
        for (auto c = w.low[r]; c < w.high[r]; ++c) x[c] = f.reduce(u128{x[c]} * one);
        w.weight[r] = 1;
    };
    auto const empty = [&](std::size_t r) { return w.low[r] >= w.high[r]; };
    for (std::size_t k = p.letters.size(); k-- > 0;) {
        auto const& l = p.letters[k];
        auto const i = static_cast<std::size_t>(l.i);
        auto const j = static_cast<std::size_t>(l.j);
        if (small && j == i + 1) {
            auto const other = l.sign > 0 ? i - 1 : j;
            if (w.weight[other] > 26) lighten(other);
            if (w.weight[i] > 26) lighten(i);
            auto const* const plain = row(other);
            auto const* const scaled = row(l.sign > 0 ? j : i - 1);
            auto const* const t = l.sign > 0 ? w.t.data() : w.t_inverse.data();
            auto* const x = row(i);
            auto const lift = w.weight[i] * prime;
            for (std::size_t c = 0; c < width; ++c) {
                x[c] = plain[c] + f.reduce_lazily(u128{scaled[c] + (lift - x[c])} * t[c]);
            }
            w.weight[i] = w.weight[other] + 2;
            continue;
        }
        auto from = static_cast<std::uint32_t>(width);
        std::uint32_t to = 0;
        for (auto const r : {i - 1, i, j - 1, j}) {
            if (empty(r)) continue;
            if (w.low[r] < from) from = w.low[r];
            if (w.high[r] > to) to = w.high[r];
            lighten(r);
        }
        // A row that was empty begins where it is first written.
        auto const grow = [&](std::size_t r) {
            if (empty(r) || from < w.low[r]) w.low[r] = from;
            if (to > w.high[r]) w.high[r] = to;
        };
        auto const* const before = row(i - 1);
        auto* const x = row(i);
        auto const* const y = row(j - 1);
        auto const* const after = row(j);
        auto const* const t = l.sign > 0 ? w.t.data() : w.t_inverse.data();
        if (j == i + 1) {
            auto const lift = w.weight[i] * prime;
            auto const* const plain = l.sign > 0 ? before : after;
            auto const* const scaled = l.sign > 0 ? after : before;
            for (auto c = from; c < to; ++c) {
                x[c] = plain[c] + f.reduce_lazily(u128{scaled[c] + (lift - x[c])} * t[c]);
            }
            w.weight[i] = w.weight[l.sign > 0 ? i - 1 : j] + 2;
            grow(i);
            continue;
        }
        auto const lift_u = w.weight[i - 1] * prime;
        auto const lift_v = w.weight[j] * prime;
        w.single.resize(width);
        auto* const phi = w.single.data();
        for (auto c = from; c < to; ++c) {
            auto const u = y[c] + (lift_u - before[c]);
            auto const v = x[c] + (lift_v - after[c]);
            auto const sum =
                l.sign > 0 ? u128{u} * one + u128{v} * t[c] : u128{u} * t[c] + u128{v} * one;
            phi[c] = 2 * prime - f.reduce_lazily(sum);
        }
        for (auto r = i; r < j; ++r) {
            lighten(r);
            auto* const z = row(r);
            for (auto c = from; c < to; ++c) z[c] += phi[c];
            w.weight[r] += 2;
            grow(r);
        }
    }
}

struct elimination {
    std::uint64_t numerator = 0; ///< the determinant is numerator / denominator
    std::uint64_t denominator = 0;
    std::size_t rank = 0;
};

/// The determinant and the rank of the m x m matrix in `a`, which is destroyed; without divisions.
[[nodiscard]] inline elimination eliminate(field const& f, std::span<std::uint64_t> a,
                                           std::size_t m) {
    elimination out{f.one(), f.one(), 0};
    std::size_t row = 0;
    for (std::size_t column = 0; column < m; ++column) {
        auto pivot = row;
        while (pivot < m && a[pivot * m + column] == 0) ++pivot;
        if (pivot == m) continue;
        if (pivot != row) {
            for (std::size_t c = column; c < m; ++c) std::swap(a[row * m + c], a[pivot * m + c]);
            out.numerator = f.neg(out.numerator);
        }
        auto const head = a[row * m + column];
        out.numerator = f.mul(out.numerator, head);
        for (auto r = row + 1; r < m; ++r) {
            auto const factor = a[r * m + column];
            if (factor == 0) continue;
            out.denominator = f.mul(out.denominator, head);
            for (auto c = column + 1; c < m; ++c) {
                a[r * m + c] = f.sub(f.mul(a[r * m + c], head), f.mul(factor, a[row * m + c]));
            }
        }
        ++row;
    }
    out.rank = row;
    if (row < m) out.numerator = 0;
    return out;
}

/// How Alexander's polynomial of a piece is to be found: what bounds its coefficients (2^bits),
/// what that costs in modular operations, and the Seifert matrix where it is eliminated itself,
/// instead of the Burau matrix.
struct alexander_route {
    std::size_t size = 0;
    double bits = 0.0;
    double minor_bits = 0.0; ///< Hadamard's bound, which holds for minors too
    double point_cost = 0.0;
    std::optional<banded_form> form;
    banded_plan plan;

    [[nodiscard]] double cost(double with_bits) const noexcept {
        auto const d = static_cast<double>(size / 2 + 1);
        return static_cast<double>(narrow_primes_for(with_bits)) * (d * point_cost + 3.0 * d * d);
    }
};

/// The route for a piece with a Seifert form, or for an Artin word without; nothing where there is
/// neither, or where it is known at once that more than max_operations are needed. Bounds that take
/// longer to find than Hadamard's are tried where they are cheap beside what they may save.
[[nodiscard]] inline std::optional<alexander_route>
alexander_route_of(piece const& p, integer_matrix const* v, double max_operations) {
    alexander_route out;
    out.size = static_cast<std::size_t>(seifert_size(p));
    auto const n = static_cast<double>(p.strands);
    auto const size = static_cast<double>(out.size);
    double passed = 0.0;
    bool artin_word = p.next.empty();
    for (auto const& l : p.letters) {
        passed += 2.0 + l.j - l.i;
        artin_word = artin_word && l.j == l.i + 1;
    }
    out.point_cost = passed * n + n * n * n;
    if (v != nullptr) out.bits = out.minor_bits = alexander_bits(*v);
    constexpr std::size_t least_banded = 64;
    if (!artin_word || out.size < least_banded) {
        if (v == nullptr) return std::nullopt;
        // A third of N^3 additions and multiplications, four at a time.
        auto const effort = size * size * size / 12.0;
        auto const cost = out.cost(out.bits);
        if (narrow_primes_for(out.bits) > 1 && effort < 0.25 * cost && effort < max_operations) {
            auto const better = gram_bits(*v);
            if (better < out.bits) out.bits = better;
        }
        return out;
    }
    if (0.5 * size * size > max_operations) return std::nullopt;
    auto const generators = collins_generators(p);
    // Across many strands the matrix is narrower than along the word.
    auto form = banded_of(p, generators, p.strands > 7);
    out.minor_bits = alexander_bits(form);
    if (v == nullptr || out.minor_bits < out.bits) out.bits = out.minor_bits;
    if (p.strands > 7) {
        // A point that is none of those to come.
        constexpr std::int64_t somewhere = 1'234'577;
        field const f(narrow_primes::top - narrow_primes::below[0]);
        banded_workspace<std::uint64_t> room;
        if (auto plan = plan_banded(form, f, f.from(somewhere), room, out.point_cost)) {
            if (plan->operations < out.point_cost) {
                out.point_cost = plan->operations;
                out.plan = *std::move(plan);
                out.form = std::move(form);
            }
        }
    }
    auto const& entries = out.form ? *out.form : form;
    auto const effort = circle_effort(entries);
    auto const allowed = 0.03 * out.cost(out.bits) / (effort + 1.0);
    int arcs = 0;
    for (int more = 4; more <= 256 && static_cast<double>(more) <= allowed; more *= 2) {
        arcs = more;
    }
    if (arcs > 0) {
        auto const better = circle_bits(entries, arcs);
        if (better < out.bits) out.bits = better;
    }
    return out;
}

/// det(I - Burau) at each of the points of `w.rows`, as numerator / denominator; returns the
/// largest rank. One elimination without divisions for all points; those that need another pivot go
/// alone.
inline std::size_t burau_determinants(field const& f, std::size_t m, std::size_t points,
                                      alexander_workspace& w, std::uint64_t* numerator,
                                      std::uint64_t* denominator) {
    auto const width = m * points;
    auto const one = f.one();
    w.matrix.resize(m * width);
    auto const load = [&](std::size_t r, std::size_t c, std::size_t q) {
        auto const x = f.reduce(u128{w.rows[(r + 1) * width + c * points + q]} * one);
        return r == c ? f.sub(one, x) : f.neg(x);
    };
    for (std::size_t r = 0; r < m; ++r) {
        for (std::size_t c = 0; c < m; ++c) {
            for (std::size_t q = 0; q < points; ++q) {
                w.matrix[r * width + c * points + q] = load(r, c, q);
            }
        }
    }
    w.single.resize(3 * points > m * m ? 3 * points : m * m);
    auto* const product = w.single.data();
    auto* const bad = product + points;
    for (std::size_t q = 0; q < points; ++q) {
        numerator[q] = denominator[q] = product[q] = one;
        bad[q] = 0;
    }
    for (std::size_t k = 0; k < m; ++k) {
        auto const* const top = w.matrix.data() + k * width;
        auto* const head = w.matrix.data() + k * width + k * points;
        for (std::size_t q = 0; q < points; ++q) {
            if (head[q] >= f.prime()) head[q] -= f.prime();
            if (head[q] == 0) bad[q] = 1;
            numerator[q] = f.mul(numerator[q], head[q]);
            product[q] = f.mul(product[q], head[q]);
            if (k + 1 < m) denominator[q] = f.mul(denominator[q], product[q]);
        }
        for (auto r = k + 1; r < m; ++r) {
            auto* const row = w.matrix.data() + r * width;
            auto* const factor = product + 2 * points;
            for (std::size_t q = 0; q < points; ++q) {
                factor[q] = 2 * f.prime() - row[k * points + q];
            }
            for (auto c = k + 1; c < m; ++c) {
                auto* const x = row + c * points;
                auto const* const y = top + c * points;
                for (std::size_t q = 0; q < points; ++q) {
                    x[q] = f.reduce_lazily(u128{x[q]} * head[q] + u128{factor[q]} * y[q]);
                }
            }
        }
    }
    std::size_t rank = 0;
    std::uint64_t lone = 0;
    for (std::size_t q = 0; q < points; ++q) {
        if (bad[q] == 0) {
            rank = m;
        } else {
            lone = 1;
        }
    }
    if (lone == 0) return rank;
    std::vector<char> alone(points);
    for (std::size_t q = 0; q < points; ++q) alone[q] = static_cast<char>(bad[q]);
    for (std::size_t q = 0; q < points; ++q) {
        if (alone[q] == 0) continue;
        for (std::size_t r = 0; r < m; ++r) {
            for (std::size_t c = 0; c < m; ++c) w.single[r * m + c] = load(r, c, q);
        }
        auto const e = eliminate(f, std::span<std::uint64_t>(w.single).first(m * m), m);
        numerator[q] = e.numerator;
        denominator[q] = e.denominator;
        if (e.rank > rank) rank = e.rank;
    }
    return rank;
}

/// det(I - Burau) at `points` points from `first` on, in doubles; as burau_determinants.
inline std::size_t fused_determinants(field const& f, piece const& p, std::size_t first,
                                      std::size_t points, alexander_workspace& w,
                                      std::uint64_t* numerator, std::uint64_t* denominator) {
    auto const m = static_cast<std::size_t>(p.strands) - 1;
    auto const prime = static_cast<double>(f.prime());
    auto const inverse = 1.0 / prime;
    auto& fused = w.fused;
    fused.t.resize(m * points);
    fused.t_inverse.resize(m * points);
    for (std::size_t q = 0; q < points; ++q) {
        fused.t[q] = static_cast<double>(f.to(f.mul(w.s[first + q], w.s[first + q])));
        fused.t_inverse[q] =
            static_cast<double>(f.to(f.mul(w.s_inverse[first + q], w.s_inverse[first + q])));
    }
    for (std::size_t c = points; c < m * points; ++c) {
        fused.t[c] = fused.t[c - points];
        fused.t_inverse[c] = fused.t_inverse[c - points];
    }
    float_burau(prime, inverse, p, points, fused);
    float_determinants(prime, inverse, m, points, fused);
    auto const residue = [&](double x) {
        auto const n = static_cast<std::int64_t>(x) % static_cast<std::int64_t>(f.prime());
        return f.from(n);
    };
    std::size_t rank = 0;
    for (std::size_t q = 0; q < points; ++q) {
        if (fused.bad[q] == 0) {
            rank = m;
            numerator[q] = residue(fused.numerator[q]);
            denominator[q] = f.one();
            continue;
        }
        w.single.resize(m * m);
        for (std::size_t r = 0; r < m; ++r) {
            for (std::size_t c = 0; c < m; ++c) {
                auto const x = residue(fused.rows[(r * m + c) * points + q]);
                w.single[r * m + c] = r == c ? f.sub(f.one(), x) : f.neg(x);
            }
        }
        auto const e = eliminate(f, std::span<std::uint64_t>(w.single).first(m * m), m);
        numerator[q] = e.numerator;
        denominator[q] = e.denominator;
        if (e.rank > rank) rank = e.rank;
    }
    return rank;
}

/// The same of V - t V^T, by the route's plan; points where that does not fit go alone.
inline std::size_t banded_determinants(field const& f, alexander_route const& route, bool fused,
                                       std::size_t first, std::size_t points,
                                       alexander_workspace& w, std::uint64_t* numerator,
                                       std::uint64_t* denominator) {
    auto const& form = *route.form;
    auto plan = route.plan;
    w.t.resize(points);
    for (std::size_t q = 0; q < points; ++q) w.t[q] = f.mul(w.s[first + q], w.s[first + q]);
    std::size_t rank = 0;
    std::vector<char> alone;
    constexpr double unlimited = 1e300;
    auto const take = [&](auto const& at, auto& room) {
        static_cast<void>(eliminate_banded(form, at, plan, room, unlimited));
        for (std::size_t q = 0; q < points; ++q) {
            if (room.bad[q] == 0) rank = plan.rank;
            numerator[q] = at.residue(room.product[q]);
            denominator[q] = at.residue(room.divisor[q]);
        }
        alone = room.bad;
    };
    if (fused) {
        w.float_t.resize(points);
        for (std::size_t q = 0; q < points; ++q) w.float_t[q] = static_cast<double>(f.to(w.t[q]));
        take(float_points(f, w.float_t.data(), points), w.banded_floats);
    } else {
        take(integer_points(f, w.t.data(), points), w.banded_integers);
    }
    for (std::size_t q = 0; q < points; ++q) {
        if (alone[q] == 0) continue;
        auto const own = plan_banded(form, f, w.t[q], w.banded_integers, unlimited);
        numerator[q] = w.banded_integers.product[0];
        denominator[q] = w.banded_integers.divisor[0];
        if (own->rank > rank) rank = own->rank;
    }
    return rank;
}

/// Delta = (-s)^(n-1-w) (1 - t) / (1 - t^n) det(I - Burau(t)) = s^-N det(V - t V^T) at t = s^2 for
/// as many s as the degree asks for; Delta / z^epsilon is a polynomial in w = z^2 = t - 2 + 1/t,
/// found by Newton's interpolation. Exact: the Seifert matrix bounds degree (its size N) and
/// coefficients (2^bits). For `components` > 0, those of the piece whose surface is connected:
/// nabla is divisible by z^(components - 1), and begins with 1 where that is 1. That is also why no
/// fewer points are needed to see the rank: it is that of a principal minor, as the form is
/// Hermitian, and one of size N - j is divisible by z^(components - 1 - j).
inline void alexander_of(piece const& p, alexander_route const& route, double bits,
                         std::int64_t components, alexander_workspace& w, alexander_residues& out,
                         bool fuse = has_fused_arithmetic()) {
    auto const size = route.size;
    bool const banded = route.form.has_value();
    auto const n = static_cast<std::size_t>(p.strands);
    auto const m = n - 1;
    auto const degree = size / 2;
    auto const factor_z = components > 0 ? static_cast<std::size_t>(components - 1) : size % 2;
    bool const known = components == 1;
    auto const count = (size - factor_z) / 2 + (known ? 0 : 1);
    out.moduli.clear();
    out.values.clear();
    out.epsilon = static_cast<int>(size % 2);
    out.width = degree + 2;
    std::int64_t writhe = 0;
    for (auto const& l : p.letters) writhe += l.sign;
    auto const shift = static_cast<std::int64_t>(m) - writhe;
    auto const shift_size = static_cast<std::uint64_t>(shift < 0 ? -shift : shift);
    bool const fused = fuse && (banded || (p.strands <= most_fused_strands && m * count >= 48));
    auto const primes = fused ? float_primes_for(bits) : narrow_primes_for(bits);
    std::size_t rank = 0;
    narrow_primes source;
    float_primes fused_source;
    for (std::int64_t k = 0; k < primes; ++k) {
        field const f(fused ? fused_source.next() : source.next());
        out.moduli.push_back(f.prime());
        bool tabled = !fused && k == 0 && count <= node_table::size;
        w.s.clear();
        w.denominator.clear();
        for (std::int64_t candidate = 2; w.s.size() < count; ++candidate) {
            auto const x =
                tabled ? first_nodes.s[static_cast<std::size_t>(candidate - 2)] : f.from(candidate);
            auto const factor = banded ? f.one() : f.sub(f.one(), f.pow(f.mul(x, x), n));
            if (factor == 0) {
                tabled = false;
                w.s.clear();
                w.denominator.clear();
                for (std::int64_t skipped = 2; skipped < candidate; ++skipped) {
                    auto const y = f.from(skipped);
                    auto const g = f.sub(f.one(), f.pow(f.mul(y, y), n));
                    if (g == 0) continue;
                    w.s.push_back(y);
                    w.denominator.push_back(g);
                }
                continue;
            }
            w.s.push_back(x);
            w.denominator.push_back(factor);
        }
        w.node.resize(count);
        if (tabled) {
            w.s_inverse.assign(first_nodes.s_inverse.begin(),
                               first_nodes.s_inverse.begin() + static_cast<std::ptrdiff_t>(count));
            for (std::size_t q = 0; q < count; ++q) w.node[q] = first_nodes.node[q];
        } else {
            w.s_inverse = w.s;
            f.invert_all(w.s_inverse, w.scratch);
            for (std::size_t q = 0; q < count; ++q) {
                auto const z = f.sub(w.s[q], w.s_inverse[q]);
                w.node[q] = f.mul(z, z);
            }
        }
        w.values.resize(2 * count);
        // Rows of all points of a block together stay in the first-level cache.
        auto const room = (fused ? 256 : 128) / m + 1;
        auto const least = fused ? std::size_t{8} : std::size_t{2};
        auto block =
            !fused ? (room > least ? room : least) : (room > least ? (room + 3) / 4 * 4 : least);
        if (banded) {
            // The rows in work of all points of a block stay in the second-level cache.
            block = 16384 / (route.plan.slots * route.plan.ring + 1) / 4 * 4;
            block = block < 8 ? 8 : block > 256 ? 256 : block;
        }
        for (std::size_t first = 0; first < count; first += block) {
            auto const points = first + block < count ? block : count - first;
            if (banded) {
                auto const found =
                    banded_determinants(f, route, fused, first, points, w, w.values.data() + first,
                                        w.values.data() + count + first);
                if (found > rank) rank = found;
                continue;
            }
            if (fused) {
                auto const found =
                    fused_determinants(f, p, first, points, w, w.values.data() + first,
                                       w.values.data() + count + first);
                if (found > rank) rank = found;
                continue;
            }
            w.t.resize(m * points);
            w.t_inverse.resize(m * points);
            for (std::size_t q = 0; q < points; ++q) {
                w.t[q] = f.mul(w.s[first + q], w.s[first + q]);
                w.t_inverse[q] = f.mul(w.s_inverse[first + q], w.s_inverse[first + q]);
            }
            for (std::size_t c = points; c < m * points; ++c) {
                w.t[c] = w.t[c - points];
                w.t_inverse[c] = w.t_inverse[c - points];
            }
            burau(f, p, points, w);
            auto const found = burau_determinants(f, m, points, w, w.values.data() + first,
                                                  w.values.data() + count + first);
            if (found > rank) rank = found;
        }
        for (std::size_t q = 0; q < count; ++q) {
            auto const s = w.s[q];
            auto const unit = banded
                                  ? f.pow(w.s_inverse[q], size)
                                  : f.mul(f.pow(f.neg(shift < 0 ? w.s_inverse[q] : s), shift_size),
                                          f.sub(f.one(), f.mul(s, s)));
            w.values[q] = f.mul(unit, w.values[q]);
            w.denominator[q] = f.mul(w.denominator[q], w.values[count + q]);
            if (out.epsilon == 1) {
                w.denominator[q] = f.mul(w.denominator[q], f.sub(s, w.s_inverse[q]));
            }
            if (factor_z > 1) {
                w.denominator[q] = f.mul(w.denominator[q], f.pow(w.node[q], factor_z / 2));
            }
            if (known) {
                // (nabla - 1) / w
                w.values[q] = f.sub(w.values[q], w.denominator[q]);
                w.denominator[q] = f.mul(w.denominator[q], w.node[q]);
            }
        }
        f.invert_all(w.denominator, w.scratch);
        for (std::size_t q = 0; q < count; ++q) {
            w.values[q] = f.mul(w.values[q], w.denominator[q]);
        }

        // Divided differences; their denominators are inverted many at a time.
        constexpr std::size_t many = 1U << 15U;
        w.differences.clear();
        std::size_t next = 0;
        for (std::size_t step = 1; step < count; ++step) {
            if (!tabled && next == w.differences.size()) {
                w.differences.clear();
                next = 0;
                for (auto ahead = step; ahead < count && w.differences.size() < many; ++ahead) {
                    for (std::size_t q = count - 1; q >= ahead; --q) {
                        w.differences.push_back(f.sub(w.node[q], w.node[q - ahead]));
                    }
                }
                f.invert_all(w.differences, w.scratch);
            }
            for (std::size_t q = count - 1; q >= step; --q) {
                auto const inverse =
                    tabled ? first_nodes.inverse_difference[q * node_table::size + q - step]
                           : w.differences[next++];
                w.values[q] = f.mul(f.sub(w.values[q], w.values[q - 1]), inverse);
            }
        }
        // Horner's scheme in w = t - 2 + 1/t on symmetric coefficients c[0..degree].
        auto& coefficients = w.coefficients;
        coefficients.assign(degree + 2, 0);
        auto const two = f.add(f.one(), f.one());
        std::size_t reached = 0;
        auto const horner = [&](std::uint64_t node, std::uint64_t value) {
            auto const centre = f.add(two, node);
            auto below = coefficients[1];
            for (std::size_t e = 0; e <= reached && e <= degree; ++e) {
                auto const here = coefficients[e];
                coefficients[e] = f.sub(f.add(below, coefficients[e + 1]), f.mul(centre, here));
                below = here;
            }
            ++reached;
            coefficients[degree + 1] = 0;
            coefficients[0] = f.add(coefficients[0], value);
        };
        for (std::size_t q = count; q-- > 0;) horner(w.node[q], w.values[q]);
        if (known) horner(0, f.one());
        for (std::size_t k2 = 0; k2 < factor_z / 2; ++k2) horner(0, 0);
        if (out.epsilon == 1) {
            // Times t^1/2 - t^-1/2: the coefficient of e + 1/2 is c[e] - c[e + 1].
            for (std::size_t e = 0; e <= degree; ++e) {
                coefficients[e] = f.sub(coefficients[e], coefficients[e + 1]);
            }
        }
        // At t = -1: the sum of (-1)^e c[e] over all e, or (2 i) times that over e >= 0.
        std::uint64_t alternating = 0;
        for (std::size_t e = degree + 1; e-- > 0;) {
            alternating = f.sub(coefficients[e], alternating);
        }
        alternating = f.add(alternating, alternating);
        if (out.epsilon == 0) alternating = f.sub(alternating, coefficients[0]);
        for (std::size_t e = 0; e <= degree; ++e) out.values.push_back(f.to(coefficients[e]));
        out.values.push_back(f.to(alternating));
    }
    out.corank = static_cast<std::int64_t>((banded ? size : m) - rank);
}

/// The same of a long word, modulo a prime more than twice as large as any of its numbers.
inline void residues_of(long_alexander const& found, alexander_residues& out) {
    constexpr auto prime = number_transform::prime;
    auto const residue = [](std::int64_t x) {
        return x < 0 ? prime - (std::uint64_t{0} - static_cast<std::uint64_t>(x))
                     : static_cast<std::uint64_t>(x);
    };
    out.moduli.assign(1, prime);
    out.values.clear();
    for (auto const c : found.coefficients) out.values.push_back(residue(c));
    out.values.push_back(residue(found.alternating));
    out.width = out.values.size();
    out.epsilon = found.epsilon;
    out.corank = 0;
}

/// What is known of Alexander's polynomial of a whole link.
template <class Integer>
struct alexander_data {
    outcome<basic_laurent<Integer>> polynomial;
    outcome<Integer> determinant;
    std::optional<int> determinant_mod_8; ///< absent only where the budget was exceeded
    std::optional<std::int64_t> corank;   ///< of V - t V^T over Q(t), for a connected surface
};

inline std::string budget_reason(std::string_view what, double cost, limits const& l) {
    auto const shown = cost < 9e18 ? to_text(static_cast<std::int64_t>(cost)) : to_text(cost);
    return std::string(what) + " takes about " + shown + " operations, over the budget of " +
           to_text(l.max_operations);
}

/// Alexander's polynomial, multiplied over the pieces; 0 for a split link. `forms` are the pieces'
/// Seifert forms, absent where a piece is beyond the budget.
template <class Integer>
[[nodiscard]] alexander_data<Integer>
alexander_data_of(simplified const& s, std::vector<std::optional<seifert_form>> const& forms,
                  limits const& l, alexander_workspace& workspace) {
    using traits = integer_traits<Integer>;
    alexander_data<Integer> out;
    bool const split = s.parts() > 1;
    std::string reason;
    bool overflowed = false;
    std::int64_t corank = s.parts() - 1;
    bool corank_known = true;
    bool zero = split;
    basic_laurent<Integer> polynomial(0, {Integer(1)});
    Integer determinant(1);
    std::uint64_t low = 1;
    bool polynomial_fits = true;
    bool determinant_fits = true;
    double spent = 0.0;
    alexander_residues residues;
    for (std::size_t k = 0; k < s.pieces.size(); ++k) {
        auto const& p = s.pieces[k];
        if (cancelled(l)) {
            reason = "the Alexander polynomial was cancelled";
            break;
        }
        auto const* const v = forms[k] ? &forms[k]->matrix : nullptr;
        auto const budget = static_cast<double>(l.max_operations);
        auto const route = alexander_route_of(p, v, budget);
        bool const affordable = route && route->cost(route->bits) <= budget;
        if (affordable) {
            auto const own = !forms[k] || forms[k]->surface_parts == 1
                                 ? piece_components(p, workspace.weight)
                                 : std::int64_t{0};
            alexander_of(p, *route, route->bits, own, workspace, residues);
            bool any = false;
            for (auto const x : residues.values) any = any || x != 0;
            if (!any && route->bits < route->minor_bits) {
                // That it is 0 is proven, the rank is not.
                if (route->cost(route->minor_bits) <= budget) {
                    alexander_of(p, *route, route->minor_bits, own, workspace, residues);
                } else {
                    corank_known = false;
                }
            }
        } else {
            if (forms[k] || !p.next.empty()) {
                reason =
                    route ? budget_reason("the Alexander polynomial", route->cost(route->bits), l)
                          : "the Seifert matrix of size " + to_text(seifert_size(p)) +
                                " is beyond the budget";
                break;
            }
            auto const found = long_alexander_of(p, l);
            if (!found.value) {
                reason = found.reason;
                overflowed = found.overflowed;
                break;
            }
            residues_of(*found.value, residues);
        }
        corank += residues.corank;
        auto const terms = residues.width - 1;
        std::optional<remainders> decoder;
        if (residues.moduli.size() > 1) decoder.emplace(residues.moduli);
        auto& column = workspace.scratch;
        auto const entry = [&](std::size_t e) {
            column.resize(residues.moduli.size());
            for (std::size_t q = 0; q < column.size(); ++q) {
                column[q] = residues.values[q * residues.width + e];
            }
        };
        // One modulus: the residue of least size.
        auto const lone = [&](std::size_t e) {
            auto const x = residues.values[e];
            auto const half = residues.moduli[0] / 2;
            return static_cast<std::int64_t>(x) -
                   (x > half ? static_cast<std::int64_t>(residues.moduli[0]) : 0);
        };
        auto const number = [&](std::size_t e) -> std::optional<Integer> {
            if (!decoder) return Integer(lone(e));
            entry(e);
            return decoder->template value<Integer>(column);
        };
        auto value = number(terms);
        if (decoder) {
            low *= decoder->low_bits(column);
        } else {
            low *= static_cast<std::uint64_t>(lone(terms));
        }
        if (value && *value < 0) *value = -*value;
        Integer product(0);
        determinant_fits =
            determinant_fits && value && traits::add_product(product, determinant, *value);
        determinant = product;

        bool any = false;
        auto const epsilon = static_cast<std::size_t>(residues.epsilon);
        // Exponents -(terms - 1) - epsilon/2 ... : mirror the half that is known.
        std::vector<Integer> coefficients(2 * terms - 1 + epsilon, Integer(0));
        for (std::size_t e = 0; e < terms; ++e) {
            auto c = number(e);
            if (!c) {
                polynomial_fits = false;
                any = true;
                continue;
            }
            any = any || *c != 0;
            coefficients[terms - 1 - e] = epsilon == 1 ? Integer(-*c) : *c;
            coefficients[terms - 1 + e + epsilon] = *c;
        }
        if (!any) zero = true;
        if (polynomial_fits) {
            auto const min = -2 * static_cast<std::int64_t>(terms - 1) - residues.epsilon;
            basic_laurent<Integer> own_polynomial(min, std::move(coefficients));
            if (k == 0) {
                polynomial = std::move(own_polynomial);
            } else {
                spent += static_cast<double>(polynomial.span() + 1) *
                         static_cast<double>(own_polynomial.span() + 1) * traits::product_cost;
                if (spent > budget) {
                    reason = budget_reason("the Alexander polynomial", spent, l);
                    break;
                }
                auto next = try_multiply(polynomial, own_polynomial);
                polynomial_fits = next.has_value();
                if (next) polynomial = *std::move(next);
            }
        }
    }
    if (zero && (reason.empty() || split)) {
        // A factor that is 0 makes the product 0, whatever the others are.
        polynomial = {};
        determinant = Integer(0);
        low = 0;
        polynomial_fits = determinant_fits = true;
    }
    if (reason.empty()) {
        if (corank_known) out.corank = corank;
    } else if (!split) {
        out.polynomial = {std::nullopt, reason, overflowed};
        out.determinant = {std::nullopt, reason, overflowed};
        return out;
    }
    auto const size = low % 8;
    out.determinant_mod_8 = static_cast<int>(size);
    if (polynomial_fits) {
        out.polynomial = outcome<basic_laurent<Integer>>::of(std::move(polynomial));
    } else {
        out.polynomial = outcome<basic_laurent<Integer>>::overflow(
            "a coefficient of the Alexander polynomial does not fit the integer type");
    }
    if (determinant_fits) {
        out.determinant = outcome<Integer>::of(std::move(determinant));
    } else {
        out.determinant =
            outcome<Integer>::overflow("the determinant does not fit the integer type");
    }
    return out;
}

template <class Integer>
[[nodiscard]] alexander_data<Integer>
alexander_data_of(simplified const& s, std::vector<std::optional<seifert_form>> const& forms,
                  limits const& l) {
    alexander_workspace workspace;
    return alexander_data_of<Integer>(s, forms, l, workspace);
}

/// The pieces' Seifert forms; absent where writing one out is beyond the budget.
[[nodiscard]] inline std::vector<std::optional<seifert_form>> seifert_forms(simplified const& s,
                                                                            limits const& l) {
    std::vector<std::optional<seifert_form>> out(s.pieces.size());
    for (std::size_t k = 0; k < out.size(); ++k) {
        auto const& p = s.pieces[k];
        if (seifert_size(p) <= max_seifert_size && p.letters.size() <= 2 * max_seifert_size) {
            out[k] = seifert_of(p, static_cast<double>(l.max_operations));
        }
    }
    return out;
}

/// The simplified closure on which the algebraic invariants are computed.
[[nodiscard]] inline simplified simplify(compact_braid const& b) {
    return artin(b.letters) ? simplify_artin(b) : simplify_bands(b);
}

/// Conway's polynomial from Alexander's: Delta(t) = nabla(t^1/2 - t^-1/2), by dividing by
/// z^2 = t - 2 + 1/t again and again.
template <class Integer>
[[nodiscard]] outcome<basic_laurent<Integer>> conway_of(basic_laurent<Integer> const& alexander,
                                                        limits const& l = {}) {
    using traits = integer_traits<Integer>;
    using result = outcome<basic_laurent<Integer>>;
    if (alexander.zero()) return result::of({});
    std::string const reason =
        "a coefficient of the Conway polynomial does not fit the integer type";
    auto const twice_top = alexander.twice_max_exponent();
    bool const odd = twice_top % 2 != 0;
    auto const top = static_cast<std::size_t>(twice_top / 2);
    auto const cost = static_cast<double>(top) * static_cast<double>(top) * traits::product_cost;
    if (cost > static_cast<double>(l.max_operations)) {
        return result::over_budget(budget_reason("the Conway polynomial", cost, l));
    }
    std::vector<Integer> p(top + 1, Integer(0));
    for (std::size_t e = 0; e <= top; ++e) {
        p[e] = alexander.coefficient(2 * static_cast<std::int64_t>(e) + (odd ? 1 : 0));
    }
    bool fits = true;
    auto const add = [&](Integer& x, Integer const& a, int factor) {
        fits = fits && traits::add_product(x, a, Integer(factor));
    };
    if (odd) {
        for (std::size_t e = top; e-- > 0;) add(p[e], p[e + 1], 1);
    }
    std::vector<Integer> out(2 * top + 1, Integer(0));
    for (std::size_t k = 0; k <= top && fits; ++k) {
        auto const size = p.size() - 1;
        std::vector<Integer> q(size, Integer(0));
        for (std::size_t e = size; e-- > 0 && fits;) {
            q[e] = p[e + 1];
            if (e + 1 < size) add(q[e], q[e + 1], 2);
            if (e + 2 < size) add(q[e], q[e + 2], -1);
        }
        out[2 * k] = p[0];
        if (size > 0) add(out[2 * k], q[0], 2);
        if (size > 1) add(out[2 * k], q[1], -2);
        p = std::move(q);
    }
    if (!fits) return result::overflow(reason);
    return result::of(basic_laurent<Integer>(odd ? 2 : 0, std::move(out)));
}

template <class Integer>
[[nodiscard]] alexander_data<Integer> alexander_data_of(braid const& b, limits const& l) {
    auto const s = simplify(compacted(b));
    return alexander_data_of<Integer>(s, seifert_forms(s, l), l);
}

} // namespace detail

/// Alexander's polynomial with its sign: Delta = t^(-N/2) det(V - t V^T) = nabla(t^1/2 - t^-1/2),
/// symmetric up to sign, Delta(1) = 1 for knots, 0 for split links; half-integer exponents for an
/// even number of components. Computed from the reduced Burau representation at enough points
/// modulo enough primes for the degree and size that the Seifert matrix proves; for n strands, L
/// letters and N = L - n + 1 in O(N (L n + n^3)) modular operations times O(N) primes.
/// Throws overflow_error where a coefficient does not fit Integer, invalid_argument naming the
/// limit where the budget is exceeded.
template <class Integer = std::int64_t>
[[nodiscard]] basic_laurent<Integer> alexander(braid const& b, limits const& l = {}) {
    return detail::alexander_data_of<Integer>(b, l).polynomial.unwrap();
}

/// Conway's polynomial nabla(z) with Alexander's Delta(t) = nabla(t^1/2 - t^-1/2); its exponents
/// are integers. Throws as alexander does.
template <class Integer = std::int64_t>
[[nodiscard]] basic_laurent<Integer> conway(braid const& b, limits const& l = {}) {
    return detail::conway_of(alexander<Integer>(b, l), l).unwrap();
}

/// |Delta(-1)|. Throws as alexander does, but only where the determinant itself does not fit.
template <class Integer = std::int64_t>
[[nodiscard]] Integer determinant(braid const& b, limits const& l = {}) {
    return detail::alexander_data_of<Integer>(b, l).determinant.unwrap();
}

} // namespace weft::inline v0::knot
