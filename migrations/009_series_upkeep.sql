-- Upkeep of the series costs less, and the history of runs has an end.

-- The simulator keeps a month of its runs (see forgetOldSimRuns).
grant delete on sim_runs to luna_sim;
comment on column sim_runs.updated_at is 'Newest sign of life: progress of a run, or that a file which was loaded under this id is still asked for. Old rows are removed by it.';

-- Apache edition: quarter-hours are made of the minutes that the same refresh has just made, and of the rows that are in no minute because
-- their interval is longer. They used to be folded out of all readings a second time, which took as long as the minutes did.
do $$
declare
  quarter constant text := 'interval ''15 minutes''';
  settle text;
  long_rows text;
begin
  if current_setting('timescaledb.license', true) = 'timescale' then
    return;
  end if;
  select prosrc into strict settle from pg_proc where oid = 'series_settle_1h'::regproc;
  select replace(prosrc, 'interval_s > 0', 'interval_s > 60') into strict long_rows from pg_proc where oid = 'series_fold_15min'::regproc;
  settle := replace(settle, 'interval ''1 hour''', quarter);
  settle := replace(settle, 'from readings_15min_stored where ts >= lo and ts < hi',
    format('from (select * from readings_1min_stored where ts >= lo and ts < hi union all (%s)) parts', long_rows));
  execute format(
    'create or replace function series_settle_15min(lo timestamptz, hi timestamptz) returns setof readings_15min_stored language sql stable as
     $fold$%s$fold$', settle);
  execute replace(pg_get_functiondef('series_refresh'::regproc), 'series_fold_15min', 'series_settle_15min');
end $$;
