#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "weft/core/error.hpp"
#include "weft/core/number.hpp"
#include "weft/knot/braid.hpp"
#include "weft/knot/integer.hpp"
#include "weft/knot/limits.hpp"
#include "weft/knot/modular.hpp"
#include "weft/knot/outcome.hpp"
#include "weft/knot/simplify.hpp"
#include "weft/knot/sweep.hpp"

namespace weft::inline v0::knot {

/// One term `coefficient v^v z^z` of a HOMFLY-PT polynomial.
template <class Integer>
struct basic_homfly_term {
    int v = 0;
    int z = 0;
    Integer coefficient{};

    [[nodiscard]] friend bool operator==(basic_homfly_term const&,
                                         basic_homfly_term const&) = default;
};

using homfly_term = basic_homfly_term<std::int64_t>;

/// A HOMFLY-PT polynomial: its terms, sorted by v, then z; no coefficient is 0.
template <class Integer>
using basic_homfly = std::vector<basic_homfly_term<Integer>>;

using homfly_polynomial = basic_homfly<std::int64_t>;

namespace detail {

/// All permutations of 0..m-1 in lexicographic order, packed by nibbles: nibble k of `image` is the
/// value at k, nibble v of `place` is where v is.
struct packed_permutation {
    std::uint64_t image = 0;
    std::uint64_t place = 0;
};

inline constexpr std::array<std::uint32_t, 13> factorials{
    1, 1, 2, 6, 24, 120, 720, 5040, 40320, 362880, 3628800, 39916800, 479001600};

inline constexpr std::uint64_t every_nibble = 0x1111'1111'1111'1111ULL;

/// The permutations of m from those of m - 1.
constexpr void extend_permutations(packed_permutation const* shorter, std::uint32_t m,
                                   packed_permutation* out) {
    auto const count = factorials[m - 1];
    for (std::uint32_t first = 0; first < m; ++first) {
        for (std::uint32_t r = 0; r < count; ++r, ++out) {
            // Values from `first` on grow by 1, places by 1.
            auto const places =
                shorter[r].place + (every_nibble & ((std::uint64_t{1} << (4U * (m - 1))) - 1));
            auto const low = (std::uint64_t{1} << (4U * first)) - 1;
            out->place = (places & low) | ((places & ~low) << 4U);
            std::uint64_t image = 0;
            for (std::uint32_t v = 0; v < m; ++v) {
                image |= std::uint64_t{v} << (4U * (out->place >> (4U * v) & 15U));
            }
            out->image = image;
        }
    }
}

inline constexpr std::uint32_t ready_permutations = 5;

/// Those up to ready_permutations, one after another.
inline constexpr auto small_permutations = [] {
    std::array<packed_permutation, 1 + 1 + 2 + 6 + 24 + 120> all{};
    std::size_t at = 1;
    for (std::uint32_t m = 1; m <= ready_permutations; ++m) {
        extend_permutations(all.data() + at - factorials[m - 1], m, all.data() + at);
        at += factorials[m];
    }
    return all;
}();

/// Two states that differ by exchanging two neighbouring values, of which `first` has the smaller
/// one in the higher layer.
struct state_pair {
    std::uint8_t first = 0;
    std::uint8_t second = 0;
};

/// Where the tables for m strands begin, in which there are `per(m)` entries for each.
template <class Per>
[[nodiscard]] constexpr std::size_t small_offset(std::uint32_t m, Per const& per) noexcept {
    std::size_t at = 0;
    for (std::uint32_t k = 1; k < m; ++k) at += per(k);
    return at;
}
[[nodiscard]] constexpr std::size_t pairs_per(std::uint32_t m) noexcept {
    return std::size_t{m - 1} * factorials[m] / 2;
}
[[nodiscard]] constexpr std::size_t sources_per(std::uint32_t m) noexcept {
    return std::size_t{m} * m * factorials[m - 1];
}

[[nodiscard]] constexpr packed_permutation const* ready_table(std::uint32_t m) noexcept {
    std::size_t at = 0;
    for (std::uint32_t k = 0; k < m; ++k) at += factorials[k];
    return small_permutations.data() + at;
}

/// The rank of the permutation with entry k (whose value is x) left out, of which only what comes
/// before k matters: to be multiplied by (m - 1 - k)!.
[[nodiscard]] constexpr std::uint32_t rank_without(std::uint64_t image, std::uint32_t m,
                                                   std::uint32_t k, std::uint32_t x) noexcept {
    std::uint64_t ranks = 0xfedc'ba98'7654'3210ULL - (every_nibble << (4U * x + 4U));
    std::uint32_t rank = 0;
    for (std::uint32_t p = 0; p < k; ++p) {
        auto const v = static_cast<unsigned>(image >> (4U * p) & 15U);
        rank = rank * (m - 1 - p) + static_cast<std::uint32_t>(ranks >> (4U * v) & 15U);
        ranks -= every_nibble << (4U * v + 4U);
    }
    return rank;
}

struct small_transitions {
    /// For each pair of neighbouring values i, i + 1.
    std::array<state_pair, small_offset(ready_permutations + 1, pairs_per)> pairs{};
    /// For each layer k and value x, in the order of the states without that entry.
    std::array<std::uint8_t, small_offset(ready_permutations + 1, sources_per)> sources{};
};

inline constexpr auto ready_transitions = [] {
    small_transitions t;
    std::size_t at = 0;
    for (std::uint32_t m = 1; m <= ready_permutations; ++m) {
        auto const* const perms = ready_table(m);
        for (std::uint32_t i = 0; i + 1 < m; ++i) {
            for (std::uint32_t s = 0; s < factorials[m]; ++s) {
                auto const here = perms[s].place >> (4U * i) & 15U;
                if (here > (perms[s].place >> (4U * i + 4U) & 15U)) continue;
                t.pairs[at++] = {static_cast<std::uint8_t>(s),
                                 static_cast<std::uint8_t>(s + factorials[m - 1 - here])};
            }
        }
        auto const start = small_offset(m, sources_per);
        for (std::uint32_t k = 0; k < m; ++k) {
            auto const rest = factorials[m - 1 - k];
            for (std::uint32_t s = 0; s < factorials[m]; ++s) {
                auto const x = static_cast<std::uint32_t>(perms[s].image >> (4U * k) & 15U);
                auto const target = rank_without(perms[s].image, m, k, x) * rest + s % rest;
                t.sources[start + (k * m + x) * factorials[m - 1] + target] =
                    static_cast<std::uint8_t>(s);
            }
        }
    }
    return t;
}();

/// Room for coefficients, which are not touched before they are used.
template <class C>
class coefficient_pool {
public:
    void clear() noexcept { used_ = 0; }
    void reserve(std::size_t size) {
        if (size <= capacity_) return;
        auto next = std::make_unique_for_overwrite<C[]>(size);
        for (std::size_t k = 0; k < used_; ++k) next[k] = std::move(data_[k]);
        data_ = std::move(next);
        capacity_ = size;
    }
    void extend(std::size_t by) {
        if (used_ + by > capacity_) reserve(2 * (used_ + by) + 64);
        used_ += by;
    }
    [[nodiscard]] C* data() noexcept { return data_.get(); }
    [[nodiscard]] C const* data() const noexcept { return data_.get(); }

private:
    std::unique_ptr<C[]> data_;
    std::size_t used_ = 0;
    std::size_t capacity_ = 0;
};

/// A sum over the layered tangles in a disc, which are a basis of its HOMFLY-PT skein module.
///
/// With P = v^writhe H the skein relation is H(+) - H(-) = z H(0), a loop is worth
/// (v^-1 - v) / z and a curl v^-sign. A basis tangle connects each point where a strand goes in
/// with one where a strand comes out; its arcs are unknotted and lie in layers, one above another
/// in a fixed order of the points in. State number s is permutation s (of points out, by layer) in
/// lexicographic order. A crossing that agrees with the layers permutes the states; one that does
/// not is changed, which adds the smoothed state times +-z. Capping an arc's end to another's
/// beginning needs them in neighbouring layers, so layers are exchanged first, each time by the
/// same rule. After: R. Jenkins, A dynamic programming approach to calculating the HOMFLY
/// polynomial for directed knots and links (1989); H. Morton and H. Short, Calculating the
/// 2-variable polynomial for knots presented as closed braids (1990).
template <class C>
class layered_sum {
public:
    /// Runs the whole sweep. Overflow: a coefficient might not fit C.
    [[nodiscard]] sweep_end run(sweep const& plan, limits const& l) {
        prepare(plan);
        for (auto const& step : plan.steps) {
            if (cancelled(l)) return sweep_end::cancelled;
            bool fitting = true;
            switch (step.what) {
            case sweep_step::kind::cup_in_out:
                cup(step.at, true);
                break;
            case sweep_step::kind::cup_out_in:
                cup(step.at, false);
                break;
            case sweep_step::kind::cross:
                fitting = cross(step.at, step.sign);
                break;
            case sweep_step::kind::cap:
                fitting = cap(step.at);
                break;
            case sweep_step::kind::turn:
                turn();
                break;
            }
            if (!fitting) return sweep_end::overflow;
        }
        return sweep_end::done;
    }

    /// Calls `f(v, z, coefficient)` for each term of H, of which one loop is left out: sorted by v,
    /// then z.
    template <class F>
    void each_term(F&& f) const {
        if (slots_.empty() || slots_[0] < 0) return;
        auto const& b = blocks_[static_cast<std::size_t>(slots_[0])];
        auto const* const c = pool_.data() + static_cast<std::size_t>(slots_[0]) * stride_;
        for (int row = 0; row < rows_; ++row) {
            for (int k = b.low; k < b.high; ++k) {
                auto const& x = c[(first_row_ + row) * width_ + k];
                if (x != 0) f(v_base_ + 2 * row + b.odd_v, z_base_ + 2 * k + b.odd_z, x);
            }
        }
    }

private:
    // A coefficient: rows of powers of v, each the powers low..high-1 of z^2.
    struct block {
        int low = 0;
        int high = 0;
        int odd_v = 0;
        int odd_z = 0;
    };
    struct boundary_point {
        bool goes_out = false;
        int layer = 0; // of a point in; 0 is the top
    };

    static constexpr bool bounded = std::is_same_v<C, std::int64_t> || std::is_same_v<C, i128>;
    static constexpr double most = std::is_same_v<C, std::int64_t> ? 0x1p62 : 0x1p126;

    void prepare(sweep const& plan) {
        // Powers of z lie between -loops and +crossings.
        int crossings = 0;
        for (auto const& s : plan.steps) crossings += s.what == sweep_step::kind::cross ? 1 : 0;
        z_base_ = -2 * (plan.caps / 2 + 1);
        width_ = crossings / 2 - z_base_ / 2 + 2;
        rows_ = 1;
        first_row_ = 0;
        v_base_ = 0;
        stride_ = static_cast<std::size_t>(width_);
        size_ = 0;
        m_ = 0;
        bound_ = 1.0;
        blocks_.clear();
        pool_.clear();
        tables_.resize(plan.width > static_cast<int>(ready_permutations)
                           ? static_cast<std::size_t>(plan.width) - ready_permutations
                           : 0);
        for (std::size_t k = 0; k < tables_.size(); ++k) {
            auto const m = ready_permutations + 1 + static_cast<std::uint32_t>(k);
            if (!tables_[k].empty()) continue;
            tables_[k].resize(factorials[m]);
            extend_permutations(permutations(m - 1), m, tables_[k].data());
        }
        slots_.assign(1, new_block({-z_base_ / 2, -z_base_ / 2 + 1, 0, 0}));
        pool_.data()[-z_base_ / 2] = C(1);
    }

    [[nodiscard]] packed_permutation const* permutations(std::uint32_t m) const noexcept {
        return m > ready_permutations ? tables_[m - ready_permutations - 1].data() : ready_table(m);
    }

    [[nodiscard]] std::int32_t new_block(block const& b) {
        blocks_.push_back(b);
        pool_.extend(stride_);
        return static_cast<std::int32_t>(blocks_.size()) - 1;
    }

    // Whether sums of `factor` coefficients fit.
    [[nodiscard]] bool fits(double factor) {
        if constexpr (bounded) {
            if (bound_ * factor < most) {
                bound_ *= factor;
                return true;
            }
            C largest = 0;
            for (std::size_t s = 0; s < blocks_.size(); ++s) {
                auto const* c = pool_.data() + s * stride_ + first_row_ * width_;
                for (int row = 0; row < rows_; ++row, c += width_) {
                    for (int k = blocks_[s].low; k < blocks_[s].high; ++k) {
                        auto const size = c[k] < 0 ? -c[k] : c[k];
                        if (size > largest) largest = size;
                    }
                }
            }
            bound_ = static_cast<double>(largest) * (1.0 + 1e-9) * factor;
            return bound_ < most;
        } else {
            return true;
        }
    }

    // Makes a block's window reach from low to high; what is new is 0.
    static void widen(C* c, block& b, int rows, int width, int low, int high) {
        if (low < b.low) {
            for (int row = 0; row < rows; ++row) {
                for (int k = low; k < b.low; ++k) {
                    c[row * width + k] = C(0);
                    __asm__ volatile("");
                }
            }
            b.low = low;
        }
        if (high > b.high) {
            for (int row = 0; row < rows; ++row) {
                for (int k = b.high; k < high; ++k) {
                    c[row * width + k] = C(0);
                    __asm__ volatile("");
                }
            }
            b.high = high;
        }
    }

    // to += (or -=, or =, or = -) from, in powers low to high - 1 of `from`.
    template <class Op>
    static void combine(C* to, C const* from, int rows, int width, int low, int high,
                        Op const& op) {
        // What has just been written in small portions is slow to read in wide ones, so that wide
        // registers do not pay for the few powers of most coefficients.
        constexpr int few = 12;
        for (int row = 0; row < rows; ++row, to += width, from += width) {
            if (high - low <= few) {
                for (int k = low; k < high; ++k) {
                    op(to[k], from[k]);
                    __asm__ volatile("");
                }
            } else {
                for (int k = low; k < high; ++k) op(to[k], from[k]);
            }
        }
    }

    // The slot `to` (made where there is none) plus sign z times slot `from`.
    [[nodiscard]] std::int32_t plus_z(std::int32_t to, std::int32_t from, int sign) {
        auto const f = static_cast<std::size_t>(from);
        if (blocks_[f].high >= width_) trim(blocks_[f], f);
        auto const& held = blocks_[f];
        int const low = held.low;
        int const high = held.high;
        int const up = held.odd_z;
        bool const made = to < 0;
        if (made) {
            to = new_block({low + up, high + up, held.odd_v, up ^ 1});
        }
        auto const t = static_cast<std::size_t>(to);
        auto const first = first_row_ * width_;
        auto* const x = pool_.data() + t * stride_ + first;
        auto const* const y = pool_.data() + f * stride_ + first;
        if (made) {
            if (sign > 0) {
                combine(x + up, y, rows_, width_, low, high, [](C& a, C const& b) { a = b; });
            } else {
                combine(x + up, y, rows_, width_, low, high, [](C& a, C const& b) { a = -b; });
            }
            return to;
        }
        widen(x, blocks_[t], rows_, width_, low + up, high + up);
        if (sign > 0) {
            combine(x + up, y, rows_, width_, low, high, [](C& a, C const& b) { a += b; });
        } else {
            combine(x + up, y, rows_, width_, low, high, [](C& a, C const& b) { a -= b; });
        }
        return to;
    }

    // Powers that have cancelled must not push a block beyond its width.
    void trim(block& b, std::size_t slot) const {
        auto const* const c = pool_.data() + slot * stride_;
        auto const zero = [&](int k) {
            for (int row = 0; row < rows_; ++row) {
                if (c[(first_row_ + row) * width_ + k] != 0) return false;
            }
            return true;
        };
        while (b.high > b.low && zero(b.high - 1)) --b.high;
    }

    // A strand that only passes the disc's edge, in the top layer.
    void cup(int at, bool in_first) {
        int label = 0;
        for (int k = 0; k < size_; ++k) {
            if (!boundary_[static_cast<std::size_t>(k)].goes_out) {
                ++boundary_[static_cast<std::size_t>(k)].layer;
            } else if (k < at) {
                ++label;
            }
        }
        for (int k = size_ - 1; k >= at; --k) {
            boundary_[static_cast<std::size_t>(k) + 2] = boundary_[static_cast<std::size_t>(k)];
        }
        boundary_[static_cast<std::size_t>(at)] = {!in_first, 0};
        boundary_[static_cast<std::size_t>(at) + 1] = {in_first, 0};
        size_ += 2;
        auto const old = factorials[m_];
        ++m_;
        spare_slots_.assign(factorials[m_], -1);
        auto const offset = static_cast<std::uint32_t>(label) * old;
        for (std::uint32_t s = 0; s < old; ++s) spare_slots_[offset + s] = slots_[s];
        slots_.swap(spare_slots_);
    }

    [[nodiscard]] int label_at(int at) const noexcept {
        int label = 0;
        for (int k = 0; k < at; ++k) {
            label += boundary_[static_cast<std::size_t>(k)].goes_out ? 1 : 0;
        }
        return label;
    }

    // Exchanges states i and j, of which i is the one whose crossing was against the layers.
    void exchange(std::uint32_t i, std::uint32_t j, int sign) {
        // Afterwards j has what i had, and i what j had plus sign z times its own.
        auto const a = slots_[i];
        auto const b = slots_[j];
        slots_[j] = a;
        slots_[i] = a < 0 ? b : plus_z(b, a, sign);
    }

    // Two states that the crossing exchanges, the first with the left strand in the higher layer.
    void cross_pair(std::uint32_t s, std::uint32_t t, int sign) {
        if (slots_[s] < 0 && slots_[t] < 0) return;
        // The strand from the right is over where the sign is positive.
        if (sign > 0) {
            exchange(s, t, 1);
        } else {
            exchange(t, s, -1);
        }
    }

    void prefetch(std::uint32_t s) const noexcept {
        auto const slot = slots_[s];
        if (slot < 0) return;
        auto const at = static_cast<std::size_t>(slot);
        __builtin_prefetch(blocks_.data() + at);
        auto const* const c = pool_.data() + at * stride_ + first_row_ * width_ - z_base_ / 2;
        __builtin_prefetch(c);
        __builtin_prefetch(c + 8);
    }

    [[nodiscard]] bool cross(int at, int sign) {
        if (!fits(2.0)) return false;
        auto const i = static_cast<unsigned>(label_at(at));
        if (m_ <= ready_permutations) {
            auto const half = factorials[m_] / 2;
            auto const* const pairs =
                ready_transitions.pairs.data() + small_offset(m_, pairs_per) + i * half;
            for (std::uint32_t k = 0; k < half; ++k) {
                cross_pair(pairs[k].first, pairs[k].second, sign);
            }
            return true;
        }
        auto const* const perms = permutations(m_);
        auto const states = factorials[m_];
        // Pairs are found a little ahead of their use: their coefficients may be far away.
        constexpr std::uint32_t ahead = 16;
        std::array<std::array<std::uint32_t, 2>, ahead> waiting{};
        std::uint32_t found = 0;
        for (std::uint32_t s = 0; s < states; ++s) {
            auto const place = perms[s].place >> (4U * i);
            auto const here = place & 15U;
            if (here > (place >> 4U & 15U)) continue;
            auto const partner = s + factorials[m_ - 1 - here];
            auto& entry = waiting[found % ahead];
            if (found >= ahead) cross_pair(entry[0], entry[1], sign);
            entry = {s, partner};
            prefetch(s);
            prefetch(partner);
            ++found;
        }
        auto const rest = found < ahead ? found : ahead;
        for (std::uint32_t k = found - rest; k < found; ++k) {
            cross_pair(waiting[k % ahead][0], waiting[k % ahead][1], sign);
        }
        return true;
    }

    // The first point becomes the last.
    void turn() {
        auto const first = boundary_[0];
        for (int k = 1; k < size_; ++k) {
            boundary_[static_cast<std::size_t>(k) - 1] = boundary_[static_cast<std::size_t>(k)];
        }
        boundary_[static_cast<std::size_t>(size_) - 1] = first;
        if (!first.goes_out) return;
        auto const* const perms = permutations(m_);
        auto const states = factorials[m_];
        spare_slots_.assign(states, -1);
        for (std::uint32_t s = 0; s < states; ++s) {
            if (slots_[s] < 0) continue;
            std::uint64_t ranks = 0xfedc'ba98'7654'3210ULL;
            std::uint32_t rank = 0;
            for (std::uint32_t k = 0; k < m_; ++k) {
                auto const v = perms[s].image >> (4U * k) & 15U;
                auto const moved = v == 0 ? m_ - 1 : static_cast<std::uint32_t>(v) - 1;
                rank = rank * (m_ - k) + static_cast<std::uint32_t>(ranks >> (4U * moved) & 15U);
                ranks -= every_nibble << (4U * moved + 4U);
            }
            spare_slots_[rank] = slots_[s];
        }
        slots_.swap(spare_slots_);
    }

    // Whether c comes before d going counterclockwise from a.
    [[nodiscard]] bool ordered(int a, int c, int d) const noexcept {
        auto const from_a = [&](int x) { return x >= a ? x - a : x - a + size_; };
        return from_a(c) < from_a(d);
    }
    // Whether the chords from a to b and from c to d cross.
    [[nodiscard]] bool chords_cross(int a, int b, int c, int d) const noexcept {
        return ordered(a, c, b) != ordered(a, d, b);
    }

    // Exchanges layers l and l + 1 in the states where out `x` is in neither, and is below them
    // (or above).
    void swap_layers(std::uint32_t l, std::array<int, max_sweep_width> const& tail,
                     std::array<int, max_sweep_width> const& head, unsigned x, bool below) {
        auto const* const perms = permutations(m_);
        auto const states = factorials[m_];
        auto const step = factorials[m_ - 1 - l];
        auto const rest = factorials[m_ - 2 - l];
        auto const upper = tail[l];
        auto const lower = tail[l + 1];
        auto const digits = m_ - l;
        for (std::uint32_t base = 0; base < states; base += digits * step) {
            auto const x_place = perms[base].place >> (4U * x) & 15U;
            if ((x_place >= l) != below) continue;
            for (std::uint32_t d = 0; d + 1 < digits; ++d) {
                for (std::uint32_t e = d; e + 1 < digits; ++e) {
                    auto const s = base + d * step + e * rest;
                    auto const t = base + (e + 1) * step + d * rest;
                    auto const a = static_cast<unsigned>(perms[s].image >> (4U * l) & 15U);
                    auto const b = static_cast<unsigned>(perms[s].image >> (4U * l + 4U) & 15U);
                    if (a == x || b == x) continue;
                    // Which of the two states, if any, has these arcs cross?
                    bool const one = chords_cross(upper, head[a], lower, head[b]);
                    bool const other = !one && chords_cross(upper, head[b], lower, head[a]);
                    int const sign = ordered(upper, lower, one ? head[a] : head[b]) ? 1 : -1;
                    for (std::uint32_t r = 0; r < rest; ++r) {
                        if (one) {
                            exchange(s + r, t + r, sign);
                        } else if (other) {
                            exchange(t + r, s + r, sign);
                        } else {
                            std::swap(slots_[s + r], slots_[t + r]);
                        }
                    }
                }
            }
        }
    }

    // Slot `from` times v^shift, and over z where `drop`, into a state of the next sum.
    void accumulate(std::int32_t from, std::uint32_t state, int shift, bool drop, bool negative) {
        auto const f = static_cast<std::size_t>(from);
        auto const source = blocks_[f];
        auto const v = source.odd_v + shift;
        auto const row = v < 0 ? 0 : v > 1 ? 2 : 1;
        auto const up = drop && source.odd_z == 0 ? -1 : 0;
        auto const low = source.low + up;
        auto const high = source.high + up;
        auto& slot = spare_slots_[state];
        bool const made = slot < 0;
        if (made) {
            slot = static_cast<std::int32_t>(next_blocks_.size());
            next_blocks_.push_back({low, high, v & 1, source.odd_z ^ (drop ? 1 : 0)});
            next_pool_.extend(next_stride_);
        }
        auto const t = static_cast<std::size_t>(slot);
        auto* const whole = next_pool_.data() + t * next_stride_;
        auto* const x = whole + row * width_ + up;
        auto const* const y = pool_.data() + f * stride_ + first_row_ * width_;
        if (made) {
            for (int r = 0; r < rows_ + 2; ++r) {
                if (r >= row && r < row + rows_) continue;
                for (int k = low; k < high; ++k) whole[r * width_ + k] = C(0);
            }
            if (negative) {
                combine(x, y, rows_, width_, source.low, source.high,
                        [](C& a, C const& b) { a = -b; });
            } else {
                combine(x, y, rows_, width_, source.low, source.high,
                        [](C& a, C const& b) { a = b; });
            }
            return;
        }
        widen(whole, next_blocks_[t], rows_ + 2, width_, low, high);
        if (negative) {
            combine(x, y, rows_, width_, source.low, source.high, [](C& a, C const& b) { a -= b; });
        } else {
            combine(x, y, rows_, width_, source.low, source.high, [](C& a, C const& b) { a += b; });
        }
    }

    // Takes the states that have out `x` at layer k into the next sum, where that entry is left
    // out: a loop, or the arc of layer k joined to that of the neighbouring layer `beside`.
    void join(std::uint32_t k, std::uint32_t beside, unsigned x,
              std::array<int, max_sweep_width> const& tail,
              std::array<int, max_sweep_width> const& head) {
        auto const* const perms = permutations(m_);
        bool const loop = k == beside;
        bool const last = m_ == 1;
        // The arc joined on may cross the one that it continues: a curl.
        std::array<signed char, max_sweep_width> curl{};
        if (!loop) {
            auto const in = tail[k];
            auto const next = tail[beside];
            for (std::uint32_t h = 0; h < m_; ++h) {
                if (h == x || !chords_cross(in, head[x], next, head[h])) continue;
                bool const positive =
                    beside < k ? ordered(next, in, head[h]) : ordered(in, next, head[x]);
                curl[h] = positive ? -1 : 1;
            }
        }
        auto const take = [&](std::uint32_t s, std::uint32_t target) {
            auto const from = slots_[s];
            if (from < 0) return;
            if (last) {
                accumulate(from, target, 0, false, false);
            } else if (loop) {
                accumulate(from, target, -1, true, false);
                accumulate(from, target, 1, true, true);
            } else {
                auto const h = perms[s].image >> (4U * beside) & 15U;
                accumulate(from, target, curl[h], false, false);
            }
            slots_[s] = -1;
        };
        if (m_ <= ready_permutations) {
            auto const count = factorials[m_ - 1];
            auto const* const sources = ready_transitions.sources.data() +
                                        small_offset(m_, sources_per) + (k * m_ + x) * count;
            for (std::uint32_t t = 0; t < count; ++t) take(sources[t], t);
            return;
        }
        auto const states = factorials[m_];
        auto const rest = factorials[m_ - 1 - k];
        for (std::uint32_t base = 0; base < states; base += rest) {
            if ((perms[base].image >> (4U * k) & 15U) != x) continue;
            auto const target = rank_without(perms[base].image, m_, k, x) * rest;
            for (std::uint32_t r = 0; r < rest; ++r) take(base + r, target + r);
        }
    }

    [[nodiscard]] bool cap(int at) {
        auto const after = at + 1 < size_ ? at + 1 : 0;
        bool const out_first = boundary_[static_cast<std::size_t>(at)].goes_out;
        auto const x = static_cast<unsigned>(label_at(out_first ? at : after));
        auto const in = boundary_[static_cast<std::size_t>(out_first ? after : at)];
        auto const y = static_cast<std::uint32_t>(in.layer);
        std::array<int, max_sweep_width> tail{};
        std::array<int, max_sweep_width> head{};
        for (int k = 0, label = 0; k < size_; ++k) {
            auto const& p = boundary_[static_cast<std::size_t>(k)];
            if (p.goes_out) {
                head[static_cast<std::size_t>(label++)] = k;
            } else {
                tail[static_cast<std::size_t>(p.layer)] = k;
            }
        }
        if (!fits(2.0 * static_cast<double>(m_) + 1.0)) return false;
        spare_slots_.assign(factorials[m_ - 1], -1);
        next_blocks_.clear();
        next_pool_.clear();
        next_stride_ = static_cast<std::size_t>((rows_ + 2) * width_);
        if (m_ > ready_permutations) next_pool_.reserve(blocks_.size() / m_ * next_stride_);
        join(y, y, x, tail, head);
        // The arc that begins at the cap goes down through the layers, then (elsewhere) up.
        auto moved = tail;
        for (auto l = y; l + 1 < m_; ++l) {
            join(l + 1, l, x, moved, head);
            if (l + 2 >= m_) break;
            if (!fits(2.0)) return false;
            swap_layers(l, moved, head, x, true);
            std::swap(moved[l], moved[l + 1]);
        }
        moved = tail;
        for (auto l = y; l > 0; --l) {
            join(l - 1, l, x, moved, head);
            if (l == 1) break;
            if (!fits(2.0)) return false;
            swap_layers(l - 1, moved, head, x, false);
            std::swap(moved[l], moved[l - 1]);
        }
        slots_.swap(spare_slots_);
        blocks_.swap(next_blocks_);
        std::swap(pool_, next_pool_);
        stride_ = next_stride_;
        v_base_ -= 2;
        first_row_ = 0;
        rows_ += 2;
        trim_rows();
        --m_;
        for (int k = 0; k < size_; ++k) {
            auto& p = boundary_[static_cast<std::size_t>(k)];
            if (!p.goes_out && p.layer > in.layer) --p.layer;
        }
        int kept = 0;
        for (int k = 0; k < size_; ++k) {
            if (k == at || k == after) continue;
            boundary_[static_cast<std::size_t>(kept++)] = boundary_[static_cast<std::size_t>(k)];
        }
        size_ = kept;
        return true;
    }

    // Leaves out powers of v that no state has.
    void trim_rows() {
        auto const zero = [&](int row) {
            for (std::size_t s = 0; s < blocks_.size(); ++s) {
                auto const* const c =
                    pool_.data() + s * stride_ + static_cast<std::size_t>(row * width_);
                for (int k = blocks_[s].low; k < blocks_[s].high; ++k) {
                    if (c[k] != 0) return false;
                }
            }
            return true;
        };
        while (rows_ > 1 && zero(first_row_)) {
            ++first_row_;
            --rows_;
            v_base_ += 2;
        }
        while (rows_ > 1 && zero(first_row_ + rows_ - 1)) --rows_;
    }

    std::vector<std::vector<packed_permutation>> tables_;
    std::vector<std::int32_t> slots_, spare_slots_;
    std::vector<block> blocks_, next_blocks_;
    coefficient_pool<C> pool_, next_pool_;
    std::array<boundary_point, 2 * max_sweep_width + 2> boundary_{};
    std::size_t stride_ = 0;
    std::size_t next_stride_ = 0;
    double bound_ = 1.0;
    int size_ = 0;
    std::uint32_t m_ = 0;
    int width_ = 0;
    int rows_ = 1;
    int first_row_ = 0;
    int v_base_ = 0;
    int z_base_ = 0;
};

/// P as a grid of coefficients: rows of v^(v_low + 2 i), in them z^(z_low + 2 k).
template <class Integer>
struct homfly_grid {
    std::int64_t v_low = 0;
    std::int64_t z_low = 0;
    std::size_t rows = 0;
    std::size_t columns = 0;
    std::vector<Integer> c;

    [[nodiscard]] static homfly_grid one() { return {0, 0, 1, 1, {Integer(1)}}; }
    /// (v^-1 - v) / z
    [[nodiscard]] static homfly_grid loop() { return {-1, -1, 2, 1, {Integer(1), Integer(-1)}}; }
};

/// The product, or nothing where a coefficient does not fit.
template <class Integer>
[[nodiscard]] std::optional<homfly_grid<Integer>> try_multiply(homfly_grid<Integer> const& p,
                                                               homfly_grid<Integer> const& q) {
    homfly_grid<Integer> out{
        p.v_low + q.v_low, p.z_low + q.z_low, p.rows + q.rows - 1, p.columns + q.columns - 1, {}};
    out.c.assign(out.rows * out.columns, Integer(0));
    for (std::size_t i = 0; i < p.rows; ++i) {
        for (std::size_t k = 0; k < p.columns; ++k) {
            auto const& x = p.c[i * p.columns + k];
            if (x == 0) continue;
            for (std::size_t j = 0; j < q.rows; ++j) {
                for (std::size_t l = 0; l < q.columns; ++l) {
                    if (!integer_traits<Integer>::add_product(out.c[(i + j) * out.columns + k + l],
                                                              x, q.c[j * q.columns + l])) {
                        return std::nullopt;
                    }
                }
            }
        }
    }
    return out;
}

/// The grid of a finished sum times v^writhe, or nothing where a coefficient does not fit.
template <class Integer, class C>
[[nodiscard]] std::optional<homfly_grid<Integer>> grid_of(layered_sum<C> const& sum,
                                                          std::int64_t writhe) {
    constexpr int far = std::numeric_limits<int>::max();
    int v_low = far;
    int v_high = -far;
    int z_low = far;
    int z_high = -far;
    sum.each_term([&](int v, int z, C const&) {
        if (v < v_low) v_low = v;
        if (v > v_high) v_high = v;
        if (z < z_low) z_low = z;
        if (z > z_high) z_high = z;
    });
    // P at v = t, z = t^1/2 - t^-1/2 is never 0.
    WEFT_ASSERT(v_low != far);
    homfly_grid<Integer> out;
    out.v_low = v_low + writhe;
    out.z_low = z_low;
    out.rows = static_cast<std::size_t>((v_high - v_low) / 2) + 1;
    out.columns = static_cast<std::size_t>((z_high - z_low) / 2) + 1;
    out.c.assign(out.rows * out.columns, Integer(0));
    bool fitting = true;
    sum.each_term([&](int v, int z, C const& x) {
        auto const at = static_cast<std::size_t>((v - v_low) / 2) * out.columns +
                        static_cast<std::size_t>((z - z_low) / 2);
        if constexpr (std::is_same_v<Integer, std::int64_t> && !std::is_same_v<C, std::int64_t>) {
            if (x > std::numeric_limits<std::int64_t>::max() ||
                x < std::numeric_limits<std::int64_t>::min()) {
                fitting = false;
                return;
            }
            out.c[at] = static_cast<std::int64_t>(x);
        } else {
            out.c[at] = Integer(x);
        }
    });
    if (!fitting) return std::nullopt;
    return out;
}

} // namespace detail

/// Memory that HOMFLY-PT calculations use again, for those who do many. One a thread.
class homfly_workspace {
public:
    homfly_workspace() = default;

    /// Internal.
    [[nodiscard]] detail::layered_sum<std::int64_t>& sum() noexcept { return sum_; }
    /// Internal.
    [[nodiscard]] detail::sweep_planner& planner() noexcept { return planner_; }

private:
    detail::layered_sum<std::int64_t> sum_;
    detail::sweep_planner planner_;
};

namespace detail {

template <class Integer>
[[nodiscard]] outcome<homfly_grid<Integer>> homfly_of_piece(piece const& p, limits const& l,
                                                            homfly_workspace& w) {
    using result = outcome<homfly_grid<Integer>>;
    auto const& plan = w.planner().best(p, l.max_strands_state_space, 0.4);
    auto const states = [](int m) {
        return static_cast<double>(factorials[static_cast<std::size_t>(m)]);
    };
    auto const length = [&](std::int64_t letters, std::int64_t caps) {
        return static_cast<double>((letters + plan.caps) / 2 + 3) * static_cast<double>(caps + 1);
    };
    if (auto refusal = sweep_refusal("HOMFLY-PT", plan, p, l, states, length); !refusal.empty()) {
        return result::over_budget(std::move(refusal));
    }
    std::int64_t writhe = 0;
    for (auto const& letter : p.letters) writhe += letter.sign;
    auto const cancelled = [] { return result::over_budget("HOMFLY-PT was cancelled"); };
    switch (w.sum().run(plan, l)) {
    case sweep_end::done:
        return result::of(*grid_of<Integer>(w.sum(), writhe));
    case sweep_end::cancelled:
        return cancelled();
    case sweep_end::overflow:
        break;
    }
    {
        layered_sum<i128> wide;
        auto const end = wide.run(plan, l);
        if (end == sweep_end::cancelled) return cancelled();
        if (end == sweep_end::done) {
            if (auto grid = grid_of<Integer>(wide, writhe)) return result::of(*std::move(grid));
        }
    }
    if constexpr (!std::is_same_v<Integer, std::int64_t>) {
        layered_sum<Integer> unbounded;
        if (unbounded.run(plan, l) == sweep_end::cancelled) return cancelled();
        return result::of(*grid_of<Integer>(unbounded, writhe));
    }
    return result::overflow("a coefficient of HOMFLY-PT does not fit the integer type");
}

/// HOMFLY-PT multiplies over pieces; every further part brings the factor (v^-1 - v) / z.
template <class Integer>
[[nodiscard]] outcome<basic_homfly<Integer>> homfly_of(simplified const& s, limits const& l,
                                                       homfly_workspace& w) {
    using result = outcome<basic_homfly<Integer>>;
    auto const splits = s.parts() - 1;
    auto const many = static_cast<double>(splits);
    if (many * many > static_cast<double>(l.max_operations)) {
        return result::over_budget("HOMFLY-PT of " + to_text(s.parts()) +
                                   " split parts is over the budget of operations");
    }
    homfly_grid<Integer> out;
    if (s.pieces.size() != 1) out = homfly_grid<Integer>::one();
    auto const times = [&](homfly_grid<Integer> const& factor) {
        auto next = try_multiply(out, factor);
        if (next) out = *std::move(next);
        return next.has_value();
    };
    auto const overflow = [] {
        return result::overflow("a coefficient of HOMFLY-PT does not fit the integer type");
    };
    for (auto const& p : s.pieces) {
        auto factor = homfly_of_piece<Integer>(p, l, w);
        if (!factor.value) return {std::nullopt, std::move(factor.reason), factor.overflowed};
        if (s.pieces.size() == 1) {
            out = *std::move(factor.value);
        } else if (!times(*factor.value)) {
            return overflow();
        }
    }
    for (std::int64_t k = 0; k < splits; ++k) {
        if (!times(homfly_grid<Integer>::loop())) return overflow();
    }
    basic_homfly<Integer> terms;
    std::size_t count = 0;
    for (auto const& x : out.c) count += x != 0 ? 1U : 0U;
    terms.reserve(count);
    for (std::size_t i = 0; i < out.rows; ++i) {
        for (std::size_t k = 0; k < out.columns; ++k) {
            auto& x = out.c[i * out.columns + k];
            if (x == 0) continue;
            terms.push_back({static_cast<int>(out.v_low + 2 * static_cast<std::int64_t>(i)),
                             static_cast<int>(out.z_low + 2 * static_cast<std::int64_t>(k)),
                             std::move(x)});
        }
    }
    return result::of(std::move(terms));
}

} // namespace detail

/// The HOMFLY-PT polynomial: P(unknot) = 1, v^-1 P(+) - v P(-) = z P(0). v = t and
/// z = t^1/2 - t^-1/2 give Jones, v = 1 gives Conway. Split parts multiply by (v^-1 - v) / z, and
/// so do isolated strands.
///
/// A disc grows over the diagram, across the braid as well as along it; where 2m strands cross its
/// boundary there are up to m! states. m is at most the number of strands (after reduction), and
/// much less for long words on many strands. Throws invalid_argument naming `limits`, with an
/// estimate and before anything is computed, where the budget is exceeded; overflow_error where a
/// coefficient does not fit Integer.
template <class Integer = std::int64_t>
[[nodiscard]] basic_homfly<Integer> homfly(braid const& b, limits const& l,
                                           homfly_workspace& workspace) {
    return detail::homfly_of<Integer>(detail::simplify_for_states(b, l), l, workspace).unwrap();
}

template <class Integer = std::int64_t>
[[nodiscard]] basic_homfly<Integer> homfly(braid const& b, limits const& l = {}) {
    homfly_workspace workspace;
    return homfly<Integer>(b, l, workspace);
}

} // namespace weft::inline v0::knot
