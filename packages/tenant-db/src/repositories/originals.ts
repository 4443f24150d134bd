import type { Database, Queryable } from '../pool.ts';
import { sql } from '../sql.ts';
import type { Lease } from './ingest-jobs.ts';

/** An original file that belongs into the object store. */
export interface OriginalObject {
  readonly key: string;
  readonly itemId: string;
  readonly version: number;
  /** Of the bytes, in hex. */
  readonly sha256: string;
  readonly bytes: number;
  /** The job whose parts hold the bytes; null when they are gone. */
  readonly jobId: string | null;
}

/** First part of the keys of all objects of this database. */
export async function readOriginalHome(db: Queryable): Promise<string> {
  const [row] = await db.query<{ home: string }>(sql`select home from original_home`);
  return row?.home ?? '';
}

/** Notes every live version whose file lies in the database as one that belongs into the object store. */
export async function registerOriginals(db: Queryable): Promise<void> {
  await db.execute(sql`insert into original_objects (object_key, item_id, version, sha256, bytes)
    select h.home || '/' || i.item_id || '/' || i.version, i.item_id, i.version, v.sha256, v.bytes
    from ingest_file_parts p join items i on i.item_id = p.item_id and i.version = p.version
    join item_versions v on v.item_id = i.item_id and v.version = i.version, original_home h
    where p.item_id is not null and p.part_idx = 0 and v.bytes is not null
    on conflict (object_key) do nothing`);
}

/** Takes the oldest file that waits and that nobody is writing; undefined when there is none. Safe with many workers. */
export async function claimOriginal(db: Queryable, lease: Lease): Promise<OriginalObject | undefined> {
  const [row] = await db.query<OriginalObject>(sql`
    update original_objects o
    set leased_by = ${lease.worker}, leased_until = now() + make_interval(secs => ${lease.seconds})
    where object_key = (
      select object_key from original_objects
      where stored_at is null and item_id is not null and (leased_until is null or leased_until < now())
      order by created_at limit 1 for update skip locked)
    returning object_key as key, item_id as "itemId", version, sha256, bytes,
      (select job_id from ingest_file_parts p
       where p.item_id = o.item_id and p.version = o.version and p.part_idx = 0) as "jobId"`);
  return row;
}

/** Goes on holding the file. False when it is no longer ours, or nobody needs it any more: then writing it is to stop. */
export async function renewOriginal(db: Queryable, key: string, lease: Lease): Promise<boolean> {
  const touched = await db.execute(sql`update original_objects
    set leased_until = now() + make_interval(secs => ${lease.seconds})
    where object_key = ${key} and leased_by = ${lease.worker} and item_id is not null`);
  return touched > 0;
}

/** Gives a file back that could not be written; it is not tried again before `seconds` have passed. */
export async function releaseOriginal(db: Queryable, key: string, worker: string, seconds: number): Promise<void> {
  await db.execute(sql`update original_objects
    set leased_by = null, leased_until = case when item_id is not null then now() + make_interval(secs => ${seconds}) end
    where object_key = ${key} and leased_by = ${worker}`);
}

/**
 * The object is whole: from here the file is read from it, and its bytes in the database go, in one step. False when the version was
 * replaced or deleted meanwhile; then the object is to be removed.
 */
export function settleOriginal(
  db: Pick<Database, 'transaction'>,
  { key, itemId, version }: Pick<OriginalObject, 'key' | 'itemId' | 'version'>,
): Promise<boolean> {
  return db.transaction(async (tx) => {
    // The item first, as everybody who changes it does.
    const [live] = await tx.query(sql`select from items where item_id = ${itemId} and version = ${version} for update`);
    const needed = live !== undefined;
    await tx.execute(sql`update original_objects
      set item_id = case when ${needed}::bool then item_id end, leased_by = null, leased_until = null,
          stored_at = coalesce(stored_at, now())
      where object_key = ${key}`);
    if (needed) await tx.execute(sql`delete from ingest_file_parts where item_id = ${itemId} and version = ${version}`);
    return needed;
  });
}

/** Gives up the objects of versions that are not live. Publishing does so too; this finds what slipped through beside it. */
export async function dropSupersededOriginals(db: Queryable): Promise<void> {
  await db.execute(sql`update original_objects o set item_id = null
    where item_id is not null and not exists (select from items i where i.item_id = o.item_id and i.version = o.version)`);
}

/** Keys of objects that nobody needs and nobody is writing; of one item only when it is named. */
export async function listDeadOriginals(db: Queryable, limit: number, itemId?: string): Promise<string[]> {
  const rows = await db.query<{ key: string }>(sql`select object_key as key from original_objects
    where item_id is null and (leased_until is null or leased_until < now())
      and (${itemId ?? null}::text is null or split_part(object_key, '/', 2) = ${itemId ?? null})
    order by created_at limit ${limit}`);
  return rows.map(({ key }) => key);
}

/** Forgets an object that has been removed. */
export async function forgetOriginal(db: Queryable, key: string): Promise<void> {
  await db.execute(sql`delete from original_objects where object_key = ${key} and item_id is null`);
}

/** How many objects of a deleted item have not been removed yet. */
export async function countDeadOriginals(db: Queryable, itemId: string): Promise<number> {
  const [row] = await db.query<{ n: number }>(sql`select count(*) as n from original_objects
    where item_id is null and split_part(object_key, '/', 2) = ${itemId}`);
  return row?.n ?? 0;
}

export interface OriginalCounts {
  /** Files whose bytes lie in the database. */
  readonly inDatabase: number;
  readonly inObjectStore: number;
  /** Objects that nobody needs and that are still to be removed. */
  readonly toRemove: number;
}

/** Where the original files of the live versions lie. */
export async function countOriginals(db: Queryable): Promise<OriginalCounts> {
  const [row] = await db.query<OriginalCounts>(sql`select
    (select count(*) from ingest_file_parts where item_id is not null and part_idx = 0) as "inDatabase",
    (select count(*) from original_objects where item_id is not null and stored_at is not null) as "inObjectStore",
    (select count(*) from original_objects where item_id is null) as "toRemove"`);
  return row as OriginalCounts;
}

/** Those of the keys that no row knows. */
export async function unknownObjects(db: Queryable, keys: readonly string[]): Promise<string[]> {
  const rows = await db.query<{ key: string }>(sql`select k.key from unnest(${keys}::text[]) as k (key)
    where not exists (select from original_objects o where o.object_key = k.key)`);
  return rows.map(({ key }) => key);
}

/** Stretch of keys, both ends left out at will: after the first, up to and with the last. */
export interface KeyRange {
  readonly after?: string | undefined;
  readonly last?: string | undefined;
}

/** Files that were in the object store before `since`, by key, in a stretch of keys. */
export function storedOriginals(
  db: Queryable,
  { after, last }: KeyRange,
  since: Date,
): Promise<{ key: string; bytes: number }[]> {
  return db.query(sql`select object_key as key, bytes from original_objects
    where item_id is not null and stored_at < ${since}
      and (${after ?? null}::text is null or object_key > ${after ?? null})
      and (${last ?? null}::text is null or object_key <= ${last ?? null})
    order by object_key`);
}
