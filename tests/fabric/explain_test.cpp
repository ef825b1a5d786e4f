#include "weft/fabric/explain.hpp"

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

std::vector<std::string> const people_names{"Ann", "Ben", "Cy", "Dee", "Eve", "Flo"};

std::size_t number_of(std::string const& name) {
    auto const at = std::find(people_names.begin(), people_names.end(), name);
    EXPECT_NE(at, people_names.end()) << name;
    return static_cast<std::size_t>(at - people_names.begin());
}

/// Stability and its factors with nothing of the library in them.
double slow_factor(Eigen::MatrixXd const& c, quantity q) {
    auto const n = static_cast<double>(c.rows());
    double const density = c.sum() / (n * (n - 1.0));
    if (q == quantity::density) return density;
    double const connectivity = weft_test::spectrum(c)(1) / n;
    if (q == quantity::connectivity) return connectivity;
    double const cohesion = weft_test::cohesion(c);
    if (q == quantity::cohesion) return cohesion;
    return 0.4 * density + 0.3 * connectivity + 0.3 * cohesion;
}

/// c_ij times the derivative by c_ij, by differences.
Eigen::MatrixXd slow_shares(Eigen::MatrixXd const& c, quantity q) {
    Eigen::MatrixXd out = Eigen::MatrixXd::Zero(c.rows(), c.rows());
    double const h = 1e-5;
    for (Eigen::Index j = 0; j < c.rows(); ++j) {
        for (Eigen::Index i = 0; i < j; ++i) {
            Eigen::MatrixXd up = c, down = c;
            up(i, j) = up(j, i) += h;
            down(i, j) = down(j, i) -= h;
            double const rate = (slow_factor(up, q) - slow_factor(down, q)) / (2.0 * h);
            out(i, j) = out(j, i) = c(i, j) * rate;
        }
    }
    return out;
}

/// A number of a sentence is the number, rounded to the digits that are shown.
void shown_truly(std::string const& text, double x) {
    auto const point = text.find('.');
    auto const decimals = point == std::string::npos ? 0 : text.size() - point - 1;
    double const slack = text.find('e') != std::string::npos
                             ? std::abs(x) / 2
                             : std::max(0.5e-3, 0.5 * std::pow(10.0, -double(decimals)));
    EXPECT_NEAR(std::stod(text), x, slack + 1e-8) << text;
}

void shares_add_up(explanation const& e) {
    double pairs = 0.0, members = 0.0;
    for (auto const& p : e.pairs) pairs += p.share;
    for (auto const& m : e.members) members += m.share;
    // Differences are exact to rounding of what they are differences of.
    double largest = std::abs(*e.value);
    for (auto const& p : e.pairs) largest = std::max(largest, std::abs(p.share));
    EXPECT_NEAR(pairs, *e.value, 1e-10 * largest) << e.sentence;
    EXPECT_NEAR(members, *e.value, 1e-10 * largest) << e.sentence;
    for (std::size_t k = 1; k < e.pairs.size(); ++k) {
        EXPECT_LE(e.pairs[k].share, e.pairs[k - 1].share + 2e-12);
    }
    EXPECT_GT(e.sentence.size(), 20U);
    EXPECT_EQ(e.sentence.back(), '.');
}

/// "no pair brings more than A and B (x), no member more than C (y) or less than D (z)".
void extremes_are_true(std::vector<std::string> const& m, std::size_t at,
                       Eigen::MatrixXd const& shares) {
    ASSERT_GE(m.size(), at + 8);
    auto const a = static_cast<Eigen::Index>(number_of(m[at]));
    auto const b = static_cast<Eigen::Index>(number_of(m[at + 1]));
    shown_truly(m[at + 2], shares(a, b));
    EXPECT_GE(shares(a, b), shares.maxCoeff() - 1e-7);
    Eigen::VectorXd const own = 0.5 * shares.rowwise().sum();
    auto const most = static_cast<Eigen::Index>(number_of(m[at + 3]));
    auto const least = static_cast<Eigen::Index>(number_of(m[at + 5]));
    shown_truly(m[at + 4], own(most));
    shown_truly(m[at + 6], own(least));
    EXPECT_GE(own(most), own.maxCoeff() - 1e-7);
    EXPECT_LE(own(least), own.minCoeff() + 1e-7);
}

TEST(explain, what_the_sentence_claims_is_true) {
    std::mt19937_64 random(11);
    std::string const tail = ": no pair brings more than {} and {} ({}), no member more than {} "
                             "({}) or less than {} ({}).{}";
    for (int trial = 0; trial < 12; ++trial) {
        Eigen::MatrixXd const c = weft_test::group(random, 6, trial % 3);
        if (weft_test::spectrum(c)(1) < 1e-6) continue;
        for (auto const q : {quantity::density, quantity::connectivity, quantity::cohesion}) {
            auto const e = explain(c, q, {}, people_names);
            shares_add_up(e);
            auto const m = matched(e.sentence, "The group's {} is {}" + tail);
            ASSERT_EQ(m.size(), 10U) << e.sentence;
            EXPECT_EQ(m[0], quantity_name(q));
            shown_truly(m[1], slow_factor(c, q));
            extremes_are_true(m, 2, slow_shares(c, q));
        }
        auto const e = explain(c, quantity::stability, {}, people_names);
        shares_add_up(e);
        auto const m =
            matched(e.sentence, "The group's stability is {} (density {}, connectivity {}, "
                                "cohesion {})" +
                                    tail);
        ASSERT_EQ(m.size(), 12U) << e.sentence;
        shown_truly(m[0], slow_factor(c, quantity::stability));
        shown_truly(m[1], slow_factor(c, quantity::density));
        shown_truly(m[2], slow_factor(c, quantity::connectivity));
        shown_truly(m[3], slow_factor(c, quantity::cohesion));
        extremes_are_true(m, 4, slow_shares(c, quantity::stability));
    }
}

TEST(explain, what_is_said_of_changes_is_true) {
    std::mt19937_64 random(12);
    for (int trial = 0; trial < 12; ++trial) {
        Eigen::MatrixXd const c = weft_test::group(random, 6, trial % 3);
        auto const s = [](Eigen::MatrixXd const& g) { return slow_factor(g, quantity::stability); };
        if (weft_test::spectrum(c)(1) < 1e-6) continue;
        Eigen::MatrixXd const five = c.topLeftCorner(5, 5);
        if (weft_test::spectrum(five)(1) < 1e-6) continue;

        auto const joined = explain_newcomer(five, c.row(5).head(5), {}, people_names);
        shares_add_up(joined);
        auto m = matched(joined.sentence,
                         "Flo would {} the group's stability from {} to {} (density {}, "
                         "connectivity {}, cohesion {}): the new ties bring {}, nobody is more "
                         "compatible with Flo than {} ({}), and the ties among the others count "
                         "{} {}.{}");
        ASSERT_EQ(m.size(), 12U) << joined.sentence;
        EXPECT_EQ(m[0], s(c) < s(five) ? "lower" : "raise");
        shown_truly(m[1], s(five));
        shown_truly(m[2], s(c));
        Eigen::MatrixXd shares = slow_shares(c, quantity::stability);
        double const own = shares.row(5).sum();
        shown_truly(m[6], own);
        auto const best = static_cast<Eigen::Index>(number_of(m[7]));
        EXPECT_EQ(c(5, best), c.row(5).head(5).maxCoeff());
        shown_truly(m[8], c(5, best));
        double const rest = s(c) - s(five) - own;
        shown_truly(m[9], std::abs(rest));
        EXPECT_EQ(m[10], rest > 0.0 ? "more" : "less");

        auto const gone = explain_member(c, 5, {}, people_names);
        shares_add_up(gone);
        m = matched(gone.sentence, "Without Flo stability would be {} instead of {} (density {}");
        ASSERT_EQ(m.size(), 3U) << gone.sentence;
        shown_truly(m[0], s(five));
        shown_truly(m[1], s(c));
        auto const part = explain_member(c, 5, {}, people_names, quantity::cohesion);
        shares_add_up(part);
        m = matched(part.sentence, "Without Flo cohesion would be {} instead of {}: no pair counts "
                                   "more than {} and {} ({}) {}");
        ASSERT_EQ(m.size(), 6U) << part.sentence;
        shares = slow_shares(c, quantity::cohesion);
        shares.topLeftCorner(5, 5) -= slow_shares(five, quantity::cohesion);
        auto const a = static_cast<Eigen::Index>(number_of(m[2]));
        auto const b = static_cast<Eigen::Index>(number_of(m[3]));
        EXPECT_GE(shares(a, b), shares.maxCoeff() - 1e-7);

        Eigen::MatrixXd const other = weft_test::group(random, 6);
        auto const change = explain_change(c, other, quantity::stability, {}, people_names);
        shares_add_up(change);
        m = matched(change.sentence, "The group's stability {} from {} to {}: no pair adds more "
                                     "than {} and {} ({}){}");
        ASSERT_EQ(m.size(), 7U) << change.sentence;
        EXPECT_EQ(m[0], s(other) > s(c) ? "rises" : "falls");
        shares = slow_shares(other, quantity::stability) - slow_shares(c, quantity::stability);
        EXPECT_GE(shares(static_cast<Eigen::Index>(number_of(m[3])),
                         static_cast<Eigen::Index>(number_of(m[4]))),
                  shares.maxCoeff() - 1e-7);
    }
}

TEST(explain, rounding_neither_joins_nor_parts) {
    using weft::fabric::detail::apart;
    using weft::fabric::detail::rounded;
    EXPECT_EQ(rounded(0.5), "0.5");
    EXPECT_EQ(rounded(0.0), "0");
    EXPECT_EQ(rounded(1.0), "1");
    EXPECT_EQ(rounded(0.99996), "0.99996");
    EXPECT_EQ(rounded(1.0 - 1e-15), "1");
    EXPECT_EQ(rounded(0.00004), "4e-05");
    EXPECT_EQ(rounded(3e-310), "3e-310");
    EXPECT_EQ(rounded(99.9999), "99.9999");
    EXPECT_EQ(apart(0.1231, 0.1234).first, "0.1231");
    EXPECT_EQ(apart(0.1231, 0.1234).second, "0.1234");
    EXPECT_EQ(apart(0.3, 0.3 + 1e-16).second, "0.3");
    // Members who differ by less than is shown of others.
    Eigen::MatrixXd c = weft_test::uniform(3, 0.5);
    c(0, 1) = c(1, 0) = 0.50001;
    auto const m =
        matched(explain(c, quantity::density, {}, std::vector<std::string>{"a", "b", "c"}).sentence,
                "The group's density is {}: no pair brings more than a and b ({}), no member more "
                "than a ({}) or less than c ({}).{}");
    ASSERT_EQ(m.size(), 5U);
    EXPECT_GT(std::stod(m[2]), std::stod(m[3]));
    // Nearly whole stays nearly.
    auto const joined =
        explain_newcomer(weft_test::uniform(4, 1.0), Eigen::RowVectorXd::Constant(4, 0.9999));
    auto const n = matched(joined.sentence, "Member 4 would lower the group's stability from {} to "
                                            "{} ({}");
    ASSERT_EQ(n.size(), 3U) << joined.sentence;
    EXPECT_EQ(n[0], "1");
    EXPECT_LT(std::stod(n[1]), 1.0);
    auto const same =
        explain_newcomer(weft_test::uniform(4, 0.5), Eigen::RowVectorXd::Constant(4, 0.5));
    EXPECT_EQ(same.sentence.rfind("Member 4 would leave the group's stability at 0.5 (density "
                                  "still 0.5, connectivity still 0.5, cohesion still 0.5): ",
                                  0),
              0U)
        << same.sentence;
    EXPECT_NE(explain_change(c, c).sentence.find("is still"), std::string::npos);
}

TEST(explain, in_a_uniform_group_all_pairs_share_alike) {
    for (auto const q : {quantity::stability, quantity::connectivity, quantity::cohesion}) {
        auto const e = explain(weft_test::uniform(5, 0.4), q);
        for (auto const& p : e.pairs) EXPECT_NEAR(p.share, 0.04, 1e-12);
        for (auto const& m : e.members) EXPECT_NEAR(m.share, 0.08, 1e-12);
        EXPECT_NE(e.sentence.find("every pair brings 0.04, every member 0.08."), std::string::npos)
            << e.sentence;
        // Rounding does not decide who comes first.
        for (std::size_t k = 0; k < 5; ++k) EXPECT_EQ(e.members[k].member, k);
        EXPECT_EQ(e.pairs.front().i + e.pairs.front().j, 1U);
    }
}

TEST(explain, sentences_name_who_and_why) {
    auto const names = std::vector<std::string>(people_names.begin(), people_names.begin() + 4);
    Eigen::MatrixXd c(4, 4);
    c << 0, 0.9, 0.8, 0.1, 0.9, 0, 0.8, 0.1, 0.8, 0.8, 0, 0.3, 0.1, 0.1, 0.3, 0;
    EXPECT_EQ(explain(c, quantity::density, {}, names).sentence,
              "The group's density is 0.5: no pair brings more than Ann and Ben (0.15), no member "
              "more than Cy (0.158) or less than Dee (0.042).");
    auto const e = explain(c, quantity::connectivity, {}, names);
    EXPECT_EQ(e.pairs.front().i, 2U);
    EXPECT_EQ(e.pairs.front().j, 3U);
    c.row(3).setZero();
    c.col(3).setZero();
    EXPECT_EQ(explain(c, quantity::cohesion, {}, names).sentence,
              "The group's cohesion is 0: nothing ties Dee to the others.");
    EXPECT_EQ(explain(weft_test::uniform(2, 0.25), quantity::density).sentence,
              "The group's density is 0.25: all of it comes from member 0 and member 1.");
    // A tie too thin for its reciprocal.
    auto const thin = explain(weft_test::uniform(4, 1e-310), quantity::cohesion);
    EXPECT_NEAR(thin.pairs.front().share / 1e-310, 1.0 / 6.0, 1e-3);
}

TEST(explain, small_groups_and_faulty_arguments) {
    EXPECT_FALSE(explain(Eigen::MatrixXd(1, 1), quantity::stability).value);
    EXPECT_FALSE(explain(Eigen::MatrixXd(0, 0), quantity::cohesion).value);
    EXPECT_FALSE(explain_member(weft_test::uniform(2, 0.5), 0).value);
    EXPECT_FALSE(explain_newcomer(Eigen::MatrixXd::Zero(1, 1), Eigen::RowVectorXd::Ones(1)).value);
    EXPECT_FALSE(explain_change(Eigen::MatrixXd(1, 1), Eigen::MatrixXd(1, 1)).value);
    EXPECT_NE(explain(Eigen::MatrixXd::Zero(3, 3), quantity::stability).sentence.find("is 0"),
              std::string::npos);
    std::vector<std::string> const two{"a", "b"};
    EXPECT_THROW((void)explain(weft_test::uniform(3, 0.5), quantity::density, {}, two),
                 weft::invalid_argument);
    EXPECT_THROW((void)explain_member(weft_test::uniform(3, 0.5), 3), weft::invalid_argument);
    EXPECT_THROW((void)explain_change(weft_test::uniform(3, 0.5), weft_test::uniform(4, 0.5)),
                 weft::invalid_argument);
}

/// Two fives that hang together by a thread between members 4 and 5.
Eigen::MatrixXd hanging(double thread) {
    Eigen::MatrixXd c = Eigen::MatrixXd::Zero(10, 10);
    c.topLeftCorner(5, 5) = weft_test::uniform(5, 0.7);
    c.bottomRightCorner(5, 5) = weft_test::uniform(5, 0.4);
    c(4, 5) = c(5, 4) = thread;
    return c;
}

TEST(explain, a_thread_has_the_connectivity_or_nothing_is_said_of_shares) {
    for (double const thread : {1e-3, 1e-12, 1e-20}) {
        auto const e = explain(hanging(thread), quantity::connectivity);
        shares_add_up(e);
        EXPECT_EQ(e.pairs.front().i, 4U);
        EXPECT_EQ(e.pairs.front().j, 5U);
        EXPECT_GT(e.pairs.front().share, 0.99 * *e.value);
        EXPECT_EQ(e.sentence.find("every pair"), std::string::npos) << e.sentence;
    }
    auto const lost = explain(hanging(1e-33), quantity::connectivity);
    EXPECT_GT(*lost.value, 0.0);
    EXPECT_TRUE(lost.pairs.empty() && lost.members.empty());
    EXPECT_NE(lost.sentence.find("lost to rounding"), std::string::npos) << lost.sentence;
    EXPECT_TRUE(explain(hanging(1e-33), quantity::stability, {0.0, 1.0, 0.0}).pairs.empty());
    // Where the connectivity hardly counts its loss does not matter.
    shares_add_up(explain(hanging(1e-33), quantity::stability));
    shares_add_up(explain(hanging(1e-33), quantity::cohesion));
}

TEST(explain, a_rise_of_tiny_numbers_is_a_rise) {
    auto const e = explain_change(hanging(1e-20), hanging(7e-20), quantity::connectivity);
    EXPECT_NE(e.sentence.find("rises from"), std::string::npos) << e.sentence;
    EXPECT_TRUE(
        explain_change(hanging(1e-33), hanging(7e-33), quantity::connectivity).pairs.empty());
    auto const tiny = explain(weft_test::uniform(5, 1e-16), quantity::density);
    EXPECT_NE(tiny.sentence.find("every pair brings 1e-17"), std::string::npos) << tiny.sentence;
    Eigen::MatrixXd uneven = weft_test::uniform(5, 1e-16);
    uneven(0, 1) = uneven(1, 0) = 3e-16;
    EXPECT_NE(explain(uneven, quantity::density).sentence.find("no pair brings more than member 0"),
              std::string::npos);
}

} // namespace
