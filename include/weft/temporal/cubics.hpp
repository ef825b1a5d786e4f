#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <utility>
#include <vector>

#include "weft/core/lanes.hpp"
#include "weft/core/number.hpp"

/// The inner loops of cubic curves, several pieces or places side by side. All numbers of lanes
/// give the same bits.
namespace weft::inline v0::temporal::detail {

using weft::detail::lanes;

/// Leaves new numbers as they are, for vectors that are filled at once.
template <class T>
struct unfilled : std::allocator<T> {
    template <class U>
    struct rebind {
        using other = unfilled<U>;
    };
    using std::allocator<T>::allocator;
    template <class U, class... Arguments>
    void construct(U* at, Arguments&&... arguments) {
        if constexpr (sizeof...(Arguments) == 0) {
            ::new (static_cast<void*>(at)) U;
        } else {
            ::new (static_cast<void*>(at)) U(std::forward<Arguments>(arguments)...);
        }
    }
};

using numbers = std::vector<double, unfilled<double>>;

/// The beginnings of the last lanes' worth are moved back, so that no loop has a rest: what is
/// computed twice is the same twice.
template <class Lanes, class Function>
WEFT_INLINE void each_lanes(std::size_t from, std::size_t to, Function const& f) {
    for (auto i = from; i + Lanes::count < to; i += Lanes::count) f(i);
    f(to - Lanes::count);
}

template <class Real>
WEFT_INLINE void store(double* to, Real const& from) noexcept {
    std::memcpy(to, &from, sizeof from);
}

/// Four vectors, one for each power, and the same by pieces: c[0] to c[3] of the first piece, of
/// the second one and so on.
WEFT_INLINE void store_pieces(double* c, lanes<2>::real const& c0, lanes<2>::real const& c1,
                              lanes<2>::real const& c2, lanes<2>::real const& c3) noexcept {
    store(c, __builtin_shufflevector(c0, c1, 0, 2));
    store(c + 2, __builtin_shufflevector(c2, c3, 0, 2));
    store(c + 4, __builtin_shufflevector(c0, c1, 1, 3));
    store(c + 6, __builtin_shufflevector(c2, c3, 1, 3));
}

/// The transpose: in place.
WEFT_INLINE void transpose(lanes<4>::real& a, lanes<4>::real& b, lanes<4>::real& c,
                           lanes<4>::real& d) noexcept {
    lanes<4>::real const ab0 = __builtin_shufflevector(a, b, 0, 4, 2, 6);
    lanes<4>::real const ab1 = __builtin_shufflevector(a, b, 1, 5, 3, 7);
    lanes<4>::real const cd0 = __builtin_shufflevector(c, d, 0, 4, 2, 6);
    lanes<4>::real const cd1 = __builtin_shufflevector(c, d, 1, 5, 3, 7);
    a = __builtin_shufflevector(ab0, cd0, 0, 1, 4, 5);
    b = __builtin_shufflevector(ab1, cd1, 0, 1, 4, 5);
    c = __builtin_shufflevector(ab0, cd0, 2, 3, 6, 7);
    d = __builtin_shufflevector(ab1, cd1, 2, 3, 6, 7);
}

WEFT_INLINE void store_pieces(double* c, lanes<4>::real const& c0, lanes<4>::real const& c1,
                              lanes<4>::real const& c2, lanes<4>::real const& c3) noexcept {
    auto p0 = c0;
    auto p1 = c1;
    auto p2 = c2;
    auto p3 = c3;
    transpose(p0, p1, p2, p3);
    store(c, p0);
    store(c + 4, p1);
    store(c + 8, p2);
    store(c + 12, p3);
}

WEFT_INLINE void gather(lanes<2>::real& to, double const* from, std::uint32_t const* i) noexcept {
    to = lanes<2>::real{from[i[0]], from[i[1]]};
}
WEFT_INLINE void gather(lanes<4>::real& to, double const* from, std::uint32_t const* i) noexcept {
    to = lanes<4>::real{from[i[0]], from[i[1]], from[i[2]], from[i[3]]};
}

WEFT_INLINE void load_pieces(double const* c, std::uint32_t const* piece, lanes<2>::real& c0,
                             lanes<2>::real& c1, lanes<2>::real& c2, lanes<2>::real& c3) noexcept {
    lanes<2>::real low0;
    lanes<2>::real low1;
    lanes<2>::real high0;
    lanes<2>::real high1;
    weft::detail::load(low0, c + std::size_t{4} * piece[0]);
    weft::detail::load(high0, c + std::size_t{4} * piece[0] + 2);
    weft::detail::load(low1, c + std::size_t{4} * piece[1]);
    weft::detail::load(high1, c + std::size_t{4} * piece[1] + 2);
    c0 = __builtin_shufflevector(low0, low1, 0, 2);
    c1 = __builtin_shufflevector(low0, low1, 1, 3);
    c2 = __builtin_shufflevector(high0, high1, 0, 2);
    c3 = __builtin_shufflevector(high0, high1, 1, 3);
}

WEFT_INLINE void load_pieces(double const* c, std::uint32_t const* piece, lanes<4>::real& c0,
                             lanes<4>::real& c1, lanes<4>::real& c2, lanes<4>::real& c3) noexcept {
    weft::detail::load(c0, c + std::size_t{4} * piece[0]);
    weft::detail::load(c1, c + std::size_t{4} * piece[1]);
    weft::detail::load(c2, c + std::size_t{4} * piece[2]);
    weft::detail::load(c3, c + std::size_t{4} * piece[3]);
    transpose(c0, c1, c2, c3);
}

/// Lengths' inverses and secants of n points, n > Lanes::count. True where every length lies in
/// [2^-300, 2^300] and every secant is 0 or of such a size; then every product that makes a pchip
/// curve of them is sound. False for NaNs, infinities and places that do not rise, too.
template <class Lanes>
WEFT_INLINE bool secants_of(double const* x, double const* y, std::size_t n, double* inverse,
                            double* secants) noexcept {
    using real = typename Lanes::real;
    using bits = typename Lanes::bits;
    // As integers NaNs and infinities are larger than `most`; a sign makes a length larger still.
    constexpr auto least = std::uint64_t{1023 - 300} << 52U;
    constexpr auto most = std::uint64_t{1023 + 300} << 52U;
    constexpr auto sign = std::uint64_t{1} << 63U;
    bits outside{};
    each_lanes<Lanes>(0, n - 1, [&](std::size_t i) {
        real x0;
        real x1;
        real y0;
        real y1;
        weft::detail::load(x0, x + i);
        weft::detail::load(x1, x + i + 1);
        weft::detail::load(y0, y + i);
        weft::detail::load(y1, y + i + 1);
        real const h = x1 - x0;
        real const inverted = 1.0 / h;
        real const secant = (y1 - y0) * inverted;
        store(inverse + i, inverted);
        store(secants + i, secant);
        bits const length = (bits)h;
        bits const size = (bits)secant & ~sign;
        outside |=
            (length - least) | (most - length) | ((size - least) & (0 - size)) | (most - size);
    });
    std::uint64_t any = 0;
    for (std::size_t k = 0; k < Lanes::count; ++k) any |= outside[k];
    return (any & sign) == 0;
}

/// The slopes at the points between the ends: the harmonic mean of the secants on both sides,
/// weighted with the lengths, or 0 where they do not agree in sign.
template <class Lanes>
WEFT_INLINE void mean_slopes(double const* x, double const* secants, std::size_t n,
                             double* slopes) noexcept {
    using real = typename Lanes::real;
    using bits = typename Lanes::bits;
    each_lanes<Lanes>(1, n - 1, [&](std::size_t i) {
        real x0;
        real x1;
        real x2;
        real before;
        real after;
        weft::detail::load(x0, x + i - 1);
        weft::detail::load(x1, x + i);
        weft::detail::load(x2, x + i + 1);
        weft::detail::load(before, secants + i - 1);
        weft::detail::load(after, secants + i);
        real const h0 = x1 - x0;
        real const h1 = x2 - x1;
        real const both = h0 + h1;
        real const product = before * after;
        real const mean = 3.0 * both * product / ((both + h1) * after + (both + h0) * before);
        real const slope = (real)((bits)mean & (bits)(product > 0.0));
        store(slopes + i, slope);
    });
}

/// The coefficients of all pieces.
template <class Lanes>
WEFT_INLINE void pieces_of(double const* y, double const* inverse, double const* secants,
                           double const* slopes, std::size_t n, double* c) noexcept {
    using real = typename Lanes::real;
    each_lanes<Lanes>(0, n - 1, [&](std::size_t i) {
        real c0;
        real s0;
        real s1;
        real m;
        real inverted;
        weft::detail::load(c0, y + i);
        weft::detail::load(s0, slopes + i);
        weft::detail::load(s1, slopes + i + 1);
        weft::detail::load(m, secants + i);
        weft::detail::load(inverted, inverse + i);
        real const c2 = (3.0 * m - 2.0 * s0 - s1) * inverted;
        real const c3 = (s0 + s1 - 2.0 * m) * inverted * inverted;
        store_pieces(c + 4 * i, c0, s0, c2, c3);
    });
}

inline constexpr std::size_t most_places = 128;

/// The cells of n places, Lanes::count <= n; of those past `highest`, its cell. Rises with the
/// place, also after rounding.
template <class Lanes>
WEFT_INLINE void cells_by(double const* at, std::size_t n, double first, double scale,
                          double highest, std::int32_t* cells) noexcept {
    using real = typename Lanes::real;
    using whole [[gnu::vector_size(4 * Lanes::count)]] = std::int32_t;
    each_lanes<Lanes>(0, n, [&](std::size_t i) {
        real place;
        weft::detail::load(place, at + i);
        place = place < highest ? place : real{} + highest;
        whole const cell = __builtin_convertvector((place - first) * scale, whole);
        std::memcpy(cells + i, &cell, sizeof cell);
    });
}

#if WEFT_HAS_WIDE_KERNELS
WEFT_WIDE_KERNEL inline void cells_wide(double const* at, std::size_t n, double first, double scale,
                                        double highest, std::int32_t* cells) noexcept {
    cells_by<lanes<4>>(at, n, first, scale, highest, cells);
}
#endif

inline void cells_of(double const* at, std::size_t n, double first, double scale, double highest,
                     std::int32_t* cells) noexcept {
#if WEFT_HAS_WIDE_KERNELS
    if (weft::detail::has_wide_lanes()) return cells_wide(at, n, first, scale, highest, cells);
#endif
    cells_by<weft::detail::target_lanes>(at, n, first, scale, highest, cells);
}

/// Where the pieces of a function begin, by cells of one length: for each cell the piece that its
/// beginning lies in. A piece is then found in a step or two.
class cell_index {
public:
    /// `b` rises: pieces + 1 places. Empty where there are few pieces or very many, and where the
    /// lengths leave the range of a double.
    void make(double const* b, std::size_t pieces) {
        cells_.clear();
        first_ = last_ = b[0];
        if (pieces < 6 || pieces > 0xffffU) return;
        auto const length = b[pieces] - b[0];
        auto const count = 4 * pieces;
        auto const scale = static_cast<double>(count) / length;
        if (!(length < 1e300 && scale > 0.0 && scale < 1e300)) return;
        scale_ = scale;
        // Rounding may put the last place one cell further, each cell needs the next one too, and
        // runs are written whole.
        cells_.resize(count + 2 + run);
        auto* const c = cells_.data();
        std::size_t done = 0;
        named piece{};
        std::int32_t cells[most_places];
        for (std::size_t i = 1; i < pieces;) {
            // At least four at a time, if need be some of them again.
            auto const n = std::min(std::max(pieces - i, std::size_t{4}), most_places);
            auto const ahead = std::min(pieces - i, n);
            cells_of(b + i + ahead - n, n, first_, scale, b[pieces], cells);
            for (auto k = n - ahead; k < n; ++k) {
                // From the next cell on the piece is this one, until a later one says otherwise.
                auto const from = static_cast<std::size_t>(cells[k]) + 1;
                for (; done < from; done += run) fill(c + done, piece);
                piece += 1;
                fill(c + from, piece);
                done = from + run;
            }
            i += ahead;
        }
        // Two pieces are looked at from where a cell says, so that no cell names the last one.
        piece -= 1;
        for (done -= run; done < count + 2; done += run) fill(c + done, piece);
        crowded_ = !spread<weft::detail::target_lanes>(b, pieces, 1.000'000'001 / scale);
        last_ = b[pieces];
    }

    /// Whether the index has the piece of x; not of the last place and of what came after make().
    [[nodiscard]] bool holds(double x) const noexcept { return x >= first_ && x < last_; }
    [[nodiscard]] bool whole(double last) const noexcept {
        return !cells_.empty() && last_ == last;
    }
    [[nodiscard]] std::size_t size() const noexcept { return cells_.size() / 4; }

    /// Whether more than two pieces begin in one cell.
    [[nodiscard]] bool crowded() const noexcept { return crowded_; }

    /// The last i with b[i] <= x; the index holds x.
    [[nodiscard]] std::size_t find(double const* b, double x) const noexcept {
        return crowded_ ? search(b, x, cell(x)) : step(b, x, cell(x));
    }

    /// As find, where the cells are not crowded.
    [[nodiscard]] WEFT_INLINE std::size_t step(double const* b, double x) const noexcept {
        return step(b, x, cell(x));
    }

    /// The pieces of n places, 4 <= n <= most_places; of those past the beginning of the last
    /// piece, that one.
    template <class Lanes>
    WEFT_INLINE void find_all(double const* b, std::size_t pieces, double const* at, std::size_t n,
                              std::uint32_t* found) const noexcept {
        auto const highest = b[pieces - 1];
        std::int32_t cells[most_places];
        cells_by<Lanes>(at, n, first_, scale_, highest, cells);
        for (std::size_t k = 0; k < n; ++k) {
            auto const place = at[k] < highest ? at[k] : highest;
            auto const cell = static_cast<std::size_t>(cells[k]);
            found[k] = static_cast<std::uint32_t>(crowded_ ? search(b, place, cell)
                                                           : step(b, place, cell));
        }
    }

    /// The last i in [low, end) with b[i] <= x, which holds for i = low.
    [[nodiscard]] static std::size_t halve(double const* b, std::size_t low, std::size_t end,
                                           double x) noexcept {
        for (auto n = end - low; n > 1;) {
            auto const half = n / 2;
            low += b[low + half] <= x ? half : 0;
            n -= half;
        }
        return low;
    }

private:
    static constexpr std::size_t run = 8;

    /// Whether every third place is further away than that.
    template <class Lanes>
    [[nodiscard]] static bool spread(double const* b, std::size_t pieces, double length) noexcept {
        using real = typename Lanes::real;
        using bits = typename Lanes::bits;
        bits all = ~bits{};
        each_lanes<Lanes>(0, pieces - 1, [&](std::size_t i) {
            real low;
            real high;
            weft::detail::load(low, b + i);
            weft::detail::load(high, b + i + 2);
            all &= (bits)(high - low > length);
        });
        auto every = ~std::uint64_t{};
        for (std::size_t k = 0; k < Lanes::count; ++k) every &= all[k];
        return every != 0;
    }

    using named [[gnu::vector_size(2 * run)]] = std::uint16_t;

    WEFT_INLINE static void fill(std::uint16_t* c, named const& piece) noexcept {
        std::memcpy(c, &piece, sizeof piece);
    }

    [[nodiscard]] WEFT_INLINE std::size_t step(double const* b, double x,
                                               std::size_t cell) const noexcept {
        std::size_t const i = cells_[cell];
        return i + (b[i + 1] <= x ? 1U : 0U) + (b[i + 2] <= x ? 1U : 0U);
    }

    [[nodiscard]] std::size_t search(double const* b, double x, std::size_t cell) const noexcept {
        return halve(b, cells_[cell], cells_[cell + 1] + std::size_t{2}, x);
    }

    /// As cells_of.
    [[nodiscard]] WEFT_INLINE std::size_t cell(double x) const noexcept {
        return static_cast<std::size_t>(static_cast<std::int64_t>((x - first_) * scale_));
    }

    std::vector<std::uint16_t, unfilled<std::uint16_t>> cells_;
    double first_ = 0.0;
    double last_ = 0.0;
    double scale_ = 0.0;   // cells a unit
    bool crowded_ = false; // more than two pieces begin in one cell
};

/// A curve of cubic pieces, as the loops see it.
struct cubics_view {
    double const* x;
    double const* y;
    double const* c;
    std::size_t pieces;
};

/// Whether all of n places lie in [first, last]; false where one is a NaN.
template <class Lanes>
[[nodiscard]] WEFT_INLINE bool all_within_by(double const* at, std::size_t n, double first,
                                             double last) noexcept {
    using real = typename Lanes::real;
    using bits = typename Lanes::bits;
    constexpr auto sign = std::uint64_t{1} << 63U;
    constexpr auto exponent = std::uint64_t{1} << 52U;
    bits within = ~bits{};
    bits faulty{};
    each_lanes<Lanes>(0, n, [&](std::size_t i) {
        real place;
        weft::detail::load(place, at + i);
        within &= (bits)(place >= first) & (bits)(place <= last);
        // The largest exponent overflows into the sign: comparisons may forget NaNs (-ffast-math).
        faulty |= ((bits)place & ~sign) + exponent;
    });
    auto all = ~std::uint64_t{};
    for (std::size_t k = 0; k < Lanes::count; ++k) {
        all &= within[k];
        if ((faulty[k] & sign) != 0) return false;
    }
    return all != 0;
}

#if WEFT_HAS_WIDE_KERNELS
[[nodiscard]] WEFT_WIDE_KERNEL inline bool all_within_wide(double const* at, std::size_t n,
                                                           double first, double last) noexcept {
    return all_within_by<lanes<4>>(at, n, first, last);
}
#endif

[[nodiscard]] inline bool all_within(double const* at, std::size_t n, double first,
                                     double last) noexcept {
    if (n < lanes<4>::count) {
        bool within = true;
        for (std::size_t i = 0; i < n; ++i) {
            within = within && is_finite(at[i]) && at[i] >= first && at[i] <= last;
        }
        return within;
    }
#if WEFT_HAS_WIDE_KERNELS
    if (weft::detail::has_wide_lanes()) return all_within_wide(at, n, first, last);
#endif
    return all_within_by<weft::detail::target_lanes>(at, n, first, last);
}

/// Values at n places, Lanes::count <= n <= most_places, all in [first, last]. Bounded: no value
/// leaves those of its piece's ends.
template <class Lanes, bool Bounded>
WEFT_INLINE void values_of(cubics_view const& f, cell_index const& index, double const* at,
                           std::size_t n, double* out) noexcept {
    using real = typename Lanes::real;
    using bits = typename Lanes::bits;
    auto const last = f.x[f.pieces];
    auto const at_last = f.y[f.pieces];
    std::uint32_t pieces[most_places];
    index.find_all<Lanes>(f.x, f.pieces, at, n, pieces);
    each_lanes<Lanes>(0, n, [&](std::size_t k) {
        auto const* const piece = pieces + k;
        real start;
        real next;
        gather(start, f.x, piece);
        gather(next, f.y + 1, piece);
        real c0;
        real c1;
        real c2;
        real c3;
        load_pieces(f.c, piece, c0, c1, c2, c3);
        real place;
        weft::detail::load(place, at + k);
        real const u = place - start;
        real value = ((c3 * u + c2) * u + c1) * u + c0;
        if constexpr (Bounded) {
            real const low = c0 < next ? c0 : next;
            real const high = next < c0 ? c0 : next;
            value = value < low ? low : value;
            value = value > high ? high : value;
        }
        bits const end = (bits)(place == last);
        real const final_value = at_last - real{};
        value = (real)(((bits)value & ~end) | ((bits)final_value & end));
        store(out + k, value);
    });
}

} // namespace weft::inline v0::temporal::detail
