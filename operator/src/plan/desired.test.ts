import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { platformFixture, specFixture, tenantFixture } from '../testing/fixtures.ts';
import type { LunaTenant, LunaTenantSpec } from '../tenant.ts';
import { desired, planProblem, type Facts } from './desired.ts';
import { modelNames } from './ollama.ts';
import type { Container, PodSpec } from './pod.ts';

const FACTS: Facts = {
  apiServer: [{ address: '10.0.0.1', port: 6443 }],
  pulling: true,
  available: new Set(['HTTPRoute', 'ServiceMonitor']),
};

const quantities = fc.record(
  { cpu: fc.constantFrom('25m', '1', 2), memory: fc.constantFrom('64Mi', '2Gi') },
  { requiredKeys: [] },
);
const resources = fc.record({ requests: quantities, limits: quantities }, { requiredKeys: [] });
const storage = fc.record(
  { size: fc.constantFrom('1Gi', '500Gi'), className: fc.constant('fast') },
  { requiredKeys: ['size'] },
);

const scheduling = fc.record(
  {
    nodeSelector: fc.dictionary(fc.constantFrom('disk', 'zone'), fc.constant('a')),
    tolerations: fc.array(fc.record({ operator: fc.constant('Exists' as const) })),
    affinity: fc.object(),
    priorityClassName: fc.constant('high'),
  },
  { requiredKeys: [] },
);
const image = fc.option(fc.constant('own/image:1'), { nil: undefined });
const marks = fc.dictionary(fc.constantFrom('example.com/a', 'luna-iems.io/tenant', 'b'), fc.constant('c'));

const specs: fc.Arbitrary<LunaTenantSpec> = fc
  .record({
    namespace: fc.option(fc.constant('customer-7'), { nil: undefined }),
    database: fc.record({ storage, resources, image }),
    vectorStore: fc.record({ storage, resources, image }),
    extraction: fc.record(
      { resources, image, ocrLanguages: fc.constant(['deu', 'fra']), timeoutSeconds: fc.constantFrom(40, 300) },
      { requiredKeys: ['resources'] },
    ),
    models: fc.record({
      embedding: fc.record({
        name: fc.constantFrom('all-minilm', 'a/b:c'),
        dimensions: fc.integer({ min: 1, max: 4096 }),
      }),
      chat: fc.option(fc.record({ name: fc.constant('qwen2.5:1.5b') }), { nil: undefined }),
      source: fc.constantFrom(
        { type: 'registry' as const },
        { type: 'image' as const, image: 'own:1' },
        { type: 'image' as const },
      ),
      storage,
      resources,
      scheduling,
      serverImage: image,
    }),
    api: fc.record({
      replicas: fc.integer({ min: 1, max: 10 }),
      resources,
      image,
      httpRoute: fc.option(fc.constant({ hostnames: ['b.example.com'], parentRefs: [{ name: 'public' }] }), {
        nil: undefined,
      }),
      ingress: fc.option(fc.record({ host: fc.constant('a.example.com'), tlsSecretName: fc.constant('tls') }), {
        nil: undefined,
      }),
    }),
    objectStore: fc.option(
      fc.record(
        {
          enabled: fc.boolean(),
          storage,
          resources,
          image,
          s3: fc.constant({
            endpoint: 'https://s3.example.com',
            bucket: 'originals',
            region: 'us-east-1',
            secretName: 'keys',
            cidrs: ['192.0.2.0/24'],
          }),
        },
        { requiredKeys: ['enabled', 'storage'] },
      ),
      { nil: undefined },
    ),
    simulation: fc.record({
      enabled: fc.boolean(),
      schedule: fc.constant('* * * * *'),
      config: fc.object(),
      seeds: fc.constantFrom(
        undefined,
        [{ name: 'a', configMap: { name: 'own' } }],
        [{ name: 'b', persistentVolumeClaim: { claimName: 'own' } }],
      ),
      resources,
      image,
    }),
    scheduling,
    imagePullSecrets: fc.array(fc.constantFrom('a', 'b')),
    monitoring: fc.record({
      serviceMonitor: fc.constantFrom('auto' as const, 'enabled' as const, 'disabled' as const),
    }),
    hibernate: fc.boolean(),
  })
  .map((changes) => specFixture(JSON.parse(JSON.stringify(changes)) as Partial<LunaTenantSpec>));

const plan = (spec: LunaTenantSpec): ReturnType<typeof desired> =>
  desired({ ...tenantFixture(), spec }, platformFixture(), FACTS);

/** The pod template of an object that has one. */
function podOf(object: {
  kind: string;
  spec?: unknown;
}): { metadata: { labels: Record<string, string> }; spec: PodSpec } | undefined {
  const spec = (
    object.kind === 'CronJob' ? (object.spec as { jobTemplate: { spec: unknown } }).jobTemplate.spec : object.spec
  ) as { template?: { metadata: { labels: Record<string, string> }; spec: PodSpec } } | undefined;
  return spec?.template;
}

function problemsOf(pod: PodSpec): string[] {
  const context = pod.securityContext as {
    runAsNonRoot?: boolean;
    runAsUser?: number;
    seccompProfile?: { type: string };
  };
  const containers: Container[] = [...(pod.initContainers ?? []), ...pod.containers];
  const checks: [string, boolean][] = [
    ['runs as root', context.runAsNonRoot === true && (context.runAsUser ?? 0) > 0],
    ['has no seccomp profile', context.seccompProfile?.type === 'RuntimeDefault'],
    ['mounts a token', !pod.automountServiceAccountToken || pod.serviceAccountName === 'tenant-api'],
    [
      'uses a volume that restricted forbids',
      pod.volumes.every((volume) => /emptyDir|configMap|secret|persistentVolumeClaim/.test(Object.keys(volume).join())),
    ],
    ...containers.flatMap(({ name, securityContext: own, resources: figures, env, image }): [string, boolean][] => [
      [`${name} may escalate`, !own.allowPrivilegeEscalation],
      [`${name} keeps capabilities`, own.capabilities.drop.join() === 'ALL'],
      [`${name} writes its root`, own.readOnlyRootFilesystem],
      [`${name} requests nothing`, figures.requests?.['cpu'] !== undefined && figures.requests['memory'] !== undefined],
      [`${name} has no memory limit`, figures.limits?.['memory'] !== undefined],
      [`${name} has no image`, image !== ''],
      [
        `${name} has a password in its environment`,
        env.every((entry) => 'valueFrom' in entry || !/PASSWORD|KEY$/.test(entry.name)),
      ],
    ]),
  ];
  return checks.filter(([, good]) => !good).map(([problem]) => problem);
}

describe('the plan', () => {
  it('has only pods that Pod Security restricted admits, for any spec', () => {
    fc.assert(
      fc.property(specs, (spec) => {
        const pods = plan(spec).flatMap(({ object }) => podOf(object as { kind: string }) ?? []);
        expect(pods.length).toBeGreaterThanOrEqual(6);
        expect(pods.flatMap((pod) => problemsOf(pod.spec))).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  it('names each object once, in one namespace, with the labels by which it is found again', () => {
    fc.assert(
      fc.property(specs, marks, (spec, labels) => {
        const tenant = { ...tenantFixture({}, { labels, annotations: labels }), spec };
        const platform = platformFixture({ inherit: { labels: ['*'], annotations: ['*'] } });
        const objects = desired(tenant, platform, FACTS).map(({ object }) => object);
        const names = objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`);
        expect(new Set(names).size).toBe(names.length);
        const labelled = objects.every(
          ({ metadata }) =>
            metadata.labels?.['luna-iems.io/tenant'] === 'demo' &&
            metadata.labels['app.kubernetes.io/managed-by'] === 'luna-operator',
        );
        expect(labelled).toBe(true);
        const namespaces = new Set(objects.flatMap(({ metadata }) => metadata.namespace ?? []));
        expect([...namespaces]).toEqual([spec.namespace ?? 'luna-demo']);
      }),
      { numRuns: 50 },
    );
  });

  it('puts the namespace first, the denying policy second, and every policy before every workload', () => {
    const kinds = plan(specFixture()).map(({ object }) => `${object.kind}/${object.metadata.name}`);
    expect(kinds.slice(0, 2)).toEqual(['Namespace/luna-demo', 'NetworkPolicy/default-deny']);
    const lastPolicy = kinds.findLastIndex((kind) => /^(NetworkPolicy|ResourceQuota|LimitRange)/.test(kind));
    const firstWorkload = kinds.findIndex((kind) => /^(StatefulSet|Deployment|Job|CronJob)/.test(kind));
    expect(lastPolicy).toBeLessThan(firstWorkload);
  });

  it('enforces Pod Security restricted on the namespace', () => {
    const labels = plan(specFixture())[0]?.object.metadata.labels;
    for (const mode of ['enforce', 'audit', 'warn'])
      expect(labels).toHaveProperty([`pod-security.kubernetes.io/${mode}`], 'restricted');
  });

  it('never points an ownerReference at the tenant, so that a reinstalled CRD takes nothing along', () => {
    expect(plan(specFixture()).filter(({ object }) => object.metadata.ownerReferences !== undefined)).toEqual([]);
  });

  it('holds the schema behind the database, and the API behind schema and models', () => {
    const gates = Object.fromEntries(
      plan(specFixture()).map(({ object, after }) => [
        `${object.kind}/${object.metadata.name.replace(/schema-.*/, 'schema')}`,
        after,
      ]),
    );
    expect(gates['Job/schema']).toEqual(['database']);
    expect(gates['Deployment/tenant-api']).toEqual(['schema', 'models']);
    expect(gates['CronJob/sim-meter']).toEqual(['schema']);
    expect(gates['StatefulSet/postgres']).toBeUndefined();
  });

  it('makes another schema Job for another tenant-api image, and the same for the same', () => {
    const name = (image: string): string | undefined => {
      const { images } = platformFixture();
      const platform = platformFixture({ images: { ...images, tenantApi: image } });
      return desired(tenantFixture(), platform, FACTS).find(({ object }) => object.kind === 'Job')?.object.metadata
        .name;
    };
    expect(name('a:1')).toBe(name('a:1'));
    expect(name('a:1')).not.toBe(name('a:2'));
  });

  const apiEnv = (spec: Partial<LunaTenantSpec>): Record<string, string> => {
    const api = plan(specFixture(spec)).find(
      ({ object }) => object.kind === 'Deployment' && object.metadata.name === 'tenant-api',
    );
    const env = podOf(api?.object as { kind: string })?.spec.containers[0]?.env ?? [];
    return Object.fromEntries(env.flatMap((entry) => ('value' in entry ? [[entry.name, entry.value]] : [])));
  };

  it('gives tenant-api a chat model and a reader only when there are such', () => {
    const { models } = specFixture();
    for (const [field, variable] of [
      ['chat', 'CHAT_MODEL'],
      ['reader', 'READER_MODEL'],
    ] as const) {
      expect(apiEnv({ models })).not.toHaveProperty(variable);
      expect(apiEnv({ models: { ...models, [field]: { name: 'qwen2.5:7b' } } })).toHaveProperty(variable, 'qwen2.5:7b');
    }
  });

  it('wants a model that both writes and reads once', () => {
    const { models } = specFixture();
    const chat = { name: 'qwen2.5:7b' };
    const named = (own: Partial<LunaTenantSpec['models']>): string[] =>
      modelNames(tenantFixture({ models: { ...models, ...own } }));
    expect(named({ chat, reader: chat })).toEqual([models.embedding.name, 'qwen2.5:7b']);
    expect(named({ chat, reader: { name: 'other' } })).toEqual([models.embedding.name, 'qwen2.5:7b', 'other']);
  });

  it('tells tenant-api how to read and compare only what the tenant says about it', () => {
    const names = ['OCR_LANGUAGES', 'EXTRACT_TIMEOUT_SECONDS', 'RECONCILE_SECONDS'];
    expect(Object.keys(apiEnv({})).filter((name) => names.includes(name))).toEqual([]);
    const told = apiEnv({
      extraction: { ocrLanguages: ['deu', 'fra'], timeoutSeconds: 300 },
      vectorStore: { storage: { size: '10Gi' }, reconcileSeconds: 60 },
    });
    expect(names.map((name) => told[name])).toEqual(['deu+fra', '300', '60']);
  });

  it('lets the simulators own their suspend field, but for the time of a hibernation', () => {
    const suspend = (spec: Partial<LunaTenantSpec>): unknown =>
      (plan(specFixture(spec)).find(({ object }) => object.kind === 'CronJob')?.object['spec'] as { suspend?: boolean })
        .suspend;
    expect(suspend({})).toBeUndefined();
    expect(suspend({ hibernate: true })).toBe(true);
  });

  it('scales everything to zero in hibernation', () => {
    const replicas = plan(specFixture({ hibernate: true }))
      .filter(({ object }) => ['StatefulSet', 'Deployment'].includes(object.kind))
      .map(({ object }) => (object['spec'] as { replicas: number }).replicas);
    expect(replicas).toEqual([0, 0, 0, 0, 0]);
  });
});

describe('a plan that cannot be made', () => {
  const withSource = (source: LunaTenantSpec['models']['source']): LunaTenant =>
    tenantFixture({ models: { ...specFixture().models, source } });
  const { models: _models, ...images } = platformFixture().images;
  const withoutModels = platformFixture({ images });

  it('says which image is missing', () => {
    expect(planProblem(withSource({ type: 'image' }), withoutModels)).toMatch(/spec\.models\.source\.image/);
    expect(planProblem(withSource({ type: 'image' }), platformFixture())).toBeUndefined();
    expect(planProblem(withSource({ type: 'image', image: 'own:1' }), withoutModels)).toBeUndefined();
    expect(planProblem(withSource({ type: 'registry' }), withoutModels)).toBeUndefined();
  });
});
