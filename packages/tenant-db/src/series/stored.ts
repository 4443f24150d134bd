import type { StoredMeter, StoredPrices } from '@luna-iems/series';
import type { Queryable } from '../pool.ts';
import { sql } from '../sql.ts';

interface StoredRow {
  readonly meterId: string;
  readonly ts: Date;
  readonly intervalS: number | null;
  readonly counterTs: Date | null;
  readonly counterIntervalS: number | null;
  readonly energyImportKwh: number | null;
  readonly energyExportKwh: number | null;
}

export interface StoredQuery {
  /** Only rows that carry one of these words in `source`. */
  readonly sources: readonly string[];
  /** Only rows after this, ms since the epoch; all when left out. */
  readonly afterMs?: number | undefined;
}

/** Where each meter's rows from some sources end, and its newest counters; meters without such a row are not in it. */
export async function readStoredMeters(
  db: Queryable,
  meterIds: readonly string[],
  { sources, afterMs }: StoredQuery,
): Promise<StoredMeter[]> {
  const after = sql`s.meter_id = m.meter_id and s.ts > ${afterMs === undefined ? '-infinity' : new Date(afterMs)}::timestamptz`;
  const wanted = sql`s.source = any(${sources}::text[])`;
  // `offset 0` keeps the condition on the source away from the index, which is walked from its newest end: where the server has no
  // statistics yet, it takes that condition for so rare that it would read and sort all rows of the meter instead.
  // Nearly always the newest row has the counters: only where it has none they are looked for in those before it.
  const rows = await db.query<StoredRow>(sql`
    select m.meter_id as "meterId", r.ts, r.interval_s as "intervalS", c.ts as "counterTs", c.interval_s as "counterIntervalS",
      c.energy_import_kwh as "energyImportKwh", coalesce(c.energy_export_kwh, 0) as "energyExportKwh"
    from unnest(${meterIds}::text[]) as m (meter_id)
    cross join lateral (
      select ts, interval_s, energy_import_kwh, energy_export_kwh from (
        select * from smart_meter_readings s where ${after} order by ts desc offset 0) s
      where ${wanted} limit 1) r
    left join lateral (
      select r.ts, r.interval_s, r.energy_import_kwh, r.energy_export_kwh where r.energy_import_kwh is not null
      union all (
        select ts, interval_s, energy_import_kwh, energy_export_kwh from smart_meter_readings s
        where r.energy_import_kwh is null and ${after} and ${wanted} and s.energy_import_kwh is not null
          and s.ts > r.ts - interval '7 days' and s.ts <= r.ts
        order by ts desc limit 1)) c on true`);
  return rows.map((row) => ({
    meterId: row.meterId,
    tsMs: row.ts.getTime(),
    intervalS: row.intervalS,
    counters:
      row.counterTs === null
        ? null
        : {
            tsMs: row.counterTs.getTime(),
            intervalS: row.counterIntervalS,
            energyImportKwh: row.energyImportKwh ?? 0,
            energyExportKwh: row.energyExportKwh ?? 0,
          },
  }));
}

/** Where each price series' rows from some sources end; series without such a row are not in it. */
export async function readStoredPrices(db: Queryable, sources: readonly string[]): Promise<StoredPrices[]> {
  const rows = await db.query<{ market: string; product: string; ts: Date }>(sql`
    select market, product, max(ts) as ts from market_prices where source = any(${sources}::text[]) group by market, product`);
  return rows.map(({ market, product, ts }) => ({ market, product, tsMs: ts.getTime() }));
}
