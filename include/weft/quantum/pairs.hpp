#pragma once

#include <cstddef>

/// The inner loops of batch and single scoring. Both call these and nothing else, so a score does
/// not depend on how it was asked for. Standard library only.
namespace weft::inline v0::quantum {

/// sum a_i b_i over n terms, always in the same order: term i goes to accumulator i mod 4, and the
/// result is (s0 + s1) + (s2 + s3). Symmetric in a and b bit for bit. O(n).
/// For the roots of two histograms this is the Bhattacharyya coefficient.
[[nodiscard]] inline double overlap(double const* a, double const* b, std::size_t n) noexcept {
    double s0 = 0.0, s1 = 0.0, s2 = 0.0, s3 = 0.0;
    std::size_t i = 0;
    for (; i + 4 <= n; i += 4) {
        s0 += a[i] * b[i];
        s1 += a[i + 1] * b[i + 1];
        s2 += a[i + 2] * b[i + 2];
        s3 += a[i + 3] * b[i + 3];
    }
    if (i < n) s0 += a[i] * b[i];
    if (i + 1 < n) s1 += a[i + 1] * b[i + 1];
    if (i + 2 < n) s2 += a[i + 2] * b[i + 2];
    return (s0 + s1) + (s2 + s3);
}

/// sum (a_i - b_i)^2 over n terms, in the order of `overlap`. Symmetric in a and b bit for bit.
[[nodiscard]] inline double squared_distance(double const* a, double const* b,
                                             std::size_t n) noexcept {
    double s0 = 0.0, s1 = 0.0, s2 = 0.0, s3 = 0.0;
    auto const square = [](double x) { return x * x; };
    std::size_t i = 0;
    for (; i + 4 <= n; i += 4) {
        s0 += square(a[i] - b[i]);
        s1 += square(a[i + 1] - b[i + 1]);
        s2 += square(a[i + 2] - b[i + 2]);
        s3 += square(a[i + 3] - b[i + 3]);
    }
    if (i < n) s0 += square(a[i] - b[i]);
    if (i + 1 < n) s1 += square(a[i + 1] - b[i + 1]);
    if (i + 2 < n) s2 += square(a[i + 2] - b[i + 2]);
    return (s0 + s1) + (s2 + s3);
}

/// Fidelity of two histograms given by their roots (sqrt p_i): the squared Bhattacharyya
/// coefficient, clamped to [0,1].
[[nodiscard]] inline double histogram_fidelity(double const* root_p, double const* root_q,
                                               std::size_t n) noexcept {
    double const coefficient = overlap(root_p, root_q, n);
    double const f = coefficient * coefficient;
    return f > 1.0 ? 1.0 : f;
}

} // namespace weft::inline v0::quantum
