#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "weft/compatibility/calibration.hpp"
#include "weft/compatibility/components.hpp"
#include "weft/core/error.hpp"
#include "weft/core/hash.hpp"
#include "weft/core/number.hpp"
#include "weft/core/time.hpp"
#include "weft/core/unit.hpp"
#include "weft/profile/evolution.hpp"
#include "weft/profile/fingerprint.hpp"
#include "weft/temporal/chance.hpp"
#include "weft/temporal/curve.hpp"
#include "weft/temporal/trend.hpp"

namespace weft::inline v0::compatibility {

/// Weights of a pair's score in time, in the order of `component` (public reference): quantum .40,
/// location .25, timing .20, knot .15; the vibe does not take part.
inline constexpr std::array<double, component_count> temporal_weights{0.40, 0.0, 0.25, 0.20, 0.15};

struct outlook_options {
    /// How many profiles are drawn from the forecast at each future instant; even, at least 2.
    std::size_t draws = 8;
};

/// An entity as it is, and as it is expected to be at a row of instants: made once, used for every
/// pair. At the first instant, if that is `now`, it is what was measured, each dimension last of
/// all (profile::latest_measurement); at later ones it is a handful of profiles drawn from the
/// forecasts' distribution. (The one expected profile would not do: forecasts are shrunk towards
/// the population, so expected people are more alike than real ones, and every future would look
/// bright.)
struct outlook {
    std::string id;
    std::vector<instant> at;
    /// As it is now: places and rhythm, which do not change, and the measured profile.
    profile::fingerprint present;
    /// For each instant: where its draws begin, and how many there are (1 where nothing is
    /// uncertain, 0 where there is no forecast).
    struct stretch {
        std::size_t first = 0, count = 0;
        /// Mean over the forecast dimensions of the forecast's confidence; 1 for what was measured.
        double confidence = 1.0;
    };
    std::vector<stretch> stretches;
    std::vector<profile::dense_fingerprint> draws;
};

namespace detail {

/// The z with P(Z <= z) = p, by bisection.
[[nodiscard]] inline double normal_quantile(double p) noexcept {
    double low = -40.0;
    double high = 40.0;
    for (int i = 0; i < 100; ++i) {
        auto const middle = low + (high - low) / 2.0;
        (.5 * std::erfc(-middle / std::sqrt(2.0)) < p ? low : high) = middle;
    }
    return low + (high - low) / 2.0;
}

/// The t with P(|T| <= t) = coverage for Student's T.
[[nodiscard]] inline double student_quantile(double coverage, double freedom) noexcept {
    double low = 0.0;
    double high = 1e6;
    for (int i = 0; i < 200; ++i) {
        auto const middle = low + (high - low) / 2.0;
        (1.0 - temporal::detail::student_p(middle * middle, freedom) < coverage ? low : high) =
            middle;
    }
    return low + (high - low) / 2.0;
}

} // namespace detail

/// The outlook of an entity at the instants `at` (rising, from `now` on). Draws take each
/// dimension's quantiles at equal probabilities, in an order of its own that follows from the id:
/// the same input gives the same bits. Dimensions without a dated snapshot stay as they are, all
/// keep the confidence they were measured with. Each profile is encoded whole, with its knot, whose
/// crossings are those of the values at every instant, whatever the history.
/// Throws invalid_argument as forecast_profile, for options out of range and instants that do not
/// rise. O(instants x draws) encodings.
[[nodiscard]] inline outlook look_ahead(profile::encoder const& encoder, profile::entity const& e,
                                        instant now, std::span<instant const> at,
                                        profile::evolution_model const& model,
                                        outlook_options const& options = {}) {
    if (options.draws < 2 || options.draws % 2 != 0 || options.draws > 1000) {
        WEFT_THROW(invalid_argument("draws", to_text(options.draws), "an even number, 2 to 1000"));
    }
    for (std::size_t k = 0; k < at.size(); ++k) {
        if (at[k] < now || (k > 0 && at[k] <= at[k - 1])) {
            WEFT_THROW(invalid_argument("at[" + to_text(k) + "]", temporal::detail::shown(at[k]),
                                        "rising instants, none before now"));
        }
    }
    auto const& space = encoder.space();
    // Every point has the dimensions of the first one: what has no history stays as it is.
    std::vector<profile::dimension> today;
    for (auto const& name : space.profile) {
        if (auto d = profile::latest_measurement(e, name, now)) today.push_back(std::move(*d));
    }
    outlook out;
    out.id = e.id;
    out.at.assign(at.begin(), at.end());
    out.present = encoder.encode(e);
    // Compared by profile alone: the rest is that of `present`.
    auto const add = [&](profile::dense_fingerprint const& f) {
        auto& d = out.draws.emplace_back(f);
        d.has_rhythm = false;
        d.vibe_count = 0;
    };
    std::vector<double> quantiles(options.draws);
    for (std::size_t k = 0; k < options.draws; ++k) {
        quantiles[k] = detail::normal_quantile((static_cast<double>(k) + .5) /
                                               static_cast<double>(options.draws));
    }
    std::vector<std::size_t> order(options.draws);
    profile::entity bare_entity;
    bare_entity.id = e.id;
    bare_entity.kind = e.kind;
    auto const empty = encoder.encode(bare_entity);
    for (auto const t : at) {
        outlook::stretch s;
        s.first = out.draws.size();
        if (t == now) {
            s.count = 1;
            add(encoder.with_profile(out.present, today).dense);
            out.stretches.push_back(s);
            continue;
        }
        auto const forecasts = profile::forecast_profile(e, now, t, space, model);
        if (forecasts.empty()) {
            s.confidence = 0.0;
            out.stretches.push_back(s);
            continue;
        }
        s.count = options.draws;
        s.confidence = 0.0;
        std::vector<std::vector<profile::dimension>> profiles(options.draws, today);
        for (auto const& f : forecasts) {
            auto const place = static_cast<std::size_t>(
                std::find_if(today.begin(), today.end(),
                             [&](profile::dimension const& d) { return d.name == f.name; }) -
                today.begin());
            s.confidence += f.forecast.confidence / static_cast<double>(forecasts.size());
            // An order of the quantiles for this person and dimension, the same at every instant,
            // so that a draw is one course through time.
            for (std::size_t k = 0; k < order.size(); ++k) order[k] = k;
            auto state = hash_text(e.id) ^ std::rotl(hash_text(f.name), 17);
            for (auto k = order.size(); k-- > 1;) {
                state = state * 6364136223846793005ULL + 1442695040888963407ULL;
                std::swap(order[k], order[static_cast<std::size_t>((state >> 33U) % (k + 1))]);
            }
            for (std::size_t k = 0; k < options.draws; ++k) {
                auto const x = f.forecast.value + f.deviation * quantiles[order[k]];
                profiles[k][place].value = clamp_unit(x);
            }
        }
        for (auto const& p : profiles) {
            add(encoder.with_profile(empty, p).dense);
        }
        out.stretches.push_back(s);
    }
    return out;
}

/// A pair at one instant.
struct trajectory_point {
    instant at{};
    /// The expected score in [0,1]; absent where one of the two has no forecast, or where no
    /// component is present.
    std::optional<double> score;
    double lower = 0.0; ///< of the interval that is to hold the score then, with the coverage
    double upper = 0.0;
    /// Expected values of the components: raw, or percentiles with a calibration.
    std::array<std::optional<double>, component_count> components;
    /// The smaller one of the two outlooks'.
    double confidence = 0.0;
};

/// Whether two points' scores are of the same components, and so can be compared.
[[nodiscard]] inline bool same_components(trajectory_point const& a,
                                          trajectory_point const& b) noexcept {
    for (std::size_t c = 0; c < component_count; ++c) {
        if (a.components[c].has_value() != b.components[c].has_value()) return false;
    }
    return true;
}

/// How a pair's score is expected to go.
struct pair_trajectory {
    std::vector<trajectory_point> points;
    /// The highest of the points with a score, the earliest of equals.
    std::optional<std::size_t> peak;
    /// Over time, of the curve (pchip) through the points with a score; with one, its score.
    std::optional<double> mean;
    /// From the first to the last point with a score, by the last one's interval; unknown where
    /// the two have not the same components.
    temporal::trend_result trend;
    bool from_percentiles = false;

    [[nodiscard]] bool empty() const noexcept { return !peak.has_value(); }
};

struct trajectory_options {
    std::array<double, component_count> weights = temporal_weights;
    compare_options compare;
    /// Of the interval; in (0, 1).
    double coverage = .8;
    /// The interval's width over that of the draws. Draws take dimensions as independent, but a
    /// person's dimensions err together: with 1 the interval of real pairs (msqR) holds 65% where
    /// 80% are meant.
    double widening = 1.4;
    /// A change of more than this is a trend.
    double threshold = .1;
};

/// Makes trajectories of pairs of outlooks. Const calls share no state.
class trajectory_maker {
public:
    /// Throws invalid_argument for bad options.
    explicit trajectory_maker(trajectory_options const& options = {})
        : options_(options)
        , weighing_(options.weights) {
        require_unit("compare.link_share", options.compare.link_share);
        if (!is_finite(options.coverage) || !(options.coverage > 0.0 && options.coverage < 1.0)) {
            WEFT_THROW(
                invalid_argument("coverage", to_text(options.coverage), "a number in (0, 1)"));
        }
        if (!is_finite(options.threshold) || options.threshold < 0.0) {
            WEFT_THROW(
                invalid_argument("threshold", to_text(options.threshold), "a finite number >= 0"));
        }
        if (!is_finite(options.widening) || !(options.widening > 0.0)) {
            WEFT_THROW(
                invalid_argument("widening", to_text(options.widening), "a finite number > 0"));
        }
        for (std::size_t n = 2; n < widths_.size(); ++n) {
            auto const count = static_cast<double>(n);
            widths_[n] = options.widening *
                         detail::student_quantile(options.coverage, count - 1.0) *
                         std::sqrt(1.0 + 1.0 / count);
        }
        normal_width_ = options.widening * detail::normal_quantile(.5 + options.coverage / 2.0);
    }

    /// Components become their percentiles by the component tables of `c`.
    trajectory_maker(calibration c, trajectory_options const& options)
        : trajectory_maker(options) {
        calibration_ = std::make_shared<calibration const>(std::move(c));
    }

    [[nodiscard]] trajectory_options const& options() const noexcept { return options_; }

    /// The trajectory of two outlooks over the same instants. Draw k of one meets draw k of the
    /// other; they are independent, because each has an order of its own. The same bits whichever
    /// way round. Throws invalid_argument for outlooks over different instants or draws.
    [[nodiscard]] pair_trajectory operator()(outlook const& a, outlook const& b) const {
        if (a.at != b.at) {
            WEFT_THROW(invalid_argument("b", "an outlook over other instants", "those of a"));
        }
        pair_trajectory out;
        out.from_percentiles = calibration_ != nullptr;
        // What does not change, once.
        auto const still = compare(a.present, b.present, options_.compare);
        auto const* const table =
            calibration_ ? calibration_->find(a.present.dense.kind, b.present.dense.kind) : nullptr;
        out.points.reserve(a.at.size());
        for (std::size_t k = 0; k < a.at.size(); ++k) {
            out.points.push_back(point(a, b, k, still, table));
        }
        finish(out);
        return out;
    }

private:
    static constexpr std::size_t kept_widths = 65;

    [[nodiscard]] trajectory_point point(outlook const& a, outlook const& b, std::size_t k,
                                         raw_components const& still,
                                         pair_distribution const* table) const {
        auto const& s = a.stretches[k];
        auto const& t = b.stretches[k];
        trajectory_point p;
        p.at = a.at[k];
        p.confidence = std::min(s.confidence, t.confidence);
        // Of someone without a forecast, places and rhythm alone would be another score.
        if (s.count == 0 || t.count == 0) return p;
        auto const pairs = std::max(s.count, t.count);
        if (s.count > 1 && t.count > 1 && s.count != t.count) {
            WEFT_THROW(invalid_argument("b", to_text(t.count) + " draws",
                                        "as many as a's, " + to_text(s.count)));
        }
        std::array<double, component_count> sums{};
        std::array<double, component_count> counts{};
        double scored = 0.0;
        double mean = 0.0;
        double squares = 0.0;
        std::array<raw_components, pair_block> block;
        for (std::size_t from = 0; from < pairs; from += pair_block) {
            auto const m = std::min(pair_block, pairs - from);
            for (std::size_t i = 0; i < m; ++i) {
                auto const& x = a.draws[s.first + (s.count > 1 ? from + i : 0)];
                auto const& y = b.draws[t.first + (t.count > 1 ? from + i : 0)];
                block[i] = compare(x, y, options_.compare);
            }
            for (std::size_t i = 0; i < m; ++i) {
                auto& raw = block[i];
                for (auto const c : {component::location, component::timing, component::vibe}) {
                    auto const at = static_cast<std::size_t>(c);
                    if (contains(still.present, at)) raw.set(c, still.value[at]);
                }
                for (std::size_t c = 0; c < component_count; ++c) {
                    if (!contains(raw.present, c)) continue;
                    if (calibration_ != nullptr) {
                        if (table == nullptr || !table->component[c]) {
                            raw.present = static_cast<component_set>(raw.present & ~(1U << c));
                            raw.value[c] = 0.0;
                            continue;
                        }
                        raw.value[c] = table->component[c]->percentile(raw.value[c]);
                    }
                    sums[c] += raw.value[c];
                    counts[c] += 1.0;
                }
                if (!weighing_.any(raw.present)) continue;
                auto const score = weighing_.mean(raw.value, raw.present);
                scored += 1.0;
                auto const step = score - mean;
                mean += step / scored;
                squares += step * (score - mean);
            }
        }
        for (std::size_t c = 0; c < component_count; ++c) {
            if (counts[c] > 0.0 && options_.weights[c] > 0.0) {
                p.components[c] = sums[c] / counts[c];
            }
        }
        if (!(scored > 0.0)) return p;
        p.score = clamp_unit(mean);
        auto const n = static_cast<std::size_t>(scored);
        if (n > 1) {
            auto const deviation = std::sqrt(squares / (scored - 1.0));
            auto const width = (n < widths_.size() ? widths_[n] : normal_width_) * deviation;
            p.lower = clamp_unit(mean - width);
            p.upper = clamp_unit(mean + width);
        } else {
            p.lower = p.upper = *p.score;
        }
        return p;
    }

    void finish(pair_trajectory& out) const {
        std::vector<double> days;
        std::vector<double> scores;
        std::optional<std::size_t> first;
        std::size_t last = 0;
        for (std::size_t k = 0; k < out.points.size(); ++k) {
            auto const& p = out.points[k];
            if (!p.score) continue;
            if (!first) first = k;
            last = k;
            if (!out.peak || *p.score > *out.points[*out.peak].score) out.peak = k;
            days.push_back(days_between(out.points[*first].at, p.at));
            scores.push_back(*p.score);
        }
        if (!first) {
            out.trend.reason = "no instant has a score";
            return;
        }
        if (last == *first) {
            out.mean = *out.points[last].score;
            out.trend.reason = "one instant has no trend";
            return;
        }
        temporal::curve const c(days, scores);
        out.mean = clamp_unit(c.integral(0.0, days.back()) / days.back());
        auto const& begin = out.points[*first];
        auto const& end = out.points[last];
        if (!same_components(begin, end)) {
            out.trend.reason = "the first and the last score are of different components";
            return;
        }
        out.trend = temporal::trend_of_prediction(
            begin.at, *begin.score,
            temporal::forecast{end.at, *end.score, end.lower, end.upper, end.confidence},
            options_.threshold);
    }

    trajectory_options options_;
    combiner weighing_;
    std::array<double, kept_widths> widths_{};
    double normal_width_ = 0.0;
    std::shared_ptr<calibration const> calibration_;
};

struct improving_options {
    /// How much the lower bound at the horizon must lie above the score now.
    double threshold = 0.0;
    /// At most so many; 0: all.
    std::size_t limit = 0;
};

/// One of the others with whom it is going to get better.
struct improving_match {
    std::size_t other = 0; ///< index among the others
    double now = 0.0;
    double later = 0.0; ///< expected
    double lower = 0.0;
    double upper = 0.0;
    double gain = 0.0; ///< lower - now
    double confidence = 0.0;
    /// The expected change of each component's value, where it is known at both instants.
    std::array<std::optional<double>, component_count> changes;
    std::string reason;
};

/// Those of `others` whose predicted lower bound at the last instant lies more than the threshold
/// above the score at the first one: the largest gain first, then by index. Outlooks need their
/// first and last instant only; `who` and `others` share the instants. An other with the id of
/// `who` is left out, as is one without a score at either instant or with scores of different
/// components.
/// Throws invalid_argument as trajectory_maker, and for a threshold that is not finite.
/// O(others x instants x draws).
[[nodiscard]] inline std::vector<improving_match>
improving_matches(trajectory_maker const& make, outlook const& who, std::span<outlook const> others,
                  improving_options const& options = {}) {
    require_finite("threshold", options.threshold);
    std::vector<improving_match> out;
    for (std::size_t i = 0; i < others.size(); ++i) {
        if (others[i].id == who.id) continue;
        auto const t = make(who, others[i]);
        if (t.points.size() < 2) continue;
        auto const& first = t.points.front();
        auto const& last = t.points.back();
        if (!first.score || !last.score || !same_components(first, last)) continue;
        improving_match m;
        m.other = i;
        m.now = *first.score;
        m.later = *last.score;
        m.lower = last.lower;
        m.upper = last.upper;
        m.gain = last.lower - *first.score;
        m.confidence = last.confidence;
        if (!(m.gain > options.threshold)) continue;
        std::size_t strongest = 0;
        double most = 0.0;
        for (std::size_t c = 0; c < component_count; ++c) {
            if (!first.components[c] || !last.components[c]) continue;
            m.changes[c] = *last.components[c] - *first.components[c];
            auto const weight = make.options().weights[c] * *m.changes[c];
            if (weight > most) most = weight, strongest = c;
        }
        m.reason = "expected to go from " + to_text(m.now) + " to " + to_text(m.later) +
                   ", at least " + to_text(m.lower) + " with the interval's coverage";
        if (most > 0.0) {
            m.reason += "; mostly by " + std::string(to_text(static_cast<component>(strongest)));
        }
        out.push_back(std::move(m));
    }
    std::sort(out.begin(), out.end(), [](improving_match const& a, improving_match const& b) {
        return a.gain != b.gain ? a.gain > b.gain : a.other < b.other;
    });
    if (options.limit > 0 && out.size() > options.limit) out.resize(options.limit);
    return out;
}

} // namespace weft::inline v0::compatibility
