#pragma once

#include <cmath>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "weft/core/error.hpp"
#include "weft/core/time.hpp"

/// Reading fields of an input line, with errors that say which field and what was expected.
namespace weft_command {

using json = nlohmann::ordered_json;

/// A short rendering of a faulty value, for error messages.
inline std::string shown(json const& value) {
    auto text = value.dump(-1, ' ', true, json::error_handler_t::replace);
    if (text.size() > 80) text = text.substr(0, 77) + "...";
    return text;
}

[[noreturn]] inline void refuse(std::string const& where, json const& value,
                                std::string const& expected) {
    WEFT_THROW(weft::invalid_argument(where, shown(value), expected));
}

inline json const& field(json const& object, char const* name, std::string const& expected) {
    if (!object.is_object()) refuse("line", object, "an object");
    auto const found = object.find(name);
    if (found == object.end()) WEFT_THROW(weft::invalid_argument(name, "nothing", expected));
    return *found;
}

inline double number(json const& value, std::string const& where) {
    if (!value.is_number()) refuse(where, value, "a number");
    return value.get<double>();
}

inline std::vector<double> numbers(json const& value, std::string const& where) {
    if (!value.is_array()) refuse(where, value, "an array of numbers");
    std::vector<double> out;
    out.reserve(value.size());
    for (std::size_t i = 0; i < value.size(); ++i) {
        out.push_back(number(value[i], where + "[" + std::to_string(i) + "]"));
    }
    return out;
}

inline weft::instant instant(json const& value, std::string const& where) {
    if (!value.is_string()) refuse(where, value, "an ISO 8601 instant as a string");
    try {
        return weft::parse_instant(value.get_ref<json::string_t const&>());
    } catch (weft::parse_error const& e) {
        WEFT_THROW(weft::invalid_argument(where, shown(value), e.what()));
    }
}

} // namespace weft_command
