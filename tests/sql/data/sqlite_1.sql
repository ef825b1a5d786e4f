begin;

create table if not exists outreach_queue (
    id text not null default (lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))) primary key
        constraint outreach_queue_id_check check (id glob '[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]'),
    type text not null
        constraint outreach_queue_type_check check (type in ('community_invitation', 'group_formation', 'event_call', 'spot_recommendation', 'friend_suggestion', 'business_event_invitation', 'business_expert_partnership', 'business_business_partnership', 'club_membership_invitation', 'club_event_invitation', 'expert_learning_opportunity', 'expert_business_partnership', 'list_suggestion', 'expert_curated_list')),
    target_user_id text not null
        constraint outreach_queue_target_user_id_check check (target_user_id glob '[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]'),
    source_id text not null,
    source_type text not null
        constraint outreach_queue_source_type_check check (source_type in ('community', 'group', 'event', 'spot', 'user', 'business', 'club', 'expert', 'list', 'system')),
    compatibility_score real not null
        constraint outreach_queue_compatibility_score_check check (compatibility_score >= 0 and compatibility_score <= 1),
    string_prediction_score real
        constraint outreach_queue_string_prediction_score_check check (string_prediction_score >= 0 and string_prediction_score <= 1),
    quantum_trajectory_score real
        constraint outreach_queue_quantum_trajectory_score_check check (quantum_trajectory_score >= 0 and quantum_trajectory_score <= 1),
    fabric_stability_score real
        constraint outreach_queue_fabric_stability_score_check check (fabric_stability_score >= 0 and fabric_stability_score <= 1),
    current_weave_fit real
        constraint outreach_queue_current_weave_fit_check check (current_weave_fit >= 0 and current_weave_fit <= 1),
    evolution_trend text
        constraint outreach_queue_evolution_trend_check check (evolution_trend in ('improving', 'stable', 'declining', 'unknown')),
    from_agent_id text not null,
    to_agent_id text not null,
    ai_decision_reasoning text,
    ai_decision_confidence real
        constraint outreach_queue_ai_decision_confidence_check check (ai_decision_confidence >= 0 and ai_decision_confidence <= 1),
    reasoning text,
    title text,
    body text,
    metadata text default '{}'
        constraint outreach_queue_metadata_check check (metadata is null or case when json_valid(metadata) then json_type(metadata) = 'object' else 0 end),
    optimal_timing text
        constraint outreach_queue_optimal_timing_check check (optimal_timing in ('infinity', '-infinity') or (optimal_timing glob '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]Z' and optimal_timing >= '0001' and strftime('%Y-%m-%dT%H:%M:%S', substr(optimal_timing, 1, 19), '+0 days') is substr(optimal_timing, 1, 19))),
    created_at text not null default (strftime('%Y-%m-%dT%H:%M:%f000Z', 'now'))
        constraint outreach_queue_created_at_check check (created_at in ('infinity', '-infinity') or (created_at glob '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]Z' and created_at >= '0001' and strftime('%Y-%m-%dT%H:%M:%S', substr(created_at, 1, 19), '+0 days') is substr(created_at, 1, 19))),
    scheduled_for text
        constraint outreach_queue_scheduled_for_check check (scheduled_for in ('infinity', '-infinity') or (scheduled_for glob '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]Z' and scheduled_for >= '0001' and strftime('%Y-%m-%dT%H:%M:%S', substr(scheduled_for, 1, 19), '+0 days') is substr(scheduled_for, 1, 19))),
    status text not null default 'pending'
        constraint outreach_queue_status_check check (status in ('pending', 'scheduled', 'delivered', 'seen', 'accepted', 'rejected', 'ignored', 'expired')),
    delivered_at text
        constraint outreach_queue_delivered_at_check check (delivered_at in ('infinity', '-infinity') or (delivered_at glob '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]Z' and delivered_at >= '0001' and strftime('%Y-%m-%dT%H:%M:%S', substr(delivered_at, 1, 19), '+0 days') is substr(delivered_at, 1, 19))),
    seen_at text
        constraint outreach_queue_seen_at_check check (seen_at in ('infinity', '-infinity') or (seen_at glob '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]Z' and seen_at >= '0001' and strftime('%Y-%m-%dT%H:%M:%S', substr(seen_at, 1, 19), '+0 days') is substr(seen_at, 1, 19))),
    responded_at text
        constraint outreach_queue_responded_at_check check (responded_at in ('infinity', '-infinity') or (responded_at glob '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]Z' and responded_at >= '0001' and strftime('%Y-%m-%dT%H:%M:%S', substr(responded_at, 1, 19), '+0 days') is substr(responded_at, 1, 19))),
    response_action text
        constraint outreach_queue_response_action_check check (response_action in ('accepted', 'rejected', 'ignored')),
    expires_at text
        constraint outreach_queue_expires_at_check check (expires_at in ('infinity', '-infinity') or (expires_at glob '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]Z' and expires_at >= '0001' and strftime('%Y-%m-%dT%H:%M:%S', substr(expires_at, 1, 19), '+0 days') is substr(expires_at, 1, 19))),
    created_by text default 'system',
    priority integer default 5
        constraint outreach_queue_priority_check check (priority between 1 and 10),
    retry_count integer default 0
        constraint outreach_queue_retry_count_check check (retry_count between 0 and 2147483647),
    last_retry_at text
        constraint outreach_queue_last_retry_at_check check (last_retry_at in ('infinity', '-infinity') or (last_retry_at glob '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]Z' and last_retry_at >= '0001' and strftime('%Y-%m-%dT%H:%M:%S', substr(last_retry_at, 1, 19), '+0 days') is substr(last_retry_at, 1, 19))),
    updated_at text not null default (strftime('%Y-%m-%dT%H:%M:%f000Z', 'now'))
        constraint outreach_queue_updated_at_check check (updated_at in ('infinity', '-infinity') or (updated_at glob '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]Z' and updated_at >= '0001' and strftime('%Y-%m-%dT%H:%M:%S', substr(updated_at, 1, 19), '+0 days') is substr(updated_at, 1, 19))),
    constraint outreach_queue_expires_after_creation check (expires_at > created_at),
    constraint outreach_queue_response_is_status check (response_action = status)
) strict;
create index if not exists idx_outreach_queue_target_user on outreach_queue (target_user_id, status, created_at desc);
create index if not exists idx_outreach_queue_optimal_timing on outreach_queue (optimal_timing) where optimal_timing is not null and status in ('pending', 'scheduled');
create index if not exists idx_outreach_queue_source on outreach_queue (source_id, source_type, type);
create index if not exists idx_outreach_queue_compatibility on outreach_queue (compatibility_score desc) where status = 'pending';

create table if not exists outreach_history (
    id text not null default (lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))) primary key
        constraint outreach_history_id_check check (id glob '[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]'),
    target_user_id text not null
        constraint outreach_history_target_user_id_check check (target_user_id glob '[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]'),
    source_id text not null,
    source_type text not null
        constraint outreach_history_source_type_check check (source_type in ('community', 'group', 'event', 'spot', 'user', 'business', 'club', 'expert', 'list', 'system')),
    type text not null
        constraint outreach_history_type_check check (type in ('community_invitation', 'group_formation', 'event_call', 'spot_recommendation', 'friend_suggestion', 'business_event_invitation', 'business_expert_partnership', 'business_business_partnership', 'club_membership_invitation', 'club_event_invitation', 'expert_learning_opportunity', 'expert_business_partnership', 'list_suggestion', 'expert_curated_list')),
    sent_at text not null default (strftime('%Y-%m-%dT%H:%M:%f000Z', 'now'))
        constraint outreach_history_sent_at_check check (sent_at in ('infinity', '-infinity') or (sent_at glob '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]Z' and sent_at >= '0001' and strftime('%Y-%m-%dT%H:%M:%S', substr(sent_at, 1, 19), '+0 days') is substr(sent_at, 1, 19))),
    compatibility_score real
        constraint outreach_history_compatibility_score_check check (compatibility_score >= 0 and compatibility_score <= 1),
    status text not null default 'sent'
        constraint outreach_history_status_check check (status in ('sent', 'accepted', 'rejected', 'ignored')),
    responded_at text
        constraint outreach_history_responded_at_check check (responded_at in ('infinity', '-infinity') or (responded_at glob '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]Z' and responded_at >= '0001' and strftime('%Y-%m-%dT%H:%M:%S', substr(responded_at, 1, 19), '+0 days') is substr(responded_at, 1, 19))),
    response_action text
        constraint outreach_history_response_action_check check (response_action in ('accepted', 'rejected', 'ignored')),
    from_agent_id text,
    to_agent_id text,
    metadata text default '{}'
        constraint outreach_history_metadata_check check (metadata is null or case when json_valid(metadata) then json_type(metadata) = 'object' else 0 end),
    updated_at text not null default (strftime('%Y-%m-%dT%H:%M:%f000Z', 'now'))
        constraint outreach_history_updated_at_check check (updated_at in ('infinity', '-infinity') or (updated_at glob '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]Z' and updated_at >= '0001' and strftime('%Y-%m-%dT%H:%M:%S', substr(updated_at, 1, 19), '+0 days') is substr(updated_at, 1, 19)))
) strict;
create unique index if not exists unique_outreach_per_day on outreach_history (target_user_id, source_id, type, substr(sent_at, 1, 10));
create index if not exists idx_outreach_history_target on outreach_history (target_user_id, sent_at desc);
create index if not exists idx_outreach_history_source on outreach_history (source_id, source_type, sent_at desc);
create index if not exists idx_outreach_history_recent on outreach_history (target_user_id, source_id, type, sent_at desc);

create table if not exists compatibility_cache (
    id text not null default (lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))) primary key
        constraint compatibility_cache_id_check check (id glob '[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]'),
    source_id text not null,
    source_type text not null
        constraint compatibility_cache_source_type_check check (source_type in ('user', 'agent', 'community', 'group', 'event', 'spot', 'business', 'club', 'expert', 'list')),
    target_id text not null,
    target_type text not null
        constraint compatibility_cache_target_type_check check (target_type in ('user', 'agent', 'community', 'group', 'event', 'spot', 'business', 'club', 'expert', 'list')),
    compatibility_score real not null
        constraint compatibility_cache_compatibility_score_check check (compatibility_score >= 0 and compatibility_score <= 1),
    knot_compatibility real
        constraint compatibility_cache_knot_compatibility_check check (knot_compatibility >= 0 and knot_compatibility <= 1),
    quantum_fidelity real
        constraint compatibility_cache_quantum_fidelity_check check (quantum_fidelity >= 0 and quantum_fidelity <= 1),
    location_compatibility real
        constraint compatibility_cache_location_compatibility_check check (location_compatibility >= 0 and location_compatibility <= 1),
    timing_compatibility real
        constraint compatibility_cache_timing_compatibility_check check (timing_compatibility >= 0 and timing_compatibility <= 1),
    vibe_alignment real
        constraint compatibility_cache_vibe_alignment_check check (vibe_alignment >= 0 and vibe_alignment <= 1),
    future_compatibility real
        constraint compatibility_cache_future_compatibility_check check (future_compatibility >= 0 and future_compatibility <= 1),
    current_fabric_stability real
        constraint compatibility_cache_current_fabric_stability_check check (current_fabric_stability >= 0 and current_fabric_stability <= 1),
    predicted_fabric_stability real
        constraint compatibility_cache_predicted_fabric_stability_check check (predicted_fabric_stability >= 0 and predicted_fabric_stability <= 1),
    future_compatibility_time text
        constraint compatibility_cache_future_compatibility_time_check check (future_compatibility_time in ('infinity', '-infinity') or (future_compatibility_time glob '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]Z' and future_compatibility_time >= '0001' and strftime('%Y-%m-%dT%H:%M:%S', substr(future_compatibility_time, 1, 19), '+0 days') is substr(future_compatibility_time, 1, 19))),
    compatibility_trajectory text
        constraint compatibility_cache_compatibility_trajectory_check check (compatibility_trajectory is null or json_valid(compatibility_trajectory)),
    fabric_stability_improvement real
        constraint compatibility_cache_fabric_stability_improvement_check check (fabric_stability_improvement >= -1 and fabric_stability_improvement <= 1),
    evolution_trend text
        constraint compatibility_cache_evolution_trend_check check (evolution_trend in ('improving', 'stable', 'declining', 'unknown')),
    evolution_rate real
        constraint compatibility_cache_evolution_rate_check check (abs(evolution_rate) <= 1.7976931348623157e308),
    calculation_method text,
    calculation_version integer default 1
        constraint compatibility_cache_calculation_version_check check (calculation_version between -2147483648 and 2147483647),
    calculated_at text not null default (strftime('%Y-%m-%dT%H:%M:%f000Z', 'now'))
        constraint compatibility_cache_calculated_at_check check (calculated_at in ('infinity', '-infinity') or (calculated_at glob '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]Z' and calculated_at >= '0001' and strftime('%Y-%m-%dT%H:%M:%S', substr(calculated_at, 1, 19), '+0 days') is substr(calculated_at, 1, 19))),
    expires_at text not null
        constraint compatibility_cache_expires_at_check check (expires_at in ('infinity', '-infinity') or (expires_at glob '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]Z' and expires_at >= '0001' and strftime('%Y-%m-%dT%H:%M:%S', substr(expires_at, 1, 19), '+0 days') is substr(expires_at, 1, 19))),
    source_snapshot text
        constraint compatibility_cache_source_snapshot_check check (source_snapshot is null or json_valid(source_snapshot)),
    target_snapshot text
        constraint compatibility_cache_target_snapshot_check check (target_snapshot is null or json_valid(target_snapshot)),
    metadata text default '{}'
        constraint compatibility_cache_metadata_check check (metadata is null or case when json_valid(metadata) then json_type(metadata) = 'object' else 0 end),
    constraint compatibility_cache_expires_after_calculation check (expires_at > calculated_at)
) strict;
create unique index if not exists unique_compatibility_cache on compatibility_cache (source_id, target_id, source_type, target_type);
create index if not exists idx_compatibility_cache_source on compatibility_cache (source_id, source_type, expires_at);
create index if not exists idx_compatibility_cache_target on compatibility_cache (target_id, target_type, expires_at);
create index if not exists idx_compatibility_cache_score on compatibility_cache (compatibility_score desc, expires_at);
create index if not exists idx_compatibility_cache_future on compatibility_cache (future_compatibility desc, future_compatibility_time) where future_compatibility is not null;
create index if not exists idx_compatibility_cache_expires on compatibility_cache (expires_at);

create table if not exists predictive_signals_cache (
    id text not null default (lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))) primary key
        constraint predictive_signals_cache_id_check check (id glob '[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]'),
    entity_id text not null,
    entity_type text not null
        constraint predictive_signals_cache_entity_type_check check (entity_type in ('user', 'agent', 'community', 'group', 'event', 'spot', 'business', 'club', 'expert')),
    signal_type text not null
        constraint predictive_signals_cache_signal_type_check check (signal_type in ('knot_evolution_string', 'quantum_trajectory', 'fabric_stability', 'evolution_patterns', 'compatibility_trajectory', 'optimal_timing')),
    prediction_data text not null
        constraint predictive_signals_cache_prediction_data_check check (json_valid(prediction_data)),
    prediction_time text not null
        constraint predictive_signals_cache_prediction_time_check check (prediction_time in ('infinity', '-infinity') or (prediction_time glob '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]Z' and prediction_time >= '0001' and strftime('%Y-%m-%dT%H:%M:%S', substr(prediction_time, 1, 19), '+0 days') is substr(prediction_time, 1, 19))),
    target_time text
        constraint predictive_signals_cache_target_time_check check (target_time in ('infinity', '-infinity') or (target_time glob '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]Z' and target_time >= '0001' and strftime('%Y-%m-%dT%H:%M:%S', substr(target_time, 1, 19), '+0 days') is substr(target_time, 1, 19))),
    confidence real
        constraint predictive_signals_cache_confidence_check check (confidence >= 0 and confidence <= 1),
    calculated_at text not null default (strftime('%Y-%m-%dT%H:%M:%f000Z', 'now'))
        constraint predictive_signals_cache_calculated_at_check check (calculated_at in ('infinity', '-infinity') or (calculated_at glob '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]Z' and calculated_at >= '0001' and strftime('%Y-%m-%dT%H:%M:%S', substr(calculated_at, 1, 19), '+0 days') is substr(calculated_at, 1, 19))),
    expires_at text not null
        constraint predictive_signals_cache_expires_at_check check (expires_at in ('infinity', '-infinity') or (expires_at glob '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]Z' and expires_at >= '0001' and strftime('%Y-%m-%dT%H:%M:%S', substr(expires_at, 1, 19), '+0 days') is substr(expires_at, 1, 19))),
    source_snapshot text
        constraint predictive_signals_cache_source_snapshot_check check (source_snapshot is null or json_valid(source_snapshot)),
    metadata text default '{}'
        constraint predictive_signals_cache_metadata_check check (metadata is null or case when json_valid(metadata) then json_type(metadata) = 'object' else 0 end),
    constraint predictive_signals_cache_expires_after_calculation check (expires_at > calculated_at)
) strict;
create unique index if not exists unique_predictive_signal on predictive_signals_cache (entity_id, entity_type, signal_type, coalesce(target_time, ''));
create index if not exists idx_predictive_signals_entity on predictive_signals_cache (entity_id, entity_type, signal_type, expires_at);
create index if not exists idx_predictive_signals_target_time on predictive_signals_cache (target_time, signal_type);
create index if not exists idx_predictive_signals_expires on predictive_signals_cache (expires_at);

create table if not exists outreach_processing_jobs (
    id text not null default (lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))) primary key
        constraint outreach_processing_jobs_id_check check (id glob '[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]'),
    job_type text not null
        constraint outreach_processing_jobs_job_type_check check (job_type in ('high_priority', 'medium_priority', 'low_priority', 'incremental', 'event_driven')),
    status text not null default 'pending'
        constraint outreach_processing_jobs_status_check check (status in ('pending', 'processing', 'completed', 'failed', 'cancelled')),
    started_at text
        constraint outreach_processing_jobs_started_at_check check (started_at in ('infinity', '-infinity') or (started_at glob '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]Z' and started_at >= '0001' and strftime('%Y-%m-%dT%H:%M:%S', substr(started_at, 1, 19), '+0 days') is substr(started_at, 1, 19))),
    completed_at text
        constraint outreach_processing_jobs_completed_at_check check (completed_at in ('infinity', '-infinity') or (completed_at glob '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]Z' and completed_at >= '0001' and strftime('%Y-%m-%dT%H:%M:%S', substr(completed_at, 1, 19), '+0 days') is substr(completed_at, 1, 19))),
    processing_time_ms integer
        constraint outreach_processing_jobs_processing_time_ms_check check (processing_time_ms between 0 and 2147483647),
    items_processed integer not null default 0
        constraint outreach_processing_jobs_items_processed_check check (items_processed between 0 and 2147483647),
    items_succeeded integer not null default 0
        constraint outreach_processing_jobs_items_succeeded_check check (items_succeeded between 0 and 2147483647),
    items_failed integer not null default 0
        constraint outreach_processing_jobs_items_failed_check check (items_failed between 0 and 2147483647),
    outreach_created integer not null default 0
        constraint outreach_processing_jobs_outreach_created_check check (outreach_created between 0 and 2147483647),
    error_message text,
    error_stack text,
    retry_count integer default 0
        constraint outreach_processing_jobs_retry_count_check check (retry_count between 0 and 2147483647),
    parameters text default '{}'
        constraint outreach_processing_jobs_parameters_check check (parameters is null or json_valid(parameters)),
    created_at text not null default (strftime('%Y-%m-%dT%H:%M:%f000Z', 'now'))
        constraint outreach_processing_jobs_created_at_check check (created_at in ('infinity', '-infinity') or (created_at glob '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]Z' and created_at >= '0001' and strftime('%Y-%m-%dT%H:%M:%S', substr(created_at, 1, 19), '+0 days') is substr(created_at, 1, 19))),
    metadata text default '{}'
        constraint outreach_processing_jobs_metadata_check check (metadata is null or case when json_valid(metadata) then json_type(metadata) = 'object' else 0 end),
    updated_at text not null default (strftime('%Y-%m-%dT%H:%M:%f000Z', 'now'))
        constraint outreach_processing_jobs_updated_at_check check (updated_at in ('infinity', '-infinity') or (updated_at glob '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]Z' and updated_at >= '0001' and strftime('%Y-%m-%dT%H:%M:%S', substr(updated_at, 1, 19), '+0 days') is substr(updated_at, 1, 19))),
    constraint outreach_processing_jobs_completed_after_start check (completed_at >= started_at),
    constraint outreach_processing_jobs_counts_add_up check (cast(items_succeeded as bigint) + items_failed <= items_processed)
) strict;
create index if not exists idx_outreach_jobs_type_status on outreach_processing_jobs (job_type, status, created_at desc);
create index if not exists idx_outreach_jobs_failed on outreach_processing_jobs (status, retry_count) where status = 'failed' and retry_count < 3;

commit;
