#include "weft/knot/banded.hpp"

#include <cstddef>
#include <cstdint>
#include <gtest/gtest.h>
#include <utility>
#include <vector>

#include "knot/support.hpp"
#include "weft/knot/big.hpp"

namespace {

namespace knot = weft::knot;
namespace detail = weft::knot::detail;

// So many letters in each column, in random order.
knot::braid full_word(weft_test::dice& roll, int strands, int each, int negative_of = 2) {
    std::vector<int> word;
    for (int c = 1; c < strands; ++c) {
        for (int k = 0; k < each; ++k) {
            word.push_back(negative_of > 0 && roll(negative_of) == 0 ? -c : c);
        }
    }
    for (std::size_t k = word.size(); k > 1; --k) {
        std::swap(word[k - 1], word[static_cast<std::size_t>(roll(static_cast<int>(k)))]);
    }
    return {strands, word};
}

detail::piece whole(knot::braid const& b) {
    detail::piece p{b.strands(), {}};
    for (std::size_t k = 0; k < b.size(); ++k) p.letters.push_back(b.letter(k));
    return p;
}

// By the Burau matrix with Hadamard's bound, and by the Seifert matrix modulo the same primes.
void expect_both_ways_alike(detail::piece const& p) {
    detail::alexander_workspace room;
    auto const form = detail::seifert_of(p, 1e9);
    detail::alexander_route dense;
    dense.size = form->matrix.size;
    auto const bits = detail::alexander_bits(form->matrix);
    auto const route = detail::alexander_route_of(p, &form->matrix, 1e12);
    ASSERT_TRUE(route && route->form);
    EXPECT_LE(route->bits, bits);
    for (bool const fuse : {false, true}) {
        detail::alexander_residues expected, found;
        detail::alexander_of(p, dense, bits, 0, room, expected, fuse);
        detail::alexander_of(p, *route, bits, 0, room, found, fuse);
        EXPECT_EQ(found.corank, expected.corank);
        if (found.moduli == expected.moduli) {
            EXPECT_EQ(found.values, expected.values);
        }
    }
}

TEST(banded, random_words_give_what_the_burau_matrix_gives) {
    weft_test::dice roll(77);
    for (int round = 0; round < 3; ++round) {
        int const strands = round == 0 ? 45 : 30;
        expect_both_ways_alike(whole(full_word(roll, strands, 4 + roll(2), roll(4))));
    }
}

TEST(banded, links_without_a_polynomial_show_their_corank) {
    weft_test::dice roll(5);
    std::vector<int> word;
    for (int c = 1; c < 40; ++c) word.insert(word.end(), {c, c, -c, c, c, -c});
    // s_3 s_3^-1 makes the closure a split union, though the diagram is connected.
    for (auto& letter : word) {
        if (letter == 3 || letter == -3) letter = roll(2) != 0 ? 2 : 4;
    }
    word.insert(word.end(), {3, -3});
    knot::braid const b(40, word);
    expect_both_ways_alike(whole(b));
    detail::alexander_workspace room;
    detail::alexander_residues found;
    auto const p = whole(b);
    auto const route = detail::alexander_route_of(p, nullptr, 1e12);
    detail::alexander_of(p, *route, route->bits, 0, room, found);
    EXPECT_GE(found.corank, 1);
}

TEST(banded, a_thousand_strands_with_a_letter_each_are_the_unknot) {
    std::vector<int> word;
    for (int c = 1; c < 1000; ++c) word.push_back(c % 3 != 0 ? c : -c);
    knot::braid const b(1000, word);
    EXPECT_EQ(knot::alexander(b), knot::laurent(0, {1}));
    EXPECT_EQ(knot::signature(b), (knot::signature_result{0, 0}));
}

TEST(banded, a_thousand_strands_of_torus_links_multiply) {
    std::vector<int> word;
    knot::big_laurent expected(0, {1});
    std::int64_t signature = 0;
    for (int c = 1; c < 1000; ++c) {
        // T(2, k): t^((k-1)/2) - ... and signature 1 - k.
        int const k = c % 10 == 0 ? 2 + c % 3 : 1;
        for (int n = 0; n < k; ++n) word.push_back(c % 20 == 0 ? -c : c);
        std::vector<knot::big_integer> factor;
        for (int e = 0; e < k; ++e) factor.emplace_back((e + k) % 2 == 0 ? -1 : 1);
        // A mirror image changes the sign of what is odd in z.
        if (c % 20 == 0 && k % 2 == 0) {
            for (auto& x : factor) x = -x;
        }
        expected = expected * knot::big_laurent(1 - k, factor);
        signature += c % 20 == 0 ? k - 1 : 1 - k;
    }
    knot::braid const b(1000, word);
    EXPECT_EQ(knot::alexander<knot::big_integer>(b), expected);
    EXPECT_EQ(knot::signature(b).signature, signature);
    // The same as one piece, whose sums are not looked for.
    auto const p = whole(b);
    auto const route = detail::alexander_route_of(p, nullptr, 1e12);
    ASSERT_TRUE(route && route->form);
    detail::alexander_workspace room;
    detail::alexander_residues found;
    detail::alexander_of(p, *route, route->bits, 0, room, found);
    detail::remainders decoder(found.moduli);
    for (std::size_t e = 0; e + 1 < found.width; ++e) {
        std::vector<std::uint64_t> column;
        for (std::size_t k = 0; k < found.moduli.size(); ++k) {
            column.push_back(found.values[k * found.width + e]);
        }
        EXPECT_EQ(*decoder.value<knot::big_integer>(column),
                  expected.coefficient(2 * static_cast<std::int64_t>(e) + found.epsilon));
    }
}

TEST(banded, connected_words_on_a_thousand_strands_have_their_polynomial) {
    weft_test::dice roll(1000);
    auto const b = full_word(roll, 1000, 2, 0);
    auto const data = detail::alexander_data_of<knot::big_integer>(b, {});
    ASSERT_TRUE(data.polynomial.value && data.determinant.value);
    auto const& polynomial = *data.polynomial.value;
    ASSERT_GT(polynomial.span(), 900);
    // Symmetric up to sign; at t = -1 the determinant, 0 where the form has a kernel.
    auto const& c = polynomial.coefficients();
    bool const odd = polynomial.twice_max_exponent() % 2 != 0;
    knot::big_integer alternating = 0;
    for (std::size_t k = 0; k < c.size(); ++k) {
        EXPECT_EQ(c[k], odd ? knot::big_integer(-c[c.size() - 1 - k]) : c[c.size() - 1 - k]);
        alternating += k % 2 == 0 ? c[k] : knot::big_integer(-c[k]);
    }
    EXPECT_EQ(abs(alternating), *data.determinant.value);
    EXPECT_EQ(*data.determinant.value == 0, knot::signature(b).nullity > 0);
}

TEST(banded, a_change_of_a_crossing_and_its_smoothing_obey_the_skein_relation) {
    weft_test::dice roll(1001);
    auto const b = full_word(roll, 150, 4, 0);
    auto const polynomial = knot::alexander<knot::big_integer>(b);
    std::vector<int> word(b.word().begin(), b.word().end());
    auto negative = word;
    negative[123] = -negative[123];
    auto smoothed = word;
    smoothed.erase(smoothed.begin() + 123);
    auto const other = knot::alexander<knot::big_integer>(knot::braid(150, negative));
    auto const between = knot::alexander<knot::big_integer>(knot::braid(150, smoothed));
    auto const right = between * knot::big_laurent(-1, {-1, 1});
    ASSERT_GT(polynomial.span(), 400);
    for (std::int64_t e = -600; e <= 600; ++e) {
        EXPECT_EQ(polynomial.coefficient(e) - other.coefficient(e), right.coefficient(e));
    }
}

// Two by two: 4 - t and 1 above 3 and -t. At t = 4 the first pivot is 0.
TEST(banded, points_at_which_a_pivot_vanishes_are_marked) {
    detail::banded_form form;
    form.size = 2;
    form.begin = {0, 2, 4};
    form.entries = {{0, 4, 1}, {1, 1, 0}, {0, 3, 0}, {1, 0, 1}};
    detail::field const f(detail::float_primes().next());
    detail::banded_workspace<std::uint64_t> integers;
    auto plan = detail::plan_banded(form, f, f.from(9), integers, 1e9);
    ASSERT_TRUE(plan);
    EXPECT_EQ(plan->rank, 2U);
    std::vector<std::uint64_t> const t{f.from(3), f.from(4), f.from(5)};
    std::vector<double> const float_t{3.0, 4.0, 5.0};
    detail::banded_workspace<double> floats;
    auto const determinant = [&](std::uint64_t product, std::uint64_t divisor) {
        return f.mul(product, f.inverse(divisor));
    };
    ASSERT_TRUE(detail::eliminate_banded(form, detail::integer_points(f, t.data(), 3), *plan,
                                         integers, 1e9));
    detail::float_points const points(f, float_t.data(), 3);
    ASSERT_TRUE(detail::eliminate_banded(form, points, *plan, floats, 1e9));
    for (std::size_t q = 0; q < 3; ++q) {
        EXPECT_EQ(integers.bad[q], q == 1 ? 1 : 0);
        EXPECT_EQ(floats.bad[q], q == 1 ? 1 : 0);
        if (q == 1) continue;
        // -t (4 - t) - 3
        auto const x = static_cast<std::int64_t>(q) + 3;
        auto const expected = f.from(-x * (4 - x) - 3);
        EXPECT_EQ(determinant(integers.product[q], integers.divisor[q]), expected);
        EXPECT_EQ(determinant(points.residue(floats.product[q]), points.residue(floats.divisor[q])),
                  expected);
    }
    auto const alone = detail::plan_banded(form, f, t[1], integers, 1e9);
    ASSERT_TRUE(alone);
    EXPECT_EQ(determinant(integers.product[0], integers.divisor[0]), f.from(-3));
}

TEST(banded, eliminations_beyond_the_budget_are_given_up) {
    weft_test::dice roll(3);
    auto const p = whole(full_word(roll, 40, 4));
    auto const generators = detail::collins_generators(p);
    auto const form = detail::banded_of(p, generators, true);
    detail::field const f(detail::float_primes().next());
    detail::banded_workspace<std::uint64_t> room;
    EXPECT_FALSE(detail::plan_banded(form, f, f.from(7), room, 100.0));
    knot::limits small;
    small.max_operations = 10'000;
    EXPECT_THROW(static_cast<void>(knot::alexander(full_word(roll, 1000, 4, 0), small)),
                 weft::invalid_argument);
}

} // namespace
