#include "weft/profile/fingerprint.hpp"

#include <cmath>
#include <cstring>
#include <gtest/gtest.h>
#include <numeric>
#include <rapidcheck/gtest.h>
#include <string>
#include <vector>

#include "support/people.hpp"

namespace {

using weft::profile::dimension;
using weft::profile::encoder;
using weft::profile::entity;
using weft::profile::space;

entity with_profile(std::vector<dimension> profile) {
    entity e;
    e.id = "e";
    e.profile = std::move(profile);
    return e;
}

TEST(rhythm, huge_counts_are_shares_as_any) {
    weft::profile::week few{};
    few[18] = few[20] = 1.0;
    auto many = few;
    many[18] = many[20] = 1.5e308;
    EXPECT_EQ(weft::profile::smooth_rhythm(many, 1.0), weft::profile::smooth_rhythm(few, 1.0));
}

TEST(fingerprint, bands_carry_the_sign_of_the_correlation) {
    encoder const enc(space{{"a", "b", "c", "d"}, {}});
    std::vector<dimension> const p{{"a", 0.9, 1}, {"b", 0.1, 1}, {"c", 0.95, 1}, {"d", 0.5, 1}};
    auto const bands = enc.bands(p);
    ASSERT_EQ(bands.size(), 3U);
    EXPECT_EQ(bands[0].i, 1);
    EXPECT_EQ(bands[0].j, 2);
    EXPECT_EQ(bands[0].sign, -1);
    EXPECT_EQ(bands[1].j, 3);
    EXPECT_EQ(bands[1].sign, 1);
    EXPECT_EQ(bands[2].i, 2);
    EXPECT_EQ(bands[2].sign, -1);
}

TEST(fingerprint, unknown_dimensions_do_not_cross) {
    encoder const enc(space{{"a", "b", "c"}, {}});
    std::vector<dimension> const p{{"a", 1.0, 1}, {"b", 1.0, 0}};
    EXPECT_TRUE(enc.bands(p).empty());
    auto const f = enc.encode(with_profile(p));
    EXPECT_EQ(f.dense.known_count, 1);
    EXPECT_FALSE(f.dense.has_link);
    EXPECT_EQ(f.dense.qubits[1].root_weight, 0.0);
    EXPECT_EQ(f.dense.qubits[2].root_weight, 0.0);
}

TEST(fingerprint, a_long_history_gives_the_correlation_of_the_sample) {
    encoder const enc(space{{"a", "b"}, {}});
    auto e = with_profile({{"a", 0.9, 1}, {"b", 0.9, 1}});
    for (int i = 0; i < 8; ++i) {
        auto const x = 0.1 * static_cast<double>(i);
        e.snapshots.push_back({weft::instant{} + weft::days(i), {{"a", x, 1}, {"b", 0.9 - x, 1}}});
    }
    auto const against = enc.bands(e.profile, e.snapshots);
    ASSERT_EQ(against.size(), 1U);
    EXPECT_EQ(against[0].sign, -1);
    e.snapshots.pop_back();
    EXPECT_EQ(enc.bands(e.profile, e.snapshots).at(0).sign, 1);
}

TEST(fingerprint, crossings_compare_over_what_both_know) {
    encoder const enc(space{{"a", "b", "c"}, {}});
    auto const all = enc.encode(with_profile({{"a", 1, 1}, {"b", 1, 1}, {"c", 0, 1}})).dense;
    auto const two = enc.encode(with_profile({{"a", 1, 1}, {"b", 1, 1}})).dense;
    auto const turned = enc.encode(with_profile({{"a", 1, 1}, {"b", 0, 1}, {"c", 0, 1}})).dense;
    auto const flat = enc.encode(with_profile({{"a", 0.5, 1}, {"b", 0.5, 1}, {"c", 0.5, 1}})).dense;
    EXPECT_EQ(similarity(all.crossings, all.crossings), 1.0);
    EXPECT_EQ(similarity(all.crossings, two.crossings), 1.0);
    // a+b over, a-c under, b-c under against under, under, over: one of three agrees.
    EXPECT_EQ(similarity(all.crossings, turned.crossings), 1.0 - 4.0 / 6.0);
    EXPECT_EQ(similarity(all.crossings, flat.crossings), 0.0);
    EXPECT_FALSE(similarity(flat.crossings, flat.crossings).has_value());
}

TEST(fingerprint, rhythm_is_circular_and_keeps_its_mass) {
    weft::profile::week sunday_night{};
    sunday_night[167] = 3.0;
    auto const smooth = weft::profile::smooth_rhythm(sunday_night, 1.0);
    ASSERT_TRUE(smooth);
    EXPECT_NEAR(std::accumulate(smooth->begin(), smooth->end(), 0.0), 1.0, 1e-14);
    EXPECT_DOUBLE_EQ((*smooth)[0], (*smooth)[166]);
    EXPECT_NEAR((*smooth)[0] / (*smooth)[167], std::exp(-0.5), 1e-15);
    auto const sharp = weft::profile::smooth_rhythm(sunday_night, 0.0);
    EXPECT_EQ((*sharp)[167], 1.0);
    EXPECT_FALSE(weft::profile::smooth_rhythm(weft::profile::week{}, 1.0));
    EXPECT_THROW((void)weft::profile::smooth_rhythm(sunday_night, -1.0), weft::invalid_argument);
    sunday_night[3] = -1.0;
    EXPECT_THROW((void)weft::profile::smooth_rhythm(sunday_night, 1.0), weft::invalid_argument);
}

TEST(fingerprint, great_circle_distances_agree_with_published_ones) {
    auto const km = [](weft::profile::geo_point a, weft::profile::geo_point b) {
        return weft::profile::detail::great_circle_km(weft::profile::detail::direction(a),
                                                      weft::profile::detail::direction(b));
    };
    // Quarter and half of the mean Earth's circumference, and 1 degree along the equator.
    auto const circumference = 2.0 * std::numbers::pi * weft::profile::earth_radius_km;
    EXPECT_NEAR(km({0, 0}, {90, 0}), circumference / 4, 1e-8);
    EXPECT_NEAR(km({0, 0}, {0, 180}), circumference / 2, 1e-3);
    EXPECT_NEAR(km({0, 179.5}, {0, -179.5}), circumference / 360, 1e-8);
    EXPECT_NEAR(km({0, 0}, {0, 1e-9}), circumference / 360 * 1e-9, 1e-15);
    EXPECT_NEAR(km({40.7128, -74.0060}, {41.8781, -87.6298}), 1144.3, 0.5);
    EXPECT_EQ(km({12.5, 33.25}, {12.5, 33.25}), 0.0);
}

TEST(fingerprint, refuses_other_dimensions_and_bad_options) {
    encoder const enc(space{{"a"}, {"v"}});
    EXPECT_THROW((void)enc.encode(with_profile({{"b", 0.5, 1}})), weft::invalid_argument);
    auto e = with_profile({});
    e.vibe = {{"w", 0.5, 1}};
    EXPECT_THROW((void)enc.encode(e), weft::invalid_argument);
    EXPECT_THROW(encoder(space{{"a", "a"}, {}}), weft::invalid_argument);
    weft::profile::encoder_options options;
    options.kernel_km = 0.0;
    EXPECT_THROW(encoder(space{}, options), weft::invalid_argument);
    options = {};
    options.crossing_threshold = std::nan("");
    EXPECT_THROW(encoder(space{}, options), weft::invalid_argument);
}

TEST(fingerprint, is_relative_to_a_population_where_there_is_one) {
    auto const people = weft_test::made_up_people(300, 5);
    auto const population = weft::profile::fit_population(people);
    encoder const raw(population.space);
    encoder const relative(population);
    auto low = people[0];
    low.profile.clear();
    for (std::size_t i = 0; i < population.space.profile.size(); ++i) {
        low.profile.push_back({population.space.profile[i], population.profile[i].mean, 1.0});
    }
    // At the mean of every dimension: half way round the qubit, and nothing crosses.
    auto const f = relative.encode(low);
    for (std::size_t i = 0; i < 12; ++i) EXPECT_NEAR(f.dense.qubits[i].z, 0.0, 1e-15);
    EXPECT_TRUE(relative.bands(low.profile).empty());
    EXPECT_NE(raw.encode(low).dense.qubits[0].z, 0.0);
}

RC_GTEST_PROP(fingerprint, is_the_same_bits_each_time, (std::uint64_t seed)) {
    auto const people = weft_test::made_up_people(3, seed);
    encoder const enc(weft::profile::fit_population(people));
    auto const once = enc.encode(people[0]);
    auto const again = enc.encode(people[0]);
    RC_ASSERT(std::memcmp(&once.dense.qubits, &again.dense.qubits, sizeof once.dense.qubits) == 0);
    RC_ASSERT(once.dense.crossings == again.dense.crossings);
    auto const replaced = enc.with_profile(once, people[0].profile);
    RC_ASSERT(std::memcmp(&once.dense.qubits, &replaced.dense.qubits, sizeof once.dense.qubits) ==
              0);
    RC_ASSERT(replaced.dense.crossings == once.dense.crossings);
}

} // namespace
