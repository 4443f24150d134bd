import { createHash } from 'node:crypto';
import { QdrantClient } from '@qdrant/js-client-rest';
import { HttpError, LunaError, createHttpClient, errorMessage, type HttpClient } from '@luna-iems/service-kit';
import type { Language } from '../text/language.ts';
import { createVocabulary, type Vocabulary } from '../text/compounds.ts';
import { lexicalText } from './lexical-text.ts';
import type { Hit, Legs } from './fuse.ts';

/** A chunk as it goes into the index. */
export interface IndexPoint {
  id: string;
  vector: readonly number[];
  /** What BM25 reads. */
  text: string;
  itemId: string;
  version: number;
  chunkIdx: number;
  tags: readonly string[];
  source: string;
  language: Language;
}

/** A point's payload, as it is stored; undefined where a field is missing or not of its kind. */
export interface PointFacts {
  id: string;
  itemId: string | undefined;
  version: number | undefined;
  chunkIdx: number | undefined;
  tags: string[] | undefined;
  source: string | undefined;
  language: string | undefined;
}

export interface SearchFilter {
  tags?: readonly string[];
  source?: string;
  itemId?: string;
  language?: Language;
}

export interface SearchRequest {
  /** Undefined asks the lexical leg only. */
  vector?: readonly number[];
  text: string;
  language: Language;
  filter: SearchFilter;
  /** Candidates of each leg. */
  limit: number;
}

/** Qdrant, as the store of one tenant's chunk vectors. */
export interface VectorIndex {
  /** Throws when Qdrant does not answer. */
  ping(): Promise<void>;
  /** Makes the collection and its indexes if they are not there. */
  ensureCollection(collection: string, dimensions: number): Promise<void>;
  /** Points the alias at the collection, atomically. */
  switchAlias(collection: string): Promise<void>;
  upsert(collection: string, points: readonly IndexPoint[]): Promise<void>;
  /** Removes an item's points, all versions or only those other than `keepVersion`. */
  removeItem(itemId: string, keepVersion?: number): Promise<void>;
  /** Removes the points of one version, for an ingest that was given up. */
  removeVersion(itemId: string, version: number): Promise<void>;
  /** What the points with these ids say of themselves; points that are not there are left out. */
  read(collection: string, ids: readonly string[]): Promise<PointFacts[]>;
  /** Points in the order of their ids, from one on, and where the next page begins. */
  page(collection: string, from: string | undefined, limit: number): Promise<{ points: PointFacts[]; next?: string }>;
  /** Removes single points. */
  remove(collection: string, ids: readonly string[]): Promise<void>;
  /**
   * Gives points the words that their compounds are cut into now, where these have changed since they were indexed; vector and
   * payload stay. Points that are not there are passed over. Returns the ids of those that changed.
   */
  recut(points: readonly Pick<IndexPoint, 'id' | 'text' | 'language'>[]): Promise<string[]>;
  search(request: SearchRequest): Promise<Legs>;
  /** Exact number of points, of one item or of all. 0 while there is no collection. */
  count(itemId?: string): Promise<number>;
}

export interface VectorIndexDeps {
  url: string;
  apiKey: string | undefined;
  /** The words that German compounds are cut into; it learns those of every text that goes in. */
  vocabulary?: Vocabulary;
}

export const chunksAlias = 'chunks';
const TIMEOUT_MS = 15_000;
const UPSERT_BATCH = 64;
const bm25 = 'bm25';
const bm25Model = 'qdrant/bm25';
const languageName: Record<Language, string> = { de: 'german', en: 'english' };

type Condition = Record<string, unknown>;
const must = (key: string, value: unknown): Condition => ({ key, match: { value } });

function filterOf(filter: SearchFilter): { must: Condition[] } | undefined {
  const conditions = [
    ...(filter.itemId === undefined ? [] : [must('item_id', filter.itemId)]),
    ...(filter.source === undefined ? [] : [must('source', filter.source)]),
    ...(filter.language === undefined ? [] : [must('language', filter.language)]),
    ...(filter.tags === undefined || filter.tags.length === 0
      ? []
      : [{ key: 'tags', match: { any: [...filter.tags] } }]),
  ];
  return conditions.length === 0 ? undefined : { must: conditions };
}

function statusOf(error: unknown): number | undefined {
  if (error instanceof HttpError) return error.upstreamStatus;
  const status = (error as { status?: unknown } | undefined)?.status;
  return typeof status === 'number' ? status : undefined;
}

function explain(error: unknown): string {
  const detail = (error as { data?: { status?: { error?: unknown } } } | undefined)?.data?.status?.error;
  return typeof detail === 'string' ? detail : errorMessage(error);
}

/** Runs a call and turns the client's errors into coded ones: away is 503, refused is 502. */
async function call<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const status = statusOf(error);
    const code = status === undefined ? 'LUNA_VECTOR_STORE_UNREACHABLE' : 'LUNA_VECTOR_STORE';
    throw new LunaError(code, `qdrant: ${what} failed: ${explain(error)}`, {
      status: status === undefined || status >= 500 ? 503 : 502,
      cause: error,
      details: { service: 'qdrant' },
    });
  }
}

/** What BM25 is given of a text. */
interface LexicalDocument {
  text: string;
  model: string;
  options: Record<string, unknown>;
}

const document = (text: string, language: Language, vocabulary: Vocabulary): LexicalDocument => ({
  text: lexicalText(text, language, vocabulary.parts),
  model: bm25Model,
  options: { language: languageName[language] },
});

type Upsert = Extract<Parameters<QdrantClient['upsert']>[1], { points: unknown[] }>['points'][number];

/** Tells whether a text would be cut the same way again. */
const cutOf = ({ text }: LexicalDocument): string => createHash('sha256').update(text).digest('hex').slice(0, 16);

async function recut(
  client: QdrantClient,
  points: readonly Pick<IndexPoint, 'id' | 'text' | 'language'>[],
  vocabulary: Vocabulary,
): Promise<string[]> {
  const ids = points.map((point) => point.id);
  const known = await client.retrieve(chunksAlias, { ids, with_payload: true, with_vector: false });
  const before = new Map(known.map((one) => [String(one.id), one.payload?.['cut']]));
  const now = points.map(({ id, text, language }) => [id, document(text, language, vocabulary)] as const);
  const byId = new Map(now.filter(([id, words]) => before.has(id) && before.get(id) !== cutOf(words)));
  if (byId.size === 0) return [];
  const whole = await client.retrieve(chunksAlias, { ids: [...byId.keys()], with_payload: true, with_vector: true });
  const again = whole.flatMap((one): Upsert[] => {
    const words = byId.get(String(one.id));
    const dense = (one.vector as Record<string, unknown> | undefined)?.[''];
    if (!words || !Array.isArray(dense)) return [];
    return [
      {
        id: one.id,
        vector: { '': dense as number[], [bm25]: words },
        payload: { ...one.payload, cut: cutOf(words) },
      },
    ];
  });
  if (again.length > 0) await client.upsert(chunksAlias, { wait: true, points: again });
  return again.map((one) => String(one.id));
}

function toPoint(point: IndexPoint, vocabulary: Vocabulary): Upsert {
  const words = document(point.text, point.language, vocabulary);
  return {
    id: point.id,
    vector: { '': [...point.vector], [bm25]: words },
    payload: {
      item_id: point.itemId,
      chunk_idx: point.chunkIdx,
      version: point.version,
      tags: [...point.tags],
      source: point.source,
      language: point.language,
      cut: cutOf(words),
    },
  };
}

type Payload = Record<string, unknown> | null | undefined;

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
const numberOf = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);

function factsOf({ id, payload }: { id: string | number; payload?: Payload }): PointFacts {
  const { item_id: itemId, version, chunk_idx: chunkIdx, tags, source, language } = payload ?? {};
  return {
    id: String(id),
    itemId: textOf(itemId),
    version: numberOf(version),
    chunkIdx: numberOf(chunkIdx),
    tags: Array.isArray(tags) ? tags.map(String) : undefined,
    source: textOf(source),
    language: textOf(language),
  };
}

/** Ids are UUIDs here; a point with a number for an id was put there by somebody else. */
const idOf = (id: string): string | number => (/^\d+$/u.test(id) ? Number(id) : id);

async function page(
  client: QdrantClient,
  collection: string,
  from: string | undefined,
  limit: number,
): Promise<{ points: PointFacts[]; next?: string }> {
  const offset = from === undefined ? {} : { offset: idOf(from) };
  const answer = await client.scroll(collection, { limit, with_payload: true, with_vector: false, ...offset });
  const next = answer.next_page_offset;
  return {
    points: answer.points.map(factsOf),
    ...(typeof next === 'string' || typeof next === 'number' ? { next: String(next) } : {}),
  };
}

interface ScoredPoint {
  id: string | number;
  score: number;
}
const hits = (points: readonly ScoredPoint[] | undefined): Hit[] =>
  (points ?? []).map(({ id, score }) => ({ id: String(id), score }));

async function ensureCollection(client: QdrantClient, collection: string, dimensions: number): Promise<void> {
  const { exists } = await client.collectionExists(collection);
  if (!exists) {
    await client.createCollection(collection, {
      vectors: { size: dimensions, distance: 'Cosine' },
      sparse_vectors: { [bm25]: { modifier: 'idf' } },
    });
  }
  for (const field of ['item_id', 'source', 'tags', 'language']) {
    await client.createPayloadIndex(collection, { field_name: field, field_schema: 'keyword', wait: true });
  }
  await client.createPayloadIndex(collection, { field_name: 'version', field_schema: 'integer', wait: true });
}

async function search(http: HttpClient, request: SearchRequest, vocabulary: Vocabulary): Promise<Legs> {
  const filter = filterOf(request.filter);
  const common = { limit: request.limit, with_payload: false, ...(filter === undefined ? {} : { filter }) };
  const lexical = { query: document(request.text, request.language, vocabulary), using: bm25, ...common };
  const dense = request.vector === undefined ? [] : [{ query: [...request.vector], ...common }];
  const { result } = await http.json<{ result: { points: ScoredPoint[] }[] }>({
    method: 'POST',
    path: `/collections/${chunksAlias}/points/query/batch`,
    json: { searches: [lexical, ...dense] },
    idempotent: true,
  });
  return { lexical: hits(result[0]?.points), dense: hits(result[1]?.points) };
}

async function count(client: QdrantClient, itemId?: string): Promise<number> {
  const filter = itemId === undefined ? {} : { filter: { must: [must('item_id', itemId)] } };
  try {
    return (await client.count(chunksAlias, { exact: true, ...filter })).count;
  } catch (error) {
    if (statusOf(error) === 404) return 0;
    throw error;
  }
}

async function upsert(http: HttpClient, collection: string, points: readonly Upsert[]): Promise<void> {
  await http.text({
    method: 'PUT',
    path: `/collections/${collection}/points`,
    query: { wait: true },
    json: { points },
  });
}

async function removeWhere(http: HttpClient, filter: { must: Condition[]; must_not?: Condition[] }): Promise<void> {
  const path = `/collections/${chunksAlias}/points/delete`;
  try {
    await http.text({ method: 'POST', path, query: { wait: true }, json: { filter }, idempotent: true });
  } catch (error) {
    if (statusOf(error) !== 404) throw error;
  }
}

/** The index on a Qdrant server. */
export function createVectorIndex(deps: VectorIndexDeps): VectorIndex {
  const vocabulary = deps.vocabulary ?? createVocabulary();
  // As a header of our own: given as `apiKey`, the client prints a warning about plain HTTP, which stays inside the namespace.
  const headers: Record<string, string> = deps.apiKey === undefined ? {} : { 'api-key': deps.apiKey };
  // For what every question and every document asks: the official client takes 1.7 ms more for a search (measured).
  const http = createHttpClient({ name: 'qdrant', baseUrl: deps.url, headers, timeoutMs: TIMEOUT_MS, retries: 1 });
  const client = new QdrantClient({
    url: deps.url,
    headers,
    timeout: TIMEOUT_MS,
    // It would report through console.warn; readiness finds out by itself.
    checkCompatibility: false,
  });
  return {
    ping: async () => void (await call('list collections', () => client.getCollections())),
    ensureCollection: (collection, dimensions) =>
      call('create collection', () => ensureCollection(client, collection, dimensions)),
    switchAlias: (collection) =>
      call('switch alias', async () => {
        const { aliases } = await client.getAliases();
        const current = aliases.find((alias) => alias.alias_name === chunksAlias);
        if (current?.collection_name === collection) return;
        const drop = current ? [{ delete_alias: { alias_name: chunksAlias } }] : [];
        await client.updateCollectionAliases({
          actions: [...drop, { create_alias: { collection_name: collection, alias_name: chunksAlias } }],
        });
      }),
    upsert: (collection, points) =>
      call('upsert', async () => {
        for (const point of points) if (point.language === 'de') vocabulary.learn(point.text);
        for (let from = 0; from < points.length; from += UPSERT_BATCH) {
          const batch = points.slice(from, from + UPSERT_BATCH);
          await upsert(
            http,
            collection,
            batch.map((point) => toPoint(point, vocabulary)),
          );
        }
      }),
    removeItem: (itemId, keepVersion) =>
      call('delete points', () =>
        removeWhere(http, {
          must: [must('item_id', itemId)],
          ...(keepVersion === undefined ? {} : { must_not: [must('version', keepVersion)] }),
        }),
      ),
    removeVersion: (itemId, version) =>
      call('delete points', () => removeWhere(http, { must: [must('item_id', itemId), must('version', version)] })),
    read: (collection, ids) =>
      call('read points', async () =>
        (await client.retrieve(collection, { ids: [...ids], with_payload: true })).map(factsOf),
      ),
    page: (collection, from, limit) => call('read points', () => page(client, collection, from, limit)),
    remove: (collection, ids) =>
      call('delete points', async () => void (await client.delete(collection, { wait: true, points: ids.map(idOf) }))),
    recut: (points) => call('recut points', () => recut(client, points, vocabulary)),
    search: (request) => call('search', () => search(http, request, vocabulary)),
    count: (itemId) => call('count', () => count(client, itemId)),
  };
}
