#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "weft/core/error.hpp"
#include "weft/core/number.hpp"
#include "weft/core/time.hpp"
#include "weft/temporal/chance.hpp"
#include "weft/temporal/series.hpp"

namespace weft::inline v0::temporal {

struct jump_options {
    /// The probability of any jump being reported on independent normal noise is at most this.
    double level = .05;
    /// Both sides of a jump have at least so many points.
    std::size_t least_points = 3;
};

/// A change of the mean that is larger than noise explains.
struct jump {
    /// The first instant after the change, and the last one before it.
    instant at{};
    instant last_before{};
    double before = 0.0; ///< mean of the stretch before
    double after = 0.0;  ///< mean of the stretch after
    /// Of the two means' difference (Student), times the number of places tried in the series.
    double p_value = 1.0;

    [[nodiscard]] friend bool operator==(jump const&, jump const&) = default;
};

struct jumps_result {
    std::vector<jump> jumps;
    /// Why there are none; empty where there is one.
    std::string reason;
};

/// The jumps of a series' mean: the split with the largest Student's t between its two sides is
/// taken where its p, times the number of places tried, is at most the level; then each side is
/// searched in the same way. In order of time.
///
/// The level holds for independent normal noise of one size. A trend or noise that remembers itself
/// shows as jumps; heavy tails make them rarer or, with few points, a little more frequent.
/// Throws invalid_argument for faulty options. O(n) for each jump found.
[[nodiscard]] inline jumps_result find_jumps(series const& own, jump_options const& options = {}) {
    if (!is_finite(options.level) || !(options.level > 0.0 && options.level < 1.0)) {
        WEFT_THROW(invalid_argument("level", to_text(options.level), "a number in (0, 1)"));
    }
    if (options.least_points < 2) {
        WEFT_THROW(invalid_argument("least_points", to_text(options.least_points), "at least 2"));
    }
    jumps_result out;
    auto const n = own.size();
    auto const least = options.least_points;
    if (n / 2 < least) {
        out.reason =
            "too few snapshots for a jump: " + to_text(n) + ", at least " + to_text(2 * least);
        return out;
    }
    auto const y = own.values();
    auto const tried = static_cast<double>(n - 2 * least + 1);
    struct stretch {
        std::size_t from, to;
    };
    std::vector<stretch> open{{0, n}};
    double strongest = 1.0;
    while (!open.empty()) {
        auto const [from, to] = open.back();
        open.pop_back();
        if (to - from < 2 * least) continue;
        auto const count = static_cast<double>(to - from);
        double mean = 0.0;
        for (auto i = from; i < to; ++i) mean += y[i] / count;
        double squares = 0.0;
        double size = 0.0;
        for (auto i = from; i < to; ++i) {
            squares += (y[i] - mean) * (y[i] - mean);
            size = std::max(size, std::abs(y[i]));
        }
        if (!(squares > 1e-28 * size * size * count) || !is_finite(squares)) continue;
        double sum = 0.0;
        double best = -1.0;
        double best_sum = 0.0;
        std::size_t at = from;
        for (auto i = from; i + 1 < to; ++i) {
            sum += y[i] - mean;
            auto const left = static_cast<double>(i + 1 - from);
            if (i + 1 - from < least || to - i - 1 < least) continue;
            // What the split takes of the sum of squares.
            auto const taken = sum * sum * count / (left * (count - left));
            if (taken > best) best = taken, best_sum = sum, at = i + 1;
        }
        auto const rest = std::max(squares - best, 1e-28 * squares);
        auto const freedom = count - 2.0;
        auto const p = std::min(1.0, tried * detail::student_p(best / rest * freedom, freedom));
        strongest = std::min(strongest, p);
        if (p > options.level) continue;
        auto const left = static_cast<double>(at - from);
        jump j;
        j.at = own.times()[at];
        j.last_before = own.times()[at - 1];
        j.before = mean + best_sum / left;
        j.after = mean - best_sum / (count - left);
        j.p_value = p;
        out.jumps.push_back(j);
        open.push_back({from, at});
        open.push_back({at, to});
    }
    std::sort(out.jumps.begin(), out.jumps.end(),
              [](jump const& a, jump const& b) { return a.at < b.at; });
    // Means of the final stretches: a later split parts what an earlier one compared.
    std::size_t from = 0;
    for (std::size_t k = 0; k <= out.jumps.size(); ++k) {
        auto to = from;
        double mean = 0.0;
        while (to < n && (k == out.jumps.size() || own.times()[to] < out.jumps[k].at)) {
            mean += (y[to] - mean) / static_cast<double>(to - from + 1);
            ++to;
        }
        if (k < out.jumps.size()) out.jumps[k].before = mean;
        if (k > 0) out.jumps[k - 1].after = mean;
        from = to;
    }
    if (out.jumps.empty()) {
        out.reason = "no split is significant: the smallest p is " + to_text(strongest);
    }
    return out;
}

} // namespace weft::inline v0::temporal
