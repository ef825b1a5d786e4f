#include "weft/knot/signature.hpp"

#include <cstdint>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <vector>

#include "knot/support.hpp"
#include "weft/knot/big.hpp"

namespace {

namespace knot = weft::knot;
using big = knot::big_integer;

// Inertia over the rationals: each entry is kept as a fraction of the last pivot (Bareiss), rows
// with a zero diagonal are first added to each other.
knot::signature_result by_fractions(knot::integer_matrix const& v) {
    auto const n = v.size;
    std::vector<std::vector<boost::multiprecision::cpp_rational>> a(n);
    for (std::size_t x = 0; x < n; ++x) {
        for (std::size_t y = 0; y < n; ++y) a[x].emplace_back(v(x, y) + v(y, x));
    }
    std::vector<char> done(n, 0);
    knot::signature_result out;
    for (std::size_t step = 0; step < n; ++step) {
        std::size_t pivot = n;
        for (std::size_t x = 0; x < n && pivot == n; ++x) {
            if (done[x] == 0 && a[x][x] != 0) pivot = x;
        }
        for (std::size_t x = 0; x < n && pivot == n; ++x) {
            for (std::size_t y = 0; y < n && pivot == n; ++y) {
                if (done[x] != 0 || done[y] != 0 || a[x][y] == 0) continue;
                for (std::size_t k = 0; k < n; ++k) a[x][k] += a[y][k];
                for (std::size_t k = 0; k < n; ++k) a[k][x] += a[k][y];
                pivot = x;
            }
        }
        if (pivot == n) {
            out.nullity = static_cast<std::int64_t>(n - step);
            break;
        }
        done[pivot] = 1;
        out.signature += a[pivot][pivot] > 0 ? 1 : -1;
        for (std::size_t x = 0; x < n; ++x) {
            if (done[x] != 0 || a[x][pivot] == 0) continue;
            boost::multiprecision::cpp_rational const factor = a[x][pivot] / a[pivot][pivot];
            for (std::size_t y = 0; y < n; ++y) {
                if (done[y] == 0) a[x][y] -= factor * a[pivot][y];
            }
        }
    }
    return out;
}

knot::detail::outcome<knot::signature_result> inertia_of(knot::integer_matrix const& v) {
    knot::detail::inertia_workspace room;
    return knot::detail::inertia(v, {}, room);
}

// The modular path, whatever the size: it has its own budget and no fast path to fall back on.
RC_GTEST_PROP(signature, inertia_of_any_matrix_is_exact, (std::uint32_t seed)) {
    for (std::uint64_t round = 0; round < 10; ++round) {
        weft_test::dice roll(seed + (round << 32U));
        auto const n = static_cast<std::size_t>(1 + roll(8));
        knot::integer_matrix v{n, std::vector<int>(n * n, 0)};
        // Some are large (the modular path), some sparse and singular (2x2 pivots, nullity).
        int const size = roll(2) != 0 ? 2 : 100'000;
        int const zeros = 1 + roll(4);
        for (auto& e : v.entries) {
            e = roll(zeros) == 0 ? roll(2 * size + 1) - size : 0;
        }
        if (roll(2) != 0) {
            for (std::size_t x = 0; x < n; ++x) v(x, x) = 0;
        }
        if (n > 2 && roll(2) != 0) {
            for (std::size_t y = 0; y < n; ++y) v(n - 1, y) = v(0, y);
            for (std::size_t x = 0; x < n; ++x) v(x, n - 1) = v(x, 0);
        }
        auto const found = inertia_of(v);
        RC_ASSERT(found.value.has_value());
        RC_ASSERT(*found.value == by_fractions(v));
    }
}

RC_GTEST_PROP(signature, profiles_agree_with_fractions, (std::uint32_t seed)) {
    weft_test::dice roll(seed);
    auto const b = weft_test::random_bands(roll, 2 + roll(7), roll(24));
    auto const form = knot::seifert_matrix_bands(b);
    auto expected = by_fractions(form.matrix);
    expected.nullity += form.surface_parts - 1;
    RC_ASSERT(knot::signature(b) == expected);
}

TEST(signature, long_two_strand_words_are_cheap_because_they_are_sparse) {
    EXPECT_EQ(knot::signature(knot::braid(2, std::vector<int>(601, 1))),
              (knot::signature_result{-600, 0}));
    EXPECT_EQ(knot::signature(knot::braid(2, std::vector<int>(600, -1))),
              (knot::signature_result{599, 0}));
}

knot::braid torus(int p, int q) {
    std::vector<int> word;
    for (int turn = 0; turn < q; ++turn) {
        for (int c = 1; c < p; ++c) word.push_back(c);
    }
    return {p, word};
}

TEST(signature, words_of_a_hundred_thousand_letters_and_a_thousand_strands_work) {
    EXPECT_EQ(knot::signature(torus(2, 100'001)).signature, -100'000);
    // The same link seen along the word and across the strands.
    EXPECT_EQ(knot::signature(torus(3, 400)), knot::signature(torus(400, 3)));
    EXPECT_EQ(knot::signature(torus(3, 6 * 66 + 4)).signature, -(8 * 66 + 6));
    weft_test::dice roll(3);
    auto const wide = weft_test::random_word(roll, 1000, 4000);
    auto const mirrored = knot::signature(knot::mirror(wide));
    EXPECT_EQ(knot::signature(wide).signature, -mirrored.signature);
    EXPECT_EQ(knot::signature(wide).nullity, mirrored.nullity);
}

TEST(signature, sparse_and_dense_eliminations_enclose_the_same_inertia) {
    weft_test::dice roll(41);
    int decided = 0;
    for (int round = 0; round < 60; ++round) {
        auto const s = knot::detail::simplify(
            knot::detail::compacted(weft_test::random_word(roll, 2 + roll(6), 10 + roll(60))));
        for (auto const& p : s.pieces) {
            auto const exact = by_fractions(knot::detail::collins_matrix(p));
            auto const rank =
                static_cast<std::int64_t>(knot::detail::seifert_size(p)) - exact.nullity;
            auto const negative = static_cast<std::size_t>((rank - exact.signature) / 2);
            for (auto const& found : {knot::detail::certified_sparse<double>(p, 1e9),
                                      knot::detail::certified_sparse<long double>(p, 1e9)}) {
                ASSERT_TRUE(found.known);
                EXPECT_LE(found.least, negative);
                EXPECT_GE(found.most, negative + static_cast<std::size_t>(exact.nullity));
                if (found.least == found.most) ++decided;
            }
        }
    }
    EXPECT_GT(decided, 60);
}

// The usual primes after the prime 3, modulo which much vanishes that is not 0.
class three_first {
public:
    [[nodiscard]] std::uint64_t next() noexcept {
        if (given_) return usual_.next();
        given_ = true;
        return 3;
    }

private:
    bool given_ = false;
    knot::detail::primes usual_;
};

TEST(signature, an_unlucky_first_prime_is_noticed) {
    knot::detail::inertia_workspace room;
    for (auto const& diagonal : {std::vector<int>{300'000'000, -1'000'000'000, 600'000'000},
                                 std::vector<int>{1'000'000'000, 3, -900'000'000},
                                 std::vector<int>{300'000'000, -600'000'000, 900'000'000}}) {
        knot::integer_matrix v{3, std::vector<int>(9, 0)};
        std::int64_t expected = 0;
        for (std::size_t k = 0; k < 3; ++k) {
            v(k, k) = diagonal[k];
            expected += diagonal[k] > 0 ? 1 : -1;
        }
        auto const found = knot::detail::inertia(v, {}, room, three_first());
        EXPECT_EQ(found.value, (knot::signature_result{expected, 0}));
    }
}

TEST(primes, the_table_and_what_follows_it_are_prime) {
    knot::detail::primes source;
    std::uint64_t last = std::uint64_t{1} << 62U;
    for (int k = 0; k < 60; ++k) {
        auto const p = source.next();
        EXPECT_LT(p, last);
        EXPECT_TRUE(knot::detail::is_prime(p));
        for (auto q = p + 2; q < last; q += 2) EXPECT_FALSE(knot::detail::is_prime(q));
        last = p;
    }
    EXPECT_FALSE(knot::detail::is_prime(3'215'031'751U)); // a strong pseudoprime to 2, 3, 5 and 7
}

TEST(field, inverses_multiply_to_one) {
    knot::detail::primes source;
    knot::detail::field const f(source.next());
    for (auto const n : std::vector<std::int64_t>{1, -1, 2, 3, -7, INT64_MAX, -INT64_MAX}) {
        EXPECT_EQ(f.to(f.mul(f.from(n), f.inverse(f.from(n)))), 1U);
    }
}

TEST(remainders, integers_of_either_sign_come_back) {
    knot::detail::primes source;
    knot::detail::remainders decoder({source.next(), source.next(), source.next()});
    auto const check = [&](big const& n) {
        std::vector<std::uint64_t> residues;
        for (auto const p : decoder.moduli()) {
            big r = n % p;
            if (r < 0) r += p;
            residues.push_back(static_cast<std::uint64_t>(r));
        }
        EXPECT_EQ(decoder.value<big>(residues), n);
        EXPECT_EQ(decoder.low_bits(residues), knot::integer_traits<big>::low_bits(n));
        auto const fits = n <= INT64_MAX && n > INT64_MIN;
        EXPECT_EQ(decoder.value<std::int64_t>(residues).has_value(), fits);
    };
    big const half = ((big(1) << 62U) - 57) * ((big(1) << 62U) - 87) * ((big(1) << 62U) - 117) / 2;
    for (big const& n : {big(0), big(1), big(-1), big(INT64_MAX), big(INT64_MAX) + 1,
                         -big(INT64_MAX), big(1) << 100U, -(big(1) << 100U), half, big(-half)}) {
        check(n);
    }
}

} // namespace
