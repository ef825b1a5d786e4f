#include "weft/quantum/state.hpp"

#include <cmath>
#include <complex>
#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "quantum/support.hpp"
#include "support/numbers.hpp"
#include "weft/quantum/fidelity.hpp"

namespace {

using namespace weft::quantum;
using complex = std::complex<double>;

using weft_test::inf;
using weft_test::nan;

/// The message that the call fails with, or "accepted".
template <class Call>
std::string refusal(Call&& call) {
    try {
        call();
    } catch (weft::invalid_argument const& e) {
        return e.what();
    }
    return "accepted";
}

bool contains(std::string const& text, std::string const& part) {
    return text.find(part) != std::string::npos;
}

Eigen::MatrixXcd diagonal(std::initializer_list<double> values) {
    auto const d = static_cast<Eigen::Index>(values.size());
    Eigen::MatrixXcd m = Eigen::MatrixXcd::Zero(d, d);
    Eigen::Index i = 0;
    for (double const x : values) {
        m(i, i) = x;
        ++i;
    }
    return m;
}

TEST(ket, norm_is_checked_and_then_made_exact) {
    ket const a(Eigen::Vector2cd(complex(0.6), complex(0.0, 0.8)));
    EXPECT_EQ(a.dimension(), 2);
    ket const b(Eigen::Vector2cd(0.7071067812, 0.7071067812));
    EXPECT_NEAR(b.amplitudes().squaredNorm(), 1.0, 1e-15);
    EXPECT_TRUE(contains(refusal([] { ket(Eigen::Vector2cd(1.0, 1.0), {}, "a"); }),
                         "a: got a squared norm of 2"));
    EXPECT_TRUE(
        contains(refusal([] { ket(Eigen::Vector2cd(1.0, complex(0.0, nan)), {}, "a"); }), "a[1]"));
    EXPECT_TRUE(contains(refusal([] { ket(Eigen::Vector2cd(inf, 0.0)); }), "ket[0]"));
    EXPECT_TRUE(contains(refusal([] { ket(Eigen::Vector2cd(0.0, 0.0)); }), "squared norm of 0"));
    EXPECT_TRUE(
        contains(refusal([] { ket(Eigen::Vector2cd(1e300, 0.0)); }), "squared norm of inf"));
    EXPECT_TRUE(contains(refusal([] { ket(Eigen::VectorXcd(0)); }), "no amplitudes"));
    EXPECT_EQ(ket(Eigen::VectorXcd::Ones(1)).dimension(), 1);
    tolerances loose;
    loose.unit = 1.5;
    EXPECT_NEAR(ket(Eigen::Vector2cd(1.0, 1.0), loose).amplitudes().norm(), 1.0, 1e-15);
}

TEST(ket, normalized_takes_any_length) {
    for (double const scale : {1e300, 1.0, 1e-300, 5e-324}) {
        auto const a = normalized(Eigen::Vector2cd(scale, complex(0.0, scale)));
        EXPECT_NEAR(a.amplitudes().squaredNorm(), 1.0, 1e-15) << scale;
        EXPECT_NEAR(a.amplitudes()(0).real(), std::sqrt(0.5), 1e-15) << scale;
    }
    EXPECT_THROW((void)normalized(Eigen::Vector2cd(0.0, 0.0)), weft::invalid_argument);
    EXPECT_THROW((void)normalized(Eigen::Vector2cd(nan, 0.0)), weft::invalid_argument);
    EXPECT_THROW((void)normalized(Eigen::VectorXcd(0)), weft::invalid_argument);
}

RC_GTEST_PROP(density, matrix_to_factor_and_back, ()) {
    auto const d = weft_test::whole(1, 6), r = weft_test::whole(1, 6);
    auto const a = weft_test::density(d, r);
    Eigen::MatrixXcd const m = a.matrix();
    auto const b = density::from_matrix(m);
    RC_ASSERT(b.rank() <= d);
    RC_ASSERT((b.matrix() - m).norm() < 1e-14);
}

TEST(density, each_property_has_its_own_error) {
    auto const make = [](Eigen::MatrixXcd const& m) {
        return refusal([&] { (void)density::from_matrix(m, {}, "rho"); });
    };
    EXPECT_EQ(make(diagonal({0.5, 0.5})), "accepted");
    EXPECT_EQ(make(diagonal({1.0})), "accepted");
    EXPECT_EQ(make(diagonal({1.0, 5e-324})), "accepted");
    EXPECT_TRUE(contains(make(Eigen::MatrixXcd::Zero(2, 3)), "rho: got 2 x 3 entries"));
    EXPECT_TRUE(contains(make(Eigen::MatrixXcd(0, 0)), "at least one entry"));
    EXPECT_TRUE(contains(make(diagonal({0.5, 0.6})), "a trace of 1.1"));
    EXPECT_TRUE(contains(make(diagonal({0.0, 0.0})), "a trace of 0"));
    EXPECT_TRUE(contains(make(diagonal({1e300, 1e300})), "a trace of 2e"));
    EXPECT_TRUE(contains(make(diagonal({1e308, 1e308})), "a trace of inf"));
    auto m = diagonal({0.5, 0.5});
    m(0, 1) = complex(0.1, 0.2);
    m(1, 0) = complex(0.1, 0.2);
    EXPECT_TRUE(contains(make(m), "Hermitian; off by 0.4"));
    EXPECT_TRUE(contains(make(m), "rho[1][0]"));
    m = diagonal({0.5, 0.5});
    m(1, 1) = complex(0.5, 0.1);
    EXPECT_TRUE(contains(make(m), "rho[1][1]"));
    m = diagonal({0.5, 0.5});
    m(1, 0) = nan;
    EXPECT_TRUE(contains(make(m), "rho[1][0]"));
    m(1, 0) = complex(0.0, inf);
    EXPECT_TRUE(contains(make(m), "rho[1][0]"));
    EXPECT_TRUE(contains(make(diagonal({1.2, -0.2})), "a pivot of -0.2 at index 1"));
    // No negative diagonal, yet indefinite: eigenvalues 1.1 and -0.1.
    m = diagonal({0.5, 0.5});
    m(0, 1) = m(1, 0) = 0.6;
    EXPECT_TRUE(contains(make(m), "a pivot of -0.2"));
    // Zeros on the diagonal beside something off it.
    m = diagonal({1.0, 0.0, 0.0});
    m(1, 2) = m(2, 1) = 0.25;
    EXPECT_TRUE(contains(make(m), "an eigenvalue of about -0.25"));
}

TEST(density, tolerances_can_be_set) {
    auto m = diagonal({0.7, 0.3001, -0.0001});
    EXPECT_THROW((void)density::from_matrix(m), weft::invalid_argument);
    tolerances t;
    t.positive = 1e-3;
    auto const a = density::from_matrix(m, t);
    EXPECT_EQ(a.rank(), 2);
    EXPECT_NEAR(a.factor().squaredNorm(), 1.0, 1e-15);
    // Noise of 1e-10 is no rank where one says so.
    m = diagonal({0.7, 0.3, 1e-10});
    EXPECT_EQ(density::from_matrix(m).rank(), 3);
    t.pivot = 1e-9;
    EXPECT_EQ(density::from_matrix(m, t).rank(), 2);
}

TEST(density, factors_are_checked) {
    EXPECT_THROW((void)density::from_factor(Eigen::MatrixXcd(0, 0)), weft::invalid_argument);
    EXPECT_THROW((void)density::from_factor(Eigen::MatrixXcd(2, 0)), weft::invalid_argument);
    EXPECT_THROW((void)density::from_factor(Eigen::MatrixXcd::Ones(2, 2)), weft::invalid_argument);
    Eigen::MatrixXcd m = Eigen::MatrixXcd::Zero(2, 2);
    m(0, 1) = 1.0;
    EXPECT_EQ(density::from_factor(m).rank(), 2);
    m(1, 1) = nan;
    EXPECT_TRUE(contains(refusal([&] { (void)density::from_factor(m, {}, "b"); }), "b[1][1]"));
}

TEST(qubit_product, is_checked) {
    EXPECT_THROW(qubit_product(std::vector<qubit>()), weft::invalid_argument);
    EXPECT_TRUE(contains(refusal([] {
                             qubit_product(std::vector<qubit>{{}, {0.0, 0.0, 1.5}}, "a");
                         }),
                         "a[1].bloch_length"));
}

TEST(histogram, is_checked) {
    EXPECT_NEAR(histogram({0.25, 0.75}).roots()[0], 0.5, 1e-15);
    EXPECT_THROW(histogram({0.25, 0.7}), weft::invalid_argument);
    EXPECT_TRUE(contains(refusal([] { histogram({1.5, -0.5}); }), "histogram[1]"));
    EXPECT_THROW(histogram({nan, 1.0}), weft::invalid_argument);
    EXPECT_THROW(histogram({inf, 1.0}), weft::invalid_argument);
    EXPECT_THROW(histogram({}), weft::invalid_argument);
    std::vector<double> const counts{1e308, 1e308, 0.0, 1e308};
    EXPECT_NEAR(histogram_of_counts(counts).roots()[3], std::sqrt(1.0 / 3), 1e-15);
    std::vector<double> const zero{0.0, 0.0}, negative{1.0, -1.0}, tiny{5e-324};
    EXPECT_THROW((void)histogram_of_counts(zero), weft::invalid_argument);
    EXPECT_THROW((void)histogram_of_counts(negative), weft::invalid_argument);
    EXPECT_EQ(histogram_of_counts(tiny).roots()[0], 1.0);
}

/// The same faulty input in every real type: what is refused names the property.
template <class Real>
void faulty_input() {
    using matrix = weft::quantum::detail::matrix<Real>;
    using vector = weft::quantum::detail::vector<Real>;
    using state = basic_density<Real>;
    using number = std::complex<Real>;
    Real const huge = std::numeric_limits<Real>::max() / 4;
    Real const tiny = std::numeric_limits<Real>::denorm_min();
    auto const rho = [](matrix const& m) {
        return refusal([&] { (void)state::from_matrix(m, {}, "rho"); });
    };
    auto const factor = [](matrix const& m) {
        return refusal([&] { (void)state::from_factor(m, {}, "f"); });
    };
    auto const vec = [](vector const& v) {
        return refusal([&] { (void)basic_ket<Real>(v, {}, "k"); });
    };
    auto const diagonal_of = [](Real x, Real y) {
        matrix m = matrix::Zero(2, 2);
        m(0, 0) = x;
        m(1, 1) = y;
        return m;
    };
    EXPECT_TRUE(contains(rho(matrix::Zero(2, 3)), "a square matrix"));
    EXPECT_TRUE(contains(rho(matrix(0, 0)), "at least one entry"));
    EXPECT_TRUE(contains(factor(matrix(0, 0)), "at least one entry"));
    EXPECT_TRUE(contains(vec(vector(0)), "no amplitudes"));
    auto skew = diagonal_of(Real(.5), Real(.5));
    skew(0, 1) = number(Real(.25));
    EXPECT_TRUE(contains(rho(skew), "Hermitian; off by 0.25"));
    EXPECT_TRUE(contains(rho(diagonal_of(Real(.5), Real(.25))), "a trace of 0.75"));
    EXPECT_TRUE(contains(factor(diagonal_of(Real(.5), Real(.5))), "a trace of 0.5"));
    EXPECT_TRUE(contains(rho(diagonal_of(Real(1.25), Real(-.25))), "a pivot of -0.25 at index 1"));
    EXPECT_NE(rho(diagonal_of(huge, huge)), "accepted");
    EXPECT_NE(factor(diagonal_of(huge, huge)), "accepted");
    EXPECT_NE(vec(vector::Constant(2, huge)), "accepted");
    EXPECT_NE(vec(vector::Constant(2, tiny)), "accepted");
    EXPECT_TRUE(contains(vec(vector::Zero(2)), "a squared norm of 0"));
    EXPECT_EQ(rho(diagonal_of(Real(1), tiny)), "accepted");
    EXPECT_EQ(factor(diagonal_of(Real(1), tiny)), "accepted");
    EXPECT_EQ(rho(matrix::Ones(1, 1)), "accepted");
    EXPECT_EQ(vec(vector::Ones(1)), "accepted");
    for (Real const scale : {huge, tiny}) {
        auto const a = normalized(vector(vector::Constant(2, scale)));
        EXPECT_NEAR(static_cast<double>(a.amplitudes()(0).real()), std::sqrt(.5), 1e-7);
        auto const h = histogram_of_counts(std::vector<Real>{scale, scale, 0});
        EXPECT_NEAR(static_cast<double>(h.roots()[0]), std::sqrt(.5), 1e-7);
    }
    EXPECT_THROW((void)normalized(vector(vector::Zero(2))), weft::invalid_argument);
    EXPECT_THROW((void)normalized<3>(vector(vector::Ones(2))), weft::invalid_argument);
    EXPECT_THROW((void)(basic_density<Real, 3>::from_matrix(matrix::Identity(2, 2) / Real(2))),
                 weft::invalid_argument);
    EXPECT_THROW(basic_histogram<Real>({Real(.5), Real(.25)}), weft::invalid_argument);
    EXPECT_THROW(basic_histogram<Real>({Real(1.5), Real(-.5)}), weft::invalid_argument);
    EXPECT_THROW(basic_histogram<Real>(std::vector<Real>()), weft::invalid_argument);
    EXPECT_THROW(basic_qubit_product<Real>({{0, 0, Real(1.5)}}), weft::invalid_argument);
    EXPECT_THROW(basic_qubit_product<Real>(std::vector<basic_qubit<Real>>()),
                 weft::invalid_argument);
    auto const two = normalized(vector(vector::Ones(2))),
               three = normalized(vector(vector::Ones(3)));
    EXPECT_THROW((void)fidelity(two, three), weft::invalid_argument);
    EXPECT_THROW((void)fidelity(two, state::from_factor(matrix(three.amplitudes()))),
                 weft::invalid_argument);
    EXPECT_THROW((void)fidelity(basic_histogram<Real>({1}), basic_histogram<Real>({1, 0})),
                 weft::invalid_argument);
}

TEST(states, of_every_real_type_refuse_faulty_input) {
    faulty_input<float>();
    faulty_input<double>();
    faulty_input<long double>();
}

} // namespace
