#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <numbers>
#include <optional>
#include <span>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "weft/core/error.hpp"
#include "weft/core/number.hpp"
#include "weft/core/time.hpp"
#include "weft/knot/invariants.hpp"
#include "weft/knot/similarity.hpp"
#include "weft/profile/entity.hpp"
#include "weft/profile/evolution.hpp"
#include "weft/profile/fingerprint.hpp"
#include "weft/temporal/curve.hpp"
#include "weft/temporal/series.hpp"

namespace weft::inline v0::profile {

/// The curves of a profile: one for each dimension of a space that has a history, through its
/// points (pchip), constant before the first and after the last of them. A dimension is known from
/// its first point on.
class profile_curves {
public:
    /// One series for each dimension of the space; empty where nothing is known of it.
    explicit profile_curves(std::span<temporal::series const> dimensions) {
        for (auto const& s : dimensions) {
            path p;
            if (!s.empty()) {
                p.first = s.times().front();
                p.constant = s.values().front();
                p.times.assign(s.times().begin(), s.times().end());
            }
            if (s.size() > 1) {
                temporal::curve_options options;
                options.outside = temporal::outside::clamp;
                p.curve.emplace(s, options);
            }
            paths_.push_back(std::move(p));
        }
    }

    [[nodiscard]] std::size_t size() const noexcept { return paths_.size(); }
    /// From when on dimension i is known; nothing where it never is.
    [[nodiscard]] std::optional<instant> known_from(std::size_t i) const {
        return paths_.at(i).first;
    }
    [[nodiscard]] std::span<instant const> times(std::size_t i) const { return paths_.at(i).times; }
    /// Null for a dimension with fewer than two points.
    [[nodiscard]] temporal::instant_curve const* curve(std::size_t i) const {
        auto const& p = paths_.at(i);
        return p.curve ? &*p.curve : nullptr;
    }
    /// The value of dimension i at t; nothing where it is not known then.
    [[nodiscard]] std::optional<double> operator()(std::size_t i, instant t) const {
        auto const& p = paths_.at(i);
        if (!p.first || t < *p.first) return std::nullopt;
        return p.curve ? (*p.curve)(t) : p.constant;
    }

private:
    struct path {
        std::optional<instant> first;
        double constant = 0.0;
        std::vector<instant> times;
        std::optional<temporal::instant_curve> curve;
    };
    std::vector<path> paths_;
};

/// The series behind an entity's profile_curves: what was measured up to `now`, and where a model
/// is given the forecasts for the instants `later` (each after now) behind it, for every dimension
/// of the space. Throws invalid_argument as forecast_profile. O(dimensions x (snapshots + later)).
[[nodiscard]] inline std::vector<temporal::series>
profile_series(entity const& e, instant now, space const& s, evolution_model const* model = nullptr,
               std::span<instant const> later = {}) {
    if (model != nullptr && model->dimensions.size() != s.profile.size()) {
        WEFT_THROW(invalid_argument("model", to_text(model->dimensions.size()) + " dimensions",
                                    "as many as in the space: " + to_text(s.profile.size())));
    }
    for (std::size_t k = 0; k < later.size(); ++k) {
        if (!(later[k] > (k > 0 ? later[k - 1] : now))) {
            WEFT_THROW(invalid_argument("later[" + to_text(k) + "]",
                                        "an instant that is not after the one before",
                                        "rising instants after now"));
        }
    }
    std::vector<temporal::series> out;
    for (std::size_t i = 0; i < s.profile.size(); ++i) {
        auto own = dimension_series(e, s.profile[i], now);
        if (model != nullptr && !own.empty() && !later.empty()) {
            auto const forecasts = temporal::forecast_at(own, later, model->dimensions[i]);
            for (auto const& f : *forecasts) own.append(f.at, f.value);
        }
        out.push_back(std::move(own));
    }
    return out;
}

/// A crossing of two dimensions that begins, ends or changes its sign.
struct crossing_change {
    /// The first instant (of microseconds) at which the crossing is as it is after the change.
    instant at{};
    std::size_t i = 0; ///< dimensions of the space, i < j
    std::size_t j = 0;
    int before = 0; ///< +1, -1, or 0 for none
    int after = 0;
    /// Whether the link's invariants differ before and after the instant: then its type surely
    /// changed. False: they do not tell the two apart. Nothing where they were not computed.
    std::optional<bool> link_changed;

    [[nodiscard]] friend bool operator==(crossing_change const&, crossing_change const&) = default;
};

/// A stretch of time over which the braid is one.
struct braid_interval {
    instant from{};
    instant to{};         ///< the next interval's beginning; the last one includes it
    std::size_t link = 0; ///< of evolution_string::links
};

/// A braid that occurs, and its closure.
struct evolving_link {
    std::vector<knot::band> bands; ///< strands are the space's dimensions, counted from 1
    /// Of the closure without untouched strands; absent without bands or where not asked for.
    std::optional<knot::invariants> invariants;
};

/// How a profile's knot goes through time: piecewise constant, with exact times of change.
struct evolution_string {
    instant from{};
    instant to{};
    std::vector<braid_interval> history;  ///< covers [from, to] without gaps
    std::vector<evolving_link> links;     ///< distinct, in order of appearance
    std::vector<crossing_change> changes; ///< rising in time, then in i, then in j

    /// The link at an instant in [from, to]. Throws invalid_argument elsewhere. O(log n).
    [[nodiscard]] evolving_link const& at(instant t) const {
        if (history.empty() || t < from || t > to) {
            WEFT_THROW(invalid_argument("t", temporal::detail::shown(t),
                                        "an instant of the string's interval"));
        }
        auto const after =
            std::upper_bound(history.begin(), history.end(), t,
                             [](instant x, braid_interval const& h) { return x < h.from; });
        return links[(after - 1)->link];
    }
};

struct evolution_string_options {
    /// Whether to compute the invariants of each distinct braid: the knot wing's cost.
    bool invariants = true;
};

namespace detail {

/// Finds where the crossings of one profile change.
class crossing_search {
public:
    crossing_search(encoder const& e, profile_curves const& curves, instant from, instant to)
        : curves_(curves)
        , threshold_(e.options().crossing_threshold)
        , from_(from)
        , to_(to) {
        for (std::size_t i = 0; i < curves.size(); ++i) spreads_.push_back(e.relative_to(i));
    }

    /// The sign of the crossing of i and j at t, as encoder::bands has it.
    [[nodiscard]] int state(std::size_t i, std::size_t j, instant t) const {
        auto const a = placed(i, t);
        auto const b = placed(j, t);
        if (!a || !b) return 0;
        return sign(4.0 * *a * *b);
    }

    [[nodiscard]] std::vector<crossing_change> run() {
        // Between neighbouring points of any dimension every curve is one monotone cubic.
        std::vector<instant> places{from_, to_};
        for (std::size_t i = 0; i < curves_.size(); ++i) {
            for (auto const t : curves_.times(i)) {
                if (t > from_ && t < to_) places.push_back(t);
            }
        }
        std::sort(places.begin(), places.end());
        places.erase(std::unique(places.begin(), places.end()), places.end());
        auto const n = curves_.size();
        std::vector<std::optional<double>> values(places.size() * n);
        for (std::size_t k = 0; k < places.size(); ++k) {
            for (std::size_t i = 0; i < n; ++i) values[k * n + i] = placed(i, places[k]);
        }
        for (std::size_t i = 0; i < n; ++i) {
            for (std::size_t j = i + 1; j < n; ++j) {
                if (!curves_.known_from(i) || !curves_.known_from(j)) continue;
                i_ = i;
                j_ = j;
                for (std::size_t k = 0; k + 1 < places.size(); ++k) {
                    auto const& a1 = values[(k + 1) * n + i];
                    auto const& b1 = values[(k + 1) * n + j];
                    if (!a1 || !b1) continue;
                    auto const& a0 = values[k * n + i];
                    auto const& b0 = values[k * n + j];
                    if (!a0 || !b0) {
                        // Known from the end of this stretch on.
                        record(places[k + 1], 0, sign(4.0 * *a1 * *b1));
                        continue;
                    }
                    search({places[k], *a0, *b0}, {places[k + 1], *a1, *b1});
                }
            }
        }
        std::sort(found_.begin(), found_.end(),
                  [](crossing_change const& a, crossing_change const& b) {
                      return std::tie(a.at, a.i, a.j) < std::tie(b.at, b.i, b.j);
                  });
        return std::move(found_);
    }

private:
    struct end {
        instant t;
        double a, b; // of the two dimensions, relative to the middle
    };
    struct bounds {
        double low, high;
    };

    [[nodiscard]] int sign(double r) const noexcept {
        return std::abs(r) > threshold_ ? (r > 0.0 ? 1 : -1) : 0;
    }

    [[nodiscard]] std::optional<double> placed(std::size_t i, instant t) const {
        auto const x = curves_(i, t);
        if (!x) return std::nullopt;
        return (spreads_[i] != nullptr ? relative_value(*x, *spreads_[i]) : *x) - 0.5;
    }

    [[nodiscard]] end at(instant t) const { return {t, *placed(i_, t), *placed(j_, t)}; }

    [[nodiscard]] static bounds product(bounds x, bounds y) noexcept {
        auto const [low, high] =
            std::minmax({x.low * y.low, x.low * y.high, x.high * y.low, x.high * y.high});
        return {low, high};
    }
    [[nodiscard]] static bounds between(double x, double y) noexcept {
        return x < y ? bounds{x, y} : bounds{y, x};
    }

    /// Bounds of a placed dimension's slope between two instants of one piece, where the values
    /// at the ends are v0 and v1.
    [[nodiscard]] bounds slopes(std::size_t i, instant from, instant to, double v0,
                                double v1) const {
        auto const* const c = curves_.curve(i);
        if (c == nullptr || to <= c->origin() || from >= c->last()) return {0.0, 0.0};
        auto const breaks = c->days().breaks();
        auto const x0 = days_between(c->origin(), from);
        auto const x1 = days_between(c->origin(), to);
        auto const after = std::upper_bound(breaks.begin() + 1, breaks.end() - 1, x0);
        auto const piece = static_cast<std::size_t>(after - breaks.begin()) - 1;
        auto const k = c->days().coefficients(piece);
        auto const slope = [&](double u) { return k[1] + u * (2.0 * k[2] + u * (3.0 * k[3])); };
        auto const u0 = x0 - breaks[piece];
        auto const u1 = x1 - breaks[piece];
        auto out = between(slope(u0), slope(u1));
        if (auto const turn = -k[2] / (3.0 * k[3]); turn > u0 && turn < u1) {
            out.low = std::min(out.low, slope(turn));
            out.high = std::max(out.high, slope(turn));
        }
        if (spreads_[i] == nullptr) return out;
        auto const deviation = spreads_[i]->deviation;
        if (deviation < 1e-9) return {-HUGE_VAL, HUGE_VAL};
        // The normal density between the two values: highest at the mean or at an end.
        auto const density = [&](double u) {
            double x = k[0] + u * (k[1] + u * (k[2] + u * k[3]));
            auto const z = (x - spreads_[i]->mean) / deviation;
            return std::exp(-z * z / 2.0) / (deviation * std::sqrt(2.0 * std::numbers::pi));
        };
        auto steep = between(density(u0), density(u1));
        if ((v0 < 0.0) != (v1 < 0.0)) {
            steep.high = 1.0 / (deviation * std::sqrt(2.0 * std::numbers::pi));
        }
        return product(out, {steep.low * (1.0 - 1e-9), steep.high * (1.0 + 1e-9)});
    }

    void record(instant t, int before, int after) {
        if (before != after) found_.push_back({t, i_, j_, before, after, std::nullopt});
    }

    /// Every change in (from.t, to.t].
    void search(end const& from, end const& to) {
        auto const all = product(between(from.a, to.a), between(from.b, to.b));
        auto const low = 4.0 * all.low;
        auto const high = 4.0 * all.high;
        // Rounding in the middle of a stretch must not be missed: the bounds give way a little.
        constexpr double room = 1e-12;
        if (low > threshold_ + room || high < -threshold_ - room ||
            (low > -threshold_ + room && high < threshold_ - room)) {
            return;
        }
        auto const s0 = sign(4.0 * from.a * from.b);
        auto const s1 = sign(4.0 * to.a * to.b);
        if (to.t - from.t <= instant::duration(1)) return record(to.t, s0, s1);
        auto const da = slopes(i_, from.t, to.t, from.a, to.a);
        auto const db = slopes(j_, from.t, to.t, from.b, to.b);
        auto const first = product(da, between(from.b, to.b));
        auto const second = product(db, between(from.a, to.a));
        if (first.low + second.low >= 0.0 || first.high + second.high <= 0.0) {
            return monotone(from, s0, to, s1);
        }
        auto const middle = at(from.t + (to.t - from.t) / 2);
        search(from, middle);
        search(middle, to);
    }

    /// As search, where the correlation is monotone.
    void monotone(end from, int s0, end to, int s1) {
        if (s0 == s1) return;
        if (s0 * s1 < 0) {
            // Through 0: two changes.
            if (to.t - from.t <= instant::duration(1)) return record(to.t, s0, s1);
            auto const middle = at(from.t + (to.t - from.t) / 2);
            auto const s = sign(4.0 * middle.a * middle.b);
            monotone(from, s0, middle, s);
            return monotone(middle, s, to, s1);
        }
        auto const level = threshold_ * (s0 + s1 > 0 ? 1.0 : -1.0);
        auto f0 = 4.0 * from.a * from.b - level;
        auto f1 = 4.0 * to.a * to.b - level;
        for (int step = 0; to.t - from.t > instant::duration(1); ++step) {
            auto const width = (to.t - from.t).count();
            auto ahead = width / 2;
            // Two secants, then a bisection; where the secant lands near an end, one step inside.
            if (step % 3 != 2 && f0 != f1) {
                auto const share = f0 / (f0 - f1);
                if (share > 0.0 && share < 1.0) {
                    ahead = static_cast<std::int64_t>(share * static_cast<double>(width));
                    ahead = std::clamp<std::int64_t>(ahead + (step % 2), 1, width - 1);
                }
            }
            auto const next = at(from.t + instant::duration(ahead));
            auto const r = 4.0 * next.a * next.b;
            if (sign(r) == s0) {
                from = next;
                f0 = r - level;
            } else {
                to = next;
                f1 = r - level;
            }
        }
        record(to.t, s0, s1);
    }

    profile_curves const& curves_;
    double threshold_;
    instant from_;
    instant to_;
    std::vector<spread const*> spreads_;
    std::size_t i_ = 0;
    std::size_t j_ = 0;
    std::vector<crossing_change> found_;
};

/// Whether two links' invariants differ; links without bands are one.
[[nodiscard]] inline bool told_apart(evolving_link const& a, evolving_link const& b) {
    if (a.bands.empty() || b.bands.empty()) return a.bands.empty() != b.bands.empty();
    auto const s = knot::similarity(*a.invariants, *b.invariants).score;
    return s && *s < 1.0;
}

} // namespace detail

/// The evolution string of a profile from `from` to `to`: the braid at every instant, with the
/// exact times of change. The curves are interpolated, the braid derived anew (as encoder::bands
/// does from values, whatever the history), and never a knot's invariants or letters.
///
/// A change time is a root of |r_ij(t)| = threshold. Between neighbouring points every curve is one
/// monotone cubic; bounds of r_ij and of its slope part each stretch until it has no root, or r_ij
/// is monotone on it, or it is a microsecond long. So no change is missed, not even two that are
/// close together. Throws invalid_argument where `curves` has not the encoder's dimensions or `to`
/// is before `from`. O(pairs x (points + changes)), and the invariants of each distinct braid.
[[nodiscard]] inline evolution_string evolve(encoder const& e, profile_curves const& curves,
                                             instant from, instant to,
                                             evolution_string_options const& options = {}) {
    if (curves.size() != e.space().profile.size()) {
        WEFT_THROW(invalid_argument("curves", to_text(curves.size()) + " dimensions",
                                    to_text(e.space().profile.size()) + ", the encoder's"));
    }
    temporal::detail::require_usable("from", from);
    temporal::detail::require_usable("to", to);
    if (to < from) {
        WEFT_THROW(invalid_argument("to", temporal::detail::shown(to),
                                    "an instant not before " + temporal::detail::shown(from)));
    }
    evolution_string out;
    out.from = from;
    out.to = to;
    detail::crossing_search search(e, curves, from, to);
    auto const n = curves.size();
    std::vector<int> signs(n * n, 0);
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = i + 1; j < n; ++j) signs[i * n + j] = search.state(i, j, from);
    }
    out.changes = search.run();
    std::map<std::vector<int>, std::size_t> known;
    auto const link_of = [&] {
        auto const [found, added] = known.emplace(signs, out.links.size());
        if (!added) return found->second;
        evolving_link link;
        for (std::size_t i = 0; i < n; ++i) {
            for (std::size_t j = i + 1; j < n; ++j) {
                if (auto const s = signs[i * n + j]; s != 0) {
                    link.bands.push_back({static_cast<int>(i) + 1, static_cast<int>(j) + 1, s});
                }
            }
        }
        if (options.invariants && !link.bands.empty()) {
            link.invariants =
                knot::compute_invariants(*encoder::braid_of(link.bands), e.options().limits);
        }
        out.links.push_back(std::move(link));
        return found->second;
    };
    out.history.push_back({from, to, link_of()});
    for (std::size_t k = 0; k < out.changes.size();) {
        auto const t = out.changes[k].at;
        auto last = k;
        for (; last < out.changes.size() && out.changes[last].at == t; ++last) {
            auto const& c = out.changes[last];
            signs[c.i * n + c.j] = c.after;
        }
        auto const before = out.history.back().link;
        auto const after = link_of();
        out.history.back().to = t;
        out.history.push_back({t, to, after});
        for (; k < last; ++k) {
            if (options.invariants) {
                out.changes[k].link_changed =
                    detail::told_apart(out.links[before], out.links[after]);
            }
        }
    }
    return out;
}

} // namespace weft::inline v0::profile
