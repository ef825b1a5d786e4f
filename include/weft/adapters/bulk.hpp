#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <variant>

#include "weft/adapters/transaction.hpp"
#include "weft/core/error.hpp"
#include "weft/schema/column.hpp"
#include "weft/sql/copy.hpp"
#include "weft/sql/dialect.hpp"
#include "weft/sql/statement.hpp"

/// Many rows at once.
namespace weft::inline v0::adapters {

/// The statements of PostgreSQL's fastest way to upsert many rows: COPY into a temporary table
/// without constraints, and from there into the real one. To be run in this order in one
/// transaction, `copy` with the rows from a copy_writer with copy_target::staging.
struct staging_recipe {
    std::string create; ///< the temporary table, once in a session
    std::string clear;  ///< instead, where the session has it: what this transaction left in it
    std::string copy;   ///< COPY ... FROM STDIN (FORMAT binary)
    std::string upsert; ///< as sql::upsert of every row; a key that comes twice fails (21000)
};

/// The recipe for a table; depends on the table and the options alone.
template <schema::TableRow Row>
[[nodiscard]] staging_recipe staged_upsert(sql::write_options const& options = {}) {
    sql::detail::check_options<Row>(options);
    auto const staging = "weft_staging_" + std::string(schema::table<Row>::name);
    auto const columns = sql::detail::column_list<Row>();
    std::string types;
    std::string values;
    for (auto const& c : schema::columns_of<Row>()) {
        std::string const name(c.name);
        if (!types.empty()) {
            types += ", ";
            values += ", ";
        }
        types += name + " " + std::string(schema::type_name(c.type));
        bool const filled = c.has_default() && !sql::detail::null_where_unset(options, c.name);
        values += filled ? "coalesce(s." + name + ", " +
                               sql::detail::default_text(c, sql::dialect::postgres) + ")"
                         : "s." + name;
    }
    // In the order of the key, so that two such statements at once do not wait for each other in a
    // circle.
    auto const order = sql::detail::key_text<Row>(sql::dialect::postgres, options);
    // What happens to a row that is there already is the same as in the single upsert.
    auto const single = sql::upsert_text<Row>(sql::dialect::postgres, options);
    return {"create temporary table " + staging + " (" + types + ") on commit delete rows",
            "truncate pg_temp." + staging,
            "copy pg_temp." + staging + " (" + columns + ") from stdin (format binary)",
            "insert into " + sql::detail::table_text<Row>(options.schema) + " (" + columns +
                ") select " + values + " from pg_temp." + staging + " s order by " + order +
                single.substr(single.find(" on conflict ("))};
}

/// Upserts all rows, or none where one is refused; how many rows were inserted or replaced. The
/// result is that of sql::upsert for each. PostgreSQL: the recipe of staged_upsert; a natural key
/// that comes twice fails with 21000. SQLite: one statement a row in one transaction. Throws
/// invalid_argument where a row is faulty (as schema::validate).
template <Connection C, schema::TableRow Row>
std::int64_t bulk_upsert(C& connection, std::span<Row const> rows,
                         sql::write_options const& options = {}) {
    transaction all(connection);
    std::int64_t count = 0;
    if constexpr (C::dialect() == sql::dialect::postgres) {
        auto const recipe = staged_upsert<Row>(options);
        auto const there =
            connection.query({"select to_regclass('pg_temp.weft_staging_" +
                                  std::string(schema::table<Row>::name) + "') is not null",
                              {}});
        bool const made = std::get<bool>(there.values.at(0).at(0));
        connection.execute({made ? recipe.clear : recipe.create, {}});
        connection.copy_in(recipe.copy, [&](auto const& sink) {
            auto writer = sql::make_copy_writer<Row>(sql::copy_format::binary, sink, options,
                                                     sql::copy_target::staging);
            for (auto const& row : rows) writer.write(row);
            writer.finish();
        });
        count = connection.execute({recipe.upsert, {}});
    } else {
        sql::statement each{sql::upsert_text<Row>(C::dialect(), options), {}};
        for (auto const& row : rows) {
            each.params = sql::row_params(row);
            count += connection.execute(each);
        }
    }
    all.commit();
    return count;
}

/// The same for rows in a container, whose type names the table.
template <Connection C, class Rows>
    requires schema::TableRow<typename Rows::value_type> std::int64_t
    bulk_upsert(C& connection, Rows const& rows, sql::write_options const& options = {}) {
        return bulk_upsert(connection, std::span<typename Rows::value_type const>(rows), options);
    }

} // namespace weft::inline v0::adapters
