#include "weft/fabric/communities.hpp"

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "fabric/support.hpp"

namespace {

using namespace weft::fabric;
using dice = weft::fabric::detail::splitmix;

double chance(dice& random) {
    return static_cast<double>(random() >> 11U) * 0x1p-53;
}

/// Hubert and Arabie's adjusted Rand index.
double adjusted_rand(std::vector<std::size_t> const& a, std::vector<std::size_t> const& b) {
    auto const n = a.size();
    double both = 0.0, in_a = 0.0, in_b = 0.0;
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = 0; j < i; ++j) {
            bool const x = a[i] == a[j], y = b[i] == b[j];
            both += x && y ? 1.0 : 0.0;
            in_a += x ? 1.0 : 0.0;
            in_b += y ? 1.0 : 0.0;
        }
    }
    double const expected = in_a * in_b / (0.5 * static_cast<double>(n * (n - 1)));
    return (both - expected) / (0.5 * (in_a + in_b) - expected);
}

/// `groups` of `size`; compatibilities near `inside` within and `outside` between them.
Eigen::MatrixXd planted(int groups, int size, double inside, double outside, double noise,
                        std::uint64_t seed) {
    dice random(seed);
    int const n = groups * size;
    Eigen::MatrixXd c = Eigen::MatrixXd::Zero(n, n);
    for (int i = 0; i < n; ++i) {
        for (int j = 0; j < i; ++j) {
            double const mean = i / size == j / size ? inside : outside;
            c(i, j) = c(j, i) = weft::clamp_unit(mean + noise * (2.0 * chance(random) - 1.0));
        }
    }
    return c;
}

std::vector<std::size_t> truth(int groups, int size) {
    std::vector<std::size_t> of;
    for (int i = 0; i < groups * size; ++i) of.push_back(static_cast<std::size_t>(i / size));
    return of;
}

/// Links (compatibility 1) with probability `inside` within groups, `outside` between them.
sparse_group links(std::size_t groups, std::size_t size, double inside, double outside,
                   std::uint64_t seed) {
    dice random(seed);
    std::vector<pair> out;
    for (std::size_t j = 0; j < groups * size; ++j) {
        for (std::size_t i = 0; i < j; ++i) {
            if (chance(random) < (i / size == j / size ? inside : outside)) {
                out.push_back({i, j, 1.0});
            }
        }
    }
    return {groups * size, out};
}

TEST(communities, planted_partitions_are_found) {
    struct {
        int groups, size;
        double inside, outside, noise;
    } const cases[] = {{2, 5, 0.8, 0.1, 0.1},  {2, 20, 0.6, 0.4, 0.2}, {3, 8, 0.7, 0.3, 0.3},
                       {4, 15, 0.5, 0.2, 0.2}, {8, 6, 0.9, 0.3, 0.1},  {5, 4, 0.8, 0.05, 0.05}};
    std::uint64_t seed = 1;
    for (auto const& p : cases) {
        auto const c = planted(p.groups, p.size, p.inside, p.outside, p.noise, seed++);
        auto const found = communities(c, {.trials = 39});
        EXPECT_TRUE(found.significant) << found.evidence;
        EXPECT_GE(adjusted_rand(found.of, truth(p.groups, p.size)), 0.95)
            << p.groups << " of " << p.size << ": " << found.clusters.size();
    }
}

TEST(communities, planted_links_are_found_and_judged_on_held_out_pairs) {
    auto const small = links(4, 25, 0.5, 0.05, 3);
    auto const found = communities(small, {.trials = 39});
    EXPECT_TRUE(found.significant) << found.evidence;
    EXPECT_GE(adjusted_rand(found.of, truth(4, 25)), 0.95);
    auto const held_out = communities(small, {.most_rearranged = 0});
    EXPECT_TRUE(held_out.significant);
    EXPECT_LT(*held_out.p_value, 1e-6) << held_out.evidence;
    EXPECT_EQ(held_out.of, found.of);
}

TEST(communities, random_groups_have_none_within_the_level) {
    int alarms = 0, held_out = 0;
    int const groups = 40;
    for (int k = 0; k < groups; ++k) {
        auto const seed = static_cast<std::uint64_t>(1000 + k);
        if (k % 2 == 0) {
            auto const c = planted(1, 8 + k / 4, 0.5, 0.5, 0.5, seed);
            auto const found = communities(c, {.trials = 39, .seed = seed});
            if (found.significant) ++alarms;
            EXPECT_EQ(found.clusters.size() == 1U, !found.significant);
            if (communities(c, {.seed = seed, .most_rearranged = 0}).significant) ++held_out;
        } else {
            auto const g = links(1, 30, 0.25, 0.0, seed);
            if (communities(g, {.trials = 39, .seed = seed}).significant) ++alarms;
            if (communities(g, {.seed = seed, .most_rearranged = 0}).significant) ++held_out;
        }
    }
    // Of 40 groups at a level of .05, more than six alarms have a probability of .014.
    EXPECT_LE(alarms, 6);
    EXPECT_LE(held_out, 6);
}

TEST(communities, a_held_out_half_has_the_level_and_finds_what_is_faint) {
    int alarms = 0, found = 0;
    int const groups = 200;
    community_options options;
    options.most_rearranged = 0;
    for (int k = 0; k < groups; ++k) {
        options.seed = static_cast<std::uint64_t>(k);
        alarms += communities(links(1, 40, 0.15, 0.0, 2000U + options.seed), options).significant;
        if (k >= 40) continue;
        found += communities(links(4, 20, 0.35, 0.05, 3000U + options.seed), options).significant;
    }
    // At most ten are expected at a level of .05: the p-value is a bound.
    EXPECT_LE(alarms, 10);
    EXPECT_GE(found, 38);
}

TEST(communities, a_held_out_half_keeps_small_levels_in_sparse_and_heavy_tailed_groups) {
    int at_05 = 0, at_01 = 0;
    int const groups = weft_test::sanitized ? 40 : 200;
    for (int k = 0; k < groups; ++k) {
        dice random(static_cast<std::uint64_t>(7000 + k));
        std::vector<pair> heavy;
        for (auto const& l : detail::links_of(links(1, 300, 4.0 / 300.0, 0.0, random()))) {
            double const u = static_cast<double>(random() >> 11U) * 0x1p-53;
            heavy.push_back({l.i, l.j, std::pow(u, 30.0)});
        }
        auto const found =
            communities(sparse_group(300, heavy),
                        {.seed = static_cast<std::uint64_t>(k), .most_rearranged = 0});
        at_05 += *found.p_value <= 0.05 ? 1 : 0;
        at_01 += *found.p_value <= 0.01 ? 1 : 0;
    }
    EXPECT_LE(at_05, groups / 20);
    EXPECT_LE(at_01, groups / 100);
}

TEST(communities, the_bound_of_a_held_out_half_is_one) {
    // All ways to deal five weights to twelve places, four of which are inside.
    std::vector<double> const weights{1.0, 0.7, 0.7, 0.2, 0.1};
    for (int few : {4, 8}) {
        for (double const inside : {0.5, 1.1, 1.7, 2.0, 2.5, 2.7}) {
            double as_much = 0.0;
            for (unsigned set = 0; set < 32U; ++set) {
                double sum = 0.0, ways = 1.0, in = few, out = 12.0 - few;
                for (unsigned w = 0; w < 5U; ++w) {
                    bool const here = (set >> w & 1U) != 0;
                    sum += here ? weights[w] : 0.0;
                    ways *= here ? in-- : out--;
                }
                if (sum >= inside - 1e-9) as_much += ways / (12.0 * 11 * 10 * 9 * 8);
            }
            double const bound = detail::dealt_at_least(weights, 12.0, few / 12.0, inside);
            EXPECT_GE(bound, as_much);
            EXPECT_LE(bound, 1.0);
        }
    }
    EXPECT_LT(detail::dealt_at_least(std::vector<double>(200, 1.0), 4000.0, 0.1, 60.0), 1e-6);
}

TEST(communities, a_tiny_group_is_judged_as_its_multiples) {
    auto const g = links(4, 20, 0.35, 0.05, 3001);
    std::vector<pair> tiny = detail::links_of(g);
    for (auto& l : tiny) l.compatibility *= 0x1p-600;
    community_options const options{.most_rearranged = 0};
    EXPECT_EQ(communities(g, options).p_value,
              communities(sparse_group(g.members(), tiny), options).p_value);
}

TEST(communities, strong_and_weak_members_are_no_clusters) {
    dice random(5);
    int const n = 24;
    Eigen::VectorXd a(n);
    for (int i = 0; i < n; ++i) a(i) = 0.2 + 0.8 * chance(random);
    Eigen::MatrixXd const c = a * a.transpose();
    EXPECT_FALSE(communities(c, {.trials = 39}).significant);
    EXPECT_FALSE(communities(c, {.most_rearranged = 0}).significant);
}

TEST(communities, the_best_partition_is_that_of_brute_force) {
    for (std::uint64_t seed = 0; seed < 12; ++seed) {
        auto const c = planted(2, 4, 0.6, 0.3, 0.3, 50 + seed);
        auto const graph = weft::fabric::detail::searchable(sparse(c));
        double best = -1.0;
        // All partitions of eight members as restricted growth strings.
        std::vector<std::uint32_t> of(8, 0);
        auto const grow = [&](auto const& self, std::size_t at, std::uint32_t used) -> void {
            if (at == of.size()) {
                best = std::max(best, weft::fabric::detail::modularity_of(graph, of, 1.0));
                return;
            }
            for (std::uint32_t l = 0; l <= used; ++l) {
                of[at] = l;
                self(self, at + 1, std::max(used, l + 1));
            }
        };
        grow(grow, 0, 0);
        EXPECT_NEAR(*communities(c, {.trials = 1}).modularity, best, 1e-12) << seed;
    }
}

TEST(communities, the_same_seed_gives_the_same_answer_and_edges_have_one) {
    auto const c = planted(3, 6, 0.6, 0.3, 0.3, 9);
    auto const a = communities(c), b = communities(c);
    EXPECT_EQ(a.of, b.of);
    EXPECT_EQ(*a.p_value, *b.p_value);
    EXPECT_TRUE(communities(Eigen::MatrixXd(0, 0)).clusters.empty());
    EXPECT_EQ(communities(Eigen::MatrixXd(1, 1)).clusters.size(), 1U);
    auto const none = communities(Eigen::MatrixXd::Zero(4, 4));
    EXPECT_EQ(none.clusters.size(), 4U);
    EXPECT_FALSE(none.modularity || none.p_value);
    EXPECT_EQ(communities(weft_test::uniform(6, 1.0)).clusters.size(), 1U);
    auto const pair = communities(weft_test::uniform(2, 0.3));
    EXPECT_EQ(pair.clusters.size(), 1U);
    EXPECT_FALSE(pair.p_value);
    // Two who only have each other are apart from the others, significant or not.
    Eigen::MatrixXd apart = weft_test::uniform(4, 1.0);
    apart.topRightCorner(2, 2).setZero();
    apart.bottomLeftCorner(2, 2).setZero();
    EXPECT_EQ(communities(apart).clusters, (std::vector<std::vector<std::size_t>>{{0, 1}, {2, 3}}));
    EXPECT_THROW((void)communities(c, {.level = 2.0}), weft::invalid_argument);
    EXPECT_THROW((void)communities(c, {.trials = 0}), weft::invalid_argument);
    EXPECT_THROW((void)communities(c, {.resolution = 0.0}), weft::invalid_argument);
}

TEST(bridges, planted_ones_are_found) {
    for (std::uint64_t seed = 1; seed <= 4; ++seed) {
        auto c = planted(3, 8, 0.8, 0.1, 0.08, seed);
        dice random(seed);
        // Members 3 and 12 know everybody.
        for (int const b : {3, 12}) {
            for (int j = 0; j < 24; ++j) {
                if (j != b) c(b, j) = c(j, b) = 0.7 + 0.1 * chance(random);
            }
        }
        auto const found = communities(c, {.trials = 39});
        ASSERT_TRUE(found.significant);
        ASSERT_EQ(found.clusters.size(), 3U);
        std::set<std::size_t> who;
        for (auto const& b : bridges(c, found.of)) {
            who.insert(b.member);
            EXPECT_GT(b.participation, 0.5);
            EXPECT_GT(b.cohesion_contribution, 0.0);
        }
        EXPECT_EQ(who, (std::set<std::size_t>{3, 12}));
    }
    auto const plain = planted(3, 8, 0.8, 0.1, 0.08, 7);
    EXPECT_TRUE(bridges(plain, communities(plain, {.trials = 39}).of).empty());
    EXPECT_TRUE(bridges(weft_test::uniform(5, 0.5), std::vector<std::size_t>(5, 0)).empty());
}

TEST(bridges, participation_is_that_of_the_shares) {
    Eigen::MatrixXd c = Eigen::MatrixXd::Zero(4, 4);
    c(0, 1) = c(1, 0) = c(0, 2) = c(2, 0) = 0.3;
    std::vector<std::size_t> const of{0, 0, 1, 1};
    auto const p = participation(c, of);
    EXPECT_NEAR(p[0], 0.5, 1e-15);
    EXPECT_EQ(p[1], 0.0);
    EXPECT_EQ(p[3], 0.0);
    EXPECT_THROW((void)participation(c, std::vector<std::size_t>{0, 0, 1}), weft::invalid_argument);
    EXPECT_THROW((void)participation(c, std::vector<std::size_t>{0, 0, 1, 4}),
                 weft::invalid_argument);
}

TEST(diversity, is_one_where_kinds_are_equally_frequent) {
    EXPECT_NEAR(*diversity(std::vector<std::size_t>{3, 3, 0, 3}), 1.0, 1e-15);
    EXPECT_NEAR(*diversity(std::vector<std::size_t>{1, 3}),
                (0.25 * std::log(4.0) + 0.75 * std::log(4.0 / 3.0)) / std::log(2.0), 1e-15);
    EXPECT_FALSE(diversity(std::vector<std::size_t>{7, 0}));
    EXPECT_FALSE(diversity({}));
}

TEST(communities, a_held_out_half_with_hardly_a_pair_has_no_evidence_rather_than_a_made_up_one) {
    std::vector<pair> const few{{0, 1, 0.5}, {2, 3, 0.5}, {4, 5, 0.5}};
    sparse_group const g(10, few);
    std::size_t absent = 0;
    for (std::uint64_t seed = 0; seed < 40 && absent == 0; ++seed) {
        community_options options;
        options.seed = seed;
        options.most_rearranged = 0;
        auto const found = communities(g, options);
        EXPECT_EQ(found.evidence.find("nan"), std::string::npos) << found.evidence;
        EXPECT_TRUE(!found.p_value || *found.p_value <= 1.0);
        absent += found.p_value ? 0U : 1U;
    }
    EXPECT_GT(absent, 0U);
}

} // namespace
