#include "weft/knot/json.hpp"

#include <cstdint>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "knot/support.hpp"
#include "weft/knot/big.hpp"

namespace {

namespace knot = weft::knot;
using json = nlohmann::ordered_json;

TEST(knot_json, has_the_twenty_fields_in_their_order) {
    std::vector<std::string> const expected{"strands",
                                            "crossings",
                                            "writhe",
                                            "components",
                                            "linking_matrix",
                                            "alexander",
                                            "conway",
                                            "determinant",
                                            "signature",
                                            "arf",
                                            "jones",
                                            "homfly",
                                            "genus_lower",
                                            "genus_upper",
                                            "crossing_number_lower",
                                            "crossing_number_upper",
                                            "braid_index_lower",
                                            "braid_index_upper",
                                            "bridge_upper",
                                            "unknotting_lower",
                                            "why"};
    auto const out = knot::to_json(knot::compute_invariants(knot::braid(3, {1, -2, 1, -2})));
    std::vector<std::string> keys;
    for (auto const& [key, value] : out.items()) {
        keys.push_back(key);
        if (value.is_null()) {
            EXPECT_TRUE(out.at("why").contains(key)) << key;
        }
    }
    EXPECT_EQ(keys, expected);
    for (auto const& [key, reason] : out.at("why").items()) {
        EXPECT_TRUE(out.at(key).is_null()) << key;
        EXPECT_TRUE(reason.is_string());
    }
    EXPECT_EQ(out.at("alexander"), json::parse(R"({"variable":"t","min_exponent":-1,
                                                   "coefficients":[-1,3,-1]})"));
    EXPECT_EQ(out.at("conway"), json::parse(R"({"variable":"z","min_exponent":0,
                                                "coefficients":[1,0,-1]})"));
}

TEST(knot_json, writes_fractions_zero_and_large_integers) {
    EXPECT_EQ(knot::to_json(knot::laurent(-7, {1, 0, -2}), "t"),
              json::parse(R"({"variable":"t","min_exponent":"-7/2","coefficients":[1,0,-2]})"));
    EXPECT_EQ(knot::to_json(knot::laurent(), "t"),
              json::parse(R"({"variable":"t","min_exponent":0,"coefficients":[]})"));
    constexpr std::int64_t edge = std::int64_t{1} << 53U;
    EXPECT_EQ(knot::to_json(knot::laurent(0, {edge, edge + 1, -edge - 1}), "t").at("coefficients"),
              json::parse(R"([9007199254740992,"9007199254740993","-9007199254740993"])"));
    knot::big_laurent const big(0, {knot::big_integer("-123456789012345678901234567890")});
    EXPECT_EQ(knot::to_json(big, "t").at("coefficients").dump(),
              R"(["-123456789012345678901234567890"])");
}

TEST(knot_json, braids_go_there_and_back) {
    for (auto const& b :
         {knot::braid(3, {1, -2}), knot::braid(4, std::vector<int>{}),
          knot::braid::from_bands(12, {{1, 12, -1}, {3, 4, 1}}), knot::braid::from_bands(2, {})}) {
        EXPECT_EQ(knot::braid_from_json(knot::to_json(b)), b);
    }
}

TEST(knot_json, faulty_braids_are_named) {
    auto const argument = [](char const* text) -> std::string {
        try {
            (void)knot::braid_from_json(json::parse(text), "a.braid");
        } catch (weft::invalid_argument const& e) {
            return e.argument();
        }
        return "nothing was thrown";
    };
    EXPECT_EQ(argument("3"), "a.braid");
    EXPECT_EQ(argument("null"), "a.braid");
    EXPECT_EQ(argument("[]"), "a.braid");
    EXPECT_EQ(argument("{}"), "a.braid.strands");
    EXPECT_EQ(argument(R"({"strands": 3})"), "a.braid");
    EXPECT_EQ(argument(R"({"strands": 3, "word": [], "bands": []})"), "a.braid");
    EXPECT_EQ(argument(R"({"strands": "3", "word": []})"), "a.braid.strands");
    EXPECT_EQ(argument(R"({"strands": 2.5, "word": []})"), "a.braid.strands");
    EXPECT_EQ(argument(R"({"strands": 0, "word": []})"), "a.braid.strands");
    EXPECT_EQ(argument(R"({"strands": -1, "word": []})"), "a.braid.strands");
    EXPECT_EQ(argument(R"({"strands": 2147483648, "word": []})"), "a.braid.strands");
    EXPECT_EQ(argument(R"({"strands": 1e300, "word": []})"), "a.braid.strands");
    EXPECT_EQ(argument(R"({"strands": 3, "word": 1})"), "a.braid.word");
    EXPECT_EQ(argument(R"({"strands": 3, "word": [1, 0]})"), "a.braid.word[1]");
    EXPECT_EQ(argument(R"({"strands": 3, "word": [3]})"), "a.braid.word[0]");
    EXPECT_EQ(argument(R"({"strands": 3, "word": [-2147483648]})"), "a.braid.word[0]");
    EXPECT_EQ(argument(R"({"strands": 3, "word": [18446744073709551615]})"), "a.braid.word[0]");
    EXPECT_EQ(argument(R"({"strands": 3, "word": [1.5]})"), "a.braid.word[0]");
    EXPECT_EQ(argument(R"({"strands": 3, "word": [null]})"), "a.braid.word[0]");
    EXPECT_EQ(argument(R"({"strands": 3, "bands": {}})"), "a.braid.bands");
    EXPECT_EQ(argument(R"({"strands": 3, "bands": [[1, 2]]})"), "a.braid.bands[0]");
    EXPECT_EQ(argument(R"({"strands": 3, "bands": [[1, 2, 1], [2, 1, 1]]})"), "a.braid.bands[1]");
    EXPECT_EQ(argument(R"({"strands": 3, "bands": [[1, 4, 1]]})"), "a.braid.bands[0]");
    EXPECT_EQ(argument(R"({"strands": 3, "bands": [[1, 2, 0]]})"), "a.braid.bands[0]");
    EXPECT_EQ(argument(R"({"strands": 3, "bands": [["1", 2, 1]]})"), "a.braid.bands[0]");
}

TEST(knot_json, similarity_lists_its_terms) {
    auto const trefoil = knot::compute_invariants(knot::braid(2, {1, 1, 1}));
    auto const hopf = knot::compute_invariants(knot::braid(2, {1, 1}));
    auto const out = knot::to_json(knot::similarity(trefoil, hopf));
    EXPECT_TRUE(out.at("score").is_number());
    ASSERT_EQ(out.at("terms").size(), 8U);
    EXPECT_EQ(out.at("terms")[0].at("name"), "jones");
    EXPECT_TRUE(out.at("terms")[7].at("similarity").is_null());
    EXPECT_EQ(out.at("terms")[7].at("weight"), 0.0);
    EXPECT_EQ(knot::to_json(knot::similarity(hopf, hopf)).at("score"), 1.0);
}

} // namespace
