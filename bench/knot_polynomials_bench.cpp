#include <benchmark/benchmark.h>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "weft/knot/homfly.hpp"
#include "weft/knot/jones.hpp"

#ifdef WEFT_KNOT_PEERS
#include "peers.hpp"
#endif

// Jones and HOMFLY-PT of the 2,977 knots to 12 crossings (time per knot in the column per_knot) and
// of the braids of scaling_braids.txt; beside them libhomfly and Regina, where they are installed.

namespace {

namespace knot = weft::knot;

struct named_braid {
    std::string name;
    knot::braid braid;
};

knot::braid from_letters(std::string const& text, int strands) {
    std::vector<int> word;
    for (char const* at = text.c_str(); *at != '\0';) {
        char* end = nullptr;
        auto const letter = std::strtol(at, &end, 10);
        if (end == at) {
            ++at;
            continue;
        }
        word.push_back(static_cast<int>(letter));
        if (std::abs(word.back()) >= strands) strands = std::abs(word.back()) + 1;
        at = end;
    }
    return {strands, word};
}

std::vector<named_braid> const& knots() {
    static auto const all = [] {
        std::vector<named_braid> out;
        std::string text;
        if (auto* const pipe =
                popen("gzip -dc '" WEFT_DATA_DIR "/knots/knotinfo.csv.gz' 2>/dev/null", "r")) {
            char buffer[1 << 16];
            for (std::size_t n = 0; (n = std::fread(buffer, 1, sizeof buffer, pipe)) > 0;) {
                text.append(buffer, n);
            }
            pclose(pipe);
        }
        for (std::size_t at = text.find('\n'); at != std::string::npos; at = text.find('\n', at)) {
            auto const line = ++at;
            auto const open = text.find("\"{", at);
            auto const close = text.find("}\",", at);
            if (open == std::string::npos || close == std::string::npos) break;
            out.push_back({text.substr(line, text.find(',', line) - line),
                           from_letters(text.substr(open + 2, close - open - 2),
                                        std::atoi(text.c_str() + close + 3))});
            at = close;
        }
        return out;
    }();
    return all;
}

std::vector<named_braid> const& scaling() {
    static auto const all = [] {
        std::vector<named_braid> out;
        std::ifstream in(WEFT_DATA_DIR "/knots/scaling_braids.txt");
        for (std::string line; std::getline(in, line);) {
            auto const semicolon = line.find(';');
            if (semicolon == std::string::npos) continue;
            out.push_back({line.substr(0, semicolon), from_letters(line.substr(semicolon + 1), 1)});
        }
        return out;
    }();
    return all;
}

void per_knot(benchmark::State& state) {
    if (knots().empty()) {
        state.SkipWithError("the table of knots is missing");
        return;
    }
    state.counters["per_knot"] = benchmark::Counter(static_cast<double>(knots().size()),
                                                    benchmark::Counter::kIsIterationInvariantRate |
                                                        benchmark::Counter::kInvert);
}

void jones_knots(benchmark::State& state) {
    knot::jones_workspace workspace;
    for (auto _ : state) {
        for (auto const& k : knots()) {
            benchmark::DoNotOptimize(knot::jones(k.braid, {}, workspace));
        }
    }
    per_knot(state);
}
BENCHMARK(jones_knots)->Name("jones/knots")->Unit(benchmark::kMillisecond);

void homfly_knots(benchmark::State& state) {
    knot::homfly_workspace workspace;
    for (auto _ : state) {
        for (auto const& k : knots()) {
            benchmark::DoNotOptimize(knot::homfly(k.braid, {}, workspace));
        }
    }
    per_knot(state);
}
BENCHMARK(homfly_knots)->Name("homfly/knots")->Unit(benchmark::kMillisecond);

#ifdef WEFT_KNOT_PEERS
void libhomfly_knots(benchmark::State& state) {
    std::vector<std::string> codes;
    for (auto const& k : knots()) {
        codes.push_back(weft_test::homfly_code(weft_test::passed(k.braid)));
    }
    for (auto _ : state) {
        for (auto& code : codes) benchmark::DoNotOptimize(weft_test::terms_by_libhomfly(code));
    }
    per_knot(state);
}
BENCHMARK(libhomfly_knots)->Name("homfly/knots/libhomfly")->Unit(benchmark::kMillisecond);

template <bool Homfly>
void regina_knots(benchmark::State& state) {
    for (auto _ : state) {
        state.PauseTiming();
        std::vector<std::unique_ptr<weft_test::regina_link>> links;
        for (auto const& k : knots()) {
            links.push_back(std::make_unique<weft_test::regina_link>(weft_test::passed(k.braid)));
        }
        state.ResumeTiming();
        for (auto const& link : links) Homfly ? link->compute_homfly() : link->compute_jones();
    }
    per_knot(state);
}
BENCHMARK(regina_knots<false>)
    ->Name("jones/knots/regina")
    ->Unit(benchmark::kMillisecond)
    ->Iterations(2);
BENCHMARK(regina_knots<true>)
    ->Name("homfly/knots/regina")
    ->Unit(benchmark::kMillisecond)
    ->Iterations(2);
#endif

// One row for each braid and program.
int const registered = [] {
    knot::limits const limits{.max_strands_state_space = 12};
    for (auto const& b : scaling()) {
        benchmark::RegisterBenchmark(("jones/" + b.name).c_str(), [&b, limits](
                                                                      benchmark::State& state) {
            knot::jones_workspace workspace;
            for (auto _ : state) {
                benchmark::DoNotOptimize(knot::jones(b.braid, limits, workspace));
            }
        })->Unit(benchmark::kMicrosecond);
        benchmark::RegisterBenchmark(("homfly/" + b.name).c_str(), [&b, limits](
                                                                       benchmark::State& state) {
            knot::homfly_workspace workspace;
            for (auto _ : state) {
                benchmark::DoNotOptimize(knot::homfly(b.braid, limits, workspace));
            }
        })->Unit(benchmark::kMicrosecond);
#ifdef WEFT_KNOT_PEERS
        benchmark::RegisterBenchmark(
            ("homfly/" + b.name + "/libhomfly").c_str(),
            [&b](benchmark::State& state) {
                auto code = weft_test::homfly_code(weft_test::passed(b.braid));
                for (auto _ : state) {
                    benchmark::DoNotOptimize(weft_test::terms_by_libhomfly(code));
                }
            })
            ->Unit(benchmark::kMicrosecond);
        benchmark::RegisterBenchmark(("jones/" + b.name + "/regina").c_str(),
                                     [&b](benchmark::State& state) {
                                         for (auto _ : state) {
                                             state.PauseTiming();
                                             weft_test::regina_link const link(
                                                 weft_test::passed(b.braid));
                                             state.ResumeTiming();
                                             link.compute_jones();
                                         }
                                     })
            ->Unit(benchmark::kMicrosecond)
            ->Iterations(1);
#endif
    }
    return 0;
}();

} // namespace
