#include "weft/knot/long_words.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <gtest/gtest.h>
#include <random>
#include <utility>
#include <vector>

#include "weft/core/error.hpp"
#include "weft/knot/alexander.hpp"
#include "weft/knot/invariants.hpp"

namespace {

namespace wk = weft::knot;

std::vector<int> torus_word(int strands, int turns) {
    std::vector<int> word;
    for (int k = 0; k < turns; ++k) {
        for (int s = 1; s < strands; ++s) word.push_back(s);
    }
    return word;
}

/// Delta (1 - t^p) (1 - t^q) = (1 - t^pq) (1 - t), up to a power of t: Delta starts with 1, and
/// goes on with one factor after the other divided out.
std::vector<std::int64_t> torus_alexander(std::size_t p, std::size_t q) {
    std::vector<std::int64_t> c((p - 1) * (q - 1) + 1);
    c[0] = 1;
    if (c.size() > 1) c[1] = -1;
    for (auto const step : {p, q}) {
        for (auto e = step; e < c.size(); ++e) c[e] += c[e - step];
    }
    return c;
}

TEST(long_words, agree_with_the_points_and_primes_of_short_ones) {
    std::mt19937_64 generator(5);
    auto const below = [&](std::size_t n) { return static_cast<int>(generator() % n); };
    int compared = 0;
    for (int k = 0; k < 400; ++k) {
        int const strands = 2 + below(5);
        std::vector<int> word;
        for (int l = below(40); l >= 0; --l) {
            int const s = 1 + below(static_cast<std::size_t>(strands) - 1);
            word.push_back(below(2) == 0 ? s : -s);
        }
        for (int s = 1; s < strands; ++s) word.push_back(s);
        wk::detail::piece p{strands, {}, {}};
        for (int const s : word) {
            p.letters.push_back({std::abs(s), std::abs(s) + 1, s > 0 ? 1 : -1});
        }
        wk::braid const b(strands, word);
        auto const truth = wk::alexander(b);
        auto const found = wk::detail::long_alexander_of(p, {});
        ASSERT_EQ(found.value.has_value(), !truth.zero()) << found.reason;
        if (!found.value) continue;
        ++compared;
        auto const& c = found.value->coefficients;
        for (std::size_t e = 0; e < c.size(); ++e) {
            ASSERT_EQ(c[e],
                      truth.coefficient(2 * static_cast<std::int64_t>(e) + found.value->epsilon));
        }
        EXPECT_EQ(std::abs(found.value->alternating), wk::determinant(b));
    }
    EXPECT_GT(compared, 250);
}

TEST(long_words, of_torus_knots_have_their_closed_formula) {
    for (auto const& [p, q] : {std::pair{2, 9001}, {3, 5000}, {4, 2001}}) {
        auto const a = wk::alexander(wk::braid(p, torus_word(p, q)));
        auto const truth =
            torus_alexander(static_cast<std::size_t>(p), static_cast<std::size_t>(q));
        ASSERT_EQ(a.twice_max_exponent(), static_cast<std::int64_t>(truth.size()) - 1);
        for (std::size_t e = 0; e < truth.size(); ++e) {
            ASSERT_EQ(a.coefficient(2 * static_cast<std::int64_t>(e) + 1 -
                                    static_cast<std::int64_t>(truth.size())),
                      truth[e])
                << p << ' ' << q << ' ' << e;
        }
    }
}

TEST(long_words, say_what_was_too_large) {
    std::mt19937_64 generator(6);
    std::vector<int> word;
    for (int k = 0; k < 20'000; ++k) {
        word.push_back((generator() % 2 == 0 ? 1 : -1) * static_cast<int>(1 + generator() % 2));
    }
    EXPECT_THROW((void)wk::alexander(wk::braid(3, word)), weft::overflow_error);
    wk::limits little;
    little.max_operations = 1'000'000;
    EXPECT_THROW((void)wk::alexander(wk::braid(3, torus_word(3, 5000)), little),
                 weft::invalid_argument);
    little = {};
    little.max_memory = 1'000'000;
    EXPECT_THROW((void)wk::alexander(wk::braid(3, torus_word(3, 5000)), little),
                 weft::invalid_argument);
    auto const v = wk::compute_invariants(wk::braid(3, torus_word(3, 46'001)));
    ASSERT_TRUE(v.alexander);
    EXPECT_EQ(v.alexander->twice_max_exponent(), 92'000);
    EXPECT_EQ(v.determinant, 1);
    EXPECT_FALSE(v.conway); // its cost grows with the square of the degree
    EXPECT_TRUE(v.why.contains("conway"));
}

} // namespace
