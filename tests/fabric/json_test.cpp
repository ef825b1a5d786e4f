#include "weft/fabric/json.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "fabric/support.hpp"

namespace {

using namespace weft::fabric;
using document = nlohmann::ordered_json;

TEST(group_json, two_cliques_and_a_bridge) {
    auto const c = weft_test::two_circles_and_a_bridge();
    Eigen::MatrixXd candidates = Eigen::MatrixXd::Constant(1, 13, 1.0);
    auto const j = group_to_json<document>(c, candidates);
    EXPECT_EQ(j.at("clusters").size(), 2U);
    EXPECT_LE(j.at("clusters_p").get<double>(), 0.05);
    EXPECT_EQ(j.at("bridges"), document::array({12}));
    EXPECT_EQ(j.at("members").size(), 13U);
    EXPECT_GT(j.at("members")[12].at("participation").get<double>(), 0.45);
    EXPECT_EQ(j.at("stability").get<double>(), *stability(c).stability);
    EXPECT_GT(j.at("candidates")[0].at("change").get<double>(), 0.0);
    EXPECT_EQ(j.at("explanation").get<std::string>().rfind("The group's stability is", 0), 0U);
    EXPECT_FALSE(j.contains("why"));
}

TEST(group_json, what_is_absent_is_null_with_its_reason) {
    Eigen::MatrixXd const none(0, 0), one = Eigen::MatrixXd::Zero(1, 1);
    for (auto const& c : {none, one}) {
        auto const j = group_to_json<document>(c, Eigen::MatrixXd(0, c.cols()));
        for (auto const* field : {"stability", "density", "connectivity", "cohesion", "evenness",
                                  "modularity", "clusters_p"}) {
            EXPECT_TRUE(j.at(field).is_null()) << field;
            EXPECT_TRUE(j.at("why").contains(field)) << field;
        }
        EXPECT_EQ(j.at("clusters").size(), static_cast<std::size_t>(c.rows()));
        EXPECT_TRUE(j.at("bridges").empty());
    }
    auto const two = group_to_json<document>(weft_test::uniform(2, 0.5), Eigen::MatrixXd(0, 2));
    EXPECT_TRUE(two.at("members")[0].at("contribution").is_null());
    EXPECT_TRUE(two.at("why").contains("contribution"));
}

TEST(group_json, futures_and_explanations_are_documents) {
    auto const start = weft::parse_instant("2026-01-01T00:00:00Z");
    std::vector<pair_history> pairs;
    pairs.push_back({0, 1, weft::temporal::series({start}, {0.6})});
    worldsheet const sheet(2, std::move(pairs));
    auto const j = future_to_json<document>(predict(sheet, start, start + std::chrono::days{30}));
    EXPECT_EQ(j.at("points").size(), 5U);
    EXPECT_EQ(j.at("points")[0].at("at"), "2026-01-01T00:00:00Z");
    EXPECT_NEAR(j.at("points")[0].at("stability").get<double>(), 0.6, 1e-15);
    EXPECT_LT(j.at("points")[4].at("lowest").get<double>(), 0.6);
    EXPECT_EQ(j.at("past").at("trend"), "unknown");
    EXPECT_TRUE(j.at("past").at("rate_per_day").is_null());
    EXPECT_TRUE(j.at("events").empty());

    auto const e =
        explanation_to_json<document>(explain(weft_test::uniform(3, 0.5), quantity::density));
    EXPECT_EQ(e.at("name"), "density");
    EXPECT_EQ(e.at("pairs").size(), 3U);
    EXPECT_NEAR(e.at("members")[2].at("share").get<double>(), 0.5 / 3, 1e-15);
}

TEST(group_json, faulty_matrices_are_named) {
    auto const where = [](char const* text) -> std::string {
        try {
            (void)matrix_from_json(document::parse(text), "m", 2);
        } catch (weft::invalid_argument const& e) {
            return e.argument();
        }
        return "accepted";
    };
    EXPECT_EQ(where("[[0, 1], [1, 0]]"), "accepted");
    EXPECT_EQ(where("[[0, 1], [1]]"), "m[1]");
    EXPECT_EQ(where("[[0, 1], [1, null]]"), "m[1][1]");
    EXPECT_EQ(where("{}"), "m");
    EXPECT_EQ(where("[3]"), "m[0]");
}

} // namespace
