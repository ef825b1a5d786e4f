#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "weft/core/error.hpp"
#include "weft/core/number.hpp"
#include "weft/knot/braid.hpp"
#include "weft/knot/closure.hpp"
#include "weft/knot/simplify.hpp"

namespace weft::inline v0::knot {

/// A square matrix of integers, row by row.
struct integer_matrix {
    std::size_t size = 0;
    std::vector<int> entries;

    [[nodiscard]] int operator()(std::size_t row, std::size_t column) const noexcept {
        return entries[row * size + column];
    }
    [[nodiscard]] int& operator()(std::size_t row, std::size_t column) noexcept {
        return entries[row * size + column];
    }
    [[nodiscard]] friend bool operator==(integer_matrix const&, integer_matrix const&) = default;
};

/// A Seifert matrix and how many pieces its surface has; Alexander is 0 where that is above 1.
struct seifert_form {
    integer_matrix matrix;
    std::int64_t surface_parts = 1;
};

namespace detail {

/// The generators of an Artin word's surface: consecutive letters of one column, in the order of
/// their second letter, which keeps the matrix within a narrow band around its diagonal.
struct collins_generator {
    int column;
    std::size_t first, last;
};

[[nodiscard]] inline std::vector<collins_generator> collins_generators(piece const& p) {
    std::vector<collins_generator> out;
    std::vector<std::size_t> previous(static_cast<std::size_t>(p.strands), 0);
    for (std::size_t k = 0; k < p.letters.size(); ++k) {
        auto& last = previous[static_cast<std::size_t>(p.letters[k].i)];
        if (last != 0) out.push_back({p.letters[k].i, last - 1, k});
        last = k + 1;
    }
    return out;
}

/// Calls put(x, y, value) for every entry of Collins's matrix that is not 0, and some that are.
template <class Put>
void collins_entries(piece const& p, std::vector<collins_generator> const& generators,
                     Put const& put) {
    auto const n = generators.size();
    // The generators of each column, in order.
    auto const columns = static_cast<std::size_t>(p.strands) + 1;
    std::vector<std::size_t> start(columns + 1, 0);
    for (auto const& g : generators) ++start[static_cast<std::size_t>(g.column) + 1];
    for (std::size_t c = 1; c <= columns; ++c) start[c] += start[c - 1];
    std::vector<std::size_t> sorted(n);
    for (std::size_t x = 0; x < n; ++x) {
        sorted[start[static_cast<std::size_t>(generators[x].column)]++] = x;
    }
    // Now start[c] is where column c ends.
    for (std::size_t c = 1; c < columns; ++c) {
        auto const begin = start[c - 1];
        auto const end = start[c];
        auto const beside = c + 1 < columns ? start[c + 1] : end;
        auto next = end;
        for (auto k = begin; k < end; ++k) {
            auto const x = sorted[k];
            auto const a = generators[x].first;
            auto const b = generators[x].last;
            put(x, x, -(p.letters[a].sign + p.letters[b].sign) / 2);
            if (k + 1 < end) {
                auto const y = sorted[k + 1];
                if (p.letters[b].sign > 0) {
                    put(y, x, 1);
                } else {
                    put(x, y, -1);
                }
            }
            while (next < beside && generators[sorted[next]].last < a) ++next;
            for (auto q = next; q < beside && generators[sorted[q]].first < b; ++q) {
                auto const y = sorted[q];
                auto const first = generators[y].first;
                auto const last = generators[y].last;
                if (a < first && first < b && b < last) {
                    put(x, y, -1);
                } else if (first < a && a < last && last < b) {
                    put(x, y, 1);
                }
            }
        }
    }
}

[[nodiscard]] inline integer_matrix collins_matrix(piece const& p) {
    auto const generators = collins_generators(p);
    auto const n = generators.size();
    integer_matrix v{n, std::vector<int>(n * n, 0)};
    collins_entries(p, generators,
                    [&](std::size_t x, std::size_t y, int value) { v(x, y) = value; });
    return v;
}

/// One of a fundamental cycle's bands and the direction in which it is passed.
struct cycle_edge {
    std::size_t band;
    int direction;
};

struct cycle_basis {
    std::vector<std::vector<cycle_edge>> cycles;
    std::int64_t parts = 0;
};

/// The fundamental cycles of breadth-first spanning trees of the graph (strands, bands), each tree
/// grown from the strand with the most bands: short cycles keep the matrix and its bounds small.
[[nodiscard]] inline cycle_basis fundamental_cycles(int strands, std::span<band const> letters) {
    auto const n = static_cast<std::size_t>(strands);
    std::vector<std::vector<std::size_t>> at(n);
    for (std::size_t e = 0; e < letters.size(); ++e) {
        at[static_cast<std::size_t>(letters[e].i - 1)].push_back(e);
        at[static_cast<std::size_t>(letters[e].j - 1)].push_back(e);
    }
    auto const none = letters.size();
    std::vector<std::size_t> parent_band(n, none);
    std::vector<std::size_t> parent(n, n);
    std::vector<std::size_t> depth(n, 0);
    std::vector<char> seen(n, 0);
    std::vector<char> in_tree(letters.size(), 0);
    std::vector<std::size_t> queue;
    cycle_basis out;
    auto const grow = [&](std::size_t root) {
        seen[root] = 1;
        ++out.parts;
        queue.assign(1, root);
        for (std::size_t head = 0; head < queue.size(); ++head) {
            auto const u = queue[head];
            for (auto const e : at[u]) {
                auto const i = static_cast<std::size_t>(letters[e].i - 1);
                auto const j = static_cast<std::size_t>(letters[e].j - 1);
                auto const w = i == u ? j : i;
                if (seen[w] != 0) continue;
                seen[w] = 1;
                parent[w] = u;
                parent_band[w] = e;
                depth[w] = depth[u] + 1;
                in_tree[e] = 1;
                queue.push_back(w);
            }
        }
    };
    std::size_t busiest = 0;
    for (std::size_t s = 1; s < n; ++s) {
        if (at[s].size() > at[busiest].size()) busiest = s;
    }
    grow(busiest);
    for (std::size_t s = 0; s < n; ++s) {
        if (seen[s] == 0) grow(s);
    }
    // Along a band from strand i to strand j, back through the tree. Passing a tree band towards
    // the root is with its direction where the child is its i.
    for (std::size_t e = 0; e < letters.size(); ++e) {
        if (in_tree[e] != 0) continue;
        std::vector<cycle_edge> cycle{{e, 1}};
        auto u = static_cast<std::size_t>(letters[e].j - 1);
        auto w = static_cast<std::size_t>(letters[e].i - 1);
        while (u != w) {
            bool const up = depth[u] >= depth[w];
            auto& x = up ? u : w;
            auto const f = parent_band[x];
            bool const with = static_cast<std::size_t>(letters[f].i - 1) == x;
            cycle.push_back({f, with == up ? 1 : -1});
            x = parent[x];
        }
        out.cycles.push_back(std::move(cycle));
    }
    return out;
}

/// How many pieces the surface with a disc a strand and a band a letter has.
[[nodiscard]] inline std::int64_t fundamental_parts(piece const& p) {
    std::vector<int> root(static_cast<std::size_t>(p.strands) + 1);
    for (std::size_t s = 0; s < root.size(); ++s) root[s] = static_cast<int>(s);
    auto const find = [&](int s) {
        while (root[static_cast<std::size_t>(s)] != s) {
            auto& r = root[static_cast<std::size_t>(s)];
            s = r = root[static_cast<std::size_t>(r)];
        }
        return s;
    };
    std::int64_t parts = p.strands;
    for (auto const& l : p.letters) {
        auto const i = find(l.i);
        auto const j = find(l.j);
        if (i == j) continue;
        root[static_cast<std::size_t>(i)] = j;
        --parts;
    }
    return parts;
}

/// The pairing B(e, f) of bands at positions e and f.
[[nodiscard]] inline int band_pairing(std::span<band const> letters, std::size_t e,
                                      std::size_t f) noexcept {
    if (e == f) return letters[e].sign > 0 ? -1 : 0;
    if (e > f) return 0;
    auto const& [i, j, sign] = letters[e];
    auto const& [k, l, other] = letters[f];
    return (i <= l && l < j ? 1 : 0) - (i <= k && k < j ? 1 : 0);
}

/// V = C B C^T. O(bands x cycles' total length).
[[nodiscard]] inline seifert_form band_form(std::span<band const> letters,
                                            cycle_basis const& basis) {
    auto const n = basis.cycles.size();
    seifert_form out{{n, std::vector<int>(n * n, 0)}, basis.parts};
    std::vector<int> row(letters.size());
    for (std::size_t x = 0; x < n; ++x) {
        for (auto& r : row) r = 0;
        for (auto const& [e, direction] : basis.cycles[x]) {
            for (std::size_t f = e; f < letters.size(); ++f) {
                row[f] += direction * band_pairing(letters, e, f);
            }
        }
        for (std::size_t y = 0; y < n; ++y) {
            int sum = 0;
            for (auto const& [f, direction] : basis.cycles[y]) sum += direction * row[f];
            out.matrix(x, y) = sum;
        }
    }
    return out;
}

/// The size of the Seifert matrix of a piece whose surface is connected.
[[nodiscard]] inline std::int64_t seifert_size(piece const& p) noexcept {
    return static_cast<std::int64_t>(p.letters.size()) - p.strands + 1;
}

/// The piece's Seifert form; nothing where writing it out takes more than that many operations.
[[nodiscard]] inline std::optional<seifert_form> seifert_of(piece const& p, double max_operations) {
    auto const n = static_cast<double>(p.letters.size());
    if (n * n > max_operations) return std::nullopt;
    if (artin(p.letters)) return seifert_form{collins_matrix(p), 1};
    auto const basis = fundamental_cycles(p.strands, p.letters);
    double length = 0.0;
    for (auto const& cycle : basis.cycles) length += static_cast<double>(cycle.size());
    if (length * n > max_operations) return std::nullopt;
    return band_form(p.letters, basis);
}

/// The largest matrix that is written out.
inline constexpr std::int64_t max_seifert_size = 4096;

inline void require_seifert_size(std::int64_t size) {
    if (size > max_seifert_size) {
        WEFT_THROW(invalid_argument("b", "a Seifert matrix of size " + to_text(size),
                                    "a size of at most " + to_text(max_seifert_size)));
    }
}

} // namespace detail

/// The Seifert matrix of an Artin word's surface: a disc a strand, a half-twisted band a letter.
/// Size: letters - strands + 1. Source: J. Collins, An algorithm for computing the Seifert matrix
/// of a link from a braid representation (2016). Throws invalid_argument naming `b` for the band
/// form, where a column has no letter (the closure is split), or above size 4096.
[[nodiscard]] inline integer_matrix seifert_matrix_collins(braid const& b) {
    if (b.banded()) {
        WEFT_THROW(invalid_argument("b", "a word of bands", "an Artin word (see expand)"));
    }
    if (std::int64_t{b.strands()} - 1 > static_cast<std::int64_t>(b.size())) {
        WEFT_THROW(invalid_argument("b", "a word that leaves a column empty",
                                    "a letter in every column (handle split parts one by one)"));
    }
    detail::piece p{b.strands(), {}};
    std::vector<char> used(static_cast<std::size_t>(b.strands()) + 1, 0);
    for (std::size_t k = 0; k < b.size(); ++k) {
        p.letters.push_back(b.letter(k));
        used[static_cast<std::size_t>(p.letters.back().i)] = 1;
    }
    for (int c = 1; c < b.strands(); ++c) {
        if (used[static_cast<std::size_t>(c)] == 0) {
            WEFT_THROW(
                invalid_argument("b", "a word without a letter in column " + to_text(c),
                                 "a letter in every column (handle split parts one by one)"));
        }
    }
    detail::require_seifert_size(detail::seifert_size(p));
    return detail::collins_matrix(p);
}

/// The Seifert matrix V = C B C^T of the surface with a disc a strand and a half-twisted band a
/// letter, for either form of word: B pairs bands, C are the fundamental cycles of a spanning
/// forest. Strands that no letter touches are left out of `matrix` and counted in `surface_parts`.
/// Throws invalid_argument naming `b` above size 4096.
[[nodiscard]] inline seifert_form seifert_matrix_bands(braid const& b) {
    auto const compact = detail::compacted(b);
    if (compact.letters.empty()) return {{}, compact.isolated};
    detail::require_seifert_size(static_cast<std::int64_t>(compact.letters.size()) -
                                 static_cast<std::int64_t>(compact.strands.size()) + 1);
    auto const strands = static_cast<int>(compact.strands.size());
    auto out =
        detail::band_form(compact.letters, detail::fundamental_cycles(strands, compact.letters));
    out.surface_parts += compact.isolated;
    return out;
}

} // namespace weft::inline v0::knot
