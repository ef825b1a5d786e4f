#include <cmath>
#include <map>
#include <random>
#include <utility>

#include <Eigen/Eigenvalues>
#include <benchmark/benchmark.h>

#include "weft/quantum/uhlmann.hpp"

/// Fidelities of mixed states given as dense matrices, beside the definition as a textbook has it.
namespace {

namespace quantum = weft::quantum;

template <class Real>
using dense = Eigen::Matrix<std::complex<Real>, Eigen::Dynamic, Eigen::Dynamic>;

quantum::density mixed(std::mt19937_64& random, Eigen::Index d, Eigen::Index r) {
    std::uniform_real_distribution<double> uniform(-0.5, 0.5);
    Eigen::MatrixXcd a(d, r);
    for (Eigen::Index i = 0; i < a.size(); ++i) a(i) = {uniform(random), uniform(random)};
    a /= a.norm();
    return quantum::density::from_factor(a);
}

/// (Tr sqrt(sqrt(rho) sigma sqrt(rho)))^2 by two eigendecompositions.
template <class Real>
Real textbook(dense<Real> const& rho, dense<Real> const& sigma) {
    Eigen::SelfAdjointEigenSolver<dense<Real>> const first(rho);
    dense<Real> const half = first.eigenvectors() *
                             first.eigenvalues().cwiseMax(0).cwiseSqrt().asDiagonal() *
                             first.eigenvectors().adjoint();
    dense<Real> const inner = half * sigma * half;
    Eigen::SelfAdjointEigenSolver<dense<Real>> const second(inner, Eigen::EigenvaluesOnly);
    Real const root = second.eigenvalues().cwiseMax(0).cwiseSqrt().sum();
    return root * root;
}

double ours(Eigen::MatrixXcd const& rho, Eigen::MatrixXcd const& sigma) {
    return quantum::fidelity(quantum::density::from_matrix(rho),
                             quantum::density::from_matrix(sigma));
}

/// The fidelity of two matrices in long double: of full rank by the textbook, of rank 2, where the
/// textbook fails, by the factors. Found once for each size.
long double truth_of(Eigen::MatrixXcd const& rho, Eigen::MatrixXcd const& sigma,
                     Eigen::Index rank) {
    static std::map<std::pair<Eigen::Index, Eigen::Index>, long double> known;
    auto const [at, fresh] = known.try_emplace({rho.rows(), rank});
    if (!fresh) return at->second;
    dense<long double> const a = rho.cast<std::complex<long double>>(),
                             b = sigma.cast<std::complex<long double>>();
    using wide = quantum::basic_density<long double>;
    return at->second = rank == 2 ? quantum::fidelity(wide::from_matrix(a), wide::from_matrix(b))
                                  : textbook<long double>(a, b);
}

/// Both programs' error is printed beside the time.
template <double (*Fidelity)(Eigen::MatrixXcd const&, Eigen::MatrixXcd const&)>
void from_matrices(benchmark::State& state) {
    std::mt19937_64 random(1);
    auto const a = mixed(random, state.range(0), state.range(1));
    auto const b = mixed(random, state.range(0), state.range(1));
    Eigen::MatrixXcd const rho = a.matrix(), sigma = b.matrix();
    double f = 0;
    for (auto _ : state) benchmark::DoNotOptimize(f = Fidelity(rho, sigma));
    state.counters["error"] = static_cast<double>(
        std::abs(static_cast<long double>(f) - truth_of(rho, sigma, state.range(1))));
}
BENCHMARK(from_matrices<textbook<double>>)
    ->Name("textbook_eigen")
    ->Args({8, 8})
    ->Args({32, 32})
    ->Args({128, 128})
    ->Args({32, 2})
    ->Args({128, 2})
    ->Unit(benchmark::kMicrosecond);
BENCHMARK(from_matrices<ours>)
    ->Name("weft")
    ->Args({8, 8})
    ->Args({32, 32})
    ->Args({128, 128})
    ->Args({32, 2})
    ->Args({128, 2})
    ->Unit(benchmark::kMicrosecond);

/// States that are kept as factors of d x r.
void from_factors(benchmark::State& state) {
    std::mt19937_64 random(1);
    auto const a = mixed(random, state.range(0), state.range(1));
    auto const b = mixed(random, state.range(0), state.range(1));
    for (auto _ : state) benchmark::DoNotOptimize(quantum::fidelity(a, b));
}
BENCHMARK(from_factors)
    ->Args({8, 2})
    ->Args({32, 2})
    ->Args({128, 1})
    ->Args({128, 2})
    ->Args({8, 8})
    ->Args({32, 32})
    ->Args({128, 128})
    ->Unit(benchmark::kMicrosecond);

void everything_about_a_pair(benchmark::State& state) {
    std::mt19937_64 random(1);
    quantum::state const a = mixed(random, state.range(0), state.range(0));
    quantum::state const b = mixed(random, state.range(0), state.range(0));
    for (auto _ : state) benchmark::DoNotOptimize(quantum::compare(a, b));
}
BENCHMARK(everything_about_a_pair)->Arg(8)->Arg(32)->Arg(128)->Unit(benchmark::kMicrosecond);

} // namespace
