#include "weft/schema/jsonb.hpp"

#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace {

using namespace weft::schema;

TEST(jsonb, takes_documents) {
    for (std::string const& text : std::vector<std::string>{"{}",
                                                            "[]",
                                                            "null",
                                                            "true",
                                                            "false",
                                                            "0",
                                                            "-0",
                                                            "1.5",
                                                            "-12.25e-3",
                                                            "1E+2",
                                                            "\"\"",
                                                            " {\"a\" : [1, 2 ,{\"b\":null}]}\n",
                                                            "\"\\u0041\\n\\\"\\/\"",
                                                            "\"\\ud83e\\udd91\"",
                                                            "\"\xf0\x9f\xa6\x91\"",
                                                            "1e308",
                                                            "1e-400",
                                                            "0e999999999",
                                                            "0." + std::string(16'383, '0'),
                                                            "-1.7976931348623157e308",
                                                            "123456789012345678901234567890",
                                                            "0.0000e400",
                                                            "[[],{},\"\"]",
                                                            "\t\r\n 1 \t\r\n",
                                                            "0.00000000000000000000000000001e330",
                                                            "{\"a\":1,\"a\":2}"}) {
        EXPECT_EQ(parse_jsonb(text).text, text);
    }
}

TEST(jsonb, refuses_everything_else_and_says_where) {
    struct bad {
        std::string text;
        std::size_t offset;
    };
    for (auto const& [text, offset] : {bad{"", 0},
                                       bad{" ", 1},
                                       bad{"{", 1},
                                       bad{"[1,]", 3},
                                       bad{"[1 2]", 3},
                                       bad{"{\"a\"}", 4},
                                       bad{"{a:1}", 1},
                                       bad{"{\"a\":1,}", 7},
                                       bad{"tru", 0},
                                       bad{"nul", 0},
                                       bad{"True", 0},
                                       bad{"01", 1},
                                       bad{"1.", 2},
                                       bad{".5", 0},
                                       bad{"+1", 0},
                                       bad{"-", 1},
                                       bad{"1e", 2},
                                       bad{"NaN", 0},
                                       bad{"Infinity", 0},
                                       bad{"-Infinity", 1},
                                       bad{"1e309", 0},
                                       bad{"[1e999]", 1},
                                       bad{"123e308", 0},
                                       bad{"[1e-16384]", 1},
                                       bad{"0e9999999999", 0},
                                       bad{"0." + std::string(16'383, '0') + "1", 0},
                                       bad{"\"a", 2},
                                       bad{"\"\n\"", 1},
                                       bad{"\"\\x\"", 2},
                                       bad{"\"\\u00g0\"", 5},
                                       bad{"\"\\u0000\"", 7},
                                       bad{"\"\\ud800\"", 7},
                                       bad{"\"\\ud800\\u0041\"", 13},
                                       bad{"\"\\udc00\"", 7},
                                       bad{"\"\xff\"", 1},
                                       bad{"1 1", 2},
                                       bad{"{} x", 3},
                                       bad{"'a'", 0},
                                       bad{"// c\n1", 0},
                                       bad{std::string("\"a\0b\"", 5), 2},
                                       bad{std::string("1\0", 2), 1},
                                       bad{"\xef\xbb\xbf{}", 0}}) {
        auto const fault = find_fault(jsonb{text});
        ASSERT_TRUE(fault.has_value()) << text;
        EXPECT_EQ(fault->offset, offset) << text << " expected " << fault->expected;
        EXPECT_THROW((void)parse_jsonb(text), weft::parse_error);
    }
}

TEST(jsonb, bounds_its_depth) {
    auto const nested = [](std::size_t n) { return std::string(n, '[') + std::string(n, ']'); };
    EXPECT_FALSE(find_fault(jsonb{nested(256)}));
    EXPECT_TRUE(find_fault(jsonb{nested(257)}));
    EXPECT_TRUE(find_fault(jsonb{std::string(10'000'000, '[')}));
}

TEST(jsonb, knows_objects) {
    EXPECT_TRUE(is_object(jsonb{" \n{}"}));
    EXPECT_FALSE(is_object(jsonb{"[{}]"}));
    EXPECT_FALSE(is_object(jsonb{""}));
}

TEST(jsonb, agrees_with_nlohmann_on_mutilated_documents) {
    std::string const whole = R"({"a":[1,-2.5e-3,true,null,"x\u00e9\n\ud83e\udd91"],"b":{"c":{}}})";
    std::string const letters = "{}[]\",:\\0129.-+eEtrufalsn \n\x01\xc3\xa9";
    std::mt19937_64 random(20260301);
    for (int run = 0; run < 2000; ++run) {
        auto text = whole;
        for (auto changes = 1 + random() % 3; changes > 0; --changes) {
            auto const at = random() % text.size();
            auto const letter = letters[random() % letters.size()];
            switch (random() % 3) {
            case 0:
                text[at] = letter;
                break;
            case 1:
                text.erase(at, 1);
                break;
            default:
                text.insert(at, 1, letter);
                break;
            }
        }
        bool good = true;
        try {
            auto const parsed = nlohmann::json::parse(text);
            // nlohmann takes U+0000, which PostgreSQL does not.
            good = parsed.dump().find("\\u0000") == std::string::npos;
        } catch (nlohmann::json::exception const&) {
            good = false;
        }
        EXPECT_EQ(!find_fault(jsonb{text}).has_value(), good) << text;
    }
}

} // namespace
