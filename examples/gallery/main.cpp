#include <cstdint>
#include <cstdio>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "fabric.hpp"
#include "weft/core/error.hpp"
#include "weft/core/number.hpp"
#include "weft/knot/invariants.hpp"
#include "weft/knot/pd_code.hpp"
#include "weft/knot/picture.hpp"
#include "weft/knot/polynomial_text.hpp"
#include "weft/knot/vogel.hpp"

// weft-gallery FOLDER writes FOLDER/gallery.md and its pictures, FOLDER/gallery/*.svg.

namespace {

namespace knot = weft::knot;

struct exhibit {
    std::string file, name, about;
    knot::braid braid;
};

std::vector<exhibit> exhibits() {
    using knot::braid;
    return {
        {"trefoil", "Trefoil, 3_1", "The simplest knot, positive: T(2,3).", braid(2, {1, 1, 1})},
        {"figure-eight", "Figure eight, 4_1", "Its own mirror image.", braid(3, {1, -2, 1, -2})},
        {"three-twist", "5_2", "Of genus 1; the surface of this braid has genus 2.",
         braid(3, {1, 1, 1, 2, -1, 2})},
        {"stevedore", "Stevedore's knot, 6_1", "Slice: its Alexander polynomial is f(t) f(1/t).",
         braid(4, {1, 1, 2, -1, -3, 2, -3})},
        {"torus-3-4", "8_19, the torus knot T(3,4)", "The first knot that does not alternate.",
         braid(3, {1, 2, 1, 2, 1, 2, 1, 2})},
        {"granny", "Granny knot", "Two trefoils of one hand: polynomials multiply.",
         braid(3, {1, 1, 1, 2, 2, 2})},
        {"hopf", "Hopf link", "Two circles, linked once.", braid(2, {1, 1})},
        {"whitehead", "Whitehead link", "Two circles with linking number 0 that do not come apart.",
         braid(3, {1, -2, 1, -2, -2})},
        {"borromean", "Borromean rings", "No two of the three are linked.",
         braid(3, {1, -2, 1, -2, 1, -2})},
        {"unlink", "Unlink of three components", "The empty word. Alexander vanishes.",
         braid(3, {})},
        {"profile", "A profile's braid",
         "Six correlations among five dimensions, a band each; the surface's graph shows them as "
         "they are, the braid shows them expanded.",
         braid::from_bands(5,
                           {{1, 3, 1}, {2, 5, -1}, {1, 2, 1}, {3, 4, 1}, {4, 5, -1}, {1, 5, 1}})},
        {"from-pd", "6_3 from its PD code",
         "Six crossings, made a braid by Vogel's moves and then simplified.",
         [] {
             auto const d = knot::from_pd({{4, 2, 5, 1},
                                           {8, 4, 9, 3},
                                           {12, 9, 1, 10},
                                           {10, 5, 11, 6},
                                           {6, 11, 7, 12},
                                           {2, 8, 3, 7}});
             return knot::simplify(knot::to_braid(d)).pieces.at(0);
         }()},
    };
}

std::string word_text(knot::braid const& b) {
    std::string out = weft::to_text(b.strands()) + " strands, ";
    if (b.size() == 0) return out + "empty word";
    for (std::size_t k = 0; k < b.size(); ++k) {
        if (k > 0) out += ' ';
        auto const l = b.letter(k);
        if (b.banded()) {
            out += "(" + weft::to_text(l.i) + "," + weft::to_text(l.j) + "," +
                   (l.sign > 0 ? "+" : "-") + ")";
        } else {
            out += weft::to_text(l.sign * l.i);
        }
    }
    return out;
}

std::string page_part(exhibit const& e) {
    auto const v = knot::compute_invariants(e.braid);
    std::string out = "## " + e.name + "\n\n" + e.about + "\n\n`" + word_text(e.braid) + "`\n\n";
    for (auto const* const kind : {"closure", "braid", "graph"}) {
        out += "![" + e.name + ", " + kind + "](gallery/" + e.file + "-" + kind + ".svg)\n";
    }
    out += "\n| | |\n|---|---|\n";
    auto const row = [&](char const* name, std::string const& value) {
        out += std::string("| ") + name + " | " + value + " |\n";
    };
    auto const polynomial = [&](char const* name, auto const& p, auto... variable) {
        if (p) row(name, "`" + knot::plain_text(*p, variable...) + "`");
    };
    polynomial("Jones", v.jones, "t");
    polynomial("HOMFLY-PT", v.homfly);
    polynomial("Alexander", v.alexander, "t");
    polynomial("Conway", v.conway, "z");
    row("determinant, signature",
        weft::to_text(v.determinant.value()) + ", " + weft::to_text(v.signature.value()));
    row("components", weft::to_text(v.components));
    row("genus", "from " + weft::to_text(v.genus_lower.value()) + " to " +
                     weft::to_text(v.genus_upper.value()));
    if (v.jones) {
        out += "\n$$V(t) = " + knot::latex(*v.jones, "t") + "$$\n";
    }
    if (v.homfly) {
        out += "\n$$P(v, z) = " + knot::latex(*v.homfly) + "$$\n";
    }
    return out + "\n";
}

bool write(std::string const& path, std::string const& text) {
    std::ofstream file(path, std::ios::binary);
    file << text;
    file.close();
    if (file) return true;
    std::fprintf(stderr, "weft-gallery: %s cannot be written\n", path.c_str());
    return false;
}

} // namespace

int main(int argc, char** argv) {
    if (argc != 2 || std::string(argv[1]) == "--help") {
        std::fputs("weft-gallery FOLDER: writes FOLDER/gallery.md and FOLDER/gallery/*.svg (the "
                   "folders must be there)\n",
                   stderr);
        return 2;
    }
    std::string const folder = argv[1];
    std::string page =
        "# A gallery of links and fabrics\n\n"
        "Made by `weft-gallery` (examples/gallery): `cmake --build build/release "
        "--target weft_gallery`, then `build/release/bin/weft-gallery docs`. A test "
        "makes it anew and compares. Conventions: [knot](knot.md).\n\n"
        "Each link is shown as the closure of a braid (strand 1 outside, clockwise), "
        "as the braid (strand 1 on top, left to right), and as the graph of its "
        "Seifert surface: a bar for each disc, a rung for each band, blue where it "
        "is positive.\n\n";
    try {
        for (auto const& e : exhibits()) {
            page += page_part(e);
            auto const path = folder + "/gallery/" + e.file;
            knot::picture_style style;
            auto const titled = [&](char const* kind) -> knot::picture_style const& {
                style.title = e.name + ", " + kind;
                return style;
            };
            if (!write(path + "-braid.svg", knot::braid_svg(e.braid, titled("braid"))) ||
                !write(path + "-closure.svg", knot::closure_svg(e.braid, titled("closure"))) ||
                !write(path + "-graph.svg",
                       knot::seifert_graph_svg(e.braid, titled("Seifert graph")))) {
                return 3;
            }
        }
        auto const groups = fabric_pictures();
        page += groups.page;
        for (auto const& [name, document] : groups.files) {
            if (!write(folder + "/gallery/" + name, document)) return 3;
        }
    } catch (weft::error const& e) {
        std::fprintf(stderr, "weft-gallery: %s\n", e.what());
        return 1;
    }
    page.pop_back();
    return write(folder + "/gallery.md", page) ? 0 : 3;
}
