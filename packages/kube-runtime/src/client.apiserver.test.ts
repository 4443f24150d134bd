import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createClient } from './client.ts';
import { loadConnectionConfig } from './connection-config.ts';
import { builtinKinds } from './kinds.ts';
import { configMap, openApi, type ApiFixture } from './testing/api-fixture.ts';
import { createTransport } from './transport.ts';
import type { KubeObject } from './types.ts';

let api: ApiFixture;
beforeAll(async () => {
  api = await openApi(inject('kubeconfig'));
});
afterAll(() => api.close());

const { ConfigMap, NetworkPolicy } = builtinKinds;
const networkPolicy = (name: string): KubeObject => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name, namespace: api.namespace },
  spec: {
    podSelector: {},
    policyTypes: ['Ingress'],
    ingress: [{ from: [{ podSelector: { matchLabels: { app: 'friend' } } }], ports: [{ port: 80 }] }],
  },
});

describe('client against a real API server', () => {
  it('keeps `from` of a NetworkPolicy, by create and by apply', async () => {
    await api.client.create(networkPolicy('created'));
    await api.client.apply(networkPolicy('applied'), { fieldManager: 'test' });
    for (const name of ['created', 'applied']) {
      const read = await api.client.get(NetworkPolicy, { namespace: api.namespace, name });
      expect(read?.['spec']).toMatchObject({
        ingress: [{ from: [{ podSelector: { matchLabels: { app: 'friend' } } }] }],
      });
    }
  });

  it('refuses unknown fields instead of dropping them', async () => {
    const typo = { ...networkPolicy('typo'), spec: { podSelector: {}, ingres: [] } };
    await expect(api.client.apply(typo, { fieldManager: 'test' })).rejects.toMatchObject({ code: 'KUBE_BAD_REQUEST' });
    await expect(api.client.create(typo)).rejects.toMatchObject({ code: 'KUBE_BAD_REQUEST' });
  });

  it('removes a field that is no longer applied, and leaves the fields of others alone', async () => {
    const base = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'shared', namespace: api.namespace } };
    await api.client.apply({ ...base, data: { ours: '1', gone: '1' } }, { fieldManager: 'one' });
    await api.client.apply({ ...base, data: { theirs: '1' } }, { fieldManager: 'two' });
    const after = await api.client.apply({ ...base, data: { ours: '2' } }, { fieldManager: 'one' });
    expect(after).toMatchObject({ data: { ours: '2', theirs: '1' } });
    expect(after.data).not.toHaveProperty('gone');
  });

  it('answers a conflict of managers with a code when not forced', async () => {
    await api.client.apply(configMap(api.namespace, 'owned', 'one'), { fieldManager: 'one' });
    const taking = api.client.apply(configMap(api.namespace, 'owned', 'two'), { fieldManager: 'two', force: false });
    await expect(taking).rejects.toMatchObject({ code: 'KUBE_CONFLICT', status: 409, reason: 'Conflict' });
  });

  it('pages through long lists and gives each object its kind', async () => {
    const names = Array.from({ length: 12 }, (_, index) => `page-${index}`);
    for (const name of names) await api.client.create(configMap(api.namespace, name, 'x', { set: 'pages' }));
    let pages = 0;
    const counting = createClient({
      transport: {
        ...api.transport,
        request: (request) => {
          pages += 1;
          return api.transport.request({ ...request, query: { ...request.query, limit: 5 } });
        },
      },
    });
    const { items, resourceVersion } = await counting.list(ConfigMap, {
      namespace: api.namespace,
      labelSelector: 'set=pages',
    });
    expect(items.map((item) => item.metadata.name).sort()).toEqual(names.sort());
    expect(items.every((item) => item.kind === 'ConfigMap' && item.apiVersion === 'v1')).toBe(true);
    expect(Number(resourceVersion)).toBeGreaterThan(0);
    expect(pages).toBe(3);
  });

  it('fetches metadata without content', async () => {
    await api.client.create({ ...configMap(api.namespace, 'slim', 'secret content', { set: 'slim' }) });
    const one = await api.client.get(ConfigMap, { namespace: api.namespace, name: 'slim' }, { metadataOnly: true });
    const { items } = await api.client.list(ConfigMap, {
      namespace: api.namespace,
      labelSelector: 'set=slim',
      metadataOnly: true,
    });
    for (const object of [one, items[0]]) {
      expect(object).toMatchObject({ kind: 'ConfigMap', metadata: { name: 'slim', labels: { set: 'slim' } } });
      expect(object).not.toHaveProperty('data');
    }
  });

  it('deletes only the object it was told of', async () => {
    const ref = { namespace: api.namespace, name: 'doomed' };
    const first = await api.client.create(configMap(api.namespace, 'doomed'));
    await api.client.delete(ConfigMap, ref);
    const second = await api.client.create(configMap(api.namespace, 'doomed'));
    const stale = api.client.delete(ConfigMap, ref, { uid: first.metadata.uid });
    await expect(stale).rejects.toMatchObject({ code: 'KUBE_CONFLICT' });
    expect(await api.client.get(ConfigMap, ref)).toMatchObject({ metadata: { uid: second.metadata.uid } });
    expect(await api.client.delete(ConfigMap, ref, { uid: second.metadata.uid })).toBe(true);
    expect(await api.client.delete(ConfigMap, ref)).toBe(false);
    expect(await api.client.get(ConfigMap, ref)).toBeUndefined();
  });

  it('writes nothing on a dry run', async () => {
    await api.client.apply(configMap(api.namespace, 'dry'), { fieldManager: 'test', dryRun: true });
    expect(await api.client.get(ConfigMap, { namespace: api.namespace, name: 'dry' })).toBeUndefined();
  });

  it('patches the status subresource and nothing else with it', async () => {
    const name = 'with-status';
    await api.client.create({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name, namespace: api.namespace },
      spec: {
        selector: { matchLabels: { a: 'b' } },
        template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
      },
    });
    const body = { spec: { replicas: 7 }, status: { observedGeneration: 5 } };
    const patched = await api.client.patchStatus(
      builtinKinds.Deployment,
      { namespace: api.namespace, name },
      { type: 'merge', body },
    );
    expect(patched).toMatchObject({ spec: { replicas: 1 }, status: { observedGeneration: 5 } });
    const applied = await api.client.applyStatus(
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name, namespace: api.namespace },
        status: { observedGeneration: 6 },
      },
      { fieldManager: 'status' },
    );
    expect(applied.status).toMatchObject({ observedGeneration: 6 });
  });

  it('says who may not, in a coded error', async () => {
    const config = { ...(await loadConnectionConfig({ kubeconfig: inject('kubeconfig') })), token: 'wrong' };
    const transport = createTransport({ config });
    const stranger = createClient({ transport });
    await expect(stranger.list(ConfigMap)).rejects.toMatchObject({ code: 'KUBE_UNAUTHORIZED', status: 401 });
    await transport.close();
  });

  it('ends a watch when its signal aborts', async () => {
    const { resourceVersion } = await api.client.list(ConfigMap, { namespace: api.namespace });
    const abort = new AbortController();
    const seen: string[] = [];
    const watching = (async () => {
      const events = api.client.watch(ConfigMap, { namespace: api.namespace, resourceVersion, signal: abort.signal });
      for await (const { type, object } of events) {
        if (type !== 'BOOKMARK') seen.push(`${type} ${object.kind} ${object.metadata.name}`);
        if (type === 'ADDED') abort.abort();
      }
    })();
    const ended = expect(watching).rejects.toMatchObject({ code: 'KUBE_ABORTED' });
    await api.client.create(configMap(api.namespace, 'watched'));
    await ended;
    expect(seen).toEqual(['ADDED ConfigMap watched']);
  });
});
