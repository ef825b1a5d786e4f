#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "outreach_job.hpp"
#include "weft/schema/outreach_processing_jobs.hpp"
#include "weft/schema/outreach_queue.hpp"

namespace weft_command {

/// One queued outreach that the report shows.
struct shown_outreach {
    std::string type;
    std::string target; ///< the person's id in the file of entities
    std::string source; ///< the other person's, or the group's
    double score = 0.0;
    double percentile = 0.0;
    std::string decision;
    std::string reasoning;
    std::optional<weft::instant> at;
};

/// What a run has to tell.
struct outreach_report {
    std::string db;
    weft::instant now;
    weft::instant horizon;
    bool already_completed = false;
    weft::schema::outreach_processing_jobs job;
    std::size_t people = 0;
    std::size_t left_out_kinds = 0;
    std::size_t left_out_snapshots = 0;
    std::size_t with_forecast = 0;
    std::uint64_t pairs = 0;
    std::uint64_t pairs_without_score = 0;
    /// Share of all pairs by score, ten bins.
    std::vector<double> distribution;
    std::map<std::string, std::size_t> queued;
    std::map<std::string, std::size_t> refused;
    std::map<std::pair<std::string, std::string>, std::size_t> queue;
    std::vector<std::pair<std::string, std::size_t>> tables;
    std::vector<shown_outreach> examples;
    struct group_line {
        std::string id;
        std::size_t members = 0;
        std::size_t left_out = 0;
        std::optional<double> stability, density, connectivity, cohesion, predicted, best_gain;
    };
    /// Most stable first; those without a stability last.
    std::vector<group_line> groups;
    std::optional<std::pair<std::size_t, std::size_t>> delivered; ///< and refused
    std::vector<stage_time> stages;
    double total_seconds = 0.0;
};

/// For people: a table.
[[nodiscard]] std::string to_table(outreach_report const& report);

/// For programs: one JSON document.
[[nodiscard]] nlohmann::ordered_json to_json(outreach_report const& report);

} // namespace weft_command
