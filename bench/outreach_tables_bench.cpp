// The five operations that the tables are made for, on a real PostgreSQL with 100,000 people
// (WEFT_BENCH_USERS): latencies as a client sees them, the index that each goes along, and what a
// row costs to keep. Run as  tests/with_postgres build/bench/bin/outreach_tables_bench

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <benchmark/benchmark.h>

#include "../tests/support/outreach_fill.hpp"
#include "weft/adapters/libpq.hpp"
#include "weft/sql/ddl.hpp"
#include "weft/sql/queries.hpp"

namespace {

using weft::sql::dialect;
using weft::sql::statement;

struct filled_server {
    std::unique_ptr<weft::adapters::postgres_connection> connection;
    int users = 100'000;
    weft::instant now;

    filled_server() {
        char const* const url = std::getenv("WEFT_TEST_POSTGRES");
        if (url == nullptr || *url == '\0') return;
        if (char const* const n = std::getenv("WEFT_BENCH_USERS")) {
            users = weft::parse_integer<int>(n).value_or(users);
        }
        connection = std::make_unique<weft::adapters::postgres_connection>(url);
        auto& c = *connection;
        // Filling takes minutes: a second run on the same server measures what the first one made.
        auto const there = weft::sql::installed_version(dialect::postgres);
        if (std::get<std::int32_t>(c.query(there).values.at(0).at(0)) == 0) {
            c.run_script(weft::sql::ddl(dialect::postgres, {.with_auth = true}));
            c.run_script(weft_test::outreach_fill(users));
        }
        now = std::get<weft::instant>(c.query({"select now()", {}}).values.at(0).at(0));
        for (auto const& [table, rows] : {std::pair{"outreach_queue", 5},
                                          {"outreach_history", 10},
                                          {"compatibility_cache", 10},
                                          {"predictive_signals_cache", 5}}) {
            auto const sizes = c.query({"select pg_table_size($1::text::regclass), "
                                        "pg_indexes_size($1::text::regclass)",
                                        {std::string(table)}});
            auto const count = static_cast<double>(users) * rows;
            auto const each = [&](std::size_t i) {
                return static_cast<double>(std::get<std::int64_t>(sizes.values[0][i])) / count;
            };
            std::cout << table << ": " << each(0) << " bytes a row and " << each(1)
                      << " of indexes; " << (each(0) + each(1)) * rows / 1000.0
                      << " GB for a million users\n";
        }
    }

    [[nodiscard]] std::string plan(statement const& s) const {
        std::string out;
        for (auto const& row :
             connection->query({"explain (costs off) " + s.text, s.params}).values) {
            auto const& line = std::get<std::string>(row[0]);
            if (auto const at = line.find(" using "); at != std::string::npos) {
                out += line.substr(at + 7, line.find(' ', at + 7) - at - 7) + " ";
            } else if (auto const on = line.find("Bitmap Index Scan on ");
                       on != std::string::npos) {
                out += line.substr(on + 21) + " ";
            }
        }
        return out;
    }
};

filled_server& server() {
    static filled_server made;
    return made;
}

template <class Make>
void latency(benchmark::State& state, Make const& make) {
    auto& s = server();
    if (!s.connection) {
        state.SkipWithError("WEFT_TEST_POSTGRES is not set: see the top of the source");
        return;
    }
    std::vector<double> times;
    int u = 1;
    for (auto _ : state) {
        u = (u * 16'807) % s.users + 1;
        auto const q = make(u, s.now);
        auto const from = std::chrono::steady_clock::now();
        benchmark::DoNotOptimize(s.connection->query(q));
        std::chrono::duration<double> const passed = std::chrono::steady_clock::now() - from;
        state.SetIterationTime(passed.count());
        times.push_back(passed.count() * 1e3);
    }
    std::sort(times.begin(), times.end());
    state.counters["p50_ms"] = times[times.size() / 2];
    state.counters["p99_ms"] = times[times.size() * 99 / 100];
    state.SetLabel(s.plan(make(u, s.now)));
}

constexpr auto d = dialect::postgres;

void pending(benchmark::State& state) {
    latency(state, [](int u, weft::instant now) {
        return weft::sql::pending_outreach(weft::parse_uuid(weft_test::filled_user(u)), now, d);
    });
}
BENCHMARK(pending)->UseManualTime()->Iterations(2000);

void compatibility(benchmark::State& state) {
    latency(state, [](int u, weft::instant now) {
        return weft::sql::compatibility_of(weft_test::filled_user(u),
                                           weft::schema::cache_entity_type::user, now, d);
    });
}
BENCHMARK(compatibility)->UseManualTime()->Iterations(2000);

void signal(benchmark::State& state) {
    latency(state, [](int u, weft::instant now) {
        return weft::sql::signals_of(weft_test::filled_user(u),
                                     weft::schema::signal_entity_type::user,
                                     weft::schema::signal_type::fabric_stability, now, d);
    });
}
BENCHMARK(signal)->UseManualTime()->Iterations(2000);

void recent(benchmark::State& state) {
    latency(state, [](int u, weft::instant now) {
        return weft::sql::recent_outreach(weft::parse_uuid(weft_test::filled_user(u)),
                                          "source-" + std::to_string((u * 7 + 3) % 5000),
                                          weft::schema::outreach_type::event_call,
                                          now - weft::days(30), d);
    });
}
BENCHMARK(recent)->UseManualTime()->Iterations(2000);

void high_compatibility(benchmark::State& state) {
    latency(state, [](int, weft::instant now) {
        return weft::sql::high_compatibility(.8, now, d, {.limit = 20});
    });
}
BENCHMARK(high_compatibility)->UseManualTime()->Iterations(2000);

} // namespace
