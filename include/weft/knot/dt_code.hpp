#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "weft/core/error.hpp"
#include "weft/core/number.hpp"
#include "weft/knot/code_text.hpp"
#include "weft/knot/diagram.hpp"
#include "weft/knot/gauss_code.hpp"

namespace weft::inline v0::knot {

/// A Dowker-Thistlethwaite code. Passes are numbered 1, 2, 3, ... along one component after the
/// other; every crossing has an odd and an even number. The lists have the even numbers that belong
/// to 1, 3, 5, ..., a list for each component, negative where the even pass is the upper one. (All
/// positive: an alternating diagram.) `signs` are the crossings' signs in the order of their odd
/// numbers, or empty where they are not known.
struct dt_code {
    std::vector<std::vector<int>> components;
    std::vector<int> signs;

    [[nodiscard]] friend bool operator==(dt_code const&, dt_code const&) = default;
};

/// The diagram of a DT code. Where signs are not given the code leaves mirror images open, as
/// from_gauss says: the first crossing (with the pass 1) is made positive. An empty list is a
/// component without crossings. Throws invalid_argument naming `dt[c][k]` or `signs[k]`: a number
/// that is odd, out of range or repeated, a code that no plane has room for. O(crossings^2) without
/// signs, near-linear with them.
[[nodiscard]] inline link_diagram from_dt(dt_code const& code) {
    std::size_t n = 0;
    std::int64_t circles = 0;
    for (auto const& c : code.components) {
        n += c.size();
        circles += c.empty() ? 1 : 0;
    }
    if (n > detail::max_crossings) {
        WEFT_THROW(invalid_argument("dt", to_text(n) + " crossings",
                                    "at most " + to_text(detail::max_crossings)));
    }
    auto const place = [](std::size_t c, std::size_t k) {
        return "dt[" + to_text(c) + "][" + to_text(k) + "]";
    };
    detail::passes p{std::vector<int>(2 * n), std::vector<int>(n, -1), std::vector<int>(n, -1)};
    std::vector<char> taken(n, 0);
    std::size_t at = 0;
    for (std::size_t c = 0; c < code.components.size(); ++c) {
        auto const& evens = code.components[c];
        detail::chain(p, 2 * at, 2 * (at + evens.size()));
        for (std::size_t k = 0; k < evens.size(); ++k, ++at) {
            auto const label = std::int64_t{evens[k]};
            auto const even = static_cast<std::uint64_t>(label < 0 ? -label : label);
            if (even == 0 || even % 2 != 0 || even > 2 * n) {
                WEFT_THROW(invalid_argument(place(c, k), to_text(label),
                                            "an even number from 2 to " + to_text(2 * n) +
                                                " or its negative"));
            }
            if (taken[even / 2 - 1] != 0) {
                WEFT_THROW(invalid_argument(place(c, k), to_text(label) + " again",
                                            "each even number once"));
            }
            taken[even / 2 - 1] = 1;
            auto const odd_pass = static_cast<int>(2 * at);
            auto const even_pass = static_cast<int>(even - 1);
            p.over[at] = label > 0 ? odd_pass : even_pass;
            p.under[at] = label > 0 ? even_pass : odd_pass;
        }
    }
    detail::require_signs(code.signs, n);
    if (code.components.empty()) return {};
    return detail::drawn(p, code.signs, circles, [&](std::size_t k) {
        std::size_t c = 0;
        while (k >= code.components[c].size()) k -= code.components[c++].size();
        return place(c, k);
    });
}

/// Reads `[4,6,2]`, or a list of such lists for a link, with any of the brackets ( [ {. Throws
/// parse_error with the byte offset.
[[nodiscard]] inline dt_code parse_dt(std::string_view text) {
    return {detail::parse_lists("DT code", text, detail::list_shape::either), {}};
}

} // namespace weft::inline v0::knot
