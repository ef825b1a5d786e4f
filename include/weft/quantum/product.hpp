#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include <Eigen/Core>

#include "weft/core/error.hpp"
#include "weft/core/number.hpp"
#include "weft/quantum/geodesic.hpp"
#include "weft/quantum/measures.hpp"
#include "weft/quantum/spectrum.hpp"
#include "weft/quantum/state.hpp"
#include "weft/quantum/uhlmann.hpp"

/// Products of anything: a tensor product of states, each of a kind and size of its own, kept as
/// its factors. Fidelity, purity and affinity are products over the factors, entropies are sums:
/// every measure costs the sum of what it costs for the factors, and nothing is multiplied out.
namespace weft::inline v0::quantum {

/// A state of any kind. Measures of two of different kinds go through their factors: a histogram is
/// the pure state sqrt(p) there, a product of qubits is written out.
template <real_number Real = double>
class basic_any_state {
public:
    using real = Real;
    using variant = std::variant<basic_ket<Real>, basic_density<Real>, basic_qubit<Real>,
                                 basic_qubit_product<Real>, basic_histogram<Real>>;

    /// Throws invalid_argument for a faulty qubit; the other kinds are valid as they are.
    template <class State>
        requires(!std::same_as<std::remove_cvref_t<State>, basic_any_state> &&
                 std::constructible_from<variant, State>)
    basic_any_state(State&& given)
        : state_(std::forward<State>(given)) {
        if (auto const* q = std::get_if<basic_qubit<Real>>(&state_)) require_qubit("qubit", *q);
    }

    [[nodiscard]] variant const& get() const noexcept { return state_; }

private:
    variant state_;
};

using any_state = basic_any_state<>;

/// A tensor product of factors whose kinds are known to the compiler; the first one is the most
/// significant in the index of the whole.
template <class... Factors>
    requires(sizeof...(Factors) > 0)
class product {
public:
    using real = std::common_type_t<typename Factors::real...>;
    static_assert((std::same_as<real, typename Factors::real> && ...),
                  "the factors of a product have one real type");

    /// Throws invalid_argument for a faulty qubit; the other kinds are valid as they are.
    explicit product(Factors... factors)
        : factors_(std::move(factors)...) {
        std::size_t k = 0;
        std::apply([&](auto const&... one) { (check(one, k++), ...); }, factors_);
    }

    [[nodiscard]] std::tuple<Factors...> const& factors() const noexcept { return factors_; }

private:
    template <class Factor>
    static void check(Factor const& one, std::size_t k) {
        if constexpr (std::same_as<Factor, basic_qubit<real>>) {
            require_qubit(detail::at("factors", static_cast<Eigen::Index>(k)), one);
        }
    }

    std::tuple<Factors...> factors_;
};

/// A tensor product of n >= 1 factors of one kind, which may be `any_state`. `Count` is n where it
/// is fixed.
template <class Factor, int Count = dynamic>
class product_list {
public:
    using real = typename Factor::real;
    using factor_list = detail::storage<Factor, Count>;

    /// Throws invalid_argument for an empty list or a faulty qubit.
    explicit product_list(factor_list factors, std::string_view argument = "factors")
        : factors_(std::move(factors)) {
        if (factors_.empty()) {
            WEFT_THROW(invalid_argument(std::string(argument), "no factors", "at least one"));
        }
        if constexpr (std::same_as<Factor, basic_qubit<real>>) {
            for (std::size_t k = 0; k < factors_.size(); ++k) {
                require_qubit(detail::at(argument, static_cast<Eigen::Index>(k)), factors_[k]);
            }
        }
    }

    [[nodiscard]] factor_list const& factors() const noexcept { return factors_; }

private:
    factor_list factors_;
};

/// Products of factors of all kinds.
template <real_number Real = double>
using basic_any_product = product_list<basic_any_state<Real>>;
using any_product = basic_any_product<>;

namespace detail {

template <class T>
inline constexpr bool is_any = false;
template <class Real>
inline constexpr bool is_any<basic_any_state<Real>> = true;

template <class T>
inline constexpr bool is_tensor = false;
template <class... Factors>
inline constexpr bool is_tensor<product<Factors...>> = true;
template <class Factor, int Count>
inline constexpr bool is_tensor<product_list<Factor, Count>> = true;

template <class Real, int D>
Eigen::Index dimension_of(basic_ket<Real, D> const& a) {
    return a.dimension();
}
template <class Real, int D>
Eigen::Index dimension_of(basic_density<Real, D> const& a) {
    return a.dimension();
}
template <class Real>
Eigen::Index dimension_of(basic_qubit<Real> const&) {
    return 2;
}
template <class Real, int N>
Eigen::Index dimension_of(basic_histogram<Real, N> const& a) {
    return static_cast<Eigen::Index>(a.size());
}
/// Beyond what a number holds, -n stands for 2^n.
template <class Real, int N>
Eigen::Index dimension_of(basic_qubit_product<Real, N> const& a) {
    auto const n = static_cast<Eigen::Index>(a.qubits().size());
    return n < 62 ? Eigen::Index{1} << n : -n;
}
template <class Real>
Eigen::Index dimension_of(basic_any_state<Real> const& a) {
    return std::visit([](auto const& x) { return dimension_of(x); }, a.get());
}
/// Any other kind compares itself.
template <class Other>
Eigen::Index dimension_of(Other const&) {
    return 0;
}

inline std::string dimension_text(Eigen::Index d) {
    return d < 0 ? "2^" + to_text(-d) : to_text(d);
}

inline void require_same_count(std::size_t a, std::size_t b) {
    if (a != b) {
        WEFT_THROW(
            invalid_argument("b", to_text(b) + " factors", "as many as in a: " + to_text(a)));
    }
}

/// each(x, y) for the factors of two products in turn. Throws invalid_argument where their numbers
/// or dimensions differ.
template <class P, class Q, class Each>
void zip(P const& a, Q const& b, Each const& each) {
    std::size_t k = 0;
    auto const step = [&](auto const& x, auto const& y) {
        auto const d = dimension_of(x), e = dimension_of(y);
        if (d != e) {
            WEFT_THROW(invalid_argument(
                "b[" + to_text(k) + "]", "a factor of dimension " + dimension_text(e),
                "the dimension of a[" + to_text(k) + "], " + dimension_text(d)));
        }
        each(x, y);
        ++k;
    };
    if constexpr (requires { a.factors().size(); }) {
        require_same_count(a.factors().size(), b.factors().size());
        for (std::size_t i = 0; i < a.factors().size(); ++i) step(a.factors()[i], b.factors()[i]);
    } else {
        [&]<std::size_t... I>(std::index_sequence<I...>) {
            (step(std::get<I>(a.factors()), std::get<I>(b.factors())), ...);
        }
        (std::make_index_sequence<std::tuple_size_v<std::remove_cvref_t<decltype(a.factors())>>>());
    }
}

template <class P, class Each>
void walk(P const& a, Each const& each) {
    if constexpr (requires { a.factors().size(); }) {
        for (auto const& x : a.factors()) each(x);
    } else {
        std::apply([&](auto const&... x) { (each(x), ...); }, a.factors());
    }
}

/// Two products that can be compared factor by factor.
template <class P, class Q>
struct zippable_products : std::false_type {};
template <class... A, class... B>
struct zippable_products<product<A...>, product<B...>>
    : std::bool_constant<sizeof...(A) == sizeof...(B)> {};
template <class A, int N, class B, int M>
struct zippable_products<product_list<A, N>, product_list<B, M>>
    : std::bool_constant<same_size<N, M>> {};

template <class P, class Q>
concept zippable = zippable_products<P, Q>::value;

template <class A>
decltype(auto) as_density(A const& a) {
    if constexpr (is_density<A>) {
        return (a);
    } else {
        return to_density(a);
    }
}

template <class A, class B, class Measure>
auto as_factors(A const& a, B const& b, Measure const& measure) {
    return measure(as_density(a), as_density(b));
}

/// measure(x, y) for two states of any kinds, as themselves where there is such a measure, as
/// factors otherwise.
template <class Real, class Measure>
Real of_any(basic_any_state<Real> const& a, basic_any_state<Real> const& b,
            Measure const& measure) {
    auto const d = dimension_of(a), e = dimension_of(b);
    if (d != e) {
        WEFT_THROW(invalid_argument("b", "a state of dimension " + dimension_text(e),
                                    "the dimension of a, " + dimension_text(d)));
    }
    return std::visit(
        [&](auto const& x, auto const& y) -> Real {
            if constexpr (std::invocable<Measure const&, decltype(x), decltype(y)>) {
                return measure(x, y);
            } else {
                return as_factors(x, y, measure);
            }
        },
        a.get(), b.get());
}

/// The same numbers, so that a factor drops out of a distance.
template <class Real, int D>
bool identical(basic_ket<Real, D> const& a, basic_ket<Real, D> const& b) {
    return a.amplitudes() == b.amplitudes();
}
template <class Real, int D>
bool identical(basic_density<Real, D> const& a, basic_density<Real, D> const& b) {
    return a.rank() == b.rank() && a.factor() == b.factor();
}
template <class Real>
bool identical(basic_qubit<Real> const& a, basic_qubit<Real> const& b) {
    return same(a, b);
}
template <class Real, int N>
bool identical(basic_qubit_product<Real, N> const& a, basic_qubit_product<Real, N> const& b) {
    return differing(a, b).empty();
}
template <class Real, int N>
bool identical(basic_histogram<Real, N> const& a, basic_histogram<Real, N> const& b) {
    return a.roots() == b.roots();
}
template <class A, class B>
bool identical(A const&, B const&) {
    return false;
}
template <class Real>
bool identical(basic_any_state<Real> const& a, basic_any_state<Real> const& b) {
    return std::visit([](auto const& x, auto const& y) { return identical(x, y); }, a.get(),
                      b.get());
}

/// Whether a state is pure by its form.
template <class State>
bool pure(State const&) {
    return true;
}
template <class Real, int D>
bool pure(basic_density<Real, D> const& a) {
    return a.rank() == 1;
}
template <class Real>
bool pure(basic_qubit<Real> const& a) {
    return a.bloch_length == 1;
}
template <class Real, int N>
bool pure(basic_qubit_product<Real, N> const& a) {
    for (auto const& q : a.qubits()) {
        if (!pure(q)) return false;
    }
    return true;
}
template <class Real>
bool pure(basic_any_state<Real> const& a) {
    return std::visit([](auto const& x) { return pure(x); }, a.get());
}

/// The trace distance of two factors, where there is one.
template <class A, class B>
std::optional<typename A::real> factor_distance(A const& a, B const& b) {
    if constexpr (is_any<A>) {
        return std::visit([](auto const& x, auto const& y) { return factor_distance(x, y); },
                          a.get(), b.get());
    } else if constexpr (requires { trace_distance(a, b); }) {
        return trace_distance(a, b);
    } else {
        return trace_distance(basic_density<typename A::real>(as_density(a)),
                              basic_density<typename A::real>(as_density(b)));
    }
}

} // namespace detail

/// Measures of states of any kinds: for two of the same kind that of the kind, see there.
template <class Real>
[[nodiscard]] Real fidelity(basic_any_state<Real> const& a, basic_any_state<Real> const& b) {
    return detail::of_any(a, b, [](auto const& x, auto const& y) -> decltype(fidelity(x, y)) {
        return fidelity(x, y);
    });
}
template <class Real>
[[nodiscard]] Real infidelity(basic_any_state<Real> const& a, basic_any_state<Real> const& b) {
    return detail::of_any(a, b, [](auto const& x, auto const& y) -> decltype(infidelity(x, y)) {
        return infidelity(x, y);
    });
}
template <class Real>
[[nodiscard]] Real affinity(basic_any_state<Real> const& a, basic_any_state<Real> const& b) {
    return detail::of_any(a, b, [](auto const& x, auto const& y) -> decltype(affinity(x, y)) {
        return affinity(x, y);
    });
}
template <class Real>
[[nodiscard]] Real hellinger_distance(basic_any_state<Real> const& a,
                                      basic_any_state<Real> const& b) {
    return detail::of_any(a, b,
                          [](auto const& x, auto const& y) -> decltype(hellinger_distance(x, y)) {
                              return hellinger_distance(x, y);
                          });
}
template <class Real>
[[nodiscard]] Real purity(basic_any_state<Real> const& a) {
    return std::visit([](auto const& x) { return purity(x); }, a.get());
}
template <class Real>
[[nodiscard]] Real von_neumann_entropy(basic_any_state<Real> const& a) {
    return std::visit([](auto const& x) { return von_neumann_entropy(x); }, a.get());
}
template <class Real>
[[nodiscard]] Real renyi_entropy(basic_any_state<Real> const& a,
                                 std::type_identity_t<detail::working<Real>> alpha) {
    return std::visit([alpha](auto const& x) { return renyi_entropy(x, alpha); }, a.get());
}
/// Throws domain_error for a product of too many qubits to be written out.
template <class Real>
[[nodiscard]] basic_density<Real> to_density(basic_any_state<Real> const& a) {
    return std::visit([](auto const& x) -> basic_density<Real> { return detail::as_density(x); },
                      a.get());
}

/// The product of the factors' fidelities. Throws invalid_argument where the products have not as
/// many factors or a factor has another dimension, naming it.
template <class P, class Q>
    requires detail::zippable<P, Q>
[[nodiscard]] auto fidelity(P const& a, Q const& b) -> typename P::real {
    detail::working<typename P::real> out = 1;
    detail::zip(a, b, [&](auto const& x, auto const& y) { out *= fidelity(x, y); });
    return static_cast<typename P::real>(out);
}

/// 1 - F from the factors' own, without cancellation.
template <class P, class Q>
    requires detail::zippable<P, Q>
[[nodiscard]] auto infidelity(P const& a, Q const& b) -> typename P::real {
    detail::working<typename P::real> log_fidelity = 0;
    detail::zip(a, b, [&](auto const& x, auto const& y) {
        log_fidelity += std::log1p(-detail::working<typename P::real>(infidelity(x, y)));
    });
    return static_cast<typename P::real>(detail::within_unit(0 - std::expm1(log_fidelity)));
}

/// Tr(sqrt rho sqrt sigma): the product of the factors' affinities.
template <class P, class Q>
    requires detail::zippable<P, Q>
[[nodiscard]] auto affinity(P const& a, Q const& b) -> typename P::real {
    detail::working<typename P::real> out = 1;
    detail::zip(a, b, [&](auto const& x, auto const& y) { out *= affinity(x, y); });
    return static_cast<typename P::real>(out);
}

/// sqrt(2 - 2 affinity) without cancellation.
template <class P, class Q>
    requires detail::zippable<P, Q>
[[nodiscard]] auto hellinger_distance(P const& a, Q const& b) -> typename P::real {
    using wide = detail::working<typename P::real>;
    wide log_affinity = 0;
    detail::zip(a, b, [&](auto const& x, auto const& y) {
        wide const distance = hellinger_distance(x, y);
        log_affinity += std::log1p(-std::min(wide{1}, distance * distance / 2));
    });
    return static_cast<typename P::real>(std::sqrt(0 - 2 * std::expm1(log_affinity)));
}

/// Trace distance where it is that of one factor: all others are the same, number by number. Or
/// where the factors that differ are pure: sqrt(1 - F). Nothing otherwise; 1 - sqrt F and sqrt(1 -
/// F) bound it.
template <class P, class Q>
    requires detail::zippable<P, Q>
[[nodiscard]] auto closed_trace_distance(P const& a, Q const& b)
    -> std::optional<typename P::real> {
    using real = typename P::real;
    std::size_t different = 0;
    bool pure = true;
    std::optional<real> own = real{0};
    detail::zip(a, b, [&](auto const& x, auto const& y) {
        if (detail::identical(x, y)) return;
        pure = pure && detail::pure(x) && detail::pure(y);
        if (++different == 1) own = detail::factor_distance(x, y);
    });
    if (different <= 1) return own;
    if (pure) return std::sqrt(infidelity(a, b));
    return std::nullopt;
}

/// The product of the factors' purities.
template <class P>
    requires detail::is_tensor<P>
[[nodiscard]] auto purity(P const& a) -> typename P::real {
    detail::working<typename P::real> out = 1;
    detail::walk(a, [&](auto const& x) { out *= purity(x); });
    return static_cast<typename P::real>(out);
}

/// The sum of the factors' entropies.
template <class P>
    requires detail::is_tensor<P>
[[nodiscard]] auto von_neumann_entropy(P const& a) -> typename P::real {
    detail::working<typename P::real> out = 0;
    detail::walk(a, [&](auto const& x) { out += von_neumann_entropy(x); });
    return static_cast<typename P::real>(out);
}

/// The sum of the factors' entropies.
template <class P>
    requires detail::is_tensor<P>
[[nodiscard]] auto renyi_entropy(P const& a,
                                 std::type_identity_t<detail::working<typename P::real>> alpha) ->
    typename P::real {
    detail::working<typename P::real> out = 0;
    detail::walk(a, [&](auto const& x) { out += renyi_entropy(x, alpha); });
    return static_cast<typename P::real>(out);
}

/// The product of the factors `keep`, in the given order: the partial trace over all others.
/// Throws invalid_argument for a factor that is not there or named twice, and for none.
template <class Factor, int Count>
[[nodiscard]] product_list<Factor> partial_trace(product_list<Factor, Count> const& a,
                                                 std::span<std::size_t const> keep) {
    std::vector<Factor> kept;
    for (std::size_t k = 0; k < keep.size(); ++k) {
        bool twice = false;
        for (std::size_t j = 0; j < k; ++j) twice = twice || keep[j] == keep[k];
        if (twice || keep[k] >= a.factors().size()) {
            WEFT_THROW(invalid_argument("keep[" + to_text(k) + "]", to_text(keep[k]),
                                        "a factor below " + to_text(a.factors().size()) +
                                            " that was not named before"));
        }
        kept.push_back(a.factors()[keep[k]]);
    }
    return product_list<Factor>(std::move(kept), "keep");
}

/// The whole as one factor, the first of the product the most significant in the index. Throws
/// domain_error beyond `largest_factor` numbers.
template <class P>
    requires detail::is_tensor<P>
[[nodiscard]] auto to_density(P const& a) -> basic_density<typename P::real> {
    using real = typename P::real;
    using wide = detail::working<real>;
    double size = 1.0;
    std::vector<detail::matrix<wide>> factors;
    detail::walk(a, [&](auto const& x) {
        auto const one = detail::as_density(x);
        factors.push_back(detail::wide(one));
        size *= static_cast<double>(factors.back().size());
    });
    if (size > static_cast<double>(largest_factor)) {
        WEFT_THROW(domain_error("a product of " + to_text(size) +
                                " numbers is too large to be written out"));
    }
    detail::matrix<wide> whole = detail::matrix<wide>::Ones(1, 1);
    for (auto const& f : factors) whole = detail::tensor(whole, f);
    return basic_density<real>::from_factor(whole.template cast<std::complex<real>>());
}

namespace detail {

template <class Real>
using any_path =
    std::variant<basic_ket_path<Real>, basic_density_path<Real>, basic_qubit_path<Real>,
                 basic_qubit_product_path<Real>, basic_histogram_path<Real>>;

} // namespace detail

/// The geodesic of two states of any kinds: of the same kind that of the kind, of different kinds
/// that of their factors.
template <real_number Real = double>
class basic_any_path {
public:
    using state = basic_any_state<Real>;
    using share = detail::working<Real>;

    /// Throws invalid_argument where the dimensions differ.
    basic_any_path(state a, state b)
        : path_(std::visit(
              [](auto const& x, auto const& y) -> detail::any_path<Real> {
                  if constexpr (std::same_as<decltype(x), decltype(y)>) {
                      return geodesic(x, y);
                  } else {
                      return geodesic(basic_density<Real>(detail::as_density(x)),
                                      basic_density<Real>(detail::as_density(y)));
                  }
              },
              a.get(), b.get()))
        , a_(std::move(a))
        , b_(std::move(b)) {}

    [[nodiscard]] bool unique() const noexcept {
        return std::visit([](auto const& path) { return path.unique(); }, path_);
    }

    /// The state at t in [0,1]. Throws invalid_argument beyond.
    [[nodiscard]] state at(share t) const {
        detail::require_share(t);
        if (t == 0) return a_;
        if (t == 1) return b_;
        return std::visit([t](auto const& path) { return state(path.at(t)); }, path_);
    }

private:
    detail::any_path<Real> path_;
    state a_;
    state b_;
};

template <class Real>
[[nodiscard]] basic_any_path<Real> geodesic(basic_any_state<Real> a, basic_any_state<Real> b) {
    return {std::move(a), std::move(b)};
}

/// A path between two products that stays a product: each factor on its own geodesic.
template <class Factor, int Count = dynamic>
class product_path {
public:
    using state = product_list<Factor, Count>;
    using share = detail::working<typename Factor::real>;

    /// Throws invalid_argument where the factors differ in number or dimension.
    product_path(state const& a, state const& b) {
        detail::zip(a, b,
                    [&](Factor const& x, Factor const& y) { paths_.push_back(geodesic(x, y)); });
        if constexpr (Count != dynamic) first_ = a.factors();
    }

    [[nodiscard]] bool unique() const noexcept {
        for (auto const& path : paths_) {
            if (!path.unique()) return false;
        }
        return true;
    }

    /// The state at t in [0,1]. Throws invalid_argument beyond.
    [[nodiscard]] state at(share t) const {
        if constexpr (Count == dynamic) {
            std::vector<Factor> factors;
            factors.reserve(paths_.size());
            for (auto const& path : paths_) factors.push_back(path.at(t));
            return state(std::move(factors));
        } else {
            auto factors = *first_;
            for (std::size_t k = 0; k < paths_.size(); ++k) factors[k] = paths_[k].at(t);
            return state(std::move(factors));
        }
    }

private:
    std::vector<decltype(geodesic(std::declval<Factor>(), std::declval<Factor>()))> paths_;
    std::optional<typename state::factor_list> first_;
};

template <class Factor, int Count>
[[nodiscard]] product_path<Factor, Count> geodesic(product_list<Factor, Count> const& a,
                                                   product_list<Factor, Count> const& b) {
    return {a, b};
}

} // namespace weft::inline v0::quantum
