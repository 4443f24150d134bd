-- Questions about one meter, and about prices, look for what they ask and not through everything that is new.

-- On the apache edition the newest part of a roll-up came from series_fold_…(). Because its arguments hold a subquery the planner does not
-- inline it, so it folded the newest readings of all meters to answer for one. Here its text stands in its place, with the roll-up's line
-- for its bounds: a condition on the meter then reaches the readings. One on the time must not, there it would be computed for every
-- reading, level by level; hence max(), which says the same of a group. series_refresh() goes on with the functions.
do $$
declare
  level text;
  fold text;
  bucket text;
  line text;
begin
  if current_setting('timescaledb.license', true) = 'timescale' then
    return;
  end if;
  foreach level in array array['1min', '15min', '1h', '1d'] loop
    select prosrc into strict fold from pg_proc where oid = format('series_fold_%s', level)::regproc;
    bucket := substring(fold from 'time_bucket\([^)]*\)');
    line := format('(select %s from (select series_watermark() as ts) w)', bucket);
    fold := replace(fold, bucket, format('max(%s)', bucket));
    fold := replace(fold, 'ts >= lo and ts < hi', format('ts >= %s', line));
    fold := replace(fold, 'group by 1, 2', format('group by meter_id, %s', bucket));
    execute format(
      'create or replace view readings_%1$s_rollup as
       select * from readings_%1$s_stored where ts < %2$s
       union all
       %3$s', level, line, fold);
  end loop;
end $$;

-- The second half of prices_15min: most tenants have no price of more than a quarter-hour, and now need not look for one.
create index if not exists market_prices_long on market_prices (market, product, ts) where resolution_s > 900;
