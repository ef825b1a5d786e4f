#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "weft/core/error.hpp"
#include "weft/core/number.hpp"
#include "weft/core/time.hpp"
#include "weft/core/uuid.hpp"
#include "weft/schema/jsonb.hpp"
#include "weft/schema/tables.hpp"
#include "weft/schema/validate.hpp"
#include "weft/sql/dialect.hpp"
#include "weft/sql/statement.hpp"
#include "weft/sql/value.hpp"

/// The reading that the tables are made for, each along an index of its own, and what one wants to
/// know of a running system. Every statement's text depends on dialect and options alone.
namespace weft::inline v0::sql {

/// Who reads. A user may not name the columns that are withheld (the snapshots of
/// compatibility_cache): decode such rows with `allow_missing`.
enum class reader : std::uint8_t { service, user };

struct read_options {
    std::int32_t limit = 100; ///< at most this many rows
    reader as = reader::service;
    std::string schema{}; ///< empty: the connection's search path
};

namespace detail {

/// A query of one table that is put together piece by piece.
template <class Row>
class query_builder {
public:
    query_builder(dialect d, read_options const& options)
        : dialect_(d)
        , limit_(options.limit) {
        if (options.limit < 1) {
            WEFT_THROW(invalid_argument("limit", weft::to_text(options.limit), "at least 1"));
        }
        for (auto const& c : schema::columns_of<Row>()) {
            if (options.as == reader::user && c.hidden_from_users) continue;
            out_.text += out_.text.empty() ? "select " : ", ";
            out_.text += c.name;
        }
        out_.text += " from " + table_text<Row>(options.schema) + " where ";
    }

    query_builder& with(std::string_view text) {
        out_.text += text;
        return *this;
    }
    template <class T>
    query_builder& bound(schema::sql_type type, T const& v) {
        check(v);
        out_.params.push_back(to_value(v));
        out_.text += typed_placeholder(out_.params.size(), type, dialect_);
        return *this;
    }
    [[nodiscard]] statement limited(std::string_view order) {
        out_.text += " order by ";
        out_.text += order;
        out_.text += " limit ";
        bound(schema::sql_type::int4, limit_);
        return std::move(out_);
    }

private:
    template <class T>
    static void check(T const& v) {
        schema::column_info c;
        c.name = "a value that is asked for";
        schema::detail::validate_value<Row>(c, v);
    }

    dialect dialect_;
    std::int32_t limit_;
    statement out_;
};

} // namespace detail

/// A user's outreach that is pending, scheduled or delivered and has not expired at `now`, the
/// newest first. Along idx_outreach_queue_target_user.
[[nodiscard]] inline statement pending_outreach(uuid const& user, instant now, dialect d,
                                                read_options const& options = {}) {
    using enum schema::sql_type;
    detail::query_builder<schema::outreach_queue> q(d, options);
    return q.with("target_user_id = ")
        .bound(uuid, user)
        .with(" and status in ('pending', 'scheduled', 'delivered') and (expires_at is null or "
              "expires_at > ")
        .bound(timestamptz, now)
        .with(")")
        .limited("created_at desc, id");
}

/// Outreach that waits and whose best moment has come, the earliest moment first, without what has
/// expired. Along idx_outreach_queue_optimal_timing.
[[nodiscard]] inline statement due_outreach(instant now, dialect d,
                                            read_options const& options = {}) {
    using enum schema::sql_type;
    detail::query_builder<schema::outreach_queue> q(d, options);
    q.with("status in ('pending', 'scheduled') and optimal_timing is not null and "
           "optimal_timing <= ");
    q.bound(timestamptz, now).with(" and (expires_at is null or expires_at > ");
    q.bound(timestamptz, now).with(")");
    return q.limited("optimal_timing, id");
}

/// A user's history, the latest first. Along idx_outreach_history_target.
[[nodiscard]] inline statement outreach_sent_to(uuid const& user, dialect d,
                                                read_options const& options = {}) {
    detail::query_builder<schema::outreach_history> q(d, options);
    return q.with("target_user_id = ")
        .bound(schema::sql_type::uuid, user)
        .limited("sent_at desc, id");
}

/// The newest history rows of a user, source and type since `since`, the boundary included. Along
/// idx_outreach_history_recent.
[[nodiscard]] inline statement recent_outreach(uuid const& user, std::string const& source_id,
                                               schema::outreach_type type, instant since, dialect d,
                                               read_options const& options = {}) {
    using enum schema::sql_type;
    detail::query_builder<schema::outreach_history> q(d, options);
    return q.with("target_user_id = ")
        .bound(uuid, user)
        .with(" and source_id = ")
        .bound(text, source_id)
        .with(" and type = ")
        .bound(text, type)
        .with(" and sent_at >= ")
        .bound(timestamptz, since)
        .limited("sent_at desc, id");
}

/// What the cache holds about a source and has not expired at `now`, the best first. Along
/// idx_compatibility_cache_source. For one pair: select_by_key.
[[nodiscard]] inline statement compatibility_of(std::string const& source_id,
                                                schema::cache_entity_type source_type, instant now,
                                                dialect d, read_options const& options = {}) {
    using enum schema::sql_type;
    detail::query_builder<schema::compatibility_cache> q(d, options);
    return q.with("source_id = ")
        .bound(text, source_id)
        .with(" and source_type = ")
        .bound(text, source_type)
        .with(" and expires_at > ")
        .bound(timestamptz, now)
        .limited("compatibility_score desc, id");
}

/// The same the other way round: who fits a target. Along idx_compatibility_cache_target.
[[nodiscard]] inline statement compatibility_with(std::string const& target_id,
                                                  schema::cache_entity_type target_type,
                                                  instant now, dialect d,
                                                  read_options const& options = {}) {
    using enum schema::sql_type;
    detail::query_builder<schema::compatibility_cache> q(d, options);
    return q.with("target_id = ")
        .bound(text, target_id)
        .with(" and target_type = ")
        .bound(text, target_type)
        .with(" and expires_at > ")
        .bound(timestamptz, now)
        .limited("compatibility_score desc, id");
}

/// Pairs of at least this score that have not expired at `now`, the best first. Along
/// idx_compatibility_cache_score.
[[nodiscard]] inline statement high_compatibility(double score, instant now, dialect d,
                                                  read_options const& options = {}) {
    using enum schema::sql_type;
    detail::query_builder<schema::compatibility_cache> q(d, options);
    return q.with("compatibility_score >= ")
        .bound(float8, score)
        .with(" and expires_at > ")
        .bound(timestamptz, now)
        .limited("compatibility_score desc");
}

/// Pairs whose best score within the horizon is at least this and that have not expired at `now`,
/// the best first. Along idx_compatibility_cache_future.
[[nodiscard]] inline statement promising_compatibility(double score, instant now, dialect d,
                                                       read_options const& options = {}) {
    using enum schema::sql_type;
    detail::query_builder<schema::compatibility_cache> q(d, options);
    return q.with("future_compatibility is not null and future_compatibility >= ")
        .bound(float8, score)
        .with(" and expires_at > ")
        .bound(timestamptz, now)
        .limited("future_compatibility desc, future_compatibility_time");
}

/// An entity's signals of one kind that have not expired at `now`, the latest first. Along
/// idx_predictive_signals_entity or unique_predictive_signal.
[[nodiscard]] inline statement signals_of(std::string const& entity_id,
                                          schema::signal_entity_type entity_type,
                                          schema::signal_type type, instant now, dialect d,
                                          read_options const& options = {}) {
    using enum schema::sql_type;
    detail::query_builder<schema::predictive_signals_cache> q(d, options);
    return q.with("entity_id = ")
        .bound(text, entity_id)
        .with(" and entity_type = ")
        .bound(text, entity_type)
        .with(" and signal_type = ")
        .bound(text, type)
        .with(" and expires_at > ")
        .bound(timestamptz, now)
        .limited("prediction_time desc, id");
}

/// Signals whose document contains another, in jsonb's sense of `@>`. Along the GIN index; SQLite
/// has no such operator: invalid_argument there.
[[nodiscard]] inline statement signals_containing(schema::jsonb const& part, dialect d,
                                                  read_options const& options = {}) {
    if (d != dialect::postgres) {
        WEFT_THROW(invalid_argument("dialect", "sqlite", "postgres, which has @>"));
    }
    detail::query_builder<schema::predictive_signals_cache> q(d, options);
    return q.with("prediction_data @> ").bound(schema::sql_type::jsonb, part).limited("id");
}

/// One question about a running system: what it tells, and the query.
struct monitoring_query {
    std::string_view name;
    std::string_view tells;
    statement query;
};

/// How the queue, the jobs, the caches and the answers are, in counts: nothing about a person.
/// For the service. Each gives its columns by name; counts are integers.
[[nodiscard]] inline std::vector<monitoring_query>
monitoring_queries(instant now, dialect d,
                   std::chrono::microseconds lease = std::chrono::minutes(15),
                   std::string const& schema = {}) {
    if (!is_finite(now) || !schema::detail::storable(now) ||
        !schema::detail::storable(now - lease) || lease.count() < 1) {
        WEFT_THROW(invalid_argument("now, lease", "an infinity, or instants outside",
                                    "instants of the years 0001 to 9999"));
    }
    bool const postgres = d == dialect::postgres;
    auto const table = [&]<class Row>(std::type_identity<Row>) {
        return detail::table_text<Row>(schema);
    };
    auto const queue = table(std::type_identity<schema::outreach_queue>{});
    auto const history = table(std::type_identity<schema::outreach_history>{});
    auto const pairs = table(std::type_identity<schema::compatibility_cache>{});
    auto const signals = table(std::type_identity<schema::predictive_signals_cache>{});
    auto const jobs = table(std::type_identity<schema::outreach_processing_jobs>{});
    auto const at = detail::typed_placeholder(1, schema::sql_type::timestamptz, d);
    auto const when = [](std::string const& condition) {
        return "count(case when " + condition + " then 1 end)";
    };
    std::vector<monitoring_query> out{
        {"queue_by_status",
         "how many rows of each status, how many of these have expired, and the oldest",
         {"select status, count(*) as rows, " + when("expires_at <= " + at) +
              " as expired, min(created_at) as oldest from " + queue +
              " group by status order by status",
          {now}}},
        {"queue_by_type",
         "what waits, by type, and how well it fits",
         {"select type, count(*) as rows, avg(compatibility_score) as mean_score from " + queue +
              " where status in ('pending', 'scheduled') group by type order by type",
          {}}},
        {"answers_by_type",
         "what was sent, by type, and how it was answered",
         {"select type, count(*) as sent, " + when("status = 'accepted'") + " as accepted, " +
              when("status = 'rejected'") + " as rejected, " + when("status = 'ignored'") +
              " as ignored from " + history + " group by type order by type",
          {}}},
        {"cache_by_age",
         "how many rows of both caches are good, and how many wait for cleanup",
         {"select 'compatibility_cache' as name, " + when("expires_at > " + at) + " as live, " +
              when("expires_at <= " + at) + " as expired from " + pairs +
              " union all select 'predictive_signals_cache', " + when("expires_at > " + at) + ", " +
              when("expires_at <= " + at) + " from " + signals,
          {now}}},
        {"jobs_by_status",
         "how many jobs of each kind and status, how long they took, what they made",
         {"select job_type, status, count(*) as jobs, cast(avg(processing_time_ms) as double "
          "precision) as mean_ms, "
          "max(processing_time_ms) as longest_ms, sum(outreach_created) as outreach_created, "
          "sum(items_failed) as items_failed from " +
              jobs + " group by job_type, status order by job_type, status",
          {}}},
        {"jobs_to_retry",
         "failed jobs that were retried fewer than three times; along idx_outreach_jobs_failed",
         {"select id, job_type, retry_count, error_message from " + jobs +
              " where status = 'failed' and retry_count < 3 order by retry_count, id",
          {}}},
        {"jobs_whose_worker_is_gone",
         "jobs in processing whose lease has passed",
         {"select id, job_type, started_at, retry_count from " + jobs +
              " where status = 'processing' and started_at <= " + at + " order by started_at, id",
          {now - lease}}},
    };
    if (postgres) {
        std::string names;
        for (auto const name : schema::table_names) {
            if (!names.empty()) names += ", ";
            names += "('" + std::string(name) + "')";
        }
        auto const prefix = schema.empty() ? std::string() : quote_identifier(schema) + ".";
        out.push_back({"storage",
                       "bytes of each table and of its indexes, and rows as of the last analyze",
                       {"select names.name, pg_table_size(live.oid) as table_bytes, "
                        "pg_indexes_size(live.oid) as index_bytes, live.reltuples as rows from "
                        "(values " +
                            names +
                            ") as names(name) join pg_class as live on live.oid = "
                            "to_regclass(" +
                            placeholder(1, d) + "::text || names.name) order by names.name",
                        {prefix}}});
    }
    return out;
}

} // namespace weft::inline v0::sql
