#pragma once

#include <concepts>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "weft/core/error.hpp"
#include "weft/core/number.hpp"
#include "weft/sql/dialect.hpp"
#include "weft/sql/value.hpp"

namespace weft::inline v0::adapters {

/// What the rest of weft asks of a database connection; a host's own driver may stand in.
template <class T>
concept Connection = requires(T& c, sql::statement const& s, std::string_view script) {
    { T::dialect() } -> std::same_as<sql::dialect>;
    { c.execute(s) } -> std::same_as<std::int64_t>;
    { c.query(s) } -> std::same_as<sql::rows>;
    c.run_script(script);
};

/// How far a transaction is kept apart from others. SQLite's always are serializable.
enum class isolation : std::uint8_t {
    usual, ///< what the server is set to: read committed, unless somebody changed it
    read_committed,
    repeatable_read,
    serializable,
};

template <class C>
class transaction;

namespace detail {

/// How much of a faulty script an error repeats.
inline constexpr std::size_t excerpt_length = 240;

/// The line of `script` that holds byte `at`, with its number.
[[nodiscard]] inline std::string script_line(std::string_view script, std::size_t at) {
    if (at > script.size()) at = script.size();
    std::size_t number = 1;
    std::size_t start = 0;
    for (std::size_t i = 0; i < at; ++i) {
        if (script[i] == '\n') {
            ++number;
            start = i + 1;
        }
    }
    auto line = script.substr(start, script.find('\n', start) - start);
    if (line.size() > excerpt_length) line = line.substr(0, excerpt_length);
    return "line " + to_text(number) + " of the script: " + std::string(line);
}

/// A connection's hold on what does not move when the connection does. Transactions share it.
template <class Session>
class session_holder {
public:
    session_holder(session_holder const&) = delete;
    session_holder& operator=(session_holder const&) = delete;

protected:
    using session_type = Session;

    explicit session_holder(std::shared_ptr<Session> session)
        : session_(std::move(session)) {}
    session_holder(session_holder&&) noexcept = default;
    session_holder& operator=(session_holder&&) noexcept = default;
    ~session_holder() = default;

    [[nodiscard]] Session& session() const { return *shared_session(); }

private:
    template <class>
    friend class adapters::transaction;

    [[nodiscard]] std::shared_ptr<Session> const& shared_session() const {
        if (!session_) WEFT_THROW(sql_error("the connection was moved from", "08003", ""));
        return session_;
    }

    std::shared_ptr<Session> session_;
};

} // namespace detail

/// A transaction for as long as the object lives: begun by the constructor, made permanent by
/// commit(), undone by the destructor otherwise. Inside another one it is a savepoint, so that a
/// function with a transaction of its own can be called from within one; they must end in reverse
/// order. SQLite's begins as BEGIN IMMEDIATE: a second writer waits at the beginning, not in the
/// middle. The connection may be moved or replaced meanwhile: it stays open until its
/// last transaction has ended.
template <class C>
class transaction {
public:
    /// Throws sql_error where the database refuses to begin, and where a statement or script has
    /// begun a transaction that is still open (25001): only a `transaction` nests. invalid_argument
    /// for an isolation of its own inside another transaction, whose isolation holds for all of it.
    explicit transaction(C& connection, isolation level = isolation::usual)
        : session_(connection.shared_session())
        , level_(session_->depth) {
        if (level_ > 0 && level != isolation::usual) {
            WEFT_THROW(invalid_argument("level", "an isolation inside another transaction",
                                        "isolation::usual"));
        }
        if (level_ == 0) {
            session_->begin(level);
        } else {
            session_->command("SAVEPOINT " + savepoint());
        }
        session_->depth = level_ + 1;
        if (level_ == 0) session_->undo_failed = false;
    }

    transaction(transaction const&) = delete;
    transaction& operator=(transaction const&) = delete;

    /// Undoes what was not committed. Never throws: where the connection is lost, the database
    /// undoes it.
    ~transaction() {
        if (session_ != nullptr) undo();
    }

    /// Makes the work permanent (inside another transaction: a part of it). Throws sql_error where
    /// the database refuses: a deferred constraint, a transaction in which a statement had failed,
    /// a busy database. The work is then undone.
    void commit() {
        require_open("COMMIT");
        if (session_->undo_failed) {
            WEFT_THROW(sql_error("a nested transaction could not be undone", "25P02", "COMMIT"));
        }
        if (level_ == 0) {
            session_->commit();
        } else {
            session_->command("RELEASE SAVEPOINT " + savepoint());
        }
        ended();
    }

    /// Undoes the work now.
    void rollback() {
        require_open("ROLLBACK");
        undo();
    }

private:
    void require_open(char const* statement) const {
        if (session_ == nullptr) {
            WEFT_THROW(sql_error("the transaction has ended already", "25P01", statement));
        }
    }

    [[nodiscard]] std::string savepoint() const { return "weft_savepoint_" + to_text(level_); }

    void undo() noexcept {
        try {
            if (level_ == 0) {
                if (session_->in_transaction()) session_->command("ROLLBACK");
            } else {
                session_->command("ROLLBACK TO SAVEPOINT " + savepoint());
                session_->command("RELEASE SAVEPOINT " + savepoint());
            }
        } catch (...) {
            // The end of the connection undoes it; an outer commit must not make it permanent.
            session_->undo_failed = true;
        }
        ended();
    }

    void ended() noexcept {
        session_->depth = level_;
        session_.reset();
    }

    std::shared_ptr<typename C::session_type> session_;
    int level_ = 0;
};

/// Whether the same transaction may succeed when it is run again: serialization failure (40001) or
/// deadlock (40P01).
[[nodiscard]] inline bool is_transient(sql_error const& e) noexcept {
    return e.sqlstate() == "40001" || e.sqlstate() == "40P01";
}

struct retry_options {
    int attempts = 5; ///< in all, at least 1
    isolation level = isolation::usual;
};

/// Runs `work()` in a transaction of `connection` and commits; again, from the beginning, where the
/// database gave a transient failure (is_transient), be it at the commit, up to `attempts` times.
/// `pause(n)` is called before the n-th repetition (1 is the first), with the transaction undone:
/// the place to wait a little. What `work` returned. Any other exception, and the last failure, go
/// on. Inside another transaction it is a savepoint and nothing is repeated: the failure has undone
/// the outer one too. `work` must not keep what it did outside the database.
template <Connection C, class Work, class Pause>
auto in_transaction(C& connection, Work&& work, retry_options const& options, Pause&& pause)
    -> std::invoke_result_t<Work&> {
    if (options.attempts < 1) {
        WEFT_THROW(invalid_argument("attempts", to_text(options.attempts), "at least 1"));
    }
    for (int attempt = 1;; ++attempt) {
        bool const nested = connection.in_transaction();
        try {
            transaction tx(connection, options.level);
            if constexpr (std::is_void_v<std::invoke_result_t<Work&>>) {
                work();
                tx.commit();
                return;
            } else {
                auto result = work();
                tx.commit();
                return result;
            }
        } catch (sql_error const& e) {
            if (nested || attempt >= options.attempts || !is_transient(e)) throw;
        }
        pause(attempt);
    }
}

/// The same without a pause.
template <Connection C, class Work>
auto in_transaction(C& connection, Work&& work, retry_options const& options = {})
    -> std::invoke_result_t<Work&> {
    return in_transaction(connection, work, options, [](int) {});
}

} // namespace weft::inline v0::adapters
