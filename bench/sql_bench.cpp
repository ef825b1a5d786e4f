// Rows to statements' parameters, to COPY text and binary and back, and into a server by the ways
// that there are.

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <benchmark/benchmark.h>

#include "weft/adapters/bulk.hpp"
#include "weft/adapters/libpq.hpp"
#include "weft/schema/tables.hpp"
#include "weft/sql/arrays.hpp"
#include "weft/sql/copy.hpp"
#include "weft/sql/ddl.hpp"
#include "weft/sql/decode.hpp"
#include "weft/sql/statement.hpp"

namespace {

using namespace weft::schema;

/// Rows as the main job writes them to the cache.
std::vector<compatibility_cache> cache_rows(std::size_t n) {
    std::vector<compatibility_cache> rows(n);
    auto const now = weft::parse_instant("2026-03-01T12:00:00Z");
    for (std::size_t i = 0; i < n; ++i) {
        auto& row = rows[i];
        row.id.emplace();
        for (std::size_t k = 0; k < 8; ++k) {
            row.id->bytes[k] = static_cast<std::uint8_t>(i >> (8 * k));
        }
        auto const x = static_cast<double>(i % 997) / 997.0;
        row.source_id = weft::to_text(*row.id);
        row.target_id = row.source_id;
        row.compatibility_score = x;
        row.knot_compatibility = x * 0.9;
        row.quantum_fidelity = 1.0 - x;
        row.timing_compatibility = x * x;
        row.vibe_alignment = x * 0.3;
        row.calculation_method = "hybrid";
        row.calculated_at = now;
        row.expires_at = now + weft::days{7};
        row.metadata = jsonb{R"({"percentile":0.93,"present":["knot","quantum"]})"};
    }
    return rows;
}

void count_rows(benchmark::State& state, std::size_t n) {
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(n));
}

void upsert_params(benchmark::State& state) {
    auto const rows = cache_rows(1000);
    for (auto _ : state) {
        for (auto const& row : rows) benchmark::DoNotOptimize(weft::sql::row_params(row));
    }
    count_rows(state, rows.size());
}
BENCHMARK(upsert_params);

void whole_upsert(benchmark::State& state) {
    auto const rows = cache_rows(1000);
    for (auto _ : state) {
        for (auto const& row : rows) {
            benchmark::DoNotOptimize(weft::sql::upsert(row, weft::sql::dialect::postgres));
        }
    }
    count_rows(state, rows.size());
}
BENCHMARK(whole_upsert);

void validation(benchmark::State& state) {
    auto const rows = cache_rows(1000);
    for (auto _ : state) {
        for (auto const& row : rows) validate(row);
    }
    count_rows(state, rows.size());
}
BENCHMARK(validation);

template <weft::sql::copy_format Format>
void copy_rows(benchmark::State& state) {
    auto const rows = cache_rows(1000);
    std::size_t bytes = 0;
    auto writer = weft::sql::make_copy_writer<compatibility_cache>(
        Format, [&](std::string_view piece) { bytes += piece.size(); });
    for (auto _ : state) {
        for (auto const& row : rows) writer.write(row);
    }
    writer.finish();
    count_rows(state, rows.size());
    state.SetBytesProcessed(static_cast<std::int64_t>(bytes));
}
BENCHMARK(copy_rows<weft::sql::copy_format::text>)->Name("copy_text");
BENCHMARK(copy_rows<weft::sql::copy_format::binary>)->Name("copy_binary");

template <weft::sql::copy_format Format>
void read_rows(benchmark::State& state) {
    auto const rows = cache_rows(1000);
    std::string stream;
    auto writer = weft::sql::make_copy_writer<compatibility_cache>(
        Format, [&](std::string_view piece) { stream += piece; });
    for (auto const& row : rows) writer.write(row);
    writer.finish();
    for (auto _ : state) {
        weft::sql::copy_reader<compatibility_cache> reader(Format);
        reader.read(stream, [](compatibility_cache& row) { benchmark::DoNotOptimize(row); });
        reader.finish();
    }
    count_rows(state, rows.size());
}
BENCHMARK(read_rows<weft::sql::copy_format::text>)->Name("read_copy_text");
BENCHMARK(read_rows<weft::sql::copy_format::binary>)->Name("read_copy_binary");

void decode_rows(benchmark::State& state) {
    weft::sql::rows result;
    for (auto const& c : columns_of<compatibility_cache>()) result.columns.emplace_back(c.name);
    for (auto& row : cache_rows(1000)) {
        row.calculation_version = 1;
        result.values.push_back(weft::sql::row_params(row));
    }
    for (auto _ : state) {
        benchmark::DoNotOptimize(weft::sql::decode<compatibility_cache>(result));
    }
    count_rows(state, result.values.size());
}
BENCHMARK(decode_rows);

// Upserts into a real PostgreSQL: WEFT_TEST_POSTGRES is its URI, as tests/with_postgres sets it.
using weft::adapters::postgres_connection;

/// Every run begins with the five empty tables of a new schema, all their indexes included.
template <class Upsert>
void upserts(benchmark::State& state, Upsert const& upsert) {
    char const* const url = std::getenv("WEFT_TEST_POSTGRES");
    if (url == nullptr) return state.SkipWithError("WEFT_TEST_POSTGRES is not set");
    postgres_connection c(url);
    auto const rows = cache_rows(static_cast<std::size_t>(state.range(0)));
    weft::sql::ddl_options const options{.with_auth = true, .schema = "weft_bench"};
    for (auto _ : state) {
        state.PauseTiming();
        c.run_script("drop schema if exists weft_bench cascade");
        c.run_script(weft::sql::ddl(weft::sql::dialect::postgres, options));
        c.run_script("set search_path to weft_bench, public");
        state.ResumeTiming();
        weft::adapters::transaction all(c);
        upsert(c, std::span<compatibility_cache const>(rows));
        all.commit();
    }
    c.run_script("drop schema weft_bench cascade");
    count_rows(state, rows.size());
}

void upsert_single(postgres_connection& c, std::span<compatibility_cache const> rows) {
    weft::sql::statement one{
        weft::sql::upsert_text<compatibility_cache>(weft::sql::dialect::postgres), {}};
    for (auto const& row : rows) {
        one.params = weft::sql::row_params(row);
        c.execute(one);
    }
}

void upsert_pipelined(postgres_connection& c, std::span<compatibility_cache const> rows) {
    std::vector<weft::sql::statement> some;
    for (auto const& row : rows) {
        some.push_back(weft::sql::upsert(row, weft::sql::dialect::postgres));
    }
    c.execute_all(some);
}

void upsert_unnest(postgres_connection& c, std::span<compatibility_cache const> rows) {
    std::string arrays;
    for (auto const& each : columns_of<compatibility_cache>()) {
        arrays += (arrays.empty() ? "$" : ", $") +
                  std::to_string(&each - columns_of<compatibility_cache>().data() + 1) +
                  "::" + std::string(type_name(each.type)) + "[]";
    }
    // The staged statement reads its rows from a table named s: here that is the arrays.
    auto text = weft::adapters::staged_upsert<compatibility_cache>().upsert;
    std::string const from = "pg_temp.weft_staging_compatibility_cache s";
    std::string columns;
    for (auto const& each : columns_of<compatibility_cache>()) {
        columns += (columns.empty() ? "" : ", ") + std::string(each.name);
    }
    text.replace(text.find(from), from.size(), "unnest(" + arrays + ") as s (" + columns + ")");
    for (std::size_t at = 0; at < rows.size(); at += 10'000) {
        auto const some = rows.subspan(at, std::min<std::size_t>(10'000, rows.size() - at));
        c.execute({text, weft::sql::column_arrays<compatibility_cache>(some)});
    }
}

void upsert_staged(postgres_connection& c, std::span<compatibility_cache const> rows) {
    weft::adapters::bulk_upsert(c, rows);
}

BENCHMARK_CAPTURE(upserts, single, upsert_single)->Arg(20'000)->Iterations(1)->UseRealTime();
BENCHMARK_CAPTURE(upserts, pipelined, upsert_pipelined)->Arg(20'000)->Iterations(1)->UseRealTime();
BENCHMARK_CAPTURE(upserts, unnest_10k, upsert_unnest)
    ->Arg(20'000)
    ->Arg(100'000)
    ->Iterations(1)
    ->UseRealTime();
BENCHMARK_CAPTURE(upserts, bulk_upsert, upsert_staged)
    ->Arg(20'000)
    ->Arg(100'000)
    ->Iterations(1)
    ->UseRealTime();

} // namespace
