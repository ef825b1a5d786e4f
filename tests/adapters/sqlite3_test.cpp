#include "weft/adapters/sqlite3.hpp"

#include <fstream>
#include <stdexcept>
#include <string>

#include <gtest/gtest.h>

#include "adapters/support.hpp"
#include "support/temporary.hpp"
#include "weft/schema/outreach_processing_jobs.hpp"
#include "weft/sql/ddl.hpp"

namespace {

using weft::adapters::sqlite_connection;
using weft::adapters::sqlite_options;
using weft::adapters::transaction;
using weft_test::first;
using weft_test::state_of;
namespace sql = weft::sql;

TEST(sqlite, opens_with_foreign_keys_and_a_write_ahead_log) {
    weft_test::temporary_folder const folder;
    sqlite_connection c(folder.file("a.db"));
    EXPECT_EQ(first(c, "PRAGMA foreign_keys"), sql::value(std::int64_t{1}));
    EXPECT_EQ(first(c, "PRAGMA journal_mode"), sql::value(std::string("wal")));
    sqlite_connection memory(":memory:");
    EXPECT_EQ(first(memory, "PRAGMA foreign_keys"), sql::value(std::int64_t{1}));
}

TEST(sqlite, values_are_stored_as_the_dialect_writes_them) {
    sqlite_connection c(":memory:");
    c.run_script("CREATE TABLE t (v ANY) STRICT");
    auto const stored = [&](sql::value v) {
        c.execute({"DELETE FROM t", {}});
        c.execute({"INSERT INTO t VALUES (?1)", {std::move(v)}});
        return first(c, "SELECT v FROM t");
    };
    EXPECT_EQ(stored(weft::parse_uuid("01234567-89AB-cdef-0123-456789abcdef")),
              sql::value(std::string("01234567-89ab-cdef-0123-456789abcdef")));
    EXPECT_EQ(stored(weft::parse_instant("2026-02-03T04:05:06Z")),
              sql::value(std::string("2026-02-03T04:05:06.000000Z")));
    EXPECT_EQ(stored(weft::schema::jsonb{"{}"}), sql::value(std::string("{}")));
    EXPECT_EQ(stored(true), sql::value(std::int64_t{1}));
    EXPECT_EQ(stored(sql::null{}), sql::value(sql::null{}));
    EXPECT_EQ(stored(2.0), sql::value(2.0));
    EXPECT_EQ(first(c, "SELECT x'616263'"), sql::value(std::string("abc")));
    EXPECT_EQ(first(c, "SELECT zeroblob(0)"), sql::value(std::string()));
}

TEST(sqlite, a_file_that_cannot_be_opened_is_an_error) {
    weft_test::temporary_folder const folder;
    EXPECT_EQ(state_of([&] { sqlite_connection c(folder.file("missing/a.db")); }), "08001");
    EXPECT_EQ(state_of([&] { sqlite_connection c(folder.file("a.db"), {.read_only = true}); }),
              "08001");
    std::ofstream(folder.file("text.db")) << "this is no database, it is a text of some length\n";
    EXPECT_EQ(state_of([&] { sqlite_connection c(folder.file("text.db")); }), "XX001");
    EXPECT_THROW(sqlite_connection(std::string("a\0b", 3)), weft::invalid_argument);
    EXPECT_THROW(sqlite_connection(":memory:", {.busy_timeout = std::chrono::milliseconds(-1)}),
                 weft::invalid_argument);
}

TEST(sqlite, a_read_only_connection_reads_and_refuses_to_write) {
    weft_test::temporary_folder const folder;
    sqlite_connection writer(folder.file("a.db"));
    writer.run_script("CREATE TABLE t (v integer); INSERT INTO t VALUES (4);");
    sqlite_connection reader(folder.file("a.db"), {.read_only = true});
    EXPECT_EQ(first(reader, "SELECT v FROM t"), sql::value(std::int64_t{4}));
    EXPECT_EQ(state_of([&] { reader.execute({"DELETE FROM t", {}}); }), "25006");
}

TEST(sqlite, a_second_writer_waits_and_then_gives_up) {
    weft_test::temporary_folder const folder;
    sqlite_connection a(folder.file("a.db"));
    a.run_script("CREATE TABLE t (v integer)");
    sqlite_connection b(folder.file("a.db"), {.busy_timeout = std::chrono::milliseconds(50)});
    {
        transaction tx(a);
        a.execute({"INSERT INTO t VALUES (1)", {}});
        EXPECT_EQ(state_of([&] { transaction second(b); }), "55P03");
        EXPECT_FALSE(b.in_transaction());
        EXPECT_EQ(first(b, "SELECT count(*) FROM t"), sql::value(std::int64_t{0}));
        tx.commit();
    }
    transaction tx(b);
    b.execute({"INSERT INTO t VALUES (2)", {}});
    tx.commit();
    EXPECT_EQ(first(a, "SELECT count(*) FROM t"), sql::value(std::int64_t{2}));
}

TEST(sqlite, parameters_go_by_their_number) {
    sqlite_connection c(":memory:");
    auto const r = c.query({"SELECT ?2, ?1, ?2", {std::string("a"), std::string("b")}});
    EXPECT_EQ(r.values.at(0),
              (std::vector<sql::value>{std::string("b"), std::string("a"), std::string("b")}));
    auto const d = c.query({"SELECT $2, $1", {std::string("a"), std::string("b")}});
    EXPECT_EQ(d.values.at(0), (std::vector<sql::value>{std::string("b"), std::string("a")}));
    EXPECT_EQ(state_of([&] { c.execute({"SELECT :name", {std::string("a")}}); }), "08P01");
    EXPECT_EQ(state_of([&] { c.execute({"SELECT $5", {std::string("a")}}); }), "08P01");
}

TEST(sqlite, strict_tables_and_triggers_have_their_sqlstate) {
    sqlite_connection c(":memory:");
    c.run_script("CREATE TABLE t (v integer) STRICT;"
                 "CREATE TRIGGER no BEFORE DELETE ON t BEGIN SELECT RAISE(ABORT, 'never'); END;"
                 "INSERT INTO t VALUES (1);");
    EXPECT_EQ(state_of([&] {
                  c.execute({"INSERT INTO t VALUES (?1)", {std::string("x")}});
              }),
              "42804");
    EXPECT_EQ(state_of([&] { c.execute({"DELETE FROM t", {}}); }), "P0001");
    EXPECT_EQ(state_of([&] { c.run_script("CREATE TABLE t (v)"); }), "42P07");
    EXPECT_EQ(state_of([&] { c.execute({"COMMIT", {}}); }), "25P01");
    transaction tx(c);
    EXPECT_EQ(state_of([&] { c.execute({"BEGIN", {}}); }), "25001");
}

TEST(sqlite, counts_leave_out_triggers_and_earlier_statements) {
    sqlite_connection c(":memory:");
    c.run_script("CREATE TABLE log (v integer); CREATE TABLE t (v integer);"
                 "CREATE TRIGGER note AFTER INSERT ON t BEGIN"
                 " INSERT INTO log VALUES (NEW.v), (NEW.v); END;");
    EXPECT_EQ(c.execute({"INSERT INTO t VALUES (1), (2), (3)", {}}), 3);
    EXPECT_EQ(c.execute({"CREATE TABLE u (v integer)", {}}), 0);
    EXPECT_EQ(c.execute({"DELETE FROM u", {}}), 0);
    EXPECT_EQ(first(c, "SELECT count(*) FROM log"), sql::value(std::int64_t{6}));
}

TEST(sqlite, a_statement_may_run_within_itself_and_be_forgotten_meanwhile) {
    using weft::schema::outreach_processing_jobs;
    sqlite_connection c(":memory:");
    c.run_script(sql::ddl(sql::dialect::sqlite));
    for (int i = 0; i < 4; ++i) {
        c.execute(sql::insert(outreach_processing_jobs{}, sql::dialect::sqlite));
    }
    auto const all = sql::select_all<outreach_processing_jobs>(sql::dialect::sqlite);
    int rows = 0;
    int others = 0;
    auto const count = c.for_each<outreach_processing_jobs>(all, [&](outreach_processing_jobs&) {
        if (++rows > 4) throw std::runtime_error("the outer one began anew");
        EXPECT_EQ(c.query(all).values.size(), 4U);
        // More texts than are kept.
        for (int i = 0; i < 100; ++i) c.execute({"select " + weft::to_text(++others), {}});
    });
    EXPECT_EQ(count, 4U);
    EXPECT_EQ(c.query(all).values.size(), 4U);
}

} // namespace
