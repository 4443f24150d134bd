import { createPulseTrain, type PulseTrain } from '../random/pulses.ts';
import { createStream } from '../random/stream.ts';

const SLOT_MS = 15 * 60_000;
const MINUTE = 60_000;

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

/** Mean of a log-uniform length. */
function meanMinutes([low, high]: readonly [number, number]): number {
  return (high - low) / Math.log(high / low);
}

const MEAN_BURST_MINUTES = KINDS.reduce((sum, kind) => sum + kind.share * meanMinutes(kind.minutes), 0);

/** Times in which a meter's values do not arrive; `missingShare` of all time on average. Size 1 while out. */
export function createOutages(seed: string, meterId: string, missingShare: number): PulseTrain {
  const stream = createStream(seed, 'meter', meterId, 'outage');
  const burstsPerSlot = (missingShare * SLOT_MS) / (MEAN_BURST_MINUTES * MINUTE);
  return createPulseTrain({
    slotMs: SLOT_MS,
    maxDurationMs: 360 * MINUTE,
    draw: (slot) => {
      if (stream.uniform(slot) >= burstsPerSlot) return undefined;
      const from = slot * SLOT_MS + Math.floor(stream.uniform(slot, 1) * SLOT_MS);
      const [low, high] = kindOf(stream.uniform(slot, 2)).minutes;
      const minutes = low * (high / low) ** stream.uniform(slot, 3);
      return { from, to: from + Math.round(minutes * MINUTE), size: 1 };
    },
  });
}

function kindOf(u: number): BurstKind {
  let sum = 0;
  for (const kind of KINDS) {
    sum += kind.share;
    if (u < sum) return kind;
  }
  return KINDS[0] as BurstKind;
}
