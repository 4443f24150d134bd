import { randomUUID } from 'node:crypto';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { sql } from '@luna-iems/tenant-db';
import { createTestClient } from './support/client.ts';
import { claimPort } from '../../hack/lib/ports.ts';
import { createTestTenant, eventually, type ApiProcess, type TestTenant } from './support/tenant.ts';

let tenant: TestTenant;

beforeAll(async () => {
  tenant = await createTestTenant();
});

afterAll(() => tenant.stop());

/** Long enough that the embedding takes a while. */
const longText = Array.from(
  { length: 400 },
  (_, n) =>
    `Abschnitt ${n}: Die Station Nummer ${n} wird am Standort ${n * 7} gewartet, und ihr Protokoll trägt das Zeichen P-${n}-X.`,
).join('\n\n');

interface JobRow {
  state: string;
  attempts: number;
  finished: boolean;
}

async function jobRow(jobId: string): Promise<JobRow | undefined> {
  const [row] = await tenant.db.query<JobRow>(
    sql`select state, attempts, finished_at is not null as finished from ingest_jobs where job_id = ${jobId}`,
  );
  return row;
}

async function counts(): Promise<{ chunks: number; points: number; parts: number }> {
  const [row] = await tenant.db.query<{ chunks: number; parts: number }>(
    sql`select (select count(*) from item_chunks) as chunks, (select count(*) from ingest_file_parts where item_id is null) as parts`,
  );
  const { count: points } = await tenant.qdrant.count('chunks', { exact: true });
  return { chunks: row?.chunks ?? -1, parts: row?.parts ?? -1, points };
}

async function uploadAndInterrupt(
  api: ApiProcess,
  name: string,
  signal: NodeJS.Signals,
): Promise<{ jobId: string; exit: number | null }> {
  const client = createTestClient(api.url, tenant.keys.admin);
  const { status, body } = await client.upload(name, longText.replaceAll('Station', `Station ${name}`), {}, 0);
  expect(status).toBe(202);
  const jobId = String(body['jobId']);
  await eventually(async () => (await jobRow(jobId))?.state === 'embedding');
  return { jobId, exit: await api.signal(signal) };
}

/** What a run that cut the document into more pieces would have left of the job's version: the last of them. */
async function leavePiece(jobId: string): Promise<void> {
  const [chunkId, chunkIdx] = [randomUUID(), 5_000];
  const [row] = await tenant.db.query<{ itemId: string; version: number }>(sql`insert into item_chunks
      (chunk_id, item_id, version, chunk_idx, text, metadata)
    select ${chunkId}, item_id, version, ${chunkIdx}, 'von gestern', '{"places":[]}' from ingest_jobs where job_id = ${jobId}
    returning item_id as "itemId", version`);
  const payload = { item_id: row?.itemId, version: row?.version, chunk_idx: chunkIdx };
  const vector = Array.from({ length: Number(process.env['EMBEDDING_DIMENSIONS']) }, () => 0.1);
  await tenant.qdrant.upsert('chunks', { wait: true, points: [{ id: chunkId, vector, payload }] });
}

async function gaps(): Promise<number | undefined> {
  const [row] = await tenant.db.query<{ n: number }>(sql`select count(*)::int as n from
    (select from item_chunks group by item_id having max(chunk_idx) + 1 <> count(*)) as items`);
  return row?.n;
}

describe('a process that ends in the middle of a job', () => {
  it.each([
    { signal: 'SIGKILL', exit: null },
    { signal: 'SIGTERM', exit: 0 },
  ] as const)(
    'by $signal: the next one finishes the job, nothing is lost and nothing twice',
    async ({ signal, exit }) => {
      const first = await tenant.start();
      await first.until(200);
      const interrupted = await uploadAndInterrupt(first, `lang-${signal}.txt`, signal);
      expect(interrupted.exit).toBe(exit);
      expect(await jobRow(interrupted.jobId)).toMatchObject({ finished: false });
      await leavePiece(interrupted.jobId);

      const second = await tenant.start();
      const done = await eventually(async () => {
        const row = await jobRow(interrupted.jobId);
        return row?.finished ? row : undefined;
      });
      expect(done.state).toBe('done');
      const { chunks, points, parts } = await counts();
      expect(points).toBe(chunks);
      expect(chunks).toBeGreaterThan(10);
      expect(parts).toBe(0);
      expect(await gaps()).toBe(0);
      await second.signal('SIGTERM');
    },
  );
});

describe('a process that starts before its parts', () => {
  const proxies: Server[] = [];
  afterEach(() => proxies.splice(0).forEach((proxy) => proxy.close()));

  async function forward(port: number, to: URL): Promise<Set<Socket>> {
    const sockets = new Set<Socket>();
    const proxy = createServer((from) => {
      const onward = createConnection(Number(to.port), to.hostname);
      for (const socket of [from, onward]) {
        sockets.add(socket);
        socket.on('error', () => undefined);
      }
      from.pipe(onward).pipe(from);
    });
    proxies.push(proxy);
    await new Promise<void>((resolve) => proxy.listen(port, '127.0.0.1', resolve));
    return sockets;
  }

  it('says what is missing, and is ready by itself when it is there', async () => {
    const port = await claimPort();
    const api = await tenant.start({ QDRANT_URL: `http://127.0.0.1:${port}` });
    await api.until(503);
    const reasons = await eventually(async () => {
      const { reasons } = (await (await fetch(`${api.url}/health/ready`)).json()) as { reasons: string[] };
      return reasons.some((reason) => reason.startsWith('qdrant:')) &&
        !reasons.some((reason) => reason.includes('not asked'))
        ? reasons
        : undefined;
    });
    expect(reasons.some((reason) => reason.startsWith('database'))).toBe(false);
    expect((await fetch(`${api.url}/health/live`)).status).toBe(200);

    const sockets = await forward(port, new URL(process.env['QDRANT_URL'] ?? ''));
    await api.until(200);

    // Once complete it stays ready without Qdrant: what can still be answered is answered, and the status says what cannot.
    proxies.splice(0).forEach((proxy) => proxy.close());
    sockets.forEach((socket) => socket.destroy());
    const client = createTestClient(api.url, tenant.keys.admin);
    const { body } = await client.request<{
      ready: boolean;
      components: Record<string, { ok: boolean; error?: string }>;
      counts: Record<string, unknown>;
    }>('GET', '/status/summary');
    expect(body).toMatchObject({
      ready: true,
      components: { qdrant: { ok: false }, database: { ok: true } },
      counts: { points: null },
    });
    const refused = await client.request('POST', '/rag/ask', {
      headers: { 'content-type': 'application/json' },
      body: '{"question":"Was ist eine Station?"}',
    });
    expect(refused).toMatchObject({ status: 503, body: { code: 'LUNA_VECTOR_STORE_UNREACHABLE' } });
    expect(JSON.stringify(refused.body)).not.toContain('127.0.0.1');
    await api.signal('SIGTERM');
  });
});
