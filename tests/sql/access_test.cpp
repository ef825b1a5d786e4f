// Who may do what: role x table x command, on a server prepared as Supabase prepares it (default
// privileges that grant everything) and on one that has only what --with-auth makes.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include <gtest/gtest.h>

#include "support.hpp"

namespace {

using namespace weft::schema;
using weft::sql::dialect;
using weft_test::sample;
using weft_test::state_of;
using weft_test::user_a;
using weft_test::user_b;

/// A server with rows of A, of B and of neither, and a session that can become any role.
class access : public testing::TestWithParam<bool> {
protected:
    weft_test::postgres_database db{GetParam()};
    weft_test::postgres_connection& admin = db.connection;
    weft_test::postgres_connection session{db.db.url()};

    access() {
        std::uint8_t n = 0;
        for (auto const& user : {user_a, user_b}) {
            auto const text = weft::to_text(user);
            for (auto const status :
                 {queue_status::pending, queue_status::scheduled, queue_status::delivered,
                  queue_status::seen, queue_status::accepted, queue_status::rejected,
                  queue_status::ignored, queue_status::expired}) {
                auto row = sample<outreach_queue>(++n);
                row.target_user_id = user;
                row.status = status;
                row.expires_at.reset();
                insert(row);
            }
            auto history = sample<outreach_history>(++n);
            history.target_user_id = user;
            insert(history);
            auto pair = sample<compatibility_cache>(++n);
            pair.source_id = text;
            pair.source_snapshot = pair.target_snapshot = jsonb{"{\"secret\":1}"};
            insert(pair);
            pair = sample<compatibility_cache>(++n);
            pair.source_type = cache_entity_type::event;
            pair.target_id = text;
            insert(pair);
            // The same id under another type is not the user.
            pair = sample<compatibility_cache>(++n);
            pair.source_id = pair.target_id = text;
            pair.source_type = pair.target_type = cache_entity_type::agent;
            insert(pair);
            auto signal = sample<predictive_signals_cache>(++n);
            signal.entity_id = text;
            insert(signal);
            signal = sample<predictive_signals_cache>(++n);
            signal.entity_id = text;
            signal.entity_type = signal_entity_type::agent;
            insert(signal);
        }
        insert(sample<outreach_processing_jobs>());
    }

    template <class Row>
    void insert(Row const& row) {
        admin.execute(weft::sql::insert(row, dialect::postgres));
    }

    void become(std::string const& role, std::string const& claims) {
        session.execute({"reset role", {}});
        session.execute({"select set_config('request.jwt.claims', $1::text, false)", {claims}});
        session.execute({"set role " + role, {}});
    }
    void become_a() { become("authenticated", claims(user_a)); }

    static std::string claims(weft::uuid const& user) {
        return R"({"sub":")" + weft::to_text(user) + R"(","role":"authenticated"})";
    }

    std::string rows(std::string const& table, std::string const& columns = "1") {
        return state_of(session, "select " + columns + " from " + table) == "00000"
                   ? weft::to_text(
                         session.query({"select " + columns + " from " + table, {}}).values.size())
                   : "refused";
    }
};

TEST_P(access, anon_gets_nothing_anywhere) {
    for (auto const* claims : {"", "{}", "{\"role\":\"anon\"}"}) {
        become("anon", claims);
        for (auto const name : table_names) {
            std::string const t(name);
            for (auto const& text :
                 {"select 1 from " + t, "select id from " + t,
                  "insert into " + t + " default values", "update " + t + " set id = id",
                  "delete from " + t, "truncate " + t}) {
                EXPECT_EQ(state_of(session, text), "42501") << text;
            }
        }
    }
}

TEST_P(access, a_user_sees_own_rows_only) {
    become_a();
    EXPECT_EQ(rows("outreach_queue", "*"), "8");
    EXPECT_EQ(rows("outreach_history", "*"), "1");
    EXPECT_EQ(rows("compatibility_cache"), "2");
    EXPECT_EQ(rows("predictive_signals_cache", "*"), "1");
    EXPECT_EQ(rows("outreach_processing_jobs"), "refused");
    for (auto const* table : {"outreach_queue", "outreach_history"}) {
        EXPECT_EQ(weft_test::one(session,
                                 std::string("select bool_and(target_user_id = "
                                             "$1::uuid) from ") +
                                     table,
                                 {user_a}),
                  weft::sql::value(true));
    }
    EXPECT_EQ(weft_test::one(session,
                             "select count(*) from compatibility_cache where source_id = $1::text "
                             "or target_id = $1::text",
                             {weft::to_text(user_b)}),
              weft::sql::value(std::int64_t{0}));
}

TEST_P(access, snapshots_are_never_shown) {
    become_a();
    for (auto const* text :
         {"select source_snapshot from compatibility_cache",
          "select target_snapshot from compatibility_cache", "select * from compatibility_cache",
          "select id from compatibility_cache where source_snapshot is not null",
          "select compatibility_cache from compatibility_cache"}) {
        EXPECT_EQ(state_of(session, text), "42501") << text;
    }
    EXPECT_EQ(rows("compatibility_cache", "compatibility_score, metadata, expires_at"), "2");
}

TEST_P(access, a_token_without_a_subject_sees_nothing) {
    for (auto const* claims : {"", "{}", "{\"role\":\"authenticated\"}", "{\"sub\":null}"}) {
        become("authenticated", claims);
        EXPECT_EQ(rows("outreach_queue"), "0") << claims;
        EXPECT_EQ(rows("outreach_history"), "0") << claims;
        EXPECT_EQ(rows("compatibility_cache"), "0") << claims;
        EXPECT_EQ(rows("predictive_signals_cache"), "0") << claims;
        EXPECT_EQ(state_of(session, "update outreach_queue set status = 'seen'"), "00000");
    }
    EXPECT_EQ(weft_test::one(admin, "select count(*) from outreach_queue where status = 'seen'"),
              weft::sql::value(std::int64_t{2}));
}

TEST_P(access, a_user_neither_inserts_nor_deletes_nor_truncates) {
    become_a();
    for (auto const name : table_names) {
        std::string const t(name);
        for (auto const& text :
             {"insert into " + t + " default values", "delete from " + t, "truncate " + t,
              "truncate " + t + " cascade", "alter table " + t + " disable row level security",
              "create index on " + t + " (id)", "select 1 from " + t + " for update",
              "drop table " + t}) {
            auto const state = state_of(session, text);
            bool const locks = text.ends_with("for update") && t == "outreach_queue";
            EXPECT_EQ(state, locks ? "00000" : "42501") << text;
        }
    }
    EXPECT_EQ(state_of(session, weft::sql::insert(sample<outreach_queue>(99), dialect::postgres)),
              "42501");
    EXPECT_EQ(state_of(session, weft::sql::upsert(sample<outreach_queue>(1), dialect::postgres)),
              "42501");
    for (auto const* table : {"outreach_history", "compatibility_cache", "predictive_signals_cache",
                              "outreach_processing_jobs"}) {
        EXPECT_EQ(state_of(session, std::string("update ") + table + " set metadata = '{}'"),
                  "42501");
    }
}

TEST_P(access, a_user_answers_open_outreach_and_changes_nothing_else) {
    auto const& texts = enum_names<queue_status>::texts;
    for (std::size_t i = 0; i < texts.size(); ++i) {
        for (auto const to : texts) {
            session.execute({"reset role", {}});
            admin.execute({"update outreach_queue set status = $2::text where id = $1::uuid",
                           {weft_test::id_of(1), std::string(texts[i])}});
            become_a();
            auto const text = "update outreach_queue set status = '" + std::string(to) +
                              "' where id = '" + weft::to_text(weft_test::id_of(1)) + "'";
            bool const open = i < 4;
            bool const legal = to != "pending" && to != "scheduled" && to != "expired";
            if (!open) {
                EXPECT_EQ(session.execute({text, {}}), 0) << texts[i] << ">" << to;
            } else {
                EXPECT_EQ(state_of(session, text), legal ? "00000" : "42501")
                    << texts[i] << ">" << to;
            }
        }
    }
    admin.execute({"update outreach_queue set status = 'pending', updated_at = '2020-01-01Z' "
                   "where id = $1::uuid",
                   {weft_test::id_of(1)}});
    become_a();
    EXPECT_EQ(session.execute({"update outreach_queue set status = 'accepted', response_action = "
                               "'accepted', responded_at = now(), seen_at = now(), delivered_at = "
                               "now() where id = $1::uuid",
                               {weft_test::id_of(1)}}),
              1);
    EXPECT_EQ(weft_test::one(admin,
                             "select updated_at > now() - interval '1 hour' from outreach_queue "
                             "where id = $1::uuid",
                             {weft_test::id_of(1)}),
              weft::sql::value(true));
    EXPECT_EQ(state_of(session, "update outreach_queue set status = 'accepted', response_action = "
                                "'rejected'"),
              "23514");
    // The same by the statements of the headers: workers say updated_at, a user may not.
    using enum queue_status;
    admin.execute({"update outreach_queue set status = 'pending', response_action = null "
                   "where id = $1::uuid",
                   {weft_test::id_of(1)}});
    auto const at = weft::parse_instant("2026-03-01T12:00:00Z");
    EXPECT_EQ(state_of(session, weft::sql::update_status(weft_test::id_of(1), seen, at, at,
                                                         weft::sql::dialect::postgres)),
              "42501");
    for (auto const to : {delivered, seen, accepted}) {
        EXPECT_EQ(session.execute(weft::sql::update_status_as_user(weft_test::id_of(1), to, at)), 1)
            << to_text(to);
    }
    EXPECT_EQ(session.execute(weft::sql::update_status_as_user(weft_test::id_of(1), seen, at)), 0);
    for (auto const to : {pending, scheduled, expired}) {
        EXPECT_THROW((void)weft::sql::update_status_as_user(weft_test::id_of(1), to, at),
                     weft::invalid_argument);
    }
}

TEST_P(access, forged_updates_are_refused) {
    become_a();
    for (auto const& column : columns_of<outreach_queue>()) {
        if (column.updated_by_users) continue;
        EXPECT_EQ(state_of(session, "update outreach_queue set status = 'seen', " +
                                        std::string(column.name) + " = " +
                                        std::string(column.name)),
                  "42501")
            << column.name;
    }
    EXPECT_EQ(session.execute({"update outreach_queue set status = 'seen' where target_user_id = "
                               "$1::uuid",
                               {user_b}}),
              0);
    EXPECT_EQ(session.execute({"update outreach_queue set status = 'rejected'", {}}), 4)
        << "A's four open rows";
    EXPECT_EQ(weft_test::one(admin,
                             "select count(*) from outreach_queue where target_user_id = $1::uuid "
                             "and status = 'rejected'",
                             {user_b}),
              weft::sql::value(std::int64_t{1}));
}

TEST_P(access, the_service_does_everything) {
    become("service_role", "{\"role\":\"service_role\"}");
    EXPECT_EQ(rows("outreach_queue", "*"), "16");
    EXPECT_EQ(rows("compatibility_cache", "*"), "6");
    for_each_table([&]<class Row>(std::type_identity<Row>) {
        std::string const t(table<Row>::name);
        auto row = sample<Row>(200);
        EXPECT_EQ(state_of(session, weft::sql::insert(row, dialect::postgres)), "00000") << t;
        EXPECT_EQ(state_of(session, weft::sql::upsert(row, dialect::postgres)), "00000") << t;
        EXPECT_EQ(session.execute({"update " + t + " set metadata = '{}' where id = $1::uuid",
                                   {weft_test::id_of(200)}}),
                  1);
        EXPECT_EQ(
            session.execute({"delete from " + t + " where id = $1::uuid", {weft_test::id_of(200)}}),
            1);
        EXPECT_EQ(state_of(session, "delete from " + t), "00000");
        EXPECT_EQ(weft_test::count(session, t), 0);
    });
}

TEST_P(access, functions_are_for_those_they_are_for) {
    std::string const a = "'" + weft::to_text(user_a) + "'";
    std::string const b = "'" + weft::to_text(user_b) + "'";
    become("anon", "");
    EXPECT_EQ(state_of(session, "select cleanup_expired_outreach_cache()"), "42501");
    EXPECT_EQ(state_of(session, "select get_pending_outreach_count(" + a + ")"), "42501");
    EXPECT_EQ(state_of(session, "select has_recent_outreach(" + a + ", 's', 'event_call')"),
              "42501");
    become_a();
    EXPECT_EQ(state_of(session, "select cleanup_expired_outreach_cache()"), "42501");
    EXPECT_EQ(weft_test::one(session, "select get_pending_outreach_count(" + a + ")"),
              weft::sql::value(3));
    EXPECT_EQ(weft_test::one(session, "select get_pending_outreach_count(" + b + ")"),
              weft::sql::value(0))
        << "A learns nothing about B";
    auto const recent = [](std::string const& user, std::string const& source) {
        return "select has_recent_outreach(" + user + ", '" + source +
               "', 'community_invitation', 1000000000)";
    };
    auto const source = [&](weft::uuid const& user) {
        return std::get<std::string>(weft_test::one(
            admin, "select source_id from outreach_history where target_user_id = $1::uuid",
            {user}));
    };
    EXPECT_EQ(weft_test::one(session, recent(a, source(user_a))), weft::sql::value(true));
    EXPECT_EQ(weft_test::one(session, recent(b, source(user_b))), weft::sql::value(false));
    become("service_role", "");
    EXPECT_EQ(weft_test::one(session, recent(b, source(user_b))), weft::sql::value(true));
    EXPECT_EQ(weft_test::one(session, "select get_pending_outreach_count(" + b + ")"),
              weft::sql::value(3));
    EXPECT_EQ(state_of(session, "select cleanup_expired_outreach_cache()"), "00000");
    for (auto const* role : {"anon", "authenticated"}) {
        become(role, claims(user_a));
        for (auto const* function :
             {"outreach_forget_user", "outreach_updated_at_said", "outreach_updated_at_kept"}) {
            EXPECT_EQ(state_of(session, std::string("select ") + function + "()"), "42501");
        }
    }
}

TEST_P(access, a_search_path_of_the_callers_changes_nothing) {
    become_a();
    session.execute({"create temp table outreach_queue (target_user_id uuid, status text, "
                     "expires_at timestamptz)",
                     {}});
    session.execute({"insert into pg_temp.outreach_queue select $1::uuid, 'pending', null from "
                     "generate_series(1, 50)",
                     {user_a}});
    session.execute({"set search_path = pg_temp, public", {}});
    EXPECT_EQ(
        weft_test::one(session, "select public.get_pending_outreach_count($1::uuid)", {user_a}),
        weft::sql::value(3));
}

TEST_P(access, nothing_of_the_callers_runs_inside_the_functions) {
    // A schema of the attacker's before all others, pg_catalog at the end, and in it whatever the
    // functions' names, operators and tables could be mistaken for.
    auto const raising = [](std::string const& signature, std::string const& type) {
        return "create function attacker." + signature + " returns " + type +
               " language plpgsql as $$ begin raise exception 'hijacked'; end $$;";
    };
    std::string script = "create schema attacker;"
                         "grant usage on schema attacker to anon, authenticated, service_role;" +
                         raising("now()", "timestamptz") + raising("uid()", "uuid") +
                         raising("make_interval(hours integer)", "interval") +
                         raising("same(uuid, uuid)", "boolean") +
                         raising("same(text, text)", "boolean") +
                         raising("before(timestamptz, timestamptz)", "boolean");
    for (auto const* type : {"uuid", "text"}) {
        script += std::string("create operator attacker.= (leftarg = ") + type +
                  ", rightarg = " + type + ", function = attacker.same);";
    }
    for (auto const* name : {"<=", ">=", ">", "<"}) {
        script += std::string("create operator attacker.") + name +
                  " (leftarg = timestamptz, rightarg = timestamptz, function = attacker.before);";
    }
    for (auto const name : table_names) {
        auto const t = std::string(name);
        script += "create table attacker." + t + " (like public." + t + ");" +
                  "grant all on attacker." + t + " to anon, authenticated, service_role;";
    }
    admin.run_script(script);
    auto pair = sample<compatibility_cache>(240);
    pair.calculated_at = weft_test::at("2020-01-01T00:00:00Z");
    pair.expires_at = weft_test::at("2020-01-02T00:00:00Z");
    insert(pair);
    auto signal = sample<predictive_signals_cache>(240);
    signal.calculated_at = pair.calculated_at;
    signal.expires_at = pair.expires_at;
    insert(signal);
    std::string const path = "set search_path = attacker, pg_temp, public, auth, pg_catalog";
    become_a();
    session.execute({path, {}});
    EXPECT_EQ(state_of(session, "select now()"), "P0001") << "the attack itself works";
    EXPECT_EQ(state_of(session, "select $1::uuid = $1::uuid", {user_a}), "P0001");
    EXPECT_EQ(
        weft_test::one(session, "select public.get_pending_outreach_count($1::uuid)", {user_a}),
        weft::sql::value(3));
    EXPECT_EQ(weft_test::one(session,
                             "select public.has_recent_outreach($1::uuid, 'source-9', "
                             "'community_invitation', 1000000)",
                             {user_a}),
              weft::sql::value(true));
    // Supabase's own auth.uid() has no search path of its own: there the attacker keeps himself
    // out.
    EXPECT_EQ(state_of(session, "update public.outreach_queue set status = 'seen'"),
              GetParam() ? "P0001" : "00000");
    become("service_role", "");
    session.execute({path, {}});
    EXPECT_EQ(weft_test::one(session, "select public.cleanup_outreach_batch(1)"),
              weft::sql::value(2));
    EXPECT_EQ(state_of(session, "select public.cleanup_expired_outreach_cache()"), "00000");
    EXPECT_EQ(state_of(session, "select public.retain_outreach()"), "00000");
    EXPECT_EQ(weft_test::one(session,
                             "select public.outreach_may_be_queued($1::uuid, 'new', 'event_call')",
                             {user_a}),
              weft::sql::value(true));
    // The one function that runs with its owner's rights.
    admin.execute({path, {}});
    EXPECT_EQ(state_of(admin, "delete from auth.users where id OPERATOR(pg_catalog.=) $1::uuid",
                       {user_b}),
              "00000");
    admin.execute({"reset search_path", {}});
    EXPECT_EQ(weft_test::count(admin, "public.predictive_signals_cache where entity_type = 'user' "
                                      "and entity_id = '" +
                                          weft::to_text(user_b) + "'"),
              0);
}

TEST_P(access, every_function_is_pinned_and_granted_to_those_it_is_for) {
    // Who may execute: a for anon, u for authenticated, s for service_role. Triggers' functions are
    // for nobody to call; what Supabase grants its service there is refused when it is called.
    std::map<std::string, std::string> const callers{
        {"cleanup_expired_outreach_cache", "s"}, {"cleanup_outreach_batch", "s"},
        {"get_pending_outreach_count", "us"},    {"has_recent_outreach", "us"},
        {"outreach_forget_user", "trigger"},     {"outreach_may_be_queued", "s"},
        {"outreach_schema_version", "s"},        {"outreach_updated_at_kept", "trigger"},
        {"outreach_updated_at_said", "trigger"}, {"retain_outreach", "s"},
    };
    auto const found = admin.query(
        {"select p.proname::text, p.prosecdef, coalesce(p.proconfig[1], ''), prorettype = "
         "'trigger'::regtype, has_function_privilege('anon', p.oid, 'execute'), "
         "has_function_privilege('authenticated', p.oid, 'execute'), "
         "has_function_privilege('service_role', p.oid, 'execute'), exists (select from "
         "aclexplode(p.proacl) where grantee = 0) or p.proacl is null from pg_proc p where "
         "pronamespace = 'public'::regnamespace order by 1",
         {}});
    ASSERT_EQ(found.values.size(), callers.size());
    for (auto const& row : found.values) {
        auto const& name = std::get<std::string>(row[0]);
        auto const yes = [&](std::size_t i) { return std::get<bool>(row[i]); };
        auto const at = callers.find(name);
        ASSERT_NE(at, callers.end()) << name;
        EXPECT_EQ(yes(1), name == "outreach_forget_user") << name << ": security definer";
        EXPECT_EQ(std::get<std::string>(row[2]), "search_path=\"\"") << name;
        EXPECT_EQ(yes(3), at->second == "trigger") << name;
        EXPECT_FALSE(yes(4)) << name;
        EXPECT_EQ(yes(5), at->second == "us") << name;
        EXPECT_TRUE(yes(3) || yes(6)) << name;
        EXPECT_FALSE(yes(7)) << name << " is public";
    }
}

/// Every cell of role x table x command x whose row. A cell says how many rows the statement
/// reaches, or x where it is refused with 42501.
TEST_P(access, role_by_table_by_command) {
    struct line {
        char const* role;
        char const* table;
        // SELECT, INSERT, UPDATE, DELETE: each of A's row and of B's; TRUNCATE.
        char const* cells;
    };
    constexpr line matrix[] = {
        {"anon", "outreach_queue", "xx xx xx xx x"},
        {"anon", "outreach_history", "xx xx xx xx x"},
        {"anon", "compatibility_cache", "xx xx xx xx x"},
        {"anon", "predictive_signals_cache", "xx xx xx xx x"},
        {"anon", "outreach_processing_jobs", "xx xx xx xx x"},
        {"nobody", "outreach_queue", "00 xx 00 xx x"},
        {"nobody", "outreach_history", "00 xx xx xx x"},
        {"nobody", "compatibility_cache", "00 xx xx xx x"},
        {"nobody", "predictive_signals_cache", "00 xx xx xx x"},
        {"nobody", "outreach_processing_jobs", "xx xx xx xx x"},
        {"A", "outreach_queue", "10 xx 10 xx x"},
        {"A", "outreach_history", "10 xx xx xx x"},
        {"A", "compatibility_cache", "10 xx xx xx x"},
        {"A", "predictive_signals_cache", "10 xx xx xx x"},
        {"A", "outreach_processing_jobs", "xx xx xx xx x"},
        {"B", "outreach_queue", "01 xx 01 xx x"},
        {"B", "outreach_history", "01 xx xx xx x"},
        {"B", "compatibility_cache", "01 xx xx xx x"},
        {"B", "predictive_signals_cache", "01 xx xx xx x"},
        {"B", "outreach_processing_jobs", "xx xx xx xx x"},
        {"service", "outreach_queue", "11 11 11 11 0"},
        {"service", "outreach_history", "11 11 11 11 0"},
        {"service", "compatibility_cache", "11 11 11 11 0"},
        {"service", "predictive_signals_cache", "11 11 11 11 0"},
        {"service", "outreach_processing_jobs", "11 11 11 11 0"},
    };
    auto const reaches = [&](weft::sql::statement const& s) {
        weft::adapters::transaction undone(session);
        try {
            return weft::to_text(session.execute(s));
        } catch (weft::sql_error const& e) {
            return e.sqlstate() == "42501" ? std::string("x") : e.sqlstate();
        }
    };
    std::size_t cells = 0;
    for (auto const& each : matrix) {
        std::string const role = each.role;
        std::string const t = each.table;
        std::string got;
        visit_table(t, [&]<class Row>(std::type_identity<Row>) {
            auto const of = [&](weft::uuid const& owner, std::uint8_t n) {
                auto row = sample<Row>(n);
                if constexpr (requires { row.target_user_id; }) row.target_user_id = owner;
                if constexpr (requires { row.target_type; }) {
                    row.source_id = weft::to_text(owner);
                    row.target_id = "matrix";
                }
                if constexpr (requires { row.entity_id; }) row.entity_id = weft::to_text(owner);
                return row;
            };
            session.execute({"reset role", {}});
            if (role == "A" || role == "B") {
                become("authenticated", claims(role == "A" ? user_a : user_b));
            } else if (role == "nobody") {
                become("authenticated", R"({"role":"authenticated"})");
            } else {
                become(role == "service" ? "service_role" : role, "");
            }
            // Rows of their own, beside those that every test here has.
            auto a = of(user_a, 230);
            auto b = of(user_b, 231);
            if constexpr (requires { a.signal_type; }) {
                a.target_time = b.target_time = weft_test::at("2027-01-01T00:00:00Z");
            }
            admin.execute(
                {"delete from " + t + " where id in ($1::uuid, $2::uuid)", {*a.id, *b.id}});
            auto const inserts = {reaches(weft::sql::insert(a, dialect::postgres)),
                                  reaches(weft::sql::insert(b, dialect::postgres))};
            insert(a);
            insert(b);
            auto const both = [&](std::string const& text) {
                for (auto const& row : {a, b}) got += reaches({text + "$1::uuid", {*row.id}});
                got += ' ';
            };
            both("select id from " + t + " where id = ");
            for (auto const& cell : inserts) got += cell;
            got += ' ';
            both("update " + t + " set " +
                 (t == "outreach_queue" ? "status = 'seen'" : "metadata = '{}'") + " where id = ");
            both("delete from " + t + " where id = ");
            got += reaches({"truncate " + t, {}});
        });
        EXPECT_EQ(got, each.cells) << role << " on " << t;
        cells += 9;
    }
    EXPECT_EQ(cells, 225U);
}

TEST_P(access, no_other_way_to_write_is_open_to_a_user) {
    become_a();
    auto const forged = sample<outreach_queue>(99);
    auto const id = "'" + weft::to_text(weft_test::id_of(1)) + "'"; // A's own row
    for (auto const& text : {
             "merge into outreach_queue q using (select " + id +
                 "::uuid as id) s on q.id = s.id when matched then delete",
             "merge into outreach_queue q using (select " + id +
                 "::uuid as id) s on q.id = s.id when matched then update set target_user_id = '" +
                 weft::to_text(user_b) + "'",
             "with gone as (delete from outreach_queue where id = " + id +
                 " returning id) select * from gone",
             "insert into outreach_queue (id) values (" + id +
                 ") on conflict (id) do update set status = 'seen'",
             std::string("copy outreach_queue from stdin"),
             std::string("update outreach_queue set target_user_id = auth.uid()"),
             "update outreach_queue set id = " + id,
             std::string("create policy mine on outreach_queue using (true)"),
             std::string("create rule r as on update to outreach_queue do instead nothing"),
             std::string("alter table outreach_queue owner to authenticated"),
             std::string("grant all on outreach_queue to authenticated"),
             std::string("alter function get_pending_outreach_count(uuid) security definer"),
         }) {
        auto const state = state_of(session, text);
        // A grant without the right to grant is a warning, and does nothing.
        EXPECT_EQ(state, text.starts_with("grant") ? "00000" : "42501") << text;
    }
    EXPECT_EQ(weft_test::one(session, "select has_table_privilege('outreach_queue', 'delete')"),
              weft::sql::value(false));
}

TEST_P(access, deleting_a_user_removes_the_users_rows) {
    EXPECT_EQ(state_of(admin, "delete from auth.users where id = $1::uuid", {user_a}), "00000");
    EXPECT_EQ(weft_test::count(admin, "outreach_queue"), 8);
    EXPECT_EQ(weft_test::count(admin, "outreach_history"), 1);
    EXPECT_EQ(weft_test::count(admin, "compatibility_cache"), 4) << "A's agent row stays";
    EXPECT_EQ(weft_test::count(admin, "predictive_signals_cache"), 3);
    EXPECT_EQ(weft_test::count(admin, "outreach_processing_jobs"), 1);
    auto orphan = sample<outreach_queue>(250);
    EXPECT_EQ(state_of(admin, weft::sql::insert(orphan, dialect::postgres)), "23503");
}

TEST_P(access, whoever_deletes_a_user_needs_no_right_on_the_tables) {
    admin.run_script("do $$ begin create role weft_test_accounts nologin; exception when "
                     "duplicate_object or unique_violation then null; end $$;"
                     "grant usage on schema auth to weft_test_accounts;"
                     "grant select, delete on auth.users to weft_test_accounts;");
    become("weft_test_accounts", "");
    EXPECT_EQ(rows("compatibility_cache"), "refused");
    EXPECT_EQ(session.execute({"delete from auth.users where id = $1::uuid", {user_b}}), 1);
    EXPECT_EQ(weft_test::count(admin, "outreach_queue"), 8);
    EXPECT_EQ(weft_test::count(admin, "compatibility_cache"), 4);
}

INSTANTIATE_TEST_SUITE_P(on, access, testing::Values(true, false), [](auto const& tested) {
    return std::string(tested.param ? "supabase" : "a_plain_server");
});

} // namespace
