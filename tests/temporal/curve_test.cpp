#include <math.h> // before Boost 1.74's pchip.hpp, which does not include it

#include "weft/temporal/curve.hpp"

#include <algorithm>
#include <cmath>
#include <random>

#include <boost/math/interpolators/pchip.hpp>
#include <gtest/gtest.h>

#include "scipy.hpp"
#include "support/numbers.hpp"

namespace {

using weft::parse_instant;
using weft::temporal::curve;
using weft::temporal::curve_options;
using weft::temporal::instant_curve;
using weft::temporal::interpolation;
using weft::temporal::number_series;
using weft::temporal::outside;
using weft::temporal::series;
using weft_test::inf;
using weft_test::nan;

constexpr interpolation both[] = {interpolation::linear, interpolation::pchip};

struct points {
    std::vector<double> x, y;
};

/// Irregular places, values of one of several kinds: any, in [0,1], monotone, with plateaus.
points random_points(std::mt19937_64& random, int kind) {
    auto const n = std::uniform_int_distribution<std::size_t>(2, 40)(random);
    auto const scale = std::pow(10.0, std::uniform_real_distribution<>(-6, 6)(random));
    points p;
    double x = std::uniform_real_distribution<>(-100, 100)(random);
    double y = 0.0;
    for (std::size_t i = 0; i < n; ++i) {
        p.x.push_back(x);
        x += std::exp(std::uniform_real_distribution<>(-3, 3)(random));
        auto const step = std::uniform_real_distribution<>(0, 1)(random);
        switch (kind) {
        case 0:
            y = std::normal_distribution<>(0, scale)(random);
            break;
        case 1:
            y = step;
            break;
        case 2:
            y += scale * step;
            break;
        default:
            y = std::floor(3 * step) / 2;
            break;
        }
        p.y.push_back(y);
    }
    return p;
}

std::vector<double> places(std::mt19937_64& random, points const& p, std::size_t n) {
    std::uniform_real_distribution<> inside(p.x.front(), p.x.back());
    std::vector<double> at = p.x;
    for (std::size_t i = 0; i < n; ++i) at.push_back(std::min(inside(random), p.x.back()));
    return at;
}

TEST(curve, agrees_with_scipy_on_random_data) {
    std::mt19937_64 random(7);
    auto cases = nlohmann::json::array();
    for (int i = 0; i < 400; ++i) {
        auto const p = random_points(random, i % 4);
        cases.push_back({{"what", "curve"}, {"x", p.x}, {"y", p.y}, {"at", places(random, p, 50)}});
    }
    auto const answers = weft_test::ask_scipy(cases);
    if (!answers) return;
    double worst_value = 0.0;
    double worst_slope = 0.0;
    for (std::size_t i = 0; i < cases.size(); ++i) {
        auto const x = cases[i]["x"].get<std::vector<double>>();
        auto const y = cases[i]["y"].get<std::vector<double>>();
        auto const at = cases[i]["at"].get<std::vector<double>>();
        curve const pchip(x, y);
        curve const linear(x, y, {.method = interpolation::linear});
        double size = 0.0;
        double steep = 0.0;
        for (auto const v : y) size = std::max(size, std::abs(v));
        for (std::size_t k = 1; k < x.size(); ++k) {
            steep = std::max(steep, std::abs((y[k] - y[k - 1]) / (x[k] - x[k - 1])));
        }
        for (std::size_t k = 0; k < at.size(); ++k) {
            auto const& a = (*answers)[i];
            auto const compare = [](double ours, double theirs, double scale, double& worst) {
                if (scale > 0.0) worst = std::max(worst, std::abs(ours - theirs) / scale);
            };
            compare(pchip(at[k]), a["pchip"][k].get<double>(), size, worst_value);
            compare(linear(at[k]), a["linear"][k].get<double>(), size, worst_value);
            compare(pchip.derivative(at[k]), a["slope"][k].get<double>(), steep, worst_slope);
        }
    }
    RecordProperty("worst_value", weft::to_text(worst_value));
    RecordProperty("worst_slope", weft::to_text(worst_slope));
    EXPECT_LE(worst_value, 1e-12);
    EXPECT_LE(worst_slope, 1e-12);
}

TEST(curve, agrees_with_values_of_scipy_written_down) {
    // scipy 1.10.1, PchipInterpolator([0, 1, 3, 4], [0, 1, .5, .5]) and its derivative
    std::vector<double> const x{0, 1, 3, 4};
    std::vector<double> const y{0, 1, .5, .5};
    curve const c(x, y);
    EXPECT_NEAR(c(.5), 0.6770833333333333, 1e-15);
    EXPECT_NEAR(c(2.0), .75, 1e-15);
    EXPECT_NEAR(c.derivative(0.0), 1.4166666666666665, 1e-15);
    EXPECT_NEAR(c.derivative(2.0), -.375, 1e-15);
    EXPECT_EQ(c.derivative(1.0), 0.0);
    EXPECT_EQ(c(3.7), .5);
}

TEST(curve, agrees_with_boost_given_our_end_slopes) {
    // Boost's own end slopes are the end secants; given ours, all else is the same rule.
    std::mt19937_64 random(8);
    for (int i = 0; i < 200; ++i) {
        auto const p = random_points(random, i % 4);
        if (p.x.size() < 4) continue;
        curve const ours(p.x, p.y);
        auto x = p.x;
        auto y = p.y;
        boost::math::interpolators::pchip<std::vector<double>> const theirs(
            std::move(x), std::move(y), ours.derivative(p.x.front()), ours.derivative(p.x.back()));
        double size = 0.0;
        for (auto const v : p.y) size = std::max(size, std::abs(v));
        for (auto const at : places(random, p, 30)) {
            EXPECT_NEAR(ours(at), theirs(at), 1e-12 * size);
        }
    }
}

TEST(curve, passes_through_its_points_exactly) {
    std::mt19937_64 random(9);
    for (int i = 0; i < 100; ++i) {
        auto const p = random_points(random, i % 4);
        for (auto const method : both) {
            curve const c(p.x, p.y, {.method = method});
            for (std::size_t k = 0; k < p.x.size(); ++k) EXPECT_EQ(c(p.x[k]), p.y[k]);
        }
    }
}

TEST(curve, stays_between_the_ends_of_each_piece_and_in_the_unit_interval) {
    std::mt19937_64 random(10);
    for (int i = 0; i < 200; ++i) {
        auto const p = random_points(random, 1 + i % 3);
        for (auto const method : both) {
            curve const c(p.x, p.y, {.method = method});
            for (std::size_t k = 1; k < p.x.size(); ++k) {
                auto const [low, high] = std::minmax(p.y[k - 1], p.y[k]);
                for (int s = 0; s <= 20; ++s) {
                    auto const x = std::min(p.x[k], p.x[k - 1] + (p.x[k] - p.x[k - 1]) * s / 20.0);
                    EXPECT_GE(c(x), low);
                    EXPECT_LE(c(x), high);
                }
            }
        }
    }
}

TEST(curve, monotone_data_give_a_monotone_curve) {
    std::mt19937_64 random(11);
    for (int i = 0; i < 100; ++i) {
        auto const p = random_points(random, 2);
        auto const rounding = 4e-16 * p.y.back();
        for (auto const method : both) {
            curve const c(p.x, p.y, {.method = method});
            double before = p.y.front();
            for (int s = 0; s <= 2000; ++s) {
                auto const x =
                    std::min(p.x.back(), p.x.front() + (p.x.back() - p.x.front()) * s / 2000.0);
                EXPECT_GE(c(x), before - rounding);
                EXPECT_GE(c.derivative(x), -1e-9 * std::abs(c.derivative(p.x.front())) - 1e-9);
                before = c(x);
            }
        }
    }
}

TEST(curve, derivative_is_the_limit_of_differences) {
    std::mt19937_64 random(12);
    for (int i = 0; i < 100; ++i) {
        auto p = random_points(random, 1);
        for (auto const method : both) {
            curve const c(p.x, p.y, {.method = method});
            for (std::size_t k = 1; k < p.x.size(); ++k) {
                auto const h = p.x[k] - p.x[k - 1];
                auto const x = p.x[k - 1] + .37 * h;
                auto const d = 1e-4 * h;
                // The centred difference of a cubic is off by its third derivative x d^2 / 6.
                EXPECT_NEAR(c.derivative(x), (c(x + d) - c(x - d)) / (2 * d), 1e-6 / h);
            }
        }
    }
}

TEST(curve, pchip_has_a_continuous_derivative) {
    std::mt19937_64 random(13);
    for (int i = 0; i < 50; ++i) {
        auto const p = random_points(random, 1);
        curve const c(p.x, p.y);
        for (std::size_t k = 1; k + 1 < p.x.size(); ++k) {
            auto const left = c.derivative(std::nextafter(p.x[k], -inf));
            EXPECT_NEAR(left, c.derivative(p.x[k]), 1e-9 * (1 + std::abs(left)));
        }
    }
}

TEST(curve, two_points_are_a_straight_line) {
    std::vector<double> const x{1, 3};
    std::vector<double> const y{5, 1};
    for (auto const method : both) {
        curve const c(x, y, {.method = method});
        EXPECT_DOUBLE_EQ(c(2), 3);
        EXPECT_DOUBLE_EQ(c.derivative(2.5), -2);
    }
}

TEST(curve, behaves_outside_as_it_was_told) {
    std::vector<double> const x{0, 1, 3};
    std::vector<double> const y{.25, .75, .5};
    for (auto const method : both) {
        curve const thrower(x, y, {.method = method});
        EXPECT_THROW((void)thrower(-1e-9), weft::domain_error);
        EXPECT_THROW((void)thrower.derivative(3.1), weft::domain_error);
        curve const clamped(x, y, {.method = method, .outside = outside::clamp});
        EXPECT_EQ(clamped(-5), .25);
        EXPECT_EQ(clamped(1e300), .5);
        EXPECT_EQ(clamped.derivative(9), 0.0);
        curve const none(x, y, {.method = method, .outside = outside::nan});
        EXPECT_TRUE(weft::is_nan(none(-1)));
        EXPECT_TRUE(weft::is_nan(none.derivative(4)));
        EXPECT_EQ(none(3), .5);
        curve const straight(x, y, {.method = method, .outside = outside::linear});
        EXPECT_DOUBLE_EQ(straight(-2), .25 - 2 * straight.derivative(0));
        EXPECT_DOUBLE_EQ(straight(5), .5 + 2 * straight.derivative(3));
        EXPECT_EQ(straight.derivative(5), straight.derivative(3));
        curve const cut(x, y, {.method = method, .outside = outside::linear, .unit = true});
        EXPECT_EQ(cut(-2), 0.0);
        EXPECT_EQ(cut.derivative(-2), 0.0);
        EXPECT_DOUBLE_EQ(cut(3.1), straight(3.1));
        for (auto const* c : {&thrower, &clamped, &none, &straight}) {
            EXPECT_THROW((void)(*c)(nan), weft::invalid_argument);
            EXPECT_THROW((void)(*c)(-inf), weft::invalid_argument);
        }
    }
}

TEST(curve, refuses_faulty_points_by_name) {
    auto const fault = [](std::vector<double> const& x, std::vector<double> const& y,
                          curve_options const& options = {}) -> std::string {
        try {
            curve(x, y, options);
        } catch (weft::invalid_argument const& e) {
            return e.argument();
        }
        return "(accepted)";
    };
    EXPECT_EQ(fault({}, {}), "x");
    EXPECT_EQ(fault({1}, {1}), "x");
    EXPECT_EQ(fault({1, 2}, {1}), "y");
    EXPECT_EQ(fault({1, 2, 2}, {1, 2, 3}), "x[2]");
    EXPECT_EQ(fault({1, nan}, {1, 2}), "x[1]");
    EXPECT_EQ(fault({1, 2}, {1, inf}), "y[1]");
    EXPECT_EQ(fault({0, 1, 2}, {-1e308, 0, 1e308}), "y[1]");
    EXPECT_EQ(fault({0, 5e-324}, {0, 1}), "y[1]");
    EXPECT_EQ(fault({0, 1e-160, 3e-160}, {0, 1e100, 0}), "x[1]");
    EXPECT_EQ(fault({0, 1}, {.5, 1.5}, {.unit = true}), "y[1]");
    EXPECT_EQ(fault({0, 1}, {0, 1}, {.unit = true}), "(accepted)");
}

TEST(curve, survives_values_at_the_edge_of_doubles) {
    std::vector<double> const x{0, 1, 2, 3};
    for (double const size : {1e-300, 5e-324, 1e300}) {
        std::vector<double> const y{0, size, 2 * size, 3 * size};
        curve const c(x, y);
        EXPECT_GE(c(1.5), size);
        EXPECT_LE(c(1.5), 2 * size);
        EXPECT_TRUE(weft::is_finite(c.derivative(1.5)));
        EXPECT_GE(c.derivative(1.0), 0.0);
    }
    // Products of such secants underflow; their signs do not.
    std::vector<double> const tiny{0, 1e-200, 3e-200, 4e-200};
    EXPECT_GT(curve(x, tiny).derivative(1.0), 0.0);
}

TEST(curve, spans_over_which_coefficients_lose_their_digits_are_refused) {
    std::vector<double> const y{0, 1, .2, .9, .1, .5, .4, 1, 0, .3};
    std::vector<double> near;
    for (int k = 0; k < 10; ++k) near.push_back(k);
    for (auto const method : {interpolation::pchip, interpolation::natural_spline}) {
        curve_options const options{.method = method};
        auto const expected = curve(near, y, options).roots(.45);
        for (double const h : {1e-90, 1e60, 1e99, 1e105, 1e110, 1e160, 1e200}) {
            std::vector<double> x;
            for (auto const t : near) x.push_back(t * h);
            if (h > 1e107) {
                EXPECT_THROW(curve(x, y, options), weft::invalid_argument) << h;
                continue;
            }
            try {
                curve const c(x, y, options);
                EXPECT_NEAR(c(4.25 * h), curve(near, y, options)(4.25), 1e-12) << h;
                EXPECT_EQ(c.roots(.45).size(), expected.size()) << h;
            } catch (weft::invalid_argument const&) {
                EXPECT_GT(h, 1e100);
            }
        }
    }
    std::vector<double> const x{0, 1000, 2000};
    std::vector<double> const tiny{0, 1e-315, 3e-316};
    for (auto const method : both) {
        EXPECT_THROW(curve(x, tiny, {.method = method}), weft::invalid_argument);
    }
    std::vector<double> const wide{-1.7e308, 0};
    curve c(wide, wide, {.method = interpolation::linear});
    EXPECT_THROW(c.append(1e308, 0), weft::invalid_argument);
}

TEST(curve, a_level_at_the_end_of_a_line_is_met) {
    std::mt19937_64 random(26);
    std::uniform_real_distribution<> unit;
    for (int round = 0; round < 500; ++round) {
        std::vector<double> const x{0, .1 + unit(random)};
        std::vector<double> const y{unit(random), unit(random)};
        for (auto const method : both) {
            curve const c(x, y, {.method = method});
            EXPECT_EQ(c.roots(y[0]).size(), 1u);
            ASSERT_EQ(c.roots(y[1]).size(), 1u);
            EXPECT_NEAR(c.roots(y[1])[0], x[1], 1e-12);
        }
    }
}

TEST(curve, batch_equals_single_bit_for_bit) {
    std::mt19937_64 random(23);
    for (int round = 0; round < 200; ++round) {
        auto const p = random_points(random, 1);
        auto at = places(random, p, 30);
        at.push_back(p.x.front() - 1);
        at.push_back(p.x.back() + 1);
        if (round % 2 == 0) {
            std::sort(at.begin(), at.end());
        } else {
            std::shuffle(at.begin(), at.end(), random);
        }
        for (auto const method : both) {
            curve const c(p.x, p.y, {.method = method, .outside = outside::linear});
            std::vector<double> out(at.size());
            c.evaluate(at, out);
            for (std::size_t k = 0; k < at.size(); ++k) EXPECT_EQ(out[k], c(at[k])) << round;
        }
    }
}

TEST(curve, batch_refuses_faulty_input) {
    std::vector<double> const x{0, 1};
    curve const c(x, x);
    std::vector<double> out(1);
    EXPECT_THROW(c.evaluate(x, out), weft::invalid_argument);
    std::vector<double> at{nan};
    EXPECT_THROW(c.evaluate(at, out), weft::invalid_argument);
    at = {2};
    EXPECT_THROW(c.evaluate(at, out), weft::domain_error);
}

TEST(curve, copies_are_independent) {
    std::vector<double> const x{0, 1, 2};
    std::vector<double> const y{0, 1, 0};
    std::vector<double> const other{5, 5, 5};
    curve a(x, y);
    auto const b = a;
    a = curve(x, other);
    EXPECT_EQ(b(1), 1.0);
    EXPECT_EQ(a(1), 5.0);
}

TEST(instant_curve, counts_in_days_and_shows_instants) {
    series const s(
        {parse_instant("2026-01-01"), parse_instant("2026-01-02"), parse_instant("2026-01-04")},
        {0.0, 1.0, .5});
    instant_curve const c(s, {.method = interpolation::linear});
    EXPECT_DOUBLE_EQ(c(parse_instant("2026-01-03")), .75);
    EXPECT_DOUBLE_EQ(c.derivative(parse_instant("2026-01-03")), -.25);
    EXPECT_EQ(c(parse_instant("2026-01-04")), .5);
    EXPECT_EQ(c.days()(3.0), .5);
    try {
        (void)c(parse_instant("2026-01-05"));
        FAIL();
    } catch (weft::domain_error const& e) {
        EXPECT_NE(std::string(e.what()).find("2026-01-05T00:00:00Z"), std::string::npos);
    }
    EXPECT_THROW((void)c(weft::instant_infinity), weft::invalid_argument);
    EXPECT_THROW((void)instant_curve(series()), weft::invalid_argument);
}

} // namespace
