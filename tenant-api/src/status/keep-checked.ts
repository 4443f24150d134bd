import { backoffMs, errorMessage, sleep, type Logger } from '@luna-iems/service-kit';
import type { ProfileManager } from './profile-manager.ts';

const WELL_MS = 15_000;

/** Checks the embedding model until `signal` is aborted: soon again while it cannot be used, now and then while it can. */
export async function keepProfile(profiles: ProfileManager, log: Logger, signal: AbortSignal): Promise<void> {
  let failures = 0;
  let told = '';
  while (!signal.aborted) {
    try {
      await profiles.check(signal);
      failures = 0;
      told = '';
    } catch (error) {
      failures += 1;
      const reason = errorMessage(error);
      if (reason !== told && !signal.aborted) log.warn({ reason }, 'nothing can be embedded now');
      told = reason;
    }
    const wait = failures === 0 ? WELL_MS : backoffMs(failures, { minMs: 1_000, maxMs: 15_000 });
    await sleep(wait, signal).catch(() => undefined);
  }
}
