#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <gtest/gtest.h>
#include <map>
#include <string>
#include <string_view>
#include <sys/stat.h>
#include <vector>

#include "support/gz.hpp"
#include "weft/core/number.hpp"
#include "weft/knot/braid.hpp"
#include "weft/knot/laurent.hpp"

namespace weft_test {

/// Where the published tables are; empty where they are not (a failure under CI, said elsewhere).
inline std::string data_folder() {
    struct stat info {};
    std::string const folder = WEFT_DATA_DIR;
    if (stat((folder + "/knots").c_str(), &info) == 0) return folder;
    if (std::getenv("CI") != nullptr) {
        ADD_FAILURE() << "the data folder " << folder << " is missing";
    } else {
        std::printf("did not run: the data folder %s is missing\n", folder.c_str());
    }
    return {};
}

/// The torus link T(p, q) as a positive braid of p strands.
inline weft::knot::braid torus_link(int p, int q) {
    std::vector<int> word;
    for (int turn = 0; turn < q; ++turn) {
        for (int i = 1; i < p; ++i) word.push_back(i);
    }
    return {p, word};
}

/// The numbers of a text, whatever stands between them.
inline std::vector<std::int64_t> integers(std::string_view text) {
    std::vector<std::int64_t> out;
    for (std::size_t at = 0; at < text.size();) {
        auto const c = text[at];
        if (c != '-' && (c < '0' || c > '9')) {
            ++at;
            continue;
        }
        auto end = at + 1;
        while (end < text.size() && text[end] >= '0' && text[end] <= '9') ++end;
        if (auto const n = weft::parse_integer<std::int64_t>(text.substr(at, end - at))) {
            out.push_back(*n);
        }
        at = end;
    }
    return out;
}

/// The rows of a table in CSV form with quoted fields, by column name.
inline std::vector<std::map<std::string, std::string>> csv_rows(std::string const& path) {
    auto const text = read_gz(path);
    std::vector<std::vector<std::string>> lines(1);
    std::string field;
    bool quoted = false;
    for (char const c : text) {
        if (c == '"') {
            quoted = !quoted;
        } else if (!quoted && (c == ',' || c == '\n')) {
            lines.back().push_back(field);
            field.clear();
            if (c == '\n') lines.emplace_back();
        } else if (c != '\r') {
            field += c;
        }
    }
    std::vector<std::map<std::string, std::string>> rows;
    for (std::size_t k = 1; k < lines.size(); ++k) {
        if (lines[k].size() != lines[0].size()) continue;
        auto& row = rows.emplace_back();
        for (std::size_t c = 0; c < lines[k].size(); ++c) row[lines[0][c]] = lines[k][c];
    }
    return rows;
}

inline std::vector<int> letters(std::string_view text) {
    std::vector<int> out;
    for (auto const n : integers(text)) out.push_back(static_cast<int>(n));
    return out;
}

/// A polynomial from `exponent:coefficient` pairs; exponents are doubled where `doubled`.
inline weft::knot::laurent sparse(std::string_view text, bool doubled) {
    auto const n = integers(text);
    if (n.empty()) return {};
    auto const twice = [&](std::size_t k) { return doubled ? n[k] : 2 * n[k]; };
    auto low = twice(0);
    auto high = low;
    for (std::size_t k = 0; k < n.size(); k += 2) {
        low = std::min(low, twice(k));
        high = std::max(high, twice(k));
    }
    std::vector<std::int64_t> coefficients(static_cast<std::size_t>((high - low) / 2 + 1), 0);
    for (std::size_t k = 0; k < n.size(); k += 2) {
        coefficients[static_cast<std::size_t>((twice(k) - low) / 2)] = n[k + 1];
    }
    return {low, coefficients};
}

/// A small deterministic generator (Knuth's constants), the same on every machine.
class dice {
public:
    explicit dice(std::uint64_t seed)
        : state_(seed) {}

    /// From 0 to n - 1.
    int operator()(int n) {
        state_ = state_ * 6'364'136'223'846'793'005ULL + 1'442'695'040'888'963'407ULL;
        return static_cast<int>((state_ >> 33U) % static_cast<std::uint64_t>(n));
    }

private:
    std::uint64_t state_;
};

inline weft::knot::braid random_word(dice& roll, int strands, int length) {
    std::vector<int> word;
    for (int k = 0; k < length && strands > 1; ++k) {
        int const letter = 1 + roll(strands - 1);
        word.push_back(roll(2) != 0 ? letter : -letter);
    }
    return {strands, word};
}

inline weft::knot::braid random_bands(dice& roll, int strands, int length) {
    std::vector<weft::knot::band> bands;
    for (int k = 0; k < length && strands > 1; ++k) {
        int i = 1 + roll(strands);
        int j = 1 + roll(strands - 1);
        if (j >= i) ++j;
        if (i > j) std::swap(i, j);
        bands.push_back({i, j, roll(2) != 0 ? 1 : -1});
    }
    return weft::knot::braid::from_bands(strands, bands);
}

inline std::string shown(weft::knot::braid const& b) {
    std::string out = weft::to_text(b.strands()) + " strands:";
    for (std::size_t k = 0; k < b.size(); ++k) {
        if (b.banded()) {
            auto const l = b.letter(k);
            out += " (" + weft::to_text(l.i) + "," + weft::to_text(l.j) + "," +
                   weft::to_text(l.sign) + ")";
        } else {
            out += " " + weft::to_text(b.word()[k]);
        }
    }
    return out;
}

} // namespace weft_test
