#include "score_commands.hpp"

#include <map>
#include <memory>
#include <optional>
#include <unordered_map>
#include <utility>

#include "fields.hpp"
#include "json_lines.hpp"
#include "weft/compatibility/score.hpp"
#include "weft/profile/fingerprint.hpp"
#include "weft/profile/json.hpp"

namespace weft_command {

namespace compatibility = weft::compatibility;
namespace profile = weft::profile;

std::vector<profile::entity> read_entities(std::string const& file,
                                           std::vector<faulty_line>& faults) {
    line_reader reader(file);
    progress bar("reading entities");
    std::vector<profile::entity> entities;
    std::unordered_map<std::string, std::size_t> first_line;
    std::string line;
    while (reader.next(line)) {
        if (!reader.too_long() && is_blank(line)) continue;
        bar.show(reader.bytes_read(), reader.size(), std::to_string(reader.number()) + " lines");
        try {
            if (reader.too_long()) {
                WEFT_THROW(weft::invalid_argument("line", "a line above the limit",
                                                  std::to_string(max_line_bytes) + " bytes"));
            }
            auto e = profile::read_entity(parse_line(line));
            auto const [known, added] = first_line.emplace(e.id, reader.number());
            if (!added) {
                WEFT_THROW(weft::invalid_argument("id", "\"" + e.id + "\"",
                                                  "an id of its own (line " +
                                                      std::to_string(known->second) + " has it)"));
            }
            entities.push_back(std::move(e));
        } catch (...) {
            faults.push_back({reader.number(), current_message()});
        }
    }
    bar.clear();
    return entities;
}

compatibility::fitted_population read_population(std::string const& file) {
    line_reader reader(file);
    std::string text;
    std::string line;
    while (reader.next(line)) {
        if (reader.too_long() || text.size() + line.size() > max_line_bytes) {
            throw usage_error(file + ": larger than " + std::to_string(max_line_bytes) + " bytes");
        }
        text += line;
        text += '\n';
    }
    auto const document = json::parse(text, nullptr, false);
    if (document.is_discarded()) throw usage_error(file + ": not a JSON document");
    try {
        return compatibility::read_fitted_population(document);
    } catch (weft::error const& e) {
        throw usage_error(file + ": " + e.what());
    }
}

namespace {

/// Answers score lines: entities by id from a file, or given in the line.
class score_answers {
public:
    score_answers(std::string const& entities_file, std::string const& population_file) {
        if (!entities_file.empty()) {
            std::vector<faulty_line> faults;
            entities_ = read_entities(entities_file, faults);
            if (!faults.empty()) {
                throw usage_error(entities_file + ": line " + std::to_string(faults[0].number) +
                                  ": " + faults[0].message);
            }
            for (std::size_t i = 0; i < entities_.size(); ++i) index_.emplace(entities_[i].id, i);
        }
        if (!population_file.empty()) {
            auto fitted = read_population(population_file);
            encoder_ = std::make_unique<profile::encoder>(std::move(fitted.population));
            scorer_ = compatibility::scorer(std::move(fitted.distributions));
            fixed_space_ = true;
        } else {
            encoder_ = std::make_unique<profile::encoder>(profile::space_of(entities_));
        }
    }

    [[nodiscard]] json operator()(json const& line) {
        auto const a = party(line, "a");
        auto const b = party(line, "b");
        if (fixed_space_ || (a.entity == nullptr && b.entity == nullptr)) {
            return answer(*encoder_, a, b, true);
        }
        // Without a population a line may bring dimensions of its own.
        std::vector<profile::entity> all{entity_of(a), entity_of(b)};
        auto const encoder = profile::encoder(profile::space_of(all));
        return answer(encoder, a, b, false);
    }

private:
    struct party_ref {
        std::shared_ptr<profile::entity const> entity;
        std::size_t index = 0;
    };

    [[nodiscard]] party_ref party(json const& line, char const* name) const {
        auto const& value = field(line, name, "an entity or the id of one");
        if (value.is_string()) {
            auto const found = index_.find(value.get<std::string>());
            if (found == index_.end()) {
                refuse(name, value, "an id that occurs in the file of --entities");
            }
            return {nullptr, found->second};
        }
        if (!value.is_object()) refuse(name, value, "an entity or the id of one");
        return {std::make_shared<profile::entity>(profile::read_entity(value)), 0};
    }

    [[nodiscard]] profile::entity const& entity_of(party_ref const& p) const {
        return p.entity ? *p.entity : entities_[p.index];
    }

    [[nodiscard]] profile::fingerprint fingerprint_of(profile::encoder const& encoder,
                                                      party_ref const& p, bool keep) {
        if (p.entity || !keep) return encoder.encode(entity_of(p));
        auto found = fingerprints_.find(p.index);
        if (found == fingerprints_.end()) {
            found = fingerprints_.emplace(p.index, encoder.encode(entities_[p.index])).first;
        }
        return found->second;
    }

    [[nodiscard]] json answer(profile::encoder const& encoder, party_ref const& a,
                              party_ref const& b, bool keep) {
        auto const first = fingerprint_of(encoder, a, keep);
        auto const second = fingerprint_of(encoder, b, keep);
        return compatibility::to_json<json>(scorer_.score(first, second));
    }

    std::vector<profile::entity> entities_;
    std::unordered_map<std::string, std::size_t> index_;
    std::unordered_map<std::size_t, profile::fingerprint> fingerprints_;
    std::unique_ptr<profile::encoder> encoder_;
    compatibility::scorer scorer_;
    bool fixed_space_ = false;
};

} // namespace

int run_score(std::string const& file, std::string const& entities, std::string const& population) {
    score_answers answers(entities, population);
    return run_json_lines(file, [&](json const& line) { return answers(line); });
}

int run_fit(std::string const& file, fit_options const& options) {
    std::vector<faulty_line> faults;
    auto const entities = read_entities(file, faults);
    writer out;
    if (!faults.empty()) {
        for (auto const& fault : faults) {
            out.write(json{{"line", fault.number}, {"error", fault.message}}.dump(
                          -1, ' ', false, json::error_handler_t::replace) +
                      "\n");
        }
        out.close();
        return status_faulty_input;
    }
    compatibility::calibration_options calibration;
    calibration.seed = options.seed;
    calibration.pairs = options.pairs;
    auto const fitted = compatibility::fit(entities, calibration);
    out.write(compatibility::to_json<json>(fitted).dump() + "\n");
    out.close();
    return status_ok;
}

} // namespace weft_command
