import { jitter, type Random } from './random.ts';

/** Delays that grow after each failure and start over after a success. */
export interface Backoff {
  /** The next delay in milliseconds. */
  next(): number;
  reset(): void;
}

/** `baseMs`, doubling up to `maxMs`; each moved by up to `share` of itself so that many clients do not return at once. */
export function createBackoff(deps: { baseMs: number; maxMs: number; share?: number; random: Random }): Backoff {
  let failures = 0;
  return {
    next: () => {
      const plain = exponential(failures++, deps.baseMs, deps.maxMs);
      return Math.min(deps.maxMs, jitter(plain, deps.share ?? 0.3, deps.random));
    },
    reset: () => {
      failures = 0;
    },
  };
}

/** `baseMs · 2^failures`, at most `maxMs`. */
export function exponential(failures: number, baseMs: number, maxMs: number): number {
  return Math.min(maxMs, baseMs * 2 ** Math.min(failures, 50));
}
