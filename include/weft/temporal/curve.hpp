#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "weft/core/error.hpp"
#include "weft/core/lanes.hpp"
#include "weft/core/number.hpp"
#include "weft/core/time.hpp"
#include "weft/core/unit.hpp"
#include "weft/temporal/cubics.hpp"
#include "weft/temporal/polynomial.hpp"
#include "weft/temporal/series.hpp"

namespace weft::inline v0::temporal {

/// How a curve runs between its points. All but `rational` are piecewise polynomials.
enum class interpolation {
    /// Straight lines. Stays between the values at the ends of each piece.
    linear,
    /// Cubic Hermite pieces with the shape-preserving slopes of Fritsch and Butland (1984). Stays
    /// between the values at the ends of each piece: monotone data give a monotone curve.
    pchip,
    /// The value of the nearest point, of the earlier one at equal distance (as SciPy).
    nearest,
    /// The value of the last point that is not later.
    previous,
    /// Cubic Hermite pieces with the slopes of the modified Akima rule (as MATLAB and Boost).
    makima,
    /// The cubic spline whose second derivative is 0 at both ends.
    natural_spline,
    /// The cubic spline with the given slopes at both ends (curve_options).
    clamped_spline,
    /// The cubic spline whose first two and last two pieces are one polynomial each.
    not_a_knot_spline,
    /// Cubic pieces through given slopes: curve::hermite.
    hermite,
    /// Pieces of degree five through given slopes and second derivatives: curve::quintic_hermite.
    quintic_hermite,
    /// Floater and Hormann's barycentric rational function (2007): no poles, infinitely smooth.
    rational,
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
    /// For scores: all values must lie in [0,1], and wherever the curve would leave [0,1] it is cut
    /// to it, with derivative 0 there. Inside the data that happens for splines, makima and given
    /// slopes only. Not for `rational`.
    bool unit = false;
    /// The slopes of clamped_spline at its ends.
    double start_slope = 0.0;
    double end_slope = 0.0;
    /// Of `rational`: every order + 1 neighbours are blended as a polynomial of this degree (less
    /// where there are fewer points). At most 20.
    std::size_t order = 3;
};

/// A function of one number through points (x, y): a piecewise polynomial, or for
/// interpolation::rational a rational function. Copies are independent of each other; calling a
/// const curve from several threads is safe.
class curve {
public:
    /// `x` strictly increasing, at least two points, all finite.
    /// Throws invalid_argument naming `x[i]` or `y[i]`, also where a coefficient exceeds the range
    /// of a double, and for the methods that need slopes. O(n); rational O(n order^2).
    curve(std::span<double const> x, std::span<double const> y, curve_options const& options = {})
        : options_(options) {
        if (options.method == interpolation::hermite ||
            options.method == interpolation::quintic_hermite) {
            WEFT_THROW(invalid_argument("method", "one that needs slopes",
                                        "curve::hermite or curve::quintic_hermite for it"));
        }
        check_options();
        if (options.method == interpolation::pchip && set_pchip(x, y)) {
            if (options.unit) check_scores(y);
        } else {
            check_points(x, y);
            take(x, y);
            build();
        }
        index();
    }

    explicit curve(number_series const& points, curve_options const& options = {})
        : curve(points.times(), points.values(), options) {}

    /// The curve through points (x, y) with slopes dy. As the constructor; the method is implied.
    [[nodiscard]] static curve hermite(std::span<double const> x, std::span<double const> y,
                                       std::span<double const> dy, curve_options options = {}) {
        options.method = interpolation::hermite;
        return curve(x, y, dy, {}, options);
    }

    /// The curve through points (x, y) with slopes dy and second derivatives d2y.
    [[nodiscard]] static curve quintic_hermite(std::span<double const> x, std::span<double const> y,
                                               std::span<double const> dy,
                                               std::span<double const> d2y,
                                               curve_options options = {}) {
        options.method = interpolation::quintic_hermite;
        return curve(x, y, dy, d2y, options);
    }

    /// The value at `x`. Throws invalid_argument where `x` is not finite, domain_error outside the
    /// data under outside::raise. O(log n), O(1) where the points are spread evenly enough;
    /// rational O(n).
    [[nodiscard]] double operator()(double x) const {
        if (is_finite(x) && x >= quick_from_ && x < quick_to_) {
            return quick_value(index_.step(x_.data(), x), x);
        }
        return at(x).value;
    }

    /// The slope at `x`; where it jumps, that of the piece to the right. Throws as operator().
    [[nodiscard]] double derivative(double x) const { return at(x).slope; }

    struct point {
        double value;
        double slope;
    };

    /// Value and slope at once.
    [[nodiscard]] point at(double x) const {
        require_finite("x", x);
        if (x < x_.front() || x > x_.back()) return beyond(x);
        if (is_rational()) return rational_at(x);
        return on_piece(piece_of(x), x);
    }

    /// Values at many places, which need not be sorted (sorted ones are found faster). `out` must
    /// not overlap `x`. Throws as operator(), before anything is written, and invalid_argument
    /// where the spans differ in length.
    void evaluate(std::span<double const> x, std::span<double> out) const {
        if (out.size() != x.size()) {
            WEFT_THROW(invalid_argument("out", to_text(out.size()) + " places",
                                        to_text(x.size()) + ", one for each of x"));
        }
        auto const first = x_.front();
        auto const last = x_.back();
        bool const inside = detail::all_within(x.data(), x.size(), first, last);
        if (!inside) {
            for (std::size_t k = 0; k < x.size(); ++k) {
                auto const place = require_finite(detail::indexed("x", k), x[k]);
                if (options_.outside != outside::nan && (place < first || place > last)) {
                    (void)beyond(place);
                }
            }
        }
        if (is_rational()) {
            for (std::size_t k = 0; k < x.size(); ++k) out[k] = at(x[k]).value;
            return;
        }
        if (inside && degree_ == 3 && breaks_.empty() && x_.size() < 0xffff'ffffU) {
            return bounded_ ? cubics<true>(x, out) : cubics<false>(x, out);
        }
        auto const breaks = this->breaks();
        auto const pieces = breaks.size() - 1;
        std::size_t piece = 0;
        for (std::size_t k = 0; k < x.size();) {
            auto const place = x[k];
            if (place < first || place > last) {
                out[k++] = beyond(place).value;
                continue;
            }
            if (!(place >= breaks[piece] && place < breaks[piece + 1])) {
                auto const next = piece + 1 < pieces ? piece + 1 : piece;
                piece = place >= breaks[next] && place < breaks[next + 1] ? next : piece_of(place);
            }
            auto const from = breaks[piece];
            auto const to = breaks[piece + 1];
            auto end = k + 1;
            while (end < x.size() && x[end] >= from && x[end] < to) ++end;
            run(piece, x.subspan(k, end - k), out.subspan(k, end - k));
            if (place == last) out[k] = y_.back();
            k = end;
        }
    }

    /// The integral from a to b (negative where b < a). Outside the data the curve is what
    /// `outside` says; outside::raise throws domain_error there and outside::nan gives a NaN.
    /// Exact up to rounding; rational: to 1e-12 of the largest value times the length
    /// (polynomial()). O(log n + pieces between a and b).
    [[nodiscard]] double integral(double a, double b) const {
        require_finite("a", a);
        require_finite("b", b);
        if (b < a) return -integral(b, a);
        auto const first = x_.front();
        auto const last = x_.back();
        if (a < first || b > last) {
            if (options_.outside == outside::raise) (void)beyond(a < first ? a : b);
            if (options_.outside == outside::nan) return std::numeric_limits<double>::quiet_NaN();
        }
        double sum = 0.0;
        if (a < first)
            sum += tail(std::min(b, first) - first, true) - tail(a - first, true),
                a = std::min(b, first);
        double after = 0.0;
        if (b > last)
            after = tail(b - last, false) - tail(std::max(a, last) - last, false),
            b = std::max(a, last);
        if (a < b)
            sum += is_rational() ? polynomial().inside_integral(a, b) : inside_integral(a, b);
        return sum + after;
    }

    /// The derivative as a curve, between the first and the last point only (elsewhere
    /// domain_error, or NaN under outside::nan). Of a curve that jumps: that of its pieces. O(n).
    [[nodiscard]] curve derivative_curve() const {
        if (is_rational()) return polynomial().derivative_curve();
        auto const stride = degree_ == 0 ? std::size_t{1} : degree_;
        return mapped(stride - 1, [&](double const* c, double* out, double) {
            out[0] = 0.0;
            for (std::size_t k = 1; k <= degree_; ++k) out[k - 1] = static_cast<double>(k) * c[k];
        });
    }

    /// The antiderivative that is 0 at the first point, there and up to the last point only
    /// (elsewhere domain_error, or NaN under outside::nan). Continuous. O(n).
    [[nodiscard]] curve antiderivative() const {
        if (is_rational()) return polynomial().antiderivative();
        if (degree_ >= detail::most_degree) {
            WEFT_THROW(domain_error("curve: an antiderivative of degree " + to_text(degree_ + 1) +
                                    ", at most " + to_text(detail::most_degree) + " is kept"));
        }
        double sum = 0.0;
        auto out = mapped(degree_ + 1, [&](double const* c, double* to, double h) {
            to[0] = sum;
            for (std::size_t k = 0; k <= degree_; ++k) {
                to[k + 1] = c[k] / static_cast<double>(k + 1);
            }
            sum = detail::horner({to, degree_ + 2}, h);
        });
        for (auto const v : out.y_) {
            if (!is_finite(v)) {
                WEFT_THROW(overflow_error("curve: the integral leaves the range of a double"));
            }
        }
        return out;
    }

    /// Where the curve takes the value `level` between a and b (both within the data), rising.
    /// Over a stretch where the curve *is* the level: the two ends of the stretch. A jump across
    /// the level is no root. A place where the curve turns within rounding of the level counts.
    /// O(pieces between a and b). Throws invalid_argument unless first point <= a <= b <= last.
    [[nodiscard]] std::vector<double> roots(double level, double a, double b) const {
        require_finite("level", level);
        check_interval(a, b);
        if (is_rational()) return polynomial().roots(level, a, b);
        std::vector<double> found;
        bool level_before = false;
        each_piece(a, b, [&](std::size_t i, double from, double to) {
            auto const start = breaks()[i];
            auto const before = found.size();
            bool all = false;
            detail::roots_on(coefficients(i), level, breaks()[i + 1] - start, found, all);
            std::size_t kept = before;
            for (auto k = before; k < found.size(); ++k) {
                auto const x = std::min(start + found[k], breaks()[i + 1]);
                if (x >= from && x <= to) found[kept++] = x;
            }
            found.resize(kept);
            if (all) {
                if (level_before && !found.empty()) {
                    found.back() = to;
                } else {
                    found.insert(found.end(), {from, to});
                }
            }
            level_before = all;
        });
        return each_once(std::move(found), b - a);
    }

    /// As above, over the whole of the data.
    [[nodiscard]] std::vector<double> roots(double level = 0.0) const {
        return roots(level, x_.front(), x_.back());
    }

    struct extremum {
        double x;
        double value;
        bool maximum;
    };

    /// The local maxima and minima strictly between a and b, rising in x. Of a flat top or bottom:
    /// its beginning. Jumps make none. O(pieces between a and b). Throws as roots().
    [[nodiscard]] std::vector<extremum> extrema(double a, double b) const {
        check_interval(a, b);
        if (is_rational()) return polynomial().extrema(a, b);
        std::vector<double> places;
        each_piece(a, b, [&](std::size_t i, double from, double to) {
            places.push_back(from);
            for (auto const x : turns(i, from, to)) places.push_back(x);
            places.push_back(to);
        });
        std::vector<extremum> out;
        places = each_once(std::move(places), b - a);
        // Between neighbouring places the curve is monotone: +1, -1, or 0 where it is level.
        int before = 0;
        double since = a;
        for (std::size_t k = 0; k + 1 < places.size(); ++k) {
            auto const left = (*this)(places[k]);
            auto const middle = (*this)(places[k] + (places[k + 1] - places[k]) / 2.0);
            auto const way = (middle > left) - (middle < left);
            if (way == 0) continue;
            if (before * way < 0) out.push_back({since, (*this)(since), way < 0});
            before = way;
            since = places[k + 1];
            // A level stretch after this one begins where this one ends.
        }
        return out;
    }

    struct span_of_values {
        double lowest_at, lowest, highest_at, highest;
    };

    /// The lowest and the highest value between a and b, each at its first place. Throws as
    /// roots().
    [[nodiscard]] span_of_values lowest_and_highest(double a, double b) const {
        check_interval(a, b);
        if (is_rational()) return polynomial().lowest_and_highest(a, b);
        auto const start = (*this)(a);
        span_of_values out{a, start, a, start};
        auto const take_in = [&](double x) {
            auto const y = (*this)(x);
            if (y < out.lowest) out.lowest = y, out.lowest_at = x;
            if (y > out.highest) out.highest = y, out.highest_at = x;
        };
        each_piece(a, b, [&](std::size_t i, double from, double to) {
            take_in(from);
            for (auto const x : turns(i, from, to)) take_in(x);
            take_in(to);
        });
        return out;
    }

    /// The curve itself where it is a piecewise polynomial. Of a rational one: a piecewise
    /// polynomial of degree 8 that differs from it by at most 1e-12 of its largest value (or by its
    /// own rounding, where very uneven points make that larger), made by halving the stretches
    /// between its points until that holds. Throws overflow_error where its coefficients leave the
    /// range of a double.
    [[nodiscard]] curve polynomial() const {
        if (!is_rational()) return *this;
        return polynomial_form();
    }

    /// Adds a point after the last one, to the same bits as building anew. O(1) amortised for
    /// linear, pchip, nearest, previous and makima without `unit`; O(n) for the others. Throws
    /// invalid_argument as the constructor, for a method with given slopes, and for a curve that
    /// was made of another one (derivative_curve and the like); the curve is then unchanged.
    void append(double x, double y) {
        if (derived_ || options_.method == interpolation::hermite ||
            options_.method == interpolation::quintic_hermite) {
            WEFT_THROW(invalid_argument("curve", "one that was not made of points alone",
                                        "a method without given slopes"));
        }
        require_finite("x", x);
        if (!(x > x_.back())) {
            WEFT_THROW(
                invalid_argument("x", to_text(x), "more than the last, " + to_text(x_.back())));
        }
        if (!is_finite(x - x_.front())) {
            WEFT_THROW(invalid_argument("x", to_text(x),
                                        "a distance from the first, " + to_text(x_.front()) +
                                            ", within the range of a double"));
        }
        require_finite("y", y);
        if (options_.unit) require_unit("y", y);
        bool const local = options_.method <= interpolation::makima && !options_.unit;
        // Slopes reach two points back; the first two of the window feel its cut end.
        constexpr std::size_t window = 8;
        auto const n = x_.size();
        auto const build_anew = [&] {
            auto xs = x_;
            auto ys = y_;
            xs.push_back(x);
            ys.push_back(y);
            *this = curve(xs, ys, options_);
        };
        if (!local || n < window) return build_anew();
        std::array<double, window + 1> xs{};
        std::array<double, window + 1> ys{};
        std::copy_n(x_.end() - window, window, xs.begin());
        std::copy_n(y_.end() - window, window, ys.begin());
        xs[window] = x;
        ys[window] = y;
        curve const end(xs, ys, options_);
        // Numbers beyond the quick way's range: the whole of such a curve is made the careful way.
        if (end.quick_ != quick_) return build_anew();
        auto const stride = degree_ + 1;
        constexpr std::size_t anew = 4; // pieces
        x_.push_back(x);
        y_.push_back(y);
        coefficients_.resize(coefficients_.size() + stride);
        std::copy(end.coefficients_.end() - static_cast<std::ptrdiff_t>(anew * stride),
                  end.coefficients_.end(),
                  coefficients_.end() - static_cast<std::ptrdiff_t>(anew * stride));
        if (!breaks_.empty()) {
            breaks_.push_back(x);
            std::copy(end.breaks_.end() - 3, end.breaks_.end(), breaks_.end() - 3);
        }
        // The index still holds what lay before; what comes after is found by halving.
        if (n > 2 * index_.size()) index();
    }

    /// The places of the points, increasing.
    [[nodiscard]] std::span<double const> knots() const noexcept { return x_; }
    /// The values at the knots.
    [[nodiscard]] std::span<double const> values() const noexcept { return y_; }
    [[nodiscard]] curve_options const& options() const noexcept { return options_; }

    /// Where the polynomial pieces begin, and the end of the last one: the knots, but for `nearest`
    /// and for curves cut to [0,1]. Empty for a rational curve.
    [[nodiscard]] std::span<double const> breaks() const noexcept {
        if (is_rational()) return {};
        return breaks_.empty() ? std::span<double const>(x_) : std::span<double const>(breaks_);
    }
    /// The coefficients c of piece i: c[0] + c[1] u + c[2] u^2 + ... with u = x - breaks()[i].
    [[nodiscard]] std::span<double const> coefficients(std::size_t i) const noexcept {
        return {coefficients_.data() + i * (degree_ + 1), degree_ + 1};
    }

private:
    curve() = default;

    curve(std::span<double const> x, std::span<double const> y, std::span<double const> dy,
          std::span<double const> d2y, curve_options const& options)
        : options_(options) {
        check_options();
        check_points(x, y);
        require_each("dy", dy, x.size());
        bool const quintic = options.method == interpolation::quintic_hermite;
        if (quintic) require_each("d2y", d2y, x.size());
        take(x, y);
        check_secants();
        if (quintic) {
            set_quintic(dy, d2y);
        } else {
            set_hermite(dy);
        }
        if (options_.unit) cut_to_unit();
        index();
    }

    [[nodiscard]] bool is_rational() const noexcept {
        return options_.method == interpolation::rational && !derived_;
    }

    void check_options() const {
        if (options_.method == interpolation::clamped_spline) {
            require_finite("start_slope", options_.start_slope);
            require_finite("end_slope", options_.end_slope);
        }
        if (options_.method != interpolation::rational) return;
        if (options_.unit) {
            WEFT_THROW(invalid_argument("unit", "true",
                                        "false for a rational curve, which is not "
                                        "cut"));
        }
        if (options_.order > 20) {
            WEFT_THROW(invalid_argument("order", to_text(options_.order), "at most 20"));
        }
    }

    void check_points(std::span<double const> x, std::span<double const> y) const {
        detail::require_series(x, y, "x", "y");
        if (x.size() < 2) {
            WEFT_THROW(invalid_argument(
                "x", to_text(x.size()) + (x.size() == 1 ? " point" : " points"), "at least 2"));
        }
        if (!is_finite(x.back() - x.front())) {
            WEFT_THROW(invalid_argument(detail::indexed("x", x.size() - 1), to_text(x.back()),
                                        "a distance from " + detail::indexed("x", 0) +
                                            " within the range of a double"));
        }
        if (options_.unit) check_scores(y);
    }

    static void check_scores(std::span<double const> y) {
        for (std::size_t i = 0; i < y.size(); ++i) {
            if (!in_unit(y[i])) require_unit(detail::indexed("y", i), y[i]);
        }
    }

    void check_secants() const {
        for (std::size_t i = 1; i < y_.size(); ++i) {
            // Sums of a few slopes must not overflow either.
            if (!is_finite(16.0 * secant(i - 1))) {
                WEFT_THROW(invalid_argument(detail::indexed("y", i), to_text(y_[i]),
                                            "a slope from " + detail::indexed("y", i - 1) +
                                                " within the range of a double"));
            }
        }
    }

    static void require_each(char const* name, std::span<double const> values, std::size_t n) {
        if (values.size() != n) {
            WEFT_THROW(invalid_argument(name, to_text(values.size()) + " values",
                                        to_text(n) + ", one for each of x"));
        }
        for (std::size_t i = 0; i < n; ++i) {
            // Not by name and index unless it fails: this is on the way of every curve.
            if (!is_finite(values[i])) require_finite(detail::indexed(name, i), values[i]);
        }
    }

    void take(std::span<double const> x, std::span<double const> y) {
        x_.assign(x.begin(), x.end());
        y_.assign(y.begin(), y.end());
    }

    [[nodiscard]] double secant(std::size_t i) const noexcept {
        return (y_[i + 1] - y_[i]) / (x_[i + 1] - x_[i]);
    }

    void build() {
        auto const n = x_.size();
        if (options_.method == interpolation::pchip) {
            bounded_ = true;
            check_secants();
            set_hermite(pchip_slopes());
            return;
        }
        check_secants();
        switch (options_.method) {
        case interpolation::linear:
            degree_ = 1;
            bounded_ = true;
            coefficients_.resize(2 * (n - 1));
            for (std::size_t i = 0; i + 1 < n; ++i) {
                coefficients_[2 * i] = y_[i];
                coefficients_[2 * i + 1] = secant(i);
                require_coefficients(i);
            }
            return;
        case interpolation::nearest:
            degree_ = 0;
            coefficients_.assign(y_.begin(), y_.end());
            breaks_.reserve(n + 1);
            breaks_.push_back(x_.front());
            for (std::size_t i = 1; i < n; ++i) {
                // The middle itself belongs to the earlier point.
                auto const middle = x_[i - 1] / 2.0 + x_[i] / 2.0;
                breaks_.push_back(std::min(
                    std::nextafter(middle, std::numeric_limits<double>::infinity()), x_[i]));
            }
            breaks_.push_back(x_.back());
            return;
        case interpolation::previous:
            degree_ = 0;
            coefficients_.assign(y_.begin(), y_.end() - 1);
            return;
        case interpolation::makima:
            set_hermite(makima_slopes());
            break;
        case interpolation::natural_spline:
        case interpolation::clamped_spline:
        case interpolation::not_a_knot_spline:
            set_hermite(spline_slopes());
            break;
        case interpolation::rational:
            set_rational();
            return;
        case interpolation::pchip:
        case interpolation::hermite:
        case interpolation::quintic_hermite:
            return;
        }
        if (options_.unit) cut_to_unit();
    }

    /// The whole of a pchip curve without branches, two divisions a point. False for fewer than
    /// eight points, and where a length, a secant or a number lies outside the range in which every
    /// product is sound, faulty input among it; nothing is kept then.
    [[nodiscard]] bool set_pchip(std::span<double const> x, std::span<double const> y) {
        auto const n = x.size();
        if (n < 8 || y.size() != n) return false;
        std::array<double, 3 * 128> few;
        std::vector<double> many;
        if (3 * n > few.size()) many.resize(3 * n);
        auto* const work = many.empty() ? few.data() : many.data();
#if WEFT_HAS_WIDE_KERNELS
        return weft::detail::has_wide_lanes()
                   ? set_pchip_wide(x, y, work)
                   : set_pchip_by<weft::detail::target_lanes>(x, y, work);
#else
        return set_pchip_by<weft::detail::target_lanes>(x, y, work);
#endif
    }

#if WEFT_HAS_WIDE_KERNELS
    [[nodiscard]] WEFT_WIDE_KERNEL bool set_pchip_wide(std::span<double const> x,
                                                       std::span<double const> y, double* work) {
        return set_pchip_by<weft::detail::lanes<4>>(x, y, work);
    }
#endif

    template <class Lanes>
    [[nodiscard]] WEFT_INLINE bool set_pchip_by(std::span<double const> xs,
                                                std::span<double const> ys, double* work) {
        auto const n = xs.size();
        auto const* const x = xs.data();
        auto* const inverse = work;
        auto* const secants = inverse + n;
        auto* const slopes = secants + n;
        if (!detail::secants_of<Lanes>(x, ys.data(), n, inverse, secants)) return false;
        detail::mean_slopes<Lanes>(x, secants, n, slopes);
        slopes[0] = pchip_end(x[1] - x[0], x[2] - x[1], secants[0], secants[1]);
        slopes[n - 1] =
            pchip_end(x[n - 1] - x[n - 2], x[n - 2] - x[n - 3], secants[n - 2], secants[n - 3]);
        take(xs, ys);
        degree_ = 3;
        bounded_ = true;
        quick_ = true;
        coefficients_.resize(4 * (n - 1));
        detail::pieces_of<Lanes>(ys.data(), inverse, secants, slopes, n, coefficients_.data());
        return true;
    }

    static double pchip_end(double near, double far, double m0, double m1) noexcept {
        auto const slope = m0 + (m0 - m1) * (near / (near + far));
        if (!same_sign(slope, m0)) return 0.0;
        if (!same_sign(m0, m1) && std::abs(slope) > 3.0 * std::abs(m0)) return 3.0 * m0;
        return slope;
    }

    static bool same_sign(double a, double b) noexcept {
        return (a > 0.0 && b > 0.0) || (a < 0.0 && b < 0.0);
    }

    /// Slopes at the points: 0 where the secants on both sides differ in sign or one is 0,
    /// otherwise their harmonic mean, weighted with the lengths of the pieces. At the ends the
    /// three-point estimate, made 0 where it points against the first secant, and at most three
    /// times that secant where the next one points the other way (the rule of SciPy and MATLAB;
    /// Boost takes the secant itself).
    [[nodiscard]] std::vector<double> pchip_slopes() const {
        auto const n = x_.size();
        std::vector<double> slopes(n);
        if (n == 2) {
            slopes[0] = slopes[1] = secant(0);
            return slopes;
        }
        auto before = secant(0);
        auto h0 = x_[1] - x_[0];
        for (std::size_t i = 1; i + 1 < n; ++i) {
            auto const after = secant(i);
            auto const h1 = x_[i + 1] - x_[i];
            if (i == 1) slopes[0] = pchip_end(h0, h1, before, after);
            if (same_sign(before, after)) {
                // In shares, so that neither tiny nor huge lengths leave the range of a double.
                constexpr double third = 1.0 / 3.0;
                auto const w0 = (third * h0 + 2.0 * third * h1) / (h0 + h1);
                auto const w1 = 1.0 - w0;
                auto const ratio = before / after;
                slopes[i] =
                    std::abs(ratio) <= 1.0 ? before / (w0 + w1 * ratio) : after / (w0 / ratio + w1);
            }
            if (i + 2 == n) slopes[n - 1] = pchip_end(h1, h0, after, before);
            before = after;
            h0 = h1;
        }
        return slopes;
    }

    /// s_i = (w1 m_(i-1) + w2 m_i) / (w1 + w2) with w1 = |m_(i+1) - m_i| + |m_(i+1) + m_i| / 2 and
    /// w2 likewise of the two secants before; 0 where all four are 0. Secants beyond the ends are
    /// continued as a straight line.
    [[nodiscard]] std::vector<double> makima_slopes() const {
        auto const n = x_.size();
        if (n == 2) return {secant(0), secant(0)};
        std::vector<double> m(n + 3); // secant i at place i + 2
        for (std::size_t i = 0; i + 1 < n; ++i) m[i + 2] = secant(i);
        m[1] = 2.0 * m[2] - m[3];
        m[0] = 2.0 * m[1] - m[2];
        m[n + 1] = 2.0 * m[n] - m[n - 1];
        m[n + 2] = 2.0 * m[n + 1] - m[n];
        auto const weight = [](double a, double b) {
            return std::abs(a - b) + std::abs(a / 2.0 + b / 2.0);
        };
        std::vector<double> slopes(n);
        for (std::size_t i = 0; i < n; ++i) {
            auto const w1 = weight(m[i + 3], m[i + 2]);
            auto const w2 = weight(m[i + 1], m[i]);
            auto const sum = w1 + w2;
            if (sum > 0.0) slopes[i] = (w1 / sum) * m[i + 1] + (w2 / sum) * m[i + 2];
        }
        return slopes;
    }

    /// The slopes for which the second derivative is continuous: a tridiagonal system, eliminated
    /// from the start. Every pivot is dominant, also under not-a-knot.
    [[nodiscard]] std::vector<double> spline_slopes() const {
        auto const n = x_.size();
        auto const method = options_.method;
        auto const first = secant(0);
        if (n == 2 && method != interpolation::clamped_spline) return {first, first};
        std::vector<double> slopes(n);
        std::vector<double> upper(n); // after elimination: slope_i + upper_i slope_(i+1) = right_i
        auto const h = [&](std::size_t i) { return x_[i + 1] - x_[i]; };
        // All rows in shares of the two lengths that meet, so that they stay of size 1.
        if (n == 3 && method == interpolation::not_a_knot_spline) {
            auto const share = h(0) / (h(0) + h(1));
            auto const bend = secant(1) - first; // over h(0) + h(1)
            slopes = {first - share * bend, first + share * bend, secant(1) + (1.0 - share) * bend};
            return slopes;
        }
        auto& right = slopes;
        switch (method) {
        case interpolation::clamped_spline:
            upper[0] = 0.0;
            right[0] = options_.start_slope;
            break;
        case interpolation::natural_spline:
            upper[0] = .5;
            right[0] = 1.5 * first;
            break;
        default: {
            // h1 s0 + (h0 + h1) s1 = ..., divided by h0 + h1; then by the pivot h1 / (h0 + h1).
            auto const a = h(0) / (h(0) + h(1));
            auto const b = h(1) / (h(0) + h(1));
            upper[0] = 1.0 / b;
            right[0] = ((a + 2.0) * b * first + a * a * secant(1)) / b;
            break;
        }
        }
        for (std::size_t i = 1; i + 1 < n; ++i) {
            // b s_(i-1) + 2 s_i + a s_(i+1) = 3 (b m_(i-1) + a m_i)
            auto const a = h(i - 1) / (h(i - 1) + h(i));
            auto const b = h(i) / (h(i - 1) + h(i));
            auto const pivot = 2.0 - b * upper[i - 1];
            upper[i] = a / pivot;
            right[i] = (3.0 * (b * secant(i - 1) + a * secant(i)) - b * right[i - 1]) / pivot;
        }
        auto const last = secant(n - 2);
        switch (method) {
        case interpolation::clamped_spline:
            right[n - 1] = options_.end_slope;
            break;
        case interpolation::natural_spline:
            right[n - 1] = (3.0 * last - right[n - 2]) / (2.0 - upper[n - 2]);
            break;
        default: {
            // s_(n-2) + a s_(n-1) = r with a the share of the piece before the last.
            auto const a = h(n - 3) / (h(n - 3) + h(n - 2));
            auto const b = h(n - 2) / (h(n - 3) + h(n - 2));
            auto const r = b * b * secant(n - 3) + (2.0 + b) * a * last;
            right[n - 1] = (r - right[n - 2]) / (a - upper[n - 2]);
            break;
        }
        }
        for (std::size_t i = n - 1; i-- > 0;) slopes[i] = right[i] - upper[i] * slopes[i + 1];
        return slopes;
    }

    /// Refuses a piece that does not reach its second point: its coefficients overflow, or are so
    /// near 0 that they lose their digits.
    void require_coefficients(std::size_t piece) const {
        auto const c = coefficients(piece);
        auto const h = x_[piece + 1] - x_[piece];
        double value = 0.0;
        double size = 0.0;
        for (auto k = c.size(); k-- > 0;) {
            value = value * h + c[k];
            // In sixteenths: the sum may overflow where the value does not.
            size = size * h + std::abs(c[k]) / 16.0;
        }
        using limits = std::numeric_limits<double>;
        auto const rounding = 1024.0 * limits::epsilon() * size + 16.0 * limits::denorm_min();
        if (is_finite(size) && std::abs(value - y_[piece + 1]) <= rounding) return;
        WEFT_THROW(invalid_argument(detail::indexed("x", piece + 1), to_text(x_[piece + 1]),
                                    "a distance from " + detail::indexed("x", piece) +
                                        " over which a polynomial stays within the range of a "
                                        "double"));
    }

    void set_hermite(std::span<double const> slopes) {
        degree_ = 3;
        coefficients_.resize(4 * (x_.size() - 1));
        for (std::size_t i = 0; i + 1 < x_.size(); ++i) {
            auto const h = x_[i + 1] - x_[i];
            auto const s = (y_[i + 1] - y_[i]) / h;
            auto* const c = coefficients_.data() + 4 * i;
            c[0] = y_[i];
            c[1] = slopes[i];
            c[2] = (3.0 * s - 2.0 * slopes[i] - slopes[i + 1]) / h;
            c[3] = (slopes[i] + slopes[i + 1] - 2.0 * s) / h / h;
            require_coefficients(i);
        }
    }

    void set_quintic(std::span<double const> dy, std::span<double const> d2y) {
        degree_ = 5;
        coefficients_.resize(6 * (x_.size() - 1));
        for (std::size_t i = 0; i + 1 < x_.size(); ++i) {
            auto const h = x_[i + 1] - x_[i];
            auto const s = (y_[i + 1] - y_[i]) / h;
            // Slopes and bends relative to the secant, in the unit of slopes.
            auto const p = dy[i] - s;
            auto const q = dy[i + 1] - s;
            auto const a = d2y[i] * h;
            auto const b = d2y[i + 1] * h;
            auto* const c = coefficients_.data() + 6 * i;
            c[0] = y_[i];
            c[1] = dy[i];
            c[2] = d2y[i] / 2.0;
            c[3] = (-6.0 * p - 4.0 * q - 1.5 * a + .5 * b) / h / h;
            c[4] = (8.0 * p + 7.0 * q + 1.5 * a - b) / h / h / h;
            c[5] = (-3.0 * (p + q) + .5 * (b - a)) / h / h / h / h;
            require_coefficients(i);
        }
    }

    void set_rational() {
        auto const n = x_.size();
        auto const order = std::min(options_.order, n - 1);
        // Lengths relative to the mean gap keep the products within range.
        auto const gap = (x_.back() - x_.front()) / static_cast<double>(n - 1);
        weights_.assign(n, 0.0);
        for (std::size_t k = 0; k < n; ++k) {
            auto const from = k > order ? k - order : 0;
            auto const to = std::min(k, n - 1 - order);
            for (std::size_t i = from; i <= to; ++i) {
                double product = i % 2 == 0 ? 1.0 : -1.0;
                for (std::size_t j = i; j <= i + order; ++j) {
                    if (j != k) product /= (x_[k] - x_[j]) / gap;
                }
                weights_[k] += product;
            }
            if (!is_finite(weights_[k]) || weights_[k] == 0.0) {
                WEFT_THROW(invalid_argument(detail::indexed("x", k), to_text(x_[k]),
                                            "distances whose products stay within the range of a "
                                            "double"));
            }
        }
    }

    [[nodiscard]] point rational_at(double x) const {
        auto const n = x_.size();
        auto const after =
            static_cast<std::size_t>(std::upper_bound(x_.begin(), x_.end(), x) - x_.begin());
        auto const at_point = [&](std::size_t i) -> point {
            double sum = 0.0;
            for (std::size_t k = 0; k < n; ++k) {
                if (k != i) sum += weights_[k] * ((y_[i] - y_[k]) / (x_[i] - x_[k]));
            }
            return {y_[i], -sum / weights_[i]};
        };
        if (x_[after - 1] == x) return at_point(after - 1);
        double top = 0.0;
        double bottom = 0.0;
        for (std::size_t k = 0; k < n; ++k) {
            auto const w = weights_[k] / (x - x_[k]);
            top += w * y_[k];
            bottom += w;
        }
        auto const gap = x_[after] - x_[after - 1];
        auto const nearest = x - x_[after - 1] < gap / 2.0 ? after - 1 : after;
        // So near a point that its weight is beyond doubles.
        if (!is_finite(bottom) || !is_finite(top)) return at_point(nearest);
        auto const value = top / bottom;
        // The difference to its value is rounding.
        if (std::abs(x - x_[nearest]) < 1e-8 * gap) return {value, at_point(nearest).slope};
        double slope = 0.0;
        for (std::size_t k = 0; k < n; ++k) {
            auto const distance = x - x_[k];
            slope += weights_[k] / distance * ((value - y_[k]) / distance);
        }
        return {value, slope / bottom};
    }

    /// How far rounding may move the value at x, which is not a point.
    [[nodiscard]] double rational_noise(double x) const {
        double size = 0.0;
        double bottom = 0.0;
        for (std::size_t k = 0; k < x_.size(); ++k) {
            auto const w = weights_[k] / (x - x_[k]);
            size += std::abs(w * y_[k]);
            bottom += w;
        }
        return 256.0 * std::numeric_limits<double>::epsilon() * size / std::abs(bottom);
    }

    [[nodiscard]] curve polynomial_form() const {
        curve out;
        out.options_ = options_;
        out.derived_ = true;
        out.degree_ = 8;
        double size = 0.0;
        for (auto const v : y_) size = std::max(size, std::abs(v));
        auto const tolerance = 1e-12 * (size > 0.0 ? size : 1.0);
        struct stretch {
            double from, to;
            int halvings;
        };
        std::vector<stretch> open;
        for (std::size_t i = x_.size() - 1; i-- > 0;) open.push_back({x_[i], x_[i + 1], 0});
        while (!open.empty()) {
            auto const [from, to, halvings] = open.back();
            auto const h = to - from;
            std::array<double, 9> places{};
            std::array<double, 9> c{};
            for (std::size_t k = 0; k < 9; ++k) {
                // Chebyshev's places, on [0, 1]; the ends are among them.
                places[k] = .5 - .5 * std::cos(3.141592653589793 * static_cast<double>(k) / 8.0);
                auto const x = k == 8 ? to : from + places[k] * h;
                // As it was rounded: steep functions feel the difference.
                places[k] = (x - from) / h;
                c[k] = rational_at(x).value;
            }
            // Between a few neighbouring doubles: a straight line.
            bool const line =
                std::adjacent_find(places.begin(), places.end(),
                                   [](double a, double b) { return a >= b; }) != places.end();
            if (line) {
                c = {c[0], c[8] - c[0]};
            } else {
                newton(places, c);
            }
            bool close = true;
            for (int k = 0; k < 16 && close && !line; ++k) {
                auto const x = from + (k + .37) / 16.0 * h;
                close = std::abs(detail::horner(c, (x - from) / h) - rational_at(x).value) <=
                        std::max(tolerance, rational_noise(x));
            }
            // After that many halvings only the rounding of the values is left.
            if (!close && halvings < 6) {
                open.back() = {from + h / 2.0, to, halvings + 1};
                open.push_back({from, from + h / 2.0, halvings + 1});
                continue;
            }
            open.pop_back();
            auto const end = detail::horner(c, 1.0);
            auto rounding = tolerance;
            for (std::size_t k = 0; k < c.size(); ++k) {
                rounding += 64.0 * std::numeric_limits<double>::epsilon() * std::abs(c[k]);
                for (std::size_t p = 0; p < k; ++p) c[k] /= h;
            }
            if (!(std::abs(detail::horner(c, h) - end) <= rounding)) {
                WEFT_THROW(overflow_error("curve: between x = " + to_text(from) + " and " +
                                          to_text(to) +
                                          " a polynomial of degree 8 leaves the "
                                          "range of a double"));
            }
            out.x_.push_back(from);
            out.y_.push_back(c[0]);
            out.coefficients_.insert(out.coefficients_.end(), c.begin(), c.end());
        }
        out.x_.push_back(x_.back());
        out.y_.push_back(y_.back());
        out.index();
        return out;
    }

    /// Values at `places` become the coefficients of the polynomial through them.
    static void newton(std::array<double, 9> const& places, std::array<double, 9>& c) {
        for (std::size_t k = 1; k < 9; ++k) {
            for (std::size_t i = 8; i >= k; --i) {
                c[i] = (c[i] - c[i - 1]) / (places[i] - places[i - k]);
            }
        }
        for (std::size_t k = 8; k-- > 0;) {
            for (std::size_t i = k; i < 8; ++i) c[i] -= places[k] * c[i + 1];
        }
    }

    /// Makes the curve constant wherever it leaves [0,1].
    void cut_to_unit() {
        auto const stride = degree_ + 1;
        std::vector<double> breaks;
        numbers cut;
        bool any = false;
        for (std::size_t i = 0; i + 1 < x_.size(); ++i) {
            auto const h = x_[i + 1] - x_[i];
            auto const c = coefficients(i);
            std::vector<double> places{0.0};
            bool all = false;
            detail::roots_on(c, 0.0, h, places, all);
            detail::roots_on(c, 1.0, h, places, all);
            std::sort(places.begin(), places.end());
            std::size_t kept = 1;
            for (auto const u : places) {
                if (x_[i] + u > x_[i] + places[kept - 1] && x_[i] + u < x_[i + 1]) {
                    places[kept++] = u;
                }
            }
            places.resize(kept);
            for (std::size_t k = 0; k < places.size(); ++k) {
                auto const from = places[k];
                auto const to = k + 1 < places.size() ? places[k + 1] : h;
                auto const middle = detail::horner(c, from + (to - from) / 2.0);
                bool const low = middle < 0.0;
                bool const high = middle > 1.0;
                any = any || low || high;
                breaks.push_back(x_[i] + from);
                auto const at = cut.size();
                cut.resize(at + stride, 0.0);
                if (low || high) {
                    cut[at] = high ? 1.0 : 0.0;
                    continue;
                }
                // The same polynomial around its new beginning.
                for (std::size_t p = 0; p < stride; ++p) cut[at + p] = c[p];
                for (std::size_t p = 0; from > 0.0 && p + 1 < stride; ++p) {
                    for (auto q = stride - 1; q-- > p;) cut[at + q] += from * cut[at + q + 1];
                }
                cut[at] = std::clamp(cut[at], 0.0, 1.0);
            }
        }
        unit_bounded_ = true;
        if (!any) return;
        breaks.push_back(x_.back());
        breaks_ = std::move(breaks);
        coefficients_ = std::move(cut);
    }

    void index() {
        if (is_rational()) return;
        auto const b = breaks();
        index_.make(b.data(), b.size() - 1);
        quick_from_ = quick_to_ = x_.front();
        if (bounded_ && degree_ == 3 && breaks_.empty() && !index_.crowded() &&
            index_.whole(x_.back())) {
            quick_to_ = x_.back();
        }
    }

    /// The piece that holds x, which lies within the data.
    [[nodiscard]] std::size_t piece_of(double x) const noexcept {
        auto const b = breaks();
        if (index_.holds(x)) return index_.find(b.data(), x);
        return detail::cell_index::halve(b.data(), 0, b.size() - 1, x);
    }

    /// The value of cubic piece i of a bounded curve.
    [[nodiscard]] double quick_value(std::size_t i, double x) const noexcept {
        double y = 0.0;
        run_of<true>(coefficients_.data() + 4 * i, x_[i], y_[i + 1], &x, &y, 1);
        return y;
    }

    /// The value that piece i + 1 begins with.
    [[nodiscard]] double end_value(std::size_t i) const noexcept {
        auto const next = (i + 1) * (degree_ + 1);
        return next < coefficients_.size() ? coefficients_[next] : y_.back();
    }

    [[nodiscard]] point on_piece(std::size_t i, double x) const noexcept {
        auto const c = coefficients(i);
        auto const u = x - breaks()[i];
        double value = c.back();
        double slope = 0.0;
        for (std::size_t k = degree_; k-- > 0;) {
            slope = slope * u + value;
            value = value * u + c[k];
        }
        if (x == x_.back()) return {y_.back(), slope};
        return {bounded(i, value), slope};
    }

    /// The exact curve stays within these bounds; rounding must not leave them.
    [[nodiscard]] double bounded(std::size_t i, double value) const noexcept {
        if (bounded_) {
            auto const [low, high] = std::minmax({coefficients_[i * (degree_ + 1)], end_value(i)});
            return std::clamp(value, low, high);
        }
        return unit_bounded_ ? std::clamp(value, 0.0, 1.0) : value;
    }

    /// Values of cubic pieces at places within the data, in blocks: rising and close ones by
    /// walking along, others by the index, several side by side.
    template <bool Bounded>
    void cubics(std::span<double const> x, std::span<double> out) const noexcept {
        constexpr auto block = detail::most_places;
        auto const* const b = x_.data();
        auto const* const c = coefficients_.data();
        auto const pieces = x_.size() - 1;
        auto const last = x_.back();
        bool const indexed = index_.whole(last);
        for (std::size_t start = 0; start < x.size(); start += block) {
            auto const n = std::min(block, x.size() - start);
            auto const* const at = x.data() + start;
            auto* const to = out.data() + start;
            auto i = piece_of(at[0]);
            auto const end_piece = piece_of(at[n - 1]);
            if (i <= end_piece && (end_piece - i) * 4 <= n && std::is_sorted(at, at + n)) {
                for (std::size_t k = 0; k < n;) {
                    while (i + 1 < pieces && at[k] >= b[i + 1]) ++i;
                    auto const end = b[i + 1];
                    auto const from = k;
                    do ++k;
                    while (k < n && at[k] < end);
                    run_of<Bounded>(c + 4 * i, b[i], y_[i + 1], at + from, to + from, k - from);
                    if (at[from] == last) to[from] = y_.back();
                }
            } else if (indexed && n >= weft::detail::lanes<4>::count) {
                scattered<Bounded>(at, n, to);
            } else {
                for (std::size_t k = 0; k < n; ++k) {
                    auto const p = piece_of(at[k]);
                    run_of<Bounded>(c + 4 * p, b[p], y_[p + 1], at + k, to + k, 1);
                    if (at[k] == last) to[k] = y_.back();
                }
            }
        }
        if constexpr (!Bounded) {
            for (std::size_t i = 0; unit_bounded_ && i < out.size(); ++i) {
                out[i] = std::clamp(out[i], 0.0, 1.0);
            }
        }
    }

    template <bool Bounded>
    void scattered(double const* at, std::size_t n, double* out) const noexcept {
#if WEFT_HAS_WIDE_KERNELS
        if (weft::detail::has_wide_lanes()) return scattered_wide<Bounded>(at, n, out);
#endif
        scattered_by<weft::detail::target_lanes, Bounded>(at, n, out);
    }

#if WEFT_HAS_WIDE_KERNELS
    template <bool Bounded>
    WEFT_WIDE_KERNEL void scattered_wide(double const* at, std::size_t n,
                                         double* out) const noexcept {
        scattered_by<weft::detail::lanes<4>, Bounded>(at, n, out);
    }
#endif

    template <class Lanes, bool Bounded>
    WEFT_INLINE void scattered_by(double const* at, std::size_t n, double* out) const noexcept {
        detail::values_of<Lanes, Bounded>(
            {x_.data(), y_.data(), coefficients_.data(), x_.size() - 1}, index_, at, n, out);
    }

    /// Values of one cubic piece, whose next one begins with `next`.
    template <bool Bounded>
    static void run_of(double const* c, double start, double next, double const* x, double* out,
                       std::size_t n) noexcept {
        auto const c0 = c[0];
        auto const c1 = c[1];
        auto const c2 = c[2];
        auto const c3 = c[3];
        auto const low = c0 < next ? c0 : next;
        auto const high = next < c0 ? c0 : next; // not the same comparison: no branch
        for (std::size_t i = 0; i < n; ++i) {
            auto const u = x[i] - start;
            auto y = ((c3 * u + c2) * u + c1) * u + c0;
            if constexpr (Bounded) {
                y = y < low ? low : y;
                y = y > high ? high : y;
            }
            out[i] = y;
        }
    }

    /// Values of piece i at places that it holds.
    void run(std::size_t i, std::span<double const> x, std::span<double> out) const noexcept {
        auto const start = breaks()[i];
        for (std::size_t k = 0; k < x.size(); ++k) {
            out[k] = bounded(i, detail::horner(coefficients(i), x[k] - start));
        }
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
            auto const slope = end_slope(before);
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

    [[nodiscard]] double end_slope(bool first) const {
        return at(first ? x_.front() : x_.back()).slope;
    }

    /// The integral of what lies beyond an end, over [0, u] or [u, 0] counted from it (signed).
    [[nodiscard]] double tail(double u, bool first) const {
        auto const value = first ? y_.front() : y_.back();
        if (u == 0.0) return 0.0;
        auto const slope = options_.outside == outside::linear ? end_slope(first) : 0.0;
        auto const line = [&](double to) { return to * (value + slope * to / 2.0); };
        if (!options_.unit || slope == 0.0) return line(u);
        auto const rising = (slope > 0.0) == (u > 0.0);
        auto const meets = ((rising ? 1.0 : 0.0) - value) / slope;
        if (std::abs(u) <= std::abs(meets)) return line(u);
        return line(meets) + (rising ? u - meets : 0.0);
    }

    template <class Function>
    void each_piece(double a, double b, Function const& f) const {
        auto const places = breaks();
        for (auto i = piece_of(a); i + 1 < places.size(); ++i) {
            auto const from = std::max(a, places[i]);
            auto const to = std::min(b, places[i + 1]);
            if (from < to || (from == to && a == b)) f(i, from, to);
            if (places[i + 1] >= b) break;
        }
    }

    [[nodiscard]] double inside_integral(double a, double b) const {
        double sum = 0.0;
        each_piece(a, b, [&](std::size_t i, double from, double to) {
            auto const c = coefficients(i);
            auto const start = breaks()[i];
            auto const up_to = [&](double u) {
                double y = 0.0;
                for (auto k = c.size(); k-- > 0;) y = y * u + c[k] / static_cast<double>(k + 1);
                return y * u;
            };
            sum += up_to(to - start) - (from > start ? up_to(from - start) : 0.0);
        });
        return sum;
    }

    /// Where piece i turns strictly between `from` and `to`.
    [[nodiscard]] std::vector<double> turns(std::size_t i, double from, double to) const {
        std::vector<double> out;
        if (degree_ < 2) return out;
        std::array<double, detail::most_degree> slope{};
        auto const c = coefficients(i);
        for (std::size_t k = 1; k <= degree_; ++k) slope[k - 1] = static_cast<double>(k) * c[k];
        auto const start = breaks()[i];
        bool all = false;
        std::vector<double> found;
        detail::roots_on({slope.data(), degree_}, 0.0, breaks()[i + 1] - start, found, all);
        for (auto const u : found) {
            if (start + u > from && start + u < to) out.push_back(start + u);
        }
        return out;
    }

    template <class Function>
    [[nodiscard]] curve mapped(std::size_t degree, Function const& f) const {
        curve out;
        out.options_ = options_;
        if (out.options_.outside != outside::nan) out.options_.outside = outside::raise;
        out.options_.unit = false;
        out.derived_ = true;
        out.degree_ = degree;
        auto const places = breaks();
        out.x_.assign(places.begin(), places.end());
        auto const pieces = places.size() - 1;
        out.coefficients_.resize(pieces * (degree + 1));
        for (std::size_t i = 0; i < pieces; ++i) {
            auto* const to = out.coefficients_.data() + i * (degree + 1);
            f(coefficients(i).data(), to, places[i + 1] - places[i]);
            out.y_.push_back(to[0]);
        }
        out.y_.push_back(
            detail::horner(out.coefficients(pieces - 1), places[pieces] - places[pieces - 1]));
        out.index();
        return out;
    }

    void check_interval(double a, double b) const {
        require_finite("a", a);
        require_finite("b", b);
        auto const within =
            "a number within the data, [" + to_text(x_.front()) + ", " + to_text(x_.back()) + "]";
        if (a < x_.front() || a > x_.back()) WEFT_THROW(invalid_argument("a", to_text(a), within));
        if (b < a || b > x_.back()) {
            WEFT_THROW(invalid_argument("b", to_text(b), within + ", not less than a"));
        }
    }

    /// Places that differ by rounding only are one place.
    [[nodiscard]] static std::vector<double> each_once(std::vector<double> x, double length) {
        std::sort(x.begin(), x.end());
        constexpr auto epsilon = std::numeric_limits<double>::epsilon();
        auto const same = [&](double a, double b) {
            return b - a <= 8.0 * epsilon * std::max({std::abs(a), std::abs(b), length});
        };
        x.erase(std::unique(x.begin(), x.end(), same), x.end());
        return x;
    }

    using numbers = std::vector<double, detail::unfilled<double>>;

    std::vector<double> x_;
    std::vector<double> y_;
    numbers coefficients_;        // degree_ + 1 for each piece
    std::vector<double> breaks_;  // where they are not x_
    std::vector<double> weights_; // rational
    curve_options options_;
    detail::cell_index index_;
    std::size_t degree_ = 0;
    double quick_from_ = 0.0; // between these: bounded cubic pieces, index_ not crowded
    double quick_to_ = 0.0;
    bool quick_ = false;        // set_pchip
    bool bounded_ = false;      // each piece, by the values at its ends
    bool unit_bounded_ = false; // cut to [0,1]
    bool derived_ = false;
};

/// Several quantities over the same places: one curve each.
class vector_curve {
public:
    /// `rows` holds the values point by point: rows[i * width + c] of quantity c at x[i].
    /// Throws invalid_argument as curve, naming `rows[k]`, and for a width of 0.
    vector_curve(std::span<double const> x, std::span<double const> rows, std::size_t width,
                 curve_options const& options = {}) {
        if (width == 0) WEFT_THROW(invalid_argument("width", "0", "at least 1"));
        if (rows.size() / width != x.size() || rows.size() % width != 0) {
            WEFT_THROW(invalid_argument("rows", to_text(rows.size()) + " values",
                                        to_text(width) + " for each of the " + to_text(x.size()) +
                                            " places"));
        }
        for (std::size_t k = 0; k < rows.size(); ++k) {
            if (!is_finite(rows[k])) require_finite(detail::indexed("rows", k), rows[k]);
        }
        std::vector<double> y(x.size());
        components_.reserve(width);
        for (std::size_t c = 0; c < width; ++c) {
            for (std::size_t i = 0; i < x.size(); ++i) y[i] = rows[i * width + c];
            components_.emplace_back(x, y, options);
        }
    }

    [[nodiscard]] std::size_t width() const noexcept { return components_.size(); }
    [[nodiscard]] curve const& operator[](std::size_t c) const { return components_.at(c); }
    [[nodiscard]] std::span<curve const> components() const noexcept { return components_; }

    /// All quantities at `x`. Throws as curve.
    [[nodiscard]] std::vector<double> operator()(double x) const {
        std::vector<double> out;
        out.reserve(width());
        for (auto const& c : components_) out.push_back(c(x));
        return out;
    }

    /// All slopes at `x`.
    [[nodiscard]] std::vector<double> derivative(double x) const {
        std::vector<double> out;
        out.reserve(width());
        for (auto const& c : components_) out.push_back(c.derivative(x));
        return out;
    }

    /// All integrals from a to b.
    [[nodiscard]] std::vector<double> integral(double a, double b) const {
        std::vector<double> out;
        out.reserve(width());
        for (auto const& c : components_) out.push_back(c.integral(a, b));
        return out;
    }

    /// Adds a point; `row` has one value for each quantity. As curve::append, but all or nothing,
    /// so on copies: O(n width).
    void append(double x, std::span<double const> row) {
        if (row.size() != width()) {
            WEFT_THROW(invalid_argument("row", to_text(row.size()) + " values",
                                        to_text(width()) + ", one for each quantity"));
        }
        auto longer = components_;
        for (std::size_t c = 0; c < width(); ++c) {
            if (!is_finite(row[c])) require_finite(detail::indexed("row", c), row[c]);
            longer[c].append(x, row[c]);
        }
        components_ = std::move(longer);
    }

private:
    std::vector<curve> components_;
};

/// Many curves on one grid: out[c * grid.size() + k] is curve c at grid[k]. Throws as
/// curve::evaluate, also where `out` has not curves x places.
inline void evaluate(std::span<curve const> curves, std::span<double const> grid,
                     std::span<double> out) {
    if (out.size() != curves.size() * grid.size()) {
        WEFT_THROW(invalid_argument("out", to_text(out.size()) + " places",
                                    to_text(curves.size()) + " x " + to_text(grid.size())));
    }
    for (std::size_t c = 0; c < curves.size(); ++c) {
        curves[c].evaluate(grid, out.subspan(c * grid.size(), grid.size()));
    }
}

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

    /// In units of the value times days.
    [[nodiscard]] double integral(instant from, instant to) const {
        detail::require_usable("from", from);
        detail::require_usable("to", to);
        return curve_.integral(days_between(origin_, from), days_between(origin_, to));
    }

    /// Adds a point, as curve::append.
    void append(instant t, double y) {
        detail::require_usable("t", t);
        if (!(t > last_)) {
            WEFT_THROW(invalid_argument("t", detail::shown(t),
                                        "more than the last, " + detail::shown(last_)));
        }
        curve_.append(days_between(origin_, t), y);
        last_ = t;
    }

    /// The first instant, from which days() counts.
    [[nodiscard]] instant origin() const noexcept { return origin_; }
    [[nodiscard]] instant last() const noexcept { return last_; }
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

/// The values of a series at the instants `at`, on its curve. Throws as instant_curve and
/// basic_series. A series of one point is that point's value everywhere under outside::clamp.
[[nodiscard]] inline series resample(series const& own, std::span<instant const> at,
                                     curve_options const& options = {}) {
    std::vector<double> values;
    values.reserve(at.size());
    if (own.size() == 1 && options.outside == outside::clamp) {
        values.assign(at.size(), own.values().front());
    } else if (!at.empty()) {
        instant_curve const c(own, options);
        for (auto const t : at) values.push_back(c(t));
    }
    return {{at.begin(), at.end()}, std::move(values)};
}

} // namespace weft::inline v0::temporal
