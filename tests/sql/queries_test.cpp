#include "weft/sql/queries.hpp"

#include <string>
#include <type_traits>
#include <vector>

#include <gtest/gtest.h>

#include "support.hpp"
#include "support/golden.hpp"
#include "weft/sql/bulk.hpp"
#include "weft/sql/copy.hpp"
#include "weft/sql/enqueue.hpp"
#include "weft/sql/jobs.hpp"

namespace {

using namespace weft::schema;
using namespace weft::sql;
using weft_test::at;
using weft_test::id_of;
using weft_test::sample;
using weft_test::user_a;

auto const midday = at("2026-03-02T12:00:00Z");

/// One statement of each kind, with values that can be told from each other.
std::vector<statement> every_statement(dialect d, std::string const& text, bool service = true) {
    std::vector<statement> out;
    read_options options;
    options.as = service ? reader::service : reader::user;
    auto const add = [&](statement s) { out.push_back(std::move(s)); };
    add(pending_outreach(user_a, midday, d, options));
    add(due_outreach(midday, d, options));
    add(outreach_sent_to(user_a, d, options));
    add(recent_outreach(user_a, text, outreach_type::event_call, midday, d, options));
    add(compatibility_of(text, cache_entity_type::event, midday, d, options));
    add(compatibility_with(text, cache_entity_type::event, midday, d, options));
    add(high_compatibility(0.7, midday, d, options));
    add(promising_compatibility(0.7, midday, d, options));
    add(signals_of(text, signal_entity_type::event, signal_type::optimal_timing, midday, d,
                   options));
    if (d == dialect::postgres) {
        add(signals_containing(jsonb{"{\"a\":1}"}, d, options));
    }
    if (!service) return out;
    for (auto& q : monitoring_queries(midday, d)) add(q.query);
    for_each_table([&]<class Row>(std::type_identity<Row>) {
        auto const row = sample<Row>();
        add(insert(row, d));
        add(upsert(row, d));
        std::vector<Row> const rows(2, row);
        add(insert_many<Row>(rows, d).at(0));
        add(upsert_many<Row>(rows, d).at(0));
        add(select_all<Row>(d));
        add(select_by_id<Row>(id_of(1), d));
        if constexpr (table<Row>::keys.size() > 0) add(select_by_key(row, d));
        if (d == dialect::postgres) {
            add({copy_statement<Row>(copy_format::text), {}});
            add({copy_statement<Row>(copy_format::binary), {}});
        }
    });
    for (auto const status : {queue_status::scheduled, queue_status::delivered, queue_status::seen,
                              queue_status::accepted, queue_status::rejected, queue_status::ignored,
                              queue_status::expired}) {
        add(update_status(id_of(1), status, midday, midday, d));
    }
    add(claim_jobs(midday, d));
    add(claim_jobs(midday, d, {.job_type = job_type::incremental}));
    add(finish_job(id_of(1), midday, {}, midday, d));
    add(enqueue_unless_recent(sample<outreach_queue>(), midday, 30, d));
    for (auto& s : forget_user(user_a, d)) add(std::move(s));
    return out;
}

TEST(queries, texts_are_as_they_are_kept) {
    for (auto const d : {dialect::postgres, dialect::sqlite}) {
        std::string out;
        for (auto const& s : every_statement(d, "x")) {
            out += s.text + ";\n-- " + weft::to_text(s.params.size()) + " parameters\n\n";
        }
        for (auto const& s : every_statement(d, "x", false)) out += s.text + ";\n\n";
        weft_test::expect_golden("tests/sql/data/statements_" + std::string(to_text(d)) + ".sql",
                                 out);
    }
}

TEST(queries, texts_do_not_hang_on_values) {
    for (auto const d : {dialect::postgres, dialect::sqlite}) {
        auto const one = every_statement(d, "x");
        auto const two = every_statement(d, "'; drop table outreach_queue; --");
        for (std::size_t i = 0; i < one.size(); ++i) EXPECT_EQ(one[i].text, two[i].text);
    }
}

template <class Row, class Connection>
std::string ids(Connection& c, statement const& s) {
    std::string out;
    for (auto const& row : weft::sql::decode<Row>(c.query(s))) {
        out += weft::to_text(static_cast<int>(row.id->bytes[15])) + " ";
    }
    return out;
}

template <class Connection>
void expect_answers(Connection& c) {
    auto const d = Connection::dialect();
    auto const microsecond = std::chrono::microseconds(1);
    std::uint8_t n = 0;
    for (auto const status : enum_names<queue_status>::texts) {
        auto row = sample<outreach_queue>(++n);
        row.status = from_text<queue_status>(status);
        row.created_at = midday - weft::days{1} + std::chrono::minutes(n);
        row.optimal_timing = midday - std::chrono::minutes(n % 2);
        row.expires_at.reset();
        c.execute(insert(row, d));
    }
    for (auto const offset : {-microsecond, 0 * microsecond, microsecond}) {
        auto row = sample<outreach_queue>(++n);
        row.created_at = midday - weft::days{2};
        row.expires_at = midday + offset;
        row.optimal_timing = midday + microsecond;
        c.execute(insert(row, d));
    }
    EXPECT_EQ(ids<outreach_queue>(c, pending_outreach(user_a, midday, d)), "3 2 1 11 ");
    EXPECT_EQ(ids<outreach_queue>(c, pending_outreach(user_a, midday, d, {.limit = 2})), "3 2 ");
    EXPECT_EQ(ids<outreach_queue>(c, pending_outreach(weft_test::user_b, midday, d)), "");
    EXPECT_EQ(ids<outreach_queue>(c, due_outreach(midday, d)), "1 2 ");
    EXPECT_EQ(ids<outreach_queue>(c, due_outreach(midday + microsecond, d)), "1 2 ");

    for (std::uint8_t day = 1; day <= 3; ++day) {
        auto row = sample<outreach_history>(day);
        row.source_id = "s";
        row.sent_at = midday - weft::days{day};
        c.execute(insert(row, d));
    }
    EXPECT_EQ(ids<outreach_history>(c, outreach_sent_to(user_a, d)), "1 2 3 ");
    auto const since = [&](weft::instant t) {
        return ids<outreach_history>(
            c, recent_outreach(user_a, "s", outreach_type::community_invitation, t, d));
    };
    EXPECT_EQ(since(midday - weft::days{2}), "1 2 ");
    EXPECT_EQ(since(midday - weft::days{2} + microsecond), "1 ");

    for (std::uint8_t i = 1; i <= 5; ++i) {
        auto row = sample<compatibility_cache>(i);
        row.source_id = "s";
        row.target_id = "t" + std::to_string(i);
        row.compatibility_score = 0.1 * i;
        if (i > 2) row.future_compatibility = 1.0 - 0.1 * i;
        row.calculated_at = midday - weft::days{1};
        row.expires_at = i == 5 ? midday : midday + microsecond;
        c.execute(insert(row, d));
    }
    using pair = compatibility_cache;
    EXPECT_EQ(ids<pair>(c, compatibility_of("s", cache_entity_type::user, midday, d)), "4 3 2 1 ");
    EXPECT_EQ(ids<pair>(c, compatibility_of("s", cache_entity_type::event, midday, d)), "");
    EXPECT_EQ(ids<pair>(c, compatibility_with("t3", cache_entity_type::user, midday, d)), "3 ");
    EXPECT_EQ(ids<pair>(c, high_compatibility(0.1 * 3, midday, d)), "4 3 ");
    EXPECT_EQ(ids<pair>(c, high_compatibility(0.0, midday, d, {.limit = 1})), "4 ");
    EXPECT_EQ(ids<pair>(c, promising_compatibility(0.0, midday, d)), "3 4 ");

    using signal = predictive_signals_cache;
    for (std::uint8_t i = 1; i <= 3; ++i) {
        auto row = sample<signal>(i);
        row.entity_id = "e";
        row.signal_type = signal_type::fabric_stability;
        row.prediction_time = midday + weft::days{i};
        row.target_time = midday + weft::days{i};
        row.prediction_data = jsonb{"{\"i\":" + std::to_string(i) + "}"};
        c.execute(insert(row, d));
    }
    EXPECT_EQ(ids<signal>(c, signals_of("e", signal_entity_type::user,
                                        signal_type::fabric_stability, midday, d)),
              "3 2 1 ");
    if (d == dialect::postgres) {
        EXPECT_EQ(ids<signal>(c, signals_containing(jsonb{"{\"i\": 2}"}, d)), "2 ");
    } else {
        EXPECT_THROW((void)signals_containing(jsonb{"{}"}, d), weft::invalid_argument);
    }

    auto job = sample<outreach_processing_jobs>(1);
    job.status = job_status::processing;
    job.started_at = midday - std::chrono::minutes(15);
    c.execute(insert(job, d));
    job = sample<outreach_processing_jobs>(2);
    job.status = job_status::failed;
    job.retry_count = 2;
    job.processing_time_ms = 5;
    c.execute(insert(job, d));
    std::string told;
    for (auto const& q : monitoring_queries(midday, d)) {
        auto const answer = c.query(q.query);
        if (q.name == "storage") {
            EXPECT_EQ(answer.values.size(), 5U);
            continue;
        }
        told += std::string(q.name) + "\n";
        for (auto const& row : answer.values) {
            told += " ";
            for (auto const& v : row) {
                auto text = parameter_text(v, dialect::postgres).value_or("NULL");
                // SQLite keeps instants as text.
                if (text.ends_with(".000000Z")) text.erase(text.size() - 8, 7);
                told += " " + text;
            }
            told += "\n";
        }
    }
    EXPECT_EQ(told, R"(queue_by_status
  accepted 1 0 2026-03-01T12:05:00Z
  delivered 1 0 2026-03-01T12:03:00Z
  expired 1 0 2026-03-01T12:08:00Z
  ignored 1 0 2026-03-01T12:07:00Z
  pending 4 2 2026-02-28T12:00:00Z
  rejected 1 0 2026-03-01T12:06:00Z
  scheduled 1 0 2026-03-01T12:02:00Z
  seen 1 0 2026-03-01T12:04:00Z
queue_by_type
  community_invitation 5 0
answers_by_type
  community_invitation 3 0 0 0
cache_by_age
  compatibility_cache 4 1
  predictive_signals_cache 3 0
jobs_by_status
  high_priority failed 1 5 5 0 0
  high_priority processing 1 NULL NULL 0 0
jobs_to_retry
  11111111-1111-1111-1111-111111111102 high_priority 2 NULL
jobs_whose_worker_is_gone
  11111111-1111-1111-1111-111111111101 high_priority 2026-03-02T11:45:00Z 0
)");
}

TEST(queries, answer_what_they_are_for_in_postgresql) {
    weft_test::postgres_database db;
    expect_answers(db.connection);
}

TEST(queries, answer_what_they_are_for_in_sqlite) {
    weft_test::sqlite_database db;
    expect_answers(db.connection);
}

TEST(queries, a_user_reads_own_rows_without_what_is_withheld) {
    weft_test::postgres_database db;
    auto const a = weft::to_text(user_a);
    auto pair = sample<compatibility_cache>();
    pair.source_id = a;
    pair.source_snapshot = jsonb{"{}"};
    db.connection.execute(insert(pair, dialect::postgres));
    auto& c = db.connection;
    c.execute({"select set_config('request.jwt.claims', $1::text, false)",
               {R"({"sub":")" + a + R"("})"}});
    c.execute({"set role authenticated", {}});
    auto const ask = [&](reader as) {
        return compatibility_of(a, cache_entity_type::user, midday, dialect::postgres, {.as = as});
    };
    EXPECT_EQ(weft_test::state_of(c, ask(reader::service)), "42501");
    weft::sql::decode_options options;
    options.allow_missing = true;
    auto const rows = weft::sql::decode<compatibility_cache>(c.query(ask(reader::user)), options);
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_FALSE(rows[0].source_snapshot);
    for (auto const& s : every_statement(dialect::postgres, "x", false)) {
        EXPECT_EQ(weft_test::state_of(c, s), "00000") << s.text;
    }
}

TEST(queries, refuse_what_cannot_be_asked) {
    auto const d = dialect::postgres;
    using weft::invalid_argument;
    EXPECT_THROW((void)due_outreach(midday, d, {.limit = 0}), invalid_argument);
    EXPECT_THROW((void)compatibility_of(std::string("\0", 1), cache_entity_type::user, midday, d),
                 invalid_argument);
    EXPECT_THROW((void)compatibility_of("\xff", cache_entity_type::user, midday, d),
                 invalid_argument);
    EXPECT_THROW((void)compatibility_of("x", static_cast<cache_entity_type>(77), midday, d),
                 invalid_argument);
    EXPECT_THROW((void)high_compatibility(weft::parse_double("NaN").value_or(0.0 / 0.0), midday, d),
                 invalid_argument);
    EXPECT_THROW((void)signals_containing(jsonb{"{"}, d), invalid_argument);
    EXPECT_THROW((void)monitoring_queries(weft::instant_infinity, d), invalid_argument);
    EXPECT_THROW((void)monitoring_queries(midday, d, std::chrono::microseconds(0)),
                 invalid_argument);
}

} // namespace
