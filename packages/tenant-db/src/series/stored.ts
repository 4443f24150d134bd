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

/** Where each meter's rows from one source end, and its newest counters; meters without a row are not in it. */
export async function readStoredMeters(
  db: Queryable,
  meterIds: readonly string[],
  source: string,
): Promise<StoredMeter[]> {
  const rows = await db.query<StoredRow>(sql`
    select m.meter_id as "meterId", r.ts, r.interval_s as "intervalS", c.ts as "counterTs", c.interval_s as "counterIntervalS",
      c.energy_import_kwh as "energyImportKwh", c.energy_export_kwh as "energyExportKwh"
    from unnest(${meterIds}::text[]) as m (meter_id)
    cross join lateral (
      select ts, interval_s from smart_meter_readings s
      where s.meter_id = m.meter_id and s.source = ${source} order by ts desc limit 1) r
    left join lateral (
      select ts, interval_s, energy_import_kwh, coalesce(energy_export_kwh, 0) as energy_export_kwh from smart_meter_readings s
      where s.meter_id = m.meter_id and s.source = ${source} and energy_import_kwh is not null
        and s.ts > r.ts - interval '7 days' and s.ts <= r.ts
      order by ts desc limit 1) c on true`);
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

/** Where each price series from one source ends; series without a row are not in it. */
export async function readStoredPrices(db: Queryable, source: string): Promise<StoredPrices[]> {
  const rows = await db.query<{ market: string; product: string; ts: Date }>(sql`
    select market, product, max(ts) as ts from market_prices where source = ${source} group by market, product`);
  return rows.map(({ market, product, ts }) => ({ market, product, tsMs: ts.getTime() }));
}
