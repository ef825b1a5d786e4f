#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "weft/core/error.hpp"
#include "weft/core/number.hpp"
#include "weft/knot/braid.hpp"
#include "weft/knot/closure.hpp"

namespace weft::inline v0::knot {

/// How pictures look. Lengths are in pixels, above 0, at most 10,000. Texts are UTF-8; what XML
/// cannot hold is shown as U+FFFD.
struct picture_style {
    double gap = 36; ///< from strand to strand, and from letter to letter
    double line = 6; ///< width of a strand
    std::string background = "#fdfcf8";
    std::string title; ///< what screen readers say; a name of the picture where empty
    /// Colours of the components, in the order of their lowest strand, over and over again.
    std::vector<std::string> colours{"#1f6f8b", "#d1603d", "#6a994e", "#7b5ea7",
                                     "#d9a441", "#b23a6f", "#4f5d75", "#2a9d8f"};
    std::string positive = "#1f6f8b"; ///< bands of sign +1
    std::string negative = "#d1603d"; ///< bands of sign -1
    std::string disc = "#d8d3c4";     ///< the discs of a Seifert surface
    std::string ink = "#3a3a38";      ///< numbers
};

namespace detail {

/// Of strands times letters.
inline constexpr std::int64_t max_picture_size = 4'000'000;

/// With two decimals at most, whatever the locale.
[[nodiscard]] inline std::string coordinate(double x) {
    auto const hundredths = std::llround(x * 100.0);
    auto const whole = (hundredths < 0 ? -hundredths : hundredths) / 100;
    auto const part = (hundredths < 0 ? -hundredths : hundredths) % 100;
    std::string out = hundredths < 0 ? "-" : "";
    out += to_text(whole);
    if (part != 0) {
        out += part < 10 ? ".0" : ".";
        out += to_text(part % 10 == 0 ? part / 10 : part);
    }
    return out;
}

struct point {
    double x = 0;
    double y = 0;
};

inline void add_point(std::string& out, point p) {
    out += coordinate(p.x);
    out += ' ';
    out += coordinate(p.y);
}

/// `M` and the place, as a path begins.
[[nodiscard]] inline std::string path_from(point p) {
    std::string out = "M";
    add_point(out, p);
    return out;
}

/// The length of the well-formed UTF-8 sequence of a character of XML 1.0 at the beginning of
/// `text`; 0 where there is none: broken, overlong, a surrogate, U+FFFE, U+FFFF, or a control
/// character other than tab, line feed and carriage return.
[[nodiscard]] constexpr std::size_t xml_character(std::string_view text) noexcept {
    auto const byte = [&](std::size_t k) {
        return k < text.size() ? static_cast<unsigned char>(text[k]) : 0U;
    };
    auto const first = byte(0);
    if (first < 0x80) {
        return first >= 0x20 || first == '\t' || first == '\n' || first == '\r' ? 1 : 0;
    }
    std::size_t const width = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4) return 0;
    std::uint32_t code = first & (0x7FU >> width);
    for (std::size_t k = 1; k < width; ++k) {
        if ((byte(k) & 0xC0U) != 0x80) return 0;
        code = (code << 6U) | (byte(k) & 0x3FU);
    }
    constexpr std::uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    bool const character = code >= least[width] && code <= 0x10FFFF &&
                           (code < 0xD800 || code > 0xDFFF) && code != 0xFFFE && code != 0xFFFF;
    return character ? width : 0;
}

/// As text or an attribute of an XML document; bytes that can be no part of one become U+FFFD.
[[nodiscard]] inline std::string xml_text(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        auto const width = xml_character(text);
        switch (text.front()) {
        case '<':
            out += "&lt;";
            break;
        case '>':
            out += "&gt;";
            break;
        case '&':
            out += "&amp;";
            break;
        case '"':
            out += "&quot;";
            break;
        default:
            if (width == 0) {
                out += "\xEF\xBF\xBD";
            } else {
                out.append(text.substr(0, width));
            }
        }
        text.remove_prefix(width == 0 ? 1 : width);
    }
    return out;
}

/// Throws invalid_argument naming the length that is not finite, not above 0, or above 10,000.
inline void require_style(picture_style const& style) {
    auto const length = [](char const* name, double x) {
        if (!is_finite(x) || !(x > 0.0 && x <= 1e4)) {
            WEFT_THROW(invalid_argument(name, to_text(x), "a length above 0, at most 10000"));
        }
    };
    length("style.gap", style.gap);
    length("style.line", style.line);
}

/// A word laid out in steps: letters that touch no common strand share one.
struct layout {
    int strands = 1;
    std::size_t steps = 0;
    std::vector<band> letters;
    std::vector<std::size_t> step; ///< by letter
    std::vector<int> component;    ///< by strand
};

inline void require_drawable(braid const& b, std::int64_t letters) {
    if (letters >= max_picture_size || (letters + 1) * b.strands() > max_picture_size) {
        WEFT_THROW(invalid_argument(
            "b", to_text(b.strands()) + " strands and " + to_text(letters) + " letters",
            "at most " + to_text(max_picture_size) + " strands times letters to draw"));
    }
}

[[nodiscard]] inline layout laid_out(braid const& b) {
    layout out;
    out.strands = b.strands();
    auto const n = static_cast<std::size_t>(b.strands());
    std::vector<std::size_t> free(n + 1, 0);
    for (std::size_t k = 0; k < b.size(); ++k) {
        auto const l = b.letter(k);
        std::size_t at = 0;
        for (int s = l.i; s <= l.j; ++s) {
            if (free[static_cast<std::size_t>(s)] > at) at = free[static_cast<std::size_t>(s)];
        }
        for (int s = l.i; s <= l.j; ++s) free[static_cast<std::size_t>(s)] = at + 1;
        out.letters.push_back(l);
        out.step.push_back(at);
        if (at + 1 > out.steps) out.steps = at + 1;
    }
    // Components by their lowest strand, as in linking_matrix.
    std::vector<std::size_t> at(n);
    for (std::size_t s = 0; s < n; ++s) at[s] = s;
    for (auto const& l : out.letters) {
        std::swap(at[static_cast<std::size_t>(l.i - 1)], at[static_cast<std::size_t>(l.j - 1)]);
    }
    std::vector<std::size_t> end(n);
    for (std::size_t s = 0; s < n; ++s) end[at[s]] = s;
    out.component.assign(n, -1);
    int count = 0;
    for (std::size_t s = 0; s < n; ++s) {
        if (out.component[s] >= 0) continue;
        for (auto x = s; out.component[x] < 0; x = end[x]) out.component[x] = count;
        ++count;
    }
    return out;
}

class svg {
public:
    svg(double width, double height, picture_style const& style, std::string_view title) {
        auto const w = coordinate(width);
        auto const h = coordinate(height);
        text_ = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + w + "\" height=\"" + h +
                "\" viewBox=\"0 0 " + w + " " + h + "\" role=\"img\">\n<title>" +
                xml_text(style.title.empty() ? title : std::string_view(style.title)) +
                "</title>\n<rect width=\"" + w + "\" height=\"" + h + "\" rx=\"10\" fill=\"" +
                xml_text(style.background) + "\"/>\n";
    }
    void path(std::string const& d, std::string const& colour, double width, bool round) {
        text_ += "<path d=\"" + d + "\" fill=\"none\" stroke=\"" + xml_text(colour) +
                 "\" stroke-width=\"" + coordinate(width) + "\" stroke-linejoin=\"round\"" +
                 (round ? " stroke-linecap=\"round\"/>\n" : "/>\n");
    }
    void label(point p, std::string const& words, std::string const& colour, double size) {
        text_ += "<text x=\"" + coordinate(p.x) + "\" y=\"" + coordinate(p.y) +
                 "\" font-family=\"sans-serif\" font-size=\"" + coordinate(size) + "\" fill=\"" +
                 xml_text(colour) + "\" text-anchor=\"middle\" dominant-baseline=\"central\">" +
                 xml_text(words) + "</text>\n";
    }
    [[nodiscard]] std::string done() && { return std::move(text_) + "</svg>\n"; }

private:
    std::string text_;
};

/// Where strand positions run: from left to right with strand 1 on top, or clockwise with strand 1
/// outside. Both turn the plane the same way, so that crossings keep their signs.
struct course {
    bool closed = false;
    double steps = 1;
    double gap = 36;
    point origin;      ///< of strand 1 at the start, or the centre
    double radius = 0; ///< of strand 1

    [[nodiscard]] point at(double step, double row) const {
        if (!closed) return {origin.x + step * gap, origin.y + row * gap};
        auto const angle = turn(step);
        auto const r = radius - row * gap;
        return {origin.x + r * std::sin(angle), origin.y - r * std::cos(angle)};
    }
    /// The derivative by the step where the row stays or changes by `slope`.
    [[nodiscard]] point along(double step, double row, double slope) const {
        if (!closed) return {gap, slope * gap};
        auto const angle = turn(step);
        auto const speed = (radius - row * gap) * 6.283185307179586 / steps;
        return {speed * std::cos(angle) - slope * gap * std::sin(angle),
                speed * std::sin(angle) + slope * gap * std::cos(angle)};
    }
    [[nodiscard]] double turn(double step) const { return 6.283185307179586 * step / steps; }
};

/// A strand on its way from one row to another in one step, with the slopes at both ends.
struct stretch {
    double row = 0;
    double next = 0;
    double enter = 0;
    double leave = 0;

    // The cubic with these ends.
    [[nodiscard]] double at(double u) const {
        auto const rest = next - row;
        return row + u * (enter + u * (3.0 * rest - 2.0 * enter - leave +
                                       u * (enter + leave - 2.0 * rest)));
    }
    [[nodiscard]] double slope(double u) const {
        auto const rest = next - row;
        return enter + u * (2.0 * (3.0 * rest - 2.0 * enter - leave) +
                            3.0 * u * (enter + leave - 2.0 * rest));
    }
    [[nodiscard]] bool flat() const { return row == next && enter == 0.0 && leave == 0.0; }
};

/// Adds the part of a stretch from `from` to `to` in the course of a step.
inline void trace(std::string& d, course const& c, double step, stretch const& s, double from = 0.0,
                  double to = 1.0) {
    int pieces = 1;
    if (c.closed) pieces = static_cast<int>(std::ceil((to - from) * 12.0 / c.steps - 1e-9));
    if (pieces < 1) pieces = 1;
    if (c.closed && !s.flat() && pieces < 2) pieces = 2;
    if (d.empty()) {
        auto const p = c.at(step + from, s.at(from));
        d = path_from(p);
    }
    for (int k = 0; k < pieces; ++k) {
        auto const u = from + (to - from) * k / pieces;
        auto const v = from + (to - from) * (k + 1) / pieces;
        auto const q = c.at(step + v, s.at(v));
        if (!c.closed && s.flat()) {
            d += 'H';
            d += coordinate(q.x);
            continue;
        }
        auto const p = c.at(step + u, s.at(u));
        auto const a = c.along(step + u, s.at(u), s.slope(u));
        auto const b = c.along(step + v, s.at(v), s.slope(v));
        auto const h = (v - u) / 3.0;
        d += 'C';
        add_point(d, {p.x + h * a.x, p.y + h * a.y});
        d += ' ';
        add_point(d, {q.x - h * b.x, q.y - h * b.y});
        d += ' ';
        add_point(d, q);
    }
}

inline void draw_strands(svg& out, layout const& word, course const& c,
                         picture_style const& style) {
    auto const n = static_cast<std::size_t>(word.strands);
    auto const steps = word.steps == 0 ? std::size_t{1} : word.steps;
    auto const colour = [&](int component) {
        if (style.colours.empty()) return style.ink;
        return style.colours[static_cast<std::size_t>(component) % style.colours.size()];
    };
    // Where each strand is before each step, and which strand is where.
    std::vector<int> move(n * steps, 0);
    for (std::size_t k = 0; k < word.letters.size(); ++k) {
        auto const i = static_cast<std::size_t>(word.letters[k].i - 1);
        move[i * steps + word.step[k]] = 1;
        move[(i + 1) * steps + word.step[k]] = -1;
    }
    std::vector<int> row(n * (steps + 1));
    std::vector<std::size_t> strand_at(n * (steps + 1));
    for (std::size_t s = 0; s < n; ++s) {
        auto r = s;
        for (std::size_t step = 0;; ++step) {
            row[s * (steps + 1) + step] = static_cast<int>(r);
            strand_at[r * (steps + 1) + step] = s;
            if (step == steps) break;
            r = static_cast<std::size_t>(static_cast<int>(r) + move[r * steps + step]);
        }
    }
    auto const step_of = [&](std::size_t s, std::size_t step) {
        return row[s * (steps + 1) + step + 1] - row[s * (steps + 1) + step];
    };
    // A strand that goes on the same way does so without a halt.
    auto const slope = [&](int before, int after) {
        return before == after ? static_cast<double>(after) : 0.0;
    };
    auto const stretch_of = [&](std::size_t s, std::size_t step) {
        auto const here = step_of(s, step);
        int before = 0;
        int after = 0;
        if (step > 0) {
            before = step_of(s, step - 1);
        } else if (c.closed) {
            before = step_of(strand_at[s * (steps + 1) + steps], steps - 1);
        }
        if (step + 1 < steps) {
            after = step_of(s, step + 1);
        } else if (c.closed) {
            after = step_of(static_cast<std::size_t>(row[s * (steps + 1) + steps]), 0);
        }
        return stretch{static_cast<double>(row[s * (steps + 1) + step]),
                       static_cast<double>(row[s * (steps + 1) + step + 1]), slope(before, here),
                       slope(here, after)};
    };
    for (std::size_t s = 0; s < n; ++s) {
        std::string d;
        for (std::size_t step = 0; step < steps; ++step) {
            trace(d, c, static_cast<double>(step), stretch_of(s, step));
        }
        out.path(d, colour(word.component[s]), style.line, !c.closed);
    }
    for (std::size_t k = 0; k < word.letters.size(); ++k) {
        auto const& l = word.letters[k];
        auto const from = static_cast<std::size_t>(l.sign > 0 ? l.i - 1 : l.i);
        auto const s = strand_at[from * (steps + 1) + word.step[k]];
        auto const part = stretch_of(s, word.step[k]);
        auto const step = static_cast<double>(word.step[k]);
        std::string edge;
        trace(edge, c, step, part, 0.3, 0.7);
        out.path(edge, style.background, 2.2 * style.line, false);
        std::string strand;
        trace(strand, c, step, part, 0.22, 0.78);
        out.path(strand, colour(word.component[s]), style.line, false);
    }
}

} // namespace detail

/// The braid from left to right, strand 1 on top, as an SVG document; bands are expanded, letters
/// that commute may stand above each other. In a positive crossing the strand that comes from above
/// is in front. Each component of the closure has its colour. Throws invalid_argument naming `b`
/// where strands times letters exceed 4,000,000.
[[nodiscard]] inline std::string braid_svg(braid const& b, picture_style const& style = {}) {
    detail::require_style(style);
    detail::require_drawable(b, crossings(b));
    auto const word = detail::laid_out(expand(b));
    auto const margin = style.gap * 0.75;
    detail::course c;
    c.gap = style.gap;
    c.steps = word.steps == 0 ? 1.0 : static_cast<double>(word.steps);
    c.origin = {margin, margin};
    detail::svg out(2.0 * margin + c.steps * style.gap,
                    2.0 * margin + (word.strands - 1) * style.gap, style,
                    "A braid on " + to_text(b.strands()) + " strands");
    detail::draw_strands(out, word, c, style);
    return std::move(out).done();
}

/// The closure, clockwise around a centre with strand 1 outside, as an SVG document. Otherwise as
/// braid_svg.
[[nodiscard]] inline std::string closure_svg(braid const& b, picture_style const& style = {}) {
    detail::require_style(style);
    detail::require_drawable(b, crossings(b));
    auto const word = detail::laid_out(expand(b));
    auto const margin = style.gap * 0.75;
    detail::course c;
    c.closed = true;
    c.gap = style.gap;
    c.steps = word.steps == 0 ? 1.0 : static_cast<double>(word.steps);
    // The innermost strand has room for its letters.
    auto const inner = c.steps * style.gap / 6.283185307179586;
    auto const least = style.gap;
    c.radius = (inner > least ? inner : least) + (word.strands - 1) * style.gap;
    c.origin = {margin + c.radius, margin + c.radius};
    detail::svg out(2.0 * (margin + c.radius), 2.0 * (margin + c.radius), style,
                    "The closure of a braid on " + to_text(b.strands()) + " strands");
    detail::draw_strands(out, word, c, style);
    return std::move(out).done();
}

/// The graph of the closure's Seifert surface as an SVG document: a bar for each disc (strand), a
/// rung for each half-twisted band (letter), from left to right and coloured by its sign; bands of
/// strands that are no neighbours pass in front of those between. Not expanded. Rudolph's fence
/// diagram. Throws as braid_svg does.
[[nodiscard]] inline std::string seifert_graph_svg(braid const& b,
                                                   picture_style const& style = {}) {
    detail::require_style(style);
    detail::require_drawable(b, static_cast<std::int64_t>(b.size()));
    auto const word = detail::laid_out(b);
    auto const margin = style.gap * 0.75;
    auto const left = margin + style.gap * 0.5;
    auto const steps = word.steps == 0 ? 1.0 : static_cast<double>(word.steps);
    auto const width = left + margin + steps * style.gap;
    detail::svg out(width, 2.0 * margin + (word.strands - 1) * style.gap, style,
                    "The Seifert surface's graph of a braid on " + to_text(b.strands()) +
                        " strands");
    using detail::coordinate;
    auto const row = [&](int s) { return margin + (s - 1) * style.gap; };
    for (int s = 1; s <= word.strands; ++s) {
        out.path(detail::path_from({left, row(s)}) + "H" + coordinate(width - margin), style.disc,
                 1.8 * style.line, true);
        out.label({margin, row(s)}, to_text(s), style.ink, style.gap * 0.36);
    }
    for (std::size_t k = 0; k < word.letters.size(); ++k) {
        auto const& l = word.letters[k];
        auto const x = left + (static_cast<double>(word.step[k]) + 0.5) * style.gap;
        auto const d = detail::path_from({x, row(l.i)}) + "V" + coordinate(row(l.j));
        if (l.j > l.i + 1) out.path(d, style.background, 1.9 * style.line, false);
        out.path(d, l.sign > 0 ? style.positive : style.negative, 0.9 * style.line, true);
        for (int const end : {l.i, l.j}) {
            out.path(detail::path_from({x, row(end)}) + "h0",
                     l.sign > 0 ? style.positive : style.negative, 1.7 * style.line, true);
        }
    }
    return std::move(out).done();
}

} // namespace weft::inline v0::knot
