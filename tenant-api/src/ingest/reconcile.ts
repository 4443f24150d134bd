import { errorCode, errorMessage, type Clock, type Logger } from '@luna-iems/service-kit';
import {
  FIRST_CHUNK,
  dropAbandoned,
  dropOldJobFiles,
  findOrphans,
  finishReconcileRun,
  onlyOneReconciles,
  pageLiveChunks,
  startReconcileRun,
  stillLive,
  type Database,
  type IndexedChunk,
  type ReconcileCounts,
} from '@luna-iems/tenant-db';
import type { ActiveProfile } from '../embed/profile-manager.ts';
import { compareObjects } from '../originals/compare.ts';
import type { ObjectStore } from '../originals/s3.ts';
import { refillPage } from '../embed/refill.ts';
import type { PointFacts, VectorIndex } from '../search/vector-index.ts';
import { languageOfTag } from '../text/language.ts';

export interface ReconcileDeps {
  db: Database;
  index: VectorIndex;
  /** Where original files may lie; undefined where no object store is known. */
  objects: ObjectStore | undefined;
  profile: () => ActiveProfile;
  log: Logger;
  clock: Clock;
  /** Told each kind of difference and how often it was found. */
  count: (kind: 'missing' | 'wrong' | 'orphan' | 'missing file' | 'orphan file', differences: number) => void;
}

/** Chunks, or points, looked at in one step. */
const PAGE = 256;
/** Chunks embedded again in one run: ingest and questions want the model too. The next run goes on. */
const MOST_MENDS = 2_048;
/** How long the bytes of jobs that failed are kept for another try. */
const JOB_FILE_DAYS = 7;

interface Tally extends ReconcileCounts {
  complete: boolean;
  chunks: number;
  points: number;
  missing: number;
  wrong: number;
  orphans: number;
  mended: number;
  objects: number | null;
  objectsMissing: number | null;
  objectsOrphans: number | null;
}

interface Run {
  deps: ReconcileDeps;
  profile: ActiveProfile;
  tally: Tally;
  signal: AbortSignal;
}

const sameTags = (a: readonly string[], b: readonly string[] | undefined): boolean =>
  b?.length === a.length && a.every((tag) => b.includes(tag));

/** Whether a point says of its chunk what the database says. */
export function agrees(chunk: IndexedChunk, point: PointFacts): boolean {
  return (
    point.itemId === chunk.itemId &&
    point.version === chunk.version &&
    point.chunkIdx === chunk.chunkIdx &&
    point.source === chunk.source &&
    point.language === (languageOfTag(chunk.language ?? undefined) ?? 'de') &&
    sameTags(chunk.tags, point.tags)
  );
}

/** Writes the points of chunks anew. A version that was replaced or deleted meanwhile must not come back by that. */
async function mend(run: Run, chunks: readonly IndexedChunk[]): Promise<void> {
  const { deps, profile, tally, signal } = run;
  const live = await stillLive(
    deps.db,
    chunks.map(({ chunkId }) => chunkId),
  );
  const wanted = chunks.filter(({ chunkId }) => live.has(chunkId));
  if (wanted.length === 0) return;
  await refillPage(deps, profile, wanted, signal);
  const after = await stillLive(
    deps.db,
    wanted.map(({ chunkId }) => chunkId),
  );
  const dead = wanted.filter(({ chunkId }) => !after.has(chunkId)).map(({ chunkId }) => chunkId);
  if (dead.length > 0) await deps.index.remove(profile.collection, dead);
  tally.mended += wanted.length - dead.length;
}

/** Every live chunk has its point. False when the run came to its bound. */
async function checkChunks(run: Run): Promise<boolean> {
  const { deps, profile, tally, signal } = run;
  let after = FIRST_CHUNK;
  for (;;) {
    signal.throwIfAborted();
    const chunks = await pageLiveChunks(deps.db, after, PAGE);
    const last = chunks.at(-1);
    if (!last) return true;
    const points = await deps.index.read(
      profile.collection,
      chunks.map(({ chunkId }) => chunkId),
    );
    const byId = new Map(points.map((point) => [point.id, point]));
    const missing = chunks.filter(({ chunkId }) => !byId.has(chunkId));
    const wrong = chunks.filter((chunk) => {
      const point = byId.get(chunk.chunkId);
      return point !== undefined && !agrees(chunk, point);
    });
    await mend(run, [...missing, ...wrong]);
    tally.chunks += chunks.length;
    tally.missing += missing.length;
    tally.wrong += wrong.length;
    after = last.chunkId;
    if (tally.missing + tally.wrong >= MOST_MENDS) return false;
  }
}

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/u;
const nobody = '00000000-0000-0000-0000-000000000000';

/** The points of a page that are not ours: what does not even have our kind of id, and what nobody needs. */
async function orphansAmong(run: Run, points: readonly PointFacts[]): Promise<string[]> {
  const named = points.map(({ id, itemId = '', version = 0 }) => ({
    id,
    itemId: uuid.test(itemId) ? itemId : nobody,
    version,
  }));
  const strange = named.filter(({ id }) => !uuid.test(id)).map(({ id }) => id);
  return [
    ...strange,
    ...(await findOrphans(
      run.deps.db,
      named.filter(({ id }) => uuid.test(id)),
    )),
  ];
}

/** Every point has its live chunk, or belongs to a job that is at work. */
async function checkPoints(run: Run): Promise<void> {
  const { deps, profile, tally, signal } = run;
  let from: string | undefined;
  do {
    signal.throwIfAborted();
    const { points, next } = await deps.index.page(profile.collection, from, PAGE);
    const orphans = await orphansAmong(run, points);
    if (orphans.length > 0) await deps.index.remove(profile.collection, orphans);
    tally.points += points.length;
    tally.orphans += orphans.length;
    tally.mended += orphans.length;
    from = next;
  } while (from !== undefined);
}

/** Every file has its object, and the reverse. An object store that is away keeps nothing else from being looked at. */
async function checkObjects({ deps, tally, signal }: Run): Promise<void> {
  const { db, objects, clock, log } = deps;
  if (objects === undefined) return;
  try {
    Object.assign(tally, await compareObjects({ db, objects }, clock.now(), signal));
  } catch (error) {
    signal.throwIfAborted();
    log.warn({ reason: errorMessage(error) }, 'original files cannot be compared with the object store now');
  }
}

async function compare(run: Run): Promise<void> {
  const { deps, profile, tally } = run;
  // A vector store that lost its disk has neither.
  await deps.index.ensureCollection(profile.collection, profile.preset.dimensions);
  await deps.index.switchAlias(profile.collection);
  await dropAbandoned(deps.db);
  await dropOldJobFiles(deps.db, JOB_FILE_DAYS);
  tally.complete = await checkChunks(run);
  await checkPoints(run);
  await checkObjects(run);
}

function tell({ deps, tally }: Run): void {
  deps.count('missing', tally.missing);
  deps.count('wrong', tally.wrong);
  deps.count('orphan', tally.orphans);
  deps.count('missing file', tally.objectsMissing ?? 0);
  deps.count('orphan file', tally.objectsOrphans ?? 0);
  const files = (tally.objectsMissing ?? 0) + (tally.objectsOrphans ?? 0);
  const differences = tally.missing + tally.wrong + tally.orphans + files;
  deps.log[differences > 0 ? 'warn' : 'debug'](
    { ...tally },
    'chunks compared with the vector store, files with the object store',
  );
}

async function compareAndRecord(deps: ReconcileDeps, signal: AbortSignal): Promise<Tally> {
  const unseen = { objects: null, objectsMissing: null, objectsOrphans: null };
  const tally: Tally = {
    complete: false,
    chunks: 0,
    points: 0,
    missing: 0,
    wrong: 0,
    orphans: 0,
    mended: 0,
    ...unseen,
  };
  const run: Run = { deps, profile: deps.profile(), tally, signal };
  const runId = await startReconcileRun(deps.db);
  try {
    await compare(run);
    tell(run);
    await finishReconcileRun(deps.db, runId, tally);
  } catch (error) {
    const failure = { errorCode: errorCode(error) ?? 'LUNA_RECONCILE_FAILED', error: errorMessage(error) };
    await finishReconcileRun(deps.db, runId, tally, failure).catch(() => undefined);
    throw error;
  }
  return tally;
}

/**
 * Compares the live chunks in PostgreSQL with the points in Qdrant, both ways, and mends what differs: missing and wrong points are made
 * anew from the stored text, points that nobody needs are removed. Only one process at a time does it; false when another one is at it.
 * Safe beside ingest, deletion and other runs. Bounded: `complete` says whether everything was looked at.
 */
export async function reconcile(deps: ReconcileDeps, signal: AbortSignal): Promise<ReconcileCounts | false> {
  let result: Tally | undefined;
  const ours = await onlyOneReconciles(deps.db, async () => void (result = await compareAndRecord(deps, signal)));
  return ours && result !== undefined ? result : false;
}
