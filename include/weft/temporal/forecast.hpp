#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "weft/core/error.hpp"
#include "weft/core/number.hpp"
#include "weft/core/time.hpp"
#include "weft/core/unit.hpp"
#include "weft/temporal/series.hpp"

namespace weft::inline v0::temporal {

/// The closed interval of values that a quantity can take.
struct value_range {
    double lowest = 0.0;
    double highest = 1.0;

    [[nodiscard]] friend bool operator==(value_range const&, value_range const&) = default;
};

/// What is known of one quantity before a person's own series is seen.
///
/// A person's value at time t is  m + u(t) + e:  m, the person's own mean, is drawn from the
/// population (variance `level_variance` around `mean`); u wanders and comes back (an
/// Ornstein-Uhlenbeck process, variance `drift_variance`, correlation exp(-days / memory_days));
/// e is noise (`noise_variance`). This is the local level model, damped towards the own mean and
/// shrunk to the population's. With known parameters the forecast is the exact conditional mean.
///
/// Default-constructed: the documented prior for quantities in [0,1], for use without a
/// population. Its total variance is that of the uniform distribution on [0,1], 1/12; its shares,
/// .2 (level), .4 (drift) and .4 (noise), are the rounded means of fits to twelve mood scales
/// (psychTools' msqR); its memory of 30 days is a plain choice, because those data have no dates.
/// Its population mean is unknown, so nothing is shrunk towards it, and one snapshot is forecast to
/// persist.
struct forecast_model {
    /// The population's mean; unknown without a population.
    std::optional<double> mean;
    double level_variance = .2 / 12.0;
    double drift_variance = .4 / 12.0;
    double noise_variance = .4 / 12.0;
    double memory_days = 30.0;
    /// People differ in how much they vary. The population's variances count as this many
    /// observations against the person's own surprises, when the interval's width is decided.
    double own_variance_after = 8.0;
    /// The probability with which the interval is meant to hold the next observation.
    double coverage = .8;
    /// Half of the interval's width, in predictive standard deviations. The default is that of the
    /// normal distribution at .8; a fit takes it from how far forecasts really missed.
    double half_width = 1.2815515655446004;
    /// Values outside are refused, forecasts are cut to it; nothing: any finite value.
    std::optional<value_range> range = value_range{};
    /// People and observations that the parameters were fitted to; 0 for a prior.
    std::size_t people = 0;
    std::size_t observations = 0;

    [[nodiscard]] friend bool operator==(forecast_model const&, forecast_model const&) = default;
};

/// The default model for a quantity in [lowest, highest] instead of [0,1]: variances scale with the
/// square of its length. Throws invalid_argument unless lowest < highest, both finite.
[[nodiscard]] inline forecast_model prior_model(double lowest, double highest) {
    require_finite("lowest", lowest);
    require_finite("highest", highest);
    auto const length = highest - lowest;
    if (!(length > 0.0) || !is_finite(length * length)) {
        WEFT_THROW(
            invalid_argument("highest", to_text(highest),
                             "more than lowest = " + to_text(lowest) + ", by less than 1e154"));
    }
    forecast_model model;
    model.level_variance *= length * length;
    model.drift_variance *= length * length;
    model.noise_variance *= length * length;
    model.range = {lowest, highest};
    return model;
}

/// A forecast of what will be observed at an instant.
struct forecast {
    instant at{};
    double value = 0.0;
    /// The interval that holds the observation with the model's coverage, cut to its range.
    double lower = 0.0;
    double upper = 0.0;
    /// max(0, 1 - width / width of the interval that the population alone would give), widths
    /// before they are cut to the range. In [0,1]; 0: no better than not knowing the person.
    double confidence = 0.0;

    [[nodiscard]] friend bool operator==(forecast const&, forecast const&) = default;
};

namespace detail {

inline void require_model(forecast_model const& m) {
    auto const not_negative = [](char const* name, double x) {
        if (!is_finite(x) || x < 0.0) {
            WEFT_THROW(
                invalid_argument(std::string("model.") + name, to_text(x), "a finite number >= 0"));
        }
    };
    auto const positive = [](char const* name, double x) {
        if (!is_finite(x) || !(x > 0.0)) {
            WEFT_THROW(
                invalid_argument(std::string("model.") + name, to_text(x), "a finite number > 0"));
        }
    };
    if (m.mean) require_finite("model.mean", *m.mean);
    not_negative("level_variance", m.level_variance);
    not_negative("drift_variance", m.drift_variance);
    positive("noise_variance", m.noise_variance);
    positive("level_variance + drift_variance + noise_variance",
             m.level_variance + m.drift_variance + m.noise_variance);
    positive("memory_days", m.memory_days);
    positive("own_variance_after", m.own_variance_after);
    positive("half_width", m.half_width);
    if (!is_finite(m.coverage) || !(m.coverage > 0.0 && m.coverage < 1.0)) {
        WEFT_THROW(invalid_argument("model.coverage", to_text(m.coverage), "a number in (0, 1)"));
    }
    if (m.range && !(is_finite(m.range->lowest) && is_finite(m.range->highest) &&
                     m.range->lowest < m.range->highest)) {
        WEFT_THROW(invalid_argument(
            "model.range", "[" + to_text(m.range->lowest) + ", " + to_text(m.range->highest) + "]",
            "finite ends, the lowest first"));
    }
}

inline void require_in_range(std::string_view name, std::span<double const> y,
                             std::optional<value_range> const& range) {
    if (!range) return;
    for (std::size_t i = 0; i < y.size(); ++i) {
        if (y[i] < range->lowest || y[i] > range->highest) {
            WEFT_THROW(invalid_argument(indexed(name, i), to_text(y[i]),
                                        "a number in the model's range [" + to_text(range->lowest) +
                                            ", " + to_text(range->highest) + "]"));
        }
    }
}

struct variances {
    double level, drift, noise, memory_days;

    [[nodiscard]] double total() const noexcept { return level + drift + noise; }
};

/// What the filter does at one observation; depends on the times alone.
struct filter_step {
    double decay;      // of u since the observation before
    double gain_level; // of the innovation
    double gain_drift;
    double variance; // of the innovation
};

/// The Kalman filter's covariance of (m, u), with the population's mean as origin.
struct covariance {
    double level, cross, drift;

    explicit covariance(variances const& v) noexcept
        : level(v.level)
        , cross(0.0)
        , drift(v.drift) {}

    /// Lets `days` go by; gives the factor by which u decays.
    double wait(double days, variances const& v) noexcept {
        auto const decay = std::exp(-days / v.memory_days);
        cross *= decay;
        drift = decay * decay * drift - std::expm1(-2.0 * days / v.memory_days) * v.drift;
        return decay;
    }

    filter_step observe(double decay, variances const& v) noexcept {
        auto const to_level = level + cross;
        auto const to_drift = drift + cross;
        auto const variance = to_level + to_drift + v.noise;
        filter_step const step{decay, to_level / variance, to_drift / variance, variance};
        level = std::max(0.0, level - step.gain_level * to_level);
        cross -= step.gain_level * to_drift;
        drift = std::max(0.0, drift - step.gain_drift * to_drift);
        return step;
    }
};

/// The filtered means of (m, u), as the part that comes from the values and the part that a
/// population mean of 1 would take away, and the sums that decide that mean by least squares.
struct filtered {
    double level = 0.0, drift = 0.0;
    double level_of_mean = 0.0, drift_of_mean = 0.0;
    double squares = 0.0, products = 0.0, mean_squares = 0.0;

    void observe(double y, filter_step const& step) noexcept {
        drift *= step.decay;
        drift_of_mean *= step.decay;
        auto const surprise = y - (level + drift);
        auto const of_mean = 1.0 - (level_of_mean + drift_of_mean);
        level += step.gain_level * surprise;
        drift += step.gain_drift * surprise;
        level_of_mean += step.gain_level * of_mean;
        drift_of_mean += step.gain_drift * of_mean;
        squares += surprise * surprise / step.variance;
        products += surprise * of_mean / step.variance;
        mean_squares += of_mean * of_mean / step.variance;
    }
};

struct predicted {
    double value;
    double deviation; // predictive standard deviation, the person's own scale included
};

/// A person's series, taken in by the filter.
class person_filter {
public:
    person_filter(variances const& v, std::optional<double> mean, double origin) noexcept
        : v_(v)
        , covariance_(v)
        , known_mean_(mean.has_value())
        , mean_(mean ? *mean - origin : 0.0)
        , origin_(origin) {}

    void observe(double days_since_last, double y) noexcept {
        auto const decay = count_ == 0 ? 1.0 : covariance_.wait(days_since_last, v_);
        take(y, covariance_.observe(decay, v_));
    }

    /// Observes values at times whose steps are known, and the covariance after them.
    void observe(std::span<double const> y, std::span<filter_step const> steps,
                 covariance const& after) noexcept {
        for (std::size_t i = 0; i < y.size(); ++i) take(y[i], steps[i]);
        covariance_ = after;
    }

    [[nodiscard]] predicted predict(double days, double own_variance_after) const noexcept {
        auto later = covariance_;
        auto const decay = later.wait(days, v_);
        auto const of_mean = 1.0 - state_.level_of_mean - decay * state_.drift_of_mean;
        auto const value = state_.level + decay * state_.drift + mean_ * of_mean;
        auto variance = later.level + 2.0 * later.cross + later.drift + v_.noise;
        auto n = static_cast<double>(count_);
        if (!known_mean_) {
            variance += of_mean * of_mean / state_.mean_squares;
            n -= 1.0;
        }
        auto const own = (own_variance_after + surprise()) / (own_variance_after + n);
        return {origin_ + value, std::sqrt(variance * own)};
    }

    /// Sum of squared surprises in units of their variances: about one a degree of freedom.
    [[nodiscard]] double surprise() const noexcept {
        return std::max(0.0, state_.squares - 2.0 * mean_ * state_.products +
                                 mean_ * mean_ * state_.mean_squares);
    }

private:
    void take(double y, filter_step const& step) noexcept {
        state_.observe(y - origin_, step);
        ++count_;
        if (!known_mean_) mean_ = state_.products / state_.mean_squares;
    }

    variances v_;
    covariance covariance_;
    filtered state_;
    std::size_t count_ = 0;
    bool known_mean_;
    double mean_;
    double origin_;
};

inline variances variances_of(forecast_model const& m) noexcept {
    return {m.level_variance, m.drift_variance, m.noise_variance, m.memory_days};
}

inline person_filter filter(std::span<instant const> t, std::span<double const> y,
                            forecast_model const& model) noexcept {
    // Differences to a value near the data lose no digits where the data sit far from 0.
    person_filter f(variances_of(model), model.mean, model.mean ? *model.mean : y.front());
    for (std::size_t i = 0; i < y.size(); ++i) {
        f.observe(i == 0 ? 0.0 : days_between(t[i - 1], t[i]), y[i]);
    }
    return f;
}

/// The z with P(|Z| <= z) = p for a standard normal Z, by bisection on erf.
inline double two_sided_normal(double p) noexcept {
    double low = 0.0;
    double high = 40.0;
    for (int i = 0; i < 200; ++i) {
        auto const middle = low + (high - low) / 2.0;
        (std::erf(middle / std::sqrt(2.0)) < p ? low : high) = middle;
    }
    return low + (high - low) / 2.0;
}

/// Nelder and Mead's downhill simplex in three dimensions with the usual coefficients
/// (1, 2, 1/2, 1/2). Deterministic; stops at a spread below `tolerance` or after 600 evaluations.
template <class Function>
std::array<double, 3> minimise(Function const& f, std::array<double, 3> const& start, double size,
                               double tolerance) {
    using place = std::array<double, 3>;
    struct vertex {
        place x;
        double y;
    };
    std::array<vertex, 4> simplex{};
    for (std::size_t i = 0; i < 4; ++i) {
        simplex[i].x = start;
        if (i > 0) simplex[i].x[i - 1] += size;
        simplex[i].y = f(simplex[i].x);
    }
    for (int evaluations = 4; evaluations < 600;) {
        std::stable_sort(simplex.begin(), simplex.end(),
                         [](vertex const& a, vertex const& b) { return a.y < b.y; });
        auto& worst = simplex[3];
        if (worst.y - simplex[0].y < tolerance) break;
        place middle{};
        for (std::size_t k = 0; k < 3; ++k) {
            middle[k] = (simplex[0].x[k] + simplex[1].x[k] + simplex[2].x[k]) / 3.0;
        }
        auto const along = [&](double step) {
            vertex v{};
            for (std::size_t k = 0; k < 3; ++k) {
                v.x[k] = middle[k] + step * (worst.x[k] - middle[k]);
            }
            v.y = f(v.x);
            ++evaluations;
            return v;
        };
        auto const reflected = along(-1.0);
        if (reflected.y < simplex[0].y) {
            auto const expanded = along(-2.0);
            worst = expanded.y < reflected.y ? expanded : reflected;
        } else if (reflected.y < simplex[2].y) {
            worst = reflected;
        } else {
            auto const contracted = along(reflected.y < worst.y ? -.5 : .5);
            if (contracted.y < std::min(reflected.y, worst.y)) {
                worst = contracted;
            } else {
                for (std::size_t i = 1; i < 4; ++i) {
                    for (std::size_t k = 0; k < 3; ++k) {
                        simplex[i].x[k] = (simplex[i].x[k] + simplex[0].x[k]) / 2.0;
                    }
                    simplex[i].y = f(simplex[i].x);
                    ++evaluations;
                }
            }
        }
    }
    return std::min_element(simplex.begin(), simplex.end(),
                            [](vertex const& a, vertex const& b) { return a.y < b.y; })
        ->x;
}

/// A population's series with their gaps in days; people with equal gaps stand side by side,
/// because the filter's gains depend on the gaps alone.
class population_series {
public:
    explicit population_series(std::span<series const> people) {
        double sum = 0.0;
        for (std::size_t i = 0; i < people.size(); ++i) {
            auto const t = people[i].times();
            if (t.empty()) continue;
            person p{i, {}};
            for (std::size_t k = 1; k < t.size(); ++k) {
                p.gaps.push_back(days_between(t[k - 1], t[k]));
            }
            for (auto const y : people[i].values()) sum += y;
            observations_ += t.size();
            order_.push_back(std::move(p));
        }
        std::stable_sort(order_.begin(), order_.end(), [](person const& a, person const& b) {
            return a.gaps.size() != b.gaps.size() ? a.gaps.size() < b.gaps.size() : a.gaps < b.gaps;
        });
        if (observations_ > 0) centre_ = sum / static_cast<double>(observations_);
        values_.reserve(observations_);
        for (auto const& p : order_) {
            for (auto const y : people[p.index].values()) values_.push_back(y - centre_);
        }
    }

    [[nodiscard]] std::size_t people() const noexcept { return order_.size(); }
    [[nodiscard]] std::size_t observations() const noexcept { return observations_; }
    [[nodiscard]] double centre() const noexcept { return centre_; }

    struct sums {
        double squares = 0.0, products = 0.0, mean_squares = 0.0, log_variances = 0.0;
    };

    [[nodiscard]] sums likelihood(variances const& v) const {
        sums all;
        each(v, [&](person const&, filtered const& state, double log_variances) {
            all.squares += state.squares;
            all.products += state.products;
            all.mean_squares += state.mean_squares;
            all.log_variances += log_variances;
        });
        return all;
    }

    /// Calls f(person's number of observations, surprise) for each person.
    template <class Function>
    void surprises(variances const& v, double mean, Function const& f) const {
        each(v, [&](person const& p, filtered const& state, double) {
            f(p.gaps.size() + 1, std::max(0.0, state.squares - 2.0 * mean * state.products +
                                                   mean * mean * state.mean_squares));
        });
    }

private:
    struct person {
        std::size_t index;
        std::vector<double> gaps;
    };

    template <class Function>
    void each(variances const& v, Function const& f) const {
        std::vector<filter_step> steps;
        double log_variances = 0.0;
        std::vector<double> const* known = nullptr;
        auto y = values_.begin();
        for (auto const& p : order_) {
            if (known == nullptr || *known != p.gaps) {
                covariance c(v);
                steps.assign(1, c.observe(1.0, v));
                log_variances = std::log(steps.back().variance);
                for (auto const gap : p.gaps) {
                    auto const decay = c.wait(gap, v);
                    steps.push_back(c.observe(decay, v));
                    log_variances += std::log(steps.back().variance);
                }
                known = &p.gaps;
            }
            filtered state;
            for (auto const& step : steps) state.observe(*y++, step);
            f(p, state, log_variances);
        }
    }

    std::vector<person> order_;
    std::vector<double> values_; // minus centre_, in order_
    double centre_ = 0.0;
    std::size_t observations_ = 0;
};

} // namespace detail

struct forecast_fit_options {
    /// Of the prediction interval; in (0, 1).
    double coverage = .8;
    /// As forecast_model::range.
    std::optional<value_range> range = value_range{};
};

/// Fits a model to the series of a population (empty series are skipped).
///
/// Mean and variances maximise the likelihood of the local level model (Kalman filter; mean and
/// total variance in closed form, the shares and the memory by a downhill simplex) under weak
/// priors that keep them sane where the data cannot tell: each share counts one observation more,
/// the memory is log-normal around 30 days (standard deviation 2 in the logarithm), and with a
/// range two observations speak for the uniform distribution's variance. Data whose gaps are all
/// alike cannot tell drift from level; the priors decide then, and forecasts at that gap do not
/// depend on it. The weight of the own variance is the best of twelve by the likelihood of the
/// multivariate t distribution. Half of the interval's width is the quantile of the errors made in
/// forecasting everybody's last observation from the earlier ones, with the normal distribution
/// counting as 20 people.
///
/// Throws invalid_argument where there is no observation, where a value lies outside the range
/// (`people[i].y[k]`), and without a range where all values are equal.
/// O(600 x observations); the filter's gains are shared by people with equal gaps.
[[nodiscard]] inline forecast_model fit_forecast(std::span<series const> people,
                                                 forecast_fit_options const& options = {}) {
    forecast_model model;
    model.coverage = options.coverage;
    model.range = options.range;
    detail::require_model(model);
    for (std::size_t i = 0; i < people.size(); ++i) {
        detail::require_in_range(detail::indexed("people", i) + ".y", people[i].values(),
                                 options.range);
    }
    detail::population_series const population(people);
    auto const count = static_cast<double>(population.observations());
    if (population.observations() == 0) {
        WEFT_THROW(
            invalid_argument("people", "no observation", "at least one series with a value"));
    }
    auto const length = options.range ? options.range->highest - options.range->lowest : 0.0;
    auto const prior_weight = options.range ? 2.0 : 0.0;
    auto const prior_squares = prior_weight * length * length / 12.0;

    auto const shares_of = [](std::array<double, 3> const& x) {
        auto const largest = std::max({x[0], x[1], 0.0});
        auto const level = std::exp(x[0] - largest);
        auto const drift = std::exp(x[1] - largest);
        auto const noise = std::exp(-largest);
        auto const sum = level + drift + noise;
        // Bounded away from 0, where the filter would divide by it.
        return detail::variances{std::max(level / sum, 1e-9), std::max(drift / sum, 1e-9),
                                 std::max(noise / sum, 1e-9),
                                 std::exp(std::clamp(x[2], -25.0, 25.0))};
    };
    auto const profiled = [&](detail::variances const& shares) {
        auto const s = population.likelihood(shares);
        auto const mean = s.products / s.mean_squares;
        auto const squares = std::max(0.0, s.squares - mean * s.products) + prior_squares;
        return std::array<double, 3>{mean, squares / (count + prior_weight), s.log_variances};
    };
    auto const usual_memory = std::log(30.0);
    if (!(profiled(shares_of({0.0, 0.0, usual_memory}))[1] > 0.0)) {
        WEFT_THROW(invalid_argument("people", "values that are all equal",
                                    "different values, or a range"));
    }
    auto const best = shares_of(detail::minimise(
        [&](std::array<double, 3> const& x) {
            auto const shares = shares_of(x);
            auto const fit = profiled(shares);
            auto const memory = (x[2] - usual_memory) / 2.0;
            return (count + prior_weight) * std::log(fit[1]) + fit[2] + memory * memory -
                   2.0 * (std::log(shares.level) + std::log(shares.drift) + std::log(shares.noise));
        },
        {0.0, 0.0, usual_memory}, 1.0, 1e-3));

    auto const [mean, total, log_variances] = profiled(best);
    model.mean = population.centre() + mean;
    model.level_variance = total * best.level;
    model.drift_variance = total * best.drift;
    model.noise_variance = total * best.noise;
    model.memory_days = best.memory_days;
    model.people = population.people();
    model.observations = population.observations();
    if (!is_finite(*model.mean) || !is_finite(total) || !(model.noise_variance > 0.0)) {
        WEFT_THROW(invalid_argument("people", "values that are too large or too small",
                                    "values whose squares a double can hold"));
    }

    constexpr std::array<double, 12> candidates{2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 100};
    // log of Gamma((nu + 1) / 2) / Gamma(nu / 2); two successive ones multiply to nu / 2.
    std::array<double, candidates.size()> half_step{};
    auto step = -std::log(3.141592653589793) / 2.0;
    for (int nu = 1; nu <= 100; ++nu) {
        for (std::size_t c = 0; c < candidates.size(); ++c) {
            if (candidates[c] == nu) half_step[c] = step;
        }
        step = std::log(nu / 2.0) - step;
    }
    std::array<double, candidates.size()> scores{};
    population.surprises(detail::variances_of(model), mean, [&](std::size_t n, double surprise) {
        auto const m = static_cast<double>(n);
        for (std::size_t c = 0; c < candidates.size(); ++c) {
            auto const nu = candidates[c];
            // log of Gamma((nu + n) / 2) / Gamma(nu / 2)
            auto log_gammas = n % 2 == 0 ? 0.0 : half_step[c];
            for (std::size_t k = 0; k < n / 2; ++k) {
                log_gammas +=
                    std::log((nu + static_cast<double>(n % 2)) / 2.0 + static_cast<double>(k));
            }
            scores[c] +=
                log_gammas - m / 2.0 * std::log(nu) - (nu + m) / 2.0 * std::log1p(surprise / nu);
        }
    });
    model.own_variance_after = candidates[static_cast<std::size_t>(
        std::max_element(scores.begin(), scores.end()) - scores.begin())];

    auto const normal = detail::two_sided_normal(options.coverage);
    std::vector<double> misses;
    for (auto const& person : people) {
        if (person.size() < 2) continue;
        auto const t = person.times();
        auto const y = person.values();
        auto const last = person.size() - 1;
        auto const guess =
            detail::filter(t.first(last), y.first(last), model)
                .predict(days_between(t[last - 1], t[last]), model.own_variance_after);
        misses.push_back(std::abs(y[last] - guess.value) / guess.deviation);
    }
    model.half_width = normal;
    if (!misses.empty()) {
        auto const m = static_cast<double>(misses.size());
        auto const rank = std::min(
            misses.size(), static_cast<std::size_t>(std::ceil((m + 1.0) * options.coverage)));
        auto const nth = misses.begin() + static_cast<std::ptrdiff_t>(rank - 1);
        std::nth_element(misses.begin(), nth, misses.end());
        constexpr double normal_counts = 20.0;
        model.half_width = (m * *nth + normal_counts * normal) / (m + normal_counts);
    }
    return model;
}

/// The predictive standard deviation behind a forecast by this model. Exact where the confidence is
/// above 0; where it is 0, that of the population, which bounds what is known.
[[nodiscard]] inline double deviation_of(forecast const& f, forecast_model const& model) noexcept {
    return (1.0 - f.confidence) * std::sqrt(detail::variances_of(model).total());
}

namespace detail {

inline forecast forecast_of(predicted const& p, instant at, forecast_model const& model,
                            double prior) {
    forecast f{at, p.value, p.value - model.half_width * p.deviation,
               p.value + model.half_width * p.deviation, std::max(0.0, 1.0 - p.deviation / prior)};
    if (!is_finite(f.lower) || !is_finite(f.upper)) {
        WEFT_THROW(overflow_error("forecast: the values are too large for a double's range"));
    }
    if (model.range) {
        for (auto* const x : {&f.value, &f.lower, &f.upper}) {
            *x = std::clamp(*x, model.range->lowest, model.range->highest);
        }
    }
    return f;
}

inline void require_later(std::string_view name, instant at, series const& own) {
    if (!is_usable(at)) require_usable(name, at);
    if (!own.empty() && at < own.times().back()) {
        WEFT_THROW(invalid_argument(std::string(name), shown(at),
                                    "an instant not before the last of the series, " +
                                        shown(own.times().back())));
    }
}

} // namespace detail

/// The forecast for a series at the instants `at`, each of which must not lie before the series'
/// last one; nothing where the series is empty (there is nothing to forecast from).
/// Throws invalid_argument naming `at[k]`, `y[i]` (outside the model's range) or the model's part.
/// O(n + instants).
[[nodiscard]] inline std::optional<std::vector<forecast>>
forecast_at(series const& own, std::span<instant const> at, forecast_model const& model = {}) {
    detail::require_model(model);
    detail::require_in_range("y", own.values(), model.range);
    for (std::size_t k = 0; k < at.size(); ++k) {
        if (!detail::is_usable(at[k]) || (!own.empty() && at[k] < own.times().back())) {
            detail::require_later(detail::indexed("at", k), at[k], own);
        }
    }
    if (own.empty()) return std::nullopt;
    auto const filter = detail::filter(own.times(), own.values(), model);
    auto const prior = std::sqrt(detail::variances_of(model).total());
    std::vector<forecast> out;
    out.reserve(at.size());
    for (auto const t : at) {
        out.push_back(detail::forecast_of(
            filter.predict(days_between(own.times().back(), t), model.own_variance_after), t, model,
            prior));
    }
    return out;
}

/// As above, at one instant, without memory.
[[nodiscard]] inline std::optional<forecast> forecast_at(series const& own, instant at,
                                                         forecast_model const& model = {}) {
    detail::require_model(model);
    detail::require_in_range("y", own.values(), model.range);
    detail::require_later("at[0]", at, own);
    if (own.empty()) return std::nullopt;
    auto const filter = detail::filter(own.times(), own.values(), model);
    return detail::forecast_of(
        filter.predict(days_between(own.times().back(), at), model.own_variance_after), at, model,
        std::sqrt(detail::variances_of(model).total()));
}

/// forecast_at for many people at one instant, to the same bits; what depends on the spacing alone
/// is computed once for neighbours with the same spacing. Throws as forecast_at, naming
/// `people[i].y[k]` or `at`. O(observations).
[[nodiscard]] inline std::vector<std::optional<forecast>>
forecast_all(std::span<series const> people, instant at, forecast_model const& model = {}) {
    detail::require_model(model);
    for (std::size_t i = 0; i < people.size(); ++i) {
        for (auto const y : people[i].values()) {
            if (model.range && (y < model.range->lowest || y > model.range->highest)) {
                detail::require_in_range(detail::indexed("people", i) + ".y", people[i].values(),
                                         model.range);
            }
        }
        detail::require_later("at", at, people[i]);
    }
    auto const v = detail::variances_of(model);
    auto const prior = std::sqrt(v.total());
    std::vector<std::optional<forecast>> out(people.size());
    std::vector<detail::filter_step> steps;
    std::vector<instant::duration> gaps;
    detail::covariance after(v);
    for (std::size_t i = 0; i < people.size(); ++i) {
        auto const t = people[i].times();
        if (t.empty()) continue;
        bool known = steps.size() == t.size();
        for (std::size_t k = 1; known && k < t.size(); ++k) known = gaps[k - 1] == t[k] - t[k - 1];
        if (!known) {
            gaps.clear();
            after = detail::covariance(v);
            steps.assign(1, after.observe(1.0, v));
            for (std::size_t k = 1; k < t.size(); ++k) {
                gaps.push_back(t[k] - t[k - 1]);
                auto const decay = after.wait(days_between(t[k - 1], t[k]), v);
                steps.push_back(after.observe(decay, v));
            }
        }
        auto const y = people[i].values();
        detail::person_filter filter(v, model.mean, model.mean ? *model.mean : y.front());
        filter.observe(y, steps, after);
        out[i] = detail::forecast_of(
            filter.predict(days_between(t.back(), at), model.own_variance_after), at, model, prior);
    }
    return out;
}

} // namespace weft::inline v0::temporal
