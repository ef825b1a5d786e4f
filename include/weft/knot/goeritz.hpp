#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "weft/core/number.hpp"
#include "weft/knot/diagram.hpp"
#include "weft/knot/limits.hpp"
#include "weft/knot/outcome.hpp"
#include "weft/knot/seifert.hpp"
#include "weft/knot/signature.hpp"

namespace weft::inline v0::knot {

namespace detail {

/// Signature and nullity of a diagram from its chessboard colourings. Crossings join the white
/// faces beside them: G has off the diagonal minus the sum of their types, rows sum to 0, one face
/// is left out. With the type -sign where black lies left and right of the crossing and +sign where
/// it lies above and below, the signature is that of G minus the sum of types of the latter kind.
/// The colouring with fewer white faces is taken, part by part.
/// Source: C. Gordon, R. Litherland, On the signature of a link (1978).
[[nodiscard]] inline outcome<signature_result> goeritz_signature(link_diagram const& d,
                                                                 limits const& l) {
    using result = outcome<signature_result>;
    auto const crossings = d.crossings();
    auto const arcs = 2 * crossings.size();
    auto faces = faces_of(crossings);
    auto parts = connected_parts(crossings);
    // Each part's faces have two colours, which alternate across arcs: spread them from a face.
    std::vector<std::vector<int>> across(2 * arcs);
    for (int a = 0; a < static_cast<int>(arcs); ++a) {
        auto const x = faces.find(left_of(a));
        auto const y = faces.find(right_of(a));
        across[static_cast<std::size_t>(x)].push_back(y);
        across[static_cast<std::size_t>(y)].push_back(x);
    }
    std::vector<int> colour(2 * arcs, -1);
    std::vector<int> queue;
    std::vector<std::size_t> place(2 * arcs, 0);
    struct part_of_diagram {
        std::size_t faces[2] = {0, 0};
        std::vector<std::size_t> crossings;
    };
    std::vector<part_of_diagram> all;
    std::vector<std::size_t> part(arcs, 0);
    for (int f = 0; f < static_cast<int>(2 * arcs); ++f) {
        if (faces.find(f) != f || colour[static_cast<std::size_t>(f)] >= 0) continue;
        auto& p = all.emplace_back();
        part[static_cast<std::size_t>(parts.find(f / 2))] = all.size() - 1;
        colour[static_cast<std::size_t>(f)] = 0;
        queue.assign(1, f);
        for (std::size_t head = 0; head < queue.size(); ++head) {
            auto const x = static_cast<std::size_t>(queue[head]);
            place[x] = p.faces[colour[x]]++;
            for (int const y : across[x]) {
                auto& c = colour[static_cast<std::size_t>(y)];
                if (c >= 0) continue;
                c = 1 - colour[x];
                queue.push_back(y);
            }
        }
    }
    for (std::size_t k = 0; k < crossings.size(); ++k) {
        auto const root = static_cast<std::size_t>(parts.find(crossings[k].bottom_left));
        all[part[root]].crossings.push_back(k);
    }

    signature_result out;
    out.nullity = static_cast<std::int64_t>(all.size()) + d.circles() - 1;
    inertia_workspace workspace;
    for (auto const& p : all) {
        int const white = p.faces[0] <= p.faces[1] ? 0 : 1;
        auto const size = p.faces[white] - 1;
        if (size > static_cast<std::size_t>(max_seifert_size)) {
            return result::over_budget("the Goeritz matrix of size " + to_text(size) +
                                       " is beyond the budget");
        }
        integer_matrix g{size, std::vector<int>(size * size, 0)};
        for (auto const k : p.crossings) {
            auto const& c = crossings[k];
            auto const beside = faces.find(left_of(c.bottom_left));
            bool const upright = colour[static_cast<std::size_t>(beside)] == white;
            auto const x = place[static_cast<std::size_t>(
                upright ? beside : faces.find(left_of(c.top_right)))];
            auto const y =
                place[static_cast<std::size_t>(upright ? faces.find(right_of(c.bottom_right))
                                                       : faces.find(left_of(c.bottom_right)))];
            int const type = upright ? c.sign : -c.sign;
            if (upright) out.signature -= type;
            if (x == y) continue;
            if (x < size) g(x, x) += type;
            if (y < size) g(y, y) += type;
            if (x < size && y < size) {
                g(x, y) -= type;
                g(y, x) -= type;
            }
        }
        auto const found = inertia(g, l, workspace);
        if (!found.value) return found;
        out.signature += found.value->signature;
        out.nullity += found.value->nullity;
    }
    return result::of(out);
}

} // namespace detail

/// Signature and nullity of a diagram's link from its Goeritz matrix, which has at most half as
/// many rows as the diagram has crossings; exact as signature of a braid is. Throws
/// invalid_argument naming `limits` where the budget is exceeded.
[[nodiscard]] inline signature_result signature(link_diagram const& d, limits const& l = {}) {
    return detail::goeritz_signature(d, l).unwrap();
}

} // namespace weft::inline v0::knot
