import type { Queryable } from '../pool.ts';
import { prepared, sql } from '../sql.ts';

export interface NewChunk {
  /** Chosen by the caller where it names the vector too; else the database's choice. */
  readonly chunkId?: string;
  readonly chunkIdx: number;
  readonly text: string;
  readonly metadata: Readonly<Record<string, unknown>>;
}

export interface StoredChunk {
  readonly chunkId: string;
  readonly chunkIdx: number;
  readonly text: string;
  readonly metadata: Record<string, unknown>;
}

/** A chunk of a live version with what a citation needs. */
export interface LiveChunk extends StoredChunk {
  readonly itemId: string;
  readonly version: number;
  readonly title: string;
  readonly source: string;
  readonly tags: string[];
  readonly url: string | null;
  readonly language: string | null;
}

/** Writes chunks of a version, keeping the ids of those that are there already, so that a resumed job repeats nothing; answers the ids. */
export function putChunks(
  db: Queryable,
  itemId: string,
  version: number,
  chunks: readonly NewChunk[],
): Promise<Pick<StoredChunk, 'chunkId' | 'chunkIdx'>[]> {
  if (chunks.length === 0) return Promise.resolve([]);
  return db.query(sql`
    insert into item_chunks (chunk_id, item_id, version, chunk_idx, text, metadata)
    select coalesce(c.chunk_id, gen_random_uuid()), ${itemId}::uuid, ${version}::int, c.chunk_idx, c.text, c.metadata
    from unnest(${chunks.map((chunk) => chunk.chunkId ?? null)}::uuid[], ${chunks.map((chunk) => chunk.chunkIdx)}::int[],
                ${chunks.map((chunk) => chunk.text)}::text[],
                ${chunks.map((chunk) => JSON.stringify(chunk.metadata))}::jsonb[]) as c (chunk_id, chunk_idx, text, metadata)
    on conflict (item_id, version, chunk_idx) do update set text = excluded.text, metadata = excluded.metadata
    returning chunk_id as "chunkId", chunk_idx as "chunkIdx"`);
}

/** The chunks of one version in order, also of a staged one. */
export function listChunks(
  db: Queryable,
  itemId: string,
  version: number,
  page: { readonly fromIdx?: number; readonly limit?: number } = {},
): Promise<StoredChunk[]> {
  return db.query<StoredChunk>(sql`select chunk_id as "chunkId", chunk_idx as "chunkIdx", text, metadata
    from item_chunks where item_id = ${itemId} and version = ${version} and chunk_idx >= ${page.fromIdx ?? 0}
    order by chunk_idx limit ${page.limit ?? 100_000}`);
}

/** Removes all chunks of a version, for a job that chunks again after a change of the chunker. */
export function deleteChunks(db: Queryable, itemId: string, version: number): Promise<number> {
  return db.execute(sql`delete from item_chunks where item_id = ${itemId} and version = ${version}`);
}

/** Those of the given chunks that belong to a live version, in no order: dead vectors simply find nothing here. */
export function readLiveChunks(db: Queryable, chunkIds: readonly string[]): Promise<LiveChunk[]> {
  if (chunkIds.length === 0) return Promise.resolve([]);
  const statement = sql`select c.chunk_id as "chunkId", c.chunk_idx as "chunkIdx", c.text, c.metadata,
      i.item_id as "itemId", i.version, i.title, i.source, i.tags, i.url, i.language
    from item_chunks c join items i on i.item_id = c.item_id and i.version = c.version
    where c.chunk_id = any(${chunkIds}::uuid[])`;
  return db.query<LiveChunk>(prepared('live-chunks', statement));
}
