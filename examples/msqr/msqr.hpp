#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "weft/core/error.hpp"
#include "weft/core/number.hpp"
#include "weft/core/time.hpp"

/// From the msqR table of the R package psychTools to weft's ENTITY lines.
namespace weft_msqr {

using json = nlohmann::ordered_json;

/// A profile dimension: the mean of the answered adjectives, each rated 0 to 3, over 3.
struct scale {
    std::string_view name;
    std::array<std::string_view, 7> items; // unused places are empty
    std::string_view source;
};

/// The twelve dimensions. No adjective is in two of them. The published keys are those in the
/// documentation of msqR; where adjectives were left out (they serve another dimension) or a
/// scale is our own composite, `source` says so.
inline constexpr std::array<scale, 12> scales{{
    {"energy",
     {"active", "energetic", "vigorous", "wakeful", "wide.awake", "full.of.pep", "lively"},
     "Thayer's Energetic Arousal, high pole"},
    {"tiredness", {"sleepy", "tired", "drowsy"}, "Thayer's Energetic Arousal, low pole"},
    {"tension",
     {"intense", "jittery", "fearful", "tense", "clutched.up"},
     "Thayer's Tense Arousal, high pole"},
    {"calmness",
     {"quiet", "still", "placid", "calm", "at.rest"},
     "Thayer's Tense Arousal, low pole"},
    {"contentment",
     {"serene", "relaxed", "content", "at.ease"},
     "Larsen and Diener's unactivated pleasant affect without calm and at.rest (in calmness)"},
    {"joviality",
     {"happy", "delighted", "cheerful", "excited", "enthusiastic"},
     "PANAS-X Joviality without lively and energetic (in energy)"},
    {"self_assurance",
     {"proud", "strong", "confident"},
     "PANAS-X Self-Assurance without the reversed fearful (in tension)"},
    {"attentiveness", {"alert", "determined", "attentive"}, "PANAS-X Attentiveness"},
    {"warmth", {"sociable", "warmhearted", "kindly"}, "composite of this converter"},
    {"sadness", {"sad", "blue", "lonely", "alone"}, "PANAS-X Sadness"},
    {"hostility", {"angry", "hostile", "irritable", "scornful"}, "PANAS-X Hostility"},
    {"boredom",
     {"bored", "dull", "sluggish"},
     "Larsen and Diener's unactivated unpleasant affect without tired and drowsy (in tiredness)"},
}};

/// A vibe dimension: a scale of the Eysenck Personality Inventory over its highest score.
struct trait {
    std::string_view name;
    std::string_view column;
    double highest;
};

/// Extraversion is left out because Sociability and Impulsivity are its parts, Lie because it
/// judges the answers and not the person.
inline constexpr std::array<trait, 3> traits{{
    {"sociability", "Sociability", 13.0},
    {"impulsivity", "Impulsivity", 9.0},
    {"neuroticism", "Neuroticism", 24.0},
}};

struct answer {
    double value = 0.0;      // in [0,1]
    double confidence = 0.0; // answered adjectives / adjectives of the scale, in (0,1]
};

using profile = std::array<std::optional<answer>, scales.size()>;

struct person {
    std::string study;
    std::string id;
    std::vector<profile> snapshots; // oldest first
    std::array<int, 24> hours{};    // how many snapshots were taken in each hour of the day
    std::array<std::optional<double>, traits.size()> vibe{};
};

struct options {
    /// Between two successive snapshots of a person: an assumption, the data know only the order.
    std::chrono::microseconds spacing = std::chrono::days(1);
    /// The instant of everybody's last snapshot: an assumption as well.
    weft::instant last = std::chrono::sys_days{std::chrono::year{2026} / 1 / 1};
};

namespace detail {

[[noreturn]] inline void fail(std::size_t line, std::size_t column, std::string_view name,
                              std::string_view got, std::string_view expected) {
    std::string where = "msqR table: line " + weft::to_text(line);
    if (column != 0) where += ", column " + weft::to_text(column);
    if (!name.empty()) where += " (" + std::string(name) + ")";
    WEFT_THROW(weft::error(where + ": got " + std::string(got.substr(0, 64)) + ", expected " +
                           std::string(expected)));
}

/// The fields of the next record (RFC 4180; quotes may not span lines) and moves past it.
inline std::vector<std::string> record(std::string_view text, std::size_t& at, std::size_t line) {
    std::vector<std::string> fields(1);
    while (at < text.size() && text[at] != '\n') {
        if (text[at] == '"') {
            if (!fields.back().empty()) {
                fail(line, fields.size(), "", "a quote inside a field", "it only around a field");
            }
            for (++at;; ++at) {
                if (at >= text.size() || text[at] == '\n') {
                    fail(line, fields.size(), "", "the end of the line", "a closing quote");
                }
                if (text[at] == '"') {
                    if (at + 1 < text.size() && text[at + 1] == '"') {
                        ++at;
                    } else {
                        break;
                    }
                }
                fields.back() += text[at];
            }
            ++at;
            if (at < text.size() && text[at] != ',' && text[at] != '\n' && text[at] != '\r') {
                fail(line, fields.size(), "", "text after a closing quote", "a comma");
            }
        } else if (text[at] == ',') {
            fields.emplace_back();
            ++at;
        } else if (text[at] == '\r' && at + 1 < text.size() && text[at + 1] == '\n') {
            ++at;
        } else {
            fields.back() += text[at++];
        }
    }
    if (at < text.size()) ++at;
    return fields;
}

struct row {
    std::size_t line;
    std::vector<std::string> fields;
};

class table {
public:
    explicit table(std::string_view text) {
        std::size_t at = 0;
        if (text.empty()) fail(1, 0, "", "an empty table", "a header line");
        header_ = record(text, at, 1);
        for (std::size_t i = 0; i < header_.size(); ++i) {
            if (!columns_.emplace(header_[i], i).second) {
                fail(1, i + 1, header_[i], "a second column of this name", "different names");
            }
        }
        for (std::size_t line = 2; at < text.size(); ++line) {
            auto fields = record(text, at, line);
            if (fields.size() == 1 && fields.front().empty()) {
                fail(line, 0, "", "an empty line", weft::to_text(header_.size()) + " fields");
            }
            if (fields.size() != header_.size()) {
                fail(line, 0, "", weft::to_text(fields.size()) + " fields",
                     weft::to_text(header_.size()) + ", as in the header");
            }
            rows_.push_back({line, std::move(fields)});
        }
    }

    [[nodiscard]] std::vector<row> const& rows() const noexcept { return rows_; }

    [[nodiscard]] std::size_t column(std::string_view name) const {
        auto const found = columns_.find(name);
        if (found == columns_.end()) {
            fail(1, 0, "", "no column " + std::string(name), "the columns of msqR");
        }
        return found->second;
    }

    /// The number in a field, or nothing for NA; throws outside [lowest, highest].
    [[nodiscard]] std::optional<double> number(row const& r, std::size_t i, double lowest,
                                               double highest, bool whole) const {
        auto const& text = r.fields[i];
        if (text == "NA") return std::nullopt;
        auto const x = weft::parse_double(text);
        if (!x || !weft::is_finite(*x) || *x < lowest || *x > highest ||
            (whole && *x != std::floor(*x))) {
            fail(r.line, i + 1, header_[i], "\"" + text + "\"",
                 (whole ? "a whole number from " : "a number from ") + weft::to_text(lowest) +
                     " to " + weft::to_text(highest) + ", or NA");
        }
        return x;
    }

private:
    std::vector<std::string> header_;
    std::map<std::string, std::size_t, std::less<>> columns_;
    std::vector<row> rows_;
};

} // namespace detail

/// The people of the table: pairs of study and id, in the order of their first row; the rows of
/// one person by `time`, then by their order in the table.
/// Throws weft::error with line and column.
[[nodiscard]] inline std::vector<person> read(std::string_view csv) {
    detail::table const table(csv);
    std::array<std::vector<std::size_t>, scales.size()> items;
    for (std::size_t s = 0; s < scales.size(); ++s) {
        for (auto const item : scales[s].items) {
            if (!item.empty()) items[s].push_back(table.column(item));
        }
    }
    std::array<std::size_t, traits.size()> trait_columns{};
    for (std::size_t i = 0; i < traits.size(); ++i) {
        trait_columns[i] = table.column(traits[i].column);
    }
    auto const study = table.column("study");
    auto const id = table.column("id");
    auto const time = table.column("time");
    auto const hour = table.column("TOD");

    struct measured {
        double time;
        detail::row const* row;
    };
    std::vector<std::vector<measured>> grouped;
    std::map<std::pair<std::string, std::string>, std::size_t> index;
    for (auto const& row : table.rows()) {
        auto const t = table.number(row, time, 1, 1000, true);
        if (!t) detail::fail(row.line, time + 1, "time", "NA", "the measurement's number");
        if (row.fields[study].empty() || row.fields[study] == "NA") {
            detail::fail(row.line, study + 1, "study", "nothing", "the study's name");
        }
        auto const [found, added] =
            index.try_emplace({row.fields[study], row.fields[id]}, grouped.size());
        if (added) grouped.emplace_back();
        grouped[found->second].push_back({*t, &row});
    }

    std::vector<person> people;
    people.reserve(grouped.size());
    for (auto& rows : grouped) {
        std::stable_sort(rows.begin(), rows.end(),
                         [](auto const& a, auto const& b) { return a.time < b.time; });
        person p;
        p.study = rows.front().row->fields[study];
        p.id = rows.front().row->fields[id];
        std::array<bool, traits.size()> contradictory{};
        for (auto const& [t, row] : rows) {
            profile snapshot;
            for (std::size_t s = 0; s < scales.size(); ++s) {
                double sum = 0.0;
                std::size_t answered = 0;
                for (auto const column : items[s]) {
                    if (auto const x = table.number(*row, column, 0, 3, true)) {
                        sum += *x;
                        ++answered;
                    }
                }
                if (answered != 0) {
                    auto const n = static_cast<double>(answered);
                    snapshot[s] = {sum / (3.0 * n), n / static_cast<double>(items[s].size())};
                }
            }
            p.snapshots.push_back(snapshot);
            if (auto const h = table.number(*row, hour, 0, 23.999, false)) {
                ++p.hours[static_cast<std::size_t>(*h)];
            }
            for (std::size_t i = 0; i < traits.size(); ++i) {
                auto const x = table.number(*row, trait_columns[i], 0, traits[i].highest, false);
                if (!x) continue;
                auto const value = *x / traits[i].highest;
                if (p.vibe[i] && *p.vibe[i] != value) contradictory[i] = true;
                p.vibe[i] = value;
            }
        }
        for (std::size_t i = 0; i < traits.size(); ++i) {
            if (contradictory[i]) p.vibe[i].reset();
        }
        people.push_back(std::move(p));
    }
    return people;
}

[[nodiscard]] inline json to_json(profile const& p) {
    json out = json::object();
    for (std::size_t s = 0; s < scales.size(); ++s) {
        if (p[s]) {
            out[std::string(scales[s].name)] = {{"value", p[s]->value},
                                                {"confidence", p[s]->confidence}};
        }
    }
    return out;
}

/// One ENTITY. The profile is the latest snapshot in which anything was answered; what was not
/// answered there is missing.
[[nodiscard]] inline json to_entity(person const& p, options const& given = {}) {
    json out;
    out["id"] = "msqr:" + p.study + ":" + p.id;
    out["kind"] = "user";
    auto const empty = [](profile const& snapshot) {
        return std::none_of(snapshot.begin(), snapshot.end(),
                            [](auto const& x) { return x.has_value(); });
    };
    auto latest = p.snapshots.size() - 1;
    while (latest > 0 && empty(p.snapshots[latest])) --latest;
    out["profile"] = to_json(p.snapshots[latest]);
    if (std::any_of(p.vibe.begin(), p.vibe.end(), [](auto const& x) { return x.has_value(); })) {
        auto& vibe = out["vibe"];
        for (std::size_t i = 0; i < traits.size(); ++i) {
            if (p.vibe[i]) vibe[std::string(traits[i].name)] = *p.vibe[i];
        }
    }
    if (std::any_of(p.hours.begin(), p.hours.end(), [](int n) { return n != 0; })) {
        auto& rhythm = out["rhythm"] = json::array();
        for (int day = 0; day < 7; ++day) {
            for (auto const count : p.hours) rhythm.push_back(count);
        }
    }
    auto& snapshots = out["snapshots"] = json::array();
    for (std::size_t k = 0; k < p.snapshots.size(); ++k) {
        auto const before_last = static_cast<std::int64_t>(p.snapshots.size() - 1 - k);
        auto const t = given.last - given.spacing * before_last;
        snapshots.push_back({{"t", weft::to_iso(t)}, {"profile", to_json(p.snapshots[k])}});
    }
    out["groups"] = {"study:" + p.study};
    return out;
}

} // namespace weft_msqr
