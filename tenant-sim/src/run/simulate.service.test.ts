import { createManualClock, createSilentLogger, type Clock } from '@luna-iems/service-kit';
import { createReadingBatch, readingsOf } from '@luna-iems/series';
import {
  createPool,
  createScratchDatabase,
  migrate,
  readLastSimRuns,
  sql,
  type Database,
  type ScratchDatabase,
} from '@luna-iems/tenant-db';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { buildMeters } from '../build.ts';
import { parseSimConfig, type SimConfig } from '../sim-config.ts';
import { simulate, type SimulateDeps } from './simulate.ts';

const log = createSilentLogger();
const NOW = '2026-03-29T10:00:00Z';
const CONFIG = `
meters: {interval_s: 60, start_minutes_back: 600, missing_share: 0.05, groups: [{prefix: home, count: 3}, {prefix: roof, count: 1, pv_kwp: 5}]}
limits: {batch_rows: 100}`;

let scratch: ScratchDatabase;
let db: Database;

beforeEach(async () => {
  scratch = await createScratchDatabase(process.env['DATABASE_URL'] ?? '', 'sim');
  db = createPool({ connectionString: scratch.connectionString, applicationName: 'sim-test', log, max: 4 });
  await migrate(db, { log });
});
afterEach(async () => {
  await db.close();
  await scratch.drop();
});

function deps(overrides: Partial<SimulateDeps> = {}, config = CONFIG): SimulateDeps {
  return {
    db,
    log,
    clock: createManualClock(NOW),
    signal: new AbortController().signal,
    loadConfig: () => Promise.resolve(parseSimConfig(config)),
    ...overrides,
  };
}

interface Row {
  readonly meter: string;
  readonly ts: Date;
}

const rowsInTable = (): Promise<Row[]> =>
  db.query<Row>(sql`select meter_id as meter, ts, consumption_kw, production_kw, voltage, quality, source, interval_s,
    energy_import_kwh, energy_export_kwh from smart_meter_readings order by meter_id, ts`);

/** What one run over the whole stretch would have written. */
function expectedRows(config: SimConfig, fromIso: string, toIso: string): unknown[] {
  const span = { fromMs: Date.parse(fromIso), count: (Date.parse(toIso) - Date.parse(fromIso)) / 60_000 };
  return buildMeters(config).flatMap(({ meter }) => {
    const batch = createReadingBatch('sim', [meter.meterId], span.count);
    meter.fill(batch, 0, span, meter.countersAt(span.fromMs));
    batch.length = span.count;
    return readingsOf(batch).map((row) => ({
      meter: row.meterId,
      ts: new Date(row.tsMs),
      consumption_kw: row.consumptionKw,
      production_kw: row.productionKw,
      voltage: row.voltage,
      quality: row.quality,
      source: 'sim',
      interval_s: row.intervalS,
      energy_import_kwh: row.energyImportKwh,
      energy_export_kwh: row.energyExportKwh,
    }));
  });
}

const config = parseSimConfig(CONFIG);
const START = '2026-03-29T00:00:00Z';

test('meters are caught up from the configured time back to now, then from the last reading on', async () => {
  const clock = createManualClock(NOW);
  expect(await simulate('meter', deps({ clock }))).toMatchObject({ state: 'done', rows: 4 * 600 });
  expect(await simulate('meter', deps({ clock }))).toMatchObject({ state: 'done', rows: 0, rangeFrom: null });
  clock.advance(3 * 60_000);
  expect(await simulate('meter', deps({ clock }))).toMatchObject({
    rows: 12,
    rangeFrom: new Date(NOW),
    rangeTo: new Date('2026-03-29T10:03:00Z'),
  });
  expect(await rowsInTable()).toEqual(expectedRows(config, START, '2026-03-29T10:03:00Z'));
  const [run] = (await readLastSimRuns(db)).filter(({ kind }) => kind === 'meter');
  expect(run).toMatchObject({ state: 'done', rows: 12, rangeTo: new Date('2026-03-29T10:03:00Z'), error: null });
});

test('several runs at once write every row once', async () => {
  const results = await Promise.all(Array.from({ length: 4 }, () => simulate('meter', deps())));
  expect(results.reduce((sum, { rows }) => sum + rows, 0)).toBe(4 * 600);
  expect(await rowsInTable()).toEqual(expectedRows(config, START, NOW));
});

/** The real pool, whose statements fail from the n-th transaction on, as when the process or the database is killed there. */
function dyingAfter(transactions: number): Database {
  let done = 0;
  return {
    ...db,
    transaction: (work) => {
      done += 1;
      return done > transactions ? Promise.reject(new Error('killed')) : db.transaction(work);
    },
  };
}

test.each([0, 1, 7, 23])(
  'a run that dies after %i batches is recorded, and the next one leaves no gap and no double',
  async (batches) => {
    await expect(simulate('meter', deps({ db: dyingAfter(batches) }))).rejects.toThrow('killed');
    expect(await rowsInTable()).toHaveLength(Math.min(batches * 100, 2400));
    const [failed] = await readLastSimRuns(db);
    expect(failed).toMatchObject({ state: 'failed', errorCode: 'LUNA_SIM_FAILED', error: 'killed' });
    await simulate('meter', deps());
    expect(await rowsInTable()).toEqual(expectedRows(config, START, NOW));
  },
);

test('an abort stops between two batches, and is no failure', async () => {
  const controller = new AbortController();
  let writes = 0;
  const watched: Database = {
    ...db,
    transaction: (work) => {
      writes += 1;
      if (writes === 5) controller.abort();
      return db.transaction(work);
    },
  };
  expect(await simulate('meter', deps({ db: watched, signal: controller.signal }))).toMatchObject({
    state: 'stopped',
    rows: 500,
  });
  expect(await readLastSimRuns(db)).toMatchObject([{ state: 'stopped', rows: 500 }]);
  await simulate('meter', deps());
  expect(await rowsInTable()).toEqual(expectedRows(config, START, NOW));
});

test('a run stops at its row limit and the next one goes on', async () => {
  const limited = CONFIG.replace('{batch_rows: 100}', '{batch_rows: 100, run_rows: 1000}');
  const states = [];
  for (let run = 0; run < 3; run += 1) states.push((await simulate('meter', deps({}, limited))).state);
  expect(states).toEqual(['stopped', 'stopped', 'done']);
  expect(await rowsInTable()).toEqual(expectedRows(config, START, NOW));
});

async function pricesPerDay(product: string): Promise<unknown[]> {
  return db.query(sql`select (ts at time zone 'Europe/Berlin')::date as day, count(*) as n
    from market_prices where product = ${product} group by 1 order by 1`);
}

test('prices reach from local midnight to the published horizon, over the day that the clock changes', async () => {
  const clock: Clock & { advance(ms: number): void } = createManualClock(NOW);
  await simulate('market', deps({ clock }));
  expect(await pricesPerDay('DA-15')).toEqual([{ day: '2026-03-29', n: 92 }]);
  expect(await pricesPerDay('ID-15')).toEqual([{ day: '2026-03-29', n: 45 }]);
  clock.advance(60 * 60_000);
  await simulate('market', deps({ clock }));
  expect(await pricesPerDay('DA-15')).toEqual([
    { day: '2026-03-29', n: 92 },
    { day: '2026-03-30', n: 96 },
  ]);
  const [bad] = await db.query<{ n: number }>(sql`select count(*) as n from market_prices
    where source <> 'sim' or resolution_s <> 900 or published_at is null or published_at > ${clock.now()} or price_eur_mwh is null`);
  expect(bad?.n).toBe(0);
});

test('what is switched off writes nothing', async () => {
  const off = 'meters: {enabled: false}\nmarket: {enabled: false}';
  expect(await simulate('meter', deps({}, off))).toMatchObject({ state: 'done', rows: 0 });
  expect(await simulate('market', deps({}, off))).toMatchObject({ state: 'done', rows: 0 });
  expect(await readLastSimRuns(db)).toMatchObject([{ state: 'done' }, { state: 'done' }]);
});

test('a live row is never overwritten by a simulated one', async () => {
  await db.execute(
    sql`insert into smart_meter_readings (meter_id, ts, consumption_kw, source) values ('home-001', ${START}, 42, 'mqtt')`,
  );
  expect(await simulate('meter', deps())).toMatchObject({ rows: 4 * 600 - 1 });
  expect(
    await db.query(
      sql`select consumption_kw, source from smart_meter_readings where meter_id = 'home-001' and ts = ${START}`,
    ),
  ).toEqual([{ consumption_kw: 42, source: 'mqtt' }]);
});
