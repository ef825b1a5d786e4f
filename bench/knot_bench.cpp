#include <array>
#include <benchmark/benchmark.h>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "weft/knot/batch.hpp"
#include "weft/knot/big.hpp"
#include "weft/knot/invariants.hpp"
#include "weft/knot/levine_tristram.hpp"
#include "weft/knot/similarity.hpp"

namespace {

namespace knot = weft::knot;

// A deterministic stand-in for a person: every pair of twelve dimensions is one band.
knot::braid profile_braid(std::uint32_t seed, int strands = 12) {
    std::vector<knot::band> bands;
    for (int i = 1; i <= strands; ++i) {
        for (int j = i + 1; j <= strands; ++j) {
            seed = seed * 1'664'525U + 1'013'904'223U;
            bands.push_back({i, j, (seed >> 20U) % 2 != 0 ? 1 : -1});
        }
    }
    return knot::braid::from_bands(strands, std::move(bands));
}

void alexander_signature_determinant(benchmark::State& state) {
    std::uint32_t seed = 1;
    auto const strands = static_cast<int>(state.range(0));
    knot::limits const limits;
    knot::invariants_workspace room;
    for (auto _ : state) {
        auto const b = profile_braid(seed++, strands);
        auto const s = knot::detail::simplify(knot::detail::compacted(b));
        auto const forms = knot::detail::seifert_forms(s, limits);
        benchmark::DoNotOptimize(
            knot::detail::alexander_data_of<std::int64_t>(s, forms, limits, room.alexander));
        benchmark::DoNotOptimize(knot::detail::signature_of(s, forms, limits, room.inertia));
    }
}
BENCHMARK(alexander_signature_determinant)
    ->Arg(8)
    ->Arg(12)
    ->Arg(16)
    ->Arg(27)
    ->Unit(benchmark::kMicrosecond);

void signature_of_a_long_word(benchmark::State& state) {
    std::uint32_t seed = 3;
    auto const strands = static_cast<int>(state.range(0));
    std::vector<int> word;
    for (std::int64_t k = 0; k < state.range(1); ++k) {
        seed = seed * 1'664'525U + 1'013'904'223U;
        int const letter = static_cast<int>((seed >> 16U) % static_cast<unsigned>(strands - 1)) + 1;
        word.push_back((seed >> 8U) % 2 != 0 ? letter : -letter);
    }
    knot::braid const b(strands, word);
    for (auto _ : state) benchmark::DoNotOptimize(knot::signature(b));
}
BENCHMARK(signature_of_a_long_word)
    ->Args({3, 1'000'000})
    ->Args({1000, 10'000})
    ->Unit(benchmark::kMillisecond);

// So many letters in each column, in random order, all positive: nothing comes apart.
void alexander_of_a_wide_word(benchmark::State& state) {
    std::uint32_t seed = 5;
    auto const strands = static_cast<int>(state.range(0));
    std::vector<int> word;
    for (int c = 1; c < strands; ++c) {
        for (std::int64_t k = 0; k < state.range(1); ++k) word.push_back(c);
    }
    for (std::size_t k = word.size(); k > 1; --k) {
        seed = seed * 1'664'525U + 1'013'904'223U;
        std::swap(word[k - 1], word[(seed >> 8U) % k]);
    }
    knot::braid const b(strands, word);
    knot::limits const limits{.max_operations = 20'000'000'000};
    for (auto _ : state) {
        benchmark::DoNotOptimize(knot::alexander<knot::big_integer>(b, limits));
    }
}
BENCHMARK(alexander_of_a_wide_word)
    ->Args({1000, 2})
    ->Args({1000, 3})
    ->Args({1000, 5})
    ->Unit(benchmark::kMillisecond);

void levine_tristram_step_function(benchmark::State& state) {
    knot::braid const b(3, {1, 1, 1, 2, -1, 2, 2, 2, -1, 2});
    for (auto _ : state) {
        benchmark::DoNotOptimize(knot::levine_tristram<knot::big_integer>(b));
    }
}
BENCHMARK(levine_tristram_step_function)->Unit(benchmark::kMicrosecond);

void all_invariants_of_a_profile(benchmark::State& state) {
    std::uint32_t seed = 1;
    auto const strands = static_cast<int>(state.range(0));
    for (auto _ : state) {
        benchmark::DoNotOptimize(knot::compute_invariants(profile_braid(seed++, strands)));
    }
}
BENCHMARK(all_invariants_of_a_profile)->Arg(4)->Arg(6)->Arg(12)->Unit(benchmark::kMicrosecond);

void all_invariants_of_a_small_knot(benchmark::State& state) {
    std::array<knot::braid, 4> const knots{knot::braid(2, {1, 1, 1}),
                                           knot::braid(3, {1, -2, 1, -2}),
                                           knot::braid(4, {1, 1, 2, -1, -3, 2, -3}),
                                           knot::braid(3, {1, 1, 1, 2, -1, -1, 2, 2, -1, 2})};
    std::size_t k = 0;
    for (auto _ : state) {
        benchmark::DoNotOptimize(knot::compute_invariants(knots[k++ % knots.size()]));
    }
}
BENCHMARK(all_invariants_of_a_small_knot)->Unit(benchmark::kMicrosecond);

void jones_of_a_random_braid(benchmark::State& state) {
    std::uint32_t seed = 7;
    auto const strands = static_cast<int>(state.range(0));
    std::vector<int> word;
    for (int k = 0; k < 60; ++k) {
        seed = seed * 1'664'525U + 1'013'904'223U;
        int const letter = static_cast<int>((seed >> 16U) % static_cast<unsigned>(strands - 1)) + 1;
        word.push_back((seed >> 8U) % 2 != 0 ? letter : -letter);
    }
    knot::braid const b(strands, word);
    for (auto _ : state) benchmark::DoNotOptimize(knot::jones<knot::big_integer>(b));
}
BENCHMARK(jones_of_a_random_braid)->Arg(4)->Arg(6)->Arg(8)->Unit(benchmark::kMicrosecond);

void similarity_of_records(benchmark::State& state) {
    std::vector<knot::record> records;
    for (std::uint32_t seed = 1; seed <= 64; ++seed) {
        records.push_back(knot::make_record(
            knot::compute_invariants(profile_braid(seed, static_cast<int>(state.range(0))))));
    }
    knot::similarity_kernel const score;
    std::size_t k = 0;
    for (auto _ : state) {
        auto const i = k % records.size();
        auto const j = (k / records.size() + 1 + i) % records.size();
        benchmark::DoNotOptimize(score(records[i], records[j]));
        ++k;
    }
}
BENCHMARK(similarity_of_records)->Arg(4)->Arg(6)->Arg(12);

void similarity_of_all_pairs(benchmark::State& state) {
    std::vector<knot::record> records;
    for (std::uint32_t seed = 1; seed <= 512; ++seed) {
        records.push_back(knot::make_record(
            knot::compute_invariants(profile_braid(seed, static_cast<int>(state.range(0))))));
    }
    knot::similarity_kernel const score;
    std::vector<double> out(records.size() * (records.size() - 1) / 2);
    for (auto _ : state) {
        knot::similarities_of_all(score, records, out);
        benchmark::DoNotOptimize(out.data());
    }
    state.counters["pairs"] = benchmark::Counter(static_cast<double>(out.size()),
                                                 benchmark::Counter::kIsIterationInvariantRate);
}
BENCHMARK(similarity_of_all_pairs)->Arg(4)->Arg(6)->Arg(12)->Unit(benchmark::kMillisecond);

} // namespace
