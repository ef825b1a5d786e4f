#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "weft/core/error.hpp"
#include "weft/core/number.hpp"

namespace weft::inline v0::knot {

/// A Birman-Ko-Lee generator (band) and its sign: strands `i < j`, 1-based, `sign` +1 or -1.
/// `a_ij = (s_{j-1} ... s_{i+1}) s_i (s_{j-1} ... s_{i+1})^-1`; an Artin generator is `j == i + 1`.
/// Source: Birman, Ko, Lee, A new approach to the word and conjugacy problems in the braid groups
/// (1998).
struct band {
    int i = 1;
    int j = 2;
    int sign = 1;

    [[nodiscard]] friend constexpr bool operator==(band const&, band const&) noexcept = default;
};

/// A braid as a word: of signed 1-based Artin generators, or of bands. Read left to right; +i is
/// a positive crossing of strands i and i+1. An empty word on n strands closes to the n-component
/// unlink. Memory grows with the word, never with the number of strands.
class braid {
public:
    /// The trivial braid on one strand, which closes to the unknot.
    braid() = default;

    /// A word of Artin generators. Throws invalid_argument naming `strands` where it is below 1, or
    /// `word[k]` where a letter is 0 or outside -(strands-1) to strands-1.
    braid(int strands, std::vector<int> word)
        : strands_(require_strands(strands))
        , word_(std::move(word)) {
        for (std::size_t k = 0; k < word_.size(); ++k) {
            auto const letter = std::int64_t{word_[k]};
            if (letter == 0 || letter >= strands || -letter >= strands) {
                WEFT_THROW(invalid_argument("word[" + to_text(k) + "]", to_text(letter),
                                            strands == 1
                                                ? std::string("no letter on 1 strand")
                                                : "a letter from 1 to " + to_text(strands - 1) +
                                                      " or its negative"));
            }
        }
    }

    /// A word of bands. Throws invalid_argument naming `strands` or `bands[k]`.
    [[nodiscard]] static braid from_bands(int strands, std::vector<band> bands) {
        require_strands(strands);
        for (std::size_t k = 0; k < bands.size(); ++k) {
            auto const& b = bands[k];
            if (b.i < 1 || b.j <= b.i || b.j > strands || (b.sign != 1 && b.sign != -1)) {
                WEFT_THROW(invalid_argument(
                    "bands[" + to_text(k) + "]",
                    "(" + to_text(b.i) + ", " + to_text(b.j) + ", " + to_text(b.sign) + ")",
                    "(i, j, sign) with 1 <= i < j <= " + to_text(strands) + " and sign 1 or -1"));
            }
        }
        braid out;
        out.strands_ = strands;
        out.bands_ = std::move(bands);
        out.banded_ = true;
        return out;
    }

    [[nodiscard]] int strands() const noexcept { return strands_; }
    /// Whether the word is one of bands.
    [[nodiscard]] bool banded() const noexcept { return banded_; }
    /// The number of letters (of bands in the band form).
    [[nodiscard]] std::size_t size() const noexcept {
        return banded_ ? bands_.size() : word_.size();
    }
    /// The Artin letters; empty in the band form.
    [[nodiscard]] std::span<int const> word() const noexcept { return word_; }
    /// The bands; empty in the Artin form.
    [[nodiscard]] std::span<band const> bands() const noexcept { return bands_; }
    /// Letter k as a band, in either form; k < size().
    [[nodiscard]] band letter(std::size_t k) const noexcept {
        if (banded_) return bands_[k];
        int const g = word_[k];
        return g > 0 ? band{g, g + 1, 1} : band{-g, 1 - g, -1};
    }

    /// The same word letter by letter, not the same group element in another spelling.
    [[nodiscard]] friend bool operator==(braid const&, braid const&) = default;

private:
    static int require_strands(int strands) {
        if (strands < 1) {
            WEFT_THROW(invalid_argument("strands", to_text(strands), "at least 1"));
        }
        return strands;
    }

    int strands_ = 1;
    bool banded_ = false;
    std::vector<int> word_;
    std::vector<band> bands_;
};

namespace detail {

inline void append_expanded(std::vector<int>& out, band const& b) {
    for (int k = b.j - 1; k > b.i; --k) out.push_back(k);
    out.push_back(b.sign * b.i);
    for (int k = b.i + 1; k < b.j; ++k) out.push_back(-k);
}

/// Number of Artin letters of a band.
[[nodiscard]] constexpr std::int64_t expanded_length(band const& b) noexcept {
    return 2 * (std::int64_t{b.j} - b.i) - 1;
}

} // namespace detail

/// The number of crossings of the closure's diagram: Artin letters, those of the expanded bands in
/// the band form.
[[nodiscard]] inline std::int64_t crossings(braid const& b) noexcept {
    if (!b.banded()) return static_cast<std::int64_t>(b.size());
    std::int64_t sum = 0;
    for (auto const& letter : b.bands()) sum += detail::expanded_length(letter);
    return sum;
}

/// The sum of the letters' signs. A property of the diagram, not of the link.
[[nodiscard]] inline std::int64_t writhe(braid const& b) noexcept {
    std::int64_t sum = 0;
    if (b.banded()) {
        for (auto const& letter : b.bands()) sum += letter.sign;
    } else {
        for (int const letter : b.word()) sum += letter > 0 ? 1 : -1;
    }
    return sum;
}

/// The same braid as an Artin word. Throws invalid_argument naming `bands` where that takes more
/// than `max_letters` letters, before anything is allocated.
[[nodiscard]] inline braid expand(braid const& b, std::int64_t max_letters = 1 << 24) {
    if (!b.banded()) return b;
    auto const length = crossings(b);
    if (length > max_letters) {
        WEFT_THROW(invalid_argument("bands", to_text(length) + " letters when expanded",
                                    "at most " + to_text(max_letters)));
    }
    std::vector<int> word;
    word.reserve(static_cast<std::size_t>(length));
    for (auto const& letter : b.bands()) detail::append_expanded(word, letter);
    return braid(b.strands(), std::move(word));
}

/// The same braid as a word of bands (an Artin letter is a band of neighbours).
[[nodiscard]] inline braid to_bands(braid const& b) {
    if (b.banded()) return b;
    std::vector<band> bands(b.size());
    for (std::size_t k = 0; k < bands.size(); ++k) bands[k] = b.letter(k);
    return braid::from_bands(b.strands(), std::move(bands));
}

/// The inverse braid: letters in reverse order with the opposite sign. Its closure is the mirror
/// image (with all orientations reversed).
[[nodiscard]] inline braid inverse(braid const& b) {
    if (b.banded()) {
        std::vector<band> bands(b.bands().rbegin(), b.bands().rend());
        for (auto& letter : bands) letter.sign = -letter.sign;
        return braid::from_bands(b.strands(), std::move(bands));
    }
    std::vector<int> word(b.word().rbegin(), b.word().rend());
    for (auto& letter : word) letter = -letter;
    return braid(b.strands(), std::move(word));
}

/// The mirror image: every crossing changed, letters in the same order. Artin form only (the
/// mirror image of a band is not a band); throws invalid_argument naming `b` otherwise.
[[nodiscard]] inline braid mirror(braid const& b) {
    if (b.banded()) {
        WEFT_THROW(invalid_argument("b", "a word of bands", "an Artin word (see expand)"));
    }
    std::vector<int> word(b.word().begin(), b.word().end());
    for (auto& letter : word) letter = -letter;
    return braid(b.strands(), std::move(word));
}

/// The product `a b` (first a, then b) on the larger number of strands. In the band form where one
/// of them is.
[[nodiscard]] inline braid product(braid const& a, braid const& b) {
    int const strands = a.strands() > b.strands() ? a.strands() : b.strands();
    if (a.banded() || b.banded()) {
        std::vector<band> bands;
        bands.reserve(a.size() + b.size());
        for (std::size_t k = 0; k < a.size(); ++k) bands.push_back(a.letter(k));
        for (std::size_t k = 0; k < b.size(); ++k) bands.push_back(b.letter(k));
        return braid::from_bands(strands, std::move(bands));
    }
    std::vector<int> word(a.word().begin(), a.word().end());
    word.insert(word.end(), b.word().begin(), b.word().end());
    return braid(strands, std::move(word));
}

namespace detail {

[[nodiscard]] constexpr bool cancel(int a, int b) noexcept {
    return a == -b;
}
[[nodiscard]] constexpr bool cancel(band const& a, band const& b) noexcept {
    return a.i == b.i && a.j == b.j && a.sign == -b.sign;
}

template <class Letter>
[[nodiscard]] std::vector<Letter> reduced(std::span<Letter const> word, bool cyclic) {
    std::vector<Letter> out;
    for (auto const& letter : word) {
        if (!out.empty() && cancel(out.back(), letter)) {
            out.pop_back();
        } else {
            out.push_back(letter);
        }
    }
    if (cyclic) {
        std::size_t first = 0;
        while (out.size() >= first + 2 && cancel(out[first], out.back())) {
            ++first;
            out.pop_back();
        }
        out.erase(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(first));
    }
    return out;
}

[[nodiscard]] inline braid reduced(braid const& b, bool cyclic) {
    if (b.banded()) return braid::from_bands(b.strands(), reduced(b.bands(), cyclic));
    return braid(b.strands(), reduced(b.word(), cyclic));
}

} // namespace detail

/// The word without adjacent inverse letters: the same braid. O(letters).
[[nodiscard]] inline braid free_reduce(braid const& b) {
    return detail::reduced(b, false);
}

/// Free reduction also across the ends of the word: a conjugate braid, with the same closure.
[[nodiscard]] inline braid cyclic_reduce(braid const& b) {
    return detail::reduced(b, true);
}

/// Reads signed letters separated by commas or blanks, optionally in braces, brackets or
/// parentheses: `1 -2 1 -2`, `{1,-2,1,-2}`. `strands` 0 means as few as the letters need. Throws
/// parse_error with the byte offset, or invalid_argument as the constructor does.
[[nodiscard]] inline braid parse_braid(std::string_view text, int strands = 0) {
    std::size_t at = 0;
    auto const blanks = [&] {
        while (at < text.size() &&
               (text[at] == ' ' || text[at] == '\t' || text[at] == '\n' || text[at] == '\r')) {
            ++at;
        }
    };
    auto const fail = [&](std::string_view expected) {
        WEFT_THROW(parse_error("braid word", at, expected));
    };
    constexpr std::string_view open = "{[(";
    constexpr std::string_view close = "}])";
    blanks();
    char closing = '\0';
    if (at < text.size()) {
        if (auto const k = open.find(text[at]); k != std::string_view::npos) {
            closing = close[k];
            ++at;
        }
    }
    std::vector<int> word;
    int largest = 0;
    bool separated = true;
    bool comma = false;
    for (;;) {
        blanks();
        if (at == text.size() || text[at] == closing) break;
        if (text[at] == ',') {
            if (comma || word.empty()) fail("a letter");
            comma = separated = true;
            ++at;
            continue;
        }
        if (!separated && text[at - 1] != ' ' && text[at - 1] != '\t' && text[at - 1] != '\n' &&
            text[at - 1] != '\r') {
            fail("a separator");
        }
        std::size_t end = at;
        if (text[end] == '-' || text[end] == '+') ++end;
        while (end < text.size() && text[end] >= '0' && text[end] <= '9') ++end;
        auto const letter = parse_integer<int>(
            text.substr(text[at] == '+' ? at + 1 : at, end - (text[at] == '+' ? at + 1 : at)));
        if (!letter || *letter == 0 || *letter <= -std::numeric_limits<int>::max() ||
            *letter == std::numeric_limits<int>::max()) {
            fail("a letter (an integer other than 0)");
        }
        int const size = *letter < 0 ? -*letter : *letter;
        if (size > largest) largest = size;
        word.push_back(*letter);
        at = end;
        separated = comma = false;
    }
    if (comma) fail("a letter");
    if (closing != '\0') {
        if (at == text.size()) fail("a closing bracket");
        ++at;
        blanks();
    }
    if (at != text.size()) fail("the end");
    return braid(strands == 0 ? largest + 1 : strands, std::move(word));
}

} // namespace weft::inline v0::knot
