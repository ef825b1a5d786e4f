#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "weft/core/error.hpp"
#include "weft/core/number.hpp"

/// Reading codes of diagrams as text. Everything here is internal.
namespace weft::inline v0::knot::detail {

enum class list_shape {
    nested, ///< lists of integers in a list
    either  ///< the same, or one list of integers, which is taken for a list of one
};

/// Reads integers in brackets of any kind, separated by commas or blanks, with letters before a
/// bracket ignored (`PD[X[1,2,3,4]]`). Throws parse_error naming `what` and the byte offset.
[[nodiscard]] inline std::vector<std::vector<int>>
parse_lists(std::string_view what, std::string_view text, list_shape shape) {
    std::size_t at = 0;
    auto const blank = [](char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; };
    auto const letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    auto const skip = [&] {
        while (at < text.size() && blank(text[at])) ++at;
    };
    auto const fail = [&](std::string_view expected) {
        WEFT_THROW(parse_error(what, at, expected));
    };
    constexpr std::string_view opening = "[({";
    constexpr std::string_view closing = "])}";
    // The closing bracket that belongs to the opening one at this place, or 0 where there is none.
    auto const open = [&]() -> char {
        auto here = at;
        while (here < text.size() && letter(text[here])) ++here;
        auto const kind = here < text.size() ? opening.find(text[here]) : std::string_view::npos;
        if (kind == std::string_view::npos) return '\0';
        at = here + 1;
        return closing[kind];
    };
    // After an element: whether another one follows (past a comma or a blank), or the list ends.
    auto const more = [&](char end) {
        bool const apart = at < text.size() && blank(text[at]);
        skip();
        if (at == text.size()) fail("a closing bracket");
        if (text[at] == end) {
            ++at;
            return false;
        }
        if (text[at] == ',' || text[at] == ';') {
            ++at;
            skip();
            return true;
        }
        if (!apart) fail("a comma or a closing bracket");
        return true;
    };
    auto const integer = [&]() -> int {
        auto end = at;
        if (end < text.size() && (text[end] == '-' || text[end] == '+')) ++end;
        while (end < text.size() && text[end] >= '0' && text[end] <= '9') ++end;
        auto const from = at < text.size() && text[at] == '+' ? at + 1 : at;
        auto const value = parse_integer<int>(text.substr(from, end > from ? end - from : 0));
        if (!value || (from > at && *value < 0)) fail("an integer of 32 bits");
        at = end;
        return *value;
    };
    auto const numbers = [&](char end) {
        std::vector<int> out;
        skip();
        if (at < text.size() && text[at] == end) {
            ++at;
            return out;
        }
        do {
            out.push_back(integer());
        } while (more(end));
        return out;
    };

    std::vector<std::vector<int>> out;
    skip();
    auto const outer = open();
    if (outer == '\0') fail("an opening bracket");
    skip();
    if (at < text.size() && text[at] == outer) {
        ++at;
    } else if (auto const first = open(); first != '\0') {
        out.push_back(numbers(first));
        while (more(outer)) {
            auto const inner = open();
            if (inner == '\0') fail("an opening bracket");
            out.push_back(numbers(inner));
        }
    } else if (shape == list_shape::either) {
        out.push_back(numbers(outer));
    } else {
        fail("an opening bracket");
    }
    skip();
    if (at != text.size()) fail("the end");
    return out;
}

} // namespace weft::inline v0::knot::detail
