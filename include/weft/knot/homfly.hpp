#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <memory>
#include <optional>
#include <span>
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
    constexpr std::array<std::size_t, ready_permutations + 1> first{0, 1, 2, 4, 10, 34};
    return small_permutations.data() + first[m];
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

/// What a layered sum adds at once: one coefficient, or as many as 16 bytes hold. Bounded ones are
/// added without a sign, so that sums which turn out too large are no undefined behaviour.
template <class C>
struct coefficient_group {
    static constexpr int count = 1;
    static constexpr int bits = 0;
    C v{};

    [[nodiscard]] C const& at(int) const noexcept { return v; }
    [[nodiscard]] bool zero() const { return v == 0; }
    void put(int, C x) { v = std::move(x); }
};

template <>
struct coefficient_group<i128> {
    static constexpr int count = 1;
    static constexpr int bits = 128;
    using element = u128;
    u128 v;

    [[nodiscard]] i128 at(int) const noexcept { return static_cast<i128>(v); }
    [[nodiscard]] bool zero() const noexcept { return v == 0; }
    void put(int, i128 x) noexcept { v = static_cast<u128>(x); }
};

template <>
struct coefficient_group<std::int64_t> {
    static constexpr int count = 2;
    static constexpr int bits = 64;
    using element = std::uint64_t;
    using vector [[gnu::vector_size(16)]] = element;
    vector v;

    [[nodiscard]] std::int64_t at(int k) const noexcept { return static_cast<std::int64_t>(v[k]); }
    [[nodiscard]] bool zero() const noexcept { return (v[0] | v[1]) == 0; }
    void put(int k, std::int64_t x) noexcept { v[k] = static_cast<element>(x); }
    /// All powers one higher, or lower; the last of `before` or the first of `after` moves in.
    [[nodiscard]] static coefficient_group raised(coefficient_group const& before,
                                                  coefficient_group const& here) noexcept {
        return {__builtin_shufflevector(before.v, here.v, 1, 2)};
    }
    [[nodiscard]] static coefficient_group lowered(coefficient_group const& here,
                                                   coefficient_group const& after) noexcept {
        return {__builtin_shufflevector(here.v, after.v, 1, 2)};
    }
};

template <>
struct coefficient_group<std::int32_t> {
    static constexpr int count = 4;
    static constexpr int bits = 32;
    using element = std::uint32_t;
    using vector [[gnu::vector_size(16)]] = element;
    vector v;

    [[nodiscard]] std::int32_t at(int k) const noexcept { return static_cast<std::int32_t>(v[k]); }
    [[nodiscard]] bool zero() const noexcept {
        std::array<std::uint64_t, 2> halves;
        std::memcpy(halves.data(), &v, sizeof v);
        return (halves[0] | halves[1]) == 0;
    }
    void put(int k, std::int32_t x) noexcept { v[k] = static_cast<element>(x); }
    [[nodiscard]] static coefficient_group raised(coefficient_group const& before,
                                                  coefficient_group const& here) noexcept {
        return {__builtin_shufflevector(before.v, here.v, 3, 4, 5, 6)};
    }
    [[nodiscard]] static coefficient_group lowered(coefficient_group const& here,
                                                   coefficient_group const& after) noexcept {
        return {__builtin_shufflevector(here.v, after.v, 1, 2, 3, 4)};
    }
};

/// Room for coefficients, which are not touched before they are used.
template <class Group>
class coefficient_pool {
public:
    void clear() noexcept { used_ = 0; }
    void reserve(std::size_t size) {
        if (size <= capacity_) return;
        if (used_ == 0) release();
        auto next = std::make_unique_for_overwrite<Group[]>(size);
        for (std::size_t k = 0; k < used_; ++k) next[k] = std::move(data_[k]);
        data_ = std::move(next);
        capacity_ = size;
    }
    void extend(std::size_t by) {
        if (used_ + by > capacity_) reserve(used_ + by);
        used_ += by;
    }
    void release() noexcept {
        data_.reset();
        used_ = capacity_ = 0;
    }
    [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }
    [[nodiscard]] Group* data() noexcept { return data_.get(); }
    [[nodiscard]] Group const* data() const noexcept { return data_.get(); }

private:
    std::unique_ptr<Group[]> data_;
    std::size_t used_ = 0;
    std::size_t capacity_ = 0;
};

/// A tile are the states that differ only in the order of `tile_outs` neighbouring outs.
inline constexpr std::uint32_t tile_outs = 5;
inline constexpr std::uint32_t tile_size = factorials[tile_outs];

/// What is known of the states of more strands than ready_permutations, made when first asked for.
class state_tables {
public:
    [[nodiscard]] packed_permutation const* permutations(std::uint32_t m) {
        if (m <= ready_permutations) return ready_table(m);
        auto& table = permutations_[m - ready_permutations - 1];
        if (table.empty()) {
            auto const* const shorter = permutations(m - 1);
            table.resize(factorials[m]);
            extend_permutations(shorter, m, table.data());
        }
        return table.data();
    }

    /// The first states of the tiles of outs first, first + 1, ...: there these are in order.
    [[nodiscard]] std::vector<std::uint32_t> const& tiles(std::uint32_t m, std::uint32_t first) {
        auto& out = tiles_[m - ready_permutations - 1][first];
        if (!out.empty()) return out;
        auto const* const perms = permutations(m);
        out.reserve(factorials[m] / tile_size);
        for (std::uint32_t s = 0; s < factorials[m]; ++s) {
            auto place = perms[s].place >> (4U * first);
            unsigned in_order = 1;
            for (; in_order < tile_outs && (place & 15U) < (place >> 4U & 15U); ++in_order) {
                place >>= 4U;
            }
            if (in_order == tile_outs) out.push_back(s);
        }
        return out;
    }

private:
    static constexpr std::size_t widths = max_sweep_width - ready_permutations;
    std::array<std::vector<packed_permutation>, widths> permutations_;
    std::array<std::array<std::vector<std::uint32_t>, max_sweep_width>, widths> tiles_;
};

/// A coefficient: rows of powers of v, each the powers low..high-1 of z^2.
struct state_block {
    int low = 0;
    int high = 0;
    int odd_v = 0;
    int odd_z = 0;
};

/// A point of a disc's boundary.
struct boundary_point {
    bool goes_out = false;
    int layer = 0; ///< of a point in; 0 is the top
};

/// The outs number `label` and `label + 1` cross.
struct layered_crossing {
    int label = 0;
    int sign = 0;
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
///
/// Many states are far apart in memory. Crossings of five neighbouring strands that follow one
/// another are therefore done for one tile of states at a time, and the exchanges of layers in
/// order of the states' numbers.
template <class C>
class layered_sum {
    using group = coefficient_group<C>;
    using crossing = layered_crossing;

public:
    /// Begins a sweep.
    void begin(sweep const& plan, state_tables& tables) {
        tables_ = &tables;
        // Powers of z lie between -loops and +crossings.
        int crossings = 0;
        for (auto const& s : plan.steps) crossings += s.what == sweep_step::kind::cross ? 1 : 0;
        z_base_ = -2 * (plan.caps / 2 + 1);
        width_ = (crossings / 2 - z_base_ / 2 + 1) / group::count + 1;
        rows_ = 1;
        first_row_ = 0;
        v_base_ = 0;
        stride_ = static_cast<std::size_t>(width_);
        size_ = 0;
        m_ = 0;
        done_ = 0;
        bound_ = 1.0;
        lost_ = false;
        pending_.clear();
        blocks_.clear();
        pool_.clear();
        auto const one = -z_base_ / 2;
        slots_.assign(1, new_block({one, one + 1, 0, 0}));
        auto& first = pool_.data()[one / group::count];
        first = group{};
        first.put(one % group::count, C(1));
    }

    /// Goes on where a sum with smaller coefficients has stopped, or from the beginning where that
    /// sum is lost.
    template <class D>
    void resume(layered_sum<D> const& other, sweep const& plan, state_tables& tables) {
        begin(plan, tables);
        if (other.lost_) return;
        rows_ = other.rows_;
        v_base_ = other.v_base_;
        stride_ = static_cast<std::size_t>(rows_ * width_);
        size_ = other.size_;
        m_ = other.m_;
        done_ = other.done_;
        bound_ = other.bound_;
        boundary_ = other.boundary_;
        slots_ = other.slots_;
        pending_.assign(other.pending_.begin(), other.pending_.end());
        blocks_.clear();
        pool_.clear();
        make_room();
        for (std::size_t s = 0; s < other.blocks_.size(); ++s) {
            auto const& b = other.blocks_[s];
            WEFT_ASSERT(b.low >= 0 && b.high <= width_ * group::count);
            auto const slot = static_cast<std::size_t>(new_block(b));
            auto* const to = pool_.data() + slot * stride_;
            for (int row = 0; row < rows_; ++row) {
                for (int g = first_group(b.low); g < end_group(b.high); ++g) {
                    to[row * width_ + g] = group{};
                }
                for (int k = b.low; k < b.high; ++k) {
                    to[row * width_ + k / group::count].put(k % group::count,
                                                            C(other.coefficient(s, row, k)));
                }
            }
        }
    }

    /// Goes on to the end of the sweep. Overflow: a coefficient might not fit C.
    [[nodiscard]] sweep_end run(sweep const& plan, limits const& l) {
        using kind = sweep_step::kind;
        for (;;) {
            if (cancelled(l)) return sweep_end::cancelled;
            if (!pending_.empty()) {
                auto const end = cross_several(l);
                if (end != sweep_end::done) return end;
                continue;
            }
            if (done_ == plan.steps.size()) return sweep_end::done;
            auto const& step = plan.steps[done_];
            switch (step.what) {
            case kind::cup_in_out:
                cup(step.at, true);
                break;
            case kind::cup_out_in:
                cup(step.at, false);
                break;
            case kind::cross:
                if (m_ > ready_permutations) {
                    while (done_ < plan.steps.size() && plan.steps[done_].what == kind::cross) {
                        auto const& next = plan.steps[done_++];
                        pending_.push_back({label_at(next.at), next.sign});
                    }
                    continue;
                }
                if (!fits(2.0)) return sweep_end::overflow;
                bound_ *= 2.0;
                cross({label_at(step.at), step.sign});
                break;
            case kind::cap:
                // Should the cap add up to more than that, it is noticed.
                if (!fits(8.0)) return sweep_end::overflow;
                cap(step.at);
                if (lost_) return sweep_end::overflow;
                break;
            case kind::turn:
                turn();
                break;
            }
            ++done_;
        }
    }

    /// Calls `f(v, z, coefficient)` for each term of H, of which one loop is left out: sorted by v,
    /// then z.
    template <class F>
    void each_term(F&& f) const {
        if (slots_.empty() || slots_[0] < 0) return;
        auto const slot = static_cast<std::size_t>(slots_[0]);
        auto const& b = blocks_[slot];
        for (int row = 0; row < rows_; ++row) {
            for (int k = b.low; k < b.high; ++k) {
                auto const& x = coefficient(slot, row, k);
                if (x != 0) f(v_base_ + 2 * row + b.odd_v, z_base_ + 2 * k + b.odd_z, x);
            }
        }
    }

    /// Gives back its memory if that is much, after which it can only begin.
    void release_much() noexcept {
        constexpr std::size_t much = (1 << 20) / sizeof(group);
        if (pool_.capacity() + next_pool_.capacity() <= much) return;
        pool_.release();
        next_pool_.release();
        blocks_.clear();
        slots_.clear();
    }

private:
    template <class D>
    friend class layered_sum;

    static constexpr bool bounded = group::bits > 0;
    // Bounded coefficients are smaller.
    static constexpr double most = group::bits == 32   ? 0x1p30
                                   : group::bits == 64 ? 0x1p62
                                                       : 0x1p126;

    [[nodiscard]] packed_permutation const* permutations(std::uint32_t m) const {
        return m <= ready_permutations ? ready_table(m) : tables_->permutations(m);
    }

    // Unsigned, as dividing by a power of 2 is quicker then.
    [[nodiscard]] static int first_group(int low) noexcept {
        return static_cast<int>(static_cast<unsigned>(low) / unsigned{group::count});
    }
    [[nodiscard]] static int end_group(int high) noexcept {
        return first_group(high + group::count - 1);
    }

    [[nodiscard]] decltype(auto) coefficient(std::size_t slot, int row, int k) const {
        auto const* const c = pool_.data() + slot * stride_;
        auto const g = first_group(k);
        return c[(first_row_ + row) * width_ + g].at(k - g * group::count);
    }

    [[nodiscard]] std::int32_t new_block(state_block const& b) {
        blocks_.push_back(b);
        pool_.extend(stride_);
        return static_cast<std::int32_t>(blocks_.size()) - 1;
    }

    // Whether sums of `factor` coefficients fit.
    [[nodiscard]] bool fits(double factor) {
        if constexpr (bounded) {
            if (bound_ * factor < most) return true;
            group all{};
            for (std::size_t s = 0; s < blocks_.size(); ++s) {
                auto const* c = pool_.data() + s * stride_ + first_row_ * width_;
                auto const first = first_group(blocks_[s].low);
                auto const end = end_group(blocks_[s].high);
                for (int row = 0; row < rows_; ++row, c += width_) {
                    // At least as large as the absolute values, and less than twice.
                    for (int g = first; g < end; ++g) {
                        all.v |= c[g].v ^ (0 - (c[g].v >> (group::bits - 1)));
                    }
                }
            }
            double largest = 0.0;
            for (int k = 0; k < group::count; ++k) {
                auto const here = static_cast<double>(all.at(k));
                if (here > largest) largest = here;
            }
            bound_ = (largest + 1.0) * (1.0 + 1e-9);
            return bound_ * factor < most;
        } else {
            return factor > 0.0;
        }
    }

    // Makes a block's window reach from low to high; what is new is 0.
    static void widen(group* c, state_block& b, int rows, int width, int low, int high) {
        auto const clear = [&](int first, int end) {
            for (int row = 0; row < rows; ++row) {
                for (int g = first; g < end; ++g) c[row * width + g] = group{};
            }
        };
        if (low < b.low) {
            clear(first_group(low), first_group(b.low));
            b.low = low;
        }
        if (high > b.high) {
            clear(end_group(b.high), end_group(high));
            b.high = high;
        }
    }

    // op(to, from) for powers low to high - 1 of `from`, which are Up higher in `to`. Checked:
    // seen_ remembers whether a result was too large.
    template <int Up, bool Checked, class Op>
    void combine(group* to, group const* from, int low, int high, Op const& op) {
        int const first = first_group(low);
        int const end = end_group(high);
        int const to_first = first_group(low + Up);
        int const to_end = end_group(high + Up);
        [[maybe_unused]] auto seen = seen_;
        auto const put = [&](group& x, group const& y) {
            op(x, y);
            if constexpr (Checked && bounded) {
                seen.v |= x.v + (typename group::element{1} << (group::bits - 2));
            }
        };
        for (int row = 0; row < rows_; ++row, to += width_, from += width_) {
            if constexpr (Up == 0 || group::count == 1) {
                for (int g = first; g < end; ++g) put(to[g + Up], from[g]);
            } else if constexpr (Up > 0) {
                auto before = to_first > first ? from[first] : group{};
                int g = to_first;
                for (; g < end; ++g) {
                    auto const here = from[g];
                    put(to[g], group::raised(before, here));
                    before = here;
                }
                if (g < to_end) put(to[g], group::raised(before, group{}));
            } else {
                auto here = to_first < first ? group{} : from[first];
                int g = to_first;
                for (; g + 1 < end; ++g) {
                    auto const after = from[g + 1];
                    put(to[g], group::lowered(here, after));
                    here = after;
                }
                if (g < to_end) put(to[g], group::lowered(here, group{}));
            }
        }
        if constexpr (Checked && bounded) seen_ = seen;
    }

    template <int Up, bool Checked>
    void combine(group* to, group const* from, int low, int high, bool made, bool negative) {
        if (made) {
            if (negative) {
                combine<Up, Checked>(to, from, low, high,
                                     [](group& a, group const& b) { a.v = -b.v; });
            } else {
                combine<Up, Checked>(to, from, low, high,
                                     [](group& a, group const& b) { a.v = b.v; });
            }
        } else if (negative) {
            combine<Up, Checked>(to, from, low, high, [](group& a, group const& b) { a.v -= b.v; });
        } else {
            combine<Up, Checked>(to, from, low, high, [](group& a, group const& b) { a.v += b.v; });
        }
    }

    // The slot `to` (made where there is none) plus sign z times slot `from`.
    template <bool Checked>
    [[nodiscard]] std::int32_t plus_z(std::int32_t to, std::int32_t from, int sign) {
        auto const f = static_cast<std::size_t>(from);
        if (blocks_[f].high >= width_ * group::count) trim(blocks_[f], f);
        auto const held = blocks_[f];
        int const up = held.odd_z;
        bool const made = to < 0;
        if (made) to = new_block({held.low + up, held.high + up, held.odd_v, up ^ 1});
        auto const t = static_cast<std::size_t>(to);
        auto const first = first_row_ * width_;
        auto* const x = pool_.data() + t * stride_ + first;
        auto const* const y = pool_.data() + f * stride_ + first;
        if (!made) widen(x, blocks_[t], rows_, width_, held.low + up, held.high + up);
        if (up != 0) {
            combine<1, Checked>(x, y, held.low, held.high, made, sign < 0);
        } else {
            combine<0, Checked>(x, y, held.low, held.high, made, sign < 0);
        }
        return to;
    }

    // Powers that have cancelled must not push a block beyond its width.
    void trim(state_block& b, std::size_t slot) const {
        auto const zero = [&](int k) {
            for (int row = 0; row < rows_; ++row) {
                if (coefficient(slot, row, k) != 0) return false;
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
        make_room();
    }

    // For all states at once, so that memory is never held twice.
    void make_room() {
        auto const size = factorials[m_] * stride_;
        if (size > pool_.capacity()) next_pool_.release();
        pool_.reserve(size);
        blocks_.reserve(factorials[m_]);
    }

    [[nodiscard]] int label_at(int at) const noexcept {
        int label = 0;
        for (int k = 0; k < at; ++k) {
            label += boundary_[static_cast<std::size_t>(k)].goes_out ? 1 : 0;
        }
        return label;
    }

    // Exchanges states i and j, of which i is the one whose crossing was against the layers.
    template <bool Checked>
    void exchange(std::int32_t& i, std::int32_t& j, int sign) {
        // Afterwards j has what i had, and i what j had plus sign z times its own.
        auto const a = i;
        auto const b = j;
        j = a;
        i = a < 0 ? b : plus_z<Checked>(b, a, sign);
    }

    // Two states that the crossing exchanges, the first with the left strand in the higher layer.
    void cross_pair(std::int32_t& s, std::int32_t& t, int sign) {
        if (s < 0 && t < 0) return;
        // The strand from the right is over where the sign is positive.
        if (sign > 0) {
            exchange<false>(s, t, 1);
        } else {
            exchange<false>(t, s, -1);
        }
    }

    [[nodiscard]] static state_pair const* ready_pairs(std::uint32_t m, int label) noexcept {
        return ready_transitions.pairs.data() + small_offset(m, pairs_per) +
               static_cast<std::size_t>(label) * factorials[m] / 2;
    }

    void prefetch(std::uint32_t s) const noexcept {
        auto const slot = slots_[s];
        if (slot < 0) return;
        auto const at = static_cast<std::size_t>(slot);
        __builtin_prefetch(blocks_.data() + at);
        auto const* const c =
            pool_.data() + at * stride_ + first_row_ * width_ + first_group(-z_base_ / 2);
        __builtin_prefetch(c);
        __builtin_prefetch(c + 4);
    }

    // Where the states are few.
    void cross(crossing const& c) {
        auto const* const pairs = ready_pairs(m_, c.label);
        for (std::uint32_t k = 0; k < factorials[m_] / 2; ++k) {
            cross_pair(slots_[pairs[k].first], slots_[pairs[k].second], c.sign);
        }
    }

    // How many of pending_, but not more than `room`, can be done first where only the outs first,
    // first + 1, ... of a tile take part; these are moved to taken_ where asked for.
    std::size_t take_from_pending(int first, std::size_t room, bool move) {
        std::uint32_t blocked = 0;
        std::size_t taken = 0;
        std::size_t kept = 0;
        for (auto const c : pending_) {
            auto const bit = 2U << static_cast<unsigned>(c.label);
            bool const inside =
                c.label >= first && c.label + 1 < first + static_cast<int>(tile_outs);
            if (inside && (blocked & bit) == 0 && taken < room) {
                ++taken;
                if (move) taken_.push_back(c);
            } else {
                blocked |= bit | bit << 1U | bit >> 1U;
                if (move) pending_[kept++] = c;
            }
        }
        if (move) pending_.resize(kept);
        return taken;
    }

    // Does as many of pending_ as one pass over the states can.
    [[nodiscard]] sweep_end cross_several(limits const& l) {
        int first = 0;
        std::size_t room = 0;
        for (int tile = 0; tile + static_cast<int>(tile_outs) <= static_cast<int>(m_); ++tile) {
            auto const count = take_from_pending(tile, pending_.size(), false);
            if (count > room) {
                room = count;
                first = tile;
            }
        }
        if constexpr (bounded) {
            // Each doubles the bound.
            double growth = 2.0;
            for (std::size_t k = 1; k < room && growth < most; ++k) growth *= 2.0;
            if (!fits(growth)) {
                room = 0;
                for (auto b = 2.0 * bound_; b < most; b *= 2.0) ++room;
                if (room == 0) return sweep_end::overflow;
            }
        }
        taken_.clear();
        take_from_pending(first, room, true);
        for (std::size_t k = 0; k < taken_.size(); ++k) bound_ *= 2.0;
        return cross_tiles(static_cast<std::uint32_t>(first), l);
    }

    // The states of the tile that begins at `start`: permutations of its outs in lexicographic
    // order.
    void find_tile(std::uint32_t start, std::uint32_t first,
                   std::array<std::uint32_t, tile_size>& states) const noexcept {
        // An exchange at layer k counts (m - 1 - k)! for each out that comes too early.
        std::array<std::uint32_t, tile_outs> step{};
        auto place = permutations(m_)[start].place >> (4U * first);
        for (std::uint32_t k = 0; k < tile_outs; ++k, place >>= 4U) {
            step[k] = factorials[m_ - 1 - (place & 15U)];
        }
        std::size_t at = 0;
        for (std::uint32_t a = 0; a < 5; ++a) {
            for (std::uint32_t b = 0; b < 4; ++b) {
                for (std::uint32_t c = 0; c < 3; ++c) {
                    auto const s = start + a * step[0] + b * step[1] + c * step[2];
                    states[at++] = s;
                    states[at++] = s + step[3];
                }
            }
        }
    }

    // Does taken_, whose crossings are of the outs first, first + 1, ... of a tile.
    [[nodiscard]] sweep_end cross_tiles(std::uint32_t first, limits const& l) {
        auto const& starts = tables_->tiles(m_, first);
        std::array<std::array<std::uint32_t, tile_size>, 2> states;
        std::array<std::int32_t, tile_size> slot;
        find_tile(starts[0], first, states[0]);
        for (std::size_t t = 0; t < starts.size(); ++t) {
            if (cancelled(l)) return sweep_end::cancelled;
            auto const& here = states[t % 2];
            if (t + 1 < starts.size()) {
                auto& next = states[(t + 1) % 2];
                find_tile(starts[t + 1], first, next);
                for (auto const s : next) prefetch(s);
            }
            for (std::size_t k = 0; k < tile_size; ++k) slot[k] = slots_[here[k]];
            for (auto const& c : taken_) {
                auto const* const pairs = ready_pairs(tile_outs, c.label - static_cast<int>(first));
                for (std::uint32_t k = 0; k < tile_size / 2; ++k) {
                    cross_pair(slot[pairs[k].first], slot[pairs[k].second], c.sign);
                }
            }
            for (std::size_t k = 0; k < tile_size; ++k) slots_[here[k]] = slot[k];
        }
        return sweep_end::done;
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
    // A step of a cap: the arc of layer `layer` is joined to that of the layer `beside`, and then
    // their layers are exchanged where the cap's strand is in neither.
    struct cap_stage {
        std::uint32_t layer;
        std::uint32_t beside;
        bool exchanges;
        // The arc joined on may cross the one that it continues: a curl, by the out of the latter.
        std::array<signed char, max_sweep_width> curl;
        // For outs a < b of the two layers: 0 where their arcs do not cross, 2 sign where they do
        // as they are, sign where they do exchanged.
        std::array<std::array<signed char, max_sweep_width>, max_sweep_width> crossed;
    };
    using ends = std::array<int, max_sweep_width>;

    void plan_stage(cap_stage& s, std::uint32_t layer, std::uint32_t beside, bool exchanges,
                    unsigned x, ends const& tail, ends const& head) const {
        s.layer = layer;
        s.beside = beside;
        s.exchanges = exchanges;
        // Points counterclockwise from a: chords from a to b and from c to d cross where c and d
        // are on different sides of b.
        ends seen{};
        auto const look_from = [&](int a) {
            for (std::uint32_t h = 0; h < m_; ++h) {
                seen[h] = head[h] >= a ? head[h] - a : head[h] - a + size_;
            }
        };
        auto const from = [&](int a, int c) { return c >= a ? c - a : c - a + size_; };
        if (layer != beside) {
            auto const in = tail[layer];
            auto const next = from(in, tail[beside]);
            look_from(in);
            bool const after = next < seen[x];
            for (std::uint32_t h = 0; h < m_; ++h) {
                s.curl[h] = 0;
                if (h == x || after == (seen[h] < seen[x])) continue;
                bool const positive = beside < layer ? ordered(tail[beside], in, head[h]) : after;
                s.curl[h] = positive ? -1 : 1;
            }
        }
        if (!exchanges) return;
        auto const upper = tail[layer < beside ? layer : beside];
        auto const lower = from(upper, tail[layer < beside ? beside : layer]);
        look_from(upper);
        for (std::uint32_t b = 1; b < m_; ++b) {
            bool const before_b = lower < seen[b];
            for (std::uint32_t a = 0; a < b; ++a) {
                bool const before_a = lower < seen[a];
                bool const swapped = seen[b] < seen[a];
                signed char how = 0;
                if (before_a != swapped) {
                    how = before_a ? 2 : -2;
                } else if (before_b == swapped) {
                    how = before_b ? 1 : -1;
                }
                s.crossed[a][b] = how;
            }
        }
    }

    // Exchanges the stage's layers in the states begin, ..., end - 1 where out `x` is in neither,
    // and is below them (or above).
    void swap_layers(cap_stage const& stage, unsigned x, std::uint32_t begin, std::uint32_t end) {
        auto const* const perms = permutations(m_);
        bool const below = stage.layer > stage.beside;
        auto const l = below ? stage.beside : stage.layer;
        auto const step = factorials[m_ - 1 - l];
        auto const rest = factorials[m_ - 2 - l];
        auto const digits = m_ - l;
        for (std::uint32_t base = begin; base < end; base += digits * step) {
            auto const x_place = perms[base].place >> (4U * x) & 15U;
            if ((x_place >= l) != below) continue;
            for (std::uint32_t d = 0; d + 1 < digits; ++d) {
                for (std::uint32_t e = d; e + 1 < digits; ++e) {
                    auto* const s = slots_.data() + base + d * step + e * rest;
                    auto* const t = slots_.data() + base + (e + 1) * step + d * rest;
                    auto const image = perms[base + d * step + e * rest].image >> (4U * l);
                    auto const a = static_cast<unsigned>(image & 15U);
                    auto const b = static_cast<unsigned>(image >> 4U & 15U);
                    if (a == x || b == x) continue;
                    // Which of the two states, if any, has these arcs cross?
                    int const how = stage.crossed[a][b];
                    int const sign = how > 0 ? 1 : -1;
                    for (std::uint32_t r = 0; r < rest; ++r) {
                        if (how == 0) {
                            std::swap(s[r], t[r]);
                        } else if (how == 2 * sign) {
                            exchange<true>(s[r], t[r], sign);
                        } else {
                            exchange<true>(t[r], s[r], sign);
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
        auto* const x = whole + row * width_;
        auto const* const y = pool_.data() + f * stride_ + first_row_ * width_;
        if (made) {
            for (int r = 0; r < rows_ + 2; ++r) {
                if (r >= row && r < row + rows_) continue;
                for (int g = first_group(low); g < end_group(high); ++g) {
                    whole[r * width_ + g] = group{};
                }
            }
        } else {
            widen(whole, next_blocks_[t], rows_ + 2, width_, low, high);
        }
        if (up != 0) {
            combine<-1, true>(x, y, source.low, source.high, made, negative);
        } else {
            combine<0, true>(x, y, source.low, source.high, made, negative);
        }
    }

    // Takes those of the states begin, ..., end - 1 that have out `x` at the stage's layer into the
    // next sum, where that entry is left out: a loop, or the arc of that layer joined to that of
    // the neighbouring layer.
    void join(cap_stage const& stage, unsigned x, std::uint32_t begin, std::uint32_t end) {
        auto const* const perms = permutations(m_);
        auto const k = stage.layer;
        bool const loop = k == stage.beside;
        bool const last = m_ == 1;
        auto const take = [&](std::uint32_t s, std::uint32_t target) {
            auto const from = slots_[s];
            if (from < 0) return;
            if (last) {
                accumulate(from, target, 0, false, false);
            } else if (loop) {
                accumulate(from, target, -1, true, false);
                accumulate(from, target, 1, true, true);
            } else {
                auto const h = perms[s].image >> (4U * stage.beside) & 15U;
                accumulate(from, target, stage.curl[h], false, false);
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
        auto const rest = factorials[m_ - 1 - k];
        for (std::uint32_t base = begin; base < end; base += rest) {
            if ((perms[base].image >> (4U * k) & 15U) != x) continue;
            auto const target = rank_without(perms[base].image, m_, k, x) * rest;
            for (std::uint32_t r = 0; r < rest; ++r) take(base + r, target + r);
        }
    }

    void do_stage(cap_stage const& stage, unsigned x, std::uint32_t begin, std::uint32_t end) {
        join(stage, x, begin, end);
        if (stage.exchanges) swap_layers(stage, x, begin, end);
    }

    // The layers from the cap's downwards. States that agree in the layers above a stage's do not
    // mix in it, so that each such part is finished before the next one.
    void descend(std::span<cap_stage const> stages, unsigned x, std::uint32_t begin,
                 std::uint32_t end) {
        if (stages.empty()) return;
        auto const parts = m_ - stages[0].beside;
        do_stage(stages[0], x, begin, end);
        auto const rest = stages.subspan(1);
        if (end - begin <= few_states) {
            for (auto const& stage : rest) do_stage(stage, x, begin, end);
            return;
        }
        auto const size = (end - begin) / parts;
        for (auto at = begin; at < end; at += size) descend(rest, x, at, at + size);
    }

    // The layers from the cap's upwards, each part before what it is a part of.
    void ascend(std::span<cap_stage const> stages, unsigned x, std::uint32_t begin,
                std::uint32_t end) {
        if (stages.empty()) return;
        if (end - begin <= few_states) {
            for (auto const& stage : stages) do_stage(stage, x, begin, end);
            return;
        }
        auto const size = (end - begin) / (m_ - stages.back().layer);
        auto const before = stages.first(stages.size() - 1);
        for (auto at = begin; at < end; at += size) ascend(before, x, at, at + size);
        do_stage(stages.back(), x, begin, end);
    }

    // lost_ afterwards: a coefficient might not fit.
    void cap(int at) {
        auto const after = at + 1 < size_ ? at + 1 : 0;
        bool const out_first = boundary_[static_cast<std::size_t>(at)].goes_out;
        auto const x = static_cast<unsigned>(label_at(out_first ? at : after));
        auto const in = boundary_[static_cast<std::size_t>(out_first ? after : at)];
        auto const y = static_cast<std::uint32_t>(in.layer);
        ends tail{};
        ends head{};
        for (int k = 0, label = 0; k < size_; ++k) {
            auto const& p = boundary_[static_cast<std::size_t>(k)];
            if (p.goes_out) {
                head[static_cast<std::size_t>(label++)] = k;
            } else {
                tail[static_cast<std::size_t>(p.layer)] = k;
            }
        }
        spare_slots_.assign(factorials[m_ - 1], -1);
        next_blocks_.clear();
        next_pool_.clear();
        next_stride_ = static_cast<std::size_t>((rows_ + 2) * width_);
        next_blocks_.reserve(factorials[m_ - 1]);
        next_pool_.reserve(factorials[m_ - 1] * next_stride_);
        seen_ = group{};
        auto const states = factorials[m_];
        std::array<cap_stage, max_sweep_width> stages;
        plan_stage(stages[0], y, y, false, x, tail, head);
        do_stage(stages[0], x, 0, states);
        // The arc that begins at the cap goes down through the layers, then (elsewhere) up.
        std::size_t count = 0;
        auto moved = tail;
        for (auto l = y; l + 1 < m_; ++l) {
            plan_stage(stages[count++], l + 1, l, l + 2 < m_, x, moved, head);
            std::swap(moved[l], moved[l + 1]);
        }
        auto const size = states <= few_states ? states : factorials[m_ - y];
        for (std::uint32_t s = 0; s < states; s += size) {
            descend({stages.data(), count}, x, s, s + size);
        }
        double growth = static_cast<double>(2 * m_ + 1);
        for (std::size_t k = 0; k < count; ++k) growth *= 2.0;
        count = 0;
        moved = tail;
        for (auto l = y; l > 0; --l) {
            plan_stage(stages[count++], l - 1, l, l > 1, x, moved, head);
            std::swap(moved[l], moved[l - 1]);
        }
        ascend({stages.data(), count}, x, 0, states);
        for (std::size_t k = 0; k < count; ++k) growth *= 2.0;
        if constexpr (bounded) {
            for (int k = 0; k < group::count; ++k) lost_ = lost_ || seen_.at(k) < 0;
            bound_ = bound_ * growth < most ? bound_ * growth : most;
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
    }

    // Leaves out powers of v that no state has.
    void trim_rows() {
        auto const zero = [&](int row) {
            for (std::size_t s = 0; s < blocks_.size(); ++s) {
                auto const* const c = pool_.data() + s * stride_ +
                                      static_cast<std::size_t>((first_row_ + row) * width_);
                auto const end = end_group(blocks_[s].high);
                for (int g = first_group(blocks_[s].low); g < end; ++g) {
                    if (!c[g].zero()) return false;
                }
            }
            return true;
        };
        while (rows_ > 1 && zero(0)) {
            ++first_row_;
            --rows_;
            v_base_ += 2;
        }
        while (rows_ > 1 && zero(rows_ - 1)) --rows_;
    }

    // States whose coefficients are close enough to one another.
    static constexpr std::uint32_t few_states = 720;

    state_tables* tables_ = nullptr;
    std::vector<std::int32_t> slots_, spare_slots_;
    std::vector<state_block> blocks_, next_blocks_;
    coefficient_pool<group> pool_, next_pool_;
    // Crossings that are not done yet, and those that are done together.
    std::vector<crossing> pending_, taken_;
    std::array<boundary_point, 2 * max_sweep_width + 2> boundary_{};
    std::size_t stride_ = 0;
    std::size_t next_stride_ = 0;
    std::size_t done_ = 0;
    double bound_ = 1.0;
    group seen_{};
    bool lost_ = false;
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
        if constexpr (std::is_same_v<Integer, std::int64_t> && std::is_same_v<C, i128>) {
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
    struct memory {
        detail::sweep_planner planner;
        detail::state_tables tables;
        detail::layered_sum<std::int32_t> narrow;
        detail::layered_sum<std::int64_t> sum;
    };
    /// Internal.
    [[nodiscard]] memory& get() noexcept { return memory_; }

private:
    memory memory_;
};

namespace detail {

template <class Integer>
[[nodiscard]] outcome<homfly_grid<Integer>> homfly_of_piece(piece const& p, limits const& l,
                                                            homfly_workspace& w, double& spent) {
    using result = outcome<homfly_grid<Integer>>;
    auto& memory = w.get();
    auto const& plan = memory.planner.best(p, l.max_strands_state_space, 0.4);
    auto const states = [](int m) {
        return static_cast<double>(factorials[static_cast<std::size_t>(m)]);
    };
    auto const length = [&](std::int64_t letters, std::int64_t caps) {
        return static_cast<double>((letters + plan.caps) / 2 + 3) * static_cast<double>(caps + 1);
    };
    // Two sums, one before and one after a strand leaves, and as many in 32 bits.
    auto const held = [&](std::int64_t caps) {
        auto const powers =
            static_cast<double>(p.letters.size() / 2 + 8) + static_cast<double>(plan.caps) / 2.0;
        return 3.0 * powers * (caps == 0 ? 1.0 : static_cast<double>(caps + 3));
    };
    auto const before = spent;
    double bytes = 0.0;
    if (auto refusal = sweep_refusal("HOMFLY-PT", plan, p, l, states, length, held, spent, bytes);
        !refusal.empty()) {
        return result::over_budget(std::move(refusal));
    }
    std::int64_t writhe = 0;
    for (auto const& letter : p.letters) writhe += letter.sign;
    // Wider coefficients go on where narrow ones do not fit.
    auto const end_of = [&](auto& sum) -> std::optional<result> {
        switch (sum.run(plan, l)) {
        case sweep_end::cancelled:
            return result::over_budget("HOMFLY-PT was cancelled");
        case sweep_end::done:
            if (auto grid = grid_of<Integer>(sum, writhe)) return result::of(*std::move(grid));
            break;
        case sweep_end::overflow:
            break;
        }
        return std::nullopt;
    };
    memory.narrow.begin(plan, memory.tables);
    if (auto out = end_of(memory.narrow)) return *std::move(out);
    memory.sum.resume(memory.narrow, plan, memory.tables);
    if (auto out = end_of(memory.sum)) return *std::move(out);
    if (auto refusal =
            memory_refusal("HOMFLY-PT in 128-bit integers", 2.0 * bytes, states(plan.width), l);
        !refusal.empty()) {
        return result::over_budget(std::move(refusal));
    }
    memory.narrow.release_much();
    layered_sum<i128> wide;
    wide.resume(memory.sum, plan, memory.tables);
    memory.sum.release_much();
    if (auto out = end_of(wide)) return *std::move(out);
    if constexpr (!std::is_same_v<Integer, std::int64_t>) {
        spent += (spent - before) * integer_traits<Integer>::product_cost;
        if (auto refusal = work_refusal("HOMFLY-PT in large integers", spent, l);
            !refusal.empty()) {
            return result::over_budget(std::move(refusal));
        }
        // A crossing at most doubles coefficients; a cap of width w multiplies by less than 2^2w.
        auto const bits = static_cast<double>(p.letters.size()) +
                          2.0 * static_cast<double>(plan.caps) * static_cast<double>(plan.width);
        if (auto refusal =
                memory_refusal("HOMFLY-PT in large integers",
                               unbounded_share<Integer>(bits) * bytes, states(plan.width), l);
            !refusal.empty()) {
            return result::over_budget(std::move(refusal));
        }
        layered_sum<Integer> unbounded;
        unbounded.resume(wide, plan, memory.tables);
        wide.release_much();
        if (auto out = end_of(unbounded)) return *std::move(out);
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
    double spent = 0.0;
    homfly_grid<Integer> out;
    std::vector<homfly_grid<Integer>> factors;
    for (auto const& p : s.pieces) {
        auto factor = homfly_of_piece<Integer>(p, l, w, spent);
        if (!factor.value) return {std::nullopt, std::move(factor.reason), factor.overflowed};
        if (&p == s.pieces.data()) {
            out = *std::move(factor.value);
        } else {
            factors.push_back(*std::move(factor.value));
        }
    }
    if (s.pieces.empty()) out = homfly_grid<Integer>::one();
    // How large the product gets is known before it is made.
    double rows = static_cast<double>(out.rows);
    double columns = static_cast<double>(out.columns);
    for (auto const& f : factors) {
        spent += rows * columns * static_cast<double>(f.c.size()) *
                 integer_traits<Integer>::product_cost;
        rows += static_cast<double>(f.rows - 1);
        columns += static_cast<double>(f.columns - 1);
    }
    spent += many * (2.0 * rows + many) * columns * integer_traits<Integer>::product_cost;
    if (spent > static_cast<double>(l.max_operations)) {
        return result::over_budget(work_refusal("HOMFLY-PT of " + to_text(s.pieces.size()) +
                                                    " pieces in " + to_text(s.parts()) +
                                                    " split parts",
                                                spent, l));
    }
    auto const times = [&](homfly_grid<Integer> const& factor) {
        auto next = try_multiply(out, factor);
        if (next) out = *std::move(next);
        return next.has_value();
    };
    auto const overflow = [] {
        return result::overflow("a coefficient of HOMFLY-PT does not fit the integer type");
    };
    for (auto const& factor : factors) {
        if (!times(factor)) return overflow();
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
