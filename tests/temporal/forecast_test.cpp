#include "weft/temporal/forecast.hpp"

#include <algorithm>
#include <cmath>
#include <random>

#include <Eigen/Dense>
#include <gtest/gtest.h>

#include "msqr_people.hpp"
#include "support/numbers.hpp"

namespace {

using weft::days_between;
using weft::instant;
using weft::parse_instant;
using weft::temporal::fit_forecast;
using weft::temporal::forecast_all;
using weft::temporal::forecast_at;
using weft::temporal::forecast_fit_options;
using weft::temporal::forecast_model;
using weft::temporal::prior_model;
using weft::temporal::series;
using weft_test::inf;
using weft_test::nan;

instant day(double d) {
    return parse_instant("2026-01-01") +
           std::chrono::microseconds(static_cast<std::int64_t>(std::llround(d * 86'400e6)));
}

series on_days(std::vector<double> const& days, std::vector<double> const& y) {
    std::vector<instant> t;
    for (auto const d : days) t.push_back(day(d));
    return {t, y};
}

forecast_model unbounded(forecast_model m) {
    m.range.reset();
    return m;
}

/// A person drawn from the model itself, at the given days.
std::vector<double> draw(std::mt19937_64& random, forecast_model const& m,
                         std::vector<double> const& days) {
    std::normal_distribution<> z;
    auto const level = *m.mean + std::sqrt(m.level_variance) * z(random);
    double u = std::sqrt(m.drift_variance) * z(random);
    std::vector<double> y;
    for (std::size_t i = 0; i < days.size(); ++i) {
        if (i > 0) {
            auto const decay = std::exp(-(days[i] - days[i - 1]) / m.memory_days);
            u = decay * u + std::sqrt(m.drift_variance * (1 - decay * decay)) * z(random);
        }
        y.push_back(level + u + std::sqrt(m.noise_variance) * z(random));
    }
    return y;
}

std::vector<double> irregular_days(std::mt19937_64& random, std::size_t n) {
    std::vector<double> days;
    double d = 0.0;
    for (std::size_t i = 0; i < n; ++i) {
        days.push_back(d);
        d += std::exp(std::uniform_real_distribution<>(-2, 4)(random));
    }
    return days;
}

TEST(forecast, nothing_can_be_forecast_from_nothing) {
    EXPECT_FALSE(forecast_at(series(), day(0)).has_value());
    std::vector<instant> const none;
    EXPECT_FALSE(forecast_at(series(), none).has_value());
    EXPECT_TRUE(forecast_at(on_days({0}, {.5}), none)->empty());
}

TEST(forecast, one_snapshot_persists_with_a_wide_interval) {
    for (double const y : {0.0, .2, .5, 1.0}) {
        for (double const later : {0.0, 1.0, 30.0, 3650.0}) {
            auto const f = *forecast_at(on_days({0}, {y}), day(later));
            EXPECT_NEAR(f.value, y, 1e-15);
            EXPECT_GE(f.upper - f.lower, .3);
            EXPECT_LE(f.confidence, .15);
            EXPECT_GE(f.confidence, 0.0);
            EXPECT_EQ(f.at, day(later));
        }
    }
}

TEST(forecast, with_a_population_one_snapshot_is_shrunk_to_its_mean) {
    forecast_model m;
    m.mean = .4;
    auto const f = *forecast_at(on_days({0}, {.9}), day(1), m);
    EXPECT_GT(f.value, .4);
    EXPECT_LT(f.value, .9);
    // Level and drift, less what a day takes away, over the whole variance.
    EXPECT_NEAR(f.value, .4 + .5 * (.2 + .4 * std::exp(-1 / 30.0)), 1e-12);
    EXPECT_GT(f.confidence, .1);
}

TEST(forecast, is_the_conditional_mean_and_variance_of_the_dense_computation) {
    std::mt19937_64 random(21);
    std::uniform_real_distribution<> part(.01, 1.0);
    for (int round = 0; round < 200; ++round) {
        auto const n = std::uniform_int_distribution<int>(1, 20)(random);
        auto m = unbounded({});
        m.level_variance = part(random);
        m.drift_variance = part(random);
        m.noise_variance = part(random);
        m.memory_days = 30 * part(random);
        m.mean = 3.0;
        bool const known = round % 2 == 0;
        auto const days = irregular_days(random, static_cast<std::size_t>(n));
        auto const y = draw(random, m, days);
        if (!known) m.mean.reset();
        auto const later = days.back() + 20 * part(random);

        Eigen::MatrixXd k(n, n);
        Eigen::VectorXd to_later(n);
        Eigen::VectorXd values(n);
        auto const related = [&](double a, double b) {
            return m.level_variance + m.drift_variance * std::exp(-std::abs(a - b) / m.memory_days);
        };
        for (int i = 0; i < n; ++i) {
            auto const di = days[static_cast<std::size_t>(i)];
            values[i] = y[static_cast<std::size_t>(i)];
            to_later[i] = related(di, later);
            for (int j = 0; j < n; ++j) {
                k(i, j) = related(di, days[static_cast<std::size_t>(j)]) +
                          (i == j ? m.noise_variance : 0.0);
            }
        }
        Eigen::LLT<Eigen::MatrixXd> const solver(k);
        Eigen::VectorXd const ones = Eigen::VectorXd::Ones(n);
        Eigen::VectorXd const weights = solver.solve(to_later);
        Eigen::VectorXd const mean_weights = solver.solve(ones);
        auto const precision = ones.dot(mean_weights);
        auto const mean = known ? *m.mean : values.dot(mean_weights) / precision;
        Eigen::VectorXd const rest = values - mean * ones;
        auto const value = mean + weights.dot(rest);
        auto variance =
            m.level_variance + m.drift_variance + m.noise_variance - weights.dot(to_later);
        auto const of_mean = 1.0 - weights.sum();
        if (!known) variance += of_mean * of_mean / precision;
        Eigen::VectorXd const solved = solver.solve(rest);
        auto const own = (m.own_variance_after + rest.dot(solved)) /
                         (m.own_variance_after + n - (known ? 0 : 1));

        auto const f = *forecast_at(on_days(days, y), day(later), m);
        auto const half = m.half_width * std::sqrt(variance * own);
        auto const prior = m.level_variance + m.drift_variance + m.noise_variance;
        EXPECT_NEAR(f.value, value, 1e-8);
        EXPECT_NEAR(f.upper - f.value, half, 1e-8);
        EXPECT_NEAR(f.value - f.lower, half, 1e-8);
        EXPECT_NEAR(f.confidence, std::max(0.0, 1.0 - std::sqrt(variance * own / prior)), 1e-8);
    }
}

TEST(forecast, interval_widens_and_confidence_falls_with_the_horizon) {
    std::mt19937_64 random(21);
    for (int round = 0; round < 200; ++round) {
        forecast_model m;
        if (round % 2 == 0) m.mean = .4;
        auto const n = 1 + random() % 11;
        std::vector<double> y;
        for (std::size_t i = 0; i < n; ++i) {
            y.push_back(std::uniform_real_distribution<>()(random));
        }
        auto const own = on_days(irregular_days(random, n), y);
        double before_width = 0.0;
        double before_confidence = 1.0;
        for (double const later : {0.0, .5, 1.0, 3.0, 10.0, 30.0, 100.0, 1000.0, 100'000.0}) {
            auto const at = own.times().back() + std::chrono::seconds(std::llround(later * 86'400));
            auto const f = *forecast_at(own, at, unbounded(m));
            EXPECT_GE(f.upper - f.lower, before_width * (1 - 1e-12)) << round << ' ' << later;
            EXPECT_LE(f.confidence, before_confidence + 1e-12) << round << ' ' << later;
            before_width = f.upper - f.lower;
            before_confidence = f.confidence;
            auto const cut = *forecast_at(own, at, m);
            EXPECT_TRUE(cut.lower >= 0.0 && cut.lower <= cut.value && cut.value <= cut.upper &&
                        cut.upper <= 1.0)
                << round << ' ' << later;
            EXPECT_EQ(cut.confidence, f.confidence);
        }
    }
}

TEST(forecast, confidence_grows_with_data_and_falls_with_noise) {
    std::mt19937_64 random(22);
    for (bool const population : {false, true}) {
        forecast_model m;
        if (population) m.mean = .5;
        auto const mean_confidence = [&](std::size_t n, double noise) {
            double sum = 0.0;
            for (int i = 0; i < 400; ++i) {
                std::vector<double> days;
                std::vector<double> y;
                for (std::size_t k = 0; k < n; ++k) {
                    days.push_back(static_cast<double>(k));
                    y.push_back(
                        std::clamp(.5 + noise * std::normal_distribution<>()(random), 0.0, 1.0));
                }
                sum += forecast_at(on_days(days, y), day(static_cast<double>(n)), m)->confidence;
            }
            return sum / 400;
        };
        for (double const noise : {.02, .1}) {
            double before = -1.0;
            for (std::size_t const n : {1U, 2U, 3U, 5U, 8U, 16U, 32U}) {
                auto const now = mean_confidence(n, noise);
                EXPECT_GT(now, before) << n << " points, noise " << noise;
                before = now;
            }
        }
        for (std::size_t const n : {3U, 8U, 20U}) {
            double before = 2.0;
            for (double const noise : {.01, .1, .2, .35}) {
                auto const now = mean_confidence(n, noise);
                EXPECT_LT(now, before) << n << " points, noise " << noise;
                before = now;
            }
        }
    }
}

TEST(forecast, moves_with_the_quantity_s_unit) {
    std::vector<double> const days{0, 1, 5, 6};
    std::vector<double> const y{.25, .5, .375, .75};
    std::vector<double> stretched;
    for (auto const v : y) stretched.push_back(10 + 4 * v);
    auto const f = *forecast_at(on_days(days, y), day(9));
    auto const g = *forecast_at(on_days(days, stretched), day(9), prior_model(10, 14));
    EXPECT_NEAR(g.value, 10 + 4 * f.value, 1e-12);
    EXPECT_NEAR(g.lower, 10 + 4 * f.lower, 1e-12);
    EXPECT_NEAR(g.upper, 10 + 4 * f.upper, 1e-12);
    EXPECT_NEAR(g.confidence, f.confidence, 1e-12);
}

TEST(forecast, refuses_faulty_input_by_name) {
    auto const own = on_days({0, 1}, {.5, .6});
    auto const fault = [](series const& s, instant at, forecast_model const& m) -> std::string {
        try {
            (void)forecast_at(s, at, m);
        } catch (weft::invalid_argument const& e) {
            return e.argument();
        }
        return "(accepted)";
    };
    EXPECT_EQ(fault(own, day(.5), {}), "at[0]");
    EXPECT_EQ(fault(own, weft::instant_infinity, {}), "at[0]");
    EXPECT_EQ(fault(series(), weft::instant_infinity, {}), "at[0]");
    EXPECT_EQ(fault(on_days({0, 1}, {.5, 1.5}), day(2), {}), "y[1]");
    EXPECT_EQ(fault(on_days({0, 1}, {-.1, .5}), day(2), {}), "y[0]");
    EXPECT_EQ(fault(own, day(1), {}), "(accepted)");
    auto const with = [&](auto const& change) {
        forecast_model m;
        change(m);
        return fault(own, day(2), m);
    };
    EXPECT_EQ(with([](auto& m) { m.mean = nan; }), "model.mean");
    EXPECT_EQ(with([](auto& m) { m.level_variance = -1; }), "model.level_variance");
    EXPECT_EQ(with([](auto& m) { m.drift_variance = inf; }), "model.drift_variance");
    EXPECT_EQ(with([](auto& m) { m.noise_variance = 0; }), "model.noise_variance");
    EXPECT_EQ(with([](auto& m) { m.memory_days = 0; }), "model.memory_days");
    EXPECT_EQ(with([](auto& m) { m.own_variance_after = nan; }), "model.own_variance_after");
    EXPECT_EQ(with([](auto& m) { m.half_width = -1; }), "model.half_width");
    EXPECT_EQ(with([](auto& m) { m.coverage = 1; }), "model.coverage");
    EXPECT_EQ(with([](auto& m) { m.range->lowest = 1; }), "model.range");
    EXPECT_THROW((void)prior_model(1, 1), weft::invalid_argument);
    EXPECT_THROW((void)prior_model(0, nan), weft::invalid_argument);
    EXPECT_THROW((void)prior_model(-1e200, 1e200), weft::invalid_argument);
    EXPECT_THROW((void)forecast_at(on_days({0, 1}, {-1.7e308, 1.7e308}), day(2), unbounded({})),
                 weft::overflow_error);
}

TEST(forecast_all, has_the_bits_of_one_at_a_time) {
    std::mt19937_64 random(41);
    for (bool const population : {false, true}) {
        forecast_model m;
        if (population) m.mean = .4;
        std::vector<series> people{series()};
        for (int i = 0; i < 200; ++i) {
            auto days = i % 3 == 0 ? std::vector<double>{0, 1, 2, 3} : irregular_days(random, 4);
            std::vector<double> y;
            for (std::size_t k = 0; k < days.size(); ++k) {
                y.push_back(std::uniform_real_distribution<>()(random));
            }
            people.push_back(on_days(days, y));
        }
        auto const at = day(500);
        auto const all = forecast_all(people, at, m);
        ASSERT_EQ(all.size(), people.size());
        EXPECT_FALSE(all[0].has_value());
        for (std::size_t i = 0; i < people.size(); ++i) {
            EXPECT_EQ(all[i], forecast_at(people[i], at, m));
        }
        // The deviation behind a forecast.
        auto const wide = (all[1]->upper - all[1]->lower) / 2.0;
        if (all[1]->lower > 0.0 && all[1]->upper < 1.0 && all[1]->confidence > 0.0) {
            EXPECT_NEAR(weft::temporal::deviation_of(*all[1], m) * m.half_width, wide, 1e-12);
        }
        EXPECT_THROW((void)forecast_all(people, day(-1), m), weft::invalid_argument);
    }
}

TEST(fit_forecast, finds_the_parameters_that_made_the_data) {
    forecast_model truth;
    truth.mean = 5.0;
    truth.level_variance = 1.0;
    truth.drift_variance = 2.0;
    truth.noise_variance = .5;
    truth.memory_days = 6.0;
    std::mt19937_64 random(23);
    std::vector<series> people;
    for (int i = 0; i < 3000; ++i) {
        auto const days = irregular_days(random, 6);
        people.push_back(on_days(days, draw(random, truth, days)));
    }
    auto const m = fit_forecast(people, {.coverage = .8, .range = std::nullopt});
    EXPECT_NEAR(*m.mean, 5.0, .1);
    EXPECT_NEAR(m.level_variance, 1.0, .15);
    EXPECT_NEAR(m.drift_variance, 2.0, .2);
    EXPECT_NEAR(m.noise_variance, .5, .1);
    EXPECT_NEAR(m.memory_days, 6.0, 1.2);
    EXPECT_NEAR(m.half_width, 1.2815515655446004, .05);
    EXPECT_GE(m.own_variance_after, 48.0);
    EXPECT_EQ(m.people, 3000u);
    EXPECT_EQ(m.observations, 18'000u);
    EXPECT_EQ(fit_forecast(people, {.coverage = .8, .range = std::nullopt}), m);
}

TEST(fit_forecast, small_populations_stay_near_the_prior) {
    std::vector<series> const one{on_days({0}, {.3})};
    auto const m = fit_forecast(one);
    EXPECT_NEAR(*m.mean, .3, 1e-12);
    auto const f = *forecast_at(one.front(), day(1), m);
    EXPECT_NEAR(f.value, .3, 1e-12);
    EXPECT_GT(f.upper - f.lower, .1);
    std::vector<series> const same{on_days({0, 1}, {.3, .3}), series(), on_days({0, 1}, {.3, .3})};
    auto const s = fit_forecast(same);
    EXPECT_EQ(s.people, 2u);
    EXPECT_GT(s.noise_variance, 0.0);
    EXPECT_NEAR(s.half_width, 1.2815515655446004, .15);
}

TEST(fit_forecast, refuses_faulty_input_by_name) {
    auto const fault = [](std::vector<series> const& people,
                          forecast_fit_options const& options = {}) -> std::string {
        try {
            (void)fit_forecast(people, options);
        } catch (weft::invalid_argument const& e) {
            return e.argument();
        }
        return "(accepted)";
    };
    EXPECT_EQ(fault({}), "people");
    EXPECT_EQ(fault({series(), series()}), "people");
    EXPECT_EQ(fault({series(), on_days({0, 1}, {.5, 2})}), "people[1].y[1]");
    EXPECT_EQ(fault({on_days({0, 1}, {2, 2})}, {.coverage = .8, .range = std::nullopt}), "people");
    EXPECT_EQ(fault({on_days({0, 1}, {-1e300, 1e300})}, {.coverage = .8, .range = std::nullopt}),
              "people");
    EXPECT_EQ(fault({on_days({0}, {.5})}, {.coverage = 1.0, .range = {}}), "model.coverage");
    EXPECT_EQ(fault({on_days({0}, {.5})}, {.coverage = nan, .range = {}}), "model.coverage");
}

struct held_out {
    double ours = 0, persistence = 0, mean_of_past = 0;
    std::size_t n = 0;
    double coverage = 0; // mean over people of the share of covered dimensions
    double coverage_error = 0;
};

/// Everybody's last snapshot of every dimension, forecast from the earlier ones by a model that was
/// fitted to the other four fifths of the people.
held_out on_msqr(double coverage) {
    held_out out;
    constexpr std::size_t folds = 5;
    std::vector<double> covered;
    std::vector<double> counted;
    for (std::size_t dimension = 0; dimension < weft_msqr::scales.size(); ++dimension) {
        auto const people = weft_test::msqr_series(dimension);
        covered.resize(people.size());
        counted.resize(people.size());
        for (std::size_t fold = 0; fold < folds; ++fold) {
            std::vector<series> others;
            for (std::size_t i = 0; i < people.size(); ++i) {
                if (i * 7919 % folds != fold) others.push_back(people[i]);
            }
            auto const model = fit_forecast(others, {.coverage = coverage, .range = {{0, 1}}});
            for (std::size_t i = 0; i < people.size(); ++i) {
                auto const n = people[i].size();
                if (i * 7919 % folds != fold || n < 2) continue;
                auto const t = people[i].times().first(n - 1);
                auto const y = people[i].values().first(n - 1);
                auto const last = people[i].values().back();
                auto const f = *forecast_at(series({t.begin(), t.end()}, {y.begin(), y.end()}),
                                            people[i].times().back(), model);
                double mean = 0.0;
                for (auto const v : y) mean += v / static_cast<double>(y.size());
                out.ours += (f.value - last) * (f.value - last);
                out.persistence += (y.back() - last) * (y.back() - last);
                out.mean_of_past += (mean - last) * (mean - last);
                ++out.n;
                covered[i] += last >= f.lower && last <= f.upper ? 1.0 : 0.0;
                counted[i] += 1.0;
            }
        }
    }
    for (auto* const sum : {&out.ours, &out.persistence, &out.mean_of_past}) {
        *sum = std::sqrt(*sum / static_cast<double>(out.n));
    }
    double people = 0.0;
    double squares = 0.0;
    for (std::size_t i = 0; i < covered.size(); ++i) {
        if (counted[i] == 0.0) continue;
        auto const share = covered[i] / counted[i];
        out.coverage += share;
        squares += share * share;
        people += 1.0;
    }
    out.coverage /= people;
    out.coverage_error = std::sqrt((squares / people - out.coverage * out.coverage) / people);
    return out;
}

TEST(fit_forecast, beats_the_baselines_on_people_it_has_not_seen) {
    auto const r = on_msqr(.8);
    RecordProperty("rmse", weft::to_text(r.ours));
    RecordProperty("rmse_persistence", weft::to_text(r.persistence));
    RecordProperty("rmse_mean_of_past", weft::to_text(r.mean_of_past));
    RecordProperty("coverage", weft::to_text(r.coverage));
    EXPECT_GT(r.n, 30'000u);
    EXPECT_LE(r.ours, .95 * r.mean_of_past);
    EXPECT_LE(r.ours, .95 * r.persistence);
    EXPECT_NEAR(r.coverage, .8, .03);
    EXPECT_LT(r.coverage_error, .01);
}

TEST(fit_forecast, other_coverages_hold_as_well) {
    EXPECT_NEAR(on_msqr(.5).coverage, .5, .03);
    EXPECT_NEAR(on_msqr(.95).coverage, .95, .02);
}

} // namespace
