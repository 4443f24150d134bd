import type { Queryable } from '../pool.ts';
import { sql } from '../sql.ts';

export type SimKind = 'meter' | 'market';

export interface SimRun {
  readonly runId: string;
  readonly kind: SimKind;
  readonly state: 'running' | 'done' | 'stopped' | 'failed';
  readonly startedAt: Date;
  readonly updatedAt: Date;
  readonly finishedAt: Date | null;
  /** Start of the first interval written. */
  readonly rangeFrom: Date | null;
  /** End of the last interval written. */
  readonly rangeTo: Date | null;
  readonly rows: number;
  readonly errorCode: string | null;
  readonly error: string | null;
}

const COLUMNS = sql`run_id as "runId", kind, state, started_at as "startedAt", updated_at as "updatedAt", finished_at as "finishedAt",
  range_from as "rangeFrom", range_to as "rangeTo", rows, error_code as "errorCode", error`;

/**
 * Opens the record of a run and returns its id. Runs of this kind that have said nothing for a quarter of an hour are marked as failed: their
 * process was killed.
 */
export async function startSimRun(db: Queryable, kind: SimKind): Promise<string> {
  const [row] = await db.query<{ runId: string }>(sql`
    with dead as (
      update sim_runs
      set state = 'failed', error_code = 'LUNA_SIM_KILLED', error = 'the process ended without a word', finished_at = now()
      where kind = ${kind} and state = 'running' and updated_at < now() - interval '15 minutes')
    insert into sim_runs (kind) values (${kind}) returning run_id as "runId"`);
  return (row as { runId: string }).runId;
}

/** With a run every minute 43,000 rows of each kind, and longer than anybody asks what a run did. */
const RUNS_KEPT_DAYS = 30;

/**
 * Removes runs of this kind of which nothing was heard for a month, and returns how many those were. What a file was loaded with stays as
 * long as runs ask for the file. To be called by a run that has asked for all of its files.
 */
export function forgetOldSimRuns(db: Queryable, kind: SimKind): Promise<number> {
  const line = sql`now() - make_interval(days => ${RUNS_KEPT_DAYS})`;
  // The index knows when runs began; nothing is heard of one before that.
  return db.execute(sql`delete from sim_runs where kind = ${kind} and started_at < ${line} and updated_at < ${line}`);
}

export interface SimRunProgress {
  readonly rows: number;
  readonly rangeFrom: Date | null;
  readonly rangeTo: Date | null;
}

/** What the run has written so far. */
export async function updateSimRun(db: Queryable, runId: string, progress: SimRunProgress): Promise<void> {
  await db.execute(sql`update sim_runs
    set rows = ${progress.rows}, range_from = ${progress.rangeFrom}, range_to = ${progress.rangeTo}, updated_at = now()
    where run_id = ${runId}`);
}

export interface SimRunOutcome extends SimRunProgress {
  readonly state: 'done' | 'stopped' | 'failed';
  readonly errorCode?: string | undefined;
  readonly error?: string | undefined;
}

export async function finishSimRun(db: Queryable, runId: string, outcome: SimRunOutcome): Promise<void> {
  await db.execute(sql`update sim_runs
    set state = ${outcome.state}, rows = ${outcome.rows}, range_from = ${outcome.rangeFrom}, range_to = ${outcome.rangeTo},
        error_code = ${outcome.errorCode ?? null}, error = ${outcome.error ?? null}, updated_at = now(), finished_at = now()
    where run_id = ${runId}`);
}

/** Whether a file was loaded to its end; `seedId` follows from what it says. That it was asked for is noted once a day. */
export async function isSeedLoaded(db: Queryable, seedId: string): Promise<boolean> {
  const rows = await db.query(sql`
    with asked as (
      update sim_runs set updated_at = now() where run_id = ${seedId} and updated_at < now() - interval '1 day')
    select from sim_runs where run_id = ${seedId} and state = 'done'`);
  return rows.length > 0;
}

/**
 * Records that a file was loaded, as a run of its own under the file's id, just before the run that loaded it: that one stays the newest
 * of its kind. A second word about the same file changes nothing.
 */
export async function recordSeed(
  db: Queryable,
  { seedId, runId, ...loaded }: SimRunProgress & { readonly seedId: string; readonly runId: string },
): Promise<void> {
  await db.execute(sql`insert into sim_runs (run_id, kind, state, started_at, finished_at, rows, range_from, range_to)
    select ${seedId}, kind, 'done', started_at - interval '1 millisecond', now(), ${loaded.rows}, ${loaded.rangeFrom}, ${loaded.rangeTo}
    from sim_runs where run_id = ${runId}
    on conflict (run_id) do nothing`);
}

/** The newest run of each kind, for `/sim/status`. */
export function readLastSimRuns(db: Queryable): Promise<SimRun[]> {
  return db.query<SimRun>(sql`select distinct on (kind) ${COLUMNS} from sim_runs order by kind, started_at desc`);
}

/** The newest run of each kind that failed. */
export function readLastFailedSimRuns(db: Queryable): Promise<SimRun[]> {
  return db.query<SimRun>(sql`select distinct on (kind) ${COLUMNS} from sim_runs
    where state = 'failed' order by kind, started_at desc`);
}

export interface LastWrites {
  readonly meter: Date | null;
  readonly market: Date | null;
}

/** Newest interval in each of the two hypertables, whoever wrote it. */
export async function readLastWrites(db: Queryable): Promise<LastWrites> {
  const [row] = await db.query<LastWrites>(sql`select
    (select ts from smart_meter_readings order by ts desc limit 1) as meter,
    (select ts from market_prices order by ts desc limit 1) as market`);
  return row ?? { meter: null, market: null };
}
