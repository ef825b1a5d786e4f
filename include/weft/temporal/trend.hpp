#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "weft/core/error.hpp"
#include "weft/core/number.hpp"
#include "weft/core/time.hpp"
#include "weft/temporal/forecast.hpp"
#include "weft/temporal/series.hpp"

namespace weft::inline v0::temporal {

enum class trend { improving, stable, declining, unknown };

using weft::to_text; // the overload for trends must not hide those for numbers

[[nodiscard]] constexpr std::string_view to_text(trend t) noexcept {
    switch (t) {
    case trend::improving:
        return "improving";
    case trend::stable:
        return "stable";
    case trend::declining:
        return "declining";
    case trend::unknown:
        break;
    }
    return "unknown";
}

struct trend_options {
    /// The days over which a change counts: change = rate x window. Nothing: the series' own span.
    std::optional<double> window_days;
    /// A change of more than this is a trend, one that surely stays below it is stable.
    double threshold = .1;
    /// Two-sided level of the test: the probability of a trend on pure noise is at most this.
    double level = .05;
};

struct trend_result {
    trend direction = trend::unknown;
    /// Why the direction is what it is, in words.
    std::string reason;
    /// Median of the slopes between all pairs of points (Theil and Sen); absent below two points.
    std::optional<double> rate_per_day;
    /// Sen's interval for the rate at 1 - level, from the exact distribution of Kendall's S; absent
    /// where it is unbounded (always below five points at level .05).
    std::optional<double> rate_lower;
    std::optional<double> rate_upper;
    /// rate_per_day x window.
    std::optional<double> change;
    /// Two-sided p of the Mann-Kendall test; absent below two points.
    std::optional<double> p_value;
    /// Whether p_value and the interval come from the exact distribution (up to 100 points) or from
    /// the normal approximation with correction for ties and continuity.
    bool exact = true;
};

/// How steep the series of a population are, by number of points and spacing: what a short series
/// is compared with.
struct slope_population {
    struct entry {
        std::size_t points = 0;
        /// The spacing's class: the mean gap is within a factor sqrt(2) of 2^octave days.
        int octave = 0;
        /// How many people it rests on.
        std::size_t people = 0;
        /// A slope per day that a further such person exceeds in size with probability at most
        /// `level`.
        double quantile = 0.0;

        [[nodiscard]] friend bool operator==(entry const&, entry const&) = default;
    };

    double level = .05;
    std::vector<entry> entries;

    [[nodiscard]] friend bool operator==(slope_population const&,
                                         slope_population const&) = default;
};

namespace detail {

/// Above this many points the slopes of all pairs are not formed (64 MB).
inline constexpr std::size_t most_trend_points = 4000;
/// Up to this many points Kendall's S has its exact distribution here.
inline constexpr std::size_t most_exact_points = 100;

inline void require_trend(trend_options const& o) {
    if (o.window_days && !(is_finite(*o.window_days) && *o.window_days > 0.0)) {
        WEFT_THROW(invalid_argument("window_days", to_text(*o.window_days), "a finite number > 0"));
    }
    if (!is_finite(o.threshold) || !(o.threshold >= 0.0)) {
        WEFT_THROW(invalid_argument("threshold", to_text(o.threshold), "a finite number >= 0"));
    }
    if (!is_finite(o.level) || !(o.level > 0.0 && o.level < 1.0)) {
        WEFT_THROW(invalid_argument("level", to_text(o.level), "a number in (0, 1)"));
    }
}

/// The probabilities of 0, 1, 2, ... inversions in a random arrangement of items of which groups
/// are equal (`ties`: the groups' sizes): a product of Mann-Whitney distributions.
inline std::vector<double> inversions(std::span<std::size_t const> ties) {
    std::vector<double> all{1.0};
    std::size_t items = 0;
    std::vector<std::vector<double>> counts;
    for (auto const group : ties) {
        auto const n = items + group;
        std::vector<double> joined;
        if (group == 1) {
            // A single new item: its inversions are uniform on 0..items. Running sums over the
            // lower half, where they grow and lose no digits; the upper half mirrors it.
            auto const size = all.size() + items;
            joined.assign(size, 0.0);
            double running = 0.0;
            for (std::size_t i = 0; i < (size + 1) / 2; ++i) {
                if (i < all.size()) running += all[i];
                if (i > items) running -= all[i - items - 1];
                joined[i] = joined[size - 1 - i] = running / static_cast<double>(n);
            }
        } else if (items == 0) {
            joined = all;
        } else {
            // counts[k]: among m items so far, k of the new group; a row a time.
            counts.assign(group + 1, {});
            counts[0] = {1.0};
            for (std::size_t m = 1; m <= n; ++m) {
                for (auto k = std::min(m, group);; --k) {
                    if (m - k > items) break;
                    std::vector<double> next(k * (m - k) + 1, 0.0);
                    auto const share = static_cast<double>(k) / static_cast<double>(m);
                    if (k > 0) {
                        for (std::size_t i = 0; i < counts[k - 1].size(); ++i) {
                            next[i] += share * counts[k - 1][i];
                        }
                    }
                    if (k < m) {
                        for (std::size_t i = 0; i < counts[k].size(); ++i) {
                            next[i + k] += (1.0 - share) * counts[k][i];
                        }
                    }
                    counts[k] = std::move(next);
                    if (k == 0) break;
                }
            }
            auto const& mixed = counts[group];
            joined.assign(all.size() + mixed.size() - 1, 0.0);
            for (std::size_t i = 0; i < all.size(); ++i) {
                for (std::size_t k = 0; k < mixed.size(); ++k) joined[i + k] += all[i] * mixed[k];
            }
        }
        all = std::move(joined);
        items = n;
    }
    return all;
}

/// P(|S| >= |s|) of Kendall's S.
inline double kendall_p(std::int64_t s, std::span<std::size_t const> ties) {
    auto const chances = inversions(ties);
    // S = untied pairs - 2 inversions.
    auto const pairs = static_cast<std::int64_t>(chances.size()) - 1;
    double p = 0.0;
    for (std::size_t i = 0; i < chances.size(); ++i) {
        if (std::abs(pairs - 2 * static_cast<std::int64_t>(i)) >= std::abs(s)) p += chances[i];
    }
    return std::min(p, 1.0);
}

/// The largest m such that the m-th smallest and m-th largest slope of n points without ties bound
/// the rate with probability >= 1 - level (Sen 1968); 0 where there is none.
inline std::size_t sen_rank(std::size_t n, double level, bool exact) {
    auto const pairs = n * (n - 1) / 2;
    if (exact) {
        std::vector<std::size_t> const single(n, 1);
        auto const chances = inversions(single);
        // m smallest slopes fall below the rate with P(inversions <= m - 1) on each side.
        double tail = 0.0;
        std::size_t m = 0;
        while (m < chances.size()) {
            tail += chances[m];
            if (tail > level / 2.0) break;
            ++m;
        }
        return m;
    }
    auto const k = static_cast<double>(n);
    auto const deviation = std::sqrt(k * (k - 1.0) * (2.0 * k + 5.0) / 18.0);
    auto const c = two_sided_normal(1.0 - level) * deviation;
    auto const m = std::floor((static_cast<double>(pairs) - c) / 2.0);
    return m < 1.0 ? 0 : static_cast<std::size_t>(m);
}

/// The slopes per day between all pairs of points.
inline std::vector<double> pair_slopes(series const& own) {
    auto const t = own.times();
    auto const y = own.values();
    std::vector<double> slopes;
    slopes.reserve(t.size() * (t.size() - 1) / 2);
    for (std::size_t i = 0; i < t.size(); ++i) {
        for (std::size_t j = i + 1; j < t.size(); ++j) {
            slopes.push_back((y[j] - y[i]) / days_between(t[i], t[j]));
        }
    }
    return slopes;
}

inline double median(std::vector<double>& x) {
    auto const middle = x.begin() + static_cast<std::ptrdiff_t>(x.size() / 2);
    std::nth_element(x.begin(), middle, x.end());
    if (x.size() % 2 == 1) return *middle;
    return (*std::max_element(x.begin(), middle) + *middle) / 2.0;
}

inline double span_days(series const& own) {
    return days_between(own.times().front(), own.times().back());
}

inline int octave(series const& own) {
    auto const gap = span_days(own) / static_cast<double>(own.size() - 1);
    return static_cast<int>(std::lround(std::log2(gap)));
}

/// Significance decides first, then the size of the change.
inline void decide(trend_result& r, double threshold, std::string significance) {
    if (std::abs(*r.change) > threshold) {
        r.direction = *r.change > 0.0 ? trend::improving : trend::declining;
        r.reason = std::move(significance);
    } else {
        r.reason = std::move(significance) + ", but the change of " + to_text(*r.change) +
                   " is not above " + to_text(threshold);
    }
}

} // namespace detail

/// The slopes that 1 - level of a population's people with the same number of points (three or
/// four) and about the same spacing do not exceed in size. The quantile is the order statistic
/// that a further person of the same population exceeds with probability at most `level` (rank
/// ceil((m + 1)(1 - level)) of m); classes with too few people for it (19 at .05) have no entry.
/// If a population really moves, its slopes are large and a person has to move more to be noticed.
/// O(people).
[[nodiscard]] inline slope_population fit_slopes(std::span<series const> people,
                                                 double level = .05) {
    trend_options checked;
    checked.level = level;
    detail::require_trend(checked);
    std::map<std::pair<std::size_t, int>, std::vector<double>> classes;
    for (auto const& person : people) {
        if (person.size() != 3 && person.size() != 4) continue;
        auto slopes = detail::pair_slopes(person);
        auto const slope = std::abs(detail::median(slopes));
        if (!is_finite(slope)) continue;
        classes[{person.size(), detail::octave(person)}].push_back(slope);
    }
    slope_population out{level, {}};
    for (auto& [key, slopes] : classes) {
        auto const m = static_cast<double>(slopes.size());
        auto const rank = std::ceil((m + 1.0) * (1.0 - level) - 1e-9);
        if (rank > m) continue;
        auto const nth = slopes.begin() + static_cast<std::ptrdiff_t>(rank) - 1;
        std::nth_element(slopes.begin(), nth, slopes.end());
        out.entries.push_back({key.first, key.second, slopes.size(), *nth});
    }
    return out;
}

/// Whether a series rises or falls.
///
/// Five points and more: improving where the Mann-Kendall test is significant, the whole interval
/// of the rate lies above 0 and change > threshold; declining mirrored; stable where the interval's
/// change lies within +-threshold; unknown otherwise. Three or four points cannot be significant by
/// themselves (smallest p: 1/3 and 1/12): they are compared with a population's slopes at the same
/// number and spacing, and are unknown without one. Fewer are unknown.
///
/// The level holds for exchangeable noise; noise that remembers itself raises more alarms.
/// Throws invalid_argument for faulty options, or where the population was fitted to another level.
/// O(n^2) memory, O(n^2 log n) time and O(n^3) for the exact distribution (more with large ties);
/// above 4000 points unknown.
[[nodiscard]] inline trend_result trend_of(series const& own, trend_options const& options = {},
                                           slope_population const* population = nullptr) {
    detail::require_trend(options);
    if (population != nullptr && population->level != options.level) {
        WEFT_THROW(invalid_argument("level", to_text(options.level),
                                    "the population's, " + to_text(population->level)));
    }
    trend_result r;
    auto const n = own.size();
    if (n < 2) {
        r.reason = n == 0 ? "no snapshots" : "too few snapshots: 1";
        return r;
    }
    if (n > detail::most_trend_points) {
        r.reason = "more than " + to_text(detail::most_trend_points) + " points: resample first";
        return r;
    }
    auto slopes = detail::pair_slopes(own);
    if (std::any_of(slopes.begin(), slopes.end(), [](double x) { return !is_finite(2.0 * x); })) {
        r.reason = "slopes beyond the range of a double";
        return r;
    }
    std::int64_t s = 0;
    for (auto const slope : slopes) s += (slope > 0.0) - (slope < 0.0);
    r.rate_per_day = detail::median(slopes);
    auto const window = options.window_days.value_or(detail::span_days(own));
    r.change = *r.rate_per_day * window;
    if (!is_finite(*r.change)) {
        r.change.reset();
        r.reason = "the change over the window is beyond the range of a double";
        return r;
    }

    std::vector<double> sorted(own.values().begin(), own.values().end());
    std::sort(sorted.begin(), sorted.end());
    std::vector<std::size_t> ties;
    for (std::size_t i = 0; i < n; ++i) {
        if (i > 0 && sorted[i] == sorted[i - 1]) {
            ++ties.back();
        } else {
            ties.push_back(1);
        }
    }
    r.exact = n <= detail::most_exact_points;
    if (r.exact) {
        r.p_value = detail::kendall_p(s, ties);
    } else {
        auto const spread = [](double k) { return k * (k - 1.0) * (2.0 * k + 5.0); };
        auto variance = spread(static_cast<double>(n));
        for (auto const group : ties) variance -= spread(static_cast<double>(group));
        auto const z = std::max(0.0, std::abs(static_cast<double>(s)) - 1.0);
        r.p_value = variance > 0.0 ? std::erfc(z / std::sqrt(variance / 9.0)) : 1.0;
    }

    if (n == 2) {
        r.reason = "too few snapshots: 2";
        return r;
    }
    if (n < 5) {
        auto const few = "too few snapshots: " + to_text(n);
        if (population == nullptr) {
            r.reason = few + ", and no population to compare with";
            return r;
        }
        auto const octave = detail::octave(own);
        auto const found =
            std::find_if(population->entries.begin(), population->entries.end(),
                         [&](auto const& e) { return e.points == n && e.octave == octave; });
        if (found == population->entries.end()) {
            r.reason = few + ", and too few people with as many at this spacing";
            return r;
        }
        auto const size = to_text(std::abs(*r.rate_per_day));
        auto const beside = to_text(found->quantile) + " per day that bounds " +
                            to_text(1.0 - options.level) + " of " + to_text(found->people) +
                            " people with " + to_text(n) + " snapshots";
        if (std::abs(*r.rate_per_day) > found->quantile) {
            detail::decide(r, options.threshold, "the slope of " + size + " exceeds the " + beside);
        } else {
            r.reason = "the slope of " + size + " does not exceed the " + beside;
        }
        return r;
    }

    if (auto const rank = detail::sen_rank(n, options.level, r.exact); rank > 0) {
        std::sort(slopes.begin(), slopes.end());
        r.rate_lower = slopes[rank - 1];
        r.rate_upper = slopes[slopes.size() - rank];
        auto const low = *r.rate_lower * window;
        auto const high = *r.rate_upper * window;
        if (*r.p_value <= options.level && (low > 0.0 || high < 0.0)) {
            detail::decide(r, options.threshold, "Mann-Kendall p = " + to_text(*r.p_value));
        }
        if (r.direction == trend::unknown && low >= -options.threshold &&
            high <= options.threshold) {
            r.direction = trend::stable;
            r.reason = "the change's interval [" + to_text(low) + ", " + to_text(high) +
                       "] lies within " + to_text(options.threshold) + " of 0";
        }
    }
    if (r.reason.empty()) {
        r.reason = *r.p_value > options.level
                       ? "not significant: Mann-Kendall p = " + to_text(*r.p_value)
                       : "the rate's interval does not exclude 0";
    }
    return r;
}

/// Whether a predicted value lies above or below what holds now, by its interval: the points of a
/// predicted curve are not data. `now` is the value that the change is counted from.
[[nodiscard]] inline trend_result
trend_of_prediction(instant from, double now, forecast const& later, double threshold = .1) {
    trend_options checked;
    checked.threshold = threshold;
    detail::require_trend(checked);
    require_finite("now", now);
    detail::require_usable("from", from);
    detail::require_usable("later.at", later.at);
    trend_result r;
    r.change = later.value - now;
    auto const low = later.lower - now;
    auto const high = later.upper - now;
    auto const days = days_between(from, later.at);
    if (!(days > 0.0)) {
        WEFT_THROW(invalid_argument("later.at", detail::shown(later.at),
                                    "an instant after " + detail::shown(from)));
    }
    r.rate_per_day = *r.change / days;
    r.rate_lower = low / days;
    r.rate_upper = high / days;
    auto const interval =
        "the predicted change's interval [" + to_text(low) + ", " + to_text(high) + "]";
    if (*r.change > threshold && low > 0.0) {
        r.direction = trend::improving;
        r.reason = interval + " lies above 0";
    } else if (*r.change < -threshold && high < 0.0) {
        r.direction = trend::declining;
        r.reason = interval + " lies below 0";
    } else if (low >= -threshold && high <= threshold) {
        r.direction = trend::stable;
        r.reason = interval + " lies within " + to_text(threshold) + " of 0";
    } else {
        r.reason = interval + " decides neither";
    }
    return r;
}

} // namespace weft::inline v0::temporal
