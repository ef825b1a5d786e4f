#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "weft/knot/float_modular.hpp"
#include "weft/knot/modular.hpp"
#include "weft/knot/seifert.hpp"
#include "weft/knot/simplify.hpp"

/// det(V - t V^T) of wide or long Artin words, whose Seifert matrix has few entries and those near
/// its diagonal, at many points t at once modulo a prime. Everything here is internal, and exact.
namespace weft::inline v0::knot::detail {

/// An entry of V - t V^T: a - t b.
struct band_entry {
    std::uint32_t column;
    std::int16_t a, b;
};

/// V - t V^T by rows, columns rising. Row x has its entries from begin[x] on.
struct banded_form {
    std::size_t size = 0;
    std::vector<std::size_t> begin;
    std::vector<band_entry> entries;

    [[nodiscard]] std::size_t low(std::size_t x) const noexcept {
        return begin[x] < begin[x + 1] ? entries[begin[x]].column : x;
    }
    [[nodiscard]] std::size_t high(std::size_t x) const noexcept {
        return begin[x] < begin[x + 1] ? entries[begin[x + 1] - 1].column + std::size_t{1} : x;
    }
};

/// Collins's matrix in the order of the word's letters, or column after column of generators.
[[nodiscard]] inline banded_form
banded_of(piece const& p, std::vector<collins_generator> const& generators, bool across) {
    auto const n = generators.size();
    std::vector<std::size_t> place(n);
    if (across) {
        std::vector<std::size_t> start(static_cast<std::size_t>(p.strands) + 2, 0);
        for (auto const& g : generators) ++start[static_cast<std::size_t>(g.column) + 1];
        for (std::size_t c = 1; c < start.size(); ++c) start[c] += start[c - 1];
        for (std::size_t x = 0; x < n; ++x) {
            place[x] = start[static_cast<std::size_t>(generators[x].column)]++;
        }
    } else {
        for (std::size_t x = 0; x < n; ++x) place[x] = x;
    }
    std::vector<std::vector<band_entry>> rows(n);
    auto const add = [&](std::size_t x, std::size_t y, int a, int b) {
        auto& row = rows[x];
        auto k = row.size();
        while (k > 0 && row[k - 1].column > y) --k;
        if (k == 0 || row[k - 1].column != y) {
            row.insert(row.begin() + static_cast<std::ptrdiff_t>(k),
                       {static_cast<std::uint32_t>(y), 0, 0});
            ++k;
        }
        if (a != 0) row[k - 1].a = static_cast<std::int16_t>(a);
        if (b != 0) row[k - 1].b = static_cast<std::int16_t>(b);
    };
    collins_entries(p, generators, [&](std::size_t x, std::size_t y, int value) {
        if (value == 0) return;
        add(place[x], place[y], value, 0);
        add(place[y], place[x], 0, value);
    });
    banded_form out;
    out.size = n;
    out.begin.assign(1, 0);
    for (auto const& row : rows) {
        out.entries.insert(out.entries.end(), row.begin(), row.end());
        out.begin.push_back(out.entries.size());
    }
    return out;
}

/// Which rows are taken as pivots, one column after another, and what that takes.
struct banded_plan {
    static constexpr std::uint32_t none = 0xffff'ffffU;
    std::vector<std::uint32_t> pivot; ///< none where every row that is left is 0 in that column
    std::size_t rank = 0;
    std::size_t slots = 0;   ///< the most rows in work at a time
    std::size_t ring = 0;    ///< and how many columns one may span
    double operations = 0.0; ///< entries changed, for each point
};

/// Residues in Montgomery's form at several points.
class integer_points {
public:
    using word = std::uint64_t;

    integer_points(field const& f, std::uint64_t const* t, std::size_t points)
        : f_(f)
        , t_(t)
        , points_(points) {}

    [[nodiscard]] std::size_t points() const noexcept { return points_; }

    void load(word* x, int a, int b) const noexcept {
        auto const whole = f_.from(a);
        auto const factor = f_.from(b);
        for (std::size_t q = 0; q < points_; ++q) x[q] = f_.sub(whole, f_.mul(factor, t_[q]));
    }
    [[nodiscard]] bool any(word const* x) const noexcept {
        word all = 0;
        for (std::size_t q = 0; q < points_; ++q) all |= x[q];
        return all != 0;
    }
    /// Marks in `bad` where x is 0.
    void look(word* x, char* bad) const noexcept {
        for (std::size_t q = 0; q < points_; ++q) {
            if (x[q] == 0) bad[q] = 1;
        }
    }
    void multiply(word* x, word const* y) const noexcept {
        for (std::size_t q = 0; q < points_; ++q) x[q] = f_.mul(x[q], y[q]);
    }
    void negate(word* x) const noexcept {
        for (std::size_t q = 0; q < points_; ++q) x[q] = f_.neg(x[q]);
    }
    /// x = x head - factor y.
    void combine(word* x, word const* head, word const* factor, word const* y) const noexcept {
        for (std::size_t q = 0; q < points_; ++q) {
            x[q] = f_.sub(f_.mul(x[q], head[q]), f_.mul(factor[q], y[q]));
        }
    }
    [[nodiscard]] word one() const noexcept { return f_.one(); }
    [[nodiscard]] std::uint64_t residue(word x) const noexcept { return x; }

private:
    field const& f_;
    std::uint64_t const* t_;
    std::size_t points_;
};

/// Residues modulo a prime p below 2^43 in doubles, of size at most 1.1 p; 0 is 0 where it is no
/// difference, and p or -p at most where it is one.
class float_points {
public:
    using word = double;

    float_points(field const& f, double const* t, std::size_t points)
        : f_(f)
        , prime_(static_cast<double>(f.prime()))
        , inverse_(1.0 / prime_)
        , t_(t)
        , points_(points) {}

    [[nodiscard]] std::size_t points() const noexcept { return points_; }

    WEFT_FUSED_KERNEL void load(word* __restrict x, int a, int b) const noexcept {
        auto const p = prime_;
        auto const inverse = inverse_;
        auto const whole = static_cast<double>(a);
        auto const factor = static_cast<double>(b);
        for (std::size_t q = 0; q < points_; ++q) {
            auto const s = whole - factor * t_[q];
            x[q] = __builtin_fma(-nearest(s * inverse), p, s);
        }
    }
    WEFT_FUSED_KERNEL [[nodiscard]] bool any(word const* x) const noexcept {
        for (std::size_t q = 0; q < points_; ++q) {
            if (x[q] != 0.0) return true;
        }
        return false;
    }
    WEFT_FUSED_KERNEL void look(word* x, char* bad) const noexcept {
        for (std::size_t q = 0; q < points_; ++q) {
            x[q] = __builtin_fma(-nearest(x[q] * inverse_), prime_, x[q]);
            if (x[q] == 0.0) bad[q] = 1;
        }
    }
    WEFT_FUSED_KERNEL void multiply(word* __restrict x, word const* __restrict y) const noexcept {
        auto const p = prime_;
        auto const inverse = inverse_;
        for (std::size_t q = 0; q < points_; ++q) {
            auto const high = x[q] * y[q];
            auto const rest = __builtin_fma(x[q], y[q], -high);
            x[q] = __builtin_fma(-nearest(high * inverse), p, high) + rest;
        }
    }
    void negate(word* x) const noexcept {
        for (std::size_t q = 0; q < points_; ++q) x[q] = -x[q];
    }
    WEFT_FUSED_KERNEL void combine(word* __restrict x, word const* __restrict head,
                                   word const* __restrict factor,
                                   word const* __restrict y) const noexcept {
        auto const p = prime_;
        auto const inverse = inverse_;
        for (std::size_t q = 0; q < points_; ++q) {
            auto const high = x[q] * head[q];
            auto const rest = __builtin_fma(x[q], head[q], -high);
            auto const other = factor[q] * y[q];
            auto const other_rest = __builtin_fma(factor[q], y[q], -other);
            auto const left = __builtin_fma(-nearest(high * inverse), p, high) + rest;
            auto const right = __builtin_fma(-nearest(other * inverse), p, other) + other_rest;
            x[q] = left - right;
        }
    }
    [[nodiscard]] word one() const noexcept { return 1.0; }
    [[nodiscard]] std::uint64_t residue(word x) const noexcept {
        return f_.from(static_cast<std::int64_t>(x) % static_cast<std::int64_t>(f_.prime()));
    }

private:
    field const& f_;
    double prime_, inverse_;
    double const* t_;
    std::size_t points_;
};

/// Room for eliminations, to be used again and again.
template <class Word>
struct banded_workspace {
    std::vector<Word> rows, product, divisor;
    std::vector<std::uint32_t> row; ///< the rows in work, and beside them their places and ends
    std::vector<std::size_t> slot, from, to, free_slots, start, order;
    std::vector<char> bad;
};

/// Row echelon form of the matrix at each point without divisions, rows entering when their first
/// column comes. Pivots are those of `plan`; where it is empty they are chosen by what they are at
/// the only point (of those that are not 0, the row that ends first), and written there. Gives up
/// where more than max_operations are needed. Then w.product / w.divisor is the determinant, and
/// w.bad marks points where the plan does not fit.
template <class Points>
[[nodiscard]] bool eliminate_banded(banded_form const& form, Points const& points,
                                    banded_plan& plan, banded_workspace<typename Points::word>& w,
                                    double max_operations) {
    using word = typename Points::word;
    auto const n = form.size;
    auto const count = points.points();
    bool const choose = plan.pivot.empty() && n > 0;
    constexpr auto none = banded_plan::none;
    // Rows in the order of their first columns, and how far they reach from the column at hand: a
    // row's columns lie around a ring of that many.
    w.start.assign(n + 1, 0);
    for (std::size_t x = 0; x < n; ++x) ++w.start[form.low(x) + 1];
    for (std::size_t c = 1; c <= n; ++c) w.start[c] += w.start[c - 1];
    w.order.resize(n);
    for (std::size_t x = 0; x < n; ++x) w.order[w.start[form.low(x)]++] = x;
    std::size_t ring = 1;
    std::size_t reach = 0;
    for (auto const x : w.order) {
        if (form.high(x) > reach) reach = form.high(x);
        if (reach > form.low(x) + ring) ring = reach - form.low(x);
    }
    w.product.assign(count, points.one());
    w.divisor.assign(count, points.one());
    w.bad.assign(count, 0);
    w.row.clear();
    w.from.clear();
    w.to.clear();
    w.slot.clear();
    w.free_slots.clear();
    auto slots = choose ? std::size_t{0} : plan.slots;
    w.rows.resize(slots * ring * count);
    for (std::size_t s = 0; s < slots; ++s) w.free_slots.push_back(s);
    if (choose) plan.slots = 0;
    plan.ring = ring;
    auto const at = [&](std::size_t k, std::size_t c) {
        return w.rows.data() + (w.slot[k] * ring + c % ring) * count;
    };
    std::size_t rank = 0;
    double operations = 0.0;
    std::size_t entered = 0;
    for (std::size_t c = 0; c < n; ++c) {
        for (; entered < n && form.low(w.order[entered]) <= c; ++entered) {
            auto const x = w.order[entered];
            if (w.free_slots.empty()) {
                w.free_slots.push_back(slots++);
                w.rows.resize(slots * ring * count);
            }
            w.slot.push_back(w.free_slots.back());
            w.free_slots.pop_back();
            w.row.push_back(static_cast<std::uint32_t>(x));
            w.from.push_back(form.low(x));
            w.to.push_back(form.high(x));
            auto const k = w.row.size() - 1;
            for (auto e = w.from[k]; e < w.to[k]; ++e) {
                auto* const to = at(k, e);
                for (std::size_t q = 0; q < count; ++q) to[q] = word(0);
            }
            for (auto e = form.begin[x]; e < form.begin[x + 1]; ++e) {
                points.load(at(k, form.entries[e].column), form.entries[e].a, form.entries[e].b);
            }
        }
        auto const working = w.row.size();
        if (choose && working > plan.slots) plan.slots = working;
        auto best = working;
        if (choose) {
            for (std::size_t k = 0; k < working; ++k) {
                if (w.to[k] <= c || !points.any(at(k, c))) continue;
                if (best == working || w.to[k] < w.to[best]) best = k;
            }
            plan.pivot.push_back(best == working ? none : w.row[best]);
        } else {
            for (std::size_t k = 0; k < working && best == working; ++k) {
                if (w.row[k] == plan.pivot[c]) best = k;
            }
        }
        if (best == working) {
            // What is not 0 here at another point is a pivot there.
            for (std::size_t k = 0; k < working; ++k) {
                if (w.to[k] <= c) continue;
                auto const* const x = at(k, c);
                for (std::size_t q = 0; q < count; ++q) {
                    if (x[q] != word(0)) w.bad[q] = 1;
                }
            }
            continue;
        }
        auto const end = w.to[best];
        auto* const head = at(best, c);
        points.look(head, w.bad.data());
        points.multiply(w.product.data(), head);
        for (std::size_t k = 0; k < working; ++k) {
            if (k == best || w.to[k] <= c) continue;
            auto const* const factor = at(k, c);
            if (!points.any(factor)) continue;
            for (; w.to[k] < end; ++w.to[k]) {
                auto* const x = at(k, w.to[k]);
                for (std::size_t q = 0; q < count; ++q) x[q] = word(0);
            }
            for (auto e = c + 1; e < w.to[k]; ++e) {
                auto* const x = at(k, e);
                if (e < end) {
                    points.combine(x, head, factor, at(best, e));
                } else {
                    points.multiply(x, head);
                }
            }
            points.multiply(w.divisor.data(), head);
            operations += static_cast<double>(w.to[k] - c);
        }
        ++rank;
        w.free_slots.push_back(w.slot[best]);
        auto const erase = [&](auto& list) {
            list.erase(list.begin() + static_cast<std::ptrdiff_t>(best));
        };
        // It overtakes the rows before it.
        if (best % 2 != 0) points.negate(w.product.data());
        erase(w.slot);
        erase(w.row);
        erase(w.from);
        erase(w.to);
        if (operations > max_operations) return false;
    }
    if (choose) {
        plan.rank = rank;
        plan.operations = operations;
    }
    // The rows' own order.
    std::vector<char> seen(n, 0);
    bool odd = false;
    for (std::size_t x = 0; x < n; ++x) {
        std::size_t length = 0;
        for (auto y = x; seen[y] == 0; y = w.order[y]) {
            seen[y] = 1;
            ++length;
        }
        odd = odd != (length > 0 && length % 2 == 0);
    }
    if (odd) points.negate(w.product.data());
    if (rank < n) w.product.assign(count, word(0));
    return true;
}

/// The elimination at one point, with pivots of its own. Nothing where it takes too much.
[[nodiscard]] inline std::optional<banded_plan> plan_banded(banded_form const& form, field const& f,
                                                            std::uint64_t t,
                                                            banded_workspace<std::uint64_t>& w,
                                                            double max_operations) {
    banded_plan plan;
    plan.pivot.reserve(form.size);
    integer_points const points(f, &t, 1);
    if (!eliminate_banded(form, points, plan, w, max_operations)) return std::nullopt;
    return plan;
}

} // namespace weft::inline v0::knot::detail
