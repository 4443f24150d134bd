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

/** Marks runs of this kind that stopped reporting as failed: their process was killed. */
export function closeDeadSimRuns(db: Queryable, kind: SimKind, silentMinutes = 15): Promise<number> {
  return db.execute(sql`update sim_runs
    set state = 'failed', error_code = 'LUNA_SIM_KILLED', error = 'the process ended without a word', finished_at = now()
    where kind = ${kind} and state = 'running' and updated_at < now() - make_interval(mins => ${silentMinutes})`);
}

/** Opens the record of a run and returns its id. */
export async function startSimRun(db: Queryable, kind: SimKind): Promise<string> {
  const [row] = await db.query<{ runId: string }>(
    sql`insert into sim_runs (kind) values (${kind}) returning run_id as "runId"`,
  );
  return (row as { runId: string }).runId;
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

/** Whether a file was loaded to its end; `seedId` follows from what it says. */
export async function isSeedLoaded(db: Queryable, seedId: string): Promise<boolean> {
  const rows = await db.query(sql`select from sim_runs where run_id = ${seedId} and state = 'done'`);
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
