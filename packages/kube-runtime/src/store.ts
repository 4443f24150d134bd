import { objectKey, type KubeResource } from './types.ts';

/** A readable copy of what a reflector has seen. */
export interface Store<T extends KubeResource> {
  /** By {@link objectKey}. What a store gives out is shared: never change it. */
  get(key: string): T | undefined;
  list(): T[];
  /** Throws on an index that was not set up. */
  byIndex(index: string, value: string): T[];
  keys(): string[];
  readonly size: number;
}

/** The reflector's side of a {@link Store}. */
export interface WritableStore<T extends KubeResource> extends Store<T> {
  /** Gives what was there before. */
  set(object: T): T | undefined;
  delete(key: string): T | undefined;
}

/** Functions from an object to the values it is found under. */
export type Indexers<T> = Readonly<Record<string, (object: T) => readonly string[]>>;

/** An empty store. */
export function createStore<T extends KubeResource>(indexers: Indexers<T> = {}): WritableStore<T> {
  const objects = new Map<string, T>();
  const indexes = new Map(Object.keys(indexers).map((name) => [name, new Map<string, Set<string>>()]));

  const unindex = (key: string, object: T): void => {
    for (const [name, valuesOf] of Object.entries(indexers)) {
      const index = indexes.get(name);
      for (const value of valuesOf(object)) {
        const keys = index?.get(value);
        keys?.delete(key);
        if (keys?.size === 0) index?.delete(value);
      }
    }
  };
  const index = (key: string, object: T): void => {
    for (const [name, valuesOf] of Object.entries(indexers)) {
      const values = indexes.get(name);
      for (const value of valuesOf(object)) values?.set(value, (values.get(value) ?? new Set()).add(key));
    }
  };

  return {
    get: (key) => objects.get(key),
    list: () => [...objects.values()],
    keys: () => [...objects.keys()],
    get size() {
      return objects.size;
    },
    byIndex(name, value) {
      const values = indexes.get(name);
      if (!values) throw new RangeError(`this store has no index ${name}`);
      return [...(values.get(value) ?? [])].flatMap((key) => objects.get(key) ?? []);
    },
    set(object) {
      const key = objectKey(object.metadata);
      const previous = objects.get(key);
      if (previous) unindex(key, previous);
      objects.set(key, object);
      index(key, object);
      return previous;
    },
    delete(key) {
      const previous = objects.get(key);
      if (!previous) return undefined;
      unindex(key, previous);
      objects.delete(key);
      return previous;
    },
  };
}
