#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "weft/core/error.hpp"
#include "weft/core/number.hpp"
#include "weft/schema/column.hpp"
#include "weft/schema/validate.hpp"
#include "weft/sql/arrays.hpp"
#include "weft/sql/dialect.hpp"
#include "weft/sql/statement.hpp"
#include "weft/sql/value.hpp"

/// Many rows in one statement: arrays and `unnest` in PostgreSQL, several VALUES in SQLite.
namespace weft::inline v0::sql {

/// The rows that one statement takes where the caller does not say: in PostgreSQL 10,000, in SQLite
/// as many as its 32,766 parameters allow, at most 500.
template <schema::TableRow Row>
[[nodiscard]] constexpr std::size_t default_batch(dialect d) noexcept {
    if (d == dialect::postgres) return 10'000;
    constexpr std::size_t most = 32'766 / schema::column_count<Row>;
    return most < 500 ? most : 500;
}

namespace detail {

[[nodiscard]] inline std::string cast_text(schema::sql_type type) {
    if (type == schema::sql_type::timestamptz) return "timestamptz";
    return std::string(type_text(type, dialect::postgres));
}

/// `unnest($1::uuid[], ...) with ordinality as given(id, ..., place)` and what is made of it.
template <class Row>
[[nodiscard]] std::string unnest_text(write_options const& options, bool upserts) {
    check_options<Row>(options);
    std::string values;
    std::string arrays;
    std::string names;
    std::size_t n = 0;
    for (auto const& c : schema::columns_of<Row>()) {
        if (++n > 1) {
            values += ", ";
            arrays += ", ";
            names += ", ";
        }
        std::string const name(c.name);
        names += name;
        arrays += placeholder(n, dialect::postgres) + "::" + cast_text(c.type) + "[]";
        auto const given = "given." + name;
        values +=
            c.has_default() && !null_where_unset(options, c.name)
                ? "coalesce(" + given + ", " + default_text(c, dialect::postgres) + ") as " + name
                : given;
    }
    std::string const source =
        " from unnest(" + arrays + ") with ordinality as given(" + names + ", place)";
    auto const head = "insert into " + table_text<Row>(options.schema) + " (" + names + ") select ";
    if (!upserts) {
        return head + values + source + " order by place" + conflict_text<Row>(options);
    }
    // One statement may not write a row twice: of several with one key the last counts. In the
    // order of the key, so that two such statements at once do not wait for each other in a circle.
    auto const key = key_text<Row>(dialect::postgres, options);
    return head + "distinct on (" + key + ") " + names + " from (select " + values +
           ", given.place" + source + ") as made order by " + key + ", place desc" +
           replace_text<Row>(dialect::postgres, options);
}

/// `values (...), (...)` for `count` rows.
template <class Row>
[[nodiscard]] std::string values_text(write_options const& options, std::size_t count,
                                      bool upserts) {
    auto const head = insert_head<Row>(dialect::sqlite, options);
    auto const first = head.find(" values (") + std::string_view(" values ").size();
    std::string out = head.substr(0, first);
    for (std::size_t row = 0; row < count; ++row) {
        out += row == 0 ? "(" : ", (";
        bool leading = true;
        for (auto const& c : schema::columns_of<Row>()) {
            if (!leading) out += ", ";
            leading = false;
            // Without a number: SQLite looks numbers up one by one.
            out += insert_value(c, "?", dialect::sqlite, options);
        }
        out += ')';
    }
    return out +
           (upserts ? replace_text<Row>(dialect::sqlite, options) : conflict_text<Row>(options));
}

template <class Row>
[[nodiscard]] std::vector<statement> write_many(std::span<Row const> rows, dialect d,
                                                write_options const& options, std::size_t batch,
                                                bool upserts) {
    auto const most = d == dialect::postgres ? std::size_t{1'000'000}
                                             : std::size_t{32'766} / schema::column_count<Row>;
    if (batch == 0) batch = default_batch<Row>(d);
    if (batch > most) {
        WEFT_THROW(invalid_argument("batch", weft::to_text(batch) + " rows",
                                    "at most " + weft::to_text(most)));
    }
    // Whatever is faulty is refused before the first statement can be sent.
    schema::validate_all(rows);
    std::vector<statement> out;
    std::string text;
    std::size_t made_for = 0;
    for (std::size_t at = 0; at < rows.size(); at += batch) {
        auto const part = rows.subspan(at, batch < rows.size() - at ? batch : rows.size() - at);
        if (d == dialect::postgres) {
            if (text.empty()) text = unnest_text<Row>(options, upserts);
            out.push_back({text, column_arrays(part)});
            continue;
        }
        if (made_for != part.size()) text = values_text<Row>(options, part.size(), upserts);
        made_for = part.size();
        statement s{text, {}};
        s.params.reserve(part.size() * schema::column_count<Row>);
        for (auto const& row : part) {
            for (auto& v : row_params(row)) s.params.push_back(std::move(v));
        }
        out.push_back(std::move(s));
    }
    return out;
}

} // namespace detail

/// Inserts the rows, `batch` a statement (0: default_batch). In PostgreSQL the text does not depend
/// on the number of rows; in SQLite all but the last statement share one. Send them in one
/// transaction where all or none shall be written. Throws invalid_argument naming the row's number
/// for a faulty one, before there is any statement. Linear.
template <schema::TableRow Row>
[[nodiscard]] std::vector<statement> insert_many(std::span<Row const> rows, dialect d,
                                                 write_options const& options = {},
                                                 std::size_t batch = 0) {
    return detail::write_many(rows, d, options, batch, false);
}

/// Inserts or replaces the rows as `upsert` does each. Of several rows with one key the last counts
/// (its id, too, where the key was not there).
template <schema::TableRow Row>
[[nodiscard]] std::vector<statement> upsert_many(std::span<Row const> rows, dialect d,
                                                 write_options const& options = {},
                                                 std::size_t batch = 0) {
    return detail::write_many(rows, d, options, batch, true);
}

/// The text of upsert_many in PostgreSQL, for the parameters of column_arrays.
template <schema::TableRow Row>
[[nodiscard]] std::string upsert_many_text(write_options const& options = {}) {
    return detail::unnest_text<Row>(options, true);
}

/// The text of insert_many in PostgreSQL, for the parameters of column_arrays.
template <schema::TableRow Row>
[[nodiscard]] std::string insert_many_text(write_options const& options = {}) {
    return detail::unnest_text<Row>(options, false);
}

} // namespace weft::inline v0::sql
