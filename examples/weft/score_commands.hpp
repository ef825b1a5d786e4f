#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "weft/compatibility/json.hpp"
#include "weft/profile/entity.hpp"

/// `weft score` and `weft fit`, and reading the files that they share with `weft outreach`.
namespace weft_command {

/// One faulty line of a file of entities.
struct faulty_line {
    std::size_t number = 0;
    std::string message;
};

/// All ENTITY lines of a file (- for standard input); blank lines are skipped. Faulty lines, an id
/// given twice among them, go to `faults`.
[[nodiscard]] std::vector<weft::profile::entity> read_entities(std::string const& file,
                                                               std::vector<faulty_line>& faults);

/// The document that `weft fit` wrote. Throws weft::error, io_error or usage_error.
[[nodiscard]] weft::compatibility::fitted_population read_population(std::string const& file);

/// `weft score`: both file names may be empty. Returns the exit status.
[[nodiscard]] int run_score(std::string const& file, std::string const& entities,
                            std::string const& population);

struct fit_options {
    std::uint64_t seed = 1;
    std::size_t pairs = 100'000;
};

/// `weft fit`: one JSON document for all entities, or, where a line is faulty, no document but a
/// {"line", "error"} line for each. Returns the exit status.
[[nodiscard]] int run_fit(std::string const& file, fit_options const& options);

} // namespace weft_command
