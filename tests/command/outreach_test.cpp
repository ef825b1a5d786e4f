#include <algorithm>
#include <chrono>
#include <cmath>
#include <functional>
#include <map>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <type_traits>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "command/process.hpp"
#include "support/postgres.hpp"
#include "support/sanitized.hpp"
#include "weft/adapters/libpq.hpp"
#include "weft/adapters/sqlite3.hpp"
#include "weft/schema/tables.hpp"
#include "weft/sql/decode.hpp"
#include "weft/sql/statement.hpp"

namespace {

namespace adapters = weft::adapters;
namespace schema = weft::schema;
namespace sql = weft::sql;
using nlohmann::json;
using weft_test::run;

/// People of a few groups; members of a group are alike. Some have no snapshots, some no rhythm.
std::string people(std::size_t n, unsigned seed = 5) {
    std::mt19937_64 generator(seed);
    auto const uniform = [&] { return static_cast<double>(generator() >> 11U) * 0x1p-53; };
    constexpr std::size_t groups = 4;
    constexpr std::size_t dimensions = 6;
    std::array<std::array<double, dimensions>, groups> centre{};
    for (auto& c : centre) {
        for (auto& x : c) x = uniform();
    }
    std::string out;
    for (std::size_t i = 0; i < n; ++i) {
        auto const g = static_cast<std::size_t>(generator() % groups);
        auto const profile = [&] {
            json p = json::object();
            for (std::size_t d = 0; d < dimensions; ++d) {
                auto const x = 0.6 * centre[g][d] + 0.4 * uniform();
                p["d" + std::to_string(d)] = {{"value", x}, {"confidence", 0.5 + 0.5 * uniform()}};
            }
            return p;
        };
        json e = {{"id", "person:" + std::to_string(i)},
                  {"profile", profile()},
                  {"groups", {"group:" + std::to_string(g)}}};
        if (i % 5 != 0) {
            e["snapshots"] = json::array();
            for (int k = 0; k < static_cast<int>(1 + i % 3); ++k) {
                e["snapshots"].push_back({{"t", "2025-12-0" + std::to_string(1 + k) + "T00:00:00Z"},
                                          {"profile", profile()}});
            }
        }
        if (i % 3 != 0) {
            e["visits"] = {"2025-12-0" + std::to_string(1 + i % 7) + "T" +
                           std::to_string(10 + i % 9) + ":30:00Z"};
        }
        if (i % 11 == 0) e["preferences"] = {{"frequency", "high"}};
        if (i % 13 == 0) e["preferences"] = {{"frequency", "off"}};
        if (i % 17 == 0) e["preferences"] = {{"muted", {"group_formation"}}};
        out += e.dump() + "\n";
    }
    return out;
}

std::string const now = "2026-01-02T09:00:00Z";

std::vector<std::string> command(std::string const& entities, std::string const& db,
                                 std::string const& at = now) {
    return {"outreach", "--entities", entities, "--db", db, "--now", at, "--pairs", "5000"};
}

/// All rows of all tables as JSON, by table and id, without how long the job took.
using rows_by_table = std::map<std::string, std::map<std::string, json>>;

template <class Connection>
rows_by_table all_rows(Connection& connection) {
    rows_by_table out;
    schema::for_each_table([&]<class Row>(std::type_identity<Row>) {
        auto& table = out[std::string(schema::table<Row>::name)];
        auto const decoded =
            sql::decode<Row>(connection.query(sql::select_all<Row>(Connection::dialect())));
        for (auto const& row : decoded) {
            json line = json::object();
            auto const params = sql::row_params(row);
            std::size_t k = 0;
            for (auto const& c : schema::columns_of<Row>()) {
                auto const& v = params[k++];
                if (c.name == "processing_time_ms") continue;
                auto const text = sql::parameter_text(v, sql::dialect::sqlite);
                auto const name = std::string(c.name);
                if (!text) {
                    line[name] = nullptr;
                } else if (c.type == schema::sql_type::jsonb) {
                    line[name] = json::parse(*text);
                } else {
                    line[name] = *text;
                }
            }
            table.emplace(weft::to_text(*row.id), std::move(line));
        }
    });
    return out;
}

rows_by_table sqlite_rows(std::string const& file) {
    adapters::sqlite_connection connection(
        file, {.busy_timeout = std::chrono::seconds(30), .read_only = true});
    return all_rows(connection);
}

void expect_equal(rows_by_table const& a, rows_by_table const& b) {
    for (auto const& [table, rows] : a) {
        EXPECT_EQ(rows.size(), b.at(table).size()) << table;
        std::size_t shown = 0;
        for (auto const& [id, row] : rows) {
            auto const other = b.at(table).find(id);
            bool const same = other != b.at(table).end() && other->second == row;
            if (!same && ++shown <= 3) {
                ADD_FAILURE() << table << " " << id << "\n"
                              << row.dump() << "\n"
                              << (other == b.at(table).end() ? "missing" : other->second.dump());
            }
        }
    }
}

struct finished_run {
    weft_test::temporary_folder folder;
    std::string entities = folder.file("people");
    std::string db = folder.file("db");
    weft_test::result result;

    explicit finished_run(std::size_t n) {
        weft_test::write_file(entities, people(n));
        result = run(command(entities, "sqlite:" + db));
    }
};

TEST(outreach, writes_what_the_gates_let_through) {
    finished_run const r(150);
    ASSERT_EQ(r.result.status, 0) << r.result.err;
    auto const rows = sqlite_rows(r.db);
    auto const& job = rows.at("outreach_processing_jobs").begin()->second;
    EXPECT_EQ(job.at("status"), "completed");
    EXPECT_EQ(job.at("items_processed"), "150");
    EXPECT_EQ(job.at("items_succeeded"), "150");
    EXPECT_EQ(job.at("items_failed"), "0");
    EXPECT_EQ(job.at("outreach_created").get<std::string>(),
              std::to_string(rows.at("outreach_queue").size()));
    EXPECT_TRUE(rows.at("outreach_history").empty());

    std::map<std::string, std::size_t> of_person;
    std::set<std::string> types;
    for (auto const& [id, row] : rows.at("outreach_queue")) {
        auto const target = row.at("target_user_id").get<std::string>();
        EXPECT_NE(target, row.at("source_id").get<std::string>());
        EXPECT_LE(++of_person[target], 3U);
        types.insert(row.at("type").get<std::string>());
        auto const& judged = row.at("metadata").at("judged");
        EXPECT_GE(judged.at("percentile").get<double>(), judged.at("gate").get<double>());
        double sum = 0.0;
        for (auto const& part : judged.at("inputs")) sum += part.at("contribution").get<double>();
        EXPECT_NEAR(sum, std::stod(row.at("compatibility_score").get<std::string>()), 1e-12);
        EXPECT_FALSE(row.at("reasoning").get<std::string>().empty());
        EXPECT_LT(row.at("created_at").get<std::string>(), row.at("expires_at").get<std::string>());
    }
    EXPECT_EQ(types, (std::set<std::string>{"friend_suggestion", "group_formation"}));

    std::map<std::string, std::size_t> candidates;
    for (auto const& [id, row] : rows.at("compatibility_cache")) {
        if (row.at("target_type") == "user") ++candidates[row.at("source_id").get<std::string>()];
    }
    EXPECT_EQ(candidates.size(), 150U);
    for (auto const& [person, count] : candidates) EXPECT_EQ(count, 20U) << person;

    std::size_t groups = 0;
    std::size_t forecasts = 0;
    for (auto const& [id, row] : rows.at("predictive_signals_cache")) {
        groups += row.at("entity_type") == "group" ? 1U : 0U;
        forecasts += row.at("signal_type") == "quantum_trajectory" ? 1U : 0U;
    }
    EXPECT_EQ(groups, 4U);
    EXPECT_EQ(forecasts, 120U) << "people without a snapshot have no forecast";
}

TEST(outreach, people_get_what_they_want) {
    finished_run const r(150);
    auto const report = json::parse([&] {
        auto arguments = command(r.entities, "sqlite:" + r.folder.file("other"));
        arguments.insert(arguments.end(), {"--report", r.folder.file("report.json")});
        EXPECT_EQ(run(arguments).status, 0);
        return weft_test::read_file(r.folder.file("report.json"));
    }());
    EXPECT_EQ(report.at("people"), 150);
    EXPECT_EQ(report.at("examples").size(), 5U);
    EXPECT_GT(report.at("not_queued").at("contacts are switched off").get<int>(), 0);
    EXPECT_GT(report.at("not_queued").at("the day's limit is reached").get<int>(), 0);
    double sum = 0.0;
    for (auto const& share : report.at("score_distribution")) sum += share.get<double>();
    EXPECT_NEAR(sum, 1.0, 1e-12);
}

TEST(outreach, a_second_run_changes_nothing_and_threads_do_not_matter) {
    finished_run const r(150);
    auto const first = sqlite_rows(r.db);
    auto const again = run(command(r.entities, "sqlite:" + r.db));
    EXPECT_EQ(again.status, 0);
    EXPECT_NE(again.out.find("completed before"), std::string::npos);
    expect_equal(first, sqlite_rows(r.db));

    auto arguments = command(r.entities, "sqlite:" + r.folder.file("three"));
    arguments.insert(arguments.end(), {"--threads", "3"});
    EXPECT_EQ(run(arguments).status, 0);
    expect_equal(first, sqlite_rows(r.folder.file("three")));

    weft_test::write_file(r.folder.file("others"), people(150, 6));
    auto const other = run(command(r.folder.file("others"), "sqlite:" + r.db));
    EXPECT_EQ(other.status, 2) << "other people at the same instant are another job";
    expect_equal(first, sqlite_rows(r.db));
}

TEST(outreach, cooldowns_hold_on_the_next_days) {
    finished_run const r(120);
    auto const first = sqlite_rows(r.db).at("outreach_queue");
    auto later = command(r.entities, "sqlite:" + r.db, "2026-01-03T09:00:00Z");
    later.push_back("--deliver");
    ASSERT_EQ(run(later).status, 0);
    auto const rows = sqlite_rows(r.db);
    std::map<std::string, std::size_t> pairs;
    std::map<std::string, std::size_t> per_day;
    for (auto const& [id, row] : rows.at("outreach_queue")) {
        auto const target = row.at("target_user_id").get<std::string>();
        ++pairs[target + row.at("source_id").get<std::string>() +
                row.at("type").get<std::string>()];
        ++per_day[target + row.at("created_at").get<std::string>().substr(0, 10)];
    }
    EXPECT_GT(rows.at("outreach_queue").size(), first.size());
    for (auto const& [key, count] : pairs) EXPECT_EQ(count, 1U) << key;
    for (auto const& [key, count] : per_day) EXPECT_LE(count, 3U) << key;

    // Delivered rows and the history say the same; nobody got more than a day allows.
    std::set<std::string> delivered;
    for (auto const& [id, row] : rows.at("outreach_queue")) {
        if (row.at("status") != "delivered") continue;
        EXPECT_EQ(row.at("delivered_at"), "2026-01-03T09:00:00.000000Z");
        delivered.insert(id);
    }
    std::set<std::string> recorded;
    std::map<std::string, std::size_t> sent;
    for (auto const& [id, row] : rows.at("outreach_history")) {
        recorded.insert(row.at("metadata").at("queue_row").get<std::string>());
        EXPECT_LE(++sent[row.at("target_user_id").get<std::string>()], 3U);
    }
    EXPECT_FALSE(delivered.empty());
    EXPECT_EQ(delivered, recorded);
    // A second delivery at the same instant finds nothing that it may send.
    ASSERT_EQ(run(later).status, 0);
    expect_equal(rows, sqlite_rows(r.db));
}

TEST(outreach, faulty_lines_are_told_counted_and_left_out) {
    weft_test::temporary_folder const folder;
    auto const lines = people(40);
    weft_test::write_file(folder.file("people"), "nonsense\n\n" + lines +
                                                     lines.substr(0, lines.find('\n') + 1) +
                                                     R"({"id": "x", "profile": {"d0": 7}})" + "\n" +
                                                     R"({"id": "place", "kind": "spot"})" + "\n");
    auto const r = run(command(folder.file("people"), "sqlite:" + folder.file("db")));
    EXPECT_EQ(r.status, 1);
    EXPECT_NE(r.err.find(":1: "), std::string::npos) << r.err;
    EXPECT_NE(r.err.find(":43: "), std::string::npos) << r.err;
    EXPECT_NE(r.err.find(":44: "), std::string::npos) << r.err;
    auto const rows = sqlite_rows(folder.file("db"));
    auto const& job = rows.at("outreach_processing_jobs").begin()->second;
    EXPECT_EQ(job.at("status"), "completed");
    EXPECT_EQ(job.at("items_processed"), "43");
    EXPECT_EQ(job.at("items_succeeded"), "40");
    EXPECT_EQ(job.at("items_failed"), "3");
    EXPECT_FALSE(job.at("error_message").is_null());
}

TEST(outreach, hardly_any_people_are_no_reason_to_fail) {
    weft_test::temporary_folder const folder;
    auto const lines = people(3);
    std::string input;
    for (int n = 0; n <= 3; ++n) {
        auto const db = folder.file("db" + std::to_string(n));
        weft_test::write_file(folder.file("people"), input);
        auto const r = run(command(folder.file("people"), "sqlite:" + db));
        EXPECT_EQ(r.status, 0) << n << r.err;
        auto const rows = sqlite_rows(db);
        EXPECT_EQ(rows.at("outreach_processing_jobs")
                      .begin()
                      ->second.at("items_processed")
                      .get<std::string>(),
                  std::to_string(n));
        EXPECT_LE(rows.at("compatibility_cache").size(), static_cast<std::size_t>(n * (n - 1) + n));
        auto at = std::size_t{0};
        for (int k = 0; k <= n; ++k) at = lines.find('\n', at) + 1;
        input = lines.substr(0, at);
    }
    // People of whom nothing is known are written with nothing.
    weft_test::write_file(folder.file("people"), "{\"id\":\"a\"}\n{\"id\":\"b\"}\n");
    EXPECT_EQ(run(command(folder.file("people"), "sqlite:" + folder.file("bare"))).status, 0);
    auto const rows = sqlite_rows(folder.file("bare"));
    EXPECT_TRUE(rows.at("compatibility_cache").empty());
    EXPECT_TRUE(rows.at("outreach_queue").empty());
}

TEST(outreach, a_database_that_cannot_be_used_is_left_alone) {
    weft_test::temporary_folder const folder;
    weft_test::write_file(folder.file("people"), people(5));
    weft_test::write_file(folder.file("text"), std::string(5000, 'x'));
    EXPECT_EQ(run(command(folder.file("people"), "sqlite:" + folder.file("text"))).status, 3);
    EXPECT_EQ(weft_test::read_file(folder.file("text")), std::string(5000, 'x'));
    EXPECT_EQ(run(command(folder.file("people"), "sqlite:" + folder.file("no/such/folder"))).status,
              3);
    {
        adapters::sqlite_connection half(folder.file("half"));
        half.run_script("create table outreach_queue (id text) strict");
    }
    auto const r = run(command(folder.file("people"), "sqlite:" + folder.file("half")));
    EXPECT_EQ(r.status, 3);
    EXPECT_NE(r.err.find("compatibility_cache"), std::string::npos) << r.err;
}

TEST(outreach, a_failure_is_recorded_and_the_job_tried_again) {
    finished_run const r(120);
    auto const file = r.folder.file("failing");
    ASSERT_EQ(run({"outreach", "--entities", "/dev/null", "--db", "sqlite:" + file, "--now",
                   "2020-01-01"})
                  .status,
              0);
    {
        adapters::sqlite_connection connection(file);
        connection.run_script("create trigger no_groups before insert on predictive_signals_cache "
                              "when new.entity_type = 'group' begin select raise(abort, 'no "
                              "groups today'); end");
    }
    auto const arguments = command(r.entities, "sqlite:" + file);
    auto const failed = run(arguments);
    EXPECT_EQ(failed.status, 3);
    EXPECT_NE(failed.err.find("no groups today"), std::string::npos) << failed.err;
    auto const job = [&] {
        auto const rows = sqlite_rows(file);
        for (auto const& [id, row] : rows.at("outreach_processing_jobs")) {
            if (row.at("created_at") == "2026-01-02T09:00:00.000000Z") return row;
        }
        return json();
    };
    EXPECT_EQ(job().at("status"), "failed");
    EXPECT_NE(job().at("error_message").get<std::string>().find("no groups today"),
              std::string::npos);
    {
        adapters::sqlite_connection connection(file);
        connection.run_script("drop trigger no_groups");
    }
    ASSERT_EQ(run(arguments).status, 0);
    EXPECT_EQ(job().at("status"), "completed");
    EXPECT_EQ(job().at("retry_count"), "1");
    auto expected = sqlite_rows(r.db);
    auto found = sqlite_rows(file);
    expected.erase("outreach_processing_jobs");
    expect_equal(expected, found);
}

TEST(outreach, empty_options_and_control_characters_are_not_let_through) {
    weft_test::temporary_folder const folder;
    auto const db = "sqlite:" + folder.file("db");
    weft_test::write_file(folder.file("people"), "{\"id\":\"a\\u001b[2J\\nb\",\"groups\":[\"" +
                                                     std::string(600, 'g') + "\"]}\n");
    for (std::string const option : {"--now", "--report", "--population", "--db"}) {
        auto const r = run({"outreach", "--entities", folder.file("people"), option, ""});
        EXPECT_EQ(r.status, 2) << option;
        EXPECT_NE(r.err.find(option), std::string::npos) << r.err;
    }
    auto const r = run(command(folder.file("people"), db));
    EXPECT_EQ(r.status, 1);
    EXPECT_NE(r.err.find("a\\x1b[2J\\nb"), std::string::npos) << r.err;
    EXPECT_EQ(r.err.find('\x1b'), std::string::npos);
}

TEST(outreach, a_given_population_has_to_know_everybody_s_dimensions) {
    finished_run const r(60);
    weft_test::write_file(r.folder.file("population"), run({"fit", r.entities}).out);
    auto arguments = command(r.entities, "sqlite:" + r.folder.file("given"));
    arguments.insert(arguments.end(), {"--population", r.folder.file("population")});
    EXPECT_EQ(run(arguments).status, 0);
    weft_test::write_file(r.folder.file("stranger"), R"({"id": "x", "profile": {"other": 0.5}})");
    arguments[2] = r.folder.file("stranger");
    arguments[4] = "sqlite:" + r.folder.file("never");
    auto const refused = run(arguments);
    EXPECT_EQ(refused.status, 2);
    EXPECT_NE(refused.err.find("\"other\""), std::string::npos) << refused.err;
    EXPECT_TRUE(weft_test::read_file(r.folder.file("never")).empty());
}

/// How far the job in a database is: -1 before its record is there.
int progress_of(std::function<sql::rows()> const& query) {
    try {
        auto const rows = query();
        if (rows.values.empty()) return -1;
        auto const& v = rows.values[0][0];
        if (auto const* n = std::get_if<std::int32_t>(&v)) return *n;
        if (auto const* n = std::get_if<std::int64_t>(&v)) return static_cast<int>(*n);
    } catch (weft::error const&) {
        return -1;
    }
    return -1;
}

sql::statement const ask{"select items_processed from outreach_processing_jobs", {}};

/// Starts the job, kills it as soon as `far_enough` of its progress, and says how far it was.
void kill_when(std::vector<std::string> const& arguments, std::function<sql::rows()> const& query,
               int far_enough) {
    int const null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
    weft_test::process job(arguments, null, null, null);
    while (job.running() && progress_of(query) < far_enough) {
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    job.kill();
    (void)job.wait();
    ::close(null);
}

/// A person is there with all that belongs to them, or not at all.
void expect_whole_people(rows_by_table const& killed, rows_by_table const& whole) {
    auto const by_person = [](rows_by_table const& rows) {
        std::map<std::string, std::set<std::string>> out;
        for (auto const& [id, row] : rows.at("outreach_queue")) {
            out[row.at("target_user_id").get<std::string>()].insert(id);
        }
        for (auto const& [id, row] : rows.at("compatibility_cache")) {
            out[row.at("source_id").get<std::string>()].insert(id);
        }
        for (auto const& [id, row] : rows.at("predictive_signals_cache")) {
            if (row.at("entity_type") == "user") {
                out[row.at("entity_id").get<std::string>()].insert(id);
            }
        }
        return out;
    };
    auto const expected = by_person(whole);
    auto const found = by_person(killed);
    for (auto const& [person, ids] : found) EXPECT_EQ(ids, expected.at(person)) << person;
}

// As many people as are enough to be killed among; each run takes ten seconds under the sanitizers.
constexpr std::size_t crowd = weft_test::sanitized ? 140 : 420;
constexpr int share_of_crowd(int percent) {
    return static_cast<int>(crowd) * percent / 100;
}

TEST(outreach, a_run_killed_anywhere_is_completed_by_the_next) {
    finished_run const whole(crowd);
    ASSERT_EQ(whole.result.status, 0);
    auto const expected = sqlite_rows(whole.db);
    std::set<std::size_t> states;
    for (int const far_enough :
         {-1, 0, 1, share_of_crowd(35), share_of_crowd(60), share_of_crowd(85)}) {
        auto const file = whole.folder.file("killed" + std::to_string(far_enough + 1));
        auto const arguments = command(whole.entities, "sqlite:" + file);
        kill_when(
            arguments,
            [&] {
                adapters::sqlite_connection c(
                    file, {.busy_timeout = std::chrono::seconds(30), .read_only = true});
                return c.query(ask);
            },
            far_enough);
        if (far_enough >= 0) {
            auto const between = sqlite_rows(file);
            states.insert(between.at("compatibility_cache").size());
            expect_whole_people(between, expected);
        }
        ASSERT_EQ(run(arguments).status, 0);
        expect_equal(expected, sqlite_rows(file));
    }
    EXPECT_GE(states.size(), 2U) << "the job was killed at different points";

    // Killed again and again, after less and less of a second each time.
    auto const file = whole.folder.file("often");
    auto const arguments = command(whole.entities, "sqlite:" + file);
    int const null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
    for (int const milliseconds : {400, 200, 100, 50, 20, 5, 1, 0}) {
        weft_test::process job(arguments, null, null, null);
        std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
        job.kill();
        (void)job.wait();
    }
    ::close(null);
    ASSERT_EQ(run(arguments).status, 0);
    expect_equal(expected, sqlite_rows(file));
}

TEST(outreach, both_databases_get_the_same_rows) {
    finished_run const r(150);
    ASSERT_EQ(r.result.status, 0) << r.result.err;
    weft_test::database const database;
    auto arguments = command(r.entities, database.url());
    auto const first = run(arguments);
    ASSERT_EQ(first.status, 0) << first.err;
    auto const rows = [&] {
        adapters::postgres_connection connection(database.url());
        return all_rows(connection);
    };
    expect_equal(sqlite_rows(r.db), rows());
    EXPECT_EQ(run(arguments).status, 0);
    expect_equal(sqlite_rows(r.db), rows());

    // A later run that delivers, too.
    for (auto const& db : {"sqlite:" + r.db, database.url()}) {
        auto later = command(r.entities, db, "2026-01-04T20:00:00Z");
        later.push_back("--deliver");
        EXPECT_EQ(run(later).status, 0);
    }
    expect_equal(sqlite_rows(r.db), rows());
    EXPECT_FALSE(rows().at("outreach_history").empty());
}

TEST(outreach, killed_on_postgresql_too) {
    finished_run const whole(crowd);
    auto const expected = sqlite_rows(whole.db);
    for (int const far_enough : {0, 1, share_of_crowd(60)}) {
        weft_test::database const database;
        auto const arguments = command(whole.entities, database.url());
        kill_when(
            arguments,
            [&] {
                adapters::postgres_connection c(database.url());
                return c.query(ask);
            },
            far_enough);
        {
            adapters::postgres_connection connection(database.url());
            expect_whole_people(all_rows(connection), expected);
        }
        ASSERT_EQ(run(arguments).status, 0);
        adapters::postgres_connection connection(database.url());
        expect_equal(expected, all_rows(connection));
    }
}

TEST(outreach, people_who_are_no_users_of_a_real_server_are_not_made_into_users) {
    weft_test::temporary_folder const folder;
    weft_test::write_file(folder.file("people"), people(30));
    weft_test::database const database;
    adapters::postgres_connection connection(database.url());
    // As on Supabase: auth.users is somebody else's table, with columns of its own.
    connection.run_script("create schema auth; create table auth.users (id uuid primary key, email "
                          "text, created_at timestamptz not null default now());");
    auto const known = run(command(folder.file("people"), database.url()));
    ASSERT_EQ(known.status, 0) << known.err;
    auto const rows = all_rows(connection);
    EXPECT_TRUE(rows.at("outreach_queue").empty());
    EXPECT_TRUE(rows.at("compatibility_cache").empty());
    auto const& job = rows.at("outreach_processing_jobs").begin()->second;
    EXPECT_EQ(job.at("items_failed"), "30");
    EXPECT_FALSE(job.at("error_message").is_null());
    EXPECT_TRUE(connection.query({"select id from auth.users", {}}).values.empty());
}

} // namespace
