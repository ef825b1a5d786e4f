#pragma once

#include <bit>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "weft/core/error.hpp"
#include "weft/schema/utf8.hpp"

namespace weft::inline v0::schema {

/// A JSON document as text (RFC 8259). `parse_jsonb` checks it, `schema/json.hpp` makes it from
/// nlohmann::json; a row with a faulty one is refused before anything is written.
/// Compared byte for byte: PostgreSQL gives the same document back with its own spacing, order of
/// keys and form of numbers.
struct jsonb {
    std::string text;

    [[nodiscard]] friend bool operator==(jsonb const&, jsonb const&) = default;
};

/// Why a text is not a JSON document that PostgreSQL's jsonb takes.
struct jsonb_fault {
    std::size_t offset;        ///< the byte at which reading stopped
    std::string_view expected; ///< what should have been there
};

/// Arrays and objects may be nested this deep.
inline constexpr int jsonb_max_depth = 256;

namespace detail {

/// A recursive-descent reader that keeps nothing but its place.
class jsonb_reader {
public:
    explicit jsonb_reader(std::string_view text) noexcept
        : text_(text) {}

    std::optional<jsonb_fault> read() {
        if (!value(0)) return fault_;
        blanks();
        if (at_ != text_.size()) fail("the end");
        return fault_;
    }

private:
    bool fail(std::string_view expected) {
        if (!fault_) fault_ = jsonb_fault{at_, expected};
        return false;
    }
    [[nodiscard]] char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
    bool take(char c) {
        if (at_ >= text_.size() || text_[at_] != c) return false;
        ++at_;
        return true;
    }
    void blanks() {
        while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' ||
                                      text_[at_] == '\n' || text_[at_] == '\r')) {
            ++at_;
        }
    }
    bool word(std::string_view w) {
        if (text_.substr(at_, w.size()) != w) return fail("a JSON value");
        at_ += w.size();
        return true;
    }
    bool value(int depth) {
        blanks();
        switch (peek()) {
        case '{':
            return object(depth);
        case '[':
            return array(depth);
        case '"':
            return string();
        case 't':
            return word("true");
        case 'f':
            return word("false");
        case 'n':
            return word("null");
        default:
            return number();
        }
    }
    bool object(int depth) {
        if (depth >= jsonb_max_depth) return fail("at most 256 levels");
        ++at_;
        blanks();
        if (take('}')) return true;
        while (true) {
            blanks();
            if (peek() != '"') return fail("a key in quotes");
            if (!string()) return false;
            blanks();
            if (!take(':')) return fail("':'");
            if (!value(depth + 1)) return false;
            blanks();
            if (take('}')) return true;
            if (!take(',')) return fail("',' or '}'");
        }
    }
    bool array(int depth) {
        if (depth >= jsonb_max_depth) return fail("at most 256 levels");
        ++at_;
        blanks();
        if (take(']')) return true;
        while (true) {
            if (!value(depth + 1)) return false;
            blanks();
            if (take(']')) return true;
            if (!take(',')) return fail("',' or ']'");
        }
    }
    std::optional<std::uint32_t> hex4() {
        std::uint32_t code = 0;
        for (int i = 0; i < 4; ++i) {
            char const c = peek();
            std::uint32_t digit = 0;
            if (c >= '0' && c <= '9') {
                digit = static_cast<std::uint32_t>(c - '0');
            } else if (c >= 'a' && c <= 'f') {
                digit = static_cast<std::uint32_t>(c - 'a') + 10;
            } else if (c >= 'A' && c <= 'F') {
                digit = static_cast<std::uint32_t>(c - 'A') + 10;
            } else {
                fail("four hexadecimal digits");
                return std::nullopt;
            }
            code = code * 16 + digit;
            ++at_;
        }
        return code;
    }
    bool escape() {
        switch (peek()) {
        case '"':
        case '\\':
        case '/':
        case 'b':
        case 'f':
        case 'n':
        case 'r':
        case 't':
            ++at_;
            return true;
        case 'u':
            break;
        default:
            return fail("an escape sequence of JSON");
        }
        ++at_;
        auto const code = hex4();
        if (!code) return false;
        if (*code == 0) return fail("no \\u0000 (PostgreSQL cannot store it)");
        if (*code >= 0xdc00 && *code <= 0xdfff) return fail("no lone low surrogate");
        if (*code >= 0xd800 && *code <= 0xdbff) {
            if (!take('\\') || !take('u')) return fail("a low surrogate");
            auto const low = hex4();
            if (!low) return false;
            if (*low < 0xdc00 || *low > 0xdfff) return fail("a low surrogate");
        }
        return true;
    }
    bool string() {
        ++at_;
        while (at_ < text_.size()) {
            if (text_.size() - at_ >= 8) {
                auto const word = eight_bytes(text_, at_);
                auto const special =
                    odd_bytes(word) | bytes_equal(word, '"') | bytes_equal(word, '\\');
                if (special == 0) {
                    at_ += 8;
                    continue;
                }
                at_ += static_cast<std::size_t>(std::countr_zero(special)) / 8;
            }
            auto const c = static_cast<unsigned char>(text_[at_]);
            if (c == '"') {
                ++at_;
                return true;
            }
            if (c < 0x20) return fail("no bare control character in a string");
            if (c == '\\') {
                ++at_;
                if (!escape()) return false;
                continue;
            }
            if (c < 0x80) {
                ++at_;
                continue;
            }
            auto const width = utf8_width(text_, at_);
            if (width == 0) return fail("well-formed UTF-8");
            at_ += width;
        }
        return fail("'\"'");
    }
    bool digits() {
        if (peek() < '0' || peek() > '9') return fail("a digit");
        while (peek() >= '0' && peek() <= '9') ++at_;
        return true;
    }
    bool number() {
        constexpr std::int64_t most_decimals = 16'383;
        constexpr std::int64_t most_exponent = 1'073'741'823;
        auto const start = at_;
        take('-');
        if (peek() < '0' || peek() > '9') {
            return fail(at_ == start ? "a JSON value" : "a digit");
        }
        auto const leading = at_;
        if (peek() == '0') {
            ++at_;
        } else if (!digits()) {
            return false;
        }
        // The power of ten of the first digit that is not 0.
        auto power = static_cast<std::int64_t>(at_ - leading) - 1;
        // Digits after the point of the plain form.
        std::int64_t decimals = 0;
        if (take('.')) {
            auto const fraction = at_;
            if (!digits()) return false;
            decimals = static_cast<std::int64_t>(at_ - fraction);
            if (text_[leading] == '0') {
                auto const first = text_.find_first_not_of('0', fraction);
                power = -static_cast<std::int64_t>(first - fraction) - 1;
            }
        }
        if (peek() == 'e' || peek() == 'E') {
            ++at_;
            bool const negative = take('-');
            if (!negative) take('+');
            constexpr std::int64_t enough = 1'000'000'000'000'000;
            std::int64_t exponent = 0;
            auto const start_of_exponent = at_;
            if (!digits()) return false;
            for (char const c : text_.substr(start_of_exponent, at_ - start_of_exponent)) {
                if (exponent < enough) exponent = exponent * 10 + (c - '0');
            }
            power += negative ? -exponent : exponent;
            decimals -= negative ? -exponent : exponent;
            if (exponent >= most_exponent) decimals = most_decimals + 1;
        }
        // PostgreSQL's numeric refuses these, for 0 too.
        if (decimals > most_decimals) {
            at_ = start;
            return fail("a number with at most 16383 digits after the point");
        }
        // Fifteen digits with a small exponent cannot be out of range.
        if (at_ - start <= 15 && power > -200 && power < 200) return true;
        // Out of range is too large, or so near to 0 that the nearest double is 0: the latter is
        // a number like any other.
        double x{};
        auto const code = std::from_chars(text_.data() + start, text_.data() + at_, x).ec;
        if (code == std::errc::result_out_of_range && power > 0) {
            at_ = start;
            return fail("a number within the range of a double");
        }
        return true;
    }

    std::string_view text_;
    std::size_t at_ = 0;
    std::optional<jsonb_fault> fault_;
};

} // namespace detail

/// Nothing where `text` is a JSON document that PostgreSQL's jsonb takes: RFC 8259, well-formed
/// UTF-8, no U+0000, no lone surrogate, numbers within the range of a double and with at most
/// 16383 digits after the point when written without an exponent, at most 256 levels.
/// Linear in the length.
[[nodiscard]] inline std::optional<jsonb_fault> find_fault(jsonb const& document) {
    return detail::jsonb_reader(document.text).read();
}

/// Whether a well-formed document is an object.
[[nodiscard]] inline bool is_object(jsonb const& document) noexcept {
    auto const first = document.text.find_first_not_of(" \t\n\r");
    return first != std::string::npos && document.text[first] == '{';
}

/// Checks and wraps; throws parse_error with the byte offset.
[[nodiscard]] inline jsonb parse_jsonb(std::string text) {
    jsonb document{std::move(text)};
    if (auto const fault = find_fault(document)) {
        WEFT_THROW(parse_error("JSON", fault->offset, fault->expected));
    }
    return document;
}

} // namespace weft::inline v0::schema
