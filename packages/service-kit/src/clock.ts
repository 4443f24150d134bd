/** The only way to ask for the time; tests give their own. */
export interface Clock {
  /** Wall-clock time. */
  now(): Date;
  /** Milliseconds that never go back, for measuring durations. */
  monotonicMs(): number;
}

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => new Date(),
  monotonicMs: () => performance.now(),
};

export interface ManualClock extends Clock {
  advance(ms: number): void;
}

/** A clock that stands still until it is told to move. */
export function createManualClock(start: Date | string): ManualClock {
  const origin = new Date(start).getTime();
  let current = origin;
  return {
    now: () => new Date(current),
    monotonicMs: () => current - origin,
    advance: (ms) => {
      current += ms;
    },
  };
}
