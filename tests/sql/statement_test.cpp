#include "weft/sql/statement.hpp"

#include <chrono>
#include <string>
#include <type_traits>
#include <variant>

#include <gtest/gtest.h>

#include "support.hpp"

namespace {

using namespace weft::sql;
using namespace weft::schema;
using weft_test::at;
using weft_test::id_of;
using weft_test::sample;

TEST(statement, insert_has_one_typed_parameter_a_column) {
    auto const row = sample<predictive_signals_cache>();
    auto const s = insert(row, dialect::postgres);
    EXPECT_EQ(s.text,
              "insert into predictive_signals_cache (id, entity_id, entity_type, signal_type, "
              "prediction_data, prediction_time, target_time, confidence, calculated_at, "
              "expires_at, source_snapshot, metadata) values (coalesce($1::uuid, "
              "gen_random_uuid()), $2::text, $3::text, $4::text, $5::jsonb, $6::timestamptz, "
              "$7::timestamptz, $8::double precision, coalesce($9::timestamptz, now()), "
              "$10::timestamptz, $11::jsonb, coalesce($12::jsonb, '{}'::jsonb))");
    ASSERT_EQ(s.params.size(), 12U);
    EXPECT_EQ(s.params[0], value(id_of(1)));
    EXPECT_EQ(s.params[1], value(std::string("entity-1")));
    EXPECT_EQ(s.params[2], value(std::string("user")));
    EXPECT_EQ(s.params[4], value(jsonb{R"({"a": 1})"}));
    EXPECT_TRUE(is_null(s.params[6]));
    EXPECT_EQ(s.params[8], value(at("2026-03-01T12:00:00Z")));
}

TEST(statement, insert_of_jobs_in_sqlite) {
    EXPECT_EQ(insert_text<outreach_history>(dialect::sqlite),
              "insert into outreach_history (id, target_user_id, source_id, source_type, type, "
              "sent_at, compatibility_score, status, responded_at, response_action, "
              "from_agent_id, to_agent_id, metadata, updated_at) values (coalesce(?1, "
              "lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || "
              "substr(hex(randomblob(2)), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || "
              "substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))), ?2, ?3, ?4, ?5, "
              "coalesce(?6, strftime('%Y-%m-%dT%H:%M:%f000Z', 'now')), ?7, coalesce(?8, 'sent'), "
              "?9, ?10, ?11, ?12, coalesce(?13, '{}'), coalesce(?14, "
              "strftime('%Y-%m-%dT%H:%M:%f000Z', 'now')))");
}

TEST(statement, upsert_replaces_every_column_but_id_and_key) {
    auto const text = upsert_text<compatibility_cache>(dialect::postgres, {.schema = "we\"ft"});
    EXPECT_EQ(text.find("insert into \"we\"\"ft\".compatibility_cache (id, "), 0U);
    auto const conflict =
        text.find(" on conflict (source_id, target_id, source_type, target_type) do update set "
                  "compatibility_score = excluded.compatibility_score, knot_compatibility = ");
    ASSERT_NE(conflict, std::string::npos);
    for_each_table([]<class Row>(std::type_identity<Row>) {
        for (auto const d : {dialect::postgres, dialect::sqlite}) {
            auto const whole = upsert_text<Row>(d);
            auto const set = whole.substr(whole.find(" do update set "));
            for (auto const& c : columns_of<Row>()) {
                bool in_key = c.name == "id";
                for (auto const& key : table<Row>::keys) {
                    in_key = in_key ||
                             (", " + std::string(key.postgres) + ",")
                                     .find(", " + std::string(c.name) + ",") != std::string::npos;
                }
                auto const part = std::string(c.name) + " = excluded." + std::string(c.name);
                EXPECT_EQ(set.find(part) == std::string::npos, in_key)
                    << table<Row>::name << c.name;
            }
        }
    });
    EXPECT_NE(upsert_text<predictive_signals_cache>(dialect::postgres)
                  .find("on conflict (entity_id, entity_type, signal_type, target_time) do"),
              std::string::npos);
    EXPECT_NE(upsert_text<outreach_queue>(dialect::postgres).find("on conflict (id) do update"),
              std::string::npos);
}

TEST(statement, a_rerun_can_leave_alone_what_is_there) {
    write_options options;
    options.on_conflict = on_conflict::ignore_same_id;
    EXPECT_TRUE(insert_text<outreach_queue>(dialect::sqlite, options)
                    .ends_with(") on conflict (id) do nothing"));
    options.on_conflict = on_conflict::ignore_any;
    EXPECT_TRUE(insert_text<outreach_queue>(dialect::postgres, options)
                    .ends_with(") on conflict do nothing"));
}

TEST(statement, null_is_said) {
    write_options options;
    options.null_where_unset = {"created_by", "metadata"};
    auto const text = insert_text<outreach_queue>(dialect::postgres, options);
    EXPECT_NE(text.find(", $19::jsonb, "), std::string::npos);
    EXPECT_NE(text.find(", $29::text, coalesce($30::integer, 5)"), std::string::npos);
    for (auto const* bad : {"status", "title", "no_such_column", ""}) {
        options.null_where_unset = {bad};
        EXPECT_THROW((void)insert_text<outreach_queue>(dialect::postgres, options),
                     weft::invalid_argument)
            << bad;
    }
}

TEST(statement, refuses_a_faulty_row_before_it_makes_anything) {
    auto row = sample<outreach_queue>();
    row.compatibility_score = 1.5;
    EXPECT_THROW((void)insert(row, dialect::postgres), weft::invalid_argument);
    EXPECT_THROW((void)upsert(row, dialect::sqlite), weft::invalid_argument);
}

TEST(statement, texts_do_not_depend_on_values) {
    auto one = sample<outreach_queue>(1);
    auto two = sample<outreach_queue>(2);
    two.title = "'; drop table outreach_queue; --";
    two.metadata = jsonb{"{\"a\":\"'\"}"};
    EXPECT_EQ(insert(one, dialect::postgres).text, insert(two, dialect::postgres).text);
}

TEST(statement, status_moves_forward_only) {
    using enum queue_status;
    auto const& texts = enum_names<queue_status>::texts;
    std::string allowed;
    for (std::size_t i = 0; i < texts.size(); ++i) {
        for (std::size_t j = 0; j < texts.size(); ++j) {
            if (!may_follow(static_cast<queue_status>(i), static_cast<queue_status>(j))) continue;
            allowed += std::string(texts[i]) + ">" + std::string(texts[j]) + " ";
        }
    }
    EXPECT_EQ(allowed, "pending>scheduled pending>delivered pending>seen pending>accepted "
                       "pending>rejected pending>ignored pending>expired "
                       "scheduled>delivered scheduled>seen scheduled>accepted scheduled>rejected "
                       "scheduled>ignored scheduled>expired "
                       "delivered>seen delivered>accepted delivered>rejected delivered>ignored "
                       "seen>accepted seen>rejected seen>ignored ");
    auto const t = at("2026-03-02T00:00:00Z");
    EXPECT_EQ(update_status(id_of(1), seen, t, t, dialect::sqlite).text,
              "update outreach_queue set status = ?2, delivered_at = coalesce(delivered_at, ?3), "
              "seen_at = ?3, updated_at = ?4 where id = ?1 and status in ('pending', 'scheduled', "
              "'delivered')");
    EXPECT_THROW((void)update_status(id_of(1), pending, t, t, dialect::sqlite),
                 weft::invalid_argument);
    EXPECT_THROW(
        (void)update_status(id_of(1), static_cast<queue_status>(99), t, t, dialect::sqlite),
        weft::invalid_argument);
    EXPECT_THROW((void)update_status(id_of(1), seen,
                                     weft::instant_infinity - std::chrono::microseconds(1), t,
                                     dialect::sqlite),
                 weft::invalid_argument);
}

/// Every status against every other, on a live table.
template <class Connection>
void expect_legal_moves(Connection& c) {
    auto const t = at("2026-03-02T00:00:00Z");
    auto const later = t + std::chrono::hours(1);
    auto const d = Connection::dialect();
    for (std::size_t i = 0; i < enum_names<queue_status>::texts.size(); ++i) {
        for (std::size_t j = 1; j < enum_names<queue_status>::texts.size(); ++j) {
            auto const from = static_cast<queue_status>(i);
            auto const to = static_cast<queue_status>(j);
            c.execute({"delete from outreach_queue", {}});
            auto row = sample<outreach_queue>();
            row.status = from;
            c.execute(insert(row, d));
            auto const changed = c.execute(update_status(id_of(1), to, t, later, d));
            auto const back = decode<outreach_queue>(c.query(select_all<outreach_queue>(d)));
            ASSERT_EQ(back.size(), 1U);
            auto const& now = back[0];
            auto const move = std::string(to_text(from)) + ">" + std::string(to_text(to));
            EXPECT_EQ(changed, may_follow(from, to) ? 1 : 0) << move;
            EXPECT_EQ(now.status, may_follow(from, to) ? to : from) << move;
            if (changed != 1) continue;
            bool const answer = to == queue_status::accepted || to == queue_status::rejected ||
                                to == queue_status::ignored;
            EXPECT_EQ(now.responded_at.has_value(), answer) << move;
            EXPECT_EQ(now.response_action.has_value(), answer) << move;
            EXPECT_EQ(now.scheduled_for.has_value(), to == queue_status::scheduled) << move;
            EXPECT_EQ(now.seen_at.has_value(), to == queue_status::seen) << move;
            EXPECT_EQ(now.updated_at, later) << move;
        }
    }
}

TEST(statement, status_moves_along_the_legal_edges_in_postgresql) {
    weft_test::postgres_database db;
    expect_legal_moves(db.connection);
}

TEST(statement, status_moves_along_the_legal_edges_in_sqlite) {
    weft_test::sqlite_database db;
    expect_legal_moves(db.connection);
}

template <class Connection>
void expect_forgotten(Connection& c) {
    auto const d = Connection::dialect();
    for (std::uint8_t i = 1; i <= 4; ++i) {
        auto queue = sample<outreach_queue>(i);
        queue.target_user_id = i % 2 == 0 ? weft_test::user_a : weft_test::user_b;
        c.execute(insert(queue, d));
        auto history = sample<outreach_history>(i);
        history.target_user_id = queue.target_user_id;
        c.execute(insert(history, d));
    }
    auto const a = weft::to_text(weft_test::user_a);
    std::uint8_t n = 0;
    for (auto const type : {cache_entity_type::user, cache_entity_type::agent}) {
        for (auto const& [from, to] : {std::pair{a, std::string("x")}, {"x", a}, {"x", "y"}}) {
            auto pair = sample<compatibility_cache>(++n);
            pair.source_id = from;
            pair.target_id = to;
            pair.source_type = pair.target_type = type;
            c.execute(insert(pair, d));
        }
        auto signal = sample<predictive_signals_cache>(n);
        signal.entity_id = a;
        signal.entity_type =
            type == cache_entity_type::user ? signal_entity_type::user : signal_entity_type::agent;
        c.execute(insert(signal, d));
    }
    for (auto const& s : forget_user(weft_test::user_a, d)) c.execute(s);
    EXPECT_EQ(weft_test::count(c, "outreach_queue"), 2);
    EXPECT_EQ(weft_test::count(c, "outreach_history"), 2);
    EXPECT_EQ(weft_test::count(c, "compatibility_cache"), 4);
    EXPECT_EQ(weft_test::count(c, "predictive_signals_cache"), 1);
}

TEST(statement, forget_user_takes_what_is_the_users) {
    weft_test::postgres_database postgres;
    expect_forgotten(postgres.connection);
    weft_test::sqlite_database sqlite;
    expect_forgotten(sqlite.connection);
}

} // namespace
