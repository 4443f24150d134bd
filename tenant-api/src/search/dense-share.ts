import type { ShareExpected } from './competence.ts';
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
 * The share nearest to the expected one with which the fusion finds the trials' chunks as well as with the best share, but for the
 * tolerance: the trials are made of the documents' own words, and what they can tell for certain is that a share is wrong.
 * Undefined with too few trials. Pure.
 */
export function measureShare(trials: readonly Trial[], expected: ShareExpected): MeasuredShare | undefined {
  if (trials.length < MIN_TRIALS) return undefined;
  const means = shares.map((share) => trials.reduce((sum, trial) => sum + gain(trial, share), 0) / trials.length);
  const best = Math.max(...means);
  const [chosen] = shares
    .map((share, index) => ({ share, mean: means[index] ?? 0 }))
    .filter(({ mean }) => mean >= best - expected.tolerance)
    .sort((a, b) => Math.abs(a.share - expected.share) - Math.abs(b.share - expected.share) || b.mean - a.mean);
  return {
    ...{ share: chosen?.share ?? expected.share, trials: trials.length },
    ...{ lexical: means[0] ?? 0, dense: means.at(-1) ?? 0, fused: chosen?.mean ?? 0 },
  };
}
