import type { PriceResolution, Resolution } from '@luna-iems/tenant-db';
import { midnight } from './instant.ts';

/** The zone whose days the daily roll-ups have. */
export const DAY_ZONE = 'Europe/Berlin';

const SECONDS = { '1min': 60, '15min': 900, '1h': 3600, '1d': 86_400 } as const;
const FINEST_FIRST = ['1min', '15min', '1h', '1d'] as const;

/** About as many points as a chart can show. */
const CHART_POINTS = 1_500;

/**
 * The finest resolution that a chart of this range can show, and never finer than the meter reports: rows as they are for some minutes,
 * days for years. `intervalS` is the meter's own interval; null where it is not known.
 */
export function chooseResolution(rangeS: number, intervalS: number | null): Resolution {
  const own = intervalS ?? 60;
  if (rangeS / own <= CHART_POINTS) return 'raw';
  return FINEST_FIRST.find((level) => SECONDS[level] >= own && rangeS / SECONDS[level] <= CHART_POINTS) ?? '1d';
}

/** The same for prices, which are rows, hours or days. */
export function choosePriceResolution(rangeS: number, resolutionS: number | null): PriceResolution {
  if (rangeS / (resolutionS ?? 900) <= CHART_POINTS) return 'raw';
  return rangeS / SECONDS['1h'] <= CHART_POINTS ? '1h' : '1d';
}

/** A resolution that was asked for, or the coarser one that the meter's own interval allows. */
export function atLeastOwn(asked: Resolution, intervalS: number | null): Resolution {
  if (asked === 'raw' || intervalS === null || SECONDS[asked] >= intervalS) return asked;
  return FINEST_FIRST.find((level) => SECONDS[level] >= intervalS) ?? '1d';
}

export type Step = keyof typeof SECONDS;

/** Start of the bucket that `ms` lies in. */
export function bucketStart(step: Step, ms: number): number {
  if (step === '1d') return midnight(ms, DAY_ZONE);
  const width = SECONDS[step] * 1000;
  return Math.floor(ms / width) * width;
}

/** Start of the next bucket; days have 23, 24 or 25 hours. */
export function nextBucket(step: Step, ms: number): number {
  return step === '1d' ? midnight(ms, DAY_ZONE, 1) : ms + SECONDS[step] * 1000;
}

/** Starts of the buckets of a range, at most `limit`. */
export function bucketsOf(step: Step, range: { fromMs: number; toMs: number; limit: number }): number[] {
  const starts: number[] = [];
  for (
    let ms = bucketStart(step, range.fromMs);
    ms < range.toMs && starts.length < range.limit;
    ms = nextBucket(step, ms)
  ) {
    starts.push(ms);
  }
  return starts;
}
