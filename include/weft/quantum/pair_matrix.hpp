#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "weft/core/error.hpp"
#include "weft/core/lanes.hpp"
#include "weft/core/number.hpp"
#include "weft/quantum/packs.hpp"
#include "weft/quantum/pairs.hpp"
#include "weft/quantum/qubit.hpp"
#include "weft/quantum/state.hpp"

/// Fidelities of many pairs at once: every state of a set against every other, or against another
/// set (one against many: a set of one). Sets of kets, histograms or qubit products, in double,
/// float or long double, of states of any real type: numbers are rounded to the set's, those of
/// floats after they are brought to unit norm in double. In double every value has the bits of
/// `fidelity` of that pair of doubles, which for states of floats is that rounded to float; in long
/// double those of states of long doubles. In float it is within `float_bound()` of the exact
/// value.
///
/// The reductions (`top_matches`, `pairs_above`, `fidelity_counts`) never store all pairs.
///
/// An executor is a callable executor(n, task) that runs task(0) ... task(n - 1), in any order, on
/// any threads, and returns when all are done. Results do not depend on it.
namespace weft::inline v0::quantum {

/// Runs the tasks one after the other.
struct serial_tasks {
    template <class Task>
    void operator()(std::size_t n, Task const& task) const {
        for (std::size_t i = 0; i < n; ++i) task(i);
    }
};

namespace detail {

/// States that are handled together as rows.
inline constexpr std::size_t band_rows = 64;
/// Panels (a cache line of states each) that are handled together as columns.
inline constexpr std::size_t chunk_panels = 4;

/// out = min(f, 1), for numbers >= 0.
template <class Pack>
WEFT_INLINE void at_most_one(Pack& f) noexcept {
    Pack one = {};
    one += 1;
    f = f < one ? f : one;
}

/// Sums of up to four rows with two registers of columns.
template <class Pack>
struct product_sums {
    Pack r0[2]{}, r1[2]{}, r2[2]{}, r3[2]{};

    // Written out, as loops over registers are left as loops over memory.
    WEFT_INLINE void add(product_sums const& other) noexcept {
        r0[0] += other.r0[0];
        r0[1] += other.r0[1];
        r1[0] += other.r1[0];
        r1[1] += other.r1[1];
        r2[0] += other.r2[0];
        r2[1] += other.r2[1];
        r3[0] += other.r3[0];
        r3[1] += other.r3[1];
    }
};

/// One term of an accumulator.
template <std::size_t Rows, class Real, class Pack>
WEFT_INLINE void add_term(Real const* a, Real const* b, product_sums<Pack>& s) noexcept {
    Pack x, y;
    load_pack(x, b);
    load_pack(y, b + sizeof(Pack) / sizeof(Real));
    keep_loaded(x);
    keep_loaded(y);
    s.r0[0] += a[0] * x;
    s.r0[1] += a[0] * y;
    if constexpr (Rows > 1) {
        s.r1[0] += a[1] * x;
        s.r1[1] += a[1] * y;
    }
    if constexpr (Rows > 2) {
        s.r2[0] += a[2] * x;
        s.r2[1] += a[2] * y;
        s.r3[0] += a[3] * x;
        s.r3[1] += a[3] * y;
    }
}

/// Two of the eight accumulators of `overlap`, added. Both at once where there are registers for
/// it, so that more sums are under way than an addition takes cycles.
template <std::size_t Rows, class Real, class Pack>
WEFT_INLINE void accumulate_two(Real const* a, Real const* b, std::size_t terms,
                                product_sums<Pack>& out) noexcept {
    constexpr std::size_t panel = cache_line / sizeof(Real);
    Real const* const other_a = a + 4 * terms;
    Real const* const other_b = b + panel * terms;
    product_sums<Pack> s, t;
#if defined(__AVX512VL__)
    for (std::size_t m = 0; m < terms; ++m) {
        add_term<Rows>(a + 4 * m, b + panel * m, s);
        add_term<Rows>(other_a + 4 * m, other_b + panel * m, t);
    }
#else
    for (std::size_t m = 0; m < terms; ++m) add_term<Rows>(a + 4 * m, b + panel * m, s);
    for (std::size_t m = 0; m < terms; ++m) add_term<Rows>(other_a + 4 * m, other_b + panel * m, t);
#endif
    s.add(t);
    out = s;
}

/// Scalar products of `Rows` (at most 4) vectors with two registers of vectors, summed in the order
/// of `overlap`: its eight accumulators one after the other, added in pairs.
/// a: [8][terms][4] numbers, b: [8][terms][panel].
template <std::size_t Rows, class Real, class Pack>
WEFT_INLINE void ordered_products(Real const* a, Real const* b, std::size_t terms,
                                  product_sums<Pack>& out) noexcept {
    std::size_t const a_step = 8 * terms, b_step = 2 * cache_line / sizeof(Real) * terms;
    product_sums<Pack> half, quarter, next;
    accumulate_two<Rows>(a, b, terms, half);
    accumulate_two<Rows>(a + a_step, b + b_step, terms, next);
    half.add(next);
    accumulate_two<Rows>(a + 2 * a_step, b + 2 * b_step, terms, quarter);
    accumulate_two<Rows>(a + 3 * a_step, b + 3 * b_step, terms, next);
    quarter.add(next);
    half.add(quarter);
    out = half;
}

/// Vectors laid out for ordered_products: as columns in panels of a cache line of vectors, as rows
/// in groups of four.
template <class Real>
class product_layout {
public:
    static constexpr std::size_t panel = cache_line / sizeof(Real);

    /// n vectors of `length` numbers: vector(i) gives what column(x, k), an entry of it, and
    /// row(x, s, k), an entry of the `rows_each` rows that it takes when it is a row, are asked of.
    template <class Vector, class Column, class Row>
    product_layout(std::size_t n, std::size_t length, std::size_t rows_each, Vector const& vector,
                   Column const& column, Row const& row)
        : terms_((length + 7) / 8) {
        panels_.assign((n + panel - 1) / panel * panel_size(), Real{0});
        rows_.assign((n * rows_each + 3) / 4 * group_size(), Real{0});
        for (std::size_t i = 0; i < n; ++i) {
            auto const& x = vector(i);
            for (std::size_t k = 0; k < length; ++k) {
                std::size_t const at = (k % 8) * terms_ + k / 8;
                panels_[i / panel * panel_size() + at * panel + i % panel] =
                    static_cast<Real>(column(x, k));
                for (std::size_t s = 0; s < rows_each; ++s) {
                    std::size_t const r = i * rows_each + s;
                    rows_[r / 4 * group_size() + at * 4 + r % 4] = static_cast<Real>(row(x, s, k));
                }
            }
        }
    }

    [[nodiscard]] std::size_t terms() const noexcept { return terms_; }
    [[nodiscard]] Real const* columns_at(std::size_t p) const noexcept {
        return panels_.data() + p * panel_size();
    }
    [[nodiscard]] Real const* rows_at(std::size_t group) const noexcept {
        return rows_.data() + group * group_size();
    }

private:
    [[nodiscard]] std::size_t panel_size() const noexcept { return 8 * terms_ * panel; }
    [[nodiscard]] std::size_t group_size() const noexcept { return 8 * terms_ * 4; }

    std::size_t terms_ = 0;
    line_vector<Real> panels_;
    line_vector<Real> rows_;
};

inline void require_size(std::string_view argument, std::size_t i, std::size_t size,
                         std::size_t expected) {
    if (size != expected) {
        WEFT_THROW(invalid_argument(std::string(argument) + "[" + to_text(i) + "]",
                                    "a state of size " + to_text(size),
                                    "the size of the first, " + to_text(expected)));
    }
}

template <class State>
std::size_t size_of(State const& state) noexcept {
    if constexpr (is_ket<State>) {
        return static_cast<std::size_t>(state.dimension());
    } else if constexpr (is_product<State>) {
        return state.qubits().size();
    } else {
        return state.size();
    }
}

/// The size of the first state, 0 where there is none.
template <class States>
std::size_t first_size(States const& states) noexcept {
    return std::size(states) == 0 ? 0 : size_of(std::data(states)[0]);
}

/// How many states there are; throws unless all have the same size.
template <class States>
std::size_t require_sizes(std::string_view argument, States const& states) {
    for (std::size_t i = 0; i < std::size(states); ++i) {
        require_size(argument, i, size_of(std::data(states)[i]), first_size(states));
    }
    return std::size(states);
}

template <class States>
using state_in = std::remove_cvref_t<decltype(*std::data(std::declval<States const&>()))>;

template <class States>
concept many_kets = is_ket<state_in<States>>;
template <class States>
concept many_histograms = is_histogram<state_in<States>>;
template <class States>
concept many_products = is_product<state_in<States>>;

} // namespace detail

/// Kets of one dimension d, laid out for pair fidelities. 48 d bytes a ket in double.
template <real_number Real = double>
class ket_set {
public:
    using real = Real;

    /// From anything contiguous: a vector, an array or a span of kets of any real type and of fixed
    /// or any dimension. Throws invalid_argument, naming the index, where dimensions differ. May be
    /// empty.
    template <detail::many_kets Kets>
    explicit ket_set(Kets const& kets, std::string_view argument = "kets")
        : size_(detail::require_sizes(argument, kets))
        , dimension_(detail::first_size(kets))
        , layout_(
              size_, 2 * dimension_, 2,
              [&](std::size_t i) -> decltype(auto) { return detail::wide(std::data(kets)[i]); },
              [](auto const& a, std::size_t k) { return detail::reals(a)[k]; },
              [](auto const& amplitudes, std::size_t s, std::size_t k) {
                  auto const* a = detail::reals(amplitudes);
                  return s == 0 ? a[k] : (k & 1U) != 0 ? a[k - 1] : -a[k + 1];
              }) {}

    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] std::size_t dimension() const noexcept { return dimension_; }
    /// How far a value in float may be from the exact one: (d + 20) 2^-24.
    [[nodiscard]] double float_bound() const noexcept {
        return (static_cast<double>(dimension_) + 20.0) * 0x1p-24;
    }

    static constexpr std::size_t rows_together = 2;

    /// Fidelities of the `count` <= 2 states from `i` (a multiple of 2) with two registers of
    /// states of a panel of `columns`.
    template <class Pack>
    WEFT_INLINE void fill(std::size_t i, std::size_t count, ket_set const& columns, std::size_t p,
                          std::size_t h, Real* out, std::size_t stride) const noexcept {
        detail::product_sums<typename Pack::real> s;
        auto const* a = layout_.rows_at(i / 2);
        auto const* b = columns.layout_.columns_at(p) + h;
        if (count == 1) {
            detail::ordered_products<2>(a, b, layout_.terms(), s);
        } else {
            detail::ordered_products<4>(a, b, layout_.terms(), s);
            store<Pack>(s.r2, s.r3, out + stride);
        }
        store<Pack>(s.r0, s.r1, out);
    }

private:
    template <class Pack>
    WEFT_INLINE static void store(typename Pack::real const (&re)[2],
                                  typename Pack::real const (&im)[2], Real* out) noexcept {
        for (std::size_t v = 0; v < 2; ++v) {
            typename Pack::real f = re[v] * re[v];
            typename Pack::real g = im[v] * im[v];
            detail::keep_rounded(f);
            detail::keep_rounded(g);
            f += g;
            detail::at_most_one(f);
            detail::store_pack(out + v * Pack::count, f);
        }
    }

    std::size_t size_ = 0;
    std::size_t dimension_ = 0;
    detail::product_layout<Real> layout_;
};

/// Histograms of one size n, laid out for pair fidelities. 16 n bytes a histogram in double.
template <real_number Real = double>
class histogram_set {
public:
    using real = Real;

    /// As ket_set, of histograms.
    template <detail::many_histograms Histograms>
    explicit histogram_set(Histograms const& histograms, std::string_view argument = "histograms")
        : size_(detail::require_sizes(argument, histograms))
        , dimension_(detail::first_size(histograms))
        , layout_(
              size_, dimension_, 1,
              [&](std::size_t i) -> decltype(auto) {
                  return detail::wide_roots(std::data(histograms)[i]);
              },
              [](auto const& roots, std::size_t k) { return roots[k]; },
              [](auto const& roots, std::size_t, std::size_t k) { return roots[k]; }) {}

    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] std::size_t dimension() const noexcept { return dimension_; }
    /// How far a value in float may be from the exact one: (n / 4 + 14) 2^-24.
    [[nodiscard]] double float_bound() const noexcept {
        return (0.25 * static_cast<double>(dimension_) + 14.0) * 0x1p-24;
    }

    static constexpr std::size_t rows_together = 4;

    /// As ket_set::fill, for `count` <= 4 states.
    template <class Pack>
    WEFT_INLINE void fill(std::size_t i, std::size_t count, histogram_set const& columns,
                          std::size_t p, std::size_t h, Real* out,
                          std::size_t stride) const noexcept {
        detail::product_sums<typename Pack::real> s;
        auto const* a = layout_.rows_at(i / 4);
        auto const* b = columns.layout_.columns_at(p) + h;
        if (count == 1) {
            detail::ordered_products<1>(a, b, layout_.terms(), s);
        } else {
            detail::ordered_products<4>(a, b, layout_.terms(), s);
            store<Pack>(s.r1, out + stride);
            if (count > 2) store<Pack>(s.r2, out + 2 * stride);
            if (count > 3) store<Pack>(s.r3, out + 3 * stride);
        }
        store<Pack>(s.r0, out);
    }

private:
    template <class Pack>
    WEFT_INLINE static void store(typename Pack::real const (&product)[2], Real* out) noexcept {
        for (std::size_t v = 0; v < 2; ++v) {
            typename Pack::real f = product[v] * product[v];
            detail::at_most_one(f);
            detail::store_pack(out + v * Pack::count, f);
        }
    }

    std::size_t size_ = 0;
    std::size_t dimension_ = 0;
    detail::product_layout<Real> layout_;
};

/// Products of n qubits each, laid out for pair fidelities. 40 n bytes a product in double.
template <real_number Real = double>
class product_set {
public:
    using real = Real;

    /// As ket_set, of products of qubits.
    template <detail::many_products Products>
    explicit product_set(Products const& products, std::string_view argument = "products")
        : size_(detail::require_sizes(argument, products))
        , dimension_(detail::first_size(products)) {
        panels_.assign((size_ + panel - 1) / panel * panel_size(), Real{0});
        for (std::size_t i = 0; i < size_; ++i) {
            auto* to = panels_.data() + i / panel * panel_size() + i % panel;
            for (auto const& s : std::data(products)[i].spinors()) {
                for (auto const x :
                     {s.upper, s.lower_re, s.lower_im, s.half_length, s.half_mixed}) {
                    *to = static_cast<Real>(x);
                    to += panel;
                }
            }
        }
    }

    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    /// The number of qubits.
    [[nodiscard]] std::size_t dimension() const noexcept { return dimension_; }
    /// How far a value in float may be from the exact one: 16 n 2^-24.
    [[nodiscard]] double float_bound() const noexcept {
        return 16.0 * static_cast<double>(dimension_) * 0x1p-24;
    }

    static constexpr std::size_t rows_together = 1;

    /// As ket_set::fill, for one state.
    template <class Pack>
    WEFT_INLINE void fill(std::size_t i, std::size_t, product_set const& columns, std::size_t p,
                          std::size_t h, Real* out, std::size_t) const noexcept {
        using pack_real = typename Pack::real;
        auto const* a = panels_.data() + i / panel * panel_size() + i % panel;
        auto const* b = columns.panels_.data() + p * panel_size() + h;
        pack_real one = {};
        one += 1;
        pack_real f0 = one, f1 = one;
        for (std::size_t q = 0; q < dimension_; ++q) {
            pack_real x[5]{}, y[5]{}, f{};
            spread(x, a);
            load(y, b);
            detail::spinor_fidelity(x, y, one, f);
            f0 *= f;
            load(y, b + Pack::count);
            detail::spinor_fidelity(x, y, one, f);
            f1 *= f;
            a += 5 * panel;
            b += 5 * panel;
        }
        detail::store_pack(out, f0);
        detail::store_pack(out + Pack::count, f1);
    }

private:
    static constexpr std::size_t panel = detail::cache_line / sizeof(Real);
    [[nodiscard]] std::size_t panel_size() const noexcept { return dimension_ * 5 * panel; }

    // Written out, so that all of it stays in registers.
    template <class Pack>
    WEFT_INLINE static void spread(Pack (&to)[5], Real const* from) noexcept {
        to[0] = from[0] - Pack{};
        to[1] = from[panel] - Pack{};
        to[2] = from[2 * panel] - Pack{};
        to[3] = from[3 * panel] - Pack{};
        to[4] = from[4 * panel] - Pack{};
    }

    template <class Pack>
    WEFT_INLINE static void load(Pack (&to)[5], Real const* from) noexcept {
        detail::load_pack(to[0], from);
        detail::load_pack(to[1], from + panel);
        detail::load_pack(to[2], from + 2 * panel);
        detail::load_pack(to[3], from + 3 * panel);
        detail::load_pack(to[4], from + 4 * panel);
    }

    std::size_t size_ = 0;
    std::size_t dimension_ = 0;
    detail::line_vector<Real> panels_;
};

namespace detail {

template <class T>
concept state_set = requires(T const& s) {
    typename T::real;
    { s.size() } -> std::same_as<std::size_t>;
    { s.dimension() } -> std::same_as<std::size_t>;
    T::rows_together;
};

/// `count` rows from `first` against panel p of the columns.
template <std::size_t Bytes, class Set>
WEFT_INLINE void fill_panel(Set const& rows, std::size_t first, std::size_t count,
                            Set const& columns, std::size_t p, typename Set::real* out,
                            std::size_t stride) noexcept {
    using real = typename Set::real;
    using registers = pack<real, Bytes>;
    for (std::size_t i = 0; i < count; i += Set::rows_together) {
        auto const left = count - i < Set::rows_together ? count - i : Set::rows_together;
        for (std::size_t h = 0; h < cache_line / sizeof(real); h += 2 * registers::count) {
            rows.template fill<registers>(first + i, left, columns, p, h, out + i * stride + h,
                                          stride);
        }
    }
}

#if WEFT_HAS_WIDE_KERNELS
template <class Set>
WEFT_WIDE_KERNEL void fill_panel_wide(Set const& rows, std::size_t first, std::size_t count,
                                      Set const& columns, std::size_t p, typename Set::real* out,
                                      std::size_t stride) noexcept {
    fill_panel<32>(rows, first, count, columns, p, out, stride);
}
#endif

/// Calls visit(i, j, values) for runs of columns j, j + 1, ... of each row of one band, in order of
/// columns; with `upper`, only columns beyond i.
template <class Set, class Visit>
void scan_band(Set const& rows, Set const& columns, std::size_t band, bool upper,
               Visit const& visit) {
    using real = typename Set::real;
    constexpr std::size_t panel = cache_line / sizeof(real);
    constexpr std::size_t stride = chunk_panels * panel;
    alignas(cache_line) std::array<real, band_rows * stride> values;
    std::size_t const first = band * band_rows;
    std::size_t const count = std::min(band_rows, rows.size() - first);
    std::size_t const panels = (columns.size() + panel - 1) / panel;
    for (std::size_t p = upper ? first / panel : 0; p < panels; p += chunk_panels) {
        std::size_t const m = std::min(chunk_panels, panels - p);
        for (std::size_t q = 0; q < m; ++q) {
            auto* const out = values.data() + q * panel;
#if WEFT_HAS_WIDE_KERNELS
            if (weft::detail::has_wide_lanes()) {
                fill_panel_wide(rows, first, count, columns, p + q, out, stride);
                continue;
            }
#endif
            fill_panel<pack_bytes>(rows, first, count, columns, p + q, out, stride);
        }
        std::size_t const begin = p * panel;
        std::size_t const end = std::min(columns.size(), (p + m) * panel);
        for (std::size_t r = 0; r < count; ++r) {
            std::size_t const from = upper ? std::max(begin, first + r + 1) : begin;
            if (from >= end) continue;
            visit(first + r, from,
                  std::span<real const>(values.data() + r * stride + (from - begin), end - from));
        }
    }
}

template <class Set>
[[nodiscard]] std::size_t bands(Set const& rows) noexcept {
    return (rows.size() + band_rows - 1) / band_rows;
}

template <class Set>
void require_one_dimension(Set const& rows, Set const& columns) {
    if (rows.size() != 0 && columns.size() != 0 && rows.dimension() != columns.dimension()) {
        WEFT_THROW(invalid_argument("columns", "states of size " + to_text(columns.dimension()),
                                    "the size of the rows, " + to_text(rows.dimension())));
    }
}

inline std::size_t entries(std::size_t rows, std::size_t columns) {
    if (rows != 0 && columns > std::numeric_limits<std::size_t>::max() / sizeof(double) / rows) {
        WEFT_THROW(overflow_error("a matrix of " + to_text(rows) + " x " + to_text(columns) +
                                  " fidelities is larger than any memory"));
    }
    return rows * columns;
}

/// Whether any value is > t, many at a time.
template <class Real>
[[nodiscard]] bool any_above(std::span<Real const> values, Real t) noexcept {
    std::size_t i = 0;
    if constexpr (!std::same_as<Real, long double>) {
        using registers = pack<Real, pack_bytes>;
        typename registers::real const bound = typename registers::real{} + t;
        auto above = bound > bound;
        for (; i + registers::count <= values.size(); i += registers::count) {
            typename registers::real x;
            load_pack(x, values.data() + i);
            above |= x > bound;
        }
        for (auto const part : std::bit_cast<std::array<std::uint64_t, pack_bytes / 8>>(above)) {
            if (part != 0) return true;
        }
    }
    for (; i < values.size(); ++i) {
        if (values[i] > t) return true;
    }
    return false;
}

} // namespace detail

/// Fidelities of each state of `rows` with each of `columns`, row by row. O(m n d). Throws
/// invalid_argument where the sizes of the states differ, overflow_error for a matrix that no
/// memory holds.
template <detail::state_set Set, class Executor = serial_tasks>
[[nodiscard]] std::vector<typename Set::real> fidelity_matrix(Set const& rows, Set const& columns,
                                                              Executor&& executor = {}) {
    detail::require_one_dimension(rows, columns);
    std::vector<typename Set::real> out(detail::entries(rows.size(), columns.size()));
    executor(detail::bands(rows), [&](std::size_t band) {
        detail::scan_band(
            rows, columns, band, false, [&](std::size_t i, std::size_t j, auto const& values) {
                std::copy(values.begin(), values.end(), out.data() + i * columns.size() + j);
            });
    });
    return out;
}

/// Fidelities of all pairs i < j, row by row: (0,1), (0,2), ..., (1,2), ... O(n^2 d / 2).
template <detail::state_set Set, class Executor = serial_tasks>
[[nodiscard]] std::vector<typename Set::real> upper_fidelities(Set const& states,
                                                               Executor&& executor = {}) {
    auto const n = states.size();
    std::vector<typename Set::real> out(n < 2 ? 0 : detail::entries(n, n - 1) / 2);
    executor(detail::bands(states), [&](std::size_t band) {
        detail::scan_band(
            states, states, band, true, [&](std::size_t i, std::size_t j, auto const& values) {
                auto const before = i * (2 * n - i - 1) / 2;
                std::copy(values.begin(), values.end(), out.data() + before + (j - i - 1));
            });
    });
    return out;
}

/// One of the best matches of a state.
template <class Real>
struct match {
    std::size_t index = 0;
    Real fidelity{};
    friend bool operator==(match const&, match const&) = default;
};

namespace detail {

template <class Set, class Executor>
std::vector<std::vector<match<typename Set::real>>>
top(Set const& rows, Set const& columns, std::size_t k, bool but_itself, Executor&& executor) {
    using real = typename Set::real;
    if (k == 0) WEFT_THROW(invalid_argument("k", "0", "at least one match"));
    require_one_dimension(rows, columns);
    std::vector<std::vector<match<real>>> out(rows.size());
    auto const better = [](match<real> const& a, match<real> const& b) {
        return a.fidelity != b.fidelity ? a.fidelity > b.fidelity : a.index < b.index;
    };
    executor(bands(rows), [&](std::size_t band) {
        // Columns come in order, so that of equals the first is kept. The front is the worst.
        scan_band(rows, columns, band, false,
                  [&](std::size_t i, std::size_t j, std::span<real const> values) {
                      auto& best = out[i];
                      if (best.size() == k && !any_above(values, best.front().fidelity)) return;
                      for (auto const f : values) {
                          auto const at = j++;
                          if (but_itself && at == i) continue;
                          if (best.size() == k) {
                              if (!(f > best.front().fidelity)) continue;
                              std::pop_heap(best.begin(), best.end(), better);
                              best.pop_back();
                          }
                          best.push_back({at, f});
                          std::push_heap(best.begin(), best.end(), better);
                      }
                  });
        auto const first = band * band_rows;
        for (auto i = first; i < std::min(rows.size(), first + band_rows); ++i) {
            std::sort_heap(out[i].begin(), out[i].end(), better);
        }
    });
    return out;
}

} // namespace detail

/// For each state of `rows` the k of `columns` that are closest to it, closest first, of equals the
/// one with the smaller index. Fewer than k where there are fewer. Throws invalid_argument for
/// k = 0 and where the sizes of the states differ. O(m n d) time, O(m k) memory.
template <detail::state_set Set, class Executor = serial_tasks>
[[nodiscard]] std::vector<std::vector<match<typename Set::real>>>
top_matches(Set const& rows, Set const& columns, std::size_t k, Executor&& executor = {}) {
    return detail::top(rows, columns, k, false, std::forward<Executor>(executor));
}

/// The same among the states of one set, each without itself.
template <detail::state_set Set, class Executor = serial_tasks>
[[nodiscard]] std::vector<std::vector<match<typename Set::real>>>
top_matches(Set const& states, std::size_t k, Executor&& executor = {}) {
    return detail::top(states, states, k, true, std::forward<Executor>(executor));
}

template <class Real>
struct close_pair {
    std::size_t i = 0;
    std::size_t j = 0;
    Real fidelity{};
    friend bool operator==(close_pair const&, close_pair const&) = default;
};

namespace detail {

template <class Set, class Executor>
std::vector<close_pair<typename Set::real>> close_pairs(Set const& rows, Set const& columns,
                                                        typename Set::real threshold, bool upper,
                                                        Executor&& executor) {
    using real = typename Set::real;
    require_unit("threshold", static_cast<double>(threshold));
    require_one_dimension(rows, columns);
    std::vector<std::vector<close_pair<real>>> found(bands(rows));
    executor(found.size(), [&](std::size_t band) {
        auto& mine = found[band];
        scan_band(rows, columns, band, upper,
                  [&](std::size_t i, std::size_t j, std::span<real const> values) {
                      if (!any_above(values, threshold)) return;
                      for (auto const f : values) {
                          if (f > threshold) mine.push_back({i, j, f});
                          ++j;
                      }
                  });
        std::sort(mine.begin(), mine.end(),
                  [](auto const& a, auto const& b) { return a.i != b.i ? a.i < b.i : a.j < b.j; });
    });
    std::vector<close_pair<real>> out;
    for (auto const& mine : found) out.insert(out.end(), mine.begin(), mine.end());
    return out;
}

template <class Set, class Executor>
std::vector<std::uint64_t> counts(Set const& rows, Set const& columns, std::size_t bins, bool upper,
                                  Executor&& executor) {
    using real = typename Set::real;
    if (bins == 0) WEFT_THROW(invalid_argument("bins", "0", "at least one"));
    require_one_dimension(rows, columns);
    std::vector<std::vector<std::uint64_t>> found(bands(rows));
    executor(found.size(), [&](std::size_t band) {
        found[band].assign(bins, 0);
        auto* const mine = found[band].data();
        auto const scale = static_cast<real>(bins);
        scan_band(rows, columns, band, upper,
                  [&](std::size_t, std::size_t, std::span<real const> values) {
                      for (auto const f : values) {
                          auto const b = static_cast<std::size_t>(f * scale);
                          ++mine[b < bins ? b : bins - 1];
                      }
                  });
    });
    std::vector<std::uint64_t> out(bins, 0);
    for (auto const& mine : found) {
        for (std::size_t b = 0; b < bins; ++b) out[b] += mine[b];
    }
    return out;
}

} // namespace detail

/// All pairs i < j with a fidelity > `threshold`, ordered by i, then j. Throws invalid_argument
/// unless the threshold is in [0,1]. O(n^2 d / 2) time, memory of the result's size.
template <detail::state_set Set, class Executor = serial_tasks>
[[nodiscard]] std::vector<close_pair<typename Set::real>>
pairs_above(Set const& states, typename Set::real threshold, Executor&& executor = {}) {
    return detail::close_pairs(states, states, threshold, true, std::forward<Executor>(executor));
}

/// The same of each state i of `rows` with each j of `columns`. Throws invalid_argument also where
/// the sizes of the states differ. O(m n d) time.
template <detail::state_set Set, class Executor = serial_tasks>
[[nodiscard]] std::vector<close_pair<typename Set::real>>
pairs_above(Set const& rows, Set const& columns, typename Set::real threshold,
            Executor&& executor = {}) {
    return detail::close_pairs(rows, columns, threshold, false, std::forward<Executor>(executor));
}

/// How many of the pairs i < j have a fidelity in [b / bins, (b + 1) / bins), for each of the bins;
/// 1 is in the last. Throws invalid_argument for no bins. O(n^2 d / 2) time, O(n bins / 64) memory.
template <detail::state_set Set, class Executor = serial_tasks>
[[nodiscard]] std::vector<std::uint64_t> fidelity_counts(Set const& states, std::size_t bins,
                                                         Executor&& executor = {}) {
    return detail::counts(states, states, bins, true, std::forward<Executor>(executor));
}

/// The same of each state of `rows` with each of `columns`. Throws invalid_argument also where the
/// sizes of the states differ. O(m n d) time.
template <detail::state_set Set, class Executor = serial_tasks>
[[nodiscard]] std::vector<std::uint64_t>
fidelity_counts(Set const& rows, Set const& columns, std::size_t bins, Executor&& executor = {}) {
    return detail::counts(rows, columns, bins, false, std::forward<Executor>(executor));
}

} // namespace weft::inline v0::quantum
