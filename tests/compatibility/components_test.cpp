#include "weft/compatibility/components.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <gtest/gtest.h>
#include <numbers>
#include <rapidcheck/gtest.h>
#include <string>
#include <vector>

#include "support/people.hpp"

namespace {

using weft::compatibility::compare;
using weft::compatibility::component;
using weft::compatibility::contains;
using weft::profile::encoder;
using weft::profile::entity;
using weft::profile::fingerprint;
using weft::profile::space;

double value(weft::compatibility::raw_components const& r, component c) {
    EXPECT_TRUE(contains(r.present, static_cast<std::size_t>(c)));
    return r.value[static_cast<std::size_t>(c)];
}

fingerprint at(double latitude, double longitude, std::string const& spot) {
    entity e;
    e.id = spot;
    e.places = {{spot, weft::profile::geo_point{latitude, longitude}, 1.0}};
    return encoder(space{}).encode(e);
}

fingerprint visiting(std::size_t hour) {
    entity e;
    e.id = "e";
    e.rhythm = weft::profile::week{};
    (*e.rhythm)[hour] = 1.0;
    return encoder(space{}).encode(e);
}

TEST(components, one_place_scores_the_same_wherever_it_is) {
    auto const new_york = at(40.7128, -74.0060, "ny");
    auto const tokyo = at(35.6762, 139.6503, "tokyo");
    auto const chicago = at(41.8781, -87.6298, "chicago");
    EXPECT_EQ(value(compare(new_york, at(40.7128, -74.0060, "other door")), component::location),
              1.0);
    EXPECT_EQ(value(compare(tokyo, at(35.6762, 139.6503, "other door")), component::location), 1.0);
    EXPECT_LT(value(compare(new_york, tokyo), component::location), 1e-90);
    EXPECT_NEAR(value(compare(new_york, chicago), component::location), std::exp(-1144.3 / 50.0),
                1e-11);
}

TEST(components, location_falls_with_the_great_circle) {
    auto const degree = weft::profile::earth_radius_km * std::numbers::pi / 180.0;
    for (auto const d : {0.01, 0.1, 0.5, 1.0, 3.0}) {
        EXPECT_NEAR(value(compare(at(0, 0, "a"), at(0, d, "b")), component::location),
                    std::exp(-d * degree / 50.0), 1e-13);
    }
    // Across the date line as anywhere else.
    EXPECT_NEAR(value(compare(at(0, 179.95, "a"), at(0, -179.95, "b")), component::location),
                std::exp(-0.1 * degree / 50.0), 1e-12);
}

TEST(components, places_without_coordinates_compare_by_their_ids) {
    entity a;
    a.id = "a";
    a.places = {{"x", std::nullopt, 1.0}, {"y", std::nullopt, 3.0}};
    entity b = a;
    b.id = "b";
    b.places = {{"y", std::nullopt, 1.0}, {"z", std::nullopt, 1.0}};
    encoder const enc(space{});
    // (sqrt(3/4 * 1/2))^2
    EXPECT_NEAR(value(compare(enc.encode(a), enc.encode(b)), component::location), 0.375, 1e-15);
    EXPECT_NEAR(value(compare(enc.encode(a), enc.encode(a)), component::location), 1.0, 1e-15);
    b.places = {{"far", std::nullopt, 1.0}};
    EXPECT_EQ(value(compare(enc.encode(a), enc.encode(b)), component::location), 0.0);
}

TEST(components, rare_places_count_more_with_a_population) {
    std::vector<entity> everyone(100);
    for (std::size_t i = 0; i < everyone.size(); ++i) {
        everyone[i].id = "e" + std::to_string(i);
        everyone[i].places = {{"station", std::nullopt, 1.0}};
        if (i < 2) everyone[i].places.push_back({"cellar bar", std::nullopt, 1.0});
        if (i == 2 || i == 3) {
            everyone[i].places.push_back({"own home " + std::to_string(i), std::nullopt, 1.0});
        }
    }
    encoder const enc(weft::profile::fit_population(everyone));
    auto const rare = compare(enc.encode(everyone[0]), enc.encode(everyone[1]));
    auto const common = compare(enc.encode(everyone[2]), enc.encode(everyone[3]));
    EXPECT_NEAR(value(rare, component::location), 1.0, 1e-15);
    EXPECT_LT(value(common, component::location), 0.05);
}

TEST(components, a_minute_before_midnight_is_close_to_a_minute_after) {
    EXPECT_NEAR(value(compare(visiting(167), visiting(0)), component::timing),
                value(compare(visiting(30), visiting(31)), component::timing), 1e-12);
    EXPECT_GT(value(compare(visiting(167), visiting(0)), component::timing), 0.7);
    EXPECT_NEAR(value(compare(visiting(5), visiting(5)), component::timing), 1.0, 1e-13);
    EXPECT_LT(value(compare(visiting(0), visiting(84)), component::timing), 1e-12);
}

TEST(components, identical_people_are_identical) {
    auto const people = weft_test::made_up_people(40, 11);
    encoder const enc(weft::profile::fit_population(people));
    for (auto const& e : people) {
        auto const f = enc.encode(e);
        auto const r = compare(f, f);
        for (std::size_t c = 0; c < weft::compatibility::component_count; ++c) {
            if (contains(r.present, c)) {
                EXPECT_NEAR(r.value[c], 1.0, 1e-13);
            }
        }
    }
}

TEST(components, what_is_absent_says_why) {
    encoder const enc(space{{"a", "b"}, {"v"}});
    entity nothing;
    nothing.id = "n";
    auto const f = enc.encode(nothing);
    auto const r = compare(f, f);
    EXPECT_EQ(r.present, 0);
    for (std::size_t c = 0; c < weft::compatibility::component_count; ++c) {
        EXPECT_FALSE(why_absent(static_cast<component>(c), f, f, r.present).empty());
    }
    entity flat = nothing;
    flat.profile = {{"a", 0.5, 1.0}, {"b", 0.5, 1.0}};
    auto const g = enc.encode(flat);
    auto const s = compare(g, g);
    EXPECT_TRUE(contains(s.present, static_cast<std::size_t>(component::quantum)));
    EXPECT_FALSE(contains(s.present, static_cast<std::size_t>(component::knot)));
    EXPECT_NE(why_absent(component::knot, g, g, s.present), why_absent(component::knot, f, g, 0));
}

RC_GTEST_PROP(components, are_symmetric_to_the_bit_and_in_the_unit_interval, (std::uint64_t seed)) {
    auto const people = weft_test::made_up_people(4, seed);
    encoder const enc(weft::profile::space_of(people));
    for (auto const& a : people) {
        for (auto const& b : people) {
            auto const fa = enc.encode(a);
            auto const fb = enc.encode(b);
            auto const ab = compare(fa, fb);
            auto const ba = compare(fb, fa);
            RC_ASSERT(ab.present == ba.present);
            for (std::size_t c = 0; c < weft::compatibility::component_count; ++c) {
                RC_ASSERT(std::bit_cast<std::uint64_t>(ab.value[c]) ==
                          std::bit_cast<std::uint64_t>(ba.value[c]));
                RC_ASSERT(weft::in_unit(ab.value[c]));
            }
        }
    }
}

TEST(components, have_the_same_bits_in_any_register_and_any_block) {
    auto const entities = weft_test::made_up_people(60, 9);
    weft::profile::encoder const enc(weft::profile::fit_population(entities));
    std::vector<weft::profile::fingerprint> people;
    for (auto const& e : entities) people.push_back(enc.encode(e));
    auto const same = [](weft::compatibility::raw_components const& x,
                         weft::compatibility::raw_components const& y) {
        return x.present == y.present && std::bit_cast<std::array<std::uint64_t, 5>>(x.value) ==
                                             std::bit_cast<std::array<std::uint64_t, 5>>(y.value);
    };
    weft::compatibility::compare_options const options;
    for (std::size_t i = 0; i < people.size(); ++i) {
        for (std::size_t from = 0; from < people.size(); from += 7) {
            std::vector<weft::profile::dense_fingerprint const*> others;
            for (auto j = from; j < std::min(from + 7, people.size()); ++j) {
                others.push_back(&people[j].dense);
            }
            std::array<weft::compatibility::raw_components, 8> block;
            std::array<weft::compatibility::raw_components, 8> narrow;
            weft::compatibility::compare_block(people[i].dense, others.data(), others.size(),
                                               options, block.data());
            weft::compatibility::detail::compare_block<weft::detail::lanes<2>>(
                people[i].dense, others.data(), others.size(), options, narrow.data());
            for (std::size_t p = 0; p < others.size(); ++p) {
                auto const single =
                    weft::compatibility::compare(people[i].dense, *others[p], options);
                ASSERT_TRUE(same(single, block[p])) << i << ' ' << from + p;
                ASSERT_TRUE(same(single, narrow[p])) << i << ' ' << from + p;
            }
        }
    }
}

} // namespace
