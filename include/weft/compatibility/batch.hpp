#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <span>
#include <thread>
#include <utility>
#include <vector>

#include "weft/compatibility/score.hpp"
#include "weft/core/error.hpp"
#include "weft/profile/fingerprint.hpp"

namespace weft::inline v0::compatibility {

/// An executor runs task(0) ... task(n - 1), in any order, on any threads, and returns when all are
/// done; a task's exception is its to pass on. This one runs them here, one after the other.
struct serial_executor {
    template <class Task>
    void operator()(std::size_t n, Task const& task) const {
        for (std::size_t i = 0; i < n; ++i) task(i);
    }
};

/// Runs tasks on `threads` threads of its own, which end with the call. The first exception of a
/// task is passed on when all have stopped.
class thread_executor {
public:
    /// Throws invalid_argument for 0 threads.
    explicit thread_executor(unsigned threads)
        : threads_(threads) {
        if (threads == 0) WEFT_THROW(invalid_argument("threads", "0", "at least 1"));
    }

    template <class Task>
    void operator()(std::size_t n, Task const& task) const {
        std::atomic<std::size_t> next{0};
        std::atomic<bool> failed{false};
        std::exception_ptr first;
        auto const work = [&] {
            for (std::size_t i = 0; !failed.load() && (i = next.fetch_add(1)) < n;) {
                try {
                    task(i);
                } catch (...) {
                    if (!failed.exchange(true)) first = std::current_exception();
                }
            }
        };
        {
            std::vector<std::jthread> pool;
            for (unsigned t = 1; t < threads_; ++t) pool.emplace_back(work);
            work();
        }
        if (first) std::rethrow_exception(first);
    }

private:
    unsigned threads_;
};

/// Another entity as seen by one: its index, the score and the score's percentile.
struct candidate {
    std::uint32_t index = 0;
    double score = 0.0;
    double percentile = 0.0;

    /// Best first: percentile, score, then the lower index.
    [[nodiscard]] friend bool operator<(candidate const& a, candidate const& b) noexcept {
        if (a.percentile != b.percentile) return a.percentile > b.percentile;
        if (a.score != b.score) return a.score > b.score;
        return a.index < b.index;
    }
    [[nodiscard]] friend bool operator==(candidate const&, candidate const&) = default;
};

struct batch_result {
    /// For each entity its best candidates, best first.
    std::vector<std::vector<candidate>> best;
    /// Ordered pairs by score: bin floor(100 score), the last one with 1.
    std::array<std::uint64_t, 100> scores{};
    /// Ordered pairs that have a score, and those that have none.
    std::uint64_t scored = 0;
    std::uint64_t without_score = 0;
};

namespace detail {

/// Visits every unordered pair of blocks 0 ... m - 1 (a block with itself too) once, in rounds in
/// which no block occurs twice, so that the tiles of a round may write to their blocks at the same
/// time: the circle method of round-robin tournaments. tile(a, b, slot) with a <= b; `slot` is
/// below m and differs within a round.
template <class Executor, class Tile>
void for_each_tile(std::size_t m, Executor& executor, Tile const& tile) {
    executor(m, [&](std::size_t a) { tile(a, a, a); });
    auto const seats = m + m % 2; // an odd one out plays against nobody
    for (std::size_t round = 0; round + 1 < seats; ++round) {
        executor(seats / 2, [&](std::size_t table) {
            auto const turn = [&](std::size_t seat) { return (seat + round) % (seats - 1); };
            auto const a = table == 0 ? seats - 1 : turn(table);
            auto const b = table == 0 ? turn(0) : turn(seats - 1 - table);
            if (a < m && b < m) tile(a < b ? a : b, a < b ? b : a, table);
        });
    }
}

} // namespace detail

/// The `k` best candidates of each entity among all others, for pairs that `eligible(i, j)` (may j
/// be proposed to i? indices; called from the executor's threads) allows. Each unordered pair is
/// scored once: O(n^2) pair scores, O(n k) memory; equal bits for any executor.
/// Throws invalid_argument for fingerprints of different spaces or more than 2^32 - 1 of them.
template <class Executor = serial_executor, class Eligible>
[[nodiscard]] batch_result top_candidates(scorer const& s,
                                          std::span<profile::fingerprint const> people,
                                          std::size_t k, Executor&& executor, Eligible eligible) {
    auto const n = people.size();
    if (n > 0xffff'ffffULL) {
        WEFT_THROW(invalid_argument("people", weft::to_text(n), "at most 2^32 - 1 fingerprints"));
    }
    for (std::size_t i = 1; i < n; ++i) scorer::require_same_space(people[0], people[i]);
    batch_result out;
    out.best.resize(n);
    if (n == 0) return out;
    // Small enough for a tile's fingerprints to stay in a core's cache, or else 64 blocks.
    auto const block = std::max<std::size_t>(32, (n + 63) / 64);
    auto const blocks = (n + block - 1) / block;
    std::vector<batch_result> parts(blocks);
    // The percentile of each one's worst candidate, once there are k: most offers end there.
    std::vector<double> bar(n, k == 0 ? 2.0 : -1.0);
    auto const offer = [&](std::size_t to, std::size_t other, brief_score const& b) {
        if (b.percentile < bar[to]) return;
        candidate const c{static_cast<std::uint32_t>(other), b.score, b.percentile};
        auto& best = out.best[to];
        if (best.size() < k) {
            best.push_back(c);
        } else if (!(c < best.back())) {
            return;
        }
        // One place after the other, whose end a processor foresees better than a search's.
        auto at = best.size() - 1;
        for (; at > 0 && c < best[at - 1]; --at) best[at] = best[at - 1];
        best[at] = c;
        if (best.size() == k) bar[to] = best.back().percentile;
    };
    detail::for_each_tile(blocks, executor, [&](std::size_t a, std::size_t b, std::size_t slot) {
        auto& part = parts[slot];
        auto const rows_end = std::min(n, (a + 1) * block);
        auto const columns_end = std::min(n, (b + 1) * block);
        // A block of rows stays in the core's first cache while the columns pass by.
        std::array<profile::fingerprint const*, pair_block> rows{};
        std::array<std::size_t, pair_block> index{};
        std::array<bool, pair_block> forth{};
        std::array<bool, pair_block> back{};
        std::array<brief_score, pair_block> scores{};
        for (auto from = a * block; from < rows_end; from += pair_block) {
            auto const to = std::min(rows_end, from + pair_block);
            for (auto j = a == b ? from + 1 : b * block; j < columns_end; ++j) {
                std::size_t m = 0;
                for (auto i = from; i < (a == b ? std::min(to, j) : to); ++i) {
                    bool const f = eligible(i, j);
                    bool const g = eligible(j, i);
                    if (!f && !g) continue;
                    rows[m] = &people[i];
                    index[m] = i;
                    forth[m] = f;
                    back[m] = g;
                    ++m;
                }
                s.brief(people[j], {rows.data(), m}, scores.data());
                for (std::size_t p = 0; p < m; ++p) {
                    std::uint64_t const ways = (forth[p] ? 1U : 0U) + (back[p] ? 1U : 0U);
                    if (!scores[p].present) {
                        part.without_score += ways;
                        continue;
                    }
                    part.scored += ways;
                    auto const bin = static_cast<int>(scores[p].score * 100.0);
                    part.scores[static_cast<std::size_t>(bin < 100 ? bin : 99)] += ways;
                    if (forth[p]) offer(index[p], j, scores[p]);
                    if (back[p]) offer(j, index[p], scores[p]);
                }
            }
        }
    });
    for (auto const& part : parts) {
        for (std::size_t b = 0; b < out.scores.size(); ++b) out.scores[b] += part.scores[b];
        out.scored += part.scored;
        out.without_score += part.without_score;
    }
    return out;
}

template <class Executor = serial_executor>
[[nodiscard]] batch_result top_candidates(scorer const& s,
                                          std::span<profile::fingerprint const> people,
                                          std::size_t k, Executor&& executor = {}) {
    return top_candidates(s, people, k, std::forward<Executor>(executor),
                          [](std::size_t, std::size_t) { return true; });
}

/// The scores of one entity with many, in their order. Equal bits to scorer::brief.
template <class Executor = serial_executor>
[[nodiscard]] std::vector<brief_score> one_to_many(scorer const& s, profile::fingerprint const& one,
                                                   std::span<profile::fingerprint const> many,
                                                   Executor&& executor = {}) {
    for (auto const& other : many) scorer::require_same_space(one, other);
    std::vector<brief_score> out(many.size());
    constexpr std::size_t block = 1024;
    executor((many.size() + block - 1) / block, [&](std::size_t t) {
        auto const last = std::min(many.size(), (t + 1) * block);
        std::array<profile::fingerprint const*, block> others{};
        for (auto j = t * block; j < last; ++j) others[j - t * block] = &many[j];
        s.brief(one, {others.data(), last - t * block}, out.data() + t * block);
    });
    return out;
}

} // namespace weft::inline v0::compatibility
