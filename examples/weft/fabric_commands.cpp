#include "command.hpp"
#include "fields.hpp"

#include "weft/fabric/json.hpp"

namespace weft_command {

json fabric(json const& line) {
    auto const& rows = field(line, "compatibility", "a square matrix as a list of rows");
    if (!rows.is_array()) refuse("compatibility", rows, "a square matrix as a list of rows");
    auto const c = weft::fabric::matrix_from_json(rows, "compatibility", rows.size());
    Eigen::MatrixXd candidates(0, c.cols());
    if (auto const found = line.find("candidates"); found != line.end() && !found->is_null()) {
        candidates = weft::fabric::matrix_from_json(*found, "candidates", rows.size());
    }
    return weft::fabric::group_to_json<json>(c, candidates);
}

} // namespace weft_command
