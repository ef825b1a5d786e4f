#include "weft/sql/bulk.hpp"

#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include <gtest/gtest.h>

#include "support.hpp"

namespace {

using namespace weft::schema;
using weft::sql::dialect;
using weft::sql::insert_many;
using weft::sql::upsert_many;
using weft_test::all_rows;
using weft_test::sample;

template <class Row>
std::vector<Row> several(std::uint8_t count, bool with_ids = true) {
    std::vector<Row> rows;
    for (std::uint8_t n = 1; n <= count; ++n) {
        rows.push_back(sample<Row>(n));
        if (!with_ids) rows.back().id.reset();
    }
    return rows;
}

template <class Connection>
std::int64_t send(Connection& c, std::vector<weft::sql::statement> const& all) {
    std::int64_t rows = 0;
    for (auto const& s : all) rows += c.execute(s);
    return rows;
}

template <class Connection>
void expect_many(Connection& c) {
    auto const d = Connection::dialect();
    for_each_table([&]<class Row>(std::type_identity<Row>) {
        std::string const name(table<Row>::name);
        auto rows = several<Row>(25);
        auto const statements = insert_many<Row>(rows, d, {}, 10);
        ASSERT_EQ(statements.size(), 3U) << name;
        EXPECT_EQ(statements[0].text, statements[1].text) << name;
        EXPECT_EQ(send(c, statements), 25) << name;
        auto const back = all_rows<Row>(c);
        ASSERT_EQ(back.size(), 25U) << name;
        for (std::size_t i = 0; i < 25; ++i) {
            EXPECT_EQ(back[i], weft_test::with_defaults(rows[i])) << name << " " << i;
        }
        EXPECT_EQ(weft_test::state_of(c, insert_many<Row>(rows, d)[0]), "23505") << name;
        weft::sql::write_options options;
        options.on_conflict = weft::sql::on_conflict::ignore_same_id;
        EXPECT_EQ(send(c, insert_many<Row>(rows, d, options)), 0) << name;
        options.on_conflict = weft::sql::on_conflict::ignore_any;
        EXPECT_EQ(send(c, insert_many<Row>(rows, d, options)), 0) << name;

        // Unset is the default, NULL where it is said.
        for (auto& row : rows) row.metadata.reset();
        EXPECT_EQ(send(c, upsert_many<Row>(rows, d)), 25) << name;
        EXPECT_EQ(all_rows<Row>(c).at(7), weft_test::with_defaults(rows[7])) << name;
        options.null_where_unset = {"metadata"};
        EXPECT_EQ(send(c, upsert_many<Row>(rows, d, options)), 25) << name;
        EXPECT_FALSE(all_rows<Row>(c).at(7).metadata) << name;

        c.execute({"delete from " + name, {}});
        EXPECT_EQ(send(c, insert_many<Row>(several<Row>(3, false), d)), 3) << "ids are made";
        c.execute({"delete from " + name, {}});
        EXPECT_TRUE(insert_many<Row>({}, d).empty());
    });
}

TEST(bulk, many_rows_go_in_postgresql) {
    weft_test::postgres_database db;
    expect_many(db.connection);
}

TEST(bulk, many_rows_go_in_sqlite) {
    weft_test::sqlite_database db;
    expect_many(db.connection);
}

template <class Connection>
void expect_the_last_of_a_key(Connection& c) {
    auto const d = Connection::dialect();
    auto pairs = several<compatibility_cache>(4);
    for (auto& pair : pairs) pair.source_id = "one";
    for (std::size_t i = 0; i < 4; ++i) {
        pairs[i].compatibility_score = 0.1 * static_cast<double>(i + 1);
        pairs[i].knot_compatibility = i == 3 ? std::nullopt : std::optional(0.5);
    }
    send(c, upsert_many<compatibility_cache>(pairs, d));
    auto found = all_rows<compatibility_cache>(c);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].compatibility_score, pairs[3].compatibility_score);
    EXPECT_FALSE(found[0].knot_compatibility) << "nothing of the old value stays behind";
    auto const id = found[0].id;
    pairs.resize(2);
    send(c, upsert_many<compatibility_cache>(pairs, d));
    found = all_rows<compatibility_cache>(c);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].compatibility_score, pairs[1].compatibility_score);
    EXPECT_EQ(found[0].id, id) << "the row that was there keeps its id";

    // NULL equals NULL in a signal's key, and a day is a UTC day in the history's.
    auto signals = several<predictive_signals_cache>(3);
    for (auto& signal : signals) signal.entity_id = "one";
    signals[2].target_time = weft_test::at("2026-05-01");
    send(c, upsert_many<predictive_signals_cache>(signals, d));
    EXPECT_EQ(all_rows<predictive_signals_cache>(c).size(), 2U);
    auto sent = several<outreach_history>(3);
    for (auto& row : sent) row.source_id = "one";
    sent[1].sent_at = weft_test::at("2026-03-01T23:59:59Z");
    sent[2].sent_at = weft_test::at("2026-03-02T00:00:00Z");
    send(c, upsert_many<outreach_history>(sent, d));
    EXPECT_EQ(all_rows<outreach_history>(c).size(), 2U);
}

TEST(bulk, of_several_rows_with_one_key_the_last_counts) {
    weft_test::postgres_database postgres;
    expect_the_last_of_a_key(postgres.connection);
    weft_test::sqlite_database sqlite;
    expect_the_last_of_a_key(sqlite.connection);
}

TEST(bulk, a_faulty_row_is_named_and_nothing_is_made) {
    auto rows = several<outreach_queue>(5);
    rows[3].priority = 11;
    for (auto const d : {dialect::postgres, dialect::sqlite}) {
        try {
            (void)upsert_many<outreach_queue>(rows, d, {}, 2);
            FAIL();
        } catch (weft::invalid_argument const& e) {
            EXPECT_EQ(e.argument(), "rows[3].outreach_queue.priority");
        }
        rows[3].priority = 10;
        EXPECT_THROW((void)insert_many<outreach_queue>(rows, d, {}, 2'000'000),
                     weft::invalid_argument);
        rows[3].priority = 11;
    }
    EXPECT_EQ(weft::sql::default_batch<outreach_queue>(dialect::sqlite), 500U);
    EXPECT_EQ(weft::sql::default_batch<outreach_queue>(dialect::postgres), 10'000U);
}

} // namespace
