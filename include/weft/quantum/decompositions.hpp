#pragma once

#include <Eigen/Core>
#include <Eigen/Eigenvalues>
#include <Eigen/SVD>

#include "weft/core/error.hpp"
#include "weft/quantum/state.hpp"

/// Eigen's decompositions behind weft/quantum/spectrum.hpp and superposition.hpp. As those of
/// weft/quantum/factors.hpp they are compiled once, in the one source file that defines
/// WEFT_DEFINE_KERNELS before it includes this header, in a program that is compiled with
/// WEFT_EXTERN_KERNELS.
namespace weft::inline v0::quantum::detail {

/// Singular values, largest first, and the first min(rows, columns) vectors.
template <class Real>
struct singular_form {
    real_vector<Real> values;
    matrix<Real> left;
    matrix<Real> right;
};

template <class Real>
singular_form<Real> singular_form_of(matrix<Real> const& m) {
    Eigen::JacobiSVD<matrix<Real>> const svd(m, Eigen::ComputeThinU | Eigen::ComputeThinV);
    return {svd.singularValues(), svd.matrixU(), svd.matrixV()};
}

/// Eigenvalues, smallest first, and their vectors. Throws not_converged, naming `what`.
template <class Real>
struct hermitian_form {
    real_vector<Real> values;
    matrix<Real> vectors;
};

template <class Real>
hermitian_form<Real> hermitian_form_of(matrix<Real> const& m, char const* what) {
    Eigen::SelfAdjointEigenSolver<matrix<Real>> const solver(m);
    if (solver.info() != Eigen::Success) WEFT_THROW(not_converged(what));
    return {solver.eigenvalues(), solver.eigenvectors()};
}

#define WEFT_DECOMPOSITION_KERNELS(prefix, Real)                                                   \
    prefix template singular_form<Real> singular_form_of<Real>(matrix<Real> const&);               \
    prefix template hermitian_form<Real> hermitian_form_of<Real>(matrix<Real> const&, char const*)

#if defined(WEFT_DEFINE_KERNELS)
WEFT_DECOMPOSITION_KERNELS(, double);
WEFT_DECOMPOSITION_KERNELS(, long double);
#elif defined(WEFT_EXTERN_KERNELS)
WEFT_DECOMPOSITION_KERNELS(extern, double);
WEFT_DECOMPOSITION_KERNELS(extern, long double);
#endif
#undef WEFT_DECOMPOSITION_KERNELS

} // namespace weft::inline v0::quantum::detail
