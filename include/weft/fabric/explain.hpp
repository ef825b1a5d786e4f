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
/// (each has half of its pairs', unless it is said otherwise).
struct explanation {
    std::string name;
    std::optional<double> value;
    std::vector<pair_share> pairs;     ///< all of them, largest share first, ties by index
    std::vector<member_share> members; ///< likewise
    /// Numbers in it have three decimals, or as many as tell those apart that it compares.
    std::string sentence;
};

namespace detail {

/// Numbers that differ by rounding are one number. `scale`: what they are differences of, if they
/// are.
inline bool same(double a, double b, double scale = 0.0) {
    return a == b || std::abs(a - b) <= 1e-12 * std::max({scale, std::abs(a), std::abs(b)});
}

/// Whether shares add up to the number that they are of, and are not lost to rounding.
inline bool adds_up(double sum, double value) {
    return std::abs(sum - value) <= 1e-6 * std::abs(value);
}

/// What an explanation without shares says of them.
inline constexpr std::string_view lost_to_rounding =
    "; the group hangs by so thin a thread that what its pairs have of it is lost to rounding.";

inline double decimals_of(double x, int decimals) {
    double const scale = std::pow(10.0, decimals);
    double const r = std::round(x * scale) / scale;
    return r == 0.0 ? 0.0 : r;
}

/// Whether rounding keeps apart what is 0, 1 or 100 from what is not.
inline bool tells(double x, double r) {
    auto const kept = [&](double whole) {
        return (std::abs(r) == whole) == same(std::abs(x), whole);
    };
    return (r == 0.0) == (x == 0.0) && kept(1.0) && kept(100.0);
}

/// The numbers with three decimals, or as many as tell them from each other and from 0, 1 and 100.
inline std::pair<std::string, std::string> apart(double a, double b) {
    for (int decimals = 3; decimals < 16; ++decimals) {
        double const x = decimals_of(a, decimals), y = decimals_of(b, decimals);
        if (tells(a, x) && tells(b, y) && (x != y || same(a, b))) {
            return {weft::to_text(x), weft::to_text(y)};
        }
    }
    return {weft::to_text(a), weft::to_text(b)};
}

inline std::string rounded(double x) {
    return apart(x, x).first;
}

/// What a number becomes: "density from .3 to .4", or that it stays.
inline std::string change_text(std::string const& name, double from, double to) {
    auto const [a, b] = apart(from, to);
    return same(from, to) ? name + " still " + a : name + " from " + a + " to " + b;
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

inline std::string name_at_start(std::span<std::string const> names, std::size_t i) {
    return names.empty() ? "Member " + weft::to_text(i) : names[i];
}

inline std::string name_of(std::span<std::string const> names, pair_share const& p) {
    return name_of(names, p.i) + " and " + name_of(names, p.j);
}

/// The largest share first; shares that differ by rounding in the order of their indices.
inline void order(explanation& e) {
    double scale = 0.0;
    for (auto const& p : e.pairs) scale = std::max(scale, std::abs(p.share));
    for (auto const& m : e.members) scale = std::max(scale, std::abs(m.share));
    auto const rank = [&](double share) {
        return scale > 0.0 ? std::llround(share / scale * 1e12) : 0LL;
    };
    std::sort(e.pairs.begin(), e.pairs.end(), [&](pair_share const& a, pair_share const& b) {
        if (rank(a.share) != rank(b.share)) return rank(a.share) > rank(b.share);
        return a.i != b.i ? a.i < b.i : a.j < b.j;
    });
    std::sort(e.members.begin(), e.members.end(),
              [&](member_share const& a, member_share const& b) {
                  if (rank(a.share) != rank(b.share)) return rank(a.share) > rank(b.share);
                  return a.member < b.member;
              });
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
    order(e);
}

/// What the largest and smallest shares are, in words; empty without a pair. `brings`: the verb;
/// `scale`: the largest number that shares are differences of, if they are.
inline std::string extremes_of(explanation const& e, std::span<std::string const> names,
                               std::string const& brings = "brings", double scale = 0.0) {
    if (e.pairs.empty()) return {};
    auto const &most = e.pairs.front(), &least = e.pairs.back();
    if (e.pairs.size() == 1) return "all of it comes from " + name_of(names, most);
    std::string out;
    if (same(most.share, least.share, scale)) {
        out = "every pair " + brings + " " + rounded(most.share);
    } else {
        auto const [high, low] = apart(most.share, least.share);
        out = "no pair " + brings + " more than " + name_of(names, most) + " (" + high + ")";
        if (least.share < 0.0 && !same(least.share, 0.0, std::max(scale, most.share)))
            out += " or less than " + name_of(names, least) + " (" + low + ")";
    }
    auto const &first = e.members.front(), &last = e.members.back();
    if (same(first.share, last.share, scale)) return out + ", every member " + rounded(first.share);
    auto const [high, low] = apart(first.share, last.share);
    return out + ", no member more than " + name_of(names, first.member) + " (" + high +
           ") or less than " + name_of(names, last.member) + " (" + low + ")";
}

/// The shares of each factor and of stability: c_ij times the derivative by c_ij. All four are
/// homogeneous of degree 1, so that these add up (Euler).
struct factor_shares {
    factors f;
    Eigen::MatrixXd density, connectivity, cohesion;
    /// The shares of the connectivity do not add up to a millionth, and are left out.
    bool lost = false;

    /// Whether that leaves out what counts of `q`: a millionth of it at least.
    [[nodiscard]] bool lost_of(quantity q, stability_weights const& w) const {
        if (!lost || q == quantity::density || q == quantity::cohesion) return false;
        double const sum = w.density + w.connectivity + w.cohesion;
        return q == quantity::connectivity ||
               !(w.connectivity * f.connectivity <= 1e-6 * sum * combine(f, w));
    }

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
    Eigen::MatrixXd const lifted = tidy * lift_of(tidy);
    Eigen::MatrixXd work = lifted;
    (void)eliminate(work);
    out.cohesion =
        lifted.cwiseProduct(resistances_of_factor(work)) * (out.f.cohesion / (size - 1.0));
    auto const modes = modes_of(lifted, work, space.iteration);
    double found = 0.0;
    for (Eigen::Index j = 0; j < n; ++j) {
        for (Eigen::Index i = 0; i < n; ++i) {
            out.connectivity(i, j) = tidy(i, j) * mode_distance(modes.vectors, i, j) / size;
            if (i < j) found += out.connectivity(i, j);
        }
    }
    out.lost = !adds_up(found, out.f.connectivity);
    if (out.lost) {
        out.connectivity.setZero();
    } else {
        out.connectivity *= out.f.connectivity / found;
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
/// No shares, and the sentence says so, where a group hangs by a thread of less than about 1e-25 of
/// the others and the shares of its connectivity are lost to rounding. Fewer than two members: no
/// value, and the sentence says why. O(n^3). Throws as stability does, and invalid_argument for
/// another number of names.
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
    auto& s = e.sentence;
    s = "The group's " + e.name + " is " + detail::rounded(*e.value);
    if (q == quantity::stability) {
        s += " (density " + detail::rounded(shares.f.density) + ", connectivity " +
             detail::rounded(shares.f.connectivity) + ", cohesion " +
             detail::rounded(shares.f.cohesion) + ")";
    }
    if (shares.lost_of(q, weights)) return s += detail::lost_to_rounding, e;
    detail::share_out(e, tidy, shares.of(q, weights));
    if (!(shares.f.cohesion > 0.0) && q != quantity::density) {
        auto const parts = detail::lists(detail::components(tidy, 0.0));
        if (parts.size() > 1) {
            s += ": nothing ties " + detail::parts_of(parts, names) + " to the others";
        }
        if (q != quantity::stability) return s += ".", e;
    }
    if (*e.value > 0.0) s += ": " + detail::extremes_of(e, names);
    s += ".";
    return e;
}

/// Takes the difference between two moments of a group apart: pair ij's share is that of `after`
/// minus that of `before`. Fewer than two members: no value. Throws as explain does, and for groups
/// of different sizes.
[[nodiscard]] inline explanation explain_change(Eigen::Ref<Eigen::MatrixXd const> const& before,
                                                Eigen::Ref<Eigen::MatrixXd const> const& after,
                                                quantity q = quantity::stability,
                                                stability_weights const& weights = {},
                                                std::span<std::string const> names = {}) {
    require_compatibility("before", before);
    require_compatibility("after", after);
    require_weights(weights);
    if (before.rows() != after.rows()) {
        WEFT_THROW(invalid_argument("after", weft::to_text(after.rows()) + " members",
                                    weft::to_text(before.rows()) + ", as before"));
    }
    detail::require_names(names, after.rows());
    explanation e;
    e.name = "change";
    auto const name = std::string(quantity_name(q));
    if (after.rows() < 2) {
        e.sentence = "A group of fewer than two members has no " + name + ".";
        return e;
    }
    Eigen::MatrixXd const now = detail::tidy(after);
    auto const then = detail::shares_of(detail::tidy(before));
    auto const shares = detail::shares_of(now);
    double const from = then.value(q, weights), to = shares.value(q, weights);
    e.value = to - from;
    bool const still = detail::same(from, to);
    e.sentence = "The group's " + name +
                 (still ? " is still " + detail::rounded(to)
                        : (to > from ? " rises" : " falls") + detail::change_text("", from, to));
    if (shares.lost_of(q, weights) || then.lost_of(q, weights)) {
        return e.sentence += detail::lost_to_rounding, e;
    }
    Eigen::MatrixXd const later = shares.of(q, weights), before_that = then.of(q, weights);
    detail::share_out(e, now, later - before_that);
    if (!still) {
        double const scale = std::max(later.maxCoeff(), before_that.maxCoeff());
        e.sentence += ": " + detail::extremes_of(e, names, "adds", scale);
    }
    e.sentence += ".";
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
    bool const lost =
        after.lost_of(quantity::stability, weights) || before.lost_of(quantity::stability, weights);
    if (!lost) detail::share_out(e, all, shares);

    double own = 0.0;
    for (Eigen::Index i = 0; i < n; ++i) own += shares(i, n);
    Eigen::Index best = 0;
    w.maxCoeff(&best);
    auto const who = detail::name_of(names, static_cast<std::size_t>(n));
    double const from = *effect.stability - *effect.change, to = *effect.stability;
    double const rest = *e.value - own;
    e.sentence =
        detail::name_at_start(names, static_cast<std::size_t>(n)) + " would " +
        (detail::same(from, to) ? "leave the group's stability at " + detail::rounded(to)
                                : (*e.value < 0.0 ? "lower" : "raise") +
                                      detail::change_text(" the group's stability", from, to)) +
        " (" + detail::change_text("density", before.f.density, after.f.density) + ", " +
        detail::change_text("connectivity", before.f.connectivity, after.f.connectivity) + ", " +
        detail::change_text("cohesion", before.f.cohesion, after.f.cohesion) + ")";
    if (lost) return e.sentence += detail::lost_to_rounding, e;
    e.sentence += ": the new ties bring " + detail::rounded(own) +
                  ", nobody is more compatible with " + who + " than " +
                  detail::name_of(names, static_cast<std::size_t>(best)) + " (" +
                  detail::rounded(w(best)) + "), and the ties among the others count " +
                  (detail::same(*e.value, own, std::max(from, to))
                       ? "as before."
                       : detail::rounded(std::abs(rest)) + (rest > 0.0 ? " more." : " less."));
    return e;
}

/// Takes a member's contribution to a quantity apart, that of all - that of all without the member:
/// a pair's share is that with the member minus that without. Fewer than three members: no value.
/// Throws as stability does, and invalid_argument for a member who is not there.
[[nodiscard]] inline explanation explain_member(Eigen::Ref<Eigen::MatrixXd const> const& c,
                                                std::size_t member,
                                                stability_weights const& weights = {},
                                                std::span<std::string const> names = {},
                                                quantity q = quantity::stability) {
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
    Eigen::MatrixXd shares = with.of(q, weights);
    Eigen::MatrixXd const old = without.of(q, weights);
    for (std::size_t b = 0; b < rest.size(); ++b) {
        for (std::size_t a = 0; a < rest.size(); ++a) {
            shares(static_cast<Eigen::Index>(rest[a]), static_cast<Eigen::Index>(rest[b])) -=
                old(static_cast<Eigen::Index>(a), static_cast<Eigen::Index>(b));
        }
    }
    double const before = with.value(q, weights);
    double const after = without.value(q, weights);
    e.value = before - after;
    auto const instead = [&](std::string const& name, double without_one, double with_one) {
        auto const [a, b] = detail::apart(without_one, with_one);
        return name +
               (detail::same(without_one, with_one) ? " still " + a : " " + a + " instead of " + b);
    };
    auto& s = e.sentence;
    s = "Without " + detail::name_of(names, member) + " " +
        instead(std::string(quantity_name(q)) + " would be", after, before);
    if (q == quantity::stability) {
        s += " (" + instead("density", without.f.density, with.f.density) + ", " +
             instead("connectivity", without.f.connectivity, with.f.connectivity) + ", " +
             instead("cohesion", without.f.cohesion, with.f.cohesion) + ")";
    }
    if (with.lost_of(q, weights) || without.lost_of(q, weights)) {
        return s += detail::lost_to_rounding, e;
    }
    detail::share_out(e, tidy, shares);
    double const scale = std::max(with.of(q, weights).maxCoeff(), old.maxCoeff());
    s += ": " + detail::extremes_of(e, names, "counts", scale) + ".";
    return e;
}

} // namespace weft::inline v0::fabric
