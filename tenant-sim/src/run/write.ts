import { isLunaError, type Clock, type Logger } from '@luna-iems/service-kit';
import type { SimRunProgress } from '@luna-iems/tenant-db';
import { batchesOf, type Batch, type Span } from './batches.ts';

export interface WriteOptions<Row> {
  readonly spans: readonly Span<Row>[];
  readonly batchRows: number;
  readonly runRows: number;
  /** Writes a batch, records the progress, and returns how many rows were new. */
  readonly write: (rows: readonly Row[]) => Promise<number>;
  readonly onProgress: (progress: SimRunProgress) => Promise<void>;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface WriteResult extends SimRunProgress {
  /** `stopped` when the signal or the row limit ended it before everything was written. */
  readonly state: 'done' | 'stopped';
}

const PROGRESS_EVERY_MS = 5_000;

/** Writes all batches one after the other; an abort takes effect between two of them. */
export async function writeAll<Row>(options: WriteOptions<Row>): Promise<WriteResult> {
  const { spans, batchRows, runRows, signal, clock, log } = options;
  let progress: SimRunProgress = { rows: 0, rangeFrom: null, rangeTo: null };
  let handled = 0;
  let reportedAt = clock.monotonicMs();
  for (const batch of batchesOf(spans, batchRows)) {
    if (signal.aborted || handled >= runRows) return { ...progress, state: 'stopped' };
    const written = await options.write(batch.rows);
    handled += batch.rows.length;
    progress = advance(progress, batch, written);
    if (clock.monotonicMs() - reportedAt < PROGRESS_EVERY_MS) continue;
    reportedAt = clock.monotonicMs();
    log.info({ rows: progress.rows, upTo: progress.rangeTo }, 'writing');
    await options.onProgress(progress);
  }
  return { ...progress, state: 'done' };
}

function advance<Row>(before: SimRunProgress, batch: Batch<Row>, written: number): SimRunProgress {
  const from = Math.min(before.rangeFrom?.getTime() ?? Infinity, batch.from);
  const to = Math.max(before.rangeTo?.getTime() ?? -Infinity, batch.to);
  return { rows: before.rows + written, rangeFrom: new Date(from), rangeTo: new Date(to) };
}

/** The code that a failed run is recorded with. */
export function codeOf(error: unknown): string {
  return isLunaError(error) ? error.code : 'LUNA_SIM_FAILED';
}
