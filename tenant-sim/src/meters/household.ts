import { exp } from '../math/elementary.ts';
import { createScratch } from '../math/scratch.ts';
import { createStream } from '../random/stream.ts';
import type { QuarterlyFill } from '../time/quarterly.ts';
import { createAppliances, createFridge } from './appliances.ts';
import { addQuarterly, type Load } from './grid.ts';
import { wobble } from './wobble.ts';
import type { World } from './world.ts';

const HOURS_PER_YEAR = 8766;

export interface PeopleOptions {
  readonly world: World;
  readonly meterId: string;
  /** Median of the homes' (or businesses') yearly use, kWh. */
  readonly medianKwh: number;
  /** Standard deviation of its logarithm. */
  readonly spread: number;
}

/** How the average power is made up: always on (standby and fridge), smooth (light, electronics), appliances. */
const SMOOTH_SHARE = 0.25;
/** Width of the smooth part's lognormal wobble. */
const WOBBLE = 0.35;
/** How much earlier or later than the mean a home lives, in quarter-hours. */
const HABIT_QUARTERS = 2;

/** Homes beyond this many standard deviations are taken as these. */
const MOST_UNUSUAL = 1;

/** Yearly mean in kW of a meter: lognormal around the median, without the most unusual ones. */
export function meanPower({ world, meterId, medianKwh, spread }: PeopleOptions): number {
  const size = createStream(world.seed, 'meter', meterId, 'traits').normal(0);
  return (medianKwh * exp(spread * Math.max(-MOST_UNUSUAL, Math.min(MOST_UNUSUAL, size)))) / HOURS_PER_YEAR;
}

const activities = createScratch();

/** A home: its size, its base load and its habits follow from the seed and its name. */
export function createHousehold(options: PeopleOptions): readonly Load[] {
  const { world, meterId } = options;
  const traits = createStream(world.seed, 'meter', meterId, 'traits');
  const meanKw = meanPower(options);
  const baseShare = 0.22 + 0.12 * traits.uniform(1);
  const standbyKw = meanKw * baseShare * 0.65;
  const smoothKw = meanKw * SMOOTH_SHARE;
  const habit = Math.round(HABIT_QUARTERS * Math.max(-2, Math.min(2, traits.normal(2))));
  // The base load runs through the night, so people's share of the shape is what is left of it.
  const activity: QuarterlyFill = (out, first, count) => {
    for (let index = 0; index < count; index += 1) {
      out[index] = Math.max(0.05, (world.householdShape(first + index - habit) - baseShare) / (1 - baseShare));
    }
  };
  const moods = wobble(createStream(world.seed, 'meter', meterId, 'wobble'), WOBBLE);
  const smooth: QuarterlyFill = (out, first, count) => {
    const busy = activities(count);
    activity(busy, first, count);
    moods(out, first, count);
    for (let index = 0; index < count; index += 1) {
      out[index] = standbyKw + smoothKw * (busy[index] ?? 0) * (out[index] ?? 0);
    }
  };
  return [
    { addTo: (out, grid) => addQuarterly(out, grid, smooth) },
    createFridge(world.seed, meterId, meanKw * baseShare * 0.35),
    createAppliances({
      seed: world.seed,
      meterId,
      meanKw: meanKw * (1 - baseShare - SMOOTH_SHARE),
      activity,
    }),
  ];
}
