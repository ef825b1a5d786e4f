#include <algorithm>
#include <cstdlib>

#include "peers.hpp"

extern "C" {
#include <homfly.h>
}

namespace weft_test {

weft::knot::homfly_polynomial homfly_by_libhomfly(std::string code) {
    // With v = i / L and z = i M; its memory belongs to its own collector.
    Poly const* const p = ::homfly(code.data());
    weft::knot::homfly_polynomial out;
    for (long k = 0; k < p->len; ++k) {
        auto const& term = p->term[k];
        int const v = static_cast<int>(-term.l);
        int const z = static_cast<int>(term.m);
        out.push_back({v, z, (v + z) / 2 % 2 == 0 ? term.coef : -term.coef});
    }
    std::sort(out.begin(), out.end(),
              [](auto const& a, auto const& b) { return a.v != b.v ? a.v < b.v : a.z < b.z; });
    return out;
}

std::size_t terms_by_libhomfly(std::string& code) {
    return static_cast<std::size_t>(::homfly(code.data())->len);
}

} // namespace weft_test
