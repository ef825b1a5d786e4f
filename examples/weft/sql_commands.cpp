#include "sql_commands.hpp"

#include <optional>
#include <string>
#include <type_traits>
#include <variant>

#include "weft/schema/json.hpp"
#include "weft/schema/tables.hpp"
#include "weft/sql/copy.hpp"
#include "weft/sql/ddl.hpp"
#include "weft/sql/statement.hpp"

namespace weft_command {

namespace {

[[noreturn]] void refuse_option(char const* what, std::string const& value, char const* expected) {
    WEFT_THROW(weft::invalid_argument(what, "\"" + value.substr(0, 64) + "\"", expected));
}

weft::sql::dialect dialect_of(std::string const& name) {
    auto const dialect = weft::sql::parse_dialect(name);
    if (!dialect) refuse_option("dialect", name, "postgres or sqlite");
    return *dialect;
}

weft::sql::copy_format format_of(std::string const& as) {
    if (as == "copy-text") return weft::sql::copy_format::text;
    if (as != "copy-binary") refuse_option("as", as, "insert, upsert, copy-text or copy-binary");
    return weft::sql::copy_format::binary;
}

/// What the row says about NULL: a key that is there and null.
template <class Row>
weft::sql::write_options options_of(json const& row) {
    weft::sql::write_options options;
    for (auto const& column : weft::schema::columns_of<Row>()) {
        if (column.not_null || !column.has_default()) continue;
        auto const found = row.find(std::string(column.name));
        if (found != row.end() && found->is_null()) {
            options.null_where_unset.push_back(column.name);
        }
    }
    return options;
}

json param(weft::sql::value const& value, weft::sql::dialect dialect) {
    if (auto const* x = std::get_if<double>(&value)) return *x;
    if (auto const* n = std::get_if<std::int32_t>(&value)) return *n;
    auto const text = weft::sql::parameter_text(value, dialect);
    return text ? json(*text) : json(nullptr);
}

} // namespace

std::string ddl_text(ddl_request const& request) {
    auto const dialect = dialect_of(request.dialect);
    weft::sql::ddl_options const options{request.with_auth, request.schema, request.citus};
    if (request.undo) {
        if (request.from) refuse_option("from", weft::to_text(*request.from), "not beside undo");
        for (auto const& step : weft::sql::migration_steps(dialect, options)) {
            if (step.version == *request.undo) return step.down;
        }
        WEFT_THROW(weft::invalid_argument("undo", weft::to_text(*request.undo),
                                          "1 to " + weft::to_text(weft::sql::schema_version)));
    }
    if (request.from) return weft::sql::upgrade(*request.from, dialect, options);
    return weft::sql::ddl(dialect, options);
}

json sql_statement(json const& row, std::string const& table, std::string const& dialect,
                   std::string const& as) {
    auto const d = dialect_of(dialect);
    if (as != "insert" && as != "upsert") refuse_option("as", as, "insert or upsert");
    return weft::schema::visit_table(table, [&]<class Row>(std::type_identity<Row>) {
        auto const typed = weft::schema::row_from_json<Row>(row);
        auto const options = options_of<Row>(row);
        auto const statement = as == "insert" ? weft::sql::insert(typed, d, options)
                                              : weft::sql::upsert(typed, d, options);
        auto params = json::array();
        for (auto const& value : statement.params) params.push_back(param(value, d));
        json out = json::object();
        out["sql"] = statement.text;
        out["params"] = std::move(params);
        return out;
    });
}

bool is_copy(std::string const& as) {
    return as == "copy-text" || as == "copy-binary";
}

std::string copy_begin(std::string const& table, std::string const& dialect,
                       std::string const& as) {
    weft::schema::visit_table(table, [](auto) {});
    auto const format = format_of(as);
    if (dialect_of(dialect) != weft::sql::dialect::postgres) {
        refuse_option("dialect", dialect, "postgres: SQLite has no COPY");
    }
    std::string out;
    if (format == weft::sql::copy_format::binary) weft::sql::append_copy_binary_header(out);
    return out;
}

std::string copy_row(json const& row, std::string const& table, std::string const& as) {
    auto const format = format_of(as);
    return weft::schema::visit_table(table, [&]<class Row>(std::type_identity<Row>) {
        auto const typed = weft::schema::row_from_json<Row>(row);
        auto const options = options_of<Row>(row);
        std::string out;
        if (format == weft::sql::copy_format::binary) {
            weft::sql::append_copy_binary(out, typed, options);
        } else {
            weft::sql::append_copy_text(out, typed, options);
        }
        return out;
    });
}

std::string copy_end(std::string const& as) {
    std::string out;
    if (format_of(as) == weft::sql::copy_format::binary) {
        weft::sql::append_copy_binary_trailer(out);
    }
    return out;
}

} // namespace weft_command
