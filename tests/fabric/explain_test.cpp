#include "weft/fabric/explain.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "fabric/support.hpp"

namespace {

using namespace weft::fabric;

void shares_add_up(explanation const& e) {
    double pairs = 0.0, members = 0.0;
    for (auto const& p : e.pairs) pairs += p.share;
    for (auto const& m : e.members) members += m.share;
    RC_ASSERT(std::abs(pairs - *e.value) < 1e-10);
    RC_ASSERT(std::abs(members - *e.value) < 1e-10);
    for (std::size_t k = 1; k < e.pairs.size(); ++k) {
        RC_ASSERT(e.pairs[k].share <= e.pairs[k - 1].share);
    }
    RC_ASSERT(e.sentence.size() > 20 && e.sentence.back() == '.');
}

RC_GTEST_PROP(explain, shares_add_up_to_the_number, ()) {
    int const n = weft_test::whole(2, 10);
    Eigen::MatrixXd const c = weft_test::group(n, weft_test::whole(0, 8));
    auto const s = stability(c);
    std::pair<quantity, double> const all[] = {{quantity::stability, *s.stability},
                                               {quantity::density, *s.density},
                                               {quantity::connectivity, *s.connectivity},
                                               {quantity::cohesion, *s.cohesion}};
    for (auto const& [q, value] : all) {
        auto const e = explain(c, q);
        RC_ASSERT(std::abs(*e.value - value) < 1e-15);
        RC_ASSERT(e.pairs.size() == static_cast<std::size_t>(n * (n - 1) / 2));
        shares_add_up(e);
    }
    Eigen::RowVectorXd w(n);
    for (int i = 0; i < n; ++i) w(i) = weft_test::real(0, 1);
    auto const joined = explain_newcomer(c, w);
    RC_ASSERT(*joined.value == *newcomers(c, w)[0].change);
    shares_add_up(joined);
    if (n > 2) {
        auto const gone = explain_member(c, 1);
        RC_ASSERT(gone.name == "contribution");
        shares_add_up(gone);
    }
}

TEST(explain, in_a_uniform_group_all_pairs_share_alike) {
    for (auto const q : {quantity::stability, quantity::connectivity, quantity::cohesion}) {
        auto const e = explain(weft_test::uniform(5, 0.4), q);
        for (auto const& p : e.pairs) EXPECT_NEAR(p.share, 0.04, 1e-12);
        for (auto const& m : e.members) EXPECT_NEAR(m.share, 0.08, 1e-12);
    }
}

TEST(explain, sentences_name_who_and_why) {
    std::vector<std::string> const names{"Ann", "Ben", "Cy", "Dee"};
    Eigen::MatrixXd c(4, 4);
    c << 0, 0.9, 0.8, 0.1, 0.9, 0, 0.8, 0.1, 0.8, 0.8, 0, 0.3, 0.1, 0.1, 0.3, 0;
    EXPECT_EQ(explain(c, quantity::density, {}, names).sentence,
              "The group's density is 0.5; most of it comes from Ann and Ben (0.15) and from Cy "
              "(0.158), least from Dee (0.042).");
    auto const e = explain(c, quantity::connectivity, {}, names);
    EXPECT_EQ(e.pairs.front().i, 2U);
    EXPECT_EQ(e.pairs.front().j, 3U);
    c.row(3).setZero();
    c.col(3).setZero();
    EXPECT_EQ(explain(c, quantity::cohesion, {}, names).sentence,
              "The group's cohesion is 0: nothing ties Dee to the others.");
    auto const member = explain_member(c, 3, {}, names).sentence;
    EXPECT_EQ(member.rfind("Without Dee stability would be ", 0), 0U) << member;
    std::vector<std::string> more = names;
    more.push_back("Eve");
    Eigen::RowVectorXd w(4);
    w << 0.2, 0.7, 0.5, 0.4;
    auto const joined = explain_newcomer(c, w, {}, more).sentence;
    EXPECT_NE(joined.find("Eve would raise the group's stability from"), std::string::npos)
        << joined;
    EXPECT_NE(joined.find("most compatible is Ben (0.7)"), std::string::npos) << joined;
}

TEST(explain, small_groups_and_faulty_arguments) {
    EXPECT_FALSE(explain(Eigen::MatrixXd(1, 1), quantity::stability).value);
    EXPECT_FALSE(explain(Eigen::MatrixXd(0, 0), quantity::cohesion).value);
    EXPECT_FALSE(explain_member(weft_test::uniform(2, 0.5), 0).value);
    EXPECT_FALSE(explain_newcomer(Eigen::MatrixXd::Zero(1, 1), Eigen::RowVectorXd::Ones(1)).value);
    EXPECT_NE(explain(Eigen::MatrixXd::Zero(3, 3), quantity::stability).sentence.find("is 0"),
              std::string::npos);
    std::vector<std::string> const two{"a", "b"};
    EXPECT_THROW((void)explain(weft_test::uniform(3, 0.5), quantity::density, {}, two),
                 weft::invalid_argument);
    EXPECT_THROW((void)explain_member(weft_test::uniform(3, 0.5), 3), weft::invalid_argument);
}

} // namespace
