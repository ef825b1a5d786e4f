#include "weft/sql/copy.hpp"

#include <string>

#include <gtest/gtest.h>

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

} // namespace
