import {
  readMeterCost,
  readMeterPoints,
  readQuarterPrices,
  type CostPoint,
  type Database,
  type MeterPoint,
  type PriceSeriesRef,
  type Resolution,
} from '@luna-iems/tenant-db';
import { bucketsOf, nextBucket } from './resolution.ts';

export interface MeterQuery {
  readonly meterId: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly resolution: Resolution;
  /** Its own interval, s; null where it is not known. */
  readonly intervalS: number | null;
  readonly price: PriceSeriesRef | undefined;
  readonly limit: number;
}

export interface ShownPoint extends Omit<MeterPoint, 'coveredS' | 'intervalS' | 'ts'> {
  readonly ts: string;
  /** Share of the interval that has a value, 0 to 1. */
  readonly coverage: number;
  /** Cost of what was drawn; null where some of it has no price. Only where a price was asked for. */
  readonly costEur?: number | null;
}

export interface Page {
  readonly points: ShownPoint[];
  /** Where the next page begins; undefined on the last one. */
  readonly nextMs: number | undefined;
}

type Costs = (point: MeterPoint) => number | null;

/** One page of a meter's series: every bucket of the range has its point, one without values is a gap and all null. */
export async function readMeterPage(db: Database, query: MeterQuery): Promise<Page> {
  const { resolution } = query;
  if (resolution === 'raw') return rawPage(db, query);
  const starts = bucketsOf(resolution, { ...query, limit: query.limit + 1 });
  const shown = starts.slice(0, query.limit);
  const last = shown.at(-1);
  if (last === undefined) return { points: [], nextMs: undefined };
  const range = { from: new Date(shown[0] ?? last), to: new Date(nextBucket(resolution, last)) };
  const found = await readMeterPoints(db, { ...query, ...range, limit: shown.length });
  const costs = await costsOf(db, query, range);
  const byStart = new Map(found.map((point) => [point.ts.getTime(), point]));
  const points = shown.map((start) => {
    const seconds = (nextBucket(resolution, start) - start) / 1000;
    return shownPoint(byStart.get(start) ?? gapAt(start), seconds, costs);
  });
  return { points, nextMs: starts[query.limit] };
}

async function rawPage(db: Database, query: MeterQuery): Promise<Page> {
  const range = { from: new Date(query.fromMs), to: new Date(query.toMs) };
  const rows = await readMeterPoints(db, { ...query, ...range, limit: query.limit + 1 });
  const next = rows[query.limit]?.ts.getTime();
  const shown = rows.slice(0, query.limit);
  const costs = await costsOf(db, query, { from: range.from, to: next === undefined ? range.to : new Date(next) });
  return { points: withGaps(shown).map((row) => shownPoint(row, row.intervalS ?? 0, costs)), nextMs: next };
}

/** A row of nulls where nothing is stored between two rows, so that no chart draws a line over it. */
function withGaps(rows: readonly MeterPoint[]): MeterPoint[] {
  return rows.flatMap((row, index) => {
    const before = rows[index - 1];
    // Of a row without an interval nobody knows when the next one is due.
    const expected = before === undefined ? Infinity : before.ts.getTime() + (before.intervalS ?? Infinity) * 1000;
    return row.ts.getTime() > expected ? [gapAt(expected), row] : [row];
  });
}

function gapAt(ms: number): MeterPoint {
  return {
    ts: new Date(ms),
    ...{ consumptionKw: null, productionKw: null, importKwh: null, exportKwh: null },
    ...{ maxConsumptionKw: null, maxProductionKw: null, voltage: null, coveredS: 0, intervalS: null, quality: null },
  };
}

function shownPoint(point: MeterPoint, seconds: number, costs: Costs | undefined): ShownPoint {
  const { ts, coveredS, intervalS: _own, ...values } = point;
  const coverage = seconds > 0 ? Math.min(1, coveredS / seconds) : 0;
  const shown = { ts: ts.toISOString(), ...values, coverage: Math.round(coverage * 1e4) / 1e4 };
  return costs === undefined ? shown : { ...shown, costEur: costs(point) };
}

interface DateRange {
  readonly from: Date;
  readonly to: Date;
}

const QUARTER_MS = 900_000;

async function costsOf(db: Database, query: MeterQuery, range: DateRange): Promise<Costs | undefined> {
  const { price, resolution } = query;
  if (price === undefined) return undefined;
  if (resolution === 'raw' || resolution === '1min') return pointwise(db, price, range);
  const hourly = query.intervalS !== null && query.intervalS > 900;
  const found = await readMeterCost(db, { ...query, ...price, ...range, resolution, hourly });
  const byStart = new Map(found.map((cost) => [cost.ts.getTime(), cost]));
  return ({ ts }) => wholeCost(byStart.get(ts.getTime()));
}

function wholeCost(cost: CostPoint | undefined): number | null {
  return cost === undefined || cost.unpricedKwh > 0 ? null : cost.costEur;
}

/** Rows and minutes: each at the price of its quarter-hour, a longer one at the mean of its quarters. */
async function pointwise(db: Database, price: PriceSeriesRef, { from, to }: DateRange): Promise<Costs> {
  const range = { from: new Date(quarterOf(from.getTime())), to: new Date(to.getTime() + LONGEST_MS) };
  const prices = await readQuarterPrices(db, { ...price, ...range });
  return ({ ts, importKwh, intervalS }) => {
    const first = quarterOf(ts.getTime());
    const quarters = Math.max(1, Math.ceil((intervalS ?? 0) / 900));
    const sum = Array.from({ length: quarters }, (_, place) => prices.get(first + place * QUARTER_MS)).reduce(
      (total, eurMwh) => (total === undefined || eurMwh === undefined ? undefined : total + eurMwh),
      0,
    );
    return sum === undefined || importKwh === null ? null : (importKwh * sum) / quarters / 1000;
  };
}

const LONGEST_MS = 86_400_000;

function quarterOf(ms: number): number {
  return Math.floor(ms / QUARTER_MS) * QUARTER_MS;
}
