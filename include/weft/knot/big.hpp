#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>

#include <boost/multiprecision/cpp_int.hpp>

#include "weft/knot/integer.hpp"
#include "weft/knot/invariants.hpp"

namespace weft::inline v0::knot {

/// An integer without bounds, for coefficients beyond 64 bits:
/// `compute_invariants<big_integer>(b)` never reports an overflow.
using big_integer = boost::multiprecision::cpp_int;

template <>
struct integer_traits<big_integer> {
    using type = big_integer;

    /// About 100 ns for numbers of some hundred bits.
    static constexpr double product_cost = 50.0;

    [[nodiscard]] static bool add_product(type& x, type const& a, type const& b) {
        x += a * b;
        return true;
    }

    [[nodiscard]] static std::optional<type>
    from_mixed_radix(bool negative, std::span<std::uint64_t const> digits,
                     std::span<std::uint64_t const> radices) {
        type value = 0;
        for (std::size_t k = digits.size(); k-- > 0;) {
            value *= radices[k];
            value += digits[k];
        }
        if (negative) value = -value;
        return value;
    }

    /// Rounded to nearest below 2^63, within one unit in the last place beyond; infinite where the
    /// value is out of a double's range.
    [[nodiscard]] static double to_double(type const& x) {
        auto const small = to_int64(x);
        return small ? static_cast<double>(*small) : x.convert_to<double>();
    }

    [[nodiscard]] static std::uint64_t low_bits(type const& x) {
        type const size = abs(x);
        auto const low =
            static_cast<std::uint64_t>(size & std::numeric_limits<std::uint64_t>::max());
        return x < 0 ? std::uint64_t{0} - low : low;
    }

    [[nodiscard]] static std::optional<std::int64_t> to_int64(type const& x) {
        if (x < std::numeric_limits<std::int64_t>::min() ||
            x > std::numeric_limits<std::int64_t>::max()) {
            return std::nullopt;
        }
        return static_cast<std::int64_t>(x);
    }

    [[nodiscard]] static std::string to_text(type const& x) { return x.str(); }
};

using big_laurent = basic_laurent<big_integer>;
using big_invariants = basic_invariants<big_integer>;

} // namespace weft::inline v0::knot
