import type { LastReading, Price, Reading } from '@luna-iems/tenant-db';
import type { PriceSeries } from '../market/series.ts';
import type { Meter } from '../meters/meter.ts';
import type { Zone } from '../time/zone.ts';
import type { Span } from './batches.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;

export interface MeterPlanInput {
  readonly meters: readonly Meter[];
  readonly last: readonly LastReading[];
  readonly nowMs: number;
  readonly startMinutesBack: number;
}

/**
 * What is to be written: for each meter from the end of its last reading, or `startMinutesBack` ago, to now. Intervals lie on
 * multiples of their length since the epoch, and only those that are over are written.
 */
export function planMeters({ meters, last, nowMs, startMinutesBack }: MeterPlanInput): Span<Reading>[] {
  const lastById = new Map(last.map((reading) => [reading.meterId, reading]));
  const spans = meters.map((meter) => {
    const before = lastById.get(meter.meterId);
    const wanted =
      before === undefined
        ? nowMs - startMinutesBack * MINUTE
        : before.ts.getTime() + (before.intervalS === null ? 1 : before.intervalS * 1000);
    const from = Math.ceil(wanted / meter.intervalMs) * meter.intervalMs;
    const to = Math.floor(nowMs / meter.intervalMs) * meter.intervalMs;
    return { from, to, stepMs: meter.intervalMs, row: (tsMs: number) => meter.reading(tsMs) };
  });
  return spans.filter((span) => span.from < span.to);
}

export interface MarketPlanInput {
  readonly series: readonly PriceSeries[];
  /** Start of the last interval written, in the order of `series`. */
  readonly last: readonly (Date | undefined)[];
  readonly nowMs: number;
  readonly startDaysBack: number;
  readonly zone: Zone;
}

/** For each series from the interval after its last one, or local midnight `startDaysBack` days ago, to the last published one. */
export function planMarket({ series, last, nowMs, startDaysBack, zone }: MarketPlanInput): Span<Price>[] {
  const spans = series.map((one, index) => {
    const before = last[index];
    const stepMs = one.resolutionMs;
    const from = before === undefined ? zone.addDays(nowMs, -startDaysBack) : before.getTime() + stepMs;
    return { from, to: horizon(one, nowMs), stepMs, row: (tsMs: number) => one.price(tsMs) };
  });
  return spans.filter((span) => span.from < span.to);
}

/** End of the last interval whose price is known now. Publication times only grow with the interval, so halving finds it. */
function horizon(series: PriceSeries, nowMs: number): number {
  const step = series.resolutionMs;
  let known = Math.floor((nowMs - DAY) / step);
  let unknown = Math.ceil((nowMs + 4 * DAY) / step);
  while (unknown - known > 1) {
    const middle = Math.floor((known + unknown) / 2);
    if (series.publishedAt(middle * step) <= nowMs) known = middle;
    else unknown = middle;
  }
  return unknown * step;
}
