-- The tables of the development plan, section B: same names, same columns. Everything beyond the plan is additive: keys, indexes,
-- checks and nullable columns. Times are UTC instants everywhere (timestamptz).

create extension if not exists timescaledb;

create table if not exists users (
  user_id     uuid primary key default gen_random_uuid(),
  external_id text unique,
  created_at  timestamptz not null default now()
);
comment on table users is 'People or systems that events belong to. No personal data.';
comment on column users.external_id is 'Optional name in the customer''s own system, hashed by the customer.';

create table if not exists items (
  item_id    uuid primary key default gen_random_uuid(),
  kind       text not null default 'document',
  source     text not null unique,
  title      text not null,
  tags       text[] not null default '{}',
  url        text,
  sha256     text not null check (sha256 ~ '^[0-9a-f]{64}$'),
  version    int not null default 0 check (version >= 0),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  language   text
);
create index if not exists items_tags on items using gin (tags);
create index if not exists items_created on items (created_at desc, item_id);
comment on table items is 'One row per document and source. New bytes from the same source are a new version of the same item.';
comment on column items.source is 'Where the document comes from (file name, path or address): the key under which it is replaced.';
comment on column items.sha256 is 'Hash of the live version''s bytes; while no version is live, of the first one.';
comment on column items.version is 'The live version: the one whose chunks are searched and quoted. 0 until the first one is live.';
comment on column items.language is 'ISO 639-1 code of the live version, if known.';

create table if not exists item_chunks (
  chunk_id   uuid primary key default gen_random_uuid(),
  item_id    uuid not null references items on delete cascade,
  chunk_idx  int not null check (chunk_idx >= 0),
  text       text not null,
  metadata   jsonb not null default '{}',
  created_at timestamptz not null default now(),
  version    int not null default 1 check (version >= 1),
  unique (item_id, version, chunk_idx)
);
comment on table item_chunks is 'The pieces of an item''s text that are searched and quoted. Live are those whose version is the item''s version.';
comment on column item_chunks.metadata is 'Place in the document: page, heading path, character range, whatever a citation needs.';

create table if not exists events (
  event_id uuid not null default gen_random_uuid(),
  user_id  uuid,
  ts       timestamptz not null,
  type     text not null,
  item_id  uuid,
  meta     jsonb not null default '{}',
  primary key (event_id, ts)
);
comment on table events is 'What users did with items (view, click, like, solve, …). The sender chooses event_id and ts, so that sending twice counts once.';
select create_hypertable('events', 'ts', chunk_time_interval => interval '7 days', if_not_exists => true, create_default_indexes => false);
create index if not exists events_ts on events (ts desc);
create index if not exists events_item on events (item_id, ts desc) where item_id is not null;
create index if not exists events_type on events (type, ts desc);

create table if not exists smart_meter_readings (
  meter_id          text not null,
  ts                timestamptz not null,
  consumption_kw    double precision check (consumption_kw >= 0),
  production_kw     double precision check (production_kw >= 0),
  voltage           double precision check (voltage >= 0),
  quality           text not null default 'ok',
  source            text,
  interval_s        int check (interval_s > 0),
  energy_import_kwh double precision check (energy_import_kwh >= 0),
  energy_export_kwh double precision check (energy_export_kwh >= 0),
  received_at       timestamptz,
  primary key (meter_id, ts),
  constraint smart_meter_readings_quality check (quality in (
    'ok', 'missing', 'estimated', 'recovered', 'max_read', 'very_high', 'negative', 'unit_error', 'wrong_time', 'suspicious_zero')),
  constraint smart_meter_readings_missing_is_null check (
    quality <> 'missing' or (consumption_kw is null and production_kw is null and voltage is null)),
  constraint smart_meter_readings_ok_has_power check (quality <> 'ok' or consumption_kw is not null)
);
comment on table smart_meter_readings is 'One row per meter and interval; powers are means over the interval.';
comment on column smart_meter_readings.ts is 'Start of the interval, UTC.';
comment on column smart_meter_readings.consumption_kw is 'Power drawn from the grid, kW, mean over the interval, never negative. Not gross consumption: own PV power used at home is not in it.';
comment on column smart_meter_readings.production_kw is 'Power fed into the grid, kW, mean over the interval, never negative.';
comment on column smart_meter_readings.voltage is 'Line to neutral, V, mean over the interval.';
comment on column smart_meter_readings.quality is 'ok: measured. missing: no value arrived; values are NULL, never 0. estimated, recovered: filled in later. The rest: refused values, by what is wrong with them.';
comment on column smart_meter_readings.source is 'What wrote the row: sim, sml, mqtt, http, csv, …';
comment on column smart_meter_readings.interval_s is 'Length of the interval in seconds.';
comment on column smart_meter_readings.energy_import_kwh is 'Meter counter of energy drawn (OBIS 1.8.0) at the end of the interval, kWh.';
comment on column smart_meter_readings.energy_export_kwh is 'Meter counter of energy fed in (OBIS 2.8.0) at the end of the interval, kWh.';
comment on column smart_meter_readings.received_at is 'When the row arrived, where that differs from the interval (late data).';
select create_hypertable('smart_meter_readings', 'ts', chunk_time_interval => interval '1 day', if_not_exists => true, create_default_indexes => false);
create index if not exists smart_meter_readings_ts on smart_meter_readings (ts desc);

create table if not exists market_prices (
  market        text not null,
  product       text not null,
  ts            timestamptz not null,
  price_eur_mwh double precision,
  volume        double precision check (volume >= 0),
  source        text,
  resolution_s  int check (resolution_s > 0),
  published_at  timestamptz,
  primary key (market, product, ts)
);
comment on table market_prices is 'One row per market, product and delivery interval.';
comment on column market_prices.market is 'Bidding zone or place, for example DE-LU.';
comment on column market_prices.product is 'Auction or index with its resolution: DA-15, DA-60, ID-15, …';
comment on column market_prices.ts is 'Start of delivery, UTC.';
comment on column market_prices.price_eur_mwh is 'EUR per MWh; may be negative.';
comment on column market_prices.volume is 'Traded energy of the interval, MWh.';
comment on column market_prices.resolution_s is 'Length of the delivery interval in seconds.';
comment on column market_prices.published_at is 'When the price became known, UTC: a day-ahead price lies in the future when it is published.';
select create_hypertable('market_prices', 'ts', chunk_time_interval => interval '30 days', if_not_exists => true, create_default_indexes => false);
create index if not exists market_prices_ts on market_prices (ts desc);
