import type { Buffer } from 'node:buffer';
import type { Queryable } from '../pool.ts';
import { sql } from '../sql.ts';

/** Largest part, in bytes: keeps memory flat whatever the file's size. */
export const FILE_PART_BYTES = 1024 * 1024;

/** Stores one part of a job's file. Parts are numbered from 0 without a gap. */
export async function writeFilePart(db: Queryable, jobId: string, partIdx: number, content: Uint8Array): Promise<void> {
  await db.execute(sql`insert into ingest_file_parts (job_id, part_idx, content) values (${jobId}, ${partIdx}, ${content})
    on conflict (job_id, part_idx) do update set content = excluded.content`);
}

/** The job's file, part by part; nothing when it has none. */
export async function* readFileParts(db: Queryable, jobId: string): AsyncGenerator<Buffer, void, undefined> {
  for (let partIdx = 0, more = true; more; partIdx += 1) {
    const [row] = await db.query<{ content: Buffer; more: boolean }>(
      sql`select content, exists (select from ingest_file_parts where job_id = p.job_id and part_idx = p.part_idx + 1) as more
        from ingest_file_parts p where job_id = ${jobId} and part_idx = ${partIdx}`,
    );
    if (row === undefined) return;
    yield row.content;
    ({ more } = row);
  }
}

export interface ItemFile {
  /** The job whose parts hold the bytes; null when they do not lie in the database. */
  readonly jobId: string | null;
  /** The object that holds the bytes; null when they do not lie in the object store. */
  readonly objectKey: string | null;
  readonly fileName: string | null;
  readonly mediaType: string | null;
  readonly bytes: number | null;
  readonly sha256: string;
}

/** The original file of the item's live version: its bytes come from `readFileParts` or the object store. Undefined where none was kept. */
export async function readItemFile(db: Queryable, itemId: string): Promise<ItemFile | undefined> {
  const [row] =
    await db.query<ItemFile>(sql`select p.job_id as "jobId", v.file_name as "fileName", v.media_type as "mediaType",
      v.bytes, v.sha256, o.object_key as "objectKey"
    from items i join item_versions v on v.item_id = i.item_id and v.version = i.version
    left join ingest_file_parts p on p.item_id = i.item_id and p.version = i.version and p.part_idx = 0
    left join original_objects o on o.item_id = i.item_id and o.version = i.version and o.stored_at is not null
    where i.item_id = ${itemId} and (p.job_id is not null or o.object_key is not null)`);
  return row;
}

/** Deletes the bytes of jobs that ended without an item longer ago than `days`, and answers how many jobs that were. */
export async function dropOldJobFiles(db: Queryable, days: number): Promise<number> {
  const rows = await db.query(sql`with gone as (
      delete from ingest_file_parts p using ingest_jobs j
      where j.job_id = p.job_id and p.item_id is null and j.finished_at < now() - make_interval(days => ${days})
      returning p.job_id)
    select distinct job_id from gone`);
  return rows.length;
}
