import { layeredNoise } from '../random/noise.ts';
import { createStream } from '../random/stream.ts';
import type { Zone } from '../time/zone.ts';
import { MAX_ACTIVITY, createAppliances, createFridge } from './appliances.ts';
import { householdShape } from './household-shape.ts';

const MINUTE = 60_000;
const HOURS_PER_YEAR = 8766;

export interface HouseholdOptions {
  readonly seed: string;
  readonly meterId: string;
  /** Median of the homes' yearly use, kWh. */
  readonly medianKwh: number;
  /** Standard deviation of its logarithm. */
  readonly spread: number;
  readonly zone: Zone;
}

/** Mean power of one home's own use in kW over [fromMs, toMs), for intervals up to a minute or so. */
export type LoadCurve = (fromMs: number, toMs: number) => number;

/** How the average power is made up: always on (standby and fridge), smooth (light, electronics), appliances. */
const SMOOTH_SHARE = 0.22;
/** Width of the smooth part's lognormal wobble. */
const WOBBLE = 0.35;

/** A home: its size, its base load and its habits follow from the seed and its name. */
export function createHousehold({ seed, meterId, medianKwh, spread, zone }: HouseholdOptions): LoadCurve {
  const traits = createStream(seed, 'meter', meterId, 'traits');
  const size = Math.max(-1.6, Math.min(1.6, traits.normal(0)));
  const meanKw = (medianKwh * Math.exp(spread * size)) / HOURS_PER_YEAR;
  const baseShare = 0.24 + 0.14 * traits.uniform(1);
  const standbyKw = meanKw * baseShare * 0.65;
  const fridge = createFridge(seed, meterId, meanKw * baseShare * 0.35);
  const smoothKw = meanKw * SMOOTH_SHARE;
  const wobble = layeredNoise(createStream(seed, 'meter', meterId, 'wobble'), [
    { periodMs: 3 * 60 * MINUTE, weight: 1 },
    { periodMs: 12 * MINUTE, weight: 0.7 },
    { periodMs: 20_000, weight: 0.25 },
  ]);
  // The base load runs through the night, so people's share of the shape is what is left of it.
  const activity = quarterHourly((tsMs) => {
    const people = (householdShape(zone.local(tsMs)) - baseShare) / (1 - baseShare);
    return Math.min(MAX_ACTIVITY, Math.max(0.05, people));
  });
  const appliances = createAppliances({ seed, meterId, meanKw: meanKw * (1 - baseShare - SMOOTH_SHARE), activity });
  return (fromMs, toMs) => {
    const middle = (fromMs + toMs) / 2;
    const smooth = smoothKw * activity(middle) * Math.exp(WOBBLE * wobble(middle) - WOBBLE ** 2 / 2);
    const switched = appliances.reduce((sum, appliance) => sum + appliance.mean(fromMs, toMs), 0);
    return standbyKw + fridge.mean(fromMs, toMs) + smooth + switched;
  };
}

const QUARTER = 15 * MINUTE;

/** A slow curve, asked for at quarter-hours only and linear between them: the wall clock and the calendar are dear. */
function quarterHourly(curve: (tsMs: number) => number): (tsMs: number) => number {
  let quarter = Number.NaN;
  let left = 0;
  let right = 0;
  return (tsMs) => {
    const index = Math.floor(tsMs / QUARTER);
    if (index !== quarter) {
      left = index === quarter + 1 ? right : curve(index * QUARTER);
      right = curve((index + 1) * QUARTER);
      quarter = index;
    }
    return left + (right - left) * (tsMs / QUARTER - index);
  };
}
