#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <optional>
#include <span>
#include <string>
#include <tuple>
#include <unordered_map>
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
        if (places.size() < 2) return {};
        std::vector<path> paths;
        paths.reserve((places.size() - 1) * n);
        for (std::size_t k = 0; k + 1 < places.size(); ++k) {
            for (std::size_t i = 0; i < n; ++i) {
                paths.push_back(path_of(i, places[k], places[k + 1]));
            }
        }
        for (std::size_t k = 0; k + 1 < places.size(); ++k) {
            for (i_ = 0; i_ < n; ++i_) {
                first_ = &paths[k * n + i_];
                for (j_ = i_ + 1; j_ < n; ++j_) {
                    second_ = &paths[k * n + j_];
                    if (!first_->known_after || !second_->known_after) continue;
                    auto const& a = *first_;
                    auto const& b = *second_;
                    stretch_begins_ = found_.size();
                    if (!a.known_before || !b.known_before) {
                        // Known from the end of this stretch on.
                        record(places[k + 1], 0, sign(4.0 * a.last.value * b.last.value));
                        continue;
                    }
                    search({places[k], a.first, b.first}, {places[k + 1], a.last, b.last});
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
    /// A dimension at an instant, relative to the middle.
    struct side {
        double value = 0.0;
        double u = 0.0;       ///< days since its piece began
        double slope = 0.0;   ///< of the curve, a day
        double density = 1.0; ///< of the population there: what the slope is multiplied by
    };
    /// A dimension between two places: one cubic, or constant.
    struct path {
        bool known_before = false;
        bool known_after = false;
        bool moves = false;
        std::array<double, 4> c{};
        double low = 0.0; ///< the values at the piece's ends
        double high = 0.0;
        instant origin{};
        double begins = 0.0; ///< days after origin
        double turn = -1.0;  ///< where the slope turns, and what it is there
        double steepest = 0.0;
        spread const* around = nullptr;
        double peak = 1.0; ///< the highest density
        side first{};
        side last{};
    };
    struct end {
        instant t;
        side a, b;
    };
    struct bounds {
        double low, high;
    };

    /// How far rounding is taken to move a correlation.
    static constexpr double room = 1e-12;

    [[nodiscard]] int sign(double r) const noexcept {
        return std::abs(r) > threshold_ ? (r > 0.0 ? 1 : -1) : 0;
    }

    [[nodiscard]] std::optional<double> placed(std::size_t i, instant t) const {
        auto const x = curves_(i, t);
        if (!x) return std::nullopt;
        return (spreads_[i] != nullptr ? relative_value(*x, *spreads_[i]) : *x) - 0.5;
    }

    [[nodiscard]] path path_of(std::size_t i, instant from, instant to) const {
        path p;
        p.around = spreads_[i];
        if (p.around != nullptr) {
            p.peak = p.around->deviation < 1e-9
                         ? HUGE_VAL
                         : 1.0 / (p.around->deviation * std::sqrt(2.0 * std::numbers::pi));
        }
        auto const before = placed(i, from);
        auto const after = placed(i, to);
        p.known_before = before.has_value();
        p.known_after = after.has_value();
        p.first.value = before.value_or(0.0);
        p.last.value = after.value_or(0.0);
        auto const* const c = curves_.curve(i);
        if (c == nullptr || to <= c->origin() || from >= c->last()) return p;
        auto const breaks = c->days().breaks();
        auto const x0 = days_between(c->origin(), from);
        auto const next = std::upper_bound(breaks.begin() + 1, breaks.end() - 1, x0);
        auto const piece = static_cast<std::size_t>(next - breaks.begin()) - 1;
        auto const k = c->days().coefficients(piece);
        auto const values = c->days().values();
        p.moves = true;
        std::copy(k.begin(), k.end(), p.c.begin());
        p.low = std::min(values[piece], values[piece + 1]);
        p.high = std::max(values[piece], values[piece + 1]);
        p.origin = c->origin();
        p.begins = breaks[piece];
        if (k[3] != 0.0) {
            p.turn = -k[2] / (3.0 * k[3]);
            p.steepest = k[1] + p.turn * k[2];
        }
        // The values at the places themselves are the curve's.
        auto const at_end = [&](side& s, instant t) {
            auto const value = s.value;
            s = on(p, t);
            s.value = value;
        };
        at_end(p.first, from);
        at_end(p.last, to);
        return p;
    }

    /// The dimension at an instant of the path's, as the curve has it.
    [[nodiscard]] static side on(path const& p, instant t) noexcept {
        if (!p.moves) return p.first;
        side s;
        s.u = days_between(p.origin, t) - p.begins;
        auto const& c = p.c;
        auto const x = std::clamp(((c[3] * s.u + c[2]) * s.u + c[1]) * s.u + c[0], p.low, p.high);
        s.slope = (3.0 * c[3] * s.u + 2.0 * c[2]) * s.u + c[1];
        s.value = x - 0.5;
        if (p.around != nullptr) {
            auto const z = (x - p.around->mean) / p.around->deviation;
            s.value = relative_value(x, *p.around) - 0.5;
            s.density = p.peak * std::exp(-0.5 * z * z);
        }
        return s;
    }

    [[nodiscard]] end at(instant t) const noexcept { return {t, on(*first_, t), on(*second_, t)}; }

    /// The correlation's slope, a day.
    [[nodiscard]] static double rate(end const& e) noexcept {
        return 4.0 * (e.a.slope * e.a.density * e.b.value + e.b.slope * e.b.density * e.a.value);
    }

    [[nodiscard]] static bounds product(bounds x, bounds y) noexcept {
        auto const p = x.low * y.low;
        auto const q = x.low * y.high;
        auto const r = x.high * y.low;
        auto const s = x.high * y.high;
        return {std::min(std::min(p, q), std::min(r, s)), std::max(std::max(p, q), std::max(r, s))};
    }
    [[nodiscard]] static bounds between(double x, double y) noexcept {
        return x < y ? bounds{x, y} : bounds{y, x};
    }

    /// Bounds of a placed dimension's slope between two instants of its path.
    [[nodiscard]] static bounds slopes(path const& p, side const& s0, side const& s1) noexcept {
        if (!p.moves) return {0.0, 0.0};
        auto out = between(s0.slope, s1.slope);
        if (p.turn > s0.u && p.turn < s1.u) {
            out.low = std::min(out.low, p.steepest);
            out.high = std::max(out.high, p.steepest);
        }
        if (p.around == nullptr) return out;
        if (p.around->deviation < 1e-9) return {-HUGE_VAL, HUGE_VAL};
        // The normal density between the two values: highest at the mean or at an end.
        auto steep = between(s0.density, s1.density);
        if ((s0.value < 0.0) != (s1.value < 0.0)) steep.high = p.peak;
        return product(out, {steep.low * (1.0 - 1e-9), steep.high * (1.0 + 1e-9)});
    }

    /// A change there and back that leaves the threshold by rounding alone is none.
    void record(instant t, int before, int after) {
        if (before == after) return;
        if (found_.size() > stretch_begins_ && found_.back().before == after) {
            auto const since = found_.back().at;
            auto const middle = at(since + (t - since) / 2);
            auto const r = 4.0 * std::abs(middle.a.value * middle.b.value);
            if (std::abs(r - threshold_) <= room) return found_.pop_back();
        }
        found_.push_back({t, i_, j_, before, after, std::nullopt});
    }

    /// Every change in (from.t, to.t].
    void search(end const& from, end const& to) {
        auto const a = between(from.a.value, to.a.value);
        auto const b = between(from.b.value, to.b.value);
        auto const all = product(a, b);
        auto const low = 4.0 * all.low;
        auto const high = 4.0 * all.high;
        // A change in the middle of a stretch must not be missed: the bounds give way a little.
        if (low > threshold_ + room || high < -threshold_ - room ||
            (low > -threshold_ + room && high < threshold_ - room)) {
            return;
        }
        auto const s0 = sign(4.0 * from.a.value * from.b.value);
        auto const s1 = sign(4.0 * to.a.value * to.b.value);
        if (to.t - from.t <= instant::duration(1)) return record(to.t, s0, s1);
        // Within rounding of the threshold all along: what lies between says nothing.
        if ((low >= threshold_ - room && high <= threshold_ + room) ||
            (low >= -threshold_ - room && high <= -threshold_ + room)) {
            return monotone(from, s0, to, s1);
        }
        auto const first = product(slopes(*first_, from.a, to.a), b);
        auto const second = product(slopes(*second_, from.b, to.b), a);
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
            auto const s = sign(4.0 * middle.a.value * middle.b.value);
            monotone(from, s0, middle, s);
            return monotone(middle, s, to, s1);
        }
        auto const level = threshold_ * (s0 + s1 > 0 ? 1.0 : -1.0);
        auto const above = [&](end const& e) { return 4.0 * e.a.value * e.b.value - level; };
        end before = from;
        end now = to;
        std::int64_t reach = 1;
        for (int step = 0; to.t - from.t > instant::duration(1); ++step) {
            auto const width = (to.t - from.t).count();
            auto ahead = width / 2;
            // The root of the curve through the last two points and their slopes; where it lies
            // near an end, that end's neighbour, then further and further inside.
            auto const guess = root_through(before, above(before), now, above(now), from.t);
            if (step < 24 && guess > -1.0 && guess < static_cast<double>(width) + 1.0) {
                ahead = static_cast<std::int64_t>(guess);
                if (ahead < reach) {
                    ahead = reach;
                    reach = std::min(8 * reach, width);
                } else if (width - ahead < reach) {
                    ahead = width - reach;
                    reach = std::min(8 * reach, width);
                }
                ahead = std::clamp<std::int64_t>(ahead, 1, width - 1);
            }
            before = now;
            now = at(from.t + instant::duration(ahead));
            if (sign(4.0 * now.a.value * now.b.value) == s0) {
                from = now;
            } else {
                to = now;
            }
        }
        record(to.t, s0, s1);
    }

    /// Microseconds from `origin` to where a function is 0 that is fp at p and fq at q: the cubic
    /// in its values through both instants with both slopes. Not a number where there is none.
    [[nodiscard]] static double root_through(end const& p, double fp, end const& q, double fq,
                                             instant origin) noexcept {
        auto const day = 86'400e6;
        auto const tp = static_cast<double>((p.t - origin).count());
        auto const tq = static_cast<double>((q.t - origin).count());
        auto const h = fq - fp;
        auto const x = -fp / h;
        auto const y = 1.0 - x;
        return y * y * (tp * (1.0 + 2.0 * x) + x * h * day / rate(p)) +
               x * x * (tq * (1.0 + 2.0 * y) - y * h * day / rate(q));
    }

    profile_curves const& curves_;
    double threshold_;
    instant from_;
    instant to_;
    std::vector<spread const*> spreads_;
    std::size_t i_ = 0;
    std::size_t j_ = 0;
    path const* first_ = nullptr; // of i_ and j_, over the stretch at hand
    path const* second_ = nullptr;
    std::size_t stretch_begins_ = 0; // in found_, of this pair
    std::vector<crossing_change> found_;
};

/// All crossings of a profile: a bit for each pair of dimensions and sign, row by row.
class drawn_crossings {
public:
    void set(std::size_t i, std::size_t j, int sign) noexcept {
        auto const place = i * max_dimensions + j;
        auto const bit = std::uint64_t{1} << (place % 64);
        auto& more = positive_[place / 64];
        auto& less = negative_[place / 64];
        more = sign > 0 ? more | bit : more & ~bit;
        less = sign < 0 ? less | bit : less & ~bit;
    }

    [[nodiscard]] std::vector<knot::band> bands() const {
        std::size_t count = 0;
        for (std::size_t w = 0; w < words; ++w) {
            count += static_cast<std::size_t>(std::popcount(positive_[w] | negative_[w]));
        }
        std::vector<knot::band> out;
        out.reserve(count);
        for (std::size_t w = 0; w < words; ++w) {
            for (auto rest = positive_[w] | negative_[w]; rest != 0; rest &= rest - 1) {
                auto const bit = std::countr_zero(rest);
                auto const place = static_cast<int>(64 * w) + bit;
                constexpr int row = static_cast<int>(max_dimensions);
                out.push_back(
                    {place / row + 1, place % row + 1, (positive_[w] >> bit & 1U) != 0 ? 1 : -1});
            }
        }
        return out;
    }

    [[nodiscard]] friend bool operator==(drawn_crossings const&, drawn_crossings const&) = default;

    struct hash {
        [[nodiscard]] std::size_t operator()(drawn_crossings const& d) const noexcept {
            std::uint64_t h = 0;
            for (std::size_t w = 0; w < words; ++w) {
                h = (h ^ d.positive_[w]) * 0x9e37'79b9'7f4a'7c15ULL;
                h = (h ^ h >> 29U ^ d.negative_[w]) * 0xbf58'476d'1ce4'e5b9ULL;
            }
            return h ^ h >> 32U;
        }
    };

private:
    static constexpr std::size_t words = max_dimensions * max_dimensions / 64;
    std::array<std::uint64_t, words> positive_{};
    std::array<std::uint64_t, words> negative_{};
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
/// close together; but where r_ij stays within 1e-12 of the threshold, rounding makes no changes
/// there and back. Throws invalid_argument where `curves` has not the encoder's dimensions or `to`
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
    detail::drawn_crossings drawn;
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = i + 1; j < n; ++j) drawn.set(i, j, search.state(i, j, from));
    }
    out.changes = search.run();
    out.links.reserve(out.changes.size() + 1);
    out.history.reserve(out.changes.size() + 1);
    std::unordered_map<detail::drawn_crossings, std::size_t, detail::drawn_crossings::hash> known;
    known.reserve(out.changes.size() + 1);
    auto const link_of = [&] {
        auto const [found, added] = known.emplace(drawn, out.links.size());
        if (!added) return found->second;
        evolving_link link;
        link.bands = drawn.bands();
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
            drawn.set(c.i, c.j, c.after);
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
