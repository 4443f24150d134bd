import { createSilentLogger } from '@luna-iems/service-kit';
import { afterEach, expect, test } from 'vitest';
import { migrations } from './generated/migrations.ts';
import { migrate, schemaVersion } from './migrate.ts';
import type { Migration } from './migration.ts';
import { createPool, type Database } from './pool.ts';
import { readSchemaVersion, readTimescaleEdition } from './schema-info.ts';
import { sql } from './sql.ts';
import { freshDatabase, type FreshDatabase } from './testing/fresh-database.ts';

const log = createSilentLogger();
const open: FreshDatabase[] = [];

async function emptyDatabase(): Promise<Database> {
  const fresh = await freshDatabase({ empty: true });
  open.push(fresh);
  return fresh.db;
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((fresh) => fresh.close()));
});

const step = (version: number, text: string): Migration => ({ version, name: `step_${version}`, sql: text });

async function schemaOf(db: Database): Promise<unknown[]> {
  return db.query(sql`select table_name, column_name, data_type, column_default, is_nullable from information_schema.columns
    where table_schema = 'public' and table_name not like '\\_%' order by 1, 2`);
}

async function tablesOf(db: Database): Promise<string[]> {
  const rows = await db.query<{ name: string }>(
    sql`select table_name as name from information_schema.tables where table_schema = 'public' order by 1`,
  );
  return rows.map((row) => row.name);
}

test("a fresh database gets the plan's tables with the plan's columns and types; a second run changes nothing", async () => {
  const db = await emptyDatabase();
  expect(await readSchemaVersion(db)).toBe(0);
  expect(await migrate(db, { log })).toEqual({
    version: schemaVersion,
    applied: migrations.map(({ version }) => version),
  });
  const before = await schemaOf(db);
  expect(await migrate(db, { log })).toEqual({ version: schemaVersion, applied: [] });
  expect(await schemaOf(db)).toEqual(before);
  expect(await readSchemaVersion(db)).toBe(schemaVersion);

  const plan: Record<string, string> = {
    users: 'user_id uuid, external_id text, created_at timestamptz',
    items:
      'item_id uuid, kind text, source text, title text, tags text[], url text, sha256 text, version int4, created_at timestamptz',
    item_chunks: 'chunk_id uuid, item_id uuid, chunk_idx int4, text text, metadata jsonb, created_at timestamptz',
    events: 'event_id uuid, user_id uuid, ts timestamptz, type text, item_id uuid, meta jsonb',
    smart_meter_readings:
      'meter_id text, ts timestamptz, consumption_kw float8, production_kw float8, voltage float8, quality text',
    market_prices: 'market text, product text, ts timestamptz, price_eur_mwh float8, volume float8',
    privacy_config: 'flag_send_aggregates bool, instance_fingerprint text',
  };
  const rows = await db.query<{ name: string; col: string }>(sql`
    select table_name as name, column_name || ' ' || case when data_type = 'ARRAY' then ltrim(udt_name, '_') || '[]' else udt_name end as col
    from information_schema.columns where table_schema = 'public'`);
  for (const [table, columns] of Object.entries(plan)) {
    const present = rows.filter(({ name }) => name === table).map(({ col }) => col);
    expect(present, table).toEqual(expect.arrayContaining(columns.split(', ')));
  }
});

test('the edition is known and the series are hypertables on it, keyed as the design says', async () => {
  const db = await emptyDatabase();
  await migrate(db, { log });
  expect(['apache', 'timescale']).toContain(await readTimescaleEdition(db));
  const rows = await db.query<{ name: string; key: string }>(sql`
    select h.hypertable_name as name, (
      select string_agg(a.attname, ',' order by array_position(i.indkey::int[], a.attnum::int))
      from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any(i.indkey)
      where i.indrelid = h.hypertable_name::regclass and i.indisprimary) as key
    from timescaledb_information.hypertables h
    where h.hypertable_name in ('events', 'market_prices', 'smart_meter_readings') order by 1`);
  expect(rows).toEqual([
    { name: 'events', key: 'event_id,ts' },
    { name: 'market_prices', key: 'market,product,ts' },
    { name: 'smart_meter_readings', key: 'meter_id,ts' },
  ]);
});

test('several runs at once, each from its own pool: every file is applied by exactly one of them', async () => {
  const fresh = await freshDatabase({ empty: true });
  open.push(fresh);
  const pools = [1, 2, 3].map(() =>
    createPool({ connectionString: fresh.connectionString, applicationName: 'racer', log, max: 1 }),
  );
  try {
    const results = await Promise.all(pools.map((pool) => migrate(pool, { log })));
    expect(results.map(({ version }) => version)).toEqual([schemaVersion, schemaVersion, schemaVersion]);
    const applied = results.flatMap((result) => result.applied).sort((a, b) => a - b);
    expect(applied).toEqual(migrations.map(({ version }) => version));
  } finally {
    await Promise.all(pools.map((pool) => pool.close()));
  }
  const [row] = await fresh.db.query<{ count: number }>(sql`select count(*) from privacy_config`);
  expect(row?.count).toBe(1);
});

test("two tenants' databases on one server at once: roles are made once", async () => {
  const [first, second] = await Promise.all([emptyDatabase(), emptyDatabase()]);
  const results = await Promise.all([migrate(first, { log }), migrate(second, { log })]);
  expect(results.map(({ version }) => version)).toEqual([schemaVersion, schemaVersion]);
});

test('a changed old file is refused and nothing after it runs', async () => {
  const db = await emptyDatabase();
  await migrate(db, { log, migrations: [step(1, 'create table a (x int)')] });
  const changed = [step(1, 'create table a (x bigint)'), step(2, 'create table b (x int)')];
  await expect(migrate(db, { log, migrations: changed })).rejects.toMatchObject({
    code: 'LUNA_MIGRATION_CHANGED',
    message: expect.stringContaining('001_step_1') as string,
  });
  expect(await tablesOf(db)).toEqual(['a', 'luna_migrations']);
});

test('a file that fails leaves nothing of itself, keeps what came before, and may be mended', async () => {
  const db = await emptyDatabase();
  const good = step(1, 'create table a (x int)');
  await expect(
    migrate(db, { log, migrations: [good, step(2, 'create table b (x int); select 1 / 0')] }),
  ).rejects.toMatchObject({ code: 'LUNA_MIGRATION_FAILED' });
  expect(await tablesOf(db)).toEqual(['a', 'luna_migrations']);
  const mended = await migrate(db, { log, migrations: [good, step(2, 'create table b (x int)')] });
  expect(mended).toEqual({ version: 2, applied: [2] });
});

test('a file without a transaction runs piece by piece, and is begun again after it stopped half-way', async () => {
  const db = await emptyDatabase();
  const text = (last: string): string => `-- luna:no-transaction
    create table if not exists a (x int);
    create index concurrently if not exists a_x on a (x);
    ${last};`;
  await expect(migrate(db, { log, migrations: [step(1, text('select 1 / 0'))] })).rejects.toMatchObject({
    code: 'LUNA_MIGRATION_FAILED',
  });
  expect(await readSchemaVersion(db)).toBe(0);
  expect(await migrate(db, { log, migrations: [step(1, text('select 1'))] })).toEqual({ version: 1, applied: [1] });
  const [index] = await db.query<{ valid: boolean }>(
    sql`select indisvalid as valid from pg_index where indexrelid = 'a_x'::regclass`,
  );
  expect(index?.valid).toBe(true);
});

test('a database that is ahead of this build is left as it is', async () => {
  const db = await emptyDatabase();
  await migrate(db, { log, migrations: [step(1, 'create table a (x int)'), step(2, 'create table b (x int)')] });
  expect(await migrate(db, { log, migrations: [step(1, 'create table a (x int)')] })).toEqual({
    version: 2,
    applied: [],
  });
  expect(await tablesOf(db)).toContain('b');
});

test('waiting for another run ends after its time', async () => {
  const db = await emptyDatabase();
  let inside = (): void => undefined;
  const started = new Promise<void>((resolve) => (inside = resolve));
  const holder = migrate(db, {
    log: Object.assign(createSilentLogger(), { info: () => inside() }),
    migrations: [step(1, 'create table a (x int)'), step(2, 'select pg_sleep(2)')],
  });
  await started;
  await expect(migrate(db, { log, migrations: [], lockTimeoutMs: 300 })).rejects.toMatchObject({
    code: 'LUNA_MIGRATION_LOCKED',
  });
  await holder;
});
