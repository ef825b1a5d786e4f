#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <gtest/gtest.h>
#include <sstream>
#include <string>
#include <unistd.h>
#include <vector>

#include "knot/support.hpp"
#include "weft/knot/big.hpp"
#include "weft/knot/invariants.hpp"

// Random braids against an independent slow implementation in exact Python, run as a subprocess.

namespace {

namespace knot = weft::knot;

constexpr char const* questions = R"(
import sys
sys.path.insert(0, sys.argv[1])
import knot_oracle as oracle
if sys.argv[3] == 'large': oracle.K = 512
for line in open(sys.argv[2]):
    n, *w = [int(x) for x in line.split()]
    jones = oracle.jones(w, n) if sys.argv[3] != 'matrices' else {}
    alexander = oracle.alexander_burau(w, n)
    whole = set(abs(g) for g in w) == set(range(1, n))
    whole = whole and sys.argv[3] != 'large'
    signature = oracle.signature_det(w) if whole else None
    print(';'.join([
        str(oracle.perm_components(w, n)),
        ' '.join('%d:%d' % (e, jones[e]) for e in sorted(jones)),
        ' '.join(str(c) for c in alexander),
        '' if signature is None else '%d %d' % signature[:2],
        '' if signature is None else ' '.join(str(c) for c in oracle.alexander_seifert(w)),
    ]))
)";

std::string scratch_file(char const* what) {
    auto const* const folder = std::getenv("TMPDIR");
    return std::string(folder != nullptr ? folder : "/tmp") + "/weft-" + what + "-" +
           std::to_string(getpid());
}

// The reference's answers, a line each.
std::string asked(std::vector<knot::braid> const& braids, std::string const& folder,
                  std::string const& what) {
    auto const script = scratch_file("oracle.py");
    auto const input = scratch_file("braids");
    {
        std::ofstream(script) << questions;
        std::ofstream list(input);
        for (auto const& b : braids) {
            list << b.strands();
            for (int const letter : b.word()) list << ' ' << letter;
            list << '\n';
        }
    }
    auto const command =
        "python3 '" + script + "' '" + folder + "/../tools' '" + input + "' " + what;
    std::string text;
    auto* const pipe = popen(command.c_str(), "r");
    if (pipe == nullptr) return text;
    char buffer[1 << 14];
    for (std::size_t n = 0; (n = std::fread(buffer, 1, sizeof buffer, pipe)) > 0;) {
        text.append(buffer, n);
    }
    EXPECT_EQ(pclose(pipe), 0);
    std::remove(script.c_str());
    std::remove(input.c_str());
    return text;
}

// Up to a unit, as the reference gives it: a positive value at 1, or else a positive last one.
std::vector<std::int64_t> normalised(std::vector<std::int64_t> c) {
    std::int64_t sum = 0;
    for (auto const x : c) sum += x;
    if (sum < 0 || (sum == 0 && !c.empty() && c.back() < 0)) {
        for (auto& x : c) x = -x;
    }
    return c;
}

TEST(oracle, eight_thousand_more_agree_in_alexander_signature_and_determinant) {
    auto const folder = weft_test::data_folder();
    if (folder.empty()) return;
    weft_test::dice roll(123'456);
    std::vector<knot::braid> braids;
    for (int k = 0; k < 8000; ++k) {
        braids.push_back(weft_test::random_word(roll, 2 + roll(6), roll(31)));
    }
    std::istringstream answers(asked(braids, folder, "matrices"));
    std::size_t whole = 0;
    for (auto const& b : braids) {
        SCOPED_TRACE(weft_test::shown(b));
        std::vector<std::string> fields(5);
        std::string line;
        ASSERT_TRUE(std::getline(answers, line));
        std::istringstream parts(line);
        for (auto& field : fields) std::getline(parts, field, ';');
        EXPECT_EQ(normalised(knot::alexander(b).coefficients()),
                  knot::laurent(0, weft_test::integers(fields[2])).coefficients());
        if (fields[3].empty()) continue;
        ++whole;
        auto const n = weft_test::integers(fields[3]);
        EXPECT_EQ(knot::signature(b).signature, n.at(0));
        EXPECT_EQ(knot::determinant(b), n.at(1));
    }
    EXPECT_GT(whole, 4000U);
}

TEST(oracle, two_thousand_random_braids_agree_with_the_reference) {
    auto const folder = weft_test::data_folder();
    if (folder.empty()) return;
    weft_test::dice roll(20'240'607);
    std::vector<knot::braid> braids;
    for (int k = 0; k < 2000; ++k) {
        int const strands = 2 + roll(6);
        braids.push_back(weft_test::random_word(roll, strands, roll(31)));
    }
    auto const text = asked(braids, folder, "jones");

    std::istringstream answers(text);
    std::size_t whole = 0;
    for (auto const& b : braids) {
        SCOPED_TRACE(weft_test::shown(b));
        std::vector<std::string> fields(5);
        std::string line;
        ASSERT_TRUE(std::getline(answers, line));
        std::istringstream parts(line);
        for (auto& field : fields) std::getline(parts, field, ';');

        auto const v = knot::compute_invariants(b);
        EXPECT_EQ(v.components, weft_test::integers(fields[0]).at(0));
        EXPECT_EQ(v.jones, weft_test::sparse(fields[1], true));
        // The oracle gives Alexander up to a unit, with Delta(1) >= 0 or a positive last one.
        auto expected = knot::laurent(0, weft_test::integers(fields[2])).coefficients();
        auto found = v.alexander->coefficients();
        std::int64_t sum = 0;
        for (auto const c : found) sum += c;
        if (v.components == 1) {
            EXPECT_EQ(sum, 1);
        }
        if (sum < 0 || (sum == 0 && !found.empty() && found.back() < 0)) {
            for (auto& c : found) c = -c;
        }
        EXPECT_EQ(found, expected);
        if (!fields[3].empty()) {
            ++whole;
            auto const n = weft_test::integers(fields[3]);
            EXPECT_EQ(v.signature, n.at(0));
            EXPECT_EQ(v.determinant, n.at(1));
            EXPECT_EQ(expected, knot::laurent(0, weft_test::integers(fields[4])).coefficients());
        }
        EXPECT_LE(v.genus_lower.value(), v.genus_upper.value());
        EXPECT_LE(v.crossing_number_lower.value(), v.crossing_number_upper.value());
        EXPECT_EQ(v.nullity.value() == 0, v.determinant.value() != 0);
    }
    EXPECT_GT(whole, 1000U);
}

TEST(oracle, coefficients_beyond_64_bits_agree) {
    auto const folder = weft_test::data_folder();
    if (folder.empty()) return;
    auto const repeated = [](int strands, std::vector<int> const& part, int times) {
        std::vector<int> word;
        for (int k = 0; k < times; ++k) word.insert(word.end(), part.begin(), part.end());
        return knot::braid(strands, word);
    };
    std::vector<knot::braid> const braids{repeated(3, {1, -2}, 64), repeated(3, {1, 1, -2}, 60),
                                          repeated(3, {-1, 2, 2, 2, -1, 2}, 40),
                                          repeated(4, {1, -2, 3, -2}, 40),
                                          repeated(4, {1, 1, -2, 3, -2, -2}, 24)};
    std::istringstream answers(asked(braids, folder, "large"));
    for (auto const& b : braids) {
        SCOPED_TRACE(weft_test::shown(b));
        std::string line, components, jones, alexander;
        ASSERT_TRUE(std::getline(answers, line));
        std::istringstream parts(line);
        std::getline(parts, components, ';');
        std::getline(parts, jones, ';');
        std::getline(parts, alexander, ';');

        std::istringstream numbers(alexander);
        std::vector<knot::big_integer> expected;
        for (std::string n; numbers >> n;) expected.emplace_back(n);
        auto found = knot::alexander<knot::big_integer>(b).coefficients();
        knot::big_integer sum = 0;
        for (auto const& c : found) sum += c;
        if (sum < 0 || (sum == 0 && found.back() < 0)) {
            for (auto& c : found) c = -c;
        }
        EXPECT_EQ(found, expected);

        auto const v = knot::jones<knot::big_integer>(b);
        std::istringstream terms(jones);
        knot::big_integer largest = 0;
        std::int64_t count = 0;
        for (std::string term; terms >> term; ++count) {
            auto const colon = term.find(':');
            ASSERT_NE(colon, std::string::npos);
            knot::big_integer const c(term.substr(colon + 1));
            EXPECT_EQ(v.coefficient(std::stoll(term.substr(0, colon))), c) << term;
            if (abs(c) > largest) largest = abs(c);
        }
        for (auto const& c : v.coefficients()) count -= c != 0 ? 1 : 0;
        EXPECT_EQ(count, 0);
        EXPECT_GT(largest, knot::big_integer(1) << 63);
        EXPECT_THROW(static_cast<void>(knot::jones(b)), weft::overflow_error);
        EXPECT_THROW(static_cast<void>(knot::alexander(b)), weft::overflow_error);
    }
}

} // namespace
