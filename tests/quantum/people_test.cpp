#include <algorithm>
#include <cmath>
#include <cstdio>
#include <span>
#include <vector>

#include <gtest/gtest.h>

#include "../examples/msqr/msqr.hpp"
#include "support/gz.hpp"
#include "weft/quantum/fidelity.hpp"
#include "weft/quantum/pair_matrix.hpp"

/// The people of the shipped table as products of twelve qubits.
namespace {

using namespace weft::quantum;

/// A person's latest answers; a dimension without any is the maximally mixed qubit.
std::vector<qubit_product> people_as_qubits() {
    std::vector<qubit_product> out;
    auto const csv = weft_test::read_gz(WEFT_PROJECT_DIR "/examples/data/msqR.csv.gz");
    for (auto const& person : weft_msqr::read(csv)) {
        std::vector<qubit> qubits;
        for (auto const& answer : person.snapshots.back()) {
            qubits.push_back(answer ? qubit{std::acos(-1.0) * answer->value, 0.0,
                                            std::min(answer->confidence, default_certainty_cap)}
                                    : qubit{0.0, 0.0, 0.0});
        }
        out.emplace_back(std::move(qubits));
    }
    return out;
}

TEST(people, all_pairs_have_a_fidelity_and_everybody_is_like_themselves) {
    auto people = people_as_qubits();
    ASSERT_EQ(people.size(), 3033U);
    for (auto const& p : people) {
        EXPECT_NEAR(fidelity(p, p), 1.0, 1e-14);
        EXPECT_EQ(infidelity(p, p), 0.0);
    }
#if !defined(__OPTIMIZE__)
    // All 4.6 million pairs where that takes a moment, as in a program of its own; else a tenth of
    // the people.
    for (std::size_t i = 0; 10 * i < people.size(); ++i) people[i] = people[10 * i];
    people.erase(people.begin() + 304, people.end());
#endif
    product_set<double> const set{std::span<qubit_product const>(people)};
    product_set<float> const narrow{std::span<qubit_product const>(people)};
    auto values = upper_fidelities(set);
    auto const in_float = upper_fidelities(narrow);
    ASSERT_EQ(values.size(), people.size() * (people.size() - 1) / 2);
    double sum = 0.0, squares = 0.0;
    std::size_t outside = 0, apart = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (!(values[i] >= 0.0 && values[i] <= 1.0)) ++outside;
        if (!(in_float[i] >= 0.0F && in_float[i] <= 1.0F)) ++outside;
        if (!(std::abs(static_cast<double>(in_float[i]) - values[i]) <= narrow.float_bound())) {
            ++apart;
        }
        sum += values[i];
        squares += values[i] * values[i];
    }
    EXPECT_EQ(outside, 0U);
    EXPECT_EQ(apart, 0U);
    auto const n = static_cast<double>(values.size());
    double const mean = sum / n, deviation = std::sqrt(squares / n - mean * mean);
    std::printf("%zu pairs: mean %.4f, deviation %.4f, quantiles", values.size(), mean, deviation);
    for (double const q : {0.0, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 1.0}) {
        auto const at = values.begin() + static_cast<std::ptrdiff_t>(q * (n - 1.0));
        std::nth_element(values.begin(), at, values.end());
        std::printf(" %g: %.4f", q, *at);
    }
    std::printf("\n");
    // The products tell people apart: neither all alike nor all different.
    EXPECT_GT(deviation, 0.05);
    EXPECT_GT(mean, 0.05);
    EXPECT_LT(mean, 0.6);
}

} // namespace
