#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "../../examples/msqr/msqr.hpp"
#include "support/gz.hpp"
#include "weft/temporal/series.hpp"

namespace weft_test {

/// The people of the shipped example data.
inline std::vector<weft_msqr::person> const& msqr_people() {
    static auto const people =
        weft_msqr::read(read_gz(WEFT_PROJECT_DIR "/examples/data/msqR.csv.gz"));
    return people;
}

/// Each person's series of one dimension, a day apart; unanswered snapshots are left out.
inline std::vector<weft::temporal::series> msqr_series(std::size_t dimension) {
    std::vector<weft::temporal::series> out;
    for (auto const& person : msqr_people()) {
        std::vector<weft::instant> t;
        std::vector<double> y;
        for (std::size_t k = 0; k < person.snapshots.size(); ++k) {
            if (auto const& x = person.snapshots[k][dimension]) {
                t.push_back(weft::instant{} + weft::days(k));
                y.push_back(x->value);
            }
        }
        out.emplace_back(t, y);
    }
    return out;
}

} // namespace weft_test
