#include "outreach_command.hpp"

#include <algorithm>
#include <bit>
#include <chrono>
#include <cstdio>
#include <future>
#include <limits>
#include <memory>
#include <optional>
#include <string_view>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

#include "json_lines.hpp"
#include "outreach_job.hpp"
#include "outreach_report.hpp"
#include "outreach_store.hpp"
#include "score_commands.hpp"
#include "weft/core/error.hpp"
#include "weft/core/number.hpp"
#include "weft/outreach/deliver.hpp"
#include "weft/outreach/ids.hpp"
#include "weft/outreach/json.hpp"
#include "weft/outreach/plan.hpp"

namespace weft_command {

namespace outreach = weft::outreach;
namespace profile = weft::profile;
namespace schema = weft::schema;

namespace {

constexpr auto kind_of_job = schema::job_type::event_driven;
/// People whose rows are written in one transaction.
constexpr std::size_t batch = 100;

/// A name for exactly this input, so that a job is not taken for another with the same instant.
class digest {
public:
    void add(std::string_view text) {
        buffer_ += weft::to_text(text.size());
        buffer_ += ':';
        buffer_ += text;
        if (buffer_.size() > (std::size_t{1} << 20U)) fold();
    }
    void add(double x) { add_number(std::bit_cast<std::uint64_t>(x)); }
    void add_number(std::uint64_t n) {
        for (int i = 0; i < 8; ++i) buffer_ += static_cast<char>((n >> (8 * i)) & 0xffU);
    }
    void add(std::vector<profile::dimension> const& dimensions) {
        add_number(dimensions.size());
        for (auto const& d : dimensions) {
            add(d.name);
            add(d.value);
            add(d.confidence);
        }
    }
    [[nodiscard]] std::string text() {
        fold();
        return weft::to_text(state_);
    }

private:
    void fold() {
        state_ = outreach::name_uuid(state_, buffer_);
        buffer_.clear();
    }

    weft::uuid state_ = outreach::name_space;
    std::string buffer_;
};

std::string digest_of(std::vector<profile::entity> const& entities,
                      std::vector<faulty_line> const& faults) {
    digest d;
    d.add_number(entities.size());
    for (auto const& e : entities) {
        d.add(e.id);
        d.add(schema::to_text(e.kind));
        d.add(e.agent_id);
        d.add(e.profile);
        d.add(e.vibe);
        d.add_number(e.places.size());
        for (auto const& p : e.places) {
            d.add(p.id);
            d.add_number(p.at ? 1 : 0);
            if (p.at) d.add(p.at->latitude);
            if (p.at) d.add(p.at->longitude);
            d.add(p.visits);
        }
        d.add_number(e.rhythm ? 1 : 0);
        if (e.rhythm) {
            for (auto const x : *e.rhythm) d.add(x);
        }
        d.add_number(e.snapshots.size());
        for (auto const& s : e.snapshots) {
            d.add_number(static_cast<std::uint64_t>(s.at.time_since_epoch().count()));
            d.add(s.profile);
        }
        d.add_number(e.groups.size());
        for (auto const& g : e.groups) d.add(g);
        d.add(profile::to_text(e.preferences.frequency));
        d.add_number(e.preferences.muted.size());
        for (auto const m : e.preferences.muted) d.add(schema::to_text(m));
    }
    d.add_number(faults.size());
    for (auto const& f : faults) d.add(f.message);
    return d.text();
}

/// Ids go into text columns, some of them into keys: what a database cannot hold is refused here.
void require_storable(profile::entity const& e) {
    auto const check = [&](std::string const& what, std::string const& id) {
        constexpr std::size_t longest = 512;
        if (id.size() > longest || id.find('\0') != std::string::npos) {
            throw weft::invalid_argument(what, weft::to_text(id.size()) + " bytes",
                                         "at most " + weft::to_text(longest) +
                                             " bytes without U+0000");
        }
    };
    check("id", e.id);
    check("agent_id", e.agent_id);
    // Rows name agents and groups, and nobody is to be found by these.
    if (!e.agent_id.empty()) outreach::require_agent_id("agent_id", e.agent_id, e.id);
    for (auto const& g : e.groups) {
        check("groups", g);
        outreach::require_agent_id("groups", "group:" + g);
    }
}

/// Everybody has to fit into a given population's space: told before anything is written.
void require_known_dimensions(std::vector<profile::entity> const& entities,
                              profile::space const& space) {
    auto const check = [](profile::entity const& e, std::vector<profile::dimension> const& own,
                          std::vector<std::string> const& known) {
        for (auto const& d : own) {
            if (std::find(known.begin(), known.end(), d.name) != known.end()) continue;
            throw usage_error("--population does not know the dimension \"" + d.name +
                              "\" of the entity \"" + e.id.substr(0, 64) + "\"");
        }
    };
    for (auto const& e : entities) {
        check(e, e.profile, space.profile);
        check(e, e.vibe, space.vibe);
        for (auto const& s : e.snapshots) check(e, s.profile, space.profile);
    }
}

/// Text of the input for a terminal or a log: control characters as \n, \t or \x1b.
std::string printable(std::string_view text) {
    constexpr char const* digits = "0123456789abcdef";
    std::string out;
    out.reserve(text.size());
    for (char const c : text) {
        auto const byte = static_cast<unsigned char>(c);
        if (byte >= 0x20U && byte != 0x7fU) {
            out += c;
        } else if (c == '\n') {
            out += "\\n";
        } else if (c == '\t') {
            out += "\\t";
        } else {
            out += {'\\', 'x', digits[byte >> 4U], digits[byte & 15U]};
        }
    }
    return out;
}

weft::instant instant_of(outreach_arguments const& arguments) {
    if (arguments.now.empty()) {
        return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
    }
    weft::instant now;
    try {
        now = weft::parse_instant(arguments.now);
    } catch (weft::error const& e) {
        throw usage_error(std::string("--now: ") + e.what());
    }
    // Everything that is derived from it has to be writable with four digits of the year.
    auto const year = std::chrono::year_month_day(std::chrono::floor<weft::days>(now)).year();
    if (year < std::chrono::year(1900) || year > std::chrono::year(9000)) {
        throw usage_error("--now: expected a year from 1900 to 9000");
    }
    return now;
}

/// Delivers what is due, as far as nothing stands against it.
std::pair<std::size_t, std::size_t>
deliver_due(outreach_store& store,
            std::unordered_map<std::string, profile::preferences> const& wishes,
            job_options const& options) {
    auto log = store.history(options.now);
    std::size_t delivered = 0;
    std::size_t refused = 0;
    for (auto const& row : store.due(options.now)) {
        auto const own = wishes.find(weft::to_text(row.target_user_id));
        // Nothing is known of what somebody wants who is not in the file: that is a doubt.
        if (own == wishes.end() || log.why_full(row.target_user_id, row.type, own->second,
                                                options.now, options.plan.daily_cap)) {
            ++refused;
            continue;
        }
        auto const decision =
            outreach::deliver(row, log, own->second, options.now, store.dialect());
        if (!decision.made || !store.deliver(*decision.made)) {
            ++refused;
            continue;
        }
        log.add({row.target_user_id, row.source_id, row.type, options.now, false});
        ++delivered;
    }
    return {delivered, refused};
}

/// Up to `wanted` places of the list: the best, the last, and others evenly between.
std::vector<std::size_t> pick(std::vector<double> const& percentiles, std::size_t wanted) {
    std::vector<std::size_t> order(percentiles.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return percentiles[a] > percentiles[b]; });
    std::vector<std::size_t> out;
    if (order.empty()) return out;
    for (std::size_t k = 0; k < wanted; ++k) {
        auto const at = wanted > 1 ? k * (order.size() - 1) / (wanted - 1) : 0;
        if (out.empty() || out.back() != order[at]) out.push_back(order[at]);
    }
    return out;
}

struct described {
    std::size_t person;
    schema::outreach_queue row;
};

std::size_t known_inputs(schema::outreach_queue const& row) {
    std::size_t n = 0;
    for (auto const& x : {row.string_prediction_score, row.quantum_trajectory_score,
                          row.fabric_stability_score, row.current_weave_fit}) {
        n += x ? 1U : 0U;
    }
    return n;
}

} // namespace

int run_outreach(outreach_arguments const& arguments) {
    auto const start = std::chrono::steady_clock::now();
    job_options options;
    options.now = instant_of(arguments);
    options.top = arguments.top;
    options.newcomers = arguments.newcomers;
    options.horizon = weft::days(arguments.horizon_days);
    options.threads = arguments.threads != 0 ? arguments.threads
                                             : std::max(1U, std::thread::hardware_concurrency());
    options.seed = arguments.seed;
    options.random_pairs = arguments.pairs;
    options.plan.daily_cap = arguments.daily_cap;

    // Opened first: a place that cannot be written to is told before the work is done.
    std::unique_ptr<writer> report_file;
    if (!arguments.report.empty()) report_file = std::make_unique<writer>(arguments.report);
    progress bar("weft outreach:");
    stage_times times([&](std::string const& stage) { bar.show(0, 0, stage); });
    outreach_report report;
    report.db = arguments.db.starts_with("sqlite:") ? arguments.db : "PostgreSQL";
    report.now = options.now;
    report.horizon = options.now + options.horizon;

    std::vector<faulty_line> faults;
    auto entities =
        times.measure("read", [&] { return read_entities(arguments.entities, faults); });
    auto const input = digest_of(entities, faults);
    std::size_t const read = entities.size();
    std::erase_if(entities,
                  [](profile::entity const& e) { return e.kind != profile::entity_kind::user; });
    report.left_out_kinds = read - entities.size();
    std::erase_if(entities, [&](profile::entity const& e) {
        try {
            require_storable(e);
            return false;
        } catch (weft::error const& fault) {
            faults.push_back({0, "entity \"" + e.id.substr(0, 64) + "\": " + fault.what()});
            return true;
        }
    });
    std::optional<weft::compatibility::fitted_population> population;
    if (!arguments.population.empty()) {
        population = read_population(arguments.population);
        require_known_dimensions(entities, population->population.space);
    }

    auto store = times.measure("database", [&] {
        auto opened = open_store(arguments.db);
        opened->prepare();
        return opened;
    });

    json parameters = {{"v", 1},
                       {"input", input},
                       {"population", population ? "given" : "fitted on the input"},
                       {"top", options.top},
                       {"newcomers", options.newcomers},
                       {"daily_cap", options.plan.daily_cap},
                       {"horizon_days", arguments.horizon_days},
                       {"seed", options.seed},
                       {"pairs", options.random_pairs}};
    if (population) {
        digest d;
        d.add(weft::compatibility::to_json<json>(*population).dump());
        parameters["population"] = d.text();
    }
    std::unordered_map<std::string, profile::preferences> wishes;
    for (auto const& e : entities) {
        wishes.emplace(weft::to_text(outreach::entity_uuid(e.id)), e.preferences);
    }

    outreach::job_counts counts;
    std::int32_t retries = 0;
    auto const record = [&](schema::job_status status,
                            std::optional<std::string> error = std::nullopt) {
        std::optional<std::int32_t> spent;
        if (status == schema::job_status::completed || status == schema::job_status::failed) {
            auto const ms = std::chrono::duration_cast<std::chrono::milliseconds>(
                                std::chrono::steady_clock::now() - start)
                                .count();
            spent = static_cast<std::int32_t>(
                std::min<std::int64_t>(ms, std::numeric_limits<std::int32_t>::max()));
        }
        auto row = outreach::job_row(kind_of_job, status, options.now, counts, spent,
                                     outreach::payload(parameters),
                                     outreach::payload(json{{"v", 1}}), std::move(error));
        row.retry_count = retries;
        return row;
    };

    auto const known = store->find_job(outreach::job_id(kind_of_job, options.now));
    if (known) {
        bool same = false;
        if (known->parameters) {
            auto const other = json::parse(known->parameters->text, nullptr, false);
            // As objects without an order: a database may sort the keys.
            same = !other.is_discarded() && nlohmann::json(other) == nlohmann::json(parameters);
        }
        // Where nothing was written yet, other input or options make it another attempt.
        bool const untouched = known->status != schema::job_status::completed &&
                               known->items_processed.value_or(0) == 0;
        if (!same && !untouched) {
            throw usage_error("the database has a job for " + weft::to_iso(options.now) +
                              " with other input or options; choose another --now");
        }
        if (known->status == schema::job_status::cancelled) {
            throw usage_error("the job for " + weft::to_iso(options.now) + " was cancelled");
        }
        if (same) {
            retries = known->retry_count.value_or(0);
            // What an earlier attempt wrote is not forgotten before it is written again.
            auto const count = [](std::optional<std::int32_t> n) {
                return static_cast<std::size_t>(std::max(0, n.value_or(0)));
            };
            counts = {count(known->items_processed), count(known->items_succeeded),
                      count(known->items_failed), count(known->outreach_created)};
        }
        if (same && known->status == schema::job_status::failed) {
            if (retries >= outreach::max_retries) {
                throw usage_error("the job for " + weft::to_iso(options.now) + " failed " +
                                  weft::to_text(retries + 1) + " times and is not tried again");
            }
            ++retries;
        }
    }

    auto const finish = [&] {
        if (arguments.deliver) {
            report.delivered =
                times.measure("deliver", [&] { return deliver_due(*store, wishes, options); });
        }
        report.queue = store->queue_counts();
        report.tables = store->table_counts();
        report.stages = times.all();
        report.total_seconds =
            std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        bar.clear();
        auto const table = to_table(report);
        if (report_file) {
            if (arguments.report.ends_with(".json")) {
                report_file->write(
                    to_json(report).dump(2, ' ', false, json::error_handler_t::replace) + "\n");
            } else if (arguments.report.ends_with(".md")) {
                report_file->write("# weft outreach\n\n```text\n" + table + "```\n");
            } else {
                report_file->write(table);
            }
            report_file->close();
        }
        for (auto const& fault : faults) {
            auto const where =
                fault.number > 0 ? ":" + weft::to_text(fault.number) + ": " : std::string(": ");
            std::fputs(
                ("weft: " + arguments.entities + where + printable(fault.message) + "\n").c_str(),
                stderr);
        }
        writer out;
        out.write(table);
        out.close();
        return faults.empty() ? status_ok : status_faulty_input;
    };

    if (known && known->status == schema::job_status::completed) {
        report.already_completed = true;
        report.job = *known;
        return finish();
    }

    try {
        if (!known) store->save({}, {}, record(schema::job_status::pending));
        store->save({}, {}, record(schema::job_status::processing));

        auto const job = run_job(entities, std::move(population), options, times);
        auto const log = store->contacts(options.now);
        report.people = entities.size();
        report.left_out_snapshots = job.left_out_snapshots;
        report.with_forecast = job.future.size();
        report.pairs = job.pairs.scored / 2;
        report.pairs_without_score = job.pairs.without_score / 2;
        report.distribution.assign(10, 0.0);
        for (std::size_t b = 0; b < job.pairs.scores.size(); ++b) {
            if (job.pairs.scored > 0) {
                report.distribution[b / 10] += static_cast<double>(job.pairs.scores[b]) /
                                               static_cast<double>(job.pairs.scored);
            }
        }

        counts = {faults.size(), 0, faults.size(), 0};
        std::optional<std::string> trouble;
        if (!faults.empty()) {
            auto const& first = faults.front();
            trouble = weft::to_text(faults.size()) + " faulty entities; the first: " +
                      (first.number > 0 ? "line " + weft::to_text(first.number) + ": " : "") +
                      first.message;
        }
        std::vector<described> described_rows;
        using rows_of_batch = std::vector<std::pair<weft::uuid, person_rows>>;
        weft::compatibility::thread_executor const executor(options.threads);
        auto const build = [&](std::size_t first) {
            auto const size = std::min(batch, entities.size() - first);
            rows_of_batch rows(size);
            executor(size, [&](std::size_t k) {
                auto const i = first + k;
                rows[k] = {job.people[i].id, rows_of_person(job, entities, i, log, options)};
            });
            return rows;
        };
        times.measure("write", [&] {
            std::future<rows_of_batch> next;
            if (!entities.empty()) next = std::async(std::launch::async, build, std::size_t{0});
            for (std::size_t first = 0; first < entities.size(); first += batch) {
                auto rows = next.get();
                if (first + batch < entities.size()) {
                    next = std::async(std::launch::async, build, first + batch);
                }
                std::vector<std::size_t> kept;
                for (std::size_t k = 0; k < rows.size(); ++k) {
                    ++counts.processed;
                    if (!store->can_address(rows[k].first)) {
                        ++counts.failed;
                        if (!trouble) {
                            trouble = "people who are not in auth.users; the first: " +
                                      weft::to_text(rows[k].first);
                        }
                        rows[k].second = {};
                        continue;
                    }
                    ++counts.succeeded;
                    counts.outreach_created += rows[k].second.queue.size();
                    kept.push_back(k);
                    for (auto const& [why, count] : rows[k].second.refused) {
                        report.refused[why] += count;
                    }
                    for (auto const& row : rows[k].second.queue) {
                        ++report.queued[std::string(schema::to_text(row.type))];
                        described_rows.push_back({first + k, row});
                    }
                }
                rows_of_batch to_save;
                for (auto const k : kept) to_save.push_back(std::move(rows[k]));
                store->save(to_save, {}, record(schema::job_status::processing));
                bar.show(first + to_save.size(), entities.size(), "write");
            }
            std::vector<schema::predictive_signals_cache> groups;
            for (auto const& g : job.groups) groups.push_back(row_of_group(g, options));
            report.job = record(schema::job_status::completed, trouble);
            store->save({}, groups, report.job);
        });

        std::unordered_map<std::string, std::string> names;
        for (std::size_t i = 0; i < entities.size(); ++i) {
            names.emplace(job.people[i].id_text, entities[i].id);
        }
        for (auto const& [type, wanted] :
             {std::pair{schema::outreach_type::friend_suggestion, std::size_t{3}},
              {schema::outreach_type::group_formation, std::size_t{2}}}) {
            std::vector<described const*> of_type;
            std::vector<double> scores;
            // Those of whom most is known show most.
            std::size_t most = 0;
            for (auto const& d : described_rows) {
                if (d.row.type == type) most = std::max(most, known_inputs(d.row));
            }
            for (auto const& d : described_rows) {
                if (d.row.type != type || known_inputs(d.row) < most) continue;
                of_type.push_back(&d);
                scores.push_back(d.row.compatibility_score);
            }
            for (auto const index : pick(scores, wanted)) {
                auto const& [person, row] = *of_type[index];
                shown_outreach e;
                e.type = std::string(schema::to_text(row.type));
                e.target = entities[person].id;
                auto const name = names.find(row.source_id);
                e.source = name != names.end() && type == schema::outreach_type::friend_suggestion
                               ? name->second
                               : row.source_id;
                e.score = row.compatibility_score;
                auto const metadata = json::parse(row.metadata->text);
                e.percentile = metadata.at("judged").at("percentile").get<double>();
                e.decision = row.ai_decision_reasoning.value_or("");
                e.reasoning = row.reasoning.value_or("");
                e.at = row.scheduled_for;
                report.examples.push_back(std::move(e));
            }
        }
        for (auto const& g : job.groups) {
            outreach_report::group_line line;
            line.id = g.id;
            line.members = g.members.size();
            line.left_out = g.fabric.now.left_out;
            line.stability = g.fabric.now.stability;
            line.density = g.fabric.now.density;
            line.connectivity = g.fabric.now.connectivity;
            line.cohesion = g.fabric.now.cohesion;
            if (g.fabric.predicted) line.predicted = g.fabric.predicted->stability;
            if (!g.newcomers.empty()) line.best_gain = g.newcomers.front().change;
            report.groups.push_back(std::move(line));
        }
        std::stable_sort(report.groups.begin(), report.groups.end(),
                         [](auto const& a, auto const& b) {
                             return a.stability.value_or(-1.0) > b.stability.value_or(-1.0);
                         });
    } catch (...) {
        auto const why = current_message();
        bar.clear();
        try {
            store->save({}, {}, record(schema::job_status::failed, why));
        } catch (...) {
            // The first error is the one to tell; a job left as `processing` is resumed.
            std::fputs("weft: the failure could not be recorded in the database\n", stderr);
        }
        throw;
    }
    return finish();
}

} // namespace weft_command
