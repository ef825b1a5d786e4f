#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "weft/core/error.hpp"
#include "weft/core/number.hpp"
#include "weft/knot/braid.hpp"
#include "weft/knot/limits.hpp"
#include "weft/knot/simplify.hpp"

/// The order in which a diagram's crossings are taken into a growing disc. Everything here is
/// internal.
///
/// A state sum over the tangle inside the disc needs as many states as the disc's boundary has ways
/// to be connected: m! for oriented skeins, Catalan(m) for the Kauffman bracket, where 2m strands
/// cross the boundary. For a closed braid m need not be the number of strands: the disc may grow
/// across the braid as well as along it, whatever keeps m small.
namespace weft::inline v0::knot::detail {

/// An oriented diagram in the sphere. Edge 2k enters crossing k from the left and edge 2k + 1 from
/// the right, seen along the strands. What leaves k to the left becomes edge next[2k], to the right
/// next[2k + 1].
struct diagram {
    std::vector<std::uint32_t> next;
    std::vector<signed char> sign;

    [[nodiscard]] std::size_t crossings() const noexcept { return sign.size(); }
};

/// The closure of an Artin piece; `open` is scratch.
inline void draw_closure(piece const& p, diagram& d, std::vector<std::uint32_t>& open) {
    constexpr std::uint32_t none = ~std::uint32_t{0};
    auto const n = static_cast<std::size_t>(p.strands);
    d.next.resize(2 * p.letters.size());
    d.sign.resize(p.letters.size());
    if (!p.next.empty()) {
        d.next = p.next;
        for (std::size_t k = 0; k < p.letters.size(); ++k) {
            d.sign[k] = static_cast<signed char>(p.letters[k].sign);
        }
        return;
    }
    open.assign(2 * n, none);
    auto* const first = open.data() + n;
    std::uint32_t edge = 0;
    for (std::size_t k = 0; k < p.letters.size(); ++k) {
        auto const column = static_cast<std::size_t>(p.letters[k].i) - 1;
        for (std::size_t side = 0; side < 2; ++side, ++edge) {
            auto const s = column + side;
            (open[s] == none ? first[s] : d.next[open[s]]) = edge;
            open[s] = edge;
        }
        d.sign[k] = static_cast<signed char>(p.letters[k].sign);
    }
    for (std::size_t s = 0; s < n; ++s) {
        if (open[s] != none) d.next[open[s]] = first[s];
    }
}

/// One step of a sweep. The disc's boundary is a list of points, each where a strand comes out of
/// the disc or goes into it, counterclockwise from some base point.
struct sweep_step {
    enum class kind : std::uint8_t {
        cup_in_out, ///< a strand passes through the disc's edge: points (in, out) appear at `at`
        cup_out_in, ///< the same, as (out, in)
        cross,      ///< the strands out at `at` and `at + 1` cross, with `sign`
        cap,        ///< points `at` and `at + 1` (cyclically) are one strand, out and in again
        turn,       ///< the base point moves past the first point
    };
    kind what = kind::cap;
    std::uint8_t at = 0;
    signed char sign = 0;
};

struct sweep {
    std::vector<sweep_step> steps;
    int width = 0;     ///< the largest m; 0 where there is no sweep
    int caps = 0;      ///< how many steps are caps
    double cost = 0.0; ///< state updates, roughly
};

/// How running a sweep ended.
enum class sweep_end { done, overflow, cancelled };

inline constexpr int max_sweep_width = 12;

/// Plans sweeps of one diagram at a time.
class sweep_planner {
public:
    /// A cheap sweep of the closure, no wider than `max_width`; width 0 where none was found.
    /// Starting points are tried one after another while that costs little beside the sweep itself:
    /// `patience` times its state updates.
    [[nodiscard]] sweep const& best(piece const& p, int max_width, double patience) {
        draw_closure(p, d_, open_);
        best_.width = 0;
        best_.cost = std::numeric_limits<double>::infinity();
        auto const count = static_cast<std::uint32_t>(d_.crossings());
        // Beginning elsewhere pays only where there is somewhere else.
        auto const stride = count % 3 == 0 ? (count % 2 == 0 ? 5U : 2U) : 3U;
        double effort = 0.0;
        std::uint32_t start = 0;
        for (std::uint32_t tries = 0; tries < 2 * count; ++tries) {
            if (plan(start, tries < count ? 0U : 1U, max_width, best_.cost, trial_)) {
                std::swap(trial_, best_);
            }
            effort += 4.0 * static_cast<double>(trial_.steps.size()) + 20.0;
            if (best_.width > 0 ? effort > patience * best_.cost : effort > 8e3) break;
            start = (start + stride) % count;
        }
        // What always works, but pays only where the greedy choice has gone astray.
        if (p.next.empty() && (best_.width == 0 || best_.width > p.strands ||
                               (best_.width == p.strands && p.strands > 5))) {
            if (plan_along(p, max_width, best_.cost, trial_)) std::swap(trial_, best_);
        }
        return best_;
    }

private:
    void begin(int max_width, sweep& out) {
        out.steps.clear();
        out.width = 0;
        out.caps = 0;
        out.cost = 0.0;
        size_ = 0;
        max_width_ = max_width < max_sweep_width ? max_width : max_sweep_width;
        done_.assign(d_.crossings(), 0);
        comes_out_.assign(d_.next.size(), 0);
    }

    // The sweep that begins at crossing `start`; false where it would be wider than allowed or not
    // cheaper than `most`.
    [[nodiscard]] bool plan(std::uint32_t start, unsigned taste, int max_width, double most,
                            sweep& out) {
        begin(max_width, out);
        auto left = d_.crossings();
        insert(0, point(2 * start, false), point(2 * start, true));
        insert(2, point(2 * start + 1, true), point(2 * start + 1, false));
        out.steps.push_back({sweep_step::kind::cup_in_out, 0, 0});
        out.steps.push_back({sweep_step::kind::cup_out_in, 2, 0});
        if (max_width_ < 2) return false;
        out.width = 2;
        cross(1, out);
        while (--left > 0) {
            if (!advance(taste, out) || out.cost >= most) return false;
        }
        close(out);
        return out.cost < most;
    }

    // What is left are strands that come out and go in again, nested.
    void close(sweep& out) {
        while (size_ > 0) {
            std::size_t at = 0;
            while (!same_edge(at)) ++at;
            cap(at, out);
        }
    }

    // The sweep along a closed braid: as wide as the braid, at most. A strand is taken in when a
    // crossing asks for it, with those between.
    [[nodiscard]] bool plan_along(piece const& p, int max_width, double most, sweep& out) {
        begin(max_width, out);
        auto const n = static_cast<std::size_t>(p.strands);
        // The edge at which each strand begins, and the one at which it is.
        auto const* const first = open_.data() + n;
        auto* const now = open_.data();
        std::size_t left = n;
        std::size_t right = 0;
        auto const place = [&](std::size_t strand) {
            std::size_t at = 0;
            while (at < size_ && at_[at] != point(now[strand], true)) ++at;
            return at;
        };
        for (std::size_t k = 0; k < d_.crossings(); ++k) {
            auto const column = static_cast<std::size_t>(p.letters[k].i) - 1;
            if (left > right) {
                left = right = column;
                now[column] = first[column];
                insert(0, point(first[column], false), point(first[column], true));
                out.steps.push_back({sweep_step::kind::cup_in_out, 0, 0});
            }
            while (column < left || column + 1 > right) {
                if (static_cast<int>(size_ / 2) + 1 > max_width_) return false;
                bool const to_left = column < left;
                auto const at = place(to_left ? left : right) + (to_left ? 0 : 1);
                auto const s = to_left ? --left : ++right;
                if (at > size_ || first[s] >= d_.next.size()) return false;
                now[s] = first[s];
                insert(at, point(first[s], !to_left), point(first[s], to_left));
                out.steps.push_back(
                    {to_left ? sweep_step::kind::cup_in_out : sweep_step::kind::cup_out_in,
                     static_cast<std::uint8_t>(at), 0});
                if (static_cast<int>(size_ / 2) > out.width) {
                    out.width = static_cast<int>(size_ / 2);
                }
            }
            auto at = place(column);
            if (after(at) == 0) {
                turn(out);
                --at;
            }
            now[column] = d_.next[2 * k];
            now[column + 1] = d_.next[2 * k + 1];
            cross(at, out);
            if (out.cost >= most) return false;
        }
        close(out);
        return out.cost < most;
    }

    // The base point moves past the first point.
    void turn(sweep& out) {
        auto const first = at_[0];
        for (std::size_t k = 1; k < size_; ++k) at_[k - 1] = at_[k];
        at_[size_ - 1] = first;
        out.steps.push_back({sweep_step::kind::turn, 0, 0});
        count(out, 1.0);
    }

    [[nodiscard]] static constexpr std::uint32_t point(std::uint32_t edge, bool goes_out) noexcept {
        return 2 * edge + (goes_out ? 1U : 0U);
    }
    [[nodiscard]] std::size_t after(std::size_t i) const noexcept {
        return i + 1 < size_ ? i + 1 : 0;
    }
    [[nodiscard]] std::size_t before(std::size_t i) const noexcept {
        return i > 0 ? i - 1 : size_ - 1;
    }
    // Not where the edge only passes through the disc, on its way to its crossing.
    [[nodiscard]] bool same_edge(std::size_t i) const noexcept {
        return (at_[i] ^ at_[after(i)]) == 1 && done_[at_[i] >> 2U] != 0;
    }

    void insert(std::size_t i, std::uint32_t a, std::uint32_t b) noexcept {
        for (std::size_t k = size_; k > i; --k) at_[k + 1] = at_[k - 1];
        at_[i] = a;
        at_[i + 1] = b;
        size_ += 2;
    }

    void count(sweep& out, double passes) const noexcept {
        static constexpr std::array<double, max_sweep_width + 1> states{
            1, 1, 2, 6, 24, 120, 720, 5040, 40320, 362880, 3628800, 39916800, 479001600};
        out.cost += passes * states[size_ / 2];
    }

    // The outs at i and i + 1 cross; then whatever can be capped is.
    void cross(std::size_t i, sweep& out) {
        auto const k = at_[i] >> 2U;
        done_[k] = 1;
        // An end that was made for this crossing was not counted.
        ++comes_out_[d_.next[2 * k]];
        ++comes_out_[d_.next[2 * k + 1]];
        at_[i] = point(d_.next[2 * k], true);
        at_[i + 1] = point(d_.next[2 * k + 1], true);
        out.steps.push_back({sweep_step::kind::cross, static_cast<std::uint8_t>(i), d_.sign[k]});
        count(out, 1.0);
        // New neighbours are at the three gaps around the two points.
        auto const right = at_[i + 1];
        cap_here(before(i), out);
        for (std::size_t j = 0; j < size_; ++j) {
            if (at_[j] == right) {
                cap_here(j, out);
                break;
            }
        }
    }

    void cap_here(std::size_t i, sweep& out) {
        while (size_ > 0 && same_edge(i)) {
            bool const wraps = after(i) == 0;
            cap(i, out);
            if (size_ == 0) return;
            if (wraps || i == 0) {
                i = size_ - 1;
            } else {
                --i;
            }
        }
    }

    void cap(std::size_t i, sweep& out) {
        out.steps.push_back({sweep_step::kind::cap, static_cast<std::uint8_t>(i), 0});
        ++out.caps;
        count(out, 1.5 + static_cast<double>(size_) * 0.125);
        if (after(i) == 0) {
            for (std::size_t k = 1; k + 1 < size_; ++k) at_[k - 1] = at_[k];
        } else {
            for (std::size_t k = i + 2; k < size_; ++k) at_[k - 2] = at_[k];
        }
        size_ -= 2;
    }

    // Takes in the crossing that leaves the boundary shortest.
    bool advance(unsigned taste, sweep& out) {
        int best = 1000;
        std::size_t best_at = 0;
        for (std::size_t i = 0; i < size_; ++i) {
            auto const here = at_[i];
            if ((here & 1U) == 0) continue;
            auto const edge = here >> 1U;
            auto const k = edge >> 1U;
            if (done_[k] != 0) continue;
            bool const right = (edge & 1U) != 0;
            auto const other = point(edge ^ 1U, true);
            auto const to_left = d_.next[2 * k];
            auto const to_right = d_.next[2 * k + 1];
            int grade = 0;
            std::size_t l = before(i);
            std::size_t r = after(i);
            bool const paired = !right && at_[r] == other;
            if (paired) {
                r = after(r);
            } else {
                if (right && at_[l] == other) continue;
                grade = comes_out_[edge ^ 1U] != 0 ? 14 : 8;
            }
            // Which of the two outputs meets its own other end, or a strand it will cross next.
            if (paired || !right) {
                if (at_[l] == point(to_left, false)) grade -= 8;
                if ((to_left & 1U) != 0 && at_[l] == point(to_left ^ 1U, true)) grade -= 2;
            }
            if (paired || right) {
                if (at_[r] == point(to_right, false)) grade -= 8;
                if ((to_right & 1U) == 0 && at_[r] == point(to_right ^ 1U, true)) grade -= 2;
            }
            if (!paired && (right ? to_left : to_right) == (edge ^ 1U)) grade -= 8;
            if (grade < best || (grade == best && (taste & 1U) != 0)) {
                best = grade;
                best_at = i;
                // Hardly anything is better than a crossing that takes a strand in.
                if (grade <= -8) break;
            }
        }
        auto const edge = at_[best_at] >> 1U;
        bool const right = (edge & 1U) != 0;
        auto const other = point(edge ^ 1U, true);
        if (!right && at_[after(best_at)] == other) {
            if (after(best_at) == 0) {
                turn(out);
                --best_at;
            }
        } else {
            if (static_cast<int>(size_ / 2) + 1 > max_width_) return false;
            auto const into = point(edge ^ 1U, false);
            if (right) {
                insert(best_at, into, other);
                out.steps.push_back(
                    {sweep_step::kind::cup_in_out, static_cast<std::uint8_t>(best_at), 0});
                ++best_at;
            } else {
                insert(best_at + 1, other, into);
                out.steps.push_back(
                    {sweep_step::kind::cup_out_in, static_cast<std::uint8_t>(best_at + 1), 0});
            }
            if (static_cast<int>(size_ / 2) > out.width) out.width = static_cast<int>(size_ / 2);
        }
        cross(best_at, out);
        return true;
    }

    diagram d_;
    sweep best_, trial_;
    std::vector<std::uint32_t> open_;
    std::array<std::uint32_t, 2 * max_sweep_width + 2> at_{};
    std::size_t size_ = 0;
    int max_width_ = max_sweep_width;
    // Whether a crossing has been taken in, and how often an edge comes out of the disc.
    std::vector<char> done_, comes_out_;
};

/// The closure in Artin pieces. Throws invalid_argument where writing bands as Artin letters is
/// over the budget.
[[nodiscard]] inline simplified simplify_for_states(braid const& b, limits const& l,
                                                    closed_word& room) {
    if (!b.banded() && static_cast<std::size_t>(b.strands()) <= 4 * b.size() + 16) {
        // Untouched strands are found on the way.
        simplified out;
        simplify_word(b.strands(), b.word(), out, room);
        return out;
    }
    auto const compact = compacted(b);
    if (artin(compact.letters)) return simplify_artin(compact);
    auto const s = simplify_bands(compact);
    std::int64_t length = 0;
    for (auto const& p : s.pieces) {
        for (auto const& letter : p.letters) length += expanded_length(letter);
    }
    if (length > l.max_letters) {
        WEFT_THROW(invalid_argument("limits.max_letters", to_text(l.max_letters),
                                    "at least the " + to_text(length) +
                                        " letters that the bands expand to"));
    }
    return simplify_expanded(s);
}

[[nodiscard]] inline simplified simplify_for_states(braid const& b, limits const& l) {
    closed_word room;
    return simplify_for_states(b, l, room);
}

/// What a sum over states takes.
struct sweep_estimate {
    double states = 0.0;
    double bytes = 0.0;
    double operations = 0.0;
};

/// Why so much work is refused; empty where it is within the budget.
[[nodiscard]] inline std::string work_refusal(std::string const& what, double operations,
                                              limits const& l) {
    if (operations <= static_cast<double>(l.max_operations)) return {};
    return what + " takes about " + to_text(operations) + " operations, over the budget of " +
           to_text(l.max_operations);
}

[[nodiscard]] inline std::string memory_refusal(std::string const& what, double bytes,
                                                double states, limits const& l) {
    if (bytes <= static_cast<double>(l.max_memory)) return {};
    return what + " takes up to " + to_text(bytes) + " bytes (" + to_text(states) +
           " states), over the budget of " + to_text(l.max_memory);
}

/// How many times the bytes of a sum in 64 bits one in integers without bounds may take, where
/// these have up to `bits` bits (those beyond 128 are kept elsewhere).
template <class Integer>
[[nodiscard]] double unbounded_share(double bits) noexcept {
    return (static_cast<double>(sizeof(Integer)) + (bits > 128.0 ? bits / 8.0 + 32.0 : 0.0)) / 8.0;
}

/// Why a sum is refused; empty where it is within the budget. `count(m)` states at width m, each
/// with `length(letters taken in, caps done)` coefficients, and room for `held(caps done)`. `spent`
/// are the operations of the sums before; those of this one are added. `bytes` is what the sum
/// takes at most with 64-bit coefficients.
template <class Count, class Length, class Held>
[[nodiscard]] std::string sweep_refusal(char const* name, sweep const& plan, piece const& p,
                                        limits const& l, Count const& count, Length const& length,
                                        Held const& held, double& spent, double& bytes) {
    if (plan.width == 0) {
        auto const allowed = l.max_strands_state_space < max_sweep_width ? l.max_strands_state_space
                                                                         : max_sweep_width;
        return std::string(name) + " needs a sum over states wider than " + to_text(allowed) +
               ", the budget, for " + to_text(p.strands) + " strands and " +
               to_text(p.letters.size()) + " letters (after reduction)";
    }
    sweep_estimate e;
    std::int64_t letters = 0;
    std::int64_t caps = 0;
    int m = 0;
    for (auto const& step : plan.steps) {
        bool const cap = step.what == sweep_step::kind::cap;
        bool const cross = step.what == sweep_step::kind::cross;
        if (!cap && !cross && step.what != sweep_step::kind::turn) ++m;
        auto const states = count(m);
        auto const coefficients = states * length(letters, caps);
        if (states > e.states) e.states = states;
        e.operations += coefficients * (cap ? 2.0 : 1.0);
        auto const here = states * (held(caps) * 8.0 + 96.0);
        if (here > e.bytes) e.bytes = here;
        if (cap) {
            ++caps;
            --m;
        }
        if (cross) ++letters;
    }
    e.operations += spent;
    spent = e.operations;
    if (e.operations > static_cast<double>(l.max_operations)) {
        return work_refusal(name, e.operations, l);
    }
    bytes = e.bytes;
    return memory_refusal(name, bytes, e.states, l);
}

} // namespace weft::inline v0::knot::detail
