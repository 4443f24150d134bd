import type { Queryable } from '../pool.ts';
import { identifier, sql, type Sql } from '../sql.ts';

/** How finely a series is read: row by row, or by one of the views. Days are local days of Europe/Berlin. */
export type Resolution = 'raw' | '1min' | '15min' | '1h' | '1d';

/** A stretch of time, `from` included, `to` excluded. */
export interface TimeRange {
  readonly from: Date;
  readonly to: Date;
}

export interface MeterPoint {
  readonly ts: Date;
  /** Mean powers in kW. */
  readonly consumptionKw: number | null;
  readonly productionKw: number | null;
  readonly importKwh: number | null;
  readonly exportKwh: number | null;
  readonly maxConsumptionKw: number | null;
  readonly maxProductionKw: number | null;
  readonly voltage: number | null;
  /** Seconds that have a value. */
  readonly coveredS: number;
  /** Seconds that the row stands for; null in a roll-up. */
  readonly intervalS: number | null;
  readonly quality: string | null;
}

const RAW_COLUMNS = sql`ts, consumption_kw as "consumptionKw", production_kw as "productionKw",
  consumption_kw * interval_s / 3600 as "importKwh", production_kw * interval_s / 3600 as "exportKwh",
  consumption_kw as "maxConsumptionKw", production_kw as "maxProductionKw", voltage,
  case when consumption_kw is null then 0 else coalesce(interval_s, 0) end as "coveredS", interval_s as "intervalS", quality`;
const ROLLUP_COLUMNS = sql`ts, consumption_kw as "consumptionKw", production_kw as "productionKw", import_kwh as "importKwh",
  export_kwh as "exportKwh", max_consumption_kw as "maxConsumptionKw", max_production_kw as "maxProductionKw", voltage,
  coalesce(covered_s, 0) as "coveredS", null::int as "intervalS", null as quality`;

function readingsAt(resolution: Resolution): Sql {
  return resolution === 'raw' ? sql`smart_meter_readings` : identifier(`readings_${resolution}`);
}

/** What is stored of a meter in a range, in the order of time, at most `limit` points; what is not there is not in it. */
export function readMeterPoints(
  db: Queryable,
  query: TimeRange & { readonly meterId: string; readonly resolution: Resolution; readonly limit: number },
): Promise<MeterPoint[]> {
  const columns = query.resolution === 'raw' ? RAW_COLUMNS : ROLLUP_COLUMNS;
  return db.query<MeterPoint>(sql`select ${columns} from ${readingsAt(query.resolution)}
    where meter_id = ${query.meterId} and ts >= ${query.from} and ts < ${query.to} order by ts limit ${query.limit}`);
}

export interface MeterTotals {
  readonly importKwh: number | null;
  readonly exportKwh: number | null;
  readonly coveredS: number;
}

/** Energy of a meter over a range. */
export async function readMeterTotals(
  db: Queryable,
  query: TimeRange & { readonly meterId: string; readonly resolution: Resolution },
): Promise<MeterTotals> {
  const columns =
    query.resolution === 'raw'
      ? sql`sum(consumption_kw * interval_s) / 3600 as "importKwh", sum(production_kw * interval_s) / 3600 as "exportKwh",
          coalesce(sum(interval_s) filter (where consumption_kw is not null), 0) as "coveredS"`
      : sql`sum(import_kwh) as "importKwh", sum(export_kwh) as "exportKwh", coalesce(sum(covered_s), 0)::bigint as "coveredS"`;
  const [row] = await db.query<MeterTotals>(sql`select ${columns} from ${readingsAt(query.resolution)}
    where meter_id = ${query.meterId} and ts >= ${query.from} and ts < ${query.to}`);
  return row ?? { importKwh: null, exportKwh: null, coveredS: 0 };
}

export interface MeterInfo {
  readonly meterId: string;
  readonly firstTs: Date;
  readonly lastTs: Date;
  /** Of its newest reading. */
  readonly intervalS: number | null;
  readonly source: string | null;
}

/** A meter's first and newest reading; undefined for one without any. */
export async function readMeterInfo(db: Queryable, meterId: string): Promise<MeterInfo | undefined> {
  const [row] = await db.query<MeterInfo>(sql`
    select ${meterId} as "meterId", f.ts as "firstTs", l.ts as "lastTs", l.interval_s as "intervalS", l.source
    from (select ts from smart_meter_readings where meter_id = ${meterId} order by ts limit 1) f,
      (select ts, interval_s, source from smart_meter_readings where meter_id = ${meterId} order by ts desc limit 1) l`);
  return row;
}

export interface MeterEntry {
  readonly meterId: string;
  /** First and last local day with a reading, as the instant of its midnight. */
  readonly firstDay: Date;
  readonly lastDay: Date;
  readonly importKwh: number | null;
  readonly exportKwh: number | null;
  /** What feeds it: the name of its live source, or sim. */
  readonly source: string;
}

/** The meters after `after` by name, with what they drew and fed in altogether. */
export function listMeters(
  db: Queryable,
  page: { readonly after: string; readonly limit: number },
): Promise<MeterEntry[]> {
  return db.query<MeterEntry>(sql`
    select d.meter_id as "meterId", min(d.ts) as "firstDay", max(d.ts) as "lastDay", sum(d.import_kwh) as "importKwh",
      sum(d.export_kwh) as "exportKwh", coalesce(min(l.source), 'sim') as source
    from readings_1d d left join live_series l on l.kind = 'meter' and l.name = d.meter_id
    where d.meter_id > ${page.after} group by d.meter_id order by d.meter_id limit ${page.limit}`);
}

export interface PriceSeriesRef {
  readonly market: string;
  readonly product: string;
}

export interface PricePoint {
  readonly ts: Date;
  readonly priceEurMwh: number | null;
  readonly minPriceEurMwh: number | null;
  readonly maxPriceEurMwh: number | null;
  readonly volume: number | null;
  readonly coveredS: number;
  readonly publishedAt: Date | null;
  /** Seconds that the row stands for; null in a roll-up. */
  readonly intervalS: number | null;
}

/** Resolutions of prices: as published, or by hour or local day. */
export type PriceResolution = 'raw' | '1h' | '1d';

const RAW_PRICE = sql`ts, price_eur_mwh as "priceEurMwh", price_eur_mwh as "minPriceEurMwh", price_eur_mwh as "maxPriceEurMwh", volume,
  case when price_eur_mwh is null then 0 else coalesce(resolution_s, 900) end as "coveredS", published_at as "publishedAt",
  coalesce(resolution_s, 900) as "intervalS"`;
const ROLLUP_PRICE = sql`ts, price_eur_mwh as "priceEurMwh", min_price_eur_mwh as "minPriceEurMwh",
  max_price_eur_mwh as "maxPriceEurMwh", volume, coalesce(covered_s, 0) as "coveredS", null::timestamptz as "publishedAt",
  null::int as "intervalS"`;
const PRICE_BUCKET = {
  '1h': sql`time_bucket(interval '1 hour', ts)`,
  '1d': sql`time_bucket(interval '1 day', ts, 'Europe/Berlin')`,
} as const;

/** What is stored of a price series in a range, in the order of time; what is not there is not in it. */
export function readPricePoints(
  db: Queryable,
  query: TimeRange & PriceSeriesRef & { readonly resolution: PriceResolution; readonly limit: number },
): Promise<PricePoint[]> {
  const { market, product, resolution, from, to, limit } = query;
  if (resolution === 'raw') {
    return db.query<PricePoint>(sql`select ${RAW_PRICE} from market_prices
      where market = ${market} and product = ${product} and ts >= ${from} and ts < ${to} order by ts limit ${limit}`);
  }
  // The views group all of a series; the range is given to the rows, so that a day costs a day.
  return db.query<PricePoint>(sql`select ${ROLLUP_PRICE} from (
      select ${PRICE_BUCKET[resolution]} as ts,
        sum(price_eur_mwh * coalesce(resolution_s, 900))
          / nullif(sum(coalesce(resolution_s, 900)) filter (where price_eur_mwh is not null), 0) as price_eur_mwh,
        min(price_eur_mwh) as min_price_eur_mwh, max(price_eur_mwh) as max_price_eur_mwh, sum(volume) as volume,
        sum(coalesce(resolution_s, 900)) filter (where price_eur_mwh is not null) as covered_s
      from market_prices where market = ${market} and product = ${product} and ts >= ${from} and ts < ${to} group by 1) p
    order by ts limit ${limit}`);
}

export interface PriceSeriesInfo extends PriceSeriesRef {
  readonly firstTs: Date;
  readonly lastTs: Date;
  readonly resolutionS: number | null;
  readonly source: string;
}

/** All price series, with where they begin and end. */
export function listPriceSeries(db: Queryable): Promise<PriceSeriesInfo[]> {
  return db.query<PriceSeriesInfo>(sql`
    select p.market, p.product, min(p.ts) as "firstTs", max(p.ts) as "lastTs", max(p.resolution_s) as "resolutionS",
      coalesce(min(l.source), 'sim') as source
    from market_prices p left join live_series l on l.kind = 'price' and l.name = p.market || '/' || p.product
    group by p.market, p.product order by 1, 2`);
}

export interface CostPoint {
  readonly ts: Date;
  /** What the energy drawn cost at the market's price, EUR; of the part that has a price. */
  readonly costEur: number | null;
  /** Energy drawn while no price is known, kWh. */
  readonly unpricedKwh: number;
}

const COST_BUCKET: Readonly<Record<'15min' | '1h' | '1d', Sql>> = {
  '15min': sql`e.ts`,
  '1h': sql`time_bucket(interval '1 hour', e.ts)`,
  '1d': sql`time_bucket(interval '1 day', e.ts, 'Europe/Berlin')`,
};

/**
 * The cost of what a meter drew, by bucket. Energy and price meet in quarter-hours; of a meter that reports less often they meet in
 * hours (`hourly`), at the hour's mean price.
 */
export function readMeterCost(
  db: Queryable,
  query: TimeRange &
    PriceSeriesRef & { readonly meterId: string; readonly resolution: '15min' | '1h' | '1d'; readonly hourly: boolean },
): Promise<CostPoint[]> {
  const { meterId, market, product, from, to, resolution, hourly } = query;
  const [energy, price] = hourly ? [sql`readings_1h`, sql`prices_1h`] : [sql`readings_15min`, sql`prices_15min`];
  return db.query<CostPoint>(sql`
    select ${COST_BUCKET[resolution]} as ts, sum(e.import_kwh * p.price_eur_mwh) / 1000 as "costEur",
      coalesce(sum(e.import_kwh) filter (where p.price_eur_mwh is null), 0) as "unpricedKwh"
    from (select ts, import_kwh from ${energy} where meter_id = ${meterId} and ts >= ${from} and ts < ${to} and import_kwh is not null) e
    left join (select ts, price_eur_mwh from ${price}
      where market = ${market} and product = ${product} and ts >= ${from} and ts < ${to}) p on p.ts = e.ts
    group by 1 order by 1`);
}

/** The price of every quarter-hour of a range that has one, by the ms of its start. */
export async function readQuarterPrices(
  db: Queryable,
  query: TimeRange & PriceSeriesRef,
): Promise<Map<number, number>> {
  const rows = await db.query<{ ts: Date; price: number }>(sql`select ts, price_eur_mwh as price from prices_15min
    where market = ${query.market} and product = ${query.product} and ts >= ${query.from} and ts < ${query.to}
      and price_eur_mwh is not null`);
  return new Map(rows.map(({ ts, price }) => [ts.getTime(), price]));
}

export interface LastCounters {
  readonly meterId: string;
  /** End of the interval that the counters close. */
  readonly at: Date;
  readonly energyImportKwh: number | null;
  readonly energyExportKwh: number | null;
}

/** The newest counters of each meter before a time of its own, at most seven days back; meters without any are not in it. */
export function readLastCounters(
  db: Queryable,
  meters: readonly { readonly meterId: string; readonly before: Date }[],
): Promise<LastCounters[]> {
  return db.query<LastCounters>(sql`
    select m.meter_id as "meterId", c.ts + make_interval(secs => coalesce(c.interval_s, 0)) as at,
      c.energy_import_kwh as "energyImportKwh", c.energy_export_kwh as "energyExportKwh"
    from unnest(${meters.map(({ meterId }) => meterId)}::text[], ${meters.map(({ before }) => before.toISOString())}::timestamptz[])
      as m (meter_id, before)
    cross join lateral (
      select * from smart_meter_readings r where r.meter_id = m.meter_id and r.ts < m.before and r.ts > m.before - interval '7 days'
        and r.source <> 'sim' and r.energy_import_kwh is not null
      order by r.ts desc limit 1) c`);
}

/** Readings before this are not kept; undefined where all are. */
export async function readRetentionStart(db: Queryable, now: Date): Promise<Date | undefined> {
  const [row] = await db.query<{ days: number | null }>(sql`select raw_days as days from series_settings`);
  const days = row?.days ?? null;
  return days === null ? undefined : new Date(now.getTime() - days * 86_400_000);
}
