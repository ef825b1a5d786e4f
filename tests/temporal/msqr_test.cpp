#include <algorithm>
#include <set>

#include <gtest/gtest.h>

#include "msqr_people.hpp"

namespace {

using weft_msqr::scales;
using weft_msqr::to_entity;

/// A table with the converter's columns and one row for each of `rows` ({column, text} pairs);
/// all else is NA.
std::string table(std::vector<std::vector<std::pair<std::string, std::string>>> const& rows) {
    std::vector<std::string> names{"study", "id", "time", "TOD"};
    for (auto const& s : scales) {
        for (auto const item : s.items) {
            if (!item.empty()) names.emplace_back(item);
        }
    }
    for (auto const& t : weft_msqr::traits) names.emplace_back(t.column);
    std::string csv;
    for (auto const& name : names) csv += (csv.empty() ? "\"" : ",\"") + name + "\"";
    csv += '\n';
    for (auto const& row : rows) {
        for (std::size_t i = 0; i < names.size(); ++i) {
            auto const given = std::find_if(row.begin(), row.end(),
                                            [&](auto const& f) { return f.first == names[i]; });
            csv += (i == 0 ? "" : ",") + (given == row.end() ? "NA" : given->second);
        }
        csv += '\n';
    }
    return csv;
}

std::string fault(std::string const& csv) {
    try {
        (void)weft_msqr::read(csv);
    } catch (weft::error const& e) {
        return e.what();
    }
    return "(accepted)";
}

TEST(msqr, the_shipped_table_has_the_people_it_should) {
    auto const& people = weft_test::msqr_people();
    EXPECT_EQ(people.size(), 3033u);
    std::set<std::string> studies;
    std::set<std::string> ids;
    std::size_t snapshots = 0;
    std::size_t several = 0;
    std::size_t without_rhythm = 0;
    std::size_t with_vibe = 0;
    for (auto const& p : people) {
        auto const entity = to_entity(p);
        studies.insert(p.study);
        ids.insert(entity["id"]);
        snapshots += p.snapshots.size();
        EXPECT_LE(p.snapshots.size(), 4u);
        several += p.snapshots.size() >= 2;
        without_rhythm += !entity.contains("rhythm");
        with_vibe += entity.contains("vibe");
        EXPECT_EQ(entity["snapshots"].size(), p.snapshots.size());
        for (auto const& s : p.snapshots) {
            for (auto const& x : s) {
                if (!x) continue;
                EXPECT_GE(x->value, 0.0);
                EXPECT_LE(x->value, 1.0);
                EXPECT_GT(x->confidence, 0.0);
                EXPECT_LE(x->confidence, 1.0);
            }
        }
    }
    EXPECT_EQ(studies.size(), 28u);
    EXPECT_EQ(ids.size(), 3033u);
    EXPECT_EQ(snapshots, 6411u);
    EXPECT_EQ(several, 2751u);
    EXPECT_EQ(without_rhythm, 243u);
    EXPECT_EQ(with_vibe, 2774u);
}

TEST(msqr, every_dimension_spreads_over_people) {
    for (std::size_t s = 0; s < scales.size(); ++s) {
        double n = 0;
        double sum = 0;
        double squares = 0;
        for (auto const& p : weft_test::msqr_people()) {
            if (auto const& x = p.snapshots.back()[s]) {
                n += 1;
                sum += x->value;
                squares += x->value * x->value;
            }
        }
        EXPECT_GT(n, 3000) << scales[s].name;
        EXPECT_GT(squares / n - sum / n * (sum / n), .15 * .15) << scales[s].name;
    }
}

TEST(msqr, no_adjective_serves_two_dimensions) {
    std::set<std::string_view> seen;
    std::set<std::string_view> names;
    for (auto const& s : scales) {
        EXPECT_TRUE(names.insert(s.name).second);
        EXPECT_FALSE(s.source.empty());
        for (auto const item : s.items) {
            EXPECT_TRUE(item.empty() || seen.insert(item).second) << item;
        }
    }
}

TEST(msqr, a_row_is_scored_as_documented) {
    auto const people = weft_msqr::read(table({{{"study", "RIM"},
                                                {"id", "7"},
                                                {"time", "1"},
                                                {"TOD", "8.5"},
                                                {"sleepy", "3"},
                                                {"tired", "1"},
                                                {"sad", "2"},
                                                {"Sociability", "6.5"},
                                                {"Neuroticism", "24"}}}));
    ASSERT_EQ(people.size(), 1u);
    auto const e = to_entity(people[0]);
    EXPECT_EQ(e["id"], "msqr:RIM:7");
    EXPECT_EQ(e["kind"], "user");
    EXPECT_EQ(e["groups"], weft_msqr::json::array({"study:RIM"}));
    ASSERT_EQ(e["profile"].size(), 2u);
    EXPECT_DOUBLE_EQ(e["profile"]["tiredness"]["value"], 4.0 / 6);
    EXPECT_DOUBLE_EQ(e["profile"]["tiredness"]["confidence"], 2.0 / 3);
    EXPECT_DOUBLE_EQ(e["profile"]["sadness"]["value"], 2.0 / 3);
    EXPECT_DOUBLE_EQ(e["profile"]["sadness"]["confidence"], .25);
    EXPECT_EQ(e["vibe"].size(), 2u);
    EXPECT_DOUBLE_EQ(e["vibe"]["sociability"], .5);
    EXPECT_DOUBLE_EQ(e["vibe"]["neuroticism"], 1.0);
    ASSERT_EQ(e["rhythm"].size(), 168u);
    for (std::size_t h = 0; h < 168; ++h) EXPECT_EQ(e["rhythm"][h], h % 24 == 8 ? 1 : 0);
}

TEST(msqr, snapshots_are_in_time_and_the_profile_is_the_latest_answered) {
    auto const people = weft_msqr::read(
        table({{{"study", "A"}, {"id", "1"}, {"time", "3"}, {"Impulsivity", "4"}},
               {{"study", "B"}, {"id", "1"}, {"time", "1"}, {"sad", "1"}},
               {{"study", "A"}, {"id", "1"}, {"time", "1"}, {"sad", "0"}, {"TOD", "9"}},
               {{"study", "A"},
                {"id", "1"},
                {"time", "2"},
                {"sad", "3"},
                {"TOD", "9"},
                {"Impulsivity", "5"}}}));
    ASSERT_EQ(people.size(), 2u);
    auto const e = to_entity(people[0], {.spacing = std::chrono::hours(36),
                                         .last = weft::parse_instant("2026-03-04T12:00:00Z")});
    ASSERT_EQ(e["snapshots"].size(), 3u);
    EXPECT_EQ(e["snapshots"][0]["t"], "2026-03-01T12:00:00Z");
    EXPECT_EQ(e["snapshots"][1]["t"], "2026-03-03T00:00:00Z");
    EXPECT_EQ(e["snapshots"][2]["t"], "2026-03-04T12:00:00Z");
    EXPECT_EQ(e["snapshots"][0]["profile"]["sadness"]["value"], 0.0);
    EXPECT_TRUE(e["snapshots"][2]["profile"].empty());
    EXPECT_EQ(e["profile"]["sadness"]["value"], 1.0);
    EXPECT_EQ(e["rhythm"][9], 2);
    // The two rows contradict each other about a lasting trait.
    EXPECT_FALSE(e.contains("vibe"));
    EXPECT_FALSE(to_entity(people[1]).contains("rhythm"));
}

TEST(msqr, faulty_tables_are_refused_with_line_and_column) {
    auto const good = table({{{"study", "A"}, {"id", "1"}, {"time", "1"}}});
    EXPECT_EQ(fault(good), "(accepted)");
    EXPECT_EQ(fault(""), "msqR table: line 1: got an empty table, expected a header line");
    EXPECT_NE(fault("a,b\n1,2\n").find("line 1: got no column active"), std::string::npos);
    EXPECT_NE(fault("a,a\n").find("line 1, column 2 (a)"), std::string::npos);
    EXPECT_NE(fault(good + "1,2\n").find("line 3: got 2 fields"), std::string::npos);
    EXPECT_NE(fault(good + "\n").find("line 3: got an empty line"), std::string::npos);
    auto const row = [&](std::string const& column, std::string const& text) {
        return fault(table({{{"study", "A"}, {"id", "1"}, {"time", "1"}, {column, text}}}));
    };
    EXPECT_EQ(row("active", "4"), "msqR table: line 2, column 5 (active): got \"4\", expected a "
                                  "whole number from 0 to 3, or NA");
    for (auto const* text : {"-1", "1.5", "nan", "inf", "", "x", "1e400", " 1"}) {
        EXPECT_NE(row("active", text).find("line 2, column 5 (active)"), std::string::npos) << text;
    }
    EXPECT_NE(row("TOD", "24").find("(TOD)"), std::string::npos);
    EXPECT_NE(row("Neuroticism", "25").find("(Neuroticism)"), std::string::npos);
    EXPECT_NE(fault(table({{{"study", "A"}, {"id", "1"}}})).find("(time): got NA"),
              std::string::npos);
    EXPECT_NE(fault(table({{{"id", "1"}, {"time", "1"}}})).find("(study)"), std::string::npos);
    EXPECT_NE(fault("\"a").find("a closing quote"), std::string::npos);
    EXPECT_NE(fault("\"a\"b\n").find("a comma"), std::string::npos);
    EXPECT_NE(fault("a\"b\n").find("a quote inside a field"), std::string::npos);
}

TEST(msqr, quotes_and_line_ends_of_either_kind_are_read) {
    auto csv = table({{{"study", "\"A, \"\"B\"\"\""}, {"id", "1"}, {"time", "1"}}});
    std::string crlf;
    for (char const c : csv) {
        if (c == '\n') crlf += '\r';
        crlf += c;
    }
    auto const people = weft_msqr::read(crlf);
    ASSERT_EQ(people.size(), 1u);
    EXPECT_EQ(people[0].study, "A, \"B\"");
    csv.pop_back();
    EXPECT_EQ(weft_msqr::read(csv).size(), 1u);
}

} // namespace
