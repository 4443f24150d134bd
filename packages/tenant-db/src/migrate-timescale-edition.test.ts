import { createSilentLogger } from '@luna-iems/service-kit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { migrations } from './generated/migrations.ts';
import { migrate, schemaVersion } from './migrate.ts';
import { readSchemaVersion, readTimescaleEdition } from './schema-info.ts';
import { setRetention } from './series/upkeep.ts';
import { sql } from './sql.ts';
import { liteDatabase, type LiteDatabase } from './testing/lite-database.ts';

const log = createSilentLogger();
let lite: { readonly db: LiteDatabase; close(): Promise<void> };
let session: LiteDatabase;

beforeAll(async () => {
  lite = await liteDatabase();
  session = lite.db;
}, 120_000);
afterAll(() => lite.close());

test('the same migrations run on the timescale edition, and a second run finds nothing to do', async () => {
  expect(await readTimescaleEdition(session)).toBe('timescale');
  expect(await migrate(session, { log })).toEqual({ version: schemaVersion, applied: [] });
  expect(await readSchemaVersion(session)).toBe(migrations.length);
});

test('the roll-ups are continuous aggregates that also count what is newer, with compression and retention', async () => {
  const views = await session.query<{ name: string; only: boolean }>(
    sql`select view_name as name, materialized_only as only from timescaledb_information.continuous_aggregates order by 1`,
  );
  const levels = ['15min', '1d', '1h', '1min'];
  expect(views).toEqual(levels.map((level) => ({ name: `readings_${level}_rollup`, only: false })));
  const jobs = await session.query<{ proc: string; table: string; config: Record<string, unknown> }>(
    sql`select proc_name as proc, hypertable_name as table, config from timescaledb_information.jobs where hypertable_name is not null order by 1, 2`,
  );
  expect(jobs.filter(({ proc }) => proc !== 'policy_refresh_continuous_aggregate')).toMatchObject([
    { proc: 'policy_compression', table: 'smart_meter_readings', config: { compress_after: '7 days' } },
    { proc: 'policy_retention', table: 'readings_1min_rollup', config: { drop_after: '400 days' } },
    { proc: 'policy_retention', table: 'smart_meter_readings', config: { drop_after: '400 days' } },
  ]);
  await session.script('update series_settings set raw_days = 30, minute_days = null, compress_after_days = null');
  const after = await session.query<{ proc: string; config: Record<string, unknown> }>(
    sql`select proc_name as proc, config from timescaledb_information.jobs where hypertable_name is not null`,
  );
  expect(after.filter(({ proc }) => proc === 'policy_retention')).toMatchObject([
    { config: { drop_after: '30 days' } },
  ]);
  // A refresh of what was dropped would wipe its roll-ups.
  const refreshes = after.filter(({ proc }) => proc === 'policy_refresh_continuous_aggregate');
  expect(refreshes.map(({ config }) => config['start_offset'])).toEqual(Array.from({ length: 4 }, () => '29 days'));
});

test('how long readings are kept can be told: each figure by itself, for ever, and as short as the shortest', async () => {
  const kept = (): Promise<unknown[]> =>
    session.query(sql`select raw_days as raw, minute_days as minute from series_settings`);
  await setRetention(session, { readingsDays: 7, minutesDays: 7 });
  expect(await kept()).toEqual([{ raw: 7, minute: 7 }]);
  await setRetention(session, { readingsDays: 0 });
  expect(await kept()).toEqual([{ raw: null, minute: 7 }]);
  await setRetention(session, {});
  expect(await kept()).toEqual([{ raw: null, minute: 7 }]);
  await setRetention(session, { minutesDays: 0, readingsDays: 90 });
  expect(await kept()).toEqual([{ raw: 90, minute: null }]);
  const policies = await session.query(
    sql`select config->>'drop_after' as after from timescaledb_information.jobs where proc_name = 'policy_retention'`,
  );
  expect(policies).toEqual([{ after: '90 days' }]);
});

test('the three series are hypertables', async () => {
  const rows = await session.query<{ name: string }>(
    sql`select hypertable_name as name from timescaledb_information.hypertables order by 1`,
  );
  expect(rows.map((row) => row.name)).toEqual(['events', 'market_prices', 'smart_meter_readings']);
});

test('there is one row of privacy settings, closed, with a random name, and it cannot go or be doubled', async () => {
  const rows = await session.query<{ flag: boolean; name: string }>(
    sql`select flag_send_aggregates as flag, instance_fingerprint as name from privacy_config`,
  );
  expect(rows).toEqual([{ flag: false, name: expect.stringMatching(/^[0-9a-f]{32}$/) as string }]);
  await expect(session.script(`insert into privacy_config values (true, repeat('a', 32))`)).rejects.toThrow(
    /single_row/,
  );
  await expect(session.script('delete from privacy_config')).rejects.toThrow(/exactly one row/);
  await expect(session.script('truncate privacy_config')).rejects.toThrow(/exactly one row/);
});

test('a missing reading has no values and an ok one has', async () => {
  const insert = (values: string): Promise<void> =>
    session.script(
      `insert into smart_meter_readings (meter_id, ts, consumption_kw, quality) values ('m', now(), ${values})`,
    );
  await expect(insert(`0, 'missing'`)).rejects.toThrow(/missing_is_null/);
  await expect(insert(`null, 'ok'`)).rejects.toThrow(/ok_has_power/);
  await expect(insert(`-0.1, 'ok'`)).rejects.toThrow(/consumption_kw/);
  await expect(insert(`1, 'fine'`)).rejects.toThrow(/quality/);
});
