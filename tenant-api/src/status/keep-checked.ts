import { backoffMs, errorMessage, sleep, type Logger } from '@luna-iems/service-kit';

/** What has to be looked at again and again: cheap while nothing has changed. */
export interface Checked {
  /** Throws the reason why it is not as it should be. */
  check(signal: AbortSignal): Promise<unknown>;
}

const WELL_MS = 15_000;

/**
 * Checks until `signal` is aborted: soon again while something is wrong, now and then while nothing is. `consequence` says in the log what
 * follows from it; a reason is told once.
 */
export async function keepChecked(
  checked: Checked,
  consequence: string,
  log: Logger,
  signal: AbortSignal,
): Promise<void> {
  let failures = 0;
  let told = '';
  while (!signal.aborted) {
    try {
      await checked.check(signal);
      failures = 0;
      told = '';
    } catch (error) {
      failures += 1;
      const reason = errorMessage(error);
      if (reason !== told && !signal.aborted) log.warn({ reason }, consequence);
      told = reason;
    }
    const wait = failures === 0 ? WELL_MS : backoffMs(failures, { minMs: 1_000, maxMs: 15_000 });
    await sleep(wait, signal).catch(() => undefined);
  }
}
