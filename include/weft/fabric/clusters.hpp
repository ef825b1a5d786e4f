#pragma once

#include <cstddef>
#include <vector>

#include <Eigen/Core>

#include "weft/core/unit.hpp"
#include "weft/fabric/fabric.hpp"

namespace weft::inline v0::fabric {

namespace detail {

/// The component of each vertex, numbered in the order of their lowest vertices.
struct component_labels {
    std::vector<std::size_t> of;
    std::size_t count = 0;
};

inline component_labels components(Eigen::Ref<Eigen::MatrixXd const> const& c, double threshold) {
    auto const n = static_cast<std::size_t>(c.rows());
    constexpr auto unseen = static_cast<std::size_t>(-1);
    component_labels labels{std::vector<std::size_t>(n, unseen), 0};
    std::vector<Eigen::Index> open;
    for (std::size_t start = 0; start < n; ++start) {
        if (labels.of[start] != unseen) continue;
        auto const label = labels.count++;
        labels.of[start] = label;
        open.assign(1, static_cast<Eigen::Index>(start));
        while (!open.empty()) {
            auto const i = open.back();
            open.pop_back();
            for (Eigen::Index j = 0; j < c.rows(); ++j) {
                auto& of_j = labels.of[static_cast<std::size_t>(j)];
                if (of_j == unseen && j != i && c(j, i) > threshold) {
                    of_j = label;
                    open.push_back(j);
                }
            }
        }
    }
    return labels;
}

/// The members of each component.
inline std::vector<std::vector<std::size_t>> lists(component_labels const& labels) {
    std::vector<std::vector<std::size_t>> out(labels.count);
    for (std::size_t i = 0; i < labels.of.size(); ++i) out[labels.of[i]].push_back(i);
    return out;
}

} // namespace detail

/// The connected components of the graph whose edges are the pairs with c_ij > threshold, each in
/// increasing order, the components in the order of their lowest members. Indices from 0.
/// `threshold` in [0,1]. O(n^2). Throws invalid_argument as require_compatibility does.
[[nodiscard]] inline std::vector<std::vector<std::size_t>>
clusters(Eigen::Ref<Eigen::MatrixXd const> const& c, double threshold = 0.0) {
    require_compatibility("compatibility", c);
    require_unit("threshold", threshold);
    return detail::lists(detail::components(detail::tidy(c), threshold));
}

} // namespace weft::inline v0::fabric
