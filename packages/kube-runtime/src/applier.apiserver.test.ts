import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createApplier, type Applier } from './applier.ts';
import { createClient } from './client.ts';
import { builtinKinds, refOf } from './kinds.ts';
import { configMap, openApi, type ApiFixture } from './testing/api-fixture.ts';
import { createFaultTransport, type FaultTransport } from './testing/fault-transport.ts';
import type { KubeObject } from './types.ts';

const { ConfigMap, Deployment, NetworkPolicy, PersistentVolumeClaim, Secret } = builtinKinds;
const fieldManager = 'tester';
let api: ApiFixture;
let transport: FaultTransport;
let applier: Applier;

beforeAll(async () => {
  api = await openApi(inject('kubeconfig'));
  transport = createFaultTransport(api.transport);
  applier = createApplier({ client: createClient({ transport }), fieldManager, hashAnnotation: 'test.io/hash' });
});
afterAll(() => api.close());

const inNamespace = (
  object: Omit<KubeObject, 'metadata'> & { name: string; labels?: Record<string, string> },
): KubeObject => {
  const { name, labels = {}, ...rest } = object;
  return { ...rest, metadata: { name, namespace: api.namespace, labels } } as KubeObject;
};
const pod = {
  securityContext: { runAsNonRoot: true },
  volumes: [{ name: 'tmp', emptyDir: {} }],
  containers: [
    {
      name: 'main',
      image: 'image:1',
      args: ['--a', '--b'],
      env: [
        { name: 'EMPTY', value: '' },
        { name: 'NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
      ],
      ports: [{ name: 'http', containerPort: 80 }],
      // Each of these is rewritten or defaulted by the server.
      resources: { limits: { cpu: '1000m', memory: '1024Mi' }, requests: { cpu: 0.5, memory: '512Mi' } },
      readinessProbe: { httpGet: { path: '/', port: 'http' } },
      volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }],
    },
  ],
  hostNetwork: false,
};
const template = { metadata: { labels: { a: 'b' } }, spec: pod };
const everything = (): KubeObject[] => [
  inNamespace({ apiVersion: 'v1', kind: 'ConfigMap', name: 'config', data: { a: '1' } }),
  inNamespace({ apiVersion: 'v1', kind: 'Secret', name: 'secret', stringData: { password: 'p' } }),
  inNamespace({ apiVersion: 'v1', kind: 'ServiceAccount', name: 'account', automountServiceAccountToken: false }),
  inNamespace({
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    name: 'quota',
    spec: { hard: { 'limits.cpu': '2000m', pods: 20 } },
  }),
  inNamespace({
    apiVersion: 'v1',
    kind: 'LimitRange',
    name: 'limits',
    spec: { limits: [{ type: 'Container', default: { cpu: '500m', memory: '1Gi' }, defaultRequest: { cpu: '0.1' } }] },
  }),
  inNamespace({
    apiVersion: 'v1',
    kind: 'Service',
    name: 'service',
    spec: { selector: { a: 'b' }, ports: [{ name: 'http', port: 80, targetPort: 'http' }] },
  }),
  inNamespace({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    name: 'claim',
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1024Mi' } } },
  }),
  inNamespace({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    name: 'deployment',
    spec: { selector: { matchLabels: { a: 'b' } }, template },
  }),
  inNamespace({
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    name: 'stateful',
    spec: {
      serviceName: 'service',
      selector: { matchLabels: { a: 'b' } },
      template,
      volumeClaimTemplates: [
        {
          metadata: { name: 'data' },
          spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '2048Mi' } } },
        },
      ],
    },
  }),
  inNamespace({
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    name: 'cron',
    spec: { schedule: '* * * * *', jobTemplate: { spec: { template: { spec: { ...pod, restartPolicy: 'Never' } } } } },
  }),
  inNamespace({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    name: 'deny',
    spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'], ingress: [], egress: [] },
  }),
  inNamespace({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    name: 'allow',
    spec: {
      podSelector: { matchLabels: { a: 'b' } },
      ingress: [{ from: [{ podSelector: { matchLabels: { c: 'd' } } }], ports: [{ port: 80 }] }],
    },
  }),
  inNamespace({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'Role',
    name: 'role',
    rules: [{ apiGroups: ['batch'], resources: ['cronjobs'], resourceNames: ['cron'], verbs: ['get', 'patch'] }],
  }),
  inNamespace({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    name: 'binding',
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'role' },
    subjects: [{ kind: 'ServiceAccount', apiGroup: '', name: 'account', namespace: api.namespace }],
  }),
  inNamespace({
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    name: 'budget',
    spec: { maxUnavailable: 1, selector: { matchLabels: { a: 'b' } } },
  }),
  inNamespace({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    name: 'ingress',
    spec: {
      rules: [
        {
          host: 'x.test',
          http: {
            paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'service', port: { number: 80 } } } }],
          },
        },
      ],
    },
  }),
];

const read = async (object: KubeObject): Promise<KubeObject | undefined> =>
  api.client.get(api.client.kindOf(object), refOf(object));

describe('applier against a real API server', () => {
  it('writes each kind once, and in a steady state nothing', async () => {
    for (const object of everything()) expect((await applier.apply(object)).result).toBe('created');
    const versions = await Promise.all(everything().map(read));
    const before = transport.writes.length;
    const results = [];
    for (const object of everything())
      results.push(`${object.kind} ${object.metadata.name} ${(await applier.apply(object)).result}`);
    expect(results.filter((result) => !result.endsWith('unchanged'))).toEqual([]);
    expect(transport.writes.length - before).toBe(0);
    const after = await Promise.all(everything().map(read));
    expect(after.map((one) => one?.metadata.resourceVersion)).toEqual(
      versions.map((one) => one?.metadata.resourceVersion),
    );
  });

  it('repairs a changed value with one write', async () => {
    const object = configMap(api.namespace, 'drift', 'right');
    await applier.apply(object);
    await api.client.patch(ConfigMap, refOf(object), { type: 'merge', body: { data: { value: 'wrong' } } });
    const before = transport.writes.length;
    expect(await applier.apply(object)).toMatchObject({ result: 'configured', object: { data: { value: 'right' } } });
    expect((await applier.apply(object)).result).toBe('unchanged');
    expect(transport.writes.length - before).toBe(1);
  });

  it('notices a rule somebody widened inside an atomic list', async () => {
    const object = inNamespace({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      name: 'widened',
      spec: {
        podSelector: {},
        policyTypes: ['Ingress'],
        ingress: [{ from: [{ podSelector: { matchLabels: { a: 'b' } } }] }],
      },
    });
    await applier.apply(object);
    const operations = [{ op: 'add', path: '/spec/ingress/0/from/-', value: { podSelector: {} } }] as const;
    await api.client.patch(NetworkPolicy, refOf(object), { type: 'json', operations }, { fieldManager: 'intruder' });
    expect((await applier.apply(object)).result).toBe('configured');
    expect(await read(object)).toMatchObject({
      spec: { ingress: [{ from: [{ podSelector: { matchLabels: { a: 'b' } } }] }] },
    });
    // A narrowed element keeps every desired value, yet is not what was applied.
    const narrowed = [{ op: 'add', path: '/spec/ingress/0/ports', value: [{ port: 1 }] }] as const;
    await api.client.patch(
      NetworkPolicy,
      refOf(object),
      { type: 'json', operations: narrowed },
      { fieldManager: 'intruder' },
    );
    expect((await applier.apply(object)).result).toBe('configured');
    expect((await read(object))?.['spec']).not.toHaveProperty('ingress.0.ports');
  });

  it('removes what left the desired state and keeps what others added', async () => {
    const object = configMap(api.namespace, 'fields', 'x', { ours: 'yes' });
    await applier.apply(object);
    await api.client.patch(
      ConfigMap,
      refOf(object),
      { type: 'merge', body: { metadata: { labels: { theirs: 'yes' } } } },
      { fieldManager: 'other' },
    );
    expect((await applier.apply(object)).result).toBe('unchanged');
    expect((await applier.apply(configMap(api.namespace, 'fields', 'x'))).result).toBe('configured');
    expect((await read(object))?.metadata.labels).toEqual({ theirs: 'yes' });
  });

  it('takes fields of its own creation away, and no others, whatever changed in between', async () => {
    const object = (more: object): KubeObject =>
      inNamespace({ apiVersion: 'apps/v1', kind: 'Deployment', name: 'shrinks', spec: { ...spec, ...more } });
    const spec = { selector: { matchLabels: { a: 'b' } }, template };
    const first = object({ minReadySeconds: 7, progressDeadlineSeconds: 99 });
    await applier.apply(first);
    const body = { metadata: { labels: { theirs: 'yes' } } };
    await api.client.patch(Deployment, refOf(first), { type: 'merge', body }, { fieldManager: 'other' });
    const before = transport.writes.length;
    expect((await applier.apply(object({ progressDeadlineSeconds: 100 }))).result).toBe('configured');
    expect(transport.writes.length - before).toBe(2);
    const after = await read(first);
    expect(after).toMatchObject({ metadata: { labels: { theirs: 'yes' } }, spec: { progressDeadlineSeconds: 100 } });
    expect(after?.['spec']).not.toHaveProperty('minReadySeconds');
    expect((await applier.apply(object({ progressDeadlineSeconds: 100 }))).result).toBe('unchanged');
    expect((await applier.apply(object({}))).result).toBe('configured');
    expect(transport.writes.length - before).toBe(3);
    expect(await read(first)).toMatchObject({ spec: { progressDeadlineSeconds: 600 } });
  });

  it('takes its creation over from a view that is too old, or has no managed fields', async () => {
    const object = (...keys: string[]): KubeObject =>
      inNamespace({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        name: 'seen-late',
        data: Object.fromEntries(keys.map((key) => [key, key])),
      });
    const { object: old } = await applier.apply(object('a', 'b', 'c'));
    const body = { metadata: { labels: { theirs: 'yes' } } };
    await api.client.patch(ConfigMap, refOf(old), { type: 'merge', body }, { fieldManager: 'other' });
    const { managedFields: _fields, ...bare } = old.metadata;
    const views = [undefined, old, { ...old, metadata: bare }];
    for (const [index, view] of views.entries()) {
      const stale = createApplier({
        client: api.client,
        fieldManager,
        hashAnnotation: 'test.io/hash',
        live: () => view,
      });
      const wanted = object(...['a', 'b', 'c'].slice(0, 2 - index));
      expect((await stale.apply(wanted)).result).toBe('configured');
      expect(Object.keys((await read(old))?.['data'] ?? {})).toEqual(Object.keys(wanted['data'] as object));
    }
    expect((await read(old))?.metadata.labels).toEqual({ theirs: 'yes' });
  });

  it('creates, or takes over what somebody else made, as it is told', async () => {
    const object = configMap(api.namespace, 'contested', 'ours');
    await api.client.create(configMap(api.namespace, 'contested', 'theirs'), { fieldManager: 'other' });
    await expect(applier.create(object)).rejects.toMatchObject({ code: 'KUBE_ALREADY_EXISTS' });
    const blind = createApplier({
      client: api.client,
      fieldManager,
      hashAnnotation: 'test.io/hash',
      live: () => undefined,
    });
    expect(await blind.apply(object)).toMatchObject({ result: 'configured', object: { data: { value: 'ours' } } });
  });

  it('leaves alone what somebody else made, where it is told to, and knows its own without a view', async () => {
    const object = configMap(api.namespace, 'kept-apart', 'ours');
    const theirs = configMap(api.namespace, 'kept-apart', 'theirs');
    await api.client.create(theirs, { fieldManager: 'other' });
    const blind = createApplier({
      client: api.client,
      fieldManager,
      hashAnnotation: 'test.io/hash',
      live: () => undefined,
      mayTakeOver: () => false,
    });
    await expect(blind.apply(object)).rejects.toMatchObject({
      code: 'KUBE_ALREADY_EXISTS',
      message: expect.stringMatching(/ConfigMap .*kept-apart exists already .* stays untouched/) as string,
    });
    expect(await read(object)).toMatchObject({ data: theirs['data'] as object });
    await api.client.delete(ConfigMap, refOf(theirs));
    expect((await blind.apply(object)).result).toBe('created');
    expect((await blind.apply(configMap(api.namespace, 'kept-apart', 'changed'))).result).toBe('configured');
  });

  it('tells of what it wrote and of what it found in place, and believes what is given for that', async () => {
    const told: string[] = [];
    const seen = new Map<string, KubeObject>();
    const client = createClient({ transport });
    const telling = createApplier({
      client,
      fieldManager,
      hashAnnotation: 'test.io/hash',
      live: (_kind, { name }) => seen.get(name),
      wrote: (_kind, written) => {
        told.push(`wrote ${written.metadata.name}`);
        seen.set(written.metadata.name, written);
      },
      settled: (_kind, { apiVersion, kind, metadata: { managedFields: _fields, ...metadata } }) => {
        told.push(`settled ${metadata.name}`);
        const smaller = { apiVersion, kind, metadata };
        seen.set(metadata.name, smaller);
        return smaller;
      },
    });
    const object = configMap(api.namespace, 'told', 'x');
    const results = [];
    for (let pass = 0; pass < 4; pass += 1) results.push((await telling.apply(object)).result);
    expect(results).toEqual(['created', 'unchanged', 'unchanged', 'unchanged']);
    expect(told).toEqual(['wrote told', 'settled told']);
    expect(seen.get('told')).not.toHaveProperty('data');
    expect((await telling.apply(configMap(api.namespace, 'told', 'y'))).result).toBe('configured');
  });

  it('never touches a secret that exists', async () => {
    const secret = (password: string): KubeObject =>
      inNamespace({ apiVersion: 'v1', kind: 'Secret', name: 'once', stringData: { password } });
    expect((await applier.createOnce(secret('first'))).result).toBe('created');
    const stale = createApplier({
      client: api.client,
      fieldManager,
      hashAnnotation: 'test.io/hash',
      live: () => undefined,
    });
    expect((await stale.createOnce(secret('second'))).result).toBe('unchanged');
    expect(await read(secret(''))).toMatchObject({ data: { password: Buffer.from('first').toString('base64') } });
  });

  it('prunes by label, but neither data, nor what is spared, nor what has another owner', async () => {
    const labels = { set: 'prune' };
    const claim = inNamespace({
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      name: 'pruned-claim',
      labels,
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    });
    const owner = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      name: 'x',
      uid: '5d0b1b5e-6d3f-4c0c-9d4f-0d6a3f2b1c11',
      controller: true,
    };
    const owned = configMap(api.namespace, 'owned-by-other', 'x', labels);
    const kept = configMap(api.namespace, 'kept', 'x', labels);
    const objects = [
      kept,
      configMap(api.namespace, 'gone', 'x', labels),
      configMap(api.namespace, 'spared', 'x', labels),
      configMap(api.namespace, 'foreign', 'x', { set: 'other' }),
      { ...owned, metadata: { ...owned.metadata, ownerReferences: [owner] } },
      claim,
      inNamespace({ apiVersion: 'v1', kind: 'Secret', name: 'pruned-secret', labels }),
    ];
    for (const object of objects) await applier.apply(object);
    const scope = { kinds: [ConfigMap, Secret, PersistentVolumeClaim], namespace: api.namespace, labels };
    const spare = (object: { metadata: { name: string } }): boolean => object.metadata.name === 'spared';
    const pruned = await applier.prune([kept], { ...scope, spare });
    expect(pruned.map((object) => object.metadata.name)).toEqual(['gone']);
    const destroyed = await applier.prune([kept], { ...scope, spare, alsoDestroy: ['Secret'] });
    expect(destroyed.map((object) => object.metadata.name)).toEqual(['pruned-secret']);
    expect(await read(claim)).toBeDefined();
    await expect(applier.prune([], { ...scope, labels: {} })).rejects.toThrow(RangeError);
  });

  it('spares an object that was made anew since the candidates were listed', async () => {
    const object = configMap(api.namespace, 'reborn', 'x', { set: 'reborn' });
    const old = await api.client.create(object);
    await api.client.delete(ConfigMap, refOf(object));
    await api.client.create(object);
    const stale = createApplier({
      client: api.client,
      fieldManager,
      hashAnnotation: 'test.io/hash',
      candidates: () => [old],
    });
    expect(await stale.prune([], { kinds: [ConfigMap], labels: { set: 'reborn' } })).toEqual([]);
    expect(await read(object)).toBeDefined();
  });
});
