import type { PriceBatch, PriceSeriesId } from './prices.ts';
import type { ReadingBatch } from './readings.ts';

/**
 * Where readings or prices come from: the simulator, a file, an HTTP request, a meter, a market. Nothing behind it may ask which one it
 * is: same tables, same columns, told apart by the column `source` only. Switching a meter from one source to another keeps its history.
 *
 * What a source promises
 * - Units and signs: kW, kWh, V, EUR/MWh, MWh, seconds. Import and feed-in are two columns, both >= 0; prices may be negative. Whoever
 *   has W, Wh, ct/kWh or one signed number converts before it fills a batch.
 * - Time: `tsMs` is the start of the interval in UTC. Local times are converted by their zone's rules: the hour that is there twice in
 *   autumn is two hours, the one that is not there in spring is an error of that row.
 * - Gaps: an interval whose value did not arrive is a row with quality `missing` and nulls, never 0, and never simply absent if the
 *   source knows that it should be there.
 * - Order: within a series rows come in the order of time, so that what was stored before an interruption has no hole. Exceptions are
 *   rows that carry `receivedMs` (late) and repeated ones.
 * - At least once: rows may come again, in the same batch too. Whoever stores them keeps one per (meter, ts) or (market, product, ts).
 * - Counters may fall (meter changed, roll-over). They are stored as read; consumption is the sum of the rises.
 * - Prices: markets that leave out repeated values (ENTSO-E's curve type A03) are filled up by the source, to the end of the period too.
 *   A price that is published again with another value is another row for the same key with a later `publishedMs`: the later one counts.
 */
export interface Source<Batch, Stored> {
  /** What its rows carry in the column `source`. */
  readonly name: string;
  /**
   * Everything that is known at `nowMs` and lies after what is stored. A batch belongs to the source again once the next one is asked
   * for. A source that is pushed to (a request) yields what it was given, whatever is stored.
   */
  read(request: ReadRequest<Stored>): Iterable<Batch> | AsyncIterable<Batch>;
}

export interface ReadRequest<Stored> {
  /** The last rows that are stored of each series, from this source; series without any are not in it. */
  readonly stored: readonly Stored[];
  readonly nowMs: number;
  /** Most rows of a batch. */
  readonly batchRows: number;
}

/** Where a meter's stored rows end. */
export interface StoredMeter {
  readonly meterId: string;
  /** Start of the newest interval. */
  readonly tsMs: number;
  readonly intervalS: number | null;
  /** The newest row that has counters; null when none has. */
  readonly counters: StoredCounters | null;
}

export interface StoredCounters {
  /** Start of that row's interval. */
  readonly tsMs: number;
  readonly intervalS: number | null;
  readonly energyImportKwh: number;
  readonly energyExportKwh: number;
}

/** Where a price series' stored rows end. */
export interface StoredPrices extends PriceSeriesId {
  /** Start of the newest delivery interval. */
  readonly tsMs: number;
}

export type ReadingSource = Source<ReadingBatch, StoredMeter>;
export type PriceSource = Source<PriceBatch, StoredPrices>;
