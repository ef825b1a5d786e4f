#include <random>
#include <vector>

#include <benchmark/benchmark.h>

#include "weft/quantum/distance.hpp"
#include "weft/quantum/fidelity.hpp"
#include "weft/quantum/pairs.hpp"
#include "weft/quantum/qubit.hpp"
#include "weft/quantum/uhlmann.hpp"

namespace {

namespace quantum = weft::quantum;

double uniform(std::mt19937_64& random) {
    return std::uniform_real_distribution<double>(0.0, 1.0)(random);
}

quantum::density mixed(std::mt19937_64& random, Eigen::Index d, Eigen::Index r) {
    Eigen::MatrixXcd a(d, r);
    for (Eigen::Index i = 0; i < a.size(); ++i) a(i) = {uniform(random) - .5, uniform(random) - .5};
    a /= a.norm();
    return quantum::density::from_factor(a);
}

void qubits(benchmark::State& state) {
    std::mt19937_64 random(1);
    quantum::qubit const a{uniform(random), uniform(random), uniform(random)};
    quantum::qubit b{uniform(random), uniform(random), uniform(random)};
    for (auto _ : state) {
        benchmark::DoNotOptimize(b);
        benchmark::DoNotOptimize(quantum::fidelity(a, b));
    }
}
BENCHMARK(qubits);

/// A profile of twelve dimensions against one of many others.
void profiles(benchmark::State& state) {
    std::mt19937_64 random(1);
    std::vector<quantum::profile_register<12>> people(1000);
    for (auto& p : people) {
        for (std::size_t i = 0; i < 12; ++i) {
            p.set(i, quantum::encode_dimension(uniform(random), uniform(random)));
        }
    }
    std::size_t k = 0;
    for (auto _ : state) {
        benchmark::DoNotOptimize(quantum::profile_fidelity(people[0], people[k], 12));
        k = (k + 1) % people.size();
    }
}
BENCHMARK(profiles);

void histograms(benchmark::State& state) {
    std::mt19937_64 random(1);
    auto const n = static_cast<std::size_t>(state.range(0));
    std::vector<double> a(n), b(n);
    for (auto& x : a) x = uniform(random);
    for (auto& x : b) x = uniform(random);
    auto const p = quantum::histogram_of_counts(a), q = quantum::histogram_of_counts(b);
    for (auto _ : state) {
        benchmark::DoNotOptimize(
            quantum::histogram_fidelity(p.roots().data(), q.roots().data(), n));
    }
}
BENCHMARK(histograms)->Arg(24)->Arg(168);

void kets(benchmark::State& state) {
    std::mt19937_64 random(1);
    auto const d = state.range(0);
    quantum::ket const a = quantum::normalized(mixed(random, d, 1).factor().col(0));
    quantum::ket const b = quantum::normalized(mixed(random, d, 1).factor().col(0));
    for (auto _ : state) benchmark::DoNotOptimize(quantum::fidelity(a, b));
}
BENCHMARK(kets)->Arg(2)->Arg(24)->Arg(128);

/// Two mixed states held as factors of d x r.
void factors(benchmark::State& state) {
    std::mt19937_64 random(1);
    auto const a = mixed(random, state.range(0), state.range(1));
    auto const b = mixed(random, state.range(0), state.range(1));
    for (auto _ : state) benchmark::DoNotOptimize(quantum::fidelity(a, b));
}
BENCHMARK(factors)->Args({8, 2})->Args({32, 2})->Args({128, 2})->Args({8, 8})->Args({32, 32})->Unit(
    benchmark::kMicrosecond);

/// The same from dense matrices, factorisation and validation included.
void matrices(benchmark::State& state) {
    std::mt19937_64 random(1);
    Eigen::MatrixXcd const a = mixed(random, state.range(0), state.range(1)).matrix();
    Eigen::MatrixXcd const b = mixed(random, state.range(0), state.range(1)).matrix();
    for (auto _ : state) {
        benchmark::DoNotOptimize(
            quantum::fidelity(quantum::density::from_matrix(a), quantum::density::from_matrix(b)));
    }
}
BENCHMARK(matrices)->Args({8, 2})->Args({32, 2})->Args({8, 8})->Args({32, 32})->Unit(
    benchmark::kMicrosecond);

void everything_about_a_pair(benchmark::State& state) {
    std::mt19937_64 random(1);
    quantum::state const a = mixed(random, state.range(0), state.range(0));
    quantum::state const b = mixed(random, state.range(0), state.range(0));
    for (auto _ : state) benchmark::DoNotOptimize(quantum::compare(a, b));
}
BENCHMARK(everything_about_a_pair)->Arg(8)->Arg(32)->Unit(benchmark::kMicrosecond);

} // namespace
