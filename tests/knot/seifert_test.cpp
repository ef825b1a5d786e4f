#include "weft/knot/seifert.hpp"

#include <climits>
#include <cstdint>
#include <cstdlib>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <vector>

#include "knot/support.hpp"
#include "weft/knot/big.hpp"

namespace {

namespace knot = weft::knot;

// det(V - t V^T) for an integer t, by fraction-free elimination (Bareiss).
knot::big_integer characteristic(knot::integer_matrix const& v, int t) {
    using number = knot::big_integer;
    auto const n = v.size;
    std::vector<std::vector<number>> a(n, std::vector<number>(n));
    for (std::size_t x = 0; x < n; ++x) {
        for (std::size_t y = 0; y < n; ++y) a[x][y] = v(x, y) - t * v(y, x);
    }
    number previous = 1;
    int sign = 1;
    for (std::size_t k = 0; k + 1 < n; ++k) {
        auto row = k;
        while (row < n && a[row][k] == 0) ++row;
        if (row == n) return 0;
        if (row != k) {
            std::swap(a[row], a[k]);
            sign = -sign;
        }
        for (auto x = k + 1; x < n; ++x) {
            for (auto y = k + 1; y < n; ++y) {
                a[x][y] = (a[x][y] * a[k][k] - a[x][k] * a[k][y]) / previous;
            }
        }
        previous = a[k][k];
    }
    return n == 0 ? number(1) : number(sign * a[n - 1][n - 1]);
}

knot::big_integer power(int t, std::int64_t e) {
    knot::big_integer out = 1;
    for (std::int64_t k = 0; k < e; ++k) out *= t;
    return out;
}

TEST(seifert, the_trefoil_has_the_known_matrix) {
    auto const v = knot::seifert_matrix_collins(knot::braid(2, {1, 1, 1}));
    EXPECT_EQ(v, (knot::integer_matrix{2, {-1, 0, 1, -1}}));
}

TEST(seifert, split_words_and_bands_are_refused_by_collins) {
    EXPECT_THROW((void)knot::seifert_matrix_collins(knot::braid(3, {1, 1})),
                 weft::invalid_argument);
    EXPECT_THROW((void)knot::seifert_matrix_collins(knot::braid(INT_MAX, {1, 1})),
                 weft::invalid_argument);
    EXPECT_THROW((void)knot::seifert_matrix_collins(knot::braid::from_bands(2, {{1, 2, 1}})),
                 weft::invalid_argument);
    EXPECT_THROW((void)knot::seifert_matrix_collins(knot::braid(2, std::vector<int>(5000, 1))),
                 weft::invalid_argument);
    EXPECT_THROW((void)knot::seifert_matrix_bands(knot::braid(2, std::vector<int>(5000, 1))),
                 weft::invalid_argument);
}

TEST(seifert, surfaces_count_their_parts) {
    auto const b = knot::braid::from_bands(7, {{1, 3, 1}, {2, 4, 1}, {1, 3, 1}, {2, 4, 1}});
    auto const form = knot::seifert_matrix_bands(b);
    EXPECT_EQ(form.surface_parts, 5);
    EXPECT_EQ(form.matrix.size, 2U);
    EXPECT_EQ(knot::seifert_matrix_bands(knot::braid(4, std::vector<int>{})).surface_parts, 4);
}

// Both Seifert matrices and the Burau representation give one Alexander polynomial, with its sign:
// t^(N/2) Delta(t) = det(V - t V^T).
RC_GTEST_PROP(seifert, both_matrices_and_burau_agree, (std::uint32_t seed)) {
    for (std::uint64_t round = 0; round < 10; ++round) {
        weft_test::dice roll(seed + (round << 32U));
        bool const banded = roll(2) != 0;
        int const strands = 2 + roll(4);
        auto b = banded ? weft_test::random_bands(roll, strands, roll(12))
                        : weft_test::random_word(roll, strands, roll(12));
        std::vector<knot::band> letters;
        for (int i = 1; i < strands; ++i) letters.push_back({i, i + 1, roll(2) != 0 ? 1 : -1});
        if (!banded) {
            std::vector<int> word(b.word().begin(), b.word().end());
            for (auto const& l : letters) word.push_back(l.sign * l.i);
            b = knot::braid(strands, word);
        } else {
            b = knot::product(b, knot::braid::from_bands(strands, letters));
        }
        auto const alexander = knot::alexander<knot::big_integer>(b);
        auto const form = knot::seifert_matrix_bands(b);
        RC_ASSERT(form.surface_parts == 1);
        auto const size = static_cast<std::int64_t>(form.matrix.size);
        for (int const t : {-1, 2, 3, -5}) {
            knot::big_integer expected = 0;
            for (std::size_t k = 0; k < alexander.coefficients().size(); ++k) {
                auto const exponent =
                    (alexander.twice_min_exponent() + 2 * static_cast<std::int64_t>(k) + size) / 2;
                RC_ASSERT(exponent >= 0);
                expected += alexander.coefficients()[k] * power(t, exponent);
            }
            RC_ASSERT(characteristic(form.matrix, t) == expected);
            if (!banded) {
                RC_ASSERT(characteristic(knot::seifert_matrix_collins(b), t) == expected);
            }
        }
    }
}

} // namespace
