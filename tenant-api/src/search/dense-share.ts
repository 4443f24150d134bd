import { fuse, type Legs } from './fuse.ts';

/** A question whose right chunk is known, and what each leg found for it. */
export interface Trial {
  chunkId: string;
  legs: Legs;
}

export interface MeasuredShare {
  /** The dense leg's share, 0..1. */
  share: number;
  trials: number;
  /** Mean nDCG@10 of the trials: of the lexical leg, the dense leg, and the two fused with the share. */
  lexical: number;
  dense: number;
  fused: number;
}

const STEP = 0.05;
const DEPTH = 10;
/** Shares this near to the best count as good as it: the curve is flat at its top, and chance moves the top about. */
const PLATEAU = 0.004;
/** Fewer trials say nothing. */
export const MIN_TRIALS = 24;

const shares = Array.from({ length: Math.round(1 / STEP) + 1 }, (_, index) => Math.round(index * STEP * 100) / 100);

function gain({ chunkId, legs }: Trial, share: number): number {
  // At its ends the fusion is one leg alone; the other one's candidates would follow it with a score of 0.
  const only = share === 0 ? { ...legs, dense: [] } : share === 1 ? { ...legs, lexical: [] } : legs;
  const rank = fuse(only, share)
    .slice(0, DEPTH)
    .findIndex((hit) => hit.id === chunkId);
  return rank < 0 ? 0 : 1 / Math.log2(rank + 2);
}

/**
 * The share with which the fusion finds most of the trials' chunks: the middle of the widest stretch of shares that are as good
 * as the best. Undefined with too few trials. Pure.
 */
export function measureShare(trials: readonly Trial[]): MeasuredShare | undefined {
  if (trials.length < MIN_TRIALS) return undefined;
  const means = shares.map((share) => trials.reduce((sum, trial) => sum + gain(trial, share), 0) / trials.length);
  const best = Math.max(...means);
  let stretch: number[] = [];
  let widest: number[] = [];
  for (const [index, mean] of means.entries()) {
    stretch = mean >= best - PLATEAU ? [...stretch, index] : [];
    if (stretch.length > widest.length) widest = stretch;
  }
  const middle = widest[Math.floor((widest.length - 1) / 2)] ?? 0;
  return {
    ...{ share: shares[middle] ?? 0, trials: trials.length },
    ...{ lexical: means[0] ?? 0, dense: means.at(-1) ?? 0, fused: means[middle] ?? 0 },
  };
}
