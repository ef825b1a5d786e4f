#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "support/gz.hpp"
#include "weft/fabric/communities.hpp"
#include "weft/fabric/formation.hpp"
#include "weft/fabric/stability.hpp"

namespace weft_test {

/// Who is in which group of Nashville's Meetup, both numbered from 0 in the order of their ids.
struct memberships {
    std::vector<std::vector<std::size_t>> groups_of;  ///< by person, increasing
    std::vector<std::vector<std::size_t>> members_of; ///< by group, increasing
};

inline memberships read_meetup(std::string const& data) {
    auto const text = read_gz(data + "/groups/nashville_meetup.csv.gz");
    std::map<long, std::size_t> people, groups;
    std::vector<std::pair<long, long>> rows;
    for (auto at = text.find('\n') + 1; at < text.size(); at = text.find('\n', at) + 1) {
        if (at == 0) break;
        char* end = nullptr;
        long const person = std::strtol(text.c_str() + at, &end, 10);
        rows.emplace_back(person, std::strtol(end + 1, nullptr, 10));
        people[person];
        groups[rows.back().second];
    }
    std::size_t next = 0;
    for (auto& [id, index] : people) index = next++;
    next = 0;
    for (auto& [id, index] : groups) index = next++;
    memberships out;
    out.groups_of.resize(people.size());
    out.members_of.resize(groups.size());
    for (auto const& [person, group] : rows) {
        out.groups_of[people[person]].push_back(groups[group]);
        out.members_of[groups[group]].push_back(people[person]);
    }
    for (auto& g : out.groups_of) std::sort(g.begin(), g.end());
    for (auto& m : out.members_of) std::sort(m.begin(), m.end());
    return out;
}

/// The share of pairs (x from `high`, y from `low`) with x > y, ties half.
inline double area_under_curve(std::vector<double> const& high, std::vector<double> low) {
    std::sort(low.begin(), low.end());
    double sum = 0.0;
    for (double const x : high) {
        auto const [below, above] = std::equal_range(low.begin(), low.end(), x);
        sum += 0.5 * static_cast<double>((below - low.begin()) + (above - low.begin()));
    }
    return sum / static_cast<double>(high.size() * low.size());
}

struct real_score {
    double area = 0.0;   ///< AUC of real against random groups
    double paired = 0.0; ///< how often a real group is above its own match, ties half
};

struct real_result {
    std::size_t groups = 0;
    std::map<std::string, real_score> scores;
};

/// For each group with `least` or more members who are in another group too (60 of them at most):
/// the same numbers for it and for `matches` random sets of people who are not in it and are in as
/// many groups as these are in others. Compatibilities from the other groups: Jaccard, and the
/// cosine of memberships weighed by ln(people / members).
inline real_result real_against_random(memberships const& d, std::size_t matches,
                                       std::uint64_t seed, std::size_t least = 5) {
    weft::fabric::detail::splitmix random(seed);
    std::vector<std::vector<std::size_t>> by_count;
    for (std::size_t p = 0; p < d.groups_of.size(); ++p) {
        auto const k = d.groups_of[p].size();
        if (by_count.size() <= k) by_count.resize(k + 1);
        by_count[k].push_back(p);
    }
    std::vector<double> weight;
    for (auto const& m : d.members_of) {
        double const rare =
            std::log(static_cast<double>(d.groups_of.size()) / static_cast<double>(m.size()));
        weight.push_back(rare * rare);
    }
    real_result out;
    std::map<std::string, std::vector<double>> real, made_up;
    for (std::size_t g = 0; g < d.members_of.size(); ++g) {
        std::vector<std::size_t> members;
        for (auto const p : d.members_of[g]) {
            if (d.groups_of[p].size() > 1) members.push_back(p);
        }
        if (members.size() < least) continue;
        ++out.groups;
        if (members.size() > 60) {
            random.shuffle(members);
            members.resize(60);
        }
        for (std::size_t match = 0; match <= matches; ++match) {
            auto people = members;
            if (match > 0) {
                std::vector<std::size_t> drawn;
                for (auto const p : members) {
                    auto k = d.groups_of[p].size() - 1;
                    while (by_count[k].size() < 2) --k;
                    std::size_t other = 0;
                    // Counts that few people share may not have a free one.
                    for (int attempt = 0; attempt < 200; ++attempt) {
                        other = by_count[k][random.below(by_count[k].size())];
                        bool const used =
                            std::find(drawn.begin(), drawn.end(), other) != drawn.end();
                        if (!used && !std::binary_search(d.groups_of[other].begin(),
                                                         d.groups_of[other].end(), g)) {
                            break;
                        }
                    }
                    drawn.push_back(other);
                }
                people = drawn;
            }
            std::vector<std::vector<std::size_t>> groups;
            std::vector<double> norms;
            for (auto const p : people) {
                groups.push_back(d.groups_of[p]);
                auto& own = groups.back();
                own.erase(std::remove(own.begin(), own.end(), g), own.end());
                double norm = 0.0;
                for (auto const h : own) norm += weight[h];
                norms.push_back(norm);
            }
            auto const n = static_cast<Eigen::Index>(people.size());
            Eigen::MatrixXd jaccard = Eigen::MatrixXd::Zero(n, n), cosine = jaccard;
            std::vector<std::size_t> common;
            for (Eigen::Index j = 0; j < n; ++j) {
                for (Eigen::Index i = 0; i < j; ++i) {
                    auto const& a = groups[static_cast<std::size_t>(i)];
                    auto const& b = groups[static_cast<std::size_t>(j)];
                    common.clear();
                    std::set_intersection(a.begin(), a.end(), b.begin(), b.end(),
                                          std::back_inserter(common));
                    if (common.empty()) continue;
                    double shared = 0.0;
                    for (auto const h : common) shared += weight[h];
                    auto const both = static_cast<double>(common.size());
                    jaccard(i, j) = jaccard(j, i) =
                        both / (static_cast<double>(a.size() + b.size()) - both);
                    cosine(i, j) = cosine(j, i) =
                        std::min(1.0, shared / std::sqrt(norms[static_cast<std::size_t>(i)] *
                                                         norms[static_cast<std::size_t>(j)]));
                }
            }
            auto& to = match == 0 ? real : made_up;
            auto const j = weft::fabric::stability(jaccard), c = weft::fabric::stability(cosine);
            to["Jaccard, density"].push_back(*j.density);
            to["Jaccard, stability"].push_back(*j.stability);
            to["tf-idf, density"].push_back(*c.density);
            to["tf-idf, stability"].push_back(*c.stability);
        }
    }
    for (auto const& [name, high] : real) {
        auto const& low = made_up[name];
        double above = 0.0;
        for (std::size_t k = 0; k < low.size(); ++k) {
            double const x = high[k / matches];
            above += x > low[k] ? 1.0 : x == low[k] ? 0.5 : 0.0;
        }
        out.scores[name] = {area_under_curve(high, low), above / static_cast<double>(low.size())};
    }
    return out;
}

struct hidden_score {
    double area = 0.0; ///< mean share of the other groups that rank below the hidden one
    double hit = 0.0;  ///< how often it is among the first ten
};

/// For `people` random members of three and more groups: one membership is hidden, and all groups
/// that they are not in (with it) are ranked.
inline std::map<std::string, hidden_score> hidden_group(memberships const& d, std::size_t people,
                                                        std::uint64_t seed) {
    weft::fabric::detail::splitmix random(seed);
    auto const count = d.members_of.size();
    std::vector<std::size_t> members;
    for (std::size_t p = 0; p < d.groups_of.size(); ++p) {
        if (d.groups_of[p].size() >= 3) members.push_back(p);
    }
    random.shuffle(members);
    members.resize(std::min(people, members.size()));
    std::vector<std::vector<double>> common(count, std::vector<double>(count, 0.0));
    for (auto const& own : d.groups_of) {
        for (auto const a : own) {
            for (auto const b : own) common[a][b] += 1.0;
        }
    }
    std::vector<double> overlap(d.groups_of.size(), 0.0);
    std::vector<std::size_t> touched;
    std::vector<std::vector<double>> rows(count);
    std::array<char const*, 4> const names{"popularity", "item to item, Jaccard", "mean, Jaccard",
                                           "fit, Jaccard"};
    std::array<std::vector<double>, 4> scores;
    for (auto& s : scores) s.resize(count);
    std::array<hidden_score, 4> found;
    std::vector<char> in(count, 0);
    for (auto const p : members) {
        auto own = d.groups_of[p];
        auto const hidden = own[random.below(own.size())];
        own.erase(std::find(own.begin(), own.end(), hidden));
        touched.clear();
        for (auto const h : own) {
            for (auto const j : d.members_of[h]) {
                if (j == p) continue;
                if (overlap[j] == 0.0) touched.push_back(j);
                overlap[j] += 1.0;
            }
        }
        // The person's compatibilities with each group's members, those above 0 first.
        for (auto& row : rows) row.clear();
        for (auto const j : touched) {
            double const jaccard =
                overlap[j] / (static_cast<double>(own.size() + d.groups_of[j].size()) - overlap[j]);
            for (auto const g : d.groups_of[j]) rows[g].push_back(jaccard);
            overlap[j] = 0.0;
        }
        for (auto const g : d.groups_of[p]) in[g] = 1;
        for (std::size_t g = 0; g < count; ++g) {
            // Groups that the person is in are not ranked.
            if (in[g] != 0 && g != hidden) continue;
            auto const size = d.members_of[g].size() - (g == hidden ? 1U : 0U);
            rows[g].resize(size, 0.0);
            double sum = 0.0, items = 0.0;
            for (double const x : rows[g]) sum += x;
            for (auto const h : own) {
                double const both = common[g][h] - (g == hidden ? 1.0 : 0.0);
                items += both / (static_cast<double>(size + d.members_of[h].size()) - both);
            }
            auto const n = static_cast<double>(size);
            scores[0][g] = n;
            scores[1][g] = items;
            scores[2][g] = size > 0 ? sum / n : 0.0;
            scores[3][g] = weft::fabric::fit(rows[g]).value_or(0.0);
        }
        for (std::size_t k = 0; k < names.size(); ++k) {
            auto const& score = scores[k];
            double below = 0.0, above = 0.0, ties = 0.0;
            for (std::size_t g = 0; g < count; ++g) {
                if (in[g] != 0) continue;
                below += score[g] < score[hidden] ? 1.0 : 0.0;
                above += score[g] > score[hidden] ? 1.0 : 0.0;
                ties += score[g] == score[hidden] ? 1.0 : 0.0;
            }
            auto& s = found[k];
            s.area += (below + 0.5 * ties) / (below + above + ties);
            s.hit += above + 0.5 * ties < 10.0 ? 1.0 : 0.0;
        }
        for (auto const g : d.groups_of[p]) in[g] = 0;
    }
    std::map<std::string, hidden_score> out;
    for (std::size_t k = 0; k < names.size(); ++k) {
        found[k].area /= static_cast<double>(members.size());
        found[k].hit /= static_cast<double>(members.size());
        out[names[k]] = found[k];
    }
    return out;
}

} // namespace weft_test
