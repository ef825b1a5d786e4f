#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace weft::inline v0::outreach {

/// Keys that a payload must not carry, at any depth and in any case: what they name never leaves.
inline constexpr std::array<std::string_view, 7> forbidden_keys{
    "user_id", "email", "phone", "name", "address", "personal_data", "user_profile"};

/// Whether a payload must not have this key. Letters of ASCII compare without regard to case.
[[nodiscard]] constexpr bool is_forbidden_key(std::string_view key) noexcept {
    for (auto const forbidden : forbidden_keys) {
        if (forbidden.size() != key.size()) continue;
        std::size_t i = 0;
        while (i < key.size()) {
            char const c = key[i];
            char const lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
            if (lower != forbidden[i]) break;
            ++i;
        }
        if (i == key.size()) return true;
    }
    return false;
}

} // namespace weft::inline v0::outreach
