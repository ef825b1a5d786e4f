#include <iostream>

#include <weft/weft.hpp>

int main() {
    weft::profile::entity ann, bob;
    ann.id = "ann";
    bob.id = "bob";
    ann.profile = {{"novelty_seeking", 0.9}, {"crowd_tolerance", 0.2}, {"trust", 0.7}};
    bob.profile = {{"novelty_seeking", 0.7}, {"crowd_tolerance", 0.1}, {"trust", 0.9}};

    weft::profile::encoder const encoder(weft::profile::space_of(std::vector{ann, bob}));
    auto const pair = weft::compatibility::scorer().score(encoder.encode(ann), encoder.encode(bob));
    std::cout << weft::compatibility::to_json(pair)["components"].dump(2) << '\n';

    auto const figure_eight = weft::knot::compute_invariants(weft::knot::braid(3, {1, -2, 1, -2}));
    std::cout << weft::knot::to_json(figure_eight)["jones"].dump() << '\n';
}
