#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "weft/core/error.hpp"
#include "weft/core/number.hpp"

namespace weft::inline v0::knot {

/// A crossing turned so that both its strands run upwards: the arcs that come in at the bottom and
/// go out at the top. The strand from bottom left to top right is the upper one where `sign` is +1
/// (a positive crossing), the lower one where it is -1.
struct crossing {
    int bottom_left = 0;
    int bottom_right = 0;
    int top_left = 0;
    int top_right = 0;
    int sign = 1;

    [[nodiscard]] friend constexpr bool operator==(crossing const&,
                                                   crossing const&) noexcept = default;
};

namespace detail {

/// Where the arcs of a diagram begin and end: 4 * crossing + place, places in the order of the
/// members of `crossing`.
struct arc_ends {
    std::vector<int> head, tail;
};

/// The arc at a place (0 bottom left, 1 bottom right, 2 top left, 3 top right).
[[nodiscard]] constexpr int arc_at(crossing const& c, int place) noexcept {
    return place == 0   ? c.bottom_left
           : place == 1 ? c.bottom_right
           : place == 2 ? c.top_left
                        : c.top_right;
}

[[nodiscard]] inline arc_ends ends_of(std::span<crossing const> crossings) {
    arc_ends out;
    out.head.resize(2 * crossings.size());
    out.tail.resize(2 * crossings.size());
    for (std::size_t k = 0; k < crossings.size(); ++k) {
        for (int place = 0; place < 4; ++place) {
            auto const arc = static_cast<std::size_t>(arc_at(crossings[k], place));
            (place < 2 ? out.head : out.tail)[arc] = 4 * static_cast<int>(k) + place;
        }
    }
    return out;
}

/// Sets that are merged, numbered by any of their members.
class merged_sets {
public:
    explicit merged_sets(std::size_t size)
        : parent_(size)
        , count_(static_cast<std::int64_t>(size)) {
        for (std::size_t k = 0; k < size; ++k) parent_[k] = static_cast<int>(k);
    }
    [[nodiscard]] int find(int x) noexcept {
        while (at(x) != x) x = at(x) = at(at(x));
        return x;
    }
    /// Whether they were two sets.
    bool merge(int x, int y) noexcept {
        x = find(x);
        y = find(y);
        at(x < y ? y : x) = x < y ? x : y;
        count_ -= x != y ? 1 : 0;
        return x != y;
    }
    /// How many sets there are.
    [[nodiscard]] std::int64_t count() const noexcept { return count_; }

private:
    [[nodiscard]] int& at(int x) noexcept { return parent_[static_cast<std::size_t>(x)]; }
    std::vector<int> parent_;
    std::int64_t count_;
};

/// The sides of an arc.
[[nodiscard]] constexpr int left_of(int arc) noexcept {
    return 2 * arc;
}
[[nodiscard]] constexpr int right_of(int arc) noexcept {
    return 2 * arc + 1;
}

/// The faces, as sets of sides of arcs: each corner of a crossing joins two sides.
[[nodiscard]] inline merged_sets faces_of(std::span<crossing const> crossings) {
    merged_sets out(4 * crossings.size());
    for (auto const& c : crossings) {
        out.merge(left_of(c.bottom_left), left_of(c.top_left));
        out.merge(right_of(c.bottom_right), right_of(c.top_right));
        out.merge(right_of(c.top_left), left_of(c.top_right));
        out.merge(right_of(c.bottom_left), left_of(c.bottom_right));
    }
    return out;
}

/// The connected parts, as sets of arcs.
[[nodiscard]] inline merged_sets connected_parts(std::span<crossing const> crossings) {
    merged_sets out(2 * crossings.size());
    for (auto const& c : crossings) {
        out.merge(c.bottom_left, c.bottom_right);
        out.merge(c.bottom_left, c.top_left);
        out.merge(c.bottom_left, c.top_right);
    }
    return out;
}

/// The Seifert circles, as sets of arcs.
[[nodiscard]] inline merged_sets seifert_circles(std::span<crossing const> crossings) {
    merged_sets out(2 * crossings.size());
    for (auto const& c : crossings) {
        out.merge(c.bottom_left, c.top_left);
        out.merge(c.bottom_right, c.top_right);
    }
    return out;
}

/// A crossing in a connected part of the diagram that no plane has room for: it has other than
/// crossings + 2 faces (Euler).
[[nodiscard]] inline std::optional<std::size_t>
planarity_fault(std::span<crossing const> crossings) {
    auto const n = crossings.size();
    auto faces = faces_of(crossings);
    auto parts = connected_parts(crossings);
    std::vector<int> excess(2 * n, 0);
    for (int s = 0; s < static_cast<int>(4 * n); ++s) {
        if (faces.find(s) == s) ++excess[static_cast<std::size_t>(parts.find(s / 2))];
    }
    for (auto const& c : crossings) --excess[static_cast<std::size_t>(parts.find(c.top_left))];
    for (std::size_t k = 0; k < n; ++k) {
        if (excess[static_cast<std::size_t>(parts.find(crossings[k].top_left))] != 2) return k;
    }
    return std::nullopt;
}

inline constexpr std::size_t max_crossings = std::size_t{1} << 28U;

/// For readers that have validated what they read.
struct validated {};

} // namespace detail

/// An oriented link diagram in the plane (or on the sphere): crossings that are joined by arcs
/// 0 to 2 crossings - 1, and circles without any crossing. The parts of a diagram that is not
/// connected lie beside each other.
class link_diagram {
public:
    /// One circle: the unknot.
    link_diagram() = default;

    /// Throws invalid_argument naming `crossings[k]` where a sign is neither 1 nor -1, where an arc
    /// is out of range, begins or ends twice, or where the part with that crossing does not lie in
    /// a plane; naming `circles` where there are none and no crossing either.
    explicit link_diagram(std::vector<crossing> crossings, std::int64_t circles = 0)
        : link_diagram(detail::validated{}, std::move(crossings), circles) {
        auto const n = crossings_.size();
        auto const arcs = static_cast<int>(2 * n);
        std::vector<char> head(2 * n, 0);
        std::vector<char> tail(2 * n, 0);
        for (std::size_t k = 0; k < n; ++k) {
            auto const& c = crossings_[k];
            auto const fault = [&](std::string value, std::string expected) {
                WEFT_THROW(invalid_argument("crossings[" + to_text(k) + "]", std::move(value),
                                            std::move(expected)));
            };
            if (c.sign != 1 && c.sign != -1) fault("the sign " + to_text(c.sign), "1 or -1");
            for (int place = 0; place < 4; ++place) {
                int const arc = detail::arc_at(c, place);
                if (arc < 0 || arc >= arcs) {
                    fault("arc " + to_text(arc), "an arc from 0 to " + to_text(arcs - 1));
                }
                auto& taken = (place < 2 ? head : tail)[static_cast<std::size_t>(arc)];
                if (taken != 0) {
                    fault("arc " + to_text(arc) + " again",
                          "an arc that does not " + std::string(place < 2 ? "end" : "begin") +
                              " elsewhere");
                }
                taken = 1;
            }
        }
        if (auto const k = detail::planarity_fault(crossings_)) {
            WEFT_THROW(invalid_argument("crossings[" + to_text(*k) + "]",
                                        "a part that does not lie in a plane",
                                        "as many faces as crossings, and two"));
        }
    }

    /// For the readers of codes, which validate with the code's own names.
    link_diagram(detail::validated, std::vector<crossing> crossings, std::int64_t circles)
        : crossings_(std::move(crossings))
        , circles_(circles) {
        if (circles_ < 0 || (circles_ == 0 && crossings_.empty())) {
            WEFT_THROW(invalid_argument("circles", to_text(circles_),
                                        crossings_.empty() ? "at least 1 where nothing crosses"
                                                           : "at least 0"));
        }
        if (circles_ >> 31U != 0) {
            WEFT_THROW(invalid_argument("circles", to_text(circles_), "less than 2147483648"));
        }
        if (crossings_.size() > detail::max_crossings) {
            WEFT_THROW(invalid_argument("crossings", to_text(crossings_.size()) + " crossings",
                                        "at most " + to_text(detail::max_crossings)));
        }
    }

    [[nodiscard]] std::span<crossing const> crossings() const noexcept { return crossings_; }
    [[nodiscard]] std::int64_t circles() const noexcept { return circles_; }

    [[nodiscard]] friend bool operator==(link_diagram const&, link_diagram const&) = default;

private:
    std::vector<crossing> crossings_;
    std::int64_t circles_ = 1;
};

namespace detail {

struct diagram_components {
    std::vector<int> of_arc; ///< numbered by their lowest arc
    int count = 0;           ///< without the circles
};

[[nodiscard]] inline diagram_components components_of(link_diagram const& d) {
    auto const& crossings = d.crossings();
    std::vector<int> next(2 * crossings.size());
    for (auto const& c : crossings) {
        next[static_cast<std::size_t>(c.bottom_left)] = c.top_right;
        next[static_cast<std::size_t>(c.bottom_right)] = c.top_left;
    }
    diagram_components out;
    out.of_arc.assign(next.size(), -1);
    for (std::size_t a = 0; a < next.size(); ++a) {
        if (out.of_arc[a] >= 0) continue;
        for (auto x = a; out.of_arc[x] < 0; x = static_cast<std::size_t>(next[x])) {
            out.of_arc[x] = out.count;
        }
        ++out.count;
    }
    return out;
}

} // namespace detail

/// The number of components. O(crossings).
[[nodiscard]] inline std::int64_t component_count(link_diagram const& d) {
    return detail::components_of(d).count + d.circles();
}

/// The number of crossings.
[[nodiscard]] inline std::int64_t crossings(link_diagram const& d) noexcept {
    return static_cast<std::int64_t>(d.crossings().size());
}

/// The sum of the crossings' signs. A property of the diagram, not of the link.
[[nodiscard]] inline std::int64_t writhe(link_diagram const& d) noexcept {
    std::int64_t sum = 0;
    for (auto const& c : d.crossings()) sum += c.sign;
    return sum;
}

/// The linking numbers of the components, which are ordered by their lowest arc, circles last; the
/// diagonal is 0. O(crossings + components^2). Throws invalid_argument naming `d` where there are
/// more than `max_components` components.
[[nodiscard]] inline std::vector<std::vector<std::int64_t>>
linking_matrix(link_diagram const& d, std::int64_t max_components = 1024) {
    auto const components = detail::components_of(d);
    auto const count = components.count + d.circles();
    if (count > max_components) {
        WEFT_THROW(invalid_argument("d", to_text(count) + " components",
                                    "at most " + to_text(max_components)));
    }
    auto const size = static_cast<std::size_t>(count);
    std::vector<std::vector<std::int64_t>> out(size, std::vector<std::int64_t>(size, 0));
    for (auto const& c : d.crossings()) {
        auto const a =
            static_cast<std::size_t>(components.of_arc[static_cast<std::size_t>(c.bottom_left)]);
        auto const b =
            static_cast<std::size_t>(components.of_arc[static_cast<std::size_t>(c.bottom_right)]);
        if (a == b) continue;
        out[a][b] += c.sign;
        out[b][a] += c.sign;
    }
    for (auto& row : out) {
        for (auto& x : row) x /= 2;
    }
    return out;
}

/// The mirror image: every crossing changed.
[[nodiscard]] inline link_diagram mirror(link_diagram const& d) {
    std::vector<crossing> changed(d.crossings().begin(), d.crossings().end());
    for (auto& c : changed) c.sign = -c.sign;
    return {detail::validated{}, std::move(changed), d.circles()};
}

} // namespace weft::inline v0::knot
