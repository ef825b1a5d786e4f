#pragma once

#include <string>

namespace weft_test {

/// Rows for `users` people, made by the server: 5 in the queue, 10 in the history, 10 in the cache,
/// 5 signals each. A third of what can expire has expired.
inline std::string outreach_fill(int users) {
    auto const n = std::to_string(users);
    auto const id = std::string("('00000000-0000-4000-8000-' || lpad(to_hex(u), 12, '0'))::uuid");
    return "insert into auth.users (id) select " + id + " from generate_series(1, " + n +
           ") as u;\n"
           "insert into outreach_queue (type, target_user_id, source_id, source_type, "
           "compatibility_score, from_agent_id, to_agent_id, reasoning, title, body, "
           "optimal_timing, created_at, status, expires_at) select (array['event_call', "
           "'friend_suggestion', 'spot_recommendation'])[1 + k % 3], " +
           id +
           ", 'source-' || (u * 7 + k) % 5000, 'event', (u * 31 + k * 17) % 1000 / 1000.0, "
           "'agent-a-' || u, 'agent-b-' || k, repeat('because ', 12), 'A title of some words', "
           "repeat('body ', 30), now() + k * interval '1 hour', now() - (u % 20) * interval '1 "
           "hour' - interval '1 day', (array['pending', 'scheduled', 'delivered', 'seen', "
           "'accepted'])[k], now() + ((u + k) % 3 - 1) * interval '10 hours' + interval '1 minute' "
           "from generate_series(1, " +
           n +
           ") as u, generate_series(1, 5) as k;\n"
           "insert into outreach_history (target_user_id, source_id, source_type, type, sent_at, "
           "compatibility_score, from_agent_id, to_agent_id) select " +
           id +
           ", 'source-' || (u * 7 + k) % 5000, 'event', 'event_call', now() - k * interval '5 "
           "days' - (u % 24) * interval '1 hour', (u * 13 + k) % 1000 / 1000.0, 'agent-a-' || u, "
           "'agent-b-' || k from generate_series(1, " +
           n +
           ") as u, generate_series(1, 10) as k;\n"
           "insert into compatibility_cache (source_id, source_type, target_id, target_type, "
           "compatibility_score, knot_compatibility, quantum_fidelity, timing_compatibility, "
           "vibe_alignment, calculation_method, calculated_at, expires_at, metadata) select " +
           id +
           "::text, 'user', 'target-' || (u * 11 + k) % 20000, 'event', (u * 37 + k * 101) % 1000 "
           "/ 1000.0, .5, .25, .75, .125, 'hybrid', now() - interval '20 days', now() + ((u + k) "
           "% 3 - 1) * interval '1 day' + interval '1 minute', '{\"percentile\": 0.5}' from "
           "generate_series(1, " +
           n +
           ") as u, generate_series(1, 10) as k;\n"
           "insert into predictive_signals_cache (entity_id, entity_type, signal_type, "
           "prediction_data, prediction_time, target_time, confidence, calculated_at, expires_at) "
           "select " +
           id +
           "::text, 'user', (array['knot_evolution_string', 'quantum_trajectory', "
           "'fabric_stability', 'evolution_patterns', 'optimal_timing'])[k], jsonb_build_object("
           "'v', 1, 'instants', (select jsonb_agg(jsonb_build_object('at', i, 'value', i / 30.0)) "
           "from generate_series(1, 10) as i)), now(), now() + k * interval '1 day', .5, now() - "
           "interval '20 days', now() + ((u + k) % 3 - 1) * interval '1 day' + interval '1 "
           "minute' from generate_series(1, " +
           n +
           ") as u, generate_series(1, 5) as k;\n"
           "analyze outreach_queue; analyze outreach_history; analyze compatibility_cache; "
           "analyze predictive_signals_cache;\n";
}

/// The id of the `u`th of these people.
inline std::string filled_user(int u) {
    constexpr char const* digits = "0123456789abcdef";
    std::string hex;
    for (; u > 0; u /= 16) hex.insert(hex.begin(), digits[u % 16]);
    return "00000000-0000-4000-8000-" + std::string(12 - hex.size(), '0') + hex;
}

} // namespace weft_test
