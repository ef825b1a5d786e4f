// What must hold on both databases, on real ones.

#include <bit>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <random>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "adapters/support.hpp"
#include "support/postgres.hpp"
#include "support/temporary.hpp"
#include "weft/adapters/libpq.hpp"
#include "weft/adapters/sqlite3.hpp"

namespace {

using namespace weft::adapters;
namespace sql = weft::sql;
using weft_test::state_of;

static_assert(Connection<postgres_connection>);
static_assert(Connection<sqlite_connection>);
static_assert(!std::is_copy_constructible_v<postgres_connection>);
static_assert(!std::is_copy_constructible_v<sqlite_connection>);
static_assert(!std::is_move_constructible_v<transaction<sqlite_connection>>);

/// A database of its own for each test, that can be opened more than once.
template <class C>
struct place;

template <>
struct place<postgres_connection> {
    [[nodiscard]] std::string where() const { return database.url(); }
    weft_test::database database;
};

template <>
struct place<sqlite_connection> {
    [[nodiscard]] std::string where() const { return folder.file("test.db"); }
    weft_test::temporary_folder folder;
};

template <class C>
class both : public testing::Test {
protected:
    place<C> where;
    C connection{where.where()};

    static sql::statement s(std::string text, std::vector<sql::value> params = {}) {
        if (C::dialect() == sql::dialect::sqlite) {
            for (auto& c : text) {
                if (c == '$') c = '?';
            }
        }
        return {std::move(text), std::move(params)};
    }

    std::int64_t count(std::string const& table) {
        auto const r = connection.query(s("SELECT count(*) FROM " + table));
        return std::get<std::int64_t>(r.values.at(0).at(0));
    }
};

using connections = testing::Types<postgres_connection, sqlite_connection>;

struct names {
    template <class C>
    static std::string GetName(int) {
        return C::dialect() == sql::dialect::postgres ? "postgres" : "sqlite";
    }
};
TYPED_TEST_SUITE(both, connections, names);

TYPED_TEST(both, counts_rows_and_reads_them_back_in_order) {
    auto& c = this->connection;
    c.run_script("CREATE TABLE t (k integer PRIMARY KEY, v text);");
    EXPECT_EQ(
        c.execute(this->s("INSERT INTO t VALUES ($1, $2), ($3, $4)",
                          {std::int32_t{1}, std::string("one"), std::int32_t{2}, sql::null{}})),
        2);
    EXPECT_EQ(
        c.execute(this->s("UPDATE t SET v = $1 WHERE k > $2", {std::string("x"), std::int32_t{5}})),
        0);
    EXPECT_EQ(c.execute(this->s("INSERT INTO t VALUES ($1, $2) ON CONFLICT (k) DO NOTHING",
                                {std::int32_t{1}, std::string("again")})),
              0);
    EXPECT_EQ(c.execute(this->s("SELECT k FROM t")), 2);
    auto const r = c.query(this->s("SELECT v, k AS \"the key\" FROM t ORDER BY k"));
    EXPECT_EQ(r.columns, (std::vector<std::string>{"v", "the key"}));
    ASSERT_EQ(r.values.size(), 2U);
    EXPECT_EQ(std::get<std::string>(r.values[0][0]), "one");
    EXPECT_TRUE(sql::is_null(r.values[1][0]));
    EXPECT_EQ(c.execute(this->s("DELETE FROM t")), 2);
    auto const empty = c.query(this->s("SELECT v, k AS \"the key\" FROM t ORDER BY k"));
    EXPECT_EQ(empty.columns, r.columns);
    EXPECT_TRUE(empty.values.empty());
}

TYPED_TEST(both, a_query_may_write_and_return) {
    this->connection.run_script("CREATE TABLE t (v text)");
    auto const r = this->connection.query(
        this->s("INSERT INTO t VALUES ($1) RETURNING v", {std::string("a")}));
    ASSERT_EQ(r.values.size(), 1U);
    EXPECT_EQ(std::get<std::string>(r.values[0][0]), "a");
    EXPECT_EQ(this->connection.execute(this->s("CREATE TABLE u (v text)")), 0);
    EXPECT_EQ(this->count("t"), 1);
}

TYPED_TEST(both, numbers_come_back_with_the_same_bits) {
    this->connection.run_script("CREATE TABLE t (x double precision, n bigint, m integer)");
    using d = std::numeric_limits<double>;
    using l = std::numeric_limits<std::int64_t>;
    using i = std::numeric_limits<std::int32_t>;
    for (double const x : {0.1, 0.0, d::max(), d::lowest(), d::min(), d::denorm_min(), 1.0 / 3,
                           d::infinity(), -d::infinity(), 1e22, 123456789012345678.0}) {
        for (std::int64_t const n : {l::min(), l::max(), std::int64_t{0}, std::int64_t{1} << 53}) {
            for (std::int32_t const m : {i::min(), i::max(), -1}) {
                this->connection.execute(this->s("DELETE FROM t"));
                this->connection.execute(this->s("INSERT INTO t VALUES ($1, $2, $3)", {x, n, m}));
                auto const r = this->connection.query(this->s("SELECT x, n, m FROM t"));
                EXPECT_EQ(std::bit_cast<std::uint64_t>(std::get<double>(r.values[0][0])),
                          std::bit_cast<std::uint64_t>(x));
                EXPECT_EQ(std::get<std::int64_t>(r.values[0][1]), n);
                auto const back = r.values[0][2];
                EXPECT_EQ(std::holds_alternative<std::int32_t>(back)
                              ? std::int64_t{std::get<std::int32_t>(back)}
                              : std::get<std::int64_t>(back),
                          m);
            }
        }
    }
}

TYPED_TEST(both, any_double_comes_back_with_the_same_bits) {
    this->connection.run_script("CREATE TABLE t (x double precision)");
    std::mt19937_64 random(20260301);
    for (int run = 0; run < 100; ++run) {
        auto const bits = random();
        auto const x = std::bit_cast<double>(bits);
        if (weft::is_nan(x) || x == 0.0) continue;
        this->connection.execute(this->s("DELETE FROM t"));
        this->connection.execute(this->s("INSERT INTO t VALUES ($1)", {x}));
        auto const r = this->connection.query(this->s("SELECT x FROM t"));
        EXPECT_EQ(std::bit_cast<std::uint64_t>(std::get<double>(r.values[0][0])), bits);
    }
}

TYPED_TEST(both, the_sign_of_zero_is_kept_by_postgres_alone) {
    this->connection.run_script("CREATE TABLE t (x double precision)");
    this->connection.execute(this->s("INSERT INTO t VALUES ($1)", {-0.0}));
    auto const r = this->connection.query(this->s("SELECT x FROM t"));
    EXPECT_EQ(std::bit_cast<std::uint64_t>(std::get<double>(r.values[0][0])) != 0,
              TypeParam::dialect() == sql::dialect::postgres);
}

TYPED_TEST(both, text_is_kept_byte_for_byte) {
    this->connection.run_script("CREATE TABLE t (v text)");
    std::string controls;
    for (char c = 1; c < 0x20; ++c) controls += c;
    std::vector<std::string> const texts = {
        "",
        "'; DROP TABLE t; --",
        "\"quoted\"",
        "back\\slash",
        "\\N",
        "\\.",
        "$1 ?1 %s",
        controls,
        "\x7f\xc2\x80",
        "\xf0\x9f\xa7\xb5",
        "a\r\nb",
        "\xef\xbf\xbd",
        "NULL",
        std::string(1, '\t'),
        std::string(3'000'000, 'w'),
    };
    for (auto const& text : texts) {
        this->connection.execute(this->s("DELETE FROM t"));
        this->connection.execute(this->s("INSERT INTO t VALUES ($1)", {text}));
        auto const r = this->connection.query(this->s("SELECT v FROM t"));
        EXPECT_EQ(std::get<std::string>(r.values[0][0]), text);
    }
}

TYPED_TEST(both, text_that_cannot_be_stored_is_refused_whole) {
    this->connection.run_script("CREATE TABLE t (v text)");
    for (auto const& text :
         {std::string("a\0b", 3), std::string(1, '\0'), std::string("\xff"),
          std::string("\xc0\x80"), std::string("\xed\xa0\x80"), std::string("cut \xe2\x82")}) {
        EXPECT_EQ(state_of([&] {
                      this->connection.execute(this->s("INSERT INTO t VALUES ($1)", {text}));
                  }),
                  "22021");
    }
    EXPECT_EQ(this->count("t"), 0);
}

TYPED_TEST(both, constraints_refuse_with_their_sqlstate_and_the_statement) {
    this->connection.run_script(
        "CREATE TABLE u (id text PRIMARY KEY);"
        "CREATE TABLE t (id text NOT NULL UNIQUE, score double precision CHECK (score <= 1),"
        " u text REFERENCES u (id));");
    auto const insert = [&](sql::value id, sql::value score, sql::value u) {
        return this->s("INSERT INTO t VALUES ($1, $2, $3)",
                       {std::move(id), std::move(score), std::move(u)});
    };
    auto const state = [&](sql::statement const& s) {
        return state_of([&] { this->connection.execute(s); });
    };
    EXPECT_EQ(this->connection.execute(insert(std::string("a"), 1.0, sql::null{})), 1);
    EXPECT_EQ(state(insert(std::string("a"), 1.0, sql::null{})), "23505");
    EXPECT_EQ(state(insert(std::string("b"), 1.5, sql::null{})), "23514");
    EXPECT_EQ(
        state(insert(std::string("b"), std::numeric_limits<double>::quiet_NaN(), sql::null{})),
        "23514");
    EXPECT_EQ(state(insert(sql::null{}, 1.0, sql::null{})), "23502");
    EXPECT_EQ(state(insert(std::string("b"), 1.0, std::string("nobody"))), "23503");
    EXPECT_EQ(this->count("t"), 1);
    try {
        this->connection.execute(insert(std::string("a"), 1.0, sql::null{}));
        FAIL() << "a second row with the same key";
    } catch (weft::sql_error const& e) {
        EXPECT_EQ(e.statement(), insert({}, {}, {}).text);
        EXPECT_NE(std::string(e.what()).find("23505"), std::string::npos);
    }
}

TYPED_TEST(both, faulty_statements_say_what_is_wrong) {
    auto const state = [&](std::string const& text, std::vector<sql::value> params = {}) {
        return state_of([&] { this->connection.execute(this->s(text, std::move(params))); });
    };
    EXPECT_EQ(state("SELEKT 1"), "42601");
    EXPECT_EQ(state("SELECT 1 FROM missing"), "42P01");
    EXPECT_EQ(state("SELECT missing"), "42703");
    EXPECT_EQ(state("SELECT missing(1)"), "42883");
    EXPECT_EQ(state(""), "42601");
    EXPECT_EQ(state("  -- nothing but a remark"), "42601");
    EXPECT_EQ(state("SELECT 1; SELECT 2"), "42601");
    EXPECT_EQ(state("SELECT 1 WHERE 1 = $1"), "08P01");
    EXPECT_EQ(state("SELECT 1", {std::int32_t{1}}), "08P01");
    EXPECT_EQ(state(std::string("SELECT 1\0", 9)), "22021");
    EXPECT_EQ(this->connection.execute(this->s("SELECT 1;  ")), 1);
}

TYPED_TEST(both, a_statement_keeps_working_when_its_table_changes) {
    auto& c = this->connection;
    c.run_script("CREATE TABLE t (a text); INSERT INTO t VALUES ('x');");
    auto const all = this->s("SELECT * FROM t");
    EXPECT_EQ(c.query(all).columns.size(), 1U);
    c.run_script("ALTER TABLE t ADD COLUMN b text");
    EXPECT_EQ(c.query(all).columns.size(), 2U);
    c.execute(this->s("ALTER TABLE t ADD COLUMN c text"));
    auto const r = c.query(all);
    EXPECT_EQ(r.columns, (std::vector<std::string>{"a", "b", "c"}));
    EXPECT_EQ(r.values.at(0).size(), 3U);
}

TYPED_TEST(both, more_statements_than_the_cache_holds) {
    for (int round = 0; round < 2; ++round) {
        for (int i = 0; i < 600; ++i) {
            auto const r = this->connection.query(this->s("SELECT " + weft::to_text(i)));
            ASSERT_EQ(r.values.size(), 1U);
        }
    }
}

TYPED_TEST(both, a_transaction_is_undone_unless_committed) {
    auto& c = this->connection;
    c.run_script("CREATE TABLE t (v integer)");
    auto const insert = this->s("INSERT INTO t VALUES (1)");
    {
        transaction tx(c);
        EXPECT_TRUE(c.in_transaction());
        c.execute(insert);
    }
    EXPECT_FALSE(c.in_transaction());
    EXPECT_EQ(this->count("t"), 0);
    try {
        transaction tx(c);
        c.execute(insert);
        throw std::runtime_error("half way");
    } catch (std::runtime_error const&) {
    }
    EXPECT_EQ(this->count("t"), 0);
    {
        transaction tx(c);
        c.execute(insert);
        tx.commit();
        EXPECT_FALSE(c.in_transaction());
        EXPECT_THROW(tx.commit(), weft::sql_error);
        EXPECT_THROW(tx.rollback(), weft::sql_error);
    }
    EXPECT_EQ(this->count("t"), 1);
    {
        transaction tx(c);
        c.execute(insert);
        tx.rollback();
        c.execute(insert);
    }
    EXPECT_EQ(this->count("t"), 2);
}

TYPED_TEST(both, transactions_nest) {
    auto& c = this->connection;
    c.run_script("CREATE TABLE t (v integer)");
    auto const insert = [&](int v) { c.execute(this->s("INSERT INTO t VALUES ($1)", {v})); };
    {
        transaction outer(c);
        insert(1);
        {
            transaction inner(c);
            insert(2);
            {
                transaction innermost(c);
                insert(3);
                innermost.commit();
            }
        }
        {
            transaction inner(c);
            insert(4);
            inner.commit();
        }
        // A statement that fails inside is undone with its own part alone.
        EXPECT_EQ(state_of([&] {
                      transaction inner(c);
                      insert(5);
                      c.execute(this->s("SELECT 1 FROM missing"));
                  }),
                  "42P01");
        insert(6);
        outer.commit();
    }
    auto const r = c.query(this->s("SELECT v FROM t WHERE v IN (1, 4, 6)"));
    EXPECT_EQ(r.values.size(), 3U);
    EXPECT_EQ(this->count("t"), 3);
    {
        transaction outer(c);
        {
            transaction inner(c);
            insert(7);
            inner.commit();
        }
    }
    EXPECT_EQ(this->count("t"), 3);
}

TYPED_TEST(both, a_commit_that_the_database_refuses_throws_and_undoes) {
    auto& c = this->connection;
    c.run_script("CREATE TABLE u (id integer PRIMARY KEY);"
                 "CREATE TABLE t (u integer REFERENCES u (id) DEFERRABLE INITIALLY DEFERRED);");
    EXPECT_EQ(state_of([&] {
                  transaction tx(c);
                  c.execute(this->s("INSERT INTO t VALUES (1)"));
                  tx.commit();
              }),
              "23503");
    EXPECT_FALSE(c.in_transaction());
    EXPECT_EQ(this->count("t"), 0);
}

TYPED_TEST(both, another_connection_sees_only_what_is_committed) {
    auto& c = this->connection;
    c.run_script("CREATE TABLE t (v integer)");
    TypeParam other(this->where.where());
    auto const seen = [&] {
        return std::get<std::int64_t>(
            other.query(this->s("SELECT count(*) FROM t")).values.at(0).at(0));
    };
    transaction tx(c);
    c.execute(this->s("INSERT INTO t VALUES (1)"));
    EXPECT_EQ(seen(), 0);
    tx.commit();
    EXPECT_EQ(seen(), 1);
}

TYPED_TEST(both, a_moved_from_connection_refuses_everything) {
    auto& c = this->connection;
    c.run_script("CREATE TABLE t (v integer)");
    transaction tx(c);
    TypeParam other = std::move(c);
    other.execute(this->s("INSERT INTO t VALUES (1)"));
    tx.commit();
    auto const refused = [&](std::function<void()> const& f) { EXPECT_EQ(state_of(f), "08003"); };
    refused([&] { c.execute(this->s("SELECT 1")); });
    refused([&] { static_cast<void>(c.query(this->s("SELECT 1"))); });
    refused([&] { c.run_script("SELECT 1"); });
    refused([&] { transaction nested(c); });
    refused([&] { static_cast<void>(c.in_transaction()); });
    EXPECT_EQ(other.query(this->s("SELECT v FROM t")).values.size(), 1U);
    c = std::move(other);
    EXPECT_EQ(c.query(this->s("SELECT v FROM t")).values.size(), 1U);
}

TYPED_TEST(both, a_script_says_in_which_line_it_failed) {
    auto& c = this->connection;
    std::string const script = "-- caf\xc3\xa9 \xf0\x9f\xa7\xb5\n"
                               "CREATE TABLE t (v integer);\n"
                               "INSERT INTO t VALUES (1);\n"
                               "INSERT INTO missing VALUES (1);\n"
                               "CREATE TABLE u (v integer);\n";
    try {
        c.run_script("BEGIN;" + script + "COMMIT;");
        FAIL() << "the script is faulty";
    } catch (weft::sql_error const& e) {
        EXPECT_EQ(e.sqlstate(), "42P01");
        EXPECT_EQ(e.statement(), "line 4 of the script: INSERT INTO missing VALUES (1);");
    }
    EXPECT_FALSE(c.in_transaction());
    EXPECT_EQ(state_of([&] { c.execute(this->s("SELECT 1 FROM t")); }), "42P01");
    EXPECT_THROW(c.run_script(std::string("SELECT 1;\0", 10)), weft::invalid_argument);
    c.run_script("");
    c.run_script("-- only a remark");
    c.run_script(";;SELECT 1;;");
}

TYPED_TEST(both, a_script_inside_a_transaction_is_part_of_it) {
    auto& c = this->connection;
    {
        transaction tx(c);
        c.run_script("CREATE TABLE t (v integer); INSERT INTO t VALUES (1);");
        EXPECT_TRUE(c.in_transaction());
    }
    EXPECT_EQ(state_of([&] { c.execute(this->s("SELECT 1 FROM t")); }), "42P01");
}

} // namespace
