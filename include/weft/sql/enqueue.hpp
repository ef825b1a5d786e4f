#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "weft/core/time.hpp"
#include "weft/schema/outreach_history.hpp"
#include "weft/schema/outreach_queue.hpp"
#include "weft/sql/dialect.hpp"
#include "weft/sql/functions.hpp"
#include "weft/sql/statement.hpp"
#include "weft/sql/value.hpp"

/// Outreach is queued once, however many ask for it at the same time.
namespace weft::inline v0::sql {

namespace detail {

/// What stands against queueing: the same outreach open and not expired, or sent since `since`.
/// The texts are the values; `queue` and `history` the tables.
[[nodiscard]] inline std::string queued_or_sent(std::string const& queue,
                                                std::string const& history,
                                                std::string const& target,
                                                std::string const& source, std::string const& type,
                                                std::string const& now, std::string const& since) {
    auto const same =
        " where target_user_id = " + target + " and source_id = " + source + " and type = " + type;
    return "exists (select 1 from " + queue + same +
           " and status in ('pending', 'scheduled', 'delivered', 'seen') and (expires_at is null "
           "or expires_at > " +
           now + ")) or exists (select 1 from " + history + same + " and sent_at >= " + since + ")";
}

} // namespace detail

/// Inserts the row unless the same outreach (target, source, type) is open in the queue and has not
/// expired at `now`, or the history has it at now - lookback_days (days of 24 hours) or later, or a
/// row of this id exists. One statement, which changes one row or none.
///
/// It holds whoever else runs it at the same time. In PostgreSQL the migration's function
/// outreach_may_be_queued takes a lock on target, source and type until the transaction ends, and
/// looks only then. Under REPEATABLE READ and SERIALIZABLE it would look at the past, so it refuses
/// (25001; a database of version 2 lets SERIALIZABLE pass): use READ COMMITTED, which is the
/// server's usual. SQLite has one writer at a time. Plain inserts do not ask.
///
/// Throws invalid_argument where the row is faulty, lookback_days is negative, `now` infinite, or
/// options.citus is set: the form for a cluster does not have the function.
[[nodiscard]] inline statement enqueue_unless_recent(schema::outreach_queue const& row, instant now,
                                                     std::int32_t lookback_days, dialect d,
                                                     write_options const& options = {}) {
    using table = schema::outreach_queue;
    using type = schema::sql_type;
    (void)detail::recent_since(lookback_days, now);
    if (options.citus) {
        WEFT_THROW(
            invalid_argument("citus", "true", "false: a cluster has no outreach_may_be_queued"));
    }
    statement out{"", row_params(row)};
    auto const place_of = [](std::string_view name) {
        std::size_t n = 1;
        for (auto const& c : schema::columns_of<table>()) {
            if (c.name == name) break;
            ++n;
        }
        return n;
    };
    auto const place = [&](std::size_t n, type t) { return detail::typed_placeholder(n, t, d); };
    auto const target = place(place_of("target_user_id"), type::uuid);
    auto const source = place(place_of("source_id"), type::text);
    auto const kind = place(place_of("type"), type::text);
    auto const more = schema::column_count<table>;

    auto head = detail::insert_head<table>(d, options);
    auto const values = head.find(" values (");
    out.text = head.substr(0, values) + " select " +
               head.substr(values + std::string_view(" values (").size());
    out.text.pop_back();
    out.params.emplace_back(now);
    auto const at = place(more + 1, type::timestamptz);
    if (d == dialect::postgres) {
        out.params.emplace_back(lookback_days);
        auto const prefix =
            options.schema.empty() ? std::string() : quote_identifier(options.schema) + ".";
        out.text += " where " + prefix + "outreach_may_be_queued(" + target + ", " + source + ", " +
                    kind + ", " + place(more + 2, type::int4) + ", " + at + ")";
    } else {
        out.params.emplace_back(detail::recent_bound(lookback_days, now));
        out.text +=
            " where not (" +
            detail::queued_or_sent(detail::table_text<table>(options.schema),
                                   detail::table_text<schema::outreach_history>(options.schema),
                                   target, source, kind, at, place(more + 2, type::timestamptz)) +
            ")";
    }
    out.text += " on conflict (id) do nothing";
    return out;
}

} // namespace weft::inline v0::sql
