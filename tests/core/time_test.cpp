#include "weft/core/time.hpp"

#include <chrono>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <string>

namespace {

using namespace std::chrono_literals;

TEST(time, reads_iso_8601) {
    weft::instant const noon = std::chrono::sys_days{2026y / 11 / 22} + 12h;
    EXPECT_EQ(weft::parse_instant("2026-11-22T12:00:00Z"), noon);
    EXPECT_EQ(weft::parse_instant("2026-11-22T12:00Z"), noon);
    EXPECT_EQ(weft::parse_instant("2026-11-22 14:30:00+02:30"), noon);
    EXPECT_EQ(weft::parse_instant("2026-11-22T11:00:00.000001-01"), noon + 1us);
    EXPECT_EQ(weft::parse_instant("2026-11-22"), noon - 12h);
    EXPECT_EQ(weft::parse_instant("2024-02-29T23:59:59.999999Z") + 1us,
              weft::parse_instant("2024-03-01"));
}

TEST(time, refuses_what_is_not_an_instant) {
    for (auto const* text :
         {"", "2026", "2026-11-22T12:00:00", "2026-13-01", "2026-02-29", "0000-01-01",
          "2026-11-22T24:00:00Z", "2026-11-22T12:60Z", "2026-11-22T12:00:60Z",
          "2026-11-22T12:00:00.Z", "2026-11-22T12:00:00.0000001Z", "2026-11-22T12:00:00Zx",
          "2026-11-22T12:00:00+16:00", "20261122T120000Z", "-026-11-22", "2026-11-22T", "now"}) {
        EXPECT_THROW((void)weft::parse_instant(text), weft::parse_error) << text;
    }
    try {
        (void)weft::parse_instant("2026-11-3x");
        FAIL();
    } catch (weft::parse_error const& e) {
        EXPECT_EQ(e.offset(), 9U);
        EXPECT_NE(std::string(e.what()).find("2026-11-3x"), std::string::npos);
    }
}

RC_GTEST_PROP(time, text_round_trips_and_sorts, ()) {
    auto const first = weft::parse_instant("0001-01-01").time_since_epoch().count();
    auto const last = weft::parse_instant("9999-12-31T23:59:59.999999Z").time_since_epoch().count();
    auto const any = rc::gen::map(rc::gen::arbitrary<std::uint64_t>(), [&](std::uint64_t n) {
        auto const span = static_cast<std::uint64_t>(last - first) + 1;
        return weft::instant{
            std::chrono::microseconds{first + static_cast<std::int64_t>(n % span)}};
    });
    auto const a = *any;
    auto const b = *any;
    RC_ASSERT(weft::parse_instant(weft::to_iso(a)) == a);
    RC_ASSERT(weft::parse_instant(weft::to_iso_fixed(a)) == a);
    RC_ASSERT((weft::to_iso_fixed(a) < weft::to_iso_fixed(b)) == (a < b));
    RC_ASSERT(weft::to_iso_fixed(a).size() == 27U);
}

TEST(time, does_not_write_what_it_cannot_read) {
    EXPECT_THROW((void)weft::to_iso(weft::instant_infinity), weft::invalid_argument);
    EXPECT_THROW((void)weft::to_iso(std::chrono::sys_days{std::chrono::year{10000} / 1 / 1}),
                 weft::invalid_argument);
}

TEST(time, week_starts_on_monday) {
    EXPECT_EQ(weft::hour_of_week(weft::parse_instant("2026-11-23T00:00:00Z")), 0);
    EXPECT_EQ(weft::hour_of_week(weft::parse_instant("2026-11-22T23:59:59.999999Z")), 167);
    EXPECT_EQ(weft::hour_of_week(weft::parse_instant("1969-12-31T23:00:00Z")), 71);
    EXPECT_EQ(weft::hour_of_week(weft::parse_instant("0001-01-01T05:00:00Z")), 5);
}

} // namespace
