#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "weft/core/error.hpp"

namespace weft::inline v0 {

/// An instant with PostgreSQL's timestamptz resolution.
using instant = std::chrono::sys_time<std::chrono::microseconds>;

using days = std::chrono::days;

/// The last and the first instant, which stand for PostgreSQL's `infinity` and `-infinity`.
inline constexpr instant instant_infinity = instant::max();
inline constexpr instant instant_minus_infinity = instant::min();

[[nodiscard]] constexpr bool is_finite(instant t) noexcept {
    return t != instant_infinity && t != instant_minus_infinity;
}

/// `to - from` in days of 24 hours.
[[nodiscard]] constexpr double days_between(instant from, instant to) noexcept {
    return std::chrono::duration<double, std::ratio<86'400>>(to - from).count();
}

/// The hour of the week in UTC, Monday 00:00 first: 0 to 167.
[[nodiscard]] constexpr int hour_of_week(instant t) noexcept {
    auto const hours = std::chrono::floor<std::chrono::hours>(t).time_since_epoch().count();
    // 1970-01-01 was a Thursday, 72 hours into its week.
    auto const h = (hours + 72) % 168;
    return static_cast<int>(h < 0 ? h + 168 : h);
}

namespace detail {

inline void append_digits(std::string& out, std::int64_t n, int width) {
    char digits[20];
    for (int i = width; i-- > 0; n /= 10) digits[i] = static_cast<char>('0' + n % 10);
    out.append(digits, static_cast<std::size_t>(width));
}

struct civil_text {
    std::chrono::year_month_day date;
    std::int64_t microseconds_of_day;
};

inline civil_text civil(instant t) {
    auto const day = std::chrono::floor<std::chrono::days>(t);
    return {std::chrono::year_month_day{day}, (t - day).count()};
}

inline std::string iso_text(instant t, bool fixed_width) {
    auto const [date, in_day] = civil(t);
    auto const year = int{date.year()};
    if (!is_finite(t) || year < 1 || year > 9999) {
        WEFT_THROW(invalid_argument("instant", "a year outside 0001 to 9999",
                                    "an instant that ISO 8601 writes with four digits"));
    }
    std::string out;
    out.reserve(27);
    append_digits(out, year, 4);
    out += '-';
    append_digits(out, unsigned{date.month()}, 2);
    out += '-';
    append_digits(out, unsigned{date.day()}, 2);
    out += 'T';
    append_digits(out, in_day / 3'600'000'000, 2);
    out += ':';
    append_digits(out, in_day / 60'000'000 % 60, 2);
    out += ':';
    append_digits(out, in_day / 1'000'000 % 60, 2);
    if (auto const fraction = in_day % 1'000'000; fixed_width || fraction != 0) {
        out += '.';
        append_digits(out, fraction, 6);
        if (!fixed_width) {
            while (out.back() == '0') out.pop_back();
        }
    }
    out += 'Z';
    return out;
}

} // namespace detail

/// ISO 8601 with `Z`, with as many fractional digits as are needed (none to six).
/// Throws invalid_argument outside the years 0001 to 9999.
[[nodiscard]] inline std::string to_iso(instant t) {
    return detail::iso_text(t, false);
}

/// ISO 8601 with `Z` and always six fractional digits: text order is time order.
[[nodiscard]] inline std::string to_iso_fixed(instant t) {
    return detail::iso_text(t, true);
}

/// Reads `YYYY-MM-DD` (midnight UTC) or `YYYY-MM-DDThh:mm[:ss[.f...]]` with `Z` or an offset
/// `+hh[:mm]`, `T` or a blank between date and time. An instant without an offset is refused, as
/// are more than six fractional digits that are not zero. Throws parse_error.
[[nodiscard]] inline instant parse_instant(std::string_view text) {
    std::size_t at = 0;
    auto const fail = [&](std::string_view expected) {
        WEFT_THROW(
            parse_error("instant \"" + std::string(text.substr(0, 64)) + "\"", at, expected));
    };
    auto const number = [&](std::size_t width, std::string_view expected) {
        int n = 0;
        for (std::size_t i = 0; i < width; ++i, ++at) {
            if (at >= text.size() || text[at] < '0' || text[at] > '9') fail(expected);
            n = n * 10 + (text[at] - '0');
        }
        return n;
    };
    auto const sign = [&](char c, std::string_view expected) {
        if (at >= text.size() || text[at] != c) fail(expected);
        ++at;
    };

    auto const year = number(4, "a year of four digits");
    sign('-', "'-'");
    auto const month = number(2, "a month of two digits");
    sign('-', "'-'");
    auto const day = number(2, "a day of two digits");
    std::chrono::year_month_day const date{std::chrono::year{year},
                                           std::chrono::month{static_cast<unsigned>(month)},
                                           std::chrono::day{static_cast<unsigned>(day)}};
    if (!date.ok() || year < 1) fail("a date that exists, from year 0001");
    instant const midnight = std::chrono::sys_days{date};
    if (at == text.size()) return midnight;

    if (text[at] != 'T' && text[at] != 't' && text[at] != ' ') fail("'T' or the end");
    ++at;
    auto const hour = number(2, "an hour of two digits");
    if (hour > 23) fail("an hour from 00 to 23");
    sign(':', "':'");
    auto const minute = number(2, "a minute of two digits");
    if (minute > 59) fail("a minute from 00 to 59");
    int second = 0;
    std::int64_t fraction = 0;
    if (at < text.size() && text[at] == ':') {
        ++at;
        second = number(2, "a second of two digits");
        if (second > 59) fail("a second from 00 to 59");
        if (at < text.size() && (text[at] == '.' || text[at] == ',')) {
            ++at;
            std::size_t digits = 0;
            for (std::int64_t unit = 100'000;
                 at < text.size() && text[at] >= '0' && text[at] <= '9';
                 ++at, ++digits, unit /= 10) {
                if (unit == 0 && text[at] != '0') fail("at most microseconds");
                fraction += unit * (text[at] - '0');
            }
            if (digits == 0) fail("a digit after the decimal point");
        }
    }
    std::chrono::minutes offset{0};
    if (at < text.size() && (text[at] == 'Z' || text[at] == 'z')) {
        ++at;
    } else if (at < text.size() && (text[at] == '+' || text[at] == '-')) {
        bool const west = text[at] == '-';
        ++at;
        auto const offset_hours = number(2, "an offset's hours of two digits");
        int offset_minutes = 0;
        if (at < text.size()) {
            if (text[at] == ':') ++at;
            offset_minutes = number(2, "an offset's minutes of two digits");
        }
        if (offset_hours > 15 || offset_minutes > 59) fail("an offset below 16:00");
        offset = std::chrono::hours(offset_hours) + std::chrono::minutes(offset_minutes);
        if (west) offset = -offset;
    } else {
        fail("'Z' or an offset");
    }
    if (at != text.size()) fail("the end");
    return midnight + std::chrono::hours(hour) + std::chrono::minutes(minute) +
           std::chrono::seconds(second) + std::chrono::microseconds(fraction) - offset;
}

} // namespace weft::inline v0
