#pragma once

#include <bit>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

#include "weft/core/error.hpp"
#include "weft/core/number.hpp"
#include "weft/core/time.hpp"
#include "weft/core/uuid.hpp"
#include "weft/schema/validate.hpp"
#include "weft/sql/statement.hpp"

/// PostgreSQL's COPY ... FROM STDIN, text and binary. COPY knows no default: an unset optional is
/// written as the column's default where that is a constant, and refused where it is not (id,
/// created_at and the like).
namespace weft::inline v0::sql {

enum class copy_format : std::uint8_t { text, binary };

/// `copy <table> (<columns>) from stdin`, for rows written by append_copy_text or _binary.
template <schema::TableRow Row>
[[nodiscard]] std::string copy_statement(copy_format format, std::string const& schema = {}) {
    return "copy " + detail::table_text<Row>(schema) + " (" + detail::column_list<Row>() +
           ") from stdin" + (format == copy_format::binary ? " (format binary)" : "");
}

namespace detail {

template <class Unsigned>
void append_big_endian(std::string& out, Unsigned n) {
    static_assert(std::is_unsigned_v<Unsigned>);
    char bytes[sizeof(Unsigned)];
    for (std::size_t i = 0; i < sizeof(Unsigned); ++i) {
        bytes[i] = static_cast<char>(
            static_cast<unsigned char>((n >> (8 * (sizeof(Unsigned) - 1 - i))) & Unsigned{0xff}));
    }
    out.append(bytes, sizeof bytes);
}

/// COPY's backslash escapes; every other byte stands for itself.
inline void append_escaped(std::string& out, std::string_view text) {
    std::size_t start = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        char letter = 0;
        switch (text[i]) {
        case '\b':
            letter = 'b';
            break;
        case '\f':
            letter = 'f';
            break;
        case '\n':
            letter = 'n';
            break;
        case '\r':
            letter = 'r';
            break;
        case '\t':
            letter = 't';
            break;
        case '\v':
            letter = 'v';
            break;
        case '\\':
            letter = '\\';
            break;
        default:
            continue;
        }
        out.append(text.data() + start, i - start);
        out += '\\';
        out += letter;
        start = i + 1;
    }
    out.append(text.data() + start, text.size() - start);
}

template <class T>
void append_copy_text_value(std::string& out, T const& field) {
    if constexpr (schema::Enumeration<T>) {
        out += to_text(field);
    } else if constexpr (std::is_same_v<T, std::string>) {
        append_escaped(out, field);
    } else if constexpr (std::is_same_v<T, schema::jsonb>) {
        append_escaped(out, field.text);
    } else if constexpr (std::is_same_v<T, instant>) {
        out += instant_text(field, dialect::postgres);
    } else {
        out += weft::to_text(field);
    }
}

inline void append_copy_bytes(std::string& out, std::string_view bytes) {
    append_big_endian(out, static_cast<std::uint32_t>(bytes.size()));
    out += bytes;
}

/// Microseconds from 1970-01-01 to 2000-01-01.
inline constexpr std::int64_t postgres_epoch =
    std::chrono::microseconds(
        std::chrono::sys_days(std::chrono::year{2000} / 1 / 1).time_since_epoch())
        .count();

template <class T>
void append_copy_binary_value(std::string& out, T const& field) {
    if constexpr (schema::Enumeration<T>) {
        append_copy_bytes(out, to_text(field));
    } else if constexpr (std::is_same_v<T, std::string>) {
        append_copy_bytes(out, field);
    } else if constexpr (std::is_same_v<T, schema::jsonb>) {
        append_big_endian(out, static_cast<std::uint32_t>(field.text.size() + 1));
        out += '\x01';
        out += field.text;
    } else if constexpr (std::is_same_v<T, uuid>) {
        append_big_endian(out, std::uint32_t{16});
        for (auto const byte : field.bytes) out += static_cast<char>(byte);
    } else if constexpr (std::is_same_v<T, double>) {
        append_big_endian(out, std::uint32_t{8});
        append_big_endian(out, std::bit_cast<std::uint64_t>(field));
    } else if constexpr (std::is_same_v<T, std::int32_t>) {
        append_big_endian(out, std::uint32_t{4});
        append_big_endian(out, static_cast<std::uint32_t>(field));
    } else {
        static_assert(std::is_same_v<T, instant>);
        auto const count = field.time_since_epoch().count();
        append_big_endian(out, std::uint32_t{8});
        append_big_endian(
            out, static_cast<std::uint64_t>(is_finite(field) ? count - postgres_epoch : count));
    }
}

/// Throws before anything is written.
template <class Row>
void check_for_copy(Row const& row, write_options const& options) {
    check_options<Row>(options);
    schema::validate(row);
    schema::for_each_column<Row>([&](auto const& c) {
        using enum schema::column_default;
        using field = std::remove_cvref_t<decltype(*schema::value_of(c, row))>;
        auto const* set = schema::value_of(c, row);
        bool const volatile_default =
            c.info.default_kind == random_uuid || c.info.default_kind == now;
        if (set == nullptr && volatile_default) {
            schema::detail::refuse<Row>(c.info, "nothing", "a value (COPY has no defaults)");
        }
        if constexpr (std::is_same_v<field, std::string> || std::is_same_v<field, schema::jsonb>) {
            std::size_t size = 0;
            if (set != nullptr) {
                if constexpr (std::is_same_v<field, std::string>) {
                    size = set->size();
                } else {
                    size = set->text.size();
                }
            }
            // PostgreSQL's own limit for one field.
            if (size > 0x3fff'ffffU) {
                schema::detail::refuse<Row>(c.info, weft::to_text(size) + " bytes", "below 1 GiB");
            }
        }
    });
}

/// Calls `write(default)` for what stands for an unset optional, or `write_null()`.
template <class Field, class Write, class WriteNull>
void write_unset(schema::column_info const& c, write_options const& options, Write const& write,
                 WriteNull const& write_null) {
    if (c.has_default() && !null_where_unset(options, c.name)) {
        if constexpr (std::is_same_v<Field, std::int32_t>) {
            return write(c.default_integer);
        } else if constexpr (std::is_same_v<Field, schema::jsonb>) {
            return write(schema::jsonb{std::string(c.default_text)});
        } else {
            return write(std::string(c.default_text));
        }
    }
    write_null();
}

} // namespace detail

/// Appends one line in COPY's text format. Throws invalid_argument, and appends nothing, where the
/// row is faulty (as schema::validate) or leaves out what COPY cannot.
template <schema::TableRow Row>
void append_copy_text(std::string& out, Row const& row, write_options const& options = {}) {
    detail::check_for_copy(row, options);
    bool first = true;
    schema::for_each_column<Row>([&](auto const& c) {
        if (!first) out += '\t';
        first = false;
        auto const* field = schema::value_of(c, row);
        if (field != nullptr) return detail::append_copy_text_value(out, *field);
        detail::write_unset<std::remove_cvref_t<decltype(*field)>>(
            c.info, options,
            [&](auto const& constant) { detail::append_copy_text_value(out, constant); },
            [&] { out += "\\N"; });
    });
    out += '\n';
}

/// Opens a stream in COPY's binary format.
inline void append_copy_binary_header(std::string& out) {
    out.append("PGCOPY\n\377\r\n\0", 11);
    detail::append_big_endian(out, std::uint32_t{0});
    detail::append_big_endian(out, std::uint32_t{0});
}

/// Closes it.
inline void append_copy_binary_trailer(std::string& out) {
    detail::append_big_endian(out, std::uint16_t{0xffff});
}

/// Appends one row in COPY's binary format; as append_copy_text otherwise.
template <schema::TableRow Row>
void append_copy_binary(std::string& out, Row const& row, write_options const& options = {}) {
    detail::check_for_copy(row, options);
    detail::append_big_endian(out, static_cast<std::uint16_t>(schema::column_count<Row>));
    schema::for_each_column<Row>([&](auto const& c) {
        auto const* field = schema::value_of(c, row);
        if (field != nullptr) return detail::append_copy_binary_value(out, *field);
        detail::write_unset<std::remove_cvref_t<decltype(*field)>>(
            c.info, options,
            [&](auto const& constant) { detail::append_copy_binary_value(out, constant); },
            [&] { detail::append_big_endian(out, std::uint32_t{0xffff'ffff}); });
    });
}

} // namespace weft::inline v0::sql
