#pragma once

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include <gtest/gtest.h>

namespace weft_test {

/// Whether `text` is what the project keeps in the file `path` (relative to the project's folder).
/// With WEFT_WRITE_GOLDEN set, the file is written first.
inline void expect_golden(std::string const& path, std::string const& text) {
    auto const file = std::string(WEFT_PROJECT_DIR) + "/" + path;
    if (std::getenv("WEFT_WRITE_GOLDEN") != nullptr) {
        std::ofstream out(file, std::ios::binary);
        out << text;
        ASSERT_TRUE(out.flush().good()) << path;
    }
    std::ifstream in(file, std::ios::binary);
    ASSERT_TRUE(in.good()) << path;
    std::string const kept(std::istreambuf_iterator<char>(in), {});
    EXPECT_TRUE(kept == text) << path << " is not current: run this test with WEFT_WRITE_GOLDEN=1 "
                              << "and look at the difference";
}

} // namespace weft_test
