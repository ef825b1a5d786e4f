#include "../../examples/weft/temporal_commands.cpp"

#include <gtest/gtest.h>

namespace {

using weft_command::json;

json interpolate(char const* line) {
    return weft_command::interpolate(json::parse(line));
}
json forecast(char const* line) {
    return weft_command::forecast(json::parse(line));
}

template <class Handler>
std::string fault(Handler const& handler, char const* line) {
    try {
        (void)handler(line);
    } catch (weft::invalid_argument const& e) {
        return e.argument();
    } catch (weft::error const& e) {
        return e.what();
    }
    return "(accepted)";
}

TEST(interpolate_command, takes_numbers_and_instants) {
    auto const a = interpolate(R"({"t":[0,1,3,4],"y":[0,1,0.5,0.5],"at":[0.5,2]})");
    EXPECT_NEAR(a["y"][0], 0.6770833333333333, 1e-15);
    EXPECT_NEAR(a["dy"][1], -.375, 1e-15);
    EXPECT_FALSE(a.contains("why"));
    auto const b = interpolate(
        R"({"t":["2026-01-01","2026-01-03T00:00:00Z"],"y":[0,1],"at":["2026-01-01T12:00:00Z"],
            "method":"linear"})");
    EXPECT_DOUBLE_EQ(b["y"][0], .25);
    EXPECT_DOUBLE_EQ(b["dy"][0], .5);
    EXPECT_TRUE(interpolate(R"({"t":[0,1],"y":[0,1],"at":[]})")["y"].empty());
}

TEST(interpolate_command, knows_every_method) {
    for (auto const& [method, y] : {std::pair{"nearest", 1.0},
                                    {"previous", 1.0},
                                    {"makima", .9},
                                    {"natural", .9},
                                    {"not-a-knot", .9},
                                    {"rational", .9}}) {
        auto const line =
            json{{"t", {0, 1, 3, 4}}, {"y", {0, 1, .5, .5}}, {"at", {1.5}}, {"method", method}};
        EXPECT_NEAR(weft_command::interpolate(line)["y"][0], y, .2) << method;
    }
    auto const clamped = interpolate(R"({"t":[0,2],"y":[0,0],"at":[1],"method":"clamped",
                                         "start_slope":1,"end_slope":-1})");
    EXPECT_DOUBLE_EQ(clamped["y"][0], .5);
    auto const given = interpolate(R"({"t":["2026-01-01","2026-01-03"],"y":[0,0],
        "at":["2026-01-02"],"method":"hermite","slopes":[1,-1]})");
    EXPECT_DOUBLE_EQ(given["y"][0], .5);
    auto const quintic = interpolate(R"({"t":[0,2],"y":[0,0],"at":[1],"method":"quintic",
                                         "slopes":[1,-1],"second":[-1,-1]})");
    EXPECT_DOUBLE_EQ(quintic["y"][0], .5);
    EXPECT_EQ(fault(interpolate, R"({"t":[0,2],"y":[0,0],"at":[1],"method":"hermite"})"), "slopes");
    EXPECT_EQ(fault(interpolate, R"({"t":[0,2],"y":[0,0],"at":[1],"method":"hermite",
                                     "slopes":[1]})"),
              "dy");
    EXPECT_EQ(fault(interpolate, R"({"t":[0,2],"y":[0,0],"at":[1],"method":"clamped"})"),
              "start_slope");
    EXPECT_EQ(fault(interpolate, R"({"t":[0,2],"y":[0,0],"at":[3],"method":"hermite",
                                     "slopes":[1,-1]})"),
              "at[0]");
}

TEST(interpolate_command, outside_is_refused_or_answered_as_asked) {
    EXPECT_EQ(fault(interpolate, R"({"t":[0,1],"y":[0,1],"at":[0,2]})"), "at[1]");
    EXPECT_EQ(interpolate(R"({"t":[0,1],"y":[0,1],"at":[2],"outside":"clamp"})")["y"][0], 1.0);
    EXPECT_EQ(interpolate(R"({"t":[0,1],"y":[0,1],"at":[2],"outside":"linear"})")["y"][0], 2.0);
    EXPECT_EQ(
        interpolate(R"({"t":[0,1],"y":[0,1],"at":[2],"outside":"linear","unit":true})")["y"][0],
        1.0);
    auto const none = interpolate(R"({"t":[0,1],"y":[0,1],"at":[-1,1],"outside":"nan"})");
    EXPECT_TRUE(none["y"][0].is_null());
    EXPECT_EQ(none["y"][1], 1.0);
    EXPECT_EQ(none["why"]["y"], "1 of `at` lie outside the data");
}

TEST(interpolate_command, faulty_lines_name_the_field) {
    EXPECT_EQ(fault(interpolate, R"([1])"), "line");
    EXPECT_EQ(fault(interpolate, R"({"y":[0,1],"at":[]})"), "t");
    EXPECT_EQ(fault(interpolate, R"({"t":[0],"y":[0],"at":[]})"), "t");
    EXPECT_EQ(fault(interpolate, R"({"t":{},"y":[0],"at":[]})"), "t");
    EXPECT_EQ(fault(interpolate, R"({"t":[0,1],"y":[0,null],"at":[]})"), "y[1]");
    EXPECT_EQ(fault(interpolate, R"({"t":[0,1],"y":[0],"at":[]})"), "y");
    EXPECT_EQ(fault(interpolate, R"({"t":[1,1],"y":[0,1],"at":[]})"), "t[1]");
    EXPECT_EQ(fault(interpolate, R"({"t":[0,"2026-01-01"],"y":[0,1],"at":[]})"), "t[1]");
    EXPECT_EQ(fault(interpolate, R"({"t":["2026-01-01",1],"y":[0,1],"at":[]})"), "t[1]");
    EXPECT_EQ(fault(interpolate, R"({"t":["2026-01-01","2026-02-30"],"y":[0,1],"at":[]})"), "t[1]");
    EXPECT_EQ(fault(interpolate, R"({"t":[0,1],"y":[0,1],"at":["2026-01-01"]})"), "at[0]");
    EXPECT_EQ(fault(interpolate, R"({"t":[0,1],"y":[0,1],"at":[],"method":"cubic"})"), "method");
    EXPECT_EQ(fault(interpolate, R"({"t":[0,1],"y":[0,1],"at":[],"outside":1})"), "outside");
    EXPECT_EQ(fault(interpolate, R"({"t":[0,1],"y":[0,2],"at":[],"unit":true})"), "y[1]");
    EXPECT_EQ(fault(interpolate, R"({"t":[0,1],"y":[0,1],"at":[],"unit":1})"), "unit");
}

TEST(forecast_command, answers_each_instant) {
    auto const f = forecast(
        R"({"t":["2026-01-01","2026-01-02","2026-01-03","2026-01-04","2026-01-05"],
            "y":[0.3,0.4,0.5,0.6,0.7],"at":["2026-01-06","2026-02-05"]})");
    ASSERT_EQ(f["y"].size(), 2u);
    EXPECT_LT(f["lower"][0], f["y"][0]);
    EXPECT_LT(f["y"][0], f["upper"][0]);
    EXPECT_GT(f["confidence"][0], f["confidence"][1]);
    EXPECT_EQ(f["trend"], "improving");
    EXPECT_NEAR(f["rate_per_day"], .1, 1e-12);
    EXPECT_FALSE(f.contains("why"));
}

TEST(forecast_command, says_why_something_is_absent) {
    auto const none = forecast(R"({"t":[],"y":[],"at":["2026-01-06"]})");
    for (auto const* name : {"y", "lower", "upper", "rate_per_day", "confidence"}) {
        EXPECT_TRUE(none.at(name).is_null());
        EXPECT_EQ(none["why"][name], "no snapshots");
    }
    EXPECT_EQ(none["trend"], "unknown");
    auto const one = forecast(R"({"t":["2026-01-01"],"y":[0.3],"at":["2026-01-06"]})");
    EXPECT_NEAR(one["y"][0], .3, 1e-15);
    EXPECT_TRUE(one["rate_per_day"].is_null());
    EXPECT_EQ(one["why"]["rate_per_day"], "too few snapshots: 1");
    EXPECT_EQ(one["why"]["trend"], "too few snapshots: 1");
}

TEST(forecast_command, takes_another_range_and_window) {
    auto const line = R"({"t":["2026-01-01","2026-01-03"],"y":[1,2],"at":["2026-01-06"],
                          "range":[0,3],"window_days":90})";
    auto const f = forecast(line);
    EXPECT_GE(f["y"][0], 1.0);
    EXPECT_LE(f["upper"][0], 3.0);
}

TEST(forecast_command, faulty_lines_name_the_field) {
    EXPECT_EQ(fault(forecast, R"({"t":["2026-01-01"],"y":[1.3],"at":[]})"), "y[0]");
    EXPECT_EQ(fault(forecast, R"({"t":["2026-01-01"],"y":[0.3],"at":["2025-01-01"]})"), "at[0]");
    EXPECT_EQ(fault(forecast, R"({"t":[1],"y":[0.3],"at":[]})"), "t[0]");
    EXPECT_EQ(fault(forecast, R"({"t":["2026-01-01"],"y":[0.3]})"), "at");
    EXPECT_EQ(fault(forecast, R"({"t":["2026-01-02","2026-01-01"],"y":[0,1],"at":[]})"), "t[1]");
    EXPECT_EQ(fault(forecast, R"({"t":[],"y":[],"at":[],"range":[1]})"), "range");
    EXPECT_EQ(fault(forecast, R"({"t":[],"y":[],"at":[],"range":[1,1]})"), "highest");
    EXPECT_EQ(fault(forecast, R"({"t":[],"y":[],"at":[],"window_days":0})"), "window_days");
}

} // namespace
