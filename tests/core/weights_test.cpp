#include "weft/core/weights.hpp"

#include <array>
#include <gtest/gtest.h>
#include <limits>
#include <optional>
#include <rapidcheck/gtest.h>

namespace {

weft::weights<3> const some({{{"a", 0.5}, {"b", 0.3}, {"c", 0.2}}});

TEST(weights, what_is_absent_gives_its_weight_to_the_others) {
    auto const shares = some.renormalised({true, false, true});
    EXPECT_DOUBLE_EQ(shares[0], 0.5 / 0.7);
    EXPECT_EQ(shares[1], 0.0);
    EXPECT_DOUBLE_EQ(shares[2], 0.2 / 0.7);
}

TEST(weights, nothing_present_has_no_mean) {
    EXPECT_FALSE(some.mean({std::nullopt, std::nullopt, std::nullopt}).has_value());
    weft::weights<2> const one_sided({{{"a", 1.0}, {"b", 0.0}}});
    EXPECT_FALSE(one_sided.mean({std::nullopt, 0.4}).has_value());
}

TEST(weights, refuses_what_cannot_weigh) {
    auto const nan = std::numeric_limits<double>::quiet_NaN();
    EXPECT_THROW(weft::weights<2>({{{"a", -0.1}, {"b", 1.0}}}), weft::invalid_argument);
    EXPECT_THROW(weft::weights<2>({{{"a", nan}, {"b", 1.0}}}), weft::invalid_argument);
    EXPECT_THROW(weft::weights<2>({{{"a", 0.0}, {"b", 0.0}}}), weft::invalid_argument);
    EXPECT_THROW(weft::weights<2>({{{"a", 1e308}, {"b", 1e308}}}), weft::invalid_argument);
}

RC_GTEST_PROP(weights, mean_lies_between_the_values, (bool pa, bool pb, bool pc)) {
    RC_PRE(pa || pb || pc);
    auto const value = [](bool present) -> std::optional<double> {
        if (!present) return std::nullopt;
        return static_cast<double>(*rc::gen::inRange(0, 1001)) / 1000.0;
    };
    std::array<std::optional<double>, 3> const values{value(pa), value(pb), value(pc)};
    double low = 1.0;
    double high = 0.0;
    for (auto const& v : values) {
        if (v) {
            low = std::min(low, *v);
            high = std::max(high, *v);
        }
    }
    auto const mean = some.mean(values);
    RC_ASSERT(mean.has_value());
    RC_ASSERT(*mean >= low - 1e-15 && *mean <= high + 1e-15);
}

} // namespace
