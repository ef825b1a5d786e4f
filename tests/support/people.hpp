#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "weft/profile/entity.hpp"

namespace weft_test {

/// Made-up people with twelve dimensions, some of them missing, places, rhythms and vibes: the same
/// for the same seed.
inline std::vector<weft::profile::entity> made_up_people(std::size_t n, std::uint64_t seed) {
    std::mt19937_64 generator(seed);
    auto const uniform = [&] { return static_cast<double>(generator() >> 11U) * 0x1.0p-53; };
    std::vector<weft::profile::entity> people(n);
    for (std::size_t i = 0; i < n; ++i) {
        auto& e = people[i];
        e.id = "person-" + std::to_string(i);
        for (auto const name : weft::profile::default_dimensions) {
            auto const value = uniform();
            auto const confidence = 0.25 * static_cast<double>(1 + generator() % 4);
            if (uniform() < 0.9) e.profile.push_back({std::string(name), value, confidence});
        }
        if (uniform() < 0.7) {
            e.vibe.push_back({"calm", uniform(), 1.0});
            e.vibe.push_back({"playful", uniform(), 0.5});
        }
        auto const places = generator() % 4;
        for (std::size_t p = 0; p < places; ++p) {
            auto const spot = generator() % 40 * 4 + p;
            e.places.push_back(
                {"spot-" + std::to_string(spot),
                 weft::profile::geo_point{36.0 + 0.01 * static_cast<double>(spot), -86.0},
                 1.0 + static_cast<double>(generator() % 5)});
        }
        if (uniform() < 0.8) {
            weft::profile::week w{};
            for (int k = 0; k < 5; ++k) w[generator() % 168] += 1.0;
            e.rhythm = w;
        }
    }
    return people;
}

} // namespace weft_test
