#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include <sqlite3.h>

#include "weft/adapters/transaction.hpp"
#include "weft/core/error.hpp"
#include "weft/core/number.hpp"
#include "weft/schema/column.hpp"
#include "weft/schema/utf8.hpp"
#include "weft/sql/decode.hpp"
#include "weft/sql/dialect.hpp"
#include "weft/sql/value.hpp"

namespace weft::inline v0::adapters {

struct sqlite_options {
    /// How long a statement waits for another connection's lock before it fails with 55P03.
    std::chrono::milliseconds busy_timeout{5000};
    /// Refuses every change, and to create the file.
    bool read_only = false;
};

/// The SQLSTATE that stands nearest to an extended result code of SQLite and its message:
///
/// | SQLite | SQLSTATE |
/// | --- | --- |
/// | CONSTRAINT_CHECK | 23514 check_violation |
/// | CONSTRAINT_UNIQUE, _PRIMARYKEY, _ROWID | 23505 unique_violation |
/// | CONSTRAINT_NOTNULL | 23502 not_null_violation |
/// | CONSTRAINT_FOREIGNKEY | 23503 foreign_key_violation |
/// | CONSTRAINT_DATATYPE, MISMATCH | 42804 datatype_mismatch |
/// | CONSTRAINT_TRIGGER (RAISE) | P0001 raise_exception |
/// | any other CONSTRAINT | 23000 integrity_constraint_violation |
/// | BUSY, LOCKED | 55P03 lock_not_available |
/// | BUSY_SNAPSHOT | 40001 serialization_failure |
/// | READONLY | 25006 read_only_sql_transaction |
/// | PERM, AUTH | 42501 insufficient_privilege |
/// | CANTOPEN | 08001 cannot connect |
/// | NOTADB, CORRUPT | XX001 data_corrupted |
/// | FULL | 53100 disk_full |
/// | NOMEM | 53200 out_of_memory |
/// | TOOBIG | 54000 program_limit_exceeded |
/// | INTERRUPT, ABORT | 57014 query_canceled |
/// | IOERR | 58030 io_error |
/// | ERROR, by its message | 42P01 no such table, 42703 no such column, 42883 no such function,
/// 42601 syntax error or incomplete input, 42P07 already exists, 25001 nested BEGIN, 25P01 no
/// transaction | | anything else | 42000 |
[[nodiscard]] inline std::string_view sqlite_sqlstate(int extended_code,
                                                      std::string_view message) noexcept {
    switch (extended_code) {
    case SQLITE_CONSTRAINT_CHECK:
        return "23514";
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID:
        return "23505";
    case SQLITE_CONSTRAINT_NOTNULL:
        return "23502";
    case SQLITE_CONSTRAINT_FOREIGNKEY:
        return "23503";
    case SQLITE_CONSTRAINT_DATATYPE:
        return "42804";
    case SQLITE_CONSTRAINT_TRIGGER:
        return "P0001";
    case SQLITE_BUSY_SNAPSHOT:
        return "40001";
    default:
        break;
    }
    switch (extended_code & 0xff) {
    case SQLITE_CONSTRAINT:
        return "23000";
    case SQLITE_MISMATCH:
        return "42804";
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return "55P03";
    case SQLITE_READONLY:
        return "25006";
    case SQLITE_PERM:
    case SQLITE_AUTH:
        return "42501";
    case SQLITE_CANTOPEN:
        return "08001";
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
        return "XX001";
    case SQLITE_FULL:
        return "53100";
    case SQLITE_NOMEM:
        return "53200";
    case SQLITE_TOOBIG:
        return "54000";
    case SQLITE_INTERRUPT:
    case SQLITE_ABORT:
        return "57014";
    case SQLITE_IOERR:
        return "58030";
    default:
        break;
    }
    struct meaning {
        std::string_view words, state;
    };
    constexpr meaning meanings[] = {
        {"no such table", "42P01"},    {"no such column", "42703"},
        {"no such function", "42883"}, {"syntax error", "42601"},
        {"incomplete input", "42601"}, {"unrecognized token", "42601"},
        {"already exists", "42P07"},   {"within a transaction", "25001"},
        {"no transaction", "25P01"},
    };
    for (auto const& [words, state] : meanings) {
        if (message.find(words) != std::string_view::npos) return state;
    }
    return "42000";
}

namespace detail {

struct sqlite_finalize {
    void operator()(sqlite3_stmt* s) const noexcept { sqlite3_finalize(s); }
};
using sqlite_statement = std::unique_ptr<sqlite3_stmt, sqlite_finalize>;

/// The open database; what does not move when a sqlite_connection does.
class sqlite_session {
public:
    static constexpr std::size_t cache_limit = 256;

    int depth = 0;
    bool undo_failed = false;

    sqlite_session(std::string const& file, sqlite_options const& options) {
        if (file.find('\0') != std::string::npos) {
            WEFT_THROW(invalid_argument("file", "text with U+0000", "a path"));
        }
        if (options.busy_timeout.count() < 0 ||
            options.busy_timeout.count() > std::numeric_limits<int>::max()) {
            WEFT_THROW(invalid_argument("busy_timeout", to_text(options.busy_timeout.count()),
                                        "0 to 2147483647 milliseconds"));
        }
        int const flags =
            options.read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
        sqlite3* opened = nullptr;
        int const code = sqlite3_open_v2(file.c_str(), &opened, flags, nullptr);
        database_.reset(opened);
        if (!database_) WEFT_THROW(sql_error("out of memory", "53200", ""));
        if (code != SQLITE_OK) {
            WEFT_THROW(
                sql_error("cannot open " + file + ": " + sqlite3_errmsg(opened), "08001", ""));
        }
        sqlite3_extended_result_codes(opened, 1);
        sqlite3_busy_timeout(opened, static_cast<int>(options.busy_timeout.count()));
        command("PRAGMA foreign_keys = ON");
        if (!options.read_only) {
            // Readers do not block the writer. A killed process loses nothing that was committed;
            // a power failure may take the last commits, never the consistency.
            command("PRAGMA journal_mode = WAL");
            command("PRAGMA synchronous = NORMAL");
        }
    }

    sqlite_session(sqlite_session const&) = delete;
    sqlite_session& operator=(sqlite_session const&) = delete;

    void command(std::string const& text) {
        if (sqlite3_exec(database_.get(), text.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
            raise(text);
        }
    }

    /// Fails (25001) where a transaction is open.
    void begin(isolation) { command("BEGIN IMMEDIATE"); }

    void commit() { command("COMMIT"); }

    [[nodiscard]] bool in_transaction() const noexcept {
        return sqlite3_get_autocommit(database_.get()) == 0;
    }

    /// Runs `s`, calling `row` on the prepared statement at each row and `end` after the last; how
    /// many rows it changed.
    template <class Row, class End>
    std::int64_t run(sql::statement const& s, Row&& row, End&& end) {
        // Held here: `row` may run so many others that this one is forgotten.
        auto const known = this->prepared(s.text);
        sqlite3_stmt* const prepared = known->statement.get();
        struct reset {
            sqlite3_stmt* statement;
            ~reset() {
                sqlite3_reset(statement);
                sqlite3_clear_bindings(statement);
            }
        } const guard{prepared};
        bind(*known, s);
        auto const before = sqlite3_total_changes64(database_.get());
        int code = 0;
        while ((code = sqlite3_step(prepared)) == SQLITE_ROW) row(prepared);
        if (code != SQLITE_DONE) raise(s.text);
        end(prepared);
        // A statement that is no INSERT, UPDATE or DELETE leaves the last one's count standing.
        return sqlite3_total_changes64(database_.get()) == before
                   ? 0
                   : sqlite3_changes64(database_.get());
    }

    void run_script(std::string_view script) {
        bool const was_open = in_transaction();
        auto const undo = [&] {
            if (!was_open && in_transaction()) {
                sqlite3_exec(database_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
            }
        };
        if (script.find('\0') != std::string_view::npos) {
            WEFT_THROW(invalid_argument("script", "text with U+0000", "text without U+0000"));
        }
        std::string_view rest = script;
        while (!rest.empty()) {
            auto const start = script.size() - rest.size();
            sqlite_statement statement;
            int code = prepare(rest, statement, 0);
            if (code == SQLITE_OK && statement) {
                while ((code = sqlite3_step(statement.get())) == SQLITE_ROW) {
                }
            }
            if (code != SQLITE_OK && code != SQLITE_DONE) {
                // The message has to be read before anything else is done with the database.
                auto const failure =
                    error_now(script_line(script, script.find_first_not_of(" \t\r\n", start)));
                statement.reset();
                undo();
                WEFT_THROW(failure);
            }
        }
    }

private:
    struct close {
        void operator()(sqlite3* d) const noexcept { sqlite3_close_v2(d); }
    };

    /// Prepares the first statement of `text`, which becomes what follows it.
    [[nodiscard]] int prepare(std::string_view& text, sqlite_statement& out, unsigned flags) {
        constexpr std::size_t most = 1'000'000'000;
        auto const length = static_cast<int>(text.size() < most ? text.size() : most);
        sqlite3_stmt* statement = nullptr;
        char const* tail = nullptr;
        int const code =
            sqlite3_prepare_v3(database_.get(), text.data(), length, flags, &statement, &tail);
        out.reset(statement);
        if (tail != nullptr) text.remove_prefix(static_cast<std::size_t>(tail - text.data()));
        return code;
    }

    struct prepared_statement {
        sqlite_statement statement;
        /// For each parameter the place of its value; SQLite would search for it each time.
        std::vector<std::size_t> places;
        bool numbered = true; ///< as ?1, ?2 ... or $1, $2 ...
    };

    [[nodiscard]] std::shared_ptr<prepared_statement const> prepared(std::string const& text) {
        auto const found = statements_.find(text);
        bool const there = found != statements_.end();
        // One that is giving its rows at this moment cannot begin anew: this run has its own.
        if (there && sqlite3_stmt_busy(found->second->statement.get()) == 0) return found->second;
        if (text.find('\0') != std::string::npos) {
            WEFT_THROW(sql_error("U+0000 in the text of a statement", "22021", ""));
        }
        std::string_view rest = text;
        prepared_statement made;
        if (prepare(rest, made.statement, SQLITE_PREPARE_PERSISTENT) != SQLITE_OK) raise(text);
        if (!made.statement) WEFT_THROW(sql_error("an empty statement", "42601", text));
        sqlite_statement second;
        if (!rest.empty() && (prepare(rest, second, 0) != SQLITE_OK || second)) {
            WEFT_THROW(sql_error("more than one statement: use run_script", "42601", text));
        }
        // `?n` and `$n` name their parameter; the numbers may have gaps.
        auto const count = sqlite3_bind_parameter_count(made.statement.get());
        for (int i = 1; i <= count; ++i) {
            auto place = static_cast<std::size_t>(i);
            if (char const* const name = sqlite3_bind_parameter_name(made.statement.get(), i)) {
                place = parse_integer<std::size_t>(name + 1).value_or(0);
            }
            if (place < 1 || place > static_cast<std::size_t>(count)) made.numbered = false;
            made.places.push_back(place - 1);
        }
        auto kept = std::make_shared<prepared_statement const>(std::move(made));
        if (there) return kept;
        if (statements_.size() >= cache_limit) statements_.clear();
        return statements_.emplace(text, std::move(kept)).first->second;
    }

    void bind(prepared_statement const& known, sql::statement const& s) {
        auto const count = known.places.size();
        if (count != s.params.size()) {
            WEFT_THROW(sql_error(to_text(s.params.size()) +
                                     " parameters, but the statement takes " + to_text(count),
                                 "08P01", s.text));
        }
        if (!known.numbered) {
            WEFT_THROW(
                sql_error("parameters are written ?1 to ?" + to_text(count), "08P01", s.text));
        }
        for (std::size_t i = 0; i < count; ++i) {
            auto const place = known.places[i];
            bind_one(known.statement.get(), static_cast<int>(i) + 1, s.params[place], place,
                     s.text);
        }
    }

    void bind_one(sqlite3_stmt* prepared, int place, sql::value const& v, std::size_t index,
                  std::string const& text) {
        int code = SQLITE_OK;
        if (sql::is_null(v)) {
            code = sqlite3_bind_null(prepared, place);
        } else if (auto const* const b = std::get_if<bool>(&v)) {
            code = sqlite3_bind_int(prepared, place, *b ? 1 : 0);
        } else if (auto const* const n = std::get_if<std::int32_t>(&v)) {
            code = sqlite3_bind_int(prepared, place, *n);
        } else if (auto const* const m = std::get_if<std::int64_t>(&v)) {
            code = sqlite3_bind_int64(prepared, place, *m);
        } else if (auto const* const x = std::get_if<double>(&v)) {
            if (is_nan(*x)) {
                WEFT_THROW(sql_error("params[" + to_text(index) +
                                         "] is NaN, which SQLite would store as NULL",
                                     "23514", text));
            }
            code = sqlite3_bind_double(prepared, place, *x);
        } else {
            auto const* const own = std::get_if<std::string>(&v);
            auto const made =
                own == nullptr ? sql::parameter_text(v, sql::dialect::sqlite) : std::nullopt;
            std::string_view const written = own == nullptr ? *made : *own;
            if (schema::find_text_fault(written)) {
                WEFT_THROW(sql_error("params[" + to_text(index) +
                                         "]: not UTF-8, or U+0000, which cannot be stored in text",
                                     "22021", text));
            }
            // The bindings are cleared before `s` ends, so its own text need not be copied.
            code =
                sqlite3_bind_text64(prepared, place, written.data(), written.size(),
                                    own == nullptr ? SQLITE_TRANSIENT : SQLITE_STATIC, SQLITE_UTF8);
        }
        if (code != SQLITE_OK) raise(text);
    }

    [[nodiscard]] sql_error error_now(std::string const& statement) const {
        std::string const message = sqlite3_errmsg(database_.get());
        auto const code = sqlite3_extended_errcode(database_.get());
        return {message, std::string(sqlite_sqlstate(code, message)), statement};
    }

    [[noreturn]] void raise(std::string const& statement) const {
        WEFT_THROW(error_now(statement));
    }

    std::unique_ptr<sqlite3, close> database_;
    std::unordered_map<std::string, std::shared_ptr<prepared_statement const>> statements_;
};

[[nodiscard]] inline sql::value sqlite_value(sqlite3_stmt* s, int column) {
    switch (sqlite3_column_type(s, column)) {
    case SQLITE_NULL:
        return sql::null{};
    case SQLITE_INTEGER:
        return std::int64_t{sqlite3_column_int64(s, column)};
    case SQLITE_FLOAT:
        return sqlite3_column_double(s, column);
    default:
        break;
    }
    auto const* const bytes = static_cast<char const*>(sqlite3_column_blob(s, column));
    auto const length = static_cast<std::size_t>(sqlite3_column_bytes(s, column));
    return length == 0 ? std::string() : std::string(bytes, length);
}

} // namespace detail

/// A connection to an SQLite database (3.37 or newer). Movable, not copyable; one thread at a time.
/// Numbers are kept to the bit, but for -0.0, which SQLite stores as 0. Foreign keys are enforced,
/// a writer waits for another one up to the busy timeout, files use a write-ahead log (a `-wal` and
/// a `-shm` file stand beside the database while it is open).
///
/// Every failure is a weft::sql_error with the nearest SQLSTATE (see sqlite_sqlstate) and the
/// statement. Beyond SQLite's own: 08003 moved-from object, 08P01 wrong number of parameters,
/// 22021 text that is not UTF-8 or holds U+0000, 23514 a NaN (SQLite would store NULL), 42601
/// more than one statement.
class sqlite_connection : public detail::session_holder<detail::sqlite_session> {
public:
    /// Opens `file`, made where it is missing; `:memory:` lives and dies with the object.
    /// Throws sql_error (08001) where it cannot be opened, XX001 where it is no database.
    explicit sqlite_connection(std::string const& file, sqlite_options const& options = {})
        : session_holder(std::make_shared<detail::sqlite_session>(file, options)) {}

    sqlite_connection(sqlite_connection&&) noexcept = default;
    sqlite_connection& operator=(sqlite_connection&&) noexcept = default;

    [[nodiscard]] static constexpr sql::dialect dialect() noexcept { return sql::dialect::sqlite; }

    /// Runs one statement; the number of rows it inserted, updated or deleted (without those of
    /// triggers and cascades), or gave back where it changes nothing.
    std::int64_t execute(sql::statement const& s) {
        std::int64_t given = 0;
        auto const changed = session().run(
            s, [&](sqlite3_stmt*) { ++given; }, [](sqlite3_stmt*) {});
        return changed != 0 ? changed : given;
    }

    /// Runs one statement; all rows that it gives. Values come as SQLite stores them: integers as
    /// std::int64_t, reals as double, everything else as text (UUIDs, instants and JSON too:
    /// weft/sql/decode.hpp reads them into rows).
    [[nodiscard]] sql::rows query(sql::statement const& s) {
        sql::rows out;
        auto const take_row = [&](sqlite3_stmt* at) {
            auto const width = sqlite3_column_count(at);
            auto& row = out.values.emplace_back();
            row.reserve(static_cast<std::size_t>(width));
            for (int c = 0; c < width; ++c) row.push_back(detail::sqlite_value(at, c));
        };
        // The names are read last: the first step may have prepared the statement anew.
        auto const take_names = [&](sqlite3_stmt* at) {
            auto const width = sqlite3_column_count(at);
            out.columns.reserve(static_cast<std::size_t>(width));
            for (int c = 0; c < width; ++c) out.columns.emplace_back(sqlite3_column_name(at, c));
        };
        session().run(s, take_row, take_names);
        return out;
    }

    /// Calls `each(Row&)` with every row as it comes, decoded by column name; the row may be moved
    /// from. How many there were. The statement stays open meanwhile: `each` may run any other,
    /// this one too, but must not change what it reads. Throws invalid_argument as
    /// sql::row_decoder.
    template <schema::TableRow Row, class F>
    std::size_t for_each(sql::statement const& s, F&& each,
                         sql::decode_options const& options = {}) {
        std::optional<sql::row_decoder<Row>> decoder;
        auto const begin = [&](sqlite3_stmt* at) {
            std::vector<std::string> names;
            auto const width = sqlite3_column_count(at);
            for (int c = 0; c < width; ++c) names.emplace_back(sqlite3_column_name(at, c));
            decoder.emplace(names, options);
        };
        std::vector<sql::value> values;
        std::size_t count = 0;
        auto const take_row = [&](sqlite3_stmt* at) {
            if (!decoder) begin(at);
            auto const width = sqlite3_column_count(at);
            values.clear();
            for (int c = 0; c < width; ++c) values.push_back(detail::sqlite_value(at, c));
            auto row = (*decoder)(values, count++);
            each(row);
        };
        session().run(s, take_row, [&](sqlite3_stmt* at) {
            if (!decoder) begin(at);
        });
        return count;
    }

    /// The same: SQLite gives one row at a time anyway.
    template <schema::TableRow Row, class F>
    std::size_t stream(sql::statement const& s, F&& each, sql::decode_options const& options = {}) {
        return for_each<Row>(s, each, options);
    }

    /// All rows of the result; see for_each.
    template <schema::TableRow Row>
    [[nodiscard]] std::vector<Row> select(sql::statement const& s,
                                          sql::decode_options const& options = {}) {
        std::vector<Row> out;
        for_each<Row>(
            s, [&](Row& row) { out.push_back(std::move(row)); }, options);
        return out;
    }

    /// Runs all statements, all or none, also outside a transaction. How many rows each affected,
    /// as execute.
    std::vector<std::int64_t> execute_all(std::span<sql::statement const> statements) {
        std::vector<std::int64_t> counts;
        counts.reserve(statements.size());
        transaction all(*this);
        for (auto const& s : statements) counts.push_back(execute(s));
        all.commit();
        return counts;
    }

    /// Runs several statements without parameters, each by itself unless the script begins a
    /// transaction. Where one fails, the rest is not run and a transaction that the script began is
    /// undone. The error names the line of the script.
    void run_script(std::string_view script) { session().run_script(script); }

    /// Whether a transaction is open.
    [[nodiscard]] bool in_transaction() const { return session().in_transaction(); }
};

} // namespace weft::inline v0::adapters
