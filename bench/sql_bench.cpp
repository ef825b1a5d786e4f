// Rows to statements' parameters, to COPY text and to COPY binary.

#include <cstdint>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "weft/schema/tables.hpp"
#include "weft/sql/copy.hpp"
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

} // namespace
