#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <complex>
#include <cstddef>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <Eigen/Core>

#include "weft/core/error.hpp"
#include "weft/core/number.hpp"
#include "weft/quantum/decompositions.hpp"
#include "weft/quantum/fidelity.hpp"
#include "weft/quantum/singular.hpp"
#include "weft/quantum/split.hpp"
#include "weft/quantum/state.hpp"

/// States of many parties as superpositions of R product terms, sum_r c_r |a_1r> |a_2r> ... |a_Nr>.
/// Everything goes through Gram matrices: N R^2 scalar products of the parties' own dimensions,
/// never the tensor of all of them.
namespace weft::inline v0::quantum {

/// R product terms of N parties: for each party a matrix of d_k x R, column r its part of term r.
/// `Terms` is R where it is fixed.
template <real_number Real = double, int Terms = dynamic>
class basic_product_terms {
public:
    using real = Real;
    static constexpr int fixed_terms = Terms;

    /// Throws invalid_argument, naming the party, for none, for empty or non-finite matrices, where
    /// the numbers of columns differ, and for a column that is not of unit norm within
    /// `tolerance.unit`.
    explicit basic_product_terms(std::vector<detail::matrix<Real>> parties,
                                 basic_tolerances<Real> const& tolerance = {},
                                 std::string_view argument = "parties")
        : parties_(std::move(parties)) {
        if (parties_.empty()) {
            WEFT_THROW(invalid_argument(std::string(argument), "no parties", "at least one"));
        }
        for (std::size_t k = 0; k < parties_.size(); ++k) {
            auto const name = detail::at(argument, static_cast<Eigen::Index>(k));
            detail::require_entries(name, parties_[k]);
            detail::require_fixed(name, " terms", Terms, parties_[k].cols());
            if (parties_[k].cols() != parties_[0].cols()) {
                WEFT_THROW(invalid_argument(name, to_text(parties_[k].cols()) + " terms",
                                            to_text(parties_[0].cols()) + " terms, as the first"));
            }
            for (Eigen::Index r = 0; r < parties_[k].cols(); ++r) {
                auto const scale = detail::unit_scale<Real>(
                    detail::at(name, r), "a squared norm of",
                    detail::squared_norm(parties_[k].col(r)), parties_[k].rows(), tolerance.unit);
                if (scale != 1) parties_[k].col(r) /= static_cast<Real>(scale);
            }
        }
    }

    [[nodiscard]] std::vector<detail::matrix<Real>> const& parties() const noexcept {
        return parties_;
    }
    [[nodiscard]] Eigen::Index count() const noexcept { return parties_[0].cols(); }

private:
    std::vector<detail::matrix<Real>> parties_;
};

using product_terms = basic_product_terms<>;

namespace detail {

/// As `gram`, in what one computes with.
template <class Real, int R, int S>
matrix<working<Real>> wide_gram(basic_product_terms<Real, R> const& a,
                                basic_product_terms<Real, S> const& b) {
    if (a.parties().size() != b.parties().size()) {
        WEFT_THROW(invalid_argument("b", to_text(b.parties().size()) + " parties",
                                    to_text(a.parties().size()) + " parties, as a"));
    }
    using complex = std::complex<working<Real>>;
    matrix<working<Real>> out = matrix<working<Real>>::Ones(a.count(), b.count());
    for (std::size_t k = 0; k < a.parties().size(); ++k) {
        require_same_dimension(a.parties()[k].rows(), b.parties()[k].rows());
        matrix<working<Real>> const one = a.parties()[k].adjoint().template cast<complex>() *
                                          b.parties()[k].template cast<complex>();
        out = out.cwiseProduct(one);
    }
    return out;
}

} // namespace detail

/// <term r of a | term s of b>: the entrywise product of the parties' Gram matrices. O(N R S d).
/// Throws invalid_argument where the parties differ in number or dimension.
template <class Real, int R, int S>
[[nodiscard]] detail::matrix<Real> gram(basic_product_terms<Real, R> const& a,
                                        basic_product_terms<Real, S> const& b) {
    return detail::wide_gram(a, b).template cast<std::complex<Real>>();
}

/// A state of N parties: product terms with coefficients, scaled to unit norm.
template <real_number Real = double, int Terms = dynamic>
class basic_superposition {
public:
    using real = Real;
    using terms_type = basic_product_terms<Real, Terms>;
    using coefficient_vector = detail::amplitudes<Real, Terms>;

    /// Throws invalid_argument where the coefficients are not finite, not as many as the terms, or
    /// where the terms cancel: a squared norm of at most 45 eps times that of the coefficients.
    basic_superposition(terms_type terms, coefficient_vector coefficients)
        : terms_(std::move(terms))
        , coefficients_(std::move(coefficients)) {
        if (coefficients_.size() != terms_.count()) {
            WEFT_THROW(invalid_argument("coefficients", to_text(coefficients_.size()),
                                        to_text(terms_.count()) + ", one a term"));
        }
        detail::require_numbers("coefficients", coefficients_);
        Real largest = 0;
        for (Eigen::Index r = 0; r < coefficients_.size(); ++r) {
            largest = detail::larger(largest, detail::larger(std::abs(coefficients_(r).real()),
                                                             std::abs(coefficients_(r).imag())));
        }
        int exponent = 0;
        std::frexp(largest, &exponent);
        for (Eigen::Index r = 0; r < coefficients_.size(); ++r) {
            auto& c = coefficients_(r);
            c = {std::ldexp(c.real(), -exponent), std::ldexp(c.imag(), -exponent)};
        }
        using wide = detail::working<Real>;
        detail::vector<wide> const c = coefficients_.template cast<std::complex<wide>>();
        detail::vector<wide> const image = detail::wide_gram(terms_, terms_) * c;
        wide const norm2 = c.dot(image).real();
        wide const least = 45 * static_cast<wide>(std::numeric_limits<Real>::epsilon());
        if (!(norm2 > least * c.squaredNorm())) {
            WEFT_THROW(invalid_argument("coefficients", "a superposition that cancels",
                                        "one with a norm"));
        }
        coefficients_ = (c / std::sqrt(norm2)).template cast<std::complex<Real>>();
    }

    [[nodiscard]] terms_type const& terms() const noexcept { return terms_; }
    [[nodiscard]] coefficient_vector const& coefficients() const noexcept { return coefficients_; }

private:
    terms_type terms_;
    coefficient_vector coefficients_;
};

using superposition = basic_superposition<>;

namespace detail {

/// c^H (G_1 o ... o G_N) e, in what one computes with.
template <class Real, int R, int S>
std::complex<working<Real>> wide_product(basic_superposition<Real, R> const& a,
                                         basic_superposition<Real, S> const& b) {
    using complex = std::complex<working<Real>>;
    vector<working<Real>> const c = a.coefficients().template cast<complex>();
    vector<working<Real>> const e = b.coefficients().template cast<complex>();
    vector<working<Real>> const image = wide_gram(a.terms(), b.terms()) * e;
    return c.dot(image);
}

/// A fixed order of superpositions, so that symmetric functions of them are symmetric bit for bit.
template <class Real, int R, int S>
bool follows(basic_superposition<Real, R> const& a, basic_superposition<Real, S> const& b) {
    if (a.coefficients().size() != b.coefficients().size()) {
        return a.coefficients().size() > b.coefficients().size();
    }
    if (comes_after(a.coefficients(), b.coefficients())) return true;
    if (comes_after(b.coefficients(), a.coefficients())) return false;
    for (std::size_t k = 0; k < a.terms().parties().size(); ++k) {
        if (comes_after(a.terms().parties()[k], b.terms().parties()[k])) return true;
        if (comes_after(b.terms().parties()[k], a.terms().parties()[k])) return false;
    }
    return false;
}

} // namespace detail

/// <a|b> = c^H (G_1 o ... o G_N) e. O(N R S d).
template <class Real, int R, int S>
[[nodiscard]] std::complex<Real> scalar_product(basic_superposition<Real, R> const& a,
                                                basic_superposition<Real, S> const& b) {
    auto const product = detail::wide_product(a, b);
    return {static_cast<Real>(product.real()), static_cast<Real>(product.imag())};
}

/// |<a|b>|^2. Symmetric bit for bit.
template <class Real, int R, int S>
[[nodiscard]] Real fidelity(basic_superposition<Real, R> const& a,
                            basic_superposition<Real, S> const& b) {
    if (a.terms().parties().size() == b.terms().parties().size() && detail::follows(a, b)) {
        return fidelity(b, a);
    }
    // The norms are 1 but for the rounding of the coefficients, which floats need to have taken
    // out.
    auto const f = std::norm(detail::wide_product(a, b)) /
                   (detail::wide_product(a, a).real() * detail::wide_product(b, b).real());
    return static_cast<Real>(detail::within_unit(f));
}

namespace detail {

/// Both superpositions as kets of at most R + S amplitudes, by one isometry: party after party is
/// joined to what is there, term by term, and brought to the R of a QR decomposition where it has
/// more rows than terms. Each term's column keeps its digits, and so does the difference of the
/// two.
template <class Real, int R, int S>
std::array<vector<working<Real>>, 2> reduced(basic_superposition<Real, R> const& a,
                                             basic_superposition<Real, S> const& b) {
    using complex = std::complex<working<Real>>;
    Eigen::Index const r = a.terms().count(), terms = r + b.terms().count();
    matrix<working<Real>> all = matrix<working<Real>>::Ones(1, terms);
    for (std::size_t k = 0; k < a.terms().parties().size(); ++k) {
        auto const& p = a.terms().parties()[k];
        auto const& q = b.terms().parties()[k];
        Eigen::Index const d = p.rows(), rows = d * all.rows();
        split_matrix<working<Real>> joint(static_cast<std::size_t>(rows),
                                          static_cast<std::size_t>(terms));
        for (Eigen::Index t = 0; t < terms; ++t) {
            auto const column = static_cast<std::size_t>(t);
            for (Eigen::Index i = 0; i < rows; ++i) {
                std::complex<Real> const x = t < r ? p(i % d, t) : q(i % d, t - r);
                complex const y = complex(x.real(), x.imag()) * all(i / d, t);
                joint.re(column)[i] = y.real();
                joint.im(column)[i] = y.imag();
            }
        }
        if (rows > terms) triangularize(joint);
        all.resize(std::min(rows, terms), terms);
        for (Eigen::Index t = 0; t < terms; ++t) {
            auto const column = static_cast<std::size_t>(t);
            for (Eigen::Index i = 0; i < all.rows(); ++i) {
                bool const below = rows > terms && i > t;
                all(i, t) = below ? complex(0) : complex(joint.re(column)[i], joint.im(column)[i]);
            }
        }
    }
    vector<working<Real>> x = all.leftCols(r) * a.coefficients().template cast<complex>();
    vector<working<Real>> y = all.rightCols(terms - r) * b.coefficients().template cast<complex>();
    x /= x.norm();
    y /= y.norm();
    return {std::move(x), std::move(y)};
}

} // namespace detail

/// 1 - F. Where it is below a quarter, from the distance of both states times the best phase, found
/// without the tensor: relative accuracy, about N eps / sqrt(1 - F) times the sum of the moduli of
/// the coefficients. O(N (R + S)^3 d) there. Symmetric bit for bit.
template <class Real, int R, int S>
[[nodiscard]] Real infidelity(basic_superposition<Real, R> const& a,
                              basic_superposition<Real, S> const& b) {
    if (a.terms().parties().size() == b.terms().parties().size() && detail::follows(a, b)) {
        return infidelity(b, a);
    }
    using wide = detail::working<Real>;
    auto const aa = detail::wide_product(a, a).real(), bb = detail::wide_product(b, b).real();
    auto const f = std::norm(detail::wide_product(a, b)) / (aa * bb);
    if (f < wide{0.75}) return static_cast<Real>(detail::within_unit(1 - f));
    auto const states = detail::reduced(a, b);
    return static_cast<Real>(detail::residual_infidelity(states[0], states[1]));
}

/// sqrt(1 - F).
template <class Real, int R, int S>
[[nodiscard]] Real trace_distance(basic_superposition<Real, R> const& a,
                                  basic_superposition<Real, S> const& b) {
    return std::sqrt(infidelity(a, b));
}

template <class Real, int R>
[[nodiscard]] Real purity(basic_superposition<Real, R> const&) noexcept {
    return 1;
}
template <class Real, int R>
[[nodiscard]] Real von_neumann_entropy(basic_superposition<Real, R> const&) noexcept {
    return 0;
}

/// The superposition of the given terms that is closest to the target, and how close it is.
template <real_number Real = double, int Terms = dynamic>
struct basic_best_superposition {
    basic_superposition<Real, Terms> state;
    Real fidelity = 0;
};

using best_superposition = basic_best_superposition<>;

/// In closed form: with G the Gram matrix of the terms and v_r = <term_r|target>, the leading
/// eigenvector of G^+ v v^H is c = G^+ v, and the fidelity v^H G^+ v. Eigenvalues of G of at most
/// R eps times the largest are left out (terms that depend on others). Throws invalid_argument
/// where the target is orthogonal to all terms. O(N R (R + S) d + R^3).
template <class Real, int R, int S>
[[nodiscard]] basic_best_superposition<Real, R>
best_coefficients(basic_product_terms<Real, R> const& terms,
                  basic_superposition<Real, S> const& target) {
    using wide = detail::working<Real>;
    using matrix = detail::matrix<wide>;
    detail::vector<wide> const e = target.coefficients().template cast<std::complex<wide>>();
    detail::vector<wide> const v = detail::wide_gram(terms, target.terms()) * e;
    matrix const own = detail::wide_gram(terms, terms);
    auto const [values, vectors] =
        detail::hermitian_form_of<wide>(own, "eigenvalues of a Gram matrix");
    wide const least = static_cast<wide>(values.size()) *
                       static_cast<wide>(std::numeric_limits<Real>::epsilon()) *
                       values(values.size() - 1);
    detail::vector<wide> c = detail::vector<wide>::Zero(v.size());
    for (Eigen::Index k = 0; k < values.size(); ++k) {
        if (!(values(k) > least)) continue;
        c += (vectors.col(k).dot(v) / values(k)) * vectors.col(k);
    }
    if (!(c.norm() > 0)) {
        WEFT_THROW(invalid_argument("target", "a state orthogonal to all terms",
                                    "one that some term overlaps with"));
    }
    c /= c.norm();
    basic_superposition<Real, R> best(terms, c.template cast<std::complex<Real>>());
    Real const f = fidelity(best, target);
    return {std::move(best), f};
}

} // namespace weft::inline v0::quantum
