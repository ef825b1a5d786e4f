#include <array>
#include <cmath>
#include <complex>
#include <cstdio>
#include <map>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "quantum/measured.hpp"
#include "quantum/seeded.hpp"
#include "support/oracle.hpp"

/// Against QuTiP (tests/quantum/qutip_oracle.py).
namespace {

namespace wq = weft::quantum;
using wide_density = wq::basic_density<long double>;

/// A factor of 4 x r whole numbers over 2^k with squares that add up to 4^k: the matrix is exact in
/// doubles, so that both sides are asked about the same state.
Eigen::MatrixXcd exact_factor(std::mt19937_64& random, Eigen::Index r) {
    constexpr int total = 1 << 14;
    for (;;) {
        Eigen::MatrixXcd a(4, r);
        int left = total;
        for (Eigen::Index i = 0; i + 2 < a.size(); ++i) {
            auto const whole = [&] { return static_cast<int>(random() % 41) - 20; };
            int const x = whole(), y = whole();
            a(i) = {static_cast<double>(x), static_cast<double>(y)};
            left -= x * x + y * y;
        }
        if (left < 0) continue;
        // What is missing is a sum of four squares (Lagrange).
        auto const root = [](int n) { return static_cast<int>(std::sqrt(n)); };
        for (int p = root(left); p >= 0; --p) {
            for (int q = root(left - p * p), past = 0; q >= 0 && past < 8; --q, ++past) {
                for (int s = root(left - p * p - q * q); s >= 0; --s) {
                    int const rest = left - p * p - q * q - s * s;
                    int const t = root(rest);
                    if (t * t != rest) continue;
                    a(a.size() - 2) = {static_cast<double>(p), static_cast<double>(-s)};
                    a(a.size() - 1) = {static_cast<double>(q), static_cast<double>(t)};
                    return a / 128.0;
                }
            }
        }
    }
}

nlohmann::json parts_of(Eigen::MatrixXcd const& m) {
    std::array<nlohmann::json, 2> parts{nlohmann::json::array(), nlohmann::json::array()};
    for (Eigen::Index i = 0; i < m.rows(); ++i) {
        std::array<nlohmann::json, 2> rows{nlohmann::json::array(), nlohmann::json::array()};
        for (Eigen::Index j = 0; j < m.cols(); ++j) {
            rows[0].push_back(m(i, j).real());
            rows[1].push_back(m(i, j).imag());
        }
        parts[0].push_back(rows[0]);
        parts[1].push_back(rows[1]);
    }
    return {parts[0], parts[1]};
}

/// QuTiP either agrees to 1e-13 (relative entropy: 1e-11, as it takes logarithms of eigenvalues
/// that are known to 1e-16), or it is further from the same measure in long double than we are, and
/// we are within 1e-13 of it. (The measures in long double are held to 80 digits of another program
/// in differential_test.cpp.)
TEST(qutip, a_thousand_pairs_agree_or_it_errs) {
    std::mt19937_64 random(44);
    nlohmann::json question;
    std::vector<std::array<Eigen::MatrixXcd, 2>> factors;
    for (Eigen::Index n = 0; n < 1000; ++n) {
        auto const a = exact_factor(random, 1 + n % 4), b = exact_factor(random, 1 + n / 4 % 4);
        ASSERT_EQ((a * a.adjoint()).trace().real(), 1.0);
        factors.push_back({a, b});
        question["pairs"].push_back(
            {{"rho", parts_of(a * a.adjoint())}, {"sigma", parts_of(b * b.adjoint())}});
    }
    auto const answer =
        weft_test::ask_python("qutip", "python3-qutip", "tests/quantum/qutip_oracle.py", question);
    if (!answer) return;
    ASSERT_EQ(answer->size(), factors.size());

    std::map<std::string, double> ours, theirs;
    std::map<std::string, int> differ;
    for (std::size_t n = 0; n < factors.size(); ++n) {
        auto const& [a, b] = factors[n];
        auto const& said = (*answer)[n];
        auto const rho = wq::density::from_matrix(a * a.adjoint());
        weft_test::measure_groups const asked{false, true, false};
        auto const got =
            weft_test::measures_of(rho, wq::density::from_matrix(b * b.adjoint()), asked);
        std::map<std::string, long double> truth;
        for (auto const& [name, exactly] : got) {
            auto const value = static_cast<double>(exactly);
            // An infinite relative entropy is null.
            if (said[name].is_null() || std::isinf(value)) {
                EXPECT_TRUE(said[name].is_null() && std::isinf(value)) << name << " " << n;
                continue;
            }
            double const bound = name == "relative_entropy" ? 1e-11 : 1e-13;
            double const told = said[name].get<double>();
            if (std::abs(told - value) <= bound) continue;
            ++differ[name];
            if (truth.empty()) {
                truth = weft_test::measures_of(
                    wide_density::from_factor(a.cast<std::complex<long double>>()),
                    wide_density::from_factor(b.cast<std::complex<long double>>()), asked);
            }
            auto const right = static_cast<double>(truth[name]);
            double const off = std::abs(value - right);
            EXPECT_LE(off, bound) << name << " " << n;
            EXPECT_GT(std::abs(told - right), off) << name << " " << n;
            ours[name] = std::max(ours[name], off);
            theirs[name] = std::max(theirs[name], std::abs(told - right));
        }
        std::array<Eigen::Index, 2> const sizes{2, 2};
        std::array<std::size_t, 1> const keep{0};
        auto const reduced =
            wq::partial_trace(rho, std::span<Eigen::Index const>(sizes), keep).matrix();
        for (Eigen::Index i = 0; i < 2; ++i) {
            for (Eigen::Index j = 0; j < 2; ++j) {
                auto const x = said["partial_trace"][0][static_cast<std::size_t>(i)]
                                   [static_cast<std::size_t>(j)]
                                       .get<double>();
                auto const y = said["partial_trace"][1][static_cast<std::size_t>(i)]
                                   [static_cast<std::size_t>(j)]
                                       .get<double>();
                EXPECT_LE(std::abs(reduced(i, j) - std::complex<double>(x, y)), 1e-15) << n;
            }
        }
    }
    for (auto const& [name, count] : differ) {
        std::printf("%s: %d of 1000 differ; largest error: QuTiP %.1e, weft %.1e\n", name.c_str(),
                    count, theirs[name], ours[name]);
    }
    // Its matrix square roots lose half the digits of states without full rank.
    EXPECT_GT(differ["fidelity"], 100);
}

} // namespace
