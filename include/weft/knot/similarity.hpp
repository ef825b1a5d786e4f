#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>
#include <vector>

#include "weft/core/error.hpp"
#include "weft/core/number.hpp"
#include "weft/core/weights.hpp"
#include "weft/knot/integer.hpp"
#include "weft/knot/invariants.hpp"
#include "weft/knot/laurent.hpp"

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
                .writhe = 0.0};
    }
};

struct similarity_options {
    similarity_weights weights{};
    /// Lets the writhe take part; the score is then one of diagrams and changes under Markov moves.
    bool diagram = false;
    polynomial_similarity polynomials = polynomial_similarity::relative_l1;
};

/// One term of a similarity. `weight` is its share of the score: 0 where it is absent, and the
/// shares of what is present sum to 1.
struct similarity_term {
    std::string_view name;
    std::optional<double> similarity;
    double weight = 0.0;
};

/// The score in [0,1]: the weighted mean of the terms, 1 exactly where all of them are equal on
/// both sides; absent where no term with a weight is present on both.
struct similarity_result {
    std::optional<double> score;
    std::vector<similarity_term> terms;
};

/// Everything that the similarity of two links needs, of fixed size and trivially copyable.
/// Alexander is kept by half (it is symmetric up to sign); polynomials longer than the capacities
/// are absent. 16 strands with 120 bands fit.
struct record {
    static constexpr std::size_t alexander_capacity = 56;
    static constexpr std::size_t jones_capacity = 64;

    std::array<double, alexander_capacity> alexander{};
    std::array<double, jones_capacity> jones{};
    double alexander_norm = 0.0;
    double jones_norm = 0.0;
    /// jones and alexander unused; then crossing_number_lower, signature, unknotting_lower,
    /// braid_index_lower, determinant, arf, writhe.
    std::array<double, 9> number{};
    /// Tell apart what doubles cannot.
    std::uint64_t alexander_mark = 0;
    std::uint64_t jones_mark = 0;
    std::uint64_t determinant_mark = 0;
    std::int32_t jones_twice_min = 0;
    std::uint16_t alexander_size = 0;
    std::uint16_t jones_size = 0;
    std::uint16_t present = 0;
    bool alexander_half_integer = false;
};
static_assert(std::is_trivially_copyable_v<record>);

namespace detail {

inline constexpr std::array<std::string_view, 9> term_names{"jones",
                                                            "alexander",
                                                            "crossing_number_lower",
                                                            "signature",
                                                            "unknotting_lower",
                                                            "braid_index_lower",
                                                            "determinant",
                                                            "arf",
                                                            "writhe"};
enum : std::size_t {
    jones_term,
    alexander_term,
    crossing_term,
    signature_term,
    unknotting_term,
    braid_index_term,
    determinant_term,
    arf_term,
    writhe_term,
    term_count
};

/// Polynomials and numbers of one link as the kernel reads them, wherever they are kept.
struct view {
    double const* alexander;
    double const* jones;
    std::size_t alexander_size;
    std::size_t jones_size;
    std::int64_t jones_twice_min;
    double alexander_norm, jones_norm;
    double const* number;
    std::uint64_t alexander_mark, jones_mark, determinant_mark;
    unsigned present;
    bool alexander_half_integer;
};

/// Sums of n terms by one rule, so that equal data give equal bits wherever they lie: four
/// interleaved accumulators.
template <class Term>
[[nodiscard]] inline double summed(std::size_t n, Term term) noexcept {
    double s0 = 0.0;
    double s1 = 0.0;
    double s2 = 0.0;
    double s3 = 0.0;
    std::size_t k = 0;
    for (; k + 4 <= n; k += 4) {
        s0 += term(k);
        s1 += term(k + 1);
        s2 += term(k + 2);
        s3 += term(k + 3);
    }
    if (k < n) s0 += term(k);
    if (k + 1 < n) s1 += term(k + 1);
    if (k + 2 < n) s2 += term(k + 2);
    return (s0 + s2) + (s1 + s3);
}

template <polynomial_similarity Form>
[[nodiscard]] constexpr double size_term(double x) noexcept {
    return Form == polynomial_similarity::relative_l1 ? __builtin_fabs(x) : x * x;
}

[[nodiscard]] inline double sum_of_sizes(double const* x, std::size_t n) noexcept {
    return summed(n, [x](std::size_t k) { return __builtin_fabs(x[k]); });
}

/// |p - q|_1 or |p - q|_2^2 for coefficients at offsets `at_p`, `at_q` >= 0, one of which is 0.
template <polynomial_similarity Form>
[[nodiscard]] double difference(double const* p, std::size_t np, std::size_t at_p, double const* q,
                                std::size_t nq, std::size_t at_q) noexcept {
    auto const alone = [](double const* x, std::size_t n) {
        return summed(n, [x](std::size_t k) { return size_term<Form>(x[k]); });
    };
    auto const end_p = at_p + np;
    auto const end_q = at_q + nq;
    auto const start = at_p > at_q ? at_p : at_q;
    auto const end = end_p < end_q ? end_p : end_q;
    if (start >= end) return alone(p, np) + alone(q, nq);
    auto const* const x = p + (start - at_p);
    auto const* const y = q + (start - at_q);
    double sum =
        summed(end - start, [x, y](std::size_t k) { return size_term<Form>(x[k] - y[k]); });
    if (start > 0) sum += at_p < at_q ? alone(p, start) : alone(q, start);
    if (end_p != end_q) {
        sum += end_p > end_q ? alone(x + (end - start), end_p - end)
                             : alone(y + (end - start), end_q - end);
    }
    return sum;
}

[[nodiscard]] inline double l2_distance(double squared) noexcept {
    auto const d = __builtin_sqrt(squared);
    return is_finite(d) ? d / (1.0 + d) : 1.0;
}

[[nodiscard]] inline double relative(double difference, double norm_p, double norm_q) noexcept {
    auto const norm = norm_p + norm_q;
    if (norm == 0.0) return 0.0;
    auto const d = difference / norm;
    return d < 1.0 ? d : 1.0;
}

/// The least distance between things that differ.
inline constexpr double least_distance = 0x1p-60;

template <polynomial_similarity Form>
[[nodiscard]] double jones_distance(view const& a, view const& b) noexcept {
    auto const gap = a.jones_twice_min - b.jones_twice_min;
    bool const aligned = gap % 2 == 0;
    // Half-integer exponents against integer ones share no exponent.
    auto const offset_a =
        !aligned ? b.jones_size : (gap > 0 ? static_cast<std::size_t>(gap / 2) : std::size_t{0});
    auto const offset_b =
        aligned && gap < 0 ? static_cast<std::size_t>(-(gap / 2)) : std::size_t{0};
    double d = 0.0;
    if constexpr (Form == polynomial_similarity::relative_l1) {
        if (!aligned) return 1.0;
        d = relative(
            difference<Form>(a.jones, a.jones_size, offset_a, b.jones, b.jones_size, offset_b),
            a.jones_norm, b.jones_norm);
    } else {
        auto const squared =
            difference<Form>(a.jones, a.jones_size, offset_a, b.jones, b.jones_size, offset_b);
        d = l2_distance(squared);
    }
    return d == 0.0 && a.jones_mark != b.jones_mark ? least_distance : d;
}

// The kept half is 2 a_k, but a_0 itself for integer exponents: its plain sum is the whole norm.
template <polynomial_similarity Form>
[[nodiscard]] double alexander_distance(view const& a, view const& b) noexcept {
    bool const aligned = a.alexander_half_integer == b.alexander_half_integer ||
                         a.alexander_size == 0 || b.alexander_size == 0;
    double d = 0.0;
    if constexpr (Form == polynomial_similarity::relative_l1) {
        if (!aligned) return 1.0;
        d = relative(
            difference<Form>(a.alexander, a.alexander_size, 0, b.alexander, b.alexander_size, 0),
            a.alexander_norm, b.alexander_norm);
    } else {
        // Squares of doubled coefficients count half: (2 a)^2 / 2 = a^2 + a^2.
        auto const first = [](view const& v) {
            return v.alexander_half_integer || v.alexander_size == 0 ? 0.0 : v.alexander[0];
        };
        auto const whole = [&](view const& x, view const& y) {
            return difference<Form>(x.alexander, x.alexander_size, 0, y.alexander, y.alexander_size,
                                    0);
        };
        double squared = 0.0;
        if (aligned) {
            auto const middle = first(a) - first(b);
            squared = (whole(a, b) + middle * middle) / 2.0;
        } else {
            auto const middle = first(a) + first(b);
            view nothing_a = a;
            view nothing_b = b;
            nothing_a.alexander_size = nothing_b.alexander_size = 0;
            squared = (whole(a, nothing_b) + whole(b, nothing_a) + middle * middle) / 2.0;
        }
        d = l2_distance(squared);
    }
    return d == 0.0 && a.alexander_mark != b.alexander_mark ? least_distance : d;
}

[[nodiscard]] inline double number_distance(double a, double b) noexcept {
    auto const larger = [](double x, double y) { return x > y ? x : y; };
    auto const gap = __builtin_fabs(a - b);
    return gap / larger(larger(__builtin_fabs(a), __builtin_fabs(b)), larger(gap, 1.0));
}

/// 1 - d, below 1 where d is above 0.
[[nodiscard]] constexpr double similarity_of(double d) noexcept {
    auto const s = 1.0 - d;
    if (d > 0.0 && !(s < 1.0)) return 0x1.fffffffffffffp-1;
    return s < 0.0 ? 0.0 : s;
}

struct term_distances {
    std::array<double, term_count> distance{};
    unsigned present = 0;
};

/// The one kernel of every similarity. Distances of absent terms mean nothing.
template <polynomial_similarity Form>
[[nodiscard]] inline term_distances distances(view const& a, view const& b,
                                              unsigned wanted) noexcept {
    term_distances out;
    out.present = a.present & b.present & wanted;
    // All numbers at once, present or not: no branches, so that compilers can use wide registers.
    for (std::size_t t = alexander_term + 1; t < term_count; ++t) {
        out.distance[t] = number_distance(a.number[t], b.number[t]);
    }
    if (out.distance[determinant_term] == 0.0 && a.determinant_mark != b.determinant_mark) {
        out.distance[determinant_term] = least_distance;
    }
    if ((out.present >> jones_term & 1U) != 0)
        out.distance[jones_term] = jones_distance<Form>(a, b);
    if ((out.present >> alexander_term & 1U) != 0) {
        out.distance[alexander_term] = alexander_distance<Form>(a, b);
    }
    return out;
}

[[nodiscard]] inline std::uint64_t mixed(std::uint64_t mark, std::uint64_t x) noexcept {
    mark = (mark ^ x) * 0x9e37'79b9'7f4a'7c15ULL;
    return mark ^ (mark >> 29U);
}

/// The data behind a view, of any length.
struct similarity_data {
    std::vector<double> alexander, jones;
    std::array<double, term_count> number{};
    double alexander_norm = 0.0;
    double jones_norm = 0.0;
    std::uint64_t alexander_mark = 0;
    std::uint64_t jones_mark = 0;
    std::uint64_t determinant_mark = 0;
    std::int64_t jones_twice_min = 0;
    unsigned present = 0;
    bool alexander_half_integer = false;

    [[nodiscard]] view seen() const noexcept {
        return {alexander.data(),      jones.data(),   alexander.size(), jones.size(),
                jones_twice_min,       alexander_norm, jones_norm,       number.data(),
                alexander_mark,        jones_mark,     determinant_mark, present,
                alexander_half_integer};
    }
};

[[nodiscard]] inline view seen(record const& r) noexcept {
    return {r.alexander.data(),      r.jones.data(),   r.alexander_size,   r.jones_size,
            r.jones_twice_min,       r.alexander_norm, r.jones_norm,       r.number.data(),
            r.alexander_mark,        r.jones_mark,     r.determinant_mark, r.present,
            r.alexander_half_integer};
}

template <class Integer>
[[nodiscard]] similarity_data data_of(basic_invariants<Integer> const& v) {
    using traits = integer_traits<Integer>;
    similarity_data out;
    auto const has = [&](std::size_t t) { out.present |= 1U << t; };
    auto const put = [&](std::size_t t, auto const& x) {
        if (!x) return;
        out.number[t] = static_cast<double>(*x);
        has(t);
    };
    put(crossing_term, v.crossing_number_lower);
    put(signature_term, v.signature);
    put(unknotting_term, v.unknotting_lower);
    put(braid_index_term, v.braid_index_lower);
    put(arf_term, v.arf);
    out.number[writhe_term] = static_cast<double>(v.writhe);
    has(writhe_term);
    if (v.determinant) {
        out.number[determinant_term] = traits::to_double(*v.determinant);
        out.determinant_mark = traits::low_bits(*v.determinant);
        if (is_finite(out.number[determinant_term])) has(determinant_term);
    }
    if (v.alexander) {
        auto const& p = *v.alexander;
        auto const& c = p.coefficients();
        out.alexander_half_integer = p.twice_max_exponent() % 2 != 0;
        for (std::size_t k = c.size() / 2; k < c.size(); ++k) {
            bool const middle = !out.alexander_half_integer && k == c.size() / 2;
            out.alexander.push_back((middle ? 1.0 : 2.0) * traits::to_double(c[k]));
            out.alexander_mark = mixed(out.alexander_mark, traits::low_bits(c[k]));
        }
        out.alexander_norm = sum_of_sizes(out.alexander.data(), out.alexander.size());
        if (is_finite(4.0 * out.alexander_norm)) has(alexander_term);
    }
    if (v.jones) {
        auto const& c = v.jones->coefficients();
        out.jones_twice_min = v.jones->twice_min_exponent();
        for (auto const& x : c) {
            out.jones.push_back(traits::to_double(x));
            out.jones_mark = mixed(out.jones_mark, traits::low_bits(x));
        }
        out.jones_norm = sum_of_sizes(out.jones.data(), out.jones.size());
        if (is_finite(4.0 * out.jones_norm)) has(jones_term);
    }
    return out;
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
                   options.weights.writhe}
        , polynomials_(options.polynomials) {
        require_weights("options.weights", weights_);
        if (!options.diagram) weights_[detail::writhe_term] = 0.0;
        for (std::size_t t = 0; t < weights_.size(); ++t) {
            if (weights_[t] > 0.0) wanted_ |= 1U << t;
        }
        if (wanted_ == 0) {
            WEFT_THROW(invalid_argument("options.weights", "a weight for the writhe only",
                                        "another positive weight, or diagram mode"));
        }
    }

    /// The score in [0,1], symmetric bit for bit; absent where no term is present on both sides.
    [[nodiscard]] std::optional<double> operator()(record const& a,
                                                   record const& b) const noexcept {
        return score(distances(detail::seen(a), detail::seen(b)));
    }

    /// As for records of the same invariants, bit for bit (where those hold the polynomials), and
    /// with the terms.
    template <class Integer>
    [[nodiscard]] similarity_result operator()(basic_invariants<Integer> const& a,
                                               basic_invariants<Integer> const& b) const {
        auto const x = detail::data_of(a);
        auto const y = detail::data_of(b);
        auto const d = distances(x.seen(), y.seen());
        similarity_result out;
        out.score = score(d);
        double const sum = total(d.present);
        for (std::size_t t = 0; t < weights_.size(); ++t) {
            if (!(weights_[t] > 0.0)) continue;
            similarity_term term{detail::term_names[t], std::nullopt, 0.0};
            if ((d.present >> t & 1U) != 0) {
                term.similarity = detail::similarity_of(d.distance[t]);
                term.weight = weights_[t] / sum;
            }
            out.terms.push_back(term);
        }
        return out;
    }

private:
    [[nodiscard]] detail::term_distances distances(detail::view const& a,
                                                   detail::view const& b) const noexcept {
        return polynomials_ == polynomial_similarity::relative_l1
                   ? detail::distances<polynomial_similarity::relative_l1>(a, b, wanted_)
                   : detail::distances<polynomial_similarity::inverse_l2>(a, b, wanted_);
    }

    [[nodiscard]] double total(unsigned present) const noexcept {
        double sum = 0.0;
        for (std::size_t t = 0; t < weights_.size(); ++t) {
            sum += (present >> t & 1U) != 0 ? weights_[t] : 0.0;
        }
        return sum;
    }

    [[nodiscard]] std::optional<double> score(detail::term_distances const& d) const noexcept {
        if (d.present == 0) return std::nullopt;
        double sum = 0.0;
        bool equal = true;
        for (std::size_t t = 0; t < weights_.size(); ++t) {
            bool const here = (d.present >> t & 1U) != 0;
            sum += here ? weights_[t] * d.distance[t] : 0.0;
            equal &= !here || d.distance[t] == 0.0;
        }
        if (equal) return 1.0;
        auto const s = 1.0 - sum / total(d.present);
        if (!(s < 1.0)) return 0x1.fffffffffffffp-1;
        return s > 0.0 ? s : 0.0;
    }

    std::array<double, detail::term_count> weights_;
    polynomial_similarity polynomials_;
    unsigned wanted_ = 0;
};

/// The similarity of two links from their invariants alone, so that it cannot change under a Markov
/// move of either braid (unless diagram mode is on). Each term lies in [0,1], is symmetric, and is
/// 1 where and only where both sides are equal. Numbers: 1 - |a-b| / max(|a|, |b|, |a-b|, 1).
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

/// The record of a link's invariants. A polynomial that is longer than its capacity is left out.
template <class Integer>
[[nodiscard]] record make_record(basic_invariants<Integer> const& v) {
    auto const data = detail::data_of(v);
    record out;
    auto present = data.present;
    if (data.alexander.size() <= record::alexander_capacity) {
        for (std::size_t k = 0; k < data.alexander.size(); ++k)
            out.alexander[k] = data.alexander[k];
        out.alexander_size = static_cast<std::uint16_t>(data.alexander.size());
        out.alexander_norm = data.alexander_norm;
        out.alexander_mark = data.alexander_mark;
        out.alexander_half_integer = data.alexander_half_integer;
    } else {
        present &= ~(1U << detail::alexander_term);
    }
    constexpr std::int64_t most = 1'000'000'000;
    auto const start = data.jones_twice_min;
    if (data.jones.size() <= record::jones_capacity && most > start && -most < start) {
        for (std::size_t k = 0; k < data.jones.size(); ++k) out.jones[k] = data.jones[k];
        out.jones_size = static_cast<std::uint16_t>(data.jones.size());
        out.jones_twice_min = static_cast<std::int32_t>(start);
        out.jones_norm = data.jones_norm;
        out.jones_mark = data.jones_mark;
    } else {
        present &= ~(1U << detail::jones_term);
    }
    out.number = data.number;
    out.determinant_mark = data.determinant_mark;
    out.present = static_cast<std::uint16_t>(present);
    return out;
}

} // namespace weft::inline v0::knot
