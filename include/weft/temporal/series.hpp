#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
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
        // Names are made only where something is wrong.
        if (!is_usable(t[i])) require_usable(indexed(t_name, i), t[i]);
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

    /// Adds a point after the last one. Throws invalid_argument naming `t` or `y`; the series is
    /// then unchanged. O(1) amortised.
    void append(Time t, double y) {
        detail::require_usable("t", t);
        if (!times_.empty() && !(times_.back() < t)) {
            WEFT_THROW(invalid_argument("t", detail::shown(t),
                                        "more than the last, " + detail::shown(times_.back())));
        }
        require_finite("y", y);
        // Room first, so that a failure of memory leaves both as they were.
        if (values_.size() == values_.capacity()) values_.reserve(2 * values_.size() + 1);
        times_.push_back(t);
        values_.push_back(y);
    }

    [[nodiscard]] friend bool operator==(basic_series const&, basic_series const&) = default;

private:
    std::vector<Time> times_;
    std::vector<double> values_;
};

using series = basic_series<instant>;
using number_series = basic_series<double>;

/// What becomes of several values at one time.
enum class duplicates {
    error, ///< they are refused
    last,  ///< the one given last stands
    mean,  ///< their mean stands
};

/// A series from points in any order. Throws invalid_argument naming `t[i]` or `y[i]` (indices of
/// the input) where lengths differ, a time or a value is not usable, or, under duplicates::error,
/// two times are equal. O(n log n).
template <class Time>
[[nodiscard]] basic_series<Time> tidy(std::vector<Time> const& t, std::vector<double> const& y,
                                      duplicates rule = duplicates::error) {
    if (t.size() != y.size()) {
        WEFT_THROW(invalid_argument("y", to_text(y.size()) + " values",
                                    to_text(t.size()) + ", one for each of t"));
    }
    for (std::size_t i = 0; i < t.size(); ++i) {
        if (!detail::is_usable(t[i])) detail::require_usable(detail::indexed("t", i), t[i]);
        if (!is_finite(y[i])) require_finite(detail::indexed("y", i), y[i]);
    }
    std::vector<std::size_t> order(t.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return t[a] < t[b]; });
    std::vector<Time> times;
    std::vector<double> values;
    times.reserve(t.size());
    values.reserve(t.size());
    for (std::size_t k = 0; k < order.size();) {
        auto end = k + 1;
        while (end < order.size() && t[order[end]] == t[order[k]]) ++end;
        if (end - k > 1 && rule == duplicates::error) {
            WEFT_THROW(invalid_argument(detail::indexed("t", order[k + 1]),
                                        detail::shown(t[order[k + 1]]),
                                        "another time than " + detail::indexed("t", order[k])));
        }
        double value = y[order[end - 1]];
        if (rule == duplicates::mean) {
            // Each step stays between the values, so that huge ones do not overflow.
            value = y[order[k]];
            for (auto i = k + 1; i < end; ++i) {
                auto const share = 1.0 / static_cast<double>(i - k + 1);
                value = (1.0 - share) * value + share * y[order[i]];
            }
        }
        times.push_back(t[order[k]]);
        values.push_back(value);
        k = end;
    }
    return {std::move(times), std::move(values)};
}

/// The instants from `from` to at most `to`, `step` apart.
/// Throws invalid_argument for a step that is not positive, `to` before `from`, or more than ten
/// million instants.
[[nodiscard]] inline std::vector<instant> grid(instant from, instant to, instant::duration step) {
    detail::require_usable("from", from);
    detail::require_usable("to", to);
    if (step <= instant::duration::zero()) {
        WEFT_THROW(invalid_argument("step", to_text(step.count()) + " microseconds",
                                    "a positive duration"));
    }
    if (to < from) {
        WEFT_THROW(invalid_argument("to", detail::shown(to),
                                    "an instant not before " + detail::shown(from)));
    }
    auto const steps = (to - from) / step;
    if (steps >= 10'000'000) {
        WEFT_THROW(invalid_argument("step", to_text(step.count()) + " microseconds",
                                    "at most ten million instants"));
    }
    std::vector<instant> out;
    out.reserve(static_cast<std::size_t>(steps) + 1);
    for (std::int64_t k = 0; k <= steps; ++k) out.push_back(from + k * step);
    return out;
}

/// The means over consecutive windows of `width`, the first beginning at the first instant; each
/// stands at the mean instant of its points. Windows without a point are left out. For long series
/// that are to be thinned out. Throws invalid_argument for a width that is not positive. O(n).
[[nodiscard]] inline series window_means(series const& own, instant::duration width) {
    if (width <= instant::duration::zero()) {
        WEFT_THROW(invalid_argument("width", to_text(width.count()) + " microseconds",
                                    "a positive duration"));
    }
    auto const t = own.times();
    auto const y = own.values();
    std::vector<instant> times;
    std::vector<double> values;
    for (std::size_t k = 0; k < t.size();) {
        auto const window = (t[k] - t[0]) / width;
        double value = 0.0;
        double offset = 0.0; // microseconds since t[k]
        auto end = k;
        for (; end < t.size() && (t[end] - t[0]) / width == window; ++end) {
            auto const share = 1.0 / static_cast<double>(end - k + 1);
            value = (1.0 - share) * value + share * y[end];
            offset += share * (static_cast<double>((t[end] - t[k]).count()) - offset);
        }
        times.push_back(t[k] + instant::duration(static_cast<std::int64_t>(offset)));
        values.push_back(value);
        k = end;
    }
    return {std::move(times), std::move(values)};
}

} // namespace weft::inline v0::temporal
