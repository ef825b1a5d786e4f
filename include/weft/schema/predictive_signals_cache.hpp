#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>

#include "weft/schema/column.hpp"

namespace weft::inline v0::schema {

/// A prediction about one entity, kept until it expires. Fields are the columns; an unset optional
/// is the column's default where it has one, NULL otherwise.
struct predictive_signals_cache {
    std::optional<uuid> id; ///< random where unset
    std::string entity_id;
    signal_entity_type entity_type{};
    schema::signal_type signal_type{};
    jsonb prediction_data;
    instant prediction_time{};
    std::optional<instant> target_time;   ///< NULL equals NULL in the unique key
    std::optional<double> confidence;     ///< in [0,1]
    std::optional<instant> calculated_at; ///< now where unset
    instant expires_at{};                 ///< after calculated_at
    std::optional<jsonb> source_snapshot;
    std::optional<jsonb> metadata; ///< an object; `{}` where unset

    [[nodiscard]] friend bool operator==(predictive_signals_cache const&,
                                         predictive_signals_cache const&) = default;
};

template <>
struct table<predictive_signals_cache> {
    using row = predictive_signals_cache;
    static constexpr std::string_view name = "predictive_signals_cache";
    static constexpr std::string_view comment =
        "Predictions about one entity, each kept until it expires.";
    static constexpr std::string_view distribution = "entity_id";

    static constexpr auto columns = std::tuple{
        column{"id", &row::id}.random(),
        column{"entity_id", &row::entity_id},
        column{"entity_type", &row::entity_type},
        column{"signal_type", &row::signal_type},
        column{"prediction_data", &row::prediction_data}.about(
            "A document of the kind signal_type says."),
        column{"prediction_time", &row::prediction_time},
        column{"target_time", &row::target_time}.about(
            "NULL: of no particular time; such a signal is one."),
        column{"confidence", &row::confidence}.unit(),
        column{"calculated_at", &row::calculated_at}.now(),
        column{"expires_at", &row::expires_at},
        column{"source_snapshot", &row::source_snapshot}.shown_since(2).about(
            "What it was predicted from: the entity's own."),
        column{"metadata", &row::metadata}.or_else_empty_object().object().about(
            "A JSON object without personal data; encryption_type is signalProtocol or aes256gcm."),
    };

    static constexpr std::array rules{
        row_rule<row>{
            "predictive_signals_cache_expires_after_calculation", "expires_at > calculated_at",
            "expires_at", "an instant after calculated_at",
            [](row const& r) { return !r.calculated_at || r.expires_at > *r.calculated_at; }},
    };

    static constexpr std::array keys{
        unique_key{"unique_predictive_signal", "entity_id, entity_type, signal_type, target_time",
                   "entity_id, entity_type, signal_type, coalesce(target_time, '')", true, true},
    };

    static constexpr std::array indexes{
        index{"idx_predictive_signals_entity", "entity_id, entity_type, signal_type, expires_at",
              ""},
        index{"idx_predictive_signals_target_time", "target_time, signal_type", ""},
        index{"idx_predictive_signals_expires", "expires_at", ""},
        index{"idx_predictive_signals_data", "prediction_data jsonb_path_ops", "",
              index_method::gin},
    };

    static constexpr user_access access{"entity_type = 'user' and entity_id = {uid}::text", "", ""};
};

static_assert(columns_match_fields<predictive_signals_cache>);

} // namespace weft::inline v0::schema
