#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <gtest/gtest.h>
#include <map>
#include <numeric>
#include <string>
#include <vector>

#include "knot/support.hpp"
#include "weft/knot/invariants.hpp"

// Every row of the published tables (KnotInfo, LinkInfo): no mismatch, no bound violated.

namespace {

namespace knot = weft::knot;
using weft_test::integers;

knot::homfly_polynomial terms(std::string const& text) {
    auto const n = integers(text);
    knot::homfly_polynomial out;
    for (std::size_t k = 0; k + 2 < n.size(); k += 3) {
        out.push_back({static_cast<int>(n[k]), static_cast<int>(n[k + 1]), n[k + 2]});
    }
    return out;
}

knot::limits const more_strands{.max_strands_state_space = 10};

TEST(tables, every_knot_to_twelve_crossings_agrees_with_knotinfo) {
    std::array<int, 15> tally{};
    auto const folder = weft_test::data_folder();
    if (folder.empty()) return;
    auto const rows = weft_test::csv_rows(folder + "/knots/knotinfo.csv.gz");
    ASSERT_EQ(rows.size(), 2977U);
    for (auto const& row : rows) {
        SCOPED_TRACE(row.at("name"));
        auto const number = [&](char const* column) { return integers(row.at(column)).at(0); };
        knot::braid const b(static_cast<int>(number("braid_strands")),
                            weft_test::letters(row.at("braid_notation")));
        auto const v = knot::compute_invariants(b);
        ASSERT_EQ(v.components, 1);
        EXPECT_EQ(v.writhe, number("braid_writhe"));
        EXPECT_EQ(v.crossings, number("braid_length"));
        EXPECT_EQ(v.linking_matrix, (std::vector<std::vector<std::int64_t>>{{0}}));

        auto const alexander = integers(row.at("alexander_coeffs"));
        EXPECT_EQ(v.alexander,
                  knot::laurent(1 - static_cast<std::int64_t>(alexander.size()), alexander));
        std::vector<std::int64_t> conway;
        for (auto const c : integers(row.at("conway_z0_z2_z4"))) {
            if (!conway.empty()) conway.push_back(0);
            conway.push_back(c);
        }
        EXPECT_EQ(v.conway, knot::laurent(0, conway));
        EXPECT_EQ(v.determinant, number("determinant"));
        EXPECT_EQ(v.signature, number("signature"));
        EXPECT_EQ(v.nullity, 0);
        EXPECT_EQ(v.arf, number("arf"));
        EXPECT_EQ(v.jones, weft_test::sparse(row.at("jones_t"), false));

        auto const genus = number("genus_3d");
        EXPECT_LE(v.genus_lower.value(), genus);
        EXPECT_GE(v.genus_upper.value(), genus);
        auto const crossing_number = number("crossing_number");
        EXPECT_LE(v.crossing_number_lower.value(), crossing_number);
        EXPECT_GE(v.crossing_number_upper.value(), crossing_number);
        if (row.at("alternating") == "Y") {
            EXPECT_EQ(v.crossing_number_lower, crossing_number);
        }
        EXPECT_EQ(v.homfly, terms(row.at("homfly_vz")));
        EXPECT_LE(v.braid_index_lower.value(), number("braid_index"));
        EXPECT_GE(v.braid_index_upper.value(), number("braid_index"));
        EXPECT_GE(v.bridge_upper.value(), number("bridge_index"));
        EXPECT_GE(number("bridge_index"), v.bridge_lower.value());
        // Where the table knows a range only, both of its ends.
        auto const unknotting = integers(row.at("unknotting_number"));
        EXPECT_LE(v.unknotting_lower.value(), unknotting.back());
        EXPECT_GE(v.unknotting_upper.value(), unknotting.front());
        EXPECT_EQ(v.genus.value_or(genus), genus);
        EXPECT_EQ(v.crossing_number.value_or(crossing_number), crossing_number);
        EXPECT_EQ(v.braid_index.value_or(number("braid_index")), number("braid_index"));
        EXPECT_EQ(v.bridge_number.value_or(number("bridge_index")), number("bridge_index"));
        if (v.unknotting_number) {
            EXPECT_GE(*v.unknotting_number, unknotting.front());
            EXPECT_LE(*v.unknotting_number, unknotting.back());
        }
        auto const count = [&](std::size_t place, bool tight) { tally[place] += tight ? 1 : 0; };
        count(0, v.genus_lower == genus);
        count(1, v.genus_upper == genus);
        count(2, v.genus.has_value());
        count(3, v.crossing_number_lower == crossing_number);
        count(4, v.crossing_number_upper == crossing_number);
        count(5, v.crossing_number.has_value());
        count(6, v.braid_index_lower == number("braid_index"));
        count(7, v.braid_index_upper == number("braid_index"));
        count(8, v.braid_index.has_value());
        count(9, v.bridge_lower == number("bridge_index"));
        count(10, v.bridge_upper == number("bridge_index"));
        count(11, v.bridge_number.has_value());
        count(12, unknotting.size() == 1 && v.unknotting_lower == unknotting[0]);
        count(13, unknotting.size() == 1 && v.unknotting_upper == unknotting[0]);
        count(14, v.unknotting_number.has_value());
    }
    char const* const names[5] = {"genus", "crossing number", "braid index", "bridge number",
                                  "unknotting number"};
    for (std::size_t k = 0; k < 5; ++k) {
        std::printf("%s: lower bound sharp for %d knots, upper for %d, known exactly for %d\n",
                    names[k], tally[3 * k], tally[3 * k + 1], tally[3 * k + 2]);
        EXPECT_GT(tally[3 * k + 2], 0);
    }
}

bool equal_up_to_permutation(std::vector<std::vector<std::int64_t>> const& a,
                             std::vector<std::int64_t> const& flat) {
    auto const n = a.size();
    if (flat.size() != n * n) return false;
    std::vector<std::size_t> order(n);
    std::iota(order.begin(), order.end(), std::size_t{0});
    do {
        bool same = true;
        for (std::size_t x = 0; x < n && same; ++x) {
            for (std::size_t y = 0; y < n && same; ++y) {
                same = a[order[x]][order[y]] == flat[x * n + y];
            }
        }
        if (same) return true;
    } while (std::next_permutation(order.begin(), order.end()));
    return false;
}

TEST(tables, every_link_to_eleven_crossings_agrees_with_linkinfo) {
    auto const folder = weft_test::data_folder();
    if (folder.empty()) return;
    auto const rows = weft_test::csv_rows(folder + "/knots/linkinfo.csv.gz");
    ASSERT_EQ(rows.size(), 1424U);
    for (auto const& row : rows) {
        SCOPED_TRACE(row.at("name"));
        auto const number = [&](char const* column) { return integers(row.at(column)).at(0); };
        knot::braid const b(static_cast<int>(number("braid_strands")),
                            weft_test::letters(row.at("braid_word")));
        auto const v = knot::compute_invariants(b, more_strands);
        ASSERT_EQ(v.components, number("components"));
        EXPECT_TRUE(
            equal_up_to_permutation(v.linking_matrix.value(), integers(row.at("linking_matrix"))));
        // The table's Alexander polynomial is given up to a unit.
        auto expected = knot::laurent(0, integers(row.at("alexander_coeffs_unsigned_norm")));
        auto const found = v.alexander.value();
        auto negated = expected.coefficients();
        for (auto& c : negated) c = -c;
        EXPECT_TRUE(found.coefficients() == expected.coefficients() ||
                    found.coefficients() == negated);
        // Its sign and units are fixed by Conway's: nabla has one term for each power of z.
        EXPECT_EQ(found.twice_min_exponent(), -found.twice_max_exponent());
        EXPECT_EQ(v.determinant, number("determinant"));
        EXPECT_EQ(v.signature, number("signature"));
        EXPECT_EQ(v.nullity.value() == 0, number("determinant") != 0);
        EXPECT_FALSE(v.arf.has_value());
        EXPECT_TRUE(v.why.contains("arf"));
        EXPECT_EQ(v.jones, weft_test::sparse(row.at("jones_twice_t_exponent"), true));
        EXPECT_EQ(v.homfly, terms(row.at("homfly_vz")));
        EXPECT_LE(v.braid_index_lower.value(), v.braid_index_upper.value());
        // Conway's polynomial of the table: HOMFLY-PT at v = 1.
        auto const homfly = integers(row.at("homfly_vz"));
        std::map<std::int64_t, std::int64_t> conway;
        for (std::size_t k = 0; k < homfly.size(); k += 3) conway[homfly[k + 1]] += homfly[k + 2];
        for (auto const& [power, c] : conway) {
            EXPECT_EQ(v.conway->coefficient(2 * power), c) << "z^" << power;
        }

        auto const crossing_number = number("crossing_number");
        EXPECT_LE(v.crossing_number_lower.value(), crossing_number);
        EXPECT_GE(v.crossing_number_upper.value(), crossing_number);
        EXPECT_LE(v.genus_lower.value(), v.genus_upper.value());
    }
}

} // namespace
