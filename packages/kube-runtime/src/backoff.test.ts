import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBackoff } from './backoff.ts';

describe('backoff', () => {
  it('doubles to the limit and starts over', () => {
    const backoff = createBackoff({ baseMs: 800, maxMs: 30_000, random: () => 0.5 });
    expect(Array.from({ length: 7 }, () => backoff.next())).toEqual([800, 1600, 3200, 6400, 12_800, 25_600, 30_000]);
    backoff.reset();
    expect(backoff.next()).toBe(800);
  });

  it('stays within its jitter and below the limit', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { minLength: 1, maxLength: 100 }),
        (chances) => {
          let turn = 0;
          const backoff = createBackoff({ baseMs: 100, maxMs: 5000, share: 0.3, random: () => chances[turn++] ?? 0 });
          chances.forEach((_, failures) => {
            const plain = Math.min(5000, 100 * 2 ** failures);
            const delay = backoff.next();
            expect(delay).toBeGreaterThanOrEqual(plain * 0.7);
            expect(delay).toBeLessThanOrEqual(Math.min(5000, plain * 1.3));
          });
        },
      ),
    );
  });
});
