#include "weft/sql/jobs.hpp"

#include <chrono>
#include <csignal>
#include <limits>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support.hpp"

namespace {

using namespace weft::schema;
using weft::sql::claim_jobs;
using weft::sql::claim_options;
using weft::sql::dialect;
using weft::sql::finish_job;
using weft_test::at;
using weft_test::id_of;
using weft_test::sample;

using job = outreach_processing_jobs;
auto const noon = at("2026-03-01T12:00:00Z");

template <class Connection>
std::vector<job> claim(Connection& c, weft::instant now, claim_options const& options = {}) {
    return weft::sql::decode<job>(c.query(claim_jobs(now, c.dialect(), options)));
}

template <class Connection>
job the_job(Connection& c, std::uint8_t n) {
    return weft::sql::decode<job>(
               c.query(weft::sql::select_by_id<job>(id_of(n), Connection::dialect())))
        .at(0);
}

template <class Connection>
void expect_claims(Connection& c) {
    auto const d = Connection::dialect();
    auto const minute = std::chrono::minutes(1);
    for (std::uint8_t n = 1; n <= 3; ++n) {
        auto row = sample<job>(n);
        row.created_at = noon - minute * n;
        if (n == 2) row.job_type = job_type::incremental;
        c.execute(weft::sql::insert(row, d));
    }
    auto got = claim(c, noon);
    ASSERT_EQ(got.size(), 1U);
    EXPECT_EQ(got[0].id, id_of(3)) << "the oldest first";
    EXPECT_EQ(got[0].status, job_status::processing);
    EXPECT_EQ(got[0].started_at, noon);
    EXPECT_EQ(got[0].updated_at, noon);
    EXPECT_EQ(got[0].retry_count, 0);
    EXPECT_EQ(got[0], the_job(c, 3));
    got = claim(c, noon, {.job_type = job_type::high_priority});
    ASSERT_EQ(got.size(), 1U);
    EXPECT_EQ(got[0].id, id_of(1)) << "of this kind";
    got = claim(c, noon, {.limit = 5});
    ASSERT_EQ(got.size(), 1U);
    EXPECT_EQ(got[0].id, id_of(2));
    EXPECT_TRUE(claim(c, noon, {.limit = 5}).empty());

    // The lease: 15 minutes, and the boundary counts as passed.
    auto const lease = 15 * minute;
    auto const microsecond = std::chrono::microseconds(1);
    EXPECT_TRUE(claim(c, noon + lease - microsecond, {.limit = 5}).empty());
    EXPECT_TRUE(claim(c, noon + lease, {.lease = lease + microsecond, .limit = 5}).empty());
    EXPECT_EQ(c.execute(finish_job(id_of(1), noon, {}, noon + minute, d)), 1);
    got = claim(c, noon + lease, {.limit = 5});
    ASSERT_EQ(got.size(), 2U);
    for (auto const& row : got) {
        EXPECT_EQ(row.retry_count, 1);
        EXPECT_EQ(row.started_at, noon + lease);
    }
    // The worker that lost its job cannot finish it any more.
    EXPECT_EQ(c.execute(finish_job(id_of(3), noon, {}, noon + lease, d)), 0);
    weft::sql::job_outcome failed{.status = job_status::failed,
                                  .items_processed = 5,
                                  .items_succeeded = 2,
                                  .items_failed = 3,
                                  .outreach_created = 1,
                                  .error_message = "it's \\over",
                                  .error_stack = "a\nb"};
    EXPECT_EQ(c.execute(finish_job(id_of(3), noon + lease, failed, noon + lease + minute, d)), 1);
    auto const row = the_job(c, 3);
    EXPECT_EQ(row.status, job_status::failed);
    EXPECT_EQ(row.completed_at, noon + lease + minute);
    EXPECT_EQ(row.processing_time_ms, 60'000);
    EXPECT_EQ(row.items_failed, 3);
    EXPECT_EQ(row.outreach_created, 1);
    EXPECT_EQ(row.error_message, "it's \\over");
    EXPECT_EQ(row.error_stack, "a\nb");
    EXPECT_EQ(c.execute(finish_job(id_of(3), noon + lease, {}, noon + lease + minute, d)), 0)
        << "an end is an end";
    EXPECT_EQ(claim(c, noon + lease * 2, {.limit = 5}).size(), 1U) << "2 is still to be done";
    EXPECT_EQ(the_job(c, 2).retry_count, 2);
}

TEST(jobs, are_claimed_oldest_first_and_again_when_the_lease_has_passed) {
    weft_test::postgres_database postgres;
    expect_claims(postgres.connection);
    weft_test::sqlite_database sqlite;
    expect_claims(sqlite.connection);
}

TEST(jobs, refuse_what_makes_no_sense) {
    auto const d = dialect::postgres;
    using weft::invalid_argument;
    EXPECT_THROW((void)claim_jobs(noon, d, {.lease = {}}), invalid_argument);
    EXPECT_THROW((void)claim_jobs(noon, d, {.limit = 0}), invalid_argument);
    EXPECT_THROW((void)claim_jobs(weft::instant_infinity, d), invalid_argument);
    EXPECT_THROW((void)claim_jobs(at("0001-01-01"), d), invalid_argument);
    EXPECT_THROW((void)claim_jobs(noon, d, {.lease = std::chrono::microseconds::max()}),
                 invalid_argument);
    EXPECT_THROW((void)finish_job(id_of(1), noon, {.status = job_status::pending}, noon, d),
                 invalid_argument);
    EXPECT_THROW((void)finish_job(id_of(1), noon, {}, noon - std::chrono::microseconds(1), d),
                 invalid_argument);
    EXPECT_THROW((void)finish_job(id_of(1), noon, {.items_succeeded = 1}, noon, d),
                 invalid_argument);
    EXPECT_THROW((void)finish_job(id_of(1), noon, {.error_message = std::string("\0", 1)}, noon, d),
                 invalid_argument);
    EXPECT_THROW((void)finish_job(id_of(1), weft::instant_minus_infinity, {}, noon, d),
                 invalid_argument);
    auto const long_run = finish_job(id_of(1), at("0001-01-01"), {}, noon, d);
    EXPECT_EQ(long_run.params.at(4), weft::sql::value(std::numeric_limits<std::int32_t>::max()));
}

TEST(jobs, sixteen_workers_claim_a_thousand_jobs_each_once) {
    weft_test::postgres_database db;
    db.connection.execute(
        {"insert into outreach_processing_jobs (job_type, created_at) select 'event_driven', "
         "'2026-03-01Z'::timestamptz + n * interval '1 second' from generate_series(1, 1000) as n",
         {}});
    std::vector<std::vector<weft::uuid>> claimed(16);
    std::vector<std::thread> workers;
    for (auto& mine : claimed) {
        workers.emplace_back([&mine, &db] {
            weft_test::postgres_connection c(db.db.url());
            for (int empty = 0; empty < 2;) {
                auto const rows = claim(c, noon, {.limit = 3});
                empty = rows.empty() ? empty + 1 : 0;
                for (auto const& row : rows) {
                    mine.push_back(*row.id);
                    EXPECT_EQ(c.execute(finish_job(*row.id, *row.started_at, {}, noon,
                                                   dialect::postgres)),
                              1);
                }
            }
        });
    }
    for (auto& worker : workers) worker.join();
    std::map<weft::uuid, int> times;
    int working = 0;
    for (auto const& mine : claimed) {
        working += mine.empty() ? 0 : 1;
        for (auto const& id : mine) ++times[id];
    }
    EXPECT_EQ(times.size(), 1000U);
    for (auto const& [id, n] : times) EXPECT_EQ(n, 1) << weft::to_text(id);
    EXPECT_GT(working, 1);
    EXPECT_EQ(weft_test::one(db.connection, "select count(*) from outreach_processing_jobs where "
                                            "status = 'completed' and retry_count = 0"),
              weft::sql::value(std::int64_t{1000}));
}

TEST(jobs, a_job_whose_worker_is_killed_is_claimed_again) {
    weft_test::postgres_database db;
    for (std::uint8_t n = 1; n <= 2; ++n) {
        db.connection.execute(weft::sql::insert(sample<job>(n), dialect::postgres));
    }
    int ready[2];
    ASSERT_EQ(::pipe(ready), 0);
    auto const child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
        // One job is claimed and committed; the claim of the other is never committed.
        try {
            weft_test::postgres_connection c(db.db.url());
            (void)claim(c, noon);
            c.execute({"begin", {}});
            (void)claim(c, noon);
            (void)!::write(ready[1], "x", 1);
            for (;;) ::pause();
        } catch (...) {
            ::_exit(1);
        }
    }
    char byte = 0;
    ASSERT_EQ(::read(ready[0], &byte, 1), 1);
    EXPECT_TRUE(claim(db.connection, noon, {.limit = 5}).empty()) << "both are held";
    ASSERT_EQ(::kill(child, SIGKILL), 0);
    ASSERT_EQ(::waitpid(child, nullptr, 0), child);
    ::close(ready[0]);
    ::close(ready[1]);
    // The server notices that the worker is gone and takes the open claim back.
    std::vector<job> got;
    for (int tries = 0; got.empty() && tries < 500; ++tries) {
        got = claim(db.connection, noon + std::chrono::minutes(1), {.limit = 5});
        if (got.empty()) std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    ASSERT_EQ(got.size(), 1U);
    EXPECT_EQ(got[0].retry_count, 0) << "never claimed, as far as the table knows";
    auto const first = got[0].id;
    got = claim(db.connection, noon + std::chrono::minutes(15), {.limit = 5});
    ASSERT_EQ(got.size(), 1U);
    EXPECT_NE(got[0].id, first);
    EXPECT_EQ(got[0].retry_count, 1);
    EXPECT_EQ(weft_test::count(db.connection, "outreach_processing_jobs"), 2) << "nothing is lost";
}

} // namespace
