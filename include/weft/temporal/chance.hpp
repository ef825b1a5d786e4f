#pragma once

#include <algorithm>
#include <cmath>

namespace weft::inline v0::temporal::detail {

/// log Gamma(x) for x > 0, by Stirling's series from 10 on. (std::lgamma writes to a global.)
inline double log_gamma(double x) noexcept {
    double shift = 0.0;
    for (; x < 10.0; x += 1.0) shift += std::log(x);
    auto const r = 1.0 / (x * x);
    auto const series =
        (1.0 / 12.0 +
         r * (-1.0 / 360.0 +
              r * (1.0 / 1260.0 + r * (-1.0 / 1680.0 + r * (1.0 / 1188.0 + r * (-691.0 / 360360.0 +
                                                                                r / 156.0)))))) /
        x;
    constexpr double half_log_tau = 0.9189385332046727;
    return (x - .5) * std::log(x) - x + half_log_tau + series - shift;
}

/// Two-sided p of Student's t with `freedom` degrees of freedom: the regularised incomplete beta
/// function I_x(freedom/2, 1/2) at x = freedom / (freedom + t^2), by Lentz's continued fraction.
inline double student_p(double t2, double freedom) noexcept {
    auto const x = freedom / (freedom + t2);
    auto const rest = t2 / (freedom + t2);
    auto const fraction = [](double a, double b, double z) {
        constexpr double tiny = 1e-300;
        auto const away = [](double v) { return std::abs(v) < tiny ? tiny : v; };
        double c = 1.0;
        double d = 1.0 / away(1.0 - (a + b) * z / (a + 1.0));
        double h = d;
        for (int i = 1; i < 400; ++i) {
            auto const m = static_cast<double>(i);
            auto const even = m * (b - m) * z / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
            d = 1.0 / away(1.0 + even * d);
            c = away(1.0 + even / c);
            h *= d * c;
            auto const odd = -(a + m) * (a + b + m) * z / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
            d = 1.0 / away(1.0 + odd * d);
            c = away(1.0 + odd / c);
            auto const factor = d * c;
            h *= factor;
            if (std::abs(factor - 1.0) < 1e-15) break;
        }
        return h;
    };
    auto const a = freedom / 2.0;
    auto const b = .5;
    if (!(x > 0.0)) return 0.0;
    if (!(rest > 0.0)) return 1.0;
    auto const front = std::exp(log_gamma(a + b) - log_gamma(a) - log_gamma(b) + a * std::log(x) +
                                b * std::log(rest));
    auto const p = x < (a + 1.0) / (a + b + 2.0) ? front * fraction(a, b, x) / a
                                                 : 1.0 - front * fraction(b, a, rest) / b;
    return std::clamp(p, 0.0, 1.0);
}

} // namespace weft::inline v0::temporal::detail
