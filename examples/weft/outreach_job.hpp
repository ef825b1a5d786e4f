#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "weft/compatibility/batch.hpp"
#include "weft/compatibility/json.hpp"
#include "weft/compatibility/score.hpp"
#include "weft/core/time.hpp"
#include "weft/core/uuid.hpp"
#include "weft/outreach/plan.hpp"
#include "weft/outreach/signals.hpp"
#include "weft/profile/entity.hpp"
#include "weft/profile/fingerprint.hpp"
#include "weft/schema/compatibility_cache.hpp"
#include "weft/schema/outreach_queue.hpp"
#include "weft/schema/predictive_signals_cache.hpp"

/// The main job without its database: entities, an instant and the contacts so far go in, rows come
/// out. The same input gives the same rows, on any number of threads.
namespace weft_command {

struct job_options {
    weft::instant now;
    /// Candidates kept for each person.
    std::size_t top = 20;
    /// Newcomers kept for each group.
    std::size_t newcomers = 10;
    /// How far ahead forecasts look.
    weft::days horizon{30};
    unsigned threads = 1;
    std::uint64_t seed = 1;
    /// Random pairs that percentiles are taken among.
    std::size_t random_pairs = 100'000;
    /// Random candidates of a group among whom a newcomer's gain gets its rank.
    std::size_t random_candidates = 200;
    weft::outreach::plan_options plan;
};

struct stage_time {
    std::string stage;
    double seconds = 0.0;
    /// Of all threads together.
    double processor_seconds = 0.0;
};

/// How long each stage took, in the order of their first start.
class stage_times {
public:
    using observer = std::function<void(std::string const&)>;
    explicit stage_times(observer on_start = {})
        : on_start_(std::move(on_start)) {}

    template <class Work>
    decltype(auto) measure(std::string const& stage, Work&& work) {
        if (on_start_) on_start_(stage);
        struct stop {
            stage_times& times;
            std::string const& stage;
            std::chrono::steady_clock::time_point start = std::chrono::steady_clock::now();
            std::clock_t processor = std::clock();
            ~stop() {
                times.add({stage,
                           std::chrono::duration<double>(std::chrono::steady_clock::now() - start)
                               .count(),
                           static_cast<double>(std::clock() - processor) / CLOCKS_PER_SEC});
            }
        } const guard{*this, stage};
        return std::forward<Work>(work)();
    }

    [[nodiscard]] std::vector<stage_time> const& all() const noexcept { return all_; }

private:
    void add(stage_time const& t) {
        for (auto& known : all_) {
            if (known.stage == t.stage) {
                known.seconds += t.seconds;
                known.processor_seconds += t.processor_seconds;
                return;
            }
        }
        all_.push_back(t);
    }

    observer on_start_;
    std::vector<stage_time> all_;
};

struct person {
    weft::uuid id;
    std::string id_text;
    std::string agent_id;
    std::optional<weft::outreach::profile_forecast> forecast;
    std::string why_no_forecast;
    /// Place among those with a forecast.
    std::optional<std::size_t> future;
};

/// A candidate for a group.
struct group_candidate {
    std::size_t person = 0;
    /// Mean of the percentiles of the pairs with the members, today.
    double fit = 0.0;
    double stability = 0.0;
    double change = 0.0;
    weft::outreach::inputs in;
    weft::outreach::decision judged;
};

struct group_result {
    std::string id;
    std::vector<std::size_t> members;
    weft::outreach::group_forecast fabric;
    /// The best newcomers, most stable first.
    std::vector<group_candidate> newcomers;
    /// Inputs of random candidates: what the newcomers are compared with.
    std::vector<weft::outreach::inputs> random;
    std::string why_no_newcomers;
};

/// Everything that is decided before rows are written.
struct job_result {
    std::vector<person> people;
    std::vector<weft::profile::fingerprint> now;
    std::vector<weft::profile::fingerprint> future;
    std::optional<weft::compatibility::scorer> score_now;
    std::optional<weft::compatibility::scorer> score_future;
    weft::compatibility::batch_result pairs;
    std::vector<group_result> groups;
    std::optional<weft::outreach::gate_reference> friend_gate;
    std::optional<weft::outreach::gate_reference> group_gate;
    /// For each person the groups (index, place among its newcomers) they could join.
    std::vector<std::vector<std::pair<std::size_t, std::size_t>>> offers;
    std::size_t left_out_snapshots = 0;
};

/// All that is written for one person.
struct person_rows {
    std::vector<weft::schema::outreach_queue> queue;
    std::vector<weft::schema::compatibility_cache> cache;
    std::vector<weft::schema::predictive_signals_cache> signals;
    std::map<std::string, std::size_t> refused;
};

/// Encodes, scores, forecasts and weaves. `entities` must be people (kind user). Throws
/// weft::invalid_argument where they do not fit a given population's space.
[[nodiscard]] job_result run_job(std::vector<weft::profile::entity> const& entities,
                                 std::optional<weft::compatibility::fitted_population> population,
                                 job_options const& options, stage_times& times);

/// The rows of person `i`: depends on nothing else than the arguments.
[[nodiscard]] person_rows rows_of_person(job_result const& job,
                                         std::vector<weft::profile::entity> const& entities,
                                         std::size_t i, weft::outreach::contact_log const& log,
                                         job_options const& options);

/// The signal of a group.
[[nodiscard]] weft::schema::predictive_signals_cache row_of_group(group_result const& group,
                                                                  job_options const& options);

} // namespace weft_command
