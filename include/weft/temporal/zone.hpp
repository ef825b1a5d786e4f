#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "weft/core/error.hpp"
#include "weft/core/time.hpp"

namespace weft::inline v0::temporal {

/// A civil clock beside UTC: a standard offset, and summer time by yearly rules. Default: UTC.
///
/// Rules are those of POSIX's TZ variable (IEEE Std 1003.1, 8.3), because they need no table of
/// time zones: `CET-1CEST,M3.5.0,M10.5.0/3`, `EST5EDT,M3.2.0,M11.1.0`, `<+0545>-5:45`. They say
/// what holds now and hereafter; a host that needs past rules gives another zone for the past.
class zone {
public:
    zone() = default;

    /// Throws parse_error for text that is not such a rule. Summer time needs its two dates.
    [[nodiscard]] static zone parse(std::string_view text) {
        reader in{text, 0};
        zone z;
        in.name();
        z.standard_ = -in.offset("an offset", 24);
        if (in.at == text.size()) return z;
        z.has_summer_ = true;
        in.name();
        z.summer_ = z.standard_ + std::chrono::hours(1);
        if (in.at < text.size() && text[in.at] != ',') z.summer_ = -in.offset("an offset", 24);
        in.sign(',', "',' and the date on which summer time begins");
        z.begin_ = in.date();
        in.sign(',', "',' and the date on which summer time ends");
        z.end_ = in.date();
        if (in.at != text.size()) in.fail("the end");
        return z;
    }

    /// Local time minus UTC.
    [[nodiscard]] std::chrono::seconds offset(instant t) const noexcept {
        if (!has_summer_) return standard_;
        auto const local = std::chrono::floor<std::chrono::days>(t + standard_);
        auto const year = std::chrono::year_month_day{local}.year();
        auto const begin = begin_.in(year)-standard_;
        auto const end = end_.in(year)-summer_;
        bool const summer = begin < end ? t >= begin && t < end : t >= begin || t < end;
        return summer ? summer_ : standard_;
    }

    /// The local clock's reading, as if it were UTC.
    [[nodiscard]] instant local(instant t) const noexcept { return t + offset(t); }

    [[nodiscard]] friend bool operator==(zone const&, zone const&) = default;

private:
    enum class kind : std::uint8_t { month_week_day, day_without_leap, day_with_leap };

    struct rule {
        zone::kind kind = kind::month_week_day;
        int month = 1, week = 1, day = 0;
        std::chrono::seconds time{7200};

        /// The local instant in a year.
        [[nodiscard]] instant in(std::chrono::year year) const noexcept {
            using std::chrono::sys_days;
            if (kind == kind::month_week_day) {
                auto const m = year / std::chrono::month(static_cast<unsigned>(month));
                auto const weekday = std::chrono::weekday(static_cast<unsigned>(day));
                auto const d = week == 5 ? sys_days(m / weekday[std::chrono::last])
                                         : sys_days(m / weekday[static_cast<unsigned>(week)]);
                return instant(d) + time;
            }
            auto ahead = day;
            if (kind == kind::day_without_leap) ahead += year.is_leap() && day >= 60 ? 0 : -1;
            return instant(sys_days(year / std::chrono::January / 1)) + std::chrono::days(ahead) +
                   time;
        }

        [[nodiscard]] friend bool operator==(rule const&, rule const&) = default;
    };

    struct reader {
        std::string_view text;
        std::size_t at;

        [[noreturn]] void fail(std::string_view expected) const {
            WEFT_THROW(
                parse_error("time zone \"" + std::string(text.substr(0, 64)) + "\"", at, expected));
        }
        void sign(char c, std::string_view expected) {
            if (at >= text.size() || text[at] != c) fail(expected);
            ++at;
        }
        [[nodiscard]] bool next(char c) {
            if (at >= text.size() || text[at] != c) return false;
            ++at;
            return true;
        }
        int number(int low, int high, std::string_view expected) {
            int n = 0;
            std::size_t digits = 0;
            for (; at < text.size() && text[at] >= '0' && text[at] <= '9' && digits < 3;
                 ++at, ++digits) {
                n = n * 10 + (text[at] - '0');
            }
            if (digits == 0 || n < low || n > high) fail(expected);
            return n;
        }
        void name() {
            auto const letter = [&](std::size_t i) {
                return (text[i] >= 'a' && text[i] <= 'z') || (text[i] >= 'A' && text[i] <= 'Z');
            };
            auto const start = at;
            if (next('<')) {
                while (at < text.size() && text[at] != '>') ++at;
                sign('>', "'>'");
                if (at - start < 5) fail("a name of three characters or more");
                return;
            }
            while (at < text.size() && letter(at)) ++at;
            if (at - start < 3) fail("a name of three letters or more");
        }
        std::chrono::seconds offset(std::string_view expected, int most_hours) {
            bool const negative = next('-');
            if (!negative) (void)next('+');
            auto seconds = std::chrono::seconds(3600) * number(0, most_hours, expected);
            if (next(':')) {
                seconds += std::chrono::seconds(60) * number(0, 59, "minutes");
                if (next(':')) seconds += std::chrono::seconds(number(0, 59, "seconds"));
            }
            return negative ? -seconds : seconds;
        }
        rule date() {
            rule r;
            if (next('M')) {
                r.month = number(1, 12, "a month from 1 to 12");
                sign('.', "'.'");
                r.week = number(1, 5, "a week from 1 to 5");
                sign('.', "'.'");
                r.day = number(0, 6, "a day of the week from 0 (Sunday) to 6");
            } else if (next('J')) {
                r.kind = kind::day_without_leap;
                r.day = number(1, 365, "a day of the year from 1 to 365");
            } else {
                r.kind = kind::day_with_leap;
                r.day = number(0, 365, "a date: Mm.w.d, Jn or n");
            }
            if (next('/')) r.time = offset("a time of the day", 167);
            return r;
        }
    };

    std::chrono::seconds standard_{0};
    std::chrono::seconds summer_{0};
    bool has_summer_ = false;
    rule begin_;
    rule end_;
};

} // namespace weft::inline v0::temporal
