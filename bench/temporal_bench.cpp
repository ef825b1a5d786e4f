#include <math.h> // before Boost 1.74's pchip.hpp, which does not include it

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

#include <benchmark/benchmark.h>
#include <boost/math/interpolators/pchip.hpp>

#include "weft/compatibility/timing.hpp"
#include "weft/compatibility/trajectory.hpp"
#include "weft/profile/evolution_string.hpp"
#include "weft/temporal/changes.hpp"
#include "weft/temporal/curve.hpp"
#include "weft/temporal/cycles.hpp"
#include "weft/temporal/forecast.hpp"
#include "weft/temporal/trend.hpp"

namespace {

namespace temporal = weft::temporal;

temporal::series person(std::mt19937_64& random, std::size_t n) {
    std::vector<weft::instant> t;
    std::vector<double> y;
    for (std::size_t i = 0; i < n; ++i) {
        t.push_back(weft::parse_instant("2026-01-01") + weft::days(i));
        y.push_back(std::uniform_real_distribution<>()(random));
    }
    return {t, y};
}

std::vector<temporal::series> people(std::size_t count) {
    std::mt19937_64 random(1);
    std::vector<temporal::series> out;
    for (std::size_t i = 0; i < count; ++i) out.push_back(person(random, 1 + i % 4));
    return out;
}

temporal::curve a_curve(std::size_t n, temporal::interpolation method) {
    std::mt19937_64 random(2);
    std::vector<double> x;
    std::vector<double> y;
    for (std::size_t i = 0; i < n; ++i) {
        x.push_back(static_cast<double>(i));
        y.push_back(std::uniform_real_distribution<>()(random));
    }
    return {x, y, {.method = method}};
}

void curve_build_pchip(benchmark::State& state) {
    auto const c =
        a_curve(static_cast<std::size_t>(state.range(0)), temporal::interpolation::pchip);
    for (auto _ : state) benchmark::DoNotOptimize(temporal::curve(c.knots(), c.values()));
}
BENCHMARK(curve_build_pchip)->Arg(4)->Arg(1000);

void curve_at_one_place(benchmark::State& state) {
    auto const c = a_curve(1000, temporal::interpolation::pchip);
    double x = 0.0;
    for (auto _ : state) {
        x = x < 990.0 ? x + 7.3 : x - 990.0;
        benchmark::DoNotOptimize(c(x));
    }
}
BENCHMARK(curve_at_one_place);

void curve_on_a_grid(benchmark::State& state) {
    auto const c = a_curve(1000, temporal::interpolation::pchip);
    std::vector<double> at;
    for (int i = 0; i < 100'000; ++i) at.push_back(i * 998.0 / 100'000);
    std::vector<double> out(at.size());
    for (auto _ : state) {
        c.evaluate(at, out);
        benchmark::DoNotOptimize(out.data());
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(at.size()));
}
BENCHMARK(curve_on_a_grid);

/// One quantity of one person with that many snapshots, ten instants.
void forecast_of_a_person(benchmark::State& state) {
    std::mt19937_64 random(3);
    auto const own = person(random, static_cast<std::size_t>(state.range(0)));
    std::vector<weft::instant> at;
    for (int i = 1; i <= 10; ++i) at.push_back(own.times().back() + weft::days(9 * i));
    temporal::forecast_model model;
    model.mean = .5;
    for (auto _ : state) benchmark::DoNotOptimize(temporal::forecast_at(own, at, model));
}
BENCHMARK(forecast_of_a_person)->Arg(1)->Arg(4)->Arg(100);

/// One quantity of 3,000 people with one to four snapshots.
void fit_of_a_population(benchmark::State& state) {
    auto const all = people(3000);
    for (auto _ : state) benchmark::DoNotOptimize(temporal::fit_forecast(all));
}
BENCHMARK(fit_of_a_population)->Unit(benchmark::kMillisecond);

void trend_of_a_person(benchmark::State& state) {
    std::mt19937_64 random(4);
    auto const own = person(random, static_cast<std::size_t>(state.range(0)));
    auto const population = temporal::fit_slopes(people(3000));
    for (auto _ : state) benchmark::DoNotOptimize(temporal::trend_of(own, {}, &population));
}
BENCHMARK(trend_of_a_person)
    ->Arg(4)
    ->Arg(10)
    ->Arg(30)
    ->Arg(100)
    ->Arg(1000)
    ->Unit(benchmark::kMicrosecond);

struct fifty_knots {
    std::vector<double> x, y, at;

    fifty_knots(std::uint64_t seed, bool sorted) {
        std::mt19937_64 random(seed);
        double place = 0.0;
        for (int i = 0; i < 50; ++i) {
            x.push_back(place);
            y.push_back(std::uniform_real_distribution<>()(random));
            place += std::uniform_real_distribution<>(.1, 2)(random);
        }
        for (int i = 0; i < 100; ++i) {
            at.push_back(std::uniform_real_distribution<>(x.front(), x.back())(random));
        }
        if (sorted) std::sort(at.begin(), at.end());
    }
};

/// Build and 100 evaluations at random places, 50 knots. One data set over and over, which teaches
/// the processor all branches, or 64 of them in turn, as people come.
template <class Function>
void fifty_knots_and(benchmark::State& state, Function const& work) {
    std::vector<fifty_knots> sets;
    while (sets.size() < static_cast<std::size_t>(state.range(1))) {
        sets.emplace_back(5 + sets.size(), state.range(0) != 0);
    }
    std::vector<double> out(100);
    std::size_t k = 0;
    for (auto _ : state) {
        work(sets[k], out);
        k = k + 1 < sets.size() ? k + 1 : 0;
        benchmark::DoNotOptimize(out.data());
        benchmark::ClobberMemory();
    }
}

void pchip_of_weft(benchmark::State& state) {
    fifty_knots_and(state, [](fifty_knots const& data, std::vector<double>& out) {
        temporal::curve const c(data.x, data.y);
        c.evaluate(data.at, out);
    });
}

void pchip_of_weft_one_at_a_time(benchmark::State& state) {
    fifty_knots_and(state, [](fifty_knots const& data, std::vector<double>& out) {
        temporal::curve const c(data.x, data.y);
        for (std::size_t k = 0; k < out.size(); ++k) out[k] = c(data.at[k]);
    });
}

void pchip_of_boost(benchmark::State& state) {
    fifty_knots_and(state, [](fifty_knots const& data, std::vector<double>& out) {
        auto x = data.x;
        auto y = data.y;
        boost::math::interpolators::pchip<std::vector<double>> const c(std::move(x), std::move(y));
        for (std::size_t k = 0; k < out.size(); ++k) out[k] = c(data.at[k]);
    });
}

#define WEFT_FIFTY_KNOTS(name)                                                                     \
    BENCHMARK(name)                                                                                \
        ->ArgNames({"sorted", "sets"})                                                             \
        ->Args({0, 1})                                                                             \
        ->Args({1, 1})                                                                             \
        ->Args({0, 64})                                                                            \
        ->Args({1, 64})
WEFT_FIFTY_KNOTS(pchip_of_weft);
WEFT_FIFTY_KNOTS(pchip_of_weft_one_at_a_time);
WEFT_FIFTY_KNOTS(pchip_of_boost);

/// 200 curves of 10 knots on one grid of 900 places.
void many_curves_on_one_grid(benchmark::State& state) {
    std::vector<temporal::curve> curves;
    std::mt19937_64 random(6);
    for (int i = 0; i < 200; ++i) {
        std::vector<double> x;
        std::vector<double> y;
        for (int k = 0; k < 10; ++k) {
            x.push_back(10.0 * k);
            y.push_back(std::uniform_real_distribution<>()(random));
        }
        curves.emplace_back(x, y);
    }
    std::vector<double> grid;
    for (int i = 0; i < 900; ++i) grid.push_back(.1 * i);
    std::vector<double> out(curves.size() * grid.size());
    for (auto _ : state) {
        temporal::evaluate(curves, grid, out);
        benchmark::DoNotOptimize(out.data());
        benchmark::ClobberMemory();
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(out.size()));
}
BENCHMARK(many_curves_on_one_grid);

/// One person: twelve dimensions of four snapshots, one instant, a model each.
void forecast_of_twelve_dimensions(benchmark::State& state) {
    std::mt19937_64 random(7);
    std::vector<temporal::series> own;
    for (int i = 0; i < 12; ++i) own.push_back(person(random, 4));
    temporal::forecast_model model;
    model.mean = .5;
    std::vector<temporal::forecast_model> const models(12, model);
    auto const at = own[0].times().back() + weft::days(90);
    for (auto _ : state) {
        for (std::size_t d = 0; d < 12; ++d) {
            benchmark::DoNotOptimize(temporal::forecast_at(own[d], at, models[d]));
        }
    }
}
BENCHMARK(forecast_of_twelve_dimensions)->Unit(benchmark::kMicrosecond);

/// 1,000 people of four snapshots, one dimension; an item is twelve of them, as one person has.
void forecast_of_many_people(benchmark::State& state) {
    std::mt19937_64 random(8);
    std::vector<temporal::series> all;
    for (int i = 0; i < 1200; ++i) all.push_back(person(random, 4));
    temporal::forecast_model model;
    model.mean = .5;
    auto const at = all[0].times().back() + weft::days(90);
    for (auto _ : state) benchmark::DoNotOptimize(temporal::forecast_all(all, at, model));
    state.SetItemsProcessed(state.iterations() * 100);
}
BENCHMARK(forecast_of_many_people)->Unit(benchmark::kMicrosecond);

weft::profile::entity somebody(std::mt19937_64& random, std::string id, int snapshots) {
    weft::profile::entity e;
    e.id = std::move(id);
    for (int k = 0; k < snapshots; ++k) {
        weft::profile::snapshot s;
        s.at = weft::parse_instant("2026-01-01") + std::chrono::hours(24 * 90 * k / snapshots);
        for (auto const name : weft::profile::default_dimensions) {
            s.profile.push_back(
                {std::string(name), std::uniform_real_distribution<>()(random), .8});
        }
        e.snapshots.push_back(std::move(s));
    }
    e.profile = e.snapshots.back().profile;
    for (int p = 0; p < 5; ++p) {
        e.places.push_back({"spot-" + std::to_string(random() % 9 * 5 + p),
                            weft::profile::geo_point{36.0 + .1 * p, -86.0}, 1.0});
    }
    e.rhythm.emplace();
    for (auto& h : *e.rhythm) h = static_cast<double>(random() % 4);
    return e;
}

std::vector<weft::profile::entity> a_population(std::mt19937_64& random) {
    std::vector<weft::profile::entity> all;
    for (int i = 0; i < 100; ++i) all.push_back(somebody(random, std::to_string(i), 4));
    return all;
}

struct pair_of_outlooks {
    weft::compatibility::outlook a, b;
    weft::instant now, horizon;

    pair_of_outlooks() {
        std::mt19937_64 random(9);
        auto const all = a_population(random);
        weft::profile::encoder const encoder(weft::profile::fit_population(all));
        now = weft::parse_instant("2026-04-01");
        auto const model = weft::profile::fit_evolution(all, encoder.space(), now);
        std::vector<weft::instant> at;
        for (int k = 0; k < 10; ++k) at.push_back(now + weft::days(10 * k));
        horizon = at.back();
        a = weft::compatibility::look_ahead(encoder, all[0], now, at, model);
        b = weft::compatibility::look_ahead(encoder, all[1], now, at, model);
    }
};

/// Ten instants, all components with intervals, both outlooks given.
void trajectory_of_a_pair(benchmark::State& state) {
    pair_of_outlooks const p;
    weft::compatibility::trajectory_maker const make;
    for (auto _ : state) benchmark::DoNotOptimize(make(p.a, p.b));
}
BENCHMARK(trajectory_of_a_pair)->Unit(benchmark::kMicrosecond);

/// The best of the hours of 90 days.
void best_moment_of_a_pair(benchmark::State& state) {
    pair_of_outlooks const p;
    auto const t = weft::compatibility::trajectory_maker()(p.a, p.b);
    std::mt19937_64 random(10);
    auto const rhythm = somebody(random, "x", 1).rhythm;
    weft::compatibility::timing_options options;
    options.zone = weft::temporal::zone::parse("CET-1CEST,M3.5.0,M10.5.0/3");
    for (auto _ : state) {
        benchmark::DoNotOptimize(
            weft::compatibility::best_moment(t, p.now, p.horizon, rhythm, options));
    }
}
BENCHMARK(best_moment_of_a_pair)->Unit(benchmark::kMicrosecond);

/// 90 days, twelve dimensions, that many snapshots; values relative to a population.
void evolution_string_of_a_person(benchmark::State& state) {
    std::mt19937_64 random(11);
    auto const all = a_population(random);
    weft::profile::encoder const encoder(weft::profile::fit_population(all));
    auto const e = somebody(random, "x", static_cast<int>(state.range(0)));
    auto const from = weft::parse_instant("2026-01-01");
    auto const to = from + weft::days(90);
    auto const data = weft::profile::profile_series(e, to, encoder.space());
    weft::profile::profile_curves const curves(data);
    std::size_t changes = 0;
    for (auto _ : state) {
        auto const s = weft::profile::evolve(encoder, curves, from, to, {.invariants = false});
        changes = s.changes.size();
        benchmark::DoNotOptimize(s);
    }
    state.counters["changes"] = static_cast<double>(changes);
}
BENCHMARK(evolution_string_of_a_person)->Arg(4)->Arg(10)->Unit(benchmark::kMicrosecond);

void cycle_of_a_person(benchmark::State& state) {
    std::mt19937_64 random(12);
    auto const own = person(random, 100);
    for (auto _ : state) benchmark::DoNotOptimize(temporal::find_cycle(own));
}
BENCHMARK(cycle_of_a_person)->Unit(benchmark::kMicrosecond);

void jumps_of_a_person(benchmark::State& state) {
    std::mt19937_64 random(13);
    auto const own = person(random, 100);
    for (auto _ : state) benchmark::DoNotOptimize(temporal::find_jumps(own));
}
BENCHMARK(jumps_of_a_person)->Unit(benchmark::kMicrosecond);

} // namespace
