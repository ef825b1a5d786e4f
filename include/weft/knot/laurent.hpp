#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "weft/core/error.hpp"
#include "weft/knot/integer.hpp"

namespace weft::inline v0::knot {

/// A Laurent polynomial in one variable with exact coefficients. Exponents may be half-integers:
/// `twice_min_exponent` is twice the lowest exponent, and coefficient k belongs to the exponent
/// (twice_min_exponent + 2 k) / 2. Normalised: first and last coefficient are not 0, and the zero
/// polynomial has no coefficients and twice_min_exponent 0.
template <class Integer>
class basic_laurent {
public:
    using integer = Integer;

    basic_laurent() = default;

    /// Leading and trailing zeros are dropped.
    basic_laurent(std::int64_t twice_min_exponent, std::vector<Integer> coefficients)
        : twice_min_(twice_min_exponent)
        , coefficients_(std::move(coefficients)) {
        while (!coefficients_.empty() && coefficients_.back() == 0) coefficients_.pop_back();
        std::size_t zeros = 0;
        while (zeros < coefficients_.size() && coefficients_[zeros] == 0) ++zeros;
        coefficients_.erase(coefficients_.begin(),
                            coefficients_.begin() + static_cast<std::ptrdiff_t>(zeros));
        twice_min_ = coefficients_.empty() ? 0 : twice_min_ + 2 * static_cast<std::int64_t>(zeros);
    }

    [[nodiscard]] bool zero() const noexcept { return coefficients_.empty(); }
    [[nodiscard]] std::int64_t twice_min_exponent() const noexcept { return twice_min_; }
    [[nodiscard]] std::int64_t twice_max_exponent() const noexcept {
        return zero() ? 0 : twice_min_ + 2 * (static_cast<std::int64_t>(coefficients_.size()) - 1);
    }
    /// Highest minus lowest exponent (an integer); 0 for the zero polynomial.
    [[nodiscard]] std::int64_t span() const noexcept {
        return zero() ? 0 : static_cast<std::int64_t>(coefficients_.size()) - 1;
    }
    [[nodiscard]] std::vector<Integer> const& coefficients() const noexcept {
        return coefficients_;
    }
    /// The coefficient of the given exponent, 0 where there is none.
    [[nodiscard]] Integer coefficient(std::int64_t twice_exponent) const {
        auto const offset = twice_exponent - twice_min_;
        if (zero() || offset < 0 || offset % 2 != 0 || offset / 2 > span()) return Integer(0);
        return coefficients_[static_cast<std::size_t>(offset / 2)];
    }

    [[nodiscard]] friend bool operator==(basic_laurent const&, basic_laurent const&) = default;

private:
    std::int64_t twice_min_ = 0;
    std::vector<Integer> coefficients_;
};

using laurent = basic_laurent<std::int64_t>;

/// `p q`, or nothing where a coefficient does not fit.
template <class Integer>
[[nodiscard]] std::optional<basic_laurent<Integer>> try_multiply(basic_laurent<Integer> const& p,
                                                                 basic_laurent<Integer> const& q) {
    if (p.zero() || q.zero()) return basic_laurent<Integer>();
    auto const& a = p.coefficients();
    auto const& b = q.coefficients();
    std::vector<Integer> out(a.size() + b.size() - 1, Integer(0));
    for (std::size_t i = 0; i < a.size(); ++i) {
        for (std::size_t j = 0; j < b.size(); ++j) {
            if (!integer_traits<Integer>::add_product(out[i + j], a[i], b[j])) return std::nullopt;
        }
    }
    return basic_laurent<Integer>(p.twice_min_exponent() + q.twice_min_exponent(), std::move(out));
}

/// `p q`; throws overflow_error where a coefficient does not fit.
template <class Integer>
[[nodiscard]] basic_laurent<Integer> operator*(basic_laurent<Integer> const& p,
                                               basic_laurent<Integer> const& q) {
    auto product = try_multiply(p, q);
    if (!product) WEFT_THROW(overflow_error("product of polynomials: a coefficient does not fit"));
    return *std::move(product);
}

/// The polynomial with the variable inverted: the mirror image's where p is a Jones polynomial.
template <class Integer>
[[nodiscard]] basic_laurent<Integer> inverted(basic_laurent<Integer> const& p) {
    return {-p.twice_max_exponent(),
            std::vector<Integer>(p.coefficients().rbegin(), p.coefficients().rend())};
}

} // namespace weft::inline v0::knot
