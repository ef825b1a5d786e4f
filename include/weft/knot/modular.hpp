#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "weft/knot/integer.hpp"

/// Arithmetic modulo primes just below 2^62 and the way back to integers (Chinese remainders).
/// Everything here is internal.
namespace weft::inline v0::knot::detail {

__extension__ typedef unsigned __int128 u128;
__extension__ typedef __int128 i128;

/// The field of integers modulo an odd prime p < 2^62, in Montgomery's form.
/// Source: P. Montgomery, Modular multiplication without trial division (1985).
class field {
public:
    constexpr explicit field(std::uint64_t p) noexcept
        : p_(p)
        , inverse_(p) {
        for (int i = 0; i < 5; ++i) inverse_ *= 2 - p * inverse_;
        auto const r = static_cast<std::uint64_t>((u128{1} << 64U) % p);
        one_ = r;
        r2_ = static_cast<std::uint64_t>(u128{r} * r % p);
    }

    [[nodiscard]] constexpr std::uint64_t prime() const noexcept { return p_; }
    [[nodiscard]] constexpr std::uint64_t one() const noexcept { return one_; }

    [[nodiscard]] constexpr std::uint64_t mul(std::uint64_t a, std::uint64_t b) const noexcept {
        return reduce(u128{a} * b);
    }
    [[nodiscard]] constexpr std::uint64_t add(std::uint64_t a, std::uint64_t b) const noexcept {
        auto const s = a + b;
        return s >= p_ ? s - p_ : s;
    }
    [[nodiscard]] constexpr std::uint64_t sub(std::uint64_t a, std::uint64_t b) const noexcept {
        auto const d = a - b;
        return a < b ? d + p_ : d;
    }
    [[nodiscard]] constexpr std::uint64_t neg(std::uint64_t a) const noexcept {
        return a == 0 ? 0 : p_ - a;
    }

    [[nodiscard]] constexpr std::uint64_t from(std::int64_t n) const noexcept {
        auto const size = n < 0 ? std::uint64_t{0} - static_cast<std::uint64_t>(n)
                                : static_cast<std::uint64_t>(n);
        auto const m = mul(size < p_ ? size : size % p_, r2_);
        return n < 0 ? neg(m) : m;
    }
    [[nodiscard]] constexpr std::uint64_t from_residue(std::uint64_t n) const noexcept {
        return mul(n < p_ ? n : n % p_, r2_);
    }
    /// The residue in [0, p).
    [[nodiscard]] constexpr std::uint64_t to(std::uint64_t a) const noexcept { return reduce(a); }

    [[nodiscard]] constexpr std::uint64_t pow(std::uint64_t a, std::uint64_t e) const noexcept {
        auto out = one_;
        for (; e != 0; e >>= 1U, a = mul(a, a)) {
            if ((e & 1U) != 0) out = mul(out, a);
        }
        return out;
    }

    /// The inverse of a, which must not be 0 (Euclid).
    [[nodiscard]] constexpr std::uint64_t inverse(std::uint64_t a) const noexcept {
        std::uint64_t r0 = p_;
        std::uint64_t r1 = to(a);
        std::uint64_t s0 = 0;
        std::uint64_t s1 = 1;
        bool odd = false;
        while (r1 != 0) {
            auto const q = r0 / r1;
            auto const r = r0 - q * r1;
            r0 = r1;
            r1 = r;
            auto const s = s0 + q * s1;
            s0 = s1;
            s1 = s;
            odd = !odd;
        }
        return from_residue(odd ? s0 : p_ - s0);
    }

    /// Inverts every element (none of them 0) with one inversion.
    void invert_all(std::span<std::uint64_t> values, std::vector<std::uint64_t>& scratch) const {
        if (values.empty()) return;
        scratch.resize(values.size());
        auto product = one_;
        for (std::size_t k = 0; k < values.size(); ++k) {
            scratch[k] = product;
            product = mul(product, values[k]);
        }
        product = inverse(product);
        for (std::size_t k = values.size(); k-- > 0;) {
            auto const value = values[k];
            values[k] = mul(product, scratch[k]);
            product = mul(product, value);
        }
    }

    /// t / 2^64, in [0, p), for t < 2^64 p.
    [[nodiscard]] constexpr std::uint64_t reduce(u128 t) const noexcept {
        auto const q = static_cast<std::uint64_t>(t) * inverse_;
        auto const high = static_cast<std::uint64_t>(t >> 64U);
        auto const m = static_cast<std::uint64_t>((u128{q} * p_) >> 64U);
        return high - m + (p_ & (std::uint64_t{0} - std::uint64_t{high < m ? 1U : 0U}));
    }
    /// The same in (0, 2p), quicker where that will do.
    [[nodiscard]] constexpr std::uint64_t reduce_lazily(u128 t) const noexcept {
        auto const q = static_cast<std::uint64_t>(t) * inverse_;
        auto const m = static_cast<std::uint64_t>((u128{q} * p_) >> 64U);
        return static_cast<std::uint64_t>(t >> 64U) + (p_ - m);
    }

private:
    std::uint64_t p_, inverse_, one_ = 0, r2_ = 0;
};

[[nodiscard]] inline bool is_prime(std::uint64_t n) noexcept {
    constexpr std::array<std::uint64_t, 12> bases{2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37};
    for (auto const b : bases) {
        if (n % b == 0) return n == b;
    }
    field const f(n);
    auto const minus_one = f.neg(f.one());
    auto d = n - 1;
    int twos = 0;
    for (; d % 2 == 0; d /= 2) ++twos;
    for (auto const b : bases) {
        auto x = f.pow(f.from_residue(b), d);
        if (x == f.one() || x == minus_one) continue;
        bool composite = true;
        for (int k = 1; k < twos && composite; ++k) {
            x = f.mul(x, x);
            composite = x != minus_one;
        }
        if (composite) return false;
    }
    return true;
}

/// The primes below 2^62 in falling order: the first ones from a table, the others by the
/// Miller-Rabin test, whose first twelve prime bases decide all 64-bit numbers (Sorenson and
/// Webster 2015).
class primes {
public:
    [[nodiscard]] std::uint64_t next() noexcept {
        constexpr std::uint64_t top = std::uint64_t{1} << 62U;
        constexpr std::array<std::uint16_t, 48> below{
            57,   87,   117,  143,  153,  167,  171,  195,  203,  273,  287,  317,
            443,  483,  495,  575,  581,  603,  633,  663,  765,  773,  777,  791,
            813,  831,  923,  981,  993,  1001, 1007, 1017, 1197, 1241, 1293, 1353,
            1433, 1515, 1553, 1575, 1581, 1595, 1617, 1673, 1697, 1701, 1703, 1823};
        if (given_ < below.size()) {
            last_ = top - below[given_++];
        } else {
            do last_ -= 2;
            while (!is_prime(last_));
        }
        return last_;
    }

private:
    std::size_t given_ = 0;
    std::uint64_t last_ = 0;
};

/// Every prime in use exceeds 2^61.99.
inline constexpr double bits_per_prime = 61.99;

/// How many primes determine an integer of size at most 2^bits with its sign.
[[nodiscard]] inline std::int64_t primes_for(double bits) noexcept {
    return 1 + static_cast<std::int64_t>((bits + 2.0) / bits_per_prime);
}

/// Chinese remainders in mixed radix (Garner's algorithm).
class remainders {
public:
    explicit remainders(std::vector<std::uint64_t> moduli)
        : moduli_(std::move(moduli)) {
        auto const n = moduli_.size();
        fields_.reserve(n);
        for (auto const p : moduli_) fields_.emplace_back(p);
        inverses_.resize(n * n);
        for (std::size_t j = 1; j < n; ++j) {
            for (std::size_t i = 0; i < j; ++i) {
                inverses_[j * n + i] = fields_[j].inverse(fields_[j].from_residue(moduli_[i]));
            }
        }
        digits_.resize(n);
    }

    [[nodiscard]] std::span<std::uint64_t const> moduli() const noexcept { return moduli_; }

    /// -1, 0 or 1: the sign of the integer of least size with these residues. Its absolute value
    /// is in digits() afterwards.
    [[nodiscard]] int decode(std::span<std::uint64_t const> residues) {
        garner(residues, false);
        bool zero = true;
        for (auto const d : digits_) zero = zero && d == 0;
        if (zero) return 0;
        for (std::size_t k = digits_.size(); k-- > 0;) {
            auto const half = (moduli_[k] - 1) / 2;
            if (digits_[k] == half) continue;
            if (digits_[k] < half) return 1;
            garner(residues, true);
            return -1;
        }
        return 1;
    }

    [[nodiscard]] std::span<std::uint64_t const> digits() const noexcept { return digits_; }

    template <class Integer>
    [[nodiscard]] std::optional<Integer> value(std::span<std::uint64_t const> residues) {
        int const sign = decode(residues);
        std::size_t used = digits_.size();
        while (used > 0 && digits_[used - 1] == 0) --used;
        return integer_traits<Integer>::from_mixed_radix(
            sign < 0, std::span<std::uint64_t const>(digits_).first(used),
            std::span<std::uint64_t const>(moduli_).first(used));
    }

    /// The decoded integer modulo 2^64.
    [[nodiscard]] std::uint64_t low_bits(std::span<std::uint64_t const> residues) {
        int const sign = decode(residues);
        std::uint64_t value = 0;
        for (std::size_t k = digits_.size(); k-- > 0;) value = value * moduli_[k] + digits_[k];
        return sign < 0 ? std::uint64_t{0} - value : value;
    }

private:
    void garner(std::span<std::uint64_t const> residues, bool negated) {
        auto const n = moduli_.size();
        for (std::size_t j = 0; j < n; ++j) {
            auto const p = moduli_[j];
            auto const& f = fields_[j];
            auto r = residues[j];
            if (negated && r != 0) r = p - r;
            if (j > 0) {
                auto x = f.from_residue(r);
                for (std::size_t i = 0; i < j; ++i) {
                    x = f.mul(f.sub(x, f.from_residue(digits_[i])), inverses_[j * n + i]);
                }
                r = f.to(x);
            }
            digits_[j] = r;
        }
    }

    std::vector<std::uint64_t> moduli_;
    std::vector<field> fields_;
    std::vector<std::uint64_t> inverses_;
    std::vector<std::uint64_t> digits_;
};

/// log2 of Hadamard's bound from the squared row norms, rows shorter than 1 counted as 1, so that
/// it bounds every minor as well.
class hadamard_bits {
public:
    void row(double squared_norm) noexcept {
        if (squared_norm > 1.0) bits_ += 0.5 * std::log2(squared_norm) * (1.0 + 1e-12);
    }
    [[nodiscard]] double bits() const noexcept { return bits_; }

private:
    double bits_ = 0.0;
};

} // namespace weft::inline v0::knot::detail
