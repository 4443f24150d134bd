import {
  readPricePoints,
  type Database,
  type PricePoint,
  type PriceResolution,
  type PriceSeriesRef,
} from '@luna-iems/tenant-db';
import { bucketsOf, nextBucket } from './resolution.ts';

export interface PriceQuery extends PriceSeriesRef {
  readonly fromMs: number;
  readonly toMs: number;
  readonly resolution: PriceResolution;
  readonly limit: number;
}

export interface ShownPrice {
  readonly ts: string;
  readonly priceEurMwh: number | null;
  readonly minPriceEurMwh: number | null;
  readonly maxPriceEurMwh: number | null;
  readonly volume: number | null;
  /** Share of the interval that has a price, 0 to 1. */
  readonly coverage: number;
  readonly publishedAt: string | null;
}

export interface PricePage {
  readonly points: ShownPrice[];
  /** Where the next page begins; undefined on the last one. */
  readonly nextMs: number | undefined;
}

/** One page of a price series; an hour, a day or a stretch of intervals without a price is a gap and all null. */
export async function readPricePage(db: Database, query: PriceQuery): Promise<PricePage> {
  const { resolution, limit } = query;
  if (resolution === 'raw') return rawPage(db, query);
  const starts = bucketsOf(resolution, { ...query, limit: limit + 1 });
  const shown = starts.slice(0, limit);
  const last = shown.at(-1);
  if (last === undefined) return { points: [], nextMs: undefined };
  const range = { from: new Date(shown[0] ?? last), to: new Date(nextBucket(resolution, last)) };
  const found = await readPricePoints(db, { ...query, ...range, limit: shown.length });
  const byStart = new Map(found.map((point) => [point.ts.getTime(), point]));
  const points = shown.map((start) =>
    shownPrice(byStart.get(start) ?? gapAt(start), (nextBucket(resolution, start) - start) / 1000),
  );
  return { points, nextMs: starts[limit] };
}

async function rawPage(db: Database, query: PriceQuery): Promise<PricePage> {
  const range = { from: new Date(query.fromMs), to: new Date(query.toMs) };
  const rows = await readPricePoints(db, { ...query, ...range, limit: query.limit + 1 });
  const points = withGaps(rows.slice(0, query.limit)).map((row) => shownPrice(row, row.intervalS ?? 0));
  return { points, nextMs: rows[query.limit]?.ts.getTime() };
}

function withGaps(rows: readonly PricePoint[]): PricePoint[] {
  return rows.flatMap((row, index) => {
    const before = rows[index - 1];
    const expected = before === undefined ? Infinity : before.ts.getTime() + (before.intervalS ?? 0) * 1000;
    return row.ts.getTime() > expected ? [gapAt(expected), row] : [row];
  });
}

function gapAt(ms: number): PricePoint {
  return {
    ts: new Date(ms),
    ...{ priceEurMwh: null, minPriceEurMwh: null, maxPriceEurMwh: null, volume: null },
    ...{ coveredS: 0, publishedAt: null, intervalS: null },
  };
}

function shownPrice(
  { ts, coveredS, intervalS: _own, publishedAt, ...values }: PricePoint,
  seconds: number,
): ShownPrice {
  const coverage = seconds > 0 ? Math.min(1, coveredS / seconds) : 0;
  return {
    ts: ts.toISOString(),
    ...values,
    coverage: Math.round(coverage * 1e4) / 1e4,
    publishedAt: publishedAt?.toISOString() ?? null,
  };
}
