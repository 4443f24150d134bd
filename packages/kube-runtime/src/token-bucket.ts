import type { Clock } from './clock.ts';

/** A rate limiter that hands out turns in the order they were asked for. */
export interface TokenBucket {
  /** Resolves when it is this caller's turn, or at once when the signal aborts. */
  take(signal?: AbortSignal): Promise<void>;
}

/** `burst` turns at once, then `qps` a second. A turn given up by an abort stays spent. */
export function createTokenBucket(deps: { qps: number; burst: number; clock: Clock }): TokenBucket {
  const { qps, burst, clock } = deps;
  let tokens = burst;
  let filledAt = clock.monotonic();

  return {
    async take(signal) {
      const now = clock.monotonic();
      tokens = Math.min(burst, tokens + ((now - filledAt) / 1000) * qps) - 1;
      filledAt = now;
      // A negative balance is a place in the queue: each caller waits until its own debt is paid.
      if (tokens < 0) await clock.sleep((-tokens / qps) * 1000, signal);
    },
  };
}
