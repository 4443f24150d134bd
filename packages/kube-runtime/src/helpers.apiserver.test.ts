import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createEventRecorder } from './events.ts';
import { ensureFinalizer, removeFinalizer } from './finalizer.ts';
import { builtinKinds, refOf } from './kinds.ts';
import { configMap, openApi, type ApiFixture } from './testing/api-fixture.ts';
import { createFakeClock } from './testing/fake-clock.ts';
import type { KubeObject } from './types.ts';

const { ConfigMap, Event } = builtinKinds;
let api: ApiFixture;
beforeAll(async () => {
  api = await openApi(inject('kubeconfig'));
});
afterAll(() => api.close());
const read = (object: KubeObject): Promise<KubeObject | undefined> => api.client.get(ConfigMap, refOf(object));

describe('finalizers against a real API server', () => {
  it('adds once, holds the object until removed, and then lets it go', async () => {
    const object = await api.client.create(configMap(api.namespace, 'finalized'));
    const held = await ensureFinalizer(api.client, ConfigMap, object, 'test.io/a');
    expect(held.metadata.finalizers).toEqual(['test.io/a']);
    expect(await ensureFinalizer(api.client, ConfigMap, held, 'test.io/a')).toBe(held);
    await api.client.delete(ConfigMap, refOf(object));
    const terminating = await read(object);
    expect(terminating?.metadata.deletionTimestamp).toBeDefined();
    await removeFinalizer(api.client, ConfigMap, held, 'test.io/a');
    expect(await read(object)).toBeUndefined();
    await removeFinalizer(api.client, ConfigMap, held, 'test.io/a');
  });

  it('never loses a finalizer that somebody else set meanwhile', async () => {
    const old = await api.client.create(configMap(api.namespace, 'contested'));
    const theirs = await ensureFinalizer(api.client, ConfigMap, old, 'test.io/theirs');
    await expect(ensureFinalizer(api.client, ConfigMap, old, 'test.io/ours')).rejects.toMatchObject({
      code: 'KUBE_INVALID',
    });
    const both = await ensureFinalizer(api.client, ConfigMap, theirs, 'test.io/ours');
    expect(both.metadata.finalizers).toEqual(['test.io/theirs', 'test.io/ours']);
    await removeFinalizer(api.client, ConfigMap, both, 'test.io/theirs');
    // `both` is old now: ours has moved to the place where theirs was.
    await expect(removeFinalizer(api.client, ConfigMap, both, 'test.io/ours')).rejects.toMatchObject({
      code: 'KUBE_INVALID',
    });
    expect((await read(old))?.metadata.finalizers).toEqual(['test.io/ours']);
  });

  it('leaves a later object of the same name alone', async () => {
    const first = await api.client.create(configMap(api.namespace, 'twice'));
    await api.client.delete(ConfigMap, refOf(first));
    await api.client.create(configMap(api.namespace, 'twice'));
    await expect(ensureFinalizer(api.client, ConfigMap, first, 'test.io/a')).rejects.toMatchObject({
      code: 'KUBE_INVALID',
    });
    expect((await read(first))?.metadata.finalizers).toBeUndefined();
  });
});

describe('events against a real API server', () => {
  const recorderAt = (): {
    recorder: ReturnType<typeof createEventRecorder>;
    clock: ReturnType<typeof createFakeClock>;
  } => {
    const clock = createFakeClock();
    return {
      clock,
      recorder: createEventRecorder({ client: api.client, controller: 'test.io/tester', instance: 'pod-1', clock }),
    };
  };
  const eventsOf = async (name: string): Promise<KubeObject[]> =>
    (await api.client.list(Event, { fieldSelector: `regarding.name=${name}` })).items;

  it('writes one event per transition and counts repeats', async () => {
    const { recorder, clock } = recorderAt();
    const regarding = await api.client.create(configMap(api.namespace, 'eventful'));
    const event = { regarding, type: 'Warning', reason: 'Broken', action: 'Reconcile', note: 'it broke' } as const;
    recorder.record(event);
    recorder.record(event);
    recorder.record({ ...event, reason: 'Mended', type: 'Normal' });
    recorder.record(event);
    await recorder.flush();
    const events = await eventsOf('eventful');
    expect(
      events.map((one) => [one['reason'], (one['series'] as { count?: number } | undefined)?.count]).sort(),
    ).toEqual([
      ['Broken', 3],
      ['Mended', undefined],
    ]);
    expect(events[0]).toMatchObject({
      metadata: { namespace: api.namespace },
      reportingController: 'test.io/tester',
      reportingInstance: 'pod-1',
    });
    await clock.advance(700_000);
    recorder.record(event);
    await recorder.flush();
    expect(await eventsOf('eventful')).toHaveLength(3);
  });

  it('files events about cluster-scoped objects under default, and swallows what the server refuses', async () => {
    const { recorder } = recorderAt();
    const regarding = await api.client.create({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: `${api.namespace}-x` },
    });
    recorder.record({ regarding, type: 'Normal', reason: 'R', action: 'A', note: 'n'.repeat(5000) });
    recorder.record({ regarding, type: 'Normal', reason: '', action: '', note: '' });
    await recorder.flush();
    expect(await eventsOf(`${api.namespace}-x`)).toMatchObject([{ metadata: { namespace: 'default' }, reason: 'R' }]);
  });
});
