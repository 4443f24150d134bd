import { createPulseTrain, type PulseTrain } from '../random/pulses.ts';
import { createStream } from '../random/stream.ts';

interface Appliance {
  readonly name: string;
  readonly powerKw: readonly [number, number];
  readonly minutes: readonly [number, number];
  /** Share of the energy that all appliances of a home use. */
  readonly share: number;
}

const APPLIANCES: readonly Appliance[] = [
  { name: 'kettle', powerKw: [1.8, 2.2], minutes: [2, 5], share: 0.07 },
  { name: 'hob', powerKw: [0.8, 2.6], minutes: [10, 45], share: 0.24 },
  { name: 'oven', powerKw: [1.8, 2.6], minutes: [20, 60], share: 0.1 },
  { name: 'dishwasher', powerKw: [1.7, 2.1], minutes: [20, 35], share: 0.12 },
  { name: 'washing-machine', powerKw: [1.6, 2.2], minutes: [15, 30], share: 0.12 },
  { name: 'dryer', powerKw: [0.6, 2.4], minutes: [40, 80], share: 0.1 },
  { name: 'vacuum-cleaner', powerKw: [0.7, 1.3], minutes: [8, 25], share: 0.04 },
  { name: 'screens', powerKw: [0.08, 0.3], minutes: [60, 240], share: 0.21 },
];

/** The busiest evening by the mean of the year. */
export const MAX_ACTIVITY = 4;
const SLOT_MS = 15 * 60_000;
const MINUTE = 60_000;
const HOUR = 3_600_000;

/** Something that is switched on and off; `mean` is its mean power in kW over an interval. */
export type Load = Pick<PulseTrain, 'mean'>;

export interface ApplianceOptions {
  readonly seed: string;
  readonly meterId: string;
  /** What all appliances together draw on average over a year, kW. */
  readonly meanKw: number;
  /** How busy the home is at an instant; mean 1 over a year, at most MAX_ACTIVITY. */
  readonly activity: (tsMs: number) => number;
}

/** The home's appliances: each is switched on at random, more often when people are busy, so that the mean follows `activity`. */
export function createAppliances(options: ApplianceOptions): readonly Load[] {
  return APPLIANCES.map((appliance) => createAppliance(appliance, options));
}

function createAppliance(appliance: Appliance, { seed, meterId, meanKw, activity }: ApplianceOptions): Load {
  const stream = createStream(seed, 'meter', meterId, appliance.name);
  const [minKw, maxKw] = appliance.powerKw;
  const [minMinutes, maxMinutes] = appliance.minutes;
  const kwhPerUse = (((minKw + maxKw) / 2) * ((minMinutes + maxMinutes) / 2)) / 60;
  const usesPerSlot = (meanKw * appliance.share * (SLOT_MS / HOUR)) / kwhPerUse;
  return createPulseTrain({
    slotMs: SLOT_MS,
    maxDurationMs: maxMinutes * MINUTE,
    draw: (slot) => {
      const start = slot * SLOT_MS;
      const chance = stream.uniform(slot);
      if (chance >= usesPerSlot * MAX_ACTIVITY || chance >= usesPerSlot * activity(start)) return undefined;
      const from = start + Math.floor(stream.uniform(slot, 1) * SLOT_MS);
      const minutes = minMinutes + stream.uniform(slot, 2) * (maxMinutes - minMinutes);
      const size = minKw + stream.uniform(slot, 3) * (maxKw - minKw);
      return { from, to: from + Math.round(minutes * MINUTE), size };
    },
  });
}

/** A fridge: one run of the compressor per cycle, never quite at the same moment. */
export function createFridge(seed: string, meterId: string, meanKw: number): Load {
  const stream = createStream(seed, 'meter', meterId, 'fridge');
  const slotMs = Math.round((40 + 25 * stream.uniform(0, 7)) * MINUTE);
  const duty = 0.35;
  return createPulseTrain({
    slotMs,
    maxDurationMs: slotMs,
    draw: (slot) => {
      const from = slot * slotMs + Math.floor(stream.uniform(slot) * 0.4 * slotMs);
      const length = duty * (0.8 + 0.4 * stream.uniform(slot, 1));
      return { from, to: from + Math.round(length * slotMs), size: meanKw / duty };
    },
  });
}
