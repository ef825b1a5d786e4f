#include "weft/knot/homfly.hpp"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <gtest/gtest.h>
#include <map>
#include <numeric>
#include <utility>
#include <vector>

#include "knot/support.hpp"
#include "knot/torus_formula.hpp"
#include "weft/knot/alexander.hpp"
#include "weft/knot/big.hpp"
#include "weft/knot/jones.hpp"
#include "weft/knot/signature.hpp"

namespace {

namespace knot = weft::knot;
using knot::homfly;
using knot::laurent;
using weft_test::torus_link;

using polynomial = std::map<std::pair<int, int>, std::int64_t>; // by (v, z)

polynomial plain(knot::homfly_polynomial const& p) {
    polynomial out;
    for (auto const& term : p) out[{term.v, term.z}] = term.coefficient;
    return out;
}

void add(polynomial& to, knot::homfly_polynomial const& p, int v, int z, int sign) {
    for (auto const& term : p) {
        auto& c = to[{term.v + v, term.z + z}];
        c += sign * term.coefficient;
        if (c == 0) to.erase({term.v + v, term.z + z});
    }
}

polynomial product(polynomial const& p, polynomial const& q) {
    polynomial out;
    for (auto const& [a, x] : p) {
        for (auto const& [b, y] : q) out[{a.first + b.first, a.second + b.second}] += x * y;
    }
    std::erase_if(out, [](auto const& entry) { return entry.second == 0; });
    return out;
}

polynomial const loop{{{-1, -1}, 1}, {{1, -1}, -1}};

TEST(homfly, terms_are_sorted_and_not_zero) {
    using terms = knot::homfly_polynomial;
    EXPECT_EQ(homfly(knot::braid()), (terms{{0, 0, 1}}));
    EXPECT_EQ(homfly(knot::braid(2, {1, 1, 1})), (terms{{2, 0, 2}, {2, 2, 1}, {4, 0, -1}}));
    EXPECT_EQ(homfly(knot::braid(2, {-1, -1})), (terms{{-3, -1, 1}, {-1, -1, -1}, {-1, 1, -1}}));
    EXPECT_EQ(plain(homfly(knot::braid(3, {}))), product(loop, loop));
    EXPECT_EQ(plain(homfly(knot::braid(6, {1, 1, 1, 4, 4, 4}))),
              product(product(product(loop, loop), loop),
                      product(plain(homfly(knot::braid(2, {1, 1, 1}))),
                              plain(homfly(knot::braid(2, {1, 1, 1}))))));
}

TEST(homfly, skein_relation_holds) {
    weft_test::dice roll(5);
    for (int round = 0; round < 300; ++round) {
        int const strands = 2 + roll(6);
        auto const b = weft_test::random_word(roll, strands, 1 + roll(24));
        std::vector<int> word(b.word().begin(), b.word().end());
        auto const at = static_cast<std::size_t>(roll(static_cast<int>(word.size())));
        auto up = word;
        up[at] = std::abs(word[at]);
        auto down = word;
        down[at] = -std::abs(word[at]);
        auto none = word;
        none.erase(none.begin() + static_cast<std::ptrdiff_t>(at));
        polynomial difference;
        add(difference, homfly(knot::braid(strands, up)), -1, 0, 1);
        add(difference, homfly(knot::braid(strands, down)), 1, 0, -1);
        add(difference, homfly(knot::braid(strands, none)), 0, 1, -1);
        EXPECT_TRUE(difference.empty()) << weft_test::shown(b);
    }
}

// P at v = t^v, z = t^1/2 - t^-1/2, over (t^1/2 - t^-1/2)^-shift.
laurent specialised(knot::homfly_polynomial const& p, int twice_v, int shift) {
    std::map<std::int64_t, std::int64_t> sum; // by twice the exponent
    for (auto const& term : p) {
        std::vector<std::int64_t> power{1};
        for (int k = 0; k < term.z + shift; ++k) {
            power.push_back(0);
            for (auto e = power.size() - 1; e > 0; --e) power[e] = power[e - 1] - power[e];
            power[0] = -power[0];
        }
        for (std::size_t e = 0; e < power.size(); ++e) {
            sum[std::int64_t{twice_v} * term.v - (term.z + shift) +
                2 * static_cast<std::int64_t>(e)] += term.coefficient * power[e];
        }
    }
    if (sum.empty()) return {};
    auto const low = sum.begin()->first;
    std::vector<std::int64_t> c(static_cast<std::size_t>((sum.rbegin()->first - low) / 2) + 1, 0);
    for (auto const& [e, x] : sum) c[static_cast<std::size_t>((e - low) / 2)] = x;
    return {low, c};
}

TEST(homfly, gives_jones_and_alexander) {
    weft_test::dice roll(6);
    laurent const z(-1, {-1, 1});
    for (int round = 0; round < 600; ++round) {
        int const strands = 1 + roll(8);
        auto const b = round % 2 == 0 ? weft_test::random_word(roll, strands, roll(30))
                                      : weft_test::random_bands(roll, strands, roll(9));
        auto const p = homfly(b);
        int shift = 0;
        auto jones = knot::jones(b);
        auto alexander = knot::alexander(b);
        for (; shift < 8; ++shift) {
            jones = jones * z;
            alexander = alexander * z;
        }
        EXPECT_EQ(specialised(p, 2, shift), jones) << weft_test::shown(b);
        EXPECT_EQ(specialised(p, 0, shift), alexander) << weft_test::shown(b);
    }
}

TEST(homfly, is_unchanged_by_markov_moves_and_reversal) {
    weft_test::dice roll(7);
    for (int round = 0; round < 150; ++round) {
        int const strands = 2 + roll(5);
        auto const b = weft_test::random_word(roll, strands, 4 + roll(20));
        auto const p = homfly(b);
        std::vector<int> word(b.word().begin(), b.word().end());
        auto rotated = word;
        std::rotate(rotated.begin(), rotated.begin() + roll(4), rotated.end());
        EXPECT_EQ(homfly(knot::braid(strands, rotated)), p);
        auto conjugated = word;
        int const g = 1 + roll(strands - 1);
        conjugated.insert(conjugated.begin(), g);
        conjugated.push_back(-g);
        EXPECT_EQ(homfly(knot::braid(strands, conjugated)), p);
        auto stabilised = word;
        stabilised.push_back(roll(2) != 0 ? strands : -strands);
        EXPECT_EQ(homfly(knot::braid(strands + 1, stabilised)), p);
        std::vector<int> const reversed(word.rbegin(), word.rend());
        EXPECT_EQ(homfly(knot::braid(strands, reversed)), p);
        // The same from the other side, and turned over.
        auto turned = word;
        for (auto& letter : turned) letter = letter > 0 ? strands - letter : -strands - letter;
        EXPECT_EQ(homfly(knot::braid(strands, turned)), p);
        // The mirror image: v to -1/v, up to the sign of z's exponent.
        polynomial mirrored;
        for (auto const& term : p) {
            mirrored[{-term.v, term.z}] = term.z % 2 == 0 ? term.coefficient : -term.coefficient;
        }
        EXPECT_EQ(plain(homfly(knot::mirror(b))), mirrored);
    }
}

TEST(homfly, multiplies_over_connected_sums_and_split_unions) {
    weft_test::dice roll(8);
    for (int round = 0; round < 60; ++round) {
        int const n = 2 + roll(3);
        int const m = 2 + roll(3);
        auto const a = weft_test::random_word(roll, n, 2 + roll(12));
        auto const b = weft_test::random_word(roll, m, 2 + roll(12));
        std::vector<int> sum(a.word().begin(), a.word().end());
        auto split = sum;
        for (int const letter : b.word()) {
            sum.push_back(letter > 0 ? letter + n - 1 : letter - n + 1);
            split.push_back(letter > 0 ? letter + n : letter - n);
        }
        auto const both = product(plain(homfly(a)), plain(homfly(b)));
        EXPECT_EQ(plain(homfly(knot::braid(n + m - 1, sum))), both);
        EXPECT_EQ(plain(homfly(knot::braid(n + m, split))), product(both, loop));
    }
}

TEST(homfly, torus_knots_have_the_closed_formula) {
    int tried = 0;
    for (int n = 2; n <= 8; ++n) {
        for (int m = n + 1; m <= 10; ++m) {
            if (std::gcd(n, m) != 1 || (n == 8 && m > 9)) continue;
            auto const p = homfly(torus_link(n, m));
            for (std::int64_t const v : {12'345, 987'654}) {
                std::int64_t const root = v * v + 77;
                EXPECT_EQ(weft_test::homfly_at(p, v, root), weft_test::torus_formula(n, m, v, root))
                    << n << ' ' << m;
            }
            ++tried;
        }
    }
    EXPECT_EQ(tried, 21);
}

// Wide sums whose coefficients outgrow 32 bits on the way: at v = t and v = 1 they are what other
// sums over states and linear algebra say.
TEST(homfly, wide_sums_of_long_words_agree_with_jones_and_conway) {
    weft_test::dice roll(11);
    std::int64_t largest = 0;
    for (int round = 0; round < 24; ++round) {
        int const strands = 6 + round % 2;
        auto const b = weft_test::random_word(roll, strands, 60 + roll(30));
        std::vector<int> word(b.word().begin(), b.word().end());
        if (round % 3 != 0) {
            for (auto& letter : word) letter = std::abs(letter);
        }
        knot::braid const link(strands, word);
        auto const p = homfly(link);
        for (auto const& term : p) largest = std::max(largest, std::abs(term.coefficient));
        std::int64_t const root = 31'337 + round;
        auto const t = root * root % weft_test::prime;
        EXPECT_EQ(weft_test::homfly_at(p, t, root), weft_test::laurent_at(knot::jones(link), root))
            << weft_test::shown(link);
        EXPECT_EQ(weft_test::homfly_at(p, 1, root),
                  weft_test::laurent_at(knot::alexander(link), root))
            << weft_test::shown(link);
    }
    EXPECT_GT(largest, std::int64_t{1} << 31U);
}

TEST(homfly, no_sum_is_wider_than_the_braid) {
    weft_test::dice roll(12);
    knot::detail::sweep_planner planner;
    for (int round = 0; round < 200; ++round) {
        int const strands = 3 + roll(5);
        auto const b = weft_test::random_word(roll, strands, 40 + roll(120));
        for (auto const& piece : knot::detail::simplify_for_states(b, {}).pieces) {
            auto const& plan = planner.best(piece, piece.strands, 0.4);
            EXPECT_GT(plan.width, 0) << weft_test::shown(b);
            EXPECT_LE(plan.width, piece.strands) << weft_test::shown(b);
        }
    }
}

TEST(homfly, torus_links_are_symmetric_and_reach_the_braid_index) {
    for (auto const& [n, m] : {std::pair{3, 10}, {4, 9}, {5, 6}, {5, 11}, {4, 6}, {6, 7}, {3, 9}}) {
        auto const p = homfly(torus_link(n, m));
        EXPECT_EQ(homfly(torus_link(m, n), {.max_strands_state_space = 12}), p) << n << ' ' << m;
        // Positive braids with a full twist: Morton-Franks-Williams is sharp.
        EXPECT_EQ((p.back().v - p.front().v) / 2 + 1, n);
        EXPECT_EQ(p.front().v, (n - 1) * m - n + 1);
    }
}

TEST(homfly, budgets_refuse_with_an_estimate) {
    auto const wide = torus_link(9, 10);
    EXPECT_THROW((void)homfly(wide), weft::invalid_argument);
    try {
        (void)homfly(wide, {.max_strands_state_space = 9, .max_operations = 1'000'000});
        ADD_FAILURE();
    } catch (weft::invalid_argument const& e) {
        EXPECT_EQ(e.argument(), "limits");
        EXPECT_NE(e.value().find("operations"), std::string::npos);
    }
    try {
        (void)homfly(wide, {.max_strands_state_space = 9, .max_memory = 1'000'000});
        ADD_FAILURE();
    } catch (weft::invalid_argument const& e) {
        EXPECT_NE(e.value().find("bytes (362880 states)"), std::string::npos) << e.value();
    }
    std::atomic<bool> const stop = true;
    EXPECT_THROW((void)homfly(torus_link(3, 4), {.cancel = &stop}), weft::invalid_argument);
    EXPECT_THROW((void)knot::jones(torus_link(3, 4), {.cancel = &stop}), weft::invalid_argument);
    EXPECT_THROW((void)knot::alexander(torus_link(3, 4), {.cancel = &stop}),
                 weft::invalid_argument);
    EXPECT_THROW((void)knot::signature(torus_link(3, 4), {.cancel = &stop}),
                 weft::invalid_argument);
    // A thousand strands, and a word beyond what bands may expand to.
    weft_test::dice roll(9);
    EXPECT_THROW((void)homfly(weft_test::random_word(roll, 1000, 40'000)), weft::invalid_argument);
    EXPECT_THROW((void)homfly(weft_test::random_bands(roll, 12, 60), {.max_letters = 100}),
                 weft::invalid_argument);
}

TEST(homfly, long_words_on_few_strands_are_within_reach) {
    // (s1 s2^-1)^k in a 64-bit-breaking length is refused by the type, not by the budget.
    std::vector<int> word;
    for (int k = 0; k < 300; ++k) word.insert(word.end(), {1, -2});
    EXPECT_THROW((void)homfly(knot::braid(3, word)), weft::overflow_error);
    EXPECT_THROW((void)knot::jones(knot::braid(3, word)), weft::overflow_error);
    auto const p = homfly<knot::big_integer>(knot::braid(3, word));
    // The link is its own mirror image, of three components; at v = z = 1 (Conway at 1) signs
    // agree.
    EXPECT_EQ(p.front().v, -p.back().v);
    knot::big_integer total = 0;
    for (auto const& term : p) total += term.coefficient;
    knot::big_integer conway = 0;
    auto const nabla = knot::conway<knot::big_integer>(knot::braid(3, word));
    for (auto const& c : nabla.coefficients()) conway += c;
    EXPECT_EQ(total, conway);
}

TEST(homfly, a_workspace_changes_nothing) {
    weft_test::dice roll(10);
    knot::homfly_workspace memory;
    knot::jones_workspace more;
    for (int round = 0; round < 200; ++round) {
        auto const b = weft_test::random_word(roll, 2 + roll(6), roll(28));
        EXPECT_EQ(homfly(b, {}, memory), homfly(b));
        EXPECT_EQ(knot::jones(b, {}, more), knot::jones(b));
    }
}

TEST(homfly, wider_integers_are_within_the_budget_of_memory) {
    std::vector<int> word;
    for (int k = 0; k < 150; ++k) word.insert(word.end(), {1, -2});
    knot::braid const b(3, word);
    auto const refusal = [&](std::int64_t bytes) -> std::string {
        try {
            (void)knot::homfly(b, {.max_memory = bytes});
        } catch (weft::invalid_argument const& e) {
            return e.value();
        } catch (weft::overflow_error const& e) {
            return e.what();
        }
        return {};
    };
    auto const first = refusal(1);
    auto const at = first.find("up to ");
    ASSERT_NE(at, std::string::npos) << first;
    auto const bytes = static_cast<std::int64_t>(std::strtod(first.c_str() + at + 6, nullptr)) + 1;
    EXPECT_NE(refusal(bytes).find("in 128-bit integers"), std::string::npos) << refusal(bytes);
    EXPECT_NE(refusal(2 * bytes).find("does not fit"), std::string::npos) << refusal(2 * bytes);
}

} // namespace
