#pragma once

#include <optional>

#include <nlohmann/json.hpp>

#include "support/oracle.hpp"

namespace weft_test {

/// What tests/temporal/scipy_oracle.py answers to `cases`; see ask_python.
inline std::optional<nlohmann::json> ask_scipy(nlohmann::json const& cases) {
    return ask_python("scipy", "python3-scipy", "tests/temporal/scipy_oracle.py", cases);
}

} // namespace weft_test
