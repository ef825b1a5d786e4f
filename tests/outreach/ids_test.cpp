#include "weft/outreach/ids.hpp"

#include <set>
#include <string>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace {

namespace outreach = weft::outreach;

TEST(ids, name_uuids_are_those_of_other_implementations) {
    // RFC 9562, A.4: www.example.com in the namespace of DNS names.
    auto const dns = weft::parse_uuid("6ba7b810-9dad-11d1-80b4-00c04fd430c8");
    EXPECT_EQ(weft::to_text(outreach::name_uuid(dns, "www.example.com")),
              "2ed6657d-e927-568b-95e1-2665a8aea6a2");
    EXPECT_EQ(outreach::name_uuid(dns, "weft"), outreach::name_space);
}

TEST(ids, an_entity_keeps_an_id_that_is_a_uuid) {
    EXPECT_EQ(weft::to_text(outreach::entity_uuid("6BA7B810-9dad-11d1-80b4-00c04fd430c8")),
              "6ba7b810-9dad-11d1-80b4-00c04fd430c8");
    auto const made = outreach::entity_uuid("msqr:AGES:1");
    EXPECT_EQ(made, outreach::entity_uuid("msqr:AGES:1"));
    EXPECT_NE(made, outreach::entity_uuid("msqr:AGES:2"));
    EXPECT_EQ(made.bytes[6] >> 4, 5);
    EXPECT_EQ(made.bytes[8] >> 6, 2);
}

TEST(ids, different_keys_never_share_a_name) {
    std::set<weft::uuid> seen;
    for (auto const& id :
         {outreach::row_id("t", {"a", "b"}), outreach::row_id("t", {"a b"}),
          outreach::row_id("t", {"ab"}), outreach::row_id("t", {"ab", ""}),
          outreach::row_id("t", {"", "ab"}), outreach::row_id("t a", {"b"}),
          outreach::row_id("t", {"1:a"}), outreach::row_id("t", {"a 1:b"}),
          outreach::row_id("t", {std::string_view("a\0b", 3)}), outreach::row_id("t", {})}) {
        EXPECT_TRUE(seen.insert(id).second) << weft::to_text(id);
    }
}

RC_GTEST_PROP(ids, a_key_s_parts_cannot_be_moved_across_their_border, ()) {
    auto const a = *rc::gen::arbitrary<std::string>();
    auto const b = *rc::gen::nonEmpty<std::string>();
    RC_ASSERT(outreach::row_id("t", {a, b}) !=
              outreach::row_id("t", {a + b.substr(0, 1), b.substr(1)}));
}

} // namespace
