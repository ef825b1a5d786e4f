#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "weft/compatibility/calibration.hpp"
#include "weft/core/error.hpp"
#include "weft/core/number.hpp"
#include "weft/core/unit.hpp"
#include "weft/core/weights.hpp"
#include "weft/schema/enums.hpp"

/// Who is contacted, about what and when: decisions and rows, without reading a clock, a database
/// or anything else that is not an argument.
namespace weft::inline v0::outreach {

using schema::outreach_type;

/// What an outreach score is made of. Each is a percentile in [0,1]:
/// - string: of the pair's predicted knot component;
/// - quantum: of the pair's predicted quantum component;
/// - stability: of the predicted gain in the group's stability, among candidates for that group;
/// - current: of today's combined score ("weave" and "current" in the reference);
/// - match: of the event's or place's own component with the person.
enum class input : std::uint8_t { string, quantum, stability, current, match };

inline constexpr std::size_t input_count = 5;

[[nodiscard]] constexpr std::string_view to_text(input i) noexcept {
    constexpr std::array<std::string_view, input_count> names{"string", "quantum", "stability",
                                                              "current", "match"};
    return names[static_cast<std::size_t>(i)];
}

/// One value for each input; an absent one has none.
using inputs = std::array<std::optional<double>, input_count>;

/// A set of inputs, one bit each.
using input_set = std::uint8_t;

[[nodiscard]] constexpr bool contains(input_set set, input i) noexcept {
    return ((static_cast<unsigned>(set) >> static_cast<unsigned>(i)) & 1U) != 0U;
}

/// How one type of outreach is judged: the inputs' weights, and the percentile of the combined
/// score that has to be reached.
struct gate {
    std::array<double, input_count> weights{};
    double threshold = 0.75;
};

/// The reference's weights and gates. It has none for friend_suggestion and spot_recommendation:
/// those are string .30, quantum .35, current .35 at .75.
[[nodiscard]] constexpr gate default_gate(outreach_type type) noexcept {
    switch (type) {
    case outreach_type::community_invitation:
        return {{0.25, 0.30, 0.25, 0.20, 0.0}, 0.75};
    case outreach_type::group_formation:
        return {{0.25, 0.30, 0.30, 0.15, 0.0}, 0.75};
    case outreach_type::event_call:
        return {{0.25, 0.30, 0.0, 0.15, 0.30}, 0.75};
    case outreach_type::club_membership_invitation:
    case outreach_type::club_event_invitation:
        return {{0.30, 0.35, 0.35, 0.0, 0.0}, 0.75};
    case outreach_type::list_suggestion:
    case outreach_type::expert_curated_list:
        return {{0.30, 0.35, 0.0, 0.35, 0.0}, 0.70};
    case outreach_type::spot_recommendation:
    case outreach_type::friend_suggestion:
    case outreach_type::business_event_invitation:
    case outreach_type::business_expert_partnership:
    case outreach_type::business_business_partnership:
    case outreach_type::expert_learning_opportunity:
    case outreach_type::expert_business_partnership:
        break;
    }
    return {{0.30, 0.35, 0.0, 0.35, 0.0}, 0.75};
}

/// Throws invalid_argument for weights that cannot weigh or a threshold outside [0,1].
inline void validate(gate const& g) {
    require_weights("gate.weights", g.weights);
    require_unit("gate.threshold", g.threshold);
}

/// An outreach score and what it is made of. Absent inputs have weight and contribution 0; the
/// contributions add up to the score (up to rounding).
struct gate_score {
    double score = 0.0;
    input_set present = 0;
    std::array<double, input_count> weight{};
    std::array<double, input_count> contribution{};
};

/// The weighted mean of the inputs that are there; the weights of the others go to them in
/// proportion. Nothing where no input with a weight is there. Never falls as an input grows.
/// Throws invalid_argument for an input outside [0,1] or an invalid gate.
[[nodiscard]] inline std::optional<gate_score> combine(inputs const& in, gate const& g) {
    validate(g);
    gate_score out;
    double total = 0.0;
    for (std::size_t i = 0; i < input_count; ++i) {
        if (!in[i]) continue;
        require_unit("inputs." + std::string(to_text(static_cast<input>(i))), *in[i]);
        if (!(g.weights[i] > 0.0)) continue;
        out.present = static_cast<input_set>(out.present | (1U << i));
        total += g.weights[i];
    }
    if (out.present == 0) return std::nullopt;
    for (std::size_t i = 0; i < input_count; ++i) {
        if (!contains(out.present, static_cast<input>(i))) continue;
        out.weight[i] = g.weights[i] / total;
        out.contribution[i] = out.weight[i] * *in[i];
        out.score += out.contribution[i];
    }
    out.score = clamp_unit(out.score);
    return out;
}

/// How the combined scores of random pairs are distributed, for each set of inputs present. A sum
/// of few inputs is high far more often than a sum of many, so a score says something only beside
/// the scores of pairs that have the same inputs.
class gate_reference {
public:
    /// `random_pairs`: the inputs of pairs drawn at random. A set of inputs that fewer than
    /// `min_exact` of them have exactly is judged against all that have at least these inputs.
    /// O(32 m log m). Throws invalid_argument as combine() does.
    gate_reference(gate const& g, std::span<inputs const> random_pairs, std::size_t min_exact = 100)
        : rule_(g) {
        validate(g);
        std::vector<input_set> present(random_pairs.size());
        for (std::size_t i = 0; i < random_pairs.size(); ++i) {
            if (auto const s = combine(random_pairs[i], g)) present[i] = s->present;
        }
        input_set weighted = 0;
        for (std::size_t i = 0; i < input_count; ++i) {
            if (g.weights[i] > 0.0) weighted = static_cast<input_set>(weighted | (1U << i));
        }
        for (unsigned set = 1; set < table_count; ++set) {
            if ((set & ~static_cast<unsigned>(weighted)) != 0) continue;
            std::vector<double> exact;
            std::vector<double> at_least;
            for (std::size_t i = 0; i < random_pairs.size(); ++i) {
                if ((present[i] & set) != set) continue;
                auto in = random_pairs[i];
                for (std::size_t k = 0; k < input_count; ++k) {
                    if (((set >> k) & 1U) == 0) in[k].reset();
                }
                auto const score = combine(in, g)->score;
                at_least.push_back(score);
                if (present[i] == set) exact.push_back(score);
            }
            if (at_least.empty()) continue;
            tables_[set] = compatibility::quantile_table::of(
                exact.size() >= min_exact && !exact.empty() ? std::move(exact)
                                                            : std::move(at_least));
        }
    }

    [[nodiscard]] gate const& rule() const noexcept { return rule_; }

    /// The mid-rank of a score among the random pairs with these inputs, in (0, 1); nothing where
    /// there was no such pair. Never falls as the score grows.
    [[nodiscard]] std::optional<double> percentile(gate_score const& s) const noexcept {
        auto const& table = tables_[s.present];
        if (!table) return std::nullopt;
        return table->percentile(s.score);
    }

    /// With how many random pairs a score with these inputs is compared.
    [[nodiscard]] std::uint64_t count(input_set present) const noexcept {
        auto const& table = tables_[present % table_count];
        return table ? table->count() : 0;
    }

private:
    static constexpr unsigned table_count = 1U << input_count;

    gate rule_;
    std::array<std::optional<compatibility::quantile_table>, table_count> tables_;
};

/// What a gate says of one pair.
struct decision {
    bool passes = false;
    std::optional<gate_score> score;
    std::optional<double> percentile;
    double threshold = 0.0;
    /// Why it does not pass; empty where it does.
    std::string refusal;
};

/// Passes where the percentile of the combined score is at least the gate's threshold. What cannot
/// be judged is refused, with the reason.
[[nodiscard]] inline decision decide(inputs const& in, gate_reference const& reference) {
    decision d;
    d.threshold = reference.rule().threshold;
    d.score = combine(in, reference.rule());
    if (!d.score) {
        d.refusal = "none of the inputs that this outreach rests on is known";
        return d;
    }
    d.percentile = reference.percentile(*d.score);
    if (!d.percentile) {
        d.refusal = "no random pairs with the same inputs to compare with";
        return d;
    }
    d.passes = *d.percentile >= d.threshold;
    if (!d.passes) {
        d.refusal = "the score's percentile " + weft::to_text(*d.percentile) +
                    " is below the gate " + weft::to_text(d.threshold);
    }
    return d;
}

} // namespace weft::inline v0::outreach
