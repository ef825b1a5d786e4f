#include "weft/knot/closure.hpp"

#include <climits>
#include <cstdint>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <vector>

#include "knot/support.hpp"

namespace {

namespace knot = weft::knot;
using matrix = std::vector<std::vector<std::int64_t>>;

TEST(closure, components_are_cycles) {
    EXPECT_EQ(knot::component_count(knot::braid(1, std::vector<int>{})), 1);
    EXPECT_EQ(knot::component_count(knot::braid(2, {1})), 1);
    EXPECT_EQ(knot::component_count(knot::braid(2, {1, 1})), 2);
    EXPECT_EQ(knot::component_count(knot::braid(5, {1, 2})), 3);
    EXPECT_EQ(knot::component_count(knot::braid(INT_MAX, {7, INT_MAX - 1})),
              std::int64_t{INT_MAX} - 2);
}

TEST(closure, linking_numbers_are_ordered_by_the_lowest_strand) {
    EXPECT_EQ(knot::linking_matrix(knot::braid(2, {1, 1})), (matrix{{0, 1}, {1, 0}}));
    EXPECT_EQ(knot::linking_matrix(knot::braid(2, {-1, -1, -1, -1})), (matrix{{0, -2}, {-2, 0}}));
    // Strand 1 alone; 2 and 4 linked around 3 through a band that passes over it.
    auto const b = knot::braid::from_bands(4, {{2, 4, 1}, {2, 4, 1}});
    EXPECT_EQ(knot::linking_matrix(b),
              (matrix{{0, 0, 0, 0}, {0, 0, 0, 1}, {0, 0, 0, 0}, {0, 1, 0, 0}}));
    EXPECT_EQ(knot::linking_matrix(knot::expand(b)), knot::linking_matrix(b));
    // Whitehead's link: linking number 0 in spite of five crossings.
    EXPECT_EQ(knot::linking_matrix(knot::braid(3, {1, -2, 1, -2, -2})), (matrix{{0, 0}, {0, 0}}));
}

TEST(closure, too_many_components_are_refused_before_anything_is_allocated) {
    EXPECT_THROW((void)knot::linking_matrix(knot::braid(INT_MAX, {1})), weft::invalid_argument);
    EXPECT_THROW((void)knot::linking_matrix(knot::braid(4, std::vector<int>{}), 3),
                 weft::invalid_argument);
    EXPECT_EQ(knot::linking_matrix(knot::braid(3, std::vector<int>{}), 3), matrix(3, {0, 0, 0}));
}

RC_GTEST_PROP(closure, linking_matrices_are_symmetric_and_the_same_in_either_form,
              (std::uint32_t seed)) {
    for (std::uint64_t round = 0; round < 20; ++round) {
        weft_test::dice roll(seed + (round << 32U));
        auto const b = weft_test::random_bands(roll, 1 + roll(7), roll(20));
        auto const m = knot::linking_matrix(b);
        RC_ASSERT(static_cast<std::int64_t>(m.size()) == knot::component_count(b));
        for (std::size_t x = 0; x < m.size(); ++x) {
            RC_ASSERT(m[x][x] == 0);
            for (std::size_t y = 0; y < m.size(); ++y) RC_ASSERT(m[x][y] == m[y][x]);
        }
        RC_ASSERT(m == knot::linking_matrix(knot::expand(b)));
    }
}

} // namespace
