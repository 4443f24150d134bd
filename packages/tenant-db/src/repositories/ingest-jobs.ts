import type { Queryable } from '../pool.ts';
import { emptySql, joinSql, sql, type Sql } from '../sql.ts';

export type IngestState =
  'queued' | 'extracting' | 'chunking' | 'embedding' | 'indexing' | 'done' | 'failed' | 'duplicate' | 'no_text';

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
  progress_total as "progressTotal", error_code as "errorCode", error, attempts, file_name as "fileName", file_path as "filePath",
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

/** Newest first. */
export function listIngestJobs(
  db: Queryable,
  filter: { readonly state?: IngestState | undefined; readonly limit?: number } = {},
): Promise<IngestJob[]> {
  const condition = filter.state === undefined ? emptySql : sql`where state = ${filter.state}`;
  return db.query<IngestJob>(
    sql`select ${COLUMNS} from ingest_jobs ${condition} order by created_at desc, job_id limit ${filter.limit ?? 50}`,
  );
}

export interface Lease {
  /** Names the worker; only the holder may change the job. */
  readonly worker: string;
  readonly seconds: number;
}

/** Takes the oldest open job that nobody holds, and counts the attempt; undefined when there is none. Safe with many workers. */
export async function claimIngestJob(db: Queryable, lease: Lease): Promise<IngestJob | undefined> {
  const [row] = await db.query<IngestJob>(sql`
    update ingest_jobs
    set leased_by = ${lease.worker}, leased_until = now() + make_interval(secs => ${lease.seconds}), attempts = attempts + 1,
        updated_at = now()
    where job_id = (
      select job_id from ingest_jobs
      where finished_at is null and run_after <= now() and (leased_until is null or leased_until < now())
      order by run_after, created_at limit 1 for update skip locked)
    returning ${COLUMNS}`);
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
};

function assignmentsOf(patch: IngestJobPatch): Sql[] {
  return (Object.keys(COLUMN_OF) as (keyof IngestJobPatch)[])
    .filter((key) => patch[key] !== undefined)
    .map((key) => sql`${COLUMN_OF[key]} = ${patch[key]}`);
}

export interface IngestOutcome {
  readonly state: 'done' | 'failed' | 'duplicate' | 'no_text';
  readonly errorCode?: string | undefined;
  /** A sentence for the user. */
  readonly error?: string | undefined;
  readonly itemId?: string | undefined;
  readonly version?: number | undefined;
}

/** Ends a job and deletes its stored bytes. False when the lease is no longer ours. */
export async function finishIngestJob(
  db: Queryable,
  jobId: string,
  worker: string,
  outcome: IngestOutcome,
): Promise<boolean> {
  const touched = await db.execute(sql`
    with finished as (
      update ingest_jobs
      set state = ${outcome.state}, error_code = ${outcome.errorCode ?? null}, error = ${outcome.error ?? null},
          item_id = coalesce(${outcome.itemId ?? null}::uuid, item_id), version = coalesce(${outcome.version ?? null}::int, version),
          leased_by = null, leased_until = null, updated_at = now(), finished_at = now()
      where job_id = ${jobId} and leased_by = ${worker} and finished_at is null
      returning job_id),
    cleared as (delete from ingest_file_parts p using finished f where p.job_id = f.job_id)
    select job_id from finished`);
  return touched > 0;
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
  },
): Promise<boolean> {
  const touched = await db.execute(sql`update ingest_jobs
    set state = 'queued', leased_by = null, leased_until = null, updated_at = now(),
        run_after = now() + make_interval(secs => ${retry.delayMs / 1000}),
        attempts = attempts - ${retry.countAttempt === false ? 1 : 0},
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
