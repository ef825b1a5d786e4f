#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "weft/core/error.hpp"
#include "weft/schema/tables.hpp"
#include "weft/sql/copy.hpp"

/// What the targets of the sql wing share.
namespace weft_fuzz {

inline std::string_view bytes_of(std::uint8_t const* data, std::size_t size) {
    return {reinterpret_cast<char const*>(data), size};
}

inline void expect(bool holds, char const* what) {
    if (holds) return;
    std::fprintf(stderr, "does not hold: %s\n", what);
    std::abort();
}

/// Reads a stream whole and in two pieces; what was read, written again, is read as the same.
template <class Row>
void check_copy(std::string_view stream, std::size_t cut, weft::sql::copy_format format) {
    using namespace weft::sql;
    auto const read = [&](std::size_t first, std::string& why) {
        std::vector<Row> rows;
        try {
            copy_reader<Row> reader(format);
            auto const take = [&](Row& row) { rows.push_back(row); };
            reader.read(stream.substr(0, first), take);
            reader.read(stream.substr(first), take);
            reader.finish();
        } catch (weft::error const& e) {
            why = e.what();
        }
        return rows;
    };
    std::string why, why_in_pieces;
    auto const rows = read(stream.size(), why);
    auto const in_pieces = read(cut < stream.size() ? cut : stream.size(), why_in_pieces);
    expect(why.empty() == why_in_pieces.empty(), "a stream is read alike in pieces");
    // A NaN is not equal to itself: rows are compared as they are written.
    std::vector<Row> legal;
    for (auto const& row : rows) {
        try {
            weft::schema::validate(row);
            legal.push_back(row);
        } catch (weft::invalid_argument const&) {
        }
    }
    expect(rows.size() == in_pieces.size(), "as many rows come in pieces");
    for (auto const other : {copy_format::text, copy_format::binary}) {
        std::string written;
        auto writer = make_copy_writer<Row>(
            other, [&](std::string_view piece) { written += piece; }, {}, copy_target::staging);
        for (auto const& row : legal) writer.write(row);
        writer.finish();
        expect(read_copy<Row>(written, other) == legal, "rows come back");
    }
}

/// The first byte chooses the table and where the stream is cut.
inline void check_copy(std::uint8_t const* data, std::size_t size, weft::sql::copy_format format) {
    if (size == 0) return;
    auto const stream = bytes_of(data + 1, size - 1);
    std::size_t const chosen = data[0] % 5U;
    std::size_t const cut = data[0] / 5U;
    std::size_t number = 0;
    weft::schema::for_each_table([&]<class Row>(std::type_identity<Row>) {
        if (number++ == chosen) check_copy<Row>(stream, cut, format);
    });
}

} // namespace weft_fuzz
