import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sql } from '@luna-iems/tenant-db';
import { createTestClient, type TestClient } from './support/client.ts';
import { createTestTenant, eventually, type ApiProcess, type TestTenant } from './support/tenant.ts';
import { liveChunkIds, pointIds, worldOf } from './support/world.ts';

let tenant: TestTenant;
let api: ApiProcess;
let client: TestClient;

async function start(seconds: string): Promise<void> {
  api = await tenant.start({ RECONCILE_SECONDS: seconds });
  await api.until(200);
  client = createTestClient(api.url, tenant.keys.admin);
}

beforeAll(async () => {
  tenant = await createTestTenant();
  await start('3600');
  for (const name of ['a', 'b', 'c', 'd']) {
    const text = Array.from(
      { length: 60 },
      (_, n) => `Der Zähler ${name}${n} steht im Haus ${n} der Straße ${name}.`,
    ).join('\n\n');
    expect((await client.upload(`${name}.txt`, text, { tags: 'bestand' })).body['state']).toBe('done');
  }
});

afterAll(() => tenant.stop());

interface Reconciled {
  state: string;
  startedAt: string;
  missing: number;
  wrong: number;
  orphans: number;
  mended: number;
  points: number;
}

async function lastRun(): Promise<Reconciled | null> {
  return (await client.request<{ reconcile: Reconciled | null }>('GET', '/status/summary')).body.reconcile;
}

/** The comparison that a new process makes when it starts. */
async function restartAndCompare(): Promise<Reconciled> {
  const before = (await lastRun())?.startedAt;
  await api.signal('SIGKILL');
  await start('3600');
  return eventually(async () => {
    const run = await lastRun();
    return run && run.startedAt !== before ? run : undefined;
  });
}

const dense = (): number[] => Array.from({ length: 384 }, (_, n) => Math.sin(n + 1));
const agreed = async (): Promise<boolean> =>
  JSON.stringify(await pointIds(tenant)) === JSON.stringify(await liveChunkIds(tenant));

describe('the comparison of chunks and points', () => {
  it('finds nothing where nothing differs', async () => {
    expect(await restartAndCompare()).toMatchObject({
      state: 'consistent',
      missing: 0,
      wrong: 0,
      orphans: 0,
      mended: 0,
    });
  });

  it('makes missing points anew, so that the document answers again', async () => {
    await tenant.qdrant.delete('chunks', {
      wait: true,
      filter: { must: [{ key: 'source', match: { value: 'a.txt' } }] },
    });
    const lost = (await worldOf(tenant, 'a.txt')).chunks;
    expect(lost).toBeGreaterThan(1);
    expect(await restartAndCompare()).toMatchObject({ state: 'mended', missing: lost, mended: lost, orphans: 0 });
    expect(await agreed()).toBe(true);
    const { citations } = await client.ask('In welchem Haus steht der Zähler a17?', { filters: { source: 'a.txt' } });
    expect(citations[0]?.quote).toContain('a17 steht im Haus 17');
  });

  it('removes points that belong to nothing, however many and whatever they are called', async () => {
    const payload = { item_id: randomUUID(), version: 1, chunk_idx: 0, tags: [], source: 'weg.txt', language: 'de' };
    const points = Array.from({ length: 700 }, () => ({ id: randomUUID(), vector: { '': dense() }, payload }));
    await tenant.qdrant.upsert('chunks', { wait: true, points });
    await tenant.qdrant.upsert('chunks', { wait: true, points: [{ id: 7, vector: { '': dense() }, payload: {} }] });
    expect(await restartAndCompare()).toMatchObject({ state: 'mended', orphans: 701, missing: 0 });
    expect(await agreed()).toBe(true);
  });

  it.each([
    ['version', { version: 9 }],
    ['tags', { tags: ['falsch'] }],
    ['source', { source: 'falsch.txt' }],
    ['item', { item_id: randomUUID() }],
  ])('puts right what points say of their %s', async (_what, payload) => {
    const [id = ''] = await liveChunkIds(tenant);
    const [before] = await tenant.qdrant.retrieve('chunks', { ids: [id], with_payload: true });
    await tenant.qdrant.setPayload('chunks', { wait: true, points: [id], payload });
    expect(await restartAndCompare()).toMatchObject({ state: 'mended', wrong: 1, mended: 1, orphans: 0 });
    const [after] = await tenant.qdrant.retrieve('chunks', { ids: [id], with_payload: true });
    expect(after?.payload).toEqual(before?.payload);
  });

  it('restores a vector store that lost everything', async () => {
    const { collections } = await tenant.qdrant.getCollections();
    for (const { name } of collections) await tenant.qdrant.deleteCollection(name);
    const all = (await liveChunkIds(tenant)).length;
    expect(await restartAndCompare()).toMatchObject({ state: 'mended', missing: all, mended: all, points: all });
    expect(await agreed()).toBe(true);
  });

  it('gives up what was staged for nobody, so that its bytes can be sent again', async () => {
    const text = 'Diese Fassung wurde nie fertig.';
    const made = await client.upload('halb.txt', text);
    await tenant.db.execute(
      sql`update item_versions set state = 'staged' where item_id = ${String(made.body['itemId'])}`,
    );
    await tenant.db.execute(sql`update items set version = 0 where item_id = ${String(made.body['itemId'])}`);
    expect((await client.upload('halb.txt', text)).body['state']).toBe('duplicate');
    await restartAndCompare();
    expect(await worldOf(tenant, 'halb.txt')).toMatchObject({ items: 0, chunks: 0, points: 0, staged: 0 });
    expect((await client.upload('halb.txt', text)).body['state']).toBe('done');
  });

  it('is made again now and then, without a restart', async () => {
    await api.signal('SIGTERM');
    await start('1');
    await tenant.qdrant.delete('chunks', {
      wait: true,
      filter: { must: [{ key: 'source', match: { value: 'b.txt' } }] },
    });
    await eventually(agreed);
    // Counted when the comparison is over, a moment after its last point is back.
    await eventually(async () =>
      /luna_index_differences_total\{[^}]*kind="missing"[^}]*\} [1-9]/u.test(
        await (await fetch(`${api.url}/metrics`)).text(),
      ),
    );
  });
});
