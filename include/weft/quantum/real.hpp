#pragma once

#include <array>
#include <bit>
#include <charconv>
#include <concepts>
#include <cstddef>
#include <limits>
#include <string>
#include <type_traits>

#include "weft/core/number.hpp"

/// The real types that states are made of. Standard library only.
namespace weft::inline v0::quantum {

/// What a state's numbers are made of. A state of floats is stored in float and computed with in
/// double: the results are those of the stored state, rounded once.
template <class T>
concept real_number =
    std::same_as<T, float> || std::same_as<T, double> || std::same_as<T, long double>;

/// In place of a fixed size: known at run time only.
inline constexpr int dynamic = -1;

/// Whether states of these sizes may have the same one.
template <int D, int E>
concept same_size = D == E || D == dynamic || E == dynamic;

namespace detail {

/// What one computes with.
template <real_number Real>
using working = std::conditional_t<std::same_as<Real, float>, double, Real>;

template <real_number Real>
[[nodiscard]] inline bool finite(Real x) noexcept {
    if constexpr (!std::same_as<Real, long double>) {
        return weft::is_finite(x);
    } else if constexpr (std::numeric_limits<long double>::digits == 64) {
        // The x87 format: 64 bits of significand, then 15 of the exponent. From the bits, as
        // -ffast-math removes anything else.
        auto const bytes = std::bit_cast<std::array<unsigned char, sizeof x>>(x);
        return bytes[8] != 0xff || (bytes[9] & 0x7fU) != 0x7fU;
    } else if constexpr (std::numeric_limits<long double>::digits == 113) {
        auto const bytes = std::bit_cast<std::array<unsigned char, sizeof x>>(x);
        bool const little = std::endian::native == std::endian::little;
        return bytes[little ? 14 : 1] != 0xff || (bytes[little ? 15 : 0] & 0x7fU) != 0x7fU;
    } else {
        return weft::is_finite(static_cast<double>(x)); // a double, or two of them
    }
}

/// The nearest number in [0,1]; the argument must not be a NaN.
template <real_number Real>
[[nodiscard]] constexpr Real within_unit(Real x) noexcept {
    Real const above = x < Real{0} ? Real{0} : x;
    return above > Real{1} ? Real{1} : above;
}

/// The larger one; false comparisons (a NaN) give the first.
template <real_number Real>
[[nodiscard]] constexpr Real larger(Real a, Real b) noexcept {
    return a < b ? b : a;
}

/// For messages.
template <real_number Real>
[[nodiscard]] inline std::string text(Real x) {
    if constexpr (std::same_as<Real, float>) {
        if (weft::is_nan(x)) return "nan";
        char buffer[32];
        return {buffer, std::to_chars(buffer, buffer + sizeof buffer, x).ptr};
    } else {
        return weft::to_text(static_cast<double>(x));
    }
}

template <real_number Real>
[[nodiscard]] inline bool in_unit(Real x) noexcept {
    return finite(x) && x >= Real{0} && x <= Real{1};
}

} // namespace detail

} // namespace weft::inline v0::quantum
