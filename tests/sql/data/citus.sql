begin;
do $weft$ begin
    perform pg_advisory_xact_lock(hashtextextended('weft migration', 7765));
end $weft$;

grant usage on schema public to anon, authenticated, service_role;

create table if not exists public.outreach_queue (
    id uuid not null default gen_random_uuid(),
    type text not null
        constraint outreach_queue_type_check check (type in ('community_invitation', 'group_formation', 'event_call', 'spot_recommendation', 'friend_suggestion', 'business_event_invitation', 'business_expert_partnership', 'business_business_partnership', 'club_membership_invitation', 'club_event_invitation', 'expert_learning_opportunity', 'expert_business_partnership', 'list_suggestion', 'expert_curated_list')),
    target_user_id uuid not null,
    source_id text not null,
    source_type text not null
        constraint outreach_queue_source_type_check check (source_type in ('community', 'group', 'event', 'spot', 'user', 'business', 'club', 'expert', 'list', 'system')),
    compatibility_score double precision not null
        constraint outreach_queue_compatibility_score_check check (compatibility_score >= 0 and compatibility_score <= 1),
    string_prediction_score double precision
        constraint outreach_queue_string_prediction_score_check check (string_prediction_score >= 0 and string_prediction_score <= 1),
    quantum_trajectory_score double precision
        constraint outreach_queue_quantum_trajectory_score_check check (quantum_trajectory_score >= 0 and quantum_trajectory_score <= 1),
    fabric_stability_score double precision
        constraint outreach_queue_fabric_stability_score_check check (fabric_stability_score >= 0 and fabric_stability_score <= 1),
    current_weave_fit double precision
        constraint outreach_queue_current_weave_fit_check check (current_weave_fit >= 0 and current_weave_fit <= 1),
    evolution_trend text
        constraint outreach_queue_evolution_trend_check check (evolution_trend in ('improving', 'stable', 'declining', 'unknown')),
    from_agent_id text not null,
    to_agent_id text not null,
    ai_decision_reasoning text,
    ai_decision_confidence double precision
        constraint outreach_queue_ai_decision_confidence_check check (ai_decision_confidence >= 0 and ai_decision_confidence <= 1),
    reasoning text,
    title text,
    body text,
    metadata jsonb default '{}'::jsonb
        constraint outreach_queue_metadata_check check (jsonb_typeof(metadata) = 'object'),
    optimal_timing timestamp with time zone,
    created_at timestamp with time zone not null default now(),
    scheduled_for timestamp with time zone,
    status text not null default 'pending'
        constraint outreach_queue_status_check check (status in ('pending', 'scheduled', 'delivered', 'seen', 'accepted', 'rejected', 'ignored', 'expired')),
    delivered_at timestamp with time zone,
    seen_at timestamp with time zone,
    responded_at timestamp with time zone,
    response_action text
        constraint outreach_queue_response_action_check check (response_action in ('accepted', 'rejected', 'ignored')),
    expires_at timestamp with time zone,
    created_by text default 'system',
    priority integer default 5
        constraint outreach_queue_priority_check check (priority >= 1 and priority <= 10),
    retry_count integer default 0
        constraint outreach_queue_retry_count_check check (retry_count >= 0),
    last_retry_at timestamp with time zone,
    updated_at timestamp with time zone not null default now(),
    primary key (target_user_id, id),
    constraint outreach_queue_expires_after_creation check (expires_at > created_at),
    constraint outreach_queue_response_is_status check (response_action = status)
);
create index if not exists idx_outreach_queue_target_user on public.outreach_queue (target_user_id, status, created_at desc);
create index if not exists idx_outreach_queue_optimal_timing on public.outreach_queue (optimal_timing) where optimal_timing is not null and status in ('pending', 'scheduled');
create index if not exists idx_outreach_queue_source on public.outreach_queue (source_id, source_type, type);
create index if not exists idx_outreach_queue_compatibility on public.outreach_queue (compatibility_score desc) where status = 'pending';

create table if not exists public.outreach_history (
    id uuid not null default gen_random_uuid(),
    target_user_id uuid not null,
    source_id text not null,
    source_type text not null
        constraint outreach_history_source_type_check check (source_type in ('community', 'group', 'event', 'spot', 'user', 'business', 'club', 'expert', 'list', 'system')),
    type text not null
        constraint outreach_history_type_check check (type in ('community_invitation', 'group_formation', 'event_call', 'spot_recommendation', 'friend_suggestion', 'business_event_invitation', 'business_expert_partnership', 'business_business_partnership', 'club_membership_invitation', 'club_event_invitation', 'expert_learning_opportunity', 'expert_business_partnership', 'list_suggestion', 'expert_curated_list')),
    sent_at timestamp with time zone not null default now(),
    compatibility_score double precision
        constraint outreach_history_compatibility_score_check check (compatibility_score >= 0 and compatibility_score <= 1),
    status text not null default 'sent'
        constraint outreach_history_status_check check (status in ('sent', 'accepted', 'rejected', 'ignored')),
    responded_at timestamp with time zone,
    response_action text
        constraint outreach_history_response_action_check check (response_action in ('accepted', 'rejected', 'ignored')),
    from_agent_id text,
    to_agent_id text,
    metadata jsonb default '{}'::jsonb
        constraint outreach_history_metadata_check check (jsonb_typeof(metadata) = 'object'),
    updated_at timestamp with time zone not null default now(),
    primary key (target_user_id, id)
);
create unique index if not exists unique_outreach_per_day on public.outreach_history (target_user_id, source_id, type, ((sent_at at time zone 'UTC')::date));
create index if not exists idx_outreach_history_target on public.outreach_history (target_user_id, sent_at desc);
create index if not exists idx_outreach_history_source on public.outreach_history (source_id, source_type, sent_at desc);
create index if not exists idx_outreach_history_recent on public.outreach_history (target_user_id, source_id, type, sent_at desc);

create table if not exists public.compatibility_cache (
    id uuid not null default gen_random_uuid(),
    source_id text not null,
    source_type text not null
        constraint compatibility_cache_source_type_check check (source_type in ('user', 'agent', 'community', 'group', 'event', 'spot', 'business', 'club', 'expert', 'list')),
    target_id text not null,
    target_type text not null
        constraint compatibility_cache_target_type_check check (target_type in ('user', 'agent', 'community', 'group', 'event', 'spot', 'business', 'club', 'expert', 'list')),
    compatibility_score double precision not null
        constraint compatibility_cache_compatibility_score_check check (compatibility_score >= 0 and compatibility_score <= 1),
    knot_compatibility double precision
        constraint compatibility_cache_knot_compatibility_check check (knot_compatibility >= 0 and knot_compatibility <= 1),
    quantum_fidelity double precision
        constraint compatibility_cache_quantum_fidelity_check check (quantum_fidelity >= 0 and quantum_fidelity <= 1),
    location_compatibility double precision
        constraint compatibility_cache_location_compatibility_check check (location_compatibility >= 0 and location_compatibility <= 1),
    timing_compatibility double precision
        constraint compatibility_cache_timing_compatibility_check check (timing_compatibility >= 0 and timing_compatibility <= 1),
    vibe_alignment double precision
        constraint compatibility_cache_vibe_alignment_check check (vibe_alignment >= 0 and vibe_alignment <= 1),
    future_compatibility double precision
        constraint compatibility_cache_future_compatibility_check check (future_compatibility >= 0 and future_compatibility <= 1),
    current_fabric_stability double precision
        constraint compatibility_cache_current_fabric_stability_check check (current_fabric_stability >= 0 and current_fabric_stability <= 1),
    predicted_fabric_stability double precision
        constraint compatibility_cache_predicted_fabric_stability_check check (predicted_fabric_stability >= 0 and predicted_fabric_stability <= 1),
    future_compatibility_time timestamp with time zone,
    compatibility_trajectory jsonb,
    fabric_stability_improvement double precision
        constraint compatibility_cache_fabric_stability_improvement_check check (fabric_stability_improvement >= -1 and fabric_stability_improvement <= 1),
    evolution_trend text
        constraint compatibility_cache_evolution_trend_check check (evolution_trend in ('improving', 'stable', 'declining', 'unknown')),
    evolution_rate double precision
        constraint compatibility_cache_evolution_rate_check check (evolution_rate > '-Infinity' and evolution_rate < 'Infinity'),
    calculation_method text,
    calculation_version integer default 1,
    calculated_at timestamp with time zone not null default now(),
    expires_at timestamp with time zone not null,
    source_snapshot jsonb,
    target_snapshot jsonb,
    metadata jsonb default '{}'::jsonb
        constraint compatibility_cache_metadata_check check (jsonb_typeof(metadata) = 'object'),
    primary key (source_id, id),
    constraint compatibility_cache_expires_after_calculation check (expires_at > calculated_at),
    constraint unique_compatibility_cache unique (source_id, target_id, source_type, target_type)
);
create index if not exists idx_compatibility_cache_source on public.compatibility_cache (source_id, source_type, expires_at);
create index if not exists idx_compatibility_cache_target on public.compatibility_cache (target_id, target_type, expires_at);
create index if not exists idx_compatibility_cache_score on public.compatibility_cache (compatibility_score desc, expires_at);
create index if not exists idx_compatibility_cache_future on public.compatibility_cache (future_compatibility desc, future_compatibility_time) where future_compatibility is not null;
create index if not exists idx_compatibility_cache_expires on public.compatibility_cache (expires_at);

create table if not exists public.predictive_signals_cache (
    id uuid not null default gen_random_uuid(),
    entity_id text not null,
    entity_type text not null
        constraint predictive_signals_cache_entity_type_check check (entity_type in ('user', 'agent', 'community', 'group', 'event', 'spot', 'business', 'club', 'expert')),
    signal_type text not null
        constraint predictive_signals_cache_signal_type_check check (signal_type in ('knot_evolution_string', 'quantum_trajectory', 'fabric_stability', 'evolution_patterns', 'compatibility_trajectory', 'optimal_timing')),
    prediction_data jsonb not null,
    prediction_time timestamp with time zone not null,
    target_time timestamp with time zone,
    confidence double precision
        constraint predictive_signals_cache_confidence_check check (confidence >= 0 and confidence <= 1),
    calculated_at timestamp with time zone not null default now(),
    expires_at timestamp with time zone not null,
    source_snapshot jsonb,
    metadata jsonb default '{}'::jsonb
        constraint predictive_signals_cache_metadata_check check (jsonb_typeof(metadata) = 'object'),
    primary key (entity_id, id),
    constraint predictive_signals_cache_expires_after_calculation check (expires_at > calculated_at),
    constraint unique_predictive_signal unique nulls not distinct (entity_id, entity_type, signal_type, target_time)
);
create index if not exists idx_predictive_signals_entity on public.predictive_signals_cache (entity_id, entity_type, signal_type, expires_at);
create index if not exists idx_predictive_signals_target_time on public.predictive_signals_cache (target_time, signal_type);
create index if not exists idx_predictive_signals_expires on public.predictive_signals_cache (expires_at);
create index if not exists idx_predictive_signals_data on public.predictive_signals_cache using gin (prediction_data jsonb_path_ops);

create table if not exists public.outreach_processing_jobs (
    id uuid not null default gen_random_uuid() primary key,
    job_type text not null
        constraint outreach_processing_jobs_job_type_check check (job_type in ('high_priority', 'medium_priority', 'low_priority', 'incremental', 'event_driven')),
    status text not null default 'pending'
        constraint outreach_processing_jobs_status_check check (status in ('pending', 'processing', 'completed', 'failed', 'cancelled')),
    started_at timestamp with time zone,
    completed_at timestamp with time zone,
    processing_time_ms integer
        constraint outreach_processing_jobs_processing_time_ms_check check (processing_time_ms >= 0),
    items_processed integer not null default 0
        constraint outreach_processing_jobs_items_processed_check check (items_processed >= 0),
    items_succeeded integer not null default 0
        constraint outreach_processing_jobs_items_succeeded_check check (items_succeeded >= 0),
    items_failed integer not null default 0
        constraint outreach_processing_jobs_items_failed_check check (items_failed >= 0),
    outreach_created integer not null default 0
        constraint outreach_processing_jobs_outreach_created_check check (outreach_created >= 0),
    error_message text,
    error_stack text,
    retry_count integer default 0
        constraint outreach_processing_jobs_retry_count_check check (retry_count >= 0),
    parameters jsonb default '{}'::jsonb,
    created_at timestamp with time zone not null default now(),
    metadata jsonb default '{}'::jsonb
        constraint outreach_processing_jobs_metadata_check check (jsonb_typeof(metadata) = 'object'),
    updated_at timestamp with time zone not null default now(),
    constraint outreach_processing_jobs_completed_after_start check (completed_at >= started_at),
    constraint outreach_processing_jobs_counts_add_up check (cast(items_succeeded as bigint) + items_failed <= items_processed)
);
create index if not exists idx_outreach_jobs_type_status on public.outreach_processing_jobs (job_type, status, created_at desc);
create index if not exists idx_outreach_jobs_failed on public.outreach_processing_jobs (status, retry_count) where status = 'failed' and retry_count < 3;

alter table public.outreach_queue enable row level security;
revoke all on table public.outreach_queue from public, anon, authenticated;
grant all on table public.outreach_queue to service_role;
drop policy if exists outreach_queue_service on public.outreach_queue;
create policy outreach_queue_service on public.outreach_queue for all to service_role using (true) with check (true);
grant select on table public.outreach_queue to authenticated;
drop policy if exists outreach_queue_own_rows on public.outreach_queue;
create policy outreach_queue_own_rows on public.outreach_queue for select to authenticated using (target_user_id = auth.uid());
grant update (status, delivered_at, seen_at, responded_at, response_action) on table public.outreach_queue to authenticated;
drop policy if exists outreach_queue_own_answer on public.outreach_queue;
create policy outreach_queue_own_answer on public.outreach_queue for update to authenticated
    using (target_user_id = auth.uid() and status in ('pending', 'scheduled', 'delivered', 'seen'))
    with check (target_user_id = auth.uid() and status in ('delivered', 'seen', 'accepted', 'rejected', 'ignored'));

alter table public.outreach_history enable row level security;
revoke all on table public.outreach_history from public, anon, authenticated;
grant all on table public.outreach_history to service_role;
drop policy if exists outreach_history_service on public.outreach_history;
create policy outreach_history_service on public.outreach_history for all to service_role using (true) with check (true);
grant select on table public.outreach_history to authenticated;
drop policy if exists outreach_history_own_rows on public.outreach_history;
create policy outreach_history_own_rows on public.outreach_history for select to authenticated using (target_user_id = auth.uid());

alter table public.compatibility_cache enable row level security;
revoke all on table public.compatibility_cache from public, anon, authenticated;
grant all on table public.compatibility_cache to service_role;
drop policy if exists compatibility_cache_service on public.compatibility_cache;
create policy compatibility_cache_service on public.compatibility_cache for all to service_role using (true) with check (true);
grant select (id, source_id, source_type, target_id, target_type, compatibility_score, knot_compatibility, quantum_fidelity, location_compatibility, timing_compatibility, vibe_alignment, future_compatibility, current_fabric_stability, predicted_fabric_stability, future_compatibility_time, compatibility_trajectory, fabric_stability_improvement, evolution_trend, evolution_rate, calculation_method, calculation_version, calculated_at, expires_at, metadata) on table public.compatibility_cache to authenticated;
drop policy if exists compatibility_cache_own_rows on public.compatibility_cache;
create policy compatibility_cache_own_rows on public.compatibility_cache for select to authenticated using ((source_type = 'user' and source_id = auth.uid()::text) or (target_type = 'user' and target_id = auth.uid()::text));

alter table public.predictive_signals_cache enable row level security;
revoke all on table public.predictive_signals_cache from public, anon, authenticated;
grant all on table public.predictive_signals_cache to service_role;
drop policy if exists predictive_signals_cache_service on public.predictive_signals_cache;
create policy predictive_signals_cache_service on public.predictive_signals_cache for all to service_role using (true) with check (true);
grant select (id, entity_id, entity_type, signal_type, prediction_data, prediction_time, target_time, confidence, calculated_at, expires_at, metadata) on table public.predictive_signals_cache to authenticated;
drop policy if exists predictive_signals_cache_own_rows on public.predictive_signals_cache;
create policy predictive_signals_cache_own_rows on public.predictive_signals_cache for select to authenticated using (entity_type = 'user' and entity_id = auth.uid()::text);

alter table public.outreach_processing_jobs enable row level security;
revoke all on table public.outreach_processing_jobs from public, anon, authenticated;
grant all on table public.outreach_processing_jobs to service_role;
drop policy if exists outreach_processing_jobs_service on public.outreach_processing_jobs;
create policy outreach_processing_jobs_service on public.outreach_processing_jobs for all to service_role using (true) with check (true);

create or replace function public.cleanup_expired_outreach_cache() returns integer language plpgsql security invoker set search_path = '' as $weft$
declare
    pairs integer;
    signals integer;
begin
    delete from public.compatibility_cache where expires_at <= now();
    get diagnostics pairs = row_count;
    delete from public.predictive_signals_cache where expires_at <= now();
    get diagnostics signals = row_count;
    update public.outreach_queue set status = 'expired', updated_at = now()
        where status in ('pending', 'scheduled') and expires_at <= now();
    return pairs + signals;
end
$weft$;
revoke all on function public.cleanup_expired_outreach_cache() from public, anon, authenticated;
grant execute on function public.cleanup_expired_outreach_cache() to service_role;

create or replace function public.get_pending_outreach_count(p_user_id uuid) returns integer language sql stable security invoker set search_path = '' as $weft$
    select count(*)::integer from public.outreach_queue
        where target_user_id = p_user_id
            and status in ('pending', 'scheduled', 'delivered')
            and (expires_at is null or expires_at > now())
$weft$;
revoke all on function public.get_pending_outreach_count(uuid) from public, anon;
grant execute on function public.get_pending_outreach_count(uuid) to authenticated, service_role;

create or replace function public.has_recent_outreach(p_target_user_id uuid, p_source_id text, p_type text, p_lookback_days integer default 30) returns boolean language plpgsql stable security invoker set search_path = '' as $weft$
begin
    if p_lookback_days is null or p_lookback_days < 0 then
        raise exception 'p_lookback_days: got %, expected a number of days >= 0',
            coalesce(p_lookback_days::text, 'NULL') using errcode = '22023';
    end if;
    return exists (select from public.outreach_history
        where target_user_id = p_target_user_id and source_id = p_source_id
            and type = p_type
            and sent_at >= case when p_lookback_days > 1000000 then '-infinity'
                else now() - make_interval(hours => 24 * p_lookback_days) end);
end
$weft$;
revoke all on function public.has_recent_outreach(uuid, text, text, integer) from public, anon;
grant execute on function public.has_recent_outreach(uuid, text, text, integer) to authenticated, service_role;

do $weft$ begin
    if not exists (select from pg_catalog.pg_dist_partition
            where logicalrelid = 'public.outreach_queue'::regclass) then
        perform create_distributed_table('public.outreach_queue', 'target_user_id');
    end if;
end $weft$;
do $weft$ begin
    if not exists (select from pg_catalog.pg_dist_partition
            where logicalrelid = 'public.outreach_history'::regclass) then
        perform create_distributed_table('public.outreach_history', 'target_user_id');
    end if;
end $weft$;
do $weft$ begin
    if not exists (select from pg_catalog.pg_dist_partition
            where logicalrelid = 'public.compatibility_cache'::regclass) then
        perform create_distributed_table('public.compatibility_cache', 'source_id');
    end if;
end $weft$;
do $weft$ begin
    if not exists (select from pg_catalog.pg_dist_partition
            where logicalrelid = 'public.predictive_signals_cache'::regclass) then
        perform create_distributed_table('public.predictive_signals_cache', 'entity_id');
    end if;
end $weft$;
do $weft$ begin
    if not exists (select from pg_catalog.pg_dist_partition
            where logicalrelid = 'public.outreach_processing_jobs'::regclass) then
        perform create_reference_table('public.outreach_processing_jobs');
    end if;
end $weft$;

create index if not exists idx_outreach_queue_expires on public.outreach_queue (expires_at) where expires_at is not null and status in ('pending', 'scheduled');
create index if not exists idx_outreach_history_sent on public.outreach_history using brin (sent_at);
grant select (source_snapshot) on table public.predictive_signals_cache to authenticated;

comment on table public.outreach_queue is 'Outreach that waits to be sent, or for an answer.';
comment on column public.outreach_queue.source_id is 'Whatever kind source_type says.';
comment on column public.outreach_queue.from_agent_id is 'An agent''s id, never a person''s.';
comment on column public.outreach_queue.to_agent_id is 'An agent''s id, never a person''s.';
comment on column public.outreach_queue.metadata is 'A JSON object without personal data; encryption_type is signalProtocol or aes256gcm.';
comment on column public.outreach_queue.optimal_timing is 'The best moment found for the recipient.';
comment on column public.outreach_queue.scheduled_for is 'When it shall be sent.';
comment on column public.outreach_queue.status is 'pending, scheduled, delivered, seen, then an answer; or expired.';
comment on column public.outreach_queue.response_action is 'Where set, the same as status.';
comment on column public.outreach_queue.priority is '1 (first) to 10 (last).';
comment on column public.outreach_queue.updated_at is 'The clock''s unless an update says it.';
comment on table public.outreach_history is 'Outreach that was sent; cooldowns and the one-a-day rule look here.';
comment on column public.outreach_history.sent_at is 'Its UTC day counts for the one-a-day rule.';
comment on column public.outreach_history.from_agent_id is 'An agent''s id, never a person''s.';
comment on column public.outreach_history.to_agent_id is 'An agent''s id, never a person''s.';
comment on column public.outreach_history.metadata is 'A JSON object without personal data; encryption_type is signalProtocol or aes256gcm.';
comment on column public.outreach_history.updated_at is 'The clock''s unless an update says it.';
comment on table public.compatibility_cache is 'The compatibility of a source with a target, kept until it expires; directional.';
comment on column public.compatibility_cache.future_compatibility is 'The best score within the horizon.';
comment on column public.compatibility_cache.future_compatibility_time is 'When it is reached.';
comment on column public.compatibility_cache.fabric_stability_improvement is 'Predicted less current stability, -1 to 1.';
comment on column public.compatibility_cache.evolution_rate is 'Change per day.';
comment on column public.compatibility_cache.source_snapshot is 'The source as it was scored; not shown to users.';
comment on column public.compatibility_cache.target_snapshot is 'The target as it was scored; not shown to users.';
comment on column public.compatibility_cache.metadata is 'A JSON object without personal data; encryption_type is signalProtocol or aes256gcm.';
comment on table public.predictive_signals_cache is 'Predictions about one entity, each kept until it expires.';
comment on column public.predictive_signals_cache.prediction_data is 'A document of the kind signal_type says.';
comment on column public.predictive_signals_cache.target_time is 'NULL: of no particular time; such a signal is one.';
comment on column public.predictive_signals_cache.source_snapshot is 'What it was predicted from: the entity''s own.';
comment on column public.predictive_signals_cache.metadata is 'A JSON object without personal data; encryption_type is signalProtocol or aes256gcm.';
comment on table public.outreach_processing_jobs is 'Runs of the background work, with their counts.';
comment on column public.outreach_processing_jobs.started_at is 'Set when a worker claims it; older than the lease, it may be claimed again.';
comment on column public.outreach_processing_jobs.items_processed is 'At least items_succeeded + items_failed.';
comment on column public.outreach_processing_jobs.retry_count is 'How often it was claimed again.';
comment on column public.outreach_processing_jobs.parameters is 'What the run was asked for.';
comment on column public.outreach_processing_jobs.updated_at is 'The clock''s unless an update says it.';

create or replace function public.outreach_schema_version() returns integer language sql immutable security invoker set search_path = '' as $weft$
    select 2
$weft$;
revoke all on function public.outreach_schema_version() from public, anon, authenticated;
grant execute on function public.outreach_schema_version() to service_role;


create or replace function public.outreach_schema_version() returns integer language sql immutable security invoker set search_path = '' as $weft$
    select 3
$weft$;
revoke all on function public.outreach_schema_version() from public, anon, authenticated;
grant execute on function public.outreach_schema_version() to service_role;


commit;
