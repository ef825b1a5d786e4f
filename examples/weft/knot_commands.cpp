#include <string>

#include "command.hpp"
#include "fields.hpp"

#include "weft/knot/big.hpp"
#include "weft/knot/diagram_invariants.hpp"
#include "weft/knot/invariants.hpp"
#include "weft/knot/json.hpp"
#include "weft/knot/similarity.hpp"

namespace weft_command {

namespace {

weft::knot::big_invariants link(json const& object, std::string const& where) {
    if (!object.is_object()) refuse(where, object, "an object with a braid or a code");
    std::string const prefix = where == "line" ? "" : where + ".";
    bool coded = false;
    for (auto const* const form : {"pd", "dt", "gauss"}) {
        auto const found = object.find(form);
        if (found == object.end()) continue;
        if (object.contains("braid")) refuse(prefix + form, *found, "no code beside a braid");
        coded = true;
    }
    if (coded) {
        return weft::knot::compute_invariants<weft::knot::big_integer>(
            weft::knot::diagram_from_json(object, prefix));
    }
    auto const found = object.find("braid");
    if (found == object.end()) {
        WEFT_THROW(weft::invalid_argument(
            prefix + "braid", "nothing",
            R"({"strands": n, "word": [...]} or {"strands": n, "bands": [[i, j, sign], ...]}, )"
            "or one of pd, dt and gauss"));
    }
    return weft::knot::compute_invariants<weft::knot::big_integer>(
        weft::knot::braid_from_json(*found, prefix + "braid"));
}

} // namespace

json invariants(json const& line) {
    return weft::knot::to_json(link(line, "line"));
}

json similarity(json const& line) {
    auto const a = link(field(line, "a", "an object with a braid or a code"), "a");
    auto const b = link(field(line, "b", "an object with a braid or a code"), "b");
    auto const result = weft::knot::similarity(a, b);
    auto out = weft::knot::to_json(result);
    json why = json::object();
    for (auto const& term : result.terms) {
        if (term.similarity) continue;
        std::string const name(term.name);
        std::string reason;
        for (auto const& [side, v] : {std::pair{"a", &a}, std::pair{"b", &b}}) {
            auto const found = v->why.find(name);
            if (found == v->why.end()) continue;
            if (!reason.empty()) reason += "; ";
            reason += std::string(side) + ": " + found->second;
        }
        why[name] = reason.empty() ? "too large to compare" : reason;
    }
    if (!why.empty()) out["why"] = std::move(why);
    return out;
}

} // namespace weft_command
