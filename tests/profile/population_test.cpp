#include "weft/profile/json.hpp"
#include "weft/profile/population.hpp"

#include <cmath>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "support/people.hpp"

namespace {

using weft::profile::entity;

TEST(population, means_and_spreads_are_those_of_the_definition) {
    auto const people = weft_test::made_up_people(200, 3);
    auto const p = weft::profile::fit_population(people);
    ASSERT_EQ(p.space.profile.size(), 12U);
    EXPECT_EQ(p.space.profile[0], "exploration_eagerness");
    EXPECT_EQ(p.space.vibe, (std::vector<std::string>{"calm", "playful"}));
    for (std::size_t i = 0; i < 12; ++i) {
        std::vector<double> x;
        for (auto const& e : people) {
            for (auto const& d : e.profile) {
                if (d.name == p.space.profile[i]) x.push_back(d.value);
            }
        }
        double mean = 0.0;
        for (auto const v : x) mean += v / static_cast<double>(x.size());
        double square = 0.0;
        for (auto const v : x) square += (v - mean) * (v - mean);
        EXPECT_EQ(p.profile[i].count, x.size());
        EXPECT_NEAR(p.profile[i].mean, mean, 1e-14);
        EXPECT_NEAR(p.profile[i].deviation, std::sqrt(square / static_cast<double>(x.size() - 1)),
                    1e-14);
    }
    std::size_t visitors = 0;
    for (auto const& e : people) {
        for (auto const& place : e.places) visitors += place.id == people[1].places.at(0).id;
    }
    EXPECT_EQ(p.place_counts.at(people[1].places[0].id), visitors);
}

TEST(population, reads_back_from_json_unchanged) {
    auto const p = weft::profile::fit_population(weft_test::made_up_people(50, 4));
    auto const document = weft::profile::to_json(p);
    auto const back =
        weft::profile::read_population(nlohmann::ordered_json::parse(document.dump()));
    EXPECT_EQ(weft::profile::to_json(back), document);
    EXPECT_EQ(back.space, p.space);
}

TEST(population, refuses_documents_that_are_not_one) {
    auto const good =
        weft::profile::to_json(weft::profile::fit_population(weft_test::made_up_people(5, 4)));
    for (auto const* change :
         {R"({"entities": -1})", R"({"profile": 3})", R"({"profile": [{"name": "a"}]})",
          R"({"profile": [{"name": "a", "mean": 2, "spread": 0, "count": 1}]})",
          R"({"profile": [{"name": "a", "mean": 0.5, "spread": -1, "count": 1}]})",
          R"({"vibe": ["a", "a"]})", R"({"places": {"p": 0}})"}) {
        auto bad = good;
        bad.update(nlohmann::ordered_json::parse(change));
        EXPECT_THROW((void)weft::profile::read_population(bad), weft::invalid_argument) << change;
    }
}

TEST(population, relative_values_follow_the_normal_distribution) {
    weft::profile::spread const s{0.3, 0.1, 100};
    EXPECT_EQ(weft::profile::relative_value(0.3, s), 0.5);
    EXPECT_NEAR(weft::profile::relative_value(0.4, s), 0.8413447460685429, 1e-15);
    EXPECT_NEAR(weft::profile::relative_value(0.1, s), 0.02275013194817921, 1e-15);
    weft::profile::spread const constant{0.3, 0.0, 100};
    EXPECT_EQ(weft::profile::relative_value(0.3, constant), 0.5);
    EXPECT_EQ(weft::profile::relative_value(0.2, constant), 0.0);
    EXPECT_EQ(weft::profile::relative_value(0.31, constant), 1.0);
}

TEST(population, a_space_has_room_for_sixteen_dimensions) {
    entity e;
    e.id = "x";
    for (int i = 0; i < 16; ++i) e.profile.push_back({"d" + std::to_string(i), 0.5, 1.0});
    EXPECT_EQ(weft::profile::space_of({&e, 1}).profile.size(), 16U);
    e.profile.push_back({"one too many", 0.5, 1.0});
    EXPECT_THROW((void)weft::profile::space_of({&e, 1}), weft::invalid_argument);
}

TEST(population, of_nobody_is_empty) {
    auto const p = weft::profile::fit_population({});
    EXPECT_EQ(p.entities, 0U);
    EXPECT_TRUE(p.space.profile.empty());
}

} // namespace
