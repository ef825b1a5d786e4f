#include "weft/sql/enqueue.hpp"

#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <type_traits>
#include <vector>

#include <gtest/gtest.h>

#include "support.hpp"

namespace {

using namespace weft::schema;
using weft::sql::dialect;
using weft::sql::enqueue_unless_recent;
using weft_test::at;
using weft_test::id_of;
using weft_test::sample;
using weft_test::state_of;

auto const morning = at("2026-03-02T08:00:00Z");

outreach_queue wanted(std::uint8_t n) {
    auto row = sample<outreach_queue>(n);
    row.source_id = "one source";
    row.created_at = row.updated_at = morning;
    row.expires_at = morning + weft::days{7};
    return row;
}

template <class Connection>
void expect_once(Connection& c) {
    auto const d = Connection::dialect();
    auto const enqueue = [&](outreach_queue const& row, weft::instant now = morning,
                             std::int32_t lookback = 30) {
        return c.execute(enqueue_unless_recent(row, now, lookback, d));
    };
    EXPECT_EQ(enqueue(wanted(1)), 1);
    EXPECT_EQ(weft_test::all_rows<outreach_queue>(c).at(0), weft_test::with_defaults(wanted(1)));
    EXPECT_EQ(enqueue(wanted(1)), 0) << "the same row";
    EXPECT_EQ(enqueue(wanted(2)), 0) << "it is open";
    auto other = wanted(3);
    other.source_type = outreach_source_type::system;
    EXPECT_EQ(enqueue(other), 0) << "the source's type is no part of it, as in the history's key";
    other.source_id = "another source";
    EXPECT_EQ(enqueue(other), 1);
    other = wanted(4);
    other.type = outreach_type::list_suggestion;
    EXPECT_EQ(enqueue(other), 1);
    other = wanted(5);
    other.target_user_id = weft_test::user_b;
    EXPECT_EQ(enqueue(other), 1);

    // What is open blocks until it expires; what was answered does not.
    auto const microsecond = std::chrono::microseconds(1);
    auto later = wanted(6);
    later.created_at = morning + weft::days{7} - microsecond;
    later.expires_at.reset();
    EXPECT_EQ(enqueue(later, *later.created_at), 0);
    EXPECT_EQ(enqueue(later, morning + weft::days{7}), 1);
    auto next = wanted(7);
    next.created_at = morning + weft::days{8};
    next.expires_at.reset();
    for (auto const status : enum_names<queue_status>::texts) {
        c.execute({"update outreach_queue set status = '" + std::string(status) + "' where id = '" +
                       weft::to_text(id_of(6)) + "'",
                   {}});
        c.execute({"delete from outreach_queue where id = '" + weft::to_text(id_of(7)) + "'", {}});
        bool const open = *from_text<queue_status>(status) <= queue_status::seen;
        EXPECT_EQ(enqueue(next, *next.created_at), open ? 0 : 1) << status;
    }

    // The history: the boundary counts.
    c.execute({"delete from outreach_queue", {}});
    auto sent = sample<outreach_history>(9);
    sent.source_id = "one source";
    for (auto const& [before, lookback, expected] :
         {std::tuple{weft::days{30} + microsecond, 30, 1},
          {weft::days{30}, 30, 0},
          {std::chrono::microseconds(0), 0, 0},
          {microsecond, 0, 1},
          {-microsecond, 0, 0},
          {weft::days{30}, 2'147'483'647, 0}}) {
        c.execute({"delete from outreach_queue", {}});
        c.execute({"delete from outreach_history", {}});
        sent.sent_at = morning - before;
        c.execute(weft::sql::insert(sent, d));
        EXPECT_EQ(enqueue(wanted(1), morning, lookback), expected)
            << before.count() << " us, " << lookback << " days";
    }
    EXPECT_THROW((void)enqueue_unless_recent(wanted(1), morning, -1, d), weft::invalid_argument);
    EXPECT_THROW((void)enqueue_unless_recent(wanted(1), weft::instant_infinity, 1, d),
                 weft::invalid_argument);
    auto faulty = wanted(1);
    faulty.priority = 0;
    EXPECT_THROW((void)enqueue_unless_recent(faulty, morning, 1, d), weft::invalid_argument);
}

TEST(enqueue, goes_unless_the_same_is_open_or_recent) {
    weft_test::postgres_database postgres;
    expect_once(postgres.connection);
    weft_test::sqlite_database sqlite;
    expect_once(sqlite.connection);
}

TEST(enqueue, sixteen_sessions_make_one_row) {
    weft_test::postgres_database db;
    constexpr int sessions = 16;
    constexpr int rounds = 8;
    std::atomic<int> made = 0;
    std::atomic<int> waiting = 0;
    std::vector<std::thread> threads;
    for (int session = 0; session < sessions; ++session) {
        threads.emplace_back([&, session] {
            weft_test::postgres_connection c(db.db.url());
            for (int round = 0; round < rounds; ++round) {
                auto row = wanted(1);
                row.source_id = "round " + std::to_string(round);
                row.id->bytes[0] = static_cast<std::uint8_t>(session);
                row.id->bytes[1] = static_cast<std::uint8_t>(round);
                auto const s = enqueue_unless_recent(row, morning, 30, dialect::postgres);
                ++waiting;
                while (waiting < sessions * (round + 1)) std::this_thread::yield();
                // Half of them keep their transaction open for a while after the statement.
                weft::adapters::transaction all(c);
                made += static_cast<int>(c.execute(s));
                if (session % 2 == 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
                all.commit();
            }
        });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(made, rounds);
    EXPECT_EQ(weft_test::count(db.connection, "outreach_queue"), rounds);
}

TEST(enqueue, an_undone_enqueue_leaves_the_way_free) {
    weft_test::postgres_database db;
    auto& c = db.connection;
    {
        weft::adapters::transaction undone(c);
        EXPECT_EQ(c.execute(enqueue_unless_recent(wanted(1), morning, 30, dialect::postgres)), 1);
    }
    weft_test::postgres_connection other(db.db.url());
    EXPECT_EQ(other.execute(enqueue_unless_recent(wanted(2), morning, 30, dialect::postgres)), 1);
}

TEST(enqueue, refuses_to_look_at_the_past) {
    weft_test::postgres_database db;
    auto& c = db.connection;
    auto const s = enqueue_unless_recent(wanted(1), morning, 30, dialect::postgres);
    // Beside a session under READ COMMITTED nothing would find the conflict under SERIALIZABLE.
    weft_test::postgres_connection other(db.db.url());
    weft::adapters::transaction first(c, weft::adapters::isolation::read_committed);
    EXPECT_EQ(c.execute(s), 1);
    for (auto const level :
         {weft::adapters::isolation::repeatable_read, weft::adapters::isolation::serializable}) {
        weft::adapters::transaction all(other, level);
        EXPECT_EQ(state_of(other, enqueue_unless_recent(wanted(2), morning, 30, dialect::postgres)),
                  "25001");
    }
    first.rollback();
    EXPECT_THROW(
        (void)enqueue_unless_recent(wanted(1), morning, 30, dialect::postgres, {.citus = true}),
        weft::invalid_argument);
    for (auto const* lookback : {"null", "-1"}) {
        EXPECT_EQ(state_of(c,
                           "select outreach_may_be_queued($1::uuid, 's', 'event_call', " +
                               std::string(lookback) + ")",
                           {weft_test::user_a}),
                  "22023");
    }
    EXPECT_EQ(weft_test::one(c, "select outreach_may_be_queued($1::uuid, 's', 'event_call')",
                             {weft_test::user_a}),
              weft::sql::value(true));
}

} // namespace
