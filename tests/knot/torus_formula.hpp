#pragma once

#include <cstddef>
#include <cstdint>

#include "weft/knot/homfly.hpp"
#include "weft/knot/laurent.hpp"

/// Polynomials of links at given points, modulo a prime.
namespace weft_test {

// Arithmetic modulo the prime 2^31 - 1.
inline constexpr std::int64_t prime = 2'147'483'647;

inline std::int64_t power(std::int64_t x, std::int64_t e) {
    e = ((e % (prime - 1)) + prime - 1) % (prime - 1);
    std::int64_t out = 1;
    for (x %= prime; e > 0; e /= 2, x = x * x % prime) {
        if (e % 2 != 0) out = out * x % prime;
    }
    return out;
}

// P of the torus knot T(n, m) at v and z = s - 1/s, from the characters of the hooks of n boxes:
// M. Rosso and V. Jones, On the invariants of torus knots derived from quantum groups (1993).
inline std::int64_t torus_formula(int n, int m, std::int64_t v, std::int64_t s) {
    auto const bracket = [&](int k) { return (power(s, k) - power(s, -k) + prime) % prime; };
    auto const dimension = [&](int content) {
        auto const up = power(v, -1) * power(s, content) % prime;
        auto const down = v * power(s, -content) % prime;
        return (up - down + prime) % prime;
    };
    std::int64_t sum = 0;
    for (int leg = 0; leg < n; ++leg) {
        int const arm = n - 1 - leg;
        auto term = power(s, (arm - leg) * m);
        if (leg % 2 != 0) term = prime - term;
        for (int c = -leg; c <= arm; ++c) {
            if (c != 0) term = term * dimension(c) % prime;
        }
        for (int k = 1; k <= arm; ++k) term = term * power(bracket(k), -1) % prime;
        for (int k = 1; k <= leg; ++k) term = term * power(bracket(k), -1) % prime;
        sum = (sum + term) % prime;
    }
    // The corner's dimension is one loop's, up to the bracket of n.
    sum = sum * bracket(1) % prime * power(bracket(n), -1) % prime;
    return sum * power(v, (n - 1) * m) % prime;
}

/// P at v and z = s - 1/s.
inline std::int64_t homfly_at(weft::knot::homfly_polynomial const& p, std::int64_t v,
                              std::int64_t s) {
    std::int64_t const z = (s % prime - power(s, -1) + prime) % prime;
    std::int64_t sum = 0;
    for (auto const& term : p) {
        auto const c = (term.coefficient % prime + prime) % prime;
        sum += c * power(v, term.v) % prime * power(z, term.z) % prime;
    }
    return sum % prime;
}

/// A polynomial in t at t = root^2.
inline std::int64_t laurent_at(weft::knot::laurent const& p, std::int64_t root) {
    std::int64_t sum = 0;
    auto exponent = p.twice_min_exponent();
    for (auto const x : p.coefficients()) {
        sum += (x % prime + prime) % prime * power(root, exponent) % prime;
        exponent += 2;
    }
    return sum % prime;
}

} // namespace weft_test
