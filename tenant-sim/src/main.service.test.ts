import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { createSilentLogger } from '@luna-iems/service-kit';
import {
  createPool,
  createScratchDatabase,
  migrate,
  readLastSimRuns,
  setRolePasswords,
  sql,
  type Database,
  type ScratchDatabase,
} from '@luna-iems/tenant-db';
import { afterEach, beforeEach, expect, test } from 'vitest';

const main = fileURLToPath(new URL('./main.ts', import.meta.url));
const log = createSilentLogger();
const PASSWORD = 'a-password-for-the-simulator';

let dir: string;
let scratch: ScratchDatabase;
let db: Database;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'luna-sim-'));
  scratch = await createScratchDatabase(process.env['DATABASE_URL'] ?? '', 'sim_main');
  db = createPool({ connectionString: scratch.connectionString, applicationName: 'sim-main-test', log, max: 2 });
  await migrate(db, { log });
  await setRolePasswords(db, { luna_sim: PASSWORD });
});
afterEach(async () => {
  await db.close();
  await scratch.drop();
  await rm(dir, { recursive: true });
});

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly output: string;
}

/** The simulator as its CronJob starts it: as luna_sim, password from PGPASSWORD. */
async function start(
  args: readonly string[],
  config: string,
  env: Record<string, string> = {},
): Promise<[ChildProcess, Promise<Ended>]> {
  const file = join(dir, 'sim.yml');
  await writeFile(file, config);
  const url = new URL(scratch.connectionString);
  url.username = 'luna_sim';
  url.password = '';
  const child = spawn(process.execPath, [main, ...args], {
    env: { PATH: process.env['PATH'], DATABASE_URL: url.href, PGPASSWORD: PASSWORD, SIM_CONFIG: file, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const closed = new Promise<Pick<Ended, 'code' | 'signal'>>((resolve) =>
    child.on('close', (code, signal) => resolve({ code, signal })),
  );
  const ended = Promise.all([closed, text(child.stdout), text(child.stderr)]);
  return [child, ended.then(([how, out, err]) => ({ ...how, output: out + err }))];
}

async function run(args: readonly string[], config = '', env: Record<string, string> = {}): Promise<Ended> {
  const [, ended] = await start(args, config, env);
  return ended;
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 600; tries += 1) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error('it never came true');
}

const meterRows = async (): Promise<number> =>
  (await db.query<{ n: number }>(sql`select count(*) as n from smart_meter_readings`))[0]?.n ?? 0;

test('with the least-privileged role both kinds run, exit 0, and leave rows of the last minutes', async () => {
  for (const kind of ['meter', 'market']) {
    const { code, output } = await run([kind], 'meters: {start_minutes_back: 5}');
    expect(code, output).toBe(0);
  }
  const [recent] = await db.query<{ meters: number; prices: number }>(sql`select
    (select count(distinct meter_id) from smart_meter_readings where ts > now() - interval '2 minutes') as meters,
    (select count(*) from market_prices where ts > now() - interval '1 hour') as prices`);
  expect(recent?.meters).toBe(10);
  expect(recent?.prices).toBeGreaterThan(0);
  expect((await readLastSimRuns(db)).map(({ kind, state }) => [kind, state])).toEqual([
    ['market', 'done'],
    ['meter', 'done'],
  ]);
});

const LONG = `
meters: {interval_s: 1, start_minutes_back: 600, missing_share: 0, groups: [{prefix: m, count: 10}]}
limits: {batch_rows: 500}`;

/** No gap: each meter has every second from its first to its last reading; the key itself forbids doubles. */
async function gaps(): Promise<unknown[]> {
  return db.query(sql`select meter_id from smart_meter_readings group by meter_id
    having count(*) <> extract(epoch from max(ts) - min(ts)) + 1`);
}

test('killed in the middle of a back-fill, the next run goes on without gap or double', async () => {
  const [child, ended] = await start(['meter'], LONG);
  await until(async () => (await meterRows()) > 2_000);
  child.kill('SIGKILL');
  expect((await ended).signal).toBe('SIGKILL');
  const left = await meterRows();
  expect(left).toBeLessThan(10 * 36_000);
  expect(await gaps()).toEqual([]);

  const short = LONG.replace('limits: {batch_rows: 500}', 'limits: {batch_rows: 500, run_rows: 5000}');
  const { code, output } = await run(['meter'], short);
  expect(code, output).toBe(0);
  expect(await meterRows()).toBeGreaterThanOrEqual(left + 5_000 - 500);
  expect(await gaps()).toEqual([]);
});

test('told to stop, it finishes its batch, says so and exits 0', async () => {
  const [child, ended] = await start(['meter'], LONG);
  await until(async () => (await meterRows()) > 2_000);
  child.kill('SIGTERM');
  const { code, output } = await ended;
  expect(code, output).toBe(0);
  expect(await readLastSimRuns(db)).toMatchObject([{ kind: 'meter', state: 'stopped', rows: await meterRows() }]);
  expect(await gaps()).toEqual([]);
});

test('a wrong setting ends with 1, a sentence, and a failed run that carries it', async () => {
  const { code, output } = await run(['meter'], 'meters: {interval_s: fast}');
  expect(code).toBe(1);
  expect(output).toContain('meters.interval_s must be integer');
  expect(await readLastSimRuns(db)).toMatchObject([
    { state: 'failed', errorCode: 'LUNA_CONFIG', error: expect.stringContaining('Seconds between readings') as string },
  ]);
});

test('a wrong argument, a missing address and a database that is away are sentences too', async () => {
  expect(await run(['weather'])).toMatchObject({
    code: 1,
    output: expect.stringContaining('usage: main.js meter|market') as string,
  });
  expect(await run(['meter'], '', { DATABASE_URL: '' })).toMatchObject({
    code: 1,
    output: expect.stringContaining('DATABASE_URL is missing. Where to write') as string,
  });
  const away = { DATABASE_URL: 'postgres://luna_sim@127.0.0.1:1/luna', DB_WAIT_SECONDS: '1' };
  expect(await run(['meter'], '', away)).toMatchObject({
    code: 1,
    output: expect.stringContaining('did not answer within 1000 ms') as string,
  });
});
