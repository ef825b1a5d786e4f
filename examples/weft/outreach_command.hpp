#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace weft_command {

/// What `weft outreach` is called with.
struct outreach_arguments {
    std::string entities;
    std::string population;
    std::string db = "sqlite:weft.db";
    std::string now; ///< ISO 8601; empty: the clock
    std::string report;
    std::size_t top = 20;
    std::size_t newcomers = 10;
    std::size_t daily_cap = 3;
    int horizon_days = 30;
    unsigned threads = 0; ///< 0: as many as the machine has
    std::uint64_t seed = 1;
    std::size_t pairs = 100'000;
    bool deliver = false;
};

/// The main job: reads, computes, writes, reports. Returns the exit status; throws usage_error,
/// io_error or weft::error.
[[nodiscard]] int run_outreach(outreach_arguments const& arguments);

} // namespace weft_command
