#pragma once

#include <nlohmann/json.hpp>

/// One function per JSON Lines subcommand: one parsed input line in, one output object out.
/// The frame in main.cpp reads and writes the lines, echoes `id` and turns errors into
/// `{"line": n, "error": "..."}`.
namespace weft_command {

using json = nlohmann::ordered_json;

json invariants(json const& line);
json similarity(json const& line);
json fidelity(json const& line);
json interpolate(json const& line);
json forecast(json const& line);
json fabric(json const& line);

} // namespace weft_command
