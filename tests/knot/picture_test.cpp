#include <cstddef>
#include <cstdint>
#include <gtest/gtest.h>
#include <string>

#include "weft/knot/picture.hpp"
#include "weft/knot/polynomial_text.hpp"

namespace {

namespace knot = weft::knot;

std::size_t occurrences(std::string const& text, std::string const& what) {
    std::size_t n = 0;
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++n;
    return n;
}

TEST(picture, a_braid_has_a_path_a_strand_and_two_a_crossing) {
    auto const text = knot::braid_svg({3, {1, -2, 1, -2}});
    EXPECT_EQ(text.substr(0, 40), "<svg xmlns=\"http://www.w3.org/2000/svg\" ");
    EXPECT_EQ(text.substr(text.size() - 7), "</svg>\n");
    EXPECT_EQ(occurrences(text, "<path "), 3U + 2U * 4U);
    EXPECT_EQ(occurrences(text, "nan"), 0U);
    EXPECT_EQ(occurrences(text, "inf"), 0U);
    EXPECT_NE(text.find("<title>A braid on 3 strands</title>"), std::string::npos);
}

TEST(picture, the_upper_strand_of_a_positive_crossing_comes_from_above) {
    // The last path is the upper strand's: from row 0 (y = 27) to row 1 (y = 63), or back.
    auto const positive = knot::braid_svg({2, {1}});
    auto const negative = knot::braid_svg({2, {-1}});
    auto const start = [](std::string const& text) {
        auto const at = text.rfind("<path d=\"M");
        auto const y = text.find(' ', at + 10) + 1;
        return weft::parse_double(text.substr(y, text.find('C', y) - y)).value();
    };
    EXPECT_LT(start(positive), 45.0);
    EXPECT_GT(start(negative), 45.0);
}

TEST(picture, letters_that_commute_stand_above_each_other) {
    auto const wide = knot::braid_svg({4, {1, 1}});
    auto const high = knot::braid_svg({4, {1, 3}});
    EXPECT_NE(wide.find("width=\"126\""), std::string::npos);
    EXPECT_NE(high.find("width=\"90\""), std::string::npos);
}

TEST(picture, components_have_colours_of_their_own) {
    knot::picture_style style;
    style.colours = {"red", "lime"};
    EXPECT_EQ(occurrences(knot::closure_svg({2, {1, 1}}, style), "\"red\""), 2U);
    EXPECT_EQ(occurrences(knot::closure_svg({2, {1}}, style), "\"lime\""), 0U);
    EXPECT_EQ(occurrences(knot::closure_svg({3, {}}, style), "\"red\""), 2U);
    style.colours.clear();
    EXPECT_EQ(occurrences(knot::closure_svg({3, {}}, style), style.ink), 3U);
}

TEST(picture, a_seifert_graph_has_a_bar_a_disc_and_a_rung_a_band) {
    auto const b = knot::braid::from_bands(4, {{1, 3, 1}, {2, 4, -1}, {1, 2, 1}});
    knot::picture_style style;
    auto const text = knot::seifert_graph_svg(b, style);
    EXPECT_EQ(occurrences(text, "<text "), 4U);
    EXPECT_EQ(occurrences(text, style.disc), 4U);
    EXPECT_EQ(occurrences(text, style.positive), 2U * 3U);
    EXPECT_EQ(occurrences(text, style.negative), 3U);
    // The braid is drawn expanded.
    EXPECT_EQ(occurrences(knot::braid_svg(b), "<path "), 4U + 2U * 7U);
}

TEST(picture, titles_and_colours_are_escaped) {
    knot::picture_style style;
    style.title = "<a> & \"b\"";
    style.background = "\"/><script>";
    auto const text = knot::braid_svg({1, {}}, style);
    EXPECT_NE(text.find("<title>&lt;a&gt; &amp; &quot;b&quot;</title>"), std::string::npos);
    EXPECT_EQ(text.find("<script>"), std::string::npos);
}

TEST(picture, what_is_too_large_to_draw_is_refused) {
    knot::braid const wide(2'000'000, {1, 2, 3});
    EXPECT_THROW((void)knot::braid_svg(wide), weft::invalid_argument);
    EXPECT_THROW((void)knot::closure_svg(wide), weft::invalid_argument);
    EXPECT_THROW((void)knot::seifert_graph_svg(wide), weft::invalid_argument);
    auto const long_band =
        knot::braid::from_bands(1000, {{1, 1000, 1}, {1, 1000, 1}, {1, 1000, 1}});
    EXPECT_THROW((void)knot::braid_svg(long_band), weft::invalid_argument);
    EXPECT_NO_THROW((void)knot::seifert_graph_svg(long_band));
}

TEST(picture, coordinates_have_two_decimals) {
    EXPECT_EQ(knot::detail::coordinate(0.0), "0");
    EXPECT_EQ(knot::detail::coordinate(-0.001), "0");
    EXPECT_EQ(knot::detail::coordinate(1.5), "1.5");
    EXPECT_EQ(knot::detail::coordinate(-1.05), "-1.05");
    EXPECT_EQ(knot::detail::coordinate(-0.25), "-0.25");
    EXPECT_EQ(knot::detail::coordinate(123.456), "123.46");
}

TEST(polynomial_text, is_as_people_write) {
    using knot::laurent;
    EXPECT_EQ(knot::plain_text(laurent()), "0");
    EXPECT_EQ(knot::plain_text(laurent(0, {1})), "1");
    EXPECT_EQ(knot::plain_text(laurent(0, {-1})), "-1");
    EXPECT_EQ(knot::plain_text(laurent(2, {1, 0, 1, -1})), "t + t^3 - t^4");
    EXPECT_EQ(knot::plain_text(laurent(-2, {1, -1, 1})), "t^-1 - 1 + t");
    EXPECT_EQ(knot::plain_text(laurent(-2, {-2, 5, -2})), "-2t^-1 + 5 - 2t");
    EXPECT_EQ(knot::plain_text(laurent(1, {-1, 0, -1})), "-t^(1/2) - t^(5/2)");
    EXPECT_EQ(knot::plain_text(laurent(0, {1, 0, 1}), "z"), "1 + z^2");
    EXPECT_EQ(knot::latex(laurent(-3, {1, 0, -12})), "t^{-3/2} - 12t^{1/2}");
    EXPECT_EQ(knot::latex(laurent(2, {1, 0, 1, -1})), "t + t^{3} - t^{4}");
}

TEST(polynomial_text, of_two_variables_goes_by_powers_of_z) {
    using terms = knot::basic_homfly<std::int64_t>;
    EXPECT_EQ(knot::plain_text(terms{}), "0");
    EXPECT_EQ(knot::plain_text(terms{{0, 0, 1}}), "1");
    EXPECT_EQ(knot::plain_text(terms{{2, 0, 2}, {2, 2, 1}, {4, 0, -1}}), "2v^2 - v^4 + v^2 z^2");
    EXPECT_EQ(knot::plain_text(terms{{-3, -1, 1}, {-1, -1, -1}, {-1, 1, -1}}),
              "(v^-3 - v^-1) z^-1 - v^-1 z");
    EXPECT_EQ(knot::plain_text(terms{{-2, 2, -1}, {0, 2, 3}, {0, 4, 2}}), "-(v^-2 - 3) z^2 + 2z^4");
    EXPECT_EQ(knot::plain_text(terms{{0, 0, 1}, {0, 2, -1}, {2, 2, -1}}), "1 - (1 + v^2) z^2");
    EXPECT_EQ(knot::latex(terms{{2, 0, 2}, {2, 2, 1}, {4, 0, -1}}), "2v^{2} - v^{4} + v^{2}z^{2}");
    EXPECT_EQ(knot::latex(terms{{-3, -1, 1}, {-1, -1, -1}}), "(v^{-3} - v^{-1})z^{-1}");
}

} // namespace
