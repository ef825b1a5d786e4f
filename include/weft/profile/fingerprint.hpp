#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <numbers>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "weft/core/error.hpp"
#include "weft/core/hash.hpp"
#include "weft/core/number.hpp"
#include "weft/core/unit.hpp"
#include "weft/knot/invariants.hpp"
#include "weft/knot/similarity.hpp"
#include "weft/profile/entity.hpp"
#include "weft/profile/population.hpp"
#include "weft/quantum/qubit.hpp"

namespace weft::inline v0::profile {

/// The signs of the correlations of all pairs of dimensions, one bit a pair: `over` where the
/// correlation is strong and positive, `under` where it is strong and negative, `known` where both
/// dimensions are known.
struct signed_crossings {
    static constexpr std::size_t words = (max_dimensions * (max_dimensions - 1) / 2 + 63) / 64;
    std::array<std::uint64_t, words> over{};
    std::array<std::uint64_t, words> under{};
    std::array<std::uint64_t, words> known{};

    [[nodiscard]] friend bool operator==(signed_crossings const&,
                                         signed_crossings const&) = default;
};

namespace detail {

/// std::popcount is a library call where the target lacks the instruction, as baseline x86-64 does.
[[nodiscard]] constexpr unsigned bit_count(std::uint64_t x) noexcept {
    x -= (x >> 1U) & 0x5555'5555'5555'5555ULL;
    x = (x & 0x3333'3333'3333'3333ULL) + ((x >> 2U) & 0x3333'3333'3333'3333ULL);
    x = (x + (x >> 4U)) & 0x0f0f'0f0f'0f0f'0f0fULL;
    return static_cast<unsigned>((x * 0x0101'0101'0101'0101ULL) >> 56U);
}

} // namespace detail

/// How alike two sets of signed crossings are: 1 - sum |s_a - s_b| / sum (|s_a| + |s_b|) over the
/// pairs of dimensions known on both sides, in [0,1]; 1 iff equal there. Absent where neither has
/// a crossing there. Symmetric. O(1).
[[nodiscard]] inline std::optional<double> similarity(signed_crossings const& a,
                                                      signed_crossings const& b) noexcept {
    unsigned different = 0;
    unsigned all = 0;
    for (std::size_t w = 0; w < signed_crossings::words; ++w) {
        auto const both = a.known[w] & b.known[w];
        different += detail::bit_count((a.over[w] ^ b.over[w]) & both) +
                     detail::bit_count((a.under[w] ^ b.under[w]) & both);
        all += detail::bit_count((a.over[w] | a.under[w]) & both) +
               detail::bit_count((b.over[w] | b.under[w]) & both);
    }
    if (all == 0) return std::nullopt;
    return 1.0 - static_cast<double>(different) / static_cast<double>(all);
}

/// The part of a fingerprint with a fixed size: trivially copyable, so that a host can keep it in
/// one flat block.
struct dense_fingerprint {
    quantum::profile_register<max_dimensions> qubits;
    std::array<double, max_dimensions> vibe{};
    /// Square roots of the confidences; 0 for what is not known.
    std::array<double, max_dimensions> vibe_roots{};
    /// Square roots of the smoothed share of visits in each hour of the week.
    std::array<double, 168> rhythm_roots{};
    signed_crossings crossings;
    knot::record link;
    std::uint8_t qubit_count = 0;
    std::uint8_t known_count = 0; ///< dimensions with a confidence above 0
    std::uint8_t vibe_count = 0;
    entity_kind kind = entity_kind::user;
    bool has_rhythm = false;
    bool has_link = false;
};
static_assert(std::is_trivially_copyable_v<dense_fingerprint>);

/// One place of a fingerprint, as a share of the entity's visits.
struct place_share {
    std::uint64_t hash = 0; ///< of the id: places are sorted by (hash, id)
    std::string id;
    double share = 0.0; ///< of all visits; the shares sum to 1
    double root = 0.0;  ///< square root of the share after weighting by rarity
    bool located = false;
    std::array<double, 3> direction{}; ///< unit vector from the Earth's centre, where located
    double located_share = 0.0;        ///< of the visits to located places
};

/// What pair scoring needs of an entity, made once.
struct fingerprint {
    dense_fingerprint dense;
    std::vector<place_share> places;
    /// Square root of the distance kernel of the places with themselves; 0 where none is located.
    double place_norm = 0.0;
    double kernel_km = 0.0;
    std::string id;
};

struct encoder_options {
    /// Largest Bloch length a dimension can have (quantum::default_certainty_cap).
    double certainty_cap = quantum::default_certainty_cap;
    /// Two dimensions cross where their correlation is stronger than this.
    double crossing_threshold = 0.3;
    /// From this many snapshots on, the correlation of two dimensions is that of the entity's own
    /// history; below, it is 4 (x_i - 1/2)(x_j - 1/2) of the present values.
    std::size_t history_snapshots = 8;
    /// Distance at which the place kernel has fallen to 1/e, in kilometres.
    double kernel_km = 50.0;
    /// Standard deviation of the circular smoothing of the rhythm, in hours.
    double rhythm_sigma_hours = 1.0;
    /// With a population: values are taken relative to it (relative_value), and a visit to a place
    /// weighs ln(1 + entities / visitors).
    bool relative_to_population = true;
    /// Budget for the invariants of the link. HOMFLY-PT is left out: a profile's link on many
    /// strands would take longer than all the rest, and the record of a fingerprint would be no
    /// better for those who have few.
    knot::limits limits{.homfly = false};
};

inline constexpr double earth_radius_km = 6371.0088;

namespace detail {

[[nodiscard]] inline std::array<double, 3> direction(geo_point const& p) noexcept {
    constexpr double radians = std::numbers::pi / 180.0;
    auto const latitude = p.latitude * radians;
    auto const longitude = p.longitude * radians;
    return {std::cos(latitude) * std::cos(longitude), std::cos(latitude) * std::sin(longitude),
            std::sin(latitude)};
}

/// Great-circle distance of two unit vectors, from the chord (accurate for near points), in km.
[[nodiscard]] inline double great_circle_km(std::array<double, 3> const& a,
                                            std::array<double, 3> const& b) noexcept {
    double chord2 = 0.0;
    for (std::size_t i = 0; i < 3; ++i) chord2 += (a[i] - b[i]) * (a[i] - b[i]);
    auto const half = 0.5 * std::sqrt(chord2);
    return 2.0 * earth_radius_km * std::asin(half < 1.0 ? half : 1.0);
}

} // namespace detail

/// sum_ij p_i q_j exp(-d_ij / kernel_km) over the located places of both. The exponential of the
/// great-circle distance is positive definite on the sphere, so this is a scalar product.
/// O(|a| |b|).
[[nodiscard]] inline double place_kernel(std::span<place_share const> a,
                                         std::span<place_share const> b,
                                         double kernel_km) noexcept {
    double sum = 0.0;
    for (auto const& p : a) {
        if (!p.located) continue;
        for (auto const& q : b) {
            if (!q.located) continue;
            sum += p.located_share * q.located_share *
                   std::exp(-detail::great_circle_km(p.direction, q.direction) / kernel_km);
        }
    }
    return sum;
}

/// The share of visits in each hour of the week after circular smoothing with a normal kernel:
/// `visits` are counts >= 0; nothing where they are all 0. sigma = 0 leaves them as they are.
/// The shares sum to 1 up to rounding. Sunday's last hour is a neighbour of Monday's first.
[[nodiscard]] inline std::optional<week> smooth_rhythm(week const& visits, double sigma_hours) {
    double total = 0.0;
    for (std::size_t h = 0; h < visits.size(); ++h) {
        if (!is_finite(visits[h]) || visits[h] < 0.0) {
            WEFT_THROW(
                invalid_argument("visits[" + to_text(h) + "]", to_text(visits[h]), "a count >= 0"));
        }
        total += visits[h];
    }
    if (!is_finite(sigma_hours) || sigma_hours < 0.0 || sigma_hours > 84.0) {
        WEFT_THROW(invalid_argument("sigma_hours", to_text(sigma_hours), "hours in [0, 84]"));
    }
    if (!(total > 0.0)) return std::nullopt;
    double unit = 1.0;
    if (!is_finite(total)) {
        unit = *std::max_element(visits.begin(), visits.end());
        total = 0.0;
        for (auto const v : visits) total += v / unit;
    }
    std::array<double, 168> kernel{};
    double mass = 0.0;
    for (std::size_t k = 0; k < 168; ++k) {
        auto const hours = static_cast<double>(k <= 84 ? k : 168 - k);
        kernel[k] = sigma_hours > 0.0
                        ? std::exp(-0.5 * (hours / sigma_hours) * (hours / sigma_hours))
                        : (k == 0 ? 1.0 : 0.0);
        mass += kernel[k];
    }
    week smooth{};
    for (std::size_t from = 0; from < 168; ++from) {
        if (visits[from] <= 0.0) continue;
        auto const share = visits[from] / unit / total / mass;
        for (std::size_t k = 0; k < 168; ++k) smooth[(from + k) % 168] += share * kernel[k];
    }
    return smooth;
}

/// Turns entities into fingerprints of one space. Const calls share no state.
class encoder {
public:
    /// Throws invalid_argument for an invalid space or option.
    explicit encoder(profile::space s, encoder_options options = {})
        : space_(std::move(s))
        , options_(options) {
        check();
    }

    /// Values are taken relative to the population (see encoder_options).
    explicit encoder(population p, encoder_options options = {})
        : space_(p.space)
        , options_(options)
        , population_(std::move(p)) {
        if (population_->profile.size() != space_.profile.size()) {
            WEFT_THROW(invalid_argument("population.profile",
                                        to_text(population_->profile.size()) + " dimensions",
                                        "as many as in its space"));
        }
        check();
    }

    [[nodiscard]] profile::space const& space() const noexcept { return space_; }
    [[nodiscard]] encoder_options const& options() const noexcept { return options_; }

    /// The fingerprint of an entity. Dimensions outside the space are refused, dimensions that the
    /// entity lacks are unknown (confidence 0). The link's invariants are computed here, once.
    /// Throws invalid_argument for an entity that validate() refuses.
    [[nodiscard]] fingerprint encode(entity const& e) const {
        validate(e);
        fingerprint f;
        f.id = e.id;
        f.dense.kind = e.kind;
        encode_vibe(e, f.dense);
        if (e.rhythm) {
            if (auto const smooth = smooth_rhythm(*e.rhythm, options_.rhythm_sigma_hours)) {
                for (std::size_t h = 0; h < 168; ++h) {
                    f.dense.rhythm_roots[h] = std::sqrt((*smooth)[h]);
                }
                f.dense.has_rhythm = true;
            }
        }
        encode_places(e, f);
        encode_profile(e.profile, e.snapshots, f.dense);
        return f;
    }

    /// The same fingerprint with another profile, for example a forecast one; the rest is kept.
    /// Crossings are those of the values, whatever the history.
    [[nodiscard]] fingerprint with_profile(fingerprint f,
                                           std::span<dimension const> profile) const {
        detail::validate_dimensions("profile", profile);
        encode_profile(profile, {}, f.dense);
        return f;
    }

    /// The bands of the profile's braid: one a pair of dimensions i < j of the space (1-based
    /// strands) whose correlation is stronger than the threshold, with its sign.
    [[nodiscard]] std::vector<knot::band> bands(std::span<dimension const> profile,
                                                std::span<snapshot const> history = {}) const {
        std::vector<known_value> const values = known(profile);
        std::vector<knot::band> out;
        for (std::size_t i = 0; i < values.size(); ++i) {
            for (std::size_t j = i + 1; j < values.size(); ++j) {
                auto const r = correlation(values, history, i, j);
                if (!r || !(std::abs(*r) > options_.crossing_threshold)) continue;
                out.push_back(
                    {static_cast<int>(i) + 1, static_cast<int>(j) + 1, *r > 0.0 ? 1 : -1});
            }
        }
        return out;
    }

    /// The spread that values of dimension i are taken relative to; null where they are taken as
    /// they are. Throws invalid_argument where the space has no dimension i.
    [[nodiscard]] spread const* relative_to(std::size_t i) const {
        if (i >= space_.profile.size()) {
            WEFT_THROW(invalid_argument("i", to_text(i), "a dimension of the encoder's space"));
        }
        return relative() ? &population_->profile[i] : nullptr;
    }

    /// The braid of such bands, without the strands that no band touches; nothing without bands.
    [[nodiscard]] static std::optional<knot::braid> braid_of(std::vector<knot::band> bands) {
        if (bands.empty()) return std::nullopt;
        auto const strands = drop_isolated_strands(bands);
        return knot::braid::from_bands(strands, std::move(bands));
    }

private:
    struct known_value {
        double value = 0.5;
        double confidence = 0.0;
    };

    void check() const {
        validate(space_);
        require_unit("certainty_cap", options_.certainty_cap);
        require_unit("crossing_threshold", options_.crossing_threshold);
        if (!is_finite(options_.kernel_km) || options_.kernel_km <= 0.0) {
            WEFT_THROW(
                invalid_argument("kernel_km", to_text(options_.kernel_km), "a distance above 0"));
        }
        (void)smooth_rhythm(week{}, options_.rhythm_sigma_hours);
    }

    [[nodiscard]] bool relative() const noexcept {
        return population_.has_value() && options_.relative_to_population;
    }

    [[nodiscard]] double placed(std::size_t i, double x) const {
        return relative() ? relative_value(x, population_->profile[i]) : x;
    }

    [[nodiscard]] static std::size_t index_of(std::vector<std::string> const& names,
                                              std::string const& name, std::string_view where) {
        auto const found = std::find(names.begin(), names.end(), name);
        if (found == names.end()) {
            WEFT_THROW(invalid_argument(std::string(where), "\"" + name + "\"",
                                        "a dimension of the encoder's space"));
        }
        return static_cast<std::size_t>(found - names.begin());
    }

    [[nodiscard]] std::vector<known_value> known(std::span<dimension const> profile) const {
        std::vector<known_value> values(space_.profile.size());
        for (auto const& d : profile) {
            auto const i = index_of(space_.profile, d.name, "profile");
            values[i] = {placed(i, d.value), d.confidence};
        }
        return values;
    }

    [[nodiscard]] std::optional<double> correlation(std::span<known_value const> values,
                                                    std::span<snapshot const> history,
                                                    std::size_t i, std::size_t j) const {
        if (!(values[i].confidence > 0.0) || !(values[j].confidence > 0.0)) return std::nullopt;
        if (history.size() >= options_.history_snapshots && history.size() >= 3) {
            if (auto const r = sample_correlation(history, i, j)) return r;
        }
        return 4.0 * (values[i].value - 0.5) * (values[j].value - 0.5);
    }

    [[nodiscard]] std::optional<double> sample_correlation(std::span<snapshot const> history,
                                                           std::size_t i, std::size_t j) const {
        double n = 0.0;
        double mean_x = 0.0;
        double mean_y = 0.0;
        double xx = 0.0;
        double yy = 0.0;
        double xy = 0.0;
        auto const value = [&](snapshot const& s, std::size_t k) -> std::optional<double> {
            for (auto const& d : s.profile) {
                if (d.name == space_.profile[k] && d.confidence > 0.0) return d.value;
            }
            return std::nullopt;
        };
        for (auto const& s : history) {
            auto const x = value(s, i);
            auto const y = value(s, j);
            if (!x || !y) continue;
            n += 1.0;
            auto const dx = *x - mean_x;
            auto const dy = *y - mean_y;
            mean_x += dx / n;
            mean_y += dy / n;
            xx += dx * (*x - mean_x);
            yy += dy * (*y - mean_y);
            xy += dx * (*y - mean_y);
        }
        if (n < static_cast<double>(options_.history_snapshots) || !(xx > 0.0) || !(yy > 0.0)) {
            return std::nullopt;
        }
        return xy / std::sqrt(xx * yy);
    }

    void encode_profile(std::span<dimension const> profile, std::span<snapshot const> history,
                        dense_fingerprint& dense) const {
        auto const values = known(profile);
        dense.qubits = {};
        dense.qubit_count = static_cast<std::uint8_t>(values.size());
        for (std::size_t i = 0; i < values.size(); ++i) {
            dense.qubits.set(i, quantum::encode_dimension(values[i].value, values[i].confidence,
                                                          options_.certainty_cap));
        }
        auto all = bands(profile, history);
        dense.crossings = {};
        auto const mark = [](auto& bits, std::size_t i, std::size_t j) {
            auto const bit = j * (j - 1) / 2 + i;
            bits[bit / 64] |= std::uint64_t{1} << (bit % 64);
        };
        dense.known_count = 0;
        for (std::size_t j = 0; j < values.size(); ++j) {
            if (!(values[j].confidence > 0.0)) continue;
            ++dense.known_count;
            for (std::size_t i = 0; i < j; ++i) {
                if (values[i].confidence > 0.0) mark(dense.crossings.known, i, j);
            }
        }
        for (auto const& b : all) {
            mark(b.sign > 0 ? dense.crossings.over : dense.crossings.under,
                 static_cast<std::size_t>(b.i - 1), static_cast<std::size_t>(b.j - 1));
        }
        dense.link = {};
        auto const braid = braid_of(std::move(all));
        dense.has_link = braid.has_value();
        if (braid)
            dense.link = knot::make_record(knot::compute_invariants(*braid, options_.limits));
    }

    /// Renumbers the strands that some band touches from 1 on; returns how many there are.
    static int drop_isolated_strands(std::vector<knot::band>& bands) {
        std::array<int, max_dimensions + 1> number{};
        for (auto const& b : bands) {
            number[static_cast<std::size_t>(b.i)] = 1;
            number[static_cast<std::size_t>(b.j)] = 1;
        }
        int used = 0;
        for (auto& n : number) {
            if (n != 0) n = ++used;
        }
        for (auto& b : bands) {
            b.i = number[static_cast<std::size_t>(b.i)];
            b.j = number[static_cast<std::size_t>(b.j)];
        }
        return used;
    }

    void encode_vibe(entity const& e, dense_fingerprint& dense) const {
        dense.vibe_count = static_cast<std::uint8_t>(space_.vibe.size());
        for (auto const& d : e.vibe) {
            auto const i = index_of(space_.vibe, d.name, "vibe");
            dense.vibe[i] = d.value;
            dense.vibe_roots[i] = std::sqrt(d.confidence);
        }
    }

    void encode_places(entity const& e, fingerprint& f) const {
        double visits = 0.0;
        double located = 0.0;
        double weighted = 0.0;
        auto const rarity = [&](place const& p) {
            if (!relative()) return 1.0;
            auto const found = population_->place_counts.find(p.id);
            auto const visitors =
                found == population_->place_counts.end() ? std::size_t{1} : found->second;
            return std::log1p(static_cast<double>(std::max<std::size_t>(population_->entities, 1)) /
                              static_cast<double>(visitors));
        };
        for (auto const& p : e.places) {
            visits += p.visits;
            if (p.at) located += p.visits;
            weighted += p.visits * rarity(p);
        }
        if (!(visits > 0.0) || !is_finite(visits) || !is_finite(weighted)) return;
        for (auto const& p : e.places) {
            if (!(p.visits > 0.0)) continue;
            place_share s;
            s.id = p.id;
            s.hash = hash_text(p.id);
            s.share = p.visits / visits;
            s.root = std::sqrt(p.visits * rarity(p) / weighted);
            if (p.at) {
                s.located = true;
                s.direction = detail::direction(*p.at);
                s.located_share = p.visits / located;
            }
            f.places.push_back(std::move(s));
        }
        std::sort(f.places.begin(), f.places.end(), [](place_share const& a, place_share const& b) {
            return a.hash != b.hash ? a.hash < b.hash : a.id < b.id;
        });
        f.kernel_km = options_.kernel_km;
        f.place_norm = std::sqrt(place_kernel(f.places, f.places, options_.kernel_km));
    }

    profile::space space_;
    encoder_options options_;
    std::optional<population> population_;
};

} // namespace weft::inline v0::profile
