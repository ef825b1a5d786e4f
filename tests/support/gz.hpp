#pragma once

#include <cstdio>
#include <memory>
#include <stdexcept>
#include <string>

namespace weft_test {

/// The unpacked text of a .gz file (by gzip). Throws where it cannot be read.
inline std::string read_gz(std::string const& path) {
    std::string const command = "gzip -dc '" + path + "'";
    std::FILE* const pipe = popen(command.c_str(), "r");
    if (pipe == nullptr) throw std::runtime_error("cannot run gzip");
    std::string text;
    char buffer[1 << 16];
    for (std::size_t n = 0; (n = std::fread(buffer, 1, sizeof buffer, pipe)) > 0;) {
        text.append(buffer, n);
    }
    if (pclose(pipe) != 0 || text.empty()) throw std::runtime_error("cannot read " + path);
    return text;
}

} // namespace weft_test
