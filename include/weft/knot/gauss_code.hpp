#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "weft/core/error.hpp"
#include "weft/core/number.hpp"
#include "weft/knot/code_text.hpp"
#include "weft/knot/diagram.hpp"
#include "weft/knot/pd_code.hpp"

namespace weft::inline v0::knot {

/// A Gauss code: for each component the crossings 1 to n that it passes, as +k where it passes over
/// crossing k and -k where it passes under. A component without crossings has an empty list.
/// `signs` are the crossings' signs (+1 or -1, crossing 1 first), or empty where they are not
/// known.
struct gauss_code {
    std::vector<std::vector<int>> components;
    std::vector<int> signs;

    [[nodiscard]] friend bool operator==(gauss_code const&, gauss_code const&) = default;
};

namespace detail {

/// The passes of a code, one after another: arc k leads to pass k, from which arc next[k] leads to
/// pass next[k].
struct passes {
    std::vector<int> next;
    std::vector<int> over, under; ///< by crossing, 0-based
};

/// A crossing that does not fit, and what is wrong with it.
struct code_fault {
    std::size_t crossing;
    char const* expected;
};

[[nodiscard]] inline crossing crossing_at(passes const& p, std::size_t k, int sign) {
    auto const over = p.over[k];
    auto const under = p.under[k];
    auto const over_out = p.next[static_cast<std::size_t>(over)];
    auto const under_out = p.next[static_cast<std::size_t>(under)];
    return sign > 0 ? crossing{over, under, under_out, over_out, 1}
                    : crossing{under, over, over_out, under_out, -1};
}

/// More crossings than this need signs: their search takes O(crossings^2).
inline constexpr std::size_t max_unsigned_crossings = std::size_t{1} << 13U;

/// The signs of the crossings of a planar code without signs. A closed tour through all passes that
/// turns off at every crossing is a simple closed curve in the plane, with each crossing a chord
/// inside or outside of it, and chords that interlace are on different sides; conversely each such
/// choice of sides draws the code. Chords that interlace, directly or through others, are turned
/// over together: the first crossing among them is made positive.
/// Source: P. Rosenstiehl, R. C. Read, On the principal edge tripartition of a graph (1978), for
/// the idea of such tours.
[[nodiscard]] inline std::optional<code_fault> find_signs(passes const& p,
                                                          std::vector<int>& signs) {
    auto const n = p.over.size();
    // Ends of arcs at a pass: 2 pass (incoming), 2 pass + 1 (outgoing).
    auto const in = [](int pass) { return 2 * pass; };
    auto const out = [](int pass) { return 2 * pass + 1; };
    std::vector<int> turn(4 * n);
    std::vector<int> along(4 * n);
    std::vector<std::size_t> crossing_of(2 * n);
    merged_sets tours(4 * n);
    for (std::size_t pass = 0; pass < 2 * n; ++pass) {
        auto const here = static_cast<int>(pass);
        auto const a = out(here);
        auto const b = in(p.next[pass]);
        along[static_cast<std::size_t>(a)] = b;
        along[static_cast<std::size_t>(b)] = a;
        tours.merge(a, b);
    }
    auto const pair = [&](int a, int b) {
        turn[static_cast<std::size_t>(a)] = b;
        turn[static_cast<std::size_t>(b)] = a;
    };
    for (std::size_t k = 0; k < n; ++k) {
        crossing_of[static_cast<std::size_t>(p.over[k])] = k;
        crossing_of[static_cast<std::size_t>(p.under[k])] = k;
        pair(in(p.over[k]), out(p.under[k]));
        pair(out(p.over[k]), in(p.under[k]));
        tours.merge(in(p.over[k]), out(p.under[k]));
        tours.merge(out(p.over[k]), in(p.under[k]));
    }
    // Two tours that meet become one by turning off the other way.
    for (std::size_t k = 0; k < n; ++k) {
        if (!tours.merge(in(p.over[k]), out(p.over[k]))) continue;
        pair(in(p.over[k]), in(p.under[k]));
        pair(out(p.over[k]), out(p.under[k]));
    }

    struct visit {
        int from = -1;
        int to = -1;
        int time = -1;
    };
    std::vector<visit> first(n), second(n);
    std::vector<std::size_t> at_time;
    at_time.reserve(2 * n);
    std::vector<char> seen(4 * n, 0);
    for (std::size_t start = 0; start < 4 * n; ++start) {
        for (auto x = static_cast<int>(start); seen[static_cast<std::size_t>(x)] == 0;) {
            auto const y = turn[static_cast<std::size_t>(x)];
            seen[static_cast<std::size_t>(x)] = seen[static_cast<std::size_t>(y)] = 1;
            auto const k = crossing_of[static_cast<std::size_t>(x / 2)];
            auto& v = first[k].time < 0 ? first[k] : second[k];
            v = {x, y, static_cast<int>(at_time.size())};
            at_time.push_back(k);
            x = along[static_cast<std::size_t>(y)];
        }
    }
    constexpr auto unplanar = "a code that can be drawn in the plane";
    for (std::size_t k = 0; k < n; ++k) {
        // The chord of a curve in the plane sees both its ends run the same way around.
        if ((first[k].from ^ 1) != second[k].from) return code_fault{k, unplanar};
    }

    // side: 0 not yet, 1 left of the tour, -1 right.
    signs.assign(n, 0);
    std::vector<int> side(n, 0);
    std::vector<std::size_t> waiting;
    std::vector<std::size_t> group;
    for (std::size_t root = 0; root < n; ++root) {
        if (side[root] != 0) continue;
        side[root] = 1;
        group.assign(1, root);
        for (std::size_t head = 0; head < group.size(); ++head) {
            auto const k = group[head];
            for (auto t = first[k].time + 1; t < second[k].time; ++t) {
                auto const j = at_time[static_cast<std::size_t>(t)];
                bool const interlaced =
                    first[j].time < first[k].time || second[j].time > second[k].time;
                if (!interlaced) continue;
                if (side[j] == 0) {
                    side[j] = -side[k];
                    group.push_back(j);
                } else if (side[j] == side[k]) {
                    return code_fault{j, unplanar};
                }
            }
        }
        int flip = 1;
        for (auto const k : group) {
            // Around the crossing, counterclockwise if it is to the left of the tour: from and to
            // of the first visit, then of the second. Positive: the upper strand's way out comes
            // next after the lower one's way in.
            int const around[4] = {first[k].from, first[k].to, second[k].from, second[k].to};
            auto const lower_in = in(p.under[k]);
            int sign = -side[k];
            for (int place = 0; place < 4; ++place) {
                if (around[place] == lower_in && around[(place + 1) % 4] == out(p.over[k])) {
                    sign = side[k];
                }
            }
            if (k == root && sign < 0) flip = -1;
            signs[k] = sign * flip;
        }
    }
    return std::nullopt;
}

/// Builds the diagram of validated passes; `name` gives a crossing's place in the code.
template <class Name>
[[nodiscard]] link_diagram drawn(passes const& p, std::vector<int> signs, std::int64_t circles,
                                 Name const& name) {
    auto const n = p.over.size();
    if (signs.empty() && n > 0) {
        if (n > max_unsigned_crossings) {
            WEFT_THROW(invalid_argument("signs", "none for " + to_text(n) + " crossings",
                                        "signs where there are more than " +
                                            to_text(max_unsigned_crossings) + " crossings"));
        }
        if (auto const fault = find_signs(p, signs)) {
            WEFT_THROW(invalid_argument(name(fault->crossing), "a crossing that cannot be drawn",
                                        fault->expected));
        }
    }
    std::vector<crossing> crossings(n);
    for (std::size_t k = 0; k < n; ++k) crossings[k] = crossing_at(p, k, signs[k]);
    if (auto const k = planarity_fault(crossings)) {
        WEFT_THROW(invalid_argument(name(*k), "a part that does not lie in a plane",
                                    "a code and signs that can be drawn in the plane"));
    }
    return {validated{}, std::move(crossings), circles};
}

inline void require_signs(std::vector<int> const& signs, std::size_t crossings) {
    if (signs.empty()) return;
    if (signs.size() != crossings) {
        WEFT_THROW(
            invalid_argument("signs", to_text(signs.size()) + " signs",
                             "none, or one for each of the " + to_text(crossings) + " crossings"));
    }
    for (std::size_t k = 0; k < signs.size(); ++k) {
        if (signs[k] != 1 && signs[k] != -1) {
            WEFT_THROW(invalid_argument("signs[" + to_text(k) + "]", to_text(signs[k]), "1 or -1"));
        }
    }
}

/// Passes that follow each other within each component.
inline void chain(passes& p, std::size_t begin, std::size_t end) {
    for (auto k = begin; k < end; ++k) {
        p.next[k] = static_cast<int>(k + 1 < end ? k + 1 : begin);
    }
}

} // namespace detail

/// The diagram of a Gauss code. Where signs are not given the code leaves mirror images open, of
/// each summand of a connected sum and of each part that nothing links to the others by crossings:
/// the first crossing of each is made positive. Components are ordered as in the code, those
/// without crossings last. Throws invalid_argument naming `gauss[c][k]` or `signs[k]`: a crossing
/// out of range, passed twice over or twice under or once only, a code that no plane has room for.
/// O(crossings^2) without signs, near-linear with them.
[[nodiscard]] inline link_diagram from_gauss(gauss_code const& code) {
    std::size_t total = 0;
    std::int64_t circles = 0;
    for (auto const& c : code.components) {
        total += c.size();
        circles += c.empty() ? 1 : 0;
    }
    if (total > 2 * detail::max_crossings) {
        WEFT_THROW(invalid_argument("gauss", to_text(total) + " passes",
                                    "at most " + to_text(2 * detail::max_crossings)));
    }
    auto const n = total / 2;
    auto const place = [](std::size_t c, std::size_t k) {
        return "gauss[" + to_text(c) + "][" + to_text(k) + "]";
    };
    detail::passes p{std::vector<int>(total), std::vector<int>(n, -1), std::vector<int>(n, -1)};
    std::size_t at = 0;
    for (std::size_t c = 0; c < code.components.size(); ++c) {
        auto const& passes = code.components[c];
        detail::chain(p, at, at + passes.size());
        for (std::size_t k = 0; k < passes.size(); ++k, ++at) {
            auto const label = std::int64_t{passes[k]};
            auto const crossing = static_cast<std::uint64_t>(label < 0 ? -label : label);
            if (crossing == 0 || crossing > n) {
                WEFT_THROW(invalid_argument(
                    place(c, k), to_text(label),
                    n == 0 ? std::string("each crossing twice, once over and once under")
                           : "a crossing from 1 to " + to_text(n) + " or its negative (" +
                                 to_text(total) + " passes make " + to_text(n) + " crossings)"));
            }
            auto& taken = (label > 0 ? p.over : p.under)[crossing - 1];
            if (taken >= 0) {
                WEFT_THROW(invalid_argument(
                    place(c, k), to_text(label) + " a second time",
                    "each crossing once over (positive) and once under (negative)"));
            }
            taken = static_cast<int>(at);
        }
    }
    for (std::size_t k = 0; k < n; ++k) {
        if (p.over[k] < 0 || p.under[k] < 0) {
            WEFT_THROW(invalid_argument(
                "gauss",
                "no " + to_text(static_cast<std::int64_t>(k + 1) * (p.over[k] < 0 ? 1 : -1)),
                "each crossing once over (positive) and once under (negative)"));
        }
    }
    detail::require_signs(code.signs, n);
    if (code.components.empty()) return {};
    return detail::drawn(p, code.signs, circles, [&](std::size_t k) {
        auto pass = static_cast<std::size_t>(p.over[k]);
        std::size_t c = 0;
        while (pass >= code.components[c].size()) pass -= code.components[c++].size();
        return place(c, pass);
    });
}

/// The Gauss code with its signs. Crossings are numbered as in the diagram, components begin with
/// their lowest arc.
[[nodiscard]] inline gauss_code to_gauss(link_diagram const& d) {
    gauss_code out;
    auto const crossings = d.crossings();
    auto const ends = detail::ends_of(crossings);
    auto const components = detail::components_of(d);
    out.components.resize(static_cast<std::size_t>(components.count + d.circles()));
    for (int const arc : detail::travel_order(d)) {
        auto const a = static_cast<std::size_t>(arc);
        auto const head = ends.head[a];
        auto const sign = crossings[static_cast<std::size_t>(head / 4)].sign;
        bool const over = (head % 4 == 0) == (sign > 0);
        int const label = head / 4 + 1;
        out.components[static_cast<std::size_t>(components.of_arc[a])].push_back(over ? label
                                                                                      : -label);
    }
    for (auto const& c : crossings) out.signs.push_back(c.sign);
    return out;
}

/// Reads `{-1,2,-3,1,-2,3}`, or a list of such lists for a link, with any of the brackets ( [ {.
/// Throws parse_error with the byte offset.
[[nodiscard]] inline gauss_code parse_gauss(std::string_view text) {
    return {detail::parse_lists("Gauss code", text, detail::list_shape::either), {}};
}

} // namespace weft::inline v0::knot
