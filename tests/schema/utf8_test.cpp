#include "weft/schema/utf8.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace {

using weft::schema::find_text_fault;

std::string encode(std::uint32_t c) {
    auto const byte = [](std::uint32_t b) {
        return static_cast<char>(static_cast<unsigned char>(b));
    };
    if (c < 0x80) return {byte(c)};
    if (c < 0x800) return {byte(0xc0 | (c >> 6)), byte(0x80 | (c & 63))};
    if (c < 0x10000) {
        return {byte(0xe0 | (c >> 12)), byte(0x80 | ((c >> 6) & 63)), byte(0x80 | (c & 63))};
    }
    return {byte(0xf0 | (c >> 18)), byte(0x80 | ((c >> 12) & 63)), byte(0x80 | ((c >> 6) & 63)),
            byte(0x80 | (c & 63))};
}

TEST(utf8, takes_every_code_point_but_zero_and_surrogates) {
    for (std::uint32_t c = 0; c <= 0x110000; ++c) {
        bool const good = c != 0 && c < 0x110000 && (c < 0xd800 || c > 0xdfff);
        auto const text = "ab" + encode(c) + "z";
        if (find_text_fault(text) != (good ? std::nullopt : std::optional<std::size_t>(2))) {
            ADD_FAILURE() << "code point " << c;
        }
    }
}

TEST(utf8, refuses_overlong_cut_and_stray_bytes_and_says_where) {
    for (std::string const& bad : std::vector<std::string>{
             "\xc0\x80", "\xc1\xbf", "\xe0\x80\x80", "\xe0\x9f\xbf", "\xf0\x80\x80\x80",
             "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\x80", "\xbf", "\xc3",
             "\xe2\x82", "\xf0\x9f\xa6", "\xed\xa0\x80", "\xfe", "\xff", "\xc3(", "\xe2(\xa1"}) {
        EXPECT_EQ(find_text_fault(bad), 0U);
        EXPECT_EQ(find_text_fault("x" + bad + "y"), 1U);
        EXPECT_EQ(find_text_fault("\xe2\x82\xac" + bad), 3U);
    }
    EXPECT_EQ(find_text_fault(std::string("a\0b", 3)), 1U);
    EXPECT_EQ(find_text_fault(""), std::nullopt);
}

} // namespace
