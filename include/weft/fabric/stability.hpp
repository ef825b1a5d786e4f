#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <optional>
#include <string>

#include <Eigen/Core>

#include "weft/core/number.hpp"
#include "weft/core/unit.hpp"
#include "weft/core/weights.hpp"
#include "weft/fabric/clusters.hpp"
#include "weft/fabric/fabric.hpp"
#include "weft/fabric/spectrum.hpp"

namespace weft::inline v0::fabric {

/// What each factor counts in stability. Any non-negative numbers with a positive sum; they are
/// divided by it. The defaults are the public reference's.
struct stability_weights {
    double density = 0.4;
    double connectivity = 0.3;
    double cohesion = 0.3;
};

/// Three means of the numbers l_i / n, i = 2..n, with l_i the eigenvalues of the Laplacian: all in
/// [0,1], and connectivity <= cohesion <= density. Absent values have their reason in `why`, under
/// the field's name.
struct stability_result {
    /// The weighted mean of the three factors.
    std::optional<double> stability;
    /// The arithmetic mean: the mean of c_ij over the pairs.
    std::optional<double> density;
    /// The minimum, l_2 / n: how hard the group is to take apart. 0 iff disconnected.
    std::optional<double> connectivity;
    /// The geometric mean, (tau / n^(n-2))^(1/(n-1)), with tau the weighted number of spanning
    /// trees. 0 iff disconnected.
    std::optional<double> cohesion;
    /// l_2 / l_n: 1 where all pairs are alike. Not a part of stability, as it falls when one pair
    /// of a uniform group strengthens. Absent where every compatibility is 0.
    std::optional<double> evenness;
    std::map<std::string, std::string> why;
};

/// Throws invalid_argument for a negative or non-finite weight, or where all are 0.
inline void require_weights(stability_weights const& weights) {
    auto const check = [](char const* name, double w) {
        if (!is_finite(w) || w < 0.0) {
            WEFT_THROW(invalid_argument(std::string("weights.") + name, to_text(w),
                                        "a finite weight >= 0"));
        }
    };
    check("density", weights.density);
    check("connectivity", weights.connectivity);
    check("cohesion", weights.cohesion);
    std::array<double, 3> const all{weights.density, weights.connectivity, weights.cohesion};
    weft::require_weights("weights", all);
}

namespace detail {

struct factors {
    double density = 0.0;
    double connectivity = 0.0;
    double cohesion = 0.0;
    /// l_2, 0 where disconnected.
    double l2 = 0.0;
    /// l_n, where it came for free.
    std::optional<double> ln;
};

inline double combine(factors const& f, stability_weights const& w) {
    double const sum = w.density + w.connectivity + w.cohesion;
    return clamp_unit(
        (w.density * f.density + w.connectivity * f.connectivity + w.cohesion * f.cohesion) / sum);
}

/// The factors of a group of at least two whose weights stand in the strict lower triangle of
/// `work` (overwritten) and sum to `weight`; `connected` is known beforehand, by graph search.
/// `rebuild` gives the full symmetric matrix again, for the rare case that needs it.
template <class Rebuild>
factors factors_of(Eigen::Ref<Eigen::MatrixXd> work, double weight, bool connected, spectra& space,
                   Rebuild&& rebuild) {
    double const n = static_cast<double>(work.rows());
    factors f;
    f.density = clamp_unit(weight / (0.5 * n * (n - 1.0)));
    if (!connected) return f;
    std::optional<double> l2;
    if (work.rows() <= small_group) {
        auto const [second, last] = space.small.second_and_last(work);
        f.ln = last;
        // Smaller ones would lose digits.
        if (second >= 0x1p-8 * last) l2 = second;
    }
    double const log_sum = eliminate(work);
    if (!(log_sum > -std::numeric_limits<double>::infinity())) return f;
    // tau / n^(n-2) = n * product of d_k / n.
    f.cohesion = std::min(f.density, std::exp((log_sum + std::log(n)) / (n - 1.0)));
    if (!l2) l2 = second_smallest(work, space.iteration);
    f.l2 = l2 ? *l2 : dense_eigenvalue(rebuild(), 1);
    f.connectivity = std::min(f.cohesion, f.l2 / n);
    return f;
}

/// As above for a whole symmetric matrix.
inline factors factors_of(Eigen::MatrixXd const& c, spectra& space) {
    Eigen::MatrixXd work = c;
    bool const connected = components(c, 0.0).count == 1;
    return factors_of(work, pair_sum(c), connected, space,
                      [&]() -> Eigen::MatrixXd const& { return c; });
}

} // namespace detail

/// Stability of the group with the compatibilities `c` (n x n, see require_compatibility).
/// Fewer than two members: everything absent, there is no pair to judge. A uniform group with all
/// c_ij = x has stability x. Never falls when a compatibility rises. n^3/3 operations and a few
/// n^2; deterministic; the order of the members changes the last bits only.
/// Throws invalid_argument for a faulty matrix or weights.
[[nodiscard]] inline stability_result stability(Eigen::Ref<Eigen::MatrixXd const> const& c,
                                                stability_weights const& weights = {}) {
    require_compatibility("compatibility", c);
    require_weights(weights);
    stability_result out;
    if (c.rows() < 2) {
        for (auto const* field : {"stability", "density", "connectivity", "cohesion", "evenness"}) {
            out.why[field] = "a group of fewer than two members has no pair to judge";
        }
        return out;
    }
    Eigen::MatrixXd const tidy = detail::tidy(c);
    detail::spectra space;
    auto const f = detail::factors_of(tidy, space);
    out.stability = detail::combine(f, weights);
    out.density = f.density;
    out.connectivity = f.connectivity;
    out.cohesion = f.cohesion;
    double const strongest = tidy.maxCoeff();
    if (!(strongest > 0.0)) {
        out.why["evenness"] = "every compatibility is 0";
    } else if (!(f.l2 > 0.0)) {
        out.evenness = 0.0;
    } else {
        // Squares of tiny numbers would underflow on the way to l_n.
        double const up = strongest < 0x1p-400 ? 0x1p400 : 1.0;
        double const last =
            f.ln ? *f.ln * up : detail::largest_eigenvalue(tidy * up, space.iteration);
        out.evenness = clamp_unit(f.l2 * up / last);
    }
    return out;
}

} // namespace weft::inline v0::fabric
