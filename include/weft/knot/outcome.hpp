#pragma once

#include <optional>
#include <string>
#include <utility>

#include "weft/core/error.hpp"

namespace weft::inline v0::knot::detail {

/// A result, or the reason why there is none: results are absent rather than wrong, and absence is
/// not an exception until a caller asks for the value.
template <class T>
struct outcome {
    std::optional<T> value;
    std::string reason;
    bool overflowed = false;

    [[nodiscard]] static outcome of(T x) { return {std::move(x), {}, false}; }
    [[nodiscard]] static outcome over_budget(std::string why) {
        return {std::nullopt, std::move(why), false};
    }
    [[nodiscard]] static outcome overflow(std::string why) {
        return {std::nullopt, std::move(why), true};
    }

    /// The value; throws overflow_error, or invalid_argument naming `limits`.
    [[nodiscard]] T unwrap() && {
        if (!value) {
            if (overflowed) WEFT_THROW(overflow_error(reason));
            WEFT_THROW(invalid_argument("limits", reason, "a larger budget or a smaller braid"));
        }
        return *std::move(value);
    }
};

} // namespace weft::inline v0::knot::detail
