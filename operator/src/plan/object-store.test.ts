import { describe, expect, it } from 'vitest';
import type { KubeObject } from '@luna-iems/kube-runtime';
import { platformFixture, tenantFixture } from '../testing/fixtures.ts';
import type { LunaTenantSpec } from '../tenant.ts';
import { desired, type Facts } from './desired.ts';
import type { PodSpec } from './pod.ts';
import { portOf } from './object-store.ts';

type ObjectStore = NonNullable<LunaTenantSpec['objectStore']>;

const storage = { size: '10Gi' };
const s3 = {
  endpoint: 'https://s3.example.com',
  bucket: 'musterstadt',
  region: 'eu-central-1',
  secretName: 'bucket-keys',
  cidrs: ['192.0.2.0/24', '198.51.100.7/32'],
};
const FACTS: Facts = {
  apiServer: [],
  pulling: false,
  secrets: { 'postgres-api': 'a', 'qdrant-keys': 'b', 'object-store-keys': 'c' },
};

function plan(objectStore?: ObjectStore): KubeObject[] {
  const tenant = tenantFixture(objectStore === undefined ? {} : { objectStore });
  return desired(tenant, platformFixture(), FACTS).map(({ object }) => object);
}

const named = (objects: KubeObject[], name: string): string[] =>
  objects.filter(({ metadata }) => metadata.name === name).map(({ kind }) => kind);

function podOf(objects: KubeObject[], name: string): PodSpec {
  const found = objects.find(({ kind, metadata }) => /Deployment|StatefulSet/.test(kind) && metadata.name === name);
  return (found?.['spec'] as { template: { spec: PodSpec } }).template.spec;
}

function apiSettings(objects: KubeObject[]): Record<string, string> {
  const env = podOf(objects, 'tenant-api').containers[0]?.env ?? [];
  return Object.fromEntries(
    env.flatMap((one) => ('value' in one && one.name.startsWith('S3_') ? [[one.name, one.value]] : [])),
  );
}

const secretsOfApi = (objects: KubeObject[]): unknown[] =>
  podOf(objects, 'tenant-api').volumes.flatMap((volume) => ('secret' in volume ? [volume.secret] : []));

describe('spec.objectStore', () => {
  it('changes nothing while it is left out or not enabled', () => {
    expect(plan({ enabled: false, storage })).toEqual(plan());
    expect(named(plan(), 'object-store')).toEqual([]);
    expect(apiSettings(plan())).toEqual({});
  });

  it('gives the tenant a server of its own, and the API the way and the keys to it', () => {
    const objects = plan({ enabled: true, storage: { size: '30Gi', className: 'slow' } });
    expect(named(objects, 'object-store').sort()).toEqual([
      'NetworkPolicy',
      'Service',
      'ServiceAccount',
      'StatefulSet',
    ]);
    const [server] = podOf(objects, 'object-store').containers;
    expect(server).toMatchObject({ image: 'object-store:1', args: ['server', '/data', '--address', ':9000'] });
    expect(
      JSON.stringify(objects.find(({ kind, metadata }) => kind === 'StatefulSet' && metadata.name === 'object-store')),
    ).toContain('"resources":{"requests":{"storage":"30Gi"}},"storageClassName":"slow"');
    expect(apiSettings(objects)).toEqual({
      S3_ENDPOINT: 'http://object-store:9000',
      S3_BUCKET: 'originals',
      S3_CREATE_BUCKET: 'true',
    });
    expect(secretsOfApi(objects)).toContainEqual({ secretName: 'object-store-keys', optional: true });
  });

  it('restarts the API and the server with new keys to the tenant’s own, and nothing with those of a bucket outside', () => {
    const marks = (objectStore: ObjectStore, secrets: Facts['secrets']): string[] =>
      desired(tenantFixture({ objectStore }), platformFixture(), { ...FACTS, ...(secrets ? { secrets } : {}) })
        .filter(({ object }) => ['object-store', 'tenant-api'].includes(object.metadata.name))
        .map(({ object }) => object.metadata.annotations?.['luna-iems.io/template'] ?? '')
        .filter((mark) => mark !== '');
    const renewed = { ...FACTS.secrets, 'object-store-keys': 'd' };
    const own = { enabled: true, storage };
    expect(marks(own, renewed).filter((mark) => marks(own, FACTS.secrets).includes(mark))).toEqual([]);
    expect(marks({ ...own, s3 }, renewed)).toEqual(marks({ ...own, s3 }, FACTS.secrets));
  });

  it('points the API at a bucket outside, and opens the way to nothing but its addresses', () => {
    const objects = plan({ enabled: true, storage, s3 });
    expect(named(objects, 'object-store')).toEqual([]);
    expect(apiSettings(objects)).toEqual({
      S3_ENDPOINT: 'https://s3.example.com',
      S3_BUCKET: 'musterstadt',
      S3_REGION: 'eu-central-1',
    });
    expect(secretsOfApi(objects)).toContainEqual({ secretName: 'bucket-keys', optional: true });
    const policy = objects.find(({ kind, metadata }) => kind === 'NetworkPolicy' && metadata.name === 'tenant-api');
    expect((policy?.['spec'] as { egress: unknown[] }).egress).toContainEqual({
      to: [{ ipBlock: { cidr: '192.0.2.0/24' } }, { ipBlock: { cidr: '198.51.100.7/32' } }],
      ports: [{ protocol: 'TCP', port: 443 }],
    });
  });

  it('switched off, leaves the API the bucket outside for what is in it', () => {
    expect(apiSettings(plan({ enabled: false, storage, s3 }))).toMatchObject({
      S3_BUCKET: 'musterstadt',
      S3_STORE: 'false',
    });
  });
});

it.each([
  ['https://s3.example.com', 443],
  ['http://s3.example.com', 80],
  ['http://10.0.0.7:9000', 9000],
  ['https://s3.example.com:443', 443],
])('knows the port behind %s', (endpoint, port) => expect(portOf(endpoint)).toBe(port));
