#include "weft/outreach/privacy.hpp"

#include <limits>
#include <string>

#include <gtest/gtest.h>

#include "weft/outreach/json.hpp"

namespace {

namespace outreach = weft::outreach;
using json = nlohmann::ordered_json;

TEST(privacy, forbidden_keys_in_any_case) {
    for (auto const key : outreach::forbidden_keys) EXPECT_TRUE(outreach::is_forbidden_key(key));
    EXPECT_TRUE(outreach::is_forbidden_key("EMail"));
    EXPECT_TRUE(outreach::is_forbidden_key("USER_ID"));
    EXPECT_FALSE(outreach::is_forbidden_key("emails"));
    EXPECT_FALSE(outreach::is_forbidden_key("surname"));
    EXPECT_FALSE(outreach::is_forbidden_key(""));
}

TEST(privacy, forbidden_keys_at_any_depth) {
    json const nested = {{"v", 1}, {"a", json::array({{{"b", {{"Name", "x"}}}}})}};
    EXPECT_EQ(outreach::find_forbidden_key(nested), "a[0].b.Name");
    EXPECT_THROW((void)outreach::payload(nested), weft::invalid_argument);
    // An escaped key is the same key.
    EXPECT_THROW((void)outreach::payload(json::parse(R"({"\u0065mail": 1})")),
                 weft::invalid_argument);
    // A value may be what a key may not.
    EXPECT_EQ(outreach::payload(json{{"v", "email"}}).text, R"({"v":"email"})");
    json deep = {{"phone", 1}};
    for (int i = 0; i < 200; ++i) deep = json::array({std::move(deep)});
    EXPECT_TRUE(outreach::find_forbidden_key(deep));
}

TEST(privacy, a_payload_is_a_document_that_a_database_takes) {
    EXPECT_THROW((void)outreach::payload(json{{"x", std::numeric_limits<double>::quiet_NaN()}}),
                 weft::invalid_argument);
    EXPECT_THROW((void)outreach::payload(json{{"x", std::numeric_limits<double>::infinity()}}),
                 weft::invalid_argument);
    EXPECT_THROW((void)outreach::payload(json{{"x", "\xff"}}), weft::parse_error);
    EXPECT_THROW((void)outreach::payload(json{{"x", std::string("a\0b", 3)}}), weft::parse_error);
    EXPECT_THROW((void)outreach::payload(json{{std::string("a\0b", 3), 1}}), weft::parse_error);
    json deep = 1;
    for (int i = 0; i < 300; ++i) deep = json::array({std::move(deep)});
    EXPECT_THROW((void)outreach::payload(deep), weft::parse_error);
}

} // namespace
