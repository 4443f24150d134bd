import { fillReadings, type ReadingBatch, type ReadingRow } from '@luna-iems/series';
import { createManualClock } from '@luna-iems/service-kit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Database } from '../pool.ts';
import { sql } from '../sql.ts';
import { freshDatabase, type FreshDatabase } from '../testing/fresh-database.ts';
import { readStoredMeters } from './stored.ts';
import { catchUpRollups, expireSeries, fitChunks, setRetention } from './upkeep.ts';
import { createSeriesWriter, putReadings, readLiveSeries, type SeriesWriter, type Written } from './write.ts';

let fresh: FreshDatabase;
let db: Database;

beforeEach(async () => {
  fresh = await freshDatabase();
  db = fresh.db;
});
afterEach(() => fresh.close());

const START = Date.parse('2026-03-01T00:00:00Z');
const note = { type: 'sim.readings', at: new Date(START), meta: { runId: 'r' } };

function row(meterId: string, second: number, consumptionKw = 1): ReadingRow {
  return {
    ...{
      meterId,
      tsMs: START + second * 1000,
      consumptionKw,
      productionKw: 0,
      voltage: 230.5,
      quality: 'ok',
      intervalS: 1,
    },
    ...{ energyImportKwh: 100 + second / 3600, energyExportKwh: null, receivedMs: null },
  };
}

function batch(from: number, seconds: number, meterId = 'm', consumptionKw = 1): ReadingBatch {
  return fillReadings(
    'sim',
    Array.from({ length: seconds }, (_, second) => row(meterId, from + second, consumptionKw)),
  );
}

const writer = (live: readonly string[] = []): SeriesWriter => createSeriesWriter({ db, live: new Set(live) });
const add = (one: SeriesWriter, rows: ReadingBatch): Promise<Written> => one.addReadings(rows, note).done;

async function counts(): Promise<{ rows: number; told: number }> {
  const [found] = await db.query<{
    rows: number;
    told: number;
  }>(sql`select (select count(*) from smart_meter_readings) as rows,
    (select coalesce(sum((meta->>'rows')::bigint), 0)::bigint from events where type = 'sim.readings') as told`);
  return found ?? { rows: -1, told: -1 };
}

test('a value arrives as it was, to the last bit', async () => {
  await add(writer(), fillReadings('sim', [{ ...row('ä"\\\t', 7, 0.1 + 0.2), receivedMs: START + 1 }]));
  expect(
    await db.query(sql`select meter_id, ts, consumption_kw, voltage, quality, source, interval_s, energy_import_kwh,
    energy_export_kwh, received_at from smart_meter_readings`),
  ).toEqual([
    {
      ...{ meter_id: 'ä"\\\t', ts: new Date(START + 7000), consumption_kw: 0.1 + 0.2, voltage: 230.5, quality: 'ok' },
      ...{ source: 'sim', interval_s: 1, energy_import_kwh: 100 + 7 / 3600, energy_export_kwh: null },
      received_at: new Date(START + 1),
    },
  ]);
});

test('a batch of which a part is there, somewhere in its middle, adds the rest; the first word stands', async () => {
  const one = writer();
  expect(await add(one, batch(30_000, 5_000))).toEqual({ added: 5_000, sent: 5_000 });
  // Large enough that the server refuses it while it is still being sent.
  expect(await add(one, batch(0, 60_000, 'm', 9))).toEqual({ added: 55_000, sent: 60_000 });
  expect(await add(one, batch(0, 60_000, 'm', 9))).toEqual({ added: 0, sent: 60_000 });
  expect(await add(one, batch(60_000, 100))).toEqual({ added: 100, sent: 100 });
  expect(await add(one, batch(60_100, 100))).toEqual({ added: 100, sent: 100 });
  expect(await counts()).toEqual({ rows: 60_200, told: 60_200 });
  const [kept] = await db.query<{ n: number }>(
    sql`select count(*) as n from smart_meter_readings where consumption_kw = 1`,
  );
  expect(kept?.n).toBe(5_200);
  const repeated = fillReadings('sim', [row('twice', 1), row('twice', 1), row('twice', 2)]);
  expect(await add(writer(), repeated)).toEqual({ added: 2, sent: 3 });
});

test('many writers of the same rows add each of them once, and the events tell of exactly those', async () => {
  const write = async (): Promise<number> => {
    const one = writer();
    let added = 0;
    for (let part = 0; part < 10; part += 1) added += (await add(one, batch(part * 500, 500))).added;
    return added;
  };
  const added = await Promise.all([write(), write(), write()]);
  expect(added.reduce((sum, n) => sum + n, 0)).toBe(5_000);
  expect(await counts()).toEqual({ rows: 5_000, told: 5_000 });
});

test('a series that is live is left out; one that went live meanwhile ends the run, and its event with it', async () => {
  const live = fillReadings('sml', [{ ...row('live', 0), tsMs: START, intervalS: 60 }]);
  const running = writer();
  await add(running, batch(0, 10, 'other'));
  await putReadings(db, live, { replace: false });
  await expect(add(running, batch(10, 10, 'other'))).rejects.toMatchObject({ code: 'LUNA_SERIES_LIVE' });
  const known = await readLiveSeries(db, 'meter');
  const mixed = fillReadings('sim', [row('live', 100), row('other', 10)]);
  expect(await add(writer([...known]), mixed)).toEqual({ added: 1, sent: 1 });
  expect(await counts()).toEqual({ rows: 12, told: 11 });
});

test('where the rows of each meter end, with its newest counters', async () => {
  await add(writer(), batch(0, 10));
  await add(
    writer(),
    fillReadings('sim', [
      {
        ...row('m', 10),
        quality: 'missing',
        consumptionKw: null,
        productionKw: null,
        voltage: null,
        energyImportKwh: null,
      },
    ]),
  );
  expect(await readStoredMeters(db, ['m', 'none'], { sources: ['csv', 'sim'] })).toEqual([
    {
      ...{ meterId: 'm', tsMs: START + 10_000, intervalS: 1 },
      counters: { tsMs: START + 9_000, intervalS: 1, energyImportKwh: 100 + 9 / 3600, energyExportKwh: 0 },
    },
  ]);
  expect(await readStoredMeters(db, ['m'], { sources: ['sml'] })).toEqual([]);
  expect(await readStoredMeters(db, ['m'], { sources: ['sim'], afterMs: START + 10_000 })).toEqual([]);
  await add(writer(), batch(11, 1));
  expect(await readStoredMeters(db, ['m'], { sources: ['sim'], afterMs: START + 10_000 })).toMatchObject([
    { tsMs: START + 11_000, counters: { tsMs: START + 11_000, energyImportKwh: 100 + 11 / 3600, energyExportKwh: 0 } },
  ]);
});

const signal = new AbortController().signal;

async function expireAt(iso: string): Promise<number> {
  const clock = createManualClock(iso);
  await catchUpRollups(db, { signal, clock });
  return expireSeries(db, clock.now());
}

test('old rows go when they are rolled up, their quarter-hours stay, and late rows below the line do not spoil them', async () => {
  await fitChunks(db, 10e6);
  await add(writer(), batch(0, 7_200));
  await setRetention(db, { readingsDays: 5, minutesDays: 5 });
  expect(await expireAt('2026-03-04T00:00:00Z')).toBe(0);
  // Not rolled up yet: a row keeps its chunk.
  await add(writer(), batch(7_200, 900));
  expect(await expireSeries(db, new Date('2026-03-10T00:00:00Z'))).toBe(0);
  expect(await expireAt('2026-03-10T00:00:00Z')).toBeGreaterThan(0);
  expect((await counts()).rows).toBe(0);
  const kwh = async (): Promise<unknown> => db.query(sql`select sum(readings)::bigint as n from readings_15min`);
  expect(await kwh()).toEqual([{ n: 8_100 }]);
  await add(writer(), batch(0, 1, 'm', 500));
  await expireAt('2026-03-10T00:00:00Z');
  expect(await kwh()).toEqual([{ n: 8_100 }]);
});

test('chunks are as long as the rate wants them, for rows to come', async () => {
  const length = async (): Promise<unknown> =>
    db.query(sql`select extract(epoch from time_interval)::int / 3600 as hours from timescaledb_information.dimensions
      where hypertable_name = 'smart_meter_readings'`);
  for (const [rate, hours] of [
    [50e6, 6],
    [5e6, 24],
    [1e6, 168],
    [9_600, 672],
  ] as const) {
    await fitChunks(db, rate);
    expect(await length()).toEqual([{ hours }]);
  }
});
