#include "weft/quantum/pairs.hpp"

#include <cmath>
#include <limits>
#include <vector>

#include <gtest/gtest.h>
#include <random>
#include <rapidcheck/gtest.h>

#include "quantum/support.hpp"

namespace {

using namespace weft::quantum;

TEST(pairs, overlap_keeps_its_order_of_summation) {
    // 1e16 + 1 is lost in doubles: which terms meet is visible in the result.
    std::vector<double> const ones(9, 1.0);
    std::vector<double> const a{1e16, 1.0, -1e16, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0};
    double const s0 = (1e16 + 1.0) + 1.0, s1 = 2.0, s2 = -1e16 + 1.0, s3 = 2.0;
    EXPECT_EQ(overlap(a.data(), ones.data(), 9), (s0 + s1) + (s2 + s3));
}

TEST(pairs, every_length_counts_each_term_once) {
    for (std::size_t n = 0; n <= 13; ++n) {
        std::vector<double> a(n), b(n, 1.0);
        double sum = 0.0, squares = 0.0;
        for (std::size_t i = 0; i < n; ++i) {
            a[i] = static_cast<double>(i * i + 1);
            sum += a[i];
            squares += (a[i] - 1.0) * (a[i] - 1.0);
        }
        EXPECT_EQ(overlap(a.data(), b.data(), n), sum);
        EXPECT_EQ(squared_distance(a.data(), b.data(), n), squares);
    }
}

RC_GTEST_PROP(pairs, symmetric_bit_for_bit, ()) {
    auto const n = static_cast<std::size_t>(weft_test::whole(0, 30));
    std::vector<double> a, b;
    for (std::size_t i = 0; i < n; ++i) {
        a.push_back(weft_test::real(-1, 1));
        b.push_back(weft_test::real(-1, 1));
    }
    RC_ASSERT(overlap(a.data(), b.data(), n) == overlap(b.data(), a.data(), n));
    RC_ASSERT(squared_distance(a.data(), b.data(), n) == squared_distance(b.data(), a.data(), n));
}

TEST(pairs, overlaps_of_several_rows_have_the_bits_of_each) {
    std::mt19937_64 generator(3);
    std::array<std::array<double, 171>, 5> x{};
    for (auto& row : x) {
        for (auto& value : row) value = static_cast<double>(generator() >> 11U) * 0x1.0p-53;
    }
    for (std::size_t const n : {0U, 3U, 8U, 168U, 171U}) {
        auto const many = weft::quantum::detail::overlaps<weft::detail::lanes<4>, 4>(
            x[4].data(), {x[0].data(), x[1].data(), x[2].data(), x[3].data()}, n);
        auto const few = weft::quantum::detail::overlaps<weft::detail::lanes<2>, 2>(
            x[4].data(), {x[0].data(), x[1].data()}, n);
        for (std::size_t r = 0; r < 4; ++r) {
            EXPECT_EQ(many[r], overlap(x[4].data(), x[r].data(), n));
            EXPECT_EQ(r < 2 ? few[r] : many[r], many[r]);
        }
    }
}

TEST(pairs, histogram_fidelity_never_exceeds_one) {
    std::vector<double> const p(10, std::sqrt(0.1));
    EXPECT_LE(histogram_fidelity(p.data(), p.data(), p.size()), 1.0);
    EXPECT_NEAR(histogram_fidelity(p.data(), p.data(), p.size()), 1.0, 1e-15);
    EXPECT_EQ(histogram_fidelity(p.data(), p.data(), 0), 0.0);
}

} // namespace
