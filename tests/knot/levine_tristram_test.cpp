#include "weft/knot/levine_tristram.hpp"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <gtest/gtest.h>
#include <vector>

#include "knot/support.hpp"
#include "weft/knot/big.hpp"

namespace {

namespace knot = weft::knot;
using weft_test::torus_link;

// Litherland's count for torus links at exp(2 pi i k / m): the sums i/p + j/q against k/m, all over
// p q m. Where they agree modulo 1, the form has a kernel.
knot::signature_result litherland(int p, int q, int k, int m) {
    knot::signature_result out;
    auto const at = k * p * q;
    auto const one = p * q * m;
    for (int i = 1; i < p; ++i) {
        for (int j = 1; j < q; ++j) {
            auto const sum = m * (i * q + j * p);
            if (sum == at || sum == one + at) {
                ++out.nullity;
            } else {
                out.signature += at < sum && sum < one + at ? -1 : 1;
            }
        }
    }
    return out;
}

TEST(levine_tristram, torus_links_at_roots_of_unity_agree_with_litherland) {
    for (auto const& [p, q] : std::vector<std::pair<int, int>>{
             {2, 3}, {2, 4}, {2, 9}, {3, 3}, {3, 4}, {3, 6}, {4, 4}, {4, 5}, {5, 6}}) {
        auto const b = torus_link(p, q);
        for (int m = 2; m <= 20; ++m) {
            for (int k = 1; k < m; ++k) {
                auto const found =
                    knot::levine_tristram_signature(b, knot::circle_point::root_of_unity(k, m));
                EXPECT_EQ(found, litherland(p, q, k, m))
                    << "T(" << p << "," << q << ") at " << k << "/" << m;
            }
        }
        EXPECT_EQ(knot::levine_tristram_signature(b, knot::circle_point::minus_one()),
                  knot::signature(b));
    }
    // Where the kernel has several dimensions.
    auto const found =
        knot::levine_tristram_signature(torus_link(4, 4), knot::circle_point::root_of_unity(1, 4));
    EXPECT_EQ(found.nullity, 2);
}

TEST(levine_tristram, the_step_function_of_torus_knots_jumps_where_litherland_says) {
    for (auto const& [p, q] : std::vector<std::pair<int, int>>{{2, 3}, {2, 5}, {3, 4}, {3, 5}}) {
        auto const f = knot::levine_tristram<knot::big_integer>(torus_link(p, q));
        ASSERT_EQ(f.values.size(), f.jumps.size() + 1);
        // The jumps are at sums i/p + j/q modulo 1 where the counts around them differ.
        std::vector<int> places;
        for (int t = 1; 2 * t < p * q; ++t) {
            auto const before = litherland(p, q, 2 * t - 1, 2 * p * q).signature;
            auto const after = litherland(p, q, 2 * t + 1, 2 * p * q).signature;
            if (before != after) places.push_back(t);
        }
        ASSERT_EQ(places.size(), f.jumps.size());
        EXPECT_EQ(f.values[0], 0);
        for (std::size_t k = 0; k < places.size(); ++k) {
            auto const x = 2.0 * std::cos(2.0 * M_PI * places[k] / (p * q));
            EXPECT_LE(f.jumps[k].lower, x + 1e-12);
            EXPECT_GE(f.jumps[k].upper, x - 1e-12);
            EXPECT_LE(f.jumps[k].upper - f.jumps[k].lower, 1e-6);
            EXPECT_EQ(f.values[k + 1], litherland(p, q, 2 * places[k] + 1, 2 * p * q).signature);
        }
        EXPECT_EQ(f.values.back(), knot::signature(torus_link(p, q)).signature);
    }
}

std::int64_t value_at(knot::signature_function const& f, double x) {
    std::size_t k = 0;
    while (k < f.jumps.size() && f.jumps[k].upper > x) ++k;
    return f.values[k];
}

TEST(levine_tristram, the_step_function_agrees_with_points_of_its_steps) {
    weft_test::dice roll(77);
    int compared = 0;
    for (int round = 0; round < 60; ++round) {
        auto const b = roll(2) != 0 ? weft_test::random_word(roll, 2 + roll(4), 4 + roll(10))
                                    : weft_test::random_bands(roll, 2 + roll(4), 4 + roll(8));
        SCOPED_TRACE(weft_test::shown(b));
        knot::signature_function f;
        try {
            f = knot::levine_tristram<knot::big_integer>(b);
        } catch (weft::domain_error const&) {
            continue; // Alexander's polynomial is 0
        }
        auto const alexander = knot::alexander<knot::big_integer>(b);
        for (int sample = 0; sample < 4; ++sample) {
            auto const m = 3 + roll(11);
            auto const k = 1 + roll(m - 1);
            auto const found =
                knot::levine_tristram_signature(b, knot::circle_point::root_of_unity(k, m));
            EXPECT_GE(found.nullity, f.nullity);
            if (found.nullity > f.nullity) continue;
            ++compared;
            EXPECT_EQ(found.signature, value_at(f, 2.0 * std::cos(2.0 * M_PI * k / m)));
        }
        auto const p = 1 + roll(9);
        auto const q = 1 + roll(9);
        auto const found = knot::levine_tristram_signature(b, knot::circle_point::rational(p, q));
        if (found.nullity == f.nullity) {
            EXPECT_EQ(found.signature, value_at(f, 2.0 * (q * q - p * p) / (q * q + p * p)));
        }
        auto const classical = knot::signature(b);
        if (classical.nullity == f.nullity) {
            EXPECT_EQ(classical.signature, f.values.back());
        }
        EXPECT_EQ(f.values.size(), f.jumps.size() + 1);
    }
    EXPECT_GT(compared, 100);
}

TEST(levine_tristram, split_parts_add_up_and_mirror_images_negate) {
    // T(2,5) beside a mirrored trefoil, on strands 1, 2 and 4, 5 of five.
    knot::braid const both(5, {1, 1, 1, 1, 1, -4, -4, -4});
    auto const f = knot::levine_tristram<knot::big_integer>(both);
    EXPECT_EQ(f.nullity, 2);
    EXPECT_EQ(f.values.back(), -4 + 2);
    for (int k = 1; k < 30; ++k) {
        auto const omega = knot::circle_point::root_of_unity(k, 30);
        auto const a = knot::levine_tristram_signature(torus_link(2, 5), omega);
        auto const c = knot::levine_tristram_signature(torus_link(2, 3), omega);
        auto const sum = knot::levine_tristram_signature(both, omega);
        EXPECT_EQ(sum.signature, a.signature - c.signature);
        EXPECT_EQ(sum.nullity, a.nullity + c.nullity + 2);
    }
    // A knot plus its mirror image: the Alexander polynomial has double roots, nothing jumps.
    auto const slice = knot::levine_tristram<knot::big_integer>(
        knot::braid(3, {1, 1, 1, 1, 1, -2, -2, -2, -2, -2}));
    EXPECT_TRUE(slice.jumps.empty());
    EXPECT_EQ(slice.values, std::vector<std::int64_t>{0});
    // In 64 bits where that is enough.
    EXPECT_EQ(knot::levine_tristram(torus_link(2, 5)).values,
              (std::vector<std::int64_t>{0, -2, -4}));
}

TEST(levine_tristram, refuses_points_that_are_not_on_the_circle_or_are_one) {
    EXPECT_THROW((void)knot::circle_point::root_of_unity(3, 3), weft::invalid_argument);
    EXPECT_THROW((void)knot::circle_point::root_of_unity(1, 1), weft::invalid_argument);
    EXPECT_THROW((void)knot::circle_point::root_of_unity(1, 2'000'000), weft::invalid_argument);
    EXPECT_THROW((void)knot::circle_point::rational(0, 1), weft::invalid_argument);
    EXPECT_THROW((void)knot::circle_point::rational(1, 1 << 25), weft::invalid_argument);
    // (1,3)(2,4)(1,3)(2,4) is linked, but its surface is not connected.
    auto const linked = knot::braid::from_bands(4, {{1, 3, 1}, {2, 4, 1}, {1, 3, 1}, {2, 4, 1}});
    EXPECT_THROW((void)knot::levine_tristram(linked), weft::domain_error);
    for (int m = 2; m < 8; ++m) {
        auto const omega = knot::circle_point::root_of_unity(1, m);
        EXPECT_EQ(knot::levine_tristram_signature(linked, omega),
                  knot::levine_tristram_signature(knot::expand(linked), omega));
    }
}

} // namespace
