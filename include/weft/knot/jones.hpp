#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "weft/core/number.hpp"
#include "weft/knot/braid.hpp"
#include "weft/knot/laurent.hpp"
#include "weft/knot/limits.hpp"
#include "weft/knot/modular.hpp"
#include "weft/knot/outcome.hpp"
#include "weft/knot/simplify.hpp"

namespace weft::inline v0::knot {

namespace detail {

[[nodiscard]] constexpr std::int64_t catalan(int n) noexcept {
    std::int64_t c = 1;
    for (int k = 1; k <= n; ++k) c = c * (4 * k - 2) / (k + 1);
    return c;
}

/// The diagrams of the Temperley-Lieb algebra on n strands, each a non-crossing matching of 2n
/// points (packed as a word of opening and closing brackets), and what the generators do to them.
class temperley_lieb {
public:
    explicit temperley_lieb(int n)
        : n_(static_cast<std::size_t>(n)) {
        std::vector<std::uint32_t> words;
        words.reserve(static_cast<std::size_t>(catalan(n)));
        enumerate(words, 0, 0, 0);
        auto const states = words.size();
        loops_.resize(states);
        target_.resize(states * (n_ - 1));
        std::array<std::uint8_t, 32> partner{};
        auto const points = 2 * n_;
        for (std::size_t d = 0; d < states; ++d) {
            match(words[d], partner);
            loops_[d] = closure_loops(partner);
            if (words[d] == ((std::uint32_t{1} << n_) - 1)) identity_ = d;
            for (std::size_t i = 0; i + 1 < n_; ++i) {
                auto const a = points - 1 - i;
                auto const b = a - 1;
                auto word = words[d];
                if (partner[a] != b) {
                    std::size_t const x = partner[a];
                    std::size_t const y = partner[b];
                    set(word, x, y);
                    set(word, b, a);
                }
                target_[i * states + d] = static_cast<std::uint32_t>(find(words, word));
            }
        }
    }

    [[nodiscard]] std::size_t states() const noexcept { return loops_.size(); }
    [[nodiscard]] std::size_t identity() const noexcept { return identity_; }
    /// Loops of the diagram's closure.
    [[nodiscard]] int loops(std::size_t d) const noexcept { return loops_[d]; }
    /// Whether the diagram is a product of an odd number of generators.
    [[nodiscard]] int parity(std::size_t d) const noexcept {
        return (static_cast<int>(n_) - loops_[d]) & 1;
    }
    /// The diagram times generator i (0-based); itself where that closes a loop.
    [[nodiscard]] std::size_t times(std::size_t d, std::size_t i) const noexcept {
        return target_[i * states() + d];
    }

private:
    // Points around the disc: the upper ones from left to right, then the lower ones from right to
    // left. Bit k is set where point k opens a bracket.
    void enumerate(std::vector<std::uint32_t>& out, std::uint32_t word, std::size_t at, int open) {
        if (at == 2 * n_) {
            if (open == 0) out.push_back(word);
            return;
        }
        if (static_cast<std::size_t>(open) > 2 * n_ - at) return;
        // From the highest point down, closing first: the words come in rising order.
        auto const bit = 2 * n_ - 1 - at;
        enumerate(out, word, at + 1, open + 1);
        if (open > 0) enumerate(out, word | (std::uint32_t{1} << bit), at + 1, open - 1);
    }

    void match(std::uint32_t word, std::array<std::uint8_t, 32>& partner) const noexcept {
        std::array<std::uint8_t, 32> stack{};
        std::size_t depth = 0;
        for (std::size_t k = 0; k < 2 * n_; ++k) {
            if ((word >> k & 1U) != 0) {
                stack[depth++] = static_cast<std::uint8_t>(k);
            } else {
                auto const o = stack[--depth];
                partner[k] = o;
                partner[o] = static_cast<std::uint8_t>(k);
            }
        }
    }

    static void set(std::uint32_t& word, std::size_t x, std::size_t y) noexcept {
        auto const low = x < y ? x : y;
        auto const high = x < y ? y : x;
        word |= std::uint32_t{1} << low;
        word &= ~(std::uint32_t{1} << high);
    }

    [[nodiscard]] int closure_loops(std::array<std::uint8_t, 32> const& partner) const noexcept {
        std::array<bool, 32> seen{};
        int count = 0;
        for (std::size_t k = 0; k < 2 * n_; ++k) {
            if (seen[k]) continue;
            ++count;
            for (auto x = k; !seen[x];) {
                std::size_t const y = partner[x];
                seen[x] = seen[y] = true;
                x = 2 * n_ - 1 - y;
            }
        }
        return count;
    }

    [[nodiscard]] static std::size_t find(std::vector<std::uint32_t> const& words,
                                          std::uint32_t word) noexcept {
        std::size_t low = 0;
        std::size_t high = words.size();
        while (low + 1 < high) {
            auto const middle = low + (high - low) / 2;
            (words[middle] <= word ? low : high) = middle;
        }
        return low;
    }

    std::size_t n_;
    std::size_t identity_ = 0;
    std::vector<int> loops_;
    std::vector<std::uint32_t> target_;
};

/// The largest number of strands for which the packed states are written.
inline constexpr int max_packed_strands = 14;

/// Jones of one Artin piece as a sum over Temperley-Lieb diagrams with coefficients of type C;
/// nothing where they might not fit.
///
/// With f = -A^-2 e and t = A^-4 a crossing is sigma = A (1 - f), its inverse A^-1 (1 - f / t);
/// f f = (1 + t) f, and f times a diagram that has a parity k is another one, times t where k = 1.
/// All coefficients are polynomials in t, and a diagram whose closure has l loops stands for
/// t^-(l-1-k)/2 (1 + t)^(l-1) up to the sign (-1)^(n-1), which all share.
template <class C>
[[nodiscard]] std::optional<std::vector<C>> state_sum(temperley_lieb const& algebra, piece const& p,
                                                      std::int64_t& twice_min) {
    constexpr bool bounded = std::is_same_v<C, std::int64_t> || std::is_same_v<C, i128>;
    // The sum of all coefficients' sizes stays below this, closing factor included.
    double const most = std::is_same_v<C, std::int64_t> ? 0x1p61 : 0x1p125;
    auto const states = algebra.states();
    auto const width = p.letters.size() + 1;
    std::int64_t negative = 0;
    for (auto const& l : p.letters) negative += l.sign < 0 ? 1 : 0;
    std::vector<C> x(states * width, C(0));
    auto low = static_cast<std::size_t>(negative);
    auto high = low;
    x[algebra.identity() * width + low] = C(1);
    std::vector<char> live(states, 0);
    live[algebra.identity()] = 1;

    double bound = 1.0;
    auto const fits = [&](double factor) {
        if constexpr (bounded) {
            if (bound * factor < most) return true;
            bound = 0.0;
            for (auto const& c : x) {
                bound += static_cast<double>(c < 0 ? -c : c);
            }
            bound *= 1.0 + 1e-9;
            return bound * factor < most;
        } else {
            return true;
        }
    };
    for (auto const& l : p.letters) {
        if (!fits(2.0)) return std::nullopt;
        bound *= 2.0;
        auto const i = static_cast<std::size_t>(l.i - 1);
        bool const up = l.sign > 0;
        for (std::size_t d = 0; d < states; ++d) {
            if (live[d] == 0 || algebra.times(d, i) != d) continue;
            auto* const c = x.data() + d * width;
            if (up) {
                for (auto e = high + 1; e > low; --e) c[e] = -c[e - 1];
                c[low] = C(0);
            } else {
                for (auto e = low; e <= high; ++e) c[e - 1] = -c[e];
                c[high] = C(0);
            }
        }
        for (std::size_t d = 0; d < states; ++d) {
            auto const target = algebra.times(d, i);
            if (live[d] == 0 || target == d) continue;
            live[target] = 1;
            auto const* const from = x.data() + d * width;
            auto* const to = x.data() + target * width;
            auto const parity = static_cast<std::size_t>(algebra.parity(d));
            if (up) {
                for (auto e = low; e <= high; ++e) to[e + parity] -= from[e];
            } else {
                for (auto e = low; e <= high; ++e) to[e + parity - 1] -= from[e];
            }
        }
        if (up) {
            ++high;
        } else {
            --low;
        }
    }
    if (!fits(static_cast<double>(std::uint64_t{1} << static_cast<unsigned>(p.strands)))) {
        return std::nullopt;
    }

    // Times t^-(l-1-k)/2, which ranges over n/2 steps, and (1 + t)^(l-1).
    auto const n = static_cast<std::size_t>(p.strands);
    std::int64_t writhe = 0;
    for (auto const& l : p.letters) writhe += l.sign;
    std::vector<C> out(width + 2 * n, C(0));
    std::vector<C> term;
    for (std::size_t d = 0; d < states; ++d) {
        if (live[d] == 0) continue;
        auto const loops = algebra.loops(d);
        term.assign(x.begin() + static_cast<std::ptrdiff_t>(d * width),
                    x.begin() + static_cast<std::ptrdiff_t>((d + 1) * width));
        for (int k = 1; k < loops; ++k) {
            term.push_back(C(0));
            for (auto e = term.size() - 1; e > 0; --e) term[e] += term[e - 1];
        }
        auto const drop = loops - 1 - algebra.parity(d);
        auto const shift = static_cast<std::size_t>((p.strands - 1 - drop) / 2);
        for (std::size_t e = 0; e < term.size(); ++e) {
            if (term[e] != 0) out[e + shift] += term[e];
        }
    }
    if ((writhe + p.strands - 1) % 2 != 0) {
        for (auto& c : out) c = -c;
    }
    twice_min = writhe - (p.strands - 1) - 2 * negative;
    return out;
}

template <class Integer, class C>
[[nodiscard]] std::optional<basic_laurent<Integer>> narrowed(std::int64_t twice_min,
                                                             std::vector<C> const& from) {
    std::vector<Integer> out(from.size(), Integer(0));
    for (std::size_t k = 0; k < from.size(); ++k) {
        if constexpr (std::is_same_v<Integer, std::int64_t>) {
            if (from[k] > std::numeric_limits<std::int64_t>::max() ||
                from[k] < std::numeric_limits<std::int64_t>::min()) {
                return std::nullopt;
            }
            out[k] = static_cast<std::int64_t>(from[k]);
        } else {
            out[k] = Integer(from[k]);
        }
    }
    return basic_laurent<Integer>(twice_min, std::move(out));
}

template <class Integer>
[[nodiscard]] outcome<basic_laurent<Integer>> jones_of_piece(piece const& p, limits const& l) {
    using result = outcome<basic_laurent<Integer>>;
    auto const allowed = l.max_strands_state_space < max_packed_strands ? l.max_strands_state_space
                                                                        : max_packed_strands;
    if (p.strands > allowed) {
        return result::over_budget("Jones needs a sum over the states of " + to_text(p.strands) +
                                   " strands (after reduction); the budget is " + to_text(allowed));
    }
    auto const letters = static_cast<double>(p.letters.size());
    auto const cost = static_cast<double>(catalan(p.strands)) * letters * (letters + 32.0) / 2.0;
    if (cost > static_cast<double>(l.max_operations)) {
        return result::over_budget("Jones takes about " + to_text(cost) +
                                   " operations, over the budget of " + to_text(l.max_operations));
    }
    temperley_lieb const algebra(p.strands);
    std::int64_t twice_min = 0;
    if (auto const sum = state_sum<std::int64_t>(algebra, p, twice_min)) {
        return result::of(*narrowed<Integer>(twice_min, *sum));
    }
    if (auto const sum = state_sum<i128>(algebra, p, twice_min)) {
        if (auto fitting = narrowed<Integer>(twice_min, *sum)) {
            return result::of(*std::move(fitting));
        }
    }
    if constexpr (!std::is_same_v<Integer, std::int64_t>) {
        if (auto const sum = state_sum<Integer>(algebra, p, twice_min)) {
            return result::of(basic_laurent<Integer>(twice_min, *sum));
        }
    }
    return result::overflow("a coefficient of the Jones polynomial does not fit the integer type");
}

/// Jones multiplies over pieces; every further part brings the factor -(t^1/2 + t^-1/2).
template <class Integer>
[[nodiscard]] outcome<basic_laurent<Integer>> jones_of(simplified const& s, limits const& l) {
    using result = outcome<basic_laurent<Integer>>;
    auto const splits = s.parts() - 1;
    if (static_cast<double>(splits) * static_cast<double>(splits) >
        static_cast<double>(l.max_operations)) {
        return result::over_budget("Jones of " + to_text(s.parts()) +
                                   " split parts is over the budget of operations");
    }
    std::string const reason =
        "a coefficient of the Jones polynomial does not fit the integer type";
    basic_laurent<Integer> out(0, {Integer(1)});
    for (auto const& p : s.pieces) {
        auto factor = jones_of_piece<Integer>(p, l);
        if (!factor.value) return factor;
        auto next = try_multiply(out, *factor.value);
        if (!next) return result::overflow(reason);
        out = *std::move(next);
    }
    basic_laurent<Integer> const unlink(-1, {Integer(-1), Integer(-1)});
    for (std::int64_t k = 0; k < splits; ++k) {
        auto next = try_multiply(out, unlink);
        if (!next) return result::overflow(reason);
        out = *std::move(next);
    }
    return result::of(std::move(out));
}

} // namespace detail

/// Jones's polynomial: V(unknot) = 1, t^-1 V(+) - t V(-) = (t^1/2 - t^-1/2) V(0), half-integer
/// exponents for an even number of components. By Kauffman's bracket in the Temperley-Lieb algebra:
/// Catalan(n) states on n strands after reduction, each with a polynomial, so O(Catalan(n) L^2) for
/// L letters. Throws invalid_argument naming `limits` where the budget is exceeded, overflow_error
/// where a coefficient does not fit Integer.
template <class Integer = std::int64_t>
[[nodiscard]] basic_laurent<Integer> jones(braid const& b, limits const& l = {}) {
    auto const compact = detail::compacted(b);
    if (detail::artin(compact.letters)) {
        return detail::jones_of<Integer>(detail::simplify_artin(compact), l).unwrap();
    }
    auto const s = detail::simplify_bands(compact);
    std::int64_t length = 0;
    for (auto const& p : s.pieces) {
        for (auto const& letter : p.letters) length += detail::expanded_length(letter);
    }
    if (length > l.max_letters) {
        WEFT_THROW(invalid_argument("limits.max_letters", to_text(l.max_letters),
                                    "at least the " + to_text(length) +
                                        " letters that the bands expand to"));
    }
    return detail::jones_of<Integer>(detail::simplify_expanded(s), l).unwrap();
}

} // namespace weft::inline v0::knot
