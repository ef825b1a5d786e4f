#include "peers.hpp"

#include <gtest/gtest.h>
#include <vector>

#include "knot/support.hpp"
#include "knot/torus_formula.hpp"
#include "weft/knot/homfly.hpp"
#include "weft/knot/jones.hpp"

// The same links by programs that have nothing in common with this one.

namespace {

namespace knot = weft::knot;

// On 2 to 7 strands, up to 30 letters. libhomfly does not survive diagrams in several parts, so
// that a column without letters gets one and its inverse.
knot::braid random_link(weft_test::dice& roll) {
    int const strands = 2 + roll(6);
    auto const b = weft_test::random_word(roll, strands, roll(31));
    std::vector<int> word(b.word().begin(), b.word().end());
    std::vector<char> used(static_cast<std::size_t>(strands), 0);
    for (int const letter : word) used[static_cast<std::size_t>(letter < 0 ? -letter : letter)] = 1;
    for (int column = 1; column < strands; ++column) {
        if (used[static_cast<std::size_t>(column)] == 0) {
            word.insert(word.end(), {column, -column});
        }
    }
    return {strands, word};
}

TEST(peers, ten_thousand_links_have_the_homfly_polynomials_of_libhomfly) {
    weft_test::dice roll(2026);
    for (int k = 0; k < 10'000; ++k) {
        auto const b = random_link(roll);
        auto const code = weft_test::homfly_code(weft_test::passed(b));
        ASSERT_EQ(knot::homfly(b), weft_test::homfly_by_libhomfly(code)) << weft_test::shown(b);
    }
}

TEST(peers, the_same_links_have_the_homfly_and_jones_polynomials_of_regina) {
    weft_test::dice roll(2026);
    for (int k = 0; k < 10'000; ++k) {
        auto const b = random_link(roll);
        weft_test::regina_link const peer(weft_test::passed(b));
        ASSERT_EQ(knot::jones(b), peer.jones()) << weft_test::shown(b);
        ASSERT_EQ(knot::homfly(b), peer.homfly()) << weft_test::shown(b);
    }
}

// Has no peer, but would be too slow for a build under sanitizers, where this file is not
// compiled either.
TEST(peers, the_homfly_polynomial_of_the_widest_torus_knot_has_the_closed_formula) {
    auto const p = knot::homfly(weft_test::torus_link(9, 10), {.max_strands_state_space = 9});
    for (std::int64_t const v : {12'345, 987'654}) {
        EXPECT_EQ(weft_test::homfly_at(p, v, v * v + 77),
                  weft_test::torus_formula(9, 10, v, v * v + 77));
    }
}

} // namespace
