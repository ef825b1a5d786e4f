#pragma once

#include <atomic>
#include <cstdint>

namespace weft::inline v0::knot {

/// How much work an invariant may cost; beyond it is absent with its reason. Each value is counted
/// in advance from the input alone, so that the same input always gives the same result.
struct limits {
    /// The widest sum over states, at most 12: with 2 w strands across the boundary of what has
    /// been taken in, w! states for HOMFLY-PT and Catalan(w) for Jones. After reduction w is at
    /// most the number of strands, and often less.
    int max_strands_state_space = 8;
    /// The most elementary operations (one modular multiplication, about 2 ns) for one invariant.
    /// Products of integers without bounds count for 50.
    std::int64_t max_operations = 2'000'000'000;
    /// The most components for the linking matrix.
    std::int64_t max_components = 1024;
    /// The most Artin letters to which bands are expanded.
    std::int64_t max_letters = 1 << 24;
    /// The most bytes for the states of HOMFLY-PT or Jones. A sum that needs wider integers than 64
    /// bits is checked again before it goes on.
    std::int64_t max_memory = 1 << 30;
    /// Whether HOMFLY-PT is among the invariants that compute_invariants computes.
    bool homfly = true;
    /// Set from elsewhere, it stops HOMFLY-PT and Jones between two crossings, or sooner, and
    /// Alexander and signature between two pieces of the simplified word; other invariants do not
    /// look at it.
    std::atomic<bool> const* cancel = nullptr;
};

namespace detail {

[[nodiscard]] inline bool cancelled(limits const& l) noexcept {
    return l.cancel != nullptr && l.cancel->load(std::memory_order_relaxed);
}

} // namespace detail

} // namespace weft::inline v0::knot
