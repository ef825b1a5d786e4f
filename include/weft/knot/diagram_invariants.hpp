#pragma once

#include <cstddef>
#include <cstdint>

#include "weft/knot/diagram.hpp"
#include "weft/knot/invariants.hpp"
#include "weft/knot/limits.hpp"
#include "weft/knot/vogel.hpp"

namespace weft::inline v0::knot {

namespace detail {

/// The genus of the surface that Seifert's algorithm spans, its parts tubed together.
[[nodiscard]] inline std::int64_t seifert_genus(link_diagram const& d) {
    auto const crossings = d.crossings();
    auto const arcs = 2 * crossings.size();
    merged_sets circles(arcs);
    merged_sets parts(arcs);
    auto circle_count = static_cast<std::int64_t>(arcs) + d.circles();
    auto part_count = circle_count;
    for (auto const& c : crossings) {
        circle_count -= circles.merge(c.bottom_left, c.top_left) ? 1 : 0;
        circle_count -= circles.merge(c.bottom_right, c.top_right) ? 1 : 0;
        part_count -= parts.merge(c.bottom_left, c.top_left) ? 1 : 0;
        part_count -= parts.merge(c.bottom_right, c.top_right) ? 1 : 0;
        part_count -= parts.merge(c.bottom_left, c.bottom_right) ? 1 : 0;
    }
    return (static_cast<std::int64_t>(crossings.size()) - circle_count + 2 * part_count -
            component_count(d)) /
           2;
}

} // namespace detail

/// All invariants of a diagram's link that the budget allows, by way of a braid. `crossings`,
/// `writhe` and the order of components in `linking_matrix` are the diagram's, `strands` are the
/// braid's; the upper bounds on crossing number and genus take the better of the two. Throws
/// invalid_argument naming `limits.max_letters` as to_braid does.
template <class Integer = std::int64_t>
[[nodiscard]] basic_invariants<Integer> compute_invariants(link_diagram const& d,
                                                           limits const& l = {}) {
    auto out = compute_invariants<Integer>(to_braid(d, l), l);
    out.crossings = crossings(d);
    out.writhe = writhe(d);
    if (out.linking_matrix) out.linking_matrix = linking_matrix(d, l.max_components);
    if (out.crossing_number_upper && *out.crossing_number_upper > out.crossings) {
        out.crossing_number_upper = out.crossings;
    }
    auto const genus = detail::seifert_genus(d);
    if (out.genus_upper && *out.genus_upper > genus) out.genus_upper = genus;
    return out;
}

} // namespace weft::inline v0::knot
