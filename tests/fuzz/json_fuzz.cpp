#include "fuzz.hpp"

#include "weft/knot/json.hpp"

// Braids as words and as bands, and diagrams by each of their codes.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    auto const value = nlohmann::ordered_json::parse(data, data + size, nullptr, false);
    if (value.is_discarded()) return 0;
    try {
        auto const b = weft::knot::braid_from_json(value);
        weft_fuzz::require(weft::knot::braid_from_json(weft::knot::to_json(b)) == b,
                           "braids come back from JSON");
        weft_fuzz::check(b);
    } catch (weft::error const&) {
    }
    try {
        auto const d = weft::knot::diagram_from_json(value, "line.");
        weft_fuzz::check(d);
    } catch (weft::error const&) {
    }
    return 0;
}
