#include "weft/quantum/exponential.hpp"

#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <gtest/gtest.h>
#include <random>

namespace {

template <class Lanes>
std::array<double, 4> exponentials_by(std::array<double, 4> x) {
    weft::quantum::detail::exponentials<Lanes>(x);
    return x;
}

TEST(exponential, is_within_an_epsilon_of_the_long_double_one) {
    std::mt19937_64 generator(1);
    auto const uniform = [&] { return static_cast<double>(generator() >> 11U) * 0x1.0p-53; };
    for (int k = 0; k < 100'000; ++k) {
        std::array<double, 4> const x{-708.39 * uniform(), -2.0 * uniform(), -uniform() * 0x1p-30,
                                      uniform()};
        auto const y = exponentials_by<weft::detail::target_lanes>(x);
        for (std::size_t i = 0; i < 4; ++i) {
            auto const truth = std::exp(static_cast<long double>(x[i]));
            auto const error = std::abs(static_cast<long double>(y[i]) - truth);
            ASSERT_LE(error, truth * 0x1p-52L) << x[i];
        }
    }
    EXPECT_EQ(exponentials_by<weft::detail::target_lanes>({0.0, -0.0, 0.0, 0.0}),
              (std::array{1.0, 1.0, 1.0, 1.0}));
    auto const ends =
        exponentials_by<weft::detail::target_lanes>({std::log(0x1p-1022), -709.0, -1e300, 1.0});
    EXPECT_NEAR(ends[0] / 0x1p-1022, 1.0, 1e-12);
    EXPECT_EQ(ends[1], ends[0]);
    EXPECT_EQ(ends[2], ends[0]);
    EXPECT_DOUBLE_EQ(ends[3], std::exp(1.0));
}

TEST(exponential, has_the_same_bits_in_any_register) {
    std::mt19937_64 generator(2);
    for (int k = 0; k < 10'000; ++k) {
        std::array<double, 4> x{};
        for (auto& value : x) value = -700.0 * static_cast<double>(generator() >> 11U) * 0x1.0p-53;
        EXPECT_EQ((std::bit_cast<std::array<std::uint64_t, 4>>(
                      exponentials_by<weft::detail::lanes<2>>(x))),
                  (std::bit_cast<std::array<std::uint64_t, 4>>(
                      exponentials_by<weft::detail::lanes<4>>(x))));
    }
}

} // namespace
