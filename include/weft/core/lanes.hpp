#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

/// Several doubles in one register, for the inner loops of pair scoring. Every loop gives the same
/// bits for any number of lanes: which numbers are added in which order does not depend on it.
/// Lanes are passed by reference, as passing wide ones by value depends on the target.

/// Part of the caller, and so compiled for the caller's target.
#define WEFT_INLINE [[gnu::always_inline]] inline

/// Whether a kernel is compiled a second time for processors with AVX2, to be chosen when it runs:
/// on x86-64, unless the whole program is compiled for them.
#if defined(__x86_64__) && !defined(__AVX2__)
#define WEFT_HAS_WIDE_KERNELS 1
#define WEFT_WIDE_KERNEL [[gnu::target("avx2,popcnt"), gnu::flatten]]
#else
#define WEFT_HAS_WIDE_KERNELS 0
#endif

namespace weft::inline v0::detail {

template <std::size_t Count>
struct lanes;

template <>
struct lanes<2> {
    static constexpr std::size_t count = 2;
    using real [[gnu::vector_size(16)]] = double;
    using bits [[gnu::vector_size(16)]] = std::uint64_t;
};

template <>
struct lanes<4> {
    static constexpr std::size_t count = 4;
    using real [[gnu::vector_size(32)]] = double;
    using bits [[gnu::vector_size(32)]] = std::uint64_t;
};

/// As wide as the registers that the program is compiled for.
#if defined(__AVX2__)
using target_lanes = lanes<4>;
#else
using target_lanes = lanes<2>;
#endif

/// Whether the processor at hand can run what WEFT_WIDE_KERNEL marks.
[[nodiscard]] inline bool has_wide_lanes() noexcept {
#if WEFT_HAS_WIDE_KERNELS
    return __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("popcnt") != 0;
#else
    return false;
#endif
}

template <class Real>
WEFT_INLINE void load(Real& to, double const* from) noexcept {
    std::memcpy(&to, from, sizeof to);
}

} // namespace weft::inline v0::detail
