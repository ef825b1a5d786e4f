#include <cstdint>
#include <random>

#include <benchmark/benchmark.h>

#include "weft/fabric/clusters.hpp"
#include "weft/fabric/members.hpp"
#include "weft/fabric/newcomer.hpp"
#include "weft/fabric/stability.hpp"

namespace {

namespace fabric = weft::fabric;

/// n people as points in eight dimensions, compatible as far as they are near: a spectrum such as
/// real groups have.
Eigen::MatrixXd people(Eigen::Index n) {
    std::mt19937_64 random(1);
    std::normal_distribution<double> normal;
    Eigen::MatrixXd x(8, n);
    for (Eigen::Index i = 0; i < x.size(); ++i) x(i) = normal(random);
    Eigen::MatrixXd c(n, n);
    for (Eigen::Index i = 0; i < n; ++i) {
        for (Eigen::Index j = 0; j < n; ++j) {
            c(i, j) = std::max(0.0, 1.0 - (x.col(i) - x.col(j)).norm() / 8.0);
        }
    }
    return c;
}

void stability_of_a_group(benchmark::State& state) {
    auto const c = people(state.range(0));
    for (auto _ : state) benchmark::DoNotOptimize(fabric::stability(c));
}
BENCHMARK(stability_of_a_group)
    ->Arg(10)
    ->Arg(40)
    ->Arg(108)
    ->Arg(342)
    ->Arg(1000)
    ->Unit(benchmark::kMicrosecond);

/// 250 candidates for a group of n, as the main job has them.
void newcomers(benchmark::State& state) {
    auto const n = state.range(0);
    Eigen::MatrixXd const all = people(n + 250);
    Eigen::MatrixXd const c = all.topLeftCorner(n, n), w = all.block(n, 0, 250, n);
    for (auto _ : state) benchmark::DoNotOptimize(fabric::newcomers(c, w));
    state.SetItemsProcessed(state.iterations() * 250);
}
BENCHMARK(newcomers)->Arg(10)->Arg(40)->Arg(108)->Arg(342)->Unit(benchmark::kMillisecond);

void members(benchmark::State& state) {
    auto const c = people(state.range(0));
    for (auto _ : state) benchmark::DoNotOptimize(fabric::members(c));
}
BENCHMARK(members)->Arg(10)->Arg(40)->Arg(108)->Unit(benchmark::kMillisecond);

void clusters(benchmark::State& state) {
    auto const c = people(state.range(0));
    for (auto _ : state) benchmark::DoNotOptimize(fabric::clusters(c));
}
BENCHMARK(clusters)->Arg(108)->Arg(1000)->Unit(benchmark::kMicrosecond);

} // namespace
