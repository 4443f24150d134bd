import { exponential } from './backoff.ts';
import type { Clock } from './clock.ts';
import { createDeadlines } from './deadlines.ts';

/** Higher priorities are always served first; start-up and resync use `low` so that live changes overtake them. */
export type Priority = 'high' | 'normal' | 'low';

const priorities = ['high', 'normal', 'low'] as const satisfies readonly Priority[];
const rank = (priority: Priority): number => priorities.indexOf(priority);
const higher = (a: Priority, b: Priority): Priority => (rank(a) <= rank(b) ? a : b);

/**
 * A queue of keys.
 *
 * Guarantees: a key is given to one worker at a time, from `take` to `done`; a key added while it waits waits once; a key added while
 * it is worked on is given out once more after `done`; within a priority, first come first served; a key that is ready now is not
 * also waiting for later, and of two waits the earlier one wins.
 */
export interface WorkQueue {
  /** Makes the key ready now. A lower priority never pushes a waiting key back. */
  add(key: string, priority?: Priority): void;
  /** Makes the key ready in `ms`, unless it is ready already or will be earlier. */
  addAfter(key: string, ms: number, priority?: Priority): void;
  /** `addAfter` with the key's own exponential back-off, at least `minMs`. Gives the delay. */
  retry(key: string, minMs?: number): number;
  /** Ends the key's back-off: call after a success. */
  forget(key: string): void;
  /** Failures in a row. */
  failures(key: string): number;
  /** How many keys have failed since they were last forgotten. */
  failing(): number;
  /** Waits for a key; undefined once the queue is closed. */
  take(): Promise<string | undefined>;
  /** Must follow each `take`. */
  done(key: string): void;
  /** No key is given out any more; adding does nothing. */
  close(): void;
  /** Resolves when no key is ready or worked on (keys that wait for later do not count). */
  idle(): Promise<void>;
  /** Keys ready, worked on, and waiting for later. */
  counts(): { ready: number; running: number; waiting: number };
  /** Since when (monotonic ms) the key that has been ready longest waits. */
  oldestReady(): number | undefined;
}

/** What a queue tells its metrics. */
export interface QueueObserver {
  added(): void;
  taken(waitedMs: number): void;
  finished(workedMs: number): void;
  retried(): void;
}

/** Dependencies of {@link createWorkQueue}. */
export interface WorkQueueDeps {
  clock: Clock;
  backoff: { baseMs: number; maxMs: number };
  observer?: QueueObserver | undefined;
}

/** An empty {@link WorkQueue}. */
export function createWorkQueue(deps: WorkQueueDeps): WorkQueue {
  const { clock, backoff, observer } = deps;
  const ready: Record<Priority, Map<string, number>> = { high: new Map(), normal: new Map(), low: new Map() };
  const later = createDeadlines();
  const laterPriority = new Map<string, Priority>();
  const running = new Map<string, { since: number; again: Priority | undefined }>();
  const failures = new Map<string, number>();
  const takers: ((key: string | undefined) => void)[] = [];
  const idlers: (() => void)[] = [];
  let closed = false;
  let alarm: { due: number; abort: AbortController } | undefined;

  const readyCount = (): number => ready.high.size + ready.normal.size + ready.low.size;
  const waitingIn = (key: string): Priority | undefined => priorities.find((priority) => ready[priority].has(key));
  const forgetLater = (key: string): void => {
    later.delete(key);
    laterPriority.delete(key);
  };

  const pop = (): string | undefined => {
    for (const priority of priorities) {
      for (const [key, since] of ready[priority]) {
        ready[priority].delete(key);
        observer?.taken(clock.monotonic() - since);
        running.set(key, { since: clock.monotonic(), again: undefined });
        return key;
      }
    }
    return undefined;
  };
  const serve = (): void => {
    while (takers.length > 0 && readyCount() > 0) takers.shift()?.(pop());
  };
  const wakeIdlers = (): void => {
    if (running.size === 0 && readyCount() === 0) for (const wake of idlers.splice(0)) wake();
  };

  const enqueue = (key: string, priority: Priority, since: number): void => {
    const place = waitingIn(key);
    if (place === undefined) {
      ready[priority].set(key, since);
    } else if (rank(priority) < rank(place)) {
      const waitsSince = ready[place].get(key) ?? since;
      ready[place].delete(key);
      ready[priority].set(key, waitsSince);
    }
  };

  const add = (key: string, priority: Priority): void => {
    if (closed) return;
    observer?.added();
    forgetLater(key);
    const run = running.get(key);
    if (run) {
      run.again = run.again ? higher(run.again, priority) : priority;
      return;
    }
    enqueue(key, priority, clock.monotonic());
    serve();
  };

  const ring = (): void => {
    for (const key of later.takeDue(clock.monotonic())) {
      const priority = laterPriority.get(key) ?? 'normal';
      laterPriority.delete(key);
      add(key, priority);
    }
    setAlarm();
  };
  const setAlarm = (): void => {
    const due = closed ? undefined : later.next();
    if (alarm && alarm.due === due) return;
    alarm?.abort.abort();
    alarm = undefined;
    if (due === undefined) return;
    const abort = new AbortController();
    alarm = { due, abort };
    void clock.sleep(due - clock.monotonic(), abort.signal).then(() => {
      if (abort.signal.aborted) return;
      alarm = undefined;
      ring();
    });
  };

  const addAfter = (key: string, ms: number, priority: Priority): void => {
    if (closed || waitingIn(key) || running.get(key)?.again) return;
    if (ms <= 0) return add(key, priority);
    const due = clock.monotonic() + ms;
    const known = later.get(key);
    if (known !== undefined && known <= due) return;
    later.set(key, due);
    laterPriority.set(key, priority);
    setAlarm();
  };

  return {
    add: (key, priority = 'normal') => add(key, priority),
    addAfter: (key, ms, priority = 'normal') => addAfter(key, ms, priority),
    retry(key, minMs = 0) {
      const before = failures.get(key) ?? 0;
      failures.set(key, before + 1);
      const delay = Math.max(minMs, exponential(before, backoff.baseMs, backoff.maxMs));
      observer?.retried();
      addAfter(key, delay, 'normal');
      return delay;
    },
    forget: (key) => void failures.delete(key),
    failures: (key) => failures.get(key) ?? 0,
    failing: () => failures.size,
    take() {
      if (closed) return Promise.resolve(undefined);
      const key = pop();
      return key === undefined ? new Promise((resolve) => takers.push(resolve)) : Promise.resolve(key);
    },
    done(key) {
      const run = running.get(key);
      if (!run) return;
      running.delete(key);
      observer?.finished(clock.monotonic() - run.since);
      if (run.again && !closed) {
        enqueue(key, run.again, clock.monotonic());
        serve();
      }
      wakeIdlers();
    },
    close() {
      closed = true;
      for (const priority of priorities) ready[priority].clear();
      setAlarm();
      for (const wake of takers.splice(0)) wake(undefined);
      wakeIdlers();
    },
    idle: () =>
      running.size === 0 && readyCount() === 0 ? Promise.resolve() : new Promise((resolve) => idlers.push(resolve)),
    counts: () => ({ ready: readyCount(), running: running.size, waiting: later.size }),
    oldestReady() {
      const firsts = priorities.flatMap((priority) => ready[priority].values().next().value ?? []);
      return firsts.length > 0 ? Math.min(...firsts) : undefined;
    },
  };
}
