#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "weft/core/error.hpp"
#include "weft/core/number.hpp"
#include "weft/knot/closure.hpp"
#include "weft/knot/code_text.hpp"
#include "weft/knot/diagram.hpp"

namespace weft::inline v0::knot {

/// A planar diagram code: each crossing has its four arcs counterclockwise, beginning with the
/// lower strand's incoming one, as KnotTheory, KnotInfo and SnapPy write it. Arcs have any integers
/// for names, each used twice.
using pd_code = std::vector<std::array<int, 4>>;

namespace detail {

/// Which of the two ends of each arc is where: position 4 * crossing + place for both, and the way
/// of each upper strand.
class pd_reader {
public:
    explicit pd_reader(pd_code const& code)
        : code_(code)
        , mate_(4 * code.size(), -1)
        , names_(4 * code.size()) {
        for (std::size_t k = 0; k < code.size(); ++k) {
            for (std::size_t place = 0; place < 4; ++place) names_[4 * k + place] = code[k][place];
        }
        sort_unique(names_);
        std::vector<int> first(names_.size(), -1);
        arc_.resize(4 * code.size());
        for (std::size_t p = 0; p < arc_.size(); ++p) {
            auto const a = index_of(names_, code[p / 4][p % 4]);
            arc_[p] = static_cast<int>(a);
            if (first[a] < 0) {
                first[a] = static_cast<int>(p);
            } else if (mate_[static_cast<std::size_t>(first[a])] >= 0) {
                WEFT_THROW(
                    invalid_argument(place_name(p), "arc " + to_text(names_[a]) + " a third time",
                                     "every arc exactly twice (also in " +
                                         place_name(static_cast<std::size_t>(first[a])) + " and " +
                                         place_name(static_cast<std::size_t>(
                                             mate_[static_cast<std::size_t>(first[a])])) +
                                         ")"));
            } else {
                mate_[p] = first[a];
                mate_[static_cast<std::size_t>(first[a])] = static_cast<int>(p);
            }
        }
        for (std::size_t p = 0; p < mate_.size(); ++p) {
            if (mate_[p] < 0) {
                WEFT_THROW(invalid_argument(place_name(p),
                                            "arc " + to_text(code[p / 4][p % 4]) + " only once",
                                            "every arc exactly twice"));
            }
        }
        orient();
    }

    /// The crossings with arcs numbered by the order of their names.
    [[nodiscard]] std::vector<crossing> crossings() const {
        std::vector<crossing> out(code_.size());
        for (std::size_t k = 0; k < out.size(); ++k) {
            auto const* const a = arc_.data() + 4 * k;
            // The lower strand comes from the south; the upper one goes west to east where
            // positive.
            out[k] = enters_[4 * k + 3] != 0 ? crossing{a[3], a[0], a[2], a[1], 1}
                                             : crossing{a[0], a[1], a[3], a[2], -1};
        }
        return out;
    }

private:
    [[nodiscard]] static std::string place_name(std::size_t p) {
        return "pd[" + to_text(p / 4) + "][" + to_text(p % 4) + "]";
    }
    [[nodiscard]] int name(std::size_t p) const { return code_[p / 4][p % 4]; }
    [[nodiscard]] static std::size_t across(std::size_t p) noexcept { return p ^ 2U; }
    [[nodiscard]] std::size_t mate(std::size_t p) const noexcept {
        return static_cast<std::size_t>(mate_[p]);
    }

    // Follows the component from an incoming place. Lower strands must be met in their direction.
    void follow(std::size_t start) {
        for (auto p = start; enters_[p] == 0;) {
            if (p % 4 == 2) {
                WEFT_THROW(invalid_argument(
                    "pd[" + to_text(p / 4) + "]",
                    "a lower strand from arc " + to_text(name(across(p))) + " to arc " +
                        to_text(name(p)),
                    "the direction that its component has at pd[" + to_text(start / 4) +
                        "], from arc " + to_text(name(p)) + " to arc " + to_text(name(across(p)))));
            }
            enters_[p] = 1;
            seen_[p] = seen_[across(p)] = 1;
            p = mate(across(p));
        }
    }

    void orient() {
        enters_.assign(mate_.size(), 0);
        seen_.assign(mate_.size(), 0);
        for (std::size_t p = 0; p < mate_.size(); p += 4) {
            if (seen_[p] == 0) follow(p);
        }
        // What is left passes over everything: its arcs' names say where it goes.
        for (std::size_t p = 1; p < mate_.size(); p += 2) {
            if (seen_[p] == 0) follow(upper_start(p));
        }
    }

    // An incoming place of a component that has only upper strands: the arc with the lowest name is
    // followed by the lower of its neighbours. Where it has two arcs, its first crossing decides.
    [[nodiscard]] std::size_t upper_start(std::size_t p) const {
        auto lowest = p;
        auto first = p;
        for (auto q = mate(across(p)); q != p; q = mate(across(q))) {
            if (arc_[q] < arc_[lowest]) lowest = q;
            if (q / 4 < first / 4) first = q;
        }
        auto const a = across(lowest);
        auto const b = across(mate(lowest));
        if (arc_[a] == arc_[b]) return arc_[first] < arc_[across(first)] ? first : across(first);
        return arc_[a] < arc_[b] ? lowest : mate(lowest);
    }

    pd_code const& code_;
    std::vector<int> mate_, names_, arc_;
    std::vector<char> enters_, seen_;
};

} // namespace detail

/// The diagram of a PD code. The lower strands give the orientation; a component that only passes
/// over others runs from its arc of lowest name to the lower of that arc's two neighbours (of two
/// arcs: to the higher name at the crossing that is listed first). Arcs are numbered by the order
/// of their names, so components are ordered by their lowest one. The empty code is the unknot;
/// `circles` adds components without crossings. Throws invalid_argument naming `pd[k]` or
/// `pd[k][place]`: an arc that does not occur exactly twice, a lower strand against the direction
/// of its component, a part that does not lie in a plane. O(crossings log crossings).
[[nodiscard]] inline link_diagram from_pd(pd_code const& code, std::int64_t circles = 0) {
    if (code.size() > detail::max_crossings) {
        WEFT_THROW(invalid_argument("pd", to_text(code.size()) + " crossings",
                                    "at most " + to_text(detail::max_crossings)));
    }
    if (code.empty() && circles == 0) return {};
    auto crossings = detail::pd_reader(code).crossings();
    if (auto const k = detail::planarity_fault(crossings)) {
        WEFT_THROW(invalid_argument("pd[" + to_text(*k) + "]",
                                    "a part that does not lie in a plane",
                                    "arcs in counterclockwise order at each of its crossings"));
    }
    return {detail::validated{}, std::move(crossings), circles};
}

namespace detail {

/// Arcs in the order in which the components pass them, each from its lowest arc on.
[[nodiscard]] inline std::vector<int> travel_order(link_diagram const& d) {
    auto const crossings = d.crossings();
    std::vector<int> next(2 * crossings.size());
    for (auto const& c : crossings) {
        next[static_cast<std::size_t>(c.bottom_left)] = c.top_right;
        next[static_cast<std::size_t>(c.bottom_right)] = c.top_left;
    }
    std::vector<char> seen(next.size(), 0);
    std::vector<int> order;
    order.reserve(next.size());
    for (std::size_t a = 0; a < next.size(); ++a) {
        for (auto x = a; seen[x] == 0; x = static_cast<std::size_t>(next[x])) {
            seen[x] = 1;
            order.push_back(static_cast<int>(x));
        }
    }
    return order;
}

} // namespace detail

/// The PD code with arcs numbered from 1 along the components. It does not tell of circles, nor
/// which way a component of two arcs runs that only passes over others; from_pd has a rule for
/// that.
[[nodiscard]] inline pd_code to_pd(link_diagram const& d) {
    auto const order = detail::travel_order(d);
    std::vector<int> name(order.size());
    for (std::size_t k = 0; k < order.size(); ++k) {
        name[static_cast<std::size_t>(order[k])] = static_cast<int>(k) + 1;
    }
    auto const n = [&](int arc) { return name[static_cast<std::size_t>(arc)]; };
    pd_code out;
    out.reserve(d.crossings().size());
    for (auto const& c : d.crossings()) {
        if (c.sign > 0) {
            out.push_back({n(c.bottom_right), n(c.top_right), n(c.top_left), n(c.bottom_left)});
        } else {
            out.push_back({n(c.bottom_left), n(c.bottom_right), n(c.top_right), n(c.top_left)});
        }
    }
    return out;
}

/// Reads `[[1,5,2,4],[3,1,4,6],[5,3,6,2]]`, with any of the brackets ( [ {, and
/// `PD[X[1,5,2,4],...]`. Throws parse_error with the byte offset, or invalid_argument naming
/// `pd[k]`.
[[nodiscard]] inline pd_code parse_pd(std::string_view text) {
    auto const lists = detail::parse_lists("PD code", text, detail::list_shape::nested);
    pd_code out;
    out.reserve(lists.size());
    for (auto const& x : lists) {
        if (x.size() != 4) {
            WEFT_THROW(invalid_argument("pd[" + to_text(out.size()) + "]",
                                        to_text(x.size()) + " arcs", "4 arcs"));
        }
        out.push_back({x[0], x[1], x[2], x[3]});
    }
    return out;
}

} // namespace weft::inline v0::knot
