import { backoffMs, errorMessage, sleep } from '@luna-iems/service-kit';
import { reconcile, type ReconcileDeps } from './reconcile.ts';

export interface KeepReconciledDeps extends ReconcileDeps {
  /** Seconds between two comparisons. */
  seconds: number;
  /** Throws while a part that the comparison needs is away. */
  ready: () => Promise<void>;
}

const RETRY = { minMs: 1_000, maxMs: 60_000 };
/** A run that stopped at its bound goes on soon. */
const REST_MS = 5_000;

/** Compares as soon as everything is there, and then now and then, until `signal` is aborted. */
export async function keepReconciled(deps: KeepReconciledDeps, signal: AbortSignal): Promise<void> {
  let failures = 0;
  while (!signal.aborted) {
    let wait = deps.seconds * 1000;
    try {
      await deps.ready();
      const result = await reconcile(deps, signal);
      if (result && !result.complete) wait = REST_MS;
      failures = 0;
    } catch (error) {
      failures += 1;
      wait = Math.min(wait, backoffMs(failures, RETRY));
      deps.log.debug({ reason: errorMessage(error) }, 'chunks and points cannot be compared now');
    }
    await sleep(wait, signal).catch(() => undefined);
  }
}
