#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <vector>

#include "weft/core/error.hpp"

/// Polynomials of low degree on an interval [0, h], for the pieces of a curve. Coefficients stand
/// in rising order: c[0] + c[1] u + c[2] u^2 + ...
namespace weft::inline v0::temporal::detail {

/// The highest degree that `roots_on` takes.
inline constexpr std::size_t most_degree = 9;

[[nodiscard]] inline double horner(std::span<double const> c, double u) noexcept {
    double y = c.back();
    for (std::size_t k = c.size() - 1; k-- > 0;) y = y * u + c[k];
    return y;
}

/// Where f, of different signs at a and b, changes its sign: secants that are forced to halve the
/// bracket (Illinois, with a bisection wherever two steps did not), down to neighbouring doubles.
template <class Function>
[[nodiscard]] double bracketed_root(Function const& f, double a, double fa, double b, double fb) {
    for (int i = 0; i < 200; ++i) {
        auto const width = b - a;
        auto x = a + width / 2.0;
        if (i % 3 != 2) {
            auto const secant = b - fb * (width / (fb - fa));
            if (secant > a && secant < b) x = secant;
        }
        if (!(x > a && x < b)) break;
        auto const fx = f(x);
        if (fx == 0.0) return x;
        if ((fx > 0.0) == (fb > 0.0)) {
            if (x - a > width / 2.0) fa /= 2.0;
            b = x;
            fb = fx;
        } else {
            if (b - x > width / 2.0) fb /= 2.0;
            a = x;
            fa = fx;
        }
        if (b - a <= 2.0 * std::numeric_limits<double>::epsilon() * std::max(a, -b)) break;
    }
    return std::abs(fa) < std::abs(fb) ? a : b;
}

/// The roots of a polynomial in [0, 1], rising, each once; those of its derivative part the
/// interval into monotone stretches, so none is missed. A place where the polynomial turns within
/// `noise` of 0 counts as a root. A polynomial that is within noise of 0 everywhere has none.
inline void roots_on_unit(std::span<double const> c, double noise, std::vector<double>& out) {
    auto degree = c.size() - 1;
    while (degree > 0 && c[degree] == 0.0) --degree;
    if (degree == 0) return;
    WEFT_ASSERT(degree <= most_degree);
    c = c.first(degree + 1);
    if (degree == 1) {
        auto const end = c[0] + c[1];
        bool const at_start = std::abs(c[0]) <= noise;
        bool const at_end = std::abs(end) <= noise;
        if (at_start) out.push_back(0.0);
        if (at_end) out.push_back(1.0);
        if (!at_start && !at_end && (c[0] > 0.0) != (end > 0.0)) {
            out.push_back(std::clamp(-c[0] / c[1], 0.0, 1.0));
        }
        return;
    }
    std::array<double, most_degree> slope{};
    for (std::size_t k = 1; k <= degree; ++k) slope[k - 1] = static_cast<double>(k) * c[k];
    std::vector<double> turns;
    roots_on_unit({slope.data(), degree}, 0.0, turns);
    turns.push_back(1.0);
    auto const f = [&](double x) { return horner(c, x); };
    double a = 0.0;
    double fa = c[0];
    if (std::abs(fa) <= noise) out.push_back(a);
    for (auto const b : turns) {
        if (!(b > a)) continue;
        auto const fb = f(b);
        bool const at_a = std::abs(fa) <= noise;
        bool const at_b = std::abs(fb) <= noise;
        if (!at_a && !at_b && (fa > 0.0) != (fb > 0.0)) {
            out.push_back(bracketed_root(f, a, fa, b, fb));
        } else if (at_b) {
            out.push_back(b);
        }
        a = b;
        fa = fb;
    }
}

/// The roots of c[0] + c[1] u + ... = level in [0, h], rising. `all` is set where the polynomial
/// is the level everywhere, up to rounding; then there are none.
inline void roots_on(std::span<double const> c, double level, double h, std::vector<double>& out,
                     bool& all) {
    std::array<double, most_degree + 1> scaled{};
    WEFT_ASSERT(c.size() <= scaled.size());
    double size = std::abs(level);
    double rest = 0.0;
    for (std::size_t k = 0; k < c.size(); ++k) {
        scaled[k] = c[k];
        // One by one: powers of h leave the range of a double where their product with c does not.
        for (std::size_t p = 0; p < k; ++p) scaled[k] *= h;
        size += std::abs(scaled[k]);
        if (k > 0) rest += std::abs(scaled[k]);
    }
    scaled[0] -= level;
    auto const noise = 4.0 * std::numeric_limits<double>::epsilon() * size;
    all = rest <= noise && std::abs(scaled[0]) <= noise;
    if (all) return;
    std::vector<double> found;
    roots_on_unit({scaled.data(), c.size()}, noise, found);
    for (auto const s : found) out.push_back(s * h);
}

} // namespace weft::inline v0::temporal::detail
