#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "weft/core/number.hpp"
#include "weft/knot/homfly.hpp"
#include "weft/knot/integer.hpp"
#include "weft/knot/laurent.hpp"

namespace weft::inline v0::knot {

namespace detail {

enum class notation { plain, latex };

/// `t^-3`, `t^(1/2)`, `t^{-3}`, `t^{1/2}`; nothing for the exponent 0.
[[nodiscard]] inline std::string power_text(std::string_view variable, std::int64_t twice_exponent,
                                            notation how) {
    if (twice_exponent == 0) return {};
    std::string out(variable);
    if (twice_exponent == 2) return out;
    bool const half = twice_exponent % 2 != 0;
    auto const exponent =
        half ? weft::to_text(twice_exponent) + "/2" : weft::to_text(twice_exponent / 2);
    if (how == notation::latex) return out + "^{" + exponent + "}";
    return out + (half ? "^(" + exponent + ")" : "^" + exponent);
}

/// Adds `coefficient power`, negated where asked for, to a sum, with the sign between terms as
/// people write it.
inline void add_term(std::string& sum, std::string_view coefficient, std::string_view power,
                     bool negated = false) {
    bool const minus = coefficient.front() == '-';
    if (minus) coefficient.remove_prefix(1);
    if (sum.empty()) {
        if (minus != negated) sum += '-';
    } else {
        sum += minus != negated ? " - " : " + ";
    }
    if (power.empty() || coefficient != "1") sum += coefficient;
    sum += power;
}

template <class Integer>
[[nodiscard]] std::string written(basic_laurent<Integer> const& p, std::string_view variable,
                                  notation how) {
    std::string out;
    auto twice = p.twice_min_exponent();
    for (auto const& c : p.coefficients()) {
        if (c != 0) {
            add_term(out, integer_traits<Integer>::to_text(c), power_text(variable, twice, how));
        }
        twice += 2;
    }
    return out.empty() ? "0" : out;
}

/// By rising powers of z, those of v in brackets where there are several.
template <class Integer>
[[nodiscard]] std::string written(basic_homfly<Integer> const& p, notation how) {
    auto low = p.empty() ? 0 : p.front().z;
    auto high = low;
    for (auto const& term : p) {
        if (term.z < low) low = term.z;
        if (term.z > high) high = term.z;
    }
    std::string_view const space = how == notation::plain ? " " : "";
    std::string out;
    for (int z = low; z <= high; ++z) {
        auto const factor = power_text("z", 2 * std::int64_t{z}, how);
        std::string sum;
        basic_homfly_term<Integer> last;
        int count = 0;
        // A bracket's first term is positive; the bracket has the sign.
        bool turned = false;
        for (auto const& term : p) {
            if (term.z != z) continue;
            auto const coefficient = integer_traits<Integer>::to_text(term.coefficient);
            if (count == 0) turned = z != 0 && coefficient.front() == '-';
            add_term(sum, coefficient, power_text("v", 2 * std::int64_t{term.v}, how), turned);
            last = term;
            ++count;
        }
        if (count == 1 && z != 0) {
            auto power = power_text("v", 2 * std::int64_t{last.v}, how);
            if (!power.empty()) power += space;
            sum.clear();
            add_term(sum, integer_traits<Integer>::to_text(last.coefficient), power + factor);
        } else if (count > 1 && z != 0) {
            sum = (turned ? "-(" : "(") + sum + ")" + std::string(space) + factor;
        }
        if (sum.empty()) continue;
        if (out.empty()) {
            out = sum;
        } else if (sum[0] == '-') {
            out += " - " + sum.substr(1);
        } else {
            out += " + " + sum;
        }
    }
    return out.empty() ? "0" : out;
}

} // namespace detail

/// A polynomial as people write it, by rising exponents: `t + t^3 - t^4`, `-t^(1/2) - t^(5/2)`,
/// `0`.
template <class Integer>
[[nodiscard]] std::string plain_text(basic_laurent<Integer> const& p,
                                     std::string_view variable = "t") {
    return detail::written(p, variable, detail::notation::plain);
}

/// The same for LaTeX: `t + t^{3} - t^{4}`, `-t^{1/2} - t^{5/2}`.
template <class Integer>
[[nodiscard]] std::string latex(basic_laurent<Integer> const& p, std::string_view variable = "t") {
    return detail::written(p, variable, detail::notation::latex);
}

/// A HOMFLY-PT polynomial as people write it, by rising powers of z: `2v^2 - v^4 + v^2 z^2`,
/// `(v^-3 - v^-1) z^-1 - v^-1 z`.
template <class Integer>
[[nodiscard]] std::string plain_text(basic_homfly<Integer> const& p) {
    return detail::written(p, detail::notation::plain);
}

/// The same for LaTeX.
template <class Integer>
[[nodiscard]] std::string latex(basic_homfly<Integer> const& p) {
    return detail::written(p, detail::notation::latex);
}

} // namespace weft::inline v0::knot
