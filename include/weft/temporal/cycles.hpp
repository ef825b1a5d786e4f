#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "weft/core/error.hpp"
#include "weft/core/number.hpp"
#include "weft/core/time.hpp"
#include "weft/core/unit.hpp"
#include "weft/temporal/chance.hpp"
#include "weft/temporal/series.hpp"

namespace weft::inline v0::temporal {

struct cycle_options {
    /// The shortest period tried, in days. Nothing: twice the mean spacing.
    std::optional<double> shortest_days = std::nullopt;
    /// A cycle is reported where its false-alarm probability is at most this.
    double level = .01;
    /// Frequencies tried in each step of 1 / span, the width of a peak.
    double oversampling = 10.0;
};

/// A sine that fits a series better than noise would.
struct cycle {
    double period_days = 0.0;
    /// Half of the distance from its lowest to its highest value.
    double amplitude = 0.0;
    /// The first highest point that is not before the series' first instant.
    instant peak{};
    /// The share of the series' variance that it takes, in [0,1].
    double power = 0.0;
    /// The probability that independent normal noise reaches this power at some frequency up to
    /// the highest tried: an upper bound (Davies 1987; Baluev 2008).
    double false_alarm_probability = 1.0;

    [[nodiscard]] friend bool operator==(cycle const&, cycle const&) = default;
};

struct cycle_result {
    std::optional<temporal::cycle> cycle;
    /// Why there is none; empty where there is one.
    std::string reason;
    std::size_t frequencies = 0; ///< how many were tried
};

namespace detail {

inline constexpr std::size_t least_cycle_points = 12;

/// The fit of a sine with a free mean at one frequency.
struct sine_fit {
    double power = 0.0, cosine = 0.0, sine = 0.0;
};

/// The Lomb-Scargle periodogram with a floating mean (Zechmeister and Kuerster 2009), equal
/// weights. `t` in days from any origin, `y` with mean 0, `squares` their sum of squares.
inline sine_fit fit_sine(std::span<double const> t, std::span<double const> y, double squares,
                         double frequency, bool floating_mean) noexcept {
    auto const n = static_cast<double>(t.size());
    auto const w = 2.0 * std::numbers::pi * frequency;
    double c = 0.0, s = 0.0, cc = 0.0, cs = 0.0, yc = 0.0, ys = 0.0;
    for (std::size_t i = 0; i < t.size(); ++i) {
        auto const cosine = std::cos(w * t[i]);
        auto const sine = std::sin(w * t[i]);
        c += cosine;
        s += sine;
        cc += cosine * cosine;
        cs += cosine * sine;
        yc += y[i] * cosine;
        ys += y[i] * sine;
    }
    auto ss = n - cc;
    if (floating_mean) {
        cc -= c * c / n;
        ss -= s * s / n;
        cs -= c * s / n;
    }
    auto const determinant = cc * ss - cs * cs;
    if (!(determinant > 1e-12 * n * n)) {
        // Sine and cosine are one function at these places: the larger of the two alone.
        auto const size = std::max(cc, ss);
        if (!(size > 1e-9 * n)) return {};
        auto const top = cc >= ss ? yc : ys;
        return {std::clamp(top * top / size / squares, 0.0, 1.0), cc >= ss ? yc / cc : 0.0,
                cc >= ss ? 0.0 : ys / ss};
    }
    auto const a = (yc * ss - ys * cs) / determinant;
    auto const b = (ys * cc - yc * cs) / determinant;
    return {std::clamp((a * yc + b * ys) / squares, 0.0, 1.0), a, b};
}

struct centred {
    std::vector<double> t, y;
    double squares = 0.0;
};

inline centred centre(series const& own) {
    centred out;
    double mean = 0.0;
    double count = 0.0;
    for (auto const v : own.values()) {
        count += 1.0;
        mean += (v - mean) / count;
    }
    for (std::size_t i = 0; i < own.size(); ++i) {
        out.t.push_back(days_between(own.times().front(), own.times()[i]));
        out.y.push_back(own.values()[i] - mean);
        out.squares += out.y.back() * out.y.back();
    }
    return out;
}

} // namespace detail

/// The share of a series' variance that a sine of each frequency (per day, positive) takes: the
/// Lomb-Scargle periodogram, in [0,1]. With `floating_mean` the sine has a mean of its own;
/// without, it is the classical one around the series' mean. All 0 for a constant series.
/// Throws invalid_argument naming `frequencies[k]`. O(points x frequencies).
[[nodiscard]] inline std::vector<double>
periodogram(series const& own, std::span<double const> frequencies, bool floating_mean = true) {
    for (std::size_t k = 0; k < frequencies.size(); ++k) {
        if (!is_finite(frequencies[k]) || !(frequencies[k] > 0.0)) {
            WEFT_THROW(invalid_argument(detail::indexed("frequencies", k), to_text(frequencies[k]),
                                        "a finite number > 0"));
        }
    }
    std::vector<double> out(frequencies.size(), 0.0);
    if (own.empty()) return out;
    auto const data = detail::centre(own);
    if (!(data.squares > 0.0) || !is_finite(data.squares)) return out;
    for (std::size_t k = 0; k < frequencies.size(); ++k) {
        out[k] =
            detail::fit_sine(data.t, data.y, data.squares, frequencies[k], floating_mean).power;
    }
    return out;
}

/// The probability that independent normal noise at these times reaches `power` (floating mean) at
/// some frequency in (0, highest]: the bound of Davies for the maximum of such a process, as Baluev
/// (2008) wrote it out for periodograms; never too small. In [0,1].
[[nodiscard]] inline double false_alarm_probability(series const& own, double power,
                                                    double highest_frequency) {
    require_unit("power", power);
    if (!is_finite(highest_frequency) || !(highest_frequency > 0.0)) {
        WEFT_THROW(invalid_argument("highest_frequency", to_text(highest_frequency),
                                    "a finite number > 0"));
    }
    auto const n = static_cast<double>(own.size());
    if (own.size() < 4) return 1.0;
    double mean = 0.0;
    double count = 0.0;
    double squares = 0.0;
    for (auto const t : own.times()) {
        auto const x = days_between(own.times().front(), t);
        count += 1.0;
        auto const step = x - mean;
        mean += step / count;
        squares += step * (x - mean);
    }
    auto const bandwidth = highest_frequency * std::sqrt(4.0 * std::numbers::pi * squares / count);
    auto const rest = 1.0 - power;
    auto const single = std::pow(rest, (n - 3.0) / 2.0);
    auto const ratio =
        std::exp(detail::log_gamma((n - 1.0) / 2.0) - detail::log_gamma((n - 2.0) / 2.0));
    auto const several = bandwidth * ratio * std::pow(rest, (n - 4.0) / 2.0) * std::sqrt(power);
    return std::clamp(single + several, 0.0, 1.0);
}

/// The strongest cycle of a series, of at most half its span: the highest peak of the periodogram
/// with a floating mean, on a grid of frequencies and then between them.
///
/// Absent, with the reason, with fewer than 12 points, where no period fits twice into the span,
/// for a constant series, and where the false-alarm probability exceeds the level. The level holds
/// for independent normal noise; a trend or noise that remembers itself shows as a long cycle.
/// Throws invalid_argument for faulty options. O(points x frequencies).
[[nodiscard]] inline cycle_result find_cycle(series const& own, cycle_options const& options = {}) {
    if (options.shortest_days &&
        !(is_finite(*options.shortest_days) && *options.shortest_days > 0.0)) {
        WEFT_THROW(invalid_argument("shortest_days", to_text(*options.shortest_days),
                                    "a finite number > 0"));
    }
    if (!is_finite(options.level) || !(options.level > 0.0 && options.level < 1.0)) {
        WEFT_THROW(invalid_argument("level", to_text(options.level), "a number in (0, 1)"));
    }
    if (!is_finite(options.oversampling) || options.oversampling < 1.0 ||
        options.oversampling > 1000.0) {
        WEFT_THROW(
            invalid_argument("oversampling", to_text(options.oversampling), "from 1 to 1000"));
    }
    cycle_result out;
    auto const n = own.size();
    if (n < detail::least_cycle_points) {
        out.reason = "too few snapshots for a cycle: " + to_text(n) + ", at least " +
                     to_text(detail::least_cycle_points);
        return out;
    }
    auto const data = detail::centre(own);
    auto const span = data.t.back();
    auto const lowest = 2.0 / span;
    auto const highest = options.shortest_days ? 1.0 / *options.shortest_days
                                               : static_cast<double>(n - 1) / (2.0 * span);
    if (!(highest >= lowest)) {
        out.reason = "fewer than two periods are spanned";
        return out;
    }
    // Values that differ by rounding only do not vary.
    double size = 0.0;
    for (auto const v : own.values()) size = std::max(size, std::abs(v));
    if (!(data.squares > 1e-28 * size * size * static_cast<double>(n))) {
        out.reason = "the series is constant";
        return out;
    }
    if (!is_finite(data.squares)) {
        out.reason = "the values' squares leave the range of a double";
        return out;
    }
    auto const steps = std::ceil((highest - lowest) * span * options.oversampling);
    if (!(steps < 1e7)) {
        out.reason = "more than ten million frequencies: resample first";
        return out;
    }
    auto const power = [&](double f) {
        return detail::fit_sine(data.t, data.y, data.squares, f, true).power;
    };
    out.frequencies = static_cast<std::size_t>(steps) + 1;
    auto const step = steps > 0.0 ? (highest - lowest) / steps : 0.0;
    double best = lowest;
    double best_power = -1.0;
    for (std::size_t k = 0; k < out.frequencies; ++k) {
        auto const f = k + 1 == out.frequencies ? highest : lowest + static_cast<double>(k) * step;
        if (auto const p = power(f); p > best_power) best = f, best_power = p;
    }
    // The peak itself, by golden sections beside the best place of the grid.
    constexpr double golden = 0.6180339887498949;
    auto low = std::max(lowest, best - step);
    auto high = std::min(highest, best + step);
    for (int i = 0; i < 60 && high - low > 1e-10 * high; ++i) {
        auto const left = high - golden * (high - low);
        auto const right = low + golden * (high - low);
        (power(left) < power(right) ? low : high) = power(left) < power(right) ? left : right;
    }
    auto const middle = low + (high - low) / 2.0;
    if (power(middle) > best_power) best = middle;
    auto const fit = detail::fit_sine(data.t, data.y, data.squares, best, true);

    temporal::cycle c;
    c.period_days = 1.0 / best;
    c.amplitude = std::hypot(fit.cosine, fit.sine);
    auto const phase = std::atan2(fit.sine, fit.cosine) / (2.0 * std::numbers::pi);
    auto const first = (phase < 0.0 ? phase + 1.0 : phase) * c.period_days;
    c.peak = own.times().front() +
             instant::duration(static_cast<instant::rep>(std::llround(first * 86'400e6)));
    c.power = fit.power;
    c.false_alarm_probability = false_alarm_probability(own, fit.power, highest);
    if (c.false_alarm_probability > options.level) {
        out.reason = "the strongest cycle, of " + to_text(c.period_days) +
                     " days, has a false-alarm probability of " +
                     to_text(c.false_alarm_probability) + ", above " + to_text(options.level);
        return out;
    }
    out.cycle = c;
    return out;
}

} // namespace weft::inline v0::temporal
