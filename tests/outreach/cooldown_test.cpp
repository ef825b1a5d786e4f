#include "weft/outreach/cooldown.hpp"

#include <chrono>

#include <gtest/gtest.h>

#include "outreach/support.hpp"
#include "weft/outreach/ids.hpp"

namespace {

namespace outreach = weft::outreach;
using outreach::outreach_type;
using weft::days;
using weft::profile::contact_frequency;

using weft_test::ann;
using weft_test::ben;
using weft_test::now;

outreach::contact_log with(weft::instant at, outreach_type type, bool open = false) {
    outreach::contact_log log;
    log.add({ann, "x", type, at, open});
    return log;
}

TEST(cooldown, days_are_the_reference_s) {
    EXPECT_EQ(outreach::default_cooldown(outreach_type::community_invitation), days(30));
    EXPECT_EQ(outreach::default_cooldown(outreach_type::group_formation), days(14));
    EXPECT_EQ(outreach::default_cooldown(outreach_type::event_call), days(7));
    EXPECT_EQ(outreach::default_cooldown(outreach_type::club_event_invitation), days(30));
    EXPECT_EQ(outreach::default_cooldown(outreach_type::expert_curated_list), days(14));
    EXPECT_EQ(outreach::default_cooldown(outreach_type::friend_suggestion), days(30));
    for (std::size_t i = 0; i < 14; ++i) {
        EXPECT_LE(outreach::default_cooldown(static_cast<outreach_type>(i)),
                  outreach::longest_cooldown);
    }
}

TEST(cooldown, lasts_its_days_and_the_boundary_counts) {
    for (auto const type : {outreach_type::event_call, outreach_type::group_formation,
                            outreach_type::friend_suggestion}) {
        auto const length = outreach::default_cooldown(type);
        EXPECT_TRUE(with(now - length, type).why_not(ann, "x", type, now));
        EXPECT_TRUE(with(now - days(2), type).why_not(ann, "x", type, now));
        EXPECT_FALSE(
            with(now - length - std::chrono::microseconds(1), type).why_not(ann, "x", type, now));
    }
}

TEST(cooldown, looks_at_this_person_source_and_type_alone) {
    auto const log = with(now - days(1), outreach_type::friend_suggestion);
    EXPECT_TRUE(log.why_not(ann, "x", outreach_type::friend_suggestion, now));
    EXPECT_FALSE(log.why_not(ben, "x", outreach_type::friend_suggestion, now));
    EXPECT_FALSE(log.why_not(ann, "y", outreach_type::friend_suggestion, now));
    EXPECT_FALSE(log.why_not(ann, "x", outreach_type::event_call, now));
}

TEST(cooldown, an_open_outreach_is_not_made_twice_however_old) {
    auto const log = with(now - days(400), outreach_type::event_call, true);
    EXPECT_EQ(log.why_not(ann, "x", outreach_type::event_call, now),
              "the same outreach is still open");
}

TEST(cooldown, a_contact_in_the_future_is_a_doubt_and_refused) {
    EXPECT_TRUE(with(now + days(1), outreach_type::event_call)
                    .why_not(ann, "x", outreach_type::event_call, now));
    EXPECT_TRUE(with(weft::instant_infinity, outreach_type::event_call)
                    .why_not(ann, "x", outreach_type::event_call, now));
    EXPECT_FALSE(with(weft::instant_minus_infinity, outreach_type::event_call)
                     .why_not(ann, "x", outreach_type::event_call, now));
    EXPECT_THROW((void)with(now, outreach_type::event_call)
                     .why_not(ann, "x", outreach_type::event_call, weft::instant_infinity),
                 weft::invalid_argument);
}

TEST(cooldown, the_day_is_the_utc_day) {
    outreach::contact_log log;
    log.add(
        {ann, "x", outreach_type::event_call, weft::parse_instant("2026-03-02T00:00:00Z"), false});
    log.add({ann, "y", outreach_type::event_call,
             weft::parse_instant("2026-03-01T23:59:59.999999Z"), false});
    log.add(
        {ann, "x", outreach_type::event_call, weft::parse_instant("2026-03-02T00:00:01Z"), false});
    EXPECT_EQ(log.on_day(ann, now), 1U);
    EXPECT_EQ(log.on_day(ann, now - days(1)), 1U);
    EXPECT_EQ(log.on_day(ben, now), 0U);
}

TEST(cooldown, the_daily_cap_follows_the_preference) {
    EXPECT_EQ(outreach::daily_cap(contact_frequency::high), 3U);
    EXPECT_EQ(outreach::daily_cap(contact_frequency::medium), 2U);
    EXPECT_EQ(outreach::daily_cap(contact_frequency::low), 1U);
    EXPECT_EQ(outreach::daily_cap(contact_frequency::off), 0U);
    EXPECT_EQ(outreach::daily_cap(contact_frequency::low, 1), 1U);
    EXPECT_EQ(outreach::daily_cap(contact_frequency::high, 0), 0U);
    EXPECT_EQ(outreach::daily_cap(contact_frequency::high, static_cast<std::size_t>(-1)),
              1'000'000U);
}

TEST(cooldown, what_a_person_does_not_want_is_not_made) {
    outreach::contact_log log;
    weft::profile::preferences wishes;
    EXPECT_FALSE(log.why_full(ann, outreach_type::event_call, wishes, now));
    wishes.muted = {outreach_type::event_call};
    EXPECT_TRUE(log.why_full(ann, outreach_type::event_call, wishes, now));
    EXPECT_FALSE(log.why_full(ann, outreach_type::friend_suggestion, wishes, now));
    wishes.frequency = contact_frequency::off;
    EXPECT_TRUE(log.why_full(ann, outreach_type::friend_suggestion, wishes, now));
    wishes = {contact_frequency::low, {}};
    log.add({ann, "z", outreach_type::list_suggestion, now, false});
    EXPECT_TRUE(log.why_full(ann, outreach_type::friend_suggestion, wishes, now));
}

} // namespace
