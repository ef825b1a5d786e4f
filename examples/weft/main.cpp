#include <csignal>
#include <cstdio>
#include <exception>
#include <functional>
#include <iostream>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>

#include "command.hpp"
#include "json_lines.hpp"
#include "weft/version.hpp"

namespace weft_command {
namespace {

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
