#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <span>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <Eigen/Core>

#include "weft/core/error.hpp"
#include "weft/core/number.hpp"
#include "weft/fabric/communities.hpp"
#include "weft/fabric/explain.hpp"
#include "weft/fabric/formation.hpp"
#include "weft/fabric/links.hpp"
#include "weft/fabric/members.hpp"
#include "weft/fabric/stability.hpp"

/// Which pairs and members made the numbers that are no factor of stability. As in explain.hpp the
/// pairs' shares add up to the number, and so do the members'. `names`: none, or one a member.
namespace weft::inline v0::fabric {

/// Takes evenness, l_2 / l_n, apart: pair ij has c_ij (x_i - x_j)^2 / l_n of it, x the mode of l_2
/// (the mean over its modes where it is multiple). The sentence says which pair l_n, which stands
/// below the line, has most of. No value where evenness has none; no shares where they do not add
/// up to a millionth, in groups that hang by a thread. O(n^3). Throws as stability does.
[[nodiscard]] inline explanation explain_evenness(Eigen::Ref<Eigen::MatrixXd const> const& c,
                                                  std::span<std::string const> names = {}) {
    detail::require_names(names, c.rows());
    auto const whole = stability(c);
    explanation e;
    e.name = "evenness";
    if (!whole.evenness) {
        e.sentence = "The group has no evenness: " + whole.why.at("evenness") + ".";
        return e;
    }
    e.value = *whole.evenness;
    Eigen::MatrixXd const tidy = detail::tidy(c);
    auto const parts = detail::lists(detail::components(tidy, 0.0));
    Eigen::Index const n = tidy.rows();
    e.sentence = "The group's evenness is " + detail::rounded(*e.value);
    if (!(*e.value > 0.0)) {
        detail::share_out(e, tidy, Eigen::MatrixXd::Zero(n, n));
        if (parts.size() > 1) {
            e.sentence += ": nothing ties " + detail::parts_of(parts, names) + " to the others";
        }
        e.sentence += ".";
        return e;
    }
    // The same for all multiples of a group.
    Eigen::MatrixXd const lifted = tidy * detail::lift_of(tidy);
    auto const [slow, fast, last] = [&] {
        Eigen::MatrixXd l = -lifted;
        l.diagonal() = lifted.rowwise().sum();
        Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> const solver(l);
        if (solver.info() != Eigen::Success) {
            WEFT_THROW(not_converged("eigenvectors of a group's Laplacian"));
        }
        Eigen::VectorXd const& values = solver.eigenvalues();
        double const near = 1e-9 * values(n - 1);
        Eigen::Index above = 2, below = n - 1;
        while (above < n && values(above) <= values(1) + near) ++above;
        while (below > 1 && values(below - 1) >= values(n - 1) - near) --below;
        Eigen::MatrixXd const all = solver.eigenvectors();
        return std::tuple{Eigen::MatrixXd(all.middleCols(1, above - 1)),
                          Eigen::MatrixXd(all.rightCols(n - below)), values(n - 1)};
    }();
    Eigen::MatrixXd shares = Eigen::MatrixXd::Zero(n, n), others = shares;
    double sum = 0.0;
    for (Eigen::Index j = 0; j < n; ++j) {
        for (Eigen::Index i = 0; i < j; ++i) {
            shares(i, j) = lifted(i, j) * detail::mode_distance(slow, i, j) / last;
            others(i, j) = lifted(i, j) * detail::mode_distance(fast, i, j) / last;
            sum += shares(i, j);
        }
    }
    if (!detail::adds_up(sum, *e.value)) return e.sentence += detail::lost_to_rounding, e;
    // l_2 of stability() keeps digits that this solver may lose.
    shares *= *e.value / sum;
    detail::share_out(e, tidy, shares);
    explanation below_the_line;
    detail::share_out(below_the_line, tidy, others);
    e.sentence += " (l_2 over l_n): " + detail::extremes_of(e, names);
    if (n > 2) {
        auto const& most = below_the_line.pairs.front();
        e.sentence += "; of l_n no pair has more than " + detail::name_of(names, most) + " (" +
                      detail::rounded(100.0 * most.share) + "%)";
    }
    e.sentence += ".";
    return e;
}

enum class member_quantity { strength, tree_links, prominence };

/// Takes a number of one member apart (what they are: see member). A pair's share of the strength
/// is c_ij, of the tree links c_ij R_ij, for the member's own pairs; of the prominence, which is
/// homogeneous of degree 1 in all compatibilities, c_kl times the derivative by c_kl: the power in
/// kl when a current goes from the member to each other one in turn. These need differences of
/// potentials: no shares where they do not add up to a millionth, in groups that hang by a thread.
/// No value for the prominence of one alone. O(n^3). Throws as stability does, and for a member who
/// is not there.
[[nodiscard]] inline explanation explain_of_member(Eigen::Ref<Eigen::MatrixXd const> const& c,
                                                   std::size_t member, member_quantity q,
                                                   std::span<std::string const> names = {}) {
    require_compatibility("compatibility", c);
    detail::require_names(names, c.rows());
    Eigen::Index const n = c.rows();
    if (member >= static_cast<std::size_t>(n)) {
        WEFT_THROW(invalid_argument("member", weft::to_text(member),
                                    "an index below " + weft::to_text(n)));
    }
    auto const who = detail::name_of(names, member);
    auto const i = static_cast<Eigen::Index>(member);
    explanation e;
    e.name = q == member_quantity::strength     ? "strength"
             : q == member_quantity::tree_links ? "tree_links"
                                                : "prominence";
    Eigen::MatrixXd const tidy = detail::tidy(c);
    Eigen::MatrixXd shares = Eigen::MatrixXd::Zero(n, n);
    auto const own = [&](auto const& share) {
        for (Eigen::Index j = 0; j < n; ++j) {
            if (j != i && tidy(i, j) > 0.0) shares(std::min(i, j), std::max(i, j)) = share(j);
        }
    };
    double const lift = detail::lift_of(tidy);
    Eigen::MatrixXd const lifted = tidy * lift;
    std::string what;
    if (q == member_quantity::strength) {
        e.value = tidy.row(i).sum();
        own([&](Eigen::Index j) { return tidy(i, j); });
        what = "The strength of " + who;
    } else if (q == member_quantity::tree_links) {
        Eigen::MatrixXd const r = detail::resistances(lifted);
        own([&](Eigen::Index j) { return lifted(i, j) * r(i, j); });
        e.value = shares.sum();
        what = "The number of links of a random spanning tree that are expected to end at " + who;
    } else if (n < 2) {
        e.sentence =
            detail::name_at_start(names, member) + " has no prominence: there is nobody else.";
        return e;
    } else {
        e.value = 0.0;
        what = "The prominence of " + who;
        if (detail::components(tidy, 0.0).count == 1) {
            Eigen::MatrixXd work = lifted;
            (void)detail::eliminate(work);
            // Columns whose products are the potentials of the network with its last member as
            // ground.
            Eigen::MatrixXd roots = Eigen::MatrixXd::Zero(n - 1, n);
            roots.leftCols(n - 1).setIdentity();
            auto left = roots.leftCols(n - 1);
            work.topLeftCorner(n - 1, n - 1).triangularView<Eigen::Lower>().solveInPlace(left);
            Eigen::MatrixXd away(n - 1, n);
            for (Eigen::Index j = 0; j < n; ++j) away.col(j) = roots.col(i) - roots.col(j);
            double const far = detail::resistances_of_factor(work).col(i).sum();
            double const size = static_cast<double>(n);
            e.value = std::min(1.0, 2.0 * (size - 1.0) / (size * far) / lift);
            for (Eigen::Index l = 0; l < n; ++l) {
                for (Eigen::Index k = 0; k < l; ++k) {
                    if (!(tidy(k, l) > 0.0)) continue;
                    Eigen::VectorXd const across = roots.col(k) - roots.col(l);
                    double const power = (across.transpose() * away).squaredNorm();
                    shares(k, l) = *e.value * (lifted(k, l) * power / far);
                }
            }
            if (!detail::adds_up(shares.sum(), *e.value)) {
                e.sentence = what + " is " + detail::rounded(*e.value);
                return e.sentence += detail::lost_to_rounding, e;
            }
        }
    }
    detail::share_out(e, tidy, shares);
    e.sentence = what + " is " + detail::rounded(*e.value);
    if (!(*e.value > 0.0)) {
        if (q != member_quantity::prominence) {
            e.sentence += ": no tie";
        } else if (auto const parts = detail::lists(detail::components(tidy, 0.0));
                   parts.size() > 1) {
            e.sentence += ": nothing ties " + detail::parts_of(parts, names) + " to the others";
        }
    } else {
        // Of its own pairs; the members' halves would say the same of it again.
        auto const& most = e.pairs.front();
        e.sentence += q == member_quantity::prominence
                          ? ": " + detail::extremes_of(e, names)
                          : ": no pair brings more than " + detail::name_of(names, most) + " (" +
                                detail::rounded(most.share) + ")";
    }
    e.sentence += ".";
    return e;
}

/// Takes a member's participation (see participation) apart: the share of its pair with j is the
/// part of its compatibility that is with j, times the part that is outside of j's cluster. Throws
/// as participation does, and for a member who is not there.
[[nodiscard]] inline explanation explain_participation(Eigen::Ref<Eigen::MatrixXd const> const& c,
                                                       std::span<std::size_t const> of,
                                                       std::size_t member,
                                                       std::span<std::string const> names = {}) {
    require_compatibility("compatibility", c);
    detail::require_names(names, c.rows());
    auto const n = static_cast<std::size_t>(c.rows());
    detail::require_labels(of, n);
    if (member >= n) {
        WEFT_THROW(invalid_argument("member", weft::to_text(member),
                                    "an index below " + weft::to_text(n)));
    }
    Eigen::MatrixXd const tidy = detail::tidy(c);
    auto const i = static_cast<Eigen::Index>(member);
    std::vector<double> to(n, 0.0);
    double const all = tidy.row(i).sum();
    for (std::size_t j = 0; j < n; ++j) to[of[j]] += tidy(i, static_cast<Eigen::Index>(j));
    explanation e;
    e.name = "participation";
    e.value = 0.0;
    Eigen::MatrixXd shares = Eigen::MatrixXd::Zero(c.rows(), c.rows());
    std::size_t clusters = 0;
    for (double const x : to) clusters += x > 0.0 ? 1 : 0;
    if (clusters > 1) {
        for (std::size_t j = 0; j < n; ++j) {
            auto const at = static_cast<Eigen::Index>(j);
            shares(std::min(i, at), std::max(i, at)) =
                tidy(i, at) / all * std::max(0.0, 1.0 - to[of[j]] / all);
        }
        e.value = clamp_unit(shares.sum());
    }
    detail::share_out(e, tidy, shares);
    auto& s = e.sentence;
    auto const who = detail::name_of(names, member);
    s = "The participation of " + who + " is " + detail::rounded(*e.value);
    if (!(all > 0.0)) {
        s += ": no tie.";
    } else if (clusters == 1) {
        s += ": all of its compatibility is with one cluster.";
    } else {
        // Largest first, equal ones in the order of their labels.
        std::vector<std::size_t> by(n);
        std::iota(by.begin(), by.end(), std::size_t{0});
        std::stable_sort(by.begin(), by.end(), [&](auto a, auto b) { return to[a] > to[b]; });
        s += ": of its compatibility ";
        for (std::size_t k = 0; k < std::min<std::size_t>(clusters, 3); ++k) {
            std::size_t first = 0;
            while (of[first] != by[k] || first == member) ++first;
            s += (k == 0 ? "" : ", ") + detail::rounded(100.0 * to[by[k]] / all) +
                 "% is with the cluster of " + detail::name_of(names, first);
        }
        if (clusters > 3) {
            double rest = 0.0;
            for (std::size_t k = 3; k < clusters; ++k) rest += to[by[k]];
            s += ", " + detail::rounded(100.0 * rest / all) + "% with " +
                 weft::to_text(clusters - 3) + " more";
        }
        s += "; no pair brings more than " + detail::name_of(names, e.pairs.front()) + " (" +
             detail::rounded(e.pairs.front().share) + ").";
    }
    return e;
}

/// Takes the modularity of a partition (`of`: the cluster of each member) apart. Pair ij has
/// c_ij / m times (1 if both are in one cluster, else 0) minus `resolution` times the mean of the
/// shares that its ends' clusters have of all strengths; shares across clusters are below 0. No
/// value where every compatibility is 0. Throws as participation does, and for a resolution that is
/// not a finite number above 0.
[[nodiscard]] inline explanation explain_modularity(Eigen::Ref<Eigen::MatrixXd const> const& c,
                                                    std::span<std::size_t const> of,
                                                    double resolution = 1.0,
                                                    std::span<std::string const> names = {}) {
    require_compatibility("compatibility", c);
    detail::require_names(names, c.rows());
    auto const n = static_cast<std::size_t>(c.rows());
    detail::require_labels(of, n);
    if (!is_finite(resolution) || !(resolution > 0.0)) {
        WEFT_THROW(
            invalid_argument("resolution", weft::to_text(resolution), "a finite number above 0"));
    }
    Eigen::MatrixXd const tidy = detail::tidy(c);
    double const m = detail::pair_sum(tidy);
    explanation e;
    e.name = "modularity";
    if (!(m > 0.0)) {
        e.sentence = "The group has no modularity: every compatibility is 0.";
        return e;
    }
    std::vector<double> strength(n, 0.0);
    for (std::size_t i = 0; i < n; ++i) {
        strength[of[i]] += tidy.row(static_cast<Eigen::Index>(i)).sum() / (2.0 * m);
    }
    double inside = 0.0, chance = 0.0;
    for (double const s : strength) chance += s * s;
    Eigen::MatrixXd shares = Eigen::MatrixXd::Zero(c.rows(), c.rows());
    for (std::size_t j = 0; j < n; ++j) {
        for (std::size_t i = 0; i < j; ++i) {
            auto const a = static_cast<Eigen::Index>(i), b = static_cast<Eigen::Index>(j);
            double const part = tidy(a, b) / m, together = of[i] == of[j] ? 1.0 : 0.0;
            inside += part * together;
            shares(a, b) =
                part * (together - resolution * 0.5 * (strength[of[i]] + strength[of[j]]));
        }
    }
    e.value = inside - resolution * chance;
    detail::share_out(e, tidy, shares);
    auto const [a, b] = detail::apart(100.0 * inside, 100.0 * chance);
    e.sentence = "The partition's modularity is " + detail::rounded(*e.value) +
                 ": pairs inside of clusters hold " + a +
                 "% of the compatibility, where strengths alone explain " + b + "%";
    if (resolution != 1.0) {
        e.sentence += " (which counts " + detail::rounded(resolution) + " times)";
    }
    e.sentence +=
        "; " + detail::extremes_of(e, names, "brings", resolution * tidy.maxCoeff() / m) + ".";
    return e;
}

/// Says why a member is a bridge between the clusters `of`, or why not (see bridges). The value and
/// the shares are those of its contribution to the cohesion, as in explain_member. No value for
/// fewer than three members. n^4/3 operations, as the other members are what it is compared with.
/// Throws as bridges does, and for a member who is not there.
[[nodiscard]] inline explanation explain_bridge(Eigen::Ref<Eigen::MatrixXd const> const& c,
                                                std::span<std::size_t const> of, std::size_t member,
                                                std::span<std::string const> names = {}) {
    auto const n = static_cast<std::size_t>(c.rows());
    auto spread = participation(c, of);
    auto e = explain_member(c, member, {}, names, quantity::cohesion);
    e.name = "cohesion_contribution";
    if (n < 3) return e;
    auto const who = detail::name_at_start(names, member);
    if (std::all_of(of.begin(), of.end(), [&](auto l) { return l == of[0]; })) {
        e.sentence = who + " is no bridge: there is one cluster.";
        return e;
    }
    auto const all = members(c);
    auto const scale = detail::scale_of_bridges(of, std::move(spread), all);
    double const loss = *all[member].cohesion_contribution;
    bool const wide = scale.participation[member] > scale.usual[member], dear = loss > scale.loss;
    auto const [p, usual] = detail::apart(scale.participation[member], scale.usual[member]);
    auto const [own, median] = detail::apart(loss, scale.loss);
    e.sentence =
        who + (wide && dear ? " is a bridge: " : " is no bridge: ") + "its participation is " + p +
        (wide ? ", above " : ", not above ") + usual +
        ", beyond which it is unusual among those it is compared with" +
        (wide == dear ? ", and " : ", while ") + "it brings the cohesion " + own +
        (dear ? ", more than the median member's " : ", no more than the median member's ") +
        median + ".";
    return e;
}

/// Takes a fit (see fit) apart: the share of member j is (c_j - baseline) / sqrt(n). The person is
/// member n, and has no share of its own: pairs and members say the same. `names`: none, or one a
/// member and the person's. No value for an empty group. Throws as fit does.
[[nodiscard]] inline explanation explain_fit(std::span<double const> c, double baseline = 0.0,
                                             std::span<std::string const> names = {}) {
    auto const value = fit(c, baseline);
    auto const n = c.size();
    detail::require_names(names, static_cast<Eigen::Index>(n + 1));
    explanation e;
    e.name = "fit";
    e.value = value;
    auto const who = detail::name_of(names, n);
    if (!value) {
        e.sentence = detail::name_at_start(names, n) + " has no fit with an empty group.";
        return e;
    }
    double const root = std::sqrt(static_cast<double>(n));
    double sum = 0.0;
    for (std::size_t j = 0; j < n; ++j) {
        double const share = (c[j] - baseline) / root;
        sum += c[j] - baseline;
        e.pairs.push_back({j, n, c[j], share});
        e.members.push_back({j, share});
    }
    detail::order(e);
    auto const &most = e.members.front(), &least = e.members.back();
    e.sentence = "The fit of " + who + " is " + detail::rounded(*value) +
                 ": the compatibilities with " + weft::to_text(n) +
                 (n == 1 ? " member" : " members") + " add up to " + detail::rounded(sum) +
                 (baseline > 0.0 ? " beyond " + detail::rounded(baseline) + " each" : "") +
                 ", over the root of " + weft::to_text(n);
    double const scale = std::max(*std::max_element(c.begin(), c.end()), baseline) / root;
    if (detail::same(most.share, least.share, scale)) {
        e.sentence += n == 1 ? "." : "; every member brings " + detail::rounded(most.share) + ".";
    } else {
        auto const [high, low] = detail::apart(most.share, least.share);
        e.sentence += "; no member brings more than " + detail::name_of(names, most.member) + " (" +
                      high + ") or less than " + detail::name_of(names, least.member) + " (" + low +
                      ").";
    }
    return e;
}

/// Takes the stability of a group with those who were chosen apart (`made`: what choose said of
/// `all`, the same number of `members`, and the same weights), as explain does; members count as in
/// `all`, candidate k is members + k. `names`: none, or one for each of `all`. No value for fewer
/// than two people. Throws as choose does, and for candidates who are not there.
[[nodiscard]] inline explanation explain_choice(Eigen::Ref<Eigen::MatrixXd const> const& all,
                                                std::size_t members, choice const& made,
                                                stability_weights const& weights = {},
                                                std::span<std::string const> names = {}) {
    require_compatibility("all", all);
    require_weights(weights);
    detail::require_names(names, all.rows());
    auto const total = static_cast<std::size_t>(all.rows());
    if (members > total) {
        WEFT_THROW(
            invalid_argument("members", weft::to_text(members), "at most " + weft::to_text(total)));
    }
    std::vector<std::size_t> people(members);
    std::iota(people.begin(), people.end(), std::size_t{0});
    std::string chosen;
    for (std::size_t k = 0; k < made.chosen.size(); ++k) {
        if (made.chosen[k] >= total - members || (k > 0 && made.chosen[k] <= made.chosen[k - 1])) {
            WEFT_THROW(invalid_argument(
                "made.chosen[" + weft::to_text(k) + "]", weft::to_text(made.chosen[k]),
                "increasing candidates below " + weft::to_text(total - members)));
        }
        people.push_back(members + made.chosen[k]);
        if (k < 3) chosen += (k == 0 ? "" : ", ") + detail::name_of(names, people.back());
    }
    if (made.chosen.size() > 3) {
        chosen += " and " + weft::to_text(made.chosen.size() - 3) + " more";
    }
    Eigen::MatrixXd const tidy = detail::tidy(all);
    auto e = explain(detail::part(tidy, people), quantity::stability, weights);
    if (!e.value) return e;
    for (auto& p : e.pairs) {
        p.i = people[p.i];
        p.j = people[p.j];
    }
    for (auto& m : e.members) m.member = people[m.member];
    detail::order(e);
    e.sentence = "The stability ";
    e.sentence += chosen.empty() ? "with nobody chosen" : "with " + chosen;
    auto shown = detail::rounded(*e.value);
    std::string before_that;
    if (members > 1 && !chosen.empty()) {
        std::vector<std::size_t> const before(
            people.begin(), people.begin() + static_cast<std::ptrdiff_t>(members));
        detail::part_judge judge(tidy, weights);
        double const without = judge(before);
        auto const [old, now] = detail::apart(without, *e.value);
        before_that = detail::same(without, *e.value) ? ", as without" : ", " + old + " without";
        shown = now;
    }
    e.sentence += " is " + shown + before_that;
    e.sentence += made.exact
                      ? ", and none of the " + weft::to_text(made.tried) + " choices is better"
                      : ", the best that " + weft::to_text(made.tried) + " trials found";
    if (e.pairs.empty()) return e.sentence += detail::lost_to_rounding, e;
    e.sentence += ": " + detail::extremes_of(e, names) + ".";
    return e;
}

/// Takes the mean stability of people's groups apart (`made`: what form_groups said of `c`, with
/// the same weights): a pair's share is that of its group's stability, times the part of the placed
/// people who are in that group; pairs of no group have none. No value without groups. Throws as
/// explain does, and for groups that `c` cannot have.
[[nodiscard]] inline explanation explain_formation(Eigen::Ref<Eigen::MatrixXd const> const& c,
                                                   formation const& made,
                                                   stability_weights const& weights = {},
                                                   std::span<std::string const> names = {}) {
    require_compatibility("compatibility", c);
    require_weights(weights);
    detail::require_names(names, c.rows());
    auto const n = static_cast<std::size_t>(c.rows());
    std::vector<char> in(n, 0);
    std::size_t placed = 0;
    for (std::size_t g = 0; g < made.groups.size(); ++g) {
        if (made.groups[g].size() < 2) {
            WEFT_THROW(invalid_argument("made.groups[" + weft::to_text(g) + "]",
                                        weft::to_text(made.groups[g].size()) + " members",
                                        "two at least"));
        }
        for (auto const i : made.groups[g]) {
            if (i >= n || in[i]++ != 0) {
                WEFT_THROW(invalid_argument("made.groups[" + weft::to_text(g) + "]",
                                            weft::to_text(i),
                                            "each person below " + weft::to_text(n) + " once"));
            }
            ++placed;
        }
    }
    explanation e;
    e.name = "mean_stability";
    if (placed == 0) {
        e.sentence = "There is no group.";
        return e;
    }
    Eigen::MatrixXd const tidy = detail::tidy(c);
    Eigen::MatrixXd shares = Eigen::MatrixXd::Zero(c.rows(), c.rows());
    double sum = 0.0;
    bool lost = false;
    std::size_t best = 0, worst = 0;
    std::vector<double> stabilities;
    for (auto const& people : made.groups) {
        auto const own = detail::shares_of(detail::part(tidy, people));
        auto const share = own.of(quantity::stability, weights);
        lost = lost || own.lost_of(quantity::stability, weights);
        auto const part = static_cast<double>(people.size()) / static_cast<double>(placed);
        for (std::size_t b = 0; b < people.size(); ++b) {
            for (std::size_t a = 0; a < people.size(); ++a) {
                shares(static_cast<Eigen::Index>(people[a]), static_cast<Eigen::Index>(people[b])) =
                    part * share(static_cast<Eigen::Index>(a), static_cast<Eigen::Index>(b));
            }
        }
        stabilities.push_back(own.value(quantity::stability, weights));
        sum += part * stabilities.back();
        auto const g = stabilities.size() - 1;
        if (stabilities[g] > stabilities[best] &&
            !detail::same(stabilities[g], stabilities[best])) {
            best = g;
        }
        if (stabilities[g] < stabilities[worst] &&
            !detail::same(stabilities[g], stabilities[worst])) {
            worst = g;
        }
    }
    e.value = sum;
    if (!lost) detail::share_out(e, tidy, shares);
    auto const people_of = [&](std::size_t g) { return detail::parts_of({made.groups[g]}, names); };
    auto& s = e.sentence;
    s = "The mean stability of " + weft::to_text(placed) + " people in " +
        weft::to_text(made.groups.size()) + (made.groups.size() == 1 ? " group" : " groups") +
        " is " + detail::rounded(sum);
    if (placed < n) s += " (" + weft::to_text(n - placed) + " left out)";
    if (made.groups.size() > 1) {
        auto const [high, low] = detail::apart(stabilities[best], stabilities[worst]);
        s += detail::same(stabilities[best], stabilities[worst])
                 ? ": all groups have the same"
                 : ": no group has more than that of " + people_of(best) + " (" + high +
                       ") or less than that of " + people_of(worst) + " (" + low + ")";
    }
    if (lost) return s += detail::lost_to_rounding, e;
    if (sum > 0.0) {
        s += (made.groups.size() > 1 ? "; no pair brings more than "
                                     : ": no pair brings more than ") +
             detail::name_of(names, e.pairs.front()) + " (" +
             detail::rounded(e.pairs.front().share) + ")";
    }
    s += ".";
    return e;
}

} // namespace weft::inline v0::fabric
