import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { builtinKinds, isSubset, type KubeObject } from '@luna-iems/kube-runtime';
import { desired } from './plan/desired.ts';
import { contentVersion, SECRET_NAMES } from './plan/secrets.ts';
import { eventually, tenantObject } from './testing/cluster.ts';
import { bindClaim } from './testing/claims.ts';
import { API_SERVER, startWorld, type World } from './testing/world.ts';

describe('the operator, with the rights that the chart gives it', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld(inject('kubeconfig'));
  });
  afterAll(() => world.stop());

  describe('brings up a tenant', () => {
    beforeAll(() => world.apply('one'));

    it('in order: nothing that needs the schema before the schema', async () => {
      expect(await world.names('StatefulSet', 'luna-one')).toEqual(['ollama', 'postgres', 'qdrant']);
      expect(await world.names('Deployment', 'luna-one')).toEqual(['tika']);
      expect(await world.names('Job', 'luna-one')).toEqual([]);
      // Progress waits a moment before it is told.
      await eventually('the first status', async () => (await world.tenant('one'))?.status !== undefined);
      expect(await world.tenant('one')).toMatchObject({ status: { phase: 'Provisioning', namespace: 'luna-one' } });
      expect(await world.condition('one', 'NetworkIsolated')).toMatchObject({ status: 'True' });
      expect(await world.condition('one', 'SchemaReady')).toMatchObject({
        status: 'False',
        reason: 'WaitingForDatabase',
      });
    });

    it('to exactly what was planned, and says that it is ready', async () => {
      await world.settle('one');
      const tenant = await world.tenant('one');
      if (tenant === undefined) throw new Error('the tenant is gone');
      expect(tenant.status?.phase).toBe('Ready');
      expect(tenant.status?.observedGeneration).toBe(tenant.metadata.generation);
      const { items } = await world.client.list(builtinKinds.Secret, { namespace: 'luna-one', metadataOnly: true });
      const secrets = Object.fromEntries(items.map((secret) => [secret.metadata.name, contentVersion(secret)]));
      for (const { object } of desired(tenant, world.platform, { apiServer: [API_SERVER], pulling: false, secrets })) {
        const live = await world.client.get(world.client.kindOf(object), {
          name: object.metadata.name,
          namespace: object.metadata.namespace,
        });
        expect(live, `${object.kind} ${object.metadata.name}`).toBeDefined();
        expect(
          isSubset(withoutAddress(object), live && withoutAddress(live)),
          `${object.kind} ${object.metadata.name}`,
        ).toBe(true);
      }
      expect(Object.keys(await world.secrets('luna-one')).sort()).toEqual([...SECRET_NAMES].sort());
    });

    it('with NetworkPolicies whose rules kept their peers on the way through the API server', async () => {
      const { items } = await world.client.list(builtinKinds.NetworkPolicy, { namespace: 'luna-one' });
      const specs = items.map(
        ({ spec }) => spec as { ingress?: { from?: unknown[] }[]; egress?: { to?: unknown[] }[] },
      );
      const peers = specs.flatMap(({ ingress = [], egress = [] }) => [
        ...ingress.map(({ from }) => from),
        ...egress.map(({ to }) => to),
      ]);
      expect(peers.length).toBeGreaterThan(8);
      expect(peers.every((list) => (list?.length ?? 0) > 0)).toBe(true);
      const api = items.find(({ metadata }) => metadata.name === 'tenant-api');
      expect(JSON.stringify(api?.['spec'])).toContain(`${API_SERVER.address}/32`);
    });

    it('with pods that the namespace admits under Pod Security restricted', async () => {
      const workloads = await Promise.all(
        (['StatefulSet', 'Deployment', 'Job', 'CronJob'] as const).map((kind) =>
          world.client.list(builtinKinds[kind], { namespace: 'luna-one' }),
        ),
      );
      const objects = workloads.flatMap(({ items }) => items);
      expect(objects.length).toBeGreaterThanOrEqual(8);
      for (const object of objects) {
        const outer = object['spec'] as { jobTemplate?: { spec: object } };
        const { template } = (outer.jobTemplate?.spec ?? outer) as {
          template: { spec: { volumes: object[]; restartPolicy?: string } };
        };
        const claims =
          (outer as { volumeClaimTemplates?: { metadata: { name: string } }[] }).volumeClaimTemplates ?? [];
        const volumes = [
          ...template.spec.volumes,
          ...claims.map(({ metadata }) => ({ name: metadata.name, emptyDir: {} })),
        ];
        const pod: KubeObject = {
          apiVersion: 'v1',
          kind: 'Pod',
          metadata: { name: `probe-${object.metadata.name}`, namespace: 'luna-one' },
          spec: { ...template.spec, volumes },
        };
        const admitted = await world.client.create(pod, { dryRun: true }).then(() => 'admitted', String);
        expect(admitted, object.metadata.name).toBe('admitted');
      }
      const { spec } = objects.find(({ kind }) => kind === 'Deployment') as unknown as {
        spec: { template: { spec: object } };
      };
      const rootPod: KubeObject = {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'root', namespace: 'luna-one' },
        spec: { ...spec.template.spec, securityContext: { runAsUser: 0 } },
      };
      await expect(world.client.create(rootPod, { dryRun: true })).rejects.toThrow(/violates PodSecurity "restricted/);
    });

    it('and then writes nothing, however often it looks', async () => {
      const before = world.writes().length;
      await world.poke('one');
      await world.poke('one');
      expect(world.writes().slice(before)).toEqual([]);
    });
  });

  describe('keeps a tenant as it should be', () => {
    it('repairs what somebody deletes or opens', async () => {
      await world.client.delete(builtinKinds.NetworkPolicy, { name: 'default-deny', namespace: 'luna-one' });
      const body = { spec: { ingress: [{}] } };
      await world.client.patch(
        builtinKinds.NetworkPolicy,
        { name: 'postgres', namespace: 'luna-one' },
        { type: 'merge', body },
        { fieldManager: 'intruder' },
      );
      await world.client.delete(builtinKinds.Service, { name: 'qdrant', namespace: 'luna-one' });
      await world.idle();
      expect(await world.get('NetworkPolicy', 'default-deny', 'luna-one')).toBeDefined();
      expect(await world.get('Service', 'qdrant', 'luna-one')).toBeDefined();
      const { ingress } = (await world.get('NetworkPolicy', 'postgres', 'luna-one'))?.['spec'] as {
        ingress: { from: unknown[] }[];
      };
      expect(ingress).toHaveLength(1);
      expect(ingress[0]?.from).toHaveLength(4);
      await world.settle('one');
    });

    it('never changes a Secret that exists, and makes anew one that is gone', async () => {
      const before = await world.secrets('luna-one');
      const mine = { stringData: { password: 'changed by hand' } };
      await world.client.patch(
        builtinKinds.Secret,
        { name: 'postgres-sim', namespace: 'luna-one' },
        { type: 'merge', body: mine },
      );
      await world.client.delete(builtinKinds.Secret, { name: 'qdrant-keys', namespace: 'luna-one' });
      await world.poke('one');
      const after = await world.secrets('luna-one');
      expect(after['postgres-sim']).toMatchObject({ password: Buffer.from('changed by hand').toString('base64') });
      expect(after['postgres-owner']).toEqual(before['postgres-owner']);
      expect(after['qdrant-keys']).toBeDefined();
      expect(after['qdrant-keys']).not.toEqual(before['qdrant-keys']);
    });

    it("leaves the simulators' suspend to tenant-api, through a hibernation too", async () => {
      const suspend = async (): Promise<unknown> =>
        ((await world.get('CronJob', 'sim-meter', 'luna-one'))?.['spec'] as { suspend?: boolean }).suspend;
      const stop = { spec: { suspend: true } };
      await world.client.patch(
        builtinKinds.CronJob,
        { name: 'sim-meter', namespace: 'luna-one' },
        { type: 'merge', body: stop },
        { fieldManager: 'tenant-api' },
      );
      await world.poke('one');
      expect(await suspend()).toBe(true);
      expect(await world.condition('one', 'SimulationReady')).toMatchObject({ status: 'True', reason: 'Stopped' });

      await world.apply('one', { hibernate: true });
      await world.settle('one');
      expect(await world.tenant('one')).toMatchObject({ status: { phase: 'Hibernated' } });
      expect(await world.condition('one', 'Hibernated')).toMatchObject({ status: 'True' });
      const replicas = (await world.client.list(builtinKinds.Deployment, { namespace: 'luna-one' })).items.map(
        ({ spec }) => (spec as { replicas: number }).replicas,
      );
      expect(replicas).toEqual([0, 0]);
      const market = (await world.get('CronJob', 'sim-market', 'luna-one'))?.['spec'] as { suspend: boolean };
      expect(market.suspend).toBe(true);

      await world.apply('one');
      await world.settle('one');
      expect(await world.tenant('one')).toMatchObject({ status: { phase: 'Ready' } });
      expect(await suspend()).toBe(true);
      const woken = (await world.get('CronJob', 'sim-market', 'luna-one'))?.['spec'] as { suspend?: boolean };
      expect(woken.suspend ?? false).toBe(false);
    });

    it('takes away what is no longer wanted, and nothing that is not its own', async () => {
      const labels = { 'luna-iems.io/tenant': 'one' };
      await world.client.create({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'mine', namespace: 'luna-one', labels },
        data: {},
      });
      await world.apply('one', { api: { replicas: 3 } });
      await world.settle('one');
      expect(await world.names('PodDisruptionBudget', 'luna-one')).toEqual(['tenant-api']);
      await world.apply('one', { simulation: { enabled: false, schedule: '* * * * *' } });
      await world.settle('one');
      expect(await world.names('CronJob', 'luna-one')).toEqual([]);
      expect(await world.names('PodDisruptionBudget', 'luna-one')).toEqual([]);
      expect(await world.names('ConfigMap', 'luna-one')).toContain('mine');
      expect(await world.condition('one', 'SimulationReady')).toMatchObject({ reason: 'Disabled' });
      await world.apply('one');
      await world.settle('one');
    });

    it('takes over no object that somebody else made, says so, and goes on when it is gone', async () => {
      const ref = { name: 'sim-config', namespace: 'luna-one' };
      await world.apply('one', { simulation: { enabled: false, schedule: '* * * * *' } });
      await world.settle('one');
      await world.client.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: ref, data: { mine: 'yes' } });
      await world.apply('one');
      expect(await world.condition('one', 'Degraded')).toMatchObject({
        status: 'True',
        reason: 'WriteFailed',
        message: expect.stringMatching(/ConfigMap .*sim-config exists already and was made by somebody else/) as string,
      });
      expect(await world.get('ConfigMap', ref.name, ref.namespace)).toMatchObject({ data: { mine: 'yes' } });
      await world.client.delete(builtinKinds.ConfigMap, ref);
      await world.poke('one');
      await world.settle('one');
      expect(await world.condition('one', 'Degraded')).toMatchObject({ status: 'False' });
    });

    it('leaves a paused tenant alone', async () => {
      await world.apply('one', { paused: true });
      await world.client.delete(builtinKinds.Service, { name: 'tika', namespace: 'luna-one' });
      await world.poke('one');
      expect(await world.get('Service', 'tika', 'luna-one')).toBeUndefined();
      expect(await world.tenant('one')).toMatchObject({ status: { phase: 'Paused' } });
      await world.apply('one');
      expect(await world.get('Service', 'tika', 'luna-one')).toBeDefined();
      await world.settle('one');
      expect(await world.tenant('one')).toMatchObject({ status: { phase: 'Ready' } });
    });

    it('makes volumes grow: the claim first, then the StatefulSet anew, with its pods left alone', async () => {
      const { spec } = tenantObject('one');
      const claim: KubeObject = {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata: {
          name: 'data-postgres-0',
          namespace: 'luna-one',
          labels: { 'luna-iems.io/tenant': 'one', 'app.kubernetes.io/name': 'postgres' },
        },
        spec: {
          accessModes: ['ReadWriteOnce'],
          storageClassName: 'growing',
          resources: { requests: { storage: '10Gi' } },
        },
      };
      await bindClaim(world.client, claim);
      await world.idle();
      const before = (await world.get('StatefulSet', 'postgres', 'luna-one'))?.metadata.uid;
      await world.apply('one', { database: { storage: { ...spec.database.storage, size: '20Gi' } } });
      const grown = await world.get('PersistentVolumeClaim', 'data-postgres-0', 'luna-one');
      expect(grown?.['spec']).toMatchObject({ resources: { requests: { storage: '20Gi' } } });
      const leaving = await world.get('StatefulSet', 'postgres', 'luna-one');
      expect(leaving?.metadata.finalizers).toEqual(['orphan']);
      // The garbage collector's part: pods are let go, then the StatefulSet goes.
      await world.client.patch(
        builtinKinds.StatefulSet,
        { name: 'postgres', namespace: 'luna-one' },
        { type: 'merge', body: { metadata: { finalizers: null } } },
      );
      await world.settle('one');
      const anew = await world.get('StatefulSet', 'postgres', 'luna-one');
      expect(anew?.metadata.uid).not.toBe(before);
      expect(JSON.stringify((anew?.['spec'] as { volumeClaimTemplates: unknown }).volumeClaimTemplates)).toContain(
        '20Gi',
      );
      expect(await world.tenant('one')).toMatchObject({ status: { phase: 'Ready' } });
    });

    it('puts pods where the tenant says, and names a mistake in its affinity', async () => {
      const rule = { labelSelector: { matchLabels: { a: 'b' } }, topologyKey: 'kubernetes.io/hostname' };
      const scheduling = {
        nodeSelector: { disk: 'ssd' },
        tolerations: [{ key: 'tenants', operator: 'Exists' as const }],
        affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [rule] } },
      };
      const podSpec = async (): Promise<object> =>
        ((await world.get('Deployment', 'tika', 'luna-one'))?.['spec'] as { template: { spec: object } }).template.spec;
      const { spec } = tenantObject('one');
      const database = { storage: { ...spec.database.storage, size: '20Gi' } };
      await world.apply('one', { database, scheduling, imagePullSecrets: ['own'] });
      await world.settle('one');
      expect(await podSpec()).toMatchObject({ ...scheduling, imagePullSecrets: [{ name: 'own' }] });
      const before = world.writes().length;
      await world.poke('one');
      expect(world.writes().slice(before)).toEqual([]);

      await world.apply('one', { database, scheduling: { ...scheduling, affinity: { podAffinty: {} } } });
      expect(await world.condition('one', 'Degraded')).toMatchObject({
        reason: 'WriteFailed',
        message: expect.stringMatching(/podAffinty/) as string,
      });
      await world.apply('one', { database });
      await world.settle('one');
      expect(await podSpec()).not.toHaveProperty('affinity');
      expect(await world.tenant('one')).toMatchObject({ status: { phase: 'Ready' } });
    });

    it('fetches another model first, and only then lets the API use it', async () => {
      const { spec } = tenantObject('one');
      const database = { storage: { ...spec.database.storage, size: '20Gi' } };
      const models = { ...spec.models, embedding: { name: 'other-model', dimensions: 512 } };
      const deployment = async (): Promise<string> =>
        JSON.stringify((await world.get('Deployment', 'tenant-api', 'luna-one'))?.['spec']);
      await world.apply('one', { database, models });
      expect(JSON.stringify((await world.get('StatefulSet', 'ollama', 'luna-one'))?.['spec'])).toContain('other-model');
      expect(await deployment()).not.toContain('other-model');
      expect(await world.condition('one', 'ApiReady')).toMatchObject({ status: 'True', reason: 'UpdateWaiting' });
      await world.settle('one');
      expect(await deployment()).toContain('other-model');
      await world.apply('one', { database });
      await world.settle('one');
    });

    it('leaves a claim alone that was enlarged by hand, and goes on when a volume cannot grow', async () => {
      const claim = { name: 'data-postgres-0', namespace: 'luna-one' };
      const grow = async (size: string): Promise<unknown> =>
        world.client.patch(builtinKinds.PersistentVolumeClaim, claim, {
          type: 'merge',
          body: { spec: { resources: { requests: { storage: size } } } },
        });
      const bound = { status: { capacity: { storage: '50Gi' } } };
      await grow('50Gi');
      await world.client.patchStatus(builtinKinds.PersistentVolumeClaim, claim, { type: 'merge', body: bound });
      await world.idle();
      expect(await world.condition('one', 'VolumesReady')).toMatchObject({ reason: 'LargerThanSpec' });
      const live = await world.client.get(builtinKinds.PersistentVolumeClaim, claim);
      expect(live?.['spec']).toMatchObject({ resources: { requests: { storage: '50Gi' } } });

      const { spec } = tenantObject('one');
      const fixed = { apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', metadata: { name: 'growing' } };
      await world.client.apply(
        { ...fixed, provisioner: 'example.io/test', allowVolumeExpansion: false },
        { fieldManager: 'test' },
      );
      const database = { storage: { ...spec.database.storage, size: '60Gi' }, image: 'postgres:new' };
      await world.apply('one', { database });
      expect(await world.condition('one', 'Degraded')).toMatchObject({ status: 'True', reason: 'WriteFailed' });
      const set = JSON.stringify((await world.get('StatefulSet', 'postgres', 'luna-one'))?.['spec']);
      expect(set).toContain('postgres:new');
      expect(set).toContain('20Gi');

      await world.client.apply(
        { ...fixed, provisioner: 'example.io/test', allowVolumeExpansion: true },
        { fieldManager: 'test' },
      );
      await world.poke('one');
      await world.client.patch(
        builtinKinds.StatefulSet,
        { name: 'postgres', namespace: 'luna-one' },
        { type: 'merge', body: { metadata: { finalizers: null } } },
      );
      await world.settle('one');
      expect(await world.condition('one', 'Degraded')).toMatchObject({ status: 'False' });
      expect(JSON.stringify((await world.get('StatefulSet', 'postgres', 'luna-one'))?.['spec'])).toContain('60Gi');
    });

    it('says what could not be written, and goes on when it can', async () => {
      const { spec } = tenantObject('one');
      const database = {
        storage: { ...spec.database.storage, size: '60Gi' },
        resources: { requests: { memory: '4Gi' }, limits: { memory: '1Gi' } },
      };
      await world.apply('one', { database });
      expect(await world.condition('one', 'Degraded')).toMatchObject({
        status: 'True',
        reason: 'WriteFailed',
        message: expect.stringMatching(/StatefulSet postgres .*less than or equal to memory limit/) as string,
      });
      await world.apply('one', { database: { storage: database.storage } });
      await world.settle('one');
      expect(await world.condition('one', 'Degraded')).toMatchObject({ status: 'False' });
    });
  });

  it('was never refused a right, and holds none on Secrets but to make, read and renew them', async () => {
    const { items } = await world.client.list(builtinKinds.ClusterRole);
    const rules = items.find(({ metadata }) => metadata.name === 'luna-operator')?.['rules'] as {
      resources: string[];
      verbs: string[];
    }[];
    const secrets = rules.filter(({ resources }) => resources.includes('secrets')).flatMap(({ verbs }) => verbs);
    expect(secrets.sort()).toEqual(['create', 'get', 'list', 'patch', 'watch']);
    expect(rules.some(({ verbs, resources }) => verbs.includes('*') || resources.includes('*'))).toBe(false);
    expect(world.refused()).toEqual([]);
  });
});

/** What an object says beside its address: its content, labels and annotations. */
const withoutAddress = ({
  metadata,
  apiVersion: _version,
  kind: _kind,
  status: _status,
  ...content
}: KubeObject): object => ({
  ...content,
  labels: metadata.labels,
  annotations: metadata.annotations,
});
