#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "weft/core/error.hpp"
#include "weft/core/number.hpp"
#include "weft/knot/braid.hpp"

namespace weft::inline v0::knot {

namespace detail {

/// Sorts and removes duplicates (heapsort: no recursion, no allocation).
inline void sort_unique(std::vector<int>& v) {
    auto const n = v.size();
    auto const sift = [&](std::size_t root, std::size_t end) {
        for (;;) {
            auto child = 2 * root + 1;
            if (child >= end) return;
            if (child + 1 < end && v[child] < v[child + 1]) ++child;
            if (v[root] >= v[child]) return;
            std::swap(v[root], v[child]);
            root = child;
        }
    };
    for (std::size_t k = n / 2; k-- > 0;) sift(k, n);
    for (std::size_t end = n; end > 1;) {
        --end;
        std::swap(v[0], v[end]);
        sift(0, end);
    }
    std::size_t kept = 0;
    for (std::size_t k = 0; k < n; ++k) {
        if (kept == 0 || v[k] != v[kept - 1]) v[kept++] = v[k];
    }
    v.resize(kept);
}

[[nodiscard]] inline std::size_t index_of(std::vector<int> const& sorted, int value) noexcept {
    std::size_t low = 0;
    std::size_t high = sorted.size();
    while (low < high) {
        auto const middle = low + (high - low) / 2;
        if (sorted[middle] < value) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/// A braid on those strands alone that some letter touches. A strand that no band is attached to
/// bounds a disc of its own, which slides out from behind the others: it is split from the rest.
struct compact_braid {
    std::vector<int> strands;  ///< the touched strands, 1-based, rising
    std::vector<band> letters; ///< renumbered to 1..strands.size()
    std::int64_t isolated = 0; ///< how many strands are untouched
};

[[nodiscard]] inline compact_braid compacted(braid const& b) {
    compact_braid out;
    out.letters.resize(b.size());
    // Where strands are few for the letters, a table is quicker than sorting.
    if (static_cast<std::size_t>(b.strands()) <= 4 * b.size() + 16) {
        std::vector<int> rank(static_cast<std::size_t>(b.strands()) + 1, 0);
        for (std::size_t k = 0; k < b.size(); ++k) {
            auto const l = b.letter(k);
            rank[static_cast<std::size_t>(l.i)] = rank[static_cast<std::size_t>(l.j)] = 1;
        }
        int count = 0;
        for (int s = 1; s <= b.strands(); ++s) {
            if (rank[static_cast<std::size_t>(s)] != 0) {
                rank[static_cast<std::size_t>(s)] = ++count;
                out.strands.push_back(s);
            }
        }
        for (std::size_t k = 0; k < b.size(); ++k) {
            auto const l = b.letter(k);
            out.letters[k] = {rank[static_cast<std::size_t>(l.i)],
                              rank[static_cast<std::size_t>(l.j)], l.sign};
        }
    } else {
        out.strands.reserve(2 * b.size());
        for (std::size_t k = 0; k < b.size(); ++k) {
            auto const l = b.letter(k);
            out.strands.push_back(l.i);
            out.strands.push_back(l.j);
        }
        sort_unique(out.strands);
        for (std::size_t k = 0; k < b.size(); ++k) {
            auto const l = b.letter(k);
            out.letters[k] = {static_cast<int>(index_of(out.strands, l.i)) + 1,
                              static_cast<int>(index_of(out.strands, l.j)) + 1, l.sign};
        }
    }
    out.isolated = std::int64_t{b.strands()} - static_cast<std::int64_t>(out.strands.size());
    return out;
}

/// The components that the touched strands close to, numbered by their lowest strand.
struct touched_components {
    std::vector<int> of_strand; ///< by the strand's place among the touched ones, 0-based
    int count = 0;
};

[[nodiscard]] inline touched_components components_of(compact_braid const& b) {
    auto const n = b.strands.size();
    std::vector<int> at(n);
    for (std::size_t k = 0; k < n; ++k) at[k] = static_cast<int>(k);
    for (auto const& l : b.letters) {
        std::swap(at[static_cast<std::size_t>(l.i - 1)], at[static_cast<std::size_t>(l.j - 1)]);
    }
    std::vector<int> end(n);
    for (std::size_t k = 0; k < n; ++k) end[static_cast<std::size_t>(at[k])] = static_cast<int>(k);
    touched_components out;
    out.of_strand.assign(n, -1);
    for (std::size_t k = 0; k < n; ++k) {
        if (out.of_strand[k] >= 0) continue;
        for (auto s = k; out.of_strand[s] < 0; s = static_cast<std::size_t>(end[s])) {
            out.of_strand[s] = out.count;
        }
        ++out.count;
    }
    return out;
}

/// The number of strands that the letters pass, which is what linking numbers cost.
[[nodiscard]] inline std::int64_t passages(compact_braid const& b) noexcept {
    std::int64_t sum = 0;
    for (auto const& l : b.letters) sum += l.j - l.i;
    return sum;
}

/// Twice the linking numbers of the touched components, row by row; the diagonal is 0.
[[nodiscard]] inline std::vector<std::int64_t> twice_linking(compact_braid const& b,
                                                             touched_components const& c) {
    auto const m = static_cast<std::size_t>(c.count);
    std::vector<std::int64_t> twice(m * m, 0);
    std::vector<int> at = c.of_strand;
    auto const meet = [&](int x, int y, int sign) {
        if (x == y) return;
        auto const a = static_cast<std::size_t>(x);
        auto const d = static_cast<std::size_t>(y);
        twice[a * m + d] += sign;
        twice[d * m + a] += sign;
    };
    for (auto const& l : b.letters) {
        auto const i = static_cast<std::size_t>(l.i - 1);
        auto const j = static_cast<std::size_t>(l.j - 1);
        if (m > 1) {
            // The strand at j comes in over those between, the one at i goes out over them.
            if (at[i] != at[j]) {
                for (std::size_t k = i + 1; k < j; ++k) {
                    meet(at[j], at[k], 1);
                    meet(at[i], at[k], -1);
                }
            }
            meet(at[i], at[j], l.sign);
        }
        std::swap(at[i], at[j]);
    }
    return twice;
}

/// The braid of one component's strands alone, in band form: the others are taken out.
[[nodiscard]] inline braid sub_braid(compact_braid const& b, touched_components const& c,
                                     int component) {
    auto const n = b.strands.size();
    std::vector<char> mine(n);
    int strands = 0;
    for (std::size_t k = 0; k < n; ++k) {
        mine[k] = c.of_strand[k] == component ? 1 : 0;
        strands += mine[k];
    }
    std::vector<band> letters;
    for (auto const& l : b.letters) {
        auto const i = static_cast<std::size_t>(l.i - 1);
        auto const j = static_cast<std::size_t>(l.j - 1);
        if (mine[i] == 0 && mine[j] == 0) continue;
        int before = 0;
        for (std::size_t k = 0; k < i; ++k) before += mine[k];
        int between = 0;
        for (std::size_t k = i + 1; k < j; ++k) between += mine[k];
        int const low = before + 1;
        if (mine[i] != 0 && mine[j] != 0) {
            letters.push_back({low, low + between + 1, l.sign});
        } else if (mine[j] != 0) {
            for (int k = low + between - 1; k >= low; --k) letters.push_back({k, k + 1, 1});
        } else {
            for (int k = low; k < low + between; ++k) letters.push_back({k, k + 1, -1});
        }
        std::swap(mine[i], mine[j]);
    }
    return braid::from_bands(strands, std::move(letters));
}

} // namespace detail

/// The number of components of the closure: the cycles of the braid's permutation. O(letters).
[[nodiscard]] inline std::int64_t component_count(braid const& b) {
    auto const compact = detail::compacted(b);
    return compact.isolated + detail::components_of(compact).count;
}

/// The linking numbers of the closure's components, which are ordered by their lowest strand;
/// the diagonal is 0. O(letters x strands passed + components^2). Throws invalid_argument naming
/// `b` where there are more than `max_components` components.
[[nodiscard]] inline std::vector<std::vector<std::int64_t>>
linking_matrix(braid const& b, std::int64_t max_components = 1024) {
    auto const compact = detail::compacted(b);
    auto const touched = detail::components_of(compact);
    auto const count = compact.isolated + touched.count;
    if (count > max_components) {
        WEFT_THROW(invalid_argument("b", to_text(count) + " components",
                                    "at most " + to_text(max_components)));
    }
    auto const twice = detail::twice_linking(compact, touched);
    // Isolated strands are components too: find where each touched one comes among all.
    std::vector<std::size_t> place(static_cast<std::size_t>(touched.count));
    int next = 0;
    for (std::size_t k = 0; k < compact.strands.size(); ++k) {
        if (touched.of_strand[k] != next) continue;
        auto const untouched_below = static_cast<std::size_t>(compact.strands[k]) - 1 - k;
        place[static_cast<std::size_t>(next)] = static_cast<std::size_t>(next) + untouched_below;
        ++next;
    }
    auto const size = static_cast<std::size_t>(count);
    std::vector<std::vector<std::int64_t>> out(size, std::vector<std::int64_t>(size, 0));
    for (std::size_t x = 0; x < place.size(); ++x) {
        for (std::size_t y = 0; y < place.size(); ++y) {
            out[place[x]][place[y]] = twice[x * place.size() + y] / 2;
        }
    }
    return out;
}

} // namespace weft::inline v0::knot
