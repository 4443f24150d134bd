import { isLunaError, type Clock, type Logger } from '@luna-iems/service-kit';
import type { SimRunProgress } from '@luna-iems/tenant-db';

/** What a batch of any kind has. */
export interface AnyBatch {
  readonly length: number;
  readonly tsMs: Float64Array;
}

export interface WriteOptions<Batch extends AnyBatch> {
  readonly batches: Iterable<Batch> | AsyncIterable<Batch>;
  /** Length of the interval of a row, ms. */
  readonly stepMs: (batch: Batch, index: number) => number;
  readonly runRows: number;
  /** Writes a batch and returns how many rows were new. */
  readonly write: (batch: Batch) => Promise<number>;
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
export async function writeAll<Batch extends AnyBatch>(options: WriteOptions<Batch>): Promise<WriteResult> {
  const { runRows, signal, clock, log } = options;
  let progress: SimRunProgress = { rows: 0, rangeFrom: null, rangeTo: null };
  let handled = 0;
  const startedAt = clock.monotonicMs();
  let reportedAt = startedAt;
  for await (const batch of options.batches) {
    if (signal.aborted || handled >= runRows) return { ...progress, state: 'stopped' };
    const written = await options.write(batch);
    handled += batch.length;
    progress = advance(progress, batch, written, options.stepMs);
    const now = clock.monotonicMs();
    if (now - reportedAt < PROGRESS_EVERY_MS) continue;
    reportedAt = now;
    const rowsPerSecond = Math.round((1000 * handled) / (now - startedAt));
    log.info({ rows: progress.rows, upTo: progress.rangeTo, rowsPerSecond }, 'writing');
    await options.onProgress(progress);
  }
  return { ...progress, state: 'done' };
}

function advance<Batch extends AnyBatch>(
  before: SimRunProgress,
  batch: Batch,
  written: number,
  stepMs: (batch: Batch, index: number) => number,
): SimRunProgress {
  let from = before.rangeFrom?.getTime() ?? Infinity;
  let to = before.rangeTo?.getTime() ?? -Infinity;
  for (let index = 0; index < batch.length; index += 1) {
    const tsMs = batch.tsMs[index] ?? 0;
    from = Math.min(from, tsMs);
    to = Math.max(to, tsMs + stepMs(batch, index));
  }
  return { rows: before.rows + written, rangeFrom: new Date(from), rangeTo: new Date(to) };
}

/** The code that a failed run is recorded with. */
export function codeOf(error: unknown): string {
  return isLunaError(error) ? error.code : 'LUNA_SIM_FAILED';
}
