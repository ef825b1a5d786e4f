#pragma once

#include <cstdlib>
#include <stdexcept>
#include <string>

namespace weft_test {

/// Where the tests' own PostgreSQL server is; throws (and so fails the test) where there is none.
inline std::string postgres_url() {
    char const* const url = std::getenv("WEFT_TEST_POSTGRES");
    if (url == nullptr) {
        throw std::runtime_error(
            "WEFT_TEST_POSTGRES is not set: run this as tests/with_postgres COMMAND");
    }
    return url;
}

} // namespace weft_test
