#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <Eigen/Core>

#include "weft/core/error.hpp"
#include "weft/core/number.hpp"
#include "weft/fabric/links.hpp"
#include "weft/fabric/newcomer.hpp"
#include "weft/fabric/stability.hpp"

/// Which pairs and members made a number.
namespace weft::inline v0::fabric {

enum class quantity { stability, density, connectivity, cohesion };

[[nodiscard]] constexpr std::string_view quantity_name(quantity q) noexcept {
    switch (q) {
    case quantity::density:
        return "density";
    case quantity::connectivity:
        return "connectivity";
    case quantity::cohesion:
        return "cohesion";
    case quantity::stability:
        break;
    }
    return "stability";
}

struct pair_share {
    std::size_t i = 0; ///< i < j
    std::size_t j = 0;
    double compatibility = 0.0;
    double share = 0.0;
};

struct member_share {
    std::size_t member = 0;
    double share = 0.0;
};

/// A number, taken apart. The shares of the pairs add up to it, and so do those of the members
/// (each has half of its pairs').
struct explanation {
    std::string name;
    std::optional<double> value;
    std::vector<pair_share> pairs;     ///< all of them, largest share first, then by index
    std::vector<member_share> members; ///< likewise
    std::string sentence;
};

namespace detail {

/// With three decimals, without zeros at the end.
inline std::string rounded(double x) {
    double const r = std::round(x * 1000.0) / 1000.0;
    if (r == 0.0 && x != 0.0) return x > 0.0 ? "less than 0.001" : "hardly less than 0";
    return weft::to_text(r == 0.0 ? 0.0 : r);
}

inline void require_names(std::span<std::string const> names, Eigen::Index n) {
    if (!names.empty() && names.size() != static_cast<std::size_t>(n)) {
        WEFT_THROW(invalid_argument("names", weft::to_text(names.size()) + " names",
                                    "none, or one a member: " + weft::to_text(n)));
    }
}

inline std::string name_of(std::span<std::string const> names, std::size_t i) {
    return names.empty() ? "member " + weft::to_text(i) : names[i];
}

inline std::string name_of(std::span<std::string const> names, pair_share const& p) {
    return name_of(names, p.i) + " and " + name_of(names, p.j);
}

/// Pairs and members from the pairs' shares, which stand in the upper triangle.
inline void share_out(explanation& e, Eigen::MatrixXd const& c, Eigen::MatrixXd const& shares) {
    Eigen::Index const n = c.rows();
    Eigen::VectorXd own = Eigen::VectorXd::Zero(n);
    for (Eigen::Index j = 0; j < n; ++j) {
        for (Eigen::Index i = 0; i < j; ++i) {
            e.pairs.push_back(
                {static_cast<std::size_t>(i), static_cast<std::size_t>(j), c(i, j), shares(i, j)});
            own(i) += 0.5 * shares(i, j);
            own(j) += 0.5 * shares(i, j);
        }
    }
    for (Eigen::Index i = 0; i < n; ++i) {
        e.members.push_back({static_cast<std::size_t>(i), own(i)});
    }
    std::sort(e.pairs.begin(), e.pairs.end(), [](pair_share const& a, pair_share const& b) {
        if (a.share != b.share) return a.share > b.share;
        return a.i != b.i ? a.i < b.i : a.j < b.j;
    });
    std::sort(e.members.begin(), e.members.end(), [](member_share const& a, member_share const& b) {
        return a.share != b.share ? a.share > b.share : a.member < b.member;
    });
}

/// The shares of each factor and of stability: c_ij times the derivative by c_ij. All four are
/// homogeneous of degree 1, so that these add up (Euler).
struct factor_shares {
    factors f;
    Eigen::MatrixXd density, connectivity, cohesion;

    [[nodiscard]] Eigen::MatrixXd of(quantity q, stability_weights const& w) const {
        switch (q) {
        case quantity::density:
            return density;
        case quantity::connectivity:
            return connectivity;
        case quantity::cohesion:
            return cohesion;
        case quantity::stability:
            break;
        }
        double const sum = w.density + w.connectivity + w.cohesion;
        return (w.density * density + w.connectivity * connectivity + w.cohesion * cohesion) / sum;
    }
    [[nodiscard]] double value(quantity q, stability_weights const& w) const {
        switch (q) {
        case quantity::density:
            return f.density;
        case quantity::connectivity:
            return f.connectivity;
        case quantity::cohesion:
            return f.cohesion;
        case quantity::stability:
            break;
        }
        return combine(f, w);
    }
};

inline factor_shares shares_of(Eigen::MatrixXd const& tidy) {
    Eigen::Index const n = tidy.rows();
    auto const size = static_cast<double>(n);
    factor_shares out;
    spectra space;
    out.f = factors_of(tidy, space);
    out.density = tidy * (2.0 / (size * (size - 1.0)));
    out.connectivity = Eigen::MatrixXd::Zero(n, n);
    out.cohesion = out.connectivity;
    if (!(out.f.cohesion > 0.0)) return out;
    Eigen::MatrixXd work = tidy;
    (void)eliminate(work);
    out.cohesion = tidy.cwiseProduct(resistances_of_factor(work)) * (out.f.cohesion / (size - 1.0));
    auto const modes = modes_of(tidy, work, space.iteration);
    for (Eigen::Index j = 0; j < n; ++j) {
        for (Eigen::Index i = 0; i < n; ++i) {
            out.connectivity(i, j) = tidy(i, j) * mode_distance(modes.vectors, i, j) / size;
        }
    }
    return out;
}

inline std::string parts_of(std::vector<std::vector<std::size_t>> const& parts,
                            std::span<std::string const> names) {
    auto smallest = std::min_element(parts.begin(), parts.end(), [](auto const& a, auto const& b) {
        return a.size() < b.size();
    });
    std::string out;
    std::size_t shown = 0;
    for (auto const i : *smallest) {
        if (shown == 3) break;
        out += (shown++ == 0 ? "" : ", ") + name_of(names, i);
    }
    if (smallest->size() > shown)
        out += " and " + weft::to_text(smallest->size() - shown) + " more";
    return out;
}

} // namespace detail

/// Takes stability or one of its factors apart: the share of pair ij is c_ij times the derivative
/// by c_ij; where l_2 is multiple, the mean over its modes. `names`: none, or one a member.
/// Fewer than two members: no value, and the sentence says why. O(n^3).
/// Throws as stability does, and invalid_argument for another number of names.
[[nodiscard]] inline explanation explain(Eigen::Ref<Eigen::MatrixXd const> const& c, quantity q,
                                         stability_weights const& weights = {},
                                         std::span<std::string const> names = {}) {
    require_compatibility("compatibility", c);
    require_weights(weights);
    detail::require_names(names, c.rows());
    explanation e;
    e.name = std::string(quantity_name(q));
    if (c.rows() < 2) {
        e.sentence = "A group of fewer than two members has no " + e.name + ".";
        return e;
    }
    Eigen::MatrixXd const tidy = detail::tidy(c);
    auto const shares = detail::shares_of(tidy);
    e.value = shares.value(q, weights);
    detail::share_out(e, tidy, shares.of(q, weights));

    auto& s = e.sentence;
    s = "The group's " + e.name + " is " + detail::rounded(*e.value);
    if (q == quantity::stability) {
        s += " (density " + detail::rounded(shares.f.density) + ", connectivity " +
             detail::rounded(shares.f.connectivity) + ", cohesion " +
             detail::rounded(shares.f.cohesion) + ")";
    }
    if (!(shares.f.cohesion > 0.0) && q != quantity::density) {
        auto const parts = detail::lists(detail::components(tidy, 0.0));
        if (parts.size() > 1) {
            s += ": nothing ties " + detail::parts_of(parts, names) + " to the others";
        }
        if (q != quantity::stability) return s += ".", e;
    }
    if (*e.value > 0.0) {
        s += "; most of it comes from " + detail::name_of(names, e.pairs.front()) + " (" +
             detail::rounded(e.pairs.front().share) + ") and from " +
             detail::name_of(names, e.members.front().member) + " (" +
             detail::rounded(e.members.front().share) + ")";
        if (e.members.size() > 2) {
            s += ", least from " + detail::name_of(names, e.members.back().member) + " (" +
                 detail::rounded(e.members.back().share) + ")";
        }
    }
    s += ".";
    return e;
}

/// Takes the change of a newcomer apart: pair ij's share of stability with the newcomer (who is
/// member n) minus its share without. Shares may be negative; they add up to the change. `w`: the
/// newcomer's compatibilities with the members; `names`: none, or one a member and the newcomer's.
/// Fewer than two members: no value. Throws as newcomers does.
[[nodiscard]] inline explanation explain_newcomer(Eigen::Ref<Eigen::MatrixXd const> const& c,
                                                  Eigen::Ref<Eigen::RowVectorXd const> const& w,
                                                  stability_weights const& weights = {},
                                                  std::span<std::string const> names = {}) {
    auto const effect = newcomers(c, w, weights).front();
    Eigen::Index const n = c.rows();
    detail::require_names(names, n + 1);
    explanation e;
    e.name = "change";
    if (!effect.change) {
        e.sentence = "A group of fewer than two members has no stability to change.";
        return e;
    }
    Eigen::MatrixXd const old = detail::tidy(c);
    Eigen::MatrixXd all = Eigen::MatrixXd::Zero(n + 1, n + 1);
    all.topLeftCorner(n, n) = old;
    all.row(n).head(n) = w;
    all.col(n).head(n) = w.transpose();
    auto const after = detail::shares_of(all);
    auto const before = detail::shares_of(old);
    Eigen::MatrixXd shares = after.of(quantity::stability, weights);
    shares.topLeftCorner(n, n) -= before.of(quantity::stability, weights);
    e.value = *effect.change;
    detail::share_out(e, all, shares);

    double own = 0.0;
    for (Eigen::Index i = 0; i < n; ++i) own += shares(i, n);
    auto const change = [&](char const* name, double from, double to) {
        return std::string(name) + " from " + detail::rounded(from) + " to " + detail::rounded(to);
    };
    Eigen::Index best = 0;
    w.maxCoeff(&best);
    e.sentence =
        detail::name_of(names, static_cast<std::size_t>(n)) + " would " +
        (*e.value < 0.0 ? "lower" : "raise") +
        change(" the group's stability", *effect.stability - *effect.change, *effect.stability) +
        " (" + change("density", before.f.density, after.f.density) + ", " +
        change("connectivity", before.f.connectivity, after.f.connectivity) + ", " +
        change("cohesion", before.f.cohesion, after.f.cohesion) + "): the new ties bring " +
        detail::rounded(own) + ", most compatible is " +
        detail::name_of(names, static_cast<std::size_t>(best)) + " (" + detail::rounded(w(best)) +
        "), and the ties among the others count " + detail::rounded(std::abs(*e.value - own)) +
        (*e.value - own > 0.0 ? " more." : " less.");
    return e;
}

/// Takes a member's contribution apart, stability(all) - stability(all without the member): a
/// pair's share is that with the member minus that without. Fewer than three members: no value.
/// Throws as stability does, and invalid_argument for a member who is not there.
[[nodiscard]] inline explanation explain_member(Eigen::Ref<Eigen::MatrixXd const> const& c,
                                                std::size_t member,
                                                stability_weights const& weights = {},
                                                std::span<std::string const> names = {}) {
    require_compatibility("compatibility", c);
    require_weights(weights);
    detail::require_names(names, c.rows());
    auto const n = static_cast<std::size_t>(c.rows());
    if (member >= n) {
        WEFT_THROW(invalid_argument("member", weft::to_text(member),
                                    "an index below " + weft::to_text(n)));
    }
    explanation e;
    e.name = "contribution";
    if (n < 3) {
        e.sentence = "Without " + detail::name_of(names, member) + " there would be no pair.";
        return e;
    }
    std::vector<std::size_t> rest;
    for (std::size_t i = 0; i < n; ++i) {
        if (i != member) rest.push_back(i);
    }
    Eigen::MatrixXd const tidy = detail::tidy(c);
    auto const with = detail::shares_of(tidy);
    auto const without = detail::shares_of(detail::part(tidy, rest));
    Eigen::MatrixXd shares = with.of(quantity::stability, weights);
    Eigen::MatrixXd const old = without.of(quantity::stability, weights);
    for (std::size_t b = 0; b < rest.size(); ++b) {
        for (std::size_t a = 0; a < rest.size(); ++a) {
            shares(static_cast<Eigen::Index>(rest[a]), static_cast<Eigen::Index>(rest[b])) -=
                old(static_cast<Eigen::Index>(a), static_cast<Eigen::Index>(b));
        }
    }
    double const before = with.value(quantity::stability, weights);
    double const after = without.value(quantity::stability, weights);
    e.value = before - after;
    detail::share_out(e, tidy, shares);
    e.sentence =
        "Without " + detail::name_of(names, member) + " stability would be " +
        detail::rounded(after) + " instead of " + detail::rounded(before) + " (density " +
        detail::rounded(without.f.density) + " instead of " + detail::rounded(with.f.density) +
        ", connectivity " + detail::rounded(without.f.connectivity) + " instead of " +
        detail::rounded(with.f.connectivity) + ", cohesion " + detail::rounded(without.f.cohesion) +
        " instead of " + detail::rounded(with.f.cohesion) + ").";
    return e;
}

} // namespace weft::inline v0::fabric
