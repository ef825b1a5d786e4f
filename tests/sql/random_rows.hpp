#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <set>
#include <string>
#include <type_traits>
#include <utility>

#include "support.hpp"
#include "weft/schema/validate.hpp"

namespace weft_test {

/// SplitMix64 (Steele, Lea and Flood 2014): the same numbers everywhere.
class random_bits {
public:
    explicit random_bits(std::uint64_t seed)
        : state_(seed) {}

    std::uint64_t operator()() {
        state_ += 0x9e37'79b9'7f4a'7c15ULL;
        auto z = state_;
        z = (z ^ (z >> 30U)) * 0xbf58'476d'1ce4'e5b9ULL;
        z = (z ^ (z >> 27U)) * 0x94d0'49bb'1331'11ebULL;
        return z ^ (z >> 31U);
    }
    std::uint64_t below(std::uint64_t n) { return (*this)() % n; }

private:
    std::uint64_t state_;
};

/// Text of pieces that formats and databases stumble over.
inline std::string random_text(random_bits& bits, std::size_t most) {
    static constexpr char const* pieces[] = {
        "a",
        "Z",
        "7",
        " ",
        "\t",
        "\n",
        "\r",
        "\\",
        "'",
        "\"",
        "\\N",
        "\\.",
        ",",
        "{",
        "}",
        "NULL",
        "\x07",
        "\x01",
        "\x7f",
        "$1",
        "\xc3\xa9",
        "\xe2\x82\xac",
        "\xf0\x9f\xa6\x91",
        "\b",
        "\f",
        "\v",
        "--",
        ";",
        "\\x41",
        "\\101",
    };
    std::string out;
    for (auto n = bits.below(most + 1); n > 0; --n) {
        out += pieces[bits.below(std::size(pieces))];
    }
    return out;
}

/// A JSON string as PostgreSQL's jsonb gives it back.
inline std::string jsonb_string(std::string const& text) {
    std::string out = "\"";
    for (char const c : text) {
        switch (c) {
        case '"':
            out += "\\\"";
            break;
        case '\\':
            out += "\\\\";
            break;
        case '\b':
            out += "\\b";
            break;
        case '\f':
            out += "\\f";
            break;
        case '\n':
            out += "\\n";
            break;
        case '\r':
            out += "\\r";
            break;
        case '\t':
            out += "\\t";
            break;
        default:
            if (static_cast<unsigned char>(c) < 0x20) {
                static constexpr std::string_view digits = "0123456789abcdef";
                out += "\\u00";
                out += digits[static_cast<unsigned char>(c) / 16];
                out += digits[static_cast<unsigned char>(c) % 16];
            } else {
                out += c;
            }
        }
    }
    return out + '"';
}

/// An object in the spelling of PostgreSQL's jsonb: shorter keys first, then by bytes, each once.
inline std::string random_object(random_bits& bits, int depth = 0) {
    std::set<std::pair<std::size_t, std::string>> keys;
    for (auto n = bits.below(4); n > 0; --n) {
        auto key = random_text(bits, 3);
        keys.emplace(key.size(), std::move(key));
    }
    std::string out = "{";
    for (auto const& key : keys) {
        if (out.size() > 1) out += ", ";
        out += jsonb_string(key.second) + ": ";
        switch (bits.below(depth < 2 ? 6 : 5)) {
        case 0:
            out += jsonb_string(random_text(bits, 6));
            break;
        case 1:
            out += std::to_string(static_cast<std::int64_t>(bits()));
            break;
        case 2:
            out += "[true, false, null, []]";
            break;
        case 3:
            out += std::to_string(bits.below(100)) + ".0" + std::to_string(bits.below(1000));
            break;
        case 4:
            out += "{}";
            break;
        default:
            out += random_object(bits, depth + 1);
        }
    }
    return out + "}";
}

template <class T>
T random_value(weft::schema::column_info const& c, random_bits& bits) {
    if constexpr (weft::schema::Enumeration<T>) {
        return static_cast<T>(bits.below(weft::schema::enum_names<T>::texts.size()));
    } else if constexpr (std::is_same_v<T, std::string>) {
        return random_text(bits, 12);
    } else if constexpr (std::is_same_v<T, weft::schema::jsonb>) {
        return {random_object(bits)};
    } else if constexpr (std::is_same_v<T, double>) {
        auto const unit = static_cast<double>(bits() >> 11U) * 0x1p-53;
        switch (bits.below(8)) {
        case 0:
            return 0.0;
        case 1:
            return -0.0;
        case 2:
            return 1.0;
        case 3:
            return std::numeric_limits<double>::denorm_min() * static_cast<double>(bits.below(9));
        case 4:
            if (!c.lower) {
                auto const x = std::bit_cast<double>(bits());
                if (weft::is_finite(x)) return x;
            }
            return unit * 1e-300;
        default:
            return c.lower && *c.lower < 0 ? 2 * unit - 1 : unit;
        }
    } else if constexpr (std::is_same_v<T, std::int32_t>) {
        using limits = std::numeric_limits<std::int32_t>;
        auto const low =
            std::int64_t{c.lower ? static_cast<std::int32_t>(*c.lower) : limits::min()};
        auto const high =
            std::int64_t{c.upper ? static_cast<std::int32_t>(*c.upper) : limits::max()};
        return static_cast<T>(low + static_cast<std::int64_t>(
                                        bits.below(static_cast<std::uint64_t>(high - low) + 1)));
    } else if constexpr (std::is_same_v<T, weft::instant>) {
        if (bits.below(20) == 0) {
            return bits.below(2) == 0 ? weft::instant_infinity : weft::instant_minus_infinity;
        }
        static auto const first = at("0001-01-01");
        static auto const last = at("9999-12-31");
        auto const span = static_cast<std::uint64_t>((last - first).count());
        return first + std::chrono::microseconds(static_cast<std::int64_t>(bits.below(span)));
    } else {
        weft::uuid id;
        for (auto& byte : id.bytes) byte = static_cast<std::uint8_t>(bits());
        return id;
    }
}

/// The number of a row of random_row.
template <class Row>
std::uint32_t number_of(Row const& row) {
    auto const& b = row.id->bytes;
    return (std::uint32_t{b[0]} << 24U) | (std::uint32_t{b[1]} << 16U) |
           (std::uint32_t{b[2]} << 8U) | std::uint32_t{b[3]};
}

/// The n-th legal row with random values: always the same one, with a key and an id of its own.
template <class Row>
Row random_row(std::uint32_t n) {
    namespace schema = weft::schema;
    for (std::uint64_t attempt = 0;; ++attempt) {
        random_bits bits(n * 1000ULL + attempt);
        Row row{};
        schema::for_each_column<Row>([&]<class Field>(schema::column<Row, Field> const& c) {
            using type = typename schema::column<Row, Field>::value_type;
            bool const unset = c.info.default_kind != schema::column_default::random_uuid &&
                               c.info.default_kind != schema::column_default::now &&
                               bits.below(4) == 0;
            if constexpr (schema::column<Row, Field>::optional) {
                if (unset) return;
            }
            row.*c.field = random_value<type>(c.info, bits);
        });
        for (std::size_t i = 0; i < 4; ++i) {
            row.id->bytes[i] = static_cast<std::uint8_t>(n >> (24 - 8 * i));
        }
        auto const number = std::to_string(n);
        if constexpr (requires { row.source_id; }) row.source_id += number;
        if constexpr (requires { row.entity_id; }) row.entity_id += number;
        if constexpr (requires { row.target_user_id; }) {
            row.target_user_id = n % 2 == 0 ? user_a : user_b;
        }
        if constexpr (requires { row.response_action; }) {
            using status = std::remove_cvref_t<decltype(*row.status)>;
            if (row.response_action) {
                row.status = schema::from_text<status>(to_text(*row.response_action));
            }
        }
        if constexpr (requires { row.items_processed; }) {
            row.items_succeeded = row.items_succeeded.value_or(0) / 2;
            row.items_failed = row.items_failed.value_or(0) / 2;
            row.items_processed =
                std::max(row.items_processed.value_or(0), *row.items_succeeded + *row.items_failed);
        }
        try {
            schema::validate(row);
            return row;
        } catch (weft::invalid_argument const&) {
            // Two instants in the wrong order: others are drawn.
        }
    }
}

/// Drops what makes writing slow and keeps no value out.
template <class Connection>
void drop_plain_indexes(Connection& c) {
    weft::schema::for_each_table([&]<class Row>(std::type_identity<Row>) {
        for (auto const& each : weft::schema::table<Row>::indexes) {
            c.run_script("drop index if exists " + std::string(each.name));
        }
    });
}

} // namespace weft_test
