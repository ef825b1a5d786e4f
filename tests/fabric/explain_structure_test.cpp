#include "weft/fabric/explain_structure.hpp"

#include <algorithm>
#include <cmath>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "fabric/support.hpp"

namespace {

using namespace weft::fabric;
using weft_test::matched;

std::vector<std::string> const crew{"Ann", "Ben", "Cy", "Dee", "Eve", "Flo"};
std::vector<std::size_t> const two_clusters{0, 0, 0, 1, 1, 1};

std::size_t index_in_crew(std::string const& name) {
    auto const at = std::find(crew.begin(), crew.end(), name);
    EXPECT_NE(at, crew.end()) << name;
    return static_cast<std::size_t>(at - crew.begin());
}

void adds_up(explanation const& e) {
    double pairs = 0.0, members = 0.0;
    for (auto const& p : e.pairs) pairs += p.share;
    for (auto const& m : e.members) members += m.share;
    EXPECT_NEAR(pairs, *e.value, 1e-9) << e.sentence;
    EXPECT_NEAR(members, *e.value, 1e-9) << e.sentence;
}

double share_of(explanation const& e, std::size_t i, std::size_t j) {
    for (auto const& p : e.pairs) {
        if (p.i == std::min(i, j) && p.j == std::max(i, j)) return p.share;
    }
    ADD_FAILURE() << "no pair " << i << ", " << j;
    return 0.0;
}

/// Six people in two clusters of three.
Eigen::MatrixXd crew_of_two(std::mt19937_64& random) {
    Eigen::MatrixXd c = Eigen::MatrixXd::Zero(6, 6);
    for (int j = 0; j < 6; ++j) {
        for (int i = 0; i < j; ++i) {
            c(i, j) = c(j, i) = (i / 3 == j / 3 ? 0.6 : 0.1) + 0.2 * weft_test::unit(random);
        }
    }
    return c;
}

TEST(explain_structure, evenness_is_l2_over_ln) {
    std::mt19937_64 random(1);
    for (int trial = 0; trial < 6; ++trial) {
        Eigen::MatrixXd const c = weft_test::group(random, 6, trial % 3);
        auto const l = weft_test::spectrum(c);
        auto const e = explain_evenness(c, crew);
        EXPECT_NEAR(*e.value, std::max(0.0, l(1)) / l(5), 1e-12);
        adds_up(e);
        auto const m = matched(e.sentence, "The group's evenness is {} (l_2 over l_n): no pair "
                                           "brings more than {} and {} ({}), {}; of l_n no pair "
                                           "has more than {} and {} ({}%).");
        if (l(1) < 1e-9) continue;
        ASSERT_EQ(m.size(), 8U) << e.sentence;
        // l_n rises with c_ij as the squared difference of its mode, by differences.
        double const h = 1e-5;
        double most = 0.0;
        auto const part = [&](Eigen::Index i, Eigen::Index j) {
            Eigen::MatrixXd up = c, down = c;
            up(i, j) = up(j, i) += h;
            down(i, j) = down(j, i) -= h;
            return c(i, j) * (weft_test::spectrum(up)(5) - weft_test::spectrum(down)(5)) /
                   (2.0 * h * l(5));
        };
        for (Eigen::Index j = 0; j < 6; ++j) {
            for (Eigen::Index i = 0; i < j; ++i) most = std::max(most, part(i, j));
        }
        auto const named = part(static_cast<Eigen::Index>(index_in_crew(m[5])),
                                static_cast<Eigen::Index>(index_in_crew(m[6])));
        EXPECT_NEAR(named, most, 1e-6);
        EXPECT_NEAR(std::stod(m[7]), 100.0 * named, 1e-3);
        EXPECT_EQ(m[1], crew[e.pairs.front().i]);
    }
    auto const alike = explain_evenness(weft_test::uniform(4, 0.3));
    EXPECT_NEAR(*alike.value, 1.0, 1e-12);
    for (auto const& p : alike.pairs) EXPECT_NEAR(p.share, 1.0 / 6.0, 1e-12);
    EXPECT_NEAR(*explain_evenness(weft_test::uniform(4, 1e-310)).value, 1.0, 1e-9);
    EXPECT_EQ(explain_evenness(Eigen::MatrixXd::Zero(3, 3)).sentence,
              "The group has no evenness: every compatibility is 0.");
    Eigen::MatrixXd apart = weft_test::uniform(3, 0.5);
    apart.row(2).setZero();
    apart.col(2).setZero();
    EXPECT_EQ(explain_evenness(apart).sentence,
              "The group's evenness is 0: nothing ties member 2 to the others.");
}

TEST(explain_structure, numbers_of_members_are_taken_apart) {
    std::mt19937_64 random(2);
    for (int trial = 0; trial < 4; ++trial) {
        Eigen::MatrixXd const c = weft_test::group(random, 6, trial);
        auto const all = members(c);
        for (std::size_t i : {0U, 4U}) {
            auto const strength = explain_of_member(c, i, member_quantity::strength, crew);
            EXPECT_NEAR(*strength.value, all[i].strength, 1e-12);
            adds_up(strength);
            auto const links = explain_of_member(c, i, member_quantity::tree_links, crew);
            EXPECT_NEAR(*links.value, all[i].tree_links, 1e-12);
            adds_up(links);
            auto const near = explain_of_member(c, i, member_quantity::prominence, crew);
            EXPECT_NEAR(*near.value, *all[i].prominence, 1e-12);
            if (*near.value == 0.0) continue;
            adds_up(near);
            double const h = 1e-6;
            double most = 0.0;
            for (Eigen::Index l = 0; l < 6; ++l) {
                for (Eigen::Index k = 0; k < l; ++k) {
                    if (c(k, l) < h || c(k, l) > 1.0 - h) continue;
                    Eigen::MatrixXd up = c, down = c;
                    up(k, l) = up(l, k) += h;
                    down(k, l) = down(l, k) -= h;
                    double const rate =
                        (*members(up)[i].prominence - *members(down)[i].prominence) / (2.0 * h);
                    auto const share =
                        share_of(near, static_cast<std::size_t>(k), static_cast<std::size_t>(l));
                    EXPECT_NEAR(share, c(k, l) * rate, 1e-7);
                    most = std::max(most, share);
                }
            }
            auto const m =
                matched(near.sentence,
                        "The prominence of {} is {}: no pair brings more than {} and {} ({}), {}");
            ASSERT_EQ(m.size(), 6U) << near.sentence;
            EXPECT_EQ(m[0], crew[i]);
            EXPECT_NEAR(share_of(near, index_in_crew(m[2]), index_in_crew(m[3])), most, 1e-12);
        }
    }
    EXPECT_EQ(explain_of_member(Eigen::MatrixXd::Zero(3, 3), 1, member_quantity::strength).sentence,
              "The strength of member 1 is 0: no tie.");
    EXPECT_FALSE(explain_of_member(Eigen::MatrixXd(1, 1), 0, member_quantity::prominence).value);
    auto const thin = weft_test::uniform(4, 1e-310);
    EXPECT_NEAR(*explain_of_member(thin, 0, member_quantity::tree_links).value, 1.5, 1e-12);
    EXPECT_NEAR(*explain_of_member(thin, 0, member_quantity::prominence).value / 1e-310, 1.0, 1e-9);
    EXPECT_THROW((void)explain_of_member(thin, 4, member_quantity::strength),
                 weft::invalid_argument);
}

TEST(explain_structure, participation_and_modularity_are_taken_apart) {
    std::mt19937_64 random(3);
    for (int trial = 0; trial < 4; ++trial) {
        Eigen::MatrixXd const c = crew_of_two(random);
        auto const spread = participation(c, two_clusters);
        for (std::size_t i = 0; i < 6; ++i) {
            auto const e = explain_participation(c, two_clusters, i, crew);
            EXPECT_NEAR(*e.value, spread[i], 1e-12);
            adds_up(e);
            auto const m = matched(e.sentence, "The participation of {} is {}: of its "
                                               "compatibility {}% is with the cluster of {}, {}% "
                                               "is with the cluster of {}; no pair brings more "
                                               "than {} and {} ({}).");
            ASSERT_EQ(m.size(), 9U) << e.sentence;
            // Its own cluster has more of it.
            auto const at = static_cast<Eigen::Index>(i);
            double const home = c.row(at).segment(at / 3 * 3, 3).sum() / c.row(at).sum();
            EXPECT_NEAR(std::stod(m[2]), 100.0 * home, 1e-3);
            EXPECT_NEAR(std::stod(m[4]), 100.0 * (1.0 - home), 1e-3);
            EXPECT_EQ(two_clusters[index_in_crew(m[3])], two_clusters[i]);
            EXPECT_NE(two_clusters[index_in_crew(m[5])], two_clusters[i]);
            EXPECT_NE(m[3], crew[i]);
            for (auto const& p : e.pairs) {
                EXPECT_LE(p.share, share_of(e, index_in_crew(m[6]), index_in_crew(m[7])));
            }
        }
        std::vector<std::uint32_t> const of(two_clusters.begin(), two_clusters.end());
        for (double const resolution : {1.0, 0.5}) {
            auto const e = explain_modularity(c, two_clusters, resolution, crew);
            EXPECT_NEAR(*e.value,
                        weft::fabric::detail::modularity_of(
                            weft::fabric::detail::searchable(sparse(c)), of, resolution),
                        1e-12);
            adds_up(e);
            for (auto const& p : e.pairs) {
                EXPECT_EQ(p.share > 0.0, two_clusters[p.i] == two_clusters[p.j]);
            }
        }
        auto const e = explain_modularity(c, two_clusters, 1.0, crew);
        auto const m = matched(e.sentence, "The partition's modularity is {}: pairs inside of "
                                           "clusters hold {}% of the compatibility, where "
                                           "strengths alone explain {}%; no pair brings more than "
                                           "{} and {} ({}) or less than {} and {} ({}), {}.");
        ASSERT_EQ(m.size(), 10U) << e.sentence;
        double const inside =
            (c.topLeftCorner(3, 3).sum() + c.bottomRightCorner(3, 3).sum()) / c.sum();
        double const left = c.topRows(3).sum() / c.sum();
        EXPECT_NEAR(std::stod(m[1]), 100.0 * inside, 1e-3);
        EXPECT_NEAR(std::stod(m[2]), 100.0 * (left * left + (1 - left) * (1 - left)), 1e-3);
        EXPECT_EQ(m[3], crew[e.pairs.front().i]);
        EXPECT_EQ(m[6], crew[e.pairs.back().i]);
    }
    Eigen::MatrixXd const none = Eigen::MatrixXd::Zero(6, 6);
    EXPECT_EQ(*explain_participation(none, two_clusters, 2).value, 0.0);
    EXPECT_FALSE(explain_modularity(none, two_clusters).value);
    EXPECT_THROW((void)explain_participation(none, two_clusters, 6), weft::invalid_argument);
    EXPECT_THROW((void)explain_modularity(none, two_clusters, 0.0), weft::invalid_argument);
    EXPECT_THROW((void)explain_modularity(weft_test::uniform(5, 0.5), two_clusters),
                 weft::invalid_argument);
}

TEST(explain_structure, who_is_a_bridge_and_why_not) {
    auto const c = weft_test::two_circles_and_a_bridge();
    std::vector<std::size_t> of(13, 0);
    for (std::size_t i = 6; i < 12; ++i) of[i] = 1;
    auto const found = bridges(c, of);
    for (std::size_t i = 0; i < 13; ++i) {
        bool const is =
            std::any_of(found.begin(), found.end(), [&](bridge const& b) { return b.member == i; });
        EXPECT_EQ(is, i == 12);
        auto const e = explain_bridge(c, of, i);
        adds_up(e);
        EXPECT_NEAR(*e.value, *members(c)[i].cohesion_contribution, 1e-12);
        auto const m =
            matched(e.sentence, "Member {} is {}bridge: its participation is {}, {}above {}, "
                                "beyond which it is unusual among those it is compared with, {} "
                                "it brings the cohesion {}, {} the median member's {}.");
        ASSERT_EQ(m.size(), 9U) << e.sentence;
        EXPECT_EQ(m[1], is ? "a " : "no ");
        bool const wide = std::stod(m[2]) > std::stod(m[4]);
        EXPECT_EQ(m[3].empty(), wide);
        bool const dear = std::stod(m[6]) > std::stod(m[8]);
        EXPECT_EQ(m[7], dear ? "more than" : "no more than");
        EXPECT_EQ(is, wide && dear);
    }
    EXPECT_EQ(explain_bridge(c, std::vector<std::size_t>(13, 0), 12).sentence,
              "Member 12 is no bridge: there is one cluster.");
    EXPECT_FALSE(
        explain_bridge(weft_test::uniform(2, 0.5), std::vector<std::size_t>{0, 1}, 0).value);
}

TEST(explain_structure, a_fit_is_taken_apart) {
    std::vector<double> const c{0.9, 0.2, 0.21};
    auto const e = explain_fit(c, 0.25, std::vector<std::string>{"Ann", "Ben", "Cy", "Dee"});
    EXPECT_EQ(*e.value, *fit(c, 0.25));
    adds_up(e);
    EXPECT_EQ(e.sentence,
              "The fit of Dee is 0.323: the compatibilities with 3 members add up to 0.56 beyond "
              "0.25 each, over the root of 3; no member brings more than Ann (0.375) or less than "
              "Ben (-0.029).");
    auto const same = explain_fit(std::vector<double>(4, 0.5)).sentence;
    EXPECT_EQ(same, "The fit of member 4 is 1: the compatibilities with 4 members add up to 2, "
                    "over the root of 4; every member brings 0.25.");
    EXPECT_FALSE(explain_fit({}).value);
    EXPECT_THROW((void)explain_fit(std::vector<double>{1.5}), weft::invalid_argument);
}

TEST(explain_structure, chosen_groups_are_taken_apart) {
    std::mt19937_64 random(5);
    Eigen::MatrixXd const c = weft_test::group(random, 6);
    for (std::size_t const most_exact : {2000U, 1U}) {
        auto const made = choose(c, 2, 2, {}, most_exact);
        auto const e = explain_choice(c, 2, made, {}, crew);
        EXPECT_NEAR(*e.value, *made.stability, 1e-12);
        adds_up(e);
        auto const m =
            matched(e.sentence,
                    made.exact ? "The stability with {}, {} is {}, {} without, and none of the {} "
                                 "choices is better: no pair brings more than {} and {} ({}), {}."
                               : "The stability with {}, {} is {}, {} without, the best that {} "
                                 "trials found: no pair brings more than {} and {} ({}), {}.");
        ASSERT_EQ(m.size(), 9U) << e.sentence;
        EXPECT_EQ(m[0], crew[2 + made.chosen[0]]);
        EXPECT_EQ(m[1], crew[2 + made.chosen[1]]);
        EXPECT_NEAR(std::stod(m[2]), *made.stability, 5e-4);
        EXPECT_NEAR(std::stod(m[3]), *stability(c.topLeftCorner(2, 2)).stability, 5e-4);
        EXPECT_EQ(m[4], std::to_string(made.tried));
        EXPECT_EQ(share_of(e, index_in_crew(m[5]), index_in_crew(m[6])), e.pairs.front().share);
    }
    formation_options sizes;
    sizes.smallest = sizes.largest = 2;
    auto const made = form_groups(c, sizes);
    auto const e = explain_formation(c, made, {}, crew);
    EXPECT_NEAR(*e.value, *made.mean_stability, 1e-12);
    adds_up(e);
    auto const m = matched(e.sentence, "The mean stability of 6 people in 3 groups is {}: no group "
                                       "has more than that of {}, {} ({}) or less than that of "
                                       "{}, {} ({}); no pair brings more than {} and {} ({}).");
    ASSERT_EQ(m.size(), 10U) << e.sentence;
    // A pair's stability is its compatibility.
    auto const tie_of = [&](std::string const& a, std::string const& b) {
        return c(static_cast<Eigen::Index>(index_in_crew(a)),
                 static_cast<Eigen::Index>(index_in_crew(b)));
    };
    auto const [low, high] = std::minmax_element(made.stabilities.begin(), made.stabilities.end());
    EXPECT_NEAR(tie_of(m[1], m[2]), *high, 1e-12);
    EXPECT_NEAR(tie_of(m[4], m[5]), *low, 1e-12);
    EXPECT_NEAR(tie_of(m[7], m[8]), *high, 1e-12);

    EXPECT_FALSE(explain_formation(Eigen::MatrixXd(0, 0), formation()).value);
    formation twice;
    twice.groups = {{0, 1}, {1, 2}};
    EXPECT_THROW((void)explain_formation(c, twice), weft::invalid_argument);
    choice far;
    far.chosen = {4};
    EXPECT_THROW((void)explain_choice(c, 2, far), weft::invalid_argument);
}

TEST(explain_structure, threads_and_tiny_groups_are_told_apart) {
    Eigen::MatrixXd c = Eigen::MatrixXd::Zero(6, 6);
    c.topLeftCorner(3, 3) = weft_test::uniform(3, 0.7);
    c.bottomRightCorner(3, 3) = weft_test::uniform(3, 0.4);
    c(2, 3) = c(3, 2) = 1e-33;
    auto const thread = explain_evenness(c);
    EXPECT_GT(*thread.value, 0.0);
    EXPECT_TRUE(thread.pairs.empty());
    EXPECT_NE(thread.sentence.find("lost to rounding"), std::string::npos) << thread.sentence;
    auto const tiny =
        explain_of_member(weft_test::uniform(4, 1e-310), 1, member_quantity::prominence);
    EXPECT_EQ(tiny.pairs.size(), 6U) << tiny.sentence;
    auto const even = explain_evenness(weft_test::uniform(4, 1e-310));
    EXPECT_EQ(even.pairs.size(), 6U) << even.sentence;
}

TEST(explain_structure, a_choice_and_the_group_without_are_told_apart) {
    Eigen::MatrixXd all = weft_test::uniform(3, 0.5002);
    all(0, 1) = all(1, 0) = 0.50004;
    auto const e = explain_choice(all, 2, choose(all, 2, 1));
    EXPECT_EQ(e.sentence.find("is 0.5, 0.5 without"), std::string::npos) << e.sentence;
    EXPECT_NE(e.sentence.find("is 0.5001, 0.5 without"), std::string::npos) << e.sentence;
}

} // namespace
