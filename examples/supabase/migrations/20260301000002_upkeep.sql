begin;

create index if not exists idx_outreach_queue_expires on public.outreach_queue (expires_at) where expires_at is not null and status in ('pending', 'scheduled');
create index if not exists idx_outreach_history_sent on public.outreach_history using brin (sent_at);
grant select (source_snapshot) on table public.predictive_signals_cache to authenticated;

create or replace function public.outreach_may_be_queued(p_target_user_id uuid, p_source_id text, p_type text, p_lookback_days integer default 30, p_now timestamp with time zone default now()) returns boolean language plpgsql volatile security invoker set search_path = '' as $weft$
begin
    if p_lookback_days is null or p_lookback_days < 0 then
        raise exception 'p_lookback_days: got %, expected a number of days >= 0',
            coalesce(p_lookback_days::text, 'NULL') using errcode = '22023';
    end if;
    if current_setting('transaction_isolation') = 'repeatable read' then
        raise exception 'under REPEATABLE READ what others queued meanwhile cannot be seen'
            using errcode = '25001';
    end if;
    perform pg_advisory_xact_lock(hashtextextended(
        p_target_user_id::text || ' ' || p_type || ' ' || p_source_id, 7765));
    return not exists (select from public.outreach_queue
            where target_user_id = p_target_user_id and source_id = p_source_id
                and type = p_type
                and status in ('pending', 'scheduled', 'delivered', 'seen')
                and (expires_at is null or expires_at > p_now))
        and not exists (select from public.outreach_history
            where target_user_id = p_target_user_id and source_id = p_source_id
                and type = p_type
                and sent_at >= case when p_lookback_days > 1000000 then '-infinity'
                    else p_now - make_interval(hours => 24 * p_lookback_days) end);
end
$weft$;
revoke all on function public.outreach_may_be_queued(uuid, text, text, integer, timestamp with time zone) from public, anon, authenticated;
grant execute on function public.outreach_may_be_queued(uuid, text, text, integer, timestamp with time zone) to service_role;

create or replace function public.cleanup_outreach_batch(p_limit integer default 1000) returns integer language plpgsql volatile security invoker set search_path = '' as $weft$
declare
    step integer;
    total integer := 0;
begin
    if p_limit is null or p_limit < 1 then
        raise exception 'p_limit: got %, expected at least 1',
            coalesce(p_limit::text, 'NULL') using errcode = '22023';
    end if;
    delete from public.compatibility_cache where id = any (array(select id from public.compatibility_cache
            where expires_at <= now()
            limit p_limit for update skip locked));
    get diagnostics step = row_count;
    total := total + step;
    delete from public.predictive_signals_cache where id = any (array(select id from public.predictive_signals_cache
            where expires_at <= now()
            limit p_limit for update skip locked));
    get diagnostics step = row_count;
    total := total + step;
    update public.outreach_queue set status = 'expired' where id = any (array(select id from public.outreach_queue
            where status in ('pending', 'scheduled') and expires_at <= now()
            limit p_limit for update skip locked));
    get diagnostics step = row_count;
    total := total + step;
    return total;
end
$weft$;
revoke all on function public.cleanup_outreach_batch(integer) from public, anon, authenticated;
grant execute on function public.cleanup_outreach_batch(integer) to service_role;

create or replace function public.retain_outreach(p_history_days integer default 365, p_queue_days integer default 90, p_job_days integer default 30, p_limit integer default 1000) returns integer language plpgsql volatile security invoker set search_path = '' as $weft$
declare
    step integer;
    total integer := 0;
begin
    if p_limit is null or p_limit < 1 then
        raise exception 'p_limit: got %, expected at least 1',
            coalesce(p_limit::text, 'NULL') using errcode = '22023';
    end if;
    if coalesce(p_history_days, -1) < 30 or coalesce(p_queue_days, -1) < 1
            or coalesce(p_job_days, -1) < 1
            or greatest(p_history_days, p_queue_days, p_job_days) > 1000000 then
        raise exception 'days to keep: expected history >= 30 (cooldowns look that far back), queue and jobs >= 1, at most 1000000'
            using errcode = '22023';
    end if;
    delete from public.outreach_history where id = any (array(select id from public.outreach_history
            where sent_at < now() - make_interval(hours => 24 * p_history_days)
            limit p_limit for update skip locked));
    get diagnostics step = row_count;
    total := total + step;
    delete from public.outreach_queue where id = any (array(select id from public.outreach_queue
            where status in ('accepted', 'rejected', 'ignored', 'expired')
                and updated_at < now() - make_interval(hours => 24 * p_queue_days)
            limit p_limit for update skip locked));
    get diagnostics step = row_count;
    total := total + step;
    delete from public.outreach_processing_jobs where id = any (array(select id from public.outreach_processing_jobs
            where status in ('completed', 'failed', 'cancelled')
                and updated_at < now() - make_interval(hours => 24 * p_job_days)
            limit p_limit for update skip locked));
    get diagnostics step = row_count;
    total := total + step;
    return total;
end
$weft$;
revoke all on function public.retain_outreach(integer, integer, integer, integer) from public, anon, authenticated;
grant execute on function public.retain_outreach(integer, integer, integer, integer) to service_role;

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


commit;
