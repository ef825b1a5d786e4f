#pragma once

#include <atomic>
#include <cstdlib>
#include <stdexcept>
#include <string>

#include <unistd.h>

#include "weft/adapters/libpq.hpp"

namespace weft_test {

/// Where the tests' own PostgreSQL server is (a superuser's connection URI); throws, and so fails
/// the test, where there is none.
inline std::string postgres_url() {
    char const* const url = std::getenv("WEFT_TEST_POSTGRES");
    if (url == nullptr || *url == '\0') {
        throw std::runtime_error("WEFT_TEST_POSTGRES is not set: run ./tests/run, or this program "
                                 "as tests/with_postgres COMMAND");
    }
    return url;
}

/// `uri` with another database: postgresql://authority/DATABASE?parameters.
inline std::string with_database(std::string const& uri, std::string const& name) {
    auto const authority = uri.find("://");
    auto const path = authority == std::string::npos ? authority : uri.find('/', authority + 3);
    if (path == std::string::npos) {
        throw std::runtime_error("WEFT_TEST_POSTGRES: expected postgresql://.../database");
    }
    auto const query = uri.find('?', path);
    return uri.substr(0, path + 1) + name + (query == std::string::npos ? "" : uri.substr(query));
}

/// A new, empty database, gone with the object.
class database {
public:
    database()
        : name_("weft_test_" + std::to_string(::getpid()) + "_" + std::to_string(next())) {
        weft::adapters::postgres_connection server(postgres_url());
        server.execute({"create database " + name_ + " template template0", {}});
        url_ = with_database(postgres_url(), name_);
    }
    ~database() {
        try {
            weft::adapters::postgres_connection server(postgres_url());
            server.execute({"drop database if exists " + name_ + " with (force)", {}});
        } catch (weft::error const&) {
            // The server goes away after the tests, and the database with it.
        }
    }
    database(database const&) = delete;
    database& operator=(database const&) = delete;

    [[nodiscard]] std::string const& url() const { return url_; }

private:
    static int next() {
        static std::atomic<int> count = 0;
        return ++count;
    }

    std::string name_;
    std::string url_;
};

} // namespace weft_test
