#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "weft/core/error.hpp"
#include "weft/knot/diagram.hpp"
#include "weft/knot/gauss_code.hpp"
#include "weft/knot/pd_code.hpp"
#include "weft/knot/simplify.hpp"
#include "weft/knot/vogel.hpp"

/// What every target does with what its parser let through.
namespace weft_fuzz {

inline std::string_view text_of(std::uint8_t const* data, std::size_t size) {
    return {reinterpret_cast<char const*>(data), size};
}

inline void require(bool holds, char const* what) {
    if (holds) return;
    std::fprintf(stderr, "does not hold: %s\n", what);
    std::abort();
}

inline void check(weft::knot::braid const& b) {
    namespace knot = weft::knot;
    if (knot::crossings(b) > 4096 || b.strands() > 4096) return;
    auto const s = knot::simplify(b);
    auto const components = knot::component_count(b);
    require(s.parts >= 1 && s.parts <= components, "1 <= parts <= components");
    require(s.letters <= static_cast<std::int64_t>(b.size()), "no letter is added");
    auto const d = knot::to_diagram(b);
    require(knot::component_count(d) == components, "a diagram has its braid's components");
}

inline void check(weft::knot::link_diagram const& d) {
    namespace knot = weft::knot;
    auto const again = knot::from_pd(knot::to_pd(d), d.circles());
    require(knot::component_count(again) == knot::component_count(d), "PD keeps the components");
    require(d.circles() > 4096 ||
                knot::to_gauss(knot::from_gauss(knot::to_gauss(d))) == knot::to_gauss(d),
            "Gauss codes come back");
    try {
        auto const b = knot::to_braid(d, {.max_letters = 4096});
        require(knot::component_count(b) == knot::component_count(d),
                "a braid has its diagram's components");
        check(b);
    } catch (weft::invalid_argument const& e) {
        require(e.argument() == "limits.max_letters" || e.argument() == "d",
                "only size keeps a diagram from its braid");
    }
}

} // namespace weft_fuzz
