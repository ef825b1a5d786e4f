begin;

create or replace function public.outreach_may_be_queued(p_target_user_id uuid, p_source_id text, p_type text, p_lookback_days integer default 30, p_now timestamp with time zone default now()) returns boolean language plpgsql volatile security invoker set search_path = '' as $weft$
begin
    if p_lookback_days is null or p_lookback_days < 0 then
        raise exception 'p_lookback_days: got %, expected a number of days >= 0',
            coalesce(p_lookback_days::text, 'NULL') using errcode = '22023';
    end if;
    if current_setting('transaction_isolation') in ('repeatable read', 'serializable') then
        raise exception 'what others queued meanwhile can be seen under READ COMMITTED only'
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

create or replace function public.outreach_schema_version() returns integer language sql immutable security invoker set search_path = '' as $weft$
    select 3
$weft$;
revoke all on function public.outreach_schema_version() from public, anon, authenticated;
grant execute on function public.outreach_schema_version() to service_role;


commit;
