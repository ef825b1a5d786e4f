#pragma once

#include <cassert>
#include <cstddef>
#include <exception>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

/// Raises an exception. A host that builds without exceptions defines it before including weft,
/// as something that does not return: `#define WEFT_THROW(...) my_abort((__VA_ARGS__).what())`.
#ifndef WEFT_THROW
#if defined(__cpp_exceptions) || defined(_CPPUNWIND)
#define WEFT_THROW(...) throw(__VA_ARGS__)
#else
#error "weft: exceptions are off; define WEFT_THROW(...) as something that does not return"
#endif
#endif

/// Checks for programmer errors in inner loops; off under NDEBUG.
#ifndef WEFT_ASSERT
#define WEFT_ASSERT(...) assert((__VA_ARGS__))
#endif

namespace weft::inline v0 {

/// Base of everything that weft throws. Copying never throws (the text is shared).
class error : public std::exception {
public:
    explicit error(std::string message)
        : message_(std::make_shared<std::string const>(std::move(message))) {}

    [[nodiscard]] char const* what() const noexcept override { return message_->c_str(); }

private:
    std::shared_ptr<std::string const> message_;
};

/// An argument outside what a function takes. Names the argument, its value and what was expected.
class invalid_argument : public error {
public:
    invalid_argument(std::string argument, std::string value, std::string expected)
        : error(argument + ": got " + value + ", expected " + expected)
        , parts_(std::make_shared<parts const>(
              parts{std::move(argument), std::move(value), std::move(expected)})) {}

    [[nodiscard]] std::string const& argument() const noexcept { return parts_->argument; }
    [[nodiscard]] std::string const& value() const noexcept { return parts_->value; }
    [[nodiscard]] std::string const& expected() const noexcept { return parts_->expected; }

private:
    struct parts {
        std::string argument, value, expected;
    };
    std::shared_ptr<parts const> parts_;
};

/// A quantity that is mathematically undefined for this (well-formed) input.
class domain_error : public error {
public:
    using error::error;
};

/// Text that does not have the form it should. `offset` is the byte at which reading stopped.
class parse_error : public error {
public:
    parse_error(std::string_view what_was_read, std::size_t offset, std::string_view expected)
        : error(std::string(what_was_read) + ": at byte " + decimal(offset) + ": expected " +
                std::string(expected))
        , offset_(offset) {}

    [[nodiscard]] std::size_t offset() const noexcept { return offset_; }

private:
    static std::string decimal(std::size_t n) {
        std::string digits;
        do {
            digits.insert(digits.begin(), static_cast<char>('0' + n % 10));
            n /= 10;
        } while (n != 0);
        return digits;
    }

    std::size_t offset_;
};

/// An exact integer result that does not fit the type it was asked for in.
class overflow_error : public error {
public:
    using error::error;
};

/// An iteration that did not reach its tolerance.
class not_converged : public error {
public:
    using error::error;
};

/// A statement that a database refused, or a connection that failed.
class sql_error : public error {
public:
    /// `sqlstate`: the five characters of SQL's error class, or the empty string where the
    /// database has none.
    sql_error(std::string message, std::string sqlstate, std::string statement)
        : error(message + (sqlstate.empty() ? std::string() : " [SQLSTATE " + sqlstate + "]") +
                (statement.empty() ? std::string() : " in: " + statement))
        , parts_(std::make_shared<parts const>(parts{std::move(sqlstate), std::move(statement)})) {}

    [[nodiscard]] std::string const& sqlstate() const noexcept { return parts_->sqlstate; }
    [[nodiscard]] std::string const& statement() const noexcept { return parts_->statement; }

private:
    struct parts {
        std::string sqlstate, statement;
    };
    std::shared_ptr<parts const> parts_;
};

} // namespace weft::inline v0
