#pragma once

#include <cmath>
#include <complex>
#include <cstddef>
#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <Eigen/Core>
#include <Eigen/Eigenvalues>

#include "weft/core/error.hpp"
#include "weft/core/number.hpp"
#include "weft/core/unit.hpp"
#include "weft/quantum/state.hpp"

/// States of many parties as superpositions of R product terms, sum_r c_r |a_1r> |a_2r> ... |a_Nr>.
/// Everything goes through Gram matrices: N R^2 scalar products of the parties' own dimensions,
/// never the tensor of all of them.
namespace weft::inline v0::quantum {

/// R product terms of N parties: for each party a matrix of d_k x R, column r its part of term r.
class product_terms {
public:
    /// Throws invalid_argument, naming the party, for none, for empty or non-finite matrices, where
    /// the numbers of columns differ, and for a column that is not of unit norm within
    /// `tolerance.unit`.
    explicit product_terms(std::vector<Eigen::MatrixXcd> parties, tolerances const& tolerance = {},
                           std::string_view argument = "parties")
        : parties_(std::move(parties)) {
        if (parties_.empty()) {
            WEFT_THROW(invalid_argument(std::string(argument), "no parties", "at least one"));
        }
        for (std::size_t k = 0; k < parties_.size(); ++k) {
            auto const name = detail::at(argument, static_cast<Eigen::Index>(k));
            detail::require_entries(name, parties_[k]);
            if (parties_[k].cols() != parties_[0].cols()) {
                WEFT_THROW(invalid_argument(name, to_text(parties_[k].cols()) + " terms",
                                            to_text(parties_[0].cols()) + " terms, as the first"));
            }
            for (Eigen::Index r = 0; r < parties_[k].cols(); ++r) {
                double const scale = detail::unit_scale(detail::at(name, r), "a squared norm of",
                                                        parties_[k].col(r).squaredNorm(),
                                                        parties_[k].rows(), tolerance.unit);
                if (scale != 1.0) parties_[k].col(r) /= scale;
            }
        }
    }

    [[nodiscard]] std::vector<Eigen::MatrixXcd> const& parties() const noexcept { return parties_; }
    [[nodiscard]] Eigen::Index count() const noexcept { return parties_[0].cols(); }

private:
    std::vector<Eigen::MatrixXcd> parties_;
};

/// <term r of a | term s of b>: the entrywise product of the parties' Gram matrices. O(N R S d).
/// Throws invalid_argument where the parties differ in number or dimension.
[[nodiscard]] inline Eigen::MatrixXcd gram(product_terms const& a, product_terms const& b) {
    if (a.parties().size() != b.parties().size()) {
        WEFT_THROW(invalid_argument("b", to_text(b.parties().size()) + " parties",
                                    to_text(a.parties().size()) + " parties, as a"));
    }
    Eigen::MatrixXcd out = Eigen::MatrixXcd::Ones(a.count(), b.count());
    for (std::size_t k = 0; k < a.parties().size(); ++k) {
        detail::require_same_dimension(a.parties()[k].rows(), b.parties()[k].rows());
        Eigen::MatrixXcd const one = a.parties()[k].adjoint() * b.parties()[k];
        out = out.cwiseProduct(one);
    }
    return out;
}

/// A state of N parties: product terms with coefficients, scaled to unit norm.
class superposition {
public:
    /// Throws invalid_argument where the coefficients are not finite, not as many as the terms, or
    /// where the terms cancel: a squared norm of at most 1e-14 times that of the coefficients.
    superposition(product_terms terms, Eigen::VectorXcd coefficients)
        : terms_(std::move(terms))
        , coefficients_(std::move(coefficients)) {
        if (coefficients_.size() != terms_.count()) {
            WEFT_THROW(invalid_argument("coefficients", to_text(coefficients_.size()),
                                        to_text(terms_.count()) + ", one a term"));
        }
        double largest = 0.0;
        for (Eigen::Index r = 0; r < coefficients_.size(); ++r) {
            if (!detail::finite(coefficients_(r))) {
                WEFT_THROW(invalid_argument(detail::at("coefficients", r),
                                            detail::shown(coefficients_(r)),
                                            "a finite complex number"));
            }
            largest = std::max(
                {largest, std::abs(coefficients_(r).real()), std::abs(coefficients_(r).imag())});
        }
        int exponent = 0;
        std::frexp(largest, &exponent);
        for (auto& c : coefficients_) {
            c = {std::ldexp(c.real(), -exponent), std::ldexp(c.imag(), -exponent)};
        }
        Eigen::VectorXcd const image = gram(terms_, terms_) * coefficients_;
        double const norm2 = coefficients_.dot(image).real();
        if (!(norm2 > 1e-14 * coefficients_.squaredNorm())) {
            WEFT_THROW(invalid_argument("coefficients", "a superposition that cancels",
                                        "one with a norm"));
        }
        coefficients_ /= std::sqrt(norm2);
    }

    [[nodiscard]] product_terms const& terms() const noexcept { return terms_; }
    [[nodiscard]] Eigen::VectorXcd const& coefficients() const noexcept { return coefficients_; }

private:
    product_terms terms_;
    Eigen::VectorXcd coefficients_;
};

/// <a|b> = c^H (G_1 o ... o G_N) e. O(N R S d).
[[nodiscard]] inline std::complex<double> scalar_product(superposition const& a,
                                                         superposition const& b) {
    Eigen::VectorXcd const image = gram(a.terms(), b.terms()) * b.coefficients();
    return a.coefficients().dot(image);
}

/// |<a|b>|^2.
[[nodiscard]] inline double fidelity(superposition const& a, superposition const& b) {
    return clamp_unit(std::norm(scalar_product(a, b)));
}

/// The superposition of the given terms that is closest to the target, and how close it is.
struct best_superposition {
    superposition state;
    double fidelity = 0.0;
};

/// In closed form: with G the Gram matrix of the terms and v_r = <term_r|target>, the leading
/// eigenvector of G^+ v v^H is c = G^+ v, and the fidelity v^H G^+ v. Eigenvalues of G of at most
/// R eps times the largest are left out (terms that depend on others). Throws invalid_argument
/// where the target is orthogonal to all terms. O(N R (R + S) d + R^3).
[[nodiscard]] inline best_superposition best_coefficients(product_terms const& terms,
                                                          superposition const& target) {
    Eigen::VectorXcd const v = gram(terms, target.terms()) * target.coefficients();
    Eigen::SelfAdjointEigenSolver<Eigen::MatrixXcd> const solver(gram(terms, terms));
    if (solver.info() != Eigen::Success) {
        WEFT_THROW(not_converged("eigenvalues of a Gram matrix"));
    }
    auto const& values = solver.eigenvalues();
    double const least = static_cast<double>(values.size()) *
                         std::numeric_limits<double>::epsilon() * values(values.size() - 1);
    Eigen::VectorXcd c = Eigen::VectorXcd::Zero(v.size());
    for (Eigen::Index k = 0; k < values.size(); ++k) {
        if (!(values(k) > least)) continue;
        c += (solver.eigenvectors().col(k).dot(v) / values(k)) * solver.eigenvectors().col(k);
    }
    if (!(c.norm() > 0.0)) {
        WEFT_THROW(invalid_argument("target", "a state orthogonal to all terms",
                                    "one that some term overlaps with"));
    }
    superposition best(terms, std::move(c));
    double const f = fidelity(best, target);
    return {std::move(best), f};
}

} // namespace weft::inline v0::quantum
