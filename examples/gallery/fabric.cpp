#include "fabric.hpp"

#include <chrono>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include <Eigen/Core>

#include "weft/core/number.hpp"
#include "weft/core/time.hpp"
#include "weft/fabric/communities.hpp"
#include "weft/fabric/explain.hpp"
#include "weft/fabric/picture.hpp"
#include "weft/fabric/worldsheet.hpp"

namespace {

namespace fabric = weft::fabric;

/// Two circles of six and Mia, who knows everybody. Compatibilities differ a little from pair to
/// pair, always in the same way.
Eigen::MatrixXd two_circles() {
    Eigen::MatrixXd c = Eigen::MatrixXd::Zero(13, 13);
    for (int j = 0; j < 13; ++j) {
        for (int i = 0; i < j; ++i) {
            double const typical = j == 12 ? 0.7 : i / 6 == j / 6 ? 0.8 : 0.05;
            c(i, j) = c(j, i) = typical + 0.01 * ((7 * i + 3 * j) % 11);
        }
    }
    return c;
}

weft::instant day(int d) {
    return weft::parse_instant("2026-01-01T00:00:00Z") + std::chrono::days{d};
}

/// Two threes that come together and drift apart again; seen every ten days.
fabric::worldsheet meeting() {
    std::vector<fabric::pair_history> pairs;
    for (std::size_t j = 0; j < 6; ++j) {
        for (std::size_t i = 0; i < j; ++i) {
            std::vector<weft::instant> times;
            std::vector<double> values;
            for (int k = 0; k <= 10; ++k) {
                // Up to the sixth time, then down.
                double const near = k < 6 ? k / 6.0 : (12 - k) / 6.0;
                double const across = 0.1 + 0.6 * near + 0.01 * static_cast<double>((i + j) % 3);
                times.push_back(day(10 * k));
                values.push_back(i / 3 == j / 3 ? 0.75 : across);
            }
            pairs.push_back({i, j, weft::temporal::series(std::move(times), std::move(values))});
        }
    }
    return {6, std::move(pairs)};
}

} // namespace

fabric_gallery fabric_pictures() {
    fabric_gallery out;
    std::vector<std::string> const names{"Ann", "Ben", "Cem", "Dee", "Eva", "Fay", "Gus",
                                         "Hal", "Ida", "Jon", "Kim", "Lea", "Mia"};
    auto const c = two_circles();
    auto const found = fabric::communities(c);
    std::vector<std::size_t> bridges;
    for (auto const& b : fabric::bridges(c, found.of)) bridges.push_back(b.member);
    fabric::fabric_picture drawn;
    drawn.least = 0.12;
    drawn.style.title = "A fabric of two circles and a bridge";
    out.files.emplace_back("fabric-two-circles.svg",
                           fabric::fabric_svg(c, found.of, bridges, names, drawn));
    out.page = "## A fabric: two circles and a bridge\n\n"
               "Members are strands, pairs are twists with as many half turns as they are "
               "compatible (below .12: not drawn), the colours are the clusters that were found, "
               "the ring marks the bridge between them. Conventions: [fabric](fabric.md).\n\n"
               "![A fabric of two circles and a bridge](gallery/fabric-two-circles.svg)\n\n" +
               fabric::explain(c, fabric::quantity::stability, {}, names).sentence + "\n\n";

    auto const sheet = meeting();
    std::vector<weft::instant> at;
    for (int d = 0; d <= 140; d += 2) at.push_back(day(d));
    fabric::curve_picture curve;
    curve.style.title = "The stability of two threes that meet and part";
    out.files.emplace_back(
        "fabric-stability.svg",
        fabric::stability_svg(fabric::stability_at(sheet, at),
                              fabric::cluster_events(sheet, 0.5, at.front(), at.back()), curve));
    out.page +=
        "## Stability in time\n\n"
        "Two threes come together and drift apart again. They were seen for 100 days; what "
        "comes then is a forecast with its interval. The lines stand where clusters of ties "
        "above .5 merge and split.\n\n"
        "![The stability of two threes that meet and part](gallery/fabric-stability.svg)\n\n";
    return out;
}
