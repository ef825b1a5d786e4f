#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "weft/core/error.hpp"
#include "weft/core/number.hpp"

namespace weft::inline v0 {

struct named_weight {
    std::string_view name;
    double weight = 0.0;
};

/// Throws invalid_argument unless every weight is finite and not negative, and one is positive.
inline void require_weights(std::string_view argument, std::span<double const> weights) {
    double sum = 0.0;
    for (std::size_t i = 0; i < weights.size(); ++i) {
        if (!is_finite(weights[i]) || weights[i] < 0.0) {
            WEFT_THROW(invalid_argument(std::string(argument) + "[" + to_text(i) + "]",
                                        to_text(weights[i]), "a finite weight >= 0"));
        }
        sum += weights[i];
    }
    if (!(sum > 0.0) || !is_finite(sum)) {
        WEFT_THROW(invalid_argument(std::string(argument), "a sum of " + to_text(sum),
                                    "at least one positive weight and a finite sum"));
    }
}

/// N weights with names. What is absent gives its weight to the others in proportion.
template <std::size_t N>
class weights {
public:
    /// Throws invalid_argument for a negative or non-finite weight, or where all are 0.
    explicit weights(std::array<named_weight, N> const& named)
        : named_(named) {
        std::array<double, N> raw{};
        for (std::size_t i = 0; i < N; ++i) raw[i] = named_[i].weight;
        require_weights("weights", raw);
    }

    [[nodiscard]] std::array<named_weight, N> const& named() const noexcept { return named_; }
    [[nodiscard]] std::string_view name(std::size_t i) const { return named_.at(i).name; }

    /// The weights over what is present, summing to 1 (up to rounding); all 0 where nothing with a
    /// positive weight is present.
    [[nodiscard]] std::array<double, N>
    renormalised(std::array<bool, N> const& present) const noexcept {
        double sum = 0.0;
        for (std::size_t i = 0; i < N; ++i) {
            if (present[i]) sum += named_[i].weight;
        }
        std::array<double, N> shares{};
        if (sum > 0.0) {
            for (std::size_t i = 0; i < N; ++i) {
                if (present[i]) shares[i] = named_[i].weight / sum;
            }
        }
        return shares;
    }

    /// The weighted mean of what is present; nothing where that has no weight.
    [[nodiscard]] std::optional<double>
    mean(std::array<std::optional<double>, N> const& values) const noexcept {
        std::array<bool, N> present{};
        for (std::size_t i = 0; i < N; ++i) present[i] = values[i].has_value();
        auto const shares = renormalised(present);
        double sum = 0.0;
        bool any = false;
        for (std::size_t i = 0; i < N; ++i) {
            if (shares[i] > 0.0) {
                sum += shares[i] * *values[i];
                any = true;
            }
        }
        if (!any) return std::nullopt;
        return sum;
    }

private:
    std::array<named_weight, N> named_;
};

} // namespace weft::inline v0
