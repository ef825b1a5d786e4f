#include <cmath>
#include <complex>
#include <random>
#include <span>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "quantum/seeded.hpp"
#include "weft/quantum/channel.hpp"
#include "weft/quantum/product.hpp"
#include "weft/quantum/superposition.hpp"

/// The laws of fidelity and of the distances that go with it, written once, for every kind of state
/// and every real type. A kind says how to draw a state, how to turn, tensor, pad, permute, mix and
/// disturb one, where it can; the law does the rest.
namespace {

namespace wq = weft::quantum;
using generator = std::mt19937_64;

/// That `amount` is at most `bound`; false for a NaN as well.
void law(char const* name, long double amount, long double bound) {
    EXPECT_TRUE(wq::detail::finite(amount) && amount <= bound)
        << name << ": " << static_cast<double>(amount) << " > " << static_cast<double>(bound);
}

template <class Real>
using matrix = wq::detail::matrix<Real>;
template <class Real>
using vector = wq::detail::vector<Real>;

template <class Real>
matrix<Real> any_matrix(generator& random, Eigen::Index rows, Eigen::Index cols) {
    return weft_test::seeded_matrix(random, rows, cols).cast<std::complex<Real>>();
}

/// One unitary for several factors: plane rotations with phases, on the rows.
template <class Real>
class unitary {
public:
    unitary(generator& random, Eigen::Index d) {
        for (Eigen::Index i = 0; i < d; ++i) {
            for (Eigen::Index j = 0; j < i; ++j) {
                turns_.push_back(
                    {i, j, weft_test::seeded(random) * 6, weft_test::seeded(random) * 6});
            }
        }
    }
    matrix<Real> operator()(matrix<Real> f) const {
        using wide = wq::detail::working<Real>;
        matrix<wide> m = f.template cast<std::complex<wide>>();
        for (auto const& t : turns_) {
            wide const c = std::cos(wide(t.angle)), s = std::sin(wide(t.angle));
            std::complex<wide> const phase(std::cos(wide(t.phase)), std::sin(wide(t.phase)));
            for (Eigen::Index k = 0; k < m.cols(); ++k) {
                std::complex<wide> const x = m(t.i, k), y = m(t.j, k);
                m(t.i, k) = c * x - s * phase * y;
                m(t.j, k) = s * std::conj(phase) * x + c * y;
            }
        }
        return m.template cast<std::complex<Real>>();
    }

private:
    struct turn {
        Eigen::Index i, j;
        double angle, phase;
    };
    std::vector<turn> turns_;
};

template <class Real>
matrix<Real> padded(matrix<Real> const& f) {
    matrix<Real> out = matrix<Real>::Zero(f.rows() + 2, f.cols());
    out.topRows(f.rows()) = f;
    return out;
}

template <class Real>
matrix<Real> reversed(matrix<Real> const& f) {
    return f.colwise().reverse();
}

template <class R>
struct kets {
    using real = R;
    using state = wq::basic_ket<R>;
    static state draw(generator& random, int n) {
        return wq::normalized(vector<R>(any_matrix<R>(random, 2 + n % 4, 1).col(0)));
    }
    static state of(matrix<R> const& f) { return state(vector<R>(f.col(0))); }
    static matrix<R> factor(state const& a) { return a.amplitudes(); }
    static state turned(state const& a, unitary<R> const& u) { return of(u(factor(a))); }
    static Eigen::Index dimension(state const& a) { return a.dimension(); }
    static state tensor(state const& a, state const& p) {
        return of(wq::detail::tensor<R>(factor(a), factor(p)));
    }
    static state pad(state const& a) { return of(padded<R>(factor(a))); }
    static state permuted(state const& a) { return of(reversed<R>(factor(a))); }
    static auto disturbed(state const& a, double p) {
        auto const rho = wq::to_density(a);
        return std::vector{wq::depolarized(rho, p), wq::dephased(rho, p)};
    }
};

template <class R>
struct densities {
    using real = R;
    using state = wq::basic_density<R>;
    static state of(matrix<R> const& f) { return state::from_factor(f / f.norm()); }
    static state draw(generator& random, int n) {
        Eigen::Index const rank = 1 + static_cast<Eigen::Index>(random() % 4);
        return of(any_matrix<R>(random, 2 + n % 3, rank));
    }
    static state turned(state const& a, unitary<R> const& u) { return of(u(a.factor())); }
    static Eigen::Index dimension(state const& a) { return a.dimension(); }
    static state tensor(state const& a, state const& p) {
        return of(wq::detail::tensor<R>(a.factor(), p.factor()));
    }
    static state pad(state const& a) { return of(padded<R>(a.factor())); }
    static state permuted(state const& a) { return of(reversed<R>(a.factor())); }
    static state mixed(state const& a, state const& b, double p) {
        matrix<R> both(a.dimension(), a.rank() + b.rank());
        both << a.factor() * static_cast<R>(std::sqrt(p)),
            b.factor() * static_cast<R>(std::sqrt(1 - p));
        return of(both);
    }
    static auto disturbed(state const& a, double p) {
        std::vector out{wq::depolarized(a, p), wq::dephased(a, p)};
        if (a.dimension() == 2) out.push_back(wq::amplitude_damping<R>(p)(a));
        // Kraus operators of a random isometry, the same for each state, and a partial trace.
        generator random(7);
        Eigen::Index const d = a.dimension();
        unitary<R> const u(random, 3 * d);
        matrix<R> const isometry = u(matrix<R>::Identity(3 * d, d));
        wq::basic_channel<R> const kraus(
            {isometry.topRows(d), isometry.middleRows(d, d), isometry.bottomRows(d)});
        out.push_back(kraus(a));
        if (d == 4) {
            std::vector<Eigen::Index> const dims{2, 2};
            std::vector<std::size_t> const keep{1};
            out.push_back(wq::partial_trace(a, dims, keep));
        }
        return out;
    }
};

template <class R>
wq::basic_qubit<R> any_qubit(generator& random) {
    double const kind = weft_test::seeded(random);
    double const length = kind < .2 ? 1.0 : kind < .3 ? 0.0 : weft_test::seeded(random);
    return {static_cast<R>(3.1 * weft_test::seeded(random)),
            static_cast<R>(14 * weft_test::seeded(random) - 7), static_cast<R>(length)};
}

template <class R>
struct one_qubits {
    using real = R;
    using state = wq::basic_qubit<R>;
    static state draw(generator& random, int) { return any_qubit<R>(random); }
};

template <class R>
struct qubit_products {
    using real = R;
    using state = wq::basic_qubit_product<R>;
    static state draw(generator& random, int n) {
        std::vector<wq::basic_qubit<R>> qubits;
        for (int i = 0; i < 1 + n % 3; ++i) qubits.push_back(any_qubit<R>(random));
        return state(qubits);
    }
    static state tensor(state const& a, state const& p) {
        auto qubits = a.qubits();
        qubits.insert(qubits.end(), p.qubits().begin(), p.qubits().end());
        return state(qubits);
    }
    static state pad(state const& a) { return tensor(a, state({{R(1), R(2), R(1)}})); }
    static state permuted(state const& a) {
        return state({a.qubits().rbegin(), a.qubits().rend()});
    }
    static auto disturbed(state const& a, double p) {
        std::vector out{wq::depolarized(a, p), wq::dephased(a, p), wq::damped(a, p)};
        if (a.qubits().size() > 1) out.push_back(state({a.qubits().begin() + 1, a.qubits().end()}));
        return out;
    }
};

template <class R>
struct histograms {
    using real = R;
    using state = wq::basic_histogram<R>;
    static state draw(generator& random, int n) {
        std::vector<R> counts;
        for (int i = 0; i < 2 + n % 5; ++i) {
            counts.push_back(static_cast<R>(random() % 3 == 0 ? 0 : weft_test::seeded(random)));
        }
        counts[0] += R(.1);
        counts[1] += static_cast<R>(weft_test::seeded(random));
        return wq::histogram_of_counts(counts);
    }
    static std::vector<R> probabilities(state const& a) {
        std::vector<R> p;
        for (auto const root : a.roots()) p.push_back(root * root);
        return p;
    }
    static state tensor(state const& a, state const& b) {
        std::vector<R> out;
        for (auto const x : probabilities(a)) {
            for (auto const y : probabilities(b)) out.push_back(x * y);
        }
        return wq::histogram_of_counts(out);
    }
    static state pad(state const& a) {
        auto p = probabilities(a);
        p.push_back(0);
        return wq::histogram_of_counts(p);
    }
    static state permuted(state const& a) {
        auto const p = probabilities(a);
        return wq::histogram_of_counts(std::vector<R>(p.rbegin(), p.rend()));
    }
    static state mixed(state const& a, state const& b, double t) {
        auto p = probabilities(a);
        auto const q = probabilities(b);
        for (std::size_t i = 0; i < p.size(); ++i) {
            p[i] = static_cast<R>(t) * p[i] + static_cast<R>(1 - t) * q[i];
        }
        return wq::histogram_of_counts(p);
    }
    /// Entries put together.
    static auto disturbed(state const& a, double) {
        auto p = probabilities(a);
        p[p.size() - 2] += p.back();
        p.pop_back();
        return std::vector{wq::histogram_of_counts(p)};
    }
};

template <class R>
struct products_of_anything {
    using real = R;
    using state = wq::basic_any_product<R>;
    static state draw(generator& random, int n) {
        std::vector<wq::basic_any_state<R>> factors{any_qubit<R>(random)};
        if (n % 2 == 0) factors.emplace_back(histograms<R>::draw(random, n));
        if (n % 3 != 0) factors.emplace_back(kets<R>::draw(random, 3));
        if (n % 4 != 0) factors.emplace_back(densities<R>::draw(random, 1));
        if (n % 5 != 0) factors.emplace_back(qubit_products<R>::draw(random, 1));
        return state(factors);
    }
    static state tensor(state const& a, state const& p) {
        auto factors = a.factors();
        factors.insert(factors.end(), p.factors().begin(), p.factors().end());
        return state(factors);
    }
    static state pad(state const& a) {
        return tensor(a, state({wq::basic_qubit<R>{R(.3), R(.1), R(.6)}}));
    }
    static state permuted(state const& a) {
        return state({a.factors().rbegin(), a.factors().rend()});
    }
    static auto disturbed(state const& a, double) {
        std::vector<state> out;
        std::vector<std::size_t> const keep{a.factors().size() - 1};
        out.push_back(wq::partial_trace(a, keep));
        return out;
    }
};

template <class R>
struct superpositions {
    using real = R;
    using state = wq::basic_superposition<R>;
    static state draw(generator& random, int n) {
        std::vector<matrix<R>> parties;
        for (int k = 0; k < 1 + n % 3; ++k) {
            matrix<R> m = any_matrix<R>(random, 2 + k, 2);
            m.colwise().normalize();
            parties.push_back(m);
        }
        return state(wq::basic_product_terms<R>(parties), any_matrix<R>(random, 2, 1));
    }
    template <class Change>
    static state changed(state const& a, Change const& change) {
        auto parties = a.terms().parties();
        change(parties);
        return state(wq::basic_product_terms<R>(parties), a.coefficients());
    }
    static Eigen::Index dimension(state const&) { return 2; }
    static state turned(state const& a, unitary<R> const& u) {
        return changed(a, [&](auto& parties) { parties[0] = u(parties[0]); });
    }
    static state pad(state const& a) {
        return changed(a, [](auto& parties) { parties[0] = padded<R>(parties[0]); });
    }
    static state permuted(state const& a) {
        return changed(a, [](auto& parties) { std::swap(parties.front(), parties.back()); });
    }
};

/// The values of a pair, each in its range.
template <class State>
auto measured(State const& a, State const& b) {
    struct {
        long double f, e;
    } out{fidelity(a, b), infidelity(a, b)};
    law("F is finite and >= 0", -out.f, 0);
    law("F <= 1", out.f, 1);
    law("1 - F is finite and >= 0", -out.e, 0);
    law("1 - F <= 1", out.e, 1);
    return out;
}

template <class Kind>
void hold_laws(int first_seed) {
    using real = typename Kind::real;
    using state = typename Kind::state;
    long double const eps = std::numeric_limits<real>::epsilon();
    long double const near = 100 * eps;
    // Superpositions are normalised in their own type, terms that cancel amplify that.
    bool constexpr by_terms = requires {
        &state::coefficients;
    };
    long double const same = by_terms ? near : near * near;
    for (int n = 0; n < 25; ++n) {
        SCOPED_TRACE(n);
        generator random(static_cast<std::uint64_t>(first_seed + n));
        state const a = Kind::draw(random, n), b = Kind::draw(random, n), c = Kind::draw(random, n);
        auto const [f, e] = measured(a, b);
        auto const back = measured(b, a);
        EXPECT_TRUE(f == back.f && e == back.e) << "symmetric bit for bit";
        law("F and 1 - F add up to 1", std::abs(f + e - 1), near);
        law("F = 1 for equal states", 1 - measured(a, a).f, near);
        law("1 - F = 0 for equal states", measured(a, a).e, same);
        law("F < 1 for others", -e, -near);

        long double const ab = bures_angle(a, b), bc = bures_angle(b, c), ac = bures_angle(a, c);
        law("angle = acos sqrt F", std::abs(std::cos(ab) - std::sqrt(f)), near);
        law("triangle inequality of the angle", ac - ab - bc, near);
        law("angle <= pi/2", ab, std::acos(0.0L) + near);
        long double const d2 = std::pow(static_cast<long double>(bures_distance(a, b)), 2);
        law("Bures distance squared = 2 - 2 sqrt F", std::abs(d2 - 2 + 2 * std::sqrt(f)), near);

        if constexpr (requires { sub_fidelity(a, b); }) {
            law("sub-fidelity <= F", sub_fidelity(a, b) - fidelity(a, b), 0);
            law("F <= super-fidelity", fidelity(a, b) - super_fidelity(a, b), 0);
            law("super-fidelity <= 1", super_fidelity(a, b), 1);
        }
        if constexpr (
            requires { trace_distance(a, b); } || requires { closed_trace_distance(a, b); }) {
            auto const distance = [&]() -> std::optional<real> {
                if constexpr (requires { trace_distance(a, b); })
                    return trace_distance(a, b);
                else
                    return closed_trace_distance(a, b);
            }();
            if (distance) {
                law("Fuchs and van de Graaf, below", 1 - std::sqrt(f) - *distance, near);
                law("Fuchs and van de Graaf, above", *distance - std::sqrt(e), near);
            }
        }
        if constexpr (requires { to_density(a); }) {
            auto const x = to_density(a), y = to_density(b);
            law("F agrees with Uhlmann's", std::abs(fidelity(x, y) - f), near);
            law("1 - F agrees with Uhlmann's", std::abs(infidelity(x, y) - e), near);
            law("purity agrees", std::abs(static_cast<long double>(purity(x) - purity(a))), near);
        }
        if constexpr (requires(unitary<real> u) { Kind::turned(a, u); }) {
            unitary<real> const u(random, Kind::dimension(a));
            law("a unitary changes nothing",
                std::abs(measured(Kind::turned(a, u), Kind::turned(b, u)).f - f), near);
        }
        if constexpr (requires { Kind::tensor(a, b); }) {
            auto const p = Kind::draw(random, n + 1), q = Kind::draw(random, n + 1);
            law("F multiplies under tensor products",
                std::abs(measured(Kind::tensor(a, p), Kind::tensor(b, q)).f - f * measured(p, q).f),
                near);
            law("a fixed factor changes nothing",
                std::abs(measured(Kind::tensor(a, p), Kind::tensor(b, p)).f - f), near);
        }
        if constexpr (requires { Kind::pad(a); }) {
            law("padding changes nothing", std::abs(measured(Kind::pad(a), Kind::pad(b)).f - f),
                near);
        }
        if constexpr (requires { Kind::permuted(a); }) {
            law("a permutation changes nothing",
                std::abs(measured(Kind::permuted(a), Kind::permuted(b)).f - f), near);
        }
        if constexpr (requires { Kind::disturbed(a, .1); }) {
            double const p = weft_test::seeded(random);
            auto const x = Kind::disturbed(a, p), y = Kind::disturbed(b, p);
            for (std::size_t k = 0; k < x.size(); ++k) {
                law("no channel makes F smaller", f - measured(x[k], y[k]).f, near);
                if constexpr (requires { trace_distance(a, b) + trace_distance(x[k], y[k]); }) {
                    law("no channel makes the trace distance larger",
                        trace_distance(x[k], y[k]) - trace_distance(a, b), near);
                }
            }
        }
        if constexpr (requires { Kind::mixed(a, b, .5); }) {
            auto const d = Kind::draw(random, n);
            double const p = weft_test::seeded(random);
            long double const together = root_fidelity(Kind::mixed(a, c, p), Kind::mixed(b, d, p));
            law("sqrt F is jointly concave",
                p * root_fidelity(a, b) + (1 - p) * root_fidelity(c, d) - together, near);
        }
    }
}

template <template <class> class Kind>
void hold_for_each_real(int seed) {
    {
        SCOPED_TRACE("float");
        hold_laws<Kind<float>>(seed);
    }
    {
        SCOPED_TRACE("double");
        hold_laws<Kind<double>>(seed);
    }
    {
        SCOPED_TRACE("long double");
        hold_laws<Kind<long double>>(seed);
    }
}

TEST(laws, hold_for_kets) {
    hold_for_each_real<kets>(100);
}
TEST(laws, hold_for_mixed_states) {
    hold_for_each_real<densities>(200);
}
TEST(laws, hold_for_qubits) {
    hold_for_each_real<one_qubits>(300);
}
TEST(laws, hold_for_products_of_qubits) {
    hold_for_each_real<qubit_products>(400);
}
TEST(laws, hold_for_histograms) {
    hold_for_each_real<histograms>(500);
}
TEST(laws, hold_for_products_of_anything) {
    hold_for_each_real<products_of_anything>(600);
}
TEST(laws, hold_for_superpositions) {
    hold_for_each_real<superpositions>(700);
}

/// States of fixed size give the same numbers as those of any size.
TEST(laws, fixed_sizes_are_the_same_states) {
    generator random(800);
    for (int n = 0; n < 10; ++n) {
        auto const v = weft_test::seeded_matrix(random, 3, 1).col(0).eval();
        auto const w = weft_test::seeded_matrix(random, 3, 1).col(0).eval();
        auto const a = wq::normalized(v), b = wq::normalized(w);
        auto const c = wq::normalized<3>(v), d = wq::normalized<3>(w);
        EXPECT_EQ(fidelity(a, b), fidelity(c, d));
        EXPECT_EQ(fidelity(a, d), fidelity(c, b));
        EXPECT_NEAR(infidelity(a, b), infidelity(c, d), 1e-15);
        auto const m = weft_test::seeded_matrix(random, 3, 2),
                   k = weft_test::seeded_matrix(random, 3, 5);
        auto const rho = wq::density::from_factor(m / m.norm()),
                   sigma = wq::density::from_factor(k / k.norm());
        auto const fixed = wq::basic_density<double, 3>::from_factor(m / m.norm());
        auto const narrow = wq::basic_density<double, 3>::from_factor(k / k.norm());
        EXPECT_LE(narrow.rank(), 3);
        EXPECT_NEAR(fidelity(rho, sigma), fidelity(fixed, narrow), 1e-14);
        EXPECT_NEAR(fidelity(a, sigma), fidelity(c, narrow), 1e-14);
    }
    using quantum_ket = wq::basic_ket<double, 4>;
    static_assert(alignof(quantum_ket) == alignof(double));
    static_assert(sizeof(quantum_ket) == 8 * sizeof(double));
    static_assert(alignof(wq::basic_density<float, 2>) <= alignof(void*));
}

template <class A, class B>
concept comparable_states = requires(A a, B b) {
    fidelity(a, b);
};
static_assert(comparable_states<wq::basic_ket<double, 3>, wq::basic_ket<double>>);
static_assert(!comparable_states<wq::basic_ket<double, 3>, wq::basic_ket<double, 2>>);
static_assert(!comparable_states<wq::basic_ket<double, 3>, wq::basic_ket<float, 3>>);
static_assert(!comparable_states<wq::basic_histogram<double, 3>, wq::basic_histogram<double, 4>>);
static_assert(!comparable_states<wq::product<wq::ket>, wq::product<wq::ket, wq::ket>>);

} // namespace
