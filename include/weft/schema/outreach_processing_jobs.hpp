#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>

#include "weft/schema/column.hpp"

namespace weft::inline v0::schema {

/// One run of the background work, with its counts. Fields are the columns; an unset optional is
/// the column's default where it has one, NULL otherwise.
struct outreach_processing_jobs {
    std::optional<uuid> id; ///< random where unset
    schema::job_type job_type{};
    std::optional<job_status> status; ///< pending where unset
    std::optional<instant> started_at;
    std::optional<instant> completed_at;            ///< not before started_at
    std::optional<std::int32_t> processing_time_ms; ///< >= 0
    std::optional<std::int32_t> items_processed;    ///< >= 0; 0 where unset
    std::optional<std::int32_t> items_succeeded;    ///< with items_failed at most items_processed
    std::optional<std::int32_t> items_failed;       ///< >= 0; 0 where unset
    std::optional<std::int32_t> outreach_created;   ///< >= 0; 0 where unset
    std::optional<std::string> error_message;
    std::optional<std::string> error_stack;
    std::optional<std::int32_t> retry_count; ///< >= 0; 0 where unset
    std::optional<jsonb> parameters;         ///< `{}` where unset
    std::optional<instant> created_at;       ///< now where unset
    std::optional<jsonb> metadata;           ///< an object; `{}` where unset
    std::optional<instant> updated_at;       ///< now where unset

    [[nodiscard]] friend bool operator==(outreach_processing_jobs const&,
                                         outreach_processing_jobs const&) = default;
};

template <>
struct table<outreach_processing_jobs> {
    using row = outreach_processing_jobs;
    static constexpr std::string_view name = "outreach_processing_jobs";
    static constexpr std::string_view comment = "Runs of the background work, with their counts.";
    static constexpr std::string_view distribution{}; // on every node of a cluster

    static constexpr auto columns = std::tuple{
        column{"id", &row::id}.random(),
        column{"job_type", &row::job_type},
        column{"status", &row::status}.not_null().or_else(job_status::pending),
        column{"started_at", &row::started_at}.about(
            "Set when a worker claims it; older than the lease, it may be claimed again."),
        column{"completed_at", &row::completed_at},
        column{"processing_time_ms", &row::processing_time_ms}.at_least(0),
        column{"items_processed", &row::items_processed}.not_null().or_else(0).at_least(0).about(
            "At least items_succeeded + items_failed."),
        column{"items_succeeded", &row::items_succeeded}.not_null().or_else(0).at_least(0),
        column{"items_failed", &row::items_failed}.not_null().or_else(0).at_least(0),
        column{"outreach_created", &row::outreach_created}.not_null().or_else(0).at_least(0),
        column{"error_message", &row::error_message},
        column{"error_stack", &row::error_stack},
        column{"retry_count", &row::retry_count}.or_else(0).at_least(0).about(
            "How often it was claimed again."),
        column{"parameters", &row::parameters}.or_else_empty_object().about(
            "What the run was asked for."),
        column{"created_at", &row::created_at}.now(),
        column{"metadata", &row::metadata}.or_else_empty_object().object(),
        column{"updated_at", &row::updated_at}.now().about("The clock's unless an update says it."),
    };

    // The counts are widened: the sum of two integers must not overflow inside the check.
    static constexpr std::array rules{
        row_rule<row>{
            "outreach_processing_jobs_completed_after_start", "completed_at >= started_at",
            "completed_at", "an instant not before started_at",
            [](row const& r) {
                return !r.completed_at || !r.started_at || *r.completed_at >= *r.started_at;
            }},
        row_rule<row>{"outreach_processing_jobs_counts_add_up",
                      "cast(items_succeeded as bigint) + items_failed <= items_processed",
                      "items_processed", "at least items_succeeded + items_failed",
                      [](row const& r) {
                          return std::int64_t{r.items_succeeded.value_or(0)} +
                                     r.items_failed.value_or(0) <=
                                 r.items_processed.value_or(0);
                      }},
    };

    static constexpr std::array<unique_key, 0> keys{};

    static constexpr std::array indexes{
        index{"idx_outreach_jobs_type_status", "job_type, status, created_at desc", ""},
        index{"idx_outreach_jobs_failed", "status, retry_count",
              "status = 'failed' and retry_count < 3"},
    };

    static constexpr user_access access{};
};

static_assert(columns_match_fields<outreach_processing_jobs>);

} // namespace weft::inline v0::schema
