// The forms in which values travel, compared with what a real server makes of the same values.

#include "weft/sql/wire.hpp"

#include <bit>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "support.hpp"

namespace {

using namespace weft::sql;
using weft::schema::jsonb;
using weft::schema::sql_type;
using weft_test::at;
using weft_test::postgres_connection;

std::string in_hexadecimal(std::string const& bytes) {
    static constexpr std::string_view digits = "0123456789abcdef";
    std::string out = "\\x";
    for (char const c : bytes) {
        out += digits[static_cast<unsigned char>(c) / 16];
        out += digits[static_cast<unsigned char>(c) % 16];
    }
    return out;
}

template <class T>
void expect_golden(postgres_connection& text, postgres_connection& binary, std::string const& type,
                   std::string const& send, std::vector<T> const& values) {
    for (auto const& each : values) {
        value const v(each);
        auto const shown = weft::sql::detail::shown_value(v);
        // As text and as binary, our form is read by the server as one and the same value, whose
        // binary form is ours byte for byte.
        auto const ours = parameter_binary(v);
        ASSERT_TRUE(ours) << shown;
        for (auto* const c : {&text, &binary}) {
            EXPECT_EQ(std::get<std::string>(
                          weft_test::one(text, "select " + send + "($1::" + type + ")::text", {v})),
                      in_hexadecimal(*ours))
                << shown;
            // And the server's own form, text or binary, is read as the value.
            auto const back = weft_test::one(*c, "select $1::" + type, {v});
            if constexpr (std::is_same_v<T, double>) {
                EXPECT_EQ(std::bit_cast<std::uint64_t>(std::get<double>(back)),
                          std::bit_cast<std::uint64_t>(each));
            } else {
                EXPECT_EQ(back, v) << shown;
            }
        }
    }
}

TEST(wire, forms_are_those_of_a_real_server) {
    postgres_connection text(weft_test::postgres_url());
    postgres_connection binary(weft_test::postgres_url(),
                               {.parameters = wire_format::binary, .results = wire_format::binary});
    weft::uuid ends;
    ends.bytes.fill(0xff);
    expect_golden<weft::uuid>(
        text, binary, "uuid", "uuid_send",
        {weft::uuid{}, ends, weft::parse_uuid("01234567-89ab-cdef-0123-456789abcdef")});
    auto texts = weft_test::hostile_texts();
    expect_golden<std::string>(text, binary, "text", "textsend", texts);
    using real = std::numeric_limits<double>;
    expect_golden<double>(text, binary, "double precision", "float8send",
                          {0.0, -0.0, 1.0, -1.0, 0.1, 1.0 / 3, real::denorm_min(), real::min(),
                           real::max(), real::lowest(), 1e22, 1e23, 123456789012345678.0, 5e-324,
                           9007199254740993.0, real::infinity(), -real::infinity()});
    using integer = std::numeric_limits<std::int32_t>;
    expect_golden<std::int32_t>(text, binary, "integer", "int4send",
                                {0, 1, -1, integer::min(), integer::max()});
    using longer = std::numeric_limits<std::int64_t>;
    expect_golden<std::int64_t>(text, binary, "bigint", "int8send",
                                {0, -1, longer::min(), longer::max()});
    expect_golden<bool>(text, binary, "boolean", "boolsend", {true, false});
    // In the spelling that the server gives back.
    expect_golden<jsonb>(text, binary, "jsonb", "jsonb_send",
                         {{"{}"},
                          {"null"},
                          {"[1, -0.5, \"a\\\\\\\"\\t\\u0001\", {\"b\": [true, false]}]"},
                          {"\"\xf0\x9f\xa6\x91\""}});
    std::vector<weft::instant> instants{weft::instant_infinity, weft::instant_minus_infinity};
    for (auto const* each :
         {"0001-01-01", "1582-10-15T00:00:00Z", "1969-12-31T23:59:59.999999Z", "1970-01-01",
          "1999-12-31T23:59:59.999999Z", "2000-01-01", "2000-01-01T00:00:00.000001Z",
          "2024-02-29T12:34:56.7Z", "2100-02-28T00:00:00.12Z", "9999-12-31T23:59:59.999999Z"}) {
        instants.push_back(at(each));
    }
    expect_golden<weft::instant>(text, binary, "timestamptz", "timestamptz_send", instants);
    EXPECT_TRUE(weft::is_nan(std::get<double>(
        weft_test::one(binary, "select $1::double precision", {real::quiet_NaN()}))));

    std::vector<array::item> items{null{}};
    for (auto const& each : texts) items.emplace_back(each);
    std::vector<array::item> times{null{}};
    for (auto const each : instants) times.emplace_back(each);
    for (auto const& a :
         {array{sql_type::text, items}, array{sql_type::text, {}}, array{sql_type::text, {null{}}},
          array{sql_type::timestamptz, times}, array{sql_type::float8, {0.1, -0.0, null{}}},
          array{sql_type::int4, {integer::min(), 7}}, array{sql_type::uuid, {ends, null{}}},
          array{sql_type::jsonb, {jsonb{"{\"a\": [1, \"\\\"\"]}"}, null{}}}}) {
        auto const type = std::string(weft::schema::type_name(a.type)) + "[]";
        for (auto* const c : {&text, &binary}) {
            EXPECT_EQ(std::get<std::string>(
                          weft_test::one(text, "select array_send($1::" + type + ")::text", {a})),
                      in_hexadecimal(*parameter_binary(a)))
                << type;
            EXPECT_EQ(
                weft_test::one(*c, "select coalesce(array_length($1::" + type + ", 1), 0)", {a}),
                value(static_cast<std::int32_t>(a.items.size())));
        }
    }
}

TEST(wire, results_of_other_types_come_as_their_value_or_are_refused) {
    postgres_connection binary(weft_test::postgres_url(),
                               {.parameters = wire_format::text, .results = wire_format::binary});
    EXPECT_EQ(weft_test::one(binary, "select -7::smallint"), value(std::int32_t{-7}));
    EXPECT_EQ(weft_test::one(binary, "select 0.1::real"), value(double{0.1F}));
    postgres_connection text(weft_test::postgres_url());
    EXPECT_EQ(weft_test::one(text, "select 0.1::real"), value(double{0.1F}));
    EXPECT_EQ(weft_test::one(binary, "select 'abc'::name"), value(std::string("abc")));
    EXPECT_EQ(weft_test::one(binary, "select 'ab'::char(3)"), value(std::string("ab ")));
    EXPECT_EQ(weft_test::one(binary, "select '{\"a\" : 1}'::json"), value(jsonb{"{\"a\" : 1}"}));
    EXPECT_EQ(weft_test::one(binary, "select null::numeric"), value(null{}));
    EXPECT_EQ(weft_test::state_of(binary, "select 1.5::numeric"), "00000") << "nothing is read";
    try {
        (void)binary.query({"select 1.5::numeric as price", {}});
        FAIL() << "read a numeric";
    } catch (weft::sql_error const& e) {
        EXPECT_EQ(e.sqlstate(), "22000");
        EXPECT_NE(std::string(e.what()).find("column price"), std::string::npos) << e.what();
    }
    for (auto const* far :
         {"select '12026-01-01'::timestamptz", "select '44-03-15 BC'::timestamptz"}) {
        EXPECT_THROW((void)binary.query({far, {}}), weft::sql_error);
    }
}

TEST(wire, bytes_that_are_no_such_value_are_refused) {
    auto const refused = [](std::string_view bytes, type_id type, wire_format format) {
        try {
            (void)value_from_wire(bytes, static_cast<std::uint32_t>(type), format, "c");
        } catch (weft::invalid_argument const& e) {
            EXPECT_EQ(e.argument(), "column c");
            return true;
        }
        return false;
    };
    for (auto const type :
         {type_id::boolean, type_id::int2, type_id::int4, type_id::int8, type_id::float4,
          type_id::float8, type_id::uuid, type_id::timestamptz, type_id::jsonb}) {
        EXPECT_TRUE(refused("", type, wire_format::binary));
        EXPECT_TRUE(refused(std::string(17, 'x'), type, wire_format::binary));
        EXPECT_TRUE(type == type_id::jsonb || refused("", type, wire_format::text));
        EXPECT_TRUE(type == type_id::jsonb || refused("7 ", type, wire_format::text));
    }
    EXPECT_TRUE(refused("32768", type_id::int2, wire_format::text));
    EXPECT_TRUE(refused("\x02", type_id::boolean, wire_format::binary));
    // The first instant beyond, on both sides, and the ends of the number.
    std::string bytes(8, '\0');
    for (std::int64_t const count :
         {std::int64_t{252'455'616'000'000'000}, std::int64_t{-63'082'281'600'000'001},
          std::numeric_limits<std::int64_t>::max() - 1,
          std::numeric_limits<std::int64_t>::min() + 1}) {
        weft::sql::detail::put_big_endian(bytes.data(), static_cast<std::uint64_t>(count));
        EXPECT_TRUE(refused(bytes, type_id::timestamptz, wire_format::binary)) << count;
    }
    weft::sql::detail::put_big_endian(bytes.data(),
                                      static_cast<std::uint64_t>(-63'082'281'600'000'000));
    EXPECT_EQ(value_from_wire(std::string_view(bytes), 1184, wire_format::binary, "c"),
              value(at("0001-01-01")));
    EXPECT_TRUE(refused("0001-01-01T00:00:00+01", type_id::timestamptz, wire_format::text));
}

TEST(wire, instants_beyond_the_years_and_mixed_arrays_are_not_written) {
    auto const beyond = at("9999-12-31T23:59:59.999999Z") + std::chrono::microseconds(1);
    EXPECT_THROW((void)parameter_binary(beyond), weft::invalid_argument);
    EXPECT_THROW((void)parameter_binary(array{sql_type::timestamptz, {beyond}}),
                 weft::invalid_argument);
    try {
        (void)parameter_binary(array{sql_type::text, {std::string("a"), 1.0}});
        FAIL() << "wrote a number among texts";
    } catch (weft::invalid_argument const& e) {
        EXPECT_EQ(e.argument(), "items[1]");
    }
    EXPECT_EQ(parameter_binary(null{}), std::nullopt);
}

// Text is looked at eight bytes at a time: a fault must be found wherever it stands.
TEST(wire, faults_of_text_and_json_are_found_at_every_place) {
    for (std::size_t size = 1; size < 40; ++size) {
        for (std::size_t place = 0; place < size; ++place) {
            std::string text(size, 'x');
            for (char const bad : {'\0', '\x80', '\xff'}) {
                text[place] = bad;
                EXPECT_EQ(weft::schema::find_text_fault(text), place);
                auto const fault = weft::schema::find_fault({"\"" + text + "\""});
                ASSERT_TRUE(fault) << size << ", " << place;
                EXPECT_EQ(fault->offset, place + 1);
            }
            for (char const fine : {'\x01', '\x1f', ' ', '\x7f'}) {
                text[place] = fine;
                EXPECT_EQ(weft::schema::find_text_fault(text), std::nullopt);
                EXPECT_EQ(weft::schema::find_fault({"\"" + text + "\""}).has_value(), fine < ' ');
            }
            text[place] = '"';
            auto const early = weft::schema::find_fault({"\"" + text + "\""});
            ASSERT_TRUE(early);
            EXPECT_EQ(early->offset, place + 2);
        }
    }
}

} // namespace
