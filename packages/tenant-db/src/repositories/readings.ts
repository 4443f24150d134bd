import type { Queryable } from '../pool.ts';
import { sql } from '../sql.ts';

/** One interval of one meter. Powers are means over the interval that starts at `ts`, in kW, never negative. */
export interface Reading {
  readonly meterId: string;
  readonly ts: Date;
  /** Grid import. */
  readonly consumptionKw: number | null;
  /** Feed-in. */
  readonly productionKw: number | null;
  readonly voltage: number | null;
  /** `ok`, `missing` (then all values are null), or another word of the closed vocabulary. */
  readonly quality: string;
  readonly source: string;
  readonly intervalS: number;
}

/** Writes readings in one statement and returns how many were new; a reading that is there already stays as it is. */
export function insertReadings(db: Queryable, rows: readonly Reading[]): Promise<number> {
  if (rows.length === 0) return Promise.resolve(0);
  return db.execute(sql`
    insert into smart_meter_readings (meter_id, ts, consumption_kw, production_kw, voltage, quality, source, interval_s)
    select * from unnest(
      ${rows.map((row) => row.meterId)}::text[], ${rows.map((row) => row.ts.toISOString())}::timestamptz[],
      ${rows.map((row) => row.consumptionKw)}::double precision[], ${rows.map((row) => row.productionKw)}::double precision[],
      ${rows.map((row) => row.voltage)}::double precision[], ${rows.map((row) => row.quality)}::text[],
      ${rows.map((row) => row.source)}::text[], ${rows.map((row) => row.intervalS)}::int[])
    on conflict (meter_id, ts) do nothing`);
}

export interface LastReading {
  readonly meterId: string;
  readonly ts: Date;
  readonly intervalS: number | null;
}

/** The newest reading of each of the meters that has one, from one source. */
export function readLastReadings(db: Queryable, meterIds: readonly string[], source: string): Promise<LastReading[]> {
  return db.query<LastReading>(sql`
    select m.meter_id as "meterId", r.ts, r.interval_s as "intervalS"
    from unnest(${meterIds}::text[]) as m (meter_id)
    cross join lateral (
      select ts, interval_s from smart_meter_readings s
      where s.meter_id = m.meter_id and s.source = ${source} order by ts desc limit 1) r`);
}
