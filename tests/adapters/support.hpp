#pragma once

#include <string>
#include <utility>
#include <vector>

#include "weft/core/error.hpp"
#include "weft/sql/value.hpp"

namespace weft_test {

/// The SQLSTATE with which `f` fails.
std::string state_of(auto&& f) {
    try {
        f();
    } catch (weft::sql_error const& e) {
        return e.sqlstate();
    }
    return "nothing was thrown";
}

/// The first value of the first row that a query gives.
weft::sql::value first(auto& connection, std::string const& text,
                       std::vector<weft::sql::value> params = {}) {
    return connection.query({text, std::move(params)}).values.at(0).at(0);
}

} // namespace weft_test
