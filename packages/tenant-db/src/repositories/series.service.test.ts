import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../pool.ts';
import { sql } from '../sql.ts';
import { freshDatabase, type FreshDatabase } from '../testing/fresh-database.ts';
import { appendAudit } from './audit.ts';
import { countTables } from './counts.ts';
import { activateProfile, ensureProfile, readActiveProfile } from './embedding-profiles.ts';
import { insertEvents } from './events.ts';
import { readPrivacyConfig } from './privacy.ts';
import {
  finishSimRun,
  forgetOldSimRuns,
  isSeedLoaded,
  readLastFailedSimRuns,
  readLastSimRuns,
  readLastWrites,
  recordSeed,
  startSimRun,
  updateSimRun,
} from './sim-runs.ts';

let fresh: FreshDatabase;
let db: Database;

beforeAll(async () => {
  fresh = await freshDatabase();
  db = fresh.db;
});
afterAll(() => fresh.close());

const at = (minute: number): Date => new Date(Date.UTC(2026, 2, 29, 0, minute));

test('the newest interval of both tables is found, whoever wrote it', async () => {
  expect(await readLastWrites(db)).toEqual({ meter: null, market: null });
  await db.execute(sql`insert into smart_meter_readings (meter_id, ts, consumption_kw)
    select 'm', ts, 1 from generate_series(${at(0)}::timestamptz, ${at(3)}, '1 min') ts`);
  await db.execute(sql`insert into market_prices (market, product, ts, price_eur_mwh)
    values ('DE-LU', 'DA-15', ${at(0)}, 1), ('DE-LU', 'ID-15', ${at(15)}, 2)`);
  expect(await readLastWrites(db)).toEqual({ meter: at(3), market: at(15) });
});

test('runs are opened, followed and closed; one that fell silent is closed by the next', async () => {
  const first = await startSimRun(db, 'meter');
  await updateSimRun(db, first, { rows: 10, rangeFrom: at(0), rangeTo: at(5) });
  await db.execute(sql`update sim_runs set updated_at = now() - interval '1 hour'`);
  const other = await startSimRun(db, 'market');
  await finishSimRun(db, other, { state: 'done', rows: 3, rangeFrom: at(0), rangeTo: at(45) });
  expect(await readLastSimRuns(db)).toMatchObject([
    { kind: 'market', state: 'done', rows: 3, rangeTo: at(45) },
    { kind: 'meter', state: 'running', rows: 10 },
  ]);
  await startSimRun(db, 'meter');
  expect(await readLastFailedSimRuns(db)).toMatchObject([
    { kind: 'meter', runId: first, state: 'failed', rows: 10, errorCode: 'LUNA_SIM_KILLED' },
  ]);
});

test('runs are kept for a month; what a file was loaded with for as long as runs ask for the file', async () => {
  const asked = crypto.randomUUID();
  const changedSince = crypto.randomUUID();
  const runId = await startSimRun(db, 'meter');
  for (const seedId of [asked, changedSince]) {
    await recordSeed(db, { seedId, runId, rows: 2, rangeFrom: at(0), rangeTo: at(1) });
  }
  const grow = (days: number): Promise<number> =>
    db.execute(sql`update sim_runs set started_at = started_at - make_interval(days => ${days}),
      updated_at = updated_at - make_interval(days => ${days})`);
  await grow(20);
  const newest = await startSimRun(db, 'meter');
  expect(await isSeedLoaded(db, asked)).toBe(true);
  await grow(20);
  const market = await db.query(sql`select from sim_runs where kind = 'market'`);
  await forgetOldSimRuns(db, 'meter');
  const left = await db.query<{ id: string }>(
    sql`select run_id as id from sim_runs where kind = 'meter' order by started_at`,
  );
  expect(left.map(({ id }) => id)).toEqual([asked, newest]);
  expect(await isSeedLoaded(db, asked)).toBe(true);
  expect(await isSeedLoaded(db, changedSince)).toBe(false);
  expect(await db.query(sql`select from sim_runs where kind = 'market'`)).toHaveLength(market.length);
});

test('events count once however often they are sent; counts are those of the tables', async () => {
  const event = { eventId: crypto.randomUUID(), ts: at(3), type: 'view', meta: { place: 'top' } };
  expect(await insertEvents(db, [event])).toBe(1);
  expect(await insertEvents(db, [event, { ...event, ts: at(4) }])).toBe(1);
  const counts = await countTables(db);
  expect(counts).toEqual({ items: 0, chunks: 0, events: 2, smart_meter_readings: 4, market_prices: 2, users: 0 });
});

test('a series beyond the limit is told by the statistics, one within it is counted', async () => {
  await db.execute(sql`insert into smart_meter_readings (meter_id, ts, consumption_kw)
    select 'many', ts, 1 from generate_series(${at(0)}::timestamptz, ${at(2_999)}, '1 min') ts`);
  const [exact] = await db.query<{ n: number }>(sql`select count(*) as n from smart_meter_readings`);
  const n = exact?.n ?? 0;
  expect((await countTables(db, n)).smart_meter_readings).toBe(n);
  // Without statistics it says at least what it saw; with them what they say.
  expect((await countTables(db, 1_000)).smart_meter_readings).toBeGreaterThan(1_000);
  await db.session((session) => session.script('analyze smart_meter_readings'));
  expect((await countTables(db, 1_000)).smart_meter_readings).toBe(n);
});

test('one profile is active at a time, and the same identity is the same profile', async () => {
  const identity = {
    model: 'all-minilm',
    digest: 'sha256:1',
    dimensions: 384,
    normalisation: 'none',
    documentPrefix: '',
    queryPrefix: '',
    chunker: 'v1',
  };
  const one = await ensureProfile(db, identity, { collection: 'chunks-1' });
  const same = await ensureProfile(db, identity, { collection: 'ignored', selfTest: { passed: true } });
  expect(same).toMatchObject({
    profileId: one.profileId,
    collection: 'chunks-1',
    selfTest: { passed: true },
    active: false,
  });
  const two = await ensureProfile(db, { ...identity, digest: 'sha256:2' }, { collection: 'chunks-2' });
  expect(await readActiveProfile(db)).toBeUndefined();
  await Promise.all([activateProfile(db, one.profileId), activateProfile(db, two.profileId)]);
  await activateProfile(db, two.profileId);
  expect(await readActiveProfile(db)).toMatchObject({ profileId: two.profileId });
});

test('privacy is off and the fingerprint is random; the audit trail takes entries', async () => {
  const config = await readPrivacyConfig(db);
  expect(config).toEqual({
    flagSendAggregates: false,
    instanceFingerprint: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
  });
  const other = await freshDatabase();
  try {
    expect((await readPrivacyConfig(other.db)).instanceFingerprint).not.toBe(config.instanceFingerprint);
  } finally {
    await other.close();
  }
  await appendAudit(db, { actor: 'admin', action: 'sim.stop', details: { cronJob: 'sim-meter' } });
  expect(await db.query(sql`select actor, action, outcome, details from audit_log`)).toEqual([
    { actor: 'admin', action: 'sim.stop', outcome: 'ok', details: { cronJob: 'sim-meter' } },
  ]);
});
