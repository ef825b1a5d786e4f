#include "sql_fuzz.hpp"

#include "weft/sql/wire.hpp"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    using namespace weft;
    auto const bytes = weft_fuzz::bytes_of(data, size);
    for (auto const format : {sql::wire_format::text, sql::wire_format::binary}) {
        try {
            auto const v = sql::value_from_wire(
                bytes, static_cast<std::uint32_t>(sql::type_id::timestamptz), format, "c");
            auto const text = *sql::parameter_text(v, sql::dialect::postgres);
            auto const binary = *sql::parameter_binary(v);
            weft_fuzz::expect(sql::value_from_wire(std::string_view(text), 1184,
                                                   sql::wire_format::text, "c") == v,
                              "an instant comes back from its text");
            weft_fuzz::expect(sql::value_from_wire(std::string_view(binary), 1184,
                                                   sql::wire_format::binary, "c") == v,
                              "an instant comes back from its binary form");
            weft_fuzz::expect(format == sql::wire_format::text || binary == bytes,
                              "an instant has one binary form");
        } catch (weft::error const&) {
        }
    }
    try {
        auto const t = parse_instant(bytes);
        if (schema::detail::storable(t)) {
            weft_fuzz::expect(parse_instant(to_iso(t)) == t, "ISO 8601 comes back");
            weft_fuzz::expect(parse_instant(to_iso_fixed(t)) == t, "ISO 8601 comes back");
        }
    } catch (weft::error const&) {
    }
    return 0;
}
