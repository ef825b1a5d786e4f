#include "weft/fabric/clusters.hpp"

#include <gtest/gtest.h>

#include "fabric/support.hpp"

namespace {

using namespace weft::fabric;
using groups = std::vector<std::vector<std::size_t>>;

TEST(clusters, are_the_connected_components_in_order) {
    Eigen::MatrixXd c = Eigen::MatrixXd::Zero(6, 6);
    c(0, 4) = c(4, 0) = 0.2;
    c(4, 2) = c(2, 4) = 5e-324;
    c(1, 5) = c(5, 1) = 1.0;
    EXPECT_EQ(clusters(c), (groups{{0, 2, 4}, {1, 5}, {3}}));
    EXPECT_EQ(clusters(c, 0.1), (groups{{0, 4}, {1, 5}, {2}, {3}}));
    EXPECT_EQ(clusters(c, 0.2), (groups{{0}, {1, 5}, {2}, {3}, {4}}));
    EXPECT_EQ(clusters(c, 1.0).size(), 6U);
}

TEST(clusters, edges) {
    EXPECT_TRUE(clusters(Eigen::MatrixXd(0, 0)).empty());
    EXPECT_EQ(clusters(Eigen::MatrixXd::Ones(1, 1)), (groups{{0}}));
    EXPECT_EQ(clusters(weft_test::uniform(2000, 1.0)).size(), 1U);
    EXPECT_EQ(clusters(weft_test::uniform(2000, 0.0)).size(), 2000U);
    EXPECT_THROW((void)clusters(weft_test::uniform(2, 0.5), 1.5), weft::invalid_argument);
    EXPECT_THROW((void)clusters(weft_test::uniform(2, 0.5), std::nan("")), weft::invalid_argument);
    EXPECT_THROW((void)clusters(Eigen::MatrixXd::Zero(1, 2)), weft::invalid_argument);
}

} // namespace
