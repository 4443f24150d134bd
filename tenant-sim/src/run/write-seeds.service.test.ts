import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createManualClock, createSilentLogger } from '@luna-iems/service-kit';
import {
  createPool,
  createScratchDatabase,
  migrate,
  readLastSimRuns,
  sql,
  type Database,
  type ScratchDatabase,
  type SimKind,
} from '@luna-iems/tenant-db';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseSimConfig } from '../sim-config.ts';
import { simulate } from './simulate.ts';
import type { WriteResult } from './write.ts';

const log = createSilentLogger();
const NOW = '2026-06-01T02:00:00Z';

let dir: string;
let scratch: ScratchDatabase;
let db: Database;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'luna-seeds-'));
  scratch = await createScratchDatabase(process.env['DATABASE_URL'] ?? '', 'seeds');
  db = createPool({ connectionString: scratch.connectionString, applicationName: 'seeds-test', log, max: 4 });
  await migrate(db, { log });
});
afterEach(async () => {
  await db.close();
  await scratch.drop();
  await rm(dir, { recursive: true });
});

function run(kind: SimKind, database: Database = db): Promise<WriteResult> {
  const config = parseSimConfig(`
meters: {interval_s: 900, start_minutes_back: 60, missing_share: 0, groups: [{prefix: home, count: 1}]}
market: {series: [{market: DE-LU, product: DA-15, kind: day-ahead}]}
seeds:
  - {kind: readings, file: ${dir}/readings.csv, meter: home-001, interval_s: 900, columns: {ts: t, consumption: kw, energy_import: kwh}}
  - {kind: prices, file: ${dir}/prices.csv, columns: {ts: t, price: p}}`);
  const clock = createManualClock(NOW);
  const { signal } = new AbortController();
  return simulate(kind, { db: database, log, clock, signal, loadConfig: () => Promise.resolve(config) });
}

const READINGS = 't,kw,kwh\n2026-06-01T00:00:00Z,1,500\n2026-06-01T00:15:00Z,2,500.5\n';
const PRICES = 't,p\n2026-06-01T00:00:00Z,10\n2026-06-01T00:15:00Z,20\n';
const write = (name: 'readings' | 'prices', text: string): Promise<void> => writeFile(join(dir, `${name}.csv`), text);

const readings = (): Promise<unknown[]> =>
  db
    .query<{
      line: string;
    }>(sql`select to_char(ts at time zone 'UTC', 'HH24:MI ') || source as line from smart_meter_readings order by ts`)
    .then((rows) => rows.map(({ line }) => line));
const SIMULATED = ['00:30 sim', '00:45 sim', '01:00 sim', '01:15 sim', '01:30 sim', '01:45 sim'];

test('a file is loaded once, the simulation goes on from its end with its counters, and the run stays the newest', async () => {
  await write('readings', READINGS);
  expect(await run('meter')).toMatchObject({ state: 'done', rows: 6 });
  const whole = ['00:00 csv', '00:15 csv', ...SIMULATED];
  expect(await readings()).toEqual(whole);
  const [first] = await db.query<{ kwh: number }>(
    sql`select energy_import_kwh - consumption_kw / 4 as kwh from smart_meter_readings where ts = '2026-06-01T00:30:00Z'`,
  );
  expect(first?.kwh).toBeCloseTo(500.5, 6);
  expect(await readLastSimRuns(db)).toMatchObject([{ kind: 'meter', state: 'done', rows: 6 }]);
  expect(await db.query(sql`select rows, range_from from sim_runs order by started_at`)).toEqual([
    { rows: 2, range_from: new Date('2026-06-01T00:00:00Z') },
    { rows: 6, range_from: new Date('2026-06-01T00:30:00Z') },
  ]);

  // Were it read again, its rows would come back.
  await db.execute(sql`delete from smart_meter_readings where source = 'csv'`);
  await run('meter');
  expect(await readings()).toEqual(SIMULATED);
  expect(await db.query(sql`select from sim_runs`)).toHaveLength(3);
});

test('a file that says something else is loaded, whatever is new in it and wherever; what is there stays', async () => {
  await write('readings', READINGS);
  await run('meter');
  await write('readings', READINGS.replace('00:15:00Z,2', '00:15:00Z,9') + '2026-05-31T23:45:00Z,3,499\n');
  await run('meter');
  expect(await readings()).toEqual(['23:45 csv', '00:00 csv', '00:15 csv', ...SIMULATED]);
  expect(
    await db.query(sql`select consumption_kw as kw from smart_meter_readings where source = 'csv' order by ts`),
  ).toEqual([{ kw: 3 }, { kw: 1 }, { kw: 2 }]);
});

test('a run that dies while it loads leaves the file to the next one', async () => {
  await write('readings', READINGS);
  const dying: Database = { ...db, transaction: () => Promise.reject(new Error('killed')) };
  await expect(run('meter', dying)).rejects.toThrow('killed');
  expect(await readings()).toEqual([]);
  await run('meter');
  expect(await readings()).toEqual(['00:00 csv', '00:15 csv', ...SIMULATED]);
});

test('prices likewise, by two runs at once too, and the series is simulated on', async () => {
  await write('prices', PRICES);
  await Promise.all([run('market'), run('market')]);
  await write('prices', `${PRICES}2026-05-31T23:45:00Z,5\n`);
  await run('market');
  const rows =
    await db.query(sql`select source, count(*) as n, min(price_eur_mwh) filter (where source = 'csv') as least,
    min(ts) as first from market_prices group by source order by source`);
  expect(rows).toEqual([
    { source: 'csv', n: 3, least: 5, first: new Date('2026-05-31T23:45:00Z') },
    { source: 'sim', n: 86, least: null, first: new Date('2026-06-01T00:30:00Z') },
  ]);
  expect(await db.query(sql`select from live_series`)).toEqual([]);
});
