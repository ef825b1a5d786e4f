#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <gtest/gtest.h>
#include <string>
#include <utility>
#include <vector>

#include "knot/support.hpp"
#include "weft/knot/dt_code.hpp"
#include "weft/knot/gauss_code.hpp"
#include "weft/knot/jones.hpp"
#include "weft/knot/vogel.hpp"

namespace {

namespace knot = weft::knot;

std::string named_in(knot::gauss_code const& code) {
    try {
        (void)knot::from_gauss(code);
    } catch (weft::invalid_argument const& e) {
        return e.argument();
    }
    return {};
}
std::string named_in(knot::dt_code const& code) {
    try {
        (void)knot::from_dt(code);
    } catch (weft::invalid_argument const& e) {
        return e.argument();
    }
    return {};
}

std::vector<std::int64_t> signs_of(knot::link_diagram const& d) {
    std::vector<std::int64_t> out;
    for (auto const& c : d.crossings()) out.push_back(c.sign);
    return out;
}

TEST(gauss_code, without_signs_the_first_crossing_is_positive) {
    auto const d = knot::from_gauss({{{-1, 2, -3, 1, -2, 3}}, {}});
    EXPECT_EQ(signs_of(d), (std::vector<std::int64_t>{1, 1, 1}));
    EXPECT_EQ(knot::jones(knot::to_braid(d)), knot::jones({2, {1, 1, 1}}));
    auto const mirrored = knot::from_gauss({{{-1, 2, -3, 1, -2, 3}}, {-1, -1, -1}});
    EXPECT_EQ(knot::jones(knot::to_braid(mirrored)), knot::jones({2, {-1, -1, -1}}));
    // The figure eight has two of each.
    auto const eight = knot::from_gauss({{{-1, 2, -3, 1, -4, 3, -2, 4}}, {}});
    EXPECT_EQ(knot::writhe(eight), 0);
    EXPECT_EQ(eight.crossings()[0].sign, 1);
}

TEST(gauss_code, each_summand_has_a_mirror_image_of_its_own) {
    // Two trefoils in a row: the granny knot without signs, the square knot with them.
    std::vector<int> const word{-1, 2, -3, 1, -2, 3, -4, 5, -6, 4, -5, 6};
    EXPECT_EQ(knot::writhe(knot::from_gauss({{word}, {}})), 6);
    EXPECT_EQ(knot::writhe(knot::from_gauss({{word}, {1, 1, 1, -1, -1, -1}})), 0);
    // One within the other, and a loop between.
    EXPECT_EQ(
        knot::writhe(knot::from_gauss({{{-1, 2, -4, 5, -6, 4, -5, 6, 7, -7, -3, 1, -2, 3}}, {}})),
        7);
}

TEST(gauss_code, links_loops_and_circles_are_ordinary) {
    EXPECT_EQ(knot::from_gauss({}), knot::link_diagram());
    EXPECT_EQ(knot::component_count(knot::from_gauss({{{}}, {}})), 1);
    EXPECT_EQ(knot::component_count(knot::from_gauss({{{}, {}, {}}, {}})), 3);
    EXPECT_EQ(knot::writhe(knot::from_gauss({{{1, -1}}, {}})), 1);
    EXPECT_EQ(knot::writhe(knot::from_gauss({{{1, -1}}, {-1}})), -1);
    auto const hopf = knot::from_gauss({{{1, -2}, {-1, 2}}, {}});
    EXPECT_EQ(knot::linking_matrix(hopf), (std::vector<std::vector<std::int64_t>>{{0, 1}, {1, 0}}));
    // Two circles that lie on each other, and one apart.
    auto const apart = knot::from_gauss({{{1, 2}, {-2, -1}, {}}, {}});
    EXPECT_EQ(knot::component_count(apart), 3);
    EXPECT_EQ(knot::writhe(apart), 0);
}

TEST(gauss_code, diagrams_come_back_from_their_codes) {
    weft_test::dice roll(41);
    for (int k = 0; k < 300; ++k) {
        auto const b = weft_test::random_word(roll, 1 + roll(5), roll(15));
        SCOPED_TRACE(weft_test::shown(b));
        auto const d = knot::to_diagram(b);
        auto code = knot::to_gauss(d);
        auto const same = knot::from_gauss(code);
        EXPECT_EQ(same.circles(), d.circles());
        EXPECT_EQ(signs_of(same), signs_of(d));
        EXPECT_EQ(knot::linking_matrix(same), knot::linking_matrix(d));
        EXPECT_EQ(knot::jones(knot::to_braid(same)), knot::jones(b));
        EXPECT_EQ(knot::to_gauss(same), code);

        // Without signs: another drawing of the same code, that begins with a positive crossing.
        auto const signs = std::exchange(code.signs, {});
        auto const drawn = knot::from_gauss(code);
        EXPECT_EQ(knot::component_count(drawn), knot::component_count(d));
        if (!signs.empty()) {
            EXPECT_EQ(drawn.crossings()[0].sign, 1);
        }
        code.signs = knot::to_gauss(drawn).signs;
        EXPECT_EQ(knot::from_gauss(code), drawn);
    }
}

// For a prime knot the code alone fixes the diagram up to the mirror image.
TEST(gauss_code, every_knot_of_knotinfo_comes_back_without_signs) {
    auto const folder = weft_test::data_folder();
    if (folder.empty()) return;
    for (auto const& row : weft_test::csv_rows(folder + "/knots/knotinfo.csv.gz")) {
        SCOPED_TRACE(row.at("name"));
        auto const n = weft_test::letters(row.at("pd_notation_flat"));
        knot::pd_code pd;
        for (std::size_t k = 0; k + 3 < n.size(); k += 4) {
            pd.push_back({n[k], n[k + 1], n[k + 2], n[k + 3]});
        }
        auto code = knot::to_gauss(knot::from_pd(pd));
        auto expected = std::exchange(code.signs, {});
        if (expected[0] < 0) {
            for (auto& s : expected) s = -s;
        }
        EXPECT_EQ(knot::to_gauss(knot::from_gauss(code)).signs, expected);

        // The same by its Dowker-Thistlethwaite code.
        auto const& word = code.components[0];
        std::vector<int> pass(pd.size() + 1, 0);
        std::vector<int> partner(word.size(), 0);
        for (std::size_t k = 0; k < word.size(); ++k) {
            auto& first = pass[static_cast<std::size_t>(std::abs(word[k]))];
            if (first != 0) {
                partner[k] = first;
                partner[static_cast<std::size_t>(first - 1)] = static_cast<int>(k) + 1;
            } else {
                first = static_cast<int>(k) + 1;
            }
        }
        knot::dt_code dt{{{}}, {}};
        bool const first_positive = expected[static_cast<std::size_t>(std::abs(word[0])) - 1] > 0;
        std::vector<std::int64_t> signs;
        for (std::size_t k = 0; k < word.size(); k += 2) {
            dt.components[0].push_back(word[k] > 0 ? partner[k] : -partner[k]);
            auto const sign = expected[static_cast<std::size_t>(std::abs(word[k])) - 1];
            signs.push_back(first_positive ? sign : -sign);
        }
        EXPECT_EQ(signs_of(knot::from_dt(dt)), signs);
    }
}

TEST(gauss_code, what_is_wrong_is_named) {
    EXPECT_EQ(named_in(knot::gauss_code{{{1, -2}}, {}}), "gauss[0][1]");
    EXPECT_EQ(named_in(knot::gauss_code{{{1}}, {}}), "gauss[0][0]");
    EXPECT_EQ(named_in(knot::gauss_code{{{0, 1}}, {}}), "gauss[0][0]");
    EXPECT_EQ(named_in(knot::gauss_code{{{1, 1}}, {}}), "gauss[0][1]");
    EXPECT_EQ(named_in(knot::gauss_code{{{1, 2}, {-2, -2}}, {}}), "gauss[1][1]");
    EXPECT_EQ(named_in(knot::gauss_code{{{1, -1, 2}}, {}}), "gauss[0][2]");
    EXPECT_EQ(named_in(knot::gauss_code{{{1, -1, 1}}, {}}), "gauss[0][2]");
    EXPECT_EQ(named_in(knot::gauss_code{{{-2147483647 - 1, 1}}, {}}), "gauss[0][0]");
    EXPECT_EQ(named_in(knot::gauss_code{{{1, -1}}, {1, 1}}), "signs");
    EXPECT_EQ(named_in(knot::gauss_code{{{1, -1}}, {0}}), "signs[0]");
    // Not planar: two chords that cross, a component crossed once, and a wrong sign.
    EXPECT_EQ(named_in(knot::gauss_code{{{1, 2, -1, -2}}, {}}).substr(0, 6), "gauss[");
    EXPECT_EQ(named_in(knot::gauss_code{{{1}, {-1}}, {}}), "gauss[0][0]");
    EXPECT_EQ(named_in(knot::gauss_code{{{-1, 2, -3, 1, -2, 3}}, {1, 1, -1}}), "gauss[0][3]");
}

TEST(gauss_code, text_is_read_as_one_list_or_as_many) {
    knot::gauss_code const trefoil{{{-1, 2, -3, 1, -2, 3}}, {}};
    EXPECT_EQ(knot::parse_gauss("{-1, 2, -3, 1, -2, 3}"), trefoil);
    EXPECT_EQ(knot::parse_gauss("[[-1,2,-3,1,-2,3]]"), trefoil);
    EXPECT_EQ(knot::parse_gauss("[[1,-2],[-1,2]]"), (knot::gauss_code{{{1, -2}, {-1, 2}}, {}}));
    EXPECT_EQ(knot::parse_gauss("[]"), knot::gauss_code());
    EXPECT_EQ(knot::parse_gauss("[[]]"), (knot::gauss_code{{{}}, {}}));
    EXPECT_THROW((void)knot::parse_gauss("1,-1"), weft::parse_error);
    EXPECT_THROW((void)knot::parse_gauss("[1,[2]]"), weft::parse_error);
}

TEST(gauss_code, a_thousand_crossings_are_drawn) {
    // T(2, 1001) and as many loops, which only a search over all crossings can tell apart.
    std::vector<int> word;
    for (int turn = 0; turn < 2; ++turn) {
        for (int k = 1; k <= 1001; ++k) word.push_back((k + turn) % 2 != 0 ? k : -k);
    }
    EXPECT_EQ(knot::writhe(knot::from_gauss({{word}, {}})), 1001);
    for (int k = 1002; k <= 2000; ++k) {
        word.push_back(k);
        word.push_back(-k);
    }
    auto const d = knot::from_gauss({{word}, {}});
    EXPECT_EQ(knot::writhe(d), 2000);
    EXPECT_EQ(knot::to_braid(d).strands(), 2);
}

TEST(dt_code, knots_and_links_are_read) {
    auto const trefoil = knot::from_dt({{{4, 6, 2}}, {}});
    EXPECT_EQ(knot::jones(knot::to_braid(trefoil)), knot::jones({2, {1, 1, 1}}));
    EXPECT_EQ(knot::writhe(knot::from_dt({{{4, 6, 2}}, {-1, -1, -1}})), -3);
    // The same with all crossings changed is drawn the same way round: the first one positive.
    EXPECT_EQ(knot::writhe(knot::from_dt({{{-4, -6, -2}}, {}})), 3);
    EXPECT_EQ(knot::writhe(knot::from_dt({{{4, 6, 8, 2}}, {}})), 0);
    // The unknot with a crossing changed; the Hopf link; nothing.
    EXPECT_EQ(knot::jones(knot::to_braid(knot::from_dt({{{4, -6, 2}}, {}}))), knot::jones({1, {}}));
    EXPECT_EQ(knot::linking_matrix(knot::from_dt({{{4}, {2}}, {}})),
              (std::vector<std::vector<std::int64_t>>{{0, 1}, {1, 0}}));
    EXPECT_EQ(knot::from_dt({}), knot::link_diagram());
    EXPECT_EQ(knot::component_count(knot::from_dt({{{}, {}}, {}})), 2);
    EXPECT_EQ(knot::writhe(knot::from_dt({{{2}}, {}})), 1);
}

TEST(dt_code, what_is_wrong_is_named) {
    EXPECT_EQ(named_in(knot::dt_code{{{4, 5, 2}}, {}}), "dt[0][1]");
    EXPECT_EQ(named_in(knot::dt_code{{{4, 8, 2}}, {}}), "dt[0][1]");
    EXPECT_EQ(named_in(knot::dt_code{{{4, 0, 2}}, {}}), "dt[0][1]");
    EXPECT_EQ(named_in(knot::dt_code{{{4}, {-4}}, {}}), "dt[1][0]");
    EXPECT_EQ(named_in(knot::dt_code{{{4, 6, 2}}, {1}}), "signs");
    EXPECT_EQ(named_in(knot::dt_code{{{4, 6, 2}}, {1, 2, 1}}), "signs[1]");
    // No plane has room for it, as for 7 of the 120 of this length.
    EXPECT_EQ(named_in(knot::dt_code{{{4, 6, 8, 10, 2}}, {}}), "dt[0][3]");
}

TEST(dt_code, text_is_read) {
    EXPECT_EQ(knot::parse_dt("[4, 6, 2]"), (knot::dt_code{{{4, 6, 2}}, {}}));
    EXPECT_EQ(knot::parse_dt("{{4},{2}}"), (knot::dt_code{{{4}, {2}}, {}}));
    EXPECT_THROW((void)knot::parse_dt("4 6 2"), weft::parse_error);
}

} // namespace
