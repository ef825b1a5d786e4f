#include <cerrno>
#include <string>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "command/process.hpp"

namespace {

using nlohmann::json;
using weft_test::run;

/// Every subcommand that answers line by line, with a line that it can answer.
struct line_command {
    std::vector<std::string> arguments;
    std::string line;
};

std::vector<line_command> line_commands() {
    std::string const knot = R"({"braid": {"strands": 3, "word": [1, -2, 1, -2]}})";
    std::string const qubit = R"({"qubits": [{"theta": 0.5, "phi": 1, "bloch_length": 0.9}]})";
    return {
        {{"invariants"}, knot},
        {{"similarity"}, R"({"a": )" + knot + R"(, "b": )" + knot + "}"},
        {{"fidelity"}, R"({"a": )" + qubit + R"(, "b": )" + qubit + "}"},
        {{"interpolate"}, R"({"t": [0, 1, 2], "y": [0, 1, 4], "at": [0.5]})"},
        {{"forecast"},
         R"({"t": ["2026-01-01T00:00:00Z"], "y": [0.5], "at": ["2026-02-01T00:00:00Z"]})"},
        {{"fabric"}, R"({"compatibility": [[0, 0.5], [0.5, 0]]})"},
        {{"score"},
         R"({"a": {"id": "x", "profile": {"p": 0.1, "q": 0.9}}, )"
         R"("b": {"id": "y", "profile": {"p": 0.2, "q": 0.8}}})"},
        {{"sql", "--table", "outreach_history", "--dialect", "sqlite", "--as", "insert"},
         R"({"target_user_id": "6ba7b810-9dad-11d1-80b4-00c04fd430c8", "source_id": "x", )"
         R"("source_type": "user", "type": "friend_suggestion"})"},
    };
}

json as_json(std::string const& text) {
    return json::parse(text, nullptr, false);
}

TEST(lines, every_command_answers_a_good_line) {
    for (auto const& c : line_commands()) {
        auto const r = run(c.arguments, c.line + "\n");
        EXPECT_EQ(r.status, 0) << c.arguments[0] << r.out << r.err;
        ASSERT_EQ(r.lines().size(), 1U) << c.arguments[0];
        auto const answer = as_json(r.lines()[0]);
        ASSERT_TRUE(answer.is_object()) << r.out;
        EXPECT_FALSE(answer.contains("error")) << r.out;
        EXPECT_TRUE(r.err.empty()) << r.err;
    }
}

TEST(lines, answers_are_those_of_the_library) {
    auto const answer = [](std::size_t which) {
        auto const c = line_commands()[which];
        return as_json(run(c.arguments, c.line).lines().at(0));
    };
    EXPECT_EQ(answer(0).at("determinant"), 5);
    EXPECT_EQ(answer(0).at("signature"), 0);
    EXPECT_EQ(answer(0).at("components"), 1);
    EXPECT_EQ(answer(1).at("score"), 1.0);
    EXPECT_NEAR(answer(2).at("fidelity").get<double>(), 1.0, 1e-12);
    EXPECT_EQ(answer(3).at("y").size(), 1U);
    EXPECT_TRUE(answer(4).contains("confidence"));
    EXPECT_DOUBLE_EQ(answer(5).at("stability").get<double>(), 0.5);
    EXPECT_TRUE(answer(6).at("components").contains("quantum"));
    EXPECT_TRUE(answer(7).at("sql").is_string());
}

TEST(lines, faulty_lines_are_answered_in_their_place_and_the_rest_goes_on) {
    std::string const bomb(100'000, '[');
    std::string wide = "{";
    for (int i = 0; i < 20'000; ++i) {
        wide += (i > 0 ? ",\"" : "\"") + std::to_string(i) + "\":0";
    }
    wide += "}";
    std::vector<std::string> const faulty{
        "not json",
        "{",
        "[]",
        "3",
        "null",
        "\"text\"",
        R"({"a": NaN})",
        R"({"a": 1e999})",
        R"({"a": Infinity})",
        "{\"a\": \"\xff\xfe\"}",
        "{\"a\": \"\xed\xa0\x80\"}",
        std::string("{\"a\": \0}", 8),
        bomb,
        wide,
        R"({"a": 1} {"b": 2})",
        "{}",
        R"({"braid": 3, "a": 3, "t": 3, "compatibility": 3})",
    };
    for (auto const& c : line_commands()) {
        std::string input;
        for (auto const& line : faulty) input += line + "\n" + c.line + "\n";
        auto const r = run(c.arguments, input);
        EXPECT_EQ(r.status, 1) << c.arguments[0];
        auto const lines = r.lines();
        ASSERT_EQ(lines.size(), 2 * faulty.size()) << c.arguments[0] << r.err;
        for (std::size_t i = 0; i < faulty.size(); ++i) {
            auto const bad = as_json(lines[2 * i]);
            ASSERT_TRUE(bad.is_object()) << lines[2 * i].substr(0, 200);
            EXPECT_EQ(bad.size(), 2U) << c.arguments[0] << " " << lines[2 * i];
            EXPECT_EQ(bad.at("line"), 2 * i + 1);
            EXPECT_FALSE(bad.at("error").get<std::string>().empty());
            EXPECT_LT(lines[2 * i].size(), 1000U);
            EXPECT_FALSE(as_json(lines[2 * i + 1]).contains("error")) << lines[2 * i + 1];
        }
    }
}

TEST(lines, the_id_comes_back_first_whatever_it_is) {
    std::string const rest = R"("compatibility": [[0, 1], [1, 0]]})";
    std::vector<std::string> const ids{"7",   "\"x\\u0000\\\"y\"",  "null",       "[1,{\"a\":2}]",
                                       "0.1", "123456789012345678", "\"\\u00e9\""};
    std::string input;
    for (auto const& id : ids)
        input += R"({"compatibility": [[0]], "id": )" + id + "," + rest + "\n";
    auto const r = run({"fabric"}, input);
    EXPECT_EQ(r.status, 0) << r.out;
    auto const lines = r.lines();
    ASSERT_EQ(lines.size(), ids.size());
    for (std::size_t i = 0; i < ids.size(); ++i) {
        EXPECT_TRUE(lines[i].starts_with("{\"id\":")) << lines[i];
        EXPECT_EQ(as_json(lines[i]).at("id"), json::parse(ids[i]));
    }
}

TEST(lines, blank_lines_line_ends_and_a_missing_last_one) {
    std::string const line = R"({"compatibility": [[0, 1], [1, 0]]})";
    auto const r = run({"fabric"}, "\n" + line + "\r\n \t\r\n\n" + line + "\nx\r\n" + line);
    EXPECT_EQ(r.status, 1);
    ASSERT_EQ(r.lines().size(), 4U) << r.out;
    EXPECT_EQ(as_json(r.lines()[2]).at("line"), 6);
    EXPECT_EQ(run({"fabric"}, "").status, 0);
    EXPECT_EQ(run({"fabric"}, "\n\n").out, "");
}

TEST(lines, long_lines_are_ordinary) {
    std::string const text(8'000'000, 'x');
    auto const r =
        run({"fabric"}, R"({"id": ")" + text + R"(", "compatibility": [[0, 1], [1, 0]]})");
    EXPECT_EQ(r.status, 0);
    EXPECT_GT(r.out.size(), text.size());
}

TEST(lines, a_file_may_be_named_instead_of_standard_input) {
    weft_test::temporary_folder const folder;
    weft_test::write_file(folder.file("lines"), line_commands()[5].line);
    EXPECT_EQ(run({"fabric", folder.file("lines")}).lines().size(), 1U);
    EXPECT_EQ(run({"fabric", "-"}, line_commands()[5].line).lines().size(), 1U);
}

TEST(lines, an_answer_is_out_before_the_next_line_is_waited_for) {
    int to[2];
    int from[2];
    ASSERT_EQ(::pipe2(to, O_CLOEXEC), 0);
    ASSERT_EQ(::pipe2(from, O_CLOEXEC), 0);
    weft_test::process command({"fabric"}, to[0], from[1], STDERR_FILENO);
    ::close(to[0]);
    ::close(from[1]);
    for (int i = 0; i < 3; ++i) {
        std::string const line = line_commands()[5].line + "\n";
        ASSERT_EQ(::write(to[1], line.data(), line.size()), static_cast<ssize_t>(line.size()));
        std::string answer;
        char c = 0;
        while (::read(from[0], &c, 1) == 1 && c != '\n') answer += c;
        EXPECT_TRUE(as_json(answer).contains("stability")) << answer;
    }
    ::close(to[1]);
    EXPECT_EQ(command.wait(), 0);
    ::close(from[0]);
}

TEST(lines, usage_errors_exit_2_and_say_why) {
    weft_test::temporary_folder const folder;
    std::vector<std::vector<std::string>> const wrong{
        {},
        {"bogus"},
        {"fabric", "--bogus"},
        {"fabric", folder.file("missing")},
        {"fabric", folder.file("")},
        {"fabric", "a", "b"},
        {"ddl"},
        {"ddl", "--dialect", "oracle"},
        {"ddl", "--dialect", "sqlite", "--schema", "other"},
        {"sql", "--table", "users", "--dialect", "sqlite", "--as", "insert"},
        {"sql", "--table", "outreach_queue", "--dialect", "sqlite", "--as", "copy-text"},
        {"sql", "--table", "outreach_queue", "--dialect", "sqlite"},
        {"score", "--population", folder.file("missing")},
        {"score", "--entities", folder.file("missing")},
        {"fit", folder.file("missing")},
        {"outreach"},
        {"outreach", "--entities", folder.file("missing"), "--db", "sqlite:" + folder.file("db")},
        {"outreach", "--entities", "-", "--db", "mysql://x"},
        {"outreach", "--entities", "-", "--db", "sqlite:"},
        {"outreach", "--entities", "-", "--db", "sqlite:" + folder.file("db"), "--now", "today"},
        {"outreach", "--entities", "-", "--db", "sqlite:" + folder.file("db"), "--top", "-1"},
        {"outreach", "--entities", "-", "--db", "sqlite:" + folder.file("db"), "--horizon-days",
         "0"},
        {"outreach", "--entities", "/dev/null", "--db", "sqlite:" + folder.file("db"), "--report",
         folder.file("no/such/report")},
    };
    for (auto const& arguments : wrong) {
        auto const r = run(arguments);
        std::string shown;
        for (auto const& a : arguments) shown += a + " ";
        EXPECT_EQ(r.status, 2) << shown << r.out << r.err;
        EXPECT_TRUE(r.out.empty()) << shown << r.out;
        EXPECT_FALSE(r.err.empty()) << shown;
    }
}

TEST(lines, help_and_version) {
    for (auto const* name : {"invariants", "similarity", "fidelity", "interpolate", "forecast",
                             "fabric", "score", "fit", "ddl", "sql", "outreach"}) {
        auto const r = run({name, "--help"});
        EXPECT_EQ(r.status, 0) << name;
        EXPECT_NE(r.out.find(name), std::string::npos) << name;
        EXPECT_NE(run({"--help"}).out.find(name), std::string::npos) << name;
    }
    EXPECT_EQ(run({"--version"}).out.substr(0, 5), "weft ");
}

TEST(lines, a_full_disk_is_an_error) {
    int const in = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    int const full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
    int const null = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
    ASSERT_GE(full, 0);
    weft_test::temporary_folder const folder;
    for (auto const& c : line_commands()) {
        weft_test::write_file(folder.file("in"), c.line);
        auto arguments = c.arguments;
        arguments.push_back(folder.file("in"));
        EXPECT_EQ(weft_test::process(arguments, in, full, null).wait(), 3) << c.arguments[0];
    }
    EXPECT_EQ(weft_test::process({"--help"}, in, full, null).wait(), 3);
    EXPECT_EQ(weft_test::process({"ddl", "--dialect", "sqlite"}, in, full, null).wait(), 3);
    for (int const fd : {in, full, null}) ::close(fd);
}

TEST(lines, a_closed_pipe_is_an_error_and_no_signal) {
    int from[2];
    ASSERT_EQ(::pipe2(from, O_CLOEXEC), 0);
    ::close(from[0]);
    int const null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
    EXPECT_EQ(weft_test::process({"ddl", "--dialect", "postgres"}, null, from[1], null).wait(), 3);
    ::close(from[1]);
    ::close(null);
}

TEST(lines, copy_data_leave_faulty_rows_out) {
    // COPY knows no defaults: a row has to say everything that is not nullable.
    std::string const good =
        R"({"id": "6ba7b810-9dad-11d1-80b4-00c04fd430c8", )"
        R"("target_user_id": "6ba7b810-9dad-11d1-80b4-00c04fd430c8", "source_id": "x", )"
        R"("source_type": "user", "type": "friend_suggestion", "sent_at": "2026-01-01T00:00:00Z", )"
        R"("status": "sent", "updated_at": "2026-01-01T00:00:00Z"})";
    auto const r =
        run({"sql", "--table", "outreach_history", "--dialect", "postgres", "--as", "copy-text"},
            good + "\n{\"type\": 3}\n" + good + "\n");
    EXPECT_EQ(r.status, 1);
    EXPECT_EQ(r.lines().size(), 2U) << r.out;
    EXPECT_EQ(as_json(r.err).at("line"), 2) << r.err;
}

TEST(lines, a_population_is_fitted_and_used) {
    weft_test::temporary_folder const folder;
    std::string people;
    for (int i = 0; i < 30; ++i) {
        people += json{{"id", "p" + std::to_string(i)},
                       {"profile", {{"a", i % 7 / 6.0}, {"b", i % 5 / 4.0}, {"c", i % 3 / 2.0}}}}
                      .dump() +
                  "\n";
    }
    auto const fitted = run({"fit"}, people);
    ASSERT_EQ(fitted.status, 0) << fitted.out;
    weft_test::write_file(folder.file("population"), fitted.out);
    weft_test::write_file(folder.file("people"), people);
    auto const r = run(
        {"score", "--entities", folder.file("people"), "--population", folder.file("population")},
        R"({"a": "p1", "b": "p2"})"
        "\n"
        R"({"a": "p1", "b": "nobody"})"
        "\n");
    EXPECT_EQ(r.status, 1);
    ASSERT_EQ(r.lines().size(), 2U) << r.out << r.err;
    auto const answer = as_json(r.lines()[0]);
    double sum = 0.0;
    for (auto const& part : answer.at("components")) sum += part.at("contribution").get<double>();
    EXPECT_NEAR(sum, answer.at("score").get<double>(), 1e-12);
    EXPECT_TRUE(as_json(r.lines()[1]).contains("error"));
    EXPECT_EQ(run({"fit"}, people + "{}\n").status, 1);
}

} // namespace
