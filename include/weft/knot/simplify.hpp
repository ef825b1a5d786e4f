#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "weft/core/error.hpp"
#include "weft/core/number.hpp"
#include "weft/knot/braid.hpp"
#include "weft/knot/closure.hpp"

namespace weft::inline v0::knot {

namespace detail {

/// A closed braid of which every gap between strands is spanned by a letter. Sums over states take
/// other connected diagrams too: with `next`, letters are crossings of which only the signs count,
/// edges 2k and 2k + 1 enter crossing k from the left and from the right, and what leaves it to the
/// left becomes edge next[2k], to the right next[2k + 1].
struct piece {
    int strands = 1;
    std::vector<band> letters;
    std::vector<std::uint32_t> next = {};
};

} // namespace detail

/// What was done to a closed braid to make it small.
struct simplification_steps {
    /// Letters that went in pairs of inverses (free, cyclic, and over letters that commute).
    std::int64_t cancelled = 0;
    /// Braid relations s_i s_j s_i = s_j s_i s_j that were used on the way.
    std::int64_t relations = 0;
    /// Places where the closure came apart as a connected sum.
    std::int64_t sums = 0;
    /// Summands that were unknots: strands held by a single letter (Markov's destabilisation).
    std::int64_t destabilised = 0;
    /// Strands that no letter touched in the given word.
    std::int64_t isolated = 0;

    [[nodiscard]] friend bool operator==(simplification_steps const&,
                                         simplification_steps const&) = default;
};

namespace detail {

/// A link as pieces that are joined by `joins` connected sums and otherwise split: it has
/// pieces.size() + isolated - joins split parts (at least), where `isolated` counts unknots. One
/// diagram of it has the given numbers of strands, crossings, and writhe.
struct simplified {
    std::vector<piece> pieces;
    std::int64_t isolated = 0;
    std::int64_t joins = 0;
    simplification_steps steps;

    [[nodiscard]] std::int64_t parts() const noexcept {
        return static_cast<std::int64_t>(pieces.size()) + isolated - joins;
    }
    [[nodiscard]] std::int64_t strands() const noexcept {
        std::int64_t sum = isolated - joins;
        for (auto const& p : pieces) sum += p.strands;
        return sum;
    }
    [[nodiscard]] std::int64_t letters() const noexcept {
        std::int64_t sum = 0;
        for (auto const& p : pieces) sum += static_cast<std::int64_t>(p.letters.size());
        return sum;
    }
    [[nodiscard]] std::int64_t writhe() const noexcept {
        std::int64_t sum = 0;
        for (auto const& p : pieces) {
            for (auto const& l : p.letters) sum += l.sign;
        }
        return sum;
    }
};

/// A closed Artin word as the annular diagram that it is: letters are crossings on the two strand
/// positions (tracks) beside them, and each track is a circle of letters. Letters that commute have
/// no order, and every place of the closure is like every other, so that all rules are local:
///
/// - two inverse letters that are neighbours on both their tracks vanish;
/// - c^e d^g c^f becomes d^f c^g d^e (g is e or f, c and d neighbouring columns) where a letter
///   vanishes by it or one letter of column c is left; likewise c^e d^k c^-e = d^-e c^k d^e
///   where that leaves column c the block of k letters alone;
/// - a track whose circle is a run of one column's letters and a run of the other's is where the
///   closure is a connected sum: each column gets a track of its own. A letter that is alone in its
///   column ends up as a piece of its own, an unknot; that is Markov's destabilisation.
///
/// Every step takes letters away, or leaves a column one letter, or splits a track: linear in
/// letters and strands together.
class closed_word {
public:
    closed_word() = default;
    closed_word(int strands, std::span<int const> word) { assign(strands, word); }

    /// Begins with another word, in the same room.
    void assign(int strands, std::span<int const> word) {
        nodes_.assign(word.size(), {});
        columns_.assign(static_cast<std::size_t>(strands) + 1, {});
        tracks_.assign(static_cast<std::size_t>(strands) + 1, {});
        work_.clear();
        divisible_.clear();
        for (std::size_t c = 1; c + 1 < columns_.size(); ++c) {
            columns_[c].track[0] = static_cast<index>(c);
            columns_[c].track[1] = static_cast<index>(c + 1);
        }
        for (std::size_t k = 0; k < word.size(); ++k) {
            auto& x = nodes_[k];
            auto const self = static_cast<index>(k);
            x.sign = word[k] > 0 ? 1 : -1;
            x.column = static_cast<index>(word[k] > 0 ? word[k] : -word[k]);
            ++columns_[x.column].count;
            for (unsigned s = 0; s < 2; ++s) {
                auto const t = columns_[x.column].track[s];
                auto const last = tracks_[t].some;
                if (last == none) {
                    tracks_[t].front = self;
                } else {
                    join(last, side_on(last, t), self, s);
                    if (nodes_[last].column != x.column) ++tracks_[t].changes;
                }
                tracks_[t].some = self;
            }
        }
        for (std::size_t t = 1; t < tracks_.size(); ++t) {
            auto const last = tracks_[t].some;
            if (last == none) continue;
            auto const here = static_cast<index>(t);
            auto const front = tracks_[t].front;
            join(last, side_on(last, here), front, side_on(front, here));
            if (nodes_[last].column != nodes_[front].column) ++tracks_[t].changes;
            tracks_[t].some = front;
        }
    }

    /// Applies the rules until none does anything more.
    void reduce(simplified& out) {
        work_.reserve(nodes_.size() + 16);
        for (std::size_t k = nodes_.size(); k-- > 0;) work_.push_back(static_cast<index>(k));
        for (auto& x : nodes_) x.waiting = true;
        for (std::size_t t = tracks_.size(); t-- > 1;) {
            if (tracks_[t].changes == 2) divisible_.push_back(static_cast<index>(t));
        }
        for (;;) {
            // Tracks first: a column that was left one letter must not be given others again.
            if (!divisible_.empty()) {
                auto const t = divisible_.back();
                divisible_.pop_back();
                if (tracks_[t].changes != 2) continue;
                divide(t);
                ++out.joins;
                ++out.steps.sums;
            } else if (!work_.empty()) {
                auto const x = work_.back();
                work_.pop_back();
                nodes_[x].waiting = false;
                if (nodes_[x].sign == 0) continue;
                if (cancel(x, out.steps) || exchange(x, out.steps)) wake(x);
            } else {
                return;
            }
        }
    }

    /// Adds what is left to `out`, piece by piece.
    void write(simplified& out) {
        for (std::size_t c = 1; c < columns_.size(); ++c) {
            if (columns_[c].count == 0) continue;
            tracks_[columns_[c].track[0]].right = static_cast<index>(c);
            tracks_[columns_[c].track[1]].has_left = true;
        }
        for (std::size_t t = 1; t < tracks_.size(); ++t) {
            if (tracks_[t].has_left) continue;
            if (tracks_[t].right == none) {
                ++out.isolated;
            } else {
                write_piece(out, static_cast<index>(t));
            }
        }
    }

private:
    using index = std::uint32_t;
    static constexpr index none = 0xffff'ffffU;
    /// Keeps the search for c^e d^k c^-e short.
    static constexpr index longest_run = 256;

    // prev and next on the track to the left (0) and to the right (1); sign 0 means gone.
    struct node {
        index prev[2] = {none, none};
        index next[2] = {none, none};
        index column = 0;
        std::int8_t sign = 0;
        bool waiting = false;
    };
    struct column {
        index track[2] = {0, 0};
        index count = 0;
    };
    // Some letter on the track, how often the column changes around it, the letter that comes next
    // where it is read from an end, and the column to its right.
    struct track {
        index some = none;
        index changes = 0;
        index front = none;
        index right = none;
        bool has_left = false;
    };

    [[nodiscard]] unsigned side_on(index x, index t) const noexcept {
        return columns_[nodes_[x].column].track[1] == t ? 1U : 0U;
    }
    /// The side that y turns to the track on which x, in its sight, is on side s.
    [[nodiscard]] unsigned facing(index x, unsigned s, index y) const noexcept {
        return nodes_[x].column == nodes_[y].column ? s : 1U - s;
    }
    [[nodiscard]] index next(index x, unsigned s) const noexcept { return nodes_[x].next[s]; }
    [[nodiscard]] index prev(index x, unsigned s) const noexcept { return nodes_[x].prev[s]; }

    void join(index x, unsigned sx, index y, unsigned sy) noexcept {
        nodes_[x].next[sx] = y;
        nodes_[y].prev[sy] = x;
    }

    void count_change(index t, index x, index y, index by) noexcept {
        if (nodes_[x].column != nodes_[y].column) tracks_[t].changes += by;
    }

    void unlink(index x) {
        auto& c = columns_[nodes_[x].column];
        --c.count;
        for (unsigned s = 0; s < 2; ++s) {
            auto const t = c.track[s];
            auto const p = prev(x, s);
            auto const q = next(x, s);
            if (p == x) {
                tracks_[t].some = none;
                continue;
            }
            constexpr auto less = static_cast<index>(-1);
            count_change(t, p, x, less);
            count_change(t, x, q, less);
            count_change(t, p, q, 1);
            join(p, facing(x, s, p), q, facing(x, s, q));
            tracks_[t].some = p;
            note(t);
        }
    }

    /// Puts x on the track to its side s, after p (or alone where p is none).
    void link(index x, unsigned s, index p) {
        auto const t = columns_[nodes_[x].column].track[s];
        if (p == none) {
            join(x, s, x, s);
        } else {
            auto const sp = facing(x, s, p);
            auto const q = next(p, sp);
            count_change(t, p, q, static_cast<index>(-1));
            count_change(t, p, x, 1);
            count_change(t, x, q, 1);
            auto const sq = facing(x, s, q);
            join(x, s, q, sq);
            join(p, sp, x, s);
            note(t);
        }
        tracks_[t].some = x;
    }

    void note(index t) {
        if (tracks_[t].changes == 2) divisible_.push_back(t);
    }

    void wake(index x) {
        if (x == none || nodes_[x].sign == 0 || nodes_[x].waiting) return;
        nodes_[x].waiting = true;
        work_.push_back(x);
    }
    /// Wakes the letters whose rules see x.
    void wake_around(index x) {
        if (x == none || nodes_[x].sign == 0) return;
        for (unsigned s = 0; s < 2; ++s) {
            auto const p = prev(x, s);
            wake(next(x, s));
            for (unsigned r = 0; r < 2; ++r) wake(prev(p, r));
            wake(p);
        }
        wake(x);
    }

    bool cancel(index x, simplification_steps& steps) {
        auto const y = next(x, 0);
        if (y == x || next(x, 1) != y || nodes_[y].sign != -nodes_[x].sign) return false;
        index const around[4] = {prev(x, 0), prev(x, 1), next(y, 0), next(y, 1)};
        unlink(x);
        unlink(y);
        nodes_[x].sign = nodes_[y].sign = 0;
        steps.cancelled += 2;
        for (auto const z : around) wake_around(z);
        return true;
    }

    /// c^e d^g c^f with x the first letter, where it is worth while.
    bool exchange(index x, simplification_steps& steps) {
        for (unsigned s = 0; s < 2; ++s) {
            auto const y = next(x, s);
            auto const c = nodes_[x].column;
            if (nodes_[y].column == c) continue;
            // The letters of the neighbouring column up to the next one of column c.
            auto last = y;
            auto const opposite = next(x, 1 - s);
            if (opposite == x || nodes_[opposite].column != c) continue;
            auto const pair = columns_[c].count == 2;
            bool const inverse = nodes_[opposite].sign == -nodes_[x].sign;
            index run = 1;
            while (pair && inverse && run < longest_run && next(last, 1 - s) == next(last, s) &&
                   next(last, s) != y && nodes_[next(last, s)].column == nodes_[y].column) {
                last = next(last, s);
                ++run;
            }
            auto const z = next(last, 1 - s);
            if (z != opposite || z == x) continue;
            auto const g = nodes_[y].sign;
            if (run == 1 && g != nodes_[x].sign && g != nodes_[z].sign) continue;
            auto const before = prev(x, s);
            auto const after = next(z, s);
            bool const first = before == prev(y, s) && nodes_[before].sign == -nodes_[z].sign;
            bool const second = after == next(last, s) && nodes_[after].sign == -nodes_[x].sign;
            if (!pair && !first && !second) continue;
            turn(x, y, last, z, s);
            ++steps.relations;
            if (!pair) cancel(first ? before : z, steps);
            return true;
        }
        return false;
    }

    /// c^e d.. c^f to d^f c.. d^e, where d lies on side s of c.
    void turn(index x, index y, index last, index z, unsigned s) {
        auto const c = nodes_[x].column;
        auto const d = nodes_[y].column;
        std::vector<index>& run = scratch_;
        run.clear();
        for (auto k = y;; k = next(k, s)) {
            run.push_back(k);
            if (k == last) break;
        }
        // Where the new letters go on the three tracks: beside c, between, beside d.
        auto outer = prev(x, 1 - s);
        auto middle = prev(x, s);
        auto inner = prev(y, s);
        if (outer == z || outer == x) outer = none;
        if (middle == z) middle = none;
        if (inner == last) inner = none;
        for (auto const k : {x, z}) unlink(k);
        for (auto const k : run) unlink(k);
        auto const e = nodes_[x].sign;
        nodes_[x].sign = nodes_[z].sign;
        nodes_[z].sign = e;
        auto const place = [&](index k, index to) {
            nodes_[k].column = to;
            ++columns_[to].count;
        };
        for (auto const k : run) {
            place(k, c);
            link(k, 1 - s, outer);
            outer = k;
        }
        place(x, d);
        place(z, d);
        link(x, 1 - s, middle);
        middle = x;
        for (auto const k : run) {
            link(k, s, middle);
            middle = k;
        }
        link(z, 1 - s, middle);
        link(x, s, inner);
        link(z, s, x);
        wake_around(x);
        wake_around(z);
        wake_around(next(z, s));
        wake_around(next(z, 1 - s));
        for (auto const k : run) wake(k);
        wake_around(y);
    }

    /// Gives the column to the right of track t a track of its own.
    void divide(index t) {
        index ends[2] = {none, none};
        auto k = tracks_[t].some;
        for (;;) {
            auto const s = side_on(k, t);
            auto const after = next(k, s);
            if (nodes_[after].column != nodes_[k].column) {
                ends[s] = k;
                if (ends[1 - s] != none) break;
            }
            k = after;
        }
        auto const left = ends[1];
        auto const right = ends[0];
        auto const left_first = next(right, 0);
        auto const right_first = next(left, 1);
        join(left, 1, left_first, 1);
        join(right, 0, right_first, 0);
        columns_[nodes_[right].column].track[0] = static_cast<index>(tracks_.size());
        tracks_[t].some = left;
        tracks_[t].changes = 0;
        tracks_.emplace_back().some = right;
        wake_around(left);
        wake_around(left_first);
        wake_around(right);
        wake_around(right_first);
    }

    void write_piece(simplified& out, index t) {
        piece p{1, {}};
        std::size_t letters = 0;
        // Where the word is cut open: behind one letter of each column, on either track.
        auto before = tracks_[t].some;
        tracks_[t].front = next(before, 0);
        scratch_.clear();
        for (auto u = t; tracks_[u].right != none; ++p.strands) {
            auto const c = tracks_[u].right;
            while (nodes_[before].column != c) before = prev(before, 1);
            letters += columns_[c].count;
            u = columns_[c].track[1];
            tracks_[u].front = next(before, 1);
            columns_[c].count = static_cast<index>(p.strands);
            scratch_.push_back(u);
        }
        if (letters == 1) {
            ++out.isolated;
            ++out.steps.destabilised;
            return;
        }
        p.letters.reserve(letters);
        // Letters come when both their tracks have come to them.
        auto& ready = scratch_;
        for (std::size_t a = 0, b = ready.size(); a + 1 < b; ++a) {
            --b;
            std::swap(ready[a], ready[b]);
        }
        ready.push_back(t);
        while (!ready.empty()) {
            auto const u = ready.back();
            auto const x = tracks_[u].front;
            auto const c = nodes_[x].column;
            auto const& tracks = columns_[c].track;
            if (nodes_[x].sign == 0 || tracks_[tracks[0]].front != x ||
                tracks_[tracks[1]].front != x) {
                ready.pop_back();
                continue;
            }
            auto const position = static_cast<int>(columns_[c].count);
            p.letters.push_back({position, position + 1, nodes_[x].sign});
            nodes_[x].sign = 0;
            for (unsigned s = 0; s < 2; ++s) tracks_[tracks[s]].front = next(x, s);
            ready.push_back(tracks[u == tracks[0] ? 1 : 0]);
        }
        out.pieces.push_back(std::move(p));
    }

    std::vector<node> nodes_;
    std::vector<column> columns_;
    std::vector<track> tracks_;
    std::vector<index> work_, divisible_, scratch_;
};

/// Adds the closure of an Artin word to `out`, made small in the room of `w`.
inline void simplify_word(int strands, std::span<int const> word, simplified& out, closed_word& w) {
    if (word.empty()) {
        out.isolated += strands;
        return;
    }
    if (word.size() >= 0xffff'ffffU) {
        WEFT_THROW(invalid_argument("b", to_text(word.size()) + " letters", "fewer than 2^32 - 1"));
    }
    w.assign(strands, word);
    w.reduce(out);
    w.write(out);
}

inline void simplify_word(int strands, std::span<int const> word, simplified& out) {
    closed_word w;
    simplify_word(strands, word, out, w);
}

[[nodiscard]] inline bool artin(std::span<band const> letters) noexcept {
    for (auto const& l : letters) {
        if (l.j != l.i + 1) return false;
    }
    return true;
}

/// The bands without those that hold a strand all by themselves, again and again. Linear.
[[nodiscard]] inline std::vector<band> without_leaves(std::size_t strands,
                                                      std::vector<band> const& letters) {
    std::vector<std::vector<std::size_t>> at(strands + 1);
    for (std::size_t e = 0; e < letters.size(); ++e) {
        at[static_cast<std::size_t>(letters[e].i)].push_back(e);
        at[static_cast<std::size_t>(letters[e].j)].push_back(e);
    }
    std::vector<std::size_t> degree(strands + 1);
    std::vector<std::size_t> leaves;
    for (std::size_t s = 1; s <= strands; ++s) {
        degree[s] = at[s].size();
        if (degree[s] == 1) leaves.push_back(s);
    }
    std::vector<char> gone(letters.size(), 0);
    while (!leaves.empty()) {
        auto const s = leaves.back();
        leaves.pop_back();
        for (auto const e : at[s]) {
            if (gone[e] != 0) continue;
            gone[e] = 1;
            for (auto const end : {letters[e].i, letters[e].j}) {
                auto const x = static_cast<std::size_t>(end);
                if (--degree[x] == 1) leaves.push_back(x);
            }
        }
    }
    std::vector<band> kept;
    for (std::size_t e = 0; e < letters.size(); ++e) {
        if (gone[e] == 0) kept.push_back(letters[e]);
    }
    return kept;
}

/// Cancels neighbouring inverse bands around the closure, drops strands that a single band holds
/// (their disc shrinks back through that band), and splits where no band spans a gap.
[[nodiscard]] inline simplified simplify_bands(compact_braid const& b) {
    simplified out;
    out.isolated = out.steps.isolated = b.isolated;
    auto letters = reduced(std::span<band const>(b.letters), true);
    auto const n = b.strands.size();
    // Words that get smaller a little at a time are left as they are after so many rounds.
    constexpr int most_rounds = 64;
    for (int round = 0; round < most_rounds; ++round) {
        auto kept = without_leaves(n, letters);
        auto const leaves = static_cast<std::int64_t>(letters.size() - kept.size());
        out.joins += leaves;
        out.steps.sums += leaves;
        out.steps.destabilised += leaves;
        letters = reduced(std::span<band const>(kept), true);
        if (leaves == 0 && letters.size() == kept.size()) break;
    }
    out.steps.cancelled = static_cast<std::int64_t>(b.letters.size() - letters.size()) - out.joins;
    // A strand that lost its last band is an unknot, joined to or split from the rest.
    std::vector<int> rank(n + 1, 0);
    for (auto const& l : letters) {
        rank[static_cast<std::size_t>(l.i)] = rank[static_cast<std::size_t>(l.j)] = 1;
    }
    int count = 0;
    for (std::size_t s = 1; s <= n; ++s) {
        if (rank[s] != 0) {
            rank[s] = ++count;
        } else {
            ++out.isolated;
        }
    }
    std::vector<int> reach(static_cast<std::size_t>(count) + 2, 0);
    for (auto& l : letters) {
        l.i = rank[static_cast<std::size_t>(l.i)];
        l.j = rank[static_cast<std::size_t>(l.j)];
        auto& r = reach[static_cast<std::size_t>(l.i)];
        if (l.j > r) r = l.j;
    }
    std::vector<int> part(static_cast<std::size_t>(count) + 1, 0);
    std::vector<int> start;
    int furthest = 0;
    for (int s = 1; s <= count; ++s) {
        if (s > furthest) start.push_back(s);
        auto const r = reach[static_cast<std::size_t>(s)];
        if (r > furthest) furthest = r;
        part[static_cast<std::size_t>(s)] = static_cast<int>(start.size()) - 1;
    }
    std::vector<piece> pieces(start.size());
    for (std::size_t p = 0; p < start.size(); ++p) {
        pieces[p].strands = (p + 1 < start.size() ? start[p + 1] : count + 1) - start[p];
    }
    for (auto const& l : letters) {
        auto const p = static_cast<std::size_t>(part[static_cast<std::size_t>(l.i)]);
        pieces[p].letters.push_back({l.i - start[p] + 1, l.j - start[p] + 1, l.sign});
    }
    for (auto& p : pieces) out.pieces.push_back(std::move(p));
    return out;
}

/// The pieces of a compact braid that is an Artin word, possibly after renumbering.
[[nodiscard]] inline simplified simplify_artin(compact_braid const& b) {
    simplified out;
    out.isolated = out.steps.isolated = b.isolated;
    if (b.letters.empty()) return out;
    std::vector<int> word;
    word.reserve(b.letters.size());
    for (auto const& l : b.letters) word.push_back(l.sign * l.i);
    simplify_word(static_cast<int>(b.strands.size()), word, out);
    return out;
}

/// The pieces of `s` written as Artin words and simplified as such.
[[nodiscard]] inline simplified simplify_expanded(simplified const& s) {
    simplified out;
    out.isolated = s.isolated;
    out.joins = s.joins;
    out.steps = s.steps;
    for (auto const& p : s.pieces) {
        std::vector<int> word;
        for (auto const& l : p.letters) append_expanded(word, l);
        simplify_word(p.strands, word, out);
    }
    return out;
}

} // namespace detail

/// A link in small pieces. It has `parts` split parts (at least); pieces and `unknots` belong to
/// them, joined by `sums` connected sums: parts = pieces + unknots - sums. Jones, HOMFLY-PT and
/// Alexander polynomials multiply over the pieces, and a further part brings the unlink's factor.
struct simplified_link {
    /// Closed braids of which every gap between strands is spanned by a letter.
    std::vector<braid> pieces;
    std::int64_t unknots = 0;
    std::int64_t sums = 0;
    std::int64_t parts = 1;
    /// Strands and letters of one diagram of the whole link.
    std::int64_t strands = 1;
    std::int64_t letters = 0;
    simplification_steps steps;
};

/// Makes the closure of a braid small without changing the link: inverse letters cancel (also
/// around the closure and over letters that commute with them), braid relations are used where they
/// take a letter or a strand away, strands held by one letter are dropped, split parts and
/// connected sums that the word shows are taken apart. Words of bands stay bands, and of them
/// neighbouring inverses, strands held by one band, and splits are found. Nothing promises that the
/// result is as small as can be: a complicated word of the unknot stays one. Linear in the letters;
/// memory does not grow with the strands. Throws invalid_argument naming `b` from 2^32 - 1 letters.
[[nodiscard]] inline simplified_link simplify(braid const& b) {
    auto const compact = detail::compacted(b);
    auto s = detail::artin(compact.letters) ? detail::simplify_artin(compact)
                                            : detail::simplify_bands(compact);
    simplified_link out;
    out.unknots = s.isolated;
    out.sums = s.joins;
    out.parts = s.parts();
    out.strands = s.strands();
    out.letters = s.letters();
    out.steps = s.steps;
    out.pieces.reserve(s.pieces.size());
    for (auto& p : s.pieces) {
        if (!detail::artin(p.letters)) {
            out.pieces.push_back(braid::from_bands(p.strands, std::move(p.letters)));
            continue;
        }
        std::vector<int> word;
        word.reserve(p.letters.size());
        for (auto const& l : p.letters) word.push_back(l.sign * l.i);
        out.pieces.emplace_back(p.strands, std::move(word));
    }
    return out;
}

} // namespace weft::inline v0::knot
