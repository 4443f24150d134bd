import type { KubeObject } from '@luna-iems/kube-runtime';
import { OPTIONAL_KINDS } from '../optional-kinds.ts';
import type { Platform } from '../platform.ts';
import type { LunaTenant } from '../tenant.ts';
import type { Facts } from './desired.ts';
import { metaOf, selectorOf, type Planned } from './meta.ts';

/** What serves metrics, and the Secret that opens the door where there is one. */
const ENDPOINTS: Record<string, object> = {
  'tenant-api': {},
  qdrant: { authorization: { type: 'Bearer', credentials: { name: 'qdrant-keys', key: 'read-only-key' } } },
};

/** Names of the ServiceMonitors that a tenant with monitoring has. */
export const MONITORED: readonly string[] = Object.keys(ENDPOINTS);

/** ServiceMonitors for what serves metrics; none where the cluster does not know the kind or the tenant wants none. */
export function planMonitoring(tenant: LunaTenant, platform: Platform, facts: Facts): Planned[] {
  const wanted = tenant.spec.monitoring.serviceMonitor !== 'disabled';
  if (!wanted || facts.available?.has('ServiceMonitor') !== true) return [];
  return Object.entries(ENDPOINTS).map(([component, access]) => ({
    object: serviceMonitor(tenant, platform, { component, access }),
  }));
}

function serviceMonitor(
  tenant: LunaTenant,
  platform: Platform,
  { component, access }: { component: string; access: object },
): KubeObject {
  const { apiVersion, kind } = OPTIONAL_KINDS.ServiceMonitor;
  const { labels, interval } = platform.monitoring;
  const metadata = metaOf(tenant, component);
  return {
    apiVersion,
    kind,
    metadata: { ...metadata, labels: { ...labels, ...metadata.labels } },
    spec: {
      selector: { matchLabels: selectorOf(tenant, component) },
      endpoints: [{ port: 'http', path: '/metrics', interval, ...access }],
      // So that a query can say luna_…{luna_iems_io_tenant="name"}.
      targetLabels: ['luna-iems.io/tenant'],
    },
  };
}
