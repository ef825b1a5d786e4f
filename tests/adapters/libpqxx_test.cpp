#include <cstdio>
#include <string>

#include <gtest/gtest.h>

#include "support/postgres.hpp"
#include "weft/sql/ddl.hpp"

namespace {

TEST(libpqxx, runs_statements_of_weft) {
    weft_test::database db;
    weft::adapters::postgres_connection c(db.url());
    c.run_script(weft::sql::ddl(weft::sql::dialect::postgres, {.with_auth = true}));
    auto const command = std::string(WEFT_LIBPQXX) + " '" + db.url() + "' 2>&1";
    auto* const program = popen(command.c_str(), "r");
    ASSERT_NE(program, nullptr);
    std::string said;
    char piece[256];
    while (std::fgets(piece, sizeof piece, program) != nullptr) said += piece;
    EXPECT_EQ(pclose(program), 0);
    EXPECT_EQ(said, "book-club 0.1\n");
}

} // namespace
