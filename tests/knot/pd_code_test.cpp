#include <cstddef>
#include <cstdint>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "knot/support.hpp"
#include "weft/knot/pd_code.hpp"

namespace {

namespace knot = weft::knot;

knot::pd_code const trefoil_code{{1, 5, 2, 4}, {3, 1, 4, 6}, {5, 3, 6, 2}};

/// The argument that an error names, and its whole text.
struct told {
    std::string argument, text;
};
told error_of(knot::pd_code const& code, std::int64_t circles = 0) {
    try {
        (void)knot::from_pd(code, circles);
    } catch (weft::invalid_argument const& e) {
        return {e.argument(), e.what()};
    }
    return {};
}

TEST(pd_code, a_trefoil_has_three_positive_crossings) {
    auto const d = knot::from_pd(trefoil_code);
    EXPECT_EQ(knot::crossings(d), 3);
    EXPECT_EQ(knot::writhe(d), 3);
    EXPECT_EQ(knot::component_count(d), 1);
    EXPECT_EQ(knot::writhe(knot::mirror(d)), -3);
    EXPECT_EQ(knot::from_pd(knot::to_pd(d)), d);
}

TEST(pd_code, nothing_is_the_unknot) {
    auto const d = knot::from_pd({});
    EXPECT_EQ(d, knot::link_diagram());
    EXPECT_EQ(knot::component_count(d), 1);
    EXPECT_EQ(knot::component_count(knot::from_pd({}, 3)), 3);
    EXPECT_EQ(knot::component_count(knot::from_pd(trefoil_code, 2)), 3);
    EXPECT_TRUE(knot::to_pd(d).empty());
}

TEST(pd_code, any_integers_name_arcs) {
    knot::pd_code renamed = trefoil_code;
    for (auto& x : renamed) {
        for (auto& arc : x) arc = 10 * arc - 50;
    }
    EXPECT_EQ(knot::from_pd(renamed), knot::from_pd(trefoil_code));
}

TEST(pd_code, loops_take_their_sign_from_their_arcs) {
    EXPECT_EQ(knot::writhe(knot::from_pd({{1, 1, 2, 2}})), 1);
    EXPECT_EQ(knot::writhe(knot::from_pd({{2, 2, 1, 1}})), 1);
    EXPECT_EQ(knot::writhe(knot::from_pd({{1, 2, 2, 1}})), -1);
}

TEST(pd_code, links_have_their_linking_numbers) {
    // LinkInfo's L2a1{0}.
    auto const d = knot::from_pd({{4, 1, 3, 2}, {2, 3, 1, 4}});
    EXPECT_EQ(knot::linking_matrix(d), (std::vector<std::vector<std::int64_t>>{{0, -1}, {-1, 0}}));
    EXPECT_EQ(knot::linking_matrix(knot::mirror(d)),
              (std::vector<std::vector<std::int64_t>>{{0, 1}, {1, 0}}));
    EXPECT_THROW((void)knot::linking_matrix(d, 1), weft::invalid_argument);
}

TEST(pd_code, a_component_that_only_passes_over_runs_by_its_names) {
    // Arcs 3 and 4 lie on top: from 3 to 4 at the crossing that comes first. (Such a component is
    // split from the rest, so that its direction changes no invariant.)
    auto const d = knot::from_pd({{1, 3, 2, 4}, {2, 3, 1, 4}});
    EXPECT_EQ(d.crossings()[0].sign, -1);
    EXPECT_EQ(d.crossings()[1].sign, 1);
    auto const turned = knot::from_pd({{1, 4, 2, 3}, {2, 4, 1, 3}});
    EXPECT_EQ(turned.crossings()[0].sign, 1);
    EXPECT_EQ(turned.crossings()[1].sign, -1);
    EXPECT_EQ(knot::component_count(turned), 2);
    // Over two circles that are linked: 21, 22, 23, 24.
    auto const more = knot::to_pd(knot::from_pd({{4, 1, 3, 2}, {2, 3, 1, 4}}));
    EXPECT_EQ(more, (knot::pd_code{{4, 1, 3, 2}, {2, 3, 1, 4}}));
}

TEST(pd_code, an_arc_that_does_not_occur_twice_is_named) {
    auto const once = error_of({{1, 5, 2, 4}, {3, 1, 4, 6}, {5, 3, 6, 7}});
    EXPECT_EQ(once.argument, "pd[0][2]");
    EXPECT_NE(once.text.find("arc 2 only once"), std::string::npos);
    auto const thrice = error_of({{1, 5, 2, 4}, {3, 1, 4, 6}, {5, 3, 6, 1}});
    EXPECT_EQ(thrice.argument, "pd[2][3]");
    EXPECT_NE(thrice.text.find("arc 1 a third time"), std::string::npos);
    EXPECT_NE(thrice.text.find("pd[0][0]"), std::string::npos);
    EXPECT_EQ(error_of({{1, 2, 3, 4}}).argument, "pd[0][0]");
}

TEST(pd_code, a_lower_strand_against_the_others_is_named) {
    // The second crossing's lower strand is turned round.
    auto const fault = error_of({{1, 5, 2, 4}, {4, 6, 3, 1}, {5, 3, 6, 2}});
    EXPECT_EQ(fault.argument, "pd[1]");
    EXPECT_NE(fault.text.find("from arc 4 to arc 3"), std::string::npos);
}

TEST(pd_code, what_does_not_lie_in_a_plane_is_named) {
    // A virtual trefoil; a component that another one crosses once; clockwise order at a
    // crossing.
    EXPECT_EQ(error_of({{1, 3, 2, 4}, {2, 4, 3, 1}}).argument, "pd[0]");
    EXPECT_EQ(error_of({{1, 2, 1, 2}}).argument, "pd[0]");
    auto const clockwise = error_of({{11, 11, 12, 12}, {1, 4, 2, 5}, {3, 1, 4, 6}, {5, 3, 6, 2}});
    EXPECT_EQ(clockwise.argument, "pd[1]");
    EXPECT_NE(clockwise.text.find("counterclockwise"), std::string::npos);
}

TEST(pd_code, fewer_than_no_circles_are_refused) {
    EXPECT_EQ(error_of({}, -1).argument, "circles");
    EXPECT_EQ(error_of(trefoil_code, -1).argument, "circles");
}

TEST(pd_code, text_is_read_in_every_customary_form) {
    for (auto const* text :
         {"[[1,5,2,4],[3,1,4,6],[5,3,6,2]]", "{{1, 5, 2, 4}, {3, 1, 4, 6}, {5, 3, 6, 2}}",
          "PD[X[1,5,2,4], X[3,1,4,6], X[5,3,6,2]]", " [(1,5,2,4),(3,1,4,6),(5,3,6,2)]\n",
          "[[1 5 2 4] [3 1 4 6] [5 3 6 2]]", "[[1;5;2;4];[3;1;4;6];[+5;3;6;2]]"}) {
        EXPECT_EQ(knot::parse_pd(text), trefoil_code) << text;
    }
    EXPECT_TRUE(knot::parse_pd("[]").empty());
    EXPECT_TRUE(knot::parse_pd("PD[]").empty());
}

TEST(pd_code, faulty_text_is_refused_with_its_place) {
    auto const offset = [](char const* text) -> int {
        try {
            (void)knot::parse_pd(text);
        } catch (weft::parse_error const& e) {
            return static_cast<int>(e.offset());
        }
        return -1;
    };
    EXPECT_EQ(offset(""), 0);
    EXPECT_EQ(offset("1,2,3,4"), 0);
    EXPECT_EQ(offset("[1,2,3,4]"), 1);
    EXPECT_EQ(offset("[[1,2,3,4]"), 10);
    EXPECT_EQ(offset("[[1,2,3,4)]"), 9);
    EXPECT_EQ(offset("[[1,2,3,x]]"), 8);
    EXPECT_EQ(offset("[[1,2,,3]]"), 6);
    EXPECT_EQ(offset("[[1,2,3,4]] tail"), 12);
    EXPECT_EQ(offset("[[1,2,3,99999999999]]"), 8);
    EXPECT_EQ(offset("[[1,2,3,+-4]]"), 8);
    EXPECT_EQ(offset("[[1,2,3,4],]"), 11);
    EXPECT_EQ(offset("[[1,2,3,4][5,6,7,8]]"), 10);
    EXPECT_EQ(offset("[[[1,2,3,4]]]"), 2);
    try {
        (void)knot::parse_pd("[[1,2,3,4],[1,2,3]]");
        FAIL();
    } catch (weft::invalid_argument const& e) {
        EXPECT_EQ(e.argument(), "pd[1]");
    }
}

TEST(pd_code, diagrams_of_ones_own_are_validated) {
    auto const argument = [](std::vector<knot::crossing> crossings, std::int64_t circles) {
        try {
            (void)knot::link_diagram(std::move(crossings), circles);
        } catch (weft::invalid_argument const& e) {
            return e.argument();
        }
        return std::string();
    };
    EXPECT_EQ(argument({{0, 1, 0, 1, 1}}, 0), "");
    EXPECT_EQ(argument({}, 0), "circles");
    EXPECT_EQ(argument({{0, 1, 0, 1, 1}}, -1), "circles");
    EXPECT_EQ(argument({{0, 1, 0, 1, 0}}, 0), "crossings[0]");
    EXPECT_EQ(argument({{0, 1, 0, 2, 1}}, 0), "crossings[0]");
    EXPECT_EQ(argument({{0, 0, 0, 1, 1}}, 0), "crossings[0]");
    EXPECT_EQ(argument({{0, 1, 1, 1, 1}}, 0), "crossings[0]");
    EXPECT_EQ(argument({{0, 1, 1, 0, 1}}, 0), "crossings[0]");
}

TEST(pd_code, more_circles_than_can_be_counted_are_refused) {
    EXPECT_THROW((void)knot::from_pd({{1, 2, 2, 1}}, std::int64_t{1} << 31U),
                 weft::invalid_argument);
    EXPECT_EQ(knot::component_count(knot::from_pd({{1, 2, 2, 1}}, (std::int64_t{1} << 31U) - 1)),
              std::int64_t{1} << 31U);
}

} // namespace
