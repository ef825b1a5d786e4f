#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <random>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include <Eigen/Dense>

#include "fabric/meetup.hpp"
#include "weft/fabric/clusters.hpp"
#include "weft/fabric/communities.hpp"
#include "weft/fabric/links.hpp"
#include "weft/fabric/members.hpp"
#include "weft/fabric/newcomer.hpp"
#include "weft/fabric/sparse_stability.hpp"
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
    ->Arg(50)
    ->Arg(108)
    ->Arg(342)
    ->Arg(1000)
    ->Unit(benchmark::kMicrosecond);

/// The textbook's way to the same numbers: all eigenvalues of the Laplacian, by Eigen.
void stability_from_all_eigenvalues(benchmark::State& state) {
    auto const c = people(state.range(0));
    auto const n = static_cast<double>(c.rows());
    for (auto _ : state) {
        Eigen::MatrixXd const l = fabric::laplacian(c);
        Eigen::VectorXd const values =
            Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>(l, Eigen::EigenvaluesOnly).eigenvalues();
        auto const rest = values.tail(c.rows() - 1).array() / n;
        benchmark::DoNotOptimize(0.4 * rest.mean() + 0.3 * rest(0) +
                                 0.3 * std::exp(rest.log().mean()) + values(1));
    }
}
BENCHMARK(stability_from_all_eigenvalues)
    ->Arg(50)
    ->Arg(342)
    ->Arg(1000)
    ->Unit(benchmark::kMicrosecond);

void stability_of_5000(benchmark::State& state) {
    auto const c = people(5000);
    for (auto _ : state) benchmark::DoNotOptimize(fabric::stability(c));
}
BENCHMARK(stability_of_5000)->Unit(benchmark::kSecond)->Iterations(1);

/// 250 candidates for a group of n, as the main job has them.
void newcomers(benchmark::State& state) {
    auto const n = state.range(0);
    Eigen::MatrixXd const all = people(n + 250);
    Eigen::MatrixXd const c = all.topLeftCorner(n, n), w = all.block(n, 0, 250, n);
    for (auto _ : state) benchmark::DoNotOptimize(fabric::newcomers(c, w));
    state.SetItemsProcessed(state.iterations() * 250);
}
BENCHMARK(newcomers)->Arg(10)->Arg(40)->Arg(108)->Arg(342)->Unit(benchmark::kMillisecond);

void thousand_candidates_for_50(benchmark::State& state) {
    Eigen::MatrixXd const all = people(1050);
    Eigen::MatrixXd const c = all.topLeftCorner(50, 50), w = all.block(50, 0, 1000, 50);
    for (auto _ : state) benchmark::DoNotOptimize(fabric::newcomers(c, w));
}
BENCHMARK(thousand_candidates_for_50)->Unit(benchmark::kMillisecond);

void pair_rates(benchmark::State& state) {
    auto const c = people(state.range(0));
    for (auto _ : state) benchmark::DoNotOptimize(fabric::rates(c));
}
BENCHMARK(pair_rates)->Arg(50)->Arg(342)->Unit(benchmark::kMillisecond);

void members(benchmark::State& state) {
    auto const c = people(state.range(0));
    for (auto _ : state) benchmark::DoNotOptimize(fabric::members(c));
}
BENCHMARK(members)->Arg(10)->Arg(50)->Arg(200)->Unit(benchmark::kMillisecond);

void clusters(benchmark::State& state) {
    auto const c = people(state.range(0));
    for (auto _ : state) benchmark::DoNotOptimize(fabric::clusters(c));
}
BENCHMARK(clusters)->Arg(108)->Arg(1000)->Unit(benchmark::kMicrosecond);

void communities(benchmark::State& state) {
    auto const c = people(state.range(0));
    for (auto _ : state) benchmark::DoNotOptimize(fabric::communities(c));
}
BENCHMARK(communities)->Arg(20)->Arg(108)->Arg(342)->Unit(benchmark::kMillisecond);

/// 100,000 members and a million pairs: at random, in villages of a hundred with a tenth of the
/// pairs outside, and along a ring.
fabric::sparse_group large(int kind) {
    fabric::detail::splitmix random(1);
    std::size_t const n = 100'000, wanted = 1'000'000;
    std::vector<std::uint64_t> keys;
    while (keys.size() < wanted) {
        auto const i = random.below(n);
        auto j = random.below(n);
        if (kind == 1 && random.below(10) != 0) j = i / 100 * 100 + random.below(100);
        if (kind == 2) j = (i + 1 + random.below(14)) % n;
        if (i == j) continue;
        keys.push_back(std::min(i, j) * n + std::max(i, j));
        if (keys.size() == wanted) {
            std::sort(keys.begin(), keys.end());
            keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
        }
    }
    std::vector<fabric::pair> pairs;
    for (auto const key : keys) {
        pairs.push_back(
            {key / n, key % n, 0.1 + 0.9 * static_cast<double>(random() >> 11U) * 0x1p-53});
    }
    return {n, pairs};
}

void sparse_stability(benchmark::State& state) {
    auto const g = large(static_cast<int>(state.range(0)));
    fabric::stability_result s;
    for (auto _ : state) s = fabric::stability(g);
    state.counters["connectivity"] = s.connectivity.value_or(-1.0);
    state.counters["cohesion"] = s.cohesion.value_or(-1.0);
}
BENCHMARK(sparse_stability)->DenseRange(0, 2)->Unit(benchmark::kSecond)->Iterations(1);

void sparse_communities(benchmark::State& state) {
    auto const g = large(static_cast<int>(state.range(0)));
    fabric::communities_result c;
    for (auto _ : state) c = fabric::communities(g);
    state.counters["clusters"] = static_cast<double>(c.clusters.size());
    state.counters["p"] = c.p_value.value_or(-1.0);
}
BENCHMARK(sparse_communities)->DenseRange(0, 2)->Unit(benchmark::kSecond)->Iterations(1);

/// Ends the program where real groups are told apart worse than is promised.
void require_at_least(char const* what, double found, double promised) {
    if (found >= promised) return;
    std::fprintf(stderr, "fabric_bench: %s is %.4f, promised is %.3f\n", what, found, promised);
    std::exit(EXIT_FAILURE);
}

/// Not about time: what the numbers say of real groups, beside the baselines.
void real_against_random(benchmark::State& state) {
    auto const d = weft_test::read_meetup(WEFT_DATA_DIR);
    weft_test::real_result r;
    for (auto _ : state) r = weft_test::real_against_random(d, 10, 1);
    for (auto const& [name, score] : r.scores) {
        state.counters[name + " AUC"] = score.area;
        state.counters[name + " paired"] = score.paired;
    }
    auto const& best = r.scores.at("tf-idf, stability");
    require_at_least("AUC of real against random groups", best.area, 0.86);
    require_at_least("share of real groups above their match", best.paired, 0.90);
}
BENCHMARK(real_against_random)->Unit(benchmark::kSecond)->Iterations(1);

void hidden_group(benchmark::State& state) {
    auto const d = weft_test::read_meetup(WEFT_DATA_DIR);
    std::map<std::string, weft_test::hidden_score> r;
    for (auto _ : state) r = weft_test::hidden_group(d, 4000, 1);
    for (auto const& [name, score] : r) {
        state.counters[name + " AUC"] = score.area;
        state.counters[name + " hit@10"] = score.hit;
    }
    auto const& fit = r.at("fit, Jaccard");
    require_at_least("AUC of the hidden group", fit.area, 0.905);
    require_at_least("hidden groups among the first ten", fit.hit, 0.45);
}
BENCHMARK(hidden_group)->Unit(benchmark::kSecond)->Iterations(1);

} // namespace
