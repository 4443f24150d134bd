import type { Change, Reflector } from './reflector.ts';
import { isDeepStrictEqual } from 'node:util';
import { objectKey, type KubeResource } from './types.ts';
import type { Priority } from './work-queue.ts';

/** Something that knows which keys need a reconcile. */
export interface Source {
  /** Starts telling of keys; gives the function that stops it. */
  start(enqueue: (key: string, priority?: Priority) => void): () => void;
  /** Resolves when the keys that exist at the start are known. */
  readonly synced: Promise<void>;
}

/** How a reflector's changes become keys. */
export interface FromReflectorOptions<T extends KubeResource> {
  /** The keys to reconcile when this object changes; default its own. After an update, the keys of the old object count too. */
  keys?: (object: T) => readonly string[];
  /** Which changes count; default {@link contentChanged}. */
  when?: (change: Change<T>) => boolean;
}

/** A reflector as a source. What comes from a list has low priority, so that live changes overtake a start-up or a relist. */
export function fromReflector<T extends KubeResource>(
  reflector: Reflector<T>,
  options: FromReflectorOptions<T> = {},
): Source {
  const keysOf = options.keys ?? ((object: T): readonly string[] => [objectKey(object.metadata)]);
  const counts = options.when ?? contentChanged;
  return {
    synced: reflector.synced,
    start: (enqueue) =>
      reflector.subscribe((change) => {
        if (!counts(change)) return;
        const objects = change.type === 'updated' ? [change.previous, change.object] : [change.object];
        const keys = new Set(objects.flatMap((object) => keysOf(object)));
        for (const key of keys) enqueue(key, change.initial ? 'low' : 'normal');
      }),
  };
}

/** True for additions, deletions, and updates of more than resourceVersion and managedFields. */
export function contentChanged(change: Change<KubeResource>): boolean {
  return change.type !== 'updated' || !isDeepStrictEqual(content(change.previous), content(change.object));
}

/** Like {@link contentChanged}, but blind to `status` too: what a controller wants of the objects whose status it writes. */
export function specOrMetadataChanged(change: Change<KubeResource>): boolean {
  if (change.type !== 'updated') return true;
  return !isDeepStrictEqual({ ...content(change.previous), status: null }, { ...content(change.object), status: null });
}

function content(object: KubeResource): object {
  const { resourceVersion: _version, managedFields: _fields, ...metadata } = object.metadata;
  return { ...object, metadata };
}
