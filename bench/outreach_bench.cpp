#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <optional>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <Eigen/Core>
#include <benchmark/benchmark.h>
#include <nlohmann/json.hpp>

#include "../examples/msqr/msqr.hpp"
#include "../examples/weft/outreach_job.hpp"
#include "weft/outreach/gates.hpp"
#include "weft/outreach/ids.hpp"
#include "weft/outreach/newcomers.hpp"
#include "weft/outreach/plan.hpp"
#include "weft/profile/json.hpp"

namespace {

namespace outreach = weft::outreach;
using outreach::outreach_type;

double uniform(std::mt19937_64& generator) {
    return static_cast<double>(generator() >> 11U) * 0x1p-53;
}

std::vector<outreach::inputs> random_inputs(std::size_t n) {
    std::mt19937_64 generator(1);
    std::vector<outreach::inputs> out(n);
    for (auto& in : out) {
        for (auto& x : in) x = uniform(generator);
    }
    return out;
}

void fit_gate(benchmark::State& state) {
    auto const random = random_inputs(static_cast<std::size_t>(state.range(0)));
    auto const gate = outreach::default_gate(outreach_type::friend_suggestion);
    for (auto _ : state) {
        outreach::gate_reference const reference(gate, random);
        benchmark::DoNotOptimize(reference.count(1));
    }
}
BENCHMARK(fit_gate)->Arg(100'000)->Unit(benchmark::kMillisecond);

void decide(benchmark::State& state) {
    auto const random = random_inputs(10'000);
    outreach::gate_reference const reference(
        outreach::default_gate(outreach_type::friend_suggestion), random);
    std::size_t i = 0;
    for (auto _ : state) {
        auto const d = outreach::decide(random[++i % random.size()], reference);
        benchmark::DoNotOptimize(d.passes);
    }
}
BENCHMARK(decide);

void row_id(benchmark::State& state) {
    std::string const id = "6ba7b810-9dad-11d1-80b4-00c04fd430c8";
    for (auto _ : state) {
        auto const made = outreach::row_id("compatibility_cache", {id, id, "user", "user"});
        benchmark::DoNotOptimize(made);
    }
}
BENCHMARK(row_id);

void best_newcomers(benchmark::State& state) {
    auto const n = static_cast<Eigen::Index>(state.range(0));
    Eigen::Index const m = 2700;
    std::mt19937_64 generator(1);
    Eigen::MatrixXd taste(n + m, 4);
    for (Eigen::Index i = 0; i < n + m; ++i) {
        for (Eigen::Index k = 0; k < 4; ++k) taste(i, k) = uniform(generator);
    }
    auto const alike = [&](Eigen::Index i, Eigen::Index j) {
        return std::exp(-(taste.row(i) - taste.row(j)).cwiseAbs().sum());
    };
    Eigen::MatrixXd group = Eigen::MatrixXd::Zero(n, n);
    Eigen::MatrixXd candidates(m, n);
    for (Eigen::Index i = 0; i < n; ++i) {
        for (Eigen::Index j = 0; j < i; ++j) group(i, j) = group(j, i) = alike(i, j);
        for (Eigen::Index k = 0; k < m; ++k) candidates(k, i) = alike(n + k, i);
    }
    for (auto _ : state) {
        auto const best = outreach::best_newcomers(group, candidates, 10);
        benchmark::DoNotOptimize(best.data());
    }
}
BENCHMARK(best_newcomers)->Arg(108)->Arg(340)->Unit(benchmark::kMillisecond);

std::vector<weft::profile::entity> const& people() {
    static auto const all = [] {
        std::FILE* const pipe =
            popen("gzip -dc '" WEFT_PROJECT_DIR "/examples/data/msqR.csv.gz'", "r");
        if (pipe == nullptr) throw std::runtime_error("cannot run gzip");
        std::string text;
        char buffer[1 << 16];
        for (std::size_t n = 0; (n = std::fread(buffer, 1, sizeof buffer, pipe)) > 0;) {
            text.append(buffer, n);
        }
        pclose(pipe);
        std::vector<weft::profile::entity> out;
        for (auto const& person : weft_msqr::read(text)) {
            out.push_back(weft::profile::read_entity(weft_msqr::to_entity(person)));
        }
        return out;
    }();
    return all;
}

/// The main job on the 3,033 people of examples/data, without reading and the database: the stages
/// are the counters, in seconds.
void main_job(benchmark::State& state) {
    weft_command::job_options options;
    options.now = weft::parse_instant("2026-01-02T00:00:00Z");
    options.threads = std::max(1U, std::thread::hardware_concurrency());
    auto const& entities = people();
    for (auto _ : state) {
        weft_command::stage_times times;
        auto const job = weft_command::run_job(entities, std::nullopt, options, times);
        times.measure("rows", [&] {
            weft::compatibility::thread_executor const executor(options.threads);
            executor(entities.size(), [&](std::size_t i) {
                auto const rows = weft_command::rows_of_person(job, entities, i, {}, options);
                benchmark::DoNotOptimize(rows.cache.data());
            });
        });
        for (auto const& t : times.all()) state.counters[t.stage] = t.seconds;
    }
}
BENCHMARK(main_job)->Unit(benchmark::kSecond)->Iterations(1)->UseRealTime();

} // namespace
