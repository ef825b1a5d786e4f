begin;

drop trigger if exists "forget_outreach_public" on auth.users;
drop table if exists public.outreach_queue;
drop table if exists public.outreach_history;
drop table if exists public.compatibility_cache;
drop table if exists public.predictive_signals_cache;
drop table if exists public.outreach_processing_jobs;
drop function if exists public.cleanup_expired_outreach_cache();
drop function if exists public.get_pending_outreach_count(uuid);
drop function if exists public.has_recent_outreach(uuid, text, text, integer);
drop function if exists public.outreach_updated_at_said();
drop function if exists public.outreach_updated_at_kept();
drop function if exists public.outreach_forget_user();
commit;
