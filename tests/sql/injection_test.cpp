// Texts that are made to break out of a statement go through every statement, as values: they are
// stored as data, and the tables are as they were.

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <type_traits>
#include <vector>

#include <gtest/gtest.h>

#include "support.hpp"
#include "weft/schema/utf8.hpp"
#include "weft/sql/bulk.hpp"
#include "weft/sql/copy.hpp"
#include "weft/sql/drift.hpp"
#include "weft/sql/enqueue.hpp"
#include "weft/sql/jobs.hpp"
#include "weft/sql/queries.hpp"

namespace {

using namespace weft::schema;
using namespace weft::sql;
using weft_test::at;
using weft_test::sample;

/// Each way out of a literal, before each thing that an attacker would do outside, before each way
/// to silence the rest; and what stands alone.
std::vector<std::string> injection_corpus() {
    std::vector<std::string> out;
    for (std::string const leave :
         {"'",  "''",    "\"",      "\\'", "\\",           "$$",        "$weft$",   "$1",
          "?",  "?1",    "')",      "'))", "\xef\xbc\x87", "\xc2\xbf'", "\xca\xbc", "*/",
          "\n", "\\.\n", "\t\\N\t", "%27", "&#39;",        "E'\\047"}) {
        for (std::string const act :
             {"; drop table outreach_queue", "; delete from outreach_history", " or 1=1",
              " union select id::text from auth.users",
              "; update outreach_queue set status='expired'", "; select pg_sleep(10)",
              "||(select current_user)", "; commit", "; set role postgres"}) {
            for (std::string const silence : {"", "--", "/*"}) {
                out.push_back(leave + act + silence);
            }
        }
    }
    for (auto& text : weft_test::hostile_texts()) {
        if (text.size() < 1000) out.push_back(std::move(text));
    }
    std::set<std::string> once;
    for (auto& text : out) {
        if (!text.empty() && !find_text_fault(text)) once.insert(std::move(text));
    }
    return {once.begin(), once.end()};
}

/// A row whose every text and document is `text`.
template <class Row>
Row filled(std::string const& text, std::uint32_t n) {
    auto row = sample<Row>();
    row.id->bytes[0] = static_cast<std::uint8_t>(n >> 8U);
    row.id->bytes[1] = static_cast<std::uint8_t>(n);
    for_each_column<Row>([&]<class Field>(column<Row, Field> const& c) {
        using type = typename column<Row, Field>::value_type;
        if constexpr (std::is_same_v<type, std::string>) row.*c.field = text;
        if constexpr (std::is_same_v<type, jsonb>) {
            std::string quoted;
            for (char const ch : text) {
                if (ch == '"' || ch == '\\') quoted += '\\';
                if (static_cast<unsigned char>(ch) < 0x20) {
                    constexpr std::string_view digits = "0123456789abcdef";
                    auto const code = static_cast<unsigned char>(ch);
                    quoted += "\\u00";
                    quoted += digits[code >> 4U];
                    quoted += digits[code & 15U];
                } else {
                    quoted += ch;
                }
            }
            row.*c.field = jsonb{"{\"" + quoted + "\": \"" + quoted + "\"}"};
        }
    });
    return row;
}

template <class Row>
Row without_documents(Row row) {
    for_each_column<Row>([&]<class Field>(column<Row, Field> const& c) {
        if constexpr (std::is_same_v<Field, jsonb>) row.*c.field = jsonb{"{}"};
        if constexpr (std::is_same_v<Field, std::optional<jsonb>>) row.*c.field = jsonb{"{}"};
    });
    return row;
}

template <class Connection>
void expect_data(Connection& c) {
    auto const d = Connection::dialect();
    auto const corpus = injection_corpus();
    ASSERT_GE(corpus.size(), 500U);
    auto const t = at("2026-03-02T12:00:00Z");
    auto const send = [&](std::vector<statement> const& all) {
        for (auto const& s : all) c.execute(s);
    };
    for_each_table([&]<class Row>(std::type_identity<Row>) {
        std::string const name(table<Row>::name);
        std::vector<Row> rows;
        for (std::size_t i = 0; i < corpus.size(); ++i) {
            rows.push_back(filled<Row>(corpus[i], static_cast<std::uint32_t>(i)));
        }
        auto const expect_stored = [&](char const* way) {
            auto const back = weft_test::all_rows<Row>(c);
            ASSERT_EQ(back.size(), rows.size()) << name << way;
            for (std::size_t i = 0; i < rows.size(); ++i) {
                auto const expected = weft_test::with_defaults(rows[i]);
                // PostgreSQL writes documents in its own way; that they are stored is asked below.
                ASSERT_EQ(without_documents(back[i]), without_documents(expected))
                    << name << way << " " << corpus[i];
            }
        };
        weft::adapters::transaction all(c);
        auto const upserted = upsert_text<Row>(d);
        for (auto const& row : rows) c.execute({upserted, row_params(row)});
        expect_stored(" by upsert");
        c.execute({"delete from " + name, {}});
        auto const inserted = insert_text<Row>(d);
        for (auto const& row : rows) c.execute({inserted, row_params(row)});
        expect_stored(" by insert");
        send(upsert_many<Row>(rows, d));
        expect_stored(" by many upserts");
        c.execute({"delete from " + name, {}});
        send(insert_many<Row>(rows, d));
        expect_stored(" by many inserts");
        if constexpr (table<Row>::keys.size() > 0) {
            for (auto const& row : rows) {
                ASSERT_EQ(c.query(select_by_key(row, d)).values.size(), 1U) << name;
            }
        }
        if constexpr (requires { c.copy_in("", ""); }) {
            for (auto const format : {copy_format::text, copy_format::binary}) {
                std::string bytes;
                bool const binary = format == copy_format::binary;
                if (binary) append_copy_binary_header(bytes);
                for (auto const& row : rows) {
                    binary ? append_copy_binary(bytes, row) : append_copy_text(bytes, row);
                }
                if (binary) append_copy_binary_trailer(bytes);
                c.execute({"delete from " + name, {}});
                c.copy_in(copy_statement<Row>(format), bytes);
                expect_stored(" by COPY");
            }
        }
        all.commit();
    });
    if constexpr (Connection::dialect() == dialect::postgres) {
        EXPECT_EQ(weft_test::one(c, "select count(*) from outreach_queue where metadata = "
                                    "jsonb_build_object(source_id, source_id)"),
                  value(static_cast<std::int64_t>(corpus.size())));
    }
    // Statements that ask or change by a text.
    weft::adapters::transaction all(c);
    c.execute({"delete from outreach_queue", {}});
    c.execute({"delete from outreach_processing_jobs", {}});
    std::uint32_t n = 0;
    for (auto const& text : corpus) {
        ASSERT_EQ(c.query(compatibility_of(text, cache_entity_type::user, at("2026-03-02"), d))
                      .values.size(),
                  1U)
            << text;
        ASSERT_EQ(c.query(compatibility_with(text, cache_entity_type::user, at("2026-03-02"), d))
                      .values.size(),
                  1U);
        ASSERT_EQ(c.query(signals_of(text, signal_entity_type::user,
                                     signal_type::knot_evolution_string, at("2026-03-02"), d))
                      .values.size(),
                  1U);
        ASSERT_EQ(c.query(recent_outreach(weft_test::user_a, text,
                                          outreach_type::community_invitation, at("2026-01-01"), d))
                      .values.size(),
                  1U);
        auto const row = filled<outreach_queue>(text, n++);
        ASSERT_EQ(c.execute(enqueue_unless_recent(row, t, 0, d)), 1) << text;
        ASSERT_EQ(c.execute(enqueue_unless_recent(filled<outreach_queue>(text, 60'000), t, 0, d)),
                  0)
            << text;
        ASSERT_EQ(c.execute(update_status(*row.id, queue_status::seen, t, t, d)), 1);
    }
    for (std::uint8_t i = 0; i < 50; ++i) {
        c.execute(insert(sample<outreach_processing_jobs>(i), d));
        job_outcome outcome;
        outcome.status = job_status::failed;
        outcome.error_message = outcome.error_stack = corpus[i * corpus.size() / 50];
        (void)c.query(claim_jobs(t, d));
        ASSERT_EQ(c.execute(finish_job(weft_test::id_of(i), t, outcome, t, d)), 1);
        ASSERT_EQ(c.query({"select 1 from outreach_processing_jobs where error_message = " +
                               placeholder(1, d) + " and error_stack = " + placeholder(1, d),
                           {*outcome.error_message}})
                      .values.size(),
                  1U);
    }
    all.commit();
    EXPECT_TRUE(find_drift(c).empty()) << "the tables are as they were";
    EXPECT_EQ(weft_test::count(c, "outreach_history"), static_cast<std::int64_t>(corpus.size()));
}

TEST(injection, stays_data_in_postgresql) {
    weft_test::postgres_database db;
    expect_data(db.connection);
}

TEST(injection, stays_data_in_sqlite) {
    weft_test::sqlite_database db;
    expect_data(db.connection);
}

TEST(injection, of_names_is_quoted_or_refused) {
    for (auto const& text : injection_corpus()) {
        if (text.size() > 63) continue;
        auto const quoted = quote_identifier(text);
        EXPECT_EQ(quoted.front(), '"');
        EXPECT_EQ(quoted.back(), '"');
        for (std::size_t i = 1; i + 1 < quoted.size(); ++i) {
            if (quoted[i] != '"') continue;
            ASSERT_EQ(quoted[i + 1], '"') << quoted;
            ++i;
        }
    }
}

} // namespace
