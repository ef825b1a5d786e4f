#include "weft/knot/circle_bound.hpp"

#include <cstddef>
#include <cstdint>
#include <gtest/gtest.h>
#include <vector>

#include "knot/support.hpp"
#include "weft/knot/big.hpp"

namespace {

namespace knot = weft::knot;
namespace detail = weft::knot::detail;

// The largest logarithm to base 2 of |det(V - t V^T)| at points of the circle, by plain elimination
// in complex numbers.
double largest_seen(knot::integer_matrix const& v, int points) {
    auto const n = v.size;
    double largest = 0.0;
    for (int k = 0; k <= points; ++k) {
        auto const angle = 3.14159265358979 * k / points;
        double const t_re = std::cos(angle);
        double const t_im = std::sin(angle);
        std::vector<double> re(n * n), im(n * n);
        for (std::size_t x = 0; x < n; ++x) {
            for (std::size_t y = 0; y < n; ++y) {
                re[x * n + y] = v(x, y) - t_re * v(y, x);
                im[x * n + y] = -t_im * v(y, x);
            }
        }
        double bits = 0.0;
        for (std::size_t c = 0; c < n; ++c) {
            auto best = c;
            auto const size = [&](std::size_t x) {
                return re[x * n + c] * re[x * n + c] + im[x * n + c] * im[x * n + c];
            };
            for (auto x = c + 1; x < n; ++x) {
                if (size(x) > size(best)) best = x;
            }
            for (std::size_t y = 0; y < n; ++y) {
                std::swap(re[c * n + y], re[best * n + y]);
                std::swap(im[c * n + y], im[best * n + y]);
            }
            auto const pivot = size(c);
            bits += 0.5 * std::log2(pivot + 1e-300);
            for (auto x = c + 1; x < n; ++x) {
                auto const f_re = (re[x * n + c] * re[c * n + c] + im[x * n + c] * im[c * n + c]) /
                                  (pivot + 1e-300);
                auto const f_im = (im[x * n + c] * re[c * n + c] - re[x * n + c] * im[c * n + c]) /
                                  (pivot + 1e-300);
                for (auto y = c; y < n; ++y) {
                    re[x * n + y] -= f_re * re[c * n + y] - f_im * im[c * n + y];
                    im[x * n + y] -= f_re * im[c * n + y] + f_im * re[c * n + y];
                }
            }
        }
        if (bits > largest) largest = bits;
    }
    return largest;
}

TEST(circle_bound, holds_for_bands_and_is_below_hadamards_for_many) {
    weft_test::dice roll(27);
    for (int const strands : {3, 5, 8, 12, 16}) {
        auto const b = weft_test::random_bands(roll, strands, strands * (strands - 1) / 2);
        for (auto const& p : detail::simplify(detail::compacted(b)).pieces) {
            auto const form = detail::seifert_of(p, 1e9);
            auto const bits = detail::gram_bits(form->matrix);
            EXPECT_GE(bits, largest_seen(form->matrix, 16) - 1e-6) << strands;
            if (form->matrix.size > 50) {
                EXPECT_LT(bits, 0.7 * detail::alexander_bits(form->matrix)) << strands;
            }
        }
    }
}

TEST(circle_bound, holds_on_every_arc_for_words_and_narrows) {
    weft_test::dice roll(28);
    for (int round = 0; round < 6; ++round) {
        int const strands = 4 + roll(16);
        auto const b = weft_test::random_word(roll, strands, 6 * strands + roll(60));
        for (auto const& p : detail::simplify(detail::compacted(b)).pieces) {
            auto const v = detail::collins_matrix(p);
            auto const seen = largest_seen(v, 12);
            auto const generators = detail::collins_generators(p);
            double last = 1e300;
            for (bool const across : {false, true}) {
                auto const form = detail::banded_of(p, generators, across);
                EXPECT_NEAR(detail::alexander_bits(form), detail::alexander_bits(v), 1e-6);
                for (int const arcs : {1, 8, 64}) {
                    auto const bits = detail::circle_bits(form, arcs);
                    EXPECT_GE(bits, seen - 1e-6);
                    last = bits;
                }
            }
            if (v.size > 30) {
                EXPECT_LT(last, detail::alexander_bits(v));
            }
        }
    }
}

// T(2, n): all coefficients are 1, and the determinant is n.
TEST(circle_bound, of_a_torus_link_is_near_its_determinant) {
    detail::piece p{2, std::vector<knot::band>(200, knot::band{1, 2, 1})};
    auto const form = detail::banded_of(p, detail::collins_generators(p), false);
    auto const bits = detail::circle_bits(form, 256);
    EXPECT_GE(bits, std::log2(200.0));
    EXPECT_LT(bits, 40.0);
    EXPECT_GT(detail::alexander_bits(form), 199.0);
}

TEST(circle_bound, sums_of_logarithms_are_never_too_small) {
    detail::log_sum small, large;
    for (int k = 0; k < 5000; ++k) {
        small.add(0.5);
        large.add(1024.0);
    }
    EXPECT_GE(small.upper(), -5000.0);
    EXPECT_NEAR(small.upper(), -5000.0, 1e-4);
    EXPECT_GE(large.upper(), 50'000.0);
    EXPECT_NEAR(large.upper(), 50'000.0, 1e-3);
}

} // namespace
