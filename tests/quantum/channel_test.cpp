#include "weft/quantum/channel.hpp"

#include <cmath>
#include <random>
#include <vector>

#include <Eigen/QR>
#include <gtest/gtest.h>

#include "quantum/seeded.hpp"
#include "weft/quantum/uhlmann.hpp"

namespace {

using namespace weft::quantum;

/// The blocks of an isometry.
channel random_channel(std::mt19937_64& random, Eigen::Index from, Eigen::Index to,
                       Eigen::Index count) {
    Eigen::HouseholderQR<Eigen::MatrixXcd> const qr(
        weft_test::seeded_matrix(random, to * count, from));
    Eigen::MatrixXcd const isometry =
        qr.householderQ() * Eigen::MatrixXcd::Identity(to * count, from);
    std::vector<Eigen::MatrixXcd> kraus;
    for (Eigen::Index k = 0; k < count; ++k) kraus.emplace_back(isometry.middleRows(k * to, to));
    return channel(kraus);
}

TEST(channel, what_it_does_to_factors_is_what_it_does_to_matrices) {
    std::mt19937_64 random(1);
    for (int n = 0; n < 30; ++n) {
        auto const d = 2 + n % 3;
        auto const a = weft_test::seeded_density(random, d, 1 + n % 4);
        auto const c = random_channel(random, d, 2 + n / 3 % 3, 2 + n % 2);
        Eigen::MatrixXcd expected =
            Eigen::MatrixXcd::Zero(c.kraus()[0].rows(), c.kraus()[0].rows());
        for (auto const& k : c.kraus()) expected += k * a.matrix() * k.adjoint();
        auto const got = c(a);
        EXPECT_LT((got.matrix() - expected).norm(), 1e-14);
        EXPECT_LE(got.rank(), got.dimension());

        double const p = weft_test::seeded(random);
        Eigen::MatrixXcd const even = Eigen::MatrixXcd::Identity(d, d) / static_cast<double>(d);
        EXPECT_LT((depolarized(a, p).matrix() - ((1 - p) * a.matrix() + p * even)).norm(), 1e-14);
        Eigen::MatrixXcd faded = (1.0 - p) * a.matrix();
        faded.diagonal() = a.matrix().diagonal();
        EXPECT_LT((dephased(a, p).matrix() - faded).norm(), 1e-14);
    }
}

TEST(channel, products_of_qubits_stay_products) {
    qubit_product const a({{0.3, 1.0, 0.8}}), b({{2.0, -0.4, 1.0}});
    for (double const p : {0.0, 0.25, 1.0}) {
        for (auto const& q : {a, b}) {
            auto const rho = to_density(q);
            EXPECT_LT((to_density(dephased(q, p)).matrix() - dephased(rho, p).matrix()).norm(),
                      1e-15);
            EXPECT_LT(
                (to_density(damped(q, p)).matrix() - amplitude_damping(p)(rho).matrix()).norm(),
                1e-15);
        }
    }
    EXPECT_THROW((void)dephased(a, 1.5), weft::invalid_argument);
    EXPECT_THROW((void)damped(a, std::nan("")), weft::invalid_argument);
}

TEST(channel, closed_values) {
    auto const excited = density::from_factor(Eigen::MatrixXcd(Eigen::Vector2cd(0.0, 1.0)));
    auto const fallen = amplitude_damping(0.3)(excited).matrix();
    EXPECT_NEAR(fallen(0, 0).real(), 0.3, 1e-15);
    EXPECT_NEAR(fallen(1, 1).real(), 0.7, 1e-15);
    EXPECT_LT(std::abs(fallen(0, 1)), 1e-15);
    EXPECT_NEAR(amplitude_damping(1.0)(excited).matrix()(0, 0).real(), 1.0, 1e-15);
    EXPECT_EQ(depolarized(excited, 0.0).factor(), excited.factor());
    EXPECT_NEAR(depolarized(excited, 1.0).matrix()(0, 0).real(), 0.5, 1e-15);
    qubit_product const qubits({{0.3, 1.0, 0.8}, {1.0, 0.0, 1.0}});
    auto const closed = depolarized(qubits, 0.25);
    EXPECT_NEAR(closed.qubits()[0].bloch_length, 0.6, 1e-15);
    qubit_product const one({{0.3, 1.0, 0.8}});
    EXPECT_LT(
        (to_density(depolarized(one, 0.25)).matrix() - depolarized(to_density(one), 0.25).matrix())
            .norm(),
        1e-15);
}

TEST(channel, bad_input_is_refused) {
    Eigen::MatrixXcd const one = Eigen::MatrixXcd::Identity(2, 2);
    EXPECT_THROW(channel({}), weft::invalid_argument);
    EXPECT_THROW(channel({one, one}), weft::invalid_argument);
    EXPECT_THROW(channel({one, Eigen::MatrixXcd::Zero(3, 2)}), weft::invalid_argument);
    EXPECT_THROW(channel({one * std::nan("")}), weft::invalid_argument);
    std::mt19937_64 random(3);
    auto const three = weft_test::seeded_density(random, 3, 1);
    EXPECT_THROW((void)channel({one})(three), weft::invalid_argument);
    for (double const p : {-0.1, 1.1, std::nan("")}) {
        EXPECT_THROW((void)depolarized(three, p), weft::invalid_argument);
        EXPECT_THROW((void)dephased(three, p), weft::invalid_argument);
        EXPECT_THROW((void)amplitude_damping(p), weft::invalid_argument);
    }
}

} // namespace
