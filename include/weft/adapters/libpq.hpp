#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <libpq-fe.h>

#include "weft/adapters/transaction.hpp"
#include "weft/core/error.hpp"
#include "weft/core/number.hpp"
#include "weft/schema/column.hpp"
#include "weft/sql/decode.hpp"
#include "weft/sql/dialect.hpp"
#include "weft/sql/value.hpp"
#include "weft/sql/wire.hpp"

namespace weft::inline v0::adapters {

/// What the server said beside its answers (RAISE NOTICE, "already exists, skipping").
struct postgres_notice {
    std::string severity; ///< in English: NOTICE, WARNING, INFO, LOG, DEBUG
    std::string sqlstate;
    std::string message;
};

/// How values travel. Text works for every type; binary is smaller, and spares the server and the
/// client the reading of text.
struct postgres_options {
    /// In binary form a parameter goes as binary where its type is exactly the one that the server
    /// expects in its place, which is asked once for each statement; as text otherwise.
    sql::wire_format parameters = sql::wire_format::text;
    /// In binary form a query may only give the types that sql::value_from_wire knows.
    sql::wire_format results = sql::wire_format::text;
};

namespace detail {

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
    static constexpr std::size_t cache_limit = 256;
    static constexpr std::size_t notice_limit = 1000;

    int depth = 0;
    bool undo_failed = false;
    std::deque<postgres_notice> notices;

    postgres_session(std::string const& where, postgres_options const& options)
        : options_(options) {
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
        require_idle(text);
        pg_result const r(PQexec(connection_.get(), text.c_str()));
        if (!succeeded(r.get())) raise(r.get(), text);
    }

    void begin(isolation level) {
        std::string text = "BEGIN";
        switch (level) {
        case isolation::read_committed:
            text += " ISOLATION LEVEL READ COMMITTED";
            break;
        case isolation::repeatable_read:
            text += " ISOLATION LEVEL REPEATABLE READ";
            break;
        case isolation::serializable:
            text += " ISOLATION LEVEL SERIALIZABLE";
            break;
        case isolation::usual:
            break;
        }
        require_idle(text);
        // The server would only warn, and the commit would end what the caller had begun.
        auto const status = PQtransactionStatus(connection_.get());
        if (status == PQTRANS_INTRANS || status == PQTRANS_INERROR) {
            WEFT_THROW(sql_error("a transaction is open already", "25001", text));
        }
        command(text);
    }

    /// COMMIT of a transaction in which a statement failed succeeds as a ROLLBACK.
    void commit() {
        require_idle("COMMIT");
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
        require_idle(s.text);
        check_parameters(s);
        for (int attempt = 0;; ++attempt) {
            auto const& known = prepared(s.text);
            parameters const p(s, known.types);
            pg_result r(PQexecPrepared(connection_.get(), known.name.c_str(), p.size(),
                                       p.pointers.data(), p.lengths.data(), p.formats.data(),
                                       result_format()));
            if (succeeded(r.get())) return r;
            if (end_copy(r.get())) abandon_results();
            again_or_raise(r.get(), s.text, attempt);
        }
    }

    /// Runs `s` in libpq's single-row mode and calls `each(PGresult const*, bool)` with one row at
    /// a time, and once with none at the end (false), for the columns of a result without rows.
    template <class F>
    void stream(sql::statement const& s, F&& each) {
        require_idle(s.text);
        check_parameters(s);
        for (int attempt = 0;; ++attempt) {
            auto const& known = prepared(s.text);
            parameters const p(s, known.types);
            if (PQsendQueryPrepared(connection_.get(), known.name.c_str(), p.size(),
                                    p.pointers.data(), p.lengths.data(), p.formats.data(),
                                    result_format()) != 1 ||
                PQsetSingleRowMode(connection_.get()) != 1) {
                raise(nullptr, s.text);
            }
            pg_result failed;
            bool begun = false;
            busy_ = true;
            try {
                while (pg_result r{PQgetResult(connection_.get())}) {
                    auto const status = PQresultStatus(r.get());
                    bool const good = status == PGRES_SINGLE_TUPLE || succeeded(r.get());
                    if (good && !failed) {
                        begun = true;
                        each(r.get(), status == PGRES_SINGLE_TUPLE);
                    } else if (!good) {
                        end_copy(r.get());
                        if (!failed) failed = std::move(r);
                    }
                    if (PQstatus(connection_.get()) != CONNECTION_OK) break;
                }
            } catch (...) {
                cancel();
                abandon_results();
                throw;
            }
            busy_ = false;
            if (!failed && PQstatus(connection_.get()) == CONNECTION_OK) return;
            if (begun) raise(failed.get(), s.text);
            again_or_raise(failed.get(), s.text, attempt);
        }
    }

    [[nodiscard]] static bool begins_copy(std::string_view text) noexcept {
        auto const at = text.find_first_not_of(" \t\r\n");
        if (at == std::string_view::npos || text.size() - at < 4) return false;
        for (std::size_t i = 0; i < 4; ++i) {
            if ((static_cast<unsigned char>(text[at + i]) | 0x20U) !=
                static_cast<unsigned char>("copy"[i])) {
                return false;
            }
        }
        return true;
    }

    /// Runs all of them in pipeline mode; the numbers of rows, or the first failure.
    [[nodiscard]] std::vector<std::int64_t> run_all(std::span<sql::statement const> statements) {
        require_idle(statements[0].text);
        for (auto const& s : statements) {
            if (begins_copy(s.text)) {
                WEFT_THROW(sql_error("COPY is not a query: use copy_in", "0A000", s.text));
            }
            check_parameters(s);
            // What cannot be written is found before anything is sent.
            for (auto const& v : s.params) {
                if (std::holds_alternative<instant>(v) || std::holds_alternative<sql::array>(v)) {
                    static_cast<void>(sql::parameter_binary(v));
                }
            }
        }
        for (int attempt = 0;; ++attempt) {
            // Preparing takes round trips, and may forget what was prepared: not in the pipeline.
            std::vector<std::string_view> texts;
            for (auto const& s : statements) {
                if (std::find(texts.begin(), texts.end(), s.text) != texts.end()) continue;
                if (texts.size() == cache_limit) {
                    WEFT_THROW(invalid_argument(
                        "statements", "more than " + to_text(cache_limit) + " different texts",
                        "values as parameters"));
                }
                texts.push_back(s.text);
            }
            if (names_.size() + texts.size() > cache_limit && !in_transaction()) forget();
            for (auto const text : texts) static_cast<void>(prepared(std::string(text)));

            std::vector<std::int64_t> counts;
            counts.reserve(statements.size());
            std::size_t failed_at = 0;
            pg_result failed;
            try {
                failed = pipeline(statements, counts, failed_at);
            } catch (...) {
                // Half a pipeline can be neither ended nor undone but by the end of the connection.
                connection_.reset();
                throw;
            }
            if (!failed && PQstatus(connection_.get()) == CONNECTION_OK) return counts;
            again_or_raise(failed.get(), statements[failed_at].text, attempt);
        }
    }

    void run_script(std::string_view script) {
        std::string const text(script);
        if (text.find('\0') != std::string::npos) {
            WEFT_THROW(invalid_argument("script", "text with U+0000", "text without U+0000"));
        }
        require_idle("a script");
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

    /// Begins `COPY ... FROM STDIN`; the bytes follow with put_copy, the end with end_copy_in.
    void begin_copy_in(std::string const& statement) {
        require_copy_text(statement);
        pg_result r(PQexec(connection_.get(), statement.c_str()));
        busy_ = PQresultStatus(r.get()) == PGRES_COPY_IN;
        if (busy_) return;
        end_copy(r.get());
        if (succeeded(r.get())) {
            WEFT_THROW(invalid_argument("statement", statement, "COPY ... FROM STDIN"));
        }
        raise(r.get(), statement);
    }

    /// What the server says against the bytes comes at the end.
    void put_copy(std::string_view bytes) {
        constexpr std::size_t piece = std::size_t{1} << 20U;
        for (std::size_t at = 0; at < bytes.size(); at += piece) {
            auto const part = bytes.substr(at, piece);
            if (PQputCopyData(connection_.get(), part.data(), static_cast<int>(part.size())) != 1) {
                return;
            }
        }
    }

    [[nodiscard]] std::int64_t end_copy_in(std::string const& statement) {
        bool const sent = PQputCopyEnd(connection_.get(), nullptr) == 1;
        busy_ = false;
        std::int64_t count = 0;
        auto const failed = drain(count);
        if (failed || !sent) raise(failed.get(), statement);
        return count;
    }

    /// Stores nothing of it.
    void abandon_copy_in() noexcept {
        PQputCopyEnd(connection_.get(), "the sender gave up");
        abandon_results();
    }

    void begin_copy_out(std::string const& statement) {
        require_copy_text(statement);
        pg_result r(PQexec(connection_.get(), statement.c_str()));
        busy_ = PQresultStatus(r.get()) == PGRES_COPY_OUT;
        if (busy_) return;
        end_copy(r.get());
        if (succeeded(r.get()) || PQresultStatus(r.get()) == PGRES_COPY_IN) {
            WEFT_THROW(invalid_argument("statement", statement, "COPY ... TO STDOUT"));
        }
        raise(r.get(), statement);
    }

    struct free_memory {
        void operator()(char* bytes) const noexcept { PQfreemem(bytes); }
    };
    using copy_piece = std::unique_ptr<char, free_memory>;

    /// The next piece, or nothing and its end.
    [[nodiscard]] copy_piece get_copy(std::size_t& size) {
        char* bytes = nullptr;
        auto const got = PQgetCopyData(connection_.get(), &bytes, 0);
        size = got > 0 ? static_cast<std::size_t>(got) : 0;
        return copy_piece(bytes);
    }

    [[nodiscard]] std::int64_t end_copy_out(std::string const& statement) {
        busy_ = false;
        std::int64_t count = 0;
        auto const failed = drain(count);
        if (failed || PQstatus(connection_.get()) != CONNECTION_OK) raise(failed.get(), statement);
        return count;
    }

    /// Tells the server to stop sending, and takes what is on its way.
    void abandon_copy_out() noexcept {
        cancel();
        std::size_t size = 1;
        while (size > 0) static_cast<void>(get_copy(size));
        abandon_results();
    }

    [[nodiscard]] static std::int64_t affected(PGresult* r) {
        return parse_integer<std::int64_t>(PQcmdTuples(r)).value_or(0);
    }

private:
    struct finish {
        void operator()(PGconn* c) const noexcept { PQfinish(c); }
    };

    struct prepared_statement {
        std::string name;
        std::vector<Oid> types; ///< of its parameters; empty where they go as text
    };

    /// The parameters of one statement as libpq takes them.
    struct parameters {
        std::vector<std::string> made;
        std::vector<char const*> pointers;
        std::vector<int> lengths;
        std::vector<int> formats;

        parameters(sql::statement const& s, std::span<Oid const> types) {
            auto const count = s.params.size();
            made.reserve(count);
            pointers.reserve(count);
            lengths.reserve(count);
            formats.reserve(count);
            for (std::size_t i = 0; i < count; ++i) {
                auto const& v = s.params[i];
                if (sql::is_null(v)) {
                    add(nullptr, 0, 0);
                } else if (i < types.size() && static_cast<Oid>(sql::type_id_of(v)) == types[i]) {
                    made.push_back(*sql::parameter_binary(v));
                    add(made.back().data(), made.back().size(), 1);
                } else if (auto const* const text = std::get_if<std::string>(&v)) {
                    add(text->c_str(), text->size(), 0);
                } else if (auto const* const json = std::get_if<schema::jsonb>(&v)) {
                    add(json->text.c_str(), json->text.size(), 0);
                } else {
                    made.push_back(*sql::parameter_text(v, sql::dialect::postgres));
                    add(made.back().c_str(), made.back().size(), 0);
                }
            }
        }

        [[nodiscard]] int size() const noexcept { return static_cast<int>(pointers.size()); }

    private:
        void add(char const* pointer, std::size_t length, int format) {
            pointers.push_back(pointer);
            lengths.push_back(static_cast<int>(length));
            formats.push_back(format);
        }
    };

    [[nodiscard]] int result_format() const noexcept {
        return options_.results == sql::wire_format::binary ? 1 : 0;
    }

    /// libpq would throw away what is still to come of a result that is being read.
    void require_idle(std::string const& statement) const {
        if (!busy_) return;
        WEFT_THROW(sql_error("the connection is in the middle of a stream: it takes statements "
                             "again when that has ended",
                             "55006", statement));
    }

    void require_copy_text(std::string const& statement) const {
        require_idle(statement);
        if (statement.find('\0') != std::string::npos) {
            WEFT_THROW(sql_error("U+0000 in the text of a statement", "22021", ""));
        }
    }

    /// Asks the server to stop what it is doing.
    void cancel() noexcept {
        struct free_cancel {
            void operator()(PGcancel* c) const noexcept { PQfreeCancel(c); }
        };
        std::unique_ptr<PGcancel, free_cancel> const request(PQgetCancel(connection_.get()));
        char why[256];
        if (request) PQcancel(request.get(), why, sizeof why);
    }

    /// Takes what is on its way, good or bad. What is wrong with the connection is said by the next
    /// statement.
    void abandon_results() noexcept {
        busy_ = false;
        while (pg_result const r{PQgetResult(connection_.get())}) {
            if (PQstatus(connection_.get()) != CONNECTION_OK) break;
        }
    }

    static void check_parameters(sql::statement const& s) {
        if (s.params.size() > 65'535) {
            WEFT_THROW(invalid_argument("params", to_text(s.params.size()) + " parameters",
                                        "at most 65535"));
        }
        auto const check = [&](std::string const& text, std::size_t i) {
            if (text.find('\0') != std::string::npos) {
                WEFT_THROW(sql_error("params[" + to_text(i) + "]: U+0000 cannot be stored in text",
                                     "22021", s.text));
            }
        };
        for (std::size_t i = 0; i < s.params.size(); ++i) {
            auto const& v = s.params[i];
            if (auto const* const text = std::get_if<std::string>(&v)) {
                check(*text, i);
            } else if (auto const* const json = std::get_if<schema::jsonb>(&v)) {
                check(json->text, i);
            } else if (auto const* const array = std::get_if<sql::array>(&v)) {
                for (auto const& item : array->items) {
                    if (auto const* const each = std::get_if<std::string>(&item)) check(*each, i);
                    if (auto const* const each = std::get_if<schema::jsonb>(&item)) {
                        check(each->text, i);
                    }
                }
            }
        }
    }

    /// Returns where a statement shall be tried again: it was deallocated behind our back, or a
    /// table under it has changed.
    void again_or_raise(PGresult const* r, std::string const& statement, int attempt) {
        auto const state = pg_field(r, PG_DIAG_SQLSTATE);
        bool const stale = state == "26000" || state == "0A000";
        if (!stale || attempt > 0 || depth > 0 || in_transaction()) {
            if (stale) forget();
            raise(r, statement);
        }
        forget();
    }

    /// The first failure of a pipeline, after which the server passes over the rest of it.
    [[nodiscard]] pg_result pipeline(std::span<sql::statement const> statements,
                                     std::vector<std::int64_t>& counts, std::size_t& failed_at) {
        // As many are under way that a round trip weighs little, and answers cannot pile up.
        constexpr std::size_t window = 128;
        if (PQenterPipelineMode(connection_.get()) != 1) raise(nullptr, statements[0].text);
        pg_result failed;
        bool alive = true;
        std::size_t answered = 0;
        auto const take_answers = [&](std::size_t until) {
            for (; alive && answered < until; ++answered) {
                while (pg_result r{PQgetResult(connection_.get())}) {
                    if (failed) continue;
                    // In a pipeline libpq has no way out of COPY.
                    if (is_copy(r.get())) raise(r.get(), statements[answered].text);
                    if (succeeded(r.get())) {
                        counts.push_back(affected(r.get()));
                    } else {
                        failed = std::move(r);
                        failed_at = answered;
                    }
                }
                alive = PQstatus(connection_.get()) == CONNECTION_OK;
            }
        };
        std::size_t sent = 0;
        while (sent < statements.size() && !failed && alive) {
            auto const& s = statements[sent];
            auto const& known = names_.find(s.text)->second;
            parameters const p(s, known.types);
            alive = PQsendQueryPrepared(connection_.get(), known.name.c_str(), p.size(),
                                        p.pointers.data(), p.lengths.data(), p.formats.data(),
                                        result_format()) == 1;
            if (!alive) break;
            ++sent;
            if (sent % window != 0) continue;
            alive = PQsendFlushRequest(connection_.get()) == 1;
            if (sent > window) take_answers(sent - window);
        }
        alive = alive && PQpipelineSync(connection_.get()) == 1;
        take_answers(sent);
        while (alive) {
            pg_result const r(PQgetResult(connection_.get()));
            if (PQresultStatus(r.get()) == PGRES_PIPELINE_SYNC) break;
            alive = PQstatus(connection_.get()) == CONNECTION_OK;
        }
        if (alive) PQexitPipelineMode(connection_.get());
        return failed;
    }

    /// Takes all results that are left; the first failure.
    [[nodiscard]] pg_result drain(std::int64_t& count) {
        pg_result failed;
        while (pg_result next{PQgetResult(connection_.get())}) {
            if (!succeeded(next.get())) {
                if (!failed) failed = std::move(next);
            } else {
                count += affected(next.get());
            }
            if (PQstatus(connection_.get()) != CONNECTION_OK) break;
        }
        return failed;
    }

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

    [[nodiscard]] static bool is_copy(PGresult const* r) noexcept {
        auto const status = PQresultStatus(r);
        return status == PGRES_COPY_IN || status == PGRES_COPY_OUT;
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

    [[nodiscard]] prepared_statement const& prepared(std::string const& text) {
        if (auto const found = names_.find(text); found != names_.end()) return found->second;
        if (text.find('\0') != std::string::npos) {
            WEFT_THROW(sql_error("U+0000 in the text of a statement", "22021", ""));
        }
        if (names_.size() >= cache_limit && !in_transaction()) forget();
        prepared_statement made{"weft_" + to_text(++count_), {}};
        pg_result const r(
            PQprepare(connection_.get(), made.name.c_str(), text.c_str(), 0, nullptr));
        if (!succeeded(r.get())) raise(r.get(), text);
        if (options_.parameters == sql::wire_format::binary) {
            pg_result const d(PQdescribePrepared(connection_.get(), made.name.c_str()));
            if (!succeeded(d.get())) raise(d.get(), text);
            for (int i = 0; i < PQnparams(d.get()); ++i) {
                made.types.push_back(PQparamtype(d.get(), i));
            }
        }
        return names_.emplace(text, std::move(made)).first->second;
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
        if (message.empty() && is_copy(r)) {
            message = "COPY is not a query: use copy_in";
            state = "0A000";
        }
        if (message.empty()) message = without_line_end(PQerrorMessage(connection_.get()));
        if (state.empty() && PQstatus(connection_.get()) != CONNECTION_OK) state = "08006";
        WEFT_THROW(sql_error(message, state, statement));
    }

    std::unique_ptr<PGconn, finish> connection_;
    std::unordered_map<std::string, prepared_statement> names_;
    std::uint64_t count_ = 0;
    bool busy_ = false; ///< a result is being read, or data are being sent
    postgres_options options_;
};

[[nodiscard]] inline sql::wire_field pg_wire_field(PGresult const* r, int row, int column) {
    if (PQgetisnull(r, row, column) != 0) return {};
    return std::string_view(PQgetvalue(r, row, column),
                            static_cast<std::size_t>(PQgetlength(r, row, column)));
}

[[nodiscard]] inline sql::wire_format pg_format(PGresult const* r, int column) {
    return PQfformat(r, column) == 0 ? sql::wire_format::text : sql::wire_format::binary;
}

[[nodiscard]] inline sql::value pg_value(PGresult const* r, int row, int column) {
    try {
        return sql::value_from_wire(pg_wire_field(r, row, column), PQftype(r, column),
                                    pg_format(r, column), PQfname(r, column));
    } catch (invalid_argument const& e) {
        WEFT_THROW(sql_error(e.what(), "22000", ""));
    }
}

/// Decodes the rows of one result, or of results with the same columns.
template <class Row>
class pg_row_reader {
public:
    pg_row_reader(PGresult const* r, sql::decode_options const& options)
        : fields_(static_cast<std::size_t>(PQnfields(r)))
        , decoder_(names(r), PQnfields(r) > 0 ? pg_format(r, 0) : sql::wire_format::text, options) {
        // Bytes do not tell their type: a bigint is as long as a double.
        for (int c = 0; c < PQnfields(r) && pg_format(r, 0) == sql::wire_format::binary; ++c) {
            for (auto const& column : schema::columns_of<Row>()) {
                if (column.name != PQfname(r, c)) continue;
                auto const type = PQftype(r, c);
                bool const text = column.type == schema::sql_type::text;
                if (type == static_cast<Oid>(sql::type_id_of(column.type))) continue;
                // varchar, name, unknown and character(n) travel as text does.
                if (text && (type == 1043 || type == 19 || type == 705 || type == 1042)) continue;
                WEFT_THROW(invalid_argument(
                    "column " + std::string(column.name), "the type with the OID " + to_text(type),
                    std::string(schema::type_name(column.type)) + ", or results in text format"));
            }
        }
    }

    /// The `place`th row of `r`, the `number`th of all.
    void read(PGresult const* r, int place, Row& row, std::size_t number) {
        for (std::size_t c = 0; c < fields_.size(); ++c) {
            fields_[c] = pg_wire_field(r, place, static_cast<int>(c));
        }
        decoder_(fields_, row, number);
    }

private:
    [[nodiscard]] static std::vector<std::string> names(PGresult const* r) {
        std::vector<std::string> out;
        for (int c = 0; c < PQnfields(r); ++c) out.emplace_back(PQfname(r, c));
        return out;
    }

    std::vector<sql::wire_field> fields_;
    sql::wire_decoder<Row> decoder_;
};

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
    explicit postgres_connection(std::string const& where, postgres_options const& options = {})
        : session_holder(std::make_shared<detail::postgres_session>(where, options)) {}

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

    /// Calls `each(Row&)` with every row of the result, decoded by column name without a detour
    /// through values; the row is used again for the next one, but may be moved from. How many
    /// there were. libpq holds the whole result meanwhile, and the connection takes other
    /// statements; for results that do not fit there is `stream`. Throws invalid_argument as
    /// sql::wire_decoder.
    template <schema::TableRow Row, class F>
    std::size_t for_each(sql::statement const& s, F&& each,
                         sql::decode_options const& options = {}) {
        auto const r = session().run(s);
        detail::pg_row_reader<Row> reader(r.get(), options);
        Row row{};
        auto const height = static_cast<std::size_t>(PQntuples(r.get()));
        for (std::size_t i = 0; i < height; ++i) {
            reader.read(r.get(), static_cast<int>(i), row, i);
            each(row);
        }
        return height;
    }

    /// As for_each, one row in memory at a time, however long the result is; a little slower.
    /// Until it has ended the connection takes no other statement (55006). Where `each` throws or a
    /// row does not fit, the server is told to stop and the exception goes on; a transaction around
    /// it may then only be rolled back.
    template <schema::TableRow Row, class F>
    std::size_t stream(sql::statement const& s, F&& each, sql::decode_options const& options = {}) {
        std::optional<detail::pg_row_reader<Row>> reader;
        Row row{};
        std::size_t height = 0;
        session().stream(s, [&](PGresult const* r, bool has_row) {
            if (!reader) reader.emplace(r, options);
            if (!has_row) return;
            reader->read(r, 0, row, height);
            ++height;
            each(row);
        });
        return height;
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

    /// Runs all statements in libpq's pipeline mode: without waiting for each answer. All or none,
    /// also outside a transaction. How many rows each affected, as execute.
    std::vector<std::int64_t> execute_all(std::span<sql::statement const> statements) {
        if (statements.empty()) return {};
        return session().run_all(statements);
    }

    /// Sends `bytes` as the data of `statement` (`COPY ... FROM STDIN`, text or binary); the number
    /// of rows stored. All or none.
    std::int64_t copy_in(std::string const& statement, std::string_view bytes) {
        return copy_in(statement, [&](auto const& sink) { sink(bytes); });
    }

    /// The same as a stream: `produce(sink)` calls `sink(std::string_view)` with each piece. Where
    /// it throws, nothing is stored and the exception goes on.
    template <std::invocable<void (&)(std::string_view)> F>
    std::int64_t copy_in(std::string const& statement, F&& produce) {
        auto& s = session();
        s.begin_copy_in(statement);
        try {
            produce([&](std::string_view bytes) { s.put_copy(bytes); });
        } catch (...) {
            s.abandon_copy_in();
            throw;
        }
        return s.end_copy_in(statement);
    }

    /// Runs `statement` (`COPY ... TO STDOUT`) and calls `sink(std::string_view)` with each piece
    /// of its data; the number of rows. Where the sink throws, the server is told to stop and the
    /// exception goes on.
    template <std::invocable<std::string_view> F>
    std::int64_t copy_out(std::string const& statement, F&& sink) {
        auto& s = session();
        s.begin_copy_out(statement);
        std::size_t size = 0;
        try {
            while (auto const piece = s.get_copy(size)) {
                sink(std::string_view(piece.get(), size));
            }
        } catch (...) {
            s.abandon_copy_out();
            throw;
        }
        return s.end_copy_out(statement);
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
