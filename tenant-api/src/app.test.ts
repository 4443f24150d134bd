import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance, LightMyRequestResponse } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSilentLogger } from '@luna-iems/service-kit';
import { buildApp } from './app.ts';
import { readConfig } from './config.ts';
import { createServices, type Services } from './services.ts';

const key = 'luna_0123456789012345678901234567890123456789012';
const nowhere = 'http://127.0.0.1:1';

let dir: string;
let services: Services;
let app: FastifyInstance;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'app-'));
  await writeFile(join(dir, 'admin'), JSON.stringify({ key, scopes: ['ingest', 'ask', 'read', 'operate'] }));
  const config = readConfig({
    ...{
      DATABASE_URL: 'postgres://nobody@127.0.0.1:1/luna',
      QDRANT_URL: nowhere,
      TIKA_URL: nowhere,
      OLLAMA_URL: nowhere,
    },
    ...{ EMBEDDING_MODEL: 'all-minilm', EMBEDDING_DIMENSIONS: '384', API_KEYS_DIR: dir, RATE_LIMIT_PER_MINUTE: '6' },
  });
  services = createServices({ config, log: createSilentLogger(), env: {}, version: '0.0.0' });
  app = await buildApp(services.app);
  await services.supervisor.checkAll();
});

afterAll(async () => {
  await app.close();
  await services.close();
  await rm(dir, { recursive: true });
});

const get = (url: string, headers: Record<string, string> = {}): Promise<LightMyRequestResponse> =>
  app.inject({ method: 'GET', url, headers });
const authorization = `Bearer ${key}`;

describe('while no part is there', () => {
  it('the process lives, is not ready, and names each part with its reason', async () => {
    expect((await get('/health/live')).statusCode).toBe(200);
    const ready = await get('/health/ready');
    expect(ready.statusCode).toBe(503);
    const { reasons } = ready.json<{ reasons: string[] }>();
    expect(reasons.map((reason) => reason.split(':')[0])).toEqual([
      'database',
      'qdrant',
      'tika',
      'ollama',
      'embedding',
    ]);
  });
  it('the status still answers, with null for what nobody can count', async () => {
    const { counts, components, embedding } = (await get('/status/summary', { authorization })).json<
      Record<string, Record<string, unknown>>
    >();
    expect(new Set(Object.values(counts ?? {}))).toEqual(new Set([null]));
    expect(components?.['keys']).toMatchObject({ ok: true });
    expect(embedding).toMatchObject({ selfTest: 'pending', normalisation: null });
  });
  it('what needs a part is answered with 503, without addresses', async () => {
    const answer = await get('/items', { authorization });
    expect({ status: answer.statusCode, code: answer.json<{ code: string }>().code }).toEqual({
      status: 503,
      code: 'LUNA_DB_UNREACHABLE',
    });
    expect(answer.body).not.toContain('127.0.0.1');
  });
});

describe('routes', () => {
  it('that say neither their scope nor that they are public cannot be made', async () => {
    const fresh = await buildApp(services.app);
    expect(() => fresh.get('/open-door', async () => 'come in')).toThrow('neither which scope');
    await fresh.close();
  });
  it('are limited per key, and probes are not', async () => {
    const statuses: number[] = [];
    for (let n = 0; n < 8; n += 1) statuses.push((await get('/items', { authorization })).statusCode);
    expect(statuses.at(-1)).toBe(429);
    const limited = await get('/items', { authorization });
    expect(limited.headers['content-type']).toContain('application/problem+json');
    expect(limited.headers['retry-after']).toBeDefined();
    expect((await get('/health/live')).statusCode).toBe(200);
  });
});
