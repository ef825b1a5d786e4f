-- Upkeep by pg_cron (on Supabase: Database, Extensions, pg_cron). Each call is one short
-- transaction of at most 1,000 rows a table; what is left over waits for the next one.
select cron.schedule('outreach-cleanup', '*/5 * * * *', 'select public.cleanup_outreach_batch(1000)');
select cron.schedule('outreach-retention', '17 * * * *', 'select public.retain_outreach(365, 90, 30, 1000)');
-- To end it: select cron.unschedule('outreach-cleanup'); select cron.unschedule('outreach-retention');
