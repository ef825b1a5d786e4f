#pragma once

#ifdef CONSUMER_SINGLE_HEADER
#include "weft.hpp"
#else
// First, so that it is seen to stand alone.
#include "weft/weft.hpp"

#include "weft/adapters/libpq.hpp"
#include "weft/adapters/sqlite3.hpp"
#endif

#include <string>
#include <string_view>
#include <vector>

/// Something of each wing, written out. Both halves of the program have a copy of their own and
/// have to agree.
static std::string said() {
    std::string out = "weft " WEFT_VERSION_STRING;
    auto const say = [&](std::string const& what) { out += "; " + what; };

    auto const now = weft::parse_instant("2026-01-01T00:00:00Z");
    weft::knot::braid const figure_eight(3, std::vector<int>{1, -2, 1, -2});
    auto const link = weft::knot::compute_invariants(figure_eight);
    say("determinant " + weft::knot::to_json(link).at("determinant").dump());
    say("similarity " + weft::to_text(weft::knot::similarity(link, link).score.value_or(0.0)));

    weft::quantum::qubit const up{0.0, 0.0, 1.0};
    say("fidelity " + weft::to_text(weft::quantum::fidelity(up, up)));

    weft::temporal::series const own({now, now + weft::days(1)}, {0.25, 0.5});
    say("half way " +
        weft::to_text(weft::temporal::instant_curve(own)(now + std::chrono::hours(12))));
    if (auto const f = weft::temporal::forecast_at(own, now + weft::days(2))) {
        say("forecast " + weft::to_text(f->value));
    }

    Eigen::MatrixXd c = Eigen::MatrixXd::Constant(4, 4, 0.5);
    c.diagonal().setZero();
    say("stability " + weft::to_text(weft::fabric::stability(c).stability.value_or(0.0)));

    weft::profile::entity a;
    a.id = "a";
    a.profile = {{"warmth", 0.25, 1.0}, {"calm", 0.75, 0.5}};
    auto b = a;
    b.id = "b";
    weft::profile::space space;
    space.profile = {"warmth", "calm"};
    weft::profile::encoder const encoder(space);
    auto const pair = weft::compatibility::scorer().score(encoder.encode(a), encoder.encode(b));
    say("score " + weft::to_text(pair.score.value_or(0.0)));

    say("cap " + weft::to_text(weft::outreach::daily_cap(weft::profile::contact_frequency::high)));

    weft::schema::outreach_history row;
    row.id = weft::parse_uuid("01234567-89ab-cdef-0123-456789abcdef");
    row.source_id = "b";
    row.sent_at = now;
    say(weft::sql::insert(row, weft::sql::dialect::sqlite).text);
    auto writer = weft::sql::make_copy_writer<weft::schema::outreach_history>(
        weft::sql::copy_format::text, [&](std::string_view piece) { say(std::string(piece)); }, {},
        weft::sql::copy_target::staging);
    writer.write(row);
    writer.finish();

#ifndef CONSUMER_SINGLE_HEADER
    weft::adapters::sqlite_connection db(":memory:");
    db.run_script(weft::sql::ddl(weft::sql::dialect::sqlite, {.with_auth = true}));
    db.execute({"PRAGMA foreign_keys = OFF", {}});
    weft::adapters::transaction tx(db);
    say("stored " + weft::to_text(db.execute(weft::sql::insert(row, db.dialect()))));
    tx.commit();
    try {
        weft::adapters::postgres_connection nowhere("host=/nonexistent");
    } catch (weft::sql_error const& e) {
        say(e.sqlstate());
    }
#endif
    return out;
}
