#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "weft/core/error.hpp"
#include "weft/core/number.hpp"
#include "weft/knot/alexander.hpp"
#include "weft/knot/braid.hpp"
#include "weft/knot/integer.hpp"
#include "weft/knot/laurent.hpp"
#include "weft/knot/limits.hpp"
#include "weft/knot/modular.hpp"
#include "weft/knot/outcome.hpp"
#include "weft/knot/seifert.hpp"
#include "weft/knot/signature.hpp"
#include "weft/knot/simplify.hpp"

namespace weft::inline v0::knot {

/// A point omega = exp(i theta) of the unit circle other than 1, given exactly. Conjugate points
/// have the same signatures, so that 0 < theta <= pi is enough and is what is kept.
class circle_point {
public:
    /// exp(2 pi i k / m). Throws invalid_argument unless 2 <= m <= 10^6 and m does not divide k.
    [[nodiscard]] static circle_point root_of_unity(std::int64_t k, std::int64_t m) {
        if (m < 2 || m > 1'000'000) {
            WEFT_THROW(invalid_argument("m", to_text(m), "from 2 to 1000000"));
        }
        auto r = k % m;
        if (r < 0) r += m;
        if (r == 0) WEFT_THROW(invalid_argument("k", to_text(k), "no multiple of m (omega = 1)"));
        if (2 * r > m) r = m - r;
        auto const g = std::gcd(r, m);
        circle_point out;
        out.k_ = r / g;
        out.m_ = m / g;
        if (out.m_ == 2) return rational(1, 0);
        if (out.m_ == 4) return rational(1, 1);
        return out;
    }

    /// The point with tan(theta / 2) = p / q, that is (q + i p)^2 / (p^2 + q^2); q = 0 gives -1.
    /// Throws invalid_argument unless p is not 0 and neither exceeds 2^24 in size.
    [[nodiscard]] static circle_point rational(std::int64_t p, std::int64_t q) {
        constexpr std::int64_t most = 1 << 24;
        if (p == 0 || p > most || p < -most) {
            WEFT_THROW(invalid_argument("p", to_text(p), "from 1 to 2^24 in size"));
        }
        if (q > most || q < -most) {
            WEFT_THROW(invalid_argument("q", to_text(q), "at most 2^24 in size"));
        }
        circle_point out;
        auto const g = std::gcd(p, q);
        out.p_ = (p < 0 ? -p : p) / g;
        out.q_ = (q < 0 ? -q : q) / g;
        return out;
    }

    [[nodiscard]] static circle_point minus_one() { return rational(1, 0); }

    /// Whether tan(theta / 2) is the fraction p() / q(); otherwise omega is exp(2 pi i k() / m()).
    [[nodiscard]] bool is_rational() const noexcept { return m_ == 0; }
    [[nodiscard]] std::int64_t p() const noexcept { return p_; }
    [[nodiscard]] std::int64_t q() const noexcept { return q_; }
    [[nodiscard]] std::int64_t k() const noexcept { return k_; }
    [[nodiscard]] std::int64_t m() const noexcept { return m_; }

private:
    circle_point() = default;
    std::int64_t p_ = 0, q_ = 0, k_ = 0, m_ = 0;
};

/// Where the Levine-Tristram signature may jump: a root of Alexander's polynomial on the upper half
/// of the unit circle, alone in the given range of x = omega + 1/omega = 2 cos(theta).
/// lower <= root <= upper, and lower == upper where the root is that number.
struct signature_jump {
    double lower = 0.0;
    double upper = 0.0;
};

/// The Levine-Tristram signature as a function of omega = exp(i theta), 0 < theta <= pi: it is
/// values[0] before the first jump, values[k] between jump k - 1 and jump k, and values.back()
/// after the last one. Jumps are in rising order of theta, hence in falling order of x. At a jump
/// itself ask levine_tristram_signature. Where -1 is a root, the last value holds up to it.
struct signature_function {
    std::vector<signature_jump> jumps;
    std::vector<std::int64_t> values;
    /// What the number of split parts adds to the nullity everywhere.
    std::int64_t nullity = 0;
};

namespace detail {

/// A symmetric form in 2 n dimensions, halved: v with v + v^T the real form of
/// p (V + V^T) - i q (V - V^T), whose inertia is twice that of (1 - omega) V + (1 - conj omega)
/// V^T.
[[nodiscard]] inline std::optional<integer_matrix> doubled_form(integer_matrix const& v,
                                                                std::int64_t p, std::int64_t q) {
    auto const n = v.size;
    integer_matrix out{2 * n, std::vector<int>(4 * n * n, 0)};
    bool fits = true;
    auto const put = [&](std::size_t x, std::size_t y, std::int64_t value) {
        constexpr std::int64_t most = std::numeric_limits<int>::max() / 4;
        fits = fits && value <= most && value >= -most;
        if (fits) out(x, y) = static_cast<int>(value);
    };
    for (std::size_t x = 0; x < n; ++x) {
        for (std::size_t y = 0; y < n; ++y) {
            auto const sum = std::int64_t{v(x, y)} + v(y, x);
            auto const gap = std::int64_t{v(x, y)} - v(y, x);
            if (x < y) {
                put(x, y, p * sum);
                put(n + x, n + y, p * sum);
            } else if (x == y) {
                put(x, x, p * v(x, x));
                put(n + x, n + x, p * v(x, x));
            }
            put(x, n + y, q * gap);
        }
    }
    if (!fits) return std::nullopt;
    return out;
}

/// The rank of V - omega V^T at a root of unity of order m, proven: a minor that is not 0 modulo
/// one prime is not 0, and the minors around it are 0 modulo so many prime ideals of Q(omega) that
/// their norms would be larger than Hadamard's bound allows. Nothing where that is beyond the
/// budget, or where a prime was unlucky again and again.
[[nodiscard]] inline std::optional<std::size_t> rank_at_root(integer_matrix const& v,
                                                             std::int64_t m, limits const& l) {
    auto const n = v.size;
    hadamard_bits h;
    for (std::size_t x = 0; x < n; ++x) {
        double norm = 0.0;
        for (std::size_t y = 0; y < n; ++y) {
            auto const size = std::fabs(double(v(x, y))) + std::fabs(double(v(y, x)));
            norm += size * size;
        }
        h.row(norm);
    }
    std::vector<std::int64_t> units;
    for (std::int64_t k = 1; k < m; ++k) {
        if (std::gcd(k, m) == 1) units.push_back(k);
    }
    auto const order = static_cast<std::uint64_t>(m);
    auto const primes_needed = 1 + static_cast<std::int64_t>((h.bits() + 2.0) / 59.0);
    auto const cost = static_cast<double>(primes_needed) * static_cast<double>(units.size()) *
                      static_cast<double>(n) * static_cast<double>(n) * static_cast<double>(n);
    if (cost > static_cast<double>(l.max_operations)) return std::nullopt;

    std::vector<std::pair<std::size_t, std::size_t>> pivots;
    bool chosen = false;
    std::int64_t proven = 0;
    int unlucky = 0;
    std::vector<std::uint64_t> a(n * n);
    constexpr std::uint64_t top = std::uint64_t{1} << 61U;
    std::uint64_t candidate = top - (top - 1) % order;
    while (proven < primes_needed) {
        do candidate -= order;
        while (!is_prime(candidate));
        field const f(candidate);
        // An element of exact order m.
        auto root = f.one();
        for (std::int64_t g = 2;; ++g) {
            root = f.pow(f.from(g), (candidate - 1) / order);
            bool exact = true;
            auto rest = order;
            for (std::uint64_t d = 2; d * d <= rest; ++d) {
                if (rest % d != 0) continue;
                while (rest % d == 0) rest /= d;
                exact = exact && f.pow(root, order / d) != f.one();
            }
            if (rest > 1) exact = exact && f.pow(root, order / rest) != f.one();
            if (exact) break;
        }
        bool good = true;
        for (auto const unit : units) {
            auto const omega = f.pow(root, static_cast<std::uint64_t>(unit));
            for (std::size_t x = 0; x < n; ++x) {
                for (std::size_t y = 0; y < n; ++y) {
                    a[x * n + y] = f.sub(f.from(v(x, y)), f.mul(omega, f.from(v(y, x))));
                }
            }
            std::vector<char> row_used(n, 0);
            std::size_t step = 0;
            for (;;) {
                std::size_t r = n;
                std::size_t c = n;
                if (chosen) {
                    if (step == pivots.size()) break;
                    r = pivots[step].first;
                    c = pivots[step].second;
                    if (a[r * n + c] == 0) {
                        good = false;
                        break;
                    }
                } else {
                    for (std::size_t x = 0; x < n && r == n; ++x) {
                        for (std::size_t y = 0; y < n && row_used[x] == 0 && r == n; ++y) {
                            if (a[x * n + y] != 0) {
                                r = x;
                                c = y;
                            }
                        }
                    }
                    if (r == n) break;
                    pivots.emplace_back(r, c);
                }
                ++step;
                row_used[r] = 1;
                auto const inverse = f.inverse(a[r * n + c]);
                for (std::size_t x = 0; x < n; ++x) {
                    if (row_used[x] != 0 || a[x * n + c] == 0) continue;
                    auto const factor = f.mul(a[x * n + c], inverse);
                    for (std::size_t y = 0; y < n; ++y) {
                        a[x * n + y] = f.sub(a[x * n + y], f.mul(factor, a[r * n + y]));
                    }
                }
            }
            chosen = true;
            if (!good) break;
            for (std::size_t x = 0; x < n; ++x) {
                for (std::size_t y = 0; y < n && row_used[x] == 0; ++y) {
                    good = good && a[x * n + y] == 0;
                }
            }
            if (!good) {
                // The rank is larger than the first prime saw.
                chosen = false;
                pivots.clear();
                proven = 0;
                break;
            }
        }
        if (good) {
            ++proven;
        } else if (++unlucky > 20) {
            return std::nullopt;
        }
    }
    return pivots.size();
}

/// Inertia of (1 - omega) V + (1 - conj omega) V^T.
[[nodiscard]] inline outcome<signature_result> inertia_at(integer_matrix const& v,
                                                          circle_point const& omega,
                                                          limits const& l, inertia_workspace& w) {
    using result = outcome<signature_result>;
    if (omega.is_rational()) {
        if (omega.q() == 0) return inertia(v, l, w);
        auto const form = doubled_form(v, omega.p(), omega.q());
        if (!form) return result::over_budget("the form's entries at this omega exceed 2^29");
        auto found = inertia(*form, l, w);
        if (found.value) {
            found.value->signature /= 2;
            found.value->nullity /= 2;
        }
        return found;
    }
    // sin(theta/2) (V + V^T) - i cos(theta/2) (V - V^T); the sines have errors of a few units.
    auto const n = v.size;
    if (2 * n > max_dense_size) {
        return result::over_budget("a Seifert matrix of size " + to_text(n) +
                                   " is too large for roots of unity (at most " +
                                   to_text(max_dense_size / 2) + ")");
    }
    constexpr double pi = 3.14159265358979323846;
    auto const half = pi * static_cast<double>(omega.k()) / static_cast<double>(omega.m());
    auto const a = std::sin(half);
    auto const b = std::cos(half);
    w.matrix.assign(4 * n * n, 0.0);
    double error = 0.0;
    for (std::size_t x = 0; x < n; ++x) {
        double row = 0.0;
        for (std::size_t y = 0; y < n; ++y) {
            auto const sum = static_cast<double>(v(x, y)) + static_cast<double>(v(y, x));
            auto const gap = static_cast<double>(v(x, y)) - static_cast<double>(v(y, x));
            row += std::fabs(sum) + std::fabs(gap);
            w.matrix[x * 2 * n + y] = w.matrix[(n + x) * 2 * n + n + y] = a * sum;
            w.matrix[x * 2 * n + n + y] = b * gap;
            w.matrix[(n + x) * 2 * n + y] = -b * gap;
        }
        if (row > error) error = row;
    }
    auto const found = certified_negative(2 * n, error * 64.0 * 0x1p-53, w);
    if (!found.known) return result::over_budget("rounding errors at this omega are too large");
    auto const least = static_cast<std::int64_t>((found.least + 1) / 2);
    auto const most = static_cast<std::int64_t>(found.most / 2);
    auto const size = static_cast<std::int64_t>(n);
    if (least == most) return result::of({size - 2 * least, 0});
    auto const rank = rank_at_root(v, omega.m(), l);
    // As many zeros as eigenvalues that may be: all of them are, and the others' signs are known.
    if (!rank || size - static_cast<std::int64_t>(*rank) != most - least) {
        return result::over_budget("the nullity at this omega is not decided within the budget");
    }
    return result::of({size - least - most, most - least});
}

[[nodiscard]] inline outcome<signature_result>
signature_at(simplified const& s, circle_point const& omega, limits const& l) {
    using result = outcome<signature_result>;
    signature_result out{0, s.parts() - 1};
    auto const forms = seifert_forms(s, l);
    inertia_workspace w;
    for (std::size_t k = 0; k < s.pieces.size(); ++k) {
        if (!forms[k]) return result::over_budget("the Seifert matrix is beyond the budget");
        auto part = inertia_at(forms[k]->matrix, omega, l, w);
        if (!part.value) return part;
        out.signature += part.value->signature;
        out.nullity += part.value->nullity + forms[k]->surface_parts - 1;
    }
    return result::of(out);
}

/// Polynomials with integer coefficients, lowest first, none at the end 0; overflow is noticed.
template <class Integer>
class sturm_sequence {
public:
    using traits = integer_traits<Integer>;
    using polynomial = std::vector<Integer>;

    /// The chain of the square-free part of p.
    explicit sturm_sequence(polynomial p) {
        auto chain = chain_of(p);
        if (chain.back().size() > 1) chain = chain_of(quotient(p, chain.back()));
        chain_ = std::move(chain);
    }

    [[nodiscard]] bool constant() const { return chain_.front().size() < 2; }

    /// Changes of sign at numerator / 2^shift.
    [[nodiscard]] int changes(Integer const& numerator, unsigned shift) const {
        int count = 0;
        int last = 0;
        for (auto const& p : chain_) {
            int const s = sign_at(p, numerator, shift);
            if (s != 0 && last != 0 && s != last) ++count;
            if (s != 0) last = s;
        }
        return count;
    }
    /// The polynomial's own sign there.
    [[nodiscard]] int sign(Integer const& numerator, unsigned shift) const {
        return sign_at(chain_.front(), numerator, shift);
    }

private:
    static void fail() {
        WEFT_THROW(overflow_error("Sturm's sequence: a coefficient does not fit (use the unbounded "
                                  "integers of weft/knot/big.hpp)"));
    }
    static void add(Integer& x, Integer const& a, Integer const& b) {
        if (!traits::add_product(x, a, b)) fail();
    }
    [[nodiscard]] static Integer magnitude(Integer const& x) {
        Integer out(0);
        add(out, x, Integer(x < 0 ? -1 : 1));
        return out;
    }
    static void trim(polynomial& p) {
        while (!p.empty() && p.back() == 0) p.pop_back();
    }
    static void make_primitive(polynomial& p) {
        Integer g(0);
        for (auto const& c : p) {
            Integer a = magnitude(c);
            while (a != 0) {
                Integer const r = g % a;
                g = a;
                a = r;
            }
        }
        if (g > 1) {
            for (auto& c : p) c /= g;
        }
    }
    /// A positive multiple of the remainder of a by b.
    [[nodiscard]] static polynomial remainder(polynomial a, polynomial const& b) {
        auto const lead = magnitude(b.back());
        bool const negative = b.back() < 0;
        while (a.size() >= b.size()) {
            auto const top = a.back();
            auto const offset = a.size() - b.size();
            for (auto& c : a) {
                Integer x(0);
                add(x, c, lead);
                c = x;
            }
            Integer factor(0);
            add(factor, top, Integer(negative ? 1 : -1));
            for (std::size_t k = 0; k < b.size(); ++k) add(a[k + offset], b[k], factor);
            trim(a);
            make_primitive(a);
        }
        return a;
    }
    /// A positive multiple of a / b, which is exact.
    [[nodiscard]] static polynomial quotient(polynomial a, polynomial b) {
        if (b.back() < 0) {
            for (auto& c : b) c = -c;
        }
        polynomial out(a.size() - b.size() + 1, Integer(0));
        auto const lead = b.back();
        // Gauss: b is primitive, so that the quotient has integer coefficients.
        for (std::size_t k = out.size(); k-- > 0;) {
            out[k] = a[k + b.size() - 1] / lead;
            Integer const factor = -out[k];
            for (std::size_t e = 0; e < b.size(); ++e) add(a[k + e], b[e], factor);
        }
        return out;
    }
    [[nodiscard]] static std::vector<polynomial> chain_of(polynomial p) {
        make_primitive(p);
        std::vector<polynomial> out{p};
        if (p.size() < 2) return out;
        polynomial next(p.size() - 1, Integer(0));
        for (std::size_t k = 1; k < p.size(); ++k) {
            add(next[k - 1], p[k], Integer(static_cast<std::int64_t>(k)));
        }
        make_primitive(next);
        while (!next.empty()) {
            out.push_back(next);
            if (next.size() == 1) break;
            auto r = remainder(out[out.size() - 2], next);
            for (auto& c : r) c = -c;
            next = std::move(r);
        }
        return out;
    }
    [[nodiscard]] static int sign_at(polynomial const& p, Integer const& numerator,
                                     unsigned shift) {
        // In floating point with a bound on the error, then exactly.
        auto const x = std::ldexp(traits::to_double(numerator), -static_cast<int>(shift));
        double value = 0.0;
        double bound = 0.0;
        for (std::size_t k = p.size(); k-- > 0;) {
            auto const c = traits::to_double(p[k]);
            value = value * x + c;
            bound = bound * std::fabs(x) + std::fabs(value) + std::fabs(c);
        }
        if (is_finite(bound) && std::fabs(value) > 8.0 * 0x1p-53 * bound) return value > 0 ? 1 : -1;
        Integer sum(0);
        Integer scale(1);
        for (std::size_t k = p.size(); k-- > 0;) {
            Integer next(0);
            add(next, sum, numerator);
            add(next, p[k], scale);
            sum = next;
            if (k == 0) break;
            for (unsigned e = 0; e < shift; ++e) {
                Integer twice(0);
                add(twice, scale, Integer(2));
                scale = twice;
            }
        }
        return sum > 0 ? 1 : sum < 0 ? -1 : 0;
    }

    std::vector<polynomial> chain_;
};

} // namespace detail

/// The Levine-Tristram signature and nullity at omega: those of
/// (1 - omega) V + (1 - conj omega) V^T, exactly. At -1 they are `signature`. Rational points in
/// all cases; roots of unity by certified floating point, and where the form is singular by ranks
/// over cyclotomic fields. Nullity as for `signature`: each further split part adds 1. Throws
/// invalid_argument naming `limits` where the budget is exceeded. Sources: J. Levine, Knot
/// cobordism groups in codimension two (1969); A. Tristram, Some cobordism invariants for links
/// (1969).
[[nodiscard]] inline signature_result
levine_tristram_signature(braid const& b, circle_point const& omega, limits const& l = {}) {
    return detail::signature_at(detail::simplify(detail::compacted(b)), omega, l).unwrap();
}

/// The Levine-Tristram signature as a step function. Its jumps are among the roots of Alexander's
/// polynomial in x = t + 1/t (for split parts: of the product), told apart by Sturm's sequences;
/// roots where the values on both sides agree are left out. Intervals are at most 2^-20 wide.
/// Throws overflow_error where Sturm's sequence does not fit Integer, domain_error where a part's
/// Alexander polynomial is 0 without the part being split, invalid_argument naming `limits` where
/// the budget is exceeded.
template <class Integer = std::int64_t>
[[nodiscard]] signature_function levine_tristram(braid const& b, limits const& l = {}) {
    auto const s = detail::simplify(detail::compacted(b));
    auto const forms = detail::seifert_forms(s, l);
    basic_laurent<Integer> product(0, {Integer(1)});
    for (std::size_t k = 0; k < s.pieces.size(); ++k) {
        detail::simplified one;
        one.pieces.push_back(s.pieces[k]);
        std::vector<std::optional<seifert_form>> form{forms[k]};
        auto alexander = detail::alexander_data_of<Integer>(one, form, l).polynomial.unwrap();
        if (alexander.zero()) {
            WEFT_THROW(domain_error("levine_tristram: the Alexander polynomial of a part that is "
                                    "not known to be split is 0, and does not tell the jumps"));
        }
        product = product * detail::conway_of(alexander).unwrap();
    }
    // nabla = z^e R(z^2), z^2 = x - 2 in (-4, 0).
    std::vector<Integer> r;
    auto const& c = product.coefficients();
    for (std::size_t k = 0; k < c.size(); k += 2) r.push_back(c[k]);
    detail::sturm_sequence<Integer> const sturm(r);

    struct range {
        Integer low, high;
        unsigned shift;
    };
    // Roots in (low, high], as Sturm counts them, from right to left.
    std::vector<range> found;
    if (!sturm.constant()) {
        std::vector<range> work{{Integer(-4), Integer(0), 0}};
        bool const at_minus_one = sturm.sign(Integer(-4), 0) == 0;
        while (!work.empty()) {
            auto [low, high, shift] = work.back();
            work.pop_back();
            auto const count = sturm.changes(low, shift) - sturm.changes(high, shift);
            if (count == 0) continue;
            if (count == 1 && shift >= 22) {
                found.push_back({low, high, shift});
                continue;
            }
            if (shift > 200) {
                WEFT_THROW(overflow_error("levine_tristram: roots closer than 2^-200"));
            }
            Integer const middle = low + high;
            Integer const twice_low = low + low;
            Integer const twice_high = high + high;
            work.push_back({twice_low, middle, shift + 1});
            work.push_back({middle, twice_high, shift + 1});
        }
        if (at_minus_one) found.push_back({Integer(-4), Integer(-4), 0});
    }

    using traits = integer_traits<Integer>;
    auto const place = [](Integer const& n, unsigned shift) {
        return std::ldexp(traits::to_double(n), -static_cast<int>(shift));
    };
    // A rational point strictly between the roots before and after.
    auto const sample = [&](double low, double high) {
        auto const w = low + (high - low) / 2.0;
        auto const tangent = std::sqrt(-w / (4.0 + w));
        constexpr double unit = 1 << 12;
        auto const flat = tangent <= 1.0;
        for (double q = unit; q <= 16'777'216.0; q *= 8.0) {
            auto const part = static_cast<std::int64_t>(q * (flat ? tangent : 1.0 / tangent) + 0.5);
            if (part == 0) continue;
            auto const whole = static_cast<std::int64_t>(q);
            auto const p = static_cast<double>(flat ? part : whole);
            auto const d = static_cast<double>(flat ? whole : part);
            auto const at = -4.0 * (p * p) / (p * p + d * d);
            auto const margin = 1e-14;
            if (at > low + margin && at < high - margin) {
                return circle_point::rational(flat ? part : whole, flat ? whole : part);
            }
        }
        WEFT_THROW(domain_error("levine_tristram: two jumps are too close for a point between"));
    };
    auto const value = [&](circle_point const& omega) {
        return detail::signature_at(s, omega, l).unwrap();
    };

    signature_function out;
    out.nullity = s.parts() - 1;
    double high = 0.0;
    std::vector<signature_jump> jumps;
    std::vector<std::int64_t> values;
    for (std::size_t k = 0; k <= found.size(); ++k) {
        bool const last = k == found.size();
        if (last && k > 0 && found.back().low == found.back().high && found.back().shift == 0) {
            break;
        }
        if (last) {
            values.push_back(value(circle_point::minus_one()).signature);
            break;
        }
        auto const root_high = place(found[k].high, found[k].shift);
        values.push_back(value(sample(root_high, high)).signature);
        high = place(found[k].low, found[k].shift);
        jumps.push_back({high + 2.0, root_high + 2.0});
    }
    out.values.push_back(values.front());
    for (std::size_t k = 0; k < jumps.size(); ++k) {
        if (k + 1 < values.size() && values[k + 1] == values[k]) continue;
        if (k + 1 == values.size()) break;
        out.jumps.push_back(jumps[k]);
        out.values.push_back(values[k + 1]);
    }
    return out;
}

} // namespace weft::inline v0::knot
