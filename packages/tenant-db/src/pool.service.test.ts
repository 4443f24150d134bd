import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { createSilentLogger } from '@luna-iems/service-kit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createPool, type Database } from './pool.ts';
import { waitForDatabase } from './schema-info.ts';
import { prepared, sql } from './sql.ts';
import { freshDatabase, type FreshDatabase } from './testing/fresh-database.ts';

const log = createSilentLogger();
let fresh: FreshDatabase;

beforeAll(async () => {
  fresh = await freshDatabase({ empty: true });
  await fresh.db.execute(sql`create table t (x int primary key)`);
});
afterAll(() => fresh.close());

const count = async (db: Database): Promise<number | undefined> =>
  (await db.query<{ n: number }>(sql`select count(*) as n from t`))[0]?.n;

test('values go in as values, rows and counts come out', async () => {
  const evil = `'); drop table t; --`;
  expect(await fresh.db.query(sql`select ${evil}::text as text, count(*) as n from t`)).toEqual([{ text: evil, n: 0 }]);
  expect(await fresh.db.execute(sql`update t set x = x + 1 where x = ${99}`)).toBe(0);
});

test('a statement with a name is prepared once by a connection and takes other values each time', async () => {
  const sum = (a: number, b: number): ReturnType<typeof prepared> =>
    prepared('sum', sql`select ${a}::int + ${b}::int as n`);
  const known = await fresh.db.session(async (session) => {
    expect(await session.query(sum(1, 2))).toEqual([{ n: 3 }]);
    expect(await session.query(sum(40, 2))).toEqual([{ n: 42 }]);
    return session.query(sql`select name, generic_plans + custom_plans as runs from pg_prepared_statements`);
  });
  expect(known).toEqual([{ name: 'sum', runs: 2 }]);
});

test('a transaction commits as a whole or not at all', async () => {
  await fresh.db.transaction((tx) => tx.execute(sql`insert into t values (1), (2)`));
  expect(await count(fresh.db)).toBe(2);
  const failing = fresh.db.transaction(async (tx) => {
    await tx.execute(sql`insert into t values (3)`);
    throw new Error('changed my mind');
  });
  await expect(failing).rejects.toThrow('changed my mind');
  await expect(fresh.db.transaction((tx) => tx.execute(sql`insert into t values (4), (1)`))).rejects.toMatchObject({
    code: 'LUNA_DB_CONFLICT',
    constraint: 't_pkey',
  });
  expect(await count(fresh.db)).toBe(2);
});

test('two transactions that deadlock both succeed in the end', async () => {
  await fresh.db.execute(sql`delete from t`);
  await fresh.db.execute(sql`insert into t values (10), (20)`);
  let arrived = 0;
  let meet = (): void => undefined;
  const both = new Promise<void>((resolve) => (meet = resolve));
  const cross = (first: number, second: number): Promise<void> =>
    fresh.db.transaction(async (tx) => {
      await tx.execute(sql`update t set x = x where x = ${first}`);
      if ((arrived += 1) === 2) meet();
      await both;
      await tx.execute(sql`update t set x = x where x = ${second}`);
    });
  await expect(Promise.all([cross(10, 20), cross(20, 10)])).resolves.toHaveLength(2);
  expect(arrived).toBeGreaterThan(2);
});

test('a slow statement is given up by the server, and the connection is good afterwards', async () => {
  const db = createPool({
    connectionString: fresh.connectionString,
    applicationName: 'slow',
    log,
    max: 1,
    statementTimeoutMs: 100,
  });
  try {
    await expect(db.query(sql`select pg_sleep(30)`)).rejects.toMatchObject({ code: 'LUNA_DB_TIMEOUT', status: 504 });
    await expect(db.ping()).resolves.toBeUndefined();
  } finally {
    await db.close();
  }
});

test('a connection whose server went silent is not given to the next user', async () => {
  const db = createPool({
    connectionString: fresh.connectionString,
    applicationName: 'silent',
    log,
    max: 1,
    statementTimeoutMs: 1,
  });
  try {
    const silent = db.session(async (session) => {
      await session.script('set statement_timeout = 0');
      await session.query(sql`select pg_sleep(60)`);
    });
    await expect(silent).rejects.toMatchObject({ code: 'LUNA_DB_TIMEOUT' });
    await expect(db.session((session) => session.script('set statement_timeout = 0'))).resolves.toBeUndefined();
  } finally {
    await db.close();
  }
});

test('connections killed by the server, idle or in use, cost one call at most', async () => {
  const db = createPool({ connectionString: fresh.connectionString, applicationName: 'victim', log, max: 1 });
  const kill = (): Promise<number> =>
    fresh.db.execute(sql`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'victim'`);
  try {
    await db.ping();
    expect(await kill()).toBe(1);
    await db.ping().catch(() => undefined);
    await expect(db.ping()).resolves.toBeUndefined();

    const inUse = db.query(sql`select pg_sleep(30)`);
    const outcome = expect(inUse).rejects.toMatchObject({ code: 'LUNA_DB_UNREACHABLE', status: 503 });
    while ((await kill()) === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    await outcome;
    await expect(db.ping()).resolves.toBeUndefined();
  } finally {
    await db.close();
  }
});

test('waiting ends when the database comes up', async () => {
  // A listener that hangs up stands for a server that is still starting; then nothing listens; then the real one does.
  const door = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve));
  const { port } = door.address() as AddressInfo;
  const closed = createPool({
    connectionString: `postgres://u@127.0.0.1:${port}/x`,
    applicationName: 'w',
    log,
    max: 1,
  });
  const tries: number[] = [];
  const ping = async (): Promise<void> => {
    tries.push(1);
    await (tries.length < 3 ? closed : fresh.db).ping();
  };
  try {
    await waitForDatabase({ ping }, { log, timeoutMs: 60_000 });
    expect(tries).toHaveLength(3);
  } finally {
    await closed.close();
    door.close();
  }
});

test('waiting ends with a sentence when time is up, and at once when waiting cannot help', async () => {
  const nobody = createPool({ connectionString: 'postgres://u@127.0.0.1:1/x', applicationName: 'w', log, max: 1 });
  const url = new URL(fresh.connectionString);
  url.pathname = '/no_such_database';
  const wrong = createPool({ connectionString: url.href, applicationName: 'w', log, max: 1 });
  try {
    await expect(waitForDatabase(nobody, { log, timeoutMs: 400 })).rejects.toMatchObject({
      code: 'LUNA_DB_UNREACHABLE',
    });
    await expect(waitForDatabase(wrong, { log, timeoutMs: 60_000 })).rejects.toMatchObject({ sqlState: '3D000' });
  } finally {
    await nobody.close();
    await wrong.close();
  }
});
