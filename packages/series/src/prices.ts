/** The price of one delivery interval, as a row of `market_prices`. */
export interface PriceRow {
  /** Bidding zone or place, for example DE-LU. */
  readonly market: string;
  /** Auction or index with its resolution: DA-15, DA-60, ID-15, … */
  readonly product: string;
  /** Start of delivery, ms since the epoch (UTC). */
  readonly tsMs: number;
  /** EUR per MWh; may be negative. */
  readonly priceEurMwh: number | null;
  /** Traded energy of the interval, MWh. */
  readonly volume: number | null;
  /** Length of the delivery interval, s. */
  readonly resolutionS: number;
  /** When the price became known, ms since the epoch: a day-ahead price lies in the future when it is published. */
  readonly publishedMs: number | null;
}

/** Many prices as columns; see ReadingBatch for the conventions. */
export interface PriceBatch {
  readonly source: string;
  /** The series that `series` points into. */
  readonly seriesIds: readonly PriceSeriesId[];
  length: number;
  readonly series: Uint32Array;
  readonly tsMs: Float64Array;
  readonly priceEurMwh: Float64Array;
  readonly volume: Float64Array;
  readonly resolutionS: Uint32Array;
  readonly publishedMs: Float64Array;
}

export interface PriceSeriesId {
  readonly market: string;
  readonly product: string;
}

/** An empty batch with room for `capacity` rows. */
export function createPriceBatch(source: string, seriesIds: readonly PriceSeriesId[], capacity: number): PriceBatch {
  return {
    source,
    seriesIds,
    length: 0,
    series: new Uint32Array(capacity),
    tsMs: new Float64Array(capacity),
    priceEurMwh: new Float64Array(capacity),
    volume: new Float64Array(capacity),
    resolutionS: new Uint32Array(capacity),
    publishedMs: new Float64Array(capacity),
  };
}

/** A batch of these rows, in their order. */
export function fillPrices(source: string, rows: readonly PriceRow[]): PriceBatch {
  const places = new Map<string, { readonly place: number; readonly id: PriceSeriesId }>();
  for (const { market, product } of rows) {
    const key = JSON.stringify([market, product]);
    if (!places.has(key)) places.set(key, { place: places.size, id: { market, product } });
  }
  const ids = [...places.values()].map(({ id }) => id);
  const batch = createPriceBatch(source, ids, rows.length);
  rows.forEach((row, index) => {
    batch.series[index] = places.get(JSON.stringify([row.market, row.product]))?.place ?? 0;
    batch.tsMs[index] = row.tsMs;
    batch.priceEurMwh[index] = row.priceEurMwh ?? Number.NaN;
    batch.volume[index] = row.volume ?? Number.NaN;
    batch.resolutionS[index] = row.resolutionS;
    batch.publishedMs[index] = row.publishedMs ?? Number.NaN;
  });
  batch.length = rows.length;
  return batch;
}

/** The rows of a batch as plain objects: for tests, previews and small numbers of rows. */
export function pricesOf(batch: PriceBatch): PriceRow[] {
  return Array.from({ length: batch.length }, (_, index) => {
    const id = batch.seriesIds[batch.series[index] ?? 0];
    return {
      market: id?.market ?? '',
      product: id?.product ?? '',
      tsMs: batch.tsMs[index] ?? Number.NaN,
      priceEurMwh: orNull(batch.priceEurMwh[index]),
      volume: orNull(batch.volume[index]),
      resolutionS: batch.resolutionS[index] ?? 0,
      publishedMs: orNull(batch.publishedMs[index]),
    };
  });
}

function orNull(value: number | undefined): number | null {
  return value === undefined || Number.isNaN(value) ? null : value;
}
