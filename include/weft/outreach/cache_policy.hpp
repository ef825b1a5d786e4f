#pragma once

#include <chrono>
#include <cmath>
#include <cstdint>
#include <optional>

#include "weft/core/time.hpp"
#include "weft/core/unit.hpp"
#include "weft/schema/enums.hpp"

namespace weft::inline v0::outreach {

/// How long what was computed is good for.
struct cache_policy {
    std::chrono::microseconds compatibility_ttl = days(7);
    std::chrono::microseconds signal_ttl = days(3);
    /// A score that moved by more than this since it was last told is worth telling again.
    double renotify_change = 0.1;
};

/// Whether a cached row still speaks for `now`: it was computed by this version of the method, not
/// after `now`, and expires after `now`.
[[nodiscard]] constexpr bool is_fresh(instant calculated_at, instant expires_at, instant now,
                                      std::int32_t row_version, std::int32_t version) noexcept {
    return row_version == version && calculated_at <= now && now < expires_at;
}

/// Whether a score is to be told (again): always where nothing was told before. The boundary itself
/// (up to rounding) is not a move. Throws invalid_argument for a score outside [0,1].
[[nodiscard]] inline bool should_renotify(std::optional<double> told, double score,
                                          cache_policy const& policy = {}) {
    require_unit("score", score);
    if (!told) return true;
    return std::abs(score - require_unit("told", *told)) > policy.renotify_change + 1e-12;
}

/// How often a kind of job runs; 0 for event-driven jobs, which run at once.
[[nodiscard]] constexpr std::chrono::minutes cadence(schema::job_type type) noexcept {
    switch (type) {
    case schema::job_type::high_priority:
        return std::chrono::minutes(30);
    case schema::job_type::medium_priority:
        return std::chrono::hours(2);
    case schema::job_type::low_priority:
        return std::chrono::hours(12);
    case schema::job_type::incremental:
        return std::chrono::minutes(15);
    case schema::job_type::event_driven:
        break;
    }
    return std::chrono::minutes(0);
}

/// A failed job is tried again while it was retried fewer times than this.
inline constexpr std::int32_t max_retries = 3;

} // namespace weft::inline v0::outreach
