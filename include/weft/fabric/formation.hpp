#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <Eigen/Core>

#include "weft/core/error.hpp"
#include "weft/core/number.hpp"
#include "weft/core/unit.hpp"
#include "weft/fabric/links.hpp"
#include "weft/fabric/stability.hpp"

/// Which group for a person, whom to ask into a group, and how to make groups of people.
namespace weft::inline v0::fabric {

/// How well a person suits a group, comparable across groups of different sizes: the sum over its
/// members of (c_j - baseline), divided by sqrt(n). With `baseline` what the person's compatibility
/// with anybody is (0 where most pairs have nothing in common), this is, up to the spread of single
/// pairs, how many standard deviations the group lies above a random one of its size. A mean would
/// let groups of two win by chance, a sum the largest. `c`: compatibilities with the members.
/// Absent for an empty group. Throws invalid_argument naming `c[j]` or `baseline` outside [0,1].
[[nodiscard]] inline std::optional<double> fit(std::span<double const> c, double baseline = 0.0) {
    require_unit("baseline", baseline);
    double sum = 0.0;
    for (std::size_t j = 0; j < c.size(); ++j) {
        if (!in_unit(c[j])) require_unit("c[" + to_text(j) + "]", c[j]);
        sum += c[j] - baseline;
    }
    if (c.empty()) return std::nullopt;
    return sum / std::sqrt(static_cast<double>(c.size()));
}

struct ranked_group {
    std::size_t group = 0;
    double fit = 0.0;
};

/// The groups for a person, best fit first, equal ones in their order; empty groups are left out.
/// One row a group: the person's compatibilities with its members. Throws as fit, naming
/// `groups[g]`.
[[nodiscard]] inline std::vector<ranked_group>
rank_groups(std::span<std::vector<double> const> groups, double baseline = 0.0) {
    std::vector<ranked_group> out;
    for (std::size_t g = 0; g < groups.size(); ++g) {
        for (std::size_t j = 0; j < groups[g].size(); ++j) {
            if (!in_unit(groups[g][j])) {
                require_unit("groups[" + to_text(g) + "][" + to_text(j) + "]", groups[g][j]);
            }
        }
        if (auto const f = fit(groups[g], baseline)) out.push_back({g, *f});
    }
    std::sort(out.begin(), out.end(), [](ranked_group const& a, ranked_group const& b) {
        return a.fit != b.fit ? a.fit > b.fit : a.group < b.group;
    });
    return out;
}

/// How much is known of what each candidate's stability rests on: the mean certainty of all pairs
/// of the group with the candidate. Certainties lie in [0,1], 0 for a pair of which nothing is
/// known: `within` n x n (symmetric, as require_compatibility wants it), `candidates` m x n.
/// Throws invalid_argument otherwise; absent for an empty group.
[[nodiscard]] inline std::vector<std::optional<double>>
newcomer_confidences(Eigen::Ref<Eigen::MatrixXd const> const& within,
                     Eigen::Ref<Eigen::MatrixXd const> const& candidates) {
    require_compatibility("within", within);
    Eigen::Index const n = within.rows(), m = candidates.rows();
    if (m > 0 && candidates.cols() != n) {
        WEFT_THROW(invalid_argument("candidates", to_text(candidates.cols()) + " columns",
                                    "one column a member: " + to_text(n)));
    }
    for (Eigen::Index k = 0; k < m; ++k) {
        for (Eigen::Index i = 0; i < n; ++i) {
            if (!in_unit(candidates(k, i))) {
                require_unit("candidates[" + to_text(k) + "][" + to_text(i) + "]",
                             candidates(k, i));
            }
        }
    }
    std::vector<std::optional<double>> out(static_cast<std::size_t>(m));
    if (n == 0) return out;
    double const known = detail::pair_sum(detail::tidy(within));
    double const pairs = 0.5 * static_cast<double>(n) * static_cast<double>(n + 1);
    for (Eigen::Index k = 0; k < m; ++k) {
        out[static_cast<std::size_t>(k)] = clamp_unit((known + candidates.row(k).sum()) / pairs);
    }
    return out;
}

/// People who were chosen for a group.
struct choice {
    std::vector<std::size_t> chosen; ///< increasing
    std::optional<double> stability; ///< of the group with them; absent for fewer than two people
    bool exact = false;              ///< whether every choice was tried
    std::size_t tried = 0;
};

namespace detail {

/// Numbers that differ by rounding are ties; the first one stays.
inline constexpr double tie = 1e-12;

/// Stabilities of parts of one group.
class part_judge {
public:
    part_judge(Eigen::MatrixXd const& tidy, stability_weights const& weights)
        : tidy_(tidy)
        , weights_(weights) {}

    /// 0 for fewer than two.
    double operator()(std::vector<std::size_t> const& members) {
        ++count_;
        if (members.size() < 2) return 0.0;
        work_ = part(tidy_, members);
        return combine(factors_of(work_, space_), weights_);
    }
    [[nodiscard]] std::size_t count() const { return count_; }

private:
    Eigen::MatrixXd const& tidy_;
    stability_weights weights_;
    Eigen::MatrixXd work_;
    spectra space_;
    std::size_t count_ = 0;
};

/// C(m, k), or `most` + 1 where it is more.
inline std::size_t choices(std::size_t m, std::size_t k, std::size_t most) {
    double c = 1.0;
    for (std::size_t i = 0; i < std::min(k, m - k); ++i) {
        c *= static_cast<double>(m - i) / static_cast<double>(i + 1);
        if (c > static_cast<double>(most)) return most + 1;
    }
    return static_cast<std::size_t>(std::llround(c));
}

} // namespace detail

/// Which k of m candidates to take into a group so that it is most stable with all of them. `all`
/// has the n members' compatibilities first and the m candidates' after them, (n + m) x (n + m);
/// n may be 0. Where there are at most `most_exact` choices all are tried; otherwise candidates are
/// taken one by one, each time the best, and then exchanged as long as that helps. Ties (within
/// 1e-12) go to the lower numbers. `chosen` counts candidates from 0.
/// Throws invalid_argument as stability does, and for n or k that are too large.
[[nodiscard]] inline choice choose(Eigen::Ref<Eigen::MatrixXd const> const& all,
                                   std::size_t members, std::size_t k,
                                   stability_weights const& weights = {},
                                   std::size_t most_exact = 2000) {
    require_compatibility("all", all);
    require_weights(weights);
    auto const total = static_cast<std::size_t>(all.rows());
    if (members > total) {
        WEFT_THROW(invalid_argument("members", to_text(members), "at most " + to_text(total)));
    }
    std::size_t const m = total - members;
    if (k > m) {
        WEFT_THROW(
            invalid_argument("k", to_text(k), "at most the number of candidates, " + to_text(m)));
    }
    Eigen::MatrixXd const tidy = detail::tidy(all);
    detail::part_judge judge(tidy, weights);
    std::vector<std::size_t> group(members);
    std::iota(group.begin(), group.end(), std::size_t{0});
    auto const with = [&](std::vector<std::size_t> const& chosen) {
        auto people = group;
        for (auto const c : chosen) people.push_back(members + c);
        return judge(people);
    };
    choice out;
    double best = -1.0;
    if (detail::choices(m, k, most_exact) <= most_exact) {
        out.exact = true;
        std::vector<std::size_t> next(k);
        std::iota(next.begin(), next.end(), std::size_t{0});
        for (;;) {
            if (double const s = with(next); s > best + detail::tie) {
                best = s;
                out.chosen = next;
            }
            std::size_t i = k;
            while (i > 0 && next[i - 1] == m - k + i - 1) --i;
            if (i == 0) break;
            ++next[i - 1];
            for (; i < k; ++i) next[i] = next[i - 1] + 1;
        }
    } else {
        std::vector<char> taken(m, 0);
        auto const try_all = [&](auto const& change) {
            // The best of all candidates that are free, at one place.
            auto trial = out.chosen;
            std::size_t found = m;
            for (std::size_t c = 0; c < m; ++c) {
                if (taken[c] != 0) continue;
                change(trial, c);
                if (double const s = with(trial); s > best + detail::tie) {
                    best = s;
                    found = c;
                }
            }
            return found;
        };
        if (members == 0) {
            // Two to begin with: the most compatible pair.
            std::size_t a = 0, b = 1;
            for (std::size_t j = 1; j < m; ++j) {
                for (std::size_t i = 0; i < j; ++i) {
                    auto const x = static_cast<Eigen::Index>(i), y = static_cast<Eigen::Index>(j);
                    if (tidy(x, y) >
                        tidy(static_cast<Eigen::Index>(a), static_cast<Eigen::Index>(b))) {
                        a = i;
                        b = j;
                    }
                }
            }
            for (auto const c : {a, b}) {
                if (out.chosen.size() == k) break;
                out.chosen.push_back(c);
                taken[c] = 1;
            }
        }
        while (out.chosen.size() < k) {
            best = -1.0;
            out.chosen.push_back(0);
            auto const c = try_all([](auto& trial, std::size_t next) { trial.back() = next; });
            out.chosen.back() = c;
            taken[c] = 1;
        }
        best = with(out.chosen);
        for (int pass = 0; pass < 20; ++pass) {
            bool better = false;
            for (std::size_t place = 0; place < k; ++place) {
                auto const c = try_all([&](auto& trial, std::size_t next) { trial[place] = next; });
                if (c == m) continue;
                taken[out.chosen[place]] = 0;
                taken[c] = 1;
                out.chosen[place] = c;
                better = true;
            }
            if (!better) break;
        }
        std::sort(out.chosen.begin(), out.chosen.end());
    }
    if (members + k >= 2) out.stability = best;
    out.tried = judge.count();
    return out;
}

struct formation_options {
    std::size_t smallest = 2; ///< people in a group; at least 2
    std::size_t largest = 2;
    /// Where N people cannot be divided into groups of these sizes: leave out as few as possible
    /// instead of refusing.
    bool leave_out = false;
    stability_weights weights{};
    /// Up to this many people the best division is found for certain (at most 14).
    std::size_t exact_up_to = 10;
    /// Stabilities to compute at most beyond that.
    std::size_t most_tries = 200'000;
};

/// People, divided into groups.
struct formation {
    /// Members, increasing; groups in the order of their lowest members.
    std::vector<std::vector<std::size_t>> groups;
    std::vector<double> stabilities;   ///< of each
    std::vector<std::size_t> left_out; ///< increasing
    /// The mean over the people in groups of their group's stability: what is made large. Absent
    /// where there is no group.
    std::optional<double> mean_stability;
    bool exact = false;
};

namespace detail {

/// The most people, up to `n`, that groups of these sizes can hold.
inline std::size_t most_placed(std::size_t n, std::size_t smallest, std::size_t largest) {
    std::size_t best = 0;
    for (std::size_t groups = 1; groups <= n / smallest; ++groups) {
        best = std::max(best, std::min(n, groups * largest));
    }
    return best;
}

/// The best division, by dynamic programming over all sets of people. O(3^n).
inline std::vector<std::vector<std::size_t>> best_division(std::size_t n, std::size_t spare,
                                                           formation_options const& options,
                                                           part_judge& judge) {
    std::size_t const sets = std::size_t{1} << n;
    std::vector<double> worth(sets, -1.0);
    auto const size_of = [](std::size_t set) {
        return static_cast<std::size_t>(__builtin_popcountll(set));
    };
    for (std::size_t set = 1; set < sets; ++set) {
        auto const size = size_of(set);
        if (size < options.smallest || size > options.largest) continue;
        std::vector<std::size_t> people;
        for (std::size_t i = 0; i < n; ++i) {
            if ((set >> i & 1U) != 0) people.push_back(i);
        }
        worth[set] = static_cast<double>(size) * judge(people);
    }
    // best[s][set]: of dividing the set, leaving out s; and the set that holds its lowest member.
    std::vector<std::vector<double>> best(spare + 1, std::vector<double>(sets, -1.0));
    std::vector<std::vector<std::size_t>> first(spare + 1, std::vector<std::size_t>(sets, 0));
    for (std::size_t s = 0; s <= spare; ++s) {
        best[s][0] = s == 0 ? 0.0 : -1.0;
        for (std::size_t set = 1; set < sets; ++set) {
            auto const low = set & (~set + 1);
            auto const rest = set ^ low;
            for (auto more = rest;; more = (more - 1) & rest) {
                auto const part = more | low;
                if (worth[part] >= 0.0 && best[s][set ^ part] >= 0.0) {
                    double const sum = worth[part] + best[s][set ^ part];
                    if (sum > best[s][set] + tie) {
                        best[s][set] = sum;
                        first[s][set] = part;
                    }
                }
                if (more == 0) break;
            }
            if (s > 0 && best[s - 1][rest] > best[s][set] + tie) {
                best[s][set] = best[s - 1][rest];
                first[s][set] = 0;
            }
        }
    }
    std::vector<std::vector<std::size_t>> groups;
    std::size_t set = sets - 1, s = spare;
    while (set != 0) {
        auto const part = first[s][set];
        if (part == 0) {
            set &= set - 1;
            --s;
            continue;
        }
        groups.emplace_back();
        for (std::size_t i = 0; i < n; ++i) {
            if ((part >> i & 1U) != 0) groups.back().push_back(i);
        }
        set ^= part;
    }
    return groups;
}

/// Groups of given sizes, grown one by one from the most compatible pair that is left.
inline std::vector<std::vector<std::size_t>> grown(Eigen::MatrixXd const& c,
                                                   std::vector<std::size_t> const& sizes) {
    auto const n = static_cast<std::size_t>(c.rows());
    std::vector<char> placed(n, 0);
    std::vector<std::vector<std::size_t>> groups;
    for (auto const size : sizes) {
        std::vector<std::size_t> group;
        double most = -1.0;
        std::pair<std::size_t, std::size_t> start;
        for (std::size_t j = 0; j < n; ++j) {
            for (std::size_t i = 0; i < j && placed[j] == 0; ++i) {
                double const x = c(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(j));
                if (placed[i] == 0 && x > most) {
                    most = x;
                    start = {i, j};
                }
            }
        }
        group = {start.first, start.second};
        Eigen::VectorXd near = c.col(static_cast<Eigen::Index>(start.first)) +
                               c.col(static_cast<Eigen::Index>(start.second));
        placed[start.first] = placed[start.second] = 1;
        while (group.size() < size) {
            std::size_t next = n;
            for (std::size_t i = 0; i < n; ++i) {
                if (placed[i] != 0) continue;
                if (next == n ||
                    near(static_cast<Eigen::Index>(i)) > near(static_cast<Eigen::Index>(next))) {
                    next = i;
                }
            }
            group.push_back(next);
            placed[next] = 1;
            near += c.col(static_cast<Eigen::Index>(next));
        }
        groups.push_back(std::move(group));
    }
    // Whoever is left stands in a last list, with which people may change places.
    std::vector<std::size_t> rest;
    for (std::size_t i = 0; i < n; ++i) {
        if (placed[i] == 0) rest.push_back(i);
    }
    groups.push_back(std::move(rest));
    return groups;
}

/// Exchanges and moves people between groups (the last list: nobody's group) as long as the sum of
/// size times stability grows, until `judge` has judged `most` groups.
inline double improve(std::vector<std::vector<std::size_t>>& groups,
                      formation_options const& options, std::size_t most, part_judge& judge) {
    auto const none = groups.size() - 1;
    auto const worth = [&](std::size_t g, std::vector<std::size_t> const& people) {
        return g == none ? 0.0 : static_cast<double>(people.size()) * judge(people);
    };
    std::vector<double> now(groups.size());
    for (std::size_t g = 0; g < groups.size(); ++g) now[g] = worth(g, groups[g]);
    bool better = true;
    while (better && judge.count() < most) {
        better = false;
        for (std::size_t g = 0; g < groups.size(); ++g) {
            for (std::size_t h = 0; h < g; ++h) {
                for (std::size_t a = 0; a < groups[g].size(); ++a) {
                    // The place after the last one: a moves, and nobody comes back.
                    for (std::size_t b = 0; b <= groups[h].size(); ++b) {
                        if (judge.count() >= most) break;
                        bool const move = b == groups[h].size();
                        if (move && (g == none || groups[g].size() <= options.smallest ||
                                     groups[h].size() >= options.largest)) {
                            continue;
                        }
                        auto left = groups[g], right = groups[h];
                        if (move) {
                            right.push_back(left[a]);
                            left.erase(left.begin() + static_cast<std::ptrdiff_t>(a));
                        } else {
                            std::swap(left[a], right[b]);
                        }
                        double const one = worth(g, left), two = worth(h, right);
                        if (!(one + two > now[g] + now[h] + tie)) continue;
                        now[g] = one;
                        now[h] = two;
                        groups[g] = std::move(left);
                        groups[h] = std::move(right);
                        better = true;
                        if (a >= groups[g].size()) break;
                    }
                }
                // And the other way round, as moves are not symmetric.
                for (std::size_t b = 0; g != none && b < groups[h].size(); ++b) {
                    if (groups[h].size() <= options.smallest ||
                        groups[g].size() >= options.largest || judge.count() >= most) {
                        break;
                    }
                    auto left = groups[g], right = groups[h];
                    left.push_back(right[b]);
                    right.erase(right.begin() + static_cast<std::ptrdiff_t>(b));
                    double const one = worth(g, left), two = worth(h, right);
                    if (!(one + two > now[g] + now[h] + tie)) continue;
                    now[g] = one;
                    now[h] = two;
                    groups[g] = std::move(left);
                    groups[h] = std::move(right);
                    better = true;
                }
            }
        }
    }
    return std::accumulate(now.begin(), now.end(), 0.0);
}

} // namespace detail

/// Divides N people into groups of `smallest` to `largest` members so that people's groups are, in
/// the mean, as stable as can be. Up to `exact_up_to` people the best division is found; beyond
/// that groups are grown for few, some and many groups, and people change places as long as that
/// helps and there are tries left, equally many for each start. Deterministic; ties (within 1e-12)
/// go to lower numbers. `c` as require_compatibility wants it. Throws invalid_argument for sizes
/// that are impossible for N (naming the sizes and what would do), unless `leave_out`; nobody is a
/// fine number of people.
[[nodiscard]] inline formation form_groups(Eigen::Ref<Eigen::MatrixXd const> const& c,
                                           formation_options const& wanted) {
    require_compatibility("compatibility", c);
    require_weights(wanted.weights);
    auto options = wanted;
    if (options.smallest < 2) {
        WEFT_THROW(invalid_argument("options.smallest", to_text(options.smallest), "at least 2"));
    }
    if (options.largest < options.smallest) {
        WEFT_THROW(invalid_argument("options.largest", to_text(options.largest),
                                    "at least options.smallest, " + to_text(options.smallest)));
    }
    auto const n = static_cast<std::size_t>(c.rows());
    // No group has more people than there are, however large it may be: sums stay in range.
    options.largest = std::min(options.largest, std::max(n, options.smallest));
    auto const placed = detail::most_placed(n, options.smallest, options.largest);
    if (placed < n && !options.leave_out) {
        WEFT_THROW(invalid_argument(
            "options", "groups of " + to_text(wanted.smallest) + " to " + to_text(wanted.largest),
            "sizes into which " + to_text(n) + " people can be divided (at most " +
                to_text(placed) + " of them can, with leave_out)"));
    }
    formation out;
    Eigen::MatrixXd const tidy = detail::tidy(c);
    detail::part_judge judge(tidy, options.weights);
    std::vector<std::vector<std::size_t>> groups;
    if (n <= std::min<std::size_t>(options.exact_up_to, 14)) {
        groups = detail::best_division(n, n - placed, options, judge);
        out.exact = true;
    } else if (placed > 0) {
        auto const fewest = (placed + options.largest - 1) / options.largest;
        auto const most = placed / options.smallest;
        // Few, some and many groups.
        std::vector<std::size_t> counts{fewest, fewest + (most - fewest) / 2, most};
        counts.erase(std::unique(counts.begin(), counts.end()), counts.end());
        double best = -1.0;
        for (std::size_t start = 0; start < counts.size(); ++start) {
            auto const count = counts[start];
            // The same number of tries each, and what the ones before left.
            auto const tries = options.most_tries -
                               options.most_tries / counts.size() * (counts.size() - 1 - start);
            std::vector<std::size_t> sizes(count, placed / count);
            for (std::size_t g = 0; g < placed % count; ++g) ++sizes[g];
            auto trial = detail::grown(tidy, sizes);
            if (double const sum = detail::improve(trial, options, tries, judge);
                sum > best + detail::tie) {
                best = sum;
                groups = std::move(trial);
            }
        }
        groups.pop_back();
    }
    std::vector<char> in(n, 0);
    for (auto& g : groups) {
        std::sort(g.begin(), g.end());
        for (auto const i : g) in[i] = 1;
    }
    std::sort(groups.begin(), groups.end());
    double sum = 0.0;
    for (auto const& g : groups) {
        out.stabilities.push_back(judge(g));
        sum += static_cast<double>(g.size()) * out.stabilities.back();
    }
    out.groups = std::move(groups);
    for (std::size_t i = 0; i < n; ++i) {
        if (in[i] == 0) out.left_out.push_back(i);
    }
    if (!out.groups.empty()) out.mean_stability = sum / static_cast<double>(placed);
    return out;
}

} // namespace weft::inline v0::fabric
