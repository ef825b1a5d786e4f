#include <cmath>
#include <complex>
#include <cstdio>
#include <random>

#include <Eigen/Eigenvalues>
#include <gtest/gtest.h>

#include "quantum/seeded.hpp"
#include "weft/quantum/uhlmann.hpp"

/// Against the definition as it stands, in long double: matrix square roots by
/// eigenvalues.
namespace {

template <class Real>
using textbook_matrix = Eigen::Matrix<std::complex<Real>, Eigen::Dynamic, Eigen::Dynamic>;

template <class Real>
Real textbook_fidelity(textbook_matrix<Real> const& rho, textbook_matrix<Real> const& sigma) {
    auto const root = [](Real x) { return x > 0 ? std::sqrt(x) : Real{0}; };
    Eigen::SelfAdjointEigenSolver<textbook_matrix<Real>> const first(rho);
    auto values = first.eigenvalues();
    for (auto& x : values) x = root(x);
    textbook_matrix<Real> const half =
        first.eigenvectors() * values.asDiagonal() * first.eigenvectors().adjoint();
    textbook_matrix<Real> const inner = half * sigma * half;
    Eigen::SelfAdjointEigenSolver<textbook_matrix<Real>> const second(inner,
                                                                      Eigen::EigenvaluesOnly);
    Real sum = 0;
    for (auto const x : second.eigenvalues()) sum += root(x);
    return sum * sum;
}

template <class Real>
textbook_matrix<Real> multiplied_out(weft::quantum::density const& a) {
    textbook_matrix<Real> const factor = a.factor().cast<std::complex<Real>>();
    return factor * factor.adjoint();
}

TEST(differential, a_thousand_pairs_of_full_rank_agree_with_long_double) {
    std::mt19937_64 random(11);
    double worst = 0.0;
    for (int n = 0; n < 1000; ++n) {
        auto const d = 2 + n % 3;
        // A wider factor keeps the eigenvalues away from 0, where the textbook
        // loses digits.
        auto const a = weft_test::seeded_density(random, d, d + 2);
        auto const b = weft_test::seeded_density(random, d, d + 2);
        auto const expected = textbook_fidelity<long double>(multiplied_out<long double>(a),
                                                             multiplied_out<long double>(b));
        double const off = std::abs(static_cast<double>(
            static_cast<long double>(weft::quantum::fidelity(a, b)) - expected));
        ASSERT_LE(off, 1e-14) << n;
        auto const complement =
            static_cast<double>(1.0L - expected) - weft::quantum::infidelity(a, b);
        ASSERT_LE(std::abs(complement), 1e-14) << n;
        worst = std::max(worst, off);
    }
    std::printf("largest difference from the textbook in long double: %.1e\n", worst);
}

/// Of pure states the truth is known otherwise: |<a|b>|^2 in long double.
TEST(differential, where_the_textbook_differs_the_closed_form_is_on_our_side) {
    std::mt19937_64 random(12);
    double textbook = 0.0, ours = 0.0;
    for (int n = 0; n < 1000; ++n) {
        auto const d = 2 + n % 3;
        auto const a = weft_test::seeded_density(random, d, 1);
        auto const b = weft_test::seeded_density(random, d, 1);
        using wide = std::complex<long double>;
        wide product = 0.0L;
        long double norm_a = 0.0L, norm_b = 0.0L;
        for (Eigen::Index i = 0; i < d; ++i) {
            wide const x = a.factor()(i, 0), y = b.factor()(i, 0);
            product += std::conj(x) * y;
            norm_a += std::norm(x);
            norm_b += std::norm(y);
        }
        auto const truth = static_cast<double>(std::norm(product) / (norm_a * norm_b));
        auto const rho = weft::quantum::density::from_matrix(a.matrix());
        auto const sigma = weft::quantum::density::from_matrix(b.matrix());
        ours = std::max(ours, std::abs(weft::quantum::fidelity(rho, sigma) - truth));
        textbook =
            std::max(textbook, std::abs(textbook_fidelity<double>(a.matrix(), b.matrix()) - truth));
    }
    std::printf("largest errors for pure states: textbook %.1e, weft %.1e\n", textbook, ours);
    EXPECT_LE(ours, 1e-14);
    EXPECT_GT(textbook, 1e-11);
}

} // namespace
