#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <nlohmann/json.hpp>

/// `weft ddl` and `weft sql`. Names (table, dialect, as) are checked here; what is wrong with them
/// or with a row is a weft::error that says so.
namespace weft_command {

using json = nlohmann::ordered_json;

/// Which part of the migration, and in which form.
struct ddl_request {
    std::string dialect; ///< `postgres` or `sqlite`
    bool with_auth = false;
    std::string schema = "public";
    bool citus = false;
    std::optional<std::int32_t> from{}; ///< only what a database of this version lacks
    std::optional<std::int32_t>
        undo{}; ///< instead, the way back from this version to the one before
};

/// The migration, as SQL text: one transaction.
std::string ddl_text(ddl_request const& request);

/// `{"sql": ..., "params": [...]}` for one row as JSON. `as`: `insert` or `upsert`. Parameters are
/// null, numbers and strings; a jsonb one is the document's text. A key that is null is NULL in the
/// database, one that is missing the column's default.
json sql_statement(json const& row, std::string const& table, std::string const& dialect,
                   std::string const& as);

/// Whether `as` asks for a COPY stream (`copy-text` or `copy-binary`).
bool is_copy(std::string const& as);

/// The bytes of a COPY stream of PostgreSQL: what opens it (nothing in text format), one row, what
/// closes it. A faulty row throws and writes nothing, so that the stream stays whole.
std::string copy_begin(std::string const& table, std::string const& dialect, std::string const& as);
std::string copy_row(json const& row, std::string const& table, std::string const& as);
std::string copy_end(std::string const& as);

} // namespace weft_command
