#include "weft/core/uuid.hpp"

#include <gtest/gtest.h>

namespace {

TEST(uuid, round_trips_in_lower_case) {
    auto const id = weft::parse_uuid("6BA7B810-9dad-11d1-80b4-00C04fd430c8");
    EXPECT_EQ(weft::to_text(id), "6ba7b810-9dad-11d1-80b4-00c04fd430c8");
    EXPECT_EQ(id.bytes[0], 0x6b);
    EXPECT_EQ(id.bytes[15], 0xc8);
}

TEST(uuid, reads_nothing_but_the_canonical_form) {
    for (auto const* text :
         {"", "6ba7b810-9dad-11d1-80b4-00c04fd430c", "6ba7b810-9dad-11d1-80b4-00c04fd430c88",
          "{6ba7b810-9dad-11d1-80b4-00c04fd430c8}", "6ba7b8109dad11d180b400c04fd430c8",
          "6ba7b810-9dad-11d1-80b4_00c04fd430c8", "6ba7b810-9dad-11d1-80b4-00c04fd430cg",
          "-6ba7b810-9dad-11d1-80b4-0c04fd430c8"}) {
        EXPECT_FALSE(weft::try_parse_uuid(text)) << text;
        EXPECT_THROW((void)weft::parse_uuid(text, "target_user_id"), weft::invalid_argument);
    }
}

} // namespace
