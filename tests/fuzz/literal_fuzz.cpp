// What is quoted is read back as it was by a reader that knows nothing of the writer, and ends
// where the quotes end.

#include "sql_fuzz.hpp"

#include <optional>
#include <utility>

#include "weft/sql/dialect.hpp"
#include "weft/sql/value.hpp"

namespace {

/// What stands between quotes: a quote is doubled, after a backslash (where it counts) comes
/// itself.
std::string unquoted(std::string_view text, char quote, bool backslash) {
    weft_fuzz::expect(text.size() >= 2 && text.front() == quote, "begins with its quote");
    std::string out;
    std::size_t at = 1;
    while (true) {
        weft_fuzz::expect(at < text.size(), "ends with its quote");
        bool const pair = text[at] == quote || (backslash && text[at] == '\\');
        if (pair && at + 1 == text.size()) break;
        if (pair) weft_fuzz::expect(text[at + 1] == text[at], "nothing ends within");
        out += text[at];
        at += pair ? 2 : 1;
    }
    weft_fuzz::expect(text[at] == quote, "ends with its quote");
    return out;
}

/// The items of an array's text, NULL as nothing.
std::vector<std::optional<std::string>> items_of(std::string_view text) {
    std::vector<std::optional<std::string>> out;
    weft_fuzz::expect(text.front() == '{' && text.back() == '}', "in braces");
    std::size_t at = 1;
    while (at + 1 < text.size()) {
        if (!out.empty()) weft_fuzz::expect(text[at++] == ',', "commas between items");
        if (text.substr(at, 4) == "NULL") {
            out.emplace_back();
            at += 4;
            continue;
        }
        weft_fuzz::expect(text[at++] == '"', "in quotes");
        std::string item;
        while (text[at] != '"') {
            if (text[at] == '\\') ++at;
            item += text[at++];
            weft_fuzz::expect(at < text.size(), "an item ends");
        }
        ++at;
        out.emplace_back(std::move(item));
    }
    return out;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    using namespace weft::sql;
    std::string const text(weft_fuzz::bytes_of(data, size));
    for (auto const d : {dialect::postgres, dialect::sqlite}) {
        try {
            std::string_view literal;
            auto const written = quote_literal(text, d);
            literal = written;
            bool const escape = literal.starts_with(" E");
            if (escape) literal.remove_prefix(2);
            weft_fuzz::expect(unquoted(literal, '\'', escape) == text, "a literal comes back");
            weft_fuzz::expect(escape || d == dialect::sqlite ||
                                  text.find('\\') == std::string::npos,
                              "a backslash is never left to the server's settings");
        } catch (weft::invalid_argument const&) {
            weft_fuzz::expect(text.find('\0') != std::string::npos, "only U+0000 is refused");
        }
    }
    try {
        weft_fuzz::expect(unquoted(quote_identifier(text), '"', false) == text,
                          "an identifier comes back");
    } catch (weft::invalid_argument const&) {
        weft_fuzz::expect(text.empty() || text.size() > 63 || text.find('\0') != std::string::npos,
                          "only what PostgreSQL would cut is refused");
    }
    array a;
    std::vector<std::optional<std::string>> items;
    for (std::size_t at = 0; at <= text.size();) {
        auto const end = text.find('|', at);
        auto const item = text.substr(at, end == std::string::npos ? end : end - at);
        if (item == "NULL") {
            items.emplace_back();
            a.items.emplace_back();
        } else {
            items.emplace_back(item);
            a.items.emplace_back(item);
        }
        if (end == std::string::npos) break;
        at = end + 1;
    }
    weft_fuzz::expect(items_of(*parameter_text(a, dialect::postgres)) == items,
                      "an array comes back");
    return 0;
}
