import { createHash } from 'node:crypto';
import type { Client } from './client.ts';
import { systemClock, type Clock } from './clock.ts';
import { builtinKinds } from './kinds.ts';
import { silentLogger } from './logger.ts';
import { microTime } from './micro-time.ts';
import type { KubeResource, Logger } from './types.ts';

/** Something worth telling a person who runs `kubectl describe`. */
export interface EventInput {
  regarding: KubeResource;
  type: 'Normal' | 'Warning';
  /** CamelCase: why. */
  reason: string;
  /** CamelCase: what the controller did or failed to do. */
  action: string;
  /** A sentence; cut at 1 KiB. */
  note: string;
}

/** Writes events.k8s.io/v1 Events. Record transitions, not states: what is true all the time belongs into a condition. */
export interface EventRecorder {
  /** Never throws and never makes the caller wait; what cannot be written is logged. A repeat within ten minutes counts up the first one's series. */
  record(event: EventInput): void;
  /** Resolves when everything recorded so far was sent or given up. */
  flush(): Promise<void>;
}

/** Dependencies of {@link createEventRecorder}. */
export interface EventRecorderDeps {
  /** Needs create and patch on events.k8s.io events. */
  client: Client;
  /** e.g. `example.io/my-operator` */
  controller: string;
  /** This process, e.g. the pod's name. */
  instance: string;
  clock?: Clock;
  logger?: Logger;
}

const repeatWindowMs = 600_000;
const mostRemembered = 4096;
const mostWaiting = 1000;
const longestNote = 1024;

interface Remembered {
  name: string;
  namespace: string;
  count: number;
  at: number;
}

/** An {@link EventRecorder} that writes one event at a time, in order, and forgets the newest when a thousand wait. */
export function createEventRecorder(deps: EventRecorderDeps): EventRecorder {
  const { client, clock = systemClock, logger = silentLogger } = deps;
  const recent = new Map<string, Remembered>();
  let waiting = 0;
  let last: Promise<void> = Promise.resolve();

  const remember = (key: string, one: Remembered): void => {
    recent.delete(key);
    recent.set(key, one);
    for (const oldest of recent.keys()) {
      if (recent.size <= mostRemembered) return;
      recent.delete(oldest);
    }
  };

  const create = async (event: EventInput, key: string): Promise<void> => {
    const { metadata, apiVersion, kind } = event.regarding;
    const namespace = metadata.namespace ?? 'default';
    const digest = createHash('sha256').update(`${key} ${deps.instance} ${clock.now()}`).digest('hex').slice(0, 16);
    const name = `${metadata.name.slice(0, 200)}.${digest}`;
    const { resourceVersion, uid } = metadata;
    await client.create({
      apiVersion: 'events.k8s.io/v1',
      kind: 'Event',
      metadata: { name, namespace },
      eventTime: microTime(clock.now()),
      reportingController: deps.controller,
      reportingInstance: deps.instance,
      regarding: { apiVersion, kind, name: metadata.name, namespace: metadata.namespace, uid, resourceVersion },
      type: event.type,
      reason: event.reason,
      action: event.action,
      note: event.note.slice(0, longestNote),
    });
    remember(key, { name, namespace, count: 1, at: clock.monotonic() });
  };

  const countUp = async (known: Remembered, key: string): Promise<void> => {
    const count = known.count + 1;
    const body = { series: { count, lastObservedTime: microTime(clock.now()) } };
    await client.patch(builtinKinds.Event, known, { type: 'merge', body });
    remember(key, { ...known, count, at: clock.monotonic() });
  };

  const write = async (event: EventInput): Promise<void> => {
    const { metadata, kind } = event.regarding;
    const key = JSON.stringify([
      kind,
      metadata.uid ?? metadata.name,
      event.type,
      event.reason,
      event.action,
      event.note,
    ]);
    try {
      const known = recent.get(key);
      if (known && clock.monotonic() - known.at < repeatWindowMs) await countUp(known, key);
      else await create(event, key);
    } catch (error) {
      recent.delete(key);
      logger.warn({ err: error, kind, name: metadata.name, reason: event.reason }, 'could not write an event');
    } finally {
      waiting -= 1;
    }
  };

  return {
    record(event) {
      if (waiting >= mostWaiting) return logger.warn({ reason: event.reason }, 'too many events wait; one was dropped');
      waiting += 1;
      last = last.then(() => write(event));
    },
    flush: () => last,
  };
}
