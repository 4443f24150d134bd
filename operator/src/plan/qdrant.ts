import type { Platform } from '../platform.ts';
import type { LunaTenant } from '../tenant.ts';
import type { Facts } from './desired.ts';
import { imagesOf } from './images.ts';
import { labelsOf, type Planned } from './meta.ts';
import { container, fromSecret, plain, podTemplate, resources, scratch, type Probe } from './pod.ts';
import { usesSecrets } from './secrets.ts';
import { service } from './service.ts';
import { statefulSet } from './stateful-set.ts';

function get(path: string, periodSeconds: number, failureThreshold: number): Probe {
  return { httpGet: { path, port: 'http' }, periodSeconds, timeoutSeconds: 5, failureThreshold };
}

/** Qdrant: one pod, one volume, one Service; every call but the probes needs the API key. */
export function planQdrant(tenant: LunaTenant, platform: Platform, facts: Pick<Facts, 'secrets'>): Planned[] {
  const { storage, resources: own } = tenant.spec.vectorStore;
  const qdrant = container({
    name: 'qdrant',
    image: imagesOf(tenant, platform).qdrant,
    platform,
    resources: resources(own, { cpu: '50m', memory: '256Mi', limit: '2Gi' }),
    port: 6333,
    env: [
      ...plain({
        QDRANT__TELEMETRY_DISABLED: 'true',
        // Upstream marks its first start with a file beside the binary, which a read-only root forbids.
        QDRANT_INIT_FILE_PATH: '/qdrant/init/.qdrant-initialized',
      }),
      fromSecret('QDRANT__SERVICE__API_KEY', 'qdrant-keys', 'api-key'),
      fromSecret('QDRANT__SERVICE__READ_ONLY_API_KEY', 'qdrant-keys', 'read-only-key'),
    ],
    mounts: { storage: '/qdrant/storage', snapshots: '/qdrant/snapshots', init: '/qdrant/init', tmp: '/tmp' },
    probes: {
      startupProbe: get('/readyz', 2, 150),
      livenessProbe: get('/livez', 15, 4),
      readinessProbe: get('/readyz', 5, 2),
    },
  });
  const template = podTemplate({
    labels: labelsOf(tenant, 'qdrant'),
    ...usesSecrets(facts.secrets, ['qdrant-keys']),
    serviceAccount: 'qdrant',
    uid: 1000,
    platform,
    tenant,
    containers: [qdrant],
    volumes: [scratch('snapshots', '2Gi'), scratch('init', '1Mi'), scratch('tmp', '1Gi')],
  });
  const claim = { name: 'storage', size: storage.size, className: storage.className };
  return [service(tenant, 'qdrant', 6333), { object: statefulSet({ tenant, component: 'qdrant', template, claim }) }];
}
