#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "weft/core/error.hpp"
#include "weft/core/lanes.hpp"
#include "weft/core/number.hpp"
#include "weft/core/weights.hpp"
#include "weft/knot/invariants.hpp"
#include "weft/knot/record.hpp"

namespace weft::inline v0::knot {

/// How two polynomials p and q are compared.
enum class polynomial_similarity {
    /// 1 - |p - q|_1 / (|p|_1 + |q|_1): free of scale, 0 for disjoint supports. Both zero: 1.
    relative_l1,
    /// 1 / (1 + |p - q|_2), the public reference's form; depends on the coefficients' scale.
    inverse_l2,
};

/// Weights of the terms (public reference code's; what is absent gives its weight to the others).
struct similarity_weights {
    double jones = 0.12;
    double alexander = 0.12;
    double crossing_number_lower = 0.08;
    double signature = 0.10;
    double unknotting_lower = 0.08;
    double braid_index_lower = 0.08;
    double determinant = 0.07;
    double arf = 0.05;
    double homfly = 0.12;
    /// Takes part in diagram mode only, where it is known exactly: whether it is can depend on the
    /// diagram.
    double bridge_number = 0.08;
    /// Takes part in diagram mode only: writhe belongs to a diagram, not to a link.
    double writhe = 0.05;

    /// The reference's short form: Jones .4, Alexander .4, crossings .2.
    [[nodiscard]] static constexpr similarity_weights short_form() noexcept {
        return {.jones = 0.4,
                .alexander = 0.4,
                .crossing_number_lower = 0.2,
                .signature = 0.0,
                .unknotting_lower = 0.0,
                .braid_index_lower = 0.0,
                .determinant = 0.0,
                .arf = 0.0,
                .homfly = 0.0,
                .bridge_number = 0.0,
                .writhe = 0.0};
    }
};

struct similarity_options {
    similarity_weights weights{};
    /// Lets the writhe and the bridge number take part; the score is then one of diagrams and
    /// changes under Markov moves.
    bool diagram = false;
    polynomial_similarity polynomials = polynomial_similarity::relative_l1;
};

/// One term of a similarity. `weight` is its share of the score: 0 where it is absent, and the
/// shares of what is present sum to 1.
struct similarity_term {
    std::string_view name;
    std::optional<double> similarity;
    double weight = 0.0;
    /// The formula, or which side lacks the term.
    std::string_view explanation;
};

/// The score in [0,1]: the weighted mean of the terms, 1 exactly where all of them are equal on
/// both sides; absent where no term with a weight is present on both.
struct similarity_result {
    std::optional<double> score;
    std::vector<similarity_term> terms;
};

namespace detail {

inline constexpr std::array<std::string_view, term_count> term_names{"jones",
                                                                     "alexander",
                                                                     "crossing_number_lower",
                                                                     "signature",
                                                                     "unknotting_lower",
                                                                     "braid_index_lower",
                                                                     "determinant",
                                                                     "arf",
                                                                     "homfly",
                                                                     "bridge_number",
                                                                     "writhe"};

/// Eight doubles in registers of one width: the same bits for any.
template <class Lanes>
struct eight {
    static constexpr std::size_t count = Lanes::count;
    using real = typename Lanes::real;
    using bits = typename Lanes::bits;

    std::array<real, 8 / count> part{};

    WEFT_INLINE void load(double const* from) noexcept {
        for (std::size_t g = 0; g < part.size(); ++g) {
            weft::detail::load(part[g], from + g * count);
        }
    }
    WEFT_INLINE void subtract(double const* from) noexcept {
        for (std::size_t g = 0; g < part.size(); ++g) {
            real x;
            weft::detail::load(x, from + g * count);
            part[g] -= x;
        }
    }
    WEFT_INLINE void take_magnitude() noexcept {
        for (auto& x : part) {
            constexpr std::uint64_t mask = 0x7fff'ffff'ffff'ffff;
            x = __builtin_bit_cast(real, __builtin_bit_cast(bits, x) & mask);
        }
    }
    WEFT_INLINE void raise_to(eight const& other) noexcept {
        for (std::size_t g = 0; g < part.size(); ++g) {
            part[g] = part[g] > other.part[g] ? part[g] : other.part[g];
        }
    }
    [[nodiscard]] WEFT_INLINE double total() const noexcept {
        if constexpr (count == 4) {
            real const x = part[0] + part[1];
            return (x[0] + x[2]) + (x[1] + x[3]);
        } else {
            real const x = (part[0] + part[2]) + (part[1] + part[3]);
            return x[0] + x[1];
        }
    }
};

[[nodiscard]] constexpr double larger(double x, double y) noexcept {
    return x > y ? x : y;
}

/// A distance as gap / size, so that several can be divided at once.
struct fraction {
    double gap = 0.0;
    double size = 1.0;
};

/// Sums of |x| or x^2 over blocks of eight, in eight lanes.
template <polynomial_similarity Form, class Lanes>
struct block_sums {
    eight<Lanes> sum;

    WEFT_INLINE void add_terms(eight<Lanes>& x) noexcept {
        if constexpr (Form == polynomial_similarity::relative_l1) x.take_magnitude();
        for (std::size_t g = 0; g < sum.part.size(); ++g) {
            if constexpr (Form == polynomial_similarity::relative_l1) {
                sum.part[g] += x.part[g];
            } else {
                sum.part[g] += x.part[g] * x.part[g];
            }
        }
    }
    WEFT_INLINE void add_difference(double const* x, double const* y) noexcept {
        eight<Lanes> terms;
        terms.load(x);
        terms.subtract(y);
        add_terms(terms);
    }
    WEFT_INLINE void add(double const* x) noexcept {
        eight<Lanes> terms;
        terms.load(x);
        add_terms(terms);
    }
    [[nodiscard]] WEFT_INLINE double total() const noexcept { return sum.total(); }
};

[[nodiscard]] inline fraction l2_fraction(double squared) noexcept {
    auto const d = __builtin_sqrt(squared);
    return is_finite(d) ? fraction{d, 1.0 + d} : fraction{1.0, 1.0};
}

/// Polynomials in blocks with rising keys. Norms of integers are 0 or at least 1.
template <polynomial_similarity Form, class Lanes>
[[nodiscard]] WEFT_INLINE fraction block_distance(double const* p, std::int32_t const* keys_p,
                                                  std::size_t count_p, double norm_p,
                                                  double const* q, std::int32_t const* keys_q,
                                                  std::size_t count_q, double norm_q) noexcept {
    block_sums<Form, Lanes> sums;
    std::size_t i = 0;
    std::size_t j = 0;
    while (i < count_p && j < count_q) {
        auto const x = keys_p[i];
        auto const y = keys_q[j];
        if (x == y) {
            sums.add_difference(p + block_size * i++, q + block_size * j++);
        } else if (x < y) {
            sums.add(p + block_size * i++);
        } else {
            sums.add(q + block_size * j++);
        }
    }
    for (; i < count_p; ++i) sums.add(p + block_size * i);
    for (; j < count_q; ++j) sums.add(q + block_size * j);
    if constexpr (Form == polynomial_similarity::relative_l1) {
        return {sums.total(), larger(norm_p + norm_q, 1.0)};
    } else {
        return l2_fraction(sums.total());
    }
}

/// Alexander's polynomials. The kept half is 2 a_k, but a_0 itself for integer exponents: its plain
/// sum is the whole norm. Both arrays must reach to the longer one's last block, filled with 0.
template <polynomial_similarity Form, class Lanes, class Link>
[[nodiscard]] WEFT_INLINE fraction alexander_distance(Link const& a, Link const& b) noexcept {
    std::size_t const longer =
        a.alexander_size > b.alexander_size ? a.alexander_size : b.alexander_size;
    auto const* const p = a.alexander.data();
    auto const* const q = b.alexander.data();
    bool const aligned = a.alexander_half_integer == b.alexander_half_integer;
    block_sums<Form, Lanes> sums;
    if constexpr (Form == polynomial_similarity::relative_l1) {
        for (std::size_t k = 0; k < longer; k += block_size) sums.add_difference(p + k, q + k);
        auto const norm = a.number[alexander_lane] + b.number[alexander_lane];
        // Half-integer exponents share nothing with integer ones.
        return {aligned ? sums.total() : norm, larger(norm, 1.0)};
    } else {
        // Squares of doubled coefficients count half: (2 c)^2 / 2 = c^2 + c^2.
        auto const middle = [](Link const& v) {
            return v.alexander_half_integer != 0 || v.alexander_size == 0 ? 0.0 : v.alexander[0];
        };
        auto const gap = middle(a) - middle(b);
        if (aligned) {
            for (std::size_t k = 0; k < longer; k += block_size) sums.add_difference(p + k, q + k);
            return l2_fraction((sums.total() + gap * gap) / 2.0);
        }
        block_sums<Form, Lanes> others;
        for (std::size_t k = 0; k < longer; k += block_size) {
            sums.add(p + k);
            others.add(q + k);
        }
        return l2_fraction(((sums.total() + others.total()) + gap * gap) / 2.0);
    }
}

[[nodiscard]] constexpr fraction number_distance(double a, double b) noexcept {
    auto const gap = __builtin_fabs(a - b);
    return {gap, larger(larger(__builtin_fabs(a), __builtin_fabs(b)), larger(gap, 1.0))};
}

/// The largest double below 1.
inline constexpr double nearly_one = 0x1.fffffffffffffp-1;

/// 1 - d, below 1 for things that differ.
[[nodiscard]] constexpr double similarity_of(double d, bool equal) noexcept {
    if (equal) return 1.0;
    auto const s = 1.0 - d;
    if (!(s < 1.0)) return nearly_one;
    return s < 0.0 ? 0.0 : s;
}

} // namespace detail

/// The similarity of links by options that were checked once; for scoring many pairs.
class similarity_kernel {
public:
    /// Throws invalid_argument unless every weight is finite and not negative and one that takes
    /// part is positive.
    explicit similarity_kernel(similarity_options const& options = {})
        : weights_{options.weights.jones,
                   options.weights.alexander,
                   options.weights.crossing_number_lower,
                   options.weights.signature,
                   options.weights.unknotting_lower,
                   options.weights.braid_index_lower,
                   options.weights.determinant,
                   options.weights.arf,
                   options.weights.homfly,
                   options.weights.bridge_number,
                   options.weights.writhe}
        , polynomials_(options.polynomials) {
        require_weights("options.weights", weights_);
        if (!options.diagram) {
            weights_[detail::writhe_term] = weights_[detail::bridge_term] = 0.0;
        }
        for (std::size_t t = 0; t < weights_.size(); ++t) {
            if (weights_[t] > 0.0) wanted_ |= 1U << t;
        }
        if (wanted_ == 0) {
            WEFT_THROW(invalid_argument("options.weights", "weights for terms of diagrams only",
                                        "another positive weight, or diagram mode"));
        }
        lanes_ = {weights_[detail::crossing_term],    weights_[detail::signature_term],
                  weights_[detail::unknotting_term],  weights_[detail::braid_index_term],
                  weights_[detail::determinant_term], 0.0,
                  weights_[detail::arf_term],         0.0};
    }

    /// The score in [0,1], symmetric bit for bit; absent where no term is present on both sides.
    [[nodiscard]] std::optional<double> operator()(record const& a,
                                                   record const& b) const noexcept {
        double out = 0.0;
        if (!widest_score(a, b, out)) return std::nullopt;
        return out;
    }

    /// The same by registers of one width, to the same bits for any; false where it is absent.
    template <class Lanes>
    [[nodiscard]] WEFT_INLINE bool score_to(record const& a, record const& b,
                                            double& out) const noexcept {
        return score<Lanes>(a, b, out);
    }

    /// The same, with a value of the caller's where there is none.
    [[nodiscard]] double score_or(record const& a, record const& b, double absent) const noexcept {
        double out = 0.0;
        return widest_score(a, b, out) ? out : absent;
    }

    /// As for records of the same invariants, bit for bit (where those hold the polynomials), and
    /// with the terms.
    template <class Integer>
    [[nodiscard]] similarity_result operator()(basic_invariants<Integer> const& a,
                                               basic_invariants<Integer> const& b) const {
        auto x = detail::data_of(a);
        auto y = detail::data_of(b);
        x.pad_alexander(y.alexander_size);
        y.pad_alexander(x.alexander_size);
        x.pad_alexander(x.alexander_size);
        y.pad_alexander(y.alexander_size);
        similarity_result out;
        double value = 0.0;
        if (score<weft::detail::target_lanes>(x, y, value)) out.score = value;
        double sum = 0.0;
        auto const both = x.present & y.present & wanted_;
        for (std::size_t t = 0; t < weights_.size(); ++t) {
            if ((both >> t & 1U) != 0) sum += weights_[t];
        }
        for (std::size_t t = 0; t < weights_.size(); ++t) {
            if (!(weights_[t] > 0.0)) continue;
            similarity_term term{detail::term_names[t], std::nullopt, 0.0, {}};
            auto const formula = t == detail::jones_term || t == detail::alexander_term ||
                                         t == detail::homfly_term_index
                                     ? (polynomials_ == polynomial_similarity::relative_l1
                                            ? "1 - |p - q|_1 / (|p|_1 + |q|_1)"
                                            : "1 / (1 + |p - q|_2)")
                                     : "1 - |a - b| / max(|a|, |b|, |a - b|, 1)";
            if ((both >> t & 1U) != 0) {
                auto const d = distance(x, y, t);
                term.similarity = detail::similarity_of(d, d == 0.0 && same_marks(x, y, t));
                term.weight = weights_[t] / sum;
                term.explanation = formula;
            } else {
                bool const in_a = (x.present >> t & 1U) != 0;
                bool const in_b = (y.present >> t & 1U) != 0;
                term.explanation = in_a   ? "absent in the second link"
                                   : in_b ? "absent in the first link"
                                          : "absent in both links";
            }
            out.terms.push_back(term);
        }
        return out;
    }

private:
    static constexpr unsigned scalar_terms = 1U << detail::jones_term |
                                             1U << detail::homfly_term_index |
                                             1U << detail::bridge_term | 1U << detail::writhe_term;

    template <polynomial_similarity Form, class Lanes, class Link>
    [[nodiscard]] WEFT_INLINE static detail::fraction jones_distance(Link const& a,
                                                                     Link const& b) noexcept {
        return detail::block_distance<Form, Lanes>(
            a.jones.data(), a.jones_keys.data(), a.jones_blocks, a.jones_norm, b.jones.data(),
            b.jones_keys.data(), b.jones_blocks, b.jones_norm);
    }
    template <polynomial_similarity Form, class Lanes, class Link>
    [[nodiscard]] WEFT_INLINE static detail::fraction homfly_distance(Link const& a,
                                                                      Link const& b) noexcept {
        return detail::block_distance<Form, Lanes>(
            a.homfly.data(), a.homfly_keys.data(), a.homfly_blocks, a.homfly_norm, b.homfly.data(),
            b.homfly_keys.data(), b.homfly_blocks, b.homfly_norm);
    }

    struct weighed {
        double sum = 0.0;
        double total = 0.0;
    };

    /// Sums of weight times distance and of weights over the terms that both sides have.
    template <polynomial_similarity Form, class Lanes, class Link>
    [[nodiscard]] WEFT_INLINE weighed weigh(Link const& a, Link const& b) const noexcept {
        using eight = detail::eight<Lanes>;
        auto const alexander = detail::alexander_distance<Form, Lanes>(a, b);
        eight weight, gap, size, other;
        weight.load(lanes_.data());
        size.load(a.has.data());
        other.load(b.has.data());
        for (std::size_t g = 0; g < weight.part.size(); ++g) {
            weight.part[g] *= size.part[g] * other.part[g];
        }
        gap.load(a.number.data());
        gap.subtract(b.number.data());
        gap.take_magnitude();
        size.load(a.number.data());
        size.take_magnitude();
        other.load(b.number.data());
        other.take_magnitude();
        size.raise_to(other);
        size.raise_to(gap);
        for (auto& x : other.part) x = typename eight::real{} + 1.0;
        size.raise_to(other);
        auto const alexander_weight =
            weights_[detail::alexander_term] *
            (a.has[detail::alexander_lane] * b.has[detail::alexander_lane]);
        weighed out;
        out.total = weight.total() + alexander_weight;
        for (std::size_t g = 0; g < weight.part.size(); ++g) {
            weight.part[g] *= gap.part[g] / size.part[g];
        }
        out.sum = weight.total() + alexander_weight * (alexander.gap / alexander.size);
        auto const both = a.present & b.present & wanted_;
        if ((both & scalar_terms) != 0) {
            auto const add = [&](std::size_t t, detail::fraction f) {
                out.sum += weights_[t] * (f.gap / f.size);
                out.total += weights_[t];
            };
            if ((both >> detail::jones_term & 1U) != 0) {
                add(detail::jones_term, jones_distance<Form, Lanes>(a, b));
            }
            if ((both >> detail::homfly_term_index & 1U) != 0) {
                add(detail::homfly_term_index, homfly_distance<Form, Lanes>(a, b));
            }
            if ((both >> detail::bridge_term & 1U) != 0) {
                add(detail::bridge_term, detail::number_distance(a.bridge, b.bridge));
            }
            if ((both >> detail::writhe_term & 1U) != 0) {
                add(detail::writhe_term, detail::number_distance(a.writhe, b.writhe));
            }
        }
        return out;
    }

    /// The distance of one term that both sides have.
    template <class Link>
    [[nodiscard]] double distance(Link const& a, Link const& b, std::size_t t) const noexcept {
        using lanes = weft::detail::target_lanes;
        auto const plain = polynomials_ == polynomial_similarity::relative_l1;
        constexpr auto l1 = polynomial_similarity::relative_l1;
        constexpr auto l2 = polynomial_similarity::inverse_l2;
        detail::fraction f;
        auto const lane = [&](std::size_t k) {
            f = detail::number_distance(a.number[k], b.number[k]);
        };
        switch (t) {
        case detail::jones_term:
            f = plain ? jones_distance<l1, lanes>(a, b) : jones_distance<l2, lanes>(a, b);
            break;
        case detail::alexander_term:
            f = plain ? detail::alexander_distance<l1, lanes>(a, b)
                      : detail::alexander_distance<l2, lanes>(a, b);
            break;
        case detail::homfly_term_index:
            f = plain ? homfly_distance<l1, lanes>(a, b) : homfly_distance<l2, lanes>(a, b);
            break;
        case detail::crossing_term:
            lane(detail::crossing_lane);
            break;
        case detail::signature_term:
            lane(detail::signature_lane);
            break;
        case detail::unknotting_term:
            lane(detail::unknotting_lane);
            break;
        case detail::braid_index_term:
            lane(detail::braid_index_lane);
            break;
        case detail::determinant_term:
            lane(detail::determinant_lane);
            break;
        case detail::arf_term:
            lane(detail::arf_lane);
            break;
        case detail::bridge_term:
            f = detail::number_distance(a.bridge, b.bridge);
            break;
        default:
            f = detail::number_distance(a.writhe, b.writhe);
            break;
        }
        return f.gap / f.size;
    }

    template <class Link>
    [[nodiscard]] static bool same_marks(Link const& a, Link const& b, std::size_t t) noexcept {
        switch (t) {
        case detail::jones_term:
            return a.jones_mark == b.jones_mark;
        case detail::alexander_term:
            return a.alexander_mark == b.alexander_mark;
        case detail::homfly_term_index:
            return a.homfly_mark == b.homfly_mark;
        case detail::determinant_term:
            return a.determinant_mark == b.determinant_mark;
        default:
            return true;
        }
    }

    /// Where the weighted sum is 0: nothing to compare, equal sides, or a difference too small.
    template <class Link>
    [[nodiscard]] bool close_call(Link const& a, Link const& b, double& out) const noexcept {
        auto const both = a.present & b.present & wanted_;
        if (both == 0) return false;
        out = 1.0;
        for (std::size_t t = 0; t < weights_.size(); ++t) {
            if ((both >> t & 1U) == 0) continue;
            if (distance(a, b, t) != 0.0 || !same_marks(a, b, t)) out = detail::nearly_one;
        }
        return true;
    }

#if WEFT_HAS_WIDE_KERNELS
    WEFT_WIDE_KERNEL bool wide_score(record const& a, record const& b, double& out) const noexcept {
        return score<weft::detail::lanes<4>>(a, b, out);
    }
#endif
    [[nodiscard]] bool widest_score(record const& a, record const& b, double& out) const noexcept {
#if WEFT_HAS_WIDE_KERNELS
        if (weft::detail::has_wide_lanes()) return wide_score(a, b, out);
#endif
        return score<weft::detail::target_lanes>(a, b, out);
    }

    /// The one kernel of every similarity; false where it is absent.
    template <class Lanes, class Link>
    [[nodiscard]] WEFT_INLINE bool score(Link const& a, Link const& b, double& out) const noexcept {
        auto const w = polynomials_ == polynomial_similarity::relative_l1
                           ? weigh<polynomial_similarity::relative_l1, Lanes>(a, b)
                           : weigh<polynomial_similarity::inverse_l2, Lanes>(a, b);
        if (!(w.sum > 0.0)) return close_call(a, b, out);
        auto const s = 1.0 - w.sum / w.total;
        out = !(s < 1.0) ? detail::nearly_one : s > 0.0 ? s : 0.0;
        return true;
    }

    std::array<double, detail::term_count> weights_;
    std::array<double, detail::lane_count> lanes_{};
    polynomial_similarity polynomials_;
    unsigned wanted_ = 0;
};

/// The similarity of two links from their invariants alone, so that it cannot change under a Markov
/// move of either braid (unless diagram mode is on, or one word's budget leaves a term out). The
/// crossing and unknotting terms compare the bounds that one source gives: span of Jones less the
/// Alexander corank; signature, and for links linking numbers and the components' signatures. Each
/// term lies in [0,1], is symmetric, and is 1 where and only where both sides are equal. Numbers: 1
/// - |a-b| / max(|a|, |b|, |a-b|, 1).
template <class Integer>
[[nodiscard]] similarity_result similarity(basic_invariants<Integer> const& a,
                                           basic_invariants<Integer> const& b,
                                           similarity_options const& options = {}) {
    return similarity_kernel(options)(a, b);
}

/// The score alone, from records.
[[nodiscard]] inline std::optional<double> similarity(record const& a, record const& b,
                                                      similarity_options const& options = {}) {
    return similarity_kernel(options)(a, b);
}

} // namespace weft::inline v0::knot
