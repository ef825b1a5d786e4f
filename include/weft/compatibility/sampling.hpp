#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <random>
#include <unordered_set>
#include <utility>
#include <vector>

/// Random draws that are the same on every platform: the standard fixes std::mt19937_64's sequence,
/// but not what its distributions make of it.
namespace weft::inline v0::compatibility {

/// A number below `bound` (above 0), without bias.
[[nodiscard]] inline std::uint64_t below(std::mt19937_64& generator, std::uint64_t bound) {
    auto const limit = std::mt19937_64::max() - std::mt19937_64::max() % bound;
    std::uint64_t x = generator();
    while (x >= limit) x = generator();
    return x % bound;
}

/// `wanted` distinct numbers below `total` (all of them where there are no more), ascending; every
/// such set is equally likely. O(wanted log wanted).
/// Floyd's algorithm (Bentley and Floyd, CACM 30 (1987) 754).
[[nodiscard]] inline std::vector<std::uint64_t> sample(std::uint64_t total, std::uint64_t wanted,
                                                       std::uint64_t seed) {
    std::vector<std::uint64_t> out;
    if (total <= wanted) {
        for (std::uint64_t i = 0; i < total; ++i) out.push_back(i);
        return out;
    }
    std::mt19937_64 generator(seed);
    std::unordered_set<std::uint64_t> seen;
    seen.reserve(static_cast<std::size_t>(wanted) * 2);
    for (auto j = total - wanted; j < total; ++j) {
        auto const t = below(generator, j + 1);
        out.push_back(seen.insert(t).second ? t : (seen.insert(j), j));
    }
    std::sort(out.begin(), out.end());
    return out;
}

/// The pair (i, j), i < j, with number k = j (j - 1) / 2 + i.
[[nodiscard]] inline std::pair<std::size_t, std::size_t> unranked_pair(std::uint64_t k) noexcept {
    auto j =
        static_cast<std::uint64_t>((1.0 + std::sqrt(1.0 + 8.0 * static_cast<double>(k))) / 2.0);
    while (j * (j - 1) / 2 > k) --j;
    while ((j + 1) * j / 2 <= k) ++j;
    return {static_cast<std::size_t>(k - j * (j - 1) / 2), static_cast<std::size_t>(j)};
}

} // namespace weft::inline v0::compatibility
