#include "weft/knot/jones.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <gtest/gtest.h>
#include <numeric>
#include <rapidcheck/gtest.h>
#include <vector>

#include "knot/support.hpp"
#include "weft/knot/alexander.hpp"

namespace {

namespace knot = weft::knot;
using knot::laurent;
using weft_test::torus_link;

// p + sign q, coefficient by coefficient.
laurent sum(laurent const& p, laurent const& q, int sign) {
    auto const low = std::min(p.zero() ? q.twice_min_exponent() : p.twice_min_exponent(),
                              q.zero() ? p.twice_min_exponent() : q.twice_min_exponent());
    auto const high = std::max(p.zero() ? q.twice_max_exponent() : p.twice_max_exponent(),
                               q.zero() ? p.twice_max_exponent() : q.twice_max_exponent());
    std::vector<std::int64_t> out;
    for (auto e = low; e <= high; e += 2) {
        out.push_back(p.coefficient(e) + sign * q.coefficient(e));
    }
    return {low, out};
}

laurent const z(-1, {-1, 1}); // t^1/2 - t^-1/2

// The three words that differ in one letter only.
struct skein_triple {
    knot::braid positive, negative, smoothed;
};

skein_triple random_triple(weft_test::dice& roll) {
    int const strands = 2 + roll(4);
    auto const b = weft_test::random_word(roll, strands, 1 + roll(12));
    std::vector<int> word(b.word().begin(), b.word().end());
    auto const at = static_cast<std::size_t>(roll(static_cast<int>(word.size())));
    auto up = word;
    up[at] = std::abs(word[at]);
    auto down = word;
    down[at] = -std::abs(word[at]);
    auto none = word;
    none.erase(none.begin() + static_cast<std::ptrdiff_t>(at));
    return {knot::braid(strands, up), knot::braid(strands, down), knot::braid(strands, none)};
}

RC_GTEST_PROP(jones, skein_relation_holds, (std::uint32_t seed)) {
    for (std::uint64_t round = 0; round < 20; ++round) {
        weft_test::dice roll(seed + (round << 32U));
        auto const [positive, negative, smoothed] = random_triple(roll);
        auto const left = sum(laurent(-2, {1}) * knot::jones(positive),
                              laurent(2, {1}) * knot::jones(negative), -1);
        RC_ASSERT(left == z * knot::jones(smoothed));
    }
}

RC_GTEST_PROP(alexander, skein_relation_holds, (std::uint32_t seed)) {
    for (std::uint64_t round = 0; round < 20; ++round) {
        weft_test::dice roll(seed + (round << 32U));
        auto const [positive, negative, smoothed] = random_triple(roll);
        auto const left = sum(knot::alexander(positive), knot::alexander(negative), -1);
        RC_ASSERT(left == z * knot::alexander(smoothed));
        auto const conway = sum(knot::conway(positive), knot::conway(negative), -1);
        RC_ASSERT(conway == laurent(2, {1}) * knot::conway(smoothed));
    }
}

TEST(jones, sums_beyond_64_bits_are_carried_in_128) {
    // The closure of (s1 s2^-1)^45 has coefficients that fit, but not their sum |V(-1)| = L(90)
    // - 2.
    std::vector<int> word;
    for (int k = 0; k < 45; ++k) word.insert(word.end(), {1, -2});
    auto const v = knot::jones(knot::braid(3, word));
    std::uint64_t previous = 2;
    std::uint64_t lucas = 1;
    for (int k = 1; k < 90; ++k) {
        auto const next = previous + lucas;
        previous = lucas;
        lucas = next;
    }
    ASSERT_GT(lucas, std::uint64_t{1} << 62U);
    std::uint64_t size = 0;
    std::int64_t at_one = 0;
    for (auto const c : v.coefficients()) {
        size += static_cast<std::uint64_t>(c < 0 ? -c : c);
        at_one += c;
    }
    EXPECT_EQ(size, lucas - 2);
    EXPECT_EQ(at_one, 4); // (-2)^(components - 1)
}

// Jones: (1 - t^(p+1) - t^(q+1) + t^(p+q)) t^((p-1)(q-1)/2) / (1 - t^2).
TEST(jones, torus_knots_have_the_closed_formula) {
    for (int p = 2; p <= 9; ++p) {
        for (int q = p + 1; q <= 10; ++q) {
            if (std::gcd(p, q) != 1) continue;
            std::vector<std::int64_t> numerator(static_cast<std::size_t>(p + q) + 1, 0);
            numerator[0] = 1;
            numerator[static_cast<std::size_t>(p) + 1] -= 1;
            numerator[static_cast<std::size_t>(q) + 1] -= 1;
            numerator[static_cast<std::size_t>(p + q)] += 1;
            auto const v = knot::jones(torus_link(p, q), {.max_strands_state_space = 9});
            EXPECT_EQ(v * laurent(0, {1, 0, -1}), laurent((p - 1) * (q - 1), numerator));
        }
    }
}

TEST(jones, wider_sums_need_a_larger_budget) {
    auto const b = torus_link(9, 10);
    EXPECT_THROW((void)knot::jones(b), weft::invalid_argument);
    auto const v = knot::jones(b, {.max_strands_state_space = 9});
    EXPECT_EQ(v.twice_min_exponent(), 72);
    EXPECT_THROW((void)knot::jones(b, {.max_strands_state_space = 9, .max_operations = 1000}),
                 weft::invalid_argument);
    EXPECT_THROW((void)knot::jones(b, {.max_strands_state_space = 9, .max_memory = 1000}),
                 weft::invalid_argument);
}

} // namespace
