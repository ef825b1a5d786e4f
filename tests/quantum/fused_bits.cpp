#include <cstddef>
#include <cstdio>
#include <random>
#include <span>
#include <vector>

#include "quantum/seeded.hpp"
#include "weft/quantum/fidelity.hpp"
#include "weft/quantum/pair_matrix.hpp"

/// Compiled with optimisation, also for processors that fuse products with sums: single form and
/// batch have the same bits, in either order of the states.
namespace {

namespace wq = weft::quantum;

template <class Set, class State>
int different(std::vector<State> const& states) {
    Set const set{std::span<State const>(states)};
    auto const n = states.size();
    auto const all = wq::fidelity_matrix(set, set);
    int found = 0;
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = 0; j < n; ++j) {
            auto const f = wq::fidelity(states[i], states[j]);
            found += f != all[i * n + j] || all[i * n + j] != all[j * n + i];
        }
    }
    return found;
}

} // namespace

int main() {
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) {
        std::puts("did not run: this processor has no FMA");
        return 0;
    }
    std::mt19937_64 random(1);
    int found = 0;
    for (int const size : {1, 2, 3, 5, 8, 13, 24, 31, 64}) {
        std::vector<wq::ket> kets;
        std::vector<wq::histogram> histograms;
        std::vector<wq::qubit_product> products;
        for (int i = 0; i < 21; ++i) {
            kets.push_back(weft_test::seeded_ket(random, size));
            std::vector<double> counts;
            std::vector<wq::qubit> qubits;
            for (int k = 0; k < size; ++k) {
                counts.push_back(.1 + weft_test::seeded(random));
                qubits.push_back({3 * weft_test::seeded(random), 6 * weft_test::seeded(random),
                                  weft_test::seeded(random)});
            }
            histograms.push_back(wq::histogram_of_counts(counts));
            products.emplace_back(qubits);
        }
        int const of_kets = different<wq::ket_set<double>>(kets);
        int const of_histograms = different<wq::histogram_set<double>>(histograms);
        int const of_products = different<wq::product_set<double>>(products);
        if (of_kets + of_histograms + of_products != 0) {
            std::printf("size %d: %d pairs of kets, %d of histograms, %d of products differ\n",
                        size, of_kets, of_histograms, of_products);
        }
        found += of_kets + of_histograms + of_products;
    }
    return found == 0 ? 0 : 1;
}
