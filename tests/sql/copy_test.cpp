#include "weft/sql/copy.hpp"

#include <cstdint>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "random_rows.hpp"
#include "support.hpp"

namespace {

using namespace weft::sql;
using namespace weft::schema;
using weft_test::sample;

TEST(copy, text_has_a_line_a_row) {
    auto row = sample<outreach_history>();
    row.source_id = "a\tb\nc\\d\r\b\f\v'\"\\.\\N";
    row.compatibility_score = 0.1;
    std::string out;
    append_copy_text(out, row);
    EXPECT_EQ(out, "11111111-1111-1111-1111-111111111101\t11111111-1111-1111-1111-11111111110a\t"
                   "a\\tb\\nc\\\\d\\r\\b\\f\\v'\"\\\\.\\\\N\tcommunity\tcommunity_invitation\t"
                   "2026-03-01T12:00:00Z\t0.1\tsent\t\\N\t\\N\t\\N\t\\N\t{}\t"
                   "2026-03-01T12:00:00Z\n");
    EXPECT_EQ(copy_statement<outreach_history>(copy_format::text, "s"),
              "copy \"s\".outreach_history (id, target_user_id, source_id, source_type, type, "
              "sent_at, compatibility_score, status, responded_at, response_action, "
              "from_agent_id, to_agent_id, metadata, updated_at) from stdin");
    EXPECT_TRUE(copy_statement<outreach_history>(copy_format::binary)
                    .ends_with(" from stdin (format binary)"));
}

TEST(copy, binary_is_as_the_manual_says) {
    std::string out;
    append_copy_binary_header(out);
    EXPECT_EQ(out, std::string("PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0", 19));
    out.clear();
    auto row = sample<outreach_processing_jobs>();
    row.started_at = weft_test::at("2000-01-01T00:00:00.000001Z");
    row.completed_at = weft::instant_infinity;
    append_copy_binary(out, row);
    std::string expected("\x00\x11", 2);
    expected += std::string("\0\0\0\x10", 4) + std::string(15, '\x11') + "\x01";
    expected += std::string("\0\0\0\x0d", 4) + "high_priority";
    expected += std::string("\0\0\0\x07", 4) + "pending";
    expected += std::string("\0\0\0\x08\0\0\0\0\0\0\0\x01", 12);
    expected += std::string("\0\0\0\x08\x7f\xff\xff\xff\xff\xff\xff\xff", 12);
    expected += "\xff\xff\xff\xff";
    ASSERT_GE(out.size(), expected.size());
    EXPECT_EQ(out.substr(0, expected.size()), expected);
    EXPECT_NE(out.find(std::string("\0\0\0\x03\x01{}", 7)), std::string::npos)
        << "jsonb, version 1";
    out.clear();
    append_copy_binary_trailer(out);
    EXPECT_EQ(out, "\xff\xff");
}

TEST(copy, says_null_where_it_is_told_to) {
    std::string out;
    write_options options;
    options.null_where_unset = {"metadata"};
    append_copy_text(out, sample<outreach_history>(), options);
    EXPECT_NE(out.find("\tsent\t\\N\t\\N\t\\N\t\\N\t\\N\t2026"), std::string::npos);
}

TEST(copy, writes_nothing_of_a_row_it_refuses) {
    std::string out = "kept";
    auto row = sample<outreach_history>();
    row.id.reset();
    EXPECT_THROW(append_copy_text(out, row), weft::invalid_argument);
    EXPECT_THROW(append_copy_binary(out, row), weft::invalid_argument);
    row = sample<outreach_history>();
    row.sent_at.reset();
    EXPECT_THROW(append_copy_text(out, row), weft::invalid_argument);
    row = sample<outreach_history>();
    row.compatibility_score = -1;
    EXPECT_THROW(append_copy_binary(out, row), weft::invalid_argument);
    EXPECT_EQ(out, "kept");
}

/// The stream of some rows.
template <class Row>
std::string stream_of(copy_format format, std::vector<Row> const& rows,
                      std::size_t piece = 1 << 16) {
    std::string out;
    auto const sink = [&](std::string_view bytes) { out += bytes; };
    copy_writer<Row, decltype(sink)> writer(format, sink, {}, copy_target::table, piece);
    for (auto const& row : rows) writer.write(row);
    writer.finish();
    EXPECT_EQ(writer.rows(), rows.size());
    return out;
}

template <class Row>
std::vector<Row> some_random_rows(std::uint32_t count) {
    std::vector<Row> rows;
    for (std::uint32_t n = 0; n < count; ++n) {
        rows.push_back(weft_test::with_defaults(weft_test::random_row<Row>(n)));
    }
    return rows;
}

TEST(copy, writers_of_all_kinds_write_the_same) {
    auto const rows = some_random_rows<outreach_queue>(20);
    for (auto const format : {copy_format::text, copy_format::binary}) {
        std::string one_by_one;
        if (format == copy_format::binary) append_copy_binary_header(one_by_one);
        for (auto const& row : rows) {
            if (format == copy_format::binary) {
                append_copy_binary(one_by_one, row);
            } else {
                append_copy_text(one_by_one, row);
            }
        }
        if (format == copy_format::binary) append_copy_binary_trailer(one_by_one);
        EXPECT_EQ(stream_of(format, rows), one_by_one);
        EXPECT_EQ(stream_of(format, rows, 1), one_by_one);
        std::vector<char> range;
        auto writer = make_copy_writer<outreach_queue>(format, std::back_inserter(range));
        for (auto const& row : rows) writer.write(row);
        writer.finish();
        EXPECT_EQ(std::string(range.begin(), range.end()), one_by_one);
        EXPECT_THROW(writer.write(rows[0]), weft::invalid_argument);
    }
}

TEST(copy, instants_are_those_of_each_row_whatever_came_before) {
    auto rows = some_random_rows<outreach_queue>(2);
    auto row = rows[0];
    row.expires_at.reset(); // which would have to come after created_at
    std::string one_by_one;
    rows.clear();
    for (auto const& t : {weft::instant{}, weft::instant{}, weft::instant_infinity,
                          weft::instant{std::chrono::microseconds{1}}, weft::instant_minus_infinity,
                          weft::parse_instant("9999-12-31T23:59:59.999999Z"), weft::instant{}}) {
        row.created_at = t;
        rows.push_back(row);
        append_copy_text(one_by_one, row);
    }
    EXPECT_EQ(stream_of(copy_format::text, rows), one_by_one);
}

TEST(copy, a_writer_hands_over_pieces_and_nothing_of_a_faulty_row) {
    std::vector<std::size_t> pieces;
    auto writer = make_copy_writer<outreach_history>(
        copy_format::text, [&](std::string_view piece) { pieces.push_back(piece.size()); });
    auto row = sample<outreach_history>();
    std::string line;
    append_copy_text(line, row);
    for (int i = 0; i < 2000; ++i) writer.write(row);
    row.compatibility_score = 2;
    EXPECT_THROW(writer.write(row), weft::invalid_argument);
    EXPECT_GT(pieces.size(), 1U);
    writer.finish();
    std::size_t total = 0;
    for (auto const size : pieces) {
        EXPECT_LE(size, std::size_t{1} << 16U);
        total += size;
    }
    EXPECT_EQ(total, 2000 * line.size());
}

TEST(copy, for_a_staging_table_leaves_defaults_to_the_server) {
    std::string out;
    auto writer = make_copy_writer<outreach_history>(
        copy_format::text, [&](std::string_view piece) { out += piece; }, {}, copy_target::staging);
    auto row = sample<outreach_history>();
    row.id.reset();
    row.sent_at.reset();
    writer.write(row);
    writer.finish();
    EXPECT_TRUE(out.starts_with("\\N\t11111111")) << out;
    EXPECT_NE(out.find("community_invitation\t\\N\t"), std::string::npos) << out;
}

template <class Row>
void expect_back(std::vector<Row> const& rows) {
    for (auto const format : {copy_format::text, copy_format::binary}) {
        auto const stream = stream_of(format, rows);
        EXPECT_EQ(read_copy<Row>(stream, format), rows);
        for (std::size_t const piece : {1U, 7U, 100U}) {
            copy_reader<Row> reader(format);
            std::vector<Row> got;
            for (std::size_t at = 0; at < stream.size(); at += piece) {
                reader.read(std::string_view(stream).substr(at, piece),
                            [&](Row& row) { got.push_back(std::move(row)); });
            }
            reader.finish();
            EXPECT_EQ(got, rows) << piece;
            EXPECT_EQ(reader.rows(), rows.size());
        }
    }
}

TEST(copy, comes_back_in_pieces_of_any_size) {
    for_each_table(
        []<class Row>(std::type_identity<Row>) { expect_back(some_random_rows<Row>(20)); });
    auto row = sample<outreach_queue>();
    row = weft_test::with_defaults(row);
    row.body = std::string(100'000, '\\') + "\n\t" + std::string(100'000, 'x');
    expect_back<outreach_queue>({row, row});
}

TEST(copy, a_cut_stream_is_never_taken_for_whole) {
    auto const rows = some_random_rows<predictive_signals_cache>(2);
    for (auto const format : {copy_format::text, copy_format::binary}) {
        auto const stream = stream_of(format, rows);
        for (std::size_t size = 0; size < stream.size(); ++size) {
            copy_reader<predictive_signals_cache> reader(format);
            reader.read(std::string_view(stream).substr(0, size), [](auto&) {});
            bool const whole_lines =
                format == copy_format::text && (size == 0 || stream[size - 1] == '\n');
            if (whole_lines) {
                EXPECT_NO_THROW(reader.finish());
            } else {
                EXPECT_THROW(reader.finish(), weft::parse_error) << size;
            }
        }
    }
}

std::string why_not(std::string_view stream, copy_format format) {
    try {
        (void)read_copy<outreach_history>(stream, format);
    } catch (weft::error const& e) {
        return e.what();
    }
    return "it was read";
}

TEST(copy, what_is_wrong_is_said_with_its_place) {
    auto const row = weft_test::with_defaults(sample<outreach_history>());
    std::string line;
    append_copy_text(line, row);
    auto const text = [](std::string const& stream) { return why_not(stream, copy_format::text); };
    EXPECT_EQ(text(line), "it was read");
    EXPECT_EQ(text(line + "\\.\n"), "it was read");
    EXPECT_EQ(text(line + "x"), "COPY text: at byte " + std::to_string(line.size() + 1) +
                                    ": expected the rest of a row");
    EXPECT_NE(text(line + "\\.\nx").find("expected the end"), std::string::npos);
    EXPECT_NE(text("\n").find("at byte 0: expected a row of 14 fields"), std::string::npos);
    EXPECT_NE(text("a\tb\\.\n").find("no \\. within a line"), std::string::npos);
    EXPECT_NE(text(line.substr(0, line.size() - 1) + "\r\n").find("no carriage return"),
              std::string::npos);
    EXPECT_NE(text("x\t" + line).find("row of 14"), std::string::npos);
    auto const with = [&](std::string const& what, std::string const& other) {
        auto changed = line;
        changed.replace(changed.find(what), what.size(), other);
        return text(line + changed);
    };
    EXPECT_EQ(with("community_invitation", "invitation").substr(0, 62),
              "outreach_history.type in row 1: got \"invitation\", expected one");
    EXPECT_NE(with("source-1", "\\N").find("source_id in row 1: got NULL"), std::string::npos);
    EXPECT_NE(with("source-1", "\\000").find("expected a value of type text, UTF-8 without U+0000"),
              std::string::npos);
    EXPECT_NE(with("2026-03-01T12:00:00Z", "10000-01-01").find("in the years 0001 to 9999"),
              std::string::npos);
    EXPECT_NE(with("source-1", "\\.").find("no \\. within a line"), std::string::npos);

    auto const stream = stream_of<outreach_history>(copy_format::binary, {row});
    auto const binary = [&](std::size_t at, std::string const& bytes) {
        auto changed = stream;
        changed.replace(at, bytes.size(), bytes);
        return why_not(changed, copy_format::binary);
    };
    EXPECT_EQ(binary(0, "P"), "it was read");
    EXPECT_EQ(binary(4, "X"), "COPY binary: at byte 0: expected COPY's signature");
    EXPECT_NE(binary(11, "\x01").find("no critical flags"), std::string::npos);
    EXPECT_EQ(binary(13, "\x01"), "it was read") << "a flag that may be passed over";
    EXPECT_NE(binary(15, "\x80").find("extension"), std::string::npos);
    EXPECT_NE(binary(20, "\x0f").find("a row of 14 fields (got 15)"), std::string::npos);
    EXPECT_NE(binary(21, "\x7f").find("below 1 GiB"), std::string::npos);
    EXPECT_NE(binary(21, std::string("\0\0\0\x0f", 4)), "it was read");
    EXPECT_NE(why_not(stream + "x", copy_format::binary).find("expected the end"),
              std::string::npos);
    auto extended = stream;
    extended.insert(19, "abc");
    extended[18] = '\x03';
    EXPECT_EQ(why_not(extended, copy_format::binary), "it was read");
}

TEST(copy, understands_every_escape_that_servers_do) {
    auto row = weft_test::with_defaults(sample<outreach_history>());
    std::string line;
    append_copy_text(line, row);
    auto const at = line.find("source-1");
    line.replace(at, 8, "\\x41\\x4g\\101\\1018\\q\\xg\\\n\\\t\\\\N\\7.");
    auto const rows = read_copy<outreach_history>(line, copy_format::text);
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].source_id, std::string("A\x04") + "gAA8qxg\n\t\\N\x07.");
}

TEST(copy, reads_columns_by_name) {
    copy_reader<outreach_history> reader(
        copy_format::text,
        std::vector<std::string>{"type", "source_type", "source_id", "target_user_id", "note"},
        {.allow_missing = true, .allow_unknown = true});
    std::vector<outreach_history> rows;
    reader.read("event_call\tclub\tbook-club\t11111111-1111-1111-1111-11111111110a\tany\n",
                [&](outreach_history& row) { rows.push_back(row); });
    reader.finish();
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].source_id, "book-club");
    EXPECT_EQ(rows[0].source_type, outreach_source_type::club);
    EXPECT_FALSE(rows[0].id);
    EXPECT_THROW(copy_reader<outreach_history>(copy_format::text, std::vector<std::string>{"id"}),
                 weft::invalid_argument);
}

TEST(copy, is_byte_for_byte_what_a_server_writes) {
    weft_test::postgres_database db;
    for_each_table([&]<class Row>(std::type_identity<Row>) {
        auto const rows = some_random_rows<Row>(50);
        for (auto const& row : rows) db.connection.execute(insert(row, dialect::postgres));
        std::string stream;
        auto const name = std::string(table<Row>::name);
        auto ordered = copy_out_statement<Row>(copy_format::binary);
        ordered.replace(0, ordered.find(") to"),
                        "copy (" + select_all<Row>(dialect::postgres).text);
        EXPECT_EQ(db.connection.copy_out(ordered, [&](std::string_view b) { stream += b; }), 50);
        EXPECT_EQ(stream, stream_of(copy_format::binary, rows)) << name;
    });
}

TEST(copy, a_stream_whose_sink_threw_is_never_ended) {
    for (auto const format : {copy_format::text, copy_format::binary}) {
        std::string out;
        int calls = 0;
        auto const sink = [&](std::string_view bytes) {
            if (++calls == 1) throw std::runtime_error("full");
            out += bytes;
        };
        copy_writer<outreach_history, decltype(sink)> writer(format, sink, {}, copy_target::table,
                                                             64);
        auto const row = sample<outreach_history>();
        EXPECT_THROW(
            {
                writer.write(row);
                writer.write(row);
            },
            std::runtime_error);
        EXPECT_THROW(writer.write(row), weft::invalid_argument);
        EXPECT_THROW(writer.finish(), weft::invalid_argument);
        EXPECT_EQ(out, "");
    }
}

} // namespace
