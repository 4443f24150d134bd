import { createScratch, createWordScratch } from '../math/scratch.ts';
import { createStream, TWO_32 } from '../random/stream.ts';
import { HOUR, MINUTE, QUARTER, type QuarterlyFill } from '../time/quarterly.ts';
import { createCompany } from './at-once.ts';
import { addPulse, pulsesInSlots, type Grid, type Load, type Pulse } from './grid.ts';

interface Appliance {
  readonly name: string;
  readonly powerKw: readonly [number, number];
  readonly minutes: readonly [number, number];
  /** Share of the energy that all appliances of a home use. */
  readonly share: number;
}

/** Eight, because one draw gives four numbers and two draws make a slot. */
const APPLIANCES: readonly Appliance[] = [
  { name: 'kettle', powerKw: [1.8, 2.8], minutes: [2, 5], share: 0.08 },
  { name: 'hob', powerKw: [1.8, 3.2], minutes: [4, 10], share: 0.26 },
  { name: 'oven', powerKw: [2.2, 3], minutes: [5, 11], share: 0.1 },
  { name: 'dishwasher', powerKw: [1.8, 2.2], minutes: [8, 14], share: 0.11 },
  { name: 'washing-machine', powerKw: [1.8, 2.3], minutes: [7, 13], share: 0.1 },
  { name: 'dryer', powerKw: [0.7, 2.2], minutes: [10, 24], share: 0.08 },
  { name: 'vacuum-cleaner', powerKw: [0.7, 1.3], minutes: [8, 25], share: 0.04 },
  { name: 'screens', powerKw: [0.06, 0.25], minutes: [60, 240], share: 0.23 },
];
const LONGEST = Math.max(...APPLIANCES.map(({ minutes }) => minutes[1])) * MINUTE;
/** What may draw this much is switched on later when too much of its kind is on, and then at half power for twice as long: it may meet others. */
const BIG_KW = 1.5;
const WAIT = [QUARTER, HOUR] as const;

export interface ApplianceOptions {
  readonly seed: string;
  readonly meterId: string;
  /** What all appliances together draw on average over a year, kW. */
  readonly meanKw: number;
  /** How busy the home is at a quarter-hour; mean 1 over a year. */
  readonly activity: QuarterlyFill;
}

const activities = createScratch();
const early = createWordScratch();
const late = createWordScratch();
const company = createCompany();

/** The home's appliances: each is switched on at random, more often when people are busy, so that the mean follows `activity`. */
export function createAppliances({ seed, meterId, meanKw, activity }: ApplianceOptions): Load {
  const stream = createStream(seed, 'meter', meterId, 'appliances');
  const chances = Float64Array.from(APPLIANCES, (appliance) => usesPerSlot(appliance, meanKw) * TWO_32);
  const most = Math.max(...chances);
  const use: Pulse = { from: 0, to: 0, kw: 0 };
  const addUse = (out: Float64Array, grid: Grid, slot: number, index: number): void => {
    const { powerKw, minutes } = APPLIANCES[index] as Appliance;
    const draw = stream.words(slot, 2 + index);
    const from = slot * QUARTER + Math.floor(((draw[0] ?? 0) / TWO_32) * QUARTER);
    const length = minutes[0] + ((draw[1] ?? 0) / TWO_32) * (minutes[1] - minutes[0]);
    const kw = powerKw[0] + ((draw[2] ?? 0) / TWO_32) * (powerKw[1] - powerKw[0]);
    use.from = from;
    use.to = from + Math.round(length * MINUTE);
    use.kw = kw;
    if (powerKw[1] >= BIG_KW && company.isTooMuch(use, index)) {
      const wait = Math.round(WAIT[0] + ((draw[3] ?? 0) / TWO_32) * (WAIT[1] - WAIT[0]));
      use.from += wait;
      use.to += wait + Math.round(length * MINUTE);
      use.kw /= 2;
    }
    addPulse(out, grid, use);
  };
  return {
    addTo: (out, grid) => {
      const first = Math.floor((grid.fromMs - LONGEST) / QUARTER);
      const count = Math.floor((grid.fromMs + grid.count * grid.stepMs - 1) / QUARTER) - first + 1;
      const busy = activities(count);
      activity(busy, first, count);
      company.forget();
      const [one, two] = [early(4 * count), late(4 * count)];
      stream.fillWords(one, first, count, 0);
      stream.fillWords(two, first, count, 1);
      for (let slot = 0; slot < count; slot += 1) {
        const here = busy[slot] ?? 0;
        for (let index = 0; index < 8; index += 1) {
          const chance = (index < 4 ? one[4 * slot + index] : two[4 * slot + index - 4]) ?? 0;
          if (chance < most * here && chance < (chances[index] ?? 0) * here) addUse(out, grid, first + slot, index);
        }
      }
    },
  };
}

function usesPerSlot({ powerKw, minutes, share }: Appliance, meanKw: number): number {
  const kwhPerUse = (((powerKw[0] + powerKw[1]) / 2) * ((minutes[0] + minutes[1]) / 2)) / 60;
  return (meanKw * share * (QUARTER / HOUR)) / kwhPerUse;
}

/** A fridge: one run of the compressor per cycle, never quite at the same moment. */
export function createFridge(seed: string, meterId: string, meanKw: number): Load {
  const stream = createStream(seed, 'meter', meterId, 'fridge');
  const slotMs = Math.round((40 + 25 * stream.uniform(0, 7)) * MINUTE);
  const duty = 0.35;
  return pulsesInSlots({
    stream,
    slotMs,
    reachMs: slotMs,
    pulse: (slot, out, draw, at) => {
      out.from = slot * slotMs + Math.floor(((draw[at] ?? 0) / TWO_32) * 0.4 * slotMs);
      out.to = out.from + Math.round(duty * (0.8 + (0.4 * (draw[at + 1] ?? 0)) / TWO_32) * slotMs);
      out.kw = meanKw / duty;
      return true;
    },
  });
}
