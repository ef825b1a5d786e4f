#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>

#include "weft/core/error.hpp"
#include "weft/core/lanes.hpp"

/// The two numbers of a Laplacian's spectrum that stability rests on besides its trace.
namespace weft::inline v0::fabric::detail {

/// Eliminates the vertices 0 to n-2 of a weighted graph one after the other, the last one staying
/// as the ground. In: the weights in the strict lower triangle of `a`. Out: columns 0 to n-2 hold
/// the Cholesky factor of the Laplacian without its last row and column. Returns the sum of
/// ln(d_k / n) over its n-1 pivots d_k, so that ln tau = result + (n - 1) ln n; -infinity where the
/// graph is disconnected (or connected by less than doubles can hold).
///
/// A pivot is the sum of what is left of its column, never a difference: with weights >= 0 nothing
/// cancels, and each pivot keeps full relative accuracy whatever the condition number (Grassmann,
/// Taksar and Heyman, Oper. Res. 33 (1985) 1107). n^3/3 operations, in blocks.
inline double eliminate(Eigen::Ref<Eigen::MatrixXd> a) {
    constexpr Eigen::Index width = 32;
    Eigen::Index const n = a.rows();
    double const size = static_cast<double>(n);
    double sum = 0.0;
    for (Eigen::Index first = 0; first < n - 1; first += width) {
        Eigen::Index const last = std::min(first + width, n - 1);
        for (Eigen::Index k = first; k < last; ++k) {
            Eigen::Index const below = n - k - 1;
            auto column = a.col(k).tail(below);
            if (k > first) {
                column.noalias() += a.block(k + 1, first, below, k - first) *
                                    a.row(k).segment(first, k - first).transpose();
            }
            double const pivot = column.sum();
            sum += std::log(pivot / size);
            double const root = std::sqrt(pivot);
            a(k, k) = root;
            if (pivot > 0.0) {
                column /= -root;
            } else {
                column.setZero();
            }
        }
        Eigen::Index const rest = n - last;
        a.bottomRightCorner(rest, rest)
            .selfadjointView<Eigen::Lower>()
            .rankUpdate(a.block(last, first, rest, last - first));
    }
    return sum;
}

/// Entry i of a fixed sequence without structure, in (-1, 1): where iterations start.
inline double start_entry(Eigen::Index i) noexcept {
    auto z = static_cast<std::uint64_t>(i + 1) * 0x9e37'79b9'7f4a'7c15ULL;
    z = (z ^ (z >> 30U)) * 0xbf58'476d'1ce4'e5b9ULL;
    z = (z ^ (z >> 27U)) * 0x94d0'49bb'1331'11ebULL;
    z ^= z >> 31U;
    return static_cast<double>(z >> 11U) * 0x1p-52 - 1.0;
}

/// A symmetric tridiagonal matrix: its diagonal and the squares of what stands beside it.
struct tridiagonal {
    std::vector<double> diagonal;
    std::vector<double> beside;

    [[nodiscard]] std::size_t size() const { return diagonal.size(); }
    void clear() {
        diagonal.clear();
        beside.clear();
    }
};

/// How many eigenvalues of sign * t are less than x (Sturm's theorem).
inline std::size_t eigenvalues_below(tridiagonal const& t, double sign, double x) {
    std::size_t count = 0;
    double pivot = 1.0;
    for (std::size_t i = 0; i < t.size(); ++i) {
        pivot = sign * t.diagonal[i] - x - (i == 0 ? 0.0 : t.beside[i - 1] / pivot);
        if (pivot == 0.0) pivot = -std::numeric_limits<double>::min();
        if (pivot < 0.0) ++count;
    }
    return count;
}

/// The smallest eigenvalue of sign * t, by Laguerre's method, which climbs to it from below and
/// never passes it, and by bisection where eigenvalues crowd. Entries of about 1 to 1e100.
inline double smallest_eigenvalue(tridiagonal const& t, double sign) {
    constexpr double eps = std::numeric_limits<double>::epsilon();
    auto const n = t.size();
    double x = std::numeric_limits<double>::infinity(), top = x, size = 0.0;
    for (std::size_t i = 0; i < n; ++i) {
        double const around = (i == 0 ? 0.0 : std::sqrt(t.beside[i - 1])) +
                              (i + 1 == n ? 0.0 : std::sqrt(t.beside[i]));
        double const d = sign * t.diagonal[i];
        x = std::min(x, d - around);
        top = std::min(top, d);
        size = std::max(size, std::abs(d) + around);
    }
    x -= 4.0 * eps * size;
    auto const count = static_cast<double>(n);
    for (int step = 0; step < 12; ++step) {
        // The characteristic polynomial's logarithmic derivatives, by its ratios q.
        double q = 1.0, first = 0.0, second = 0.0, g = 0.0, h = 0.0;
        bool below = true;
        for (std::size_t i = 0; i < n; ++i) {
            double const r = i == 0 ? 0.0 : t.beside[i - 1] / (q * q);
            double const next = sign * t.diagonal[i] - x - r * q;
            double const curve = i == 0 ? 0.0 : r * (second - 2.0 * first * first / q);
            first = r * first - 1.0;
            second = curve;
            q = next;
            if (!(q > 0.0)) {
                below = false;
                break;
            }
            double const slope = first / q;
            g += slope;
            h += slope * slope - second / q;
        }
        if (!below) return x;
        double const rise =
            count / (std::sqrt(std::max(0.0, (count - 1.0) * (count * h - g * g))) - g);
        if (!(rise > eps * std::max(std::abs(x), eps * size))) return x;
        x += rise;
    }
    while (top - x > 2.0 * eps * std::max(std::abs(x), std::abs(top))) {
        double const middle = x + 0.5 * (top - x);
        if (!(middle > x && middle < top)) break;
        (eigenvalues_below(t, sign, middle) == 0 ? x : top) = middle;
    }
    return x;
}

/// The last entry of the eigenvector of length 1 for an eigenvalue at an end of t's spectrum, going
/// up from there, which is the stable way; all entries, upside down and of any length, in
/// `entries`.
inline double last_entry(tridiagonal const& t, double value, std::vector<double>& entries) {
    auto const k = t.size();
    entries.assign(k, 1.0);
    double above = 0.0, square = 1.0;
    for (std::size_t i = 1; i < k; ++i) {
        auto const row = k - i;
        double const beside = std::sqrt(t.beside[row - 1]);
        double const next = ((value - t.diagonal[row]) * entries[i - 1] - above) / beside;
        above = beside * entries[i - 1];
        entries[i] = next;
        square += next * next;
        if (!(square < 1e200)) {
            for (std::size_t e = 0; e <= i; ++e) entries[e] *= 1e-150;
            above *= 1e-150;
            square *= 1e-300;
        }
    }
    return std::abs(entries[0]) / std::sqrt(square);
}

/// Workspace that brings small Laplacians to tridiagonal form.
class householder {
public:
    /// l_2 and l_n of the graph whose weights stand in the strict lower triangle of `c`, each with
    /// an error of a few units in the last place of l_n. (2/3) n^3 multiplications.
    std::pair<double, double> second_and_last(Eigen::Ref<Eigen::MatrixXd const> const& c) {
        auto const n = static_cast<std::size_t>(c.rows());
        double const scale = fill(c);
        if (!(scale > 0.0)) return {0.0, 0.0};
        reduce(n);
        return {smallest_eigenvalue(form_, 1.0) * scale, -smallest_eigenvalue(form_, -1.0) * scale};
    }

private:
    using width = weft::detail::target_lanes;
    using real = width::real;

    /// The Laplacian over a power of two, with the eigenvalue 0 moved to the mean of the others.
    double fill(Eigen::Ref<Eigen::MatrixXd const> const& c) {
        auto const n = static_cast<std::size_t>(c.rows());
        a_.resize(n * n);
        v_.assign(n, 0.0);
        for (std::size_t j = 0; j < n; ++j) {
            for (std::size_t i = j + 1; i < n; ++i) {
                double const x = c(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(j));
                a_[j * n + i] = x;
                v_[i] += x;
                v_[j] += x;
            }
        }
        double most = 0.0;
        for (double const degree : v_) most = std::max(most, degree);
        if (!(most > 0.0)) return 0.0;
        int const exponent = std::ilogb(most);
        // Two steps, as 2^-exponent may not be a double.
        double const half = std::ldexp(1.0, -(exponent / 2));
        double const rest = std::ldexp(1.0, -(exponent - exponent / 2));
        double trace = 0.0;
        for (auto& degree : v_) trace += degree = degree * half * rest;
        auto const size = static_cast<double>(n);
        double const shift = trace / ((size - 1.0) * size);
        for (std::size_t j = 0; j < n; ++j) {
            a_[j * n + j] = v_[j] + shift;
            for (std::size_t i = j + 1; i < n; ++i) {
                a_[j * n + i] = shift - a_[j * n + i] * half * rest;
            }
        }
        return std::ldexp(1.0, exponent);
    }

    /// Householder's reduction of the lower triangle. Each sweep applies the reflection before and
    /// multiplies by the next one's vector.
    void reduce(std::size_t n) {
        form_.clear();
        v_.assign(n, 0.0);
        w_.assign(n, 0.0);
        u_.assign(n, 0.0);
        y_.assign(n, 0.0);
        for (std::size_t k = 0; k < n; ++k) {
            double* const column = a_.data() + k * n;
            for (std::size_t i = k; i < n; ++i) column[i] -= v_[i] * w_[k] + w_[i] * v_[k];
            form_.diagonal.push_back(column[k]);
            if (k + 1 == n) break;
            double square = 0.0;
            for (std::size_t i = k + 1; i < n; ++i) {
                square += column[i] * column[i];
                u_[i] = column[i];
                y_[i] = 0.0;
            }
            form_.beside.push_back(square);
            double const head = column[k + 1];
            double const norm = std::sqrt(square);
            u_[k + 1] += head < 0.0 ? -norm : norm;
            std::size_t j = k + 1;
            for (; j + 1 < n; j += 2) sweep_two(n, j);
            if (j < n) sweep(n, j);
            double const spread = square + std::abs(head) * norm;
            double const beta = spread > 0.0 ? 1.0 / spread : 0.0;
            double dot = 0.0;
            for (std::size_t i = k + 1; i < n; ++i) dot += y_[i] * u_[i];
            double const back = 0.5 * beta * beta * dot;
            for (std::size_t i = k + 1; i < n; ++i) {
                v_[i] = u_[i];
                w_[i] = beta * y_[i] - back * u_[i];
            }
        }
    }

    /// One column: updated, and its part in the product with u.
    void sweep(std::size_t n, std::size_t j) {
        double* const column = a_.data() + j * n;
        column[j] -= 2.0 * v_[j] * w_[j];
        double sum = column[j] * u_[j];
        for (std::size_t i = j + 1; i < n; ++i) {
            column[i] -= v_[i] * w_[j] + w_[i] * v_[j];
            y_[i] += column[i] * u_[j];
            sum += column[i] * u_[i];
        }
        y_[j] += sum;
    }

    /// Columns j and j + 1 together, so that the vectors are read once for both.
    void sweep_two(std::size_t n, std::size_t j) {
        double* const left = a_.data() + j * n;
        double* const right = left + n;
        double const v0 = v_[j], w0 = w_[j], u0 = u_[j];
        double const v1 = v_[j + 1], w1 = w_[j + 1], u1 = u_[j + 1];
        left[j] -= 2.0 * v0 * w0;
        left[j + 1] -= v1 * w0 + w1 * v0;
        right[j + 1] -= 2.0 * v1 * w1;
        double sum0 = left[j] * u0 + left[j + 1] * u1;
        double sum1 = left[j + 1] * u0 + right[j + 1] * u1;
        std::size_t i = j + 2;
        real sums0{}, sums1{};
        for (; i + width::count <= n; i += width::count) {
            real a, b, v, w, u, y;
            weft::detail::load(a, left + i);
            weft::detail::load(b, right + i);
            weft::detail::load(v, v_.data() + i);
            weft::detail::load(w, w_.data() + i);
            weft::detail::load(u, u_.data() + i);
            weft::detail::load(y, y_.data() + i);
            a -= v * w0 + w * v0;
            b -= v * w1 + w * v1;
            y += a * u0 + b * u1;
            sums0 += a * u;
            sums1 += b * u;
            std::memcpy(left + i, &a, sizeof a);
            std::memcpy(right + i, &b, sizeof b);
            std::memcpy(y_.data() + i, &y, sizeof y);
        }
        for (; i < n; ++i) {
            left[i] -= v_[i] * w0 + w_[i] * v0;
            right[i] -= v_[i] * w1 + w_[i] * v1;
            y_[i] += left[i] * u0 + right[i] * u1;
            sum0 += left[i] * u_[i];
            sum1 += right[i] * u_[i];
        }
        for (std::size_t lane = 0; lane < width::count; ++lane) {
            sum0 += sums0[lane];
            sum1 += sums1[lane];
        }
        y_[j] += sum0;
        y_[j + 1] += sum1;
    }

    std::vector<double> a_, v_, w_, u_, y_;
    tridiagonal form_;
};

/// Workspace of the Lanczos iteration; may be used again for other sizes.
class lanczos {
public:
    /// The largest eigenvalue of a symmetric positive semidefinite operator on the vectors of
    /// length n that sum to 0, to a few units in the last place; nothing where the iteration needs
    /// more than 96 steps (up to 400 where n is large). `apply(x)` replaces x by its image (up to a
    /// constant vector). Lanczos with full reorthogonalisation; stops when the residual's square
    /// over the gap, which bounds the error (Parlett, The Symmetric Eigenvalue Problem, 11.7), is
    /// below rounding.
    template <class Apply>
    std::optional<double> largest(Eigen::Index n, Apply&& apply) {
        return run(n, apply, nullptr, nullptr);
    }

    /// As above, with the eigenvector (of length 1) in `vector`, found until its residual is below
    /// rounding; on the vectors that are orthogonal to `against` too, where that is given.
    template <class Apply>
    std::optional<double> largest(Eigen::Index n, Apply&& apply, Eigen::VectorXd const* against,
                                  Eigen::VectorXd& vector) {
        return run(n, apply, against, &vector);
    }

private:
    /// Where the dense eigensolver that follows is dear, more patience pays; memory is n numbers a
    /// step.
    static constexpr Eigen::Index most_steps(Eigen::Index n) {
        return n > 20'000 ? 96 : std::clamp<Eigen::Index>(n / 8, 96, 400);
    }

    template <class Apply>
    std::optional<double> run(Eigen::Index n, Apply& apply, Eigen::VectorXd const* against,
                              Eigen::VectorXd* vector) {
        constexpr double eps = std::numeric_limits<double>::epsilon();
        Eigen::Index const all = n - (against != nullptr ? 2 : 1);
        Eigen::Index const steps = std::min<Eigen::Index>(all, most_steps(n));
        if (basis_.rows() != n || basis_.cols() < steps) basis_.resize(n, steps);
        small_.clear();
        next_.resize(n);
        // Another start than the one whose eigenvector is now to be avoided.
        Eigen::Index const skip = against != nullptr ? n : 0;
        for (Eigen::Index i = 0; i < n; ++i) next_(i) = start_entry(i + skip);
        center(next_, against);
        double norm = next_.norm();
        for (Eigen::Index k = 0; k < steps; ++k) {
            basis_.col(k) = next_ / norm;
            next_ = basis_.col(k);
            apply(next_);
            center(next_, against);
            double const on_diagonal = basis_.col(k).dot(next_);
            small_.diagonal.push_back(on_diagonal);
            double before = next_.norm();
            for (int pass = 0; pass < 2; ++pass) {
                overlaps_.noalias() = basis_.leftCols(k + 1).transpose() * next_;
                next_.noalias() -= basis_.leftCols(k + 1) * overlaps_;
                norm = next_.norm();
                // Twice is enough, and once where little was taken away (Parlett, 6.9).
                if (pass == 0 && norm > 0.7 * before) break;
            }
            center(next_, against);
            norm = next_.norm();
            bool const exhausted = k + 1 == all || !(norm > eps * std::abs(on_diagonal));
            if (!exhausted && (k < 5 || (k + 1 < steps && k % 2 == 0))) {
                small_.beside.push_back(norm * norm);
                continue;
            }
            double const value = -smallest_eigenvalue(small_, -1.0);
            double const residual = exhausted ? 0.0 : norm * last_entry(small_, value, entries_);
            if (exhausted || converged(value, residual, vector != nullptr)) {
                if (vector != nullptr) {
                    coordinates();
                    *vector = basis_.leftCols(k + 1) * overlaps_;
                    vector->normalize();
                }
                return value;
            }
            small_.beside.push_back(norm * norm);
        }
        return std::nullopt;
    }

    bool converged(double value, double residual, bool to_the_vector) const {
        constexpr double eps = std::numeric_limits<double>::epsilon();
        if (residual <= 0.5 * eps * value) return true;
        if (to_the_vector) return residual <= 8.0 * eps * value;
        // Enough of a gap to the next eigenvalue for the bound on the error.
        double const gap = std::max(1e4 * residual, residual * residual / (0.5 * eps * value));
        return gap < value && eigenvalues_below(small_, -1.0, gap - value) <= 1;
    }

    /// The eigenvector of `small_`, in `overlaps_`.
    void coordinates() {
        (void)last_entry(small_, -smallest_eigenvalue(small_, -1.0), entries_);
        auto const k = entries_.size();
        overlaps_.resize(static_cast<Eigen::Index>(k));
        for (std::size_t i = 0; i < k; ++i) {
            overlaps_(static_cast<Eigen::Index>(i)) = entries_[k - 1 - i];
        }
    }

    static void center(Eigen::VectorXd& x, Eigen::VectorXd const* against) {
        x.array() -= x.mean();
        if (against != nullptr) x -= against->dot(x) * *against;
    }

    Eigen::MatrixXd basis_;
    Eigen::VectorXd next_, overlaps_;
    tridiagonal small_;
    std::vector<double> entries_;
};

/// Eigenvalue number `index` (from 0, increasing) of the Laplacian of the weights `c`.
inline double dense_eigenvalue(Eigen::MatrixXd const& c, Eigen::Index index) {
    Eigen::MatrixXd l = -c;
    l.diagonal() = c.rowwise().sum();
    Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> const solver(l, Eigen::EigenvaluesOnly);
    if (solver.info() != Eigen::Success) {
        WEFT_THROW(not_converged("eigenvalues of a group's Laplacian"));
    }
    return std::max(0.0, solver.eigenvalues()(index));
}

/// x becomes its image under the inverse of the Laplacian whose factor `eliminate` left in `a`, up
/// to a constant vector and times `scale`, the thinnest pivot: the inverse's squares would overflow
/// where a group hangs by a thread.
struct inverse_laplacian {
    Eigen::Ref<Eigen::MatrixXd const> a;
    double scale;

    explicit inverse_laplacian(Eigen::Ref<Eigen::MatrixXd const> const& factor)
        : a(factor) {
        double const thinnest = a.topLeftCorner(a.rows() - 1, a.rows() - 1).diagonal().minCoeff();
        scale = thinnest * thinnest;
    }
    void operator()(Eigen::VectorXd& x) const {
        Eigen::Index const n = a.rows();
        auto const factor = a.topLeftCorner(n - 1, n - 1);
        auto head = x.head(n - 1);
        factor.template triangularView<Eigen::Lower>().solveInPlace(head);
        head *= scale;
        factor.transpose().template triangularView<Eigen::Upper>().solveInPlace(head);
        x(n - 1) = 0.0;
    }
};

/// l_2 of the connected graph whose factor `eliminate` left in `a`; nothing where the iteration
/// gives up.
inline std::optional<double> second_smallest(Eigen::Ref<Eigen::MatrixXd const> const& a,
                                             lanczos& iteration) {
    inverse_laplacian const apply(a);
    auto const inverse = iteration.largest(a.rows(), apply);
    if (!inverse) return std::nullopt;
    return apply.scale / *inverse;
}

/// Workspaces for the spectra of one group after another.
struct spectra {
    lanczos iteration;
    householder small;
};

/// Up to this size the tridiagonal form is quicker than an iteration.
inline constexpr Eigen::Index small_group = 96;

/// The sum of c_ij over the pairs i > j, compensated (Neumaier), so that the mean of many equal
/// numbers is that number.
inline double pair_sum(Eigen::MatrixXd const& c) {
    double sum = 0.0, lost = 0.0;
    for (Eigen::Index j = 0; j < c.cols(); ++j) {
        for (Eigen::Index i = j + 1; i < c.rows(); ++i) {
            double const x = c(i, j), next = sum + x;
            lost += sum >= x ? (sum - next) + x : (x - next) + sum;
            sum = next;
        }
    }
    return sum + lost;
}

/// l_n of the Laplacian of the symmetric weights `c`.
inline double largest_eigenvalue(Eigen::MatrixXd const& c, lanczos& iteration) {
    Eigen::VectorXd const degrees = c.rowwise().sum();
    Eigen::VectorXd image(c.rows());
    auto const value = iteration.largest(c.rows(), [&](Eigen::VectorXd& x) {
        image.noalias() = c * x;
        x = degrees.cwiseProduct(x) - image;
    });
    return value ? *value : dense_eigenvalue(c, c.rows() - 1);
}

} // namespace weft::inline v0::fabric::detail
