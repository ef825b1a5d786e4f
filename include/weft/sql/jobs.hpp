#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "weft/core/error.hpp"
#include "weft/core/number.hpp"
#include "weft/core/time.hpp"
#include "weft/core/uuid.hpp"
#include "weft/schema/outreach_processing_jobs.hpp"
#include "weft/schema/validate.hpp"
#include "weft/sql/dialect.hpp"
#include "weft/sql/statement.hpp"
#include "weft/sql/value.hpp"

/// Workers that share the table of jobs: each job is worked on by one of them at a time.
namespace weft::inline v0::sql {

struct claim_options {
    /// A job in processing that was claimed this long ago belongs to a worker that is gone.
    std::chrono::microseconds lease = std::chrono::minutes(15);
    std::int32_t limit = 1;                     ///< at most this many jobs
    std::optional<schema::job_type> job_type{}; ///< of this kind only
    std::string schema{};                       ///< empty: the connection's search path
};

/// A query that claims jobs, the oldest first, and gives their rows as they are then, in no
/// particular order: those that
/// are pending, and those in processing whose lease has passed (started_at + lease <= now). The
/// claimed job is `processing`, started_at is `now`, and retry_count is one more where it had been
/// claimed before. Jobs that another worker is claiming at the moment are passed over (PostgreSQL:
/// FOR UPDATE SKIP LOCKED; SQLite has one writer at a time). Fewer rows than `limit` are no sign
/// that none is left; no row is, but for those that others hold.
///
/// All workers' clocks must agree within the lease. started_at is what a worker shows to
/// finish_job. Throws invalid_argument for a lease or a limit below 1, an infinite `now`.
[[nodiscard]] inline statement claim_jobs(instant now, dialect d,
                                          claim_options const& options = {}) {
    using row = schema::outreach_processing_jobs;
    if (options.lease.count() < 1) {
        WEFT_THROW(invalid_argument("lease", weft::to_text(options.lease.count()) + " us",
                                    "at least a microsecond"));
    }
    if (options.limit < 1) {
        WEFT_THROW(invalid_argument("limit", weft::to_text(options.limit), "at least 1"));
    }
    auto const earliest = std::chrono::sys_days(std::chrono::year{1} / 1 / 1);
    if (!is_finite(now) || !schema::detail::storable(now) || now - earliest < options.lease) {
        WEFT_THROW(invalid_argument("now", is_finite(now) ? "an instant outside" : "an infinity",
                                    "an instant of the years 0001 to 9999, lease included"));
    }
    using type = schema::sql_type;
    auto const place = [&](std::size_t n, type t) { return detail::typed_placeholder(n, t, d); };
    auto const table = detail::table_text<row>(options.schema);
    auto const at = place(1, type::timestamptz);
    statement out{"", {now, now - options.lease, options.limit}};
    std::string due = "select id from " + table +
                      " where (status = 'pending' or (status = "
                      "'processing' and started_at <= " +
                      place(2, type::timestamptz) + "))";
    if (options.job_type) {
        out.params.emplace_back(std::string(to_text(*options.job_type)));
        due += " and job_type = " + place(4, type::text);
    }
    due += " order by created_at, id limit " + place(3, type::int4);
    // Inside the set list the columns are those before the update.
    std::string const set =
        " set status = 'processing', started_at = " + at +
        ", completed_at = null, processing_time_ms = null, retry_count = coalesce(retry_count, 0) "
        "+ case status when 'processing' then 1 else 0 end, updated_at = " +
        at;
    if (d == dialect::postgres) {
        // The rows are locked by a query of its own, which is carried out once.
        out.text = "with due as materialized (" + due + " for update skip locked) update " + table +
                   set + " where id in (select id from due) returning ";
    } else {
        out.text = "update " + table + set + " where id in (" + due + ") returning ";
    }
    out.text += detail::column_list<row>();
    return out;
}

/// How a job went.
struct job_outcome {
    schema::job_status status = schema::job_status::completed; ///< or failed, or cancelled
    std::int32_t items_processed = 0;
    std::int32_t items_succeeded = 0;
    std::int32_t items_failed = 0;
    std::int32_t outreach_created = 0;
    std::optional<std::string> error_message{};
    std::optional<std::string> error_stack{};
};

/// Writes down how a claimed job went. Changes no row where the job is no longer this worker's: its
/// lease passed and another has claimed it (`started_at` is the one that the claim gave back).
/// completed_at is `now`, processing_time_ms what has passed since started_at. Throws
/// invalid_argument for an outcome that is no end, counts that do not add up, `now` before
/// started_at, or a text that cannot be stored.
[[nodiscard]] inline statement finish_job(uuid const& id, instant started_at,
                                          job_outcome const& outcome, instant now, dialect d,
                                          std::string const& schema = {}) {
    using enum schema::job_status;
    if (outcome.status != completed && outcome.status != failed && outcome.status != cancelled) {
        WEFT_THROW(invalid_argument(
            "status",
            schema::is_enumerator(outcome.status) ? std::string(to_text(outcome.status)) : "none",
            "completed, failed or cancelled"));
    }
    if (!is_finite(now) || !is_finite(started_at)) {
        WEFT_THROW(invalid_argument("now, started_at", "an infinity", "finite instants"));
    }
    schema::outreach_processing_jobs row;
    row.status = outcome.status;
    row.started_at = started_at;
    row.completed_at = now;
    row.items_processed = outcome.items_processed;
    row.items_succeeded = outcome.items_succeeded;
    row.items_failed = outcome.items_failed;
    row.outreach_created = outcome.outreach_created;
    row.error_message = outcome.error_message;
    row.error_stack = outcome.error_stack;
    schema::validate(row);
    auto const passed = std::chrono::floor<std::chrono::milliseconds>(now - started_at).count();
    constexpr std::int64_t most = 2'147'483'647;
    auto const milliseconds = static_cast<std::int32_t>(passed < most ? passed : most);

    statement out{"update " + detail::table_text<schema::outreach_processing_jobs>(schema) +
                      " set ",
                  {id, started_at}};
    auto const place = [&](schema::sql_type type, value v) {
        out.params.push_back(std::move(v));
        return detail::typed_placeholder(out.params.size(), type, d);
    };
    auto const text = [](std::optional<std::string> const& t) { return t ? value(*t) : value{}; };
    using type = schema::sql_type;
    out.text += "status = " + place(type::text, std::string(to_text(outcome.status)));
    auto const at = place(type::timestamptz, now);
    out.text += ", completed_at = " + at + ", updated_at = " + at;
    out.text += ", processing_time_ms = " + place(type::int4, milliseconds);
    out.text += ", items_processed = " + place(type::int4, outcome.items_processed);
    out.text += ", items_succeeded = " + place(type::int4, outcome.items_succeeded);
    out.text += ", items_failed = " + place(type::int4, outcome.items_failed);
    out.text += ", outreach_created = " + place(type::int4, outcome.outreach_created);
    out.text += ", error_message = " + place(type::text, text(outcome.error_message));
    out.text += ", error_stack = " + place(type::text, text(outcome.error_stack));
    out.text += " where id = " + detail::typed_placeholder(1, type::uuid, d) +
                " and status = 'processing' and started_at = " +
                detail::typed_placeholder(2, type::timestamptz, d);
    return out;
}

} // namespace weft::inline v0::sql
