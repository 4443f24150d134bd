import {
  dropSupersededOriginals,
  readOriginalHome,
  storedOriginals,
  unknownObjects,
  type Database,
} from '@luna-iems/tenant-db';
import type { ObjectPage, StoredObject } from './s3-answers.ts';
import type { ObjectStore } from './s3.ts';

export interface CompareDeps {
  db: Database;
  objects: ObjectStore;
}

/** What one comparison of the bucket with the rows found. */
export interface ObjectTally {
  readonly objects: number;
  /** Files whose object is gone or not whole. Nothing here can bring them back. */
  readonly objectsMissing: number;
  /** Objects without a row. A row is there before its object and goes after it, so they are nobody's, and were removed. */
  readonly objectsOrphans: number;
}

/** Where a page ends; the last one has no end. */
function lastKey({ objects, next }: ObjectPage): string | undefined {
  return next === undefined ? undefined : objects.at(-1)?.key;
}

/** Rows whose object is not on the page that should hold it, or is of another size. */
async function missingOn(
  { db }: CompareDeps,
  page: readonly StoredObject[],
  range: { after: string | undefined; last: string | undefined; since: Date },
): Promise<number> {
  const sizes = new Map(page.map(({ key, bytes }) => [key, bytes]));
  const rows = await storedOriginals(db, range, range.since);
  return rows.filter(({ key, bytes }) => sizes.get(key) !== bytes).length;
}

/**
 * Compares the objects in the bucket with the rows, page by page, both ways, and removes objects that are nobody's. Safe beside moves
 * and deletions. Throws what the object store or the database throws.
 */
export async function compareObjects(deps: CompareDeps, now: Date, signal: AbortSignal): Promise<ObjectTally> {
  const { db, objects } = deps;
  await dropSupersededOriginals(db);
  const prefix = `${await readOriginalHome(db)}/`;
  let [seen, missing, orphans] = [0, 0, 0];
  let from: string | undefined;
  let after: string | undefined;
  do {
    signal.throwIfAborted();
    const page = await objects.list(prefix, from);
    const last = lastKey(page);
    missing += await missingOn(deps, page.objects, { after, last, since: now });
    const unknown = await unknownObjects(
      db,
      page.objects.map(({ key }) => key),
    );
    for (const key of unknown) await objects.remove(key);
    seen += page.objects.length;
    orphans += unknown.length;
    [from, after] = [page.next, last];
  } while (from !== undefined);
  return { objects: seen, objectsMissing: missing, objectsOrphans: orphans };
}
