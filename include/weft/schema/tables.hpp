#pragma once

#include <array>
#include <string>
#include <string_view>
#include <type_traits>

#include "weft/schema/column.hpp"
#include "weft/schema/compatibility_cache.hpp"
#include "weft/schema/outreach_history.hpp"
#include "weft/schema/outreach_processing_jobs.hpp"
#include "weft/schema/outreach_queue.hpp"
#include "weft/schema/predictive_signals_cache.hpp"

namespace weft::inline v0::schema {

/// Calls `f(std::type_identity<Row>{})` for each of the five tables, always in this order.
template <class F>
constexpr void for_each_table(F&& f) {
    f(std::type_identity<outreach_queue>{});
    f(std::type_identity<outreach_history>{});
    f(std::type_identity<compatibility_cache>{});
    f(std::type_identity<predictive_signals_cache>{});
    f(std::type_identity<outreach_processing_jobs>{});
}

/// The names of the five tables, in the order of for_each_table.
inline constexpr std::array<std::string_view, 5> table_names{
    table<outreach_queue>::name, table<outreach_history>::name, table<compatibility_cache>::name,
    table<predictive_signals_cache>::name, table<outreach_processing_jobs>::name};

/// Calls `f(std::type_identity<Row>{})` for the table of this name and returns what it returns.
/// Throws invalid_argument where there is none.
template <class F>
decltype(auto) visit_table(std::string_view name, F&& f) {
    if (name == table<outreach_queue>::name) return f(std::type_identity<outreach_queue>{});
    if (name == table<outreach_history>::name) return f(std::type_identity<outreach_history>{});
    if (name == table<compatibility_cache>::name) {
        return f(std::type_identity<compatibility_cache>{});
    }
    if (name == table<predictive_signals_cache>::name) {
        return f(std::type_identity<predictive_signals_cache>{});
    }
    if (name != table<outreach_processing_jobs>::name) {
        std::string known;
        for (auto const each : table_names) {
            if (!known.empty()) known += ", ";
            known += each;
        }
        WEFT_THROW(invalid_argument("table", "\"" + std::string(name.substr(0, 64)) + "\"", known));
    }
    return f(std::type_identity<outreach_processing_jobs>{});
}

} // namespace weft::inline v0::schema
