#include "weft/knot/alexander.hpp"

#include <cstddef>
#include <cstdint>
#include <gtest/gtest.h>
#include <vector>

#include "knot/support.hpp"
#include "weft/knot/big.hpp"

namespace {

namespace knot = weft::knot;
namespace detail = weft::knot::detail;

// Coefficients and the value at -1, by whole numbers or by doubles.
std::vector<knot::big_integer> values(detail::piece const& p, std::size_t size, double bits,
                                      bool fuse) {
    detail::alexander_workspace room;
    detail::alexander_residues residues;
    detail::alexander_route route;
    route.size = size;
    detail::alexander_of(p, route, bits, 0, room, residues, fuse);
    detail::remainders decoder(residues.moduli);
    std::vector<knot::big_integer> out;
    for (std::size_t e = 0; e < residues.width; ++e) {
        std::vector<std::uint64_t> column;
        for (std::size_t k = 0; k < residues.moduli.size(); ++k) {
            column.push_back(residues.values[k * residues.width + e]);
        }
        out.push_back(*decoder.value<knot::big_integer>(column));
    }
    out.emplace_back(residues.corank);
    return out;
}

TEST(alexander, residues_in_integers_and_in_doubles_give_the_same) {
    weft_test::dice roll(19);
    int compared = 0;
    for (int round = 0; round < 40; ++round) {
        int const strands = 5 + roll(12);
        auto const b = round % 2 == 0
                           ? weft_test::random_bands(roll, strands, strands + roll(3 * strands))
                           : weft_test::random_word(roll, strands, 3 * strands + roll(60));
        for (auto const& p : detail::simplify(detail::compacted(b)).pieces) {
            auto const form = detail::seifert_of(p, 1e9);
            auto const bits = detail::alexander_bits(form->matrix);
            EXPECT_EQ(values(p, form->matrix.size, bits, true),
                      values(p, form->matrix.size, bits, false));
            if (form->matrix.size > 20) ++compared;
        }
    }
    EXPECT_GT(compared, 10);
}

TEST(alexander, wide_words_give_the_polynomial_of_the_same_link_seen_narrow) {
    auto const torus = [](int p, int q) {
        std::vector<int> word;
        for (int turn = 0; turn < q; ++turn) {
            for (int c = 1; c < p; ++c) word.push_back(c);
        }
        return knot::braid(p, word);
    };
    EXPECT_EQ(knot::alexander(torus(3, 31)), knot::alexander(torus(31, 3)));
    EXPECT_EQ(knot::alexander(torus(2, 301)).coefficients().size(), 301U);
    EXPECT_EQ(knot::determinant(torus(2, 301)), 301);
}

} // namespace
