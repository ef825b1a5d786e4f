#include "weft/fabric/fabric.hpp"

#include <limits>
#include <string>

#include <gtest/gtest.h>

#include "fabric/support.hpp"

namespace {

using namespace weft::fabric;

std::string refused_at(Eigen::MatrixXd const& c) {
    try {
        require_compatibility("c", c);
    } catch (weft::invalid_argument const& e) {
        return e.argument();
    }
    return "accepted";
}

TEST(compatibility_matrix, the_first_faulty_entry_is_named) {
    Eigen::MatrixXd const good = weft_test::uniform(4, 0.5);
    EXPECT_EQ(refused_at(good), "accepted");
    EXPECT_EQ(refused_at(Eigen::MatrixXd(0, 0)), "accepted");
    EXPECT_EQ(refused_at(Eigen::MatrixXd::Zero(3, 4)), "c");
    double const inf = std::numeric_limits<double>::infinity();
    for (double const bad : {-1e-300, 1.0 + 1e-15, inf, -inf, std::nan(""), 1e300}) {
        Eigen::MatrixXd c = good;
        c(1, 3) = bad;
        EXPECT_EQ(refused_at(c), "c[1][3]") << bad;
        c = good;
        c(3, 1) = bad;
        EXPECT_EQ(refused_at(c), "c[3][1]") << bad;
        c = good;
        c(2, 2) = bad;
        EXPECT_EQ(refused_at(c), "accepted") << bad;
    }
    Eigen::MatrixXd c = good;
    c(3, 1) = 0.50001;
    EXPECT_EQ(refused_at(c), "c[3][1]");
}

TEST(compatibility_matrix, rounding_is_not_asymmetry) {
    Eigen::MatrixXd c = weft_test::uniform(3, 0.5);
    c(0, 1) += 1e-13;
    EXPECT_EQ(refused_at(c), "accepted");
    Eigen::MatrixXd const l = laplacian(c);
    EXPECT_EQ(l(0, 1), l(1, 0));
}

TEST(laplacian, rows_sum_to_zero_and_the_diagonal_is_ignored) {
    Eigen::MatrixXd c = weft_test::uniform(5, 0.25);
    c.diagonal().setConstant(std::nan(""));
    Eigen::MatrixXd const l = laplacian(c);
    EXPECT_EQ(l(2, 2), 1.0);
    EXPECT_EQ(l(2, 3), -0.25);
    EXPECT_EQ(l.rowwise().sum().cwiseAbs().maxCoeff(), 0.0);
}

} // namespace
