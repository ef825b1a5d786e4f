#include <cstddef>
#include <cstdint>
#include <gtest/gtest.h>
#include <vector>

#include "knot/support.hpp"
#include "weft/knot/alexander.hpp"
#include "weft/knot/closure.hpp"
#include "weft/knot/jones.hpp"
#include "weft/knot/signature.hpp"
#include "weft/knot/simplify.hpp"

namespace {

namespace knot = weft::knot;
namespace detail = weft::knot::detail;

/// The link as the word has it: split where a column is empty and nothing else.
detail::simplified unchanged(knot::braid const& b) {
    detail::simplified out;
    detail::piece p;
    std::vector<char> used(static_cast<std::size_t>(b.strands()) + 1, 0);
    for (std::size_t k = 0; k < b.size(); ++k) used[static_cast<std::size_t>(b.letter(k).i)] = 1;
    for (int start = 1, s = 1; s <= b.strands(); ++s) {
        if (used[static_cast<std::size_t>(s)] != 0) continue;
        detail::piece part{s - start + 1, {}};
        for (std::size_t k = 0; k < b.size(); ++k) {
            auto const l = b.letter(k);
            if (l.i >= start && l.i < s) {
                part.letters.push_back({l.i - start + 1, l.j - start + 1, l.sign});
            }
        }
        if (part.letters.empty()) {
            ++out.isolated;
        } else {
            out.pieces.push_back(part);
        }
        start = s + 1;
    }
    return out;
}

void expect_the_same_link(knot::braid const& b) {
    SCOPED_TRACE(weft_test::shown(b));
    knot::limits const l{.max_strands_state_space = 10};
    auto const before = unchanged(b);
    auto const after = detail::simplify_artin(detail::compacted(b));
    EXPECT_LE(after.letters(), before.letters());
    EXPECT_LE(after.strands(), before.strands());
    EXPECT_GE(after.parts(), before.parts());
    for (auto const& p : after.pieces) EXPECT_GE(p.letters.size(), 2U);

    EXPECT_EQ(detail::jones_of<std::int64_t>(after, l).value,
              detail::jones_of<std::int64_t>(before, l).value);
    auto const f = detail::seifert_forms(before, l);
    auto const g = detail::seifert_forms(after, l);
    EXPECT_EQ(detail::alexander_data_of<std::int64_t>(after, g, l).polynomial.value,
              detail::alexander_data_of<std::int64_t>(before, f, l).polynomial.value);
    auto const s = detail::signature_of(before, f, l).value;
    auto const t = detail::signature_of(after, g, l).value;
    EXPECT_EQ(t->signature, s->signature);
    EXPECT_EQ(t->nullity, s->nullity);
}

TEST(simplify, a_trefoil_with_stabilisations_and_inverses_is_a_trefoil) {
    auto const s = knot::simplify({5, {3, 1, -4, 1, 2, -3, 3, 1}});
    EXPECT_EQ(s.parts, 1);
    ASSERT_EQ(s.pieces.size(), 1U);
    EXPECT_EQ(s.pieces[0], knot::braid(2, {1, 1, 1}));
    EXPECT_EQ(s.strands, 2);
    EXPECT_EQ(s.letters, 3);
    EXPECT_EQ(s.steps.cancelled, 2);
    EXPECT_EQ(s.steps.destabilised, 3);
    EXPECT_EQ(s.sums, s.unknots);
}

TEST(simplify, connected_sums_are_taken_apart_at_a_shared_strand) {
    // Trefoil, figure eight, Hopf link.
    auto const s = knot::simplify({5, {1, 3, -2, 3, -2, 4, 4, 1, 1}});
    EXPECT_EQ(s.parts, 1);
    EXPECT_EQ(s.sums, 2);
    EXPECT_EQ(s.steps.sums, 2);
    EXPECT_EQ(s.strands, 5);
    EXPECT_EQ(s.unknots, 0);
    ASSERT_EQ(s.pieces.size(), 3U);
    EXPECT_EQ(s.pieces[0], knot::braid(2, {1, 1, 1}));
    EXPECT_EQ(s.pieces[1].strands(), 3);
    EXPECT_EQ(s.pieces[2], knot::braid(2, {1, 1}));
}

TEST(simplify, a_connected_sum_behind_a_conjugation_is_found) {
    // s_1 s_2^3 s_1^-1 s_2^3 is s_2^-1 s_1^3 s_2 s_2^3.
    auto const s = knot::simplify({3, {1, 2, 2, 2, -1, 2, 2, 2}});
    ASSERT_EQ(s.pieces.size(), 2U);
    EXPECT_EQ(s.pieces[0], knot::braid(2, {1, 1, 1}));
    EXPECT_EQ(s.pieces[1], knot::braid(2, {1, 1, 1}));
    EXPECT_EQ(s.sums, 1);
    EXPECT_EQ(s.steps.relations, 1);
}

TEST(simplify, a_braid_relation_that_frees_a_strand_is_used) {
    auto const s = knot::simplify({3, {2, 1, -2, 1, 1}});
    ASSERT_EQ(s.pieces.size(), 1U);
    EXPECT_EQ(s.pieces[0].strands(), 2);
    EXPECT_EQ(s.steps.relations, 1);
    EXPECT_EQ(s.steps.destabilised, 1);
}

TEST(simplify, isolated_strands_and_split_parts_are_counted) {
    auto const s = knot::simplify({9, {2, 2, 6, 6, 6}});
    EXPECT_EQ(s.parts, 7);
    EXPECT_EQ(s.unknots, 5);
    EXPECT_EQ(s.steps.isolated, 5);
    EXPECT_EQ(s.pieces.size(), 2U);
    EXPECT_EQ(s.strands, 9);
}

TEST(simplify, unknots_of_every_look_have_no_piece) {
    EXPECT_EQ(knot::simplify({}).parts, 1);
    for (auto const& b :
         {knot::braid(2, {1}), knot::braid(2, {-1}), knot::braid(4, {1, -2, 3}),
          knot::braid(3, {1, 2, 1, -2}), knot::braid(4, {3, 2, 1, -2, -3, 2, 3, -2, 2})}) {
        auto const s = knot::simplify(b);
        EXPECT_TRUE(s.pieces.empty()) << weft_test::shown(b);
        EXPECT_EQ(s.parts, 1);
        EXPECT_EQ(s.strands, 1);
        EXPECT_EQ(s.letters, 0);
    }
}

TEST(simplify, two_strands_that_undo_each_other_are_split) {
    auto const s = knot::simplify({2, {1, -1}});
    EXPECT_EQ(s.parts, 2);
    EXPECT_EQ(s.unknots, 2);
    EXPECT_EQ(s.steps.cancelled, 2);
}

TEST(simplify, random_words_keep_their_invariants) {
    weft_test::dice roll(11);
    for (int k = 0; k < 250; ++k) {
        expect_the_same_link(weft_test::random_word(roll, 2 + roll(5), roll(19)));
    }
    for (int k = 0; k < 250; ++k) {
        expect_the_same_link(weft_test::random_word(roll, 2 + roll(2), roll(11)));
    }
}

TEST(simplify, words_of_bands_stay_bands_and_are_counted) {
    auto const s = knot::simplify(knot::braid::from_bands(
        6, {{1, 3, 1}, {1, 3, -1}, {1, 2, 1}, {2, 4, 1}, {2, 4, 1}, {4, 5, -1}}));
    EXPECT_EQ(s.steps.isolated, 1);
    EXPECT_EQ(s.steps.cancelled, 2);
    EXPECT_EQ(s.steps.destabilised, 2);
    ASSERT_EQ(s.pieces.size(), 1U);
    EXPECT_EQ(s.pieces[0], knot::braid(2, {1, 1}));
}

TEST(simplify, a_million_letters_and_a_thousand_strands_take_linear_work) {
    // A pyramid of inverses, turned so that it falls from within and across the ends.
    constexpr std::size_t size = 1'000'000;
    std::vector<int> word(size);
    for (std::size_t k = 0; k < size / 2; ++k) {
        int const letter = static_cast<int>(k % 2) + 1;
        word[(k + 300'000) % size] = letter;
        word[(size - 1 - k + 300'000) % size] = -letter;
    }
    EXPECT_EQ(knot::simplify({3, word}).parts, 3);
    weft_test::dice roll(3);
    auto const noise = knot::simplify(weft_test::random_word(roll, 1000, 50'000));
    EXPECT_GT(noise.steps.cancelled, 0);
    EXPECT_EQ(noise.strands, 1000);
}

} // namespace
