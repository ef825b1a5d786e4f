#include "outreach_job.hpp"

#include <algorithm>
#include <span>
#include <string_view>
#include <unordered_map>

#include <Eigen/Core>

#include <nlohmann/json.hpp>

#include "weft/compatibility/sampling.hpp"
#include "weft/core/hash.hpp"
#include "weft/core/number.hpp"
#include "weft/fabric/clusters.hpp"
#include "weft/fabric/stability.hpp"
#include "weft/outreach/gates.hpp"
#include "weft/outreach/ids.hpp"
#include "weft/outreach/json.hpp"
#include "weft/outreach/newcomers.hpp"
#include "weft/profile/evolution.hpp"

namespace weft_command {

namespace compatibility = weft::compatibility;
namespace fabric = weft::fabric;
namespace outreach = weft::outreach;
namespace profile = weft::profile;
namespace schema = weft::schema;

namespace {

using json = nlohmann::ordered_json;
using compatibility::component;
using outreach::input;

constexpr auto place(input i) {
    return static_cast<std::size_t>(i);
}

/// (lower + equal / 2 + 1/2) / (m + 1) among sorted values.
double mid_rank(std::vector<double> const& sorted, double x) {
    auto const [first, last] = std::equal_range(sorted.begin(), sorted.end(), x);
    auto const lower = static_cast<double>(first - sorted.begin());
    auto const equal = static_cast<double>(last - first);
    return (lower + equal / 2.0 + 0.5) / (static_cast<double>(sorted.size()) + 1.0);
}

/// As above for one of the values themselves, among the others.
double mid_rank_of_own(std::vector<double> const& sorted, double x) {
    auto const [first, last] = std::equal_range(sorted.begin(), sorted.end(), x);
    auto const lower = static_cast<double>(first - sorted.begin());
    auto const equal = static_cast<double>(last - first) - 1.0;
    return (lower + equal / 2.0 + 0.5) / static_cast<double>(sorted.size());
}

/// What friend_suggestion is judged by, from the scores of one pair today and at the horizon.
outreach::inputs friend_inputs(compatibility::pair_score const& now,
                               compatibility::pair_score const* future) {
    outreach::inputs in;
    in[place(input::current)] = now.score;
    if (future != nullptr) {
        in[place(input::string)] = (*future)[component::knot].percentile;
        in[place(input::quantum)] = (*future)[component::quantum].percentile;
    }
    return in;
}

/// Forecasts of everybody's profile at the horizon, and the entities that they describe.
std::vector<profile::entity> forecast_people(std::vector<profile::entity> const& entities,
                                             job_result& job, job_options const& options,
                                             compatibility::thread_executor const& executor) {
    auto const space = profile::space_of(entities);
    auto const target = options.now + options.horizon;
    std::vector<std::optional<weft::instant>> last(entities.size());
    std::vector<std::size_t> count(entities.size(), 0);
    for (std::size_t i = 0; i < entities.size(); ++i) {
        for (auto const& s : entities[i].snapshots) {
            if (s.at > options.now) {
                ++job.left_out_snapshots;
                continue;
            }
            last[i] = s.at;
            ++count[i];
        }
    }
    profile::evolution_model model;
    model.dimensions.resize(space.profile.size());
    executor(space.profile.size(), [&](std::size_t d) {
        model.dimensions[d] = profile::fit_dimension(entities, space.profile[d], options.now);
    });

    std::vector<profile::entity> future;
    for (std::size_t i = 0; i < entities.size(); ++i) {
        auto& who = job.people[i];
        if (!last[i]) {
            who.why_no_forecast = entities[i].snapshots.empty()
                                      ? "no dated snapshot to forecast from"
                                      : "every snapshot is dated after the job's instant";
            continue;
        }
        outreach::profile_forecast f;
        f.from = *last[i];
        f.to = target;
        f.snapshots = count[i];
        profile::entity later;
        later.id = entities[i].id;
        later.kind = entities[i].kind;
        later.vibe = entities[i].vibe;
        later.places = entities[i].places;
        later.rhythm = entities[i].rhythm;
        auto const forecasts =
            profile::forecast_profile(entities[i], options.now, target, space, model);
        for (auto const& name : space.profile) f.absent.emplace(name, "never measured");
        for (auto const& d : forecasts) {
            f.absent.erase(d.name);
            f.dimensions.push_back({d.name, d.forecast.value, d.forecast.lower, d.forecast.upper,
                                    d.forecast.confidence});
        }
        later.profile = profile::profile_of(forecasts);
        who.forecast = std::move(f);
        who.future = future.size();
        future.push_back(std::move(later));
    }
    return future;
}

std::vector<profile::fingerprint> encode_all(profile::encoder const& encoder,
                                             std::vector<profile::entity> const& entities,
                                             compatibility::thread_executor const& executor) {
    std::vector<profile::fingerprint> out(entities.size());
    constexpr std::size_t block = 16;
    executor((entities.size() + block - 1) / block, [&](std::size_t t) {
        auto const end = std::min(entities.size(), (t + 1) * block);
        for (auto i = t * block; i < end; ++i) out[i] = encoder.encode(entities[i]);
    });
    return out;
}

/// Members whose pairs all have a score: those with the most gaps are left out, one by one.
std::vector<std::size_t> comparable(Eigen::MatrixXd const& scores) {
    auto const n = static_cast<std::size_t>(scores.rows());
    std::vector<std::size_t> kept(n);
    std::vector<std::size_t> gaps(n, 0);
    for (std::size_t i = 0; i < n; ++i) kept[i] = i;
    auto const missing = [&](std::size_t i, std::size_t j) {
        return i != j && scores(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(j)) < 0.0;
    };
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = 0; j < n; ++j) gaps[i] += missing(i, j) ? 1U : 0U;
    }
    for (;;) {
        auto const worst =
            std::max_element(kept.begin(), kept.end(),
                             [&](std::size_t a, std::size_t b) { return gaps[a] < gaps[b]; });
        if (worst == kept.end() || gaps[*worst] == 0) return kept;
        auto const out = *worst;
        kept.erase(worst);
        for (auto const i : kept) gaps[i] -= missing(i, out) ? 1U : 0U;
    }
}

struct weave {
    std::vector<std::size_t> members; ///< of the fabric, as indices into the group's members
    Eigen::MatrixXd compatibility;
};

/// The fabric of those of `members` (indices of fingerprints) who can all be compared.
weave weave_of(compatibility::scorer const& scorer, std::vector<profile::fingerprint> const& people,
               std::vector<std::size_t> const& members) {
    auto const n = static_cast<Eigen::Index>(members.size());
    Eigen::MatrixXd all = Eigen::MatrixXd::Zero(n, n);
    for (Eigen::Index i = 0; i < n; ++i) {
        for (Eigen::Index j = 0; j < i; ++j) {
            auto const b = scorer.brief(people[members[static_cast<std::size_t>(i)]],
                                        people[members[static_cast<std::size_t>(j)]]);
            all(i, j) = all(j, i) = b.present ? b.percentile : -1.0;
        }
    }
    weave out;
    out.members = comparable(all);
    auto const m = static_cast<Eigen::Index>(out.members.size());
    out.compatibility = Eigen::MatrixXd::Zero(m, m);
    for (Eigen::Index i = 0; i < m; ++i) {
        for (Eigen::Index j = 0; j < m; ++j) {
            out.compatibility(i, j) =
                all(static_cast<Eigen::Index>(out.members[static_cast<std::size_t>(i)]),
                    static_cast<Eigen::Index>(out.members[static_cast<std::size_t>(j)]));
        }
    }
    return out;
}

outreach::group_state state_of(weave const& w, std::size_t members, weft::instant at) {
    outreach::group_state out;
    out.at = at;
    out.members = w.members.size();
    out.left_out = members - w.members.size();
    auto const s = fabric::stability(w.compatibility);
    out.stability = s.stability;
    out.density = s.density;
    out.connectivity = s.connectivity;
    out.cohesion = s.cohesion;
    out.evenness = s.evenness;
    out.clusters = fabric::clusters(w.compatibility).size();
    out.why = s.why;
    return out;
}

/// Means over the members of a candidate's predicted percentiles.
void predicted_means(job_result const& job, std::size_t candidate,
                     std::vector<std::size_t> const& members, std::optional<double>& string,
                     std::optional<double>& quantum) {
    auto const& own = job.people[candidate].future;
    if (!own || !job.score_future) return;
    double sums[2] = {0.0, 0.0};
    double counts[2] = {0.0, 0.0};
    for (auto const m : members) {
        auto const& other = job.people[m].future;
        if (!other) continue;
        auto const s = job.score_future->score(job.future[*own], job.future[*other]);
        std::optional<double> const parts[2] = {s[component::knot].percentile,
                                                s[component::quantum].percentile};
        for (std::size_t k = 0; k < 2; ++k) {
            if (!parts[k]) continue;
            sums[k] += *parts[k];
            counts[k] += 1.0;
        }
    }
    if (counts[0] > 0.0) string = sums[0] / counts[0];
    if (counts[1] > 0.0) quantum = sums[1] / counts[1];
}

/// What is known of one candidate before ranks are taken.
struct candidate_facts {
    std::optional<double> string;
    std::optional<double> quantum;
    double change = 0.0;
    double fit = 0.0;
};

using ranks = std::array<std::vector<double>, outreach::input_count>;

outreach::inputs ranked(candidate_facts const& f, ranks const& among, bool own) {
    outreach::inputs in;
    auto const set = [&](input i, std::optional<double> x) {
        auto const& sorted = among[place(i)];
        if (!x || sorted.size() < (own ? 2U : 1U)) return;
        in[place(i)] = own ? mid_rank_of_own(sorted, *x) : mid_rank(sorted, *x);
    };
    set(input::string, f.string);
    set(input::quantum, f.quantum);
    set(input::stability, f.change);
    set(input::current, f.fit);
    return in;
}

void judge_group(job_result const& job, group_result& group, job_options const& options) {
    auto const now = weave_of(*job.score_now, job.now, group.members);
    group.fabric.now = state_of(now, group.members.size(), options.now);

    std::vector<std::size_t> later;
    for (auto const m : group.members) {
        if (job.people[m].future) later.push_back(*job.people[m].future);
    }
    if (job.score_future && later.size() >= 2) {
        group.fabric.predicted = state_of(weave_of(*job.score_future, job.future, later),
                                          group.members.size(), options.now + options.horizon);
    } else {
        group.fabric.why_not_predicted = "fewer than two members have a forecast";
    }
    if (now.members.size() < 2) {
        group.why_no_newcomers = "fewer than two members can be compared";
        return;
    }

    std::vector<std::size_t> inside;
    for (auto const i : now.members) inside.push_back(group.members[i]);
    std::vector<char> is_member(job.people.size(), 0);
    for (auto const m : group.members) is_member[m] = 1;
    std::vector<std::size_t> outside;
    std::vector<double> entries;
    std::vector<double> row(inside.size());
    for (std::size_t p = 0; p < job.people.size(); ++p) {
        if (is_member[p] != 0) continue;
        bool complete = true;
        for (std::size_t k = 0; k < inside.size() && complete; ++k) {
            auto const b = job.score_now->brief(job.now[p], job.now[inside[k]]);
            complete = b.present;
            row[k] = b.percentile;
        }
        if (!complete) continue;
        outside.push_back(p);
        entries.insert(entries.end(), row.begin(), row.end());
    }
    if (outside.empty()) {
        group.why_no_newcomers = "nobody outside can be compared with all members";
        return;
    }
    Eigen::Map<Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor> const> const
        read(entries.data(), static_cast<Eigen::Index>(outside.size()),
             static_cast<Eigen::Index>(inside.size()));
    Eigen::MatrixXd const candidates = read;
    entries = {};

    auto const facts_of = [&](std::size_t k, double change) {
        candidate_facts f;
        f.fit = weft::clamp_unit(candidates.row(static_cast<Eigen::Index>(k)).mean());
        f.change = change;
        predicted_means(job, outside[k], inside, f.string, f.quantum);
        return f;
    };
    auto const sample = compatibility::sample(outside.size(), options.random_candidates,
                                              options.seed ^ weft::hash_text(group.id));
    Eigen::MatrixXd sampled(static_cast<Eigen::Index>(sample.size()), candidates.cols());
    for (std::size_t i = 0; i < sample.size(); ++i) {
        sampled.row(static_cast<Eigen::Index>(i)) =
            candidates.row(static_cast<Eigen::Index>(sample[i]));
    }
    auto const effects = fabric::newcomers(now.compatibility, sampled);
    std::vector<candidate_facts> random;
    ranks among;
    for (std::size_t i = 0; i < sample.size(); ++i) {
        auto const f = facts_of(sample[i], *effects[i].change);
        if (f.string) among[place(input::string)].push_back(*f.string);
        if (f.quantum) among[place(input::quantum)].push_back(*f.quantum);
        among[place(input::stability)].push_back(f.change);
        among[place(input::current)].push_back(f.fit);
        random.push_back(f);
    }
    for (auto& sorted : among) std::sort(sorted.begin(), sorted.end());
    for (auto const& f : random) group.random.push_back(ranked(f, among, true));

    for (auto const& best :
         outreach::best_newcomers(now.compatibility, candidates, options.newcomers)) {
        auto const f = facts_of(best.candidate, *best.effect.change);
        group_candidate c;
        c.person = outside[best.candidate];
        c.fit = f.fit;
        c.stability = *best.effect.stability;
        c.change = f.change;
        c.in = ranked(f, among, false);
        group.newcomers.push_back(std::move(c));
    }
}

} // namespace

job_result run_job(std::vector<profile::entity> const& entities,
                   std::optional<compatibility::fitted_population> population,
                   job_options const& options, stage_times& times) {
    compatibility::thread_executor const executor(options.threads);
    compatibility::calibration_options calibration;
    calibration.seed = options.seed;
    calibration.pairs = options.random_pairs;
    job_result job;
    auto const n = entities.size();
    job.people.resize(n);
    for (std::size_t i = 0; i < n; ++i) {
        auto& who = job.people[i];
        who.id = outreach::entity_uuid(entities[i].id);
        who.id_text = weft::to_text(who.id);
        who.agent_id = entities[i].agent_id.empty() ? "agent:" + who.id_text : entities[i].agent_id;
    }
    job.offers.resize(n);

    times.measure("encode", [&] {
        profile::encoder const encoder(population ? population->population
                                                  : profile::fit_population(entities));
        job.now = encode_all(encoder, entities, executor);
    });
    times.measure("calibrate", [&] {
        job.score_now.emplace(population ? std::move(population->distributions)
                                         : compatibility::fit_calibration(job.now, calibration));
    });
    times.measure("score all pairs", [&] {
        job.pairs = compatibility::top_candidates(*job.score_now, job.now, options.top, executor);
    });
    times.measure("forecast", [&] {
        auto const future = forecast_people(entities, job, options, executor);
        if (future.empty()) return;
        // Forecasts are nearer to the mean than measurements are. They are placed, and their
        // pairs ranked, among each other.
        profile::encoder const encoder(profile::fit_population(future));
        job.future = encode_all(encoder, future, executor);
        job.score_future.emplace(compatibility::fit_calibration(job.future, calibration));
    });

    times.measure("weave groups", [&] {
        std::map<std::string, std::vector<std::size_t>> members;
        for (std::size_t i = 0; i < n; ++i) {
            for (auto const& g : entities[i].groups) members[g].push_back(i);
        }
        for (auto& [id, list] : members) {
            group_result g;
            g.id = id;
            g.members = std::move(list);
            job.groups.push_back(std::move(g));
        }
        // The largest first, so that no thread is left with it at the end.
        std::vector<std::size_t> order(job.groups.size());
        for (std::size_t g = 0; g < order.size(); ++g) order[g] = g;
        std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
            return job.groups[a].members.size() > job.groups[b].members.size();
        });
        executor(order.size(),
                 [&](std::size_t k) { judge_group(job, job.groups[order[k]], options); });
    });

    times.measure("gates", [&] {
        std::vector<outreach::inputs> random;
        if (n >= 2) {
            for (auto const k : compatibility::sample(static_cast<std::uint64_t>(n) * (n - 1) / 2,
                                                      options.random_pairs, options.seed)) {
                auto const [a, b] = compatibility::unranked_pair(k);
                auto const now = job.score_now->score(job.now[a], job.now[b]);
                auto const& x = job.people[a].future;
                auto const& y = job.people[b].future;
                if (x && y && job.score_future) {
                    auto const later = job.score_future->score(job.future[*x], job.future[*y]);
                    random.push_back(friend_inputs(now, &later));
                } else {
                    random.push_back(friend_inputs(now, nullptr));
                }
            }
        }
        job.friend_gate.emplace(outreach::default_gate(schema::outreach_type::friend_suggestion),
                                random);
        random.clear();
        for (auto const& g : job.groups) {
            random.insert(random.end(), g.random.begin(), g.random.end());
        }
        job.group_gate.emplace(outreach::default_gate(schema::outreach_type::group_formation),
                               random);
        for (std::size_t g = 0; g < job.groups.size(); ++g) {
            for (std::size_t k = 0; k < job.groups[g].newcomers.size(); ++k) {
                auto& c = job.groups[g].newcomers[k];
                c.judged = outreach::decide(c.in, *job.group_gate);
                job.offers[c.person].emplace_back(g, k);
            }
        }
    });
    return job;
}

namespace {

/// {"v": 1, "percentile", "components": {name: {"percentile", "weight", "contribution"}}}: raw
/// values have columns of their own.
json pair_metadata(compatibility::pair_score const& s) {
    json out = {{"v", 1}};
    out["percentile"] = s.percentile ? json(*s.percentile) : json(nullptr);
    auto& parts = out["components"] = json::object();
    for (std::size_t c = 0; c < compatibility::component_count; ++c) {
        auto const& part = s.components[c];
        if (!(part.weight > 0.0)) continue;
        parts[std::string(to_text(static_cast<component>(c)))] = {
            {"percentile", part.percentile ? json(*part.percentile) : json(nullptr)},
            {"weight", part.weight},
            {"contribution", part.contribution}};
    }
    return out;
}

} // namespace

person_rows rows_of_person(job_result const& job, std::vector<profile::entity> const& entities,
                           std::size_t i, outreach::contact_log const& log,
                           job_options const& options) {
    person_rows out;
    auto const& who = job.people[i];
    auto const horizon = options.now + options.horizon;
    auto const& policy = options.plan.cache;
    std::optional<weft::instant> best_hour;
    if (entities[i].rhythm) best_hour = outreach::next_best_hour(*entities[i].rhythm, options.now);
    auto const certainty = [&](person const& p) {
        return p.forecast ? p.forecast->confidence() : std::nullopt;
    };

    std::vector<outreach::suggestion> suggestions;
    for (auto const& candidate : job.pairs.best[i]) {
        auto const j = static_cast<std::size_t>(candidate.index);
        auto const& other = job.people[j];
        auto const now = job.score_now->score(job.now[i], job.now[j]);
        std::optional<compatibility::pair_score> later;
        if (who.future && other.future && job.score_future) {
            later = job.score_future->score(job.future[*who.future], job.future[*other.future]);
        }
        out.cache.push_back(outreach::cache_row({who.id_text, schema::cache_entity_type::user},
                                                {other.id_text, schema::cache_entity_type::user},
                                                now, later ? later->score : std::nullopt, horizon,
                                                options.now, outreach::payload(pair_metadata(now)),
                                                policy));
        outreach::suggestion s;
        s.type = schema::outreach_type::friend_suggestion;
        s.target = who.id;
        s.source_id = other.id_text;
        s.source_type = schema::outreach_source_type::user;
        s.from_agent_id = other.agent_id;
        s.to_agent_id = who.agent_id;
        s.in = friend_inputs(now, later ? &*later : nullptr);
        s.judged = outreach::decide(s.in, *job.friend_gate);
        s.optimal_timing = best_hour;
        if (auto const a = certainty(who), b = certainty(other); a && b)
            s.confidence = std::min(*a, *b);
        s.reasoning = outreach::explain(now);
        s.title = "Somebody who may suit you";
        s.body = "You and this person match better than most people do.";
        suggestions.push_back(std::move(s));
    }
    for (auto const& [g, k] : job.offers[i]) {
        auto const& group = job.groups[g];
        auto const& c = group.newcomers[k];
        json metadata = {{"v", 1},
                         {"basis", "mean percentile with the members"},
                         {"members", group.fabric.now.members},
                         {"rank", k + 1}};
        out.cache.push_back(outreach::group_cache_row(
            {who.id_text, schema::cache_entity_type::user},
            {group.id, schema::cache_entity_type::group}, c.fit, *group.fabric.now.stability,
            c.stability, options.now, outreach::payload(metadata), policy));
        outreach::suggestion s;
        s.type = schema::outreach_type::group_formation;
        s.target = who.id;
        s.source_id = group.id;
        s.source_type = schema::outreach_source_type::group;
        s.from_agent_id = "group:" + group.id;
        s.to_agent_id = who.agent_id;
        s.in = c.in;
        s.judged = c.judged;
        s.optimal_timing = best_hour;
        s.confidence = certainty(who);
        s.reasoning =
            "With this person the group's stability goes from " +
            outreach::with_decimals(*group.fabric.now.stability, 4) + " to " +
            outreach::with_decimals(c.stability, 4) + " (place " + weft::to_text(k + 1) +
            " of all who are not in it); matched with its members one by one they reach the "
            "percentile " +
            outreach::two_decimals(c.fit) + " on average.";
        s.title = "A group that may suit you";
        s.body = "You would fit into this group better than most people do.";
        suggestions.push_back(std::move(s));
    }

    auto const plan =
        outreach::choose(suggestions, log, entities[i].preferences, options.now, options.plan);
    out.refused = plan.refused;
    for (auto const index : plan.chosen) {
        auto const& s = suggestions[index];
        json metadata = {{"v", 1}};
        bool const is_group = s.type == schema::outreach_type::group_formation;
        metadata["judged"] = outreach::to_json<json>(
            s.in, s.judged, (is_group ? *job.group_gate : *job.friend_gate).rule());
        metadata["among"] = is_group ? "random candidates of a group" : "random pairs of people";
        metadata["random"] =
            (is_group ? *job.group_gate : *job.friend_gate).count(s.judged.score->present);
        out.queue.push_back(
            outreach::queue_row(s, options.now, outreach::payload(metadata), options.plan));
    }

    if (who.forecast) {
        out.signals.push_back(outreach::signal_row(
            who.id_text, schema::signal_entity_type::user, schema::signal_type::quantum_trajectory,
            outreach::payload(outreach::to_json<json>(*who.forecast)), options.now, horizon,
            who.forecast->confidence(), outreach::payload(json{{"v", 1}}), policy));
    }
    return out;
}

schema::predictive_signals_cache row_of_group(group_result const& group,
                                              job_options const& options) {
    // Not every pair may be known: the share that is.
    auto const all = static_cast<double>(group.fabric.now.members + group.fabric.now.left_out);
    auto const known = static_cast<double>(group.fabric.now.members);
    std::optional<double> confidence;
    if (all > 1.0) confidence = known * (known - 1.0) / (all * (all - 1.0));
    if (known < 2.0) confidence.reset();
    json newcomers = json::array();
    for (auto const& c : group.newcomers) {
        newcomers.push_back({{"stability", c.stability}, {"change", c.change}});
    }
    json metadata = {{"v", 1}, {"newcomers", std::move(newcomers)}};
    if (!group.why_no_newcomers.empty()) metadata["why"] = {{"newcomers", group.why_no_newcomers}};
    std::optional<weft::instant> target;
    if (group.fabric.predicted) target = options.now + options.horizon;
    return outreach::signal_row(
        group.id, schema::signal_entity_type::group, schema::signal_type::fabric_stability,
        outreach::payload(outreach::to_json<json>(group.fabric)), options.now, target, confidence,
        outreach::payload(metadata), options.plan.cache);
}

} // namespace weft_command
