#include <cmath>
#include <complex>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <limits>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "support/gz.hpp"
#include "weft/quantum/uhlmann.hpp"

/// Against 100 published pairs with results of 30 digits, in every real type; compiled again with
/// -ffast-math and -Ofast.
namespace {

namespace exact = weft::quantum;

template <class Real>
using exact_matrix = exact::detail::matrix<Real>;

/// The largest errors that are allowed, or were found.
struct errors {
    long double fidelity = 0, infidelity = 0, relative = 0, trace = 0, angle = 0, sub = 0,
                super = 0;
};

template <class Real>
exact_matrix<Real> read_matrix(nlohmann::json const& rows) {
    exact_matrix<Real> m(static_cast<Eigen::Index>(rows.size()),
                         static_cast<Eigen::Index>(rows[0].size()));
    for (std::size_t i = 0; i < rows.size(); ++i) {
        for (std::size_t j = 0; j < rows[i].size(); ++j) {
            m(static_cast<Eigen::Index>(i),
              static_cast<Eigen::Index>(j)) = {static_cast<Real>(rows[i][j][0].get<double>()),
                                               static_cast<Real>(rows[i][j][1].get<double>())};
        }
    }
    return m;
}

template <class Real>
void add_errors(exact::basic_density<Real> const& rho, exact::basic_density<Real> const& sigma,
                nlohmann::json const& entry, errors& worst, std::string const& id) {
    auto const got = exact::compare(rho, sigma);
    auto const& expected = entry.at("expected");
    auto const value = [&](char const* name) {
        return std::strtold(expected.at(name).get<std::string>().c_str(), nullptr);
    };
    for (Real const x : {got.fidelity, got.infidelity, *got.trace_distance, got.sub_fidelity,
                         got.super_fidelity, exact::fidelity(rho, sigma)}) {
        EXPECT_TRUE(exact::detail::in_unit(x)) << id;
    }
    EXPECT_TRUE(exact::detail::finite(got.bures_angle)) << id;
    EXPECT_LE(got.sub_fidelity, got.fidelity) << id;
    EXPECT_GE(got.super_fidelity, got.fidelity) << id;
    auto const raise = [](long double& most, long double off) {
        most = std::max(most, std::abs(off));
    };
    raise(worst.fidelity, got.fidelity - value("fidelity"));
    raise(worst.fidelity, exact::fidelity(rho, sigma) - value("fidelity"));
    raise(worst.infidelity, got.infidelity - value("infidelity"));
    raise(worst.trace, *got.trace_distance - value("trace_distance"));
    raise(worst.angle, got.bures_angle - value("bures_angle"));
    raise(worst.sub, got.sub_fidelity - value("sub_fidelity"));
    raise(worst.super, got.super_fidelity - value("super_fidelity"));
    if (entry.at("kind") == "near_identical") {
        raise(worst.relative, got.infidelity / value("infidelity") - 1);
    }
}

void expect_within(errors const& got, errors const& allowed, char const* what) {
    std::printf("%s: largest errors: F %.1Le, 1-F %.1Le (relative where nearly identical %.1Le), "
                "trace distance %.1Le, angle %.1Le, sub %.1Le, super %.1Le\n",
                what, got.fidelity, got.infidelity, got.relative, got.trace, got.angle, got.sub,
                got.super);
    EXPECT_LE(got.fidelity, allowed.fidelity) << what;
    EXPECT_LE(got.infidelity, allowed.infidelity) << what;
    EXPECT_LE(got.relative, allowed.relative) << what;
    EXPECT_LE(got.trace, allowed.trace) << what;
    EXPECT_LE(got.angle, allowed.angle) << what;
    EXPECT_LE(got.sub, allowed.sub) << what;
    EXPECT_LE(got.super, allowed.super) << what;
}

template <class Real>
void published_pairs(nlohmann::json const& cases, errors const& from_matrices,
                     errors const& from_factors, char const* name) {
    errors dense, factored;
    for (auto const& entry : cases) {
        auto const id = entry.at("id").dump() + " " + entry.at("kind").get<std::string>();
        auto const matrix = [&](char const* which) {
            return exact::basic_density<Real>::from_matrix(read_matrix<Real>(entry.at(which)));
        };
        auto const factor = [&](char const* which) {
            return exact::basic_density<Real>::from_factor(read_matrix<Real>(entry.at(which)));
        };
        auto const rho = matrix("rho"), sigma = matrix("sigma");
        if (std::numeric_limits<Real>::digits == 53) {
            // Where a factor is wider than the dimension, the table gives its width as the rank.
            auto const rank = [&](char const* which) {
                return std::min(entry.at(which).get<int>(), entry.at("dim").get<int>());
            };
            EXPECT_EQ(rho.rank(), rank("rank_rho")) << id;
            EXPECT_EQ(sigma.rank(), rank("rank_sigma")) << id;
        }
        add_errors(rho, sigma, entry, dense, id + " dense");
        add_errors(factor("rho_factor"), factor("sigma_factor"), entry, factored, id + " factored");
    }
    expect_within(dense, from_matrices, (std::string(name) + " from matrices").c_str());
    expect_within(factored, from_factors, (std::string(name) + " from factors").c_str());
}

TEST(accuracy, of_published_pairs_in_every_real_type) {
    std::string const path = WEFT_DATA_DIR "/quantum/fidelity_cases.json.gz";
    if (!std::filesystem::exists(path)) {
        ASSERT_EQ(std::getenv("CI"), nullptr) << path << " is missing";
        std::puts("fidelity_cases.json.gz is not there: this test did not run");
        return;
    }
    auto const data = nlohmann::json::parse(weft_test::read_gz(path));
    auto const& cases = data.at("cases");
    ASSERT_EQ(cases.size(), 100U);
    errors const usual{1e-14L, 1e-14L, 1e-6L, 1e-14L, 1e-13L, 1e-13L, 1e-13L};
    published_pairs<double>(cases, usual, usual, "double");
    // Matrices of floats are known to 6e-8 only, of which nearly identical ones say little.
    errors const of_floats{1e-5L, 1e-5L, 1e-1L, 1e-5L, 1e-5L, 1e-5L, 1e-5L};
    errors const of_float_factors{2e-7L, 2e-7L, 1e-5L, 2e-7L, 5e-7L, 2e-7L, 2e-7L};
    published_pairs<float>(cases, of_floats, of_float_factors, "float");
    errors const of_long{5e-18L, 5e-18L, 1e-11L, 5e-18L, 1e-17L, 1e-17L, 1e-17L};
    published_pairs<long double>(cases, of_long, of_long, "long double");
}

/// Numbers that a comparison cannot tell from others under -ffast-math.
template <class Real>
void refuses_what_is_no_number() {
    using limits = std::numeric_limits<Real>;
    exact_matrix<Real> const good =
        exact_matrix<Real>::Identity(2, 2) * std::complex<Real>(Real(.5));
    for (Real const bad : {limits::quiet_NaN(), limits::infinity(), -limits::infinity()}) {
        for (bool const imaginary : {false, true}) {
            auto m = good;
            m(0, 1) = imaginary ? std::complex<Real>(0, bad) : std::complex<Real>(bad, 0);
            EXPECT_THROW((void)exact::basic_density<Real>::from_matrix(m), weft::invalid_argument);
            EXPECT_THROW((void)exact::basic_density<Real>::from_factor(m), weft::invalid_argument);
            EXPECT_THROW(exact::basic_ket<Real>(exact::detail::vector<Real>(m.row(0).transpose())),
                         weft::invalid_argument);
            EXPECT_THROW((void)exact::normalized(m.row(0).transpose()), weft::invalid_argument);
        }
        EXPECT_THROW(exact::basic_histogram<Real>({bad, Real(.5)}), weft::invalid_argument);
        EXPECT_THROW((void)exact::histogram_of_counts(std::vector<Real>{bad, Real(1)}),
                     weft::invalid_argument);
        EXPECT_THROW(exact::basic_qubit_product<Real>({{bad, 0, 1}}), weft::invalid_argument);
        EXPECT_THROW(exact::basic_qubit_product<Real>({{0, bad, 1}}), weft::invalid_argument);
        EXPECT_THROW(exact::basic_qubit_product<Real>({{0, 0, bad}}), weft::invalid_argument);
    }
}

TEST(accuracy, what_is_no_number_is_refused_whatever_the_compiler_assumes) {
    refuses_what_is_no_number<float>();
    refuses_what_is_no_number<double>();
    refuses_what_is_no_number<long double>();
}

TEST(accuracy, equal_states_are_equal_and_nearly_equal_ones_keep_their_digits) {
    for (double const x : {1e-3, 1e-6, 1e-9}) {
        exact::ket const a(Eigen::Vector2cd(1.0, 0.0));
        auto const b = exact::normalized(
            Eigen::Vector2cd(std::complex<double>(0.0, std::cos(x)), std::sin(x)));
        double const expected = std::sin(x) * std::sin(x);
        EXPECT_NEAR(exact::infidelity(a, b) / expected, 1.0, 1e-6);
        EXPECT_NEAR(exact::infidelity(exact::to_density(a), exact::to_density(b)) / expected, 1.0,
                    1e-6);
        EXPECT_NEAR(
            exact::infidelity(exact::qubit{1.0, 0.5, 1.0}, exact::qubit{1.0 + 2 * x, 0.5, 1.0}) /
                expected,
            1.0, 1e-6);
    }
    exact::qubit_product const c(std::vector<exact::qubit>(1000, {0.5, 0.0, 0.7}));
    EXPECT_NEAR(exact::fidelity(c, c), 1.0, 1e-12);
    EXPECT_LE(exact::infidelity(c, c), 1e-15);
}

} // namespace
