// Many random rows of every table, equal to the bit after a trip to a real server and back.

#include <bit>
#include <cstdint>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include <gtest/gtest.h>

#include "random_rows.hpp"
#include "support.hpp"
#include "support/sanitized.hpp"
#include "weft/sql/arrays.hpp"
#include "weft/sql/copy.hpp"

namespace {

using namespace weft::schema;
using weft::sql::copy_format;
using weft::sql::dialect;
using weft::sql::wire_format;

constexpr std::uint32_t many = weft_test::sanitized ? 2'000 : 100'000;
/// By the ways that take a server long.
constexpr std::uint32_t fewer = many / 50;

/// Whether a row is the same to the bit: -0.0 is not 0.0.
template <class Row>
bool identical(Row const& a, Row const& b) {
    bool same = a == b;
    for_each_column<Row>([&]<class Field>(column<Row, Field> const& c) {
        if constexpr (std::is_same_v<typename column<Row, Field>::value_type, double>) {
            auto const* const x = value_of(c, a);
            auto const* const y = value_of(c, b);
            same = same && (x == nullptr) == (y == nullptr) &&
                   (x == nullptr ||
                    std::bit_cast<std::uint64_t>(*x) == std::bit_cast<std::uint64_t>(*y));
        }
    });
    return same;
}

/// Compares what comes back, in any order, with the first `count` of the rows that were sent.
template <class Row>
class returned {
public:
    returned(std::vector<Row> const& sent, std::uint32_t count)
        : sent_(sent)
        , seen_(count, false) {}

    void operator()(Row const& row) {
        auto const n = weft_test::number_of(row);
        ASSERT_LT(n, seen_.size());
        EXPECT_FALSE(seen_[n]);
        seen_[n] = true;
        if (identical(sent_[n], row) || ++different_ >= 5) return;
        std::string a, b;
        weft::sql::append_copy_text(a, sent_[n]);
        weft::sql::append_copy_text(b, row);
        ADD_FAILURE() << "row " << n << "\nsent " << a << "got  " << b;
    }
    void finish(char const* how) const {
        EXPECT_EQ(different_, 0U) << how;
        for (std::size_t n = 0; n < seen_.size(); ++n) {
            ASSERT_TRUE(seen_[n]) << how << ": row " << n << " did not come back";
        }
    }

private:
    std::vector<Row> const& sent_;
    std::vector<bool> seen_;
    std::size_t different_ = 0;
};

template <class Row>
std::string insert_unnest_text() {
    std::string columns;
    std::string arrays;
    std::size_t n = 0;
    for (auto const& c : columns_of<Row>()) {
        ++n;
        columns += (n > 1 ? ", " : "") + std::string(c.name);
        arrays += (n > 1 ? ", $" : "$") + std::to_string(n) +
                  "::" + std::string(type_name(c.type)) + "[]";
    }
    return "insert into " + std::string(table<Row>::name) + " (" + columns +
           ") select * from unnest(" + arrays + ")";
}

template <class Row>
class round_trip_many : public testing::Test {};
using many_tables = testing::Types<outreach_queue, outreach_history, compatibility_cache,
                                   predictive_signals_cache, outreach_processing_jobs>;
struct many_named {
    template <class Row>
    static std::string GetName(int) {
        return std::string(table<Row>::name);
    }
};
TYPED_TEST_SUITE(round_trip_many, many_tables, many_named);

template <class Row>
void expect_same_after_postgresql(std::vector<Row> const& rows) {
    weft_test::postgres_database db;
    weft_test::drop_plain_indexes(db.connection);
    auto& text = db.connection;
    weft_test::postgres_connection binary(
        db.db.url(), {.parameters = wire_format::binary, .results = wire_format::binary});
    std::string const clear = "truncate " + std::string(table<Row>::name);

    for (auto const format : {copy_format::binary, copy_format::text}) {
        auto const count = format == copy_format::binary ? many : fewer;
        text.execute({clear, {}});
        auto const stored =
            text.copy_in(weft::sql::copy_statement<Row>(format), [&](auto const& sink) {
                auto writer = weft::sql::make_copy_writer<Row>(format, sink);
                for (std::uint32_t n = 0; n < count; ++n) writer.write(rows[n]);
                writer.finish();
            });
        EXPECT_EQ(stored, count);
        returned<Row> check(rows, count);
        weft::sql::copy_reader<Row> reader(format);
        text.copy_out(weft::sql::copy_out_statement<Row>(format),
                      [&](std::string_view piece) { reader.read(piece, check); });
        reader.finish();
        check.finish(format == copy_format::text ? "COPY text" : "COPY binary");
    }

    auto const all = weft::sql::select_all<Row>(dialect::postgres);
    auto const arrays = weft::sql::column_arrays<Row>(std::span(rows).first(fewer));
    for (auto* const c : {&text, &binary}) {
        auto const* const how = c == &text ? "text" : "binary";
        c->execute({clear, {}});
        std::vector<weft::sql::statement> inserts;
        for (std::uint32_t n = 0; n < fewer; ++n) {
            inserts.push_back(weft::sql::insert(rows[n], dialect::postgres));
        }
        EXPECT_EQ(c->execute_all(inserts), std::vector<std::int64_t>(fewer, 1)) << how;
        returned<Row> check(rows, fewer);
        EXPECT_EQ(c->template for_each<Row>(all, check), fewer);
        check.finish(how);

        c->execute({clear, {}});
        EXPECT_EQ(c->execute({insert_unnest_text<Row>(), arrays}), fewer) << how;
        returned<Row> again(rows, fewer);
        EXPECT_EQ(c->template stream<Row>(all, again), fewer);
        again.finish(how);
    }
}

template <class Row>
void expect_same_after_sqlite(std::vector<Row>& rows) {
    weft_test::sqlite_database db;
    weft_test::drop_plain_indexes(db.connection);
    weft::adapters::transaction work(db.connection);
    weft::sql::statement insert{weft::sql::insert_text<Row>(dialect::sqlite), {}};
    for (auto& row : rows) {
        // SQLite keeps a real without a fraction as an integer, which has no negative zero.
        for_each_column<Row>([&]<class Field>(column<Row, Field> const& c) {
            if constexpr (std::is_same_v<typename column<Row, Field>::value_type, double>) {
                if (auto const* x = value_of(c, row); x != nullptr && *x == 0) row.*c.field = 0.0;
            }
        });
        insert.params = weft::sql::row_params(row);
        db.connection.execute(insert);
    }
    returned<Row> check(rows, many);
    EXPECT_EQ(
        db.connection.template stream<Row>(weft::sql::select_all<Row>(dialect::sqlite), check),
        many);
    check.finish("SQLite");
    work.commit();
}

TYPED_TEST(round_trip_many, random_rows_are_equal_after_both_databases) {
    std::vector<TypeParam> rows;
    rows.reserve(many);
    for (std::uint32_t n = 0; n < many; ++n) {
        rows.push_back(weft_test::with_defaults(weft_test::random_row<TypeParam>(n)));
    }
    expect_same_after_postgresql(rows);
    expect_same_after_sqlite(rows);
}

} // namespace
