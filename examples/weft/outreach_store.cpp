#include "outreach_store.hpp"

#include <cstdint>
#include <string_view>
#include <type_traits>
#include <variant>

#include "json_lines.hpp"
#include "weft/adapters/libpq.hpp"
#include "weft/adapters/sqlite3.hpp"
#include "weft/adapters/transaction.hpp"
#include "weft/core/error.hpp"
#include "weft/core/number.hpp"
#include "weft/schema/tables.hpp"
#include "weft/sql/bulk.hpp"
#include "weft/sql/ddl.hpp"
#include "weft/sql/decode.hpp"
#include "weft/sql/statement.hpp"

namespace weft_command {

namespace adapters = weft::adapters;
namespace outreach = weft::outreach;
namespace schema = weft::schema;
namespace sql = weft::sql;

namespace {

/// What a query gave where something else was expected: a doubt, and so an end.
[[noreturn]] void unexpected(std::string const& what) {
    throw weft::sql_error("the database holds " + what, "", "");
}

std::string as_text(sql::value const& v) {
    if (auto const* text = std::get_if<std::string>(&v)) return *text;
    unexpected("a value that is not text where text is expected");
}

weft::uuid as_uuid(sql::value const& v) {
    if (auto const* id = std::get_if<weft::uuid>(&v)) return *id;
    return weft::parse_uuid(as_text(v), "id in the database");
}

weft::instant as_instant(sql::value const& v) {
    if (auto const* t = std::get_if<weft::instant>(&v)) return *t;
    auto const text = as_text(v);
    if (text == "infinity") return weft::instant_infinity;
    if (text == "-infinity") return weft::instant_minus_infinity;
    return weft::parse_instant(text);
}

std::int64_t as_integer(sql::value const& v) {
    if (auto const* n = std::get_if<std::int32_t>(&v)) return *n;
    if (auto const* n = std::get_if<std::int64_t>(&v)) return *n;
    if (auto const* b = std::get_if<bool>(&v)) return *b ? 1 : 0;
    unexpected("a value that is not an integer where one is expected");
}

schema::outreach_type as_type(sql::value const& v) {
    auto const type = schema::from_text<schema::outreach_type>(as_text(v));
    if (!type) unexpected("the unknown outreach type \"" + as_text(v) + "\"");
    return *type;
}

template <class Connection>
class store final : public outreach_store {
public:
    explicit store(Connection connection)
        : connection_(std::move(connection)) {}

    void prepare() override {
        if constexpr (!postgres) {
            // The rows come in the order of random ids: the indexes have to stay in memory, and the
            // log must not be copied back page by page after every few transactions.
            connection_.run_script(
                "pragma cache_size = -131072; pragma wal_autocheckpoint = 16384;");
        }
        std::size_t found = 0;
        std::size_t all = 0;
        std::string missing;
        schema::for_each_table([&]<class Row>(std::type_identity<Row>) {
            ++all;
            std::string const name(schema::table<Row>::name);
            bool const there =
                postgres
                    ? as_integer(one({"select to_regclass($1) is not null", {"public." + name}})) !=
                          0
                    : as_integer(one({"select count(*) from sqlite_master where type = "
                                      "'table' and name = ?1",
                                      {name}})) != 0;
            if (there) {
                ++found;
            } else {
                missing += (missing.empty() ? "" : ", ") + name;
            }
        });
        if (found != 0 && found != all) {
            throw weft::sql_error("the database has some of the tables, but not " + missing +
                                      ": apply `weft ddl` first",
                                  "42P01", "");
        }
        if (found == 0) {
            sql::ddl_options options;
            if (postgres) {
                options.with_auth = as_integer(one({"select to_regclass('auth.users') is null or "
                                                    "to_regprocedure('auth.uid()') is null or "
                                                    "to_regrole('anon') is null or "
                                                    "to_regrole('authenticated') is null or "
                                                    "to_regrole('service_role') is null",
                                                    {}})) != 0;
            }
            connection_.run_script(sql::ddl(Connection::dialect(), options));
        }
        if (postgres) {
            plain_users_ = as_integer(one({"select count(*) from pg_attribute where attrelid = "
                                           "'auth.users'::regclass and attnum > 0 and not "
                                           "attisdropped",
                                           {}})) == 1;
        }
    }

    bool can_address(weft::uuid const& person) override {
        if (!postgres || plain_users_) return true;
        return !connection_.query({"select 1 from auth.users where id = $1", {person}})
                    .values.empty();
    }

    std::optional<schema::outreach_processing_jobs> find_job(weft::uuid const& id) override {
        auto const rows = sql::decode<schema::outreach_processing_jobs>(connection_.query(
            sql::select_by_id<schema::outreach_processing_jobs>(id, Connection::dialect())));
        if (rows.empty()) return std::nullopt;
        return rows.front();
    }

    outreach::contact_log contacts(weft::instant now) override {
        auto log = history(now);
        auto const p = [](std::size_t n) { return sql::placeholder(n, Connection::dialect()); };
        // A row that expired before anybody saw it was no contact.
        auto const rows = connection_.query(
            {"select target_user_id, source_id, type, created_at, status from outreach_queue "
             "where created_at <> " +
                 p(1) +
                 " and status <> 'expired' and (status not in ('pending', 'scheduled') or "
                 "expires_at is null or expires_at > " +
                 p(1) + ") and (status in ('pending', 'scheduled') or created_at >= " + p(2) + ")",
             {now, now - outreach::longest_cooldown - weft::days(1)}});
        for (auto const& row : rows.values) {
            auto const status = as_text(row[4]);
            log.add({as_uuid(row[0]), as_text(row[1]), as_type(row[2]), as_instant(row[3]),
                     status == "pending" || status == "scheduled"});
        }
        return log;
    }

    outreach::contact_log history(weft::instant now) override {
        outreach::contact_log log;
        auto const rows = connection_.query(
            {"select target_user_id, source_id, type, sent_at from outreach_history where "
             "sent_at >= " +
                 sql::placeholder(1, Connection::dialect()),
             {now - outreach::longest_cooldown - weft::days(1)}});
        for (auto const& row : rows.values) {
            log.add({as_uuid(row[0]), as_text(row[1]), as_type(row[2]), as_instant(row[3]), false});
        }
        return log;
    }

    void save(std::vector<std::pair<weft::uuid, person_rows>> const& people,
              std::vector<schema::predictive_signals_cache> const& groups,
              schema::outreach_processing_jobs const& job) override {
        adapters::transaction transaction(connection_);
        if constexpr (postgres) {
            save_together(people, groups);
        } else {
            save_one_by_one(people, groups);
        }
        connection_.execute(sql::upsert(job, Connection::dialect()));
        transaction.commit();
    }

    std::vector<schema::outreach_queue> due(weft::instant now) override {
        auto all = sql::select_all<schema::outreach_queue>(Connection::dialect());
        auto const order = all.text.rfind(" order by");
        all.text.insert(order, " where status in ('pending', 'scheduled') and (scheduled_for is "
                               "null or scheduled_for <= " +
                                   sql::placeholder(1, Connection::dialect()) + ")");
        all.params = {now};
        return sql::decode<schema::outreach_queue>(connection_.query(all));
    }

    bool deliver(outreach::delivery const& delivery) override {
        adapters::transaction transaction(connection_);
        if (connection_.execute(delivery.mark) != 1) return false;
        try {
            if (connection_.execute(delivery.record) != 1) return false;
        } catch (weft::sql_error const& e) {
            // Another one about the same source was sent on this day.
            if (e.sqlstate() == "23505") return false;
            throw;
        }
        transaction.commit();
        return true;
    }

    std::map<std::pair<std::string, std::string>, std::size_t> queue_counts() override {
        std::map<std::pair<std::string, std::string>, std::size_t> out;
        auto const rows = connection_.query(
            {"select type, status, count(*) from outreach_queue group by type, status", {}});
        for (auto const& row : rows.values) {
            out[{as_text(row[0]), as_text(row[1])}] = static_cast<std::size_t>(as_integer(row[2]));
        }
        return out;
    }

    std::vector<std::pair<std::string, std::size_t>> table_counts() override {
        std::vector<std::pair<std::string, std::size_t>> out;
        schema::for_each_table([&]<class Row>(std::type_identity<Row>) {
            std::string const name(schema::table<Row>::name);
            out.emplace_back(name, static_cast<std::size_t>(
                                       as_integer(one({"select count(*) from " + name, {}}))));
        });
        return out;
    }

    sql::dialect dialect() const override { return Connection::dialect(); }

private:
    static constexpr bool postgres = Connection::dialect() == sql::dialect::postgres;

    sql::value one(sql::statement const& s) {
        auto rows = connection_.query(s);
        if (rows.values.size() != 1 || rows.values[0].size() != 1) {
            unexpected("another number of rows than one");
        }
        return std::move(rows.values[0][0]);
    }

    /// A server answers each statement after a round trip: one statement a table.
    void save_together(std::vector<std::pair<weft::uuid, person_rows>> const& people,
                       std::vector<schema::predictive_signals_cache> const& groups) {
        sql::array ids{schema::sql_type::uuid, {}};
        std::vector<schema::outreach_queue> queue;
        std::vector<schema::compatibility_cache> cache;
        std::vector<schema::predictive_signals_cache> signals = groups;
        for (auto const& [id, rows] : people) {
            ids.items.emplace_back(id);
            queue.insert(queue.end(), rows.queue.begin(), rows.queue.end());
            cache.insert(cache.end(), rows.cache.begin(), rows.cache.end());
            signals.insert(signals.end(), rows.signals.begin(), rows.signals.end());
        }
        if (plain_users_ && !ids.items.empty()) {
            connection_.execute({"insert into auth.users (id) select unnest($1::uuid[]) on "
                                 "conflict do nothing",
                                 {ids}});
        }
        auto const run = [&](std::vector<sql::statement> const& statements) {
            for (auto const& each : statements) connection_.execute(each);
        };
        auto const d = Connection::dialect();
        // A row that is there may have been answered meanwhile: it stays as it is.
        run(sql::insert_many<schema::outreach_queue>(queue, d, ignore_));
        run(sql::upsert_many<schema::compatibility_cache>(cache, d));
        run(sql::upsert_many<schema::predictive_signals_cache>(signals, d));
    }

    void save_one_by_one(std::vector<std::pair<weft::uuid, person_rows>> const& people,
                         std::vector<schema::predictive_signals_cache> const& groups) {
        for (auto const& [id, rows] : people) {
            for (auto const& row : rows.queue) {
                connection_.execute({insert_queue_, sql::row_params(row)});
            }
            for (auto const& row : rows.cache) {
                connection_.execute({upsert_cache_, sql::row_params(row)});
            }
            for (auto const& row : rows.signals) {
                connection_.execute({upsert_signal_, sql::row_params(row)});
            }
        }
        for (auto const& row : groups) connection_.execute({upsert_signal_, sql::row_params(row)});
    }

    Connection connection_;
    bool plain_users_ = false;
    sql::write_options ignore_ = {
        .schema = {}, .on_conflict = sql::on_conflict::ignore_same_id, .null_where_unset = {}};
    std::string insert_queue_ =
        sql::insert_text<schema::outreach_queue>(Connection::dialect(), ignore_);
    std::string upsert_cache_ =
        sql::upsert_text<schema::compatibility_cache>(Connection::dialect());
    std::string upsert_signal_ =
        sql::upsert_text<schema::predictive_signals_cache>(Connection::dialect());
};

} // namespace

std::unique_ptr<outreach_store> open_store(std::string const& url) {
    if (url.starts_with("sqlite:") && url.size() > 7) {
        return std::make_unique<store<adapters::sqlite_connection>>(
            adapters::sqlite_connection(url.substr(7)));
    }
    if (url.starts_with("postgresql://") || url.starts_with("postgres://")) {
        return std::make_unique<store<adapters::postgres_connection>>(
            adapters::postgres_connection(url, {.parameters = sql::wire_format::binary}));
    }
    throw usage_error("--db: expected sqlite:FILE or a postgresql:// URL");
}

} // namespace weft_command
