#include "weft/knot/big.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <gtest/gtest.h>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "knot/support.hpp"

namespace {

namespace knot = weft::knot;
using big = knot::big_integer;

TEST(big, has_the_coefficients_that_64_bits_have_not) {
    std::vector<int> word;
    big previous = 2;
    big lucas = 1;
    for (int k = 0; k < 100; ++k) {
        word.push_back(1);
        word.push_back(-2);
    }
    for (int k = 1; k < 200; ++k) {
        big const next = previous + lucas;
        previous = lucas;
        lucas = next;
    }
    auto const v = knot::compute_invariants<big>(knot::braid(3, word));
    // The closure of (s1 s2^-1)^k has determinant L(2k) - 2 (Lucas numbers) and is alternating.
    EXPECT_EQ(v.determinant, lucas - 2);
    big at_minus_one = 0;
    int sign = 1;
    for (auto const& c : v.alexander->coefficients()) {
        at_minus_one += sign * c;
        sign = -sign;
    }
    EXPECT_EQ(abs(at_minus_one), lucas - 2);
    EXPECT_EQ(v.crossing_number_lower, 200);
    EXPECT_EQ(v.crossing_number_upper, 200);
    big jones_at_minus_one = 0;
    sign = 1;
    for (auto const& c : v.jones->coefficients()) {
        jones_at_minus_one += sign * c;
        sign = -sign;
    }
    EXPECT_EQ(abs(jones_at_minus_one), lucas - 2);
    EXPECT_EQ(v.jones, knot::inverted(*v.jones));
    EXPECT_EQ(v.signature, 0);
    EXPECT_FALSE(v.why.contains("alexander"));
}

// The closure of (1 -2 1 -2 3 -2)^17 by tests' independent program (knot_oracle.py, 256-bit
// digits).
constexpr char const* oracle_jones =
    "1 -50 1258 -21250 271269 -2792216 24136923 -180141180 1183973160 -6954525784 "
    "36924168130 -178800860645 795457391233 -3271125483836 12498541080382 -44570438341084 "
    "148922849393086 -467850212894452 1386193080002195 -3884310040845377 10319548308363499 "
    "-26052244598475708 62626657153459102 -143620690911196512 314748836152806610 "
    "-660215814926284364 1327438486816571493 -2561736106404720373 4751041371403111926 "
    "-8477805259623339170 14571055962667258235 -24146549600949362159 38618304815235488882 "
    "-59662325377630771823 89114989124258871868 -128795984478508700204 "
    "180259136116214404692 -244492418658609524170 321607300448037689808 "
    "-410572196574868146248 509049973633534090576 -613391419887022651966 "
    "718814778474495061146 -819769152354011693682 910443615290883608588 "
    "-985352789514548096788 1039911417684268736268 -1070909951597012637346 "
    "1076820714117449553486 -1057895408344324750389 1016051990504067302201 "
    "-954583546120119374887 877746629967268545094 -790297596639311170407 "
    "697042633578768337787 -602453606877021837990 510382341032180630194 "
    "-423885646965259691164 345156230059750099898 -275542718732360872624 "
    "215635870474976274482 -165396691839042763060 124304301320941749003 "
    "-91505378847432446587 65951789968629249790 -46517656623957925153 32091326151614489364 "
    "-21641153047181136543 14256667183189744614 -9168538440004085913 5751790895038335425 "
    "-3517050542254705920 2094360323859868734 -1213434757619775823 683337777470412243 "
    "-373622305897868696 198102872427152376 -101728786712961751 50521047246233204 "
    "-24226723855717588 11198471397389315 -4980022956371106 2126111518616853 "
    "-869337724149406 339530819110366 -126285120000187 44578950947910 -14877560696146 "
    "4673434994298 -1374778463631 376497088878 -95331653696 22138426631 -4669998023 "
    "884556496 -148332328 21636445 -2683689 274602 -22203 1327 -52 1 ";
constexpr char const* oracle_alexander =
    "-1 52 -1360 23834 -314637 3335095 -29548907 224947145 -1501175277 8916577079 "
    "-47703790916 232086152166 -1034883017065 4257120499284 -16245056370417 57777485572130 "
    "-192310020402747 601172148971982 -1770562737370583 4926591834212979 -12983214520553953 "
    "32477777557619157 -77274057723183855 175194287602872342 -379116295202094034 "
    "784260862334431616 -1553115775339465279 2948355037101696488 -5371931730856084134 "
    "9405219606751476234 -15841086127088573233 25695133532149239304 -40181604511357679740 "
    "60641320240065405379 -88415686186673669751 124672168347449744247 "
    "-170200800866205671619 225214574928138461031 -289194412428498807250 "
    "360817881634475208598 -437998183320376920673 518037978759751250665 "
    "-597876551638511634873 674385918633898813782 -744658944819494355240 "
    "806234700004755308570 -857223242010682204431 896319160815960396289 "
    "-922722752974328332233 936011015271427523692 -936011015271427523692 "
    "922722752974328332233 -896319160815960396289 857223242010682204431 "
    "-806234700004755308570 744658944819494355240 -674385918633898813782 "
    "597876551638511634873 -518037978759751250665 437998183320376920673 "
    "-360817881634475208598 289194412428498807250 -225214574928138461031 "
    "170200800866205671619 -124672168347449744247 88415686186673669751 "
    "-60641320240065405379 40181604511357679740 -25695133532149239304 15841086127088573233 "
    "-9405219606751476234 5371931730856084134 -2948355037101696488 1553115775339465279 "
    "-784260862334431616 379116295202094034 -175194287602872342 77274057723183855 "
    "-32477777557619157 12983214520553953 -4926591834212979 1770562737370583 "
    "-601172148971982 192310020402747 -57777485572130 16245056370417 -4257120499284 "
    "1034883017065 -232086152166 47703790916 -8916577079 1501175277 -224947145 29548907 "
    "-3335095 314637 -23834 1360 -52 1 ";

std::vector<big> numbers(std::string const& text) {
    std::vector<big> out;
    for (std::size_t at = 0; at < text.size();) {
        auto const end = text.find(' ', at);
        out.emplace_back(text.substr(at, end - at));
        at = end + 1;
    }
    return out;
}

TEST(big, coefficients_beyond_64_bits_agree_with_an_independent_program) {
    std::vector<int> word;
    for (int k = 0; k < 17; ++k) word.insert(word.end(), {1, -2, 1, -2, 3, -2});
    knot::braid const b(4, word);
    EXPECT_THROW((void)knot::jones(b), weft::overflow_error);
    EXPECT_THROW((void)knot::alexander(b), weft::overflow_error);
    auto const small = knot::compute_invariants(b);
    EXPECT_FALSE(small.jones || small.alexander || small.conway);

    auto const v = knot::compute_invariants<big>(b);
    auto const jones = numbers(oracle_jones);
    auto const alexander = numbers(oracle_alexander);
    EXPECT_GT(*std::max_element(jones.begin(), jones.end()), big(1) << 63U);
    EXPECT_EQ(v.jones, knot::big_laurent(-103, jones));
    EXPECT_EQ(v.alexander->coefficients().size(), alexander.size());
    // The program's Alexander polynomial is given up to sign.
    auto const sign = v.alexander->coefficients().front() == alexander.front() ? 1 : -1;
    for (std::size_t k = 0; k < alexander.size(); ++k) {
        EXPECT_EQ(v.alexander->coefficients()[k], sign * alexander[k]);
    }
}

TEST(big, homfly_coefficients_beyond_64_bits_agree_with_jones_and_conway) {
    std::vector<int> word;
    for (int k = 0; k < 36; ++k) word.insert(word.end(), {1, -2, 1, -2, 3, -2});
    knot::braid const b(4, word);
    EXPECT_THROW((void)knot::homfly(b), weft::overflow_error);
    auto const small = knot::compute_invariants(b);
    EXPECT_FALSE(small.homfly || small.braid_index_lower);
    auto const v = knot::compute_invariants<big>(b);
    // HOMFLY-PT at v = 1 is Conway's, and at v = t, z = t^1/2 - t^-1/2 Jones's polynomial, here for
    // t = 4 and with powers of 4 and of z^-1 cleared.
    std::map<int, big> conway;
    for (auto const& term : *v.homfly) conway[term.z] += term.coefficient;
    for (auto const& [z, c] : conway) EXPECT_EQ(v.conway->coefficient(2 * z), c);
    big largest = 0;
    big left = 0;
    for (auto const& term : *v.homfly) {
        if (abs(term.coefficient) > largest) largest = abs(term.coefficient);
        // 4^v (3/2)^z 4^500 2^500 3^10, all exponents positive
        left += term.coefficient * pow(big(4), static_cast<unsigned>(term.v + 500)) *
                pow(big(2), static_cast<unsigned>(500 - term.z)) *
                pow(big(3), static_cast<unsigned>(term.z + 10));
    }
    EXPECT_GT(largest, big(1) << 63U);
    big right = 0;
    auto const& jones = v.jones->coefficients();
    for (std::size_t k = 0; k < jones.size(); ++k) {
        auto const twice = v.jones->twice_min_exponent() + 2 * static_cast<std::int64_t>(k);
        right += jones[k] * pow(big(2), static_cast<unsigned>(twice + 1500)) * pow(big(3), 10U);
    }
    EXPECT_EQ(left, right);
}

TEST(big, agrees_with_64_bits_where_those_suffice) {
    weft_test::dice roll(3);
    for (int k = 0; k < 300; ++k) {
        auto const b = weft_test::random_bands(roll, 1 + roll(6), roll(16));
        auto const small = knot::compute_invariants(b);
        auto const large = knot::compute_invariants<big>(b);
        EXPECT_EQ(large.determinant, big(small.determinant.value()));
        EXPECT_EQ(large.signature, small.signature);
        auto const equal = [](auto const& p, auto const& q) {
            if (p->twice_min_exponent() != q->twice_min_exponent()) return false;
            if (p->coefficients().size() != q->coefficients().size()) return false;
            for (std::size_t e = 0; e < p->coefficients().size(); ++e) {
                if (q->coefficients()[e] != p->coefficients()[e]) return false;
            }
            return true;
        };
        EXPECT_TRUE(equal(small.alexander, large.alexander));
        EXPECT_TRUE(equal(small.conway, large.conway));
        EXPECT_TRUE(equal(small.jones, large.jones));
        ASSERT_EQ(small.homfly->size(), large.homfly->size());
        for (std::size_t e = 0; e < small.homfly->size(); ++e) {
            EXPECT_EQ((*small.homfly)[e].v, (*large.homfly)[e].v);
            EXPECT_EQ((*small.homfly)[e].z, (*large.homfly)[e].z);
            EXPECT_EQ(large.homfly->at(e).coefficient, small.homfly->at(e).coefficient);
        }
    }
}

TEST(big, the_unlink_of_a_hundred_components_has_binomial_coefficients) {
    auto const b = knot::braid(101, std::vector<int>{});
    auto const v = knot::compute_invariants<big>(b);
    big binomial = 1;
    for (int k = 0; k <= 100; ++k) {
        EXPECT_EQ(v.jones->coefficients().at(static_cast<std::size_t>(k)), binomial);
        binomial = binomial * (100 - k) / (k + 1);
    }
    EXPECT_THROW((void)knot::jones(b), weft::overflow_error);
    EXPECT_TRUE(knot::compute_invariants(b).why.at("jones").find("does not fit") !=
                std::string::npos);
}

// In the Hecke algebra of three strands with g - 1/g = z: coefficients of e, g1, g2, g1 g2, g2 g1
// and g1 g2 g1 are polynomials in z. A positive letter is v g; the trace of x g2 is that of x over
// v, and a strand by itself counts (1/v - v) / z.
std::map<std::pair<int, int>, knot::big_integer> homfly_by_hecke(std::vector<int> const& word) {
    using polynomial = std::vector<knot::big_integer>; // in z
    constexpr int after[2][6] = {{1, 0, 4, 5, 2, 3}, {2, 3, 0, 1, 5, 4}};
    constexpr int length[6] = {0, 1, 1, 2, 2, 3};
    auto const room = word.size() + 1;
    std::vector<polynomial> x(6, polynomial(room));
    x[0][0] = 1;
    int writhe = 0;
    for (int const letter : word) {
        auto const column = static_cast<std::size_t>((letter < 0 ? -letter : letter) - 1);
        writhe += letter > 0 ? 1 : -1;
        std::vector<polynomial> y(6, polynomial(room));
        for (std::size_t w = 0; w < 6; ++w) {
            auto const to = static_cast<std::size_t>(after[column][w]);
            bool const up = length[to] > length[w];
            for (std::size_t e = 0; e < room; ++e) {
                y[to][e] += x[w][e];
                if (e + 1 < room && letter > 0 && !up) y[w][e + 1] += x[w][e];
                if (e + 1 < room && letter < 0 && up) y[w][e + 1] -= x[w][e];
            }
        }
        x = std::move(y);
    }
    std::map<std::pair<int, int>, knot::big_integer> out;
    // Twice (1/v - v) / z for e, once for one letter; powers of v and z, and the factor.
    auto const add = [&](std::size_t w, int v, int z, int factor) {
        for (std::size_t e = 0; e < room; ++e) {
            out[{writhe + v, static_cast<int>(e) + z}] += factor * x[w][e];
        }
    };
    add(0, -2, -2, 1);
    add(0, 0, -2, -2);
    add(0, 2, -2, 1);
    for (std::size_t const w : {1U, 2U}) {
        add(w, -2, -1, 1);
        add(w, 0, -1, -1);
    }
    add(3, -2, 0, 1);
    add(4, -2, 0, 1);
    add(5, -2, 1, 1);
    add(5, -2, -1, 1);
    add(5, 0, -1, -1);
    std::erase_if(out, [](auto const& term) { return term.second == 0; });
    return out;
}

TEST(big, homfly_beyond_64_bits_is_that_of_the_hecke_algebra) {
    for (std::vector<int> const& part :
         {std::vector<int>{1, -2}, std::vector<int>{1, 1, -2}, std::vector<int>{-1, 2, 2, -1, 2}}) {
        for (int const times : {1, 2, 3, 150}) {
            std::vector<int> word;
            for (int k = 0; k < times; ++k) word.insert(word.end(), part.begin(), part.end());
            std::map<std::pair<int, int>, knot::big_integer> found;
            knot::big_integer largest = 0;
            for (auto const& term : knot::homfly<knot::big_integer>(knot::braid(3, word))) {
                found[{term.v, term.z}] = term.coefficient;
                if (abs(term.coefficient) > largest) largest = abs(term.coefficient);
            }
            EXPECT_EQ(found, homfly_by_hecke(word)) << part.size() << " " << times;
            EXPECT_EQ(largest > (knot::big_integer(1) << 63), times == 150);
        }
    }
}

// Twenty trefoils one after another: their product is cheap in 64 bits, and fifty times as dear in
// integers without bounds.
TEST(big, work_in_large_integers_counts_for_more) {
    std::vector<int> word;
    for (int k = 1; k <= 20; ++k) word.insert(word.end(), {k, k, k});
    knot::braid const b(21, word);
    knot::limits const few{.max_operations = 100'000};
    auto const plain = knot::compute_invariants(b, few);
    ASSERT_TRUE(plain.homfly && plain.jones && plain.conway);
    auto const large = knot::compute_invariants<knot::big_integer>(b, few);
    EXPECT_FALSE(large.homfly);
    EXPECT_NE(large.why.at("homfly").find("20 pieces"), std::string::npos);
    EXPECT_FALSE(large.jones);
    EXPECT_NE(large.why.at("jones").find("over the budget of 100000"), std::string::npos);
    auto const all = knot::compute_invariants<knot::big_integer>(b);
    ASSERT_TRUE(all.homfly && all.jones);
    EXPECT_EQ(all.homfly->size(), plain.homfly->size());
    EXPECT_EQ(all.jones->span(), plain.jones->span());
}

} // namespace
