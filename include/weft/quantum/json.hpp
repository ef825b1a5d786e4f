#pragma once

#include <complex>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "weft/core/error.hpp"
#include "weft/core/number.hpp"
#include "weft/quantum/state.hpp"
#include "weft/quantum/uhlmann.hpp"

namespace weft::inline v0::quantum {

namespace detail {

template <class Json>
[[noreturn]] void refuse(std::string const& where, Json const& value, std::string const& expected) {
    auto text = value.dump(-1, ' ', true, Json::error_handler_t::replace);
    if (text.size() > 80) text = text.substr(0, 77) + "...";
    WEFT_THROW(invalid_argument(where, text, expected));
}

template <class Json>
double number_from(Json const& value, std::string const& where) {
    if (!value.is_number()) refuse(where, value, "a number");
    return value.template get<double>();
}

template <class Json>
std::complex<double> complex_from(Json const& value, std::string const& where) {
    if (!value.is_array() || value.size() != 2 || !value[0].is_number() || !value[1].is_number()) {
        refuse(where, value, "a complex number as [re, im]");
    }
    return {value[0].template get<double>(), value[1].template get<double>()};
}

template <class Json>
Eigen::MatrixXcd matrix_from(Json const& value, std::string const& where) {
    if (!value.is_array() || value.empty() || !value[0].is_array() || value[0].empty()) {
        refuse(where, value, "a list of rows of [re, im]");
    }
    Eigen::MatrixXcd m(static_cast<Eigen::Index>(value.size()),
                       static_cast<Eigen::Index>(value[0].size()));
    for (std::size_t i = 0; i < value.size(); ++i) {
        auto const row = where + "[" + to_text(i) + "]";
        if (!value[i].is_array() || value[i].size() != value[0].size()) {
            refuse(row, value[i], "a row of " + to_text(value[0].size()) + " complex numbers");
        }
        for (std::size_t j = 0; j < value[i].size(); ++j) {
            m(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(j)) =
                complex_from(value[i][j], row + "[" + to_text(j) + "]");
        }
    }
    return m;
}

} // namespace detail

/// Reads {"theta": .., "phi": .., "bloch_length": ..}; phi is 0 and bloch_length 1 where absent.
template <class Json>
[[nodiscard]] qubit qubit_from_json(Json const& value, std::string const& where) {
    if (!value.is_object() || !value.contains("theta")) {
        detail::refuse(where, value, "an object with theta, phi and bloch_length");
    }
    qubit q;
    q.theta = detail::number_from(value["theta"], where + ".theta");
    if (value.contains("phi")) q.phi = detail::number_from(value["phi"], where + ".phi");
    if (value.contains("bloch_length")) {
        q.bloch_length = detail::number_from(value["bloch_length"], where + ".bloch_length");
    }
    require_qubit(where, q);
    return q;
}

/// Reads one of {"ket": [[re, im], ..]}, {"density": [[[re, im], ..], ..]},
/// {"factor": [[[re, im], ..], ..]} and {"qubits": [{"theta", "phi", "bloch_length"}, ..]}.
/// Throws invalid_argument that names the place, starting with `where`.
template <class Json>
[[nodiscard]] state state_from_json(Json const& value, std::string const& where,
                                    tolerances const& tolerance = {}) {
    constexpr std::string_view expected =
        "an object with exactly one of ket, density, factor and qubits";
    if (!value.is_object()) detail::refuse(where, value, std::string(expected));
    std::string kind;
    for (auto const* name : {"ket", "density", "factor", "qubits"}) {
        if (!value.contains(name)) continue;
        if (!kind.empty()) detail::refuse(where, value, std::string(expected));
        kind = name;
    }
    if (kind.empty()) detail::refuse(where, value, std::string(expected));
    auto const& content = value[kind];
    auto const place = where + "." + kind;
    if (kind == "ket") {
        if (!content.is_array()) detail::refuse(place, content, "a list of [re, im]");
        Eigen::VectorXcd v(static_cast<Eigen::Index>(content.size()));
        for (std::size_t i = 0; i < content.size(); ++i) {
            v(static_cast<Eigen::Index>(i)) =
                detail::complex_from(content[i], place + "[" + to_text(i) + "]");
        }
        return ket(std::move(v), tolerance, place);
    }
    if (kind == "density") {
        return density::from_matrix(detail::matrix_from(content, place), tolerance, place);
    }
    if (kind == "factor") {
        return density::from_factor(detail::matrix_from(content, place), tolerance, place);
    }
    if (!content.is_array()) detail::refuse(place, content, "a list of qubits");
    std::vector<qubit> qubits;
    qubits.reserve(content.size());
    for (std::size_t i = 0; i < content.size(); ++i) {
        qubits.push_back(qubit_from_json(content[i], place + "[" + to_text(i) + "]"));
    }
    return qubit_product(std::move(qubits), place);
}

/// fidelity, infidelity, trace_distance, bures_angle, sub_fidelity, super_fidelity; null and an
/// entry in `why` for what is absent.
template <class Json>
[[nodiscard]] Json comparison_to_json(comparison const& c) {
    Json out;
    out["fidelity"] = c.fidelity;
    out["infidelity"] = c.infidelity;
    out["trace_distance"] = c.trace_distance ? Json(*c.trace_distance) : Json(nullptr);
    out["bures_angle"] = c.bures_angle;
    out["sub_fidelity"] = c.sub_fidelity;
    out["super_fidelity"] = c.super_fidelity;
    for (auto const& [name, reason] : c.why) out["why"][name] = reason;
    return out;
}

} // namespace weft::inline v0::quantum
