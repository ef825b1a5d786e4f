#include "sql_fuzz.hpp"

#include "weft/core/uuid.hpp"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    auto const bytes = weft_fuzz::bytes_of(data, size);
    auto const id = weft::try_parse_uuid(bytes);
    bool thrown = false;
    try {
        weft_fuzz::expect(weft::parse_uuid(bytes) == id, "both readers agree");
    } catch (weft::invalid_argument const&) {
        thrown = true;
    }
    weft_fuzz::expect(thrown == !id, "both readers agree");
    if (!id) return 0;
    auto const text = weft::to_text(*id);
    weft_fuzz::expect(weft::try_parse_uuid(text) == id, "a UUID comes back");
    for (std::size_t i = 0; i < text.size(); ++i) {
        auto const c =
            bytes[i] >= 'A' && bytes[i] <= 'F' ? static_cast<char>(bytes[i] + 32) : bytes[i];
        weft_fuzz::expect(c == text[i], "only the case may differ");
    }
    return 0;
}
