import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createSilentLogger } from '@luna-iems/service-kit';
import { createPool, migrate, setRolePasswords, sql, type Database } from '@luna-iems/tenant-db';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { startServices, type Services } from '../../hack/services/index.ts';

const main = fileURLToPath(new URL('./main.ts', import.meta.url));
const log = createSilentLogger();
const PASSWORD = 'a-password-for-the-simulator';
const SEEDS = [1, 2, 3, 4];
const CONFIG = `
meters: {interval_s: 1, start_minutes_back: 200, missing_share: 0.02, groups: [{prefix: m, count: 5}]}
market: {start_days_back: 400}
limits: {batch_rows: 500}`;
/** Of 200 minutes that begin within a second, the whole seconds. */
const ROWS = 5 * (200 * 60 - 1);

/** A server of its own: this test pulls its plug. */
let server: Services;
let dir: string;
const children: ChildProcess[] = [];

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'luna-sim-kill-'));
  await writeFile(join(dir, 'sim.yml'), CONFIG);
  server = await startServices(['timescaledb'], { dir: join(dir, 'server') });
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});
afterAll(async () => {
  await server.stop();
  await rm(dir, { recursive: true, force: true });
});

interface Ended {
  readonly code: number | null;
  readonly output: string;
}

function start(databaseUrl: string, kind: 'meter' | 'market'): [ChildProcess, Promise<Ended>] {
  const url = new URL(databaseUrl);
  url.username = 'luna_sim';
  url.password = '';
  const env = {
    PATH: process.env['PATH'],
    DATABASE_URL: url.href,
    PGPASSWORD: PASSWORD,
    SIM_CONFIG: join(dir, 'sim.yml'),
  };
  const child = spawn(process.execPath, [main, kind], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  let output = '';
  const collect = (piece: Buffer): void => void (output += piece.toString());
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  return [child, new Promise((resolve) => child.on('close', (code) => resolve({ code, output })))];
}

/** A small generator of its own, so that a seed that failed can be tried again. */
function randomOf(seed: number): () => number {
  let state = seed * 2_654_435_761;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

async function withDatabase<T>(url: string, work: (db: Database) => Promise<T>): Promise<T> {
  const db = createPool({ connectionString: url, applicationName: 'kill-test', log, max: 1 });
  try {
    return await work(db);
  } finally {
    await db.close();
  }
}

const countRows = (db: Database): Promise<number> =>
  db.query<{ n: number }>(sql`select count(*) as n from smart_meter_readings`).then(([row]) => row?.n ?? 0);

/** Resolves when the table has grown by so many rows, or the process has ended by itself. */
async function grownBy(url: string, rows: number, ended: Promise<Ended>): Promise<void> {
  let over = false;
  void ended.then(() => (over = true));
  await withDatabase(url, async (db) => {
    const goal = (await countRows(db)) + rows;
    while (!over && (await countRows(db)) < goal) await new Promise((resolve) => setTimeout(resolve, 5));
  });
}

async function freshDatabase(name: string): Promise<string> {
  const owner = server.env['DATABASE_URL'] ?? '';
  await withDatabase(owner, (db) =>
    db.session((session) => session.script(`create database ${name} template template0`)),
  );
  const url = new URL(owner);
  url.pathname = `/${name}`;
  await withDatabase(url.href, async (db) => {
    await migrate(db, { log });
    await setRolePasswords(db, { luna_sim: PASSWORD });
  });
  return url.href;
}

/** Nothing missing within any series, nothing twice, and the events tell of exactly the rows that are there. */
async function expectWhole(url: string): Promise<void> {
  await withDatabase(url, async (db) => {
    const holes = await db.query(sql`select meter_id, count(*) from smart_meter_readings group by meter_id
      having count(*) <> extract(epoch from max(ts) - min(ts)) + 1`);
    expect(holes).toEqual([]);
    const priceHoles = await db.query(sql`select product, count(*) from market_prices group by product
      having count(*) <> extract(epoch from max(ts) - min(ts)) / 900 + 1`);
    expect(priceHoles).toEqual([]);
    const [told] = await db.query<{ readings: number; prices: number }>(sql`select
      coalesce(sum((meta->>'rows')::bigint) filter (where type = 'sim.readings'), 0)::bigint as readings,
      coalesce(sum((meta->>'rows')::bigint) filter (where type = 'sim.prices'), 0)::bigint as prices from events`);
    const [there] = await db.query<{ readings: number; prices: number }>(sql`select
      (select count(*) from smart_meter_readings) as readings, (select count(*) from market_prices) as prices`);
    expect(told).toEqual(there);
  });
}

test.each(SEEDS)(
  'seed %i: the simulator and the database are killed anywhere; the next run leaves no gap and no double',
  async (seed) => {
    const random = randomOf(seed);
    const url = await freshDatabase(`kill_${seed}`);
    for (let round = 0; round < 3; round += 1) {
      const [child, ended] = start(url, 'meter');
      await grownBy(url, Math.floor(random() * ROWS * 0.25), ended);
      if (random() < 0.5) {
        child.kill('SIGKILL');
        await ended;
      } else {
        await server.kill('timescaledb');
        const { code, output } = await ended;
        // It may have been done just before; it must not hang, and it must not claim success for what it could not write.
        if (code !== 0) expect(output).toContain('LUNA_DB_');
        await server.start('timescaledb');
      }
      await expectWhole(url);
    }
    for (const kind of ['meter', 'market'] as const) {
      const { code, output } = await start(url, kind)[1];
      expect(code, output).toBe(0);
    }
    await expectWhole(url);
    await withDatabase(url, async (db) => {
      expect(await countRows(db)).toBeGreaterThanOrEqual(ROWS);
      const [left] = await db.query<{ n: number }>(sql`select series_refresh(1000, now() + interval '1 hour') as n`);
      expect(left?.n).toBe(0);
      const [sums] = await db.query<{ rolled: number; there: number }>(sql`select
      (select sum(readings) from readings_1d)::bigint as rolled, (select count(*) from smart_meter_readings) as there`);
      expect(sums?.rolled).toBe(sums?.there);
    });
  },
);
