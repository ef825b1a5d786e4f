#include "weft/fabric/newcomer.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "fabric/support.hpp"

namespace {

using namespace weft::fabric;

Eigen::MatrixXd with(Eigen::MatrixXd const& c, Eigen::RowVectorXd const& w) {
    Eigen::Index const n = c.rows();
    Eigen::MatrixXd out = Eigen::MatrixXd::Zero(n + 1, n + 1);
    out.topLeftCorner(n, n) = c;
    out.row(n).head(n) = w;
    out.col(n).head(n) = w.transpose();
    return out;
}

RC_GTEST_PROP(newcomers, each_is_the_stability_of_the_larger_group, ()) {
    int const n = weft_test::whole(1, 20), m = weft_test::whole(1, 4);
    int const zeros = weft_test::whole(0, 9);
    Eigen::MatrixXd const c = weft_test::group(n, zeros);
    Eigen::MatrixXd w(m, n);
    for (int k = 0; k < m; ++k) {
        for (int i = 0; i < n; ++i) {
            w(k, i) = weft_test::whole(0, 9) < zeros ? 0.0 : weft_test::real(0, 1);
        }
    }
    auto const all = newcomers(c, w);
    RC_ASSERT(all.size() == static_cast<std::size_t>(m));
    auto const now = stability(c).stability;
    for (int k = 0; k < m; ++k) {
        auto const& one = all[static_cast<std::size_t>(k)];
        Eigen::MatrixXd const larger = with(c, w.row(k));
        RC_ASSERT(std::abs(*one.stability - *stability(larger).stability) < 1e-14);
        // Against eigenvalues that the library had no part in.
        Eigen::VectorXd const l = weft_test::spectrum(larger);
        double const size = n + 1;
        if (l(1) > 1e-12) {
            double logs = 0.0;
            for (int i = 1; i <= n; ++i) logs += std::log(l(i) / size);
            double const expected = 0.4 * larger.sum() / (size * (size - 1)) + 0.3 * l(1) / size +
                                    0.3 * std::exp(logs / (size - 1));
            RC_ASSERT(std::abs(*one.stability - expected) < 1e-13);
        }
        RC_ASSERT(one.change.has_value() == (n > 1));
        if (n > 1) {
            RC_ASSERT(*one.change == *one.stability - *now);
            RC_ASSERT(*one.improvement == std::max(0.0, *one.change));
        }
        // Alone or among others: the same bits.
        auto const alone = newcomers(c, w.row(k));
        RC_ASSERT(*alone[0].stability == *one.stability);
    }
}

RC_GTEST_PROP(newcomers, one_compatible_with_everyone_never_lowers_stability, ()) {
    int const n = weft_test::whole(2, 25);
    Eigen::MatrixXd const c = weft_test::group(n, weft_test::whole(0, 10));
    auto const all = newcomers(c, Eigen::MatrixXd::Ones(1, n));
    RC_ASSERT(*all[0].change >= -1e-14);
}

TEST(newcomers, exact_where_spectra_are_awkward) {
    auto const check = [](Eigen::MatrixXd const& c, Eigen::RowVectorXd const& w,
                          std::string const& name) {
        Eigen::MatrixXd const larger = with(c, w);
        double const l2 = weft_test::spectrum(larger)(1);
        double const size = static_cast<double>(larger.rows());
        double const expected = 0.4 * (c.sum() + 2 * w.sum()) / (size * (size - 1)) +
                                0.3 * l2 / size + 0.3 * weft_test::cohesion(larger);
        EXPECT_NEAR(*newcomers(c, w)[0].stability, expected, 2e-14) << name;
    };
    int const n = 100;
    Eigen::MatrixXd chain = Eigen::MatrixXd::Zero(n, n), ring, star = chain;
    for (int i = 0; i + 1 < n; ++i) {
        chain(i, i + 1) = chain(i + 1, i) = 1.0;
        star(0, i + 1) = star(i + 1, 0) = 1.0;
    }
    ring = chain;
    ring(0, n - 1) = ring(n - 1, 0) = 1.0;
    Eigen::RowVectorXd end = Eigen::RowVectorXd::Zero(n), all = Eigen::RowVectorXd::Ones(n);
    end(n - 1) = 0.5;
    Eigen::RowVectorXd faint = end;
    faint(n - 1) = 1e-7;
    Eigen::MatrixXd cliques = weft_test::uniform(n, 1.0);
    cliques.topRightCorner(50, 50).setConstant(1e-6);
    cliques.bottomLeftCorner(50, 50).setConstant(1e-6);
    std::pair<std::string, Eigen::MatrixXd> const groups[] = {
        {"chain", chain},
        {"ring", ring},
        {"star", star},
        {"uniform", weft_test::uniform(n, 0.4)},
        {"cliques", cliques}};
    for (auto const& [name, c] : groups) {
        check(c, end, name + ", at one end");
        check(c, faint, name + ", faintly");
        check(c, all, name + ", to all");
    }
}

TEST(newcomers, can_join_what_was_apart) {
    Eigen::MatrixXd c = Eigen::MatrixXd::Zero(4, 4);
    c(0, 1) = c(1, 0) = c(2, 3) = c(3, 2) = 1.0;
    Eigen::MatrixXd w(3, 4);
    w << 1, 0, 1, 0, //
        1, 1, 0, 0,  //
        0, 0, 0, 0;
    auto const all = newcomers(c, w);
    EXPECT_GT(*all[0].change, 0.1);
    EXPECT_NEAR(*all[1].stability, 0.4 * 4.0 / 10.0, 1e-15);
    EXPECT_LT(*all[2].change, 0.0);
    EXPECT_EQ(*all[2].improvement, 0.0);
}

TEST(newcomers, small_groups) {
    EXPECT_FALSE(newcomers(Eigen::MatrixXd(0, 0), Eigen::MatrixXd(2, 0)).at(1).stability);
    Eigen::MatrixXd const one = Eigen::MatrixXd::Zero(1, 1);
    auto const pair = newcomers(one, Eigen::MatrixXd::Constant(1, 1, 0.6));
    EXPECT_NEAR(*pair[0].stability, 0.6, 1e-15);
    EXPECT_FALSE(pair[0].change || pair[0].improvement);
    EXPECT_TRUE(newcomers(one, Eigen::MatrixXd(0, 1)).empty());
}

TEST(newcomers, faulty_candidates_are_named) {
    Eigen::MatrixXd const c = weft_test::uniform(3, 0.5);
    EXPECT_THROW((void)newcomers(c, Eigen::MatrixXd::Zero(1, 4)), weft::invalid_argument);
    Eigen::MatrixXd w = Eigen::MatrixXd::Constant(2, 3, 0.5);
    w(1, 2) = std::nan("");
    try {
        (void)newcomers(c, w);
        FAIL();
    } catch (weft::invalid_argument const& e) {
        EXPECT_EQ(e.argument(), "candidates[1][2]");
    }
}

} // namespace
