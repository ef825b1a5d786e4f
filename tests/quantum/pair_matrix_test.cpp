#include "weft/quantum/pair_matrix.hpp"

#include <algorithm>
#include <array>
#include <random>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "quantum/seeded.hpp"
#include "weft/quantum/fidelity.hpp"

namespace {

using namespace weft::quantum;

std::vector<ket> seeded_kets(std::size_t n, Eigen::Index d) {
    std::mt19937_64 random(n + static_cast<std::size_t>(d));
    std::vector<ket> out;
    for (std::size_t i = 0; i < n; ++i) {
        Eigen::VectorXcd v(d);
        for (Eigen::Index k = 0; k < d; ++k)
            v(k) = {weft_test::seeded(random) - 0.5, weft_test::seeded(random) - 0.5};
        // Some equal and some orthogonal ones.
        if (i % 7 == 3) v = Eigen::VectorXcd::Unit(d, static_cast<Eigen::Index>(i) % d);
        out.push_back(normalized(v));
    }
    return out;
}

std::vector<histogram> seeded_histograms(std::size_t n, std::size_t size) {
    std::mt19937_64 random(n + size);
    std::vector<histogram> out;
    for (std::size_t i = 0; i < n; ++i) {
        std::vector<double> counts(size);
        for (auto& x : counts) x = random() % 3 == 0 ? 0.0 : weft_test::seeded(random);
        counts[i % size] += 1.0;
        out.push_back(histogram_of_counts(counts));
    }
    return out;
}

std::vector<qubit_product> seeded_products(std::size_t n, std::size_t size) {
    std::mt19937_64 random(n + size);
    std::vector<qubit_product> out;
    for (std::size_t i = 0; i < n; ++i) {
        std::vector<qubit> qubits;
        for (std::size_t k = 0; k < size; ++k) {
            qubits.push_back({3.15 * weft_test::seeded(random),
                              7.0 * weft_test::seeded(random) - 3.5,
                              random() % 3 == 0 ? 1.0 : weft_test::seeded(random)});
        }
        out.emplace_back(qubits);
    }
    return out;
}

/// Runs the tasks backwards, on two threads.
struct two_threads {
    template <class Task>
    void operator()(std::size_t n, Task const& task) const {
        std::thread odd([&] {
            for (std::size_t i = n; i-- > 0;) {
                if (i % 2 == 1) task(i);
            }
        });
        for (std::size_t i = n; i-- > 0;) {
            if (i % 2 == 0) task(i);
        }
        odd.join();
    }
};

/// Batch and single form agree to the last bit, reductions with the matrix, threads with one, and
/// float with double within its bound.
template <template <class> class Set, class State>
void batch_agrees(std::vector<State> const& states) {
    Set<double> const set{std::span<State const>(states)};
    auto const n = states.size();
    auto const all = fidelity_matrix(set, set);
    ASSERT_EQ(all.size(), n * n);
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = 0; j < n; ++j) {
            ASSERT_EQ(all[i * n + j], fidelity(states[i], states[j])) << i << " " << j;
        }
    }
    EXPECT_EQ(fidelity_matrix(set, set, two_threads{}), all);

    auto const upper = upper_fidelities(set, two_threads{});
    std::vector<double> expected;
    std::vector<close_pair<double>> close;
    std::vector<std::uint64_t> counts(5, 0);
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = i + 1; j < n; ++j) {
            double const f = all[i * n + j];
            expected.push_back(f);
            if (f > 0.3) close.push_back({i, j, f});
            ++counts[std::min<std::size_t>(4, static_cast<std::size_t>(f * 5.0))];
        }
    }
    EXPECT_EQ(upper, expected);
    EXPECT_EQ(pairs_above(set, 0.3, two_threads{}), close);
    EXPECT_EQ(fidelity_counts(set, 5, two_threads{}), counts);

    auto const top = top_matches(set, 3, two_threads{});
    ASSERT_EQ(top.size(), n);
    for (std::size_t i = 0; i < n; ++i) {
        std::vector<match<double>> row;
        for (std::size_t j = 0; j < n; ++j) {
            if (j != i) row.push_back({j, all[i * n + j]});
        }
        std::stable_sort(row.begin(), row.end(),
                         [](auto const& a, auto const& b) { return a.fidelity > b.fidelity; });
        row.resize(std::min<std::size_t>(3, row.size()));
        EXPECT_EQ(top[i], row) << i;
    }

    // Two sets, and one against many.
    auto const m = std::min<std::size_t>(n, 5);
    Set<double> const few{std::span<State const>(states).first(m)};
    close.clear();
    counts.assign(5, 0);
    for (std::size_t i = 0; i < m * n; ++i) {
        if (all[i] > 0.3) close.push_back({i / n, i % n, all[i]});
        ++counts[std::min<std::size_t>(4, static_cast<std::size_t>(all[i] * 5.0))];
    }
    EXPECT_EQ(pairs_above(few, set, 0.3, two_threads{}), close);
    EXPECT_EQ(fidelity_counts(few, set, 5, two_threads{}), counts);
    if (n > 0) {
        Set<double> const one{std::span<State const>(states).first(1)};
        auto const row = fidelity_matrix(one, set);
        EXPECT_TRUE(std::equal(row.begin(), row.end(), all.begin()));
        EXPECT_EQ(top_matches(one, set, 1)[0][0].fidelity,
                  *std::max_element(row.begin(), row.end()));
    }

    Set<float> const narrow{std::span<State const>(states)};
    auto const in_float = fidelity_matrix(narrow, narrow, two_threads{});
    ASSERT_EQ(in_float.size(), all.size());
    for (std::size_t i = 0; i < all.size(); ++i) {
        EXPECT_GE(in_float[i], 0.0F);
        EXPECT_LE(in_float[i], 1.0F);
        EXPECT_NEAR(static_cast<double>(in_float[i]), all[i], narrow.float_bound());
    }
}

TEST(pair_matrix, kets_have_the_bits_of_the_single_form) {
    for (auto const& [n, d] : {std::pair{0, 3}, std::pair{1, 1}, std::pair{3, 2}, std::pair{9, 4},
                               std::pair{70, 5}, std::pair{131, 24}}) {
        batch_agrees<ket_set>(seeded_kets(static_cast<std::size_t>(n), d));
    }
}

TEST(pair_matrix, histograms_have_the_bits_of_the_single_form) {
    for (auto const& [n, size] : {std::pair{0U, 3U}, std::pair{1U, 1U}, std::pair{6U, 7U},
                                  std::pair{67U, 24U}, std::pair{130U, 41U}}) {
        batch_agrees<histogram_set>(seeded_histograms(n, size));
    }
}

TEST(pair_matrix, products_have_the_bits_of_the_single_form) {
    for (auto const& [n, size] :
         {std::pair{0U, 3U}, std::pair{1U, 1U}, std::pair{9U, 2U}, std::pair{130U, 12U}}) {
        batch_agrees<product_set>(seeded_products(n, size));
    }
}

/// In the type that one computes with, batch and single form of any states agree to the last bit;
/// in float within the bound.
template <template <class> class Set, class State>
void any_states_agree(std::vector<State> const& states) {
    using real = typename State::real;
    using wide = detail::working<real>;
    Set<wide> const set{states};
    Set<float> const narrow{states};
    auto const n = states.size();
    auto const all = fidelity_matrix(set, set);
    auto const in_float = fidelity_matrix(narrow, narrow);
    std::size_t close = 0;
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = 0; j < n; ++j) {
            auto const f = fidelity(states[i], states[j]);
            EXPECT_EQ(static_cast<real>(all[i * n + j]), f);
            EXPECT_NEAR(static_cast<double>(in_float[i * n + j]), static_cast<double>(f),
                        narrow.float_bound());
            close += i < j && all[i * n + j] > wide{0.5} ? 1U : 0U;
        }
    }
    EXPECT_EQ(pairs_above(set, wide{0.5}).size(), close);
    EXPECT_EQ(top_matches(set, 1)[0].size(), 1U);
}

TEST(pair_matrix, states_of_any_real_type_and_of_fixed_size_are_taken) {
    auto const kets_of = [](auto zero) {
        using real = decltype(zero);
        std::vector<basic_ket<real, 5>> out;
        for (auto const& a : seeded_kets(18, 5)) {
            out.push_back(normalized<5>(a.amplitudes().cast<std::complex<real>>()));
        }
        return out;
    };
    any_states_agree<ket_set>(kets_of(0.0F));
    any_states_agree<ket_set>(kets_of(0.0));
    any_states_agree<ket_set>(kets_of(0.0L));
    auto const histograms_of = [](auto zero) {
        using real = decltype(zero);
        std::vector<basic_histogram<real, 11>> out;
        for (auto const& a : seeded_histograms(18, 11)) {
            out.push_back(
                histogram_of_counts<11>(std::vector<real>(a.roots().begin(), a.roots().end())));
        }
        return out;
    };
    any_states_agree<histogram_set>(histograms_of(0.0F));
    any_states_agree<histogram_set>(histograms_of(0.0L));
    auto const products_of = [](auto zero) {
        using real = decltype(zero);
        std::vector<basic_qubit_product<real, 3>> out;
        for (auto const& a : seeded_products(18, 3)) {
            std::array<basic_qubit<real>, 3> qubits;
            for (std::size_t k = 0; k < 3; ++k) {
                auto const& q = a.qubits()[k];
                qubits[k] = {static_cast<real>(q.theta), static_cast<real>(q.phi),
                             static_cast<real>(q.bloch_length)};
            }
            out.emplace_back(qubits);
        }
        return out;
    };
    any_states_agree<product_set>(products_of(0.0F));
    any_states_agree<product_set>(products_of(0.0L));
}

#if WEFT_HAS_WIDE_KERNELS
TEST(pair_matrix, narrow_registers_give_the_same_bits) {
    auto const states = seeded_kets(16, 9);
    auto const qubits = seeded_products(16, 5);
    ket_set<double> const set{std::span<ket const>(states)};
    product_set<double> const others{std::span<qubit_product const>(qubits)};
    auto const wide = fidelity_matrix(set, set);
    auto const wide_products = fidelity_matrix(others, others);
    std::vector<double> narrow(16 * 16), narrow_products(16 * 16);
    for (std::size_t p = 0; p < 2; ++p) {
        detail::fill_panel<16>(set, 0, 16, set, p, narrow.data() + 8 * p, 16);
        detail::fill_panel<16>(others, 0, 16, others, p, narrow_products.data() + 8 * p, 16);
    }
    EXPECT_EQ(narrow, wide);
    EXPECT_EQ(narrow_products, wide_products);
}
#endif

TEST(pair_matrix, bad_input_is_refused_by_name) {
    std::vector<ket> mixed = seeded_kets(2, 3);
    mixed.push_back(seeded_kets(1, 4)[0]);
    try {
        (void)ket_set<double>{std::span<ket const>(mixed)};
        FAIL();
    } catch (weft::invalid_argument const& e) {
        EXPECT_NE(std::string(e.what()).find("kets[2]"), std::string::npos) << e.what();
    }
    auto const a = seeded_kets(2, 3), b = seeded_kets(2, 4);
    ket_set<double> const x{std::span<ket const>(a)}, y{std::span<ket const>(b)};
    EXPECT_THROW((void)fidelity_matrix(x, y), weft::invalid_argument);
    EXPECT_THROW((void)top_matches(x, 0), weft::invalid_argument);
    EXPECT_THROW((void)top_matches(x, y, 1), weft::invalid_argument);
    EXPECT_THROW((void)fidelity_counts(x, 0), weft::invalid_argument);
    EXPECT_THROW((void)fidelity_counts(x, y, 5), weft::invalid_argument);
    EXPECT_THROW((void)pairs_above(x, y, 0.5), weft::invalid_argument);
    EXPECT_THROW((void)pairs_above(x, -0.1), weft::invalid_argument);
    EXPECT_THROW((void)pairs_above(x, std::nan("")), weft::invalid_argument);
}

} // namespace
