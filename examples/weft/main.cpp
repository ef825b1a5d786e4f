#include <csignal>
#include <cstdio>
#include <exception>
#include <functional>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "command.hpp"
#include "json_lines.hpp"
#include "outreach_command.hpp"
#include "score_commands.hpp"
#include "sql_commands.hpp"
#include "weft/core/error.hpp"
#include "weft/schema/tables.hpp"
#include "weft/version.hpp"

namespace weft_command {
namespace {

constexpr char const* lines_footer =
    "\nAn \"id\" on a line is echoed. A faulty line is answered by\n"
    "{\"line\": n, \"error\": \"...\"}, the rest goes on, and the exit status is 1.";

/// A subcommand that answers each input line by itself.
void add_line_command(CLI::App& app, std::function<int()>& run, char const* name,
                      char const* description, char const* input, json (*handler)(json const&)) {
    auto* const command = app.add_subcommand(name, description);
    auto const file = std::make_shared<std::string>("-");
    command->add_option("file", *file, "JSON Lines to read; - or nothing: standard input");
    command->footer(
        std::string("Input line:  ") + input +
        "\nAn \"id\" on a line is echoed. A faulty line is answered by\n"
        "{\"line\": n, \"error\": \"...\"}, the rest goes on, and the exit status is 1.");
    command->callback([&run, file, handler] {
        run = [file, handler] { return run_json_lines(*file, handler); };
    });
}

void add_score_commands(CLI::App& app, std::function<int()>& run) {
    auto* const score = app.add_subcommand("score", "Compatibility of pairs, explained");
    struct score_arguments {
        std::string file = "-", entities, population;
    };
    auto const s = std::make_shared<score_arguments>();
    score->add_option("file", s->file, "JSON Lines to read; - or nothing: standard input");
    score->add_option("--entities", s->entities, "ENTITY lines that a line may refer to by id");
    score->add_option("--population", s->population,
                      "a document of `weft fit`; without it raw values are combined");
    score->footer(std::string("Input line:  {\"a\": ENTITY or id, \"b\": ENTITY or id}") +
                  lines_footer);
    score->callback(
        [&run, s] { run = [s] { return run_score(s->file, s->entities, s->population); }; });

    auto* const fit = app.add_subcommand("fit", "The population that scores are compared with");
    struct fit_arguments {
        std::string file = "-";
        fit_options options;
    };
    auto const f = std::make_shared<fit_arguments>();
    fit->add_option("file", f->file, "ENTITY lines; - or nothing: standard input");
    fit->add_option("--seed", f->options.seed, "of the random pairs")->capture_default_str();
    fit->add_option("--pairs", f->options.pairs, "how many random pairs")
        ->capture_default_str()
        ->check(CLI::PositiveNumber);
    fit->footer("Writes one JSON document. Where a line is faulty there is none: each faulty line\n"
                "is answered by {\"line\": n, \"error\": \"...\"}, and the exit status is 1.");
    fit->callback([&run, f] { run = [f] { return run_fit(f->file, f->options); }; });
}

void add_sql_commands(CLI::App& app, std::function<int()>& run) {
    auto* const ddl = app.add_subcommand("ddl", "The migration that makes the tables");
    auto const d = std::make_shared<ddl_request>();
    ddl->add_option("--dialect", d->dialect, "postgres or sqlite")
        ->required()
        ->check(CLI::IsMember({"postgres", "sqlite"}));
    ddl->add_flag("--with-auth", d->with_auth,
                  "also what a server that is not Supabase lacks: roles, auth.users, auth.uid()");
    ddl->add_option("--schema", d->schema, "the schema of the tables")->capture_default_str();
    ddl->add_flag("--citus", d->citus, "the form for a cluster of Citus");
    auto* const from = ddl->add_option("--from", d->from,
                                       "only what a database of this version lacks (0: nothing is "
                                       "there)");
    ddl->add_option("--undo", d->undo,
                    "instead, the way back from this version to the one before; 1 drops the tables")
        ->excludes(from);
    ddl->callback([&run, d] {
        run = [d] {
            std::string text;
            try {
                text = ddl_text(*d);
            } catch (weft::error const& e) {
                throw usage_error(e.what());
            }
            writer out;
            out.write(text);
            out.close();
            return status_ok;
        };
    });

    auto* const sql = app.add_subcommand("sql", "Rows of the tables as statements or COPY data");
    struct sql_arguments {
        std::string file = "-", table, dialect, as;
    };
    auto const q = std::make_shared<sql_arguments>();
    std::vector<std::string> tables;
    for (auto const name : weft::schema::table_names) tables.emplace_back(name);
    sql->add_option("file", q->file, "JSON Lines to read; - or nothing: standard input");
    sql->add_option("--table", q->table, "the rows' table")
        ->required()
        ->check(CLI::IsMember(tables));
    sql->add_option("--dialect", q->dialect, "postgres or sqlite")
        ->required()
        ->check(CLI::IsMember({"postgres", "sqlite"}));
    sql->add_option("--as", q->as, "insert, upsert, copy-text or copy-binary")
        ->required()
        ->check(CLI::IsMember({"insert", "upsert", "copy-text", "copy-binary"}));
    sql->footer(
        std::string("Input line:  one row as JSON. A key that is null is NULL, one that is\n"
                    "missing is the column's default. COPY data leave faulty lines out and\n"
                    "tell of them on stderr.") +
        lines_footer);
    sql->callback([&run, q] {
        run = [q] {
            if (!is_copy(q->as)) {
                return run_json_lines(q->file, [&](json const& row) {
                    return sql_statement(row, q->table, q->dialect, q->as);
                });
            }
            std::string begin;
            try {
                begin = copy_begin(q->table, q->dialect, q->as);
            } catch (weft::error const& e) {
                throw usage_error(e.what());
            }
            return run_stream(
                q->file, begin, [&](json const& row) { return copy_row(row, q->table, q->as); },
                copy_end(q->as));
        };
    });
}

/// An empty value is most often a shell variable that was not set: `--now ""` must not mean the
/// clock.
void refuse_empty_values(CLI::App const& command) {
    for (auto const* option : command.get_options()) {
        for (auto const& text : option->results()) {
            if (text.empty()) {
                throw usage_error(option->get_name() + ": expected a value that is not empty");
            }
        }
    }
}

void add_outreach_command(CLI::App& app, std::function<int()>& run) {
    auto* const outreach = app.add_subcommand(
        "outreach", "The main job: encode, score, forecast, weave, queue, record");
    auto const a = std::make_shared<outreach_arguments>();
    outreach->add_option("--entities", a->entities, "ENTITY lines; - for standard input")
        ->required();
    outreach->add_option("--db", a->db, "sqlite:FILE or a postgresql:// URL")
        ->capture_default_str();
    outreach->add_option("--now", a->now,
                         "the instant everything is decided for (ISO 8601); default: the clock");
    outreach->add_option("--report", a->report,
                         "also write the summary to this file: as JSON to *.json");
    outreach->add_option("--population", a->population,
                         "a document of `weft fit`; default: fitted on the input");
    outreach->add_option("--top", a->top, "candidates kept for each person")
        ->capture_default_str()
        ->check(CLI::Range(0, 10'000));
    outreach->add_option("--newcomers", a->newcomers, "newcomers kept for each group")
        ->capture_default_str()
        ->check(CLI::Range(0, 10'000));
    outreach
        ->add_option("--daily-cap", a->daily_cap,
                     "contacts per person and UTC day, before their own preference")
        ->capture_default_str()
        ->check(CLI::Range(0, 1000));
    outreach->add_option("--horizon-days", a->horizon_days, "how far ahead forecasts look")
        ->capture_default_str()
        ->check(CLI::Range(1, 3650));
    outreach->add_option("--threads", a->threads, "0: as many as the machine has")
        ->capture_default_str()
        ->check(CLI::Range(0, 1024));
    outreach->add_option("--seed", a->seed, "of the random pairs")->capture_default_str();
    outreach->add_option("--pairs", a->pairs, "random pairs that percentiles are taken among")
        ->capture_default_str()
        ->check(CLI::Range(1, 10'000'000));
    outreach->add_flag("--deliver", a->deliver,
                       "afterwards mark what is due as delivered and write its history");
    outreach->footer(
        "The same input and --now give the same rows. A job that was completed for an\n"
        "instant is not run again; one that was killed is completed by running it\n"
        "again. Faulty lines are told on stderr and left out: exit status 1.");
    outreach->callback([&run, a, outreach] {
        refuse_empty_values(*outreach);
        run = [a] { return run_outreach(*a); };
    });
}

int command(int argc, char** argv) {
    CLI::App app{"weft: compatibility of people and groups, from knots, states and curves.\n"
                 "JSON Lines in, JSON Lines out.",
                 "weft"};
    app.set_version_flag("--version", "weft " WEFT_VERSION_STRING);
    app.require_subcommand(1);
    app.footer(
        "Exit status: 0 done, 1 faulty input lines (answered in their place), 2 wrong usage,\n"
        "3 reading, writing or the database failed. weft COMMAND --help says more.");

    std::function<int()> run;
    add_line_command(app, run, "invariants", "Invariants of a closed braid",
                     R"({"braid": {"strands": 3, "word": [1,-2,1,-2]}})", invariants);
    add_line_command(app, run, "similarity", "How alike two links are",
                     R"({"a": {"braid": B}, "b": {"braid": B}})", similarity);
    add_line_command(
        app, run, "fidelity", "Fidelity and distances of two quantum states",
        R"({"a": {"qubits": [{"theta": .., "phi": .., "bloch_length": ..}]}, "b": ..})", fidelity);
    add_line_command(app, run, "interpolate", "Values of a curve between its points",
                     R"({"t": [..], "y": [..], "at": [..], "method": "pchip", "outside": "throw"})",
                     interpolate);
    add_line_command(app, run, "forecast", "Forecast of a series, with interval and trend",
                     R"({"t": ["2026-01-01T00:00:00Z", ..], "y": [..], "at": [..]})", forecast);
    add_line_command(app, run, "fabric", "Stability of a group, its members and candidates",
                     R"({"compatibility": [[0,.7],[.7,0]], "candidates": [[.5,.6]]})", fabric);

    add_score_commands(app, run);
    add_sql_commands(app, run);
    add_outreach_command(app, run);

    try {
        app.parse(argc, argv);
    } catch (CLI::ParseError const& e) {
        int const code = app.exit(e);
        std::cout.flush();
        if (!std::cout) throw io_error("cannot write standard output");
        return code == 0 ? status_ok : status_usage;
    }
    return run();
}

} // namespace
} // namespace weft_command

int main(int argc, char** argv) {
#ifdef SIGPIPE
    // A closed pipe is then an error of write(), which is reported like a full disk.
    std::signal(SIGPIPE, SIG_IGN);
#endif
    try {
        return weft_command::command(argc, argv);
    } catch (weft_command::usage_error const& e) {
        std::fprintf(stderr, "weft: %s\n", e.what());
        return weft_command::status_usage;
    } catch (...) {
        std::fprintf(stderr, "weft: %s\n", weft_command::current_message().c_str());
    }
    return weft_command::status_io;
}
