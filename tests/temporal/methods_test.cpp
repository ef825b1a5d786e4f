#include <math.h> // before Boost 1.74's interpolators, which do not include it

#include <algorithm>
#include <cmath>
#include <random>

#include <boost/math/interpolators/barycentric_rational.hpp>
#include <boost/math/interpolators/makima.hpp>
#include <boost/math/interpolators/quintic_hermite.hpp>
#include <gtest/gtest.h>

#include "scipy.hpp"
#include "support/numbers.hpp"
#include "weft/temporal/curve.hpp"

namespace {

namespace methods {

using weft::temporal::curve;
using weft::temporal::curve_options;
using weft::temporal::interpolation;
using weft::temporal::outside;
using vec = std::vector<double>;

struct data {
    vec x, y, dy, d2y;
    [[nodiscard]] double size() const {
        double s = 0.0;
        for (auto const v : y) s = std::max(s, std::abs(v));
        return s;
    }
};

data draw(std::mt19937_64& random, std::size_t least = 2, double uneven = 2.0) {
    auto const n = std::uniform_int_distribution<std::size_t>(least, 40)(random);
    auto const scale = std::pow(10.0, std::uniform_real_distribution<>(-6, 6)(random));
    bool const scores = random() % 2 == 0;
    data d;
    double x = std::uniform_real_distribution<>(-100, 100)(random);
    for (std::size_t i = 0; i < n; ++i) {
        d.x.push_back(x);
        x += std::exp(std::uniform_real_distribution<>(-uneven, uneven)(random));
        d.y.push_back(scores ? std::uniform_real_distribution<>()(random)
                             : std::normal_distribution<>(0, scale)(random));
        auto const size = scores ? 1.0 : scale;
        d.dy.push_back(std::normal_distribution<>(0, size)(random));
        d.d2y.push_back(std::normal_distribution<>(0, size)(random));
    }
    return d;
}

vec places(std::mt19937_64& random, data const& d, std::size_t n) {
    vec at = d.x;
    for (std::size_t i = 0; i < n; ++i) {
        at.push_back(std::uniform_real_distribution<>(d.x.front(), d.x.back())(random));
    }
    return at;
}

struct method {
    char const* name;
    interpolation kind;
};

constexpr method all[] = {
    {"nearest", interpolation::nearest},        {"previous", interpolation::previous},
    {"linear", interpolation::linear},          {"pchip", interpolation::pchip},
    {"makima", interpolation::makima},          {"natural", interpolation::natural_spline},
    {"clamped", interpolation::clamped_spline}, {"not-a-knot", interpolation::not_a_knot_spline},
    {"hermite", interpolation::hermite},        {"quintic", interpolation::quintic_hermite},
    {"rational", interpolation::rational},
};

curve make(method const& m, data const& d, curve_options options = {}) {
    options.method = m.kind;
    options.start_slope = d.dy.front();
    options.end_slope = d.dy.back();
    if (m.kind == interpolation::hermite) return curve::hermite(d.x, d.y, d.dy, options);
    if (m.kind == interpolation::quintic_hermite) {
        return curve::quintic_hermite(d.x, d.y, d.dy, d.d2y, options);
    }
    return curve(d.x, d.y, options);
}

bool jumps(method const& m) {
    return m.kind == interpolation::nearest || m.kind == interpolation::previous;
}

double largest(vec const& v) {
    double s = 0.0;
    for (auto const x : v) s = std::max(s, std::abs(x));
    return s;
}

} // namespace methods

TEST(curve_methods, agree_with_scipy_on_500_random_data_sets_each) {
    using namespace methods;
    std::mt19937_64 random(101);
    auto cases = nlohmann::json::array();
    std::vector<data> kept;
    for (auto const& m : all) {
        if (m.kind == interpolation::makima || m.kind == interpolation::rational) continue;
        for (int i = 0; i < 500; ++i) {
            auto const d = draw(random);
            auto const at = places(random, d, 20);
            auto ends = std::array{at[at.size() - 1], at[at.size() - 2]};
            cases.push_back({{"what", "spline"},
                             {"method", m.name},
                             {"x", d.x},
                             {"y", d.y},
                             {"dy", d.dy},
                             {"d2y", d.d2y},
                             {"at", at},
                             {"ends", ends},
                             {"level", .4 * d.y.front() + .6 * d.y.back()}});
            kept.push_back(d);
        }
    }
    auto const answers = weft_test::ask_scipy(cases);
    if (!answers) return;
    double worst[4] = {0, 0, 0, 0};
    std::size_t roots = 0;
    for (std::size_t i = 0; i < kept.size(); ++i) {
        auto const name = cases[i]["method"].get<std::string>();
        auto const& m = *std::find_if(std::begin(all), std::end(all),
                                      [&](auto const& one) { return one.name == name; });
        auto const c = make(m, kept[i]);
        auto const at = cases[i]["at"].get<vec>();
        auto const& a = (*answers)[i];
        auto const value = a["value"].get<vec>();
        vec ours(at.size());
        c.evaluate(at, ours);
        auto const compare = [&](double x, double y, double size, double& w) {
            if (size > 0.0) w = std::max(w, std::abs(x - y) / size);
        };
        auto const size = largest(value);
        for (std::size_t k = 0; k < at.size(); ++k) {
            EXPECT_EQ(ours[k], c(at[k])) << name;
            compare(ours[k], value[k], size, worst[0]);
        }
        if (jumps(m)) continue;
        auto const slope = a["slope"].get<vec>();
        auto const area = a["area"].get<vec>();
        auto const anti = c.antiderivative();
        auto const length = kept[i].x.back() - kept[i].x.front();
        for (std::size_t k = 0; k < at.size(); ++k) {
            compare(c.derivative(at[k]), slope[k], largest(slope), worst[1]);
            compare(anti(at[k]), area[k], size * length, worst[2]);
        }
        auto const ends = cases[i]["ends"].get<vec>();
        compare(c.integral(ends[0], ends[1]), a["integral"].get<double>(), size * length, worst[3]);
        // As many roots, at the same places where they are not near a turn.
        auto const level = cases[i]["level"].get<double>();
        auto const theirs = a["roots"].get<vec>();
        auto const mine = c.roots(level);
        for (auto const x : mine) {
            compare(c(x), level, size + std::abs(c.derivative(x)) * length, worst[0]);
            ++roots;
        }
        for (auto const x : theirs) {
            auto const close = std::any_of(mine.begin(), mine.end(), [&](double r) {
                return std::abs(r - x) <= 1e-7 * length;
            });
            EXPECT_TRUE(close) << name << " misses " << x;
        }
    }
    for (int k = 0; k < 4; ++k) {
        RecordProperty("worst_" + std::to_string(k), weft::to_text(worst[k]));
        EXPECT_LE(worst[k], 1e-12) << k;
    }
    EXPECT_GT(roots, 1000u);
}

TEST(curve_methods, agree_with_boost_on_500_random_data_sets_each) {
    using namespace methods;
    std::mt19937_64 random(102);
    double worst = 0.0;
    for (int i = 0; i < 500; ++i) {
        auto const d = draw(random, 4);
        auto const at = places(random, d, 20);
        auto const check = [&](methods::method const& m, auto const& theirs, double room) {
            auto const c = make(m, d);
            double size = d.size();
            for (auto const x : at) size = std::max(size, std::abs(theirs(x)));
            for (auto const x : at) {
                worst = std::max(worst, std::abs(c(x) - theirs(x)) / (room * size));
                auto const s = theirs.prime(x);
                EXPECT_NEAR(c.derivative(x), s, 1e-11 * (std::abs(s) + 100 * (room * size)))
                    << m.name;
            }
        };
        auto x = d.x;
        auto y = d.y;
        boost::math::interpolators::makima<vec> const makima(std::move(x), std::move(y));

        check(all[4], makima, 1.0);
        x = d.x;
        y = d.y;
        auto dy = d.dy;
        auto d2y = d.d2y;
        boost::math::interpolators::quintic_hermite<vec> const quintic(
            std::move(x), std::move(y), std::move(dy), std::move(d2y));
        check(all[9], quintic, 1.0);
        boost::math::barycentric_rational<double> const rational(d.x.data(), d.y.data(), d.x.size(),
                                                                 3);
        // A sum of terms of both signs: very uneven places cost it a digit.
        check(all[10], rational, 10.0);
    }
    RecordProperty("worst", weft::to_text(worst));
    EXPECT_LE(worst, 1e-12);
}

TEST(curve_methods, slopes_are_limits_of_differences_and_integrals_sums) {
    using namespace methods;
    std::mt19937_64 random(103);
    for (auto const& m : all) {
        for (int i = 0; i < (m.kind == interpolation::rational ? 3 : 15); ++i) {
            auto const d = draw(random, 4, m.kind == interpolation::rational ? .5 : 2.0);
            auto const c = make(m, d);
            auto const p = c.polynomial();
            auto const breaks = p.breaks();
            auto const slopes = c.derivative_curve();
            double sum = 0.0;
            double size = d.size();
            double total = 0.0;
            for (std::size_t k = 0; k + 1 < breaks.size(); ++k) {
                // Five places of Gauss and Legendre are exact up to degree nine.
                constexpr double place[] = {0.0, 0.5384693101056831, 0.9061798459386640};
                constexpr double weight[] = {0.5688888888888889, 0.4786286704993665,
                                             0.2369268850561891};
                auto const h = (breaks[k + 1] - breaks[k]) / 2.0;
                auto const middle = breaks[k] + h;
                for (int g = 0; g < 3; ++g) {
                    auto const right = c(middle + place[g] * h);
                    auto const left = c(middle - place[g] * h);
                    size = std::max({size, std::abs(left), std::abs(right)});
                    sum += h * weight[g] * (g == 0 ? right : left + right);
                }
                total += 2.0 * h;
                if (jumps(m)) continue;
                auto const x = middle + .3 * h;
                auto const e = 1e-4 * h;
                auto const slope = (c(x + e) - c(x - e)) / (2.0 * e);
                EXPECT_NEAR(c.derivative(x), slope, 1e-6 * (size / h + std::abs(slope))) << m.name;
                EXPECT_NEAR(slopes(x), c.derivative(x), 1e-9 * (size / h + std::abs(slope)))
                    << m.name;
            }
            EXPECT_NEAR(c.integral(d.x.front(), d.x.back()), sum, 2e-12 * size * total) << m.name;
            EXPECT_NEAR(c.antiderivative()(d.x.back()), sum, 2e-12 * size * total) << m.name;
        }
    }
}

TEST(curve_methods, roots_and_extrema_are_what_a_dense_grid_finds) {
    using namespace methods;
    std::mt19937_64 random(104);
    for (auto const& m : all) {
        if (jumps(m)) continue;
        for (int i = 0; i < (m.kind == interpolation::rational ? 3 : 15); ++i) {
            auto const d = draw(random, 4, m.kind == interpolation::rational ? .5 : 2.0);
            auto const c = make(m, d);
            auto const a = d.x.front();
            auto const b = d.x.back();
            auto const level = d.y[d.y.size() / 2];
            auto const roots = c.roots(level, a, b);
            auto const turns = c.extrema(a, b);
            auto const ends = c.lowest_and_highest(a, b);
            EXPECT_TRUE(std::is_sorted(roots.begin(), roots.end()));
            constexpr int steps = 600;
            double before = c(a) - level;
            for (int k = 1; k <= steps; ++k) {
                auto const left = a + (b - a) * (k - 1) / steps;
                auto const right = k == steps ? b : a + (b - a) * k / steps;
                auto const after = c(right) - level;
                EXPECT_LE(ends.lowest, c(right) + 1e-12 * d.size());
                EXPECT_GE(ends.highest, c(right) - 1e-12 * d.size());
                if (before * after < 0.0) {
                    EXPECT_TRUE(std::any_of(roots.begin(), roots.end(), [&](double r) {
                        return r >= left && r <= right;
                    })) << m.name;
                }
                before = after;
                if (k == steps) break;
                auto const next = k + 1 == steps ? b : a + (b - a) * (k + 1) / steps;
                auto const up = c(right) - c(left);
                auto const down = c(next) - c(right);
                if (up * down < 0.0) {
                    EXPECT_TRUE(std::any_of(turns.begin(), turns.end(), [&](auto const& t) {
                        return t.x >= left && t.x <= next && t.maximum == (up > 0.0);
                    })) << m.name;
                }
            }
            for (std::size_t k = 1; k < turns.size(); ++k) {
                EXPECT_NE(turns[k].maximum, turns[k - 1].maximum) << m.name;
            }
        }
    }
}

TEST(curve_methods, pieces_that_are_the_level_answer_with_their_ends) {
    using namespace methods;
    vec const x{0, 1, 2, 3, 4};
    vec const y{0, 1, 1, 1, 0};
    curve const c(x, y);
    EXPECT_EQ(c.roots(1.0), (vec{1, 3}));
    EXPECT_EQ(c.roots(2.0), vec{});
    EXPECT_EQ(c.roots(1.0, 1.5, 2.5), (vec{1.5, 2.5}));
    auto const turns = c.extrema(0, 4);
    ASSERT_EQ(turns.size(), 1u);
    EXPECT_EQ(turns[0].x, 1.0);
    EXPECT_TRUE(turns[0].maximum);
    // A parabola that touches.
    curve const touch(vec{-1, 0, 1}, vec{1, 0, 1}, {.method = interpolation::not_a_knot_spline});
    ASSERT_EQ(touch.roots(0.0).size(), 1u);
    EXPECT_NEAR(touch.roots(0.0)[0], 0.0, 1e-12);
    curve const steps(vec{0, 1, 2}, vec{0, 2, 2}, {.method = interpolation::previous});
    EXPECT_TRUE(steps.roots(1.0).empty());
}

TEST(curve_methods, nearest_and_previous_hold_their_values) {
    using namespace methods;
    vec const x{0, 1, 3};
    vec const y{5, 7, 9};
    curve const near(x, y, {.method = interpolation::nearest});
    EXPECT_EQ(near(.5), 5);
    EXPECT_EQ(near(std::nextafter(.5, 1.0)), 7);
    EXPECT_EQ(near(2.0), 7);
    EXPECT_EQ(near(3.0), 9);
    EXPECT_DOUBLE_EQ(near.integral(0, 3), 2.5 + 10.5 + 9);
    curve const last(x, y, {.method = interpolation::previous});
    EXPECT_EQ(last(std::nextafter(1.0, 0.0)), 5);
    EXPECT_EQ(last(1.0), 7);
    EXPECT_EQ(last(3.0), 9);
    EXPECT_EQ(last.derivative(2.0), 0.0);
}

TEST(curve_methods, scores_are_cut_only_where_asked) {
    using namespace methods;
    std::mt19937_64 random(105);
    bool left = false;
    for (int i = 0; i < 20; ++i) {
        auto d = draw(random, 4);
        for (auto& v : d.y) v = std::uniform_real_distribution<>()(random) < .5 ? 0.0 : 1.0;
        for (auto& v : d.dy) v = std::normal_distribution<>()(random);
        for (auto& v : d.d2y) v = std::normal_distribution<>()(random);
        for (auto const& m : all) {
            if (m.kind == interpolation::rational) continue;
            auto const free = make(m, d);
            auto const cut = make(m, d, {.unit = true});
            auto at = places(random, d, 200);
            std::sort(at.begin(), at.end());
            vec out(at.size());
            cut.evaluate(at, out);
            double sum = 0.0;
            for (std::size_t k = 0; k < at.size(); ++k) {
                EXPECT_GE(out[k], 0.0);
                EXPECT_LE(out[k], 1.0);
                EXPECT_EQ(out[k], cut(at[k]));
                auto const plain = free(at[k]);
                left = left || plain < -.01 || plain > 1.01;
                EXPECT_NEAR(out[k], std::clamp(plain, 0.0, 1.0), 1e-10) << m.name;
                if (plain < -.01 || plain > 1.01) {
                    EXPECT_EQ(cut.derivative(at[k]), 0.0) << m.name;
                }
                if (k > 0) sum += cut.integral(at[k - 1], at[k]);
            }
            EXPECT_NEAR(sum, cut.integral(at.front(), at.back()), 1e-10);
        }
    }
    EXPECT_TRUE(left);
    EXPECT_THROW(
        (void)curve(vec{0, 1}, vec{0, 1}, {.method = interpolation::rational, .unit = true}),
        weft::invalid_argument);
}

TEST(curve_methods, appending_gives_the_bits_of_building_anew) {
    using namespace methods;
    std::mt19937_64 random(106);
    for (auto const& m : all) {
        if (m.kind == interpolation::hermite || m.kind == interpolation::quintic_hermite) continue;
        for (bool const unit : {false, true}) {
            if (unit && m.kind == interpolation::rational) continue;
            auto d = draw(random, 30);
            if (unit) {
                for (auto& v : d.y) v = std::uniform_real_distribution<>()(random);
            }
            data part{{d.x.begin(), d.x.begin() + 2}, {d.y.begin(), d.y.begin() + 2}, d.dy, d.d2y};
            auto grown = make(m, part, {.unit = unit});
            for (std::size_t k = 2; k < d.x.size(); ++k) {
                grown.append(d.x[k], d.y[k]);
                part.x.push_back(d.x[k]);
                part.y.push_back(d.y[k]);
                auto const whole = make(m, part, {.unit = unit});
                ASSERT_EQ(grown.breaks().size(), whole.breaks().size());
                for (std::size_t i = 0; i + 1 < whole.breaks().size(); ++i) {
                    ASSERT_EQ(grown.breaks()[i], whole.breaks()[i]);
                    for (std::size_t c = 0; c < whole.coefficients(i).size(); ++c) {
                        ASSERT_EQ(grown.coefficients(i)[c], whole.coefficients(i)[c]) << m.name;
                    }
                }
                EXPECT_EQ(grown(d.x[k]), d.y[k]);
            }
        }
    }
    curve c(vec{0, 1}, vec{0, 1});
    EXPECT_THROW(c.append(1, 2), weft::invalid_argument);
    EXPECT_THROW(c.append(weft_test::nan, 2), weft::invalid_argument);
    EXPECT_THROW(c.append(2, weft_test::inf), weft::invalid_argument);
    EXPECT_EQ(c.knots().size(), 2u);
    auto slope = c.derivative_curve();
    EXPECT_THROW(slope.append(2, 2), weft::invalid_argument);
}

TEST(curve_methods, integrals_reach_outside_as_the_curve_does) {
    using namespace methods;
    vec const x{0, 1};
    vec const y{.25, .75};
    EXPECT_THROW((void)curve(x, y).integral(-1, 1), weft::domain_error);
    EXPECT_TRUE(weft::is_nan(curve(x, y, {.outside = outside::nan}).integral(0, 2)));
    curve const clamp(x, y, {.outside = outside::clamp});
    EXPECT_DOUBLE_EQ(clamp.integral(-1, 3), .25 + .5 + 1.5);
    EXPECT_DOUBLE_EQ(clamp.integral(3, -1), -(.25 + .5 + 1.5));
    EXPECT_DOUBLE_EQ(clamp.integral(-3, -1), .5);
    EXPECT_DOUBLE_EQ(clamp.integral(2, 4), 1.5);
    curve const line(x, y, {.outside = outside::linear});
    EXPECT_DOUBLE_EQ(line.integral(-2, 3), (.25 - 1.0 + .25 + 1.5) / 2 * 5);
    curve const cut(x, y, {.outside = outside::linear, .unit = true});
    EXPECT_DOUBLE_EQ(cut.integral(-2, 3), .5 * .25 / 2 + .5 + .5 * 1.75 / 2 + 1.5);
    EXPECT_DOUBLE_EQ(cut.integral(2, 3), 1.0);
}

TEST(curve_methods, boosts_traps_are_our_errors) {
    using namespace methods;
    auto const argument = [](auto const& f) -> std::string {
        try {
            f();
        } catch (weft::invalid_argument const& e) {
            return e.argument();
        }
        return "(accepted)";
    };
    vec const x{0, 1, 2, 3};
    vec const y{0, 1, 0, 1};
    for (auto const& m : all) {
        data const d{x, y, y, y};
        auto const c = make(m, d);
        for (auto const bad : {weft_test::nan, weft_test::inf, -weft_test::inf}) {
            EXPECT_EQ(argument([&] { (void)c(bad); }), "x") << m.name;
            vec const at{.5, bad};
            vec out{7, 7};
            EXPECT_EQ(argument([&] { c.evaluate(at, out); }), "x[1]") << m.name;
            EXPECT_EQ(out[0], 7);
            EXPECT_EQ(argument([&] { (void)c.integral(bad, 1); }), "a") << m.name;
            EXPECT_EQ(argument([&] { (void)c.roots(0, 0, bad); }), "b") << m.name;
        }
        EXPECT_EQ(argument([&] { (void)make(m, {x, {0, 1, 0}, y, y}); }), "y") << m.name;
        EXPECT_EQ(argument([&] { (void)make(m, {{0, 2, 1, 3}, y, y, y}); }), "x[2]") << m.name;
        EXPECT_EQ(argument([&] { (void)make(m, {{0, 1, 1, 3}, y, y, y}); }), "x[2]") << m.name;
        EXPECT_EQ(argument([&] { (void)make(m, {{0}, {0}, {0}, {0}}); }), "x") << m.name;
        EXPECT_THROW((void)c(3.5), weft::domain_error);
        auto copy = c;
        copy = make(m, {{0, 1}, {0, 1}, {0, 1}, {0, 1}});
        EXPECT_EQ(c.knots().size(), 4u);
    }
    EXPECT_EQ(argument([&] { (void)curve::hermite(x, y, vec{0, 1, 0}); }), "dy");
    EXPECT_EQ(argument([&] { (void)curve::hermite(x, y, vec{0, weft_test::nan, 0, 0}); }), "dy[1]");
    EXPECT_EQ(argument([&] { (void)curve::quintic_hermite(x, y, y, vec{0}); }), "d2y");
    EXPECT_EQ(argument([&] { (void)curve(x, y, {.method = interpolation::hermite}); }), "method");
    EXPECT_EQ(
        argument([&] { (void)curve(x, y, {.method = interpolation::rational, .order = 21}); }),
        "order");
    EXPECT_EQ(argument([&] {
                  (void)curve(
                      x, y,
                      {.method = interpolation::clamped_spline, .start_slope = weft_test::nan});
              }),
              "start_slope");
    EXPECT_EQ(argument([&] { (void)curve(x, y).roots(0, 2, 1); }), "b");
}

TEST(vector_curve, is_its_components) {
    using namespace methods;
    using weft::temporal::vector_curve;
    vec const x{0, 1, 2.5, 4};
    vec const rows{0, 1, 1, .5, .5, .5, 1, 0};
    vector_curve v(x, rows, 2);
    curve const second(x, vec{1, .5, .5, 0});
    EXPECT_EQ(v(1.7)[1], second(1.7));
    EXPECT_EQ(v.derivative(1.7)[1], second.derivative(1.7));
    EXPECT_EQ(v.integral(.3, 3)[1], second.integral(.3, 3));
    vec const grid{0, .5, 1, 3, 4};
    vec out(10);
    weft::temporal::evaluate(v.components(), grid, out);
    for (std::size_t k = 0; k < grid.size(); ++k) EXPECT_EQ(out[5 + k], second(grid[k]));
    v.append(5, vec{0, 1});
    EXPECT_EQ(v(5), (vec{0, 1}));
    EXPECT_THROW(v.append(6, vec{0}), weft::invalid_argument);
    EXPECT_THROW(v.append(6, vec{0, weft_test::nan}), weft::invalid_argument);
    EXPECT_EQ(v[0].knots().size(), 5u);
    EXPECT_THROW((void)vector_curve(x, vec{1, 2, 3}, 2), weft::invalid_argument);
    EXPECT_THROW((void)vector_curve(x, rows, 0), weft::invalid_argument);
    EXPECT_THROW((void)vector_curve(x, vec{1, 2, weft_test::nan, 4}, 1), weft::invalid_argument);
}

TEST(curve_methods, a_rational_curve_is_sound_beside_its_points) {
    using namespace methods;
    curve_options const rational{.method = interpolation::rational};
    curve const c(vec{-1, 0, 1, 2, 3}, vec{1, 2, 1, 3, 2}, rational);
    for (double const x : {1e-12, 1e-100, 1e-308, 1e-310, 5e-324, -5e-324}) {
        EXPECT_NEAR(c(x), 2.0, 1e-11) << x;
        EXPECT_NEAR(c.derivative(x), c.derivative(0.0), 1e-6) << x;
    }
    // Three doubles apart no polynomial has nine places.
    curve const near(vec{0, 1, 1 + 3 * 0x1p-52, 2, 3}, vec{1, 2, 2, 3, 2}, rational);
    EXPECT_TRUE(weft::is_finite(near.integral(0, 3)));
    EXPECT_FALSE(near.roots(2.5).empty());
    curve const wide(vec{0, 1e60, 2e60}, vec{0, 1, 0}, rational);
    EXPECT_THROW((void)wide.polynomial(), weft::overflow_error);
}

} // namespace
