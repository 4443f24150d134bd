import type { Platform } from '../platform.ts';
import type { LunaTenant } from '../tenant.ts';
import type { Facts } from './desired.ts';
import { imagesOf } from './images.ts';
import { labelsOf, type Planned } from './meta.ts';
import { OBJECT_STORE, OBJECT_STORE_KEYS, OBJECT_STORE_PORT, ownObjectStore } from './object-store.ts';
import { container, fromSecret, plain, podTemplate, resources, scratch, type Probe } from './pod.ts';
import { usesSecrets } from './secrets.ts';
import { service } from './service.ts';
import { statefulSet } from './stateful-set.ts';

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
