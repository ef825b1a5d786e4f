#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "weft/core/error.hpp"
#include "weft/core/number.hpp"
#include "weft/knot/braid.hpp"
#include "weft/knot/invariants.hpp"
#include "weft/knot/limits.hpp"
#include "weft/knot/record.hpp"
#include "weft/knot/similarity.hpp"

namespace weft::inline v0::knot {

/// An executor runs task(0) ... task(n - 1), in any order, on any threads, and returns when all are
/// done; a task's exception is its to pass on. This one runs them here, one after the other.
struct serial_executor {
    template <class Task>
    void operator()(std::size_t n, Task const& task) const {
        for (std::size_t i = 0; i < n; ++i) task(i);
    }
};

/// compute_invariants of each braid, in the same order; each task reuses its room. Every executor
/// gives the same result.
template <class Integer = std::int64_t, class Executor = serial_executor>
[[nodiscard]] std::vector<basic_invariants<Integer>>
compute_invariants_of_all(std::span<braid const> braids, limits const& l = {},
                          Executor&& executor = {}) {
    std::vector<basic_invariants<Integer>> out(braids.size());
    constexpr std::size_t chunk = 32;
    executor((braids.size() + chunk - 1) / chunk, [&](std::size_t task) {
        auto const first = task * chunk;
        auto const last = first + chunk < braids.size() ? first + chunk : braids.size();
        invariants_workspace room;
        for (auto k = first; k < last; ++k) {
            out[k] = compute_invariants<Integer>(braids[k], l, room);
        }
    });
    return out;
}

/// The similarity of one link with many: out[k] is score(one, many[k]), bit for bit, or `absent`
/// where there is none. Throws invalid_argument naming `out` where it is not as long as `many`.
inline void similarities(similarity_kernel const& score, record const& one,
                         std::span<record const> many, std::span<double> out,
                         double absent = -1.0) {
    if (out.size() != many.size()) {
        WEFT_THROW(invalid_argument("out", to_text(out.size()) + " places",
                                    to_text(many.size()) + ", one a link"));
    }
    for (std::size_t k = 0; k < many.size(); ++k) out[k] = score.score_or(one, many[k], absent);
}

/// Where the pair (i, j), i < j < n, is among the n (n - 1) / 2 pairs in lexicographic order.
[[nodiscard]] constexpr std::size_t pair_index(std::size_t i, std::size_t j,
                                               std::size_t n) noexcept {
    return i * n - i * (i + 1) / 2 + (j - i - 1);
}

/// The similarity of every pair of links, each scored once: out[pair_index(i, j, n)] is
/// score(links[i], links[j]), bit for bit, or `absent`. Every executor gives the same result.
/// Throws invalid_argument naming `out` where it does not have n (n - 1) / 2 places.
template <class Executor = serial_executor>
void similarities_of_all(similarity_kernel const& score, std::span<record const> links,
                         std::span<double> out, Executor&& executor = {}, double absent = -1.0) {
    auto const n = links.size();
    auto const pairs = n == 0 ? 0 : n % 2 == 0 ? n / 2 * (n - 1) : n * ((n - 1) / 2);
    if (out.size() != pairs) {
        WEFT_THROW(invalid_argument("out", to_text(out.size()) + " places",
                                    to_text(pairs) + ", one a pair"));
    }
    // A block of columns stays in the cache for all rows of a block.
    constexpr std::size_t block = 64;
    executor((n + block - 1) / block, [&](std::size_t task) {
        auto const first = task * block;
        auto const last = first + block < n ? first + block : n;
        for (auto columns = first; columns < n; columns += block) {
            auto const end = columns + block < n ? columns + block : n;
            for (auto i = first; i < last; ++i) {
                for (auto j = columns > i ? columns : i + 1; j < end; ++j) {
                    out[pair_index(i, j, n)] = score.score_or(links[i], links[j], absent);
                }
            }
        }
    });
}

} // namespace weft::inline v0::knot
