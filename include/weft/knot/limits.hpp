#pragma once

#include <cstdint>

namespace weft::inline v0::knot {

/// How much work an invariant may cost; beyond it is absent with its reason. Each value is counted
/// in advance from the input alone, so that the same input always gives the same result.
struct limits {
    /// The most strands, after reduction, for sums over states (Catalan(n) of them for Jones).
    int max_strands_state_space = 8;
    /// The most elementary operations (one modular multiplication, about 2 ns) for one invariant.
    std::int64_t max_operations = 2'000'000'000;
    /// The most components for the linking matrix.
    std::int64_t max_components = 1024;
    /// The most Artin letters to which bands are expanded.
    std::int64_t max_letters = 1 << 24;
};

} // namespace weft::inline v0::knot
