import type { ReadingBatch } from '@luna-iems/series';
import { power } from '../math/elementary.ts';
import { createStream } from '../random/stream.ts';
import { DAY, MINUTE } from '../time/quarterly.ts';

/** What goes wrong on the way from a meter to the table, and must not do harm there. All zero: nothing. */
export interface Quirks {
  /** Share of the rows that arrive twice. */
  readonly duplicateShare: number;
  /** Share of the rows that arrive late, and by how much at most. */
  readonly lateShare: number;
  readonly lateMinutes: number;
  /** How far a meter's clock may be off, s. It stays below half an interval, so that every interval keeps one row. */
  readonly clockSkewS: number;
}

/** What happens to one meter's rows. */
export interface MeterQuirks {
  /** How long before now a row may still be on its way, ms. */
  readonly reachMs: number;
  /** Start of the interval (by the true clock) that a row with this time stamp belongs to. */
  intervalOf(tsMs: number): number;
  /**
   * Changes the rows from `at` on as they would arrive until `nowMs`: stamps them by the meter's clock, withholds those on their way,
   * and repeats some (there must be room for twice as many). Returns how many there are now.
   */
  apply(batch: ReadingBatch, at: number, count: number, nowMs: number): number;
}

export interface QuirkOptions {
  readonly seed: string;
  readonly meterId: string;
  readonly intervalMs: number;
  readonly quirks: Quirks;
}

/** Undefined when nothing is to go wrong. */
export function createQuirks({ seed, meterId, intervalMs, quirks }: QuirkOptions): MeterQuirks | undefined {
  const { duplicateShare, lateShare, lateMinutes, clockSkewS } = quirks;
  if (duplicateShare <= 0 && lateShare <= 0 && clockSkewS <= 0) return undefined;
  const stream = createStream(seed, 'meter', meterId, 'arrival');
  const clock = createStream(seed, 'meter', meterId, 'clock');
  const mostSkew = Math.min(clockSkewS, Math.ceil(intervalMs / 2000) - 1);
  // A clock that is set once a day is off by another amount each day.
  const skewMs = (tsMs: number): number =>
    Math.round((2 * clock.uniform(Math.floor(tsMs / DAY)) - 1) * mostSkew) * 1000;
  const arrives = (tsMs: number): number => {
    if (stream.uniform(tsMs, 0) >= lateShare) return Number.NaN;
    const minutes = power(Math.max(1, lateMinutes), stream.uniform(tsMs, 1));
    return tsMs + intervalMs + Math.round(minutes * 60) * 1000;
  };
  const isTwice = (tsMs: number): boolean => stream.uniform(tsMs, 2) < duplicateShare;
  return {
    reachMs: lateShare > 0 ? lateMinutes * MINUTE : 0,
    intervalOf: (tsMs) => Math.round(tsMs / intervalMs) * intervalMs,
    apply: (batch, at, count, nowMs) => {
      let end = at;
      for (let place = at; place < at + count; place += 1) {
        const tsMs = batch.tsMs[place] ?? 0;
        const received = batch.quality[place] === 1 ? Number.NaN : arrives(tsMs);
        if (received > nowMs) continue;
        copyRow(batch, place, end);
        batch.tsMs[end] = tsMs + skewMs(tsMs);
        batch.receivedMs[end] = received;
        end += 1;
      }
      return repeat(batch, at, end, isTwice) - at;
    },
  };
}

/** Puts the repeated rows behind the others, as a retry would; the stamp decides which, so that each row is judged alike. */
function repeat(batch: ReadingBatch, at: number, end: number, isTwice: (tsMs: number) => boolean): number {
  let last = end;
  for (let place = at; place < end; place += 1) {
    if (!isTwice(batch.tsMs[place] ?? 0)) continue;
    copyRow(batch, place, last);
    last += 1;
  }
  return last;
}

function copyRow(batch: ReadingBatch, from: number, to: number): void {
  if (from === to) return;
  batch.meter[to] = batch.meter[from] ?? 0;
  batch.quality[to] = batch.quality[from] ?? 0;
  batch.intervalS[to] = batch.intervalS[from] ?? 0;
  for (const column of [
    batch.tsMs,
    batch.consumptionKw,
    batch.productionKw,
    batch.voltage,
    batch.energyImportKwh,
    batch.energyExportKwh,
    batch.receivedMs,
  ]) {
    column[to] = column[from] ?? Number.NaN;
  }
}
