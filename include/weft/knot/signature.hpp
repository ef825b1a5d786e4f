#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "weft/core/number.hpp"
#include "weft/knot/alexander.hpp"
#include "weft/knot/braid.hpp"
#include "weft/knot/dense.hpp"
#include "weft/knot/limits.hpp"
#include "weft/knot/modular.hpp"
#include "weft/knot/outcome.hpp"
#include "weft/knot/seifert.hpp"
#include "weft/knot/simplify.hpp"

namespace weft::inline v0::knot {

/// Signature and nullity of V + V^T (of a connected Seifert surface). The positive trefoil has
/// signature -2; the nullity is 0 unless the determinant is 0.
struct signature_result {
    std::int64_t signature = 0;
    std::int64_t nullity = 0;

    [[nodiscard]] friend bool operator==(signature_result const&,
                                         signature_result const&) = default;
};

namespace detail {

/// Room for certified eliminations, to be used again and again.
struct inertia_workspace {
    std::vector<double> matrix, factor, scaled, column, bound;
    std::vector<std::size_t> order;
    std::vector<char> paired;
};

/// Inertia of w.matrix by fraction-free elimination, for integers all of whose minors stay below
/// 2^25.5: products and their differences are below 2^53, and quotients whole, so that doubles are
/// exact. Nothing where it meets a zero diagonal that is not a zero matrix.
[[nodiscard]] inline std::optional<signature_result> small_inertia(std::size_t n,
                                                                   inertia_workspace& w) {
    auto* const a = w.matrix.data();
    w.order.resize(n);
    for (std::size_t x = 0; x < n; ++x) w.order[x] = x;
    auto* const left = w.order.data();
    signature_result out;
    double previous = 1.0;
    for (auto count = n; count > 0;) {
        std::size_t at = 0;
        while (at < count && a[left[at] * n + left[at]] == 0.0) ++at;
        if (at == count) {
            for (std::size_t x = 0; x < count; ++x) {
                for (std::size_t y = 0; y < x; ++y) {
                    if (a[left[x] * n + left[y]] != 0.0) return std::nullopt;
                }
            }
            out.nullity = static_cast<std::int64_t>(count);
            break;
        }
        auto const k = left[at];
        left[at] = left[--count];
        auto const* const top = a + k * n;
        auto const pivot = top[k];
        out.signature += (pivot > 0.0) == (previous > 0.0) ? 1 : -1;
        for (std::size_t p = 0; p < count; ++p) {
            auto const x = left[p];
            auto* const row = a + x * n;
            auto const beside = top[x];
            for (std::size_t q = 0; q <= p; ++q) {
                auto const y = left[q];
                auto const next = (row[y] * pivot - beside * top[y]) / previous;
                row[y] = a[y * n + x] = next;
            }
        }
        previous = pivot;
    }
    return out;
}

/// P (A + shift I) P^T = L D L^T + R in double precision, with 1x1 and 2x2 pivots in D and a proven
/// bound on |R| in the maximum norm of rows.
struct symmetric_factors {
    std::size_t negative = 0; ///< eigenvalues of D
    double residual = 0.0;
    double margin = 0.0; ///< a lower bound on D's singular values
    bool usable = false; ///< D is regular, and its signs are certain
};

/// Factors w.matrix (n x n, symmetric) plus shift I; L is left in the lower half of w.factor. How
/// well that went does not matter for rigour: the residual is measured afterwards, and the
/// rounding of measuring it is bounded (n + 8 operations an entry).
[[nodiscard]] inline symmetric_factors factor_symmetric(std::size_t n, double shift,
                                                        inertia_workspace& w) {
    symmetric_factors out;
    auto& l = w.factor;
    l.assign(w.matrix.begin(), w.matrix.begin() + static_cast<std::ptrdiff_t>(n * n));
    w.order.resize(n);
    w.paired.assign(n, 0);
    w.column.resize(2 * n);
    w.bound.resize(2 * n);
    for (std::size_t x = 0; x < n; ++x) {
        l[x * n + x] += shift;
        w.order[x] = x;
    }
    auto const size = [](double x) { return __builtin_fabs(x); };
    auto const at = [&](std::size_t x, std::size_t y) -> double& {
        return x >= y ? l[x * n + y] : l[y * n + x];
    };
    auto const exchange = [&](std::size_t k, std::size_t p) {
        if (k == p) return;
        std::swap(w.order[k], w.order[p]);
        for (std::size_t c = 0; c < k; ++c) std::swap(l[k * n + c], l[p * n + c]);
        for (std::size_t c = k + 1; c < p; ++c) std::swap(l[c * n + k], l[p * n + c]);
        for (std::size_t r = p + 1; r < n; ++r) std::swap(l[r * n + k], l[r * n + p]);
        std::swap(l[k * n + k], l[p * n + p]);
    };
    // d[k] on the diagonal, e[k] beside it where k and k + 1 are one block.
    auto* const d = w.bound.data();
    auto* const e = d + n;
    out.margin = 1e300;
    for (std::size_t k = 0; k < n;) {
        auto best = k;
        for (auto x = k + 1; x < n; ++x) {
            if (size(l[x * n + x]) > size(l[best * n + best])) best = x;
        }
        auto largest = best;
        double beside = 0.0;
        for (auto x = k; x < n; ++x) {
            if (x != best && size(at(x, best)) > beside) {
                beside = size(at(x, best));
                largest = x;
            }
        }
        auto const pivot = l[best * n + best];
        if (size(pivot) >= 0.25 * beside) {
            if (!(size(pivot) > 0.0)) return out;
            exchange(k, best);
            d[k] = pivot;
            e[k] = 0.0;
            if (pivot < 0.0) ++out.negative;
            if (size(pivot) < out.margin) out.margin = size(pivot);
            auto* const u = w.column.data();
            for (auto x = k + 1; x < n; ++x) u[x] = l[x * n + k];
            for (auto x = k + 1; x < n; ++x) {
                auto const factor = u[x] / pivot;
                l[x * n + k] = factor;
                if (factor == 0.0) continue;
                auto* const row = l.data() + x * n;
                subtract_multiple(row + k + 1, factor, u + k + 1, x - k);
            }
            l[k * n + k] = 1.0;
            ++k;
            continue;
        }
        // `largest` pairs with `best`; after the first exchange it may have moved.
        exchange(k, best);
        if (largest == k) largest = best;
        exchange(k + 1, largest);
        auto const a = l[k * n + k];
        auto const b = l[(k + 1) * n + k];
        auto const c = l[(k + 1) * n + k + 1];
        auto const det = a * c - b * b;
        if (!(size(det) > 1e-14 * (size(a * c) + b * b))) return out;
        d[k] = a;
        e[k] = b;
        d[k + 1] = c;
        e[k + 1] = 0.0;
        w.paired[k] = 1;
        if (det < 0.0) {
            ++out.negative;
        } else if (a < 0.0) {
            out.negative += 2;
        }
        auto const norm_a = size(a) + size(b);
        auto const norm_c = size(c) + size(b);
        auto const least = 0.99 * size(det) / (norm_a > norm_c ? norm_a : norm_c);
        if (least < out.margin) out.margin = least;
        auto* const u = w.column.data();
        auto* const v = u + n;
        for (auto x = k + 2; x < n; ++x) {
            u[x] = l[x * n + k];
            v[x] = l[x * n + k + 1];
        }
        for (auto x = k + 2; x < n; ++x) {
            auto const f = (u[x] * c - v[x] * b) / det;
            auto const g = (v[x] * a - u[x] * b) / det;
            l[x * n + k] = f;
            l[x * n + k + 1] = g;
            if (f == 0.0 && g == 0.0) continue;
            auto* const row = l.data() + x * n;
            subtract_multiple(row + k + 2, f, u + k + 2, x - k - 1);
            subtract_multiple(row + k + 2, g, v + k + 2, x - k - 1);
        }
        l[k * n + k] = l[(k + 1) * n + k + 1] = 1.0;
        l[(k + 1) * n + k] = 0.0;
        k += 2;
    }
    // R = P (A + shift I) P^T - L (D L^T), entry by entry.
    w.scaled.resize(n * n);
    auto* const sums = w.column.data(); // of |L D| over columns, then of |R| over rows
    auto* const rows = sums + n;
    for (std::size_t x = 0; x < n; ++x) sums[x] = rows[x] = 0.0;
    for (std::size_t x = 0; x < n; ++x) {
        auto const* const from = l.data() + x * n;
        auto* const to = w.scaled.data() + x * n;
        for (std::size_t k = 0; k <= x; ++k) {
            if (w.paired[k] != 0) {
                auto const next = k + 1 <= x ? from[k + 1] : 0.0;
                to[k] = from[k] * d[k] + next * e[k];
                sums[k] += size(from[k] * d[k]) + size(next * e[k]);
                if (k + 1 < n) {
                    to[k + 1] = from[k] * e[k] + next * d[k + 1];
                    sums[k + 1] += size(from[k] * e[k]) + size(next * d[k + 1]);
                }
                ++k;
            } else {
                to[k] = from[k] * d[k];
                sums[k] += size(to[k]);
            }
        }
    }
    auto const gamma = 1.01 * static_cast<double>(n + 8) * 0x1p-53;
    for (std::size_t x = 0; x < n; ++x) {
        auto const px = w.order[x];
        for (std::size_t y = 0; y <= x; ++y) {
            auto const py = w.order[y];
            // The row of L D reaches one place further where y begins a block.
            auto const reach = w.paired[y] != 0 && y < x ? y + 2 : y + 1;
            auto entry = w.matrix[px * n + py];
            if (x == y) entry += shift;
            auto const r = size(entry - dot(l.data() + x * n, w.scaled.data() + y * n, reach)) +
                           gamma * size(entry);
            rows[x] += r;
            if (x != y) rows[y] += r;
        }
    }
    for (std::size_t x = 0; x < n; ++x) {
        double products = 0.0;
        for (std::size_t k = 0; k <= x; ++k) products += size(l[x * n + k]) * sums[k];
        auto const r = 1.01 * (rows[x] + gamma * products);
        if (!(r <= out.residual)) out.residual = r;
    }
    out.usable = is_finite(out.residual);
    return out;
}

/// Bounds on how many eigenvalues of a symmetric matrix are negative. They are equal where the
/// matrix is regular and not too badly conditioned.
struct negative_count {
    std::size_t least = 0;
    std::size_t most = 0;
    bool known = false;
};

/// For w.matrix, each of whose rows is known up to `error` (sum of absolute errors). Either the
/// factors of A prove their own inertia (by Sylvester, as |L^-1 R L^-T| is below D's singular
/// values), or those of A - s I and A + s I with residuals below s enclose it (by Weyl).
[[nodiscard]] inline negative_count certified_negative(std::size_t n, double error,
                                                       inertia_workspace& w) {
    if (n == 0) return {0, 0, true};
    auto const enclosed = [&](double s) {
        negative_count out;
        auto const below = factor_symmetric(n, -s, w);
        if (!below.usable || !(1.01 * (below.residual + error) <= s)) return out;
        auto const above = factor_symmetric(n, s, w);
        if (!above.usable || !(1.01 * (above.residual + error) <= s)) return out;
        return negative_count{above.negative, below.negative, true};
    };
    // The bound on L^-1 is too coarse for larger ones.
    if (n > 48) {
        auto const quick = enclosed(0x1p-24);
        if (quick.known && quick.least == quick.most) return quick;
    }
    auto const first = factor_symmetric(n, 0.0, w);
    double shift = 1e-9;
    if (first.usable) {
        // Row and column sums of the inverse of L's comparison matrix.
        w.column.assign(2 * n, 1.0);
        auto* const rows = w.column.data();
        auto* const columns = rows + n;
        double most_rows = 1.0;
        double most_columns = 1.0;
        for (std::size_t x = 0; x < n; ++x) {
            for (std::size_t k = 0; k < x; ++k) {
                rows[x] += __builtin_fabs(w.factor[x * n + k]) * rows[k];
            }
            if (rows[x] > most_rows) most_rows = rows[x];
        }
        for (std::size_t x = n; x-- > 0;) {
            if (columns[x] > most_columns) most_columns = columns[x];
            for (std::size_t k = 0; k < x; ++k) {
                columns[k] += __builtin_fabs(w.factor[x * n + k]) * columns[x];
            }
        }
        auto const perturbed = 1.01 * (most_rows * most_columns) * (first.residual + error);
        if (perturbed < first.margin) return {first.negative, first.negative, true};
        shift = 4.0 * (first.residual + error);
    }
    return enclosed(shift);
}

/// A symmetric matrix by rows with few entries each, both halves, columns rising.
template <class Real>
struct sparse_entry {
    std::uint32_t column;
    Real value;
};
template <class Real>
using sparse_rows = std::vector<std::vector<sparse_entry<Real>>>;

/// V + V^T of an Artin word's surface, in the order (along the word or across the strands) that
/// keeps it closer to its diagonal. O(letters) where neighbouring columns interlace moderately.
template <class Real>
[[nodiscard]] sparse_rows<Real> sparse_form(piece const& p) {
    auto const generators = collins_generators(p);
    auto const n = generators.size();
    std::vector<std::uint32_t> across(n);
    {
        std::vector<std::size_t> start(static_cast<std::size_t>(p.strands) + 2, 0);
        for (auto const& g : generators) ++start[static_cast<std::size_t>(g.column) + 1];
        for (std::size_t c = 1; c < start.size(); ++c) start[c] += start[c - 1];
        for (std::size_t x = 0; x < n; ++x) {
            across[x] =
                static_cast<std::uint32_t>(start[static_cast<std::size_t>(generators[x].column)]++);
        }
    }
    double along_cost = 0.0;
    double across_cost = 0.0;
    collins_entries(p, generators, [&](std::size_t x, std::size_t y, int) {
        auto const d = static_cast<double>(x) - static_cast<double>(y);
        auto const e = static_cast<double>(across[x]) - static_cast<double>(across[y]);
        along_cost += d * d;
        across_cost += e * e;
    });
    bool const renumber = across_cost < along_cost;
    sparse_rows<Real> out(n);
    auto const add = [&](std::size_t x, std::size_t y, Real value) {
        auto& row = out[x];
        auto const column = static_cast<std::uint32_t>(y);
        std::size_t k = row.size();
        while (k > 0 && row[k - 1].column > column) --k;
        if (k > 0 && row[k - 1].column == column) {
            row[k - 1].value += value;
        } else {
            row.insert(row.begin() + static_cast<std::ptrdiff_t>(k), {column, value});
        }
    };
    collins_entries(p, generators, [&](std::size_t x, std::size_t y, int value) {
        if (value == 0) return;
        auto const i = renumber ? across[x] : x;
        auto const j = renumber ? across[y] : y;
        add(i, j, static_cast<Real>(value));
        add(j, i, static_cast<Real>(value));
    });
    return out;
}

/// An elimination of A + shift I in floating point, and a proven bound on how far (in the maximum
/// norm of rows) the matrix that was eliminated exactly is from it: the sum of all roundings.
struct sparse_elimination {
    std::size_t negative = 0;
    std::size_t zeros = 0;
    double residual = 0.0;
    bool usable = true;
};

template <class Real>
[[nodiscard]] sparse_elimination eliminate_sparse(sparse_rows<Real> rows, double shift,
                                                  double max_operations) {
    auto const n = rows.size();
    sparse_elimination out;
    constexpr Real unit = Real(0.625) * std::numeric_limits<Real>::epsilon();
    std::vector<Real> error(n, Real(0));
    std::vector<char> gone(n, 0);
    auto const size = [](Real x) { return x < 0 ? -x : x; };
    auto const value_at = [&](std::size_t x, std::size_t y) {
        for (auto const& e : rows[x]) {
            if (e.column == y) return e.value;
        }
        return Real(0);
    };
    for (std::size_t x = 0; x < n; ++x) {
        bool found = false;
        for (auto& e : rows[x]) {
            if (e.column != x) continue;
            e.value += static_cast<Real>(shift);
            found = true;
        }
        if (!found && shift != 0.0) {
            std::size_t k = 0;
            while (k < rows[x].size() && rows[x][k].column < x) ++k;
            rows[x].insert(rows[x].begin() + static_cast<std::ptrdiff_t>(k),
                           {static_cast<std::uint32_t>(x), static_cast<Real>(shift)});
        }
    }
    std::vector<sparse_entry<Real>> merged, first_row, second_row;
    double operations = 0.0;
    // rows[x] -= f times `pivot`, without the columns a and b.
    auto const subtract = [&](std::size_t x, Real f, std::vector<sparse_entry<Real>> const& pivot,
                              std::size_t a, std::size_t b) {
        auto const& row = rows[x];
        merged.clear();
        Real rounding = 0;
        std::size_t i = 0;
        std::size_t j = 0;
        while (i < row.size() || j < pivot.size()) {
            auto const c = j == pivot.size() || (i < row.size() && row[i].column <= pivot[j].column)
                               ? row[i].column
                               : pivot[j].column;
            Real value = 0;
            if (i < row.size() && row[i].column == c) value = row[i++].value;
            if (j < pivot.size() && pivot[j].column == c) {
                auto const product = f * pivot[j++].value;
                value -= product;
                rounding += size(value) + size(product);
            }
            if (c != a && c != b && value != 0) merged.push_back({c, value});
        }
        operations += static_cast<double>(row.size() + pivot.size());
        error[x] += unit * rounding;
        rows[x].assign(merged.begin(), merged.end());
    };
    auto const largest_in = [&](std::size_t x, std::size_t& place) {
        Real best = 0;
        for (auto const& e : rows[x]) {
            if (e.column != x && size(e.value) > best) {
                best = size(e.value);
                place = e.column;
            }
        }
        return best;
    };
    auto const single = [&](std::size_t k, Real pivot) {
        gone[k] = 1;
        if (pivot < 0) ++out.negative;
        first_row.swap(rows[k]);
        for (auto const& e : first_row) {
            auto const x = e.column;
            if (x == k) continue;
            auto const f = e.value / pivot;
            // f pivot is not quite e.value, here and in the mirrored place.
            error[x] += unit * size(e.value);
            error[k] += unit * size(e.value);
            subtract(x, f, first_row, k, k);
        }
        first_row.clear();
    };
    for (std::size_t k = 0; k < n && out.usable;) {
        if (gone[k] != 0) {
            ++k;
            continue;
        }
        std::size_t partner = k;
        auto const beside = largest_in(k, partner);
        auto const a = value_at(k, k);
        if (beside == 0) {
            gone[k] = 1;
            if (a == 0) {
                ++out.zeros;
            } else if (a < 0) {
                ++out.negative;
            }
            continue;
        }
        if (size(a) >= Real(0.25) * beside) {
            single(k, a);
        } else {
            std::size_t other = partner;
            auto const c = value_at(partner, partner);
            auto const beside_partner = largest_in(partner, other);
            if (size(c) >= Real(0.5) * beside_partner) {
                single(partner, c);
            } else {
                auto const b = value_at(k, partner);
                auto const det = a * c - b * b;
                if (!(size(det) > Real(1e-14) * (size(a * c) + b * b))) {
                    out.usable = false;
                    break;
                }
                gone[k] = gone[partner] = 1;
                if (det < 0) {
                    ++out.negative;
                } else if (a < 0) {
                    out.negative += 2;
                }
                first_row.swap(rows[k]);
                second_row.swap(rows[partner]);
                auto const value_in = [](std::vector<sparse_entry<Real>> const& row,
                                         std::size_t x) {
                    for (auto const& e : row) {
                        if (e.column == x) return e.value;
                    }
                    return Real(0);
                };
                std::vector<std::size_t> touched;
                for (auto const* const row : {&first_row, &second_row}) {
                    for (auto const& e : *row) {
                        if (gone[e.column] == 0) touched.push_back(e.column);
                    }
                }
                for (auto const x : touched) {
                    if (gone[x] != 0) continue;
                    gone[x] = 2;
                    auto const u = value_in(first_row, x);
                    auto const v = value_in(second_row, x);
                    auto const f = (u * c - v * b) / det;
                    auto const g = (v * a - u * b) / det;
                    // What (f, g) D differs from (u, v) by, with the rounding of finding that out.
                    auto const r = size(u - (f * a + g * b)) + size(v - (f * b + g * c));
                    auto const s =
                        size(u) + size(v) + (size(f) + size(g)) * (size(a) + 2 * size(b) + size(c));
                    auto const rounding = r + 4 * unit * s;
                    error[x] += Real(1.01) * rounding;
                    error[k] += Real(1.01) * rounding;
                    error[partner] += Real(1.01) * rounding;
                    subtract(x, f, first_row, k, partner);
                    subtract(x, g, second_row, k, partner);
                }
                for (auto const x : touched) gone[x] = 0;
                first_row.clear();
                second_row.clear();
            }
        }
        if (operations > max_operations) out.usable = false;
    }
    for (auto const e : error) {
        auto const d = 1.01 * static_cast<double>(e);
        if (!(d <= out.residual)) out.residual = d;
    }
    out.usable = out.usable && is_finite(out.residual);
    return out;
}

/// As certified_negative, for an Artin word's surface; nothing is known where the work would be
/// more than max_operations.
template <class Real>
[[nodiscard]] negative_count certified_sparse(piece const& p, double max_operations) {
    auto const rows = sparse_form<Real>(p);
    negative_count out;
    auto const plain = eliminate_sparse<Real>(rows, 0.0, max_operations);
    if (!plain.usable) return out;
    // Above the residuals, and a power of two that adds to the diagonal's small integers exactly.
    double shift = static_cast<double>(std::numeric_limits<Real>::epsilon()) * 64.0;
    while (shift < 2.0 * plain.residual) shift *= 2.0;
    if (shift > 0x1p-10) return out;
    auto const below = eliminate_sparse<Real>(rows, -shift, max_operations);
    if (!below.usable || below.zeros != 0 || !(below.residual <= shift)) return out;
    auto const above = eliminate_sparse<Real>(rows, shift, max_operations);
    if (!above.usable || above.zeros != 0 || !(above.residual <= shift)) return out;
    return {above.negative, below.negative, true};
}

/// One step of a symmetric elimination: a 1x1 pivot (first == second) or a 2x2 one.
struct pivot_step {
    std::size_t first, second;
};

/// Symmetric elimination of v + v^T modulo one prime. Where `order` is empty, pivots are chosen
/// and written there, and operations are counted; otherwise they are followed. Leading minors go
/// to `minors` (for a 2x2 pivot the one in between as well).
struct modular_elimination {
    bool usable = true;         ///< no pivot of the given order was 0
    bool remainder_zero = true; ///< what is left is the zero matrix
    double operations = 0.0;
};

[[nodiscard]] inline modular_elimination
eliminate_symmetric(field const& f, integer_matrix const& v, std::vector<pivot_step>& order,
                    bool choose, std::vector<std::uint64_t>& minors, double max_operations) {
    auto const n = v.size;
    modular_elimination out;
    out.operations = static_cast<double>(v.size) * static_cast<double>(v.size) / 2.0;
    std::vector<std::uint64_t> a(n * n);
    for (std::size_t x = 0; x < n; ++x) {
        for (std::size_t y = 0; y < n; ++y) {
            auto const sum = v(x, y) + v(y, x);
            a[x * n + y] = sum == 0 ? 0 : f.from(sum);
        }
    }
    std::vector<std::size_t> left(n);
    for (std::size_t x = 0; x < n; ++x) left[x] = x;
    auto minor = f.one();
    std::vector<std::size_t> touched;
    std::vector<std::uint64_t> w1, w2;
    auto const remove = [&](std::size_t x) {
        for (std::size_t q = 0; q < left.size(); ++q) {
            if (left[q] == x) {
                left.erase(left.begin() + static_cast<std::ptrdiff_t>(q));
                return;
            }
        }
    };
    std::size_t next = 0;
    while (choose ? !left.empty() : next < order.size()) {
        pivot_step step{n, n};
        if (choose) {
            for (auto const x : left) {
                if (a[x * n + x] != 0) {
                    step = {x, x};
                    break;
                }
            }
            for (std::size_t p = 0; step.first == n && p < left.size(); ++p) {
                for (std::size_t q = p + 1; q < left.size(); ++q) {
                    if (a[left[p] * n + left[q]] != 0) {
                        step = {left[p], left[q]};
                        break;
                    }
                }
            }
            if (step.first == n) break;
            order.push_back(step);
        } else {
            step = order[next++];
        }
        auto const i = step.first;
        auto const j = step.second;
        auto const aii = a[i * n + i];
        remove(i);
        touched.clear();
        w1.clear();
        w2.clear();
        if (i == j) {
            if (aii == 0) {
                out.usable = false;
                return out;
            }
            minor = f.mul(minor, aii);
            minors.push_back(minor);
            auto const inverse = f.inverse(aii);
            for (auto const x : left) {
                if (a[x * n + i] == 0) continue;
                touched.push_back(x);
                w1.push_back(f.mul(a[x * n + i], inverse));
            }
            for (std::size_t p = 0; p < touched.size(); ++p) {
                for (std::size_t q = p; q < touched.size(); ++q) {
                    auto const x = touched[p];
                    auto const y = touched[q];
                    a[x * n + y] = a[y * n + x] = f.sub(a[x * n + y], f.mul(w1[p], a[y * n + i]));
                }
            }
        } else {
            remove(j);
            auto const ajj = a[j * n + j];
            auto const aij = a[i * n + j];
            auto const det = f.sub(f.mul(aii, ajj), f.mul(aij, aij));
            if (det == 0) {
                out.usable = false;
                return out;
            }
            minors.push_back(f.mul(minor, aii));
            minor = f.mul(minor, det);
            minors.push_back(minor);
            auto const inverse = f.inverse(det);
            for (auto const x : left) {
                auto const xi = a[x * n + i];
                auto const xj = a[x * n + j];
                if (xi == 0 && xj == 0) continue;
                touched.push_back(x);
                w1.push_back(f.mul(inverse, f.sub(f.mul(xi, ajj), f.mul(xj, aij))));
                w2.push_back(f.mul(inverse, f.sub(f.mul(xj, aii), f.mul(xi, aij))));
            }
            for (std::size_t p = 0; p < touched.size(); ++p) {
                for (std::size_t q = p; q < touched.size(); ++q) {
                    auto const x = touched[p];
                    auto const y = touched[q];
                    auto const sum = f.add(f.mul(w1[p], a[y * n + i]), f.mul(w2[p], a[y * n + j]));
                    a[x * n + y] = a[y * n + x] = f.sub(a[x * n + y], sum);
                }
            }
        }
        auto const t = static_cast<double>(touched.size());
        out.operations += 64.0 + t * t;
        if (out.operations > max_operations) return out;
    }
    for (auto const x : left) {
        for (auto const y : left) out.remainder_zero = out.remainder_zero && a[x * n + y] == 0;
    }
    return out;
}

/// The largest matrix that is written out in double precision.
inline constexpr std::size_t max_dense_size = 1536;

/// Inertia of v + v^T. First by eliminations in double precision that prove their own signs; where
/// they cannot (v + v^T is singular, or nearly so), from signs of the leading minors of a symmetric
/// elimination (Jacobi, Gundelfinger and Frobenius), each found modulo as many primes as Hadamard's
/// bound asks for; that the rest is 0 is proven modulo the same primes.
template <class Primes = primes>
[[nodiscard]] outcome<signature_result> inertia(integer_matrix const& v, limits const& l,
                                                inertia_workspace& w, Primes source = {}) {
    using result = outcome<signature_result>;
    if (v.size == 0) return result::of({});
    if (v.size <= max_dense_size) {
        auto const n = v.size;
        w.matrix.resize(n * n);
        for (std::size_t x = 0; x < n; ++x) {
            for (std::size_t y = 0; y < n; ++y) {
                w.matrix[x * n + y] = static_cast<double>(v(x, y)) + static_cast<double>(v(y, x));
            }
        }
        if (n <= 32) {
            // Hadamard's bound, rows shorter than 1 counted as 1, so that it holds for all minors.
            double squares = 1.0;
            for (std::size_t x = 0; x < n && squares < 0x1p51; ++x) {
                double norm = 0.0;
                for (std::size_t y = 0; y < n; ++y) {
                    norm += w.matrix[x * n + y] * w.matrix[x * n + y];
                }
                if (norm > 1.0) squares *= norm;
            }
            if (squares < 0x1p50) {
                w.scaled.assign(w.matrix.begin(),
                                w.matrix.begin() + static_cast<std::ptrdiff_t>(n * n));
                if (auto const small = small_inertia(n, w)) return result::of(*small);
                w.matrix.assign(w.scaled.begin(), w.scaled.end());
            }
        }
        auto const found = certified_negative(n, 0.0, w);
        if (found.known && found.least == found.most) {
            return result::of(
                {static_cast<std::int64_t>(n) - 2 * static_cast<std::int64_t>(found.least), 0});
        }
    }
    hadamard_bits h;
    for (std::size_t x = 0; x < v.size; ++x) {
        double norm = 0.0;
        for (std::size_t y = 0; y < v.size; ++y) {
            auto const e = static_cast<double>(v(x, y)) + static_cast<double>(v(y, x));
            norm += e * e;
        }
        h.row(norm);
    }
    auto const count = static_cast<std::size_t>(primes_for(h.bits()));
    auto const budget = static_cast<double>(l.max_operations) / static_cast<double>(count);
    std::vector<pivot_step> order;
    std::vector<std::uint64_t> moduli;
    std::vector<std::vector<std::uint64_t>> minors;
    while (moduli.size() < count) {
        field const f(source.next());
        bool const choose = moduli.empty();
        std::vector<std::uint64_t> found;
        auto const run = eliminate_symmetric(f, v, order, choose, found, budget);
        if (run.operations > budget) {
            return result::over_budget(
                budget_reason("the signature", run.operations * static_cast<double>(count), l));
        }
        if (!run.usable) continue;
        if (!run.remainder_zero) {
            // The first prime divides a minor that is not 0: begin again with the next one.
            order.clear();
            moduli.clear();
            minors.clear();
            continue;
        }
        for (auto& m : found) m = f.to(m);
        moduli.push_back(f.prime());
        minors.push_back(std::move(found));
    }
    remainders decoder(moduli);
    std::vector<std::uint64_t> column(moduli.size());
    std::size_t at = 0;
    auto const sign = [&] {
        for (std::size_t q = 0; q < column.size(); ++q) column[q] = minors[q][at];
        ++at;
        return decoder.decode(column);
    };
    signature_result out;
    std::size_t rank = 0;
    int previous = 1;
    for (auto const& step : order) {
        if (step.first == step.second) {
            int const s = sign();
            out.signature += s * previous;
            previous = s;
            ++rank;
        } else {
            int const between = sign();
            int const s = sign();
            // A negative 2x2 block has one eigenvalue of each sign, a positive one two of a kind.
            if (s == previous) out.signature += 2 * between * previous;
            previous = s;
            rank += 2;
        }
    }
    out.nullity = static_cast<std::int64_t>(v.size - rank);
    return result::of(out);
}

/// Signatures add over pieces, nullities too, plus one for every further part.
[[nodiscard]] inline outcome<signature_result>
signature_of(simplified const& s, std::vector<std::optional<seifert_form>> const& forms,
             limits const& l, inertia_workspace& workspace) {
    using result = outcome<signature_result>;
    signature_result out{0, s.parts() - 1};
    for (std::size_t k = 0; k < s.pieces.size(); ++k) {
        // Long Artin words have few entries a row: neither time nor space grow with the square.
        auto const& p = s.pieces[k];
        if (cancelled(l)) return result::over_budget("the signature was cancelled");
        auto const size = seifert_size(p);
        if ((!forms[k] || size > 192) && artin(p.letters) && size < (std::int64_t{1} << 31)) {
            auto const budget = static_cast<double>(l.max_operations) / 8.0;
            auto found = certified_sparse<double>(p, budget);
            if (found.known && found.least != found.most) {
                found = certified_sparse<long double>(p, budget);
            }
            if (found.known && found.least == found.most) {
                out.signature += size - 2 * static_cast<std::int64_t>(found.least);
                continue;
            }
        }
        if (!forms[k] && artin(p.letters)) {
            return result::over_budget("a form of size " + to_text(size) +
                                       ", singular or nearly so: its signs are not decided");
        }
        if (!forms[k]) {
            return result::over_budget("the Seifert matrix of size " +
                                       to_text(seifert_size(s.pieces[k])) +
                                       " is beyond the budget");
        }
        auto part = inertia(forms[k]->matrix, l, workspace);
        if (!part.value) return part;
        out.signature += part.value->signature;
        out.nullity += part.value->nullity + forms[k]->surface_parts - 1;
    }
    return result::of(out);
}

[[nodiscard]] inline outcome<signature_result>
signature_of(simplified const& s, std::vector<std::optional<seifert_form>> const& forms,
             limits const& l) {
    inertia_workspace workspace;
    return signature_of(s, forms, l, workspace);
}

[[nodiscard]] inline outcome<signature_result> signature_of(braid const& b, limits const& l) {
    auto const s = simplify(compacted(b));
    return signature_of(s, seifert_forms(s, l), l);
}

} // namespace detail

/// Signature and nullity of the closure, exactly: by eliminations in floating point that prove
/// their own signs, O(N^3) for a Seifert matrix of size N, O(letters) for long Artin words on few
/// strands and for short ones on many; where the form is singular by eliminations modulo O(N)
/// primes. Throws invalid_argument naming `limits` where the budget is exceeded.
[[nodiscard]] inline signature_result signature(braid const& b, limits const& l = {}) {
    return detail::signature_of(b, l).unwrap();
}

} // namespace weft::inline v0::knot
