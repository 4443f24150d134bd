import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createManualClock, createSilentLogger } from '@luna-iems/service-kit';
import {
  createPool,
  createScratchDatabase,
  migrate,
  setRolePasswords,
  sql,
  type Database,
  type ScratchDatabase,
} from '@luna-iems/tenant-db';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { buildApp } from '../src/app.ts';
import { readConfig } from '../src/config.ts';
import { createServices, type Services } from '../src/services.ts';

const log = createSilentLogger();
const clock = createManualClock('2026-03-30T12:00:00Z');
const key = `luna_${randomBytes(32).toString('base64url')}`;
const reader = `luna_${randomBytes(32).toString('base64url')}`;
const PASSWORD = 'a-password-for-the-api';
const nowhere = 'http://127.0.0.1:1';

let dir: string;
let scratch: ScratchDatabase;
/** As the owner, for looking at the state of the world. */
let db: Database;
let services: Services;
let app: FastifyInstance;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'luna-api-series-'));
  await writeFile(join(dir, 'admin'), JSON.stringify({ key, scopes: ['ingest', 'read', 'operate'] }));
  await writeFile(join(dir, 'reader'), JSON.stringify({ key: reader, scopes: ['read'] }));
  scratch = await createScratchDatabase(process.env['DATABASE_URL'] ?? '', 'api_series');
  db = createPool({ connectionString: scratch.connectionString, applicationName: 'test', log, max: 2 });
  await migrate(db, { log });
  await setRolePasswords(db, { luna_api: PASSWORD });
  const url = new URL(scratch.connectionString);
  url.username = 'luna_api';
  url.password = PASSWORD;
  const env = {
    DATABASE_URL: url.href,
    QDRANT_URL: nowhere,
    TIKA_URL: nowhere,
    OLLAMA_URL: nowhere,
    API_KEYS_DIR: dir,
  };
  const config = readConfig({ ...env, EMBEDDING_MODEL: 'all-minilm' });
  services = createServices({ config, log, env: {}, version: 'test' });
  app = await buildApp({ ...services.app, clock });
});
afterAll(async () => {
  await app.close();
  await services.close();
  await db.close();
  await scratch.drop();
  await rm(dir, { recursive: true });
});
beforeEach(async () => {
  await db.session((session) =>
    session.script('truncate smart_meter_readings, market_prices, live_series, series_changes'),
  );
});

interface Reply {
  readonly status: number;
  readonly headers: Record<string, unknown>;
  readonly text: string;
  readonly body: Record<string, unknown>;
}

async function call(
  method: 'GET' | 'POST',
  url: string,
  more: { body?: object; headers?: object; key?: string } = {},
): Promise<Reply> {
  const answer = await app.inject({
    method,
    url,
    headers: { authorization: `Bearer ${more.key ?? key}`, ...more.headers },
    ...(more.body === undefined ? {} : { payload: more.body }),
  });
  const json = String(answer.headers['content-type']).includes('json');
  return {
    status: answer.statusCode,
    headers: answer.headers,
    text: answer.body,
    body: json ? (JSON.parse(answer.body) as Record<string, unknown>) : {},
  };
}

const put = (body: object): Promise<Reply> => call('POST', '/ingest/readings', { body });
const putPrices = (body: object): Promise<Reply> => call('POST', '/ingest/prices', { body });
const at = (minute: number): string => new Date(Date.UTC(2026, 2, 30, 10, minute)).toISOString();

const rows = (): Promise<unknown[]> =>
  db.query(sql`select meter_id as meter, ts, consumption_kw as kw, production_kw as fed, quality, source, interval_s as s,
    energy_import_kwh as counter, received_at is not null as late from smart_meter_readings order by 1, 2`);

test('a batch is stored once, in kW and kWh whatever its units; sent again it changes nothing', async () => {
  const body = {
    source: 'mqtt',
    unit: 'W',
    counterUnit: 'Wh',
    intervalS: 900,
    readings: [
      { meterId: 'm1', ts: at(0), consumption: 1500, production: 0, energyImport: 10_000, voltage: 231 },
      { meterId: 'm1', ts: at(15), power: -500 },
      { meterId: 'm1', ts: at(15), power: -500 },
      { meterId: 'm1', ts: at(30), quality: 'missing' },
    ],
  };
  const first = await put(body);
  expect(first.status, first.text).toBe(200);
  expect(first.body).toEqual({
    ...{ accepted: 4, stored: 3, replaced: 0, unchanged: 0, kept: 0, displaced: 0 },
    ...{ rejected: [], notes: [] },
  });
  expect((await put(body)).body).toMatchObject({ stored: 0, unchanged: 3, kept: 0 });
  expect(await rows()).toEqual([
    {
      meter: 'm1',
      ts: new Date(at(0)),
      kw: 1.5,
      fed: 0,
      quality: 'ok',
      source: 'mqtt',
      s: 900,
      counter: 10,
      late: true,
    },
    {
      meter: 'm1',
      ts: new Date(at(15)),
      kw: 0,
      fed: 0.5,
      quality: 'ok',
      source: 'mqtt',
      s: 900,
      counter: null,
      late: true,
    },
    {
      meter: 'm1',
      ts: new Date(at(30)),
      kw: null,
      fed: null,
      quality: 'missing',
      source: 'mqtt',
      s: 900,
      counter: null,
      late: true,
    },
  ]);
  const again = {
    ...body,
    readings: [
      { meterId: 'm1', ts: at(0), consumption: 9 },
      { meterId: 'm1', ts: at(30), consumption: 7 },
    ],
  };
  expect((await put(again)).body).toMatchObject({ kept: 1, replaced: 1 });
  expect((await put({ ...again, replace: true })).body).toMatchObject({ replaced: 1, unchanged: 1 });
});

test('energies of the interval and the opposite sign are understood', async () => {
  await put({
    unit: 'kWh',
    intervalS: 900,
    readings: [{ meterId: 'e', ts: at(0), consumption: 0.5, production: 0.25 }],
  });
  await put({ positive: 'export', intervalS: 900, readings: [{ meterId: 'e', ts: at(15), power: 3 }] });
  expect(await rows()).toMatchObject([
    { kw: 2, fed: 1 },
    { kw: 0, fed: 3 },
  ]);
});

test('power follows from counters, over batches, gaps and a reset', async () => {
  const counter = (minute: number, energyImport: number): object => ({ meterId: 'c', ts: at(minute), energyImport });
  const send = (...readings: object[]): Promise<Reply> => put({ intervalS: 900, readings });
  const first = await send(counter(-60, 100), counter(-45, 101));
  expect(first.body['notes']).toEqual([
    { index: 0, reason: 'there is no counter before it, so its power is not known.' },
  ]);
  const second = await send(counter(-30, 101.5), counter(0, 103.5), counter(15, 0.25));
  expect((second.body['notes'] as { reason: string }[]).map(({ reason }) => reason)).toEqual([
    expect.stringContaining('the power is the mean since then') as string,
    expect.stringContaining('the counter fell from 103.5 to 0.25 kWh') as string,
  ]);
  expect(await rows()).toMatchObject([
    { kw: null, quality: 'missing', counter: 100 },
    { kw: 4, quality: 'ok', counter: 101 },
    { kw: 2, quality: 'ok', counter: 101.5 },
    { kw: 4, quality: 'estimated', counter: 103.5 },
    { kw: 1, quality: 'estimated', counter: 0.25 },
  ]);
});

test('rows that cannot be taken are named with what is wrong; the others arrive; none at all is an error', async () => {
  const bad = [
    { meterId: 'b', ts: at(0), consumption: -1 },
    { meterId: 'b', ts: '2026-03-29T02:30', consumption: 1 },
    { meterId: 'b', ts: '2026-03-31T12:00:00Z', consumption: 1 },
    { meterId: 'b', ts: '2020-01-01T00:00:00Z', consumption: 1 },
    { meterId: 'b', ts: at(0) },
    { meterId: 'b', ts: at(0), consumption: 1, power: 1 },
    { meterId: 'b', ts: 'gestern', consumption: 1 },
  ];
  const good = { meterId: 'b', ts: '2026-03-29T03:30', consumption: 1 };
  const some = await put({ timezone: 'Europe/Berlin', intervalS: 900, readings: [...bad, good] });
  expect(some.status, some.text).toBe(200);
  expect(some.body).toMatchObject({ accepted: 1, stored: 1 });
  const reasons = (some.body['rejected'] as { index: number; reason: string }[]).map(
    ({ index, reason }) => `${index} ${reason}`,
  );
  expect(reasons).toEqual([
    expect.stringContaining('0 consumption is negative: feed-in goes into production') as string,
    expect.stringContaining('1 ts "2026-03-29T02:30" does not exist in Europe/Berlin') as string,
    expect.stringContaining('2 the interval ends at 2026-03-31T12:15:00.000Z, which is in the future') as string,
    expect.stringContaining('3 readings before 2025-02-23') as string,
    expect.stringContaining('4 it has neither consumption nor power') as string,
    expect.stringContaining('5 it has both power and consumption') as string,
    expect.stringContaining('6 ts "gestern" is no time') as string,
  ]);
  expect(await rows()).toMatchObject([{ ts: new Date('2026-03-29T01:30:00Z') }]);
  const none = await put({ intervalS: 900, readings: bad.slice(0, 1) });
  expect([none.status, none.body['code']]).toEqual([422, 'LUNA_SERIES_REJECTED']);
  const wrong: [object, number, string][] = [
    [{ readings: [{ meterId: 'b', ts: at(0), consumption: 'viel' }] }, 400, 'LUNA_VALIDATION'],
    [{ source: 'sim', intervalS: 900, readings: [good] }, 400, 'LUNA_SERIES_SOURCE'],
    [{ timezone: 'Europe/Bärlin', intervalS: 900, readings: [good] }, 400, 'LUNA_VALIDATION'],
    [{ readings: [{ meterId: 'b', ts: at(0), consumption: 1 }] }, 422, 'LUNA_SERIES_REJECTED'],
    [{ readings: [] }, 400, 'LUNA_VALIDATION'],
  ];
  for (const [body, status, code] of wrong) {
    const answer = await put(body);
    expect([answer.status, answer.body['code']], answer.text).toEqual([status, code]);
  }
  expect((await call('POST', '/ingest/readings', { body: { readings: [good] }, key: reader })).status).toBe(403);
});

test('a meter that goes live keeps its history; simulated rows give way only where a live one covers their time', async () => {
  await db.execute(sql`insert into smart_meter_readings (meter_id, ts, consumption_kw, source, interval_s)
    select 'home-001', ts, 1, 'sim', 60 from generate_series('2026-03-30T09:00:00Z'::timestamptz, '2026-03-30T10:59:00Z', '1 min') ts`);
  const live = [0, 15].map((minute) => ({ meterId: 'home-001', ts: at(minute), consumption: 2 }));
  expect((await put({ source: 'sml', intervalS: 900, readings: live })).body).toMatchObject({
    stored: 2,
    displaced: 30,
  });
  const series = await call(
    'GET',
    '/series/meters/home-001?from=2026-03-30T09:00:00Z&to=2026-03-30T11:00:00Z&resolution=1h',
  );
  expect(series.body['points']).toMatchObject([
    { ts: '2026-03-30T09:00:00.000Z', importKwh: 1, coverage: 1 },
    { ts: '2026-03-30T10:00:00.000Z', importKwh: 1.5, coverage: 1 },
  ]);
  expect(await db.query(sql`select kind, name, source, since from live_series`)).toEqual([
    { kind: 'meter', name: 'home-001', source: 'sml', since: new Date(at(0)) },
  ]);
  expect((await call('GET', '/series/meters')).body).toMatchObject({
    meters: [{ meterId: 'home-001', source: 'sml' }],
    nextCursor: null,
  });
});

test('prices: periods repeat the last value where A03 leaves it out; a later publication counts, an older one does not', async () => {
  const period = {
    ...{ market: 'DE-LU', product: 'DA-15', start: '2026-03-29T00:00', end: '2026-03-30T00:00', resolutionS: 900 },
    ...{ curveType: 'A03', publishedAt: '2026-03-28T11:55:00Z' },
    points: [
      { position: 1, price: 80 },
      { position: 40, price: -5 },
      { position: 80, price: 120 },
    ],
  };
  const body = { source: 'entsoe', timezone: 'Europe/Berlin', periods: [period] };
  expect((await putPrices(body)).body).toMatchObject({ accepted: 92, stored: 92 });
  expect((await putPrices(body)).body).toMatchObject({ stored: 0, unchanged: 92 });
  const days = (): Promise<Reply> =>
    call(
      'GET',
      '/series/prices?market=DE-LU&product=DA-15&from=2026-03-28T23:00:00Z&to=2026-03-30T22:00:00Z&resolution=1d',
    );
  const mean = (39 * 80 - 40 * 5 + 13 * 120) / 92;
  expect((await days()).body['points']).toMatchObject([
    { ts: '2026-03-28T23:00:00.000Z', priceEurMwh: expect.closeTo(mean, 9) as number, coverage: 1, minPriceEurMwh: -5 },
    { ts: '2026-03-29T22:00:00.000Z', priceEurMwh: null, coverage: 0 },
  ]);
  const restated = { ...period, publishedAt: '2026-03-28T13:00:00Z', points: [{ position: 1, price: 10 }] };
  expect((await putPrices({ ...body, unit: 'ct/kWh', periods: [restated] })).body).toMatchObject({ replaced: 92 });
  expect((await days()).body['points']).toMatchObject([{ priceEurMwh: 100 }, {}]);
  expect((await putPrices(body)).body).toMatchObject({ kept: 92 });

  const open = { ...period, curveType: 'A01' };
  expect((await putPrices({ ...body, periods: [{ ...open, product: 'GAPS' }] })).body).toMatchObject({ stored: 3 });
  const wrong = [
    { ...period, end: '2026-03-29T00:10' },
    { ...period, points: [{ position: 93, price: 1 }] },
    { ...period, points: [{ position: 2, price: 1 }] },
    {
      ...period,
      points: [
        { position: 1, price: 1 },
        { position: 1, price: 2 },
      ],
    },
  ];
  const refused = await putPrices({ ...body, periods: [...wrong, period] });
  expect((refused.body['rejected'] as { reason: string }[]).map(({ reason }) => reason)).toEqual([
    expect.stringContaining('a whole number of intervals') as string,
    "position 93 lies beyond the period's 92 intervals.",
    expect.stringContaining('position 1 is missing') as string,
    'a position stands twice.',
  ]);
  expect((await putPrices({})).status).toBe(400);
});

test('gaps are gaps, in rows and in buckets; the cost is that of the price, and null where there is none', async () => {
  const readings = [0, 15, 45, 60].map((minute) => ({ meterId: 'g', ts: at(minute), consumption: 4 }));
  await put({ intervalS: 900, readings });
  const prices = [0, 15, 30, 60].map((minute) => ({
    market: 'DE-LU',
    product: 'DA-15',
    ts: at(minute),
    price: minute * 10,
  }));
  await putPrices({ prices });
  const url = '/series/meters/g?from=2026-03-30T10:00:00Z&to=2026-03-30T12:00:00Z&price=DE-LU/DA-15';
  const raw = await call('GET', `${url}&resolution=raw`);
  expect(raw.status, raw.text).toBe(200);
  expect(raw.body['points']).toMatchObject([
    { ts: at(0), consumptionKw: 4, importKwh: 1, quality: 'ok', costEur: 0 },
    { ts: at(15), costEur: 0.15 },
    { ts: at(30), consumptionKw: null, importKwh: null, coverage: 0, costEur: null },
    { ts: at(45), consumptionKw: 4, costEur: null },
    { ts: at(60), costEur: 0.6 },
  ]);
  expect(raw.body['totals']).toMatchObject({ importKwh: 4, costEur: 0.75, unpricedKwh: 1, coverage: 0.5 });
  const quarters = (await call('GET', `${url}&resolution=15min`)).body['points'] as {
    ts: string;
    consumptionKw: number | null;
  }[];
  expect(quarters.map(({ consumptionKw }) => consumptionKw)).toEqual([4, 4, null, 4, 4, null, null, null]);
  const hours = await call('GET', `${url}&resolution=1h`);
  expect(hours.body['points']).toMatchObject([
    { importKwh: 3, coverage: 0.75, costEur: null },
    { importKwh: 1, coverage: 0.25, costEur: 0.6 },
  ]);
  expect((await call('GET', `${url}&resolution=1min`)).body['resolution']).toBe('15min');
});

test('pages follow each other by cursor; CSV has them all in one', async () => {
  const readings = Array.from({ length: 12 }, (_, quarter) => ({
    meterId: 'p',
    ts: at(quarter * 15 - 180),
    consumption: quarter,
  }));
  await put({ intervalS: 900, readings });
  for (const resolution of ['raw', '15min']) {
    const url = `/series/meters/p?from=2026-03-30T07:00:00Z&to=2026-03-30T10:00:00Z&resolution=${resolution}&limit=5`;
    const seen: unknown[] = [];
    let cursor: string | null = '';
    for (let page = 0; cursor !== null && page < 10; page += 1) {
      const { body } = await call('GET', `${url}${cursor === '' ? '' : `&cursor=${cursor}`}`);
      seen.push(...(body['points'] as { consumptionKw: number }[]).map(({ consumptionKw }) => consumptionKw));
      cursor = body['nextCursor'] as string | null;
    }
    expect(seen, resolution).toEqual(readings.map(({ consumption }) => consumption));
  }
  const csv = await call('GET', '/series/meters/p?from=2026-03-30T07:00:00Z&to=2026-03-30T10:30:00Z&resolution=15min', {
    headers: { accept: 'text/csv' },
  });
  expect(csv.headers['content-type']).toContain('text/csv');
  expect(csv.headers['content-disposition']).toBe('attachment; filename="p-15min.csv"');
  const lines = csv.text.split('\r\n');
  expect(lines[0]).toBe(
    'ts,consumption_kw,production_kw,import_kwh,export_kwh,max_consumption_kw,max_production_kw,voltage,coverage,quality',
  );
  expect(lines[2]).toBe('2026-03-30T07:15:00.000Z,1,,0.25,,1,,,1,');
  expect(lines.slice(-3)).toEqual(['2026-03-30T10:00:00.000Z,,,,,,,,0,', '2026-03-30T10:15:00.000Z,,,,,,,,0,', '']);
  const prices = await call('GET', '/series/prices?market=DE-LU&product=DA-15', { headers: { accept: 'text/csv' } });
  expect(prices.text).toBe('ts,price_eur_mwh,min_price_eur_mwh,max_price_eur_mwh,volume,coverage,published_at\r\n');
});

test('what is not there and what makes no sense are answered as such', async () => {
  expect((await call('GET', '/series/meters/nobody')).status).toBe(404);
  await put({ intervalS: 900, readings: [{ meterId: 'w', ts: at(0), consumption: 1 }] });
  const range = '/series/meters/w?from=2026-03-30T10:00:00Z&to=2026-03-30T09:00:00Z';
  expect((await call('GET', range)).body).toMatchObject({ status: 400, code: 'LUNA_VALIDATION' });
  expect((await call('GET', '/series/meters/w?cursor=abc')).body).toMatchObject({ status: 400, code: 'LUNA_CURSOR' });
  expect((await call('GET', '/series/meters/w?resolution=2min')).status).toBe(400);
  expect((await call('GET', '/series/prices?market=DE-LU')).status).toBe(400);
});

test('the status tells the newest interval, how far behind it is, and the last failure until it is overcome and after', async () => {
  await put({ intervalS: 900, readings: [{ meterId: 's', ts: at(90), consumption: 1 }] });
  await db.execute(sql`insert into sim_runs (kind, state, started_at, updated_at, finished_at, rows, error_code, error) values
    ('meter', 'failed', '2026-03-30T11:00Z', '2026-03-30T11:00:10Z', '2026-03-30T11:00:10Z', 500, 'LUNA_CONFIG', 'a sentence'),
    ('meter', 'done', '2026-03-30T11:01Z', '2026-03-30T11:01:10Z', '2026-03-30T11:01:10Z', 5000, null, null)`);
  const { body, text } = await call('GET', '/sim/status');
  expect(body, text).toMatchObject({
    lastWrites: { meter: at(90), market: null },
    lagSeconds: { meter: 1800, market: null },
    lastRuns: [{ kind: 'meter', state: 'done', rows: 5000, rowsPerSecond: 500, progress: null }],
    lastError: { kind: 'meter', code: 'LUNA_CONFIG', message: 'a sentence', overcome: true },
  });
});
