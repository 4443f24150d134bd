import type { Queryable } from '../pool.ts';
import { joinSql, sql, whereAll, type Sql } from '../sql.ts';

/** States of a job that has ended. `quarantined`: the file breaks its reader; it is not tried again unless somebody asks for it. */
export type IngestEnd = 'done' | 'failed' | 'duplicate' | 'no_text' | 'quarantined' | 'cancelled';
export type IngestState = 'queued' | 'extracting' | 'chunking' | 'embedding' | 'indexing' | IngestEnd;

export interface IngestJob {
  readonly jobId: string;
  readonly itemId: string | null;
  readonly version: number | null;
  readonly source: string;
  readonly sha256: string;
  readonly state: IngestState;
  readonly progressDone: number;
  readonly progressTotal: number | null;
  readonly errorCode: string | null;
  readonly error: string | null;
  readonly attempts: number;
  /** How often extraction broke down over the file. */
  readonly strikes: number;
  /** What could not be read of it, a sentence each. */
  readonly warnings: string[];
  readonly fileName: string | null;
  readonly filePath: string | null;
  readonly bytes: number | null;
  readonly mediaType: string | null;
  readonly title: string | null;
  readonly tags: string[];
  readonly language: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly finishedAt: Date | null;
}

export interface NewIngestJob {
  readonly source: string;
  readonly sha256: string;
  readonly fileName?: string | undefined;
  readonly filePath?: string | undefined;
  readonly bytes?: number | undefined;
  readonly mediaType?: string | undefined;
  readonly title?: string | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly language?: string | undefined;
}

const COLUMNS = sql`job_id as "jobId", item_id as "itemId", version, source, sha256, state, progress_done as "progressDone",
  progress_total as "progressTotal", error_code as "errorCode", error, attempts, strikes, warnings,
  file_name as "fileName", file_path as "filePath",
  bytes, media_type as "mediaType", title, tags, language, created_at as "createdAt", updated_at as "updatedAt",
  finished_at as "finishedAt"`;

/** Queues a job. Write its file in the same transaction, so that no worker finds a job without bytes. */
export async function createIngestJob(db: Queryable, job: NewIngestJob): Promise<IngestJob> {
  const rows = await db.query<IngestJob>(sql`
    insert into ingest_jobs (source, sha256, file_name, file_path, bytes, media_type, title, tags, language)
    values (${job.source}, ${job.sha256}, ${job.fileName ?? null}, ${job.filePath ?? null}, ${job.bytes ?? null},
            ${job.mediaType ?? null}, ${job.title ?? null}, ${job.tags ?? []}, ${job.language ?? null})
    returning ${COLUMNS}`);
  return rows[0] as IngestJob;
}

export async function readIngestJob(db: Queryable, jobId: string): Promise<IngestJob | undefined> {
  const [row] = await db.query<IngestJob>(sql`select ${COLUMNS} from ingest_jobs where job_id = ${jobId}`);
  return row;
}

export interface IngestJobFilter {
  readonly states?: readonly IngestState[] | undefined;
  readonly source?: string | undefined;
  readonly itemId?: string | undefined;
  readonly limit?: number;
  /** Position after the last job of the page before. */
  readonly after?: { readonly createdAt: Date; readonly jobId: string } | undefined;
}

/** A Date holds milliseconds: the order must not be finer than the position that callers send back. */
const CREATED_MS = sql`date_trunc('milliseconds', created_at)`;

/** Newest first. */
export function listIngestJobs(db: Queryable, filter: IngestJobFilter = {}): Promise<IngestJob[]> {
  const { states, source, itemId, after, limit = 50 } = filter;
  const conditions = [
    ...(states === undefined ? [] : [sql`state = any(${states}::text[])`]),
    ...(source === undefined ? [] : [sql`source = ${source}`]),
    ...(itemId === undefined ? [] : [sql`item_id = ${itemId}::uuid`]),
    ...(after === undefined ? [] : [sql`(${CREATED_MS}, job_id) < (${after.createdAt}, ${after.jobId}::uuid)`]),
  ];
  return db.query<IngestJob>(
    sql`select ${COLUMNS} from ingest_jobs ${whereAll(conditions)} order by ${CREATED_MS} desc, job_id desc limit ${limit}`,
  );
}

export interface Lease {
  /** Names the worker; only the holder may change the job. */
  readonly worker: string;
  readonly seconds: number;
}

export interface ClaimedJob extends IngestJob {
  /** Somebody held it and never said what became of it: they may have died of it, or of what was at work beside it. */
  readonly suspect: boolean;
}

/**
 * Takes the oldest open job that nobody holds, and counts the attempt; undefined when there is none. Safe with many workers. Suspects
 * come first, those with the fewest attempts before the others, and only to a worker with nothing else at work (`alone`): while one
 * waits, nothing else is taken, so that its turn comes.
 */
export async function claimIngestJob(
  db: Queryable,
  lease: Lease,
  { alone }: { readonly alone: boolean },
): Promise<ClaimedJob | undefined> {
  const [row] = await db.query<ClaimedJob>(sql`
    with next as (
      select job_id as next_id, leased_by is not null as suspect from ingest_jobs
      where finished_at is null and run_after <= now() and (leased_until is null or leased_until < now())
      order by leased_by is null, case when leased_by is not null then attempts end, run_after, created_at
      limit 1 for update skip locked)
    update ingest_jobs
    set leased_by = ${lease.worker}, leased_until = now() + make_interval(secs => ${lease.seconds}), attempts = attempts + 1,
        updated_at = now()
    from next where job_id = next_id and (${alone} or not suspect)
    returning ${COLUMNS}, suspect`);
  return row;
}

export interface IngestJobPatch {
  readonly state?: IngestState;
  readonly itemId?: string;
  readonly version?: number;
  readonly progressDone?: number;
  readonly progressTotal?: number;
  readonly language?: string;
  readonly mediaType?: string;
  readonly warnings?: readonly string[];
}

/** Records progress and renews the lease. False when the lease is no longer ours: then stop at once, another worker has the job. */
export async function updateIngestJob(
  db: Queryable,
  jobId: string,
  lease: Lease,
  patch: IngestJobPatch,
): Promise<boolean> {
  const assignments = assignmentsOf(patch);
  const touched = await db.execute(sql`update ingest_jobs
    set ${joinSql([...assignments, sql`updated_at = now()`, sql`leased_until = now() + make_interval(secs => ${lease.seconds})`])}
    where job_id = ${jobId} and leased_by = ${lease.worker} and finished_at is null`);
  return touched > 0;
}

const COLUMN_OF: Readonly<Record<keyof IngestJobPatch, Sql>> = {
  state: sql`state`,
  itemId: sql`item_id`,
  version: sql`version`,
  progressDone: sql`progress_done`,
  progressTotal: sql`progress_total`,
  language: sql`language`,
  mediaType: sql`media_type`,
  warnings: sql`warnings`,
};

function assignmentsOf(patch: IngestJobPatch): Sql[] {
  return (Object.keys(COLUMN_OF) as (keyof IngestJobPatch)[])
    .filter((key) => patch[key] !== undefined)
    .map((key) => sql`${COLUMN_OF[key]} = ${patch[key]}`);
}

export interface IngestOutcome {
  readonly state: IngestEnd;
  readonly errorCode?: string | undefined;
  /** A sentence for the user. */
  readonly error?: string | undefined;
  readonly itemId?: string | undefined;
  readonly version?: number | undefined;
}

/** Ends in which the bytes stay for a while, so that the job can be tried again; those of a published version belong to its item. */
const KEEPS_BYTES: readonly IngestEnd[] = ['failed', 'quarantined', 'no_text'];

/** Ends a job and deletes the bytes that nobody needs any more. False when the lease is no longer ours. */
export async function finishIngestJob(
  db: Queryable,
  jobId: string,
  worker: string,
  outcome: IngestOutcome,
): Promise<boolean> {
  const keep = KEEPS_BYTES.includes(outcome.state);
  const rows = await db.query(sql`
    with finished as (
      update ingest_jobs
      set state = ${outcome.state}, error_code = ${outcome.errorCode ?? null}, error = ${outcome.error ?? null},
          item_id = coalesce(${outcome.itemId ?? null}::uuid, item_id), version = coalesce(${outcome.version ?? null}::int, version),
          leased_by = null, leased_until = null, updated_at = now(), finished_at = now()
      where job_id = ${jobId} and leased_by = ${worker} and finished_at is null
      returning job_id),
    cleared as (delete from ingest_file_parts p using finished f
      where p.job_id = f.job_id and p.item_id is null and not ${keep}::bool)
    select job_id from finished`);
  return rows.length > 0;
}

/** Ends an open job at somebody's wish; undefined when it is not open. Whoever works on it finds its lease gone. */
export async function cancelIngestJob(db: Queryable, jobId: string): Promise<IngestJob | undefined> {
  const [row] = await db.query<IngestJob>(sql`
    with finished as (
      update ingest_jobs set state = 'cancelled', error_code = null, error = null, leased_by = null, leased_until = null,
        updated_at = now(), finished_at = now()
      where job_id = ${jobId} and finished_at is null
      returning *),
    cleared as (delete from ingest_file_parts p using finished f where p.job_id = f.job_id and p.item_id is null)
    select ${COLUMNS} from finished`);
  return row;
}

/** Queues a job again that failed, was quarantined or found no text; undefined when its state or its lost bytes forbid that. */
export async function retryIngestJob(db: Queryable, jobId: string): Promise<IngestJob | undefined> {
  const [row] = await db.query<IngestJob>(sql`
    update ingest_jobs j
    set state = 'queued', error_code = null, error = null, warnings = '{}', attempts = 0, strikes = 0, progress_done = 0,
        progress_total = null, item_id = null, version = null, run_after = now(), updated_at = now(), finished_at = null
    where job_id = ${jobId} and state = any(${KEEPS_BYTES}::text[])
      and exists (select from ingest_file_parts p where p.job_id = j.job_id and p.item_id is null)
    returning ${COLUMNS}`);
  return row;
}

/** Gives a job back to be tried again after `delayMs` (0: at once, as on shutdown). False when the lease is no longer ours. */
export async function releaseIngestJob(
  db: Queryable,
  jobId: string,
  worker: string,
  retry: {
    readonly delayMs: number;
    readonly errorCode?: string;
    readonly error?: string;
    readonly countAttempt?: boolean;
    /** The file broke its reader. */
    readonly strike?: boolean;
  },
): Promise<boolean> {
  const touched = await db.execute(sql`update ingest_jobs
    set state = 'queued', leased_by = null, leased_until = null, updated_at = now(),
        run_after = now() + make_interval(secs => ${retry.delayMs / 1000}),
        attempts = greatest(0, attempts - ${retry.countAttempt === false ? 1 : 0}), strikes = strikes + ${retry.strike === true ? 1 : 0},
        error_code = ${retry.errorCode ?? null}, error = ${retry.error ?? null}
    where job_id = ${jobId} and leased_by = ${worker} and finished_at is null`);
  return touched > 0;
}

/** Number of jobs that are not finished. */
export async function countOpenIngestJobs(db: Queryable): Promise<number> {
  const [row] = await db.query<{ open: number }>(
    sql`select count(*) as open from ingest_jobs where finished_at is null`,
  );
  return row?.open ?? 0;
}
