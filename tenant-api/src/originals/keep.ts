import { backoffMs, errorMessage, sleep, type Logger } from '@luna-iems/service-kit';
import { moveOne, removeDead, type MoveDeps } from './move.ts';

export interface KeepOriginalsDeps extends MoveDeps {
  log: Logger;
  /** Whether files go into the object store; else only what is there already is looked after. */
  moves: boolean;
  /** The bucket is ours to make. */
  createBucket: boolean;
}

const RETRY = { minMs: 1_000, maxMs: 30_000 };
const IDLE_MS = 2_000;

/** Moves and removes files until `signal` is aborted. While the object store is away, files stay where they are, and follow later. */
export async function keepOriginals(deps: KeepOriginalsDeps, signal: AbortSignal): Promise<void> {
  const { objects, log, moves, createBucket } = deps;
  let ready = false;
  let failures = 0;
  while (!signal.aborted) {
    let wait = IDLE_MS;
    try {
      if (!ready && createBucket) await objects.ensureBucket();
      if (!ready) await objects.ping(signal);
      ready = true;
      await removeDead(deps);
      if (moves && (await moveOne(deps, signal))) wait = 0;
      failures = 0;
    } catch (error) {
      ready = false;
      failures += 1;
      wait = backoffMs(failures, RETRY);
      log[failures === 3 ? 'warn' : 'debug']({ reason: errorMessage(error) }, 'original files cannot be moved now');
    }
    await sleep(wait, signal).catch(() => undefined);
  }
}
