#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "weft/compatibility/score.hpp"
#include "weft/core/error.hpp"
#include "weft/core/number.hpp"
#include "weft/core/time.hpp"
#include "weft/core/unit.hpp"
#include "weft/core/uuid.hpp"
#include "weft/outreach/cache_policy.hpp"
#include "weft/outreach/cooldown.hpp"
#include "weft/outreach/gates.hpp"
#include "weft/outreach/ids.hpp"
#include "weft/outreach/privacy.hpp"
#include "weft/profile/entity.hpp"
#include "weft/schema/compatibility_cache.hpp"
#include "weft/schema/outreach_processing_jobs.hpp"
#include "weft/schema/outreach_queue.hpp"

namespace weft::inline v0::outreach {

struct plan_options {
    /// Contacts per person and UTC day before the preference's multiplier.
    std::size_t daily_cap = 3;
    /// How long a queued outreach may wait after the moment it is meant for: as long as the scores
    /// it rests on are good.
    std::chrono::microseconds validity = days(7);
    cache_policy cache;
};

/// An outreach that could be made to one person.
struct suggestion {
    outreach_type type = outreach_type::friend_suggestion;
    uuid target;
    std::string source_id;
    schema::outreach_source_type source_type = schema::outreach_source_type::user;
    std::string from_agent_id;
    std::string to_agent_id;
    inputs in;
    decision judged;
    /// The best moment for it; now where absent.
    std::optional<instant> optimal_timing;
    /// How certain the predictions behind it are, in [0,1].
    std::optional<double> confidence;
    /// Why it is suggested, in words.
    std::string reasoning;
    std::string title;
    std::string body;
};

/// A number with so many decimals (0 to 9), rounded half away from 0; for texts that people read.
[[nodiscard]] inline std::string with_decimals(double x, std::size_t decimals) {
    if (decimals > 9) {
        WEFT_THROW(invalid_argument("decimals", weft::to_text(decimals), "from 0 to 9"));
    }
    if (!is_finite(x) || x > 1e6 || x < -1e6) return weft::to_text(x);
    std::int64_t scale = 1;
    for (std::size_t d = 0; d < decimals; ++d) scale *= 10;
    auto const scaled =
        static_cast<std::int64_t>((x < 0.0 ? -x : x) * static_cast<double>(scale) + 0.5);
    std::string out = x < 0.0 && scaled != 0 ? "-" : "";
    out += weft::to_text(scaled / scale);
    if (decimals == 0) return out;
    auto const fraction = weft::to_text(scaled % scale);
    out += '.';
    out.append(decimals - fraction.size(), '0');
    out += fraction;
    return out;
}

[[nodiscard]] inline std::string two_decimals(double x) {
    return with_decimals(x, 2);
}

/// A percentile for people: "higher than 97% of", never 100%.
[[nodiscard]] inline std::string percent(double percentile) {
    auto const p = static_cast<int>(clamp_unit(percentile) * 100.0);
    return weft::to_text(p < 99 ? p : 99) + "%";
}

/// What an input is called in a text.
[[nodiscard]] constexpr std::string_view in_words(input i) noexcept {
    switch (i) {
    case input::string:
        return "how their traits are expected to hang together";
    case input::quantum:
        return "how alike their traits are expected to be";
    case input::stability:
        return "what they would add to the group's stability";
    case input::current:
        return "how well they match today";
    case input::match:
        return "how well the place or event itself matches";
    }
    return "";
}

[[nodiscard]] constexpr std::string_view in_words(compatibility::component c) noexcept {
    switch (c) {
    case compatibility::component::quantum:
        return "similar traits";
    case compatibility::component::vibe:
        return "a similar vibe";
    case compatibility::component::location:
        return "the same places";
    case compatibility::component::timing:
        return "the same hours";
    case compatibility::component::knot:
        return "traits that hang together alike";
    }
    return "";
}

/// What a gate looked at, the largest contribution first: "Score 0.93, higher than 98% of random
/// pairs judged on the same inputs (gate 75%): 0.34 from how well they match today (higher than 99%
/// of pairs), ...". `among`: what the percentiles are taken among.
[[nodiscard]] inline std::string explain(inputs const& in, decision const& d,
                                         std::string_view among = "pairs") {
    if (!d.score) return d.refusal;
    std::vector<std::size_t> order;
    std::string missing;
    for (std::size_t i = 0; i < input_count; ++i) {
        if (contains(d.score->present, static_cast<input>(i))) order.push_back(i);
    }
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return d.score->contribution[a] > d.score->contribution[b];
    });
    auto text = "Score " + two_decimals(d.score->score);
    if (d.percentile) {
        text += ", higher than " + percent(*d.percentile) + " of random " + std::string(among) +
                " judged on the same inputs (gate " + percent(d.threshold) + ")";
    }
    text += ": ";
    for (std::size_t k = 0; k < order.size(); ++k) {
        auto const i = order[k];
        if (k > 0) text += ", ";
        text += two_decimals(d.score->contribution[i]) + " from " +
                std::string(in_words(static_cast<input>(i))) + " (higher than " +
                percent(in[i].value_or(0.0)) + ")";
    }
    return text + ".";
}

/// What today's score of a pair is made of, the largest contribution first: "0.31 from similar
/// traits (higher than 99% of random pairs), ...; not known: the same places."
[[nodiscard]] inline std::string explain(compatibility::pair_score const& s) {
    if (!s.score) return "Nothing is known that could be compared.";
    std::vector<std::size_t> order;
    std::string missing;
    for (std::size_t c = 0; c < compatibility::component_count; ++c) {
        auto const& part = s.components[c];
        auto const words = in_words(static_cast<compatibility::component>(c));
        if (part.weight > 0.0) {
            order.push_back(c);
        } else if (!part.why_absent.empty()) {
            missing += (missing.empty() ? "" : ", ") + std::string(words);
        }
    }
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return s.components[a].contribution > s.components[b].contribution;
    });
    auto text = "Today " + two_decimals(*s.score) + ": ";
    for (std::size_t k = 0; k < order.size(); ++k) {
        auto const& part = s.components[order[k]];
        if (k > 0) text += ", ";
        text += two_decimals(part.contribution) + " from " +
                std::string(in_words(static_cast<compatibility::component>(order[k])));
        if (part.percentile) text += " (higher than " + percent(*part.percentile) + ")";
    }
    if (!missing.empty()) text += "; not known: " + missing;
    return text + ".";
}

/// 1 (can wait) to 10 (first): how far above its gate a percentile lies.
[[nodiscard]] inline std::int32_t priority(double percentile, double threshold) {
    require_unit("percentile", percentile);
    require_unit("threshold", threshold);
    if (percentile <= threshold || threshold >= 1.0) return 1;
    auto const share = (percentile - threshold) / (1.0 - threshold);
    return std::clamp(static_cast<std::int32_t>(1.0 + share * 9.0 + 0.5), 1, 10);
}

/// The next instant, not before `now`, that lies in the hour of the week in which `rhythm` has the
/// most visits (the soonest of several equal ones): `now` itself where that hour has begun. Nothing
/// where the rhythm is flat or empty: no hour is better than another.
[[nodiscard]] inline std::optional<instant> next_best_hour(profile::week const& rhythm,
                                                           instant now) {
    double best = 0.0;
    double worst = std::numeric_limits<double>::infinity();
    for (std::size_t h = 0; h < rhythm.size(); ++h) {
        if (!is_finite(rhythm[h]) || rhythm[h] < 0.0) {
            WEFT_THROW(invalid_argument("rhythm[" + weft::to_text(h) + "]",
                                        weft::to_text(rhythm[h]), "a count >= 0"));
        }
        best = std::max(best, rhythm[h]);
        worst = std::min(worst, rhythm[h]);
    }
    if (!(best > worst)) return std::nullopt;
    auto const start = std::chrono::floor<std::chrono::hours>(now);
    for (int ahead = 0; ahead < 168; ++ahead) {
        instant const t = start + std::chrono::hours(ahead);
        if (rhythm[static_cast<std::size_t>(hour_of_week(t))] == best) return std::max(t, now);
    }
    return std::nullopt;
}

/// Which of a person's suggestions are made today, and how many were refused for which reason.
struct day_plan {
    std::vector<std::size_t> chosen; ///< indices, in the order of choice
    std::map<std::string, std::size_t> refused;
};

/// Chooses among the suggestions for one person: those that passed their gate and that nothing in
/// `log` stands against, up to the daily cap. The types take turns, each with its best first
/// (percentile, score, then source id), so that one type cannot crowd out the others.
/// O(n log n).
[[nodiscard]] inline day_plan choose(std::span<suggestion const> all, contact_log const& log,
                                     profile::preferences const& wishes, instant now,
                                     plan_options const& options = {}) {
    day_plan out;
    std::map<outreach_type, std::vector<std::size_t>> by_type;
    std::size_t room = 0;
    for (std::size_t i = 0; i < all.size(); ++i) {
        auto const& s = all[i];
        if (!s.judged.passes) {
            ++out.refused["below the gate"];
            continue;
        }
        if (auto const why = log.why_full(s.target, s.type, wishes, now, options.daily_cap)) {
            ++out.refused[*why];
            continue;
        }
        if (auto const why = log.why_not(s.target, s.source_id, s.type, now)) {
            ++out.refused[*why];
            continue;
        }
        room = daily_cap(wishes.frequency, options.daily_cap) - log.on_day(s.target, now);
        by_type[s.type].push_back(i);
    }
    for (auto& [type, list] : by_type) {
        std::sort(list.begin(), list.end(), [&](std::size_t a, std::size_t b) {
            auto const& x = all[a];
            auto const& y = all[b];
            if (*x.judged.percentile != *y.judged.percentile) {
                return *x.judged.percentile > *y.judged.percentile;
            }
            if (x.judged.score->score != y.judged.score->score) {
                return x.judged.score->score > y.judged.score->score;
            }
            return x.source_id < y.source_id;
        });
    }
    for (std::size_t turn = 0; out.chosen.size() < room; ++turn) {
        bool any = false;
        for (auto const& [type, list] : by_type) {
            if (turn >= list.size() || out.chosen.size() >= room) continue;
            out.chosen.push_back(list[turn]);
            any = true;
        }
        if (!any) break;
    }
    std::size_t eligible = 0;
    for (auto const& [type, list] : by_type) eligible += list.size();
    if (eligible > out.chosen.size()) {
        out.refused["the day's limit is reached"] += eligible - out.chosen.size();
    }
    return out;
}

/// The row of outreach_queue for a suggestion that passed its gate. `created_at` is `now`; the id
/// follows from target, source, type and the day of `now`, so that the same suggestion made twice
/// on a day is one row. Waits as `scheduled` where its best moment is later than `now`.
/// Throws invalid_argument for a suggestion that did not pass, and for agent ids by which a person
/// could be found (require_agent_id): an e-mail address, a telephone number, the person's own id.
[[nodiscard]] inline schema::outreach_queue queue_row(suggestion const& s, instant now,
                                                      schema::jsonb metadata,
                                                      plan_options const& options = {}) {
    if (!s.judged.passes || !s.judged.score || !s.judged.percentile) {
        WEFT_THROW(invalid_argument("suggestion", "one that was refused: " + s.judged.refusal,
                                    "one that passed its gate"));
    }
    bool const from_person = s.source_type == schema::outreach_source_type::user;
    require_agent_id("suggestion.from_agent_id", s.from_agent_id, from_person ? s.source_id : "");
    require_agent_id("suggestion.to_agent_id", s.to_agent_id, weft::to_text(s.target));
    schema::outreach_queue row;
    auto const day = to_iso(std::chrono::floor<std::chrono::days>(now));
    row.id =
        row_id("outreach_queue", {weft::to_text(s.target), s.source_id,
                                  schema::to_text(s.source_type), schema::to_text(s.type), day});
    row.type = s.type;
    row.target_user_id = s.target;
    row.source_id = s.source_id;
    row.source_type = s.source_type;
    row.compatibility_score = s.judged.score->score;
    auto const value = [&](input i) { return s.in[static_cast<std::size_t>(i)]; };
    row.string_prediction_score = value(input::string);
    row.quantum_trajectory_score = value(input::quantum);
    row.fabric_stability_score = value(input::stability);
    row.current_weave_fit = value(input::current);
    row.from_agent_id = s.from_agent_id;
    row.to_agent_id = s.to_agent_id;
    row.ai_decision_reasoning =
        explain(s.in, s.judged, s.type == outreach_type::group_formation ? "candidates" : "pairs");
    row.ai_decision_confidence = s.confidence;
    row.reasoning = s.reasoning;
    if (!s.title.empty()) row.title = s.title;
    if (!s.body.empty()) row.body = s.body;
    row.metadata = std::move(metadata);
    row.created_at = now;
    row.updated_at = now;
    row.status = schema::queue_status::pending;
    auto moment = now;
    if (s.optimal_timing) {
        moment = std::max(now, *s.optimal_timing);
        row.optimal_timing = moment;
        if (moment > now) {
            row.status = schema::queue_status::scheduled;
            row.scheduled_for = moment;
        }
    }
    row.expires_at = moment + options.validity;
    row.created_by = "system";
    row.priority = priority(*s.judged.percentile, s.judged.threshold);
    row.retry_count = 0;
    return row;
}

/// One side of a cached pair.
struct cached_party {
    std::string id;
    schema::cache_entity_type type = schema::cache_entity_type::user;
};

/// The method's version, for calculation_version: rises when the same input gives other scores.
inline constexpr std::int32_t calculation_version = 1;

namespace detail {

/// What every row of compatibility_cache has.
[[nodiscard]] inline schema::compatibility_cache cache_row_of(cached_party const& source,
                                                              cached_party const& target,
                                                              instant now, schema::jsonb metadata,
                                                              cache_policy const& policy) {
    schema::compatibility_cache row;
    row.id = row_id("compatibility_cache", {source.id, target.id, schema::to_text(source.type),
                                            schema::to_text(target.type)});
    row.source_id = source.id;
    row.source_type = source.type;
    row.target_id = target.id;
    row.target_type = target.type;
    row.calculation_method = "hybrid";
    row.calculation_version = calculation_version;
    row.calculated_at = now;
    row.expires_at = now + policy.compatibility_ttl;
    row.metadata = std::move(metadata);
    return row;
}

} // namespace detail

/// The row of compatibility_cache for a pair. `now_score` must have a score; the component columns
/// hold raw values (percentiles and contributions belong in the metadata). `future`: the combined
/// score expected at `future_time`. What is absent is NULL. Throws invalid_argument.
[[nodiscard]] inline schema::compatibility_cache
cache_row(cached_party const& source, cached_party const& target,
          compatibility::pair_score const& now_score, std::optional<double> future,
          instant future_time, instant now, schema::jsonb metadata,
          cache_policy const& policy = {}) {
    if (!now_score.score) {
        WEFT_THROW(invalid_argument("now_score", "no score", "a pair with a score"));
    }
    using compatibility::component;
    auto row = detail::cache_row_of(source, target, now, std::move(metadata), policy);
    row.compatibility_score = *now_score.score;
    row.knot_compatibility = now_score[component::knot].raw;
    row.quantum_fidelity = now_score[component::quantum].raw;
    row.location_compatibility = now_score[component::location].raw;
    row.timing_compatibility = now_score[component::timing].raw;
    row.vibe_alignment = now_score[component::vibe].raw;
    if (future) {
        row.future_compatibility = require_unit("future", *future);
        row.future_compatibility_time = future_time;
        auto const ahead = days_between(now, future_time);
        if (ahead > 0.0) row.evolution_rate = (*future - *now_score.score) / ahead;
    }
    return row;
}

/// The row of compatibility_cache for a person and a group: how well they match its members today,
/// the group's stability as it is, and as it would be with them (all in [0,1]).
[[nodiscard]] inline schema::compatibility_cache
group_cache_row(cached_party const& source, cached_party const& target, double match,
                double stability_now, double stability_with, instant now, schema::jsonb metadata,
                cache_policy const& policy = {}) {
    auto row = detail::cache_row_of(source, target, now, std::move(metadata), policy);
    row.compatibility_score = require_unit("match", match);
    row.current_fabric_stability = require_unit("stability_now", stability_now);
    row.predicted_fabric_stability = require_unit("stability_with", stability_with);
    row.fabric_stability_improvement = stability_with - stability_now;
    return row;
}

/// What a run of the job did.
struct job_counts {
    std::size_t processed = 0;
    std::size_t succeeded = 0;
    std::size_t failed = 0;
    std::size_t outreach_created = 0;
};

/// The id of a job: its type and the instant it runs for.
[[nodiscard]] inline uuid job_id(schema::job_type type, instant now) {
    return row_id("outreach_processing_jobs", {schema::to_text(type), to_iso(now)});
}

/// The job's record at a stage. Every instant in it is `now`; only processing_time_ms is measured.
/// Throws overflow_error for counts beyond an integer column.
[[nodiscard]] inline schema::outreach_processing_jobs
job_row(schema::job_type type, schema::job_status status, instant now, job_counts const& counts,
        std::optional<std::int32_t> processing_time_ms, schema::jsonb parameters,
        schema::jsonb metadata, std::optional<std::string> error_message = std::nullopt) {
    auto const column = [](std::size_t n) {
        if (n > static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max())) {
            WEFT_THROW(overflow_error("a count of " + weft::to_text(n) +
                                      " does not fit an integer column"));
        }
        return static_cast<std::int32_t>(n);
    };
    schema::outreach_processing_jobs row;
    row.id = job_id(type, now);
    row.job_type = type;
    row.status = status;
    if (status != schema::job_status::pending) row.started_at = now;
    if (status == schema::job_status::completed || status == schema::job_status::failed) {
        row.completed_at = now;
    }
    row.processing_time_ms = processing_time_ms;
    row.items_processed = column(counts.processed);
    row.items_succeeded = column(counts.succeeded);
    row.items_failed = column(counts.failed);
    row.outreach_created = column(counts.outreach_created);
    row.error_message = std::move(error_message);
    row.retry_count = 0;
    row.parameters = std::move(parameters);
    row.created_at = now;
    row.updated_at = now;
    row.metadata = std::move(metadata);
    return row;
}

} // namespace weft::inline v0::outreach
