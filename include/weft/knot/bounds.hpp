#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "weft/knot/integer.hpp"
#include "weft/knot/seifert.hpp"
#include "weft/knot/simplify.hpp"

/// Bounds from invariants and from words, and what is exact because two of them meet. Everything
/// here is internal; the results are fields of basic_invariants.
namespace weft::inline v0::knot::detail {

/// The dimension of the kernel of v + v^T modulo an odd prime p < 2^15.
[[nodiscard]] inline std::int64_t kernel_modulo(integer_matrix const& v, int p) {
    auto const n = v.size;
    std::vector<int> a(n * n);
    for (std::size_t x = 0; x < n; ++x) {
        for (std::size_t y = 0; y < n; ++y) {
            auto const r = static_cast<int>((std::int64_t{v(x, y)} + v(y, x)) % p);
            a[x * n + y] = r < 0 ? r + p : r;
        }
    }
    std::size_t rank = 0;
    for (std::size_t c = 0; c < n && rank < n; ++c) {
        auto pivot = rank;
        while (pivot < n && a[pivot * n + c] == 0) ++pivot;
        if (pivot == n) continue;
        if (pivot != rank) {
            for (std::size_t y = c; y < n; ++y) std::swap(a[rank * n + y], a[pivot * n + y]);
        }
        int inverse = 1;
        while (inverse * a[rank * n + c] % p != 1) ++inverse;
        for (auto x = rank + 1; x < n; ++x) {
            if (a[x * n + c] == 0) continue;
            int const factor = (p - a[x * n + c]) * inverse % p;
            for (auto y = c; y < n; ++y) {
                a[x * n + y] = (a[x * n + y] + factor * a[rank * n + y]) % p;
            }
        }
        ++rank;
    }
    return static_cast<std::int64_t>(n - rank);
}

/// The double branched cover of a link with b bridges has a first homology with at most b - 1
/// generators, so that b > the dimension of that homology modulo any prime; modulo 2 it is the
/// number of components less 1, and over Q the nullity. A knot with one bridge is the unknot.
template <class Invariants>
[[nodiscard]] std::int64_t least_bridges(Invariants const& v, simplified const& s,
                                         std::vector<std::optional<seifert_form>> const& forms) {
    std::int64_t bound = v.components;
    if (v.nullity && *v.nullity + 1 > bound) bound = *v.nullity + 1;
    auto const plain = [](auto const& p) {
        return p.twice_min_exponent() == 0 && p.coefficients().size() == 1;
    };
    bool const knotted = (v.alexander && !plain(*v.alexander)) || (v.jones && !plain(*v.jones)) ||
                         (v.homfly && v.homfly->size() != 1);
    if (bound == 1 && knotted) bound = 2;
    std::size_t size = 0;
    for (auto const& form : forms) {
        if (!form) return bound;
        size += form->matrix.size;
    }
    if (!v.determinant || size > 96) return bound;
    for (int const p : {3, 5, 7, 11}) {
        // The kernel has two dimensions only where p^2 divides the determinant.
        if (*v.determinant % (p * p) != 0) continue;
        auto kernel = s.parts() - 1;
        for (auto const& form : forms) {
            kernel += kernel_modulo(form->matrix, p) + form->surface_parts - 1;
        }
        if (kernel + 1 > bound) bound = kernel + 1;
    }
    return bound;
}

/// Crossings of any diagram, from the span of Jones; Thistlethwaite's bound for a link that may
/// split.
template <class Invariants>
[[nodiscard]] std::optional<std::int64_t> span_crossings(Invariants const& v) {
    if (!v.jones || !v.alexander_corank) return std::nullopt;
    auto const bound = v.jones->span() - *v.alexander_corank;
    return bound > 0 ? bound : 0;
}

/// Crossing changes that unknot a knot, each of which changes the signature by at most 2.
[[nodiscard]] constexpr std::int64_t knot_unknotting(std::int64_t signature) noexcept {
    return (signature < 0 ? 1 - signature : signature + 1) / 2;
}

/// Morton: a diagram with c crossings and s Seifert circles has deg_z P <= c - s + 1, and
/// s > span_v P / 2. So c >= deg_z P + span_v P / 2 for every diagram.
template <class Homfly>
[[nodiscard]] std::int64_t least_crossings(Homfly const& p) {
    std::int64_t highest = p.front().z;
    for (auto const& term : p) {
        if (term.z > highest) highest = term.z;
    }
    return highest + (std::int64_t{p.back().v} - p.front().v) / 2;
}

/// Crossing changes that turn the closure of an Artin word into an unlink: half of the crossings do
/// (one of the diagram and its mirror image is as near to a descending diagram), less than half for
/// a knot; (letters - strands + 1) / 2 for a knot whose letters have one sign.
[[nodiscard]] inline std::int64_t most_changes(simplified const& word, std::int64_t components) {
    auto const letters = word.letters();
    if (components > 1 || letters == 0) return letters / 2;
    auto bound = (letters - 1) / 2;
    auto const w = word.writhe();
    if (w == letters || w == -letters) {
        auto const same_sign = (letters - word.strands() + 1) / 2;
        if (same_sign < bound) bound = same_sign;
    }
    return bound;
}

/// The value where both bounds are there and meet.
[[nodiscard]] inline std::optional<std::int64_t>
met(std::optional<std::int64_t> const& lower, std::optional<std::int64_t> const& upper) noexcept {
    return lower && upper && *lower == *upper ? lower : std::nullopt;
}

} // namespace weft::inline v0::knot::detail
