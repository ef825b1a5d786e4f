#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "weft/knot/diagram.hpp"
#include "weft/knot/goeritz.hpp"
#include "weft/knot/homfly.hpp"
#include "weft/knot/integer.hpp"
#include "weft/knot/invariants.hpp"
#include "weft/knot/jones.hpp"
#include "weft/knot/laurent.hpp"
#include "weft/knot/limits.hpp"
#include "weft/knot/vogel.hpp"

namespace weft::inline v0::knot {

namespace detail {

/// The genus of the surface that Seifert's algorithm spans, its parts tubed together.
[[nodiscard]] inline std::int64_t seifert_genus(link_diagram const& d) {
    auto const circles = seifert_circles(d.crossings()).count() + d.circles();
    auto const parts = connected_parts(d.crossings()).count() + d.circles();
    return (crossings(d) - circles + 2 * parts - component_count(d)) / 2;
}

/// The connected parts of a diagram, without loops, for sums over states.
[[nodiscard]] inline simplified drawn_parts(link_diagram const& d) {
    std::vector<crossing> crossings(d.crossings().begin(), d.crossings().end());
    simplified out;
    out.isolated = d.circles();
    remove_loops(crossings, out.isolated);
    auto const arcs = 2 * crossings.size();
    auto parts = connected_parts(crossings);
    auto circles = seifert_circles(crossings);
    std::vector<std::size_t> place(arcs);
    std::vector<std::uint32_t> edge(arcs);
    for (auto const& c : crossings) {
        auto const root = parts.find(c.bottom_left);
        auto& at = place[static_cast<std::size_t>(root)];
        if (at == 0) {
            out.pieces.push_back({0, {}, {}});
            at = out.pieces.size();
        }
        auto& p = out.pieces[at - 1];
        auto const k = static_cast<std::uint32_t>(p.letters.size());
        edge[static_cast<std::size_t>(c.bottom_left)] = 2 * k;
        edge[static_cast<std::size_t>(c.bottom_right)] = 2 * k + 1;
        p.letters.push_back({1, 2, c.sign});
    }
    for (auto const& c : crossings) {
        auto& p = out.pieces[place[static_cast<std::size_t>(parts.find(c.bottom_left))] - 1];
        p.next.push_back(edge[static_cast<std::size_t>(c.top_left)]);
        p.next.push_back(edge[static_cast<std::size_t>(c.top_right)]);
    }
    for (int a = 0; a < static_cast<int>(arcs); ++a) {
        if (circles.find(a) != a) continue;
        ++out.pieces[place[static_cast<std::size_t>(parts.find(a))] - 1].strands;
    }
    return out;
}

/// Conway's polynomial: HOMFLY-PT at v = 1.
template <class Integer>
[[nodiscard]] std::optional<basic_laurent<Integer>> conway_from(basic_homfly<Integer> const& p) {
    int low = 0;
    int high = 0;
    for (auto const& term : p) {
        if (term.z < low) low = term.z;
        if (term.z > high) high = term.z;
    }
    std::vector<Integer> sum(static_cast<std::size_t>(high - low) + 1, Integer(0));
    for (auto const& term : p) {
        if (!integer_traits<Integer>::add_product(sum[static_cast<std::size_t>(term.z - low)],
                                                  term.coefficient, Integer(1))) {
            return std::nullopt;
        }
    }
    return basic_laurent<Integer>(2 * std::int64_t{low}, std::move(sum));
}

/// Alexander's polynomial from Conway's: z = t^1/2 - t^-1/2, by Horner's rule.
template <class Integer>
[[nodiscard]] std::optional<basic_laurent<Integer>>
alexander_from(basic_laurent<Integer> const& conway) {
    basic_laurent<Integer> const z(-1, {Integer(-1), Integer(1)});
    // Powers of z of one parity, so that sums have exponents of one kind.
    auto const z_squared = try_multiply(z, z);
    basic_laurent<Integer> out;
    auto const top = conway.twice_max_exponent() / 2;
    for (auto k = top; k >= 0; k -= 2) {
        auto next = try_multiply(out, *z_squared);
        if (!next) return std::nullopt;
        // Add the constant.
        auto const low = next->zero() || next->twice_min_exponent() > 0
                             ? std::int64_t{0}
                             : next->twice_min_exponent();
        auto const high = next->twice_max_exponent() > 0 ? next->twice_max_exponent() : 0;
        std::vector<Integer> c(static_cast<std::size_t>((high - low) / 2) + 1, Integer(0));
        for (std::size_t e = 0; e < c.size(); ++e) {
            c[e] = next->coefficient(low + 2 * static_cast<std::int64_t>(e));
        }
        if (!integer_traits<Integer>::add_product(c[static_cast<std::size_t>(-low / 2)],
                                                  conway.coefficient(2 * k), Integer(1))) {
            return std::nullopt;
        }
        out = basic_laurent<Integer>(low, std::move(c));
    }
    return top % 2 == 0 ? std::optional(std::move(out)) : try_multiply(out, z);
}

/// Fills in what HOMFLY-PT says where a long braid left Alexander's polynomial beyond the budget.
template <class Integer>
void complete_from_homfly(basic_invariants<Integer>& v) {
    using traits = integer_traits<Integer>;
    if (v.alexander || !v.homfly) return;
    auto conway = conway_from(*v.homfly);
    if (!conway) return;
    auto alexander = alexander_from(*conway);
    if (!alexander) return;
    Integer sum(0);
    bool fits = true;
    int sign = 1;
    for (auto const& c : alexander->coefficients()) {
        fits = fits && traits::add_product(sum, c, Integer(sign));
        sign = -sign;
    }
    v.why.erase("alexander");
    v.why.erase("conway");
    if (fits && !v.determinant) {
        if (sum < 0) sum = -sum;
        v.why.erase("determinant");
        if (v.components == 1 && !v.arf) {
            auto const rest = traits::low_bits(sum) % 8;
            v.arf = rest == 1 || rest == 7 ? 0 : 1;
            v.why.erase("arf");
        }
        v.determinant = std::move(sum);
    }
    if (!conway->zero()) {
        auto const genus = half_up(conway->twice_max_exponent() / 2 - v.components + 1);
        if (v.genus_lower) raise(*v.genus_lower, genus);
        // A Seifert surface is connected where Alexander does not vanish, and its corank is 0.
        v.alexander_corank = 0;
        v.why.erase("alexander_corank");
        if (!v.crossing_number_lower && v.jones) {
            auto bound = v.jones->span();
            raise(bound, least_crossings(*v.homfly));
            v.crossing_number_lower = bound;
            v.why.erase("crossing_number_lower");
        }
    }
    v.conway = std::move(conway);
    v.alexander = std::move(alexander);
}

} // namespace detail

/// The Jones polynomial of a diagram's link, without a detour by braids: as jones of a braid.
template <class Integer = std::int64_t>
[[nodiscard]] basic_laurent<Integer> jones(link_diagram const& d, limits const& l = {}) {
    return detail::jones_of<Integer>(detail::drawn_parts(d), l).unwrap();
}

/// The HOMFLY-PT polynomial of a diagram's link, without a detour by braids: as homfly of a braid.
template <class Integer = std::int64_t>
[[nodiscard]] basic_homfly<Integer> homfly(link_diagram const& d, limits const& l = {}) {
    homfly_workspace workspace;
    return detail::homfly_of<Integer>(detail::drawn_parts(d), l, workspace).unwrap();
}

/// All invariants of a diagram's link that the budget allows: Jones, HOMFLY-PT and signature from
/// the diagram itself, the rest by way of a braid. `crossings`, `writhe` and the order of
/// components in `linking_matrix` are the diagram's, `strands` are the braid's; the upper bounds on
/// crossing number and genus take the better of the two. Throws invalid_argument naming
/// `limits.max_letters` as to_braid does.
template <class Integer = std::int64_t>
[[nodiscard]] basic_invariants<Integer> compute_invariants(link_diagram const& d,
                                                           limits const& l = {}) {
    detail::known_invariants<Integer> known;
    known.signature = detail::goeritz_signature(d, l).value;
    {
        auto const parts = detail::drawn_parts(d);
        known.jones = detail::jones_of<Integer>(parts, l).value;
        homfly_workspace workspace;
        if (l.homfly) known.homfly = detail::homfly_of<Integer>(parts, l, workspace).value;
    }
    auto out = detail::invariants_of<Integer>(to_braid(d, l), l, std::move(known));
    out.crossings = crossings(d);
    out.writhe = writhe(d);
    if (out.linking_matrix) out.linking_matrix = linking_matrix(d, l.max_components);
    if (out.crossing_number_upper) detail::lower(*out.crossing_number_upper, out.crossings);
    if (out.genus_upper) detail::lower(*out.genus_upper, detail::seifert_genus(d));
    detail::complete_from_homfly(out);
    out.genus = detail::met(out.genus_lower, out.genus_upper);
    out.crossing_number = detail::met(out.crossing_number_lower, out.crossing_number_upper);
    return out;
}

} // namespace weft::inline v0::knot
