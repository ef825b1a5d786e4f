#include "weft/knot/diagram_invariants.hpp"
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
                                            "unknotting_upper",
                                            "bridge_lower",
                                            "genus",
                                            "crossing_number",
                                            "braid_index",
                                            "bridge_number",
                                            "unknotting_number",
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
    ASSERT_EQ(out.at("terms").size(), 9U);
    EXPECT_EQ(out.at("terms")[0].at("name"), "jones");
    EXPECT_TRUE(out.at("terms")[7].at("similarity").is_null());
    EXPECT_EQ(out.at("terms")[7].at("weight"), 0.0);
    EXPECT_EQ(knot::to_json(knot::similarity(hopf, hopf)).at("score"), 1.0);
}

// Diagrams.

std::string diagram_fault(std::string const& text, std::string const& prefix = "") {
    try {
        (void)knot::diagram_from_json(json::parse(text), prefix);
    } catch (weft::error const& e) {
        return e.what();
    }
    return {};
}

TEST(knot_json, diagrams_are_read_from_every_code) {
    auto const trefoil =
        knot::diagram_from_json(json::parse(R"({"pd": [[1,5,2,4],[3,1,4,6],[5,3,6,2]]})"));
    EXPECT_EQ(knot::writhe(trefoil), 3);
    for (auto const* text :
         {R"({"pd": "PD[X[1,5,2,4],X[3,1,4,6],X[5,3,6,2]]"})", R"({"dt": [4,6,2]})",
          R"({"dt": [[4,6,2]]})", R"({"dt": "[4 6 2]", "signs": [1,1,1]})",
          R"({"gauss": [-1,2,-3,1,-2,3]})", R"({"gauss": [[-1,2,-3,1,-2,3]], "signs": [1,1,1]})"}) {
        auto const v = knot::compute_invariants(knot::diagram_from_json(json::parse(text)));
        EXPECT_EQ(v.jones, knot::laurent(2, {1, 0, 1, -1})) << text;
        EXPECT_EQ(v.crossings, 3);
        EXPECT_EQ(v.writhe, 3);
        EXPECT_EQ(v.genus_upper, 1);
    }
    for (auto const* text : {R"({"pd": []})", R"({"dt": []})", R"({"gauss": []})",
                             R"({"gauss": [[]]})", R"({"pd": [[1,1,2,2]]})"}) {
        auto const v = knot::compute_invariants(knot::diagram_from_json(json::parse(text)));
        EXPECT_EQ(v.jones, knot::laurent(0, {1})) << text;
        EXPECT_EQ(v.components, 1);
        EXPECT_EQ(v.genus_upper, 0);
    }
    EXPECT_EQ(
        knot::component_count(knot::diagram_from_json(json::parse(R"({"pd": [], "circles": 3})"))),
        3);
    EXPECT_EQ(knot::to_json(trefoil).dump(), R"({"pd":[[1,5,2,4],[3,1,4,6],[5,3,6,2]]})");
    EXPECT_EQ(knot::to_json(knot::link_diagram({}, 2)).dump(), R"({"pd":[],"circles":2})");
}

TEST(knot_json, faulty_diagrams_are_refused_by_name) {
    auto const starts = [](std::string const& text, std::string const& with) {
        return text.substr(0, with.size()) == with;
    };
    EXPECT_TRUE(starts(diagram_fault("{}"), "pd: got nothing"));
    EXPECT_TRUE(starts(diagram_fault("[]"), "pd: got nothing"));
    EXPECT_TRUE(starts(diagram_fault(R"({"pd": [], "dt": []})"), "dt: got given beside pd"));
    EXPECT_TRUE(starts(diagram_fault(R"({"pd": 7})"), "pd: got 7"));
    EXPECT_TRUE(starts(diagram_fault(R"({"pd": [1,2,3,4]})"), "pd[0]: got 1"));
    EXPECT_TRUE(starts(diagram_fault(R"({"pd": [[1,2,3]]})", "a."), "a.pd[0]: got 3 arcs"));
    EXPECT_TRUE(starts(diagram_fault(R"({"pd": [[1,2,3,0.5]]})"), "pd[0][3]: got 0.5"));
    EXPECT_TRUE(starts(diagram_fault(R"({"pd": [[1,2,3,4]]})", "a."), "a.pd[0][0]: got arc 1"));
    EXPECT_TRUE(starts(diagram_fault(R"({"pd": "[[1,2"})"), "pd: at byte 5"));
    EXPECT_TRUE(starts(diagram_fault(R"({"pd": [], "circles": -1})"), "circles: got -1"));
    EXPECT_TRUE(starts(diagram_fault(R"({"dt": [4, "6"]})"), "dt[1]: got \"6\""));
    EXPECT_TRUE(starts(diagram_fault(R"({"dt": [[2], 4]})"), "dt[1]: got 4"));
    EXPECT_TRUE(starts(diagram_fault(R"({"dt": [3]})"), "dt[0][0]: got 3"));
    EXPECT_TRUE(starts(diagram_fault(R"({"gauss": [1,-1], "signs": 1})"), "signs: got 1"));
    EXPECT_TRUE(
        starts(diagram_fault(R"({"gauss": [1,-1], "signs": [null]})"), "signs[0]: got null"));
    EXPECT_TRUE(starts(diagram_fault(R"({"gauss": [1,-1], "signs": [3]})"), "signs[0]: got 3"));
    EXPECT_TRUE(starts(diagram_fault(R"({"gauss": [1,-2]})", "b."), "b.gauss[0][1]: got -2"));
}

} // namespace
