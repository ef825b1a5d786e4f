#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <Eigen/Core>

#include "weft/core/error.hpp"
#include "weft/core/number.hpp"
#include "weft/core/time.hpp"
#include "weft/fabric/communities.hpp"
#include "weft/fabric/fabric.hpp"
#include "weft/fabric/worldsheet.hpp"
#include "weft/knot/picture.hpp"

namespace weft::inline v0::fabric {

struct fabric_picture {
    knot::picture_style style{};
    /// Pairs below this are not drawn, and of the others the strongest ones.
    double least = 0.05;
    std::size_t most_pairs = 150;
    /// Half turns of a pair of compatibility 1.
    int half_turns = 6;
};

/// The fabric as an SVG document: members are strands from left to right, those of one cluster
/// beside each other and of one colour (`of`: the cluster of each member, below n); a pair is a
/// twist between its two strands, with as many half turns as it is compatible, in the colour of the
/// cluster if it lies in one. `bridges` have a ring at the beginning of their strand. `names`:
/// none, or one a member, in UTF-8 (what XML cannot hold is shown as U+FFFD). Throws
/// invalid_argument as require_compatibility does, for faulty labels, bridges that are no members,
/// another number of names, lengths of the style that are no lengths, and more than 1,000 members.
[[nodiscard]] inline std::string fabric_svg(Eigen::Ref<Eigen::MatrixXd const> const& c,
                                            std::span<std::size_t const> of,
                                            std::span<std::size_t const> bridges = {},
                                            std::span<std::string const> names = {},
                                            fabric_picture const& options = {}) {
    require_compatibility("compatibility", c);
    auto const n = static_cast<std::size_t>(c.rows());
    detail::require_labels(of, n);
    if (n > 1000) {
        WEFT_THROW(invalid_argument("compatibility", to_text(n) + " members",
                                    "at most 1000 members to draw"));
    }
    if (!names.empty() && names.size() != n) {
        WEFT_THROW(invalid_argument("names", to_text(names.size()) + " names",
                                    "none, or one a member: " + to_text(n)));
    }
    for (std::size_t b = 0; b < bridges.size(); ++b) {
        if (bridges[b] >= n) {
            WEFT_THROW(invalid_argument("bridges[" + to_text(b) + "]", to_text(bridges[b]),
                                        "a member below " + to_text(n)));
        }
    }
    require_unit("options.least", options.least);
    knot::detail::require_style(options.style);
    if (options.half_turns < 1 || options.half_turns > 100) {
        WEFT_THROW(invalid_argument("options.half_turns", to_text(options.half_turns), "1 to 100"));
    }
    Eigen::MatrixXd const tidy = detail::tidy(c);
    auto const& style = options.style;

    std::vector<std::size_t> order(n), row(n);
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return of[a] < of[b]; });
    for (std::size_t r = 0; r < n; ++r) row[order[r]] = r;
    std::vector<pair> drawn;
    for (std::size_t j = 0; j < n; ++j) {
        for (std::size_t i = 0; i < j; ++i) {
            double const x = tidy(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(j));
            if (x > 0.0 && x >= options.least) drawn.push_back({i, j, x});
        }
    }
    auto const all = drawn.size();
    if (all > options.most_pairs) {
        std::stable_sort(drawn.begin(), drawn.end(), [](pair const& a, pair const& b) {
            return a.compatibility > b.compatibility;
        });
        drawn.resize(options.most_pairs);
    }
    // Twists that share no row between them stand above each other.
    auto const top = [&](pair const& p) { return std::min(row[p.i], row[p.j]); };
    auto const bottom = [&](pair const& p) { return std::max(row[p.i], row[p.j]); };
    std::sort(drawn.begin(), drawn.end(), [&](pair const& a, pair const& b) {
        auto const near_a = bottom(a) - top(a), near_b = bottom(b) - top(b);
        return near_a != near_b ? near_a < near_b : top(a) < top(b);
    });
    std::vector<std::size_t> free(n, 0), step(drawn.size());
    std::size_t steps = 1;
    for (std::size_t k = 0; k < drawn.size(); ++k) {
        std::size_t at = 0;
        for (auto r = top(drawn[k]); r <= bottom(drawn[k]); ++r) at = std::max(at, free[r]);
        for (auto r = top(drawn[k]); r <= bottom(drawn[k]); ++r) free[r] = at + 1;
        step[k] = at;
        steps = std::max(steps, at + 1);
    }

    auto const colour = [&](std::size_t cluster) {
        return style.colours.empty() ? style.ink : style.colours[cluster % style.colours.size()];
    };
    double const margin = 0.75 * style.gap;
    double const left = margin + (names.empty() ? 1.2 : 4.0) * style.gap;
    double const width = left + static_cast<double>(steps) * style.gap + margin;
    double const rows = n > 0 ? static_cast<double>(n - 1) : 0.0;
    auto const y = [&](std::size_t r) { return margin + static_cast<double>(r) * style.gap; };
    std::string title = "A fabric of " + to_text(n) + " members";
    if (drawn.size() < all) {
        title += ", the strongest " + to_text(drawn.size()) + " of " + to_text(all) + " pairs";
    }
    knot::detail::svg out(width, 2.0 * margin + rows * style.gap, style, title);
    using knot::detail::coordinate;
    using knot::detail::path_from;
    for (std::size_t r = 0; r < n; ++r) {
        auto const member = order[r];
        out.path(path_from({left, y(r)}) + "H" + coordinate(width - margin), colour(of[member]),
                 style.line, true);
        out.label({margin + (left - margin) * 0.4, y(r)},
                  names.empty() ? to_text(member) : names[member], style.ink, 0.36 * style.gap);
    }
    for (std::size_t k = 0; k < drawn.size(); ++k) {
        auto const& p = drawn[k];
        double const x = left + (static_cast<double>(step[k]) + 0.5) * style.gap;
        double const from = y(top(p)), to = y(bottom(p));
        int const turns =
            std::max(1, static_cast<int>(std::lround(p.compatibility * options.half_turns)));
        auto const shade = of[p.i] == of[p.j] ? colour(of[p.i]) : style.ink;
        // Two strands around each other: two waves, one the mirror image of the other.
        for (double const side : {1.0, -1.0}) {
            std::string d = path_from({x, from});
            for (int turn = 0; turn < turns; ++turn) {
                double const a = from + (to - from) * turn / turns;
                double const b = from + (to - from) * (turn + 1) / turns;
                double const out_by = x + side * (turn % 2 == 0 ? 1.0 : -1.0) * 0.3 * style.gap;
                d += "C";
                knot::detail::add_point(d, {out_by, a + (b - a) / 3.0});
                d += " ";
                knot::detail::add_point(d, {out_by, b - (b - a) / 3.0});
                d += " ";
                knot::detail::add_point(d, {x, b});
            }
            out.path(d, shade, style.line * (0.15 + 0.25 * p.compatibility), true);
        }
    }
    for (auto const b : bridges) {
        auto const dot = path_from({left, y(row[b])}) + "h0";
        out.path(dot, style.ink, 2.6 * style.line, true);
        out.path(dot, style.background, 1.7 * style.line, true);
        out.path(dot, colour(of[b]), 0.9 * style.line, true);
    }
    return std::move(out).done();
}

struct curve_picture {
    knot::picture_style style{};
    double width = 720;
    double height = 260;
};

/// Stability in time as an SVG document: the curve, its interval as thin lines, and the times at
/// which clusters merge or split. Points increase in time; those without a stability are left out.
/// Throws invalid_argument naming `points[k]`, or for sizes and lengths of the style that are none.
[[nodiscard]] inline std::string stability_svg(std::span<stability_point const> points,
                                               std::span<cluster_event const> events = {},
                                               curve_picture const& options = {}) {
    for (std::size_t k = 1; k < points.size(); ++k) {
        if (!(points[k - 1].at < points[k].at)) {
            WEFT_THROW(invalid_argument("points[" + to_text(k) + "].at", "an instant too early",
                                        "one after points[" + to_text(k - 1) + "].at"));
        }
    }
    for (std::size_t k = 0; k < points.size(); ++k) {
        auto const& p = points[k];
        for (auto const& value : {p.now.stability, p.lower, p.upper}) {
            if (value && !in_unit(*value)) require_unit("points[" + to_text(k) + "]", *value);
        }
    }
    auto const sized = [](char const* name, double x) {
        if (!is_finite(x) || !(x >= 50.0 && x <= 1e5)) {
            WEFT_THROW(invalid_argument(name, to_text(x), "50 to 100000"));
        }
    };
    sized("options.width", options.width);
    sized("options.height", options.height);
    knot::detail::require_style(options.style);
    auto const& style = options.style;
    knot::detail::svg out(options.width, options.height, style, "Stability in time");
    using knot::detail::coordinate;
    using knot::detail::path_from;
    double const left = 44, right = options.width - 18, top = 18, bottom = options.height - 30;
    auto const y = [&](double s) { return bottom - s * (bottom - top); };
    for (double const s : {0.0, 0.25, 0.5, 0.75, 1.0}) {
        out.path(path_from({left, y(s)}) + "H" + coordinate(right), style.disc, 1.0, false);
        out.label({left - 20, y(s)}, to_text(s), style.ink, 12);
    }
    if (points.empty()) return std::move(out).done();
    auto const first = points.front().at, last = points.back().at;
    double const days = days_between(first, last);
    auto const x = [&](instant t) {
        return days > 0.0 ? left + (right - left) * days_between(first, t) / days
                          : 0.5 * (left + right);
    };
    auto const line = [&](auto const& value) {
        std::string d;
        for (auto const& p : points) {
            auto const v = value(p);
            if (!v) continue;
            if (d.empty()) {
                d = path_from({x(p.at), y(*v)});
                if (points.size() == 1) d += "h0";
            } else {
                d += "L";
                knot::detail::add_point(d, {x(p.at), y(*v)});
            }
        }
        return d;
    };
    for (auto const& e : events) {
        if (e.at < first || last < e.at) continue;
        char const* const word = e.kind == cluster_change::merge   ? "merge"
                                 : e.kind == cluster_change::split ? "split"
                                                                   : "regroup";
        out.path(path_from({x(e.at), top}) + "V" + coordinate(bottom), style.negative, 1.5, false);
        out.label({x(e.at), top - 8}, word, style.negative, 11);
    }
    for (auto const& d : {line([](stability_point const& p) { return p.lower; }),
                          line([](stability_point const& p) { return p.upper; })}) {
        if (!d.empty()) out.path(d, style.positive, 1.0, true);
    }
    if (auto const d = line([](stability_point const& p) { return p.now.stability; }); !d.empty()) {
        out.path(d, style.positive, 3.0, true);
    }
    out.label({left + 30, bottom + 16}, to_iso(first).substr(0, 10), style.ink, 12);
    if (days > 0.0) out.label({right - 30, bottom + 16}, to_iso(last).substr(0, 10), style.ink, 12);
    return std::move(out).done();
}

} // namespace weft::inline v0::fabric
