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

/// The `k` best candidates of each entity among all others, for pairs that `eligible(i, j)` (of
/// indices; called from the executor's threads) allows. O(n^2) pair scores, O(n k) memory; equal
/// bits for any executor.
/// Throws invalid_argument for fingerprints of different spaces or more than 2^32 of them.
template <class Executor = serial_executor, class Eligible>
[[nodiscard]] batch_result top_candidates(scorer const& s,
                                          std::span<profile::fingerprint const> people,
                                          std::size_t k, Executor&& executor, Eligible eligible) {
    auto const n = people.size();
    if (n > 0xffff'ffffULL) {
        WEFT_THROW(invalid_argument("people", weft::to_text(n), "at most 2^32 - 1 fingerprints"));
    }
    for (std::size_t i = 1; i < n; ++i) scorer::require_same_space(people[0], people[i]);
    constexpr std::size_t rows = 16;
    auto const tasks = (n + rows - 1) / rows;
    std::vector<batch_result> parts(tasks);
    batch_result out;
    out.best.resize(n);
    // A task owns a block of rows: nothing is shared, and each row meets the others in order.
    executor(tasks, [&](std::size_t t) {
        auto& part = parts[t];
        auto const first = t * rows;
        auto const last = std::min(n, first + rows);
        for (auto i = first; i < last; ++i) out.best[i].reserve(std::min(k + 1, n));
        for (std::size_t j = 0; j < n; ++j) {
            for (auto i = first; i < last; ++i) {
                if (i == j || !eligible(i, j)) continue;
                auto const b = s.brief(people[i], people[j]);
                if (!b.present) {
                    ++part.without_score;
                    continue;
                }
                ++part.scored;
                auto const bin = static_cast<std::size_t>(b.score * 100.0);
                ++part.scores[bin < 100 ? bin : 99];
                candidate const c{static_cast<std::uint32_t>(j), b.score, b.percentile};
                auto& best = out.best[i];
                if (best.size() == k && (k == 0 || !(c < best.back()))) continue;
                best.insert(std::upper_bound(best.begin(), best.end(), c), c);
                if (best.size() > k) best.pop_back();
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
        for (auto j = t * block; j < last; ++j) out[j] = s.brief(one, many[j]);
    });
    return out;
}

} // namespace weft::inline v0::compatibility
