#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "support.hpp"

namespace {

using namespace weft::schema;
using weft::sql::dialect;
using weft::sql::value;
using weft_test::one;
using weft_test::sample;
using weft_test::user_a;

TEST(functions, cleanup_deletes_what_expired_and_counts_only_that) {
    weft_test::postgres_database db;
    auto& c = db.connection;
    weft::adapters::transaction all(c); // one transaction, one now()
    auto const now = std::get<weft::instant>(one(c, "select now()"));
    std::uint8_t n = 0;
    for (auto const after : {-1, 0, 1}) {
        auto const expiry = now + std::chrono::microseconds(after);
        auto pair = sample<compatibility_cache>(++n);
        pair.calculated_at = now - weft::days{7};
        pair.expires_at = expiry;
        c.execute(weft::sql::insert(pair, dialect::postgres));
        auto signal = sample<predictive_signals_cache>(n);
        signal.calculated_at = now - weft::days{7};
        signal.expires_at = expiry;
        c.execute(weft::sql::insert(signal, dialect::postgres));
        for (auto const status : enum_names<queue_status>::texts) {
            auto row = sample<outreach_queue>(static_cast<std::uint8_t>(n * 20));
            row.id->bytes[0] = static_cast<std::uint8_t>(*from_text<queue_status>(status));
            row.status = from_text<queue_status>(status);
            row.created_at = now - weft::days{7};
            row.expires_at = expiry;
            c.execute(weft::sql::insert(row, dialect::postgres));
        }
    }
    EXPECT_EQ(one(c, "select get_pending_outreach_count($1::uuid)", {user_a}), value(3))
        << "pending, scheduled and delivered that expire later than now";
    EXPECT_EQ(one(c, "select cleanup_expired_outreach_cache()"), value(4));
    EXPECT_EQ(weft_test::count(c, "compatibility_cache"), 1);
    EXPECT_EQ(weft_test::count(c, "predictive_signals_cache"), 1);
    EXPECT_EQ(one(c, "select count(*) from outreach_queue where status = 'expired'"),
              value(std::int64_t{3 + 4}));
    EXPECT_EQ(one(c, "select count(*) from outreach_queue where status = 'delivered'"),
              value(std::int64_t{3}));
    EXPECT_EQ(one(c, "select cleanup_expired_outreach_cache()"), value(0));
}

TEST(functions, pending_counts_what_has_no_expiry_and_nothing_of_strangers) {
    weft_test::postgres_database db;
    auto& c = db.connection;
    auto row = sample<outreach_queue>();
    row.expires_at.reset();
    c.execute(weft::sql::insert(row, dialect::postgres));
    EXPECT_EQ(one(c, "select get_pending_outreach_count($1::uuid)", {user_a}), value(1));
    EXPECT_EQ(one(c, "select get_pending_outreach_count($1::uuid)", {weft_test::id_of(99)}),
              value(0));
    EXPECT_EQ(one(c, "select get_pending_outreach_count(null)"), value(0));
}

TEST(functions, recent_means_24_hours_a_day_in_every_time_zone) {
    weft_test::postgres_database db;
    auto& c = db.connection;
    for (auto const* zone : {"UTC", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"}) {
        weft::adapters::transaction all(c);
        c.execute({std::string("set local timezone = '") + zone + "'", {}});
        auto const now = std::get<weft::instant>(one(c, "select now()"));
        // 180 days reach over a change of the clock wherever there is one.
        for (auto const lookback : {0, 1, 30, 180, 3650}) {
            for (auto const& [off, expected] : {std::pair{-1, false}, {0, true}, {1, true}}) {
                c.execute({"delete from outreach_history", {}});
                auto row = sample<outreach_history>();
                row.sent_at =
                    now - std::chrono::hours(24) * lookback + std::chrono::microseconds(off);
                c.execute(weft::sql::insert(row, dialect::postgres));
                EXPECT_EQ(one(c,
                              "select has_recent_outreach($1::uuid, 'source-1', "
                              "'community_invitation', $2::integer)",
                              {user_a, lookback}),
                          value(expected))
                    << zone << " " << lookback << " days " << off << " us";
            }
        }
    }
}

TEST(functions, recent_looks_at_user_source_and_type_and_defaults_to_30_days) {
    weft_test::postgres_database db;
    auto& c = db.connection;
    weft::adapters::transaction all(c);
    auto row = sample<outreach_history>();
    row.sent_at = std::get<weft::instant>(one(c, "select now()")) - weft::days{30};
    c.execute(weft::sql::insert(row, dialect::postgres));
    auto const ask = [&](std::string const& rest) {
        return std::get<bool>(one(c, "select has_recent_outreach(" + rest + ")"));
    };
    auto const a = "'" + weft::to_text(user_a) + "'";
    auto const b = "'" + weft::to_text(weft_test::user_b) + "'";
    EXPECT_TRUE(ask(a + ", 'source-1', 'community_invitation'"));
    EXPECT_FALSE(ask(a + ", 'source-1', 'community_invitation', 29"));
    EXPECT_FALSE(ask(b + ", 'source-1', 'community_invitation'"));
    EXPECT_FALSE(ask(a + ", 'source-2', 'community_invitation'"));
    EXPECT_FALSE(ask(a + ", 'source-1', 'event_call'"));
    EXPECT_FALSE(ask(a + ", 'source-1', ''"));
    EXPECT_TRUE(ask(a + ", 'source-1', 'community_invitation', 2147483647"));
    EXPECT_TRUE(ask("p_target_user_id => " + a +
                    ", p_source_id => 'source-1', p_type => 'community_invitation', "
                    "p_lookback_days => 1000000"));
    c.execute({"update outreach_history set sent_at = '0001-01-01Z'", {}});
    EXPECT_TRUE(ask(a + ", 'source-1', 'community_invitation', 1000000"));
    EXPECT_TRUE(ask(a + ", 'source-1', 'community_invitation', 1000001"));
}

TEST(functions, recent_refuses_a_lookback_it_cannot_answer_for) {
    weft_test::postgres_database db;
    for (auto const* lookback : {"null", "-1", "-2147483648"}) {
        EXPECT_EQ(weft_test::state_of(db.connection,
                                      "select has_recent_outreach('" + weft::to_text(user_a) +
                                          "', 'source-1', 'event_call', " + lookback + ")"),
                  "22023")
            << lookback;
    }
}

TEST(functions, updated_at_is_the_clocks_or_the_statements) {
    weft_test::postgres_database db;
    auto& c = db.connection;
    auto const t = weft_test::at("2026-03-01T12:00:00Z");
    for_each_table([&]<class Row>(std::type_identity<Row>) {
        Row row = sample<Row>();
        if constexpr (requires { row.updated_at; }) {
            std::string const name(table<Row>::name);
            auto const updated = [&] {
                return std::get<weft::instant>(one(c, "select updated_at from " + name));
            };
            c.execute(weft::sql::insert(row, dialect::postgres));
            EXPECT_EQ(updated(), t) << "an insert's own";
            c.execute({"update " + name + " set metadata = '{\"a\":1}'", {}});
            EXPECT_GT(updated(), weft_test::at("2026-03-02T00:00:00Z")) << "the clock's";
            auto const later = t + weft::days{1};
            for (int again = 0; again < 2; ++again) {
                c.execute({"update " + name + " set metadata = '{}', updated_at = $1::timestamptz",
                           {later}});
                EXPECT_EQ(updated(), later) << "the statement's, the same twice";
            }
            c.execute(weft::sql::upsert(row, dialect::postgres));
        }
    });
}

} // namespace
