#pragma once

#include <string>

#include <nlohmann/json.hpp>

/// `weft ddl` and `weft sql`. Names (table, dialect, as) are checked here; what is wrong with them
/// or with a row is a weft::error that says so.
namespace weft_command {

using json = nlohmann::ordered_json;

/// The whole migration, as SQL text. `dialect`: `postgres` or `sqlite`.
std::string ddl_text(std::string const& dialect, bool with_auth, std::string const& schema);

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
