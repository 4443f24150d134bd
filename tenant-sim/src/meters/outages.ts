import { log, power } from '../math/elementary.ts';
import { createStream, TWO_32 } from '../random/stream.ts';
import { MINUTE } from '../time/quarterly.ts';
import { pulsesInSlots, type Grid } from './grid.ts';

const SLOT_MS = 15 * MINUTE;

interface BurstKind {
  /** Share of all bursts. */
  readonly share: number;
  readonly minutes: readonly [number, number];
}

/** Most gaps are short, some last minutes, a few hours. */
const KINDS: readonly BurstKind[] = [
  { share: 0.7, minutes: [0.1, 1] },
  { share: 0.25, minutes: [1, 60] },
  { share: 0.05, minutes: [60, 360] },
];

export interface OutageOptions {
  readonly seed: string;
  readonly meterId: string;
  /** Share of all readings that does not arrive, on average. */
  readonly missingShare: number;
  /** How many times longer bursts are than usual; there are fewer of them then. */
  readonly lengthFactor: number;
  readonly intervalMs: number;
}

/** Sets `out` to the share of each step in which a meter's values do not arrive. */
export type Outages = (out: Float64Array, grid: Grid) => void;

/** Bursts are at least one interval long: shorter ones could not be seen. */
export function createOutages(options: OutageOptions): Outages {
  const stream = createStream(options.seed, 'meter', options.meterId, 'outage');
  const shortest = options.intervalMs / MINUTE;
  const kinds = KINDS.map(({ share, minutes }) => ({
    share,
    low: Math.max(shortest, minutes[0] * options.lengthFactor),
    high: Math.max(shortest, minutes[1] * options.lengthFactor),
  }));
  const mean = kinds.reduce((sum, kind) => sum + kind.share * meanMinutes(kind), 0);
  const burstsPerSlot = (options.missingShare * SLOT_MS) / (mean * MINUTE);
  const kindOf = (u: number): (typeof kinds)[number] | undefined => {
    let sum = 0;
    return kinds.find(({ share }) => u < (sum += share)) ?? kinds[0];
  };
  const bursts = pulsesInSlots({
    stream,
    slotMs: SLOT_MS,
    reachMs: SLOT_MS + Math.max(...kinds.map(({ high }) => high)) * MINUTE,
    pulse: (slot, out, draw, at) => {
      if ((draw[at] ?? 0) / TWO_32 >= burstsPerSlot) return false;
      const { low, high } = kindOf(stream.uniform(slot, 2)) ?? { low: shortest, high: shortest };
      out.from = slot * SLOT_MS + Math.floor(stream.uniform(slot, 1) * SLOT_MS);
      out.to = out.from + Math.round(low * power(high / low, stream.uniform(slot, 3)) * MINUTE);
      out.kw = 1;
      return true;
    },
  });
  return (out, grid) => {
    out.fill(0, 0, grid.count);
    if (options.missingShare > 0) bursts.addTo(out, grid);
  };
}

/** Mean of a log-uniform length. */
function meanMinutes({ low, high }: { readonly low: number; readonly high: number }): number {
  return high === low ? low : (high - low) / log(high / low);
}
