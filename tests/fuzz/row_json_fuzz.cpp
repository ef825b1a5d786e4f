#include "sql_fuzz.hpp"

#include "weft/schema/json.hpp"

// The first byte chooses the table.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    if (size == 0) return 0;
    auto const json = nlohmann::ordered_json::parse(data + 1, data + size, nullptr, false);
    if (json.is_discarded()) return 0;
    std::size_t number = 0;
    weft::schema::for_each_table([&]<class Row>(std::type_identity<Row>) {
        if (number++ != data[0] % 5U) return;
        try {
            auto const row = weft::schema::row_from_json<Row>(json);
            // A legal row can be written every way, and comes back from JSON.
            std::string out;
            auto writer = weft::sql::make_copy_writer<Row>(
                weft::sql::copy_format::text, [&](std::string_view piece) { out += piece; }, {},
                weft::sql::copy_target::staging);
            writer.write(row);
            writer.finish();
            auto const again = weft::schema::row_from_json<Row>(weft::schema::row_to_json(row));
            weft_fuzz::expect(weft::schema::row_to_json(again) == weft::schema::row_to_json(row),
                              "rows come back from JSON");
        } catch (weft::invalid_argument const&) {
        }
    });
    return 0;
}
