import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSilentLogger } from '@luna-iems/service-kit';
import { createPool } from './pool.ts';
import { setRolePasswords, type TenantRole } from './role-passwords.ts';
import { sql } from './sql.ts';
import { freshDatabase, type FreshDatabase } from './testing/fresh-database.ts';

let fresh: FreshDatabase;

beforeAll(async () => {
  fresh = await freshDatabase();
});
afterAll(() => fresh.close());

/** `ok`, or the SQLSTATE that the role gets for the statement. */
function tryAs(role: TenantRole, statement: string): Promise<string> {
  return fresh.db.session(async (session) => {
    await session.script(`begin; set local role ${role}`);
    try {
      await session.script(statement);
      return 'ok';
    } catch (error) {
      return (error as { sqlState?: string }).sqlState ?? String(error);
    } finally {
      await session.script('rollback');
    }
  });
}

const DENIED = '42501';
const READING = `insert into smart_meter_readings (meter_id, ts, consumption_kw) values ('m', now(), 1)`;
const PRICE = `insert into market_prices (market, product, ts, price_eur_mwh) values ('DE-LU', 'DA-15', now(), 80)`;
const ITEM = `insert into items (source, title, sha256) values ('s', 't', repeat('a', 64))`;
const AUDIT = `insert into audit_log (actor, action) values ('admin', 'x')`;
const EVENT = `insert into events (ts, type) values (now(), 'view')`;

test.each<[TenantRole, string, string]>([
  ['luna_sim', READING, 'ok'],
  ['luna_sim', PRICE, 'ok'],
  [
    'luna_sim',
    `insert into sim_runs (kind) values ('meter'); update sim_runs set rows = 1; delete from sim_runs`,
    'ok',
  ],
  ['luna_sim', 'select from items', DENIED],
  ['luna_sim', 'select from item_chunks', DENIED],
  ['luna_sim', 'select from privacy_config', DENIED],
  ['luna_sim', 'select from ingest_jobs', DENIED],
  ['luna_sim', 'delete from smart_meter_readings', DENIED],
  ['luna_sim', 'update smart_meter_readings set voltage = 1', DENIED],
  ['luna_sim', 'truncate market_prices', DENIED],
  ['luna_sim', EVENT, 'ok'],
  ['luna_sim', 'select from events', DENIED],
  ['luna_sim', 'select series_waiting_room(); select series_put_readings(false)', DENIED],
  ['luna_sim', 'select series_waiting_room(); select series_add_readings(); select series_put_prices()', 'ok'],
  [
    'luna_sim',
    'select series_waiting_room(); insert into market_prices select * from pg_temp.prices_in on conflict (market, product, ts) do nothing',
    'ok',
  ],
  ['luna_sim', 'update series_settings set raw_days = 2', DENIED],
  ['luna_sim', 'delete from live_series', DENIED],
  ['luna_sim', 'select from readings_1min; select series_refresh(1, now()); select series_expire(now())', 'ok'],
  ['luna_api', 'select series_waiting_room(); select series_put_readings(true); select series_put_prices()', 'ok'],
  ['luna_api', 'update smart_meter_readings set voltage = 1', DENIED],
  ['luna_api', 'delete from readings_1d_stored', DENIED],
  [
    'luna_api',
    'select from readings_1min, readings_15min, readings_1h, readings_1d, prices_15min, prices_1h, prices_1d',
    'ok',
  ],
  ['luna_admin', 'select from readings_1min, readings_15min, readings_1h, readings_1d, prices_1d', 'ok'],
  ['luna_admin', 'update series_settings set raw_days = 30; delete from live_series', 'ok'],
  ['luna_api', `${ITEM}; update items set title = 'u'; delete from items`, 'ok'],
  ['luna_api', `${READING}; ${PRICE}; ${EVENT}; ${AUDIT}`, 'ok'],
  ['luna_api', 'select from luna_migrations', 'ok'],
  ['luna_api', `update luna_migrations set checksum = 'x'`, DENIED],
  ['luna_api', 'update privacy_config set flag_send_aggregates = true', DENIED],
  ['luna_api', 'delete from audit_log', DENIED],
  ['luna_api', 'delete from smart_meter_readings', DENIED],
  ['luna_admin', 'update privacy_config set flag_send_aggregates = true', 'ok'],
  ['luna_admin', `update privacy_config set instance_fingerprint = repeat('a', 32)`, DENIED],
  ['luna_admin', `select from audit_log; ${AUDIT}`, 'ok'],
  ['luna_admin', `update audit_log set actor = 'x'`, DENIED],
  ['luna_admin', ITEM, DENIED],
  ['luna_admin', 'select from items', 'ok'],
])('%s: %s -> %s', async (role, statement, expected) => {
  expect(await tryAs(role, statement)).toBe(expected);
});

test.each<TenantRole>(['luna_api', 'luna_sim', 'luna_admin'])(
  '%s cannot touch the schema or become more',
  async (role) => {
    for (const statement of [
      'create table x (y int)',
      'create schema x',
      'alter table items add column x int',
      'drop table sim_runs',
      'drop index items_tags',
      'create temp table x (y int)',
      'create extension hstore',
      'create role x',
      `alter role luna_admin superuser`,
      'set role luna_owner_of_nothing',
      `copy items to program 'true'`,
    ]) {
      const outcome = await tryAs(role, statement);
      expect(['42501', '42704', '22023'], `${statement}: ${outcome}`).toContain(outcome);
    }
  },
);

test('a table of a later migration belongs to its owner alone until it is granted', async () => {
  await fresh.db.session((session) => session.script('create table later (x int)'));
  expect(await tryAs('luna_api', 'select from later')).toBe(DENIED);
  expect(await tryAs('luna_admin', 'select from later')).toBe(DENIED);
});

test('a role logs in with the password it was given last, and with no other', async () => {
  const login = async (password: string): Promise<string> => {
    const url = new URL(fresh.connectionString);
    url.username = 'luna_admin';
    url.password = password;
    const log = createSilentLogger();
    const db = createPool({ connectionString: url.href, applicationName: 'login', log, max: 1 });
    try {
      const [row] = await db.query<{ name: string }>(sql`select current_user as name`);
      return row?.name ?? '';
    } catch (error) {
      return (error as { code: string }).code;
    } finally {
      await db.close();
    }
  };
  await setRolePasswords(fresh.db, { luna_admin: 'first-password-$1-of-it' });
  expect(await login('first-password-$1-of-it')).toBe('luna_admin');
  await setRolePasswords(fresh.db, { luna_admin: "second'password;--of-it" });
  expect(await login("second'password;--of-it")).toBe('luna_admin');
  const [auth] = await fresh.db.query<{ method: string }>(
    sql`select auth_method as method from pg_hba_file_rules where type = 'host' and auth_method is not null order by rule_number limit 1`,
  );
  if (auth?.method !== 'trust') expect(await login('first-password-$1-of-it')).toBe('LUNA_DB_LOGIN');
});

test('weak passwords are refused before anything is changed', async () => {
  await expect(
    setRolePasswords(fresh.db, { luna_api: 'short', luna_sim: 'long enough but with blanks' }),
  ).rejects.toMatchObject({
    code: 'LUNA_ROLE_PASSWORD',
    message: expect.stringContaining('luna_api, luna_sim') as string,
  });
});

test('two jobs that set passwords at once both succeed', async () => {
  const set = (): Promise<void> => setRolePasswords(fresh.db, { luna_admin: 'a-password-for-both-jobs' });
  await expect(Promise.all([set(), set(), set(), set()])).resolves.toHaveLength(4);
});
