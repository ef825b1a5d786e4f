#pragma once

#include <array>
#include <map>
#include <span>
#include <string>

#include "weft/quantum/measures.hpp"
#include "weft/quantum/spectrum.hpp"
#include "weft/quantum/uhlmann.hpp"

namespace weft_test {

/// Which measures: what is not asked for takes no time.
struct measure_groups {
    bool of_spectra = true;
    bool of_parties = true;
    bool of_optima = true;
};

/// The measures of a pair of mixed states of even dimension, taken as two parties, the first a
/// qubit. What is not defined is absent.
template <class Density>
std::map<std::string, long double> measures_of(Density const& a, Density const& b,
                                               measure_groups const& groups = {}) {
    namespace wq = weft::quantum;
    std::map<std::string, long double> out;
    out["fidelity"] = wq::fidelity(a, b);
    out["trace_distance"] = wq::trace_distance(a, b);
    out["bures_distance"] = wq::bures_distance(a, b);
    out["hellinger_distance"] = wq::hellinger_distance(a, b);
    out["entropy"] = wq::von_neumann_entropy(a);
    if (groups.of_spectra) {
        out["infidelity"] = wq::infidelity(a, b);
        out["affinity"] = wq::affinity(a, b);
        out["hilbert_schmidt_distance"] = wq::hilbert_schmidt_distance(a, b);
        out["purity"] = wq::purity(a);
        out["renyi_half"] = wq::renyi_entropy(a, 0.5);
        out["renyi_two"] = wq::renyi_entropy(a, 2);
        out["tsallis"] = wq::tsallis_entropy(a, 1.5);
    }
    if (groups.of_parties) {
        std::array<Eigen::Index, 2> const parties{2, a.dimension() / 2};
        std::span<Eigen::Index const> const sizes(parties);
        std::array<std::size_t, 1> const first{0};
        out["relative_entropy"] = wq::relative_entropy(a, b);
        out["mutual_information"] = wq::mutual_information(a, sizes, first);
        out["negativity"] = wq::negativity(a, sizes, first);
        if (a.dimension() == 4) out["concurrence"] = wq::concurrence(a);
    }
    if (groups.of_optima) {
        out["chernoff"] = wq::quantum_chernoff(a, b).coefficient;
        auto const full = [](Density const& x) {
            return wq::eigenvalues(x).size() == x.dimension();
        };
        if (full(a) && full(b)) {
            std::array<Density, 2> const both{a, b};
            out["log_euclidean_fidelity"] =
                wq::log_euclidean_fidelity(std::span<Density const>(both));
        }
    }
    return out;
}

} // namespace weft_test
