#include "weft/core/hash.hpp"

#include <gtest/gtest.h>

namespace {

// The values are those of the test vectors published with the algorithm.
TEST(hash, is_fnv_1a_of_64_bits) {
    EXPECT_EQ(weft::hash_text(""), 0xcbf29ce484222325ULL);
    EXPECT_EQ(weft::hash_text("a"), 0xaf63dc4c8601ec8cULL);
    EXPECT_EQ(weft::hash_text("foobar"), 0x85944171f73967e8ULL);
}

TEST(hash, takes_bytes_beyond_ascii_and_zeros) {
    EXPECT_NE(weft::hash_text("\xff"), weft::hash_text("\x7f"));
    EXPECT_NE(weft::hash_text({"\0", 1}), weft::hash_text({"\0\0", 2}));
    static_assert(weft::hash_text({"\0", 1}) == 0xaf63bd4c8601b7dfULL);
}

} // namespace
