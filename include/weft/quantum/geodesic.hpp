#pragma once

#include <algorithm>
#include <cmath>
#include <complex>
#include <cstddef>
#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <Eigen/Core>
#include <Eigen/SVD>

#include "weft/core/error.hpp"
#include "weft/core/number.hpp"
#include "weft/core/unit.hpp"
#include "weft/quantum/distance.hpp"
#include "weft/quantum/fidelity.hpp"
#include "weft/quantum/state.hpp"
#include "weft/quantum/uhlmann.hpp"

/// Shortest paths between states, travelled at constant speed: the Bures angle between the states
/// at s and t is |s - t| times that of the ends. The ends are the given states to the bit.
namespace weft::inline v0::quantum {

namespace detail {

/// What the two ends are weighted with at t: sin((1 - t) angle) / sin(angle), sin(t angle) /
/// sin(angle), or 1 - t and t where the angle is 0.
inline std::pair<double, double> path_weights(double angle, double t) noexcept {
    double const whole = std::sin(angle);
    if (!(whole > 0.0)) return {1.0 - t, t};
    return {std::sin((1.0 - t) * angle) / whole, std::sin(t * angle) / whole};
}

} // namespace detail

/// The Fubini-Study geodesic of two kets. Between orthogonal ones every phase gives a shortest
/// path: that of the amplitudes as they are is taken, and `unique()` is false.
class ket_path {
public:
    /// Throws invalid_argument where the dimensions differ. O(d).
    ket_path(ket a, ket b)
        : a_(std::move(a))
        , b_(std::move(b)) {
        detail::require_same_dimension(a_.dimension(), b_.dimension());
        std::complex<double> const product = b_.amplitudes().dot(a_.amplitudes());
        double const modulus = std::abs(product);
        unique_ = modulus > 1e-14;
        aligned_ = b_.amplitudes();
        if (unique_) aligned_ *= product / modulus;
        angle_ = bures_angle(a_, b_);
    }

    /// The Bures angle of the ends, in [0, pi/2].
    [[nodiscard]] double angle() const noexcept { return angle_; }
    [[nodiscard]] bool unique() const noexcept { return unique_; }

    /// The state at t in [0,1]. Throws invalid_argument beyond.
    [[nodiscard]] ket at(double t) const {
        require_unit("t", t);
        if (t == 0.0) return a_;
        if (t == 1.0) return b_;
        auto const [p, q] = detail::path_weights(angle_, t);
        return normalized(p * a_.amplitudes() + q * aligned_);
    }

private:
    ket a_;
    ket b_;
    Eigen::VectorXcd aligned_;
    double angle_ = 0.0;
    bool unique_ = true;
};

/// The Bures geodesic of two mixed states, as factors: C(t) = p A + q B U with U the unitary that
/// brings B closest to A. It is the only shortest path where A^H B has full rank; elsewhere (as for
/// orthogonal supports) one of them is taken, the same one each time, and `unique()` is false.
/// Source: Uhlmann, Rep. Math. Phys. 24 (1986) 229.
class density_path {
public:
    /// Throws invalid_argument where the dimensions differ. O(d r^2) and an SVD of r x r.
    density_path(density a, density b)
        : a_(std::move(a))
        , b_(std::move(b)) {
        detail::require_same_dimension(a_.dimension(), b_.dimension());
        Eigen::Index const d = a_.dimension(), r = a_.rank(), s = b_.rank();
        Eigen::Index const width = std::max(r, s);
        padded_ = Eigen::MatrixXcd::Zero(d, width);
        padded_.leftCols(r) = a_.factor();
        Eigen::MatrixXcd other = Eigen::MatrixXcd::Zero(d, width);
        other.leftCols(s) = b_.factor();
        Eigen::MatrixXcd const c = padded_.adjoint() * other;
        Eigen::JacobiSVD<Eigen::MatrixXcd> const svd(c, Eigen::ComputeFullU | Eigen::ComputeFullV);
        Eigen::MatrixXcd const turn = svd.matrixV() * svd.matrixU().adjoint();
        aligned_ = other * turn;
        Eigen::VectorXd const values = svd.singularValues();
        unique_ = values(std::min(r, s) - 1) > 1e-14;
        double const root = clamp_unit(values.sum());
        double const distance2 = std::min(2.0, (padded_ - aligned_).squaredNorm());
        angle_ = detail::angle(root * root, clamp_unit(distance2 * (1.0 - 0.25 * distance2)));
    }

    /// The Bures angle of the ends, in [0, pi/2].
    [[nodiscard]] double angle() const noexcept { return angle_; }
    [[nodiscard]] bool unique() const noexcept { return unique_; }

    /// The state at t in [0,1]; its factor is as wide as the wider of the two. Throws
    /// invalid_argument beyond.
    [[nodiscard]] density at(double t) const {
        require_unit("t", t);
        if (t == 0.0) return a_;
        if (t == 1.0) return b_;
        auto const [p, q] = detail::path_weights(angle_, t);
        Eigen::MatrixXcd factor = p * padded_ + q * aligned_;
        factor /= factor.norm();
        return density::from_factor(std::move(factor));
    }

private:
    density a_;
    density b_;
    Eigen::MatrixXcd padded_;
    Eigen::MatrixXcd aligned_;
    double angle_ = 0.0;
    bool unique_ = true;
};

namespace detail {

/// The 2 x 2 factor of a qubit.
inline density to_density(qubit const& q) {
    return quantum::to_density(qubit_product(std::vector<qubit>{q}));
}

/// The qubit of a 2 x 2 density matrix.
inline qubit to_qubit(density const& a) {
    Eigen::MatrixXcd const& f = a.factor();
    double const up = f.row(0).squaredNorm(), down = f.row(1).squaredNorm();
    std::complex<double> const lower = f.row(0).dot(f.row(1));
    double const x = 2.0 * lower.real(), y = 2.0 * lower.imag(), z = up - down;
    double const in_plane = std::hypot(x, y);
    qubit out{std::atan2(in_plane, z), in_plane > 0.0 ? std::atan2(y, x) : 0.0, 1.0};
    if (a.rank() > 1) out.bloch_length = clamp_unit(std::hypot(in_plane, z));
    return out;
}

} // namespace detail

/// A path between two products of qubits that stays a product: each qubit on its own Bures
/// geodesic. (The geodesic of the products as a whole leaves the products.) The angle of each qubit
/// is travelled at constant speed; where all are pure, so is the path.
class qubit_product_path {
public:
    /// Throws invalid_argument where the numbers of qubits differ. O(n).
    qubit_product_path(qubit_product a, qubit_product b)
        : a_(std::move(a))
        , b_(std::move(b)) {
        detail::require_same_size(a_, b_);
        for (std::size_t i = 0; i < a_.qubits().size(); ++i) {
            paths_.emplace_back(detail::to_density(a_.qubits()[i]),
                                detail::to_density(b_.qubits()[i]));
        }
    }

    /// Whether every qubit's path is the only shortest one.
    [[nodiscard]] bool unique() const noexcept {
        for (auto const& path : paths_) {
            if (!path.unique()) return false;
        }
        return true;
    }

    /// The state at t in [0,1]. Throws invalid_argument beyond.
    [[nodiscard]] qubit_product at(double t) const {
        require_unit("t", t);
        if (t == 0.0) return a_;
        if (t == 1.0) return b_;
        std::vector<qubit> qubits;
        for (auto const& path : paths_) qubits.push_back(detail::to_qubit(path.at(t)));
        return qubit_product(std::move(qubits));
    }

private:
    qubit_product a_;
    qubit_product b_;
    std::vector<density_path> paths_;
};

[[nodiscard]] inline ket_path geodesic(ket a, ket b) {
    return {std::move(a), std::move(b)};
}
[[nodiscard]] inline density_path geodesic(density a, density b) {
    return {std::move(a), std::move(b)};
}
[[nodiscard]] inline qubit_product_path geodesic(qubit_product a, qubit_product b) {
    return {std::move(a), std::move(b)};
}

/// The state at `at` of a series of states at strictly increasing finite times: a geodesic between
/// each two that follow each other. Throws invalid_argument, naming the index, for faulty times,
/// for lengths that differ, and for a time outside the series.
template <class State>
[[nodiscard]] State interpolate(std::span<double const> times, std::span<State const> states,
                                double at) {
    if (times.empty() || times.size() != states.size()) {
        WEFT_THROW(
            invalid_argument("times", to_text(times.size()) + " times",
                             "as many as states (" + to_text(states.size()) + "), at least one"));
    }
    for (std::size_t i = 0; i < times.size(); ++i) {
        require_finite("times[" + to_text(i) + "]", times[i]);
        if (i > 0 && !(times[i] > times[i - 1])) {
            WEFT_THROW(invalid_argument("times[" + to_text(i) + "]", to_text(times[i]),
                                        "a time after " + to_text(times[i - 1])));
        }
    }
    require_finite("at", at);
    if (at < times.front() || at > times.back()) {
        WEFT_THROW(invalid_argument("at", to_text(at),
                                    "a time from " + to_text(times.front()) + " to " +
                                        to_text(times.back())));
    }
    std::size_t const next =
        static_cast<std::size_t>(std::lower_bound(times.begin(), times.end(), at) - times.begin());
    if (times[next] == at) return states[next];
    // Halved, so that no difference of times overflows.
    double const span = 0.5 * times[next] - 0.5 * times[next - 1];
    double const t = (0.5 * at - 0.5 * times[next - 1]) / span;
    return geodesic(states[next - 1], states[next]).at(clamp_unit(t));
}

/// A state that falls back towards a resting one along their geodesic: what is left of the angle
/// after `time` is exp(-rate time). Throws invalid_argument unless both are finite and >= 0.
template <class State>
[[nodiscard]] State decay(State const& from, State const& resting, double rate, double time) {
    for (auto const& [name, value] : {std::pair{"rate", rate}, std::pair{"time", time}}) {
        if (!is_finite(value) || value < 0.0) {
            WEFT_THROW(invalid_argument(name, to_text(value), "a finite number >= 0"));
        }
    }
    return geodesic(from, resting).at(clamp_unit(-std::expm1(-rate * time)));
}

} // namespace weft::inline v0::quantum
