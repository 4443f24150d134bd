import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sql } from '@luna-iems/tenant-db';
import { createTestClient } from './support/client.ts';
import { createTestTenant, eventually, type ApiProcess, type TestTenant } from './support/tenant.ts';

const MARK = 'toedlich';
/** Deaths that both documents have seen before: eight are one too many. */
const LIVES = 6;

/** So long each reading takes after the first death, so that another could come beside it. */
const READING_MS = 1000;

interface Reading {
  life: number;
  killer: boolean;
  /** Whether another was under way at any moment of it. */
  beside: boolean;
}

let tenant: TestTenant;
let api: ApiProcess;
let life = 0;
const readings: Reading[] = [];
const underWay = new Set<Reading>();

function begin(killer: boolean, response: ServerResponse): void {
  const reading = { life, killer, beside: underWay.size > 0 };
  for (const other of underWay) other.beside = true;
  readings.push(reading);
  underWay.add(reading);
  response.once('close', () => underWay.delete(reading));
}

/** The real Tika, but a file with the mark ends the API that sent it; in the first life when the other file is at work too. */
async function read(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await buffer(request);
  const killer = body.includes(MARK);
  if (request.method === 'PUT') {
    begin(killer, response);
    if (life > 1) await pause(READING_MS);
    else await eventually(async () => (killer ? underWay.size === 2 : api.child.killed));
  }
  if (killer) return void (await api.signal('SIGKILL'));
  const answer = await fetch((process.env['TIKA_URL'] ?? '') + (request.url ?? ''), {
    method: request.method ?? 'GET',
    headers: { 'content-type': request.headers['content-type'] ?? 'text/html' },
    ...(body.length > 0 ? { body: new Uint8Array(body) } : {}),
  });
  response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text());
}

const server = createServer((request, response) => {
  read(request, response).catch(() => request.socket.destroy());
});

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  tenant = await createTestTenant();
});

afterAll(async () => {
  await tenant.stop();
  server.closeAllConnections();
  server.close();
});

async function startApi(): Promise<void> {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  life += 1;
  api = await tenant.start({ INGEST_LEASE_SECONDS: '2', TIKA_URL: url });
  await api.until(200);
}

interface JobRow {
  source: string;
  state: string;
  code: string | null;
}

const jobs = (): Promise<JobRow[]> =>
  tenant.db.query<JobRow>(sql`select source, state, error_code as code from ingest_jobs order by source`);

const html = (text: string): string => `<!doctype html><html><body><p>${text}</p></body></html>`;

it('a document that ends the service is put aside, and its neighbour, read alone, is not', async () => {
  await startApi();
  const client = createTestClient(api.url, tenant.keys.admin);
  await client.upload('a-killer.html', html(`Dieses Dokument ist ${MARK}.`), {}, 0);
  await client.upload('b-nachbar.html', html('Der Zähler steht im Keller.'), {}, 0);
  await eventually(async () => api.child.signalCode !== null);
  await tenant.db.execute(sql`update ingest_jobs set attempts = attempts + ${LIVES - 1}`);
  await eventually(async () => {
    const open = await tenant.db.query(sql`select from ingest_jobs where finished_at is null`);
    if (open.length === 0) return true;
    if (api.child.signalCode !== null) await startApi();
    return false;
  });
  expect(await jobs()).toEqual([
    { source: 'a-killer.html', state: 'quarantined', code: 'LUNA_INGEST_GAVE_UP' },
    { source: 'b-nachbar.html', state: 'done', code: null },
  ]);
  const of = (from: number, to: number): boolean[] =>
    readings.flatMap((reading) => (reading.life >= from && reading.life <= to ? [reading.beside] : []));
  expect(of(1, 1)).toEqual([true, true]);
  // The killer at least once more, and the neighbour.
  expect(of(2, life).length).toBeGreaterThan(1);
  expect(of(2, life)).not.toContain(true);
});
