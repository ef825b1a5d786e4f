#include "weft/quantum/superposition.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "quantum/seeded.hpp"

namespace {

using namespace weft::quantum;
using complex = std::complex<double>;

product_terms terms(std::mt19937_64& random, std::size_t parties, Eigen::Index count) {
    std::vector<Eigen::MatrixXcd> out;
    for (std::size_t k = 0; k < parties; ++k) {
        Eigen::MatrixXcd m(2 + static_cast<Eigen::Index>(k) % 2, count);
        for (Eigen::Index i = 0; i < m.size(); ++i)
            m(i) = {weft_test::seeded(random) - .5, weft_test::seeded(random) - .5};
        m.colwise().normalize();
        out.push_back(m);
    }
    return product_terms(out);
}

Eigen::VectorXcd numbers(std::mt19937_64& random, Eigen::Index n) {
    Eigen::VectorXcd c(n);
    for (Eigen::Index i = 0; i < n; ++i)
        c(i) = {weft_test::seeded(random) - .5, weft_test::seeded(random) - .5};
    return c;
}

/// The tensor itself.
template <class Real = double>
detail::vector<Real> written_out(superposition const& s) {
    using wide = std::complex<Real>;
    detail::vector<Real> sum;
    for (Eigen::Index r = 0; r < s.terms().count(); ++r) {
        detail::vector<Real> term = detail::vector<Real>::Ones(1);
        for (auto const& party : s.terms().parties()) {
            detail::vector<Real> next(term.size() * party.rows());
            for (Eigen::Index i = 0; i < next.size(); ++i) {
                next(i) = term(i / party.rows()) * static_cast<wide>(party(i % party.rows(), r));
            }
            term = next;
        }
        if (r == 0) sum = detail::vector<Real>::Zero(term.size());
        for (Eigen::Index i = 0; i < sum.size(); ++i) {
            sum(i) += static_cast<wide>(s.coefficients()(r)) * term(i);
        }
    }
    return sum;
}

TEST(superposition, agrees_with_the_tensor_written_out) {
    std::mt19937_64 random(1);
    for (int n = 0; n < 20; ++n) {
        superposition const a(terms(random, 4, 1 + n % 4), numbers(random, 1 + n % 4));
        superposition const b(terms(random, 4, 3), numbers(random, 3));
        auto const x = written_out(a), y = written_out(b);
        EXPECT_NEAR(x.norm(), 1.0, 1e-14);
        EXPECT_LT(std::abs(scalar_product(a, b) - x.dot(y)), 1e-14);
        EXPECT_NEAR(fidelity(a, b), std::norm(x.dot(y)), 1e-14);
        EXPECT_NEAR(fidelity(a, a), 1.0, 1e-14);
    }
}

/// The truth: the residual of the tensors in long double.
long double true_infidelity(superposition const& a, superposition const& b) {
    auto x = written_out<long double>(a), y = written_out<long double>(b);
    x /= x.norm();
    y /= y.norm();
    return (x - y.dot(x) * y).squaredNorm();
}

TEST(superposition, nearly_equal_ones_keep_their_digits) {
    std::mt19937_64 random(4);
    double worst = 0.0;
    for (double const step : {1e-2, 1e-4, 1e-6, 3e-7, 1e-7, 3e-8}) {
        for (Eigen::Index n = 1; n < 5; ++n) {
            superposition const a(terms(random, 4, n), numbers(random, n));
            // The same with one term twice, in two halves, and all of it a little off.
            std::vector<Eigen::MatrixXcd> parties;
            for (auto const& m : a.terms().parties()) {
                Eigen::MatrixXcd wide(m.rows(), n + 1);
                wide << m, m.col(0);
                wide += step * weft_test::seeded_matrix(random, wide.rows(), wide.cols());
                wide.colwise().normalize();
                parties.push_back(wide);
            }
            Eigen::VectorXcd c(n + 1);
            c << a.coefficients(), a.coefficients()(0) / 2.0;
            c(0) /= 2.0;
            superposition const b(product_terms(parties), c + step * numbers(random, n + 1));
            auto const truth = static_cast<double>(true_infidelity(a, b));
            if (truth < 1e-15) continue;
            double const got = infidelity(a, b);
            EXPECT_EQ(got, infidelity(b, a));
            EXPECT_NEAR(got / truth, 1.0, 1e-15 / std::sqrt(truth) + 1e-15) << truth;
            worst = std::max(worst, std::abs(got / truth - 1.0));
        }
    }
    std::printf("largest relative error of 1 - F of nearly equal superpositions: %.1e\n", worst);
    superposition const same(terms(random, 3, 3), numbers(random, 3));
    EXPECT_LE(infidelity(same, same), 1e-29);

    // 500 parties, each turned by a little: F = cos(x)^1000.
    auto const turned = [](double x) {
        Eigen::MatrixXcd m(2, 1);
        m << std::cos(x), std::sin(x);
        return superposition(product_terms(std::vector<Eigen::MatrixXcd>(500, m)),
                             Eigen::VectorXcd::Ones(1));
    };
    for (double const x : {1e-4, 1e-6, 1e-8}) {
        double const expected = -std::expm1(500.0 * std::log1p(-std::sin(x) * std::sin(x)));
        EXPECT_NEAR(infidelity(turned(0.0), turned(x)) / expected, 1.0, 1e-6) << x;
    }
}

TEST(superposition, coefficients_matter) {
    // (|00> + |11>) and (|00> - |11>) are orthogonal: the same terms, other coefficients.
    Eigen::MatrixXcd const basis = Eigen::MatrixXcd::Identity(2, 2);
    product_terms const pair({basis, basis});
    superposition const plus(pair, Eigen::Vector2cd(1.0, 1.0));
    superposition const minus(pair, Eigen::Vector2cd(1.0, -1.0));
    superposition const tilted(pair, Eigen::Vector2cd(0.8, complex(0.0, 0.6)));
    EXPECT_NEAR(fidelity(plus, minus), 0.0, 1e-15);
    EXPECT_NEAR(fidelity(plus, tilted), 0.5, 1e-15);
    EXPECT_NEAR(fidelity(superposition(pair, Eigen::Vector2cd(1.0, 0.0)), tilted), 0.64, 1e-15);
    // A common factor does not.
    EXPECT_NEAR(fidelity(plus, superposition(
                                   pair, Eigen::Vector2cd(complex(0, -3e300), complex(0, -3e300)))),
                1.0, 1e-15);
}

TEST(superposition, many_parties_need_no_tensor) {
    std::vector<Eigen::MatrixXcd> parties;
    for (int k = 0; k < 500; ++k) {
        Eigen::MatrixXcd m(2, 2);
        m << 1.0, std::cos(0.05), 0.0, std::sin(0.05);
        parties.push_back(m);
    }
    superposition const first(product_terms(parties), Eigen::Vector2cd(1.0, 0.0));
    superposition const second(product_terms(parties), Eigen::Vector2cd(0.0, 1.0));
    EXPECT_NEAR(fidelity(first, second), std::pow(std::cos(0.05), 1000.0), 1e-14);
}

TEST(superposition, best_coefficients_cannot_be_beaten) {
    std::mt19937_64 random(2);
    for (int n = 0; n < 20; ++n) {
        auto const mine = terms(random, 3, 3);
        superposition const target(terms(random, 3, 2), numbers(random, 2));
        auto const best = best_coefficients(mine, target);
        EXPECT_NEAR(best.fidelity, fidelity(best.state, target), 1e-15);
        for (int k = 0; k < 20; ++k) {
            EXPECT_LE(fidelity(superposition(mine, numbers(random, 3)), target),
                      best.fidelity + 1e-13);
        }
        // A target made of the terms is met, also where some of them are the same.
        superposition const within(mine, numbers(random, 3));
        EXPECT_NEAR(best_coefficients(mine, within).fidelity, 1.0, 1e-12);
        std::vector<Eigen::MatrixXcd> doubled;
        for (auto const& m : mine.parties()) {
            Eigen::MatrixXcd wide(m.rows(), 2 * m.cols());
            wide << m, m;
            doubled.push_back(wide);
        }
        EXPECT_NEAR(best_coefficients(product_terms(doubled), within).fidelity, 1.0, 1e-12);
    }
}

TEST(superposition, bad_input_is_refused) {
    Eigen::MatrixXcd const basis = Eigen::MatrixXcd::Identity(2, 2);
    product_terms const pair({basis, basis});
    EXPECT_THROW(product_terms({}), weft::invalid_argument);
    EXPECT_THROW(product_terms({basis, Eigen::MatrixXcd::Identity(3, 3)}), weft::invalid_argument);
    EXPECT_THROW(product_terms({2.0 * basis}), weft::invalid_argument);
    EXPECT_THROW(superposition(pair, Eigen::Vector3cd(1.0, 0.0, 0.0)), weft::invalid_argument);
    EXPECT_THROW(superposition(pair, Eigen::Vector2cd(0.0, 0.0)), weft::invalid_argument);
    EXPECT_THROW(superposition(pair, Eigen::Vector2cd(std::nan(""), 0.0)), weft::invalid_argument);
    Eigen::MatrixXcd same(2, 2);
    same << 1.0, 1.0, 0.0, 0.0;
    EXPECT_THROW(superposition(product_terms({same}), Eigen::Vector2cd(1.0, -1.0)),
                 weft::invalid_argument);
    superposition const plus(pair, Eigen::Vector2cd(1.0, 1.0));
    superposition const one(product_terms({basis}), Eigen::Vector2cd(1.0, 1.0));
    EXPECT_THROW((void)fidelity(plus, one), weft::invalid_argument);
    Eigen::MatrixXcd up(2, 1), down(2, 1);
    up << 1.0, 0.0;
    down << 0.0, 1.0;
    EXPECT_THROW((void)best_coefficients(product_terms({up, down}), plus), weft::invalid_argument);
}

} // namespace
