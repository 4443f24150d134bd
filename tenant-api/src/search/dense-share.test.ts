import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MIN_TRIALS, measureShare, type Trial } from './dense-share.ts';
import type { Hit } from './fuse.ts';

const others = Array.from({ length: 12 }, (_, index) => `other${index}`);
/** A leg in which the right chunk stands at a rank, from 0. */
const leg = (rank: number): Hit[] =>
  [...others.slice(0, rank), 'right', ...others.slice(rank)].map((id, index) => ({ id, score: 1 / (index + 1) }));
const trials = (lexical: number, dense: number, count = 40): Trial[] =>
  Array.from({ length: count }, () => ({ chunkId: 'right', legs: { lexical: leg(lexical), dense: leg(dense) } }));

describe('the measured share', () => {
  it('is the expected one while the trials do not speak against it', () => {
    for (const share of [0.1, 0.5]) expect(measureShare(trials(0, 0), { share, tolerance: 0.02 })?.share).toBe(share);
  });
  it('leaves the say to the leg that finds, whatever was expected', () => {
    expect(measureShare(trials(0, 11), { share: 0.9, tolerance: 0.02 })?.share).toBeLessThan(0.5);
    expect(measureShare(trials(11, 0), { share: 0.1, tolerance: 0.02 })?.share).toBeGreaterThan(0.5);
  });
  it('gives up no more than it is told to', () => {
    expect(measureShare(trials(0, 11), { share: 0.9, tolerance: 0.2 })?.fused).toBe(1);
    expect(measureShare(trials(0, 11), { share: 0.9, tolerance: 0.4 })?.fused).toBeLessThan(1);
  });
  it('is not there when there is too little to measure', () => {
    expect(measureShare(trials(0, 0, MIN_TRIALS - 1), { share: 0.5, tolerance: 0.02 })).toBeUndefined();
  });
  it('loses no more than the tolerance against the better leg, on what it was measured on', () => {
    const rank = fc.integer({ min: 0, max: 12 });
    const between = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(rank, rank), { minLength: MIN_TRIALS, maxLength: 60 }),
        between,
        between,
        (ranks, share, tolerance) => {
          const made = measureShare(
            ranks.flatMap(([lexical, dense]) => trials(lexical, dense, 1)),
            { share, tolerance },
          );
          const better = Math.max(made?.lexical ?? 1, made?.dense ?? 1);
          expect(made?.fused).toBeGreaterThanOrEqual(better - tolerance - 1e-9);
        },
      ),
    );
  });
});
