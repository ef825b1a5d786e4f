#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "weft/core/number.hpp"
#include "weft/knot/limits.hpp"
#include "weft/knot/modular.hpp"
#include "weft/knot/outcome.hpp"
#include "weft/knot/simplify.hpp"

/// Alexander's polynomial of words too long for a Seifert matrix, on few strands, in space
/// proportional to the letters: the Burau matrix of the word with its whole polynomials, multiplied
/// together from both halves. Everything here is internal.
namespace weft::inline v0::knot::detail {

/// Number-theoretic transforms of lengths 2^k, k <= 30, modulo a prime below 2^62.
class number_transform {
public:
    static constexpr std::uint64_t prime = 0x3fff'ffee'c000'0001; // 4294967227 2^30 + 1
    static constexpr std::int64_t half = static_cast<std::int64_t>(prime / 2);

    explicit number_transform(std::size_t length)
        : roots_(length / 2)
        , inverse_roots_(length / 2) {
        auto const root = f.pow(f.from(3), (prime - 1) / length);
        auto const back = f.inverse(root);
        auto x = f.one();
        auto y = f.one();
        for (std::size_t k = 0; k < length / 2; ++k) {
            roots_[k] = x;
            inverse_roots_[k] = y;
            x = f.mul(x, root);
            y = f.mul(y, back);
        }
        scale_ = f.inverse(f.from(static_cast<std::int64_t>(length)));
    }

    /// In bit-reversed order (Gentleman and Sande).
    void forward(std::vector<std::uint64_t>& a) const {
        auto const n = a.size();
        for (auto size = n; size > 1; size /= 2) {
            auto const step = 2 * roots_.size() / size;
            for (std::size_t from = 0; from < n; from += size) {
                for (std::size_t k = 0; k < size / 2; ++k) {
                    auto const x = a[from + k];
                    auto const y = a[from + k + size / 2];
                    a[from + k] = f.add(x, y);
                    a[from + k + size / 2] = f.mul(f.sub(x, y), roots_[k * step]);
                }
            }
        }
    }

    /// Back from the bit-reversed order (Cooley and Tukey).
    void backward(std::vector<std::uint64_t>& a) const {
        auto const n = a.size();
        for (std::size_t size = 2; size <= n; size *= 2) {
            auto const step = 2 * roots_.size() / size;
            for (std::size_t from = 0; from < n; from += size) {
                for (std::size_t k = 0; k < size / 2; ++k) {
                    auto const x = a[from + k];
                    auto const y = f.mul(a[from + k + size / 2], inverse_roots_[k * step]);
                    a[from + k] = f.add(x, y);
                    a[from + k + size / 2] = f.sub(x, y);
                }
            }
        }
        for (auto& x : a) x = f.mul(x, scale_);
    }

    static constexpr field f{prime};

private:
    std::vector<std::uint64_t> roots_, inverse_roots_;
    std::uint64_t scale_ = 0;
};

/// An m x m matrix of Laurent polynomials in t: coefficient e of entry (r, c) belongs to t^(e -
/// negative), 0 <= e < length.
struct polynomial_matrix {
    std::size_t m = 0;
    std::size_t length = 0;
    std::size_t negative = 0; ///< letters with sign -1
    std::vector<std::vector<std::int64_t>> entries;
};

/// The Burau matrix of a word, and det(1 - it). Nothing it returns means anything once `failed()`:
/// then a coefficient might not have fit 62 bits.
class burau_product {
public:
    burau_product(std::vector<band> const& letters, std::size_t strands)
        : letters_(letters)
        , m_(strands - 1) {}

    [[nodiscard]] bool failed() const noexcept { return failed_; }

    [[nodiscard]] polynomial_matrix run() {
        std::size_t leaves = 1;
        while ((letters_.size() + leaves - 1) / leaves > longest_leaf) leaves *= 2;
        return product(0, leaves, leaves);
    }

    static constexpr std::size_t longest_leaf = 500;

private:
    template <class T>
    [[nodiscard]] static constexpr T smaller(T x, T y) noexcept {
        return y < x ? y : x;
    }

    [[nodiscard]] polynomial_matrix product(std::size_t leaf, std::size_t count,
                                            std::size_t leaves) {
        if (count == 1) {
            auto const each = (letters_.size() + leaves - 1) / leaves;
            auto const from = smaller(letters_.size(), leaf * each);
            return small(from, smaller(letters_.size(), from + each));
        }
        auto const left = product(leaf, count / 2, leaves);
        if (failed_) return {};
        auto const right = product(leaf + count / 2, count / 2, leaves);
        if (failed_) return {};
        return multiply(left, right);
    }

    /// Letter after letter, from the last one on, as in alexander.hpp: with P_0 = P_n = 0, band
    /// (i, j) takes phi = (P_{j-1} - P_{i-1}) - t (P_j - P_i) from the rows i <= r < j, its
    /// inverse phi / t.
    [[nodiscard]] polynomial_matrix small(std::size_t from, std::size_t to) {
        polynomial_matrix out{m_, to - from + 1, 0, {}};
        for (auto k = from; k < to; ++k) out.negative += letters_[k].sign < 0 ? 1U : 0U;
        // Row r, column c, with a border of zeros: rows 0 and n, exponents -1 and length.
        auto const width = out.length + 2;
        std::vector<std::vector<std::int64_t>> rows((m_ + 2) * m_,
                                                    std::vector<std::int64_t>(width));
        for (std::size_t r = 0; r < m_; ++r) rows[(r + 1) * m_ + r][out.negative + 1] = 1;
        auto low = out.negative + 1;
        auto high = low + 1;
        std::vector<std::int64_t> phi(width);
        std::int64_t largest = 1;
        for (auto k = to; k-- > from;) {
            auto const& l = letters_[k];
            auto const i = static_cast<std::size_t>(l.i);
            auto const j = static_cast<std::size_t>(l.j);
            if (largest > half_room / 5) {
                largest = 1;
                for (auto const& row : rows) {
                    for (auto const x : row) {
                        auto const size = x < 0 ? -x : x;
                        if (size > largest) largest = size;
                    }
                }
                if (largest > half_room / 5) {
                    failed_ = true;
                    return {};
                }
            }
            largest *= 5;
            // phi reaches from low to high + 1; phi / t from low - 1 to high.
            bool const inverse = l.sign < 0;
            for (std::size_t c = 0; c < m_; ++c) {
                auto const* const before = rows[(i - 1) * m_ + c].data();
                auto const* const x = rows[i * m_ + c].data();
                auto const* const y = rows[(j - 1) * m_ + c].data();
                auto const* const after = rows[j * m_ + c].data();
                for (auto e = low; e <= high; ++e) {
                    phi[e] = (y[e] - before[e]) - (after[e - 1] - x[e - 1]);
                }
                auto const shift = inverse ? 1U : 0U;
                for (auto r = i; r < j; ++r) {
                    auto* const z = rows[r * m_ + c].data() - shift;
                    for (auto e = low; e <= high; ++e) z[e] -= phi[e];
                }
            }
            if (inverse) {
                --low;
            } else {
                ++high;
            }
        }
        for (std::size_t r = 1; r <= m_; ++r) {
            for (std::size_t c = 0; c < m_; ++c) {
                auto& row = rows[r * m_ + c];
                out.entries.emplace_back(row.begin() + 1, row.end() - 1);
            }
        }
        return out;
    }

    [[nodiscard]] static double largest(std::vector<std::int64_t> const& p) noexcept {
        double out = 0.0;
        for (auto const x : p) {
            auto const size = __builtin_fabs(static_cast<double>(x));
            if (size > out) out = size;
        }
        return out;
    }
    [[nodiscard]] static double sum(std::vector<std::int64_t> const& p) noexcept {
        double out = 0.0;
        for (auto const x : p) out += __builtin_fabs(static_cast<double>(x));
        return out;
    }

    [[nodiscard]] polynomial_matrix multiply(polynomial_matrix const& a,
                                             polynomial_matrix const& b) {
        auto const m = a.m;
        polynomial_matrix out{m, a.length + b.length - 1, a.negative + b.negative, {}};
        for (std::size_t r = 0; r < m; ++r) {
            for (std::size_t c = 0; c < m; ++c) {
                double bound = 0.0;
                for (std::size_t k = 0; k < m; ++k) {
                    auto const& x = a.entries[r * m + k];
                    auto const& y = b.entries[k * m + c];
                    bound += smaller(largest(x) * sum(y), sum(x) * largest(y));
                }
                if (!(bound < safe)) {
                    failed_ = true;
                    return {};
                }
            }
        }
        std::size_t n = 1;
        while (n < out.length) n *= 2;
        number_transform const transform(n);
        auto const transformed = [&](polynomial_matrix const& p) {
            std::vector<std::vector<std::uint64_t>> images;
            for (auto const& entry : p.entries) {
                std::vector<std::uint64_t> image(n);
                for (std::size_t e = 0; e < entry.size(); ++e) {
                    image[e] = number_transform::f.from(entry[e]);
                }
                transform.forward(image);
                images.push_back(std::move(image));
            }
            return images;
        };
        auto const x = transformed(a);
        auto const y = transformed(b);
        std::vector<std::uint64_t> image(n);
        for (std::size_t r = 0; r < m; ++r) {
            for (std::size_t c = 0; c < m; ++c) {
                for (std::size_t q = 0; q < n; ++q) {
                    std::uint64_t s = 0;
                    for (std::size_t k = 0; k < m; ++k) {
                        s = number_transform::f.add(
                            s, number_transform::f.mul(x[r * m + k][q], y[k * m + c][q]));
                    }
                    image[q] = s;
                }
                transform.backward(image);
                std::vector<std::int64_t> entry(out.length);
                for (std::size_t e = 0; e < out.length; ++e) entry[e] = least(image[e]);
                out.entries.push_back(std::move(entry));
            }
        }
        return out;
    }

public:
    /// The integer of least size with this residue.
    [[nodiscard]] static std::int64_t least(std::uint64_t residue) noexcept {
        auto const x = static_cast<std::int64_t>(number_transform::f.to(residue));
        return x > number_transform::half ? x - static_cast<std::int64_t>(number_transform::prime)
                                          : x;
    }

    /// det(t^negative - P) with P = t^negative B: coefficients from exponent 0 on.
    [[nodiscard]] std::vector<std::int64_t> characteristic(polynomial_matrix p) {
        auto const m = p.m;
        for (std::size_t r = 0; r < m; ++r) {
            for (std::size_t c = 0; c < m; ++c) {
                for (auto& x : p.entries[r * m + c]) x = -x;
            }
            p.entries[r * m + r][p.negative] += 1;
        }
        double bound = 1.0;
        for (std::size_t r = 0; r < m; ++r) {
            double row = 0.0;
            for (std::size_t c = 0; c < m; ++c) row += sum(p.entries[r * m + c]);
            bound *= row;
        }
        if (!(bound < safe)) {
            failed_ = true;
            return {};
        }
        auto const length = m * (p.length - 1) + 1;
        std::size_t n = 1;
        while (n < length) n *= 2;
        number_transform const transform(n);
        std::vector<std::vector<std::uint64_t>> images;
        for (auto& entry : p.entries) {
            std::vector<std::uint64_t> image(n);
            for (std::size_t e = 0; e < entry.size(); ++e) {
                image[e] = number_transform::f.from(entry[e]);
            }
            entry = {};
            transform.forward(image);
            images.push_back(std::move(image));
        }
        std::vector<std::uint64_t> a(m * m);
        std::vector<std::uint64_t> numerator(n);
        std::vector<std::uint64_t> denominator(n);
        std::vector<std::uint64_t> scratch;
        for (std::size_t q = 0; q < n; ++q) {
            for (std::size_t k = 0; k < m * m; ++k) a[k] = images[k][q];
            determinant(a, m, numerator[q], denominator[q]);
        }
        number_transform::f.invert_all(denominator, scratch);
        for (std::size_t q = 0; q < n; ++q) {
            numerator[q] = number_transform::f.mul(numerator[q], denominator[q]);
        }
        transform.backward(numerator);
        std::vector<std::int64_t> out(length);
        for (std::size_t e = 0; e < length; ++e) out[e] = least(numerator[e]);
        return out;
    }

private:
    /// Without divisions; destroys a.
    static void determinant(std::vector<std::uint64_t>& a, std::size_t m, std::uint64_t& numerator,
                            std::uint64_t& denominator) {
        constexpr auto const& f = number_transform::f;
        numerator = denominator = f.one();
        for (std::size_t k = 0; k < m; ++k) {
            auto pivot = k;
            while (pivot < m && a[pivot * m + k] == 0) ++pivot;
            if (pivot == m) {
                numerator = 0;
                return;
            }
            if (pivot != k) {
                for (std::size_t c = k; c < m; ++c) std::swap(a[k * m + c], a[pivot * m + c]);
                numerator = f.neg(numerator);
            }
            auto const head = a[k * m + k];
            numerator = f.mul(numerator, head);
            for (auto r = k + 1; r < m; ++r) {
                auto const factor = a[r * m + k];
                if (factor == 0) continue;
                denominator = f.mul(denominator, head);
                for (auto c = k + 1; c < m; ++c) {
                    a[r * m + c] = f.sub(f.mul(a[r * m + c], head), f.mul(factor, a[k * m + c]));
                }
            }
        }
    }

    /// What is below it may be multiplied by 5 and stays below 2^62.
    static constexpr std::int64_t half_room = std::int64_t{1} << 61U;
    /// Below half of the prime, whatever the rounding of the bounds.
    static constexpr double safe = static_cast<double>(number_transform::half) * 0.999;

    std::vector<band> const& letters_;
    std::size_t m_;
    bool failed_ = false;
};

/// Alexander's polynomial of a long word: its coefficients from exponent epsilon/2 on (the others
/// by symmetry), and Delta(-1) over i^epsilon.
struct long_alexander {
    std::vector<std::int64_t> coefficients;
    std::int64_t alternating = 0;
    int epsilon = 0;
};

/// Modular multiplications (four of the additions of the leaves count as one), and bytes, that a
/// piece takes.
[[nodiscard]] inline double long_word_cost(piece const& p) noexcept {
    auto const m = static_cast<std::size_t>(p.strands) - 1;
    auto const letters = p.letters.size();
    auto const transform = [](std::size_t length, double& cost, double times) {
        double size = 1.0;
        double levels = 0.0;
        for (; size < static_cast<double>(length); size *= 2.0) levels += 1.0;
        cost += times * size * (levels / 2.0 + 1.0);
    };
    auto const square = static_cast<double>(m * m);
    auto each = letters;
    double nodes = 1.0;
    double cost = 0.0;
    for (; each > burau_product::longest_leaf; each = (each + 1) / 2, nodes *= 2.0) {
        transform(each + 1, cost, nodes * square * 3.0);
    }
    cost += static_cast<double>(letters) * static_cast<double>(each) * static_cast<double>(m) / 4.0;
    transform(m * letters + 1, cost, square + 1.0 + square * static_cast<double>(m) / 10.0);
    return cost;
}
[[nodiscard]] inline double long_word_memory(piece const& p) noexcept {
    auto const m = static_cast<double>(p.strands - 1);
    return static_cast<double>(p.letters.size()) * 16.0 * m * m * (3.0 + m);
}

/// Exact, or absent: where the budget is exceeded, where a coefficient on the way may not fit 62
/// bits, and where the determinant is 0 (its corank is then not known). Source: as alexander_of.
[[nodiscard]] inline outcome<long_alexander> long_alexander_of(piece const& p, limits const& l) {
    using result = outcome<long_alexander>;
    auto const cost = long_word_cost(p);
    if (cost > static_cast<double>(l.max_operations)) {
        return result::over_budget("the Alexander polynomial of a long word takes about " +
                                   to_text(static_cast<std::int64_t>(cost)) +
                                   " operations, over the budget of " + to_text(l.max_operations));
    }
    auto const memory = long_word_memory(p);
    if (memory > static_cast<double>(l.max_memory)) {
        return result::over_budget("the Alexander polynomial of a long word takes about " +
                                   to_text(static_cast<std::int64_t>(memory)) +
                                   " bytes, over the budget of " + to_text(l.max_memory));
    }
    auto const n = static_cast<std::size_t>(p.strands);
    auto const m = static_cast<std::int64_t>(n) - 1;
    burau_product burau(p.letters, n);
    auto product = burau.run();
    auto const negative = static_cast<std::int64_t>(product.negative);
    std::vector<std::int64_t> d;
    if (!burau.failed()) d = burau.characteristic(std::move(product));
    if (burau.failed()) {
        return result::overflow(
            "a polynomial on the way to Alexander's of a long word does not fit 62 bits");
    }
    // Times (1 - t) / (1 - t^n): q_k = d_k - d_{k-1} + q_{k-n}.
    bool fits = true;
    bool any = false;
    std::vector<std::int64_t> q(d.size());
    for (std::size_t k = 0; k < d.size(); ++k) {
        std::int64_t x = d[k];
        if (k > 0) fits = fits && !__builtin_sub_overflow(x, d[k - 1], &x);
        if (k >= n) fits = fits && !__builtin_add_overflow(x, q[k - n], &x);
        q[k] = x;
        any = any || x != 0;
    }
    if (!fits) return result::overflow("a coefficient of the Alexander polynomial does not fit");
    if (!any) return result::over_budget("the corank of a long word is beyond the budget");
    // (-t^1/2)^(m - w) t^(-m negative) q, w the writhe.
    auto const letters = static_cast<std::int64_t>(p.letters.size());
    auto const writhe = letters - 2 * negative;
    auto const size = letters - m;
    long_alexander out;
    out.epsilon = static_cast<int>(size % 2);
    bool const odd = (m - writhe) % 2 != 0;
    i128 alternating = 0;
    auto const degree = size / 2;
    for (std::int64_t e = 0; e <= degree; ++e) {
        auto const k = (2 * e + out.epsilon + 2 * m * negative - m + writhe) / 2;
        auto const c =
            k >= 0 && k < static_cast<std::int64_t>(q.size()) ? q[static_cast<std::size_t>(k)] : 0;
        fits = fits && c <= number_transform::half && c >= -number_transform::half;
        out.coefficients.push_back(odd ? -c : c);
        alternating += (e % 2 == 0 ? i128{1} : i128{-1}) * out.coefficients.back();
    }
    alternating *= 2;
    if (out.epsilon == 0) alternating -= out.coefficients[0];
    fits = fits && alternating <= number_transform::half && alternating >= -number_transform::half;
    if (!fits) return result::overflow("a coefficient of the Alexander polynomial does not fit");
    out.alternating = static_cast<std::int64_t>(alternating);
    return result::of(std::move(out));
}

} // namespace weft::inline v0::knot::detail
