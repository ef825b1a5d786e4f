#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "weft/compatibility/calibration.hpp"
#include "weft/compatibility/components.hpp"
#include "weft/core/error.hpp"
#include "weft/core/number.hpp"
#include "weft/core/unit.hpp"
#include "weft/core/weights.hpp"
#include "weft/profile/fingerprint.hpp"

namespace weft::inline v0::compatibility {

/// What two people are to each other; scales the score (constants of the public reference).
enum class relation { friendship, mentorship, romantic, collaborative, professional };

[[nodiscard]] constexpr double multiplier(relation r) noexcept {
    switch (r) {
    case relation::mentorship:
        return 0.9;
    case relation::romantic:
        return 1.1;
    case relation::professional:
        return 0.95;
    case relation::friendship:
    case relation::collaborative:
        return 1.0;
    }
    return 1.0;
}

struct score_options {
    std::array<double, component_count> weights = default_weights;
    compare_options compare;
    compatibility::relation relation = relation::friendship;
};

/// One component of a pair's score.
struct component_score {
    std::optional<double> raw;
    /// Among random pairs; absent without a calibration.
    std::optional<double> percentile;
    /// Share of the weight, after absent components gave theirs away.
    double weight = 0.0;
    /// weight x (percentile, or raw without a calibration) x the relation's multiplier.
    double contribution = 0.0;
    /// Why the component is absent; empty where it is present.
    std::string_view why_absent;
};

struct pair_score {
    /// In [0,1]: the contributions' sum plus `clamped`. Absent where every component is.
    std::optional<double> score;
    /// Of the combined score (before the relation's multiplier) among random pairs with the same
    /// components present: what gates compare.
    std::optional<double> percentile;
    std::array<component_score, component_count> components;
    /// What keeping a multiplied score in [0,1] cut: 0 or negative.
    double clamped = 0.0;
    /// Whether the score is made of percentiles; otherwise of raw values, which differ in meaning
    /// from component to component.
    bool from_percentiles = false;

    [[nodiscard]] component_score const& operator[](component c) const noexcept {
        return components[static_cast<std::size_t>(c)];
    }
};

/// Only what ranking needs.
struct brief_score {
    double score = 0.0;
    /// Of the combined score; equal to the score without a calibration.
    double percentile = 0.0;
    bool present = false;
};

/// Scores pairs of fingerprints of one space. Const calls share no state. A pair has the same bits
/// whichever way round, single or in a batch.
class scorer {
public:
    /// Raw values are combined, and the scores say so. Throws invalid_argument for bad options.
    explicit scorer(score_options options = {})
        : options_(options)
        , weighing_(options.weights)
        , scale_(multiplier(options.relation)) {
        require_unit("compare.link_share", options_.compare.link_share);
    }

    /// Percentiles are combined. Throws invalid_argument where the calibration was made with other
    /// weights: its distributions of combined scores would not apply.
    scorer(calibration c, score_options options)
        : scorer(options) {
        if (c.options.weights != options_.weights ||
            c.options.compare.link_share != options_.compare.link_share) {
            WEFT_THROW(invalid_argument("calibration", "made with other weights",
                                        "the scorer's weights and link share"));
        }
        calibration_ = std::make_shared<calibration const>(std::move(c));
    }

    /// With the weights that the calibration was made with.
    explicit scorer(calibration c)
        : scorer(c, score_options{c.options.weights, c.options.compare, relation::friendship}) {}

    [[nodiscard]] score_options const& options() const noexcept { return options_; }
    [[nodiscard]] bool calibrated() const noexcept { return calibration_ != nullptr; }
    [[nodiscard]] calibration const* calibrated_by() const noexcept { return calibration_.get(); }

    /// Throws invalid_argument for fingerprints of different spaces.
    [[nodiscard]] pair_score score(profile::fingerprint const& a,
                                   profile::fingerprint const& b) const {
        require_same_space(a, b);
        auto const raw = compare(a, b, options_.compare);
        auto const* const table = distribution(a, b);
        pair_score out;
        out.from_percentiles = calibrated();
        auto fair = raw;
        if (calibrated()) calibrate({&fair, 1}, table);
        auto const& values = fair.value;
        auto const usable = fair.present;
        double sum = 0.0;
        for (std::size_t c = 0; c < component_count; ++c) {
            auto& part = out.components[c];
            if (contains(raw.present, c)) part.raw = raw.value[c];
            part.why_absent = why_absent(static_cast<component>(c), a, b, raw.present);
            if (!contains(usable, c)) {
                if (part.why_absent.empty()) part.why_absent = no_distribution;
                continue;
            }
            if (calibrated()) part.percentile = values[c];
            part.weight = weighing_.share(usable, c);
            part.contribution = part.weight * values[c] * scale_;
            sum += part.contribution;
        }
        auto const brief = finish(values, usable, table);
        if (!brief.present) return out;
        out.score = brief.score;
        out.clamped = sum > 1.0 ? 1.0 - sum : 0.0;
        if (calibrated() && table->combined[usable]) out.percentile = brief.percentile;
        return out;
    }

    /// The same score and percentile without the explanation. The fingerprints must be of one
    /// space (asserted).
    [[nodiscard]] brief_score brief(profile::fingerprint const& a,
                                    profile::fingerprint const& b) const {
        brief_score out;
        auto const* const other = &b;
        brief(a, {&other, 1}, &out);
        return out;
    }

    /// The brief scores of `a` with each of `others`, to `out` (as many as there are others), to
    /// the same bits as one at a time. Several pairs are computed side by side, which is faster.
    void brief(profile::fingerprint const& a, std::span<profile::fingerprint const* const> others,
               brief_score* out) const {
        for (std::size_t from = 0; from < others.size(); from += pair_block) {
            auto const left = others.size() - from;
            brief_block(a, others.data() + from, left < pair_block ? left : pair_block, out + from);
        }
    }

    static void require_same_space(profile::fingerprint const& a, profile::fingerprint const& b) {
        if (a.dense.qubit_count != b.dense.qubit_count ||
            a.dense.vibe_count != b.dense.vibe_count) {
            WEFT_THROW(invalid_argument("b", "a fingerprint of another space",
                                        "fingerprints made by one encoder"));
        }
    }

private:
    static constexpr std::string_view no_distribution =
        "the population has no pair of these kinds with this component";

    [[nodiscard]] pair_distribution const*
    distribution(profile::fingerprint const& a, profile::fingerprint const& b) const noexcept {
        return calibration_ ? calibration_->find(a.dense.kind, b.dense.kind) : nullptr;
    }

    void brief_block(profile::fingerprint const& a, profile::fingerprint const* const* b,
                     std::size_t m, brief_score* out) const {
        std::array<raw_components, pair_block> raw;
        compare_block(a, b, m, options_.compare, raw.data());
#if WEFT_HAS_WIDE_KERNELS
        if (weft::detail::has_wide_lanes()) return weigh_wide(a, b, m, raw, out);
#endif
        weigh(a, b, m, raw, out);
    }

#if WEFT_HAS_WIDE_KERNELS
    WEFT_WIDE_KERNEL void weigh_wide(profile::fingerprint const& a,
                                     profile::fingerprint const* const* b, std::size_t m,
                                     std::array<raw_components, pair_block>& raw,
                                     brief_score* out) const noexcept {
        weigh(a, b, m, raw, out);
    }
#endif

    /// The brief scores of a and b[0..m) from their raw components, which are used up.
    WEFT_INLINE void weigh(profile::fingerprint const& a, profile::fingerprint const* const* b,
                           std::size_t m, std::array<raw_components, pair_block>& raw,
                           brief_score* out) const noexcept {
        for (std::size_t from = 0; from < m;) {
            auto const to = calibrated() ? same_kind(b, from, m) : m;
            auto const* const table = distribution(a, *b[from]);
            if (calibrated()) calibrate({raw.data() + from, to - from}, table);
            for (; from < to; ++from) {
                out[from] = finish(raw[from].value, raw[from].present, table);
            }
        }
    }

    /// The end of the entities from b[from] on that are of its kind.
    [[nodiscard]] static std::size_t same_kind(profile::fingerprint const* const* b,
                                               std::size_t from, std::size_t m) noexcept {
        auto const kind = b[from]->dense.kind;
        while (++from < m && b[from]->dense.kind == kind) {
        }
        return from;
    }

    /// Replaces values by their percentiles; what has none becomes absent. The value of what is
    /// absent becomes some finite number, which spares a branch.
    static void calibrate(std::span<raw_components> raws, pair_distribution const* table) noexcept {
        for (std::size_t c = 0; c < component_count; ++c) {
            if (table != nullptr && table->component[c]) {
                auto const& quantiles = *table->component[c];
                auto const at = [&](std::size_t p) -> double& { return raws[p].value[c]; };
                if (raws.size() == pair_block) {
                    quantiles.percentiles<pair_block>(at);
                } else {
                    for (auto& raw : raws) raw.value[c] = quantiles.percentile(raw.value[c]);
                }
            } else {
                for (auto& raw : raws) {
                    raw.value[c] = 0.0;
                    raw.present = static_cast<component_set>(raw.present & ~(1U << c));
                }
            }
        }
    }

    [[nodiscard]] brief_score finish(std::array<double, component_count> const& values,
                                     component_set usable,
                                     pair_distribution const* table) const noexcept {
        brief_score out;
        if (!weighing_.any(usable)) return out;
        out.present = true;
        auto const combined = weighing_.mean(values, usable);
        out.score = clamp_unit(combined * scale_);
        if (!calibrated()) {
            out.percentile = out.score;
        } else if (table->combined[usable]) {
            out.percentile = table->combined[usable]->percentile(combined);
        }
        return out;
    }

    score_options options_;
    combiner weighing_;
    double scale_;
    std::shared_ptr<calibration const> calibration_;
};

} // namespace weft::inline v0::compatibility
