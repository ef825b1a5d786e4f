#include "weft/fabric/formation.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "fabric/support.hpp"

namespace {

using namespace weft::fabric;

double stability_of(Eigen::MatrixXd const& c, std::vector<std::size_t> const& people) {
    return stability(weft::fabric::detail::part(c, people)).stability.value_or(0.0);
}

TEST(fit, is_the_sum_over_the_root_of_the_size) {
    std::vector<double> const c{0.5, 0.1, 0.0, 0.4};
    EXPECT_NEAR(*fit(c), 0.5, 1e-15);
    EXPECT_NEAR(*fit(c, 0.25), 0.0, 1e-15);
    EXPECT_FALSE(fit({}));
    EXPECT_THROW((void)fit(std::vector<double>{0.5, 1.5}), weft::invalid_argument);
    EXPECT_THROW((void)fit(c, std::nan("")), weft::invalid_argument);
    std::vector<std::vector<double>> const groups{{0.5}, {0.3, 0.3, 0.3, 0.3}, {}, {0.5}};
    auto const ranked = rank_groups(groups);
    ASSERT_EQ(ranked.size(), 3U);
    EXPECT_EQ(ranked[0].group, 1U);
    EXPECT_EQ(ranked[1].group, 0U);
    EXPECT_EQ(ranked[2].group, 3U);
    std::vector<std::vector<double>> const bad{{0.5}, {0.3, -1.0}};
    try {
        (void)rank_groups(bad);
        FAIL();
    } catch (weft::invalid_argument const& e) {
        EXPECT_EQ(e.argument(), "groups[1][1]");
    }
}

TEST(newcomer_confidence, is_the_mean_certainty_of_the_pairs) {
    Eigen::MatrixXd const within = weft_test::uniform(3, 0.5);
    Eigen::MatrixXd candidates(2, 3);
    candidates << 1, 1, 1, 0, 0, 0;
    auto const known = newcomer_confidences(within, candidates);
    EXPECT_NEAR(*known[0], 0.75, 1e-15);
    EXPECT_NEAR(*known[1], 0.25, 1e-15);
    EXPECT_FALSE(newcomer_confidences(Eigen::MatrixXd(0, 0), Eigen::MatrixXd(1, 0))[0]);
    candidates(1, 2) = 2.0;
    EXPECT_THROW((void)newcomer_confidences(within, candidates), weft::invalid_argument);
    EXPECT_THROW((void)newcomer_confidences(within, Eigen::MatrixXd(1, 2)), weft::invalid_argument);
}

RC_GTEST_PROP(choose, all_choices_are_tried_where_they_are_few, ()) {
    int const n = weft_test::whole(0, 3), m = weft_test::whole(1, 6), k = weft_test::whole(0, m);
    Eigen::MatrixXd const c = weft_test::group(n + m, weft_test::whole(0, 6));
    double best = -1.0;
    for (unsigned set = 0; set < (1U << m); ++set) {
        if (__builtin_popcount(set) != k) continue;
        std::vector<std::size_t> people;
        for (int i = 0; i < n + m; ++i) {
            if (i < n || (set >> (i - n) & 1U) != 0) people.push_back(static_cast<std::size_t>(i));
        }
        best = std::max(best, stability_of(c, people));
    }
    auto const exact = choose(c, static_cast<std::size_t>(n), static_cast<std::size_t>(k));
    RC_ASSERT(exact.exact);
    RC_ASSERT(exact.chosen.size() == static_cast<std::size_t>(k));
    RC_ASSERT(exact.stability.has_value() == (n + k >= 2));
    if (exact.stability) RC_ASSERT(std::abs(*exact.stability - best) < 1e-11);
    auto const greedy = choose(c, static_cast<std::size_t>(n), static_cast<std::size_t>(k), {}, 0);
    RC_ASSERT(!greedy.exact && greedy.chosen.size() == static_cast<std::size_t>(k));
    RC_ASSERT(std::set<std::size_t>(greedy.chosen.begin(), greedy.chosen.end()).size() ==
              greedy.chosen.size());
    if (greedy.stability) {
        RC_ASSERT(*greedy.stability <= best + 1e-11);
        RC_ASSERT(*greedy.stability >= 0.7 * best);
    }
}

TEST(choose, greedy_with_exchange_is_nearly_always_the_best) {
    int missed = 0;
    double worst = 1.0;
    for (unsigned seed = 1; seed <= 60; ++seed) {
        std::srand(seed);
        Eigen::MatrixXd c = 0.5 * (Eigen::MatrixXd::Random(11, 11).array() + 1.0);
        c = (0.5 * (c + c.transpose())).eval();
        auto const exact = choose(c, 3, 3), greedy = choose(c, 3, 3, {}, 0);
        ASSERT_TRUE(exact.exact);
        worst = std::min(worst, *greedy.stability / *exact.stability);
        if (*greedy.stability < *exact.stability - 1e-11) ++missed;
    }
    EXPECT_LE(missed, 6);
    EXPECT_GE(worst, 0.98);
}

TEST(choose, ties_go_to_the_lower_numbers_and_sizes_are_checked) {
    auto const c = weft_test::uniform(7, 0.5);
    for (std::size_t const most : {std::size_t{2000}, std::size_t{0}}) {
        auto const three = choose(c, 2, 3, {}, most);
        EXPECT_EQ(three.chosen, (std::vector<std::size_t>{0, 1, 2})) << most;
        EXPECT_NEAR(*three.stability, 0.5, 1e-14);
        EXPECT_EQ(choose(c, 0, 2, {}, most).chosen, (std::vector<std::size_t>{0, 1}));
        EXPECT_EQ(choose(c, 0, 1, {}, most).chosen, (std::vector<std::size_t>{0}));
        EXPECT_FALSE(choose(c, 0, 1, {}, most).stability);
        EXPECT_NEAR(*choose(c, 3, 0, {}, most).stability, 0.5, 1e-14);
        EXPECT_EQ(choose(c, 2, 5, {}, most).chosen.size(), 5U);
    }
    EXPECT_THROW((void)choose(c, 2, 6), weft::invalid_argument);
    EXPECT_THROW((void)choose(c, 8, 0), weft::invalid_argument);
    EXPECT_FALSE(choose(Eigen::MatrixXd(0, 0), 0, 0).stability);
}

/// The best mean by trying every division, without the library's help.
double best_mean(Eigen::MatrixXd const& c, std::size_t low, std::size_t high, std::size_t spare) {
    auto const n = static_cast<std::size_t>(c.rows());
    double best = -1.0;
    std::vector<std::vector<std::size_t>> groups;
    auto const place = [&](auto const& self, std::size_t person, std::size_t left) -> void {
        if (person == n) {
            if (left != spare) return;
            double sum = 0.0;
            for (auto const& g : groups) {
                if (g.size() < low || g.size() > high) return;
                sum += static_cast<double>(g.size()) * stability_of(c, g);
            }
            best = std::max(best, groups.empty() ? 0.0 : sum / static_cast<double>(n - spare));
            return;
        }
        for (std::size_t g = 0; g < groups.size(); ++g) {
            groups[g].push_back(person);
            self(self, person + 1, left);
            groups[g].pop_back();
        }
        groups.push_back({person});
        self(self, person + 1, left);
        groups.pop_back();
        if (left < spare) self(self, person + 1, left + 1);
    };
    place(place, 0, 0);
    return best;
}

TEST(form_groups, agrees_with_brute_force) {
    unsigned seed = 1;
    for (auto const& [n, low, high, spare] : {std::array<std::size_t, 4>{6, 2, 3, 0},
                                              {7, 2, 4, 0},
                                              {7, 3, 3, 1},
                                              {5, 4, 4, 1},
                                              {6, 3, 6, 0},
                                              {5, 2, 2, 1}}) {
        std::srand(seed++);
        auto const size = static_cast<Eigen::Index>(n);
        Eigen::MatrixXd c = 0.5 * (Eigen::MatrixXd::Random(size, size).array() + 1.0);
        c = (0.5 * (c + c.transpose())).eval();
        formation_options options;
        options.smallest = low;
        options.largest = high;
        options.leave_out = true;
        auto const exact = form_groups(c, options);
        EXPECT_TRUE(exact.exact);
        EXPECT_EQ(exact.left_out.size(), spare);
        double const best = best_mean(c, low, high, spare);
        EXPECT_NEAR(*exact.mean_stability, best, 1e-11);
        options.exact_up_to = 0;
        auto const quick = form_groups(c, options);
        EXPECT_FALSE(quick.exact);
        EXPECT_EQ(quick.left_out.size(), spare);
        EXPECT_LE(*quick.mean_stability, best + 1e-11);
        EXPECT_GE(*quick.mean_stability, 0.93 * best);
        std::set<std::size_t> everybody(quick.left_out.begin(), quick.left_out.end());
        for (std::size_t g = 0; g < quick.groups.size(); ++g) {
            EXPECT_GE(quick.groups[g].size(), low);
            EXPECT_LE(quick.groups[g].size(), high);
            EXPECT_NEAR(quick.stabilities[g], stability_of(c, quick.groups[g]), 1e-14);
            everybody.insert(quick.groups[g].begin(), quick.groups[g].end());
        }
        EXPECT_EQ(everybody.size(), n);
    }
}

TEST(form_groups, planted_groups_are_found) {
    Eigen::MatrixXd c = weft_test::uniform(20, 0.2);
    // Members of one group are five numbers apart, so that order is no help.
    for (int i = 0; i < 20; ++i) {
        for (int j = 0; j < 20; ++j) {
            if (i != j && i % 5 == j % 5) c(i, j) = 0.9;
        }
    }
    formation_options options;
    options.smallest = 3;
    options.largest = 5;
    auto const found = form_groups(c, options);
    ASSERT_EQ(found.groups.size(), 5U);
    EXPECT_EQ(found.groups[1], (std::vector<std::size_t>{1, 6, 11, 16}));
    EXPECT_NEAR(*found.mean_stability, 0.9, 1e-13);
}

TEST(form_groups, a_wider_range_of_sizes_does_no_harm_where_tries_run_out) {
    // People in eight dimensions, the nearer the more compatible.
    std::mt19937_64 random(4);
    int const n = 60;
    Eigen::MatrixXd at(n, 8);
    for (Eigen::Index k = 0; k < at.size(); ++k) at(k) = weft_test::unit(random);
    Eigen::MatrixXd c = Eigen::MatrixXd::Zero(n, n);
    for (int i = 0; i < n; ++i) {
        for (int j = 0; j < n; ++j) c(i, j) = std::exp(-0.5 * (at.row(i) - at.row(j)).norm());
    }
    c.diagonal().setZero();
    formation_options options;
    options.most_tries = 6000;
    options.smallest = options.largest = 4;
    double const fours = *form_groups(c, options).mean_stability;
    options.largest = 10;
    options.most_tries = 18'000;
    EXPECT_GE(*form_groups(c, options).mean_stability, fours);
}

TEST(form_groups, ties_and_impossible_sizes) {
    formation_options options;
    auto const tied = form_groups(weft_test::uniform(6, 0.4), options);
    EXPECT_EQ(tied.groups.size(), 3U);
    EXPECT_NEAR(*tied.mean_stability, 0.4, 1e-14);
    EXPECT_EQ(tied.groups, form_groups(weft_test::uniform(6, 0.4), options).groups);
    EXPECT_THROW((void)form_groups(weft_test::uniform(7, 0.4), options), weft::invalid_argument);
    options.leave_out = true;
    EXPECT_EQ(form_groups(weft_test::uniform(7, 0.4), options).left_out.size(), 1U);
    EXPECT_EQ(form_groups(weft_test::uniform(15, 0.4), options).left_out.size(), 1U);
    EXPECT_EQ(form_groups(Eigen::MatrixXd(1, 1), options).left_out.size(), 1U);
    EXPECT_FALSE(form_groups(Eigen::MatrixXd(1, 1), options).mean_stability);
    options.leave_out = false;
    EXPECT_TRUE(form_groups(Eigen::MatrixXd(0, 0), options).groups.empty());
    options.smallest = 1;
    EXPECT_THROW((void)form_groups(weft_test::uniform(6, 0.4), options), weft::invalid_argument);
    options.smallest = 4;
    options.largest = 3;
    EXPECT_THROW((void)form_groups(weft_test::uniform(6, 0.4), options), weft::invalid_argument);
    options.largest = 4;
    try {
        (void)form_groups(weft_test::uniform(6, 0.4), options);
        FAIL();
    } catch (weft::invalid_argument const& e) {
        EXPECT_NE(std::string(e.what()).find("at most 4 of them can"), std::string::npos);
    }
    options.smallest = 2;
    options.largest = std::numeric_limits<std::size_t>::max();
    for (int const n : {6, 12, 16}) {
        std::size_t placed = 0;
        for (auto const& group : form_groups(weft_test::uniform(n, 0.4), options).groups) {
            placed += group.size();
        }
        EXPECT_EQ(placed, static_cast<std::size_t>(n));
    }
}

} // namespace
