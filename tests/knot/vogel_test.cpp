#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "knot/support.hpp"
#include "support/sanitized.hpp"
#include "weft/knot/diagram_invariants.hpp"
#include "weft/knot/gauss_code.hpp"
#include "weft/knot/pd_code.hpp"
#include "weft/knot/vogel.hpp"

namespace {

namespace knot = weft::knot;

// Vogel's braids are wide: what twelve strands may need at most is more than one GiB.
knot::limits const twelve_strands{.max_strands_state_space = 12,
                                  .max_memory = std::int64_t{1} << 34};

// Every row; where sanitizers make each a hundred times slower, every sixth.
constexpr std::size_t stride = weft_test::sanitized ? 6 : 1;

knot::pd_code quadruples(std::string const& text) {
    auto const n = weft_test::letters(text);
    knot::pd_code out;
    for (std::size_t k = 0; k + 3 < n.size(); k += 4) {
        out.push_back({n[k], n[k + 1], n[k + 2], n[k + 3]});
    }
    return out;
}

/// The braid that is found is as the diagram: same writhe, a strand a Seifert circle.
void expect_invariants(knot::link_diagram const& d, knot::braid const& given) {
    auto const found = knot::to_braid(d);
    EXPECT_EQ(knot::writhe(found), knot::writhe(d));
    auto const v = knot::compute_invariants(found, twelve_strands);
    auto const w = knot::compute_invariants(given, twelve_strands);
    EXPECT_EQ(v.components, w.components);
    EXPECT_EQ(v.alexander, w.alexander);
    EXPECT_EQ(v.conway, w.conway);
    EXPECT_EQ(v.determinant, w.determinant);
    EXPECT_EQ(v.signature, w.signature);
    EXPECT_EQ(v.nullity, w.nullity);
    EXPECT_EQ(v.arf, w.arf);
    ASSERT_TRUE(v.jones.has_value());
    EXPECT_EQ(v.jones, w.jones);
    ASSERT_TRUE(v.homfly.has_value());
    EXPECT_EQ(v.homfly, w.homfly);
    // Without a braid.
    EXPECT_EQ(knot::jones(d), w.jones);
    EXPECT_EQ(knot::homfly(d), w.homfly);
    EXPECT_EQ(knot::signature(d), (knot::signature_result{*w.signature, *w.nullity}));
}

// The tables' codes and braids are the same oriented links, mirror image included.
TEST(vogel, every_pd_code_of_knotinfo_gives_its_braids_invariants) {
    auto const folder = weft_test::data_folder();
    if (folder.empty()) return;
    auto const rows = weft_test::csv_rows(folder + "/knots/knotinfo.csv.gz");
    ASSERT_EQ(rows.size(), 2977U);
    for (std::size_t r = 0; r < rows.size(); r += stride) {
        auto const& row = rows[r];
        SCOPED_TRACE(row.at("name"));
        auto const d = knot::from_pd(quadruples(row.at("pd_notation_flat")));
        EXPECT_EQ(knot::crossings(d), weft_test::integers(row.at("crossing_number")).at(0));
        expect_invariants(d, {static_cast<int>(weft_test::integers(row.at("braid_strands")).at(0)),
                              weft_test::letters(row.at("braid_notation"))});
    }
}

TEST(vogel, every_pd_code_of_linkinfo_gives_its_braids_invariants) {
    auto const folder = weft_test::data_folder();
    if (folder.empty()) return;
    auto const rows = weft_test::csv_rows(folder + "/knots/linkinfo.csv.gz");
    ASSERT_EQ(rows.size(), 1424U);
    for (std::size_t r = 0; r < rows.size(); r += stride) {
        auto const& row = rows[r];
        SCOPED_TRACE(row.at("name"));
        auto const d = knot::from_pd(quadruples(row.at("pd_notation_flat")));
        EXPECT_EQ(knot::writhe(d), weft_test::integers(row.at("writhe_pd")).at(0));
        // Components come in the table's order.
        std::vector<std::int64_t> flat;
        for (auto const& line : knot::linking_matrix(d)) {
            flat.insert(flat.end(), line.begin(), line.end());
        }
        EXPECT_EQ(flat, weft_test::integers(row.at("linking_matrix")));
        expect_invariants(d, {static_cast<int>(weft_test::integers(row.at("braid_strands")).at(0)),
                              weft_test::letters(row.at("braid_word"))});
    }
}

TEST(vogel, braids_come_back_from_their_diagrams) {
    weft_test::dice roll(29);
    for (int k = 0; k < 200; ++k) {
        auto const b = weft_test::random_word(roll, 1 + roll(5), roll(15));
        SCOPED_TRACE(weft_test::shown(b));
        auto const d = knot::to_diagram(b);
        EXPECT_EQ(knot::link_diagram({d.crossings().begin(), d.crossings().end()}, d.circles()), d);
        EXPECT_EQ(knot::component_count(d), knot::component_count(b));
        EXPECT_EQ(knot::crossings(d), knot::crossings(b));
        EXPECT_EQ(knot::writhe(d), knot::writhe(b));
        auto const v = knot::compute_invariants(b);
        auto const w = knot::compute_invariants(knot::to_braid(d));
        EXPECT_EQ(w.components, v.components);
        EXPECT_EQ(w.jones, v.jones);
        EXPECT_EQ(w.alexander, v.alexander);
        EXPECT_EQ(w.signature, v.signature);
        // And through the code as text has it.
        auto const again = knot::from_pd(knot::to_pd(d), d.circles());
        EXPECT_EQ(knot::component_count(again), v.components);
        if (v.components == 1) {
            EXPECT_EQ(knot::compute_invariants(knot::to_braid(again)).jones, v.jones);
        }
    }
}

TEST(vogel, twist_knots_of_many_crossings_have_their_polynomials) {
    // Genus 1, Alexander -m t^-1 + 2m + 1 - m t for 2m half twists, where the braid is too wide.
    for (int const n : {4, 20, 60}) {
        std::vector<int> word;
        for (int k = 1; k <= n + 2; ++k) word.push_back(k);
        for (int k = n; k >= 1; --k) word.push_back(k);
        word.push_back(n + 2);
        word.push_back(n + 1);
        for (std::size_t k = 1; k < word.size(); k += 2) word[k] = -word[k];
        auto const v = knot::compute_invariants(knot::from_gauss({{word}, {}}),
                                                {.max_operations = 50'000'000});
        auto const m = std::int64_t{n} / 2;
        EXPECT_EQ(v.alexander, knot::laurent(-2, {-m, 2 * m + 1, -m}));
        EXPECT_EQ(v.conway, knot::laurent(0, {1, 0, -m}));
        EXPECT_EQ(v.determinant, 4 * m + 1);
        EXPECT_EQ(v.arf, m % 2);
        EXPECT_EQ(v.signature, 0);
        EXPECT_EQ(v.genus, 1);
        EXPECT_EQ(v.crossing_number, n + 2);
        EXPECT_EQ(v.jones->span(), n + 2);
        EXPECT_FALSE(v.why.contains("jones"));
        EXPECT_FALSE(v.why.contains("alexander"));
    }
}

TEST(vogel, split_diagrams_multiply_by_the_unlinks_factor) {
    // Two trefoils apart and a circle with a loop.
    auto const d =
        knot::from_gauss({{{-1, 2, -3, 1, -2, 3}, {-4, 5, -6, 4, -5, 6}, {7, -7}, {}}, {}});
    auto const v = knot::compute_invariants(d);
    auto const w = knot::compute_invariants(knot::braid(6, {1, 1, 1, 3, 3, 3}));
    EXPECT_EQ(v.components, 4);
    EXPECT_EQ(v.jones, w.jones);
    EXPECT_EQ(v.homfly, w.homfly);
    EXPECT_EQ(v.alexander, knot::laurent());
    EXPECT_EQ(v.signature, w.signature);
    EXPECT_EQ(v.nullity, w.nullity);
    EXPECT_EQ(v.genus_upper, 2);
}

TEST(vogel, signatures_of_random_diagrams_are_those_of_their_braids) {
    weft_test::dice roll(47);
    for (int k = 0; k < 300; ++k) {
        auto const b = weft_test::random_word(roll, 1 + roll(6), roll(20));
        SCOPED_TRACE(weft_test::shown(b));
        EXPECT_EQ(knot::signature(knot::to_diagram(b)), knot::signature(b));
    }
    // A torus knot T(2, n), with one row of one large number or with n - 1 of small ones.
    knot::braid const torus(2, std::vector<int>(999, 1));
    EXPECT_EQ(knot::signature(knot::to_diagram(torus)), (knot::signature_result{-998, 0}));
}

TEST(vogel, bands_are_expanded_and_untouched_strands_are_circles) {
    auto const b = knot::braid::from_bands(7, {{2, 4, 1}, {2, 4, 1}, {2, 4, 1}});
    auto const d = knot::to_diagram(b);
    EXPECT_EQ(knot::crossings(d), 9);
    EXPECT_EQ(d.circles(), 4);
    EXPECT_EQ(knot::component_count(d), knot::component_count(b));
    EXPECT_EQ(knot::compute_invariants(knot::to_braid(d)).jones, knot::compute_invariants(b).jones);
    EXPECT_THROW((void)knot::to_diagram(b, 8), weft::invalid_argument);
}

TEST(vogel, unknots_and_loops_are_ordinary) {
    EXPECT_EQ(knot::to_braid({}), knot::braid(1, {}));
    EXPECT_EQ(knot::to_braid(knot::link_diagram({}, 5)), knot::braid(5, {}));
    for (auto const& code :
         {knot::pd_code{{1, 1, 2, 2}}, knot::pd_code{{1, 2, 2, 1}}, knot::pd_code{{2, 2, 1, 1}},
          knot::to_pd(knot::to_diagram({3, {1, -2}}))}) {
        EXPECT_EQ(knot::to_braid(knot::from_pd(code)), knot::braid(1, {}));
    }
    // Many loops on one circle, in a row and on each other.
    constexpr int n = 2000;
    knot::pd_code loops;
    for (int k = 0; k < n; ++k) {
        int const in = 2 * k + 1;
        int const after = k + 1 < n ? in + 2 : 1;
        loops.push_back({in, in + 1, in + 1, after});
    }
    EXPECT_EQ(knot::to_braid(knot::from_pd(loops)), knot::braid(1, {}));
}

TEST(vogel, a_thousand_strands_come_back) {
    weft_test::dice roll(31);
    std::vector<int> word;
    for (int k = 0; k < 999; ++k) word.push_back(roll(2) != 0 ? k + 1 : -k - 1);
    for (int k = 0; k < 3000; ++k) {
        int const letter = 1 + roll(999);
        word.push_back(roll(2) != 0 ? letter : -letter);
    }
    knot::braid const b(1000, word);
    auto const again = knot::to_braid(knot::to_diagram(b));
    EXPECT_EQ(knot::component_count(again), knot::component_count(b));
    EXPECT_EQ(again.size(), b.size());
    EXPECT_EQ(knot::simplify(again).parts, knot::simplify(b).parts);
}

TEST(vogel, a_braid_that_gets_too_long_is_refused) {
    // A figure eight whose braid needs two letters more.
    auto const d = knot::from_pd({{4, 2, 5, 1}, {8, 6, 1, 5}, {6, 3, 7, 4}, {2, 7, 3, 8}});
    EXPECT_EQ(knot::to_braid(d).strands(), 3);
    knot::pd_code const stevedore{{1, 4, 2, 5},  {7, 10, 8, 11}, {3, 9, 4, 8},
                                  {9, 3, 10, 2}, {5, 12, 6, 1},  {11, 6, 12, 7}};
    auto const b = knot::to_braid(knot::from_pd(stevedore));
    EXPECT_GT(b.size(), stevedore.size());
    try {
        (void)knot::to_braid(knot::from_pd(stevedore), {.max_letters = 6});
        FAIL();
    } catch (weft::invalid_argument const& e) {
        EXPECT_EQ(e.argument(), "limits.max_letters");
    }
}

} // namespace
