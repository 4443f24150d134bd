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
  for (let partIdx = 0; ; partIdx += 1) {
    const [row] = await db.query<{ content: Buffer }>(
      sql`select content from ingest_file_parts where job_id = ${jobId} and part_idx = ${partIdx}`,
    );
    if (row === undefined) return;
    yield row.content;
  }
}
