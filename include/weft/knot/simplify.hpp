#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "weft/knot/braid.hpp"
#include "weft/knot/closure.hpp"

/// Simplifying a closed braid without changing its link. Everything here is internal.
namespace weft::inline v0::knot::detail {

/// A closed braid of which every gap between strands is spanned by a letter.
struct piece {
    int strands = 1;
    std::vector<band> letters;
};

/// A link as pieces that are joined by `joins` connected sums and otherwise split: it has
/// pieces.size() + isolated - joins split parts (at least), where `isolated` counts unknots. One
/// diagram of it has the given numbers of strands, crossings, and writhe.
struct simplified {
    std::vector<piece> pieces;
    std::int64_t isolated = 0;
    std::int64_t joins = 0;

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

/// Cancels inverse Artin letters that meet after moving over letters of columns two or more away,
/// also around the closure. Linear in the letters.
inline void cancel_letters(int strands, std::vector<int>& word) {
    auto const columns = static_cast<std::size_t>(strands) + 1;
    // The letters of a column from `first` to the end of its stack are alive.
    std::vector<std::vector<std::size_t>> stack(columns);
    std::vector<std::size_t> first(columns, 0);
    std::vector<char> alive(word.size(), 1);
    auto const top = [&](std::size_t c) {
        return stack[c].size() > first[c] ? stack[c].back() + 1 : std::size_t{0};
    };
    bool any = false;
    for (std::size_t k = 0; k < word.size(); ++k) {
        auto const c = static_cast<std::size_t>(word[k] < 0 ? -word[k] : word[k]);
        auto const last = top(c);
        if (last != 0 && word[last - 1] == -word[k] && top(c - 1) < last &&
            (c + 1 >= columns || top(c + 1) < last)) {
            stack[c].pop_back();
            alive[last - 1] = alive[k] = 0;
            any = true;
        } else {
            stack[c].push_back(k);
        }
    }
    std::vector<std::size_t> work;
    for (std::size_t c = columns; c-- > 1;) work.push_back(c);
    while (!work.empty()) {
        auto const c = work.back();
        work.pop_back();
        bool changed = false;
        for (;;) {
            auto& s = stack[c];
            if (s.size() < first[c] + 2) break;
            auto const front = s[first[c]];
            auto const back = s.back();
            bool free = word[front] == -word[back];
            for (auto const d : {c - 1, c + 1}) {
                if (free && d < columns && stack[d].size() > first[d]) {
                    free = stack[d][first[d]] > front && stack[d].back() < back;
                }
            }
            if (!free) break;
            alive[front] = alive[back] = 0;
            ++first[c];
            s.pop_back();
            any = changed = true;
        }
        if (changed) {
            if (c > 1) work.push_back(c - 1);
            if (c + 1 < columns) work.push_back(c + 1);
        }
    }
    if (!any) return;
    std::size_t kept = 0;
    for (std::size_t k = 0; k < word.size(); ++k) {
        if (alive[k] != 0) word[kept++] = word[k];
    }
    word.resize(kept);
}

/// Adds the closure of an Artin word to `out`: cancels, splits at empty columns, takes connected
/// sums apart at columns with a single letter (which is what destabilising does at the ends).
inline void simplify_word(int strands, std::vector<int> word, simplified& out) {
    struct job {
        int strands = 1;
        int depth = 0;
        std::vector<int> word;
    };
    // Words that come apart a little at a time are left as they are after so many rounds.
    constexpr int deepest = 64;
    std::vector<job> jobs;
    jobs.push_back({strands, 0, std::move(word)});
    while (!jobs.empty()) {
        auto [n, depth, w] = std::move(jobs.back());
        jobs.pop_back();
        if (w.empty()) {
            out.isolated += n;
            continue;
        }
        if (depth < deepest) cancel_letters(n, w);
        std::vector<std::size_t> uses(static_cast<std::size_t>(n) + 1, 0);
        for (int const g : w) ++uses[static_cast<std::size_t>(g < 0 ? -g : g)];
        bool whole = true;
        for (int c = 1; c < n; ++c) whole = whole && uses[static_cast<std::size_t>(c)] > 1;
        if (whole) {
            piece p{n, {}};
            p.letters.reserve(w.size());
            for (int const g : w) {
                p.letters.push_back(g > 0 ? band{g, g + 1, 1} : band{-g, 1 - g, -1});
            }
            out.pieces.push_back(std::move(p));
            continue;
        }
        // Which run of strands a column belongs to, and where that run starts.
        std::vector<std::size_t> run(static_cast<std::size_t>(n) + 1, 0);
        std::vector<int> start{1};
        for (int c = 1; c <= n; ++c) {
            run[static_cast<std::size_t>(c)] = start.size() - 1;
            if (c < n && uses[static_cast<std::size_t>(c)] < 2) {
                out.joins += static_cast<std::int64_t>(uses[static_cast<std::size_t>(c)]);
                start.push_back(c + 1);
            }
        }
        std::vector<job> next(start.size());
        for (std::size_t r = 0; r < start.size(); ++r) {
            next[r].depth = depth + 1;
            next[r].strands = (r + 1 < start.size() ? start[r + 1] : n + 1) - start[r];
        }
        for (int const g : w) {
            auto const c = static_cast<std::size_t>(g < 0 ? -g : g);
            if (uses[c] < 2) continue;
            auto const shift = start[run[c]] - 1;
            next[run[c]].word.push_back(g < 0 ? g + shift : g - shift);
        }
        for (auto& j : next) {
            if (j.strands == 1) {
                ++out.isolated;
            } else {
                jobs.push_back(std::move(j));
            }
        }
    }
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
    out.isolated = b.isolated;
    auto letters = reduced(std::span<band const>(b.letters), true);
    auto const n = b.strands.size();
    for (;;) {
        auto kept = without_leaves(n, letters);
        out.joins += static_cast<std::int64_t>(letters.size() - kept.size());
        bool const same = kept.size() == letters.size();
        letters = reduced(std::span<band const>(kept), true);
        if (same && letters.size() == kept.size()) break;
    }
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
    out.isolated = b.isolated;
    if (b.letters.empty()) return out;
    std::vector<int> word;
    word.reserve(b.letters.size());
    for (auto const& l : b.letters) word.push_back(l.sign * l.i);
    simplify_word(static_cast<int>(b.strands.size()), std::move(word), out);
    return out;
}

/// The pieces of `s` written as Artin words and simplified as such.
[[nodiscard]] inline simplified simplify_expanded(simplified const& s) {
    simplified out;
    out.isolated = s.isolated;
    out.joins = s.joins;
    for (auto const& p : s.pieces) {
        std::vector<int> word;
        for (auto const& l : p.letters) append_expanded(word, l);
        simplify_word(p.strands, std::move(word), out);
    }
    return out;
}

} // namespace weft::inline v0::knot::detail
