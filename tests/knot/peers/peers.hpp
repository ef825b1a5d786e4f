#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "weft/knot/braid.hpp"
#include "weft/knot/homfly.hpp"
#include "weft/knot/laurent.hpp"

/// What other programs say of a closed braid.
namespace weft_test {

/// A closed braid as they read it: for each component the crossings that it passes, and whether it
/// passes over.
struct passed_crossings {
    std::vector<std::vector<std::pair<int, bool>>> components;
    std::vector<int> signs;
};

/// Of an Artin word.
inline passed_crossings passed(weft::knot::braid const& b) {
    passed_crossings out;
    auto const word = b.word();
    for (int const letter : word) out.signs.push_back(letter > 0 ? 1 : -1);
    std::vector<char> seen(static_cast<std::size_t>(b.strands()), 0);
    for (int s = 0; s < b.strands(); ++s) {
        if (seen[static_cast<std::size_t>(s)] != 0) continue;
        auto& component = out.components.emplace_back();
        int at = s;
        do {
            seen[static_cast<std::size_t>(at)] = 1;
            for (std::size_t k = 0; k < word.size(); ++k) {
                int const column = word[k] > 0 ? word[k] - 1 : -word[k] - 1;
                if (at == column) {
                    component.emplace_back(static_cast<int>(k), word[k] < 0);
                    at = column + 1;
                } else if (at == column + 1) {
                    component.emplace_back(static_cast<int>(k), word[k] > 0);
                    at = column;
                }
            }
        } while (at != s);
    }
    return out;
}

/// The form that libhomfly reads.
inline std::string homfly_code(passed_crossings const& p) {
    std::string out = std::to_string(p.components.size());
    for (auto const& component : p.components) {
        out += " " + std::to_string(component.size());
        for (auto const& [crossing, over] : component) {
            out += " " + std::to_string(crossing) + (over ? " 1" : " -1");
        }
    }
    for (std::size_t k = 0; k < p.signs.size(); ++k) {
        out += " " + std::to_string(k) + " " + std::to_string(p.signs[k]);
    }
    return out;
}

/// HOMFLY-PT by libhomfly (R. Jenkins's program), from its own code.
weft::knot::homfly_polynomial homfly_by_libhomfly(std::string code);

/// How many terms that polynomial has; nothing else is done but calling libhomfly.
std::size_t terms_by_libhomfly(std::string& code);

/// Keeps a diagram that Regina has read; its polynomials are computed once and kept with it.
class regina_link {
public:
    explicit regina_link(passed_crossings const& p);
    ~regina_link();
    regina_link(regina_link const&) = delete;
    regina_link& operator=(regina_link const&) = delete;

    void compute_homfly() const;
    void compute_jones() const;
    [[nodiscard]] weft::knot::homfly_polynomial homfly() const;
    [[nodiscard]] weft::knot::laurent jones() const;

private:
    void* link_;
};

} // namespace weft_test
