#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "weft/core/error.hpp"
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
    WEFT_ASSERT(a.qubit_count == b.qubit_count && a.vibe_count == b.vibe_count);
    if (auto const f = quantum::profile_fidelity(a.qubits, b.qubits, a.qubit_count)) {
        out.set(component::quantum, *f);
    }
    double weight = 0.0;
    double distance = 0.0;
    for (std::size_t i = 0; i < a.vibe_count; ++i) {
        auto const w = a.vibe_roots[i] * b.vibe_roots[i];
        weight += w;
        distance += w * std::abs(a.vibe[i] - b.vibe[i]);
    }
    if (weight > 0.0) out.set(component::vibe, clamp_unit(1.0 - distance / weight));
    if (a.has_rhythm && b.has_rhythm) {
        out.set(component::timing,
                quantum::histogram_fidelity(a.rhythm_roots.data(), b.rhythm_roots.data(),
                                            a.rhythm_roots.size()));
    }
    if (a.known_count >= 2 && b.known_count >= 2) {
        auto const crossings = profile::similarity(a.crossings, b.crossings);
        std::optional<double> link;
        if (a.has_link && b.has_link) link = options.links(a.link, b.link);
        if (crossings && link) {
            out.set(component::knot, clamp_unit(options.link_share * *link +
                                                (1.0 - options.link_share) * *crossings));
        } else if (crossings) {
            out.set(component::knot, *crossings);
        }
    }
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

/// As for the dense parts, and location: the larger of distance_similarity and
/// shared_place_fidelity, absent where either side has no places.
[[nodiscard]] inline raw_components compare(profile::fingerprint const& a,
                                            profile::fingerprint const& b,
                                            compare_options const& options = {}) {
    auto out = compare(a.dense, b.dense, options);
    if (!a.places.empty() && !b.places.empty()) {
        auto const shared = shared_place_fidelity(a.places, b.places);
        auto const near = distance_similarity(a, b);
        out.set(component::location, near && *near > shared ? *near : shared);
    }
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
