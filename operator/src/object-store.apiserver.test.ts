import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { builtinKinds, type KubeObject } from '@luna-iems/kube-runtime';
import { SECRET_NAMES } from './plan/secrets.ts';
import { eventually } from './testing/cluster.ts';
import { workloadStatus } from './testing/workload-status.ts';
import { startWorld, type World } from './testing/world.ts';

const NAMESPACE = 'luna-keeps';

describe('an object store for original files', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld(inject('kubeconfig'));
    await world.apply('keeps');
    await world.settle('keeps');
  });
  afterAll(() => world.stop());

  const objectStore = (value: object | null): Promise<void> => world.change('keeps', { spec: { objectStore: value } });
  const settings = async (): Promise<Record<string, string>> => {
    const api = await world.get('Deployment', 'tenant-api', NAMESPACE);
    const { containers } = (
      api?.['spec'] as { template: { spec: { containers: { env: { name: string; value: string }[] }[] } } }
    ).template.spec;
    const own = containers[0]?.env.filter(({ name }) => name.startsWith('S3_')) ?? [];
    return Object.fromEntries(own.map(({ name, value }) => [name, value]));
  };
  const its = async (): Promise<string[]> => {
    const kinds = [
      'StatefulSet',
      'Service',
      'NetworkPolicy',
      'ServiceAccount',
      'Secret',
      'PersistentVolumeClaim',
    ] as const;
    const found: string[] = [];
    for (const kind of kinds) {
      const names = await world.names(kind, NAMESPACE);
      found.push(...names.filter((name) => name.includes('object-store')).map((name) => `${kind} ${name}`));
    }
    return found;
  };

  it('is not there unless it is asked for', async () => {
    expect(await its()).toEqual([]);
    expect(await world.condition('keeps', 'ObjectStoreReady')).toBeUndefined();
  });

  it('comes up with all that belongs to it; the tenant serves meanwhile', async () => {
    await objectStore({ enabled: true });
    expect(await its()).toEqual([
      'StatefulSet object-store',
      'Service object-store',
      'NetworkPolicy object-store',
      'ServiceAccount object-store',
      'Secret object-store-keys',
    ]);
    expect(await world.condition('keeps', 'ObjectStoreReady')).toMatchObject({ status: 'False', reason: 'Starting' });
    await world.settle('keeps');
    expect(await world.condition('keeps', 'ObjectStoreReady')).toMatchObject({ status: 'True', reason: 'Running' });
    expect(await world.tenant('keeps')).toMatchObject({
      status: { phase: 'Ready', versions: { objectStore: world.platform.images.objectStore } },
    });
    expect(await settings()).toMatchObject({ S3_ENDPOINT: 'http://object-store:9000' });
    const before = world.writes().length;
    await world.poke('keeps');
    expect(world.writes().slice(before)).toEqual([]);
  });

  it('does not make the tenant unready when it is down', async () => {
    const ref = { name: 'object-store', namespace: NAMESPACE };
    const live = await world.client.get(builtinKinds.StatefulSet, ref);
    const down = { status: workloadStatus(live as KubeObject, false) };
    await world.client.patchStatus(builtinKinds.StatefulSet, ref, { type: 'merge', body: down });
    await eventually(
      'it is told',
      async () => (await world.condition('keeps', 'ObjectStoreReady'))?.status === 'False',
    );
    expect(await world.condition('keeps', 'Ready')).toMatchObject({ status: 'True' });
    await world.settle('keeps');
  });

  it('has its keys renewed with all others', async () => {
    const keys = async (): Promise<string | undefined> =>
      (await world.secrets(NAMESPACE))['object-store-keys']?.['secret-key'];
    const before = await keys();
    await world.change('keeps', { metadata: { annotations: { 'luna-iems.io/rotate-secrets': '1' } } });
    await world.settle('keeps');
    expect(await keys()).not.toBe(before);
    expect(await world.tenant('keeps')).toMatchObject({ status: { secretRotation: '1' } });
  });

  it('goes when it is switched off, and its volume and Secret stay for when it comes again', async () => {
    const claim: KubeObject = {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      // As the StatefulSet's controller makes it.
      metadata: {
        name: 'data-object-store-0',
        namespace: NAMESPACE,
        labels: { 'app.kubernetes.io/name': 'object-store', 'luna-iems.io/tenant': 'keeps' },
      },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '10Gi' } } },
    };
    await world.client.create(claim);
    const before = await world.secrets(NAMESPACE);
    await objectStore({ enabled: false });
    await world.settle('keeps');
    expect(await its()).toEqual(['Secret object-store-keys', 'PersistentVolumeClaim data-object-store-0']);
    expect(await settings()).toEqual({});
    expect(await world.condition('keeps', 'ObjectStoreReady')).toBeUndefined();
    expect(await world.tenant('keeps')).toMatchObject({ status: { phase: 'Ready' } });
    await objectStore({ enabled: true });
    await world.settle('keeps');
    expect(await world.secrets(NAMESPACE)).toEqual(before);
  });

  it('is a bucket outside when that is named, with a way to its addresses only', async () => {
    const s3 = {
      endpoint: 'https://s3.example.com:8443',
      bucket: 'musterstadt',
      secretName: 'bucket-keys',
      cidrs: ['192.0.2.0/24'],
    };
    await objectStore({ enabled: true, s3 });
    await world.settle('keeps');
    expect(await its()).toEqual(['Secret object-store-keys', 'PersistentVolumeClaim data-object-store-0']);
    expect(await settings()).toEqual({
      S3_ENDPOINT: s3.endpoint,
      S3_BUCKET: s3.bucket,
      S3_REGION: 'us-east-1',
    });
    const policy = await world.get('NetworkPolicy', 'tenant-api', NAMESPACE);
    expect((policy?.['spec'] as { egress: unknown[] }).egress).toContainEqual({
      to: [{ ipBlock: { cidr: '192.0.2.0/24' } }],
      ports: [{ protocol: 'TCP', port: 8443 }],
    });
    expect(await world.condition('keeps', 'ObjectStoreReady')).toMatchObject({ status: 'True', reason: 'External' });
    await objectStore({ enabled: false, s3 });
    expect(await settings()).toMatchObject({ S3_STORE: 'false' });
    await objectStore(null);
    await world.settle('keeps');
    expect(await settings()).toEqual({});
    expect(world.refused()).toEqual([]);
  });

  it('costs a tenant without it nothing', async () => {
    await world.apply('plain');
    await world.settle('plain');
    expect(Object.keys(await world.secrets('luna-plain')).sort()).toEqual([...SECRET_NAMES].sort());
    expect((await world.tenant('plain'))?.spec.objectStore).toBeUndefined();
  });
});
