#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "weft/core/number.hpp"
#include "weft/knot/alexander.hpp"
#include "weft/knot/bounds.hpp"
#include "weft/knot/braid.hpp"
#include "weft/knot/closure.hpp"
#include "weft/knot/homfly.hpp"
#include "weft/knot/jones.hpp"
#include "weft/knot/laurent.hpp"
#include "weft/knot/limits.hpp"
#include "weft/knot/outcome.hpp"
#include "weft/knot/signature.hpp"
#include "weft/knot/simplify.hpp"

namespace weft::inline v0::knot {

/// What is known of a braid's closure. strands, crossings and writhe are of the given diagram;
/// genus_lower (by the slice-Bennequin inequality), the *_upper bounds and whether an exact value
/// is known depend on the word. crossing_number_lower, bridge_lower and unknotting_lower are the
/// best of several invariants' bounds; where the budget leaves one of these out for a word, the
/// bound can be lower. All else is an invariant of the oriented link. What is absent has its
/// reason in `why`, under the field's name.
template <class Integer>
struct basic_invariants {
    std::int64_t strands = 1;
    std::int64_t crossings = 0;
    std::int64_t writhe = 0;
    std::int64_t components = 1;
    /// Components ordered by their lowest strand; the diagonal is 0.
    std::optional<std::vector<std::vector<std::int64_t>>> linking_matrix;
    std::optional<basic_laurent<Integer>> alexander;
    std::optional<basic_laurent<Integer>> conway;
    /// The corank of V - t V^T over Q(t) for a connected surface's Seifert matrix V: 0 where and
    /// only where Alexander's polynomial is not 0.
    std::optional<std::int64_t> alexander_corank;
    std::optional<Integer> determinant;
    std::optional<std::int64_t> signature;
    std::optional<std::int64_t> nullity;
    std::optional<int> arf;
    std::optional<basic_laurent<Integer>> jones;
    std::optional<basic_homfly<Integer>> homfly;
    std::optional<std::int64_t> genus_lower;
    std::optional<std::int64_t> genus_upper;
    std::optional<std::int64_t> crossing_number_lower;
    std::optional<std::int64_t> crossing_number_upper;
    std::optional<std::int64_t> braid_index_lower;
    std::optional<std::int64_t> braid_index_upper;
    std::optional<std::int64_t> bridge_upper;
    std::optional<std::int64_t> unknotting_lower;
    /// Fewest crossing changes to an unlink.
    std::optional<std::int64_t> unknotting_upper;
    std::optional<std::int64_t> bridge_lower;
    /// Exact values, there where the bounds meet.
    std::optional<std::int64_t> genus;
    std::optional<std::int64_t> crossing_number;
    std::optional<std::int64_t> braid_index;
    std::optional<std::int64_t> bridge_number;
    std::optional<std::int64_t> unknotting_number;
    std::map<std::string, std::string> why;

    [[nodiscard]] friend bool operator==(basic_invariants const&,
                                         basic_invariants const&) = default;
};

using invariants = basic_invariants<std::int64_t>;

/// Room for computing invariants. Reusing one spares allocations; it holds no results.
struct invariants_workspace {
    detail::alexander_workspace alexander;
    detail::inertia_workspace inertia;
    jones_workspace jones;
    homfly_workspace homfly;
};

namespace detail {

/// ceil(x / 2) for either sign.
[[nodiscard]] constexpr std::int64_t half_up(std::int64_t x) noexcept {
    return x >= 0 ? (x + 1) / 2 : -((-x) / 2);
}

[[nodiscard]] constexpr std::int64_t size_of(std::int64_t x) noexcept {
    return x < 0 ? -x : x;
}

constexpr void raise(std::int64_t& x, std::int64_t candidate) noexcept {
    if (candidate > x) x = candidate;
}
constexpr void lower(std::int64_t& x, std::int64_t candidate) noexcept {
    if (candidate < x) x = candidate;
}

/// Lower bound on the crossing changes that turn the link into an unlink, from linking numbers and
/// the components' own signatures; nothing where a signature is beyond the budget.
[[nodiscard]] inline std::optional<std::int64_t>
component_unknotting(compact_braid const& b, touched_components const& c,
                     std::vector<std::int64_t> const& twice, limits const& l) {
    auto const cost = static_cast<double>(c.count) * static_cast<double>(b.letters.size()) *
                      static_cast<double>(b.strands.size());
    if (cost > static_cast<double>(l.max_operations)) return std::nullopt;
    std::int64_t linked = 0;
    for (auto const t : twice) linked += size_of(t);
    // Every pair appears twice, with twice its linking number.
    std::int64_t sum = linked / 4;
    for (int k = 0; k < c.count; ++k) {
        auto const own = signature_of(sub_braid(b, c, k), l);
        if (!own.value) return std::nullopt;
        sum += half_up(size_of(own.value->signature));
    }
    return sum;
}

/// What is known by other means than the braid.
template <class Integer>
struct known_invariants {
    std::optional<signature_result> signature;
    std::optional<basic_laurent<Integer>> jones;
    std::optional<basic_homfly<Integer>> homfly;
};

template <class Integer>
[[nodiscard]] basic_invariants<Integer> invariants_of(braid const& b, limits const& l,
                                                      known_invariants<Integer> known,
                                                      invariants_workspace& room);

template <class Integer>
[[nodiscard]] basic_invariants<Integer> invariants_of(braid const& b, limits const& l,
                                                      known_invariants<Integer> known) {
    invariants_workspace room;
    return invariants_of<Integer>(b, l, std::move(known), room);
}

} // namespace detail

/// All invariants that the budget allows. Never throws for a valid braid: what cannot be had is
/// absent, with its reason in `why`. Coefficients that do not fit std::int64_t are absent too;
/// `compute_invariants<big_integer>` (weft/knot/big.hpp) has them. The band form is used as it is:
/// only Jones and the bounds on crossings and strands need its expansion.
template <class Integer = std::int64_t>
[[nodiscard]] basic_invariants<Integer> compute_invariants(braid const& b, limits const& l = {}) {
    return detail::invariants_of<Integer>(b, l, {});
}

/// The same, in room that is reused from one braid to the next.
template <class Integer = std::int64_t>
[[nodiscard]] basic_invariants<Integer> compute_invariants(braid const& b, limits const& l,
                                                           invariants_workspace& room) {
    return detail::invariants_of<Integer>(b, l, {}, room);
}

template <class Integer>
[[nodiscard]] basic_invariants<Integer> detail::invariants_of(braid const& b, limits const& l,
                                                              known_invariants<Integer> known,
                                                              invariants_workspace& room) {
    basic_invariants<Integer> out;
    auto const put = [&](char const* name, auto& field, auto&& result) {
        if (result.value) {
            field = *std::move(result.value);
        } else {
            out.why[name] = result.reason;
        }
    };
    out.strands = b.strands();
    out.crossings = crossings(b);
    out.writhe = writhe(b);

    auto const compact = detail::compacted(b);
    auto const touched = detail::components_of(compact);
    out.components = compact.isolated + touched.count;
    auto const mu = out.components;
    auto const passed = detail::passages(compact);
    auto const touched_pairs =
        static_cast<double>(touched.count) * static_cast<double>(touched.count);
    bool const linking_affordable = passed <= l.max_operations &&
                                    touched.count <= l.max_components &&
                                    touched_pairs <= static_cast<double>(l.max_operations);
    std::vector<std::int64_t> twice;
    if (linking_affordable) twice = detail::twice_linking(compact, touched);
    if (linking_affordable && mu <= l.max_components) {
        out.linking_matrix = linking_matrix(b, l.max_components);
    } else {
        out.why["linking_matrix"] =
            mu > l.max_components
                ? to_text(mu) + " components, over the budget of " + to_text(l.max_components)
                : detail::budget_reason("the linking matrix", static_cast<double>(passed), l);
    }

    // The closure as it is best for linear algebra, and as a short Artin word.
    auto const algebraic = detail::simplify(compact);
    std::int64_t expanded = 0;
    for (auto const& p : algebraic.pieces) {
        for (auto const& letter : p.letters) expanded += detail::expanded_length(letter);
    }
    bool const expandable = expanded <= l.max_letters;
    bool const banded = !detail::artin(compact.letters);
    std::optional<detail::simplified> rewritten;
    if (banded && expandable) rewritten = detail::simplify_expanded(algebraic);
    auto const& word = rewritten ? *rewritten : algebraic;

    auto const forms = detail::seifert_forms(algebraic, l);
    auto alexander = detail::alexander_data_of<Integer>(algebraic, forms, l, room.alexander);
    auto signature = known.signature ? detail::outcome<signature_result>::of(*known.signature)
                                     : detail::signature_of(algebraic, forms, l, room.inertia);
    put("alexander", out.alexander, alexander.polynomial);
    if (out.alexander) {
        put("conway", out.conway, detail::conway_of(*out.alexander, l));
    } else {
        out.why["conway"] = out.why["alexander"];
    }
    out.alexander_corank = alexander.corank;
    if (!alexander.corank)
        out.why["alexander_corank"] = "the Alexander module is beyond the budget";
    put("determinant", out.determinant, alexander.determinant);
    if (signature.value) {
        out.signature = signature.value->signature;
        out.nullity = signature.value->nullity;
    } else {
        out.why["signature"] = out.why["nullity"] = signature.reason;
    }
    if (mu > 1) {
        out.why["arf"] = "given for knots only; this link has " + to_text(mu) + " components";
    } else if (alexander.determinant_mod_8) {
        auto const d = *alexander.determinant_mod_8;
        out.arf = d == 1 || d == 7 ? 0 : 1;
    } else {
        out.why["arf"] = "the determinant is absent";
    }

    if (known.jones) {
        out.jones = std::move(known.jones);
    } else if (expandable) {
        put("jones", out.jones, detail::jones_of<Integer>(word, l, room.jones));
    } else {
        out.why["jones"] = "the bands expand to " + to_text(expanded) +
                           " letters, over the budget of " + to_text(l.max_letters);
    }
    if (!l.homfly) {
        out.why["homfly"] = "the limits leave HOMFLY-PT out";
    } else if (known.homfly) {
        out.homfly = std::move(known.homfly);
    } else if (expandable) {
        put("homfly", out.homfly, detail::homfly_of<Integer>(word, l, room.homfly));
    } else {
        out.why["homfly"] = out.why["jones"];
    }
    if (out.homfly) {
        // Morton; Franks and Williams. Terms are sorted by v.
        out.braid_index_lower = (out.homfly->back().v - out.homfly->front().v) / 2 + 1;
    } else {
        out.why["braid_index_lower"] = "the HOMFLY-PT polynomial is absent";
    }

    // Each description of the link bounds the genus: its own surface from above, the
    // slice-Bennequin inequality from below.
    std::int64_t genus_upper = std::numeric_limits<std::int64_t>::max();
    std::int64_t genus_lower = 0;
    auto const surface = [&](detail::simplified const& s, std::int64_t parts) {
        detail::lower(genus_upper, (s.letters() - s.strands() + 2 * parts - mu) / 2);
        detail::raise(genus_lower,
                      detail::half_up(detail::size_of(s.writhe()) - s.strands() + 2 - mu));
    };
    std::int64_t surface_parts = algebraic.parts();
    for (std::size_t k = 0; k < forms.size(); ++k) {
        if (banded && !forms[k]) {
            surface_parts += detail::fundamental_parts(algebraic.pieces[k]) - 1;
        } else if (forms[k]) {
            surface_parts += forms[k]->surface_parts - 1;
        }
    }
    surface(algebraic, surface_parts);
    if (rewritten) surface(*rewritten, rewritten->parts());
    if (out.conway && !out.conway->zero()) {
        detail::raise(genus_lower, detail::half_up(out.conway->twice_max_exponent() / 2 - mu + 1));
    }
    if (out.signature) {
        detail::raise(genus_lower,
                      detail::half_up(detail::size_of(*out.signature) + *out.nullity - mu + 1));
    }
    out.genus_lower = genus_lower;
    out.genus_upper = genus_upper;

    out.crossing_number_lower = detail::span_crossings(out);
    if (out.crossing_number_lower) {
        if (out.homfly) {
            detail::raise(*out.crossing_number_lower, detail::least_crossings(*out.homfly));
        }
    } else {
        out.why["crossing_number_lower"] =
            out.jones ? out.why["alexander_corank"] : "the Jones polynomial is absent";
    }
    out.crossing_number_upper = expandable && banded ? word.letters() : expanded;
    out.braid_index_upper = word.strands();
    out.bridge_upper = word.strands();

    if (!out.signature) {
        out.why["unknotting_lower"] = "the signature is absent";
    } else {
        std::int64_t bound = 0;
        detail::raise(bound,
                      detail::half_up(detail::size_of(*out.signature) + mu - 1 - *out.nullity));
        std::optional<std::int64_t> own;
        if (mu == 1) {
            own = detail::knot_unknotting(*out.signature);
        } else if (linking_affordable) {
            own = detail::component_unknotting(compact, touched, twice, l);
        }
        if (own) {
            detail::raise(bound, *own);
            out.unknotting_lower = bound;
        } else {
            out.why["unknotting_lower"] =
                "linking numbers or a component's signature are beyond the budget";
        }
    }

    out.bridge_lower = detail::least_bridges(out, algebraic, forms);
    // Wendt: a crossing change moves the number of generators of that homology by at most one.
    if (mu == 1 && out.unknotting_lower) {
        detail::raise(*out.unknotting_lower, *out.bridge_lower - 1);
    }
    if (expandable) out.unknotting_upper = detail::most_changes(word, mu);
    if (!expandable) out.why["unknotting_upper"] = out.why["jones"];
    out.genus = detail::met(out.genus_lower, out.genus_upper);
    out.crossing_number = detail::met(out.crossing_number_lower, out.crossing_number_upper);
    out.braid_index = detail::met(out.braid_index_lower, out.braid_index_upper);
    out.bridge_number = detail::met(out.bridge_lower, out.bridge_upper);
    auto changes = out.unknotting_lower;
    if (changes && mu == 1 && expandable) {
        // The four-genus is a bound too, and it obeys the slice-Bennequin inequality.
        detail::raise(*changes,
                      detail::half_up(detail::size_of(word.writhe()) - word.strands() + 1));
    }
    out.unknotting_number = detail::met(changes, out.unknotting_upper);
    return out;
}

} // namespace weft::inline v0::knot
