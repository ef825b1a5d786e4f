#include <cstddef>
#include <vector>

#include <benchmark/benchmark.h>

#include "../tests/support/people.hpp"
#include "weft/compatibility/batch.hpp"
#include "weft/compatibility/calibration.hpp"
#include "weft/compatibility/score.hpp"
#include "weft/profile/fingerprint.hpp"

namespace {

/// Twelve dimensions, a rhythm and a vibe for most; places only where asked for.
struct town {
    town(std::size_t n, bool places)
        : entities(weft_test::made_up_people(n, 1)) {
        for (auto& e : entities) {
            if (!places) e.places.clear();
        }
        weft::profile::encoder const encoder(weft::profile::fit_population(entities));
        for (auto const& e : entities) people.push_back(encoder.encode(e));
    }
    std::vector<weft::profile::entity> entities;
    std::vector<weft::profile::fingerprint> people;
};

town const& without_places() {
    static town const t(1000, false);
    return t;
}

town const& with_places() {
    static town const t(1000, true);
    return t;
}

weft::compatibility::scorer fitted(town const& t) {
    return weft::compatibility::scorer(weft::compatibility::fit_calibration(t.people));
}

void score_pairs(benchmark::State& state, town const& t) {
    auto const s = fitted(t);
    std::size_t k = 0;
    for (auto _ : state) {
        auto const i = k % 1000;
        auto const j = (k + 1 + k / 1000) % 1000;
        benchmark::DoNotOptimize(s.brief(t.people[i], t.people[j]));
        ++k;
    }
    state.SetItemsProcessed(state.iterations());
}

void pair_without_places(benchmark::State& state) {
    score_pairs(state, without_places());
}
BENCHMARK(pair_without_places);

void pair_with_places(benchmark::State& state) {
    score_pairs(state, with_places());
}
BENCHMARK(pair_with_places);

void pair_explained(benchmark::State& state) {
    auto const& t = without_places();
    auto const s = fitted(t);
    std::size_t k = 0;
    for (auto _ : state) {
        benchmark::DoNotOptimize(s.score(t.people[k % 1000], t.people[(k * 7 + 1) % 1000]));
        ++k;
    }
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(pair_explained);

void one_to_1000(benchmark::State& state) {
    auto const& t = without_places();
    auto const s = fitted(t);
    std::size_t k = 0;
    for (auto _ : state) {
        benchmark::DoNotOptimize(
            weft::compatibility::one_to_many(s, t.people[k++ % 1000], t.people));
    }
    state.SetItemsProcessed(state.iterations() * 1000);
}
BENCHMARK(one_to_1000)->Unit(benchmark::kMicrosecond);

void all_pairs_top_20(benchmark::State& state) {
    auto const& t = without_places();
    auto const s = fitted(t);
    for (auto _ : state) {
        benchmark::DoNotOptimize(weft::compatibility::top_candidates(s, t.people, 20));
    }
    state.SetItemsProcessed(state.iterations() * 1000 * 999 / 2);
}
BENCHMARK(all_pairs_top_20)->Unit(benchmark::kMillisecond);

void encode(benchmark::State& state) {
    auto const& t = without_places();
    weft::profile::encoder const encoder(weft::profile::fit_population(t.entities));
    std::size_t k = 0;
    for (auto _ : state) benchmark::DoNotOptimize(encoder.encode(t.entities[k++ % 1000]));
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(encode)->Unit(benchmark::kMicrosecond);

void calibrate_on_100000_pairs(benchmark::State& state) {
    auto const& t = without_places();
    for (auto _ : state) {
        benchmark::DoNotOptimize(weft::compatibility::fit_calibration(t.people));
    }
}
BENCHMARK(calibrate_on_100000_pairs)->Unit(benchmark::kMillisecond);

} // namespace
