#pragma once

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
#include "weft/knot/braid.hpp"
#include "weft/knot/laurent.hpp"
#include "weft/knot/limits.hpp"
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

/// log2 of a bound on |det(V - t V^T)| over the unit circle, hence on every coefficient
/// (Cauchy) and on Delta(-1).
[[nodiscard]] inline double alexander_bits(integer_matrix const& v) noexcept {
    hadamard_bits h;
    for (std::size_t x = 0; x < v.size; ++x) {
        double norm = 0.0;
        for (std::size_t y = 0; y < v.size; ++y) {
            auto const a = static_cast<double>(v(x, y));
            auto const b = static_cast<double>(v(y, x));
            auto const size = (a < 0 ? -a : a) + (b < 0 ? -b : b);
            norm += size * size;
        }
        h.row(norm);
    }
    return h.bits();
}

/// The Burau matrix at one point, applied letter by letter from the last to the first to vectors
/// in coordinates e_1..e_n, where band (i, j) acts as x -> x + phi(x) (e_j - e_i) with
/// phi(e_i) = 1, phi(e_k) = 1 - t for i < k < j, phi(e_j) = -t, and its inverse with phi / t.
/// These preserve the sum-free vectors, on which they are the reduced Burau representation.
inline void burau(field const& f, piece const& p, std::uint64_t t, std::uint64_t t_inverse,
                  std::vector<std::uint64_t>& rows) {
    auto const n = static_cast<std::size_t>(p.strands);
    auto const m = n - 1;
    rows.assign(n * m, 0);
    for (std::size_t c = 0; c < m; ++c) {
        rows[c * m + c] = f.one();
        rows[m * m + c] = f.neg(f.one());
    }
    for (std::size_t k = p.letters.size(); k-- > 0;) {
        auto const& l = p.letters[k];
        auto* const x = rows.data() + static_cast<std::size_t>(l.i - 1) * m;
        auto* const y = rows.data() + static_cast<std::size_t>(l.j - 1) * m;
        for (std::size_t c = 0; c < m; ++c) {
            std::uint64_t between = 0;
            for (auto const* z = x + m; z != y; z += m) between = f.add(between, z[c]);
            auto const a = f.add(x[c], between);
            auto const b = f.add(y[c], between);
            auto const step = l.sign > 0 ? f.sub(a, f.mul(t, b)) : f.sub(f.mul(t_inverse, a), b);
            x[c] = f.sub(x[c], step);
            y[c] = f.add(y[c], step);
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

/// What alexander_of costs, in modular operations.
[[nodiscard]] inline double alexander_cost(piece const& p, double bits,
                                           std::size_t nodes) noexcept {
    double passed = 0.0;
    for (auto const& l : p.letters) passed += 2.0 + l.j - l.i;
    auto const n = static_cast<double>(p.strands);
    auto const d = static_cast<double>(nodes);
    return static_cast<double>(primes_for(bits)) * (d * (passed * n + n * n * n) + 3.0 * d * d);
}

/// Delta = (-s)^(n-1-w) (1 - t) / (1 - t^n) det(I - Burau(t)) at t = s^2 for as many s as the
/// degree asks for; Delta / z^epsilon is a polynomial in w = z^2 = t - 2 + 1/t, found by Newton's
/// interpolation. Exact: degree and size are bounded by the Seifert matrix v.
[[nodiscard]] inline alexander_residues alexander_of(piece const& p, std::size_t size,
                                                     double bits) {
    auto const n = static_cast<std::size_t>(p.strands);
    auto const m = n - 1;
    auto const degree = size / 2;
    alexander_residues out;
    out.epsilon = static_cast<int>(size % 2);
    out.width = degree + 2;
    out.corank = static_cast<std::int64_t>(m);
    std::int64_t writhe = 0;
    for (auto const& l : p.letters) writhe += l.sign;
    auto const shift = static_cast<std::int64_t>(m) - writhe;
    auto const count = primes_for(bits);

    primes source;
    std::vector<std::uint64_t> s, s_inverse, t_n, rows, matrix, value, divisor, node, scratch,
        newton, coefficients, differences;
    for (std::int64_t k = 0; k < count; ++k) {
        field const f(source.next());
        out.moduli.push_back(f.prime());
        s.clear();
        divisor.clear();
        value.clear();
        for (std::int64_t candidate = 2; s.size() <= degree; ++candidate) {
            auto const x = f.from(candidate);
            auto const factor = f.sub(f.one(), f.pow(f.mul(x, x), n));
            if (factor == 0) continue;
            s.push_back(x);
            divisor.push_back(factor);
        }
        s_inverse = s;
        f.invert_all(s_inverse, scratch);
        node.resize(s.size());
        for (std::size_t q = 0; q < s.size(); ++q) {
            auto const t = f.mul(s[q], s[q]);
            auto const z = f.sub(s[q], s_inverse[q]);
            node[q] = f.mul(z, z);
            burau(f, p, t, f.mul(s_inverse[q], s_inverse[q]), rows);
            matrix.resize(m * m);
            for (std::size_t r = 0; r < m; ++r) {
                for (std::size_t c = 0; c < m; ++c) {
                    auto const x = f.neg(rows[r * m + c]);
                    matrix[r * m + c] = r == c ? f.add(f.one(), x) : x;
                }
            }
            auto const det = eliminate(f, matrix, m);
            auto const corank = static_cast<std::int64_t>(m - det.rank);
            if (corank < out.corank) out.corank = corank;
            auto const base = f.neg(shift < 0 ? s_inverse[q] : s[q]);
            auto g = f.mul(f.pow(base, static_cast<std::uint64_t>(shift < 0 ? -shift : shift)),
                           f.mul(f.sub(f.one(), t), det.numerator));
            divisor[q] = f.mul(divisor[q], det.denominator);
            if (out.epsilon == 1) divisor[q] = f.mul(divisor[q], z);
            value.push_back(g);
        }
        f.invert_all(divisor, scratch);
        for (std::size_t q = 0; q < s.size(); ++q) value[q] = f.mul(value[q], divisor[q]);

        // Divided differences; their denominators are inverted all at once.
        differences.clear();
        for (std::size_t step = 1; step <= degree; ++step) {
            for (std::size_t q = degree; q >= step; --q) {
                differences.push_back(f.sub(node[q], node[q - step]));
            }
        }
        f.invert_all(differences, scratch);
        newton = value;
        std::size_t next = 0;
        for (std::size_t step = 1; step <= degree; ++step) {
            for (std::size_t q = degree; q >= step; --q) {
                newton[q] = f.mul(f.sub(newton[q], newton[q - 1]), differences[next++]);
            }
        }
        // Horner's scheme in w = t - 2 + 1/t on symmetric coefficients c[0..degree].
        coefficients.assign(degree + 2, 0);
        auto const two = f.add(f.one(), f.one());
        for (std::size_t q = degree + 1; q-- > 0;) {
            auto const centre = f.add(two, node[q]);
            auto below = coefficients[1];
            for (std::size_t e = 0; e <= degree; ++e) {
                auto const here = coefficients[e];
                coefficients[e] = f.sub(f.add(below, coefficients[e + 1]), f.mul(centre, here));
                below = here;
            }
            coefficients[degree + 1] = 0;
            coefficients[0] = f.add(coefficients[0], newton[q]);
        }
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
    return out;
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
                  limits const& l) {
    using traits = integer_traits<Integer>;
    alexander_data<Integer> out;
    bool const split = s.parts() > 1;
    std::string reason;
    std::int64_t corank = s.parts() - 1;
    bool zero = split;
    basic_laurent<Integer> polynomial(0, {Integer(1)});
    Integer determinant(1);
    std::uint64_t low = 1;
    bool polynomial_fits = true;
    bool determinant_fits = true;
    for (std::size_t k = 0; k < s.pieces.size(); ++k) {
        auto const& p = s.pieces[k];
        if (!forms[k]) {
            reason =
                "the Seifert matrix of size " + to_text(seifert_size(p)) + " is beyond the budget";
            break;
        }
        auto const& v = forms[k]->matrix;
        auto const bits = alexander_bits(v);
        auto const cost = alexander_cost(p, bits, v.size / 2 + 1);
        if (cost > static_cast<double>(l.max_operations)) {
            reason = budget_reason("the Alexander polynomial", cost, l);
            break;
        }
        auto const residues = alexander_of(p, v.size, bits);
        corank += residues.corank;
        remainders decoder(residues.moduli);
        std::vector<std::uint64_t> column(residues.moduli.size());
        auto const entry = [&](std::size_t e) {
            for (std::size_t q = 0; q < column.size(); ++q) {
                column[q] = residues.values[q * residues.width + e];
            }
        };
        auto const terms = residues.width - 1;
        entry(terms);
        auto value = decoder.template value<Integer>(column);
        low *= decoder.low_bits(column);
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
            entry(e);
            auto c = decoder.template value<Integer>(column);
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
            auto next =
                try_multiply(polynomial, basic_laurent<Integer>(min, std::move(coefficients)));
            polynomial_fits = next.has_value();
            if (next) polynomial = *std::move(next);
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
        out.corank = corank;
    } else if (!split) {
        out.polynomial = outcome<basic_laurent<Integer>>::over_budget(reason);
        out.determinant = outcome<Integer>::over_budget(reason);
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
[[nodiscard]] outcome<basic_laurent<Integer>> conway_of(basic_laurent<Integer> const& alexander) {
    using traits = integer_traits<Integer>;
    using result = outcome<basic_laurent<Integer>>;
    if (alexander.zero()) return result::of({});
    std::string const reason =
        "a coefficient of the Conway polynomial does not fit the integer type";
    auto const twice_top = alexander.twice_max_exponent();
    bool const odd = twice_top % 2 != 0;
    auto const top = static_cast<std::size_t>(twice_top / 2);
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
    return detail::conway_of(alexander<Integer>(b, l)).unwrap();
}

/// |Delta(-1)|. Throws as alexander does, but only where the determinant itself does not fit.
template <class Integer = std::int64_t>
[[nodiscard]] Integer determinant(braid const& b, limits const& l = {}) {
    return detail::alexander_data_of<Integer>(b, l).determinant.unwrap();
}

} // namespace weft::inline v0::knot
