import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sql } from '@luna-iems/tenant-db';
import { createTestClient, type Reply, type TestClient } from './support/client.ts';
import { createTestTenant, eventually, type ApiProcess, type TestTenant } from './support/tenant.ts';
import { tikaProxy, type TikaProxy } from './support/tika-proxy.ts';
import { worldOf } from './support/world.ts';

const mark = 'Gift für jeden Leser';

let tenant: TestTenant;
let tika: TikaProxy;
let api: ApiProcess;
let client: TestClient;

beforeAll(async () => {
  tenant = await createTestTenant();
  tika = await tikaProxy(process.env['TIKA_URL'] ?? '', mark);
  api = await tenant.start({ TIKA_URL: tika.url });
  await api.until(200);
  client = createTestClient(api.url, tenant.keys.admin);
});

afterAll(async () => {
  await tenant.stop();
  await tika.close();
});

const html = (text: string): string => `<!doctype html><html><body><h1>Akte</h1><p>${text}</p></body></html>`;
const nothing = { items: 0, chunks: 0, versions: [], points: 0, fileParts: 0, staged: 0 };

/** Long enough that its embedding can be interrupted. */
const longText = (name: string): string =>
  Array.from(
    { length: 300 },
    (_, n) => `Abschnitt ${n} von ${name}: Die Station ${n * 7} wird im Monat ${n % 12} gewartet.`,
  ).join('\n\n');

const act = (jobId: unknown, verb: 'retry' | 'cancel'): Promise<Reply> =>
  client.request('POST', `/ingest/jobs/${String(jobId)}/${verb}`);
const stateOf = async (jobId: unknown): Promise<unknown> =>
  (await client.request('GET', `/ingest/jobs/${String(jobId)}`)).body['state'];

/** Uploads without waiting and answers when the job is being embedded. */
async function uploadUntilEmbedding(name: string, text: string): Promise<string> {
  const { status, body } = await client.upload(name, text, {}, 0);
  expect(status).toBe(202);
  await eventually(async () => (await stateOf(body['jobId'])) === 'embedding');
  return String(body['jobId']);
}

describe('a file that breaks its reader', () => {
  it('is read once more, alone, and then put aside with the reason, while the others are ingested', async () => {
    const names = ['a.html', 'b.html', 'gift.html', 'c.html', 'd.html'];
    const replies = await Promise.all(
      names.map((name) => client.upload(name, html(name === 'gift.html' ? mark : `Dies ist die Akte ${name}.`))),
    );
    const poisoned = replies[2];
    expect(poisoned).toMatchObject({ status: 422, body: { code: 'LUNA_DOCUMENT_QUARANTINED' } });
    expect(replies.filter((reply) => reply.body['state'] === 'done')).toHaveLength(4);
    const readings = tika.readings.filter((reading) => reading.killer);
    expect(readings).toHaveLength(2);
    expect(readings[1]).toEqual({ killer: true, beside: 0 });
    const job = await client.request('GET', `/ingest/jobs/${String(poisoned?.body['jobId'])}`);
    expect(job.body).toMatchObject({
      state: 'quarantined',
      attempts: 2,
      error: { code: 'LUNA_DOCUMENT_QUARANTINED', message: expect.stringContaining('put aside') as string },
    });
    expect(await worldOf(tenant, 'gift.html')).toEqual({ ...nothing, fileParts: 1 });
  });

  it('is ingested after all when somebody retries it and the reader has been mended', async () => {
    const { body } = await client.request<{ jobs: { jobId: string }[] }>('GET', '/ingest/jobs?state=quarantined');
    expect(body.jobs).toHaveLength(1);
    tika.mend();
    const retried = await act(body.jobs[0]?.jobId, 'retry');
    expect(retried).toMatchObject({ status: 202, body: { state: 'queued', attempts: 0 } });
    await eventually(async () => (await stateOf(body.jobs[0]?.jobId)) === 'done');
    expect(await worldOf(tenant, 'gift.html')).toEqual({
      items: 1,
      chunks: 1,
      versions: [1],
      points: 1,
      fileParts: 1,
      staged: 0,
    });
  });

  it('is put aside too when it ends the service itself again and again', async () => {
    const [job] = await tenant.db.query<{ id: string }>(
      sql`insert into ingest_jobs (source, sha256, media_type, attempts) values ('toedlich.txt', ${'b'.repeat(64)}, 'text/plain', 8) returning job_id as id`,
    );
    await eventually(async () => (await stateOf(job?.id)) === 'quarantined');
    expect((await client.request('GET', `/ingest/jobs/${job?.id}`)).body['error']).toMatchObject({
      code: 'LUNA_INGEST_GAVE_UP',
    });
  });
});

describe('a job that is cancelled', () => {
  it('in the middle of its work leaves nothing, and the same bytes can be sent again', async () => {
    const jobId = await uploadUntilEmbedding('lang.txt', longText('A'));
    expect(await act(jobId, 'cancel')).toMatchObject({ status: 200, body: { state: 'cancelled' } });
    expect(await act(jobId, 'cancel')).toMatchObject({ status: 409, body: { code: 'LUNA_JOB_STATE' } });
    await eventually(async () => JSON.stringify(await worldOf(tenant, 'lang.txt')) === JSON.stringify(nothing));
    expect(await act(jobId, 'retry')).toMatchObject({ status: 409 });
    const again = await client.upload('lang.txt', longText('A'));
    expect(again.body).toMatchObject({ state: 'done' });
    const world = await worldOf(tenant, 'lang.txt');
    expect(world).toMatchObject({ items: 1, staged: 0, points: world.chunks });
  });

  it('as a second version leaves the first one as it was', async () => {
    const before = await worldOf(tenant, 'lang.txt');
    const jobId = await uploadUntilEmbedding('lang.txt', longText('B'));
    await act(jobId, 'cancel');
    await eventually(async () => {
      const now = await worldOf(tenant, 'lang.txt');
      return JSON.stringify(now) === JSON.stringify(before);
    });
    expect(before.versions).toHaveLength(1);
  });

  it('by the deletion of its item does not bring it back', async () => {
    const jobId = await uploadUntilEmbedding('lang.txt', longText('C'));
    const { body: job } = await client.request('GET', `/ingest/jobs/${jobId}`);
    expect((await client.request('DELETE', `/items/${String(job['itemId'])}`)).status).toBe(200);
    expect(await stateOf(jobId)).toBe('cancelled');
    // The worker that had it under way goes on to the next job only after it has cleared up.
    expect((await client.upload('danach.txt', 'Danach ist Ruhe.')).body['state']).toBe('done');
    await eventually(async () => JSON.stringify(await worldOf(tenant, 'lang.txt')) === JSON.stringify(nothing));
  });
});

describe('jobs', () => {
  it('are listed page by page, each once, the newest first', async () => {
    const seen: { jobId: string; createdAt: string }[] = [];
    let cursor = '';
    do {
      const { body } = await client.request<{ jobs: typeof seen; nextCursor: string | null }>(
        'GET',
        `/ingest/jobs?limit=3${cursor}`,
      );
      seen.push(...body.jobs);
      cursor = body.nextCursor === null ? '' : `&cursor=${body.nextCursor}`;
    } while (cursor !== '');
    const [count] = await tenant.db.query<{ n: number }>(sql`select count(*) as n from ingest_jobs`);
    expect(new Set(seen.map((job) => job.jobId)).size).toBe(count?.n);
    expect(seen).toHaveLength(count?.n ?? -1);
    const times = seen.map((job) => job.createdAt);
    expect(times).toEqual([...times].sort().reverse());
  });

  it.each([
    ['state=cancelled', 3],
    ['state=cancelled&state=quarantined', 4],
    ['source=lang.txt', 4],
    ['source=lang.txt&state=done', 1],
    ['source=nirgends', 0],
  ])('are found by %s', async (query, expected) => {
    const { body } = await client.request<{ jobs: unknown[] }>('GET', `/ingest/jobs?${query}`);
    expect(body.jobs).toHaveLength(expected);
  });

  it('that have ended well cannot be tried again, nor those that are not there', async () => {
    const { body } = await client.request<{ jobs: { jobId: string }[] }>('GET', '/ingest/jobs?state=done&limit=1');
    expect(await act(body.jobs[0]?.jobId, 'retry')).toMatchObject({ status: 409, body: { code: 'LUNA_JOB_STATE' } });
    expect((await act('5a1f6b0e-9d3c-4e7f-8a2b-6c1d0e9f8a7b', 'retry')).status).toBe(404);
    expect((await act('5a1f6b0e-9d3c-4e7f-8a2b-6c1d0e9f8a7b', 'cancel')).status).toBe(404);
    expect((await client.request('GET', '/ingest/jobs?state=kaputt')).status).toBe(400);
  });
});
