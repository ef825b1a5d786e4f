#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "weft/core/error.hpp"
#include "weft/core/number.hpp"
#include "weft/knot/braid.hpp"
#include "weft/knot/diagram.hpp"
#include "weft/knot/dt_code.hpp"
#include "weft/knot/gauss_code.hpp"
#include "weft/knot/integer.hpp"
#include "weft/knot/invariants.hpp"
#include "weft/knot/laurent.hpp"
#include "weft/knot/pd_code.hpp"
#include "weft/knot/similarity.hpp"

/// Links in JSON. Absent values are null, with the reason under "why"; integers beyond 2^53 are
/// decimal strings.
namespace weft::inline v0::knot {

namespace detail {

[[nodiscard]] inline std::string excerpt(nlohmann::ordered_json const& value) {
    auto text = value.dump(-1, ' ', true, nlohmann::ordered_json::error_handler_t::replace);
    if (text.size() > 80) text = text.substr(0, 77) + "...";
    return text;
}

[[nodiscard]] inline int json_int(nlohmann::ordered_json const& value, std::string const& where,
                                  char const* expected) {
    std::optional<int> out;
    if (value.is_number_unsigned()) {
        auto const n = value.get<std::uint64_t>();
        if (n <= static_cast<std::uint64_t>(std::numeric_limits<int>::max())) {
            out = static_cast<int>(n);
        }
    } else if (value.is_number_integer()) {
        auto const n = value.get<std::int64_t>();
        if (n >= std::numeric_limits<int>::min() && n <= std::numeric_limits<int>::max()) {
            out = static_cast<int>(n);
        }
    }
    if (!out) WEFT_THROW(invalid_argument(where, excerpt(value), expected));
    return *out;
}

template <class Integer>
[[nodiscard]] nlohmann::ordered_json json_integer(Integer const& x) {
    constexpr std::int64_t exact = std::int64_t{1} << 53U;
    auto const small = integer_traits<Integer>::to_int64(x);
    if (small && *small <= exact && *small >= -exact) return *small;
    return integer_traits<Integer>::to_text(x);
}

template <class T>
[[nodiscard]] nlohmann::ordered_json json_optional(std::optional<T> const& x) {
    if (!x) return nullptr;
    return json_integer<std::int64_t>(*x);
}

} // namespace detail

/// `{"variable": "t", "min_exponent": "-7/2", "coefficients": [...]}`: exponents min_exponent + k;
/// min_exponent an integer, or a fraction as a string; zero has an empty list.
template <class Integer>
[[nodiscard]] nlohmann::ordered_json to_json(basic_laurent<Integer> const& p,
                                             std::string_view variable) {
    nlohmann::ordered_json out;
    out["variable"] = std::string(variable);
    if (p.twice_min_exponent() % 2 == 0) {
        out["min_exponent"] = p.twice_min_exponent() / 2;
    } else {
        out["min_exponent"] = to_text(p.twice_min_exponent()) + "/2";
    }
    out["coefficients"] = nlohmann::ordered_json::array();
    for (auto const& c : p.coefficients()) {
        out["coefficients"].push_back(detail::json_integer(c));
    }
    return out;
}

/// Reads `{"strands": 3, "word": [1,-2,1,-2]}` or `{"strands": 12, "bands": [[i, j, sign], ...]}`.
/// Throws invalid_argument naming the field within `where`.
[[nodiscard]] inline braid braid_from_json(nlohmann::ordered_json const& value,
                                           std::string const& where = "braid") {
    if (!value.is_object()) {
        WEFT_THROW(invalid_argument(where, detail::excerpt(value),
                                    "an object with strands and word or bands"));
    }
    auto const strands = value.find("strands");
    if (strands == value.end()) {
        WEFT_THROW(invalid_argument(where + ".strands", "nothing", "the number of strands"));
    }
    int const n = detail::json_int(*strands, where + ".strands", "an integer from 1 to 2147483647");
    auto const word = value.find("word");
    auto const bands = value.find("bands");
    if ((word == value.end()) == (bands == value.end())) {
        WEFT_THROW(invalid_argument(
            where, word == value.end() ? "neither word nor bands" : "both word and bands",
            "exactly one of word and bands"));
    }
    // The names in the constructors' messages are completed to say where the braid was.
    if (n < 1) WEFT_THROW(invalid_argument(where + ".strands", to_text(n), "at least 1"));
    if (word != value.end()) {
        if (!word->is_array()) {
            WEFT_THROW(invalid_argument(where + ".word", detail::excerpt(*word),
                                        "an array of signed letters"));
        }
        std::vector<int> letters;
        letters.reserve(word->size());
        for (std::size_t k = 0; k < word->size(); ++k) {
            auto const place = where + ".word[" + to_text(k) + "]";
            int const letter =
                detail::json_int((*word)[k], place, "a signed letter (an integer other than 0)");
            if (letter == 0 || std::int64_t{letter} >= n || -std::int64_t{letter} >= n) {
                WEFT_THROW(invalid_argument(place, to_text(letter),
                                            n == 1 ? "no letter on 1 strand"
                                                   : "a letter from 1 to " + to_text(n - 1) +
                                                         " or its negative"));
            }
            letters.push_back(letter);
        }
        return braid(n, std::move(letters));
    }
    if (!bands->is_array()) {
        WEFT_THROW(invalid_argument(where + ".bands", detail::excerpt(*bands),
                                    "an array of [i, j, sign]"));
    }
    std::vector<band> letters;
    letters.reserve(bands->size());
    for (std::size_t k = 0; k < bands->size(); ++k) {
        auto const& entry = (*bands)[k];
        auto const place = where + ".bands[" + to_text(k) + "]";
        std::string const expected =
            "[i, j, sign] with 1 <= i < j <= " + to_text(n) + " and sign 1 or -1";
        if (!entry.is_array() || entry.size() != 3) {
            WEFT_THROW(invalid_argument(place, detail::excerpt(entry), expected));
        }
        band const b{detail::json_int(entry[0], place, expected.c_str()),
                     detail::json_int(entry[1], place, expected.c_str()),
                     detail::json_int(entry[2], place, expected.c_str())};
        if (b.i < 1 || b.j <= b.i || b.j > n || (b.sign != 1 && b.sign != -1)) {
            WEFT_THROW(invalid_argument(place, detail::excerpt(entry), expected));
        }
        letters.push_back(b);
    }
    return braid::from_bands(n, std::move(letters));
}

/// The braid as braid_from_json reads it.
[[nodiscard]] inline nlohmann::ordered_json to_json(braid const& b) {
    nlohmann::ordered_json out;
    out["strands"] = b.strands();
    if (b.banded()) {
        out["bands"] = nlohmann::ordered_json::array();
        for (auto const& l : b.bands()) out["bands"].push_back({l.i, l.j, l.sign});
    } else {
        out["word"] = nlohmann::ordered_json::array();
        for (int const l : b.word()) out["word"].push_back(l);
    }
    return out;
}

namespace detail {

/// `[..]` or `[[..], ..]`, or such a list as text.
[[nodiscard]] inline std::vector<std::vector<int>>
json_lists(nlohmann::ordered_json const& value, std::string const& where, list_shape shape) {
    bool const either = shape == list_shape::either;
    if (value.is_string()) {
        auto const& text = value.get_ref<nlohmann::ordered_json::string_t const&>();
        return parse_lists(where, text, shape);
    }
    char const* const expected =
        either ? "an array of integers, or one of such arrays" : "an array of arrays of four arcs";
    if (!value.is_array()) WEFT_THROW(invalid_argument(where, excerpt(value), expected));
    std::vector<std::vector<int>> out;
    auto const integers = [&](nlohmann::ordered_json const& list, std::string const& at) {
        auto& numbers = out.emplace_back();
        numbers.reserve(list.size());
        for (std::size_t k = 0; k < list.size(); ++k) {
            numbers.push_back(json_int(list[k], at + "[" + to_text(k) + "]", "an integer"));
        }
    };
    if (either && !value.empty() && !value[0].is_array()) {
        integers(value, where);
        return out;
    }
    for (std::size_t k = 0; k < value.size(); ++k) {
        auto const at = where + "[" + to_text(k) + "]";
        if (!value[k].is_array()) {
            WEFT_THROW(invalid_argument(at, excerpt(value[k]), "an array of integers"));
        }
        integers(value[k], at);
    }
    return out;
}

} // namespace detail

/// Reads a diagram from the one of the keys `pd`, `dt` and `gauss` that the object has. `pd` is
/// `[[1,5,2,4], ...]`; `dt` and `gauss` are a list of integers, or such a list for each component;
/// each may be text as parse_pd, parse_dt and parse_gauss read it. Beside them may be `circles`
/// (for pd: how many components have no crossing) and `signs` (for dt and gauss). Throws
/// invalid_argument naming the field, with `prefix` before it.
[[nodiscard]] inline link_diagram diagram_from_json(nlohmann::ordered_json const& value,
                                                    std::string const& prefix = "") {
    char const* form = nullptr;
    for (char const* const key : {"pd", "dt", "gauss"}) {
        if (!value.is_object() || !value.contains(key)) continue;
        if (form != nullptr) {
            WEFT_THROW(invalid_argument(prefix + key, std::string("given beside ") + form,
                                        "one code of one link"));
        }
        form = key;
    }
    if (form == nullptr) {
        WEFT_THROW(invalid_argument(prefix + "pd", "nothing", "a PD, DT or Gauss code"));
    }
    auto const& code = value.at(form);
    bool const pd = std::string_view(form) == "pd";
    auto lists = detail::json_lists(code, prefix + form,
                                    pd ? detail::list_shape::nested : detail::list_shape::either);
    std::vector<int> signs;
    if (auto const found = value.find("signs"); !pd && found != value.end()) {
        if (!found->is_array()) {
            WEFT_THROW(invalid_argument(prefix + "signs", detail::excerpt(*found),
                                        "an array of 1 and -1"));
        }
        for (std::size_t k = 0; k < found->size(); ++k) {
            signs.push_back(
                detail::json_int((*found)[k], prefix + "signs[" + to_text(k) + "]", "1 or -1"));
        }
    }
    int circles = 0;
    if (auto const found = value.find("circles"); pd && found != value.end()) {
        circles = detail::json_int(*found, prefix + "circles", "a number of circles");
    }
    auto const read = [&]() -> link_diagram {
        if (!pd && std::string_view(form) == "dt") {
            return from_dt({std::move(lists), std::move(signs)});
        }
        if (!pd) return from_gauss({std::move(lists), std::move(signs)});
        pd_code quadruples;
        quadruples.reserve(lists.size());
        for (auto const& x : lists) {
            if (x.size() != 4) {
                WEFT_THROW(invalid_argument("pd[" + to_text(quadruples.size()) + "]",
                                            to_text(x.size()) + " arcs", "4 arcs"));
            }
            quadruples.push_back({x[0], x[1], x[2], x[3]});
        }
        return from_pd(quadruples, circles);
    };
    if (prefix.empty()) return read();
    try {
        return read();
    } catch (invalid_argument const& e) {
        WEFT_THROW(invalid_argument(prefix + e.argument(), e.value(), e.expected()));
    }
}

/// `{"pd": [[..], ..]}`, with `circles` where there are some besides or nothing else.
[[nodiscard]] inline nlohmann::ordered_json to_json(link_diagram const& d) {
    nlohmann::ordered_json out;
    out["pd"] = to_pd(d);
    if (d.circles() > (d.crossings().empty() ? 1 : 0)) out["circles"] = d.circles();
    return out;
}

/// All invariants; null with a reason under "why" where one is absent.
template <class Integer>
[[nodiscard]] nlohmann::ordered_json to_json(basic_invariants<Integer> const& v) {
    using json = nlohmann::ordered_json;
    auto const polynomial = [](auto const& p, std::string_view variable) {
        return p ? to_json(*p, variable) : json(nullptr);
    };
    json out;
    out["strands"] = v.strands;
    out["crossings"] = v.crossings;
    out["writhe"] = v.writhe;
    out["components"] = v.components;
    out["linking_matrix"] = v.linking_matrix ? json(*v.linking_matrix) : json(nullptr);
    out["alexander"] = polynomial(v.alexander, "t");
    out["conway"] = polynomial(v.conway, "z");
    out["determinant"] = v.determinant ? detail::json_integer(*v.determinant) : json(nullptr);
    out["signature"] = detail::json_optional(v.signature);
    out["arf"] = detail::json_optional(v.arf);
    out["jones"] = polynomial(v.jones, "t");
    out["homfly"] = nullptr;
    if (v.homfly) {
        out["homfly"] = json::array();
        for (auto const& term : *v.homfly) {
            json entry;
            entry["v"] = term.v;
            entry["z"] = term.z;
            entry["c"] = detail::json_integer(term.coefficient);
            out["homfly"].push_back(std::move(entry));
        }
    }
    out["genus_lower"] = detail::json_optional(v.genus_lower);
    out["genus_upper"] = detail::json_optional(v.genus_upper);
    out["crossing_number_lower"] = detail::json_optional(v.crossing_number_lower);
    out["crossing_number_upper"] = detail::json_optional(v.crossing_number_upper);
    out["braid_index_lower"] = detail::json_optional(v.braid_index_lower);
    out["braid_index_upper"] = detail::json_optional(v.braid_index_upper);
    out["bridge_upper"] = detail::json_optional(v.bridge_upper);
    out["unknotting_lower"] = detail::json_optional(v.unknotting_lower);
    out["unknotting_upper"] = detail::json_optional(v.unknotting_upper);
    out["bridge_lower"] = detail::json_optional(v.bridge_lower);
    json why = json::object();
    auto const exact = [&](char const* field, std::optional<std::int64_t> const& x) {
        out[field] = detail::json_optional(x);
        if (!x) why[field] = "the bounds do not meet";
    };
    exact("genus", v.genus);
    exact("crossing_number", v.crossing_number);
    exact("braid_index", v.braid_index);
    exact("bridge_number", v.bridge_number);
    exact("unknotting_number", v.unknotting_number);
    for (auto const& [field, reason] : v.why) {
        if (out.contains(field)) why[field] = reason;
    }
    if (!why.empty()) out["why"] = std::move(why);
    return out;
}

/// `score` and `terms`: `[{"name", "similarity", "weight"}]`, null where absent.
[[nodiscard]] inline nlohmann::ordered_json to_json(similarity_result const& s) {
    using json = nlohmann::ordered_json;
    json out;
    out["score"] = s.score ? json(*s.score) : json(nullptr);
    out["terms"] = json::array();
    for (auto const& term : s.terms) {
        json entry;
        entry["name"] = std::string(term.name);
        entry["similarity"] = term.similarity ? json(*term.similarity) : json(nullptr);
        entry["weight"] = term.weight;
        out["terms"].push_back(std::move(entry));
    }
    return out;
}

} // namespace weft::inline v0::knot
