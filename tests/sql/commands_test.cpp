#include "sql_commands.hpp"

#include <string>

#include <gtest/gtest.h>

#include "support.hpp"
#include "weft/sql/copy.hpp"

namespace {

using weft_command::copy_begin;
using weft_command::copy_end;
using weft_command::copy_row;
using weft_command::ddl_text;
using weft_command::json;
using weft_command::sql_statement;

std::string const jobs = "outreach_processing_jobs";

json job() {
    return {{"id", "11111111-1111-1111-1111-111111111111"},
            {"job_type", "incremental"},
            {"created_at", "2026-01-01"},
            {"updated_at", "2026-01-01T01:00:00+01:00"}};
}

TEST(sql_commands, say_what_is_wrong_with_a_name) {
    auto const why = [](auto&& f) {
        try {
            f();
        } catch (weft::invalid_argument const& e) {
            return e.argument();
        }
        return std::string();
    };
    EXPECT_EQ(why([] { (void)ddl_text({.dialect = "mysql"}); }), "dialect");
    EXPECT_EQ(why([] { (void)ddl_text({.dialect = "sqlite", .schema = "x"}); }), "schema");
    EXPECT_EQ(why([] { (void)ddl_text({.dialect = "sqlite", .citus = true}); }), "citus");
    EXPECT_EQ(why([] { (void)ddl_text({.dialect = "sqlite", .from = 99}); }), "version");
    EXPECT_EQ(why([] { (void)ddl_text({.dialect = "sqlite", .undo = 0}); }), "undo");
    EXPECT_EQ(why([] { (void)ddl_text({.dialect = "sqlite", .from = 1, .undo = 2}); }), "from");
    EXPECT_EQ(why([] { (void)sql_statement(job(), "nothing", "sqlite", "insert"); }), "table");
    EXPECT_EQ(why([] { (void)sql_statement(job(), jobs, "x", "insert"); }), "dialect");
    EXPECT_EQ(why([] { (void)sql_statement(job(), jobs, "sqlite", "copy-text"); }), "as");
    EXPECT_EQ(why([] { (void)copy_begin(jobs, "sqlite", "copy-text"); }), "dialect");
    EXPECT_EQ(why([] { (void)copy_begin("nothing", "postgres", "copy-text"); }), "table");
    EXPECT_EQ(why([] { (void)copy_row(job(), jobs, "copy"); }), "as");
    EXPECT_EQ(why([] { (void)sql_statement(json::array(), jobs, "sqlite", "insert"); }), jobs);
}

TEST(sql_commands, give_the_migration_whole_and_in_steps) {
    using weft::sql::dialect;
    weft::sql::ddl_options const options{.with_auth = true, .schema = "mine", .citus = true};
    EXPECT_EQ(ddl_text({.dialect = "postgres", .with_auth = true, .schema = "mine", .citus = true}),
              weft::sql::ddl(dialect::postgres, options));
    EXPECT_EQ(ddl_text({.dialect = "sqlite", .from = 1}), weft::sql::upgrade(1, dialect::sqlite));
    EXPECT_EQ(ddl_text({.dialect = "postgres", .undo = 2}),
              weft::sql::migration_steps(dialect::postgres)[1].down);
    weft_test::sqlite_connection there(":memory:");
    there.run_script(ddl_text({.dialect = "sqlite"}));
    there.run_script(ddl_text({.dialect = "sqlite", .undo = 2}));
    there.run_script(ddl_text({.dialect = "sqlite", .from = 1}));
    there.run_script(ddl_text({.dialect = "sqlite", .undo = 2}));
    there.run_script(ddl_text({.dialect = "sqlite", .undo = 1}));
    EXPECT_EQ(weft_test::count(there, "sqlite_schema where name like '%outreach%'"), 0);
}

TEST(sql_commands, give_the_statement_and_its_parameters) {
    auto row = job();
    row["metadata"] = nullptr;
    row["parameters"] = {{"a", {1.5, "x"}}};
    auto const out = sql_statement(row, jobs, "postgres", "insert");
    auto const text = out["sql"].get<std::string>();
    EXPECT_EQ(text.find("insert into outreach_processing_jobs (id, job_type, "), 0U);
    EXPECT_NE(text.find("coalesce($14::jsonb, '{}'::jsonb), coalesce($15::timestamptz, now()), "
                        "$16::jsonb, "),
              std::string::npos)
        << "null is NULL, a missing key the default";
    EXPECT_EQ(out["params"].dump(),
              R"(["11111111-1111-1111-1111-111111111111","incremental",null,null,null,null,null,)"
              R"(null,null,null,null,null,null,"{\"a\":[1.5,\"x\"]}","2026-01-01T00:00:00Z",null,)"
              R"("2026-01-01T00:00:00Z"])");
    auto const lite = sql_statement(row, jobs, "sqlite", "upsert");
    EXPECT_EQ(lite["params"][14], "2026-01-01T00:00:00.000000Z");
    EXPECT_NE(lite["sql"].get<std::string>().find(" on conflict (id) do update set "),
              std::string::npos);
}

TEST(sql_commands, stream_copy_that_postgresql_takes) {
    weft_test::postgres_database db;
    using weft::sql::copy_format;
    using row = weft::schema::outreach_processing_jobs;
    for (std::string const& as : {std::string("copy-text"), std::string("copy-binary")}) {
        EXPECT_TRUE(weft_command::is_copy(as));
        auto bytes = copy_begin(jobs, "postgres", as);
        bytes += copy_row(job(), jobs, as);
        auto second = job();
        second["id"] = "22222222-2222-2222-2222-222222222222";
        second["metadata"] = nullptr;
        bytes += copy_row(second, jobs, as);
        auto faulty = job();
        faulty.erase("id");
        EXPECT_THROW((void)copy_row(faulty, jobs, as), weft::invalid_argument);
        bytes += copy_end(as);
        auto const format = as == "copy-text" ? copy_format::text : copy_format::binary;
        db.connection.execute({"delete from " + jobs, {}});
        EXPECT_EQ(db.connection.copy_in(weft::sql::copy_statement<row>(format), bytes), 2);
        EXPECT_EQ(weft_test::one(db.connection, "select count(*) from " + jobs +
                                                    " where metadata is null and parameters = "
                                                    "'{}' and created_at = '2026-01-01Z'"),
                  weft::sql::value(std::int64_t{1}));
    }
}

} // namespace
