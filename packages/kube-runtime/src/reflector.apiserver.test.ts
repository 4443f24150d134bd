import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startApiServer, type ApiServer } from '../../../hack/apiserver/index.ts';
import { createClient } from './client.ts';
import { builtinKinds, refOf } from './kinds.ts';
import { createReflector, type Change, type Reflector, type ReflectorDeps } from './reflector.ts';
import { configMap, eventually, openApi, type ApiFixture } from './testing/api-fixture.ts';
import { startTcpProxy, type TcpProxy } from './testing/tcp-proxy.ts';
import { createTransport } from './transport.ts';
import type { KubeObject, KubeResource } from './types.ts';

const { ConfigMap } = builtinKinds;
const quick = { baseMs: 20, maxMs: 200 };
/** A server of our own: these tests take it down. */
let server: ApiServer;
let api: ApiFixture;
let proxy: TcpProxy;
let stop: AbortController;
let running: Promise<void>[];

beforeAll(async () => {
  server = await startApiServer();
});
afterAll(() => server.stop());
beforeEach(async () => {
  api = await openApi(server.adminKubeconfig);
  proxy = await startTcpProxy(Number(new URL(server.url).port));
  stop = new AbortController();
  running = [];
});
afterEach(async () => {
  stop.abort();
  await Promise.all(running);
  await proxy.close();
  await api.close();
});

const reflect = <T extends KubeResource = KubeObject>(deps: Partial<ReflectorDeps<T>> = {}): Reflector<T> => {
  const reflector = createReflector<T>({
    client: api.client,
    kind: ConfigMap,
    namespace: api.namespace,
    backoff: quick,
    ...deps,
  });
  running.push(reflector.run(stop.signal));
  return reflector;
};
const namesIn = (reflector: Reflector<KubeResource>): string[] =>
  reflector.store
    .list()
    .map((object) => object.metadata.name)
    .filter((name) => name !== 'kube-root-ca.crt')
    .sort();
const add = (name: string, labels = {}): Promise<KubeObject> =>
  api.client.create(configMap(api.namespace, name, 'x', labels));
const remove = (name: string): Promise<boolean> => api.client.delete(ConfigMap, { namespace: api.namespace, name });
const throughProxy = (): ReturnType<typeof createClient> =>
  createClient({
    transport: createTransport({ config: { ...api.config, server: `https://127.0.0.1:${proxy.port}` } }),
  });

describe('reflector against a real API server', () => {
  it('mirrors additions, updates and deletions, and tells of each', async () => {
    await add('before');
    const reflector = reflect();
    const told: string[] = [];
    await reflector.synced;
    reflector.subscribe((change) =>
      told.push(`${change.type} ${change.object.metadata.name} ${change.initial ? 'initial' : 'live'}`),
    );
    await add('after');
    await api.client.patch(ConfigMap, refOf(configMap(api.namespace, 'after')), {
      type: 'merge',
      body: { data: { value: 'y' } },
    });
    await remove('before');
    await eventually('the deletion', () => namesIn(reflector).join() === 'after');
    expect(told).toEqual(['added before initial', 'added after live', 'updated after live', 'deleted before live']);
    expect(reflector.store.get(`${api.namespace}/after`)).toMatchObject({ data: { value: 'y' } });
  });

  it('keeps to its selector, also when an object leaves it', async () => {
    const reflector = reflect({ labelSelector: 'watch=me' });
    await reflector.synced;
    await add('seen', { watch: 'me' });
    await add('unseen', { watch: 'not' });
    await eventually('the labelled one', () => namesIn(reflector).join() === 'seen');
    await api.client.patch(
      ConfigMap,
      { namespace: api.namespace, name: 'seen' },
      { type: 'merge', body: { metadata: { labels: null } } },
    );
    await eventually('its leaving', () => reflector.store.size === 0);
  });

  it('holds metadata only when told so', async () => {
    const reflector = reflect({ metadataOnly: true });
    await reflector.synced;
    await add('slim');
    await eventually('the object', () => namesIn(reflector).includes('slim'));
    const object = reflector.store.get(`${api.namespace}/slim`);
    expect(object).toMatchObject({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'slim' } });
    expect(object).not.toHaveProperty('data');
  });

  it('goes on after the connection was cut, without listing again', async () => {
    let lists = 0;
    const client = throughProxy();
    const counting = { ...client, list: ((...args) => ((lists += 1), client.list(...args))) as typeof client.list };
    const reflector = reflect({ client: counting });
    await reflector.synced;
    for (const name of ['one', 'two']) {
      proxy.cut();
      await add(name);
      await eventually(name, () => namesIn(reflector).includes(name));
    }
    expect(lists).toBe(1);
  });

  it('notices a connection that fell silent', async () => {
    const reflector = reflect({ client: throughProxy(), inactivityMs: 1000 });
    await reflector.synced;
    await add('first');
    await eventually('first', () => namesIn(reflector).includes('first'));
    proxy.silence();
    await add('second');
    await eventually('second', () => namesIn(reflector).includes('second'));
  });

  it('survives a restart of the API server, and the expiry of its place in history', async () => {
    const reflector = reflect();
    const told: Change<KubeObject>[] = [];
    await add('doomed');
    await add('stays');
    await eventually('both', () => namesIn(reflector).length === 2);
    const { resourceVersion } = await api.client.list(ConfigMap, { namespace: api.namespace });
    reflector.subscribe((change) => told.push(change));
    await server.down();
    await server.up();
    await remove('doomed');
    await add('later');
    await eventually('the new state', () => namesIn(reflector).join() === 'later,stays');
    const deletion = told.find((change) => change.type === 'deleted');
    expect(deletion?.object.metadata.name).toBe('doomed');
    await server.restart();
    // A restarted server remembers nothing from before: what the reflector just lived through really is a 410.
    const watching = (async () => {
      for await (const _ of api.client.watch(ConfigMap, {
        namespace: api.namespace,
        resourceVersion: String(Number(resourceVersion) - 100),
      }))
        return;
    })();
    await expect(watching).rejects.toMatchObject({ code: 'KUBE_EXPIRED' });
    await add('last');
    await eventually('the last one', () => namesIn(reflector).includes('last'));
  });

  it('ends at once when its signal aborts, and only then', async () => {
    const reflector = reflect();
    await reflector.synced;
    stop.abort();
    await Promise.all(running);
    await add('unseen');
    expect(namesIn(reflector)).toEqual([]);
  });
});
