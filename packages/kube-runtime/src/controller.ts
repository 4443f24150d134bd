import { setImmediate } from 'node:timers/promises';
import { systemClock, type Clock } from './clock.ts';
import { KubeError, TerminalError } from './errors.ts';
import { silentLogger } from './logger.ts';
import type { RuntimeMetrics } from './metrics.ts';
import { observeQueue } from './queue-metrics.ts';
import { jitter, systemRandom, type Random } from './random.ts';
import type { Source } from './source.ts';
import type { Logger } from './types.ts';
import { createWorkQueue, type Priority } from './work-queue.ts';

/** What a reconcile wants next. */
export interface ReconcileResult {
  /** Run this key again after so many milliseconds, unless something wakes it earlier. */
  requeueAfterMs?: number | undefined;
}

/** Runs a reconcile function over keys. */
export interface Controller {
  /**
   * Waits for its sources, then works until the signal aborts; then no new run begins, running ones get `drainMs` to finish before
   * their signals abort. Resolves when all are done, or 5 s after their signals aborted. Call once.
   */
  run(signal: AbortSignal): Promise<void>;
  enqueue(key: string, options?: { priority?: Priority; afterMs?: number }): void;
  /** False when a run has outlived its time limit by half, or ready keys have waited that long: restart the process then. */
  healthy(): boolean;
  /** Resolves when nothing is ready or running; what waits for later (back-off, requeue) does not count. Meant for tests. */
  idle(): Promise<void>;
  /** How many keys wait to be tried again, for their last run failed. */
  failing(): number;
}

/** Dependencies of {@link createController}. */
export interface ControllerDeps {
  /** Names the controller in logs and metrics. */
  name: string;
  sources: readonly Source[];
  /**
   * Brings the world behind one key to its desired state. Level-triggered: it learns the key only and must read everything else.
   * The signal aborts at the time limit and at the end of a drain; a run that ignores it keeps its key for itself.
   */
  reconcile: (key: string, signal: AbortSignal) => Promise<ReconcileResult | void>;
  /** Runs at once (of different keys); default 10. */
  concurrency?: number;
  /** Enqueues `resyncKeys()` with low priority this often (± 10 %); default never. */
  resyncMs?: number;
  resyncKeys?: () => readonly string[];
  /** Time limit of one run; default 5 min. */
  reconcileTimeoutMs?: number;
  /** Delay after failures of a key; default 200 ms doubling to 5 min. */
  backoff?: { baseMs: number; maxMs: number };
  /** Default 20 s. */
  drainMs?: number;
  metrics?: RuntimeMetrics;
  logger?: Logger;
  clock?: Clock;
  random?: Random;
}

const abortedGraceMs = 5000;

/**
 * A controller.
 *
 * Guarantees: never two runs of one key at once; a change during a run causes another run; errors are retried with the key's own
 * back-off (at least what Retry-After asked for), a {@link TerminalError} is not; a success ends the back-off; an error in one key
 * delays no other key as long as a worker is free.
 */
export function createController(deps: ControllerDeps): Controller {
  const { name, sources, reconcile, metrics } = deps;
  const { clock = systemClock, random = systemRandom, logger = silentLogger } = deps;
  const { concurrency = 10, reconcileTimeoutMs: timeoutMs = 300_000 } = deps;
  const active = new Map<string, { since: number; abort: AbortController }>();
  const runningMs = (): number[] => [...active.values()].map(({ since }) => clock.monotonic() - since);
  const observer = metrics && observeQueue(metrics, name, runningMs);
  const queue = createWorkQueue({ clock, backoff: deps.backoff ?? { baseMs: 200, maxMs: 300_000 }, observer });
  observer?.watch(queue);
  metrics?.maxConcurrent.set({ controller: name }, concurrency);
  const ready = Promise.withResolvers<void>();

  const succeed = (key: string, result: ReconcileResult | void): void => {
    queue.forget(key);
    const after = result?.requeueAfterMs;
    if (after !== undefined) queue.addAfter(key, after);
    metrics?.reconcileTotal.inc({ controller: name, result: after === undefined ? 'success' : 'requeue_after' });
  };
  const fail = (key: string, error: unknown): void => {
    metrics?.reconcileTotal.inc({ controller: name, result: 'error' });
    metrics?.reconcileErrors.inc({ controller: name });
    if (error instanceof TerminalError) {
      metrics?.terminalErrors.inc({ controller: name });
      queue.forget(key);
      logger.error({ err: error, controller: name, key }, 'reconcile failed for good');
      return;
    }
    const seconds = error instanceof KubeError ? error.retryAfterSeconds : undefined;
    const delayMs = queue.retry(key, (seconds ?? 0) * 1000);
    logger.warn(
      { err: error, controller: name, key, delayMs, failures: queue.failures(key) },
      'reconcile failed; trying again',
    );
  };

  const runOne = async (key: string): Promise<void> => {
    const abort = new AbortController();
    const since = clock.monotonic();
    active.set(key, { since, abort });
    metrics?.activeWorkers.inc({ controller: name });
    const finished = new AbortController();
    void clock.sleep(timeoutMs, finished.signal).then(() => {
      if (finished.signal.aborted) return;
      metrics?.reconcileTimeouts.inc({ controller: name });
      logger.error({ controller: name, key, timeoutMs }, 'reconcile ran out of time');
      abort.abort(new KubeError(`reconcile of ${key} took longer than ${timeoutMs} ms`, { code: 'KUBE_TIMEOUT' }));
    });
    try {
      succeed(key, await reconcile(key, abort.signal));
    } catch (error) {
      fail(key, error);
    } finally {
      finished.abort(null);
      active.delete(key);
      metrics?.activeWorkers.dec({ controller: name });
      metrics?.reconcileTime.observe({ controller: name }, (clock.monotonic() - since) / 1000);
      queue.done(key);
    }
  };

  const work = async (): Promise<void> => {
    for (let key = await queue.take(); key !== undefined; key = await queue.take()) {
      await runOne(key);
      // A run that finds everything in place waits for nothing. Thousands of them in a row must not keep timers and sockets waiting:
      // the lease would run out meanwhile.
      await setImmediate();
    }
  };

  const resync = async (signal: AbortSignal): Promise<void> => {
    const { resyncMs, resyncKeys } = deps;
    if (!resyncMs || !resyncKeys) return;
    while (!signal.aborted) {
      await clock.sleep(jitter(resyncMs, 0.1, random), signal);
      if (!signal.aborted) for (const key of resyncKeys()) queue.add(key, 'low');
    }
  };

  const drain = async (workers: Promise<unknown>): Promise<void> => {
    queue.close();
    const finished = new AbortController();
    const all = workers.finally(() => finished.abort());
    await Promise.race([all, clock.sleep(deps.drainMs ?? 20_000, finished.signal)]);
    if (active.size === 0) return;
    logger.warn({ controller: name, keys: [...active.keys()] }, 'reconciles did not finish in time; aborting them');
    for (const { abort } of active.values())
      abort.abort(new KubeError('the controller stops', { code: 'KUBE_ABORTED' }));
    await Promise.race([all, clock.sleep(abortedGraceMs, finished.signal)]);
  };

  return {
    async run(signal) {
      const stops = sources.map((source) => source.start((key, priority) => queue.add(key, priority)));
      await Promise.race([Promise.all(sources.map((source) => source.synced)), aborted(signal)]);
      const workers = signal.aborted ? [] : Array.from({ length: concurrency }, work);
      ready.resolve();
      const resyncing = resync(signal);
      await aborted(signal);
      for (const stop of stops) stop();
      await drain(Promise.all(workers));
      await resyncing;
    },
    enqueue(key, options = {}) {
      if (options.afterMs) queue.addAfter(key, options.afterMs, options.priority);
      else queue.add(key, options.priority);
    },
    healthy() {
      const limit = clock.monotonic() - timeoutMs * 1.5;
      const stuck = [...active.values()].some(({ since }) => since < limit);
      return !stuck && (active.size === 0 || (queue.oldestReady() ?? Infinity) > limit);
    },
    idle: () => ready.promise.then(() => queue.idle()),
    failing: () => queue.failing(),
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
