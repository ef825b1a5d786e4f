#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <vector>

#include "weft/core/number.hpp"
#include "weft/knot/integer.hpp"
#include "weft/knot/invariants.hpp"
#include "weft/knot/laurent.hpp"

namespace weft::inline v0::knot {

/// Everything that the similarity of two links needs, of fixed size and trivially copyable.
/// Polynomials are kept in blocks of eight coefficients on a grid that all records share, so that
/// two of them meet block by block; Alexander by half (it is symmetric up to sign). Polynomials
/// longer than the capacities are absent. 16 strands with 120 bands fit. The parts that every pair
/// reads come first.
struct alignas(64) record {
    static constexpr std::size_t alexander_capacity = 56;
    static constexpr std::size_t jones_blocks_capacity = 9;
    static constexpr std::size_t homfly_blocks_capacity = 12;

    /// Crossing number from the span of Jones alone, signature, unknotting_lower without what other
    /// invariants add for a knot, braid_index_lower, determinant, Alexander's norm, arf; the last
    /// is 0.
    std::array<double, 8> number{};
    /// 1 where the number of the same place is present, else 0.
    std::array<double, 8> has{};
    std::uint32_t present = 0;
    std::uint16_t alexander_size = 0;
    std::uint8_t jones_blocks = 0;
    std::uint8_t homfly_blocks = 0;
    std::uint8_t alexander_half_integer = 0;
    /// Tell apart what doubles cannot.
    std::uint64_t alexander_mark = 0;
    std::uint64_t jones_mark = 0;
    std::uint64_t homfly_mark = 0;
    std::uint64_t determinant_mark = 0;
    double jones_norm = 0.0;
    double homfly_norm = 0.0;
    double writhe = 0.0;
    double bridge = 0.0;
    std::array<double, alexander_capacity> alexander{};
    std::array<std::int32_t, jones_blocks_capacity> jones_keys{};
    std::array<std::int32_t, homfly_blocks_capacity> homfly_keys{};
    std::array<double, 8 * jones_blocks_capacity> jones{};
    std::array<double, 8 * homfly_blocks_capacity> homfly{};
};
static_assert(std::is_trivially_copyable_v<record>);

namespace detail {

enum : std::size_t {
    jones_term,
    alexander_term,
    crossing_term,
    signature_term,
    unknotting_term,
    braid_index_term,
    determinant_term,
    arf_term,
    homfly_term_index,
    bridge_term,
    writhe_term,
    term_count
};

/// Places in record::number.
enum : std::size_t {
    crossing_lane,
    signature_lane,
    unknotting_lane,
    braid_index_lane,
    determinant_lane,
    alexander_lane,
    arf_lane,
    lane_count = 8
};

inline constexpr std::size_t block_size = 8;

[[nodiscard]] constexpr std::int64_t floor_divide(std::int64_t a, std::int64_t b) noexcept {
    auto const q = a / b;
    return a % b < 0 ? q - 1 : q;
}

[[nodiscard]] constexpr std::uint64_t mixed(std::uint64_t mark, std::uint64_t x) noexcept {
    mark = (mark ^ x) * 0x9e37'79b9'7f4a'7c15ULL;
    return mark ^ (mark >> 29U);
}

/// Blocks of eight coefficients with rising keys.
struct coefficient_blocks {
    std::vector<std::int32_t> keys;
    std::vector<double> values;

    /// The coefficient in the given place of the block with the last key or a higher one.
    [[nodiscard]] double& at(std::int32_t key, std::size_t place) {
        if (keys.empty() || keys.back() != key) {
            keys.push_back(key);
            values.resize(values.size() + block_size, 0.0);
        }
        return values[values.size() - block_size + place];
    }
};

/// What a record holds, of any length. The names are those of `record`, whose kernel reads both.
struct similarity_data {
    std::array<double, lane_count> number{};
    std::array<double, lane_count> has{};
    std::uint32_t present = 0;
    std::size_t alexander_size = 0;
    std::size_t jones_blocks = 0;
    std::size_t homfly_blocks = 0;
    std::uint8_t alexander_half_integer = 0;
    std::uint64_t alexander_mark = 0;
    std::uint64_t jones_mark = 0;
    std::uint64_t homfly_mark = 0;
    std::uint64_t determinant_mark = 0;
    double jones_norm = 0.0;
    double homfly_norm = 0.0;
    double writhe = 0.0;
    double bridge = 0.0;
    std::vector<double> alexander;
    std::vector<std::int32_t> jones_keys, homfly_keys;
    std::vector<double> jones, homfly;

    void pad_alexander(std::size_t size) {
        auto const whole = (size + block_size - 1) / block_size * block_size;
        if (alexander.size() < whole) alexander.resize(whole, 0.0);
    }
};

/// The exponents' grid: an exponent of Jones is e or e + 1/2, of HOMFLY-PT (v, z).
[[nodiscard]] inline bool jones_place(std::int64_t twice_exponent, std::int32_t& key,
                                      std::size_t& place) noexcept {
    auto const e = floor_divide(twice_exponent, 2);
    auto const block = floor_divide(e, static_cast<std::int64_t>(block_size));
    constexpr std::int64_t most = 1 << 29;
    if (block > most || block < -most) return false;
    key = static_cast<std::int32_t>(2 * block + (twice_exponent - 2 * e));
    place = static_cast<std::size_t>(e - block * static_cast<std::int64_t>(block_size));
    return true;
}

[[nodiscard]] inline bool homfly_place(std::int64_t v, std::int64_t z, std::int32_t& key,
                                       std::size_t& place) noexcept {
    // v + z is even, so that every second power of z belongs to a power of v. Links of up to four
    // components start in the block of z^-4 ... z^11.
    auto const shifted = floor_divide(z + 4, 2);
    auto const block = floor_divide(shifted, static_cast<std::int64_t>(block_size));
    constexpr std::int64_t most_v = 1 << 17;
    constexpr std::int64_t most_z = 1 << 11;
    if (v > most_v || v < -most_v || block >= most_z || block < -most_z) return false;
    key = static_cast<std::int32_t>(2 * most_z * v + block);
    place = static_cast<std::size_t>(shifted - block * static_cast<std::int64_t>(block_size));
    return true;
}

template <class Integer>
[[nodiscard]] similarity_data data_of(basic_invariants<Integer> const& v) {
    using traits = integer_traits<Integer>;
    similarity_data out;
    auto const has = [&](std::size_t term) { out.present |= 1U << term; };
    auto const put = [&](std::size_t term, std::size_t lane, auto const& x) {
        if (!x) return;
        out.number[lane] = static_cast<double>(*x);
        out.has[lane] = 1.0;
        has(term);
    };
    // Each of one source, so that it is absent or the same for every word of a link.
    put(crossing_term, crossing_lane, span_crossings(v));
    put(signature_term, signature_lane, v.signature);
    auto changes = v.unknotting_lower;
    if (v.components == 1 && v.signature) changes = knot_unknotting(*v.signature);
    put(unknotting_term, unknotting_lane, changes);
    put(braid_index_term, braid_index_lane, v.braid_index_lower);
    put(arf_term, arf_lane, v.arf);
    out.writhe = static_cast<double>(v.writhe);
    has(writhe_term);
    if (v.bridge_number) {
        out.bridge = static_cast<double>(*v.bridge_number);
        has(bridge_term);
    }
    if (v.determinant) {
        auto const d = traits::to_double(*v.determinant);
        if (is_finite(d)) {
            out.number[determinant_lane] = d;
            out.has[determinant_lane] = 1.0;
            out.determinant_mark = traits::low_bits(*v.determinant);
            has(determinant_term);
        }
    }
    auto const sum_of_sizes = [](std::vector<double> const& x) {
        double sum = 0.0;
        for (auto const c : x) sum += __builtin_fabs(c);
        return sum;
    };
    if (v.alexander) {
        auto const& p = *v.alexander;
        auto const& c = p.coefficients();
        auto const odd = p.twice_max_exponent() % 2 != 0;
        for (std::size_t k = c.size() / 2; k < c.size(); ++k) {
            bool const middle = !odd && k == c.size() / 2;
            out.alexander.push_back((middle ? 1.0 : 2.0) * traits::to_double(c[k]));
            out.alexander_mark = mixed(out.alexander_mark, traits::low_bits(c[k]));
        }
        auto const norm = sum_of_sizes(out.alexander);
        if (is_finite(4.0 * norm)) {
            out.alexander_half_integer = odd ? 1 : 0;
            out.alexander_size = out.alexander.size();
            out.number[alexander_lane] = norm;
            out.has[alexander_lane] = 1.0;
            has(alexander_term);
        } else {
            out.alexander.clear();
        }
    }
    if (v.jones) {
        coefficient_blocks b;
        bool fits = true;
        auto twice = v.jones->twice_min_exponent();
        for (auto const& x : v.jones->coefficients()) {
            std::int32_t key = 0;
            std::size_t place = 0;
            fits = fits && jones_place(twice, key, place);
            twice += 2;
            if (!fits) break;
            b.at(key, place) = traits::to_double(x);
            out.jones_mark = mixed(out.jones_mark, traits::low_bits(x));
        }
        auto const norm = sum_of_sizes(b.values);
        if (fits && is_finite(4.0 * norm)) {
            out.jones_norm = norm;
            out.jones_blocks = b.keys.size();
            out.jones_keys = b.keys;
            out.jones = b.values;
            has(jones_term);
        }
    }
    if (v.homfly) {
        coefficient_blocks b;
        bool fits = true;
        for (auto const& t : *v.homfly) {
            std::int32_t key = 0;
            std::size_t place = 0;
            fits = fits && homfly_place(t.v, t.z, key, place);
            if (!fits) break;
            b.at(key, place) = traits::to_double(t.coefficient);
            out.homfly_mark = mixed(out.homfly_mark, traits::low_bits(t.coefficient));
        }
        auto const norm = sum_of_sizes(b.values);
        if (fits && is_finite(4.0 * norm)) {
            out.homfly_norm = norm;
            out.homfly_blocks = b.keys.size();
            out.homfly_keys = b.keys;
            out.homfly = b.values;
            has(homfly_term_index);
        }
    }
    return out;
}

template <class To, class From>
void copy_into(To& to, From const& from) noexcept {
    for (std::size_t k = 0; k < from.size(); ++k) to[k] = from[k];
}

} // namespace detail

/// The record of a link's invariants. A polynomial that is longer than its capacity is left out.
template <class Integer>
[[nodiscard]] record make_record(basic_invariants<Integer> const& v) {
    auto const data = detail::data_of(v);
    record out;
    out.number = data.number;
    out.has = data.has;
    out.present = data.present;
    out.determinant_mark = data.determinant_mark;
    out.writhe = data.writhe;
    out.bridge = data.bridge;
    if (data.alexander.size() <= record::alexander_capacity) {
        detail::copy_into(out.alexander, data.alexander);
        out.alexander_size = static_cast<std::uint16_t>(data.alexander_size);
        out.alexander_mark = data.alexander_mark;
        out.alexander_half_integer = data.alexander_half_integer;
    } else {
        out.number[detail::alexander_lane] = out.has[detail::alexander_lane] = 0.0;
        out.present &= ~(1U << detail::alexander_term);
    }
    if (data.jones_blocks <= record::jones_blocks_capacity) {
        detail::copy_into(out.jones_keys, data.jones_keys);
        detail::copy_into(out.jones, data.jones);
        out.jones_blocks = static_cast<std::uint8_t>(data.jones_blocks);
        out.jones_mark = data.jones_mark;
        out.jones_norm = data.jones_norm;
    } else {
        out.present &= ~(1U << detail::jones_term);
    }
    if (data.homfly_blocks <= record::homfly_blocks_capacity) {
        detail::copy_into(out.homfly_keys, data.homfly_keys);
        detail::copy_into(out.homfly, data.homfly);
        out.homfly_blocks = static_cast<std::uint8_t>(data.homfly_blocks);
        out.homfly_mark = data.homfly_mark;
        out.homfly_norm = data.homfly_norm;
    } else {
        out.present &= ~(1U << detail::homfly_term_index);
    }
    return out;
}

} // namespace weft::inline v0::knot
