#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "weft/core/error.hpp"
#include "weft/core/number.hpp"
#include "weft/knot/braid.hpp"
#include "weft/knot/closure.hpp"
#include "weft/knot/diagram.hpp"
#include "weft/knot/limits.hpp"

namespace weft::inline v0::knot {

namespace detail {

/// Takes out the crossings that an arc leaves and comes back to at once (Reidemeister's first
/// move), again and again. Linear.
inline void remove_loops(std::vector<crossing>& crossings, std::int64_t& circles) {
    auto ends = ends_of(crossings);
    std::vector<char> gone(crossings.size(), 0);
    std::vector<std::size_t> work;
    for (std::size_t k = crossings.size(); k-- > 0;) work.push_back(k);
    while (!work.empty()) {
        auto const k = work.back();
        work.pop_back();
        auto const& c = crossings[k];
        bool const left = c.top_left == c.bottom_left;
        if (gone[k] != 0 || (!left && c.top_right != c.bottom_right)) continue;
        gone[k] = 1;
        auto const in = left ? c.bottom_right : c.bottom_left;
        auto const out = left ? c.top_right : c.top_left;
        if (in == out) {
            ++circles;
            continue;
        }
        auto const head = ends.head[static_cast<std::size_t>(out)];
        auto const next = static_cast<std::size_t>(head / 4);
        ends.head[static_cast<std::size_t>(in)] = head;
        (head % 4 == 0 ? crossings[next].bottom_left : crossings[next].bottom_right) = in;
        work.push_back(next);
    }
    std::vector<int> name(2 * crossings.size(), -1);
    std::size_t kept = 0;
    for (std::size_t k = 0; k < crossings.size(); ++k) {
        if (gone[k] == 0) crossings[kept++] = crossings[k];
    }
    if (kept == crossings.size()) return;
    crossings.resize(kept);
    for (auto const& c : crossings) {
        for (int const arc : {c.top_left, c.top_right}) name[static_cast<std::size_t>(arc)] = 0;
    }
    int count = 0;
    for (auto& x : name) {
        if (x == 0) x = count++;
    }
    for (auto& c : crossings) {
        for (auto* arc : {&c.bottom_left, &c.bottom_right, &c.top_left, &c.top_right}) {
            *arc = name[static_cast<std::size_t>(*arc)];
        }
    }
}

/// A diagram on its way to a closed braid. Sides of arcs are 2 arc (left) and 2 arc + 1 (right).
class braiding {
public:
    braiding(link_diagram const& d, std::int64_t max_letters)
        : crossings_(d.crossings().begin(), d.crossings().end())
        , circles_(d.circles())
        , max_letters_(max_letters) {
        remove_loops(crossings_, circles_);
        ends_ = ends_of(crossings_);
        circle_.resize(2 * crossings_.size());
        for (std::size_t a = 0; a < circle_.size(); ++a) circle_[a] = static_cast<int>(a);
        clean_.assign(4 * crossings_.size(), 0);
        for (auto const& c : crossings_) {
            merge(c.bottom_left, c.top_left);
            merge(c.bottom_right, c.top_right);
        }
    }

    [[nodiscard]] braid run() {
        auto const sides = static_cast<int>(clean_.size());
        for (int s = sides; s-- > 0;) work_.push_back(s);
        while (!work_.empty()) {
            auto const s = work_.back();
            if (clean_[static_cast<std::size_t>(s)] != 0 || !untangle(s)) work_.pop_back();
        }
        return read();
    }

private:
    [[nodiscard]] int circle(int arc) noexcept {
        auto const at = [&](int x) -> int& { return circle_[static_cast<std::size_t>(x)]; };
        while (at(arc) != arc) arc = at(arc) = at(at(arc));
        return arc;
    }
    void merge(int a, int b) noexcept {
        a = circle(a);
        b = circle(b);
        circle_[static_cast<std::size_t>(a < b ? b : a)] = a < b ? a : b;
    }
    [[nodiscard]] crossing& at(int end) noexcept {
        return crossings_[static_cast<std::size_t>(end / 4)];
    }
    [[nodiscard]] int head(int arc) const noexcept {
        return ends_.head[static_cast<std::size_t>(arc)];
    }
    [[nodiscard]] int tail(int arc) const noexcept {
        return ends_.tail[static_cast<std::size_t>(arc)];
    }

    /// The next side around the face to the left of a left side passed forwards, or of a right side
    /// passed backwards.
    [[nodiscard]] int around(int side) noexcept {
        int const arc = side / 2;
        if (side % 2 == 0) {
            auto const& c = at(head(arc));
            return head(arc) % 4 == 0 ? 2 * c.top_left : 2 * c.bottom_left + 1;
        }
        auto const& c = at(tail(arc));
        return tail(arc) % 4 == 2 ? 2 * c.top_right : 2 * c.bottom_right + 1;
    }

    /// Looks around the face of a side for two arcs of different Seifert circles that run around it
    /// the same way, and pulls one over the other. Whether there were such.
    bool untangle(int start) {
        int seen[2] = {-1, -1};
        int s = start;
        do {
            auto& first = seen[s % 2];
            if (first < 0) {
                first = s / 2;
            } else if (circle(first) != circle(s / 2)) {
                pull(first, s / 2, s % 2 == 0);
                return true;
            }
            s = around(s);
        } while (s != start);
        do {
            clean_[static_cast<std::size_t>(s)] = 1;
            s = around(s);
        } while (s != start);
        return false;
    }

    /// Vogel's move: arc a goes over arc b through a face that is to the left (or right) of both.
    void pull(int a, int b, bool left) {
        if (static_cast<std::int64_t>(crossings_.size()) + 2 > max_letters_) {
            WEFT_THROW(invalid_argument("limits.max_letters", to_text(max_letters_),
                                        "more than that: the braid of this diagram of " +
                                            to_text(crossings_.size()) + " crossings has more"));
        }
        auto const arcs = static_cast<int>(circle_.size());
        int const a_over = arcs;
        int const a_end = arcs + 1;
        int const b_under = arcs + 2;
        int const b_end = arcs + 3;
        merge(a, b);
        // The circles join; what lies between the two new crossings is a circle of its own.
        auto const joined = circle(a);
        for (int const of : {a_over, joined, a_over, joined}) circle_.push_back(of);
        auto const first = static_cast<int>(4 * crossings_.size());
        if (left) {
            crossings_.push_back({a, b_under, b_end, a_over, 1});
            crossings_.push_back({b, a_over, a_end, b_under, -1});
        } else {
            crossings_.push_back({b_under, a, a_over, b_end, -1});
            crossings_.push_back({a_over, b, b_under, a_end, 1});
        }
        auto const old_a = head(a);
        auto const old_b = head(b);
        ends_.head.resize(circle_.size());
        ends_.tail.resize(circle_.size());
        for (int place = 0; place < 8; ++place) {
            auto const arc =
                arc_at(crossings_[static_cast<std::size_t>((first + place) / 4)], place % 4);
            (place % 4 < 2 ? ends_.head : ends_.tail)[static_cast<std::size_t>(arc)] =
                first + place;
        }
        for (auto const& [arc, end] : {std::pair{a_end, old_a}, std::pair{b_end, old_b}}) {
            ends_.head[static_cast<std::size_t>(arc)] = end;
            (end % 4 == 0 ? at(end).bottom_left : at(end).bottom_right) = arc;
        }
        clean_.resize(2 * circle_.size(), 0);
        for (int const arc : {b_end, b_under, b, a_end, a_over, a}) {
            for (int const side : {2 * arc, 2 * arc + 1}) {
                clean_[static_cast<std::size_t>(side)] = 0;
                work_.push_back(side);
            }
        }
    }

    /// The word of a diagram whose Seifert circles all run the same way around each other.
    [[nodiscard]] braid read() {
        auto const arcs = circle_.size();
        std::vector<int> outside(arcs, -1);
        std::vector<char> inner(arcs, 0);
        for (auto const& c : crossings_) {
            auto const l = static_cast<std::size_t>(circle(c.bottom_left));
            auto const r = circle(c.bottom_right);
            outside[l] = r;
            inner[static_cast<std::size_t>(r)] = 1;
        }
        // Strand by circle; where the closure is cut open, by strand.
        std::vector<int> strand(arcs, -1);
        std::vector<int> front;
        for (std::size_t a = 0; a < arcs; ++a) {
            if (circle(static_cast<int>(a)) != static_cast<int>(a) || inner[a] != 0) continue;
            int arc = static_cast<int>(a);
            for (int k = arc;;) {
                strand[static_cast<std::size_t>(k)] = static_cast<int>(front.size());
                front.push_back(arc);
                k = outside[static_cast<std::size_t>(k)];
                if (k < 0) break;
                auto s = 2 * arc + 1;
                while (s % 2 != 0 || circle(s / 2) != k) s = around(s);
                arc = s / 2;
            }
        }
        auto const connected = static_cast<std::int64_t>(front.size());
        if (connected + circles_ > 0x7fff'ffff) {
            WEFT_THROW(invalid_argument("d", to_text(circles_) + " circles",
                                        "fewer than 2^31 strands in all"));
        }
        std::vector<int> word;
        word.reserve(crossings_.size());
        std::vector<char> written(crossings_.size(), 0);
        std::vector<int> ready;
        for (auto s = static_cast<int>(front.size()); s-- > 0;) ready.push_back(s);
        while (!ready.empty()) {
            auto const s = ready.back();
            auto const k = static_cast<std::size_t>(head(front[static_cast<std::size_t>(s)]) / 4);
            auto const& c = crossings_[k];
            auto const column = strand[static_cast<std::size_t>(circle(c.bottom_left))];
            auto& l = front[static_cast<std::size_t>(column)];
            auto& r = front[static_cast<std::size_t>(column) + 1];
            if (written[k] != 0 || l != c.bottom_left || r != c.bottom_right) {
                ready.pop_back();
                continue;
            }
            written[k] = 1;
            word.push_back(c.sign * (column + 1));
            l = c.top_left;
            r = c.top_right;
            ready.push_back(s == column ? column + 1 : column);
        }
        WEFT_ASSERT(word.size() == crossings_.size());
        return {static_cast<int>(connected + circles_), std::move(word)};
    }

    std::vector<crossing> crossings_;
    std::int64_t circles_;
    std::int64_t max_letters_;
    arc_ends ends_;
    std::vector<int> circle_;
    std::vector<char> clean_;
    std::vector<int> work_;
};

} // namespace detail

/// A braid whose closure is the diagram's link: as many strands as the diagram has Seifert circles
/// (after crossings that an arc comes back to at once are taken out). Arcs of different Seifert
/// circles that run the same way around a face are pulled over each other until there are none,
/// at most (s - 1)(s - 2) / 2 times for s circles; each time adds two letters. Parts of the diagram
/// that are not connected come beside each other, circles last. Throws invalid_argument naming
/// `limits.max_letters` where the braid gets longer than that.
/// Source: P. Vogel, Representation of links by braids: a new algorithm (1990).
[[nodiscard]] inline braid to_braid(link_diagram const& d, limits const& l = {}) {
    return detail::braiding(d, l.max_letters).run();
}

/// The closure of a braid as a diagram: a crossing a letter, bands expanded; components ordered by
/// their lowest strand, untouched strands as circles. Throws invalid_argument naming `bands` where
/// the expansion exceeds `max_letters`. O(letters).
[[nodiscard]] inline link_diagram to_diagram(braid const& b, std::int64_t max_letters = 1 << 24) {
    auto const artin = expand(b, max_letters);
    auto const compact = detail::compacted(artin);
    // Untouched strands below touched ones need no place: expanded bands have none between.
    auto const width = compact.strands.size();
    auto const letters = compact.letters.size();
    std::vector<std::size_t> current(width);
    for (std::size_t s = 0; s < width; ++s) current[s] = s;
    std::vector<std::size_t> name(width + 2 * letters, 0);
    struct quad {
        std::size_t bl, br, tl, tr;
        int sign;
    };
    std::vector<quad> quads;
    quads.reserve(letters);
    for (std::size_t k = 0; k < letters; ++k) {
        auto& l = current[static_cast<std::size_t>(compact.letters[k].i - 1)];
        auto& r = current[static_cast<std::size_t>(compact.letters[k].j - 1)];
        auto const fresh = width + 2 * k;
        quads.push_back({l, r, fresh, fresh + 1, compact.letters[k].sign});
        l = fresh;
        r = fresh + 1;
    }
    // The last arc of a strand is its first one; the others are numbered behind the first ones.
    constexpr auto open = static_cast<std::size_t>(-1);
    for (auto& x : name) x = open;
    for (std::size_t s = 0; s < width; ++s) name[s] = name[current[s]] = s;
    auto count = width;
    for (auto& x : name) {
        if (x == open) x = count++;
    }
    std::vector<crossing> crossings;
    crossings.reserve(letters);
    auto const arc = [&](std::size_t x) { return static_cast<int>(name[x]); };
    for (auto const& q : quads) {
        crossings.push_back({arc(q.bl), arc(q.br), arc(q.tl), arc(q.tr), q.sign});
    }
    return {detail::validated{}, std::move(crossings), compact.isolated};
}

} // namespace weft::inline v0::knot
