import { Registry } from 'prom-client';
import { afterEach, describe, expect, it } from 'vitest';
import { createController, type Controller, type ControllerDeps } from './controller.ts';
import { KubeError, TerminalError } from './errors.ts';
import { createRuntimeMetrics } from './metrics.ts';
import type { Source } from './source.ts';
import { createFakeClock, type FakeClock } from './testing/fake-clock.ts';

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

interface Rig {
  controller: Controller;
  clock: FakeClock;
  /** Begins the end, gives when it is over. */
  stop: () => Promise<void>;
}

const start = (reconcile: ControllerDeps['reconcile'], deps: Partial<ControllerDeps> = {}): Rig => {
  const clock = createFakeClock();
  const abort = new AbortController();
  const controller = createController({ name: 'test', sources: [], reconcile, clock, random: () => 0.5, ...deps });
  const done = controller.run(abort.signal);
  const stop = async (): Promise<void> => {
    abort.abort();
    await clock.advance(60_000);
    await done;
  };
  stops.push(stop);
  return { controller, clock, stop };
};

describe('controller', () => {
  it('runs different keys side by side up to its concurrency, and never one key twice at once', async () => {
    const running: string[] = [];
    let most = 0;
    const ends: (() => void)[] = [];
    const { controller, clock } = start(
      async (key) => {
        expect(running).not.toContain(key);
        running.push(key);
        most = Math.max(most, running.length);
        await new Promise<void>((resolve) => ends.push(resolve));
        running.splice(running.indexOf(key), 1);
      },
      { concurrency: 3 },
    );
    for (const key of ['a', 'b', 'c', 'd', 'a', 'b']) controller.enqueue(key);
    await clock.advance(0);
    for (const key of ['a', 'b', 'c']) controller.enqueue(key);
    for (let count = 0; count < 10; count++) {
      ends.shift()?.();
      await clock.advance(0);
    }
    await controller.idle();
    expect(most).toBe(3);
    expect(running).toEqual([]);
  });

  it('tries a failed key again with growing delays, and starts over after a success', async () => {
    const runs: number[] = [];
    const rig: Rig = start(
      async () => {
        runs.push(rig.clock.monotonic());
        if (runs.length !== 4) throw new Error('not yet');
      },
      { backoff: { baseMs: 100, maxMs: 300 } },
    );
    rig.controller.enqueue('a');
    await rig.clock.advance(10_000);
    expect(runs).toEqual([0, 100, 300, 600]);
    rig.controller.enqueue('a');
    await rig.clock.advance(150);
    expect(runs.slice(4)).toEqual([10_000, 10_100]);
  });

  it('counts the keys that wait to be tried again', async () => {
    const errors = [new Error('once'), new TerminalError('for good')];
    const rig: Rig = start(
      async (key) => {
        const error = key === 'a' ? errors.shift() : undefined;
        if (error !== undefined) throw error;
      },
      { backoff: { baseMs: 100, maxMs: 300 } },
    );
    rig.controller.enqueue('a');
    rig.controller.enqueue('b');
    await rig.clock.advance(50);
    expect(rig.controller.failing()).toBe(1);
    await rig.clock.advance(100);
    expect(rig.controller.failing(), 'a terminal error is not tried again').toBe(0);
  });

  it('waits at least as long as the server asked for', async () => {
    const runs: number[] = [];
    const rig: Rig = start(async () => {
      runs.push(rig.clock.monotonic());
      if (runs.length === 1) throw new KubeError('busy', { code: 'KUBE_THROTTLED', retryAfterSeconds: 60 });
    });
    rig.controller.enqueue('a');
    await rig.clock.advance(100_000);
    expect(runs).toEqual([0, 60_000]);
  });

  it('does not try a terminal error again until something wakes the key', async () => {
    let runs = 0;
    const { controller, clock } = start(async () => {
      runs += 1;
      throw new TerminalError('the spec makes no sense');
    });
    controller.enqueue('a');
    await clock.advance(10_000_000);
    expect(runs).toBe(1);
    controller.enqueue('a');
    await clock.advance(1);
    expect(runs).toBe(2);
  });

  it('requeues when asked, and sooner when woken', async () => {
    const runs: number[] = [];
    const rig: Rig = start(async () => {
      runs.push(rig.clock.monotonic());
      return { requeueAfterMs: 1000 };
    });
    rig.controller.enqueue('a');
    await rig.clock.advance(2500);
    rig.controller.enqueue('a');
    await rig.clock.advance(1000);
    expect(runs).toEqual([0, 1000, 2000, 2500, 3500]);
  });

  it('leaves timers and sockets their turn while it works through keys of which none waits for anything', async () => {
    let [turns, runs] = [0, 0];
    const { controller, clock } = start(async () => void (runs += 1), { concurrency: 2 });
    const turn = (): void => {
      turns += 1;
      if (runs < 1000) setImmediate(turn);
    };
    setImmediate(turn);
    for (let key = 0; key < 1000; key += 1) controller.enqueue(`k${key}`);
    await clock.advance(0);
    await controller.idle();
    expect(runs).toBe(1000);
    expect(turns).toBeGreaterThan(100);
  });

  it('waits for its sources before it works', async () => {
    const synced = Promise.withResolvers<void>();
    const seen: string[] = [];
    const source: Source = {
      synced: synced.promise,
      start: (enqueue) => {
        enqueue('early', 'low');
        enqueue('urgent', 'high');
        return () => undefined;
      },
    };
    const { clock, controller } = start(async (key) => void seen.push(key), { sources: [source], concurrency: 1 });
    await clock.advance(100);
    expect(seen).toEqual([]);
    synced.resolve();
    await clock.advance(0);
    await controller.idle();
    expect(seen).toEqual(['urgent', 'early']);
  });

  it('runs every key again on resync', async () => {
    const seen: string[] = [];
    const { clock } = start(async (key) => void seen.push(key), { resyncMs: 1000, resyncKeys: () => ['a', 'b'] });
    await clock.advance(2500);
    expect(seen).toEqual(['a', 'b', 'a', 'b']);
  });

  it('lets a running reconcile finish on shutdown, and begins no other', async () => {
    const log: string[] = [];
    const end = Promise.withResolvers<void>();
    const { controller, clock, stop } = start(
      async (key, signal) => {
        log.push(`${key} begins`);
        await end.promise;
        log.push(`${key} ends${signal.aborted ? ' aborted' : ''}`);
      },
      { concurrency: 1 },
    );
    controller.enqueue('a');
    controller.enqueue('b');
    await clock.advance(0);
    const stopping = stop();
    end.resolve();
    await stopping;
    expect(log).toEqual(['a begins', 'a ends']);
  });

  it('aborts what does not finish in time, at the limit and at the end of a drain', async () => {
    const reasons: unknown[] = [];
    const untilAborted = (_: string, signal: AbortSignal): Promise<void> =>
      new Promise((_resolve, reject) =>
        signal.addEventListener('abort', () => {
          reasons.push((signal.reason as KubeError).code);
          reject(signal.reason as KubeError);
        }),
      );
    const { controller, clock, stop } = start(untilAborted, {
      reconcileTimeoutMs: 1000,
      drainMs: 500,
      backoff: { baseMs: 100, maxMs: 100 },
    });
    controller.enqueue('a');
    await clock.advance(1100);
    expect(reasons).toEqual(['KUBE_TIMEOUT']);
    await stop();
    expect(reasons).toEqual(['KUBE_TIMEOUT', 'KUBE_ABORTED']);
  });

  it('is unhealthy while a run ignores its limit, and keeps that key from running again', async () => {
    let runs = 0;
    const end = Promise.withResolvers<void>();
    const { controller, clock } = start(
      async () => {
        runs += 1;
        await end.promise;
      },
      { reconcileTimeoutMs: 1000 },
    );
    expect(controller.healthy()).toBe(true);
    controller.enqueue('a');
    await clock.advance(1200);
    expect(controller.healthy()).toBe(true);
    controller.enqueue('a');
    await clock.advance(400);
    expect(controller.healthy()).toBe(false);
    expect(runs).toBe(1);
    end.resolve();
    await clock.advance(0);
    expect(controller.healthy()).toBe(true);
    expect(runs).toBe(2);
  });

  it('reports under the names of controller-runtime', async () => {
    const metrics = createRuntimeMetrics(new Registry());
    const outcomes: Record<string, () => { requeueAfterMs: number } | undefined> = {
      good: () => undefined,
      again: () => ({ requeueAfterMs: 1e6 }),
      bad: () => {
        throw new Error('bad');
      },
      hopeless: () => {
        throw new TerminalError('hopeless');
      },
    };
    const { controller, clock } = start(async (key) => outcomes[key]?.(), {
      metrics,
      concurrency: 4,
      backoff: { baseMs: 1e6, maxMs: 1e6 },
    });
    for (const key of Object.keys(outcomes)) controller.enqueue(key);
    await clock.advance(10);
    const text = await metrics.registry.metrics();
    for (const line of [
      'controller_runtime_reconcile_total{controller="test",result="success"} 1',
      'controller_runtime_reconcile_total{controller="test",result="requeue_after"} 1',
      'controller_runtime_reconcile_total{controller="test",result="error"} 2',
      'controller_runtime_reconcile_errors_total{controller="test"} 2',
      'controller_runtime_terminal_reconcile_errors_total{controller="test"} 1',
      'controller_runtime_reconcile_time_seconds_count{controller="test"} 4',
      'controller_runtime_active_workers{controller="test"} 0',
      'controller_runtime_max_concurrent_reconciles{controller="test"} 4',
      'workqueue_depth{name="test",controller="test"} 0',
      'workqueue_adds_total{name="test",controller="test"} 4',
      'workqueue_retries_total{name="test",controller="test"} 1',
      'workqueue_queue_duration_seconds_count{name="test",controller="test"} 4',
      'workqueue_work_duration_seconds_count{name="test",controller="test"} 4',
      'workqueue_unfinished_work_seconds{name="test",controller="test"} 0',
      'workqueue_longest_running_processor_seconds{name="test",controller="test"} 0',
    ]) {
      expect(text.split('\n')).toContain(line);
    }
  });
});
