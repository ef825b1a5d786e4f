#include "weft/outreach/cache_policy.hpp"

#include <chrono>
#include <cmath>

#include <gtest/gtest.h>

#include "outreach/support.hpp"

namespace {

namespace outreach = weft::outreach;
using namespace std::chrono_literals;
using weft_test::now;

TEST(cache_policy, times_to_live_are_the_reference_s) {
    EXPECT_EQ(outreach::cache_policy{}.compatibility_ttl, weft::days(7));
    EXPECT_EQ(outreach::cache_policy{}.signal_ttl, weft::days(3));
}

TEST(cache_policy, a_row_is_fresh_from_its_calculation_until_it_expires) {
    EXPECT_TRUE(outreach::is_fresh(now, now + 1us, now, 1, 1));
    EXPECT_FALSE(outreach::is_fresh(now - 1h, now, now, 1, 1));
    EXPECT_FALSE(outreach::is_fresh(now + 1us, now + 1h, now, 1, 1));
    EXPECT_FALSE(outreach::is_fresh(now, now + 1h, now, 1, 2));
    EXPECT_TRUE(outreach::is_fresh(now, weft::instant_infinity, now, 3, 3));
}

TEST(cache_policy, tells_again_what_moved_by_more_than_a_tenth) {
    EXPECT_TRUE(outreach::should_renotify(std::nullopt, 0.5));
    EXPECT_FALSE(outreach::should_renotify(0.7, 0.8));
    EXPECT_FALSE(outreach::should_renotify(0.8, 0.7));
    EXPECT_TRUE(outreach::should_renotify(0.7, 0.8000001));
    EXPECT_TRUE(outreach::should_renotify(0.9, 0.1));
    EXPECT_THROW((void)outreach::should_renotify(0.5, std::nan("")), weft::invalid_argument);
    EXPECT_THROW((void)outreach::should_renotify(1.5, 0.5), weft::invalid_argument);
}

TEST(cache_policy, jobs_have_their_cadence) {
    using schema = weft::schema::job_type;
    EXPECT_EQ(outreach::cadence(schema::high_priority), 30min);
    EXPECT_EQ(outreach::cadence(schema::medium_priority), 2h);
    EXPECT_EQ(outreach::cadence(schema::low_priority), 12h);
    EXPECT_EQ(outreach::cadence(schema::incremental), 15min);
    EXPECT_EQ(outreach::cadence(schema::event_driven), 0min);
    EXPECT_EQ(outreach::max_retries, 3);
}

} // namespace
