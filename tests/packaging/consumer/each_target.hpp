#pragma once

#include <string>
#include <vector>

#include "weft/adapters/libpq.hpp"
#include "weft/adapters/sqlite3.hpp"
#include "weft/fabric/weave.hpp"
#include "weft/knot/big.hpp"
#include "weft/knot/braid.hpp"
#include "weft/temporal/json.hpp"
#include "weft/version.hpp"

/// A little of each target: whether they are found is what most ways of taking weft in have to
/// show. Two of the ways compile every_wing.hpp instead.
static std::string said() {
    weft::knot::braid const trefoil(2, std::vector<int>{1, 1, 1});
    weft::knot::big_integer const crossings = trefoil.word().size();
    auto const model = weft::temporal::to_json(weft::temporal::forecast_model());
    Eigen::MatrixXd const c = Eigen::MatrixXd::Zero(2, 2);

    weft::adapters::sqlite_connection db(":memory:");
    auto const rows = db.query({"SELECT 1", {}});
    std::string state;
    try {
        weft::adapters::postgres_connection nowhere("host=/nonexistent");
    } catch (weft::sql_error const& e) {
        state = e.sqlstate();
    }
    return "weft " WEFT_VERSION_STRING "; " + crossings.str() + "; " + model.dump() + "; " +
           weft::to_text(c.size()) + "; " + weft::to_text(rows.values.size()) + "; " + state;
}
