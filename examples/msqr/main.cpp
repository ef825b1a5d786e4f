// weft-msqr: the msqR table as CSV on stdin, one ENTITY a line on stdout.

#include <chrono>
#include <cmath>
#include <exception>
#include <iostream>
#include <iterator>
#include <string>

#include <CLI/CLI.hpp>

#include "msqr.hpp"

int main(int argc, char** argv) {
    CLI::App app("Reads the msqR table (CSV, unpacked) on stdin and writes ENTITY lines.\n"
                 "The table knows only the order of a person's measurements. Their dates in the\n"
                 "output are an assumption, made by the two options.",
                 "weft-msqr");
    double spacing_days = 1.0;
    std::string last = "2026-01-01T00:00:00Z";
    app.add_option("--spacing-days", spacing_days, "Days between two measurements of a person")
        ->capture_default_str()
        ->check(CLI::Range(1.0 / 86'400.0, 36'500.0));
    app.add_option("--last", last, "The instant of everybody's last measurement (ISO 8601)")
        ->capture_default_str();
    try {
        app.parse(argc, argv);
    } catch (CLI::ParseError const& e) {
        return app.exit(e) == 0 ? 0 : 2;
    }
    weft_msqr::options options;
    try {
        options.last = weft::parse_instant(last);
        if (options.last < weft::parse_instant("1000-01-01")) {
            throw weft::invalid_argument("--last", last, "an instant from year 1000 on");
        }
    } catch (weft::error const& e) {
        std::cerr << "weft-msqr: --last: " << e.what() << '\n';
        return 2;
    }
    options.spacing = std::chrono::microseconds(std::llround(spacing_days * 86'400e6));

    try {
        std::ios::sync_with_stdio(false);
        std::string const csv{std::istreambuf_iterator<char>(std::cin), {}};
        for (auto const& person : weft_msqr::read(csv)) {
            std::cout << weft_msqr::to_entity(person, options).dump() << '\n';
        }
        std::cout.flush();
        if (!std::cout) throw weft::error("cannot write to stdout");
    } catch (std::exception const& e) {
        std::cerr << "weft-msqr: " << e.what() << '\n';
        return 1;
    }
    return 0;
}
