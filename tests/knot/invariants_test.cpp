#include "weft/knot/invariants.hpp"

#include <algorithm>
#include <climits>
#include <cstdint>
#include <gtest/gtest.h>
#include <numeric>
#include <rapidcheck/gtest.h>
#include <string>
#include <utility>
#include <vector>

#include "knot/small_knots.hpp"
#include "knot/support.hpp"

namespace {

namespace knot = weft::knot;
using knot::compute_invariants;
using knot::laurent;
using weft_test::torus_link;

laurent times(laurent const& p, laurent const& q) {
    return p * q;
}

laurent const unlink_factor(-1, {-1, -1});

std::vector<std::vector<std::int64_t>> sorted_linking(knot::invariants const& v) {
    // Enough to tell small matrices apart up to the order of the components: the least one.
    auto const& m = v.linking_matrix.value();
    std::vector<std::size_t> order(m.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    auto best = m;
    do {
        auto candidate = m;
        for (std::size_t x = 0; x < m.size(); ++x) {
            for (std::size_t y = 0; y < m.size(); ++y) candidate[x][y] = m[order[x]][order[y]];
        }
        best = std::min(best, candidate);
    } while (std::next_permutation(order.begin(), order.end()));
    return best;
}

// Everything that depends on the link alone.
bool same_link_invariants(knot::invariants const& a, knot::invariants const& b) {
    return a.components == b.components && sorted_linking(a) == sorted_linking(b) &&
           a.alexander == b.alexander && a.conway == b.conway && a.determinant == b.determinant &&
           a.signature == b.signature && a.nullity == b.nullity && a.arf == b.arf &&
           a.jones == b.jones && a.crossing_number_lower == b.crossing_number_lower &&
           a.unknotting_lower == b.unknotting_lower;
}

bool bounds_in_order(knot::invariants const& v) {
    return v.genus_lower.value() <= v.genus_upper.value() &&
           v.crossing_number_lower.value_or(0) <= v.crossing_number_upper.value() &&
           v.braid_index_upper.value() >= 1 &&
           v.bridge_upper.value() <= v.braid_index_upper.value();
}

TEST(invariants, knots_to_eight_crossings_agree_with_the_table) {
    for (auto const& k : weft_test::small_knots) {
        SCOPED_TRACE(k.name);
        auto const v = compute_invariants(knot::braid(k.strands, weft_test::letters(k.word)));
        auto const alexander = weft_test::integers(k.alexander);
        EXPECT_EQ(v.alexander, laurent(1 - static_cast<std::int64_t>(alexander.size()), alexander));
        EXPECT_EQ(v.signature, k.signature);
        EXPECT_EQ(v.determinant, k.determinant);
        EXPECT_EQ(v.arf, k.arf);
        EXPECT_EQ(v.jones, weft_test::sparse(k.jones, false));
        EXPECT_LE(v.genus_lower.value(), k.genus);
        EXPECT_GE(v.genus_upper.value(), k.genus);
    }
}

// (t^n - 1) divided out of a polynomial that it divides.
std::vector<std::int64_t> divided(std::vector<std::int64_t> p, std::size_t n) {
    std::vector<std::int64_t> out(p.size() - n, 0);
    for (std::size_t k = p.size(); k-- > n;) {
        out[k - n] = p[k];
        p[k - n] += p[k];
    }
    return out;
}

TEST(invariants, torus_links_follow_their_closed_formulas) {
    for (int p = 2; p <= 7; ++p) {
        for (int q = 1; q <= 9; ++q) {
            SCOPED_TRACE("T(" + std::to_string(p) + "," + std::to_string(q) + ")");
            auto const v = compute_invariants(torus_link(p, q));
            auto const g = std::gcd(p, q);
            EXPECT_EQ(v.components, g);
            // Brieskorn: -1 for 1/2 < i/p + j/q < 3/2, 0 at these ends, else +1.
            std::int64_t signature = 0;
            std::int64_t nullity = 0;
            for (int i = 1; i < p; ++i) {
                for (int j = 1; j < q; ++j) {
                    int const x = 2 * (i * q + j * p);
                    if (x == p * q || x == 3 * p * q) {
                        ++nullity;
                    } else {
                        signature += x > p * q && x < 3 * p * q ? -1 : 1;
                    }
                }
            }
            EXPECT_EQ(v.signature, signature);
            EXPECT_EQ(v.nullity, nullity);
            auto const first_betti = (p - 1) * (q - 1);
            EXPECT_EQ(v.genus_lower, (first_betti - g + 1) / 2);
            EXPECT_EQ(v.genus_upper, (first_betti - g + 1) / 2);
            for (auto const& row : v.linking_matrix.value()) {
                EXPECT_EQ(std::accumulate(row.begin(), row.end(), std::int64_t{0}),
                          (g - 1) * (p / g) * (q / g));
            }
            if (g != 1) continue;
            // (t^pq - 1)(t - 1) / ((t^p - 1)(t^q - 1)), made symmetric.
            auto const size = static_cast<std::size_t>(p * q);
            std::vector<std::int64_t> alexander(size + 2, 0);
            alexander[0] = alexander[size + 1] = 1;
            alexander[1] -= 1;
            alexander[size] -= 1;
            alexander = divided(divided(alexander, static_cast<std::size_t>(p)),
                                static_cast<std::size_t>(q));
            EXPECT_EQ(v.alexander, laurent(-first_betti, alexander));
            // t^((p-1)(q-1)/2) (1 - t^(p+1) - t^(q+1) + t^(p+q)) / (1 - t^2) (Jones 1987).
            std::vector<std::int64_t> jones(static_cast<std::size_t>(p + q + 1), 0);
            jones[0] -= 1;
            jones[static_cast<std::size_t>(p + 1)] += 1;
            jones[static_cast<std::size_t>(q + 1)] += 1;
            jones[static_cast<std::size_t>(p + q)] -= 1;
            EXPECT_EQ(v.jones, laurent(first_betti, divided(jones, 2)));
        }
    }
}

TEST(invariants, the_empty_word_closes_to_the_unlink) {
    for (int n = 1; n <= 12; ++n) {
        auto const v = compute_invariants(knot::braid(n, std::vector<int>{}));
        EXPECT_EQ(v.components, n);
        EXPECT_EQ(v.linking_matrix->size(), static_cast<std::size_t>(n));
        laurent jones(0, {1});
        for (int k = 1; k < n; ++k) jones = times(jones, unlink_factor);
        EXPECT_EQ(v.jones, jones);
        EXPECT_EQ(v.alexander, n == 1 ? laurent(0, {1}) : laurent());
        EXPECT_EQ(v.conway, n == 1 ? laurent(0, {1}) : laurent());
        EXPECT_EQ(v.determinant, n == 1 ? 1 : 0);
        EXPECT_EQ(v.signature, 0);
        EXPECT_EQ(v.nullity, n - 1);
        EXPECT_EQ(v.genus_lower, 0);
        EXPECT_EQ(v.genus_upper, 0);
        EXPECT_EQ(v.crossing_number_lower, 0);
        EXPECT_EQ(v.crossing_number_upper, 0);
        EXPECT_EQ(v.unknotting_lower, 0);
        EXPECT_EQ(v.braid_index_upper, n);
        EXPECT_EQ(v.arf.has_value(), n == 1);
    }
}

RC_GTEST_PROP(invariants, split_unions_follow_the_union_rules, (std::uint32_t seed, bool banded)) {
    for (std::uint64_t round = 0; round < 40; ++round) {
        weft_test::dice roll(seed + (round << 32U));
        auto const make = [&] {
            int const strands = 1 + roll(3);
            auto const length = roll(9);
            return banded ? weft_test::random_bands(roll, strands, length)
                          : weft_test::random_word(roll, strands, length);
        };
        auto const a = make();
        auto const b = make();
        int const isolated = roll(3);
        int const shift = a.strands() + isolated;
        int const strands = shift + b.strands();
        // The two words, shuffled into each other.
        std::vector<knot::band> bands;
        for (std::size_t x = 0, y = 0; x < a.size() || y < b.size();) {
            if (y == b.size() || (x < a.size() && roll(2) != 0)) {
                bands.push_back(a.letter(x++));
            } else {
                auto const l = b.letter(y++);
                bands.push_back({l.i + shift, l.j + shift, l.sign});
            }
        }
        auto const u = compute_invariants(knot::braid::from_bands(strands, bands));
        auto const va = compute_invariants(a);
        auto const vb = compute_invariants(b);
        RC_ASSERT(u.components == va.components + vb.components + isolated);
        RC_ASSERT(u.alexander == laurent());
        RC_ASSERT(u.conway == laurent());
        RC_ASSERT(u.determinant == 0);
        RC_ASSERT(*u.signature == *va.signature + *vb.signature);
        RC_ASSERT(*u.nullity == *va.nullity + *vb.nullity + 1 + isolated);
        auto jones = times(times(*va.jones, *vb.jones), unlink_factor);
        for (int k = 0; k < isolated; ++k) jones = times(jones, unlink_factor);
        RC_ASSERT(u.jones == jones);
        RC_ASSERT(*u.crossing_number_lower ==
                  *va.crossing_number_lower + *vb.crossing_number_lower);
        RC_ASSERT(bounds_in_order(u));
    }
}

RC_GTEST_PROP(invariants, connected_sums_multiply, (std::uint32_t seed)) {
    for (std::uint64_t round = 0; round < 40; ++round) {
        weft_test::dice roll(seed + (round << 32U));
        auto const a = weft_test::random_word(roll, 1 + roll(3), roll(9));
        auto const b = weft_test::random_word(roll, 1 + roll(3), roll(9));
        std::vector<int> word(a.word().begin(), a.word().end());
        for (int const l : b.word()) {
            word.push_back(l > 0 ? l + a.strands() - 1 : l - a.strands() + 1);
        }
        auto const sum = compute_invariants(knot::braid(a.strands() + b.strands() - 1, word));
        auto const va = compute_invariants(a);
        auto const vb = compute_invariants(b);
        RC_ASSERT(sum.components == va.components + vb.components - 1);
        RC_ASSERT(sum.alexander == times(*va.alexander, *vb.alexander));
        RC_ASSERT(sum.jones == times(*va.jones, *vb.jones));
        RC_ASSERT(*sum.determinant == *va.determinant * *vb.determinant);
        RC_ASSERT(*sum.signature == *va.signature + *vb.signature);
        RC_ASSERT(*sum.nullity == *va.nullity + *vb.nullity);
    }
}

// A random Markov move or braid relation: another word for the same link.
std::pair<int, std::vector<int>> moved(weft_test::dice& roll, int strands, std::vector<int> w) {
    auto const letter = [&] {
        int const l = 1 + roll(strands - 1);
        return roll(2) != 0 ? l : -l;
    };
    auto const place = [&] { return w.begin() + roll(static_cast<int>(w.size()) + 1); };
    switch (roll(6)) {
    case 0: // conjugation
        if (strands > 1) {
            int const l = letter();
            w.insert(w.begin(), l);
            w.push_back(-l);
        }
        break;
    case 1: // stabilisation
        if (strands < 6) {
            w.push_back(roll(2) != 0 ? strands : -strands);
            ++strands;
        }
        break;
    case 2: // free insertion
        if (strands > 1) {
            int const l = letter();
            w.insert(place(), {l, -l});
        }
        break;
    case 3: // rotation
        if (!w.empty()) {
            std::rotate(w.begin(), w.begin() + roll(static_cast<int>(w.size())), w.end());
        }
        break;
    case 4: // far letters commute
        for (std::size_t k = 0; k + 1 < w.size(); ++k) {
            if (std::abs(std::abs(w[k]) - std::abs(w[k + 1])) > 1) std::swap(w[k], w[k + 1]);
        }
        break;
    default: // aba = bab, and ab(-a) = (-b)ab
        for (std::size_t k = 0; k + 2 < w.size(); ++k) {
            int const a = w[k];
            int const b = w[k + 1];
            if (std::abs(std::abs(a) - std::abs(b)) != 1 || (a > 0) != (b > 0)) continue;
            if (w[k + 2] == a) {
                w[k] = w[k + 2] = b;
                w[k + 1] = a;
                break;
            }
            if (w[k + 2] == -a) {
                w[k] = -b;
                w[k + 1] = a;
                w[k + 2] = b;
                break;
            }
        }
    }
    return {strands, std::move(w)};
}

RC_GTEST_PROP(invariants, markov_moves_change_nothing, (std::uint32_t seed)) {
    for (std::uint64_t round = 0; round < 40; ++round) {
        weft_test::dice roll(seed + (round << 32U));
        auto const b = weft_test::random_word(roll, 1 + roll(5), roll(13));
        std::pair<int, std::vector<int>> other{b.strands(), {b.word().begin(), b.word().end()}};
        int const moves = 1 + roll(8);
        for (int k = 0; k < moves; ++k) other = moved(roll, other.first, std::move(other.second));
        auto const v = compute_invariants(b);
        auto const w = compute_invariants(knot::braid(other.first, other.second));
        RC_ASSERT(same_link_invariants(v, w));
        // Bounds from different words are bounds on the same number.
        RC_ASSERT(bounds_in_order(v));
        RC_ASSERT(*v.genus_lower <= *w.genus_upper && *w.genus_lower <= *v.genus_upper);
        RC_ASSERT(*v.crossing_number_lower <= *w.crossing_number_upper);
    }
}

RC_GTEST_PROP(invariants, bands_equal_their_expansion, (std::uint32_t seed)) {
    for (std::uint64_t round = 0; round < 40; ++round) {
        weft_test::dice roll(seed + (round << 32U));
        auto const b = weft_test::random_bands(roll, 1 + roll(6), roll(16));
        auto const v = compute_invariants(b);
        auto const w = compute_invariants(knot::expand(b));
        RC_ASSERT(same_link_invariants(v, w));
        RC_ASSERT(v.linking_matrix == w.linking_matrix);
        RC_ASSERT(v.writhe == w.writhe && v.crossings == w.crossings && v.strands == w.strands);
        RC_ASSERT(bounds_in_order(v));
        RC_ASSERT(*v.genus_lower <= *w.genus_upper && *w.genus_lower <= *v.genus_upper);
    }
}

RC_GTEST_PROP(invariants, mirror_images_follow_the_rules, (std::uint32_t seed)) {
    for (std::uint64_t round = 0; round < 40; ++round) {
        weft_test::dice roll(seed + (round << 32U));
        auto const b = weft_test::random_word(roll, 1 + roll(5), roll(14));
        auto const v = compute_invariants(b);
        auto const m = compute_invariants(knot::mirror(b));
        RC_ASSERT(m.jones == knot::inverted(*v.jones));
        RC_ASSERT(*m.signature == -*v.signature && m.nullity == v.nullity);
        RC_ASSERT(m.determinant == v.determinant && m.arf == v.arf);
        auto sign = v.components % 2 == 0 ? -1 : 1;
        auto expected = v.alexander->coefficients();
        for (auto& c : expected) c *= sign;
        RC_ASSERT(m.alexander->coefficients() == expected);
    }
}

TEST(invariants, linked_bands_on_two_surfaces_are_not_called_split) {
    // Two pieces of surface that pass through each other (spec): Alexander vanishes, Jones is not
    // that of a split union.
    auto const b = knot::braid::from_bands(4, {{1, 3, 1}, {2, 4, 1}, {1, 3, 1}, {2, 4, 1}});
    auto const v = compute_invariants(b);
    EXPECT_EQ(v.alexander, laurent());
    EXPECT_EQ(v.determinant, 0);
    EXPECT_TRUE(same_link_invariants(v, compute_invariants(knot::expand(b))));
}

TEST(invariants, what_does_not_fit_is_absent_with_its_reason) {
    std::vector<int> word;
    for (int k = 0; k < 61; ++k) {
        word.push_back(1);
        word.push_back(-2);
    }
    knot::braid const b(3, word);
    auto const v = compute_invariants(b);
    EXPECT_FALSE(v.alexander.has_value());
    EXPECT_FALSE(v.conway.has_value());
    EXPECT_FALSE(v.determinant.has_value());
    EXPECT_FALSE(v.jones.has_value());
    for (auto const* const field : {"alexander", "conway", "determinant", "jones"}) {
        EXPECT_NE(v.why.at(field).find("does not fit"), std::string::npos) << v.why.at(field);
    }
    EXPECT_THROW((void)knot::alexander(b), weft::overflow_error);
    EXPECT_THROW((void)knot::conway(b), weft::overflow_error);
    EXPECT_THROW((void)knot::determinant(b), weft::overflow_error);
    EXPECT_THROW((void)knot::jones(b), weft::overflow_error);
    // The closure of (s1 s2^-1)^k is amphicheiral with determinant L(2k) - 2; Arf needs it mod 8.
    EXPECT_EQ(v.signature, 0);
    std::uint64_t previous = 2;
    std::uint64_t lucas = 1;
    for (int k = 1; k < 122; ++k) {
        auto const next = (previous + lucas) % 8;
        previous = lucas;
        lucas = next;
    }
    auto const mod_8 = (lucas + 6) % 8;
    EXPECT_EQ(v.arf, mod_8 == 1 || mod_8 == 7 ? 0 : 1);
}

TEST(invariants, what_is_over_the_budget_is_absent_with_its_reason) {
    std::vector<int> word;
    for (int k = 0; k < 8; ++k) {
        for (int i = 1; i < 12; ++i) word.push_back(i);
        for (int i = 1; i < 12; ++i) word.push_back(i);
    }
    auto const v = compute_invariants(knot::braid(12, word));
    EXPECT_FALSE(v.jones.has_value());
    EXPECT_NE(v.why.at("jones").find("12 strands"), std::string::npos);
    EXPECT_FALSE(v.homfly.has_value());
    EXPECT_NE(v.why.at("homfly").find("12 strands"), std::string::npos);
    EXPECT_TRUE(v.why.contains("braid_index_lower"));
    EXPECT_TRUE(v.why.contains("crossing_number_lower"));
    EXPECT_TRUE(v.alexander.has_value());

    auto const none = compute_invariants(knot::braid(12, word), {.max_operations = 10});
    for (auto const* const field : {"alexander", "conway", "determinant", "jones", "signature",
                                    "crossing_number_lower", "unknotting_lower"}) {
        EXPECT_TRUE(none.why.contains(field)) << field;
    }
    EXPECT_FALSE(none.alexander || none.conway || none.determinant || none.jones ||
                 none.signature || none.nullity || none.unknotting_lower);
    EXPECT_THROW((void)knot::alexander(knot::braid(12, word), {.max_operations = 10}),
                 weft::invalid_argument);
    EXPECT_THROW((void)knot::signature(knot::braid(12, word), {.max_operations = 10}),
                 weft::invalid_argument);
    EXPECT_THROW((void)knot::jones(knot::braid(12, word)), weft::invalid_argument);
}

TEST(invariants, every_absence_has_its_reason) {
    for (auto const& b : {knot::braid(3, {1, -2, 1, -2}), knot::braid(4, {1, 1, 3}),
                          knot::braid(INT_MAX, {1, 1})}) {
        auto const v = compute_invariants(b);
        EXPECT_EQ(v.linking_matrix.has_value(), !v.why.contains("linking_matrix"));
        EXPECT_EQ(v.alexander.has_value(), !v.why.contains("alexander"));
        EXPECT_EQ(v.conway.has_value(), !v.why.contains("conway"));
        EXPECT_EQ(v.arf.has_value(), !v.why.contains("arf"));
        EXPECT_EQ(v.jones.has_value(), !v.why.contains("jones"));
        EXPECT_EQ(v.homfly.has_value(), !v.why.contains("homfly"));
        EXPECT_EQ(v.braid_index_lower.has_value(), !v.why.contains("braid_index_lower"));
        EXPECT_EQ(v.crossing_number_lower.has_value(), !v.why.contains("crossing_number_lower"));
    }
}

TEST(invariants, two_thousand_million_strands_are_no_burden) {
    auto const v = compute_invariants(knot::braid(INT_MAX, {5, 5, 5, -1'000'000'000}));
    EXPECT_EQ(v.components, std::int64_t{INT_MAX} - 2);
    EXPECT_EQ(v.alexander, laurent());
    EXPECT_EQ(v.signature, -2);
    EXPECT_EQ(v.nullity, std::int64_t{INT_MAX} - 3);
    EXPECT_EQ(v.braid_index_upper, std::int64_t{INT_MAX} - 1);
    EXPECT_TRUE(v.why.contains("jones"));
    EXPECT_TRUE(v.why.contains("linking_matrix"));
    auto const bands =
        compute_invariants(knot::braid::from_bands(INT_MAX, {{1, INT_MAX, 1}, {1, INT_MAX, 1}}));
    EXPECT_EQ(bands.signature, -1);
    EXPECT_EQ(bands.components, INT_MAX);
}

TEST(invariants, many_letters_are_refused_or_reduced_but_never_fatal) {
    std::vector<int> word;
    for (int k = 0; k < 75'000; ++k) {
        word.push_back(1 + k % 3);
        word.push_back(-(1 + k % 2));
    }
    auto const v = compute_invariants(knot::braid(4, word));
    EXPECT_TRUE(v.why.contains("jones"));
    EXPECT_TRUE(v.why.contains("alexander"));
    EXPECT_TRUE(v.signature.has_value());
    EXPECT_TRUE(v.linking_matrix.has_value());
    std::vector<int> undone(word.begin(), word.end());
    for (auto l = word.rbegin(); l != word.rend(); ++l) undone.push_back(-*l);
    auto const unlink = compute_invariants(knot::braid(4, undone));
    EXPECT_EQ(unlink.jones, times(times(unlink_factor, unlink_factor), unlink_factor));
    EXPECT_EQ(unlink.crossing_number_upper, 0);
}

TEST(invariants, a_long_stabilised_word_reduces_to_the_unknot) {
    std::vector<int> word;
    for (int i = 1; i < 100'000; ++i) word.push_back(i % 2 != 0 ? i : -i);
    auto const v = compute_invariants(knot::braid(100'000, word));
    EXPECT_EQ(v.jones, laurent(0, {1}));
    EXPECT_EQ(v.alexander, laurent(0, {1}));
    EXPECT_EQ(v.crossing_number_upper, 0);
    EXPECT_EQ(v.braid_index_upper, 1);
    EXPECT_EQ(v.genus_upper, 0);
}

} // namespace
