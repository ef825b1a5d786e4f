#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "weft/core/error.hpp"
#include "weft/core/number.hpp"
#include "weft/core/time.hpp"

namespace weft::inline v0::temporal {

namespace detail {

inline std::string indexed(std::string_view name, std::size_t i) {
    return std::string(name) + "[" + to_text(i) + "]";
}

/// Whether differences of two such instants fit: those that ISO 8601 writes with four digits.
[[nodiscard]] constexpr bool is_usable(instant t) noexcept {
    using std::chrono::sys_days;
    using std::chrono::year;
    return t >= sys_days{year{1} / 1 / 1} && t < sys_days{year{10'000} / 1 / 1};
}
[[nodiscard]] constexpr bool is_usable(double t) noexcept {
    return is_finite(t);
}

inline std::string shown(instant t) {
    return is_usable(t) ? to_iso(t) : "an instant outside the years 0001 to 9999";
}
inline std::string shown(double t) {
    return to_text(t);
}

inline char const* usable_time(instant) {
    return "an instant in the years 0001 to 9999";
}
inline char const* usable_time(double) {
    return "a finite number";
}

template <class Time>
void require_usable(std::string_view argument, Time t) {
    if (!is_usable(t)) {
        WEFT_THROW(invalid_argument(std::string(argument), shown(t), usable_time(t)));
    }
}

/// Throws invalid_argument unless `t` increases strictly, `y` is as long, and all are finite.
template <class Time>
void require_series(std::span<Time const> t, std::span<double const> y, std::string_view t_name,
                    std::string_view y_name) {
    if (t.size() != y.size()) {
        WEFT_THROW(
            invalid_argument(std::string(y_name), to_text(y.size()) + " values",
                             to_text(t.size()) + ", one for each of " + std::string(t_name)));
    }
    for (std::size_t i = 0; i < t.size(); ++i) {
        require_usable(indexed(t_name, i), t[i]);
        if (i > 0 && !(t[i - 1] < t[i])) {
            WEFT_THROW(
                invalid_argument(indexed(t_name, i), shown(t[i]),
                                 "more than " + indexed(t_name, i - 1) + " = " + shown(t[i - 1])));
        }
        if (!is_finite(y[i])) {
            WEFT_THROW(invalid_argument(indexed(y_name, i), to_text(y[i]), "a finite number"));
        }
    }
}

} // namespace detail

/// Values of one quantity at strictly increasing times, both finite; may be empty.
/// `Time` is an instant or a plain double.
template <class Time>
class basic_series {
public:
    basic_series() = default;

    /// Throws invalid_argument naming `t[i]` or `y[i]` where the lengths differ, a time is not more
    /// than the one before it, a number is not finite, or an instant lies outside the years 0001
    /// to 9999. O(n).
    basic_series(std::vector<Time> t, std::vector<double> y)
        : times_(std::move(t))
        , values_(std::move(y)) {
        detail::require_series(std::span<Time const>(times_), values_, "t", "y");
    }

    [[nodiscard]] std::span<Time const> times() const noexcept { return times_; }
    [[nodiscard]] std::span<double const> values() const noexcept { return values_; }
    [[nodiscard]] std::size_t size() const noexcept { return times_.size(); }
    [[nodiscard]] bool empty() const noexcept { return times_.empty(); }

    [[nodiscard]] friend bool operator==(basic_series const&, basic_series const&) = default;

private:
    std::vector<Time> times_;
    std::vector<double> values_;
};

using series = basic_series<instant>;
using number_series = basic_series<double>;

} // namespace weft::inline v0::temporal
