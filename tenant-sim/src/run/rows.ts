import { pricesOf, readingsOf, type PriceBatch, type ReadingBatch, type StoredMeter } from '@luna-iems/series';
import type { LastReading, Price, Reading } from '@luna-iems/tenant-db';

/** A batch as the rows that the repository of readings takes. */
export function readingRows(batch: ReadingBatch): Reading[] {
  return readingsOf(batch).map((row) => ({
    ...row,
    ts: new Date(row.tsMs),
    source: batch.source,
    intervalS: row.intervalS ?? 0,
  }));
}

/** A batch as the rows that the repository of prices takes. */
export function priceRows(batch: PriceBatch): Price[] {
  return pricesOf(batch).map((row) => ({
    ...row,
    ts: new Date(row.tsMs),
    source: batch.source,
    publishedAt: row.publishedMs === null ? null : new Date(row.publishedMs),
  }));
}

export function storedMeters(last: readonly LastReading[]): StoredMeter[] {
  return last.map(({ meterId, ts, intervalS }) => ({ meterId, tsMs: ts.getTime(), intervalS, counters: null }));
}
