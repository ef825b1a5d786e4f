#pragma once

#include <algorithm>
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
#include "weft/quantum/distance.hpp"
#include "weft/quantum/factors.hpp"
#include "weft/quantum/fidelity.hpp"
#include "weft/quantum/state.hpp"
#include "weft/quantum/uhlmann.hpp"

/// Shortest paths between states, travelled at constant speed: the Bures angle between the states
/// at s and t is |s - t| times that of the ends. The ends are the given states to the bit.
namespace weft::inline v0::quantum {

namespace detail {

/// What the two ends are weighted with at t: sin((1 - t) angle) / sin(angle), sin(t angle) /
/// sin(angle), or 1 - t and t where the angle is 0.
template <class Real>
std::pair<Real, Real> path_weights(Real angle, Real t) noexcept {
    Real const whole = std::sin(angle);
    if (!(whole > 0)) return {1 - t, t};
    return {std::sin((1 - t) * angle) / whole, std::sin(t * angle) / whole};
}

template <class Real>
void require_share(Real t) {
    if (!in_unit(t)) WEFT_THROW(invalid_argument("t", text(t), "a number in [0, 1]"));
}

/// Overlaps of at most this leave the path open.
template <class Real>
inline constexpr Real no_overlap = 45 * std::numeric_limits<Real>::epsilon();

} // namespace detail

/// The Fubini-Study geodesic of two kets. Between orthogonal ones every phase gives a shortest
/// path: that of the amplitudes as they are is taken, and `unique()` is false.
template <real_number Real = double, int D = dynamic>
class basic_ket_path {
public:
    using state = basic_ket<Real, D>;
    /// Of places on the path.
    using share = detail::working<Real>;

    /// Throws invalid_argument where the dimensions differ. O(d).
    basic_ket_path(state a, state b)
        : a_(std::move(a))
        , b_(std::move(b)) {
        detail::require_same_dimension(a_.dimension(), b_.dimension());
        from_ = detail::wide(a_);
        aligned_ = detail::wide(b_);
        std::complex<share> const product = aligned_.dot(from_);
        share const modulus = std::abs(product);
        unique_ = modulus > detail::no_overlap<share>;
        if (unique_) aligned_ *= product / modulus;
        using wide = basic_ket<share, D>;
        angle_ = bures_angle(wide(detail::wide(a_)), wide(detail::wide(b_)));
    }

    /// The Bures angle of the ends, in [0, pi/2].
    [[nodiscard]] Real angle() const noexcept { return static_cast<Real>(angle_); }
    [[nodiscard]] bool unique() const noexcept { return unique_; }

    /// The state at t in [0,1]. Throws invalid_argument beyond.
    [[nodiscard]] state at(share t) const {
        detail::require_share(t);
        if (t == 0) return a_;
        if (t == 1) return b_;
        auto const [p, q] = detail::path_weights(angle_, t);
        detail::vector<share> v = p * from_ + q * aligned_;
        v /= v.norm();
        return state(v.template cast<std::complex<Real>>());
    }

private:
    state a_;
    state b_;
    detail::vector<share> from_;
    detail::vector<share> aligned_;
    share angle_ = 0;
    bool unique_ = true;
};

using ket_path = basic_ket_path<>;

namespace detail {

/// How many eigenvalues of F F^H are above rounding, at least 1.
template <class Real>
[[nodiscard]] std::size_t numerical_rank(matrix<Real> const& f) {
    if (f.cols() == 1) return 1;
    auto gram = adjoint_product<Real>(f, f);
    auto const values = polar_factor(gram).values;
    Real const largest = *std::max_element(values.begin(), values.end());
    Real const drop =
        4 * static_cast<Real>(f.rows()) * std::numeric_limits<Real>::epsilon() * largest;
    auto const rank =
        std::count_if(values.begin(), values.end(), [drop](Real x) { return x > drop; });
    return rank < 1 ? 1 : static_cast<std::size_t>(rank);
}

} // namespace detail

/// The Bures geodesic of two mixed states, as factors: C(t) = p A + q B U with U the unitary that
/// brings B closest to A. It is the only shortest path where A^H B has full rank; elsewhere (as for
/// orthogonal supports) one of them is taken, the same one each time, and `unique()` is false.
/// Source: Uhlmann, Rep. Math. Phys. 24 (1986) 229.
template <real_number Real = double, int D = dynamic>
class basic_density_path {
public:
    using state = basic_density<Real, D>;
    using share = detail::working<Real>;

    /// Throws invalid_argument where the dimensions differ. O(d r^2) and an SVD of r x r.
    basic_density_path(state a, state b)
        : a_(std::move(a))
        , b_(std::move(b)) {
        detail::require_same_dimension(a_.dimension(), b_.dimension());
        using matrix = detail::matrix<share>;
        Eigen::Index const d = a_.dimension(), r = a_.rank(), s = b_.rank();
        Eigen::Index const width = std::max(r, s);
        padded_ = matrix::Zero(d, width);
        padded_.leftCols(r) = detail::wide(a_);
        matrix other = matrix::Zero(d, width);
        other.leftCols(s) = detail::wide(b_);
        // Singular values in no order: the least of those that the ranks allow decides.
        auto c = detail::adjoint_product<share>(other, padded_);
        auto const polar = detail::polar_factor(c);
        aligned_ = detail::product_of<share>(other, detail::joined(polar.isometry));
        auto values = polar.values;
        std::sort(values.begin(), values.end(), [](share x, share y) { return x > y; });
        auto const least = std::min(detail::numerical_rank<share>(padded_.leftCols(r)),
                                    detail::numerical_rank<share>(other.leftCols(s)));
        unique_ = values[least - 1] > detail::no_overlap<share>;
        share sum = 0;
        for (auto const value : values) sum += value;
        share const root = detail::within_unit(sum);
        share const distance2 = std::min(share{2}, (padded_ - aligned_).squaredNorm());
        angle_ = detail::angle(root * root, detail::within_unit(distance2 * (1 - distance2 / 4)));
    }

    /// The Bures angle of the ends, in [0, pi/2].
    [[nodiscard]] Real angle() const noexcept { return static_cast<Real>(angle_); }
    [[nodiscard]] bool unique() const noexcept { return unique_; }

    /// The state at t in [0,1]; its factor is as wide as the wider of the two. Throws
    /// invalid_argument beyond.
    [[nodiscard]] state at(share t) const {
        detail::require_share(t);
        if (t == 0) return a_;
        if (t == 1) return b_;
        return state::from_factor(factor_at(t).template cast<std::complex<Real>>());
    }

    /// The factor of the state at t in (0,1).
    [[nodiscard]] detail::matrix<share> factor_at(share t) const {
        auto const [p, q] = detail::path_weights(angle_, t);
        detail::matrix<share> factor = p * padded_ + q * aligned_;
        factor /= factor.norm();
        return factor;
    }

private:
    state a_;
    state b_;
    detail::matrix<share> padded_;
    detail::matrix<share> aligned_;
    share angle_ = 0;
    bool unique_ = true;
};

using density_path = basic_density_path<>;

namespace detail {

/// The qubit with the 2 x r factor f.
template <class Real>
basic_qubit<Real> to_qubit(matrix<Real> const& f) {
    Real const up = f.row(0).squaredNorm(), down = f.row(1).squaredNorm();
    std::complex<Real> const lower = f.row(0).dot(f.row(1));
    Real const x = 2 * lower.real(), y = 2 * lower.imag(), z = up - down;
    Real const in_plane = std::hypot(x, y);
    basic_qubit<Real> out{std::atan2(in_plane, z), in_plane > 0 ? std::atan2(y, x) : Real{0},
                          Real{1}};
    if (f.cols() > 1) out.bloch_length = within_unit(std::hypot(in_plane, z));
    return out;
}

} // namespace detail

/// The Bures geodesic of two qubits.
template <real_number Real = double>
class basic_qubit_path {
public:
    using state = basic_qubit<Real>;
    using share = detail::working<Real>;

    /// Throws invalid_argument for faulty qubits.
    basic_qubit_path(state a, state b)
        : a_(a)
        , b_(b)
        , path_(factor("a", a), factor("b", b)) {}

    /// The Bures angle of the ends, in [0, pi/2].
    [[nodiscard]] Real angle() const noexcept { return static_cast<Real>(path_.angle()); }
    [[nodiscard]] bool unique() const noexcept { return path_.unique(); }

    /// The state at t in [0,1]. Throws invalid_argument beyond.
    [[nodiscard]] state at(share t) const {
        detail::require_share(t);
        if (t == 0) return a_;
        if (t == 1) return b_;
        auto const q = detail::to_qubit(path_.factor_at(t));
        return {static_cast<Real>(q.theta), static_cast<Real>(q.phi),
                static_cast<Real>(q.bloch_length)};
    }

private:
    static basic_density<share> factor(std::string_view argument, state const& q) {
        require_qubit(argument, q);
        return basic_density<share>::from_factor(detail::qubit_factor(detail::wide(q)));
    }

    state a_;
    state b_;
    basic_density_path<share> path_;
};

using qubit_path = basic_qubit_path<>;

/// A path between two products of qubits that stays a product: each qubit on its own Bures
/// geodesic. (The geodesic of the products as a whole leaves the products.) The angle of each qubit
/// is travelled at constant speed; where all are pure, so is the path.
template <real_number Real = double, int N = dynamic>
class basic_qubit_product_path {
public:
    using state = basic_qubit_product<Real, N>;
    using share = detail::working<Real>;

    /// Throws invalid_argument where the numbers of qubits differ. O(n).
    basic_qubit_product_path(state a, state b)
        : a_(std::move(a))
        , b_(std::move(b)) {
        detail::require_same_size(a_, b_);
        paths_.reserve(a_.qubits().size());
        for (std::size_t i = 0; i < a_.qubits().size(); ++i) {
            paths_.emplace_back(a_.qubits()[i], b_.qubits()[i]);
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
    [[nodiscard]] state at(share t) const {
        detail::require_share(t);
        if (t == 0) return a_;
        if (t == 1) return b_;
        auto qubits = a_.qubits();
        for (std::size_t i = 0; i < qubits.size(); ++i) qubits[i] = paths_[i].at(t);
        return state(std::move(qubits));
    }

private:
    state a_;
    state b_;
    std::vector<basic_qubit_path<Real>> paths_;
};

using qubit_product_path = basic_qubit_product_path<>;

/// The Fubini-Study geodesic of two histograms, as the pure states sqrt(p): it stays among
/// histograms, as all amplitudes are >= 0.
template <real_number Real = double, int N = dynamic>
class basic_histogram_path {
public:
    using state = basic_histogram<Real, N>;
    using share = detail::working<Real>;

    /// Throws invalid_argument where the sizes differ. O(n).
    basic_histogram_path(state a, state b)
        : a_(std::move(a))
        , b_(std::move(b)) {
        detail::require_same_size(a_, b_);
        angle_ = bures_angle(a_, b_);
    }

    /// The Bures angle of the ends, in [0, pi/2].
    [[nodiscard]] Real angle() const noexcept { return angle_; }
    /// Always, as roots are >= 0.
    [[nodiscard]] bool unique() const noexcept { return true; }

    /// The state at t in [0,1]. Throws invalid_argument beyond.
    [[nodiscard]] state at(share t) const {
        detail::require_share(t);
        if (t == 0) return a_;
        if (t == 1) return b_;
        auto const [p, q] = detail::path_weights<share>(angle_, t);
        auto counts = a_.roots();
        for (std::size_t i = 0; i < counts.size(); ++i) {
            share const root =
                p * static_cast<share>(a_.roots()[i]) + q * static_cast<share>(b_.roots()[i]);
            counts[i] = static_cast<Real>(root * root);
        }
        return histogram_of_counts<N>(counts);
    }

private:
    state a_;
    state b_;
    Real angle_ = 0;
};

using histogram_path = basic_histogram_path<>;

template <class Real, int D>
[[nodiscard]] basic_ket_path<Real, D> geodesic(basic_ket<Real, D> a, basic_ket<Real, D> b) {
    return {std::move(a), std::move(b)};
}
template <class Real, int D>
[[nodiscard]] basic_density_path<Real, D> geodesic(basic_density<Real, D> a,
                                                   basic_density<Real, D> b) {
    return {std::move(a), std::move(b)};
}
template <class Real>
[[nodiscard]] basic_qubit_path<Real> geodesic(basic_qubit<Real> a, basic_qubit<Real> b) {
    return {a, b};
}
template <class Real, int N>
[[nodiscard]] basic_qubit_product_path<Real, N> geodesic(basic_qubit_product<Real, N> a,
                                                         basic_qubit_product<Real, N> b) {
    return {std::move(a), std::move(b)};
}
template <class Real, int N>
[[nodiscard]] basic_histogram_path<Real, N> geodesic(basic_histogram<Real, N> a,
                                                     basic_histogram<Real, N> b) {
    return {std::move(a), std::move(b)};
}

namespace detail {

inline void require_times(std::span<double const> times, std::size_t states) {
    if (times.empty() || times.size() != states) {
        WEFT_THROW(invalid_argument("times", to_text(times.size()) + " times",
                                    "as many as states (" + to_text(states) + "), at least one"));
    }
    for (std::size_t i = 0; i < times.size(); ++i) {
        require_finite("times[" + to_text(i) + "]", times[i]);
        if (i > 0 && !(times[i] > times[i - 1])) {
            WEFT_THROW(invalid_argument("times[" + to_text(i) + "]", to_text(times[i]),
                                        "a time after " + to_text(times[i - 1])));
        }
    }
}

/// Where in a series a time falls: at the state `next`, or the share t of the way there from the
/// one before.
struct place_in_series {
    std::size_t next = 0;
    double t = 1.0;

    place_in_series(std::span<double const> times, double at) {
        require_finite("at", at);
        if (at < times.front() || at > times.back()) {
            WEFT_THROW(invalid_argument("at", to_text(at),
                                        "a time from " + to_text(times.front()) + " to " +
                                            to_text(times.back())));
        }
        next = static_cast<std::size_t>(std::lower_bound(times.begin(), times.end(), at) -
                                        times.begin());
        if (times[next] == at) return;
        // Halved, so that no difference of times overflows.
        double const span = 0.5 * times[next] - 0.5 * times[next - 1];
        t = within_unit((0.5 * at - 0.5 * times[next - 1]) / span);
    }
};

} // namespace detail

/// The state at `at` of a series of states at strictly increasing finite times: a geodesic between
/// each two that follow each other. Throws invalid_argument, naming the index, for faulty times,
/// for lengths that differ, and for a time outside the series. O(n) and one geodesic.
template <class State>
[[nodiscard]] State interpolate(std::span<double const> times, std::span<State const> states,
                                double at) {
    detail::require_times(times, states.size());
    detail::place_in_series const place(times, at);
    if (place.t == 1.0) return states[place.next];
    return geodesic(states[place.next - 1], states[place.next]).at(place.t);
}

/// A whole series of states at strictly increasing finite times, to be asked at many times: the
/// geodesics are found once.
template <class State>
class state_series {
public:
    /// Throws as `interpolate` does, and where sizes differ from one state to the next. n - 1
    /// geodesics.
    state_series(std::vector<double> times, std::vector<State> states)
        : times_(std::move(times))
        , states_(std::move(states)) {
        detail::require_times(times_, states_.size());
        paths_.reserve(states_.size() - 1);
        for (std::size_t i = 1; i < states_.size(); ++i) {
            paths_.push_back(geodesic(states_[i - 1], states_[i]));
        }
    }

    [[nodiscard]] std::vector<double> const& times() const noexcept { return times_; }
    [[nodiscard]] std::vector<State> const& states() const noexcept { return states_; }

    /// As `interpolate`. O(log n) and the cost of a point on a path.
    [[nodiscard]] State at(double time) const {
        detail::place_in_series const place(times_, time);
        if (place.t == 1.0) return states_[place.next];
        return paths_[place.next - 1].at(place.t);
    }

private:
    using path = decltype(geodesic(std::declval<State>(), std::declval<State>()));

    std::vector<double> times_;
    std::vector<State> states_;
    std::vector<path> paths_;
};

/// A state that falls back towards a resting one along their geodesic: what is left of the angle
/// after `time` is exp(-rate time). Throws invalid_argument unless both are finite and >= 0.
template <class State>
[[nodiscard]] State decay(State const& from, State const& resting, double rate, double time) {
    for (auto const& [name, value] : {std::pair{"rate", rate}, std::pair{"time", time}}) {
        if (!is_finite(value) || value < 0.0) {
            WEFT_THROW(invalid_argument(name, to_text(value), "a finite number >= 0"));
        }
    }
    return geodesic(from, resting).at(detail::within_unit(-std::expm1(-rate * time)));
}

} // namespace weft::inline v0::quantum
