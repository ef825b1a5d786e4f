#include "weft/quantum/product.hpp"

#include <cmath>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "quantum/seeded.hpp"

namespace {

using namespace weft::quantum;

any_product anything(std::mt19937_64& random) {
    return any_product({weft_test::seeded_ket(random, 3), weft_test::seeded_density(random, 2, 2),
                        qubit{weft_test::seeded(random), 0.4, weft_test::seeded(random)},
                        histogram_of_counts(std::vector<double>{weft_test::seeded(random), 1.0})});
}

TEST(product, measures_are_those_of_the_whole_written_out) {
    std::mt19937_64 random(41);
    for (int n = 0; n < 10; ++n) {
        auto const a = anything(random), b = anything(random);
        auto const x = to_density(a), y = to_density(b);
        ASSERT_EQ(x.dimension(), 24);
        EXPECT_NEAR(fidelity(a, b), fidelity(x, y), 1e-14);
        EXPECT_NEAR(infidelity(a, b), infidelity(x, y), 1e-14);
        EXPECT_NEAR(purity(a), purity(x), 1e-14);
        EXPECT_NEAR(von_neumann_entropy(a), von_neumann_entropy(x), 1e-13);
        EXPECT_NEAR(renyi_entropy(a, 2.0), renyi_entropy(x, 2.0), 1e-13);
        EXPECT_NEAR(tsallis_entropy(a, 3.0), tsallis_entropy(x, 3.0), 1e-13);
        EXPECT_FALSE(closed_trace_distance(a, b).has_value());
        auto factors = a.factors();
        factors[1] = b.factors()[1];
        any_product const one_other(factors);
        EXPECT_NEAR(*closed_trace_distance(a, one_other), trace_distance(x, to_density(one_other)),
                    1e-14);
        EXPECT_EQ(*closed_trace_distance(a, a), 0.0);
        // Other than that of a state, a histogram's affinity is the root fidelity.
        product const c(weft_test::seeded_ket(random, 2), qubit{0.3, 0.2, 0.6}),
            d(weft_test::seeded_ket(random, 2), qubit{0.5, 0.1, 0.9});
        EXPECT_NEAR(affinity(c, d), affinity(to_density(c), to_density(d)), 1e-14);
        EXPECT_NEAR(hellinger_distance(c, d), hellinger_distance(to_density(c), to_density(d)),
                    1e-14);
    }
}

TEST(product, a_thousand_factors_need_no_space) {
    any_state const here(qubit{0.5, 0.0, 1.0}), there(qubit{0.51, 0.0, 1.0});
    any_state const as_ket(normalized(Eigen::Vector2cd(std::cos(0.255), std::sin(0.255))));
    std::vector<any_state> const one(1000, here);
    std::vector<any_state> other(1000, there);
    for (std::size_t k = 0; k < other.size(); k += 2) other[k] = as_ket;
    EXPECT_NEAR(fidelity(any_product(one), any_product(other)), std::pow(std::cos(0.005), 2000.0),
                1e-11);
    EXPECT_THROW((void)to_density(any_product(one)), weft::domain_error);
}

TEST(product, kinds_may_differ_where_dimensions_do_not) {
    ket const plus = normalized(Eigen::Vector2cd(1.0, 1.0));
    any_product const a({plus, qubit{0.7, 0.0, 0.5}}),
        b({histogram({0.5, 0.5}), to_density(qubit{0.7, 0.0, 0.5})});
    EXPECT_NEAR(fidelity(a, b), 1.0, 1e-14);
    EXPECT_LT(infidelity(a, b), 1e-28);
    product const typed(plus, qubit{0.7, 0.0, 0.5});
    product const again(to_density(plus), qubit{0.7, 0.0, 0.2});
    EXPECT_NEAR(fidelity(typed, again), fidelity(qubit{0.7, 0.0, 0.5}, qubit{0.7, 0.0, 0.2}),
                1e-15);
}

TEST(product, parts_and_paths_stay_products) {
    std::mt19937_64 random(42);
    auto const a = anything(random), b = anything(random);
    std::vector<std::size_t> const keep{2, 0}, twice{1, 1}, beyond{4}, none;
    auto const part = partial_trace(a, keep);
    EXPECT_EQ(part.factors().size(), 2U);
    EXPECT_NEAR(purity(part), purity(a.factors()[2]), 1e-15);
    for (auto const* faulty : {&twice, &beyond, &none}) {
        EXPECT_THROW((void)partial_trace(a, *faulty), weft::invalid_argument);
    }
    auto const path = geodesic(a, b);
    EXPECT_EQ(fidelity(path.at(0.0), a), fidelity(a, a));
    for (std::size_t k = 0; k < 4; ++k) {
        auto const middle = path.at(0.5).factors()[k];
        EXPECT_NEAR(bures_angle(a.factors()[k], middle), bures_angle(middle, b.factors()[k]),
                    1e-13);
    }
    EXPECT_THROW((void)path.at(1.5), weft::invalid_argument);
}

std::string product_refusal(auto const& call) {
    try {
        call();
    } catch (weft::invalid_argument const& e) {
        return e.argument();
    }
    return "accepted";
}

TEST(product, bad_input_is_refused_by_name) {
    any_product const a({qubit{}, histogram({0.5, 0.5})}), b({qubit{}, histogram({0.2, 0.3, 0.5})});
    EXPECT_EQ(product_refusal([&] { (void)fidelity(a, b); }), "b[1]");
    EXPECT_EQ(product_refusal([&] { (void)geodesic(a, b); }), "b[1]");
    EXPECT_EQ(product_refusal([&] { (void)fidelity(a, any_product({qubit{}})); }), "b");
    EXPECT_EQ(product_refusal([] { any_product(std::vector<any_state>{}); }), "factors");
    EXPECT_EQ(product_refusal([] {
                  product(qubit{}, qubit{0.0, 0.0, 2.0});
              }),
              "factors[1].bloch_length");
    EXPECT_EQ(product_refusal([] { any_state(qubit{std::nan(""), 0.0, 1.0}); }), "qubit.theta");
    EXPECT_EQ(product_refusal([] {
                  product_list<qubit>({{}, {0.0, 0.0, -1.0}});
              }),
              "factors[1].bloch_length");
}

} // namespace
