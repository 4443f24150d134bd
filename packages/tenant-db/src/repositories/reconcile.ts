import type { Database, Queryable, Session } from '../pool.ts';
import { sql } from '../sql.ts';
import { failVersion } from './items.ts';

/** A live chunk with what its point must say of it. */
export interface IndexedChunk {
  readonly chunkId: string;
  readonly itemId: string;
  readonly version: number;
  readonly chunkIdx: number;
  readonly text: string;
  readonly metadata: Record<string, unknown>;
  readonly tags: string[];
  readonly source: string;
  readonly language: string | null;
}

/** Before the first chunk. */
export const FIRST_CHUNK = '00000000-0000-0000-0000-000000000000';

/** Live chunks in the order of their ids, after one of them. */
export function pageLiveChunks(db: Queryable, after: string, limit: number): Promise<IndexedChunk[]> {
  return db.query<IndexedChunk>(sql`select c.chunk_id as "chunkId", c.item_id as "itemId", c.version,
      c.chunk_idx as "chunkIdx", c.text, c.metadata, i.tags, i.source, i.language
    from item_chunks c join items i on i.item_id = c.item_id and i.version = c.version
    where c.chunk_id > ${after}::uuid order by c.chunk_id limit ${limit}`);
}

/** A point as the vector store names it. */
export interface PointName {
  readonly id: string;
  readonly itemId: string;
  readonly version: number;
}

/** Those of the points that no live chunk and no job at work needs. */
export async function findOrphans(db: Queryable, points: readonly PointName[]): Promise<string[]> {
  if (points.length === 0) return [];
  const rows = await db.query<{ id: string }>(sql`select p.id
    from unnest(${points.map(({ id }) => id)}::uuid[], ${points.map(({ itemId }) => itemId)}::uuid[],
                ${points.map(({ version }) => version)}::int[]) as p (id, item_id, version)
    where not exists (select from item_chunks c join items i on i.item_id = c.item_id and i.version = c.version
                      where c.chunk_id = p.id and c.item_id = p.item_id and c.version = p.version)
      and not exists (select from ingest_jobs j
                      where j.item_id = p.item_id and j.version = p.version and j.finished_at is null)`);
  return rows.map(({ id }) => id);
}

/** Those of the chunks that are live now. */
export async function stillLive(db: Queryable, chunkIds: readonly string[]): Promise<Set<string>> {
  const rows = await db.query<{ id: string }>(sql`select c.chunk_id as id
    from item_chunks c join items i on i.item_id = c.item_id and i.version = c.version
    where c.chunk_id = any(${chunkIds}::uuid[])`);
  return new Set(rows.map(({ id }) => id));
}

/**
 * Gives up versions that are staged without a job that would ever publish them, and removes chunks of versions that are neither live
 * nor at work. Answers how many versions that were.
 */
export async function dropAbandoned(db: Database): Promise<number> {
  const atWork = sql`exists (select from ingest_jobs j
    where j.item_id = v.item_id and j.version = v.version and j.finished_at is null)`;
  const abandoned = await db.query<{ itemId: string; version: number }>(
    sql`select item_id as "itemId", version from item_versions v where state = 'staged' and not ${atWork} limit 1000`,
  );
  for (const { itemId, version } of abandoned) await failVersion(db, itemId, version);
  await db.execute(sql`delete from item_chunks v
    where not exists (select from items i where i.item_id = v.item_id and i.version = v.version) and not ${atWork}`);
  return abandoned.length;
}

/** What one comparison found. */
export interface ReconcileCounts {
  readonly complete: boolean;
  readonly chunks: number;
  readonly points: number;
  readonly missing: number;
  readonly wrong: number;
  readonly orphans: number;
  readonly mended: number;
  /** Objects with original files; null where there is no object store, or it was away. */
  readonly objects: number | null;
  readonly objectsMissing: number | null;
  readonly objectsOrphans: number | null;
}

export interface ReconcileRun extends ReconcileCounts {
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
  readonly errorCode: string | null;
  readonly error: string | null;
}

const KEPT_RUNS = 100;

/** Notes that a comparison begins, and forgets old ones. */
export async function startReconcileRun(db: Queryable): Promise<string> {
  await db.execute(sql`delete from reconcile_runs where run_id in
    (select run_id from reconcile_runs order by started_at desc offset ${KEPT_RUNS - 1})`);
  const [row] = await db.query<{ runId: string }>(
    sql`insert into reconcile_runs default values returning run_id as "runId"`,
  );
  return row?.runId ?? '';
}

export async function finishReconcileRun(
  db: Queryable,
  runId: string,
  counts: ReconcileCounts,
  failure: { readonly errorCode?: string | undefined; readonly error?: string | undefined } = {},
): Promise<void> {
  const { complete, chunks, points, missing, wrong, orphans, mended, objects, objectsMissing, objectsOrphans } = counts;
  await db.execute(sql`update reconcile_runs
    set finished_at = now(), complete = ${complete}, chunks = ${chunks}, points = ${points}, missing = ${missing},
        wrong = ${wrong}, orphans = ${orphans}, mended = ${mended}, objects = ${objects},
        objects_missing = ${objectsMissing}, objects_orphans = ${objectsOrphans}, error_code = ${failure.errorCode ?? null},
        error = ${failure.error ?? null}
    where run_id = ${runId}`);
}

/** The last comparison that came to an end, good or bad. */
export async function readLastReconcileRun(db: Queryable): Promise<ReconcileRun | undefined> {
  const [row] =
    await db.query<ReconcileRun>(sql`select started_at as "startedAt", finished_at as "finishedAt", complete,
      chunks, points, missing, wrong, orphans, mended, objects, objects_missing as "objectsMissing",
      objects_orphans as "objectsOrphans", error_code as "errorCode", error
    from reconcile_runs where finished_at is not null order by started_at desc limit 1`);
  return row;
}

/** Any fixed number: the name of the lock. */
const RECONCILE_LOCK = 7_203_511;

/** Does the work unless another process is at it; false then. The lock goes with the connection, so a killed process keeps nobody out. */
export function onlyOneReconciles(db: Database, work: () => Promise<void>): Promise<boolean> {
  return db.session(async (session: Session) => {
    const [row] = await session.query<{ ours: boolean }>(sql`select pg_try_advisory_lock(${RECONCILE_LOCK}) as ours`);
    if (row?.ours !== true) return false;
    try {
      await work();
    } finally {
      await session.execute(sql`select pg_advisory_unlock(${RECONCILE_LOCK})`);
    }
    return true;
  });
}
