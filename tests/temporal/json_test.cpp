#include "weft/temporal/json.hpp"

#include <gtest/gtest.h>

namespace {

using weft::temporal::forecast_model;
using weft::temporal::forecast_model_from_json;
using weft::temporal::json;
using weft::temporal::slope_population;
using weft::temporal::slope_population_from_json;
using weft::temporal::to_json;

forecast_model fitted() {
    forecast_model m;
    m.mean = 1.0 / 3;
    m.level_variance = .0123;
    m.memory_days = 4.7;
    m.half_width = 1.1;
    m.people = 3033;
    m.observations = 6411;
    return m;
}

template <class Read>
std::string fault_of(Read const& read) {
    try {
        (void)read();
    } catch (weft::invalid_argument const& e) {
        return e.argument();
    }
    return "(accepted)";
}

TEST(temporal_json, models_come_back_bit_for_bit) {
    for (auto const& m : {forecast_model(), fitted()}) {
        EXPECT_EQ(forecast_model_from_json(json::parse(to_json(m).dump())), m);
    }
    auto unbounded = fitted();
    unbounded.range.reset();
    EXPECT_EQ(forecast_model_from_json(json::parse(to_json(unbounded).dump())), unbounded);
}

TEST(temporal_json, slopes_come_back_bit_for_bit) {
    slope_population const p{.1, {{3, 0, 40, 1.0 / 7}, {4, -3, 25, 0.0}}};
    EXPECT_EQ(slope_population_from_json(json::parse(to_json(p).dump())), p);
    EXPECT_EQ(slope_population_from_json(to_json(slope_population())), slope_population());
}

TEST(temporal_json, faulty_models_are_refused_by_name) {
    auto const with = [](char const* name, json const& value) {
        auto document = to_json(fitted());
        document[name] = value;
        return fault_of([&] { return forecast_model_from_json(document); });
    };
    EXPECT_EQ(with("mean", "x"), "model.mean");
    EXPECT_EQ(with("level_variance", nullptr), "model.level_variance");
    EXPECT_EQ(with("noise_variance", 0), "model.noise_variance");
    EXPECT_EQ(with("coverage", 2), "model.coverage");
    EXPECT_EQ(with("range", json{1}), "model.range");
    EXPECT_EQ(with("range", json{2, 1}), "model.range");
    EXPECT_EQ(with("people", -1), "model.people");
    EXPECT_EQ(with("observations", 1.5), "model.observations");
    auto missing = to_json(fitted());
    missing.erase("memory_days");
    EXPECT_EQ(fault_of([&] { return forecast_model_from_json(missing); }), "model.memory_days");
    EXPECT_EQ(fault_of([&] { return forecast_model_from_json(json(3)); }), "model");
}

TEST(temporal_json, faulty_slopes_are_refused_by_name) {
    slope_population const p{.1, {{3, 0, 40, .5}}};
    auto const with = [&](auto const& change) {
        auto document = to_json(p);
        change(document);
        return fault_of([&] { return slope_population_from_json(document); });
    };
    EXPECT_EQ(with([](json& d) { d["level"] = 0; }), "slopes.level");
    EXPECT_EQ(with([](json& d) { d["entries"] = 1; }), "slopes.entries");
    EXPECT_EQ(with([](json& d) { d["entries"][0] = 1; }), "slopes.entries[0]");
    EXPECT_EQ(with([](json& d) { d["entries"][0]["octave"] = 1e9; }), "slopes.entries[0].octave");
    EXPECT_EQ(with([](json& d) { d["entries"][0]["quantile"] = -1; }),
              "slopes.entries[0].quantile");
    EXPECT_EQ(with([](json& d) { d["entries"][0].erase("points"); }), "slopes.entries[0].points");
}

} // namespace
