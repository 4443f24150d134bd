/** The tier's own tools: services survive a kill with data and port, and a new run clears what a former one left running. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { answers } from './answers.ts';
import { startServices, type Services } from './index.ts';

let dir = '';
let services: Services;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'luna-services-'));
  services = await startServices(['timescaledb', 'qdrant'], { dir });
});
afterAll(async () => {
  await services.stop();
  await rm(dir, { recursive: true, force: true });
});

const qdrant = async (path: string, method = 'GET', body?: unknown): Promise<unknown> => {
  const response = await fetch(`${services.env['QDRANT_URL']}${path}`, {
    method,
    headers: { 'api-key': services.env['QDRANT_API_KEY'] ?? '', 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(10_000),
  });
  return ((await response.json()) as { result: unknown }).result;
};

const sql = async (text: string): Promise<unknown[]> => {
  const client = new pg.Client({ connectionString: services.env['DATABASE_URL'], connectionTimeoutMillis: 5000 });
  await client.connect();
  try {
    return ((await client.query(text)) as { rows: unknown[] }).rows;
  } finally {
    await client.end();
  }
};

it('keeps what Qdrant acknowledged over a kill', async () => {
  await qdrant('/collections/kept', 'PUT', { vectors: { dense: { size: 2, distance: 'Cosine' } } });
  const points = Array.from({ length: 500 }, (_, id) => ({ id, vector: { dense: [id + 1, 1] }, payload: { id } }));
  await qdrant('/collections/kept/points?wait=true', 'PUT', { points });
  await services.kill('qdrant');
  expect(await answers('qdrant', services.env)).toBe(false);
  await services.start('qdrant');
  expect(await qdrant('/collections/kept/points/count', 'POST', { exact: true })).toEqual({ count: 500 });
});

it('keeps what PostgreSQL committed over a kill and over a stop, with TimescaleDB in it', async () => {
  await sql('create table kept (ts timestamptz not null, value int)');
  await sql("select create_hypertable('kept', 'ts')");
  await sql("insert into kept select now() - i * interval '1 day', i from generate_series(1, 100) i");
  await services.kill('timescaledb');
  await services.start('timescaledb');
  expect(await sql('select count(*)::int as n from kept')).toEqual([{ n: 100 }]);
  await services.terminate('timescaledb');
  expect(await answers('timescaledb', services.env)).toBe(false);
  await services.start('timescaledb');
  expect(await sql('select count(*)::int as n from kept')).toEqual([{ n: 100 }]);
});

it('ends what a former run left in the same folder, and begins empty', async () => {
  const former = services;
  services = await startServices(['qdrant'], { dir });
  expect(await answers('timescaledb', former.env)).toBe(false);
  expect(await answers('qdrant', former.env)).toBe(false);
  expect(await qdrant('/collections')).toEqual({ collections: [] });
});
