// A little of each target: that they are found is what this way of taking weft in has to show. The
// whole library is compiled by two of the other ways.

#include <iostream>
#include <string>
#include <vector>

#include "weft/adapters/libpq.hpp"
#include "weft/adapters/sqlite3.hpp"
#include "weft/fabric/weave.hpp"
#include "weft/knot/big.hpp"
#include "weft/knot/braid.hpp"
#include "weft/temporal/json.hpp"
#include "weft/version.hpp"

int main() {
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
    std::cout << WEFT_VERSION_STRING << ' ' << crossings << ' ' << model.size() << ' ' << c.size()
              << ' ' << rows.values.size() << ' ' << state << '\n';
    return crossings == 3 && state == "08001" ? 0 : 1;
}
