#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "weft/compatibility/trajectory.hpp"
#include "weft/core/error.hpp"
#include "weft/core/number.hpp"
#include "weft/core/time.hpp"
#include "weft/profile/entity.hpp"
#include "weft/profile/fingerprint.hpp"
#include "weft/temporal/curve.hpp"
#include "weft/temporal/series.hpp"
#include "weft/temporal/zone.hpp"

namespace weft::inline v0::compatibility {

struct timing_options {
    /// Maximise the lower end of the predicted score's interval instead of its expected value.
    bool cautious = false;
    /// The recipient's clock. With it, the hours of the rhythm are local, and moments lie within
    /// the daytime; without, the rhythm's hours are UTC and nothing is known of day and night.
    std::optional<temporal::zone> zone = std::nullopt;
    /// Daytime on the recipient's clock, in full hours: from the first to before the second.
    int day_from = 8;
    int day_to = 22;
    /// A predicted score that moves by no more than this over the horizon is flat.
    double flat = .01;
    /// Standard deviation of the circular smoothing of the rhythm, in hours.
    double rhythm_sigma_hours = 1.0;
};

/// An hour (the first one may be shorter) that was considered.
struct moment {
    instant from{};
    instant to{};           ///< the next window's beginning
    double predicted = 0.0; ///< the score (or its lower end) at `from`
    /// The rhythm's share of that hour of the week over its largest; 1 where there is none.
    double rhythm = 1.0;
    double value = 0.0; ///< predicted x rhythm

    [[nodiscard]] friend bool operator==(moment const&, moment const&) = default;
};

struct best_moment_result {
    /// The moment; absent where nothing is predicted or no window lies in the daytime.
    std::optional<moment> best;
    /// Why it is the best, or why there is none.
    std::string reason;
    /// Every window that was considered, in order of time.
    std::vector<moment> considered;
    std::size_t nights = 0; ///< windows left out because they lie outside the daytime
    bool flat = false;      ///< whether the predicted score is
};

namespace detail {

[[nodiscard]] inline instant next_full_hour(instant t,
                                            std::optional<temporal::zone> const& zone) noexcept {
    auto const local = zone ? zone->local(t) : t;
    auto const into = local - std::chrono::floor<std::chrono::hours>(local);
    return t + (std::chrono::hours(1) - into);
}

} // namespace detail

/// When to approach somebody: the hour of the horizon at whose beginning the predicted score, times
/// the recipient's weekly rhythm, is largest; the earliest of equals. The windows are `now` itself
/// and then every full hour of the recipient's clock up to the horizon, so the answer is never in
/// the past and never beyond. Where the predicted score is flat and no rhythm is known, it is now
/// (at night: the next hour of the daytime), with that reason.
///
/// The score between the trajectory's points is its pchip curve; before the first and after the
/// last point it stays as there. Daylight saving time shifts windows and rhythm with the clock.
/// Throws invalid_argument where `horizon` is before `now` or more than ten years away, for faulty
/// options and for a rhythm with a negative count. O(hours).
[[nodiscard]] inline best_moment_result best_moment(pair_trajectory const& trajectory, instant now,
                                                    instant horizon,
                                                    std::optional<profile::week> const& rhythm,
                                                    timing_options const& options = {}) {
    temporal::detail::require_usable("now", now);
    temporal::detail::require_usable("horizon", horizon);
    if (horizon < now || horizon - now > weft::days(3653)) {
        WEFT_THROW(invalid_argument("horizon", temporal::detail::shown(horizon),
                                    "an instant from now to ten years later"));
    }
    if (options.day_from < 0 || options.day_to > 24 || options.day_from >= options.day_to) {
        WEFT_THROW(invalid_argument(
            "day_from", to_text(options.day_from) + ", day_to: " + to_text(options.day_to),
            "hours with 0 <= day_from < day_to <= 24"));
    }
    require_finite("flat", options.flat);
    best_moment_result out;
    auto weights = rhythm ? profile::smooth_rhythm(*rhythm, options.rhythm_sigma_hours)
                          : std::optional<profile::week>();
    if (weights) {
        auto const largest = *std::max_element(weights->begin(), weights->end());
        for (auto& w : *weights) w /= largest;
    }
    temporal::series points;
    for (auto const& p : trajectory.points) {
        if (p.score) points.append(p.at, options.cautious ? p.lower : *p.score);
    }
    if (points.empty()) {
        out.reason = "nothing is predicted for the pair";
        return out;
    }
    std::optional<temporal::instant_curve> curve;
    if (points.size() > 1) {
        temporal::curve_options clamped;
        clamped.outside = temporal::outside::clamp;
        curve.emplace(points, clamped);
    }
    auto const predicted = [&](instant t) { return curve ? (*curve)(t) : points.values()[0]; };

    std::size_t best = 0;
    double lowest = HUGE_VAL;
    double highest = -HUGE_VAL;
    for (auto t = now; t <= horizon;) {
        auto const next = detail::next_full_hour(t, options.zone);
        auto const local = options.zone ? options.zone->local(t) : t;
        auto const hour = hour_of_week(local);
        moment m{t, next, predicted(t), 1.0, 0.0};
        lowest = std::min(lowest, m.predicted);
        highest = std::max(highest, m.predicted);
        t = next;
        if (options.zone && (hour % 24 < options.day_from || hour % 24 >= options.day_to)) {
            ++out.nights;
            continue;
        }
        if (weights) m.rhythm = (*weights)[static_cast<std::size_t>(hour)];
        m.value = m.predicted * m.rhythm;
        if (!out.considered.empty() && m.value > out.considered[best].value) {
            best = out.considered.size();
        }
        out.considered.push_back(m);
    }
    out.flat = highest - lowest <= options.flat;
    if (out.considered.empty()) {
        out.reason = "no hour up to the horizon lies in the recipient's daytime";
        return out;
    }
    auto const what = options.cautious ? std::string("the lower end of the predicted score")
                                       : std::string("the predicted score");
    auto const& first = out.considered.front();
    if (out.flat && !weights) {
        out.best = first;
        out.reason = first.from == now
                         ? "now: " + what + " is flat, it moves by " + to_text(highest - lowest)
                         : "the next hour of the recipient's daytime: " + what +
                               " is flat, it moves by " + to_text(highest - lowest);
        return out;
    }
    out.best = out.considered[best];
    auto const& b = *out.best;
    out.reason = b.from == now ? std::string("now: ") : std::string();
    out.reason += what + " there is " + to_text(b.predicted) + ", against " +
                  to_text(predicted(now)) + " now";
    if (weights) {
        out.reason +=
            "; the recipient's rhythm has " + to_text(b.rhythm) + " of its strongest hour";
        if (out.flat) out.reason += " and decides, because the score is flat";
    } else {
        out.reason += "; no rhythm of the recipient is known";
    }
    out.reason += "; the best of " + to_text(out.considered.size()) + " hours";
    if (out.nights > 0) out.reason += ", " + to_text(out.nights) + " at night left out";
    return out;
}

} // namespace weft::inline v0::compatibility
