#include "weft/knot/similarity.hpp"

#include <bit>
#include <cmath>
#include <cstdint>
#include <gtest/gtest.h>
#include <limits>
#include <rapidcheck/gtest.h>
#include <type_traits>
#include <vector>

#include "knot/support.hpp"
#include "weft/knot/big.hpp"

namespace {

namespace knot = weft::knot;

static_assert(std::is_trivially_copyable_v<knot::record>);

knot::invariants link(weft_test::dice& roll) {
    auto const strands = 1 + roll(5);
    return knot::compute_invariants(roll(2) != 0 ? weft_test::random_bands(roll, strands, roll(12))
                                                 : weft_test::random_word(roll, strands, roll(12)));
}

bool same_bits(double a, double b) {
    return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
}

// Whether all that the terms look at is equal.
bool equal_terms(knot::invariants const& a, knot::invariants const& b, bool writhe) {
    return a.jones == b.jones && a.alexander == b.alexander && a.signature == b.signature &&
           a.determinant == b.determinant && (a.arf == b.arf || !a.arf || !b.arf) &&
           knot::make_record(a).number[knot::detail::crossing_lane] ==
               knot::make_record(b).number[knot::detail::crossing_lane] &&
           knot::make_record(a).number[knot::detail::unknotting_lane] ==
               knot::make_record(b).number[knot::detail::unknotting_lane] &&
           (!writhe || a.writhe == b.writhe);
}

std::vector<knot::similarity_options> all_options() {
    std::vector<knot::similarity_options> out(4);
    out[1].diagram = true;
    out[2].polynomials = knot::polynomial_similarity::inverse_l2;
    out[3].weights = knot::similarity_weights::short_form();
    return out;
}

RC_GTEST_PROP(similarity, is_symmetric_bounded_and_one_only_for_equals, (std::uint32_t seed)) {
    for (std::uint64_t round = 0; round < 20; ++round) {
        weft_test::dice roll(seed + (round << 32U));
        auto const a = link(roll);
        auto const b = link(roll);
        auto const ra = knot::make_record(a);
        auto const rb = knot::make_record(b);
        for (auto const& options : all_options()) {
            auto const ab = knot::similarity(a, b, options);
            auto const ba = knot::similarity(b, a, options);
            RC_ASSERT(ab.score.has_value());
            RC_ASSERT(*ab.score >= 0.0 && *ab.score <= 1.0);
            RC_ASSERT(same_bits(*ab.score, *ba.score));
            RC_ASSERT(same_bits(*ab.score, *knot::similarity(ra, rb, options)));
            RC_ASSERT(same_bits(*ab.score, *knot::similarity(rb, ra, options)));
            RC_ASSERT(*knot::similarity(a, a, options).score == 1.0);
            RC_ASSERT(*knot::similarity(ra, ra, options) == 1.0);
            double weights = 0.0;
            double mean = 0.0;
            for (std::size_t t = 0; t < ab.terms.size(); ++t) {
                auto const& term = ab.terms[t];
                weights += term.weight;
                if (!term.similarity) {
                    RC_ASSERT(term.weight == 0.0);
                    continue;
                }
                mean += term.weight * *term.similarity;
                RC_ASSERT(*term.similarity >= 0.0 && *term.similarity <= 1.0);
                RC_ASSERT(same_bits(*term.similarity, *ba.terms[t].similarity));
            }
            RC_ASSERT(std::fabs(weights - 1.0) < 1e-12);
            RC_ASSERT(std::fabs(mean - *ab.score) < 1e-12);
        }
        RC_ASSERT((*knot::similarity(a, b).score == 1.0) == equal_terms(a, b, false));
        RC_ASSERT((*knot::similarity(a, b, {.diagram = true}).score == 1.0) ==
                  equal_terms(a, b, true));
    }
}

RC_GTEST_PROP(similarity, does_not_change_under_markov_moves, (std::uint32_t seed)) {
    for (std::uint64_t round = 0; round < 20; ++round) {
        weft_test::dice roll(seed + (round << 32U));
        auto const other = link(roll);
        auto const b = weft_test::random_word(roll, 2 + roll(4), roll(12));
        // Conjugated, then stabilised on either side of the sign.
        std::vector<int> word(b.word().begin(), b.word().end());
        int const letter = 1 + roll(b.strands() - 1);
        word.insert(word.begin(), letter);
        word.push_back(-letter);
        word.push_back(roll(2) != 0 ? b.strands() : -b.strands());
        auto const v = knot::compute_invariants(b);
        auto const w = knot::compute_invariants(knot::braid(b.strands() + 1, word));
        RC_ASSERT(same_bits(*knot::similarity(v, other).score, *knot::similarity(w, other).score));
        RC_ASSERT(*knot::similarity(v, w).score == 1.0);
    }
}

// The word, stabilised to more strands, with full twists (which are central) and as many inverses
// of full twists inserted, each written in one of three ways.
knot::braid disguised(std::vector<int> word, int from, int strands, int twists) {
    weft_test::dice roll(5);
    for (int i = from; i < strands; ++i) word.push_back(i % 2 != 0 ? i : -i);
    for (int t = 0; t < 2 * twists; ++t) {
        std::vector<int> twist;
        auto const form = roll(3);
        for (int turn = 0; turn < strands; ++turn) {
            for (int i = 1; i < strands; ++i) {
                if (form == 2 && i >= strands - turn) continue;
                twist.push_back(form == 1 ? strands - i : i);
            }
        }
        // Two half twists.
        auto const half = twist;
        if (form == 2) twist.insert(twist.end(), half.begin(), half.end());
        if (t % 2 != 0) {
            std::vector<int> inverse;
            for (auto k = twist.size(); k > 0; --k) inverse.push_back(-twist[k - 1]);
            twist = inverse;
        }
        auto const at = static_cast<std::ptrdiff_t>(roll(static_cast<int>(word.size()) + 1));
        word.insert(word.begin() + at, twist.begin(), twist.end());
    }
    return {strands, std::move(word)};
}

TEST(similarity, does_not_change_where_a_bound_loses_a_source) {
    // The homology modulo 3 of 8_18, for a Seifert matrix too large.
    std::vector<int> const eight{1, -2, 1, -2, 1, -2, 1, -2};
    auto const v = knot::compute_invariants(knot::braid(3, eight));
    auto const long_v = knot::compute_invariants(disguised(eight, 3, 3, 100));
    EXPECT_EQ(v.bridge_lower, 3);
    EXPECT_LT(*long_v.bridge_lower, 3);
    EXPECT_EQ(knot::similarity(v, long_v).score, 1.0);
    // HOMFLY-PT of T(3,4), for a word that is too wide and long, or where it is not wanted.
    std::vector<int> const torus{1, 2, 1, 2, 1, 2, 1, 2};
    auto const t = knot::compute_invariants(knot::braid(3, torus));
    EXPECT_EQ(t.crossing_number_lower, 8);
    auto const plain = knot::compute_invariants(knot::braid(3, torus), {.homfly = false});
    EXPECT_EQ(plain.crossing_number_lower, 5);
    EXPECT_EQ(knot::similarity(t, plain).score, 1.0);
    auto const wide =
        knot::compute_invariants(disguised(torus, 3, 7, 3), {.max_operations = 10'000'000});
    EXPECT_TRUE(wide.jones && !wide.homfly);
    EXPECT_EQ(knot::similarity(t, wide).score, 1.0);
    // Jones of 11n_34, of which Alexander's polynomial is 1.
    std::vector<int> const trivial{-1, -1, 2, -1, 2, -1, 3, -2, -2, 3, 3};
    auto const k = knot::compute_invariants(knot::braid(4, trivial));
    EXPECT_EQ(k.unknotting_lower, 1);
    auto const narrow =
        knot::compute_invariants(knot::braid(4, trivial), {.max_strands_state_space = 2});
    auto const nine = knot::compute_invariants(disguised(trivial, 4, 9, 2));
    for (auto const& other : {narrow, nine}) {
        EXPECT_FALSE(other.jones.has_value());
        EXPECT_EQ(other.unknotting_lower, 0);
        EXPECT_EQ(knot::similarity(k, other).score, 1.0);
    }
}

TEST(similarity, polynomial_terms_are_the_ones_of_the_definition) {
    // Trefoil t + t^3 - t^4 against figure eight t^-2 - t^-1 + 1 - t + t^2: the difference of the
    // Jones polynomials has norm 1 + 1 + 1 + 2 + 1 + 1 + 1 = 8 = 3 + 5.
    auto const trefoil = knot::compute_invariants(knot::braid(2, {1, 1, 1}));
    auto const eight = knot::compute_invariants(knot::braid(3, {1, -2, 1, -2}));
    auto const result = knot::similarity(trefoil, eight);
    EXPECT_EQ(result.terms.at(0).name, "jones");
    EXPECT_EQ(result.terms.at(0).similarity, 0.0);
    // (t - 1 + 1/t) against (-t + 3 - 1/t): 2 + 4 + 2 = 8 of 3 + 5.
    EXPECT_EQ(result.terms.at(1).similarity, 0.0);
    // Against the (2,5) torus knot, Alexander differs by 1 + 2 + 2 + 2 + 1 of 3 + 5, and the
    // signatures are -2 and -4.
    auto const cinquefoil = knot::compute_invariants(knot::braid(2, {1, 1, 1, 1, 1}));
    auto const torus = knot::similarity(trefoil, cinquefoil);
    EXPECT_EQ(torus.terms.at(1).similarity, 0.0);
    EXPECT_EQ(torus.terms.at(3).name, "signature");
    EXPECT_EQ(torus.terms.at(3).similarity, 0.5);
    // |t + t^3 - t^4 - (t^2 + t^4 - t^5 + t^6 - t^7)| = 1 + 1 + 1 + 2 + 1 + 1 + 1.
    EXPECT_EQ(torus.terms.at(0).similarity, 0.0);
    // Granny knot against trefoil: t^2 - 2 t + 3 - ... against t - 1 + 1/t.
    auto const granny = knot::compute_invariants(knot::braid(3, {1, 1, 1, 2, 2, 2}));
    EXPECT_EQ(*knot::similarity(trefoil, granny).terms.at(1).similarity, 1.0 - 12.0 / 12.0);
    // inverse_l2 on the Alexander polynomials: differences 1, -3, 4, -3, 1.
    auto const l2 =
        knot::similarity(trefoil, granny, {.polynomials = knot::polynomial_similarity::inverse_l2});
    EXPECT_NEAR(*l2.terms.at(1).similarity, 1.0 / (1.0 + 6.0), 1e-15);
    // Unlinks: both Alexander polynomials are zero and equal.
    auto const two = knot::compute_invariants(knot::braid(2, std::vector<int>{}));
    auto const three = knot::compute_invariants(knot::braid(3, std::vector<int>{}));
    EXPECT_EQ(knot::similarity(two, three).terms.at(1).similarity, 1.0);
    // Half-integer exponents share nothing with integer ones.
    EXPECT_EQ(knot::similarity(two, three).terms.at(0).similarity, 0.0);
    EXPECT_LT(*knot::similarity(two, three).score, 1.0);
}

TEST(similarity, weights_of_absent_terms_go_to_the_others) {
    auto const trefoil = knot::compute_invariants(knot::braid(2, {1, 1, 1}));
    auto const hopf = knot::compute_invariants(knot::braid(2, {1, 1}));
    auto const result = knot::similarity(trefoil, hopf);
    for (auto const& term : result.terms) {
        if (term.name == "arf") {
            EXPECT_FALSE(term.similarity.has_value());
            EXPECT_EQ(term.weight, 0.0);
            EXPECT_EQ(term.explanation, "absent in the second link");
        } else if (term.similarity) {
            EXPECT_TRUE(term.explanation.starts_with("1 - |"));
        }
    }
    // Of the six terms that are always there; what needs HOMFLY-PT is there in both or in neither.
    double sum = 0.12 + 0.12 + 0.08 + 0.10 + 0.08 + 0.07;
    if (trefoil.homfly) sum += 0.12;
    if (trefoil.braid_index_lower) sum += 0.08;
    EXPECT_NEAR(result.terms.at(0).weight, 0.12 / sum, 1e-15);
    knot::similarity_weights arf_only = knot::similarity_weights::short_form();
    arf_only.jones = arf_only.alexander = arf_only.crossing_number_lower = 0.0;
    arf_only.arf = 1.0;
    EXPECT_FALSE(knot::similarity(trefoil, hopf, {.weights = arf_only}).score.has_value());
    EXPECT_FALSE(
        knot::similarity(knot::make_record(trefoil), knot::make_record(hopf), {.weights = arf_only})
            .has_value());
}

TEST(similarity, refuses_weights_that_cannot_weigh) {
    auto const r = knot::make_record(knot::compute_invariants(knot::braid(2, {1, 1})));
    auto const with = [](double jones) {
        knot::similarity_options options;
        options.weights.jones = jones;
        return options;
    };
    EXPECT_THROW((void)knot::similarity(r, r, with(-0.1)), weft::invalid_argument);
    EXPECT_THROW((void)knot::similarity(r, r, with(std::nan(""))), weft::invalid_argument);
    EXPECT_THROW((void)knot::similarity(r, r, with(std::numeric_limits<double>::infinity())),
                 weft::invalid_argument);
    auto none = knot::similarity_weights::short_form();
    none.jones = none.alexander = none.crossing_number_lower = 0.0;
    EXPECT_THROW((void)knot::similarity_kernel({.weights = none}), weft::invalid_argument);
    none.writhe = 1.0;
    EXPECT_THROW((void)knot::similarity_kernel({.weights = none}), weft::invalid_argument);
    EXPECT_NO_THROW((void)knot::similarity_kernel({.weights = none, .diagram = true}));
}

TEST(similarity, numbers_beyond_a_double_are_told_apart) {
    auto const v = [](std::int64_t middle) {
        knot::invariants out;
        out.alexander = knot::laurent(-2, {1, middle, 1});
        out.determinant = middle;
        return out;
    };
    constexpr std::int64_t large = std::int64_t{1} << 60U;
    auto const a = v(large);
    auto const b = v(large + 1);
    auto const result = knot::similarity(a, b);
    EXPECT_LT(*result.score, 1.0);
    EXPECT_GT(*result.score, 0.999);
    EXPECT_LT(*result.terms.at(1).similarity, 1.0);
    EXPECT_TRUE(
        same_bits(*result.score, *knot::similarity(knot::make_record(a), knot::make_record(b))));
    EXPECT_EQ(knot::similarity(a, a).score, 1.0);
}

double homfly_term(knot::invariants const& a, knot::invariants const& b) {
    for (auto const& term : knot::similarity(a, b).terms) {
        if (term.name == "homfly") return term.similarity.value();
    }
    return -1.0;
}

TEST(similarity, homfly_terms_meet_by_exponents) {
    auto const with = [](std::vector<knot::homfly_term> terms) {
        knot::invariants out;
        out.homfly = std::move(terms);
        return out;
    };
    // 2 v^2 - v^4 + v^2 z^2 against the mirror image, and against itself with z^14 more.
    auto const trefoil = with({{2, 0, 2}, {2, 2, 1}, {4, 0, -1}});
    auto const mirror = with({{-4, 0, -1}, {-2, 0, 2}, {-2, 2, 1}});
    auto const longer = with({{2, 0, 2}, {2, 2, 1}, {2, 14, 1}, {4, 0, -1}});
    auto const hopf = with({{1, -1, 1}, {1, 1, 1}, {3, -1, -1}});
    auto const unlink = with({{-9, -9, 1}, {1, -1, 1}});
    EXPECT_EQ(homfly_term(trefoil, trefoil), 1.0);
    EXPECT_EQ(homfly_term(trefoil, mirror), 0.0);
    EXPECT_EQ(homfly_term(trefoil, longer), 1.0 - 1.0 / 9.0);
    EXPECT_EQ(homfly_term(trefoil, hopf), 0.0);
    EXPECT_EQ(homfly_term(hopf, unlink), 1.0 - 3.0 / 5.0);
    for (auto const& a : {trefoil, mirror, longer, hopf, unlink}) {
        for (auto const& b : {trefoil, mirror, longer, hopf, unlink}) {
            EXPECT_TRUE(same_bits(*knot::similarity(a, b).score,
                                  *knot::similarity(knot::make_record(b), knot::make_record(a))));
        }
    }
    // More blocks than a record has: absent there.
    std::vector<knot::homfly_term> many;
    for (int v = 0; v < 40; v += 2) many.push_back({v, 0, 1});
    EXPECT_TRUE((knot::make_record(with(many)).present >> knot::detail::homfly_term_index & 1U) ==
                0);
}

TEST(similarity, a_record_holds_the_largest_profile) {
    std::vector<knot::band> bands;
    for (int i = 1; i <= 16; ++i) {
        for (int j = i + 1; j <= 16; ++j) bands.push_back({i, j, 1});
    }
    auto const v = knot::compute_invariants<knot::big_integer>(knot::braid::from_bands(16, bands));
    auto const big = knot::make_record(v);
    EXPECT_EQ(v.alexander->coefficients().size(), 106U);
    EXPECT_EQ(big.alexander_size, 53);
    EXPECT_TRUE((big.present >> knot::detail::alexander_term & 1U) != 0);
    EXPECT_EQ(knot::similarity(big, big), 1.0);
}

TEST(similarity, both_integer_types_give_the_same_bits) {
    weft_test::dice roll(11);
    for (int k = 0; k < 50; ++k) {
        auto const a = weft_test::random_bands(roll, 2 + roll(4), roll(14));
        auto const b = weft_test::random_word(roll, 2 + roll(4), roll(14));
        auto const score =
            knot::similarity(knot::compute_invariants(a), knot::compute_invariants(b));
        auto const big = knot::similarity(knot::compute_invariants<knot::big_integer>(a),
                                          knot::compute_invariants<knot::big_integer>(b));
        EXPECT_TRUE(same_bits(*score.score, *big.score));
    }
}

} // namespace
