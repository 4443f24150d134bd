import { Readable } from 'node:stream';
import { LunaError } from '@luna-iems/service-kit';
import {
  claimOriginal,
  dropSupersededOriginals,
  forgetOriginal,
  listDeadOriginals,
  readFileParts,
  registerOriginals,
  releaseOriginal,
  renewOriginal,
  settleOriginal,
  type Database,
  type Lease,
  type OriginalObject,
} from '@luna-iems/tenant-db';
import type { ObjectStore } from './s3.ts';

export interface MoveDeps {
  db: Database;
  objects: ObjectStore;
  lease: Lease;
  /** Told what happened to a file. */
  count: (what: 'moved' | 'removed' | 'failed') => void;
}

/** A file that the object store does not take must not keep the others waiting. */
const REST_SECONDS = 30;
const MOST_REMOVALS = 100;

/** The file's parts, for as long as it is ours and somebody needs it. */
async function* heldParts({ db, lease }: MoveDeps, { key, jobId }: OriginalObject): AsyncGenerator<Buffer> {
  if (jobId === null) return;
  for await (const part of readFileParts(db, jobId)) {
    if (!(await renewOriginal(db, key, lease)))
      throw new LunaError('LUNA_ORIGINAL_GIVEN_UP', 'the file was replaced or deleted while it was moved');
    yield part;
  }
}

async function write(deps: MoveDeps, original: OriginalObject, signal: AbortSignal): Promise<void> {
  const { key, bytes, sha256 } = original;
  const body = (): Readable => Readable.from(heldParts(deps, original), { objectMode: false });
  await deps.objects.put(key, { body, bytes, sha256 }, signal);
  await settleOriginal(deps.db, original);
}

/** Looks for further files only when none waits: in a large archive they would be the same ones each time. */
async function nextOriginal({ db, lease }: MoveDeps): Promise<OriginalObject | undefined> {
  const waiting = await claimOriginal(db, lease);
  if (waiting !== undefined) return waiting;
  await registerOriginals(db);
  return claimOriginal(db, lease);
}

/**
 * Moves the oldest original file that still lies in the database into the object store; false when there is none. Its row is there
 * before the object, and the bytes in the database go in the transaction that says where the object is: whatever is cut off, the file
 * can be read, and the next try ends it. Throws what the object store or the database throws.
 */
export async function moveOne(deps: MoveDeps, signal: AbortSignal): Promise<boolean> {
  const { db, lease, count } = deps;
  const original = await nextOriginal(deps);
  if (original === undefined) return false;
  try {
    await write(deps, original, signal);
    count('moved');
  } catch (error) {
    // Should nobody need it any more, it can be removed at once.
    await dropSupersededOriginals(db);
    await releaseOriginal(db, original.key, lease.worker, signal.aborted ? 0 : REST_SECONDS);
    count('failed');
    throw error;
  }
  return true;
}

/** Removes objects that nobody needs, of one item only when it is named. An object's row goes after it, so none is forgotten. */
export async function removeDead(deps: Pick<MoveDeps, 'db' | 'objects' | 'count'>, itemId?: string): Promise<void> {
  for (const key of await listDeadOriginals(deps.db, MOST_REMOVALS, itemId)) {
    await deps.objects.remove(key);
    await forgetOriginal(deps.db, key);
    deps.count('removed');
  }
}
