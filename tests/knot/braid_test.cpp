#include "weft/knot/braid.hpp"

#include <climits>
#include <cstdint>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <string>
#include <vector>

#include "knot/support.hpp"

namespace {

namespace knot = weft::knot;

std::vector<int> word(knot::braid const& b) {
    return {b.word().begin(), b.word().end()};
}

template <class Make>
std::string argument_of(Make make) {
    try {
        (void)make();
    } catch (weft::invalid_argument const& e) {
        return e.argument();
    }
    return "nothing was thrown";
}

TEST(braid, letters_outside_the_strands_are_named) {
    EXPECT_EQ(argument_of([] { return knot::braid(3, {1, 2, 3}); }), "word[2]");
    EXPECT_EQ(argument_of([] { return knot::braid(3, {1, 0}); }), "word[1]");
    EXPECT_EQ(argument_of([] { return knot::braid(3, {-3}); }), "word[0]");
    EXPECT_EQ(argument_of([] { return knot::braid(INT_MAX, {1, INT_MIN}); }), "word[1]");
    EXPECT_EQ(argument_of([] { return knot::braid(INT_MAX, {INT_MAX}); }), "word[0]");
    EXPECT_EQ(argument_of([] { return knot::braid(1, {1}); }), "word[0]");
    EXPECT_EQ(argument_of([] { return knot::braid(0, std::vector<int>{}); }), "strands");
    EXPECT_EQ(argument_of([] { return knot::braid(-5, std::vector<int>{}); }), "strands");
    EXPECT_EQ(argument_of([] { return knot::braid(INT_MIN, {1}); }), "strands");
}

TEST(braid, bands_outside_the_strands_are_named) {
    using knot::band;
    for (auto const faulty : {band{2, 2, 1}, band{3, 1, 1}, band{0, 1, 1}, band{1, 4, 1},
                              band{1, 2, 0}, band{1, 2, 2}, band{INT_MIN, INT_MAX, 1}}) {
        EXPECT_EQ(argument_of([&] {
                      return knot::braid::from_bands(3, {{1, 2, 1}, faulty});
                  }),
                  "bands[1]");
    }
    EXPECT_EQ(argument_of([] { return knot::braid::from_bands(0, {}); }), "strands");
}

TEST(braid, huge_strand_counts_cost_nothing) {
    knot::braid const b(INT_MAX, {1, INT_MAX - 1, -(INT_MAX - 1)});
    EXPECT_EQ(knot::writhe(b), 1);
    EXPECT_EQ(knot::crossings(b), 3);
    EXPECT_EQ(word(knot::free_reduce(b)), std::vector<int>{1});
    auto const wide = knot::braid::from_bands(INT_MAX, {{1, INT_MAX, 1}});
    EXPECT_EQ(knot::crossings(wide), 2 * (std::int64_t{INT_MAX} - 1) - 1);
    EXPECT_THROW((void)knot::expand(wide), weft::invalid_argument);
}

TEST(braid, a_band_expands_to_its_conjugate) {
    auto const b = knot::braid::from_bands(5, {{1, 4, -1}, {2, 3, 1}});
    EXPECT_EQ(word(knot::expand(b)), (std::vector<int>{3, 2, -1, -2, -3, 2}));
    EXPECT_EQ(knot::expand(b).strands(), 5);
    EXPECT_EQ(knot::to_bands(knot::braid(3, {1, -2})).letter(1), (knot::band{2, 3, -1}));
}

TEST(braid, reduction_cancels_inverse_neighbours) {
    EXPECT_EQ(word(knot::free_reduce(knot::braid(3, {1, 2, -2, -1, 2}))), std::vector<int>{2});
    EXPECT_EQ(word(knot::free_reduce(knot::braid(3, {1, 2, -1}))), (std::vector<int>{1, 2, -1}));
    EXPECT_EQ(word(knot::cyclic_reduce(knot::braid(3, {1, 2, -1}))), std::vector<int>{2});
    EXPECT_EQ(word(knot::cyclic_reduce(knot::braid(3, {1, -1}))), std::vector<int>{});
    auto const bands =
        knot::braid::from_bands(4, {{1, 3, 1}, {2, 4, 1}, {2, 4, -1}, {1, 2, 1}, {1, 3, -1}});
    EXPECT_EQ(knot::free_reduce(bands).size(), 3U);
    EXPECT_EQ(knot::cyclic_reduce(bands).size(), 1U);
}

TEST(braid, products_take_the_larger_number_of_strands) {
    auto const p = knot::product(knot::braid(2, {1}), knot::braid(4, {3}));
    EXPECT_EQ(p.strands(), 4);
    EXPECT_EQ(word(p), (std::vector<int>{1, 3}));
    auto const mixed = knot::product(knot::braid(2, {1}), knot::braid::from_bands(3, {{1, 3, -1}}));
    EXPECT_TRUE(mixed.banded());
    EXPECT_EQ(mixed.size(), 2U);
}

TEST(braid, text_is_read_strictly) {
    EXPECT_EQ(word(knot::parse_braid("{1,-2,1,-2}")), (std::vector<int>{1, -2, 1, -2}));
    EXPECT_EQ(knot::parse_braid("1 -2 +1").strands(), 3);
    EXPECT_EQ(knot::parse_braid(" [ ] ").strands(), 1);
    EXPECT_EQ(knot::parse_braid("1", 5).strands(), 5);
    for (auto const* const faulty :
         {"{1,2", "1,,2", "1,", ",1", "x", "1x", "1-2", "0", "1.5", "--1", "+-1", "{1}}", "(1]",
          "99999999999", "-2147483648", "2147483647", "1 2;", "{1} 2"}) {
        EXPECT_THROW((void)knot::parse_braid(faulty), weft::parse_error) << faulty;
    }
    EXPECT_THROW((void)knot::parse_braid("3", 2), weft::invalid_argument);
}

TEST(braid, the_mirror_image_of_bands_is_refused) {
    EXPECT_THROW((void)knot::mirror(knot::braid::from_bands(3, {{1, 3, 1}})),
                 weft::invalid_argument);
}

RC_GTEST_PROP(braid, a_word_times_its_inverse_reduces_to_nothing, (std::uint32_t seed)) {
    for (std::uint64_t round = 0; round < 40; ++round) {
        weft_test::dice roll(seed + (round << 32U));
        int const strands = 2 + roll(5);
        auto const w = weft_test::random_word(roll, strands, roll(20));
        RC_ASSERT(knot::free_reduce(knot::product(w, knot::inverse(w))).size() == 0U);
        auto const b = weft_test::random_bands(roll, strands, roll(20));
        RC_ASSERT(knot::free_reduce(knot::product(knot::inverse(b), b)).size() == 0U);
        RC_ASSERT(knot::writhe(knot::inverse(b)) == -knot::writhe(b));
        RC_ASSERT(knot::writhe(knot::expand(b)) == knot::writhe(b));
        RC_ASSERT(knot::crossings(knot::expand(b)) == knot::crossings(b));
        RC_ASSERT(knot::free_reduce(knot::product(knot::expand(b), knot::expand(knot::inverse(b))))
                      .size() == 0U);
    }
}

} // namespace
