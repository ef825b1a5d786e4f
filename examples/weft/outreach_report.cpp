#include "outreach_report.hpp"

#include <algorithm>
#include <string_view>

#include "weft/core/number.hpp"
#include "weft/core/time.hpp"
#include "weft/outreach/plan.hpp"
#include "weft/schema/enums.hpp"

namespace weft_command {

using json = nlohmann::ordered_json;
using weft::outreach::two_decimals;

namespace {

std::string padded(std::string text, std::size_t width, bool left = true) {
    // Ids may hold any UTF-8: count characters, not bytes.
    auto const length =
        static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
            return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U;
        }));
    if (length >= width) return text;
    return left ? text + std::string(width - length, ' ') : std::string(width - length, ' ') + text;
}

std::string number(std::size_t n) {
    auto digits = weft::to_text(n);
    for (auto i = static_cast<std::ptrdiff_t>(digits.size()) - 3; i > 0; i -= 3) {
        digits.insert(static_cast<std::size_t>(i), 1, ',');
    }
    return digits;
}

std::string fixed(std::optional<double> const& x, int decimals = 3) {
    if (!x) return "-";
    double scale = 1.0;
    for (int i = 0; i < decimals; ++i) scale *= 10.0;
    auto const units = static_cast<long long>((*x < 0.0 ? -*x : *x) * scale + 0.5);
    auto const digits = weft::to_text(units);
    auto const width = static_cast<std::size_t>(decimals);
    std::string text = *x < 0.0 && units != 0 ? "-" : "";
    auto const whole = digits.size() > width ? digits.size() - width : 0;
    text += whole > 0 ? digits.substr(0, whole) : "0";
    text += '.';
    text.append(width - (digits.size() - whole), '0');
    text += digits.substr(whole);
    return text;
}

/// What comes from input may hold control characters; a terminal must not obey them.
std::string printable(std::string text) {
    for (auto& c : text) {
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
    }
    return text;
}

std::string wrapped(std::string_view text, std::size_t indent, std::size_t width = 96) {
    std::string out;
    std::size_t column = width;
    while (!text.empty()) {
        auto const end = std::min(text.find(' '), text.size());
        auto const word = text.substr(0, end);
        if (column + 1 + word.size() > width) {
            if (!out.empty()) out += '\n';
            out += std::string(indent, ' ');
            column = indent;
        } else {
            out += ' ';
            ++column;
        }
        out += word;
        column += word.size();
        text.remove_prefix(end == text.size() ? end : end + 1);
    }
    return out + "\n";
}

} // namespace

std::string to_table(outreach_report const& r) {
    std::string out;
    auto const line = [&](std::string const& text = {}) { out += text + "\n"; };
    auto const entry = [&](std::string const& label, std::string const& value) {
        line("  " + padded(label, 34) + padded(value, 12, false));
    };
    line("weft outreach at " + weft::to_iso(r.now) + " into " + printable(r.db));
    if (r.already_completed) {
        line("This job was completed before: nothing was changed.");
        line();
        line("Job " + weft::to_text(r.job.id.value_or(weft::uuid{})));
    } else {
        line();
        line("People");
        entry("scored", number(r.people));
        entry("with a forecast", number(r.with_forecast));
        if (r.left_out_kinds > 0) entry("entities that are no people", number(r.left_out_kinds));
        if (r.left_out_snapshots > 0) {
            entry("snapshots after this instant", number(r.left_out_snapshots));
        }
        line();
        line("Scores of all " + number(static_cast<std::size_t>(r.pairs)) +
             " pairs (share of pairs in each tenth)");
        double most = 0.0;
        for (auto const share : r.distribution) most = std::max(most, share);
        for (std::size_t b = 0; b < r.distribution.size(); ++b) {
            auto const low = static_cast<double>(b) / 10.0;
            auto const bar =
                most > 0.0 ? static_cast<std::size_t>(40.0 * r.distribution[b] / most + 0.5) : 0;
            line("  " + two_decimals(low) + " to " + two_decimals(low + 0.1) + "  " +
                 padded(fixed(100.0 * r.distribution[b], 1) + "%", 6, false) + "  " +
                 std::string(bar, '#'));
        }
        if (r.pairs_without_score > 0) {
            entry("pairs that cannot be compared",
                  number(static_cast<std::size_t>(r.pairs_without_score)));
        }
        line();
        line("Outreach of this job");
        for (auto const& [type, count] : r.queued) entry("queued: " + type, number(count));
        for (auto const& [why, count] : r.refused) entry("not queued: " + why, number(count));
        line();
    }
    if (r.delivered) {
        line("Delivery");
        entry("delivered", number(r.delivered->first));
        entry("refused", number(r.delivered->second));
        line();
    }
    line("Queue in the database, by type and status");
    for (auto const& [key, count] : r.queue) entry(key.first + ", " + key.second, number(count));
    line("Rows in the database");
    for (auto const& [table, count] : r.tables) entry(table, number(count));
    if (!r.examples.empty()) {
        line();
        line("Examples");
        for (std::size_t i = 0; i < r.examples.size(); ++i) {
            auto const& e = r.examples[i];
            line("  " + weft::to_text(i + 1) + ". " + e.type + ": " + printable(e.source) + " to " +
                 printable(e.target) + (e.at ? ", for " + weft::to_iso(*e.at) : ""));
            out += wrapped(printable(e.decision), 5);
            out += wrapped(printable(e.reasoning), 5);
        }
    }
    if (!r.groups.empty()) {
        line();
        line("Groups                         members  stability  density  cohesion  connectivity"
             "  in " +
             weft::to_text(std::chrono::floor<weft::days>(r.horizon - r.now).count()) +
             " days  best newcomer");
        auto const show = [&](outreach_report::group_line const& g) {
            line("  " + padded(printable(g.id), 28) + padded(number(g.members), 8, false) +
                 padded(fixed(g.stability), 11, false) + padded(fixed(g.density), 9, false) +
                 padded(fixed(g.cohesion), 10, false) + padded(fixed(g.connectivity), 14, false) +
                 padded(fixed(g.predicted), 12, false) +
                 padded((g.best_gain && *g.best_gain > 0.0 ? "+" : "") + fixed(g.best_gain, 4), 15,
                        false));
        };
        constexpr std::size_t shown = 5;
        for (std::size_t i = 0; i < r.groups.size(); ++i) {
            if (r.groups.size() > 2 * shown && i == shown) {
                line("  ... " + number(r.groups.size() - 2 * shown) + " more ...");
            }
            if (r.groups.size() > 2 * shown && i >= shown && i + shown < r.groups.size()) continue;
            show(r.groups[i]);
        }
    }
    if (!r.stages.empty()) {
        line();
        line("Time in seconds                          passed   processor");
        double processor = 0.0;
        for (auto const& t : r.stages) {
            line("  " + padded(t.stage, 34) + padded(fixed(t.seconds, 2), 11, false) +
                 padded(fixed(t.processor_seconds, 2), 12, false));
            processor += t.processor_seconds;
        }
        line("  " + padded("all", 34) + padded(fixed(r.total_seconds, 2), 11, false) +
             padded(fixed(processor, 2), 12, false));
    }
    return out;
}

json to_json(outreach_report const& r) {
    auto const optional = [](std::optional<double> const& x) {
        return x ? json(*x) : json(nullptr);
    };
    json out = {{"v", 1}};
    out["db"] = r.db;
    out["now"] = weft::to_iso(r.now);
    out["horizon"] = weft::to_iso(r.horizon);
    out["already_completed"] = r.already_completed;
    out["job"] = {{"id", weft::to_text(r.job.id.value_or(weft::uuid{}))},
                  {"status", std::string(weft::schema::to_text(
                                 r.job.status.value_or(weft::schema::job_status::pending)))},
                  {"items_processed", r.job.items_processed.value_or(0)},
                  {"items_succeeded", r.job.items_succeeded.value_or(0)},
                  {"items_failed", r.job.items_failed.value_or(0)},
                  {"outreach_created", r.job.outreach_created.value_or(0)}};
    if (r.job.error_message) out["job"]["error_message"] = *r.job.error_message;
    if (!r.already_completed) {
        out["people"] = r.people;
        out["with_forecast"] = r.with_forecast;
        out["entities_that_are_no_people"] = r.left_out_kinds;
        out["snapshots_after_now"] = r.left_out_snapshots;
        out["pairs"] = r.pairs;
        out["pairs_without_score"] = r.pairs_without_score;
        out["score_distribution"] = r.distribution;
        out["queued"] = r.queued;
        out["not_queued"] = r.refused;
    }
    json queue = json::array();
    for (auto const& [key, count] : r.queue) {
        queue.push_back({{"type", key.first}, {"status", key.second}, {"rows", count}});
    }
    out["queue"] = std::move(queue);
    out["tables"] = json::object();
    for (auto const& [table, count] : r.tables) out["tables"][table] = count;
    json examples = json::array();
    for (auto const& e : r.examples) {
        examples.push_back({{"type", e.type},
                            {"target", e.target},
                            {"source", e.source},
                            {"score", e.score},
                            {"percentile", e.percentile},
                            {"decision", e.decision},
                            {"reasoning", e.reasoning}});
        if (e.at) examples.back()["scheduled_for"] = weft::to_iso(*e.at);
    }
    out["examples"] = std::move(examples);
    json groups = json::array();
    for (auto const& g : r.groups) {
        groups.push_back({{"id", g.id},
                          {"members", g.members},
                          {"left_out", g.left_out},
                          {"stability", optional(g.stability)},
                          {"density", optional(g.density)},
                          {"connectivity", optional(g.connectivity)},
                          {"cohesion", optional(g.cohesion)},
                          {"predicted_stability", optional(g.predicted)},
                          {"best_newcomer_change", optional(g.best_gain)}});
    }
    out["groups"] = std::move(groups);
    if (r.delivered) {
        out["delivery"] = {{"delivered", r.delivered->first}, {"refused", r.delivered->second}};
    }
    json seconds = json::object();
    for (auto const& t : r.stages) {
        seconds[t.stage] = {{"passed", t.seconds}, {"processor", t.processor_seconds}};
    }
    seconds["all"] = {{"passed", r.total_seconds}};
    out["seconds"] = std::move(seconds);
    return out;
}

} // namespace weft_command
