#include "weft/sql/arrays.hpp"

#include <string>
#include <variant>
#include <vector>

#include <gtest/gtest.h>

#include "support.hpp"

namespace {

using namespace weft::schema;
using weft::sql::array;
using weft::sql::column_arrays;

TEST(arrays, hold_a_column_of_all_rows) {
    std::vector<outreach_history> rows{weft_test::sample<outreach_history>(1),
                                       weft_test::sample<outreach_history>(2)};
    rows[1].compatibility_score = 0.5;
    rows[1].metadata = jsonb{"{}"};
    auto const params = column_arrays<outreach_history>(rows);
    ASSERT_EQ(params.size(), column_count<outreach_history>);
    std::size_t k = 0;
    for (auto const& c : columns_of<outreach_history>()) {
        auto const& column = std::get<array>(params[k++]);
        EXPECT_EQ(column.type, c.type) << c.name;
        ASSERT_EQ(column.items.size(), 2U) << c.name;
        if (c.name == "type") {
            EXPECT_EQ(column.items[0], array::item(std::string("community_invitation")));
        } else if (c.name == "compatibility_score") {
            EXPECT_EQ(column.items, (std::vector<array::item>{weft::sql::null{}, 0.5}));
        } else if (c.name == "metadata") {
            EXPECT_EQ(column.items[1], array::item(jsonb{"{}"}));
        }
    }
    EXPECT_EQ(column_arrays<outreach_history>({}).size(), column_count<outreach_history>);
}

TEST(arrays, name_the_row_that_is_refused) {
    std::vector<outreach_history> rows{weft_test::sample<outreach_history>(1),
                                       weft_test::sample<outreach_history>(2)};
    rows[1].compatibility_score = 1.5;
    try {
        (void)column_arrays<outreach_history>(rows);
        FAIL() << "took a score above 1";
    } catch (weft::invalid_argument const& e) {
        EXPECT_EQ(e.argument(), "rows[1].outreach_history.compatibility_score");
        EXPECT_EQ(e.value(), "1.5");
    }
}

} // namespace
