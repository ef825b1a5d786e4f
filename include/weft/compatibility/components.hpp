#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "weft/core/error.hpp"
#include "weft/core/lanes.hpp"
#include "weft/core/number.hpp"
#include "weft/core/unit.hpp"
#include "weft/knot/similarity.hpp"
#include "weft/profile/fingerprint.hpp"
#include "weft/quantum/pairs.hpp"
#include "weft/quantum/qubit.hpp"

namespace weft::inline v0::compatibility {

/// The five ways in which a pair is compared.
enum class component : std::uint8_t { quantum, vibe, location, timing, knot };

inline constexpr std::size_t component_count = 5;

using weft::to_text; // the overload for components must not hide those for numbers

[[nodiscard]] constexpr std::string_view to_text(component c) noexcept {
    constexpr std::array<std::string_view, component_count> names{"quantum", "vibe", "location",
                                                                  "timing", "knot"};
    return names[static_cast<std::size_t>(c)];
}

/// A set of components, one bit each.
using component_set = std::uint8_t;

[[nodiscard]] constexpr bool contains(component_set set, std::size_t c) noexcept {
    return ((static_cast<unsigned>(set) >> c) & 1U) != 0U;
}

/// Raw values in [0,1]; a component outside `present` has no value (its entry is 0).
struct raw_components {
    std::array<double, component_count> value{};
    component_set present = 0;

    constexpr void set(component c, double x) noexcept {
        auto const i = static_cast<std::size_t>(c);
        value[i] = x;
        present = static_cast<component_set>(present | (1U << i));
    }
};

struct compare_options {
    /// The knot component is link_share of the links' similarity (invariants only) and the rest of
    /// the agreement of the signed crossings, which keep which dimensions cross.
    double link_share = 0.5;
    /// Terms and weights of the links' similarity.
    knot::similarity_kernel links{};
};

/// Pairs compared side by side: enough for a processor to overlap their computations.
inline constexpr std::size_t pair_block = 8;

namespace detail {

/// Sums of the weights w = sqrt(c_a c_b) of the vibe dimensions and of w |a - b|, four at a time.
template <class Lanes>
WEFT_INLINE void weighted_distance(profile::dense_fingerprint const& a,
                                   profile::dense_fingerprint const& b, double& weight,
                                   double& distance) noexcept {
    using real = typename Lanes::real;
    using bits = typename Lanes::bits;
    constexpr std::size_t groups = 4 / Lanes::count;
    std::array<real, groups> weights{};
    std::array<real, groups> distances{};
    // Behind the last dimension the roots are 0.
    for (std::size_t i = 0; i < a.vibe_count; i += 4) {
        for (std::size_t g = 0; g < groups; ++g) {
            real x, y, w, v;
            weft::detail::load(w, a.vibe_roots.data() + i + g * Lanes::count);
            weft::detail::load(v, b.vibe_roots.data() + i + g * Lanes::count);
            weft::detail::load(x, a.vibe.data() + i + g * Lanes::count);
            weft::detail::load(y, b.vibe.data() + i + g * Lanes::count);
            w *= v;
            x -= y;
            constexpr std::uint64_t magnitude = 0x7fff'ffff'ffff'ffff;
            x = __builtin_bit_cast(real, __builtin_bit_cast(bits, x) & magnitude);
            weights[g] += w;
            distances[g] += w * x;
        }
    }
    auto const across = [](std::array<real, groups> const& sums) {
        auto const s = std::bit_cast<std::array<double, 4>>(sums);
        return (s[0] + s[2]) + (s[1] + s[3]);
    };
    weight = across(weights);
    distance = across(distances);
}

/// The timing of `a` with Rows of the others, which all have a rhythm.
template <class Lanes, std::size_t Rows>
WEFT_INLINE void compare_rhythms(profile::dense_fingerprint const& a,
                                 profile::dense_fingerprint const* const* b,
                                 std::size_t const* which, raw_components* out) noexcept {
    std::array<double const*, Rows> roots;
    for (std::size_t r = 0; r < Rows; ++r) roots[r] = b[which[r]]->rhythm_roots.data();
    auto const overlap =
        quantum::detail::overlaps<Lanes, Rows>(a.rhythm_roots.data(), roots, a.rhythm_roots.size());
    for (std::size_t r = 0; r < Rows; ++r) {
        out[which[r]].set(component::timing, quantum::detail::fidelity_of_overlap(overlap[r]));
    }
}

/// The one kernel of every comparison, by registers of one width: the same bits for any.
template <class Lanes>
WEFT_INLINE void compare_block(profile::dense_fingerprint const& a,
                               profile::dense_fingerprint const* const* b, std::size_t m,
                               compare_options const& options, raw_components* out) noexcept {
    WEFT_ASSERT(m <= pair_block);
    for (std::size_t p = 0; p < m; ++p) {
        WEFT_ASSERT(a.qubit_count == b[p]->qubit_count && a.vibe_count == b[p]->vibe_count);
        out[p] = {};
    }
    quantum::detail::profile_fidelities<Lanes, pair_block>(
        a.qubits, [b](std::size_t p) -> auto const& { return b[p]->qubits; }, m, a.qubit_count,
        [out](std::size_t p, double f) { out[p].set(component::quantum, f); });
    for (std::size_t p = 0; p < m; ++p) {
        double weight = 0.0;
        double distance = 0.0;
        weighted_distance<Lanes>(a, *b[p], weight, distance);
        if (weight > 0.0) out[p].set(component::vibe, clamp_unit(1.0 - distance / weight));
    }
    if (a.has_rhythm) {
        std::array<std::size_t, pair_block> with_rhythm{};
        std::size_t count = 0;
        for (std::size_t p = 0; p < m; ++p) {
            with_rhythm[count] = p;
            count += b[p]->has_rhythm ? 1U : 0U;
        }
        std::size_t k = 0;
        for (; k + 4 <= count; k += 4) compare_rhythms<Lanes, 4>(a, b, &with_rhythm[k], out);
        for (; k + 2 <= count; k += 2) compare_rhythms<Lanes, 2>(a, b, &with_rhythm[k], out);
        for (; k < count; ++k) compare_rhythms<Lanes, 1>(a, b, &with_rhythm[k], out);
    }
    for (std::size_t p = 0; a.known_count >= 2 && p < m; ++p) {
        if (b[p]->known_count < 2) continue;
        auto const crossings = profile::similarity(a.crossings, b[p]->crossings);
        if (!crossings) continue;
        auto agreement = *crossings;
        if (a.has_link && b[p]->has_link) {
            double link = 0.0;
            if (options.links.score_to<Lanes>(a.link, b[p]->link, link)) {
                agreement =
                    clamp_unit(options.link_share * link + (1.0 - options.link_share) * agreement);
            }
        }
        out[p].set(component::knot, agreement);
    }
}

#if WEFT_HAS_WIDE_KERNELS
WEFT_WIDE_KERNEL inline void compare_block_wide(profile::dense_fingerprint const& a,
                                                profile::dense_fingerprint const* const* b,
                                                std::size_t m, compare_options const& options,
                                                raw_components* out) noexcept {
    compare_block<weft::detail::lanes<4>>(a, b, m, options, out);
}
#endif

} // namespace detail

/// compare(a, *b[p]) for each of the m <= pair_block entities `b[0..m)`, to the same bits.
inline void compare_block(profile::dense_fingerprint const& a,
                          profile::dense_fingerprint const* const* b, std::size_t m,
                          compare_options const& options, raw_components* out) noexcept {
#if WEFT_HAS_WIDE_KERNELS
    if (weft::detail::has_wide_lanes()) return detail::compare_block_wide(a, b, m, options, out);
#endif
    detail::compare_block<weft::detail::target_lanes>(a, b, m, options, out);
}

/// How the dense parts of two fingerprints of one space compare: everything but the location.
/// Symmetric bit for bit. O(dimensions + 168 + coefficients), no allocation.
/// - quantum: quantum::profile_fidelity of the qubits;
/// - vibe: 1 - weighted mean |a - b| over shared dimensions, weights sqrt(c_a c_b);
/// - timing: fidelity of the smoothed hour-of-week histograms;
/// - knot: see compare_options.
[[nodiscard]] inline raw_components compare(profile::dense_fingerprint const& a,
                                            profile::dense_fingerprint const& b,
                                            compare_options const& options = {}) noexcept {
    raw_components out;
    auto const* const other = &b;
    compare_block(a, &other, 1, options, &out);
    return out;
}

/// Fidelity of the shares of visits to places with the same id (weighted by rarity where the
/// encoder knew a population): the squared Bhattacharyya coefficient. O(|a| + |b|).
[[nodiscard]] inline double
shared_place_fidelity(std::span<profile::place_share const> a,
                      std::span<profile::place_share const> b) noexcept {
    double sum = 0.0;
    for (std::size_t i = 0, j = 0; i < a.size() && j < b.size();) {
        if (a[i].hash == b[j].hash && a[i].id == b[j].id) {
            sum += a[i++].root * b[j++].root;
        } else if (a[i].hash != b[j].hash ? a[i].hash < b[j].hash : a[i].id < b[j].id) {
            ++i;
        } else {
            ++j;
        }
    }
    return clamp_unit(sum * sum);
}

/// The distance kernel of two entities' located places, normalised so that equal distributions of
/// visits have 1: for two single spots exp(-d / kernel_km). Absent where either has none.
[[nodiscard]] inline std::optional<double> distance_similarity(profile::fingerprint const& a,
                                                               profile::fingerprint const& b) {
    if (!(a.place_norm > 0.0) || !(b.place_norm > 0.0)) return std::nullopt;
    if (a.kernel_km != b.kernel_km) {
        WEFT_THROW(
            invalid_argument("kernel_km", weft::to_text(b.kernel_km),
                             "the same in both fingerprints: " + weft::to_text(a.kernel_km)));
    }
    // In one fixed order of the two, so that the sum is symmetric bit for bit.
    bool const swap =
        b.places.size() < a.places.size() || (b.places.size() == a.places.size() && b.id < a.id);
    auto const& first = swap ? b : a;
    auto const& second = swap ? a : b;
    return clamp_unit(profile::place_kernel(first.places, second.places, a.kernel_km) /
                      (a.place_norm * b.place_norm));
}

/// compare(a, *b[p]) for each of the m <= pair_block entities `b[0..m)`, to the same bits.
inline void compare_block(profile::fingerprint const& a, profile::fingerprint const* const* b,
                          std::size_t m, compare_options const& options, raw_components* out) {
    WEFT_ASSERT(m <= pair_block);
    std::array<profile::dense_fingerprint const*, pair_block> dense{};
    for (std::size_t p = 0; p < m; ++p) dense[p] = &b[p]->dense;
    compare_block(a.dense, dense.data(), m, options, out);
    for (std::size_t p = 0; !a.places.empty() && p < m; ++p) {
        if (b[p]->places.empty()) continue;
        auto const shared = shared_place_fidelity(a.places, b[p]->places);
        auto const near = distance_similarity(a, *b[p]);
        out[p].set(component::location, near && *near > shared ? *near : shared);
    }
}

/// As for the dense parts, and location: the larger of distance_similarity and
/// shared_place_fidelity, absent where either side has no places.
[[nodiscard]] inline raw_components compare(profile::fingerprint const& a,
                                            profile::fingerprint const& b,
                                            compare_options const& options = {}) {
    raw_components out;
    auto const* const other = &b;
    compare_block(a, &other, 1, options, &out);
    return out;
}

/// Why a component of this pair is absent; empty where it is present.
[[nodiscard]] inline std::string_view why_absent(component c, profile::fingerprint const& a,
                                                 profile::fingerprint const& b,
                                                 component_set present) noexcept {
    if (contains(present, static_cast<std::size_t>(c))) return {};
    switch (c) {
    case component::quantum:
        return "no profile dimension is known on both sides";
    case component::vibe:
        return "no vibe dimension is known on both sides";
    case component::location:
        return "no visited places on one side or both";
    case component::timing:
        return "no weekly rhythm on one side or both";
    case component::knot:
        return a.dense.known_count < 2 || b.dense.known_count < 2
                   ? "fewer than two profile dimensions are known on one side"
                   : "no pair of dimensions known on both sides is strongly correlated";
    }
    return {};
}

} // namespace weft::inline v0::compatibility
