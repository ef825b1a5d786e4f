#include "fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    try {
        weft_fuzz::check(weft::knot::from_pd(weft::knot::parse_pd(weft_fuzz::text_of(data, size))));
    } catch (weft::error const&) {
    }
    return 0;
}
