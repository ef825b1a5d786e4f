#pragma once

#include <cmath>
#include <complex>
#include <vector>

#include <Eigen/Core>
#include <Eigen/QR>
#include <rapidcheck.h>

#include "weft/quantum/state.hpp"

/// Random states for the properties, drawn through RapidCheck so that a failure can be repeated.
namespace weft_test {

/// Uniform in [low, high], on a grid fine enough to look like the reals.
inline double real(double low, double high) {
    auto const n =
        *rc::gen::resize(rc::kNominalSize, rc::gen::inRange<long long>(0, (1LL << 40) + 1));
    return low + (high - low) * std::ldexp(static_cast<double>(n), -40);
}

inline int whole(int low, int high) {
    return *rc::gen::resize(rc::kNominalSize, rc::gen::inRange(low, high + 1));
}

inline Eigen::MatrixXcd complex_matrix(Eigen::Index rows, Eigen::Index cols) {
    Eigen::MatrixXcd m(rows, cols);
    for (Eigen::Index j = 0; j < cols; ++j) {
        for (Eigen::Index i = 0; i < rows; ++i) m(i, j) = {real(-1, 1), real(-1, 1)};
    }
    if (!(m.norm() > 1e-3)) m(0, 0) = 1.0;
    return m;
}

inline weft::quantum::ket ket(Eigen::Index d) {
    return weft::quantum::normalized(complex_matrix(d, 1).col(0));
}

inline weft::quantum::density density(Eigen::Index d, Eigen::Index r) {
    Eigen::MatrixXcd a = complex_matrix(d, r);
    a /= a.norm();
    return weft::quantum::density::from_factor(a);
}

inline Eigen::MatrixXcd unitary(Eigen::Index d) {
    Eigen::MatrixXcd const m = complex_matrix(d, d) + 2.0 * Eigen::MatrixXcd::Identity(d, d);
    Eigen::HouseholderQR<Eigen::MatrixXcd> const qr(m);
    return qr.householderQ() * Eigen::MatrixXcd::Identity(d, d);
}

inline Eigen::MatrixXcd kronecker(Eigen::MatrixXcd const& a, Eigen::MatrixXcd const& b) {
    Eigen::MatrixXcd out(a.rows() * b.rows(), a.cols() * b.cols());
    for (Eigen::Index i = 0; i < a.rows(); ++i) {
        for (Eigen::Index j = 0; j < a.cols(); ++j) {
            out.block(i * b.rows(), j * b.cols(), b.rows(), b.cols()) = a(i, j) * b;
        }
    }
    return out;
}

inline weft::quantum::qubit qubit() {
    // Certain, quite unknown, and all between.
    int const kind = whole(0, 4);
    double const length = kind == 0 ? 1.0 : kind == 1 ? 0.0 : real(0, 1);
    return {real(0, 3.14159265358979), real(-7, 7), length};
}

inline weft::quantum::qubit_product product(int n) {
    std::vector<weft::quantum::qubit> qubits;
    for (int i = 0; i < n; ++i) qubits.push_back(qubit());
    return weft::quantum::qubit_product(qubits);
}

inline weft::quantum::histogram histogram(int n) {
    std::vector<double> counts;
    for (int i = 0; i < n; ++i) counts.push_back(whole(0, 2) == 0 ? 0.0 : real(0, 9));
    counts[static_cast<std::size_t>(whole(0, n - 1))] += 1.0;
    return weft::quantum::histogram_of_counts(counts);
}

} // namespace weft_test
