import type { Clock } from '@luna-iems/service-kit';
import type { Queryable } from '../pool.ts';
import { sql, type Sql } from '../sql.ts';

/**
 * Rolls up at most `quarters` quarter-hours that changed and are over, and returns how many are left. 0 on the `timescale` edition, whose policies do
 * it; -1 while another process is at it.
 */
export async function refreshRollups(db: Queryable, quarters: number, now: Date): Promise<number> {
  const [row] = await db.query<{ left: number }>(sql`select series_refresh(${quarters}, ${now}) as left`);
  return row?.left ?? 0;
}

/** Drops what is older than series_settings say; returns how many chunks went. 0 on the `timescale` edition, whose policies do it. */
export async function expireSeries(db: Queryable, now: Date): Promise<number> {
  const [row] = await db.query<{ dropped: number }>(sql`select series_expire(${now}) as dropped`);
  return row?.dropped ?? 0;
}

/** Fits the length of new chunks to the number of readings that arrive in a day. */
export async function fitChunks(db: Queryable, rowsPerDay: number): Promise<void> {
  await db.execute(sql`select series_fit_chunks(${rowsPerDay})`);
}

/** Days; 0 for ever, undefined for what the database has. */
export interface Retention {
  readonly readingsDays?: number | undefined;
  readonly minutesDays?: number | undefined;
}

/** Tells the database how long to keep readings and their roll-up by minutes. The owner's right. */
export async function setRetention(db: Queryable, { readingsDays, minutesDays }: Retention): Promise<void> {
  const daysOf = (given: number | undefined, column: Sql): Sql =>
    sql`nullif(coalesce(${given ?? null}::int, ${column}, 0), 0)`;
  const raw = daysOf(readingsDays, sql`raw_days`);
  const minute = daysOf(minutesDays, sql`minute_days`);
  await db.execute(sql`update series_settings set raw_days = ${raw}, minute_days = ${minute}
    where (raw_days, minute_days) is distinct from (${raw}, ${minute})`);
}

export interface CatchUpOptions {
  readonly signal: AbortSignal;
  readonly clock: Clock;
}

/** A piece should take about this long: short enough to stop between two, long enough to be worth its statement. */
const PIECE_MS = 500;
const MOST_QUARTERS = 2_000;

/** Refreshes piece by piece until nothing is left, another process is at it, or the signal says stop; returns what is left. */
export async function catchUpRollups(db: Queryable, options: CatchUpOptions): Promise<number> {
  let quarters = 16;
  let left = 1;
  while (left > 0 && !options.signal.aborted) {
    const before = options.clock.monotonicMs();
    left = await refreshRollups(db, quarters, options.clock.now());
    const took = options.clock.monotonicMs() - before;
    if (took < PIECE_MS / 2) quarters = Math.min(MOST_QUARTERS, quarters * 2);
    if (took > PIECE_MS * 2) quarters = Math.max(1, Math.floor(quarters / 2));
  }
  return left;
}
