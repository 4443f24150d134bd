/** Time as a dependency, so that tests can hold it still. */
export interface Clock {
  /** Wall time in milliseconds since 1970. May step. */
  now(): number;
  /** Milliseconds that never step backwards; only differences mean anything. */
  monotonic(): number;
  /** Resolves after `ms`, or at once when the signal aborts. Never rejects: look at the signal afterwards. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

const longestTimer = 2 ** 31 - 1;

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const end = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', end);
        resolve();
      };
      const timer = setTimeout(end, Math.min(Math.max(0, ms), longestTimer));
      signal?.addEventListener('abort', end, { once: true });
    }),
};
