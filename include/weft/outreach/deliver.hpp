#pragma once

#include <optional>
#include <string>
#include <utility>

#include "weft/core/time.hpp"
#include "weft/outreach/cooldown.hpp"
#include "weft/outreach/ids.hpp"
#include "weft/profile/entity.hpp"
#include "weft/schema/outreach_history.hpp"
#include "weft/schema/outreach_queue.hpp"
#include "weft/sql/dialect.hpp"
#include "weft/sql/statement.hpp"
#include "weft/sql/value.hpp"

namespace weft::inline v0::outreach {

/// The two statements of one delivery. They belong into one transaction, and each has to change
/// exactly one row: otherwise somebody else delivered, answered or withdrew the outreach meanwhile,
/// and the transaction has to be undone and nothing sent.
struct delivery {
    sql::statement mark;   ///< the queue row becomes `delivered`
    sql::statement record; ///< the history row; a second one on the same UTC day fails with 23505
    schema::outreach_history history;
};

/// A delivery, or why there is none.
struct delivery_decision {
    std::optional<delivery> made;
    std::string refusal;
};

/// Decides whether a queued outreach may be delivered at `now`, and how. `log` holds the history
/// (sent contacts), not the open queue. Refuses on any doubt: a row without an id or without known
/// instants, one that is not waiting, expired or not yet due, one that was created after `now`, a
/// contact about the same source within the cooldown, a person who wants no contact.
/// Throws invalid_argument where the row is faulty or `now` is not finite.
[[nodiscard]] inline delivery_decision deliver(schema::outreach_queue const& row,
                                               contact_log const& log,
                                               profile::preferences const& wishes, instant now,
                                               sql::dialect d) {
    auto const refuse = [](std::string why) {
        return delivery_decision{std::nullopt, std::move(why)};
    };
    if (!row.id) return refuse("the row has no id");
    auto const status = row.status.value_or(schema::queue_status::pending);
    if (status != schema::queue_status::pending && status != schema::queue_status::scheduled) {
        return refuse("the row is " + std::string(schema::to_text(status)));
    }
    if (!row.created_at) return refuse("it is not known when the row was created");
    if (*row.created_at > now) return refuse("the row was created at a later time");
    if (row.expires_at && *row.expires_at <= now) return refuse("the row has expired");
    if (row.scheduled_for && *row.scheduled_for > now) return refuse("the row is not due yet");
    if (wishes.frequency == contact_frequency::off) return refuse("contacts are switched off");
    for (auto const muted : wishes.muted) {
        if (muted == row.type) return refuse("this type of outreach is muted");
    }
    if (auto why = log.why_not(row.target_user_id, row.source_id, row.type, now)) {
        return refuse(std::move(*why));
    }

    schema::outreach_history sent;
    sent.id = row_id("outreach_history", {weft::to_text(row.target_user_id), row.source_id,
                                          schema::to_text(row.type), to_iso(now)});
    sent.target_user_id = row.target_user_id;
    sent.source_id = row.source_id;
    sent.source_type = row.source_type;
    sent.type = row.type;
    sent.sent_at = now;
    sent.compatibility_score = row.compatibility_score;
    sent.status = schema::history_status::sent;
    sent.from_agent_id = row.from_agent_id;
    sent.to_agent_id = row.to_agent_id;
    sent.metadata = schema::jsonb{"{\"v\":1,\"queue_row\":\"" + weft::to_text(*row.id) + "\"}"};
    sent.updated_at = now;

    delivery out{sql::update_status(*row.id, schema::queue_status::delivered, now, now, d),
                 sql::insert(sent, d), sent};
    return {std::move(out), {}};
}

} // namespace weft::inline v0::outreach
