#include "fuzz.hpp"
#include "weft/knot/gauss_code.hpp"

// Signs follow a bar, where there are any.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    auto const text = weft_fuzz::text_of(data, size);
    auto const bar = text.find('|');
    try {
        auto code = weft::knot::parse_gauss(text.substr(0, bar));
        if (bar != std::string_view::npos) {
            auto signs = weft::knot::parse_gauss(text.substr(bar + 1)).components;
            if (!signs.empty()) code.signs = signs[0];
        }
        weft_fuzz::check(weft::knot::from_gauss(code));
    } catch (weft::error const&) {
    }
    return 0;
}
