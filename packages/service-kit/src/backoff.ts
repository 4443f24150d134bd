import { setTimeout as delay } from 'node:timers/promises';
import { systemRandom, type RandomSource } from './random.ts';

export interface BackoffOptions {
  /** How many times the work is tried at most, the first try included. */
  readonly attempts: number;
  /** Delay before the second try; doubles for each further one. Default 100. */
  readonly minMs?: number;
  /** Cap on one delay. Default 10000. */
  readonly maxMs?: number;
  readonly signal?: AbortSignal | undefined;
  readonly random?: RandomSource;
  /** False ends the loop at once with that error. Default: everything is worth another try. */
  readonly isRetryable?: (error: unknown) => boolean;
  /** A delay that the failed side asked for (Retry-After); the larger of it and our own is taken, still capped. */
  readonly retryAfterMs?: (error: unknown) => number | undefined;
  readonly onRetry?: (error: unknown, attempt: number, waitMs: number) => void;
}

/** Delay before try number `attempt + 1`, in ms: half fixed, half random, so that a crowd spreads out but nobody hammers. */
export function backoffMs(attempt: number, options: Pick<BackoffOptions, 'minMs' | 'maxMs' | 'random'> = {}): number {
  const { minMs = 100, maxMs = 10_000, random = systemRandom } = options;
  const ceiling = Math.min(maxMs, minMs * 2 ** Math.min(attempt - 1, 30));
  return ceiling / 2 + (random() * ceiling) / 2;
}

/** Waits, or throws the signal's reason as soon as it is aborted. */
export async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  try {
    await delay(ms, undefined, signal === undefined ? {} : { signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}

/**
 * Tries `work` until it succeeds, the tries are used up, the error is not retryable or the signal is aborted;
 * throws the last error (or the signal's reason).
 */
export async function retry<T>(work: (attempt: number) => Promise<T>, options: BackoffOptions): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    options.signal?.throwIfAborted();
    try {
      return await work(attempt);
    } catch (error) {
      if (!worthAnotherTry(error, attempt, options)) throw error;
      const waitMs = nextWaitMs(error, attempt, options);
      options.onRetry?.(error, attempt, waitMs);
      await sleep(waitMs, options.signal);
    }
  }
}

function worthAnotherTry(error: unknown, attempt: number, options: BackoffOptions): boolean {
  if (attempt >= options.attempts || options.signal?.aborted === true) return false;
  return options.isRetryable?.(error) ?? true;
}

function nextWaitMs(error: unknown, attempt: number, options: BackoffOptions): number {
  const asked = options.retryAfterMs?.(error) ?? 0;
  return Math.min(options.maxMs ?? 10_000, Math.max(asked, backoffMs(attempt, options)));
}
