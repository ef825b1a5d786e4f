// weft's statements through libpqxx 6.4 instead of weft's own adapter:
//     weft_libpqxx postgresql://...
// Writes a row and reads it back in a transaction that is never committed.

#include <exception>
#include <iostream>
#include <optional>
#include <string>
#include <vector>

#include <pqxx/pqxx>

#include "weft/schema/compatibility_cache.hpp"
#include "weft/sql/decode.hpp"
#include "weft/sql/statement.hpp"

/// Runs a statement; the rows as weft decodes them.
weft::sql::rows run(pqxx::work& work, weft::sql::statement const& s) {
    std::vector<std::optional<std::string>> texts;
    std::vector<char const*> params;
    for (auto const& v : s.params) {
        texts.push_back(parameter_text(v, weft::sql::dialect::postgres));
    }
    for (auto const& text : texts) params.push_back(text ? text->c_str() : nullptr);
    auto const result = work.exec_params(s.text, pqxx::prepare::make_dynamic_params(params));
    weft::sql::rows out;
    for (pqxx::row_size_type c = 0; c < result.columns(); ++c) {
        out.columns.emplace_back(result.column_name(c));
    }
    for (auto const& row : result) {
        auto& values = out.values.emplace_back();
        for (auto const& field : row) {
            // The decoder reads every type from its text.
            field.is_null() ? values.emplace_back()
                            : values.emplace_back(std::string(field.c_str()));
        }
    }
    return out;
}

int main(int argc, char** argv) try {
    pqxx::connection connection(argc > 1 ? argv[1] : "");
    pqxx::work work(connection);
    work.exec("set local timezone to 'UTC'; set local datestyle to 'ISO'");
    weft::schema::compatibility_cache row;
    row.source_id = "book-club";
    row.target_id = "chess-club";
    row.compatibility_score = 0.1;
    row.expires_at = weft::instant_infinity;
    run(work, weft::sql::upsert(row, weft::sql::dialect::postgres));
    auto const key = weft::sql::select_by_key(row, weft::sql::dialect::postgres);
    auto const back = weft::sql::decode<weft::schema::compatibility_cache>(run(work, key));
    std::cout << back.at(0).source_id << ' ' << back.at(0).compatibility_score << '\n';
} catch (std::exception const& e) {
    std::cerr << "weft_libpqxx: " << e.what() << '\n';
    return 1;
}
