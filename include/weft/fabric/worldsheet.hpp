#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <Eigen/Core>

#include "weft/core/error.hpp"
#include "weft/core/number.hpp"
#include "weft/core/time.hpp"
#include "weft/core/unit.hpp"
#include "weft/fabric/clusters.hpp"
#include "weft/fabric/communities.hpp"
#include "weft/fabric/stability.hpp"
#include "weft/temporal/curve.hpp"
#include "weft/temporal/forecast.hpp"
#include "weft/temporal/series.hpp"
#include "weft/temporal/trend.hpp"

/// A fabric in time: every pair a curve, the group a sheet that these span.
namespace weft::inline v0::fabric {

/// What was seen of a pair's compatibility.
struct pair_history {
    std::size_t i = 0;
    std::size_t j = 0;
    temporal::series seen; ///< at least one value, all in [0,1]
};

/// The compatibilities at one instant, with the intervals of those that are forecast (elsewhere
/// both ends are the value).
struct sheet_slice {
    Eigen::MatrixXd value;
    Eigen::MatrixXd lower;
    Eigen::MatrixXd upper;
    /// The standard deviation of the normal distribution around the value that has the interval's
    /// half width before it is cut to [0,1]; 0 where nothing is forecast.
    Eigen::MatrixXd deviation;
};

/// The curves of all pairs of a group: between observations monotone cubic interpolation, after the
/// last one the forecast with its interval, before the first one its value. Pairs without a history
/// are 0 throughout.
class worldsheet {
public:
    /// Throws invalid_argument naming `pairs[k]` for a member who is not there, a pair of one with
    /// itself, a pair that was listed before, an empty history, or a value outside [0,1], and
    /// naming the model's part where it is faulty.
    worldsheet(std::size_t members, std::vector<pair_history> pairs,
               temporal::forecast_model const& model = {})
        : members_(members)
        , model_(model)
        , uncut_(model)
        , half_width_(temporal::detail::two_sided_normal(model.coverage)) {
        temporal::detail::require_model(model);
        uncut_.range.reset();
        std::set<std::pair<std::size_t, std::size_t>> known;
        for (std::size_t k = 0; k < pairs.size(); ++k) {
            auto& p = pairs[k];
            auto const name = "pairs[" + to_text(k) + "]";
            if (p.i >= members || p.j >= members) {
                WEFT_THROW(invalid_argument(name, to_text(std::max(p.i, p.j)),
                                            "members below " + to_text(members)));
            }
            if (p.i == p.j || !known.insert(std::minmax(p.i, p.j)).second) {
                WEFT_THROW(invalid_argument(name,
                                            "members " + to_text(p.i) + " and " + to_text(p.j),
                                            "two different members, each pair once"));
            }
            if (p.seen.empty()) {
                WEFT_THROW(invalid_argument(name + ".seen", "nothing", "at least one value"));
            }
            for (double const y : p.seen.values()) {
                if (!in_unit(y)) require_unit(name + ".seen", y);
            }
            line l{p.i, p.j, std::move(p.seen), std::nullopt};
            if (l.seen.size() > 1) l.between.emplace(l.seen);
            lines_.push_back(std::move(l));
        }
    }

    [[nodiscard]] std::size_t members() const noexcept { return members_; }
    [[nodiscard]] std::size_t pairs() const noexcept { return lines_.size(); }

    /// All instants at which something was seen, increasing.
    [[nodiscard]] std::vector<instant> times() const {
        std::vector<instant> out;
        for (auto const& l : lines_) {
            out.insert(out.end(), l.seen.times().begin(), l.seen.times().end());
        }
        std::sort(out.begin(), out.end());
        out.erase(std::unique(out.begin(), out.end()), out.end());
        return out;
    }

    /// The value of pair number k (in the order they were given) at an instant.
    [[nodiscard]] temporal::forecast pair_at(std::size_t k, instant t) const {
        if (k >= lines_.size()) {
            WEFT_THROW(invalid_argument("k", to_text(k), "below " + to_text(lines_.size())));
        }
        auto const& l = lines_[k];
        if (t > l.seen.times().back()) return *temporal::forecast_at(l.seen, t, model_);
        double const y = l.between && t > l.seen.times().front() ? clamp_unit((*l.between)(t))
                                                                 : l.seen.values().front();
        return {t, y, y, y, 1.0};
    }
    [[nodiscard]] std::pair<std::size_t, std::size_t> who(std::size_t k) const {
        return {lines_.at(k).i, lines_.at(k).j};
    }
    [[nodiscard]] std::span<instant const> seen_at(std::size_t k) const {
        return lines_.at(k).seen.times();
    }

    /// The group at an instant. O(n^2 + observations).
    [[nodiscard]] sheet_slice at(instant t) const {
        auto const n = static_cast<Eigen::Index>(members_);
        sheet_slice out;
        out.value = out.lower = out.upper = out.deviation = Eigen::MatrixXd::Zero(n, n);
        for (std::size_t k = 0; k < lines_.size(); ++k) {
            auto const f = pair_at(k, t);
            auto const i = static_cast<Eigen::Index>(lines_[k].i);
            auto const j = static_cast<Eigen::Index>(lines_[k].j);
            out.value(i, j) = out.value(j, i) = clamp_unit(f.value);
            out.lower(i, j) = out.lower(j, i) = clamp_unit(std::min(f.lower, f.value));
            out.upper(i, j) = out.upper(j, i) = clamp_unit(std::max(f.upper, f.value));
            if (!(f.upper > f.lower)) continue;
            auto const free = *temporal::forecast_at(lines_[k].seen, t, uncut_);
            out.deviation(i, j) = out.deviation(j, i) = (free.upper - free.value) / half_width_;
        }
        return out;
    }
    /// The probability with which the intervals of pairs are meant to hold them.
    [[nodiscard]] double coverage() const noexcept { return model_.coverage; }

private:
    struct line {
        std::size_t i, j;
        temporal::series seen;
        std::optional<temporal::instant_curve> between;
    };
    std::size_t members_;
    temporal::forecast_model model_, uncut_; ///< the second one without a range
    double half_width_;
    std::vector<line> lines_;
};

/// Stability at an instant.
struct stability_point {
    instant at{};
    stability_result now;
    /// Holds the stability with the coverage of the pairs' intervals, if pairs err independently of
    /// each other: quantiles of the stability of drawn groups. It also holds `now.stability`, which
    /// lies above most of what can come where the group is symmetric: l_2 is concave. Absent with
    /// fewer than two members, and without draws.
    std::optional<double> lower;
    std::optional<double> upper;
    /// Stability if every pair were at the lower, at the upper end of its interval: since stability
    /// never falls when a pair strengthens, it lies between these whenever all pairs do.
    std::optional<double> lowest;
    std::optional<double> highest;
};

struct interval_options {
    /// Groups that are drawn; none: no interval [lower, upper]. One more is equally likely to lie
    /// between any two neighbours of them, so that the coverage is met for any number of draws, up
    /// to 2 / (draws + 1) too wide.
    std::size_t draws = 199;
    std::uint64_t seed = 1;
};

namespace detail {

/// The interval with `coverage` of the stability of groups whose pairs err independently.
inline std::pair<double, double> drawn_interval(sheet_slice const& slice, double coverage,
                                                stability_weights const& weights,
                                                interval_options const& options) {
    splitmix random(options.seed);
    // (0, 1): the logarithm is finite.
    auto const uniform = [&] { return (static_cast<double>(random() >> 12U) + 0.5) * 0x1p-52; };
    Eigen::Index const n = slice.value.rows();
    spectra space;
    std::vector<double> found;
    Eigen::MatrixXd c = slice.value;
    for (std::size_t d = 0; d < options.draws; ++d) {
        for (Eigen::Index j = 0; j < n; ++j) {
            for (Eigen::Index i = 0; i < j; ++i) {
                double const spread = slice.deviation(i, j);
                if (!(spread > 0.0)) continue;
                // Box and Muller, Ann. Math. Stat. 29 (1958) 610.
                double const radius = std::sqrt(-2.0 * std::log(uniform()));
                double const normal = radius * std::cos(6.283185307179586 * uniform());
                c(i, j) = c(j, i) = clamp_unit(slice.value(i, j) + spread * normal);
            }
        }
        found.push_back(combine(factors_of(c, space), weights));
    }
    // A further draw lies below the k-th of m with probability k / (m + 1).
    auto const k = static_cast<std::size_t>(
        0.5 * (1.0 - coverage) * static_cast<double>(found.size() + 1) + 1e-9);
    std::sort(found.begin(), found.end());
    return {found[k - 1], found[found.size() - k]};
}

} // namespace detail

/// Stability at the given instants (any order). O(n^3) each, times the draws where more than one
/// pair is forecast; for one, [lower, upper] is exactly [lowest, highest]. Deterministic. Throws as
/// stability does, and for draws that are too few for the coverage of the sheet's model.
[[nodiscard]] inline std::vector<stability_point>
stability_at(worldsheet const& sheet, std::span<instant const> at,
             stability_weights const& weights = {}, interval_options const& options = {}) {
    require_weights(weights);
    double const fewest = std::ceil(2.0 / (1.0 - sheet.coverage()) - 1e-9) - 1.0;
    if (options.draws > 0 && static_cast<double>(options.draws) < fewest) {
        WEFT_THROW(invalid_argument("options.draws", to_text(options.draws),
                                    "none, or for a coverage of " + to_text(sheet.coverage()) +
                                        " at least " + to_text(fewest)));
    }
    std::vector<stability_point> out;
    for (auto const t : at) {
        auto const slice = sheet.at(t);
        stability_point p;
        p.at = t;
        p.now = stability(slice.value, weights);
        if (p.now.stability) {
            double const value = *p.now.stability;
            p.lowest = p.highest = value;
            auto const uncertain = (slice.deviation.array() > 0.0).count() / 2;
            if (uncertain > 0) {
                p.lowest = std::min(value, *stability(slice.lower, weights).stability);
                p.highest = std::max(value, *stability(slice.upper, weights).stability);
            }
            if (options.draws > 0) {
                p.lower = p.lowest;
                p.upper = p.highest;
                if (uncertain > 1) {
                    auto const [low, high] =
                        detail::drawn_interval(slice, sheet.coverage(), weights, options);
                    p.lower = std::min(value, low);
                    p.upper = std::max(value, high);
                }
            }
        }
        out.push_back(std::move(p));
    }
    return out;
}

/// The stabilities as a series, for temporal::trend_of and the like. Points without one are left
/// out. Throws invalid_argument where the instants do not increase.
[[nodiscard]] inline temporal::series stability_series(std::span<stability_point const> points) {
    std::vector<instant> t;
    std::vector<double> y;
    for (auto const& p : points) {
        if (!p.now.stability) continue;
        t.push_back(p.at);
        y.push_back(*p.now.stability);
    }
    return {std::move(t), std::move(y)};
}

enum class cluster_change { merge, split, regroup };

/// The clusters of one moment become others.
struct cluster_event {
    instant at{}; ///< the first instant of the new clusters, to a second
    cluster_change kind = cluster_change::merge;
    /// Those that are no more, and those that are new; members increasing.
    std::vector<std::vector<std::size_t>> before;
    std::vector<std::vector<std::size_t>> after;
};

/// When clusters merge and split between two instants. Clusters are the connected components of the
/// pairs above `threshold`, so that they change only as a pair's curve crosses it. Between
/// observations curves are monotone and no crossing is missed; forecasts are looked at every
/// `step`. Crossings are found by bisection, to a second. Throws invalid_argument for a threshold
/// outside [0,1], instants outside the years 0001 to 9999, until < from, a step of less than a
/// second, or more than a million steps.
[[nodiscard]] inline std::vector<cluster_event>
cluster_events(worldsheet const& sheet, double threshold, instant from, instant until,
               std::chrono::seconds step = std::chrono::hours{24}) {
    require_unit("threshold", threshold);
    temporal::detail::require_usable("from", from);
    temporal::detail::require_usable("until", until);
    if (until < from) {
        WEFT_THROW(invalid_argument("until", "an instant before `from`", "one at or after it"));
    }
    auto const given = step.count();
    // A longer step looks nowhere else, and its microseconds need not fit.
    step = std::min(step, std::chrono::duration_cast<std::chrono::seconds>(until - from) +
                              std::chrono::seconds{1});
    if (step < std::chrono::seconds{1} || (until - from) / 1'000'000 > step) {
        WEFT_THROW(invalid_argument("step", to_text(given) + " s",
                                    "at least 1 s, and at most a million steps"));
    }
    struct crossing {
        instant at;
        std::size_t pair;
        bool above;
    };
    std::vector<crossing> crossings;
    std::vector<char> above(sheet.pairs());
    auto const is_above = [&](std::size_t k, instant t) {
        return sheet.pair_at(k, t).value > threshold;
    };
    for (std::size_t k = 0; k < sheet.pairs(); ++k) {
        std::vector<instant> grid{from, until};
        for (auto const t : sheet.seen_at(k)) {
            if (t > from && t < until) grid.push_back(t);
        }
        auto const last = std::max(from, sheet.seen_at(k).back());
        for (auto t = last + step; t < until; t += step) grid.push_back(t);
        std::sort(grid.begin(), grid.end());
        bool state = is_above(k, from);
        above[k] = state ? 1 : 0;
        for (std::size_t g = 1; g < grid.size(); ++g) {
            bool const next = is_above(k, grid[g]);
            if (next == state) continue;
            auto low = grid[g - 1], high = grid[g];
            while (high - low > std::chrono::seconds{1}) {
                auto const middle = low + (high - low) / 2;
                (is_above(k, middle) == state ? low : high) = middle;
            }
            crossings.push_back({high, k, next});
            state = next;
        }
    }
    std::sort(crossings.begin(), crossings.end(), [](crossing const& a, crossing const& b) {
        return a.at != b.at ? a.at < b.at : a.pair < b.pair;
    });
    auto const n = static_cast<Eigen::Index>(sheet.members());
    Eigen::MatrixXd tied = Eigen::MatrixXd::Zero(n, n);
    auto const set = [&](std::size_t k, bool on) {
        auto const [i, j] = sheet.who(k);
        auto const a = static_cast<Eigen::Index>(i), b = static_cast<Eigen::Index>(j);
        tied(a, b) = tied(b, a) = on ? 1.0 : 0.0;
    };
    for (std::size_t k = 0; k < sheet.pairs(); ++k) set(k, above[k] != 0);
    auto now = detail::lists(detail::components(tied, 0.0));
    std::vector<cluster_event> out;
    for (std::size_t c = 0; c < crossings.size();) {
        auto const at = crossings[c].at;
        for (; c < crossings.size() && crossings[c].at == at; ++c) {
            set(crossings[c].pair, crossings[c].above);
        }
        auto next = detail::lists(detail::components(tied, 0.0));
        cluster_event e;
        e.at = at;
        // Both lists are in the order of their lowest members.
        std::set_difference(now.begin(), now.end(), next.begin(), next.end(),
                            std::back_inserter(e.before));
        std::set_difference(next.begin(), next.end(), now.begin(), now.end(),
                            std::back_inserter(e.after));
        now = std::move(next);
        if (e.before.empty()) continue;
        e.kind = e.after.size() < e.before.size()   ? cluster_change::merge
                 : e.after.size() > e.before.size() ? cluster_change::split
                                                    : cluster_change::regroup;
        out.push_back(std::move(e));
    }
    return out;
}

struct future_options {
    std::size_t points = 5;    ///< instants from now to the end, both included; at least 2
    double threshold = 0.5;    ///< of the ties that make clusters
    double trend_change = 0.1; ///< a change of stability of more than this is a trend
    stability_weights weights{};
    interval_options interval{}; ///< at least one draw, as the trend goes by the interval
};

/// What a group is expected to become.
struct future_fabric {
    std::vector<stability_point> points;
    /// Of the stabilities at the instants that were observed, as temporal::trend_of judges.
    temporal::trend_result past;
    /// From now to the end, by the interval of the last point.
    temporal::trend_result trend;
    std::vector<cluster_event> events;
};

/// The future of a group from `now` to `until`. Throws invalid_argument for fewer than two points,
/// a threshold outside [0,1], an `until` that leaves less than a microsecond between points, and
/// as stability_at does.
[[nodiscard]] inline future_fabric predict(worldsheet const& sheet, instant now, instant until,
                                           future_options const& options = {}) {
    if (options.points < 2) {
        WEFT_THROW(invalid_argument("options.points", to_text(options.points), "at least 2"));
    }
    temporal::detail::require_usable("now", now);
    temporal::detail::require_usable("until", until);
    if (options.interval.draws == 0) {
        WEFT_THROW(invalid_argument("options.interval.draws", "0", "at least 1"));
    }
    if (!(now < until)) {
        WEFT_THROW(invalid_argument("until", "an instant at or before `now`", "one after it"));
    }
    if (static_cast<std::uint64_t>((until - now).count()) < options.points - 1) {
        WEFT_THROW(invalid_argument("until", to_text((until - now).count()) + " us after `now`",
                                    "an instant that leaves a microsecond between each two of " +
                                        to_text(options.points) + " points"));
    }
    future_fabric out;
    std::vector<instant> at;
    auto const steps = static_cast<std::int64_t>(options.points - 1);
    for (std::int64_t k = 0; k <= steps; ++k) {
        auto const part = (until - now) / steps;
        at.push_back(k == steps ? until : now + part * k);
    }
    out.points = stability_at(sheet, at, options.weights, options.interval);
    auto seen = sheet.times();
    seen.erase(std::upper_bound(seen.begin(), seen.end(), now), seen.end());
    // Only the values count.
    auto const history = stability_at(sheet, seen, options.weights, {.draws = 0});
    temporal::trend_options judged;
    judged.threshold = options.trend_change;
    out.past = temporal::trend_of(stability_series(history), judged);
    auto const& first = out.points.front();
    auto const& last = out.points.back();
    if (last.now.stability) {
        temporal::forecast later;
        later.at = until;
        later.value = *last.now.stability;
        later.lower = *last.lower;
        later.upper = *last.upper;
        out.trend =
            temporal::trend_of_prediction(now, *first.now.stability, later, options.trend_change);
    } else {
        out.trend.reason = "a group of fewer than two members has no pair to judge";
    }
    auto const step = std::max<std::chrono::seconds>(
        std::chrono::seconds{1},
        std::chrono::duration_cast<std::chrono::seconds>(until - now) / 64);
    out.events = cluster_events(sheet, options.threshold, now, until, step);
    return out;
}

} // namespace weft::inline v0::fabric
