import { sql } from '@luna-iems/tenant-db';
import type { TestTenant } from './tenant.ts';

/** What the database and the vector store hold, of one source or of all. */
export interface World {
  items: number;
  chunks: number;
  /** Versions that have chunks. */
  versions: number[];
  points: number;
  /** Parts of files, whoever they belong to. */
  fileParts: number;
  staged: number;
}

/** Looks at the world itself, not at what the API says of it. */
export async function worldOf({ db, qdrant }: TestTenant, source?: string): Promise<World> {
  const mine = sql`(${source ?? null}::text is null or i.source = ${source ?? null})`;
  const [counts] = await db.query<{ items: number; staged: number; parts: number }>(sql`select
    (select count(*) from items i where ${mine}) as items,
    (select count(*) from item_versions v join items i using (item_id) where v.state = 'staged' and ${mine}) as staged,
    (select count(*) from ingest_file_parts p join ingest_jobs i using (job_id) where ${mine}) as parts`);
  const chunks = await db.query<{ version: number }>(
    sql`select c.version from item_chunks c join items i using (item_id) where ${mine}`,
  );
  const filter = source === undefined ? {} : { filter: { must: [{ key: 'source', match: { value: source } }] } };
  const { count: points } = await qdrant.count('chunks', { exact: true, ...filter });
  return {
    items: counts?.items ?? -1,
    chunks: chunks.length,
    versions: [...new Set(chunks.map((chunk) => chunk.version))].sort((a, b) => a - b),
    points,
    fileParts: counts?.parts ?? -1,
    staged: counts?.staged ?? -1,
  };
}

/** Ids of all points, in the order of ids. */
export async function pointIds({ qdrant }: TestTenant): Promise<string[]> {
  const ids: string[] = [];
  let offset: string | number | undefined;
  do {
    const page = await qdrant.scroll('chunks', { limit: 1000, with_payload: false, ...(offset ? { offset } : {}) });
    ids.push(...page.points.map((point) => String(point.id)));
    offset = page.next_page_offset as string | undefined;
  } while (offset);
  return ids.sort();
}

/** Ids of all live chunks, in the order of ids. */
export async function liveChunkIds({ db }: TestTenant): Promise<string[]> {
  const rows = await db.query<{ id: string }>(
    sql`select c.chunk_id as id from item_chunks c join items i on i.item_id = c.item_id and i.version = c.version`,
  );
  return rows.map((row) => row.id).sort();
}
