#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "weft/core/error.hpp"
#include "weft/core/number.hpp"
#include "weft/core/time.hpp"
#include "weft/core/uuid.hpp"
#include "weft/schema/tables.hpp"
#include "weft/sql/dialect.hpp"
#include "weft/sql/statement.hpp"
#include "weft/sql/value.hpp"

/// The migration's three functions for hosts without PostgreSQL: over rows in memory, and as
/// statements that SQLite takes. `now` stands for the transaction's now(); everything else, every
/// boundary included, is as in PostgreSQL.
namespace weft::inline v0::sql {

namespace detail {

[[nodiscard]] inline bool has_passed(std::optional<instant> const& expires_at,
                                     instant now) noexcept {
    return expires_at && *expires_at <= now;
}

/// The first instant that is recent. Days of 24 hours; beyond a million all rows are recent.
[[nodiscard]] inline instant recent_since(std::optional<std::int32_t> lookback_days, instant now) {
    if (!lookback_days || *lookback_days < 0) {
        WEFT_THROW(invalid_argument("lookback_days",
                                    lookback_days ? weft::to_text(*lookback_days) : "nothing",
                                    "a number of days >= 0"));
    }
    if (!is_finite(now) || !schema::detail::storable(now)) {
        WEFT_THROW(invalid_argument("now", "an infinity or an instant outside",
                                    "an instant of the years 0001 to 9999"));
    }
    return *lookback_days > 1'000'000 ? instant_minus_infinity : now - days(*lookback_days);
}

/// The same as a parameter: no instant before the year 1 but -infinity can be written or stored.
[[nodiscard]] inline instant recent_bound(std::optional<std::int32_t> lookback_days, instant now) {
    auto const since = recent_since(lookback_days, now);
    auto const earliest = instant(std::chrono::sys_days(std::chrono::year{1} / 1 / 1));
    return is_finite(since) && since < earliest ? earliest : since;
}

} // namespace detail

/// What cleanup_expired did.
struct cleanup_counts {
    std::int32_t deleted = 0; ///< rows of both caches: what the SQL function returns
    std::int32_t expired = 0; ///< queue rows that were marked
};

/// cleanup_expired_outreach_cache() on rows in memory: removes the rows of both caches with
/// expires_at <= now, marks pending and scheduled queue rows with expires_at <= now as expired
/// (updated_at becomes `now`). The order of what stays is kept. Linear. Throws overflow_error for
/// more than 2^31 - 1 rows.
inline cleanup_counts cleanup_expired(std::vector<schema::compatibility_cache>& pairs,
                                      std::vector<schema::predictive_signals_cache>& signals,
                                      std::span<schema::outreach_queue> queue, instant now) {
    if (pairs.size() + signals.size() > 2'147'483'647U || queue.size() > 2'147'483'647U) {
        WEFT_THROW(overflow_error("more rows than a 32-bit count holds"));
    }
    cleanup_counts counts;
    auto const removed = [&](auto& rows) {
        counts.deleted += static_cast<std::int32_t>(
            std::erase_if(rows, [&](auto const& row) { return row.expires_at <= now; }));
    };
    removed(pairs);
    removed(signals);
    for (auto& row : queue) {
        auto const status = row.status.value_or(schema::queue_status::pending);
        bool const waits =
            status == schema::queue_status::pending || status == schema::queue_status::scheduled;
        if (!waits || !detail::has_passed(row.expires_at, now)) continue;
        row.status = schema::queue_status::expired;
        row.updated_at = now;
        ++counts.expired;
    }
    return counts;
}

/// get_pending_outreach_count(user) over rows in memory: those of the user that are pending,
/// scheduled or delivered and whose expires_at is unset or later than `now`. Linear. Throws
/// overflow_error for more than 2^31 - 1.
[[nodiscard]] inline std::int32_t
pending_outreach_count(std::span<schema::outreach_queue const> queue, uuid const& user,
                       instant now) {
    std::size_t count = 0;
    for (auto const& row : queue) {
        bool const waits =
            row.status.value_or(schema::queue_status::pending) <= schema::queue_status::delivered;
        if (row.target_user_id == user && waits && !detail::has_passed(row.expires_at, now)) {
            ++count;
        }
    }
    if (count > 2'147'483'647U) {
        WEFT_THROW(overflow_error("more rows than a 32-bit count holds"));
    }
    return static_cast<std::int32_t>(count);
}

/// has_recent_outreach(user, source, type, days) over rows in memory: whether one of the user,
/// source and type was sent at now - lookback_days or later. A type that is none has no rows.
/// Linear. Throws invalid_argument for a lookback that is not given or negative (the SQL function:
/// 22023), for a `now` that is not finite, and for a row without sent_at, which is in no table.
[[nodiscard]] inline bool has_recent_outreach(std::span<schema::outreach_history const> history,
                                              uuid const& user, std::string_view source_id,
                                              std::string_view type, instant now,
                                              std::optional<std::int32_t> lookback_days = 30) {
    auto const since = detail::recent_since(lookback_days, now);
    auto const wanted = schema::from_text<schema::outreach_type>(type);
    bool found = false;
    for (std::size_t i = 0; i < history.size(); ++i) {
        auto const& row = history[i];
        if (!row.sent_at) {
            WEFT_THROW(invalid_argument("history[" + weft::to_text(i) + "].sent_at", "nothing",
                                        "an instant"));
        }
        found = found || (row.target_user_id == user && row.source_id == source_id &&
                          wanted == row.type && *row.sent_at >= since);
    }
    return found;
}

/// cleanup_expired_outreach_cache() as statements of both dialects, to be sent in one transaction.
/// The first two delete (the sum of their counts is what the function returns), the third marks.
/// `limit`: at most so many rows a statement, oldest expiry first; send them until none changes a
/// row. Throws invalid_argument for a limit below 1 or an infinite `now`.
[[nodiscard]] inline std::vector<statement>
cleanup_expired_statements(instant now, dialect d, std::optional<std::int32_t> limit = {},
                           std::string const& schema = {}) {
    using type = schema::sql_type;
    if (limit && *limit < 1) {
        WEFT_THROW(invalid_argument("limit", weft::to_text(*limit), "at least 1"));
    }
    if (!is_finite(now) || !schema::detail::storable(now)) {
        WEFT_THROW(invalid_argument("now", "an infinity or an instant outside",
                                    "an instant of the years 0001 to 9999"));
    }
    auto const at = detail::typed_placeholder(1, type::timestamptz, d);
    auto const one = [&](std::string const& head, std::string const& table,
                         std::string const& condition) {
        statement s{head + " where " + condition, {now}};
        if (limit) {
            s.text = head + " where id in (select id from " + table + " where " + condition +
                     " order by expires_at limit " + detail::typed_placeholder(2, type::int4, d) +
                     (d == dialect::postgres ? " for update skip locked)" : ")");
            s.params.emplace_back(*limit);
        }
        return s;
    };
    auto const pairs = detail::table_text<schema::compatibility_cache>(schema);
    auto const signals = detail::table_text<schema::predictive_signals_cache>(schema);
    auto const queue = detail::table_text<schema::outreach_queue>(schema);
    return {one("delete from " + pairs, pairs, "expires_at <= " + at),
            one("delete from " + signals, signals, "expires_at <= " + at),
            one("update " + queue + " set status = 'expired', updated_at = " + at, queue,
                "status in ('pending', 'scheduled') and expires_at <= " + at)};
}

/// get_pending_outreach_count(user) as a query of both dialects: one row, one integer.
[[nodiscard]] inline statement pending_outreach_count_query(uuid const& user, instant now,
                                                            dialect d,
                                                            std::string const& schema = {}) {
    using type = schema::sql_type;
    return {"select count(*) as pending from " +
                detail::table_text<schema::outreach_queue>(schema) +
                " where target_user_id = " + detail::typed_placeholder(1, type::uuid, d) +
                " and status in ('pending', 'scheduled', 'delivered') and (expires_at is null or "
                "expires_at > " +
                detail::typed_placeholder(2, type::timestamptz, d) + ")",
            {user, now}};
}

/// has_recent_outreach(user, source, type, days) as a query of both dialects: one row, 1 or 0.
/// Errors as the twin over rows.
[[nodiscard]] inline statement
has_recent_outreach_query(uuid const& user, std::string const& source_id, std::string const& type,
                          instant now, dialect d, std::optional<std::int32_t> lookback_days = 30,
                          std::string const& schema = {}) {
    using sql_type = schema::sql_type;
    auto const place = [&](std::size_t n, sql_type t) {
        return detail::typed_placeholder(n, t, d);
    };
    return {"select case when exists (select 1 from " +
                detail::table_text<schema::outreach_history>(schema) + " where target_user_id = " +
                place(1, sql_type::uuid) + " and source_id = " + place(2, sql_type::text) +
                " and type = " + place(3, sql_type::text) + " and sent_at >= " +
                place(4, sql_type::timestamptz) + ") then 1 else 0 end as recent",
            {user, source_id, type, detail::recent_bound(lookback_days, now)}};
}

} // namespace weft::inline v0::sql
