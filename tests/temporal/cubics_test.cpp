#include "weft/temporal/cubics.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "weft/temporal/curve.hpp"

namespace {

namespace indexed {

using weft::temporal::curve;
using weft::temporal::detail::cell_index;

/// Places with even, random, exponential or crowded gaps, at any scale.
std::vector<double> rising(std::mt19937_64& random, std::size_t n, int kind) {
    std::uniform_real_distribution<> share;
    auto const size = std::exp(60.0 * (share(random) - .5));
    auto x = 100.0 * size * (share(random) - .5);
    std::vector<double> out;
    while (out.size() < n) {
        out.push_back(x);
        double gap = 1.0;
        if (kind == 1) gap = .05 + share(random);
        if (kind == 2) gap = std::exp(30.0 * (share(random) - .5));
        if (kind == 3) gap = random() % 10 != 0 ? 1e-9 : 1.0;
        x = std::max(x + size * gap, std::nextafter(x, HUGE_VAL));
    }
    return out;
}

bool same_bits(double a, double b) {
    return std::memcmp(&a, &b, sizeof a) == 0;
}

} // namespace indexed

TEST(cubics, the_index_finds_what_halving_finds) {
    using namespace indexed;
    std::mt19937_64 random(41);
    std::size_t crowded = 0;
    std::size_t asked = 0;
    for (int round = 0; round < 800; ++round) {
        auto const n = 7 + random() % (round % 100 == 0 ? 3000U : 60U);
        auto const b = rising(random, n, round % 4);
        cell_index index;
        index.make(b.data(), n - 1);
        ASSERT_TRUE(index.whole(b.back()));
        crowded += index.crowded();
        for (std::size_t i = 0; i < n; ++i) {
            for (auto const x :
                 {b[i], std::nextafter(b[i], -HUGE_VAL), std::nextafter(b[i], HUGE_VAL),
                  b[i] + .37 * (b[std::min(i + 1, n - 1)] - b[i])}) {
                if (!index.holds(x)) {
                    EXPECT_TRUE(x < b.front() || x >= b.back());
                    continue;
                }
                auto const piece = index.find(b.data(), x);
                ASSERT_TRUE(b[piece] <= x && x < b[piece + 1]) << n << " places, x = " << x;
                ++asked;
            }
        }
    }
    EXPECT_GT(crowded, 200u);
    EXPECT_GT(asked, 50'000u);
}

TEST(cubics, one_at_a_time_in_batches_and_by_any_lanes_give_the_same_bits) {
    using namespace indexed;
    using two = weft::detail::lanes<2>;
    namespace detail = weft::temporal::detail;
    std::mt19937_64 random(42);
    std::uniform_real_distribution<> share;
    for (int round = 0; round < 400; ++round) {
        auto const n = 8 + random() % 150;
        std::vector<double> x{0.0};
        while (x.size() < n) x.push_back(x.back() + (round % 2 == 0 ? .1 : 1e-3) + share(random));
        std::vector<double> y(n);
        for (auto& v : y)
            v = round % 3 == 0 ? static_cast<double>(random() % 3) / 2 : share(random);
        curve const c(x, y, {.unit = true});
        // The curve may have been made by wider registers.
        std::vector<double> inverse(n);
        std::vector<double> secants(n);
        std::vector<double> slopes(n);
        std::vector<double> pieces(4 * (n - 1));
        ASSERT_TRUE(detail::secants_of<two>(x.data(), y.data(), n, inverse.data(), secants.data()));
        detail::mean_slopes<two>(x.data(), secants.data(), n, slopes.data());
        slopes.front() = c.coefficients(0)[1];
        slopes.back() = c.derivative(x.back());
        detail::pieces_of<two>(y.data(), inverse.data(), secants.data(), slopes.data(), n,
                               pieces.data());
        for (std::size_t i = 0; i + 2 < n; ++i) {
            for (std::size_t k = 0; k < 4; ++k) {
                ASSERT_TRUE(same_bits(pieces[4 * i + k], c.coefficients(i)[k])) << i << ' ' << k;
            }
        }
        std::vector<double> at(x.begin(), x.end());
        for (int k = 0; k < 200; ++k) at.push_back(x.back() * share(random));
        std::shuffle(at.begin(), at.end(), random);
        if (round % 5 == 0) std::sort(at.begin(), at.end());
        std::vector<double> out(at.size());
        std::vector<double> narrow(at.size());
        c.evaluate(at, out);
        cell_index index;
        index.make(x.data(), n - 1);
        for (std::size_t k = 0; k < at.size(); k += 100) {
            auto const count = std::min<std::size_t>(100, at.size() - k);
            if (count < 4) break;
            detail::values_of<two, true>({x.data(), y.data(), c.coefficients(0).data(), n - 1},
                                         index, at.data() + k, count, narrow.data() + k);
            for (auto j = k; j < k + count; ++j) ASSERT_TRUE(same_bits(narrow[j], out[j]));
        }
        for (std::size_t k = 0; k < at.size(); ++k) {
            ASSERT_TRUE(same_bits(c(at[k]), out[k])) << at[k];
            ASSERT_TRUE(same_bits(c.at(at[k]).value, out[k])) << at[k];
            ASSERT_TRUE(out[k] >= 0.0 && out[k] <= 1.0);
        }
    }
}

TEST(cubics, faulty_numbers_are_not_taken_by_the_quick_way) {
    using namespace indexed;
    std::vector<double> x;
    std::vector<double> y;
    for (int i = 0; i < 20; ++i) {
        x.push_back(i);
        y.push_back(i % 3);
    }
    auto const fault = [](std::vector<double> const& a, std::vector<double> const& b) {
        try {
            curve const c(a, b);
        } catch (weft::invalid_argument const& e) {
            return e.argument();
        }
        return std::string("(accepted)");
    };
    EXPECT_EQ(fault(x, y), "(accepted)");
    for (std::size_t i = 0; i < 20; ++i) {
        auto const name = "[" + std::to_string(i) + "]";
        for (double const bad : {std::nan(""), HUGE_VAL, -HUGE_VAL}) {
            auto faulty = x;
            faulty[i] = bad;
            EXPECT_EQ(fault(faulty, y), "x" + name);
            faulty = y;
            faulty[i] = bad;
            EXPECT_EQ(fault(x, faulty), "y" + name);
        }
        if (i > 0) {
            auto faulty = x;
            faulty[i] = x[i - 1];
            EXPECT_EQ(fault(faulty, y), "x" + name);
        }
    }
    // Beyond the quick way's range, and still right.
    for (double const size : {1e-200, 1e-95, 1e95}) {
        auto scaled = y;
        for (auto& v : scaled) v *= size;
        curve const c(x, scaled);
        curve const plain(x, y);
        for (double at = .25; at < 19.0; at += .5) {
            EXPECT_NEAR(c(at) / size, plain(at), 1e-14);
        }
    }
    EXPECT_EQ(fault({-1e308, 1e308}, {0, 1}), "x[1]");
}

TEST(cubics, a_curve_that_grows_keeps_its_index) {
    using namespace indexed;
    std::mt19937_64 random(43);
    std::uniform_real_distribution<> share;
    // A secant beyond the quick way's range decides how the whole of a curve is made.
    for (std::size_t const tiny : {std::size_t{1}, std::size_t{12}, std::size_t{30}}) {
        std::vector<double> x;
        std::vector<double> y;
        for (std::size_t i = 0; i < 40; ++i) {
            x.push_back(static_cast<double>(i) + .3 * share(random));
            y.push_back(i < tiny ? 0.0 : (i == tiny ? 1e-120 : share(random)));
        }
        auto const first = [](std::vector<double> const& v, std::size_t n) {
            return std::vector<double>(v.begin(), v.begin() + static_cast<std::ptrdiff_t>(n));
        };
        curve grown(first(x, 9), first(y, 9));
        for (std::size_t n = 10; n <= x.size(); ++n) {
            grown.append(x[n - 1], y[n - 1]);
            curve const anew(first(x, n), first(y, n));
            for (std::size_t i = 0; i + 1 < n; ++i) {
                for (std::size_t k = 0; k < 4; ++k) {
                    ASSERT_TRUE(same_bits(grown.coefficients(i)[k], anew.coefficients(i)[k]));
                }
            }
        }
    }
    for (auto const method :
         {weft::temporal::interpolation::pchip, weft::temporal::interpolation::nearest,
          weft::temporal::interpolation::makima}) {
        std::vector<double> x{0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
        std::vector<double> y{1, 0, 1, 1, 0, 2, 3, 1, 0, 1};
        curve grown(x, y, {.method = method});
        while (x.size() < 200) {
            x.push_back(x.back() + .01 + share(random));
            y.push_back(share(random));
            grown.append(x.back(), y.back());
            if (x.size() % 7 != 0) continue;
            curve const anew(x, y, {.method = method});
            for (int k = 0; k < 40; ++k) {
                auto const at = x.back() * share(random);
                ASSERT_TRUE(same_bits(grown(at), anew(at))) << x.size() << ' ' << at;
            }
            ASSERT_TRUE(same_bits(grown(x.back()), anew(x.back())));
        }
    }
}

} // namespace
