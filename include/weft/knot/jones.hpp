#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <optional>
#include <span>
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
#include "weft/knot/sweep.hpp"

namespace weft::inline v0::knot {

namespace detail {

/// How many ways there are to end a bracket word with `left` brackets to come and `open` ones open.
/// endings(2m, 0) is the m-th Catalan number.
inline constexpr auto bracket_endings = [] {
    std::array<std::array<std::uint32_t, 2 * max_sweep_width + 2>, 2 * max_sweep_width + 1> n{};
    n[0][0] = 1;
    for (std::size_t left = 1; left < n.size(); ++left) {
        for (std::size_t open = 0; open <= left; ++open) {
            n[left][open] = n[left - 1][open + 1] + (open > 0 ? n[left - 1][open - 1] : 0);
        }
    }
    return n;
}();

[[nodiscard]] constexpr std::uint32_t catalan(std::uint32_t m) noexcept {
    return bracket_endings[2 * m][0];
}

/// Ways to connect 2m points on a circle without crossings, as bracket words: bit k is set where
/// point k opens. Numbered in lexicographic order, closing before opening.
[[nodiscard]] constexpr std::uint32_t bracket_word(std::uint32_t m, std::uint32_t rank) noexcept {
    std::uint32_t word = 0;
    std::uint32_t open = 0;
    for (std::uint32_t k = 0; k < 2 * m; ++k) {
        auto const closing = open > 0 ? bracket_endings[2 * m - k - 1][open - 1] : 0U;
        if (rank < closing) {
            --open;
        } else {
            rank -= closing;
            word |= 1U << k;
            ++open;
        }
    }
    return word;
}

[[nodiscard]] constexpr std::uint32_t bracket_rank(std::uint32_t m, std::uint32_t word) noexcept {
    std::uint32_t rank = 0;
    std::uint32_t open = 0;
    for (std::uint32_t k = 0; k < 2 * m; ++k) {
        if ((word >> k & 1U) == 0) {
            --open;
        } else {
            if (open > 0) rank += bracket_endings[2 * m - k - 1][open - 1];
            ++open;
        }
    }
    return rank;
}

/// The point that point k of a word is connected with.
[[nodiscard]] constexpr std::uint32_t bracket_partner(std::uint32_t word,
                                                      std::uint32_t k) noexcept {
    int depth = 0;
    if ((word >> k & 1U) != 0) {
        for (;; ++k) {
            depth += (word >> k & 1U) != 0 ? 1 : -1;
            if (depth == 0) return k;
        }
    }
    for (;; --k) {
        depth += (word >> k & 1U) != 0 ? -1 : 1;
        if (depth == 0) return k;
    }
}

[[nodiscard]] constexpr std::uint32_t without_bits(std::uint32_t word, std::uint32_t k) noexcept {
    auto const low = (1U << k) - 1;
    return (word & low) | (word >> 2U & ~low);
}

inline constexpr std::uint32_t closes_loop = 1U << 31U;

/// The state that state `rank` becomes when points `at` and `at + 1` (cyclically) are joined, with
/// closes_loop where they were connected already.
[[nodiscard]] constexpr std::uint32_t capped(std::uint32_t m, std::uint32_t rank,
                                             std::uint32_t at) noexcept {
    auto word = bracket_word(m, rank);
    auto const last = 2 * m - 1;
    auto const next = at == last ? 0U : at + 1;
    auto const p = bracket_partner(word, at);
    if (p == next) {
        word = at == last ? (word >> 1U) & ((1U << (last - 1)) - 1) : without_bits(word, at);
        return bracket_rank(m - 1, word) | closes_loop;
    }
    auto const q = bracket_partner(word, next);
    word |= 1U << (p < q ? p : q);
    word &= ~(1U << (p < q ? q : p));
    word = at == last ? (word >> 1U) & ((1U << (last - 1)) - 1) : without_bits(word, at);
    return bracket_rank(m - 1, word);
}

/// The state of m pairs that state `rank` of m - 1 becomes when points `at` and `at + 1` appear,
/// connected.
[[nodiscard]] constexpr std::uint32_t cupped(std::uint32_t m, std::uint32_t rank,
                                             std::uint32_t at) noexcept {
    auto const word = bracket_word(m - 1, rank);
    auto const low = (1U << at) - 1;
    return bracket_rank(m, (word & low) | (1U << at) | ((word & ~low) << 2U));
}

/// The state after the first point has become the last.
[[nodiscard]] constexpr std::uint32_t turned(std::uint32_t m, std::uint32_t rank) noexcept {
    auto word = bracket_word(m, rank);
    word |= 1U << bracket_partner(word, 0);
    return bracket_rank(m, word >> 1U);
}

inline constexpr std::uint32_t ready_brackets = 5;

/// Where capped(m, ., at) and cupped(m, ., at) begin in the table of those ready.
[[nodiscard]] constexpr std::size_t capped_row(std::uint32_t m, std::uint32_t at) noexcept {
    std::size_t row = 0;
    for (std::uint32_t k = 1; k < m; ++k) row += std::size_t{2} * k * catalan(k);
    return row + std::size_t{at} * catalan(m);
}
[[nodiscard]] constexpr std::size_t cupped_row(std::uint32_t m, std::uint32_t at) noexcept {
    std::size_t row = 0;
    for (std::uint32_t k = 1; k < m; ++k) row += (std::size_t{2} * k - 1) * catalan(k - 1);
    return row + std::size_t{at} * catalan(m - 1);
}

/// Two states, of which the crossing's smoothing makes the second of the first.
struct bracket_pair {
    std::uint8_t from = 0;
    std::uint8_t to = 0;
};

/// Where the pairs of m strands begin, and how many there are at each place.
[[nodiscard]] constexpr std::size_t bracket_pairs_at(std::uint32_t m, std::uint32_t at) noexcept {
    std::size_t row = 0;
    for (std::uint32_t k = 1; k < m; ++k) {
        row += (std::size_t{2} * k - 1) * (catalan(k) - catalan(k - 1));
    }
    return row + std::size_t{at} * (catalan(m) - catalan(m - 1));
}

struct small_brackets {
    std::array<bracket_pair, bracket_pairs_at(ready_brackets + 1, 0)> pairs{};
    std::array<std::uint32_t, capped_row(ready_brackets + 1, 0)> cap{};
    std::array<std::uint32_t, cupped_row(ready_brackets + 1, 0)> cup{};
};

inline constexpr auto ready_bracket_tables = [] {
    small_brackets t;
    for (std::uint32_t m = 1; m <= ready_brackets; ++m) {
        for (std::uint32_t at = 0; at < 2 * m; ++at) {
            for (std::uint32_t s = 0; s < catalan(m); ++s) {
                t.cap[capped_row(m, at) + s] = capped(m, s, at);
            }
            if (at + 1 == 2 * m) continue;
            for (std::uint32_t s = 0; s < catalan(m - 1); ++s) {
                t.cup[cupped_row(m, at) + s] = cupped(m, s, at);
            }
            auto pair = bracket_pairs_at(m, at);
            for (std::uint32_t s = 0; s < catalan(m); ++s) {
                auto const joined = t.cap[capped_row(m, at) + s];
                if ((joined & closes_loop) != 0) continue;
                t.pairs[pair++] = {static_cast<std::uint8_t>(s),
                                   static_cast<std::uint8_t>(t.cup[cupped_row(m, at) + joined])};
            }
        }
    }
    return t;
}();

/// capped_row(m, 0), cupped_row(m, 0) and bracket_pairs_at(m, 0).
inline constexpr auto ready_rows = [] {
    std::array<std::array<std::uint32_t, 3>, ready_brackets + 1> rows{};
    for (std::uint32_t m = 1; m <= ready_brackets; ++m) {
        rows[m] = {static_cast<std::uint32_t>(capped_row(m, 0)),
                   static_cast<std::uint32_t>(cupped_row(m, 0)),
                   static_cast<std::uint32_t>(bracket_pairs_at(m, 0))};
    }
    return rows;
}();

/// Those transitions, made when they are first needed.
class bracket_tables {
public:
    [[nodiscard]] std::uint32_t const* cap(std::uint32_t m, std::uint32_t at) {
        if (m <= ready_brackets) {
            return ready_bracket_tables.cap.data() + ready_rows[m][0] + at * catalan(m);
        }
        auto& row = row_of(cap_, m, at);
        if (row.empty()) {
            row.resize(catalan(m));
            for (std::uint32_t s = 0; s < row.size(); ++s) row[s] = capped(m, s, at);
        }
        return row.data();
    }
    [[nodiscard]] std::uint32_t const* cup(std::uint32_t m, std::uint32_t at) {
        if (m <= ready_brackets) {
            return ready_bracket_tables.cup.data() + ready_rows[m][1] + at * catalan(m - 1);
        }
        auto& row = row_of(cup_, m, at);
        if (row.empty()) {
            row.resize(catalan(m - 1));
            for (std::uint32_t s = 0; s < row.size(); ++s) row[s] = cupped(m, s, at);
        }
        return row.data();
    }

private:
    using rows = std::vector<std::vector<std::uint32_t>>;

    [[nodiscard]] static std::vector<std::uint32_t>& row_of(rows& all, std::uint32_t m,
                                                            std::uint32_t at) {
        constexpr auto points = std::size_t{2} * max_sweep_width;
        if (all.empty()) all.resize((max_sweep_width + 1) * points);
        return all[m * points + at];
    }

    rows cap_, cup_;
};

/// Kauffman's bracket of the tangle in a growing disc, in the basis of tangles without crossings.
///
/// With t = A^-4 and a factor A^sign left out, a positive crossing takes a state d to
/// d + t^1/2 (U d), where U joins the two strands, and to -t d where they are joined already; a
/// loop is worth -(t^1/2 + t^-1/2). All exponents of a state's coefficient are integers or all are
/// half-integers.
///
/// With 32 bits a coefficient (for the many small diagrams), all powers that the diagram can have
/// are kept for each state, in wide registers; with more bits only those between its lowest and
/// highest.
template <class C>
class bracket_sum {
public:
    /// Runs the whole sweep. Overflow: a coefficient might not fit C.
    [[nodiscard]] sweep_end run(sweep const& plan, limits const& l, bracket_tables& tables) {
        if (!prepare(plan)) return sweep_end::overflow;
        auto const& steps = plan.steps;
        for (std::size_t k = 0; k < steps.size(); ++k) {
            if (cancelled(l)) return sweep_end::cancelled;
            auto const& step = steps[k];
            switch (step.what) {
            case sweep_step::kind::cup_in_out:
            case sweep_step::kind::cup_out_in:
                // A strand is taken in because it crosses the next one.
                if (k + 1 < steps.size() && steps[k + 1].what == sweep_step::kind::cross) {
                    ++k;
                    if (!fits()) return sweep_end::overflow;
                    cup_and_cross(step.at, steps[k].at, steps[k].sign, tables);
                } else {
                    cup(step.at, tables);
                }
                break;
            case sweep_step::kind::cross:
                if (!fits()) return sweep_end::overflow;
                cross(step.at, step.sign, tables);
                break;
            case sweep_step::kind::cap:
                if (!fits()) return sweep_end::overflow;
                cap(step.at, tables);
                break;
            case sweep_step::kind::turn:
                turn();
                break;
            }
        }
        return sweep_end::done;
    }

    /// Twice the exponent of the first of `coefficients()`.
    [[nodiscard]] std::int64_t twice_low() const noexcept {
        if constexpr (packed) return low_ + last().odd;
        return low_ + 2 * std::int64_t{last().low} + last().odd;
    }
    /// The coefficients of the closed diagram, of which one loop is left out.
    [[nodiscard]] std::span<C const> coefficients() const noexcept {
        auto const& b = last();
        if constexpr (packed) {
            return {pool_.data() + static_cast<std::size_t>(slots_[0]) * width_ + edge, powers_};
        }
        return {pool_.data() + static_cast<std::size_t>(slots_[0]) * width_ +
                    static_cast<std::size_t>(b.low),
                static_cast<std::size_t>(b.high - b.low)};
    }

    /// Gives back its memory if that is much.
    void release_much() noexcept {
        constexpr std::size_t much = (1 << 20) / sizeof(C);
        if (pool_.capacity() > much) std::vector<C>().swap(pool_);
    }

private:
    struct block {
        int low = 0;
        int high = 0;
        int odd = 0;
    };

    static constexpr bool packed = std::is_same_v<C, std::int32_t>;
    static constexpr bool bounded =
        packed || std::is_same_v<C, std::int64_t> || std::is_same_v<C, i128>;
    static constexpr double most = packed                            ? 0x1p30
                                   : std::is_same_v<C, std::int64_t> ? 0x1p62
                                                                     : 0x1p126;
    /// Coefficients in a register, and those (always 0) around a packed state.
    static constexpr std::size_t lanes = 4;
    static constexpr std::size_t edge = 4;
    using quad [[gnu::vector_size(16)]] = std::int32_t;

    [[nodiscard]] static quad loaded(std::int32_t const* from) noexcept {
        quad x;
        std::memcpy(&x, from, sizeof x);
        return x;
    }
    static void store(std::int32_t* to, quad const& x) noexcept { std::memcpy(to, &x, sizeof x); }

    [[nodiscard]] C* packed_at(std::int32_t slot) noexcept {
        return pool_.data() + static_cast<std::size_t>(slot) * width_ + edge;
    }

    [[nodiscard]] block const& last() const noexcept {
        return blocks_[static_cast<std::size_t>(slots_[0])];
    }

    [[nodiscard]] bool prepare(sweep const& plan) {
        int positive = 0;
        int negative = 0;
        for (auto const& s : plan.steps) {
            if (s.what != sweep_step::kind::cross) continue;
            ++(s.sign > 0 ? positive : negative);
        }
        auto const start = negative + plan.caps / 2 + 1;
        low_ = -2 * std::int64_t{start};
        width_ = static_cast<std::size_t>(positive) + static_cast<std::size_t>(negative) +
                 static_cast<std::size_t>(plan.caps) + 3;
        if constexpr (packed) {
            if (width_ > most_packed) return false;
            powers_ = (width_ + lanes - 1) / lanes * lanes;
            width_ = powers_ + 2 * edge;
        }
        m_ = 0;
        bound_ = 1.0;
        blocks_.clear();
        free_.clear();
        pool_.clear();
        slots_.assign(1, new_block());
        blocks_[0] = {start, start + 1, 0};
        if constexpr (packed) {
            for (std::size_t k = 0; k < powers_; ++k) pool_[edge + k] = 0;
            pool_[edge + static_cast<std::size_t>(start)] = 1;
        } else {
            pool_[static_cast<std::size_t>(start)] = C(1);
        }
        return true;
    }

    [[nodiscard]] std::int32_t new_block() {
        if (!free_.empty()) {
            auto const slot = free_.back();
            free_.pop_back();
            return slot;
        }
        blocks_.push_back({});
        pool_.resize(pool_.size() + width_, C(0));
        return static_cast<std::int32_t>(blocks_.size() - 1);
    }

    // Every step at most doubles the sum of all coefficients' sizes.
    [[nodiscard]] bool fits() {
        if constexpr (bounded) {
            bound_ *= 2.0;
            if (bound_ < most) return true;
            bound_ = 0.0;
            for (auto const slot : slots_) {
                if (slot < 0) continue;
                auto const s = static_cast<std::size_t>(slot);
                if constexpr (packed) {
                    auto const* const x = packed_at(slot);
                    for (std::size_t k = 0; k < powers_; ++k) {
                        bound_ += static_cast<double>(x[k] < 0 ? -x[k] : x[k]);
                    }
                    continue;
                }
                for (int k = blocks_[s].low; k < blocks_[s].high; ++k) {
                    auto const& x = pool_[s * width_ + static_cast<std::size_t>(k)];
                    bound_ += static_cast<double>(x < 0 ? -x : x);
                }
            }
            bound_ *= 2.0 * (1.0 + 1e-9);
            return bound_ < most;
        } else {
            return true;
        }
    }

    template <class Op>
    static void combine(C* to, C const* from, int low, int high, Op const& op) {
        // What has just been written in small portions is slow to read in wide ones, so that wide
        // registers do not pay for the few powers of most coefficients.
        constexpr int few = 12;
        if (high - low <= few) {
            for (int k = low; k < high; ++k) {
                op(to[k], from[k]);
                __asm__ volatile("");
            }
        } else {
            for (int k = low; k < high; ++k) op(to[k], from[k]);
        }
    }

    // Slot `to` (made where there is none) plus t^(half/2) times slot `from`.
    [[nodiscard]] std::int32_t plus(std::int32_t to, std::int32_t from, int half) {
        auto const f = static_cast<std::size_t>(from);
        auto const twice = blocks_[f].odd + half;
        auto const up = twice >> 1;
        if constexpr (packed) {
            bool const fresh = to < 0;
            if (fresh) {
                to = new_block();
                blocks_[static_cast<std::size_t>(to)].odd = twice & 1;
            }
            auto* const x = packed_at(to);
            auto const* const y = packed_at(from) - up;
            if (fresh) {
                for (std::size_t k = 0; k < powers_; k += lanes) store(x + k, loaded(y + k));
            } else {
                for (std::size_t k = 0; k < powers_; k += lanes) {
                    store(x + k, loaded(x + k) + loaded(y + k));
                }
            }
            return to;
        }
        int const low = blocks_[f].low + up;
        int const high = blocks_[f].high + up;
        if (to < 0) {
            to = new_block();
            auto const t = static_cast<std::size_t>(to);
            blocks_[t] = {low, high, twice & 1};
            auto* const x = pool_.data() + t * width_;
            auto const* const y = pool_.data() + f * width_ - up;
            combine(x, y, low, high, [](C& a, C const& b) { a = b; });
            return to;
        }
        auto const t = static_cast<std::size_t>(to);
        auto& target = blocks_[t];
        auto* const x = pool_.data() + t * width_;
        auto const* const y = pool_.data() + f * width_ - up;
        // Outside its window a block holds anything.
        while (target.low > low) x[--target.low] = C(0);
        while (target.high < high) x[target.high++] = C(0);
        combine(x, y, low, high, [](C& a, C const& b) { a += b; });
        return to;
    }

    void cup(std::uint32_t at, bracket_tables& tables) {
        ++m_;
        auto const* const target = tables.cup(m_, at);
        spare_.assign(catalan(m_), -1);
        for (std::size_t s = 0; s < slots_.size(); ++s) spare_[target[s]] = slots_[s];
        slots_.swap(spare_);
    }

    // A cup at `at` whose end crosses the strand beside it: joined, the cup comes to lie where the
    // crossing was.
    void cup_and_cross(std::uint32_t at, std::uint32_t crossing, int sign, bracket_tables& tables) {
        ++m_;
        auto const* const straight = tables.cup(m_, at);
        auto const* const joined = tables.cup(m_, crossing);
        spare_.assign(catalan(m_), -1);
        for (std::size_t s = 0; s < slots_.size(); ++s) {
            auto const slot = slots_[s];
            if (slot < 0) continue;
            spare_[straight[s]] = slot;
            spare_[joined[s]] = plus(-1, slot, sign);
        }
        slots_.swap(spare_);
    }

    void cross(std::uint32_t at, int sign, bracket_tables& tables) {
        auto const* const together = tables.cup(m_, at);
        auto const pairs = catalan(m_ - 1);
        for (std::uint32_t s = 0; s < pairs; ++s) {
            auto const slot = slots_[together[s]];
            if (slot < 0) continue;
            auto& b = blocks_[static_cast<std::size_t>(slot)];
            auto* const x = pool_.data() + static_cast<std::size_t>(slot) * width_;
            if constexpr (packed) {
                shift_negated(x + edge, sign, quad{});
                continue;
            }
            if (sign > 0) {
                for (int k = b.high; k > b.low; --k) {
                    x[k] = -x[k - 1];
                    __asm__ volatile("");
                }
            } else {
                for (int k = b.low; k < b.high; ++k) {
                    x[k - 1] = -x[k];
                    __asm__ volatile("");
                }
            }
            b.low += sign;
            b.high += sign;
        }
        auto const states = static_cast<std::uint32_t>(slots_.size());
        if (m_ <= ready_brackets) {
            auto const count = states - pairs;
            auto const* const pair =
                ready_bracket_tables.pairs.data() + ready_rows[m_][2] + at * count;
            for (std::uint32_t k = 0; k < count; ++k) {
                auto const slot = slots_[pair[k].from];
                if (slot < 0) continue;
                auto& target = slots_[pair[k].to];
                target = plus(target, slot, sign);
            }
            return;
        }
        auto const* const joined = tables.cap(m_, at);
        for (std::uint32_t s = 0; s < states; ++s) {
            if ((joined[s] & closes_loop) != 0 || slots_[s] < 0) continue;
            auto const target = together[joined[s]];
            slots_[target] = plus(slots_[target], slots_[s], sign);
        }
    }

    void cap(std::uint32_t at, bracket_tables& tables) {
        auto const* const joined = tables.cap(m_, at);
        bool const final = m_ == 1;
        --m_;
        spare_.assign(catalan(m_), -1);
        for (std::size_t s = 0; s < slots_.size(); ++s) {
            auto const slot = slots_[s];
            if (slot < 0) continue;
            if ((joined[s] & closes_loop) != 0 && !final) loop(slot);
            auto& target = spare_[joined[s] & ~closes_loop];
            if (target < 0) {
                target = slot;
            } else {
                target = plus(target, slot, 0);
                free_.push_back(slot);
            }
        }
        slots_.swap(spare_);
    }

    // x[k] = -(x[k - sign] + x[k]), the latter where `both` has all bits.
    void shift_negated(std::int32_t* x, int sign, quad const& both) noexcept {
        if (sign > 0) {
            for (auto k = powers_; k > 0; k -= lanes) {
                auto* const at = x + k - lanes;
                store(at, -(loaded(at - 1) + (loaded(at) & both)));
            }
        } else {
            for (std::size_t k = 0; k < powers_; k += lanes) {
                store(x + k, -(loaded(x + k + 1) + (loaded(x + k) & both)));
            }
        }
    }

    // Times -(t^1/2 + t^-1/2), in place.
    void loop(std::int32_t slot) {
        auto const s = static_cast<std::size_t>(slot);
        auto& b = blocks_[s];
        auto* const x = pool_.data() + s * width_;
        if constexpr (packed) {
            shift_negated(x + edge, b.odd != 0 ? 1 : -1, ~quad{});
            b.odd ^= 1;
            return;
        }
        // From an odd block, exponents e + 1/2 give e and e + 1: the lower ones stay in place.
        if (b.odd != 0) {
            x[b.high] = C(0);
            for (int k = b.high; k > b.low; --k) x[k] = -(x[k] + x[k - 1]);
            x[b.low] = -x[b.low];
            ++b.high;
        } else {
            x[b.low - 1] = C(0);
            for (int k = b.low - 1; k + 1 < b.high; ++k) x[k] = -(x[k] + x[k + 1]);
            x[b.high - 1] = -x[b.high - 1];
            --b.low;
        }
        b.odd ^= 1;
    }

    void turn() {
        spare_.assign(slots_.size(), -1);
        for (std::uint32_t s = 0; s < slots_.size(); ++s) {
            if (slots_[s] >= 0) spare_[turned(m_, s)] = slots_[s];
        }
        slots_.swap(spare_);
    }

    std::vector<std::int32_t> slots_, spare_, free_;
    std::vector<block> blocks_;
    std::vector<C> pool_;
    static constexpr std::size_t most_packed = 48;
    std::size_t width_ = 0;
    std::size_t powers_ = 0;
    std::int64_t low_ = 0;
    double bound_ = 1.0;
    std::uint32_t m_ = 0;
};

/// V from the bracket: times (-1)^w t^(w/2).
template <class Integer, class C>
[[nodiscard]] std::optional<basic_laurent<Integer>> jones_from(bracket_sum<C> const& sum,
                                                               std::int64_t writhe) {
    auto const from = sum.coefficients();
    std::vector<Integer> out(from.size(), Integer(0));
    bool const negative = writhe % 2 != 0;
    for (std::size_t k = 0; k < from.size(); ++k) {
        C const x = negative ? C(-from[k]) : from[k];
        if constexpr (std::is_same_v<Integer, std::int64_t> && std::is_same_v<C, i128>) {
            if (x > std::numeric_limits<std::int64_t>::max() ||
                x < std::numeric_limits<std::int64_t>::min()) {
                return std::nullopt;
            }
            out[k] = static_cast<std::int64_t>(x);
        } else {
            out[k] = Integer(x);
        }
    }
    return basic_laurent<Integer>(sum.twice_low() + writhe, std::move(out));
}

} // namespace detail

/// Memory that calculations of Jones polynomials use again, for those who do many. One a thread.
class jones_workspace {
public:
    jones_workspace() = default;

    /// Internal.
    [[nodiscard]] detail::bracket_sum<std::int64_t>& sum() noexcept { return sum_; }
    /// Internal.
    [[nodiscard]] detail::bracket_sum<std::int32_t>& small_sum() noexcept { return small_sum_; }
    /// Internal.
    [[nodiscard]] detail::closed_word& word() noexcept { return word_; }
    /// Internal.
    [[nodiscard]] detail::bracket_tables& tables() noexcept { return tables_; }
    /// Internal.
    [[nodiscard]] detail::sweep_planner& planner() noexcept { return planner_; }

private:
    detail::bracket_sum<std::int32_t> small_sum_;
    detail::bracket_sum<std::int64_t> sum_;
    detail::closed_word word_;
    detail::bracket_tables tables_;
    detail::sweep_planner planner_;
};

namespace detail {

template <class Integer>
[[nodiscard]] outcome<basic_laurent<Integer>> jones_of_piece(piece const& p, limits const& l,
                                                             jones_workspace& w, double& spent) {
    using result = outcome<basic_laurent<Integer>>;
    auto const& plan = w.planner().best(p, l.max_strands_state_space, 0.2);
    auto const states = [](int m) {
        return static_cast<double>(catalan(static_cast<std::uint32_t>(m)));
    };
    auto const length = [](std::int64_t letters, std::int64_t caps) {
        return static_cast<double>(letters + caps + 3);
    };
    // Room grows by doubling, for which it is held twice.
    auto const held = [&](std::int64_t) {
        return 3.0 *
               static_cast<double>(static_cast<std::int64_t>(p.letters.size()) + plan.caps + 40);
    };
    auto const before = spent;
    double bytes = 0.0;
    if (auto refusal = sweep_refusal("Jones", plan, p, l, states, length, held, spent, bytes);
        !refusal.empty()) {
        return result::over_budget(std::move(refusal));
    }
    std::int64_t writhe = 0;
    for (auto const& letter : p.letters) writhe += letter.sign;
    auto const stopped = [] { return result::over_budget("Jones was cancelled"); };
    switch (w.small_sum().run(plan, l, w.tables())) {
    case sweep_end::done:
        return result::of(*jones_from<Integer>(w.small_sum(), writhe));
    case sweep_end::cancelled:
        return stopped();
    case sweep_end::overflow:
        break;
    }
    switch (w.sum().run(plan, l, w.tables())) {
    case sweep_end::done:
        return result::of(*jones_from<Integer>(w.sum(), writhe));
    case sweep_end::cancelled:
        return stopped();
    case sweep_end::overflow:
        break;
    }
    w.small_sum().release_much();
    w.sum().release_much();
    {
        if (auto refusal =
                memory_refusal("Jones in 128-bit integers", 2.0 * bytes, states(plan.width), l);
            !refusal.empty()) {
            return result::over_budget(std::move(refusal));
        }
        bracket_sum<i128> wide;
        auto const end = wide.run(plan, l, w.tables());
        if (end == sweep_end::cancelled) return stopped();
        if (end == sweep_end::done) {
            if (auto fitting = jones_from<Integer>(wide, writhe)) {
                return result::of(*std::move(fitting));
            }
        }
    }
    if constexpr (!std::is_same_v<Integer, std::int64_t>) {
        spent += (spent - before) * integer_traits<Integer>::product_cost;
        if (auto refusal = work_refusal("Jones in large integers", spent, l); !refusal.empty()) {
            return result::over_budget(std::move(refusal));
        }
        auto const bits = static_cast<double>(p.letters.size()) + static_cast<double>(plan.caps);
        if (auto refusal =
                memory_refusal("Jones in large integers", unbounded_share<Integer>(bits) * bytes,
                               states(plan.width), l);
            !refusal.empty()) {
            return result::over_budget(std::move(refusal));
        }
        bracket_sum<Integer> unbounded;
        if (unbounded.run(plan, l, w.tables()) == sweep_end::cancelled) return stopped();
        return result::of(*jones_from<Integer>(unbounded, writhe));
    }
    return result::overflow("a coefficient of the Jones polynomial does not fit the integer type");
}

/// Jones multiplies over pieces; every further part brings the factor -(t^1/2 + t^-1/2).
template <class Integer>
[[nodiscard]] outcome<basic_laurent<Integer>> jones_of(simplified const& s, limits const& l,
                                                       jones_workspace& w) {
    using result = outcome<basic_laurent<Integer>>;
    auto const splits = s.parts() - 1;
    if (static_cast<double>(splits) * static_cast<double>(splits) >
        static_cast<double>(l.max_operations)) {
        return result::over_budget("Jones of " + to_text(s.parts()) +
                                   " split parts is over the budget of operations");
    }
    auto const overflow = [] {
        return result::overflow(
            "a coefficient of the Jones polynomial does not fit the integer type");
    };
    double spent = 0.0;
    if (s.pieces.size() == 1 && splits == 0) {
        return jones_of_piece<Integer>(s.pieces[0], l, w, spent);
    }
    std::vector<basic_laurent<Integer>> factors;
    for (auto const& p : s.pieces) {
        auto factor = jones_of_piece<Integer>(p, l, w, spent);
        if (!factor.value) return factor;
        factors.push_back(*std::move(factor.value));
    }
    basic_laurent<Integer> out(0, {Integer(1)});
    // How long the product gets is known before it is made.
    auto length = static_cast<double>(out.span() + 1);
    for (auto const& f : factors) {
        auto const own = static_cast<double>(f.span() + 1);
        spent += length * own * integer_traits<Integer>::product_cost;
        length += own - 1.0;
    }
    auto const many = static_cast<double>(splits);
    spent += many * (2.0 * length + many) * integer_traits<Integer>::product_cost;
    if (auto refusal = work_refusal("Jones of " + to_text(s.pieces.size()) + " pieces in " +
                                        to_text(s.parts()) + " split parts",
                                    spent, l);
        !refusal.empty()) {
        return result::over_budget(std::move(refusal));
    }
    for (auto const& factor : factors) {
        auto next = try_multiply(out, factor);
        if (!next) return overflow();
        out = *std::move(next);
    }
    for (std::int64_t k = 0; k < splits; ++k) {
        auto next = try_multiply(out, basic_laurent<Integer>(-1, {Integer(-1), Integer(-1)}));
        if (!next) return overflow();
        out = *std::move(next);
    }
    return result::of(std::move(out));
}

template <class Integer>
[[nodiscard]] outcome<basic_laurent<Integer>> jones_of(simplified const& s, limits const& l) {
    jones_workspace workspace;
    return jones_of<Integer>(s, l, workspace);
}

} // namespace detail

/// Jones's polynomial: V(unknot) = 1, t^-1 V(+) - t V(-) = (t^1/2 - t^-1/2) V(0), half-integer
/// exponents for an even number of components. By Kauffman's bracket of a disc that grows over the
/// diagram: where 2m strands cross its boundary there are Catalan(m) states, each with a
/// polynomial. m is at most the number of strands (after reduction), and much less for long words
/// on many strands. Throws invalid_argument naming `limits`, with an estimate and before anything
/// is computed, where the budget is exceeded; overflow_error where a coefficient does not fit
/// Integer.
template <class Integer = std::int64_t>
[[nodiscard]] basic_laurent<Integer> jones(braid const& b, limits const& l,
                                           jones_workspace& workspace) {
    return detail::jones_of<Integer>(detail::simplify_for_states(b, l, workspace.word()), l,
                                     workspace)
        .unwrap();
}

template <class Integer = std::int64_t>
[[nodiscard]] basic_laurent<Integer> jones(braid const& b, limits const& l = {}) {
    jones_workspace workspace;
    return jones<Integer>(b, l, workspace);
}

} // namespace weft::inline v0::knot
