#pragma once

#include <cstdint>
#include <string_view>

namespace weft::inline v0 {

/// The 64-bit FNV-1a hash of the bytes of `text` (Fowler, Noll, Vo): the same on every machine and
/// in every run, unlike std::hash. Not for untrusted keys of a hash table, nor for secrets.
[[nodiscard]] constexpr std::uint64_t hash_text(std::string_view text) noexcept {
    std::uint64_t h = 14695981039346656037ULL;
    for (char const c : text) h = (h ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
    return h;
}

} // namespace weft::inline v0
