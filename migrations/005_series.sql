-- Time series at rest: roll-ups, compression, retention, and the one way in for rows that may already be there.
--
-- TimescaleDB comes in two editions. On `timescale` the roll-ups are continuous aggregates with policies; on `apache` they are tables that
-- series_refresh() keeps, called by the services. The views above them (readings_1min, readings_15min, readings_1h, readings_1d) are the
-- same, and so are their answers: closed intervals from the roll-up, newer ones from the rows themselves; late rows below that line count
-- from the next refresh on. Days are local days of Europe/Berlin, so they have 23, 24 or 25 hours.
--
-- Prices need no roll-up: a year of quarter-hours is 35 thousand rows. Their views count from the rows, so a restated price is in them at once.

-- ---------------------------------------------------------------------------------------------------------------- settings and state

create table if not exists series_settings (
  only_row            bool primary key default true check (only_row),
  raw_days            int default 400 check (raw_days >= 2),
  minute_days         int default 400 check (minute_days >= 2),
  compress_after_days int default 7 check (compress_after_days >= 1)
);
insert into series_settings default values on conflict do nothing;
comment on table series_settings is 'One row. How long series are kept; null for ever. Changing it takes effect at once.';
comment on column series_settings.raw_days is 'Days that readings are kept one by one. Quarter-hours, hours and days are kept for ever.';
comment on column series_settings.minute_days is 'Days that the roll-up by minutes is kept.';
comment on column series_settings.compress_after_days is 'Readings older than this are compressed, where the edition can.';

create table if not exists series_state (
  only_row  bool primary key default true check (only_row),
  watermark timestamptz not null default '2000-01-01T00:00:00Z',
  raw_from  timestamptz not null default '-infinity'
);
insert into series_state default values on conflict do nothing;
comment on column series_state.watermark is 'Apache edition: the roll-ups are complete below this time, late rows aside.';
comment on column series_state.raw_from is 'Below this time readings were dropped: roll-ups below it are never computed again.';

create table if not exists series_changes (bucket timestamptz not null);
comment on table series_changes is 'Apache edition: quarter-hours in which readings changed since they were rolled up. A quarter-hour may stand in it many times.';

create table if not exists live_series (
  kind   text not null check (kind in ('meter', 'price')),
  name   text not null,
  source text not null,
  since  timestamptz not null,
  primary key (kind, name)
);
comment on table live_series is 'Meters and price series (market/product) that a live source feeds: the simulator leaves them alone. Without its row a series is simulated again.';
comment on column live_series.since is 'Start of the first live interval.';

-- ------------------------------------------------------------------------------------------------------------------------- roll-ups
-- Powers are summed times their interval (kW·s), so that means, energies and gaps come out right whatever the intervals are. Rows whose
-- interval is not known are in no roll-up; rows of more than a minute are not in that of minutes.

create or replace function series_watermark() returns timestamptz language sql stable security definer set search_path = public, pg_temp
  as 'select watermark from series_state';

do $$
declare
  over_rows constant text := $q$
    sum(consumption_kw * interval_s) as import_kws, sum(production_kw * interval_s) as export_kws,
    sum(interval_s) filter (where consumption_kw is not null) as import_s,
    sum(interval_s) filter (where production_kw is not null) as export_s,
    max(consumption_kw) as max_import_kw, max(production_kw) as max_export_kw,
    sum(voltage * interval_s) as volt_s, sum(interval_s) filter (where voltage is not null) as voltage_s,
    min(voltage) as min_voltage, max(voltage) as max_voltage,
    count(*) as readings, count(*) filter (where consumption_kw is null) as missing, max(interval_s) as longest_s$q$;
  over_rollup constant text := $q$
    sum(import_kws) as import_kws, sum(export_kws) as export_kws,
    sum(import_s)::bigint as import_s, sum(export_s)::bigint as export_s,
    max(max_import_kw) as max_import_kw, max(max_export_kw) as max_export_kw,
    sum(volt_s) as volt_s, sum(voltage_s)::bigint as voltage_s,
    min(min_voltage) as min_voltage, max(max_voltage) as max_voltage,
    sum(readings)::bigint as readings, sum(missing)::bigint as missing, max(longest_s) as longest_s$q$;
  -- level, what it is made of, bucket, condition, columns, and for the apache edition the length of a chunk
  levels constant text[][] := array[
    ['1min', 'smart_meter_readings', 'time_bucket(interval ''1 minute'', ts)', 'interval_s <= 60', over_rows, '7 days'],
    ['15min', 'smart_meter_readings', 'time_bucket(interval ''15 minutes'', ts)', 'interval_s > 0', over_rows, '30 days'],
    ['1h', 'readings_15min_rollup', 'time_bucket(interval ''1 hour'', ts)', 'readings > 0', over_rollup, '180 days'],
    ['1d', 'readings_1h_rollup', 'time_bucket(interval ''1 day'', ts, ''Europe/Berlin'')', 'readings > 0', over_rollup, '3650 days']];
  one text[];
begin
  if to_regclass('readings_1min_rollup') is not null then
    return;
  end if;
  foreach one slice 1 in array levels loop
    if current_setting('timescaledb.license', true) = 'timescale' then
      execute format(
        'create materialized view readings_%s_rollup with (timescaledb.continuous, timescaledb.materialized_only = false) as
         select meter_id, %s as ts, %s from %I where %s group by 1, 2 with no data', one[1], one[3], one[5], one[2], one[4]);
    else
      -- What the level says of a stretch of time, from the level below; inlined by the planner.
      execute format(
        'create function series_fold_%s(lo timestamptz, hi timestamptz) returns table (
           meter_id text, ts timestamptz, import_kws float8, export_kws float8, import_s bigint, export_s bigint, max_import_kw float8,
           max_export_kw float8, volt_s float8, voltage_s bigint, min_voltage float8, max_voltage float8, readings bigint,
           missing bigint, longest_s int) language sql stable as
         $fold$ select meter_id, %s, %s from %I where ts >= lo and ts < hi and %s group by 1, 2 $fold$',
        one[1], one[3], one[5], one[2], one[4]);
      execute format(
        'create table readings_%1$s_stored as select * from series_fold_%1$s(''-infinity'', ''-infinity'') with no data;
         alter table readings_%1$s_stored add primary key (meter_id, ts);
         select create_hypertable(''readings_%1$s_stored'', ''ts'', chunk_time_interval => interval %2$L, create_default_indexes => false);
         create index readings_%1$s_stored_ts on readings_%1$s_stored (ts)', one[1], one[6]);
      execute format(
        'create view readings_%1$s_rollup as
         select * from readings_%1$s_stored where ts < (select %2$s from (select series_watermark() as ts) w)
         union all
         select * from series_fold_%1$s((select %2$s from (select series_watermark() as ts) w), ''infinity'')', one[1], one[3]);
      -- The same from what is stored of the level below, for the refresh: there everything up to its line is stored already.
      if one[2] <> 'smart_meter_readings' then
        execute format(
          'create function series_settle_%1$s(lo timestamptz, hi timestamptz) returns setof readings_%1$s_stored language sql stable as
           $fold$ select meter_id, %2$s, %3$s from %4$I where ts >= lo and ts < hi group by 1, 2 $fold$',
          one[1], one[3], one[5], replace(one[2], '_rollup', '_stored'));
      end if;
      -- A function in a view runs with the rights of whoever asks.
      execute format('grant execute on function series_fold_%s(timestamptz, timestamptz) to luna_api, luna_sim, luna_admin', one[1]);
      execute format('grant select on readings_%s_rollup to luna_api, luna_sim, luna_admin', one[1]);
    end if;
    execute format(
      'create view readings_%1$s as select meter_id, ts,
         import_kws / nullif(import_s, 0) as consumption_kw, export_kws / nullif(export_s, 0) as production_kw,
         import_kws / 3600 as import_kwh, export_kws / 3600 as export_kwh, import_s as covered_s,
         max_import_kw as max_consumption_kw, max_export_kw as max_production_kw,
         volt_s / nullif(voltage_s, 0) as voltage, min_voltage, max_voltage, readings, missing, longest_s
       from readings_%1$s_rollup', one[1]);
    execute format('comment on view readings_%1$s is %2$L', one[1],
      'Readings by ' || one[1] || ', the same on both editions: mean powers (kW), energies (kWh), seconds that have a value (covered_s).');
  end loop;
end $$;

create or replace view prices_15min as
  select market, product, ts, price_eur_mwh, source from market_prices where coalesce(resolution_s, 900) <= 900
  union all
  select market, product, slot, price_eur_mwh, source
  from market_prices, lateral generate_series(ts, ts + make_interval(secs => resolution_s - 1), interval '15 minutes') slot
  where resolution_s > 900;
comment on view prices_15min is 'The price of every quarter-hour; a longer delivery interval stands in each of its quarters.';

create or replace view prices_1h as
  select market, product, time_bucket(interval '1 hour', ts) as ts,
    sum(price_eur_mwh * coalesce(resolution_s, 900)) / nullif(sum(coalesce(resolution_s, 900)) filter (where price_eur_mwh is not null), 0) as price_eur_mwh,
    min(price_eur_mwh) as min_price_eur_mwh, max(price_eur_mwh) as max_price_eur_mwh, sum(volume) as volume,
    sum(coalesce(resolution_s, 900)) filter (where price_eur_mwh is not null) as covered_s
  from market_prices group by 1, 2, 3;
create or replace view prices_1d as
  select market, product, time_bucket(interval '1 day', ts, 'Europe/Berlin') as ts,
    sum(price_eur_mwh * coalesce(resolution_s, 900)) / nullif(sum(coalesce(resolution_s, 900)) filter (where price_eur_mwh is not null), 0) as price_eur_mwh,
    min(price_eur_mwh) as min_price_eur_mwh, max(price_eur_mwh) as max_price_eur_mwh, sum(volume) as volume,
    sum(coalesce(resolution_s, 900)) filter (where price_eur_mwh is not null) as covered_s
  from market_prices group by 1, 2, 3;
comment on view prices_1h is 'Prices by hour: means weighted by the length of the delivery interval.';
comment on view prices_1d is 'Prices by local day of Europe/Berlin, weighted likewise.';

-- ------------------------------------------------------------------------------------------------ the apache edition's own bookkeeping

-- Appends only, so writers never wait for each other; the refresh deletes the marks that it sees and reads the rows in a later snapshot.
create or replace function series_note_changes() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  insert into series_changes select distinct time_bucket(interval '15 minutes', ts) from changed;
  return null;
end $$;

do $$
begin
  if current_setting('timescaledb.license', true) = 'timescale' then
    return;
  end if;
  create or replace trigger series_note_insert after insert on smart_meter_readings
    referencing new table as changed for each statement execute function series_note_changes();
  create or replace trigger series_note_update after update on smart_meter_readings
    referencing new table as changed for each statement execute function series_note_changes();
  create or replace trigger series_note_delete after delete on smart_meter_readings
    referencing old table as changed for each statement execute function series_note_changes();
end $$;

-- Rolls up to max_quarters quarter-hours that changed and are over at `moment`, oldest first, and returns how many are left; -1 while
-- another one is at it.
create or replace function series_refresh(max_quarters int, moment timestamptz default now()) returns int
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  open_from constant timestamptz := time_bucket(interval '15 minutes', moment);
  quarters timestamptz[];
  lo timestamptz;
  hi timestamptz;
  wide_lo timestamptz;
  wide_hi timestamptz;
begin
  if current_setting('timescaledb.license', true) = 'timescale' then
    return 0;
  end if;
  if not pg_try_advisory_xact_lock(hashtext('luna.series.refresh')) then
    return -1;
  end if;
  delete from series_changes where bucket < (select raw_from from series_state);
  select array_agg(bucket order by bucket) into quarters from (
    select distinct bucket from series_changes where bucket < open_from order by 1 limit max_quarters) q;
  if quarters is null then
    return 0;
  end if;
  delete from series_changes where bucket = any (quarters);
  -- Neighbours are done in one go: numbering them makes the difference to their number constant within a run of neighbours.
  for lo, hi in
    select min(bucket), max(bucket) + interval '15 minutes'
    from (select bucket, bucket - row_number() over (order by bucket) * interval '15 minutes' as run from unnest(quarters) bucket) r
    group by run order by 1
  loop
    delete from readings_1min_stored where ts >= lo and ts < hi;
    insert into readings_1min_stored select * from series_fold_1min(lo, hi);
    delete from readings_15min_stored where ts >= lo and ts < hi;
    insert into readings_15min_stored select * from series_fold_15min(lo, hi);
    update series_state set watermark = greatest(watermark, hi);
    wide_lo := time_bucket(interval '1 hour', lo);
    wide_hi := time_bucket(interval '1 hour', hi + interval '59 minutes 59 seconds');
    delete from readings_1h_stored where ts >= wide_lo and ts < wide_hi;
    insert into readings_1h_stored select * from series_settle_1h(wide_lo, wide_hi);
    wide_lo := time_bucket(interval '1 day', lo, 'Europe/Berlin');
    wide_hi := time_bucket(interval '1 day', hi + interval '25 hours', 'Europe/Berlin');
    delete from readings_1d_stored where ts >= wide_lo and ts < wide_hi;
    insert into readings_1d_stored select * from series_settle_1d(wide_lo, wide_hi);
  end loop;
  return (select count(distinct bucket) from series_changes where bucket < open_from);
end $$;
comment on function series_refresh is 'Apache edition: brings the roll-ups up to date, a piece at a time. Does nothing on the other one, whose policies do it.';

-- Drops what is older at `moment` (at most now) than the settings say. On the timescale edition policies do.
create or replace function series_expire(moment timestamptz default now()) returns int
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  kept series_settings;
  today constant timestamptz := least(moment, now());
  dropped int := 0;
  piece int;
begin
  if current_setting('timescaledb.license', true) = 'timescale' then
    return 0;
  end if;
  select * into kept from series_settings;
  if kept.raw_days is not null then
    -- Before it is gone, what changed in it is rolled up; from then on nothing below the line is computed again.
    if exists (select from series_changes where bucket < today - make_interval(days => kept.raw_days)) then
      return 0;
    end if;
    select count(*) into piece from drop_chunks('smart_meter_readings', older_than => today - make_interval(days => kept.raw_days));
    dropped := dropped + piece;
    update series_state set raw_from = greatest(raw_from, today - make_interval(days => kept.raw_days));
  end if;
  if kept.minute_days is not null then
    select count(*) into piece from drop_chunks('readings_1min_stored', older_than => today - make_interval(days => kept.minute_days));
    dropped := dropped + piece;
  end if;
  return dropped;
end $$;
comment on function series_expire is 'Apache edition: drops readings and minutes that are older than series_settings say; returns how many chunks went.';

-- ---------------------------------------------------------------------------------------- the timescale edition's policies and settings

create or replace function series_apply_settings() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  level text;
begin
  if current_setting('timescaledb.license', true) is distinct from 'timescale' then
    return null;
  end if;
  perform remove_retention_policy('smart_meter_readings', if_exists => true);
  perform remove_retention_policy('readings_1min_rollup', if_exists => true);
  perform remove_compression_policy('smart_meter_readings', if_exists => true);
  if new.raw_days is not null then
    perform add_retention_policy('smart_meter_readings', make_interval(days => new.raw_days));
  end if;
  if new.minute_days is not null then
    perform add_retention_policy('readings_1min_rollup', make_interval(days => new.minute_days));
  end if;
  if new.compress_after_days is not null then
    perform add_compression_policy('smart_meter_readings', make_interval(days => new.compress_after_days));
  end if;
  -- What was dropped must not be computed again as if it had never been: the refresh begins where readings are kept.
  foreach level in array array['1min', '15min', '1h', '1d'] loop
    perform remove_continuous_aggregate_policy(format('readings_%s_rollup', level)::regclass, if_exists => true);
    perform add_continuous_aggregate_policy(format('readings_%s_rollup', level)::regclass,
      start_offset => make_interval(days => least(new.raw_days, case when level = '1min' then new.minute_days end) - 1),
      end_offset => interval '15 minutes', schedule_interval => interval '5 minutes');
  end loop;
  return null;
end $$;

do $$
begin
  if current_setting('timescaledb.license', true) = 'timescale' then
    alter table smart_meter_readings set (
      timescaledb.compress, timescaledb.compress_segmentby = 'meter_id', timescaledb.compress_orderby = 'ts desc');
  end if;
end $$;

create or replace trigger series_apply_settings after insert or update on series_settings
  for each row execute function series_apply_settings();
update series_settings set only_row = true;

-- A chunk should hold some millions of rows, so that the newest ones fit into memory and a year is not hundreds of them.
create or replace function series_fit_chunks(rows_per_day float8) returns interval
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  fitting constant interval := case
    when rows_per_day > 20e6 then interval '6 hours'
    when rows_per_day > 2e6 then interval '1 day'
    when rows_per_day > 300e3 then interval '7 days'
    else interval '28 days' end;
  now_is interval;
begin
  select time_interval into now_is from timescaledb_information.dimensions
    where hypertable_schema = 'public' and hypertable_name = 'smart_meter_readings' and dimension_number = 1;
  if now_is is distinct from fitting then
    perform set_chunk_time_interval('smart_meter_readings', fitting);
  end if;
  return fitting;
end $$;
comment on function series_fit_chunks is 'Chooses the length of the chunks that readings are stored in by how many arrive in a day; holds for chunks made from now on.';

-- ------------------------------------------------------------------------------------------------------------ rows that may be there

-- Makes this session's waiting room: rows are copied into it and then put where they belong, in one transaction.
create or replace function series_waiting_room() returns void
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if to_regclass('pg_temp.readings_in') is not null then
    return;
  end if;
  create temp table readings_in (like smart_meter_readings including defaults) on commit delete rows;
  create temp table prices_in (like market_prices including defaults) on commit delete rows;
  grant select, insert on pg_temp.readings_in, pg_temp.prices_in to luna_api, luna_sim;
end $$;

-- What a simulator has: new rows come in, what is there stays.
create or replace function series_add_readings() returns bigint
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  added bigint;
begin
  insert into smart_meter_readings select * from pg_temp.readings_in on conflict (meter_id, ts) do nothing;
  get diagnostics added = row_count;
  return added;
end $$;

-- What a live source has. Its readings take the place of simulated ones that they overlap, and of ones that were missing or filled in;
-- other values that are there already stay, unless `replacing`. From its first reading on the simulator leaves a meter alone.
create or replace function series_put_readings(replacing bool, out stored bigint, out replaced bigint, out unchanged bigint, out kept bigint, out displaced bigint)
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  lo timestamptz;
  hi timestamptz;
begin
  select min(ts), max(ts + make_interval(secs => coalesce(interval_s, 0))) into lo, hi from pg_temp.readings_in;
  if exists (select from pg_temp.readings_in i where not exists (
      select from live_series l where l.kind = 'meter' and l.name = i.meter_id)) then
    -- Waits for simulator batches under way; later ones see the new rows.
    perform pg_advisory_xact_lock(hashtext('luna.series.live'));
    insert into live_series (kind, name, source, since)
      select 'meter', meter_id, min(source), min(ts) from pg_temp.readings_in group by 2 order by 2
      on conflict do nothing;
  end if;
  delete from smart_meter_readings r using pg_temp.readings_in i
    where r.ts > lo - interval '1 day' and r.ts <= hi and r.meter_id = i.meter_id and r.source = 'sim' and i.source <> 'sim'
      and (r.ts = i.ts or (r.ts < i.ts + make_interval(secs => coalesce(i.interval_s, 0))
        and r.ts + make_interval(secs => coalesce(r.interval_s, 0)) > i.ts));
  get diagnostics displaced = row_count;
  create temp table if not exists readings_fresh (like smart_meter_readings including defaults) on commit delete rows;
  truncate pg_temp.readings_fresh;
  insert into pg_temp.readings_fresh select distinct on (meter_id, ts) * from pg_temp.readings_in
    order by meter_id, ts, quality = 'ok' desc, received_at desc nulls last;
  select count(*) filter (where r.meter_id is null),
    count(*) filter (where r.meter_id is not null and series_same_reading(r, row(i.*)::smart_meter_readings)),
    count(*) filter (where r.meter_id is not null and not series_same_reading(r, row(i.*)::smart_meter_readings) and (replacing or r.quality <> 'ok')),
    count(*) filter (where r.meter_id is not null and not series_same_reading(r, row(i.*)::smart_meter_readings) and not (replacing or r.quality <> 'ok'))
  into stored, unchanged, replaced, kept
  from pg_temp.readings_fresh i
  left join smart_meter_readings r on r.meter_id = i.meter_id and r.ts = i.ts and r.ts >= lo and r.ts <= hi;
  insert into smart_meter_readings as r select * from pg_temp.readings_fresh
  on conflict (meter_id, ts) do update set
    consumption_kw = excluded.consumption_kw, production_kw = excluded.production_kw, voltage = excluded.voltage,
    quality = excluded.quality, source = excluded.source, interval_s = excluded.interval_s,
    energy_import_kwh = excluded.energy_import_kwh, energy_export_kwh = excluded.energy_export_kwh, received_at = excluded.received_at
  where (replacing or r.quality <> 'ok') and not series_same_reading(r, excluded);
end $$;

-- When the row arrived, and which connector brought it, is not part of what it says.
create or replace function series_same_reading(a smart_meter_readings, b smart_meter_readings) returns bool language sql immutable as $$
  select (a.consumption_kw, a.production_kw, a.voltage, a.quality, a.interval_s, a.energy_import_kwh, a.energy_export_kwh)
    is not distinct from (b.consumption_kw, b.production_kw, b.voltage, b.quality, b.interval_s, b.energy_import_kwh, b.energy_export_kwh)
$$;

-- Prices of any source. A live price takes the place of simulated ones that it overlaps, and never the other way round; of two from the
-- same kind of source the one that was published later counts.
create or replace function series_put_prices(out stored bigint, out replaced bigint, out unchanged bigint, out kept bigint, out displaced bigint)
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  lo timestamptz;
  hi timestamptz;
begin
  select min(ts), max(ts + make_interval(secs => coalesce(resolution_s, 900))) into lo, hi from pg_temp.prices_in;
  if exists (select from pg_temp.prices_in i where i.source <> 'sim' and not exists (
      select from live_series l where l.kind = 'price' and l.name = i.market || '/' || i.product)) then
    perform pg_advisory_xact_lock(hashtext('luna.series.live'));
    insert into live_series (kind, name, source, since)
      select 'price', market || '/' || product, min(source), min(ts) from pg_temp.prices_in where source <> 'sim' group by 2 order by 2
      on conflict do nothing;
  end if;
  delete from market_prices r using pg_temp.prices_in i
    where r.ts > lo - interval '1 day' and r.ts <= hi and r.market = i.market and r.product = i.product
      and r.source = 'sim' and i.source <> 'sim'
      and r.ts < i.ts + make_interval(secs => coalesce(i.resolution_s, 900)) and r.ts + make_interval(secs => coalesce(r.resolution_s, 900)) > i.ts;
  get diagnostics displaced = row_count;
  create temp table if not exists prices_fresh (like market_prices including defaults) on commit delete rows;
  truncate pg_temp.prices_fresh;
  insert into pg_temp.prices_fresh select distinct on (market, product, ts) * from pg_temp.prices_in
    order by market, product, ts, published_at desc nulls last;
  select count(*) filter (where r.market is null),
    count(*) filter (where r.market is not null and series_same_price(r, row(i.*)::market_prices)),
    count(*) filter (where r.market is not null and not series_same_price(r, row(i.*)::market_prices) and series_restates(r, row(i.*)::market_prices)),
    count(*) filter (where r.market is not null and not series_same_price(r, row(i.*)::market_prices) and not series_restates(r, row(i.*)::market_prices))
  into stored, unchanged, replaced, kept
  from pg_temp.prices_fresh i
  left join market_prices r on r.market = i.market and r.product = i.product and r.ts = i.ts and r.ts >= lo and r.ts <= hi;
  insert into market_prices as r select * from pg_temp.prices_fresh
  on conflict (market, product, ts) do update set
    price_eur_mwh = excluded.price_eur_mwh, volume = excluded.volume, source = excluded.source,
    resolution_s = excluded.resolution_s, published_at = excluded.published_at
  where series_restates(r, excluded) and not series_same_price(r, excluded);
end $$;

create or replace function series_same_price(a market_prices, b market_prices) returns bool language sql immutable as $$
  select (a.price_eur_mwh, a.volume, a.resolution_s) is not distinct from (b.price_eur_mwh, b.volume, b.resolution_s)
$$;
create or replace function series_restates(old market_prices, new market_prices) returns bool language sql immutable as $$
  select not (old.source is distinct from 'sim' and new.source = 'sim')
    and (new.published_at > old.published_at or (old.published_at is null and new.published_at is not null))
$$;

-- ---------------------------------------------------------------------------------------------------------------------------- rights

grant insert on events to luna_sim;
grant select on live_series to luna_api, luna_sim;
grant select, delete on live_series to luna_admin;
grant select on series_settings, series_state to luna_api, luna_sim, luna_admin;
grant update (raw_days, minute_days, compress_after_days) on series_settings to luna_admin;
grant execute on function series_watermark(), series_refresh(int, timestamptz), series_expire(timestamptz), series_fit_chunks(float8), series_waiting_room(),
  series_add_readings(), series_put_prices() to luna_api, luna_sim;
grant execute on function series_watermark() to luna_admin;
grant execute on function series_put_readings(bool) to luna_api;
grant select on readings_1min, readings_15min, readings_1h, readings_1d, prices_15min, prices_1h, prices_1d to luna_api, luna_sim, luna_admin;
