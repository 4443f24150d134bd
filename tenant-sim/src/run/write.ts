import { isLunaError, type Clock, type Logger } from '@luna-iems/service-kit';
import type { SimRunProgress, Writing } from '@luna-iems/tenant-db';
import { reportOf } from './report.ts';

/** The part of a batch that is the same for readings and prices. */
export interface AnyBatch {
  readonly length: number;
  readonly tsMs: Float64Array;
}

export interface WriteOptions<Batch extends AnyBatch> {
  readonly batches: Iterable<Batch> | AsyncIterable<Batch>;
  /** Length of a row's interval in ms. */
  readonly intervalMs: (batch: Batch, row: number) => number;
  readonly write: (batch: Batch) => Writing;
  /** After this many rows the run stops. */
  readonly runRows: number;
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

interface Way {
  readonly range: Range;
  readonly writing: Writing;
}

/**
 * Writes all batches in their order, one transaction at a time, so that whatever an interruption leaves has no hole. The next batch is
 * made while the server works on the one before, and no earlier: a slow server slows the source down. An abort takes effect between two.
 */
export async function writeAll<Batch extends AnyBatch>(options: WriteOptions<Batch>): Promise<WriteResult> {
  const { runRows, signal } = options;
  const progress = createProgress(options);
  let handled = 0;
  let before: Way | undefined;
  for await (const batch of options.batches) {
    if (before !== undefined) await progress.add(before);
    before = undefined;
    if (signal.aborted || handled >= runRows) return { ...progress.now(), state: 'stopped' };
    if (batch.length === 0) continue;
    handled += batch.length;
    before = { range: rangeOf(batch, options.intervalMs), writing: options.write(batch) };
    await before.writing.sent;
  }
  if (before !== undefined) await progress.add(before);
  return { ...progress.now(), state: 'done' };
}

interface Progress {
  now(): SimRunProgress;
  /** Waits for a batch and counts it. */
  add(way: Way): Promise<void>;
}

function createProgress({
  clock,
  log,
  onProgress,
}: Pick<WriteOptions<AnyBatch>, 'clock' | 'log' | 'onProgress'>): Progress {
  let progress: SimRunProgress = { rows: 0, rangeFrom: null, rangeTo: null };
  const startedAt = clock.monotonicMs();
  let reportedAt = startedAt;
  return {
    now: () => progress,
    add: async ({ range, writing }) => {
      const { added } = await writing.done;
      progress = advance(progress, range, added);
      const now = clock.monotonicMs();
      if (now - reportedAt < PROGRESS_EVERY_MS) return;
      reportedAt = now;
      log.info(reportOf(progress, { nowMs: clock.now().getTime(), elapsedMs: now - startedAt }), 'writing');
      await onProgress(progress);
    },
  };
}

interface Range {
  readonly from: number;
  readonly to: number;
}

function rangeOf<Batch extends AnyBatch>(batch: Batch, intervalMs: (batch: Batch, row: number) => number): Range {
  let from = Infinity;
  let to = -Infinity;
  for (let row = 0; row < batch.length; row += 1) {
    const ts = batch.tsMs[row] ?? Number.NaN;
    from = Math.min(from, ts);
    to = Math.max(to, ts + intervalMs(batch, row));
  }
  return { from, to };
}

function advance(before: SimRunProgress, range: Range, added: number): SimRunProgress {
  const from = Math.min(before.rangeFrom?.getTime() ?? Infinity, range.from);
  const to = Math.max(before.rangeTo?.getTime() ?? -Infinity, range.to);
  return { rows: before.rows + added, rangeFrom: new Date(from), rangeTo: new Date(to) };
}

/** The code that a failed run is recorded with. */
export function codeOf(error: unknown): string {
  return isLunaError(error) ? error.code : 'LUNA_SIM_FAILED';
}
