#include <algorithm>
#include <cmath>
#include <complex>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <random>
#include <string>

#include <Eigen/Eigenvalues>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "quantum/measured.hpp"
#include "quantum/seeded.hpp"

/// Against the definitions as they stand, in long double with roots and logarithms of matrices by
/// eigenvalues, and against the same with 80 digits by another program.
namespace {

template <class Real>
using textbook_matrix = Eigen::Matrix<std::complex<Real>, Eigen::Dynamic, Eigen::Dynamic>;

template <class Real>
Real textbook_root(Real x) {
    return x > 0 ? std::sqrt(x) : Real{0};
}

/// A Hermitian matrix by its eigenvalues.
template <class Real>
struct textbook_spectrum {
    explicit textbook_spectrum(textbook_matrix<Real> const& m)
        : solver(m) {}
    textbook_matrix<Real> root() const {
        auto values = solver.eigenvalues();
        for (auto& x : values) x = textbook_root(x);
        return solver.eigenvectors() * values.asDiagonal() * solver.eigenvectors().adjoint();
    }
    Eigen::SelfAdjointEigenSolver<textbook_matrix<Real>> solver;
};

template <class Real>
Real textbook_fidelity(textbook_matrix<Real> const& half, textbook_matrix<Real> const& sigma) {
    textbook_matrix<Real> const inner = half * sigma * half;
    textbook_spectrum<Real> const values(inner);
    Real sum = 0;
    for (auto const x : values.solver.eigenvalues()) sum += textbook_root(x);
    return sum * sum;
}

std::map<std::string, long double> textbook_measures(textbook_matrix<long double> const& rho,
                                                     textbook_matrix<long double> const& sigma) {
    using spectrum = textbook_spectrum<long double>;
    spectrum const a(rho), b(sigma);
    textbook_matrix<long double> const half = a.root(), difference = rho - sigma;
    std::map<std::string, long double> out;
    out["fidelity"] = textbook_fidelity<long double>(half, sigma);
    out["infidelity"] = 1 - out["fidelity"];
    textbook_matrix<long double> const other = b.root();
    out["affinity"] = half.cwiseProduct(other.conjugate()).sum().real();
    out["hellinger_distance"] = textbook_root(2 - 2 * out["affinity"]);
    out["hilbert_schmidt_distance"] = difference.norm();
    out["trace_distance"] = spectrum(difference).solver.eigenvalues().cwiseAbs().sum() / 2;
    out["purity"] = rho.squaredNorm();
    long double entropy = 0, squares = 0, roots = 0, powers = 0;
    for (auto const x : a.solver.eigenvalues()) {
        if (!(x > 1e-17L)) continue;
        entropy -= x * std::log(x);
        roots += std::sqrt(x);
        squares += x * x;
        powers += x * std::sqrt(x);
    }
    out["entropy"] = entropy;
    out["renyi_half"] = 2 * std::log(roots);
    out["renyi_two"] = -std::log(squares);
    out["tsallis"] = (1 - powers) * 2;
    return out;
}

template <class Real>
textbook_matrix<Real> multiplied_out(weft::quantum::density const& a) {
    textbook_matrix<Real> const factor = a.factor().cast<std::complex<Real>>();
    return factor * factor.adjoint();
}

TEST(differential, a_thousand_pairs_agree_with_the_definitions_in_long_double) {
    std::mt19937_64 random(11);
    std::map<std::string, double> worst, of_low_rank;
    for (int n = 0; n < 1000; ++n) {
        Eigen::Index const d = n % 100 == 99 ? 16 : n % 20 == 19 ? 8 : 2 + 2 * (n % 2);
        // A wider factor keeps the eigenvalues away from 0, where the textbook loses digits.
        bool const low = n % 4 == 3;
        auto const rank = [&](Eigen::Index k) { return low ? 1 + (n / 4 + k) % d : d + 2; };
        auto const a = weft_test::seeded_density(random, d, rank(0));
        auto const b = weft_test::seeded_density(random, d, rank(1));
        auto const expected =
            textbook_measures(multiplied_out<long double>(a), multiplied_out<long double>(b));
        auto const got = weft_test::measures_of(a, b, {true, false, false});
        for (auto const& [name, value] : expected) {
            auto const off = static_cast<double>(std::abs(got.at(name) - value));
            // Without full rank, roots of eigenvalues that are 0 but for rounding are 1e-10.
            bool const roots = name.ends_with("fidelity") || name == "affinity" ||
                               name == "hellinger_distance" || name == "renyi_half";
            ASSERT_LE(off, low && roots ? 1e-8 : 1e-14 * static_cast<double>(d))
                << name << " " << n;
            auto& most = (low ? of_low_rank : worst)[name];
            most = std::max(most, off);
        }
    }
    for (auto const& [name, off] : worst) {
        std::printf("%s: largest difference from the textbook in long double: %.1e, without full "
                    "rank %.1e\n",
                    name.c_str(), off, of_low_rank[name]);
    }
}

/// The whole numbers of exact_cases.py.
class exact_numbers {
public:
    explicit exact_numbers(std::uint64_t seed)
        : state_(seed) {}
    int operator()() {
        state_ = state_ * 6364136223846793005U + 1442695040888963407U;
        return static_cast<int>(state_ >> 58U) - 32;
    }

private:
    std::uint64_t state_;
};

textbook_matrix<long double> exact_case_factor(exact_numbers& next, Eigen::Index d, Eigen::Index r,
                                               int scale) {
    textbook_matrix<long double> out(d, r);
    for (Eigen::Index i = 0; i < d; ++i) {
        for (Eigen::Index j = 0; j < r; ++j) {
            auto const re = static_cast<long double>(next()), im = static_cast<long double>(next());
            out(i, j) = {re * scale, im * scale};
        }
    }
    return out;
}

/// Every measure in one real type. Largest error by name.
template <class Real>
void agree_with_exact_cases(nlohmann::json const& cases, double bound) {
    using density = weft::quantum::basic_density<Real>;
    std::map<std::string, double> worst;
    for (std::size_t n = 0; n < cases.size(); ++n) {
        SCOPED_TRACE(n);
        auto const& one = cases[n];
        auto const d = one["dimension"].get<Eigen::Index>();
        auto const step = one["step"].get<int>();
        exact_numbers next(n + 1);
        auto const a =
            exact_case_factor(next, d, one["ranks"][0].get<Eigen::Index>(), std::max(step, 1));
        auto b = exact_case_factor(next, d, one["ranks"][1].get<Eigen::Index>(), 1);
        if (step != 0) b += a;
        auto const state = [](textbook_matrix<long double> const& f) {
            textbook_matrix<long double> const unit = f / f.norm();
            return density::from_factor(unit.template cast<std::complex<Real>>());
        };
        auto const got = weft_test::measures_of(state(a), state(b));
        auto const number = [](nlohmann::json const& text) {
            return std::strtold(text.get<std::string>().c_str(), nullptr);
        };
        for (auto const& [name, text] : one["measures"].items()) {
            ASSERT_TRUE(got.contains(name)) << name;
            auto const expected = number(text);
            auto const off = static_cast<double>(std::abs(got.at(name) - expected));
            EXPECT_LE(off, bound * std::max(1.0, static_cast<double>(expected))) << name;
            worst[name] = std::max(worst[name], off);
            if (name == "infidelity" && step != 0 && bound < 1e-9) {
                EXPECT_NEAR(static_cast<double>(got.at(name) / expected), 1.0, 1e-6);
            }
        }
        // Of nearly the same states less than `outside` is outside the support.
        if (step == 0 && !one["measures"].contains("relative_entropy")) {
            EXPECT_FALSE(weft::quantum::detail::finite(got.at("relative_entropy")));
        }
        weft::quantum::detail::vector<Real> const column =
            (a.col(0) / a.col(0).norm()).template cast<std::complex<Real>>();
        std::array<Eigen::Index, 2> const parties{2, d / 2};
        std::array<std::size_t, 1> const first{0};
        auto const form = schmidt(weft::quantum::basic_ket<Real>(column),
                                  std::span<Eigen::Index const>(parties), first);
        ASSERT_EQ(form.coefficients.size(), 2);
        for (Eigen::Index k = 0; k < 2; ++k) {
            auto const expected = number(one["schmidt"][static_cast<std::size_t>(k)]);
            EXPECT_LE(std::abs(form.coefficients(k) - expected), bound);
        }
        for (Eigen::Index i = 0; i < d; ++i) {
            std::complex<Real> sum = 0;
            for (Eigen::Index k = 0; k < 2; ++k) {
                sum +=
                    form.coefficients(k) * form.left(i / (d / 2), k) * form.right(i % (d / 2), k);
            }
            EXPECT_LE(static_cast<double>(std::abs(sum - column(i))), bound);
        }
    }
    for (auto const& [name, off] : worst) {
        std::printf("%s with eps %.0e: largest error %.1e\n", name.c_str(),
                    static_cast<double>(std::numeric_limits<Real>::epsilon()), off);
    }
}

TEST(differential, every_measure_in_every_real_type_agrees_with_eighty_digits) {
    std::ifstream file(WEFT_PROJECT_DIR "/tests/quantum/exact_cases.json");
    auto const cases = nlohmann::json::parse(file);
    ASSERT_EQ(cases.size(), 16U);
    agree_with_exact_cases<float>(cases, 2e-6);
    agree_with_exact_cases<double>(cases, 1e-13);
    agree_with_exact_cases<long double>(cases, 1e-16);
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
        textbook = std::max(textbook,
                            std::abs(textbook_fidelity<double>(
                                         textbook_spectrum<double>(a.matrix()).root(), b.matrix()) -
                                     truth));
    }
    std::printf("largest errors for pure states: textbook %.1e, weft %.1e\n", textbook, ours);
    EXPECT_LE(ours, 1e-14);
    EXPECT_GT(textbook, 1e-11);
}

} // namespace
