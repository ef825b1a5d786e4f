#include "weft/fabric/sparse_members.hpp"

#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "fabric/support.hpp"

namespace {

using namespace weft::fabric;

bool close_to(std::optional<double> const& a, std::optional<double> const& b) {
    return a.has_value() == b.has_value() && (!a || std::abs(*a - *b) < 1e-12);
}

TEST(sparse_members, are_those_of_the_matrix) {
    std::mt19937_64 random(4);
    for (int n = 0; n < 9; ++n) {
        Eigen::MatrixXd const c = weft_test::group(random, n, n % 5);
        auto const all = members(c);
        auto const few = members(sparse(c)), many = members(sparse(c), {}, 0);
        ASSERT_EQ(few.members.size(), all.size());
        for (std::size_t i = 0; i < all.size(); ++i) {
            auto const& a = all[i];
            auto const& b = few.members[i];
            EXPECT_NEAR(b.strength, a.strength, 1e-12);
            EXPECT_TRUE(close_to(b.contribution, a.contribution));
            EXPECT_TRUE(close_to(b.density_contribution, a.density_contribution));
            EXPECT_TRUE(close_to(b.connectivity_contribution, a.connectivity_contribution));
            EXPECT_TRUE(close_to(b.cohesion_contribution, a.cohesion_contribution));
            EXPECT_TRUE(close_to(b.prominence, a.prominence));
            EXPECT_EQ(*b.tree_links, a.tree_links);
            // Beyond the budget: what grows with the pairs, and reasons for the rest.
            auto const& large = many.members[i];
            EXPECT_NEAR(large.strength, a.strength, 1e-12);
            EXPECT_TRUE(close_to(large.density_contribution, a.density_contribution));
            EXPECT_FALSE(large.contribution || large.cohesion_contribution || large.prominence ||
                         large.connectivity_contribution || large.tree_links);
        }
        EXPECT_EQ(many.why.size(), n == 0 ? 0U : n < 3 ? 6U : 5U);
        EXPECT_EQ(few.why.size(), n == 1 ? 5U : n == 2 ? 4U : 0U);
    }
}

TEST(sparse_members, of_many_members_are_absent_with_the_reason) {
    std::size_t const n = 50'000;
    std::vector<pair> ring;
    for (std::size_t i = 0; i < n; ++i) ring.push_back({i, (i + 1) % n, 0.5});
    sparse_group const g(n, ring);
    auto const all = members(g);
    EXPECT_EQ(all.members[17].strength, 1.0);
    EXPECT_TRUE(all.members[17].density_contribution.has_value());
    EXPECT_EQ(all.why.at("contribution"),
              "each member would take an elimination of its own: 50000 members are more than the "
              "300 that are allowed");
    std::vector<std::size_t> of(n, 0);
    EXPECT_TRUE(bridges(g, of).bridges->empty());
    for (std::size_t i = n / 2; i < n; ++i) of[i] = 1;
    auto const b = bridges(g, of);
    EXPECT_FALSE(b.bridges);
    EXPECT_FALSE(b.why.empty());
    EXPECT_EQ(b.participation[0], 0.5);
    EXPECT_EQ(b.participation[1], 0.0);
}

TEST(sparse_rates, are_those_of_the_matrix_or_absent_with_the_reason) {
    std::mt19937_64 random(12);
    auto const c = weft_test::group(random, 8, 0);
    auto const dense = rates(c), same = rates(sparse(c));
    EXPECT_EQ(*same.stability, *dense.stability);
    EXPECT_EQ(*same.connectivity, *dense.connectivity);
    auto const absent = rates(sparse(c), {}, 7);
    EXPECT_EQ(absent.density, dense.density);
    EXPECT_FALSE(absent.connectivity || absent.cohesion || absent.stability);
    for (auto const* field : {"connectivity", "cohesion", "stability"}) {
        EXPECT_NE(absent.why.at(field).find("more than the 7"), std::string::npos);
    }
    EXPECT_EQ(rates(sparse_group()).why.size(), 4U);
}

TEST(sparse_bridges, are_those_of_the_matrix) {
    auto const c = weft_test::two_circles_and_a_bridge();
    std::vector<std::size_t> of(13, 0);
    for (std::size_t i = 6; i < 12; ++i) of[i] = 1;
    auto const found = bridges(sparse(c), of);
    ASSERT_EQ(found.bridges->size(), 1U);
    EXPECT_EQ(found.bridges->front().member, 12U);
    EXPECT_EQ(found.participation, participation(c, of));
    EXPECT_FALSE(bridges(sparse(c), of, 12).bridges);
}

TEST(sparse_newcomers, are_those_of_the_matrix) {
    std::mt19937_64 random(6);
    for (int n = 0; n < 8; ++n) {
        Eigen::MatrixXd const c = weft_test::group(random, n, 3);
        Eigen::MatrixXd w(3, n);
        std::vector<std::vector<tie>> ties(3);
        for (int k = 0; k < 3; ++k) {
            for (int i = n; i-- > 0;) {
                w(k, i) = k == 2 ? 0.0 : weft_test::unit(random);
                if (w(k, i) > 0.0) {
                    ties[static_cast<std::size_t>(k)].push_back(
                        {static_cast<std::size_t>(i), w(k, i)});
                }
            }
        }
        auto const dense = newcomers(c, w);
        auto const few = newcomers(sparse(c), ties);
        for (std::size_t k = 0; k < 3; ++k) {
            EXPECT_TRUE(close_to(few[k].stability, dense[k].stability)) << n;
            EXPECT_TRUE(close_to(few[k].change, dense[k].change)) << n;
            EXPECT_TRUE(close_to(few[k].improvement, dense[k].improvement)) << n;
            EXPECT_EQ(few[k].why.size(), n == 0 ? 3U : n == 1 ? 2U : 0U);
        }
    }
    // Where the elimination does not fit, the reason is that of the factor.
    sparse_budget none;
    none.most_entries = 0;
    std::vector<std::vector<tie>> const one{{{0, 0.5}}};
    auto const g = sparse(weft_test::uniform(5, 0.5));
    auto const absent = newcomers(g, one, {}, none).front();
    EXPECT_FALSE(absent.stability || absent.change);
    EXPECT_NE(absent.why.at("stability").find("0 pairs"), std::string::npos)
        << absent.why.at("stability");
    EXPECT_EQ(absent.why.at("change").rfind("the group as it is has no stability: ", 0), 0U);
    EXPECT_TRUE(newcomers(g, one, {1.0, 1.0, 0.0}, none).front().change.has_value());
    // The reason is that of a factor that counts.
    none.most_steps = 1;
    auto const blamed = newcomers(g, one, {1.0, 1.0, 0.0}, none).front();
    ASSERT_FALSE(blamed.stability);
    EXPECT_NE(blamed.why.at("stability").find("steps"), std::string::npos);
}

TEST(sparse_newcomers, faulty_ties_are_named) {
    auto const g = sparse(weft_test::uniform(3, 0.5));
    auto const refused = [&](std::vector<tie> const& t) -> std::string {
        try {
            (void)newcomers(g, std::vector<std::vector<tie>>{{}, t});
        } catch (weft::invalid_argument const& e) {
            return e.argument();
        }
        return "accepted";
    };
    EXPECT_EQ(refused({{0, 0.5}, {2, 1.0}}), "accepted");
    EXPECT_EQ(refused({{0, 0.5}, {3, 1.0}}), "candidates[1][1]");
    EXPECT_EQ(refused({{0, 1.5}}), "candidates[1][0]");
    EXPECT_EQ(refused({{0, std::nan("")}}), "candidates[1][0]");
    EXPECT_EQ(refused({{0, 0.5}, {1, 0.5}, {0, 0.5}}), "candidates[1][2]");
}

} // namespace
