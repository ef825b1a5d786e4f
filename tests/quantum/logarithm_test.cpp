#include "weft/quantum/logarithm.hpp"

#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <gtest/gtest.h>
#include <random>

namespace {

template <class Lanes>
std::array<double, 4> logarithms(std::array<double, 4> const& x) {
    std::array<double, 4> out{};
    for (std::size_t i = 0; i < 4; i += Lanes::count) {
        typename Lanes::real value;
        typename Lanes::real result;
        weft::detail::load(value, x.data() + i);
        weft::quantum::detail::logarithm<Lanes>(value, result);
        std::memcpy(out.data() + i, &result, sizeof result);
    }
    return out;
}

TEST(logarithm, is_within_an_epsilon_of_the_long_double_one) {
    std::mt19937_64 generator(1);
    auto const uniform = [&] { return static_cast<double>((generator() >> 11U) + 1) * 0x1.0p-53; };
    for (int k = 0; k < 100'000; ++k) {
        auto const u = uniform();
        std::array<double, 4> const x{u, std::ldexp(u, -static_cast<int>(generator() % 1000)),
                                      1.0 - u * 0x1p-40, 0.5 + u / 2.0};
        auto const y = logarithms<weft::detail::target_lanes>(x);
        for (std::size_t i = 0; i < 4; ++i) {
            auto const truth = std::log(static_cast<long double>(x[i]));
            auto const error = std::abs((static_cast<long double>(y[i]) - truth));
            ASSERT_LE(error, std::abs(truth) * 0x1p-52L) << x[i];
        }
    }
    EXPECT_EQ(logarithms<weft::detail::target_lanes>({1.0, 1.0, 1.0, 1.0}),
              (std::array{0.0, 0.0, 0.0, 0.0}));
    EXPECT_EQ(logarithms<weft::detail::target_lanes>({0.5, 0.25, 0x1p-1022, 1.0}),
              (std::array{std::log(0.5), std::log(0.25), std::log(0x1p-1022), 0.0}));
}

TEST(logarithm, has_the_same_bits_in_any_register) {
    std::mt19937_64 generator(2);
    for (int k = 0; k < 10'000; ++k) {
        std::array<double, 4> x{};
        for (auto& value : x) value = static_cast<double>(generator() >> 11U) * 0x1.0p-53;
        EXPECT_EQ(
            (std::bit_cast<std::array<std::uint64_t, 4>>(logarithms<weft::detail::lanes<2>>(x))),
            (std::bit_cast<std::array<std::uint64_t, 4>>(logarithms<weft::detail::lanes<4>>(x))));
    }
}

} // namespace
