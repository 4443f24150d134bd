import type { Platform } from '../platform.ts';
import type { LunaTenant, LunaTenantSpec } from '../tenant.ts';
import type { Facts } from './desired.ts';
import { imagesOf } from './images.ts';
import { labelsOf, type Planned } from './meta.ts';
import { container, fromSecret, plain, podTemplate, resources, scratch, type Probe } from './pod.ts';
import { usesSecrets } from './secrets.ts';
import { service } from './service.ts';
import { statefulSet } from './stateful-set.ts';

export const OBJECT_STORE = 'object-store';
export const OBJECT_STORE_PORT = 9000;
export const OBJECT_STORE_KEYS = 'object-store-keys';

type ObjectStoreSpec = NonNullable<LunaTenantSpec['objectStore']>;

/** What the tenant says of an object store of its own in the cluster; undefined when there is to be none. */
export function ownObjectStore({ spec }: LunaTenant): ObjectStoreSpec | undefined {
  const { objectStore } = spec;
  return objectStore?.enabled === true && objectStore.s3 === undefined ? objectStore : undefined;
}

/** A server that speaks S3 under MinIO's command line and variables: one pod, one volume, one Service. Nothing unless the tenant wants it. */
export function planObjectStore(tenant: LunaTenant, platform: Platform, facts: Pick<Facts, 'secrets'>): Planned[] {
  const own = ownObjectStore(tenant);
  if (own === undefined) return [];
  const server = container({
    name: 'object-store',
    image: imagesOf(tenant, platform).objectStore,
    platform,
    resources: resources(own.resources, { cpu: '25m', memory: '128Mi', limit: '1Gi' }),
    args: ['server', '/data', '--address', `:${OBJECT_STORE_PORT}`],
    port: OBJECT_STORE_PORT,
    env: [
      ...plain({ HOME: '/tmp', MINIO_BROWSER: 'off', MINIO_UPDATE: 'off' }),
      fromSecret('MINIO_ROOT_USER', OBJECT_STORE_KEYS, 'access-key'),
      fromSecret('MINIO_ROOT_PASSWORD', OBJECT_STORE_KEYS, 'secret-key'),
    ],
    mounts: { data: '/data', tmp: '/tmp' },
    probes: { startupProbe: alive(2, 150), livenessProbe: alive(15, 4), readinessProbe: alive(5, 2) },
  });
  const template = podTemplate({
    labels: labelsOf(tenant, OBJECT_STORE),
    ...usesSecrets(facts.secrets, [OBJECT_STORE_KEYS]),
    serviceAccount: OBJECT_STORE,
    uid: 1000,
    platform,
    tenant,
    containers: [server],
    volumes: [scratch('tmp', '1Gi')],
  });
  const claim = { name: 'data', size: own.storage.size, className: own.storage.className };
  return [
    service(tenant, OBJECT_STORE, OBJECT_STORE_PORT),
    { object: statefulSet({ tenant, component: OBJECT_STORE, template, claim }) },
  ];
}

function alive(periodSeconds: number, failureThreshold: number): Probe {
  return { httpGet: { path: '/minio/health/live', port: 'http' }, periodSeconds, timeoutSeconds: 5, failureThreshold };
}

/** How the API finds the object store, and the Secret with the keys to it; undefined where there is none. */
export function objectStoreOf(tenant: LunaTenant): { env: Record<string, string>; secret: string } | undefined {
  const { objectStore } = tenant.spec;
  if (ownObjectStore(tenant) !== undefined) {
    const endpoint = `http://${OBJECT_STORE}:${OBJECT_STORE_PORT}`;
    const env = { S3_ENDPOINT: endpoint, S3_BUCKET: 'originals', S3_CREATE_BUCKET: 'true' };
    return { env, secret: OBJECT_STORE_KEYS };
  }
  if (objectStore?.s3 === undefined) return undefined;
  const { endpoint, bucket, region, secretName } = objectStore.s3;
  // Switched off, what is in the bucket must still be read and removed.
  const stores = objectStore.enabled ? {} : { S3_STORE: 'false' };
  return { env: { S3_ENDPOINT: endpoint, S3_BUCKET: bucket, S3_REGION: region, ...stores }, secret: secretName };
}

/** The port behind an address such as https://s3.example.com or http://10.0.0.7:9000. */
export function portOf(endpoint: string): number {
  const { port, protocol } = new URL(endpoint);
  if (port !== '') return Number(port);
  return protocol === 'https:' ? 443 : 80;
}
