#include "weft/knot/batch.hpp"

#include <bit>
#include <cstddef>
#include <cstdint>
#include <gtest/gtest.h>
#include <vector>

#include "knot/support.hpp"

namespace {

namespace knot = weft::knot;

struct backwards {
    template <class Task>
    void operator()(std::size_t n, Task const& task) const {
        while (n-- > 0) task(n);
    }
};

std::vector<knot::braid> some_braids(int count) {
    weft_test::dice roll(5);
    std::vector<knot::braid> out;
    for (int k = 0; k < count; ++k) {
        out.push_back(roll(2) != 0 ? weft_test::random_word(roll, 1 + roll(5), roll(14))
                                   : weft_test::random_bands(roll, 1 + roll(9), roll(20)));
    }
    return out;
}

TEST(batch, invariants_of_many_are_those_of_each) {
    auto const braids = some_braids(83);
    auto const all = knot::compute_invariants_of_all(braids);
    ASSERT_EQ(all.size(), braids.size());
    for (std::size_t k = 0; k < all.size(); ++k) {
        EXPECT_EQ(all[k], knot::compute_invariants(braids[k]));
    }
    EXPECT_EQ(all, knot::compute_invariants_of_all(braids, {}, backwards{}));
    EXPECT_TRUE(knot::compute_invariants_of_all(std::vector<knot::braid>{}).empty());
}

TEST(batch, similarities_of_many_are_those_of_each) {
    std::vector<knot::record> records;
    for (auto const& v : knot::compute_invariants_of_all(some_braids(131))) {
        records.push_back(knot::make_record(v));
    }
    // Nothing but what a diagram has: absent against all others.
    records[7].present = 1U << knot::detail::writhe_term;
    records[7].has = {};
    auto const n = records.size();
    knot::similarity_kernel const score;
    std::vector<double> pairs(n * (n - 1) / 2);
    std::vector<double> again(pairs.size());
    knot::similarities_of_all(score, records, pairs);
    knot::similarities_of_all(score, records, again, backwards{});
    EXPECT_EQ(pairs, again);
    std::vector<double> row(n);
    std::size_t next = 0;
    for (std::size_t i = 0; i < n; ++i) {
        knot::similarities(score, records[i], records, row);
        for (std::size_t j = 0; j < n; ++j) {
            auto const one = score(records[i], records[j]);
            EXPECT_EQ(one.has_value(), i != 7 && j != 7);
            EXPECT_EQ(std::bit_cast<std::uint64_t>(row[j]),
                      std::bit_cast<std::uint64_t>(one.value_or(-1.0)));
            if (i < j) {
                EXPECT_EQ(next, knot::pair_index(i, j, n));
                EXPECT_EQ(pairs[next++], row[j]);
            }
        }
    }
    EXPECT_EQ(next, pairs.size());
}

TEST(batch, refuses_places_that_do_not_fit) {
    std::vector<knot::record> const records(3);
    std::vector<double> out(2);
    knot::similarity_kernel const score;
    EXPECT_THROW(knot::similarities(score, records[0], records, out), weft::invalid_argument);
    EXPECT_THROW(knot::similarities_of_all(score, records, out), weft::invalid_argument);
    EXPECT_NO_THROW(knot::similarities_of_all(score, std::vector<knot::record>{}, {}));
}

} // namespace
