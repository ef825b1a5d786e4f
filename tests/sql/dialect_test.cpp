#include "weft/sql/dialect.hpp"

#include <string>

#include <gtest/gtest.h>

#include "support.hpp"

namespace {

using namespace weft::sql;

TEST(dialect, quotes_identifiers_and_literals) {
    EXPECT_EQ(quote_identifier("a"), "\"a\"");
    EXPECT_EQ(quote_identifier("a\"b;--"), "\"a\"\"b;--\"");
    EXPECT_EQ(quote_identifier(std::string(63, 'x')).size(), 65U);
    EXPECT_THROW((void)quote_identifier(""), weft::invalid_argument);
    EXPECT_THROW((void)quote_identifier(std::string(64, 'x')), weft::invalid_argument);
    EXPECT_THROW((void)quote_identifier(std::string("a\0b", 3)), weft::invalid_argument);
    EXPECT_EQ(quote_literal("it's", dialect::postgres), "'it''s'");
    EXPECT_EQ(quote_literal("a\\b", dialect::postgres), " E'a\\\\b'");
    EXPECT_EQ(quote_literal("a\\b", dialect::sqlite), "'a\\b'");
    EXPECT_THROW((void)quote_literal(std::string("\0", 1), dialect::sqlite),
                 weft::invalid_argument);
    EXPECT_EQ(placeholder(12, dialect::postgres), "$12");
    EXPECT_EQ(placeholder(12, dialect::sqlite), "?12");
    EXPECT_EQ(parse_dialect("sqlite"), dialect::sqlite);
    EXPECT_EQ(parse_dialect("postgresql"), std::nullopt);
}

TEST(dialect, literals_come_back_from_both_servers_as_they_were) {
    weft_test::database db;
    weft_test::postgres_connection postgres(db.url());
    weft_test::sqlite_connection sqlite(":memory:");
    for (auto const& text : weft_test::hostile_texts()) {
        for (auto const* setting : {"on", "off"}) {
            postgres.execute({std::string("set standard_conforming_strings = ") + setting, {}});
            auto const literal = quote_literal(text, dialect::postgres);
            // The simple protocol's text, past any prepared statement.
            EXPECT_EQ(weft_test::one(postgres, "select " + literal + "::text"), value(text));
        }
        EXPECT_EQ(weft_test::one(sqlite, "select " + quote_literal(text, dialect::sqlite)),
                  value(text));
        if (text.empty() || text.size() > 63) continue;
        auto const named = postgres.query({"select 1 as " + quote_identifier(text), {}});
        EXPECT_EQ(named.columns.at(0), text);
        EXPECT_EQ(sqlite.query({"select 1 as " + quote_identifier(text), {}}).columns.at(0), text);
    }
}

} // namespace
