#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "weft/compatibility/components.hpp"
#include "weft/compatibility/sampling.hpp"
#include "weft/core/error.hpp"
#include "weft/core/lanes.hpp"
#include "weft/core/number.hpp"
#include "weft/core/unit.hpp"
#include "weft/core/weights.hpp"
#include "weft/profile/fingerprint.hpp"

namespace weft::inline v0::compatibility {

/// The distribution of a number in [0,1] over m random pairs, kept at no more than
/// `max_points` of its values with exact counts there: the percentile of a value is its mid-rank
/// (lower + equal/2 + 1/2) / (m + 1), exact at kept values, and interpolated between them.
/// With many pairs the error is at most .002.
class quantile_table {
public:
    static constexpr std::size_t max_points = 1000;

    /// One kept value, how many of the m are below it, and how many are not above it.
    struct point {
        double value = 0.0;
        std::uint64_t below = 0;
        std::uint64_t not_above = 0;
    };

    /// From the values themselves (in any order). Throws invalid_argument for none, or for one
    /// outside [0,1].
    [[nodiscard]] static quantile_table of(std::vector<double> values) {
        if (values.empty()) WEFT_THROW(invalid_argument("values", "none", "at least one"));
        for (std::size_t i = 0; i < values.size(); ++i) {
            require_unit("values[" + to_text_index(i) + "]", values[i]);
        }
        std::sort(values.begin(), values.end());
        auto const m = values.size();
        auto const step = std::max<std::size_t>(1, (m + max_points / 2 - 1) / (max_points / 2));
        std::vector<point> points;
        std::size_t kept_up_to = 0;
        for (std::size_t i = 0; i < m;) {
            std::size_t end = i + 1;
            while (end < m && values[end] == values[i]) ++end;
            // Keep the ends, every value with many ties, and else one in `step`.
            if (i == 0 || end == m || end - i >= step || end >= kept_up_to + step) {
                points.push_back({values[i], i, end});
                kept_up_to = end;
            }
            i = end;
        }
        return quantile_table(std::move(points), m);
    }

    /// From kept points; throws invalid_argument where they do not describe a distribution.
    quantile_table(std::vector<point> points, std::uint64_t count)
        : points_(std::move(points))
        , count_(count) {
        auto const fail = [](std::string where, std::string got, std::string expected) {
            WEFT_THROW(invalid_argument(std::move(where), std::move(got), std::move(expected)));
        };
        if (points_.empty() || points_.size() > max_read_points) {
            fail("points", weft::to_text(points_.size()),
                 "from 1 to " + weft::to_text(max_read_points));
        }
        for (std::size_t i = 0; i < points_.size(); ++i) {
            auto const where = "points[" + to_text_index(i) + "]";
            require_unit(where + ".value", points_[i].value);
            if (points_[i].below >= points_[i].not_above || points_[i].not_above > count_ ||
                (i == 0 && points_[i].below != 0) ||
                (i + 1 == points_.size() && points_[i].not_above != count_)) {
                fail(where,
                     weft::to_text(points_[i].below) + ", " + weft::to_text(points_[i].not_above),
                     "counts from 0 to the table's count that grow");
            }
            if (i > 0 && (points_[i].value <= points_[i - 1].value ||
                          points_[i].below < points_[i - 1].not_above)) {
                fail(where, weft::to_text(points_[i].value), "values and counts that grow");
            }
        }
        auto const share = [m = static_cast<double>(count_)](double rank) {
            return (rank + 0.5) / (m + 1.0);
        };
        steps_.reserve(points_.size() + 1);
        at_points_.reserve(points_.size());
        keys_.push_back(0);
        // What is known left of the next point: before the first one, nothing.
        step left{share(0.0), 0.0};
        for (std::size_t i = 0; i < points_.size(); ++i) {
            auto const& p = points_[i];
            keys_.push_back(key_of(p.value));
            at_points_.push_back(
                share(0.5 * (static_cast<double>(p.below) + static_cast<double>(p.not_above))));
            steps_.push_back(left);
            left = {share(static_cast<double>(p.not_above)), 0.0};
            if (i + 1 == points_.size()) continue;
            auto const& next = points_[i + 1];
            auto const high = share(static_cast<double>(next.below));
            left.slope = (high - left.low) / (next.value - p.value);
            // Rounding must not lift what is below the next point above its percentile.
            while (left.low + left.slope * (next.value - p.value) > high) {
                left.slope *= 1.0 - 0x1p-52;
            }
        }
        steps_.push_back(left);
        divide();
    }

    [[nodiscard]] std::vector<point> const& points() const noexcept { return points_; }
    [[nodiscard]] std::uint64_t count() const noexcept { return count_; }

    /// The percentile of x in [0,1]: in (0, 1), never falling as x grows. O(log points) at worst.
    [[nodiscard]] double percentile(double x) const noexcept {
        percentiles<1>([&](std::size_t) -> double& { return x; });
        return x;
    }

    /// Replaces the Count numbers at(0), ... in [0,1] by their percentiles, side by side: a
    /// processor overlaps searches that wait for memory.
    template <std::size_t Count, class At>
    WEFT_INLINE void percentiles(At const& at) const noexcept {
        auto const* const before = keys_.data();
        auto const* const end = before + 1;
        std::array<std::int64_t, Count> key;
        std::array<std::size_t, Count> i;
        for (std::size_t p = 0; p < Count; ++p) {
            WEFT_ASSERT(in_unit(at(p)));
            key[p] = key_of(at(p));
            i[p] = start_[bucket(at(p))];
        }
        // As many halvings for each, as no branch predictor would know how many it needs.
        for (auto half = half_; half > 0; half /= 2) {
            for (std::size_t p = 0; p < Count; ++p) {
                i[p] += half & (std::size_t{0} - (end[i[p] + half - 1] < key[p] ? 1U : 0U));
            }
        }
        for (std::size_t p = 0; p < Count; ++p) {
            auto const from = std::bit_cast<double>(before[i[p]]);
            auto const& s = steps_[i[p]];
            at(p) = end[i[p]] == key[p] ? at_points_[i[p]] : s.low + s.slope * (at(p) - from);
        }
    }

private:
    static constexpr std::size_t buckets = 2048;
    __extension__ using wide = unsigned __int128;
    static constexpr std::size_t max_read_points = 60'000;

    /// Orders as x >= 0 does.
    [[nodiscard]] static std::int64_t key_of(double x) noexcept {
        return std::bit_cast<std::int64_t>(x + 0.0); // -0 is 0
    }
    /// Parts of the points' range that are about equal where x is far above offset_, and have equal
    /// ratios where it is far below; never falls as x grows.
    [[nodiscard]] std::size_t bucket(double x) const noexcept {
        auto const above = std::bit_cast<std::int64_t>(x + offset_) - first_;
        auto const at = above > 0 ? above : 0;
        auto const in_range = static_cast<std::uint64_t>(at < range_ ? at : range_);
        return static_cast<std::size_t>((wide{in_range} * scale_) >> 64U);
    }

    /// Divides the points' range in the one of several ways that leaves the fewest points in the
    /// most crowded bucket.
    void divide() {
        std::size_t fewest = points_.size() + 1;
        double best = 1.0;
        for (auto const offset : {1.0, 0x1p-4, 0x1p-8, 0x1p-12, 0x1p-16, 0x1p-24, 0x1p-40}) {
            set_offset(offset);
            std::size_t most = 0;
            std::size_t first = 0;
            for (std::size_t i = 0; i < points_.size(); ++i) {
                if (bucket(points_[i].value) != bucket(points_[first].value)) first = i;
                most = std::max(most, i + 1 - first);
            }
            if (most >= fewest) continue;
            fewest = most;
            best = offset;
        }
        half_ = std::bit_floor(fewest);
        keys_.resize(1 + points_.size() + 2 * half_, key_of(2.0)); // above every x
        set_offset(best);
        std::size_t i = 0;
        for (auto const& p : points_) {
            for (auto const end = bucket(p.value) + 1; i < end; ++i) {
                start_[i] = static_cast<std::uint16_t>(&p - points_.data());
            }
        }
        for (; i < buckets; ++i) start_[i] = static_cast<std::uint16_t>(points_.size());
    }

    void set_offset(double offset) noexcept {
        offset_ = offset;
        first_ = std::bit_cast<std::int64_t>(points_.front().value + offset);
        range_ = std::bit_cast<std::int64_t>(points_.back().value + offset) - first_;
        // The last point has to stay in the last bucket.
        auto const divisor = static_cast<std::uint64_t>(range_) + 1;
        scale_ = divisor <= buckets ? std::uint64_t{1} << 63U
                                    : static_cast<std::uint64_t>((wide{buckets} << 64U) / divisor);
    }

    static std::string to_text_index(std::size_t i) { return weft::to_text(i); }

    /// The percentiles between two points: low at the first one.
    struct step {
        double low, slope;
    };

    std::vector<point> points_;
    std::uint64_t count_ = 0;
    std::vector<std::int64_t> keys_; ///< of 0, of the points, and sentinels
    std::vector<step> steps_;        ///< up to each point, and after the last one
    std::vector<double> at_points_;
    std::size_t half_ = 0; ///< fewer than 2 half_ points are in a bucket
    double offset_ = 1.0;
    std::int64_t first_ = 0;
    std::int64_t range_ = 0;
    std::uint64_t scale_ = 0; ///< buckets per unit of the range, times 2^64
    /// For each bucket the first point that is not in an earlier one.
    std::array<std::uint16_t, buckets> start_{};
};

/// Default weights of the components, in the order of `component`.
inline constexpr std::array<double, component_count> default_weights{0.30, 0.10, 0.25, 0.20, 0.15};

/// The weighted mean over a set of components: the one kernel of every combined score. What is
/// absent gives its weight to the others.
class combiner {
public:
    /// Throws invalid_argument for weights that cannot weigh.
    explicit combiner(std::array<double, component_count> const& weights)
        : weights_(weights) {
        require_weights("weights", weights);
        for (unsigned set = 0; set < shares_.size(); ++set) {
            double total = 0.0;
            for (std::size_t c = 0; c < component_count; ++c) {
                if (contains(static_cast<component_set>(set), c)) total += weights[c];
            }
            if (!(total > 0.0)) continue;
            any_[set] = true;
            for (std::size_t c = 0; c < component_count; ++c) {
                if (contains(static_cast<component_set>(set), c)) {
                    shares_[set][c] = weights[c] / total;
                }
            }
        }
    }

    [[nodiscard]] std::array<double, component_count> const& weights() const noexcept {
        return weights_;
    }
    /// Whether something with a positive weight is present.
    [[nodiscard]] bool any(component_set present) const noexcept { return any_[present]; }
    /// Share of the weight; 0 for what is absent.
    [[nodiscard]] double share(component_set present, std::size_t c) const noexcept {
        return shares_[present][c];
    }
    /// The sum of share x value in the components' order; values of absent ones must be finite.
    [[nodiscard]] double mean(std::array<double, component_count> const& value,
                              component_set present) const noexcept {
        auto const& share = shares_[present];
        double sum = 0.0;
        for (std::size_t c = 0; c < component_count; ++c) sum += share[c] * value[c];
        return clamp_unit(sum);
    }

private:
    std::array<double, component_count> weights_;
    std::array<std::array<double, component_count>, 1U << component_count> shares_{};
    std::array<bool, 1U << component_count> any_{};
};

/// How scores are distributed among random pairs of two kinds of entity.
struct pair_distribution {
    /// Of each component's raw value, over the pairs that have it.
    std::array<std::optional<quantile_table>, component_count> component;
    /// Of the combined score (of percentiles), by the set of components present.
    std::array<std::optional<quantile_table>, 1U << component_count> combined;
    std::uint64_t pairs = 0;
};

/// An unordered pair of kinds.
using kind_pair = std::pair<profile::entity_kind, profile::entity_kind>;

[[nodiscard]] constexpr kind_pair kinds(profile::entity_kind a, profile::entity_kind b) noexcept {
    return a < b ? kind_pair{a, b} : kind_pair{b, a};
}

struct calibration_options {
    std::uint64_t seed = 1;
    /// How many distinct random pairs of each two kinds; all of them where there are fewer.
    std::size_t pairs = 100'000;
    /// A set of components with fewer sampled pairs than this is judged against all sampled pairs
    /// that have at least these components.
    std::size_t min_exact_pairs = 1000;
    std::array<double, component_count> weights = default_weights;
    compare_options compare;
};

/// The distributions against which scores become percentiles, and how they were made.
struct calibration {
    std::map<kind_pair, pair_distribution> distributions;
    calibration_options options;

    [[nodiscard]] pair_distribution const* find(profile::entity_kind a,
                                                profile::entity_kind b) const noexcept {
        auto const found = distributions.find(kinds(a, b));
        return found == distributions.end() ? nullptr : &found->second;
    }
};

namespace detail {

[[nodiscard]] inline pair_distribution distribution_of(std::vector<raw_components> const& raws,
                                                       calibration_options const& options) {
    pair_distribution d;
    d.pairs = raws.size();
    combiner const weighing(options.weights);
    component_set seen = 0;
    for (std::size_t c = 0; c < component_count; ++c) {
        std::vector<double> values;
        for (auto const& r : raws) {
            if (contains(r.present, c)) values.push_back(r.value[c]);
        }
        if (values.empty()) continue;
        d.component[c] = quantile_table::of(std::move(values));
        seen = static_cast<component_set>(seen | (1U << c));
    }
    std::vector<std::array<double, component_count>> percentiles(raws.size());
    for (std::size_t i = 0; i < raws.size(); ++i) {
        for (std::size_t c = 0; c < component_count; ++c) {
            if (contains(raws[i].present, c)) {
                percentiles[i][c] = d.component[c]->percentile(raws[i].value[c]);
            }
        }
    }
    for (unsigned set = 1; set < (1U << component_count); ++set) {
        if ((set & ~static_cast<unsigned>(seen)) != 0) continue;
        auto const mask = static_cast<component_set>(set);
        if (!weighing.any(mask)) continue;
        std::vector<double> exact;
        std::vector<double> at_least;
        for (std::size_t i = 0; i < raws.size(); ++i) {
            if ((raws[i].present & mask) != mask) continue;
            auto const score = weighing.mean(percentiles[i], mask);
            at_least.push_back(score);
            if (raws[i].present == mask) exact.push_back(score);
        }
        if (at_least.empty()) continue;
        d.combined[set] = quantile_table::of(
            exact.size() >= options.min_exact_pairs ? std::move(exact) : std::move(at_least));
    }
    return d;
}

} // namespace detail

/// Fits the distributions on random pairs of `people`: for each two kinds that occur, `pairs`
/// distinct pairs drawn from the seed. The same input gives the same bits.
/// Two kinds with no pair at all (one entity alone) have no distribution.
/// O(pairs log pairs) for each two kinds. Throws invalid_argument for weights that cannot weigh.
[[nodiscard]] inline calibration fit_calibration(std::span<profile::fingerprint const> people,
                                                 calibration_options const& options = {}) {
    require_weights("weights", options.weights);
    require_unit("compare.link_share", options.compare.link_share);
    if (options.pairs == 0) WEFT_THROW(invalid_argument("pairs", "0", "at least one pair"));
    std::map<profile::entity_kind, std::vector<std::size_t>> of_kind;
    for (std::size_t i = 0; i < people.size(); ++i) of_kind[people[i].dense.kind].push_back(i);

    calibration out;
    out.options = options;
    for (auto first = of_kind.begin(); first != of_kind.end(); ++first) {
        for (auto second = first; second != of_kind.end(); ++second) {
            auto const& a = first->second;
            auto const& b = second->second;
            std::uint64_t const na = a.size();
            std::uint64_t const nb = b.size();
            bool const same = first == second;
            auto const total = same ? na * (na - 1) / 2 : na * nb;
            if (total == 0) continue;
            std::vector<raw_components> raws;
            for (auto const k : sample(total, options.pairs, options.seed)) {
                auto const [i, j] =
                    same ? unranked_pair(k) : std::pair<std::size_t, std::size_t>(k / nb, k % nb);
                raws.push_back(compare(people[a[i]], people[b[j]], options.compare));
            }
            out.distributions.emplace(kind_pair{first->first, second->first},
                                      detail::distribution_of(raws, options));
        }
    }
    return out;
}

} // namespace weft::inline v0::compatibility
