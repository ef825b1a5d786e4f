#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "weft/core/number.hpp"
#include "weft/knot/alexander.hpp"
#include "weft/knot/braid.hpp"
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

/// Inertia by fraction-free elimination in 64 bits, for matrices whose minors all stay below 2^31;
/// nothing where it meets a zero diagonal that is not a zero matrix.
[[nodiscard]] inline std::optional<signature_result> small_inertia(integer_matrix const& v) {
    auto const n = v.size;
    std::vector<std::int64_t> a(n * n);
    for (std::size_t x = 0; x < n; ++x) {
        for (std::size_t y = 0; y < n; ++y) a[x * n + y] = std::int64_t{v(x, y)} + v(y, x);
    }
    std::vector<std::size_t> left(n);
    for (std::size_t x = 0; x < n; ++x) left[x] = x;
    signature_result out;
    std::int64_t previous = 1;
    while (!left.empty()) {
        std::size_t at = 0;
        while (at < left.size() && a[left[at] * n + left[at]] == 0) ++at;
        if (at == left.size()) {
            for (auto const x : left) {
                for (auto const y : left) {
                    if (a[x * n + y] != 0) return std::nullopt;
                }
            }
            out.nullity = static_cast<std::int64_t>(left.size());
            break;
        }
        auto const k = left[at];
        left.erase(left.begin() + static_cast<std::ptrdiff_t>(at));
        auto const pivot = a[k * n + k];
        out.signature += (pivot > 0) == (previous > 0) ? 1 : -1;
        for (auto const x : left) {
            for (auto const y : left) {
                if (y < x) continue;
                auto const next = (a[x * n + y] * pivot - a[x * n + k] * a[k * n + y]) / previous;
                a[x * n + y] = a[y * n + x] = next;
            }
        }
        previous = pivot;
    }
    return out;
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

/// Inertia of v + v^T: signs of the leading minors of a symmetric elimination (Jacobi, Gundelfinger
/// and Frobenius), each found modulo as many primes as Hadamard's bound asks for; that the rest is
/// 0 is proven modulo the same primes.
template <class Primes = primes>
[[nodiscard]] outcome<signature_result> inertia(integer_matrix const& v, limits const& l,
                                                Primes source = {}) {
    using result = outcome<signature_result>;
    if (v.size == 0) return result::of({});
    hadamard_bits h;
    for (std::size_t x = 0; x < v.size; ++x) {
        double norm = 0.0;
        for (std::size_t y = 0; y < v.size; ++y) {
            auto const e = static_cast<double>(v(x, y)) + static_cast<double>(v(y, x));
            norm += e * e;
        }
        h.row(norm);
    }
    if (h.bits() < 30.5) {
        if (auto const small = small_inertia(v)) return result::of(*small);
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
             limits const& l) {
    using result = outcome<signature_result>;
    signature_result out{0, s.parts() - 1};
    for (std::size_t k = 0; k < s.pieces.size(); ++k) {
        if (!forms[k]) {
            return result::over_budget("the Seifert matrix of size " +
                                       to_text(seifert_size(s.pieces[k])) +
                                       " is beyond the budget");
        }
        auto part = inertia(forms[k]->matrix, l);
        if (!part.value) return part;
        out.signature += part.value->signature;
        out.nullity += part.value->nullity + forms[k]->surface_parts - 1;
    }
    return result::of(out);
}

[[nodiscard]] inline outcome<signature_result> signature_of(braid const& b, limits const& l) {
    auto const s = simplify(compacted(b));
    return signature_of(s, seifert_forms(s, l), l);
}

} // namespace detail

/// Signature and nullity of the closure, exactly. O(N^3) modular operations times O(N) primes for a
/// Seifert matrix of size N, less where it is sparse. Throws invalid_argument naming `limits`
/// where the budget is exceeded.
[[nodiscard]] inline signature_result signature(braid const& b, limits const& l = {}) {
    return detail::signature_of(b, l).unwrap();
}

} // namespace weft::inline v0::knot
