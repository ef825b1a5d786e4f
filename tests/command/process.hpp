#pragma once

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/temporary.hpp"

namespace weft_test {

inline void write_file(std::string const& path, std::string const& text) {
    std::ofstream(path, std::ios::binary) << text;
}

inline std::string read_file(std::string const& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

/// A running weft command.
class process {
public:
    /// The descriptors become its standard streams and are left open here.
    process(std::vector<std::string> arguments, int in, int out, int err) {
        arguments.insert(arguments.begin(), WEFT_COMMAND);
        std::vector<char*> raw;
        for (auto& a : arguments) raw.push_back(a.data());
        raw.push_back(nullptr);
        id_ = ::fork();
        if (id_ < 0) throw std::runtime_error("cannot fork");
        if (id_ == 0) {
            ::dup2(in, 0);
            ::dup2(out, 1);
            ::dup2(err, 2);
            ::execv(WEFT_COMMAND, raw.data());
            ::_exit(127);
        }
    }
    process(process const&) = delete;
    process& operator=(process const&) = delete;
    ~process() {
        if (id_ > 0) {
            ::kill(id_, SIGKILL);
            (void)wait();
        }
    }

    [[nodiscard]] bool running() {
        if (id_ <= 0) return false;
        if (::waitpid(id_, &raw_status_, WNOHANG) == 0) return true;
        id_ = 0;
        return false;
    }
    void kill() {
        if (id_ > 0) ::kill(id_, SIGKILL);
    }
    /// The exit status; minus the signal where one ended it.
    [[nodiscard]] int wait() {
        if (id_ > 0) {
            while (::waitpid(id_, &raw_status_, 0) < 0 && errno == EINTR) {
            }
            id_ = 0;
        }
        return WIFEXITED(raw_status_) ? WEXITSTATUS(raw_status_) : -WTERMSIG(raw_status_);
    }

private:
    pid_t id_ = 0;
    int raw_status_ = 0;
};

struct result {
    int status = 0;
    std::string out;
    std::string err;

    [[nodiscard]] std::vector<std::string> lines() const {
        std::vector<std::string> list;
        std::istringstream text(out);
        for (std::string line; std::getline(text, line);) list.push_back(line);
        return list;
    }
};

/// Runs the command to its end.
inline result run(std::vector<std::string> arguments, std::string const& input = {}) {
    temporary_folder const folder;
    auto const path = [&](char const* name) { return folder.file(name); };
    write_file(path("in"), input);
    int const in = ::open(path("in").c_str(), O_RDONLY | O_CLOEXEC);
    int const out = ::open(path("out").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    int const err = ::open(path("err").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    process command(std::move(arguments), in, out, err);
    result r;
    r.status = command.wait();
    for (int const fd : {in, out, err}) ::close(fd);
    r.out = read_file(path("out"));
    r.err = read_file(path("err"));
    return r;
}

} // namespace weft_test
