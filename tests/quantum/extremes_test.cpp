#include <algorithm>
#include <array>
#include <cmath>
#include <complex>
#include <cstddef>
#include <limits>
#include <span>
#include <vector>

#include <gtest/gtest.h>

#include "weft/quantum/channel.hpp"
#include "weft/quantum/fidelity.hpp"
#include "weft/quantum/geodesic.hpp"
#include "weft/quantum/measures.hpp"
#include "weft/quantum/product.hpp"
#include "weft/quantum/spectrum.hpp"
#include "weft/quantum/uhlmann.hpp"

/// States that random ones never are: orthogonal, tiny in places, far around the circle.
namespace {

using namespace weft::quantum;
using number = std::complex<double>;

ket basis_ket(Eigen::Index d, Eigen::Index i) {
    return ket(Eigen::VectorXcd::Unit(d, i));
}

TEST(extremes, products_with_an_orthogonal_factor_are_root_two_apart) {
    double const most = std::sqrt(2.0);
    auto const of = [](auto const& x, auto const& y) {
        return hellinger_distance(any_product({x, x}), any_product({x, y}));
    };
    EXPECT_DOUBLE_EQ(of(any_state(basis_ket(3, 0)), any_state(basis_ket(3, 2))), most);
    EXPECT_DOUBLE_EQ(of(any_state(histogram_of_counts(std::vector{1.0, 0.0})),
                        any_state(histogram_of_counts(std::vector{0.0, 1.0}))),
                     most);
    auto const mixed = [](double first, double last) {
        return density::from_matrix(Eigen::Vector3cd(first, .5, last).asDiagonal().toDenseMatrix());
    };
    EXPECT_LE(of(any_state(mixed(.5, 0)), any_state(mixed(0, .5))), most);
    auto const same = any_product({any_state(basis_ket(3, 0))});
    EXPECT_FALSE(std::signbit(hellinger_distance(same, same)));
    EXPECT_FALSE(std::signbit(infidelity(same, same)));
}

TEST(extremes, entries_whose_squares_overflow_are_no_state) {
    for (double const huge : {1.5e308, 1.7e308, 1e200}) {
        Eigen::MatrixXcd m = Eigen::Vector3cd(.4, .3, .3).asDiagonal();
        m(0, 2) = m(2, 0) = huge;
        EXPECT_THROW((void)density::from_matrix(m), weft::invalid_argument);
    }
}

TEST(extremes, a_state_with_tiny_columns_is_itself) {
    for (double const tiny : {1e-40, 1e-70, 1e-78, 1e-100, 1e-160}) {
        Eigen::MatrixXcd f = Eigen::MatrixXcd::Zero(6, 4);
        f(0, 0) = f(1, 1) = std::sqrt(.5);
        f(2, 2) = f(3, 3) = f(4, 2) = tiny;
        f(4, 3) = number(tiny, tiny / 2);
        f(5, 3) = number(0, tiny);
        auto const a = density::from_factor(f);
        EXPECT_LE(infidelity(a, a), 1e-15) << tiny;
        EXPECT_NEAR(fidelity(a, a), 1.0, 1e-14) << tiny;
        auto const path = geodesic(a, a);
        EXPECT_LE(path.angle(), 1e-7) << tiny;
        EXPECT_NEAR(fidelity(path.at(.5), a), 1.0, 1e-14) << tiny;
    }
}

TEST(extremes, a_denormal_product_has_no_phase) {
    double const least = std::numeric_limits<double>::denorm_min();
    Eigen::VectorXcd b = Eigen::VectorXcd::Unit(2, 1);
    b(0) = {least, least};
    EXPECT_EQ(infidelity(basis_ket(2, 0), ket(b)), 1.0);
}

TEST(extremes, channels_take_tiny_shares) {
    Eigen::VectorXcd plus(2);
    plus << std::sqrt(.5), std::sqrt(.5);
    for (double const p : {1e-300, 1e-308, 1e-310, 1e-320}) {
        auto const up = density::from_factor(basis_ket(2, 0).amplitudes());
        EXPECT_NEAR(fidelity(depolarized(up, p), up), 1.0, 1e-14) << p;
        auto const across = density::from_factor(plus);
        EXPECT_NEAR(fidelity(dephased(across, p), across), 1.0, 1e-14) << p;
    }
}

TEST(extremes, angles_far_around_the_circle_are_those_within) {
    for (double const far : {17.0, 1e3, -1e6, 1e12, 1e17, 1.7e308}) {
        double const near = std::atan2(std::sin(far), std::cos(far));
        for (double const angle : {.3, 2.9}) {
            EXPECT_NEAR(fidelity(qubit{far, .2, .9}, qubit{angle, 1.1, .8}),
                        fidelity(qubit{near, .2, .9}, qubit{angle, 1.1, .8}), 1e-15);
            EXPECT_NEAR(fidelity(qubit{.7, far, .9}, qubit{1.2, angle, .8}),
                        fidelity(qubit{.7, near, .9}, qubit{1.2, angle, .8}), 1e-15);
            EXPECT_NEAR(fidelity(qubit{.7, far, .9}, qubit{1.2, angle, .8}),
                        fidelity(to_spinor(qubit{.7, far, .9}), to_spinor(qubit{1.2, angle, .8})),
                        1e-15);
        }
        EXPECT_EQ(infidelity(qubit{far, far, .9}, qubit{far, far, .9}), 0.0);
    }
}

TEST(extremes, entropies_of_orders_close_to_one_are_close_to_the_entropy) {
    Eigen::MatrixXcd const m = Eigen::Vector3cd(.5, .3, .2).asDiagonal();
    auto const a = density::from_matrix(m);
    double const entropy = von_neumann_entropy(a);
    for (double const off : {1e-10, 1e-12, 1e-14, -1e-12}) {
        EXPECT_NEAR(renyi_entropy(a, 1 + off), entropy, 1e-10);
        EXPECT_NEAR(tsallis_entropy(a, 1 + off), entropy, 1e-10);
    }
    // Both formulas where they meet.
    for (double const order : {.9, 1.1}) {
        EXPECT_NEAR(renyi_entropy(a, std::nextafter(order, 1.0)),
                    renyi_entropy(a, std::nextafter(order, order < 1 ? 0.0 : 2.0)), 1e-14);
    }
    EXPECT_NEAR(renyi_entropy(a, 1.7e308), -std::log(.5), 1e-14);
}

TEST(extremes, what_is_off_by_more_than_rounding_is_scaled) {
    Eigen::VectorXcd v = Eigen::VectorXcd::Constant(1024, 1.0 / 32);
    v *= std::sqrt(1 - 2e-13);
    EXPECT_NEAR(fidelity(ket(v), ket(v)), 1.0, 1e-14);
    Eigen::MatrixXcd f = Eigen::MatrixXcd::Identity(64, 64) / 8.0;
    f *= std::sqrt(1 - 5e-13);
    auto const a = density::from_factor(f);
    EXPECT_NEAR(fidelity(a, a), 1.0, 1e-14);
}

TEST(extremes, a_path_is_unique_where_the_ranks_are_those_of_the_states) {
    auto const reduced = [](Eigen::VectorXcd const& first) {
        Eigen::VectorXcd whole = Eigen::VectorXcd::Zero(4);
        whole(0) = first(0);
        whole(2) = first(1);
        std::array<Eigen::Index, 2> const sizes{2, 2};
        std::array<std::size_t, 1> const keep{0};
        return partial_trace(ket(whole), sizes, keep);
    };
    Eigen::VectorXcd plus(2);
    plus << std::sqrt(.5), std::sqrt(.5);
    auto const up = reduced(Eigen::VectorXcd::Unit(2, 0));
    EXPECT_TRUE(geodesic(up, reduced(plus)).unique());
    EXPECT_FALSE(geodesic(up, reduced(Eigen::VectorXcd::Unit(2, 1))).unique());
}

TEST(extremes, a_factor_wider_than_its_dimension_is_narrowed) {
    Eigen::MatrixXcd f(3, 40);
    for (Eigen::Index j = 0; j < 40; ++j) {
        for (Eigen::Index i = 0; i < 3; ++i) {
            auto const k = static_cast<double>(3 * j + i);
            f(i, j) = {std::sin(k * k), std::cos(1.3 * k)};
        }
    }
    f /= f.norm();
    auto const a = density::from_factor(f);
    EXPECT_EQ(a.rank(), 3);
    EXPECT_LE((a.matrix() - f * f.adjoint()).norm(), 1e-15);
}

TEST(extremes, shares_of_long_double_qubits_are_long) {
    using wide_product = basic_qubit_product<long double>;
    wide_product const a({basic_qubit<long double>{0, 0, 1}});
    EXPECT_EQ(depolarized(a, 1e-18).qubits()[0].bloch_length, 1 - 1e-18L);
}

TEST(extremes, distances_of_orthogonal_states_stay_in_their_range) {
    for (int n = 1; n < 60; ++n) {
        Eigen::VectorXcd x(3), y(3);
        double const c = std::cos(n), s = std::sin(n);
        x << c, s * .6, s * .8;
        y << -s, c * .6, c * .8;
        auto const a = density::from_factor(x), b = density::from_factor(y);
        EXPECT_LE(hilbert_schmidt_distance(a, b), std::sqrt(2.0));
        EXPECT_LE(hellinger_distance(a, b), std::sqrt(2.0));
    }
    Eigen::VectorXcd x(3), y(3);
    x << 1, 2, 3;
    y << 3, 0, -1;
    auto const bound = quantum_chernoff(density::from_factor(normalized(x).amplitudes()),
                                        density::from_factor(normalized(y).amplitudes()));
    EXPECT_EQ(bound.coefficient, 0.0);
    EXPECT_EQ(bound.exponent, std::numeric_limits<double>::infinity());
}

} // namespace
