#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <libpq-fe.h>

#include "weft/adapters/transaction.hpp"
#include "weft/core/error.hpp"
#include "weft/core/number.hpp"
#include "weft/core/time.hpp"
#include "weft/core/uuid.hpp"
#include "weft/schema/jsonb.hpp"
#include "weft/sql/dialect.hpp"
#include "weft/sql/value.hpp"

namespace weft::inline v0::adapters {

/// What the server said beside its answers (RAISE NOTICE, "already exists, skipping").
struct postgres_notice {
    std::string severity; ///< in English: NOTICE, WARNING, INFO, LOG, DEBUG
    std::string sqlstate;
    std::string message;
};

namespace detail {

/// Type identifiers of PostgreSQL's catalogue (pg_type.dat); they never change.
enum class pg_type : Oid {
    boolean = 16,
    int8 = 20,
    int2 = 21,
    int4 = 23,
    json = 114,
    float4 = 700,
    float8 = 701,
    timestamptz = 1184,
    uuid = 2950,
    jsonb = 3802,
};

struct pg_result_clear {
    void operator()(PGresult* r) const noexcept { PQclear(r); }
};
using pg_result = std::unique_ptr<PGresult, pg_result_clear>;

[[nodiscard]] inline std::string pg_field(PGresult const* r, int code) {
    char const* const text = PQresultErrorField(r, code);
    return text == nullptr ? std::string() : std::string(text);
}

[[nodiscard]] inline std::string without_line_end(std::string text) {
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
    return text;
}

/// The open connection; what does not move when a postgres_connection does.
class postgres_session {
public:
    static constexpr std::string_view begin = "BEGIN";
    static constexpr std::size_t cache_limit = 256;
    static constexpr std::size_t notice_limit = 1000;

    int depth = 0;
    bool undo_failed = false;
    std::deque<postgres_notice> notices;

    explicit postgres_session(std::string const& where) {
        if (where.find('\0') != std::string::npos) {
            WEFT_THROW(invalid_argument("where", "text with U+0000", "a connection URI"));
        }
        // What stands before dbname is a default that the URI may change.
        char const* const names[] = {"fallback_application_name", "connect_timeout", "dbname",
                                     nullptr};
        char const* const values[] = {"weft", "10", where.c_str(), nullptr};
        connection_.reset(PQconnectdbParams(names, values, 1));
        if (!connection_) WEFT_THROW(sql_error("out of memory", "53200", ""));
        if (PQstatus(connection_.get()) != CONNECTION_OK) {
            WEFT_THROW(
                sql_error("cannot connect: " + without_line_end(PQerrorMessage(connection_.get())),
                          "08001", ""));
        }
        PQsetNoticeReceiver(connection_.get(), &postgres_session::receive, this);
        // The forms in which values travel must not depend on the server's or the user's settings.
        for (char const* setting : {"SET client_encoding TO 'UTF8'", "SET TimeZone TO 'UTC'",
                                    "SET DateStyle TO 'ISO, YMD'", "SET extra_float_digits TO 1",
                                    "SET standard_conforming_strings TO on"}) {
            command(setting);
        }
    }

    postgres_session(postgres_session const&) = delete;
    postgres_session& operator=(postgres_session const&) = delete;

    void command(std::string const& text) {
        pg_result const r(PQexec(connection_.get(), text.c_str()));
        if (!succeeded(r.get())) raise(r.get(), text);
    }

    /// COMMIT of a transaction in which a statement failed succeeds as a ROLLBACK.
    void commit() {
        pg_result const r(PQexec(connection_.get(), "COMMIT"));
        if (!succeeded(r.get())) raise(r.get(), "COMMIT");
        if (std::string_view(PQcmdStatus(r.get())) != "COMMIT") {
            WEFT_THROW(sql_error("a statement had failed: the transaction was rolled back", "25P02",
                                 "COMMIT"));
        }
    }

    [[nodiscard]] bool in_transaction() const noexcept {
        return PQtransactionStatus(connection_.get()) != PQTRANS_IDLE;
    }

    /// Runs `s` as a prepared statement.
    [[nodiscard]] pg_result run(sql::statement const& s) {
        std::vector<std::optional<std::string>> texts;
        texts.reserve(s.params.size());
        std::vector<char const*> pointers;
        pointers.reserve(s.params.size());
        if (s.params.size() > 65'535) {
            WEFT_THROW(invalid_argument("params", to_text(s.params.size()) + " parameters",
                                        "at most 65535"));
        }
        for (std::size_t i = 0; i < s.params.size(); ++i) {
            texts.push_back(sql::parameter_text(s.params[i], sql::dialect::postgres));
            if (texts[i] && texts[i]->find('\0') != std::string::npos) {
                WEFT_THROW(sql_error("params[" + to_text(i) + "]: U+0000 cannot be stored in text",
                                     "22021", s.text));
            }
        }
        for (auto const& text : texts) pointers.push_back(text ? text->c_str() : nullptr);

        for (int attempt = 0;; ++attempt) {
            auto const& name = prepared(s.text);
            pg_result r(PQexecPrepared(connection_.get(), name.c_str(),
                                       static_cast<int>(pointers.size()), pointers.data(), nullptr,
                                       nullptr, 0));
            if (succeeded(r.get())) return r;
            // The statement was deallocated behind our back, or a table under it has changed.
            auto const state = pg_field(r.get(), PG_DIAG_SQLSTATE);
            bool const stale = state == "26000" || state == "0A000";
            if (!stale || attempt > 0 || depth > 0 || in_transaction()) {
                if (stale) forget();
                raise(r.get(), s.text);
            }
            forget();
        }
    }

    void run_script(std::string_view script) {
        std::string const text(script);
        if (text.find('\0') != std::string::npos) {
            WEFT_THROW(invalid_argument("script", "text with U+0000", "text without U+0000"));
        }
        bool const was_open = in_transaction();
        // Its statements may change what prepared ones rest on.
        if (!was_open) forget();
        if (PQsendQuery(connection_.get(), text.c_str()) == 0) raise(nullptr, "");
        pg_result failed;
        while (pg_result r{PQgetResult(connection_.get())}) {
            bool const copying = end_copy(r.get());
            bool const empty = PQresultStatus(r.get()) == PGRES_EMPTY_QUERY;
            if (!failed && !copying && !empty && !succeeded(r.get())) failed = std::move(r);
            if (PQstatus(connection_.get()) != CONNECTION_OK) break;
        }
        if (!failed && PQstatus(connection_.get()) == CONNECTION_OK) return;
        auto const place = pg_field(failed.get(), PG_DIAG_STATEMENT_POSITION);
        std::string where;
        if (auto const characters = parse_integer<std::size_t>(place)) {
            where = script_line(text, byte_of(text, *characters));
        } else {
            where = "a script of " + to_text(text.size()) + " bytes";
        }
        if (!was_open && PQstatus(connection_.get()) == CONNECTION_OK && in_transaction()) {
            pg_result const r(PQexec(connection_.get(), "ROLLBACK"));
        }
        raise(failed.get(), where);
    }

    [[nodiscard]] std::int64_t copy_in(std::string const& statement, std::string_view bytes) {
        pg_result r(PQexec(connection_.get(), statement.c_str()));
        if (PQresultStatus(r.get()) != PGRES_COPY_IN) {
            end_copy(r.get());
            if (succeeded(r.get())) {
                WEFT_THROW(invalid_argument("statement", statement, "COPY ... FROM STDIN"));
            }
            raise(r.get(), statement);
        }
        constexpr std::size_t piece = std::size_t{1} << 20U;
        bool sent = true;
        for (std::size_t at = 0; sent && at < bytes.size(); at += piece) {
            auto const part = bytes.substr(at, piece);
            sent =
                PQputCopyData(connection_.get(), part.data(), static_cast<int>(part.size())) == 1;
        }
        sent = PQputCopyEnd(connection_.get(), nullptr) == 1 && sent;
        std::int64_t count = 0;
        pg_result failed;
        while (pg_result next{PQgetResult(connection_.get())}) {
            if (!succeeded(next.get())) {
                if (!failed) failed = std::move(next);
            } else {
                count += affected(next.get());
            }
            if (PQstatus(connection_.get()) != CONNECTION_OK) break;
        }
        if (failed || !sent) raise(failed.get(), statement);
        return count;
    }

    [[nodiscard]] static std::int64_t affected(PGresult* r) {
        return parse_integer<std::int64_t>(PQcmdTuples(r)).value_or(0);
    }

private:
    struct finish {
        void operator()(PGconn* c) const noexcept { PQfinish(c); }
    };

    static void receive(void* self, PGresult const* r) {
        auto& notices = static_cast<postgres_session*>(self)->notices;
        try {
            notices.push_back({pg_field(r, PG_DIAG_SEVERITY_NONLOCALIZED),
                               pg_field(r, PG_DIAG_SQLSTATE),
                               pg_field(r, PG_DIAG_MESSAGE_PRIMARY)});
            if (notices.size() > notice_limit) notices.pop_front();
        } catch (...) {
            // libpq calls this from C: a notice that does not fit in memory is lost.
        }
    }

    [[nodiscard]] static bool succeeded(PGresult const* r) noexcept {
        auto const status = PQresultStatus(r);
        return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
    }

    /// Leaves COPY mode where `r` has entered it: the streams have their own function.
    bool end_copy(PGresult const* r) {
        auto const status = PQresultStatus(r);
        if (status == PGRES_COPY_IN) {
            PQputCopyEnd(connection_.get(), "no data: use copy_in");
            return true;
        }
        if (status == PGRES_COPY_OUT) {
            char* buffer = nullptr;
            while (PQgetCopyData(connection_.get(), &buffer, 0) > 0) PQfreemem(buffer);
            return true;
        }
        return false;
    }

    /// The byte at which the `character`th (1-based) character of UTF-8 text begins.
    [[nodiscard]] static std::size_t byte_of(std::string_view text,
                                             std::size_t character) noexcept {
        std::size_t seen = 0;
        for (std::size_t i = 0; i < text.size(); ++i) {
            if ((static_cast<unsigned char>(text[i]) & 0xc0U) != 0x80U && ++seen == character) {
                return i;
            }
        }
        return text.size();
    }

    [[nodiscard]] std::string const& prepared(std::string const& text) {
        if (auto const found = names_.find(text); found != names_.end()) return found->second;
        if (text.find('\0') != std::string::npos) {
            WEFT_THROW(sql_error("U+0000 in the text of a statement", "22021", ""));
        }
        if (names_.size() >= cache_limit && !in_transaction()) forget();
        auto name = "weft_" + to_text(++count_);
        pg_result const r(PQprepare(connection_.get(), name.c_str(), text.c_str(), 0, nullptr));
        if (!succeeded(r.get())) raise(r.get(), text);
        return names_.emplace(text, std::move(name)).first->second;
    }

    void forget() {
        if (names_.empty()) return;
        names_.clear();
        // In a failed transaction the server would refuse; the names are never used again.
        if (PQtransactionStatus(connection_.get()) == PQTRANS_INERROR) return;
        command("DEALLOCATE ALL");
    }

    [[noreturn]] void raise(PGresult const* r, std::string const& statement) {
        auto state = pg_field(r, PG_DIAG_SQLSTATE);
        auto message = pg_field(r, PG_DIAG_MESSAGE_PRIMARY);
        if (auto const detail = pg_field(r, PG_DIAG_MESSAGE_DETAIL); !detail.empty()) {
            message += " (" + detail + ")";
        }
        if (message.empty() && PQresultStatus(r) == PGRES_EMPTY_QUERY) {
            message = "an empty statement";
            state = "42601";
        }
        if (message.empty() &&
            (PQresultStatus(r) == PGRES_COPY_IN || PQresultStatus(r) == PGRES_COPY_OUT)) {
            message = "COPY is not a query: use copy_in";
            state = "0A000";
        }
        if (message.empty()) message = without_line_end(PQerrorMessage(connection_.get()));
        if (state.empty() && PQstatus(connection_.get()) != CONNECTION_OK) state = "08006";
        WEFT_THROW(sql_error(message, state, statement));
    }

    std::unique_ptr<PGconn, finish> connection_;
    std::unordered_map<std::string, std::string> names_;
    std::uint64_t count_ = 0;
};

[[nodiscard]] inline sql::value pg_value(PGresult const* r, int row, int column) {
    if (PQgetisnull(r, row, column) != 0) return sql::null{};
    std::string_view const text(PQgetvalue(r, row, column),
                                static_cast<std::size_t>(PQgetlength(r, row, column)));
    auto const fail = [&](char const* expected) {
        WEFT_THROW(sql_error("column " + std::string(PQfname(r, column)) + ": got " +
                                 std::string(text) + ", expected " + expected,
                             "22000", ""));
    };
    switch (static_cast<pg_type>(PQftype(r, column))) {
    case pg_type::boolean:
        return text == "t";
    case pg_type::int2:
    case pg_type::int4:
        if (auto const n = parse_integer<std::int32_t>(text)) return *n;
        fail("an integer");
        break;
    case pg_type::int8:
        if (auto const n = parse_integer<std::int64_t>(text)) return *n;
        fail("an integer");
        break;
    case pg_type::float4:
    case pg_type::float8:
        if (auto const x = parse_double(text)) return *x;
        fail("a number");
        break;
    case pg_type::uuid:
        return parse_uuid(text);
    case pg_type::timestamptz:
        if (text == "infinity") return instant_infinity;
        if (text == "-infinity") return instant_minus_infinity;
        try {
            return parse_instant(text);
        } catch (parse_error const&) {
            fail("an instant of the years 0001 to 9999");
        }
        break;
    case pg_type::json:
    case pg_type::jsonb:
        return schema::jsonb{std::string(text)};
    }
    return std::string(text);
}

} // namespace detail

/// A connection to PostgreSQL 15 or newer through libpq. Movable, not copyable; one thread at a
/// time. Whatever the server's settings are, the session has UTF-8, UTC and ISO dates.
///
/// Every failure is a weft::sql_error with the server's SQLSTATE and the statement; where the
/// server gave none: 08001 cannot connect, 08006 connection lost, 08003 moved-from object, 22021
/// U+0000 in a text parameter, 25P02 commit after a statement that failed.
class postgres_connection : public detail::session_holder<detail::postgres_session> {
public:
    /// Connects. `where`: a `postgresql://` URI or `keyword=value` pairs as libpq reads them; its
    /// environment variables and password file count too. Gives up after ten seconds unless
    /// `connect_timeout` says otherwise. Throws sql_error, which does not repeat `where`.
    explicit postgres_connection(std::string const& where)
        : session_holder(std::make_shared<detail::postgres_session>(where)) {}

    postgres_connection(postgres_connection&&) noexcept = default;
    postgres_connection& operator=(postgres_connection&&) noexcept = default;

    [[nodiscard]] static constexpr sql::dialect dialect() noexcept {
        return sql::dialect::postgres;
    }

    /// Runs one statement; the number of rows it inserted, updated, deleted or selected.
    std::int64_t execute(sql::statement const& s) {
        return detail::postgres_session::affected(session().run(s).get());
    }

    /// Runs one statement; all rows that it gives. By the column's type: boolean as bool, integers
    /// as std::int32_t (bigint: std::int64_t), float4 and float8 as double, uuid, timestamptz as
    /// weft::instant, json and jsonb as schema::jsonb, anything else as the server's text.
    [[nodiscard]] sql::rows query(sql::statement const& s) {
        auto const r = session().run(s);
        auto const width = PQnfields(r.get());
        auto const height = PQntuples(r.get());
        sql::rows out;
        out.columns.reserve(static_cast<std::size_t>(width));
        for (int c = 0; c < width; ++c) out.columns.emplace_back(PQfname(r.get(), c));
        out.values.reserve(static_cast<std::size_t>(height));
        for (int i = 0; i < height; ++i) {
            auto& row = out.values.emplace_back();
            row.reserve(static_cast<std::size_t>(width));
            for (int c = 0; c < width; ++c) row.push_back(detail::pg_value(r.get(), i, c));
        }
        return out;
    }

    /// Runs several statements without parameters, in one transaction unless they say otherwise.
    /// The error names the script's line. Prepared statements are forgotten.
    void run_script(std::string_view script) { session().run_script(script); }

    /// Sends `bytes` as the data of `statement` (`COPY ... FROM STDIN`, text or binary); the number
    /// of rows stored. All or none.
    std::int64_t copy_in(std::string const& statement, std::string_view bytes) {
        return session().copy_in(statement, bytes);
    }

    /// The notices since the last call, at most the last thousand.
    [[nodiscard]] std::vector<postgres_notice> take_notices() {
        auto& kept = session().notices;
        std::vector<postgres_notice> out(kept.begin(), kept.end());
        kept.clear();
        return out;
    }

    /// Whether a transaction is open, be it a failed one.
    [[nodiscard]] bool in_transaction() const { return session().in_transaction(); }
};

} // namespace weft::inline v0::adapters
