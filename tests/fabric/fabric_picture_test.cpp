#include "weft/fabric/picture.hpp"

#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "fabric/support.hpp"

namespace {

using namespace weft::fabric;

std::size_t occurrences(std::string const& text, std::string const& what) {
    std::size_t count = 0;
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++count;
    return count;
}

TEST(fabric_picture, strands_twists_clusters_and_bridges_are_drawn) {
    Eigen::MatrixXd c = weft_test::uniform(4, 0.9);
    c(0, 3) = c(3, 0) = 0.0;
    c(1, 3) = c(3, 1) = 0.01;
    std::vector<std::size_t> const of{0, 0, 1, 1}, bridges{2};
    std::vector<std::string> const names{"Ann", "B&C", "<D>", "E"};
    auto const svg = fabric_svg(c, of, bridges, names);
    fabric_picture const options;
    // Four strands, two waves for each of four pairs, three dots for the bridge.
    EXPECT_EQ(occurrences(svg, "<path"), 4U + 2U * 4U + 3U);
    EXPECT_EQ(occurrences(svg, "<text"), 4U);
    EXPECT_NE(svg.find("B&amp;C"), std::string::npos);
    EXPECT_NE(svg.find("&lt;D&gt;"), std::string::npos);
    EXPECT_NE(svg.find(options.style.colours[0]), std::string::npos);
    EXPECT_NE(svg.find(options.style.colours[1]), std::string::npos);
    EXPECT_EQ(svg.rfind("</svg>\n"), svg.size() - 7);
    EXPECT_EQ(svg, fabric_svg(c, of, bridges, names));
    // .9 of six half turns are five, each a piece of curve.
    EXPECT_EQ(occurrences(svg, "C"), 2U * 4U * 5U + 1U);

    fabric_picture few;
    few.most_pairs = 1;
    auto const strongest = fabric_svg(c, of, {}, {}, few);
    EXPECT_NE(strongest.find("the strongest 1 of 4 pairs"), std::string::npos);
    EXPECT_EQ(occurrences(strongest, "<path"), 4U + 2U);
    EXPECT_EQ(occurrences(fabric_svg(Eigen::MatrixXd(0, 0), {}), "<path"), 0U);
    EXPECT_EQ(occurrences(
                  fabric_svg(Eigen::MatrixXd(1, 1), of.empty() ? of : std::vector<std::size_t>{0}),
                  "<path"),
              1U);
}

/// Whether Python's XML parser (expat) takes the documents.
bool well_formed(std::vector<std::string> const& documents) {
    std::FILE* const python = popen(
        "python3 -c 'import sys, xml.dom.minidom as x; "
        "[x.parseString(d) for d in sys.stdin.buffer.read().split(bytes(1))[:-1]]' 2>/dev/null",
        "w");
    if (python == nullptr) return false;
    for (auto const& d : documents) std::fwrite(d.c_str(), 1, d.size() + 1, python);
    return pclose(python) == 0;
}

TEST(fabric_picture, any_name_gives_well_formed_xml) {
    std::vector<std::string> hostile{std::string("a\0b", 3),
                                     "\x01\x1f\x7f\t\n",
                                     "<a href=\"x\">&amp;]]>",
                                     "\xff\xfe",
                                     "\xc3",
                                     "\xc0\xaf",
                                     "\xed\xa0\x80",
                                     "\xef\xbf\xbe",
                                     "\xf4\x90\x80\x80",
                                     "\xe2\x82",
                                     "Zo\xc3\xab \xe2\x82\xac \xf0\x9f\xa7\xb6"};
    std::string every;
    for (int byte = 0; byte < 256; ++byte) every += static_cast<char>(byte);
    hostile.push_back(every);
    auto const n = hostile.size();
    std::vector<std::size_t> const of(n, 0);
    fabric_picture options;
    options.style.title = every;
    options.style.background = options.style.ink = every;
    auto const c = weft_test::uniform(static_cast<int>(n), 0.5);
    auto const svg = fabric_svg(c, of, of, hostile, options);
    curve_picture curve;
    curve.style = options.style;
    EXPECT_TRUE(well_formed({svg, fabric_svg(c, of, of, hostile), stability_svg({}, {}, curve)}));
    // The parser does find faults.
    EXPECT_FALSE(well_formed({"<svg>\x01</svg>"}));
    EXPECT_FALSE(well_formed({"<svg>\xff</svg>"}));
    // What is well-formed stays; what is not is shown as such, byte by byte.
    using weft::knot::detail::xml_text;
    EXPECT_EQ(xml_text(hostile[10]), hostile[10]);
    EXPECT_EQ(xml_text("\xe2\x82x"), "\xef\xbf\xbd\xef\xbf\xbdx");
    EXPECT_EQ(xml_text(hostile[0]), "a\xef\xbf\xbd"
                                    "b");
}

TEST(fabric_picture, lengths_that_are_none_are_refused) {
    auto const c = weft_test::uniform(3, 0.5);
    std::vector<std::size_t> const of{0, 0, 1};
    for (double const x : {std::nan(""), HUGE_VAL, 0.0, -1.0, 1e5}) {
        fabric_picture options;
        options.style.gap = x;
        EXPECT_THROW((void)fabric_svg(c, of, {}, {}, options), weft::invalid_argument);
        curve_picture curve;
        curve.style.line = x;
        EXPECT_THROW((void)stability_svg({}, {}, curve), weft::invalid_argument);
        weft::knot::picture_style style;
        style.gap = x;
        EXPECT_THROW((void)weft::knot::braid_svg({2, {1}}, style), weft::invalid_argument);
    }
    std::vector<stability_point> points(1);
    points[0].lower = std::nan("");
    EXPECT_THROW((void)stability_svg(points), weft::invalid_argument);
}

TEST(fabric_picture, faulty_arguments_are_refused) {
    auto const c = weft_test::uniform(3, 0.5);
    std::vector<std::size_t> const of{0, 0, 1}, far{3};
    std::vector<std::string> const names{"a"};
    EXPECT_THROW((void)fabric_svg(c, far), weft::invalid_argument);
    EXPECT_THROW((void)fabric_svg(c, of, far), weft::invalid_argument);
    EXPECT_THROW((void)fabric_svg(c, of, {}, names), weft::invalid_argument);
    fabric_picture options;
    options.half_turns = 0;
    EXPECT_THROW((void)fabric_svg(c, of, {}, {}, options), weft::invalid_argument);
    EXPECT_THROW((void)fabric_svg(weft_test::uniform(3, 1.5), of), weft::invalid_argument);
}

TEST(stability_picture, has_the_curve_its_interval_and_the_events) {
    auto const start = weft::parse_instant("2026-01-01T00:00:00Z");
    std::vector<stability_point> points(3);
    for (std::size_t k = 0; k < 3; ++k) {
        points[k].at = start + std::chrono::days{10 * static_cast<int>(k)};
        points[k].now.stability = 0.2 + 0.1 * static_cast<double>(k);
        points[k].lower = *points[k].now.stability - 0.1;
        points[k].upper = *points[k].now.stability + 0.1;
    }
    cluster_event event;
    event.at = start + std::chrono::days{5};
    event.kind = cluster_change::split;
    std::vector<cluster_event> const events{event};
    auto const svg = stability_svg(points, events);
    EXPECT_EQ(occurrences(svg, "<path"), 5U + 1U + 2U + 1U);
    EXPECT_NE(svg.find(">split<"), std::string::npos);
    EXPECT_NE(svg.find(">2026-01-21<"), std::string::npos);
    EXPECT_EQ(occurrences(stability_svg({}), "<path"), 5U);
    EXPECT_EQ(occurrences(stability_svg(std::span(points).first(1)), "h0"), 3U);
    std::swap(points[0].at, points[1].at);
    EXPECT_THROW((void)stability_svg(points), weft::invalid_argument);
    curve_picture wide;
    wide.width = std::nan("");
    EXPECT_THROW((void)stability_svg({}, {}, wide), weft::invalid_argument);
}

} // namespace
