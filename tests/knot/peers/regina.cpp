#include <link/link.h>

#include <string>
#include <vector>

#include "peers.hpp"

namespace weft_test {

namespace {

regina::Link const& of(void const* link) {
    return *static_cast<regina::Link const*>(link);
}

} // namespace

regina_link::regina_link(passed_crossings const& p)
    : link_(nullptr) {
    std::vector<std::vector<int>> components;
    for (auto const& component : p.components) {
        auto& codes = components.emplace_back();
        for (auto const& [crossing, over] : component) {
            codes.push_back(over ? crossing + 1 : -crossing - 1);
        }
    }
    link_ = new regina::Link(regina::Link::fromData(p.signs.begin(), p.signs.end(),
                                                    components.begin(), components.end()));
}

regina_link::~regina_link() {
    delete static_cast<regina::Link*>(link_);
}

void regina_link::compute_homfly() const {
    of(link_).homflyAZ();
}

void regina_link::compute_jones() const {
    of(link_).jones();
}

weft::knot::homfly_polynomial regina_link::homfly() const {
    auto const& p = of(link_).homflyAZ();
    // Terms are asked for one by one: Regina's alpha is 1/v.
    weft::knot::homfly_polynomial out;
    auto const reach = static_cast<long>(of(link_).size()) + 8;
    for (long v = -reach; v <= reach; ++v) {
        for (long z = -8; z <= reach; ++z) {
            auto const& c = p(-v, z);
            if (c.isZero()) continue;
            out.push_back({static_cast<int>(v), static_cast<int>(z), c.longValue()});
        }
    }
    return out;
}

weft::knot::laurent regina_link::jones() const {
    auto const& p = of(link_).jones();
    // In the square root of t.
    std::vector<std::int64_t> c;
    for (long e = p.minExp(); e <= p.maxExp(); e += 2) c.push_back(p[e].longValue());
    return {p.minExp(), c};
}

} // namespace weft_test
