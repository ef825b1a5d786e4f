#pragma once

#include <cstddef>
#include <cstring>
#include <new>
#include <vector>

#include "weft/core/lanes.hpp"

/// Registers of real numbers and memory that begins at cache lines, for the inner loops of the
/// wing. Standard library only.
namespace weft::inline v0::quantum::detail {

inline constexpr std::size_t cache_line = 64;

template <class T>
struct line_allocator {
    using value_type = T;
    line_allocator() = default;
    template <class U>
    explicit line_allocator(line_allocator<U> const&) noexcept {}

    [[nodiscard]] T* allocate(std::size_t n) {
        return static_cast<T*>(::operator new (n * sizeof(T), std::align_val_t{cache_line}));
    }
    void deallocate(T* p, std::size_t) noexcept {
        ::operator delete (p, std::align_val_t{cache_line});
    }
    friend bool operator==(line_allocator const&, line_allocator const&) { return true; }
};

template <class Real>
using line_vector = std::vector<Real, line_allocator<Real>>;

template <class Real, std::size_t Bytes>
struct pack;

template <>
struct pack<double, 16> {
    static constexpr std::size_t count = 2;
    using real [[gnu::vector_size(16)]] = double;
};
template <>
struct pack<double, 32> {
    static constexpr std::size_t count = 4;
    using real [[gnu::vector_size(32)]] = double;
};
template <>
struct pack<float, 16> {
    static constexpr std::size_t count = 4;
    using real [[gnu::vector_size(16)]] = float;
};
template <>
struct pack<float, 32> {
    static constexpr std::size_t count = 8;
    using real [[gnu::vector_size(32)]] = float;
};
/// One at a time, whatever the registers.
template <std::size_t Bytes>
struct pack<long double, Bytes> {
    static constexpr std::size_t count = 1;
    using real = long double;
};

inline constexpr std::size_t pack_bytes = 8 * weft::detail::target_lanes::count;

template <class Real, class Pack>
WEFT_INLINE void load_pack(Pack& to, Real const* from) noexcept {
    std::memcpy(&to, from, sizeof to);
}

template <class Real, class Pack>
WEFT_INLINE void store_pack(Real* to, Pack const& from) noexcept {
    std::memcpy(to, &from, sizeof from);
}

/// Keeps a number that is used several times in a register; a compiler would load it anew each
/// time, and loads are what the inner loops wait for.
template <class Pack>
WEFT_INLINE void keep_loaded([[maybe_unused]] Pack& x) noexcept {
#if defined(__AVX512VL__)
    __asm__("" : "+v"(x));
#elif defined(__AVX__)
    __asm__("" : "+x"(x));
#endif
}

} // namespace weft::inline v0::quantum::detail
