#include "weft/quantum/uhlmann.hpp"

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <rapidcheck/gtest.h>

#include "quantum/support.hpp"
#include "support/gz.hpp"
#include "weft/quantum/json.hpp"

namespace {

using weft::quantum::density;
namespace wq = weft::quantum;

double const half_pi = std::acos(0.0);

struct accuracy {
    double fidelity = 0, infidelity = 0, trace = 0, angle = 0, sub = 0, super = 0;
};

void compare_with(nlohmann::json const& expected, wq::comparison const& got, bool near,
                  accuracy& worst, std::string const& id) {
    auto const value = [&](char const* name) {
        return std::strtod(expected.at(name).get<std::string>().c_str(), nullptr);
    };
    EXPECT_GE(got.fidelity, 0.0) << id;
    EXPECT_LE(got.fidelity, 1.0) << id;
    EXPECT_LE(got.sub_fidelity, got.fidelity) << id;
    EXPECT_GE(got.super_fidelity, got.fidelity) << id;
    EXPECT_NEAR(got.fidelity, value("fidelity"), 1e-14) << id;
    EXPECT_NEAR(got.sub_fidelity, value("sub_fidelity"), 1e-13) << id;
    EXPECT_NEAR(got.super_fidelity, value("super_fidelity"), 1e-13) << id;
    ASSERT_TRUE(got.trace_distance.has_value()) << id;
    EXPECT_NEAR(*got.trace_distance, value("trace_distance"), 1e-14) << id;
    EXPECT_NEAR(got.bures_angle, value("bures_angle"), 1e-13) << id;
    EXPECT_NEAR(got.infidelity, value("infidelity"), 1e-14) << id;
    auto const raise = [](double& most, double off) { most = std::max(most, std::abs(off)); };
    raise(worst.fidelity, got.fidelity - value("fidelity"));
    raise(worst.trace, *got.trace_distance - value("trace_distance"));
    raise(worst.angle, got.bures_angle - value("bures_angle"));
    raise(worst.sub, got.sub_fidelity - value("sub_fidelity"));
    raise(worst.super, got.super_fidelity - value("super_fidelity"));
    if (near) {
        double const off = got.infidelity / value("infidelity") - 1.0;
        EXPECT_LE(std::abs(off), 1e-6) << id;
        raise(worst.infidelity, off);
    }
}

TEST(uhlmann, published_pairs_agree_from_matrices_and_from_factors) {
    std::string const path = WEFT_DATA_DIR "/quantum/fidelity_cases.json.gz";
    if (!std::filesystem::exists(path)) {
        ASSERT_EQ(std::getenv("CI"), nullptr) << path << " is missing";
        std::puts("fidelity_cases.json.gz is not there: this test did not run");
        return;
    }
    auto const data = nlohmann::json::parse(weft_test::read_gz(path));
    accuracy dense, factored;
    ASSERT_EQ(data.at("cases").size(), 100U);
    for (auto const& entry : data.at("cases")) {
        auto const id = entry.at("id").dump() + " " + entry.at("kind").get<std::string>();
        bool const near = entry.at("kind") == "near_identical";
        auto const read = [&](char const* kind, char const* name) {
            return wq::state_from_json(nlohmann::json{{kind, entry.at(name)}}, name);
        };
        auto const rho = read("density", "rho"), sigma = read("density", "sigma");
        // Where a factor is wider than the dimension, the table gives its width as the rank.
        auto const rank = [&](char const* name) {
            return std::min(entry.at(name).get<int>(), entry.at("dim").get<int>());
        };
        EXPECT_EQ(std::get<density>(rho).rank(), rank("rank_rho")) << id;
        EXPECT_EQ(std::get<density>(sigma).rank(), rank("rank_sigma")) << id;
        compare_with(entry.at("expected"), wq::compare(rho, sigma), near, dense, id + " dense");
        compare_with(entry.at("expected"),
                     wq::compare(read("factor", "rho_factor"), read("factor", "sigma_factor")),
                     near, factored, id + " factored");
        auto const& a = std::get<density>(rho);
        auto const& b = std::get<density>(sigma);
        EXPECT_NEAR(wq::fidelity(a, b),
                    std::strtod(entry["expected"]["fidelity"].get<std::string>().c_str(), nullptr),
                    1e-14)
            << id;
    }
    for (auto const* a : {&dense, &factored}) {
        std::printf("largest errors: F %.1e, 1-F (relative) %.1e, trace distance %.1e, angle %.1e, "
                    "sub %.1e, super %.1e\n",
                    a->fidelity, a->infidelity, a->trace, a->angle, a->sub, a->super);
    }
}

RC_GTEST_PROP(uhlmann, symmetric_bit_for_bit_and_in_range, ()) {
    auto const d = weft_test::whole(1, 5);
    auto const a = weft_test::density(d, weft_test::whole(1, 5));
    auto const b = weft_test::density(d, weft_test::whole(1, 5));
    auto const ab = wq::compare(a, b), ba = wq::compare(b, a);
    RC_ASSERT(ab.fidelity == ba.fidelity);
    RC_ASSERT(ab.infidelity == ba.infidelity);
    RC_ASSERT(*ab.trace_distance == *ba.trace_distance);
    RC_ASSERT(ab.bures_angle == ba.bures_angle);
    RC_ASSERT(ab.sub_fidelity == ba.sub_fidelity);
    RC_ASSERT(ab.super_fidelity == ba.super_fidelity);
    RC_ASSERT(wq::fidelity(a, b) == wq::fidelity(b, a));
    for (double const x : {ab.fidelity, ab.infidelity, *ab.trace_distance, ab.sub_fidelity,
                           ab.super_fidelity, wq::fidelity(a, b)}) {
        RC_ASSERT(weft::in_unit(x));
    }
    RC_ASSERT(ab.bures_angle >= 0.0 && ab.bures_angle <= half_pi + 1e-15);
    RC_ASSERT(std::abs(ab.fidelity + ab.infidelity - 1.0) < 1e-14);
    RC_ASSERT(std::abs(wq::fidelity(a, b) - ab.fidelity) < 1e-14);
}

RC_GTEST_PROP(uhlmann, one_exactly_where_equal, ()) {
    auto const d = weft_test::whole(1, 5);
    auto const a = weft_test::density(d, weft_test::whole(1, 5));
    // The same state in another factor.
    auto const b = density::from_factor(a.factor() * weft_test::unitary(a.rank()));
    auto const same = wq::compare(a, b);
    RC_ASSERT(same.infidelity < 1e-28);
    RC_ASSERT(same.fidelity == 1.0);
    RC_ASSERT(same.bures_angle < 1e-14);
    RC_ASSERT(*same.trace_distance < 1e-14);
    auto const c = weft_test::density(d, weft_test::whole(1, 5));
    auto const other = wq::compare(a, c);
    RC_ASSERT((other.infidelity > 1e-25) == ((a.matrix() - c.matrix()).norm() > 1e-12));
}

RC_GTEST_PROP(uhlmann, unitaries_change_nothing, ()) {
    auto const d = weft_test::whole(2, 5);
    auto const a = weft_test::density(d, weft_test::whole(1, 5));
    auto const b = weft_test::density(d, weft_test::whole(1, 5));
    Eigen::MatrixXcd const u = weft_test::unitary(d);
    auto const before = wq::compare(a, b);
    auto const after =
        wq::compare(density::from_factor(u * a.factor()), density::from_factor(u * b.factor()));
    RC_ASSERT(std::abs(before.fidelity - after.fidelity) < 1e-13);
    RC_ASSERT(std::abs(*before.trace_distance - *after.trace_distance) < 1e-13);
    RC_ASSERT(std::abs(before.sub_fidelity - after.sub_fidelity) < 1e-13);
    RC_ASSERT(std::abs(before.super_fidelity - after.super_fidelity) < 1e-13);
}

RC_GTEST_PROP(uhlmann, fidelity_multiplies_over_tensor_products, ()) {
    auto const d = weft_test::whole(1, 3), e = weft_test::whole(1, 3);
    auto const a = weft_test::density(d, weft_test::whole(1, 3));
    auto const b = weft_test::density(d, weft_test::whole(1, 3));
    auto const p = weft_test::density(e, weft_test::whole(1, 3));
    auto const q = weft_test::density(e, weft_test::whole(1, 3));
    auto const ap = density::from_factor(weft_test::kronecker(a.factor(), p.factor()));
    auto const bq = density::from_factor(weft_test::kronecker(b.factor(), q.factor()));
    RC_ASSERT(std::abs(wq::fidelity(ap, bq) - wq::fidelity(a, b) * wq::fidelity(p, q)) < 1e-13);
}

RC_GTEST_PROP(uhlmann, inequalities_hold, ()) {
    auto const d = weft_test::whole(1, 5);
    auto const a = weft_test::density(d, weft_test::whole(1, 5));
    auto const b = weft_test::density(d, weft_test::whole(1, 5));
    auto const c = weft_test::density(d, weft_test::whole(1, 5));
    auto const ab = wq::compare(a, b);
    // Fuchs and van de Graaf.
    RC_ASSERT(1.0 - std::sqrt(ab.fidelity) <= *ab.trace_distance + 1e-14);
    RC_ASSERT(*ab.trace_distance <= std::sqrt(ab.infidelity) + 1e-14);
    RC_ASSERT(wq::sub_fidelity(a, b) <= wq::fidelity(a, b));
    RC_ASSERT(wq::fidelity(a, b) <= wq::super_fidelity(a, b));
    RC_ASSERT(wq::bures_angle(a, c) <= wq::bures_angle(a, b) + wq::bures_angle(b, c) + 1e-13);
    RC_ASSERT(wq::trace_distance(a, c) <=
              wq::trace_distance(a, b) + wq::trace_distance(b, c) + 1e-13);
    if (d == 2) {
        RC_ASSERT(std::abs(ab.sub_fidelity - ab.fidelity) < 1e-13);
        RC_ASSERT(std::abs(ab.super_fidelity - ab.fidelity) < 1e-13);
    }
}

RC_GTEST_PROP(uhlmann, a_partial_trace_brings_states_closer, ()) {
    auto const d = weft_test::whole(2, 3), e = weft_test::whole(2, 3);
    auto const a = weft_test::density(d * e, weft_test::whole(1, 4));
    auto const b = weft_test::density(d * e, weft_test::whole(1, 4));
    // Tracing out the second party: its index becomes a column of the factor.
    auto const reduced = [&](density const& s) {
        Eigen::MatrixXcd f(d, s.rank() * e);
        for (Eigen::Index i = 0; i < d; ++i) {
            for (Eigen::Index j = 0; j < e; ++j) {
                f.row(i).segment(j * s.rank(), s.rank()) = s.factor().row(i * e + j);
            }
        }
        return density::from_factor(f);
    };
    auto const x = reduced(a), y = reduced(b);
    RC_ASSERT(wq::fidelity(x, y) >= wq::fidelity(a, b) - 1e-13);
    RC_ASSERT(wq::trace_distance(x, y) <= wq::trace_distance(a, b) + 1e-13);
    // The matrix's own factor gives the same as the wide one.
    auto const again = density::from_matrix(x.matrix());
    RC_ASSERT(std::abs(wq::fidelity(again, y) - wq::fidelity(x, y)) < 1e-7);
}

RC_GTEST_PROP(uhlmann, products_written_out_agree_with_the_closed_forms, ()) {
    auto const n = weft_test::whole(1, 4);
    auto const a = weft_test::product(n), b = weft_test::product(n);
    auto const closed = wq::compare(a, b);
    auto const full = wq::compare(wq::to_density(a), wq::to_density(b));
    RC_ASSERT(std::abs(closed.fidelity - full.fidelity) < 1e-13);
    RC_ASSERT(std::abs(closed.infidelity - full.infidelity) < 1e-13);
    RC_ASSERT(std::abs(*closed.trace_distance - *full.trace_distance) < 1e-13);
    RC_ASSERT(std::abs(closed.bures_angle - full.bures_angle) < 1e-7);
    RC_ASSERT(std::abs(closed.sub_fidelity - full.sub_fidelity) < 1e-13);
    RC_ASSERT(std::abs(closed.super_fidelity - full.super_fidelity) < 1e-13);
    auto const half_written = wq::compare(a, wq::to_density(b));
    RC_ASSERT(std::abs(closed.fidelity - half_written.fidelity) < 1e-13);
}

RC_GTEST_PROP(uhlmann, kinds_agree_with_each_other, ()) {
    auto const d = weft_test::whole(1, 5);
    auto const a = weft_test::ket(d), b = weft_test::ket(d);
    auto const c = weft_test::density(d, weft_test::whole(1, 5));
    auto const as_kets = wq::compare(a, b);
    auto const as_factors = wq::compare(wq::to_density(a), wq::to_density(b));
    auto const mixed = wq::compare(a, c), general = wq::compare(wq::to_density(a), c);
    RC_ASSERT(wq::compare(c, a).fidelity == mixed.fidelity);
    RC_ASSERT(*wq::compare(c, a).trace_distance == *mixed.trace_distance);
    for (auto const& [x, y] : {std::pair{as_kets, as_factors}, std::pair{mixed, general}}) {
        RC_ASSERT(std::abs(x.fidelity - y.fidelity) < 1e-14);
        RC_ASSERT(std::abs(x.infidelity - y.infidelity) < 1e-14);
        RC_ASSERT(std::abs(*x.trace_distance - *y.trace_distance) < 1e-14);
        RC_ASSERT(std::abs(x.sub_fidelity - y.sub_fidelity) < 1e-14);
        RC_ASSERT(std::abs(x.super_fidelity - y.super_fidelity) < 1e-14);
    }
}

TEST(uhlmann, orthogonal_supports_are_exactly_apart) {
    Eigen::MatrixXcd a = Eigen::MatrixXcd::Zero(4, 2), b = Eigen::MatrixXcd::Zero(4, 2);
    a(0, 0) = 0.6;
    a(1, 1) = 0.8;
    b(2, 0) = 0.8;
    b(3, 1) = 0.6;
    auto const r = wq::compare(density::from_factor(a), density::from_factor(b));
    EXPECT_EQ(r.fidelity, 0.0);
    EXPECT_NEAR(r.infidelity, 1.0, 1e-15);
    EXPECT_NEAR(*r.trace_distance, 1.0, 1e-15);
    EXPECT_NEAR(r.bures_angle, half_pi, 1e-15);
    EXPECT_EQ(r.sub_fidelity, 0.0);
}

TEST(uhlmann, dimensions_that_differ_are_refused) {
    auto const two = wq::state(wq::ket(Eigen::Vector2cd(1.0, 0.0)));
    auto const three = wq::state(density::from_factor(Eigen::Vector3cd(0.0, 1.0, 0.0)));
    auto const four = wq::state(wq::qubit_product(std::vector<wq::qubit>(2)));
    for (auto const& [a, b] : {std::pair{two, three}, std::pair{three, two}, std::pair{two, four},
                               std::pair{four, three}}) {
        EXPECT_THROW((void)wq::compare(a, b), weft::invalid_argument);
    }
    EXPECT_THROW((void)wq::compare(four, wq::state(wq::qubit_product(std::vector<wq::qubit>(1)))),
                 weft::invalid_argument);
}

TEST(uhlmann, products_too_large_to_write_out_say_so) {
    wq::qubit_product const a(std::vector<wq::qubit>(30, {0.3, 0.1, 0.9}));
    wq::qubit_product const b(std::vector<wq::qubit>(30, {0.4, 0.1, 0.8}));
    auto const r = wq::compare(a, b);
    EXPECT_FALSE(r.trace_distance.has_value());
    EXPECT_EQ(r.why.count("trace_distance"), 1U);
    EXPECT_GT(r.fidelity, 0.0);
    EXPECT_THROW((void)wq::to_density(a), weft::domain_error);
    // What the two have in common does not count.
    auto c = a.qubits();
    c[7] = {1.0, 0.0, 0.2};
    EXPECT_TRUE(wq::compare(a, wq::qubit_product(c)).trace_distance.has_value());
}

} // namespace
