#include "weft/quantum/geodesic.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <complex>
#include <limits>
#include <random>
#include <type_traits>
#include <vector>

#include <gtest/gtest.h>

#include "quantum/seeded.hpp"

namespace {

using namespace weft::quantum;

template <class Path>
void constant_speed(Path const& path, double most) {
    for (auto const& [s, t] : {std::pair{0.0, 0.3}, std::pair{0.25, 0.5}, std::pair{0.1, 0.9},
                               std::pair{0.7, 1.0}, std::pair{0.4, 0.4}}) {
        EXPECT_NEAR(bures_angle(path.at(s), path.at(t)), (t - s) * path.angle(), most);
    }
}

TEST(geodesic, kets_move_at_constant_speed_between_exact_ends) {
    std::mt19937_64 random(1);
    for (int n = 0; n < 40; ++n) {
        auto const d = 1 + n % 5;
        auto const a = weft_test::seeded_ket(random, d), b = weft_test::seeded_ket(random, d);
        auto const path = geodesic(a, b);
        EXPECT_TRUE(path.unique());
        EXPECT_EQ(path.at(0.0).amplitudes(), a.amplitudes());
        EXPECT_EQ(path.at(1.0).amplitudes(), b.amplitudes());
        EXPECT_NEAR(path.angle(), bures_angle(a, b), 1e-15);
        constant_speed(path, 1e-14);
    }
    ket const up(Eigen::VectorXcd::Unit(2, 0)), down(Eigen::VectorXcd::Unit(2, 1));
    auto const apart = geodesic(up, down);
    EXPECT_FALSE(apart.unique());
    EXPECT_NEAR(fidelity(apart.at(0.5), up), 0.5, 1e-15);
    constant_speed(apart, 1e-14);
    EXPECT_EQ(bures_angle(geodesic(up, up).at(0.3), up), 0.0);
}

TEST(geodesic, nearly_identical_kets_keep_their_digits) {
    double const x = 1e-9;
    ket const a(Eigen::VectorXcd::Unit(2, 0));
    ket const b = normalized(Eigen::Vector2cd(std::cos(x), std::sin(x)));
    EXPECT_NEAR(bures_angle(geodesic(a, b).at(0.25), a) / x, 0.25, 1e-7);
}

TEST(geodesic, mixed_states_move_at_constant_speed_between_exact_ends) {
    std::mt19937_64 random(2);
    for (int n = 0; n < 40; ++n) {
        auto const d = 2 + n % 3;
        auto const a = weft_test::seeded_density(random, d, 1 + n % 4),
                   b = weft_test::seeded_density(random, d, 1 + n / 2 % 3);
        auto const path = geodesic(a, b);
        EXPECT_EQ(path.at(0.0).factor(), a.factor());
        EXPECT_EQ(path.at(1.0).factor(), b.factor());
        EXPECT_NEAR(path.angle(), bures_angle(a, b), 1e-14);
        constant_speed(path, 1e-13);
        EXPECT_NEAR(path.at(0.4).matrix().trace().real(), 1.0, 1e-14);
    }
    // A wider factor than the state's rank leaves a choice, which changes nothing in rho.
    auto const a = weft_test::seeded_density(random, 3, 2);
    EXPECT_LT((geodesic(a, a).at(0.5).matrix() - a.matrix()).norm(), 1e-14);
}

TEST(geodesic, orthogonal_supports_take_one_path_and_say_so) {
    Eigen::MatrixXcd a = Eigen::MatrixXcd::Zero(4, 2), b = Eigen::MatrixXcd::Zero(4, 2);
    a(0, 0) = a(1, 1) = b(2, 0) = b(3, 1) = std::sqrt(0.5);
    auto const path = geodesic(density::from_factor(a), density::from_factor(b));
    EXPECT_FALSE(path.unique());
    EXPECT_NEAR(path.angle(), std::acos(0.0), 1e-15);
    constant_speed(path, 1e-13);
}

TEST(geodesic, products_stay_products) {
    qubit_product const a({{0.4, 0.2, 1.0}, {1.0, -1.0, 0.5}, {0.0, 0.0, 0.0}});
    qubit_product const b({{1.4, 0.9, 1.0}, {2.0, 2.0, 0.9}, {0.7, 0.0, 0.8}});
    auto const path = geodesic(a, b);
    EXPECT_TRUE(path.unique());
    EXPECT_EQ(path.at(0.0).qubits()[1].phi, -1.0);
    EXPECT_EQ(path.at(1.0).qubits()[2].theta, 0.7);
    auto const middle = path.at(0.5);
    for (std::size_t i = 0; i < 3; ++i) {
        auto const angle = [](qubit const& x, qubit const& y) { return bures_angle(x, y); };
        double const whole = angle(a.qubits()[i], b.qubits()[i]);
        EXPECT_NEAR(angle(a.qubits()[i], middle.qubits()[i]), whole / 2, 1e-14) << i;
        EXPECT_NEAR(angle(middle.qubits()[i], b.qubits()[i]), whole / 2, 1e-14) << i;
    }
    EXPECT_EQ(middle.qubits()[0].bloch_length, 1.0);
}

TEST(geodesic, a_series_passes_through_its_states) {
    std::mt19937_64 random(3);
    std::vector<ket> const states{weft_test::seeded_ket(random, 3),
                                  weft_test::seeded_ket(random, 3),
                                  weft_test::seeded_ket(random, 3)};
    std::vector<double> const times{1.0, 2.0, 5.0};
    auto const at = [&](double t) { return interpolate<ket>(times, states, t); };
    for (std::size_t i = 0; i < 3; ++i) {
        EXPECT_EQ(at(times[i]).amplitudes(), states[i].amplitudes());
    }
    EXPECT_NEAR(bures_angle(at(3.0), states[1]), bures_angle(states[1], states[2]) / 3.0, 1e-14);
    EXPECT_THROW((void)at(0.9), weft::invalid_argument);
    EXPECT_THROW((void)at(5.1), weft::invalid_argument);
    EXPECT_THROW((void)at(std::nan("")), weft::invalid_argument);
    std::vector<double> const backwards{1.0, 1.0, 2.0};
    EXPECT_THROW((void)interpolate<ket>(backwards, states, 1.0), weft::invalid_argument);
    EXPECT_THROW((void)interpolate<ket>({}, {}, 1.0), weft::invalid_argument);
    std::vector<double> const wide{-1.7e308, 0.0, 1.7e308};
    EXPECT_NEAR(bures_angle(interpolate<ket>(wide, states, -0.85e308), states[0]),
                bures_angle(states[0], states[1]) / 2.0, 1e-14);
}

TEST(geodesic, histograms_stay_histograms) {
    histogram const a({0.5, 0.5, 0.0}), b({0.0, 0.2, 0.8});
    auto const path = geodesic(a, b);
    EXPECT_EQ(path.at(0.0).roots(), a.roots());
    EXPECT_EQ(path.at(1.0).roots(), b.roots());
    EXPECT_NEAR(path.angle(), bures_angle(a, b), 1e-15);
    constant_speed(path, 1e-14);
    histogram const up({1.0, 0.0}), down({0.0, 1.0});
    EXPECT_NEAR(geodesic(up, down).at(0.5).roots()[0], std::sqrt(0.5), 1e-15);
}

TEST(geodesic, a_series_found_once_is_the_same_at_every_time_and_for_every_kind) {
    std::mt19937_64 random(6);
    auto const same = [](auto const& states, auto const& distance) {
        std::vector<double> const times{0.0, 1.5, 2.0};
        using state = std::remove_cvref_t<decltype(states[0])>;
        state_series<state> const series(times, states);
        for (double const at : {0.0, 0.3, 1.5, 1.9, 2.0}) {
            EXPECT_EQ(distance(series.at(at), interpolate<state>(times, states, at)), 0.0);
        }
        using real = typename state::real;
        // How far along the path one is is a double.
        real const most = 20 * std::max(std::numeric_limits<real>::epsilon(), real{0x1p-57});
        auto const near = [&](real x, real y) { EXPECT_LE(std::abs(x - y), most) << x - y; };
        near(bures_angle(series.at(0.5), states[0]), bures_angle(states[0], states[1]) / 3);
        near(bures_angle(decay(states[0], states[2], 2.0, 1.0), states[2]),
             bures_angle(states[0], states[2]) * std::exp(real{-2}));
        EXPECT_THROW((void)series.at(2.1), weft::invalid_argument);
        EXPECT_THROW(state_series<state>({0.0, 1.0}, states), weft::invalid_argument);
    };
    auto const by_matrix = [](auto const& x, auto const& y) {
        return static_cast<double>((x.matrix() - y.matrix()).norm());
    };
    auto const of_reals = [&](auto zero) {
        using real = decltype(zero);
        auto const d = [&] {
            auto const f = weft_test::seeded_matrix(random, 3, 2).cast<std::complex<real>>().eval();
            return basic_density<real>::from_factor(f / f.norm());
        };
        same(std::vector{d(), d(), d()}, by_matrix);
        auto const h = [](real x) { return histogram_of_counts(std::vector<real>{x, 1 - x}); };
        same(std::vector{h(0.5), h(real(0.1)), h(1)},
             [](auto const& x, auto const& y) { return x.roots() == y.roots() ? 0.0 : 1.0; });
        auto const q = [](double theta, double phi, double length) {
            return basic_qubit<real>{static_cast<real>(theta), static_cast<real>(phi),
                                     static_cast<real>(length)};
        };
        basic_qubit<real> const x = q(0.3, 0.1, 1), y = q(1, 0.5, 0.5), z = q(2, 1, 0.9);
        auto const apart = [](auto const& u, auto const& v) {
            return static_cast<double>(infidelity(u, v));
        };
        same(std::vector{x, y, z}, apart);
        // A product's qubits move each by itself: with one of them it is that one's path.
        using product = basic_qubit_product<real>;
        same(std::vector{product({x}), product({y}), product({z})}, apart);
    };
    of_reals(0.0F);
    of_reals(0.0);
    of_reals(0.0L);
    using fixed = basic_ket<float, 2>;
    auto const k = [](float x, float y) { return normalized<2>(Eigen::Vector2cf(x, y)); };
    same(std::vector<fixed>{k(1, 0), k(1, 1), k(1, -2)},
         [](auto const& x, auto const& y) { return x.amplitudes() == y.amplitudes() ? 0.0 : 1.0; });
    auto const v = [&] {
        return normalized(
            weft_test::seeded_matrix(random, 3, 1).col(0).cast<std::complex<long double>>());
    };
    same(std::vector{v(), v(), v()},
         [](auto const& x, auto const& y) { return x.amplitudes() == y.amplitudes() ? 0.0 : 1.0; });
}

TEST(geodesic, decay_halves_the_angle_each_half_life) {
    std::mt19937_64 random(4);
    auto const from = weft_test::seeded_density(random, 3, 2),
               resting = weft_test::seeded_density(random, 3, 3);
    double const whole = bures_angle(from, resting);
    EXPECT_EQ(decay(from, resting, 0.5, 0.0).factor(), from.factor());
    EXPECT_NEAR(bures_angle(decay(from, resting, std::log(2.0), 3.0), resting), whole / 8.0, 1e-13);
    EXPECT_EQ(decay(from, resting, 1.0, 1e300).factor(), resting.factor());
    EXPECT_THROW((void)decay(from, resting, -1.0, 1.0), weft::invalid_argument);
    EXPECT_THROW((void)decay(from, resting, 1.0, std::nan("")), weft::invalid_argument);
}

TEST(geodesic, bad_input_is_refused) {
    std::mt19937_64 random(5);
    EXPECT_THROW((void)geodesic(weft_test::seeded_ket(random, 2), weft_test::seeded_ket(random, 3)),
                 weft::invalid_argument);
    EXPECT_THROW((void)geodesic(weft_test::seeded_density(random, 2, 1),
                                weft_test::seeded_density(random, 3, 1)),
                 weft::invalid_argument);
    auto const path = geodesic(weft_test::seeded_ket(random, 2), weft_test::seeded_ket(random, 2));
    EXPECT_THROW((void)path.at(-0.1), weft::invalid_argument);
    EXPECT_THROW((void)path.at(1.1), weft::invalid_argument);
    EXPECT_THROW((void)path.at(std::nan("")), weft::invalid_argument);
}

} // namespace
