#pragma once

#include <bit>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <variant>

#include "weft/core/error.hpp"
#include "weft/core/number.hpp"
#include "weft/core/time.hpp"
#include "weft/core/uuid.hpp"
#include "weft/schema/column.hpp"
#include "weft/schema/utf8.hpp"
#include "weft/schema/validate.hpp"
#include "weft/sql/decimal.hpp"
#include "weft/sql/value.hpp"

/// The text and binary forms in which PostgreSQL takes and gives the schema's values: in
/// parameters, results and COPY. (PostgreSQL 15's type output, input, send and receive functions.)
namespace weft::inline v0::sql {

enum class wire_format : std::uint8_t { text, binary };

/// A field as it travels: its bytes, or NULL.
class wire_field {
public:
    constexpr wire_field() noexcept = default;
    constexpr wire_field(std::string_view bytes) noexcept
        : bytes_(bytes)
        , null_(false) {}

    [[nodiscard]] constexpr bool is_null() const noexcept { return null_; }
    /// Empty where NULL.
    [[nodiscard]] constexpr std::string_view bytes() const noexcept { return bytes_; }

private:
    std::string_view bytes_;
    bool null_ = true;
};

/// Identifiers of types in PostgreSQL's catalogue (pg_type.dat); they never change.
enum class type_id : std::uint32_t {
    unknown = 0, ///< left to the server
    boolean = 16,
    int8 = 20,
    int2 = 21,
    int4 = 23,
    text = 25,
    json = 114,
    float4 = 700,
    float8 = 701,
    int4_array = 1007,
    text_array = 1009,
    float8_array = 1022,
    varchar = 1043,
    timestamptz = 1184,
    timestamptz_array = 1185,
    uuid = 2950,
    uuid_array = 2951,
    jsonb = 3802,
    jsonb_array = 3807,
};

[[nodiscard]] constexpr type_id type_id_of(schema::sql_type type) noexcept {
    switch (type) {
    case schema::sql_type::uuid:
        return type_id::uuid;
    case schema::sql_type::float8:
        return type_id::float8;
    case schema::sql_type::int4:
        return type_id::int4;
    case schema::sql_type::jsonb:
        return type_id::jsonb;
    case schema::sql_type::timestamptz:
        return type_id::timestamptz;
    case schema::sql_type::text:
        break;
    }
    return type_id::text;
}

/// Of an array of `type`.
[[nodiscard]] constexpr type_id array_type_id_of(schema::sql_type type) noexcept {
    switch (type) {
    case schema::sql_type::uuid:
        return type_id::uuid_array;
    case schema::sql_type::float8:
        return type_id::float8_array;
    case schema::sql_type::int4:
        return type_id::int4_array;
    case schema::sql_type::jsonb:
        return type_id::jsonb_array;
    case schema::sql_type::timestamptz:
        return type_id::timestamptz_array;
    case schema::sql_type::text:
        break;
    }
    return type_id::text_array;
}

/// The type that a value has by itself; `unknown` for NULL.
[[nodiscard]] constexpr type_id type_id_of(value const& v) noexcept {
    struct {
        constexpr type_id operator()(null) const { return type_id::unknown; }
        constexpr type_id operator()(bool) const { return type_id::boolean; }
        constexpr type_id operator()(std::int32_t) const { return type_id::int4; }
        constexpr type_id operator()(std::int64_t) const { return type_id::int8; }
        constexpr type_id operator()(double) const { return type_id::float8; }
        constexpr type_id operator()(std::string const&) const { return type_id::text; }
        constexpr type_id operator()(uuid const&) const { return type_id::uuid; }
        constexpr type_id operator()(instant) const { return type_id::timestamptz; }
        constexpr type_id operator()(schema::jsonb const&) const { return type_id::jsonb; }
        constexpr type_id operator()(array const& a) const { return array_type_id_of(a.type); }
    } constexpr of;
    return std::visit(of, v);
}

namespace detail {

/// Microseconds from 1970-01-01 to 2000-01-01, PostgreSQL's epoch.
inline constexpr std::int64_t postgres_epoch =
    std::chrono::microseconds(
        std::chrono::sys_days(std::chrono::year{2000} / 1 / 1).time_since_epoch())
        .count();

/// PostgreSQL's own limit for one field.
inline constexpr std::size_t most_field_bytes = 0x3fff'ffff;

template <class Unsigned>
char* put_big_endian(char* at, Unsigned n) noexcept {
    static_assert(std::is_unsigned_v<Unsigned>);
    for (std::size_t i = 0; i < sizeof(Unsigned); ++i) {
        at[i] = static_cast<char>(
            static_cast<unsigned char>((n >> (8 * (sizeof(Unsigned) - 1 - i))) & Unsigned{0xff}));
    }
    return at + sizeof(Unsigned);
}

template <class Unsigned>
[[nodiscard]] Unsigned get_big_endian(char const* at) noexcept {
    static_assert(std::is_unsigned_v<Unsigned>);
    Unsigned n = 0;
    for (std::size_t i = 0; i < sizeof(Unsigned); ++i) {
        n = static_cast<Unsigned>(static_cast<Unsigned>(n << 8U) |
                                  static_cast<unsigned char>(at[i]));
    }
    return n;
}

inline char* put_bytes(char* at, std::string_view bytes) noexcept {
    if (!bytes.empty()) std::memcpy(at, bytes.data(), bytes.size());
    return at + bytes.size();
}

inline char* put_uuid_text(char* at, uuid const& id) noexcept {
    for (std::size_t i = 0; i < 16; ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10) *at++ = '-';
        std::memcpy(at, pairs.hexadecimal + 2 * std::size_t{id.bytes[i]}, 2);
        at += 2;
    }
    return at;
}

/// As instant_text in PostgreSQL's dialect, for an instant of the years 0001 to 9999 or an
/// infinity; at most 27 bytes.
inline char* put_instant_text(char* at, instant t) noexcept {
    if (t == instant_infinity) return put_bytes(at, "infinity");
    if (t == instant_minus_infinity) return put_bytes(at, "-infinity");
    auto const day = std::chrono::floor<std::chrono::days>(t);
    std::chrono::year_month_day const date{day};
    auto const year = static_cast<std::uint32_t>(int{date.year()});
    auto const in_day = static_cast<std::uint64_t>((t - day).count());
    at = put_two_digits(at, year / 100);
    at = put_two_digits(at, year % 100);
    *at++ = '-';
    at = put_two_digits(at, unsigned{date.month()});
    *at++ = '-';
    at = put_two_digits(at, unsigned{date.day()});
    *at++ = 'T';
    auto const seconds = static_cast<std::uint32_t>(in_day / 1'000'000);
    at = put_two_digits(at, seconds / 3600);
    *at++ = ':';
    at = put_two_digits(at, seconds / 60 % 60);
    *at++ = ':';
    at = put_two_digits(at, seconds % 60);
    if (auto const fraction = static_cast<std::uint32_t>(in_day % 1'000'000); fraction != 0) {
        *at++ = '.';
        at = put_two_digits(at, fraction / 10'000);
        at = put_two_digits(at, fraction / 100 % 100);
        at = put_two_digits(at, fraction % 100);
        while (at[-1] == '0') --at;
    }
    *at++ = 'Z';
    return at;
}

/// The shortest text that reads back as `x`; at most 24 bytes.
inline char* put_double_text(char* at, double x) noexcept {
    if (is_nan(x)) return put_bytes(at, "NaN");
    if (!is_finite(x)) return put_bytes(at, x > 0 ? "Infinity" : "-Infinity");
    return put_finite_double(at, x);
}

inline char* put_integer_text(char* at, std::int32_t n) noexcept {
    return std::to_chars(at, at + 16, n).ptr;
}

/// What a binary field of type T may need beside its text, its length included.
inline constexpr std::size_t binary_overhead = 4 + 16 + 1;

/// A field in binary form behind its length: at most binary_overhead bytes, and the text's.
template <class T>
char* put_binary(char* at, T const& field) {
    if constexpr (schema::Enumeration<T>) {
        auto const text = to_text(field);
        at = put_big_endian(at, static_cast<std::uint32_t>(text.size()));
        return put_bytes(at, text);
    } else if constexpr (std::is_same_v<T, std::string> || std::is_same_v<T, std::string_view>) {
        at = put_big_endian(at, static_cast<std::uint32_t>(field.size()));
        return put_bytes(at, field);
    } else if constexpr (std::is_same_v<T, schema::jsonb>) {
        at = put_big_endian(at, static_cast<std::uint32_t>(field.text.size() + 1));
        *at++ = '\x01'; // the version of the form
        return put_bytes(at, field.text);
    } else if constexpr (std::is_same_v<T, uuid>) {
        at = put_big_endian(at, std::uint32_t{16});
        std::memcpy(at, field.bytes.data(), 16);
        return at + 16;
    } else if constexpr (std::is_same_v<T, bool>) {
        at = put_big_endian(at, std::uint32_t{1});
        *at = field ? '\x01' : '\0';
        return at + 1;
    } else if constexpr (std::is_same_v<T, double>) {
        at = put_big_endian(at, std::uint32_t{8});
        return put_big_endian(at, std::bit_cast<std::uint64_t>(field));
    } else if constexpr (std::is_same_v<T, std::int32_t>) {
        at = put_big_endian(at, std::uint32_t{4});
        return put_big_endian(at, static_cast<std::uint32_t>(field));
    } else if constexpr (std::is_same_v<T, std::int64_t>) {
        at = put_big_endian(at, std::uint32_t{8});
        return put_big_endian(at, static_cast<std::uint64_t>(field));
    } else {
        static_assert(std::is_same_v<T, instant>);
        auto const count = field.time_since_epoch().count();
        at = put_big_endian(at, std::uint32_t{8});
        return put_big_endian(
            at, static_cast<std::uint64_t>(is_finite(field) ? count - postgres_epoch : count));
    }
}

template <class T>
[[nodiscard]] std::size_t text_bytes(T const& field) noexcept {
    if constexpr (std::is_same_v<T, std::string>) {
        return field.size();
    } else if constexpr (std::is_same_v<T, schema::jsonb>) {
        return field.text.size();
    } else {
        return 0;
    }
}

template <class T>
void append_binary(std::string& out, T const& field) {
    auto const bytes = text_bytes(field);
    if (bytes >= most_field_bytes) {
        WEFT_THROW(invalid_argument("field", weft::to_text(bytes) + " bytes",
                                    "below 1 GiB, as one field"));
    }
    if constexpr (std::is_same_v<T, instant>) {
        if (!schema::detail::storable(field)) {
            WEFT_THROW(invalid_argument("instant", "a year outside 0001 to 9999",
                                        "the years 0001 to 9999, or an infinity"));
        }
    }
    auto const size = out.size();
    out.resize(size + binary_overhead + bytes);
    auto const* const end = put_binary(out.data() + size, field);
    out.resize(static_cast<std::size_t>(end - out.data()));
}

template <class Unsigned>
void append_big_endian(std::string& out, Unsigned n) {
    char bytes[sizeof(Unsigned)];
    put_big_endian(bytes, n);
    out.append(bytes, sizeof bytes);
}

inline void append_binary_array(std::string& out, array const& a) {
    std::uint32_t has_null = 0;
    for (auto const& item : a.items) {
        if (std::holds_alternative<null>(item)) has_null = 1;
    }
    auto const start = out.size();
    append_big_endian(out, std::uint32_t{0}); // the length, known at the end
    append_big_endian(out, a.items.empty() ? std::uint32_t{0} : std::uint32_t{1});
    append_big_endian(out, has_null);
    append_big_endian(out, static_cast<std::uint32_t>(type_id_of(a.type)));
    if (!a.items.empty()) {
        append_big_endian(out, static_cast<std::uint32_t>(a.items.size()));
        append_big_endian(out, std::uint32_t{1}); // indexes begin at 1
    }
    for (std::size_t i = 0; i < a.items.size(); ++i) {
        std::visit(
            [&]<class T>(T const& item) {
                if constexpr (std::is_same_v<T, null>) {
                    append_big_endian(out, std::uint32_t{0xffff'ffff});
                } else {
                    if (type_id_of(value(item)) != type_id_of(a.type)) {
                        WEFT_THROW(invalid_argument("items[" + weft::to_text(i) + "]",
                                                    "a value of another type",
                                                    "of type " + std::string(type_name(a.type))));
                    }
                    append_binary(out, item);
                }
            },
            a.items[i]);
        if (out.size() - start > most_field_bytes) {
            WEFT_THROW(invalid_argument("items", "1 GiB or more", "less in one parameter"));
        }
    }
    put_big_endian(out.data() + start, static_cast<std::uint32_t>(out.size() - start - 4));
}

} // namespace detail

/// The binary form of `v` as a parameter of its own type (type_id_of); nothing for NULL. Throws
/// invalid_argument for an instant outside the years 0001 to 9999, 1 GiB and more, and an array
/// with an item of another type.
[[nodiscard]] inline std::optional<std::string> parameter_binary(value const& v) {
    if (is_null(v)) return std::nullopt;
    std::string out;
    std::visit(
        [&]<class T>(T const& each) {
            if constexpr (std::is_same_v<T, array>) {
                detail::append_binary_array(out, each);
            } else if constexpr (!std::is_same_v<T, null>) {
                detail::append_binary(out, each);
            }
        },
        v);
    out.erase(0, 4);
    return out;
}

namespace detail {

/// Reads `bytes` into `out`, which keeps the memory it has; false where they are no T.
template <class T>
[[nodiscard]] bool read_text(std::string_view bytes, T& out) {
    if constexpr (std::is_same_v<T, std::string>) {
        if (schema::find_text_fault(bytes)) return false;
        out.assign(bytes);
        return true;
    } else if constexpr (std::is_same_v<T, schema::jsonb>) {
        if (schema::find_text_fault(bytes)) return false;
        out.text.assign(bytes);
        return true;
    } else {
        std::optional<T> read;
        if constexpr (schema::Enumeration<T>) {
            read = schema::from_text<T>(bytes);
        } else if constexpr (std::is_same_v<T, uuid>) {
            read = try_parse_uuid(bytes);
        } else if constexpr (std::is_same_v<T, double>) {
            read = parse_double(bytes);
        } else if constexpr (std::is_same_v<T, float>) {
            float x{};
            auto const [end, code] = std::from_chars(bytes.data(), bytes.data() + bytes.size(), x);
            if (code == std::errc{} && end == bytes.data() + bytes.size()) read = x;
        } else if constexpr (std::is_same_v<T, bool>) {
            if (bytes == "t" || bytes == "f") read = bytes == "t";
        } else if constexpr (std::is_same_v<T, instant>) {
            if (bytes == "infinity") {
                read = instant_infinity;
            } else if (bytes == "-infinity") {
                read = instant_minus_infinity;
            } else {
                try {
                    read = parse_instant(bytes);
                } catch (parse_error const&) {
                    return false;
                }
                // An offset can lead out of the years.
                if (!schema::detail::storable(*read)) return false;
            }
        } else {
            static_assert(std::is_integral_v<T>);
            read = parse_integer<T>(bytes);
        }
        if (!read) return false;
        out = *read;
        return true;
    }
}

/// The same for the binary form.
template <class T>
[[nodiscard]] bool read_binary(std::string_view bytes, T& out) {
    if constexpr (std::is_same_v<T, std::string> || schema::Enumeration<T>) {
        return read_text(bytes, out);
    } else if constexpr (std::is_same_v<T, schema::jsonb>) {
        if (bytes.empty() || bytes[0] != '\x01') return false;
        return read_text(bytes.substr(1), out);
    } else if constexpr (std::is_same_v<T, uuid>) {
        if (bytes.size() != 16) return false;
        std::memcpy(out.bytes.data(), bytes.data(), 16);
        return true;
    } else if constexpr (std::is_same_v<T, bool>) {
        if (bytes.size() != 1 || static_cast<unsigned char>(bytes[0]) > 1) return false;
        out = bytes[0] != '\0';
        return true;
    } else if constexpr (std::is_same_v<T, instant>) {
        if (bytes.size() != 8) return false;
        auto const count = static_cast<std::int64_t>(get_big_endian<std::uint64_t>(bytes.data()));
        instant const t{std::chrono::microseconds(count)};
        if (!is_finite(t)) {
            out = t;
            return true;
        }
        if (count > instant_infinity.time_since_epoch().count() - postgres_epoch) return false;
        out = t + std::chrono::microseconds(postgres_epoch);
        return schema::detail::storable(out);
    } else {
        using bits =
            std::conditional_t<sizeof(T) == 8, std::uint64_t,
                               std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint16_t>>;
        if (bytes.size() != sizeof(T)) return false;
        out = std::bit_cast<T>(get_big_endian<bits>(bytes.data()));
        return true;
    }
}

/// `bytes` for an error's text: in quotes, with what cannot be shown as hexadecimal digits; or all
/// as hexadecimal digits.
[[nodiscard]] inline std::string shown_bytes(std::string_view bytes, wire_format format) {
    bool const text = format == wire_format::text;
    auto const most = text ? std::size_t{64} : std::size_t{16};
    bool const faulty = text && schema::find_text_fault(bytes).has_value();
    std::string out = text ? "\"" : "\\x";
    std::size_t at = 0;
    for (; at < bytes.size() && at < most; ++at) {
        auto const c = static_cast<unsigned char>(bytes[at]);
        if (text && c >= 0x20 && c != 0x7f && (c < 0x80 || !faulty)) {
            out += bytes[at];
        } else {
            if (text) out += "\\x";
            out.append(pairs.hexadecimal + 2 * std::size_t{c}, 2);
        }
    }
    // The rest of a character that was begun.
    for (; !faulty && text && at < bytes.size() &&
           (static_cast<unsigned char>(bytes[at]) & 0xc0U) == 0x80U;
         ++at) {
        out += bytes[at];
    }
    if (text) out += '"';
    if (at < bytes.size()) out += "... of " + weft::to_text(bytes.size()) + " bytes";
    return out;
}

} // namespace detail

/// A field of the type `type` as a value: boolean as bool, smallint and integer as std::int32_t,
/// bigint as std::int64_t, real and double precision as double, uuid, timestamptz, json and jsonb
/// as themselves, anything else in text format as its text; in binary format text, varchar and what
/// travels like them. Throws invalid_argument naming `name` for bytes that are no such value, an
/// instant outside the years 0001 to 9999, and a type whose binary form is not known.
[[nodiscard]] inline value value_from_wire(wire_field const& field, std::uint32_t type,
                                           wire_format format, std::string_view name) {
    if (field.is_null()) return null{};
    auto const bytes = field.bytes();
    auto const as = [&]<class T>(std::type_identity<T>, char const* expected) {
        T out{};
        bool const good = format == wire_format::text ? detail::read_text(bytes, out)
                                                      : detail::read_binary(bytes, out);
        if (!good) {
            WEFT_THROW(invalid_argument("column " + std::string(name),
                                        detail::shown_bytes(bytes, format), expected));
        }
        return out;
    };
    switch (static_cast<type_id>(type)) {
    case type_id::boolean:
        return as(std::type_identity<bool>{}, "a boolean");
    case type_id::int2:
        return std::int32_t{as(std::type_identity<std::int16_t>{}, "a smallint")};
    case type_id::int4:
        return as(std::type_identity<std::int32_t>{}, "an integer");
    case type_id::int8:
        return as(std::type_identity<std::int64_t>{}, "a bigint");
    case type_id::float4:
        return double{as(std::type_identity<float>{}, "a number")};
    case type_id::float8:
        return as(std::type_identity<double>{}, "a number");
    case type_id::uuid:
        return as(std::type_identity<uuid>{}, "a UUID");
    case type_id::timestamptz:
        return as(std::type_identity<instant>{},
                  "an instant of the years 0001 to 9999, or an infinity");
    case type_id::jsonb:
        return as(std::type_identity<schema::jsonb>{}, "a JSON document");
    case type_id::json:
        return schema::jsonb{std::string(bytes)};
    case type_id::text:
    case type_id::varchar:
        return std::string(bytes);
    default:
        break;
    }
    constexpr std::uint32_t like_text[] = {19, 705, 1042}; // name, unknown, character(n)
    bool known = format == wire_format::text;
    for (auto const each : like_text) known = known || each == type;
    if (!known) {
        WEFT_THROW(invalid_argument("column " + std::string(name),
                                    "a value of the type with the OID " + weft::to_text(type),
                                    "a type of the schema, boolean, bigint, smallint or real; or "
                                    "text format"));
    }
    return std::string(bytes);
}

} // namespace weft::inline v0::sql
