import { describe, expect, it } from 'vitest';
import { createApplier } from './applier.ts';
import type { Client } from './client.ts';
import { builtinKinds } from './kinds.ts';
import type { KubeObject } from './types.ts';

const desired = (data: Record<string, string>): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'settings', namespace: 'here' },
  data,
});

/** An applier over a store that holds one object at most; it counts how often the content of what it holds is read. `lags`: it does not see what is written. */
function applierOverStore() {
  const seen = { reads: 0, writes: 0, lags: false };
  let held: KubeObject | undefined;
  /** The store has got another object, as one does that the watch brought. */
  const hold = ({ data, ...rest }: KubeObject): void => {
    held = Object.defineProperty(rest as KubeObject, 'data', {
      enumerable: true,
      get: () => {
        seen.reads += 1;
        return data;
      },
    });
  };
  let version = 0;
  const write = (object: KubeObject): Promise<KubeObject> => {
    seen.writes += 1;
    version += 1;
    const written = { ...object, metadata: { ...object.metadata, resourceVersion: String(version) } };
    if (!seen.lags) hold(written);
    return Promise.resolve(written);
  };
  const read = (): Promise<KubeObject | undefined> => Promise.resolve(held);
  const verbs = { apply: write, create: write, get: read, patch: read };
  const client = { ...verbs, kindOf: () => builtinKinds.ConfigMap } as unknown as Client;
  const applier = createApplier({
    client,
    fieldManager: 'tester',
    hashAnnotation: 'example.io/hash',
    live: () => held,
  });
  const drift = (data: Record<string, string>): void => hold({ ...(held as KubeObject), data });
  return { applier, seen, drift };
}

describe('an applier over a store', () => {
  it('does not compare again what it found in place', async () => {
    const { applier, seen } = applierOverStore();
    await applier.apply(desired({ a: '1' }));
    expect((await applier.apply(desired({ a: '1' }))).result).toBe('unchanged');
    expect(seen).toMatchObject({ writes: 1 });
    const { reads } = seen;
    expect(reads).toBeGreaterThan(0);
    for (let pass = 0; pass < 3; pass += 1) await applier.apply(desired({ a: '1' }));
    expect(seen).toMatchObject({ reads, writes: 1 });
  });

  it('compares what the store has newly got, though it carries the same hash', async () => {
    const { applier, seen, drift } = applierOverStore();
    await applier.apply(desired({ a: '1' }));
    await applier.apply(desired({ a: '1' }));
    drift({ a: 'somebody else’s' });
    expect((await applier.apply(desired({ a: '1' }))).result).toBe('configured');
    expect(seen.writes).toBe(2);
  });

  it('does not take what it found out of place for in place when it sees that again', async () => {
    const { applier, seen, drift } = applierOverStore();
    await applier.apply(desired({ a: '1' }));
    drift({ a: 'somebody else’s' });
    seen.lags = true;
    await applier.apply(desired({ a: '1' }));
    await applier.apply(desired({ a: '1' }));
    expect(seen.writes).toBe(3);
  });

  it('writes another desired state over an object that it found in place', async () => {
    const { applier, seen } = applierOverStore();
    await applier.apply(desired({ a: '1' }));
    await applier.apply(desired({ a: '1' }));
    expect((await applier.apply(desired({ a: '2' }))).result).toBe('configured');
    expect((await applier.apply(desired({ a: '1' }))).result).toBe('configured');
    expect(seen.writes).toBe(3);
  });
});
