#include <cmath>
#include <cstddef>
#include <random>
#include <vector>

#include <benchmark/benchmark.h>

#include "weft/temporal/curve.hpp"
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

} // namespace
