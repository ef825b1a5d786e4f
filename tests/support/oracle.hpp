#pragma once

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <optional>
#include <stdexcept>
#include <string>

#include <nlohmann/json.hpp>
#include <unistd.h>

namespace weft_test {

/// What a script of the project answers to `cases`, run by a python3 that has `module`. Nothing
/// where there is none; that throws where the environment has CI set, and is said on stderr
/// elsewhere.
inline std::optional<nlohmann::json> ask_python(std::string const& module,
                                                std::string const& package,
                                                std::string const& script,
                                                nlohmann::json const& cases) {
    for (auto const* python : {"/usr/bin/python3", "python3"}) {
        auto const probe = std::string(python) +
                           " -c 'import importlib.util as u, sys; sys.exit(not u.find_spec(\"" +
                           module + "\"))' 2>/dev/null";
        if (std::system(probe.c_str()) != 0) continue;
        std::string folder = std::filesystem::temp_directory_path() / "weft-oracle-XXXXXX";
        if (mkdtemp(folder.data()) == nullptr) throw std::runtime_error("cannot make a folder");
        auto const question = folder + "/question.json";
        auto const answer = folder + "/answer.json";
        std::ofstream(question) << cases;
        auto const command = std::string(python) + " '" WEFT_PROJECT_DIR "/" + script + "' < '" +
                             question + "' > '" + answer + "'";
        auto const status = std::system(command.c_str());
        std::ifstream file(answer);
        auto parsed = nlohmann::json::parse(file, nullptr, false);
        file.close();
        std::filesystem::remove_all(folder);
        if (status != 0 || parsed.is_discarded()) {
            throw std::runtime_error(script + " did not answer");
        }
        return parsed;
    }
    if (std::getenv("CI") != nullptr) throw std::runtime_error("no python3 with " + module);
    std::cerr << "did not run: no python3 with " << module << " (" << package << ")\n";
    return std::nullopt;
}

} // namespace weft_test
