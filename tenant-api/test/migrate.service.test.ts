import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createSilentLogger } from '@luna-iems/service-kit';
import { createPool, createScratchDatabase, sql, type Database, type ScratchDatabase } from '@luna-iems/tenant-db';
import { afterEach, beforeEach, expect, test } from 'vitest';

const main = fileURLToPath(new URL('../src/migrate.ts', import.meta.url));

let dir: string;
let scratch: ScratchDatabase;
let db: Database;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'luna-schema-job-'));
  scratch = await createScratchDatabase(process.env['DATABASE_URL'] ?? '', 'schema_job');
  const log = createSilentLogger();
  db = createPool({ connectionString: scratch.connectionString, applicationName: 'schema-job-test', log, max: 1 });
});
afterEach(async () => {
  await db.close();
  await scratch.drop();
  await rm(dir, { recursive: true });
});

const lastWord = (): Promise<string> => readFile(join(dir, 'termination-log'), 'utf8');

/** The schema Job as Kubernetes starts it; returns its last word. */
async function job(env: Record<string, string> = {}): Promise<string> {
  const word = join(dir, 'termination-log');
  await promisify(execFile)(process.execPath, [main], {
    env: { PATH: process.env['PATH'], DATABASE_URL: scratch.connectionString, TERMINATION_LOG: word, ...env },
  });
  return lastWord();
}

const kept = (): Promise<unknown[]> =>
  db.query(sql`select raw_days as readings, minute_days as minutes from series_settings`);

test('the schema job brings an empty database to its schema, and tells it how long to keep what the tenant said', async () => {
  expect(await job()).toMatch(/^schema version \d+$/);
  expect(await kept()).toEqual([{ readings: 400, minutes: 400 }]);
  await job({ RETENTION_READINGS_DAYS: '90', RETENTION_MINUTES_DAYS: '0' });
  expect(await kept()).toEqual([{ readings: 90, minutes: null }]);
  await job();
  expect(await kept()).toEqual([{ readings: 90, minutes: null }]);
  await expect(job({ RETENTION_READINGS_DAYS: '-1' })).rejects.toThrow();
  expect(await lastWord()).toContain('RETENTION_READINGS_DAYS');
});
