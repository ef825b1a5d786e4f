#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include <gtest/gtest.h>

#include "weft/compatibility/json.hpp"
#include "weft/outreach/json.hpp"
#include "weft/profile/json.hpp"

namespace {

namespace signals {

using json = nlohmann::ordered_json;

std::string read(std::string const& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
}

bool is_type(json const& value, std::string const& type) {
    if (type == "object") return value.is_object();
    if (type == "array") return value.is_array();
    if (type == "string") return value.is_string();
    if (type == "boolean") return value.is_boolean();
    if (type == "null") return value.is_null();
    if (type == "integer") return value.is_number_integer();
    return type == "number" && value.is_number();
}

/// What of `value` the schema does not allow; empty where it is valid. The keywords that the
/// project's schemas use, and no others.
std::string fault(json const& value, json const& schema, json const& root,
                  std::string const& where = "$") {
    for (auto const& [key, rule] : schema.items()) {
        if (key == "type") {
            bool fits = false;
            auto const types = rule.is_array() ? rule : json::array({rule});
            for (auto const& t : types) fits = fits || is_type(value, t.get<std::string>());
            if (!fits) return where + ": type is not " + rule.dump();
        } else if (key == "const") {
            if (value != rule) return where + ": not " + rule.dump();
        } else if (key == "enum") {
            if (std::find(rule.begin(), rule.end(), value) == rule.end()) {
                return where + ": not in " + rule.dump();
            }
        } else if (key == "minimum") {
            if (value.is_number() && value.get<double>() < rule.get<double>()) {
                return where + ": too small";
            }
        } else if (key == "maximum") {
            if (value.is_number() && value.get<double>() > rule.get<double>()) {
                return where + ": too large";
            }
        } else if (key == "exclusiveMinimum") {
            if (value.is_number() && value.get<double>() <= rule.get<double>()) {
                return where + ": too small";
            }
        } else if (key == "minItems") {
            if (value.is_array() && value.size() < rule.get<std::size_t>()) {
                return where + ": too few";
            }
        } else if (key == "maxItems") {
            if (value.is_array() && value.size() > rule.get<std::size_t>()) {
                return where + ": too many";
            }
        } else if (key == "items") {
            for (std::size_t i = 0; value.is_array() && i < value.size(); ++i) {
                auto const f = fault(value[i], rule, root, where + "[" + std::to_string(i) + "]");
                if (!f.empty()) return f;
            }
        } else if (key == "required") {
            for (auto const& name : rule) {
                if (value.is_object() && !value.contains(name.get<std::string>())) {
                    return where + ": no " + name.get<std::string>();
                }
            }
        } else if (key == "properties") {
            for (auto const& [name, inner] : rule.items()) {
                if (!value.is_object() || !value.contains(name)) continue;
                auto const f = fault(value[name], inner, root, where + "." + name);
                if (!f.empty()) return f;
            }
        } else if (key == "additionalProperties") {
            for (auto const& [name, inner] : value.items()) {
                if (schema.contains("properties") && schema["properties"].contains(name)) continue;
                if (rule == false) return where + ": unknown " + name;
                auto const f = fault(inner, rule, root, where + "." + name);
                if (!f.empty()) return f;
            }
        } else if (key == "anyOf") {
            bool fits = false;
            for (auto const& one : rule) fits = fits || fault(value, one, root, where).empty();
            if (!fits) return where + ": none of anyOf";
        } else if (key == "$ref") {
            auto const pointer = rule.get<std::string>().substr(1);
            auto const f = fault(value, root.at(json::json_pointer(pointer)), root, where);
            if (!f.empty()) return f;
        } else if (key == "format") {
            try {
                (void)weft::parse_instant(value.get<std::string>());
            } catch (std::exception const& e) {
                return where + ": " + e.what();
            }
        } else if (key[0] != '$' && key != "title" && key != "description") {
            return "the schema's keyword " + key + " is not known here";
        }
    }
    return {};
}

void check(std::string const& name, json const& document) {
    auto const schema =
        json::parse(read(WEFT_PROJECT_DIR "/docs/schemas/" + name + ".schema.json"));
    EXPECT_EQ(fault(document, schema, schema), "") << name;
    // The schema refuses what it should.
    auto wrong = document;
    wrong["v"] = 2;
    EXPECT_NE(fault(wrong, schema, schema), "");
    wrong = document;
    wrong["extra"] = 1;
    EXPECT_NE(fault(wrong, schema, schema), "");
    wrong = document;
    wrong.erase("v");
    EXPECT_NE(fault(wrong, schema, schema), "");
    EXPECT_FALSE(weft::outreach::find_forbidden_key(document)) << name;
    // The document is the golden one: numbers to seven digits, instants to a second, all else
    // exactly.
    auto const path = WEFT_PROJECT_DIR "/tests/temporal/golden/" + name + ".json";
    if (std::getenv("WEFT_WRITE_GOLDEN") != nullptr)
        std::ofstream(path) << document.dump(1) << '\n';
    // What the knot wing says of a link is its own; here it only has to be there.
    auto const flat = [](json document) {
        if (document.contains("links")) {
            for (auto& link : document["links"]) {
                if (link["invariants"].is_object()) link["invariants"] = "an object";
            }
        }
        return document.flatten();
    };
    auto const golden = flat(json::parse(read(path)));
    auto const ours = flat(document);
    ASSERT_EQ(ours.size(), golden.size()) << name;
    for (auto const& [key, value] : golden.items()) {
        ASSERT_TRUE(ours.contains(key)) << name << key;
        if (value.is_number_float()) {
            EXPECT_NEAR(ours[key].get<double>(), value.get<double>(),
                        1e-7 * (1 + std::abs(value.get<double>())))
                << name << key;
        } else if (value.is_string() && value.get<std::string>().ends_with("Z")) {
            // Roots and peaks, as far as another library of elementary functions may move them.
            auto const t = weft::parse_instant(value.get<std::string>());
            auto const own = weft::parse_instant(ours[key].get<std::string>());
            EXPECT_NEAR(weft::days_between(t, own), 0.0, 1e-5) << name << key;
        } else {
            // Reasons hold numbers in full: their last digits may differ between compilers.
            if (key.find("reason") != std::string::npos || key.find("why") != std::string::npos) {
                continue;
            }
            EXPECT_EQ(ours[key], value) << name << key;
        }
    }
}

weft::instant const now = weft::parse_instant("2026-03-01T12:00:00Z");

std::vector<weft::profile::entity> people() {
    std::vector<weft::profile::entity> out(40);
    for (std::size_t i = 0; i < out.size(); ++i) {
        auto& e = out[i];
        e.id = "person-" + std::to_string(i);
        for (int k = 0; k < 14; ++k) {
            weft::profile::snapshot s;
            s.at = now - weft::days(3 * (13 - k));
            auto const x = static_cast<double>(i);
            auto const t = static_cast<double>(k);
            s.profile = {
                {"calm", .5 + .35 * std::sin(.9 * x + .2 * t), 1.0},
                {"lively", .5 + .3 * std::cos(1.7 * x) + .1 * std::sin(2.1 * t), .8},
                {"curious", std::fmod(.37 * x, 1.0) * .6 + (k < 7 ? .0 : .3) + .01 * (k % 2), .9}};
            e.snapshots.push_back(s);
        }
        e.profile = e.snapshots.back().profile;
        e.places = {{"p" + std::to_string(i % 3), weft::profile::geo_point{36.0, -86.0}, 2.0}};
        e.rhythm.emplace();
        for (std::size_t h = 0; h < 168; ++h) (*e.rhythm)[h] = h % 24 == 18 ? 3.0 : h % 7 == 0;
    }
    return out;
}

} // namespace signals

TEST(signals, all_six_documents_are_their_schemas_and_golden_files) {
    using namespace signals;
    auto const all = people();
    weft::profile::encoder const encoder(weft::profile::fit_population(all));
    auto const& space = encoder.space();
    auto const model = weft::profile::fit_evolution(all, space, now);
    std::vector<weft::instant> later;
    for (int k = 1; k <= 9; ++k) later.push_back(now + weft::days(10 * k));
    auto const horizon = later.back();

    auto const data = weft::profile::profile_series(all[0], now, space, &model, later);
    auto const string = weft::profile::evolve(encoder, weft::profile::profile_curves(data),
                                              all[0].snapshots.front().at, horizon);
    EXPECT_GT(string.changes.size(), 2u);
    check("knot_evolution_string", weft::profile::to_json(string, space));
    check("evolution_patterns",
          weft::profile::to_json(weft::profile::find_patterns(all[0], now, space, string), space));

    weft::outreach::profile_forecast f;
    f.from = now;
    f.to = horizon;
    f.snapshots = 14;
    for (auto const& d : weft::profile::forecast_profile(all[0], now, horizon, space, model)) {
        f.dimensions.push_back(
            {d.name, d.forecast.value, d.forecast.lower, d.forecast.upper, d.forecast.confidence});
    }
    f.absent["bold"] = "never measured";
    check("quantum_trajectory", weft::outreach::to_json(f));

    weft::outreach::group_forecast g;
    g.now = {now, 3, 1, .5, .25, .75, .625, .9, 1, {}};
    g.predicted = g.now;
    g.predicted->at = horizon;
    g.predicted->evenness.reset();
    g.predicted->why["evenness"] = "fewer than two members";
    check("fabric_stability", weft::outreach::to_json(g));

    std::vector<weft::instant> at{now};
    at.insert(at.end(), later.begin(), later.end());
    weft::compatibility::trajectory_maker const make;
    auto const t = make(weft::compatibility::look_ahead(encoder, all[0], now, at, model),
                        weft::compatibility::look_ahead(encoder, all[1], now, at, model));
    check("compatibility_trajectory", weft::compatibility::to_json(t));
    auto const best = weft::compatibility::best_moment(t, now, horizon, all[1].rhythm);
    ASSERT_TRUE(best.best);
    check("optimal_timing", weft::compatibility::to_json(best, now, horizon));

    weft::schema::compatibility_cache row;
    weft::compatibility::set_trajectory(row, t);
    EXPECT_EQ(row.future_compatibility, t.points.back().score);
    EXPECT_EQ(row.future_compatibility_time, horizon);
    EXPECT_TRUE(row.evolution_trend && row.evolution_rate && row.compatibility_trajectory);
    EXPECT_THROW((void)weft::compatibility::to_json(weft::compatibility::pair_trajectory{}),
                 weft::invalid_argument);
    // Absent parts are null.
    weft::profile::entity nobody;
    nobody.id = "nobody";
    auto const empty = make(weft::compatibility::look_ahead(encoder, all[0], now, at, model),
                            weft::compatibility::look_ahead(encoder, nobody, now, at, model));
    auto const document = weft::compatibility::to_json(empty);
    EXPECT_TRUE(document["peak"].is_null());
    EXPECT_TRUE(document["points"][0]["score"].is_null());
    EXPECT_EQ(document["trend"], "unknown");
    weft::compatibility::set_trajectory(row, empty);
    EXPECT_FALSE(row.future_compatibility || row.future_compatibility_time || row.evolution_rate);
}

} // namespace
