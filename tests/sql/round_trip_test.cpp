// Rows that come back from both servers as they were sent: through parameters, COPY text and COPY
// binary; every enumeration value, every hostile text in every text column, edges of every number
// and instant.

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <type_traits>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "support.hpp"
#include "weft/adapters/bulk.hpp"
#include "weft/schema/json.hpp"
#include "weft/sql/arrays.hpp"
#include "weft/sql/copy.hpp"

namespace {

using namespace weft::schema;
using weft::sql::dialect;
using weft_test::all_rows;

/// The n-th row of a table that holds many: its own id and natural key.
template <class Row>
Row numbered(std::uint32_t n) {
    auto row = weft_test::sample<Row>();
    for (int i = 0; i < 4; ++i) {
        row.id->bytes[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(n >> (24 - 8 * i));
    }
    if constexpr (requires { row.source_id; }) row.source_id = "source-" + std::to_string(n);
    if constexpr (requires { row.entity_id; }) row.entity_id = "entity-" + std::to_string(n);
    return row;
}

bool is_indexed(std::string_view name) {
    return name == "source_id" || name == "target_id" || name == "entity_id";
}

template <class T>
std::vector<T> edges(column_info const& c) {
    std::vector<T> out;
    if constexpr (Enumeration<T>) {
        for (std::size_t i = 0; i < enum_names<T>::texts.size(); ++i) {
            out.push_back(static_cast<T>(i));
        }
    } else if constexpr (std::is_same_v<T, std::string>) {
        for (auto& text : weft_test::hostile_texts()) {
            // PostgreSQL cannot index a long text (SQLSTATE 54000).
            if (text.size() < 1000 || !is_indexed(c.name)) out.push_back(std::move(text));
        }
    } else if constexpr (std::is_same_v<T, double>) {
        using limits = std::numeric_limits<double>;
        out = {0.0,           -0.0,
               1.0,           0.1,
               1.0 / 3.0,     limits::denorm_min(),
               limits::min(), std::nextafter(1.0, 0.0)};
        if (!c.lower || *c.lower < 0) out.insert(out.end(), {-1.0, -limits::denorm_min()});
        if (!c.lower) out.insert(out.end(), {limits::max(), limits::lowest()});
    } else if constexpr (std::is_same_v<T, std::int32_t>) {
        using limits = std::numeric_limits<std::int32_t>;
        out.push_back(c.lower ? static_cast<std::int32_t>(*c.lower) : limits::min());
        out.push_back(c.upper ? static_cast<std::int32_t>(*c.upper) : limits::max());
    } else if constexpr (std::is_same_v<T, weft::instant>) {
        for (auto const* text :
             {"0001-01-01T00:00:00Z", "1582-10-15T00:00:00Z", "1969-12-31T23:59:59.999999Z",
              "1999-12-31T23:59:59.999999Z", "2000-01-01T00:00:00Z", "2024-02-29T12:00:00.000001Z",
              "2026-03-29T01:00:00.1Z", "9999-12-31T23:59:59.999999Z"}) {
            out.push_back(weft_test::at(text));
        }
        out.push_back(weft::instant_infinity);
        out.push_back(weft::instant_minus_infinity);
    } else if constexpr (std::is_same_v<T, jsonb>) {
        for (auto const& text : weft_test::hostile_texts()) {
            out.push_back(to_jsonb(nlohmann::json{{text.substr(0, 50), text}}));
        }
        out.push_back(jsonb{R"({"n":[0.1,-0.5,1e300,5e-324,9007199254740993,null,true]})"});
        if (!c.object) {
            for (auto const* text : {"null", "[]", "1", "\"\"", "false"}) {
                out.push_back(jsonb{text});
            }
        }
    } else {
        weft::uuid full;
        full.bytes.fill(0xff);
        out = {weft::uuid{}, full};
    }
    return out;
}

/// One row for each edge of each column, as far as the rules between columns allow it.
template <class Row>
std::vector<Row> edge_rows() {
    std::vector<Row> out;
    for_each_column<Row>([&]<class Field>(column<Row, Field> const& c) {
        if (c.info.references_user) return;
        for (auto& edge : edges<typename column<Row, Field>::value_type>(c.info)) {
            auto row = numbered<Row>(static_cast<std::uint32_t>(out.size() + 1));
            row.*c.field = std::move(edge);
            if constexpr (requires { row.response_action; }) {
                using status = typename std::remove_cvref_t<decltype(*row.status)>;
                if (row.response_action)
                    row.status = from_text<status>(to_text(*row.response_action));
            }
            if constexpr (std::is_same_v<Row, outreach_processing_jobs>) {
                if (row.items_succeeded.value_or(0) > 0 || row.items_failed.value_or(0) > 0) {
                    row.items_processed = std::numeric_limits<std::int32_t>::max();
                }
            }
            try {
                validate(row);
            } catch (weft::invalid_argument const&) {
                // Only an instant may stand on the wrong side of another.
                EXPECT_EQ(c.info.type, sql_type::timestamptz) << c.info.name;
                continue;
            }
            out.push_back(std::move(row));
        }
    });
    return out;
}

/// What a database may change about a row: the spelling of JSON.
template <class Row>
void make_comparable(std::vector<Row>& rows) {
    for (auto& row : rows) {
        for_each_column<Row>([&]<class Field>(column<Row, Field> const& c) {
            if constexpr (std::is_same_v<typename column<Row, Field>::value_type, jsonb>) {
                if (auto const* document = value_of(c, row)) {
                    auto text = nlohmann::json::parse(document->text).dump();
                    row.*c.field = jsonb{std::move(text)};
                }
            }
        });
    }
    std::sort(rows.begin(), rows.end(), [](Row const& a, Row const& b) { return a.id < b.id; });
}

template <class Row>
void expect_same(std::vector<Row> sent, std::vector<Row> got, bool keeps_sign_of_zero,
                 std::string const& how) {
    for (auto& row : sent) row = weft_test::with_defaults(row);
    make_comparable(sent);
    make_comparable(got);
    ASSERT_EQ(sent.size(), got.size()) << how;
    for (std::size_t i = 0; i < sent.size(); ++i) {
        for_each_column<Row>([&]<class Field>(column<Row, Field> const& c) {
            auto const* a = value_of(c, sent[i]);
            auto const* b = value_of(c, got[i]);
            bool same = (a == nullptr) == (b == nullptr) && (a == nullptr || *a == *b);
            if constexpr (std::is_same_v<typename column<Row, Field>::value_type, double>) {
                if (same && a != nullptr && keeps_sign_of_zero) {
                    same = std::bit_cast<std::uint64_t>(*a) == std::bit_cast<std::uint64_t>(*b);
                }
            }
            EXPECT_TRUE(same) << how << ": " << table<Row>::name << "." << c.info.name << " of row "
                              << i;
        });
    }
}

template <class Row>
class round_trip : public testing::Test {};
using tables = testing::Types<outreach_queue, outreach_history, compatibility_cache,
                              predictive_signals_cache, outreach_processing_jobs>;
struct named {
    template <class Row>
    static std::string GetName(int) {
        return std::string(table<Row>::name);
    }
};
TYPED_TEST_SUITE(round_trip, tables, named);

TYPED_TEST(round_trip, parameters_and_copy_keep_every_value_in_postgresql) {
    weft_test::postgres_database db;
    auto& c = db.connection;
    auto const rows = edge_rows<TypeParam>();
    ASSERT_GT(rows.size(), 100U);
    std::string const name(table<TypeParam>::name);

    for (auto const& row : rows) c.execute(weft::sql::insert(row, dialect::postgres));
    expect_same(rows, all_rows<TypeParam>(c), true, "parameters");

    // An upsert of the same rows changes nothing.
    for (auto const& row : rows) c.execute(weft::sql::upsert(row, dialect::postgres));
    expect_same(rows, all_rows<TypeParam>(c), true, "upsert");

    using weft::sql::copy_format;
    using weft::sql::copy_reader;
    for (auto const format : {copy_format::text, copy_format::binary}) {
        c.execute({"truncate " + name, {}});
        std::string bytes;
        if (format == copy_format::binary) weft::sql::append_copy_binary_header(bytes);
        for (auto const& row : rows) {
            if (format == copy_format::binary) {
                weft::sql::append_copy_binary(bytes, row);
            } else {
                weft::sql::append_copy_text(bytes, row);
            }
        }
        if (format == copy_format::binary) weft::sql::append_copy_binary_trailer(bytes);
        EXPECT_EQ(c.copy_in(weft::sql::copy_statement<TypeParam>(format), bytes),
                  static_cast<std::int64_t>(rows.size()));
        expect_same(rows, all_rows<TypeParam>(c), true,
                    format == copy_format::binary ? "copy binary" : "copy text");
        copy_reader<TypeParam> reader(format);
        std::vector<TypeParam> out;
        c.copy_out(weft::sql::copy_out_statement<TypeParam>(format), [&](std::string_view piece) {
            reader.read(piece, [&](TypeParam& row) { out.push_back(std::move(row)); });
        });
        reader.finish();
        expect_same(rows, std::move(out), true, "copy out");
    }

    using weft::sql::wire_format;
    weft_test::postgres_connection binary(
        db.db.url(), {.parameters = wire_format::binary, .results = wire_format::binary});
    std::vector<weft::sql::statement> inserts;
    for (auto const& row : rows) inserts.push_back(weft::sql::insert(row, dialect::postgres));
    auto const all = weft::sql::select_all<TypeParam>(dialect::postgres);
    c.execute({"truncate " + name, {}});
    binary.execute_all(inserts);
    expect_same(rows, binary.template select<TypeParam>(all), true, "binary parameters");
    expect_same(rows, c.template select<TypeParam>(all), true, "text results");

    std::string arrays;
    for (auto const& each : columns_of<TypeParam>()) {
        arrays += (arrays.empty() ? "$" : ", $") +
                  std::to_string(&each - columns_of<TypeParam>().data() + 1) +
                  "::" + std::string(type_name(each.type)) + "[]";
    }
    std::vector<TypeParam> filled;
    for (auto const& row : rows) filled.push_back(weft_test::with_defaults(row));
    for (auto* const connection : {&c, &binary}) {
        c.execute({"truncate " + name, {}});
        connection->execute({"insert into " + name + " select * from unnest(" + arrays + ")",
                             weft::sql::column_arrays<TypeParam>(filled)});
        expect_same(rows, all_rows<TypeParam>(*connection), true, "unnest");
    }

    // All at once over rows that are there, and where there are none.
    for (int i = 0; i < 2; ++i) {
        EXPECT_EQ(weft::adapters::bulk_upsert(i == 0 ? binary : c, rows),
                  static_cast<std::int64_t>(rows.size()));
        expect_same(rows, all_rows<TypeParam>(c), true, "bulk upsert");
        c.execute({"truncate " + name, {}});
    }
}

TYPED_TEST(round_trip, parameters_keep_every_value_in_sqlite) {
    weft_test::sqlite_database db;
    auto const rows = edge_rows<TypeParam>();
    weft::adapters::transaction work(db.connection);
    for (auto const& row : rows) db.connection.execute(weft::sql::insert(row, dialect::sqlite));
    // SQLite keeps a real without a fraction as an integer, which has no negative zero.
    expect_same(rows, all_rows<TypeParam>(db.connection), false, "parameters");
    for (auto const& row : rows) db.connection.execute(weft::sql::upsert(row, dialect::sqlite));
    expect_same(rows, all_rows<TypeParam>(db.connection), false, "upsert");
    work.commit();
}

template <class Connection>
void expect_defaults(Connection& c) {
    for_each_table([&]<class Row>(std::type_identity<Row>) {
        Row row = weft_test::sample<Row>();
        row.id.reset();
        if constexpr (requires { row.created_at; }) row.created_at.reset();
        if constexpr (requires { row.updated_at; }) row.updated_at.reset();
        if constexpr (requires { row.sent_at; }) row.sent_at.reset();
        if constexpr (requires { row.calculated_at; }) row.calculated_at.reset();
        if constexpr (requires { row.expires_at; }) row.expires_at = weft_test::at("9999-01-01");
        c.execute(weft::sql::insert(row, c.dialect()));
        auto const back = all_rows<Row>(c);
        ASSERT_EQ(back.size(), 1U) << table<Row>::name;
        ASSERT_TRUE(back[0].id);
        EXPECT_EQ(back[0].id->bytes[6] >> 4, 4) << "a random UUID has version 4";
        EXPECT_EQ(back[0].id->bytes[8] >> 6, 2);
        auto expected = weft_test::with_defaults(row);
        expected.id = back[0].id;
        auto const recent = [](std::optional<weft::instant> t) {
            return t && *t > weft_test::at("2025-01-01") && *t < weft_test::at("2100-01-01");
        };
        if constexpr (requires { row.created_at; }) {
            EXPECT_TRUE(recent(back[0].created_at));
            expected.created_at = back[0].created_at;
        }
        if constexpr (requires { row.updated_at; }) {
            EXPECT_TRUE(recent(back[0].updated_at));
            expected.updated_at = back[0].updated_at;
        }
        if constexpr (requires { row.sent_at; }) {
            EXPECT_TRUE(recent(back[0].sent_at));
            expected.sent_at = back[0].sent_at;
        }
        if constexpr (requires { row.calculated_at; }) {
            EXPECT_TRUE(recent(back[0].calculated_at));
            expected.calculated_at = back[0].calculated_at;
        }
        expect_same<Row>({expected}, back, true, "defaults");

        // What the statements give by coalesce, the table gives to those who leave columns out.
        if constexpr (std::is_same_v<Row, outreach_processing_jobs>) {
            c.execute({"delete from outreach_processing_jobs", {}});
            c.execute(
                {"insert into outreach_processing_jobs (job_type) values ('incremental')", {}});
            auto const bare = all_rows<Row>(c);
            ASSERT_EQ(bare.size(), 1U);
            EXPECT_EQ(bare[0].id->bytes[6] >> 4, 4);
            EXPECT_EQ(bare[0].status, job_status::pending);
            EXPECT_EQ(bare[0].items_processed, 0);
            EXPECT_EQ(bare[0].parameters, jsonb{"{}"});
            EXPECT_TRUE(recent(bare[0].updated_at));
        }
    });
}

TEST(round_trip_defaults, come_from_the_server_in_postgresql) {
    weft_test::postgres_database db;
    expect_defaults(db.connection);
}

TEST(round_trip_defaults, come_from_the_server_in_sqlite) {
    weft_test::sqlite_database db;
    expect_defaults(db.connection);
}

} // namespace
