#include <random>
#include <vector>

#include <benchmark/benchmark.h>

#include "weft/quantum/fidelity.hpp"
#include "weft/quantum/pair_matrix.hpp"
#include "weft/quantum/pairs.hpp"
#include "weft/quantum/qubit.hpp"

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

std::vector<quantum::ket> many_kets(std::size_t n, Eigen::Index d) {
    std::mt19937_64 random(1);
    std::vector<quantum::ket> out;
    for (std::size_t i = 0; i < n; ++i) {
        out.push_back(quantum::normalized(mixed(random, d, 1).factor().col(0)));
    }
    return out;
}

constexpr std::size_t many = 10000;

/// What the fidelities of 10,000 x 10,000 kets cost a matrix product: two real ones with sums of
/// 2 d terms, by blocks that stay in the cache, results thrown away.
template <class Real>
void eigen_products(benchmark::State& state) {
    using matrix = Eigen::Matrix<Real, Eigen::Dynamic, Eigen::Dynamic>;
    Eigen::Index const n = many, k = 2 * state.range(0), block = 256;
    matrix const a = matrix::Random(n, k), b = matrix::Random(k, n);
    matrix c(block, block);
    for (auto _ : state) {
        for (int part = 0; part < 2; ++part) {
            for (Eigen::Index i = 0; i < n; i += block) {
                for (Eigen::Index j = 0; j < n; j += block) {
                    auto const rows = std::min(block, n - i), cols = std::min(block, n - j);
                    c.topLeftCorner(rows, cols).noalias() =
                        a.middleRows(i, rows) * b.middleCols(j, cols);
                    benchmark::DoNotOptimize(c.data());
                }
            }
        }
    }
    state.SetItemsProcessed(state.iterations() * n * n);
}
BENCHMARK(eigen_products<double>)->Arg(24)->Arg(64)->Unit(benchmark::kMillisecond);
BENCHMARK(eigen_products<float>)->Arg(24)->Arg(64)->Unit(benchmark::kMillisecond);

/// The ten best of 10,000 for each of 10,000 kets: all ordered pairs.
template <class Real>
void best_kets(benchmark::State& state) {
    auto const kets = many_kets(many, state.range(0));
    quantum::ket_set<Real> const set{std::span<quantum::ket const>(kets)};
    for (auto _ : state) benchmark::DoNotOptimize(quantum::top_matches(set, 10));
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(many * many));
}
BENCHMARK(best_kets<double>)->Arg(24)->Arg(64)->Unit(benchmark::kMillisecond);
BENCHMARK(best_kets<float>)->Arg(24)->Arg(64)->Unit(benchmark::kMillisecond);

std::vector<quantum::qubit_product> many_products(std::size_t n) {
    std::mt19937_64 random(1);
    std::vector<quantum::qubit_product> out;
    for (std::size_t i = 0; i < n; ++i) {
        std::vector<quantum::qubit> qubits(12);
        for (auto& q : qubits) q = {3.14 * uniform(random), uniform(random), uniform(random)};
        out.emplace_back(qubits);
    }
    return out;
}

/// Two products of twelve qubits.
void products(benchmark::State& state) {
    auto const all = many_products(1000);
    std::size_t k = 0;
    for (auto _ : state) {
        benchmark::DoNotOptimize(quantum::fidelity(all[0], all[k]));
        k = (k + 1) % all.size();
    }
}
BENCHMARK(products);

/// Pairs of 4,000 products of twelve qubits, counted in twenty bins.
template <class Real>
void count_products(benchmark::State& state) {
    auto const all = many_products(4000);
    quantum::product_set<Real> const set{std::span<quantum::qubit_product const>(all)};
    for (auto _ : state) benchmark::DoNotOptimize(quantum::fidelity_counts(set, 20));
    state.SetItemsProcessed(state.iterations() *
                            static_cast<std::int64_t>(all.size() * (all.size() - 1) / 2));
}
BENCHMARK(count_products<double>)->Unit(benchmark::kMillisecond);
BENCHMARK(count_products<float>)->Unit(benchmark::kMillisecond);

/// Pairs of 4,000 weekly rhythms (168 hours) that are closer than .99.
template <class Real>
void close_histograms(benchmark::State& state) {
    std::mt19937_64 random(1);
    std::vector<quantum::histogram> all;
    for (int i = 0; i < 4000; ++i) {
        std::vector<double> counts(168);
        for (auto& x : counts) x = uniform(random);
        all.push_back(quantum::histogram_of_counts(counts));
    }
    quantum::histogram_set<Real> const set{std::span<quantum::histogram const>(all)};
    for (auto _ : state) benchmark::DoNotOptimize(quantum::pairs_above(set, Real{0.99F}));
    state.SetItemsProcessed(state.iterations() *
                            static_cast<std::int64_t>(all.size() * (all.size() - 1) / 2));
}
BENCHMARK(close_histograms<double>)->Unit(benchmark::kMillisecond);
BENCHMARK(close_histograms<float>)->Unit(benchmark::kMillisecond);

} // namespace
