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

TEST(privacy, keys_are_known_however_they_are_joined) {
    for (auto const* key :
         {"userId", "User-ID", "USER ID", "_user_id_", "PersonalData", "e-mail"}) {
        EXPECT_TRUE(outreach::is_forbidden_key(key)) << key;
    }
    for (auto const* key : {"user", "user_ids", "id", "___", "agent_name_space"}) {
        EXPECT_FALSE(outreach::is_forbidden_key(key)) << key;
    }
}

TEST(privacy, ids_that_look_like_people_are_seen) {
    for (auto const* text : {"a@b.de", "mailto:x.y+z@example.org", "Ann <ann@example.org>",
                             "see ann@example.org, please", "\xc3\xa9@\xc3\xa9.fr"}) {
        EXPECT_TRUE(outreach::looks_like_email(text)) << text;
        EXPECT_FALSE(outreach::is_agent_id(text)) << text;
    }
    for (auto const* text :
         {"", "@", "a@", "@b.de", "a@b", "a @ b.de", "a@b.", "a@.b", "half@past"}) {
        EXPECT_FALSE(outreach::looks_like_email(text)) << text;
    }
    for (auto const* text : {"+4915112345678", "+49 (151) 123-456", "0049 151 1234567",
                             "(555) 123-4567 89", "030/1234567", "0151-234.567.8", "tel:911"}) {
        EXPECT_TRUE(outreach::looks_like_phone(text)) << text;
    }
    for (auto const* text : {"", "+", "+123456", "2026-03-01", "01.03.2026", "2026-03-01T12:00:00Z",
                             "123456789012", "0.123456", "11111111-1111-1111-1111-111111111111",
                             "agent-4711", "+12 34 56 78 90 12 34 56", "-1"}) {
        EXPECT_FALSE(outreach::looks_like_phone(text)) << text;
    }
    EXPECT_TRUE(outreach::is_agent_id("11111111-1111-1111-1111-111111111111"));
    EXPECT_FALSE(outreach::is_agent_id(""));
    outreach::require_agent_id("from_agent_id", "agent-1", "person-1");
    for (auto const* id : {"", "a@b.de", "+4915112345678", "Person-1"}) {
        try {
            outreach::require_agent_id("from_agent_id", id, "person-1");
            ADD_FAILURE() << id;
        } catch (weft::invalid_argument const& e) {
            EXPECT_EQ(e.argument(), "from_agent_id");
            EXPECT_TRUE(*id == '\0' || std::string(e.what()).find(id) == std::string::npos)
                << "the error does not repeat it";
        }
    }
}

TEST(privacy, a_payload_is_looked_through) {
    auto const where = [](json const& document) {
        auto const fault = outreach::find_privacy_fault(document);
        return fault ? fault->path + ": " + fault->what : std::string("nothing");
    };
    EXPECT_EQ(where({{"a", json::array({1, {{"b", "x@y.org"}}})}}), "a[1].b: an e-mail address");
    EXPECT_EQ(where({{"to", "+4915112345678"}}), "to: a telephone number");
    EXPECT_EQ(where({{"m", {{"x@y.org", 1}}}}), "m: a key that looks like a person's address");
    EXPECT_EQ(where({{"m", {{"EMAIL", 1}}}}), "m.EMAIL: a key that must never leave");
    EXPECT_EQ(where({{"encryption_type", "none"}}),
              "encryption_type: neither signalProtocol nor aes256gcm");
    EXPECT_EQ(where({{"encryption_type", 1}}),
              "encryption_type: neither signalProtocol nor aes256gcm");
    for (auto const type :
         {outreach::encryption_type::signal_protocol, outreach::encryption_type::aes256gcm}) {
        EXPECT_EQ(outreach::parse_encryption_type(outreach::to_text(type)), type);
        EXPECT_EQ(where({{"encryption_type", std::string(outreach::to_text(type))}}), "nothing");
    }
    EXPECT_FALSE(outreach::parse_encryption_type("AES256GCM"));
    EXPECT_EQ(where("x@y.org"), ": an e-mail address");
    EXPECT_EQ(where({{"at", "2026-03-01T12:00:00Z"}, {"n", 491511234567890}}), "nothing");
    try {
        (void)outreach::payload(json{{"to", "ann@example.org"}});
        ADD_FAILURE();
    } catch (weft::invalid_argument const& e) {
        EXPECT_EQ(std::string(e.what()).find("ann@example.org"), std::string::npos);
    }
}

} // namespace
