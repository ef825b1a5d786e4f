#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "weft/core/error.hpp"
#include "weft/core/number.hpp"
#include "weft/schema/column.hpp"
#include "weft/schema/validate.hpp"
#include "weft/sql/value.hpp"

/// Rows as columns: the parameters of statements over `unnest`.
namespace weft::inline v0::sql {

/// The rows as one array a column, in the table's order: the parameters of
/// `unnest($1::uuid[], $2::text[], ...)`. Null where an optional is unset. Throws invalid_argument
/// where a row is faulty (as schema::validate), naming its number.
template <schema::TableRow Row>
[[nodiscard]] std::vector<value> column_arrays(std::span<Row const> rows) {
    schema::validate_all(rows);
    std::vector<value> out;
    out.reserve(schema::column_count<Row>);
    schema::for_each_column<Row>([&]<class Field>(schema::column<Row, Field> const& c) {
        array column{c.info.type, {}};
        column.items.reserve(rows.size());
        for (auto const& row : rows) {
            auto const* field = schema::value_of(c, row);
            if (field == nullptr) {
                column.items.emplace_back();
            } else if constexpr (schema::Enumeration<std::remove_cvref_t<decltype(*field)>>) {
                column.items.emplace_back(std::string(to_text(*field)));
            } else {
                column.items.emplace_back(*field);
            }
        }
        out.emplace_back(std::move(column));
    });
    return out;
}

} // namespace weft::inline v0::sql
