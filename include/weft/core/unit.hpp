#pragma once

#include <compare>
#include <string>
#include <string_view>

#include "weft/core/error.hpp"
#include "weft/core/number.hpp"

namespace weft::inline v0 {

/// Whether `x` lies in the closed unit interval; false for a NaN.
[[nodiscard]] constexpr bool in_unit(double x) noexcept {
    return is_finite(x) && x >= 0.0 && x <= 1.0;
}

/// `x` itself; throws invalid_argument naming `argument` where `x` is not in [0,1].
inline double require_unit(std::string_view argument, double x) {
    if (!in_unit(x)) {
        WEFT_THROW(invalid_argument(std::string(argument), to_text(x), "a number in [0, 1]"));
    }
    return x;
}

/// The nearest number in [0,1]. For rounding at the edges only: the argument must not be a NaN.
[[nodiscard]] constexpr double clamp_unit(double x) noexcept {
    WEFT_ASSERT(!is_nan(x));
    double const above = x < 0.0 ? 0.0 : x;
    return above > 1.0 ? 1.0 : above;
}

/// A number that is known to lie in [0,1].
class unit {
public:
    constexpr unit() noexcept = default;
    /// Throws invalid_argument where `x` is not in [0,1].
    explicit unit(double x, std::string_view argument = "unit")
        : value_(require_unit(argument, x)) {}

    [[nodiscard]] constexpr double value() const noexcept { return value_; }
    [[nodiscard]] friend constexpr auto operator<=>(unit, unit) noexcept = default;

private:
    double value_ = 0.0;
};

} // namespace weft::inline v0
