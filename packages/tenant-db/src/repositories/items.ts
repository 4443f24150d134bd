import { LunaError } from '@luna-iems/service-kit';
import type { Database, Queryable } from '../pool.ts';
import { emptySql, joinSql, sql, type Sql } from '../sql.ts';
import { cancelIngestJob } from './ingest-jobs.ts';

/** A document as callers see it; its live version only. */
export interface Item {
  readonly itemId: string;
  readonly kind: string;
  readonly source: string;
  readonly title: string;
  readonly tags: string[];
  readonly url: string | null;
  readonly sha256: string;
  /** The live version; 0 while the first one is being ingested. */
  readonly version: number;
  readonly language: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  /** Live chunks. */
  readonly chunks: number;
}

export interface NewVersion {
  readonly source: string;
  readonly sha256: string;
  readonly title: string;
  readonly kind?: string;
  readonly tags?: readonly string[];
  readonly url?: string | undefined;
  readonly fileName?: string | undefined;
  readonly mediaType?: string | undefined;
  readonly bytes?: number | undefined;
  readonly language?: string | undefined;
}

/** `duplicate`: these bytes of this source are live already, or another job is at work on them. */
export interface StagedVersion {
  readonly outcome: 'staged' | 'duplicate';
  readonly itemId: string;
  readonly version: number;
}

/**
 * Reserves the next version of the item with this source, making the item where it is new. The version stays invisible until
 * `publishVersion`. Two uploads of the same bytes at the same moment: one gets `staged`, the other `duplicate`.
 */
export function stageVersion(db: Pick<Database, 'transaction'>, input: NewVersion): Promise<StagedVersion> {
  const { kind = 'document', tags = [], url = null, language = null } = input;
  const { fileName = null, mediaType = null, bytes = null } = input;
  return db.transaction(async (tx) => {
    await tx.execute(sql`insert into items (source, sha256, title, kind, tags, url, language)
      values (${input.source}, ${input.sha256}, ${input.title}, ${kind}, ${tags},
              ${url}, ${language})
      on conflict (source) do nothing`);
    // The row lock makes a racing upload of the same source wait here until this one is decided.
    const [item] = await tx.query<{ itemId: string }>(
      sql`select item_id as "itemId" from items where source = ${input.source} for update`,
    );
    if (item === undefined) return stageAgain();
    const { itemId } = item;
    const [same] = await tx.query<{ version: number }>(sql`select version from item_versions
      where item_id = ${itemId} and sha256 = ${input.sha256} and state in ('staged', 'live')`);
    if (same !== undefined) return { outcome: 'duplicate', itemId, version: same.version };
    const [made] = await tx.query<{ version: number }>(sql`
      insert into item_versions (item_id, version, sha256, file_name, media_type, bytes, language)
      select ${itemId}, coalesce(max(version), 0) + 1, ${input.sha256}, ${fileName}, ${mediaType},
             ${bytes}, ${language}
      from item_versions where item_id = ${itemId}
      returning version`);
    return { outcome: 'staged', itemId, version: made?.version ?? 1 };
  });
}

/** The item was deleted between the two statements: as rare as it sounds, and the caller may simply try again. */
function stageAgain(): never {
  throw new LunaError('LUNA_ITEM_RACE', 'the item was deleted while a new version of it arrived; send it again', {
    status: 409,
  });
}

export interface PublishInput {
  readonly itemId: string;
  readonly version: number;
  readonly title?: string | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly url?: string | undefined;
  readonly language?: string | undefined;
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** The job whose uploaded bytes become the version's original file. */
  readonly fileOfJob?: string | undefined;
}

export interface PublishResult {
  /** False when a newer version is live already, or the item is gone: then the version's chunks were removed. */
  readonly published: boolean;
}

/**
 * Makes a staged version the live one in one step: readers see the old version before and the new one after, never both, never
 * none. Chunks of older versions are deleted; their vectors are dead at once (`readLiveChunks` finds no row) and the caller removes
 * them. Harmless when repeated.
 */
export function publishVersion(db: Pick<Database, 'transaction'>, input: PublishInput): Promise<PublishResult> {
  const { itemId, version } = input;
  return db.transaction(async (tx) => {
    const [item] = await tx.query<{ live: number }>(
      sql`select version as live from items where item_id = ${itemId} for update`,
    );
    if (item === undefined) return { published: false };
    if (item.live > version) {
      await retireVersion(tx, itemId, version, 'replaced');
      return { published: false };
    }
    if (item.live > 0) await retireOlder(tx, itemId, version);
    await tx.execute(sql`update item_versions
      set state = 'live', live_at = coalesce(live_at, now()), language = coalesce(${input.language ?? null}, language),
          metadata = metadata || ${JSON.stringify(input.metadata ?? {})}::jsonb
      where item_id = ${itemId} and version = ${version}`);
    await tx.execute(sql`update items i
      set version = ${version}, sha256 = v.sha256, title = coalesce(${input.title ?? null}, i.title),
          tags = coalesce(${input.tags ?? null}::text[], i.tags), url = coalesce(${input.url ?? null}, i.url),
          language = v.language, updated_at = now()
      from item_versions v where i.item_id = ${itemId} and v.item_id = i.item_id and v.version = ${version}`);
    await tx.execute(sql`update ingest_file_parts set item_id = ${itemId}, version = ${version}
      where job_id = ${input.fileOfJob ?? null}::uuid`);
    return { published: true };
  });
}

/** Takes the versions before the new one out of sight, with their chunks and original files. */
async function retireOlder(tx: Queryable, itemId: string, version: number): Promise<void> {
  await tx.execute(sql`update item_versions set state = 'replaced'
    where item_id = ${itemId} and version < ${version} and state = 'live'`);
  await tx.execute(sql`delete from item_chunks where item_id = ${itemId} and version < ${version}
    and version not in (select version from item_versions where item_id = ${itemId} and state = 'staged')`);
  await tx.execute(sql`delete from ingest_file_parts where item_id = ${itemId} and version < ${version}`);
  await tx.execute(sql`update original_objects set item_id = null where item_id = ${itemId} and version < ${version}`);
}

/** Gives a staged version up: its chunks go, and the item too if it never had a live version and nothing else is at work on it. */
export function failVersion(db: Pick<Database, 'transaction'>, itemId: string, version: number): Promise<void> {
  return db.transaction(async (tx) => {
    await tx.execute(sql`select from items where item_id = ${itemId} for update`);
    await retireVersion(tx, itemId, version, 'failed');
    await tx.execute(sql`delete from items i where item_id = ${itemId} and version = 0
      and not exists (select from item_versions v where v.item_id = i.item_id and v.state in ('staged', 'live'))`);
  });
}

async function retireVersion(
  tx: Queryable,
  itemId: string,
  version: number,
  state: 'failed' | 'replaced',
): Promise<void> {
  await tx.execute(sql`update item_versions set state = ${state}
    where item_id = ${itemId} and version = ${version} and state = 'staged'`);
  await tx.execute(sql`delete from item_chunks c where item_id = ${itemId} and version = ${version}
    and not exists (select from items i where i.item_id = c.item_id and i.version = c.version)`);
}

const ITEM_COLUMNS = sql`i.item_id as "itemId", i.kind, i.source, i.title, i.tags, i.url, i.sha256, i.version, i.language,
  i.created_at as "createdAt", i.updated_at as "updatedAt",
  (select count(*)::int from item_chunks c where c.item_id = i.item_id and c.version = i.version) as chunks`;

/** A Date holds milliseconds: the order must not be finer than the position that callers send back. */
const CREATED_MS = sql`date_trunc('milliseconds', i.created_at)`;

/** The item, also while its first version is still being ingested; undefined when there is none. */
export async function readItem(db: Queryable, itemId: string): Promise<Item | undefined> {
  const [row] = await db.query<Item>(sql`select ${ITEM_COLUMNS} from items i where i.item_id = ${itemId}`);
  return row;
}

export interface ItemFilter {
  /** Items that carry all of these tags. */
  readonly tags?: readonly string[] | undefined;
  readonly source?: string | undefined;
  readonly language?: string | undefined;
  readonly limit?: number;
  /** Position after the last item of the page before. */
  readonly after?: { readonly createdAt: Date; readonly itemId: string } | undefined;
}

/** Items with a live version, newest first. */
export function listItems(db: Queryable, filter: ItemFilter = {}): Promise<Item[]> {
  const { tags, source, language, after, limit = 50 } = filter;
  const conditions: Sql[] = [
    language === undefined ? emptySql : sql`and i.language = ${language}`,
    tags === undefined || tags.length === 0 ? emptySql : sql`and i.tags @> ${tags}::text[]`,
    source === undefined ? emptySql : sql`and i.source = ${source}`,
    // A Date holds milliseconds, the column microseconds: compared as it is, a page border could skip items of the same millisecond.
    after === undefined ? emptySql : sql`and (${CREATED_MS}, i.item_id) < (${after.createdAt}, ${after.itemId}::uuid)`,
  ];
  return db.query<Item>(sql`select ${ITEM_COLUMNS} from items i
    where i.version > 0 ${joinSql(conditions, ' ')}
    order by ${CREATED_MS} desc, i.item_id desc limit ${limit}`);
}

/**
 * Deletes the item with all versions, chunks, original files, and the jobs at work on it; false when there was none. Vectors and
 * objects with files are the caller's: `listDeadOriginals` names the latter.
 */
export function deleteItem(db: Pick<Database, 'transaction'>, itemId: string): Promise<boolean> {
  return db.transaction(async (tx) => {
    const [item] = await tx.query(sql`select from items where item_id = ${itemId} for update`);
    if (item === undefined) return false;
    // A job that went on would bring back what was deleted.
    const open = await tx.query<{ jobId: string }>(
      sql`select job_id as "jobId" from ingest_jobs where item_id = ${itemId} and finished_at is null`,
    );
    for (const { jobId } of open) await cancelIngestJob(tx, jobId);
    await tx.execute(sql`delete from items where item_id = ${itemId}`);
    return true;
  });
}
