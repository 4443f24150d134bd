import type { Clock } from '../clock.ts';

/** A clock that stands still until it is told to move. */
export interface FakeClock extends Clock {
  /** Moves time forward; sleepers wake in order of their time, and what they start is awaited as far as it needs no more time. */
  advance(ms: number): Promise<void>;
}

interface Sleeper {
  due: number;
  wake: () => void;
}

/** A {@link FakeClock} that begins at `startMs` (wall time). */
export function createFakeClock(startMs = Date.UTC(2030, 0, 1)): FakeClock {
  let elapsed = 0;
  const sleepers = new Set<Sleeper>();
  // Promise chains started by a woken sleeper need some turns of the event loop before they sleep again.
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
  };
  const earliest = (): Sleeper | undefined => [...sleepers].sort((a, b) => a.due - b.due)[0];

  return {
    now: () => startMs + elapsed,
    monotonic: () => elapsed,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) return resolve();
        const sleeper: Sleeper = {
          due: elapsed + Math.max(0, ms),
          wake: () => {
            sleepers.delete(sleeper);
            signal?.removeEventListener('abort', sleeper.wake);
            resolve();
          },
        };
        sleepers.add(sleeper);
        signal?.addEventListener('abort', sleeper.wake, { once: true });
      }),
    async advance(ms) {
      const until = elapsed + ms;
      await settle();
      for (let next = earliest(); next && next.due <= until; next = earliest()) {
        elapsed = Math.max(elapsed, next.due);
        next.wake();
        await settle();
      }
      elapsed = until;
    },
  };
}
