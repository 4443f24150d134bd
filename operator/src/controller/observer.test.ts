import {
  builtinKinds,
  createRuntimeMetrics,
  kindKey,
  type Client,
  type KubeObject,
  type ResourceKind,
  type WatchEvent,
} from '@luna-iems/kube-runtime';
import { createSilentLogger } from '@luna-iems/service-kit';
import { Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OPTIONAL_KINDS } from '../optional-kinds.ts';
import { tenantFixture } from '../testing/fixtures.ts';
import { createObserver, type Observer } from './observer.ts';

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A server that lists what it is given, and whose watches say what the test says. */
function scriptedServer(start: readonly KubeObject[]) {
  const watchers = new Map<string, (event: WatchEvent) => void>();
  const events = async function* (kind: ResourceKind, signal: AbortSignal | undefined): AsyncGenerator<WatchEvent> {
    const waiting: WatchEvent[] = [];
    let wake = (): void => undefined;
    signal?.addEventListener('abort', () => wake());
    watchers.set(kindKey(kind), (event) => {
      waiting.push(event);
      wake();
    });
    while (signal?.aborted !== true) {
      yield* waiting.splice(0);
      await new Promise<void>((resolve) => (wake = resolve));
    }
  };
  const client = {
    list: (kind: ResourceKind, { fieldSelector = '' }: { fieldSelector?: string } = {}) => {
      const items = start.filter(
        (object) => kindKey(object) === kindKey(kind) && fieldSelector.endsWith(fieldSelector && object.metadata.name),
      );
      return Promise.resolve({ items, resourceVersion: '1' });
    },
    watch: (kind: ResourceKind, { signal, fieldSelector = '' }: { signal?: AbortSignal; fieldSelector?: string }) =>
      fieldSelector.includes('httproutes') ? events({ ...kind, kind: 'other' }, signal) : events(kind, signal),
  } as unknown as Client;
  const say = async (type: WatchEvent['type'], object: KubeObject): Promise<void> => {
    watchers.get(kindKey(object))?.({ type, object });
    for (let turn = 0; turn < 4; turn += 1) await settle();
  };
  return { client, say };
}

const version = (object: KubeObject, resourceVersion: string, metadata: object = {}): KubeObject => ({
  ...object,
  metadata: { ...object.metadata, resourceVersion, ...metadata },
});
const child = (kind: 'Secret' | 'ConfigMap'): KubeObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { name: 'thing', namespace: 'luna-demo', labels: { 'luna-iems.io/tenant': 'demo' }, resourceVersion: '1' },
});
const { kind, plural } = OPTIONAL_KINDS.ServiceMonitor;
const definition: KubeObject = {
  apiVersion: builtinKinds.CustomResourceDefinition.apiVersion,
  kind: builtinKinds.CustomResourceDefinition.kind,
  metadata: { name: `${plural}.monitoring.coreos.com`, resourceVersion: '1' },
};
const tenant = tenantFixture({}, { resourceVersion: '1' }) as unknown as KubeObject;

describe('createObserver', () => {
  const own = { phase: 'Ready', observedGeneration: 3 };
  let server: ReturnType<typeof scriptedServer>;
  let observer: Observer;
  let woken: string[];
  let stop: AbortController;
  let ends: Promise<void>;
  beforeEach(async () => {
    server = scriptedServer([tenant, child('Secret'), child('ConfigMap')]);
    observer = createObserver({
      client: server.client,
      logger: createSilentLogger(),
      metrics: createRuntimeMetrics(new Registry()),
      isOwnStatus: ({ status }) => JSON.stringify(status) === JSON.stringify(own),
    });
    stop = new AbortController();
    ends = observer.run(stop.signal);
    await Promise.all(observer.sources.map(({ synced }) => synced));
    await settle();
    woken = [];
    for (const source of observer.sources) source.start((key) => woken.push(key));
    woken.splice(0);
  });
  afterEach(async () => {
    stop.abort();
    await ends;
  });

  it('is woken by a Secret of which nothing but the version changed, for its content is not known', async () => {
    await server.say('MODIFIED', version(child('Secret'), '2', { managedFields: [{ manager: 'kubectl' }] }));
    expect(woken).toEqual(['demo']);
  });

  it('is not woken by another object of which nothing but the version changed', async () => {
    await server.say('MODIFIED', version(child('ConfigMap'), '2', { managedFields: [{ manager: 'kubectl' }] }));
    expect(woken).toEqual([]);
    await server.say('MODIFIED', { ...version(child('ConfigMap'), '3'), data: { a: 'b' } });
    expect(woken).toEqual(['demo']);
  });

  it('is woken by a foreign status and not by its own', async () => {
    await server.say('MODIFIED', { ...version(tenant, '2'), status: own });
    expect(woken).toEqual([]);
    await server.say('MODIFIED', { ...version(tenant, '3'), status: { ...own, phase: 'Provisioning' } });
    expect(woken).toEqual(['demo']);
    await server.say('MODIFIED', { ...version(tenant, '4'), status: { ...own, observedGeneration: 2 } });
    expect(woken).toEqual(['demo', 'demo']);
  });

  it('gives a tenant that has no spec an empty one', async () => {
    await server.say('MODIFIED', { ...version(tenant, '2'), spec: null });
    expect(observer.tenant('demo')?.spec).toEqual({});
  });

  it('knows an optional kind from its CRD’s coming to its going, and tells everybody of both', async () => {
    expect(observer.available()).toEqual(new Set());
    await server.say('ADDED', definition);
    expect(observer.available()).toEqual(new Set([kind]));
    expect(woken).toEqual(['demo']);
    await server.say('DELETED', version(definition, '2'));
    expect(observer.available()).toEqual(new Set());
    expect(woken).toEqual(['demo', 'demo']);
    await server.say('ADDED', version(definition, '3'));
    expect(observer.available()).toEqual(new Set([kind]));
  });
});
