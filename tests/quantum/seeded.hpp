#pragma once

#include <cmath>
#include <random>

#include <Eigen/Core>

#include "weft/quantum/state.hpp"

/// Random states from a seed, for tests that try a fixed number of them.
namespace weft_test {

/// Uniform in [0,1), the same on every standard library.
inline double seeded(std::mt19937_64& random) {
    return std::ldexp(static_cast<double>(random() >> 11U), -53);
}

inline Eigen::MatrixXcd seeded_matrix(std::mt19937_64& random, Eigen::Index rows,
                                      Eigen::Index cols) {
    Eigen::MatrixXcd a(rows, cols);
    for (Eigen::Index i = 0; i < a.size(); ++i) a(i) = {seeded(random) - .5, seeded(random) - .5};
    return a;
}

inline weft::quantum::density seeded_density(std::mt19937_64& random, Eigen::Index d,
                                             Eigen::Index r) {
    Eigen::MatrixXcd const a = seeded_matrix(random, d, r);
    return weft::quantum::density::from_factor(a / a.norm());
}

inline weft::quantum::ket seeded_ket(std::mt19937_64& random, Eigen::Index d) {
    return weft::quantum::normalized(seeded_matrix(random, d, 1).col(0));
}

} // namespace weft_test
