/**
 * What Luna relies on in Qdrant, with the client that tenant-api uses. Runs against the stand-in in the service tier, and against a
 * real server where QDRANT_CONTRACT_URL names one. Makes collections of its own and removes them.
 */
import { randomUUID } from 'node:crypto';
import { QdrantClient } from '@qdrant/js-client-rest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

// The tier's set-up overwrites QDRANT_*; QDRANT_CONTRACT_* names another server, with its own keys or none.
const elsewhere = process.env['QDRANT_CONTRACT_URL'];
const prefix = elsewhere === undefined ? 'QDRANT_' : 'QDRANT_CONTRACT_';
const url = process.env[`${prefix}URL`] ?? 'http://127.0.0.1:6333';
const apiKey = process.env[`${prefix}API_KEY`] ?? '';
const readOnlyKey = process.env[`${prefix}READ_ONLY_API_KEY`] ?? '';
const client = new QdrantClient({ url, apiKey, checkCompatibility: true });
const run = randomUUID().slice(0, 8);
const name = `contract-${run}`;
const other = `contract-${run}-next`;
const alias = `contract-${run}-alias`;

const german = (text: string) => ({ text, model: 'qdrant/bm25', options: { language: 'german' } });
const params = {
  vectors: { dense: { size: 4, distance: 'Cosine' as const } },
  sparse_vectors: { bm25: { modifier: 'idf' as const } },
};

const texts = [
  {
    id: 1,
    text: 'Der Zählerstand wird am Monatsende abgelesen',
    tags: ['zähler', 'handbuch'],
    dense: [1, 0, 0, 0],
    item: 'a',
    year: 2023,
  },
  { id: 2, text: 'Die Wärmepumpe steht im Keller', tags: ['heizung'], dense: [0, 1, 0, 0], item: 'a', year: 2024 },
  {
    id: 3,
    text: 'Der Strompreis an der Börse war negativ',
    tags: ['markt', 'handbuch'],
    dense: [0, 0, 1, 0],
    item: 'b',
    year: 2024,
  },
  { id: 4, text: 'Netzentgelte stehen im Vertrag', tags: [], dense: [0, 0.6, 0.8, 0], item: 'b', year: 2025 },
];

const ids = (points: readonly { id: string | number }[]): (string | number)[] => points.map((point) => point.id);
const status = async (work: Promise<unknown>): Promise<number> =>
  work.then(
    () => 200,
    (error: unknown) => (error as { status?: number }).status ?? 0,
  );
const plain = (path: string, key = apiKey, init: RequestInit = {}): Promise<Response> =>
  fetch(`${url}${path}`, {
    ...init,
    headers: { ...(key === '' ? {} : { 'api-key': key }), 'content-type': 'application/json' },
    signal: AbortSignal.timeout(10_000),
  });

beforeAll(async () => {
  await client.createCollection(name, params);
  await client.createPayloadIndex(name, { field_name: 'item_id', field_schema: 'keyword', wait: true });
  await client.createPayloadIndex(name, { field_name: 'tags', field_schema: 'keyword', wait: true });
  const result = await client.upsert(name, {
    wait: true,
    points: texts.map((one) => ({
      id: one.id,
      vector: { dense: one.dense, bm25: german(one.text) },
      payload: { item_id: one.item, chunk_idx: one.id, tags: one.tags, year: one.year, text: one.text },
    })),
  });
  expect(result.status).toBe('completed');
});

afterAll(async () => {
  for (const each of [name, other]) await client.deleteCollection(each).catch(() => undefined);
});

describe('service', () => {
  it('tells its version, and its health without a key', async () => {
    expect((await client.versionInfo()).version).toMatch(/^1\.\d+\.\d+/);
    for (const path of ['/healthz', '/livez', '/readyz']) expect((await plain(path, '')).status, path).toBe(200);
  });

  it.runIf(apiKey !== '')('asks for a key everywhere else, and says so as text', async () => {
    expect((await plain('/collections', '')).status).toBe(401);
    expect((await plain('/collections', 'wrong')).status).toBe(401);
    expect((await plain('/metrics', '')).status).toBe(401);
    expect(await (await plain('/metrics')).text()).toMatch(/^app_info\{.*\} 1$/m);
  });

  it.runIf(readOnlyKey !== '')('lets a read-only key read, see metrics and change nothing', async () => {
    expect((await plain(`/collections/${name}`, readOnlyKey)).status).toBe(200);
    expect((await plain('/metrics', readOnlyKey)).status).toBe(200);
    expect((await plain(`/collections/${name}`, readOnlyKey, { method: 'DELETE' })).status).toBe(403);
    expect((await plain(`/collections/${name}/points/count`, readOnlyKey, { method: 'POST', body: '{}' })).status).toBe(
      200,
    );
  });

  it('wraps every answer in result, status and time', async () => {
    const body = (await (await plain(`/collections/${name}/exists`)).json()) as Record<string, unknown>;
    expect(body).toEqual({ result: { exists: true }, status: 'ok', time: expect.any(Number) });
  });
});

describe('collections and aliases', () => {
  it('shows a collection as it was made', async () => {
    const info = await client.getCollection(name);
    expect(info.status).toBe('green');
    expect(info.points_count).toBe(4);
    expect(info.config.params.vectors).toMatchObject({ dense: { size: 4, distance: 'Cosine' } });
    expect(info.config.params.sparse_vectors).toMatchObject({ bm25: { modifier: 'idf' } });
    expect(info.payload_schema['item_id']).toMatchObject({ data_type: 'keyword', points: 4 });
    expect((await client.getCollections()).collections).toContainEqual({ name });
  });

  it('answers 404 for a collection that is not there, 409 for one that is, false for deleting none', async () => {
    expect(await client.collectionExists(`${name}-none`)).toEqual({ exists: false });
    expect(await status(client.getCollection(`${name}-none`))).toBe(404);
    expect(await status(client.createCollection(name, params))).toBe(409);
    expect(await client.deleteCollection(`${name}-none`)).toBe(false);
    const body = (await (await plain(`/collections/${name}-none`)).json()) as { status: { error: string } };
    expect(body.status.error).toContain("doesn't exist");
  });

  it('moves an alias from one collection to another in one step, and takes it wherever a name is taken', async () => {
    await client.createCollection(other, params);
    await client.updateCollectionAliases({ actions: [{ create_alias: { collection_name: name, alias_name: alias } }] });
    expect((await client.count(alias, { exact: true })).count).toBe(4);
    expect((await client.collectionExists(alias)).exists).toBe(true);
    expect((await client.getCollectionAliases(name)).aliases).toEqual([{ alias_name: alias, collection_name: name }]);
    await client.updateCollectionAliases({
      actions: [
        { delete_alias: { alias_name: alias } },
        { create_alias: { collection_name: other, alias_name: alias } },
      ],
    });
    expect((await client.count(alias, { exact: true })).count).toBe(0);
    expect((await client.getAliases()).aliases).toContainEqual({ alias_name: alias, collection_name: other });
    const failing = client.updateCollectionAliases({
      actions: [{ create_alias: { collection_name: `${name}-none`, alias_name: alias } }],
    });
    expect(await status(failing)).toBe(404);
    expect((await client.getCollectionAliases(other)).aliases).toHaveLength(1);
    expect(await client.deleteCollection(other)).toBe(true);
    expect((await client.getAliases()).aliases.map((each) => each.alias_name)).not.toContain(alias);
  });
});

describe('queries', () => {
  it('finds by dense vector, best first, with the payload that was asked for', async () => {
    const { points } = await client.query(name, {
      query: [0, 0.1, 1, 0],
      using: 'dense',
      limit: 2,
      with_payload: ['item_id'],
    });
    expect(ids(points)).toEqual([3, 4]);
    expect(points[0]).toMatchObject({ payload: { item_id: 'b' } });
    expect(points[0]?.score).toBeCloseTo(0.995, 2);
    const bare = await client.query(name, { query: [1, 0, 0, 0], using: 'dense', limit: 1 });
    expect(bare.points[0]?.payload ?? null).toBeNull();
  });

  it('stems German in the server: other forms of the same words are found', async () => {
    const { points } = await client.query(name, { query: german('Zählerstände ablesen'), using: 'bm25', limit: 4 });
    expect(ids(points)).toEqual([1]);
    expect(points[0]?.score).toBeGreaterThan(1);
  });

  it('fuses a dense and a BM25 leg by rank and by score distribution', async () => {
    const prefetch = [
      { query: german('Strompreis Börse'), using: 'bm25', limit: 4 },
      { query: [0, 0.6, 0.8, 0], using: 'dense', limit: 4 },
    ];
    const rrf = await client.query(name, { prefetch, query: { fusion: 'rrf' }, limit: 3, with_payload: true });
    expect(rrf.points[0]?.id).toBe(3);
    expect(rrf.points).toHaveLength(3);
    const dbsf = await client.query(name, { prefetch, query: { fusion: 'dbsf' }, limit: 4 });
    expect(ids(dbsf.points)).toContain(3);
  });

  it('filters by must, should and must_not, by value and by any', async () => {
    const query = { query: [0, 0.6, 0.8, 0], using: 'dense', limit: 10 };
    const where = async (filter: object): Promise<(string | number)[]> =>
      ids((await client.query(name, { ...query, filter })).points).sort();
    expect(await where({ must: [{ key: 'item_id', match: { value: 'a' } }] })).toEqual([1, 2]);
    expect(await where({ must: [{ key: 'tags', match: { any: ['heizung', 'markt'] } }] })).toEqual([2, 3]);
    expect(
      await where({
        should: [
          { key: 'item_id', match: { value: 'a' } },
          { key: 'year', match: { value: 2025 } },
        ],
      }),
    ).toEqual([1, 2, 4]);
    expect(await where({ must_not: [{ key: 'tags', match: { value: 'handbuch' } }] })).toEqual([2, 4]);
    expect(await where({ must: [{ key: 'year', range: { gte: 2024, lt: 2025 } }] })).toEqual([2, 3]);
    expect(await where({ must: [{ has_id: [2, 3] }], must_not: [{ is_empty: { key: 'tags' } }] })).toEqual([2, 3]);
    expect(
      await where({
        must: [{ should: [{ key: 'item_id', match: { value: 'b' } }] }, { key: 'tags', match: { value: 'markt' } }],
      }),
    ).toEqual([3]);
  });

  it('honours offset, score threshold, vectors and batches', async () => {
    const second = await client.query(name, { query: [0, 0.1, 1, 0], using: 'dense', limit: 1, offset: 1 });
    expect(ids(second.points)).toEqual([4]);
    const strict = await client.query(name, { query: [0, 0, 1, 0], using: 'dense', limit: 10, score_threshold: 0.9 });
    expect(ids(strict.points)).toEqual([3]);
    const vectors = await client.query(name, { query: [0, 0, 1, 0], using: 'dense', limit: 1, with_vector: ['dense'] });
    expect(vectors.points[0]?.vector).toEqual({ dense: [0, 0, 1, 0] });
    const batch = await client.queryBatch(name, {
      searches: [
        { query: [1, 0, 0, 0], using: 'dense', limit: 1 },
        { query: german('Wärmepumpen'), using: 'bm25', limit: 1 },
      ],
    });
    expect(batch.map((one) => ids(one.points))).toEqual([[1], [2]]);
  });

  it('groups by a payload field', async () => {
    const { groups } = await client.queryGroups(name, {
      query: [0, 0.6, 0.8, 0],
      using: 'dense',
      group_by: 'item_id',
      group_size: 1,
      limit: 5,
    });
    expect(groups.map((group) => [group.id, ids(group.hits)])).toEqual([
      ['b', [4]],
      ['a', [2]],
    ]);
  });

  it('says 400 for a vector of another size or name, and keeps nothing of the call', async () => {
    expect(await status(client.query(name, { query: [1, 2], using: 'dense', limit: 1 }))).toBe(400);
    expect(await status(client.query(name, { query: [1, 2, 3, 4], using: 'nothing', limit: 1 }))).toBe(400);
    const wrong = client.upsert(name, { wait: true, points: [{ id: 90, vector: { dense: [1, 2] }, payload: {} }] });
    expect(await status(wrong)).toBe(400);
    expect(await client.retrieve(name, { ids: [90] })).toEqual([]);
  });
});

describe('points', () => {
  const uuid = randomUUID();

  it('replaces a point that has the same id', async () => {
    const put = (text: string): Promise<unknown> =>
      client.upsert(name, {
        wait: true,
        points: [{ id: uuid, vector: { dense: [1, 1, 1, 1], bm25: german(text) }, payload: { text, item_id: 'c' } }],
      });
    await put('erste Fassung');
    await put('zweite Fassung');
    const [point] = await client.retrieve(name, { ids: [uuid], with_payload: true, with_vector: true });
    expect(point).toMatchObject({ id: uuid, payload: { text: 'zweite Fassung' } });
    const vector = point?.vector as { dense: number[]; bm25: { indices: number[]; values: number[] } };
    expect(vector.dense[0]).toBeCloseTo(0.5);
    expect(vector.bm25.indices).toHaveLength(2);
    expect((await client.count(name, { exact: true })).count).toBe(5);
  });

  it('sets payload fields without touching the others', async () => {
    await client.setPayload(name, { points: [uuid], payload: { source: 'upload' }, wait: true });
    await client.setPayload(name, {
      filter: { must: [{ key: 'item_id', match: { value: 'c' } }] },
      payload: { seen: true },
      wait: true,
    });
    const [point] = await client.retrieve(name, { ids: [uuid], with_payload: true });
    expect(point?.payload).toEqual({ text: 'zweite Fassung', item_id: 'c', source: 'upload', seen: true });
  });

  it('scrolls through every point once, page by page', async () => {
    const seen: (string | number)[] = [];
    let offset: unknown = undefined;
    do {
      const page = await client.scroll(name, {
        limit: 2,
        with_payload: false,
        ...(offset === undefined ? {} : { offset: offset as string }),
      });
      seen.push(...ids(page.points));
      offset = page.next_page_offset ?? undefined;
    } while (offset !== undefined && seen.length < 20);
    expect(seen).toHaveLength(5);
    expect(new Set(seen)).toEqual(new Set([1, 2, 3, 4, uuid]));
  });

  it('deletes by filter and by id, and counts prove it', async () => {
    const counted = async (item: string): Promise<number> =>
      (await client.count(name, { exact: true, filter: { must: [{ key: 'item_id', match: { value: item } }] } })).count;
    expect(await counted('a')).toBe(2);
    expect(
      (await client.delete(name, { wait: true, filter: { must: [{ key: 'item_id', match: { value: 'a' } }] } })).status,
    ).toBe('completed');
    expect(await counted('a')).toBe(0);
    await client.delete(name, { wait: true, points: [uuid, 3] });
    expect((await client.count(name, { exact: true })).count).toBe(1);
    expect(ids((await client.query(name, { query: german('Strompreis'), using: 'bm25', limit: 5 })).points)).toEqual(
      [],
    );
  });
});
