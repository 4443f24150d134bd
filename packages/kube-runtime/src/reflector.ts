import { isDeepStrictEqual } from 'node:util';
import { createBackoff } from './backoff.ts';
import type { Client, ListOptions } from './client.ts';
import { systemClock, type Clock } from './clock.ts';
import { hasCode } from './errors.ts';
import { createFieldPool } from './field-pool.ts';
import { silentLogger } from './logger.ts';
import type { RuntimeMetrics } from './metrics.ts';
import { jitter, systemRandom, type Random } from './random.ts';
import { createStore, type Indexers, type Store } from './store.ts';
import {
  objectKey,
  type KubeObject,
  type KubeResource,
  type Logger,
  type ResourceKind,
  type WatchEvent,
} from './types.ts';

/** What happened to one object. `initial` marks what was learnt from a list or a late subscription rather than a live event. */
export type Change<T extends KubeResource> =
  | { type: 'added'; key: string; object: T; initial: boolean }
  | { type: 'updated'; key: string; object: T; previous: T; initial: boolean }
  | { type: 'deleted'; key: string; object: T; initial: boolean };

/** A copy of a part of the cluster that keeps itself up to date. */
export interface Reflector<T extends KubeResource> {
  readonly kind: ResourceKind;
  readonly store: Store<T>;
  /** Resolves after the first complete list. */
  readonly synced: Promise<void>;
  hasSynced(): boolean;
  /**
   * Handlers are synchronous and should only enqueue keys; what they throw is logged and goes no further. A late subscriber is told
   * of everything in the store first. Gives the function that ends the subscription.
   */
  subscribe(handler: (change: Change<T>) => void): () => void;
  /**
   * Takes in what the server answered to a write of ours, so that readers see it at once and its event is no news to handlers. What the
   * answer shows of others' doing, in its status or of a deletion, is told, for the events before it are not. Does nothing where the watch has come further already. What is newer in the cluster replaces it, as ever. The object must belong to
   * what this reflector selects, and is the store's from then on.
   */
  assume(object: T): void;
  /**
   * Keeps `smaller` in the place of `object`, if that is what the store holds; for a reader who needs only a part of it any more. Both
   * must be the same version of the same object.
   */
  reduce(object: T, smaller: T): void;
  /** Lists and watches until the signal aborts. Never rejects and never gives up. Call once. */
  run(signal: AbortSignal): Promise<void>;
}

/** Dependencies of {@link createReflector}. */
export interface ReflectorDeps<T extends KubeResource> {
  client: Client;
  kind: ResourceKind;
  namespace?: string | undefined;
  labelSelector?: string | undefined;
  fieldSelector?: string | undefined;
  /** Keep only apiVersion, kind and metadata. */
  metadataOnly?: boolean;
  indexers?: Indexers<T>;
  /** Applied to every object before it is stored, e.g. to drop managedFields. */
  transform?: (object: T) => T;
  /** A full list again after this long (± 10 %), in case an event got lost; default 10 min. */
  relistMs?: number;
  /** Silence on a watch after which its connection is taken for dead; default 150 s (bookmarks come about once a minute). */
  inactivityMs?: number;
  /** Delay after a failure; default 0.8 s doubling to 30 s. */
  backoff?: { baseMs: number; maxMs: number };
  metrics?: RuntimeMetrics;
  logger?: Logger;
  clock?: Clock;
  random?: Random;
}

const asItIs = <T>(object: T): T => object;

const shortestHealthyWatchMs = 1000;
/** After so many failures in a row the watch's starting point itself is in doubt (a restored etcd counts anew). */
const failuresBeforeRelist = 5;

/**
 * Watches one kind.
 *
 * Guarantees: after `synced`, the store holds what a consistent list held, brought forward by events in order; every difference a
 * later list shows is told as a change, so a lost event is repaired by the next list; connection errors, API server restarts, 410,
 * 429 and 5xx are waited out with a jittered back-off; at most one list or watch is under way.
 * Assumptions: the store lags behind the cluster by an unknown time, so reconcilers must tolerate old objects.
 */
export function createReflector<T extends KubeResource = KubeObject>(deps: ReflectorDeps<T>): Reflector<T> {
  const { client, kind, clock = systemClock, random = systemRandom, logger = silentLogger, metrics } = deps;
  const selection: ListOptions = {
    namespace: deps.namespace,
    labelSelector: deps.labelSelector,
    fieldSelector: deps.fieldSelector,
    metadataOnly: deps.metadataOnly ?? false,
  };
  const store = createStore<T>(deps.indexers);
  const pool = createFieldPool();
  const transform = deps.transform ?? ((object: T): T => object);
  const handlers = new Set<(change: Change<T>) => void>();
  const firstList = Promise.withResolvers<void>();
  const backoff = createBackoff({ ...(deps.backoff ?? { baseMs: 800, maxMs: 30_000 }), random });
  /** The versions of what we wrote ourselves and the watch has not brought yet, by key. */
  const ahead = new Map<string, number>();
  let synced = false;
  /** Where the next watch begins; undefined when a list has to come first. */
  let version: string | undefined;
  /** How far lists and watches have told us, also while a list has to come first. */
  let position: string | undefined;
  let relistAt = 0;
  let failures = 0;

  const tell = (handler: (change: Change<T>) => void, change: Change<T>): void => {
    try {
      handler(change);
    } catch (error) {
      logger.error({ err: error, kind: kind.kind, key: change.key }, 'a change handler threw');
    }
  };
  /** True for news from before a write of ours, which the store shows already. */
  const isPast = (key: string, resourceVersion: string | undefined): boolean => {
    const ours = ahead.get(key);
    if (ours === undefined) return false;
    if (Number(resourceVersion) < ours) return true;
    ahead.delete(key);
    return false;
  };
  const compact = (object: T): T => {
    const kept = transform(object);
    pool.share(kept);
    return kept;
  };
  const put = (object: T, keep: (object: T) => T, initial: boolean): void => {
    const key = objectKey(object.metadata);
    if (isPast(key, object.metadata.resourceVersion)) return;
    const previous = store.get(key);
    // What is there may be reduced, or our own write: the same version says nothing new.
    if (previous && isSameVersion(previous, object)) return;
    const kept = keep(object);
    store.set(kept);
    const change: Change<T> = previous
      ? { type: 'updated', key, object: kept, previous, initial }
      : { type: 'added', key, object: kept, initial };
    for (const handler of handlers) tell(handler, change);
  };
  const drop = (key: string, last: T | undefined, initial: boolean): void => {
    const previous = store.delete(key);
    const object = last ?? previous;
    if (!previous || !object) return;
    for (const handler of handlers) tell(handler, { type: 'deleted', key, object, initial });
  };

  /** A list shows what was written before it was asked for, or what became of that. */
  const forgetAhead = (written: ReadonlyMap<string, number>): void => {
    for (const [key, ours] of written) if (ahead.get(key) === ours) ahead.delete(key);
  };

  const relist = async (signal: AbortSignal): Promise<void> => {
    const before = new Map(ahead);
    const { items, resourceVersion } = await client.list<T>(kind, { ...selection, signal }, compact);
    if (signal.aborted) return;
    forgetAhead(before);
    const present = new Set(items.map((item) => objectKey(item.metadata)));
    for (const key of store.keys()) if (!present.has(key) && !isPast(key, resourceVersion)) drop(key, undefined, true);
    for (const item of items) put(item, asItIs, true);
    version = resourceVersion;
    position = resourceVersion;
    relistAt = clock.monotonic() + jitter(deps.relistMs ?? 600_000, 0.1, random);
    metrics?.reflectorLists.inc({ kind: kind.kind });
    if (synced) return;
    synced = true;
    firstList.resolve();
  };

  const take = (event: WatchEvent<T>): void => {
    const { metadata } = event.object;
    const key = objectKey(metadata);
    if (event.type === 'DELETED') {
      if (!isPast(key, metadata.resourceVersion)) drop(key, transform(event.object), false);
    } else if (event.type !== 'BOOKMARK') put(event.object, compact, false);
    version = metadata.resourceVersion ?? version;
    position = version;
  };

  const recovered = (): void => {
    failures = 0;
    backoff.reset();
  };

  const watch = async (from: string, signal: AbortSignal): Promise<void> => {
    const startedAt = clock.monotonic();
    const untilRelist = Math.max(1, Math.ceil((relistAt - startedAt) / 1000));
    const events = client.watch<T>(kind, {
      ...selection,
      resourceVersion: from,
      timeoutSeconds: Math.min(untilRelist, Math.round(300 + 300 * random())),
      inactivityMs: deps.inactivityMs ?? 150_000,
      signal,
    });
    for await (const event of events) {
      take(event);
      recovered();
    }
    // A server that ends every watch at once must not be asked in a tight loop.
    if (clock.monotonic() - startedAt >= shortestHealthyWatchMs) recovered();
    else await clock.sleep(backoff.next(), signal);
  };

  const step = async (signal: AbortSignal): Promise<void> => {
    if (version === undefined || clock.monotonic() >= relistAt) await relist(signal);
    if (version !== undefined && !signal.aborted) await watch(version, signal);
  };

  const recover = async (error: unknown, signal: AbortSignal): Promise<void> => {
    failures += 1;
    if (failures % failuresBeforeRelist === 0 || hasCode(error, 'KUBE_EXPIRED', 'KUBE_PROTOCOL')) version = undefined;
    const delayMs = Math.round(backoff.next());
    metrics?.reflectorWatchFailures.inc({ kind: kind.kind });
    logger.warn({ err: error, kind: kind.kind, delayMs }, 'list or watch failed; trying again');
    await clock.sleep(delayMs, signal);
  };

  return {
    kind,
    store,
    synced: firstList.promise,
    hasSynced: () => synced,
    subscribe(handler) {
      for (const object of store.list())
        tell(handler, { type: 'added', key: objectKey(object.metadata), object, initial: true });
      handlers.add(handler);
      return () => void handlers.delete(handler);
    },
    assume(object) {
      const ours = Number(object.metadata.resourceVersion);
      // Versions are numbers wherever etcd or its like is behind them. Where the watch has passed ours, it knows better.
      if (!Number.isSafeInteger(ours) || position === undefined || !(ours > Number(position))) return;
      const { apiVersion, kind: kindName, metadata } = object;
      const seen = deps.metadataOnly ? ({ apiVersion, kind: kindName, metadata } as T) : object;
      const key = objectKey(metadata);
      const previous = store.get(key);
      if (previous && Number(previous.metadata.resourceVersion) >= ours) return;
      const kept = compact(seen);
      store.set(kept);
      ahead.set(key, ours);
      if (!previous || isOursAlone(previous, kept)) return;
      for (const handler of handlers) tell(handler, { type: 'updated', key, object: kept, previous, initial: false });
    },
    reduce(object, smaller) {
      if (store.get(objectKey(object.metadata)) === object) store.set(smaller);
    },
    async run(signal) {
      while (!signal.aborted) {
        try {
          await step(signal);
        } catch (error) {
          if (!signal.aborted) await recover(error, signal);
        }
      }
    },
  };
}

function isSameVersion({ metadata: one }: KubeResource, { metadata: other }: KubeResource): boolean {
  return one.resourceVersion === other.resourceVersion && one.uid === other.uid;
}

/** Whether nothing differs between two versions but what an operator writes: nobody reported a status or began a deletion. */
function isOursAlone(one: KubeResource, other: KubeResource): boolean {
  const [before, after] = [one, other] as { status?: unknown }[];
  return (
    one.metadata.deletionTimestamp === other.metadata.deletionTimestamp &&
    isDeepStrictEqual(before?.status, after?.status)
  );
}
