#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <Eigen/Dense>
#include <rapidcheck.h>

#include "support/sanitized.hpp"

/// Groups to try, and slow references that share nothing with the library.
namespace weft_test {

inline int whole(int low, int high) {
    return *rc::gen::resize(rc::kNominalSize, rc::gen::inRange(low, high + 1));
}

inline double real(double low, double high) {
    auto const n =
        *rc::gen::resize(rc::kNominalSize, rc::gen::inRange<long long>(0, (1LL << 40) + 1));
    return low + (high - low) * std::ldexp(static_cast<double>(n), -40);
}

/// A group of n with about the given share of compatibilities that are 0.
inline Eigen::MatrixXd group(int n, int zeros_in_ten = 0) {
    Eigen::MatrixXd c = Eigen::MatrixXd::Zero(n, n);
    for (int i = 0; i < n; ++i) {
        for (int j = 0; j < i; ++j) {
            double const x = whole(0, 9) < zeros_in_ten ? 0.0 : real(0, 1);
            c(i, j) = x;
            c(j, i) = x;
        }
    }
    return c;
}

/// In [0, 1), the same everywhere.
inline double unit(std::mt19937_64& random) {
    return static_cast<double>(random() >> 11U) * 0x1p-53;
}

/// The same without RapidCheck.
inline Eigen::MatrixXd group(std::mt19937_64& random, int n, int zeros_in_ten = 0) {
    Eigen::MatrixXd c = Eigen::MatrixXd::Zero(n, n);
    for (int i = 0; i < n; ++i) {
        for (int j = 0; j < i; ++j) {
            double const x = unit(random);
            if (random() % 10 < static_cast<unsigned>(zeros_in_ten)) continue;
            c(i, j) = c(j, i) = x;
        }
    }
    return c;
}

/// What stands for each {} of the pattern; empty where the text is another one.
inline std::vector<std::string> matched(std::string_view text, std::string_view pattern) {
    std::vector<std::string> out;
    for (;;) {
        auto const hole = pattern.find("{}");
        if (text.substr(0, hole == pattern.npos ? text.size() : hole) != pattern.substr(0, hole)) {
            return {};
        }
        if (hole == pattern.npos) return out;
        text.remove_prefix(hole);
        pattern.remove_prefix(hole + 2);
        auto const next = pattern.substr(0, pattern.find("{}"));
        auto const last = next.size() == pattern.size();
        auto const end = last ? text.size() - std::min(text.size(), next.size()) : text.find(next);
        if (end == text.npos) return {};
        out.emplace_back(text.substr(0, end));
        text.remove_prefix(end);
    }
}

inline Eigen::MatrixXd uniform(int n, double x) {
    Eigen::MatrixXd c = Eigen::MatrixXd::Constant(n, n, x);
    c.diagonal().setZero();
    return c;
}

/// Two circles of six, 0 to 5 and 6 to 11, and member 12 who is close to both.
inline Eigen::MatrixXd two_circles_and_a_bridge() {
    Eigen::MatrixXd c = uniform(13, 0.1);
    for (int i = 0; i < 12; ++i) {
        for (int j = 0; j < 12; ++j) {
            if (i != j && i / 6 == j / 6) c(i, j) = 0.9;
        }
        c(12, i) = c(i, 12) = 0.8;
    }
    return c;
}

/// The weighted number of spanning trees, by going through every set of n-1 edges.
inline double spanning_trees(Eigen::MatrixXd const& c) {
    int const n = static_cast<int>(c.rows());
    struct edge {
        int i, j;
        double weight;
    };
    std::vector<edge> edges;
    for (int i = 0; i < n; ++i) {
        for (int j = i + 1; j < n; ++j) {
            if (c(i, j) != 0.0) edges.push_back({i, j, c(i, j)});
        }
    }
    // Grows forests edge by edge; `root` names each vertex's tree.
    double sum = 0.0;
    auto const grow = [&](auto const& self, std::size_t next, int chosen, double product,
                          std::vector<int> const& root) -> void {
        if (chosen == n - 1) {
            sum += product;
            return;
        }
        for (std::size_t e = next; e < edges.size(); ++e) {
            auto const a = root[static_cast<std::size_t>(edges[e].i)];
            auto const b = root[static_cast<std::size_t>(edges[e].j)];
            if (a == b) continue;
            auto joined = root;
            for (auto& r : joined) {
                if (r == b) r = a;
            }
            self(self, e + 1, chosen + 1, product * edges[e].weight, joined);
        }
    };
    std::vector<int> root;
    for (int i = 0; i < n; ++i) root.push_back(i);
    grow(grow, 0, 0, 1.0, root);
    return sum;
}

/// Cohesion by Gaussian elimination in extended precision, the last member first, which keeps the
/// digits where that one is the loosely tied one.
inline double cohesion(Eigen::MatrixXd const& c) {
    using matrix = Eigen::Matrix<long double, Eigen::Dynamic, Eigen::Dynamic>;
    Eigen::Index const n = c.rows();
    matrix l = -c.reverse().cast<long double>();
    for (Eigen::Index i = 0; i < n; ++i) l(i, i) = -l.row(i).sum() + l(i, i);
    long double logs = 0.0L;
    auto const size = static_cast<long double>(n);
    for (Eigen::Index k = 0; k + 1 < n; ++k) {
        logs += std::log(l(k, k) / size);
        for (Eigen::Index i = k + 1; i + 1 < n; ++i) {
            l.row(i).tail(n - k - 1) -= l(i, k) / l(k, k) * l.row(k).tail(n - k - 1);
        }
    }
    return static_cast<double>(std::exp((logs + std::log(size)) / (size - 1)));
}

/// All eigenvalues of the Laplacian, increasing.
inline Eigen::VectorXd spectrum(Eigen::MatrixXd const& c) {
    Eigen::MatrixXd l = -c;
    l.diagonal().setZero();
    Eigen::VectorXd const sums = -l.rowwise().sum();
    l.diagonal() = sums;
    return Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>(l, Eigen::EigenvaluesOnly).eigenvalues();
}

} // namespace weft_test
