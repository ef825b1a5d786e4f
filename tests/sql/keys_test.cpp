#include <chrono>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "support.hpp"

namespace {

using namespace weft::schema;
using weft::sql::dialect;
using weft_test::all_rows;
using weft_test::at;
using weft_test::sample;
using weft_test::state_of;

/// Sends one history row at each instant; the SQLSTATEs.
template <class Connection>
std::string states_of_days(Connection& c, std::vector<std::string> const& instants) {
    std::string out;
    std::uint8_t n = 0;
    c.execute({"delete from outreach_history", {}});
    for (auto const& text : instants) {
        auto row = sample<outreach_history>(++n);
        row.source_id = "one source";
        row.sent_at = at(text);
        out += state_of(c, weft::sql::insert(row, c.dialect())) + " ";
    }
    return out;
}

template <class Connection>
void expect_one_a_day(Connection& c) {
    EXPECT_EQ(states_of_days(c, {"2026-03-01T00:00:00Z", "2026-03-01T23:59:59.999999Z",
                                 "2026-03-02T00:00:00Z", "2026-02-28T23:59:59.999999Z",
                                 "2026-03-02T13:59:00+14:00", "2026-03-02T14:00:00+14:00"}),
              "00000 23505 00000 00000 23505 23505 ");
    auto row = sample<outreach_history>(50);
    row.source_id = "one source";
    row.sent_at = at("2026-03-01T10:00:00Z");
    auto other = row;
    other.type = outreach_type::event_call;
    EXPECT_EQ(state_of(c, weft::sql::insert(other, c.dialect())), "00000") << "another type";
    other = row;
    other.id = weft_test::id_of(51);
    other.target_user_id = weft_test::user_b;
    EXPECT_EQ(state_of(c, weft::sql::insert(other, c.dialect())), "00000") << "another user";
    other = row;
    other.id = weft_test::id_of(52);
    other.source_type = outreach_source_type::system;
    EXPECT_EQ(state_of(c, weft::sql::insert(other, c.dialect())), "23505")
        << "the source's type is no part of the key";

    // The key serves as the target of an upsert and of a selection.
    other.sent_at = at("2026-03-01T20:00:00Z");
    other.status = history_status::accepted;
    EXPECT_EQ(c.execute(weft::sql::upsert(other, c.dialect())), 1);
    auto const found =
        weft::sql::decode<outreach_history>(c.query(weft::sql::select_by_key(row, c.dialect())));
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].status, history_status::accepted);
    EXPECT_EQ(found[0].sent_at, other.sent_at);
    EXPECT_EQ(found[0].id, weft_test::id_of(1)) << "the row that was there keeps its id";
}

TEST(keys, one_outreach_a_utc_day_whatever_the_time_zone_in_postgresql) {
    weft_test::postgres_database db;
    for (auto const* zone :
         {"UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Asia/Kathmandu", "America/New_York"}) {
        db.connection.execute({std::string("set timezone = '") + zone + "'", {}});
        expect_one_a_day(db.connection);
    }
}

TEST(keys, one_outreach_a_utc_day_in_sqlite) {
    weft_test::sqlite_database db;
    expect_one_a_day(db.connection);
}

template <class Connection>
void expect_null_equals_null(Connection& c) {
    auto const d = c.dialect();
    auto row = sample<predictive_signals_cache>(1);
    auto again = sample<predictive_signals_cache>(2);
    again.entity_id = row.entity_id;
    again.confidence = 0.5;
    c.execute(weft::sql::insert(row, d));
    EXPECT_EQ(state_of(c, weft::sql::insert(again, d)), "23505") << "NULL equals NULL";
    EXPECT_EQ(c.execute(weft::sql::upsert(again, d)), 1);
    auto rows = all_rows<predictive_signals_cache>(c);
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].confidence, 0.5);
    EXPECT_EQ(rows[0].id, row.id);

    again.target_time = at("2026-04-01");
    c.execute(weft::sql::insert(again, d));
    again.id = weft_test::id_of(3);
    EXPECT_EQ(state_of(c, weft::sql::insert(again, d)), "23505");
    EXPECT_EQ(all_rows<predictive_signals_cache>(c).size(), 2U);
    auto const by_null = c.query(weft::sql::select_by_key(row, d));
    EXPECT_EQ(weft::sql::decode<predictive_signals_cache>(by_null).at(0).id, row.id);
    EXPECT_EQ(by_null.values.size(), 1U);
    auto const by_time =
        weft::sql::decode<predictive_signals_cache>(c.query(weft::sql::select_by_key(again, d)));
    ASSERT_EQ(by_time.size(), 1U);
    EXPECT_EQ(by_time[0].id, weft_test::id_of(2));
    if (d == dialect::postgres) {
        EXPECT_EQ(state_of(c, "insert into predictive_signals_cache (entity_id, entity_type, "
                              "signal_type, prediction_data, prediction_time, expires_at) values "
                              "('entity-1', 'user', 'knot_evolution_string', '{}', now(), "
                              "'infinity') on conflict (entity_id, entity_type, signal_type, "
                              "target_time) do update set confidence = 1"),
                  "00000");
        EXPECT_EQ(all_rows<predictive_signals_cache>(c).size(), 2U);
    }
}

TEST(keys, a_signal_without_a_target_time_is_one_in_postgresql) {
    weft_test::postgres_database db;
    expect_null_equals_null(db.connection);
}

TEST(keys, a_signal_without_a_target_time_is_one_in_sqlite) {
    weft_test::sqlite_database db;
    expect_null_equals_null(db.connection);
}

template <class Connection>
void expect_whole_replacement(Connection& c) {
    auto const d = c.dialect();
    auto old = sample<compatibility_cache>(1);
    old.compatibility_score = 0.9;
    old.knot_compatibility = old.quantum_fidelity = old.location_compatibility =
        old.timing_compatibility = old.vibe_alignment = old.future_compatibility =
            old.current_fabric_stability = old.predicted_fabric_stability = 0.8;
    old.future_compatibility_time = at("2026-06-01");
    old.compatibility_trajectory = jsonb{"[1]"};
    old.fabric_stability_improvement = -0.5;
    old.evolution_trend = evolution_trend::declining;
    old.evolution_rate = -3.5;
    old.calculation_method = "hybrid";
    old.calculation_version = 7;
    old.source_snapshot = old.target_snapshot = jsonb{"{\"a\":1}"};
    old.metadata = jsonb{"{\"b\":2}"};
    c.execute(weft::sql::upsert(old, d));

    auto fresh = sample<compatibility_cache>(2);
    fresh.source_id = old.source_id;
    fresh.compatibility_score = 0.1;
    EXPECT_EQ(c.execute(weft::sql::upsert(fresh, d)), 1);
    auto rows = all_rows<compatibility_cache>(c);
    ASSERT_EQ(rows.size(), 1U);
    auto expected = weft_test::with_defaults(fresh);
    expected.id = old.id;
    EXPECT_EQ(rows[0], expected) << "nothing of the old value stays behind";

    // The reversed pair is another row.
    auto reversed = sample<compatibility_cache>(3);
    std::swap(reversed.source_id, reversed.target_id);
    reversed.target_id = old.source_id;
    c.execute(weft::sql::upsert(reversed, d));
    EXPECT_EQ(all_rows<compatibility_cache>(c).size(), 2U);
    EXPECT_EQ(state_of(c, weft::sql::insert(sample<compatibility_cache>(1), d)), "23505");
}

TEST(keys, an_upsert_replaces_the_whole_row_in_postgresql) {
    weft_test::postgres_database db;
    expect_whole_replacement(db.connection);
}

TEST(keys, an_upsert_replaces_the_whole_row_in_sqlite) {
    weft_test::sqlite_database db;
    expect_whole_replacement(db.connection);
}

template <class Connection>
void expect_idempotent_reruns(Connection& c) {
    weft::sql::write_options options;
    options.on_conflict = weft::sql::on_conflict::ignore_same_id;
    for (int run = 0; run < 2; ++run) {
        for_each_table([&]<class Row>(std::type_identity<Row>) {
            auto row = sample<Row>();
            if constexpr (requires { row.title; }) row.title = run == 0 ? "first" : "second";
            EXPECT_EQ(c.execute(weft::sql::insert(row, c.dialect(), options)), run == 0 ? 1 : 0);
            EXPECT_EQ(all_rows<Row>(c).size(), 1U);
            auto const by_id =
                weft::sql::decode<Row>(c.query(weft::sql::select_by_id<Row>(*row.id, c.dialect())));
            ASSERT_EQ(by_id.size(), 1U);
            if constexpr (requires { row.title; }) {
                EXPECT_EQ(by_id[0].title, "first");
            }
        });
    }
    auto same_day = sample<outreach_history>(9);
    same_day.source_id = "source-1";
    EXPECT_EQ(state_of(c, weft::sql::insert(same_day, c.dialect(), options)), "23505")
        << "another row with the same key is no rerun";
    options.on_conflict = weft::sql::on_conflict::ignore_any;
    EXPECT_EQ(c.execute(weft::sql::insert(same_day, c.dialect(), options)), 0);
}

TEST(keys, a_rerun_adds_nothing_in_postgresql) {
    weft_test::postgres_database db;
    expect_idempotent_reruns(db.connection);
}

TEST(keys, a_rerun_adds_nothing_in_sqlite) {
    weft_test::sqlite_database db;
    expect_idempotent_reruns(db.connection);
}

} // namespace
