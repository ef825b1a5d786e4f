#include <algorithm>
#include <array>
#include <cmath>
#include <complex>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include <gtest/gtest.h>

#include "quantum/seeded.hpp"
#include "weft/quantum/channel.hpp"
#include "weft/quantum/product.hpp"
#include "weft/quantum/superposition.hpp"

/// The laws of fidelity and of the distances that go with it, written once and compiled once, for
/// every kind of state, every real type and fixed sizes. A kind says how to draw, turn, pad,
/// permute and multiply its states; what leaves the kind (mixtures, most channels) is done to the
/// states written out as factors.
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

/// Rows of zeros before and after.
template <class Real>
matrix<Real> padded(matrix<Real> const& f) {
    matrix<Real> out = matrix<Real>::Zero(f.rows() + 3, f.cols());
    out.middleRows(1, f.rows()) = f;
    return out;
}

/// Where index i goes when qubits change places: their order is reversed. Where the dimension is no
/// power of two, or 2, the indices are.
Eigen::Index reordered(Eigen::Index i, Eigen::Index d) {
    if (d < 4 || (d & (d - 1)) != 0) return d - 1 - i;
    Eigen::Index out = 0;
    for (Eigen::Index bit = 1; bit < d; bit *= 2) {
        out = 2 * out + i % 2;
        i /= 2;
    }
    return out;
}

template <class Real>
matrix<Real> permuted(matrix<Real> const& f) {
    matrix<Real> out(f.rows(), f.cols());
    for (Eigen::Index i = 0; i < f.rows(); ++i) out.row(reordered(i, f.rows())) = f.row(i);
    return out;
}

template <class R>
using any_density = wq::basic_density<R>;

template <class R>
any_density<R> of_factor(matrix<R> const& f) {
    return any_density<R>::from_factor(f / f.norm());
}

template <class R, int D>
any_density<R> dynamically(wq::basic_density<R, D> const& a) {
    return any_density<R>::from_factor(a.factor());
}

template <class R, int D = wq::dynamic>
struct kets {
    using real = R;
    using state = wq::basic_ket<R, D>;
    static Eigen::Index dimension(int n) {
        return D != wq::dynamic ? D : std::array{2, 3, 4, 5, 8}[static_cast<std::size_t>(n % 5)];
    }
    static state draw(generator& random, int n) {
        return wq::normalized<D>(vector<R>(any_matrix<R>(random, dimension(n), 1).col(0)));
    }
    static auto of(matrix<R> const& f) { return wq::basic_ket<R>(vector<R>(f.col(0))); }
    static matrix<R> factor(state const& a) { return a.amplitudes(); }
    static state turned(state const& a, generator random) {
        return state(vector<R>(unitary<R>(random, a.dimension())(factor(a)).col(0)));
    }
    static state permuted(state const& a) {
        return state(vector<R>(::permuted<R>(factor(a)).col(0)));
    }
    static auto padded(state const& a) { return of(::padded<R>(factor(a))); }
    static auto tensor(state const& a, state const& p) {
        return of(wq::detail::tensor<R>(factor(a), factor(p)));
    }
    static any_density<R> written(state const& a) { return dynamically(wq::to_density(a)); }
};

template <class R, int D = wq::dynamic>
struct densities {
    using real = R;
    using state = wq::basic_density<R, D>;
    static state of(matrix<R> const& f) { return state::from_factor(f / f.norm()); }
    static state draw(generator& random, int n) {
        Eigen::Index const rank = 1 + static_cast<Eigen::Index>(random() % 4);
        return of(any_matrix<R>(random, D != wq::dynamic ? D : 2 + n % 3, rank));
    }
    static state turned(state const& a, generator random) {
        return of(unitary<R>(random, a.dimension())(a.factor()));
    }
    static state permuted(state const& a) { return of(::permuted<R>(a.factor())); }
    static auto padded(state const& a) { return of_factor<R>(::padded<R>(a.factor())); }
    static auto tensor(state const& a, state const& p) {
        return of_factor<R>(wq::detail::tensor<R>(a.factor(), p.factor()));
    }
    static any_density<R> written(state const& a) { return dynamically(a); }
};

template <class R>
wq::basic_qubit<R> any_qubit(generator& random) {
    double const kind = weft_test::seeded(random);
    double const length = kind < .2 ? 1.0 : kind < .3 ? 0.0 : weft_test::seeded(random);
    return {static_cast<R>(3.1 * weft_test::seeded(random)),
            static_cast<R>(14 * weft_test::seeded(random) - 7), static_cast<R>(length)};
}

/// A rotation of the Bloch sphere, about z, y and z.
template <class R>
wq::basic_qubit<R> rotated(wq::basic_qubit<R> const& q, generator& random) {
    using wide = wq::detail::working<R>;
    wide const tilt = static_cast<wide>(3 * weft_test::seeded(random));
    wide const phi = wide{q.phi} + static_cast<wide>(6 * weft_test::seeded(random));
    wide const theta = q.theta;
    wide const x = std::sin(theta) * std::cos(phi), y = std::sin(theta) * std::sin(phi);
    wide const z = std::cos(theta);
    wide const c = std::cos(tilt), s = std::sin(tilt);
    wide const u = c * x + s * z, w = c * z - s * x;
    return {static_cast<R>(std::atan2(std::hypot(u, y), w)), static_cast<R>(std::atan2(y, u)),
            q.bloch_length};
}

template <class R>
struct one_qubits {
    using real = R;
    using state = wq::basic_qubit<R>;
    static state draw(generator& random, int) { return any_qubit<R>(random); }
    static state turned(state const& a, generator random) { return rotated(a, random); }
    static auto tensor(state const& a, state const& p) {
        return wq::basic_qubit_product<R>({a, p});
    }
    static auto permuted(state const& a) { return tensor({R(1), R(2), R(.5)}, a); }
    static auto padded(state const& a) { return densities<R>::padded(written(a)); }
    static any_density<R> written(state const& a) { return wq::to_density(a); }
    static auto disturbed(state const& a, double p) {
        wq::basic_qubit_product<R> const one({a});
        return std::vector{wq::depolarized(one, p).qubits()[0], wq::dephased(one, p).qubits()[0],
                           wq::damped(one, p).qubits()[0]};
    }
};

template <class R, int N = wq::dynamic>
struct qubit_products {
    using real = R;
    using state = wq::basic_qubit_product<R, N>;
    using list = typename state::qubit_list;
    static list some(std::size_t n) {
        list qubits{};
        if constexpr (N == wq::dynamic) qubits.resize(n);
        return qubits;
    }
    static state draw(generator& random, int n) {
        auto qubits = some(static_cast<std::size_t>(1 + n % 3));
        for (auto& q : qubits) q = any_qubit<R>(random);
        return state(qubits);
    }
    static state turned(state const& a, generator random) {
        auto qubits = a.qubits();
        for (auto& q : qubits) q = rotated(q, random);
        return state(qubits);
    }
    static state permuted(state const& a) {
        auto qubits = a.qubits();
        std::reverse(qubits.begin(), qubits.end());
        return state(qubits);
    }
    static auto tensor(state const& a, state const& p) {
        std::vector<wq::basic_qubit<R>> qubits(a.qubits().begin(), a.qubits().end());
        qubits.insert(qubits.end(), p.qubits().begin(), p.qubits().end());
        return wq::basic_qubit_product<R>(qubits);
    }
    static auto padded(state const& a) { return densities<R>::padded(written(a)); }
    static any_density<R> written(state const& a) { return wq::to_density(a); }
    static auto disturbed(state const& a, double p) {
        return std::vector{wq::depolarized(a, p), wq::dephased(a, p), wq::damped(a, p)};
    }
};

template <class R, int N = wq::dynamic>
struct histograms {
    using real = R;
    using state = wq::basic_histogram<R, N>;
    static std::size_t size(int n) {
        return N != wq::dynamic ? static_cast<std::size_t>(N) : 2 + static_cast<std::size_t>(n % 7);
    }
    static state draw(generator& random, int n) {
        std::vector<R> counts(size(n));
        for (auto& x : counts) {
            x = static_cast<R>(random() % 3 == 0 ? 0 : weft_test::seeded(random));
        }
        counts[0] += R(.1);
        counts[1] += static_cast<R>(weft_test::seeded(random));
        return wq::histogram_of_counts<N>(counts);
    }
    static std::vector<R> probabilities(state const& a) {
        std::vector<R> p;
        for (auto const root : a.roots()) p.push_back(root * root);
        return p;
    }
    static state at(state const& a, auto const& place) {
        auto const p = probabilities(a);
        auto q = p;
        for (std::size_t i = 0; i < p.size(); ++i) q[place(i)] = p[i];
        return wq::histogram_of_counts<N>(q);
    }
    /// The unitaries that leave it a histogram: any permutation of its entries.
    static state turned(state const& a, generator random) {
        auto const by = random();
        return at(a, [&](std::size_t i) { return (i + by) % a.size(); });
    }
    static state permuted(state const& a) {
        auto const d = static_cast<Eigen::Index>(a.size());
        return at(a, [&](std::size_t i) {
            return static_cast<std::size_t>(reordered(static_cast<Eigen::Index>(i), d));
        });
    }
    static auto padded(state const& a) {
        auto p = probabilities(a);
        p.push_back(0);
        p.insert(p.begin(), 0);
        return wq::histogram_of_counts(p);
    }
    static auto tensor(state const& a, state const& b) {
        std::vector<R> out;
        for (auto const x : probabilities(a)) {
            for (auto const y : probabilities(b)) out.push_back(x * y);
        }
        return wq::histogram_of_counts(out);
    }
    static any_density<R> written(state const& a) { return dynamically(wq::to_density(a)); }
    /// Entries put together, and entries moved by chance.
    static auto disturbed(state const& a, double t) {
        auto p = probabilities(a), q = p;
        p[p.size() - 2] += p.back();
        p.pop_back();
        for (std::size_t i = 0; i < q.size(); ++i) {
            q[i] =
                static_cast<R>(1 - t) * a.roots()[i] * a.roots()[i] +
                static_cast<R>(t) * a.roots()[(i + 1) % q.size()] * a.roots()[(i + 1) % q.size()];
        }
        return std::vector{wq::histogram_of_counts(p), wq::histogram_of_counts(q)};
    }
    static state mixed(state const& a, state const& b, double t) {
        auto p = probabilities(a);
        auto const q = probabilities(b);
        for (std::size_t i = 0; i < p.size(); ++i) {
            p[i] = static_cast<R>(t) * p[i] + static_cast<R>(1 - t) * q[i];
        }
        return wq::histogram_of_counts<N>(p);
    }
};

/// The kind of a factor of a product.
template <class State>
struct kind_of;
template <class R, int D>
struct kind_of<wq::basic_ket<R, D>> : kets<R, D> {};
template <class R, int D>
struct kind_of<wq::basic_density<R, D>> : densities<R, D> {};
template <class R>
struct kind_of<wq::basic_qubit<R>> : one_qubits<R> {};
template <class R, int N>
struct kind_of<wq::basic_qubit_product<R, N>> : qubit_products<R, N> {};
template <class R, int N>
struct kind_of<wq::basic_histogram<R, N>> : histograms<R, N> {};

template <class R>
struct products_of_anything {
    using real = R;
    using state = wq::basic_any_product<R>;
    static state draw(generator& random, int n) {
        std::vector<wq::basic_any_state<R>> factors{any_qubit<R>(random)};
        if (n % 2 == 0) factors.emplace_back(histograms<R>::draw(random, 0));
        if (n % 2 != 0) factors.emplace_back(kets<R>::draw(random, 0));
        if (n % 3 == 0) factors.emplace_back(densities<R>::draw(random, 0));
        if (n % 3 == 1) factors.emplace_back(qubit_products<R>::draw(random, n % 2));
        return state(factors);
    }
    template <class Change>
    static state each(state const& a, Change const& change) {
        std::vector<wq::basic_any_state<R>> factors;
        for (auto const& one : a.factors()) {
            factors.push_back(std::visit(
                [&](auto const& x) {
                    return wq::basic_any_state<R>(
                        change(kind_of<std::remove_cvref_t<decltype(x)>>{}, x));
                },
                one.get()));
        }
        return state(factors);
    }
    static state turned(state const& a, generator random) {
        return each(a, [&](auto kind, auto const& x) { return kind.turned(x, random); });
    }
    static state padded(state const& a) {
        return each(a, [](auto kind, auto const& x) { return kind.padded(x); });
    }
    static state permuted(state const& a) {
        return state({a.factors().rbegin(), a.factors().rend()});
    }
    static state tensor(state const& a, state const& p) {
        auto factors = a.factors();
        factors.insert(factors.end(), p.factors().begin(), p.factors().end());
        return state(factors);
    }
    static any_density<R> written(state const& a) { return wq::to_density(a); }
    /// One factor is kept.
    static auto disturbed(state const& a, double) {
        std::vector<std::size_t> const keep{a.factors().size() - 1};
        return std::vector{wq::partial_trace(a, keep)};
    }
};

/// Kinds and sizes known to the compiler.
template <class R>
struct typed_products {
    using real = R;
    using state = wq::product<wq::basic_ket<R, 2>, wq::basic_qubit<R>, wq::basic_density<R, 2>>;
    static state draw(generator& random, int n) {
        return state(kets<R, 2>::draw(random, n), any_qubit<R>(random),
                     densities<R, 2>::draw(random, n));
    }
    static state turned(state const& a, generator random) {
        auto const& [k, q, rho] = a.factors();
        return state(kets<R, 2>::turned(k, random), rotated(q, random),
                     densities<R, 2>::turned(rho, random));
    }
    static auto permuted(state const& a) {
        auto const& [k, q, rho] = a.factors();
        return wq::product(rho, k, q);
    }
    static auto padded(state const& a) {
        auto const& [k, q, rho] = a.factors();
        return wq::product(kets<R, 2>::padded(k), q, densities<R, 2>::padded(rho));
    }
    static auto tensor(state const& a, state const& p) {
        return std::apply([](auto const&... x) { return wq::product(x...); },
                          std::tuple_cat(a.factors(), p.factors()));
    }
    static any_density<R> written(state const& a) { return wq::to_density(a); }
};

template <class R, int Terms = wq::dynamic>
struct superpositions {
    using real = R;
    using state = wq::basic_superposition<R, Terms>;
    using parties = std::vector<matrix<R>>;
    static state draw(generator& random, int n) {
        parties out;
        for (int k = 0; k < 1 + n % 3; ++k) {
            matrix<R> m = any_matrix<R>(random, 2 + k, 2);
            m.colwise().normalize();
            out.push_back(m);
        }
        return of<Terms>(out, any_matrix<R>(random, 2, 1).col(0));
    }
    template <int T>
    static auto of(parties const& p, vector<R> const& c) {
        return wq::basic_superposition<R, T>(wq::basic_product_terms<R, T>(p), c);
    }
    template <class Change>
    static state changed(state const& a, Change const& change) {
        auto p = a.terms().parties();
        change(p);
        return of<Terms>(p, a.coefficients());
    }
    static state turned(state const& a, generator random) {
        return changed(a, [&](parties& p) {
            for (auto& m : p) m = unitary<R>(random, m.rows())(m);
        });
    }
    static state padded(state const& a) {
        return changed(a, [](parties& p) {
            for (auto& m : p) m = ::padded<R>(m);
        });
    }
    static state permuted(state const& a) {
        return changed(a, [](parties& p) { std::reverse(p.begin(), p.end()); });
    }
    /// Every term of one with every term of the other.
    static auto tensor(state const& a, state const& b) {
        auto const r = a.terms().count(), s = b.terms().count();
        parties out;
        for (auto const* one : {&a, &b}) {
            for (auto const& m : one->terms().parties()) {
                matrix<R> wide(m.rows(), r * s);
                for (Eigen::Index t = 0; t < r * s; ++t) {
                    wide.col(t) = m.col(one == &a ? t / s : t % s);
                }
                out.push_back(wide);
            }
        }
        vector<R> c(r * s);
        for (Eigen::Index t = 0; t < r * s; ++t) {
            c(t) = a.coefficients()(t / s) * b.coefficients()(t % s);
        }
        return of<wq::dynamic>(out, c);
    }
    static any_density<R> written(state const& a) {
        vector<R> sum;
        for (Eigen::Index t = 0; t < a.terms().count(); ++t) {
            matrix<R> term = matrix<R>::Constant(1, 1, a.coefficients()(t));
            for (auto const& m : a.terms().parties()) {
                term = wq::detail::tensor<R>(term, m.col(t));
            }
            if (t == 0) {
                sum = term.col(0);
            } else {
                sum += term.col(0);
            }
        }
        return of_factor<R>(sum);
    }
};

struct closeness {
    long double f = 0, e = 0;
    std::optional<long double> trace;
};

template <class A>
closeness compared(A const& a, A const& b) {
    closeness out{fidelity(a, b), infidelity(a, b), {}};
    auto const keep = [&](auto const& distance) {
        if constexpr (std::is_floating_point_v<std::remove_cvref_t<decltype(distance)>>) {
            out.trace = distance;
        } else if (distance) {
            out.trace = *distance;
        }
    };
    if constexpr (requires { trace_distance(a, b); }) {
        keep(trace_distance(a, b));
    } else if constexpr (requires { closed_trace_distance(a, b); }) {
        keep(closed_trace_distance(a, b));
    }
    return out;
}

/// What the laws are asked of: states of one kind in one real type.
class subject {
public:
    using state = std::shared_ptr<void const>;
    struct pair : closeness {
        long double angle = 0, bures = 0, root = 0;
        std::optional<long double> sub, super;
    };
    struct named {
        char const* what;
        closeness value;
    };

    virtual ~subject() = default;
    long double eps = 0;
    virtual state draw(generator& random, int n) const = 0;
    virtual pair measured(state const& a, state const& b) const = 0;
    /// After changes that are none to F.
    virtual std::vector<named> changed(state const& a, state const& b, generator random) const = 0;
    virtual std::vector<named> disturbed(state const& a, state const& b, double p) const = 0;
    virtual closeness tensor(state const& a, state const& b, state const& p,
                             state const& q) const = 0;
    /// Root fidelities of the mixtures of a and c, and of b and d.
    virtual std::vector<long double> mixed(state const& a, state const& b, state const& c,
                                           state const& d, double p) const = 0;
    virtual long double purity_gap(state const& a) const = 0;
};

template <class Kind>
class subject_of : public subject {
public:
    using real = typename Kind::real;
    using own = typename Kind::state;
    using dense = densities<real>;
    subject_of() { eps = std::numeric_limits<real>::epsilon(); }

    state draw(generator& random, int n) const override {
        return std::make_shared<own const>(Kind::draw(random, n));
    }
    pair measured(state const& x, state const& y) const override {
        auto const& a = of(x);
        auto const& b = of(y);
        pair out{
            compared(a, b), bures_angle(a, b), bures_distance(a, b), root_fidelity(a, b), {}, {}};
        if constexpr (requires { sub_fidelity(a, b); }) {
            out.sub = sub_fidelity(a, b);
            out.super = super_fidelity(a, b);
        }
        return out;
    }
    std::vector<named> changed(state const& x, state const& y, generator random) const override {
        auto const& a = of(x);
        auto const& b = of(y);
        auto const u = Kind::written(a), v = Kind::written(b);
        return {{"unitary", compared(Kind::turned(a, random), Kind::turned(b, random))},
                {"zero dimensions", compared(Kind::padded(a), Kind::padded(b))},
                {"order of qubits", compared(Kind::permuted(a), Kind::permuted(b))},
                {"writing out", compared(u, v)},
                {"unitary of all", compared(dense::turned(u, random), dense::turned(v, random))}};
    }
    std::vector<named> disturbed(state const& x, state const& y, double p) const override {
        auto const& a = of(x);
        auto const& b = of(y);
        std::vector<named> out;
        if constexpr (requires { Kind::disturbed(a, p); }) {
            auto const u = Kind::disturbed(a, p), v = Kind::disturbed(b, p);
            for (std::size_t k = 0; k < u.size(); ++k) out.push_back({"own", compared(u[k], v[k])});
        }
        auto const u = Kind::written(a), v = Kind::written(b);
        auto const d = u.dimension();
        auto const add = [&](char const* what, auto const& channel) {
            out.push_back({what, compared(channel(u), channel(v))});
        };
        using any = any_density<real>;
        add("depolarising", [&](any const& z) { return wq::depolarized(z, p); });
        add("dephasing", [&](any const& z) { return wq::dephased(z, p); });
        if (d == 2) add("damping", wq::amplitude_damping<real>(p));
        if (d < 9) {
            // Kraus operators of a random isometry, the same for each state.
            generator random(7);
            matrix<real> const isometry =
                unitary<real>(random, 3 * d)(matrix<real>::Identity(3 * d, d));
            add("random Kraus operators",
                wq::basic_channel<real>(
                    {isometry.topRows(d), isometry.middleRows(d, d), isometry.bottomRows(d)}));
        }
        if (d % 2 == 0 && d > 2) {
            std::vector<Eigen::Index> const dims{2, d / 2};
            std::vector<std::size_t> const keep{1};
            add("partial trace", [&](any const& z) {
                return wq::partial_trace(z, std::span(dims), std::span(keep));
            });
        }
        return out;
    }
    closeness tensor(state const& a, state const& b, state const& p,
                     state const& q) const override {
        return compared(Kind::tensor(of(a), of(p)), Kind::tensor(of(b), of(q)));
    }
    std::vector<long double> mixed(state const& a, state const& b, state const& c, state const& d,
                                   double p) const override {
        auto const both = [p](any_density<real> const& x, any_density<real> const& y) {
            matrix<real> f(x.dimension(), x.rank() + y.rank());
            f << x.factor() * static_cast<real>(std::sqrt(p)),
                y.factor() * static_cast<real>(std::sqrt(1 - p));
            return of_factor<real>(f);
        };
        auto const w = [](state const& x) { return Kind::written(of(x)); };
        std::vector<long double> out{root_fidelity(both(w(a), w(c)), both(w(b), w(d)))};
        if constexpr (requires { Kind::mixed(of(a), of(c), p); }) {
            out.push_back(
                root_fidelity(Kind::mixed(of(a), of(c), p), Kind::mixed(of(b), of(d), p)));
        }
        return out;
    }
    long double purity_gap(state const& a) const override {
        return static_cast<long double>(purity(of(a)) - purity(Kind::written(of(a))));
    }

private:
    static own const& of(state const& a) { return *static_cast<own const*>(a.get()); }
};

/// The values of a pair, each in its range.
subject::pair in_range(subject const& kind, subject::state const& a, subject::state const& b) {
    auto const out = kind.measured(a, b);
    law("F is finite and >= 0", -out.f, 0);
    law("F <= 1", out.f, 1);
    law("1 - F is finite and >= 0", -out.e, 0);
    law("1 - F <= 1", out.e, 1);
    return out;
}

void hold_laws(subject const& kind, int first_seed) {
    long double const near = 100 * kind.eps;
    auto const gap = [](long double x, long double y) { return std::abs(x - y); };
    for (int n = 0; n < 12; ++n) {
        SCOPED_TRACE(n);
        generator random(static_cast<std::uint64_t>(first_seed + n));
        auto const a = kind.draw(random, n), b = kind.draw(random, n), c = kind.draw(random, n),
                   d = kind.draw(random, n);
        auto const ab = in_range(kind, a, b), ba = in_range(kind, b, a);
        auto const bc = in_range(kind, b, c), ac = in_range(kind, a, c), cd = in_range(kind, c, d),
                   aa = in_range(kind, a, a);
        EXPECT_TRUE(ab.f == ba.f && ab.e == ba.e) << "symmetric bit for bit";
        law("F and 1 - F add up to 1", gap(ab.f + ab.e, 1), near);
        law("F = 1 for equal states", 1 - aa.f, near);
        law("1 - F = 0 for equal states", aa.e, near * near);
        law("F < 1 for others", -ab.e, -near);

        law("angle = acos sqrt F", gap(std::cos(ab.angle), std::sqrt(ab.f)), near);
        law("triangle inequality of the angle", ac.angle - ab.angle - bc.angle, near);
        law("triangle inequality of Bures", ac.bures - ab.bures - bc.bures, near);
        law("angle <= pi/2", ab.angle, std::acos(0.0L) + near);
        law("Bures distance squared = 2 - 2 sqrt F",
            gap(ab.bures * ab.bures, 2 - 2 * std::sqrt(ab.f)), near);
        if (ab.sub) {
            law("sub-fidelity <= F", *ab.sub - ab.f, 0);
            law("F <= super-fidelity", ab.f - *ab.super, 0);
            law("super-fidelity <= 1", *ab.super, 1);
        }
        if (ab.trace) {
            law("Fuchs and van de Graaf, below", 1 - std::sqrt(ab.f) - *ab.trace, near);
            law("Fuchs and van de Graaf, above", *ab.trace - std::sqrt(ab.e), near);
        }
        law("purity is that of the whole", std::abs(kind.purity_gap(a)), near);

        auto const changed = kind.changed(a, b, random);
        for (auto const& [what, value] : changed) {
            SCOPED_TRACE(what);
            law("F is unchanged", gap(value.f, ab.f), near);
            law("1 - F is unchanged", gap(value.e, ab.e), near);
            if (ab.trace && value.trace) {
                law("the trace distance is unchanged", gap(*value.trace, *ab.trace), near);
            }
        }
        auto const p = kind.draw(random, n + 1), q = kind.draw(random, n + 1);
        law("F multiplies under tensor products",
            gap(kind.tensor(a, b, p, q).f, ab.f * in_range(kind, p, q).f), near);
        law("a fixed factor changes nothing", gap(kind.tensor(a, b, p, p).f, ab.f), near);

        double const t = weft_test::seeded(random);
        for (auto const& [what, value] : kind.disturbed(a, b, t)) {
            SCOPED_TRACE(what);
            law("no channel makes F smaller", ab.f - value.f, near);
            auto const before = ab.trace ? ab.trace : changed.back().value.trace;
            if (value.trace && before) {
                law("no channel makes the trace distance larger", *value.trace - *before, near);
            }
        }
        for (auto const together : kind.mixed(a, b, c, d, t)) {
            law("sqrt F is jointly concave", t * ab.root + (1 - t) * cd.root - together, near);
        }
    }
}

template <template <class> class Kind>
void hold_for_each_real(int seed) {
    {
        SCOPED_TRACE("float");
        hold_laws(subject_of<Kind<float>>(), seed);
    }
    {
        SCOPED_TRACE("double");
        hold_laws(subject_of<Kind<double>>(), seed);
    }
    {
        SCOPED_TRACE("long double");
        hold_laws(subject_of<Kind<long double>>(), seed);
    }
}

template <class R>
using any_kets = kets<R>;
template <class R>
using any_mixed = densities<R>;
template <class R>
using any_qubit_products = qubit_products<R>;
template <class R>
using any_histograms = histograms<R>;
template <class R>
using any_superpositions = superpositions<R>;

TEST(laws, hold_for_kets) {
    hold_for_each_real<any_kets>(100);
}
TEST(laws, hold_for_mixed_states) {
    hold_for_each_real<any_mixed>(200);
}
TEST(laws, hold_for_qubits) {
    hold_for_each_real<one_qubits>(300);
}
TEST(laws, hold_for_products_of_qubits) {
    hold_for_each_real<any_qubit_products>(400);
}
TEST(laws, hold_for_histograms) {
    hold_for_each_real<any_histograms>(500);
}
TEST(laws, hold_for_products_of_anything) {
    hold_for_each_real<products_of_anything>(600);
}
TEST(laws, hold_for_superpositions) {
    hold_for_each_real<any_superpositions>(700);
}
TEST(laws, hold_for_fixed_sizes) {
    hold_laws(subject_of<kets<double, 4>>(), 900);
    hold_laws(subject_of<kets<float, 2>>(), 910);
    hold_laws(subject_of<densities<double, 4>>(), 920);
    hold_laws(subject_of<qubit_products<double, 3>>(), 930);
    hold_laws(subject_of<histograms<double, 8>>(), 940);
    hold_laws(subject_of<typed_products<double>>(), 950);
    hold_laws(subject_of<superpositions<double, 2>>(), 960);
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
