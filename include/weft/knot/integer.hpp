#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>

#include "weft/core/number.hpp"

namespace weft::inline v0::knot {

/// What weft needs to know of an exact integer type. The primary template serves std::int64_t,
/// every operation of which reports an overflow; weft/knot/big.hpp adds a type without bounds.
template <class Integer>
struct integer_traits;

template <>
struct integer_traits<std::int64_t> {
    using type = std::int64_t;

    /// How many elementary operations (of limits::max_operations) `add_product` counts for.
    static constexpr double product_cost = 1.0;

    /// `x += a * b`; false where the result does not fit.
    [[nodiscard]] static bool add_product(type& x, type a, type b) noexcept {
        type product = 0;
        return !__builtin_mul_overflow(a, b, &product) && !__builtin_add_overflow(x, product, &x);
    }

    /// The value `sum of digits[k] * radices[0] * ... * radices[k-1]`, negated where asked for.
    [[nodiscard]] static std::optional<type>
    from_mixed_radix(bool negative, std::span<std::uint64_t const> digits,
                     std::span<std::uint64_t const> radices) noexcept {
        std::uint64_t value = 0;
        for (std::size_t k = digits.size(); k-- > 0;) {
            if (__builtin_mul_overflow(value, radices[k], &value) ||
                __builtin_add_overflow(value, digits[k], &value)) {
                return std::nullopt;
            }
        }
        if (value > static_cast<std::uint64_t>(std::numeric_limits<type>::max())) {
            return std::nullopt;
        }
        return negative ? -static_cast<type>(value) : static_cast<type>(value);
    }

    [[nodiscard]] static double to_double(type x) noexcept { return static_cast<double>(x); }
    /// The value modulo 2^64.
    [[nodiscard]] static std::uint64_t low_bits(type x) noexcept {
        return static_cast<std::uint64_t>(x);
    }
    [[nodiscard]] static std::optional<type> to_int64(type x) noexcept { return x; }
    [[nodiscard]] static std::string to_text(type x) { return weft::to_text(x); }
};

} // namespace weft::inline v0::knot
