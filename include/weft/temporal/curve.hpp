#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "weft/core/error.hpp"
#include "weft/core/number.hpp"
#include "weft/core/time.hpp"
#include "weft/core/unit.hpp"
#include "weft/temporal/series.hpp"

namespace weft::inline v0::temporal {

/// How a curve runs between its points. Both stay, on every piece, between the values at its ends:
/// monotone data give a monotone curve, scores in [0,1] a curve in [0,1].
enum class interpolation {
    /// Straight lines.
    linear,
    /// Cubic Hermite pieces with the shape-preserving slopes of Fritsch and Butland (1984).
    pchip,
};

/// What a curve answers before its first and after its last point.
enum class outside {
    raise,  ///< throws domain_error
    clamp,  ///< the value at the nearest end; derivative 0
    linear, ///< the straight line through the nearest end with the curve's slope there
    nan,    ///< a quiet NaN
};

struct curve_options {
    interpolation method = interpolation::pchip;
    temporal::outside outside = temporal::outside::raise;
    /// For scores: all values must lie in [0,1], and what lies outside the data (`outside::linear`)
    /// is cut to [0,1] as well, with derivative 0 where it is cut.
    bool unit = false;
};

/// A piecewise polynomial through points (x, y). Copies are independent of each other; calling a
/// const curve from several threads is safe.
class curve {
public:
    /// `x` strictly increasing, at least two points, all finite.
    /// Throws invalid_argument naming `x[i]` or `y[i]`, also where the slope between two points
    /// exceeds the range of a double. O(n).
    curve(std::span<double const> x, std::span<double const> y, curve_options const& options = {})
        : options_(options) {
        detail::require_series(x, y, "x", "y");
        if (x.size() < 2) {
            WEFT_THROW(invalid_argument(
                "x", to_text(x.size()) + (x.size() == 1 ? " point" : " points"), "at least 2"));
        }
        if (options.unit) {
            for (std::size_t i = 0; i < y.size(); ++i) require_unit(detail::indexed("y", i), y[i]);
        }
        x_.assign(x.begin(), x.end());
        y_.assign(y.begin(), y.end());
        std::vector<double> secants(x.size() - 1);
        for (std::size_t i = 0; i < secants.size(); ++i) {
            secants[i] = (y[i + 1] - y[i]) / (x[i + 1] - x[i]);
            // Four times: sums of slopes below must not overflow either.
            if (!is_finite(4.0 * secants[i])) {
                WEFT_THROW(invalid_argument(detail::indexed("y", i + 1), to_text(y[i + 1]),
                                            "a slope from " + detail::indexed("y", i) +
                                                " within the range of a double"));
            }
        }
        pieces_.resize(secants.size());
        if (options.method == interpolation::linear) {
            for (std::size_t i = 0; i < secants.size(); ++i) pieces_[i] = {secants[i], 0.0, 0.0};
        } else {
            set_hermite(secants, pchip_slopes(x_, secants));
        }
    }

    explicit curve(number_series const& points, curve_options const& options = {})
        : curve(points.times(), points.values(), options) {}

    /// The value at `x`. Throws invalid_argument where `x` is not finite, domain_error outside the
    /// data under outside::raise. O(log n).
    [[nodiscard]] double operator()(double x) const { return at(x).value; }

    /// The slope at `x`; at an inner point of a linear curve, where it jumps, that of the piece to
    /// the right. Throws as operator(). O(log n).
    [[nodiscard]] double derivative(double x) const { return at(x).slope; }

    struct point {
        double value;
        double slope;
    };

    /// Value and slope at once.
    [[nodiscard]] point at(double x) const {
        require_finite("x", x);
        if (x < x_.front() || x > x_.back()) return beyond(x);
        auto const after = std::upper_bound(x_.begin() + 1, x_.end() - 1, x);
        return on_piece(static_cast<std::size_t>(after - x_.begin()) - 1, x);
    }

    /// Values at many places, which need not be sorted (sorted ones are found faster).
    /// Throws invalid_argument where the spans differ in length, otherwise as operator().
    void evaluate(std::span<double const> x, std::span<double> out) const {
        if (out.size() != x.size()) {
            WEFT_THROW(invalid_argument("out", to_text(out.size()) + " places",
                                        to_text(x.size()) + ", one for each of x"));
        }
        std::size_t piece = 0;
        for (std::size_t k = 0; k < x.size(); ++k) {
            auto const inside = is_finite(x[k]) && x[k] >= x_.front() && x[k] <= x_.back();
            if (!inside) {
                out[k] = at(x[k]).value;
                continue;
            }
            if (!holds(piece, x[k])) {
                if (piece + 1 < pieces_.size() && holds(piece + 1, x[k])) {
                    ++piece;
                } else {
                    auto const after = std::upper_bound(x_.begin() + 1, x_.end() - 1, x[k]);
                    piece = static_cast<std::size_t>(after - x_.begin()) - 1;
                }
            }
            out[k] = on_piece(piece, x[k]).value;
        }
    }

    /// The places of the points, increasing.
    [[nodiscard]] std::span<double const> knots() const noexcept { return x_; }
    /// The values at the knots.
    [[nodiscard]] std::span<double const> values() const noexcept { return y_; }
    [[nodiscard]] curve_options const& options() const noexcept { return options_; }

private:
    /// y(x) = y_i + u (a + u (b + u c)) with u = x - x_i.
    using coefficients = std::array<double, 3>;

    /// Slopes at the points: 0 where the secants on both sides differ in sign or one is 0,
    /// otherwise their harmonic mean, weighted with the lengths of the pieces. At the ends the
    /// three-point estimate, made 0 where it points against the first secant, and at most three
    /// times that secant where the next one points the other way (the rule of SciPy and MATLAB;
    /// Boost takes the secant itself).
    static std::vector<double> pchip_slopes(std::vector<double> const& x,
                                            std::vector<double> const& secants) {
        auto const n = x.size();
        std::vector<double> slopes(n);
        if (n == 2) {
            slopes[0] = slopes[1] = secants[0];
            return slopes;
        }
        auto const same_sign = [](double a, double b) {
            return (a > 0.0 && b > 0.0) || (a < 0.0 && b < 0.0);
        };
        for (std::size_t i = 1; i + 1 < n; ++i) {
            auto const before = secants[i - 1];
            auto const after = secants[i];
            if (!same_sign(before, after)) continue;
            auto const h0 = x[i] - x[i - 1];
            auto const h1 = x[i + 1] - x[i];
            // In shares, so that neither tiny nor huge lengths leave the range of a double.
            auto const w0 = (h0 / 3.0 + 2.0 * (h1 / 3.0)) / (h0 + h1);
            auto const w1 = (2.0 * (h0 / 3.0) + h1 / 3.0) / (h0 + h1);
            auto const ratio = before / after;
            slopes[i] =
                std::abs(ratio) <= 1.0 ? before / (w0 + w1 * ratio) : after / (w0 / ratio + w1);
        }
        auto const end = [&](double h0, double h1, double m0, double m1) {
            auto const slope = m0 + (m0 - m1) * (h0 / (h0 + h1));
            if (!same_sign(slope, m0)) return 0.0;
            if (!same_sign(m0, m1) && std::abs(slope) > 3.0 * std::abs(m0)) return 3.0 * m0;
            return slope;
        };
        slopes[0] = end(x[1] - x[0], x[2] - x[1], secants[0], secants[1]);
        slopes[n - 1] =
            end(x[n - 1] - x[n - 2], x[n - 2] - x[n - 3], secants[n - 2], secants[n - 3]);
        return slopes;
    }

    void set_hermite(std::vector<double> const& secants, std::vector<double> const& slopes) {
        for (std::size_t i = 0; i < pieces_.size(); ++i) {
            auto const h = x_[i + 1] - x_[i];
            auto const s = secants[i];
            pieces_[i] = {slopes[i], (3.0 * s - 2.0 * slopes[i] - slopes[i + 1]) / h,
                          (slopes[i] + slopes[i + 1] - 2.0 * s) / h / h};
            if (!is_finite(pieces_[i][1]) || !is_finite(pieces_[i][2])) {
                WEFT_THROW(invalid_argument(detail::indexed("x", i + 1), to_text(x_[i + 1]),
                                            "a distance from " + detail::indexed("x", i) +
                                                " over which a cubic stays within the range of a "
                                                "double"));
            }
        }
    }

    [[nodiscard]] bool holds(std::size_t piece, double x) const noexcept {
        return x >= x_[piece] &&
               (x < x_[piece + 1] || (piece + 1 == pieces_.size() && x == x_[piece + 1]));
    }

    [[nodiscard]] point on_piece(std::size_t i, double x) const noexcept {
        auto const& [a, b, c] = pieces_[i];
        auto const u = x - x_[i];
        auto const slope = a + u * (2.0 * b + u * (3.0 * c));
        if (x == x_[i + 1]) return {y_[i + 1], slope};
        // The exact curve stays between the values at its ends; rounding must not leave them.
        auto const [low, high] = std::minmax(y_[i], y_[i + 1]);
        return {std::clamp(y_[i] + u * (a + u * (b + u * c)), low, high), slope};
    }

    [[nodiscard]] point beyond(double x) const {
        bool const before = x < x_.front();
        auto const end = before ? x_.front() : x_.back();
        auto const value = before ? y_.front() : y_.back();
        switch (options_.outside) {
        case outside::clamp:
            return {value, 0.0};
        case outside::nan: {
            auto const nan = std::numeric_limits<double>::quiet_NaN();
            return {nan, nan};
        }
        case outside::linear: {
            auto const slope = on_piece(before ? 0 : pieces_.size() - 1, end).slope;
            auto const y = value + slope * (x - end);
            if (!is_finite(y)) {
                WEFT_THROW(domain_error("curve: the straight line beyond the data leaves the range "
                                        "of a double at x = " +
                                        to_text(x)));
            }
            if (options_.unit && !in_unit(y)) return {clamp_unit(y), 0.0};
            return {y, slope};
        }
        case outside::raise:
            break;
        }
        WEFT_THROW(domain_error("curve: x = " + to_text(x) + " lies outside the data, [" +
                                to_text(x_.front()) + ", " + to_text(x_.back()) + "]"));
    }

    std::vector<double> x_;
    std::vector<double> y_;
    std::vector<coefficients> pieces_;
    curve_options options_;
};

/// A curve over instants. Slopes are per day.
class instant_curve {
public:
    /// As curve: at least two points. O(n).
    explicit instant_curve(series const& points, curve_options const& options = {})
        : origin_(points.empty() ? instant{} : points.times().front())
        , last_(points.empty() ? instant{} : points.times().back())
        , curve_(in_days(points, origin_), points.values(), options) {}

    [[nodiscard]] double operator()(instant t) const { return at(t).value; }
    /// Per day.
    [[nodiscard]] double derivative(instant t) const { return at(t).slope; }

    [[nodiscard]] curve::point at(instant t) const {
        detail::require_usable("t", t);
        if (curve_.options().outside == outside::raise && (t < origin_ || t > last_)) {
            WEFT_THROW(domain_error("curve: t = " + detail::shown(t) + " lies outside the data, [" +
                                    detail::shown(origin_) + ", " + detail::shown(last_) + "]"));
        }
        return curve_.at(days_between(origin_, t));
    }

    /// The first instant, from which days() counts.
    [[nodiscard]] instant origin() const noexcept { return origin_; }
    /// The same curve over days since origin().
    [[nodiscard]] curve const& days() const noexcept { return curve_; }

private:
    static std::vector<double> in_days(series const& points, instant origin) {
        std::vector<double> x;
        x.reserve(points.size());
        for (auto const t : points.times()) x.push_back(days_between(origin, t));
        return x;
    }

    instant origin_;
    instant last_;
    curve curve_;
};

} // namespace weft::inline v0::temporal
