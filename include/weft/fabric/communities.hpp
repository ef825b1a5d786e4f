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
#include "weft/fabric/clusters.hpp"
#include "weft/fabric/members.hpp"
#include "weft/fabric/sparse_group.hpp"

/// Clusters finer than connected components, the evidence for them, and who bridges them.
namespace weft::inline v0::fabric {

struct community_options {
    /// The probability of finding clusters in a random group is at most this: exactly where pairs
    /// are rearranged and exchangeable; on a held-out half as far as the members' strengths say
    /// truly what chance puts inside.
    double level = 0.05;
    /// Random groups that the clusters are compared with, where pairs are rearranged. The smallest
    /// p-value is 1 / (trials + 1).
    std::size_t trials = 199;
    /// How fine: 1 is modularity as it is usually meant, more gives smaller clusters.
    double resolution = 1.0;
    /// Of the pseudo-random rearrangements and orders. The same seed gives the same result.
    std::uint64_t seed = 1;
    /// Groups with at most this many pairs above 0 are judged by rearrangement, larger ones by
    /// holding out half of the pairs.
    std::size_t most_rearranged = 20'000;
};

struct communities_result {
    /// Members, increasing; clusters in the order of their lowest members. The best partition found
    /// if it is significant, otherwise the connected components: one cluster is an answer.
    std::vector<std::vector<std::size_t>> clusters;
    /// The cluster of each member.
    std::vector<std::size_t> of;
    /// Modularity of the best partition found, significant or not (Newman and Girvan 2004):
    /// sum over clusters of (weight inside / m - resolution (strength / 2m)^2). Absent where every
    /// compatibility is 0.
    std::optional<double> modularity;
    /// The probability that a random group has as good a partition, or on a held-out half a bound
    /// that it does not exceed; absent with fewer than three pairs above 0.
    std::optional<double> p_value;
    bool significant = false;
    /// What the p-value rests on, in words.
    std::string evidence;
};

namespace detail {

/// A small generator (splitmix64): the same numbers everywhere.
class splitmix {
public:
    explicit splitmix(std::uint64_t seed)
        : state_(seed) {}
    std::uint64_t operator()() {
        state_ += 0x9e37'79b9'7f4a'7c15ULL;
        auto z = state_;
        z = (z ^ (z >> 30U)) * 0xbf58'476d'1ce4'e5b9ULL;
        z = (z ^ (z >> 27U)) * 0x94d0'49bb'1331'11ebULL;
        return z ^ (z >> 31U);
    }
    /// Below `n`, with a bias below n / 2^64.
    std::size_t below(std::size_t n) { return static_cast<std::size_t>((*this)() % n); }
    template <class T>
    void shuffle(std::vector<T>& x) {
        for (auto i = x.size(); i > 1; --i) std::swap(x[i - 1], x[below(i)]);
    }

private:
    std::uint64_t state_;
};

/// A weighted graph for the search: rows of neighbours; weight inside of a vertex (counted twice)
/// is part of its degree only.
struct search_graph {
    std::vector<std::size_t> first{0};
    std::vector<std::uint32_t> to;
    std::vector<double> weight;
    std::vector<double> degree;
    double total = 0.0; ///< of the degrees: 2m

    [[nodiscard]] std::size_t size() const { return degree.size(); }
};

inline search_graph searchable(sparse_group const& g) {
    search_graph out;
    out.to.reserve(2 * g.pairs());
    out.weight.reserve(2 * g.pairs());
    for (std::size_t i = 0; i < g.members(); ++i) {
        auto const near = g.neighbours(i);
        auto const c = g.compatibilities(i);
        out.to.insert(out.to.end(), near.begin(), near.end());
        out.weight.insert(out.weight.end(), c.begin(), c.end());
        out.first.push_back(out.to.size());
        out.degree.push_back(std::accumulate(c.begin(), c.end(), 0.0));
        out.total += out.degree.back();
    }
    return out;
}

/// From a list of links (each once).
inline search_graph searchable(std::size_t n, std::span<pair const> links) {
    search_graph out;
    out.first.assign(n + 1, 0);
    out.degree.assign(n, 0.0);
    for (auto const& l : links) {
        ++out.first[l.i + 1];
        ++out.first[l.j + 1];
        out.degree[l.i] += l.compatibility;
        out.degree[l.j] += l.compatibility;
    }
    std::partial_sum(out.first.begin(), out.first.end(), out.first.begin());
    out.to.resize(out.first.back());
    out.weight.resize(out.first.back());
    auto at = out.first;
    for (auto const& l : links) {
        out.to[at[l.i]] = static_cast<std::uint32_t>(l.j);
        out.weight[at[l.i]++] = l.compatibility;
        out.to[at[l.j]] = static_cast<std::uint32_t>(l.i);
        out.weight[at[l.j]++] = l.compatibility;
    }
    out.total = std::accumulate(out.degree.begin(), out.degree.end(), 0.0);
    return out;
}

/// The Leiden algorithm for modularity (Traag, Waltman and van Eck, Sci. Rep. 9 (2019) 5233): fast
/// local moves, refinement, aggregation, until nothing moves. The refinement takes the best move
/// instead of a random one.
class leiden {
public:
    leiden(double resolution, std::uint64_t seed)
        : resolution_(resolution)
        , random_(seed) {}

    /// The cluster of each vertex.
    std::vector<std::uint32_t> operator()(search_graph const& graph) {
        auto const n = graph.size();
        std::vector<std::uint32_t> of(n);
        std::iota(of.begin(), of.end(), std::uint32_t{0});
        if (!(graph.total > 0.0)) return of;
        search_graph level;
        search_graph const* now = &graph;
        // The vertex of the present level in which each original vertex is.
        std::vector<std::uint32_t> inside = of;
        std::vector<std::uint32_t> labels = of;
        for (;;) {
            bool const moved = move(*now, labels);
            auto const count = renumber(labels);
            for (std::size_t v = 0; v < n; ++v) of[v] = labels[inside[v]];
            if (count == now->size() || !moved) break;
            auto refined = refine(*now, labels);
            auto parts = renumber(refined);
            // A level without refinement ends where refinement joins nothing.
            if (parts == now->size()) {
                refined = labels;
                parts = count;
            }
            std::vector<std::uint32_t> next_labels(parts);
            for (std::size_t v = 0; v < now->size(); ++v) next_labels[refined[v]] = labels[v];
            for (auto& v : inside) v = refined[v];
            level = aggregate(*now, refined, parts);
            now = &level;
            labels = std::move(next_labels);
        }
        return of;
    }

private:
    /// Moves vertices to the neighbouring cluster that gains most until none gains.
    bool move(search_graph const& g, std::vector<std::uint32_t>& label) {
        auto const n = g.size();
        std::vector<double> strength(n, 0.0);
        for (std::size_t v = 0; v < n; ++v) strength[label[v]] += g.degree[v];
        to_cluster_.assign(n, 0.0);
        std::vector<std::uint32_t> queue(n);
        std::iota(queue.begin(), queue.end(), std::uint32_t{0});
        random_.shuffle(queue);
        std::vector<char> waiting(n, 1);
        // A cluster that is empty, for vertices that are better off alone.
        std::vector<std::uint32_t> sizes(n, 0), empty;
        for (std::size_t v = 0; v < n; ++v) ++sizes[label[v]];
        for (std::size_t c = n; c-- > 0;) {
            if (sizes[c] == 0) empty.push_back(static_cast<std::uint32_t>(c));
        }
        bool moved = false;
        for (std::size_t head = 0; head < queue.size(); ++head) {
            auto const v = queue[head];
            waiting[v] = 0;
            auto const old = label[v];
            near_.clear();
            for (auto e = g.first[v]; e < g.first[v + 1]; ++e) {
                auto const c = label[g.to[e]];
                if (to_cluster_[c] == 0.0) near_.push_back(c);
                to_cluster_[c] += g.weight[e];
            }
            double const share = resolution_ * g.degree[v] / g.total;
            strength[old] -= g.degree[v];
            auto best = old;
            double const stay = to_cluster_[old] - share * strength[old];
            double gain = stay;
            for (auto const c : near_) {
                double const here = to_cluster_[c] - share * strength[c];
                if (here > gain || (here == gain && best != old && c < best)) {
                    gain = here;
                    best = c;
                }
            }
            if (gain < 0.0 && sizes[old] > 1 && !empty.empty()) {
                gain = 0.0;
                best = empty.back();
            }
            for (auto const c : near_) to_cluster_[c] = 0.0;
            // Rounding must not keep vertices moving.
            if (best != old && !(gain > stay + 1e-12 * g.degree[v])) best = old;
            strength[best] += g.degree[v];
            if (best == old) continue;
            if (sizes[best]++ == 0) empty.pop_back();
            if (--sizes[old] == 0) empty.push_back(old);
            label[v] = best;
            moved = true;
            for (auto e = g.first[v]; e < g.first[v + 1]; ++e) {
                auto const u = g.to[e];
                if (waiting[u] != 0 || label[u] == best) continue;
                waiting[u] = 1;
                queue.push_back(u);
            }
            // The queue's dead part is dropped now and then.
            if (head > n && head * 2 > queue.size()) {
                queue.erase(queue.begin(), queue.begin() + static_cast<std::ptrdiff_t>(head + 1));
                head = static_cast<std::size_t>(-1);
            }
        }
        return moved;
    }

    /// Splits each cluster into well-connected parts: single vertices join the part of their
    /// cluster that gains most.
    std::vector<std::uint32_t> refine(search_graph const& g,
                                      std::vector<std::uint32_t> const& label) {
        auto const n = g.size();
        std::vector<std::uint32_t> part(n), order(n), sizes(n, 1);
        std::iota(part.begin(), part.end(), std::uint32_t{0});
        order = part;
        random_.shuffle(order);
        std::vector<double> whole(n, 0.0), strength = g.degree, out(n, 0.0);
        for (std::size_t v = 0; v < n; ++v) {
            whole[label[v]] += g.degree[v];
            // Weight from a part to the rest of its cluster.
            for (auto e = g.first[v]; e < g.first[v + 1]; ++e) {
                if (label[g.to[e]] == label[v]) out[v] += g.weight[e];
            }
        }
        to_cluster_.assign(n, 0.0);
        auto const connected = [&](std::size_t p, std::size_t cluster) {
            return out[p] >= resolution_ * strength[p] * (whole[cluster] - strength[p]) / g.total;
        };
        for (auto const v : order) {
            if (sizes[part[v]] != 1 || part[v] != v || !connected(v, label[v])) continue;
            near_.clear();
            for (auto e = g.first[v]; e < g.first[v + 1]; ++e) {
                if (label[g.to[e]] != label[v]) continue;
                auto const p = part[g.to[e]];
                if (to_cluster_[p] == 0.0) near_.push_back(p);
                to_cluster_[p] += g.weight[e];
            }
            double gain = 0.0;
            auto best = v;
            for (auto const p : near_) {
                if (!connected(p, label[v])) continue;
                double const here =
                    to_cluster_[p] - resolution_ * g.degree[v] * strength[p] / g.total;
                if (here > gain || (here == gain && best != v && p < best)) {
                    gain = here;
                    best = p;
                }
            }
            if (best != v) {
                part[v] = best;
                ++sizes[best];
                sizes[v] = 0;
                strength[best] += g.degree[v];
                out[best] += out[v] - 2.0 * to_cluster_[best];
            }
            for (auto const p : near_) to_cluster_[p] = 0.0;
        }
        return part;
    }

    static search_graph aggregate(search_graph const& g, std::vector<std::uint32_t> const& part,
                                  std::size_t parts) {
        search_graph out;
        out.degree.assign(parts, 0.0);
        out.total = g.total;
        std::vector<std::size_t> start(parts + 1, 0);
        for (std::size_t v = 0; v < g.size(); ++v) {
            out.degree[part[v]] += g.degree[v];
            ++start[part[v] + 1];
        }
        std::partial_sum(start.begin(), start.end(), start.begin());
        std::vector<std::uint32_t> members(g.size());
        auto at = start;
        for (std::size_t v = 0; v < g.size(); ++v) {
            members[at[part[v]]++] = static_cast<std::uint32_t>(v);
        }
        std::vector<double> sum(parts, 0.0);
        std::vector<std::uint32_t> near;
        for (std::size_t p = 0; p < parts; ++p) {
            near.clear();
            for (auto m = start[p]; m < start[p + 1]; ++m) {
                auto const v = members[m];
                for (auto e = g.first[v]; e < g.first[v + 1]; ++e) {
                    auto const q = part[g.to[e]];
                    if (q == p) continue;
                    if (sum[q] == 0.0) near.push_back(q);
                    sum[q] += g.weight[e];
                }
            }
            for (auto const q : near) {
                out.to.push_back(q);
                out.weight.push_back(sum[q]);
                sum[q] = 0.0;
            }
            out.first.push_back(out.to.size());
        }
        return out;
    }

    /// Numbers labels in the order of their first vertices; returns how many there are.
    static std::size_t renumber(std::vector<std::uint32_t>& label) {
        constexpr auto none = static_cast<std::uint32_t>(-1);
        std::vector<std::uint32_t> name(label.size(), none);
        std::uint32_t next = 0;
        for (auto& l : label) {
            if (name[l] == none) name[l] = next++;
            l = name[l];
        }
        return next;
    }

    double resolution_;
    splitmix random_;
    std::vector<double> to_cluster_;
    std::vector<std::uint32_t> near_;
};

inline double modularity_of(search_graph const& g, std::vector<std::uint32_t> const& of,
                            double resolution) {
    std::vector<double> inside(g.size(), 0.0), strength(g.size(), 0.0);
    for (std::size_t v = 0; v < g.size(); ++v) {
        strength[of[v]] += g.degree[v];
        for (auto e = g.first[v]; e < g.first[v + 1]; ++e) {
            if (of[g.to[e]] == of[v]) inside[of[v]] += g.weight[e];
        }
    }
    double q = 0.0;
    for (std::size_t c = 0; c < g.size(); ++c) {
        double const share = strength[c] / g.total;
        q += inside[c] / g.total - resolution * share * share;
    }
    return q;
}

struct found_partition {
    std::vector<std::uint32_t> of;
    double modularity = 0.0;
};

/// The best of a few searches: small groups have room for more.
inline found_partition best_partition(search_graph const& g, double resolution,
                                      std::uint64_t seed) {
    found_partition best;
    int const searches = g.to.size() < 4000 ? 4 : g.to.size() < 40'000 ? 2 : 1;
    for (int s = 0; s < searches; ++s) {
        auto of = leiden(resolution, seed + static_cast<std::uint64_t>(s) * 0x5851'f42d)(g);
        double const q = modularity_of(g, of, resolution);
        if (s == 0 || q > best.modularity + 1e-12) best = {std::move(of), q};
    }
    return best;
}

/// The same compatibilities among pairs drawn at random.
inline std::vector<pair> rearranged(std::size_t n, std::vector<double> weights, splitmix& random) {
    random.shuffle(weights);
    std::size_t const all = n * (n - 1) / 2;
    std::vector<pair> out;
    out.reserve(weights.size());
    // Selection sampling of the pairs in their order (Knuth 3.4.2 S).
    std::size_t left = weights.size(), seen = 0;
    for (std::size_t j = 1; j < n && left > 0; ++j) {
        for (std::size_t i = 0; i < j && left > 0; ++i, ++seen) {
            if (random.below(all - seen) < left) out.push_back({i, j, weights[--left]});
        }
    }
    return out;
}

inline std::vector<pair> links_of(sparse_group const& g) {
    std::vector<pair> out;
    out.reserve(g.pairs());
    for (std::size_t i = 0; i < g.members(); ++i) {
        auto const near = g.neighbours(i);
        auto const c = g.compatibilities(i);
        for (std::size_t k = 0; k < near.size(); ++k) {
            if (near[k] > i) out.push_back({i, near[k], c[k]});
        }
    }
    return out;
}

/// How likely random groups are to have a partition as good: rearrangements until ten were as good
/// (Besag and Clifford, Biometrika 78 (1991) 301) or all have been tried.
inline void judge_by_rearrangement(communities_result& out, sparse_group const& g,
                                   double modularity, community_options const& options) {
    std::vector<double> weights;
    for (auto const& l : links_of(g)) weights.push_back(l.compatibility);
    std::sort(weights.begin(), weights.end());
    splitmix random(options.seed ^ 0x7265'6172'7261'6e67ULL);
    std::size_t as_good = 0, tried = 0;
    constexpr std::size_t enough = 10;
    while (tried < options.trials && as_good < enough) {
        ++tried;
        auto const links = rearranged(g.members(), weights, random);
        auto const found = best_partition(searchable(g.members(), links), options.resolution,
                                          options.seed + tried);
        if (found.modularity >= modularity - 1e-12) ++as_good;
    }
    out.p_value = as_good == enough
                      ? static_cast<double>(enough) / static_cast<double>(tried)
                      : static_cast<double>(as_good + 1) / static_cast<double>(tried + 1);
    out.evidence = weft::to_text(as_good) + " of " + weft::to_text(tried) +
                   " random rearrangements of the compatibilities had as good a partition";
}

/// At least the probability that of weights in [0,1] that are dealt to `places` places, as many as
/// there are weights, the part `chance` of the places gets `inside` or more: Chernoff's bound for
/// as many places drawn with putting back, which bounds drawing without it too (Hoeffding, J. Am.
/// Stat. Assoc. 58 (1963) 13, theorem 4). Of the smaller part of the places, which is as good.
inline double dealt_at_least(std::span<double const> weights, double places, double chance,
                             double inside) {
    double const total = std::accumulate(weights.begin(), weights.end(), 0.0);
    if (!(inside > chance * total) || !(chance < 1.0)) return 1.0;
    bool const few = chance <= 0.5;
    double const drawn = places * (few ? chance : 1.0 - chance);
    double const sum = few ? inside : total - inside, sign = few ? 1.0 : -1.0;
    // Every tilt t gives a bound; the best one is where the slope in t is 0.
    double low = 0.0, high = 500.0, best = 0.0;
    for (int step = 0; step < 32; ++step) {
        double const t = 0.5 * (low + high);
        double grown = 0.0, slope = 0.0;
        for (double const w : weights) {
            double const more = std::expm1(sign * t * w);
            grown += more;
            slope += w * (more + 1.0);
        }
        best = std::min(best, drawn * std::log1p(grown / places) - sign * t * sum);
        (sign * (drawn * slope / (places + grown) - sum) < 0.0 ? low : high) = t;
    }
    return std::exp(best);
}

/// Finds clusters in a random half of the pairs and asks whether the other half, which had no say,
/// is denser inside of them than the members' strengths explain: the weight that is expected inside
/// of clusters if the other half were dealt anew to the pairs that were not shown, each as likely
/// as the product of its members' strengths.
inline void judge_by_held_out_half(communities_result& out, sparse_group const& g,
                                   community_options const& options) {
    splitmix random(options.seed ^ 0x686f'6c64'206f'7574ULL);
    std::vector<pair> shown, hidden;
    auto links = links_of(g);
    // Squares of tiny weights would underflow.
    double strongest = 0.0;
    for (auto const& l : links) strongest = std::max(strongest, l.compatibility);
    for (auto& l : links) {
        l.compatibility /= strongest;
        ((random() >> 63U) != 0 ? shown : hidden).push_back(l);
    }
    auto const found =
        best_partition(searchable(g.members(), shown), options.resolution, options.seed + 1);
    std::vector<double> strength(g.members(), 0.0);
    std::vector<double> weights;
    double inside = 0.0, total = 0.0;
    for (auto const& l : hidden) {
        strength[l.i] += l.compatibility;
        strength[l.j] += l.compatibility;
        total += l.compatibility;
        weights.push_back(l.compatibility);
        if (found.of[l.i] == found.of[l.j]) inside += l.compatibility;
    }
    if (!(total > 0.0)) {
        out.evidence = "too few pairs are compatible to hold half of them back";
        return;
    }
    // Where hidden pairs can be: anywhere but with oneself, and where a pair was shown. The shown
    // ones were put inside of clusters by choice, and so there is less room for hidden ones there.
    std::vector<double> together(g.members(), 0.0), alone(g.members(), 0.0);
    double everywhere = 4.0 * total * total, inner = 0.0;
    for (std::size_t i = 0; i < g.members(); ++i) {
        together[found.of[i]] += strength[i];
        alone[found.of[i]] += strength[i] * strength[i];
        everywhere -= strength[i] * strength[i];
    }
    for (std::size_t c = 0; c < together.size(); ++c) inner += together[c] * together[c] - alone[c];
    for (auto const& l : shown) {
        double const room = 2.0 * strength[l.i] * strength[l.j];
        everywhere -= room;
        if (found.of[l.i] == found.of[l.j]) inner -= room;
    }
    double const chance = everywhere > 0.0 ? clamp_unit(inner / everywhere) : 1.0;
    auto const size = static_cast<double>(g.members());
    double const places = 0.5 * size * (size - 1.0) - static_cast<double>(shown.size());
    out.p_value = dealt_at_least(weights, places, chance, inside);
    out.evidence = "clusters found in a random half of the pairs hold " +
                   weft::to_text(std::round(1000.0 * inside / total) / 10.0) +
                   "% of the other half's compatibility, where strengths alone explain " +
                   weft::to_text(std::round(1000.0 * chance) / 10.0) + "%";
}

inline void require_options(community_options const& options) {
    require_unit("options.level", options.level);
    if (!is_finite(options.resolution) || !(options.resolution > 0.0)) {
        WEFT_THROW(invalid_argument("options.resolution", weft::to_text(options.resolution),
                                    "a finite number above 0"));
    }
    if (options.trials == 0) {
        WEFT_THROW(invalid_argument("options.trials", "0", "at least 1"));
    }
}

} // namespace detail

/// The clusters of a group, by modularity (Leiden), with a test against random groups. Up to
/// `most_rearranged` pairs above 0 the same compatibilities are dealt to random pairs again and
/// again, and searched the same way: for compatibilities that are exchangeable the level is exact.
/// Larger groups are judged on a held-out half of the pairs, by a bound on the probability of as
/// much inside of clusters as there is beyond what the members' strengths explain; it is met by far
/// fewer random groups than the level. Deterministic for a seed.
/// About O(p log n) a search, times the trials. Throws invalid_argument naming the option.
[[nodiscard]] inline communities_result communities(sparse_group const& g,
                                                    community_options const& options = {}) {
    detail::require_options(options);
    communities_result out;
    auto labels = detail::components(g);
    out.of = std::move(labels.of);
    auto count = labels.count;
    if (g.pairs() == 0) {
        out.evidence = "no pair is compatible at all";
    } else {
        auto const graph = detail::searchable(g);
        auto const best = detail::best_partition(graph, options.resolution, options.seed);
        out.modularity = best.modularity;
        if (g.pairs() < 3) {
            out.evidence = "fewer than three pairs are compatible";
        } else if (g.pairs() <= options.most_rearranged && g.members() <= 20'000) {
            detail::judge_by_rearrangement(out, g, best.modularity, options);
        } else {
            detail::judge_by_held_out_half(out, g, options);
        }
        out.significant = out.p_value && *out.p_value <= options.level;
        if (out.significant) {
            out.of.assign(best.of.begin(), best.of.end());
            count = *std::max_element(out.of.begin(), out.of.end()) + 1;
        }
    }
    out.clusters.resize(count);
    for (std::size_t i = 0; i < out.of.size(); ++i) out.clusters[out.of[i]].push_back(i);
    return out;
}

/// As above for a matrix. Throws as require_compatibility does.
[[nodiscard]] inline communities_result communities(Eigen::Ref<Eigen::MatrixXd const> const& c,
                                                    community_options const& options = {}) {
    return communities(sparse(c), options);
}

namespace detail {

inline void require_labels(std::span<std::size_t const> of, std::size_t n) {
    if (of.size() != n) {
        WEFT_THROW(invalid_argument("of", weft::to_text(of.size()) + " labels",
                                    "one a member: " + weft::to_text(n)));
    }
    for (std::size_t i = 0; i < n; ++i) {
        if (of[i] >= n) {
            WEFT_THROW(invalid_argument("of[" + weft::to_text(i) + "]", weft::to_text(of[i]),
                                        "a label below " + weft::to_text(n)));
        }
    }
}

} // namespace detail

/// For each member, how evenly its compatibility spreads over the clusters (`of`: the cluster of
/// each, below n): 1 - sum over clusters of (its share there)^2; 0 where all is in one cluster or
/// there is none (the participation coefficient of Guimera and Amaral, Nature 433 (2005) 895).
/// Throws invalid_argument naming `of`. O(n + pairs).
[[nodiscard]] inline std::vector<double> participation(sparse_group const& g,
                                                       std::span<std::size_t const> of) {
    auto const n = g.members();
    detail::require_labels(of, n);
    std::vector<double> out(n, 0.0), to(n, 0.0);
    for (std::size_t i = 0; i < n; ++i) {
        auto const near = g.neighbours(i);
        auto const c = g.compatibilities(i);
        double all = 0.0;
        for (std::size_t k = 0; k < near.size(); ++k) {
            to[of[near[k]]] += c[k];
            all += c[k];
        }
        double rest = all > 0.0 ? 1.0 : 0.0;
        for (auto const j : near) {
            rest -= (to[of[j]] / all) * (to[of[j]] / all);
            to[of[j]] = 0.0;
        }
        out[i] = clamp_unit(rest);
    }
    return out;
}

[[nodiscard]] inline std::vector<double> participation(Eigen::Ref<Eigen::MatrixXd const> const& c,
                                                       std::span<std::size_t const> of) {
    return participation(sparse(c), of);
}

/// A member through whom clusters hang together.
struct bridge {
    std::size_t member = 0;
    double participation = 0.0;
    /// cohesion(all) - cohesion(without the member).
    double cohesion_contribution = 0.0;
};

namespace detail {

/// What members are compared with to be called bridges.
struct bridge_scale {
    std::vector<double> participation;
    std::vector<double> usual; ///< a participation above this is unusual
    double loss = 0.0;         ///< the median member's cohesion contribution
};

inline bridge_scale scale_of_bridges(std::span<std::size_t const> of, std::vector<double> spread,
                                     std::span<member const> all) {
    auto const n = spread.size();
    auto const median = [](std::vector<double> x) {
        auto const middle = x.begin() + static_cast<std::ptrdiff_t>((x.size() - 1) / 2);
        std::nth_element(x.begin(), middle, x.end());
        return *middle;
    };
    std::vector<double> losses;
    for (auto const& m : all) losses.push_back(*m.cohesion_contribution);
    bridge_scale out{std::move(spread), {}, median(losses)};
    // A bridge that counts to one cluster gives all of the others a tie out of theirs: members are
    // compared with their own cluster, if that is not too small.
    std::vector<std::vector<double>> inside(n);
    for (std::size_t i = 0; i < n; ++i) inside[of[i]].push_back(out.participation[i]);
    for (std::size_t i = 0; i < n; ++i) {
        auto const& others = inside[of[i]].size() < 3 ? out.participation : inside[of[i]];
        double const typical = median(others);
        std::vector<double> away;
        for (double const x : others) away.push_back(std::abs(x - typical));
        // 1.4826: the median absolute deviation of a normal distribution is its sigma over this.
        out.usual.push_back(typical + std::max(0.1, 3.0 * 1.4826 * median(away)));
    }
    return out;
}

} // namespace detail

/// The bridges between the clusters `of`: members whose participation exceeds their cluster's
/// median (the group's, where it has fewer than three members) by .1 and by three (robust) standard
/// deviations, and without whom the cohesion falls more (or rises less) than without the median
/// member. Most harmful loss first, then by index. None where there is one cluster, or fewer than
/// three members. `all`: what members() said of the same group. Throws invalid_argument for lists
/// of other lengths.
[[nodiscard]] inline std::vector<bridge> bridges(Eigen::Ref<Eigen::MatrixXd const> const& c,
                                                 std::span<std::size_t const> of,
                                                 std::span<member const> all) {
    auto spread = participation(c, of);
    auto const n = spread.size();
    if (all.size() != n) {
        WEFT_THROW(invalid_argument("all", weft::to_text(all.size()) + " members",
                                    weft::to_text(n) + ", as in the group"));
    }
    for (std::size_t i = 0; i < n && n > 2; ++i) {
        if (!all[i].cohesion_contribution) {
            WEFT_THROW(invalid_argument("all[" + weft::to_text(i) + "].cohesion_contribution",
                                        "nothing", "a number, as in a group of three or more"));
        }
    }
    std::vector<bridge> out;
    if (n < 3 || std::all_of(of.begin(), of.end(), [&](auto l) { return l == of[0]; })) return out;
    auto const scale = detail::scale_of_bridges(of, std::move(spread), all);
    for (std::size_t i = 0; i < n; ++i) {
        double const loss = *all[i].cohesion_contribution;
        if (scale.participation[i] > scale.usual[i] && loss > scale.loss) {
            out.push_back({i, scale.participation[i], loss});
        }
    }
    std::sort(out.begin(), out.end(), [](bridge const& a, bridge const& b) {
        if (a.cohesion_contribution != b.cohesion_contribution) {
            return a.cohesion_contribution > b.cohesion_contribution;
        }
        return a.member < b.member;
    });
    return out;
}

[[nodiscard]] inline std::vector<bridge> bridges(Eigen::Ref<Eigen::MatrixXd const> const& c,
                                                 std::span<std::size_t const> of) {
    return bridges(c, of, members(c));
}

/// How evenly things of several kinds are spread, for example the knot types of the members:
/// Shannon's entropy of the kinds' shares over ln k, k the number of kinds that occur; in [0,1],
/// 1 where all are equally frequent. Absent with fewer than two kinds. Pielou's evenness.
[[nodiscard]] inline std::optional<double> diversity(std::span<std::size_t const> counts) {
    double all = 0.0, kinds = 0.0;
    for (auto const c : counts) {
        all += static_cast<double>(c);
        if (c > 0) kinds += 1.0;
    }
    if (kinds < 2.0) return std::nullopt;
    double entropy = 0.0;
    for (auto const c : counts) {
        if (c == 0) continue;
        double const p = static_cast<double>(c) / all;
        entropy -= p * std::log(p);
    }
    return clamp_unit(entropy / std::log(kinds));
}

} // namespace weft::inline v0::fabric
