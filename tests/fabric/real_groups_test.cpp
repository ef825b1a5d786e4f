#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>

#include <gtest/gtest.h>

#include "fabric/meetup.hpp"
#include "fabric/support.hpp"

/// Nashville's Meetup: do the numbers mean anything among people who really meet?
namespace {

std::string const meetup_folder = WEFT_DATA_DIR;

using weft_test::sanitized;

bool data_is_there() {
    if (std::filesystem::exists(meetup_folder + "/groups/nashville_meetup.csv.gz")) return true;
    if (std::getenv("CI") != nullptr) {
        ADD_FAILURE() << "no data in " << meetup_folder;
    } else {
        std::printf("not run: no data in %s\n", meetup_folder.c_str());
    }
    return false;
}

/// Real groups against random people matched in the number of other groups; compatibilities come
/// from the other groups only. All groups, and the limits that were promised.
TEST(real_groups, are_more_stable_than_random_people) {
    if (!data_is_there()) return;
    auto const r = weft_test::real_against_random(weft_test::read_meetup(meetup_folder), 1, 1);
    EXPECT_EQ(r.groups, 448U);
    for (auto const& [name, score] : r.scores) {
        std::printf("%-22s AUC %.3f, above its match in %.3f\n", name.c_str(), score.area,
                    score.paired);
        EXPECT_GE(score.area, 0.86) << name;
        EXPECT_GE(score.paired, 0.90) << name;
    }
    EXPECT_EQ(r.scores.size(), 4U);
}

/// One membership hidden, all groups the person is not in ranked: the 4,000 people and the limits
/// that were promised; sixty people, and limits for so few, where the sanitizers slow all down.
TEST(real_groups, a_hidden_group_is_found_by_the_fit) {
    if (!data_is_there()) return;
    auto const r =
        weft_test::hidden_group(weft_test::read_meetup(meetup_folder), sanitized ? 60 : 4000, 1);
    for (auto const& [name, score] : r) {
        std::printf("%-22s AUC %.3f, among the first ten %.3f\n", name.c_str(), score.area,
                    score.hit);
    }
    auto const& fit = r.at("fit, Jaccard");
    EXPECT_GE(fit.area, sanitized ? 0.80 : 0.905);
    EXPECT_GE(fit.hit, sanitized ? 0.25 : 0.45);
    // The baselines beside it.
    EXPECT_GT(fit.area, r.at("popularity").area);
    EXPECT_GT(fit.hit, r.at("popularity").hit);
    EXPECT_GT(fit.area, r.at("mean, Jaccard").area - (sanitized ? 0.02 : 0.0));
    EXPECT_GT(fit.hit, r.at("mean, Jaccard").hit);
    EXPECT_NEAR(fit.area, r.at("item to item, Jaccard").area, sanitized ? 0.05 : 0.01);
}

} // namespace
